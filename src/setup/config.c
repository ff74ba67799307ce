#include "setup/config.h"

#include "base/utf8.h"
#include "base/yaml.h"
#include "setup/wires.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { CONFIG_MAX_FILE_BYTES = 1 << 20, CONFIG_MAX_HOLD = 10000, HOLD_AFTER_S = 600 };

/* What parse functions need beside their node. */
struct config_reader {
    struct arena *arena;
    struct shop_config *config;
};

static bool full(struct err *err)
{
    return FAIL(err, ERR_TOO_BIG, "shop.yaml", "1 MiB");
}

static bool wrong(const struct yaml_node *node, const char *key, const char *wanted,
                  struct err *err)
{
    FAIL(err, ERR_YAML_KIND, key, wanted);
    return yaml_at(node, err);
}

static bool copy_text(const struct yaml_node *node, struct arena *arena, struct slice *out,
                      struct err *err)
{
    *out = utf8_clean(arena, yaml_text(node));
    if (out->n && !out->p)
        return full(err);
    *out = arena_copy(arena, *out);
    return out->p || full(err);
}

static bool parse_texts(const struct yaml_node *node, struct arena *arena,
                        const struct slice **texts, size_t *n, struct err *err)
{
    if (yaml_kind(node) == YAML_NULL)
        return true;
    bool list = yaml_kind(node) == YAML_LIST;
    size_t count = list ? yaml_count(node) : 1;
    struct slice *out = ARENA_ARRAY(arena, count + 1, struct slice);
    if (!out)
        return full(err);
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *item = list ? yaml_item(node, i) : node;
        if (yaml_kind(item) != YAML_TEXT)
            return wrong(item, "-", "a text", err);
        if (!copy_text(item, arena, &out[i], err))
            return false;
    }
    *texts = out;
    *n = count;
    return true;
}

static bool parse_address(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)at;
    struct config_reader *reader = ctx;
    return parse_texts(node, reader->arena, &reader->config->address, &reader->config->n_address,
                       err);
}

static bool parse_staff(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)at;
    struct config_reader *reader = ctx;
    return parse_texts(node, reader->arena, &reader->config->staff, &reader->config->n_staff, err);
}

static bool parse_lang(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)ctx;
    return lang_parse(yaml_text(node), at) || wrong(node, "language", "en, ro or ru", err);
}

static bool parse_currency(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)ctx;
    const struct currency **currency = at;
    *currency = currency_find(yaml_text(node));
    if (*currency)
        return true;
    err_fail_slice(err, ERR_SALE_CURRENCY, yaml_text(node));
    return yaml_at(node, err);
}

static bool parse_day_start(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)ctx;
    struct slice text = yaml_text(node);
    size_t colon = slice_find(text, ':');
    uint64_t hour, minute;
    if (!slice_u64(slice_sub(text, 0, colon), 23, &hour) ||
        !slice_u64(slice_sub(text, colon + 1, text.n), 59, &minute))
        return wrong(node, "day_start", "a time of day like 05:00", err);
    *(unsigned *)at = (unsigned)(hour * 60 + minute);
    return true;
}

/* Anything else would make the QR larger than the paper, or not readable at all (docs/vouchers.md).
 */
static bool parse_code_address(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    enum { MOST = 60 };
    static const char set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    struct config_reader *reader = ctx;
    struct slice text = yaml_text(node);
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\0' || !strchr(set, text.p[i]))
            return wrong(node, "code_address",
                         "an address in capitals like HTTPS://SHOP.EXAMPLE/V/", err);
    if (text.n > MOST)
        return wrong(node, "code_address", "an address of at most 60 characters", err);
    return copy_text(node, reader->arena, at, err);
}

static bool parse_paper(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)ctx;
    enum shop_paper *paper = at;
    if (slice_is(yaml_text(node), "full"))
        *paper = PAPER_FULL;
    else if (slice_is(yaml_text(node), "voucher-only"))
        *paper = PAPER_VOUCHER_ONLY;
    else
        return wrong(node, "paper", "full or voucher-only", err);
    return true;
}

static bool parse_drawer(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)ctx;
    bool *cash = at;
    *cash = slice_is(yaml_text(node), "cash");
    return *cash || slice_is(yaml_text(node), "never") ||
           wrong(node, "drawer", "cash or never", err);
}

/* "10 minutes", "2 hours", "never". */
static bool parse_hold_after(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"hour", 3600}, {"hours", 3600}, {"minute", 60}, {"minutes", 60}};
    (void)ctx;
    int64_t *seconds = at;
    struct slice text = yaml_text(node);
    size_t blank = slice_find(text, ' ');
    uint64_t count;
    *seconds = 0;
    if (slice_is(text, "never"))
        return true;
    if (slice_u64(slice_sub(text, 0, blank), CONFIG_MAX_HOLD, &count) && count)
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
            if (slice_is(slice_trim(slice_sub(text, blank, text.n)), units[i].unit))
                *seconds = (int64_t)count * units[i].seconds;
    return *seconds || wrong(node, "hold_after", "a time like 10 minutes, or never", err);
}

static bool parse_after_loss(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)ctx;
    bool *ask = at;
    *ask = slice_is(yaml_text(node), "ask");
    return *ask || slice_is(yaml_text(node), "again") ||
           wrong(node, "after_power_loss", "again or ask", err);
}

static bool parse_tills(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)at;
    struct config_reader *reader = ctx;
    if (yaml_kind(node) == YAML_NULL)
        return true;
    if (yaml_kind(node) != YAML_MAP)
        return wrong(node, "tills", "a map of till: printer", err);
    size_t n = yaml_count(node);
    struct shop_till *tills = ARENA_ARRAY(reader->arena, n + 1, struct shop_till);
    if (!tills)
        return full(err);
    for (size_t i = 0; i < n; i++) {
        struct err place = {0};
        if (!copy_text(yaml_key(node, i), reader->arena, &tills[i].name, err) ||
            !copy_text(yaml_item(node, i), reader->arena, &tills[i].printer, err))
            return false;
        yaml_at(yaml_item(node, i), &place);
        tills[i].line = place.line;
        tills[i].column = place.column;
    }
    reader->config->tills = tills;
    reader->config->n_tills = n;
    return true;
}

/* clang-format off */
static const struct yaml_field shop_fields[] = {
    {"address", YAML_WANT_PARSE, false, 0, parse_address},
    {"after_power_loss", YAML_WANT_PARSE, false, offsetof(struct shop_config, ask_after_loss), parse_after_loss},
    {"allow_commands", YAML_WANT_BOOL, false, offsetof(struct shop_config, allow_commands), NULL},
    {"code_address", YAML_WANT_PARSE, false, offsetof(struct shop_config, code_address), parse_code_address},
    {"currency", YAML_WANT_PARSE, true, offsetof(struct shop_config, currency), parse_currency},
    {"day_start", YAML_WANT_PARSE, false, offsetof(struct shop_config, day_start_min), parse_day_start},
    {"drawer", YAML_WANT_PARSE, false, offsetof(struct shop_config, drawer_on_cash), parse_drawer},
    {"feedback_address", YAML_WANT_TEXT, false, offsetof(struct shop_config, feedback_address), NULL},
    {"hold_after", YAML_WANT_PARSE, false, offsetof(struct shop_config, hold_after_s), parse_hold_after},
    {"language", YAML_WANT_PARSE, true, offsetof(struct shop_config, lang), parse_lang},
    {"name", YAML_WANT_TEXT, true, offsetof(struct shop_config, name), NULL},
    {"paper", YAML_WANT_PARSE, false, offsetof(struct shop_config, paper), parse_paper},
    {"phone", YAML_WANT_TEXT, false, offsetof(struct shop_config, phone), NULL},
    {"receipt", YAML_WANT_TEXT, false, offsetof(struct shop_config, receipt), NULL},
    {"staff", YAML_WANT_PARSE, false, 0, parse_staff},
    {"tax_id", YAML_WANT_TEXT, false, offsetof(struct shop_config, tax_id), NULL},
    {"tills", YAML_WANT_PARSE, false, 0, parse_tills},
    {"timezone", YAML_WANT_TEXT, true, offsetof(struct shop_config, timezone), NULL},
    {"website", YAML_WANT_TEXT, false, offsetof(struct shop_config, website), NULL},
};
/* clang-format on */

#define FIELDS(table) (table), sizeof(table) / sizeof((table)[0])

static bool walk_file(const char *path, const char *name, const struct yaml_field *fields, size_t n,
                      void *target, struct config_reader *reader, struct err *err)
{
    struct buf text;
    struct yaml_doc *doc = NULL;
    buf_init(&text, CONFIG_MAX_FILE_BYTES);
    bool ok = buf_read_file(&text, path) || FAIL(err, ERR_FILE_OPEN, path, strerror(errno));
    ok = ok && yaml_parse(&doc, name, buf_slice(&text), err) &&
         yaml_walk(yaml_root(doc), fields, n, target, reader, reader->arena, err);
    yaml_destroy(doc);
    buf_finish(&text);
    return ok;
}

static bool read_printers(struct config_reader *reader, const char *dir, struct err *err)
{
    const struct slice *names;
    size_t n;
    if (!printer_entry_names(reader->arena, dir, &names, &n, err))
        return false;
    struct printer_entry *printers = ARENA_ARRAY(reader->arena, n + 1, struct printer_entry);
    if (!printers)
        return full(err);
    for (size_t i = 0; i < n; i++)
        if (!printer_entry_read(reader->arena, dir, names[i], wires_check, &printers[i], err))
            return false;
    reader->config->printers = printers;
    reader->config->n_printers = n;
    return true;
}

bool config_read(struct shop_config *config, const char *dir, struct arena *arena, struct err *err)
{
    char path[4096];
    struct config_reader reader = {arena, config};
    *config = (struct shop_config){
        .drawer_on_cash = false, .receipt = SLICE("receipt"), .hold_after_s = HOLD_AFTER_S};
    snprintf(path, sizeof path, "%s/shop.yaml", dir);
    FILE *there = fopen(path, "rb");
    if (!there)
        return FAIL(err, errno == ENOENT || errno == ENOTDIR ? ERR_SHOP_MISSING : ERR_FILE_OPEN,
                    dir, strerror(errno));
    fclose(there);
    return walk_file(path, "shop.yaml", FIELDS(shop_fields), config, &reader, err) &&
           read_printers(&reader, dir, err);
}

static bool no_printer(const struct shop_config *config, struct slice name, struct err *err)
{
    char wanted[ERR_ARG_BYTES], there[ERR_ARG_BYTES] = "";
    size_t used = 0;
    slice_cstr(name, wanted, sizeof wanted);
    for (size_t i = 0; i < config->n_printers && used < sizeof there; i++) {
        int n = snprintf(there + used, sizeof there - used, "%s%s", i ? ", " : "",
                         (const char *)config->printers[i].name.p);
        used += n > 0 ? (size_t)n : 0;
    }
    return FAIL(err, ERR_PRINTER_NAME, wanted, config->n_printers ? there : "-");
}

bool config_printer(const struct shop_config *config, struct slice name,
                    const struct printer_entry **printer, struct err *err)
{
    for (size_t i = 0; i < config->n_printers; i++) {
        if (slice_equal(config->printers[i].name, name)) {
            *printer = &config->printers[i];
            return true;
        }
    }
    return no_printer(config, name, err);
}

bool config_till_printer(const struct shop_config *config, struct slice till,
                         const struct printer_entry **printer, struct err *err)
{
    for (size_t i = 0; i < config->n_tills; i++)
        if (slice_equal(config->tills[i].name, till))
            return config_printer(config, config->tills[i].printer, printer, err) ||
                   err_at(err, "shop.yaml", config->tills[i].line, config->tills[i].column);
    for (size_t i = 0; i < config->n_printers; i++) {
        if (slice_is(config->printers[i].role, "receipt")) {
            *printer = &config->printers[i];
            return true;
        }
    }
    if (!config->n_printers)
        return no_printer(config, SLICE_LITERAL("receipt"), err);
    *printer = &config->printers[0];
    return true;
}
