/* A line whose characters are not all a page's: ordered, parted into runs that go one way, sent. */
#include "escpos/mixed.h"

#include "base/utf8.h"

#include <stdlib.h>

enum { BUFS = 9 };

static void bufs_of(struct mixed *m, struct buf *bufs[BUFS])
{
    struct buf *const all[BUFS] = {&m->chars,  &m->mirrored, &m->levels, &m->parts, &m->text,
                                   &m->pieces, &m->runs,     &m->cells,  &m->forms};
    for (unsigned i = 0; i < BUFS; i++)
        bufs[i] = all[i];
}

static bool make_mixed(struct escpos *e)
{
    struct buf *bufs[BUFS];
    if (e->mixed)
        return true;
    struct mixed *m = calloc(1, sizeof *m);
    if (!m)
        return false;
    bufs_of(m, bufs);
    for (unsigned i = 0; i < BUFS; i++)
        buf_init(bufs[i], 0);
    e->mixed = m;
    return true;
}

void escpos_finish_mixed(struct escpos *e)
{
    struct buf *bufs[BUFS];
    if (!e->mixed)
        return;
    bufs_of(e->mixed, bufs);
    for (unsigned i = 0; i < BUFS; i++)
        buf_finish(bufs[i]);
    free(e->mixed);
    e->mixed = NULL;
}

/* --- runs --- */

/* Puts characters behind the line's text. */
static void put_text(struct mixed *m, const uint32_t *chars, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t bytes[4];
        buf_append(&m->text, bytes, utf8_put(chars[i], bytes));
    }
}

/* The part's character when a page or a look-alike has it; else 0. */
static uint32_t text_of(struct escpos *e, const struct part *part, enum escpos_way *way)
{
    const uint32_t *chars = ITEM(e->mixed->mirrored, uint32_t, part->from);
    if (part->cells != 1 || (escpos_is_joined(chars[0]) && !part->is_word))
        return 0;
    for (unsigned i = 1; i < part->n; i++) {
        if (!escpos_is_silent(chars[i]))
            return 0;
    }
    *way = ESCPOS_BY_PAGE;
    if (chars[0] < 0x80)
        return chars[0];
    const struct cached *c = escpos_rung(e, chars[0]);
    if (c->rung == RUNG_DOTS)
        return 0;
    if (c->folded != chars[0])
        *way = ESCPOS_BY_LOOK_ALIKE;
    return chars[0];
}

/* Begins a run at x, or goes on with the last one when that goes the same way and touches. */
static struct run *run_at(struct mixed *m, const struct piece *from, uint32_t x,
                          enum escpos_way way)
{
    const size_t n = COUNT_OF(m->runs, struct run);
    if (n) {
        struct run *last = ITEM(m->runs, struct run, n - 1);
        const struct piece *piece = ITEM(m->pieces, struct piece, n - 1);
        const uint32_t cells = last->n_cells ? last->n_cells : (uint32_t)piece->text.n;
        if (last->way == way && same_style(piece->style, from->style) &&
            piece->x_dots + cells * CELL_WIDTH * piece->style.width == x)
            return last;
    }
    const struct piece piece = {.x_dots = x, .style = from->style};
    const struct run run = {.way = way,
                            .told_from = (uint32_t)m->text.n,
                            .cell = (uint32_t)COUNT_OF(m->cells, struct dot_cell)};
    buf_append(&m->pieces, &piece, sizeof piece);
    buf_append(&m->runs, &run, sizeof run);
    return m->runs.full || m->pieces.full ? NULL : ITEM(m->runs, struct run, n);
}

/* A run that is text counts its characters in piece.text.n until the line is made. */
static void add_text(struct escpos *e, const struct piece *from, uint32_t x, uint32_t cp,
                     enum escpos_way way)
{
    struct mixed *m = e->mixed;
    struct run *run = run_at(m, from, x, way);
    if (!run)
        return;
    ITEM(m->pieces, struct piece, COUNT_OF(m->pieces, struct piece) - 1)->text.n++;
    put_text(m, &cp, 1);
    run->told_n = (uint32_t)m->text.n - run->told_from;
}

/* Cells that were drawn behind the others become part of a run. */
static void add_cells_of(struct escpos *e, const struct piece *from, uint32_t x, size_t part,
                         size_t end, uint32_t cells_before, enum escpos_way way)
{
    struct mixed *m = e->mixed;
    struct run *run = run_at(m, from, x, way);
    const uint32_t cells = (uint32_t)COUNT_OF(m->cells, struct dot_cell);
    if (!run)
        return;
    if (run->n_cells == 0)
        run->cell = cells_before;
    run->n_cells = cells - run->cell;
    const bool is_rtl = ITEM(m->parts, struct part, part)->level & 1;
    for (size_t i = part; i < end; i++) {
        const struct part *p = ITEM(m->parts, struct part, is_rtl ? part + end - 1 - i : i);
        put_text(m, ITEM(m->chars, uint32_t, p->from), p->n);
    }
    run->told_n = (uint32_t)m->text.n - run->told_from;
}

/* The end of the letters that are drawn together with those at `from`. */
static size_t joined_end(struct mixed *m, size_t from)
{
    const struct part *first = ITEM(m->parts, struct part, from);
    const size_t n = COUNT_OF(m->parts, struct part);
    size_t end = from;
    unsigned cells = 0;
    while (end < n) {
        const struct part *p = ITEM(m->parts, struct part, end);
        cells += p->cells;
        if (p->level != first->level || p->piece != first->piece || cells > RUN_CELLS ||
            !escpos_is_joined(*ITEM(m->chars, uint32_t, p->from)))
            break;
        end++;
    }
    return end > from ? end : from + 1;
}

static uint32_t width_of(struct mixed *m, const struct piece *from, size_t part, size_t end)
{
    uint32_t cells = 0;
    for (; part < end; part++)
        cells += ITEM(m->parts, struct part, part)->cells;
    return cells * CELL_WIDTH * from->style.width;
}

/* A part by itself: as dots, else without its marks as text, else as a box. */
static void add_part(struct escpos *e, const struct piece *from, uint32_t x, size_t at)
{
    struct mixed *m = e->mixed;
    const struct part *part = ITEM(m->parts, struct part, at);
    const uint32_t cells = (uint32_t)COUNT_OF(m->cells, struct dot_cell);
    struct part bare = *part;
    enum escpos_way way;
    bare.n = 1;
    if (escpos_draw_part(e, part)) {
        add_cells_of(e, from, x, at, at + 1, cells, ESCPOS_BY_DOTS);
        return;
    }
    const uint32_t cp = text_of(e, &bare, &way);
    if (cp) {
        add_text(e, from, x, cp, way);
        return;
    }
    escpos_draw_box(e, part);
    add_cells_of(e, from, x, at, at + 1, cells, ESCPOS_BY_BOX);
}

static void add_joined(struct escpos *e, const struct piece *from, uint32_t x, size_t at,
                       size_t end)
{
    struct mixed *m = e->mixed;
    const uint32_t cells = (uint32_t)COUNT_OF(m->cells, struct dot_cell);
    if (escpos_draw_run(e, at, end)) {
        add_cells_of(e, from, x, at, end, cells, ESCPOS_BY_DOTS);
        return;
    }
    for (; at < end; at++) {
        add_part(e, from, x, at);
        x += width_of(m, from, at, at + 1);
    }
}

/* The parts of a group, which begins at x, as runs. */
static void add_group(struct escpos *e, uint32_t x)
{
    struct mixed *m = e->mixed;
    const size_t n = COUNT_OF(m->parts, struct part);
    for (size_t i = 0; i < n && x < paper_dots(e);) {
        const struct part *part = ITEM(m->parts, struct part, i);
        const struct piece *from = &e->pieces[part->piece];
        enum escpos_way way;
        size_t end = i + 1;
        const uint32_t cp = text_of(e, part, &way);
        if (cp) {
            add_text(e, from, x, cp, way);
        } else if (escpos_is_joined(*ITEM(m->chars, uint32_t, part->from))) {
            end = joined_end(m, i);
            add_joined(e, from, x, i, end);
        } else {
            add_part(e, from, x, i);
        }
        x += width_of(m, from, i, end);
        i = end;
    }
}

/* The end of the pieces that touch each other from `first` on: they are one text. */
static uint32_t group_end(const struct escpos *e, uint32_t first)
{
    uint32_t i = first;
    while (i + 1 < e->n_pieces && !e->pieces[i + 1].is_apart) {
        const struct piece *piece = &e->pieces[i];
        const uint32_t wide = CELL_WIDTH * (uint32_t)piece->style.width;
        if (piece->x_dots + escpos_columns(piece->text) * wide != e->pieces[i + 1].x_dots)
            break;
        i++;
    }
    return i + 1;
}

/* The whole line as runs; texts come to stand where they stay. */
static void make_runs(struct escpos *e)
{
    struct mixed *m = e->mixed;
    buf_reset(&m->text);
    buf_reset(&m->pieces);
    buf_reset(&m->runs);
    buf_reset(&m->cells);
    m->line++;
    for (uint32_t i = 0; i < e->n_pieces;) {
        const uint32_t end = group_end(e, i);
        escpos_order(e, i, end);
        add_group(e, e->pieces[i].x_dots);
        i = end;
    }
    for (size_t i = 0; i < COUNT_OF(m->runs, struct run); i++) {
        const struct run *run = ITEM(m->runs, struct run, i);
        struct piece *piece = ITEM(m->pieces, struct piece, i);
        piece->text = run->n_cells ? slice_of(m->text.p, 0)
                                   : slice_of(m->text.p + run->told_from, run->told_n);
    }
}

/* --- sending --- */

/* Dots taller than a cell cannot stand in a line of text: the whole line becomes a picture. */
static bool needs_picture(const struct mixed *m, unsigned *height)
{
    bool needs = false;
    *height = 1;
    for (size_t i = 0; i < COUNT_OF(m->runs, struct run); i++) {
        const struct run *run = ITEM(m->runs, struct run, i);
        const struct piece *piece = ITEM(m->pieces, struct piece, i);
        if (piece->style.height > *height)
            *height = piece->style.height;
        needs |= run->n_cells && run->way != ESCPOS_BY_USER && piece->style.height > 1;
    }
    return needs;
}

void escpos_tell_text(struct escpos *e, const uint8_t *end, uint32_t x_dots)
{
    if (!e->told || end == e->telling.from)
        return;
    const struct escpos_run told = {
        .text = slice_of(e->telling.from, (size_t)(end - e->telling.from)),
        .way = e->telling.way,
        .page = e->profile->slots[e->page_slot].page,
        .page_n = e->page_n,
        .switches = e->telling.page_slot != e->page_slot,
        .x_dots = e->telling.x_dots,
        .width_dots = x_dots - e->telling.x_dots,
        .bytes = e->out->n - e->telling.bytes,
    };
    e->told(e->told_ctx, &told);
    e->telling.from = end;
    e->telling.x_dots = x_dots;
    e->telling.bytes = e->out->n;
    e->telling.page_slot = e->page_slot;
}

/* Tells of dots. */
static void tell(struct escpos *e, size_t i, enum escpos_way way, size_t bytes)
{
    const struct mixed *m = e->mixed;
    const struct run *run = ITEM(m->runs, struct run, i);
    const struct piece *piece = ITEM(m->pieces, struct piece, i);
    const struct slice text = slice_of(m->text.p + run->told_from, run->told_n);
    const uint32_t cells = run->n_cells ? run->n_cells : escpos_columns(text);
    if (!e->told)
        return;
    const struct escpos_run told = {
        .text = text,
        .way = way,
        .x_dots = piece->x_dots,
        .width_dots = cells * CELL_WIDTH * piece->style.width,
        .bytes = bytes,
    };
    e->told(e->told_ctx, &told);
}

static void send_picture(struct escpos *e, unsigned height, size_t start)
{
    const struct mixed *m = e->mixed;
    const size_t n = COUNT_OF(m->runs, struct run);
    escpos_print_picture(e, height);
    for (size_t i = 0; i < n; i++) {
        const bool is_box = ITEM(m->runs, struct run, i)->way == ESCPOS_BY_BOX;
        tell(e, i, is_box ? ESCPOS_BY_BOX : ESCPOS_BY_PICTURE, i ? 0 : e->out->n - start);
    }
}

static void send_text(struct escpos *e, const struct piece *piece, const struct piece *end,
                      enum escpos_way way, size_t start, uint32_t *at)
{
    e->telling.way = way;
    e->telling.from = piece->text.p;
    e->telling.x_dots = piece->x_dots;
    e->telling.bytes = start;
    e->telling.page_slot = e->page_slot;
    (void)escpos_print_text(e, piece, end, at);
    escpos_tell_text(e, piece->text.p + piece->text.n, *at);
}

static void send_line(struct escpos *e, size_t start)
{
    const struct mixed *m = e->mixed;
    const size_t n = COUNT_OF(m->runs, struct run);
    const struct piece *end = n ? ITEM(m->pieces, struct piece, n) : NULL;
    uint32_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const struct piece *piece = ITEM(m->pieces, struct piece, i);
        const struct run *run = ITEM(m->runs, struct run, i);
        if (run->n_cells == 0) {
            send_text(e, piece, end, run->way, start, &at);
        } else {
            at = run->way == ESCPOS_BY_USER ? escpos_print_users(e, piece, run, at)
                                            : escpos_print_cells(e, piece, run, at);
            tell(e, i, run->way, e->out->n - start);
        }
        start = e->out->n;
    }
    buf_byte(e->out, LF);
}

void escpos_line_any(struct escpos *e)
{
    const size_t start = e->out->n;
    unsigned height;
    if (!make_mixed(e)) {
        e->out->full = true;
        return;
    }
    e->is_ordered = true;
    make_runs(e);
    escpos_plan_users(e);
    if (needs_picture(e->mixed, &height))
        send_picture(e, height, start);
    else
        send_line(e, start);
    e->is_ordered = false;
}
