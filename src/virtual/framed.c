/* The paper as people look at it: with white around it, and its cuts. */
#include "virtual/virtual.h"

enum { CUT_DOTS = 2, GAP = 4 /* between a mark and the paper, and in a partial one */ };

/* Beside the paper, so that no dot of it changes: a dash for a full cut, two for a partial one. */
static void mark_cut(struct bitmap *b, uint32_t margin, uint32_t y, bool is_full)
{
    const uint32_t length = margin - 2 * GAP, dash = is_full ? length : (length - GAP) / 2;
    const uint32_t sides[] = {GAP, b->width_dots - margin + GAP};
    for (unsigned i = 0; i < 2; i++) {
        bitmap_fill(b, sides[i], y, dash, CUT_DOTS);
        bitmap_fill(b, sides[i] + length - dash, y, dash, CUT_DOTS);
    }
}

/* Rows down to the last that has ink. */
static uint32_t printed_height(const struct bitmap *paper)
{
    uint32_t height = paper->height_dots;
    while (height && bitmap_row_is_blank(paper, height - 1))
        height--;
    return height;
}

bool virtual_framed(const struct virtual_printer *vp, uint32_t margin_dots, struct bitmap *out,
                    struct err *err)
{
    const struct bitmap *paper = virtual_paper(vp);
    size_t n;
    const struct virtual_mark *marks = virtual_marks(vp, &n);
    if (!bitmap_init(out, paper->width_dots + 2 * margin_dots, paper->height_dots + 2 * margin_dots,
                     err))
        return false;
    bitmap_or(out, paper, margin_dots, margin_dots, 1, 1);
    const uint32_t printed = printed_height(paper);
    for (size_t i = 0; i < n && margin_dots >= 4 * GAP; i++) {
        const bool is_cut =
            marks[i].kind == VIRTUAL_CUT_FULL || marks[i].kind == VIRTUAL_CUT_PARTIAL;
        if (is_cut && marks[i].y_dots > 0 && marks[i].y_dots < printed)
            mark_cut(out, margin_dots, margin_dots + marks[i].y_dots - CUT_DOTS / 2,
                     marks[i].kind == VIRTUAL_CUT_FULL);
    }
    return true;
}
