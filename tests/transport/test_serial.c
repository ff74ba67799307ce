#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "transport/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHORT_MS = 5, LONG_MS = 20000, NAME_BYTES = 64, URI_BYTES = 256 };

/* The printer's end of a pseudo-terminal, and the name of the other one. The test keeps the other
 * end open too, so that what was set can be read back. */
struct line {
    int printer, port;
    char name[NAME_BYTES];
};

static void open_line(struct line *line)
{
    assert_int_equal(openpty(&line->printer, &line->port, line->name, NULL, NULL), 0);
    assert_int_equal(fcntl(line->printer, F_SETFL, O_NONBLOCK), 0);
}

static void close_line(struct line *line)
{
    close(line->printer);
    close(line->port);
}

static bool open_rest(const char *rest, struct transport **t, struct err *err)
{
    char uri[URI_BYTES];
    snprintf(uri, sizeof uri, "serial:%s", rest);
    return transport_open(&transport_serial, 1, uri, t, err);
}

static struct transport *open_port(const struct line *line, const char *options)
{
    char rest[URI_BYTES];
    struct transport *t = NULL;
    struct err err = {0};
    snprintf(rest, sizeof rest, "%s%s", line->name, options);
    if (!open_rest(rest, &t, &err))
        fail_msg("%s: %s", err.arg[0], err.arg[1]);
    return t;
}

static bool send_text(struct transport *t, const char *text, size_t *taken, struct err *err)
{
    return t->ops->send(t, slice_str(text), SHORT_MS, taken, err);
}

static size_t read_all(int fd, char *bytes, size_t cap)
{
    size_t all = 0;
    ssize_t n;
    while (all < cap && (n = read(fd, bytes + all, cap - all)) > 0)
        all += (size_t)n;
    return all;
}

/* ── the address ── */

static void every_parameter_is_checked_and_the_message_says_what_it_can_be(void **state)
{
    (void)state;
    static const struct {
        const char *uri, *wrong, *can;
    } bad[] = {
        {"serial:/dev/x?baud=12345", "baud=12345",
         "baud=1200|2400|4800|9600|19200|38400|57600|115200|230400|460800|921600"},
        {"serial:/dev/x?baud=", "baud=",
         "baud=1200|2400|4800|9600|19200|38400|57600|115200|230400|460800|921600"},
        {"serial:/dev/x?flow=dtr", "flow=dtr", "flow=none|rts|xon"},
        {"serial:/dev/x?baud=9600&parity=mark", "parity=mark", "parity=none|even|odd"},
        {"serial:/dev/x?bits=9", "bits=9", "bits=7|8"},
        {"serial:/dev/x?stop=1.5", "stop=1.5", "stop=1|2"},
        {"serial:/dev/x?speed=9600", "speed=9600", "baud=, bits=, flow=, parity=, stop="},
        {"serial:/dev/x?baud=9600&", "", "baud=, bits=, flow=, parity=, stop="},
        {"serial:/dev/x?", "", "baud=, bits=, flow=, parity=, stop="},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = {0};
        struct transport *t = NULL;
        assert_false(transport_check(&transport_serial, 1, bad[i].uri, &err));
        assert_int_equal(err.code, ERR_PRINTER_OPTION);
        assert_string_equal(err.arg[0], bad[i].uri);
        assert_string_equal(err.arg[1], bad[i].wrong);
        assert_string_equal(err.arg[2], bad[i].can);
        assert_false(transport_open(&transport_serial, 1, bad[i].uri, &t, &err));
        assert_int_equal(err.code, ERR_PRINTER_OPTION);
        assert_null(t);
    }
}

static void an_address_without_a_device_is_none(void **state)
{
    (void)state;
    static const char *const bad[] = {"serial:", "serial:ttyUSB0", "serial:?baud=9600"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = {0};
        assert_false(transport_check(&transport_serial, 1, bad[i], &err));
        assert_int_equal(err.code, ERR_PRINTER_URI);
    }
}

static void settings_of(const char *rest, struct termios *s)
{
    struct serial_port port;
    struct err err = {0};
    assert_true(serial_parse(rest, &port, &err));
    memset(s, 0xFF, sizeof *s); /* as somebody may have left it */
    serial_set(&port, s);
}

/* Also those that a pseudo-terminal cannot do. */
static void an_address_becomes_the_settings_that_termios_names(void **state)
{
    (void)state;
    struct termios s;
    settings_of("/dev/x", &s);
    assert_int_equal(cfgetospeed(&s), B9600);
    assert_int_equal(s.c_cflag & (CSIZE | PARENB | CSTOPB | CRTSCTS), CS8 | CRTSCTS);
    assert_int_equal(s.c_iflag & (IXON | IXOFF | ICRNL | ISTRIP), 0);
    assert_int_equal(s.c_oflag & OPOST, 0);
    assert_int_equal(s.c_lflag & (ICANON | ECHO | ISIG), 0);
    settings_of("/dev/x?baud=115200&bits=7&parity=odd&stop=2&flow=xon", &s);
    assert_int_equal(cfgetospeed(&s), B115200);
    assert_int_equal(cfgetispeed(&s), B115200);
    assert_int_equal(s.c_cflag & (CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS),
                     CS7 | PARENB | PARODD | CSTOPB);
    assert_int_equal(s.c_iflag & (IXON | IXOFF), IXON);
    settings_of("/dev/x?parity=even&flow=none", &s);
    assert_int_equal(s.c_cflag & (PARENB | PARODD | CRTSCTS), PARENB);
}

static void a_slow_line_needs_ten_bits_a_byte(void **state)
{
    (void)state;
    struct serial_port port;
    struct err err = {0};
    assert_true(serial_parse("/dev/x?baud=9600", &port, &err));
    assert_int_equal(serial_ms(&port, 0), 0);
    assert_int_equal(serial_ms(&port, 960), 1000);
    assert_int_equal(serial_ms(&port, 1), 2); /* 1.04 */
    assert_true(serial_parse("/dev/x?baud=1200", &port, &err));
    assert_int_equal(serial_ms(&port, 4096), 34134);
}

/* ── on a pseudo-terminal ── */

static void what_was_asked_for_can_be_read_back_from_the_port(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        speed_t speed;
        tcflag_t cflag, iflag;
    } cases[] = {
        {"", B9600, CRTSCTS, 0},
        {"?baud=115200&flow=rts", B115200, CRTSCTS, 0},
        {"?baud=38400&flow=xon&stop=2", B38400, CSTOPB, IXON},
        {"?flow=none&baud=921600", B921600, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line line;
        struct termios s;
        open_line(&line);
        struct transport *t = open_port(&line, cases[i].options);
        assert_int_equal(tcgetattr(line.port, &s), 0);
        assert_int_equal(cfgetospeed(&s), cases[i].speed);
        assert_int_equal(s.c_cflag & (CRTSCTS | CSTOPB), cases[i].cflag);
        assert_int_equal(s.c_iflag & IXON, cases[i].iflag);
        transport_close(t);
        close_line(&line);
    }
}

/* A pseudo-terminal has eight bits and no parity, and tcsetattr() says yes all the same. */
static void a_port_that_does_otherwise_than_asked_is_not_used(void **state)
{
    (void)state;
    struct line line;
    struct transport *t = NULL;
    struct err err = {0};
    char rest[URI_BYTES];
    open_line(&line);
    snprintf(rest, sizeof rest, "%s?bits=7", line.name);
    assert_false(open_rest(rest, &t, &err));
    assert_int_equal(err.code, ERR_PRINTER_OPTION);
    assert_string_equal(err.arg[1], "bits=7");
    snprintf(rest, sizeof rest, "%s?parity=even", line.name);
    assert_false(open_rest(rest, &t, &err));
    assert_string_equal(err.arg[1], "parity=even");
    transport_close(open_port(&line, "?bits=8")); /* and the port is free again */
    close_line(&line);
}

static void every_byte_goes_through_as_it_is_both_ways(void **state)
{
    (void)state;
    struct line line;
    struct err err = {0};
    struct buf in;
    uint8_t all[256];
    char there[512];
    size_t taken;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    open_line(&line);
    struct transport *t = open_port(&line, "?flow=none");
    assert_true(t->ops->send(t, slice_of(all, sizeof all), LONG_MS, &taken, &err));
    assert_int_equal(taken, sizeof all);
    assert_true(t->ops->flush(t, SHORT_MS, &err));
    assert_int_equal(read_all(line.printer, there, sizeof there), sizeof all);
    assert_memory_equal(there, all, sizeof all);
    assert_int_equal(write(line.printer, all, sizeof all), sizeof all);
    buf_init(&in, 0);
    while (in.n < sizeof all)
        assert_true(t->ops->receive(t, LONG_MS, &in, &err));
    assert_memory_equal(in.p, all, sizeof all);
    buf_reset(&in);
    assert_true(t->ops->receive(t, 0, &in, &err));
    assert_int_equal(in.n, 0);
    buf_finish(&in);
    transport_close(t);
    close_line(&line);
}

/* The printer says XOFF: nothing is taken until it says XON, and then each byte once. */
static void a_printer_that_says_xoff_is_waited_for(void **state)
{
    (void)state;
    struct line line;
    struct err err = {0};
    char there[64];
    size_t taken = 99;
    open_line(&line);
    struct transport *t = open_port(&line, "?baud=115200&flow=xon");
    assert_int_equal(write(line.printer, "\x13", 1), 1);
    while (send_text(t, "x", &taken, &err)) /* XOFF arrives when the kernel brings it */
        assert_int_equal(read(line.printer, there, sizeof there), 1);
    assert_int_equal(taken, 0);
    assert_string_equal(err.arg[1], "Connection timed out");
    assert_false(send_text(t, "receipt", &taken, &err));
    assert_int_equal(taken, 0);
    assert_int_equal(read_all(line.printer, there, sizeof there), 0);
    assert_int_equal(write(line.printer, "\x11", 1), 1);
    assert_true(t->ops->send(t, slice_str("receipt"), LONG_MS, &taken, &err));
    assert_int_equal(taken, 7);
    assert_int_equal(read_all(line.printer, there, sizeof there), 7);
    assert_memory_equal(there, "receipt", 7);
    transport_close(t);
    close_line(&line);
}

static void what_a_printer_that_stops_reading_has_not_taken_is_not_counted(void **state)
{
    (void)state;
    enum { BYTES = 1 << 16 };
    struct line line;
    struct err err = {0};
    size_t taken, sent = 0, there = 0;
    char *bytes = malloc(BYTES), *back = malloc(BYTES);
    assert_non_null(bytes);
    assert_non_null(back);
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (char)(i * 7 + i / 251);
    open_line(&line);
    struct transport *t = open_port(&line, "?baud=921600&flow=none");
    for (int turns = 0; sent < BYTES; turns++) {
        bool all = t->ops->send(t, slice_of(bytes + sent, BYTES - sent), SHORT_MS, &taken, &err);
        sent += taken;
        assert_int_equal(all, sent == BYTES);
        there += read_all(line.printer, back + there, BYTES - there);
        assert_true(turns < BYTES);
    }
    while (there < BYTES) {
        size_t n = read_all(line.printer, back + there, BYTES - there);
        assert_true(n > 0);
        there += n;
    }
    assert_memory_equal(back, bytes, BYTES);
    transport_close(t);
    close_line(&line);
    free(bytes);
    free(back);
}

static void an_adapter_that_is_pulled_out_is_unplugged(void **state)
{
    (void)state;
    struct line line;
    struct err err = {0};
    struct buf in;
    size_t taken = 99;
    open_line(&line);
    struct transport *t = open_port(&line, "");
    close(line.printer);
    assert_false(send_text(t, "receipt", &taken, &err));
    assert_int_equal(err.code, ERR_PRINTER_UNPLUGGED);
    assert_int_equal(taken, 0);
    buf_init(&in, 0);
    err.code = ERR_NONE;
    assert_false(t->ops->receive(t, LONG_MS, &in, &err));
    assert_int_equal(err.code, ERR_PRINTER_UNPLUGGED);
    assert_int_equal(in.n, 0);
    transport_close(t);
    close(line.port);
}

static void what_was_taken_is_there_when_the_port_is_closed(void **state)
{
    (void)state;
    struct line line;
    struct err err = {0};
    char there[16];
    size_t taken;
    open_line(&line);
    struct transport *t = open_port(&line, "");
    assert_true(send_text(t, "receipt", &taken, &err));
    transport_close(t);
    assert_int_equal(read_all(line.printer, there, sizeof there), 7);
    close_line(&line);
}

static void one_that_is_not_there_is_unplugged_and_no_port_is_no_port(void **state)
{
    (void)state;
    struct transport *t = NULL;
    struct err err = {0};
    assert_false(open_rest("/dev/ttyNONE", &t, &err));
    assert_int_equal(err.code, ERR_PRINTER_UNPLUGGED);
    assert_string_equal(err.arg[0], "serial:/dev/ttyNONE");
    assert_false(open_rest("/dev/null", &t, &err));
    assert_int_equal(err.code, ERR_PRINTER_KIND);
    assert_string_equal(err.arg[1], "it is not a serial port");
}

/* Held by this very process, which is not looked for: the words say that nobody is known. */
static void a_port_that_somebody_holds_is_not_shared(void **state)
{
    (void)state;
    struct line line;
    struct transport *t = NULL;
    struct err err = {0};
    open_line(&line);
    struct transport *first = open_port(&line, "");
    assert_false(open_rest(line.name, &t, &err));
    assert_int_equal(err.code, ERR_PRINTER_HELD);
    transport_close(first);
    assert_true(open_rest(line.name, &t, &err));
    transport_close(t);
    close_line(&line);
}

/* ── a port that holds bytes back, which a pseudo-terminal does not ── */

/* A pipe is the kernel's queue of a port: what stands in it has not left. */
static int queue_out;

static int pipe_queued(int fd, size_t *n)
{
    int bytes = 0;
    (void)fd;
    if (ioctl(queue_out, FIONREAD, &bytes) != 0)
        return errno;
    *n = (size_t)bytes;
    return 0;
}

static void pipe_discard(int fd)
{
    char bytes[512];
    (void)fd;
    while (read(queue_out, bytes, sizeof bytes) > 0)
        ;
}

/* An adapter that has 100 bytes on their way and does not give them back. */
static void pipe_discard_but_100(int fd)
{
    size_t n = 0;
    char byte;
    while (pipe_queued(fd, &n) == 0 && n > 100)
        assert_int_equal(read(queue_out, &byte, 1), 1);
}

static const struct serial_queue pipe_queue = {pipe_queued, pipe_discard};
static const struct serial_queue sticky_queue = {pipe_queued, pipe_discard_but_100};

static struct transport *open_queue(const struct serial_queue *queue)
{
    int fd[2];
    struct serial_port port;
    struct transport *t = NULL;
    struct err err = {0};
    assert_true(serial_parse("/dev/x?baud=921600", &port, &err));
    assert_int_equal(pipe(fd), 0);
    assert_int_equal(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl(fd[1], F_SETPIPE_SZ, 4096), 4096);
    queue_out = fd[0];
    assert_true(serial_wire(fd[1], "port", &port, queue, &t, &err));
    return t;
}

static void what_the_kernel_holds_for_a_stopped_printer_is_called_back(void **state)
{
    (void)state;
    struct err err = {0};
    size_t taken = 99;
    char there[16];
    struct transport *t = open_queue(&pipe_queue);
    assert_false(send_text(t, "receipt", &taken, &err));
    assert_string_equal(err.arg[1], "Connection timed out");
    assert_int_equal(taken, 0);
    assert_int_equal(read(queue_out, there, sizeof there), -1); /* and will not come later */
    transport_close(t);
    close(queue_out);
}

static void what_cannot_be_called_back_counts_as_taken(void **state)
{
    (void)state;
    struct err err = {0};
    uint8_t bytes[3000] = {0};
    size_t taken = 0;
    struct transport *t = open_queue(&sticky_queue);
    assert_false(t->ops->send(t, slice_of(bytes, sizeof bytes), SHORT_MS, &taken, &err));
    assert_int_equal(taken, 100);
    transport_close(t);
    close(queue_out);
}

/* The printer takes 10 bytes each time that somebody looks, so there is always progress. */
static int pipe_queued_moving(int fd, size_t *n)
{
    char bytes[10];
    ssize_t got = read(queue_out, bytes, sizeof bytes);
    (void)got;
    return pipe_queued(fd, n);
}

static void sending_ends_when_the_last_byte_left(void **state)
{
    (void)state;
    static const struct serial_queue moving = {pipe_queued_moving, pipe_discard};
    struct err err = {0};
    uint8_t bytes[200] = {0};
    size_t taken = 0, left = 99;
    struct transport *t = open_queue(&moving);
    assert_true(t->ops->send(t, slice_of(bytes, sizeof bytes), LONG_MS, &taken, &err));
    assert_int_equal(taken, sizeof bytes);
    assert_int_equal(pipe_queued(0, &left), 0);
    assert_int_equal(left, 0);
    transport_close(t);
    close(queue_out);
}

static int queue_gone(int fd, size_t *n)
{
    (void)fd;
    (void)n;
    return EIO;
}

static void bytes_on_a_line_that_goes_away_may_have_arrived(void **state)
{
    (void)state;
    static const struct serial_queue gone = {queue_gone, pipe_discard};
    struct err err = {0};
    size_t taken = 0;
    struct transport *t = open_queue(&gone);
    assert_false(send_text(t, "receipt", &taken, &err));
    assert_int_equal(err.code, ERR_PRINTER_UNPLUGGED);
    assert_int_equal(taken, 7);
    transport_close(t);
    close(queue_out);
}

static void only_a_line_without_flow_control_overruns(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        bool overruns;
    } cases[] = {{"?flow=none", true}, {"?flow=rts", false}, {"?flow=xon", false}, {"", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line line;
        open_line(&line);
        struct transport *t = open_port(&line, cases[i].options);
        assert_int_equal(t->ops->overruns(t), cases[i].overruns);
        transport_close(t);
        close_line(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_parameter_is_checked_and_the_message_says_what_it_can_be),
        cmocka_unit_test(an_address_without_a_device_is_none),
        cmocka_unit_test(an_address_becomes_the_settings_that_termios_names),
        cmocka_unit_test(a_slow_line_needs_ten_bits_a_byte),
        cmocka_unit_test(what_was_asked_for_can_be_read_back_from_the_port),
        cmocka_unit_test(a_port_that_does_otherwise_than_asked_is_not_used),
        cmocka_unit_test(every_byte_goes_through_as_it_is_both_ways),
        cmocka_unit_test(a_printer_that_says_xoff_is_waited_for),
        cmocka_unit_test(what_a_printer_that_stops_reading_has_not_taken_is_not_counted),
        cmocka_unit_test(an_adapter_that_is_pulled_out_is_unplugged),
        cmocka_unit_test(what_was_taken_is_there_when_the_port_is_closed),
        cmocka_unit_test(one_that_is_not_there_is_unplugged_and_no_port_is_no_port),
        cmocka_unit_test(a_port_that_somebody_holds_is_not_shared),
        cmocka_unit_test(what_the_kernel_holds_for_a_stopped_printer_is_called_back),
        cmocka_unit_test(what_cannot_be_called_back_counts_as_taken),
        cmocka_unit_test(only_a_line_without_flow_control_overruns),
        cmocka_unit_test(sending_ends_when_the_last_byte_left),
        cmocka_unit_test(bytes_on_a_line_that_goes_away_may_have_arrived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
