#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <sys/stat.h>

#include "protocol/profile_file.h"
#include "protocol/profile_folder.h"
#include "support/folder.h"

enum { ARENA_BYTES = 1 << 20 };

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    return arena_init(&arena, ARENA_BYTES) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static const struct profile *parse(const char *text)
{
    const struct profile *p = NULL;
    struct err err = {0};
    if (!profile_parse(&arena, SLICE_LITERAL("mine"), "profiles.d/mine.yaml", slice_str(text), &p,
                       &err))
        fail_msg("%s:%u:%u %s %s %s", err.file, err.line, err.column, err_name(err.code),
                 err.arg[0], err.arg[1]);
    return p;
}

static struct err parse_wrong(const char *text)
{
    const struct profile *p = NULL;
    struct err err = {0};
    assert_false(profile_parse(&arena, SLICE_LITERAL("mine"), "profiles.d/mine.yaml",
                               slice_str(text), &p, &err));
    return err;
}

static void assert_same(const struct profile *a, const struct profile *b)
{
    assert_string_equal(a->model, b->model);
    assert_string_equal(a->tested, b->tested);
    assert_string_equal(a->notes, b->notes);
    assert_int_equal(a->width_dots, b->width_dots);
    assert_int_equal(a->dpi, b->dpi);
    assert_int_equal(a->paper_mm, b->paper_mm);
    assert_int_equal(a->n_fonts, b->n_fonts);
    for (unsigned i = 0; i < a->n_fonts; i++)
        assert_memory_equal(&a->fonts[i], &b->fonts[i], sizeof a->fonts[i]);
    assert_int_equal(a->n_slots, b->n_slots);
    for (unsigned i = 0; i < a->n_slots; i++) {
        assert_int_equal(a->slots[i].n, b->slots[i].n);
        assert_int_equal(a->slots[i].page, b->slots[i].page);
    }
    assert_int_equal(a->select, b->select);
    assert_int_equal(a->native_qr, b->native_qr);
    assert_int_equal(a->native_barcodes, b->native_barcodes);
    assert_int_equal(a->native_pdf417, b->native_pdf417);
    assert_int_equal(a->native_aztec, b->native_aztec);
    assert_int_equal(a->native_datamatrix, b->native_datamatrix);
    assert_int_equal(a->cut, b->cut);
    assert_int_equal(a->cut_feed_dots, b->cut_feed_dots);
    assert_int_equal(a->drawer, b->drawer);
    assert_int_equal(a->half_dot_units, b->half_dot_units);
    assert_int_equal(a->chinese_rom, b->chinese_rom);
    assert_int_equal(a->epson_folds, b->epson_folds);
    assert_int_equal(a->proof, b->proof);
    assert_int_equal(a->raster_rows, b->raster_rows);
    assert_int_equal(a->buffer_bytes, b->buffer_bytes);
    assert_int_equal(a->speed_mm_s, b->speed_mm_s);
    assert_int_equal(a->nv, b->nv);
    assert_int_equal(a->nv_writes_per_day, b->nv_writes_per_day);
    assert_int_equal(a->user_chars, b->user_chars);
    assert_int_equal(a->n_logos, b->n_logos);
    for (unsigned i = 0; i < a->n_logos; i++) {
        assert_memory_equal(a->logos[i].key, b->logos[i].key, 2);
        assert_true(a->logos[i].hash == b->logos[i].hash);
    }
}

static void every_row_written_as_a_file_reads_back_the_same(void **state)
{
    (void)state;
    size_t n;
    const struct profile *all = profile_all(&n);
    for (size_t i = 0; i < n; i++) {
        struct buf text;
        buf_init(&text, 0);
        profile_write(&all[i], "a remark\nof two lines", &text);
        const struct profile *back = parse(buf_cstr(&text));
        assert_string_equal(back->name, "mine");
        assert_same(back, &all[i]);
        buf_finish(&text);
    }
}

static void what_a_file_does_not_say_is_as_in_the_profile_it_is_like(void **state)
{
    (void)state;
    const struct profile *p = parse("like: epson-tm-t88v\nnotes: ours\n");
    const struct profile *row = profile_find(SLICE_LITERAL("epson-tm-t88v"));
    assert_int_equal(p->width_dots, row->width_dots);
    assert_int_equal(p->proof, PROOF_PROCESS_ID);
    assert_int_equal(p->n_slots, row->n_slots);
    assert_string_equal(p->notes, "ours");
    assert_int_equal(parse("model: X\n")->width_dots, 576);
}

static void each_code_is_the_printers_own_where_the_owner_says_so(void **state)
{
    (void)state;
    struct buf text;
    const struct profile *p =
        parse("like: generic-58\npdf417: native\naztec: native\ndatamatrix: native\n");
    assert_true(p->native_pdf417 && p->native_aztec && p->native_datamatrix);
    assert_false(p->native_qr);
    buf_init(&text, 0);
    profile_write(p, NULL, &text);
    assert_same(p, parse(buf_cstr(&text)));
    buf_finish(&text);
    p = parse("like: generic-80\npdf417: picture\n");
    assert_false(p->native_pdf417 || p->native_aztec || p->native_datamatrix);
    assert_int_equal(parse_wrong("aztec: yes\n").code, ERR_YAML_KIND);
}

static void logos_that_a_printer_keeps_are_read_and_written(void **state)
{
    (void)state;
    struct buf text;
    const struct profile *p =
        parse("like: epson-tm-t88v\nlogos: {A1: 0123456789abcdef, \"z'\": ffffffffffffffff}\n");
    assert_int_equal(p->n_logos, 2);
    assert_memory_equal(p->logos[0].key, "A1", 2);
    assert_true(p->logos[0].hash == UINT64_C(0x0123456789ABCDEF));
    assert_true(p->logos[1].hash == UINT64_MAX);
    buf_init(&text, 0);
    profile_write(p, NULL, &text);
    buf_byte(&text, 0);
    assert_same(p, parse((const char *)text.p));
    buf_finish(&text);
}

static void columns_follow_from_the_width_of_the_paper(void **state)
{
    (void)state;
    const struct profile *p = parse("width_dots: 384\nfonts: [12x24, 8x16]\n");
    assert_int_equal(p->fonts[0].columns, 32);
    assert_int_equal(p->fonts[1].columns, 48);
    assert_int_equal(p->fonts[1].esc_m, 1);
    assert_int_equal(parse("width_dots: 512\n")->fonts[1].columns, 56);
}

static void a_cutter_stands_behind_the_head(void **state)
{
    (void)state;
    assert_int_equal(parse("like: generic-58\ncutter: partial\n")->cut_feed_dots, 111);
    assert_int_equal(parse("cutter: none\n")->cut_feed_dots, 0);
}

/* All that the model has stays, in its order, but what the owner does not want. */
static void pages_that_are_left_out_are_missing_and_no_others(void **state)
{
    (void)state;
    const struct profile *star = profile_find(SLICE_LITERAL("star-line"));
    const struct profile *p = parse("like: star-line\nleave_out: [PC864, PC437]\n");
    unsigned k = 0;
    assert_int_equal(p->n_slots, star->n_slots - 2);
    for (unsigned i = 0; i < star->n_slots; i++) {
        const enum code_page page = star->slots[i].page;
        if (page != CODE_PAGE_PC864 && page != CODE_PAGE_PC437) {
            assert_int_equal(p->slots[k].page, page);
            assert_int_equal(p->slots[k].n, star->slots[i].n);
            k++;
        }
    }
    assert_int_equal(k, p->n_slots);
    p = parse("code_pages: {0: PC437, 2: PC850, 37: PC864}\nleave_out: [PC864]\n");
    assert_int_equal(p->n_slots, 2);
}

static void a_wrong_file_is_said_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
        unsigned line;
    } cases[] = {
        {"model: X\nwidht_dots: 576\n", ERR_YAML_KEY, 2},
        {"model: X\nmodel: Y\n", ERR_YAML_KEY, 2},
        {"width_dots: 570\n", ERR_YAML_KIND, 1},
        {"width_dots: 99999\n", ERR_YAML_KIND, 1},
        {"width_dots: -8\n", ERR_YAML_KIND, 1},
        {"dpi: Unknown\n", ERR_YAML_KIND, 1},
        {"fonts: [9x17]\n", ERR_YAML_KIND, 1},
        {"fonts: [12x24, 0x0]\n", ERR_YAML_KIND, 1},
        {"fonts: 12x24\n", ERR_YAML_KIND, 1},
        {"code_pages:\n  0: PC437\n  2: CP850\n", ERR_YAML_KIND, 3},
        {"code_pages:\n  0: PC437\n  256: PC850\n", ERR_YAML_KIND, 3},
        {"code_pages:\n  0: PC437\n  0: PC850\n", ERR_YAML_KEY, 3},
        {"code_pages: {}\n", ERR_YAML_KIND, 1},
        {"like: star-line\nleave_out: [CP864]\n", ERR_YAML_KIND, 2},
        {"like: star-line\nleave_out: [WPC1255]\n", ERR_YAML_KIND, 2},
        {"leave_out: PC437\n", ERR_YAML_KIND, 1},
        {"code_pages: {0: PC437}\nleave_out: [PC437]\n", ERR_YAML_KIND, 2},
        {"cutter: yes\n", ERR_YAML_KIND, 1},
        {"logos: {A1: 123}\n", ERR_YAML_KIND, 1},
        {"logos:\n  A: 0123456789abcdef\n", ERR_YAML_KIND, 2},
        {"proof: hope\n", ERR_YAML_KIND, 1},
        {"drawer: maybe\n", ERR_YAML_KIND, 1},
        {"model: X\nlike: generic-81\n", ERR_PROFILE, 2},
        {"- a list\n", ERR_YAML_KIND, 1},
        {"model: [\n", ERR_YAML, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = parse_wrong(cases[i].text);
        if (err.code != cases[i].code || err.line != cases[i].line)
            fail_msg("%s: %s at line %u", cases[i].text, err_name(err.code), err.line);
        assert_string_equal(err.file, "profiles.d/mine.yaml");
    }
}

static void a_small_arena_is_a_limit_and_no_crash(void **state)
{
    (void)state;
    for (size_t bytes = 16; bytes < 2048; bytes += 48) {
        struct arena tiny;
        const struct profile *p = NULL;
        struct err err = {0};
        assert_true(arena_init(&tiny, bytes));
        if (!profile_parse(&tiny, SLICE_LITERAL("mine"), "f",
                           SLICE_LITERAL("model: X\nnotes: Y\ncode_pages: {0: PC437}\n"), &p, &err))
            assert_int_equal(err.code, ERR_TOO_BIG);
        arena_finish(&tiny);
    }
}

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void a_shops_files_are_found_by_name_before_the_rows(void **state)
{
    (void)state;
    struct folder folder;
    char path[FOLDER_PATH_BYTES];
    const struct profile *p = NULL;
    const struct slice *names = NULL;
    struct err err = {0};
    size_t n = 7;
    folder_make(&folder);
    const char *dir = folder.path;
    assert_true(profile_names(&arena, dir, &names, &n, &err));
    assert_int_equal(n, 0);
    folder_file(&folder, "profiles.d", path);
    assert_int_equal(mkdir(path, 0777), 0);
    write_file(path, "TM-T88V.yaml", "like: epson-tm-t88v\n");
    write_file(path, "generic-80.yaml", "notes: ours\n");
    write_file(path, "broken.yaml", "x: y\n");
    write_file(path, "README", "no profile\n");

    assert_true(profile_lookup(&arena, dir, SLICE_LITERAL("TM-T88V"), &p, &err));
    assert_string_equal(p->name, "TM-T88V");
    assert_true(profile_lookup(&arena, dir, SLICE_LITERAL("generic-80"), &p, &err));
    assert_string_equal(p->notes, "ours");
    assert_true(profile_lookup(&arena, dir, SLICE_LITERAL("star-line"), &p, &err));
    assert_ptr_equal(p, profile_find(SLICE_LITERAL("star-line")));
    assert_false(profile_lookup(&arena, dir, SLICE_LITERAL("broken"), &p, &err));
    assert_int_equal(err.code, ERR_YAML_KEY);
    assert_string_equal(err.file, "profiles.d/broken.yaml");
    assert_false(profile_lookup(&arena, dir, SLICE_LITERAL("nothing"), &p, &err));
    assert_int_equal(err.code, ERR_PROFILE);
    assert_false(profile_lookup(&arena, dir, SLICE_LITERAL("../profiles.d/TM-T88V"), &p, &err));
    assert_int_equal(err.code, ERR_PROFILE);
    assert_true(profile_names(&arena, dir, &names, &n, &err));
    assert_int_equal(n, 3);
    assert_true(slice_is(names[0], "TM-T88V") && slice_is(names[2], "generic-80"));
    folder_remove(&folder);
}

static void a_file_is_found_by_the_model_that_a_printer_names(void **state)
{
    (void)state;
    static const struct {
        const char *maker, *model, *file;
    } cases[] = {
        {"EPSON", "TM-T88V", "TM-T88V"}, {"EPSON", "EPSON TM T88v", "TM-T88V"},
        {"", "tm-t88v", "TM-T88V"},      {"Acme", "Model 9", "kitchen"},
        {"EPSON", "TM-T88", NULL},       {"EPSON", "", NULL},
        {"EPSON", "EPSON", NULL},        {"", "broken", NULL},
    };
    struct folder folder;
    char path[FOLDER_PATH_BYTES];
    folder_make(&folder);
    assert_int_equal(mkdir(folder_file(&folder, "profiles.d", path), 0777), 0);
    write_file(path, "TM-T88V.yaml", "like: epson-tm-t88v\nmodel: ours\n");
    write_file(path, "kitchen.yaml", "model: Acme Model-9\n");
    write_file(path, "broken.yaml", "no: profile\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct profile *p = profile_of_model(&arena, folder.path, slice_str(cases[i].maker),
                                                   slice_str(cases[i].model));
        assert_string_equal(p ? p->name : "", cases[i].file ? cases[i].file : "");
    }
    assert_null(profile_of_model(&arena, NULL, SLICE_LITERAL("EPSON"), SLICE_LITERAL("TM-T88V")));
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_written_as_a_file_reads_back_the_same),
        cmocka_unit_test(what_a_file_does_not_say_is_as_in_the_profile_it_is_like),
        cmocka_unit_test(each_code_is_the_printers_own_where_the_owner_says_so),
        cmocka_unit_test(logos_that_a_printer_keeps_are_read_and_written),
        cmocka_unit_test(columns_follow_from_the_width_of_the_paper),
        cmocka_unit_test(a_cutter_stands_behind_the_head),
        cmocka_unit_test(pages_that_are_left_out_are_missing_and_no_others),
        cmocka_unit_test(a_wrong_file_is_said_with_its_place),
        cmocka_unit_test(a_small_arena_is_a_limit_and_no_crash),
        cmocka_unit_test(a_shops_files_are_found_by_name_before_the_rows),
        cmocka_unit_test(a_file_is_found_by_the_model_that_a_printer_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
