/* The holder of a printer's lock at work: one job after the other, from queued to its truth. */
#include "spool/run.h"

const struct spool_limits spool_limits_default = {
    .status_timeout_ms = 1000,
    .send_timeout_ms = 10000,
    .prove_timeout_ms = 5000,
};

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
    q = store_query(spool->table, SPOOL_CUT_SENDING);
    bind_str(q, 1, lock->printer);
    bind_int(q, 2, lock->begun);
    (void)store_run(q, NULL, &(struct err){0}); /* a note: spool_is_cut() */
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
    return run_hold(r, &why, err);
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
        return run_leave_queued(r, &why, 0, err);
    }
    if (!printer_is_ready(state)) {
        FAIL(&why, ERR_PRINTER_NOT_READY, "");
        return run_leave_queued(r, &why, state, err);
    }
    *ready = true;
    return true;
}

static bool begin(struct run *r, bool *begun, struct err *err)
{
    struct job_change change = {
        .to = JOB_SENDING, .mover = MOVER_WORKER, .begins = true, .printer = r->lock->printer};
    *begun = r->job.state == JOB_SENDING; /* spool_add() began it */
    return *begun || run_move(r, &change, WAIT_FOR_DISK, begun, err);
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
        return run_hold(r, &why, err);
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
    return !begun || run_send(r, err);
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
