#include "shop/template_check.h"

#include "cli/cli.h"

enum { TEMPLATE_LINE_BYTES = 1 << 20 };

/* clang-format off */
static const char *const severity_words[LANG_COUNT][2] = {
    {"problem", "warning"}, {"problemă", "atenție"}, {"ошибка", "внимание"},
};
static const char *const count_words[LANG_COUNT][3] = {
    {"templates", "problems", "warnings"}, {"șabloane", "probleme", "avertismente"}, {"шаблонов", "ошибок", "замечаний"},
};
/* clang-format on */

static void report(void *ctx, enum template_severity severity, const struct err *what)
{
    const struct cli *cli = ctx;
    const enum lang lang = cli->door.lang;
    struct buf text, where, line;
    struct json j;
    buf_init(&text, TEMPLATE_LINE_BYTES);
    buf_init(&where, TEMPLATE_LINE_BYTES);
    buf_init(&line, TEMPLATE_LINE_BYTES);
    err_text(what, lang, &text);
    err_where(what, &where);
    door_say(&cli->door, "%s: %.*s\n", severity_words[lang][severity], (int)text.n,
             (const char *)text.p);
    if (cli->door.json) {
        json_init(&j, &line);
        json_open_object(&j, NULL);
        json_str(&j, "severity", severity == TEMPLATE_PROBLEM ? "problem" : "warning");
        json_str(&j, "code", err_name(what->code));
        json_text(&j, "text", buf_slice(&text));
        json_text(&j, "where", buf_slice(&where));
        json_close_object(&j);
        door_put(&line);
    }
    buf_finish(&text);
    buf_finish(&where);
    buf_finish(&line);
}

static int run_check(struct cli *cli)
{
    const struct preview asked = {.template = cli->door.n_args ? cli->door.args[0] : NULL,
                                  .shop_dir = door_shop(&cli->door),
                                  .lang = &cli->door.lang,
                                  .arena = &cli->arena};
    struct template_counts counts;
    struct err err = {0};
    if (!templates_check(&asked, report, cli, &counts, &err))
        return door_fail(&cli->door, &err);
    const char *const *words = count_words[cli->door.lang];
    door_say(&cli->door, "%s: %zu, %s: %zu, %s: %zu\n", words[0], counts.templates, words[1],
             counts.problems, words[2], counts.warnings);
    return counts.problems ? EXIT_BAD_INPUT : EXIT_DONE;
}

const struct cli_command cmd_template_check = {
    .door =
        {
            .name = "template check",
            .args = "[NAME|FILE]",
            .summary = "problems of templates, and what will hurt on paper",
            .help =
                "Without a name, all templates of the shop; of the gallery, where it has none of "
                "its own.\n"
                "Each is filled with its sample and laid out for 58 and 80 mm; what is wrong is "
                "said with file,\n"
                "line and column.",
            .max_args = 1,
            .needs_shop = true,
        },
    .run = run_check,
};
