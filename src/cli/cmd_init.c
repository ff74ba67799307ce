#include "setup/init.h"

#include "cli/cli.h"

static const struct door_option options[] = {
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
        .dir = cli->door.args[0],
        .name = door_value(&cli->door, "--name"),
        .lang = LANG_EN,
        .currency = door_value(&cli->door, "--currency"),
        .timezone = door_value(&cli->door, "--timezone"),
        .profile = door_value(&cli->door, "--profile"),
        .printer = door_value(&cli->door, "--printer"),
    };
    struct err err = {0};
    if (door_has(&cli->door, "--lang") &&
        !lang_parse(door_slice(&cli->door, "--lang"), &init.lang)) {
        FAIL(&err, ERR_USAGE_WORD, "--lang", "en, ro, ru");
        return door_fail(&cli->door, &err);
    }
    if (!shop_init(&init, &err))
        return door_fail(&cli->door, &err);
    /* opening it once makes its keys and its database: what init promises works at once */
    cli->door.shop = init.dir;
    if (!cli_open_shop(cli, &err))
        return door_fail(&cli->door, &err);
    if (cli->door.json) {
        struct buf line;
        struct json j;
        buf_init(&line, 0);
        json_init(&j, &line);
        json_open_object(&j, NULL);
        json_str(&j, "shop", init.dir);
        json_close_object(&j);
        door_put(&line);
        buf_finish(&line);
    }
    door_say(&cli->door, "%s %s\n", init.dir, made_words[cli->door.lang]);
    return EXIT_DONE;
}

const struct cli_command cmd_init = {
    .door =
        {
            .name = "init",
            .args = "DIR",
            .summary = "make a shop that works at once",
            .help = "DIR must not exist, or be empty.",
            DOOR_OPTIONS(options),
            .min_args = 1,
            .max_args = 1,
        },
    .run = run,
};
