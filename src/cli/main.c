#include "cli/cli.h"

#include <stdio.h>

/* Sorted by name, as --help shows them. */
static const struct cli_command *const commands[] = {
    &cmd_decode,    &cmd_give,         &cmd_init,          &cmd_jobs,         &cmd_jobs_cancel,
    &cmd_jobs_done, &cmd_jobs_retry,   &cmd_ledger_verify, &cmd_preview,      &cmd_print,
    &cmd_printers,  &cmd_printers_add, &cmd_printers_test, &cmd_profiles,     &cmd_redeem,
    &cmd_reprint,   &cmd_rules_check,  &cmd_rules_explain, &cmd_spool,        &cmd_template_check,
    &cmd_virtual,   &cmd_voucher_list, &cmd_voucher_show,  &cmd_voucher_void,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const struct door_command *command_at(size_t i)
{
    return i < COMMANDS ? &commands[i]->door : NULL;
}

static const struct door_program program = {
    .name = "bonbon",
    .about = "bonbon prints receipts and gives the vouchers that bring guests back.",
    .ending =
        "A shop is a folder: --shop DIR, else $BONBON_SHOP, else ./shop, else /var/lib/bonbon.\n"
        "Every command has --help and --json. Exit status: 0 done, 1 refused, 2 usage, 3 bad "
        "input,\n"
        "4 printer not ready (the job is kept), 5 our fault, 6 unknown: look at the paper.\n",
    .command = command_at,
};

static void tell_warning(void *ctx, const struct err *what)
{
    const struct cli *cli = ctx;
    door_warn(&cli->door, what);
}

static int run(struct cli *cli)
{
    struct err err = {0};
    if (!env_system(&cli->env, &err))
        return door_fail(&cli->door, &err);
    if (!arena_init(&cli->arena, CLI_ARENA_BYTES)) {
        FAIL(&err, ERR_BUG, "out of memory");
        return door_fail(&cli->door, &err);
    }
    const struct cli_command *command = commands[cli->door.index];
    bool prints = command->prints && !door_has(&cli->door, "--dry-run");
    int status = prints ? front_run(cli, command->run) : command->run(cli);
    shop_close(cli->shop);
    arena_finish(&cli->arena);
    return status;
}

int cli_main(int argc, char **argv)
{
    struct cli cli = {.warn = {&cli, tell_warning}};
    int status;
    if (!door_enter(&cli.door, &program, argc, argv, &status))
        return status;
    return door_leave(&cli.door, run(&cli));
}
