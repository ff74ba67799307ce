/* USB/IP on TCP: `usbip attach -r HOST -b 1-1` on any Linux. */
#include "device/serve_inside.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

bool serve_usbip_begin(struct serve *s, struct err *err)
{
    char address[SERVE_ADDRESS_BYTES];
    for (unsigned i = 0; i < SERVE_CONNECTIONS; i++)
        buf_init(&s->usbip[i].out, 0);
    if (!s->options->usbip)
        return true;
    serve_address(address, s->options->usbip);
    return serve_listen(s, "USB/IP, bus id 1-1,", address, 0, &s->usbip_listener, err);
}

static void hang_up(struct serve *s, struct usbip_client *c)
{
    close(c->fd);
    c->fd = -1;
    usbip_destroy(c->ip);
    c->ip = NULL;
    c->out_at = 0;
    buf_reset(&c->out);
    if (c->has_it)
        serve_say(s, "the USB host is gone");
    c->has_it = false;
}

/* Writes what it has to say; lets go of it when all is said. */
static void answer(struct serve *s, struct usbip_client *c)
{
    usbip_take(c->ip, &c->out);
    bool gone = !serve_write(c->fd, &c->out, &c->out_at);
    if (gone || (usbip_is_over(c->ip) && !c->out.n))
        hang_up(s, c);
}

void serve_usbip_pump(struct serve *s)
{
    for (unsigned i = 0; i < SERVE_CONNECTIONS; i++) {
        struct usbip_client *c = &s->usbip[i];
        if (c->fd < 0)
            continue;
        usbip_pump(c->ip);
        answer(s, c);
    }
}

static void ready(struct serve *s, void *who, short events)
{
    struct usbip_client *c = who;
    uint8_t bytes[SERVE_READ_BYTES * 8];
    (void)events;
    if (c->fd < 0)
        return;
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (n <= 0) {
        hang_up(s, c);
        return;
    }
    usbip_feed(c->ip, slice_of(bytes, (size_t)n));
    if (!c->has_it && usbip_has_it(c->ip)) {
        c->has_it = true;
        serve_say(s, "a USB host has it");
    }
    answer(s, c);
}

bool serve_usbip_adopt(struct serve *s, int fd, struct usbip *ip)
{
    for (unsigned i = 0; i < SERVE_CONNECTIONS; i++) {
        struct usbip_client *c = &s->usbip[i];
        if (c->fd >= 0)
            continue;
        c->fd = fd;
        c->ip = ip;
        c->has_it = usbip_has_it(ip);
        return true;
    }
    usbip_destroy(ip);
    close(fd);
    return false;
}

static void host_comes(struct serve *s, void *who, short events)
{
    struct usbip *ip;
    struct err err;
    (void)who, (void)events;
    int fd = accept4(s->usbip_listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));
    if (!usbip_create(&ip, &s->usb, &err)) {
        close(fd);
        serve_say_err(s, &err);
        return;
    }
    serve_usbip_adopt(s, fd, ip);
}

void serve_usbip_wait(struct serve *s)
{
    bool room = false;
    for (unsigned i = 0; i < SERVE_CONNECTIONS; i++) {
        struct usbip_client *c = &s->usbip[i];
        room = room || c->fd < 0;
        if (c->fd < 0)
            continue;
        bool full = c->out.n - c->out_at >= USBIP_MAX_TRANSFER_BYTES || usbip_is_full(c->ip);
        short events = (short)((full ? 0 : POLLIN) | (c->out_at < c->out.n ? POLLOUT : 0));
        serve_wait_for(s, c->fd, events, ready, c);
    }
    if (room)
        serve_wait_for(s, s->usbip_listener, POLLIN, host_comes, NULL);
}

void serve_usbip_end(struct serve *s)
{
    for (unsigned i = 0; i < SERVE_CONNECTIONS; i++) {
        if (s->usbip[i].fd >= 0)
            hang_up(s, &s->usbip[i]);
        buf_finish(&s->usbip[i].out);
    }
    if (s->usbip_listener >= 0)
        close(s->usbip_listener);
}
