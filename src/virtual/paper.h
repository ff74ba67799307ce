/* The paper: it is fed, dots are put on it, and what happened to it is noted. */
#ifndef BONBON_VIRTUAL_PAPER_H
#define BONBON_VIRTUAL_PAPER_H

#include "virtual/machine.h"

/* The row of dots under the print head. */
static inline uint32_t paper_y(const struct virtual_printer *vp)
{
    return vp->y_half / HALF;
}
/* Moves on by so many half dots, up to the limit; there the paper ends, which is noted once. */
void paper_feed(struct virtual_printer *vp, uint64_t half);
/* Moves back by so many half dots: for a cut that winds back, never over what was printed. */
void paper_back(struct virtual_printer *vp, uint32_t half);
/* A cut across the paper at y_half; partial where the knife cannot do otherwise. NULL when there
 * are too many marks. */
struct virtual_mark *paper_cut(struct virtual_printer *vp, enum virtual_mark_kind kind,
                               uint32_t y_half);
/* Puts dots at the start of a line, aligned in the area and clipped to it, and feeds exactly their
 * height; in page mode at its position. turned: ESC { applies. Gives where they went: on the paper,
 * or on the page. */
struct placed {
    uint32_t x_dots, y_dots, width_dots, height_dots;
};
struct placed paper_place(struct virtual_printer *vp, const struct bitmap *dots, unsigned scale_x,
                          unsigned scale_y, bool turned);
/* The mark of what was placed; NULL when nothing was, or there are too many. */
struct virtual_mark *paper_mark_at(struct virtual_printer *vp, enum virtual_mark_kind kind,
                                   struct placed at);
/* Words for that mark: they live as long as it does. */
struct slice paper_words(struct virtual_printer *vp, struct slice words);

/* Lines of which everything stands above a row of dots. */
uint32_t paper_lines_above(const struct virtual_printer *vp, uint32_t y_dots);
/* The paper stopped so many half dots before where it was drawn to: what lies beyond was never
 * printed. */
void paper_stop_short(struct virtual_printer *vp, uint64_t half);

/* A mark with its place zeroed but for the y of the head; NULL when there are too many. Valid until
 * the next. */
struct virtual_mark *paper_mark(struct virtual_printer *vp, enum virtual_mark_kind kind);
/* "GS k: why". */
void paper_note(struct virtual_printer *vp, const char *why);
/* "why", of text: no command is named. */
void paper_note_text(struct virtual_printer *vp, const char *why);
/* "why: 1B 34", the first bytes of what it is about. */
void paper_note_bytes(struct virtual_printer *vp, const char *why, struct slice bytes);

#endif
