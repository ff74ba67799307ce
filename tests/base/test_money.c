#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/locale.h"

static const struct currency *cur(const char *code)
{
    const struct currency *c = currency_find(slice_str(code));
    assert_non_null(c);
    return c;
}

static void currencies_have_their_decimals(void **state)
{
    (void)state;
    assert_int_equal(cur("JPY")->exponent, 0);
    assert_int_equal(cur("EUR")->exponent, 2);
    assert_int_equal(cur("KWD")->exponent, 3);
    assert_int_equal(cur("CLF")->exponent, 4);
    assert_int_equal(cur("AED")->exponent, 2);
    assert_int_equal(cur("ZWG")->exponent, 2);
    assert_string_equal(cur("EUR")->sign, "€");
    static const char *const none[] = {"", "EU", "EURO", "eur", "XXX", "XAU", "AAA", "ZZZ"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_null(currency_find(slice_str(none[i])));
}

static void assert_parse(const char *text, unsigned exponent, enum err_code code, int64_t minor)
{
    struct err err = {0};
    int64_t value = 0;
    bool ok = money_parse(slice_str(text), exponent, &value, &err);
    if (ok != (code == ERR_NONE) || err.code != code || value != minor)
        fail_msg("%s: %s %lld", text, err_name(err.code), (long long)value);
}

static void amounts_are_read_exactly(void **state)
{
    (void)state;
    assert_parse("-12.50", 2, ERR_NONE, -1250);
    assert_parse("12.5", 2, ERR_NONE, 1250);
    assert_parse("12", 0, ERR_NONE, 12);
    assert_parse("12.000", 0, ERR_NONE, 12);
    assert_parse("0.001", 3, ERR_NONE, 1);
    assert_parse("-0", 2, ERR_NONE, 0);
    assert_parse("10000000000000.00", 2, ERR_NONE, INT64_C(1000000000000000));
    assert_parse("10000000000000.01", 2, ERR_RANGE, 0);
    assert_parse("1000000000000001", 0, ERR_RANGE, 0);
    assert_parse("123456789012345678901234567890", 2, ERR_RANGE, 0);
    assert_parse("1.005", 2, ERR_DECIMALS, 0);
    assert_parse("0.5", 0, ERR_DECIMALS, 0);
    static const char *const bad[] = {"",    "-",     ".",   "1.",       ".5", "--1",
                                      "+1",  "1e2",   "1,5", "1 000",    " 1", "1 ",
                                      "0x1", "1.2.3", "NaN", "\xD9\xA1", "1-", "9e99999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_parse(bad[i], 2, ERR_NUMBER, 0);
}

static void a_plain_amount_reads_back(void **state)
{
    (void)state;
    char text[32];
    for (unsigned exponent = 0; exponent <= 4; exponent++) {
        for (int64_t v = 1; v <= INT64_C(1000000000000000); v *= 7) {
            for (int sign = -1; sign <= 1; sign += 2) {
                struct err err = {0};
                int64_t back;
                char expected[32];
                size_t length = money_plain(sign * v, exponent, text);
                assert_int_equal(length, strlen(text));
                assert_true(money_parse(slice_str(text), exponent, &back, &err));
                assert_int_equal(back, sign * v);
                int64_t unit = 1;
                for (unsigned i = 0; i < exponent; i++)
                    unit *= 10;
                int n = snprintf(expected, sizeof expected, "%s%lld", sign < 0 ? "-" : "",
                                 (long long)(v / unit));
                if (exponent)
                    snprintf(expected + n, sizeof expected - (size_t)n, ".%0*lld", (int)exponent,
                             (long long)(v % unit));
                assert_string_equal(text, expected);
            }
        }
    }
    money_plain(INT64_MIN, 2, text);
    assert_string_equal(text, "-92233720368547758.08");
    money_plain(0, 2, text);
    assert_string_equal(text, "0.00");
}

static void a_quantity_keeps_the_decimals_it_was_written_with(void **state)
{
    (void)state;
    struct decimal d;
    struct err err = {0};
    char text[32];
    static const char *const same[] = {"1.50", "1", "-0.000001", "0.0", "123456789.123456"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_true(decimal_parse(slice_str(same[i]), &d, &err));
        decimal_plain(d, text);
        assert_string_equal(text, same[i]);
    }
    assert_true(decimal_parse(SLICE_LITERAL("1.5000000"), &d, &err));
    assert_int_equal(d.scale, 6);
    assert_false(decimal_parse(SLICE_LITERAL("1.5000001"), &d, &err));
    assert_int_equal(err.code, ERR_DECIMALS);
    assert_false(decimal_parse(SLICE_LITERAL("1e1"), &d, &err));
    assert_int_equal(err.code, ERR_NUMBER);
}

static void an_overflow_is_told(void **state)
{
    (void)state;
    int64_t sum;
    assert_true(money_add(INT64_MAX - 1, 1, &sum));
    assert_false(money_add(INT64_MAX, 1, &sum));
    assert_false(money_add(INT64_MIN, -1, &sum));
}

#define NB "\xC2\xA0"

static void money_is_written_as_the_language_writes_it(void **state)
{
    (void)state;
    static const struct {
        enum lang lang;
        const char *code;
        int64_t minor;
        const char *text;
    } rows[] = {
        {LANG_EN, "GBP", 4250, "£42.50"},
        {LANG_EN, "EUR", 125000, "€1,250.00"},
        {LANG_EN, "USD", -5, "-$0.05"},
        {LANG_EN, "JPY", 1234567, "¥1,234,567"},
        {LANG_EN, "RON", 4250, "RON 42.50"},
        {LANG_EN, "RON", -4250, "-RON 42.50"},
        {LANG_EN, "MDL", 4250, "MDL 42.50"},
        {LANG_EN, "PLN", 4250, "PLN 42.50"},
        {LANG_EN, "KWD", 1234567, "KWD 1,234.567"},
        {LANG_EN, "INR", 100, "₹1.00"},
        {LANG_EN, "RUB", 100, "₽1.00"},
        {LANG_RO, "RON", 4250, "42,50 lei"},
        {LANG_RO, "RON", -125000000, "-1.250.000,00 lei"},
        {LANG_RO, "MDL", 99, "0,99 lei"},
        {LANG_RO, "EUR", 100000, "1.000,00 €"},
        {LANG_RO, "JPY", 1000, "1.000 ¥"},
        {LANG_RU, "RUB", 125000, "1" NB "250,00" NB "₽"},
        {LANG_RU, "RUB", -99900, "-999,00" NB "₽"},
        {LANG_RU, "MDL", 4250, "42,50" NB "лей"},
        {LANG_RU, "KZT", 100000000, "1" NB "000" NB "000,00" NB "₸"},
        {LANG_RU, "UAH", 100, "1,00" NB "₴"},
        {LANG_RU, "TRY", 100, "1,00" NB "₺"},
        {LANG_RU, "GEL", 100, "1,00" NB "₾"},
        {LANG_RU, "BYN", 100, "1,00" NB "Br"},
        {LANG_RU, "CHF", 100, "1,00" NB "CHF"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[64];
        size_t n = locale_money(rows[i].lang, cur(rows[i].code), rows[i].minor, out, sizeof out);
        assert_string_equal(out, rows[i].text);
        assert_int_equal(n, strlen(out));
        char tight[64];
        assert_int_equal(locale_money(rows[i].lang, cur(rows[i].code), rows[i].minor, tight, n + 1),
                         n);
        assert_string_equal(tight, out);
        assert_in_range(locale_money(rows[i].lang, cur(rows[i].code), rows[i].minor, tight, n),
                        n - 3, n - 1);
    }
    char out[8] = "kept";
    assert_int_equal(locale_money(LANG_EN, cur("EUR"), 1, out, 0), 0);
    assert_string_equal(out, "kept");
}

static void the_longest_amount_has_room(void **state)
{
    (void)state;
    char out[96];
    locale_money(LANG_RU, cur("KZT"), INT64_MIN, out, sizeof out);
    assert_string_equal(out, "-92" NB "233" NB "720" NB "368" NB "547" NB "758,08" NB "₸");
    locale_decimal(LANG_RU, (struct decimal){INT64_MIN, 6}, out, sizeof out);
    assert_string_equal(out, "-9" NB "223" NB "372" NB "036" NB "854,775808");
}

static void numbers_stand_alone_in_a_column(void **state)
{
    (void)state;
    char out[64];
    locale_amount(LANG_EN, cur("RON"), 125000, out, sizeof out);
    assert_string_equal(out, "1,250.00");
    locale_amount(LANG_RO, cur("RON"), 125000, out, sizeof out);
    assert_string_equal(out, "1.250,00");
    locale_amount(LANG_RU, cur("RUB"), -125000, out, sizeof out);
    assert_string_equal(out, "-1" NB "250,00");
    locale_decimal(LANG_RO, (struct decimal){1500, 3}, out, sizeof out);
    assert_string_equal(out, "1,500");
    locale_decimal(LANG_EN, (struct decimal){3, 0}, out, sizeof out);
    assert_string_equal(out, "3");
}

static void dates_are_written_out(void **state)
{
    (void)state;
    char out[64];
    int32_t day = day_from_civil(2026, 11, 21);
    static const char *const longs[] = {"21 November 2026", "21 noiembrie 2026", "21 ноября 2026"};
    static const char *const shorts[] = {"21/11/2026", "21.11.2026", "21.11.2026"};
    for (int lang = 0; lang < LANG_COUNT; lang++) {
        assert_int_equal(locale_date((enum lang)lang, day, out, sizeof out), strlen(longs[lang]));
        assert_string_equal(out, longs[lang]);
        locale_date_short((enum lang)lang, day, out, sizeof out);
        assert_string_equal(out, shorts[lang]);
    }
    locale_date(LANG_RU, day_from_civil(2026, 5, 9), out, sizeof out);
    assert_string_equal(out, "9 мая 2026");
    locale_date_short(LANG_RO, day_from_civil(2026, 5, 9), out, sizeof out);
    assert_string_equal(out, "09.05.2026");
}

static void plurals_follow_cldr(void **state)
{
    (void)state;
    static const struct {
        uint64_t n;
        enum plural en, ro, ru;
    } rows[] = {
        {0, PLURAL_OTHER, PLURAL_FEW, PLURAL_MANY},
        {1, PLURAL_ONE, PLURAL_ONE, PLURAL_ONE},
        {2, PLURAL_OTHER, PLURAL_FEW, PLURAL_FEW},
        {5, PLURAL_OTHER, PLURAL_FEW, PLURAL_MANY},
        {11, PLURAL_OTHER, PLURAL_FEW, PLURAL_MANY},
        {14, PLURAL_OTHER, PLURAL_FEW, PLURAL_MANY},
        {19, PLURAL_OTHER, PLURAL_FEW, PLURAL_MANY},
        {20, PLURAL_OTHER, PLURAL_OTHER, PLURAL_MANY},
        {21, PLURAL_OTHER, PLURAL_OTHER, PLURAL_ONE},
        {22, PLURAL_OTHER, PLURAL_OTHER, PLURAL_FEW},
        {100, PLURAL_OTHER, PLURAL_OTHER, PLURAL_MANY},
        {101, PLURAL_OTHER, PLURAL_FEW, PLURAL_ONE},
        {111, PLURAL_OTHER, PLURAL_FEW, PLURAL_MANY},
        {112, PLURAL_OTHER, PLURAL_FEW, PLURAL_MANY},
        {120, PLURAL_OTHER, PLURAL_OTHER, PLURAL_MANY},
        {122, PLURAL_OTHER, PLURAL_OTHER, PLURAL_FEW},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(locale_plural(LANG_EN, rows[i].n), rows[i].en);
        assert_int_equal(locale_plural(LANG_RO, rows[i].n), rows[i].ro);
        assert_int_equal(locale_plural(LANG_RU, rows[i].n), rows[i].ru);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(currencies_have_their_decimals),
        cmocka_unit_test(amounts_are_read_exactly),
        cmocka_unit_test(a_plain_amount_reads_back),
        cmocka_unit_test(a_quantity_keeps_the_decimals_it_was_written_with),
        cmocka_unit_test(an_overflow_is_told),
        cmocka_unit_test(money_is_written_as_the_language_writes_it),
        cmocka_unit_test(the_longest_amount_has_room),
        cmocka_unit_test(numbers_stand_alone_in_a_column),
        cmocka_unit_test(dates_are_written_out),
        cmocka_unit_test(plurals_follow_cldr),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
