/* Orders from outside: lines from a FIFO, or from a socket, where each is answered by what it says
 * and then "ok", or by "error: why". */
#include "device/serve_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096 };

static bool cannot(const char *path, struct err *err)
{
    return FAIL(err, ERR_DEVICE_LISTEN, path, strerror(errno));
}

/* A socket that nobody listens on any more is taken away. */
static bool make_socket(struct serve *s, const char *path, struct err *err)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct stat there;
    size_t n = strlen(path);
    if (n >= sizeof at.sun_path) {
        errno = ENAMETOOLONG;
        return cannot(path, err);
    }
    memcpy(at.sun_path, path, n + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return cannot(path, err);
    if (lstat(path, &there) == 0 && S_ISSOCK(there.st_mode)) {
        int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool alive = probe >= 0 && connect(probe, (struct sockaddr *)&at, sizeof at) == 0;
        if (probe >= 0)
            close(probe);
        if (!alive)
            unlink(path);
    }
    if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, SERVE_CONNECTIONS) < 0) {
        cannot(path, err);
        close(fd);
        return false;
    }
    s->control_listener = fd;
    s->control_made = true;
    return true;
}

bool serve_control_begin(struct serve *s, struct err *err)
{
    const char *path = s->options->control;
    struct stat there;
    for (unsigned i = 0; i < SERVE_CONNECTIONS; i++)
        buf_init(&s->control[i].line, LINE_MAX_BYTES);
    if (!path)
        return true;
    if (stat(path, &there) != 0 || !S_ISFIFO(there.st_mode))
        return make_socket(s, path, err);
    /* Open for writing too, so that it never ends. */
    s->control_fifo = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    s->control[0].fd = s->control_fifo;
    return s->control_fifo >= 0 || cannot(path, err);
}

static void give(struct serve *s, struct control_client *c, struct slice line)
{
    struct buf answer;
    struct err err;
    buf_init(&answer, 0);
    bool ok = device_order(s->dev, line, &answer, &err);
    if (c->fd == s->control_fifo) {
        if (!ok)
            serve_say_err(s, &err);
        else if (answer.n)
            s->options->say(s->options->ctx, buf_cstr(&answer));
    } else {
        if (!ok) {
            buf_str(&answer, "error: ");
            err_text(&err, LANG_EN, &answer);
        }
        buf_str(&answer, ok ? "ok\n" : "\n");
        /* One that does not read its answers loses them. */
        size_t at = 0;
        serve_write(c->fd, &answer, &at);
    }
    buf_finish(&answer);
}

static void close_client(struct control_client *c)
{
    close(c->fd);
    c->fd = -1;
    buf_reset(&c->line);
    c->line.full = false;
}

static void give_lines(struct serve *s, struct control_client *c)
{
    size_t end;
    while (c->fd >= 0 && (end = slice_find(buf_slice(&c->line), '\n')) < c->line.n) {
        give(s, c, slice_sub(buf_slice(&c->line), 0, end));
        c->line.n -= end + 1;
        memmove(c->line.p, c->line.p + end + 1, c->line.n);
    }
}

static void ready(struct serve *s, void *who, short events)
{
    struct control_client *c = who;
    uint8_t bytes[SERVE_READ_BYTES / 8];
    (void)events;
    if (c->fd < 0)
        return;
    ssize_t n = read(c->fd, bytes, sizeof bytes);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (n <= 0) {
        if (c->line.n)
            give(s, c, buf_slice(&c->line));
        if (c->fd != s->control_fifo)
            close_client(c);
        return;
    }
    buf_append(&c->line, bytes, (size_t)n);
    give_lines(s, c);
    if (c->line.full) {
        buf_reset(&c->line);
        c->line.full = false;
    }
}

static void client_comes(struct serve *s, void *who, short events)
{
    (void)who, (void)events;
    int fd = accept4(s->control_listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    for (unsigned i = 0; fd >= 0 && i < SERVE_CONNECTIONS; i++) {
        if (s->control[i].fd < 0) {
            s->control[i].fd = fd;
            return;
        }
    }
    if (fd >= 0)
        close(fd);
}

void serve_control_wait(struct serve *s)
{
    serve_wait_for(s, s->control_listener, POLLIN, client_comes, NULL);
    for (unsigned i = 0; i < SERVE_CONNECTIONS; i++)
        serve_wait_for(s, s->control[i].fd, POLLIN, ready, &s->control[i]);
}

void serve_control_end(struct serve *s)
{
    for (unsigned i = 0; i < SERVE_CONNECTIONS; i++) {
        if (s->control[i].fd >= 0)
            close(s->control[i].fd);
        buf_finish(&s->control[i].line);
    }
    if (s->control_listener >= 0)
        close(s->control_listener);
    if (s->control_made)
        unlink(s->options->control);
}
