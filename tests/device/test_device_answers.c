/* What a printer says of itself: proofs, status, ASB, port status, the drawer. */
#include "device_rig.h"

static void the_process_id_comes_when_the_paper_is_out(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, false);
    OFFER(r, ESC "d\x0a" GS "V\x42\x00" ID("0001"));
    int64_t paper = rig_feed_us(600) + rig_feed_us(224), all = paper + DEVICE_CUT_MS * MS;
    rig_at(r, all - 5 * MS);
    HEARS(r, "");
    rig_at(r, all + 5 * MS);
    HEARS(r, "\x37\x22"
             "0001\x00");
    rig_free(r);
}

static void the_fence_waits_while_the_printer_is_offline(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(CLONE);
    rig_order(r, "paper out");
    OFFER(r, "A\n" FENCE);
    HEARS(r, "");
    rig_order(r, "paper reload");
    HEARS(r, "\x00");
    rig_free(r);
}

static void status_is_answered_with_a_full_buffer_and_offline(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    struct buf b = rig_repeated("x", 5000);
    rig_order(r, "paper out");
    rig_order(r, "cover open");
    assert_int_equal(rig_offer(r, buf_slice(&b)), 4096);
    assert_int_equal(OFFER(r, DLE "\x04\x01"), 3);
    assert_int_equal(OFFER(r, DLE "\x04\x02" DLE "\x04\x03" DLE "\x04\x04"), 9);
    HEARS(r, "\x1a\x36\x12\x72");
    assert_int_equal(device_figures(r->dev).waiting_bytes, 4096);
    buf_finish(&b);
    rig_free(r);
}

static void real_time_commands_are_found_inside_a_picture(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    /* Epson APG: wherever the bytes stand; so this picture still lacks three bytes */
    OFFER(r, GS "v0\x00\x01\x00\x04\x00\xff" DLE "\x04\x01");
    HEARS(r, "\x12");
    OFFER(r, "\xff\xff\xff"
             "A\n");
    size_t n;
    virtual_glyphs(device_printer(r->dev), &n);
    assert_int_equal(n, 1);
    rig_free(r);
}

static void asb_tells_every_change(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    OFFER(r, GS "a\x0f");
    HEARS(r, IDLE_ASB);
    rig_order(r, "paper low");
    HEARS(r, "\x10\x00\x03\x00");
    rig_order(r, "cover open");
    HEARS(r, "\x38\x00\x03\x00");
    rig_order(r, "cover close");
    HEARS(r, "\x10\x00\x03\x00");
    rig_order(r, "paper out");
    HEARS(r, "\x18\x00\x0f\x00");
    rig_free(r);
}

static void a_printer_that_goes_offline_says_so_when_asked_to(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    OFFER(r, GS "(H\x03\x00\x31\x30\x01");
    rig_order(r, "paper out");
    HEARS(r, "\x37\x23\x00");
    rig_order(r, "paper reload");
    OFFER(r, GS "(H\x03\x00\x31\x30\x02");
    rig_order(r, "cover open");
    HEARS(r, "\x37\x23\x41\x00");
    rig_free(r);
}

static void port_status_follows_the_standard(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    assert_int_equal(device_port_status(r->dev), 0x18);
    rig_order(r, "paper out");
    assert_int_equal(device_port_status(r->dev), 0x20);
    rig_order(r, "ok");
    assert_int_equal(device_port_status(r->dev), 0x18);
    rig_free(r);
}

static void the_drawer_opens_by_command_and_shows_it(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    OFFER(r, GS "a\x01" ESC "p\x00\x19\xfa");
    HEARS(r, IDLE_ASB "\x14\x00\x00\x00");
    assert_int_equal(device_figures(r->dev).pulses, 1);
    assert_int_equal(device_state(r->dev), PRINTER_DRAWER_HIGH);
    rig_order(r, "drawer close");
    HEARS(r, IDLE_ASB);
    OFFER(r, DLE "\x14\x01\x00\x02");
    HEARS(r, "\x14\x00\x00\x00");
    rig_free(r);
}

static void a_clone_without_answers_stays_silent(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(SMALL);
    OFFER(r, DLE "\x04\x01" FENCE ID("0001") GS "a\x0f");
    rig_order(r, "paper out");
    HEARS(r, "");
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_process_id_comes_when_the_paper_is_out),
        cmocka_unit_test(the_fence_waits_while_the_printer_is_offline),
        cmocka_unit_test(status_is_answered_with_a_full_buffer_and_offline),
        cmocka_unit_test(real_time_commands_are_found_inside_a_picture),
        cmocka_unit_test(asb_tells_every_change),
        cmocka_unit_test(a_printer_that_goes_offline_says_so_when_asked_to),
        cmocka_unit_test(port_status_follows_the_standard),
        cmocka_unit_test(the_drawer_opens_by_command_and_shows_it),
        cmocka_unit_test(a_clone_without_answers_stays_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
