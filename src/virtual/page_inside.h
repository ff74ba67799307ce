/* What the two files of page mode share: page.c collects, page_out.c prints. */
#ifndef BONBON_VIRTUAL_PAGE_INSIDE_H
#define BONBON_VIRTUAL_PAGE_INSIDE_H

#include "virtual/page.h"

/* A character as it stands on the page, and what puts it into a line of text when the page comes
 * out. */
struct page_glyph {
    struct virtual_glyph g;
    uint32_t base_dots; /* of its line's baseline: y, or x where lines run up or down */
    uint32_t order;
    uint32_t top, left, row; /* of its line, when the page is printed */
};

/* The page as it is onto the paper. */
void page_out(struct virtual_printer *vp);

#endif
