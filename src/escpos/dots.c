/* Cells of dots onto the paper: as columns in the line, or the line as a picture. */
#include "escpos/mixed.h"

#include "base/utf8.h"

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

/* A cell as its style prints it: emphasis is a second print, one dot to the right, within the cell
 * as a printer's own characters have it. */
static void decorate(const struct dot_cell *cell, uint8_t flags,
                     uint8_t out[CELL_WIDTH][CELL_HEIGHT / 8])
{
    memcpy(out, cell->column, sizeof cell->column);
    for (unsigned x = 0; x < CELL_WIDTH; x++) {
        for (unsigned i = 0; i < CELL_HEIGHT / 8; i++) {
            if ((flags & ESCPOS_BOLD) && x)
                out[x][i] |= cell->column[x - 1][i];
            if (flags & ESCPOS_INVERT)
                out[x][i] = (uint8_t)~out[x][i];
        }
        if ((flags & ESCPOS_UNDERLINE) && !(flags & ESCPOS_INVERT))
            out[x][CELL_HEIGHT / 8 - 1] |= 1;
    }
}

uint32_t escpos_print_cells(struct escpos *e, const struct piece *piece, const struct run *run,
                            uint32_t at)
{
    const uint32_t scale = piece->style.width;
    const uint32_t edge = paper_dots(e);
    const struct dot_cell *cells = ITEM(e->mixed->cells, struct dot_cell, run->cell);
    uint32_t n = run->n_cells;
    if (piece->x_dots + CELL_WIDTH * scale > edge)
        return at;
    if (n * CELL_WIDTH * scale > edge - piece->x_dots)
        n = (edge - piece->x_dots) / (CELL_WIDTH * scale);
    if (!shows_blanks(piece->style))
        escpos_set_style(e, piece->style);
    at = escpos_move(e, at, piece);
    const uint32_t columns = n * CELL_WIDTH * scale;
    const uint8_t start[] = {ESC, '*', 33, (uint8_t)(columns & 0xFF), (uint8_t)(columns >> 8)};
    buf_append(e->out, start, sizeof start);
    const size_t payload = e->out->n;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t out[CELL_WIDTH][CELL_HEIGHT / 8];
        decorate(&cells[i], piece->style.flags, out);
        for (unsigned x = 0; x < CELL_WIDTH * scale; x++)
            buf_append(e->out, out[x / scale], sizeof out[0]);
    }
    if (!e->out->full)
        escpos_defuse(e->out->p + payload, e->out->n - payload);
    return at + columns;
}

static void draw_cell(struct bitmap *b, uint8_t column[CELL_WIDTH][CELL_HEIGHT / 8], uint32_t x,
                      struct escpos_style style)
{
    const uint32_t w = style.width;
    const uint32_t h = style.height;
    const uint32_t top = b->height_dots - CELL_HEIGHT * h;
    for (uint32_t i = 0; i < CELL_WIDTH; i++) {
        for (uint32_t y = 0; y < CELL_HEIGHT; y++) {
            if (column[i][y / 8] & 0x80 >> y % 8)
                bitmap_fill(b, x + i * w, top + y * h, w, h);
        }
    }
}

/* The piece's cells; those of text are drawn now, behind the others. */
static uint32_t cells_of(struct escpos *e, const struct piece *piece, const struct run *run,
                         uint32_t *n)
{
    struct mixed *m = e->mixed;
    struct slice text = piece->text;
    uint32_t cp;
    *n = run->n_cells;
    if (*n)
        return run->cell;
    const uint32_t first = (uint32_t)COUNT_OF(m->cells, struct dot_cell);
    while (utf8_take(&text, &cp)) {
        if (cp < 0x80 || !escpos_is_silent(cp))
            escpos_draw_char(e, cp);
    }
    *n = (uint32_t)COUNT_OF(m->cells, struct dot_cell) - first;
    return first;
}

void escpos_print_picture(struct escpos *e, unsigned height)
{
    struct mixed *m = e->mixed;
    struct bitmap b;
    struct err ignored;
    if (!bitmap_init(&b, paper_dots(e), height * CELL_HEIGHT, &ignored)) {
        e->out->full = true;
        return;
    }
    for (size_t i = 0; i < COUNT_OF(m->pieces, struct piece); i++) {
        const struct piece *piece = ITEM(m->pieces, struct piece, i);
        const uint32_t wide = CELL_WIDTH * (uint32_t)piece->style.width;
        uint32_t n;
        const uint32_t first = cells_of(e, piece, ITEM(m->runs, struct run, i), &n);
        const struct dot_cell *cells = ITEM(m->cells, struct dot_cell, first);
        for (uint32_t k = 0; k < n && piece->x_dots + (k + 1) * wide <= b.width_dots; k++) {
            uint8_t out[CELL_WIDTH][CELL_HEIGHT / 8];
            decorate(&cells[k], piece->style.flags, out);
            draw_cell(&b, out, piece->x_dots + k * wide, piece->style);
        }
    }
    escpos_send_image(e, &b, 0);
    bitmap_finish(&b);
}
