#include "transport/serial.h"

#include "transport/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SERIAL_QUEUE_BYTES = 4096,  /* of the kernel, for a port (include/linux/serial_core.h) */
    SERIAL_ANSWER_BYTES = 128,  /* more than a question and its answer */
    SERIAL_CHARACTER_BITS = 10, /* start, eight, stop */
    SERIAL_STEP_MAX_MS = 50,
    SERIAL_VALUES_MAX = 12,
    SERIAL_NOTE_BYTES = 160,
};

/* ── the address ── */

static const unsigned bauds[] = {1200,  2400,   4800,   9600,   19200, 38400,
                                 57600, 115200, 230400, 460800, 921600};
static const speed_t speeds[] = {B1200,  B2400,   B4800,   B9600,   B19200, B38400,
                                 B57600, B115200, B230400, B460800, B921600};
enum { FLOW_NONE, FLOW_RTS, FLOW_XON };
enum { PARITY_NONE, PARITY_EVEN, PARITY_ODD };
enum { BITS_7, BITS_8 };

static const struct option {
    const char *name, *values[SERIAL_VALUES_MAX];
    unsigned otherwise; /* when it is not said */
} options[SERIAL_OPTIONS] = {
    [SERIAL_BAUD] = {"baud",
                     {"1200", "2400", "4800", "9600", "19200", "38400", "57600", "115200", "230400",
                      "460800", "921600"},
                     3},
    [SERIAL_BITS] = {"bits", {"7", "8"}, BITS_8},
    [SERIAL_FLOW] = {"flow", {"none", "rts", "xon"}, FLOW_RTS},
    [SERIAL_PARITY] = {"parity", {"none", "even", "odd"}, PARITY_NONE},
    [SERIAL_STOP] = {"stop", {"1", "2"}, 0},
};

/* "baud=1200|2400|…", or the names of all options. */
static bool fail_option(const char *rest, struct slice given, const struct option *option,
                        struct err *err)
{
    char name[FD_NAME_BYTES], what[SERIAL_NOTE_BYTES], can[SERIAL_NOTE_BYTES] = "";
    size_t n = 0;
    snprintf(name, sizeof name, "serial:%s", rest);
    slice_cstr(given, what, sizeof what);
    if (option)
        n = (size_t)snprintf(can, sizeof can, "%s=", option->name);
    for (unsigned i = 0; option && i < SERIAL_VALUES_MAX && option->values[i]; i++)
        n += (size_t)snprintf(can + n, sizeof can - n, "%s%s", i ? "|" : "", option->values[i]);
    for (unsigned i = 0; !option && i < SERIAL_OPTIONS; i++)
        n += (size_t)snprintf(can + n, sizeof can - n, "%s%s=", i ? ", " : "", options[i].name);
    return FAIL(err, ERR_PRINTER_OPTION, name, what, can);
}

static bool take_choice(const char *rest, struct slice word, struct serial_port *port,
                        struct err *err)
{
    size_t equals = slice_find(word, '=');
    struct slice name = slice_sub(word, 0, equals), value = slice_sub(word, equals + 1, word.n);
    for (unsigned i = 0; i < SERIAL_OPTIONS; i++) {
        if (!slice_is(name, options[i].name))
            continue;
        for (unsigned k = 0; k < SERIAL_VALUES_MAX && options[i].values[k]; k++) {
            if (slice_is(value, options[i].values[k])) {
                port->choice[i] = k;
                return true;
            }
        }
        return fail_option(rest, word, &options[i], err);
    }
    return fail_option(rest, word, NULL, err);
}

bool serial_parse(const char *rest, struct serial_port *port, struct err *err)
{
    struct slice all = slice_str(rest);
    size_t question = slice_find(all, '?');
    for (unsigned i = 0; i < SERIAL_OPTIONS; i++)
        port->choice[i] = options[i].otherwise;
    if (*rest != '/' || question >= sizeof port->path) {
        char name[FD_NAME_BYTES];
        snprintf(name, sizeof name, "serial:%s", rest);
        return FAIL(err, ERR_PRINTER_URI, name);
    }
    slice_cstr(slice_sub(all, 0, question), port->path, sizeof port->path);
    struct slice words = slice_sub(all, question + 1, all.n);
    for (bool more = question < all.n; more;) {
        size_t end = slice_find(words, '&');
        if (!take_choice(rest, slice_sub(words, 0, end), port, err))
            return false;
        more = end < words.n;
        words = slice_sub(words, end + 1, words.n);
    }
    return true;
}

static bool serial_check(const char *rest)
{
    return *rest == '/' && slice_find(slice_str(rest), '?') < SERIAL_PATH_BYTES;
}

static bool serial_vet(void *ctx, const char *rest, struct err *err)
{
    struct serial_port port;
    (void)ctx;
    return serial_parse(rest, &port, err);
}

/* ── the port's settings ── */

unsigned serial_ms(const struct serial_port *port, size_t n)
{
    uint64_t bits = (uint64_t)n * SERIAL_CHARACTER_BITS;
    unsigned baud = bauds[port->choice[SERIAL_BAUD]];
    return (unsigned)((bits * 1000 + baud - 1) / baud);
}

/* Bytes go through as they are, both ways. IXOFF stays off: it would put XON and XOFF between our
 * bytes, and a printer takes them as data. Without HUPCL the lines stay as they are between jobs:
 * some printers say offline when DTR falls. */
void serial_set(const struct serial_port *port, struct termios *s)
{
    const unsigned *choice = port->choice;
    s->c_iflag = IGNBRK | (choice[SERIAL_FLOW] == FLOW_XON ? IXON : 0) |
                 (choice[SERIAL_PARITY] != PARITY_NONE ? INPCK | IGNPAR : 0);
    s->c_oflag = 0;
    s->c_lflag = 0;
    s->c_cflag &= ~(tcflag_t)(CSIZE | CSTOPB | PARENB | PARODD | CRTSCTS | HUPCL);
    s->c_cflag |= CREAD | CLOCAL;
    s->c_cflag |= choice[SERIAL_BITS] == BITS_7 ? CS7 : CS8;
    s->c_cflag |= choice[SERIAL_FLOW] == FLOW_RTS ? CRTSCTS : 0;
    s->c_cflag |= choice[SERIAL_STOP] ? CSTOPB : 0;
    s->c_cflag |= choice[SERIAL_PARITY] != PARITY_NONE ? PARENB : 0;
    s->c_cflag |= choice[SERIAL_PARITY] == PARITY_ODD ? PARODD : 0;
    s->c_cc[VMIN] = 1; /* nothing there is EAGAIN; 0 bytes is the end */
    s->c_cc[VTIME] = 0;
    s->c_cc[VSTART] = 0x11; /* XON and XOFF, whatever somebody typed into stty */
    s->c_cc[VSTOP] = 0x13;
    cfsetispeed(s, speeds[choice[SERIAL_BAUD]]);
    cfsetospeed(s, speeds[choice[SERIAL_BAUD]]);
}

/* The first option that the port took otherwise than asked for; SERIAL_OPTIONS: none. */
static enum serial_option differs_in(const struct termios *asked, const struct termios *got)
{
    static const tcflag_t flags[SERIAL_OPTIONS] = {[SERIAL_BITS] = CSIZE,
                                                   [SERIAL_FLOW] = CRTSCTS,
                                                   [SERIAL_PARITY] = PARENB | PARODD,
                                                   [SERIAL_STOP] = CSTOPB};
    if (cfgetospeed(asked) != cfgetospeed(got))
        return SERIAL_BAUD;
    if ((asked->c_iflag ^ got->c_iflag) & IXON)
        return SERIAL_FLOW;
    for (unsigned i = 0; i < SERIAL_OPTIONS; i++)
        if ((asked->c_cflag ^ got->c_cflag) & flags[i])
            return (enum serial_option)i;
    return SERIAL_OPTIONS;
}

/* ── the wire ── */

struct serial {
    struct fd_wire fd; /* first: fd.h's functions work on it */
    struct serial_port port;
    const struct serial_queue *queue;
};

static int tty_queued(int fd, size_t *n)
{
    int bytes = 0;
    if (ioctl(fd, TIOCOUTQ, &bytes) != 0)
        return errno;
    *n = bytes > 0 ? (size_t)bytes : 0;
    return 0;
}

static void tty_discard(int fd)
{
    tcflush(fd, TCOFLUSH);
}

static const struct serial_queue tty_queue = {tty_queued, tty_discard};

static bool is_gone(int why)
{
    return why == EIO || why == ENXIO || why == ENODEV || why == ENOENT || why == ECONNRESET;
}

static bool serial_fail(const struct serial *s, int why, struct err *err)
{
    return is_gone(why) ? FAIL(err, ERR_PRINTER_UNPLUGGED, s->fd.name) : fd_fail(&s->fd, why, err);
}

/* No event tells that the line is quiet: asked again when what is left should be out. The clock
 * starts anew with each byte that leaves. */
static int drain(const struct serial *s, unsigned timeout_ms)
{
    size_t before = SIZE_MAX;
    int64_t deadline = 0;
    for (;;) {
        size_t left = 0;
        int why = s->queue->queued(s->fd.fd, &left);
        if (why || !left)
            return why;
        int64_t now = transport_clock_ms();
        if (left < before)
            deadline = now + timeout_ms + serial_ms(&s->port, 1);
        else if (now >= deadline)
            return ETIMEDOUT;
        before = left;
        unsigned step = serial_ms(&s->port, left);
        if (step > SERIAL_STEP_MAX_MS)
            step = SERIAL_STEP_MAX_MS;
        if (now + step > deadline)
            step = (unsigned)(deadline - now);
        if (fd_wait(s->fd.fd, 0, now + (step ? step : 1)) == 0) /* POLLERR or POLLHUP */
            return EIO;
    }
}

/* What the kernel still holds is taken back. All of it is of this call: every call ends with
 * nothing held. What left between question and discarding (a byte at most, and none on a line that
 * stands still) is counted as not taken. */
static size_t call_back(const struct serial *s, size_t written)
{
    size_t held = 0, kept = 0;
    if (s->queue->queued(s->fd.fd, &held) != 0 || !held)
        return 0;
    s->queue->discard(s->fd.fd);
    if (s->queue->queued(s->fd.fd, &kept) != 0 || kept >= held)
        return 0;
    held -= kept;
    return held < written ? held : written;
}

static bool serial_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
                        struct err *err)
{
    const struct serial *s = (const struct serial *)t;
    size_t ahead = bytes.n < SERIAL_QUEUE_BYTES ? bytes.n : SERIAL_QUEUE_BYTES;
    int why = fd_push(&s->fd, bytes, timeout_ms + serial_ms(&s->port, ahead), taken);
    if (!why)
        why = drain(s, timeout_ms);
    if (!why)
        return true;
    *taken -= call_back(s, *taken);
    return serial_fail(s, why, err);
}

/* 0 asks for what is there, and stays 0. */
static bool serial_receive(struct transport *t, unsigned timeout_ms, struct buf *out,
                           struct err *err)
{
    const struct serial *s = (const struct serial *)t;
    unsigned slow = timeout_ms ? serial_ms(&s->port, SERIAL_ANSWER_BYTES) : 0;
    int why = fd_pull(&s->fd, timeout_ms + slow, out);
    return why ? serial_fail(s, why, err) : true;
}

/* tcdrain() waits for ever on a line that is held up: it is called when the queue is empty, for
 * what the chip still has, which the kernel bounds. */
static bool serial_flush(struct transport *t, unsigned timeout_ms, struct err *err)
{
    const struct serial *s = (const struct serial *)t;
    int why = drain(s, timeout_ms);
    if (!why && tcdrain(s->fd.fd) != 0 && errno != EINTR && errno != ENOTTY)
        why = errno;
    return why ? serial_fail(s, why, err) : true;
}

/* close() would wait for what is held up. An empty queue is left alone: discarding that of a
 * pseudo-terminal takes away what its reader has not read yet. */
static void serial_close(struct transport *t)
{
    const struct serial *s = (const struct serial *)t;
    size_t held = 0;
    if (s->queue->queued(s->fd.fd, &held) == 0 && held)
        s->queue->discard(s->fd.fd);
    ioctl(s->fd.fd, TIOCNXCL);
    close(s->fd.fd);
    free(t);
}

static bool serial_overruns(const struct transport *t)
{
    return ((const struct serial *)t)->port.choice[SERIAL_FLOW] == FLOW_NONE;
}

static const struct transport_ops serial_ops = {.send = serial_send,
                                                .receive = serial_receive,
                                                .close = serial_close,
                                                .flush = serial_flush,
                                                .overruns = serial_overruns};

bool serial_wire(int fd, const char *name, const struct serial_port *port,
                 const struct serial_queue *queue, struct transport **t, struct err *err)
{
    struct fd_wire *plain = NULL;
    if (!fd_wire_create(&plain, &serial_ops, fd, name, err))
        return false;
    struct serial *s = malloc(sizeof *s);
    if (!s) {
        fd_close(&plain->transport);
        return FAIL(err, ERR_PRINTER_IO, name, strerror(ENOMEM));
    }
    *s = (struct serial){.fd = *plain, .port = *port, .queue = queue};
    free(plain);
    *t = &s->fd.transport;
    return true;
}

/* ── opening ── */

/* TIOCEXCL keeps out whoever is not root, flock() those who ask (also as root). */
static int take(int fd)
{
    struct termios settings;
    if (tcgetattr(fd, &settings) != 0)
        return errno == EIO ? EIO : ENOTTY;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return errno;
    return ioctl(fd, TIOCEXCL) == 0 ? 0 : errno;
}

static bool set_up(int fd, const char *name, const char *rest, const struct serial_port *port,
                   struct err *err)
{
    struct termios asked, got;
    char text[128];
    if (tcgetattr(fd, &asked) != 0)
        return FAIL(err, ERR_PRINTER_IO, name, strerror_r(errno, text, sizeof text));
    serial_set(port, &asked);
    int set = tcsetattr(fd, TCSANOW, &asked);
    if (set != 0 && errno != EINVAL)
        return FAIL(err, ERR_PRINTER_IO, name, strerror_r(errno, text, sizeof text));
    /* tcsetattr() is content when a part of it could be done */
    if (tcgetattr(fd, &got) != 0)
        return FAIL(err, ERR_PRINTER_IO, name, strerror_r(errno, text, sizeof text));
    enum serial_option differs = differs_in(&asked, &got);
    if (differs != SERIAL_OPTIONS) {
        snprintf(text, sizeof text, "%s=%s", options[differs].name,
                 options[differs].values[port->choice[differs]]);
        return fail_option(rest, slice_str(text), &options[differs], err);
    }
    tcflush(fd, TCIFLUSH);
    return true;
}

static bool serial_open(void *ctx, const char *rest, struct transport **t, struct err *err)
{
    struct serial_port port;
    char name[FD_NAME_BYTES];
    (void)ctx;
    if (!serial_parse(rest, &port, err))
        return false;
    snprintf(name, sizeof name, "serial:%s", port.path);
    /* a carrier that the cable does not carry is not waited for */
    int fd = open(port.path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int why = fd < 0 ? errno : take(fd);
    if (why) {
        if (fd >= 0)
            close(fd);
        return why == ENOTTY ? FAIL(err, ERR_PRINTER_KIND, name, "it is not a serial port")
                             : fd_fail_open(name, port.path, "dialout", why, err);
    }
    if (!set_up(fd, name, rest, &port, err)) {
        ioctl(fd, TIOCNXCL);
        close(fd);
        return false;
    }
    return serial_wire(fd, name, &port, &tty_queue, t, err);
}

const struct transport_scheme transport_serial = {
    .scheme = "serial",
    .example = "serial:/dev/ttyUSB0?baud=9600&flow=rts",
    .check = serial_check,
    .open = serial_open,
    .vet = serial_vet,
};
