#include "cli/cli.h"

#include <stdio.h>

enum { REDEEM_LINE_BYTES = 1 << 20 };

static const struct cli_option options[] = {
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
    redeem_json(&j, answer, cli->lang);
    cli_put(&line);
    buf_finish(&line);
}

/* When to the second, who and off which sale: what staff need when a guest says it cannot be. */
static void say_spent(const struct cli *cli, const struct spent_answer *spent)
{
    static const char *const sale_words[LANG_COUNT] = {"sale", "vânzarea", "продажа"};
    static const char *const by_words[LANG_COUNT] = {"by", "de", "кто:"};
    if (!spent->at.n)
        return;
    fprintf(stderr, "  %.*s", (int)spent->at.n, (const char *)spent->at.p);
    if (spent->sale.n)
        fprintf(stderr, ", %s %.*s", sale_words[cli->lang], (int)spent->sale.n,
                (const char *)spent->sale.p);
    if (spent->by.n)
        fprintf(stderr, ", %s %.*s", by_words[cli->lang], (int)spent->by.n,
                (const char *)spent->by.p);
    fputc('\n', stderr);
}

static int say(struct cli *cli, const struct redeem_answer *answer, bool undone)
{
    if (cli->json)
        put(cli, answer);
    if (!answer->ok) {
        cli_warn(cli, &answer->refusal);
        say_spent(cli, &answer->spent);
        return (int)err_exit(answer->refusal.code);
    }
    unsigned which = answer->dry_run ? 2 : answer->again ? 1 : 0;
    cli_say(cli, "%s:\n", undone ? undone_words[cli->lang] : done_words[cli->lang][which]);
    cli_say_voucher(cli, &answer->voucher);
    return EXIT_DONE;
}

static int run(struct cli *cli)
{
    struct shop_who who = cli_who(cli);
    struct slice code = slice_str(cli->args[0]);
    struct redeem_answer answer;
    struct err err = {0};
    bool undo = cli_has(cli, "--undo");
    if (undo && !who.reason.n) {
        FAIL(&err, ERR_USAGE, "--undo needs --reason TEXT");
        return cli_fail(cli, &err);
    }
    if (undo && cli_has(cli, "--dry-run")) {
        FAIL(&err, ERR_USAGE, "--undo takes a redemption back; it has no --dry-run");
        return cli_fail(cli, &err);
    }
    bool ok = cli_open_shop(cli, &err);
    if (ok && undo)
        ok = shop_undo(cli->shop, code, &who, &cli->arena, &answer, &err);
    else if (ok)
        ok = shop_redeem(cli->shop, code, cli_slice(cli, "--sale"), cli_has(cli, "--dry-run"), &who,
                         &cli->arena, &answer, &err);
    return ok ? say(cli, &answer, undo) : cli_fail(cli, &err);
}

const struct cli_command cmd_redeem = {
    .name = "redeem",
    .args = "CODE|QRTEXT",
    .summary = "redeem a voucher, once",
    .help = "Says what the voucher is worth; the till takes it off. A typing mistake, an unknown,\n"
            "forged, expired, void or spent code is told apart.",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .min_args = 1,
    .max_args = 1,
    .needs_shop = true,
    .run = run,
};
