/* The command line: a table of commands, a table of options, getopt. */
#include "firmware-tools/fw.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WAIT_MS = 2000, WAIT_MAX_MS = 600000 };

static const struct fw_command *const commands[] = {
    &cmd_clear,          &cmd_codepages,     &cmd_counters,      &cmd_identify,
    &cmd_logo_delete,    &cmd_logo_list,     &cmd_logo_print,    &cmd_logo_upload,
    &cmd_profile_import, &cmd_selftest,      &cmd_settings_diff, &cmd_settings_restore,
    &cmd_settings_save,  &cmd_settings_show, &cmd_status,        &cmd_trace,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

struct option_row {
    const char *name;
    const char *value; /* what follows it; NULL for a switch */
    const char *help;
};

/* clang-format off */
static const struct option_row options[FW_OPTIONS] = {
    [FW_BACKUP] = {"--backup", "FILE", "where the printer's present settings are kept (else in the state folder)"},
    [FW_ERASE] = {"--erase", NULL, "also change what empties the printer's memory"},
    [FW_FORCE] = {"--force", NULL, "replace profiles that are there already"},
    [FW_HELP] = {"--help", NULL, "this page"},
    [FW_JSON] = {"--json", NULL, "answer in JSON on standard output"},
    [FW_KIND] = {"--kind", "NAME", "status (the default) or rolling"},
    [FW_LINE_ART] = {"--line-art", NULL, "black or white without dither, for drawings"},
    [FW_OLD] = {"--old", NULL, "the old NV bit images by number (FS q), for a printer that has only those"},
    [FW_ONLY] = {"--only", "NAME", "import this profile alone"},
    [FW_PRINTER] = {"--printer", "NAME|URI", "a printer of the shop, or usb:, tcp://HOST:9100, lp:/dev/usb/lp0, …"},
    [FW_PROFILE] = {"--profile", "NAME", "what the printer is (else as the shop says, else generic-80)"},
    [FW_SHOP] = {"--shop", "DIR", "the shop's folder (else $BONBON_SHOP, ./shop, /var/lib/bonbon)"},
    [FW_TIMES] = {"--times", "N", "with --watch: end after N looks"},
    [FW_VERSION] = {"--version", NULL, "the program's version"},
    [FW_WAIT] = {"--wait", "MS", "how long an answer is waited for (2000)"},
    [FW_WATCH] = {"--watch", NULL, "look again every second and say what changed, until stopped"},
    [FW_WIDTH] = {"--width", "DOTS", "make it so wide"},
    [FW_YES] = {"--yes", NULL, "write without asking"},
};
/* clang-format on */

const char *fw_option_name(enum fw_option option)
{
    return options[option].name;
}

static void print_overview(FILE *out)
{
    fputs("bonbon-fw looks after receipt printers.\n\n"
          "usage: bonbon-fw COMMAND [OPTION ...] [ARGUMENT ...]\n\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-17s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nEvery command has --help and --json. Exit status: 0 done, 1 refused or different,\n"
          "2 usage, 3 bad input, 4 printer not ready, 5 our fault.\n",
          out);
}

static bool takes(const struct fw_command *command, unsigned option)
{
    return option == FW_HELP || option == FW_JSON || command->options & FW_BIT(option);
}

static void print_help(const struct fw_command *command)
{
    printf("usage: bonbon-fw %s [OPTION ...]%s%s\n\n%s.\n", command->name, command->args ? " " : "",
           command->args ? command->args : "", command->summary);
    if (command->help)
        printf("\n%s\n", command->help);
    printf("\n");
    for (unsigned i = 0; i < FW_OPTIONS; i++) {
        char left[64];
        if (!takes(command, i))
            continue;
        snprintf(left, sizeof left, "%s%s%s", options[i].name, options[i].value ? " " : "",
                 options[i].value ? options[i].value : "");
        printf("  %-20s %s\n", left, options[i].help);
    }
}

static bool usage(struct err *err, const char *what, const char *which)
{
    char text[ERR_ARG_BYTES];
    snprintf(text, sizeof text, "%s%s", what, which);
    return FAIL(err, ERR_USAGE, text);
}

/* What getopt found, before it is known whose options they are. */
struct line {
    const char *values[FW_OPTIONS];
    char **words;
    int n_words;
};

static bool read_options(int argc, char **argv, struct line *line, struct err *err)
{
    struct option table[FW_OPTIONS + 1];
    for (int i = 0; i < FW_OPTIONS; i++)
        table[i] = (struct option){options[i].name + 2,
                                   options[i].value ? required_argument : no_argument, NULL, i};
    table[FW_OPTIONS] = (struct option){NULL, 0, NULL, 0};
    opterr = 0;
    optind = 1;
    for (int found; (found = getopt_long(argc, argv, ":", table, NULL)) != -1;) {
        if (found == ':')
            return usage(err, argv[optind - 1], " needs a value");
        if (found == '?')
            return usage(err, "unknown option ", argv[optind - 1]);
        line->values[found] = optarg ? optarg : "";
    }
    line->words = argv + optind;
    line->n_words = argc - optind;
    return true;
}

/* "logo list" takes two words of the line, "status" one. */
static const struct fw_command *find_command(const struct line *line, int *used)
{
    for (size_t i = 0; i < COMMANDS && line->n_words; i++) {
        const char *space = strchr(commands[i]->name, ' ');
        size_t n = space ? (size_t)(space - commands[i]->name) : strlen(commands[i]->name);
        if (strlen(line->words[0]) != n || strncmp(commands[i]->name, line->words[0], n) != 0)
            continue;
        if (space && (line->n_words < 2 || strcmp(line->words[1], space + 1) != 0))
            continue;
        *used = space ? 2 : 1;
        return commands[i];
    }
    return NULL;
}

static bool take_words(struct fw *fw, const struct line *line, int used, struct err *err)
{
    const struct fw_command *command = fw->command;
    for (unsigned i = 0; i < FW_OPTIONS; i++)
        if (line->values[i] && !takes(command, i))
            return usage(err, options[i].name, " does not belong to this command");
    for (int i = used; i < line->n_words; i++) {
        if (fw->n_args == command->max_args || fw->n_args == FW_MAX_ARGS)
            return usage(err, "too many arguments: ", line->words[i]);
        fw->args[fw->n_args++] = line->words[i];
    }
    if (fw->n_args < command->min_args)
        return usage(err, "missing: ", command->args);
    return fw_number(fw, FW_WAIT, 1, WAIT_MAX_MS, WAIT_MS, &fw->wait_ms, err);
}

static int run(struct fw *fw, const struct line *line, int used)
{
    struct err err = {0};
    if (!take_words(fw, line, used, &err)) {
        int status = fw_fail(fw, &err);
        fprintf(stderr, "see: bonbon-fw %s --help\n", fw->command->name);
        return status;
    }
    if (!env_system(&fw->env, &err))
        return fw_fail(fw, &err);
    if (!arena_init(&fw->arena, FW_ARENA_BYTES)) {
        FAIL(&err, ERR_BUG, "out of memory");
        return fw_fail(fw, &err);
    }
    int status = fw->command->run(fw, &err) ? fw->exit : fw_fail(fw, &err);
    fw_close(fw);
    if (fw->lock >= 0)
        close(fw->lock);
    arena_finish(&fw->arena);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        FAIL(&err, ERR_FILE_WRITE, "-", strerror(errno));
        fw_warn(fw, &err);
        return EXIT_OUR_FAULT;
    }
    return status;
}

/* Until a better way is known: the language of the terminal. */
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

int fw_main(int argc, char **argv)
{
    struct fw fw = {.lang = terminal_lang(), .lock = -1};
    struct line line = {.n_words = 0};
    struct err err = {0};
    int used = 0;
    bool ok = read_options(argc, argv, &line, &err);
    fw.json = line.values[FW_JSON];
    memcpy(fw.values, line.values, sizeof fw.values);
    if (ok && line.values[FW_VERSION]) {
        puts("bonbon-fw " BONBON_VERSION);
        return EXIT_DONE;
    }
    fw.command = ok ? find_command(&line, &used) : NULL;
    if (ok && line.values[FW_HELP] && (fw.command || !line.n_words)) {
        if (fw.command)
            print_help(fw.command);
        else
            print_overview(stdout);
        return EXIT_DONE;
    }
    if (ok && !fw.command) {
        print_overview(stderr);
        fputc('\n', stderr);
        ok = usage(&err, line.n_words ? "there is no command " : "say a command",
                   line.n_words ? line.words[0] : "");
    }
    return ok ? run(&fw, &line, used) : fw_fail(&fw, &err);
}
