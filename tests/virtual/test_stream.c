/* Whole streams: any cut gives the same paper, and nothing that comes in does harm. */
#include "rig.h"

#include "protocol/command_table.h"
#include "protocol/trace.h"
#include "same.h"
#include "virtual/machine.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define ESC "\x1b"
#define GS  "\x1d"

/* The first byte of a corpus file chooses the profile, as in fuzz_virtual.c. */
static void each_corpus_stream(void (*check)(const struct profile *, struct slice))
{
    const char *path = SOURCE_DIR "/tests/virtual/corpus";
    DIR *dir = opendir(path);
    assert_non_null(dir);
    size_t n_profiles, files = 0;
    const struct profile *profiles = profile_all(&n_profiles);
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.')
            continue;
        char name[1024];
        struct buf b;
        snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        buf_init(&b, 1 << 20);
        assert_true(buf_read_file(&b, name));
        if (b.n) {
            check(&profiles[b.p[0] % n_profiles], slice_of(b.p + 1, b.n - 1));
            files++;
        }
        buf_finish(&b);
    }
    closedir(dir);
    assert_true(files > 20);
}

static struct virtual_printer *fed_in_pieces(const struct profile *profile, struct slice bytes,
                                             unsigned most, uint32_t seed)
{
    struct virtual_printer *vp = NULL;
    struct err err;
    assert_true(virtual_create(&vp, profile, &err));
    if (most)
        feed_in_pieces(vp, bytes, most, seed);
    else {
        virtual_feed(vp, bytes);
        virtual_end(vp);
    }
    return vp;
}

static void check_cuts(const struct profile *profile, struct slice bytes)
{
    static const unsigned most[] = {1, 2, 7, 40, 300};
    for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
        struct virtual_printer *whole = fed_in_pieces(profile, bytes, 0, 0);
        struct virtual_printer *cut = fed_in_pieces(profile, bytes, most[i], 17 + most[i]);
        const char *what = printers_differ(whole, cut);
        if (what)
            fail_msg("%s of pieces up to %u", what, most[i]);
        virtual_destroy(whole);
        virtual_destroy(cut);
    }
}

static void any_cut_gives_the_same_paper(void **state)
{
    (void)state;
    each_corpus_stream(check_cuts);
}

/* The bytes are what ReceiptLine's reference implementation (npm receiptline 4.0.4, command epson,
 * cp852) made of a receipt. */
static void a_receipt_of_another_program_reads_as_it_was_meant(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    assert_true(buf_read_file(&b, SOURCE_DIR "/tests/virtual/corpus/receiptline-on-epson"));
    struct virtual_printer *vp = rig_fed(EPSON, slice_of(b.p + 1, b.n - 1));
    rig_expect_text(vp, "             BONBON SHOP\n"
                        "\n"
                        "Strada Lungă 5                  2026-11-21 14:03\n"
                        "╭──────────────────────────────┬────┬──────────╮\n"
                        "│Item                          │Qty │    Amount│\n"
                        "│Espresso                      │ 2  │      4.00│\n"
                        "│Croissant bold                │ 1  │      2.50│\n"
                        "╰──────────────────────────────┴────┴──────────╯\n"
                        "────────────────────────────────────────────────\n"
                        "TOTAL                                       6.50\n"
                        "inverted                                under\n"
                        "[EAN-13 4006381333931]\n"
                        "            right column\n"
                        "-- cut --\n"
                        "\n"
                        "-- cut --\n");
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 0);
    EXPECT_REPLY(vp, "\x00"); /* GS r 1 */
    virtual_destroy(vp);
    buf_finish(&b);
}

static void check_trace(const struct profile *profile, struct slice bytes)
{
    (void)profile;
    struct buf out;
    buf_init(&out, 0);
    trace_text(bytes, &out);
    size_t lines = 0, last = 0;
    struct slice rest = buf_slice(&out), line;
    while (take_line(&rest, &line)) {
        char offset[9] = "";
        assert_true(line.n > 10 && line.p[8] == ' ' && line.p[9] == ' ');
        memcpy(offset, line.p, 8);
        size_t at = strtoul(offset, NULL, 16);
        assert_true(lines == 0 ? at == 0 : at > last);
        assert_true(at < bytes.n);
        last = at;
        lines++;
    }
    assert_true(lines > 0 || bytes.n == 0);
    buf_finish(&out);
}

static void a_trace_has_a_line_for_each_command_with_ascending_offsets(void **state)
{
    (void)state;
    each_corpus_stream(check_trace);
}

static void a_trace_names_commands_as_the_guide_does(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 0);
    trace_text(SLICE_LITERAL(ESC "@"
                                 "Hi\n" GS "v0\x00\x01\x00\x02\x00\xff\x00" ESC "L" GS
                                 "(k\x03\x00\x31\x43\x05" ESC "$\x10"),
               &out);
    const char *text = buf_cstr(&out);
    assert_non_null(strstr(text, "00000000  ESC @\n"));
    assert_non_null(strstr(text, "00000002  text "));
    assert_non_null(strstr(text, "00000004  LF\n"));
    assert_non_null(strstr(text, "00000005  GS v 0 "));
    assert_non_null(strstr(text, "0000000f  ESC L\n"));
    assert_non_null(strstr(text, "00000011  GS ( k <fn 167>"));
    assert_non_null(strstr(text, "00000019  unfinished "));
    buf_finish(&out);
}

static void an_unfinished_command_is_dropped_and_said(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A\n" GS "v0\x00\x01\x00\x02\x00\xff");
    virtual_end(vp);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    assert_int_equal(rig_mark(vp, VIRTUAL_NOTE, 0).offset, 2);
    FEED(vp, "B\n");
    rig_expect_text(vp, "A\nB\n");
    virtual_destroy(vp);
}

static void unknown_commands_are_dropped_and_said(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A\x01\x02\x00" ESC "\x01"
                                            "B\n");
    rig_expect_text(vp, "AB\n");
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 3); /* 01, 02 and ESC 01; 00 is padding */
    assert_int_equal(rig_mark(vp, VIRTUAL_NOTE, 2).offset, 4);
    virtual_destroy(vp);
}

static void what_the_table_of_commands_promises_is_done(void **state)
{
    (void)state;
    for (unsigned id = 0; id < COMMAND_COUNT; id++) {
        if (command_table[id].executed && !machine_does((enum command_id)id))
            fail_msg("%s is not done", command_name((enum command_id)id));
    }
}

static void feed_times(struct virtual_printer *vp, struct slice bytes, size_t times)
{
    enum { BLOCK = 1 << 16 };
    struct buf b;
    buf_init(&b, 0);
    for (size_t i = 0; i < times; i++) {
        buf_slice_append(&b, bytes);
        if (b.n >= BLOCK || i + 1 == times) {
            virtual_feed(vp, buf_slice(&b));
            buf_reset(&b);
        }
    }
    buf_finish(&b);
}

static bool note_says(const struct virtual_printer *vp, const char *words)
{
    size_t n;
    const struct virtual_mark *m = virtual_marks(vp, &n);
    for (size_t i = 0; i < n; i++) {
        char text[256];
        slice_cstr(m[i].text, text, sizeof text);
        if (m[i].kind == VIRTUAL_NOTE && strstr(text, words))
            return true;
    }
    return false;
}

static void endless_paper_ends_at_the_limit(void **state)
{
    (void)state;
    static const struct slice streams[] = {
        SLICE("\n"),
        SLICE("A\n"),
        SLICE(ESC "d\xff"),
        SLICE(ESC "J\xff"),
        SLICE(GS "!\x77"
                 "A\n"),
        SLICE(GS "VA\xff"),
        SLICE(GS "v0\x03\x01\x00\x10\x00"
                 "0123456789abcdef"),
    };
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        struct virtual_printer *vp = rig_printer(CLONE);
        feed_times(vp, streams[i], (1 << 20) / streams[i].n);
        assert_int_equal(rig_height(vp), VIRTUAL_MAX_HEIGHT_DOTS);
        assert_true(note_says(vp, "as long as it may be"));
        FEED(vp, "\x10\x04\x01");
        EXPECT_REPLY(vp, "\x12");
        virtual_destroy(vp);
    }
}

static void a_raster_of_65535_rows_is_taken(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "v0\x02\x48\x00\xff\xff");
    feed_times(vp, SLICE_LITERAL("\xff"), (size_t)72 * 65535);
    assert_int_equal(rig_height(vp), 2 * 65535);
    assert_int_equal(rig_dots(vp, 0, 2 * 65535 - 1, 576, 1), 576);
    virtual_destroy(vp);
}

static void a_command_longer_than_the_limit_is_passed_over_whole(void **state)
{
    (void)state;
    /* 200 × 65,535 bytes: more than VIRTUAL_MAX_COMMAND_BYTES */
    struct virtual_printer *vp = RIG(EPSON, GS "v0\x00\xc8\x00\xff\xff");
    feed_times(vp, SLICE_LITERAL("A"), (size_t)200 * 65535);
    FEED(vp, "B\n");
    rig_expect_text(vp, "B\n");
    assert_true(note_says(vp, "longer than this printer takes"));
    virtual_destroy(vp);
}

static void four_gigabytes_that_never_come_cost_nothing(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "8L\xff\xff\xff\xff"
                                               "0p");
    feed_times(vp, SLICE_LITERAL("\n"), 1 << 20);
    virtual_end(vp);
    assert_int_equal(rig_height(vp), 0);
    FEED(vp, "A\n");
    rig_expect_text(vp, "A\n");
    virtual_destroy(vp);
}

static void qr_data_past_every_version_print_nothing(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "(k\xff\xff\x31\x50\x30");
    feed_times(vp, SLICE_LITERAL("Q"), 0xffff - 3);
    feed_times(vp, SLICE_LITERAL(GS "(k\x03\x00\x31\x51\x30"), 10000);
    assert_int_equal(rig_marks(vp, VIRTUAL_QR), 0);
    assert_int_equal(rig_height(vp), 0);
    FEED(vp, "A\n");
    rig_expect_text(vp, "A\n");
    virtual_destroy(vp);
}

static void characters_on_one_spot_do_not_pile_up_without_end(void **state)
{
    (void)state;
    struct virtual_printer *vp = rig_printer(EPSON);
    feed_times(vp,
               SLICE_LITERAL(ESC "$\x00\x00"
                                 "A"),
               1 << 19);
    FEED(vp, "\n");
    assert_true(rig_glyphs(vp) <= 1 << 20);
    struct virtual_printer *dots = rig_printer(EPSON);
    feed_times(dots,
               SLICE_LITERAL(ESC "$\x00\x00" ESC "*\x21\x02\x00"
                                 "\xff\xff\xff\xff\xff\xff"),
               1 << 16);
    FEED(dots, "\n");
    assert_true(rig_height(dots) > 0);
    virtual_destroy(vp);
    virtual_destroy(dots);
}

static void marks_are_bounded_and_rubbish_leaves_room_for_cuts(void **state)
{
    (void)state;
    struct virtual_printer *vp = rig_printer(CLONE);
    feed_times(vp, SLICE_LITERAL(ESC "\x01"), 1 << 18);
    assert_true(rig_marks(vp, VIRTUAL_NOTE) < 10000);
    FEED(vp, GS "VA\x00");
    assert_int_equal(rig_marks(vp, VIRTUAL_CUT_FULL), 1);
    feed_times(vp, SLICE_LITERAL(GS "V\x00"), 1 << 18);
    assert_true(rig_marks(vp, VIRTUAL_CUT_FULL) <= 1 << 16);
    virtual_destroy(vp);
}

static void an_offline_printer_holds_only_so_much(void **state)
{
    (void)state;
    struct virtual_printer *vp = rig_printer(EPSON);
    virtual_set_state(vp, 1u << 1); /* cover open */
    feed_times(vp, SLICE_LITERAL("A"), 9u << 20);
    assert_int_equal(rig_height(vp), 0);
    virtual_set_state(vp, 0);
    assert_true(note_says(vp, "bytes are lost"));
    virtual_destroy(vp);
}

static void a_macro_is_printed_when_defined_and_again_when_run(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS ":one\n" ESC "E\x01" GS ":" ESC "@" GS "^\x02\x05"
                                               "\x00"
                                               "two\n");
    rig_expect_text(vp, "one\none\none\ntwo\n");
    assert_false(rig_glyph(vp, 0).bold || rig_glyph(vp, 3).bold);
    assert_true(rig_glyph(vp, 6).bold); /* ESC E of the run before */
    FEED(vp, GS ":lost\n" GS "^\x01\x00"
                "\x00" GS "^\x01\x00"
                "\x00");
    rig_expect_text(vp, "one\none\none\ntwo\nlost\n");
    virtual_destroy(vp);
}

static void what_a_macro_meets_is_said_of_the_command_that_runs_it(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A\n" GS ":" ESC "t\x63" GS ":" GS "^\x01\x00"
                                            "\x00");
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 2);
    assert_int_equal(rig_mark(vp, VIRTUAL_NOTE, 0).offset, 4);
    assert_int_equal(rig_mark(vp, VIRTUAL_NOTE, 1).offset, 9);
    virtual_destroy(vp);
}

static void macros_without_end_come_to_an_end(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS ":" ESC "E\x01" ESC "E\x00" GS ":");
    for (unsigned i = 0; i < 2000; i++)
        FEED(vp, GS "^\xff\x00"
                    "\x00");
    FEED(vp, "A\n");
    rig_expect_text(vp, "A\n");
    assert_true(rig_marks(vp, VIRTUAL_NOTE) > 0);
    virtual_destroy(vp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_cut_gives_the_same_paper),
        cmocka_unit_test(a_receipt_of_another_program_reads_as_it_was_meant),
        cmocka_unit_test(a_trace_has_a_line_for_each_command_with_ascending_offsets),
        cmocka_unit_test(a_trace_names_commands_as_the_guide_does),
        cmocka_unit_test(an_unfinished_command_is_dropped_and_said),
        cmocka_unit_test(unknown_commands_are_dropped_and_said),
        cmocka_unit_test(what_the_table_of_commands_promises_is_done),
        cmocka_unit_test(endless_paper_ends_at_the_limit),
        cmocka_unit_test(a_raster_of_65535_rows_is_taken),
        cmocka_unit_test(a_command_longer_than_the_limit_is_passed_over_whole),
        cmocka_unit_test(four_gigabytes_that_never_come_cost_nothing),
        cmocka_unit_test(qr_data_past_every_version_print_nothing),
        cmocka_unit_test(characters_on_one_spot_do_not_pile_up_without_end),
        cmocka_unit_test(marks_are_bounded_and_rubbish_leaves_room_for_cuts),
        cmocka_unit_test(an_offline_printer_holds_only_so_much),
        cmocka_unit_test(a_macro_is_printed_when_defined_and_again_when_run),
        cmocka_unit_test(what_a_macro_meets_is_said_of_the_command_that_runs_it),
        cmocka_unit_test(macros_without_end_come_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
