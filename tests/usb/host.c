#include "usb/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    CMD_SUBMIT = 1,
    CMD_UNLINK = 2,
    RET_SUBMIT = 3,
    RET_UNLINK = 4,
    HEADER_BYTES = 48,
    TRANSFERS_MAX = 64,
};

struct transfer {
    uint32_t number; /* 0: free */
    bool in;
    uint32_t unlink; /* the command that cancels it, 0: none */
    struct buf data; /* of a bulk OUT transfer */
    host_done *done;
    void *ctx;
};

struct host {
    struct device *device;
    struct usb usb;
    struct usbip *ip;
    uint32_t number;
    struct transfer transfer[TRANSFERS_MAX];
    bool swallows;
    struct buf from; /* the device, not yet whole */
    struct buf taken;
};

static void need(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "bed: %s\n", what);
        abort();
    }
}

struct host *host_create(const struct host_options *options, int64_t now_us)
{
    struct host *host = calloc(1, sizeof *host);
    struct err err = {0};
    struct device_options device = {.profile = options->profile,
                                    .speed_mm_s = options->speed_mm_s,
                                    .unlimited = options->speed_mm_s == 0};
    need(host && device_create(&host->device, &device, now_us, &err), "no device");
    usb_init(&host->usb, host->device, &options->identity);
    buf_init(&host->from, 0);
    buf_init(&host->taken, 0);
    return host;
}

void host_destroy(struct host *host)
{
    for (size_t i = 0; i < TRANSFERS_MAX; i++)
        if (host->transfer[i].number)
            buf_finish(&host->transfer[i].data);
    usbip_destroy(host->ip);
    device_destroy(host->device);
    buf_finish(&host->from);
    buf_finish(&host->taken);
    free(host);
}

struct device *host_device(struct host *host)
{
    return host->device;
}

void host_swallow(struct host *host)
{
    host->swallows = true;
}

struct slice host_taken(const struct host *host)
{
    return buf_slice(&host->taken);
}

bool host_connect(struct host *host)
{
    struct err err = {0};
    usbip_destroy(host->ip);
    host->ip = NULL;
    buf_reset(&host->from);
    usb_reset(&host->usb);
    need(usbip_create(&host->ip, &host->usb, &err), "no USB/IP");
    return usbip_begin_attached(host->ip);
}

bool host_is_over(const struct host *host)
{
    return !host->ip || usbip_is_over(host->ip);
}

int64_t host_next_us(const struct host *host)
{
    return device_next_us(host->device);
}

/* ── commands ── */

static void put32(struct buf *b, uint32_t value)
{
    uint32_t net = htonl(value);
    buf_append(b, &net, sizeof net);
}

static uint32_t get32(const uint8_t *p)
{
    uint32_t net;
    memcpy(&net, p, sizeof net);
    return ntohl(net);
}

static void put_basic(struct host *host, struct buf *b, uint32_t command, uint32_t number, bool in,
                      uint8_t endpoint)
{
    put32(b, command);
    put32(b, number);
    put32(b, usbip_devid(host->ip));
    put32(b, in);
    put32(b, endpoint & 0x0fU);
}

static struct transfer *find(struct host *host, uint32_t number)
{
    for (size_t i = 0; i < TRANSFERS_MAX; i++)
        if (host->transfer[i].number == number)
            return &host->transfer[i];
    return NULL;
}

static void finish(struct host *host, struct transfer *t, int status, const uint8_t *data,
                   size_t actual)
{
    struct transfer done = *t;
    *t = (struct transfer){0};
    if (!done.in && actual <= done.data.n)
        buf_append(&host->taken, done.data.p, actual);
    if (done.done)
        done.done(done.ctx, status, data, actual);
    buf_finish(&done.data);
}

static void finish_all(struct host *host, int status)
{
    for (size_t i = 0; i < TRANSFERS_MAX; i++)
        if (host->transfer[i].number)
            finish(host, &host->transfer[i], status, NULL, 0);
}

/* One whole answer from the front of host->from; its length, 0 when more is to come. */
static size_t take_answer(struct host *host)
{
    struct slice s = buf_slice(&host->from);
    if (s.n < HEADER_BYTES)
        return 0;
    uint32_t command = get32(s.p), number = get32(s.p + 4);
    int status = (int)get32(s.p + 20);
    struct transfer *t = find(host, number);
    if (command == RET_UNLINK) {
        for (size_t i = 0; i < TRANSFERS_MAX; i++) /* it carries no count: nothing was taken */
            if (host->transfer[i].number && host->transfer[i].unlink == number)
                finish(host, &host->transfer[i], -ECONNRESET, NULL, 0);
        return HEADER_BYTES;
    }
    need(command == RET_SUBMIT && t, "an answer to nothing");
    size_t actual = get32(s.p + 24), data = t->in ? actual : 0;
    if (s.n < HEADER_BYTES + data)
        return 0;
    if (t->unlink && status == 0)
        status = -ECONNRESET;
    finish(host, t, status, t->in ? s.p + HEADER_BYTES : NULL, actual);
    return HEADER_BYTES + data;
}

static void take_answers(struct host *host)
{
    size_t n;
    usbip_take(host->ip, &host->from);
    while ((n = take_answer(host)) != 0) {
        memmove(host->from.p, host->from.p + n, host->from.n - n);
        host->from.n -= n;
    }
}

static void feed(struct host *host, struct buf *b)
{
    usbip_feed(host->ip, buf_slice(b));
    buf_finish(b);
    usbip_pump(host->ip);
    take_answers(host);
}

uint32_t host_submit(struct host *host, uint8_t endpoint, const uint8_t *setup, struct slice data,
                     size_t length, host_done *done, void *ctx)
{
    struct buf b;
    bool in = setup ? (setup[0] & 0x80) != 0 : (endpoint & 0x80) != 0;
    struct transfer *t = find(host, 0);
    uint32_t number = ++host->number;
    if (host->swallows && !in && !setup) {
        done(ctx, 0, NULL, length);
        return number;
    }
    need(t != NULL, "too many transfers");
    *t = (struct transfer){.number = number, .in = in, .done = done, .ctx = ctx};
    buf_init(&t->data, 0);
    buf_init(&b, 0);
    put_basic(host, &b, CMD_SUBMIT, number, in, endpoint);
    put32(&b, 0); /* flags */
    put32(&b, (uint32_t)length);
    put32(&b, 0);
    put32(&b, 0);
    put32(&b, 0);
    buf_append(&b, setup ? setup : (const uint8_t[8]){0}, 8);
    if (!in)
        buf_slice_append(&b, data);
    if (!in && !setup)
        buf_slice_append(&t->data, data);
    feed(host, &b);
    return number;
}

void host_cancel(struct host *host, uint32_t number)
{
    struct buf b;
    struct transfer *t = find(host, number);
    if (!t || !number || host_is_over(host))
        return;
    t->unlink = ++host->number;
    buf_init(&b, 0);
    put_basic(host, &b, CMD_UNLINK, t->unlink, false, 0);
    put32(&b, number);
    for (int i = 0; i < 6; i++)
        put32(&b, 0);
    feed(host, &b);
}

struct control {
    bool done;
    int result;
    uint8_t *data;
};

static void control_done(void *ctx, int status, const uint8_t *data, size_t actual)
{
    struct control *c = ctx;
    c->done = true;
    c->result = status < 0 ? status : (int)actual;
    if (data && c->data)
        memcpy(c->data, data, actual);
}

int host_control(struct host *host, uint8_t type, uint8_t request, uint16_t value, uint16_t index,
                 uint8_t *data, uint16_t length)
{
    const uint8_t setup[8] = {type,
                              request,
                              (uint8_t)value,
                              (uint8_t)(value >> 8),
                              (uint8_t)index,
                              (uint8_t)(index >> 8),
                              (uint8_t)length,
                              (uint8_t)(length >> 8)};
    struct control c = {.data = data};
    bool in = (type & 0x80) != 0;
    if (host_is_over(host))
        return -ENODEV;
    host_submit(host, 0, setup, in ? (struct slice){0} : slice_of(data, length), length,
                control_done, &c);
    need(c.done, "a control request is not answered at once");
    return c.result;
}

void host_run(struct host *host, int64_t now_us)
{
    device_advance(host->device, now_us);
    if (!host->ip)
        return;
    usbip_pump(host->ip);
    take_answers(host);
    if (usbip_is_over(host->ip))
        finish_all(host, -ESHUTDOWN);
}
