/* PNG in and out, through libpng. */
#ifndef BONBON_IMAGE_PNG_H
#define BONBON_IMAGE_PNG_H

#include "image/bitmap.h"

/* Appends a one-bit grey PNG of b to out; margin_dots (at most 4,096) of white are put around it,
 * dpi goes into pHYs (0: none). ERR_IMAGE when out is full. */
bool png_write(const struct bitmap *b, uint32_t margin_dots, uint32_t dpi, struct buf *out,
               struct err *err);

enum dither { DITHER_THRESHOLD, DITHER_FLOYD_STEINBERG };
/* Reads any PNG (8 and 16 bit, palette, interlaced, alpha over white; at most 4,096 × 16,384 dots
 * and 8 MiB), scales it to width_dots (0: as it is, but never wider than max_width_dots) and turns
 * it into dots. ERR_IMAGE and ERR_IMAGE_BIG say what is
 * wrong with "this file": a caller that knows its name puts it in place of the first argument. */
bool png_read(struct slice png, uint32_t width_dots, uint32_t max_width_dots, enum dither dither,
              struct bitmap *out, struct err *err);

#endif
