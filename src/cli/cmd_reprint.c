#include "cli/cli.h"
#include "view/words.h"

enum { REPRINT_LINE_BYTES = 1 << 20 };

static const struct door_option options[] = {
    {"--sale", "ID", "the receipt of a sale, with those of its vouchers that are alive"},
    {"--last", NULL, "the last sale of the till"},
    {"--till", "T", "the till (1)"},
    {"--by", "WHO", "who asks for it"},
    {"--reason", "TEXT", "why, for the audit"},
    {"--request", "ID", "the same request id gets the same copy"},
    {"--printer", "NAME|URI", "a printer of the shop, or an address"},
    {"--timeout", "S", "wait so long for the printer (10)"},
};

static void say(const struct cli *cli, const struct copy_answer *answer)
{
    struct buf line;
    struct json j;
    if (cli->door.json) {
        buf_init(&line, REPRINT_LINE_BYTES);
        json_init(&j, &line);
        copy_json(&j, answer);
        door_put(&line);
        buf_finish(&line);
    }
    struct slice copy_word = word(WORD_COPY, cli->door.lang);
    if (answer->sale.n)
        door_say(&cli->door, "%.*s: ", (int)answer->sale.n, (const char *)answer->sale.p);
    if (answer->copy)
        door_say(&cli->door, "%.*s %u: ", (int)copy_word.n, (const char *)copy_word.p,
                 answer->copy);
    door_say(&cli->door, "%s\n", cli_job_state(cli, answer->job.state));
    for (size_t i = 0; i < answer->n_vouchers; i++)
        cli_say_voucher(cli, &answer->vouchers[i]);
}

struct copying {
    struct cli *cli;
    struct copy_answer answer;
};

static bool stay(void *ctx, const struct job_answer *job)
{
    struct copying *c = ctx;
    if (!front_may_stay(c->cli))
        return false;
    if (!job)
        return front_go_on(c->cli, (struct slice){0}, true);
    say(c->cli, &c->answer);
    return front_leave(c->cli, cli_say_job(c->cli, job));
}

static int run(struct cli *cli)
{
    struct copying c = {.cli = cli};
    struct shop_printing printing = {
        .printer = door_value(&cli->door, "--printer"), .stay = stay, .ctx = &c};
    struct shop_who who = cli_who(cli);
    struct err err = {0};
    unsigned ways =
        cli->door.n_args + door_has(&cli->door, "--sale") + door_has(&cli->door, "--last");
    if (ways != 1 || (door_has(&cli->door, "--sale") && !door_slice(&cli->door, "--sale").n)) {
        FAIL(&err, ERR_USAGE_ONE_OF, "CODE, --sale ID, --last");
        return door_fail(&cli->door, &err);
    }
    bool ok = cli_timeout(cli, &printing.timeout_ms, &err) && cli_open_shop(cli, &err);
    if (ok && cli->door.n_args)
        ok = shop_reprint_voucher(cli->shop, slice_str(cli->door.args[0]), &who, &printing,
                                  &cli->arena, &c.answer, &err);
    else if (ok)
        ok = shop_reprint_sale(cli->shop, door_slice(&cli->door, "--sale"), &who, &printing,
                               &cli->arena, &c.answer, &err);
    if (!ok)
        return door_fail(&cli->door, &err);
    say(cli, &c.answer);
    return cli_say_job(cli, &c.answer.job);
}

const struct cli_command cmd_reprint = {
    .door =
        {
            .name = "reprint",
            .args = "[CODE]",
            .summary = "print a voucher or a receipt again, marked as a copy",
            .help = "The copy carries the same code, the word COPY with its number, and a line in "
                    "the audit.\n"
                    "A voucher that is spent, void or expired is refused with the reason.",
            DOOR_OPTIONS(options),
            .max_args = 1,
            .needs_shop = true,
            .keeps_jobs = true,
        },
    .run = run,
    .prints = true,
};
