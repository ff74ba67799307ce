#include "shop/house.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { RULES_FILE_BYTES = 1 << 20, OPEN_PATH_BYTES = 4096 };

void shop_tell(const struct shop *shop, const struct err *what)
{
    if (shop->warn && shop->warn->tell)
        shop->warn->tell(shop->warn->ctx, what);
}

/* A shop whose rules are broken still prints receipts. */
static void read_rules(struct shop *shop)
{
    struct buf text;
    char path[OPEN_PATH_BYTES];
    buf_init(&text, RULES_FILE_BYTES);
    snprintf(path, sizeof path, "%s/rules.yaml", shop->dir);
    if (!buf_read_file(&text, path) && errno != ENOENT)
        FAIL(&shop->rules_err, ERR_FILE_OPEN, path, strerror(errno));
    else if (!rules_create(&shop->rules, "rules.yaml", buf_slice(&text), shop->config.currency,
                           &shop->rules_err))
        shop->rules = NULL;
    buf_finish(&text);
}

static bool open_files(struct shop *shop, struct err *err)
{
    char zone[128];
    if (!config_read(&shop->config, shop->dir, &shop->config_arena, err))
        return false;
    slice_cstr(shop->config.timezone, zone, sizeof zone);
    if (!zone_create(&shop->zone, zone, err))
        return err_at(err, "shop.yaml", 0, 0);
    shop->words = (struct view_words){shop->config.lang, shop->config.currency};
    shop->wires.dir = shop->dir;
    read_rules(shop);
    return fonts_create(&shop->fonts, err) && pictures_create(&shop->pictures, err) &&
           templates_create(&shop->templates, shop->dir, shop->config.lang, err);
}

static bool open_store(struct shop *shop, struct err *err)
{
    char path[OPEN_PATH_BYTES];
    snprintf(path, sizeof path, "%s/bonbon.db", shop->dir);
    return store_open(&shop->store, path, err) &&
           ledger_open(&shop->ledger, shop->store, shop->env, SLICE_LITERAL("1"), shop->zone,
                       err) &&
           spool_create(&shop->spool, shop->store, shop->env, err);
}

/* A shop without its keys still prints receipts; only a folder that cannot be written stops it, as
 * it would stop the database. */
static bool open_keys(struct shop *shop, struct err *err)
{
    if (keys_read(shop, &shop->keys_err) && keys_made(shop, &shop->keys_err))
        return true;
    shop->n_keys = 0;
    *err = shop->keys_err;
    return err->code == ERR_KEY || err->code == ERR_KEY_LOST;
}

bool shop_open(struct shop **shop, const char *dir, const struct env *env,
               const struct shop_warn *warn, struct err *err)
{
    struct shop *made = calloc(1, sizeof *made);
    if (!made)
        return FAIL(err, ERR_BUG, "out of memory");
    made->env = env;
    made->warn = warn;
    made->dir = strdup(dir);
    bool ok = made->dir && arena_init(&made->config_arena, SHOP_CONFIG_BYTES) &&
              arena_init(&made->work, SHOP_WORK_BYTES);
    ok = ok || FAIL(err, ERR_BUG, "out of memory");
    if (!ok || !open_files(made, err) || !open_store(made, err) || !open_keys(made, err)) {
        shop_close(made);
        return false;
    }
    *shop = made;
    return true;
}

void shop_close(struct shop *shop)
{
    if (!shop)
        return;
    spool_destroy(shop->spool);
    ledger_close(shop->ledger);
    store_close(shop->store);
    document_map_finish(&shop->map);
    templates_destroy(shop->templates);
    fonts_destroy(shop->fonts);
    pictures_destroy(shop->pictures);
    rules_destroy(shop->rules);
    zone_destroy(shop->zone);
    arena_finish(&shop->work);
    arena_finish(&shop->config_arena);
    memset(shop->keys, 0, sizeof shop->keys);
    free(shop->dir);
    free(shop);
}

const struct shop_config *shop_config(const struct shop *shop)
{
    return &shop->config;
}
