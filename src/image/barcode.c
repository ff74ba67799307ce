#include "image/barcode.h"

#include <stdio.h>

enum { MODULE_MIN = 2, MODULE_MAX = 6 };

/* Dots of a wide element of CODE39, ITF and CODABAR for modules of 2 to 6 dots (Epson TM-T88III, GS
 * w). */
static const uint8_t WIDE_DOTS[MODULE_MAX + 1] = {0, 0, 5, 8, 10, 13, 16};

static bool (*const MAKERS[])(struct slice data, struct barcode *out, struct err *err) = {
    [BARCODE_UPC_A] = upc_a_make,
    [BARCODE_UPC_E] = upc_e_make,
    [BARCODE_EAN13] = ean13_make,
    [BARCODE_EAN8] = ean8_make,
    [BARCODE_CODE39] = code39_make,
    [BARCODE_ITF] = itf_make,
    [BARCODE_CODABAR] = codabar_make,
    [BARCODE_CODE93] = code93_make,
    [BARCODE_CODE128] = code128_make,
    [BARCODE_GS1_128] = gs1_128_make,
    [BARCODE_DATABAR] = databar_make,
    [BARCODE_DATABAR_TRUNCATED] = databar_make,
    [BARCODE_DATABAR_LIMITED] = databar_limited_make,
    [BARCODE_DATABAR_EXPANDED] = databar_expanded_make,
    [BARCODE_CODE128_AUTO] = code128_auto_make,
};

void barcode_add(struct barcode *barcode, const char *widths)
{
    for (; *widths; widths++)
        if (*widths != ' ' && barcode->n < BARCODE_MAX_ELEMENTS)
            barcode->element[barcode->n++] = (uint8_t)(*widths - '0');
}

void barcode_say(struct barcode *barcode, const char *text)
{
    size_t used = strlen(barcode->text), n = strlen(text);
    if (used + n < BARCODE_MAX_TEXT)
        memcpy(barcode->text + used, text, n + 1);
}

void barcode_say_char(struct barcode *barcode, uint8_t c)
{
    barcode_say(barcode, (const char[]){(char)c, 0});
}

bool barcode_fail(struct err *err, const char *name, const char *reason)
{
    return FAIL(err, ERR_SYMBOL, name, reason);
}

bool barcode_fail_at(struct err *err, const char *name, struct slice data, size_t index)
{
    uint8_t c = data.p[index];
    char reason[96];
    if (c > 0x20 && c < 0x7f)
        snprintf(reason, sizeof reason, "'%c' cannot stand at place %zu", c, index + 1);
    else
        snprintf(reason, sizeof reason, "the byte 0x%02X cannot stand at place %zu", c, index + 1);
    return FAIL(err, ERR_SYMBOL, name, reason);
}

bool barcode_make(enum symbology symbology, struct slice data, struct barcode *out, struct err *err)
{
    out->n = 0;
    out->two_width = false;
    out->text[0] = 0;
    return MAKERS[symbology](data, out, err);
}

static unsigned clamp_module(unsigned module_dots)
{
    return module_dots < MODULE_MIN   ? MODULE_MIN
           : module_dots > MODULE_MAX ? MODULE_MAX
                                      : module_dots;
}

static uint32_t element_dots(const struct barcode *barcode, size_t i, unsigned module)
{
    if (barcode->two_width && barcode->element[i] == 2)
        return WIDE_DOTS[module];
    return barcode->element[i] * module;
}

uint32_t barcode_width_dots(const struct barcode *barcode, unsigned module_dots)
{
    uint32_t width = 0;
    for (size_t i = 0; i < barcode->n; i++)
        width += element_dots(barcode, i, clamp_module(module_dots));
    return width;
}

bool barcode_draw(const struct barcode *barcode, unsigned module_dots, uint32_t height_dots,
                  struct bitmap *out, struct err *err)
{
    if (!bitmap_init(out, barcode_width_dots(barcode, module_dots), height_dots, err))
        return false;
    uint32_t x = 0;
    for (size_t i = 0; i < barcode->n; i++) {
        uint32_t width = element_dots(barcode, i, clamp_module(module_dots));
        if (i % 2 == 0)
            bitmap_fill(out, x, 0, width, height_dots);
        x += width;
    }
    return true;
}
