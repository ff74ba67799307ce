/* bonbon jobs: what waits and why, and what a person decides about it. */
#include "shop/jobs.h"

#include "base/utf8.h"
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { JOBS_LINE_BYTES = 1 << 20, REDRAW_MS = 10000 };

/* ── words ── */

/* clang-format off */
static const char *const kind_words[][LANG_COUNT + 1] = {
    {"copy", "copy", "copie", "копия"},
    {"sale", "sale", "vânzarea", "продажа"},
    {"voucher", "voucher", "voucher", "ваучер"},
};
static const char *const age_units[LANG_COUNT][4] = {
    {"s", "min", "h", "d"}, {"s", "min", "h", "z"}, {"с", "мин", "ч", "дн"},
};
static const char *const nothing_words[LANG_COUNT] = {"nothing waits", "nimic nu așteaptă", "ничего не ждёт"};
static const char *const look_words[LANG_COUNT][3] = {
    {"it is there:", "it is not:", "not wanted any more:"},
    {"este acolo:", "nu este:", "nu mai este dorită:"},
    {"оно там:", "его нет:", "больше не нужно:"},
};
static const char *const cancelled_words[LANG_COUNT][2] = {
    {"vouchers made void", "vouchers that stay valid, for they may be on paper"},
    {"vouchere anulate", "vouchere care rămân valabile, fiindcă pot fi pe hârtie"},
    {"аннулировано ваучеров", "ваучеров остаются в силе: они могут быть на бумаге"},
};
/* clang-format on */

static const char *kind_word(const struct cli *cli, struct slice kind)
{
    for (size_t i = 0; i < sizeof kind_words / sizeof kind_words[0]; i++)
        if (slice_is(kind, kind_words[i][0]))
            return kind_words[i][cli->door.lang + 1];
    return "";
}

/* Fills up to so many characters: printf counts bytes. */
static void put_padded(struct buf *out, struct slice text, unsigned width)
{
    buf_slice_append(out, text);
    for (size_t n = utf8_characters(text); n < width; n++)
        buf_byte(out, ' ');
    buf_str(out, "  ");
}

static void put_age(struct buf *out, const struct cli *cli, int64_t seconds)
{
    static const int64_t sizes[] = {1, 60, 3600, 86400};
    unsigned unit = 3;
    char text[48];
    while (unit && seconds < sizes[unit])
        unit--;
    snprintf(text, sizeof text, "%lld %s", (long long)(seconds / sizes[unit]),
             age_units[cli->door.lang][unit]);
    put_padded(out, slice_str(text), 6);
}

static void put_row(struct buf *out, const struct cli *cli, const struct shop_job *job)
{
    struct buf what;
    buf_init(&what, 0);
    buf_printf(&what, "%s %.*s", kind_word(cli, job->kind), (int)job->of.n,
               job->of.n ? (const char *)job->of.p : "");
    buf_printf(out, "%6lld  ", (long long)job->id);
    put_padded(out, slice_str(cli_job_state(cli, job->state)), 12);
    put_padded(out, job->printer, 10);
    put_padded(out, buf_slice(&what), 22);
    if (job->open)
        put_age(out, cli, job->waits_s);
    buf_slice_append(out, job->why);
    buf_byte(out, '\n');
    buf_finish(&what);
}

/* What can be done about it, where it is for a person to say. */
static void put_advice(struct buf *out, const struct cli *cli, const struct shop_job *job)
{
    const char *const *words = look_words[cli->door.lang];
    long long id = job->id;
    if (strcmp(job->state, "unknown") == 0)
        buf_printf(out,
                   "        %s bonbon jobs done %lld · %s bonbon jobs retry %lld · %s bonbon jobs "
                   "cancel %lld --reason …\n",
                   words[0], id, words[1], id, words[2], id);
    else if (strcmp(job->state, "sending") == 0 && job->code != ERR_NONE)
        buf_printf(out, "        %s bonbon jobs cancel %lld --reason …\n", words[2], id);
    else if (strcmp(job->state, "held") == 0)
        buf_printf(out, "        bonbon jobs retry %lld · bonbon jobs cancel %lld --reason …\n", id,
                   id);
}

/* ── the list ── */

static const struct door_option list_options[] = {
    {"--printer", "NAME", "of this printer"},
    {"--state", "STATE", "queued, sending, printed, sent, unknown, held or cancelled"},
    {"--all", NULL, "also what is done"},
    {"--watch", NULL, "stay, and show what changes"},
};

struct listing {
    struct cli *cli;
    struct buf out;
    size_t n;
};

static void put_json(const struct shop_job *job)
{
    struct buf line;
    struct json j;
    buf_init(&line, JOBS_LINE_BYTES);
    json_init(&j, &line);
    job_json(&j, job);
    door_put(&line);
    buf_finish(&line);
}

static void list_job(void *ctx, const struct shop_job *job)
{
    struct listing *l = ctx;
    l->n++;
    if (l->cli->door.json) {
        put_json(job);
        return;
    }
    put_row(&l->out, l->cli, job);
    put_advice(&l->out, l->cli, job);
}

static bool list(struct cli *cli, const struct shop_job_filter *filter, bool clear, struct err *err)
{
    struct listing l = {.cli = cli};
    buf_init(&l.out, 0);
    if (clear)
        buf_str(&l.out, "\033[H\033[2J");
    bool ok = shop_jobs(cli->shop, filter, list_job, &l, err);
    if (ok && !l.n && !cli->door.json)
        buf_printf(&l.out, "%s\n", nothing_words[cli->door.lang]);
    if (ok)
        door_put_bytes(buf_slice(&l.out));
    buf_finish(&l.out);
    return ok;
}

/* ── watching ── */

/* A screen is drawn anew when something changed, and now and then for the times on it. */
static bool watch_screen(struct cli *cli, const struct shop_job_filter *filter, struct err *err)
{
    int64_t version = 0;
    bool changed;
    for (;;) {
        if (!shop_wait_for_change(cli->shop, &version, REDRAW_MS, &changed, err) ||
            !list(cli, filter, true, err))
            return false;
        fflush(stdout);
    }
}

/* A job as it was shown last. */
struct shown {
    int64_t id;
    uint64_t looks; /* hash of what it says */
    bool seen;      /* in this round */
};

struct watching {
    struct cli *cli;
    struct shown *jobs;
    size_t n, cap;
};

static uint64_t hash(uint64_t h, struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ s.p[i]) * 0x100000001B3u;
    return (h ^ 0xFF) * 0x100000001B3u;
}

static struct shown *find_shown(struct watching *w, int64_t id)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->jobs[i].id == id)
            return &w->jobs[i];
    if (w->n == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 64;
        struct shown *grown = realloc(w->jobs, cap * sizeof *grown);
        if (!grown)
            return NULL;
        w->jobs = grown;
        w->cap = cap;
    }
    w->jobs[w->n] = (struct shown){.id = id};
    return &w->jobs[w->n++];
}

static void show_change(void *ctx, const struct shop_job *job)
{
    struct watching *w = ctx;
    struct shown *shown = find_shown(w, job->id);
    uint64_t looks = hash(hash(hash(1, slice_str(job->state)), job->why), job->printer);
    if (!shown)
        return;
    shown->seen = true;
    if (shown->looks == looks)
        return;
    shown->looks = looks;
    if (w->cli->door.json) {
        put_json(job);
        return;
    }
    struct buf row;
    buf_init(&row, JOBS_LINE_BYTES);
    put_row(&row, w->cli, job);
    door_put_bytes(buf_slice(&row));
    buf_finish(&row);
}

/* Those that left the list are shown once more, as they ended. */
static bool show_ended(struct watching *w, struct err *err)
{
    for (size_t i = 0; i < w->n;) {
        struct shown *shown = &w->jobs[i];
        const struct shop_job_filter one = {.id = shown->id};
        if (shown->seen) {
            shown->seen = false;
            i++;
        } else {
            if (!shop_jobs(w->cli->shop, &one, show_change, w, err))
                return false;
            w->jobs[i] = w->jobs[--w->n];
        }
    }
    return true;
}

/* For programs, and for what is no terminal: a line for each job that changed. */
static bool watch_lines(struct cli *cli, const struct shop_job_filter *filter, struct err *err)
{
    struct watching w = {.cli = cli};
    int64_t version = 0;
    bool changed, ok = true;
    while (ok) {
        ok = shop_wait_for_change(cli->shop, &version, REDRAW_MS, &changed, err);
        if (ok && changed)
            ok = shop_jobs(cli->shop, filter, show_change, &w, err) && show_ended(&w, err);
        if (fflush(stdout) != 0)
            break; /* nobody reads any more */
    }
    free(w.jobs);
    return ok;
}

static int run_list(struct cli *cli)
{
    const struct shop_job_filter filter = {.printer = door_value(&cli->door, "--printer"),
                                           .state = door_value(&cli->door, "--state"),
                                           .all = door_has(&cli->door, "--all")};
    struct err err = {0};
    bool ok = cli_open_shop(cli, &err);
    if (ok && !door_has(&cli->door, "--watch"))
        ok = list(cli, &filter, false, &err);
    else if (ok && !cli->door.json && isatty(STDOUT_FILENO))
        ok = watch_screen(cli, &filter, &err);
    else if (ok)
        ok = watch_lines(cli, &filter, &err);
    return ok ? EXIT_DONE : door_fail(&cli->door, &err);
}

const struct cli_command cmd_jobs = {
    .door =
        {
            .name = "jobs",
            .summary = "what waits to be printed, and why",
            .help = "bonbon jobs retry ID    print it now (what may be on paper is marked PRINTED "
                    "AGAIN)\n"
                    "bonbon jobs done ID     somebody looked: it is on the paper\n"
                    "bonbon jobs cancel ID   not wanted any more",
            DOOR_OPTIONS(list_options),
            .needs_shop = true,
            .keeps_jobs = true,
        },
    .run = run_list,
};

/* ── deciding ── */

static bool read_id(struct cli *cli, int64_t *id, struct err *err)
{
    uint64_t number;
    if (!slice_u64(slice_str(cli->door.args[0]), INT64_MAX, &number))
        return FAIL(err, ERR_JOB_UNKNOWN, cli->door.args[0]);
    *id = (int64_t)number;
    return true;
}

static void say_job(void *ctx, const struct shop_job *job)
{
    struct cli *cli = ctx;
    if (cli->door.json)
        put_json(job);
    door_say(&cli->door, "%lld: %s\n", (long long)job->id, cli_job_state(cli, job->state));
}

static bool say_one(struct cli *cli, int64_t id, struct err *err)
{
    const struct shop_job_filter one = {.id = id};
    return shop_jobs(cli->shop, &one, say_job, cli, err);
}

static const struct door_option retry_options[] = {
    {"--printer", "NAME|URI", "on this printer instead"},
    {"--timeout", "S", "wait so long for the printer (10)"},
    {"--by", "WHO", "who says so"},
};

struct retrying {
    struct cli *cli;
    int64_t id;
};

static bool stay(void *ctx, const struct job_answer *job)
{
    struct retrying *r = ctx;
    struct err err = {0};
    if (!front_may_stay(r->cli))
        return false;
    bool said = say_one(r->cli, r->id, &err);
    return front_leave(r->cli, said ? cli_say_job(r->cli, job) : door_fail(&r->cli->door, &err));
}

static int run_retry(struct cli *cli)
{
    struct retrying r = {.cli = cli};
    struct shop_printing printing = {
        .printer = door_value(&cli->door, "--printer"), .stay = stay, .ctx = &r};
    struct shop_who who = cli_who(cli);
    struct job_answer answer;
    struct err err = {0};
    if (!read_id(cli, &r.id, &err) || !cli_timeout(cli, &printing.timeout_ms, &err) ||
        !cli_open_shop(cli, &err) ||
        !shop_job_retry(cli->shop, r.id, &who, &printing, &answer, &err) ||
        !say_one(cli, r.id, &err))
        return door_fail(&cli->door, &err);
    return cli_say_job(cli, &answer);
}

const struct cli_command cmd_jobs_retry = {
    .door =
        {
            .name = "jobs retry",
            .args = "ID",
            .summary = "print a job now, after all, or on another printer",
            DOOR_OPTIONS(retry_options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
            .keeps_jobs = true,
        },
    .run = run_retry,
    .prints = true,
};

static const struct door_option done_options[] = {
    {"--by", "WHO", "who looked"},
};

static int run_done(struct cli *cli)
{
    struct shop_who who = cli_who(cli);
    struct err err = {0};
    int64_t id = 0;
    if (!read_id(cli, &id, &err) || !cli_open_shop(cli, &err) ||
        !shop_job_done(cli->shop, id, &who, &err) || !say_one(cli, id, &err))
        return door_fail(&cli->door, &err);
    return EXIT_DONE;
}

const struct cli_command cmd_jobs_done = {
    .door =
        {
            .name = "jobs done",
            .args = "ID",
            .summary = "somebody looked: an interrupted job is on the paper",
            DOOR_OPTIONS(done_options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
            .keeps_jobs = true,
        },
    .run = run_done,
};

static const struct door_option cancel_options[] = {
    {"--reason", "TEXT", "why, for the audit (needed)"},
    {"--till", "T", "the till (1)"},
    {"--by", "WHO", "who says so"},
};

static int run_cancel(struct cli *cli)
{
    struct shop_who who = cli_who(cli);
    struct job_cancelled cancelled;
    struct err err = {0};
    int64_t id = 0;
    if (!who.reason.n) {
        FAIL(&err, ERR_USAGE_NEEDS, "jobs cancel", "--reason TEXT");
        return door_fail(&cli->door, &err);
    }
    if (!read_id(cli, &id, &err) || !cli_open_shop(cli, &err) ||
        !shop_job_cancel(cli->shop, id, &who, &cancelled, &err) || !say_one(cli, id, &err))
        return door_fail(&cli->door, &err);
    const char *const *words = cancelled_words[cli->door.lang];
    if (cancelled.voided)
        door_say(&cli->door, "  %s: %zu\n", words[0], cancelled.voided);
    if (cancelled.kept)
        door_say(&cli->door, "  %s: %zu\n", words[1], cancelled.kept);
    return EXIT_DONE;
}

const struct cli_command cmd_jobs_cancel = {
    .door =
        {
            .name = "jobs cancel",
            .args = "ID",
            .summary = "drop a job, with a reason",
            .help =
                "Vouchers that never reached paper are made void, and stock and budget get "
                "back what\n"
                "they took. A job whose printer stopped in the middle is given up; what is on the "
                "paper stays there.\n"
                "Vouchers of a job that was interrupted stay valid: they may be on "
                "paper.",
            DOOR_OPTIONS(cancel_options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
            .keeps_jobs = true,
        },
    .run = run_cancel,
};
