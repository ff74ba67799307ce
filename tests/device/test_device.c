/* A printer in time: flow control, what takes how long, what stops it and what it loses. */
#include "device_rig.h"

#include <stdlib.h>

#define ESC "\x1b"
#define GS  "\x1d"
#define DLE "\x10"
/* 576 dots at 203 dpi, 4096 bytes, 250 mm/s, GS ( H; half-dot units */
#define EPSON "epson-tm-t20iii"
#define CLONE "generic-80"
#define SMALL "pos-5890"

#define FENCE     GS "r\x01"
#define IDLE_ASB  "\x10\x00\x00\x00"
#define ID(chars) GS "(H\x06\x00\x30\x30" chars

/* A feed of so many half dots takes half / 2 / 203 inches at 250 mm/s. */
static int64_t feed_us(unsigned half_dots)
{
    return (int64_t)half_dots * 25400 / (203 * 2) * 1000 / 250;
}

static void assert_about(int64_t us, int64_t wanted)
{
    assert_in_range(us, wanted - wanted / 50, wanted + wanted / 50);
}

static struct buf repeated(const char *what, size_t times)
{
    struct buf b;
    buf_init(&b, 0);
    for (size_t i = 0; i < times; i++)
        buf_str(&b, what);
    return b;
}

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
    assert_about((int64_t)device_figures(r->dev).paper_um, 600000);
    assert_about(done, 600 * SECOND / 250);
    WRITE(r, GS "V\x42\x00");
    /* the way to the knife, 112 dots, and the knife */
    assert_about(rig_run_dry(r) - done, 14 * SECOND / 250 + DEVICE_CUT_MS * MS);
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
    assert_about(rig_run_dry(r), (int64_t)1024 * 25400 / 203 * 1000 / 100);
    buf_finish(&b);
    rig_free(r);
}

static void without_a_limit_nothing_takes_time(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    struct buf b = repeated("a line of text\n", 2000);
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
    struct buf b = repeated("Espresso   2.50\n" GS "r\x01", 60);
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
    struct buf b = repeated("0123456789\n", 2000);
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
    struct buf b = repeated("0123456789\n", 2000);
    int64_t taken = rig_write(r, buf_slice(&b));
    /* all lines but those that still stand in 4 KB */
    assert_about(taken, (2000 - 4096 / 11) * feed_us(60));
    buf_finish(&b);
    rig_free(r);
}

static void a_stopped_printer_takes_its_buffer_full(void **state)
{
    (void)state;
    struct rig *r = rig_unlimited(EPSON);
    struct buf b = repeated("x", 10000);
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

/* ── answers ── */

static void the_process_id_comes_when_the_paper_is_out(void **state)
{
    (void)state;
    struct rig *r = rig_new(EPSON, 0, false);
    OFFER(r, ESC "d\x0a" GS "V\x42\x00" ID("0001"));
    int64_t paper = feed_us(600) + feed_us(224), all = paper + DEVICE_CUT_MS * MS;
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
    struct buf b = repeated("x", 5000);
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
    rig_at(r, feed_us(60) + 5 * MS);
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
    rig_at(r, feed_us(6000) / 2);
    rig_order(r, "cover open");
    assert_int_equal(device_state(r->dev),
                     PRINTER_OFFLINE | PRINTER_COVER_OPEN | PRINTER_OVERHEATED);
    rig_at(r, 60 * SECOND);
    HEARS(r, "");
    rig_order(r, "cover close");
    /* the second half of the feed is still to be done */
    assert_about(rig_run_dry(r) - 60 * SECOND, feed_us(6000) / 2);
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
    rig_at(r, feed_us(60) + feed_us(224) + 10 * MS); /* in the middle of the cut */
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
    rig_at(r, feed_us(60) / 2);
    rig_order(r, "unplug");
    assert_int_not_equal(device_connection(r->dev), before);
    rig_at(r, feed_us(60) * 3 / 2);
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

/* ── faults of the wire ── */

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
    struct buf asked = repeated(DLE "\x04\x01", 64);
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
    struct buf b = repeated("line\n", 3);
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
    struct buf b = repeated("Coffee 2.50\n", 4);
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
    struct buf b = repeated("and so on\n", 3000);
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
        cmocka_unit_test(a_receipt_takes_as_long_as_its_paper),
        cmocka_unit_test(pictures_take_as_long_as_their_rows),
        cmocka_unit_test(without_a_limit_nothing_takes_time),
        cmocka_unit_test(time_in_one_leap_or_in_steps_is_the_same),
        cmocka_unit_test(it_takes_what_fits_and_no_more),
        cmocka_unit_test(the_wire_is_as_fast_as_the_paper),
        cmocka_unit_test(a_stopped_printer_takes_its_buffer_full),
        cmocka_unit_test(the_cut_of_the_bytes_changes_nothing),
        cmocka_unit_test(the_process_id_comes_when_the_paper_is_out),
        cmocka_unit_test(the_fence_waits_while_the_printer_is_offline),
        cmocka_unit_test(status_is_answered_with_a_full_buffer_and_offline),
        cmocka_unit_test(real_time_commands_are_found_inside_a_picture),
        cmocka_unit_test(asb_tells_every_change),
        cmocka_unit_test(a_printer_that_goes_offline_says_so_when_asked_to),
        cmocka_unit_test(port_status_follows_the_standard),
        cmocka_unit_test(the_drawer_opens_by_command_and_shows_it),
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
        cmocka_unit_test(nak_lasts_as_long_as_it_is_told),
        cmocka_unit_test(a_stall_lasts_until_it_is_cleared),
        cmocka_unit_test(a_write_can_be_cut_short),
        cmocka_unit_test(the_back_channel_can_be_silent_corrupt_or_flooding),
        cmocka_unit_test(the_same_seed_makes_the_same_noise),
        cmocka_unit_test(orders_come_at_their_byte_cut_and_millimetre),
        cmocka_unit_test(a_script_is_read_before_any_of_it_happens),
        cmocka_unit_test(pieces_are_what_lies_above_the_cut),
        cmocka_unit_test(ten_thousand_receipts_leave_nothing_behind),
        cmocka_unit_test(paper_nobody_cuts_is_taken_in_lengths),
        cmocka_unit_test(a_clone_without_answers_stays_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
