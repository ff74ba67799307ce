#include "device/serve.h"

#include "device/serve_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SECOND_US = 1000000, US_NS = 1000, SCRIPT_MAX_BYTES = 1 << 20, HOST_BYTES = 256 };

void serve_say(struct serve *s, const char *format, ...)
{
    char words[SERVE_WORDS_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    s->options->say(s->options->ctx, words);
}

void serve_say_err(struct serve *s, const struct err *err)
{
    struct buf words;
    buf_init(&words, 0);
    err_text(err, LANG_EN, &words);
    const char *text = buf_cstr(&words);
    s->options->say(s->options->ctx, text ? text : "out of memory");
    buf_finish(&words);
}

static void watch_say(void *ctx, const char *words)
{
    serve_say(ctx, "%s", words);
}

static int64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * SECOND_US + t.tv_nsec / US_NS;
}

bool serve_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

bool serve_write(int fd, struct buf *out, size_t *at)
{
    while (*at < out->n) {
        ssize_t n = send(fd, out->p + *at, out->n - *at, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK;
        *at += (size_t)n;
    }
    *at = 0;
    buf_reset(out);
    return true;
}

/* ── listening ── */

/* "9100", "ADDRESS:9100", "[v6]:9100"; loopback when no address is said. */
static bool split(const char *address, char host[HOST_BYTES], const char **port)
{
    const char *colon = strrchr(address, ':');
    struct slice h = slice_of(address, colon ? (size_t)(colon - address) : 0);
    if (h.n >= 2 && h.p[0] == '[' && h.p[h.n - 1] == ']')
        h = slice_sub(h, 1, h.n - 1);
    if (!colon)
        h = slice_str("127.0.0.1");
    *port = colon ? colon + 1 : address;
    uint64_t number;
    return h.n && h.n < HOST_BYTES && slice_cstr(h, host, HOST_BYTES) == h.n &&
           slice_u64(slice_str(*port), UINT16_MAX, &number);
}

static int listen_on(const struct addrinfo *a, int receive_bytes)
{
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (receive_bytes)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, SERVE_CONNECTIONS) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

void serve_address(char out[SERVE_ADDRESS_BYTES], const char *address)
{
    slice_cstr(slice_str(address), out, SERVE_ADDRESS_BYTES);
}

static void say_listening(struct serve *s, const char *what, int fd,
                          char address[SERVE_ADDRESS_BYTES])
{
    struct sockaddr_storage at = {0};
    socklen_t length = sizeof at;
    char host[HOST_BYTES], port[16];
    if (getsockname(fd, (struct sockaddr *)&at, &length) != 0 ||
        getnameinfo((struct sockaddr *)&at, length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    snprintf(address, SERVE_ADDRESS_BYTES, at.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
             port);
    serve_say(s, "%s on %s", what, address);
}

bool serve_listen(struct serve *s, const char *what, char address[SERVE_ADDRESS_BYTES],
                  int receive_bytes, int *fd, struct err *err)
{
    char host[HOST_BYTES];
    const char *port;
    if (!split(address, host, &port))
        return FAIL(err, ERR_DEVICE_LISTEN, address, "it is no ADDRESS:PORT");
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *found = NULL;
    int unknown = getaddrinfo(host, port, &hints, &found);
    if (unknown)
        return FAIL(err, ERR_DEVICE_LISTEN, address, gai_strerror(unknown));
    *fd = listen_on(found, receive_bytes);
    int why = errno;
    freeaddrinfo(found);
    if (*fd < 0)
        return FAIL(err, ERR_DEVICE_LISTEN, address, strerror(why));
    say_listening(s, what, *fd, address);
    return true;
}

/* ── the loop ── */

void serve_wait_for(struct serve *s, int fd, short events, serve_ready *ready, void *who)
{
    if (fd >= 0 && s->n_sources < SERVE_SOURCES)
        s->sources[s->n_sources++] = (struct source){fd, events, ready, who};
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static struct timespec time_until(int64_t next_us)
{
    int64_t us = next_us - clock_us();
    if (us < 0)
        us = 0;
    return (struct timespec){us / SECOND_US, us % SECOND_US * US_NS};
}

/* Waits for what comes first; false when it is the end. */
static bool wait_and_tell(struct serve *s)
{
    struct pollfd polled[SERVE_SOURCES];
    int64_t next =
        least(device_next_us(s->dev), least(serve_attach_next_us(s), serve_paper_next_us(s)));
    struct timespec timeout = time_until(next);
    for (unsigned i = 0; i < s->n_sources; i++)
        polled[i] = (struct pollfd){.fd = s->sources[i].fd, .events = s->sources[i].events};
    int n = ppoll(polled, s->n_sources, next == INT64_MAX ? NULL : &timeout, NULL);
    s->now_us = clock_us();
    device_advance(s->dev, s->now_us);
    for (unsigned i = 0; n > 0 && i < s->n_sources; i++) {
        if (!polled[i].revents)
            continue;
        if (!s->sources[i].ready)
            return false;
        s->sources[i].ready(s, s->sources[i].who, polled[i].revents);
    }
    return true;
}

static void run(struct serve *s)
{
    do {
        serve_tcp_pump(s);
        serve_usbip_pump(s);
        serve_attach_pump(s);
        serve_paper_pump(s);
        s->n_sources = 0;
        serve_wait_for(s, s->options->stop_fd, POLLIN, NULL, NULL);
        serve_tcp_wait(s);
        serve_usbip_wait(s);
        serve_control_wait(s);
    } while (wait_and_tell(s));
}

static bool give_script(struct serve *s, struct err *err)
{
    const char *path = s->options->script;
    struct buf text;
    if (!path)
        return true;
    buf_init(&text, SCRIPT_MAX_BYTES);
    bool ok = buf_read_file(&text, path) || FAIL(err, ERR_FILE_OPEN, path, strerror(errno));
    if (ok && !device_script(s->dev, buf_slice(&text), err))
        ok = err_at(err, path, 0, 0);
    buf_finish(&text);
    return ok;
}

static void end(struct serve *s)
{
    serve_tcp_end(s);
    serve_usbip_end(s);
    serve_control_end(s);
    device_destroy(s->dev);
    free(s);
}

bool serve(const struct serve_options *options, struct err *err)
{
    struct serve *s = calloc(1, sizeof *s);
    if (!s)
        return FAIL(err, ERR_BUG, "out of memory");
    struct device_options device = options->device;
    s->options = options;
    s->tcp_listener = s->usbip_listener = s->control_listener = s->control_fifo = s->tcp.fd = -1;
    for (unsigned i = 0; i < SERVE_CONNECTIONS; i++)
        s->usbip[i].fd = s->control[i].fd = -1;
    device.watch = (struct device_watch){s, serve_paper_piece, watch_say};
    device.network = options->listen && !options->usbip && !options->attach;
    s->now_us = clock_us();
    bool ok = device_create(&s->dev, &device, s->now_us, err);
    if (ok)
        usb_init(&s->usb, s->dev, &options->usb);
    ok = ok && serve_paper_begin(s, err) && serve_control_begin(s, err) &&
         serve_tcp_begin(s, err) && serve_usbip_begin(s, err) && serve_attach_begin(s, err) &&
         give_script(s, err);
    if (ok) {
        run(s);
        ok = serve_paper_end(s, err);
    }
    end(s);
    return ok;
}
