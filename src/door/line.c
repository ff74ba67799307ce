/* The command line, by the program's table. */
#include "door/inside.h"

#include <stdlib.h>
#include <string.h>

/* One line, and the words of it that name the command; the rest may stand before, between and
 * behind. */
struct line {
    int argc;
    char **argv;
    int first, second; /* indices of those words; second is 0 for a command of one word */
};

bool door_begins(const struct door_command *command, const char *word, const char **rest)
{
    const char *space = strchr(command->name, ' ');
    size_t n = space ? (size_t)(space - command->name) : strlen(command->name);
    *rest = space ? space + 1 : "";
    return strlen(word) == n && strncmp(command->name, word, n) == 0;
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1];
}

/* What begins like an option is one, and no value: "--wait --shop S" forgot something. Such a value
 * is written "--reason=--". */
static bool has_value(const struct line *line, int at)
{
    return at + 1 < line->argc && strncmp(line->argv[at + 1], "--", 2) != 0;
}

/* While the command is not known: whether any of them lets a value follow this option. */
static bool takes_value(const struct door_program *program, struct slice option)
{
    const struct door_command *command;
    if (slice_is(option, "--shop"))
        return true;
    for (size_t i = 0; (command = program->command(i)); i++)
        for (size_t k = 0; k < command->n_options; k++)
            if (slice_is(option, command->options[k].name))
                return command->options[k].value;
    return false;
}

/* The index of the next word that is no option and no option's value, or argc. */
static int next_word(const struct door_program *program, const struct line *line, int at)
{
    for (; at < line->argc && is_option(line->argv[at]); at++) {
        if (strcmp(line->argv[at], "--") == 0)
            return line->argc;
        if (takes_value(program, slice_str(line->argv[at])) && has_value(line, at))
            at++;
    }
    return at < line->argc ? at : line->argc;
}

/* "voucher show" takes two words of the line, "print" one; "printers add" is not "printers". */
static bool find_command(struct door *door, struct line *line)
{
    const struct door_command *command;
    int second = next_word(door->program, line, line->first + 1);
    for (size_t i = 0; (command = door->program->command(i)); i++) {
        const char *rest;
        if (!door_begins(command, line->argv[line->first], &rest))
            continue;
        if (*rest && (second == line->argc || strcmp(line->argv[second], rest) != 0))
            continue;
        door->command = command;
        door->index = i;
        line->second = *rest ? second : 0;
        if (*rest)
            break;
    }
    return door->command;
}

static bool has_word(const struct line *line, const char *wanted)
{
    for (int i = 1; i < line->argc && strcmp(line->argv[i], "--") != 0; i++)
        if (strcmp(line->argv[i], wanted) == 0)
            return true;
    return false;
}

static const struct door_option *find_option(const struct door_command *command, struct slice name,
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
static bool take_option(struct door *door, const struct line *line, int *at, struct err *err)
{
    const char *said = line->argv[*at];
    struct slice word = slice_str(said);
    size_t equals = slice_find(word, '='), index = 0;
    struct slice name = slice_sub(word, 0, equals);
    bool is_shop = door->command->needs_shop && slice_is(name, "--shop");
    const struct door_option *option = find_option(door->command, name, &index);
    if (!option && !is_shop)
        return FAIL(err, ERR_USAGE_OPTION, said);
    if (option && !option->value) {
        door->values[index] = "";
        return equals == word.n || FAIL(err, ERR_USAGE_SWITCH, option->name);
    }
    const char *value = equals < word.n ? said + equals + 1 : NULL;
    if (!value && !has_value(line, *at))
        return FAIL(err, ERR_USAGE_VALUE, said);
    if (!value)
        value = line->argv[++*at];
    if (is_shop)
        door->shop = value;
    else
        door->values[index] = value;
    return true;
}

static bool read_words(struct door *door, const struct line *line, struct err *err)
{
    bool options = true;
    for (int at = 1; at < line->argc; at++) {
        const char *word = line->argv[at];
        if (at == line->first || at == line->second)
            continue;
        if (options && strcmp(word, "--") == 0) {
            options = false;
        } else if (options && strcmp(word, "--json") == 0) {
            door->json = true;
        } else if (options && is_option(word)) {
            if (!take_option(door, line, &at, err))
                return false;
        } else if (door->n_args == door->command->max_args || door->n_args == DOOR_MAX_ARGS) {
            return FAIL(err, ERR_USAGE_ARGUMENTS, word);
        } else {
            door->args[door->n_args++] = word;
        }
    }
    return door->n_args >= door->command->min_args ||
           FAIL(err, ERR_USAGE_MISSING, door->command->args);
}

/* No command of ours: says so, with those there are. */
static int no_command(struct door *door, const struct line *line)
{
    struct err err = {0};
    const char *word = line->first < line->argc ? line->argv[line->first] : NULL;
    bool group = word && help_group(door->program, word, stderr);
    door->json = has_word(line, "--json");
    if (!group)
        help_overview(door->program, stderr);
    fputc('\n', stderr);
    if (group)
        FAIL(&err, ERR_USAGE_GROUP, word);
    else if (word)
        FAIL(&err, ERR_USAGE_COMMAND, word);
    else
        FAIL(&err, ERR_USAGE_NO_COMMAND);
    return door_fail(door, &err);
}

/* "help", "help print", "print --help": all may be asked. */
static int help(struct door *door, struct line *line)
{
    if (line->first < line->argc && strcmp(line->argv[line->first], "help") == 0)
        line->first = next_word(door->program, line, line->first + 1);
    if (line->first == line->argc)
        help_overview(door->program, stdout);
    else if (find_command(door, line))
        help_command(door->program, door->command);
    else if (!help_group(door->program, line->argv[line->first], stdout))
        return no_command(door, line);
    return door_leave(door, EXIT_DONE);
}

static int refuse(struct door *door, const struct line *line, const struct err *err)
{
    static const char *const see[LANG_COUNT] = {"see", "vedeți", "смотрите"};
    door->json = has_word(line, "--json");
    int status = door_fail(door, err);
    fprintf(stderr, "%s: %s %s --help\n", see[door->lang], door->program->name,
            door->command->name);
    return status;
}

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

bool door_enter(struct door *door, const struct door_program *program, int argc, char **argv,
                int *status)
{
    struct line line = {.argc = argc, .argv = argv};
    struct err err = {0};
    *door = (struct door){.program = program, .lang = terminal_lang()};
    line.first = next_word(program, &line, 1);
    bool asked = line.first < argc && strcmp(argv[line.first], "help") == 0;
    if (asked || has_word(&line, "--help")) {
        *status = help(door, &line);
    } else if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        printf("%s %s\n", program->name, BONBON_VERSION);
        *status = door_leave(door, EXIT_DONE);
    } else if (line.first == argc || !find_command(door, &line)) {
        *status = no_command(door, &line);
    } else if (!read_words(door, &line, &err)) {
        *status = refuse(door, &line, &err);
    } else {
        return true;
    }
    return false;
}
