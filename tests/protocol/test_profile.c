#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <uchar.h>

#include "protocol/profile.h"

static void profiles_are_sorted_found_by_name_and_no_other(void **state)
{
    (void)state;
    static const char *const names[] = {
        "epson-tm-t20iii", "epson-tm-t88v", "generic-58",     "generic-80",
        "pos-5890",        "star-line",     "xprinter-xp-80",
    };
    size_t n = 0;
    const struct profile *all = profile_all(&n);
    assert_int_equal(n, sizeof names / sizeof *names);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(all[i].name, names[i]);
        assert_ptr_equal(profile_find(slice_str(names[i])), &all[i]);
        assert_true(i == 0 || strcmp(all[i - 1].name, all[i].name) < 0);
    }
    assert_null(profile_find(SLICE_LITERAL("generic-8")));
    assert_null(profile_find(SLICE_LITERAL("generic-800")));
    assert_null(profile_find(SLICE_LITERAL("")));
}

static void every_row_is_complete_and_its_columns_fit_the_paper(void **state)
{
    (void)state;
    size_t n = 0;
    const struct profile *all = profile_all(&n);
    for (size_t i = 0; i < n; i++) {
        const struct profile *p = &all[i];
        assert_true(p->model && *p->model && p->tested && *p->tested && p->notes && *p->notes);
        assert_true(p->dpi == 180 || p->dpi == 203);
        assert_true(p->paper_mm == 58 || p->paper_mm == 80);
        assert_int_equal(p->width_dots % 8, 0);
        assert_true(p->width_dots * 254 / p->dpi < p->paper_mm * 10);
        assert_in_range(p->raster_rows, 1, 256);
        assert_int_equal(p->cut == CUT_NONE, p->cut_feed_dots == 0);
        assert_true(p->n_fonts >= 1);
        assert_int_equal(p->fonts[0].esc_m, 0);
        assert_true(p->fonts[0].width_dots == 12 && p->fonts[0].height_dots == 24);
        for (unsigned f = 0; f < p->n_fonts; f++) {
            const struct profile_font *font = &p->fonts[f];
            assert_int_equal(font->columns, p->width_dots / font->width_dots);
        }
    }
}

static void no_profile_says_a_page_or_a_number_twice(void **state)
{
    (void)state;
    size_t n = 0;
    const struct profile *all = profile_all(&n);
    for (size_t i = 0; i < n; i++) {
        assert_true(all[i].n_slots > 0);
        assert_int_equal(all[i].slots[0].page, CODE_PAGE_PC437);
        for (unsigned a = 0; a < all[i].n_slots; a++) {
            for (unsigned b = 0; b < a; b++) {
                assert_int_not_equal(all[i].slots[a].page, all[i].slots[b].page);
                assert_int_not_equal(all[i].slots[a].n, all[i].slots[b].n);
            }
        }
    }
}

/* Whether some page of the profile draws cp. */
static bool draws(const struct profile *profile, uint32_t cp)
{
    uint8_t byte = 0;
    for (unsigned i = 0; i < profile->n_slots; i++) {
        if (code_page_byte(profile->slots[i].page, cp, &byte))
            return true;
    }
    return false;
}

static void every_profile_writes_english_romanian_and_russian(void **state)
{
    (void)state;
    static const char16_t letters[] = u"£€ĂăÂâÎîȘșȚț"
                                      u"АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
                                      u"абвгдеёжзийклмнопрстуфхцчшщъыьэюя№";
    size_t n = 0;
    const struct profile *all = profile_all(&n);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; letters[k]; k++) {
            uint32_t fold[4] = {0};
            bool drawn = draws(&all[i], letters[k]);
            if (!drawn && all[i].epson_folds)
                drawn = code_page_fold(letters[k], fold) == 1 && draws(&all[i], fold[0]);
            if (!drawn)
                fail_msg("%s lacks U+%04X", all[i].name, letters[k]);
        }
    }
}

static const struct profile *named(const char *name)
{
    const struct profile *profile = profile_find(slice_str(name));
    assert_non_null(profile);
    return profile;
}

static void geometry_is_what_the_printer_database_says(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned dots, dpi, columns_a, columns_b;
    } known[] = {
        {"generic-80", 576, 203, 48, 64},      {"generic-58", 384, 203, 32, 42},
        {"epson-tm-t20iii", 576, 203, 48, 64}, {"epson-tm-t88v", 512, 180, 42, 56},
        {"pos-5890", 384, 203, 32, 42},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct profile *p = named(known[i].name);
        assert_int_equal(p->width_dots, known[i].dots);
        assert_int_equal(p->dpi, known[i].dpi);
        assert_int_equal(p->fonts[0].columns, known[i].columns_a);
        assert_int_equal(p->fonts[1].columns, known[i].columns_b);
    }
}

/* The ESC t number of a page; -1 when the printer has none. */
static int slot_of(const struct profile *profile, enum code_page page)
{
    for (size_t i = 0; i < profile->n_slots; i++) {
        if (profile->slots[i].page == page)
            return profile->slots[i].n;
    }
    return -1;
}

static void the_same_page_has_each_vendors_own_number(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum code_page page;
        uint8_t n;
    } known[] = {
        {"generic-80", CODE_PAGE_PC866, 17},       {"generic-80", CODE_PAGE_PC852, 18},
        {"generic-80", CODE_PAGE_PC858, 19},       {"generic-80", CODE_PAGE_WPC1251, 46},
        {"epson-tm-t88v", CODE_PAGE_KZ1048, 53},   {"pos-5890", CODE_PAGE_WPC1251, 23},
        {"pos-5890", CODE_PAGE_WPC1250, 72},       {"star-line", CODE_PAGE_PC866, 10},
        {"star-line", CODE_PAGE_PC852, 5},         {"star-line", CODE_PAGE_WPC1251, 34},
        {"xprinter-xp-80", CODE_PAGE_WPC1251, 23},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_int_equal(slot_of(named(known[i].name), known[i].page), known[i].n);
    assert_int_equal(slot_of(named("generic-58"), CODE_PAGE_WPC1251), -1);
}

static void only_epson_counts_half_dots_and_only_star_selects_with_gs(void **state)
{
    (void)state;
    size_t n = 0;
    const struct profile *all = profile_all(&n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(all[i].half_dot_units, strncmp(all[i].name, "epson-", 6) == 0);
        assert_int_equal(all[i].select == SELECT_ESC_GS_T, strcmp(all[i].name, "star-line") == 0);
        assert_true(all[i].proof != PROOF_PROCESS_ID || all[i].half_dot_units);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles_are_sorted_found_by_name_and_no_other),
        cmocka_unit_test(every_row_is_complete_and_its_columns_fit_the_paper),
        cmocka_unit_test(no_profile_says_a_page_or_a_number_twice),
        cmocka_unit_test(every_profile_writes_english_romanian_and_russian),
        cmocka_unit_test(geometry_is_what_the_printer_database_says),
        cmocka_unit_test(the_same_page_has_each_vendors_own_number),
        cmocka_unit_test(only_epson_counts_half_dots_and_only_star_selects_with_gs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
