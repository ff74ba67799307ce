#include "shop/house.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_HEX_CHARS = 64, KEY_PATH_BYTES = 4096 };

static bool parse_hex(struct slice text, uint8_t out[32])
{
    text = slice_trim(slice_sub(text, 0, slice_find(text, '\n')));
    if (text.n != KEY_HEX_CHARS)
        return false;
    for (size_t i = 0; i < KEY_HEX_CHARS; i++) {
        uint8_t c = text.p[i];
        bool digit = c >= '0' && c <= '9', letter = c >= 'a' && c <= 'f';
        if (!digit && !letter)
            return false;
        uint8_t value = (uint8_t)(digit ? c - '0' : c - 'a' + 10);
        out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] | value : value << 4);
    }
    return true;
}

static bool read_secret(const char *path, uint8_t secret[32], struct err *err)
{
    struct buf text;
    buf_init(&text, 4096);
    bool ok = buf_read_file(&text, path) || FAIL(err, ERR_FILE_OPEN, path, strerror(errno));
    ok = ok && (parse_hex(buf_slice(&text), secret) || FAIL(err, ERR_KEY, path));
    buf_finish(&text);
    return ok;
}

/* Made once; two processes that make it at the same time agree on the one whose link() came first.
 */
static bool make_secret(const struct env *env, const char *path, struct err *err)
{
    uint8_t secret[32];
    char text[KEY_HEX_CHARS + 2], fresh[KEY_PATH_BYTES];
    env->random(env->ctx, secret, sizeof secret);
    for (size_t i = 0; i < sizeof secret; i++)
        snprintf(text + 2 * i, 3, "%02x", secret[i]);
    text[KEY_HEX_CHARS] = '\n';
    snprintf(fresh, sizeof fresh, "%s.%ld", path, (long)getpid());
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text, KEY_HEX_CHARS + 1) == KEY_HEX_CHARS + 1 && fsync(fd) == 0;
    ok = ok && (link(fresh, path) == 0 || errno == EEXIST);
    int cause = errno;
    if (fd >= 0)
        close(fd);
    unlink(fresh);
    return ok ||
           FAIL(err, cause == ENOSPC ? ERR_STORE_FULL : ERR_FILE_WRITE, path, strerror(cause));
}

static bool read_or_make(const struct env *env, const char *path, uint8_t secret[32],
                         struct err *err)
{
    if (access(path, F_OK) != 0 && !make_secret(env, path, err))
        return false;
    return read_secret(path, secret, err);
}

/* voucher-ID.key, ID two characters. */
static int is_voucher_key(const struct dirent *entry)
{
    return strlen(entry->d_name) == 14 && strncmp(entry->d_name, "voucher-", 8) == 0 &&
           strcmp(entry->d_name + 10, ".key") == 0;
}

/* The newest key stands first: ids are counted up. */
static int newest_first(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*b)->d_name, (*a)->d_name);
}

static bool read_voucher_keys(struct shop *shop, struct err *err)
{
    struct dirent **entries = NULL;
    char folder[KEY_PATH_BYTES - 272], path[KEY_PATH_BYTES];
    snprintf(folder, sizeof folder, "%s/keys", shop->dir);
    int n = scandir(folder, &entries, is_voucher_key, newest_first);
    bool ok = n >= 0 || FAIL(err, ERR_FILE_OPEN, folder, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (ok && shop->n_keys < SHOP_MAX_KEYS) {
            struct code_key *key = &shop->keys[shop->n_keys++];
            snprintf(key->id, sizeof key->id, "%.2s", entries[i]->d_name + 8);
            snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
            ok = read_secret(path, key->secret, err);
        }
        free(entries[i]);
    }
    free(entries);
    return ok;
}

/* One voucher is enough to know. */
static bool any_voucher(void *ctx, const struct ledger_voucher *voucher, struct err *err)
{
    bool *given = ctx;
    (void)voucher;
    (void)err;
    *given = true;
    return false;
}

bool keys_made(struct shop *shop, struct err *err)
{
    const struct ledger_filter any = {.day = 0};
    bool given = false;
    char path[KEY_PATH_BYTES];
    if (shop->n_keys)
        return true;
    snprintf(path, sizeof path, "%s/keys/voucher-01.key", shop->dir);
    /* a new key would call every voucher that guests hold a forgery */
    if (!ledger_list(shop->ledger, &any, any_voucher, &given, err) && !given)
        return false;
    if (given)
        return FAIL(err, ERR_KEY_LOST, path);
    return make_secret(shop->env, path, err) && read_voucher_keys(shop, err);
}

bool keys_read(struct shop *shop, struct err *err)
{
    char folder[KEY_PATH_BYTES - 32], path[KEY_PATH_BYTES];
    snprintf(folder, sizeof folder, "%s/keys", shop->dir);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return FAIL(err, errno == ENOSPC ? ERR_STORE_FULL : ERR_STORE_READONLY, folder);
    snprintf(path, sizeof path, "%s/chance.key", folder);
    return read_or_make(shop->env, path, shop->chance_key, err) && read_voucher_keys(shop, err);
}
