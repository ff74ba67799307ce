#include "virtual/nv.h"

#include "protocol/profile.h"

enum {
    KB = 1024,
    PAPER_58_MM = 2, /* custom value 3 */
    PAPER_80_MM = 6,
    GRAPHICS_384_KB = 7,
    LINE_HALF_DOTS = 60, /* a line is 30 dots, the default spacing */
    MEMORY_HEAD_BYTES = 4,
};
static const uint64_t hour_us = UINT64_C(3600) * 1000000;

void nv_init(struct nv *nv, const struct profile *profile)
{
    *nv = (struct nv){0};
    buf_init(&nv->graphics.b, 0);
    buf_init(&nv->images.b, 0);
    buf_init(&nv->memory, 0);
    nv->custom[CUSTOM_MEMORY] = 1;
    nv->custom[CUSTOM_GRAPHICS] = GRAPHICS_384_KB;
    nv->custom[CUSTOM_PAPER_WIDTH] = profile->paper_mm < 70 ? PAPER_58_MM : PAPER_80_MM;
    nv->custom[CUSTOM_CODE_TABLE] = profile->slots[0].n;
    /* Parity none, no flow control by XON, 8 bits; 38400 is what most are delivered with (G). */
    memcpy(nv->serial[1], "38400", 6);
    memcpy(nv->serial[2], "0", 2);
    memcpy(nv->serial[3], "0", 2);
    memcpy(nv->serial[4], "8", 2);
}

void nv_finish(struct nv *nv)
{
    buf_finish(&nv->graphics.b);
    buf_finish(&nv->images.b);
    buf_finish(&nv->memory);
}

/* Custom value 2: 1 is none, then 64 KB a step (Epson APG, GS ( E 5). */
size_t nv_graphics_capacity(const struct nv *nv)
{
    return (size_t)(nv->custom[CUSTOM_GRAPHICS] - 1) * 64 * KB;
}

/* Custom value 1: 1 KB, 64, 128, 192 KB. */
size_t nv_memory_capacity(const struct nv *nv)
{
    unsigned value = nv->custom[CUSTOM_MEMORY];
    return value <= 1 ? KB : (size_t)(value - 1) * 64 * KB;
}

bool nv_custom_takes(unsigned a, unsigned value)
{
    static const struct {
        uint8_t first, last;
        uint16_t least, most;
    } rows[] = {
        {CUSTOM_MEMORY, CUSTOM_MEMORY, 1, 4},
        {CUSTOM_GRAPHICS, CUSTOM_GRAPHICS, 1, 7},
        {CUSTOM_PAPER_WIDTH, CUSTOM_PAPER_WIDTH, PAPER_58_MM, PAPER_80_MM},
        {CUSTOM_CODE_TABLE, CUSTOM_CODE_TABLE, 0, 255},
        {CUSTOM_INTERNATIONAL, CUSTOM_INTERNATIONAL, 0, 82},
        /* Kept and told, without effect here: density, speed and newer models' own (ranges differ
         * from model to model: unverified). */
        {CUSTOM_DENSITY, CUSTOM_SPEED, 0, UINT16_MAX},
        {10, 14, 0, UINT16_MAX},
        {20, 22, 0, UINT16_MAX},
        {70, 73, 0, UINT16_MAX},
        {97, 98, 0, UINT16_MAX},
        {111, 193, 0, UINT16_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (a >= rows[i].first && a <= rows[i].last)
            return value >= rows[i].least && value <= rows[i].most;
    return false;
}

uint64_t nv_counter_units(enum nv_counter counter)
{
    static const uint64_t units[NV_COUNTERS] = {
        [NV_LINES] = LINE_HALF_DOTS, [NV_ROWS] = 2, [NV_CUTS] = 1, [NV_HOURS] = 0};
    return units[counter] ? units[counter] : hour_us;
}

static uint32_t u16_at(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

/* Takes n bytes at offset `at` out. */
static void cut_out(struct buf *b, size_t at, size_t n)
{
    memmove(b->p + at, b->p + at + n, b->n - at - n);
    b->n -= n;
}

bool nv_next_picture(const struct nv_pictures *all, size_t *at, struct nv_picture *out)
{
    if (*at >= all->b.n)
        return false;
    const uint8_t *p = all->b.p + *at;
    out->key[0] = p[0];
    out->key[1] = p[1];
    out->width_dots = u16_at(p + 2);
    out->height_dots = u16_at(p + 4);
    out->rows =
        slice_of(p + NV_PICTURE_HEAD_BYTES, (size_t)(out->width_dots + 7) / 8 * out->height_dots);
    *at += NV_PICTURE_HEAD_BYTES + out->rows.n;
    return true;
}

bool nv_find_picture(const struct nv_pictures *all, const uint8_t key[2], struct nv_picture *out)
{
    for (size_t at = 0; nv_next_picture(all, &at, out);)
        if (memcmp(out->key, key, 2) == 0)
            return true;
    return false;
}

bool nv_remove_picture(struct nv_pictures *all, const uint8_t key[2])
{
    struct nv_picture picture;
    for (size_t at = 0, begin = 0; nv_next_picture(all, &at, &picture); begin = at) {
        if (memcmp(picture.key, key, 2) == 0) {
            cut_out(&all->b, begin, at - begin);
            return true;
        }
    }
    return false;
}

bool nv_put_picture(struct nv_pictures *all, const struct nv_picture *picture, size_t capacity)
{
    struct nv_picture old;
    size_t had = nv_find_picture(all, picture->key, &old) ? old.rows.n + NV_PICTURE_HEAD_BYTES : 0;
    size_t wants = NV_PICTURE_HEAD_BYTES + picture->rows.n;
    if (all->b.n - had + wants > capacity || !buf_reserve(&all->b, wants))
        return false;
    nv_remove_picture(all, picture->key);
    const uint8_t head[NV_PICTURE_HEAD_BYTES] = {
        picture->key[0],
        picture->key[1],
        (uint8_t)picture->width_dots,
        (uint8_t)(picture->width_dots >> 8),
        (uint8_t)picture->height_dots,
        (uint8_t)(picture->height_dots >> 8),
    };
    buf_append(&all->b, head, sizeof head);
    buf_slice_append(&all->b, picture->rows);
    return true;
}

bool nv_next_memory(const struct nv *nv, size_t *at, uint8_t key[2], struct slice *text)
{
    if (*at >= nv->memory.n)
        return false;
    const uint8_t *p = nv->memory.p + *at;
    key[0] = p[0];
    key[1] = p[1];
    *text = slice_of(p + MEMORY_HEAD_BYTES, u16_at(p + 2));
    *at += MEMORY_HEAD_BYTES + text->n;
    return true;
}

bool nv_find_memory(const struct nv *nv, const uint8_t key[2], struct slice *text)
{
    uint8_t here[2];
    for (size_t at = 0; nv_next_memory(nv, &at, here, text);)
        if (memcmp(here, key, 2) == 0)
            return true;
    return false;
}

bool nv_remove_memory(struct nv *nv, const uint8_t key[2])
{
    uint8_t here[2];
    struct slice text;
    for (size_t at = 0, begin = 0; nv_next_memory(nv, &at, here, &text); begin = at) {
        if (memcmp(here, key, 2) == 0) {
            cut_out(&nv->memory, begin, at - begin);
            return true;
        }
    }
    return false;
}

bool nv_put_memory(struct nv *nv, const uint8_t key[2], struct slice text)
{
    struct slice old;
    size_t had = nv_find_memory(nv, key, &old) ? old.n + MEMORY_HEAD_BYTES : 0;
    size_t wants = MEMORY_HEAD_BYTES + text.n;
    if (text.n > UINT16_MAX || nv->memory.n - had + wants > nv_memory_capacity(nv) ||
        !buf_reserve(&nv->memory, wants))
        return false;
    nv_remove_memory(nv, key);
    const uint8_t head[MEMORY_HEAD_BYTES] = {key[0], key[1], (uint8_t)text.n,
                                             (uint8_t)(text.n >> 8)};
    buf_append(&nv->memory, head, sizeof head);
    buf_slice_append(&nv->memory, text);
    return true;
}
