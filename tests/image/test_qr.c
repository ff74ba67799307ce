/* QR codes, read back by zbar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/symbol.h"
#include "zbar_opinion.h"

static const char *const VOUCHER = "BON1*7KQ2M9XDPA4TY*3*Z9K4QW7M2";

static unsigned side(const char *text, enum qr_level level)
{
    struct err err;
    struct bitmap qr;
    assert_true(qr_make(slice_str(text), level, &qr, &err));
    unsigned modules = qr.width_dots;
    assert_int_equal(qr.height_dots, modules);
    bitmap_finish(&qr);
    return modules;
}

static void a_voucher_text_takes_the_alphanumeric_mode(void **state)
{
    (void)state;
    /* 38 alphanumeric characters fit version 2-M, bytes only 26 (ISO/IEC 18004, table 7) */
    assert_int_equal(side("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$:", QR_M), 25);
    assert_int_equal(side("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$:A", QR_M), 29);
    assert_int_equal(side("abcdefghijklmnopqrstuvwxyz", QR_M), 25);
    assert_int_equal(side("abcdefghijklmnopqrstuvwxyz!", QR_M), 29);
    /* 63 digits in version 2-M */
    assert_int_equal(side("012345678901234567890123456789012345678901234567890123456789012", QR_M),
                     25);
}

static void a_mixture_is_no_larger_than_its_bytes(void **state)
{
    (void)state;
    assert_int_equal(side("https://bonbon.example/v/00000000000000000000000000000000000000", QR_L),
                     29);
}

static void the_side_known_beforehand_is_the_side_made(void **state)
{
    (void)state;
    static char text[7200];
    const struct {
        char c;
        unsigned step; /* the longest and the next length of each step-th version */
    } modes[] = {{'A', 3}, {'7', 5}};
    for (size_t m = 0; m < 2; m++) {
        memset(text, modes[m].c, sizeof text);
        for (int level = QR_L; level <= QR_H; level++) {
            unsigned was = 21, changes = 0;
            for (size_t n = 1; n <= 7090; n++) {
                unsigned now = qr_modules(slice_of(text, n), (enum qr_level)level);
                if (now == was)
                    continue;
                if (changes++ % modes[m].step == 0 || now == 0) {
                    struct bitmap qr;
                    struct err err;
                    assert_true(qr_make(slice_of(text, n - 1), (enum qr_level)level, &qr, &err));
                    assert_int_equal(qr.width_dots, was);
                    bitmap_finish(&qr);
                    assert_int_equal(qr_make(slice_of(text, n), (enum qr_level)level, &qr, &err),
                                     now != 0);
                    assert_int_equal(qr.width_dots, now);
                    bitmap_finish(&qr);
                }
                was = now;
                if (!now)
                    break;
            }
            assert_int_equal(was, 0);
            assert_int_equal(changes, 40);
        }
    }
}

static void lengths_of_table_7_fit_and_one_more_does_not(void **state)
{
    (void)state;
    static char text[7200];
    static const struct {
        char c;
        enum qr_level level;
        size_t most;
    } rows[] = {{'7', QR_L, 7089}, {'A', QR_L, 4296}, {'a', QR_L, 2953}, {'7', QR_M, 5596},
                {'A', QR_M, 3391}, {'a', QR_M, 2331}, {'7', QR_Q, 3993}, {'A', QR_Q, 2420},
                {'a', QR_Q, 1663}, {'7', QR_H, 3057}, {'A', QR_H, 1852}, {'a', QR_H, 1273}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        memset(text, rows[i].c, sizeof text);
        assert_int_equal(qr_modules(slice_of(text, rows[i].most), rows[i].level), 177);
        assert_int_equal(qr_modules(slice_of(text, rows[i].most + 1), rows[i].level), 0);
    }
}

static void no_data_and_too_much_are_errors_with_words(void **state)
{
    (void)state;
    static uint8_t bytes[8000];
    struct bitmap qr;
    struct err err = {0};
    assert_false(qr_make(slice_of("", 0), QR_L, &qr, &err));
    assert_int_equal(err.code, ERR_SYMBOL);
    assert_string_equal(err.arg[1], "there is no data");
    assert_null(qr.p);
    memset(bytes, 0xff, sizeof bytes);
    assert_false(qr_make(slice_of(bytes, sizeof bytes), QR_L, &qr, &err));
    assert_string_equal(err.arg[1], "8000 bytes are more than level L holds");
    assert_false(qr_make(slice_of(bytes, 2954), QR_L, &qr, &err));
    assert_null(qr.p);
    assert_int_equal(qr_modules(slice_of(NULL, 0), QR_H), 0);
}

static void zbar_reads_each_module_size_and_level(void **state)
{
    (void)state;
    if (!zbar_is_there())
        skip();
    struct buf got;
    buf_init(&got, 0);
    for (unsigned scale = 3; scale <= 8; scale++) {
        struct bitmap qr;
        struct err err;
        enum qr_level level = (enum qr_level)(scale % 4);
        assert_true(qr_make(slice_str(VOUCHER), level, &qr, &err));
        zbar_read(&qr, scale, "qrcode", &got);
        assert_string_equal(buf_cstr(&got), VOUCHER);
        bitmap_finish(&qr);
    }
    buf_finish(&got);
}

static void zbar_reads_digits_links_and_cyrillic(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "31415926535897932384626433832795",
        "https://bonbon.example/v?c=7KQ2-M9XD-PA4TY&k=00000000000000000001",
        "Кофе в зёрнах 250 г, 1 250,00 ₽, спасибо",
        "Cafea măcinată, mulțumim",
    };
    if (!zbar_is_there())
        skip();
    struct buf got;
    buf_init(&got, 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct bitmap qr;
        struct err err;
        assert_true(qr_make(slice_str(texts[i]), QR_M, &qr, &err));
        zbar_read(&qr, 4, "qrcode", &got);
        assert_string_equal(buf_cstr(&got), texts[i]);
        bitmap_finish(&qr);
    }
    buf_finish(&got);
}

static void a_zero_byte_is_data_like_any_other(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {'a', 0, 'b', 0, 'c', 0};
    struct bitmap qr, cut;
    struct err err;
    assert_true(qr_make(slice_of(bytes, sizeof bytes), QR_L, &qr, &err));
    assert_true(qr_make(slice_of(bytes, 1), QR_L, &cut, &err));
    assert_memory_not_equal(qr.p, cut.p, qr.stride_bytes * qr.height_dots);
    bitmap_finish(&cut);
    if (zbar_is_there()) {
        struct buf got;
        buf_init(&got, 0);
        zbar_read(&qr, 5, "qrcode", &got);
        assert_int_equal(got.n, sizeof bytes);
        assert_memory_equal(got.p, bytes, sizeof bytes);
        buf_finish(&got);
    }
    bitmap_finish(&qr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_voucher_text_takes_the_alphanumeric_mode),
        cmocka_unit_test(a_mixture_is_no_larger_than_its_bytes),
        cmocka_unit_test(the_side_known_beforehand_is_the_side_made),
        cmocka_unit_test(lengths_of_table_7_fit_and_one_more_does_not),
        cmocka_unit_test(no_data_and_too_much_are_errors_with_words),
        cmocka_unit_test(zbar_reads_each_module_size_and_level),
        cmocka_unit_test(zbar_reads_digits_links_and_cyrillic),
        cmocka_unit_test(a_zero_byte_is_data_like_any_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
