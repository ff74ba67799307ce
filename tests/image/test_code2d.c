/* Symbols of two dimensions and GS1 codes, read back by zxing-cpp, which shares no line with the
 * library that draws them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/code2d.h"
#include "image/gs1.h"
#include "image/symbol.h"
#include "zxing_opinion.h"

static const char EVERYDAY[] = "https://shop.example/v/7KQ2M9XDPA4TY?a=1&b=%20";

static void made(enum code2d_kind kind, struct slice data, const struct code2d_wish *wish,
                 struct bitmap *out)
{
    struct err err = {0};
    if (!code2d_make(kind, data, wish, out, &err))
        fail_msg("%s: %s", code2d_name(kind), err.arg[1]);
}

static void reads_as(const struct bitmap *symbol, unsigned scale_x, unsigned scale_y,
                     const char *format, struct slice data)
{
    struct buf read;
    buf_init(&read, 0);
    zxing_read(symbol, scale_x, scale_y, format, &read);
    if (!slice_equal(buf_slice(&read), data))
        fail_msg("%s at %u×%u: zxing reads '%s'", format, scale_x, scale_y, buf_cstr(&read));
    buf_finish(&read);
}

static void comes_back(enum code2d_kind kind, const struct code2d_wish *wish, const char *format,
                       unsigned tall, struct slice data, unsigned from, unsigned to)
{
    struct bitmap symbol;
    made(kind, data, wish, &symbol);
    for (unsigned module = from; module <= to; module++)
        reads_as(&symbol, module, module * tall, format, data);
    bitmap_finish(&symbol);
}

static void every_module_size_is_read_back(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    struct slice data = slice_str(EVERYDAY);
    comes_back(CODE2D_PDF417, NULL, "PDF417", 3, data, 2, 8);
    comes_back(CODE2D_DATAMATRIX, NULL, "DataMatrix", 1, data, 2, 16);
    comes_back(CODE2D_AZTEC, NULL, "Aztec", 1, data, 2, 16);
}

static void any_bytes_come_back(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    static const struct {
        enum code2d_kind kind;
        const char *format;
        unsigned tall;
    } rows[] = {
        {CODE2D_PDF417, "PDF417", 3},
        {CODE2D_DATAMATRIX, "DataMatrix", 1},
        {CODE2D_AZTEC, "Aztec", 1},
    };
    uint8_t all[256];
    for (unsigned i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        comes_back(rows[i].kind, NULL, rows[i].format, rows[i].tall, slice_of(all, sizeof all), 4,
                   4);
        comes_back(rows[i].kind, NULL, rows[i].format, rows[i].tall, slice_str("1"), 4, 4);
        comes_back(rows[i].kind, NULL, rows[i].format, rows[i].tall, slice_str("Ceai, 4,50 lei"), 4,
                   4);
    }
}

static void a_datamatrix_has_its_finder_around_it(void **state)
{
    (void)state;
    struct bitmap symbol;
    made(CODE2D_DATAMATRIX, slice_str(EVERYDAY), NULL, &symbol);
    assert_int_equal(symbol.width_dots, symbol.height_dots);
    for (uint32_t i = 0; i < symbol.width_dots; i++) {
        assert_true(bitmap_get(&symbol, 0, i));
        assert_true(bitmap_get(&symbol, i, symbol.height_dots - 1));
        assert_int_equal(bitmap_get(&symbol, i, 0), i % 2 == 0);
    }
    bitmap_finish(&symbol);
}

static void wishes_shape_the_symbol(void **state)
{
    (void)state;
    struct slice data = slice_str(EVERYDAY);
    struct bitmap symbol;
    made(CODE2D_PDF417, data, &(struct code2d_wish){.columns = 5}, &symbol);
    assert_int_equal(symbol.width_dots, 17 * (5 + 4) + 1); /* start, stop and two indicators */
    bitmap_finish(&symbol);
    made(CODE2D_PDF417, data, &(struct code2d_wish){.columns = 5, .truncated = true}, &symbol);
    assert_int_equal(symbol.width_dots, 17 * (5 + 2) + 1);
    bitmap_finish(&symbol);
    made(CODE2D_PDF417, data, &(struct code2d_wish){.columns = 4, .rows = 30}, &symbol);
    assert_int_equal(symbol.height_dots, 30);
    bitmap_finish(&symbol);
    made(CODE2D_DATAMATRIX, data, &(struct code2d_wish){.columns = 52, .rows = 52}, &symbol);
    assert_int_equal(symbol.width_dots, 52);
    bitmap_finish(&symbol);
    made(CODE2D_DATAMATRIX, slice_str("12"),
         &(struct code2d_wish){.columns = 26, .rows = 12, .rectangle = true}, &symbol);
    assert_int_equal(symbol.width_dots, 26);
    assert_int_equal(symbol.height_dots, 12);
    bitmap_finish(&symbol);
    made(CODE2D_AZTEC, slice_str("12"), &(struct code2d_wish){.layers = 3, .compact = true},
         &symbol);
    assert_int_equal(symbol.width_dots, 11 + 4 * 3);
    bitmap_finish(&symbol);
    made(CODE2D_AZTEC, slice_str("12"), &(struct code2d_wish){.layers = 8}, &symbol);
    assert_int_equal(symbol.width_dots, 14 + 4 * 8 + 1 + 2 * 1); /* a reference grid line a side */
    bitmap_finish(&symbol);
    made(CODE2D_MICRO_QR, slice_str("1234"), NULL, &symbol);
    assert_int_equal(symbol.width_dots, 11);
    bitmap_finish(&symbol);
}

static void a_maxicode_is_as_wide_as_its_standard_says(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    struct bitmap symbol;
    struct slice data = slice_str("Masa 12, comanda 4711");
    made(CODE2D_MAXICODE, data, &(struct code2d_wish){.dpi = 203}, &symbol);
    /* 28.14 mm with a hexagon of 0.88 mm quiet at each side (ISO/IEC 16023): 211 dots */
    assert_in_range(symbol.width_dots, 207, 215);
    reads_as(&symbol, 1, 1, "MaxiCode", data);
    bitmap_finish(&symbol);
}

static void what_cannot_be_made_is_said(void **state)
{
    (void)state;
    static uint8_t many[5000];
    struct bitmap symbol;
    for (int kind = 0; kind < CODE2D_KINDS; kind++) {
        struct err err = {0};
        assert_false(code2d_make((enum code2d_kind)kind, slice_str(""), NULL, &symbol, &err));
        assert_int_equal(err.code, ERR_SYMBOL);
        assert_null(symbol.p);
        err = (struct err){0};
        assert_false(
            code2d_make((enum code2d_kind)kind, slice_of(many, sizeof many), NULL, &symbol, &err));
        assert_int_equal(err.code, ERR_SYMBOL);
    }
}

static struct barcode barcode; /* large: not on the stack */

/* zxing-cpp gives DataBar Expanded with its brackets. */
static void bars_read_as(enum symbology symbology, const char *data, const char *format,
                         const char *want)
{
    struct err err = {0};
    if (!barcode_make(symbology, slice_str(data), &barcode, &err))
        fail_msg("%s: %s", data, err.arg[1]);
    for (unsigned module = 2; module <= 6; module++) {
        struct bitmap bars;
        assert_true(barcode_draw(&barcode, module, 100, &bars, &err));
        reads_as(&bars, 1, 1, format, slice_str(want));
        bitmap_finish(&bars);
    }
}

static void databar_is_read_back(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    bars_read_as(BARCODE_DATABAR, "0950110153000", "DataBar", "09501101530003");
    assert_string_equal(barcode.text, "(01)09501101530003");
    bars_read_as(BARCODE_DATABAR_TRUNCATED, "09501101530003", "DataBar", "09501101530003");
    bars_read_as(BARCODE_DATABAR_EXPANDED, "(01)9501234567890*(3103)000123", "DataBarExpanded",
                 "(01)95012345678903(3103)000123");
    assert_string_equal(barcode.text, "(01)95012345678903(3103)000123");
    bars_read_as(BARCODE_DATABAR_EXPANDED, "10ABC{121XYZ", "DataBarExpanded", "(10)ABC(21)XYZ");
}

/* zxing-cpp 1.4 does not know the limited form. */
static void databar_limited_has_the_elements_of_its_standard(void **state)
{
    (void)state;
    struct err err = {0};
    assert_true(barcode_make(BARCODE_DATABAR_LIMITED, slice_str("1501234567890"), &barcode, &err));
    assert_string_equal(barcode.text, "(01)15012345678907");
    assert_int_equal(barcode_width_dots(&barcode, 2) / 2, 79 - 1 - 5); /* ISO/IEC 24724,
                                                                              less the white ends */
    assert_false(barcode_make(BARCODE_DATABAR_LIMITED, slice_str("2501234567890"), &barcode, &err));
}

static void code128_without_sets_is_read_back(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    static const char *const data[] = {
        "A",        "12",           "123",         "1234",       "12345",
        "AB123456", "123456AB",     "AB12345678C", "ab\tCD\x01", "No. 1234, 7,50",
        "0001",     "x123456789y1", "\x1f{}~`",    "1234567a",
    };
    for (size_t i = 0; i < sizeof data / sizeof *data; i++)
        bars_read_as(BARCODE_CODE128_AUTO, data[i], "Code128", data[i]);
}

static void code128_without_sets_takes_pairs_of_digits_where_they_are_shorter(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        uint16_t values; /* with start and check */
    } rows[] = {
        {"1234", 2 + 2},
        {"12345", 2 + 2 + 2},
        {"AB1234", 2 + 2 + 1 + 2},
        {"AB123", 2 + 5},
        {"A1234B", 2 + 6},
        {"A123456B", 2 + 1 + 1 + 3 + 2},
        {"A1234567B", 2 + 2 + 1 + 3 + 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        assert_true(barcode_make(BARCODE_CODE128_AUTO, slice_str(rows[i].data), &barcode, &err));
        if (barcode.n != rows[i].values * 6 + 7)
            fail_msg("%s: %u values", rows[i].data, (barcode.n - 7U) / 6);
    }
}

static void gs1_128_is_read_back_with_its_separators(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    bars_read_as(BARCODE_GS1_128, "(01)0950110153000*(10)ABC{1(21)12", "Code128",
                 "010950110153000310ABC\x1d"
                 "2112");
    assert_string_equal(barcode.text, "(01)09501101530003(10)ABC(21)12");
    bars_read_as(BARCODE_GS1_128, "(00)34012345123456789{*", "Code128", "0034012345123456789*");
}

static void gs1_elements_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *data, *brackets;
    } rows[] = {
        {"(01)09501101530003(10)ABC", "[01]09501101530003[10]ABC"},
        {"010950110153000310ABC{121X", "[01]09501101530003[10]ABC[21]X"},
        {"(3103)000123(15)991231", "[3103]000123[15]991231"},
        {"(8008)0102030405", "[8008]0102030405"},
        {"(98)A(1)", "[98]A1"}, /* ( ) are only for people */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gs1 gs1;
        struct err err = {0};
        char brackets[2 * GS1_MAX_BYTES];
        assert_true(gs1_read("GS1", slice_str(rows[i].data), &gs1, &err));
        assert_true(gs1_in_brackets(&gs1, brackets));
        assert_string_equal(brackets, rows[i].brackets);
    }
    static const char *const wrong[] = {"(05)123", "01123", "A", "1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct gs1 gs1;
        struct err err = {0};
        char brackets[2 * GS1_MAX_BYTES];
        assert_true(gs1_read("GS1", slice_str(wrong[i]), &gs1, &err));
        assert_false(gs1_in_brackets(&gs1, brackets));
    }
}

/* The linear part, as a scanner that knows no composites reads it. DataBar says that something
 * stands above it by ten million millions more (ISO/IEC 24724, the linkage flag); zxing-cpp 1.4
 * does not take them off. */
static void a_composite_stands_above_bars_that_are_read_back(void **state)
{
    (void)state;
    static const struct {
        enum code2d_linear linear;
        const char *primary, *read;
        unsigned bar_modules;
    } rows[] = {
        {LINEAR_EAN8, "9638507", "96385074", 44},
        {LINEAR_EAN13, "590123412345", "5901234123457", 44},
        {LINEAR_UPC_A, "12345678901", "123456789012", 44},
        {LINEAR_UPC_E, "01234500005", "01234558", 44},
        {LINEAR_UPC_E, "123455", "01234558", 44},
        {LINEAR_DATABAR, "0950110153000", "109501101530002", 33},
        {LINEAR_DATABAR_TRUNCATED, "0950110153000", "109501101530002", 13},
        {LINEAR_DATABAR_EXPANDED, "(01)09501101530003(10)AB", "(01)09501101530003(10)AB", 34},
        {LINEAR_GS1_128, "(01)09501101530003", "0109501101530003", 44},
    };
    if (!zxing_is_there())
        skip();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct code2d_wish wish = {.linear = rows[i].linear,
                                         .primary = slice_str(rows[i].primary)};
        struct bitmap symbol, bars;
        struct err err = {0};
        struct buf read;
        if (!code2d_make(CODE2D_COMPOSITE, SLICE_LITERAL("(21)A1"), &wish, &symbol, &err))
            fail_msg("%s: %s", rows[i].primary, err.arg[1]);
        assert_true(symbol.height_dots > rows[i].bar_modules + 5); /* and the component above */
        assert_true(bitmap_init(&bars, symbol.width_dots, rows[i].bar_modules, &err));
        for (uint32_t y = 0; y < bars.height_dots; y++)
            memcpy(bars.p + y * bars.stride_bytes,
                   symbol.p + (symbol.height_dots - rows[i].bar_modules + y) * symbol.stride_bytes,
                   bars.stride_bytes);
        buf_init(&read, 0);
        zxing_read(&bars, 3, 3, NULL, &read);
        assert_string_equal(buf_cstr(&read), rows[i].read);
        buf_finish(&read);
        bitmap_finish(&bars);
        bitmap_finish(&symbol);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_module_size_is_read_back),
        cmocka_unit_test(any_bytes_come_back),
        cmocka_unit_test(a_datamatrix_has_its_finder_around_it),
        cmocka_unit_test(wishes_shape_the_symbol),
        cmocka_unit_test(a_maxicode_is_as_wide_as_its_standard_says),
        cmocka_unit_test(what_cannot_be_made_is_said),
        cmocka_unit_test(databar_is_read_back),
        cmocka_unit_test(databar_limited_has_the_elements_of_its_standard),
        cmocka_unit_test(code128_without_sets_is_read_back),
        cmocka_unit_test(code128_without_sets_takes_pairs_of_digits_where_they_are_shorter),
        cmocka_unit_test(gs1_128_is_read_back_with_its_separators),
        cmocka_unit_test(gs1_elements_are_told_apart),
        cmocka_unit_test(a_composite_stands_above_bars_that_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
