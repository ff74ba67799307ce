/* The bits right of width_dots in a row's last byte are always white: whole rows can be compared,
 * sent and written as they are. Every function here keeps that. */
#include "image/bitmap.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_WIDTH_DOTS = 16384, MAX_HEIGHT_DOTS = 262144, LEAST_BYTES = 256 };

/* Bytes allocated for a picture of so many: the next power of two, so that paper growing line by
 * line is moved a few times and not once a line. It follows from the size alone and needs no field
 * of its own. */
static size_t capacity(size_t bytes)
{
    size_t cap = LEAST_BYTES;
    while (cap < bytes)
        cap *= 2;
    return cap;
}

static bool check_size(uint32_t width_dots, uint32_t height_dots, struct err *err)
{
    if (width_dots <= MAX_WIDTH_DOTS && height_dots <= MAX_HEIGHT_DOTS)
        return true;
    char size[48], most[48];
    snprintf(size, sizeof size, "%u × %u", width_dots, height_dots);
    snprintf(most, sizeof most, "%d × %d", MAX_WIDTH_DOTS, MAX_HEIGHT_DOTS);
    return FAIL(err, ERR_TOO_BIG, size, most);
}

bool bitmap_init(struct bitmap *b, uint32_t width_dots, uint32_t height_dots, struct err *err)
{
    *b = (struct bitmap){0};
    if (!check_size(width_dots, height_dots, err))
        return false;
    size_t stride = ((size_t)width_dots + 7) / 8;
    uint8_t *p = calloc(1, capacity(stride * height_dots));
    if (!p)
        return FAIL(err, ERR_TOO_BIG, "the picture", "memory");
    *b = (struct bitmap){width_dots, height_dots, stride, p};
    return true; // cppcheck-suppress memleak ; b owns p now
}

void bitmap_finish(struct bitmap *b)
{
    free(b->p);
    *b = (struct bitmap){0};
}

bool bitmap_set_height(struct bitmap *b, uint32_t height_dots, struct err *err)
{
    if (!check_size(b->width_dots, height_dots, err))
        return false;
    size_t had = b->stride_bytes * b->height_dots;
    size_t wants = b->stride_bytes * height_dots;
    if (!b->p || capacity(had) != capacity(wants)) {
        uint8_t *p = realloc(b->p, capacity(wants));
        if (!p)
            return FAIL(err, ERR_TOO_BIG, "the picture", "memory");
        b->p = p;
    }
    if (wants > had)
        memset(b->p + had, 0, wants - had);
    b->height_dots = height_dots;
    return true;
}

/* Clips [at, at + *n) to [0, limit); false when nothing is left. */
static bool clip(uint32_t at, uint32_t *n, uint32_t limit)
{
    if (at >= limit || *n == 0)
        return false;
    if (*n > limit - at)
        *n = limit - at;
    return true;
}

/* Masks of the first and the last byte of the columns [x, x + w), w > 0. */
struct span {
    size_t first, last; /* bytes of the row */
    uint8_t first_mask, last_mask;
};

static struct span span_of(uint32_t x, uint32_t w)
{
    uint32_t end = x + w - 1;
    struct span s = {x / 8, end / 8, (uint8_t)(0xff >> (x % 8)), (uint8_t)(0xff << (7 - end % 8))};
    if (s.first == s.last)
        s.first_mask = s.last_mask = s.first_mask & s.last_mask;
    return s;
}

static void span_fill(uint8_t *row, const struct span *s)
{
    row[s->first] |= s->first_mask;
    if (s->last > s->first + 1)
        memset(row + s->first + 1, 0xff, s->last - s->first - 1);
    row[s->last] |= s->last_mask;
}

static void span_invert(uint8_t *row, const struct span *s)
{
    row[s->first] ^= s->first_mask;
    for (size_t i = s->first + 1; i < s->last; i++)
        row[i] = (uint8_t)~row[i];
    if (s->last != s->first)
        row[s->last] ^= s->last_mask;
}

void bitmap_fill(struct bitmap *b, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    if (!clip(x, &w, b->width_dots) || !clip(y, &h, b->height_dots))
        return;
    struct span s = span_of(x, w);
    for (uint32_t i = 0; i < h; i++)
        span_fill(b->p + (y + i) * b->stride_bytes, &s);
}

void bitmap_invert(struct bitmap *b, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    if (!clip(x, &w, b->width_dots) || !clip(y, &h, b->height_dots))
        return;
    struct span s = span_of(x, w);
    for (uint32_t i = 0; i < h; i++)
        span_invert(b->p + (y + i) * b->stride_bytes, &s);
}

/* A byte of a source row with the dots past its width made white. */
static uint8_t source_byte(const struct bitmap *src, const uint8_t *row, size_t i)
{
    uint32_t tail = src->width_dots % 8;
    bool last = i + 1 == src->stride_bytes;
    return (uint8_t)(last && tail ? row[i] & (0xff << (8 - tail)) : row[i]);
}

/* Adds eight dots at column x, which may stand left of the row or run past its right end. */
static void or_byte(struct bitmap *b, uint8_t *row, int64_t x, uint8_t dots)
{
    if (x <= -8 || x >= b->width_dots || !dots)
        return;
    if (x < 0) {
        dots = (uint8_t)(dots << -x);
        x = 0;
    }
    uint32_t room = b->width_dots - (uint32_t)x;
    if (room < 8)
        dots &= (uint8_t)(0xff << (8 - room));
    size_t at = (size_t)x / 8;
    unsigned shift = (unsigned)(x % 8);
    row[at] |= (uint8_t)(dots >> shift);
    if (shift && at + 1 < b->stride_bytes)
        row[at + 1] |= (uint8_t)(dots << (8 - shift));
}

static void or_row(struct bitmap *b, uint8_t *row, const struct bitmap *src, const uint8_t *from,
                   int64_t x)
{
    for (size_t i = 0; i < src->stride_bytes; i++)
        or_byte(b, row, x + (int64_t)i * 8, source_byte(src, from, i));
}

/* [from, to) of a scaled run of black dots, onto rows [y, y + h) where they exist. */
static void fill_clipped(struct bitmap *b, int64_t from, int64_t to, int64_t y, unsigned h)
{
    int64_t top = y < 0 ? 0 : y, bottom = y + h;
    if (from < 0)
        from = 0;
    if (from >= to || top >= bottom || from >= b->width_dots || top >= b->height_dots)
        return;
    if (to > b->width_dots)
        to = b->width_dots;
    if (bottom > b->height_dots)
        bottom = b->height_dots;
    bitmap_fill(b, (uint32_t)from, (uint32_t)top, (uint32_t)(to - from), (uint32_t)(bottom - top));
}

static void or_row_scaled(struct bitmap *b, const struct bitmap *src, uint32_t src_y, int64_t x,
                          int64_t y, unsigned scale_x, unsigned scale_y)
{
    uint32_t i = 0;
    while (i < src->width_dots) {
        if (!bitmap_get(src, i, src_y)) {
            i++;
            continue;
        }
        uint32_t from = i;
        while (i < src->width_dots && bitmap_get(src, i, src_y))
            i++;
        fill_clipped(b, x + (int64_t)from * scale_x, x + (int64_t)i * scale_x, y, scale_y);
    }
}

void bitmap_or(struct bitmap *b, const struct bitmap *src, int64_t x, int64_t y, unsigned scale_x,
               unsigned scale_y)
{
    /* Beyond this nothing can be seen, and sums below cannot overflow. */
    const int64_t far = INT64_C(1) << 40;
    if (x < -far || x > far || y < -far || y > far || scale_x > MAX_WIDTH_DOTS ||
        scale_y > MAX_HEIGHT_DOTS)
        return;
    for (uint32_t i = 0; i < src->height_dots; i++) {
        int64_t to = y + (int64_t)i * scale_y;
        if (to >= b->height_dots)
            return;
        if (scale_x != 1 || scale_y != 1)
            or_row_scaled(b, src, i, x, to, scale_x, scale_y);
        else if (to >= 0)
            or_row(b, b->p + (size_t)to * b->stride_bytes, src, src->p + i * src->stride_bytes, x);
    }
}

static void put(struct bitmap *b, uint32_t x, uint32_t y, bool black)
{
    uint8_t *p = b->p + y * b->stride_bytes + x / 8;
    uint8_t mask = (uint8_t)(0x80 >> (x % 8));
    *p = black ? *p | mask : *p & (uint8_t)~mask;
}

static void swap_dots(struct bitmap *b, uint32_t ax, uint32_t ay, uint32_t bx, uint32_t by)
{
    bool first = bitmap_get(b, ax, ay);
    put(b, ax, ay, bitmap_get(b, bx, by));
    put(b, bx, by, first);
}

void bitmap_rotate_180(struct bitmap *b, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    if (!clip(x, &w, b->width_dots) || !clip(y, &h, b->height_dots))
        return;
    for (uint32_t i = 0; i < (h + 1) / 2; i++) {
        uint32_t top = y + i, bottom = y + h - 1 - i;
        /* the middle row of an odd height meets itself: half of it is swapped with its other half
         */
        uint32_t columns = top == bottom ? w / 2 : w;
        for (uint32_t j = 0; j < columns; j++)
            swap_dots(b, x + j, top, x + w - 1 - j, bottom);
    }
}

bool bitmap_row_is_blank(const struct bitmap *b, uint32_t y)
{
    const uint8_t *row = b->p + y * b->stride_bytes;
    for (size_t i = 0; i < b->stride_bytes; i++)
        if (row[i])
            return false;
    return true;
}

/* FNV-1a, 64 bits. */
static uint64_t hash_byte(uint64_t h, uint8_t byte)
{
    return (h ^ byte) * UINT64_C(0x100000001B3);
}

uint64_t bitmap_hash(const struct bitmap *b)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (unsigned i = 0; i < 4; i++) {
        h = hash_byte(h, (uint8_t)(b->width_dots >> 8 * i));
        h = hash_byte(h, (uint8_t)(b->height_dots >> 8 * i));
    }
    for (size_t i = 0; i < b->stride_bytes * b->height_dots; i++)
        h = hash_byte(h, b->p[i]);
    return h;
}
