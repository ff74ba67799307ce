/* The line buffer: characters and columns of dots stand in it until something prints it. */
#ifndef BONBON_VIRTUAL_LINE_H
#define BONBON_VIRTUAL_LINE_H

#include "virtual/machine.h"

/* Empties the buffer and goes to the line's start, with the margin and width that are set. */
void line_begin(struct virtual_printer *vp);
/* Takes over a margin and width that were set at the line's start. */
void line_take_area(struct virtual_printer *vp);
static inline bool line_is_empty(const struct virtual_printer *vp)
{
    return vp->line.n == 0;
}
/* Prints the buffer and feeds the larger of least_half and the tallest item. */
void line_print(struct virtual_printer *vp, uint64_t least_half);
/* The same with the line spacing: LF, and a buffer that is full. */
void line_feed(struct virtual_printer *vp);

/* A character; in page mode it goes onto the page. cp of ITEM_USER is the code of ESC &. */
void line_put(struct virtual_printer *vp, enum item_kind kind, uint32_t cp);
/* Dots from the position to the end of the area, in page mode of the page's. */
uint32_t line_room(const struct virtual_printer *vp);
/* Columns of ESC *: bytes_a_column 1 or 3, the most significant bit on top. Columns past the area
 * are dropped. */
void line_put_columns(struct virtual_printer *vp, struct slice columns, unsigned bytes_a_column,
                      unsigned scale_x, unsigned scale_y);
/* HT. */
void line_tab(struct virtual_printer *vp);

#endif
