/* bonbon spool: the service that prints what others brought. */
#include "shop/service.h"

#include "cli/cli.h"
#include "cli/notify.h"

#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const struct door_option options[] = {
    {"--printer", "NAME[,NAME]", "only these printers of the shop (all, and those to come)"},
};

/* clang-format off */
static const char *const ready_words[LANG_COUNT] = {"ready", "pregătită", "готов"};
static const char *const waiting_words[LANG_COUNT] = {"waiting", "în așteptare", "ждут"};
/* clang-format on */

struct spooling {
    struct cli *cli;
    struct service_state states[SERVICE_PRINTERS_MAX]; /* as told last */
    size_t n;
    bool news; /* that systemd has not heard */
};

static void put_words(const struct cli *cli, const struct service_state *state, struct buf *out)
{
    if (state->trouble.code != ERR_NONE)
        err_text(&state->trouble, cli->door.lang, out);
    else
        buf_str(out, ready_words[cli->door.lang]);
    if (state->waiting)
        buf_printf(out, " (%s: %zu)", waiting_words[cli->door.lang], state->waiting);
}

static void put_json(const struct cli *cli, const struct service_state *state)
{
    struct buf line, why;
    struct json j;
    buf_init(&line, 0);
    buf_init(&why, 0);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "printer", state->printer);
    json_bool(&j, "working", state->working);
    json_int(&j, "waiting", (int64_t)state->waiting);
    if (state->trouble.code == ERR_NONE) {
        json_null(&j, "code");
        json_null(&j, "why");
    } else {
        err_text(&state->trouble, cli->door.lang, &why);
        json_str(&j, "code", err_name(state->trouble.code));
        json_text(&j, "why", buf_slice(&why));
    }
    json_close_object(&j);
    door_put(&line);
    fflush(stdout);
    buf_finish(&line);
    buf_finish(&why);
}

static void put_line(const struct cli *cli, const struct service_state *state)
{
    struct buf words;
    buf_init(&words, 0);
    put_words(cli, state, &words);
    door_say(&cli->door, "%s: %.*s\n", state->printer, (int)words.n,
             words.n ? (const char *)words.p : "");
    fflush(stdout);
    buf_finish(&words);
}

static bool same_trouble(const struct service_state *a, const struct service_state *b)
{
    return a->printer && a->trouble.code == b->trouble.code &&
           strcmp(a->trouble.arg[1], b->trouble.arg[1]) == 0;
}

static void tell_systemd(struct spooling *s)
{
    struct buf status;
    buf_init(&status, (size_t)SERVICE_WORDS_BYTES * 8);
    buf_str(&status, "STATUS=");
    for (size_t i = 0; i < s->n; i++) {
        buf_printf(&status, "%s%s: ", i ? "; " : "", s->states[i].printer);
        put_words(s->cli, &s->states[i], &status);
    }
    notify(buf_slice(&status));
    buf_finish(&status);
    s->news = false;
}

/* A log that tells of every receipt tells nothing: people and systemd are told of troubles and
 * their end, systemd within a second of how many wait; programs are told everything. */
static void changed(void *ctx, const struct service_state *states, size_t n)
{
    struct spooling *s = ctx;
    bool troubles = n != s->n;
    for (size_t i = 0; i < n; i++) {
        bool same = same_trouble(&s->states[i], &states[i]);
        bool all = same && s->states[i].waiting == states[i].waiting &&
                   s->states[i].working == states[i].working;
        s->states[i] = states[i];
        if (s->cli->door.json && !all)
            put_json(s->cli, &states[i]);
        else if (!s->cli->door.json && !same)
            put_line(s->cli, &states[i]);
        troubles |= !same;
    }
    s->n = n;
    s->news = true;
    if (troubles)
        tell_systemd(s);
}

static void ready(void *ctx)
{
    (void)ctx;
    notify(SLICE_LITERAL("READY=1"));
}

static void alive(void *ctx)
{
    struct spooling *s = ctx;
    notify(SLICE_LITERAL("WATCHDOG=1"));
    if (s->news)
        tell_systemd(s);
}

static void tell(void *ctx, const char *printer, const struct err *what)
{
    const struct spooling *s = ctx;
    (void)printer; /* named in the words, where it matters */
    door_warn(&s->cli->door, what);
}

/* What ends a service, as something to read. Blocked before any thread is there, so for all. */
static int stop_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return -1;
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static size_t split(struct slice list, struct slice names[SERVICE_PRINTERS_MAX])
{
    size_t n = 0;
    while (list.n && n < SERVICE_PRINTERS_MAX) {
        size_t comma = slice_find(list, ',');
        names[n++] = slice_trim(slice_sub(list, 0, comma));
        list = slice_sub(list, comma + 1, list.n);
    }
    return n;
}

static int run(struct cli *cli)
{
    struct slice names[SERVICE_PRINTERS_MAX];
    struct spooling *spooling = ARENA_NEW(&cli->arena, struct spooling);
    struct err err = {0};
    if (!spooling || !cli_open_shop(cli, &err))
        return door_fail(&cli->door, &err);
    spooling->cli = cli;
    struct service service = {.dir = cli_find_shop(cli),
                              .env = &cli->env,
                              .printers = names,
                              .n_printers = split(door_slice(&cli->door, "--printer"), names),
                              .stop_fd = stop_signals(),
                              .ctx = spooling,
                              .ready = ready,
                              .changed = changed,
                              .alive = alive,
                              .tell = tell};
    if (service.stop_fd < 0) {
        FAIL(&err, ERR_BUG, "signals");
        return door_fail(&cli->door, &err);
    }
    bool ok = service_run(&service, &err);
    notify(SLICE_LITERAL("STOPPING=1"));
    close(service.stop_fd);
    return ok ? EXIT_DONE : door_fail(&cli->door, &err);
}

const struct cli_command cmd_spool = {
    .door =
        {
            .name = "spool",
            .summary = "print as a service: a worker a printer, until it is stopped",
            .help = "While it runs, print, give and reprint hand their jobs over and wait for its "
                    "answer. "
                    "It goes on\nby itself when paper, cover or cable are mended. "
                    "systemd/bonbon-spool.service runs it as a\nservice; Ctrl-C or SIGTERM ends it "
                    "after "
                    "the job at hand.",
            DOOR_OPTIONS(options),
            .needs_shop = true,
            .keeps_jobs = true,
        },
    .run = run,
};
