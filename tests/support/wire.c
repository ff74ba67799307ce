#include "support/wire.h"

#include "protocol/status.h"

static bool fail(const struct wire *w, struct err *err)
{
    return FAIL(err, w->gone ? ERR_PRINTER_UNPLUGGED : ERR_PRINTER_IO, "wire:", "the wire was cut");
}

/* Questions as they stand in the Epson application programming guide. */
static bool is_question(struct slice s)
{
    return (s.n == 3 && s.p[0] == 0x10 && s.p[1] == 0x04) ||
           (s.n == 3 && s.p[0] == 0x1D && s.p[1] == 'r') ||
           (s.n == 11 && s.p[0] == 0x1D && s.p[1] == '(' && s.p[2] == 'H');
}

static void prove(struct wire *w, const void *bytes, size_t n)
{
    if (w->on_answer)
        w->on_answer(w->ctx);
    buf_slice_append(&w->back, w->before);
    buf_append(&w->back, bytes, n);
}

static void answer(struct wire *w, struct slice q)
{
    w->questions++;
    w->fences += q.p[0] == 0x1D && q.p[1] == 'r';
    if (q.p[0] == 0x10 && (w->status_mask & 1u << q.p[2])) {
        buf_slice_append(&w->back, w->before);
        buf_byte(&w->back, status_dle_eot(q.p[2], w->state));
    } else if (q.p[0] == 0x1D && q.p[1] == 'r' && w->fence) {
        prove(w, "\0", 1);
    } else if (q.p[0] == 0x1D && q.p[1] == '(' && w->id) {
        const uint8_t block[] = {0x37, 0x22, q.p[7], q.p[8], q.p[9], q.p[10], 0};
        prove(w, block, sizeof block);
    }
}

static bool wire_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
                      struct err *err)
{
    struct wire *w = (struct wire *)t;
    (void)timeout_ms;
    bool cut = w->refuses_more && w->job.n >= w->capacity;
    *taken = 0;
    if (is_question(bytes) && !cut) {
        answer(w, bytes);
        *taken = bytes.n;
        return true;
    }
    if (is_question(bytes))
        return fail(w, err);
    if (w->on_bytes)
        w->on_bytes(w->ctx, bytes);
    size_t left = w->capacity - w->job.n;
    *taken = bytes.n < left ? bytes.n : left;
    buf_append(&w->job, bytes.p, *taken);
    return *taken == bytes.n || fail(w, err);
}

static bool wire_receive(struct transport *t, unsigned timeout_ms, struct buf *out, struct err *err)
{
    struct wire *w = (struct wire *)t;
    (void)timeout_ms;
    if (w->fails_to_hear)
        return fail(w, err);
    size_t n = w->turn && w->turn < w->back.n ? w->turn : w->back.n;
    buf_append(out, w->back.p, n);
    if (n)
        memmove(w->back.p, w->back.p + n, w->back.n - n);
    w->back.n -= n;
    for (int i = 0; w->flood && i < 4096; i++)
        buf_byte(out, 0xFF);
    return true;
}

static bool wire_flush(struct transport *t, unsigned timeout_ms, struct err *err)
{
    struct wire *w = (struct wire *)t;
    (void)timeout_ms;
    w->flushed++;
    return !(w->refuses_more && w->job.n >= w->capacity) || fail(w, err);
}

static void wire_close(struct transport *t)
{
    ((struct wire *)t)->closed++;
}

static size_t wire_waiting(const struct transport *t)
{
    return ((const struct wire *)t)->waiting;
}

static const struct transport_ops two_way = {.send = wire_send,
                                             .receive = wire_receive,
                                             .close = wire_close,
                                             .flush = wire_flush,
                                             .waiting = wire_waiting};
static const struct transport_ops one_way = {
    .send = wire_send, .close = wire_close, .flush = wire_flush};

void wire_init(struct wire *wire)
{
    *wire = (struct wire){.capacity = SIZE_MAX, .status_mask = 0x1E, .fence = true, .id = true};
    buf_init(&wire->job, 0);
    buf_init(&wire->back, 0);
}

void wire_finish(struct wire *wire)
{
    buf_finish(&wire->job);
    buf_finish(&wire->back);
}

struct transport *wire_transport(struct wire *wire)
{
    wire->transport.ops = wire->one_way ? &one_way : &two_way;
    return &wire->transport;
}
