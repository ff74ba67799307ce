/* How characters of two bytes are read and printed: FS !, -, C, S, W, ( A, ( C (facts §6). */
#include "virtual/handler.h"

#include "virtual/paper.h"

void set_pair_mode(struct virtual_printer *vp, struct slice params)
{
    struct pair_set *pair = &vp->set.pair;
    uint8_t n = param(params, 0);
    pair->scale_x = n & 0x04 ? 2 : 1;
    pair->scale_y = n & 0x08 ? 2 : 1;
    pair->underline = n & 0x80 ? pair->underline_last : 0;
}

void set_pair_underline(struct virtual_printer *vp, struct slice params)
{
    int n = digit_param(param(params, 0), 2);
    if (n < 0)
        return;
    vp->set.pair.underline = (uint8_t)n;
    if (n)
        vp->set.pair.underline_last = (uint8_t)n;
}

void set_pair_code(struct virtual_printer *vp, struct slice params)
{
    int n = digit_param(param(params, 0), 2);
    if (n >= 0)
        vp->set.pair.code = (uint8_t)n;
}

void set_pair_space(struct virtual_printer *vp, struct slice params)
{
    vp->set.pair.left_dots = units_across(vp, param(params, 0));
    vp->set.pair.right_dots = units_across(vp, param(params, 1));
}

void set_pair_quadruple(struct virtual_printer *vp, struct slice params)
{
    vp->set.pair.scale_x = vp->set.pair.scale_y = param(params, 0) & 1 ? 2 : 1;
}

void set_pair_font(struct virtual_printer *vp, struct slice params)
{
    static const uint8_t cells[][2] = {{24, 24}, {20, 24}, {16, 16}};
    int m = digit_param(param(params, 0), 2);
    if (m < 0)
        return;
    vp->set.pair.width_dots = cells[m][0];
    vp->set.pair.height_dots = cells[m][1];
}

/* Which models know UTF-8 no profile says: it is done for all. */
void set_encoding(struct virtual_printer *vp, struct slice params)
{
    uint8_t m = param(params, 0);
    if (m == 1 || m == 49)
        vp->set.utf8 = false;
    else if (m == 2 || m == 50)
        vp->set.utf8 = true;
}

/* FS ( C 60 a b: whose form of a character that several countries share comes first (a 0) or second
 * (a 1, which only says what a font that lacks the first falls back to). */
void set_priority(struct virtual_printer *vp, struct slice params)
{
    static const struct {
        uint8_t b;
        enum fonts_language language;
    } forms[] = {
        {0, FONTS_ANY}, {11, FONTS_JA}, {20, FONTS_ZH_CN}, {30, FONTS_ZH_TW}, {41, FONTS_KO},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (param(params, 0) == 0 && param(params, 1) == forms[i].b)
            vp->set.utf8_language = forms[i].language;
    }
}

/* FS C 255 of clones. */
void set_utf8_on(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    vp->set.utf8 = true;
}
