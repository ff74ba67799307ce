#include "shop/house.h"

#include "escpos/encoder.h"
#include "spool/door.h"
#include "virtual/virtual.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

enum {
    PAPER_BYTES_MAX = 64 << 20,
    PAPER_PATH_BYTES = 4096,
    PAPER_NAME_BYTES = SPOOL_NAME_MAX_BYTES,
    SLOWEST_MM_S = 50, /* head speed of printers of which nobody says it */
    CUT_MS = 500,
    UNRECORDED_WAIT_MS = 2000,
};

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int left_ms(const struct paper_job *job)
{
    int64_t left = job->deadline_ms - monotonic_ms();
    return left > 0 ? (int)left : SPOOL_DO_NOT_WAIT;
}

/* The address of a printer of the shop is that printer: its lock, its jobs and its profile. */
static bool named_by_uri(const struct shop_config *config, struct slice uri,
                         struct paper_target *target)
{
    for (size_t i = 0; i < config->n_printers; i++) {
        const struct printer_entry *known = &config->printers[i];
        if (!slice_equal(known->uri, uri))
            continue;
        *target = (struct paper_target){known->name, known->uri, known->profile};
        return true;
    }
    return false;
}

bool paper_target(struct shop *shop, const char *printer, struct slice till,
                  struct paper_target *target, struct err *err)
{
    const struct printer_entry *known = NULL;
    bool is_uri = printer && strchr(printer, ':');
    if (!till.n)
        till = SLICE_LITERAL("1");
    if (is_uri) {
        struct err none = {0};
        if (!wires_check(printer, err))
            return false;
        if (named_by_uri(&shop->config, slice_str(printer), target))
            return true;
        bool any = config_till_printer(&shop->config, till, &known, &none);
        target->name = target->uri = slice_str(printer);
        target->profile = any ? known->profile : profile_find(SLICE_LITERAL("generic-80"));
        return true;
    }
    bool ok = printer ? config_printer(&shop->config, slice_str(printer), &known, err)
                      : config_till_printer(&shop->config, till, &known, err);
    if (ok)
        *target = (struct paper_target){known->name, known->uri, known->profile};
    return ok;
}

/* A document that was kept (a copy, a job that is printed again) has no map to its template, which
 * may have changed since: the number of a line that nobody can look at says nothing. */
static void tell_warning(void *ctx, const struct err *what)
{
    const struct shop *shop = ctx;
    struct err placed = *what;
    if (placed.file[0])
        templates_name_file(shop->templates, &placed);
    else
        placed.line = placed.column = 0;
    shop_tell(shop, &placed);
}

static bool find_image(void *ctx, struct slice name, struct slice *png, struct err *err)
{
    const struct shop *shop = ctx;
    return templates_image(shop->templates, name, png, err);
}

bool paper_layout(struct shop *shop, const struct profile *profile, struct slice document,
                  bool drawer, struct buf *bytes, struct err *err)
{
    const struct document_paper paper = {
        .profile = profile,
        .allow_commands = shop->config.allow_commands,
        .open_drawer = drawer,
        .ctx = shop,
        .image = find_image,
        .warn = tell_warning,
        .map = shop->mapped && shop->mapped == document.p ? &shop->map : NULL,
        .fonts = shop->fonts,
        .pictures = shop->pictures,
    };
    shop->mapped = NULL;
    return document_print(document, &paper, bytes, err);
}

/* ── what the spool asks of this house ── */

static bool open_target(struct shop *shop, const struct paper_target *target,
                        struct printer **session, struct err *err)
{
    struct transport *wire;
    char name[PAPER_NAME_BYTES], uri[PAPER_NAME_BYTES];
    slice_cstr(target->name, name, sizeof name);
    slice_cstr(target->uri, uri, sizeof uri);
    shop->wires.profile = target->profile;
    return wires_open(&shop->wires, uri, &wire, err) &&
           printer_create(session, name, target->profile, wire, err);
}

static bool open_printer(void *ctx, const char *name, struct printer **session, struct err *err)
{
    const struct paper_job *job = ctx;
    (void)name; /* the lock's printer is the job's */
    return open_target(job->shop, &job->target, session, err);
}

/* A job that was interrupted on paper says so, and opens no drawer a second time. */
static bool lay_out_again(void *ctx, const struct spool_job *job, struct slice document,
                          struct buf *bytes, struct err *err)
{
    const struct paper_job *now = ctx;
    struct shop *shop = now->shop;
    struct buf marked;
    buf_init(&marked, DOCUMENT_MAX_BYTES);
    if (job->interrupted)
        banner_append(&marked, WORD_AGAIN, shop->config.lang, 0);
    buf_slice_append(&marked, document);
    bool ok = paper_layout(shop, now->target.profile, buf_slice(&marked),
                           job->drawer && !job->interrupted, bytes, err);
    buf_finish(&marked);
    return ok;
}

static bool part_paper(void *ctx, struct buf *bytes)
{
    const struct paper_job *job = ctx;
    struct escpos *e;
    struct err none = {0};
    if (!escpos_create(&e, job->target.profile, bytes, &none))
        return false;
    escpos_begin(e);
    escpos_cut(e, false);
    escpos_destroy(e);
    return !bytes->full;
}

unsigned paper_time_ms(const struct profile *profile, struct slice bytes)
{
    struct virtual_printer *vp;
    struct err none = {0};
    size_t n, cuts = 0;
    if (!virtual_create(&vp, profile, &none))
        return 0;
    virtual_feed(vp, bytes);
    const struct virtual_mark *marks = virtual_marks(vp, &n);
    for (size_t i = 0; i < n; i++)
        cuts += marks[i].kind == VIRTUAL_CUT_FULL || marks[i].kind == VIRTUAL_CUT_PARTIAL;
    uint64_t height_um = (uint64_t)virtual_paper(vp)->height_dots * 25400 / profile->dpi;
    virtual_destroy(vp);
    unsigned speed = profile->speed_mm_s ? profile->speed_mm_s : SLOWEST_MM_S;
    return (unsigned)(height_um / speed + cuts * CUT_MS);
}

static unsigned paper_ms(void *ctx, struct slice bytes)
{
    const struct paper_job *job = ctx;
    return paper_time_ms(job->target.profile, bytes);
}

/* What is said of a job when its time is up: it waits for a printer that stopped in the middle of
 * it, or of another. */
static void answer_stopped(struct paper_job *now, const struct spool_job *stopped)
{
    enum job_state state = stopped->id == now->id ? stopped->state : JOB_QUEUED;
    now->answer->state = job_state_name(state);
    spool_trouble(stopped, now->shop->config.lang, &now->answer->trouble);
}

/* Whoever ends the session with a printer that stopped cannot know what became of the rest. */
static bool stay(struct paper_job *now, const struct spool_job *stopped)
{
    const struct shop_printing *how = now->printing;
    if (now->stayed || !how->stay)
        return now->stayed;
    if (now->answer)
        answer_stopped(now, stopped);
    return now->stayed = how->stay(how->ctx, now->answer);
}

static bool go_on(void *ctx, const struct spool_job *job)
{
    return left_ms(ctx) > 0 || stay(ctx, job);
}

static void follow(void *ctx, const struct spool_job *job)
{
    const struct paper_job *now = ctx;
    if (job->state == JOB_SENDING)
        wires_begin_job(&now->shop->wires, job->id);
}

struct spool_host paper_host(struct paper_job *job)
{
    return (struct spool_host){.ctx = job,
                               .open = open_printer,
                               .profile = job->target.profile->name,
                               .layout = lay_out_again,
                               .part = part_paper,
                               .paper_ms = paper_ms,
                               .go_on = go_on,
                               .begin_again = !job->shop->config.ask_after_loss,
                               .lang = job->shop->config.lang,
                               .progress = follow};
}

struct spool_limits paper_limits(const struct shop *shop)
{
    struct spool_limits limits = spool_limits_default;
    limits.hold_after_s = shop->config.hold_after_s;
    return limits;
}

static struct spool_limits limits_of(const struct paper_job *job)
{
    struct spool_limits limits = paper_limits(job->shop);
    int left = left_ms(job);
    unsigned most = left > 0 ? (unsigned)left : 1;
    unsigned *const phases[] = {&limits.status_timeout_ms, &limits.send_timeout_ms,
                                &limits.prove_timeout_ms};
    limits.total_timeout_ms = most;
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++)
        if (*phases[i] > most)
            *phases[i] = most;
    return limits;
}

/* Of others, before this one: what nobody waits for any more, and somebody has to look at. */
static void tell_outcome(const struct paper_job *job, const struct spool_outcome *outcome)
{
    struct err interrupted = {0};
    char name[PAPER_NAME_BYTES];
    if (!outcome->unknown || job->id)
        return;
    slice_cstr(job->target.name, name, sizeof name);
    FAIL(&interrupted, ERR_JOB_INTERRUPTED, name);
    shop_tell(job->shop, &interrupted);
}

static bool drain(struct paper_job *job, struct err *err)
{
    struct spool_host host = paper_host(job);
    struct spool_limits limits = limits_of(job);
    struct spool_outcome outcome = {0};
    bool ok = spool_drain(job->shop->spool, job->lock, &host, &limits, &outcome, err);
    /* that time is up says less than what took it */
    if (outcome.why.code != ERR_PRINTER_BUSY || job->stopped.code == ERR_NONE)
        job->stopped = outcome.why;
    job->lost = outcome.lost > 0;
    tell_outcome(job, &outcome);
    return ok;
}

bool paper_folder(const struct shop *shop, char *out, size_t cap, struct err *err)
{
    snprintf(out, cap, "%s/spool", shop->dir);
    return mkdir(out, 0777) == 0 || errno == EEXIST ||
           FAIL(err, errno == ENOSPC ? ERR_STORE_FULL : ERR_STORE_READONLY, out);
}

static void call_worker(struct paper_job *job)
{
    char folder[PAPER_PATH_BYTES], name[PAPER_NAME_BYTES];
    snprintf(folder, sizeof folder, "%s/spool", job->shop->dir);
    slice_cstr(job->target.name, name, sizeof name);
    job->worker = spool_call_worker(folder, name);
}

static bool take_lock(struct paper_job *job, int timeout_ms, struct err *err)
{
    char folder[PAPER_PATH_BYTES], name[PAPER_NAME_BYTES];
    struct err busy = {0};
    if (!paper_folder(job->shop, folder, sizeof folder, err))
        return false;
    slice_cstr(job->target.name, name, sizeof name);
    if (spool_lock(folder, name, timeout_ms, &job->lock, &busy) || busy.code == ERR_PRINTER_BUSY)
        return true;
    *err = busy;
    return false;
}

/* Older jobs of this printer come first: those that wait, and those that a dead process left. */
static bool drain_older(struct paper_job *job, struct err *err)
{
    size_t queued = 0, sending = 0;
    struct spool *spool = job->shop->spool;
    return spool_count(spool, job->target.name, JOB_QUEUED, &queued, err) &&
           spool_count(spool, job->target.name, JOB_SENDING, &sending, err) &&
           (queued + sending == 0 || drain(job, err));
}

/* A worker is called, or the lock taken if it is free. */
static bool reach_printer(struct shop *shop, const struct shop_printing *printing,
                          struct slice till, struct paper_job *job, struct err *err)
{
    *job = (struct paper_job){.shop = shop, .printing = printing};
    job->deadline_ms = monotonic_ms() + printing->timeout_ms;
    if (!paper_target(shop, printing->printer, till, &job->target, err))
        return false;
    call_worker(job);
    return job->worker || take_lock(job, SPOOL_DO_NOT_WAIT, err);
}

bool paper_begin(struct shop *shop, const struct shop_printing *printing, struct slice till,
                 struct paper_job *job, struct err *err)
{
    if (!reach_printer(shop, printing, till, job, err) || (job->lock && !drain_older(job, err)))
        return false;
    /* who waited was told to ask again, elsewhere */
    return !job->stayed || FAIL(err, ERR_PRINTER_BUSY, spool_lock_printer(job->lock));
}

bool paper_add(struct paper_job *job, struct slice key, const char *kind, struct slice till,
               struct slice document, bool drawer, struct err *err)
{
    struct buf bytes;
    if (!document.n && !drawer)
        return true;
    buf_init(&bytes, PAPER_BYTES_MAX);
    struct spool_job row = {
        .key = key,
        .kind = slice_str(kind),
        .printer = job->target.name,
        .profile = slice_str(job->target.profile->name),
        .till = till,
        .drawer = drawer,
        .document = document,
    };
    bool ok = paper_layout(job->shop, job->target.profile, document, drawer, &bytes, err);
    row.bytes = buf_slice(&bytes);
    ok = ok && ledger_now(job->shop->ledger, &row.created_s, err) &&
         spool_add(job->shop->spool, &row, job->lock, &job->id, &job->state, NULL, err);
    if (ok && job->printing->bytes)
        buf_slice_append(job->printing->bytes, row.bytes);
    buf_finish(&bytes);
    return ok;
}

/* What an older job printed, laid out again for whoever asked for the bytes. */
static bool repeat_bytes(struct paper_job *job, struct err *err)
{
    struct buf document;
    if (!job->printing->bytes)
        return true;
    buf_init(&document, DOCUMENT_MAX_BYTES);
    bool ok = spool_document(job->shop->spool, job->id, &document, err) &&
              paper_layout(job->shop, job->target.profile, buf_slice(&document), false,
                           job->printing->bytes, err);
    buf_finish(&document);
    return ok;
}

/* The job waits for another printer than the one asked for now: it is that one that matters. */
static void follow_printer(struct paper_job *job, struct slice printer)
{
    struct paper_target target;
    struct err none = {0};
    if (slice_equal(printer, job->target.name))
        return;
    /* the target points into the name */
    struct slice name =
        arena_printf(&job->shop->work, "%.*s", (int)printer.n, (const char *)printer.p);
    if (!name.p ||
        !paper_target(job->shop, (const char *)name.p, SLICE_LITERAL("1"), &target, &none))
        return;
    paper_end(job);
    job->target = target;
    call_worker(job);
}

/* Somebody who names another printer does not want to wait for the one that the job waits for.
 * Where it may be on paper already, that is for a person to say (jobs retry). */
static bool redirect_if_asked(struct paper_job *job, struct spool_job *found, struct err *err)
{
    struct store *store = job->shop->store;
    bool theirs = store_in_transaction(store), redirected = false;
    if (!job->printing->printer || found->state != JOB_QUEUED ||
        slice_equal(found->printer, job->target.name))
        return true;
    if (!theirs && !store_begin(store, err))
        return false;
    bool ok = spool_redirect(job->shop->spool, found->id, job->target.name,
                             slice_str(job->target.profile->name), &redirected, err);
    if (!theirs)
        ok = ok && store_commit(store, err);
    if (!ok && !theirs)
        store_rollback(store);
    if (ok && redirected)
        found->printer = job->target.name;
    return ok;
}

bool paper_resume(struct shop *shop, const struct shop_printing *printing, int64_t id,
                  struct paper_job *job, struct err *err)
{
    bool ok = reach_printer(shop, printing, (struct slice){0}, job, err);
    job->id = id;
    job->state = JOB_QUEUED;
    return ok;
}

bool paper_find(struct paper_job *job, struct slice key, struct err *err)
{
    struct spool_job found;
    struct shop *shop = job->shop;
    if (!key.n)
        return true;
    if (!spool_job_find(shop->spool, key, &shop->work, &found, err) ||
        !redirect_if_asked(job, &found, err))
        return false;
    job->id = found.id;
    job->state = found.state;
    follow_printer(job, found.printer);
    return repeat_bytes(job, err);
}

/* Until the printer is free or somebody else has printed the job: the kernel's lock wakes nobody in
 * turn, so the job is looked at in between. */
static bool wait_for_lock(struct paper_job *job, struct err *err)
{
    enum { LOOK_EVERY_MS = 50 };
    struct spool_job now;
    for (int left = left_ms(job);; left = left_ms(job)) {
        if (!take_lock(job, left < LOOK_EVERY_MS ? left : LOOK_EVERY_MS, err))
            return false;
        if (job->lock || left == SPOOL_DO_NOT_WAIT)
            return true;
        size_t mark = job->shop->work.used;
        if (!spool_job_get(job->shop->spool, job->id, &job->shop->work, &now, err))
            return false;
        arena_reset(&job->shop->work, mark);
        if (job_state_is_final(now.state) || now.state == JOB_UNKNOWN || now.state == JOB_HELD)
            return true;
    }
}

static bool send_it(struct paper_job *job, struct err *err)
{
    struct spool_outcome outcome = {0};
    bool ours = job->lock && job->state == JOB_SENDING;
    if (job->worker && spool_call_print(job->worker, job->id, left_ms(job)) != SPOOL_GONE)
        return true;
    if (!job->lock && !wait_for_lock(job, err))
        return false;
    if (!job->lock) /* somebody else printed it, or still prints */
        return true;
    struct spool_host host = paper_host(job);
    struct spool_limits limits = limits_of(job);
    job->lost = false;
    if (ours) {
        wires_begin_job(&job->shop->wires, job->id);
        if (!spool_print(job->shop->spool, job->lock, job->id, &host, &limits, &outcome, err))
            return false;
        job->lost = outcome.lost > 0;
    } else if (!drain(job, err)) { /* of somebody who is done with it, or died over it */
        return false;
    }
    /* what the printer lost begins again at once, if it is back */
    return !job->lost || drain(job, err);
}

static bool take_first(void *ctx, const struct spool_job *job)
{
    struct paper_job *asker = ctx;
    if (job->id != asker->id)
        spool_trouble(job, asker->shop->config.lang, &asker->stopped);
    return false;
}

/* A job that was not tried itself waits for what stops an older one. */
static bool find_what_stops_it(struct paper_job *job, struct err *err)
{
    const struct spool_filter oldest = {
        .printer = job->target.name, .states = 1u << JOB_QUEUED | 1u << JOB_SENDING, .limit = 1};
    return job->stopped.code != ERR_NONE ||
           spool_list(job->shop->spool, &oldest, take_first, job, err);
}

void paper_finish(struct paper_job *job, struct job_answer *answer)
{
    struct spool_job now;
    struct shop *shop = job->shop;
    *answer = (struct job_answer){.id = job->id, .state = "none"};
    if (!job->id)
        return;
    answer->profile = job->target.profile;
    job->answer = answer;
    bool waits = job->state == JOB_QUEUED || job->state == JOB_SENDING;
    /* what was accepted is accepted: trouble from here on is told beside the answer */
    answer->state = job_state_name(job->state);
    if (waits && !send_it(job, &answer->trouble))
        return;
    if (!spool_job_get(shop->spool, job->id, &shop->work, &now, &answer->trouble))
        return;
    answer->state = job_state_name(now.state);
    spool_trouble(&now, shop->config.lang, &answer->trouble);
    struct err none = {0};
    if (now.state == JOB_QUEUED && now.reason == ERR_NONE && find_what_stops_it(job, &none) &&
        job->stopped.code != ERR_NONE)
        answer->trouble = job->stopped;
}

/* Others came meanwhile, found the printer held and left their jobs to whoever holds it. */
static void drain_rest(struct paper_job *job)
{
    struct spool_host host = paper_host(job);
    struct spool_limits limits = paper_limits(job->shop);
    struct spool_outcome outcome = {0};
    struct err err = {0};
    bool ok = true;
    do
        ok = spool_drain(job->shop->spool, job->lock, &host, &limits, &outcome, &err);
    while (ok && outcome.waiting && (outcome.lost || outcome.unknown));
}

void paper_end(struct paper_job *job)
{
    if (job->stayed && job->lock)
        drain_rest(job);
    spool_unlock(job->lock);
    spool_hang_up(job->worker);
    job->lock = NULL;
    job->worker = NULL;
}

bool paper_send_unrecorded(struct shop *shop, const struct paper_target *target, struct slice bytes,
                           struct job_answer *answer, struct err *err)
{
    const struct shop_printing printing = {.timeout_ms = SPOOL_DO_NOT_WAIT};
    struct paper_job job = {.shop = shop, .target = *target, .printing = &printing};
    struct printer *session = NULL;
    char name[PAPER_NAME_BYTES];
    size_t taken = 0;
    slice_cstr(target->name, name, sizeof name);
    if (!take_lock(&job, UNRECORDED_WAIT_MS, err))
        return false;
    if (!job.lock) {
        FAIL(&answer->trouble, ERR_PRINTER_BUSY, name);
        return true;
    }
    wires_begin_job(&shop->wires, 0);
    bool sent = open_target(shop, target, &session, &answer->trouble) &&
                printer_send(session, bytes, spool_limits_default.send_timeout_ms, &taken,
                             &answer->trouble);
    answer->state = sent ? "sent" : taken ? "unknown" : "none";
    printer_destroy(session);
    paper_end(&job);
    return true;
}
