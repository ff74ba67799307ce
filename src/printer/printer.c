#include "printer/printer.h"

#include "escpos/request.h"

#include <stdlib.h>

enum {
    STATUS_KINDS = 4,
    IN_MAX_BYTES = 16384, /* more than any reply; a wire reads in smaller turns */
    STALE_TURNS =
        16, /* reads of old input before we stop listening to a printer that never stops */
};

struct printer {
    char *name;
    const struct profile *profile;
    struct transport *wire;
    struct buf in; /* what the printer said and nobody read yet, from `read` on */
    size_t read;
    size_t answers;       /* so many of status_order it answers; fewer once it left one out */
    unsigned noise;       /* bytes heard that are no printer's */
    bool no_fence;        /* it was asked GS r 1 beside a question and did not answer */
    unsigned fences_owed; /* GS r 1 that were sent and not answered: their answers all look alike */
    enum profile_proof asked; /* how proof was asked for last; less than a fence: not at all */
    char proof_id[4];
    bool proved;       /* the answer came, whoever was waiting for what */
    bool switched_on;  /* since printer_begin() */
    bool tells;        /* it was asked to tell by itself */
    unsigned told;     /* what it told last since printer_begin() */
    bool tell_owed;    /* its first word, which it says when it comes to this piece of work */
    bool never_tells;  /* it was asked to and did not, though it came to the end of a job */
    unsigned early;    /* answers to GS r that came before that word */
    bool has_answered; /* a question about its status, in this session */
};

/* Online, then paper, which most printers answer, then the causes. */
static const unsigned status_order[STATUS_KINDS] = {1, 4, 2, 3};

bool printer_create(struct printer **out, const char *name, const struct profile *profile,
                    struct transport *wire, struct err *err)
{
    struct printer *p = calloc(1, sizeof *p);
    if (!p || !(p->name = strdup(name))) {
        free(p);
        transport_close(wire);
        return FAIL(err, ERR_TOO_BIG, name, "memory");
    }
    p->profile = profile;
    p->wire = wire;
    p->answers = STATUS_KINDS;
    buf_init(&p->in, IN_MAX_BYTES);
    *out = p;
    return true;
}

/* Who speaks with it next does not expect to be told. Where it takes nothing, nothing is lost. */
static void end_telling(struct printer *p)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    size_t taken;
    struct err none = {0};
    if (p->tells && !printer_waiting(p))
        p->wire->ops->send(p->wire, slice_of(request, escpos_ask_to_tell(0, request)), 0, &taken,
                           &none);
}

void printer_destroy(struct printer *p)
{
    if (!p)
        return;
    end_telling(p);
    transport_close(p->wire);
    buf_finish(&p->in);
    free(p->name);
    free(p);
}

int64_t printer_clock_ms(const struct printer *p)
{
    return transport_wire_ms(p->wire);
}

/* A wire names itself; people know the printer's name. */
static bool by_name(const struct printer *p, struct err *err)
{
    if (err && transport_error(err->code))
        slice_cstr(slice_str(p->name), err->arg[0], sizeof err->arg[0]);
    return false;
}

bool printer_send(struct printer *p, struct slice bytes, unsigned timeout_ms, size_t *taken,
                  struct err *err)
{
    *taken = 0;
    return p->wire->ops->send(p->wire, bytes, timeout_ms, taken, err) || by_name(p, err);
}

static bool hear(struct printer *p, int64_t deadline_ms, struct err *err)
{
    int64_t left = deadline_ms - printer_clock_ms(p);
    unsigned timeout_ms = left > 0 ? (unsigned)left : 0;
    return p->wire->ops->receive(p->wire, timeout_ms, &p->in, err) || by_name(p, err);
}

struct heard {
    struct reply reply; /* its data live until the next hear() */
    uint8_t first;      /* its first byte, which is all of a short reply */
};

enum {
    PROCESS_ID_BLOCK = 0x22, /* of 37 22 d1 d2 d3 d4 00, Epson APG GS ( H fn 48 */
    POWER_ON = 0x31,
};

/* What must not be missed, whoever is waiting for what. A session that died may have left a GS r in
 * the printer whose answer comes to the next one: what comes before the printer's first word about
 * this job, which stands at its beginning, is such an answer. The answers to GS r look alike, so
 * they are counted: only when every one that is owed has come, the last request was answered. 3B 31
 * 00 is the power-on notice (Epson APG; models send it when a memory switch says so). */
static void note(struct printer *p, const struct reply *r)
{
    if (r->kind == REPLY_ONE && p->fences_owed && p->tell_owed) {
        p->early++;
    } else if (r->kind == REPLY_ONE && p->fences_owed) {
        p->fences_owed--;
        p->proved |= p->asked == PROOF_FENCE && !p->fences_owed;
    }
    if (r->kind == REPLY_BLOCK && r->id == PROCESS_ID_BLOCK && p->asked == PROOF_PROCESS_ID)
        p->proved |= slice_equal(r->data, slice_of(p->proof_id, sizeof p->proof_id));
    if (r->kind == REPLY_POWER && r->id == POWER_ON)
        p->switched_on = true;
    if (r->kind == REPLY_ASB) {
        p->told = r->state;
        p->tell_owed = p->never_tells = false;
        p->early = 0;
    }
}

/* The next whole reply among what has come. */
static bool next_reply(struct printer *p, struct heard *heard)
{
    if (p->read < p->in.n) {
        heard->first = p->in.p[p->read];
        heard->reply = reply_next(slice_sub(buf_slice(&p->in), p->read, p->in.n));
        if (heard->reply.kind != REPLY_PARTIAL) {
            p->read += heard->reply.length;
            p->noise += heard->reply.kind == REPLY_NOISE;
            note(p, &heard->reply);
            return true;
        }
    }
    /* Keeps the half of a reply, so that the other half finds it. */
    size_t rest = p->in.n - p->read;
    if (rest && p->read)
        memmove(p->in.p, p->in.p + p->read, rest);
    p->in.n = rest;
    p->in.full = false;
    p->read = 0;
    return false;
}

/* Waits for a reply for which is() holds; others are passed over. *found is false when the time is
 * up: a wire that waited and brought nothing has waited long enough, and one that never stops
 * talking does not make us wait longer. */
static bool await(struct printer *p,
                  bool (*is)(const struct printer *p, const struct reply *r, const void *ctx),
                  const void *ctx, int64_t deadline_ms, struct heard *heard, bool *found,
                  struct err *err)
{
    *found = false;
    for (bool over = false;;) {
        while (next_reply(p, heard))
            if (is(p, &heard->reply, ctx))
                return *found = true;
        if (over)
            return true;
        size_t before = p->in.n;
        if (!hear(p, deadline_ms, err))
            return false;
        over = p->in.n == before || printer_clock_ms(p) >= deadline_ms;
    }
}

static bool is_dle_eot(const struct printer *p, const struct reply *r, const void *ctx)
{
    (void)p;
    (void)ctx;
    return r->kind == REPLY_DLE_EOT;
}

/* Only when every answer that is owed has come, the last request was answered. */
static bool is_last_fence(const struct printer *p, const struct reply *r, const void *ctx)
{
    (void)ctx;
    return r->kind == REPLY_ONE && !p->fences_owed;
}

/* note() has looked at it. */
static bool is_proof(const struct printer *p, const struct reply *r, const void *ctx)
{
    (void)r;
    (void)ctx;
    return p->proved || p->switched_on;
}

/* What came before a question is not its answer. */
static bool drop_stale(struct printer *p, struct err *err)
{
    struct heard stale;
    for (int i = 0; i < STALE_TURNS; i++) {
        while (next_reply(p, &stale))
            ;
        size_t before = p->in.n;
        if (!hear(p, 0, err))
            return false;
        if (p->in.n == before)
            break;
    }
    while (next_reply(p, &stale))
        ;
    /* else it may be the first half of a proof, or of what the printer tells by itself */
    if (!p->tells && (p->asked == PROOF_NONE || p->proved))
        p->in.n = 0;
    return true;
}

static bool ask(struct printer *p, const uint8_t *request, size_t n, unsigned timeout_ms,
                struct err *err)
{
    size_t taken;
    return drop_stale(p, err) && printer_send(p, slice_of(request, n), timeout_ms, &taken, err);
}

/* Asks DLE EOT n. A byte that looks like the answer to GS r and comes where this answer should,
 * which does not, is this answer with a bit fallen over: it proves nothing. */
static bool ask_status(struct printer *p, unsigned n, unsigned timeout_ms, struct heard *heard,
                       bool *answered, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    unsigned owed = p->fences_owed;
    bool proved = p->proved;
    if (!ask(p, request, escpos_ask_status(n, request), timeout_ms, err) ||
        !await(p, is_dle_eot, NULL, printer_clock_ms(p) + timeout_ms, heard, answered, err))
        return false;
    if (!*answered && p->has_answered && p->asked == PROOF_FENCE) {
        p->fences_owed = owed;
        p->proved = proved;
    }
    return true;
}

bool printer_can_answer(const struct printer *p)
{
    return p->wire->ops->receive && p->profile->proof != PROOF_NONE;
}

bool printer_status(struct printer *p, unsigned timeout_ms, unsigned *state, struct err *err)
{
    *state = 0;
    if (!printer_can_answer(p))
        return true;
    for (size_t i = 0; i < p->answers; i++) {
        unsigned n = status_order[i];
        struct heard heard;
        bool answered;
        if (!ask_status(p, n, timeout_ms, &heard, &answered, err))
            return false;
        if (answered) {
            *state |= status_of_dle_eot(n, heard.first);
            p->has_answered = true;
            continue;
        }
        /* A make that always answers, also when offline, and is silent now, is off or hangs; so is
         * one that answered before. Of the others many never answer: they cannot say that they are
         * not ready. They are not asked again. */
        if (i == 0 && (p->has_answered || p->profile->proof == PROOF_PROCESS_ID))
            return FAIL(err, ERR_PRINTER_IO, p->name, "it does not answer");
        p->answers = i;
    }
    return true;
}

/* ── questions outside jobs ── */

/* Status is answered at once, a single byte looks like the answer to GS r: neither gets a fence. */
static bool takes_fence(const struct printer *p, const struct printer_question *q)
{
    return !p->no_fence && !q->alone && (q->kind == REPLY_BLOCK || q->kind == REPLY_INFO);
}

static bool answers(const struct reply *r, const struct printer_question *q)
{
    return r->kind == q->kind &&
           ((r->kind != REPLY_BLOCK && r->kind != REPLY_INFO) || r->id == q->id);
}

static bool is_answer_or_fence(const struct printer *p, const struct reply *r, const void *ctx)
{
    return answers(r, ctx) || is_last_fence(p, r, NULL);
}

static bool is_answer(const struct printer *p, const struct reply *r, const void *ctx)
{
    (void)p;
    return answers(r, ctx);
}

static void keep_answer(const struct heard *heard, struct printer_answer *answer)
{
    size_t n = heard->reply.data.n;
    answer->came = true;
    answer->first = heard->first;
    answer->n = n < sizeof answer->data ? n : sizeof answer->data;
    if (answer->n)
        memcpy(answer->data, heard->reply.data.p, answer->n);
}

/* The answer, and then the fence's, which is nobody's any more. */
static bool ask_fenced(struct printer *p, const struct printer_question *q, unsigned timeout_ms,
                       struct printer_answer *answer, struct err *err)
{
    struct heard heard;
    bool found;
    uint8_t fence[ESCPOS_REQUEST_BYTES];
    size_t taken, n = escpos_ask_fence(fence);
    if (!ask(p, q->request.p, q->request.n, timeout_ms, err) ||
        !printer_send(p, slice_of(fence, n), timeout_ms, &taken, err))
        return false;
    p->fences_owed++;
    int64_t deadline_ms = printer_clock_ms(p) + timeout_ms;
    if (!await(p, is_answer_or_fence, q, deadline_ms, &heard, &found, err))
        return false;
    if (found && answers(&heard.reply, q)) {
        keep_answer(&heard, answer);
        if (!await(p, is_last_fence, NULL, deadline_ms, &heard, &found, err))
            return false;
    }
    if (!found) {
        p->no_fence = true;
        p->fences_owed = 0;
    }
    return true;
}

static bool ask_plain(struct printer *p, const struct printer_question *q, unsigned timeout_ms,
                      struct printer_answer *answer, struct err *err)
{
    struct heard heard;
    bool found;
    if (!ask(p, q->request.p, q->request.n, timeout_ms, err) ||
        !await(p, is_answer, q, printer_clock_ms(p) + timeout_ms, &heard, &found, err))
        return false;
    if (found)
        keep_answer(&heard, answer);
    return true;
}

bool printer_ask(struct printer *p, const struct printer_question *q, unsigned timeout_ms,
                 struct printer_answer *answer, struct err *err)
{
    *answer = (struct printer_answer){.came = false};
    if (!p->wire->ops->receive)
        return true;
    p->noise = 0;
    bool ok = takes_fence(p, q) ? ask_fenced(p, q, timeout_ms, answer, err)
                                : ask_plain(p, q, timeout_ms, answer, err);
    answer->noise = p->noise;
    return ok;
}

/* No answer to wait for: what is certain is that the device took the bytes. */
static bool flush(struct printer *p, unsigned timeout_ms, enum proof_result *result,
                  struct err *err)
{
    struct err why = {0};
    int64_t began = printer_clock_ms(p);
    if (!p->wire->ops->flush || p->wire->ops->flush(p->wire, timeout_ms, &why)) {
        *result = PROOF_CANNOT;
        return true;
    }
    if (printer_clock_ms(p) - began >= timeout_ms)
        return true; /* it still has something, and may give it away yet */
    if (err)
        *err = why;
    return by_name(p, err);
}

/* Behind an ASB that lost its first byte come three that look like answers to GS r: where that
 * proves, only a wire that loses nothing is trusted with it. */
static bool may_tell(const struct printer *p)
{
    const struct transport_ops *ops = p->wire->ops;
    return ops->receive && (p->profile->proof == PROOF_PROCESS_ID ||
                            (p->profile->proof == PROOF_FENCE && ops->waiting));
}

void printer_begin(struct printer *p, struct buf *bytes)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    static const uint8_t reset[] = {0x1B, '@'};
    p->switched_on = false;
    p->told = 0;
    p->tells = p->tell_owed = false;
    p->early = 0;
    if (!may_tell(p) || bytes->n < sizeof reset || memcmp(bytes->p, reset, sizeof reset) != 0)
        return;
    size_t n = escpos_ask_to_tell(ESCPOS_TELL_TROUBLE, request);
    if (!buf_reserve(bytes, n))
        return;
    buf_append(bytes, request, n);
    memmove(bytes->p + sizeof reset + n, bytes->p + sizeof reset, bytes->n - n - sizeof reset);
    memcpy(bytes->p + sizeof reset, request, n);
    p->tells = true;
    p->tell_owed = !p->never_tells;
}

bool printer_never_tells(const struct printer *p)
{
    return p->never_tells;
}

void printer_expect_no_word(struct printer *p)
{
    p->never_tells = true;
}

size_t printer_longest_command(const struct printer *p)
{
    enum { ROWS = 256, HEADER_BYTES = 16, MOST_QR_BYTES = 7089 };
    const struct profile *profile = p->profile;
    const size_t rows = profile->raster_rows ? profile->raster_rows : ROWS;
    const size_t band = rows * ((profile->width_dots + 7U) / 8);
    return HEADER_BYTES + (band > MOST_QR_BYTES ? band : MOST_QR_BYTES);
}

unsigned printer_told(struct printer *p)
{
    struct heard heard;
    struct err none = {0};
    uint8_t status;
    if (p->wire->ops->receive && hear(p, 0, &none))
        while (next_reply(p, &heard))
            ;
    if (!printer_is_ready(p->told))
        return p->told;
    return p->wire->ops->port_status && p->wire->ops->port_status(p->wire, &status)
               ? status_of_port(status)
               : 0;
}

size_t printer_waiting(const struct printer *p)
{
    return p->wire->ops->waiting ? p->wire->ops->waiting(p->wire) : 0;
}

bool printer_overruns(const struct printer *p, size_t *window_bytes)
{
    enum {
        SMALLEST_BUFFER_BYTES = 1024 /* nobody's figure, for printers that do not say theirs */
    };
    if (window_bytes)
        *window_bytes =
            (p->profile->buffer_bytes ? p->profile->buffer_bytes : SMALLEST_BUFFER_BYTES) / 2;
    return p->wire->ops->overruns && p->wire->ops->overruns(p->wire);
}

bool printer_pause(struct printer *p, unsigned ms, struct err *err)
{
    struct heard heard;
    int64_t until = printer_clock_ms(p) + ms;
    while (p->wire->ops->receive && printer_clock_ms(p) < until) {
        if (!hear(p, until, err))
            return false;
        while (next_reply(p, &heard))
            ;
    }
    return true;
}

/* The time that was waited is long past the moment between the end of an old job and the first word
 * about this one: the printer does not know GS a, and the answers were ours. */
static void believe_early(struct printer *p)
{
    if (p->proved || !p->tell_owed || p->early < p->fences_owed || !p->fences_owed)
        return;
    p->tell_owed = false;
    p->never_tells = true;
    p->fences_owed = 0;
    p->proved = p->asked == PROOF_FENCE;
}

bool printer_await_proof(struct printer *p, unsigned timeout_ms, enum proof_result *result,
                         struct err *err)
{
    struct heard heard;
    bool found;
    *result = PROOF_MISSING;
    if (p->asked < PROOF_FENCE)
        return flush(p, timeout_ms, result, err);
    if (!p->proved && !p->switched_on &&
        !await(p, is_proof, NULL, printer_clock_ms(p) + timeout_ms, &heard, &found, err))
        return false;
    believe_early(p);
    if (p->proved)
        *result = PROOF_PRINTED;
    else if (p->switched_on)
        *result = PROOF_LOST;
    return true;
}

static bool ask_id(struct printer *p, uint32_t number, unsigned timeout_ms, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    escpos_process_id(number, p->proof_id);
    return ask(p, request, escpos_ask_process_id(p->proof_id, request), timeout_ms, err);
}

/* An answer that an earlier program left unread on a wire that outlives programs (not TCP) can be
 * taken for ours only when it arrives after drop_stale(); the printer answers in order, so that
 * needs a fence that was still pending when this session began. */
static bool ask_fence(struct printer *p, unsigned timeout_ms, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    if (!ask(p, request, escpos_ask_fence(request), timeout_ms, err))
        return false;
    p->fences_owed++;
    return true;
}

bool printer_prove(struct printer *p, uint32_t id, unsigned timeout_ms, enum proof_result *result,
                   struct err *err)
{
    bool ok = true;
    enum profile_proof proof = p->wire->ops->receive ? p->profile->proof : PROOF_NONE;
    *result = PROOF_MISSING;
    p->asked = PROOF_NONE; /* what comes before the question is not its answer */
    p->proved = false;
    switch (proof) {
    case PROOF_NONE:
    case PROOF_STATUS:
        return flush(p, timeout_ms, result, err);
    case PROOF_FENCE:
        ok = ask_fence(p, timeout_ms, err);
        break;
    case PROOF_PROCESS_ID:
        ok = ask_id(p, id, timeout_ms, err);
        break;
    }
    p->asked = proof;
    return ok && printer_await_proof(p, timeout_ms, result, err);
}
