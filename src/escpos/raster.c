/* Pictures as GS v 0: bands between blank rows, as narrow as what is in them, aligned by ESC a
 * where that saves bytes. */
#include "escpos/maintain.h"
#include "escpos/state.h"

#include <stdio.h>

enum {
    BAND_HEADER = 8, /* GS v 0 m xL xH yL yH */
    FEED_BYTES = 3,  /* ESC J n */
};

struct span {
    uint32_t from, to; /* [from, to) */
};

/* Columns of bytes that have a dot in the rows [y0, y1). */
static struct span inked(const struct bitmap *b, uint32_t y0, uint32_t y1)
{
    struct span s = {(uint32_t)b->stride_bytes, 0};
    for (uint32_t y = y0; y < y1; y++) {
        const uint8_t *row = b->p + y * b->stride_bytes;
        for (uint32_t i = 0; i < s.from; i++) {
            if (row[i]) {
                s.from = i;
                break;
            }
        }
        for (uint32_t i = (uint32_t)b->stride_bytes; i > s.to; i--) {
            if (row[i - 1]) {
                s.to = i;
                break;
            }
        }
    }
    return s;
}

/* The window of whole bytes on the paper that a picture is sent as: where its left edge comes to
 * stand is the printer's affair under ESC a, and it is where we want it in each of the three. */
struct window {
    uint32_t x_dots, bytes;
    uint8_t align;
};

static struct window narrowest(uint32_t paper, uint32_t x0, uint32_t x1)
{
    struct window best = {0, (x1 + 7) / 8, 0};
    const uint32_t right = (paper - x0 + 7) / 8;
    if (right < best.bytes && right * 8 <= paper)
        best = (struct window){paper - right * 8, right, 2};
    const uint32_t far = x0 < paper - x1 ? x0 : paper - x1; /* of the two margins the smaller one */
    const uint32_t centred = (paper - 2 * far + 7) / 8;
    if (centred < best.bytes && centred * 8 <= paper && (paper - centred * 8) % 2 == 0)
        best = (struct window){(paper - centred * 8) / 2, centred, 1};
    return best;
}

/* Copies the part of a row under the window, which stands at dot x of the paper; the picture stands
 * at x_picture. */
static void copy_row(const struct bitmap *b, uint32_t y, int64_t skip_dots, uint32_t bytes,
                     uint8_t *out)
{
    const uint8_t *row = b->p + y * b->stride_bytes;
    for (uint32_t i = 0; i < bytes; i++) {
        const int64_t bit = skip_dots + (int64_t)i * 8;
        const int64_t at = bit >= 0 ? bit / 8 : -((7 - bit) / 8);
        const unsigned shift = (unsigned)(bit - at * 8);
        const int64_t stride = (int64_t)b->stride_bytes;
        const unsigned high = at >= 0 && at < stride ? row[at] : 0;
        const unsigned low = at + 1 >= 0 && at + 1 < stride ? row[at + 1] : 0;
        out[i] = (uint8_t)((high << 8 | low) >> (8 - shift));
    }
}

static void put_band(struct escpos *e, const struct bitmap *b, unsigned x_dots, uint32_t y0,
                     uint32_t y1)
{
    const struct span ink = inked(b, y0, y1);
    const uint32_t paper = paper_dots(e);
    const uint32_t x0 = x_dots + ink.from * 8;
    uint32_t x1 = x_dots + ink.to * 8;
    if (x0 >= paper)
        return;
    if (x1 > paper)
        x1 = paper;
    const struct window w = narrowest(paper, x0, x1);
    const uint32_t rows = y1 - y0;
    escpos_set_align(e, w.align);
    const uint8_t header[BAND_HEADER] = {GS,
                                         'v',
                                         '0',
                                         0,
                                         (uint8_t)(w.bytes & 0xFF),
                                         (uint8_t)(w.bytes >> 8),
                                         (uint8_t)(rows & 0xFF),
                                         (uint8_t)(rows >> 8)};
    buf_append(e->out, header, sizeof header);
    const size_t n = (size_t)w.bytes * rows;
    if (!buf_reserve(e->out, n))
        return;
    uint8_t *p = e->out->p + e->out->n;
    for (uint32_t y = y0; y < y1; y++)
        copy_row(b, y, (int64_t)w.x_dots - x_dots, w.bytes, p + (size_t)(y - y0) * w.bytes);
    e->out->n += n;
    escpos_defuse(p, n);
}

/* Where the band from y ends: at a run of blank rows that is cheaper as a feed, at the profile's
 * limit, at the end. */
static uint32_t band_end(const struct escpos *e, const struct bitmap *b, uint32_t y)
{
    const uint32_t limit = e->profile->raster_rows ? e->profile->raster_rows : 256;
    const uint32_t last = b->height_dots - y < limit ? b->height_dots : y + limit;
    const uint32_t worth = (FEED_BYTES + BAND_HEADER) / (uint32_t)b->stride_bytes + 1;
    uint32_t blank = 0;
    for (uint32_t i = y; i < last; i++) {
        blank = bitmap_row_is_blank(b, i) ? blank + 1 : 0;
        if (blank > worth)
            return i + 1 - blank;
    }
    return last - blank;
}

/* The key under which the printer keeps the picture, or NULL. */
static const char *kept_key(const struct escpos *e, const struct bitmap *b, unsigned x_dots)
{
    const struct profile *p = e->profile;
    if (p->n_logos == 0 || p->nv != NV_GRAPHICS || x_dots + b->width_dots > paper_dots(e))
        return NULL;
    const uint64_t hash = bitmap_hash(b);
    for (unsigned i = 0; i < p->n_logos; i++) {
        if (p->logos[i].hash == hash)
            return p->logos[i].key;
    }
    return NULL;
}

/* Prints a picture that the printer keeps by its key (GS ( L 69). */
static void print_kept(struct escpos *e, const char *key, const struct bitmap *b, unsigned x_dots)
{
    uint8_t print[ESCPOS_REQUEST_BYTES];
    escpos_place(e, x_dots, b->width_dots);
    buf_append(e->out, print, escpos_nv_print(key, print));
    escpos_unplace(e, x_dots);
}

void escpos_send_image(struct escpos *e, const struct bitmap *b, unsigned x_dots)
{
    escpos_resync(e);
    escpos_set_style(e, escpos_plain);
    uint32_t y = 0;
    while (y < b->height_dots) {
        uint32_t blank = 0;
        while (y + blank < b->height_dots && bitmap_row_is_blank(b, y + blank))
            blank++;
        escpos_feed(e, blank);
        y += blank;
        if (y == b->height_dots)
            break;
        const uint32_t end = band_end(e, b, y);
        put_band(e, b, x_dots, y, end);
        y = end;
    }
}

/* Says how large it is, or by which key it is kept. */
static void tell_image(const struct escpos *e, const char *key, const struct bitmap *b,
                       uint32_t x_dots, size_t start)
{
    char size[32];
    const int n = snprintf(size, sizeof size, "%u × %u", b->width_dots, b->height_dots);
    const struct escpos_run told = {.text = key ? slice_of(key, 2) : slice_of(size, (size_t)n),
                                    .way = key ? ESCPOS_BY_KEY : ESCPOS_BY_IMAGE,
                                    .x_dots = x_dots,
                                    .width_dots = b->width_dots,
                                    .bytes = e->out->n - start};
    e->told(e->told_ctx, &told);
}

void escpos_image(struct escpos *e, const struct bitmap *b, unsigned x_dots)
{
    const char *key = kept_key(e, b, x_dots);
    escpos_resync(e);
    const size_t start = e->out->n;
    if (key)
        print_kept(e, key, b, x_dots);
    else
        escpos_send_image(e, b, x_dots);
    if (e->told)
        tell_image(e, key, b, x_dots, start);
}
