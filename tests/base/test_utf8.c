#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/utf8.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    return arena_init(&arena, 1 << 20) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static void every_character_comes_back(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        uint8_t bytes[4];
        size_t n = utf8_put(cp, bytes);
        struct slice s = slice_of(bytes, n);
        bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        assert_int_equal(utf8_valid(s), surrogate ? 0 : n);
        uint32_t back;
        assert_true(utf8_take(&s, &back));
        assert_int_equal(back, surrogate ? 0xFFFD : cp);
        assert_int_equal(s.n, surrogate ? n - 1 : 0);
    }
}

static void the_first_characters_are_cut_off_whole(void **state)
{
    (void)state;
    const struct slice text =
        slice_str("Кофе 1кг ──────── Ünï 7 €\xF0\x9F\x8D\xAC. Plain words to the end");
    struct slice rest = text;
    uint32_t cp;
    size_t n = 0;
    do
        assert_int_equal(utf8_first(text, n++), text.n - rest.n);
    while (utf8_take(&rest, &cp));
    assert_int_equal(utf8_first(text, text.n + 1), text.n);
    assert_int_equal(utf8_first((struct slice){0}, 3), 0);
}

static void what_is_not_utf8_is_found_where_it_begins(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xE2\x82",
                                      "\xC3",
                                      "\xC3(",
                                      "\xE2\x28\xA1",
                                      "\xFE",
                                      "\xFF"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[64];
        for (unsigned before = 0; before < 20; before++) {
            int n = snprintf(text, sizeof text, "%.*s%sabcdefgh", (int)before,
                             "abcdefghijklmnopqrstuvw", bad[i]);
            assert_int_equal(utf8_valid(slice_of(text, (size_t)n)), before);
        }
    }
}

static void widths_are_columns(void **state)
{
    (void)state;
    static const struct {
        uint32_t cp;
        unsigned width;
    } rows[] = {{'a', 1},    {0xE9, 1},   {0x219, 1},  {0x416, 1},   {0x20AC, 1},  {0x2588, 1},
                {0x301, 0},  {0x200B, 0}, {0x200D, 0}, {0x200E, 0},  {0xFEFF, 0},  {0xFE0F, 0},
                {0x4E2D, 2}, {0xAC00, 2}, {0xFF21, 2}, {0xFF71, 1},  {0x3042, 2},  {0x1F600, 2},
                {0x5D0, 1},  {0x5B0, 0},  {0x627, 1},  {0x1F381, 2}, {0x110000, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (utf8_width(rows[i].cp) != rows[i].width)
            fail_msg("U+%04X: %u", (unsigned)rows[i].cp, utf8_width(rows[i].cp));
    }
}

/* A text's columns and its user-perceived characters. */
static void assert_parts(const char *text, unsigned columns, unsigned clusters)
{
    struct slice s = slice_str(text);
    uint32_t before = 0, cp;
    int32_t state = 0;
    unsigned n_columns = 0, n_clusters = 0;
    for (; utf8_take(&s, &cp); before = cp) {
        n_columns += utf8_columns(before, cp);
        n_clusters += utf8_breaks(before, cp, &state);
    }
    if (n_columns != columns || n_clusters != clusters)
        fail_msg("'%s': %u columns, %u clusters", text, n_columns, n_clusters);
}

static void what_is_joined_is_one_character_of_its_first_ones_width(void **state)
{
    (void)state;
    assert_parts("abc", 3, 3);
    assert_parts("e\u0301x", 2, 2);
    assert_parts("👨‍👩‍👧", 2, 1);
    assert_parts("👍🏽!", 3, 2);
    assert_parts("🇷🇴🇲🇩", 4, 2);
    assert_parts("❤️", 1, 1);
    assert_parts("1️⃣", 1, 1);
    assert_parts("น้ำ", 2, 1);
    assert_parts("ความ", 4, 3 + 1);
    assert_parts("중국", 4, 2);
}

static void assert_clean(const char *text, const char *expected)
{
    struct slice s = utf8_clean(&arena, slice_str(text));
    if (!slice_is(s, expected))
        fail_msg("'%s': '%.*s'", text, (int)s.n, (const char *)s.p);
}

static void a_text_is_made_fit_for_paper(void **state)
{
    (void)state;
    assert_clean("", "");
    assert_clean("a\t\r\n\x1B b", "a  b");
    assert_clean("\n", " ");
    assert_clean("a\xC2\x85\xE2\x80\xA8\xE2\x80\xA9z", "a z");
    assert_clean("a\xE2\x80\x8C"
                 "b\xE2\x80\x8D",
                 "a\xE2\x80\x8C"
                 "b\xE2\x80\x8D"); /* the joiners are part of the word */
    assert_clean("a\xE2\x80\xAE\xE2\x80\x8E\xE2\x81\xA6\xEF\xBB\xBF\xC2\xAD"
                 "b\xF3\xA0\x80\xA1",
                 "ab");
    assert_clean("\n\xE2\x80\x8E\n", " ");
    assert_clean("Cafe\xCC\x81", "Caf\xC3\xA9");
    assert_clean("s\xCC\xA6\n\xD0\xB8\xCC\x86", "\xC8\x99 \xD0\xB9");
    assert_clean("\xE2\x84\xA6", "\xCE\xA9");                 /* the ohm sign is an omega */
    assert_clean("\xE1\x84\x80\xE1\x85\xA1", "\xEA\xB0\x80"); /* Hangul is composed */
    assert_clean("a\xCC\xA7\xCC\x81", "\xC3\xA1\xCC\xA7");    /* marks in canonical order */
    assert_clean("\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D");
    assert_clean("\xE2\x82\xAC 5 \xC2\xA0\xE2\x82\xBD", "\xE2\x82\xAC 5 \xC2\xA0\xE2\x82\xBD");
}

static void what_is_clean_is_not_copied(void **state)
{
    (void)state;
    static const char *const texts[] = {"SET 7 BABUSHKA", "Кофе в зёрнах", "Brânză țărănească"};
    for (size_t i = 0; i < 3; i++) {
        struct slice s = slice_str(texts[i]);
        size_t used = arena.used;
        assert_ptr_equal(utf8_clean(&arena, s).p, s.p);
        assert_int_equal(arena.used, used);
    }
}

static void cleaning_twice_is_cleaning_once(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        uint8_t text[8] = {'e'};
        size_t n = 1 + utf8_put(cp, text + 1);
        text[n++] = 0xCC;
        text[n++] = 0x81;
        arena_reset(&arena, 0);
        struct slice once = utf8_clean(&arena, slice_of(text, n));
        assert_non_null(once.p);
        struct slice twice = utf8_clean(&arena, once);
        assert_true(slice_equal(once, twice));
    }
}

static void a_full_arena_gives_nothing(void **state)
{
    (void)state;
    struct arena tiny;
    assert_true(arena_init(&tiny, 8));
    assert_null(utf8_clean(&tiny, SLICE_LITERAL("e\xCC\x81 and more")).p);
    arena_finish(&tiny);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_comes_back),
        cmocka_unit_test(the_first_characters_are_cut_off_whole),
        cmocka_unit_test(what_is_not_utf8_is_found_where_it_begins),
        cmocka_unit_test(widths_are_columns),
        cmocka_unit_test(what_is_joined_is_one_character_of_its_first_ones_width),
        cmocka_unit_test(a_text_is_made_fit_for_paper),
        cmocka_unit_test(what_is_clean_is_not_copied),
        cmocka_unit_test(cleaning_twice_is_cleaning_once),
        cmocka_unit_test(a_full_arena_gives_nothing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
