/* Pictures and symbols, dot by dot, and as zbar reads them. */
#include "rig.h"

#include "image/symbol.h"
#include "image/zbar_opinion.h"

#define ESC "\x1b"
#define GS  "\x1d"

static void columns_of_24_dots_stand_in_the_line_with_text(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A" ESC "*\x21\x02\x00\x80\x00\x01\x00\xff\x00"
                                            "A\n");
    assert_true(rig_shows(vp, 0, 0, 'A'));
    assert_true(rig_shows(vp, 14, 0, 'A'));
    assert_true(rig_dot(vp, 12, 0) && rig_dot(vp, 12, 23));
    assert_int_equal(rig_dots(vp, 12, 0, 1, 24), 2);
    assert_int_equal(rig_dots(vp, 13, 8, 1, 8), 8);
    assert_int_equal(rig_dots(vp, 13, 0, 1, 24), 8);
    assert_int_equal(rig_height(vp), 30);
    struct virtual_mark m = rig_mark(vp, VIRTUAL_IMAGE, 0);
    assert_int_equal(m.x_dots, 12);
    assert_int_equal(m.width_dots, 2);
    assert_int_equal(m.height_dots, 24);
    virtual_destroy(vp);
}

static void each_mode_of_columns_has_its_density(void **state)
{
    (void)state;
    /* one column, its top dot */
    static const struct {
        struct slice bytes;
        unsigned width, height;
    } modes[] = {
        {SLICE(ESC "*\x00\x01\x00\x80\n"), 2, 3},
        {SLICE(ESC "*\x01\x01\x00\x80\n"), 1, 3},
        {SLICE(ESC "*\x20\x01\x00\x80\x00\x00\n"), 2, 1},
        {SLICE(ESC "*\x21\x01\x00\x80\x00\x00\n"), 1, 1},
    };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct virtual_printer *vp = rig_fed(EPSON, modes[i].bytes);
        assert_int_equal(rig_dots(vp, 0, 0, modes[i].width, modes[i].height),
                         modes[i].width * modes[i].height);
        assert_int_equal(rig_dots(vp, 0, 0, 100, 30), modes[i].width * modes[i].height);
        assert_int_equal(rig_mark(vp, VIRTUAL_IMAGE, 0).height_dots, 24);
        virtual_destroy(vp);
    }
}

static void slices_tile_without_a_gap_at_a_spacing_of_24_dots(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, ESC "3\x30" ESC "*\x21\x01\x00\xff\xff\xff\n" ESC "*\x21\x01\x00\xff\xff\xff\n");
    assert_int_equal(rig_height(vp), 48);
    assert_int_equal(rig_dots(vp, 0, 0, 1, 48), 48);
    virtual_destroy(vp);
}

static void columns_past_the_area_are_dropped(void **state)
{
    (void)state;
    struct virtual_printer *vp = rig_printer(EPSON);
    FEED(vp, ESC "$\x3e\x02" ESC "*\x01\x20\x03");
    uint8_t full[0x320];
    memset(full, 0xff, sizeof full);
    virtual_feed(vp, slice_of(full, sizeof full));
    FEED(vp, "\nA\n");
    assert_int_equal(rig_dots(vp, 574, 0, 2, 24), 48);
    assert_int_equal(rig_dots(vp, 0, 0, 574, 30), 0);
    assert_int_equal(rig_height(vp), 60);
    assert_int_equal(rig_glyph(vp, 0).line, 1);
    virtual_destroy(vp);
}

static void columns_follow_the_alignment(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "a\x02" ESC "*\x21\x01\x00\xff\xff\xff\n");
    assert_int_equal(rig_dots(vp, 575, 0, 1, 24), 24);
    virtual_destroy(vp);
}

static void a_raster_feeds_exactly_its_height(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "v0\x00\x02\x00\x03\x00\x80\x01\xff\xff\x00\x10"
                                               "A\n");
    assert_true(rig_dot(vp, 0, 0) && rig_dot(vp, 15, 0) && rig_dot(vp, 11, 2));
    assert_int_equal(rig_dots(vp, 0, 0, 576, 3), 2 + 16 + 1);
    assert_int_equal(rig_glyph(vp, 0).y_dots, 3);
    struct virtual_mark m = rig_mark(vp, VIRTUAL_IMAGE, 0);
    assert_int_equal(m.width_dots, 16);
    assert_int_equal(m.height_dots, 3);
    virtual_destroy(vp);
}

static void rasters_are_doubled_as_m_says(void **state)
{
    (void)state;
    for (unsigned m = 0; m < 4; m++) {
        uint8_t bytes[] = {0x1d, 'v', '0', (uint8_t)('0' + m), 1, 0, 1, 0, 0xa0};
        struct virtual_printer *vp = rig_fed(EPSON, slice_of(bytes, sizeof bytes));
        unsigned w = m & 1 ? 2 : 1, h = m & 2 ? 2 : 1;
        assert_int_equal(rig_height(vp), h);
        assert_int_equal(rig_dots(vp, 0, 0, w, h), w * h);
        assert_int_equal(rig_dots(vp, w, 0, w, h), 0);
        assert_int_equal(rig_dots(vp, 2 * w, 0, w, h), w * h);
        virtual_destroy(vp);
    }
}

static void rasters_follow_alignment_margin_and_position_and_are_clipped(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "a\x01" GS "v0\x00\x01\x00\x01\x00\xff");
    assert_int_equal(rig_dots(vp, 284, 0, 8, 1), 8);
    FEED(vp, ESC "a\x00" ESC "$\x20\x00" GS "v0\x00\x01\x00\x01\x00\xff");
    assert_int_equal(rig_dots(vp, 32, 1, 8, 1), 8);
    FEED(vp, GS "L\x10\x00" GS "W\x0c\x00" GS "v0\x00\x02\x00\x02\x00\xff\xff\xff\xff");
    assert_int_equal(rig_dots(vp, 16, 2, 12, 2), 24);
    assert_int_equal(rig_dots(vp, 0, 2, 576, 2), 24);
    virtual_destroy(vp);
}

static void a_raster_inside_a_line_is_ignored(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "A" GS "v0\x00\x01\x00\x01\x00"
                                            "B"
                                            "\n");
    rig_expect_text(vp, "A\n");
    assert_int_equal(rig_marks(vp, VIRTUAL_IMAGE), 0);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    virtual_destroy(vp);
}

static void a_stored_picture_is_printed_once(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, GS "(L\x0c\x00\x30\x70\x30\x01\x02\x31\x08\x00\x02\x00\x80\x01");
    assert_int_equal(rig_height(vp), 0);
    FEED(vp, GS "(L\x02\x00\x30\x32");
    assert_int_equal(rig_height(vp), 4);
    assert_true(rig_dot(vp, 0, 0) && rig_dot(vp, 0, 1) && rig_dot(vp, 7, 2) && rig_dot(vp, 7, 3));
    assert_int_equal(rig_dots(vp, 0, 0, 576, 4), 4);
    FEED(vp, GS "(L\x02\x00\x30\x32");
    assert_int_equal(rig_height(vp), 4);
    virtual_destroy(vp);
}

static void the_long_form_stores_the_same_picture(void **state)
{
    (void)state;
    struct virtual_printer *a =
        RIG(EPSON, GS "(L\x0c\x00\x30\x70\x30\x01\x01\x31\x08\x00\x02\x00\x80\x01" GS
                      "(L\x02\x00\x30\x02");
    struct virtual_printer *b =
        RIG(EPSON, GS "8L\x0c\x00\x00\x00\x30\x70\x30\x01\x01\x31\x08\x00\x02\x00\x80\x01" GS
                      "(L\x02\x00\x30\x32");
    assert_int_equal(rig_height(a), 2);
    assert_int_equal(rig_height(b), 2);
    assert_memory_equal(virtual_paper(a)->p, virtual_paper(b)->p,
                        2 * virtual_paper(a)->stride_bytes);
    virtual_destroy(a);
    virtual_destroy(b);
}

static void a_stored_picture_may_come_in_columns(void **state)
{
    (void)state;
    /* 2 columns of 9 dots: the first has its top dot, the second its bottom dot */
    struct virtual_printer *vp =
        RIG(EPSON, GS "(L\x0e\x00\x30\x71\x30\x01\x01\x31\x02\x00\x09\x00\x80\x00\x00\x80" GS
                      "(L\x02\x00\x30\x32");
    assert_int_equal(rig_height(vp), 9);
    assert_true(rig_dot(vp, 0, 0) && rig_dot(vp, 1, 8));
    assert_int_equal(rig_dots(vp, 0, 0, 576, 9), 2);
    virtual_destroy(vp);
}

static void a_picture_shorter_than_it_says_is_refused(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(
        EPSON, GS "(L\x0b\x00\x30\x70\x30\x01\x01\x31\x08\x00\x02\x00\x80" GS "(L\x02\x00\x30\x32"
                  "A\n");
    assert_int_equal(rig_height(vp), 30);
    rig_expect_text(vp, "A\n");
    virtual_destroy(vp);
}

#define QR_STORE(data, length) GS "(k" length "\x00\x31\x50\x30" data
#define QR_PRINT               GS "(k\x03\x00\x31\x51\x30"

static void a_qr_code_is_as_large_as_its_modules_say(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, QR_STORE("HELLO", "\x08") QR_PRINT GS
                                     "(k\x03\x00\x31\x43\x05" ESC "a\x01" QR_PRINT "A\n");
    struct virtual_mark m = rig_mark(vp, VIRTUAL_QR, 0);
    assert_int_equal(m.a, 3);
    assert_int_equal(m.width_dots, 63);
    assert_int_equal(m.height_dots, 63);
    assert_true(slice_is(m.text, "HELLO"));
    m = rig_mark(vp, VIRTUAL_QR, 1);
    assert_int_equal(m.a, 5);
    assert_int_equal(m.y_dots, 63);
    assert_int_equal(m.x_dots, (576 - 105) / 2);
    assert_int_equal(m.width_dots, 105);
    assert_int_equal(rig_glyph(vp, 0).y_dots, 63 + 105);
    /* the finder pattern's corner: seven black modules */
    assert_int_equal(rig_dots(vp, 0, 0, 21, 3), 63);
    rig_expect_text(vp, "[QR HELLO]\n[QR HELLO]\n                       A\n");
    virtual_destroy(vp);
}

static void a_higher_level_makes_a_larger_symbol(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, QR_STORE("HTTPS://SHOP.EXAMPLE/", "\x18") QR_PRINT GS
                                     "(k\x03\x00\x31\x45\x33" QR_PRINT);
    uint32_t low = rig_mark(vp, VIRTUAL_QR, 0).width_dots / 3,
             high = rig_mark(vp, VIRTUAL_QR, 1).width_dots / 3;
    struct slice data = SLICE("HTTPS://SHOP.EXAMPLE/");
    assert_int_equal(low, qr_modules(data, QR_L));
    assert_int_equal(high, qr_modules(data, QR_H));
    assert_true(high > low);
    virtual_destroy(vp);
}

static void qr_codes_are_read_back_by_zbar(void **state)
{
    (void)state;
    if (!zbar_is_there())
        skip();
    struct virtual_printer *vp =
        RIG(EPSON, GS "(k\x04\x00\x31\x41\x32\x00" GS "(k\x03\x00\x31\x43\x04" GS
                      "(k\x03\x00\x31\x45\x31" QR_STORE("7KQ2-M9XD-PA4TY", "\x12") QR_PRINT);
    struct virtual_mark m = rig_mark(vp, VIRTUAL_QR, 0);
    struct bitmap piece = rig_piece(vp, m.x_dots, m.y_dots, m.width_dots, m.height_dots);
    struct buf out;
    buf_init(&out, 0);
    zbar_read(&piece, 1, "qrcode", &out);
    assert_string_equal(buf_cstr(&out), "7KQ2-M9XD-PA4TY");
    buf_finish(&out);
    bitmap_finish(&piece);
    virtual_destroy(vp);
}

static void qr_data_stays_until_initialize(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, QR_STORE("A", "\x04") QR_PRINT QR_PRINT ESC "@" QR_PRINT);
    assert_int_equal(rig_marks(vp, VIRTUAL_QR), 2);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    virtual_destroy(vp);
}

static void a_printer_without_qr_prints_nothing_and_says_so(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(SMALL, QR_STORE("A", "\x04") QR_PRINT);
    assert_int_equal(rig_marks(vp, VIRTUAL_QR), 0);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    assert_int_equal(rig_height(vp), 0);
    virtual_destroy(vp);
}

static void a_symbol_wider_than_the_area_is_not_printed(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, GS "W\x3e\x00" QR_STORE("A", "\x04") QR_PRINT GS "kE\x05"
                                                                    "ABCDE");
    assert_int_equal(rig_height(vp), 0);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 2);
    virtual_destroy(vp);
}

/* What zbar reads where the nth bar code stands. */
static void expect_bars(const struct virtual_printer *vp, size_t n, const char *kind,
                        const char *text)
{
    struct virtual_mark m = rig_mark(vp, VIRTUAL_BARCODE, n);
    struct bitmap piece = rig_piece(vp, m.x_dots, m.y_dots, m.width_dots, m.height_dots);
    struct buf out;
    buf_init(&out, 0);
    zbar_read(&piece, 1, kind, &out);
    const char *got = buf_cstr(&out);
    assert_string_equal(got ? got : "", text);
    buf_finish(&out);
    bitmap_finish(&piece);
}

static void bar_codes_are_read_back_by_zbar(void **state)
{
    (void)state;
    if (!zbar_is_there())
        skip();
    struct virtual_printer *vp = RIG(EPSON, GS "h\x50" GS "w\x02" GS "kC\x0c"
                                               "400638133393" GS "kE\x07"
                                               "BON-123" GS "kI\x0a"
                                               "{BBonbon42" GS "k\x04"
                                               "FORM A"
                                               "\x00" GS "kO\x06"
                                               "auto{}"
                                               "A\n");
    assert_int_equal(rig_mark(vp, VIRTUAL_BARCODE, 0).width_dots, 95 * 2);
    assert_int_equal(rig_mark(vp, VIRTUAL_BARCODE, 0).height_dots, 80);
    expect_bars(vp, 0, "ean13", "4006381333931");
    expect_bars(vp, 1, "code39", "BON-123");
    expect_bars(vp, 2, "code128", "Bonbon42");
    expect_bars(vp, 3, "code39", "FORM A");
    expect_bars(vp, 4, "code128", "auto{}");
    assert_int_equal(rig_glyph(vp, 0).y_dots, 5 * 80);
    virtual_destroy(vp);
}

static void bar_codes_are_162_dots_high_and_their_text_stands_where_it_is_wanted(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "kE\x03"
                                               "ABC");
    assert_int_equal(rig_height(vp), 162);
    FEED(vp, GS "H\x02" GS "kE\x03"
                "ABC");
    assert_int_equal(rig_height(vp), 2 * 162 + 24);
    struct virtual_mark m = rig_mark(vp, VIRTUAL_BARCODE, 1);
    assert_int_equal(m.height_dots, 162 + 24);
    assert_true(rig_dots(vp, m.x_dots, m.y_dots + 162, m.width_dots, 24) > 20);
    assert_int_equal(rig_dots(vp, m.x_dots, m.y_dots, 1, 162), 162);
    assert_int_equal(rig_dots(vp, m.x_dots, m.y_dots + 162, 1, 24), 0);
    FEED(vp, GS "H3" GS "f\x01" GS "kE\x03"
                "ABC");
    assert_int_equal(rig_mark(vp, VIRTUAL_BARCODE, 2).height_dots, 162 + 2 * 17);
    virtual_destroy(vp);
}

static void bad_data_print_no_bars(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "kE\x03"
                                               "a b" GS "kC\x0c"
                                               "40063813339X" GS "kI\x04"
                                               "{Xab" GS "kN\x04"
                                               "AB12"
                                               "A\n");
    assert_int_equal(rig_marks(vp, VIRTUAL_BARCODE), 0);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 4);
    rig_expect_text(vp, "A\n");
    virtual_destroy(vp);
}

static void symbols_are_turned_with_the_line(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, QR_STORE("A", "\x04") QR_PRINT ESC "{\x01" QR_PRINT);
    const struct bitmap *b = virtual_paper(vp);
    for (uint32_t y = 0; y < 63; y++) {
        for (uint32_t x = 0; x < 63; x++)
            assert_int_equal(bitmap_get(b, x, y), bitmap_get(b, 575 - x, 125 - y));
    }
    assert_int_equal(rig_mark(vp, VIRTUAL_QR, 1).x_dots, 576 - 63);
    virtual_destroy(vp);
}

static void a_picture_for_people_marks_cuts_beside_the_paper(void **state)
{
    (void)state;
    enum { MARGIN = 24 }; /* the knife is 112 dots behind the head */
    struct virtual_printer *vp =
        RIG(CLONE, "one\n\n\n\n\n\n" GS "V\x00two\n" GS "V\x01three\n" GS "VB\x00");
    const struct bitmap *paper = virtual_paper(vp);
    struct bitmap framed;
    struct err err;
    assert_true(virtual_framed(vp, MARGIN, &framed, &err));
    assert_int_equal(framed.width_dots, paper->width_dots + 2 * MARGIN);
    assert_int_equal(framed.height_dots, paper->height_dots + 2 * MARGIN);
    for (uint32_t y = 0; y < framed.height_dots; y++) {
        const bool is_full = y == MARGIN + 67 || y == MARGIN + 68;
        const bool is_partial = y == MARGIN + 97 || y == MARGIN + 98;
        for (uint32_t x = 0; x < framed.width_dots; x++) {
            const uint32_t at = x < MARGIN ? x : x - MARGIN - paper->width_dots;
            const bool is_dash =
                at >= 4 && at < 20 && (is_full || (is_partial && (at < 10 || at >= 14)));
            const bool is_paper = x >= MARGIN && x < MARGIN + paper->width_dots && y >= MARGIN &&
                                  y < MARGIN + paper->height_dots;
            assert_int_equal(bitmap_get(&framed, x, y),
                             is_paper ? bitmap_get(paper, x - MARGIN, y - MARGIN) : is_dash);
        }
    }
    bitmap_finish(&framed);
    virtual_destroy(vp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_of_24_dots_stand_in_the_line_with_text),
        cmocka_unit_test(each_mode_of_columns_has_its_density),
        cmocka_unit_test(slices_tile_without_a_gap_at_a_spacing_of_24_dots),
        cmocka_unit_test(columns_past_the_area_are_dropped),
        cmocka_unit_test(columns_follow_the_alignment),
        cmocka_unit_test(a_raster_feeds_exactly_its_height),
        cmocka_unit_test(rasters_are_doubled_as_m_says),
        cmocka_unit_test(rasters_follow_alignment_margin_and_position_and_are_clipped),
        cmocka_unit_test(a_raster_inside_a_line_is_ignored),
        cmocka_unit_test(a_stored_picture_is_printed_once),
        cmocka_unit_test(the_long_form_stores_the_same_picture),
        cmocka_unit_test(a_stored_picture_may_come_in_columns),
        cmocka_unit_test(a_picture_shorter_than_it_says_is_refused),
        cmocka_unit_test(a_qr_code_is_as_large_as_its_modules_say),
        cmocka_unit_test(a_higher_level_makes_a_larger_symbol),
        cmocka_unit_test(qr_codes_are_read_back_by_zbar),
        cmocka_unit_test(qr_data_stays_until_initialize),
        cmocka_unit_test(a_printer_without_qr_prints_nothing_and_says_so),
        cmocka_unit_test(a_symbol_wider_than_the_area_is_not_printed),
        cmocka_unit_test(bar_codes_are_read_back_by_zbar),
        cmocka_unit_test(bar_codes_are_162_dots_high_and_their_text_stands_where_it_is_wanted),
        cmocka_unit_test(bad_data_print_no_bars),
        cmocka_unit_test(symbols_are_turned_with_the_line),
        cmocka_unit_test(a_picture_for_people_marks_cuts_beside_the_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
