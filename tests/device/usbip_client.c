#include "usbip_client.h"

#include <stdlib.h>

struct client *client_with(const char *profile, const char *words, uint32_t speed_mm_s)
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

void client_free(struct client *c)
{
    usbip_destroy(c->ip);
    rig_free(c->r);
    buf_finish(&c->got);
    free(c);
}

void client_feed(struct client *c, struct slice bytes)
{
    size_t piece = c->piece ? c->piece : bytes.n;
    for (size_t at = 0; at < bytes.n; at += piece)
        usbip_feed(c->ip, slice_sub(bytes, at, at + piece));
    usbip_take(c->ip, &c->got);
}

void client_pump(struct client *c)
{
    usbip_pump(c->ip);
    usbip_take(c->ip, &c->got);
}

void client_expect(struct client *c, struct slice bytes)
{
    assert_true(c->got.n - c->at >= bytes.n);
    assert_memory_equal(c->got.p + c->at, bytes.p, bytes.n);
    c->at += bytes.n;
}
void client_expect_no_more(const struct client *c)
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

uint32_t client_submit(struct client *c, uint32_t direction, uint32_t endpoint, uint32_t length,
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
    client_feed(c, buf_slice(&b));
    buf_finish(&b);
    return c->seqnum;
}

uint32_t client_write(struct client *c, uint32_t endpoint, struct slice data)
{
    return client_submit(c, OUT, endpoint, (uint32_t)data.n, NULL, data);
}
uint32_t client_read(struct client *c, uint32_t length)
{
    return client_submit(c, IN, 2, length, NULL, (struct slice){0});
}

uint32_t client_unlink(struct client *c, uint32_t victim)
{
    uint8_t head[HEAD] = {0};
    put32(head, 2);
    put32(head + 4, ++c->seqnum);
    put32(head + 20, victim);
    client_feed(c, slice_of(head, sizeof head));
    return c->seqnum;
}

void client_expect_return(struct client *c, uint32_t seqnum, int32_t status, uint32_t actual)
{
    assert_true(c->got.n - c->at >= HEAD);
    const uint8_t *p = c->got.p + c->at;
    assert_int_equal(get32(p), 3);
    assert_int_equal(get32(p + 4), seqnum);
    assert_int_equal((int32_t)get32(p + 20), status);
    assert_int_equal(get32(p + 24), actual);
    c->at += HEAD;
}

void client_expect_unlinked(struct client *c, uint32_t seqnum, int32_t status)
{
    assert_true(c->got.n - c->at >= HEAD);
    const uint8_t *p = c->got.p + c->at;
    assert_int_equal(get32(p), 4);
    assert_int_equal(get32(p + 4), seqnum);
    assert_int_equal((int32_t)get32(p + 20), status);
    c->at += HEAD;
}

struct slice client_control_in(struct client *c, const char *setup)
{
    uint32_t length = (uint8_t)setup[6] | (uint32_t)(uint8_t)setup[7] << 8;
    uint32_t seqnum = client_submit(c, IN, 0, length, setup, (struct slice){0});
    const uint8_t *p = c->got.p + c->at;
    uint32_t actual = get32(p + 24);
    client_expect_return(c, seqnum, 0, actual);
    c->at += actual;
    assert_true(c->at <= c->got.n);
    return slice_of(c->got.p + c->at - actual, actual);
}

void client_control_out(struct client *c, const char *setup, int32_t status)
{
    client_expect_return(c, client_submit(c, OUT, 0, 0, setup, (struct slice){0}), status, 0);
}

void client_stalls(struct client *c, const char *setup)
{
    client_expect_return(c, client_submit(c, IN, 0, 64, setup, (struct slice){0}), -32, 0);
}

struct client *client_attached(const char *words, uint32_t speed_mm_s)
{
    struct client *c = client_with(EPSON, words, speed_mm_s);
    assert_true(usbip_begin_attached(c->ip));
    client_control_out(c, "\x00\x09\x01\x00\x00\x00\x00\x00", 0);
    return c;
}
