/* The room of scripts: what bonbon-text.so is made of (image/fonts_module.h says what it offers).
 * fontconfig finds the fonts, libraqm (HarfBuzz, FriBidi) shapes and orders, FreeType draws.
 *
 * Invariants: the same fonts give the same dots (sizes are whole dots, rendering is monochrome and
 * hinted, nothing depends on locale or environment but fontconfig's own configuration); ink never
 * leaves the cells of its run; one thread at a time uses a state, different states are independent.
 */
#ifndef BONBON_TEXT_TEXT_H
#define BONBON_TEXT_TEXT_H

#include "image/fonts_module.h"

#include <fontconfig/fontconfig.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    CELL_WIDTH = 12,
    CELL_HEIGHT = 24,
    BASELINE = 19, /* rows above it, in the baked 12×24 face */
    CANVAS_CELLS = 64,
    MAX_FACES = 64,   /* open at once */
    CACHE_RUNS = 512, /* drawn runs that are remembered */
    CACHE_WAYS = 4,
    CACHE_CHARS = 20, /* of a run that is remembered */
    CACHE_CELLS = 14,
};

/* One line of the table of families. */
struct family {
    const char *name;
    const char *style; /* NULL: regular */
    uint8_t size;      /* dots of the em */
    bool autohint;     /* its own hints are none or worse */
    uint8_t raise;     /* dots above the baseline, so that all its letters stand on one */
};

enum script {
    SCRIPT_LATIN,      /* and all that DejaVu draws one character a cell */
    SCRIPT_VIETNAMESE, /* which DejaVu has in parts only */
    SCRIPT_HEBREW,
    SCRIPT_ARABIC,
    SCRIPT_INDIC,
    SCRIPT_THAI,
    SCRIPT_HAN,
    SCRIPT_KANA,
    SCRIPT_HANGUL,
    SCRIPT_EMOJI,
    SCRIPT_OTHER,
    SCRIPTS,
};

struct open_face {
    FT_Face face; /* NULL: it cannot be opened */
    uint8_t size, raise;
    bool autohint;
    const char *family; /* of the table; NULL: found by fontconfig alone */
    const char *style;
    char *file;
    int index;
};

struct drawn {
    uint32_t text[CACHE_CHARS];
    uint8_t n, language, width_dots, height_dots;
    bool right_to_left, ok;
    uint8_t rows[CELL_HEIGHT][CACHE_CELLS * CELL_WIDTH / 8];
};

struct text {
    FT_Library library;
    FcConfig *config;
    unsigned n_faces;
    struct open_face faces[MAX_FACES];
    struct drawn *cache; /* CACHE_RUNS */
};

/* --- family.c --- */

enum script text_script(uint32_t cp);
/* The first face, in the order of the table and then fontconfig's, that has all of a run. */
struct open_face *text_find_face(struct text *t, const struct fonts_run *run);
void text_close_faces(struct text *t);

/* --- shape.c --- */

bool text_draw(struct text *t, const struct fonts_run *run, uint8_t *rows, size_t stride);

/* --- order.c --- */

bool text_levels(const uint32_t *text, size_t n, char direction, uint8_t *levels,
                 uint32_t *mirrored);

/* --- join.c --- */

bool text_join(const uint32_t *text, size_t n, const uint8_t *levels, uint32_t *forms);

#endif
