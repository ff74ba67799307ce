#include "cli/cli.h"

#include <stdio.h>

enum { REDEEM_LINE_BYTES = 1 << 20 };

static const struct door_option options[] = {
    {"--sale", "ID", "the sale it is taken off"},
    {"--till", "T", "the till (1)"},
    {"--by", "WHO", "who redeems it"},
    {"--request", "ID", "the same request id gets the same answer"},
    {"--dry-run", NULL, "only say what it is worth"},
    {"--undo", NULL, "take a redemption of today back (needs --reason)"},
    {"--reason", "TEXT", "why it is taken back"},
};

static const char *const done_words[LANG_COUNT][3] = {
    [LANG_EN] = {"redeemed", "redeemed before by this request", "would be redeemed"},
    [LANG_RO] = {"folosit", "folosit deja prin această cerere", "ar fi folosit"},
    [LANG_RU] = {"погашен", "уже погашен этим запросом", "был бы погашен"},
};

static const char *const undone_words[LANG_COUNT] = {
    "taken back; it can be redeemed again",
    "anulat; se poate folosi din nou",
    "погашение отменено; ваучер снова действует",
};

static void put(const struct cli *cli, const struct redeem_answer *answer)
{
    struct buf line;
    struct json j;
    buf_init(&line, REDEEM_LINE_BYTES);
    json_init(&j, &line);
    redeem_json(&j, answer, cli->door.lang);
    door_put(&line);
    buf_finish(&line);
}

/* When to the second, who and off which sale: what staff need when a guest says it cannot be. */
static void say_spent(const struct cli *cli, const struct spent_answer *spent)
{
    static const char *const sale_words[LANG_COUNT] = {"sale", "vânzarea", "продажа"};
    static const char *const by_words[LANG_COUNT] = {"by", "de", "кто:"};
    char at[CLI_MOMENT_BYTES];
    if (!spent->at.n)
        return;
    fprintf(stderr, "  %s", cli_moment(spent->at, at));
    if (spent->sale.n)
        fprintf(stderr, ", %s %.*s", sale_words[cli->door.lang], (int)spent->sale.n,
                (const char *)spent->sale.p);
    if (spent->by.n)
        fprintf(stderr, ", %s %.*s", by_words[cli->door.lang], (int)spent->by.n,
                (const char *)spent->by.p);
    fputc('\n', stderr);
}

static int say(struct cli *cli, const struct redeem_answer *answer, bool undone)
{
    if (cli->door.json)
        put(cli, answer);
    if (!answer->ok) {
        door_warn(&cli->door, &answer->refusal);
        say_spent(cli, &answer->spent);
        return (int)err_exit(answer->refusal.code);
    }
    unsigned which = answer->dry_run ? 2 : answer->again ? 1 : 0;
    door_say(&cli->door, "%s:\n",
             undone ? undone_words[cli->door.lang] : done_words[cli->door.lang][which]);
    cli_say_voucher(cli, &answer->voucher);
    return EXIT_DONE;
}

static int run(struct cli *cli)
{
    struct shop_who who = cli_who(cli);
    struct slice code = slice_str(cli->door.args[0]);
    struct redeem_answer answer;
    struct err err = {0};
    bool undo = door_has(&cli->door, "--undo");
    if (undo && !who.reason.n) {
        FAIL(&err, ERR_USAGE_NEEDS, "--undo", "--reason TEXT");
        return door_fail(&cli->door, &err);
    }
    if (undo && door_has(&cli->door, "--dry-run")) {
        FAIL(&err, ERR_USAGE_TOGETHER, "--undo", "--dry-run");
        return door_fail(&cli->door, &err);
    }
    bool ok = cli_open_shop(cli, &err);
    if (ok && undo)
        ok = shop_undo(cli->shop, code, &who, &cli->arena, &answer, &err);
    else if (ok)
        ok = shop_redeem(cli->shop, code, door_slice(&cli->door, "--sale"),
                         door_has(&cli->door, "--dry-run"), &who, &cli->arena, &answer, &err);
    return ok ? say(cli, &answer, undo) : door_fail(&cli->door, &err);
}

const struct cli_command cmd_redeem = {
    .door =
        {
            .name = "redeem",
            .args = "CODE|QRTEXT",
            .summary = "redeem a voucher, once",
            .help = "Says what the voucher is worth; the till takes it off. A typing mistake, an "
                    "unknown,\n"
                    "forged, expired, void or spent code is told apart.",
            DOOR_OPTIONS(options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
        },
    .run = run,
};
