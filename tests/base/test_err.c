#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/utf8.h"

#include <errno.h>

/* The table again, by itself, so that its rows can be walked as they are written. */
static const struct row {
    const char *code, *name;
    int exit, http;
    const char *text[LANG_COUNT];
} rows[] = {
#define ERROR(code, name, exit, http, en, ro, ru) {#code, name, exit, http, {en, ro, ru}},
#include "base/errors.def"
#undef ERROR
};
enum { N = sizeof rows / sizeof *rows };

/* {0} to {3}; other braces are words of a template or of YAML, said as they are written. */
static unsigned placeholders(const char *text)
{
    unsigned set = 0;
    for (const char *p = text; *p; p++) {
        if (p[0] != '{' || p[1] < '0' || p[1] > '9')
            continue;
        if (p[1] >= '0' + ERR_ARGS || p[2] != '}')
            fail_msg("%s", text);
        set |= 1U << (p[1] - '0');
    }
    return set;
}

static const char *const phrases[][LANG_COUNT] = {
#define PHRASE(en, ro, ru) {en, ro, ru},
#include "base/phrases.def"
#undef PHRASE
};

static void a_word_of_ours_in_quotes_is_somebodys_own(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf text;
    buf_init(&text, 0);
    FAIL(&err, ERR_VOUCHER_VOID, "7KQ2-M9XD-PA4TY", "2026-11-21 15:00", "cancelled");
    for (int lang = 0; lang < LANG_COUNT; lang++) {
        buf_reset(&text);
        err_text(&err, (enum lang)lang, &text);
        assert_non_null(strstr(buf_cstr(&text), "cancelled"));
    }
    FAIL(&err, ERR_JOB_STATE, "7", "cancelled");
    buf_reset(&text);
    err_text(&err, LANG_RO, &text);
    assert_non_null(strstr(buf_cstr(&text), "anulat"));
    buf_finish(&text);
}

static void the_figures_of_a_phrase_stand_in_it_in_every_language(void **state)
{
    (void)state;
    static const char *const said[][LANG_COUNT] = {
        {"its check digit is 2, it should be 1", "cifra de control este 2, ar trebui să fie 1",
         "контрольная цифра 2, а должна быть 1"},
        {"'x' cannot stand at place 12", "'x' nu poate sta pe locul 12",
         "'x' не может стоять на месте 12"},
        {"the byte 0x1F cannot stand at place 3", "octetul 0x1F nu poate sta pe locul 3",
         "байт 0x1F не может стоять на месте 3"},
        {"no phrase 12 of ours", "no phrase 12 of ours", "no phrase 12 of ours"},
    };
    struct buf text;
    buf_init(&text, 0);
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        for (int lang = 0; lang < LANG_COUNT; lang++) {
            struct err err = {0};
            FAIL(&err, ERR_SYMBOL, "EAN", said[i][LANG_EN]);
            buf_reset(&text);
            err_text(&err, (enum lang)lang, &text);
            assert_non_null(strstr(buf_cstr(&text), said[i][lang]));
        }
    buf_finish(&text);
}

static size_t marks(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '#';
    return n;
}

/* They are found by halving. */
static void phrases_are_sorted_by_their_english_and_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (i && strcmp(phrases[i - 1][LANG_EN], phrases[i][LANG_EN]) >= 0)
            fail_msg("%s", phrases[i][LANG_EN]);
        for (int lang = 0; lang < LANG_COUNT; lang++) {
            assert_true(phrases[i][lang] && phrases[i][lang][0]);
            assert_int_equal(marks(phrases[i][lang]), marks(phrases[i][LANG_EN]));
            assert_int_equal(utf8_valid(slice_str(phrases[i][lang])), strlen(phrases[i][lang]));
            assert_string_equal(err_phrase(phrases[i][LANG_EN], (enum lang)lang), phrases[i][lang]);
        }
    }
    assert_string_equal(err_phrase("Bad things happened", LANG_RU), "Bad things happened");
    assert_string_equal(err_phrase("", LANG_RO), "");
}

/* A sentence that promises to keep a job promises it in every language, by the same words, last. */
static void what_is_said_where_no_job_is_kept_speaks_of_none(void **state)
{
    (void)state;
    static const char *const word[LANG_COUNT] = {"the job is kept", "lucrarea este păstrată",
                                                 "задание сохранено"};
    size_t found = 0;
    for (int i = 0; i < N; i++) {
        const struct err err = {.code = (enum err_code)i};
        size_t cut = 0;
        for (int lang = 0; lang < LANG_COUNT; lang++) {
            struct buf whole, alone;
            buf_init(&whole, 0);
            buf_init(&alone, 0);
            err_text(&err, (enum lang)lang, &whole);
            err_text_alone(&err, (enum lang)lang, &alone);
            assert_memory_equal(whole.p, alone.p, alone.n);
            cut += alone.n < whole.n;
            if (alone.n < whole.n)
                assert_null(strstr(buf_cstr(&alone), word[lang]));
            buf_finish(&whole);
            buf_finish(&alone);
        }
        if (cut != 0 && cut != LANG_COUNT)
            fail_msg("%s", rows[i].code);
        found += cut != 0;
    }
    assert_in_range(found, 5, N); /* not none at all */
}

/* The words are the system's own: as it says them on the machine of the test. */
static void what_the_system_says_of_a_wire_is_in_the_phrases(void **state)
{
    (void)state;
    static const int why[] = {
        ECONNREFUSED, ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, EPIPE,  EIO,     ENOENT,
        EACCES,       EPERM,      EBUSY,     ENODEV,       ENOSPC,      EISDIR, ENOTDIR, EROFS};
    for (size_t i = 0; i < sizeof why / sizeof *why; i++) {
        struct err err = {0};
        struct buf text;
        FAIL(&err, ERR_PRINTER_IO, "bar", strerror(why[i]));
        buf_init(&text, 0);
        err_text(&err, LANG_RO, &text);
        if (strstr(buf_cstr(&text), strerror(why[i])))
            fail_msg("%s", buf_cstr(&text));
        buf_finish(&text);
    }
}

static void every_row_speaks_every_language_with_the_same_arguments(void **state)
{
    (void)state;
    assert_int_equal(N, ERR_COUNT);
    for (int i = 0; i < N; i++) {
        unsigned first = placeholders(rows[i].text[LANG_EN]);
        for (int lang = 0; lang < LANG_COUNT; lang++) {
            const char *text = rows[i].text[lang];
            assert_true(text && text[0]);
            if (placeholders(text) != first)
                fail_msg("%s: %s", rows[i].code, text);
            assert_int_equal(utf8_valid(slice_str(text)), strlen(text));
        }
        assert_in_range(first & (first + 1), 0, 0); /* {1} never without {0} */
    }
}

static void names_are_unique_and_follow_their_codes(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        assert_string_equal(err_name((enum err_code)i), rows[i].name);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(rows[i].name, rows[k].name);
        assert_int_equal(strlen(rows[i].code), strlen(rows[i].name));
        for (size_t c = 0; rows[i].name[c]; c++) {
            char upper = rows[i].name[c];
            if (upper >= 'a' && upper <= 'z')
                upper = (char)(upper - 0x20);
            assert_int_equal(upper, rows[i].code[c]);
        }
    }
}

static void every_row_has_a_status_for_the_shell_and_the_web(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        assert_int_equal(err_exit((enum err_code)i), rows[i].exit);
        assert_int_equal(err_http((enum err_code)i), rows[i].http);
        assert_in_range(rows[i].exit, EXIT_DONE, EXIT_UNKNOWN);
        /* a remark (nothing failed) is 200 to the web and 0 to the shell, or neither */
        bool remark = rows[i].exit == EXIT_DONE;
        assert_in_range(rows[i].http, remark ? 200 : 400, remark ? 200 : 599);
    }
}

static void assert_text(const struct err *err, enum lang lang, const char *expected)
{
    struct buf b;
    buf_init(&b, 0);
    err_text(err, lang, &b);
    assert_string_equal(buf_cstr(&b), expected);
    buf_finish(&b);
}

static void assert_where(const struct err *err, const char *expected)
{
    struct buf b;
    buf_init(&b, 0);
    err_where(err, &b);
    assert_string_equal(buf_cstr(&b), expected);
    buf_finish(&b);
}

static void a_sentence_begins_with_its_place(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(FAIL(&err, ERR_SALE_SUM, "41.50 RON", "42.50 RON"));
    assert_text(&err, LANG_EN, "the items come to 41.50 RON, but the total says 42.50 RON");
    assert_text(&err, LANG_RO, "articolele dau 41.50 RON, dar totalul spune 42.50 RON");
    assert_where(&err, "");
    assert_false(err_at(&err, "rules.yaml", 4, 7));
    assert_where(&err, "rules.yaml:4:7");
    assert_text(&err, LANG_RU,
                "rules.yaml:4:7: сумма позиций 41.50 RON, а в итоге указано 42.50 RON");
    FAIL(&err, ERR_NUMBER, "x");
    assert_where(&err, "");
    err_at(&err, NULL, 3, 0);
    assert_where(&err, "3");
    err_in_field(&err, "items[3].total");
    assert_where(&err, "3 items[3].total");
    assert_text(&err, LANG_EN, "3 items[3].total: x is not a plain decimal number");
    FAIL(&err, ERR_SALE_MISSING, "total");
    err_in_field(&err, "total");
    assert_where(&err, "total");
    assert_text(&err, LANG_EN, "'total' is missing");
}

static void arguments_cannot_write_on_the_terminal(void **state)
{
    (void)state;
    struct err err = {0};
    FAIL(&err, ERR_NUMBER, "a\x1B[2J\r\n\xFF{0}\xE2\x80\xAE");
    assert_string_equal(err.arg[0], "a [2J  \xEF\xBF\xBD{0} ");
    err_fail_slice(&err, ERR_NUMBER, SLICE_LITERAL("a\0b"));
    assert_string_equal(err.arg[0], "a b");
    char longest[400];
    memset(longest, 'x', sizeof longest);
    memcpy(longest + ERR_ARG_BYTES - 2, "\xE2\x82\xAC", 4);
    FAIL(&err, ERR_NUMBER, longest);
    assert_int_equal(strlen(err.arg[0]), ERR_ARG_BYTES - 2);
    FAIL(&err, ERR_RANGE, err.arg[0]); /* an error can be reworded from itself */
    assert_int_equal(strlen(err.arg[0]), ERR_ARG_BYTES - 2);
    assert_false(FAIL(NULL, ERR_RANGE, "x"));
}

static void languages_have_names(void **state)
{
    (void)state;
    enum lang lang;
    for (int i = 0; i < LANG_COUNT; i++) {
        assert_true(lang_parse(slice_str(lang_name((enum lang)i)), &lang));
        assert_int_equal(lang, i);
    }
    assert_false(lang_parse(SLICE_LITERAL("EN"), &lang));
    assert_false(lang_parse(SLICE_LITERAL("de"), &lang));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_of_ours_in_quotes_is_somebodys_own),
        cmocka_unit_test(the_figures_of_a_phrase_stand_in_it_in_every_language),
        cmocka_unit_test(phrases_are_sorted_by_their_english_and_found),
        cmocka_unit_test(what_is_said_where_no_job_is_kept_speaks_of_none),
        cmocka_unit_test(what_the_system_says_of_a_wire_is_in_the_phrases),
        cmocka_unit_test(every_row_speaks_every_language_with_the_same_arguments),
        cmocka_unit_test(names_are_unique_and_follow_their_codes),
        cmocka_unit_test(every_row_has_a_status_for_the_shell_and_the_web),
        cmocka_unit_test(a_sentence_begins_with_its_place),
        cmocka_unit_test(arguments_cannot_write_on_the_terminal),
        cmocka_unit_test(languages_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
