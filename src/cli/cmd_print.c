#include "cli/cli.h"

#include <stdio.h>
#include <unistd.h>

enum { PRINT_MAX_FILE_BYTES = 512 << 20, PRINT_LINE_BYTES = 1 << 20, PRINT_PAPER_BYTES = 64 << 20 };

static const struct door_option options[] = {
    {"--printer", "NAME|URI", "a printer of the shop, or an address (else the till's printer)"},
    {"--wait", "MIN", "the guest waited so many minutes"},
    {"--incident", "NAME", "what went wrong: oven-down"},
    {"--dry-run", NULL, "show what would be printed; record nothing, codes are specimens"},
    {"--png", "FILE", "also write a picture of the paper"},
    {"--bytes", "FILE", "also write the printer's bytes"},
    {"--timeout", "S", "wait so long for the printer (10)"},
};

/* One run: a file with one sale or many. */
struct printing {
    struct cli *cli;
    struct shop_service service;
    struct shop_printing how;
    struct buf paper;              /* bytes of all sales of this run */
    const struct profile *profile; /* of those bytes */
    bool many, dry_run, progress;
    const char *file;
    struct count {
        size_t total, done, printed, already, failed;
        unsigned line; /* that was read last */
        int worst;
    } n;
    struct slice rest; /* of many sales, those that were not read yet */
    struct slice sale; /* the one at hand */
    struct sale_answer answer;
    int timeout_ms; /* of each further sale */
    bool stayed;    /* nobody waits any more, or for another process */
};

/* clang-format off */
/* True of a job in any state: one that waits was not printed, and may come out with this very run. */
static const char *const again_words[LANG_COUNT] = {
    "was accepted before; nothing is printed twice",
    "a fost primită deja; nimic nu se tipărește de două ori",
    "уже принята раньше; дважды ничего не печатается",
};
static const char *const dry_words[LANG_COUNT] = {
    "dry run, nothing is recorded", "probă, nu se înregistrează nimic", "проба, ничего не записано",
};
static const char *const redeemed_words[LANG_COUNT] = {"redeemed", "folosit", "погашен"};
static const char *const summary_words[LANG_COUNT][4] = {
    {"sales", "printed", "accepted before", "with trouble"},
    {"vânzări", "tipărite", "primite deja", "cu probleme"},
    {"продаж", "напечатано", "принято раньше", "с ошибкой"},
};
/* clang-format on */

static void note(struct printing *p, int status)
{
    if (status > p->n.worst)
        p->n.worst = status;
    if (status != EXIT_DONE)
        p->n.failed++;
}

static void draw_progress(const struct printing *p)
{
    enum { WIDTH = 32 };
    size_t filled = p->n.total ? WIDTH * p->n.done / p->n.total : WIDTH;
    fprintf(stderr, "\r[%.*s%*s] %zu/%zu", (int)filled, "################################",
            (int)(WIDTH - filled), "", p->n.done, p->n.total);
    if (p->n.done == p->n.total)
        fputc('\n', stderr);
}

/* What the till has to take off; why a code was refused is told on its own. */
static void say_redeemed(const struct cli *cli, const struct redeemed_answer *redeemed)
{
    struct buf worth;
    if (!redeemed->ok)
        return;
    buf_init(&worth, PRINT_LINE_BYTES);
    value_text(&redeemed->value, redeemed->currency, cli->door.lang, &worth);
    door_say(&cli->door, "  %s %.*s: %.*s\n", redeemed_words[cli->door.lang], (int)redeemed->code.n,
             (const char *)redeemed->code.p, (int)worth.n, (const char *)worth.p);
    buf_finish(&worth);
}

static void say_answer(struct printing *p, const struct sale_answer *answer)
{
    struct cli *cli = p->cli;
    struct buf line;
    struct json j;
    if (cli->door.json) {
        buf_init(&line, PRINT_LINE_BYTES);
        json_init(&j, &line);
        sale_json(&j, answer);
        door_put(&line);
        buf_finish(&line);
    }
    if (p->many)
        return;
    const char *state = p->dry_run ? dry_words[cli->door.lang] : NULL;
    cli_say_outcome(cli, answer->sale, state, &answer->job);
    if (answer->already)
        door_say(&cli->door, "; %s", again_words[cli->door.lang]);
    door_say(&cli->door, "\n");
    for (size_t i = 0; i < answer->n_redeemed; i++)
        say_redeemed(cli, &answer->redeemed[i]);
    for (size_t i = 0; i < answer->n_vouchers; i++)
        cli_say_voucher(cli, &answer->vouchers[i]);
}

static void answer(struct printing *p, const struct job_answer *job)
{
    say_answer(p, &p->answer);
    int status = cli_say_job(p->cli, job);
    p->n.printed += status == EXIT_DONE && !p->answer.already;
    p->n.already += status == EXIT_DONE && p->answer.already;
    if (!p->profile)
        p->profile = job->profile;
    note(p, status);
}

static void print_one(struct printing *p, struct slice json)
{
    struct cli *cli = p->cli;
    struct sale sale;
    struct err err = {0};
    size_t mark = cli->arena.used;
    p->sale = json;
    bool read = sale_read(&cli->arena, json, p->n.line, &sale, &err);
    if (!read)
        err_at(&err, p->file, err.line || !p->many ? 0 : p->n.line, 0);
    bool ok = read && shop_print_sale(cli->shop, &sale, &p->service, p->dry_run, &p->how,
                                      &cli->arena, &p->answer, &err);
    if (ok && !p->stayed) {
        answer(p, &p->answer.job);
    } else if (!p->stayed) {
        if (read && p->many)
            err_at(&err, p->file, p->n.line, 0);
        if (p->progress)
            fputc('\n', stderr);
        note(p, door_fail(&cli->door, &err));
    }
    arena_reset(&cli->arena, mark);
}

static size_t count_lines(struct slice text)
{
    struct slice line;
    size_t n = 0;
    while (take_line(&text, &line))
        n += slice_trim(line).n > 0;
    return n;
}

static void end_one_of_many(struct printing *p)
{
    p->how.timeout_ms = p->timeout_ms;
    p->n.done++;
    if (p->progress)
        draw_progress(p);
}

static void print_many(struct printing *p, struct slice text)
{
    struct slice line;
    p->rest = text;
    p->progress = isatty(STDERR_FILENO);
    while (!p->stayed && take_line(&p->rest, &line)) {
        p->n.line++;
        if (!slice_trim(line).n)
            continue;
        print_one(p, line);
        if (!p->stayed)
            end_one_of_many(p);
    }
}

static int end_many(const struct printing *p)
{
    const char *const *words = summary_words[p->cli->door.lang];
    fprintf(stderr, "%s: %zu; %s: %zu; %s: %zu; %s: %zu\n", words[0], p->n.done, words[1],
            p->n.printed, words[2], p->n.already, words[3], p->n.failed);
    return p->n.worst;
}

/* The pictures and bytes that were asked for, of all that was printed. */
static int end(struct printing *p)
{
    struct err err = {0};
    if (p->many)
        end_many(p);
    if (p->paper.full)
        FAIL(&err, ERR_TOO_BIG, "--bytes", "64 MiB");
    else if (p->profile && p->paper.n)
        cli_write_paper(p->cli, buf_slice(&p->paper), p->profile, &err);
    if (err.code == ERR_NONE)
        return p->n.worst;
    door_warn(&p->cli->door,
              &err); /* on paper all is well: its answer stands, and no other follows it */
    return p->n.worst > (int)err_exit(err.code) ? p->n.worst : (int)err_exit(err.code);
}

/* ── a printer that stopped in the middle, and nobody waits for it any more ── */

/* Another process goes on with the sales that are left: how far this one came, and they. */
static bool go_on_elsewhere(struct printing *p, struct slice left, bool late)
{
    struct buf rest;
    buf_init(&rest, 0);
    buf_append(&rest, &p->n, sizeof p->n);
    buf_slice_append(&rest, left);
    bool ok = !rest.full && front_go_on(p->cli, buf_slice(&rest), late);
    buf_finish(&rest);
    return ok;
}

/* Nothing of this sale was accepted: it is read again, with all behind it. */
static bool begin_elsewhere(struct printing *p)
{
    struct slice left = p->sale;
    if (p->many) {
        left.n = (size_t)(p->rest.p + p->rest.n - left.p);
        p->n.line--;
    }
    return p->stayed = go_on_elsewhere(p, left, true);
}

static bool stay(void *ctx, const struct job_answer *job)
{
    struct printing *p = ctx;
    /* what many print is one picture, in the end, of all */
    if (!front_may_stay(p->cli) || (p->many && p->how.bytes))
        return false;
    if (!job)
        return begin_elsewhere(p);
    answer(p, job);
    if (!p->many)
        return p->stayed = front_leave(p->cli, end(p));
    end_one_of_many(p);
    return p->stayed = p->rest.n ? go_on_elsewhere(p, p->rest, false) : front_leave(p->cli, end(p));
}

static bool take_up(struct printing *p, struct slice *text)
{
    struct slice rest = buf_slice(&p->cli->front.rest);
    if (!p->cli->front.again || rest.n < sizeof p->n)
        return false;
    memcpy(&p->n, rest.p, sizeof p->n);
    *text = slice_sub(rest, sizeof p->n, rest.n);
    return true;
}

static int print_text(struct printing *p, struct slice text)
{
    bool further = take_up(p, &text);
    p->many = further ? p->n.total > 0 : sale_is_json_lines(text);
    if (p->many && !p->file)
        p->file = "stdin"; /* so that the number of a line is seen to be one */
    if (p->many && !further)
        p->n.total = count_lines(text);
    if (p->many) {
        print_many(p, text);
    } else {
        p->n.line = 1;
        print_one(p, text);
    }
    return p->stayed ? EXIT_DONE : end(p);
}

static bool prepare(struct printing *p, struct err *err)
{
    struct cli *cli = p->cli;
    p->how = (struct shop_printing){
        .printer = door_value(&cli->door, "--printer"), .stay = stay, .ctx = p};
    p->dry_run = door_has(&cli->door, "--dry-run");
    p->file = strcmp(cli->door.args[0], "-") == 0 ? NULL : cli->door.args[0];
    if (door_has(&cli->door, "--png") || door_has(&cli->door, "--bytes"))
        p->how.bytes = &p->paper;
    bool late = cli->front.late;
    cli->front.late = false;
    bool ok = cli_timeout(cli, &p->timeout_ms, err);
    p->how.timeout_ms = late ? 0 : p->timeout_ms;
    return ok && cli_service(cli, &p->service, err) && cli_open_shop(cli, err);
}

static int run(struct cli *cli)
{
    struct printing p = {.cli = cli};
    struct err err = {0};
    struct buf text;
    buf_init(&p.paper, PRINT_PAPER_BYTES);
    buf_init(&text, PRINT_MAX_FILE_BYTES);
    if (!prepare(&p, &err) ||
        (!cli->front.again &&
         !door_read_file(cli->door.args[0], PRINT_MAX_FILE_BYTES, &text, &err)))
        return door_fail(&cli->door, &err);
    int status = print_text(&p, buf_slice(&text));
    buf_finish(&text);
    buf_finish(&p.paper);
    return status;
}

const struct cli_command cmd_print = {
    .door =
        {
            .name = "print",
            .args = "FILE|-",
            .summary = "print a sale with its vouchers",
            .help =
                "FILE is one sale as JSON (docs/sale.md), or many, one a line: a bad line is named "
                "and\n"
                "the rest is printed. The same sale again is answered with what the first one did.",
            DOOR_OPTIONS(options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
            .keeps_jobs = true,
        },
    .run = run,
    .prints = true,
};
