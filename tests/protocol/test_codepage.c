#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <uchar.h>

#include "base/slice.h"
#include "base/utf8.h"
#include "protocol/codepage.h"

/* Where a printer's page is not iconv's, and why. */
static const struct {
    enum code_page page;
    uint8_t byte;
    uint32_t ours, theirs;
} differences[] = {
    /* Epson's Ukrainian page has ÷ and ± where RUSCII has · and √. */
    {CODE_PAGE_PC1125, 0xFA, 0xF7, 0xB7},
    {CODE_PAGE_PC1125, 0xFB, 0xB1, 0x221A},
};

/* The character of one byte in iconv's opinion; 0 where it has none or has a control (ISO 8859-x,
 * 80–9F). */
static uint32_t iconv_char(iconv_t cd, uint8_t byte)
{
    char in = (char)byte;
    char *from = &in;
    size_t n_in = 1;
    unsigned char out[8] = {0};
    char *to = (char *)out;
    size_t n_out = sizeof out;
    iconv(cd, NULL, NULL, NULL, NULL);
    if (iconv(cd, &from, &n_in, &to, &n_out) == (size_t)-1)
        return 0;
    /* Pages with combining marks hold a letter back until it is said that none follows. */
    if (iconv(cd, NULL, NULL, &to, &n_out) == (size_t)-1)
        return 0;
    assert_int_equal(sizeof out - n_out, 4);
    uint32_t cp = out[0] | (uint32_t)out[1] << 8 | (uint32_t)out[2] << 16;
    return cp < 0xA0 ? 0 : cp;
}

static uint32_t expected_char(enum code_page page, uint8_t byte, uint32_t theirs)
{
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++) {
        if (differences[i].page != page || differences[i].byte != byte)
            continue;
        assert_int_equal(theirs, differences[i].theirs);
        return differences[i].ours;
    }
    return theirs;
}

static void every_byte_of_every_page_draws_what_iconv_says(void **state)
{
    (void)state;
    unsigned pages = 0;
    for (unsigned page = 0; page < CODE_PAGE_COUNT; page++) {
        const char *name = code_page_iconv(page);
        if (!name)
            continue;
        iconv_t cd = iconv_open("UTF-32LE", name);
        if (cd == (iconv_t)-1)
            fail_msg("iconv does not know %s", name);
        for (unsigned byte = 0x80; byte <= 0xFF; byte++) {
            uint32_t expected = expected_char(page, (uint8_t)byte, iconv_char(cd, (uint8_t)byte));
            uint32_t ours = code_page_char(page, (uint8_t)byte);
            if (ours != expected)
                fail_msg("%s %02X: U+%04X, iconv U+%04X", name, byte, ours, expected);
        }
        iconv_close(cd);
        pages++;
    }
    assert_int_equal(pages, CODE_PAGE_COUNT - 3); /* all but 720, 853 and Katakana */
}

/* The lowest byte that draws cp; 0 when none does, or nobody should be sent there. */
static uint8_t byte_that_draws(enum code_page page, uint32_t cp)
{
    for (unsigned byte = 0x80; byte <= 0xFF && cp != 0xA0 && cp != 0xAD; byte++) {
        if (code_page_char(page, (uint8_t)byte) == cp)
            return (uint8_t)byte;
    }
    return 0;
}

static void the_row_of_a_page_is_found_by_the_last_bytes_of_utf8(void **state)
{
    (void)state;
    for (unsigned page = 0; page < CODE_PAGE_COUNT; page++) {
        const uint8_t *row = code_page_row(page);
        unsigned there = 0, expected = 0;
        for (unsigned place = 0; place < CODE_PAGE_ROW; place++)
            there += row[place] != 0;
        for (uint32_t cp = 0x80; cp < 0x2580; cp = cp == 0x47F ? 0x2500 : cp + 1) {
            uint8_t utf8[4];
            const size_t n = utf8_put(cp, utf8);
            const uint32_t word = (uint32_t)utf8[n - 2] << 8 | utf8[n - 1];
            const uint32_t place =
                n == 2 ? word - CODE_PAGE_LETTERS : CODE_PAGE_FIRST_BOX + word - CODE_PAGE_BOXES;
            assert_int_equal(code_page_place(cp), place);
            assert_int_equal(row[place], byte_that_draws(page, cp));
            expected += row[place] != 0;
        }
        assert_int_equal(there, expected); /* nothing where no UTF-8 leads */
    }
}

static void half_width_katakana_stand_where_shift_jis_has_them(void **state)
{
    (void)state;
    iconv_t cd = iconv_open("UTF-32LE", "SHIFT_JIS");
    assert_true(cd != (iconv_t)-1);
    for (unsigned byte = 0xA1; byte <= 0xDF; byte++)
        assert_int_equal(code_page_char(CODE_PAGE_KATAKANA, (uint8_t)byte),
                         iconv_char(cd, (uint8_t)byte));
    iconv_close(cd);
    assert_int_equal(code_page_char(CODE_PAGE_KATAKANA, 0xF1), 0x5186); /* 円 */
    assert_int_equal(code_page_char(CODE_PAGE_KATAKANA, 0x94), 0);      /* sources disagree */
}

static void ascii_is_ascii_in_every_page_and_controls_draw_nothing(void **state)
{
    (void)state;
    for (unsigned page = 0; page < CODE_PAGE_COUNT; page++) {
        for (unsigned byte = 0; byte < 0x80; byte++) {
            uint32_t expected = byte >= 0x20 && byte < 0x7F ? byte : 0;
            assert_int_equal(code_page_char(page, (uint8_t)byte), expected);
        }
    }
}

static void every_page_has_a_name_of_its_own_and_half_a_table_at_least(void **state)
{
    (void)state;
    for (unsigned page = 0; page < CODE_PAGE_COUNT; page++) {
        assert_non_null(code_page_name(page));
        for (unsigned other = 0; other < page; other++)
            assert_string_not_equal(code_page_name(page), code_page_name(other));
        unsigned defined = 0;
        for (unsigned byte = 0x80; byte <= 0xFF; byte++)
            defined += code_page_char(page, (uint8_t)byte) != 0;
        assert_in_range(defined, 64, 128);
    }
}

static void the_way_back_leads_to_a_byte_that_draws_the_same(void **state)
{
    (void)state;
    for (unsigned page = 0; page < CODE_PAGE_COUNT; page++) {
        for (unsigned byte = 0x80; byte <= 0xFF; byte++) {
            uint32_t cp = code_page_char(page, (uint8_t)byte);
            if (cp < 0x80 || cp == 0xA0 || cp == 0xAD)
                continue;
            uint8_t back = 0;
            assert_true(code_page_byte(page, cp, &back));
            assert_int_equal(code_page_char(page, back), cp);
        }
    }
}

static void what_a_page_lacks_has_no_way_back(void **state)
{
    (void)state;
    for (unsigned page = 0; page < CODE_PAGE_COUNT; page++) {
        for (uint32_t cp = 0; cp <= 0xFFFF; cp++) {
            uint8_t byte = 0;
            if (code_page_byte(page, cp, &byte))
                assert_int_equal(code_page_char(page, byte), cp);
        }
        uint8_t byte = 0;
        assert_false(code_page_byte(page, 'A', &byte));
        assert_false(code_page_byte(page, 0xA0, &byte));
        assert_false(code_page_byte(page, 0xAD, &byte));
        assert_false(code_page_byte(page, 0xFFFD, &byte));
        assert_false(
            code_page_byte(page, 0x20BD, &byte)); /* the rouble sign is younger than the pages */
        assert_false(code_page_byte(page, 0x219, &byte)); /* ș with comma: in no page */
        assert_false(code_page_byte(page, 0x1F600, &byte));
    }
}

struct place {
    enum code_page page;
    char16_t cp;
    uint8_t byte; /* 0: the page has none */
};

static void check_places(const struct place *places, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = 0;
        bool found = code_page_byte(places[i].page, places[i].cp, &byte);
        assert_int_equal(found, places[i].byte != 0);
        assert_int_equal(byte, places[i].byte);
    }
}

static void letters_of_the_markets_stand_where_the_manuals_have_them(void **state)
{
    (void)state;
    static const struct place places[] = {
        {CODE_PAGE_PC852, u'Ă', 0xC6},   {CODE_PAGE_PC852, u'ă', 0xC7},
        {CODE_PAGE_PC852, u'Â', 0xB6},   {CODE_PAGE_PC852, u'î', 0x8C},
        {CODE_PAGE_PC852, 0x15E, 0xB8},  {CODE_PAGE_PC852, 0x15F, 0xAD},
        {CODE_PAGE_PC852, 0x162, 0xDD},  {CODE_PAGE_PC852, 0x163, 0xEE},
        {CODE_PAGE_WPC1250, u'ă', 0xE3}, {CODE_PAGE_WPC1250, 0x163, 0xFE},
        {CODE_PAGE_PC857, 0x15F, 0x9F},  {CODE_PAGE_PC866, u'Ё', 0xF0},
        {CODE_PAGE_PC866, u'ё', 0xF1},   {CODE_PAGE_PC866, u'Ґ', 0},
        {CODE_PAGE_PC1125, u'Ґ', 0xF2},  {CODE_PAGE_PC855, u'Є', 0x87},
        {CODE_PAGE_WPC1251, u'Ї', 0xAF}, {CODE_PAGE_KZ1048, u'Ә', 0xA3},
        {CODE_PAGE_PC866, 0x2116, 0xFC}, {CODE_PAGE_WPC1251, 0x2116, 0xB9},
        {CODE_PAGE_PC853, u'Ğ', 0xA6},   {CODE_PAGE_PC853, u'ı', 0xD5},
        {CODE_PAGE_PC720, u'£', 0x9C},   {CODE_PAGE_PC720, u'é', 0x82},
        {CODE_PAGE_PC720, 0x628, 0xA0}, /* Arabic beh */
    };
    check_places(places, sizeof places / sizeof *places);
}

static void currency_signs_stand_where_the_manuals_have_them(void **state)
{
    (void)state;
    static const struct place places[] = {
        {CODE_PAGE_PC858, 0x20AC, 0xD5},      {CODE_PAGE_WPC1250, 0x20AC, 0x80},
        {CODE_PAGE_WPC1251, 0x20AC, 0x88},    {CODE_PAGE_KZ1048, 0x20AC, 0x88},
        {CODE_PAGE_ISO8859_15, 0x20AC, 0xA4}, {CODE_PAGE_ISO8859_7, 0x20AC, 0xA4},
        {CODE_PAGE_PC437, 0x20AC, 0},         {CODE_PAGE_PC850, 0x20AC, 0},
        {CODE_PAGE_PC852, 0x20AC, 0},         {CODE_PAGE_PC866, 0x20AC, 0},
        {CODE_PAGE_PC437, u'£', 0x9C},        {CODE_PAGE_WPC1252, u'£', 0xA3},
        {CODE_PAGE_PC852, u'£', 0},           {CODE_PAGE_PC866, u'£', 0},
        {CODE_PAGE_PC437, 0x20A7, 0x9E},      {CODE_PAGE_PC437, u'¥', 0x9D},
        {CODE_PAGE_PC864, u'°', 0x80},
    };
    check_places(places, sizeof places / sizeof *places);
}

static void international_sets_replace_twelve_places(void **state)
{
    (void)state;
    assert_int_equal(international_char(3, '#'), 0xA3);     /* United Kingdom */
    assert_int_equal(international_char(2, '~'), 0xDF);     /* Germany: ß */
    assert_int_equal(international_char(8, '\\'), 0xA5);    /* Japan: ¥ */
    assert_int_equal(international_char(13, '\\'), 0x20A9); /* Korea: ₩ */
    assert_int_equal(international_char(15, '$'), 0xA5);    /* China */
    assert_int_equal(international_char(7, '#'), 0x20A7);   /* Spain: ₧ */
    assert_int_equal(international_char(12, '`'), 0xFC);    /* Latin America: ü */
    assert_int_equal(international_char(14, '@'), 0x17D);   /* Slovenia: Ž */
    assert_int_equal(international_char(17, '%'), 0x66A);   /* Arabia */
    assert_int_equal(international_char(17, '*'), 0x66D);
    assert_int_equal(international_char(66, '7'), 0x96D); /* Devanagari */
    assert_int_equal(international_char(68, '0'), '0');   /* Tamil keeps its zero */
    assert_int_equal(international_char(68, '1'), 0xBE7);
    assert_int_equal(international_char(82, '9'), 0x96F); /* Marathi */
}

static void international_sets_leave_everything_else_alone(void **state)
{
    (void)state;
    for (unsigned set = 0; set <= 255; set++) {
        for (unsigned byte = 0x20; byte < 0x7F; byte++) {
            bool place = strchr("#$@[\\]^`{|}~", (int)byte) != NULL;
            bool national = (set >= 1 && set <= 16 && place) ||
                            (set == 17 && (byte == '%' || byte == '*')) ||
                            (((set >= 66 && set <= 75) || set == 82) && byte >= '0' && byte <= '9');
            if (!national)
                assert_int_equal(international_char((uint8_t)set, (uint8_t)byte), byte);
        }
    }
}

static void look_alikes_are_printable_and_final(void **state)
{
    (void)state;
    unsigned folds = 0;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        uint32_t out[4] = {0};
        unsigned n = code_page_fold(cp, out);
        folds += n != 0;
        assert_in_range(n, 0, 4);
        assert_true(n == 0 || cp >= 0x80);
        for (unsigned i = 0; i < n; i++) {
            uint32_t again[4];
            uint8_t byte = 0;
            /* Romanian is folded for page 852, Persian for page 864. */
            const enum code_page page = cp < 0xFB00 ? CODE_PAGE_PC852 : CODE_PAGE_PC864;
            assert_true(out[i] < 0x7F ? out[i] >= 0x20 : code_page_byte(page, out[i], &byte));
            assert_int_equal(code_page_fold(out[i], again), 0);
        }
    }
    /* Every row of the table is found, so the table is sorted. */
    assert_int_equal(folds, 62);
}

static void look_alikes_of_romanian_and_typography_are_known(void **state)
{
    (void)state;
    static const struct {
        uint32_t cp;
        const char16_t *text;
    } folds[] = {
        {0x218, u"\u015E"}, {0x219, u"\u015F"}, {0x21A, u"\u0162"}, {0x21B, u"\u0163"},
        {0xA0, u" "},       {0x2009, u" "},     {0x202F, u" "},     {0x2013, u"-"},
        {0x2014, u"-"},     {0x2212, u"-"},     {0x2019, u"'"},     {0x201E, u"\""},
        {0x201C, u"\""},    {0xAB, u"\""},      {0x2026, u"..."},   {0xD7, u"x"},
    };
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++) {
        uint32_t out[4] = {0};
        unsigned n = code_page_fold(folds[i].cp, out);
        for (unsigned k = 0; k < n; k++)
            assert_int_equal(out[k], folds[i].text[k]);
        assert_int_equal(folds[i].text[n], 0);
    }
}

static void currency_and_letters_are_never_folded(void **state)
{
    (void)state;
    static const char16_t kept[] = u"€₽₴₸₺₹£¥¤№ÄßЁіҐăâîşţ";
    for (size_t i = 0; kept[i]; i++) {
        uint32_t out[4];
        assert_int_equal(code_page_fold(kept[i], out), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_of_every_page_draws_what_iconv_says),
        cmocka_unit_test(the_row_of_a_page_is_found_by_the_last_bytes_of_utf8),
        cmocka_unit_test(half_width_katakana_stand_where_shift_jis_has_them),
        cmocka_unit_test(ascii_is_ascii_in_every_page_and_controls_draw_nothing),
        cmocka_unit_test(every_page_has_a_name_of_its_own_and_half_a_table_at_least),
        cmocka_unit_test(the_way_back_leads_to_a_byte_that_draws_the_same),
        cmocka_unit_test(what_a_page_lacks_has_no_way_back),
        cmocka_unit_test(letters_of_the_markets_stand_where_the_manuals_have_them),
        cmocka_unit_test(currency_signs_stand_where_the_manuals_have_them),
        cmocka_unit_test(international_sets_replace_twelve_places),
        cmocka_unit_test(international_sets_leave_everything_else_alone),
        cmocka_unit_test(look_alikes_are_printable_and_final),
        cmocka_unit_test(look_alikes_of_romanian_and_typography_are_known),
        cmocka_unit_test(currency_and_letters_are_never_folded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
