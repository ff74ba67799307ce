/* Characters drawn into cells of 12 × 24 dots: by the baked face, by an installed font, or their
 * number in a box. */
#include "escpos/mixed.h"

#include "base/utf8.h"
#include "image/face.h"

enum { STRIDE = RUN_CELLS * CELL_WIDTH / 8, FACE_SHIFT = 16 };

static struct dot_cell *add_cells(struct mixed *m, unsigned n)
{
    const size_t at = m->cells.n;
    const size_t bytes = n * sizeof(struct dot_cell);
    if (!buf_reserve(&m->cells, bytes))
        return NULL;
    memset(m->cells.p + at, 0, bytes);
    m->cells.n += bytes;
    return (void *)(m->cells.p + at);
}

static void set_dot(struct dot_cell *cells, unsigned x, unsigned y)
{
    cells[x / CELL_WIDTH].column[x % CELL_WIDTH][y / 8] |= (uint8_t)(0x80 >> (y % 8));
}

/* Rows of at most 32 dots, the leftmost in the top bit. */
static void put_rows(struct dot_cell *cells, const uint32_t rows[CELL_HEIGHT], unsigned width)
{
    for (unsigned y = 0; y < CELL_HEIGHT; y++) {
        for (unsigned x = 0; x < width; x++) {
            if (rows[y] << x & 0x80000000U)
                set_dot(cells, x, y);
        }
    }
}

static bool add_glyph(uint32_t cp, uint32_t rows[CELL_HEIGHT])
{
    const uint16_t *glyph = face_glyph(FACE_12X24, cp);
    for (unsigned y = 0; glyph && y < CELL_HEIGHT; y++)
        rows[y] |= (uint32_t)glyph[y] << FACE_SHIFT;
    return glyph != NULL;
}

/* A letter with the marks that the face has, one over the other. */
static bool draw_by_face(struct mixed *m, const struct part *part)
{
    const uint32_t *chars = ITEM(m->mirrored, uint32_t, part->from);
    uint32_t rows[CELL_HEIGHT] = {0};
    if (part->cells != 1)
        return false;
    for (unsigned i = 0; i < part->n; i++) {
        if (!escpos_is_silent(chars[i]) && !add_glyph(chars[i], rows))
            return false;
    }
    struct dot_cell *cell = add_cells(m, 1);
    if (cell)
        put_rows(cell, rows, CELL_WIDTH);
    return cell != NULL;
}

/* Chars of the parts in the order of reading, as UTF-8. */
static size_t reading_text(struct mixed *m, size_t from, size_t to, uint8_t *out, size_t cap)
{
    const bool is_rtl = ITEM(m->parts, struct part, from)->level & 1;
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        const struct part *part = ITEM(m->parts, struct part, is_rtl ? to - 1 - (i - from) : i);
        const uint32_t *chars = ITEM(m->chars, uint32_t, part->from);
        for (unsigned k = 0; k < part->n && n + 4 <= cap; k++)
            n += utf8_put(chars[k], out + n);
    }
    return n;
}

static bool draw_by_font(struct escpos *e, struct slice text, bool is_rtl, unsigned n_cells)
{
    uint8_t rows[CELL_HEIGHT][STRIDE] = {0};
    if (n_cells > RUN_CELLS || !escpos_fonts(e) ||
        !fonts_draw(e->fonts, escpos_language(e), text, is_rtl, n_cells, rows[0], STRIDE))
        return false;
    struct dot_cell *cells = add_cells(e->mixed, n_cells);
    if (!cells)
        return false;
    for (unsigned y = 0; y < CELL_HEIGHT; y++) {
        for (unsigned i = 0; i < (n_cells * CELL_WIDTH + 7) / 8; i++) {
            for (unsigned byte = rows[y][i], x = i * 8; byte; byte = byte << 1 & 0xFF, x++) {
                if (byte & 0x80)
                    set_dot(cells, x, y);
            }
        }
    }
    return true;
}

bool escpos_draw_run(struct escpos *e, size_t from, size_t to)
{
    uint8_t text[RUN_CELLS * 16];
    unsigned cells = 0;
    for (size_t i = from; i < to; i++)
        cells += ITEM(e->mixed->parts, struct part, i)->cells;
    const size_t n = reading_text(e->mixed, from, to, text, sizeof text);
    return draw_by_font(e, slice_of(text, n), ITEM(e->mixed->parts, struct part, from)->level & 1,
                        cells);
}

bool escpos_draw_part(struct escpos *e, const struct part *part)
{
    struct mixed *m = e->mixed;
    const uint32_t base = *ITEM(m->chars, uint32_t, part->from);
    if (!escpos_is_joined(base) && draw_by_face(m, part))
        return true;
    const size_t at = (size_t)(part - ITEM(m->parts, struct part, 0));
    return escpos_draw_run(e, at, at + 1);
}

void escpos_draw_box(struct escpos *e, const struct part *part)
{
    const unsigned n = part->cells < 2 ? 1 : 2;
    uint32_t box[CELL_HEIGHT];
    struct dot_cell *cells = add_cells(e->mixed, part->cells);
    if (!cells)
        return;
    const uint32_t cp = *ITEM(e->mixed->chars, uint32_t, part->from);
    if (!e->boxed)
        e->boxed = cp;
    escpos_note_lack(e, cp);
    face_missing(cp, n == 2, box);
    for (unsigned y = 0; y < CELL_HEIGHT; y++)
        box[y] <<= 8;
    put_rows(cells, box, n * CELL_WIDTH);
}

void escpos_draw_char(struct escpos *e, uint32_t cp)
{
    uint8_t text[4];
    uint32_t rows[CELL_HEIGHT] = {0};
    if (!add_glyph(cp, rows)) {
        const size_t n = utf8_put(code_page_widest_form(cp), text);
        if (draw_by_font(e, slice_of(text, n), false, 1))
            return;
        face_missing(cp, false, rows);
        for (unsigned y = 0; y < CELL_HEIGHT; y++)
            rows[y] <<= 8;
    }
    struct dot_cell *cell = add_cells(e->mixed, 1);
    if (cell)
        put_rows(cell, rows, CELL_WIDTH);
}
