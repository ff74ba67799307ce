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

/* A line's characters; one printed upside down is read with the paper turned. */
static void put_line(const struct virtual_printer *vp, const struct virtual_glyph *g, size_t n,
                     struct buf *out)
{
    struct placed_char row[LINE_ITEMS];
    bool sorted = true;
    if (n > LINE_ITEMS)
        n = LINE_ITEMS;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t x =
            g[i].upside_down ? vp->paper.width_dots - g[i].x_dots - g[i].width_dots : g[i].x_dots;
        row[i] = (struct placed_char){x, g[i].width_dots, i, g[i].cp};
        sorted = sorted && (i == 0 || row[i - 1].x_dots <= x);
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
        column++;
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
        [BARCODE_UPC_A] = "UPC-A",     [BARCODE_UPC_E] = "UPC-E",   [BARCODE_EAN13] = "EAN-13",
        [BARCODE_EAN8] = "EAN-8",      [BARCODE_CODE39] = "CODE39", [BARCODE_ITF] = "ITF",
        [BARCODE_CODABAR] = "CODABAR", [BARCODE_CODE93] = "CODE93", [BARCODE_CODE128] = "CODE128",
    };
    return symbology < sizeof names / sizeof *names ? names[symbology] : "BARCODE";
}

static void put_mark(struct buf *out, const struct virtual_mark *m)
{
    switch (m->kind) {
    case VIRTUAL_CUT_FULL:
    case VIRTUAL_CUT_PARTIAL:
        buf_str(out, "-- cut --\n");
        break;
    case VIRTUAL_QR:
    case VIRTUAL_BARCODE:
        buf_printf(out, "[%s ", m->kind == VIRTUAL_QR ? "QR" : symbology_name(m->symbology));
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
