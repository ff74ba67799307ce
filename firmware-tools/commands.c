/* The table of commands, and one call of the program. */
#include "firmware-tools/fw.h"

enum { WAIT_MS = 2000, WAIT_MAX_MS = 600000 };

static const struct fw_command *const commands[] = {
    &cmd_clear,          &cmd_codepages,     &cmd_counters,      &cmd_identify,
    &cmd_logo_delete,    &cmd_logo_list,     &cmd_logo_print,    &cmd_logo_upload,
    &cmd_profile_import, &cmd_selftest,      &cmd_settings_diff, &cmd_settings_restore,
    &cmd_settings_save,  &cmd_settings_show, &cmd_status,        &cmd_trace,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

const struct door_option fw_printer_options[3] = {FW_PRINTER_OPTIONS};

static const struct door_command *command_at(size_t i)
{
    return i < COMMANDS ? &commands[i]->door : NULL;
}

static const struct door_program program = {
    .name = "bonbon-fw",
    .about = "bonbon-fw looks after receipt printers.",
    .ending = "Every command has --help and --json. Exit status: 0 done, 1 refused or different,\n"
              "2 usage, 3 bad input, 4 printer not ready, 5 our fault.\n",
    .command = command_at,
};

static bool run(struct fw *fw, struct err *err)
{
    if (!fw_number(fw, "--wait", 1, WAIT_MAX_MS, WAIT_MS, &fw->wait_ms, err) ||
        !env_system(&fw->env, err))
        return false;
    if (!arena_init(&fw->arena, FW_ARENA_BYTES))
        return FAIL(err, ERR_BUG, "out of memory");
    bool ok = commands[fw->door.index]->run(fw, err);
    fw_close(fw);
    fw_let_go(fw);
    arena_finish(&fw->arena);
    return ok;
}

int fw_main(int argc, char **argv)
{
    struct fw fw = {.lock = -1, .call = -1};
    struct err err = {0};
    int status;
    if (!door_enter(&fw.door, &program, argc, argv, &status))
        return status;
    return door_leave(&fw.door, run(&fw, &err) ? fw.exit : door_fail(&fw.door, &err));
}
