/* Characters: where they stand and how they look. Streams are written by hand from Epson's guide.
 */
#include "rig.h"

#include "image/face.h"

#define ESC "\x1b"
#define GS  "\x1d"
#define FS  "\x1c"

static void a_character_is_the_faces_cell_at_the_left_edge(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "AB\n");
    assert_true(rig_shows(vp, 0, 0, 'A'));
    assert_true(rig_shows(vp, 12, 0, 'B'));
    assert_int_equal(rig_dots(vp, 24, 0, 552, 24), 0);
    struct virtual_glyph g = rig_glyph(vp, 1);
    assert_int_equal(g.cp, 'B');
    assert_int_equal(g.x_dots, 12);
    assert_int_equal(g.width_dots, 12);
    assert_int_equal(g.height_dots, 24);
    assert_int_equal(g.scale_x, 1);
    assert_false(g.bold || g.underline || g.inverted || g.upside_down || g.font_b);
    virtual_destroy(vp);
}

static void nothing_is_on_paper_before_the_line_is_printed(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "AB");
    assert_int_equal(rig_height(vp), 0);
    assert_int_equal(rig_glyphs(vp), 0);
    virtual_end(vp);
    assert_int_equal(rig_glyphs(vp), 0);
    virtual_destroy(vp);
}

static void a_line_feeds_thirty_dots_by_default(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A\nB\n\n");
    assert_int_equal(rig_height(vp), 90);
    assert_true(rig_shows(vp, 0, 30, 'B'));
    virtual_destroy(vp);
}

static void carriage_return_is_ignored(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A\r\nB\r\n");
    assert_int_equal(rig_height(vp), 60);
    rig_expect_text(vp, "A\nB\n");
    virtual_destroy(vp);
}

static void feeds_count_half_dots_on_epson_and_whole_dots_on_clones(void **state)
{
    (void)state;
    struct virtual_printer *epson = RIG(EPSON, ESC "3\x50\n" ESC "J\x15" ESC "J\x15");
    assert_int_equal(rig_height(epson), 40 + 21);
    struct virtual_printer *clone = RIG(CLONE, ESC "3\x50\n" ESC "J\x15" ESC "J\x15");
    assert_int_equal(rig_height(clone), 80 + 42);
    virtual_destroy(epson);
    virtual_destroy(clone);
}

static void esc_2_brings_the_default_spacing_back(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "3\xff" ESC "2\n");
    assert_int_equal(rig_height(vp), 30);
    virtual_destroy(vp);
}

static void paper_moves_by_the_tallest_item_where_spacing_is_less(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "3\x02"
                                                "A\n" GS "!\x03"
                                                "B\n" ESC "J\x04"
                                                "C" ESC "J\x04");
    assert_int_equal(rig_height(vp), 24 + 96 + 2 + 96);
    virtual_destroy(vp);
}

static void esc_d_feeds_lines_and_nothing_more_than_the_print_for_zero(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A" ESC "d\x03");
    assert_int_equal(rig_height(vp), 90);
    FEED(vp, "B" ESC "d\x00");
    assert_int_equal(rig_height(vp), 90 + 24);
    virtual_destroy(vp);
}

static void motion_units_divide_the_inch(void **state)
{
    (void)state;
    /* 1/100 inch on a 203-dpi head: 100 units across are 203 dots, 50 down are 101.5 dots. */
    struct virtual_printer *vp = RIG(EPSON, GS "P\x64\x64" ESC "$\x64\x00"
                                               "A" ESC "J\x32");
    assert_int_equal(rig_glyph(vp, 0).x_dots, 203);
    assert_int_equal(rig_height(vp), 102);
    FEED(vp, GS "P\x00\x00" ESC "J\x3c");
    assert_int_equal(rig_height(vp), 132);
    virtual_destroy(vp);
}

static void a_character_that_does_not_fit_begins_the_next_line(void **state)
{
    (void)state;
    struct virtual_printer *vp = rig_printer(EPSON);
    for (unsigned i = 0; i < 49; i++)
        FEED(vp, "x");
    assert_int_equal(rig_glyphs(vp), 48);
    assert_int_equal(rig_height(vp), 30);
    FEED(vp, "\n");
    assert_int_equal(rig_glyph(vp, 48).line, 1);
    assert_int_equal(rig_glyph(vp, 48).x_dots, 0);
    assert_int_equal(rig_glyph(vp, 48).y_dots, 30);
    virtual_destroy(vp);
}

static void sizes_scale_each_dot_and_share_the_bottom(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A" GS "!\x12"
                                            "A\n");
    struct virtual_glyph small = rig_glyph(vp, 0), large = rig_glyph(vp, 1);
    assert_int_equal(large.scale_x, 2);
    assert_int_equal(large.scale_y, 3);
    assert_int_equal(large.width_dots, 24);
    assert_int_equal(large.height_dots, 72);
    assert_int_equal(large.y_dots, 0);
    assert_int_equal(small.y_dots, 48);
    assert_int_equal(rig_height(vp), 72);
    assert_true(rig_shows(vp, 0, 48, 'A'));
    const struct bitmap *b = virtual_paper(vp);
    for (unsigned y = 0; y < 72; y++) {
        for (unsigned x = 0; x < 24; x++)
            assert_int_equal(bitmap_get(b, 12 + x, y), bitmap_get(b, x / 2, 48 + y / 3));
    }
    virtual_destroy(vp);
}

static void size_eight_is_the_largest_and_reserved_bits_are_refused(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "!\x77"
                                               "A\n" GS "!\x08"
                                               "B\n");
    assert_int_equal(rig_glyph(vp, 0).height_dots, 192);
    assert_int_equal(rig_glyph(vp, 0).width_dots, 96);
    assert_int_equal(rig_glyph(vp, 1).height_dots, 192);
    virtual_destroy(vp);
}

static void print_mode_sets_all_five_at_once(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "!\xb9"
                                                "A" ESC "!\x00"
                                                "B" GS "!\x22" ESC "E\x01" ESC "!\x01"
                                                "C\n");
    struct virtual_glyph a = rig_glyph(vp, 0), b = rig_glyph(vp, 1), c = rig_glyph(vp, 2);
    assert_true(a.font_b && a.bold && a.underline && a.scale_x == 2 && a.scale_y == 2);
    assert_int_equal(a.width_dots, 18);
    assert_true(!b.font_b && !b.bold && !b.underline && b.scale_x == 1 && b.scale_y == 1);
    assert_true(c.font_b && !c.bold && c.scale_x == 1 && c.scale_y == 1);
    virtual_destroy(vp);
}

static void font_b_is_nine_by_seventeen_around_eight_by_sixteen(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "M\x01"
                                                "AA" ESC "M0"
                                                "A" ESC "M\x07"
                                                "A\n");
    struct virtual_glyph g = rig_glyph(vp, 1);
    assert_int_equal(g.x_dots, 9);
    assert_int_equal(g.width_dots, 9);
    assert_int_equal(g.height_dots, 17);
    assert_int_equal(g.y_dots, 24 - 17);
    const uint16_t *rows = face_glyph(FACE_8X16, 'A');
    for (unsigned y = 0; y < 16; y++) {
        for (unsigned x = 0; x < 8; x++)
            assert_int_equal(bitmap_get(virtual_paper(vp), 9 + x, 7 + y), rows[y] >> (15 - x) & 1);
    }
    assert_false(rig_glyph(vp, 2).font_b);
    assert_false(rig_glyph(vp, 3).font_b); /* there is no font 7: the old one stays */
    virtual_destroy(vp);
}

static void bold_is_smeared_by_one_dot_within_its_cell(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "H" ESC "E\x01"
                                            "H" ESC "E\x02" ESC "G\x01"
                                            "H\n");
    const struct bitmap *b = virtual_paper(vp);
    for (unsigned y = 0; y < 24; y++) {
        for (unsigned x = 0; x < 12; x++) {
            bool dot = bitmap_get(b, x, y) || (x && bitmap_get(b, x - 1, y));
            assert_int_equal(bitmap_get(b, 12 + x, y), dot);
            assert_int_equal(bitmap_get(b, 24 + x, y), dot);
        }
    }
    assert_true(rig_dots(vp, 12, 0, 12, 24) > rig_dots(vp, 0, 0, 12, 24));
    virtual_destroy(vp);
}

static void underline_runs_under_spaces_and_right_space_but_not_under_gaps(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "-\x02" ESC " \x04"
                                                " " ESC "$\x40\x00"
                                                " " ESC "-\x30"
                                                " \n");
    assert_int_equal(rig_dots(vp, 0, 22, 16, 2), 32);
    assert_int_equal(rig_dots(vp, 16, 0, 48, 24), 0);
    assert_int_equal(rig_dots(vp, 64, 22, 16, 2), 32);
    assert_int_equal(rig_dots(vp, 80, 0, 100, 24), 0);
    virtual_destroy(vp);
}

static void underline_is_not_thicker_under_large_characters(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "!\x11" ESC "-\x01"
                                               " \n");
    assert_int_equal(rig_dots(vp, 0, 0, 24, 48), 24);
    assert_int_equal(rig_dots(vp, 0, 47, 24, 1), 24);
    virtual_destroy(vp);
}

static void inverted_cells_are_white_on_black_without_underline(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A" GS "B\x01" ESC "-\x01"
                                            "A" GS "!\x11"
                                            "A\n");
    const struct bitmap *b = virtual_paper(vp);
    for (unsigned y = 0; y < 24; y++) {
        for (unsigned x = 0; x < 12; x++) {
            bool dot = bitmap_get(b, x, 24 + y);
            assert_int_equal(bitmap_get(b, 12 + x, 24 + y), !dot);
            assert_int_equal(bitmap_get(b, 24 + 2 * x, 2 * y), !dot);
        }
    }
    assert_true(rig_glyph(vp, 1).inverted);
    assert_false(rig_glyph(vp, 1).underline);
    virtual_destroy(vp);
}

static void right_space_grows_with_the_width(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC " \x05"
                                                "AA" GS "!\x10"
                                                "AA\n");
    assert_int_equal(rig_glyph(vp, 1).x_dots, 17);
    assert_int_equal(rig_glyph(vp, 2).x_dots, 34);
    assert_int_equal(rig_glyph(vp, 3).x_dots, 34 + 34);
    virtual_destroy(vp);
}

static void lines_are_aligned_as_a_whole(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "a\x01"
                                                "ABC\n" ESC "a2"
                                                "ABC\n" ESC "a\x00"
                                                "ABC\n");
    assert_int_equal(rig_glyph(vp, 0).x_dots, 270);
    assert_int_equal(rig_glyph(vp, 3).x_dots, 540);
    assert_int_equal(rig_glyph(vp, 6).x_dots, 0);
    virtual_destroy(vp);
}

static void alignment_stays_within_margin_and_area(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "L\x64\x00" GS "W\xc8\x00"
                                               "A\n" ESC "a\x01"
                                               "A\n" ESC "a\x02"
                                               "A\n");
    assert_int_equal(rig_glyph(vp, 0).x_dots, 100);
    assert_int_equal(rig_glyph(vp, 1).x_dots, 100 + 94);
    assert_int_equal(rig_glyph(vp, 2).x_dots, 100 + 188);
    virtual_destroy(vp);
}

static void the_area_ends_the_line(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "W\x19\x00"
                                               "ABC\n");
    assert_int_equal(rig_glyph(vp, 1).line, 0);
    assert_int_equal(rig_glyph(vp, 2).line, 1);
    virtual_destroy(vp);
}

static void an_area_too_narrow_for_a_character_is_widened_for_the_line(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "L\x3c\x02" GS "W\x01\x00" GS "!\x10"
                                               "A\n");
    assert_int_equal(rig_glyph(vp, 0).x_dots, 576 - 24);
    virtual_destroy(vp);
}

static void line_start_commands_are_ignored_inside_a_line(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, "A" ESC "a\x01" GS "L\x64\x00" GS "W\x64\x00" ESC "{\x01" GS "V\x00"
                   "\nB\n");
    assert_int_equal(rig_glyph(vp, 0).x_dots, 0);
    assert_int_equal(rig_glyph(vp, 1).x_dots, 0);
    assert_false(rig_glyph(vp, 1).upside_down);
    assert_int_equal(rig_marks(vp, VIRTUAL_CUT_FULL) + rig_marks(vp, VIRTUAL_CUT_PARTIAL), 0);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 5);
    virtual_destroy(vp);
}

static void positions_outside_the_area_are_ignored(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "$\x64\x00" ESC "$\x00\x10"
                                                "A" ESC "\\\x9c\xff"
                                                "B" ESC "\\\x00\x80"
                                                "C" ESC "\\\x0a\x00"
                                                "D\n");
    assert_int_equal(rig_glyph(vp, 0).x_dots, 100);
    assert_int_equal(rig_glyph(vp, 1).x_dots, 12);
    assert_int_equal(rig_glyph(vp, 2).x_dots, 24);
    assert_int_equal(rig_glyph(vp, 3).x_dots, 46);
    virtual_destroy(vp);
}

static void tabs_stand_every_eight_columns_until_they_are_set(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A\tB\tC\n");
    assert_int_equal(rig_glyph(vp, 1).x_dots, 96);
    assert_int_equal(rig_glyph(vp, 2).x_dots, 192);
    FEED(vp, ESC "D\x03\x05\x00"
                 "A\tB\tC\tD\n");
    assert_int_equal(rig_glyph(vp, 4).x_dots, 36);
    assert_int_equal(rig_glyph(vp, 5).x_dots, 60);
    assert_int_equal(rig_glyph(vp, 6).x_dots, 72); /* no tab is left: ignored */
    virtual_destroy(vp);
}

static void tabs_keep_the_width_they_were_set_at(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "!\x10" ESC "D\x02\x00" GS "!\x00"
                                               "\tA\n");
    assert_int_equal(rig_glyph(vp, 0).x_dots, 48);
    virtual_destroy(vp);
}

static void a_tab_list_ends_at_a_value_that_does_not_ascend(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "D\x30\x20"
                                                "A\tB\n");
    assert_int_equal(rig_glyphs(vp), 2);
    /* the only tab, 48 columns, stands at the paper's end: what follows does not fit */
    assert_int_equal(rig_glyph(vp, 1).line, 1);
    virtual_destroy(vp);
}

static void cleared_tabs_are_ignored(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "D\x00"
                                                "A\tB\n");
    assert_int_equal(rig_glyph(vp, 1).x_dots, 12);
    virtual_destroy(vp);
}

static void an_upside_down_line_is_turned_within_its_area(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "AB\n" ESC "{\x01"
                                            "AB\n" ESC "{\x00"
                                            "A\n");
    const struct bitmap *b = virtual_paper(vp);
    for (unsigned y = 0; y < 24; y++) {
        for (unsigned x = 0; x < 24; x++)
            assert_int_equal(bitmap_get(b, 575 - x, 30 + 23 - y), bitmap_get(b, x, y));
    }
    assert_int_equal(rig_glyph(vp, 2).x_dots, 564);
    assert_int_equal(rig_glyph(vp, 3).x_dots, 552);
    assert_true(rig_glyph(vp, 3).upside_down);
    assert_false(rig_glyph(vp, 4).upside_down);
    rig_expect_text(vp, "AB\nAB\nA\n");
    virtual_destroy(vp);
}

static void initialize_forgets_the_line_and_every_setting(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, "lost" ESC "E\x01" GS "!\x11" ESC "-\x01" ESC "3\x01" ESC "t\x11" ESC "R\x02" GS
                   "B\x01" ESC "M\x01" ESC " \x09" ESC "D\x00" ESC "@"
                   "\t[\x8e\n");
    assert_int_equal(rig_glyphs(vp), 2);
    struct virtual_glyph g = rig_glyph(vp, 0);
    assert_int_equal(g.cp, '[');
    assert_int_equal(g.x_dots, 96);
    assert_int_equal(g.height_dots, 24);
    assert_false(g.bold || g.underline || g.inverted || g.font_b);
    assert_int_equal(rig_glyph(vp, 1).x_dots, 108);
    assert_int_equal(rig_glyph(vp, 1).cp, 0xc4);
    assert_int_equal(rig_height(vp), 30);
    virtual_destroy(vp);
}

static void a_deselected_printer_prints_nothing(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "=\x02"
                                                "hidden\n" GS "V\x00" ESC "=\x01"
                                                "A\n");
    rig_expect_text(vp, "A\n");
    virtual_destroy(vp);
}

static void parameters_are_never_printed(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "cA" FS "(C\x02\x00"
                                                "0A" GS "(E\x03\x00\x01"
                                                "IN" ESC "&\x03"
                                                "AA\x01"
                                                "abc" GS "(Z\x02\x00"
                                                "AB" GS "(Q\x0c\x00"
                                                "0AAAAAAAA101" ESC "V1" GS "^AAA"
                                                "ok\n");
    rig_expect_text(vp, "Aok\n"); /* ESC c A is no command: its A is text */
    virtual_destroy(vp);
}

static void an_out_of_range_parameter_ends_the_command(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "*\x05"
                                                "AB" ESC "p\x07"
                                                "CD\n");
    rig_expect_text(vp, "ABCD\n");
    virtual_destroy(vp);
}

static void text_has_each_character_at_its_column(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A" ESC "$\x78\x00"
                                            "B\n" GS "!\x10"
                                            "CD" GS "!\x00"
                                            "E\n\n" ESC "M\x01"
                                            "bbbb\n" ESC "M\x00" ESC "$\x60\x00"
                                            "2" ESC "$\x00\x00"
                                            "1   \n");
    rig_expect_text(vp, "A         B\n"
                        "CD  E\n"
                        "\n"
                        "bbbb\n"
                        "1       2\n");
    virtual_destroy(vp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_character_is_the_faces_cell_at_the_left_edge),
        cmocka_unit_test(nothing_is_on_paper_before_the_line_is_printed),
        cmocka_unit_test(a_line_feeds_thirty_dots_by_default),
        cmocka_unit_test(carriage_return_is_ignored),
        cmocka_unit_test(feeds_count_half_dots_on_epson_and_whole_dots_on_clones),
        cmocka_unit_test(esc_2_brings_the_default_spacing_back),
        cmocka_unit_test(paper_moves_by_the_tallest_item_where_spacing_is_less),
        cmocka_unit_test(esc_d_feeds_lines_and_nothing_more_than_the_print_for_zero),
        cmocka_unit_test(motion_units_divide_the_inch),
        cmocka_unit_test(a_character_that_does_not_fit_begins_the_next_line),
        cmocka_unit_test(sizes_scale_each_dot_and_share_the_bottom),
        cmocka_unit_test(size_eight_is_the_largest_and_reserved_bits_are_refused),
        cmocka_unit_test(print_mode_sets_all_five_at_once),
        cmocka_unit_test(font_b_is_nine_by_seventeen_around_eight_by_sixteen),
        cmocka_unit_test(bold_is_smeared_by_one_dot_within_its_cell),
        cmocka_unit_test(underline_runs_under_spaces_and_right_space_but_not_under_gaps),
        cmocka_unit_test(underline_is_not_thicker_under_large_characters),
        cmocka_unit_test(inverted_cells_are_white_on_black_without_underline),
        cmocka_unit_test(right_space_grows_with_the_width),
        cmocka_unit_test(lines_are_aligned_as_a_whole),
        cmocka_unit_test(alignment_stays_within_margin_and_area),
        cmocka_unit_test(the_area_ends_the_line),
        cmocka_unit_test(an_area_too_narrow_for_a_character_is_widened_for_the_line),
        cmocka_unit_test(line_start_commands_are_ignored_inside_a_line),
        cmocka_unit_test(positions_outside_the_area_are_ignored),
        cmocka_unit_test(tabs_stand_every_eight_columns_until_they_are_set),
        cmocka_unit_test(tabs_keep_the_width_they_were_set_at),
        cmocka_unit_test(a_tab_list_ends_at_a_value_that_does_not_ascend),
        cmocka_unit_test(cleared_tabs_are_ignored),
        cmocka_unit_test(an_upside_down_line_is_turned_within_its_area),
        cmocka_unit_test(initialize_forgets_the_line_and_every_setting),
        cmocka_unit_test(a_deselected_printer_prints_nothing),
        cmocka_unit_test(parameters_are_never_printed),
        cmocka_unit_test(an_out_of_range_parameter_ends_the_command),
        cmocka_unit_test(text_has_each_character_at_its_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
