/* What the printer says back, cuts and pulses. */
#include "rig.h"

#include "protocol/status.h"

#define ESC "\x1b"
#define GS  "\x1d"
#define DLE "\x10"

static void an_idle_printer_answers_12h(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, DLE "\x04\x01" DLE "\x04\x02" DLE "\x04\x03" DLE "\x04\x04");
    EXPECT_REPLY(vp, "\x12\x12\x12\x12");
    EXPECT_REPLY(vp, "");
    virtual_destroy(vp);
}

static void conditions_show_in_their_bytes(void **state)
{
    (void)state;
    static const struct {
        unsigned state;
        struct slice reply;
    } rows[] = {
        {PRINTER_COVER_OPEN, SLICE("\x1a\x16\x12\x12")},
        {PRINTER_PAPER_OUT, SLICE("\x1a\x32\x12\x72")},
        {PRINTER_PAPER_OUT | PRINTER_PAPER_LOW, SLICE("\x1a\x32\x12\x7e")},
        {PRINTER_PAPER_LOW, SLICE("\x12\x12\x12\x1e")},
        {PRINTER_DRAWER_HIGH, SLICE("\x16\x12\x12\x12")},
        {PRINTER_CUTTER_ERROR, SLICE("\x1a\x52\x1a\x12")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct virtual_printer *vp = rig_printer(EPSON);
        virtual_set_state(vp, rows[i].state);
        FEED(vp, DLE "\x04\x01" DLE "\x04\x02" DLE "\x04\x03" DLE "\x04\x04");
        rig_expect_reply(vp, rows[i].reply);
        virtual_destroy(vp);
    }
}

static void the_fence_answers_behind_what_came_before(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A\n" GS "r\x01" GS "r\x32" GS "r\x09");
    EXPECT_REPLY(vp, "\x00\x00");
    virtual_set_state(vp, PRINTER_PAPER_LOW | PRINTER_DRAWER_HIGH);
    FEED(vp, GS "r1" GS "r2" ESC "v");
    EXPECT_REPLY(vp, "\x03\x01\x03");
    virtual_destroy(vp);
}

static void the_process_id_comes_back(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A\n" GS "(H\x06\x00\x30\x30"
                                            "a1B2" GS "(H\x06\x00\x30\x30"
                                            "a\x01"
                                            "B2");
    EXPECT_REPLY(vp, "\x37\x22"
                     "a1B2\x00");
    virtual_destroy(vp);
}

static void a_printer_answers_only_what_its_profile_can(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(CLONE, GS "r\x01" GS "(H\x06\x00\x30\x30"
                                               "a1B2");
    EXPECT_REPLY(vp, "\x00");
    virtual_destroy(vp);
    vp = RIG(SMALL, DLE "\x04\x01" GS "r\x01" GS "a\xff" GS "I\x43" ESC "v");
    EXPECT_REPLY(vp, "");
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 5);
    virtual_destroy(vp);
}

static void the_printer_says_who_it_is(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "I\x42" GS "I\x43" GS "I\x45");
    EXPECT_REPLY(vp, "_EPSON\x00"
                     "_Epson TM-T20III\x00"
                     "_\x00");
    FEED(vp, GS "I\x01" GS "I2");
    EXPECT_REPLY(vp, "\x20\x02");
    virtual_destroy(vp);
}

static void automatic_status_comes_at_once_and_on_each_change(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "a\x08");
    struct buf out;
    buf_init(&out, 0);
    virtual_take_replies(vp, &out);
    assert_int_equal(out.n, 4);
    assert_int_equal(out.p[0] & 0x93, 0x10);
    struct reply r = reply_next(buf_slice(&out));
    assert_int_equal(r.kind, REPLY_ASB);
    assert_int_equal(r.state, 0);
    virtual_set_state(vp, PRINTER_DRAWER_HIGH); /* not of the class that was chosen */
    EXPECT_REPLY(vp, "");
    virtual_set_state(vp, PRINTER_DRAWER_HIGH | PRINTER_PAPER_OUT);
    buf_reset(&out);
    virtual_take_replies(vp, &out);
    r = reply_next(buf_slice(&out));
    assert_int_equal(r.kind, REPLY_ASB);
    assert_int_equal(r.state, PRINTER_DRAWER_HIGH | PRINTER_PAPER_OUT | PRINTER_OFFLINE);
    virtual_set_state(vp, 0);
    FEED(vp, GS "a\x00");
    buf_reset(&out);
    virtual_take_replies(vp, &out);
    assert_int_equal(out.n, 4);
    virtual_set_state(vp, PRINTER_PAPER_OUT);
    EXPECT_REPLY(vp, "");
    buf_finish(&out);
    virtual_destroy(vp);
}

static void an_offline_printer_keeps_what_comes_and_answers_only_at_once(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A\n");
    virtual_set_state(vp, PRINTER_PAPER_OUT);
    FEED(vp, "B\n" GS "r\x01" DLE);
    FEED(vp, "\x04");
    FEED(vp, "\x04"
             "C\n" DLE DLE "\x04"
             "x");
    EXPECT_REPLY(vp, "\x72");
    rig_expect_text(vp, "A\n");
    virtual_set_state(vp, 0);
    EXPECT_REPLY(vp, "\x00");
    rig_expect_text(vp, "A\nB\nC\n");
    FEED(vp, "\n");
    virtual_destroy(vp);
}

static void recovery_can_drop_what_was_received(void **state)
{
    (void)state;
    struct virtual_printer *vp = rig_printer(EPSON);
    virtual_set_state(vp, PRINTER_CUTTER_ERROR);
    FEED(vp, "dropped\n" DLE "\x05\x02"
             "A\n");
    rig_expect_text(vp, "A\n");
    virtual_set_state(vp, PRINTER_CUTTER_ERROR);
    FEED(vp, "B\n" DLE "\x05\x01"
             "C\n");
    rig_expect_text(vp, "A\nB\nC\n");
    virtual_destroy(vp);
}

static void a_pulse_opens_the_drawer_on_its_pin(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "p\x00\x19\xfa"
                                                "A\n" ESC "p1\x19\xfa" DLE "\x14\x01\x01\x02");
    assert_int_equal(rig_marks(vp, VIRTUAL_PULSE), 3);
    assert_int_equal(rig_mark(vp, VIRTUAL_PULSE, 0).a, 2);
    assert_int_equal(rig_mark(vp, VIRTUAL_PULSE, 1).a, 5);
    assert_int_equal(rig_mark(vp, VIRTUAL_PULSE, 2).a, 5);
    assert_int_equal(rig_mark(vp, VIRTUAL_PULSE, 1).offset, 7);
    rig_expect_text(vp, "A\n");
    virtual_destroy(vp);
}

/* Head to knife of the profile under test, in dots. */
static uint32_t knife(const char *name)
{
    return profile_find(slice_str(name))->cut_feed_dots;
}

static void a_cut_with_feed_falls_right_behind_the_print(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(CLONE, "A\n" GS "VB\x00"
                                            "B\n");
    struct virtual_mark m = rig_mark(vp, VIRTUAL_CUT_PARTIAL, 0);
    assert_int_equal(m.y_dots, 30);
    assert_int_equal(rig_glyph(vp, 1).y_dots, 30 + knife(CLONE));
    FEED(vp, GS "VA\x0a");
    assert_int_equal(rig_mark(vp, VIRTUAL_CUT_FULL, 0).y_dots, 60 + knife(CLONE) + 10);
    rig_expect_text(vp, "A\n-- cut --\nB\n-- cut --\n");
    virtual_destroy(vp);
}

static void a_cut_without_feed_leaves_the_last_lines_under_the_head(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(CLONE, ESC "d\x0a" GS "V\x00" GS "V1" ESC "i" ESC "m");
    assert_int_equal(rig_height(vp), 300);
    assert_int_equal(rig_mark(vp, VIRTUAL_CUT_FULL, 0).y_dots, 300 - knife(CLONE));
    assert_int_equal(rig_marks(vp, VIRTUAL_CUT_PARTIAL), 3);
    virtual_destroy(vp);
}

static void a_reserved_cut_falls_when_it_reaches_the_knife(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(CLONE, "A\n" GS "Va\x0a"
                                            "B\n");
    assert_int_equal(rig_marks(vp, VIRTUAL_CUT_FULL), 0);
    FEED(vp, ESC "d\x09");
    assert_int_equal(rig_mark(vp, VIRTUAL_CUT_FULL, 0).y_dots, 40);
    assert_int_equal(rig_mark(vp, VIRTUAL_CUT_FULL, 0).offset, 2);
    FEED(vp, GS "Va\x0a" ESC "@" ESC "d\x09");
    assert_int_equal(rig_marks(vp, VIRTUAL_CUT_FULL), 1);
    virtual_destroy(vp);
}

static void a_cut_that_winds_back_wastes_no_paper(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(CLONE, "A\n" GS "Vg\x05"
                                            "B\n");
    assert_int_equal(rig_mark(vp, VIRTUAL_CUT_FULL, 0).y_dots, 35);
    assert_int_equal(rig_glyph(vp, 1).y_dots, 35);
    virtual_destroy(vp);
}

static void a_knife_that_only_cuts_partially_does_so(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "VA\x00");
    assert_int_equal(rig_marks(vp, VIRTUAL_CUT_PARTIAL), 1);
    assert_int_equal(rig_marks(vp, VIRTUAL_CUT_FULL), 0);
    virtual_destroy(vp);
}

static void a_printer_without_cutter_only_feeds(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(SMALL, GS "V\x00" GS "VB\x0a");
    assert_int_equal(rig_marks(vp, VIRTUAL_CUT_FULL) + rig_marks(vp, VIRTUAL_CUT_PARTIAL), 0);
    assert_int_equal(rig_height(vp), 10 + knife(SMALL));
    virtual_destroy(vp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_printer_answers_12h),
        cmocka_unit_test(conditions_show_in_their_bytes),
        cmocka_unit_test(the_fence_answers_behind_what_came_before),
        cmocka_unit_test(the_process_id_comes_back),
        cmocka_unit_test(a_printer_answers_only_what_its_profile_can),
        cmocka_unit_test(the_printer_says_who_it_is),
        cmocka_unit_test(automatic_status_comes_at_once_and_on_each_change),
        cmocka_unit_test(an_offline_printer_keeps_what_comes_and_answers_only_at_once),
        cmocka_unit_test(recovery_can_drop_what_was_received),
        cmocka_unit_test(a_pulse_opens_the_drawer_on_its_pin),
        cmocka_unit_test(a_cut_with_feed_falls_right_behind_the_print),
        cmocka_unit_test(a_cut_without_feed_leaves_the_last_lines_under_the_head),
        cmocka_unit_test(a_reserved_cut_falls_when_it_reaches_the_knife),
        cmocka_unit_test(a_cut_that_winds_back_wastes_no_paper),
        cmocka_unit_test(a_knife_that_only_cuts_partially_does_so),
        cmocka_unit_test(a_printer_without_cutter_only_feeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
