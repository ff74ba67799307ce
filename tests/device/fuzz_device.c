/* Any bytes and any orders at any time: no crash, no hang, and the same printer however the bytes
 * were cut. A byte of FFh begins an order up to the next line end; FEh moves the clock on. */
#include "device/device.h"

#include "virtual/same.h"
#include "device/order.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct side {
    struct device *dev;
    struct buf out;
    int64_t now_us;
    size_t taken;
};

static void begin(struct side *s, const struct profile *profile)
{
    struct err err;
    const struct device_options options = {.profile = profile, .buffer_bytes = 64};
    *s = (struct side){0};
    buf_init(&s->out, 1 << 20);
    if (!device_create(&s->dev, &options, 0, &err))
        abort();
}

static void hear(struct side *s)
{
    enum device_port port;
    while (s->out.n < s->out.max / 2 && device_transmit(s->dev, &s->out, 61, &port))
        ;
}

static void give(struct side *s, struct slice bytes, size_t piece)
{
    enum device_port port;
    for (size_t at = 0; at < bytes.n; at += piece) {
        struct slice part = slice_sub(bytes, at, at + piece);
        size_t n = device_receive(s->dev, part, &port);
        s->taken += n;
        if (n < part.n)
            return;
    }
}

/* A write that is to end early ends by its nature where the host cut it. */
static void give_order(struct device *dev, struct slice line)
{
    struct order order;
    struct err err;
    if (order_parse(line, &order, &err) == ORDER_GOOD && order.verb != ORDER_SHORT)
        device_order(dev, line, NULL, &err);
}

static void play(struct side *s, struct slice bytes, size_t piece)
{
    while (bytes.n) {
        uint8_t first = bytes.p[0];
        size_t n = 0;
        if (first == 0xff) {
            bytes = slice_sub(bytes, 1, bytes.n);
            n = slice_find(bytes, '\n');
            give_order(s->dev, slice_sub(bytes, 0, n));
            n += n < bytes.n;
        } else if (first == 0xfe) {
            n = bytes.n > 1 ? 2 : 1;
            s->now_us += n > 1 ? (int64_t)bytes.p[1] * bytes.p[1] * 100 : 1;
            device_advance(s->dev, s->now_us);
        } else {
            while (n < bytes.n && bytes.p[n] < 0xfe)
                n++;
            give(s, slice_sub(bytes, 0, n), piece);
        }
        hear(s);
        bytes = slice_sub(bytes, n, bytes.n);
    }
    s->now_us += 3600000000;
    device_advance(s->dev, s->now_us);
    hear(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n_profiles;
    struct side whole, cut;
    if (size == 0)
        return 0;
    const struct profile *profiles = profile_all(&n_profiles);
    const struct profile *profile = &profiles[data[0] % n_profiles];
    begin(&whole, profile);
    begin(&cut, profile);
    play(&whole, slice_of(data + 1, size - 1), size);
    play(&cut, slice_of(data + 1, size - 1), 1 + data[0] % 5);
    const char *what = printers_differ(device_printer(whole.dev), device_printer(cut.dev));
    if (!what && whole.taken != cut.taken)
        what = "how much was taken";
    if (!what && !slice_equal(buf_slice(&whole.out), buf_slice(&cut.out)))
        what = "the answers";
    if (what) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
    struct buf nv;
    struct err err;
    buf_init(&nv, 8 << 20);
    if (device_nv_save(whole.dev, &nv, &err) && !device_nv_load(cut.dev, buf_slice(&nv), &err))
        abort();
    buf_finish(&nv);
    device_destroy(whole.dev);
    device_destroy(cut.dev);
    buf_finish(&whole.out);
    buf_finish(&cut.out);
    return 0;
}
