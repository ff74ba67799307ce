#include "cli/cli.h"

enum { GIVE_LINE_BYTES = 1 << 20 };

static const struct door_option options[] = {
    {"--sale", "ID", "the sale it belongs to"},
    {"--till", "T", "the till (1)"},
    {"--customer", "ID", "the guest, for limits per customer"},
    {"--reason", "TEXT", "why, for the audit"},
    {"--by", "WHO", "who gives it"},
    {"--request", "ID", "the same request id gives the same voucher"},
    {"--printer", "NAME|URI", "a printer of the shop, or an address"},
    {"--timeout", "S", "wait so long for the printer (10)"},
};

struct giving {
    struct cli *cli;
    struct voucher_answer voucher;
};

static int say(const struct giving *g, const struct job_answer *job)
{
    const struct cli *cli = g->cli;
    if (cli->door.json) {
        struct buf line;
        struct json j;
        buf_init(&line, GIVE_LINE_BYTES);
        json_init(&j, &line);
        give_json(&j, &g->voucher, job);
        door_put(&line);
        buf_finish(&line);
    }
    cli_say_outcome(cli, g->voucher.offer, NULL, job);
    door_say(&cli->door, "\n");
    cli_say_voucher(cli, &g->voucher);
    return cli_say_job(cli, job);
}

static bool stay(void *ctx, const struct job_answer *job)
{
    struct giving *g = ctx;
    return front_may_stay(g->cli) &&
           (job ? front_leave(g->cli, say(g, job)) : front_go_on(g->cli, (struct slice){0}, true));
}

static int run(struct cli *cli)
{
    struct giving g = {.cli = cli};
    struct shop_printing printing = {
        .printer = door_value(&cli->door, "--printer"), .stay = stay, .ctx = &g};
    struct shop_who who = cli_who(cli);
    struct job_answer job;
    struct err err = {0};
    if (!cli_timeout(cli, &printing.timeout_ms, &err) || !cli_open_shop(cli, &err) ||
        !shop_give(cli->shop, slice_str(cli->door.args[0]), door_slice(&cli->door, "--sale"),
                   door_slice(&cli->door, "--customer"), &who, &printing, &cli->arena, &g.voucher,
                   &job, &err))
        return door_fail(&cli->door, &err);
    return say(&g, &job);
}

const struct cli_command cmd_give = {
    .door =
        {
            .name = "give",
            .args = "OFFER",
            .summary = "give and print a voucher outside the rules",
            .help = "OFFER is a name of rules.yaml, such as sorry-wait. Its limits hold here too.",
            DOOR_OPTIONS(options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
            .keeps_jobs = true,
        },
    .run = run,
    .prints = true,
};
