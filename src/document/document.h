/* From a template and data to the bytes of a printer: Mustache (mustache.github.io, core without
 * lambdas) → ReceiptLine (OFSC) → layout → encoder calls.
 *
 * Values are data, never markup. An expanded document is one string in which every value stands
 * between SO (0Eh) and SI (0Fh); what is between them is inert: no byte of it is taken for markup,
 * an aligning blank, an escape or a line end, and an empty value is a zero-width character. Neither
 * values nor templates can hold these bytes (control characters never pass), so the marks cannot be
 * forged. FF (0Ch) parts the pages of a job (the receipt, each voucher): properties start anew and
 * the paper is cut (a dashed line without a cutter). An expanded document is kept with its job and
 * can be laid out again for another printer.
 *
 * Pure but for the loaders: no clock, no files. A compiled template may be used by one thread at a
 * time (it remembers slots). */
#ifndef BONBON_DOCUMENT_DOCUMENT_H
#define BONBON_DOCUMENT_DOCUMENT_H

#include "base/arena.h"
#include "base/err.h"
#include "document/view.h"
#include "protocol/profile.h"

enum { DOCUMENT_MARK_VALUE = 0x0e, DOCUMENT_MARK_TEXT = 0x0f, DOCUMENT_PAGE = 0x0c };
enum {
    TEMPLATE_MAX_BYTES = 1 << 20,
    TEMPLATE_MAX_DEPTH = 100,
    TEMPLATE_MAX_MISTAKES = 100,
    DOCUMENT_MAX_TOLD = 100, /* warnings of one print, and as many hints */
    DOCUMENT_MAX_BYTES = 16 << 20
};

struct template;
struct escpos_run;
struct fonts;
struct pictures;

struct template_loader {
    void *ctx;
    /* The source of a partial or a template by name; the bytes live as long as the loader says.
     * ERR_TEMPLATE_UNKNOWN. */
    bool (*load)(void *ctx, struct slice name, struct slice *source, struct err *err);
    /* Told of each mistake that can be told apart, in the order of the source, at most
     * TEMPLATE_MAX_MISTAKES; what is compiled fails with the first of them. Optional. */
    void (*mistake)(void *ctx, const struct err *what);
};

/* Compiles source; partials are loaded and compiled now (each once for each indentation). name is
 * what errors call it, with line and column: ERR_TEMPLATE_SECTION, _CLOSE, _TAG, _DEPTH, _RECURSION
 * (a partial that includes itself), _UNKNOWN (a partial that nobody has), ERR_UTF8, ERR_TOO_BIG.
 * loader may be NULL when there are no partials. */
bool template_create(struct template **t, const char *name, struct slice source,
                     const struct template_loader *loader, struct err *err);
void template_destroy(struct template *t);

/* Appends the expanded document. view is an object. A name that is not in the data is an empty
 * value. ERR_TOO_BIG when out is full. */
bool template_expand(struct template *t, const struct view_object *view, struct buf *out,
                     struct err *err);

/* Where the parts of an expanded document come from, and what the template asked for in vain. */
struct document_map {
    struct buf places; /* struct document_place, in the order of the document */
    struct buf asked;  /* struct document_asked */
    /* Told of each name that was asked for and never found, with its place. Optional. */
    void (*missing)(void *ctx, const struct err *what);
    void *ctx;
};

/* The same, and notes in map (new, all zero but missing and ctx) where it all comes from. */
bool template_expand_mapped(struct template *t, const struct view_object *view, struct buf *out,
                            struct document_map *map, struct err *err);
/* Says where the document's byte at offset comes from: the name of the template or partial, line
 * and column. Always false. */
bool document_map_place(const struct document_map *map, size_t offset, struct err *err);
/* Forgets what comes from offset on: a document may be expanded from several templates in turn,
 * each of which outlives the map. */
void document_map_cut(struct document_map *map, size_t offset);
void document_map_finish(struct document_map *map);

/* Appends an expanded document as plain ReceiptLine: what is inert is escaped, so that it prints
 * the same wherever ReceiptLine is known (bonbon's own words apart). */
void document_portable(struct slice document, struct buf *out);

struct document_paper {
    const struct profile *profile;
    uint8_t columns;     /* 0: the profile's font A columns */
    bool allow_commands; /* {command:…} works */
    bool open_drawer;    /* one pulse on pin 2 before the first line */
    void *ctx;
    /* A picture by name for {image:NAME}, or NULL where pictures cannot be had: PNG bytes.
     * Optional. */
    bool (*image)(void *ctx, struct slice name, struct slice *png, struct err *err);
    /* Told of what had to be left out (a picture that is missing, a code that does not fit): the
     * rest still prints. And once, without a place, of the first letter that no font has
     * (document_no_glyph()), or that needed the missing module of scripts (ERR_HINT_MODULE). Of
     * the others the first DOCUMENT_MAX_TOLD are told. Optional. */
    void (*warn)(void *ctx, const struct err *err);
    /* Told of what prints, but will hurt on paper: a word broken in a column that is too narrow, a
     * code of modules that are too small. The first DOCUMENT_MAX_TOLD. Optional. */
    void (*hint)(void *ctx, const struct err *err);
    /* Warnings and hints say the template's line and column, not the document's. Optional. */
    const struct document_map *map;
    /* Told which way each run of text took onto the paper (escpos/encoder.h). Optional. */
    void (*explain)(void *ctx, const struct escpos_run *run);
    struct fonts *fonts;       /* shared with other prints of the same thread; NULL: its own */
    struct pictures *pictures; /* likewise: what was decoded once; NULL: decoded each time */
};

/* ERR_HINT_GLYPH: no font of this machine has the character; says which package would bring one.
 * Always false. */
bool document_no_glyph(uint32_t cp, struct err *err);

/* True when nothing of it is more than a blank, a line end, the end of a page. */
bool document_is_blank(struct slice document);

/* Lays out an expanded document (or plain markup) and appends the printer's bytes: initialisation,
 * pages, cut. Broken parts are left out and told through warn; false only when memory or a limit
 * ran out. */
bool document_print(struct slice document, const struct document_paper *paper, struct buf *bytes,
                    struct err *err);

#endif
