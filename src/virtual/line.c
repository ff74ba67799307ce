/* Facts §1: items of different height share the bottom; a character that does not fit prints the
 * line and begins the next; the paper moves by the line spacing or the tallest item, whichever is
 * more. */
#include "virtual/line.h"

#include "virtual/cell.h"
#include "virtual/paper.h"

enum { REPLACEMENT = 0xfffd };

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
    struct virtual_glyph g = {
        .cp = it->kind == ITEM_PAIR ? REPLACEMENT
              : it->cp              ? it->cp
                                    : ' ',
        .line = vp->lines,
        .x_dots = x,
        .y_dots = y,
        .width_dots = cell_width,
        .height_dots = it->height_dots,
        .scale_x = it->scale_x,
        .scale_y = it->scale_y,
        .font_b = it->kind == ITEM_CHAR && it->font != 0,
        .bold = it->bold,
        .underline = it->underline != 0,
        .inverted = it->inverted,
        .upside_down = vp->set.upside_down,
    };
    if (buf_reserve(&vp->glyphs, sizeof g))
        buf_append(&vp->glyphs, &g, sizeof g);
}

/* The band of paper that the line takes. */
struct band {
    uint32_t x_dots, y_dots, height_dots; /* x of the area's left edge, alignment included */
};

static void draw_char(struct virtual_printer *vp, const struct item *it, const struct band *band)
{
    const struct line *l = &vp->line;
    struct cell cell;
    if (it->kind == ITEM_PAIR)
        cell_make_pair(it->cp, &cell);
    else
        cell_make(&vp->profile->fonts[it->font], it->cp, &cell);
    uint32_t x = band->x_dots + it->x_dots;
    uint32_t y = band->y_dots + band->height_dots - it->height_dots;
    uint32_t width = cell.width_dots * it->scale_x;
    cell_draw(&vp->paper, x, y, &cell,
              &(struct cell_look){.scale_x = it->scale_x,
                                  .scale_y = it->scale_y,
                                  .width_dots = it->width_dots,
                                  .underline = it->underline,
                                  .bold = it->bold,
                                  .inverted = it->inverted});
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

static void put_cell(struct virtual_printer *vp, struct item it, uint32_t cell_width)
{
    const struct settings *set = &vp->set;
    if (vp->paper_full || !make_room(vp, cell_width))
        return;
    struct line *l = &vp->line;
    it.x_dots = l->x_dots;
    it.width_dots = cell_width + set->right_space_dots * set->scale_x;
    /* The right space of the last character is cut with the area. */
    if (it.width_dots > l->area_dots - l->x_dots)
        it.width_dots = l->area_dots - l->x_dots;
    it.scale_x = set->scale_x;
    it.scale_y = set->scale_y;
    it.bold = set->emphasised || set->double_strike;
    it.inverted = set->inverted;
    it.underline = set->inverted ? 0 : set->underline;
    l->item[l->n++] = it;
    l->x_dots += it.width_dots;
}

void line_put_char(struct virtual_printer *vp, uint32_t cp)
{
    const struct profile_font *font = &vp->profile->fonts[vp->set.font];
    put_cell(vp,
             (struct item){.kind = ITEM_CHAR,
                           .cp = cp,
                           .font = vp->set.font,
                           .height_dots = (uint32_t)font->height_dots * vp->set.scale_y},
             (uint32_t)font->width_dots * vp->set.scale_x);
}

void line_put_pair(struct virtual_printer *vp, uint32_t pair)
{
    put_cell(vp,
             (struct item){.kind = ITEM_PAIR,
                           .cp = pair,
                           .height_dots = (uint32_t)PAIR_HEIGHT * vp->set.scale_y},
             (uint32_t)PAIR_WIDTH * vp->set.scale_x);
}

static void set_run(uint8_t *row, uint32_t x, unsigned n)
{
    for (; n; n--, x++)
        row[x / 8] |= (uint8_t)(0x80 >> (x % 8));
}

void line_put_columns(struct virtual_printer *vp, struct slice columns, unsigned bytes_a_column,
                      unsigned scale_x, unsigned scale_y)
{
    struct line *l = &vp->line;
    if (vp->paper_full)
        return;
    if (l->n == LINE_ITEMS)
        line_feed(vp);
    uint32_t n = (uint32_t)(columns.n / bytes_a_column);
    uint32_t room = l->x_dots < l->area_dots ? (l->area_dots - l->x_dots) / scale_x : 0;
    if (n > room)
        n = room;
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
    size_t stride = (it.width_dots + 7) / 8, bytes = stride * it.height_dots;
    if (!buf_reserve(&l->dots, bytes))
        return;
    uint8_t *rows = l->dots.p + it.dots;
    memset(rows, 0, bytes);
    l->dots.n += bytes;
    for (uint32_t x = 0; x < n; x++) {
        const uint8_t *column = columns.p + (size_t)x * bytes_a_column;
        for (unsigned y = 0; y < 8 * bytes_a_column; y++) {
            if (column[y / 8] >> (7 - y % 8) & 1)
                set_run(rows + (size_t)y * scale_y * stride, x * scale_x, scale_x);
        }
    }
    for (unsigned y = 0; scale_y > 1 && y < it.height_dots; y++)
        memcpy(rows + y * stride, rows + (size_t)(y / scale_y) * scale_y * stride, stride);
    l->item[l->n++] = it;
    l->x_dots += it.width_dots;
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
