#include "text/text.h"

#include "image/fonts_module.h"

#include <stdlib.h>

static void destroy(void *state)
{
    struct text *t = state;
    if (!t)
        return;
    text_close_faces(t);
    if (t->library)
        FT_Done_FreeType(t->library);
    if (t->config)
        FcConfigDestroy(t->config);
    free(t->cache);
    free(t);
}

static void *create(void)
{
    struct text *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->cache = calloc(CACHE_RUNS, sizeof *t->cache);
    t->config = FcInitLoadConfigAndFonts();
    if (!t->cache || !t->config || FT_Init_FreeType(&t->library) != 0) {
        destroy(t);
        return NULL;
    }
    return t;
}

static uint32_t hash_of(const uint32_t *text, size_t n, unsigned cells)
{
    uint32_t h = 2166136261U ^ cells;
    for (size_t i = 0; i < n; i++)
        h = (h ^ text[i]) * 16777619U;
    return h ^ h >> 15;
}

static void or_rows(const struct drawn *d, uint8_t *rows, size_t stride)
{
    const size_t width = (d->cells * (size_t)CELL_WIDTH + 7) / 8;
    for (size_t y = 0; y < CELL_HEIGHT; y++) {
        for (size_t i = 0; i < width; i++)
            rows[y * stride + i] |= d->rows[y][i];
    }
}

static bool is_drawn(const struct drawn *d, const uint32_t *text, size_t n, bool right_to_left,
                     unsigned cells)
{
    return d->n == n && d->cells == cells && d->right_to_left == right_to_left &&
           memcmp(d->text, text, n * sizeof *text) == 0;
}

/* The place of a run in the cache: one of WAYS beside each other, where it is or where one makes
 * room for it. */
static struct drawn *place_of(struct text *t, const uint32_t *text, size_t n, bool right_to_left,
                              unsigned cells)
{
    const uint32_t hash = hash_of(text, n, cells);
    const size_t first = (size_t)(hash % (CACHE_RUNS / CACHE_WAYS)) * CACHE_WAYS;
    struct drawn *const set = &t->cache[first];
    struct drawn *empty = NULL;
    for (unsigned i = 0; i < CACHE_WAYS; i++) {
        if (is_drawn(&set[i], text, n, right_to_left, cells))
            return &set[i];
        if (!empty && set[i].n == 0)
            empty = &set[i];
    }
    return empty ? empty : &set[hash / CACHE_RUNS % CACHE_WAYS];
}

/* Characters and words come again and again: they are drawn once. */
static bool draw(void *state, const uint32_t *text, size_t n, bool right_to_left, unsigned cells,
                 uint8_t *rows, size_t stride)
{
    struct text *t = state;
    if (n == 0 || cells == 0 || cells > CANVAS_CELLS)
        return false;
    if (n > CACHE_CHARS || cells > CACHE_CELLS)
        return text_draw(t, text, n, right_to_left, cells, rows, stride);
    struct drawn *d = place_of(t, text, n, right_to_left, cells);
    if (!is_drawn(d, text, n, right_to_left, cells)) {
        memset(d, 0, sizeof *d);
        d->n = (uint8_t)n;
        d->cells = (uint8_t)cells;
        d->right_to_left = right_to_left;
        memcpy(d->text, text, n * sizeof *text);
        d->ok = text_draw(t, text, n, right_to_left, cells, d->rows[0], sizeof d->rows[0]);
    }
    if (d->ok)
        or_rows(d, rows, stride);
    return d->ok;
}

static bool have(void *state, uint32_t cp)
{
    return text_find_face(state, &cp, 1) != NULL;
}

static bool levels(void *state, const uint32_t *text, size_t n, uint8_t *out, uint32_t *mirrored)
{
    (void)state;
    return text_levels(text, n, out, mirrored);
}

__attribute__((visibility("default"))) extern const struct fonts_module bonbon_text;
const struct fonts_module bonbon_text = {
    .version = FONTS_MODULE_VERSION,
    .create = create,
    .destroy = destroy,
    .draw = draw,
    .have = have,
    .levels = levels,
};
