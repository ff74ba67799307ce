/* The baked faces: whole, sorted, and with every character that a European printer's code pages
 * have (iconv says which). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <iconv.h>

#include "base/utf8.h"
#include "image/face.h"
#include "image/face_table.h"

static const struct face_table *const TABLES[] = {
    [FACE_12X24] = &face_table_12x24,
    [FACE_8X16] = &face_table_8x16,
};
enum { FACES = 2 };

static void code_points_ascend_and_begin_with_ascii(void **state)
{
    (void)state;
    for (int face = 0; face < FACES; face++) {
        const struct face_table *t = TABLES[face];
        assert_true(t->n > 1000);
        for (uint32_t i = 0; i <= 0x7e - 0x20; i++)
            assert_int_equal(t->code[i], 0x20 + i);
        for (size_t i = 1; i < t->n; i++)
            assert_true(t->code[i - 1] < t->code[i]);
    }
}

static void each_code_point_is_found_where_it_stands_and_no_other(void **state)
{
    (void)state;
    for (int face = 0; face < FACES; face++) {
        const struct face_table *t = TABLES[face];
        size_t found = 0;
        for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
            const uint16_t *glyph = face_glyph((enum face)face, cp);
            if (!glyph)
                continue;
            assert_int_equal(t->code[found], cp);
            assert_ptr_equal(glyph, t->rows + found * t->height_dots);
            found++;
        }
        assert_int_equal(found, t->n);
        assert_null(face_glyph((enum face)face, UINT32_MAX));
    }
}

static uint32_t ink(const uint16_t *glyph, unsigned rows)
{
    uint32_t dots = 0;
    for (unsigned y = 0; y < rows; y++)
        dots += (uint32_t)__builtin_popcount(glyph[y]);
    return dots;
}

static void glyphs_stay_in_their_cell_and_only_blanks_are_blank(void **state)
{
    (void)state;
    for (int face = 0; face < FACES; face++) {
        const struct face_table *t = TABLES[face];
        for (size_t i = 0; i < t->n; i++) {
            const uint16_t *glyph = t->rows + i * t->height_dots;
            for (unsigned y = 0; y < t->height_dots; y++)
                assert_int_equal(glyph[y] & (0xffff >> t->width_dots), 0);
            uint32_t cp = t->code[i];
            if ((cp > 0x20 && cp < 0x7f) || (cp > 0xa0 && cp < 0x530))
                assert_true(ink(glyph, t->height_dots) > 0);
        }
        assert_int_equal(ink(face_glyph((enum face)face, ' '), t->height_dots), 0);
        assert_int_equal(ink(face_glyph((enum face)face, 0xa0), t->height_dots), 0);
    }
}

static void letters_of_font_a_are_told_apart(void **state)
{
    (void)state;
    for (uint32_t a = 0x21; a < 0x7f; a++)
        for (uint32_t b = a + 1; b < 0x7f; b++)
            assert_memory_not_equal(face_glyph(FACE_12X24, a), face_glyph(FACE_12X24, b), 48);
}

static void assert_all(const char *text)
{
    struct slice rest = slice_str(text);
    for (uint32_t cp; utf8_take(&rest, &cp);)
        for (int face = 0; face < FACES; face++)
            if (!face_glyph((enum face)face, cp))
                fail_msg("U+%04X is in no face", cp);
}

static void letters_signs_and_boxes_of_our_languages_are_there(void **state)
{
    (void)state;
    assert_all("ăâîșțĂÂÎȘȚşţŞŢ„”«»–—…•№°©®™");
    assert_all("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя");
    assert_all("ІіЇїЄєҐґЎўЈјЉљЊњЋћЂђЏџӘәҒғҚқҢңӨөҰұҮүҺһ");
    assert_all("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ");
    assert_all("äöüßÄÖÜñçéèêëàáãåæøœžščřťďľĺŕôůűőąęłśźżćńğıİþðÿ");
    assert_all("─│┌┐└┘├┤┬┴┼═║╔╗╚╝╠╣╦╩╬╒╓╕╖╘╙╛╜╞╟╡╢╤╥╧╨╪╫░▒▓█▀▄▌▐■");
    assert_all("€£¥¢₪₧ƒ");
}

static void currency_signs_that_terminus_lacks_were_drawn(void **state)
{
    (void)state;
    assert_all("₽₴₸₺₼₾₹□★☆✂");
}

static void every_character_of_european_code_pages_is_there(void **state)
{
    (void)state;
    static const char *const pages[] = {
        "CP437",  "CP737",  "CP775",      "CP850",      "CP852",      "CP855",       "CP857",
        "CP858",  "CP860",  "CP861",      "CP862",      "CP863",      "CP865",       "CP866",
        "CP869",  "CP1250", "CP1251",     "CP1252",     "CP1253",     "CP1254",      "CP1257",
        "KOI8-U", "KOI8-R", "ISO-8859-2", "ISO-8859-5", "ISO-8859-9", "ISO-8859-15", "ISO-8859-16",
    };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        iconv_t cd = iconv_open("UTF-32LE", pages[i]);
        if (cd == (iconv_t)-1)
            fail_msg("iconv does not know %s", pages[i]);
        for (unsigned byte = 0x20; byte < 0x100; byte++) {
            char in[1] = {(char)byte}, *from = in;
            uint32_t cp = 0;
            char *to = (char *)&cp;
            size_t in_left = 1, out_left = sizeof cp;
            iconv(cd, NULL, NULL, NULL, NULL);
            if (iconv(cd, &from, &in_left, &to, &out_left) == (size_t)-1)
                continue; /* not a character of this page */
            if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
                continue;
            for (int face = 0; face < FACES; face++)
                if (!face_glyph((enum face)face, cp))
                    fail_msg("%s 0x%02X, U+%04X is in no face", pages[i], byte, cp);
        }
        iconv_close(cd);
    }
}

static bool dot(const uint16_t *glyph, unsigned x, unsigned y)
{
    return glyph[y] >> (15 - x) & 1;
}

static void boxes_join_without_a_gap(void **state)
{
    (void)state;
    for (int i = 0; i < FACES; i++) {
        enum face face = (enum face)i;
        const unsigned w = TABLES[i]->width_dots, h = TABLES[i]->height_dots;
        const uint16_t *across = face_glyph(face, 0x2500), *down = face_glyph(face, 0x2502);
        const uint16_t *cross = face_glyph(face, 0x253c), *corner = face_glyph(face, 0x250c);
        unsigned rows = 0, columns = 0;
        for (unsigned y = 0; y < h; y++) {
            assert_int_equal(dot(across, 0, y), dot(across, w - 1, y));
            assert_int_equal(dot(corner, w - 1, y), dot(across, 0, y));
            assert_int_equal(dot(cross, w - 1, y), dot(across, 0, y));
            rows += dot(across, 0, y);
        }
        for (unsigned x = 0; x < w; x++) {
            assert_int_equal(dot(down, x, 0), dot(down, x, h - 1));
            assert_int_equal(dot(corner, x, h - 1), dot(down, x, 0));
            assert_int_equal(dot(cross, x, 0), dot(down, x, 0));
            columns += dot(down, x, 0);
        }
        assert_true(rows > 0 && columns > 0);
        assert_true(ink(across, h) == rows * w);
        assert_true(ink(down, h) == columns * h);
    }
}

static void blocks_fill_their_cell(void **state)
{
    (void)state;
    for (int i = 0; i < FACES; i++) {
        enum face face = (enum face)i;
        const unsigned w = TABLES[i]->width_dots, h = TABLES[i]->height_dots;
        const uint16_t *full = face_glyph(face, 0x2588), *top = face_glyph(face, 0x2580),
                       *bottom = face_glyph(face, 0x2584), *left = face_glyph(face, 0x258c),
                       *right = face_glyph(face, 0x2590);
        assert_int_equal(ink(full, h), w * h);
        for (unsigned y = 0; y < h; y++) {
            assert_int_equal(top[y] ^ bottom[y], full[y]);
            assert_int_equal(left[y] ^ right[y], full[y]);
        }
    }
}

static void a_missing_character_shows_its_number_in_a_box(void **state)
{
    (void)state;
    uint32_t rows[24], other[24];
    for (int wide = 0; wide < 2; wide++) {
        const uint32_t edge = wide ? 0xfffffe : 0xffe000;
        for (uint32_t cp = 0; cp < 0x110000; cp += 0x1357) {
            face_missing(cp, wide, rows);
            assert_int_equal(rows[0], edge);
            assert_int_equal(rows[23], edge);
            for (int y = 0; y < 24; y++)
                assert_int_equal(rows[y] & ~edge, 0);
            /* a change of any one digit shows */
            for (unsigned shift = 0; shift < (cp > 0xfffff  ? 24
                                              : cp > 0xffff ? 20
                                                            : 16);
                 shift += 4) {
                face_missing(cp ^ (uint32_t)1 << shift, wide, other);
                assert_memory_not_equal(rows, other, sizeof rows);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_points_ascend_and_begin_with_ascii),
        cmocka_unit_test(each_code_point_is_found_where_it_stands_and_no_other),
        cmocka_unit_test(glyphs_stay_in_their_cell_and_only_blanks_are_blank),
        cmocka_unit_test(letters_of_font_a_are_told_apart),
        cmocka_unit_test(letters_signs_and_boxes_of_our_languages_are_there),
        cmocka_unit_test(currency_signs_that_terminus_lacks_were_drawn),
        cmocka_unit_test(every_character_of_european_code_pages_is_there),
        cmocka_unit_test(boxes_join_without_a_gap),
        cmocka_unit_test(blocks_fill_their_cell),
        cmocka_unit_test(a_missing_character_shows_its_number_in_a_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
