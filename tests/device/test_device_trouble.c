/* What stops a printer, what a power cycle and a cable take away, and how it comes back. */
#include "device_rig.h"

/* ── what stops it ── */

static void every_condition_shows_and_goes(void **state)
{
    (void)state;
    static const struct {
        const char *order, *undo;
        unsigned state;
    } rows[] = {
        {"paper out", "paper in", PRINTER_OFFLINE | PRINTER_PAPER_OUT},
        {"paper low", "paper reload", PRINTER_PAPER_LOW},
        {"cover open", "cover close", PRINTER_OFFLINE | PRINTER_COVER_OPEN},
        {"heat", "cool", PRINTER_OFFLINE | PRINTER_OVERHEATED},
        {"error", "recover", PRINTER_OFFLINE | PRINTER_RECOVERABLE},
        {"fail", "power cycle 0", PRINTER_OFFLINE | PRINTER_UNRECOVERABLE},
        {"drawer open", "drawer close", PRINTER_DRAWER_HIGH},
        {"cutter jam", "ok", PRINTER_OFFLINE | PRINTER_CUTTER_ERROR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig *r = rig_unlimited(EPSON);
        rig_order(r, rows[i].order);
        assert_int_equal(device_state(r->dev), rows[i].state);
        OFFER(r, "A\n");
        rig_paper_is(r, rows[i].state & PRINTER_OFFLINE ? "" : "A\n");
        rig_order(r, rows[i].undo);
        rig_at(r, 1);
        assert_int_equal(device_state(r->dev), 0);
        rig_free(r);
    }
}

static void paper_that_ends_loses_nothing(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, false);
    OFFER(r, "one\ntwo\nthree\n");
    rig_at(r, rig_feed_us(60) + 5 * MS);
    rig_order(r, "paper out");
    rig_at(r, 5 * SECOND);
    rig_paper_is(r, "one\ntwo\n"); /* the line that was begun is finished */
    OFFER(r, "four\n");
    rig_order(r, "paper reload");
    rig_run_dry(r);
    rig_paper_is(r, "one\ntwo\nthree\nfour\n");
    rig_free(r);
}

static void a_cover_opened_while_printing_is_an_error_until_it_is_closed(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, false);
    OFFER(r, ESC "d\x64" FENCE); /* 100 lines: 3000 dots */
    rig_at(r, rig_feed_us(6000) / 2);
    rig_order(r, "cover open");
    assert_int_equal(device_state(r->dev),
                     PRINTER_OFFLINE | PRINTER_COVER_OPEN | PRINTER_OVERHEATED);
    rig_at(r, 60 * SECOND);
    HEARS(r, "");
    rig_order(r, "cover close");
    /* the second half of the feed is still to be done */
    rig_assert_about(rig_run_dry(r) - 60 * SECOND, rig_feed_us(6000) / 2);
    HEARS(r, "\x00");
    rig_free(r);
}

static void recovery_waits_as_gs_z_says(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    OFFER(r, GS "z0\x06\x00"); /* 6 half seconds */
    rig_order(r, "paper out");
    OFFER(r, "A\n");
    rig_order(r, "paper reload");
    rig_at(r, 2999 * MS);
    rig_paper_is(r, "");
    assert_int_equal(device_state(r->dev), PRINTER_OFFLINE);
    rig_at(r, 3000 * MS);
    rig_paper_is(r, "A\n");
    rig_free(r);
}

static void a_jam_is_recovered_when_the_knife_is_free(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    rig_order(r, "cutter jam");
    OFFER(r, "A\n" DLE "\x05\x01");
    assert_true(device_state(r->dev) & PRINTER_CUTTER_ERROR);
    rig_order(r, "cutter clear");
    assert_true(device_state(r->dev) & PRINTER_CUTTER_ERROR);
    OFFER(r, DLE "\x05\x01");
    assert_int_equal(device_state(r->dev), 0);
    rig_paper_is(r, "A\n");
    rig_free(r);
}

static void recovery_2_drops_what_was_received(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    OFFER(r, "half a line");
    rig_order(r, "error");
    OFFER(r, "A\n" ID("0001") DLE "\x05\x02");
    assert_int_equal(device_state(r->dev), 0);
    OFFER(r, "B\n");
    rig_paper_is(r, "B\n");
    HEARS(r, "");
    rig_free(r);
}

static void clearing_drops_the_buffer_and_answers(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    rig_order(r, "paper out");
    OFFER(r, "A\nB\n" DLE "\x14\x08\x01\x03\x14\x01\x06\x02\x08");
    HEARS(r, "\x37\x25\x00");
    rig_order(r, "paper reload");
    OFFER(r, "C\n");
    rig_paper_is(r, "C\n");
    rig_free(r);
}

/* ── power and plug ── */

static void a_power_cycle_loses_all_but_paper_and_nv_memory(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    OFFER(r, "A\n" GS "a\x0f" ESC "E\x01" GS "(C\x08\x00\x00\x31\x00k1abc");
    HEARS(r, IDLE_ASB);
    rig_order(r, "paper out");
    OFFER(r, "lost\n");
    rig_order(r, "power off");
    assert_false(device_is_present(r->dev));
    enum device_port port;
    assert_int_equal(device_receive(r->dev, SLICE_LITERAL("x"), &port), 0);
    assert_int_equal(port, DEVICE_REFUSED);
    rig_order(r, "power on");
    assert_int_equal(device_state(r->dev), PRINTER_OFFLINE | PRINTER_PAPER_OUT);
    rig_order(r, "paper reload");
    OFFER(r, "B\n" GS "(C\x05\x00\x00\x32\x00k1");
    HEARS(r, "\x37\x70\x40"
             "abc\x00"); /* no ASB: it was forgotten */
    rig_paper_is(r, "A\nB\n");
    size_t n;
    const struct virtual_glyph *g = virtual_glyphs(device_printer(r->dev), &n);
    assert_false(g[n - 1].bold);
    rig_free(r);
}

static void power_that_fails_tears_the_picture_where_the_head_was(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 100, false);
    struct buf b;
    buf_init(&b, 0);
    buf_append(&b, GS "v0\x00\x48\x00\x90\x01", 8); /* 400 rows: 50 mm, half a second */
    for (unsigned i = 0; i < 400 * 72; i++)
        buf_byte(&b, 0xff);
    buf_append(&b, GS "V\x42\x00", 4);
    rig_write(r, buf_slice(&b));
    rig_at(r, 250 * MS);
    rig_order(r, "power cycle");
    const struct bitmap *paper = virtual_paper(device_printer(r->dev));
    assert_in_range(paper->height_dots, 198, 202);
    rig_run_dry(r);
    assert_int_equal(device_figures(r->dev).cuts, 0);
    assert_true(device_is_present(r->dev));
    OFFER(r, "B\n");
    rig_paper_is(r, "B\n");
    buf_finish(&b);
    rig_free(r);
}

static void power_that_fails_before_the_knife_cuts_nothing(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, true);
    OFFER(r, "A\n" GS "V\x42\x00");
    rig_at(r, rig_feed_us(60) + rig_feed_us(224) + 10 * MS); /* in the middle of the cut */
    rig_order(r, "power cycle");
    rig_run_dry(r);
    assert_int_equal(r->pieces, 0);
    OFFER(r, "B\n" GS "V\x42\x00");
    rig_run_dry(r);
    assert_int_equal(r->pieces, 1);
    /* both on one piece, with the feed between them */
    assert_string_equal(buf_cstr(&r->text), "A\nB\n-- cut --\n====\n");
    rig_free(r);
}

static void unplugged_it_prints_what_it_has_and_plugged_in_it_forgets_the_rest(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, false);
    unsigned before = device_connection(r->dev);
    OFFER(r, "one\ntwo\nthree\nfour\n");
    rig_at(r, rig_feed_us(60) / 2);
    rig_order(r, "unplug");
    assert_int_not_equal(device_connection(r->dev), before);
    rig_at(r, rig_feed_us(60) * 3 / 2);
    rig_order(r, "plug 2");
    assert_int_equal(device_port_number(r->dev), 2);
    OFFER(r, "new\n");
    rig_run_dry(r);
    rig_paper_is(r, "one\ntwo\nnew\n");
    rig_free(r);
}

static void a_network_cable_breaks_no_connection(void **state)
{
    (void)state;
    struct err err;
    struct device *dev;
    const struct device_options options = {
        .profile = profile_find(SLICE_LITERAL(EPSON)), .unlimited = true, .network = true};
    assert_true(device_create(&dev, &options, 0, &err));
    enum device_port port;
    unsigned before = device_connection(dev);
    device_receive(dev, SLICE_LITERAL("half "), &port);
    assert_true(device_order(dev, SLICE_LITERAL("unplug"), NULL, &err));
    assert_int_equal(device_receive(dev, SLICE_LITERAL("x"), &port), 0);
    assert_true(device_order(dev, SLICE_LITERAL("plug"), NULL, &err));
    assert_int_equal(device_connection(dev), before);
    device_receive(dev, SLICE_LITERAL("a line\n"), &port);
    struct buf out;
    buf_init(&out, 0);
    virtual_text(device_printer(dev), &out);
    assert_string_equal(buf_cstr(&out), "half a line\n");
    buf_finish(&out);
    device_destroy(dev);
}

static void soft_reset_drops_half_a_picture(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    OFFER(r, "A\n" GS "v0\x00\x48\x00\x00\x01 and then the host died");
    device_soft_reset(r->dev);
    OFFER(r, "B\n");
    rig_paper_is(r, "A\nB\n");
    rig_free(r);
}

static void the_power_on_notice_comes_where_it_is_set(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    OFFER(r, GS "(E\x03\x00\x01IN" GS "(E\x0a\x00\x03\x01"
                "22222221" GS "(E\x04\x00\x02OUT");
    HEARS(r, "\x37\x20\x00");
    rig_order(r, "power cycle");
    rig_run_dry(r);
    HEARS(r, "\x3b\x31\x00");
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_condition_shows_and_goes),
        cmocka_unit_test(paper_that_ends_loses_nothing),
        cmocka_unit_test(a_cover_opened_while_printing_is_an_error_until_it_is_closed),
        cmocka_unit_test(recovery_waits_as_gs_z_says),
        cmocka_unit_test(a_jam_is_recovered_when_the_knife_is_free),
        cmocka_unit_test(recovery_2_drops_what_was_received),
        cmocka_unit_test(clearing_drops_the_buffer_and_answers),
        cmocka_unit_test(a_power_cycle_loses_all_but_paper_and_nv_memory),
        cmocka_unit_test(power_that_fails_tears_the_picture_where_the_head_was),
        cmocka_unit_test(power_that_fails_before_the_knife_cuts_nothing),
        cmocka_unit_test(unplugged_it_prints_what_it_has_and_plugged_in_it_forgets_the_rest),
        cmocka_unit_test(a_network_cable_breaks_no_connection),
        cmocka_unit_test(soft_reset_drops_half_a_picture),
        cmocka_unit_test(the_power_on_notice_comes_where_it_is_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
