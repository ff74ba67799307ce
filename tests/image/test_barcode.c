/* Bar codes against zint's bars, and read back by zbar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "image/symbol.h"
#include "zbar_opinion.h"
#include "zint_opinion.h"

static struct barcode barcode; /* large: not on the stack */

static void make(enum symbology symbology, const char *data, size_t n)
{
    struct err err = {0};
    if (!barcode_make(symbology, slice_of(data, n), &barcode, &err))
        fail_msg("%s: %s", data, err.arg[1]);
}

static void refused(enum symbology symbology, const char *data, const char *reason)
{
    struct err err = {0};
    assert_false(barcode_make(symbology, slice_str(data), &barcode, &err));
    assert_int_equal(err.code, ERR_SYMBOL);
    assert_string_equal(err.arg[1], reason);
}

/* zint draws a wide element of the two-width codes two or three modules wide. */
static void same_as_zint(enum symbology symbology, enum zint_kind kind, const char *data, size_t n,
                         const char *theirs, size_t theirs_n)
{
    static uint8_t want[BARCODE_MAX_ELEMENTS];
    size_t elements = zint_elements(kind, theirs, theirs_n, want, sizeof want);
    assert_true(elements > 0);
    make(symbology, data, n);
    assert_int_equal(barcode.n, elements);
    for (size_t i = 0; i < elements; i++) {
        if (barcode.two_width && want[i] > 1)
            want[i] = 2;
        if (barcode.element[i] != want[i])
            fail_msg("%s: element %zu is %u, zint's is %u", data, i, barcode.element[i], want[i]);
    }
}

static void same_text(enum symbology symbology, enum zint_kind kind, const char *text)
{
    same_as_zint(symbology, kind, text, strlen(text), text, strlen(text));
}

static void the_bars_of_upc_and_ean_are_zints(void **state)
{
    (void)state;
    char digits[16];
    for (unsigned i = 0; i < 300; i++) {
        unsigned long long number = (i * UINT64_C(335544323317)) % UINT64_C(1000000000000);
        snprintf(digits, sizeof digits, "%012llu", number);
        same_text(BARCODE_EAN13, ZINT_EAN, digits);
        same_as_zint(BARCODE_UPC_A, ZINT_UPC_A, digits + 1, 11, digits + 1, 11);
        same_as_zint(BARCODE_EAN8, ZINT_EAN, digits + 5, 7, digits + 5, 7);
    }
}

static void the_bars_of_upc_e_are_zints_and_so_are_the_refusals(void **state)
{
    (void)state;
    char digits[16];
    uint8_t want[64];
    unsigned taken = 0;
    for (unsigned i = 0; i < 1000000; i += 997) {
        struct err err = {0};
        snprintf(digits, sizeof digits, "0%06u", i);
        size_t n = zint_elements(ZINT_UPC_E, digits, 7, want, sizeof want);
        bool made = barcode_make(BARCODE_UPC_E, slice_of(digits, 7), &barcode, &err);
        if (made != (n != 0))
            fail_msg("%s: made %d, zint made %d", digits, made, n != 0);
        if (!made)
            continue;
        assert_int_equal(barcode.n, n);
        assert_memory_equal(barcode.element, want, n);
        taken++;
    }
    assert_in_range(taken, 500, 1000);
}

static void upc_e_is_made_from_the_upc_a_it_stands_for(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        /* GS1 General Specifications, 5.2.2.4.2: one of each rule */
        {"01200000789", "127890"}, {"01210000789", "127891"}, {"01220000789", "127892"},
        {"01230000089", "123893"}, {"01290000089", "129893"}, {"01291000009", "129194"},
        {"01291100005", "129115"}, {"01291100009", "129119"},
    };
    static uint8_t elements[64];
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        make(BARCODE_UPC_E, pairs[i][0], 11);
        size_t n = barcode.n;
        memcpy(elements, barcode.element, n);
        make(BARCODE_UPC_E, pairs[i][1], 6);
        assert_int_equal(barcode.n, n);
        assert_memory_equal(barcode.element, elements, n);
    }
    refused(BARCODE_UPC_E, "01291100004", "this number has no zeros that can be left out");
    refused(BARCODE_UPC_E, "11200000789", "this number has no zeros that can be left out");
    refused(BARCODE_UPC_E, "1278901", "it must begin with 0");
    refused(BARCODE_UPC_E, "123456789", "it takes 6, 7, 8, 11 or 12 digits");
}

static void check_digits_are_added_or_verified(void **state)
{
    (void)state;
    make(BARCODE_EAN13, "400638133393", 12);
    assert_string_equal(barcode.text, "4006381333931");
    make(BARCODE_EAN13, "4006381333931", 13);
    assert_string_equal(barcode.text, "4006381333931");
    make(BARCODE_EAN8, "9638507", 7);
    assert_string_equal(barcode.text, "96385074");
    make(BARCODE_UPC_A, "03600029145", 11);
    assert_string_equal(barcode.text, "036000291452");
    make(BARCODE_UPC_E, "04252614", 8);
    assert_string_equal(barcode.text, "04252614");
    refused(BARCODE_EAN13, "4006381333932", "its check digit is 2, it should be 1");
    refused(BARCODE_EAN8, "96385070", "its check digit is 0, it should be 4");
    refused(BARCODE_UPC_A, "036000291453", "its check digit is 3, it should be 2");
    refused(BARCODE_UPC_E, "04252615", "its check digit is 5, it should be 4");
}

static void lengths_and_letters_that_cannot_be_are_named(void **state)
{
    (void)state;
    refused(BARCODE_EAN13, "12345", "it takes 12 or 13 digits, not 5");
    refused(BARCODE_EAN13, "40063813339x", "'x' cannot stand at place 12");
    refused(BARCODE_UPC_A, "", "it takes 11 or 12 digits, not 0");
    refused(BARCODE_CODE39, "ABCd", "'d' cannot stand at place 4");
    refused(BARCODE_CODE39, "AB*CD", "'*' cannot stand at place 3");
    refused(BARCODE_CODE39, "**", "there is no data");
    refused(BARCODE_CODE39, "*", "there is no data");
    refused(BARCODE_ITF, "12A4", "'A' cannot stand at place 3");
    refused(BARCODE_ITF, "1", "it takes 2 to 255 digits");
    refused(BARCODE_CODABAR, "1234", "'1' cannot stand at place 1");
    refused(BARCODE_CODABAR, "A12B3C", "'B' cannot stand at place 4");
    refused(BARCODE_CODABAR, "A123", "'3' cannot stand at place 4");
    refused(BARCODE_CODABAR, "A1E3B", "'E' cannot stand at place 3");
    refused(BARCODE_CODE93, "a\x80", "the byte 0x80 cannot stand at place 2");
    refused(BARCODE_CODE93, "", "it takes 1 to 255 characters");
    refused(BARCODE_CODE128, "12345", "it must begin with {A, {B or {C");
    refused(BARCODE_CODE128, "{D12", "it must begin with {A, {B or {C");
    refused(BARCODE_CODE128, "{B", "there is no data");
    refused(BARCODE_CODE128, "{Bab{", "'{' cannot stand at place 5");
    refused(BARCODE_CODE128, "{Bab{X", "'{' cannot stand at place 5");
    refused(BARCODE_CODE128, "{Aab", "'a' cannot stand at place 3");
    refused(BARCODE_CODE128, "{Babc\n", "the byte 0x0A cannot stand at place 6");
    refused(BARCODE_CODE128, "{Cd", "'d' cannot stand at place 3");
    refused(BARCODE_CODE128, "{C{2", "'{' cannot stand at place 3");
    refused(BARCODE_CODE128, "{A{S", "nothing follows the shift {S");
    refused(BARCODE_CODE128, "{A{S{BA", "'{' cannot stand at place 5");
}

static void the_bars_of_two_width_codes_are_zints(void **state)
{
    (void)state;
    same_text(BARCODE_CODE39, ZINT_CODE39, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%");
    same_as_zint(BARCODE_CODE39, ZINT_CODE39, "*GIVEN*", 7, "GIVEN", 5);
    same_as_zint(BARCODE_CODE39, ZINT_CODE39, "*HALF", 5, "HALF", 4);
    same_text(BARCODE_ITF, ZINT_ITF, "00102030405060708090112233445566778899");
    same_text(BARCODE_ITF, ZINT_ITF, "9876543210");
    same_as_zint(BARCODE_ITF, ZINT_ITF, "12345", 5, "1234", 4);
    same_text(BARCODE_CODABAR, ZINT_CODABAR, "A0123456789-$:/.+B");
    same_text(BARCODE_CODABAR, ZINT_CODABAR, "C40156D");
    same_as_zint(BARCODE_CODABAR, ZINT_CODABAR, "a12d", 4, "A12D", 4);
}

static void the_bars_of_code93_are_zints_for_all_of_ascii(void **state)
{
    (void)state;
    char all[128];
    for (int i = 0; i < 128; i++)
        all[i] = (char)i;
    same_text(BARCODE_CODE93, ZINT_CODE93, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%");
    for (size_t i = 0; i < 128; i += 16)
        same_as_zint(BARCODE_CODE93, ZINT_CODE93, all + i, 16, all + i, 16);
    make(BARCODE_CODE93, "A\nb", 3);
    assert_string_equal(barcode.text, "□A□b□");
}

static void the_bars_of_code128_are_zints_where_zint_takes_the_same_sets(void **state)
{
    (void)state;
    const struct {
        const char *ours, *theirs;
    } rows[] = {
        {"{BHello, world!", "Hello, world!"},
        {"{Babcdefghijklmnopqrstuvwxyz~|}", "abcdefghijklmnopqrstuvwxyz~|}"},
        {"{B{{x{{", "{x{"},
        {"{C\x0c\x22\x38\x4e\x5a\x63", "123456789099"},
        {"{A\x01\x02\x03\x1f", "\x01\x02\x03\x1f"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        same_as_zint(BARCODE_CODE128, ZINT_CODE128, rows[i].ours, strlen(rows[i].ours),
                     rows[i].theirs, strlen(rows[i].theirs));
    /* every value of set C but 00, which a C string cannot hold, two at a time */
    for (int i = 1; i < 99; i++) {
        const char ours[] = {'{', 'C', (char)i, (char)(i + 1), 0};
        if (i == '{')
            continue;
        char theirs[24];
        snprintf(theirs, sizeof theirs, "%02d%02d", i, i + 1);
        same_as_zint(BARCODE_CODE128, ZINT_CODE128, ours, 4, theirs, 4);
    }
}

static void code128_takes_the_sets_that_the_data_names(void **state)
{
    (void)state;
    /* the sums worked out by hand from the values of ISO/IEC 15417, table 1 */
    static const struct {
        const char *data;
        size_t n;
        const char *text;
        uint16_t symbols; /* start, values, check */
    } rows[] = {
        {"{BNo.{C\x0c\x22\x38", 10, "No.123456", 9}, /* Epson's example: B, C */
        {"{Bab{S\x01"
         "c",
         8, "ab c", 7},                /* shift: one character of A */
        {"{AAB{Sc{BD", 10, "ABcD", 8}, /* shift out of A, then B */
        {"{B{1{2{3{4x", 11, "x", 7},   /* functions are not shown */
        {"{C\x00\x01{B!", 7, "0001!", 6},
        {"{B{Bx", 5, "x", 3}, /* the set it is in already */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(BARCODE_CODE128, rows[i].data, rows[i].n);
        assert_string_equal(barcode.text, rows[i].text);
        assert_int_equal(barcode.n, rows[i].symbols * 6 + 7);
    }
}

static void the_longest_data_fits_and_hri_is_cut_on_a_character(void **state)
{
    (void)state;
    char data[256];
    memset(data, 1, sizeof data);
    make(BARCODE_CODE93, data, 255); /* two values each, and □ for each in HRI */
    assert_int_equal(barcode.n, (2 + 255 * 2 + 2) * 6 + 1);
    assert_int_equal(strlen(barcode.text), 255);
    memset(data, 'A', sizeof data);
    make(BARCODE_CODE39, data, 255);
    assert_int_equal(barcode.n, 257 * 10 - 1);
    memset(data, '7', sizeof data);
    make(BARCODE_ITF, data, 255);
    assert_int_equal(strlen(barcode.text), 254);
    data[0] = '{';
    data[1] = 'B';
    make(BARCODE_CODE128, data, 255);
    assert_int_equal(barcode.n, (1 + 253 + 1) * 6 + 7);
}

static void wide_elements_have_the_dots_of_the_manual(void **state)
{
    (void)state;
    /* Epson TM-T88III, GS w: ITF of 12 is 4 narrow, 10 elements with 4 wide, then wide, narrow,
     * narrow */
    static const uint8_t wide[] = {0, 0, 5, 8, 10, 13, 16};
    make(BARCODE_ITF, "12", 2);
    for (unsigned module = 2; module <= 6; module++)
        assert_int_equal(barcode_width_dots(&barcode, module), 12 * module + 5 * wide[module]);
    make(BARCODE_EAN13, "400638133393", 12);
    for (unsigned module = 2; module <= 6; module++)
        assert_int_equal(barcode_width_dots(&barcode, module), 95 * module);
    assert_int_equal(barcode_width_dots(&barcode, 0), 95 * 2);
    assert_int_equal(barcode_width_dots(&barcode, 99), 95 * 6);
}

static void bars_are_drawn_from_top_to_bottom(void **state)
{
    (void)state;
    struct bitmap b;
    struct err err;
    make(BARCODE_EAN8, "9638507", 7);
    assert_true(barcode_draw(&barcode, 3, 40, &b, &err));
    assert_int_equal(b.width_dots, 67 * 3);
    assert_int_equal(b.height_dots, 40);
    for (uint32_t y = 1; y < 40; y++)
        assert_memory_equal(b.p, b.p + y * b.stride_bytes, b.stride_bytes);
    for (uint32_t x = 0; x < 9; x++) /* the guard: bar, space, bar */
        assert_int_equal(bitmap_get(&b, x, 0), x / 3 != 1);
    bitmap_finish(&b);
}

static void zbar_reads_every_symbology(void **state)
{
    (void)state;
    static const struct {
        enum symbology symbology;
        const char *data, *kind, *want;
    } rows[] = {
        {BARCODE_EAN13, "400638133393", "ean13", "4006381333931"},
        {BARCODE_EAN8, "9638507", "ean8", "96385074"},
        {BARCODE_UPC_A, "03600029145", "upca ean13", "036000291452"},
        {BARCODE_UPC_E, "04252614", "upce ean13", "04252614"},
        {BARCODE_UPC_E, "01291100009", "upce ean13", NULL},
        {BARCODE_CODE39, "BONBON-42 $/+%", "code39", "BONBON-42 $/+%"},
        {BARCODE_ITF, "00102030405060", "i25", "00102030405060"},
        {BARCODE_CODABAR, "A40156$+B", "codabar", "A40156$+B"},
        {BARCODE_CODE93, "Bonbon 42, ~{}", "code93", "Bonbon 42, ~{}"},
        {BARCODE_CODE128, "{BNo.{C\x0c\x22\x38", "code128", "No.123456"},
        {BARCODE_CODE128, "{BBonbon{{42}", "code128", "Bonbon{42}"},
        {BARCODE_CODE128, "{AAB{Sc{BD", "code128", "ABcD"},
    };
    if (!zbar_is_there())
        skip();
    struct buf got;
    buf_init(&got, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bitmap b;
        struct err err;
        make(rows[i].symbology, rows[i].data, strlen(rows[i].data));
        assert_true(barcode_draw(&barcode, 2 + i % 4, 80, &b, &err));
        zbar_read(&b, 1, rows[i].kind, &got);
        assert_string_equal(buf_cstr(&got), rows[i].want ? rows[i].want : barcode.text);
        bitmap_finish(&b);
    }
    buf_finish(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bars_of_upc_and_ean_are_zints),
        cmocka_unit_test(the_bars_of_upc_e_are_zints_and_so_are_the_refusals),
        cmocka_unit_test(upc_e_is_made_from_the_upc_a_it_stands_for),
        cmocka_unit_test(check_digits_are_added_or_verified),
        cmocka_unit_test(lengths_and_letters_that_cannot_be_are_named),
        cmocka_unit_test(the_bars_of_two_width_codes_are_zints),
        cmocka_unit_test(the_bars_of_code93_are_zints_for_all_of_ascii),
        cmocka_unit_test(the_bars_of_code128_are_zints_where_zint_takes_the_same_sets),
        cmocka_unit_test(code128_takes_the_sets_that_the_data_names),
        cmocka_unit_test(the_longest_data_fits_and_hri_is_cut_on_a_character),
        cmocka_unit_test(wide_elements_have_the_dots_of_the_manual),
        cmocka_unit_test(bars_are_drawn_from_top_to_bottom),
        cmocka_unit_test(zbar_reads_every_symbology),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
