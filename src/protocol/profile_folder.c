#include "protocol/profile_folder.h"

#include "protocol/profile_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX_BYTES = 1 << 20, FILES_MAX = 1000, PATH_BYTES = 4096, KEY_BYTES = 96 };

bool profile_name_is_good(struct slice name)
{
    if (name.n == 0 || name.n >= PROFILE_NAME_BYTES || name.p[0] == '.')
        return false;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_' || c == '.'))
            return false;
    }
    return true;
}

static bool unknown(struct slice name, struct err *err)
{
    return err_fail_slice(err, ERR_PROFILE, name);
}

bool profile_lookup(struct arena *arena, const char *dir, struct slice name,
                    const struct profile **profile, struct err *err)
{
    char path[PATH_BYTES], file[PROFILE_NAME_BYTES + 32];
    struct buf text;
    const struct profile *row = profile_find(name);
    if (!dir || !profile_name_is_good(name)) {
        *profile = row;
        return row || unknown(name, err);
    }
    snprintf(file, sizeof file, "profiles.d/%.*s.yaml", (int)name.n, (const char *)name.p);
    snprintf(path, sizeof path, "%s/%s", dir, file);
    buf_init(&text, FILE_MAX_BYTES);
    bool ok = buf_read_file(&text, path);
    if (ok) {
        ok = profile_parse(arena, name, file, buf_slice(&text), profile, err);
    } else if (errno == ENOENT || errno == ENOTDIR) {
        *profile = row;
        ok = row || unknown(name, err);
    } else {
        FAIL(err, ERR_FILE_OPEN, path, strerror(errno));
    }
    buf_finish(&text);
    return ok;
}

static int is_profile(const struct dirent *entry)
{
    struct slice name = slice_str(entry->d_name);
    return name.n > 5 && slice_is(slice_sub(name, name.n - 5, name.n), ".yaml") &&
           profile_name_is_good(slice_sub(name, 0, name.n - 5));
}

bool profile_names(struct arena *arena, const char *dir, const struct slice **names, size_t *n,
                   struct err *err)
{
    char path[PATH_BYTES];
    struct dirent **entries = NULL;
    *n = 0;
    snprintf(path, sizeof path, "%s/profiles.d", dir);
    int found = scandir(path, &entries, is_profile, alphasort);
    if (found < 0)
        return true;
    struct slice *out = ARENA_ARRAY(arena, (size_t)found + 1, struct slice);
    bool ok = (out && found <= FILES_MAX) || FAIL(err, ERR_TOO_BIG, path, "1000");
    for (int i = 0; i < found; i++) {
        if (ok) {
            out[i] =
                arena_copy(arena, slice_of(entries[i]->d_name, strlen(entries[i]->d_name) - 5));
            ok = out[i].p || FAIL(err, ERR_TOO_BIG, "profile", "memory");
        }
        free(entries[i]);
    }
    free(entries);
    *names = out;
    *n = ok ? (size_t)found : 0;
    return ok;
}

/* Small letters and digits alone. */
static void key_of(struct slice text, char out[KEY_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < text.n && n < KEY_BYTES - 1; i++) {
        uint8_t c = text.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (uint8_t)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[n++] = (char)c;
    }
    out[n] = 0;
}

/* "EPSON TM-T88V" and "TM-T88V" name the same. */
static bool is_same(struct slice name, struct slice maker, struct slice model)
{
    char a[KEY_BYTES], m[KEY_BYTES], b[KEY_BYTES];
    key_of(name, a);
    key_of(maker, m);
    key_of(model, b);
    size_t maker_n = strlen(m);
    const char *short_a = maker_n && strncmp(a, m, maker_n) == 0 ? a + maker_n : a;
    const char *short_b = maker_n && strncmp(b, m, maker_n) == 0 ? b + maker_n : b;
    return *short_b && strcmp(short_a, short_b) == 0;
}

const struct profile *profile_of_model(struct arena *arena, const char *dir, struct slice maker,
                                       struct slice model)
{
    const struct slice *names = NULL;
    const struct profile *profile = NULL;
    struct err ignored = {0};
    size_t n = 0;
    if (!dir || !profile_names(arena, dir, &names, &n, &ignored))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (profile_lookup(arena, dir, names[i], &profile, &ignored) && profile &&
            (is_same(names[i], maker, model) || is_same(slice_str(profile->model), maker, model)))
            return profile;
    }
    return NULL;
}
