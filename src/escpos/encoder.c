#include "escpos/state.h"

#include <stdlib.h>

enum {
    TEAR_OFF_DOTS =
        96 /* 12 mm at 203 dpi: print head to tear-off edge, where the profile does not say */
};

bool escpos_create(struct escpos **out, const struct profile *profile, struct buf *bytes,
                   struct err *err)
{
    *out = NULL;
    struct escpos *e = malloc(sizeof *e);
    if (!e)
        return FAIL(err, ERR_TOO_BIG, "memory", "this machine");
    e->profile = profile;
    e->out = bytes;
    e->vertical_units = profile->half_dot_units ? 2 : 1;
    e->n_pieces = 0;
    e->all_ascii = true;
    e->is_turned = false;
    e->fonts = NULL;
    e->mixed = NULL;
    e->is_ordered = false;
    e->user_on = false;
    e->owns_fonts = false;
    e->written = (struct slice){0};
    e->language = FONTS_ANY;
    e->told = NULL;
    e->boxed = 0;
    e->lacking = 0;
    escpos_begin(e);
    *out = e;
    return true;
}

uint32_t escpos_boxed(const struct escpos *e)
{
    return e->boxed;
}

uint32_t escpos_lacking(const struct escpos *e)
{
    return e->lacking;
}

void escpos_note_lack(struct escpos *e, uint32_t cp)
{
    if (!e->lacking && !(escpos_fonts(e) && fonts_are_there(e->fonts)))
        e->lacking = cp;
}

void escpos_destroy(struct escpos *e)
{
    if (!e)
        return;
    if (e->owns_fonts)
        fonts_destroy(e->fonts);
    escpos_finish_mixed(e);
    free(e);
}

void escpos_use_fonts(struct escpos *e, struct fonts *fonts)
{
    if (e->owns_fonts)
        fonts_destroy(e->fonts);
    e->fonts = fonts;
    e->owns_fonts = false;
}

void escpos_use_text(struct escpos *e, struct slice text)
{
    e->written = text;
}

enum fonts_language escpos_language(struct escpos *e)
{
    if (e->written.n) {
        e->language = fonts_language_of(e->written);
        e->written.n = 0;
    }
    return e->language;
}

struct fonts *escpos_fonts(struct escpos *e)
{
    struct err ignored;
    if (!e->fonts)
        e->owns_fonts = fonts_create(&e->fonts, &ignored);
    return e->fonts;
}

void escpos_explain(struct escpos *e, void (*told)(void *ctx, const struct escpos_run *run),
                    void *ctx)
{
    e->told = told;
    e->told_ctx = ctx;
}

static void say_page(struct escpos *e)
{
    if (e->profile->select == SELECT_ESC_GS_T)
        put4(e->out, ESC, GS, 't', e->page_n);
    else
        put3(e->out, ESC, 't', e->page_n);
}

void escpos_know_page(struct escpos *e, uint8_t slot)
{
    e->page_slot = slot;
    e->page_n = e->profile->slots[slot].n;
    e->row = code_page_row(e->profile->slots[slot].page);
    memset(e->cache, 0, sizeof e->cache);
}

void escpos_set_page(struct escpos *e, uint8_t slot)
{
    escpos_know_page(e, slot);
    say_page(e);
}

/* Lines abut: a line feeds the height of its tallest character, and a plain one exactly its own. */
static void say_spacing(struct escpos *e)
{
    put3(e->out, ESC, '3', (uint8_t)(CELL_HEIGHT * e->vertical_units));
}

void escpos_begin(struct escpos *e)
{
    put2(e->out, ESC, '@');
    if (e->profile->chinese_rom)
        put2(e->out, FS, '.');
    put3(e->out, ESC, 'R', 0);
    e->style = escpos_plain;
    e->align = 0;
    e->qr_module = 0;
    e->qr_level = NO_PAGE;
    e->bar_module = e->bar_height = 0;
    e->bar_hri = NO_PAGE;
    escpos_forget_codes(e, true);
    e->is_lost = false;
    escpos_set_page(e, 0);
    say_spacing(e);
}

void escpos_resync(struct escpos *e)
{
    if (!e->is_lost)
        return;
    e->is_lost = false;
    escpos_forget_users(e);
    put3(e->out, ESC, 'a', 0);
    put3(e->out, ESC, '!', 0);
    put3(e->out, GS, '!', 0);
    put3(e->out, GS, 'B', 0);
    e->align = 0;
    e->style = escpos_plain;
    e->qr_module = 0;
    e->qr_level = NO_PAGE;
    e->bar_module = e->bar_height = 0;
    e->bar_hri = NO_PAGE;
    escpos_forget_codes(e, false);
    say_page(e);
    say_spacing(e);
}

void escpos_raw(struct escpos *e, struct slice bytes)
{
    buf_slice_append(e->out, bytes);
    e->is_lost = true;
}

void escpos_set_align(struct escpos *e, uint8_t align)
{
    if (e->align == align)
        return;
    e->align = align;
    put3(e->out, ESC, 'a', align);
}

/* ESC ! says four things in three bytes; it is taken when at least two of them change. It knows
 * sizes 1 and 2 only, and leaves GS B alone. */
void escpos_change_style(struct escpos *e, struct escpos_style style)
{
    const struct escpos_style old = e->style;
    e->style = style;
    const bool size = old.width != style.width || old.height != style.height;
    const uint8_t flags = old.flags ^ style.flags;
    const bool bold = flags & ESCPOS_BOLD;
    const bool underline = flags & ESCPOS_UNDERLINE;
    if (flags & ESCPOS_INVERT)
        put3(e->out, GS, 'B', style.flags & ESCPOS_INVERT ? 1 : 0);
    if (size + bold + underline >= 2 && style.width <= 2 && style.height <= 2) {
        const unsigned n = (style.flags & ESCPOS_BOLD ? 0x08U : 0) |
                           (style.height == 2 ? 0x10U : 0) | (style.width == 2 ? 0x20U : 0) |
                           (style.flags & ESCPOS_UNDERLINE ? 0x80U : 0);
        put3(e->out, ESC, '!', (uint8_t)n);
        return;
    }
    if (size)
        put3(e->out, GS, '!', (uint8_t)((style.width - 1) << 4 | (style.height - 1)));
    if (bold)
        put3(e->out, ESC, 'E', style.flags & ESCPOS_BOLD ? 1 : 0);
    if (underline)
        put3(e->out, ESC, '-', style.flags & ESCPOS_UNDERLINE ? 1 : 0);
}

void escpos_drawer(struct escpos *e, unsigned pin)
{
    static const uint8_t pulse[] = {
        25, 250}; /* 50 ms on, 500 ms off (Epson APG, ESC p: units of 2 ms) */
    if (!e->profile->drawer)
        return;
    put3(e->out, ESC, 'p', pin == 5 ? 1 : 0);
    put2(e->out, pulse[0], pulse[1]);
}

void escpos_feed(struct escpos *e, unsigned dots)
{
    escpos_resync(e);
    const unsigned most = 255U / e->vertical_units;
    while (dots) {
        const unsigned now = dots < most ? dots : most;
        put3(e->out, ESC, 'J', (uint8_t)(now * e->vertical_units));
        dots -= now;
    }
}

void escpos_cut(struct escpos *e, bool last)
{
    static const char dashes[] = "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - "
                                 "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - ";
    escpos_resync(e);
    if (e->profile->cut != CUT_NONE) {
        escpos_set_align(e, 0);
        put4(e->out, GS, 'V', 66, 0);
        return;
    }
    const size_t columns = paper_dots(e) / CELL_WIDTH;
    const size_t n = columns < sizeof dashes - 1 ? columns : sizeof dashes - 1;
    escpos_text(e, 0, slice_of(dashes, n - (n + 1) % 2), escpos_plain);
    escpos_line(e);
    if (last)
        escpos_feed(e, e->profile->cut_feed_dots ? e->profile->cut_feed_dots : TEAR_OFF_DOTS);
}
