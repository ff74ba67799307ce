#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Sorted by name, as --help shows them. */
static const struct cli_command *const commands[] = {
    &cmd_decode,       &cmd_give,         &cmd_init,          &cmd_jobs,     &cmd_jobs_cancel,
    &cmd_jobs_done,    &cmd_jobs_retry,   &cmd_ledger_verify, &cmd_preview,  &cmd_print,
    &cmd_printers,     &cmd_printers_add, &cmd_printers_test, &cmd_profiles, &cmd_redeem,
    &cmd_reprint,      &cmd_rules_check,  &cmd_rules_explain, &cmd_spool,    &cmd_virtual,
    &cmd_voucher_list, &cmd_voucher_show, &cmd_voucher_void,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_overview(FILE *out)
{
    fputs("bonbon prints receipts and gives the vouchers that bring guests back.\n\n"
          "usage: bonbon COMMAND [OPTION ...] [ARGUMENT ...]\n\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
    fputs(
        "\nA shop is a folder: --shop DIR, else $BONBON_SHOP, else ./shop, else /var/lib/bonbon.\n"
        "Every command has --help and --json. Exit status: 0 done, 1 refused, 2 usage, 3 bad "
        "input,\n"
        "4 printer not ready (the job is kept), 5 our fault, 6 unknown: look at the paper.\n",
        out);
}

static void print_option(const char *name, const char *value, const char *help)
{
    char left[64];
    snprintf(left, sizeof left, "%s%s%s", name, value ? " " : "", value ? value : "");
    printf("  %-24s %s\n", left, help);
}

static void print_help(const struct cli_command *command)
{
    printf("usage: bonbon %s%s%s%s\n\n%s.\n", command->name,
           command->n_options ? " [OPTION ...]" : "", command->args ? " " : "",
           command->args ? command->args : "", command->summary);
    if (command->help)
        printf("\n%s\n", command->help);
    printf("\n");
    for (size_t i = 0; i < command->n_options; i++)
        print_option(command->options[i].name, command->options[i].value, command->options[i].help);
    if (command->needs_shop)
        print_option("--shop", "DIR",
                     "the shop's folder (else $BONBON_SHOP, ./shop, /var/lib/bonbon)");
    print_option("--json", NULL, "answer in JSON on standard output");
    print_option("--help", NULL, "this page");
}

/* The words of the line that name the command; the rest may stand before, between and behind. */
struct naming {
    const struct cli_command *command;
    int first, second; /* indices of its words; second is 0 for a command of one word */
};

static bool takes_value(struct slice option)
{
    if (slice_is(option, "--shop"))
        return true;
    for (size_t i = 0; i < COMMANDS; i++)
        for (size_t k = 0; k < commands[i]->n_options; k++)
            if (slice_is(option, commands[i]->options[k].name))
                return commands[i]->options[k].value;
    return false;
}

/* The index of the next word that is no option and no option's value, or argc. */
static int next_word(int argc, char **argv, int at)
{
    for (; at < argc && argv[at][0] == '-' && argv[at][1]; at++) {
        if (strcmp(argv[at], "--") == 0)
            return argc;
        at += takes_value(slice_str(argv[at]));
    }
    return at < argc ? at : argc;
}

/* Whether the first word of a command's name is this one; *rest is the other, or "". */
static bool begins(const struct cli_command *command, const char *word, const char **rest)
{
    const char *space = strchr(command->name, ' ');
    size_t n = space ? (size_t)(space - command->name) : strlen(command->name);
    *rest = space ? space + 1 : "";
    return strlen(word) == n && strncmp(command->name, word, n) == 0;
}

/* "voucher show" takes two words of the line, "print" one; "printers add" is not "printers". */
static bool find_command(int argc, char **argv, int first, struct naming *naming)
{
    int second = next_word(argc, argv, first + 1);
    naming->command = NULL;
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *rest;
        if (!begins(commands[i], argv[first], &rest))
            continue;
        if (*rest && (second == argc || strcmp(argv[second], rest) != 0))
            continue;
        *naming = (struct naming){commands[i], first, *rest ? second : 0};
        if (*rest)
            break;
    }
    return naming->command;
}

/* The commands that begin with a word that is none alone: "voucher". */
static bool print_group(FILE *out, const char *word)
{
    bool any = false;
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *rest;
        if (!begins(commands[i], word, &rest))
            continue;
        if (!any)
            fprintf(out, "usage: bonbon %s COMMAND [OPTION ...] [ARGUMENT ...]\n\n", word);
        any = true;
        fprintf(out, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
    }
    return any;
}

static bool has_word(int argc, char **argv, const char *wanted)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], wanted) == 0)
            return true;
    return false;
}

static bool usage(struct err *err, const char *what, const char *which)
{
    char text[ERR_ARG_BYTES];
    snprintf(text, sizeof text, "%s%s", what, which);
    return FAIL(err, ERR_USAGE, text);
}

static const struct cli_option *find_option(const struct cli_command *command, struct slice name,
                                            size_t *index)
{
    for (size_t i = 0; i < command->n_options; i++) {
        if (slice_is(name, command->options[i].name)) {
            *index = i;
            return &command->options[i];
        }
    }
    return NULL;
}

/* An option with its value behind '=' or as the next word; *at moves to what was used last. */
static bool take_option(struct cli *cli, int argc, char **argv, int *at, struct err *err)
{
    struct slice word = slice_str(argv[*at]);
    size_t equals = slice_find(word, '='), index = 0;
    struct slice name = slice_sub(word, 0, equals);
    bool is_shop = cli->command->needs_shop && slice_is(name, "--shop");
    const struct cli_option *option = find_option(cli->command, name, &index);
    if (!option && !is_shop)
        return usage(err, "unknown option ", argv[*at]);
    if (option && !option->value) {
        if (equals < word.n)
            return usage(err, option->name, " takes no value");
        cli->values[index] = "";
        return true;
    }
    const char *value = equals < word.n ? argv[*at] + equals + 1 : NULL;
    if (!value && *at + 1 >= argc)
        return usage(err, argv[*at], " needs a value");
    if (!value)
        value = argv[++*at];
    if (is_shop)
        cli->shop_dir = value;
    else
        cli->values[index] = value;
    return true;
}

static bool read_line(struct cli *cli, int argc, char **argv, const struct naming *naming,
                      struct err *err)
{
    bool options = true;
    for (int at = 1; at < argc; at++) {
        const char *word = argv[at];
        if (at == naming->first || at == naming->second)
            continue;
        if (options && strcmp(word, "--") == 0) {
            options = false;
        } else if (options && strcmp(word, "--json") == 0) {
            cli->json = true;
        } else if (options && word[0] == '-' && word[1]) {
            if (!take_option(cli, argc, argv, &at, err))
                return false;
        } else if (cli->n_args == cli->command->max_args) {
            return usage(err, "too many arguments: ", word);
        } else {
            cli->args[cli->n_args++] = word;
        }
    }
    if (cli->n_args < cli->command->min_args)
        return usage(err, "missing: ", cli->command->args);
    return true;
}

/* Until a shop is open: the language of the terminal. */
static enum lang terminal_lang(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        enum lang lang;
        if (value && *value)
            return lang_parse(slice_sub(slice_str(value), 0, 2), &lang) ? lang : LANG_EN;
    }
    return LANG_EN;
}

static void tell_warning(void *ctx, const struct err *what)
{
    cli_warn(ctx, what);
}

static int run(struct cli *cli, int argc, char **argv, const struct naming *naming)
{
    struct err err = {0};
    cli->command = naming->command;
    if (!read_line(cli, argc, argv, naming, &err)) {
        cli->json = has_word(argc, argv, "--json");
        int status = cli_fail(cli, &err);
        fprintf(stderr, "see: bonbon %s --help\n", cli->command->name);
        return status;
    }
    if (!env_system(&cli->env, &err))
        return cli_fail(cli, &err);
    if (!arena_init(&cli->arena, CLI_ARENA_BYTES)) {
        FAIL(&err, ERR_BUG, "out of memory");
        return cli_fail(cli, &err);
    }
    int status = cli->command->run(cli);
    shop_close(cli->shop);
    arena_finish(&cli->arena);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        FAIL(&err, ERR_FILE_WRITE, "-", strerror(errno));
        cli_warn(cli, &err);
        return EXIT_OUR_FAULT;
    }
    return status;
}

/* No command of ours: says so, with those there are. */
static int no_command(struct cli *cli, int argc, char **argv, int first)
{
    struct err err = {0};
    bool group = first < argc && print_group(stderr, argv[first]);
    cli->json = has_word(argc, argv, "--json");
    if (!group)
        print_overview(stderr);
    fputc('\n', stderr);
    if (group)
        usage(&err, "say which command of ", argv[first]);
    else if (first < argc)
        usage(&err, "there is no command ", argv[first]);
    else
        usage(&err, "say a command", "");
    return cli_fail(cli, &err);
}

/* "help", "help print", "print --help": all may be asked. */
static int help(struct cli *cli, int argc, char **argv, int first)
{
    struct naming naming;
    if (first < argc && strcmp(argv[first], "help") == 0)
        first = next_word(argc, argv, first + 1);
    if (first == argc)
        print_overview(stdout);
    else if (find_command(argc, argv, first, &naming))
        print_help(naming.command);
    else if (!print_group(stdout, argv[first]))
        return no_command(cli, argc, argv, first);
    return EXIT_DONE;
}

int cli_main(int argc, char **argv)
{
    struct cli cli = {.lang = terminal_lang()};
    struct naming naming;
    int first = next_word(argc, argv, 1);
    cli.warn = (struct shop_warn){&cli, tell_warning};
    if (has_word(argc, argv, "--help") || (first < argc && strcmp(argv[first], "help") == 0))
        return help(&cli, argc, argv, first);
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("bonbon " BONBON_VERSION);
        return EXIT_DONE;
    }
    if (first == argc || !find_command(argc, argv, first, &naming))
        return no_command(&cli, argc, argv, first);
    return run(&cli, argc, argv, &naming);
}
