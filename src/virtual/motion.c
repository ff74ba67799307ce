/* Paper, knife and drawer (facts §2, §4, §7.4). */
#include "virtual/handler.h"

#include "virtual/line.h"
#include "virtual/page.h"

void do_tab(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    if (vp->page_mode)
        page_tab(vp);
    else
        line_tab(vp);
}

void do_line_feed(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    if (vp->page_mode)
        page_feed(vp, vp->set.spacing_half);
    else
        line_feed(vp);
}

void do_feed_dots(struct virtual_printer *vp, struct slice params)
{
    if (vp->page_mode)
        page_feed(vp, units_down_half(vp, param(params, 0)));
    else
        line_print(vp, units_down_half(vp, param(params, 0)));
}

/* n lines are n times LF; 0 prints and feeds no more than what was printed. */
void do_feed_lines(struct virtual_printer *vp, struct slice params)
{
    uint32_t most_half = (uint32_t)vp->profile->dpi * FEED_MAX_INCHES * HALF;
    uint32_t begin = vp->y_half;
    unsigned n = param(params, 0);
    if (vp->page_mode) {
        page_feed(vp, (uint64_t)n * vp->set.spacing_half);
        return;
    }
    if (!n && !line_is_empty(vp))
        line_print(vp, 0);
    if (n)
        line_feed(vp);
    while (n-- > 1 && vp->set.spacing_half && !vp->paper_full && vp->y_half - begin < most_half)
        line_feed(vp);
}

/* Prints, and winds the paper back; how far at most differs, Epson's say 48 units and 2 lines. What
 * is printed then is added to what is there. */
static void back(struct virtual_printer *vp, uint64_t half)
{
    if (!line_is_empty(vp))
        line_print(vp, 0);
    paper_back(vp, half < UINT32_MAX ? (uint32_t)half : UINT32_MAX);
}

void do_back_dots(struct virtual_printer *vp, struct slice params)
{
    enum { MOST = 48 };
    uint8_t n = param(params, 0);
    if (n > MOST)
        paper_note(vp, "winds back 48 units at most; not wound");
    back(vp, n > MOST ? 0 : units_down_half(vp, n));
}

void do_back_lines(struct virtual_printer *vp, struct slice params)
{
    enum { MOST = 2 };
    uint8_t n = param(params, 0);
    if (n > MOST)
        paper_note(vp, "winds back 2 lines at most; not wound");
    back(vp, n > MOST ? 0 : (uint64_t)n * vp->set.spacing_half);
}

void do_line_start(struct virtual_printer *vp, struct slice params)
{
    int n = digit_param(param(params, 0), 1);
    if (n == 1 && !line_is_empty(vp))
        line_feed(vp);
    else if (n >= 0)
        line_begin(vp);
}

static uint32_t knife_half(const struct virtual_printer *vp)
{
    return (uint32_t)vp->profile->cut_feed_dots * HALF;
}

static void cut_here(struct virtual_printer *vp, enum virtual_mark_kind kind)
{
    if (vp->profile->cut == CUT_NONE) {
        paper_note(vp, "this printer has no cutter; ignored");
        return;
    }
    uint32_t knife = knife_half(vp);
    paper_cut(vp, kind, vp->y_half > knife ? vp->y_half - knife : 0);
}

static void cut_after_feed(struct virtual_printer *vp, enum virtual_mark_kind kind, uint32_t half)
{
    paper_feed(vp, (uint64_t)knife_half(vp) + half);
    cut_here(vp, kind);
}

static void cut_later(struct virtual_printer *vp, enum virtual_mark_kind kind, uint32_t half)
{
    if (vp->profile->cut == CUT_NONE || vp->n_reserved == MAX_RESERVED_CUTS) {
        paper_note(vp, "no cut is reserved");
        return;
    }
    vp->reserved[vp->n_reserved++] = (struct reserved_cut){vp->y_half + half, kind, vp->offset};
    paper_feed(vp, 0);
}

void do_cut(struct virtual_printer *vp, struct slice params)
{
    uint8_t m = param(params, 0);
    uint32_t half = units_down_half(vp, param(params, 1));
    enum virtual_mark_kind kind = m == 0 || m == 48 || m == 65 || m == 97 || m == 103
                                      ? VIRTUAL_CUT_FULL
                                      : VIRTUAL_CUT_PARTIAL;
    switch (m) {
    case 65:
    case 66:
        cut_after_feed(vp, kind, half);
        break;
    case 97:
    case 98:
        cut_later(vp, kind, half);
        break;
    case 103:
    case 104:
        cut_after_feed(vp, kind, half);
        paper_back(vp, knife_half(vp));
        break;
    default:
        cut_here(vp, kind);
    }
    vp->line.x_dots = 0;
}

/* ESC i and ESC m. */
void do_short_cut(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    cut_here(vp, VIRTUAL_CUT_PARTIAL);
}

static void pulse(struct virtual_printer *vp, bool second)
{
    if (!vp->profile->drawer) {
        paper_note(vp, "this printer has no drawer");
        return;
    }
    vp->tally.pulses++;
    struct virtual_mark *m = paper_mark(vp, VIRTUAL_PULSE);
    if (m)
        m->a = second ? 5 : 2;
}

void do_pulse(struct virtual_printer *vp, struct slice params)
{
    int m = digit_param(param(params, 0), 1);
    if (m >= 0)
        pulse(vp, m);
}

/* DLE DC4 1 m t, t 1 to 8. */
void do_pulse_now(struct virtual_printer *vp, struct slice params)
{
    uint8_t m = param(params, 0), t = param(params, 1);
    if (vp->no_pulse_now)
        return;
    if (m <= 1 && t >= 1 && t <= 8)
        pulse(vp, m);
}
