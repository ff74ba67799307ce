#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "support/folder.h"
#include "transport/fd.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { SHORT_MS = 5, LONG_MS = 20000 };

static struct folder folder;

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

static const struct transport_scheme *const every[] = {&transport_file, &transport_tcp,
                                                       &transport_lp};

static bool open_uri(const char *uri, struct transport **t, struct err *err)
{
    struct transport_scheme schemes[3];
    for (size_t i = 0; i < 3; i++)
        schemes[i] = *every[i];
    return transport_open(schemes, 3, uri, t, err);
}

static struct transport *open_file(const char *name)
{
    char path[FOLDER_PATH_BYTES], uri[FOLDER_PATH_BYTES + 8];
    struct transport *t = NULL;
    struct err err = {0};
    snprintf(uri, sizeof uri, "file:%s", folder_file(&folder, name, path));
    assert_true(open_uri(uri, &t, &err));
    return t;
}

static bool send_text(struct transport *t, const char *text, size_t *taken, struct err *err)
{
    return t->ops->send(t, slice_str(text), SHORT_MS, taken, err);
}

static void a_uri_that_no_scheme_knows_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",      "receipt.bin", "carrier-pigeon:coop", ":", "fil:x",
                                      "file:", "lp:",         "lp:relative"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct transport *t = NULL;
        struct err err = {0};
        assert_false(open_uri(bad[i], &t, &err));
        assert_int_equal(err.code, ERR_PRINTER_URI);
        assert_null(t);
    }
}

static void a_file_grows_by_what_each_session_sends(void **state)
{
    (void)state;
    char path[FOLDER_PATH_BYTES];
    size_t taken;
    struct err err = {0};
    for (int i = 0; i < 2; i++) {
        struct transport *t = open_file("out.bin");
        assert_true(send_text(t, "receipt\n", &taken, &err));
        assert_int_equal(taken, 8);
        assert_null(t->ops->receive);
        transport_close(t);
    }
    struct buf b;
    buf_init(&b, 0);
    assert_true(buf_read_file(&b, folder_file(&folder, "out.bin", path)));
    assert_true(slice_is(buf_slice(&b), "receipt\nreceipt\n"));
    buf_finish(&b);
}

static void a_folder_or_a_missing_folder_is_not_a_file_to_print_to(void **state)
{
    (void)state;
    struct transport *t = NULL;
    struct err err = {0};
    char uri[FOLDER_PATH_BYTES + 32];
    snprintf(uri, sizeof uri, "file:%s", folder.path);
    assert_false(open_uri(uri, &t, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
    snprintf(uri, sizeof uri, "file:%s/none/out.bin", folder.path);
    assert_false(open_uri(uri, &t, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
}

static void a_full_disk_takes_nothing_and_says_so(void **state)
{
    (void)state;
    struct transport *t = NULL;
    struct err err = {0};
    size_t taken = 99;
    assert_true(open_uri("file:/dev/full", &t, &err));
    assert_false(send_text(t, "receipt", &taken, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
    assert_string_equal(err.arg[1], "No space left on device");
    assert_int_equal(taken, 0);
    transport_close(t);
}

static void a_pipe_that_nobody_reads_is_an_error_and_not_a_wait(void **state)
{
    (void)state;
    char path[FOLDER_PATH_BYTES], uri[FOLDER_PATH_BYTES + 8];
    struct transport *t = NULL;
    struct err err = {0};
    assert_int_equal(mkfifo(folder_file(&folder, "fifo", path), 0600), 0);
    snprintf(uri, sizeof uri, "file:%s", path);
    assert_false(open_uri(uri, &t, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
    assert_string_equal(err.arg[1], "nobody reads it");
}

static size_t read_all(int fd)
{
    char bytes[8192];
    size_t all = 0;
    ssize_t n;
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        all += (size_t)n;
    return all;
}

/* A pipe of one page: what does not fit is not counted, and going on with the rest gives the whole.
 */
static void what_a_slow_reader_has_not_taken_is_not_counted(void **state)
{
    (void)state;
    int fd[2];
    struct transport *t = NULL;
    struct err err = {0};
    uint8_t bytes[10000];
    size_t taken;
    memset(bytes, 'x', sizeof bytes);
    assert_int_equal(pipe(fd), 0);
    int capacity = fcntl(fd[1], F_SETPIPE_SZ, 4096);
    assert_int_equal(capacity, 4096);
    assert_true(transport_fd(fd[1], "pipe", &t, &err));
    size_t sent = 0;
    while (sent < sizeof bytes) {
        struct slice rest = slice_of(bytes + sent, sizeof bytes - sent);
        bool all = t->ops->send(t, rest, SHORT_MS, &taken, &err);
        assert_int_equal(taken, rest.n < 4096 ? rest.n : 4096);
        assert_int_equal(all, rest.n <= 4096);
        sent += taken;
        if (!all) {
            char page[4096];
            assert_string_equal(err.arg[1], "Connection timed out");
            assert_int_equal(read(fd[0], page, sizeof page), 4096);
        }
    }
    transport_close(t);
    assert_int_equal(read_all(fd[0]), sizeof bytes - 8192);
    close(fd[0]);
}

/* The default answer to SIGPIPE is death: that this test goes on is half of what it says. */
static void a_reader_that_goes_away_is_an_error_and_not_a_signal(void **state)
{
    (void)state;
    int fd[2];
    struct transport *t = NULL;
    struct err err = {0};
    size_t taken = 99;
    sigset_t pending;
    assert_int_equal(pipe(fd), 0);
    assert_true(transport_fd(fd[1], "pipe", &t, &err));
    close(fd[0]);
    assert_false(send_text(t, "receipt", &taken, &err));
    assert_int_equal(taken, 0);
    assert_string_equal(err.arg[0], "pipe");
    assert_string_equal(err.arg[1], "Broken pipe");
    sigpending(&pending);
    assert_int_equal(sigismember(&pending, SIGPIPE), 0);
    transport_close(t);

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    assert_true(transport_fd(fd[1], "socket", &t, &err));
    close(fd[0]);
    assert_false(send_text(t, "receipt", &taken, &err));
    assert_int_equal(taken, 0);
    transport_close(t);
}

static void on_alarm(int number)
{
    (void)number;
}

/* Signals that arrive all the time cut writes and waits short; every byte still arrives once. */
static void interrupted_system_calls_lose_and_double_nothing(void **state)
{
    (void)state;
    enum { BYTES = 1 << 20 };
    int fd[2], back[2];
    struct transport *t = NULL;
    struct err err = {0};
    size_t taken, read_there = 0;
    assert_int_equal(pipe(fd), 0);
    assert_int_equal(pipe(back), 0);
    pid_t reader = fork();
    assert_true(reader >= 0);
    if (reader == 0) {
        close(fd[1]);
        size_t n = read_all(fd[0]);
        _exit(write(back[1], &n, sizeof n) == (ssize_t)sizeof n ? 0 : 1);
    }
    close(fd[0]);
    const struct sigaction act = {.sa_handler = on_alarm}; /* no SA_RESTART */
    const struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &act, NULL);
    uint8_t *bytes = calloc(1, BYTES);
    assert_non_null(bytes);
    assert_true(transport_fd(fd[1], "pipe", &t, &err));
    setitimer(ITIMER_REAL, &often, NULL);
    bool ok = t->ops->send(t, slice_of(bytes, BYTES), LONG_MS, &taken, &err);
    setitimer(ITIMER_REAL, &never, NULL);
    transport_close(t);
    assert_true(ok);
    assert_int_equal(taken, BYTES);
    assert_int_equal(read(back[0], &read_there, sizeof read_there), sizeof read_there);
    assert_int_equal(read_there, BYTES);
    waitpid(reader, NULL, 0);
    free(bytes);
    close(back[0]);
    close(back[1]);
}

static void a_device_that_says_nothing_and_one_that_is_gone_are_told_apart(void **state)
{
    (void)state;
    int fd[2];
    struct transport *t = NULL;
    struct err err = {0};
    struct buf in;
    buf_init(&in, 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    assert_true(transport_fd(fd[1], "socket", &t, &err));
    assert_true(t->ops->receive(t, 0, &in, &err));
    assert_true(t->ops->receive(t, SHORT_MS, &in, &err));
    assert_int_equal(in.n, 0);
    assert_int_equal(write(fd[0], "\x12\x16", 2), 2);
    assert_true(t->ops->receive(t, LONG_MS, &in, &err));
    assert_true(slice_is(buf_slice(&in), "\x12\x16"));
    close(fd[0]);
    assert_false(t->ops->receive(t, LONG_MS, &in, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
    transport_close(t);
    buf_finish(&in);
}

/* A terminal is a character device with two ways, as /dev/usb/lp0 is. */
static void lp_talks_both_ways_to_a_character_device(void **state)
{
    (void)state;
    int master, slave;
    char path[128], uri[160], bytes[16];
    struct termios raw;
    struct transport *t = NULL;
    struct err err = {0};
    struct buf in;
    size_t taken;
    buf_init(&in, 0);
    assert_int_equal(openpty(&master, &slave, path, NULL, NULL), 0);
    tcgetattr(slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    snprintf(uri, sizeof uri, "lp:%s", path);
    assert_true(open_uri(uri, &t, &err));
    assert_true(send_text(t, "\x10\x04\x01", &taken, &err));
    assert_int_equal(taken, 3);
    assert_true(t->ops->flush(t, LONG_MS, &err));
    assert_int_equal(read(master, bytes, sizeof bytes), 3);
    assert_memory_equal(bytes, "\x10\x04\x01", 3);
    assert_int_equal(write(master, "\x16", 1), 1);
    assert_true(t->ops->receive(t, LONG_MS, &in, &err));
    assert_true(slice_is(buf_slice(&in), "\x16"));
    transport_close(t);
    buf_finish(&in);
    close(slave);
    close(master);
}

static void lp_refuses_what_is_not_a_device(void **state)
{
    (void)state;
    char path[FOLDER_PATH_BYTES], uri[FOLDER_PATH_BYTES + 8];
    struct transport *t = open_file("plain");
    struct err err = {0};
    transport_close(t);
    snprintf(uri, sizeof uri, "lp:%s", folder_file(&folder, "plain", path));
    assert_false(open_uri(uri, &t, &err));
    assert_int_equal(err.code, ERR_PRINTER_KIND);
    snprintf(uri, sizeof uri, "lp:%s", folder_file(&folder, "none", path));
    assert_false(open_uri(uri, &t, &err));
    assert_int_equal(err.code, ERR_PRINTER_UNPLUGGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uri_that_no_scheme_knows_is_refused),
        cmocka_unit_test(a_file_grows_by_what_each_session_sends),
        cmocka_unit_test(a_folder_or_a_missing_folder_is_not_a_file_to_print_to),
        cmocka_unit_test(a_full_disk_takes_nothing_and_says_so),
        cmocka_unit_test(a_pipe_that_nobody_reads_is_an_error_and_not_a_wait),
        cmocka_unit_test(what_a_slow_reader_has_not_taken_is_not_counted),
        cmocka_unit_test(a_reader_that_goes_away_is_an_error_and_not_a_signal),
        cmocka_unit_test(interrupted_system_calls_lose_and_double_nothing),
        cmocka_unit_test(a_device_that_says_nothing_and_one_that_is_gone_are_told_apart),
        cmocka_unit_test(lp_talks_both_ways_to_a_character_device),
        cmocka_unit_test(lp_refuses_what_is_not_a_device),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
