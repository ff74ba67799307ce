/* tcp://HOST:9100, raw both ways (the port's custom; many printers take one connection at a time
 * and some never answer).
 *
 * What counts as taken: a byte that the kernel holds cannot be called back while the connection
 * lives, so it counts. When the connection is dead, what the kernel never put on the line is known
 * exactly (SIOCOUTQNSD) and does not count. That the printer has the bytes is known when its own
 * TCP acknowledged them: flush waits for that, which is also how a connection that is open on one
 * side only is noticed. */
#include "transport/fd.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECT_TIMEOUT_MS = 5000,
    FLUSH_STEP_MAX_MS = 16,
    CLOSE_READS = 16, /* turns of FD_RECEIVE_BYTES */
    HOST_BYTES = 256,
    PORT_BYTES = 8,
};

static size_t outstanding(int fd, unsigned long what)
{
    int n = 0;
    return ioctl(fd, what, &n) == 0 && n > 0 ? (size_t)n : 0;
}

static bool tcp_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
                     struct err *err)
{
    const struct fd_wire *wire = (const struct fd_wire *)t;
    int why = fd_push(wire, bytes, timeout_ms, taken);
    if (why && why != ETIMEDOUT) {
        size_t unsent = outstanding(wire->fd, SIOCOUTQNSD);
        *taken -= unsent < *taken ? unsent : *taken;
    }
    return why ? fd_fail(wire, why, err) : true;
}

static int trouble_of(int fd)
{
    int why = 0;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &(socklen_t){sizeof why});
    return why ? why : ECONNRESET;
}

/* No event tells that the last byte was acknowledged: asked again in growing steps; the clock
 * starts anew at each acknowledgement. A reset after the last one is trouble too: the printer did
 * not want them. */
static int wait_acknowledged(int fd, unsigned timeout_ms)
{
    size_t before = 0;
    int64_t deadline = 0;
    for (int64_t step = 0;; step = step < FLUSH_STEP_MAX_MS ? step * 2 + 1 : step) {
        if (fd_wait(fd, 0, transport_clock_ms() + step) == 0) /* POLLERR or POLLHUP */
            return trouble_of(fd);
        size_t left = outstanding(fd, SIOCOUTQ);
        int64_t now = transport_clock_ms();
        if (!left)
            return 0;
        if (left < before || !step)
            deadline = now + timeout_ms;
        else if (now >= deadline)
            return ETIMEDOUT;
        before = left;
    }
}

static bool tcp_flush(struct transport *t, unsigned timeout_ms, struct err *err)
{
    const struct fd_wire *wire = (const struct fd_wire *)t;
    int why = wait_acknowledged(wire->fd, timeout_ms);
    return why ? fd_fail(wire, why, err) : true;
}

/* The printer's window is shut, so that the kernel keeps bytes to itself, and its side still
 * answers: neither probes of the window nor bytes that were sent again stay without an answer for
 * long. */
static size_t tcp_waiting(const struct transport *t)
{
    enum { UNANSWERED = 3 };
    const struct fd_wire *wire = (const struct fd_wire *)t;
    struct tcp_info info = {0};
    if (!outstanding(wire->fd, SIOCOUTQNSD) ||
        getsockopt(wire->fd, IPPROTO_TCP, TCP_INFO, &info, &(socklen_t){sizeof info}) != 0 ||
        info.tcpi_state != TCP_ESTABLISHED || info.tcpi_probes >= UNANSWERED ||
        info.tcpi_retransmits >= UNANSWERED)
        return 0;
    return outstanding(wire->fd, SIOCOUTQ);
}

/* close() with unread input resets the connection, and a printer may then drop what it has not
 * printed: what is there is read first. */
static void tcp_close(struct transport *t)
{
    const struct fd_wire *wire = (const struct fd_wire *)t;
    uint8_t unread[FD_RECEIVE_BYTES];
    shutdown(wire->fd, SHUT_WR);
    for (int i = 0; i < CLOSE_READS && read(wire->fd, unread, sizeof unread) > 0; i++)
        ;
    fd_close(t);
}

static const struct transport_ops tcp_ops = {.send = tcp_send,
                                             .receive = fd_receive,
                                             .close = tcp_close,
                                             .flush = tcp_flush,
                                             .waiting = tcp_waiting};

static bool copy_part(struct slice part, char *out, size_t cap)
{
    if (!part.n || part.n >= cap)
        return false;
    memcpy(out, part.p, part.n);
    out[part.n] = 0;
    return true;
}

static bool is_port(const char *s)
{
    unsigned value = 0;
    for (; *s >= '0' && *s <= '9' && value <= 65535; s++)
        value = value * 10 + (unsigned)(*s - '0');
    return !*s && value >= 1 && value <= 65535;
}

/* "//HOST:PORT", "//[v6]:PORT"; without a port 9100. */
static bool parse_address(const char *rest, char host[HOST_BYTES], char port[PORT_BYTES])
{
    if (strncmp(rest, "//", 2) != 0)
        return false;
    struct slice s = slice_str(rest + 2), tail;
    const uint8_t *end = NULL;
    if (slice_starts(s, "[")) {
        end = memchr(s.p, ']', s.n);
        if (!end || !copy_part(slice_of(s.p + 1, (size_t)(end - s.p) - 1), host, HOST_BYTES))
            return false;
        tail = slice_sub(s, (size_t)(end - s.p) + 1, s.n);
    } else {
        end = memchr(s.p, ':', s.n);
        tail = end ? slice_sub(s, (size_t)(end - s.p), s.n) : (struct slice){NULL, 0};
        if (!copy_part(slice_sub(s, 0, s.n - tail.n), host, HOST_BYTES))
            return false;
    }
    if (strpbrk(host, "/@? ") || (tail.n && tail.p[0] != ':'))
        return false;
    if (!tail.n)
        return copy_part(SLICE_LITERAL("9100"), port, PORT_BYTES);
    return copy_part(slice_sub(tail, 1, tail.n), port, PORT_BYTES) && is_port(port);
}

static bool tcp_check(const char *rest)
{
    char host[HOST_BYTES], port[PORT_BYTES];
    return parse_address(rest, host, port);
}

static int connect_one(const struct addrinfo *to, int64_t deadline_ms, int *fd)
{
    int s = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol);
    if (s < 0)
        return errno;
    int why = connect(s, to->ai_addr, to->ai_addrlen) == 0 ? 0 : errno;
    if (why == EINPROGRESS || why == EINTR) {
        why = fd_wait(s, POLLOUT, deadline_ms);
        if (!why)
            getsockopt(s, SOL_SOCKET, SO_ERROR, &why, &(socklen_t){sizeof why});
    }
    if (why) {
        close(s);
        return why;
    }
    /* A status request is a few bytes that should leave at once; a printer that lost its cable is
     * noticed in the end. */
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));
    *fd = s;
    return 0;
}

/* Looking the name up may block for as long as the system's resolver does; an address does not. */
static bool tcp_open(void *ctx, const char *rest, struct transport **t, struct err *err)
{
    (void)ctx;
    char name[FD_NAME_BYTES], host[HOST_BYTES], port[PORT_BYTES];
    snprintf(name, sizeof name, "tcp:%s", rest);
    if (!parse_address(rest, host, port))
        return FAIL(err, ERR_PRINTER_URI, name);
    const struct addrinfo hints = {
        .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int unknown = getaddrinfo(host, port, &hints, &found);
    if (unknown)
        return FAIL(err, ERR_PRINTER_IO, name, gai_strerror(unknown));
    int fd = -1, why = ENOENT;
    int64_t deadline = transport_clock_ms() + CONNECT_TIMEOUT_MS;
    for (const struct addrinfo *a = found; a && why; a = a->ai_next)
        why = connect_one(a, deadline, &fd);
    freeaddrinfo(found);
    if (why) {
        char text[128];
        return FAIL(err, ERR_PRINTER_IO, name, strerror_r(why, text, sizeof text));
    }
    struct fd_wire *wire = NULL;
    if (!fd_wire_create(&wire, &tcp_ops, fd, name, err))
        return false;
    *t = &wire->transport;
    return true;
}

const struct transport_scheme transport_tcp = {
    .scheme = "tcp", .example = "tcp://192.168.1.50:9100", .check = tcp_check, .open = tcp_open};
