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
    ORIGIN_Y = MARGIN + BASELINE,
    MAX_TRIES = 64,
    MIN_SIZE = 4,
};

struct canvas {
    uint8_t rows[CANVAS_HEIGHT][CANVAS_STRIDE];
    int32_t advance;                  /* of the run, dots */
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
                  ORIGIN_Y - f->raise - to_dots(glyphs[i].y_offset));
        x += glyphs[i].x_advance;
    }
    c->advance = to_dots(x);
    return true;
}

/* Sets the run at a size of width × height dots an em. */
static bool set_run(struct canvas *c, const struct open_face *f, const uint32_t *text, size_t n,
                    bool right_to_left, unsigned width, unsigned height)
{
    memset(c, 0, sizeof *c);
    c->left = CANVAS_WIDTH;
    c->top = CANVAS_HEIGHT;
    if (FT_Set_Pixel_Sizes(f->face, width, height) != 0)
        return false;
    raqm_t *rq = raqm_create();
    bool ok = rq && raqm_set_text(rq, text, n) && raqm_set_freetype_face(rq, f->face) &&
              raqm_set_freetype_load_flags(rq, load_flags(f)) &&
              raqm_set_par_direction(rq, right_to_left ? RAQM_DIRECTION_RTL : RAQM_DIRECTION_LTR) &&
              raqm_set_language(rq, "und", 0, n) && raqm_layout(rq);
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
static bool fit_run(struct canvas *c, const struct open_face *f, const uint32_t *text, size_t n,
                    bool right_to_left, int32_t room)
{
    unsigned width = f->size;
    unsigned height = width;
    for (unsigned i = 0; i < MAX_TRIES; i++) {
        if (!set_run(c, f, text, n, right_to_left, width, height))
            return false;
        const int32_t wide = ink_width(c) > c->advance ? ink_width(c) : c->advance;
        if (ink_height(c) > CELL_HEIGHT && height > MIN_SIZE) {
            height--;
        } else if (wide > room && width > MIN_SIZE) {
            width--;
        } else {
            break;
        }
    }
    return ink_height(c) <= CELL_HEIGHT && ink_width(c) <= room;
}

/* Where the canvas' column that falls on the first of the cells is: a run of letters begins at its
 * side, a single character stands in the middle; ink is kept within. */
static int32_t first_column(const struct canvas *c, bool is_single, bool right_to_left,
                            int32_t room)
{
    const int32_t spare = room - c->advance;
    int32_t x = MARGIN - (is_single ? spare / 2 : right_to_left ? spare : 0);
    if (c->right > x + room)
        x = c->right - room;
    return c->left < x ? c->left : x;
}

static int32_t first_row(const struct canvas *c)
{
    int32_t y = MARGIN;
    if (c->bottom > y + CELL_HEIGHT)
        y = c->bottom - CELL_HEIGHT;
    return c->top < y ? c->top : y;
}

static void copy_cells(const struct canvas *c, int32_t x0, int32_t y0, int32_t room, uint8_t *rows,
                       size_t stride)
{
    for (int32_t y = 0; y < CELL_HEIGHT; y++) {
        for (int32_t x = 0; x < room; x++) {
            const int32_t at = x0 + x, row = y0 + y;
            if (at >= 0 && at < CANVAS_WIDTH && row >= 0 && row < CANVAS_HEIGHT &&
                c->rows[row][at / 8] >> (7 - at % 8) & 1)
                rows[(size_t)y * stride + (size_t)x / 8] |= (uint8_t)(0x80 >> (x % 8));
        }
    }
}

/* Emoji that are joined, where the font has no glyph for the whole: the first of them. A flag's two
 * letters stay together. */
static size_t drawn_part(struct canvas *c, const struct open_face *f, const uint32_t *text,
                         size_t n)
{
    const bool is_flag = text[0] >= 0x1F1E6 && text[0] <= 0x1F1FF;
    if (n == 1 || is_flag || text_script(text[0]) != SCRIPT_EMOJI)
        return n;
    const bool is_one = set_run(c, f, text, n, false, f->size, f->size) && c->advance < 2 * f->size;
    return is_one ? n : 1;
}

bool text_draw(struct text *t, const uint32_t *text, size_t n, bool right_to_left, unsigned cells,
               uint8_t *rows, size_t stride)
{
    const struct open_face *f = text_find_face(t, text, n);
    struct canvas *c = f ? malloc(sizeof *c) : NULL;
    const int32_t room = (int32_t)(cells * CELL_WIDTH);
    if (!c)
        return false;
    const bool ok = fit_run(c, f, text, drawn_part(c, f, text, n), right_to_left, room);
    if (ok)
        copy_cells(c, first_column(c, cells <= 2, right_to_left, room), first_row(c), room, rows,
                   stride);
    free(c);
    return ok;
}
