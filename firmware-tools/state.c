#include "firmware-tools/fw.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Makes a folder and those above it. */
static bool make_folders(char *path)
{
    for (char *c = path + 1; *c; c++) {
        if (*c != '/')
            continue;
        *c = 0;
        bool ok = mkdir(path, 0777) == 0 || errno == EEXIST;
        *c = '/';
        if (!ok)
            return false;
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

bool fw_state_dir(char *out, size_t cap, struct err *err)
{
    static const struct {
        const char *variable, *below;
    } places[] = {
        {"BONBON_STATE", ""}, {"XDG_STATE_HOME", "/bonbon"}, {"HOME", "/.local/state/bonbon"}};
    int n = -1;
    for (size_t i = 0; n < 0 && i < sizeof places / sizeof places[0]; i++) {
        const char *value = getenv(places[i].variable);
        if (value && *value)
            n = snprintf(out, cap, "%s%s", value, places[i].below);
    }
    if (n < 0)
        n = snprintf(out, cap, "/var/lib/bonbon");
    if (n < 0 || (size_t)n >= cap)
        return FAIL(err, ERR_FILE_WRITE, out, strerror(ENAMETOOLONG));
    return make_folders(out) || FAIL(err, ERR_FILE_WRITE, out, strerror(errno));
}

static void put_part(char *out, size_t cap, size_t *used, const char *part)
{
    if (!*part)
        return;
    if (*used && *used + 1 < cap)
        out[(*used)++] = '-';
    for (; *part && *used + 1 < cap; part++) {
        bool plain = (*part >= 'a' && *part <= 'z') || (*part >= 'A' && *part <= 'Z') ||
                     (*part >= '0' && *part <= '9') || *part == '-' || *part == '_';
        out[(*used)++] = plain ? *part : '_';
    }
    out[*used] = 0;
}

void fw_device_name(const struct fw *fw, const struct fw_identity *identity, char *out, size_t cap)
{
    size_t used = 0;
    out[0] = 0;
    put_part(out, cap, &used, identity->maker);
    put_part(out, cap, &used, identity->model);
    put_part(out, cap, &used, identity->serial[0] ? identity->serial : fw->uri);
}
