/* The holder of a printer's lock at work: one job after the other, from queued to its truth. */
#include "protocol/command.h"
#include "spool/internal.h"

const struct spool_limits spool_limits_default = {
    .status_timeout_ms = 1000,
    .send_timeout_ms = 10000,
    .prove_timeout_ms = 5000,
};

enum { STEP_MS = 1000 /* of waiting for a printer that stopped in the middle of a job */ };

/* One call of spool_drain() or spool_print(). */
struct run {
    struct spool *spool;
    struct spool_lock *lock;
    const struct spool_host *host;
    const struct spool_limits *limits;
    struct spool_outcome *outcome;
    struct spool_job job;      /* the one being worked on; strings in the lock's arena */
    uint64_t taken;            /* of it, so far */
    size_t window;             /* of its bytes, up to where they may be sent now */
    unsigned windows;          /* that were begun */
    char words[ERR_ARG_BYTES]; /* job.detail, where it is not the database's */
    bool stop;                 /* trouble: no further job */
};

/* Whether a move must be on the disk before we go on. What puts a job where it may be sent, and
 * what says that it begins, waits; the rest can be found out again: a power cut shows the state
 * before, `sending`, and recovery makes it unknown. */
enum wait { DO_NOT_WAIT, WAIT_FOR_DISK };

static bool recover(struct spool *spool, struct spool_lock *lock, size_t *n, struct err *err)
{
    bool row;
    int64_t changed;
    struct query *q = store_query(spool->table, SPOOL_COUNT_SENDING);
    bind_str(q, 1, lock->printer);
    bind_int(q, 2, lock->begun);
    if (!store_step(q, &row, err))
        return false;
    bool any = row && column_int(q, 0) > 0;
    store_done(q);
    *n = 0;
    if (!any)
        return true;
    if (!store_begin_relaxed(spool->store, err))
        return false;
    q = store_query(spool->table, SPOOL_RECOVER);
    bind_str(q, 1, lock->printer);
    bind_int(q, 2, spool->env->now(spool->env->ctx));
    bind_str(q, 3, err_name(ERR_PRINTER_UNKNOWN));
    bind_int(q, 4, lock->begun);
    if (!store_run(q, &changed, err)) {
        store_rollback(spool->store);
        return false;
    }
    *n = (size_t)changed;
    return store_commit(spool->store, err);
}

bool spool_recover(struct spool *spool, struct spool_lock *lock, size_t *n, struct err *err)
{
    size_t found;
    return recover(spool, lock, n ? n : &found, err);
}

static void count(struct run *r, enum job_state state)
{
    switch (state) {
    case JOB_PRINTED:
        r->outcome->printed++;
        break;
    case JOB_SENT:
        r->outcome->sent++;
        break;
    case JOB_UNKNOWN:
        r->outcome->unknown++;
        break;
    case JOB_HELD:
        r->outcome->held++;
        break;
    default:
        break;
    }
}

/* Writes a move of the job at hand and tells it. *moved is false when somebody else moved it first.
 */
static bool move(struct run *r, const struct job_change *change, enum wait wait, bool *moved,
                 struct err *err)
{
    struct spool_job *job = &r->job;
    struct store *store = r->spool->store;
    if (!(wait == WAIT_FOR_DISK ? store_begin(store, err) : store_begin_relaxed(store, err)))
        return false;
    if (!spool_move(r->spool, job->id, job->state, change, moved, err)) {
        store_rollback(store);
        return false;
    }
    if (!store_commit(store, err))
        return false;
    if (!*moved)
        return true;
    if (job->state != change->to)
        job->changed_s = r->spool->env->now(r->spool->env->ctx);
    job->state = change->to;
    job->attempts += change->begins;
    job->taken = change->taken;
    job->interrupted |= change->interrupts;
    job->reason = change->reason;
    job->printer_state = change->printer_state;
    job->detail = change->detail;
    count(r, job->state);
    if (r->host->progress)
        r->host->progress(r->host->ctx, job);
    return true;
}

/* The words of a trouble that are kept with the job: the cause, where the error is about the
 * printer, else what it is about. */
static struct slice detail_of(const struct err *why)
{
    bool of_printer = transport_error(why->code) || why->code == ERR_PRINTER_LOST ||
                      why->code == ERR_PRINTER_STALLED;
    return slice_str(of_printer ? why->arg[1] : why->arg[0]);
}

static bool same_trouble(const struct spool_job *job, const struct err *why, unsigned state)
{
    return job->reason == why->code && job->printer_state == state &&
           slice_equal(job->detail, detail_of(why));
}

/* Trouble before the first byte: the job waits where it was accepted, with the reason; nothing
 * further is tried now. A reason that stands there already is not written again, so that a printer
 * without paper does not wear the disk. */
static bool leave_queued(struct run *r, const struct err *why, unsigned state, struct err *err)
{
    bool moved = true;
    enum wait wait = r->job.state == JOB_SENDING ? WAIT_FOR_DISK : DO_NOT_WAIT;
    struct job_change change = {.to = JOB_QUEUED,
                                .mover = MOVER_WORKER,
                                .reason = why->code,
                                .printer_state = state,
                                .detail = detail_of(why)};
    r->stop = true;
    if ((wait == WAIT_FOR_DISK || !same_trouble(&r->job, why, state)) &&
        !move(r, &change, wait, &moved, err))
        return false;
    if (moved)
        spool_trouble(&r->job, r->host->lang, &r->outcome->why);
    r->job.detail = SLICE_LITERAL(""); /* it stood in *why */
    return true;
}

static bool hold(struct run *r, const struct err *why, struct err *err)
{
    bool moved;
    struct job_change change = {.to = JOB_HELD,
                                .mover = MOVER_WORKER,
                                .reason = why->code,
                                .printer_state = r->job.printer_state,
                                .detail = detail_of(why)};
    bool ok = move(r, &change, DO_NOT_WAIT, &moved, err);
    r->job.detail = SLICE_LITERAL(""); /* it stood in *why */
    return ok;
}

/* Brings the bytes of the job into lock->bytes; *held when they cannot be had. */
static bool lay_out(struct run *r, bool *held, struct err *err)
{
    struct spool_lock *lock = r->lock;
    const struct spool_host *host = r->host;
    struct err why = {0};
    *held = false;
    buf_reset(&lock->bytes);
    if (!spool_bytes(r->spool, r->job.id, &lock->bytes, err))
        return false;
    bool other = host->profile && !slice_is(r->job.profile, host->profile);
    if (!host->layout || (lock->bytes.n && !other && !r->job.interrupted))
        return true;
    buf_reset(&lock->document);
    buf_reset(&lock->bytes);
    if (!spool_document(r->spool, r->job.id, &lock->document, err))
        return false;
    if (host->layout(host->ctx, &r->job, buf_slice(&lock->document), &lock->bytes, &why))
        return true;
    *held = true;
    return hold(r, &why, err);
}

static bool open_session(struct run *r, struct err *why)
{
    struct spool_lock *lock = r->lock;
    if (lock->session || r->host->open(r->host->ctx, lock->printer, &lock->session, why))
        return true;
    lock->session = NULL;
    return false;
}

/* Opens the session and asks the printer; *ready is false when the job was left queued. */
static bool make_ready(struct run *r, bool *ready, struct err *err)
{
    struct spool_lock *lock = r->lock;
    struct err why = {0};
    unsigned state = 0;
    *ready = false;
    bool kept = lock->session != NULL;
    bool asked = open_session(r, &why) &&
                 printer_status(lock->session, r->limits->status_timeout_ms, &state, &why);
    if (!asked && kept) { /* a session of before may have ended meanwhile */
        spool_end_session(lock);
        asked = open_session(r, &why) &&
                printer_status(lock->session, r->limits->status_timeout_ms, &state, &why);
    }
    if (!asked) {
        spool_end_session(lock);
        return leave_queued(r, &why, 0, err);
    }
    if (!printer_is_ready(state)) {
        FAIL(&why, ERR_PRINTER_NOT_READY, "");
        return leave_queued(r, &why, state, err);
    }
    *ready = true;
    return true;
}

static bool begin(struct run *r, bool *begun, struct err *err)
{
    struct job_change change = {
        .to = JOB_SENDING, .mover = MOVER_WORKER, .begins = true, .printer = r->lock->printer};
    *begun = r->job.state == JOB_SENDING; /* spool_add() began it */
    return *begun || move(r, &change, WAIT_FOR_DISK, begun, err);
}

/* Trouble after the first byte. */
static bool leave_unknown(struct run *r, const struct err *why, struct err *err)
{
    bool moved;
    struct job_change change = {.to = JOB_UNKNOWN,
                                .mover = MOVER_WORKER,
                                .interrupts = true,
                                .taken = r->taken,
                                .reason = why->code,
                                .detail = detail_of(why)};
    r->stop = true;
    spool_end_session(r->lock);
    if (!move(r, &change, DO_NOT_WAIT, &moved, err))
        return false;
    spool_trouble(&r->job, r->host->lang, &r->outcome->why);
    r->job.detail = SLICE_LITERAL("");
    return true;
}

/* What the printer had is known to be gone. Begun again by itself only once: a printer whose power
 * fails at every receipt would print without end. */
static bool begin_again(struct run *r, const char *cause, struct err *err)
{
    bool moved;
    struct err why = {0};
    FAIL(&why, ERR_PRINTER_LOST, r->lock->printer, cause);
    if (!r->host->begin_again || r->job.interrupted)
        return leave_unknown(r, &why, err);
    struct job_change change = {.to = JOB_QUEUED,
                                .mover = MOVER_WORKER,
                                .interrupts = true,
                                .taken = r->taken,
                                .reason = why.code,
                                .detail = detail_of(&why)};
    r->stop = true;
    spool_end_session(r->lock);
    if (!move(r, &change, WAIT_FOR_DISK, &moved, err))
        return false;
    r->outcome->lost++;
    spool_trouble(&r->job, r->host->lang, &r->outcome->why);
    r->job.detail = SLICE_LITERAL("");
    return true;
}

/* The wire failed in the middle. A device that left the bus was unplugged or switched off; what
 * else may have cut a wire leaves the printer's buffer as it was. */
static bool leave_interrupted(struct run *r, const struct err *why, struct err *err)
{
    return why->code == ERR_PRINTER_UNPLUGGED ? begin_again(r, "unplugged", err)
                                              : leave_unknown(r, why, err);
}

/* Writes down why a job under way does not go on, or that it does again; the same reason once. */
static bool note(struct run *r, const struct err *why, unsigned state, struct err *err)
{
    bool moved;
    struct job_change change = {.to = JOB_SENDING,
                                .mover = MOVER_WORKER,
                                .taken = r->taken,
                                .reason = why->code,
                                .printer_state = state,
                                .detail = detail_of(why)};
    if (same_trouble(&r->job, why, state))
        return true;
    bool ok = move(r, &change, DO_NOT_WAIT, &moved, err);
    slice_cstr(r->job.detail, r->words, sizeof r->words); /* it stood in *why */
    r->job.detail = slice_str(r->words);
    return ok;
}

static bool goes_on(struct run *r)
{
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
    return note(r, &why, state, err);
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
        return note(r, &why, 0, err); /* it prints, and takes more as it goes on */
    if (*waiting)
        return note_stalled(r, "it takes no more data", err);
    if (!printer_status(session, r->limits->status_timeout_ms, &state, &silent))
        state = printer_told(session);
    *stopped = !printer_is_ready(state);
    if (*stopped)
        FAIL(&why, ERR_PRINTER_NOT_READY, "");
    return note(r, &why, *stopped ? state : 0, err);
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
        return leave_interrupted(r, &why, err);
    if (proof.result == PROOF_LOST)
        return begin_again(r, "power", err);
    if (proof.result == PROOF_MISSING) {
        FAIL(&why, ERR_PRINTER_UNKNOWN, r->lock->printer);
        return leave_unknown(r, &why, err);
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
    struct job_change change = {.to = truth[result], .mover = MOVER_WORKER, .taken = r->taken};
    return move(r, &change, DO_NOT_WAIT, &moved, err);
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
    return !over || leave_interrupted(r, &why, err);
}

static bool send_bytes(struct run *r, struct err *err)
{
    struct err why = {0};
    bool sent = true, room = true;
    r->taken = 0;
    r->windows = 0;
    printer_begin(r->lock->session, &r->lock->bytes);
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
        return leave_interrupted(r, &why, err);
    spool_end_session(r->lock);
    return leave_queued(r, &why, 0, err);
}

static bool waited_too_long(const struct run *r)
{
    int64_t age = r->spool->env->now(r->spool->env->ctx) - r->job.waits_since_s;
    return r->job.state == JOB_QUEUED && r->limits->hold_after_s && age > r->limits->hold_after_s;
}

static bool work(struct run *r, int64_t id, enum job_state expected, struct err *err)
{
    bool held, ready, begun;
    arena_reset(&r->lock->arena, 0);
    if (!spool_job_get(r->spool, id, &r->lock->arena, &r->job, err))
        return false;
    /* moved by somebody since */
    if (r->job.state != expected || !slice_is(r->job.printer, r->lock->printer))
        return true;
    if (waited_too_long(r)) {
        struct err why = {0};
        FAIL(&why, ERR_JOB_HELD, "");
        return hold(r, &why, err);
    }
    if (!lay_out(r, &held, err))
        return false;
    if (held)
        return true;
    if (!make_ready(r, &ready, err))
        return false;
    if (!ready)
        return true;
    if (!begin(r, &begun, err))
        return false;
    return !begun || send_bytes(r, err);
}

static bool queued(struct run *r, enum spool_statement statement, int64_t after, int64_t *number,
                   struct err *err)
{
    bool row;
    struct query *q = store_query(r->spool->table, statement);
    bind_str(q, 1, r->lock->printer);
    if (statement == SPOOL_OLDEST_QUEUED)
        bind_int(q, 2, after);
    if (!store_step(q, &row, err))
        return false;
    *number = row ? column_int(q, 0) : 0;
    store_done(q);
    return true;
}

static bool finish(struct run *r, struct err *err)
{
    int64_t waiting;
    if (!queued(r, SPOOL_COUNT_QUEUED, 0, &waiting, err))
        return false;
    r->outcome->waiting = (size_t)waiting;
    return true;
}

static bool check_outside(const struct spool *spool, struct err *err)
{
    return !store_in_transaction(spool->store) ||
           FAIL(err, ERR_BUG, "printing inside a transaction");
}

bool spool_drain(struct spool *spool, struct spool_lock *lock, const struct spool_host *host,
                 const struct spool_limits *limits, struct spool_outcome *outcome, struct err *err)
{
    struct run r = {
        .spool = spool, .lock = lock, .host = host, .limits = limits, .outcome = outcome};
    int64_t deadline = transport_clock_ms() + limits->total_timeout_ms;
    *outcome = (struct spool_outcome){0};
    if (!check_outside(spool, err) || !spool_recover(spool, lock, &outcome->unknown, err))
        return false;
    /* Upwards by number: a job that a person puts back behind us waits for the next round. */
    for (int64_t id = 0; !r.stop;) {
        bool further = id != 0;
        if (!queued(&r, SPOOL_OLDEST_QUEUED, id, &id, err))
            return false;
        if (!id)
            break;
        if (further && limits->total_timeout_ms && transport_clock_ms() >= deadline) {
            FAIL(&outcome->why, ERR_PRINTER_BUSY, lock->printer);
            break;
        }
        if (!work(&r, id, JOB_QUEUED, err))
            return false;
    }
    return finish(&r, err);
}

bool spool_print(struct spool *spool, struct spool_lock *lock, int64_t id,
                 const struct spool_host *host, const struct spool_limits *limits,
                 struct spool_outcome *outcome, struct err *err)
{
    struct run r = {
        .spool = spool, .lock = lock, .host = host, .limits = limits, .outcome = outcome};
    *outcome = (struct spool_outcome){0};
    if (!check_outside(spool, err))
        return false;
    if (id == lock->begun) {
        lock->begun = 0; /* from here on it is recovered like any other */
        if (!work(&r, id, JOB_SENDING, err))
            return false;
    }
    return finish(&r, err);
}
