/* What goes to and from the printer: whole, in part, cancelled, stalled, unplugged. */
#include "usbip_client.h"

/* ── bulk ── */

static void a_write_ends_when_its_last_byte_is_taken(void **state)
{
    (void)state;
    struct client *c = client_attached("", 250);
    struct buf b;
    buf_init(&b, 0);
    for (unsigned i = 0; i < 500; i++)
        buf_str(&b, "0123456789abcdef\n");
    uint32_t first = client_write(c, 1, buf_slice(&b));
    uint32_t second = WRITE_BULK(c, "the end\n");
    client_expect_no_more(c);
    /* 8500 bytes, of which 4096 may wait and each line takes 15 ms */
    while (c->got.n == c->at) {
        rig_at(c->r, device_next_us(c->r->dev));
        client_pump(c);
    }
    client_expect_return(c, first, 0, 8500);
    assert_in_range(c->r->now_us, 3500 * MS, 4200 * MS);
    rig_run_dry(c->r);
    client_pump(c);
    client_expect_return(c, second, 0, 8);
    client_expect_no_more(c);
    buf_finish(&b);
    client_free(c);
}

static void a_read_waits_for_something_to_read(void **state)
{
    (void)state;
    struct client *c = client_attached("", 0);
    uint32_t first = client_read(c, 64), second = client_read(c, 2);
    client_expect_no_more(c);
    uint32_t write = WRITE_BULK(c, DLE "\x04\x01" GS "(H\x06\x00\x30\x30zz99");
    client_expect_return(c, write, 0, 14);
    client_expect_return(c, first, 0, 8);
    EXPECT(c, "\x12\x37\x22zz99\x00");
    client_expect_no_more(c);
    write = WRITE_BULK(c, DLE "\x04\x01" DLE "\x04\x04" DLE "\x04\x02");
    client_expect_return(c, write, 0, 9);
    client_expect_return(c, second, 0, 2);
    EXPECT(c, "\x12\x12");
    uint32_t third = client_read(c, 64); /* what did not fit comes at once */
    client_expect_return(c, third, 0, 1);
    client_free(c);
}

static void a_cancelled_write_says_what_was_taken_and_then_that_it_is_cancelled(void **state)
{
    (void)state;
    struct client *c = client_attached("", 0);
    struct buf b;
    buf_init(&b, 0);
    for (unsigned i = 0; i < 10000; i++)
        buf_byte(&b, 'x');
    rig_order(c->r, "paper out");
    uint32_t write = client_write(c, 1, buf_slice(&b));
    uint32_t behind = WRITE_BULK(c, "never\n");
    client_expect_no_more(c);
    uint32_t cancel = client_unlink(c, write);
    client_expect_return(c, write, -104, 4096);
    client_expect_unlinked(c, cancel, 0);
    cancel = client_unlink(c, behind);
    client_expect_return(c, behind, -104, 0);
    client_expect_unlinked(c, cancel, 0);
    rig_order(c->r, "paper reload");
    client_pump(c);
    client_expect_no_more(c);
    cancel = client_unlink(c, write); /* it was answered long ago */
    client_expect_unlinked(c, cancel, 0);
    uint32_t read = client_read(c, 64);
    cancel = client_unlink(c, read);
    client_expect_return(c, read, -104, 0);
    client_expect_unlinked(c, cancel, 0);
    assert_int_equal(device_figures(c->r->dev).received_bytes, 4096);
    buf_finish(&b);
    client_free(c);
}

static void the_next_write_goes_on_when_the_one_before_is_cancelled(void **state)
{
    (void)state;
    struct client *c = client_attached("", 0);
    rig_order(c->r, "nak");
    uint32_t first = WRITE_BULK(c, "first\n"), second = WRITE_BULK(c, "second\n");
    client_unlink(c, first);
    c->at = c->got.n;
    rig_order(c->r, "nak off");
    client_pump(c);
    client_expect_return(c, second, 0, 7);
    rig_paper_is(c->r, "second\n");
    client_free(c);
}

static void a_stall_halts_until_the_host_clears_it(void **state)
{
    (void)state;
    struct client *c = client_attached("", 0);
    rig_order(c->r, "after 3 bytes stall");
    client_expect_return(c, WRITE_BULK(c, "ABCDE\n"), -32, 3);
    client_expect_return(c, WRITE_BULK(c, "DE\n"), -32, 0);
    client_control_out(c, "\x02\x01\x00\x00\x01\x00\x00\x00", 0); /* CLEAR_FEATURE, endpoint 01 */
    client_expect_return(c, WRITE_BULK(c, "DE\n"), 0, 3);
    rig_order(c->r, "stall in");
    client_expect_return(c, client_read(c, 64), -32, 0);
    client_control_out(c, "\x02\x01\x00\x00\x82\x00\x00\x00", 0);
    client_read(c, 64);
    client_expect_no_more(c);
    rig_paper_is(c->r, "ABCDE\n");
    client_free(c);
}

static void a_short_write_says_so(void **state)
{
    (void)state;
    struct client *c = client_attached("", 0);
    rig_order(c->r, "short 4");
    client_expect_return(c, WRITE_BULK(c, "ABCDE\n"), 0, 4);
    client_expect_return(c, WRITE_BULK(c, "E\n"), 0, 2);
    client_free(c);
}

static void nothing_is_there_before_it_is_configured(void **state)
{
    (void)state;
    struct client *c = client_with(EPSON, "", 0);
    assert_true(usbip_begin_attached(c->ip));
    client_expect_return(c, WRITE_BULK(c, "A\n"), -32, 0);
    client_control_out(c, "\x00\x09\x02\x00\x00\x00\x00\x00", -32);
    client_control_out(c, "\x00\x09\x01\x00\x00\x00\x00\x00", 0);
    client_expect_return(c, WRITE_BULK(c, "A\n"), 0, 2);
    client_expect_return(c, client_submit(c, OUT, 7, 1, NULL, SLICE_LITERAL("x")), -32, 0);
    client_free(c);
}

static void unplugging_answers_what_waits_and_ends_the_connection(void **state)
{
    (void)state;
    static const char *const orders[] = {"unplug", "power off", "reset", "power cycle 0", "replug"};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct client *c = client_attached("", 0);
        struct usbip *again;
        struct err err;
        rig_order(c->r, "after 3 bytes nak");
        uint32_t write = WRITE_BULK(c, "ABCDE\n"), read = client_read(c, 64);
        rig_order(c->r, orders[i]);
        rig_run_dry(c->r);
        client_pump(c);
        client_expect_return(c, write, -108, 3); /* ESHUTDOWN, and what it took */
        client_expect_return(c, read, -108, 0);
        client_expect_no_more(c);
        assert_true(usbip_is_over(c->ip));
        assert_false(c->usb.taken);
        rig_order(c->r, "plug");
        rig_order(c->r, "power on");
        assert_true(usbip_create(&again, &c->usb, &err));
        assert_true(usbip_begin_attached(again));
        usbip_destroy(again);
        client_free(c);
    }
}

static void a_unidirectional_printer_has_no_way_back(void **state)
{
    (void)state;
    struct client *c = client_attached("unidirectional", 0);
    struct slice d = client_control_in(c, "\x80\x06\x00\x02\x00\x00\xff\x00");
    assert_true(
        slice_equal(slice_sub(d, 9, d.n), SLICE_LITERAL("\x09\x04\x00\x00\x01\x07\x01\x01\x00"
                                                        "\x07\x05\x01\x02\x40\x00\x00")));
    client_expect_return(c, client_read(c, 64), -32, 0);
    client_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_ends_when_its_last_byte_is_taken),
        cmocka_unit_test(a_read_waits_for_something_to_read),
        cmocka_unit_test(a_cancelled_write_says_what_was_taken_and_then_that_it_is_cancelled),
        cmocka_unit_test(the_next_write_goes_on_when_the_one_before_is_cancelled),
        cmocka_unit_test(a_stall_halts_until_the_host_clears_it),
        cmocka_unit_test(a_short_write_says_so),
        cmocka_unit_test(nothing_is_there_before_it_is_configured),
        cmocka_unit_test(unplugging_answers_what_waits_and_ends_the_connection),
        cmocka_unit_test(a_unidirectional_printer_has_no_way_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
