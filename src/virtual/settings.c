/* Commands that change how later ones print. Values a printer does not know leave what was (facts
 * §4, §7). */
#include "virtual/handler.h"

#include "virtual/line.h"
#include "virtual/page.h"
#include "virtual/paper.h"

enum { FONT_A_COLUMNS_A_TAB = 8, DEFAULT_SPACING_DOTS = 30 };

static void default_units(struct settings *set, const struct profile *profile)
{
    set->units_x = profile->dpi;
    set->units_y = profile->half_dot_units ? (uint16_t)(profile->dpi * HALF) : profile->dpi;
}

static void default_tabs(struct settings *set, const struct profile *profile)
{
    set->n_tabs = MAX_TABS;
    for (unsigned i = 0; i < MAX_TABS; i++)
        set->tab_dots[i] = (i + 1) * FONT_A_COLUMNS_A_TAB * profile->fonts[0].width_dots;
}

void settings_reset(struct settings *set, const struct profile *profile)
{
    *set = (struct settings){
        .scale_x = 1,
        .scale_y = 1,
        .double_byte = profile->chinese_rom,
        .pair =
            {.scale_x = 1, .scale_y = 1, .underline_last = 1, .width_dots = 24, .height_dots = 24},
        .underline_last = 1,
        .page = profile->slots[0].page,
        .spacing_half = DEFAULT_SPACING_DOTS * HALF,
        .area_dots = profile->width_dots,
        .bar_module_dots = 3,
        .bar_height_dots = 162,
    };
    symbol_settings_reset(set, profile);
    default_units(set, profile);
    default_tabs(set, profile);
}

static uint32_t x_units_dots(const struct virtual_printer *vp, uint32_t n)
{
    return n * vp->profile->dpi / vp->set.units_x;
}

/* Down the paper the pitch is half a dot where the units are half dots by default; clones move
 * whole dots. */
static uint32_t y_units_half(const struct virtual_printer *vp, uint32_t n)
{
    uint32_t dpi = vp->profile->dpi;
    if (vp->profile->half_dot_units)
        return n * dpi * HALF / vp->set.units_y;
    return n * dpi / vp->set.units_y * HALF;
}

uint32_t units_across(const struct virtual_printer *vp, uint32_t n)
{
    return page_is_sideways(vp) ? y_units_half(vp, n) / HALF : x_units_dots(vp, n);
}

uint32_t units_down_half(const struct virtual_printer *vp, uint32_t n)
{
    return page_is_sideways(vp) ? x_units_dots(vp, n) * HALF : y_units_half(vp, n);
}

uint32_t units_x_dots(const struct virtual_printer *vp, uint32_t n)
{
    return x_units_dots(vp, n);
}

uint32_t units_y_dots(const struct virtual_printer *vp, uint32_t n)
{
    return y_units_half(vp, n) / HALF;
}

/* The profile's font of an ESC M number, or -1. */
static int font_of(const struct virtual_printer *vp, uint8_t esc_m)
{
    if (esc_m >= '0' && esc_m <= '4')
        esc_m -= '0';
    for (unsigned i = 0; i < vp->profile->n_fonts; i++) {
        if (vp->profile->fonts[i].esc_m == esc_m)
            return (int)i;
    }
    return -1;
}

void set_right_space(struct virtual_printer *vp, struct slice params)
{
    vp->set.right_space_dots = units_across(vp, param(params, 0));
}

static void choose_font(struct virtual_printer *vp, uint8_t esc_m)
{
    int font = font_of(vp, esc_m);
    if (font < 0)
        paper_note(vp, "this printer has no such font");
    else
        vp->set.font = (uint8_t)font;
}

void set_print_mode(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    choose_font(vp, n & 1);
    vp->set.emphasised = n & 0x08;
    vp->set.scale_y = n & 0x10 ? 2 : 1;
    vp->set.scale_x = n & 0x20 ? 2 : 1;
    vp->set.underline = n & 0x80 ? vp->set.underline_last : 0;
}

/* Along the line; outside the area nothing changes. */
static void go_along(struct virtual_printer *vp, int64_t to)
{
    uint32_t end = vp->page_mode ? page_length(vp) : vp->line.area_dots;
    if (to < 0 || to > end)
        paper_note(vp, "outside the printing area, ignored");
    else if (vp->page_mode)
        vp->page.along_dots = (uint32_t)to;
    else
        vp->line.x_dots = (uint32_t)to;
}

void set_absolute_position(struct virtual_printer *vp, struct slice params)
{
    go_along(vp, units_across(vp, param16(params, 0)));
}

void set_relative_position(struct virtual_printer *vp, struct slice params)
{
    uint32_t n = param16(params, 0);
    int64_t by = n & 0x8000 ? -(int64_t)units_across(vp, 0x10000 - n) : units_across(vp, n);
    go_along(vp, (vp->page_mode ? vp->page.along_dots : vp->line.x_dots) + by);
}

void set_underline(struct virtual_printer *vp, struct slice params)
{
    int n = digit_param(param(params, 0), 2);
    if (n < 0)
        return;
    vp->set.underline = (uint8_t)n;
    if (n)
        vp->set.underline_last = (uint8_t)n;
}

void set_default_spacing(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    vp->set.spacing_half = DEFAULT_SPACING_DOTS * HALF;
}

void set_spacing(struct virtual_printer *vp, struct slice params)
{
    vp->set.spacing_half = units_down_half(vp, param(params, 0));
}

/* Stored in dots of the cell that is set now; a font chosen later does not move them. */
void set_tabs(struct virtual_printer *vp, struct slice params)
{
    struct settings *set = &vp->set;
    uint32_t cell =
        (vp->profile->fonts[set->font].width_dots + set->right_space_dots) * set->scale_x;
    uint8_t before = 0;
    set->n_tabs = 0;
    for (size_t i = 0; i < params.n && params.p[i] > before && set->n_tabs < MAX_TABS; i++) {
        before = params.p[i];
        set->tab_dots[set->n_tabs++] = before * cell;
    }
}

void set_emphasis(struct virtual_printer *vp, struct slice params)
{
    vp->set.emphasised = param(params, 0) & 1;
}

void set_double_strike(struct virtual_printer *vp, struct slice params)
{
    vp->set.double_strike = param(params, 0) & 1;
}

void set_font(struct virtual_printer *vp, struct slice params)
{
    choose_font(vp, param(params, 0));
}

void set_international(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    if (n <= 17 || (n >= 66 && n <= 75) || n == 82)
        vp->set.international = n;
}

void set_justification(struct virtual_printer *vp, struct slice params)
{
    int n = digit_param(param(params, 0), 2);
    if (n >= 0)
        vp->set.align = (uint8_t)n;
}

static void choose_page(struct virtual_printer *vp, uint8_t n, enum profile_select select)
{
    const struct profile *p = vp->profile;
    if (p->select != select) {
        paper_note(vp, "this printer chooses its code page otherwise");
        return;
    }
    for (unsigned i = 0; i < p->n_slots; i++) {
        if (p->slots[i].n == n) {
            vp->set.page = p->slots[i].page;
            return;
        }
    }
    paper_note(vp, "this printer has no such code page; the old one stays");
}

void set_code_page(struct virtual_printer *vp, struct slice params)
{
    choose_page(vp, param(params, 0), SELECT_ESC_T);
}

void set_star_code_page(struct virtual_printer *vp, struct slice params)
{
    choose_page(vp, param(params, 0), SELECT_ESC_GS_T);
}

void set_smooth(struct virtual_printer *vp, struct slice params)
{
    vp->set.smooth = param(params, 0) & 1;
}

void set_turned(struct virtual_printer *vp, struct slice params)
{
    int n = digit_param(param(params, 0), 2);
    if (n >= 0)
        vp->set.turned = n;
}

void set_upside_down(struct virtual_printer *vp, struct slice params)
{
    vp->set.upside_down = param(params, 0) & 1;
}

/* A printer without two-byte characters has nothing to switch. */
void set_double_byte_on(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    vp->set.double_byte = profile_pairs(vp->profile) != DOUBLE_BYTE_NONE;
}

void set_double_byte_off(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    vp->set.double_byte = false;
}

void set_size(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    if (n & 0x88)
        return;
    vp->set.scale_x = (uint8_t)((n >> 4) + 1);
    vp->set.scale_y = (uint8_t)((n & 7) + 1);
    vp->set.pair.scale_x = vp->set.scale_x;
    vp->set.pair.scale_y = vp->set.scale_y;
}

void set_inverted(struct virtual_printer *vp, struct slice params)
{
    vp->set.inverted = param(params, 0) & 1;
}

void set_margin(struct virtual_printer *vp, struct slice params)
{
    vp->set.margin_dots = units_x_dots(vp, param16(params, 0));
    line_take_area(vp);
}

void set_area(struct virtual_printer *vp, struct slice params)
{
    vp->set.area_dots = units_x_dots(vp, param16(params, 0));
    line_take_area(vp);
}

void set_units(struct virtual_printer *vp, struct slice params)
{
    uint8_t x = param(params, 0), y = param(params, 1);
    default_units(&vp->set, vp->profile);
    if (x)
        vp->set.units_x = x;
    if (y)
        vp->set.units_y = y;
}

void set_hri_position(struct virtual_printer *vp, struct slice params)
{
    int n = digit_param(param(params, 0), 3);
    if (n >= 0)
        vp->set.hri = (uint8_t)n;
}

void set_hri_font(struct virtual_printer *vp, struct slice params)
{
    int font = font_of(vp, param(params, 0));
    if (font >= 0)
        vp->set.hri_font = (uint8_t)font;
}

void set_bar_height(struct virtual_printer *vp, struct slice params)
{
    if (param(params, 0))
        vp->set.bar_height_dots = param(params, 0);
}

/* 68 to 76 are half steps of 2.0 to 6.0 dots; they are drawn at the whole step below. */
void set_bar_width(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    if (n >= 68 && n <= 76)
        n = (uint8_t)((n - 64) / 2);
    if (n >= 2 && n <= 6)
        vp->set.bar_module_dots = n;
    else
        paper_note(vp, "bars are 2 to 6 dots; ignored");
}
