/* Page mode: what collects in four directions comes out at once. Vertical units of the printer here
 * are half dots. */
#include "rig.h"

#include "image/zbar_opinion.h"

#define ESC "\x1b"
#define GS  "\x1d"
#define FS  "\x1c"
#define FF  "\x0c"
#define CAN "\x18"
/* ESC W: the whole width, so many dots high (under 128) */
#define AREA(dots) ESC "W\x00\x00\x00\x00\x40\x02" dots "\x00"
#define ROWS_100   "\xc8"
#define ROWS_60    "\x78"

static void a_page_comes_out_with_ff(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "x\n" ESC "L" AREA(ROWS_100) "AB\nC");
    assert_int_equal(rig_height(vp), 30);
    assert_int_equal(rig_glyphs(vp), 1);
    FEED(vp, FF);
    assert_int_equal(rig_height(vp), 130); /* the area, no more */
    assert_true(rig_shows(vp, 0, 30, 'A'));
    assert_true(rig_shows(vp, 12, 30, 'B'));
    assert_true(rig_shows(vp, 0, 60, 'C'));
    FEED(vp, "D\n");
    assert_true(rig_shows(vp, 0, 130, 'D'));
    rig_expect_text(vp, "x\nAB\nC\nD\n");
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 0);
    virtual_destroy(vp);
}

static void esc_s_drops_the_page_and_an_empty_one_feeds_nothing(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "Lgone" ESC "SA\n" ESC "L" FF "B\n");
    rig_expect_text(vp, "A\nB\n");
    assert_int_equal(rig_height(vp), 60);
    virtual_destroy(vp);
}

static void the_default_area_is_831_dots_high(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "LA" FF);
    assert_int_equal(rig_height(vp), 831);
    virtual_destroy(vp);
}

static void esc_ff_prints_the_page_and_keeps_it(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "L" AREA(ROWS_60) "A" ESC FF "B" FF);
    assert_int_equal(rig_height(vp), 120);
    assert_true(rig_shows(vp, 0, 0, 'A'));
    assert_int_equal(rig_dots(vp, 12, 0, 12, 24), 0);
    assert_true(rig_shows(vp, 0, 60, 'A'));
    assert_true(rig_shows(vp, 12, 60, 'B'));
    rig_expect_text(vp, "A\nAB\n");
    virtual_destroy(vp);
}

/* An L in a corner of an area of 200 × 100 dots, 16 dots from the left and 8 from the top. */
#define CORNER(direction) ESC "L" ESC "W\x10\x00\x10\x00\xc8\x00\xc8\x00" ESC "T" direction "L" FF

static void lines_run_in_four_directions_from_four_corners(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, CORNER("\x00"));
    struct bitmap l = rig_piece(vp, 16, 8, 12, 24);
    virtual_destroy(vp);
    static const struct slice streams[] = {SLICE(CORNER("\x00")), SLICE(CORNER("\x01")),
                                           SLICE(CORNER("\x02")), SLICE(CORNER("\x33"))};
    for (unsigned direction = 0; direction < 4; direction++) {
        vp = rig_fed(EPSON, streams[direction]);
        unsigned dots = 0;
        for (uint32_t y = 0; y < 24; y++) {
            for (uint32_t x = 0; x < 12; x++) {
                const uint32_t at[4][2] = {
                    {16 + x, 8 + y}, {16 + y, 107 - x}, {215 - x, 107 - y}, {215 - y, 8 + x}};
                assert_int_equal(rig_dot(vp, at[direction][0], at[direction][1]),
                                 bitmap_get(&l, x, y));
                dots += bitmap_get(&l, x, y);
            }
        }
        assert_int_equal(rig_dots(vp, 0, 0, 576, rig_height(vp)), dots); /* and nothing else */
        assert_int_equal(rig_glyph(vp, 0).reads, direction);
        virtual_destroy(vp);
    }
    bitmap_finish(&l);
}

static void a_line_that_is_full_goes_on_in_the_next(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "L" ESC "W\x00\x00\x00\x00\x1e\x00\xc8\x00"
                                                "ABC" FF);
    assert_true(rig_shows(vp, 12, 0, 'B'));
    assert_true(rig_shows(vp, 0, 30, 'C'));
    virtual_destroy(vp);
}

static void positions_are_along_and_across_the_lines(void **state)
{
    (void)state;
    /* GS $ counts from the top of the area to the baseline, 21 dots below the top of a cell */
    struct virtual_printer *vp =
        RIG(EPSON, ESC "L" AREA(ROWS_100) ESC "$\x64\x00" GS "$\x5e\x00"
                                              "A" ESC "\\\x0c\x00" GS "\\\xec\xff"
                                              "B" FF);
    assert_true(rig_shows(vp, 100, 26, 'A'));
    assert_true(rig_shows(vp, 124, 16, 'B'));
    virtual_destroy(vp);
    vp = RIG(EPSON, ESC "L" AREA(ROWS_100) GS "$\xff\xff" ESC "$\xff\xff" GS "\\\x00\x80"
                                              "A" FF);
    assert_true(rig_shows(vp, 0, 0, 'A'));
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 3);
    virtual_destroy(vp);
}

static void units_change_places_where_lines_run_up_or_down(void **state)
{
    (void)state;
    /* 40 units along a line that runs down are 20 dots, 40 across are 40 */
    struct virtual_printer *vp =
        RIG(EPSON, ESC "L" ESC "T\x03" AREA(ROWS_100) ESC "$\x28\x00" GS "$\x28\x00"
                                                          "L" FF);
    struct virtual_glyph g = rig_glyph(vp, 0);
    assert_int_equal(g.y_dots, 20);
    assert_int_equal(g.x_dots + g.width_dots, 576 - (40 - 21));
    virtual_destroy(vp);
}

static void a_printer_that_counts_whole_dots_does_so_on_a_page(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(CLONE, FS "." ESC "L" ESC "W\x00\x00\x08\x00\x40\x02\x64\x00" GS "$\x28\x00"
                      "A" FF);
    assert_int_equal(rig_height(vp), 8 + 100);
    assert_true(rig_shows(vp, 0, 8 + 40 - 21, 'A'));
    virtual_destroy(vp);
}

static void what_comes_later_is_added_and_can_erases_the_area(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "L" AREA(ROWS_60) "A" ESC "$\x00\x00"
                                                                  "_" FF);
    struct virtual_printer *a = RIG(EPSON, "A\n_\n");
    for (uint32_t y = 0; y < 24; y++) {
        for (uint32_t x = 0; x < 12; x++)
            assert_int_equal(rig_dot(vp, x, y), rig_dot(a, x, y) || rig_dot(a, x, y + 30));
    }
    virtual_destroy(a);
    virtual_destroy(vp);
    /* the second area begins inside B: it goes too, with its dots outside the area */
    vp = RIG(EPSON, ESC "L" AREA(ROWS_60) "AB\nC" ESC "W\x12\x00\x00\x00\x64\x00\x3c\x00"
                                          "x" CAN "D" FF);
    assert_true(rig_shows(vp, 0, 0, 'A'));
    assert_int_equal(rig_dots(vp, 12, 0, 6, 24), 0);
    assert_int_equal(rig_dots(vp, 18, 0, 12, 24), 0);
    assert_true(rig_shows(vp, 30, 0, 'D')); /* the position stays */
    assert_true(rig_shows(vp, 0, 30, 'C'));
    rig_expect_text(vp, "A D\nC\n");
    virtual_destroy(vp);
}

static void what_leaves_the_area_is_cut_off(void **state)
{
    (void)state;
    /* twice as high as a character: its upper half stands above the area */
    struct virtual_printer *vp = RIG(EPSON, ESC "L" AREA(ROWS_60) GS "!\x01"
                                                                     "L" FF);
    assert_int_equal(rig_glyph(vp, 0).y_dots, 0);
    assert_int_equal(rig_glyph(vp, 0).height_dots, 48 - 21);
    virtual_destroy(vp);
    vp = RIG(EPSON, ESC "L" AREA(ROWS_60) GS "$\x78\x00" GS "\\\x00\x00"
                                             "\n\nL" FF);
    assert_int_equal(rig_glyphs(vp), 0);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    virtual_destroy(vp);
}

static void spacing_is_kept_for_each_mode_by_itself(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, ESC "3\x50" ESC " \x04" ESC "L" AREA(ROWS_100) ESC "3\x64"
                                                                      "AB\nC" FF "AB\nC\n");
    assert_true(rig_shows(vp, 12, 0, 'B')); /* ESC SP was standard mode's */
    assert_true(rig_shows(vp, 0, 50, 'C'));
    assert_true(rig_shows(vp, 16, 100, 'B'));
    assert_true(rig_shows(vp, 0, 140, 'C'));
    virtual_destroy(vp);
}

static void pictures_and_symbols_stand_on_the_baseline(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "L" AREA(ROWS_100) GS
                                     "$\x50\x00" ESC "*\x21\x02\x00\xff\xff\xff\xff\xff\xff" GS
                                     "v0\x00\x01\x00\x08\x00\xff\xff\xff\xff\xff\xff\xff\xff"
                                     "A" FF);
    assert_int_equal(rig_dots(vp, 0, 16, 2, 24), 48); /* rows 16 to 39 */
    assert_int_equal(rig_dots(vp, 2, 32, 8, 8), 64);
    assert_true(rig_shows(vp, 10, 40 - 21, 'A'));
    virtual_destroy(vp);
    /* a graphic of 8 × 2 dots stands at once; printing what is stored does nothing more */
    vp = RIG(EPSON, ESC "L" AREA(ROWS_100) GS
             "$\x50\x00" GS "(L\x0c\x00\x30\x70\x30\x01\x01\x31\x08\x00\x02\x00\xff\xff" GS
             "(L\x02\x00\x30\x32" FF);
    assert_int_equal(rig_dots(vp, 0, 38, 8, 2), 16);
    assert_int_equal(rig_dots(vp, 0, 0, 576, 100), 16);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 0);
    virtual_destroy(vp);
    /* bars: their text stands below the baseline */
    vp = RIG(EPSON, ESC "L" AREA(ROWS_100) GS "$\x78\x00" GS "h\x20" GS "H\x02" GS "kE\x02"
                                              "12" FF);
    struct virtual_mark m = rig_mark(vp, VIRTUAL_BARCODE, 0);
    assert_int_equal(m.y_dots, 60 - 32);
    assert_int_equal(m.height_dots, 32 + 24);
    assert_int_equal(rig_dots(vp, 0, 28, 1, 32), 32);
    virtual_destroy(vp);
}

static void codes_are_read_in_every_direction(void **state)
{
    (void)state;
    if (!zbar_is_there())
        skip();
    struct buf read;
    buf_init(&read, 0);
    for (char direction = 0; direction < 4; direction++) {
        struct virtual_printer *vp =
            RIG(EPSON, ESC "L" ESC "W\x00\x00\x00\x00\x2c\x01\x58\x02" ESC "T");
        virtual_feed(vp, slice_of(&direction, 1));
        FEED(vp, GS "$\xc8\x00" GS "(k\x03\x00\x31\x43\x04" GS "(k\x08\x00\x31\x50\x30"
                    "PAGE!" GS "(k\x03\x00\x31\x51\x30" FF);
        zbar_read(virtual_paper(vp), 1, "qrcode", &read);
        assert_string_equal(buf_cstr(&read), "PAGE!");
        virtual_destroy(vp);
    }
    buf_finish(&read);
}

static void lines_of_several_areas_read_as_they_stand(void **state)
{
    (void)state;
    /* two columns side by side, then one that runs up at the right */
    struct virtual_printer *vp =
        RIG(EPSON, ESC "L" ESC "W\x00\x00\x00\x00\x78\x00\xc8\x00"
                       "one\ntwo" ESC "W\x78\x00\x00\x00\x78\x00\xc8\x00"
                       "1\n2" ESC "W\x00\x01\x00\x00\x78\x00\xc8\x00" ESC "T\x01"
                       "up\nnext" FF);
    rig_expect_text(vp, "one       1\ntwo       2\nup\nnext\n");
    virtual_destroy(vp);
}

static void marks_of_a_page_stand_between_its_lines(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, ESC "L" AREA(ROWS_100) "A\n" GS "$\xbe\x00" GS "h\x20" GS "kE\x02"
                                          "12" ESC "$\x00\x00" GS "$\x2a\x00"
                                          "B" FF "C\n");
    rig_expect_text(vp, "AB\n[CODE39 *12*]\nC\n");
    struct virtual_mark m = rig_mark(vp, VIRTUAL_BARCODE, 0);
    assert_int_equal(m.y_dots, 95 - 32);
    virtual_destroy(vp);
}

static void some_commands_are_not_for_pages_and_say_so(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "L" AREA(ROWS_60) GS "V\x00" ESC "K\x10"
                                                                     "A" FF);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 2);
    assert_int_equal(rig_marks(vp, VIRTUAL_CUT_FULL), 0);
    rig_expect_text(vp, "A\n");
    virtual_destroy(vp);
}

static void initialize_leaves_page_mode_and_forgets_area_and_direction(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, ESC "T\x02" ESC "W\x00\x00\x00\x00\x40\x00\x40\x00" ESC "L"
                       "x" ESC "@"
                       "A\n");
    rig_expect_text(vp, "A\n");
    FEED(vp, ESC "LB" FF);
    assert_true(rig_shows(vp, 0, 30, 'B'));
    assert_int_equal(rig_height(vp), 30 + 831);
    virtual_destroy(vp);
}

static void an_area_may_be_set_before_the_mode(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, ESC "T\x02" ESC "W\x00\x00\x00\x00\x40\x00\x40\x00" ESC "LL" FF);
    assert_int_equal(rig_height(vp), 32);
    assert_int_equal(rig_glyph(vp, 0).reads, 2);
    virtual_destroy(vp);
}

static void the_same_page_drawn_without_end_comes_to_an_end(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, GS "*\x30\x30"); /* 384 × 384 dots, all black: 2,304 columns of 8 bytes follow */
    for (unsigned i = 0; i < 48 * 48; i++)
        FEED(vp, "\xff\xff\xff\xff\xff\xff\xff\xff");
    FEED(vp, ESC "L");
    for (unsigned i = 0; i < 4000; i++)
        FEED(vp, GS "/\x00" ESC "$\x00\x00");
    FEED(vp, FF);
    assert_int_equal(rig_mark(vp, VIRTUAL_NOTE, 0).kind, VIRTUAL_NOTE);
    assert_int_equal(rig_height(vp), 831);
    virtual_destroy(vp);
}

static void a_full_page_printed_over_and_over_comes_to_an_end(void **state)
{
    (void)state;
    /* thousands of characters in an area of one row: each FF takes one row of paper */
    struct virtual_printer *vp = RIG(EPSON, ESC "L" ESC "W\x00\x00\x00\x00\x40\x02\x02\x00");
    for (unsigned i = 0; i < 20000; i++)
        FEED(vp, "\xdb" ESC "$\x00\x00");
    for (unsigned i = 0; i < 5000; i++)
        FEED(vp, ESC FF);
    assert_int_equal(rig_height(vp), 5000);
    assert_in_range(rig_glyphs(vp), 1, 1 << 20);
    assert_true(rig_marks(vp, VIRTUAL_NOTE) > 0);
    virtual_destroy(vp);
}

static void symbols_made_anew_on_a_page_come_to_an_end(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, ESC "L" GS "(k\x3f\x00\x31\x50\x30"
                       "012345678901234567890123456789abcdefghijabcdefghijabcdefghij");
    for (unsigned i = 0; i < 5000; i++)
        FEED(vp, GS "(k\x03\x00\x31\x45\x30" GS "(k\x03\x00\x31\x51\x30" GS
                    "(k\x03\x00\x31\x45\x31" GS "(k\x03\x00\x31\x51\x30" ESC "$\x00\x00");
    FEED(vp, FF);
    assert_true(rig_marks(vp, VIRTUAL_QR) > 0);
    assert_true(rig_marks(vp, VIRTUAL_NOTE) > 0);
    virtual_destroy(vp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_comes_out_with_ff),
        cmocka_unit_test(esc_s_drops_the_page_and_an_empty_one_feeds_nothing),
        cmocka_unit_test(the_default_area_is_831_dots_high),
        cmocka_unit_test(esc_ff_prints_the_page_and_keeps_it),
        cmocka_unit_test(lines_run_in_four_directions_from_four_corners),
        cmocka_unit_test(a_line_that_is_full_goes_on_in_the_next),
        cmocka_unit_test(positions_are_along_and_across_the_lines),
        cmocka_unit_test(units_change_places_where_lines_run_up_or_down),
        cmocka_unit_test(a_printer_that_counts_whole_dots_does_so_on_a_page),
        cmocka_unit_test(what_comes_later_is_added_and_can_erases_the_area),
        cmocka_unit_test(what_leaves_the_area_is_cut_off),
        cmocka_unit_test(spacing_is_kept_for_each_mode_by_itself),
        cmocka_unit_test(pictures_and_symbols_stand_on_the_baseline),
        cmocka_unit_test(codes_are_read_in_every_direction),
        cmocka_unit_test(lines_of_several_areas_read_as_they_stand),
        cmocka_unit_test(marks_of_a_page_stand_between_its_lines),
        cmocka_unit_test(some_commands_are_not_for_pages_and_say_so),
        cmocka_unit_test(initialize_leaves_page_mode_and_forgets_area_and_direction),
        cmocka_unit_test(an_area_may_be_set_before_the_mode),
        cmocka_unit_test(the_same_page_drawn_without_end_comes_to_an_end),
        cmocka_unit_test(a_full_page_printed_over_and_over_comes_to_an_end),
        cmocka_unit_test(symbols_made_anew_on_a_page_come_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
