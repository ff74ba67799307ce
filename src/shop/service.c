#include "shop/service.h"

#include "shop/service_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    LOOK_EVERY_MS = 1000,
    QUIET_IDLE_MS = 30000,     /* a worker between jobs that says nothing for so long hangs */
    QUIET_WORKING_MS = 600000, /* one that prints may be at a long picture on a slow wire */
};

struct service_seat {
    struct service_worker *worker;
    struct service_state state;
    int64_t heard_ms;
    bool listens, ended;
};

struct running {
    const struct service *service;
    struct service_seat seats[SERVICE_PRINTERS_MAX];
    struct service_state states[SERVICE_PRINTERS_MAX]; /* as told last */
    size_t n;
    int stop, reports[2]; /* eventfd; pipe */
    struct err failed;    /* why a worker could not begin */
    int64_t alive_ms;
    bool ready;
};

static bool fail_errno(struct err *err)
{
    char text[128];
    return FAIL(err, ERR_BUG, strerror_r(errno, text, sizeof text));
}

static bool has_worker(const struct running *r, struct slice printer)
{
    for (size_t i = 0; i < r->n; i++)
        if (slice_is(printer, r->seats[i].state.printer))
            return true;
    return false;
}

static bool add_worker(struct running *r, struct slice printer, struct err *err)
{
    if (r->n == SERVICE_PRINTERS_MAX)
        return FAIL(err, ERR_TOO_BIG, "printers.d", "100 printers");
    struct service_seat *seat = &r->seats[r->n];
    const struct service_place place = {.dir = r->service->dir,
                                        .env = r->service->env,
                                        .number = (unsigned)r->n,
                                        .stop_fd = r->stop,
                                        .report_fd = r->reports[1]};
    *seat = (struct service_seat){.heard_ms = transport_clock_ms()};
    if (!service_worker_start(&seat->worker, printer, &place, err))
        return false;
    seat->state.printer = service_worker_printer(seat->worker);
    r->n++;
    return true;
}

/* The workers that are wanted and not there yet. */
static bool add_workers(struct running *r, struct err *err)
{
    struct arena arena;
    struct shop_config config;
    const struct service *s = r->service;
    if (!arena_init(&arena, SHOP_CONFIG_BYTES))
        return FAIL(err, ERR_BUG, "out of memory");
    bool ok = config_read(&config, s->dir, &arena, err);
    size_t n = s->n_printers ? s->n_printers : ok ? config.n_printers : 0;
    for (size_t i = 0; ok && i < n; i++) {
        const struct printer_entry *entry;
        struct slice name = s->n_printers ? s->printers[i] : config.printers[i].name;
        ok = has_worker(r, name) ||
             (config_printer(&config, name, &entry, err) && add_worker(r, name, err));
    }
    arena_finish(&arena);
    return ok;
}

/* ── what the workers say ── */

static bool same_state(const struct service_state *a, const struct service_state *b)
{
    bool same = a->printer && a->working == b->working && a->waiting == b->waiting &&
                a->trouble.code == b->trouble.code;
    for (size_t i = 0; same && i < ERR_ARGS; i++)
        same = strcmp(a->trouble.arg[i], b->trouble.arg[i]) == 0;
    return same;
}

/* Of those who listen; the last ones may still be at opening their shop. */
static void tell_states(struct running *r)
{
    bool same = true;
    size_t n = 0;
    for (; n < r->n && r->seats[n].listens; n++) {
        same = same && same_state(&r->states[n], &r->seats[n].state);
        r->states[n] = r->seats[n].state;
    }
    if (!same && r->service->changed)
        r->service->changed(r->service->ctx, r->states, n);
}

static void take_report(struct running *r, const struct service_report *report)
{
    struct service_seat *seat = &r->seats[report->number];
    seat->heard_ms = transport_clock_ms();
    switch (report->kind) {
    case REPORT_LISTENS:
        seat->listens = true;
        break;
    case REPORT_STATE:
        seat->state.working = report->working;
        seat->state.waiting = report->waiting;
        seat->state.trouble = report->err;
        break;
    case REPORT_TELL:
        if (r->service->tell)
            r->service->tell(r->service->ctx, seat->state.printer, &report->err);
        break;
    case REPORT_ENDED:
        seat->ended = true;
        if (report->err.code != ERR_NONE && r->failed.code == ERR_NONE)
            r->failed = report->err;
        break;
    }
}

/* A report is smaller than PIPE_BUF, so it comes whole. */
static void take_reports(struct running *r)
{
    struct service_report report;
    while (read(r->reports[0], &report, sizeof report) == (ssize_t)sizeof report)
        take_report(r, &report);
}

static bool all_listen(const struct running *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (!r->seats[i].listens)
            return false;
    return true;
}

static bool all_alive(const struct running *r, int64_t now)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct service_seat *seat = &r->seats[i];
        if (now - seat->heard_ms > (seat->state.working ? QUIET_WORKING_MS : QUIET_IDLE_MS))
            return false;
    }
    return true;
}

/* ── from start to end ── */

/* True when it shall end. */
static bool wait_a_second(struct running *r)
{
    struct pollfd fds[] = {{.fd = r->service->stop_fd, .events = POLLIN},
                           {.fd = r->reports[0], .events = POLLIN}};
    poll(fds, 2, LOOK_EVERY_MS);
    take_reports(r);
    return fds[0].revents != 0;
}

static void look_around(struct running *r)
{
    struct err err = {0};
    int64_t now = transport_clock_ms();
    if (now - r->alive_ms < LOOK_EVERY_MS)
        return;
    r->alive_ms = now;
    if (r->service->alive && all_alive(r, now))
        r->service->alive(r->service->ctx);
    /* an owner in the middle of writing a file is no reason to stop */
    if (!r->service->n_printers)
        add_workers(r, &err);
}

static bool serve(struct running *r, struct err *err)
{
    bool stop = false;
    while (!stop) {
        stop = wait_a_second(r);
        if (r->failed.code != ERR_NONE) {
            *err = r->failed;
            return false;
        }
        if (!r->ready && all_listen(r)) {
            r->ready = true;
            if (r->service->ready)
                r->service->ready(r->service->ctx);
        }
        tell_states(r);
        look_around(r);
    }
    return true;
}

/* The workers write into the pipe until they end: it must not be full. */
static bool wait_for_reports(struct running *r)
{
    struct pollfd fd = {.fd = r->reports[0], .events = POLLIN};
    bool any = poll(&fd, 1, -1) > 0 || errno == EINTR;
    take_reports(r);
    return any;
}

static void stop_workers(struct running *r)
{
    const uint64_t one = 1;
    if (r->stop >= 0)
        (void)!write(r->stop, &one, sizeof one);
    for (size_t i = 0; i < r->n; i++) {
        while (!r->seats[i].ended && wait_for_reports(r))
            ;
        service_worker_join(r->seats[i].worker);
    }
}

static void close_if(int fd)
{
    if (fd >= 0)
        close(fd);
}

bool service_run(const struct service *service, struct err *err)
{
    struct running *r = calloc(1, sizeof *r);
    if (!r)
        return FAIL(err, ERR_BUG, "out of memory");
    r->service = service;
    r->reports[0] = r->reports[1] = -1;
    r->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    bool ok = (r->stop >= 0 && pipe2(r->reports, O_CLOEXEC) == 0 &&
               fcntl(r->reports[0], F_SETFL, O_NONBLOCK) == 0) ||
              fail_errno(err);
    ok = ok && add_workers(r, err) && serve(r, err);
    stop_workers(r);
    close_if(r->stop);
    close_if(r->reports[0]);
    close_if(r->reports[1]);
    free(r);
    return ok;
}
