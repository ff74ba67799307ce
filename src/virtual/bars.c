/* Bar codes (facts §7.6). What cannot be encoded, or is wider than the area, prints nothing and is
 * noted. */
#include "virtual/handler.h"

#include "base/utf8.h"

#include "virtual/cell.h"
#include "virtual/line.h"
#include "virtual/page.h"

/* m of form B counts from 65 in the order of enum symbology. */
enum { M_FIRST_B = 65 };

static uint32_t hri_width(const struct virtual_printer *vp, const char *text)
{
    uint32_t cp, n = 0;
    for (struct slice rest = slice_str(text); rest.n; n++)
        utf8_take(&rest, &cp);
    return vp->set.hri ? n * vp->profile->fonts[vp->set.hri_font].width_dots : 0;
}

static void draw_hri(const struct virtual_printer *vp, struct bitmap *b, uint32_t y,
                     const char *text)
{
    const struct profile_font *font = &vp->profile->fonts[vp->set.hri_font];
    struct slice rest = slice_str(text);
    uint32_t cp, width = hri_width(vp, text);
    uint32_t x = width < b->width_dots ? (b->width_dots - width) / 2 : 0;
    struct cell_look look = {.scale_x = 1, .scale_y = 1, .width_dots = font->width_dots};
    for (rest = slice_str(text); rest.n; x += font->width_dots) {
        struct cell cell;
        utf8_take(&rest, &cp);
        cell_make(font, vp->fonts, cp, &cell);
        cell_draw(b, x, y, &cell, &look);
    }
}

/* Bars with what people read above and below, without a gap (how much one is: not known). A text
 * wider than the bars reaches past them on the side where the alignment leaves room. */
static bool compose(const struct virtual_printer *vp, const struct barcode *code,
                    struct bitmap *out, struct err *err)
{
    uint32_t text = vp->profile->fonts[vp->set.hri_font].height_dots;
    uint32_t above = vp->set.hri & 1 ? text : 0, below = vp->set.hri & 2 ? text : 0;
    uint32_t height = vp->set.bar_height_dots, width = hri_width(vp, code->text);
    struct bitmap bars;
    if (!barcode_draw(code, vp->set.bar_module_dots, height, &bars, err))
        return false;
    if (width > line_room(vp))
        width = line_room(vp);
    if (width < bars.width_dots)
        width = bars.width_dots;
    unsigned align = vp->page_mode ? 0 : vp->set.align;
    bool ok = bitmap_init(out, width, above + height + below, err);
    if (ok) {
        bitmap_or(out, &bars, (width - bars.width_dots) * align / 2, above, 1, 1);
        if (above)
            draw_hri(vp, out, 0, code->text);
        if (below)
            draw_hri(vp, out, above + height, code->text);
    }
    bitmap_finish(&bars);
    return ok;
}

/* On a page the bars stand on the baseline, with the text below it. */
static struct placed place_bars(struct virtual_printer *vp, const struct bitmap *picture)
{
    uint32_t below = vp->set.hri & 2 ? vp->profile->fonts[vp->set.hri_font].height_dots : 0;
    return vp->page_mode ? page_place(vp, picture, 1, 1, below)
                         : paper_place(vp, picture, 1, 1, true);
}

static void print_bars(struct virtual_printer *vp, enum symbology symbology, struct slice data)
{
    struct barcode code;
    struct bitmap picture;
    struct err err;
    if (!barcode_make(symbology, data, &code, &err)) {
        paper_note(vp, err.arg[1]);
        return;
    }
    if (barcode_width_dots(&code, vp->set.bar_module_dots) > line_room(vp)) {
        paper_note(vp, "the bars are wider than the printing area; nothing is printed");
        return;
    }
    if (vp->paper_full || !compose(vp, &code, &picture, &err))
        return;
    struct virtual_mark *m = paper_mark_at(vp, VIRTUAL_BARCODE, place_bars(vp, &picture));
    bitmap_finish(&picture);
    if (!m)
        return;
    m->a = vp->set.bar_module_dots;
    m->symbology = symbology;
    m->text = paper_words(vp, slice_str(code.text));
}

static void bars(struct virtual_printer *vp, unsigned m, struct slice data)
{
    if (m < BARCODE_KINDS)
        print_bars(vp, (enum symbology)m, data);
    else
        paper_note(vp, "there is no such bar code; nothing is printed");
}

/* m d… 00; the codes of a fixed length may lack the 00. */
void code_bars_a(struct virtual_printer *vp, struct slice params)
{
    struct slice data = slice_sub(params, 1, params.n);
    if (data.n && data.p[data.n - 1] == 0)
        data.n--;
    bars(vp, param(params, 0), data);
}

/* m n d… */
void code_bars_b(struct virtual_printer *vp, struct slice params)
{
    if (!vp->profile->native_barcodes)
        paper_note(vp, "this printer is not known to take this form");
    else
        bars(vp, (unsigned)param(params, 0) - M_FIRST_B, slice_sub(params, 2, params.n));
}
