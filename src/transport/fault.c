#include "transport/fault.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    NAME_BYTES = 192,
    NOTE_BYTES = 160,
    RATE_MAX = 1000,
    RATE_USUAL = 10,
    RUN_MAX = 8,   /* bytes of one fault */
    STALL_MAX = 4, /* calls of one time-out */
    HEARD_MAX = 1 << 16,
};
static const uint64_t never = UINT64_MAX;

static const char *const kind_names[FAULT_KINDS] = {
    [FAULT_SHORT] = "short",    [FAULT_TIMEOUT] = "timeout", [FAULT_EIO] = "eio",
    [FAULT_CLOSE] = "close",    [FAULT_LOST] = "lost",       [FAULT_GARBLED] = "garbled",
    [FAULT_DOUBLED] = "doubled"};

/* ── the address ── */

struct plan {
    uint64_t seed, rate;
    bool thrown[FAULT_KINDS];   /* met by chance */
    uint64_t once[FAULT_KINDS]; /* at this byte, or never */
    const char *uri;            /* of the wire behind; in the address */
};

static bool fail_word(const char *rest, struct slice word, const char *can, struct err *err)
{
    char name[NAME_BYTES], what[NOTE_BYTES];
    snprintf(name, sizeof name, "fault:%s", rest);
    slice_cstr(word, what, sizeof what);
    return FAIL(err, ERR_PRINTER_OPTION, name, what, can);
}

static bool take_kind(struct slice word, struct plan *plan)
{
    size_t at = slice_find(word, '@');
    for (unsigned k = 0; k < FAULT_KINDS; k++) {
        if (!slice_is(slice_sub(word, 0, at), kind_names[k]))
            continue;
        if (at == word.n)
            return plan->thrown[k] = true;
        return slice_u64(slice_sub(word, at + 1, word.n), UINT32_MAX, &plan->once[k]);
    }
    return false;
}

static bool take_kinds(const char *rest, struct slice words, struct plan *plan, struct err *err)
{
    for (unsigned k = 0; k < FAULT_KINDS; k++)
        plan->thrown[k] = false;
    for (bool more = true; more;) {
        size_t end = slice_find(words, '/');
        struct slice word = slice_sub(words, 0, end);
        if (!take_kind(word, plan))
            return fail_word(rest, word, "short|timeout|eio|close|lost|garbled|doubled[@BYTE]",
                             err);
        more = end < words.n;
        words = slice_sub(words, end + 1, words.n);
    }
    return true;
}

static bool take_option(const char *rest, struct slice word, struct plan *plan, struct err *err)
{
    if (slice_starts(word, "kinds="))
        return take_kinds(rest, slice_sub(word, 6, word.n), plan, err);
    if (slice_starts(word, "rate="))
        return slice_u64(slice_sub(word, 5, word.n), RATE_MAX, &plan->rate) ||
               fail_word(rest, word, "rate=0…1000", err);
    return fail_word(rest, word, "rate=, kinds=", err);
}

static bool parse(const char *rest, struct plan *plan, struct err *err)
{
    struct slice all = slice_str(rest);
    size_t plus = slice_find(all, '+');
    struct slice words = slice_sub(all, 0, plus);
    size_t end = slice_find(words, ',');
    plan->rate = RATE_USUAL;
    for (unsigned k = 0; k < FAULT_KINDS; k++) {
        plan->thrown[k] = true;
        plan->once[k] = never;
    }
    if (!slice_u64(slice_sub(words, 0, end), UINT64_MAX, &plan->seed))
        return fail_word(rest, slice_sub(words, 0, end), "0…18446744073709551615", err);
    while (end < words.n) {
        words = slice_sub(words, end + 1, words.n);
        end = slice_find(words, ',');
        if (!take_option(rest, slice_sub(words, 0, end), plan, err))
            return false;
    }
    plan->uri = rest + plus + 1;
    return true;
}

static bool fault_check(const char *rest)
{
    return strchr(rest, '+');
}

enum { SCHEMES_MAX = 16 };

/* The schemes of ctx, or this room's own, which are copied into the caller's array. */
static struct transport_table table_of(void *ctx, struct transport_scheme own[SCHEMES_MAX])
{
    struct transport_table table = {0};
    const struct transport_scheme *const *rows;
    if (ctx)
        table = *(const struct transport_table *)ctx;
    if (table.schemes)
        return table;
    size_t n = transport_schemes(&rows);
    for (table.n = 0; table.n < n && table.n < SCHEMES_MAX; table.n++)
        own[table.n] = *rows[table.n];
    table.schemes = own;
    return table;
}

static bool fault_vet(void *ctx, const char *rest, struct err *err)
{
    struct plan plan;
    struct transport_scheme own[SCHEMES_MAX];
    if (!parse(rest, &plan, err))
        return false;
    struct transport_table table = table_of(ctx, own);
    return transport_check(table.schemes, table.n, plan.uri, err);
}

/* ── where faults are ── */

struct dice {
    uint64_t state;
};

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t draw(struct dice *dice)
{
    uint64_t z = dice->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

struct spot {
    struct dice dice; /* each kind has its own, so that one does not move another */
    uint64_t next;    /* byte that meets it, or never */
    bool thrown;      /* met by chance */
};

struct fault {
    struct transport transport;
    struct transport_ops ops;
    struct transport *behind; /* NULL: closed by a fault */
    uint64_t rate;
    struct spot spots[FAULT_KINDS];
    uint64_t sent, heard;
    unsigned stalled;      /* calls that still take nothing */
    bool dead;             /* eio */
    unsigned losing;       /* bytes that still get lost */
    uint8_t last[RUN_MAX]; /* what came last, by place modulo RUN_MAX */
    struct buf in;
    char name[NAME_BYTES];
};

/* A throw for every byte. */
static uint64_t gap(const struct fault *f, struct spot *spot)
{
    uint64_t bytes = 0;
    while (draw(&spot->dice) % RATE_MAX >= f->rate)
        bytes++;
    return bytes;
}

static void place(struct fault *f, const struct plan *plan, unsigned session)
{
    f->rate = plan->rate;
    for (unsigned k = 0; k < FAULT_KINDS; k++) {
        struct spot *spot = &f->spots[k];
        struct dice mix = {plan->seed};
        mix.state = draw(&mix) ^ k;
        mix.state = draw(&mix) ^ session;
        spot->dice.state = draw(&mix);
        spot->thrown = plan->thrown[k] && plan->rate;
        spot->next = spot->thrown ? gap(f, spot) : session == 0 ? plan->once[k] : never;
    }
}

/* This one is met; where the next one is. */
static void move_on(struct fault *f, enum fault_kind kind)
{
    struct spot *spot = &f->spots[kind];
    spot->next = spot->thrown ? spot->next + 1 + gap(f, spot) : never;
}

static unsigned run_of(struct fault *f, enum fault_kind kind, unsigned most)
{
    return 1 + (unsigned)(draw(&f->spots[kind].dice) % most);
}

/* ── the wire ── */

static bool fail(const struct fault *f, const char *what, struct err *err)
{
    return FAIL(err, ERR_PRINTER_IO, f->name, what);
}

static bool is_alive(const struct fault *f, struct err *err)
{
    if (!f->behind)
        return FAIL(err, ERR_PRINTER_UNPLUGGED, f->name);
    return !f->dead || fail(f, "injected: Input/output error", err);
}

/* The fault that stands before the byte to be sent. Always false. */
static bool strike(struct fault *f, enum fault_kind kind, struct err *err)
{
    move_on(f, kind);
    switch (kind) {
    case FAULT_TIMEOUT:
        f->stalled = run_of(f, kind, STALL_MAX) - 1;
        return fail(f, "injected: Connection timed out", err);
    case FAULT_EIO:
        f->dead = true;
        return is_alive(f, err);
    case FAULT_CLOSE:
        transport_close(f->behind);
        f->behind = NULL;
        return is_alive(f, err);
    default:
        return fail(f, "injected: a part was taken", err);
    }
}

/* The kind of sending that comes next, and how many bytes are before it. */
static enum fault_kind next_of_sending(const struct fault *f, uint64_t *before)
{
    enum fault_kind first = FAULT_SHORT;
    for (unsigned k = FAULT_SHORT; k <= FAULT_CLOSE; k++)
        if (f->spots[k].next < f->spots[first].next)
            first = (enum fault_kind)k;
    *before = f->spots[first].next - f->sent;
    return first;
}

static bool fault_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
                       struct err *err)
{
    struct fault *f = (struct fault *)t;
    uint64_t before;
    *taken = 0;
    if (!is_alive(f, err))
        return false;
    if (f->stalled) {
        f->stalled--;
        return fail(f, "injected: Connection timed out", err);
    }
    enum fault_kind kind = next_of_sending(f, &before);
    bool meets = before < bytes.n;
    struct slice now = slice_sub(bytes, 0, meets ? (size_t)before : bytes.n);
    bool ok = !now.n || f->behind->ops->send(f->behind, now, timeout_ms, taken, err);
    f->sent += *taken;
    return ok && (!meets || strike(f, kind, err));
}

/* ── the way back ── */

static void repeat(struct fault *f, struct buf *out)
{
    unsigned n = run_of(f, FAULT_DOUBLED, RUN_MAX);
    if (n > f->heard)
        n = (unsigned)f->heard;
    for (uint64_t at = f->heard - n; at < f->heard; at++)
        buf_byte(out, f->last[at % RUN_MAX]);
}

static void hear(struct fault *f, uint8_t byte, struct buf *out)
{
    uint64_t at = f->heard++;
    f->last[at % RUN_MAX] = byte;
    if (at == f->spots[FAULT_LOST].next) {
        move_on(f, FAULT_LOST);
        f->losing = run_of(f, FAULT_LOST, RUN_MAX);
    }
    if (at == f->spots[FAULT_GARBLED].next) {
        move_on(f, FAULT_GARBLED);
        byte ^= (uint8_t)run_of(f, FAULT_GARBLED, UINT8_MAX);
    }
    if (f->losing)
        f->losing--;
    else
        buf_byte(out, byte);
    if (at == f->spots[FAULT_DOUBLED].next) {
        move_on(f, FAULT_DOUBLED);
        repeat(f, out);
    }
}

/* What got lost is waited for, as long as the caller would. */
static bool fault_receive(struct transport *t, unsigned timeout_ms, struct buf *out,
                          struct err *err)
{
    struct fault *f = (struct fault *)t;
    int64_t deadline = transport_clock_ms() + timeout_ms;
    size_t before = out->n;
    if (!is_alive(f, err))
        return false;
    for (;;) {
        int64_t left = deadline - transport_clock_ms();
        buf_reset(&f->in);
        if (!f->behind->ops->receive(f->behind, left > 0 ? (unsigned)left : 0, &f->in, err))
            return false;
        for (size_t i = 0; i < f->in.n; i++)
            hear(f, f->in.p[i], out);
        if (!f->in.n || out->n > before || transport_clock_ms() >= deadline)
            return true;
    }
}

static bool fault_flush(struct transport *t, unsigned timeout_ms, struct err *err)
{
    struct fault *f = (struct fault *)t;
    return is_alive(f, err) && f->behind->ops->flush(f->behind, timeout_ms, err);
}

static size_t fault_waiting(const struct transport *t)
{
    const struct transport *behind = ((const struct fault *)t)->behind;
    return behind ? behind->ops->waiting(behind) : 0;
}

static bool fault_port_status(struct transport *t, uint8_t *status)
{
    struct transport *behind = ((struct fault *)t)->behind;
    return behind && behind->ops->port_status(behind, status);
}

static bool fault_overruns(const struct transport *t)
{
    const struct transport *behind = ((const struct fault *)t)->behind;
    return behind && behind->ops->overruns(behind);
}

static int64_t fault_clock_ms(const struct transport *t)
{
    const struct transport *behind = ((const struct fault *)t)->behind; /* NULL: it broke */
    return behind ? transport_wire_ms(behind) : transport_clock_ms();
}

static void fault_close(struct transport *t)
{
    struct fault *f = (struct fault *)t;
    transport_close(f->behind);
    buf_finish(&f->in);
    free(f);
}

static bool fault_open(void *ctx, const char *rest, struct transport **t, struct err *err)
{
    struct plan plan;
    struct transport_scheme own[SCHEMES_MAX];
    const struct transport_table table = table_of(ctx, own);
    struct fault *f = calloc(1, sizeof *f);
    if (!f)
        return FAIL(err, ERR_BUG, "out of memory");
    if (!parse(rest, &plan, err) ||
        !transport_open(table.schemes, table.n, plan.uri, &f->behind, err)) {
        free(f);
        return false;
    }
    place(f, &plan, table.sessions ? (*table.sessions)++ : 0);
    buf_init(&f->in, HEARD_MAX);
    snprintf(f->name, sizeof f->name, "fault:%s", rest);
    const struct transport_ops *behind = f->behind->ops;
    f->ops = (struct transport_ops){.send = fault_send,
                                    .receive = behind->receive ? fault_receive : NULL,
                                    .close = fault_close,
                                    .flush = behind->flush ? fault_flush : NULL,
                                    .waiting = behind->waiting ? fault_waiting : NULL,
                                    .port_status = behind->port_status ? fault_port_status : NULL,
                                    .overruns = behind->overruns ? fault_overruns : NULL,
                                    .clock_ms = fault_clock_ms};
    f->transport.ops = &f->ops;
    *t = &f->transport;
    return true;
}

const struct transport_scheme transport_fault = {
    .scheme = "fault",
    .example = "fault:7,rate=20,kinds=short/lost+tcp://192.168.1.50:9100",
    .check = fault_check,
    .open = fault_open,
    .vet = fault_vet,
};
