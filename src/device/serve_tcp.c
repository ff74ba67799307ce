/* Raw TCP: what comes is the printer's, what the printer says goes back on the same connection. One
 * host at a time. Nothing is read that the device has no room for, so that the host's own TCP
 * waits; the kernel's buffer is made as small as it allows. */
#include "device/serve_inside.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KERNEL_BUFFER_BYTES = 2048 };

static bool listen_again(struct serve *s, struct err *err)
{
    return serve_listen(s, "a network printer", s->tcp_address, KERNEL_BUFFER_BYTES,
                        &s->tcp_listener, err);
}

bool serve_tcp_begin(struct serve *s, struct err *err)
{
    const char *address = s->options->listen;
    buf_init(&s->tcp.out, 0);
    if (!address)
        return true;
    serve_address(s->tcp_address, strncmp(address, "tcp:", 4) == 0 ? address + 4 : address);
    return listen_again(s, err);
}

static void hang_up(struct serve *s, bool reset)
{
    struct tcp_client *c = &s->tcp;
    if (c->fd < 0)
        return;
    if (reset)
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(c->fd);
    c->fd = -1;
    c->out_at = 0;
    buf_reset(&c->out);
    device_hang_up(s->dev);
    serve_say(s, reset ? "the host's connection is reset" : "the host is gone");
}

/* Gives the device what it takes of what has come. */
static void take(struct serve *s)
{
    struct tcp_client *c = &s->tcp;
    uint8_t bytes[SERVE_READ_BYTES];
    c->blocked = false;
    while (c->fd >= 0) {
        ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_PEEK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0) {
            c->ended = true;
            return;
        }
        if (n < 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK)
                hang_up(s, false);
            return;
        }
        enum device_port port;
        size_t taken = device_receive(s->dev, slice_of(bytes, (size_t)n), &port);
        if (port == DEVICE_STALL)
            device_clear_halt(s->dev, false); /* there are no endpoints to halt */
        while (taken) {
            ssize_t out = recv(c->fd, bytes, taken, 0);
            if (out <= 0)
                break;
            taken -= (size_t)out;
        }
        if (port == DEVICE_NAK || port == DEVICE_REFUSED) {
            c->blocked = true;
            return;
        }
    }
}

static void answer(struct serve *s)
{
    struct tcp_client *c = &s->tcp;
    while (c->fd >= 0) {
        enum device_port port;
        if (c->out_at == c->out.n && !device_transmit(s->dev, &c->out, SERVE_READ_BYTES, &port)) {
            if (port == DEVICE_STALL)
                device_clear_halt(s->dev, true);
            return;
        }
        if (!serve_write(c->fd, &c->out, &c->out_at)) {
            hang_up(s, false);
            return;
        }
        if (c->out.n)
            return;
    }
}

void serve_tcp_pump(struct serve *s)
{
    struct tcp_client *c = &s->tcp;
    struct err unused;
    if (!s->options->listen)
        return;
    if (s->tcp_listener >= 0 && !device_has_power(s->dev)) {
        close(s->tcp_listener);
        s->tcp_listener = -1;
    }
    if (s->tcp_listener < 0 && device_has_power(s->dev))
        listen_again(s, &unused); /* its port may still be held: the next round tries again */
    if (c->fd >= 0 && c->connection != device_connection(s->dev))
        hang_up(s, true);
    if (c->fd >= 0 && c->blocked)
        take(s);
    answer(s);
    if (c->fd >= 0 && c->ended)
        hang_up(s, false);
}

static void ready(struct serve *s, void *who, short events)
{
    (void)who;
    if (s->tcp.fd < 0)
        return;
    if (events & (POLLERR | POLLNVAL))
        hang_up(s, false);
    else if (events & (POLLIN | POLLHUP))
        take(s);
}

static void host_comes(struct serve *s, void *who, short events)
{
    (void)who, (void)events;
    if (s->tcp.fd >= 0 || s->tcp_listener < 0)
        return;
    int fd = accept4(s->tcp_listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    s->tcp.fd = fd;
    s->tcp.connection = device_connection(s->dev);
    s->tcp.blocked = s->tcp.ended = false;
    device_hang_up(s->dev);
    serve_say(s, "a host is connected");
}

void serve_tcp_wait(struct serve *s)
{
    const struct tcp_client *c = &s->tcp;
    if (c->fd < 0) {
        serve_wait_for(s, s->tcp_listener, POLLIN, host_comes, NULL);
        return;
    }
    short events = 0;
    if (!c->blocked)
        events |= POLLIN;
    if (c->out_at < c->out.n)
        events |= POLLOUT;
    serve_wait_for(s, c->fd, events, ready, NULL);
}

void serve_tcp_end(struct serve *s)
{
    if (s->tcp.fd >= 0)
        close(s->tcp.fd);
    if (s->tcp_listener >= 0)
        close(s->tcp_listener);
    buf_finish(&s->tcp.out);
}
