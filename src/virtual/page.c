#include "virtual/page.h"

#include "virtual/handler.h"
#include "virtual/line.h"
#include "virtual/page_inside.h"

static void go_to_start(struct virtual_printer *vp)
{
    vp->page.along_dots = 0;
    vp->page.down_half = (int64_t)FIRST_BASELINE_DOTS * HALF;
}

static void whole_area(struct virtual_printer *vp)
{
    struct page *p = &vp->page;
    p->x_dots = 0;
    p->y_dots = 0;
    p->width_dots = vp->profile->width_dots;
    p->height_dots = DEFAULT_PAGE_DOTS;
    go_to_start(vp);
}

static void clear(struct virtual_printer *vp)
{
    struct page *p = &vp->page;
    if (p->bottom_dots && p->dots.p)
        memset(p->dots.p, 0, p->dots.stride_bytes * p->bottom_dots);
    if (p->work < MAX_PAGE_WORK)
        p->work += p->bottom_dots;
    p->bottom_dots = 0;
    buf_reset(&p->glyphs);
    buf_reset(&p->marks);
    if (p->words.p)
        arena_reset(&p->words, 0);
}

void page_reset(struct virtual_printer *vp)
{
    clear(vp);
    vp->page_mode = false;
    vp->page.direction = 0;
    vp->page.right_space_dots = 0;
    vp->page.spacing_half = vp->set.spacing_half;
    whole_area(vp);
}

void page_finish(struct virtual_printer *vp)
{
    struct page *p = &vp->page;
    bitmap_finish(&p->dots);
    buf_finish(&p->glyphs);
    buf_finish(&p->marks);
    if (p->words.p)
        arena_finish(&p->words);
}

/* The page's memory comes with the first ESC L. */
static bool has_page(struct virtual_printer *vp)
{
    struct page *p = &vp->page;
    struct err err;
    if (p->dots.p)
        return true;
    if (!p->words.p && !arena_init(&p->words, MAX_PAGE_WORDS))
        return false;
    if (!bitmap_init(&p->dots, vp->profile->width_dots, MAX_PAGE_DOTS, &err))
        return false;
    buf_init(&p->glyphs, MAX_PAGE_GLYPHS * sizeof(struct page_glyph));
    buf_init(&p->marks, MAX_PAGE_MARKS * sizeof(struct virtual_mark));
    return true;
}

/* Right space and line spacing are kept for each mode by itself. */
static void change_mode(struct virtual_printer *vp, bool page_mode)
{
    struct page *p = &vp->page;
    uint32_t space = vp->set.right_space_dots, spacing = vp->set.spacing_half;
    vp->set.right_space_dots = p->right_space_dots;
    vp->set.spacing_half = p->spacing_half;
    p->right_space_dots = space;
    p->spacing_half = spacing;
    vp->page_mode = page_mode;
}

void page_enter(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    if (vp->page_mode)
        return;
    if (!has_page(vp)) {
        paper_note(vp, "out of memory; there is no page mode");
        return;
    }
    change_mode(vp, true);
    go_to_start(vp);
}

static void leave(struct virtual_printer *vp)
{
    clear(vp);
    whole_area(vp);
    change_mode(vp, false);
    line_begin(vp);
}

/* ESC S. */
void page_drop(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    if (vp->page_mode)
        leave(vp);
}

/* x y dx dy; in standard mode they are only stored. */
void page_set_area(struct virtual_printer *vp, struct slice params)
{
    struct page *p = &vp->page;
    uint32_t x = units_x_dots(vp, param16(params, 0)), y = units_y_dots(vp, param16(params, 2));
    uint32_t width = units_x_dots(vp, param16(params, 4));
    uint32_t height = units_y_dots(vp, param16(params, 6));
    uint32_t head = vp->profile->width_dots;
    if (x >= head || y >= MAX_PAGE_DOTS || !width || !height) {
        paper_note(vp, "the area lies outside the page; ignored");
        return;
    }
    p->x_dots = x;
    p->y_dots = y;
    p->width_dots = width < head - x ? width : head - x;
    p->height_dots = height < MAX_PAGE_DOTS - y ? height : MAX_PAGE_DOTS - y;
    go_to_start(vp);
}

void page_set_direction(struct virtual_printer *vp, struct slice params)
{
    int n = digit_param(param(params, 0), 3);
    if (n < 0)
        return;
    vp->page.direction = (uint8_t)n;
    go_to_start(vp);
}

static void go_down(struct virtual_printer *vp, int64_t to_half)
{
    if (!vp->page_mode)
        return;
    if (to_half < 0 || to_half > (int64_t)page_depth(vp) * HALF)
        paper_note(vp, "outside the printing area, ignored");
    else
        vp->page.down_half = to_half;
}

void page_go_down_to(struct virtual_printer *vp, struct slice params)
{
    go_down(vp, units_down_half(vp, param16(params, 0)));
}

void page_go_down_by(struct virtual_printer *vp, struct slice params)
{
    uint32_t n = param16(params, 0);
    int64_t by = n & 0x8000 ? -(int64_t)units_down_half(vp, 0x10000 - n) : units_down_half(vp, n);
    go_down(vp, vp->page.down_half + by);
}

/* Where a rectangle of text coordinates (along, down) lies on the page. */
struct rect {
    int64_t x, y, width, height;
};

static struct rect on_page(const struct virtual_printer *vp, int64_t along, int64_t down,
                           int64_t length, int64_t depth)
{
    const struct page *p = &vp->page;
    int64_t x = p->x_dots, y = p->y_dots, w = p->width_dots, h = p->height_dots;
    switch (p->direction) {
    case 1:
        return (struct rect){x + down, y + h - along - length, depth, length};
    case 2:
        return (struct rect){x + w - along - length, y + h - down - depth, length, depth};
    case 3:
        return (struct rect){x + w - down - depth, y + along, depth, length};
    default:
        return (struct rect){x + along, y + down, length, depth};
    }
}

static int64_t clamp(int64_t n, int64_t least, int64_t most)
{
    return n < least ? least : n > most ? most : n;
}

/* Within the area. */
static struct placed clipped(const struct virtual_printer *vp, struct rect r)
{
    const struct page *p = &vp->page;
    int64_t left = p->x_dots, top = p->y_dots, right = left + p->width_dots,
            bottom = top + p->height_dots;
    int64_t x = clamp(r.x, left, right), y = clamp(r.y, top, bottom);
    return (struct placed){(uint32_t)x, (uint32_t)y, (uint32_t)(clamp(r.x + r.width, x, right) - x),
                           (uint32_t)(clamp(r.y + r.height, y, bottom) - y)};
}

static void put_block(struct virtual_printer *vp, int64_t along, int64_t down, unsigned length,
                      unsigned depth)
{
    struct placed at = clipped(vp, on_page(vp, along, down, length, depth));
    if (at.width_dots == 1 && at.height_dots == 1)
        bitmap_set(&vp->page.dots, at.x_dots, at.y_dots);
    else
        bitmap_fill(&vp->page.dots, at.x_dots, at.y_dots, at.width_dots, at.height_dots);
}

/* Work is counted, so that a short stream that draws the same page over and over comes to an end.
 */
bool page_may_work(struct virtual_printer *vp, uint64_t dots)
{
    struct page *p = &vp->page;
    if (p->work + dots <= MAX_PAGE_WORK) {
        p->work += dots;
        return true;
    }
    if (p->work <= MAX_PAGE_WORK)
        paper_note(vp, "too much is drawn on pages; what comes later is not");
    p->work = (uint64_t)MAX_PAGE_WORK + 1;
    return false;
}

/* Runs of black dots become blocks. */
static void put_dots(struct virtual_printer *vp, const struct bitmap *dots, int64_t along,
                     int64_t down, unsigned scale_x, unsigned scale_y)
{
    for (uint32_t y = 0; y < dots->height_dots; y++) {
        const uint8_t *row = dots->p + y * dots->stride_bytes;
        for (uint32_t x = 0, from; x < dots->width_dots; x++) {
            if (!row[x / 8]) {
                x |= 7;
                continue;
            }
            for (from = x; x < dots->width_dots && row[x / 8] >> (7 - x % 8) & 1;)
                x++;
            if (x > from)
                put_block(vp, along + (int64_t)from * scale_x, down + (int64_t)y * scale_y,
                          (x - from) * scale_x, scale_y);
        }
    }
}

static void used(struct virtual_printer *vp)
{
    uint32_t bottom = vp->page.y_dots + vp->page.height_dots;
    if (bottom > vp->page.bottom_dots)
        vp->page.bottom_dots = bottom;
}

struct placed page_place(struct virtual_printer *vp, const struct bitmap *dots, unsigned scale_x,
                         unsigned scale_y, uint32_t below)
{
    struct page *p = &vp->page;
    int64_t width = (int64_t)dots->width_dots * scale_x;
    int64_t height = (int64_t)dots->height_dots * scale_y;
    int64_t down = p->down_half / HALF + below - height;
    struct placed at = clipped(vp, on_page(vp, p->along_dots, down, width, height));
    if (!at.width_dots || !at.height_dots)
        paper_note(vp, "outside the page; not printed");
    if (!page_may_work(vp, (uint64_t)width * (uint64_t)height))
        return (struct placed){0};
    put_dots(vp, dots, p->along_dots, down, scale_x, scale_y);
    used(vp);
    p->along_dots = (uint32_t)clamp(p->along_dots + width, 0, page_length(vp));
    return at;
}

void page_feed(struct virtual_printer *vp, uint64_t half)
{
    int64_t end = (int64_t)MAX_PAGE_DOTS * HALF * 2;
    vp->page.along_dots = 0;
    vp->page.down_half = clamp(vp->page.down_half + (int64_t)half, 0, end);
}

void page_tab(struct virtual_printer *vp)
{
    struct page *p = &vp->page;
    for (unsigned i = 0; i < vp->set.n_tabs; i++) {
        uint32_t to = vp->set.tab_dots[i];
        if (to <= p->along_dots)
            continue;
        p->along_dots = to < page_length(vp) ? to : page_length(vp);
        return;
    }
}

static void record(struct virtual_printer *vp, const struct item *it, struct placed at,
                   int64_t baseline)
{
    struct page *p = &vp->page;
    struct rect base = on_page(vp, 0, baseline, 1, 0);
    struct page_glyph g = {
        .g = item_glyph(it),
        .base_dots = (uint32_t)clamp(p->direction & 1 ? base.x : base.y, 0, INT32_MAX),
        .order = (uint32_t)(p->glyphs.n / sizeof g),
    };
    g.g.x_dots = at.x_dots;
    g.g.y_dots = at.y_dots;
    g.g.width_dots = at.width_dots;
    g.g.height_dots = at.height_dots;
    g.g.reads = p->direction;
    if (buf_reserve(&p->glyphs, sizeof g))
        buf_append(&p->glyphs, &g, sizeof g);
}

void page_put_char(struct virtual_printer *vp, const struct item *it, const struct cell *cell)
{
    struct page *p = &vp->page;
    uint32_t width = cell->width_dots * it->scale_x, height = cell->height_dots * it->scale_y;
    struct bitmap dots;
    struct err err;
    if (p->along_dots && p->along_dots + width > page_length(vp))
        page_feed(vp, vp->set.spacing_half);
    int64_t baseline = p->down_half / HALF;
    int64_t top = baseline + (int64_t)(cell->height_dots / 8) * it->scale_y - height;
    struct placed at = clipped(vp, on_page(vp, p->along_dots, top, width, height));
    if (!at.width_dots || !at.height_dots) {
        paper_note(vp, "outside the page; not printed");
    } else if (page_may_work(vp, (uint64_t)it->width_dots * height) &&
               bitmap_init(&dots, it->width_dots, height, &err)) {
        item_draw(&dots, 0, 0, it, cell);
        put_dots(vp, &dots, p->along_dots, top, 1, 1);
        bitmap_finish(&dots);
        record(vp, it, at, baseline);
        used(vp);
    }
    p->along_dots = (uint32_t)clamp(p->along_dots + it->width_dots, 0, page_length(vp));
}

struct virtual_mark *page_mark_at(struct virtual_printer *vp, enum virtual_mark_kind kind,
                                  struct placed at)
{
    struct page *p = &vp->page;
    struct virtual_mark m = {
        .kind = kind,
        .x_dots = at.x_dots,
        .y_dots = at.y_dots,
        .width_dots = at.width_dots,
        .height_dots = at.height_dots,
        .offset = vp->offset,
    };
    if (!at.width_dots || !at.height_dots || !buf_reserve(&p->marks, sizeof m))
        return NULL;
    buf_append(&p->marks, &m, sizeof m);
    struct virtual_mark *all = (struct virtual_mark *)(void *)p->marks.p;
    return &all[p->marks.n / sizeof m - 1];
}

static bool overlaps_area(const struct page *p, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    return x < p->x_dots + p->width_dots && x + w > p->x_dots && y < p->y_dots + p->height_dots &&
           y + h > p->y_dots;
}

static void wipe(struct page *p, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    bitmap_fill(&p->dots, x, y, w, h);
    bitmap_invert(&p->dots, x, y, w, h);
}

/* CAN: the area, and what reaches into it. */
void page_cancel(struct virtual_printer *vp, struct slice params)
{
    struct page *p = &vp->page;
    struct page_glyph *g = (struct page_glyph *)(void *)p->glyphs.p;
    struct virtual_mark *m = (struct virtual_mark *)(void *)p->marks.p;
    size_t kept = 0;
    (void)params;
    if (!vp->page_mode || !p->bottom_dots ||
        !page_may_work(vp, (uint64_t)p->width_dots * p->height_dots / 8 + p->glyphs.n))
        return;
    for (size_t i = 0; i < p->glyphs.n / sizeof *g; i++) {
        const struct virtual_glyph *v = &g[i].g;
        if (overlaps_area(p, v->x_dots, v->y_dots, v->width_dots, v->height_dots))
            wipe(p, v->x_dots, v->y_dots, v->width_dots, v->height_dots);
        else
            g[kept++] = g[i];
    }
    p->glyphs.n = kept * sizeof *g;
    kept = 0;
    for (size_t i = 0; i < p->marks.n / sizeof *m; i++) {
        if (overlaps_area(p, m[i].x_dots, m[i].y_dots, m[i].width_dots, m[i].height_dots))
            wipe(p, m[i].x_dots, m[i].y_dots, m[i].width_dots, m[i].height_dots);
        else
            m[kept++] = m[i];
    }
    p->marks.n = kept * sizeof *m;
    wipe(p, p->x_dots, p->y_dots, p->width_dots, p->height_dots);
}

/* ESC FF: the page stays. */
void page_print(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    if (vp->page_mode)
        page_out(vp);
}

/* FF; in standard mode ignored, as on models without labels. */
void page_print_and_leave(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    if (!vp->page_mode)
        return;
    page_out(vp);
    leave(vp);
}
