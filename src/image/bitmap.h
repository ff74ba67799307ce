/* The room of dots: pictures of one bit, and what becomes such a picture: PNG files (png.h),
 * characters of the printer's face (face.h), QR and bar codes (symbol.h). It knows nothing of
 * printers: who feeds, cuts or sends is above.
 *
 * Invariants: 1 is black, the most significant bit is left, a row is ⌈width/8⌉ bytes as ESC/POS
 * takes it; the bits right of width_dots in a row's last byte are always 0 (who writes rows into p
 * keeps that); the same input gives the same dots on every machine, nothing is computed in floating
 * point.
 *
 * Threads: no state but what the caller passes; different bitmaps may be in the hands of different
 * threads at once. */
#ifndef BONBON_IMAGE_BITMAP_H
#define BONBON_IMAGE_BITMAP_H

#include "base/err.h"

struct bitmap {
    uint32_t width_dots, height_dots;
    size_t stride_bytes; /* of one row: ⌈width/8⌉ */
    uint8_t *p;
};

/* White; false when out of memory or past 16,384 × 262,144 dots (ERR_TOO_BIG). */
bool bitmap_init(struct bitmap *b, uint32_t width_dots, uint32_t height_dots, struct err *err);
void bitmap_finish(struct bitmap *b);
/* More (white) or fewer rows. */
bool bitmap_set_height(struct bitmap *b, uint32_t height_dots, struct err *err);
static inline bool bitmap_get(const struct bitmap *b, uint32_t x, uint32_t y)
{
    return (b->p[y * b->stride_bytes + x / 8] >> (7 - x % 8)) & 1;
}
static inline void bitmap_set(struct bitmap *b, uint32_t x, uint32_t y)
{
    b->p[y * b->stride_bytes + x / 8] |= (uint8_t)(0x80 >> (x % 8));
}
/* Blackens (or with invert flips) a rectangle; what lies outside is clipped. */
void bitmap_fill(struct bitmap *b, uint32_t x, uint32_t y, uint32_t w, uint32_t h);
void bitmap_invert(struct bitmap *b, uint32_t x, uint32_t y, uint32_t w, uint32_t h);
/* Adds (ors) src onto b with its corner at x, y, each dot becoming scale_x × scale_y dots; clipped.
 */
void bitmap_or(struct bitmap *b, const struct bitmap *src, int64_t x, int64_t y, unsigned scale_x,
               unsigned scale_y);
/* Turns the rows [y, y + h) by 180 degrees within the columns [x, x + w). */
void bitmap_rotate_180(struct bitmap *b, uint32_t x, uint32_t y, uint32_t w, uint32_t h);
/* A number for its size and dots: equal pictures have equal ones, other ones hardly ever. The same
 * on every machine; written into profiles. */
uint64_t bitmap_hash(const struct bitmap *b);
bool bitmap_row_is_blank(const struct bitmap *b, uint32_t y);

#endif
