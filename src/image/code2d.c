/* libzint is linked, not loaded when asked for: 0.045 ms of a cold start (measured, Debian 12's
 * 2.11.1). Its BARCODE_ names are also ours, so image/symbol.h stays out of this file. */
#include "image/code2d.h"

#include "image/composite.h"
#include "image/gs1.h"

#include <stdio.h>
#include <zint.h>

/* How a wish goes into zint's three options, by kind. */
typedef void wisher(const struct code2d_wish *wish, struct zint_symbol *z);

static void wish_nothing(const struct code2d_wish *wish, struct zint_symbol *z)
{
    (void)wish, (void)z;
}

static void wish_pdf417(const struct code2d_wish *wish, struct zint_symbol *z)
{
    if (wish->truncated)
        z->symbology = BARCODE_PDF417COMP;
    if (wish->level)
        z->option_1 = (int)wish->level - 1;
    z->option_2 = (int)wish->columns;
    z->option_3 = (int)wish->rows;
}

/* zint numbers the sizes in this order, from 1. */
static const struct {
    uint8_t across, down;
} datamatrix_sizes[] = {
    {10, 10}, {12, 12}, {14, 14}, {16, 16}, {18, 18},   {20, 20},   {22, 22},   {24, 24},
    {26, 26}, {32, 32}, {36, 36}, {40, 40}, {44, 44},   {48, 48},   {52, 52},   {64, 64},
    {72, 72}, {80, 80}, {88, 88}, {96, 96}, {104, 104}, {120, 120}, {132, 132}, {144, 144},
    {18, 8},  {32, 8},  {26, 12}, {36, 12}, {36, 16},   {48, 16},
};

static void wish_datamatrix(const struct code2d_wish *wish, struct zint_symbol *z)
{
    if (!wish->rectangle)
        z->option_3 = DM_SQUARE;
    for (size_t i = 0; i < sizeof datamatrix_sizes / sizeof *datamatrix_sizes; i++) {
        if (datamatrix_sizes[i].across == wish->columns && datamatrix_sizes[i].down == wish->rows)
            z->option_2 = (int)i + 1;
    }
}

/* Sizes 1 to 4 are the compact ones, 5 to 36 have 1 to 32 layers. zint takes a size or a level. */
static void wish_aztec(const struct code2d_wish *wish, struct zint_symbol *z)
{
    static const uint8_t percents[] = {10, 23, 36, 50};
    if (wish->layers && wish->compact)
        z->option_2 = wish->layers <= 4 ? (int)wish->layers : 0;
    else if (wish->layers)
        z->option_2 = (int)wish->layers + 4;
    if (z->option_2 > 0 || !wish->level)
        return;
    z->option_1 = 1;
    while (z->option_1 < 4 && percents[z->option_1 - 1] < wish->level)
        z->option_1++;
}

static void wish_level(const struct code2d_wish *wish, struct zint_symbol *z)
{
    if (wish->level)
        z->option_1 = (int)wish->level;
}

static void wish_columns(const struct code2d_wish *wish, struct zint_symbol *z)
{
    z->option_2 = (int)wish->columns / 2; /* segments, two characters each */
}

static void wish_maxicode(const struct code2d_wish *wish, struct zint_symbol *z)
{
    z->option_1 = wish->maxicode_mode ? (int)wish->maxicode_mode : 4;
}

static const struct {
    const char *name;
    wisher *wish;
    int symbology;
    uint16_t most_bytes;
    bool gs1;
} kinds[CODE2D_KINDS] = {
    [CODE2D_PDF417] = {"PDF417", wish_pdf417, BARCODE_PDF417, 2710, false},
    [CODE2D_DATAMATRIX] = {"DataMatrix", wish_datamatrix, BARCODE_DATAMATRIX, 3116, false},
    [CODE2D_AZTEC] = {"Aztec", wish_aztec, BARCODE_AZTEC, 3832, false},
    [CODE2D_MICRO_QR] = {"Micro QR", wish_level, BARCODE_MICROQR, 35, false},
    [CODE2D_MAXICODE] = {"MaxiCode", wish_maxicode, BARCODE_MAXICODE, 138, false},
    [CODE2D_DATABAR] = {"GS1 DataBar", wish_nothing, BARCODE_DBAR_OMN, 14, false},
    [CODE2D_DATABAR_LIMITED] = {"GS1 DataBar Limited", wish_nothing, BARCODE_DBAR_LTD, 14, false},
    [CODE2D_DATABAR_EXPANDED] = {"GS1 DataBar Expanded", wish_nothing, BARCODE_DBAR_EXP, 255, true},
    [CODE2D_DATABAR_STACKED] = {"GS1 DataBar Stacked", wish_nothing, BARCODE_DBAR_STK, 14, false},
    [CODE2D_DATABAR_STACKED_OMNI] = {"GS1 DataBar Stacked Omnidirectional", wish_nothing,
                                     BARCODE_DBAR_OMNSTK, 14, false},
    [CODE2D_DATABAR_EXPANDED_STACKED] = {"GS1 DataBar Expanded Stacked", wish_columns,
                                         BARCODE_DBAR_EXPSTK, 255, true},
    [CODE2D_COMPOSITE] = {"GS1 Composite", composite_wish, BARCODE_EANX_CC, 255, true},
};

const char *code2d_name(enum code2d_kind kind)
{
    return kinds[kind].name;
}

/* zint's words without its number: "Error 524: Invalid …". */
static const char *reason_of(const struct zint_symbol *z)
{
    const char *colon = strstr(z->errtxt, ": ");
    return colon ? colon + 2 : z->errtxt[0] ? z->errtxt : "zint refuses the data";
}

static uint32_t row_dots(enum code2d_kind kind, const struct code2d_wish *wish,
                         const struct zint_symbol *z, int row)
{
    bool stacked = kind == CODE2D_DATABAR_STACKED || kind == CODE2D_DATABAR_STACKED_OMNI ||
                   kind == CODE2D_DATABAR_EXPANDED_STACKED || kind == CODE2D_COMPOSITE;
    if (kind == CODE2D_COMPOSITE && z->row_height[row] < 1)
        return composite_bar_modules(wish);
    return stacked && z->row_height[row] >= 1 ? (uint32_t)(z->row_height[row] + 0.5F) : 1;
}

static bool draw_rows(enum code2d_kind kind, const struct code2d_wish *wish,
                      const struct zint_symbol *z, struct bitmap *out, struct err *err)
{
    uint32_t height = 0, y = 0;
    for (int row = 0; row < z->rows; row++)
        height += row_dots(kind, wish, z, row);
    if (!bitmap_init(out, (uint32_t)z->width, height, err))
        return false;
    for (int row = 0; row < z->rows; row++) {
        uint32_t dots = row_dots(kind, wish, z, row);
        for (int x = 0; x < z->width; x++) {
            if (z->encoded_data[row][x / 8] >> (x % 8) & 1)
                bitmap_fill(out, (uint32_t)x, y, 1, dots);
        }
        y += dots;
    }
    return true;
}

/* MaxiCode is hexagons around a bull's eye: zint's own picture, in the size that the standard says
 * (ISO/IEC 16023: 28.14 mm wide with a hexagon of quiet zone at each side). */
static bool draw_picture(const struct code2d_wish *wish, struct zint_symbol *z, struct bitmap *out,
                         struct err *err)
{
    enum { STANDARD_WIDTH_UM = 28140, INCH_UM = 25400, ZINT_WIDTH_AT_1 = 300 };
    unsigned dpi = wish->dpi ? wish->dpi : 203;
    float want = (float)dpi * STANDARD_WIDTH_UM / INCH_UM;
    z->scale = want / ZINT_WIDTH_AT_1;
    z->output_options |= OUT_BUFFER_INTERMEDIATE;
    if (ZBarcode_Buffer(z, 0) >= ZINT_ERROR)
        return FAIL(err, ERR_SYMBOL, "MaxiCode", reason_of(z));
    uint32_t width = (uint32_t)z->bitmap_width, height = (uint32_t)z->bitmap_height;
    if (!bitmap_init(out, width, height, err))
        return false;
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            if (z->bitmap[(size_t)y * width + x] == '1')
                bitmap_set(out, x, y);
        }
    }
    return true;
}

/* Postal code, country and service class in front of the message (modes 2 and 3) go into zint's
 * primary message as nine or six characters and three digits each. */
static struct slice take_carrier(struct slice data, unsigned mode, struct zint_symbol *z)
{
    enum { GS = 0x1d, FIELDS = 3 };
    struct slice field[FIELDS], rest = data;
    for (unsigned i = 0; i < FIELDS; i++) {
        size_t n = slice_find(rest, GS);
        field[i] = slice_sub(rest, 0, n);
        rest = slice_sub(rest, n + 1, rest.n);
    }
    int width = mode == 2 ? 9 : 6;
    int n_postal = field[0].n < (size_t)width ? (int)field[0].n : width;
    snprintf(z->primary, sizeof z->primary, "%-*.*s000000", width, n_postal,
             n_postal ? (const char *)field[0].p : "");
    for (size_t i = 1; i < FIELDS; i++) {
        char *at = z->primary + width + 3 * (i - 1);
        size_t n = field[i].n < 3 ? field[i].n : 3;
        if (n)
            memcpy(at + 3 - n, field[i].p, n);
    }
    for (int i = 0; mode == 2 && i < width; i++)
        z->primary[i] = z->primary[i] == ' ' ? '0' : z->primary[i];
    return rest;
}

static bool encode(enum code2d_kind kind, struct slice data, const struct code2d_wish *wish,
                   struct zint_symbol *z, struct err *err)
{
    char brackets[2 * GS1_MAX_BYTES];
    z->symbology = kinds[kind].symbology;
    z->input_mode = DATA_MODE;
    kinds[kind].wish(wish, z);
    if (kind == CODE2D_COMPOSITE && !composite_set_primary(wish, z, err))
        return false;
    if (kinds[kind].gs1) {
        struct gs1 gs1;
        if (!gs1_read(kinds[kind].name, data, &gs1, err))
            return false;
        if (!gs1_in_brackets(&gs1, brackets))
            return FAIL(err, ERR_SYMBOL, kinds[kind].name, "these are no GS1 elements");
        z->input_mode = GS1_MODE | GS1NOCHECK_MODE;
        data = slice_str(brackets);
    }
    if (kind == CODE2D_MAXICODE && (z->option_1 == 2 || z->option_1 == 3))
        data = take_carrier(data, (unsigned)z->option_1, z);
    if (!data.n)
        return FAIL(err, ERR_SYMBOL, kinds[kind].name, "there is no data");
    if (ZBarcode_Encode(z, data.p, (int)data.n) >= ZINT_ERROR)
        return FAIL(err, ERR_SYMBOL, kinds[kind].name, reason_of(z));
    return true;
}

bool code2d_make(enum code2d_kind kind, struct slice data, const struct code2d_wish *wish,
                 struct bitmap *out, struct err *err)
{
    static const struct code2d_wish nothing;
    *out = (struct bitmap){0};
    if (!wish)
        wish = &nothing;
    if (data.n > kinds[kind].most_bytes)
        return FAIL(err, ERR_SYMBOL, kinds[kind].name, "it holds less than that");
    struct zint_symbol *z = ZBarcode_Create();
    if (!z)
        return FAIL(err, ERR_TOO_BIG, kinds[kind].name, "memory");
    bool ok = encode(kind, data, wish, z, err);
    if (ok)
        ok = kind == CODE2D_MAXICODE ? draw_picture(wish, z, out, err)
                                     : draw_rows(kind, wish, z, out, err);
    ZBarcode_Delete(z);
    return ok;
}
