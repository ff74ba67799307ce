#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "escpos/maintain.h"
#include "protocol/command.h"

/* The bytes as Epson's guide writes them, and the name that the table of framing gives them. */
static void expect(struct slice made, struct slice bytes, const char *name)
{
    assert_int_equal(made.n, bytes.n);
    assert_memory_equal(made.p, bytes.p, bytes.n);
    struct frame frame = frame_next(made);
    assert_int_equal(frame.kind, FRAME_COMMAND);
    assert_int_equal(frame.length, made.n);
    assert_false(frame.broken);
    assert_string_equal(command_name(frame.id), name);
}

static void requests_are_the_bytes_of_the_guide(void **state)
{
    (void)state;
    uint8_t out[ESCPOS_REQUEST_BYTES];
#define MADE(call) slice_of(out, call)
    expect(MADE(escpos_ask_counter(148, out)), SLICE_LITERAL("\x1dg2\x00\x94\x00"), "GS g 2");
    expect(MADE(escpos_ask_nv_capacity(out)), SLICE_LITERAL("\x1d(L\x02\x00\x30\x30"),
           "GS ( L <fn 48>");
    expect(MADE(escpos_ask_nv_left(out)), SLICE_LITERAL("\x1d(L\x02\x00\x30\x33"),
           "GS ( L <fn 51>");
    expect(MADE(escpos_ask_nv_keys(out)), SLICE_LITERAL("\x1d(L\x04\x00\x30\x40KC"),
           "GS ( L <fn 64>");
    expect(MADE(escpos_ask_switch(8, out)), SLICE_LITERAL("\x1d(E\x02\x00\x04\x08"),
           "GS ( E <fn 4>");
    expect(MADE(escpos_ask_custom(5, out)), SLICE_LITERAL("\x1d(E\x02\x00\x06\x05"),
           "GS ( E <fn 6>");
    expect(MADE(escpos_settings_begin(out)), SLICE_LITERAL("\x1d(E\x03\x00\x01IN"),
           "GS ( E <fn 1>");
    expect(MADE(escpos_settings_end(out)), SLICE_LITERAL("\x1d(E\x04\x00\x02OUT"), "GS ( E <fn 2>");
    expect(MADE(escpos_nv_delete("L1", out)), SLICE_LITERAL("\x1d(L\x04\x00\x30\x42L1"),
           "GS ( L <fn 66>");
    expect(MADE(escpos_nv_print("L1", out)), SLICE_LITERAL("\x1d(L\x06\x00\x30\x45L1\x01\x01"),
           "GS ( L <fn 69>");
    expect(MADE(escpos_image_print(3, out)), SLICE_LITERAL("\x1cp\x03\x00"), "FS p");
    expect(MADE(escpos_test_page(TEST_STATUS, out)), SLICE_LITERAL("\x1d(A\x02\x00\x01\x02"),
           "GS ( A");
    expect(MADE(escpos_clear(out)), SLICE_LITERAL("\x10\x05\x02"), "DLE ENQ");
    assert_true(slice_is(MADE(escpos_next_block(out)), "\x06"));
#undef MADE
}

static void a_switch_writes_the_bits_of_its_mask_and_leaves_the_others(void **state)
{
    (void)state;
    struct buf out;
    const struct escpos_switch rows[] = {{1, 0x81, 0x80}, {8, 0x10, 0xFF}};
    buf_init(&out, 0);
    escpos_set_switches(&out, rows, 2);
    expect(buf_slice(&out),
           SLICE_LITERAL("\x1d(E\x13\x00\x03\x01"
                         "12222220\x08"
                         "22212222"),
           "GS ( E <fn 3>");
    buf_finish(&out);
}

static void custom_values_are_little_endian(void **state)
{
    (void)state;
    struct buf out;
    const struct escpos_custom rows[] = {{5, 65531}, {8, 18}};
    buf_init(&out, 0);
    escpos_set_customs(&out, rows, 2);
    expect(buf_slice(&out), SLICE_LITERAL("\x1d(E\x07\x00\x05\x05\xfb\xff\x08\x12\x00"),
           "GS ( E <fn 5>");
    buf_finish(&out);
}

static void picture(struct bitmap *b, uint32_t width, uint32_t height)
{
    struct err err = {0};
    assert_true(bitmap_init(b, width, height, &err));
}

static void a_kept_picture_goes_row_by_row_under_its_key(void **state)
{
    (void)state;
    struct bitmap b;
    struct buf out;
    picture(&b, 12, 2);
    bitmap_set(&b, 0, 0);
    bitmap_set(&b, 11, 1);
    buf_init(&out, 0);
    escpos_nv_define(&out, "L1", &b);
    expect(buf_slice(&out),
           SLICE_LITERAL("\x1d(L\x0f\x00\x30\x43\x30L1\x01\x0c\x00\x02\x00\x31"
                         "\x80\x00\x00\x10"),
           "GS ( L <fn 67>");
    assert_int_equal(escpos_nv_bytes(&b), 4);
    buf_finish(&out);
    bitmap_finish(&b);
}

static void a_picture_past_64_kilobytes_goes_by_the_long_command(void **state)
{
    (void)state;
    struct bitmap b;
    struct buf out;
    /* 576 dots are 72 bytes; 72 × 909 + 11 is 65459, 72 × 911 + 11 is 65603. */
    static const struct {
        uint32_t rows;
        const char *name;
        size_t head;
    } sides[] = {{909, "GS ( L <fn 67>", 5}, {911, "GS 8 L <fn 67>", 7}};
    for (size_t i = 0; i < 2; i++) {
        picture(&b, 576, sides[i].rows);
        buf_init(&out, 0);
        escpos_nv_define(&out, "AA", &b);
        struct frame frame = frame_next(buf_slice(&out));
        assert_string_equal(command_name(frame.id), sides[i].name);
        assert_int_equal(frame.length, out.n);
        assert_int_equal(out.n, sides[i].head + 11 + escpos_nv_bytes(&b));
        buf_finish(&out);
        bitmap_finish(&b);
    }
}

static void no_picture_holds_what_a_printer_obeys_at_once(void **state)
{
    (void)state;
    struct bitmap b;
    struct buf out;
    picture(&b, 16, 3);
    static const uint8_t dots[] = {0x10, 0x04, 0x10, 0x05, 0x10, 0x14};
    memcpy(b.p, dots, sizeof dots);
    buf_init(&out, 0);
    escpos_nv_define(&out, "L1", &b);
    for (size_t i = 16; i + 1 < out.n; i++)
        assert_false(out.p[i] == 0x10 &&
                     (out.p[i + 1] == 4 || out.p[i + 1] == 5 || out.p[i + 1] == 0x14));
    buf_finish(&out);
    bitmap_finish(&b);
}

static void old_images_go_column_by_column_in_whole_bytes(void **state)
{
    (void)state;
    struct bitmap b[2];
    struct buf out;
    picture(&b[0], 9, 1);
    bitmap_set(&b[0], 8, 0);
    picture(&b[1], 1, 9);
    bitmap_set(&b[1], 0, 8);
    buf_init(&out, 0);
    escpos_images_define(&out, b, 2);
    static const uint8_t expected[] = {0x1C, 'q', 2, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,    0,
                                       0x80, 0,   0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0x80, 0,
                                       0,    0,   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    expect(buf_slice(&out), slice_of(expected, sizeof expected), "FS q");
    assert_int_equal(escpos_images_bytes(&b[0]), 16);
    assert_int_equal(escpos_images_bytes(&b[1]), 16);
    buf_finish(&out);
    bitmap_finish(&b[0]);
    bitmap_finish(&b[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_the_bytes_of_the_guide),
        cmocka_unit_test(a_switch_writes_the_bits_of_its_mask_and_leaves_the_others),
        cmocka_unit_test(custom_values_are_little_endian),
        cmocka_unit_test(a_kept_picture_goes_row_by_row_under_its_key),
        cmocka_unit_test(a_picture_past_64_kilobytes_goes_by_the_long_command),
        cmocka_unit_test(no_picture_holds_what_a_printer_obeys_at_once),
        cmocka_unit_test(old_images_go_column_by_column_in_whole_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
