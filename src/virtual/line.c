/* Facts §1: items of different height share the bottom; a character that does not fit prints the
 * line and begins the next; the paper moves by the line spacing or the tallest item, whichever is
 * more. */
#include "virtual/line.h"

#include "virtual/item.h"
#include "virtual/page.h"
#include "virtual/user_name.h"

enum { PRIVATE_USE = 0xe000 };

void line_begin(struct virtual_printer *vp)
{
    struct line *l = &vp->line;
    l->n = 0;
    l->x_dots = 0;
    line_take_area(vp);
    buf_reset(&l->dots);
}

void line_take_area(struct virtual_printer *vp)
{
    uint32_t head = vp->profile->width_dots;
    struct line *l = &vp->line;
    l->margin_dots = vp->set.margin_dots < head ? vp->set.margin_dots : head;
    l->area_dots = head - l->margin_dots;
    if (vp->set.area_dots < l->area_dots)
        l->area_dots = vp->set.area_dots;
    if (l->x_dots > l->area_dots)
        l->x_dots = l->area_dots;
}

/* What the items come to. */
struct extent {
    uint32_t width_dots, height_dots;
};

static struct extent line_extent(const struct line *l)
{
    struct extent e = {0, 0};
    for (uint32_t i = 0; i < l->n; i++) {
        const struct item *it = &l->item[i];
        uint32_t right = it->x_dots + it->width_dots;
        if (right > e.width_dots)
            e.width_dots = right;
        if (it->height_dots > e.height_dots)
            e.height_dots = it->height_dots;
    }
    return e;
}

static void record(struct virtual_printer *vp, const struct item *it, uint32_t x, uint32_t y,
                   uint32_t cell_width)
{
    struct virtual_glyph g = item_glyph(it);
    g.line = vp->lines;
    g.x_dots = x;
    g.y_dots = y;
    g.width_dots = cell_width;
    g.height_dots = it->height_dots;
    g.upside_down = vp->set.upside_down;
    if (buf_reserve(&vp->glyphs, sizeof g))
        buf_append(&vp->glyphs, &g, sizeof g);
}

/* The band of paper that the line takes. */
struct band {
    uint32_t x_dots, y_dots, height_dots; /* x of the area's left edge, alignment included */
};

/* Dots that may have changed when the line is printed are kept with it: the user's own, and pairs,
 * whose font may be another by then. */
static bool has_own_cell(enum item_kind kind)
{
    return kind == ITEM_USER || item_is_pair(kind);
}

static void draw_char(struct virtual_printer *vp, const struct item *it, const struct band *band)
{
    const struct line *l = &vp->line;
    struct cell cell;
    if (has_own_cell(it->kind))
        memcpy(&cell, l->dots.p + it->dots, sizeof cell);
    else
        item_cell(vp, it, &cell);
    uint32_t x = band->x_dots + it->x_dots;
    uint32_t y = band->y_dots + band->height_dots - it->height_dots;
    uint32_t width = item_cell_width(it, &cell);
    item_draw(&vp->paper, x, y, it, &cell);
    if (vp->set.upside_down) {
        x = 2 * l->margin_dots + l->area_dots - x - width;
        y = band->y_dots;
    }
    record(vp, it, x, y, width);
}

static void draw_dots(struct virtual_printer *vp, const struct item *it, const struct band *band)
{
    struct bitmap rows = {
        .width_dots = it->width_dots,
        .height_dots = it->height_dots,
        .stride_bytes = (it->width_dots + 7) / 8,
        .p = vp->line.dots.p + it->dots,
    };
    uint32_t x = band->x_dots + it->x_dots;
    uint32_t y = band->y_dots + band->height_dots - it->height_dots;
    bitmap_or(&vp->paper, &rows, x, y, 1, 1);
    struct virtual_mark *m = paper_mark(vp, VIRTUAL_IMAGE);
    if (m) {
        m->x_dots = x;
        m->y_dots = y;
        m->width_dots = it->width_dots;
        m->height_dots = it->height_dots;
        m->offset = it->offset;
    }
}

static void draw_line(struct virtual_printer *vp, struct extent e, uint32_t top)
{
    struct line *l = &vp->line;
    uint32_t spare = e.width_dots < l->area_dots ? l->area_dots - e.width_dots : 0;
    struct band band = {
        .x_dots = l->margin_dots + (vp->set.align == 2 ? spare
                                    : vp->set.align    ? spare / 2
                                                       : 0),
        .y_dots = top,
        .height_dots = e.height_dots,
    };
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->item[i].kind == ITEM_DOTS)
            draw_dots(vp, &l->item[i], &band);
        else
            draw_char(vp, &l->item[i], &band);
    }
    if (vp->set.upside_down)
        bitmap_rotate_180(&vp->paper, l->margin_dots, top, l->area_dots, e.height_dots);
}

void line_print(struct virtual_printer *vp, uint64_t least_half)
{
    struct extent e = line_extent(&vp->line);
    uint32_t top = paper_y(vp);
    uint64_t half = (uint64_t)e.height_dots * HALF;
    if (half < least_half)
        half = least_half;
    bool fits = (uint64_t)vp->y_half + half <= (uint64_t)VIRTUAL_MAX_HEIGHT_DOTS * HALF;
    bool was_full = vp->paper_full;
    paper_feed(vp, half);
    if (vp->line.n && fits && !was_full && !vp->paper_full)
        draw_line(vp, e, top);
    if (vp->line.n && !was_full)
        vp->lines++;
    line_begin(vp);
}

void line_feed(struct virtual_printer *vp)
{
    bool counts = line_is_empty(vp) && vp->set.spacing_half && !vp->paper_full;
    line_print(vp, vp->set.spacing_half);
    if (counts)
        vp->lines++;
}

/* Room for an item `width` wide (less its right space): the next line where it does not fit, and
 * where not even an empty line takes it, a wider area for this line: to the right, then to the left
 * (Epson APG, GS W). */
static bool make_room(struct virtual_printer *vp, uint32_t width)
{
    struct line *l = &vp->line;
    if (l->n == LINE_ITEMS || (l->x_dots && l->x_dots + width > l->area_dots))
        line_feed(vp);
    if (width <= l->area_dots)
        return true;
    uint32_t head = vp->profile->width_dots;
    if (width > head)
        return false;
    if (width > head - l->margin_dots)
        l->margin_dots = head - width;
    l->area_dots = width;
    return true;
}

static void put_item(struct virtual_printer *vp, struct item it, const struct cell *cell)
{
    if (vp->page_mode) {
        page_put_char(vp, &it, cell);
        return;
    }
    uint32_t cell_width = item_cell_width(&it, cell);
    if (vp->paper_full || !make_room(vp, cell_width))
        return;
    struct line *l = &vp->line;
    it.x_dots = l->x_dots;
    /* The right space of the last character is cut with the area. */
    if (it.width_dots > l->area_dots - l->x_dots)
        it.width_dots = l->area_dots - l->x_dots;
    if (has_own_cell(it.kind)) {
        it.dots = l->dots.n;
        if (!buf_reserve(&l->dots, sizeof *cell))
            return;
        buf_append(&l->dots, cell, sizeof *cell);
    }
    l->item[l->n++] = it;
    l->x_dots += it.width_dots;
}

/* A gap before a character, where there is room. */
static void line_skip(struct virtual_printer *vp, uint32_t dots)
{
    if (dots > line_room(vp))
        return;
    if (vp->page_mode)
        vp->page.along_dots += dots;
    else
        vp->line.x_dots += dots;
}

void line_put(struct virtual_printer *vp, enum item_kind kind, uint32_t cp)
{
    struct cell cell = {.width_dots = vp->profile->fonts[vp->set.font].width_dots,
                        .height_dots = vp->profile->fonts[vp->set.font].height_dots};
    struct item it = {.kind = kind, .cp = cp, .font = vp->set.font};
    if (kind == ITEM_USER && user_cell(vp, cp, &cell)) {
        uint32_t name = user_name(&vp->user_names, &cell);
        cp = name ? name : PRIVATE_USE + cp;
    } else if (kind == ITEM_USER_PAIR)
        user_pair_cell(vp, cp, &cell);
    else if (vp->page_mode || item_is_pair(kind)) /* else it is made when the line is printed */
        item_cell(vp, &it, &cell);
    if (item_is_pair(kind))
        line_skip(vp, vp->set.pair.left_dots * vp->set.pair.scale_x);
    put_item(vp, item_of(vp, kind, cp, &cell), &cell);
}

static void set_run(uint8_t *row, uint32_t x, unsigned n)
{
    for (; n; n--, x++)
        row[x / 8] |= (uint8_t)(0x80 >> (x % 8));
}

/* The columns as rows, scaled; rows are zeroed. */
static void turn_columns(struct slice columns, uint32_t n, unsigned bytes_a_column,
                         unsigned scale_x, unsigned scale_y, struct bitmap *rows)
{
    size_t stride = rows->stride_bytes;
    for (uint32_t x = 0; x < n; x++) {
        const uint8_t *column = columns.p + (size_t)x * bytes_a_column;
        for (unsigned y = 0; y < 8 * bytes_a_column; y++) {
            if (column[y / 8] >> (7 - y % 8) & 1)
                set_run(rows->p + (size_t)y * scale_y * stride, x * scale_x, scale_x);
        }
    }
    for (unsigned y = 0; scale_y > 1 && y < rows->height_dots; y++)
        memcpy(rows->p + y * stride, rows->p + (size_t)(y / scale_y) * scale_y * stride, stride);
}

static uint32_t columns_that_fit(const struct virtual_printer *vp, size_t n, unsigned scale_x)
{
    uint32_t room = line_room(vp) / scale_x;
    return n < room ? (uint32_t)n : room;
}

static void put_columns_on_page(struct virtual_printer *vp, struct slice columns,
                                unsigned bytes_a_column, unsigned scale_x, unsigned scale_y)
{
    uint32_t n = columns_that_fit(vp, columns.n / bytes_a_column, scale_x);
    struct bitmap rows;
    struct err err;
    if (!n || !bitmap_init(&rows, n * scale_x, 8 * bytes_a_column * scale_y, &err))
        return;
    turn_columns(columns, n, bytes_a_column, scale_x, scale_y, &rows);
    paper_mark_at(vp, VIRTUAL_IMAGE, page_place(vp, &rows, 1, 1, 0));
    bitmap_finish(&rows);
}

void line_put_columns(struct virtual_printer *vp, struct slice columns, unsigned bytes_a_column,
                      unsigned scale_x, unsigned scale_y)
{
    struct line *l = &vp->line;
    if (vp->page_mode) {
        put_columns_on_page(vp, columns, bytes_a_column, scale_x, scale_y);
        return;
    }
    if (vp->paper_full)
        return;
    if (l->n == LINE_ITEMS)
        line_feed(vp);
    uint32_t n = columns_that_fit(vp, columns.n / bytes_a_column, scale_x);
    if (!n)
        return;
    struct item it = {
        .kind = ITEM_DOTS,
        .x_dots = l->x_dots,
        .width_dots = n * scale_x,
        .height_dots = 8 * bytes_a_column * scale_y,
        .dots = l->dots.n,
        .offset = vp->offset,
    };
    struct bitmap rows = {it.width_dots, it.height_dots, (it.width_dots + 7) / 8, NULL};
    size_t bytes = rows.stride_bytes * rows.height_dots;
    if (!buf_reserve(&l->dots, bytes))
        return;
    rows.p = l->dots.p + it.dots;
    memset(rows.p, 0, bytes);
    l->dots.n += bytes;
    turn_columns(columns, n, bytes_a_column, scale_x, scale_y, &rows);
    l->item[l->n++] = it;
    l->x_dots += it.width_dots;
}

uint32_t line_room(const struct virtual_printer *vp)
{
    const struct line *l = &vp->line;
    if (vp->page_mode)
        return page_length(vp) - vp->page.along_dots;
    return l->x_dots < l->area_dots ? l->area_dots - l->x_dots : 0;
}

static uint32_t next_tab(const struct virtual_printer *vp)
{
    for (unsigned i = 0; i < vp->set.n_tabs; i++) {
        if (vp->set.tab_dots[i] > vp->line.x_dots)
            return vp->set.tab_dots[i];
    }
    return 0;
}

void line_tab(struct virtual_printer *vp)
{
    struct line *l = &vp->line;
    if (l->x_dots >= l->area_dots)
        line_feed(vp);
    uint32_t to = next_tab(vp);
    if (to)
        l->x_dots = to < l->area_dots ? to : l->area_dots;
}
