/* Han on the paper of the virtual printer: in the form of the country whose letters stand in the
 * document. */
#include "escpos/encoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "virtual/virtual.h"

static void the_language_of_a_text_is_that_of_its_letters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum fonts_language language;
    } rows[] = {
        {"", FONTS_ANY},
        {"Coffee 12.50 Cafetăria Чек", FONTS_ANY},
        {"合計 直 1250", FONTS_ANY},
        {"領収書 コーヒー", FONTS_JA},
        {"領収書 ｺｰﾋｰ", FONTS_JA},
        {"총액 合計", FONTS_KO},
        {"ㄅㄆㄇ 總計", FONTS_ZH_TW},
        {"감사합니다 の", FONTS_KO},
        {"\xe3\x81", FONTS_ANY}, /* broken at its end */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(fonts_language_of(slice_str(rows[i].text)), rows[i].language);
}

/* 直 in the first two columns of the paper is the font's of this language. */
static void expect_form(const char *document, enum fonts_language language)
{
    struct escpos *e;
    struct virtual_printer *vp;
    struct fonts *fonts;
    struct buf bytes;
    struct err err;
    uint8_t rows[24][3] = {0};
    const struct profile *profile = profile_find(SLICE_LITERAL("epson-tm-t20iii"));
    buf_init(&bytes, 0);
    assert_true(escpos_create(&e, profile, &bytes, &err));
    escpos_use_text(e, slice_str(document));
    escpos_text(e, 0, SLICE_LITERAL("直"), escpos_plain);
    escpos_line(e);
    assert_true(virtual_create(&vp, profile, &err));
    virtual_feed(vp, buf_slice(&bytes));
    virtual_end(vp);
    assert_true(fonts_create(&fonts, &err));
    assert_true(fonts_draw_one(fonts, language, 0x76f4, 24, 24, rows[0], 3));
    for (unsigned y = 0; y < 24; y++) {
        for (unsigned x = 0; x < 24; x++)
            assert_int_equal(bitmap_get(virtual_paper(vp), x, y),
                             rows[y][x / 8] >> (7 - x % 8) & 1);
    }
    fonts_destroy(fonts);
    virtual_destroy(vp);
    escpos_destroy(e);
    buf_finish(&bytes);
}

static void han_is_drawn_in_the_form_of_the_language_of_the_document(void **state)
{
    (void)state;
    expect_form("直", FONTS_ZH_CN);
    expect_form("直 コーヒー", FONTS_JA);
}

static void japan_and_china_write_it_differently(void **state)
{
    (void)state;
    struct fonts *fonts;
    struct err err;
    uint8_t china[24][3] = {0}, japan[24][3] = {0};
    assert_true(fonts_create(&fonts, &err));
    assert_true(fonts_draw_one(fonts, FONTS_ZH_CN, 0x76f4, 24, 24, china[0], 3));
    assert_true(fonts_draw_one(fonts, FONTS_JA, 0x76f4, 24, 24, japan[0], 3));
    assert_memory_not_equal(china, japan, sizeof china);
    fonts_destroy(fonts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_language_of_a_text_is_that_of_its_letters),
        cmocka_unit_test(japan_and_china_write_it_differently),
        cmocka_unit_test(han_is_drawn_in_the_form_of_the_language_of_the_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
