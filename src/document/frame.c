/* Rules and frames: box characters, chosen by where their arms go, so that any two rows of columns
 * join. */
#include "document/layout.h"

#define HORIZONTAL "\xe2\x94\x80" /* U+2500 */
#define TIMES8(s)  s s s s s s s s
#define TIMES64(s) TIMES8(TIMES8(s))

enum { BOX_BYTES = 3 /* of a box character in UTF-8 */ };
enum arm { ARM_LEFT = 1, ARM_RIGHT = 2, ARM_UP = 4, ARM_DOWN = 8 };

static const char horizontal[] =
    TIMES64(HORIZONTAL) TIMES64(HORIZONTAL) TIMES64(HORIZONTAL) TIMES64(HORIZONTAL);

/* clang-format off */
static const char boxes[16][BOX_BYTES + 1] = {
    [0] = " ",
    [ARM_LEFT] = "─", [ARM_RIGHT] = "─", [ARM_LEFT | ARM_RIGHT] = "─",
    [ARM_UP] = "│", [ARM_DOWN] = "│", [ARM_UP | ARM_DOWN] = "│",
    [ARM_UP | ARM_LEFT] = "┘", [ARM_UP | ARM_RIGHT] = "└", [ARM_UP | ARM_LEFT | ARM_RIGHT] = "┴",
    [ARM_DOWN | ARM_LEFT] = "┐", [ARM_DOWN | ARM_RIGHT] = "┌", [ARM_DOWN | ARM_LEFT | ARM_RIGHT] = "┬",
    [ARM_UP | ARM_DOWN | ARM_LEFT] = "┤", [ARM_UP | ARM_DOWN | ARM_RIGHT] = "├",
    [ARM_UP | ARM_DOWN | ARM_LEFT | ARM_RIGHT] = "┼",
};
/* clang-format on */

void layout_rule(struct layout *l, uint32_t left, uint32_t width)
{
    escpos_text(l->e, left * l->cell_dots, slice_of(horizontal, (size_t)width * BOX_BYTES),
                escpos_plain);
}

/* The arms that a row of framed columns sends to the horizontal line beside it. */
static void add_arms(const struct area *area, uint8_t vertical, uint8_t *arms)
{
    uint32_t at = area->left;
    const uint32_t last = area->left + area->width - 1;
    for (uint32_t i = at; i <= last; i++)
        arms[i] |= (uint8_t)((i > at ? ARM_LEFT : 0) | (i < last ? ARM_RIGHT : 0));
    arms[at] |= vertical;
    for (uint32_t i = 0; i < area->n; i++) {
        at += (uint32_t)area->widths[i] + 1;
        arms[at <= last ? at : last] |= vertical;
    }
}

/* The horizontal line between the row above and the row below; either may be missing. */
static void join(struct layout *l, const struct area *above, const struct area *below)
{
    uint8_t arms[MAX_COLUMNS] = {0};
    uint8_t text[MAX_COLUMNS * BOX_BYTES];
    size_t n = 0;
    uint32_t first = 0;
    if (above && above->width)
        add_arms(above, ARM_UP, arms);
    if (below && below->width)
        add_arms(below, ARM_DOWN, arms);
    while (first < MAX_COLUMNS && !arms[first])
        first++;
    for (uint32_t i = first; i < MAX_COLUMNS; i++) {
        const size_t bytes = strlen(boxes[arms[i]]);
        memcpy(text + n, boxes[arms[i]], bytes);
        n += bytes;
    }
    escpos_text(l->e, first * l->cell_dots, slice_of(text, n), escpos_plain);
    escpos_line(l->e);
}

void layout_frame_before(struct layout *l, const struct area *area)
{
    if (l->frame == FRAME_READY)
        join(l, NULL, area);
    else if (l->frame == FRAME_HORIZONTAL)
        join(l, &l->framed, area);
    l->frame = FRAME_RUNNING;
    l->framed = *area;
}

void layout_frame_bar(struct layout *l, uint32_t column, unsigned height)
{
    static const struct slice bar = SLICE("│");
    escpos_text(l->e, column * l->cell_dots, bar, (struct escpos_style){1, (uint8_t)height, 0});
    escpos_apart(l->e);
}

void layout_frame_stop(struct layout *l)
{
    if (l->frame == FRAME_RUNNING || l->frame == FRAME_HORIZONTAL)
        join(l, &l->framed, NULL);
    l->frame = FRAME_NONE;
}
