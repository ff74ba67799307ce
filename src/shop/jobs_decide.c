/* What a person decides about a job: on the paper, not any more, after all, elsewhere. */
#include "shop/jobs.h"

#include "shop/house.h"

enum {
    JOBS_PATH_BYTES = 4096,
    GIVE_UP_MS = 10000, /* for the sender to notice: it looks once a second */
    LOOK_AGAIN_MS = 200,
};

/* Who said so and why, for the job's own record. */
static struct slice said(struct shop *shop, const struct ledger_act *act)
{
    return arena_printf(&shop->work, "%.*s%s%.*s", (int)act->by.n,
                        act->by.n ? (const char *)act->by.p : "",
                        act->by.n && act->reason.n ? ": " : "", (int)act->reason.n,
                        act->reason.n ? (const char *)act->reason.p : "");
}

typedef bool decision(struct shop *shop, const struct ledger_act *act, int64_t id, void *ctx,
                      struct err *err);

static bool in_transaction(struct shop *shop, int64_t id, const struct shop_who *who,
                           decision *decide, void *ctx, struct err *err)
{
    struct ledger_act act;
    arena_reset(&shop->work, 0);
    if (!store_begin(shop->store, err))
        return false;
    bool ok = shop_staff_act(shop, who, &act, err) && decide(shop, &act, id, ctx, err) &&
              store_commit(shop->store, err);
    if (!ok)
        store_rollback(shop->store);
    return ok;
}

static bool decide_done(struct shop *shop, const struct ledger_act *act, int64_t id, void *ctx,
                        struct err *err)
{
    (void)ctx;
    struct slice why = said(shop, act);
    return (why.p || shop_full(err)) && spool_decide(shop->spool, id, JOB_PRINTED, why, err);
}

bool shop_job_done(struct shop *shop, int64_t id, const struct shop_who *who, struct err *err)
{
    return in_transaction(shop, id, who, decide_done, NULL, err);
}

/* ── cancelling ── */

struct cancelling {
    struct job_cancelled *cancelled;
    struct code_list list; /* of vouchers that can be made void */
};

static bool collect(void *ctx, const struct ledger_voucher *voucher, struct err *err)
{
    struct cancelling *c = ctx;
    if (voucher->state != VOUCHER_ISSUED) {
        c->cancelled->kept += voucher->state == VOUCHER_REDEEMED;
        return true;
    }
    return code_list_add(&c->list, &voucher->code, err);
}

/* Nothing of an uninterrupted job has left: its vouchers are on no paper, and what they took is
 * given back. One that was interrupted may have shown its codes to somebody: they stay alive. */
static bool decide_cancelled(struct shop *shop, const struct ledger_act *act, int64_t id, void *ctx,
                             struct err *err)
{
    struct spool_job job;
    struct cancelling c = {.cancelled = ctx, .list = {.shop = shop}};
    struct ledger_act voiding = *act;
    struct slice why = said(shop, act);
    voiding.request = (struct slice){0};
    *c.cancelled = (struct job_cancelled){0};
    if (!act->reason.n)
        return FAIL(err, ERR_REASON);
    if (!why.p)
        return shop_full(err);
    if (!spool_job_get(shop->spool, id, &shop->work, &job, err) ||
        !spool_decide(shop->spool, id, JOB_CANCELLED, why, err))
        return false;
    const struct ledger_filter filter = {.day = act->day, .job = job.key};
    if (!ledger_list(shop->ledger, &filter, collect, &c, err))
        return false;
    if (job.interrupted || job.state == JOB_UNKNOWN) {
        c.cancelled->kept += c.list.n;
        return true;
    }
    for (size_t i = 0; i < c.list.n; i++)
        if (!ledger_void(shop->ledger, &voiding, &c.list.codes[i], true, err))
            return false;
    c.cancelled->voided = c.list.n;
    return true;
}

/* ── one that stopped in the middle ── */

struct giving_up {
    bool needs_reason, sending;
    struct slice printer, elsewhere; /* where it is sent; where it shall go instead, or "" */
};

static bool decide_give_up(struct shop *shop, const struct ledger_act *act, int64_t id, void *ctx,
                           struct err *err)
{
    struct giving_up *g = ctx;
    struct spool_job job;
    if (g->needs_reason && !act->reason.n)
        return FAIL(err, ERR_REASON);
    if (!spool_job_get(shop->spool, id, &shop->work, &job, err))
        return false;
    g->printer = job.printer;
    bool same = !g->needs_reason && (!g->elsewhere.n || slice_equal(g->elsewhere, job.printer));
    return same || spool_give_up(shop->spool, id, &g->sending, err);
}

/* Its sender may be dead: then the printer is free, and what it left is unknown. */
static bool recover_if_free(struct shop *shop, const char *printer, struct err *err)
{
    char folder[JOBS_PATH_BYTES];
    struct spool_lock *lock;
    struct err busy = {0};
    if (!paper_folder(shop, folder, sizeof folder, err))
        return false;
    if (!spool_lock(folder, printer, SPOOL_DO_NOT_WAIT, &lock, &busy))
        return busy.code == ERR_PRINTER_BUSY || (*err = busy, false);
    bool ok = spool_recover(shop->spool, lock, NULL, err);
    spool_unlock(lock);
    return ok;
}

/* Only who sends a job can say what became of it: he is told, and waited for. A job that waits
 * elsewhere is as it is. */
static bool end_sending(struct shop *shop, int64_t id, const struct shop_who *who,
                        struct giving_up *g, struct err *err)
{
    int64_t version = 0, deadline = transport_clock_ms() + GIVE_UP_MS;
    char printer[SPOOL_NAME_MAX_BYTES + 1];
    struct spool_job job;
    bool changed;
    if (!in_transaction(shop, id, who, decide_give_up, g, err))
        return false;
    if (!g->sending)
        return true;
    slice_cstr(g->printer, printer, sizeof printer);
    for (;;) {
        arena_reset(&shop->work, 0);
        if (!recover_if_free(shop, printer, err) ||
            !spool_job_get(shop->spool, id, &shop->work, &job, err))
            return false;
        if (job.state != JOB_SENDING)
            return true;
        if (transport_clock_ms() >= deadline)
            return FAIL(err, ERR_PRINTER_BUSY, printer);
        if (!shop_wait_for_change(shop, &version, LOOK_AGAIN_MS, &changed, err))
            return false;
    }
}

bool shop_job_cancel(struct shop *shop, int64_t id, const struct shop_who *who,
                     struct job_cancelled *cancelled, struct err *err)
{
    struct giving_up g = {.needs_reason = true};
    return end_sending(shop, id, who, &g, err) &&
           in_transaction(shop, id, who, decide_cancelled, cancelled, err);
}

/* ── printing it after all ── */

struct retrying {
    const struct shop_printing *printing;
    struct paper_target target; /* where it shall go; its name is empty: where it waits */
    struct slice printer;       /* where it is now */
};

static bool decide_retry(struct shop *shop, const struct ledger_act *act, int64_t id, void *ctx,
                         struct err *err)
{
    struct retrying *r = ctx;
    struct spool_job job;
    bool redirected;
    struct slice why = said(shop, act);
    if (!why.p)
        return shop_full(err);
    if (!spool_job_get(shop->spool, id, &shop->work, &job, err))
        return false;
    r->printer = job.printer;
    if (job.state != JOB_QUEUED && !spool_decide(shop->spool, id, JOB_QUEUED, why, err))
        return false;
    if (!r->target.name.n || slice_equal(r->target.name, job.printer))
        return true;
    r->printer = r->target.name;
    return spool_redirect(shop->spool, id, r->target.name, slice_str(r->target.profile->name),
                          &redirected, err) &&
           (redirected || FAIL(err, ERR_BUG, "a job that moved inside our transaction"));
}

bool shop_job_retry(struct shop *shop, int64_t id, const struct shop_who *who,
                    const struct shop_printing *printing, struct job_answer *answer,
                    struct err *err)
{
    struct retrying r = {.printing = printing};
    struct paper_job paper;
    char name[SPOOL_NAME_MAX_BYTES + 1];
    if (printing->printer &&
        !paper_target(shop, printing->printer, (struct slice){0}, &r.target, err))
        return false;
    struct giving_up g = {.elsewhere = r.target.name};
    if (!end_sending(shop, id, who, &g, err))
        return false;
    if (!in_transaction(shop, id, who, decide_retry, &r, err))
        return false;
    slice_cstr(r.printer, name, sizeof name);
    struct shop_printing there = *printing;
    there.printer = name;
    bool ok = paper_resume(shop, &there, id, &paper, err);
    if (ok)
        paper_finish(&paper, answer);
    paper_end(&paper);
    return ok;
}
