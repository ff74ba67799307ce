#include "printer/entry.h"

#include "base/yaml.h"
#include "protocol/profile_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { ENTRY_MAX_BYTES = 1 << 20, ENTRIES_MAX = 100, PATH_BYTES = 4096, URI_BYTES = 1024 };

/* What parse functions need beside their node. */
struct reading {
    struct arena *arena;
    const char *dir;
    bool (*check)(const char *uri, struct err *err);
};

static bool full(struct err *err)
{
    return FAIL(err, ERR_TOO_BIG, "printers.d", "1 MiB");
}

static bool parse_profile(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    const struct reading *reading = ctx;
    struct err wrong = {0};
    if (profile_lookup(reading->arena, reading->dir, yaml_text(node), at, &wrong))
        return true;
    if (err)
        *err = wrong;
    /* A mistake in the profile's own file has its place already. */
    return wrong.file[0] ? false : yaml_at(node, err);
}

static bool parse_uri(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    const struct reading *reading = ctx;
    struct slice *uri = at, given = yaml_text(node);
    char text[URI_BYTES];
    slice_cstr(given, text, sizeof text);
    if (given.n >= sizeof text)
        err_fail_slice(err, ERR_PRINTER_URI, given);
    if (given.n >= sizeof text || !reading->check(text, err))
        return yaml_at(node, err);
    *uri = arena_copy(reading->arena, given);
    return uri->p || full(err);
}

static bool parse_drawer_open(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    static const char *const words[] = {
        [DRAWER_OPEN_HIGH] = "high", [DRAWER_OPEN_LOW] = "low", [DRAWER_OPEN_NEVER] = "never"};
    enum drawer_open *open = at;
    (void)ctx;
    for (unsigned i = DRAWER_OPEN_HIGH; i <= DRAWER_OPEN_NEVER; i++) {
        if (slice_is(yaml_text(node), words[i])) {
            *open = (enum drawer_open)i;
            return true;
        }
    }
    FAIL(err, ERR_YAML_KIND, "drawer_open", "high, low or never");
    return yaml_at(node, err);
}

/* clang-format off */
static const struct yaml_field fields[] = {
    {"drawer_open", YAML_WANT_PARSE, false, offsetof(struct printer_entry, drawer_open), parse_drawer_open},
    {"profile", YAML_WANT_PARSE, true, offsetof(struct printer_entry, profile), parse_profile},
    {"role", YAML_WANT_TEXT, false, offsetof(struct printer_entry, role), NULL},
    {"uri", YAML_WANT_PARSE, true, offsetof(struct printer_entry, uri), parse_uri},
};
/* clang-format on */

bool printer_entry_read(struct arena *arena, const char *dir, struct slice name,
                        bool (*check)(const char *uri, struct err *err),
                        struct printer_entry *entry, struct err *err)
{
    char path[PATH_BYTES], file[ERR_FILE_BYTES];
    struct reading reading = {arena, dir, check};
    struct yaml_doc *doc = NULL;
    struct buf text;
    *entry = (struct printer_entry){.name = arena_copy(arena, name)};
    if (!entry->name.p)
        return full(err);
    snprintf(file, sizeof file, "printers.d/%.*s.yaml", (int)name.n, (const char *)name.p);
    snprintf(path, sizeof path, "%s/%s", dir, file);
    buf_init(&text, ENTRY_MAX_BYTES);
    bool ok = buf_read_file(&text, path) || FAIL(err, ERR_FILE_OPEN, path, strerror(errno));
    ok = ok && yaml_parse(&doc, file, buf_slice(&text), err) &&
         yaml_walk(yaml_root(doc), fields, sizeof fields / sizeof fields[0], entry, &reading, arena,
                   err);
    yaml_destroy(doc);
    buf_finish(&text);
    return ok;
}

static int is_yaml(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

bool printer_entry_names(struct arena *arena, const char *dir, const struct slice **names,
                         size_t *n, struct err *err)
{
    char path[PATH_BYTES];
    struct dirent **entries = NULL;
    *n = 0;
    *names = NULL;
    snprintf(path, sizeof path, "%s/printers.d", dir);
    int found = scandir(path, &entries, is_yaml, alphasort);
    if (found < 0) /* a shop without the folder has no printers; printing says so */
        return true;
    bool ok = found <= ENTRIES_MAX || FAIL(err, ERR_TOO_BIG, "printers.d", "100 printers");
    struct slice *out = ARENA_ARRAY(arena, (size_t)found + 1, struct slice);
    ok = ok && (out || full(err));
    for (int i = 0; i < found; i++) {
        if (ok) {
            out[i] =
                arena_copy(arena, slice_of(entries[i]->d_name, strlen(entries[i]->d_name) - 5));
            ok = out[i].p || full(err);
        }
        free(entries[i]);
    }
    free(entries);
    *names = out;
    *n = ok ? (size_t)found : 0;
    return ok;
}
