/* The printer's face: Terminus, baked in at build time, so that text becomes dots without a font
 * library. 12×24 is font A, 8×16 stands in a 9×17 cell for font B (Terminus Font, SIL Open Font
 * License 1.1; docs/fonts.md). */
#ifndef BONBON_IMAGE_FACE_H
#define BONBON_IMAGE_FACE_H

#include "image/bitmap.h"

enum face { FACE_12X24, FACE_8X16 };

/* Rows of a glyph, the most significant bit left (12 or 8 bits used from the top of the word); NULL
 * when the face has none for cp. */
const uint16_t *face_glyph(enum face face, uint32_t cp);
/* A box with cp's number in it, for what no face has: never nothing. 24 rows of 24 bits, bit 23 is
 * the leftmost dot; a narrow box leaves the right half white, wide gives two cells. */
void face_missing(uint32_t cp, bool wide, uint32_t rows[24]);

#endif
