/* profile import: the community's database becomes files of the shop. */
#include "firmware-tools/capabilities.h"
#include "firmware-tools/fw.h"

#include "protocol/profile_file.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DATABASE_BYTES = 32 << 20, PROFILE_BYTES = 1 << 20, PATH_BYTES = 4400 };

struct import {
    struct fw *fw;
    struct capabilities *database;
    char dir[PATH_BYTES]; /* of the profiles */
    unsigned width_dots, taken, left_out;
    struct buf line; /* JSON */
    struct json j;
};

static bool path_of(const struct import *import, const char *name, char path[PATH_BYTES])
{
    int n = snprintf(path, PATH_BYTES, "%s/%s.yaml", import->dir, name);
    return n > 0 && n < PATH_BYTES;
}

static void leave_out(struct import *import, const char *name, enum fw_word why)
{
    import->left_out++;
    fprintf(stderr, "%s: %s\n", name, fw_word(import->fw, why));
    json_open_object(&import->j, NULL);
    json_str(&import->j, "name", name);
    json_str(&import->j, "left_out", fw_word(import->fw, why));
    json_close_object(&import->j);
}

static bool keep(struct import *import, const struct profile *profile, const char *path,
                 struct err *err)
{
    struct buf text;
    buf_init(&text, PROFILE_BYTES);
    profile_write(profile,
                  "From the printer database escpos-printer-db (CC BY 4.0);\n"
                  "what that does not say is a guess. docs/printers.md says the keys.",
                  &text);
    bool ok = door_keep_file(path, buf_slice(&text), err);
    buf_finish(&text);
    import->taken += ok;
    json_open_object(&import->j, NULL);
    json_str(&import->j, "name", profile->name);
    json_int(&import->j, "width_dots", profile->width_dots);
    json_int(&import->j, "columns", profile->fonts[0].columns);
    json_int(&import->j, "code_pages", profile->n_slots);
    json_close_object(&import->j);
    return ok;
}

static bool import_one(struct import *import, size_t i, struct err *err)
{
    struct fw *fw = import->fw;
    const char *name = capabilities_name(import->database, i);
    char path[PATH_BYTES];
    enum fw_word why;
    const struct profile *profile =
        capabilities_profile(import->database, i, import->width_dots, &fw->arena, &why);
    if (!profile) {
        leave_out(import, name, why);
        return true;
    }
    if (!path_of(import, name, path))
        return FAIL(err, ERR_FILE_WRITE, import->dir, strerror(ENAMETOOLONG));
    if (access(path, F_OK) == 0 && !door_has(&fw->door, "--force")) {
        leave_out(import, name, W_SKIP_THERE);
        return true;
    }
    return keep(import, profile, path, err);
}

static bool import_all(struct import *import, struct err *err)
{
    const char *only = door_value(&import->fw->door, "--only");
    bool any = false;
    for (size_t i = 0; i < capabilities_count(import->database); i++) {
        if (only && strcmp(only, capabilities_name(import->database, i)) != 0)
            continue;
        any = true;
        if (!import_one(import, i, err))
            return false;
    }
    return any || FAIL(err, ERR_FW_NOT_IN_DATABASE, only ? only : "-", import->fw->door.args[0]);
}

static bool make_dir(struct import *import, struct err *err)
{
    const char *shop = door_shop(&import->fw->door);
    if (!shop)
        return FAIL(err, ERR_FW_SHOP, "profiles.d");
    if (access(shop, F_OK) != 0)
        return FAIL(err, ERR_SHOP_MISSING, shop);
    snprintf(import->dir, sizeof import->dir, "%.4096s/profiles.d", shop);
    return mkdir(import->dir, 0777) == 0 || errno == EEXIST ||
           FAIL(err, ERR_FILE_WRITE, import->dir, strerror(errno));
}

static bool run(struct fw *fw, struct err *err)
{
    struct import import = {.fw = fw};
    struct buf text;
    if (!fw_number(fw, "--width", 96, 2400, 0, &import.width_dots, err) ||
        !door_read_file(fw->door.args[0], DATABASE_BYTES, &text, err))
        return false;
    bool ok = capabilities_create(&import.database, fw->door.args[0], buf_slice(&text), err);
    buf_finish(&text);
    buf_init(&import.line, FW_LINE_BYTES);
    json_init(&import.j, &import.line);
    json_open_object(&import.j, NULL);
    json_open_list(&import.j, "profiles");
    ok = ok && make_dir(&import, err) && import_all(&import, err);
    json_close_list(&import.j);
    json_close_object(&import.j);
    if (ok && fw->door.json)
        door_put(&import.line);
    if (ok)
        door_say(&fw->door, fw_word(fw, W_IMPORTED), import.taken, import.dir, import.left_out);
    buf_finish(&import.line);
    capabilities_destroy(import.database);
    return ok;
}

static const struct door_option options[] = {
    {"--only", "NAME", "import this profile alone"},
    {"--force", NULL, "replace profiles that are there already"},
    {"--width", "DOTS", "the width of one whose width is not known (with --only)"}};

const struct fw_command cmd_profile_import = {
    .door =
        {
            .name = "profile import",
            .args = "FILE.json",
            .summary = "profiles of the printer database, usable by name in a shop",
            .help = "FILE is capabilities.json of escpos-printer-db. Each profile becomes a file "
                    "of the "
                    "shop's\n"
                    "profiles.d; what cannot be a profile is named with its reason.",
            DOOR_OPTIONS(options),
            .needs_shop = true,
            .min_args = 1,
            .max_args = 1,
        },
    .run = run,
};
