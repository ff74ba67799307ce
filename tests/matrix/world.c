#include "matrix/world.h"

#include <assert.h>
#include <stdlib.h>

enum {
    MS_US = 1000,
    KERNEL_BYTES = 64 << 10,        /* what a TCP socket takes that nobody reads from */
    TCP_GIVES_UP_MS = 924600,       /* tcp_retries2, 15: Linux, ip-sysctl */
    SERIAL_US_A_BYTE = 10000 / 115, /* 115200 baud, ten bits a byte */
    DEVICE_BUFFER = 4096,
    HEAR_BYTES = 4096,
};

/* One session. */
struct wire {
    struct transport transport;
    struct transport_ops ops;
    struct world *world;
    struct buf queue; /* TCP: what the kernel holds, from `at` on */
    size_t at;
    unsigned connection; /* the device's, when it was made */
    bool broken;         /* TCP: reset, or given up by the kernel */
    int64_t dark_us;     /* since when nothing is acknowledged; 0: it is */
};

/* ── the world ── */

static void piece(void *ctx, const struct virtual_printer *vp, uint32_t y_dots)
{
    struct world *w = ctx;
    virtual_text_above(vp, y_dots, &w->paper);
    buf_str(&w->paper, "====\n");
}

void world_make(struct world *w, enum world_wire kind, enum profile_proof proof, uint64_t seed)
{
    struct err err;
    *w = (struct world){.kind = kind, .profile = *profile_find(SLICE_LITERAL("generic-80"))};
    w->profile.proof = proof;
    w->profile.speed_mm_s = DEVICE_SPEED_MM_S;
    buf_init(&w->paper, 0);
    const struct device_options options = {.profile = &w->profile,
                                           .buffer_bytes = DEVICE_BUFFER,
                                           .seed = seed,
                                           .network = kind == WORLD_TCP,
                                           .watch = {.ctx = w, .piece = piece}};
    if (!device_create(&w->dev, &options, 0, &err))
        abort();
}

void world_finish(struct world *w)
{
    device_destroy(w->dev);
    buf_finish(&w->paper);
}

void world_wait(struct world *w, int64_t us)
{
    w->now_us += us;
    device_advance(w->dev, w->now_us);
    if (w->happen)
        w->happen(w->ctx);
}

void world_order(struct world *w, const char *words)
{
    struct err err = {0};
    if (!device_order(w->dev, slice_str(words), NULL, &err))
        abort();
}

void world_paper(const struct world *w, struct buf *text)
{
    buf_slice_append(text, buf_slice(&w->paper));
    virtual_text(device_printer(w->dev), text);
}

/* To the next event, a millisecond at least, not past the deadline. */
static void step(struct world *w, int64_t deadline_us)
{
    int64_t next = device_next_us(w->dev), soonest = w->now_us + MS_US;
    next = next < soonest ? soonest : next;
    world_wait(w, (next < deadline_us ? next : deadline_us) - w->now_us);
}

static int64_t clock_ms(const struct transport *t)
{
    return ((const struct wire *)t)->world->now_us / MS_US;
}

static bool gone(struct err *err)
{
    return FAIL(err, ERR_PRINTER_UNPLUGGED, "usb:");
}

static bool fails(const char *words, struct err *err)
{
    return FAIL(err, ERR_PRINTER_IO, "wire:", words);
}

/* ── USB: a transfer ends when its last byte was taken; STALL is cleared once at a place ── */

static bool usb_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
                     struct err *err)
{
    struct wire *wire = (struct wire *)t;
    struct world *w = wire->world;
    size_t stalled_at = SIZE_MAX;
    int64_t deadline = w->now_us + (int64_t)timeout_ms * MS_US;
    *taken = 0;
    while (*taken < bytes.n) {
        enum device_port port;
        if (wire->connection != device_connection(w->dev))
            return gone(err);
        size_t n = device_receive(w->dev, slice_sub(bytes, *taken, bytes.n), &port);
        *taken += n;
        if (n)
            deadline = w->now_us + (int64_t)timeout_ms * MS_US;
        if (port == DEVICE_REFUSED)
            return gone(err);
        if (port == DEVICE_STALL && stalled_at == *taken)
            return fails("it refuses data", err);
        if (port == DEVICE_STALL) {
            stalled_at = *taken;
            device_clear_halt(w->dev, false);
        } else if (*taken < bytes.n && w->now_us >= deadline) {
            uint8_t status = device_port_status(w->dev);
            return fails(status & 0x20 ? "it takes no more data: paper out"
                         : status & 8  ? "it takes no more data"
                                       : "it takes no more data: it reports an error",
                         err);
        } else if (*taken < bytes.n) {
            step(w, deadline);
        }
    }
    return true;
}

static bool port_status(struct transport *t, uint8_t *status)
{
    *status = device_port_status(((struct wire *)t)->world->dev);
    return true;
}

static bool hear(struct wire *wire, unsigned timeout_ms, struct buf *out,
                 bool (*alive)(struct wire *wire, struct err *err), struct err *err)
{
    struct world *w = wire->world;
    int64_t deadline = w->now_us + (int64_t)timeout_ms * MS_US;
    for (size_t before = out->n;;) {
        enum device_port port = DEVICE_NAK;
        if (!alive(wire, err))
            return false;
        if (!w->dark)
            device_transmit(w->dev, out, HEAR_BYTES, &port);
        if (port == DEVICE_STALL)
            device_clear_halt(w->dev, true);
        if (out->n > before || w->now_us >= deadline)
            return true;
        step(w, deadline);
    }
}

static bool usb_alive(struct wire *wire, struct err *err)
{
    const struct device *dev = wire->world->dev;
    return (device_is_present(dev) && wire->connection == device_connection(dev)) || gone(err);
}

static bool usb_receive(struct transport *t, unsigned timeout_ms, struct buf *out, struct err *err)
{
    return hear((struct wire *)t, timeout_ms, out, usb_alive, err);
}

static void wire_close(struct transport *t)
{
    struct wire *wire = (struct wire *)t;
    if (wire->world->kind != WORLD_USB)
        device_hang_up(wire->world->dev);
    buf_finish(&wire->queue);
    free(wire);
}

/* ── TCP: the kernel takes the bytes, the printer's window opens when there is room ── */

/* Moves what the printer takes. */
static void deliver(struct wire *wire)
{
    struct world *w = wire->world;
    enum device_port port;
    if (wire->broken)
        return;
    if (w->dark || !device_is_present(w->dev)) {
        wire->dark_us = wire->dark_us || wire->at == wire->queue.n ? wire->dark_us : w->now_us;
        wire->broken =
            wire->dark_us && w->now_us - wire->dark_us > TCP_GIVES_UP_MS * (int64_t)MS_US;
        return;
    }
    /* a connection that the printer does not know any more is reset */
    wire->broken = wire->connection != device_connection(w->dev);
    wire->dark_us = 0;
    while (!wire->broken && wire->at < wire->queue.n) {
        struct slice rest = slice_sub(buf_slice(&wire->queue), wire->at, wire->queue.n);
        size_t n = device_receive(w->dev, rest, &port);
        wire->at += n;
        wire->broken = wire->connection != device_connection(w->dev);
        if (port == DEVICE_STALL)
            device_clear_halt(w->dev, false);
        else if (!n)
            return;
    }
}

static bool tcp_alive(struct wire *wire, struct err *err)
{
    deliver(wire);
    return !wire->broken || fails("Connection reset by peer", err);
}

static bool tcp_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
                     struct err *err)
{
    struct wire *wire = (struct wire *)t;
    struct world *w = wire->world;
    int64_t deadline = w->now_us + (int64_t)timeout_ms * MS_US;
    *taken = 0;
    for (;;) {
        if (!tcp_alive(wire, err))
            return false;
        size_t held = wire->queue.n - wire->at, room = KERNEL_BYTES - held;
        struct slice rest = slice_sub(bytes, *taken, bytes.n);
        size_t n = rest.n < room ? rest.n : room;
        buf_append(&wire->queue, rest.p, n);
        *taken += n;
        deliver(wire);
        if (*taken == bytes.n)
            return true;
        if (w->now_us >= deadline)
            return fails("Connection timed out", err);
        step(w, deadline);
    }
}

static bool tcp_receive(struct transport *t, unsigned timeout_ms, struct buf *out, struct err *err)
{
    return hear((struct wire *)t, timeout_ms, out, tcp_alive, err);
}

static bool tcp_flush(struct transport *t, unsigned timeout_ms, struct err *err)
{
    struct wire *wire = (struct wire *)t;
    struct world *w = wire->world;
    int64_t deadline = w->now_us + (int64_t)timeout_ms * MS_US;
    for (size_t at = wire->at;; at = wire->at) {
        if (!tcp_alive(wire, err))
            return false;
        if (wire->at == wire->queue.n)
            return true;
        if (wire->at != at)
            deadline = w->now_us + (int64_t)timeout_ms * MS_US;
        if (w->now_us >= deadline)
            return fails("Connection timed out", err);
        step(w, deadline);
    }
}

static size_t tcp_waiting(const struct transport *t)
{
    const struct wire *wire = (const struct wire *)t;
    return wire->broken || wire->dark_us ? 0 : wire->queue.n - wire->at;
}

/* ── serial without flow control: a byte comes when it comes ── */

static bool serial_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
                        struct err *err)
{
    struct wire *wire = (struct wire *)t;
    enum device_port port;
    (void)timeout_ms;
    (void)err;
    for (*taken = 0; *taken < bytes.n; (*taken)++) {
        world_wait(wire->world, SERIAL_US_A_BYTE);
        device_receive(wire->world->dev, slice_sub(bytes, *taken, *taken + 1), &port);
    }
    return true;
}

static bool always(struct wire *wire, struct err *err)
{
    (void)wire;
    (void)err;
    return true;
}

static bool serial_receive(struct transport *t, unsigned timeout_ms, struct buf *out,
                           struct err *err)
{
    return hear((struct wire *)t, timeout_ms, out, always, err);
}

static bool serial_flush(struct transport *t, unsigned timeout_ms, struct err *err)
{
    (void)t;
    (void)timeout_ms;
    (void)err;
    return true;
}

static bool serial_overruns(const struct transport *t)
{
    (void)t;
    return true;
}

/* ── opening ── */

/* A profile that proves nothing stands for a printer without a way back; on a wire with endpoints
 * (USB, unidirectional) that can be seen. */
static const struct transport_ops manners[] = {
    [WORLD_USB] = {.send = usb_send, .port_status = port_status, .receive = usb_receive},
    [WORLD_TCP] = {.send = tcp_send,
                   .receive = tcp_receive,
                   .flush = tcp_flush,
                   .waiting = tcp_waiting},
    [WORLD_SERIAL] = {.send = serial_send,
                      .receive = serial_receive,
                      .flush = serial_flush,
                      .overruns = serial_overruns},
};

bool world_open(struct world *w, struct transport **t, struct err *err)
{
    if (w->kind == WORLD_USB && !device_is_present(w->dev))
        return gone(err);
    if (w->kind == WORLD_TCP && (w->dark || !device_is_present(w->dev))) {
        world_wait(w, 5 * (int64_t)WORLD_SECOND_US);
        return fails("Connection timed out", err);
    }
    struct wire *wire = calloc(1, sizeof *wire);
    if (!wire)
        abort();
    wire->ops = manners[w->kind];
    wire->ops.close = wire_close;
    wire->ops.clock_ms = clock_ms;
    if (w->kind == WORLD_USB && w->profile.proof == PROOF_NONE)
        wire->ops.receive = NULL;
    wire->transport.ops = &wire->ops;
    wire->world = w;
    wire->connection = device_connection(w->dev);
    buf_init(&wire->queue, 0);
    *t = &wire->transport;
    return true;
}
