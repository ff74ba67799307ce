/* A printer in time: flow control, what takes how long, paper and its cuts. */
#include "device_rig.h"

/* ── time ── */

static void a_receipt_takes_as_long_as_its_paper(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, false);
    struct buf b;
    buf_init(&b, 0);
    /* 60 cm: 160 lines of 30 dots come to 600.6 mm */
    for (unsigned i = 0; i < 160; i++)
        buf_printf(&b, "line %03u of a receipt that is sixty centimetres\n", i);
    rig_write(r, buf_slice(&b));
    int64_t done = rig_run_dry(r);
    rig_assert_about((int64_t)device_figures(r->dev).paper_um, 600000);
    rig_assert_about(done, 600 * SECOND / 250);
    WRITE(r, GS "V\x42\x00");
    /* the way to the knife, 112 dots, and the knife */
    rig_assert_about(rig_run_dry(r) - done, 14 * SECOND / 250 + DEVICE_CUT_MS * MS);
    assert_int_equal(device_figures(r->dev).cuts, 1);
    buf_finish(&b);
    rig_free(r);
}

static void pictures_take_as_long_as_their_rows(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 100, false);
    struct buf b;
    buf_init(&b, 0);
    for (unsigned band = 0; band < 4; band++) {
        buf_append(&b, GS "v0\x00\x48\x00\x00\x01", 8); /* 256 rows of 72 bytes */
        for (unsigned i = 0; i < 256 * 72; i++)
            buf_byte(&b, 0x55);
    }
    rig_write(r, buf_slice(&b));
    rig_assert_about(rig_run_dry(r), (int64_t)1024 * 25400 / 203 * 1000 / 100);
    buf_finish(&b);
    rig_free(r);
}

static void without_a_limit_nothing_takes_time(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    struct buf b = rig_repeated("a line of text\n", 2000);
    enum device_port port;
    assert_int_equal(device_receive(r->dev, buf_slice(&b), &port), b.n);
    assert_int_equal(port, DEVICE_OPEN);
    assert_true(device_is_idle(r->dev));
    assert_int_equal(device_next_us(r->dev), INT64_MAX);
    buf_finish(&b);
    rig_free(r);
}

static void time_in_one_leap_or_in_steps_is_the_same(void **state)
{
    (void)state;
    struct rig *leap = rig_new(EPSON, 0, false), *steps = rig_new(EPSON, 0, false);
    struct rig *both[] = {leap, steps};
    struct buf b = rig_repeated("Espresso   2.50\n" GS "r\x01", 60);
    for (unsigned i = 0; i < 2; i++) {
        rig_order(both[i], "at 100ms cover open");
        rig_order(both[i], "at 900ms cover close");
        assert_int_equal(rig_offer(both[i], buf_slice(&b)), b.n);
    }
    rig_at(leap, 2 * SECOND);
    for (int64_t t = 0; t <= 2 * SECOND; t += 777)
        rig_at(steps, t);
    rig_at(steps, 2 * SECOND);
    for (unsigned i = 0; i < 2; i++) {
        enum device_port port;
        while (device_transmit(both[i]->dev, &both[i]->heard, 64, &port))
            ;
    }
    assert_true(slice_equal(buf_slice(&leap->heard), buf_slice(&steps->heard)));
    assert_int_equal(device_figures(leap->dev).paper_um, device_figures(steps->dev).paper_um);
    assert_int_equal(device_figures(leap->dev).waiting_bytes,
                     device_figures(steps->dev).waiting_bytes);
    assert_true(leap->heard.n > 10);
    buf_finish(&b);
    rig_free(leap);
    rig_free(steps);
}

/* ── the receive buffer ── */

static void it_takes_what_fits_and_no_more(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, false);
    struct buf b = rig_repeated("0123456789\n", 2000);
    enum device_port port;
    /* The first line goes into the line buffer and prints; the buffer fills behind it. */
    size_t n = device_receive(r->dev, buf_slice(&b), &port);
    assert_int_equal(port, DEVICE_NAK);
    assert_int_equal(n, 11 + 4096);
    assert_int_equal(device_figures(r->dev).waiting_bytes, 4096);
    assert_int_equal(rig_offer(r, slice_sub(buf_slice(&b), n, b.n)), 0);
    /* When the line is out, the next one is taken from the buffer, and as much fits again. */
    rig_at(r, device_next_us(r->dev));
    assert_int_equal(rig_offer(r, slice_sub(buf_slice(&b), n, b.n)), 11);
    buf_finish(&b);
    rig_free(r);
}

static void the_wire_is_as_fast_as_the_paper(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, false);
    struct buf b = rig_repeated("0123456789\n", 2000);
    int64_t taken = rig_write(r, buf_slice(&b));
    /* all lines but those that still stand in 4 KB */
    rig_assert_about(taken, (2000 - 4096 / 11) * rig_feed_us(60));
    buf_finish(&b);
    rig_free(r);
}

static void a_stopped_printer_takes_its_buffer_full(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    struct buf b = rig_repeated("x", 10000);
    rig_order(r, "paper out");
    assert_int_equal(rig_offer(r, buf_slice(&b)), 4096);
    assert_int_equal(OFFER(r, "more"), 0);
    rig_order(r, "paper reload");
    assert_int_equal(rig_offer(r, buf_slice(&b)), 10000);
    buf_finish(&b);
    rig_free(r);
}

static void the_cut_of_the_bytes_changes_nothing(void **state)
{
    (void)state;
    static const char bytes[] = "A\n" GS "r\x01" DLE "\x04\x01" ESC "d\x02" ID("ab12") DLE
        "B" DLE "\x04" DLE "\x14\x01\x00\x02" GS "V\x42\x10" DLE;
    struct slice s = slice_of(bytes, sizeof bytes - 1);
    struct rig *whole = rig_new(EPSON, 0, false), *cut = rig_new(EPSON, 0, false);
    assert_int_equal(rig_offer(whole, s), s.n);
    for (size_t i = 0; i < s.n; i++)
        assert_int_equal(rig_offer(cut, slice_sub(s, i, i + 1)), 1);
    struct rig *both[] = {whole, cut};
    for (unsigned i = 0; i < 2; i++) {
        enum device_port port;
        rig_run_dry(both[i]);
        while (device_transmit(both[i]->dev, &both[i]->heard, 64, &port))
            ;
    }
    assert_int_equal(whole->now_us, cut->now_us);
    assert_true(slice_equal(buf_slice(&whole->heard), buf_slice(&cut->heard)));
    /* DLE EOT is answered first, at its arrival; then the fence, then the id */
    assert_int_equal(whole->heard.n, 9);
    assert_int_equal(whole->heard.p[0], 0x12);
    assert_memory_equal(whole->heard.p + 1,
                        "\x00\x37\x22"
                        "ab12\x00",
                        8);
    rig_free(whole);
    rig_free(cut);
}

/* ── paper ── */

static void pieces_are_what_lies_above_the_cut(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, true);
    WRITE(r, "first\n" GS "V\x42\x00"
             "second\n" GS "V\x00"
             "third\n" ESC "d\x05" GS "V\x42\x00");
    rig_run_dry(r);
    assert_int_equal(r->pieces, 3);
    /* GS V 0 cuts where the knife is, 14 mm above the head: the second line hangs on */
    assert_string_equal(buf_cstr(&r->text), "first\n-- cut --\n====\n"
                                            "-- cut --\n====\n"
                                            "second\nthird\n\n\n\n\n\n-- cut --\n====\n");
    rig_free(r);
}

static void ten_thousand_receipts_leave_nothing_behind(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, true);
    struct buf b = rig_repeated("Coffee 2.50\n", 4);
    buf_append(&b, GS "V\x42\x00", 4);
    r->text.max = 65536;
    for (unsigned i = 0; i < 10000; i++) {
        rig_write(r, buf_slice(&b));
        size_t n;
        virtual_marks(device_printer(r->dev), &n);
        assert_in_range(n, 0, 40);
        assert_in_range(virtual_paper(device_printer(r->dev))->height_dots, 0, 5000);
    }
    rig_run_dry(r);
    assert_int_equal(r->pieces, 10000);
    buf_finish(&b);
    rig_free(r);
}

static void paper_nobody_cuts_is_taken_in_lengths(void **state)
{
    (void)state;
    struct rig *r = rig_new(SMALL, 2000, true);
    struct buf b = rig_repeated("and so on\n", 3000);
    rig_write(r, buf_slice(&b));
    rig_run_dry(r);
    assert_int_equal(r->pieces, 2); /* 90,000 dots */
    device_tear(r->dev);
    assert_int_equal(r->pieces, 3);
    unsigned lines = 0;
    for (size_t i = 0; i + 10 <= r->text.n; i++)
        lines += memcmp(r->text.p + i, "and so on\n", 10) == 0;
    assert_int_equal(lines, 3000);
    buf_finish(&b);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_takes_as_long_as_its_paper),
        cmocka_unit_test(pictures_take_as_long_as_their_rows),
        cmocka_unit_test(without_a_limit_nothing_takes_time),
        cmocka_unit_test(time_in_one_leap_or_in_steps_is_the_same),
        cmocka_unit_test(it_takes_what_fits_and_no_more),
        cmocka_unit_test(the_wire_is_as_fast_as_the_paper),
        cmocka_unit_test(a_stopped_printer_takes_its_buffer_full),
        cmocka_unit_test(the_cut_of_the_bytes_changes_nothing),
        cmocka_unit_test(pieces_are_what_lies_above_the_cut),
        cmocka_unit_test(ten_thousand_receipts_leave_nothing_behind),
        cmocka_unit_test(paper_nobody_cuts_is_taken_in_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
