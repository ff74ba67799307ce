#include "setup/init.h"

#include "base/calendar.h"
#include "base/json.h"
#include "base/money.h"
#include "base/utf8.h"
#include "protocol/profile.h"
#include "setup/wires.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INIT_PATH_BYTES = 4096, INIT_FILE_BYTES = 1 << 16 };

/* Built in by bonbon_embed_sql(): printer.yaml, rules.yaml, shop.yaml of each language in turn. */
extern const char *const init_texts[];
enum init_file { INIT_PRINTER, INIT_RULES, INIT_SHOP, INIT_FILES };

/* clang-format off */
static const struct {
    enum init_file text;
    const char *path;
} files[] = {
    {INIT_PRINTER, "printers.d/receipt.yaml"},
    {INIT_RULES, "rules.yaml"},
    {INIT_SHOP, "shop.yaml"},
};

static const struct {
    const char *currency, *timezone;
} defaults[LANG_COUNT] = {
    [LANG_EN] = {"GBP", "Europe/London"},
    [LANG_RO] = {"RON", "Europe/Bucharest"},
    [LANG_RU] = {"RUB", "Europe/Moscow"},
};

static const char *const folders[] = {"", "/printers.d", "/templates", "/images"};

/* Secrets and what the program keeps stay out of an owner's git. */
static const char ignored[] = "bonbon.db*\nkeys/\npaper/\nspool/\n";
/* clang-format on */

/* What stands between @ and @ in the texts. */
struct filling {
    const char *name;
    char value[512];
};

enum {
    FILL_NAME,
    FILL_LANG,
    FILL_CURRENCY,
    FILL_ZONE,
    FILL_PROFILE,
    FILL_URI,
    FILL_AMOUNT,
    FILL_AT_MOST,
    FILL_BUDGET,
    FILL_COST,
    FILL_SURPRISE,
    FILL_COUNT
};

/* YAML takes a JSON string as a quoted scalar. */
static bool quote(const char *option, const char *text, struct filling *fill, struct err *err)
{
    struct buf quoted;
    struct json j;
    buf_init(&quoted, sizeof fill->value - 1);
    json_init(&j, &quoted);
    json_text(&j, NULL, slice_str(text));
    bool ok = !quoted.full || FAIL(err, ERR_TOO_BIG, option, "500 bytes");
    slice_cstr(buf_slice(&quoted), fill->value, sizeof fill->value);
    buf_finish(&quoted);
    return ok;
}

/* Sums that make sense in a currency, from pounds or euros by its usual notes: a starting point,
 * the owner changes them. */
static void fill_sums(struct filling *fill, const struct currency *currency)
{
    static const struct {
        const char *code;
        int64_t times;
    } scales[] = {{"JPY", 100}, {"KZT", 400}, {"MDL", 20}, {"RON", 5}, {"RUB", 80}, {"UAH", 40}};
    static const struct {
        unsigned fill;
        int64_t units;
    } sums[] = {{FILL_AMOUNT, 5},
                {FILL_AT_MOST, 10},
                {FILL_BUDGET, 100},
                {FILL_COST, 2},
                {FILL_SURPRISE, 50}};
    int64_t times = 1, unit = 1;
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++)
        if (strcmp(scales[i].code, currency->code) == 0)
            times = scales[i].times;
    for (unsigned i = 0; i < currency->exponent; i++)
        unit *= 10;
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        char text[32];
        money_plain(sums[i].units * times * unit, currency->exponent, text);
        /* a limit without decimals would be a count; a currency without decimals says its code */
        bool code = sums[i].fill == FILL_BUDGET && currency->exponent == 0;
        snprintf(fill[sums[i].fill].value, sizeof fill->value, "%s%s%s", text, code ? " " : "",
                 code ? currency->code : "");
    }
}

static bool fill_in(struct filling fill[FILL_COUNT], const struct shop_init *init, struct err *err)
{
    static const char *const names[FILL_COUNT] = {"NAME",    "LANG", "CURRENCY", "ZONE",
                                                  "PROFILE", "URI",  "AMOUNT",   "AT_MOST",
                                                  "BUDGET",  "COST", "SURPRISE"};
    const char *currency_code = init->currency ? init->currency : defaults[init->lang].currency;
    const char *zone_text = init->timezone ? init->timezone : defaults[init->lang].timezone;
    const char *profile = init->profile ? init->profile : "generic-80";
    const char *uri = init->printer ? init->printer : "virtual:paper";
    const struct currency *currency = currency_find(slice_str(currency_code));
    struct zone *zone = NULL;
    if (!currency)
        return FAIL(err, ERR_SALE_CURRENCY, currency_code);
    if (!profile_find(slice_str(profile)))
        return FAIL(err, ERR_PROFILE, profile);
    if (!wires_check(uri, err))
        return false;
    if (!zone_create(&zone, zone_text, err))
        return false;
    zone_destroy(zone);
    for (size_t i = 0; i < FILL_COUNT; i++)
        fill[i].name = names[i];
    if (!quote("--name", init->name ? init->name : "Bonbon", &fill[FILL_NAME], err) ||
        !quote("--printer", uri, &fill[FILL_URI], err))
        return false;
    snprintf(fill[FILL_LANG].value, sizeof fill->value, "%s", lang_name(init->lang));
    snprintf(fill[FILL_CURRENCY].value, sizeof fill->value, "%s", currency_code);
    snprintf(fill[FILL_ZONE].value, sizeof fill->value, "%s", zone_text);
    snprintf(fill[FILL_PROFILE].value, sizeof fill->value, "%s", profile);
    fill_sums(fill, currency);
    return true;
}

static const struct filling *filling_at(const struct filling *fill, const char *at)
{
    for (size_t i = 0; i < FILL_COUNT; i++) {
        size_t n = strlen(fill[i].name);
        if (strncmp(at + 1, fill[i].name, n) == 0 && at[n + 1] == '@')
            return &fill[i];
    }
    return NULL;
}

/* Characters, which are what people align by. */
static int width_of(const char *text)
{
    return (int)utf8_characters(slice_str(text));
}

/* The blanks before a comment: so many that it stays in its column, two at least, and two where
 * there are two. Returns what stands behind them. */
static const char *expand_blanks(const char *text, int wider, struct buf *out)
{
    int n = 0;
    while (text[n] == ' ')
        n++;
    bool comment = text[n] == '#' && n > 2;
    int put = comment ? n - wider : n;
    for (int i = 0; i < (comment && put < 2 ? 2 : put); i++)
        buf_byte(out, ' ');
    return text + n;
}

/* Puts the values in; the comment that follows on the line stays in its column. */
static void expand(const char *text, const struct filling *fill, struct buf *out)
{
    int wider = 0; /* than the template, on this line so far */
    while (*text) {
        const struct filling *found = *text == '@' ? filling_at(fill, text) : NULL;
        if (found) {
            int name = width_of(found->name) + 2;
            buf_str(out, found->value);
            wider += width_of(found->value) - name;
            text += name;
        } else if (*text == ' ') {
            text = expand_blanks(text, wider, out);
        } else {
            wider = *text == '\n' ? 0 : wider;
            buf_byte(out, (uint8_t)*text++);
        }
    }
}

static bool write_file(const char *dir, const char *name, struct slice bytes, struct err *err)
{
    char path[INIT_PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
    if (f && fclose(f) != 0)
        ok = false;
    return ok || FAIL(err, ERR_FILE_WRITE, path, strerror(errno));
}

static bool write_all(const char *dir, bool there, enum lang lang, const struct filling *fill,
                      struct err *err)
{
    char path[INIT_PATH_BYTES];
    for (size_t i = there ? 1 : 0; i < sizeof folders / sizeof folders[0]; i++) {
        snprintf(path, sizeof path, "%s%s", dir, folders[i]);
        if (mkdir(path, 0777) != 0)
            return FAIL(err, ERR_FILE_WRITE, path, strerror(errno));
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct buf text;
        buf_init(&text, INIT_FILE_BYTES);
        expand(init_texts[(size_t)lang * INIT_FILES + files[i].text], fill, &text);
        bool ok = write_file(dir, files[i].path, buf_slice(&text), err);
        buf_finish(&text);
        if (!ok)
            return false;
    }
    return write_file(dir, ".gitignore", slice_str(ignored), err);
}

/* Takes back a half-made folder. */
static void remove_all(const char *dir, bool there)
{
    size_t first = there ? 1 : 0; /* a folder that was there stays */
    char path[INIT_PATH_BYTES];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i].path);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/.gitignore", dir);
    unlink(path);
    for (size_t i = sizeof folders / sizeof folders[0]; i-- > first;) {
        snprintf(path, sizeof path, "%s%s", dir, folders[i]);
        rmdir(path);
    }
}

static bool is_free(const char *dir, struct err *err)
{
    DIR *there = opendir(dir);
    size_t entries = 0;
    if (!there)
        return errno == ENOENT || FAIL(err, ERR_INIT_NOT_EMPTY, dir);
    while (readdir(there))
        entries++;
    closedir(there);
    return entries <= 2 || FAIL(err, ERR_INIT_NOT_EMPTY, dir);
}

bool shop_init(const struct shop_init *init, struct err *err)
{
    struct filling fill[FILL_COUNT];
    char made[INIT_PATH_BYTES], dir[INIT_PATH_BYTES - 32];
    snprintf(dir, sizeof dir, "%s", init->dir);
    for (size_t n = strlen(dir); n > 1 && dir[n - 1] == '/'; n--)
        dir[n - 1] = '\0';
    bool there = access(dir, F_OK) == 0;
    if (!is_free(dir, err) || !fill_in(fill, init, err))
        return false;
    /* made beside it and moved: a shop is there whole, or not at all; an empty folder somebody may
     * stand in is filled */
    snprintf(made, sizeof made, "%s", dir);
    if (!there)
        snprintf(made, sizeof made, "%s.new-%ld", dir, (long)getpid());
    bool ok = write_all(made, there, init->lang, fill, err);
    if (ok && !there && rename(made, dir) != 0)
        ok = FAIL(err, ERR_FILE_WRITE, dir, strerror(errno));
    if (!ok)
        remove_all(made, there);
    return ok;
}
