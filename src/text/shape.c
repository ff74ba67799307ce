/* A run of one script and direction as dots: shaped, then fitted into its cells. It is set at its
 * family's size; what is too wide is set narrower, what is too high lower, until all ink stands in
 * the cells. */
#include "text/text.h"

#include <raqm.h>
#include <stdlib.h>

enum {
    MARGIN = 96, /* dots around the cells, so that what stands out is seen */
    CANVAS_WIDTH = CANVAS_CELLS * CELL_WIDTH * 2 + 2 * MARGIN,
    CANVAS_HEIGHT = CELL_HEIGHT + 2 * MARGIN,
    CANVAS_STRIDE = CANVAS_WIDTH / 8,
    MAX_TRIES = 64,
    MIN_SIZE = 4,
};

struct canvas {
    int32_t origin_y; /* the baseline */
    uint8_t rows[CANVAS_HEIGHT][CANVAS_STRIDE];
    int32_t advance;                  /* of the run, dots */
    unsigned n_wide;                  /* glyphs that are not zero wide */
    int32_t left, right, top, bottom; /* of the ink: [left, right), [top, bottom) */
};

static void put_dot(struct canvas *c, int32_t x, int32_t y)
{
    if (x < 0 || x >= CANVAS_WIDTH || y < 0 || y >= CANVAS_HEIGHT)
        return;
    c->rows[y][x / 8] |= (uint8_t)(0x80 >> (x % 8));
    if (x < c->left)
        c->left = x;
    if (x >= c->right)
        c->right = x + 1;
    if (y < c->top)
        c->top = y;
    if (y >= c->bottom)
        c->bottom = y + 1;
}

static void put_glyph(struct canvas *c, const FT_GlyphSlot slot, int32_t x, int32_t y)
{
    const FT_Bitmap *b = &slot->bitmap;
    for (uint32_t row = 0; row < b->rows; row++) {
        const uint8_t *p = b->buffer + (ptrdiff_t)row * b->pitch;
        for (uint32_t column = 0; column < b->width; column++) {
            if (p[column / 8] >> (7 - column % 8) & 1)
                put_dot(c, x + slot->bitmap_left + (int32_t)column,
                        y - slot->bitmap_top + (int32_t)row);
        }
    }
}

static FT_Int32 load_flags(const struct open_face *f)
{
    return FT_LOAD_TARGET_MONO | FT_LOAD_NO_BITMAP | (f->autohint ? FT_LOAD_FORCE_AUTOHINT : 0);
}

static int32_t to_dots(long units)
{
    return (int32_t)((units + 32) >> 6);
}

static bool put_glyphs(struct canvas *c, const struct open_face *f, const raqm_glyph_t *glyphs,
                       size_t n)
{
    long x = 0;
    for (size_t i = 0; i < n; i++) {
        if (FT_Load_Glyph(f->face, glyphs[i].index, load_flags(f)) != 0 ||
            FT_Render_Glyph(f->face->glyph, FT_RENDER_MODE_MONO) != 0)
            return false;
        put_glyph(c, f->face->glyph, MARGIN + to_dots(x + glyphs[i].x_offset),
                  c->origin_y - f->raise - to_dots(glyphs[i].y_offset));
        x += glyphs[i].x_advance;
        c->n_wide += glyphs[i].x_advance != 0;
    }
    c->advance = to_dots(x);
    return true;
}

/* For HarfBuzz, which asks the font for a language's forms. */
static const char *const languages[FONTS_LANGUAGES] = {
    [FONTS_ANY] = "und", [FONTS_ZH_CN] = "zh-cn", [FONTS_ZH_TW] = "zh-tw",
    [FONTS_JA] = "ja",   [FONTS_KO] = "ko",
};

/* Sets the run at a size of width × height dots an em. */
static bool set_run(struct canvas *c, const struct open_face *f, const struct fonts_run *run,
                    unsigned width, unsigned height)
{
    memset(c, 0, sizeof *c);
    c->origin_y = MARGIN + (int32_t)(BASELINE * run->height_dots / CELL_HEIGHT);
    c->left = CANVAS_WIDTH;
    c->top = CANVAS_HEIGHT;
    if (FT_Set_Pixel_Sizes(f->face, width, height) != 0)
        return false;
    raqm_t *rq = raqm_create();
    bool ok =
        rq && raqm_set_text(rq, run->text, run->n) && raqm_set_freetype_face(rq, f->face) &&
        raqm_set_freetype_load_flags(rq, load_flags(f)) &&
        raqm_set_par_direction(rq, run->right_to_left ? RAQM_DIRECTION_RTL : RAQM_DIRECTION_LTR) &&
        raqm_set_language(rq, languages[run->language], 0, run->n) && raqm_layout(rq);
    if (ok) {
        size_t count = 0;
        const raqm_glyph_t *glyphs = raqm_get_glyphs(rq, &count);
        ok = glyphs && put_glyphs(c, f, glyphs, count);
    }
    if (rq)
        raqm_destroy(rq);
    return ok;
}

static int32_t ink_width(const struct canvas *c)
{
    return c->right > c->left ? c->right - c->left : 0;
}

static int32_t ink_height(const struct canvas *c)
{
    return c->bottom > c->top ? c->bottom - c->top : 0;
}

/* Sets the run as large as its cells allow; false when nothing fits. */
static bool fit_run(struct canvas *c, const struct open_face *f, const struct fonts_run *run)
{
    const int32_t room = (int32_t)run->width_dots, most = (int32_t)run->height_dots;
    unsigned width = f->size * run->height_dots / CELL_HEIGHT;
    unsigned height = width;
    for (unsigned i = 0; i < MAX_TRIES; i++) {
        if (!set_run(c, f, run, width, height))
            return false;
        const int32_t wide = ink_width(c) > c->advance ? ink_width(c) : c->advance;
        if (ink_height(c) > most && height > MIN_SIZE) {
            height--;
        } else if (wide > room && width > MIN_SIZE) {
            width--;
        } else {
            break;
        }
    }
    return ink_height(c) <= most && ink_width(c) <= room;
}

/* Where the canvas' column that falls on the first of the cells is: a run of letters begins at its
 * side, a single character stands in the middle; ink is kept within. */
static int32_t first_column(const struct canvas *c, const struct fonts_run *run)
{
    const bool is_single = run->width_dots <= 2 * CELL_WIDTH;
    const int32_t room = (int32_t)run->width_dots, spare = room - c->advance;
    int32_t x = MARGIN - (is_single ? spare / 2 : run->right_to_left ? spare : 0);
    if (c->right > x + room)
        x = c->right - room;
    return c->left < x ? c->left : x;
}

static int32_t first_row(const struct canvas *c, const struct fonts_run *run)
{
    const int32_t height = (int32_t)run->height_dots;
    int32_t y = MARGIN;
    if (c->bottom > y + height)
        y = c->bottom - height;
    return c->top < y ? c->top : y;
}

/* Where a run's box stands in the room of all. */
struct place {
    unsigned x, y;
};

static void copy_box(const struct canvas *c, const struct fonts_run *run, struct place at,
                     uint8_t *rows, size_t stride)
{
    const int32_t x0 = first_column(c, run), y0 = first_row(c, run);
    for (int32_t y = 0; y < (int32_t)run->height_dots; y++) {
        for (int32_t x = 0; x < (int32_t)run->width_dots; x++) {
            const int32_t from = x0 + x, row = y0 + y;
            const size_t to = at.x + (size_t)x;
            if (from >= 0 && from < CANVAS_WIDTH && row >= 0 && row < CANVAS_HEIGHT &&
                c->rows[row][from / 8] >> (7 - from % 8) & 1)
                rows[(at.y + (size_t)y) * stride + to / 8] |= (uint8_t)(0x80 >> (to % 8));
        }
    }
}

static bool draw_run(struct text *t, struct canvas *c, const struct fonts_run *run, struct place at,
                     uint8_t *rows, size_t stride)
{
    const struct open_face *f = text_find_face(t, run);
    if (!f || !fit_run(c, f, run))
        return false;
    copy_box(c, run, at, rows, stride);
    return true;
}

/* --- emoji of several characters: joined ones, and those with a tone of skin --- */

enum { JOINER = 0x200D, EMOJI_PARTS = 4 /* no sequence that Unicode recommends has more */ };

static bool is_joined_emoji(const struct fonts_run *run)
{
    const bool is_flag = run->text[0] >= 0x1F1E6 && run->text[0] <= 0x1F1FF;
    return run->n > 1 && !is_flag && text_script(run->text[0]) == SCRIPT_EMOJI;
}

/* True when a font has one picture for all of it. */
static bool has_picture(struct text *t, struct canvas *c, const struct fonts_run *run)
{
    const struct open_face *f = text_find_face(t, run);
    return f && set_run(c, f, run, f->size, f->size) && c->n_wide == 1;
}

/* The first characters of what joiners part: tones of skin are colours, which paper has not. */
static unsigned parts_of(const struct fonts_run *run, const uint32_t *parts[EMOJI_PARTS])
{
    unsigned n = 0;
    for (size_t i = 0; i < run->n && n < EMOJI_PARTS; i++) {
        if ((i == 0 || run->text[i - 1] == JOINER) && run->text[i] != JOINER)
            parts[n++] = &run->text[i];
    }
    return n;
}

/* What no font has as a whole is shown part by part in the same room (Unicode technical standard
 * 51, 2.2): two side by side, or one above the other in a single column; more of them in two
 * rows. */
static bool draw_parts(struct text *t, struct canvas *c, const struct fonts_run *run, uint8_t *rows,
                       size_t stride)
{
    const uint32_t *parts[EMOJI_PARTS];
    const unsigned n = parts_of(run, parts);
    const bool is_narrow = run->width_dots <= CELL_WIDTH;
    const unsigned across = n > 2 || (n == 2 && !is_narrow) ? 2 : 1;
    const unsigned down = n > 2 || (n == 2 && is_narrow) ? 2 : 1;
    struct fonts_run part = *run;
    part.n = 1;
    part.width_dots = run->width_dots / across;
    part.height_dots = run->height_dots / down;
    for (unsigned i = 0; i < n; i++) {
        const struct place at = {i % across * part.width_dots, i / across * part.height_dots};
        part.text = parts[i];
        if (!draw_run(t, c, &part, at, rows, stride))
            return false;
    }
    return n > 0;
}

bool text_draw(struct text *t, const struct fonts_run *run, uint8_t *rows, size_t stride)
{
    struct canvas *c = malloc(sizeof *c);
    if (!c)
        return false;
    const bool ok = is_joined_emoji(run) && !has_picture(t, c, run)
                        ? draw_parts(t, c, run, rows, stride)
                        : draw_run(t, c, run, (struct place){0, 0}, rows, stride);
    free(c);
    return ok;
}
