/* A character cell as dots: the printer's face fitted into the cell of a profile's font, and put on
 * paper with its enhancements. */
#ifndef BONBON_VIRTUAL_CELL_H
#define BONBON_VIRTUAL_CELL_H

#include "image/bitmap.h"
#include "image/fonts.h"
#include "protocol/profile.h"

enum { CELL_ROWS = 24 };

struct cell {
    unsigned width_dots, height_dots; /* at most 32 × CELL_ROWS */
    bool boxed;                       /* a character that neither the face nor a font has */
    uint32_t rows[CELL_ROWS];         /* the most significant bit left */
};

/* cp 0 is a blank cell; what the face lacks is drawn by the fonts that are installed, as the
 * encoder would draw it, and else is a box with its number. */
void cell_make(const struct profile_font *font, struct fonts *fonts, uint32_t cp, struct cell *out);
/* A double-byte character in a cell of width × height dots: letters and frames of the face, all
 * else by the fonts that are installed, in the form of the language; else a box with its number. */
void cell_make_pair(struct fonts *fonts, enum fonts_language language, uint32_t cp,
                    unsigned width_dots, unsigned height_dots, struct cell *out);
/* A double-byte character that its page has not: a box with the number of its bytes. */
void cell_make_unknown(uint32_t number, unsigned width_dots, unsigned height_dots,
                       struct cell *out);

struct cell_look {
    unsigned scale_x, scale_y;
    uint32_t width_dots; /* of the whole cell, scaled, right space included */
    unsigned underline;  /* dots, not scaled */
    bool bold, inverted;
    bool smooth; /* GS b: the steps of a large character's slanted strokes are filled */
};
/* Adds the cell to b with its corner at x, y; clipped. */
void cell_draw(struct bitmap *b, uint32_t x, uint32_t y, const struct cell *cell,
               const struct cell_look *look);

#endif
