#include "image/pictures.h"

#include <stdlib.h>

/* What a picture is made of. The file itself is not kept: 128 bits of it and its length are. */
struct recipe {
    uint64_t hash[2];
    size_t bytes;
    uint32_t max_width_dots;
    enum dither dither;
};

struct kept {
    struct recipe recipe;
    struct bitmap bitmap;
    uint64_t used; /* when, in calls; 0: empty */
};

struct pictures {
    uint64_t calls;
    struct kept kept[PICTURES_KEPT];
};

bool pictures_create(struct pictures **out, struct err *err)
{
    *out = calloc(1, sizeof **out);
    return *out || FAIL(err, ERR_TOO_BIG, "memory", "this machine");
}

void pictures_destroy(struct pictures *p)
{
    for (unsigned i = 0; p && i < PICTURES_KEPT; i++) {
        if (p->kept[i].used)
            bitmap_finish(&p->kept[i].bitmap);
    }
    free(p);
}

/* FNV-1a over words of eight bytes, from two beginnings. */
static void hash_file(struct slice s, uint64_t hash[2])
{
    const uint64_t prime = UINT64_C(0x100000001B3);
    hash[0] = UINT64_C(0xCBF29CE484222325);
    hash[1] = UINT64_C(0x9E3779B97F4A7C15);
    while (s.n) {
        uint64_t word = 0;
        const size_t n = s.n < sizeof word ? s.n : sizeof word;
        memcpy(&word, s.p, n);
        for (unsigned i = 0; i < 2; i++) {
            hash[i] = (hash[i] ^ word) * prime;
            hash[i] ^= hash[i] >> 29;
        }
        s = slice_of(s.p + n, s.n - n);
    }
}

static bool same_recipe(const struct recipe *a, const struct recipe *b)
{
    return a->hash[0] == b->hash[0] && a->hash[1] == b->hash[1] && a->bytes == b->bytes &&
           a->max_width_dots == b->max_width_dots && a->dither == b->dither;
}

bool pictures_read(struct pictures *p, struct slice png, uint32_t max_width_dots,
                   enum dither dither, const struct bitmap **out, struct err *err)
{
    struct recipe recipe = {.bytes = png.n, .max_width_dots = max_width_dots, .dither = dither};
    struct kept *oldest = &p->kept[0];
    struct bitmap b;
    hash_file(png, recipe.hash);
    p->calls++;
    for (unsigned i = 0; i < PICTURES_KEPT; i++) {
        struct kept *kept = &p->kept[i];
        if (kept->used && same_recipe(&kept->recipe, &recipe)) {
            kept->used = p->calls;
            *out = &kept->bitmap;
            return true;
        }
        if (kept->used < oldest->used)
            oldest = kept;
    }
    if (!png_read(png, 0, max_width_dots, dither, &b, err))
        return false;
    if (oldest->used)
        bitmap_finish(&oldest->bitmap);
    *oldest = (struct kept){recipe, b, p->calls};
    *out = &oldest->bitmap;
    return true;
}
