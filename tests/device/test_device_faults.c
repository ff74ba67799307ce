/* Faults of the wire, and orders that come at their byte. */
#include "device_rig.h"

static void nak_lasts_as_long_as_it_is_told(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    enum device_port port;
    rig_order(r, "nak 60");
    rig_at(r, 60 * SECOND - 1);
    assert_int_equal(device_receive(r->dev, SLICE_LITERAL("A\n"), &port), 0);
    assert_int_equal(port, DEVICE_NAK);
    assert_int_equal(device_next_us(r->dev), 60 * SECOND);
    rig_at(r, 60 * SECOND);
    assert_int_equal(OFFER(r, "A\n"), 2);
    rig_order(r, "nak");
    rig_at(r, 1000000 * (int64_t)SECOND);
    assert_int_equal(OFFER(r, "A\n"), 0);
    rig_order(r, "nak off");
    assert_int_equal(OFFER(r, "A\n"), 2);
    rig_free(r);
}

static void a_stall_lasts_until_it_is_cleared(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    enum device_port port;
    rig_order(r, "after 3 bytes stall");
    assert_int_equal(device_receive(r->dev, SLICE_LITERAL("ABCDE\n"), &port), 3);
    assert_int_equal(port, DEVICE_STALL);
    assert_int_equal(device_receive(r->dev, SLICE_LITERAL("DE\n"), &port), 0);
    device_clear_halt(r->dev, false);
    assert_int_equal(device_receive(r->dev, SLICE_LITERAL("DE\n"), &port), 3);
    rig_paper_is(r, "ABCDE\n");
    rig_order(r, "stall in");
    assert_true(device_has_answer(r->dev));
    assert_int_equal(device_transmit(r->dev, &r->heard, 64, &port), 0);
    assert_int_equal(port, DEVICE_STALL);
    device_clear_halt(r->dev, true);
    assert_false(device_has_answer(r->dev));
    rig_free(r);
}

static void a_write_can_be_cut_short(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    enum device_port port;
    rig_order(r, "short 4");
    assert_int_equal(device_receive(r->dev, SLICE_LITERAL("ABCDE\n"), &port), 4);
    assert_int_equal(port, DEVICE_SHORT);
    assert_int_equal(device_receive(r->dev, SLICE_LITERAL("E\n"), &port), 2);
    assert_int_equal(port, DEVICE_OPEN);
    rig_paper_is(r, "ABCDE\n");
    rig_free(r);
}

static void the_back_channel_can_be_silent_corrupt_or_flooding(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    rig_order(r, "back silent");
    OFFER(r, DLE "\x04\x01");
    HEARS(r, "");
    rig_order(r, "back ok");
    HEARS(r, ""); /* what was not said is not said later */
    rig_order(r, "back noise ff00fe");
    HEARS(r, "\xff\x00\xfe");
    rig_order(r, "back corrupt");
    struct buf asked = rig_repeated(DLE "\x04\x01", 64);
    rig_offer(r, buf_slice(&asked));
    enum device_port port;
    assert_int_equal(device_transmit(r->dev, &r->heard, 4096, &port), 64);
    unsigned wrong = 0;
    for (size_t i = 0; i < 64; i++)
        wrong += r->heard.p[i] != 0x12;
    assert_in_range(wrong, 10, 60);
    rig_order(r, "back flood");
    assert_false(device_has_answer(r->dev));
    rig_at(r, SECOND);
    buf_reset(&r->heard);
    assert_int_equal(device_transmit(r->dev, &r->heard, 512, &port), 512);
    assert_memory_equal(r->heard.p, IDLE_ASB IDLE_ASB, 8);
    rig_order(r, "back ok");
    assert_false(device_has_answer(r->dev));
    buf_finish(&asked);
    rig_free(r);
}

static void the_same_seed_makes_the_same_noise(void **state)
{
    (void)state;
    struct rig *a = rig_unlimited(EPSON), *b = rig_unlimited(EPSON);
    struct rig *both[] = {a, b};
    for (unsigned i = 0; i < 2; i++) {
        enum device_port port;
        rig_order(both[i], "back corrupt");
        OFFER(both[i], DLE "\x04\x01" DLE "\x04\x02" DLE "\x04\x03" DLE "\x04\x04" ID("abcd"));
        device_transmit(both[i]->dev, &both[i]->heard, 64, &port);
    }
    assert_true(slice_equal(buf_slice(&a->heard), buf_slice(&b->heard)));
    rig_free(a);
    rig_free(b);
}

static void orders_come_at_their_byte_cut_and_millimetre(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, true);
    struct buf b = rig_repeated("line\n", 3);
    rig_order(r, "after 1 cuts paper low");
    rig_order(r, "after 30 mm cover open");
    rig_write(r, buf_slice(&b));
    WRITE(r, GS "V\x42\x00");
    rig_at(r, 200 * MS); /* fed, the knife is on its way */
    assert_int_equal(device_state(r->dev), 0);
    rig_at(r, SECOND);
    assert_int_equal(device_state(r->dev), PRINTER_PAPER_LOW);
    WRITE(r, "more\n"); /* 25.3 mm and 3.8 */
    rig_run_dry(r);
    assert_int_equal(device_state(r->dev), PRINTER_PAPER_LOW);
    WRITE(r, "more\n");
    rig_run_dry(r);
    assert_true(device_state(r->dev) & PRINTER_COVER_OPEN);
    buf_finish(&b);
    rig_free(r);
}

static void a_script_is_read_before_any_of_it_happens(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    struct err err = {0};
    assert_false(
        device_script(r->dev, SLICE_LITERAL("paper out\n\n# a remark\npaper gone\n"), &err));
    assert_int_equal(err.code, ERR_DEVICE_ORDER);
    assert_int_equal(err.line, 4);
    assert_int_equal(device_state(r->dev), 0);
    assert_true(device_script(
        r->dev, SLICE_LITERAL("at 2s paper reload # later\r\npaper out\nat 1500ms heat\n"), &err));
    assert_int_equal(device_state(r->dev), PRINTER_OFFLINE | PRINTER_PAPER_OUT);
    rig_at(r, 1500 * MS);
    assert_true(device_state(r->dev) & PRINTER_OVERHEATED);
    rig_at(r, 2 * SECOND);
    assert_false(device_state(r->dev) & PRINTER_PAPER_OUT);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nak_lasts_as_long_as_it_is_told),
        cmocka_unit_test(a_stall_lasts_until_it_is_cleared),
        cmocka_unit_test(a_write_can_be_cut_short),
        cmocka_unit_test(the_back_channel_can_be_silent_corrupt_or_flooding),
        cmocka_unit_test(the_same_seed_makes_the_same_noise),
        cmocka_unit_test(orders_come_at_their_byte_cut_and_millimetre),
        cmocka_unit_test(a_script_is_read_before_any_of_it_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
