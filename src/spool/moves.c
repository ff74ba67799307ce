/* What becomes of a job under way: each way it can leave the worker's hands, written down and told.
 */
#include "spool/run.h"

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

bool run_move(struct run *r, const struct job_change *change, enum wait wait, bool *moved,
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
bool run_leave_queued(struct run *r, const struct err *why, unsigned state, struct err *err)
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
        !run_move(r, &change, wait, &moved, err))
        return false;
    if (moved)
        spool_trouble(&r->job, r->host->lang, &r->outcome->why);
    r->job.detail = SLICE_LITERAL(""); /* it stood in *why */
    return true;
}

bool run_hold(struct run *r, const struct err *why, struct err *err)
{
    bool moved;
    struct job_change change = {.to = JOB_HELD,
                                .mover = MOVER_WORKER,
                                .reason = why->code,
                                .printer_state = r->job.printer_state,
                                .detail = detail_of(why)};
    bool ok = run_move(r, &change, DO_NOT_WAIT, &moved, err);
    r->job.detail = SLICE_LITERAL(""); /* it stood in *why */
    return ok;
}

/* Whether paper hangs from the printer that nothing parts: the job's own cut stands at its end,
 * which only a printer that took all and is still there comes to. */
static bool is_torn(const struct run *r, const struct err *why)
{
    const struct buf *bytes = &r->lock->bytes;
    const struct slice taken = slice_of(bytes->p, (size_t)r->taken);
    if (why->code == ERR_PRINTER_UNKNOWN && r->taken == bytes->n && !r->silent &&
        printer_can_answer(r->lock->session) && !printer_waiting(r->lock->session))
        return false;
    return r->cut.torn || !r->host->paper_ms || r->host->paper_ms(r->host->ctx, taken) > 0;
}

bool run_leave_unknown(struct run *r, const struct err *why, struct err *err)
{
    bool moved;
    struct job_change change = {.to = JOB_UNKNOWN,
                                .mover = MOVER_WORKER,
                                .interrupts = true,
                                .torn = is_torn(r, why),
                                .taken = r->taken,
                                .reason = why->code,
                                .detail = detail_of(why)};
    r->stop = true;
    spool_end_session(r->lock);
    if (!run_move(r, &change, DO_NOT_WAIT, &moved, err))
        return false;
    spool_trouble(&r->job, r->host->lang, &r->outcome->why);
    r->job.detail = SLICE_LITERAL("");
    return true;
}

/* What the printer had is known to be gone. Begun again by itself only once: a printer whose power
 * fails at every receipt would print without end. */
bool run_begin_again(struct run *r, const char *cause, struct err *err)
{
    bool moved;
    struct err why = {0};
    FAIL(&why, ERR_PRINTER_LOST, r->lock->printer, cause);
    if (!r->host->begin_again || r->job.interrupted)
        return run_leave_unknown(r, &why, err);
    struct job_change change = {.to = JOB_QUEUED,
                                .mover = MOVER_WORKER,
                                .interrupts = true,
                                .torn = is_torn(r, &why),
                                .taken = r->taken,
                                .reason = why.code,
                                .detail = detail_of(&why)};
    r->stop = true;
    spool_end_session(r->lock);
    if (!run_move(r, &change, WAIT_FOR_DISK, &moved, err))
        return false;
    r->outcome->lost++;
    spool_trouble(&r->job, r->host->lang, &r->outcome->why);
    r->job.detail = SLICE_LITERAL("");
    return true;
}

/* The wire failed in the middle. A device that left the bus was unplugged or switched off; what
 * else may have cut a wire leaves the printer's buffer as it was. */
bool run_leave_interrupted(struct run *r, const struct err *why, struct err *err)
{
    return why->code == ERR_PRINTER_UNPLUGGED ? run_begin_again(r, "unplugged", err)
                                              : run_leave_unknown(r, why, err);
}

bool run_note(struct run *r, const struct err *why, unsigned state, struct err *err)
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
    bool ok = run_move(r, &change, DO_NOT_WAIT, &moved, err);
    slice_cstr(r->job.detail, r->words, sizeof r->words); /* it stood in *why */
    r->job.detail = slice_str(r->words);
    return ok;
}
