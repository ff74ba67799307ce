#include "shop/service_worker.h"

#include "spool/door.h"
#include "transport/usb.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LOOK_EVERY_MS = 1000,
    BUSY_EVERY_MS = 50, /* while somebody else prints on it: his lock wakes nobody */
    KEEP_SESSION_MS =
        5000, /* with nothing to do; printers on the net end it after a minute or so */
    PATH_BYTES = 4096,
    FILES = 3,
};

/* How a file was when it was read. */
struct stamp {
    bool there;
    struct timespec changed;
    off_t size;
    ino_t inode;
};

struct service_worker {
    struct paper_job job; /* the first member: what the spool hands to the host's functions */
    struct service_place place;
    pthread_t thread;
    char printer[SPOOL_NAME_MAX_BYTES];
    char folder[PATH_BYTES];
    struct spool_door *door;
    struct usb_watch *watch; /* where the printer is on USB */
    struct shop_warn warn;
    struct stamp stamps[FILES];
    struct service_report said; /* the last state that was reported */
    int64_t idle_since_ms;
    size_t unknown; /* told in this round */
};
_Static_assert(sizeof(struct service_report) <= PIPE_BUF, "a report is written whole");

/* ── reports ── */

static void report(const struct service_worker *w, struct service_report what)
{
    what.number = w->place.number;
    (void)!write(w->place.report_fd, &what, sizeof what);
}

/* Nobody waits for a listener that is slow: what is missed is said again within a second. */
static void report_state(struct service_worker *w, bool working, size_t waiting,
                         const struct err *trouble)
{
    struct pollfd room = {.fd = w->place.report_fd, .events = POLLOUT};
    w->said = (struct service_report){
        .kind = REPORT_STATE, .working = working, .waiting = waiting, .err = *trouble};
    if (poll(&room, 1, 0) > 0)
        report(w, w->said);
}

static void tell(void *ctx, const struct err *what)
{
    report(ctx, (struct service_report){.kind = REPORT_TELL, .err = *what});
}

/* ── the shop, as its files say now ── */

static void stamp_of(const char *path, struct stamp *stamp)
{
    struct stat st;
    *stamp = (struct stamp){.there = stat(path, &st) == 0};
    if (stamp->there) {
        stamp->changed = st.st_mtim;
        stamp->size = st.st_size;
        stamp->inode = st.st_ino;
    }
}

static bool same_stamp(const struct stamp *a, const struct stamp *b)
{
    return a->there == b->there && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec && a->size == b->size && a->inode == b->inode;
}

/* Whether an owner changed something since the last call. */
static bool files_changed(struct service_worker *w)
{
    bool changed = false;
    char path[PATH_BYTES + SPOOL_NAME_MAX_BYTES];
    const char *profile = w->job.shop ? w->job.target.profile->name : "";
    for (size_t i = 0; i < FILES; i++) {
        struct stamp now;
        if (i == 0)
            snprintf(path, sizeof path, "%s/shop.yaml", w->place.dir);
        else
            snprintf(path, sizeof path, "%s/%s/%s.yaml", w->place.dir,
                     i == 1 ? "printers.d" : "profiles.d", i == 1 ? w->printer : profile);
        stamp_of(path, &now);
        changed |= !same_stamp(&now, &w->stamps[i]);
        w->stamps[i] = now;
    }
    return changed;
}

static void give_printer_back(struct service_worker *w)
{
    spool_unlock(w->job.lock);
    w->job.lock = NULL;
}

static void close_shop(struct service_worker *w)
{
    give_printer_back(w);
    usb_watch_destroy(w->watch);
    shop_close(w->job.shop);
    w->watch = NULL;
    w->job.shop = NULL;
}

static bool open_shop(struct service_worker *w, struct err *err)
{
    struct err none = {0};
    w->job = (struct paper_job){.shop = NULL};
    if (!shop_open(&w->job.shop, w->place.dir, w->place.env, &w->warn, err))
        return false;
    if (!paper_target(w->job.shop, w->printer, (struct slice){0}, &w->job.target, err)) {
        close_shop(w);
        return false;
    }
    /* without it, a printer that is plugged in is found within a second */
    if (slice_starts(w->job.target.uri, "usb:") && !usb_watch_create(&w->watch, &none))
        w->watch = NULL;
    files_changed(w); /* with the profile's file among them */
    return true;
}

static bool keep_shop(struct service_worker *w, struct err *err)
{
    if (w->job.shop && !files_changed(w))
        return true;
    close_shop(w);
    return open_shop(w, err);
}

/* ── printing ── */

/* Waits at the door, for others beside it. */
static void wait_outside(struct service_worker *w, int timeout_ms, bool *stop)
{
    struct pollfd others[] = {{.fd = w->place.stop_fd, .events = POLLIN},
                              {.fd = w->watch ? usb_watch_fd(w->watch) : -1, .events = POLLIN}};
    spool_door_wait(w->door, others, 2, timeout_ms);
    if (w->watch && others[1].revents)
        usb_watch_take(w->watch);
    *stop = others[0].revents != 0;
}

/* A printer stopped in the middle: those who wait are let in, the others are told what is the
 * matter. */
static bool go_on(void *ctx, const struct spool_job *job)
{
    struct service_worker *w = ctx;
    struct err why;
    bool stop;
    spool_trouble(job, w->job.shop->config.lang, &why);
    report_state(w, true, w->said.waiting, &why);
    wait_outside(w, 0, &stop);
    return !stop;
}

static void progress(void *ctx, const struct spool_job *job)
{
    struct service_worker *w = ctx;
    if (job->state == JOB_SENDING)
        wires_begin_job(&w->job.shop->wires, job->id);
    else if (job->state != JOB_QUEUED)
        spool_door_tell(w->door, job->id);
    if (job->state == JOB_UNKNOWN) {
        struct err what;
        spool_trouble(job, w->job.shop->config.lang, &what);
        tell(w, &what);
        w->unknown++;
    }
}

static bool take_printer(struct service_worker *w, struct err *err)
{
    struct err why = {0};
    if (w->job.lock || spool_lock(w->folder, w->printer, SPOOL_DO_NOT_WAIT, &w->job.lock, &why))
        return true;
    *err = why;
    return false;
}

/* A session is worth keeping where opening one takes its time. */
static bool keeps_session(const struct service_worker *w)
{
    struct slice uri = w->job.target.uri;
    return slice_starts(uri, "usb:") || slice_starts(uri, "tcp:") || slice_starts(uri, "serial:");
}

static void rest(struct service_worker *w)
{
    const struct err none = {0};
    int64_t now = transport_clock_ms();
    if (w->job.lock && (!keeps_session(w) || now - w->idle_since_ms > KEEP_SESSION_MS))
        give_printer_back(w);
    report_state(w, false, 0, &none);
}

static bool any_work(struct service_worker *w, size_t *waiting, bool *any, struct err *err)
{
    size_t sending = 0;
    struct spool *spool = w->job.shop->spool;
    struct slice printer = slice_str(w->printer);
    if (!spool_count(spool, printer, JOB_QUEUED, waiting, err) ||
        !spool_count(spool, printer, JOB_SENDING, &sending, err))
        return false;
    *any = *waiting + sending > 0;
    return true;
}

/* Prints for a while; *again when there is more that can be printed now. A job whose paper nobody
 * knows does not keep the others: the next round asks the printer whether it is ready. */
static bool print_some(struct service_worker *w, bool *again, struct err *err)
{
    struct spool_host host = paper_host(&w->job);
    struct spool_limits limits = paper_limits(w->job.shop);
    struct spool_outcome outcome = {0};
    host.go_on = go_on;
    host.progress = progress;
    limits.total_timeout_ms = 1; /* a job, then a look at the door */
    w->unknown = 0;
    if (!spool_drain(w->job.shop->spool, w->job.lock, &host, &limits, &outcome, err))
        return false;
    if (outcome.unknown > w->unknown) { /* of a sender that died */
        struct err what = {0};
        FAIL(&what, ERR_JOB_INTERRUPTED, w->printer);
        tell(w, &what);
    }
    w->idle_since_ms = transport_clock_ms();
    bool time_up = outcome.why.code == ERR_PRINTER_BUSY;
    *again = outcome.waiting > 0 && (time_up || outcome.unknown || outcome.lost);
    if (time_up)
        outcome.why.code = ERR_NONE;
    report_state(w, *again, outcome.waiting, &outcome.why);
    return true;
}

enum next { NEXT_AT_ONCE, NEXT_SOON, NEXT_WHEN_CALLED };

static bool round_of_work(struct service_worker *w, enum next *next, struct err *err)
{
    size_t waiting;
    bool any, again;
    *next = NEXT_WHEN_CALLED;
    if (!keep_shop(w, err))
        return false;
    arena_reset(&w->job.shop->work, 0);
    if (!any_work(w, &waiting, &any, err))
        return false;
    if (!any) {
        spool_door_end_round(w->door);
        rest(w);
        return true;
    }
    if (!take_printer(w, err)) {
        *next = NEXT_SOON;
        return err->code == ERR_PRINTER_BUSY;
    }
    report_state(w, true, waiting, &w->said.err);
    if (!print_some(w, &again, err))
        return false;
    if (again)
        *next = NEXT_AT_ONCE;
    else
        spool_door_end_round(w->door);
    return true;
}

static void work(struct service_worker *w)
{
    static const int wait_ms[] = {
        [NEXT_AT_ONCE] = 0, [NEXT_SOON] = BUSY_EVERY_MS, [NEXT_WHEN_CALLED] = LOOK_EVERY_MS};
    enum next next = NEXT_AT_ONCE;
    for (bool stop = false;;) {
        struct err err = {0};
        wait_outside(w, spool_door_has_work(w->door) ? 0 : wait_ms[next], &stop);
        if (stop)
            return;
        if (spool_door_must_leave(w->door)) {
            give_printer_back(w);
            report_state(w, false, w->said.waiting, &w->said.err);
            next = NEXT_WHEN_CALLED;
            continue;
        }
        spool_door_begin_round(w->door);
        if (round_of_work(w, &next, &err))
            continue;
        /* a full disk, a file half-written: told, and tried again */
        spool_door_end_round(w->door);
        report_state(w, false, w->said.waiting, &err);
        next = NEXT_WHEN_CALLED;
    }
}

static void *run(void *arg)
{
    struct service_worker *w = arg;
    struct service_report ended = {.kind = REPORT_ENDED};
    if (open_shop(w, &ended.err) &&
        paper_folder(w->job.shop, w->folder, sizeof w->folder, &ended.err) &&
        spool_door_open(w->folder, w->printer, &w->door, &ended.err)) {
        report(w, (struct service_report){.kind = REPORT_LISTENS});
        work(w);
    }
    close_shop(w);
    spool_door_close(w->door);
    report(w, ended);
    return NULL;
}

/* ── from outside ── */

bool service_worker_start(struct service_worker **out, struct slice printer,
                          const struct service_place *place, struct err *err)
{
    struct service_worker *w = calloc(1, sizeof *w);
    if (!w)
        return FAIL(err, ERR_BUG, "out of memory");
    w->place = *place;
    w->warn = (struct shop_warn){w, tell};
    slice_cstr(printer, w->printer, sizeof w->printer);
    int why = pthread_create(&w->thread, NULL, run, w);
    if (why) {
        char text[128];
        free(w);
        return FAIL(err, ERR_BUG, strerror_r(why, text, sizeof text));
    }
    *out = w;
    return true;
}

const char *service_worker_printer(const struct service_worker *worker)
{
    return worker->printer;
}

void service_worker_join(struct service_worker *w)
{
    if (!w)
        return;
    pthread_join(w->thread, NULL);
    free(w);
}
