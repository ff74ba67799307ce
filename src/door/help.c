#include "door/inside.h"

enum { LEFT_BYTES = 64 };

static void print_commands(const struct door_program *program, const char *word, FILE *out)
{
    const struct door_command *command;
    const char *rest;
    for (size_t i = 0; (command = program->command(i)); i++)
        if (!word || door_begins(command, word, &rest))
            fprintf(out, "  %-17s %s\n", command->name, command->summary);
}

void help_overview(const struct door_program *program, FILE *out)
{
    fprintf(out, "%s\n\nusage: %s COMMAND [OPTION ...] [ARGUMENT ...]\n\n", program->about,
            program->name);
    print_commands(program, NULL, out);
    fprintf(out, "\n%s", program->ending);
}

bool help_group(const struct door_program *program, const char *word, FILE *out)
{
    const struct door_command *command;
    const char *rest;
    bool any = false;
    for (size_t i = 0; !any && (command = program->command(i)); i++)
        any = door_begins(command, word, &rest);
    if (!any)
        return false;
    fprintf(out, "usage: %s %s COMMAND [OPTION ...] [ARGUMENT ...]\n\n", program->name, word);
    print_commands(program, word, out);
    return true;
}

static void print_option(const struct door_option *option)
{
    char left[LEFT_BYTES];
    snprintf(left, sizeof left, "%s%s%s", option->name, option->value ? " " : "",
             option->value ? option->value : "");
    printf("  %-24s %s\n", left, option->help);
}

void help_command(const struct door_program *program, const struct door_command *command)
{
    static const struct door_option shop = {
        "--shop", "DIR", "the shop's folder (else $BONBON_SHOP, ./shop, /var/lib/bonbon)"};
    static const struct door_option everywhere[] = {
        {"--json", NULL, "answer in JSON on standard output"}, {"--help", NULL, "this page"}};
    printf("usage: %s %s%s%s%s\n\n%s.\n", program->name, command->name,
           command->n_options ? " [OPTION ...]" : "", command->args ? " " : "",
           command->args ? command->args : "", command->summary);
    if (command->help)
        printf("\n%s\n", command->help);
    printf("\n");
    for (size_t i = 0; i < command->n_options; i++)
        print_option(&command->options[i]);
    if (command->needs_shop)
        print_option(&shop);
    for (size_t i = 0; i < sizeof everywhere / sizeof everywhere[0]; i++)
        print_option(&everywhere[i]);
}
