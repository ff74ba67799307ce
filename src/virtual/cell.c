#include "virtual/cell.h"

#include "image/face.h"

/* A glyph as the face has it: up to 24 × 24 dots. */
struct source {
    unsigned width, height;
    uint32_t rows[CELL_ROWS];
};

/* A character of an installed font, in 12 × 24 dots. */
static bool font_glyph(struct fonts *fonts, uint32_t cp, struct source *out)
{
    uint8_t rows[CELL_ROWS][2] = {0};
    if (!fonts_draw_one(fonts, FONTS_ANY, code_page_widest_form(cp), 12, 24, rows[0],
                        sizeof rows[0]))
        return false;
    *out = (struct source){.width = 12, .height = 24};
    for (unsigned y = 0; y < CELL_ROWS; y++)
        out->rows[y] = (uint32_t)rows[y][0] << 24 | (uint32_t)rows[y][1] << 16;
    return true;
}

/* False when neither has it: then it is a box. */
static bool source_glyph(enum face face, struct fonts *fonts, uint32_t cp, struct source *out)
{
    bool large = face == FACE_12X24;
    *out = (struct source){.width = large ? 12 : 8, .height = large ? 24 : 16};
    const uint16_t *rows = face_glyph(face, cp);
    if (rows) {
        for (unsigned y = 0; y < out->height; y++)
            out->rows[y] = (uint32_t)rows[y] << 16;
        return true;
    }
    if (font_glyph(fonts, cp, out))
        return true;
    uint32_t box[CELL_ROWS] = {0};
    face_missing(cp, false, box);
    out->width = 12;
    out->height = 24;
    for (unsigned y = 0; y < CELL_ROWS; y++)
        out->rows[y] = box[y] << 8;
    return false;
}

/* The dots of a source row that fall into column x of a cell `to` wide, or-ed: strokes never
 * vanish. */
static bool any_dot(uint32_t row, unsigned x, unsigned from, unsigned to)
{
    unsigned first = x * from / to, end = (x + 1) * from / to;
    if (end <= first)
        end = first + 1;
    for (unsigned i = first; i < end; i++) {
        if (row >> (31 - i) & 1)
            return true;
    }
    return false;
}

static void fit(const struct source *s, struct cell *c)
{
    for (unsigned y = 0; y < c->height_dots; y++) {
        unsigned first = y * s->height / c->height_dots;
        unsigned end = (y + 1) * s->height / c->height_dots;
        uint32_t row = s->rows[first];
        for (unsigned i = first + 1; i < end; i++)
            row |= s->rows[i];
        for (unsigned x = 0; x < c->width_dots; x++) {
            if (any_dot(row, x, s->width, c->width_dots))
                c->rows[y] |= UINT32_C(0x80000000) >> x;
        }
    }
}

static bool is_frame_or_block(uint32_t cp)
{
    return cp >= 0x2500 && cp <= 0x259f;
}

void cell_make(const struct profile_font *font, struct fonts *fonts, uint32_t cp, struct cell *out)
{
    *out = (struct cell){
        .width_dots = font->width_dots < 32 ? font->width_dots : 32,
        .height_dots = font->height_dots < CELL_ROWS ? font->height_dots : CELL_ROWS,
    };
    if (!cp || cp == ' ')
        return;
    struct source s;
    out->boxed = !source_glyph(out->height_dots == 24 ? FACE_12X24 : FACE_8X16, fonts, cp, &s);
    /* A cell a dot or two larger takes the glyph as it is (9×17 around 8×16); frames must reach the
     * cell's edges to join, and what is larger than the cell is pressed in. */
    bool as_is =
        s.width <= out->width_dots && s.height <= out->height_dots && !is_frame_or_block(cp);
    if (!as_is && (s.width != out->width_dots || s.height != out->height_dots)) {
        fit(&s, out);
        return;
    }
    for (unsigned y = 0; y < s.height; y++)
        out->rows[y] = s.rows[y];
}

/* Fullwidth forms are ASCII, wide. */
static uint32_t narrow(uint32_t cp)
{
    return cp >= 0xff01 && cp <= 0xff5e ? cp - 0xff01 + '!' : cp;
}

enum { WIDE = 24, NARROW = 12, MIDDLE = (WIDE - NARROW) / 2 };

/* A frame or block in a wide cell reaches its edges, as it does in a narrow one: its outer columns
 * go on; a shade is repeated. */
static uint32_t widen(uint32_t cp, uint32_t row)
{
    const bool is_shade = cp >= 0x2591 && cp <= 0x2593;
    const uint32_t left = UINT32_C(1) << 31, right = left >> (NARROW - 1);
    uint32_t wide = row >> MIDDLE;
    if (is_shade)
        return row | row >> NARROW;
    if (row & left)
        wide |= ~(UINT32_MAX >> MIDDLE);
    if (row & right)
        wide |= ~(UINT32_MAX >> MIDDLE) >> (WIDE - MIDDLE);
    return wide;
}

/* The face's glyph in the middle of a wide cell. */
static bool wide_face(uint32_t cp, struct source *out)
{
    const uint16_t *rows = face_glyph(FACE_12X24, cp);
    *out = (struct source){.width = WIDE, .height = WIDE};
    for (unsigned y = 0; rows && y < CELL_ROWS; y++) {
        const uint32_t row = (uint32_t)rows[y] << 16;
        out->rows[y] = is_frame_or_block(cp) ? widen(cp, row) : row >> MIDDLE;
    }
    return rows != NULL;
}

/* Signs (※ ● →) are larger in a font of the language than in the face, letters are not. */
static bool is_the_faces(uint32_t cp)
{
    enum { SIGNS = 0x2010 };
    return cp < SIGNS || is_frame_or_block(cp);
}

static bool draw_in_cell(struct fonts *fonts, enum fonts_language language, uint32_t cp,
                         struct cell *out)
{
    uint8_t rows[CELL_ROWS][3] = {0};
    if (!fonts_draw_one(fonts, language, cp, out->width_dots, out->height_dots, rows[0],
                        sizeof rows[0]))
        return false;
    for (unsigned y = 0; y < out->height_dots; y++)
        out->rows[y] =
            (uint32_t)rows[y][0] << 24 | (uint32_t)rows[y][1] << 16 | (uint32_t)rows[y][2] << 8;
    return true;
}

static void take(const struct source *s, struct cell *out)
{
    if (out->width_dots == s->width && out->height_dots == s->height)
        memcpy(out->rows, s->rows, sizeof out->rows);
    else
        fit(s, out);
}

static void take_box(uint32_t number, struct cell *out)
{
    struct source s = {.width = WIDE, .height = WIDE};
    face_missing(number, true, s.rows);
    for (unsigned y = 0; y < WIDE; y++)
        s.rows[y] <<= 8;
    take(&s, out);
}

void cell_make_pair(struct fonts *fonts, enum fonts_language language, uint32_t cp,
                    unsigned width_dots, unsigned height_dots, struct cell *out)
{
    enum { IDEOGRAPHIC_SPACE = 0x3000 };
    struct source s;
    *out = (struct cell){.width_dots = width_dots, .height_dots = height_dots};
    if (cp == IDEOGRAPHIC_SPACE || cp == ' ')
        return;
    const bool has_face = wide_face(narrow(cp), &s);
    if (has_face && is_the_faces(narrow(cp))) {
        take(&s, out);
    } else if (!draw_in_cell(fonts, language, cp, out)) {
        out->boxed = !has_face;
        if (has_face)
            take(&s, out);
        else
            take_box(cp, out);
    }
}

void cell_make_unknown(uint32_t number, unsigned width_dots, unsigned height_dots, struct cell *out)
{
    *out = (struct cell){.width_dots = width_dots, .height_dots = height_dots};
    take_box(number, out);
}

static uint32_t row_mask(unsigned width)
{
    return width >= 32 ? UINT32_MAX : ~(UINT32_MAX >> width);
}

/* 32 dots at column x, as bytes. */
static void put_word(struct bitmap *b, uint32_t x, uint32_t y, uint32_t dots)
{
    if (x >= b->width_dots || y >= b->height_dots)
        return;
    if (b->width_dots - x < 32)
        dots &= row_mask(b->width_dots - x);
    uint8_t *p = b->p + y * b->stride_bytes + x / 8;
    uint64_t word = (uint64_t)dots << 32 >> (x % 8);
    for (; word; word <<= 8)
        *p++ |= (uint8_t)(word >> 56);
}

/* Runs of dots, each scaled: black on white, or cut out of a black cell. */
static void put_runs(struct bitmap *b, uint32_t x, uint32_t y, uint32_t dots,
                     const struct cell_look *look)
{
    while (dots) {
        unsigned from = (unsigned)__builtin_clz(dots);
        uint32_t rest = ~(dots << from);
        unsigned n = rest ? (unsigned)__builtin_clz(rest) : 32;
        uint32_t at = x + from * look->scale_x;
        (look->inverted ? bitmap_invert : bitmap_fill)(b, at, y, n * look->scale_x, look->scale_y);
        if (from + n >= 32)
            return;
        dots &= UINT32_MAX >> (from + n);
    }
}

/* A triangle in a white dot, at the corner where two black ones meet. */
static void put_corner(struct bitmap *b, uint32_t x, uint32_t y, const struct cell_look *look,
                       bool left, bool top)
{
    unsigned w = look->scale_x, h = look->scale_y;
    for (unsigned i = 0; i < h; i++) {
        unsigned down = top ? i : h - 1 - i; /* rows from the corner */
        if (2 * down >= h)
            continue;
        unsigned n = w / 2 - w * down / h;
        bitmap_fill(b, left ? x : x + w - n, y + i, n, 1);
    }
}

static bool is_black(const struct cell *cell, int x, int y)
{
    return x >= 0 && y >= 0 && x < (int)cell->width_dots && y < (int)cell->height_dots &&
           cell->rows[y] >> (31 - x) & 1;
}

/* True when the white dot lies in a step: black on these two sides, white on the others, and
 * neither side goes on past it, as the inside of an L does. */
static bool is_step(const struct cell *cell, int x, int y, int across, int down)
{
    return is_black(cell, x + across, y) && is_black(cell, x, y + down) &&
           !is_black(cell, x - across, y) && !is_black(cell, x, y - down) &&
           !is_black(cell, x + across, y - down) && !is_black(cell, x - across, y + down);
}

/* The white dots in the steps of a slanted stroke get a corner (what printers do exactly is
 * nobody's fact). */
static void smooth(struct bitmap *b, uint32_t x, uint32_t y, const struct cell *cell,
                   const struct cell_look *look)
{
    for (int i = 0; i < (int)cell->height_dots; i++) {
        for (int j = 0; j < (int)cell->width_dots; j++) {
            if (is_black(cell, j, i))
                continue;
            for (unsigned corner = 0; corner < 4; corner++) {
                bool left = corner & 1, top = corner & 2;
                if (is_step(cell, j, i, left ? -1 : 1, top ? -1 : 1))
                    put_corner(b, x + (uint32_t)j * look->scale_x, y + (uint32_t)i * look->scale_y,
                               look, left, top);
            }
        }
    }
}

void cell_draw(struct bitmap *b, uint32_t x, uint32_t y, const struct cell *cell,
               const struct cell_look *look)
{
    uint32_t height = cell->height_dots * look->scale_y;
    uint32_t mask = row_mask(cell->width_dots);
    bool plain = look->scale_x == 1 && look->scale_y == 1 && !look->inverted;
    if (look->inverted)
        bitmap_fill(b, x, y, look->width_dots, height);
    for (unsigned i = 0; i < cell->height_dots; i++) {
        uint32_t dots = cell->rows[i];
        if (look->bold)
            dots = (dots | dots >> 1) & mask;
        if (!dots)
            continue;
        if (plain)
            put_word(b, x, y + i, dots);
        else
            put_runs(b, x, y + i * look->scale_y, dots, look);
    }
    if (look->smooth && !plain && !look->inverted && look->scale_x > 1 && look->scale_y > 1)
        smooth(b, x, y, cell, look);
    if (look->underline && !look->inverted)
        bitmap_fill(b, x, y + height - look->underline, look->width_dots, look->underline);
}
