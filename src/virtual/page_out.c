/* A page comes out: its dots at once, its characters put into lines of text. */
#include "virtual/page_inside.h"

#include <stdlib.h>

/* Characters of one direction on one baseline are a line, whichever area they came through. */
static bool same_row(const struct page_glyph *a, const struct page_glyph *b)
{
    return a->g.reads == b->g.reads && a->base_dots == b->base_dots;
}

static int compare(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

static int by_row(const void *a, const void *b)
{
    const struct page_glyph *p = a, *q = b;
    int c = compare(p->g.reads, q->g.reads);
    if (!c)
        c = compare(p->base_dots, q->base_dots);
    return c ? c : compare(p->order, q->order);
}

static int by_place(const void *a, const void *b)
{
    const struct page_glyph *p = a, *q = b;
    int c = compare(p->top, q->top);
    if (!c)
        c = compare(p->left, q->left);
    if (!c)
        c = by_row(a, b);
    return c;
}

/* Lines are told from top to bottom, those that run otherwise than to the right together and in the
 * order in which they are read. */
static void set_keys(struct page_glyph *row, size_t n, uint32_t direction_top)
{
    uint32_t top = UINT32_MAX, left = UINT32_MAX, base = row->base_dots;
    for (size_t i = 0; i < n; i++) {
        top = row[i].g.y_dots < top ? row[i].g.y_dots : top;
        left = row[i].g.x_dots < left ? row[i].g.x_dots : left;
    }
    if (row->g.reads) {
        top = direction_top;
        left = row->g.reads == 1 ? base : UINT32_MAX - base;
    }
    for (size_t i = 0; i < n; i++) {
        row[i].top = top;
        row[i].left = left;
    }
}

/* Puts the characters into lines; gives how many there are. */
static uint32_t put_in_rows(struct page_glyph *g, size_t n)
{
    uint32_t rows = 0, top[4] = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};
    if (!n)
        return 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t *least = &top[g[i].g.reads];
        *least = g[i].g.y_dots < *least ? g[i].g.y_dots : *least;
    }
    qsort(g, n, sizeof *g, by_row);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && same_row(&g[i], &g[end]);)
            end++;
        set_keys(g + i, end - i, top[g[i].g.reads]);
    }
    qsort(g, n, sizeof *g, by_place);
    for (size_t i = 0; i < n; i++) {
        rows += i > 0 && !same_row(&g[i - 1], &g[i]);
        g[i].row = rows;
    }
    return rows + 1;
}

static void move_glyphs(struct virtual_printer *vp, uint32_t y_dots)
{
    const struct page_glyph *g = (const struct page_glyph *)(const void *)vp->page.glyphs.p;
    for (size_t i = 0; i < vp->page.glyphs.n / sizeof *g; i++) {
        struct virtual_glyph v = g[i].g;
        v.y_dots += y_dots;
        v.line = vp->lines + g[i].row;
        if (buf_reserve(&vp->glyphs, sizeof v))
            buf_append(&vp->glyphs, &v, sizeof v);
    }
}

static int marks_by_place(const void *a, const void *b)
{
    const struct virtual_mark *p = a, *q = b;
    int c = compare(p->y_dots, q->y_dots);
    if (!c)
        c = compare(p->x_dots, q->x_dots);
    return c ? c : p->offset < q->offset ? -1 : p->offset > q->offset;
}

/* A mark stands before the first line that begins below its top. */
static void move_marks(struct virtual_printer *vp, uint32_t y_dots)
{
    const struct page_glyph *g = (const struct page_glyph *)(const void *)vp->page.glyphs.p;
    struct virtual_mark *m = (struct virtual_mark *)(void *)vp->page.marks.p;
    size_t n = vp->page.marks.n / sizeof *m, n_glyphs = vp->page.glyphs.n / sizeof *g;
    if (n)
        qsort(m, n, sizeof *m, marks_by_place);
    for (size_t i = 0, at = 0; i < n; i++) {
        struct virtual_mark v = m[i];
        while (at < n_glyphs && g[at].top < v.y_dots)
            at++;
        v.line = vp->lines + (at < n_glyphs ? g[at].row : n_glyphs ? g[n_glyphs - 1].row + 1 : 0);
        v.y_dots += y_dots;
        v.text = arena_copy(&vp->words, v.text);
        if (buf_reserve(&vp->marks, sizeof v))
            buf_append(&vp->marks, &v, sizeof v);
    }
}

/* Characters and marks, while there is room for them: a full page that comes out over and over is
 * not sorted each time. */
static void tell(struct virtual_printer *vp, uint32_t y_dots)
{
    struct page *p = &vp->page;
    size_t n = p->glyphs.n / sizeof(struct page_glyph);
    size_t n_marks = p->marks.n / sizeof(struct virtual_mark);
    if (vp->glyphs.n / sizeof(struct virtual_glyph) + n > MAX_GLYPHS ||
        vp->marks.n / sizeof(struct virtual_mark) + n_marks > MAX_MARKS) {
        paper_note(vp, "too much is printed; the text of this page is not told");
        return;
    }
    uint32_t lines = put_in_rows((struct page_glyph *)(void *)p->glyphs.p, n);
    move_glyphs(vp, y_dots);
    move_marks(vp, y_dots);
    vp->lines += lines;
}

void page_out(struct virtual_printer *vp)
{
    struct page *p = &vp->page;
    uint32_t y = paper_y(vp);
    uint64_t half = (uint64_t)p->bottom_dots * HALF;
    if (!p->bottom_dots || vp->paper_full)
        return;
    bool fits = vp->y_half + half <= (uint64_t)VIRTUAL_MAX_HEIGHT_DOTS * HALF;
    paper_feed(vp, half);
    if (!fits || vp->paper_full)
        return;
    struct bitmap rows = p->dots;
    rows.height_dots = p->bottom_dots;
    bitmap_or(&vp->paper, &rows, 0, y, 1, 1);
    tell(vp, y);
}
