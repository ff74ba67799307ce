#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "transport/transport.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHORT_MS = 20, LONG_MS = 20000 };

/* A printer's port on this machine; a small buffer is soon full. */
static int listen_here(int buffer_bytes, unsigned *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (buffer_bytes)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static bool open_port(unsigned port, struct transport **t, struct err *err)
{
    char uri[64];
    snprintf(uri, sizeof uri, "tcp://127.0.0.1:%u", port);
    return transport_open(&transport_tcp, 1, uri, t, err);
}

static struct transport *connect_to(int listener, unsigned port, int *peer)
{
    struct transport *t = NULL;
    struct err err = {0};
    assert_true(open_port(port, &t, &err));
    *peer = accept(listener, NULL, NULL);
    assert_true(*peer >= 0);
    return t;
}

static size_t read_to_end(int fd)
{
    char bytes[65536];
    size_t all = 0;
    ssize_t n;
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        all += (size_t)n;
    return all;
}

static void an_address_that_is_none_is_refused_before_anything_is_tried(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "tcp:127.0.0.1:9100", "tcp://",          "tcp://:9100",   "tcp://h:0",
        "tcp://h:65536",      "tcp://h:",        "tcp://h:91x",   "tcp://h:9100/",
        "tcp://[::1",         "tcp://[::1]9100", "tcp://a@h:1",   "tcp://h:99999999999999999999",
        "tcp://h/x",          "tcp://[]:9100",   "tcp://a b:9100"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct transport *t = NULL;
        struct err err = {0};
        assert_false(transport_open(&transport_tcp, 1, bad[i], &t, &err));
        assert_int_equal(err.code, ERR_PRINTER_URI);
    }
}

static void a_printer_that_refuses_is_named_with_its_address(void **state)
{
    (void)state;
    unsigned port;
    char name[64];
    struct transport *t = NULL;
    struct err err = {0};
    close(listen_here(0, &port)); /* now nobody listens there */
    assert_false(open_port(port, &t, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
    snprintf(name, sizeof name, "tcp://127.0.0.1:%u", port);
    assert_string_equal(err.arg[0], name);
    assert_string_equal(err.arg[1], "Connection refused");
}

static void bytes_go_there_and_answers_come_back_on_one_connection(void **state)
{
    (void)state;
    unsigned port;
    int peer, listener = listen_here(0, &port);
    struct transport *t = connect_to(listener, port, &peer);
    struct err err = {0};
    struct buf in;
    char bytes[16];
    size_t taken;
    buf_init(&in, 0);
    assert_true(t->ops->send(t, SLICE_LITERAL("\x1dr\x01"), LONG_MS, &taken, &err));
    assert_int_equal(taken, 3);
    assert_true(t->ops->flush(t, LONG_MS, &err));
    assert_int_equal(t->ops->waiting(t), 0);
    assert_int_equal(read(peer, bytes, sizeof bytes), 3);
    assert_true(t->ops->receive(t, 0, &in, &err));
    assert_int_equal(in.n, 0);
    assert_int_equal(write(peer, "\x0c", 1), 1);
    assert_true(t->ops->receive(t, LONG_MS, &in, &err));
    assert_true(slice_is(buf_slice(&in), "\x0c"));
    close(peer);
    assert_false(t->ops->receive(t, LONG_MS, &in, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
    transport_close(t);
    buf_finish(&in);
    close(listener);
}

/* The peer stops reading; the count at the time-out is what it finds in the end, to the byte. */
static void what_was_taken_when_time_ran_out_is_what_the_printer_gets(void **state)
{
    (void)state;
    enum { BYTES = 32 << 20 };
    unsigned port;
    int peer, listener = listen_here(4096, &port);
    struct transport *t = connect_to(listener, port, &peer);
    struct err err = {0};
    size_t taken;
    uint8_t *bytes = calloc(1, BYTES);
    assert_non_null(bytes);
    assert_false(t->ops->send(t, slice_of(bytes, BYTES), SHORT_MS, &taken, &err));
    assert_string_equal(err.arg[1], "Connection timed out");
    assert_true(taken > 0 && taken < BYTES);
    assert_false(t->ops->flush(t, SHORT_MS, &err));
    assert_string_equal(err.arg[1], "Connection timed out");
    assert_true(t->ops->waiting(t) > 0); /* its side answers, and has no room */
    transport_close(t);
    assert_int_equal(read_to_end(peer), taken);
    free(bytes);
    close(peer);
    close(listener);
}

static void a_slow_reader_gets_everything_once(void **state)
{
    (void)state;
    enum { BYTES = 1 << 20, PIECE = 4096 };
    unsigned port;
    int peer, listener = listen_here(4096, &port), back[2];
    struct transport *t = connect_to(listener, port, &peer);
    struct err err = {0};
    size_t taken, there = 0;
    assert_int_equal(pipe(back), 0);
    pid_t reader = fork();
    assert_true(reader >= 0);
    if (reader == 0) {
        char piece[PIECE];
        ssize_t n;
        for (size_t got = 0; got < BYTES; got += (size_t)n)
            if ((n = read(peer, piece, sizeof piece)) <= 0)
                break;
            else
                there += (size_t)n;
        _exit(write(back[1], &there, sizeof there) == (ssize_t)sizeof there ? 0 : 1);
    }
    close(peer);
    uint8_t *bytes = calloc(1, BYTES);
    assert_non_null(bytes);
    assert_true(t->ops->send(t, slice_of(bytes, BYTES), LONG_MS, &taken, &err));
    assert_int_equal(taken, BYTES);
    assert_int_equal(read(back[0], &there, sizeof there), sizeof there);
    assert_int_equal(there, BYTES);
    transport_close(t);
    waitpid(reader, NULL, 0);
    free(bytes);
    close(back[0]);
    close(back[1]);
    close(listener);
}

/* Never fewer than the printer has read, never more than was given: a job of which it read
 * something is never taken for one that did not begin. */
static void a_reset_in_the_middle_is_trouble_with_a_count_that_covers_what_was_read(void **state)
{
    (void)state;
    enum { BYTES = 32 << 20, READ = 1000 };
    unsigned port;
    int peer, listener = listen_here(4096, &port);
    struct transport *t = connect_to(listener, port, &peer);
    struct err err = {0};
    char some[READ];
    size_t first, more = 0;
    const struct linger reset = {.l_onoff = 1};
    uint8_t *bytes = calloc(1, BYTES);
    assert_non_null(bytes);
    assert_false(t->ops->send(t, slice_of(bytes, BYTES), SHORT_MS, &first, &err));
    assert_int_equal(recv(peer, some, sizeof some, MSG_WAITALL), READ);
    setsockopt(peer, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(peer);
    assert_false(t->ops->send(t, slice_of(bytes, BYTES), LONG_MS, &more, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
    assert_int_equal(more, 0);
    assert_true(first >= READ && first < BYTES);
    assert_false(t->ops->flush(t, LONG_MS, &err));
    transport_close(t);
    free(bytes);
    close(listener);
}

static void bytes_that_arrive_at_a_printer_that_hangs_up_unread_are_not_called_taken_for_good(
    void **state)
{
    (void)state;
    unsigned port;
    int peer, listener = listen_here(0, &port);
    struct transport *t = connect_to(listener, port, &peer);
    struct err err = {0};
    size_t taken;
    assert_true(t->ops->send(t, SLICE_LITERAL("receipt"), LONG_MS, &taken, &err));
    assert_true(t->ops->flush(t, LONG_MS, &err));
    close(peer); /* with unread bytes: a reset */
    assert_false(t->ops->flush(t, LONG_MS, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
    transport_close(t);
    close(listener);
}

static void an_address_of_the_sixth_version_stands_in_brackets(void **state)
{
    (void)state;
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t n = sizeof at;
    char uri[64];
    struct transport *t = NULL;
    struct err err = {0};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
        skip(); /* this machine has none */
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    snprintf(uri, sizeof uri, "tcp://[::1]:%u", ntohs(at.sin6_port));
    assert_true(transport_open(&transport_tcp, 1, uri, &t, &err));
    transport_close(t);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_that_is_none_is_refused_before_anything_is_tried),
        cmocka_unit_test(a_printer_that_refuses_is_named_with_its_address),
        cmocka_unit_test(bytes_go_there_and_answers_come_back_on_one_connection),
        cmocka_unit_test(what_was_taken_when_time_ran_out_is_what_the_printer_gets),
        cmocka_unit_test(a_slow_reader_gets_everything_once),
        cmocka_unit_test(a_reset_in_the_middle_is_trouble_with_a_count_that_covers_what_was_read),
        cmocka_unit_test(
            bytes_that_arrive_at_a_printer_that_hangs_up_unread_are_not_called_taken_for_good),
        cmocka_unit_test(an_address_of_the_sixth_version_stands_in_brackets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
