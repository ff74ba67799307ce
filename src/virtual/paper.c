#include "virtual/page.h"

#include <stdio.h>
#include <stdlib.h>

struct virtual_mark *paper_mark(struct virtual_printer *vp, enum virtual_mark_kind kind)
{
    struct virtual_mark m = {
        .kind = kind,
        .line = vp->lines,
        .y_dots = paper_y(vp),
        .offset = vp->offset,
    };
    if (!buf_reserve(&vp->marks, sizeof m))
        return NULL;
    buf_append(&vp->marks, &m, sizeof m);
    struct virtual_mark *all = (struct virtual_mark *)(void *)vp->marks.p;
    return &all[vp->marks.n / sizeof m - 1];
}

static void put_note(struct virtual_printer *vp, const char *why)
{
    struct virtual_mark *m = paper_mark(vp, VIRTUAL_NOTE);
    if (!m)
        return;
    m->text = vp->command < COMMAND_COUNT
                  ? arena_printf(&vp->words, "%s: %s", command_name(vp->command), why)
                  : arena_printf(&vp->words, "%s", why);
}

void paper_note(struct virtual_printer *vp, const char *why)
{
    if (vp->notes <= MAX_NOTES)
        put_note(vp, vp->notes < MAX_NOTES ? why : "no more of these are noted");
    vp->notes += vp->notes <= MAX_NOTES;
}

void paper_note_text(struct virtual_printer *vp, const char *why)
{
    const enum command_id command = vp->command;
    vp->command = COMMAND_COUNT;
    paper_note(vp, why);
    vp->command = command;
}

void paper_note_bytes(struct virtual_printer *vp, const char *why, struct slice bytes)
{
    enum { SHOWN = 8 };
    char words[96];
    size_t n = (size_t)snprintf(words, sizeof words, "%s:", why);
    for (size_t i = 0; i < bytes.n && i < SHOWN && n + 4 < sizeof words; i++)
        n += (size_t)snprintf(words + n, sizeof words - n, " %02X", bytes.p[i]);
    paper_note(vp, words);
}

/* GS V 97/98: a cut falls when its place on the paper has come to the knife. */
static void cut_what_is_due(struct virtual_printer *vp)
{
    uint32_t knife = (uint32_t)vp->profile->cut_feed_dots * HALF;
    unsigned kept = 0;
    for (unsigned i = 0; i < vp->n_reserved; i++) {
        struct reserved_cut *r = &vp->reserved[i];
        if (r->y_half + knife > vp->y_half) {
            vp->reserved[kept++] = *r;
            continue;
        }
        struct virtual_mark *m = paper_cut(vp, r->kind, r->y_half);
        if (m)
            m->offset = r->offset;
    }
    vp->n_reserved = kept;
}

void paper_feed(struct virtual_printer *vp, uint64_t half)
{
    const uint32_t end = VIRTUAL_MAX_HEIGHT_DOTS * HALF;
    vp->tally.moved_half += half;
    if (vp->paper_full)
        return;
    uint64_t y_half = vp->y_half + half;
    bool full = y_half > end;
    if (full)
        y_half = end;
    uint32_t height = (uint32_t)((y_half + HALF - 1) / HALF);
    if (height > vp->paper.height_dots) {
        struct err err;
        if (!bitmap_set_height(&vp->paper, height, &err)) {
            vp->paper_full = true;
            put_note(vp, "out of memory; what comes later is not drawn");
            return;
        }
    }
    vp->y_half = (uint32_t)y_half;
    if (full) {
        vp->paper_full = true;
        put_note(vp, "the paper is as long as it may be; what comes later is not drawn");
    }
    if (vp->n_reserved)
        cut_what_is_due(vp);
}

void paper_back(struct virtual_printer *vp, uint32_t half)
{
    vp->tally.moved_half += half;
    if (!vp->paper_full)
        vp->y_half -= half < vp->y_half ? half : vp->y_half;
}

struct virtual_mark *paper_cut(struct virtual_printer *vp, enum virtual_mark_kind kind,
                               uint32_t y_half)
{
    if (vp->profile->cut == CUT_PARTIAL_ONLY)
        kind = VIRTUAL_CUT_PARTIAL;
    vp->tally.cuts++;
    struct virtual_mark *m = paper_mark(vp, kind);
    if (m) {
        m->y_dots = y_half / HALF;
        m->width_dots = vp->paper.width_dots;
    }
    return m;
}

/* Adds the left width_dots of every row, scaled. */
static void put_clipped(struct bitmap *b, const struct bitmap *dots, uint32_t width_dots,
                        uint32_t x, uint32_t y, unsigned scale_x, unsigned scale_y)
{
    if (width_dots == dots->width_dots) {
        bitmap_or(b, dots, x, y, scale_x, scale_y);
        return;
    }
    struct bitmap row = {width_dots, 1, ((size_t)width_dots + 7) / 8, dots->p};
    for (uint32_t i = 0; i < dots->height_dots; i++, row.p += dots->stride_bytes)
        bitmap_or(b, &row, x, (int64_t)y + (int64_t)i * scale_y, scale_x, scale_y);
}

struct placed paper_place(struct virtual_printer *vp, const struct bitmap *dots, unsigned scale_x,
                          unsigned scale_y, bool turned)
{
    const struct line *l = &vp->line;
    if (vp->page_mode)
        return page_place(vp, dots, scale_x, scale_y, 0);
    uint32_t room = l->area_dots - l->x_dots;
    uint32_t width = dots->width_dots < room / scale_x ? dots->width_dots : room / scale_x;
    uint32_t spare = room - width * scale_x;
    struct placed at = {
        .x_dots = l->margin_dots + l->x_dots +
                  (vp->set.align == 2 ? spare
                   : vp->set.align    ? spare / 2
                                      : 0),
        .y_dots = paper_y(vp),
        .width_dots = width * scale_x,
    };
    if (vp->paper_full)
        return at;
    paper_feed(vp, (uint64_t)dots->height_dots * scale_y * HALF);
    uint32_t end = at.y_dots + dots->height_dots * scale_y;
    if (end > vp->paper.height_dots)
        end = vp->paper.height_dots;
    at.height_dots = end - at.y_dots;
    put_clipped(&vp->paper, dots, width, at.x_dots, at.y_dots, scale_x, scale_y);
    if (turned && vp->set.upside_down) {
        bitmap_rotate_180(&vp->paper, l->margin_dots, at.y_dots, l->area_dots, at.height_dots);
        at.x_dots = 2 * l->margin_dots + l->area_dots - at.x_dots - at.width_dots;
    }
    vp->line.x_dots = 0;
    return at;
}

struct virtual_mark *paper_mark_at(struct virtual_printer *vp, enum virtual_mark_kind kind,
                                   struct placed at)
{
    if (vp->page_mode)
        return page_mark_at(vp, kind, at);
    struct virtual_mark *m = at.height_dots ? paper_mark(vp, kind) : NULL;
    if (!m)
        return NULL;
    m->x_dots = at.x_dots;
    m->y_dots = at.y_dots;
    m->width_dots = at.width_dots;
    m->height_dots = at.height_dots;
    return m;
}

struct slice paper_words(struct virtual_printer *vp, struct slice words)
{
    return arena_copy(vp->page_mode ? &vp->page.words : &vp->words, words);
}

void virtual_tear_off(struct virtual_printer *vp)
{
    struct err unused;
    for (unsigned i = 0; i < vp->n_reserved; i++) {
        struct reserved_cut *r = &vp->reserved[i];
        r->y_half -= r->y_half < vp->y_half ? r->y_half : vp->y_half;
    }
    bitmap_set_height(&vp->paper, 0, &unused); /* fewer rows never fail */
    vp->y_half = 0;
    vp->lines = 0;
    vp->paper_full = false;
    vp->notes = 0;
    vp->page.work = 0;
    vp->macro.work = 0;
    buf_reset(&vp->glyphs);
    buf_reset(&vp->marks);
    arena_reset(&vp->words, 0);
}

uint32_t paper_lines_above(const struct virtual_printer *vp, uint32_t y_dots)
{
    size_t n;
    const struct virtual_glyph *g = virtual_glyphs(vp, &n);
    for (size_t i = 0; i < n; i++)
        if (g[i].y_dots + g[i].height_dots > y_dots)
            return g[i].line;
    return vp->lines;
}

static uint32_t less(uint32_t a, uint32_t b)
{
    return a > b ? a - b : 0;
}

static void keep_glyphs_below(struct virtual_printer *vp, uint32_t y_dots, uint32_t lines)
{
    struct virtual_glyph *g = (struct virtual_glyph *)(void *)vp->glyphs.p;
    size_t n = vp->glyphs.n / sizeof *g, kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (g[i].line < lines)
            continue;
        g[kept] = g[i];
        g[kept].line -= lines;
        g[kept++].y_dots = less(g[i].y_dots, y_dots);
    }
    vp->glyphs.n = kept * sizeof *g;
}

/* The words of marks that stay move to the front of the arena: they go through a copy. */
static void keep_marks_below(struct virtual_printer *vp, uint32_t y_dots, uint32_t lines)
{
    struct virtual_mark *m = (struct virtual_mark *)(void *)vp->marks.p;
    size_t n = vp->marks.n / sizeof *m, kept = 0;
    struct buf words;
    buf_init(&words, 0);
    for (size_t i = 0; i < n; i++) {
        bool cut = m[i].kind == VIRTUAL_CUT_FULL || m[i].kind == VIRTUAL_CUT_PARTIAL;
        if (m[i].y_dots < y_dots || (cut && m[i].y_dots == y_dots))
            continue;
        buf_slice_append(&words, m[i].text);
        m[kept] = m[i];
        m[kept].line = less(m[i].line, lines);
        m[kept++].y_dots = m[i].y_dots - y_dots;
    }
    vp->marks.n = kept * sizeof *m;
    arena_reset(&vp->words, 0);
    for (size_t i = 0, at = 0; i < kept; i++) {
        size_t bytes = m[i].text.n;
        m[i].text = bytes && !words.full ? arena_copy(&vp->words, slice_of(words.p + at, bytes))
                                         : (struct slice){0};
        at += bytes;
    }
    buf_finish(&words);
}

void virtual_tear_at(struct virtual_printer *vp, uint32_t y_dots)
{
    struct bitmap *b = &vp->paper;
    struct err unused;
    if (y_dots > b->height_dots)
        y_dots = b->height_dots;
    uint32_t half = y_dots * HALF, lines = paper_lines_above(vp, y_dots);
    uint32_t rest = b->height_dots - y_dots;
    if (rest)
        memmove(b->p, b->p + y_dots * b->stride_bytes, rest * b->stride_bytes);
    bitmap_set_height(b, rest, &unused); /* fewer rows never fail */
    for (unsigned i = 0; i < vp->n_reserved; i++)
        vp->reserved[i].y_half = less(vp->reserved[i].y_half, half);
    vp->y_half = less(vp->y_half, half);
    keep_glyphs_below(vp, y_dots, lines);
    keep_marks_below(vp, y_dots, lines);
    vp->lines = less(vp->lines, lines);
    vp->paper_full = false;
    vp->notes = 0;
    vp->page.work = 0;
    vp->macro.work = 0;
}

void paper_stop_short(struct virtual_printer *vp, uint64_t half)
{
    struct err unused;
    vp->y_half -= half < vp->y_half ? (uint32_t)half : vp->y_half;
    uint32_t end = (vp->y_half + HALF - 1) / HALF;
    if (end < vp->paper.height_dots)
        bitmap_set_height(&vp->paper, end, &unused); /* fewer rows never fail */
    struct virtual_glyph *g = (struct virtual_glyph *)(void *)vp->glyphs.p;
    while (vp->glyphs.n && g[vp->glyphs.n / sizeof *g - 1].y_dots >= end)
        vp->glyphs.n -= sizeof *g;
    struct virtual_mark *m = (struct virtual_mark *)(void *)vp->marks.p;
    for (size_t i = 0; i < vp->marks.n / sizeof *m; i++)
        if (m[i].y_dots + m[i].height_dots > end)
            m[i].height_dots = less(end, m[i].y_dots);
}
