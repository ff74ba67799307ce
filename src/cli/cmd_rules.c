#include "cli/cli.h"

#include <stdio.h>

enum { RULES_LINE_BYTES = 1 << 20 };

struct checking {
    struct cli *cli;
    size_t warnings;
};

/* clang-format off */
static const char *const count_words[LANG_COUNT][2] = {
    {"problems", "warnings"}, {"probleme", "avertismente"}, {"ошибок", "замечаний"},
};
/* clang-format on */

static void report(void *ctx, enum rules_severity severity, const struct err *what)
{
    struct checking *checking = ctx;
    checking->warnings += severity == RULES_WARNING;
    cli_say_finding(checking->cli, severity == RULES_WARNING, what);
}

static int run_check(struct cli *cli)
{
    struct checking checking = {.cli = cli};
    struct err err = {0};
    size_t problems = 0;
    /* a broken rules.yaml is what this command is for: the shop's own warning about it would say it
     * twice */
    cli->warn.tell = NULL;
    if (!cli_open_shop(cli, &err) ||
        !shop_check_rules(cli->shop, report, &checking, &problems, &err))
        return door_fail(&cli->door, &err);
    door_say(&cli->door, "rules.yaml: %s: %zu, %s: %zu\n",
             count_words[cli->door.lang][RULES_PROBLEM], problems,
             count_words[cli->door.lang][RULES_WARNING], checking.warnings);
    return problems ? EXIT_BAD_INPUT : EXIT_DONE;
}

const struct cli_command cmd_rules_check = {
    .door =
        {
            .name = "rules check",
            .summary = "problems of rules.yaml, with file, line and column",
            .needs_shop = true,
        },
    .run = run_check,
};

static const struct door_option explain_options[] = {
    {"--wait", "MIN", "the guest waited so many minutes"},
    {"--incident", "NAME", "what went wrong"},
};

static void say_rule(const struct cli *cli, const struct shop_explained *rule)
{
    static const char *const gives[LANG_COUNT] = {"gives", "dă", "даёт"};
    static const char *const no[LANG_COUNT] = {"no", "nu", "нет"};
    struct buf line;
    struct json j;
    if (cli->door.json) {
        buf_init(&line, RULES_LINE_BYTES);
        json_init(&j, &line);
        json_open_object(&j, NULL);
        json_text(&j, "rule", rule->rule);
        json_bool(&j, "gives", rule->gives);
        if (rule->offer.n)
            json_text(&j, "offer", rule->offer);
        else
            json_null(&j, "offer");
        json_text(&j, "why", rule->why);
        json_close_object(&j);
        door_put(&line);
        buf_finish(&line);
    }
    door_say(&cli->door, "%.*s: %s%s%.*s: %.*s\n", (int)rule->rule.n, (const char *)rule->rule.p,
             rule->gives ? gives[cli->door.lang] : no[cli->door.lang], rule->gives ? " " : "",
             (int)rule->offer.n, rule->offer.n ? (const char *)rule->offer.p : "", (int)rule->why.n,
             (const char *)rule->why.p);
}

static int run_explain(struct cli *cli)
{
    struct shop_service service;
    struct shop_explained *rules;
    struct sale sale;
    struct err err = {0};
    size_t n;
    if (!cli_service(cli, &service, &err) || !cli_open_shop(cli, &err) ||
        !cli_read_sale(cli, cli->door.args[0], &sale, &err) ||
        !shop_explain(cli->shop, &sale, &service, &cli->arena, &rules, &n, &err))
        return door_fail(&cli->door, &err);
    for (size_t i = 0; i < n; i++)
        say_rule(cli, &rules[i]);
    return EXIT_DONE;
}

const struct cli_command cmd_rules_explain = {
    .door =
        {
            .name = "rules explain",
            .args = "FILE",
            .summary = "for a sale, each rule with why it gives or does not",
            DOOR_OPTIONS(explain_options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
        },
    .run = run_explain,
};
