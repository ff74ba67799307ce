#include "printer/call.h"
#include "printer/lock.h"
#include "spool/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    CALLERS_MAX = 32, /* more wait in the kernel until somebody hangs up */
    BACKLOG = 128,
    WORD_BYTES = 32,
};

enum wish { WISH_NOTHING, WISH_PRINT, WISH_LEAVE };

struct caller {
    int fd;
    enum wish wish;
    int64_t job;
    bool seen; /* a round began since */
};

struct spool_door {
    int fd, guard;
    int folder; /* the socket is reached through it: its own path may be too long for one */
    struct sockaddr_un address;
    struct caller callers[CALLERS_MAX];
    size_t n;
};

/* ── the worker's side ── */

static bool fail(const char *dir, int why, struct err *err)
{
    char text[128];
    return FAIL(err, ERR_FILE_WRITE, dir, strerror_r(why, text, sizeof text));
}

static bool guard(struct spool_door *door, const char *dir, const char *printer, struct err *err)
{
    door->guard = printer_open_file(dir, printer, ".worker", err);
    if (door->guard < 0)
        return false;
    return flock(door->guard, LOCK_EX | LOCK_NB) == 0 || FAIL(err, ERR_SPOOL_RUNNING, printer);
}

/* The guard is ours, so a socket that stands there belongs to somebody dead. */
static bool listen_there(struct spool_door *door, const char *dir, const char *printer,
                         struct err *err)
{
    door->folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (door->folder < 0 || !printer_door_address(door->folder, printer, &door->address))
        return fail(dir, door->folder < 0 ? errno : ENAMETOOLONG, err);
    door->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    unlink(door->address.sun_path);
    if (door->fd < 0 ||
        bind(door->fd, (const struct sockaddr *)&door->address, sizeof door->address) != 0 ||
        listen(door->fd, BACKLOG) != 0)
        return fail(dir, errno, err);
    return true;
}

bool spool_door_open(const char *dir, const char *printer, struct spool_door **out, struct err *err)
{
    struct spool_door *door = calloc(1, sizeof *door);
    if (!door)
        return FAIL(err, ERR_TOO_BIG, printer, "memory");
    door->fd = door->guard = door->folder = -1;
    if (!guard(door, dir, printer, err) || !listen_there(door, dir, printer, err)) {
        spool_door_close(door);
        return false;
    }
    *out = door;
    return true;
}

static void close_if(int fd)
{
    if (fd >= 0)
        close(fd);
}

void spool_door_close(struct spool_door *door)
{
    if (!door)
        return;
    if (door->fd >= 0)
        unlink(door->address.sun_path);
    for (size_t i = 0; i < door->n; i++)
        close(door->callers[i].fd);
    close_if(door->fd);
    close_if(door->folder);
    close_if(door->guard);
    free(door);
}

static void let_in(struct spool_door *door)
{
    while (door->n < CALLERS_MAX) {
        int fd = accept4(door->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        door->callers[door->n++] = (struct caller){.fd = fd};
    }
}

static void understand(struct caller *caller, struct slice word)
{
    static const struct slice print = SLICE("print ");
    uint64_t job;
    caller->seen = false;
    if (slice_is(word, "leave")) {
        caller->wish = WISH_LEAVE;
    } else if (word.n > print.n && memcmp(word.p, print.p, print.n) == 0 &&
               slice_u64(slice_sub(word, print.n, word.n), INT64_MAX, &job)) {
        caller->wish = WISH_PRINT;
        caller->job = (int64_t)job;
    }
}

/* False when the caller is gone. */
static bool hear(struct caller *caller)
{
    for (;;) {
        char word[WORD_BYTES];
        ssize_t n = recv(caller->fd, word, sizeof word, 0);
        if (n > 0)
            understand(caller, slice_of(word, (size_t)n));
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            return false;
        else if (errno == EAGAIN)
            return true;
    }
}

static void hear_all(struct spool_door *door)
{
    let_in(door);
    for (size_t i = 0; i < door->n;) {
        if (hear(&door->callers[i])) {
            i++;
        } else {
            close(door->callers[i].fd);
            door->callers[i] = door->callers[--door->n];
        }
    }
}

void spool_door_wait(struct spool_door *door, struct pollfd *others, size_t n, int timeout_ms)
{
    struct pollfd fds[SPOOL_DOOR_OTHERS + 1 + CALLERS_MAX];
    size_t used = n;
    if (n)
        memcpy(fds, others, n * sizeof *others);
    /* a door that is full would stay ready */
    fds[used++] = (struct pollfd){.fd = door->n < CALLERS_MAX ? door->fd : -1, .events = POLLIN};
    for (size_t i = 0; i < door->n; i++)
        fds[used++] = (struct pollfd){.fd = door->callers[i].fd, .events = POLLIN};
    if (poll(fds, used, timeout_ms) < 0)
        for (size_t i = 0; i < n; i++)
            fds[i].revents = 0;
    for (size_t i = 0; i < n; i++)
        others[i].revents = fds[i].revents;
    hear_all(door);
}

bool spool_door_has_work(const struct spool_door *door)
{
    for (size_t i = 0; i < door->n; i++)
        if (door->callers[i].wish == WISH_PRINT && !door->callers[i].seen)
            return true;
    return false;
}

bool spool_door_must_leave(const struct spool_door *door)
{
    for (size_t i = 0; i < door->n; i++)
        if (door->callers[i].wish == WISH_LEAVE)
            return true;
    return false;
}

void spool_door_begin_round(struct spool_door *door)
{
    for (size_t i = 0; i < door->n; i++)
        door->callers[i].seen = true;
}

/* A caller that is gone, or reads nothing, needs no answer. */
static void answer(const struct caller *caller)
{
    static const char done[] = "done";
    (void)!send(caller->fd, done, sizeof done - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void spool_door_tell(struct spool_door *door, int64_t job)
{
    for (size_t i = 0; i < door->n; i++) {
        struct caller *caller = &door->callers[i];
        if (caller->wish == WISH_PRINT && caller->job == job) {
            caller->wish = WISH_NOTHING;
            answer(caller);
        }
    }
}

void spool_door_end_round(struct spool_door *door)
{
    for (size_t i = 0; i < door->n; i++) {
        struct caller *caller = &door->callers[i];
        if (caller->wish == WISH_PRINT && caller->seen) {
            caller->wish = WISH_NOTHING;
            answer(caller);
        }
    }
}

/* ── the caller's side ── */

struct spool_call {
    int fd;
};

struct spool_call *spool_call_worker(const char *dir, const char *printer)
{
    int fd = printer_call(dir, printer);
    struct spool_call *call = fd >= 0 ? malloc(sizeof *call) : NULL;
    if (!call) {
        close_if(fd);
        return NULL;
    }
    call->fd = fd;
    return call;
}

void spool_hang_up(struct spool_call *call)
{
    if (!call)
        return;
    close(call->fd);
    free(call);
}

enum spool_heard spool_call_print(struct spool_call *call, int64_t job, int timeout_ms)
{
    char word[WORD_BYTES];
    int64_t deadline = transport_clock_ms() + timeout_ms;
    int n = snprintf(word, sizeof word, "print %lld", (long long)job);
    if (send(call->fd, word, (size_t)n, MSG_NOSIGNAL) < 0)
        return SPOOL_GONE;
    for (;;) {
        int64_t left = deadline - transport_clock_ms();
        struct pollfd fd = {.fd = call->fd, .events = POLLIN};
        int ready = poll(&fd, 1, left > 0 ? (int)left : 0);
        if (ready > 0)
            return recv(call->fd, word, sizeof word, MSG_DONTWAIT) > 0 ? SPOOL_ANSWERED
                                                                       : SPOOL_GONE;
        if (ready == 0 || left <= 0)
            return SPOOL_TIME_UP;
    }
}

void spool_call_leave(struct spool_call *call)
{
    printer_call_leave(call ? call->fd : -1);
}
