/* Pictures that were read once: a logo stands on every receipt, and is decoded, scaled and dithered
 * for the first of them. For one thread at a time; holds at most PICTURES_KEPT of them, the one
 * used longest ago making room. */
#ifndef BONBON_IMAGE_PICTURES_H
#define BONBON_IMAGE_PICTURES_H

#include "image/png.h"

enum { PICTURES_KEPT = 8 };

struct pictures;

bool pictures_create(struct pictures **out, struct err *err);
void pictures_destroy(struct pictures *p);
/* As png_read() with a width of 0: the picture as it is, but never wider than max_width_dots.
 * *out belongs to p and lives until the next call. */
bool pictures_read(struct pictures *p, struct slice png, uint32_t max_width_dots,
                   enum dither dither, const struct bitmap **out, struct err *err);

#endif
