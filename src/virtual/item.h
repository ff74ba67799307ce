/* A character between its bytes and its dots: with the settings of the moment it was received. */
#ifndef BONBON_VIRTUAL_ITEM_H
#define BONBON_VIRTUAL_ITEM_H

#include "virtual/cell.h"
#include "virtual/machine.h"

static inline bool item_is_pair(enum item_kind kind)
{
    return kind == ITEM_PAIR || kind == ITEM_UNKNOWN || kind == ITEM_USER_PAIR;
}
/* The character with the settings that are in force, and its cell; width_dots has the right space
 * in it. */
struct item item_of(const struct virtual_printer *vp, enum item_kind kind, uint32_t cp,
                    const struct cell *cell);
/* The cell of a character, but for those of ESC & and FS 2, which the caller has; one that no font
 * has is noted. */
void item_cell(struct virtual_printer *vp, const struct item *it, struct cell *out);
/* Adds its dots with the corner at x, y. */
void item_draw(struct bitmap *b, uint32_t x, uint32_t y, const struct item *it,
               const struct cell *cell);
/* Its width without the right space. */
uint32_t item_cell_width(const struct item *it, const struct cell *cell);
/* What it says, without a place. */
struct virtual_glyph item_glyph(const struct item *it);

#endif
