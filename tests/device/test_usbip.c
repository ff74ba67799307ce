/* USB/IP by its bytes, as the kernel's documentation writes them, and the descriptors that a host
 * finds behind it. */
#include "device_rig.h"

#include "device/usbip.h"

#include <stdlib.h>

#define EPSON "epson-tm-t20iii"
#define GS    "\x1d"
#define DLE   "\x10"

enum { OUT = 0, IN = 1, HEAD = 48 };

/* A client: its bytes go to one connection, whole or in pieces. */
struct client {
    struct rig *r;
    struct usb usb;
    struct usbip *ip;
    struct buf got;
    size_t at;      /* of what was looked at in got */
    unsigned piece; /* bytes a feed; 0: all */
    uint32_t seqnum;
};

static struct client *client_with(const char *profile, const char *words, uint32_t speed_mm_s)
{
    struct client *c = calloc(1, sizeof *c);
    struct usb_identity id;
    struct err err = {0};
    assert_non_null(c);
    c->r = speed_mm_s ? rig_new(profile, speed_mm_s, false) : rig_unlimited(profile);
    usb_identity_of(profile_find(slice_str(profile)), &id);
    assert_true(usb_identity_change(&id, slice_str(words), &err));
    usb_init(&c->usb, c->r->dev, &id);
    assert_true(usbip_create(&c->ip, &c->usb, &err));
    buf_init(&c->got, 0);
    return c;
}

static void client_free(struct client *c)
{
    usbip_destroy(c->ip);
    rig_free(c->r);
    buf_finish(&c->got);
    free(c);
}

static void feed(struct client *c, struct slice bytes)
{
    size_t piece = c->piece ? c->piece : bytes.n;
    for (size_t at = 0; at < bytes.n; at += piece)
        usbip_feed(c->ip, slice_sub(bytes, at, at + piece));
    usbip_take(c->ip, &c->got);
}
#define FEED(c, literal) feed((c), SLICE_LITERAL(literal))

static void pump(struct client *c)
{
    usbip_pump(c->ip);
    usbip_take(c->ip, &c->got);
}

static void expect(struct client *c, struct slice bytes)
{
    assert_true(c->got.n - c->at >= bytes.n);
    assert_memory_equal(c->got.p + c->at, bytes.p, bytes.n);
    c->at += bytes.n;
}
#define EXPECT(c, literal) expect((c), SLICE_LITERAL(literal))
static void expect_no_more(const struct client *c)
{
    assert_int_equal(c->got.n, c->at);
}

static void put32(uint8_t *p, uint32_t n)
{
    for (int i = 3; i >= 0; i--, n >>= 8)
        p[i] = (uint8_t)n;
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t submit(struct client *c, uint32_t direction, uint32_t endpoint, uint32_t length,
                       const char *setup, struct slice data)
{
    uint8_t head[HEAD] = {0};
    put32(head, 1);
    put32(head + 4, ++c->seqnum);
    put32(head + 8, usbip_devid(c->ip));
    put32(head + 12, direction);
    put32(head + 16, endpoint);
    put32(head + 24, length);
    put32(head + 32, UINT32_MAX);
    if (setup)
        memcpy(head + 40, setup, 8);
    struct buf b;
    buf_init(&b, 0);
    buf_append(&b, head, sizeof head);
    buf_slice_append(&b, data);
    feed(c, buf_slice(&b));
    buf_finish(&b);
    return c->seqnum;
}

static uint32_t write_bulk(struct client *c, uint32_t endpoint, struct slice data)
{
    return submit(c, OUT, endpoint, (uint32_t)data.n, NULL, data);
}
#define WRITE_BULK(c, literal) write_bulk((c), 1, SLICE_LITERAL(literal))
static uint32_t read_bulk(struct client *c, uint32_t length)
{
    return submit(c, IN, 2, length, NULL, (struct slice){0});
}

static uint32_t unlink_it(struct client *c, uint32_t victim)
{
    uint8_t head[HEAD] = {0};
    put32(head, 2);
    put32(head + 4, ++c->seqnum);
    put32(head + 20, victim);
    feed(c, slice_of(head, sizeof head));
    return c->seqnum;
}

/* The next answer is RET_SUBMIT of this transfer. */
static void expect_return(struct client *c, uint32_t seqnum, int32_t status, uint32_t actual)
{
    assert_true(c->got.n - c->at >= HEAD);
    const uint8_t *p = c->got.p + c->at;
    assert_int_equal(get32(p), 3);
    assert_int_equal(get32(p + 4), seqnum);
    assert_int_equal((int32_t)get32(p + 20), status);
    assert_int_equal(get32(p + 24), actual);
    c->at += HEAD;
}

static void expect_unlinked(struct client *c, uint32_t seqnum, int32_t status)
{
    assert_true(c->got.n - c->at >= HEAD);
    const uint8_t *p = c->got.p + c->at;
    assert_int_equal(get32(p), 4);
    assert_int_equal(get32(p + 4), seqnum);
    assert_int_equal((int32_t)get32(p + 20), status);
    c->at += HEAD;
}

static struct slice control_in(struct client *c, const char *setup)
{
    uint32_t length = (uint8_t)setup[6] | (uint32_t)(uint8_t)setup[7] << 8;
    uint32_t seqnum = submit(c, IN, 0, length, setup, (struct slice){0});
    const uint8_t *p = c->got.p + c->at;
    uint32_t actual = get32(p + 24);
    expect_return(c, seqnum, 0, actual);
    c->at += actual;
    assert_true(c->at <= c->got.n);
    return slice_of(c->got.p + c->at - actual, actual);
}

static void control_out(struct client *c, const char *setup, int32_t status)
{
    expect_return(c, submit(c, OUT, 0, 0, setup, (struct slice){0}), status, 0);
}

static void stalls(struct client *c, const char *setup)
{
    expect_return(c, submit(c, IN, 0, 64, setup, (struct slice){0}), -32, 0);
}

/* Plugged in and configured. */
static struct client *attached(const char *words, uint32_t speed_mm_s)
{
    struct client *c = client_with(EPSON, words, speed_mm_s);
    assert_true(usbip_begin_attached(c->ip));
    control_out(c, "\x00\x09\x01\x00\x00\x00\x00\x00", 0);
    return c;
}

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
    expect_no_more(c);
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
    expect_no_more(c);
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
    feed(c, slice_of(import_1_1, 40));
    EXPECT(c, "\x01\x11\x00\x03\x00\x00\x00\x00");
    c->at += 312;
    expect_no_more(c);
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
    feed(c, slice_of(ask, sizeof ask));
    EXPECT(c, "\x01\x11\x00\x03\x00\x00\x00\x01");
    expect_no_more(c);
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
        feed(c, slice_str(rubbish[i]));
        assert_true(usbip_is_over(c->ip));
        expect_no_more(c);
        client_free(c);
    }
    struct client *c = attached("", 0);
    uint8_t head[HEAD] = {0, 0, 0, 9};
    feed(c, slice_of(head, sizeof head));
    assert_true(usbip_is_over(c->ip));
    assert_false(c->usb.taken);
    client_free(c);
    c = attached("", 0);
    submit(c, OUT, 1, 0x7fffffff, NULL, (struct slice){0});
    assert_true(usbip_is_over(c->ip));
    client_free(c);
}

/* ── descriptors ── */

static void descriptors_are_those_of_a_bidirectional_printer(void **state)
{
    (void)state;
    struct client *c = attached("", 0);
    struct slice d = control_in(c, "\x80\x06\x00\x01\x00\x00\x40\x00");
    assert_true(slice_equal(d, SLICE_LITERAL("\x12\x01\x00\x02\x00\x00\x00\x40\xb8\x04\x28\x0e"
                                             "\x00\x01\x01\x02\x03\x01")));
    d = control_in(c, "\x80\x06\x00\x02\x00\x00\x09\x00");
    assert_true(slice_equal(d, SLICE_LITERAL("\x09\x02\x20\x00\x01\x01\x00\xc0\x01")));
    d = control_in(c, "\x80\x06\x00\x02\x00\x00\x20\x00");
    assert_true(slice_equal(slice_sub(d, 9, d.n),
                            SLICE_LITERAL("\x09\x04\x00\x00\x02\x07\x01\x02\x00"
                                          "\x07\x05\x01\x02\x40\x00\x00\x07\x05\x82\x02\x40\x00"
                                          "\x00")));
    d = control_in(c, "\x80\x06\x01\x03\x09\x04\xff\x00");
    assert_true(slice_equal(d, SLICE_LITERAL("\x0c\x03"
                                             "E\0P\0S\0O\0N\0")));
    stalls(c, "\x80\x06\x00\x06\x00\x00\x0a\x00"); /* a full-speed device has no qualifier */
    stalls(c, "\x80\x06\x07\x03\x09\x04\xff\x00");
    client_free(c);
}

static void options_change_what_it_says(void **state)
{
    (void)state;
    struct client *c =
        attached("vid=0416,pid=5011,serial=,out=03,in=81,alternates,second,speed=high", 0);
    struct slice d = control_in(c, "\x80\x06\x00\x01\x00\x00\x12\x00");
    assert_memory_equal(d.p + 8, "\x16\x04\x11\x50", 4);
    assert_int_equal(d.p[16], 0);
    d = control_in(c, "\x80\x06\x00\x02\x00\x00\xff\x00");
    assert_true(slice_equal(
        d, SLICE_LITERAL("\x09\x02\x39\x00\x02\x01\x00\xc0\x01"
                         "\x09\x04\x00\x00\x00\xff\x00\x00\x00"
                         "\x09\x04\x01\x00\x01\x07\x01\x01\x00\x07\x05\x03\x02\x00\x02\x00"
                         "\x09\x04\x01\x01\x02\x07\x01\x02\x00\x07\x05\x03\x02\x00\x02\x00"
                         "\x07\x05\x81\x02\x00\x02\x00")));
    d = control_in(c, "\x80\x06\x00\x06\x00\x00\x0a\x00");
    assert_int_equal(d.n, 10);
    /* only alternate setting 1 of interface 1 has the way back */
    expect_return(c, submit(c, IN, 1, 64, NULL, (struct slice){0}), -32, 0);
    control_out(c, "\x01\x0b\x01\x00\x01\x00\x00\x00", 0);
    d = control_in(c, "\x81\x0a\x00\x00\x01\x00\x01\x00");
    assert_int_equal(d.p[0], 1);
    submit(c, IN, 1, 64, NULL, (struct slice){0});
    expect_no_more(c);
    control_out(c, "\x01\x0b\x02\x00\x01\x00\x00\x00", -32);
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
        struct client *c = attached(rows[i].words, 0);
        struct slice d = control_in(c, "\x80\x06\x00\x02\x00\x00\xff\x00");
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
    struct client *c = attached("", 0);
    struct slice d = control_in(c, "\xa1\x00\x00\x00\x00\x00\xff\x03");
    assert_int_equal(d.p[0] << 8 | d.p[1], d.n);
    struct slice id = slice_sub(d, 2, d.n);
    assert_true(slice_starts(id, "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;"));
    d = control_in(c, "\xa1\x00\x00\x00\x00\x00\x02\x00"); /* hosts ask for the length first */
    assert_int_equal(d.n, 2);
    client_free(c);
    c = attached("id=swapped", 0);
    d = control_in(c, "\xa1\x00\x00\x00\x00\x00\xff\x03");
    assert_int_equal(d.p[1] << 8 | d.p[0], d.n);
    client_free(c);
    c = attached("id=oversize", 0);
    d = control_in(c, "\xa1\x00\x00\x00\x00\x00\xff\x03");
    assert_int_equal(d.p[0] << 8 | d.p[1], d.n + 1000);
    client_free(c);
    c = attached("id=bare", 0);
    d = control_in(c, "\xa1\x00\x00\x00\x00\x00\xff\x03");
    assert_int_equal(d.p[0], 'M');
    client_free(c);
    c = attached("id=missing", 0);
    stalls(c, "\xa1\x00\x00\x00\x00\x00\xff\x03");
    client_free(c);
}

static void port_status_and_soft_reset_are_done(void **state)
{
    (void)state;
    struct client *c = attached("", 0);
    struct slice d = control_in(c, "\xa1\x01\x00\x00\x00\x00\x01\x00");
    assert_int_equal(d.p[0], 0x18);
    rig_order(c->r, "paper out");
    uint32_t write = WRITE_BULK(c, "lost\n");
    expect_return(c, write, 0, 5);
    d = control_in(c, "\xa1\x01\x00\x00\x00\x00\x01\x00");
    assert_int_equal(d.p[0], 0x20);
    control_out(c, "\x21\x02\x00\x00\x00\x00\x00\x00", 0);
    control_out(c, "\x23\x02\x00\x00\x00\x00\x00\x00", 0); /* as version 1.0 had it */
    rig_order(c->r, "paper reload");
    rig_paper_is(c->r, "");
    stalls(c, "\xa1\x07\x00\x00\x00\x00\x01\x00");
    client_free(c);
}

/* ── bulk ── */

static void a_write_ends_when_its_last_byte_is_taken(void **state)
{
    (void)state;
    struct client *c = attached("", 250);
    struct buf b;
    buf_init(&b, 0);
    for (unsigned i = 0; i < 500; i++)
        buf_str(&b, "0123456789abcdef\n");
    uint32_t first = write_bulk(c, 1, buf_slice(&b));
    uint32_t second = WRITE_BULK(c, "the end\n");
    expect_no_more(c);
    /* 8500 bytes, of which 4096 may wait and each line takes 15 ms */
    while (c->got.n == c->at) {
        rig_at(c->r, device_next_us(c->r->dev));
        pump(c);
    }
    expect_return(c, first, 0, 8500);
    assert_in_range(c->r->now_us, 3500 * MS, 4200 * MS);
    rig_run_dry(c->r);
    pump(c);
    expect_return(c, second, 0, 8);
    expect_no_more(c);
    buf_finish(&b);
    client_free(c);
}

static void a_read_waits_for_something_to_read(void **state)
{
    (void)state;
    struct client *c = attached("", 0);
    uint32_t first = read_bulk(c, 64), second = read_bulk(c, 2);
    expect_no_more(c);
    uint32_t write = WRITE_BULK(c, DLE "\x04\x01" GS "(H\x06\x00\x30\x30zz99");
    expect_return(c, write, 0, 14);
    expect_return(c, first, 0, 8);
    EXPECT(c, "\x12\x37\x22zz99\x00");
    expect_no_more(c);
    write = WRITE_BULK(c, DLE "\x04\x01" DLE "\x04\x04" DLE "\x04\x02");
    expect_return(c, write, 0, 9);
    expect_return(c, second, 0, 2);
    EXPECT(c, "\x12\x12");
    uint32_t third = read_bulk(c, 64); /* what did not fit comes at once */
    expect_return(c, third, 0, 1);
    client_free(c);
}

static void a_cancelled_write_says_what_was_taken_and_then_that_it_is_cancelled(void **state)
{
    (void)state;
    struct client *c = attached("", 0);
    struct buf b;
    buf_init(&b, 0);
    for (unsigned i = 0; i < 10000; i++)
        buf_byte(&b, 'x');
    rig_order(c->r, "paper out");
    uint32_t write = write_bulk(c, 1, buf_slice(&b));
    uint32_t behind = WRITE_BULK(c, "never\n");
    expect_no_more(c);
    uint32_t cancel = unlink_it(c, write);
    expect_return(c, write, -104, 4096);
    expect_unlinked(c, cancel, 0);
    cancel = unlink_it(c, behind);
    expect_return(c, behind, -104, 0);
    expect_unlinked(c, cancel, 0);
    rig_order(c->r, "paper reload");
    pump(c);
    expect_no_more(c);
    cancel = unlink_it(c, write); /* it was answered long ago */
    expect_unlinked(c, cancel, 0);
    uint32_t read = read_bulk(c, 64);
    cancel = unlink_it(c, read);
    expect_return(c, read, -104, 0);
    expect_unlinked(c, cancel, 0);
    assert_int_equal(device_figures(c->r->dev).received_bytes, 4096);
    buf_finish(&b);
    client_free(c);
}

static void the_next_write_goes_on_when_the_one_before_is_cancelled(void **state)
{
    (void)state;
    struct client *c = attached("", 0);
    rig_order(c->r, "nak");
    uint32_t first = WRITE_BULK(c, "first\n"), second = WRITE_BULK(c, "second\n");
    unlink_it(c, first);
    c->at = c->got.n;
    rig_order(c->r, "nak off");
    pump(c);
    expect_return(c, second, 0, 7);
    rig_paper_is(c->r, "second\n");
    client_free(c);
}

static void a_stall_halts_until_the_host_clears_it(void **state)
{
    (void)state;
    struct client *c = attached("", 0);
    rig_order(c->r, "after 3 bytes stall");
    expect_return(c, WRITE_BULK(c, "ABCDE\n"), -32, 3);
    expect_return(c, WRITE_BULK(c, "DE\n"), -32, 0);
    control_out(c, "\x02\x01\x00\x00\x01\x00\x00\x00", 0); /* CLEAR_FEATURE, endpoint 01 */
    expect_return(c, WRITE_BULK(c, "DE\n"), 0, 3);
    rig_order(c->r, "stall in");
    expect_return(c, read_bulk(c, 64), -32, 0);
    control_out(c, "\x02\x01\x00\x00\x82\x00\x00\x00", 0);
    read_bulk(c, 64);
    expect_no_more(c);
    rig_paper_is(c->r, "ABCDE\n");
    client_free(c);
}

static void a_short_write_says_so(void **state)
{
    (void)state;
    struct client *c = attached("", 0);
    rig_order(c->r, "short 4");
    expect_return(c, WRITE_BULK(c, "ABCDE\n"), 0, 4);
    expect_return(c, WRITE_BULK(c, "E\n"), 0, 2);
    client_free(c);
}

static void nothing_is_there_before_it_is_configured(void **state)
{
    (void)state;
    struct client *c = client_with(EPSON, "", 0);
    assert_true(usbip_begin_attached(c->ip));
    expect_return(c, WRITE_BULK(c, "A\n"), -32, 0);
    control_out(c, "\x00\x09\x02\x00\x00\x00\x00\x00", -32);
    control_out(c, "\x00\x09\x01\x00\x00\x00\x00\x00", 0);
    expect_return(c, WRITE_BULK(c, "A\n"), 0, 2);
    expect_return(c, submit(c, OUT, 7, 1, NULL, SLICE_LITERAL("x")), -32, 0);
    client_free(c);
}

static void unplugging_answers_what_waits_and_ends_the_connection(void **state)
{
    (void)state;
    static const char *const orders[] = {"unplug", "power off", "reset", "power cycle 0", "replug"};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct client *c = attached("", 0);
        struct usbip *again;
        struct err err;
        rig_order(c->r, "after 3 bytes nak");
        uint32_t write = WRITE_BULK(c, "ABCDE\n"), read = read_bulk(c, 64);
        rig_order(c->r, orders[i]);
        rig_run_dry(c->r);
        pump(c);
        expect_return(c, write, -108, 3); /* ESHUTDOWN, and what it took */
        expect_return(c, read, -108, 0);
        expect_no_more(c);
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
    struct client *c = attached("unidirectional", 0);
    struct slice d = control_in(c, "\x80\x06\x00\x02\x00\x00\xff\x00");
    assert_true(
        slice_equal(slice_sub(d, 9, d.n), SLICE_LITERAL("\x09\x04\x00\x00\x01\x07\x01\x01\x00"
                                                        "\x07\x05\x01\x02\x40\x00\x00")));
    expect_return(c, read_bulk(c, 64), -32, 0);
    client_free(c);
}

/* ── the cut ── */

static struct buf session(struct client *c)
{
    feed(c, slice_of(import_1_1, 40));
    c->at = 320;
    control_in(c, "\x80\x06\x00\x02\x00\x00\xff\x00");
    submit(c, OUT, 0, 0, "\x00\x09\x01\x00\x00\x00\x00\x00", (struct slice){0});
    read_bulk(c, 16);
    WRITE_BULK(c, "Espresso\n" DLE "\x04\x01" GS "(H\x06\x00\x30\x30zz99");
    read_bulk(c, 16);
    rig_order(c->r, "nak");
    uint32_t late = WRITE_BULK(c, "later");
    unlink_it(c, late);
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
        cmocka_unit_test(a_write_ends_when_its_last_byte_is_taken),
        cmocka_unit_test(a_read_waits_for_something_to_read),
        cmocka_unit_test(a_cancelled_write_says_what_was_taken_and_then_that_it_is_cancelled),
        cmocka_unit_test(the_next_write_goes_on_when_the_one_before_is_cancelled),
        cmocka_unit_test(a_stall_halts_until_the_host_clears_it),
        cmocka_unit_test(a_short_write_says_so),
        cmocka_unit_test(nothing_is_there_before_it_is_configured),
        cmocka_unit_test(unplugging_answers_what_waits_and_ends_the_connection),
        cmocka_unit_test(a_unidirectional_printer_has_no_way_back),
        cmocka_unit_test(the_cut_of_the_bytes_changes_nothing),
        cmocka_unit_test(each_profile_has_an_identity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
