#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REST_MAX_BYTES = 1 << 30 };

/* What the child says when it stays; `bytes` of the rest follow. */
struct word {
    int status;
    bool again, late;
    size_t bytes;
};

static bool write_all(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n) {
        ssize_t wrote = write(fd, at, n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        at += wrote;
        n -= (size_t)wrote;
    }
    return true;
}

/* False at the end of what there is. */
static bool read_all(int fd, void *p, size_t n)
{
    char *at = p;
    while (n) {
        ssize_t got = read(fd, at, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

static bool hear(int fd, struct word *word, struct buf *rest)
{
    if (!read_all(fd, word, sizeof *word))
        return false;
    buf_reset(rest);
    if (!buf_reserve(rest, word->bytes) || !read_all(fd, rest->p, word->bytes))
        return false;
    rest->n = word->bytes;
    return true;
}

/* Ends as the child did. */
static int status_of(pid_t child)
{
    int how;
    while (waitpid(child, &how, 0) < 0)
        if (errno != EINTR)
            return EXIT_OUR_FAULT;
    if (!WIFSIGNALED(how))
        return WEXITSTATUS(how);
    signal(WTERMSIG(how), SIG_DFL);
    raise(WTERMSIG(how));
    return EXIT_OUR_FAULT;
}

/* The exit status of the child, once it has one. *again when it stays and something is left. */
static int wait_for(struct cli *cli, pid_t child, int fd, bool *again)
{
    struct word word;
    *again = false;
    if (!hear(fd, &word, &cli->front.rest))
        return status_of(child);
    *again = cli->front.again = word.again;
    cli->front.late = word.late;
    return word.status;
}

static int run_child(struct cli *cli, pid_t front, int fd, int (*run)(struct cli *cli))
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != front) /* it died before that */
        _exit(EXIT_OUR_FAULT);
    cli->front.fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(fd);
    if (cli->front.fd < 0)
        cli->front.fd = 0;
    int status = run(cli);
    if (cli->front.fd)
        close(cli->front.fd);
    return status;
}

/* Runs the command once. *ended is false in the process that waited, when there is more to run. */
static int run_once(struct cli *cli, int (*run)(struct cli *cli), bool *ended)
{
    int ends[2];
    bool again = false;
    pid_t front = getpid();
    *ended = true;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return run(cli); /* nobody will stay, and all else is the same */
    pid_t child = fork();
    if (child < 0) {
        close(ends[0]);
        close(ends[1]);
        return run(cli);
    }
    if (child == 0) {
        close(ends[0]);
        return run_child(cli, front, ends[1], run);
    }
    close(ends[1]);
    int status = wait_for(cli, child, ends[0], &again);
    close(ends[0]);
    *ended = !again;
    return status;
}

int front_run(struct cli *cli, int (*run)(struct cli *cli))
{
    int status;
    bool ended;
    buf_init(&cli->front.rest, REST_MAX_BYTES);
    do
        status = run_once(cli, run, &ended);
    while (!ended);
    buf_finish(&cli->front.rest);
    return status;
}

/* From here on nobody reads what this process says, and its terminal is not its any more. */
static void turn_away(void)
{
    int nowhere = open("/dev/null", O_RDWR);
    fflush(stdout);
    for (int fd = STDIN_FILENO; nowhere >= 0 && fd <= STDERR_FILENO; fd++)
        dup2(nowhere, fd);
    if (nowhere > STDERR_FILENO)
        close(nowhere);
    (void)setsid();
}

bool front_may_stay(const struct cli *cli)
{
    return cli->front.fd > 0;
}

static bool stay(struct cli *cli, const struct word *word, struct slice rest)
{
    if (!front_may_stay(cli))
        return false;
    turn_away();
    prctl(PR_SET_PDEATHSIG, 0);
    bool said = write_all(cli->front.fd, word, sizeof *word) &&
                (!rest.n || write_all(cli->front.fd, rest.p, rest.n));
    close(cli->front.fd);
    cli->front.fd = 0;
    return said;
}

bool front_leave(struct cli *cli, int status)
{
    const struct word word = {.status = status};
    return stay(cli, &word, (struct slice){0});
}

bool front_go_on(struct cli *cli, struct slice rest, bool late)
{
    const struct word word = {.again = true, .late = late, .bytes = rest.n};
    return stay(cli, &word, rest);
}
