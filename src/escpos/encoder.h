/* The encoder: typed calls → the fewest bytes that make a printer of a profile do it.
 *
 * It keeps the state that the printer has (mode, size, code page, position, alignment) and says
 * only what changes. A line is first collected, piece by piece, each at its place in dots, and
 * written when it ends; so a page is chosen for more than one character. A text stays text wherever
 * a page of the profile has it. The ladder of a character: ASCII, the current page, another page
 * (ESC t, as seldom as possible), a look-alike of the same width, a character that is defined in
 * the printer (ESC &, where the profile has it and it is fewer bytes or the line is tall), dots of
 * the printer's face or of an installed font (ESC * 33 in the line; GS v 0 for a line whose dots
 * are taller than 24), the box with its number. Never a '?'.
 *
 * Pieces that touch are one text (unless escpos_apart() says otherwise): it is written in the order
 * that the Unicode bidirectional algorithm gives it. A line is tried as bytes of pages first; what
 * needs more costs only the lines that have it.
 *
 * Invariants:
 * 1. No byte of a text reaches the printer as a control byte: below 20h and 7Fh are blanks.
 * 2. A character takes utf8_width(cp) × width cells of font A, whichever rung of the ladder it
 * took.
 * 3. No payload of dots holds DLE EOT, DLE ENQ or DLE DC4 (printers obey them even inside
 * pictures): a dot more breaks them.
 * 4. Between calls nothing of a picture or a symbol is unfinished; the printer is at a line's start
 * but for collected pieces. A full buffer (struct buf, `full`) drops bytes silently: ask it once at
 * the end.
 *
 * Facts: Epson ESC/POS Application Programming Guide. No file descriptor, no allocation a line. One
 * thread at a time. */
#ifndef BONBON_ESCPOS_ENCODER_H
#define BONBON_ESCPOS_ENCODER_H

#include "image/bitmap.h"
#include "image/fonts.h"
#include "image/symbol.h"
#include "protocol/profile.h"

struct escpos;

enum escpos_flags { ESCPOS_BOLD = 1, ESCPOS_UNDERLINE = 2, ESCPOS_INVERT = 4 };

struct escpos_style {
    uint8_t width, height; /* 1 to 8 */
    uint8_t flags;         /* escpos_flags */
};
static const struct escpos_style escpos_plain = {1, 1, 0};

enum { ESCPOS_MIN_QR_MODULE = 4, ESCPOS_QUIET_MODULES = 4 };

/* profile and bytes outlive the encoder, which appends to bytes. */
bool escpos_create(struct escpos **out, const struct profile *profile, struct buf *bytes,
                   struct err *err);
void escpos_destroy(struct escpos *e);

/* Puts the printer into a known state: ESC @, FS . where it may be in double-byte mode, ESC R 0,
 * its first page, lines that abut. */
void escpos_begin(struct escpos *e);
/* A pulse for the cash drawer: pin 2 or 5. Nothing where the profile has no drawer. */
void escpos_drawer(struct escpos *e, unsigned pin);

/* Adds text (UTF-8) to the line, its left edge at x_dots; pieces come from left to right and do not
 * overlap. text is not copied: it stays until escpos_line(). What passes the right edge of the
 * paper is dropped. */
void escpos_text(struct escpos *e, unsigned x_dots, struct slice text, struct escpos_style style);
/* The piece added last is from a paragraph that is read in this direction ('R', 'L'), whatever its
 * own first letter is: a row of a text that goes on from the row above. */
void escpos_direction(struct escpos *e, char direction);
/* The piece added last begins a text of its own, though it touches the one before: another column,
 * or a line of a frame. */
void escpos_apart(struct escpos *e);
/* Prints the pieces as one line, their bottoms aligned, and feeds the height of the tallest (at
 * least one plain line). */
void escpos_line(struct escpos *e);

/* Feeds blank paper. */
void escpos_feed(struct escpos *e, unsigned dots);
/* A picture with its left edge at x_dots; the paper moves by its height. One that the profile says
 * the printer keeps is printed by its key; else blank rows go as feeds, and each band is as narrow
 * as what is in it. */
void escpos_image(struct escpos *e, const struct bitmap *picture, unsigned x_dots);

/* A QR code with its left edge at x_dots, module_dots a module, native or as a picture. The quiet
 * zone above, below and beside it is the caller's. ERR_SYMBOL when it cannot be made or does not
 * fit. */
bool escpos_qr(struct escpos *e, struct slice data, enum qr_level level, unsigned module_dots,
               unsigned x_dots, struct err *err);
/* The other codes: the printer's own where its profile has them, else as dots; the same symbol
 * either way. */
enum escpos_code { ESCPOS_PDF417, ESCPOS_DATAMATRIX, ESCPOS_AZTEC, ESCPOS_GS1_128 };
enum { ESCPOS_FAMILIES = ESCPOS_GS1_128 /* those of GS ( k */ };
struct escpos_code_look {
    uint8_t module_dots; /* 2 to 16 */
    uint8_t height_dots; /* of bars; a row of PDF417 is three modules high */
    uint8_t columns;     /* of PDF417, 1 to 30, more where its data need them; 0: as suit them */
    bool hri;            /* of GS1-128: its text below */
};
/* How large it would be, without quiet zone and text. ERR_SYMBOL when it cannot be made. */
bool escpos_code_size(enum escpos_code code, struct slice data, struct escpos_code_look look,
                      uint32_t *width_dots, uint32_t *height_dots, struct err *err);
/* The most columns of a PDF417 that is at most so many modules wide; 0: it has no room. */
uint8_t escpos_pdf417_columns(uint32_t modules);
/* Prints it with its left edge at x_dots. GS1-128 takes its data as "(01)09501101530003(17)251231".
 * ERR_SYMBOL when it cannot be made or is wider than the paper. */
bool escpos_code(struct escpos *e, enum escpos_code code, struct slice data,
                 struct escpos_code_look look, unsigned x_dots, struct err *err);
/* What CODE128 is to say, printable ASCII, as GS k takes it: in code sets that make it short and
 * hold no command of real time. gs1: FNC1 stands in front, and 1Dh in s is another. out has room
 * for three bytes a character and four; returns how many they are. */
size_t escpos_code128(struct slice s, bool gs1, uint8_t *out);
/* A bar code, 2 to 6 dots a module; hri prints its text below. data as barcode_make() takes it. */
bool escpos_barcode(struct escpos *e, enum symbology symbology, struct slice data,
                    unsigned module_dots, unsigned height_dots, bool hri, unsigned x_dots,
                    struct err *err);

/* Parts the paper: fed to the cutter and cut (partially, where the profile can choose); without a
 * cutter a dashed line and, with `last`, a feed past the tear-off edge. */
void escpos_cut(struct escpos *e, bool last);

/* Bytes as they are, where the owner allows them; what is known of the printer's state is
 * forgotten. */
void escpos_raw(struct escpos *e, struct slice bytes);

/* Which way a run of text took onto the paper. */
enum escpos_way {
    ESCPOS_BY_PAGE,       /* a byte of a code page (ASCII is in every one) */
    ESCPOS_BY_LOOK_ALIKE, /* a byte that draws another character much like it */
    ESCPOS_BY_USER,       /* a character that was defined in the printer (ESC &) */
    ESCPOS_BY_DOTS,       /* columns of dots in the line (ESC *) */
    ESCPOS_BY_PICTURE,    /* the line as a whole is a picture (GS v 0) */
    ESCPOS_BY_BOX,        /* no font has it: its number in a box, as dots */
    /* of what is no text: */
    ESCPOS_BY_OWN_CODE,   /* a code that the printer makes */
    ESCPOS_BY_DRAWN_CODE, /* a code that is sent as dots */
    ESCPOS_BY_KEY,        /* a picture that the printer keeps: text is its key */
    ESCPOS_BY_IMAGE,      /* a picture that is sent: text is its size in dots */
};
struct escpos_run {
    struct slice text; /* UTF-8 in the order of the paper, but joined letters as they are read;
                          lives for the call */
    enum escpos_way way;
    enum code_page page; /* of BY_PAGE and BY_LOOK_ALIKE */
    uint8_t page_n;      /* of ESC t */
    bool switches;       /* the page was changed for it */
    uint32_t x_dots, width_dots;
    size_t bytes; /* sent for it; what a picture or a definition takes counts at its first run */
};
/* From now on, tells of each run, line after line, from left to right; a text that takes several
 * pages is told page by page; and of each code and picture. The bytes do not change.
 * told NULL ends it. */
void escpos_explain(struct escpos *e, void (*told)(void *ctx, const struct escpos_run *run),
                    void *ctx);

/* A character that prints as its number in a box, and the Debian package that would bring a font
 * for it (NULL: none is known). */
struct escpos_gap {
    uint32_t cp;
    const char *package;
};
/* The characters of text that this printer, with the fonts of this machine, has no glyph for: each
 * once, at most max; returns how many. */
size_t escpos_gaps(struct escpos *e, struct slice text, struct escpos_gap *out, size_t max);

/* The first character that was printed as its number in a box; 0 when none was. */
uint32_t escpos_boxed(const struct escpos *e);

/* The first character that needed bonbon-text.so (image/fonts.h) where that is missing: the text
 * around it stands in the order of reading, or it is its number in a box; 0 when there was none. */
uint32_t escpos_lacking(const struct escpos *e);

/* Shares opened fonts with other encoders of the same thread (else each opens its own when it needs
 * them); they outlive it. */
void escpos_use_fonts(struct escpos *e, struct fonts *fonts);

/* All that will be printed: it decides in which country's form Han characters are drawn. It
 * outlives the encoder, and is looked at when the first character is drawn by a font. */
void escpos_use_text(struct escpos *e, struct slice text);

#endif
