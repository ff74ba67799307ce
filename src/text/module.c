#include "text/text.h"

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

static uint32_t hash_of(const struct fonts_run *run)
{
    uint32_t h = 2166136261U ^ run->width_dots ^ run->height_dots << 8 ^ run->language << 16;
    for (size_t i = 0; i < run->n; i++)
        h = (h ^ run->text[i]) * 16777619U;
    return h ^ h >> 15;
}

static void or_rows(const struct drawn *d, uint8_t *rows, size_t stride)
{
    const size_t width = (d->width_dots + 7U) / 8;
    for (size_t y = 0; y < d->height_dots; y++) {
        for (size_t i = 0; i < width; i++)
            rows[y * stride + i] |= d->rows[y][i];
    }
}

static bool is_drawn(const struct drawn *d, const struct fonts_run *run)
{
    return d->n == run->n && d->width_dots == run->width_dots &&
           d->height_dots == run->height_dots && d->language == run->language &&
           d->right_to_left == run->right_to_left &&
           memcmp(d->text, run->text, run->n * sizeof *run->text) == 0;
}

/* The place of a run in the cache: one of WAYS beside each other, where it is or where one makes
 * room for it. */
static struct drawn *place_of(struct text *t, const struct fonts_run *run)
{
    const uint32_t hash = hash_of(run);
    const size_t first = (size_t)(hash % (CACHE_RUNS / CACHE_WAYS)) * CACHE_WAYS;
    struct drawn *const set = &t->cache[first];
    struct drawn *empty = NULL;
    for (unsigned i = 0; i < CACHE_WAYS; i++) {
        if (is_drawn(&set[i], run))
            return &set[i];
        if (!empty && set[i].n == 0)
            empty = &set[i];
    }
    return empty ? empty : &set[hash / CACHE_RUNS % CACHE_WAYS];
}

/* Characters and words come again and again: they are drawn once. */
static bool draw(void *state, const struct fonts_run *run, uint8_t *rows, size_t stride)
{
    struct text *t = state;
    if (run->n == 0 || run->width_dots == 0 || run->width_dots > CANVAS_CELLS * CELL_WIDTH)
        return false;
    if (run->n > CACHE_CHARS || run->width_dots > CACHE_CELLS * CELL_WIDTH)
        return text_draw(t, run, rows, stride);
    struct drawn *d = place_of(t, run);
    if (!is_drawn(d, run)) {
        *d = (struct drawn){.n = (uint8_t)run->n,
                            .language = (uint8_t)run->language,
                            .width_dots = (uint8_t)run->width_dots,
                            .height_dots = (uint8_t)run->height_dots,
                            .right_to_left = run->right_to_left};
        memcpy(d->text, run->text, run->n * sizeof *run->text);
        d->ok = text_draw(t, run, d->rows[0], sizeof d->rows[0]);
    }
    if (d->ok)
        or_rows(d, rows, stride);
    return d->ok;
}

static bool have(void *state, uint32_t cp)
{
    const struct fonts_run run = {&cp, 1, FONTS_ANY, false, CELL_WIDTH, CELL_HEIGHT};
    return text_find_face(state, &run) != NULL;
}

static bool levels(void *state, const uint32_t *text, size_t n, char direction, uint8_t *out,
                   uint32_t *mirrored)
{
    (void)state;
    return text_levels(text, n, direction, out, mirrored);
}

static bool join(void *state, const uint32_t *text, size_t n, const uint8_t *levels,
                 uint32_t *forms)
{
    (void)state;
    return text_join(text, n, levels, forms);
}

__attribute__((visibility("default"))) extern const struct fonts_module bonbon_text;
const struct fonts_module bonbon_text = {
    .version = FONTS_MODULE_VERSION,
    .create = create,
    .destroy = destroy,
    .draw = draw,
    .have = have,
    .levels = levels,
    .join = join,
};
