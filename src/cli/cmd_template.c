#include "shop/template_check.h"

#include "cli/cli.h"

/* clang-format off */
static const char *const count_words[LANG_COUNT][3] = {
    {"templates", "problems", "warnings"}, {"șabloane", "probleme", "avertismente"}, {"шаблонов", "ошибок", "замечаний"},
};
/* clang-format on */

static void report(void *ctx, enum template_severity severity, const struct err *what)
{
    cli_say_finding(ctx, severity == TEMPLATE_WARNING, what);
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
