#include "transport/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

bool fd_fail(const struct fd_wire *wire, int why, struct err *err)
{
    char text[128];
    return FAIL(err, ERR_PRINTER_IO, wire->name, strerror_r(why, text, sizeof text));
}

bool fd_wire_create(struct fd_wire **wire, const struct transport_ops *ops, int fd,
                    const char *name, struct err *err)
{
    struct stat st;
    int flags = fcntl(fd, F_GETFL);
    struct fd_wire *w = calloc(1, sizeof *w);
    if (!w || flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fstat(fd, &st) < 0) {
        int why = w ? errno : ENOMEM;
        free(w);
        close(fd);
        char text[128];
        return FAIL(err, ERR_PRINTER_IO, name, strerror_r(why, text, sizeof text));
    }
    w->transport.ops = ops;
    w->fd = fd;
    w->is_socket = S_ISSOCK(st.st_mode);
    w->is_pipe = S_ISFIFO(st.st_mode);
    snprintf(w->name, sizeof w->name, "%s", name);
    *wire = w;
    return true;
}

int fd_wait(int fd, short events, int64_t deadline_ms)
{
    for (;;) {
        int64_t left = deadline_ms - transport_clock_ms();
        if (left < 0)
            left = 0;
        struct pollfd p = {.fd = fd, .events = events};
        int n = poll(&p, 1, left > 60000 ? 60000 : (int)left);
        if (n > 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return errno;
        if (transport_clock_ms() >= deadline_ms)
            return ETIMEDOUT;
    }
}

/* write() on a pipe nobody reads raises SIGPIPE, which would end a till. It is held back for this
 * thread and taken out again, unless one was waiting already, which is somebody else's. */
static ssize_t write_quietly(int fd, struct slice bytes)
{
    sigset_t pipe_signal, before, pending;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t n = write(fd, bytes.p, bytes.n);
    int why = errno;
    if (n < 0 && why == EPIPE && !sigismember(&pending, SIGPIPE)) {
        const struct timespec now = {0};
        while (sigtimedwait(&pipe_signal, NULL, &now) < 0 && errno == EINTR)
            ;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return n;
}

static ssize_t write_some(const struct fd_wire *wire, struct slice bytes)
{
    if (wire->is_socket)
        return send(wire->fd, bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);
    return wire->is_pipe ? write_quietly(wire->fd, bytes) : write(wire->fd, bytes.p, bytes.n);
}

int fd_push(const struct fd_wire *wire, struct slice bytes, unsigned timeout_ms, size_t *taken)
{
    *taken = 0;
    int64_t deadline = transport_clock_ms() + timeout_ms;
    while (*taken < bytes.n) {
        ssize_t n = write_some(wire, slice_sub(bytes, *taken, bytes.n));
        if (n > 0) {
            *taken += (size_t)n;
            deadline = transport_clock_ms() + timeout_ms;
            continue;
        }
        if (n == 0)
            return EIO;
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            return errno;
        int why = fd_wait(wire->fd, POLLOUT, deadline);
        if (why)
            return why;
    }
    return 0;
}

int fd_pull(const struct fd_wire *wire, unsigned timeout_ms, struct buf *out)
{
    int64_t deadline = transport_clock_ms() + timeout_ms;
    for (;;) {
        uint8_t bytes[FD_RECEIVE_BYTES];
        ssize_t n = read(wire->fd, bytes, sizeof bytes);
        if (n > 0) {
            buf_append(out, bytes, (size_t)n);
            return 0;
        }
        if (n == 0)
            return wire->zero_is_nothing ? 0 : ECONNRESET;
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            return errno;
        int why = fd_wait(wire->fd, POLLIN, deadline);
        if (why)
            return why == ETIMEDOUT ? 0 : why;
    }
}

bool fd_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
             struct err *err)
{
    const struct fd_wire *wire = (const struct fd_wire *)t;
    int why = fd_push(wire, bytes, timeout_ms, taken);
    return why ? fd_fail(wire, why, err) : true;
}

bool fd_receive(struct transport *t, unsigned timeout_ms, struct buf *out, struct err *err)
{
    const struct fd_wire *wire = (const struct fd_wire *)t;
    int why = fd_pull(wire, timeout_ms, out);
    return why ? fd_fail(wire, why, err) : true;
}

void fd_close(struct transport *t)
{
    struct fd_wire *wire = (struct fd_wire *)t;
    close(wire->fd);
    free(wire);
}

static const struct transport_ops two_way = {
    .send = fd_send, .receive = fd_receive, .close = fd_close};

bool transport_fd(int fd, const char *name, struct transport **t, struct err *err)
{
    struct fd_wire *wire = NULL;
    if (!fd_wire_create(&wire, &two_way, fd, name, err))
        return false;
    *t = &wire->transport;
    return true;
}
