/* settings show, save, diff, restore. */
#include "firmware-tools/settings.h"

#include "base/calendar.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 1 << 20, PATH_BYTES = 4096, NAME_BYTES = 160, STEP_MS = 100 };

static bool open_and_read(struct fw *fw, struct settings *now, struct err *err)
{
    return fw_open(fw, err) && fw_needs_answers(fw, err) && fw_ready(fw, err) &&
           settings_read(fw, now, err);
}

static void text_of(const struct fw *fw, const struct settings *s, struct buf *out)
{
    char when[32];
    size_t n = time_text(fw->env.now(fw->env.ctx), 0, when);
    when[n] = 0;
    buf_init(out, FILE_MAX_BYTES);
    settings_put(s, fw->door.lang, when, out);
}

static void put_settings(const struct fw *fw, const struct settings *s)
{
    struct buf line;
    struct json j;
    char key[8], bits[9] = "";
    buf_init(&line, FW_LINE_BYTES);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "printer", fw->name);
    json_str(&j, "maker", s->of.maker);
    json_str(&j, "model", s->of.model);
    json_str(&j, "serial", s->of.serial);
    json_open_object(&j, "switches");
    for (unsigned a = 1; a <= SETTINGS_SWITCHES; a++) {
        if (!s->mask[a])
            continue;
        for (unsigned i = 0; i < 8; i++)
            bits[i] = s->on[a] & 0x80 >> i ? '1' : '0';
        snprintf(key, sizeof key, "%u", a);
        json_str(&j, key, bits);
    }
    json_close_object(&j);
    json_open_object(&j, "values");
    for (unsigned a = 0; a < SETTINGS_VALUES; a++) {
        if (!s->has_value[a])
            continue;
        snprintf(key, sizeof key, "%u", a);
        json_int(&j, key, s->value[a]);
    }
    json_close_object(&j);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

static bool run_show(struct fw *fw, struct err *err)
{
    struct settings now;
    struct buf text;
    if (!open_and_read(fw, &now, err))
        return false;
    if (fw->door.json) {
        put_settings(fw, &now);
        return true;
    }
    text_of(fw, &now, &text);
    door_say(&fw->door, "%.*s", (int)text.n, (const char *)text.p);
    buf_finish(&text);
    return true;
}

static bool save(const struct fw *fw, const struct settings *s, const char *path, struct err *err)
{
    struct buf text;
    text_of(fw, s, &text);
    bool ok = door_keep_file(path, buf_slice(&text), err);
    buf_finish(&text);
    return ok;
}

static bool run_save(struct fw *fw, struct err *err)
{
    struct settings now;
    if (!open_and_read(fw, &now, err) || !save(fw, &now, fw->door.args[0], err))
        return false;
    if (fw->door.json)
        put_settings(fw, &now);
    else if (strcmp(fw->door.args[0], "-") != 0)
        door_say(&fw->door, fw_word(fw, W_SAVED), fw->door.args[0], settings_count_switches(&now),
                 settings_count_values(&now));
    return true;
}

/* ── diff ── */

static void say_changes(const struct fw *fw, const struct settings_changes *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        const struct settings_change *c = &changes->change[i];
        if (c->is_switch)
            door_say(&fw->door, "%s %u-%u: %s %u, %s %u\n", fw_word(fw, W_SWITCH), c->a, c->bit,
                     fw_word(fw, W_IN_PRINTER), c->from, fw_word(fw, W_IN_FILE), c->to);
        else
            door_say(&fw->door, "%s %u (%s): %s %u, %s %u\n", fw_word(fw, W_VALUE), c->a,
                     settings_value_name(c->a, fw->door.lang), fw_word(fw, W_IN_PRINTER), c->from,
                     fw_word(fw, W_IN_FILE), c->to);
    }
}

static void put_changes(const struct fw *fw, const struct settings_changes *changes,
                        const char *backup, bool restored)
{
    struct buf line;
    struct json j;
    buf_init(&line, FW_LINE_BYTES);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "printer", fw->name);
    json_open_list(&j, "changes");
    for (size_t i = 0; i < changes->n; i++) {
        const struct settings_change *c = &changes->change[i];
        json_open_object(&j, NULL);
        json_int(&j, c->is_switch ? "switch" : "value", c->a);
        if (c->is_switch)
            json_int(&j, "bit", c->bit);
        json_int(&j, "printer", c->from);
        json_int(&j, "file", c->to);
        json_close_object(&j);
    }
    json_close_list(&j);
    json_str(&j, "backup", backup);
    json_bool(&j, "restored", restored);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

/* Reads the file first, so that a wrong one troubles no printer; then the printer; then compares.
 */
static bool look(struct fw *fw, struct settings *file, struct settings *now,
                 struct settings_changes *changes, struct err *err)
{
    struct buf text;
    if (!door_read_file(fw->door.args[0], FILE_MAX_BYTES, &text, err))
        return false;
    bool ok = settings_parse(fw, fw->door.args[0], buf_slice(&text), file, err);
    buf_finish(&text);
    if (!ok || !open_and_read(fw, now, err))
        return false;
    if (strcmp(file->of.model, now->of.model) != 0)
        return FAIL(err, ERR_FW_OTHER_MODEL, file->of.model, now->of.model);
    return settings_compare(fw, now, file, changes, err);
}

static bool run_diff(struct fw *fw, struct err *err)
{
    struct settings file, now;
    struct settings_changes changes = {.n = 0};
    if (!look(fw, &file, &now, &changes, err))
        return false;
    fw->exit = changes.n ? EXIT_REFUSED : EXIT_DONE;
    if (fw->door.json)
        put_changes(fw, &changes, NULL, false);
    else if (changes.n)
        say_changes(fw, &changes);
    else
        door_say(&fw->door, "%s", fw_word(fw, W_SAME));
    return true;
}

/* ── restore ── */

static bool check_erasing(const struct fw *fw, const struct settings_changes *changes,
                          struct err *err)
{
    for (size_t i = 0; i < changes->n; i++) {
        const struct settings_change *c = &changes->change[i];
        if (!c->is_switch && settings_erases(c->a) && !door_has(&fw->door, "--erase"))
            return FAIL(err, ERR_FW_ERASES, settings_value_name(c->a, fw->door.lang));
    }
    return true;
}

static bool backup(struct fw *fw, const struct settings *now, const char **path, struct err *err)
{
    char dir[PATH_BYTES], device[NAME_BYTES];
    *path = door_value(&fw->door, "--backup");
    if (!*path) {
        if (!fw_state_dir(dir, sizeof dir, err))
            return false;
        fw_device_name(fw, &now->of, device, sizeof device);
        long long now_s = (long long)fw->env.now(fw->env.ctx);
        *path = fw_text(fw, "%s/settings-%s-%lld.yaml", dir, device, now_s);
        for (int n = 2; access(*path, F_OK) == 0; n++) /* of the same second: both are kept */
            *path = fw_text(fw, "%s/settings-%s-%lld-%d.yaml", dir, device, now_s, n);
    }
    return save(fw, now, *path, err);
}

/* Until the printer answers again and says what was written; one that has just been told to start
 * anew may still answer for a moment, or fall silent between two answers. */
static bool verify(struct fw *fw, const struct settings *file, struct err *err)
{
    int64_t deadline_ms = transport_clock_ms() + (int64_t)fw->wait_ms * FW_PATIENT;
    for (;;) {
        struct settings now;
        struct settings_changes left = {.n = 0};
        if (!fw_await_restart(fw, err))
            return false;
        bool ok = settings_read(fw, &now, err) && settings_compare(fw, &now, file, &left, err);
        if (ok && !left.n)
            return true;
        if (transport_clock_ms() >= deadline_ms)
            return ok ? FAIL(err, ERR_FW_VERIFY, fw->name, fw->door.args[0]) : false;
        if (!ok && err->code == ERR_PRINTER_IO)
            fw_close(fw);
        poll(NULL, 0, STEP_MS);
    }
}

static bool write_all(struct fw *fw, const struct settings *file, const struct settings *now,
                      const struct settings_changes *changes, struct err *err)
{
    const char *path;
    unsigned writes = settings_writes(changes);
    if (!fw->door.json)
        say_changes(fw, changes);
    if (!check_erasing(fw, changes, err) || !backup(fw, now, &path, err))
        return false;
    door_say(&fw->door, fw_word(fw, W_BACKUP), path);
    if (!fw_allow_writes(fw, &now->of, writes, err) ||
        !fw_count_writes(fw, &now->of, writes, err) || !settings_write(fw, changes, err))
        return false;
    door_say(&fw->door, "%s", fw_word(fw, W_RESTARTING));
    fflush(stdout);
    if (!verify(fw, file, err))
        return false;
    if (fw->door.json)
        put_changes(fw, changes, path, true);
    else
        door_say(&fw->door, "%s", fw_word(fw, W_RESTORED));
    return true;
}

static bool run_restore(struct fw *fw, struct err *err)
{
    struct settings file, now;
    struct settings_changes changes = {.n = 0};
    if (!look(fw, &file, &now, &changes, err))
        return false;
    if (changes.n)
        return write_all(fw, &file, &now, &changes, err);
    if (fw->door.json)
        put_changes(fw, &changes, NULL, true);
    else
        door_say(&fw->door, "%s", fw_word(fw, W_SAME));
    return true;
}

const struct fw_command cmd_settings_show = {
    .door =
        {
            .name = "settings show",
            .summary = "memory switches and custom values",
            DOOR_OPTIONS(fw_printer_options),
            .needs_shop = true,
        },
    .run = run_show,
};

const struct fw_command cmd_settings_save = {
    .door =
        {
            .name = "settings save",
            .args = "FILE.yaml",
            .summary = "keep them in a file",
            DOOR_OPTIONS(fw_printer_options),
            .needs_shop = true,
            .min_args = 1,
            .max_args = 1,
        },
    .run = run_save,
};

const struct fw_command cmd_settings_diff = {
    .door =
        {
            .name = "settings diff",
            .args = "FILE.yaml",
            .summary = "what is otherwise in the printer (exit status 1 when something is)",
            DOOR_OPTIONS(fw_printer_options),
            .needs_shop = true,
            .min_args = 1,
            .max_args = 1,
        },
    .run = run_diff,
};

static const struct door_option restore_options[] = {
    FW_PRINTER_OPTIONS,
    {"--backup", "FILE",
     "where the printer's present settings are kept (else in the state folder)"},
    {"--erase", NULL, "also change what empties the printer's memory"},
    FW_YES_OPTION};

const struct fw_command cmd_settings_restore = {
    .door =
        {
            .name = "settings restore",
            .args = "FILE.yaml",
            .summary = "set the printer as the file says",
            .help =
                "The present settings are kept in a file first, what will change is shown, and the "
                "printer\n"
                "starts anew. Only a file of the same model is taken.",
            DOOR_OPTIONS(restore_options),
            .needs_shop = true,
            .min_args = 1,
            .max_args = 1,
        },
    .run = run_restore,
};
