/* The bytes of a job to the printer, and the proof that they are on paper. */
#include "protocol/command.h"
#include "spool/run.h"

enum { STEP_MS = 1000 /* of waiting for a printer that stopped in the middle of a job */ };

static bool goes_on(struct run *r)
{
    if (spool_given_up(r->spool, r->job.id))
        return false;
    return r->host->go_on && r->host->go_on(r->host->ctx, &r->job);
}

/* Of the session that is open. */
static int64_t clock_ms(const struct run *r)
{
    return printer_clock_ms(r->lock->session);
}

/* What the printer echoes when the job is done: differs from that of the attempt before. */
static uint32_t proof_id(const struct run *r)
{
    return (uint32_t)((uint64_t)r->job.id * 8 + r->job.attempts % 8) + (r->windows << 16);
}

static unsigned paper_ms(const struct run *r)
{
    return r->host->paper_ms ? r->host->paper_ms(r->host->ctx, buf_slice(&r->lock->bytes)) : 0;
}

/* The printer took everything and has not proved it yet. */
struct proof {
    int64_t deadline_ms;
    bool counts_paper; /* the deadline has the paper's own time in it */
    bool over;         /* it is proved, lost, or given up; *result says which */
    size_t waiting;    /* bytes that the printer had not accepted when it was looked at last */
    enum proof_result result;
};

/* Why a printer takes no bytes, as far as it can be known without asking: a question would stand
 * behind them. A reason that it gave stands until it goes on. */
static bool note_stalled(struct run *r, const char *words, struct err *err)
{
    struct err why = {0};
    unsigned state = printer_told(r->lock->session);
    if (!state && r->job.reason == ERR_PRINTER_NOT_READY)
        return true;
    if (state)
        FAIL(&why, ERR_PRINTER_NOT_READY, "");
    else
        FAIL(&why, ERR_PRINTER_STALLED, r->lock->printer, words);
    return run_note(r, &why, state, err);
}

/* Whether the printer says that it stopped; if so, or if it did and does not any more, that is
 * noted. One whose own words came before a question could is asked no more: it does not hear. */
static bool has_stopped(struct run *r, size_t *waiting, bool *stopped, struct err *err)
{
    struct err why = {0}, silent = {0};
    unsigned state = 0;
    struct printer *session = r->lock->session;
    size_t before = *waiting;
    *waiting = printer_waiting(session);
    *stopped = *waiting;
    if (*waiting && *waiting < before)
        return run_note(r, &why, 0, err); /* it prints, and takes more as it goes on */
    if (*waiting)
        return note_stalled(r, "it takes no more data", err);
    r->silent = !printer_status(session, r->limits->status_timeout_ms, &state, &silent);
    if (r->silent)
        state = printer_told(session);
    *stopped = !printer_is_ready(state);
    if (*stopped)
        FAIL(&why, ERR_PRINTER_NOT_READY, "");
    return run_note(r, &why, *stopped ? state : 0, err);
}

/* A printer that says why it stopped keeps what it has: its time begins anew when it goes on. One
 * that is ready, or says nothing, has until the deadline. */
static bool look_why(struct run *r, struct proof *proof, struct err *err)
{
    bool stopped;
    if (!has_stopped(r, &proof->waiting, &stopped, err))
        return false;
    int64_t now = clock_ms(r);
    if (stopped) {
        proof->deadline_ms = now + r->limits->prove_timeout_ms + paper_ms(r);
        proof->counts_paper = true;
        proof->over = !goes_on(r);
    } else if (now >= proof->deadline_ms && !proof->counts_paper) {
        proof->deadline_ms += paper_ms(r);
        proof->counts_paper = true;
    }
    proof->over |= now >= proof->deadline_ms;
    return true;
}

static unsigned step_ms(const struct run *r, int64_t deadline_ms)
{
    int64_t left = deadline_ms - clock_ms(r);
    return left <= 0 ? 0 : left < STEP_MS ? (unsigned)left : STEP_MS;
}

/* Waits for the proof; *broke says that the wire failed, with the cause. */
static bool await_proof(struct run *r, struct proof *proof, struct err *broke, struct err *err)
{
    struct printer *session = r->lock->session;
    proof->deadline_ms = clock_ms(r) + r->limits->prove_timeout_ms;
    proof->waiting = SIZE_MAX;
    bool alive =
        printer_prove(session, proof_id(r), step_ms(r, proof->deadline_ms), &proof->result, broke);
    while (alive && proof->result == PROOF_MISSING && !proof->over) {
        if (!look_why(r, proof, err))
            return false;
        if (!proof->over)
            alive =
                printer_await_proof(session, step_ms(r, proof->deadline_ms), &proof->result, broke);
    }
    return true;
}

/* Ends the job where the proof did not come; *proved: it did, or there is none to come. */
static bool prove(struct run *r, enum proof_result *result, bool *proved, struct err *err)
{
    struct proof proof = {.result = PROOF_MISSING};
    struct err why = {0};
    *proved = false;
    if (!await_proof(r, &proof, &why, err))
        return false;
    *result = proof.result;
    if (why.code != ERR_NONE)
        return run_leave_interrupted(r, &why, err);
    if (proof.result == PROOF_LOST)
        return run_begin_again(r, "power", err);
    if (proof.result == PROOF_MISSING) {
        FAIL(&why, ERR_PRINTER_UNKNOWN, r->lock->printer);
        return run_leave_unknown(r, &why, err);
    }
    *proved = true;
    return true;
}

static bool finish_job(struct run *r, struct err *err)
{
    static const enum job_state truth[] = {
        [PROOF_PRINTED] = JOB_PRINTED, [PROOF_CANNOT] = JOB_SENT};
    enum proof_result result;
    bool proved, moved;
    if (!prove(r, &result, &proved, err))
        return false;
    if (!proved)
        return true;
    bool untold = printer_never_tells(r->lock->session);
    struct job_change change = {.to = truth[result],
                                .mover = MOVER_WORKER,
                                .taken = r->taken,
                                .whole = r->cut.noted,
                                .untold = untold && !r->untold,
                                .tells = !untold && r->untold};
    return run_move(r, &change, DO_NOT_WAIT, &moved, err);
}

/* Sends the rest of the job. A wire that took nothing for the whole time is stalled, and may be
 * tried again; one that fails sooner is broken. */
static bool push(struct run *r, unsigned timeout_ms, bool *stalled, struct err *why)
{
    size_t taken = 0;
    int64_t began = clock_ms(r);
    struct slice bytes = buf_slice(&r->lock->bytes);
    struct slice rest = slice_sub(bytes, (size_t)r->taken, r->window);
    bool ok = printer_send(r->lock->session, rest, timeout_ms, &taken, why);
    r->taken += taken;
    *stalled = !ok && clock_ms(r) - began >= timeout_ms;
    return ok;
}

/* Not by asking: a question would stand behind the bytes that the printer does not take. */
static bool push_on(struct run *r, struct err *why, bool *sent, struct err *err)
{
    unsigned limit = r->limits->send_timeout_ms;
    unsigned step = r->host->go_on && limit > STEP_MS ? STEP_MS : limit;
    bool stalled;
    int64_t deadline = clock_ms(r) + limit;
    for (;;) {
        uint64_t before = r->taken;
        *sent = push(r, step, &stalled, why);
        if (*sent)
            return true;
        if (r->taken > before)
            deadline = clock_ms(r) + limit;
        /* before its first byte a job can be put back; after it, only a person can */
        if (!stalled || (!r->taken && clock_ms(r) >= deadline))
            return true;
        if (r->taken && !note_stalled(r, why->arg[1], err))
            return false;
        if (!goes_on(r))
            return true;
    }
}

/* How far the job may be sent now: to its end, but to a printer that loses what its buffer has no
 * room for only as many whole commands as fit. A command that is larger by itself is a picture,
 * which leaves the buffer as it comes. */
static void open_window(struct run *r)
{
    size_t most, end = (size_t)r->taken;
    struct slice bytes = buf_slice(&r->lock->bytes);
    r->window = bytes.n;
    if (!printer_overruns(r->lock->session, &most))
        return;
    while (end < bytes.n) {
        struct frame frame = frame_next(slice_sub(bytes, end, bytes.n));
        size_t n = frame.kind == FRAME_PARTIAL ? bytes.n - end : frame.length;
        if (frame.kind == FRAME_TEXT && end + n > r->taken + most)
            n = (size_t)r->taken + most - end;
        if (end > r->taken && (!n || end + n > r->taken + most))
            break;
        end += n;
    }
    r->window = end;
    r->windows++;
}

/* What was sent is given the time that its paper takes, and while the printer says that it stopped,
 * more: nothing proves that the buffer is empty. *broke as in await_proof(). */
static bool wait_for_paper(struct run *r, size_t from, bool *over, struct err *broke,
                           struct err *err)
{
    struct slice bytes = slice_sub(buf_slice(&r->lock->bytes), from, (size_t)r->taken);
    unsigned ms = r->host->paper_ms ? r->host->paper_ms(r->host->ctx, bytes) : STEP_MS;
    size_t waiting = SIZE_MAX;
    bool stopped = true;
    for (*over = false; stopped && !*over && printer_pause(r->lock->session, ms, broke);
         ms = STEP_MS) {
        if (!has_stopped(r, &waiting, &stopped, err))
            return false;
        *over = stopped && !goes_on(r);
    }
    *over |= broke->code != ERR_NONE;
    return true;
}

/* Before more is sent to a printer that cannot say stop, it has to have printed what it has. */
static bool wait_for_room(struct run *r, size_t from, bool *room, struct err *err)
{
    enum proof_result result;
    struct err why = {0};
    bool over;
    if (!prove(r, &result, room, err))
        return false;
    if (!*room || result != PROOF_CANNOT)
        return true;
    if (!wait_for_paper(r, from, &over, &why, err))
        return false;
    *room = !over;
    if (over && why.code == ERR_NONE)
        FAIL(&why, ERR_PRINTER_UNKNOWN, r->lock->printer);
    return !over || run_leave_interrupted(r, &why, err);
}

/* A printer that was cut off in the middle of a picture takes what comes next as its dots: it is
 * given the longest rest that a command can have, all zeros, which are white dots and else nothing.
 * Behind them, paper that was torn off is parted from what comes. */
static bool begin_anew(struct run *r, struct buf *start)
{
    const size_t n = printer_longest_command(r->lock->session);
    if (!r->cut.is)
        return true;
    if (!buf_reserve(start, n))
        return false;
    memset(start->p, 0, n);
    start->n = n;
    return !r->cut.torn || !r->host->part || r->host->part(r->host->ctx, start);
}

static void put_before(struct run *r)
{
    struct buf start;
    struct buf *bytes = &r->lock->bytes;
    buf_init(&start, 0);
    if (begin_anew(r, &start) && start.n && buf_reserve(bytes, start.n)) {
        memmove(bytes->p + start.n, bytes->p, bytes->n);
        memcpy(bytes->p, start.p, start.n);
        bytes->n += start.n;
    }
    buf_finish(&start);
}

bool run_send(struct run *r, struct err *err)
{
    struct err why = {0};
    bool sent = true, room = true;
    r->taken = 0;
    r->windows = 0;
    r->silent = false;
    r->cut = spool_read_cut(r->spool, r->lock->printer);
    r->untold = spool_is_untold(r->spool, r->lock->printer);
    if (r->untold && !r->cut.is)
        printer_expect_no_word(r->lock->session);
    printer_begin(r->lock->session, &r->lock->bytes);
    put_before(r);
    while (sent && room && r->taken < r->lock->bytes.n) {
        size_t from = (size_t)r->taken;
        open_window(r);
        if (!push_on(r, &why, &sent, err) ||
            (sent && r->window < r->lock->bytes.n && !wait_for_room(r, from, &room, err)))
            return false;
    }
    if (!room)
        return true;
    if (sent)
        return finish_job(r, err);
    if (r->taken)
        return run_leave_interrupted(r, &why, err);
    spool_end_session(r->lock);
    return run_leave_queued(r, &why, 0, err);
}
