#include "virtual/item.h"

#include "base/utf8.h"
#include "virtual/pairs.h"
#include "virtual/paper.h"

#include <stdio.h>

enum { REPLACEMENT = 0xfffd, NOTE_BYTES = 128 };

uint32_t item_cell_width(const struct item *it, const struct cell *cell)
{
    return it->turned ? cell->height_dots * it->scale_y : cell->width_dots * it->scale_x;
}

/* ESC V turns characters in standard mode only, and takes their underline (Epson APG). */
struct item item_of(const struct virtual_printer *vp, enum item_kind kind, uint32_t cp,
                    const struct cell *cell)
{
    const struct settings *set = &vp->set;
    bool pair = item_is_pair(kind);
    struct item it = {
        .kind = kind,
        .cp = cp,
        .font = set->font,
        .scale_x = pair ? set->pair.scale_x : set->scale_x,
        .scale_y = pair ? set->pair.scale_y : set->scale_y,
        .bold = set->emphasised || set->double_strike,
        .inverted = set->inverted,
        .smooth = set->smooth,
        .turned = set->turned && !vp->page_mode,
        .offset = vp->offset,
    };
    uint8_t underline = pair ? set->pair.underline : set->underline;
    uint32_t right = pair ? set->pair.right_dots : set->right_space_dots;
    it.underline = it.inverted || it.turned ? 0 : underline;
    it.width_dots = item_cell_width(&it, cell) + right * it.scale_x;
    it.height_dots = it.turned ? cell->width_dots * it.scale_x : cell->height_dots * it.scale_y;
    return it;
}

/* Once for each package that would bring a font. */
static void note_box(struct virtual_printer *vp, uint32_t cp)
{
    const char *package = fonts_package(cp);
    const char *name = package ? package : "";
    char words[NOTE_BYTES];
    uint8_t letter[5] = {0};
    for (unsigned i = 0; i < vp->n_lacking; i++) {
        if (strcmp(vp->lacking[i], name) == 0)
            return;
    }
    if (vp->n_lacking < MAX_LACKING)
        vp->lacking[vp->n_lacking++] = name;
    utf8_put(cp, letter);
    snprintf(words, sizeof words, "no font here has %s (U+%04X): its number in a box%s%s",
             (const char *)letter, (unsigned)cp, package ? "; apt install " : "", name);
    paper_note_text(vp, words);
}

void item_cell(struct virtual_printer *vp, const struct item *it, struct cell *out)
{
    const struct pair_set *pair = &vp->set.pair;
    if (it->kind == ITEM_PAIR)
        cell_make_pair(vp->fonts, pairs_language(vp), it->cp, pair->width_dots, pair->height_dots,
                       out);
    else if (it->kind == ITEM_UNKNOWN)
        cell_make_unknown(it->cp, pair->width_dots, pair->height_dots, out);
    else
        cell_make(&vp->profile->fonts[it->font], vp->fonts, it->cp, out);
    if (out->boxed)
        note_box(vp, it->cp);
}

/* The cell upright, then by 90 degrees clockwise. */
static void draw_turned(struct bitmap *b, uint32_t x, uint32_t y, const struct item *it,
                        const struct cell *cell)
{
    struct bitmap up;
    struct err err;
    uint32_t width = cell->width_dots * it->scale_x, height = cell->height_dots * it->scale_y;
    if (!bitmap_init(&up, width, height, &err))
        return;
    cell_draw(&up, 0, 0, cell,
              &(struct cell_look){it->scale_x, it->scale_y, width, 0, it->bold, it->inverted,
                                  it->smooth});
    for (uint32_t i = 0; i < height; i++) {
        for (uint32_t j = 0; j < width; j++) {
            uint32_t to_x = x + height - 1 - i, to_y = y + j;
            if (bitmap_get(&up, j, i) && to_x < b->width_dots && to_y < b->height_dots)
                bitmap_set(b, to_x, to_y);
        }
    }
    if (it->inverted && it->width_dots > height)
        bitmap_fill(b, x + height, y, it->width_dots - height, width);
    bitmap_finish(&up);
}

void item_draw(struct bitmap *b, uint32_t x, uint32_t y, const struct item *it,
               const struct cell *cell)
{
    if (it->turned) {
        draw_turned(b, x, y, it, cell);
        return;
    }
    cell_draw(b, x, y, cell,
              &(struct cell_look){.scale_x = it->scale_x,
                                  .scale_y = it->scale_y,
                                  .width_dots = it->width_dots,
                                  .underline = it->underline,
                                  .bold = it->bold,
                                  .inverted = it->inverted,
                                  .smooth = it->smooth});
}

/* What of a character can be read. */
static uint32_t said(const struct item *it)
{
    if (it->kind == ITEM_UNKNOWN || it->kind == ITEM_USER_PAIR)
        return REPLACEMENT;
    return it->cp ? it->cp : ' ';
}

struct virtual_glyph item_glyph(const struct item *it)
{
    return (struct virtual_glyph){
        .cp = said(it),
        .scale_x = it->scale_x,
        .scale_y = it->scale_y,
        .font_b = it->kind == ITEM_CHAR && it->font != 0,
        .bold = it->bold,
        .underline = it->underline != 0,
        .inverted = it->inverted,
        .turned = it->turned,
    };
}
