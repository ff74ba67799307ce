/* The paper as text: each character at its column. */
#include "virtual/paper.h"

#include "base/utf8.h"

#include <stdlib.h>

struct placed_char {
    uint32_t x_dots, width_dots, order, cp;
};

/* Letters wider than a column that stand side by side are one word: they are written together,
 * where the first one stands. */
static bool continues_word(const struct placed_char *before, const struct placed_char *c)
{
    return c->width_dots == before->width_dots && c->x_dots == before->x_dots + before->width_dots;
}

static int by_place(const void *a, const void *b)
{
    const struct placed_char *p = a, *q = b;
    if (p->x_dots != q->x_dots)
        return p->x_dots < q->x_dots ? -1 : 1;
    return p->order < q->order ? -1 : p->order > q->order;
}

static void put_cp(struct buf *out, uint32_t cp)
{
    uint8_t bytes[4];
    buf_append(out, bytes, utf8_put(cp, bytes));
}

enum { RIGHT, UP, LEFT, DOWN }; /* of virtual_glyph.reads */

/* Where a line is read from. One printed upside down is read with the paper turned; a page's line
 * that runs otherwise than to the right begins where its first character stands. */
struct edge {
    uint32_t from; /* x or y; of lines that run left or up where they end */
};

static struct edge edge_of(const struct virtual_printer *vp, const struct virtual_glyph *g,
                           size_t n)
{

    struct edge e = {0};
    if (n && g[0].upside_down)
        e.from = vp->paper.width_dots;
    for (size_t i = 0; i < n; i++) {
        uint32_t right = g[i].x_dots + g[i].width_dots, bottom = g[i].y_dots + g[i].height_dots;
        if (g[i].reads == UP && bottom > e.from)
            e.from = bottom;
        if (g[i].reads == LEFT && right > e.from)
            e.from = right;
        if (g[i].reads == DOWN && (i == 0 || g[i].y_dots < e.from))
            e.from = g[i].y_dots;
    }
    return e;
}

static struct placed_char place_of(const struct virtual_glyph *g, struct edge e, uint32_t order)
{

    uint32_t length = g->reads & 1 ? g->height_dots : g->width_dots;
    uint32_t x = g->x_dots;
    if (g->reads == UP)
        x = e.from - g->y_dots - length;
    else if (g->reads == DOWN)
        x = g->y_dots - e.from;
    else if (g->reads == LEFT || g->upside_down)
        x = e.from - g->x_dots - length;
    return (struct placed_char){x, length, order, g->cp};
}

/* A line's characters. */
static void put_line(const struct virtual_printer *vp, const struct virtual_glyph *g, size_t n,
                     struct buf *out)
{
    struct placed_char row[LINE_ITEMS];
    bool sorted = true;
    if (n > LINE_ITEMS)
        n = LINE_ITEMS;
    struct edge edge = edge_of(vp, g, n);
    for (uint32_t i = 0; i < n; i++) {
        row[i] = place_of(&g[i], edge, i);
        sorted = sorted && (i == 0 || row[i - 1].x_dots <= row[i].x_dots);
    }
    if (!sorted)
        qsort(row, n, sizeof *row, by_place);
    while (n && row[n - 1].cp == ' ')
        n--;
    uint32_t column = 0, cell = vp->profile->fonts[0].width_dots;
    for (uint32_t i = 0; i < n; i++) {
        bool joined = i > 0 && continues_word(&row[i - 1], &row[i]);
        for (; !joined && column < row[i].x_dots / cell; column++)
            buf_byte(out, ' ');
        put_cp(out, row[i].cp);
        column += row[i].width_dots >= 2 * cell && utf8_width(row[i].cp) == 2 ? 2 : 1;
    }
}

/* Data of a symbol on one line: what is no UTF-8 or no printable character as \xNN. */
static void put_data(struct buf *out, struct slice s)
{
    while (s.n) {
        struct slice before = s;
        uint32_t cp = 0;
        utf8_take(&s, &cp);
        bool bad = cp == 0xfffd || cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
        if (!bad) {
            buf_append(out, before.p, before.n - s.n);
            continue;
        }
        for (size_t i = 0; i < before.n - s.n; i++)
            buf_printf(out, "\\x%02X", (unsigned)before.p[i]);
    }
}

static const char *symbology_name(unsigned symbology)
{
    static const char *const names[] = {
        [BARCODE_UPC_A] = "UPC-A",
        [BARCODE_UPC_E] = "UPC-E",
        [BARCODE_EAN13] = "EAN-13",
        [BARCODE_EAN8] = "EAN-8",
        [BARCODE_CODE39] = "CODE39",
        [BARCODE_ITF] = "ITF",
        [BARCODE_CODABAR] = "CODABAR",
        [BARCODE_CODE93] = "CODE93",
        [BARCODE_CODE128] = "CODE128",
        [BARCODE_GS1_128] = "GS1-128",
        [BARCODE_DATABAR] = "GS1 DataBar",
        [BARCODE_DATABAR_TRUNCATED] = "GS1 DataBar Truncated",
        [BARCODE_DATABAR_LIMITED] = "GS1 DataBar Limited",
        [BARCODE_DATABAR_EXPANDED] = "GS1 DataBar Expanded",
        [BARCODE_CODE128_AUTO] = "CODE128",
    };
    return symbology < sizeof names / sizeof *names ? names[symbology] : "BARCODE";
}

static const char *symbol_name(const struct virtual_mark *m)
{
    return m->kind == VIRTUAL_QR       ? "QR"
           : m->kind == VIRTUAL_CODE2D ? code2d_name((enum code2d_kind)m->symbology)
                                       : symbology_name(m->symbology);
}

static void put_mark(struct buf *out, const struct virtual_mark *m)
{
    switch (m->kind) {
    case VIRTUAL_CUT_FULL:
    case VIRTUAL_CUT_PARTIAL:
        buf_str(out, "-- cut --\n");
        break;
    case VIRTUAL_QR:
    case VIRTUAL_CODE2D:
    case VIRTUAL_BARCODE:
        buf_printf(out, "[%s ", symbol_name(m));
        put_data(out, m->text);
        buf_str(out, "]\n");
        break;
    default:
        break;
    }
}

static void put_text(const struct virtual_printer *vp, uint32_t lines, uint32_t y_dots,
                     struct buf *out)
{
    size_t n_glyphs, n_marks, g = 0, m = 0;
    const struct virtual_glyph *glyphs = virtual_glyphs(vp, &n_glyphs);
    const struct virtual_mark *marks = virtual_marks(vp, &n_marks);
    for (uint32_t line = 0; line < lines; line++) {
        for (; m < n_marks && marks[m].line <= line; m++)
            put_mark(out, &marks[m]);
        size_t first = g;
        while (g < n_glyphs && glyphs[g].line == line)
            g++;
        if (g > first)
            put_line(vp, glyphs + first, g - first, out);
        buf_byte(out, '\n');
    }
    for (; m < n_marks && marks[m].y_dots <= y_dots; m++)
        put_mark(out, &marks[m]);
}

void virtual_text(const struct virtual_printer *vp, struct buf *out)
{
    put_text(vp, vp->lines, UINT32_MAX, out);
}

void virtual_text_above(const struct virtual_printer *vp, uint32_t y_dots, struct buf *out)
{
    put_text(vp, paper_lines_above(vp, y_dots), y_dots, out);
}
