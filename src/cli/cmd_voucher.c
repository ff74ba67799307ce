#include "cli/cli.h"

#include <stdio.h>

enum { VOUCHER_LINE_BYTES = 1 << 20 };

/* ── show ── */

/* clang-format off */
static const struct {
    const char *kind, *words[LANG_COUNT];
} event_words[] = {
    {"copied", {"copied", "copiat", "напечатана копия"}},
    {"issued", {"issued", "emis", "выдан"}},
    {"redeemed", {"redeemed", "folosit", "погашен"}},
    {"refused", {"refused", "refuzat", "отказано"}},
    {"undone", {"redemption undone", "folosire anulată", "погашение отменено"}},
    {"voided", {"made void", "anulat", "аннулирован"}},
};
static const char *const till_words[LANG_COUNT] = {"till", "casa", "касса"};
static const char *const by_words[LANG_COUNT] = {"by", "de", "кто:"};
static const char *const paper_words[LANG_COUNT] = {"paper", "hârtie", "бумага"};
static const char *const copies_words[LANG_COUNT] = {"copies", "copii", "копий"};
/* clang-format on */

static void put_event_word(struct buf *out, struct slice kind, enum lang lang)
{
    for (size_t i = 0; i < sizeof event_words / sizeof event_words[0]; i++) {
        if (slice_is(kind, event_words[i].kind)) {
            buf_str(out, event_words[i].words[lang]);
            return;
        }
    }
    buf_slice_append(out, kind);
}

struct showing {
    struct cli *cli;
    struct buf events; /* JSON objects, commas between */
    struct json j;
    struct zone *zone;
    struct buf words;
};

static void show_event(void *ctx, const struct shop_event *event)
{
    struct showing *s = ctx;
    struct civil when;
    char at[32], moment[CLI_MOMENT_BYTES];
    zone_civil(s->zone, event->at_s, &when);
    size_t n = time_text(event->at_s, when.offset_s, at);
    json_open_object(&s->j, NULL);
    json_text(&s->j, "at", slice_of(at, n));
    json_text(&s->j, "kind", event->kind);
    json_text(&s->j, "till", event->till);
    json_text(&s->j, "by", event->by);
    json_text(&s->j, "reason", event->reason);
    json_raw(&s->j, "data", event->data.n ? event->data : SLICE_LITERAL("{}"));
    json_close_object(&s->j);
    enum lang lang = s->cli->door.lang;
    buf_printf(&s->words, "  %s  ", cli_moment(slice_of(at, n), moment));
    put_event_word(&s->words, event->kind, lang);
    buf_printf(&s->words, ", %s %.*s", till_words[lang], (int)event->till.n,
               (const char *)event->till.p);
    if (event->by.n)
        buf_printf(&s->words, ", %s %.*s", by_words[lang], (int)event->by.n,
                   (const char *)event->by.p);
    if (event->reason.n)
        buf_printf(&s->words, "  (%.*s)", (int)event->reason.n, (const char *)event->reason.p);
    if (event->refusal->code != ERR_NONE) {
        buf_str(&s->words, ": ");
        err_text(event->refusal, lang, &s->words);
    }
    buf_byte(&s->words, '\n');
}

static void put_shown(struct showing *s, const struct voucher_answer *voucher)
{
    struct buf line;
    struct json j;
    json_close_list(&s->j);
    if (s->cli->door.json) {
        buf_init(&line, VOUCHER_LINE_BYTES);
        json_init(&j, &line);
        json_open_object(&j, NULL);
        voucher_details_json(&j, voucher);
        json_raw(&j, "history", buf_slice(&s->events));
        json_close_object(&j);
        door_put(&line);
        buf_finish(&line);
    }
    cli_say_voucher(s->cli, voucher);
    char paper[32];
    enum lang lang = s->cli->door.lang;
    slice_cstr(voucher->paper, paper, sizeof paper);
    door_say(&s->cli->door, "  %s; %s: %s; %s: %u\n%.*s", cli_voucher_state(s->cli, voucher->state),
             paper_words[lang], cli_job_state(s->cli, paper), copies_words[lang], voucher->copies,
             (int)s->words.n, s->words.n ? (const char *)s->words.p : "");
}

static int run_show(struct cli *cli)
{
    struct showing s = {.cli = cli};
    struct voucher_answer voucher;
    struct err err = {0};
    char zone[128];
    buf_init(&s.events, VOUCHER_LINE_BYTES);
    buf_init(&s.words, VOUCHER_LINE_BYTES);
    json_init(&s.j, &s.events);
    json_open_list(&s.j, NULL);
    bool ok = cli_open_shop(cli, &err);
    if (ok)
        slice_cstr(shop_config(cli->shop)->timezone, zone, sizeof zone);
    ok = ok && zone_create(&s.zone, zone, &err) &&
         shop_voucher(cli->shop, slice_str(cli->door.args[0]), &cli->arena, &voucher, show_event,
                      &s, &err);
    if (ok)
        put_shown(&s, &voucher);
    zone_destroy(s.zone);
    buf_finish(&s.events);
    buf_finish(&s.words);
    return ok ? EXIT_DONE : door_fail(&cli->door, &err);
}

const struct cli_command cmd_voucher_show = {
    .door =
        {
            .name = "voucher show",
            .args = "CODE",
            .summary = "a voucher with its whole history",
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
        },
    .run = run_show,
};

/* ── list ── */

static const struct door_option list_options[] = {
    {"--state", "STATE", "issued, redeemed, void or expired"},
    {"--since", "DATE", "given on this day or later (2026-11-21)"},
    {"--sale", "ID", "of this sale"},
};

static void list_voucher(void *ctx, const struct voucher_answer *voucher)
{
    struct cli *cli = ctx;
    struct buf line;
    struct json j;
    if (!cli->door.json) {
        printf("%s", cli_voucher_state(cli, voucher->state));
        cli_say_voucher(cli, voucher);
        return;
    }
    buf_init(&line, VOUCHER_LINE_BYTES);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    voucher_details_json(&j, voucher);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

static int run_list(struct cli *cli)
{
    enum voucher_state state = VOUCHER_ISSUED;
    struct err err = {0};
    const char *wanted = door_value(&cli->door, "--state");
    if (wanted && !voucher_state_parse(wanted, &state)) {
        FAIL(&err, ERR_USAGE_WORD, "--state", "issued, redeemed, void, expired");
        return door_fail(&cli->door, &err);
    }
    if (!cli_open_shop(cli, &err) ||
        !shop_vouchers(cli->shop, wanted ? &state : NULL, door_slice(&cli->door, "--since"),
                       door_slice(&cli->door, "--sale"), list_voucher, cli, &err))
        return door_fail(&cli->door, &err);
    return EXIT_DONE;
}

const struct cli_command cmd_voucher_list = {
    .door =
        {
            .name = "voucher list",
            .summary = "the vouchers given, in order",
            DOOR_OPTIONS(list_options),
            .needs_shop = true,
        },
    .run = run_list,
};

/* ── void ── */

static const struct door_option void_options[] = {
    {"--reason", "TEXT", "why, for the audit (needed)"},
    {"--till", "T", "the till (1)"},
    {"--by", "WHO", "who does it"},
    {"--request", "ID", "the same request id is answered the same"},
};

static int run_void(struct cli *cli)
{
    struct shop_who who = cli_who(cli);
    struct voucher_answer voucher;
    struct err err = {0};
    if (!who.reason.n) {
        FAIL(&err, ERR_USAGE_NEEDS, "voucher void", "--reason TEXT");
        return door_fail(&cli->door, &err);
    }
    if (!cli_open_shop(cli, &err) ||
        !shop_void(cli->shop, slice_str(cli->door.args[0]), &who, &cli->arena, &voucher, &err))
        return door_fail(&cli->door, &err);
    if (cli->door.json)
        list_voucher(cli, &voucher);
    door_say(&cli->door, "%s", cli_voucher_state(cli, voucher.state));
    cli_say_voucher(cli, &voucher);
    return EXIT_DONE;
}

const struct cli_command cmd_voucher_void = {
    .door =
        {
            .name = "voucher void",
            .args = "CODE",
            .summary = "make a voucher void, with a reason",
            DOOR_OPTIONS(void_options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
        },
    .run = run_void,
};
