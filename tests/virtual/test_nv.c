/* What a printer keeps without power, by the commands of Epson's guide (APG: GS ( L, FS q, GS ( C,
 * GS ( E, GS g). */
#include "device/device_rig.h"
#include "rig.h"

#include <stdio.h>

#define ESC          "\x1b"
#define GS           "\x1d"
#define FS           "\x1c"
#define EPSON_DEVICE "epson-tm-t20iii"

/* An arrow of 8 × 8 dots under key G1, by rows. */
#define ARROW_ROWS  "\x18\x3c\x7e\xff\x18\x18\x18\x18"
#define DEFINE_ROWS GS "(L\x13\x00\x30\x43\x30G1\x01\x08\x00\x08\x00\x31" ARROW_ROWS

static void expect_arrow(const struct virtual_printer *vp, uint32_t y, unsigned scale)
{
    static const uint8_t rows[] = ARROW_ROWS;
    for (uint32_t row = 0; row < 8 * scale; row++)
        for (uint32_t x = 0; x < 8 * scale; x++)
            assert_int_equal(bitmap_get(virtual_paper(vp), x, y + row),
                             rows[row / scale] >> (7 - x / scale) & 1);
}

static void a_picture_is_kept_by_its_key_and_printed(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, DEFINE_ROWS GS "(L\x06\x00\x30\x45G1\x01\x01");
    expect_arrow(vp, 0, 1);
    assert_int_equal(rig_height(vp), 8);
    FEED(vp, GS "(L\x06\x00\x30\x45G1\x02\x02");
    expect_arrow(vp, 8, 2);
    assert_int_equal(rig_marks(vp, VIRTUAL_IMAGE), 2);
    FEED(vp, GS "(L\x06\x00\x30\x45G2\x01\x01");
    assert_int_equal(rig_height(vp), 24);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    virtual_destroy(vp);
}

static void a_picture_by_columns_is_the_same_picture(void **state)
{
    (void)state;
    /* the arrow's columns, top to bottom, most significant bit on top */
    struct virtual_printer *vp =
        RIG(EPSON, GS "(L\x13\x00\x30\x44\x30G1\x01\x08\x00\x08\x00\x31"
                      "\x10\x30\x70\xff\xff\x70\x30\x10" GS "(L\x06\x00\x30\x45G1\x01\x01");
    expect_arrow(vp, 0, 1);
    virtual_destroy(vp);
}

static void pictures_in_ram_live_until_the_printer_starts_anew(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON_DEVICE);
    OFFER(r, GS "(L\x13\x00\x30\x53\x30G1\x01\x08\x00\x08\x00\x31" ARROW_ROWS);
    OFFER(r, DEFINE_ROWS GS "(L\x04\x00\x30\x50KC");
    HEARS(r, "\x37\x72\x40G1\x00");
    rig_order(r, "power cycle");
    rig_run_dry(r);
    OFFER(r, GS "(L\x04\x00\x30\x50KC");
    HEARS(r, "\x37\x72\x40\x00");
    OFFER(r, GS "(L\x04\x00\x30\x40KC");
    HEARS(r, "\x37\x72\x40G1\x00");
    rig_free(r);
}

static void capacity_and_what_is_left_are_told(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "(L\x02\x00\x30\x30" GS "(L\x02\x00\x30\x03");
    EXPECT_REPLY(vp, "\x37\x30"
                     "393216\x00"
                     "\x37\x31"
                     "393216\x00");
    FEED(vp, DEFINE_ROWS GS "(L\x02\x00\x30\x33" GS "(L\x02\x00\x30\x34");
    EXPECT_REPLY(vp, "\x37\x31"
                     "393202\x00" /* 8 bytes of dots, 6 of its head */
                     "\x37\x32"
                     "65536\x00");
    FEED(vp, GS "(L\x05\x00\x30\x41"
                "CLR" GS "(L\x02\x00\x30\x33" GS "(L\x04\x00\x30\x40KC");
    EXPECT_REPLY(vp, "\x37\x31"
                     "393216\x00\x37\x72\x40\x00");
    virtual_destroy(vp);
}

static void a_picture_too_large_changes_nothing(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, DEFINE_ROWS);
    struct buf b;
    buf_init(&b, 0);
    /* 2304 × 2304 dots are 663,552 bytes; GS 8 L, for GS ( L counts to 65,535 */
    buf_append(&b, GS "8L\x0b\x20\x0a\x00\x30\x43\x30G1\x01\x00\x09\x00\x09\x31", 18);
    for (unsigned i = 0; i < 663552; i++)
        buf_byte(&b, 0);
    virtual_feed(vp, buf_slice(&b));
    FEED(vp, GS "(L\x06\x00\x30\x45G1\x01\x01");
    expect_arrow(vp, 0, 1);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    buf_finish(&b);
    virtual_destroy(vp);
}

static void a_long_list_of_keys_comes_in_blocks(void **state)
{
    (void)state;
    struct virtual_printer *vp = rig_printer(EPSON);
    char define[] = GS "(L\x0c\x00\x30\x43\x30K0\x01\x08\x00\x01\x00\x31\xff";
    for (unsigned i = 0; i < 41; i++) {
        define[9] = (char)('0' + i);
        virtual_feed(vp, slice_of(define, sizeof define - 1));
    }
    struct buf heard;
    buf_init(&heard, 0);
    FEED(vp, GS "(L\x04\x00\x30\x40KC");
    virtual_take_replies(vp, &heard);
    assert_int_equal(heard.n, 3 + 80 + 1);
    assert_memory_equal(heard.p, "\x37\x72\x41K0K1", 7);
    FEED(vp, "\x15"); /* NAK: once more */
    buf_reset(&heard);
    virtual_take_replies(vp, &heard);
    assert_int_equal(heard.n, 3 + 80 + 1);
    FEED(vp, "\x06"); /* ACK: the rest */
    EXPECT_REPLY(vp, "\x37\x72\x40K\x58\x00");
    FEED(vp, "\x06"
             "A\n");
    rig_expect_text(vp, "A\n");
    FEED(vp, GS "(L\x04\x00\x30\x40KC");
    buf_reset(&heard);
    virtual_take_replies(vp, &heard);
    FEED(vp, "B\n"); /* a host that goes on without an answer */
    rig_expect_text(vp, "A\nB\n");
    EXPECT_REPLY(vp, "");
    buf_finish(&heard);
    virtual_destroy(vp);
}

static void old_bit_images_are_defined_all_at_once(void **state)
{
    (void)state;
    /* two images of 8 × 8 dots, in columns */
    struct virtual_printer *vp = RIG(EPSON, "lost" ESC "@" FS "q\x02"
                                            "\x01\x00\x01\x00\x10\x30\x70\xff\xff\x70\x30\x10"
                                            "\x01\x00\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff" FS
                                            "p\x01\x00" FS "p\x02\x03" FS "p\x03\x00");
    expect_arrow(vp, 0, 1);
    assert_int_equal(rig_dots(vp, 0, 8, 16, 16), 256);
    assert_int_equal(rig_height(vp), 24);
    FEED(vp, FS "q\x01\x01\x00\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff" FS "p\x02\x00");
    assert_int_equal(rig_height(vp), 24); /* the second one is gone */
    virtual_destroy(vp);
}

static void user_memory_is_stored_read_listed_and_deleted(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, GS "(C\x0a\x00\x00\x31\x00k1hello" GS "(C\x06\x00\x00\x01\x00k2x" GS
                      "(C\x05\x00\x00\x32\x00k1" GS "(C\x03\x00\x00\x35\x00" GS
                      "(C\x03\x00\x00\x33\x00" GS "(C\x03\x00\x00\x34\x00");
    EXPECT_REPLY(vp, "\x37\x70\x40hello\x00"
                     "\x37\x71\x40k1k2\x00"
                     "\x37\x28"
                     "1024\x00"
                     "\x37\x29"
                     "1010\x00");
    FEED(vp, GS "(C\x05\x00\x00\x30\x00k1" GS "(C\x05\x00\x00\x32\x00k1");
    EXPECT_REPLY(vp, "\x37\x70\x40\x00");
    FEED(vp, GS "(C\x06\x00\x00\x36\x00"
                "CLR" GS "(C\x03\x00\x00\x35\x00");
    EXPECT_REPLY(vp, "\x37\x71\x40\x00");
    virtual_destroy(vp);
}

static void settings_are_written_only_in_their_mode(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, GS "(E\x0a\x00\x03\x01"
                                               "22222121" GS "(E\x04\x00\x05\x05\x03\x00" GS
                                               "(E\x02\x00\x04\x01" GS "(E\x02\x00\x06\x05");
    EXPECT_REPLY(vp, "\x37\x21"
                     "00000000\x00\x37\x27\x35\x1f\x30\x00");
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 2);
    FEED(vp, GS "(E\x03\x00\x01IN" GS "(E\x0a\x00\x03\x01"
                "12222121" GS "(E\x07\x00\x05\x05\x03\x00\x06\xff\xff" GS "(E\x02\x00\x04\x01" GS
                "(E\x02\x00\x06\x05" GS "(E\x02\x00\x06\x06");
    EXPECT_REPLY(vp, "\x37\x20\x00"
                     "\x37\x21"
                     "10000101\x00"
                     "\x37\x27\x35\x1f\x33\x00"
                     "\x37\x27\x36\x1f"
                     "65535\x00");
    FEED(vp, GS "(E\x07\x00\x0b\x01"
                "19200" GS "(E\x02\x00\x0c\x01");
    EXPECT_REPLY(vp, "\x37\x33\x31\x1f"
                     "19200\x00");
    virtual_destroy(vp);
}

static void settings_hold_after_the_printer_has_started_anew(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON_DEVICE);
    /* custom value 8: code table 17, PC866; what waits in the buffer is lost */
    rig_order(r, "paper out");
    OFFER(r, GS "(E\x03\x00\x01IN" GS "(E\x04\x00\x05\x08\x11\x00"
                "\x8f\n" GS "(E\x04\x00\x02OUT"
                "lost");
    rig_order(r, "paper in");
    OFFER(r, "\x8f\n" ESC "@\x8f\n");
    rig_paper_is(r, "Å\nП\nП\n");
    rig_free(r);
}

static void another_size_of_memory_empties_it(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, DEFINE_ROWS GS "(E\x03\x00\x01IN" GS "(E\x04\x00\x05\x02\x02\x00" GS
                                  "(L\x02\x00\x30\x30" GS "(L\x04\x00\x30\x40KC");
    EXPECT_REPLY(vp, "\x37\x20\x00\x37\x30"
                     "65536\x00\x37\x72\x40\x00");
    virtual_destroy(vp);
}

static void counters_count_paper_cuts_and_hours(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON_DEVICE, 0, false);
    /* 10 lines of 30 dots, then 112 dots to the knife */
    OFFER(r, ESC "d\x0a" GS "V\x42\x00");
    rig_run_dry(r);
    rig_at(r, (int64_t)7200 * SECOND);
    OFFER(r, GS "g2\x00\x14\x00" GS "g2\x00\x15\x00" GS "g2\x00\x32\x00" GS "g2\x00\x46\x00" GS
                "g2\x00\xc6\x00");
    HEARS(r, "\x5f"
             "13\x00\x5f"
             "412\x00\x5f"
             "1\x00\x5f"
             "2\x00\x5f"
             "2\x00");
    OFFER(r, GS "g0\x00\x32\x00" GS "g0\x00\xc6\x00" GS "g2\x00\x32\x00" GS "g2\x00\xb2\x00" GS
                "g2\x00\xc6\x00");
    HEARS(r, "\x5f"
             "0\x00\x5f"
             "1\x00\x5f"
             "2\x00");
    rig_free(r);
}

static void the_test_page_names_the_model(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON_DEVICE);
    OFFER(r, GS "(A\x02\x00\x00\x02");
    struct buf out;
    buf_init(&out, 0);
    virtual_text(device_printer(r->dev), &out);
    assert_true(slice_starts(buf_slice(&out), "Epson TM-T20III\n"));
    buf_finish(&out);
    rig_free(r);
}

static void a_file_of_it_gives_the_same_printer(void **state)
{
    (void)state;
    struct rig *a = rig_unlimited(EPSON_DEVICE), *b = rig_unlimited(EPSON_DEVICE);
    struct err err = {0};
    struct buf first, second;
    buf_init(&first, 0);
    buf_init(&second, 0);
    OFFER(a, DEFINE_ROWS GS "(C\x0a\x00\x00\x31\x00k1hello" GS "(E\x03\x00\x01IN" GS
                            "(E\x0a\x00\x03\x08"
                            "00010000" GS "(E\x07\x00\x05\x05\x03\x00\x01\x02\x00");
    OFFER(a, GS "(C\x0a\x00\x00\x31\x00 #hello" GS "(E\x04\x00\x02OUT");
    OFFER(a, ESC "d\x0a" GS "V\x42\x00" FS "q\x01\x01\x00\x01\x00\x01\x02\x03\x04\x05\x06\x07\x08");
    assert_true(device_nv_save(a->dev, &first, &err));
    assert_true(device_nv_load(b->dev, buf_slice(&first), &err));
    assert_true(device_nv_save(b->dev, &second, &err));
    assert_string_equal(buf_cstr(&first), buf_cstr(&second));
    assert_true(first.n > 200);
    OFFER(b, GS "(C\x05\x00\x00\x32\x00 #" GS "(L\x06\x00\x30\x45G1\x01\x01");
    HEARS(b, "\x37\x70\x40hello\x00");
    expect_arrow(device_printer(b->dev), 0, 1);
    buf_finish(&first);
    buf_finish(&second);
    rig_free(a);
    rig_free(b);
}

static void a_bad_file_is_refused_with_its_line(void **state)
{
    (void)state;
#define TITLE "bonbon printer memory 1\n"
    static const struct {
        const char *text;
        unsigned line;
    } rows[] = {
        {"", 1},
        {"something else\n", 1},
        {TITLE "switch 1 00000000\nswitch 9 00000000\n", 3},
        {TITLE "switch 1 0000000\n", 2},
        {TITLE "custom 1 9\n", 2},
        {TITLE "memory 41 00\n", 2},
        {TITLE "memory 4142 0\n", 2},
        {TITLE "memory 4142 00 00\n", 2},
        {TITLE "graphic 4142 8 2 00\n", 2},
        {TITLE "graphic 4142 9000 1 00\n", 2},
        {TITLE "image 0 8 8 0000000000000000\n", 2},
        {TITLE "counter cuts 1 2\n", 2},
        {TITLE "counter days 1 1\n", 2},
        {TITLE "serial 1 123456789\n", 2},
        {TITLE "\nfrobnicate\n", 3},
    };
    struct rig *r = rig_unlimited(EPSON_DEVICE);
    OFFER(r, DEFINE_ROWS);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        assert_false(device_nv_load(r->dev, slice_str(rows[i].text), &err));
        assert_int_equal(err.code, ERR_DEVICE_NV);
        assert_int_equal(err.line, rows[i].line);
    }
    OFFER(r, GS "(L\x04\x00\x30\x40KC");
    HEARS(r, "\x37\x72\x40G1\x00"); /* what it had is untouched */
    rig_free(r);
}

static void writing_takes_time_and_is_counted(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON_DEVICE, 0, false);
    uint64_t before = device_nv_writes(r->dev);
    OFFER(r, DEFINE_ROWS GS "r\x01");
    HEARS(r, "");
    assert_int_equal(device_nv_writes(r->dev), before + 1);
    rig_run_dry(r);
    HEARS(r, "\x00");
    OFFER(r, GS "(L\x04\x00\x30\x40KC");
    assert_int_equal(device_nv_writes(r->dev), before + 1);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_kept_by_its_key_and_printed),
        cmocka_unit_test(a_picture_by_columns_is_the_same_picture),
        cmocka_unit_test(pictures_in_ram_live_until_the_printer_starts_anew),
        cmocka_unit_test(capacity_and_what_is_left_are_told),
        cmocka_unit_test(a_picture_too_large_changes_nothing),
        cmocka_unit_test(a_long_list_of_keys_comes_in_blocks),
        cmocka_unit_test(old_bit_images_are_defined_all_at_once),
        cmocka_unit_test(user_memory_is_stored_read_listed_and_deleted),
        cmocka_unit_test(settings_are_written_only_in_their_mode),
        cmocka_unit_test(settings_hold_after_the_printer_has_started_anew),
        cmocka_unit_test(another_size_of_memory_empties_it),
        cmocka_unit_test(counters_count_paper_cuts_and_hours),
        cmocka_unit_test(the_test_page_names_the_model),
        cmocka_unit_test(a_file_of_it_gives_the_same_printer),
        cmocka_unit_test(a_bad_file_is_refused_with_its_line),
        cmocka_unit_test(writing_takes_time_and_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
