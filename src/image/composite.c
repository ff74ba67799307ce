#include "image/composite.h"

#include "image/gs1.h"

#include <stdio.h>
#include <zint.h>

/* Lengths as Epson's GS ( k 480 has them; bars as high as ISO/IEC 24724 asks for at least, where it
 * does (in modules). */
static const struct linear {
    int symbology;
    uint16_t least, most; /* bytes of the primary data */
    uint8_t bar_modules;
    bool gs1;
} linears[LINEARS] = {
    [LINEAR_EAN8] = {BARCODE_EANX_CC, 7, 7, 44, false},
    [LINEAR_EAN13] = {BARCODE_EANX_CC, 12, 12, 44, false},
    [LINEAR_UPC_A] = {BARCODE_UPCA_CC, 11, 11, 44, false},
    [LINEAR_UPC_E] = {BARCODE_UPCE_CC, 6, 11, 44, false},
    [LINEAR_DATABAR] = {BARCODE_DBAR_OMN_CC, 13, 13, 33, false},
    [LINEAR_DATABAR_TRUNCATED] = {BARCODE_DBAR_OMN_CC, 13, 13, 13, false},
    [LINEAR_DATABAR_STACKED] = {BARCODE_DBAR_STK_CC, 13, 13, 7, false},
    [LINEAR_DATABAR_STACKED_OMNI] = {BARCODE_DBAR_OMNSTK_CC, 13, 13, 33, false},
    [LINEAR_DATABAR_LIMITED] = {BARCODE_DBAR_LTD_CC, 13, 13, 10, false},
    [LINEAR_DATABAR_EXPANDED] = {BARCODE_DBAR_EXP_CC, 2, 255, 34, true},
    [LINEAR_DATABAR_EXPANDED_STACKED] = {BARCODE_DBAR_EXPSTK_CC, 2, 255, 34, true},
    [LINEAR_GS1_128] = {BARCODE_GS1_128_CC, 2, 255, 44, true},
};

void composite_wish(const struct code2d_wish *wish, struct zint_symbol *z)
{
    const struct linear *l = &linears[wish->linear];
    z->symbology = l->symbology;
    z->option_1 = wish->cc_c ? 3 : 0;
    z->option_2 = (int)wish->columns / 2;
}

static bool wrong(const char *why, struct err *err)
{
    return FAIL(err, ERR_SYMBOL, code2d_name(CODE2D_COMPOSITE), why);
}

static bool set_digits(const struct code2d_wish *wish, struct zint_symbol *z, struct err *err)
{
    const struct slice digits = wish->primary;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return wrong("its linear code takes digits", err);
    }
    if (wish->linear == LINEAR_UPC_E) {
        char printed[9];
        if (!upc_e_shorten(digits, printed, err))
            return false;
        snprintf(z->primary, sizeof z->primary, "%.7s", printed);
        return true;
    }
    snprintf(z->primary, sizeof z->primary, "%.*s", (int)digits.n, (const char *)digits.p);
    return true;
}

static bool set_elements(const struct code2d_wish *wish, struct zint_symbol *z, struct err *err)
{
    struct gs1 gs1;
    char brackets[2 * GS1_MAX_BYTES];
    if (!gs1_read(code2d_name(CODE2D_COMPOSITE), wish->primary, &gs1, err))
        return false;
    if (!gs1_in_brackets(&gs1, brackets))
        return wrong("its linear code has no GS1 elements", err);
    if (strlen(brackets) >= sizeof z->primary)
        return wrong("its linear code is too long", err);
    memcpy(z->primary, brackets, strlen(brackets) + 1);
    return true;
}

uint32_t composite_bar_modules(const struct code2d_wish *wish)
{
    return linears[wish->linear].bar_modules;
}

bool composite_set_primary(const struct code2d_wish *wish, struct zint_symbol *z, struct err *err)
{
    const struct linear *l = &linears[wish->linear];
    if (wish->primary.n < l->least || wish->primary.n > l->most)
        return wrong("its linear code has another number of characters", err);
    return l->gs1 ? set_elements(wish, z, err) : set_digits(wish, z, err);
}
