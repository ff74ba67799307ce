/* USB/IP before a host has the printer, and the descriptors and requests that it finds behind it.
 */
#include "usbip_client.h"

/* ── before it is imported ── */

static void the_list_names_the_printer(void **state)
{
    (void)state;
    struct client *c = client_with(EPSON, "", 0);
    FEED(c, "\x01\x11\x80\x05\x00\x00\x00\x00");
    EXPECT(c, "\x01\x11\x00\x05\x00\x00\x00\x00\x00\x00\x00\x01/sys/devices/");
    c->at = 12 + 256;
    EXPECT(c, "1-1\x00\x00");
    c->at = 12 + 256 + 32;
    EXPECT(c, "\x00\x00\x00\x01"         /* bus */
              "\x00\x00\x00\x02"         /* device */
              "\x00\x00\x00\x02"         /* full speed */
              "\x04\xb8\x0e\x28\x01\x00" /* vendor, product, release */
              "\x00\x00\x00\x00\x01\x01" /* class by interface, not configured, one, one */
              "\x07\x01\x02\x00");       /* printer, bidirectional */
    client_expect_no_more(c);
    assert_true(usbip_is_over(c->ip));
    client_free(c);
}

static void an_unplugged_printer_is_not_in_the_list(void **state)
{
    (void)state;
    struct client *c = client_with(EPSON, "", 0);
    rig_order(c->r, "unplug");
    FEED(c, "\x01\x11\x80\x05\x00\x00\x00\x00");
    EXPECT(c, "\x01\x11\x00\x05\x00\x00\x00\x00\x00\x00\x00\x00");
    client_expect_no_more(c);
    client_free(c);
}

static const char import_1_1[] = "\x01\x11\x80\x03\x00\x00\x00\x00"
                                 "1-1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

static void one_host_imports_it_and_another_may_not(void **state)
{
    (void)state;
    struct client *c = client_with(EPSON, "", 0);
    struct usbip *other;
    struct err err;
    struct buf out;
    buf_init(&out, 0);
    client_feed(c, slice_of(import_1_1, 40));
    EXPECT(c, "\x01\x11\x00\x03\x00\x00\x00\x00");
    c->at += 312;
    client_expect_no_more(c);
    assert_true(usbip_create(&other, &c->usb, &err));
    usbip_feed(other, slice_of(import_1_1, 40));
    usbip_take(other, &out);
    assert_int_equal(out.n, 8);
    assert_memory_equal(out.p, "\x01\x11\x00\x03\x00\x00\x00\x01", 8);
    assert_true(usbip_is_over(other));
    usbip_destroy(other);
    assert_true(c->usb.taken);
    buf_finish(&out);
    client_free(c);
}

static void another_bus_id_is_nobody(void **state)
{
    (void)state;
    struct client *c = client_with(EPSON, "", 0);
    char ask[40];
    memcpy(ask, import_1_1, sizeof ask);
    ask[10] = '7';
    client_feed(c, slice_of(ask, sizeof ask));
    EXPECT(c, "\x01\x11\x00\x03\x00\x00\x00\x01");
    client_expect_no_more(c);
    assert_true(usbip_is_over(c->ip));
    client_free(c);
}

static void what_is_no_usbip_is_hung_up_on(void **state)
{
    (void)state;
    static const char *const rubbish[] = {"GET / HTTP/1.1\r\n\r\n", "\x01\x06\x80\x05....",
                                          "\x01\x11\x80\x07...."};
    for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++) {
        struct client *c = client_with(EPSON, "", 0);
        client_feed(c, slice_str(rubbish[i]));
        assert_true(usbip_is_over(c->ip));
        client_expect_no_more(c);
        client_free(c);
    }
    struct client *c = client_attached("", 0);
    uint8_t head[HEAD] = {0, 0, 0, 9};
    client_feed(c, slice_of(head, sizeof head));
    assert_true(usbip_is_over(c->ip));
    assert_false(c->usb.taken);
    client_free(c);
    c = client_attached("", 0);
    client_submit(c, OUT, 1, 0x7fffffff, NULL, (struct slice){0});
    assert_true(usbip_is_over(c->ip));
    client_free(c);
}

/* ── descriptors ── */

static void descriptors_are_those_of_a_bidirectional_printer(void **state)
{
    (void)state;
    struct client *c = client_attached("", 0);
    struct slice d = client_control_in(c, "\x80\x06\x00\x01\x00\x00\x40\x00");
    assert_true(slice_equal(d, SLICE_LITERAL("\x12\x01\x00\x02\x00\x00\x00\x40\xb8\x04\x28\x0e"
                                             "\x00\x01\x01\x02\x03\x01")));
    d = client_control_in(c, "\x80\x06\x00\x02\x00\x00\x09\x00");
    assert_true(slice_equal(d, SLICE_LITERAL("\x09\x02\x20\x00\x01\x01\x00\xc0\x01")));
    d = client_control_in(c, "\x80\x06\x00\x02\x00\x00\x20\x00");
    assert_true(slice_equal(slice_sub(d, 9, d.n),
                            SLICE_LITERAL("\x09\x04\x00\x00\x02\x07\x01\x02\x00"
                                          "\x07\x05\x01\x02\x40\x00\x00\x07\x05\x82\x02\x40\x00"
                                          "\x00")));
    d = client_control_in(c, "\x80\x06\x01\x03\x09\x04\xff\x00");
    assert_true(slice_equal(d, SLICE_LITERAL("\x0c\x03"
                                             "E\0P\0S\0O\0N\0")));
    client_stalls(c, "\x80\x06\x00\x06\x00\x00\x0a\x00"); /* a full-speed device has no qualifier */
    client_stalls(c, "\x80\x06\x07\x03\x09\x04\xff\x00");
    client_free(c);
}

static void options_change_what_it_says(void **state)
{
    (void)state;
    struct client *c =
        client_attached("vid=0416,pid=5011,serial=,out=03,in=81,alternates,second,speed=high", 0);
    struct slice d = client_control_in(c, "\x80\x06\x00\x01\x00\x00\x12\x00");
    assert_memory_equal(d.p + 8, "\x16\x04\x11\x50", 4);
    assert_int_equal(d.p[16], 0);
    d = client_control_in(c, "\x80\x06\x00\x02\x00\x00\xff\x00");
    assert_true(slice_equal(
        d, SLICE_LITERAL("\x09\x02\x39\x00\x02\x01\x00\xc0\x01"
                         "\x09\x04\x00\x00\x00\xff\x00\x00\x00"
                         "\x09\x04\x01\x00\x01\x07\x01\x01\x00\x07\x05\x03\x02\x00\x02\x00"
                         "\x09\x04\x01\x01\x02\x07\x01\x02\x00\x07\x05\x03\x02\x00\x02\x00"
                         "\x07\x05\x81\x02\x00\x02\x00")));
    d = client_control_in(c, "\x80\x06\x00\x06\x00\x00\x0a\x00");
    assert_int_equal(d.n, 10);
    /* only alternate setting 1 of interface 1 has the way back */
    client_expect_return(c, client_submit(c, IN, 1, 64, NULL, (struct slice){0}), -32, 0);
    client_control_out(c, "\x01\x0b\x01\x00\x01\x00\x00\x00", 0);
    d = client_control_in(c, "\x81\x0a\x00\x00\x01\x00\x01\x00");
    assert_int_equal(d.p[0], 1);
    client_submit(c, IN, 1, 64, NULL, (struct slice){0});
    client_expect_no_more(c);
    client_control_out(c, "\x01\x0b\x02\x00\x01\x00\x00\x00", -32);
    client_free(c);
}

static void lies_are_told_on_demand(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        size_t at;
        uint8_t byte;
    } rows[] = {
        {"lie=none", 2, 32},   {"lie=total", 2, 64},    {"lie=endpoints", 13, 3},
        {"lie=length", 18, 0}, {"lie=class", 14, 0xff},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client *c = client_attached(rows[i].words, 0);
        struct slice d = client_control_in(c, "\x80\x06\x00\x02\x00\x00\xff\x00");
        assert_int_equal(d.n, 32);
        assert_int_equal(d.p[rows[i].at], rows[i].byte);
        client_free(c);
    }
}

static void a_word_that_says_nothing_is_refused(void **state)
{
    (void)state;
    static const char *const words[] = {"vid=xyz", "vid=12345",  "out=82",    "in=02",
                                        "lie=big", "colour=red", "unidirect", "serial=\x01"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct usb_identity id;
        struct err err = {0};
        usb_identity_of(profile_find(SLICE_LITERAL(EPSON)), &id);
        assert_false(usb_identity_change(&id, slice_str(words[i]), &err));
        assert_int_equal(err.code, ERR_DEVICE_USB);
    }
}

/* ── the printer class ── */

static void the_device_id_begins_with_its_length(void **state)
{
    (void)state;
    struct client *c = client_attached("", 0);
    struct slice d = client_control_in(c, "\xa1\x00\x00\x00\x00\x00\xff\x03");
    assert_int_equal(d.p[0] << 8 | d.p[1], d.n);
    struct slice id = slice_sub(d, 2, d.n);
    assert_true(slice_starts(id, "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;"));
    d = client_control_in(c,
                          "\xa1\x00\x00\x00\x00\x00\x02\x00"); /* hosts ask for the length first */
    assert_int_equal(d.n, 2);
    client_free(c);
    c = client_attached("id=swapped", 0);
    d = client_control_in(c, "\xa1\x00\x00\x00\x00\x00\xff\x03");
    assert_int_equal(d.p[1] << 8 | d.p[0], d.n);
    client_free(c);
    c = client_attached("id=oversize", 0);
    d = client_control_in(c, "\xa1\x00\x00\x00\x00\x00\xff\x03");
    assert_int_equal(d.p[0] << 8 | d.p[1], d.n + 1000);
    client_free(c);
    c = client_attached("id=bare", 0);
    d = client_control_in(c, "\xa1\x00\x00\x00\x00\x00\xff\x03");
    assert_int_equal(d.p[0], 'M');
    client_free(c);
    c = client_attached("id=missing", 0);
    client_stalls(c, "\xa1\x00\x00\x00\x00\x00\xff\x03");
    client_free(c);
}

static void port_status_and_soft_reset_are_done(void **state)
{
    (void)state;
    struct client *c = client_attached("", 0);
    struct slice d = client_control_in(c, "\xa1\x01\x00\x00\x00\x00\x01\x00");
    assert_int_equal(d.p[0], 0x18);
    rig_order(c->r, "paper out");
    uint32_t write = WRITE_BULK(c, "lost\n");
    client_expect_return(c, write, 0, 5);
    d = client_control_in(c, "\xa1\x01\x00\x00\x00\x00\x01\x00");
    assert_int_equal(d.p[0], 0x20);
    client_control_out(c, "\x21\x02\x00\x00\x00\x00\x00\x00", 0);
    client_control_out(c, "\x23\x02\x00\x00\x00\x00\x00\x00", 0); /* as version 1.0 had it */
    rig_order(c->r, "paper reload");
    rig_paper_is(c->r, "");
    client_stalls(c, "\xa1\x07\x00\x00\x00\x00\x01\x00");
    client_free(c);
}

/* ── the cut ── */

static struct buf session(struct client *c)
{
    client_feed(c, slice_of(import_1_1, 40));
    c->at = 320;
    client_control_in(c, "\x80\x06\x00\x02\x00\x00\xff\x00");
    client_submit(c, OUT, 0, 0, "\x00\x09\x01\x00\x00\x00\x00\x00", (struct slice){0});
    client_read(c, 16);
    WRITE_BULK(c, "Espresso\n" DLE "\x04\x01" GS "(H\x06\x00\x30\x30zz99");
    client_read(c, 16);
    rig_order(c->r, "nak");
    uint32_t late = WRITE_BULK(c, "later");
    client_unlink(c, late);
    rig_order(c->r, "nak off");
    WRITE_BULK(c, DLE "\x04\x04");
    struct buf all = c->got;
    buf_init(&c->got, 0);
    return all;
}

static void the_cut_of_the_bytes_changes_nothing(void **state)
{
    (void)state;
    struct client *whole = client_with(EPSON, "", 0);
    struct buf a = session(whole);
    assert_true(a.n > 600);
    static const unsigned pieces[] = {1, 2, 3, 7, 47, 48, 49};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct client *cut = client_with(EPSON, "", 0);
        cut->piece = pieces[i];
        struct buf b = session(cut);
        assert_true(slice_equal(buf_slice(&a), buf_slice(&b)));
        buf_finish(&b);
        client_free(cut);
    }
    buf_finish(&a);
    client_free(whole);
}

static void each_profile_has_an_identity(void **state)
{
    (void)state;
    size_t n;
    const struct profile *profiles = profile_all(&n);
    for (size_t i = 0; i < n; i++) {
        struct usb_identity id;
        usb_identity_of(&profiles[i], &id);
        assert_int_not_equal(id.vendor, 0);
        assert_true(id.out && id.out < 16);
        assert_int_equal(id.in != 0, profiles[i].proof != PROOF_NONE);
        assert_true(id.model[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_names_the_printer),
        cmocka_unit_test(an_unplugged_printer_is_not_in_the_list),
        cmocka_unit_test(one_host_imports_it_and_another_may_not),
        cmocka_unit_test(another_bus_id_is_nobody),
        cmocka_unit_test(what_is_no_usbip_is_hung_up_on),
        cmocka_unit_test(descriptors_are_those_of_a_bidirectional_printer),
        cmocka_unit_test(options_change_what_it_says),
        cmocka_unit_test(lies_are_told_on_demand),
        cmocka_unit_test(a_word_that_says_nothing_is_refused),
        cmocka_unit_test(the_device_id_begins_with_its_length),
        cmocka_unit_test(port_status_and_soft_reset_are_done),
        cmocka_unit_test(the_cut_of_the_bytes_changes_nothing),
        cmocka_unit_test(each_profile_has_an_identity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
