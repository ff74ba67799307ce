/* Characters as dots, in the printer's own grid: for what no page has. */
#include "escpos/state.h"

#include "base/utf8.h"
#include "image/face.h"

bool escpos_take_cluster(struct slice *text, struct cluster *c)
{
    uint32_t cp;
    do {
        if (!utf8_take(text, &cp))
            return false;
        if (cp < 0x20 || cp == 0x7F)
            cp = ' ';
        c->cells = (uint8_t)(cp < 0x7F ? 1 : utf8_width(cp));
    } while (c->cells == 0);
    c->base = cp;
    c->n_marks = 0;
    while (text->n && text->p[0] >= 0x80) {
        struct slice rest = *text;
        (void)utf8_take(&rest, &cp);
        if (utf8_width(cp) != 0)
            break;
        /* A mark that the face cannot draw is passed over: the letter is worth more than a box. So
         * are joiners, which draw nothing. */
        if (c->n_marks < 4 && cp != 0x200C && cp != 0x200D && face_glyph(FACE_12X24, cp))
            c->marks[c->n_marks++] = cp;
        *text = rest;
    }
    return true;
}

static void or_glyph(const uint16_t *glyph, uint32_t rows[CELL_HEIGHT])
{
    for (unsigned y = 0; y < CELL_HEIGHT; y++)
        rows[y] |= (uint32_t)glyph[y] << 16;
}

void escpos_cluster_rows(const struct cluster *c, uint8_t flags, uint32_t rows[CELL_HEIGHT])
{
    const unsigned wide = c->cells * CELL_WIDTH;
    const uint32_t mask = ~0U << (32 - wide);
    const uint16_t *glyph = face_glyph(FACE_12X24, c->base);
    memset(rows, 0, CELL_HEIGHT * sizeof *rows);
    if (glyph) {
        or_glyph(glyph, rows);
    } else {
        uint32_t box[CELL_HEIGHT];
        face_missing(c->base, c->cells == 2, box);
        for (unsigned y = 0; y < CELL_HEIGHT; y++)
            rows[y] = box[y] << 8;
    }
    for (unsigned i = 0; i < c->n_marks; i++)
        or_glyph(face_glyph(FACE_12X24, c->marks[i]), rows);
    for (unsigned y = 0; y < CELL_HEIGHT; y++) {
        if (flags & ESCPOS_BOLD)
            rows[y] |= rows[y] >> 1;
        if (flags & ESCPOS_INVERT)
            rows[y] = ~rows[y];
        else if ((flags & ESCPOS_UNDERLINE) && y == CELL_HEIGHT - 1)
            rows[y] = ~0U;
        rows[y] &= mask;
    }
}

void escpos_defuse(uint8_t *p, size_t n)
{
    enum { DLE = 0x10, EOT = 0x04, ENQ = 0x05, DC4 = 0x14, DOT = 0x08 };
    for (size_t i = 0; i + 1 < n; i++) {
        const uint8_t *found = memchr(p + i, DLE, n - 1 - i);
        if (!found)
            return;
        i = (size_t)(found - p);
        if (p[i + 1] == EOT || p[i + 1] == ENQ || p[i + 1] == DC4)
            p[i + 1] |= DOT;
    }
}

static void draw_cluster(struct bitmap *b, const struct cluster *c, const struct piece *piece,
                         uint32_t x, uint32_t bottom)
{
    uint32_t rows[CELL_HEIGHT];
    escpos_cluster_rows(c, piece->style.flags, rows);
    const uint32_t w = piece->style.width;
    const uint32_t h = piece->style.height;
    const uint32_t top = bottom - CELL_HEIGHT * h;
    for (uint32_t y = 0; y < CELL_HEIGHT; y++) {
        for (uint32_t i = 0; i < (uint32_t)c->cells * CELL_WIDTH; i++) {
            if (rows[y] >> (31 - i) & 1)
                bitmap_fill(b, x + i * w, top + y * h, w, h);
        }
    }
}

void escpos_line_as_picture(struct escpos *e, unsigned height)
{
    struct bitmap b;
    struct err ignored;
    if (!bitmap_init(&b, paper_dots(e), height * CELL_HEIGHT, &ignored)) {
        e->out->full = true;
        return;
    }
    for (uint32_t i = 0; i < e->n_pieces; i++) {
        const struct piece *piece = &e->pieces[i];
        struct slice text = piece->text;
        uint32_t x = piece->x_dots;
        struct cluster c;
        while (escpos_take_cluster(&text, &c)) {
            const uint32_t wide = (uint32_t)c.cells * CELL_WIDTH * piece->style.width;
            if (x + wide > b.width_dots)
                break;
            draw_cluster(&b, &c, piece, x, b.height_dots);
            x += wide;
        }
    }
    escpos_image(e, &b, 0);
    bitmap_finish(&b);
}
