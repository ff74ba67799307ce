/* Page mode (facts §9): what is printed collects on a page, in one of four directions, and comes
 * out with FF. Symbols and pictures stand with their bottom on the baseline, characters hang an
 * eighth of their cell below it; what leaves the area is cut off; what comes later is added to what
 * is there. */
#ifndef BONBON_VIRTUAL_PAGE_H
#define BONBON_VIRTUAL_PAGE_H

#include "virtual/item.h"
#include "virtual/paper.h"

static inline bool page_is_sideways(const struct virtual_printer *vp)
{
    return vp->page_mode && vp->page.direction & 1;
}
/* The area along a line of text, and from line to line. */
static inline uint32_t page_length(const struct virtual_printer *vp)
{
    return vp->page.direction & 1 ? vp->page.height_dots : vp->page.width_dots;
}
static inline uint32_t page_depth(const struct virtual_printer *vp)
{
    return vp->page.direction & 1 ? vp->page.width_dots : vp->page.height_dots;
}

void page_finish(struct virtual_printer *vp);
/* Power-on: empty, the whole area, direction 0. Leaves page mode. */
void page_reset(struct virtual_printer *vp);

/* Work is counted in dots, so that a short stream that draws the same page over and over comes to
 * an end; false (and a note, once) when there was too much of it. */
bool page_may_work(struct virtual_printer *vp, uint64_t dots);
/* A character at the position, which moves on; in the next line where it does not fit. */
void page_put_char(struct virtual_printer *vp, const struct item *it, const struct cell *cell);
/* Dots at the position, `below` of their rows under the baseline; cut off at the area's end. */
struct placed page_place(struct virtual_printer *vp, const struct bitmap *dots, unsigned scale_x,
                         unsigned scale_y, uint32_t below);
struct virtual_mark *page_mark_at(struct virtual_printer *vp, enum virtual_mark_kind kind,
                                  struct placed at);
/* To the start of a line half dots further down. */
void page_feed(struct virtual_printer *vp, uint64_t half);
void page_tab(struct virtual_printer *vp);

#endif
