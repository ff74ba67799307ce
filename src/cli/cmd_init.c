#include "setup/init.h"

#include "cli/cli.h"

static const struct cli_option options[] = {
    {"--name", "NAME", "the shop's name (Bonbon)"},
    {"--lang", "en|ro|ru", "language of the paper and of the comments (en)"},
    {"--currency", "CODE", "such as RON, EUR, GBP (what goes with the language)"},
    {"--timezone", "ZONE", "such as Europe/Bucharest (what goes with the language)"},
    {"--profile", "NAME", "the printer's profile (generic-80); see: bonbon profiles"},
    {"--printer", "URI", "the printer's address (virtual:paper, which makes pictures)"},
};

static const char *const made_words[LANG_COUNT] = {
    "is a shop; shop.yaml, rules.yaml and printers.d/receipt.yaml say what it does",
    "este un magazin; ce face spun shop.yaml, rules.yaml și printers.d/receipt.yaml",
    "это магазин; что он делает, сказано в shop.yaml, rules.yaml и printers.d/receipt.yaml",
};

static int run(struct cli *cli)
{
    struct shop_init init = {
        .dir = cli->args[0],
        .name = cli_value(cli, "--name"),
        .lang = LANG_EN,
        .currency = cli_value(cli, "--currency"),
        .timezone = cli_value(cli, "--timezone"),
        .profile = cli_value(cli, "--profile"),
        .printer = cli_value(cli, "--printer"),
    };
    struct err err = {0};
    if (cli_has(cli, "--lang") && !lang_parse(cli_slice(cli, "--lang"), &init.lang)) {
        FAIL(&err, ERR_USAGE, "--lang is en, ro or ru");
        return cli_fail(cli, &err);
    }
    if (!shop_init(&init, &err))
        return cli_fail(cli, &err);
    /* opening it once makes its keys and its database: what init promises works at once */
    cli->shop_dir = init.dir;
    if (!cli_open_shop(cli, &err))
        return cli_fail(cli, &err);
    if (cli->json) {
        struct buf line;
        struct json j;
        buf_init(&line, 0);
        json_init(&j, &line);
        json_open_object(&j, NULL);
        json_str(&j, "shop", init.dir);
        json_close_object(&j);
        cli_put(&line);
        buf_finish(&line);
    }
    cli_say(cli, "%s %s\n", init.dir, made_words[cli->lang]);
    return EXIT_DONE;
}

const struct cli_command cmd_init = {
    .name = "init",
    .args = "DIR",
    .summary = "make a shop that works at once",
    .help = "DIR must not exist, or be empty.",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
