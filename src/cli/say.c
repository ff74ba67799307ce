#include "cli/cli.h"
#include "protocol/profile_file.h"
#include "shop/preview.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SAY_LINE_BYTES = 1 << 20, SAY_TIMEOUT_MS = 10000, SAY_PNG_BYTES = 64 << 20 };

const char *cli_value(const struct cli *cli, const char *name)
{
    for (size_t i = 0; i < cli->command->n_options; i++)
        if (strcmp(cli->command->options[i].name, name) == 0)
            return cli->values[i];
    return NULL;
}

bool cli_has(const struct cli *cli, const char *name)
{
    return cli_value(cli, name);
}

struct slice cli_slice(const struct cli *cli, const char *name)
{
    const char *value = cli_value(cli, name);
    return slice_str(value ? value : "");
}

bool cli_number(const struct cli *cli, const char *name, int64_t max, int64_t otherwise,
                int64_t *out, struct err *err)
{
    const char *value = cli_value(cli, name);
    uint64_t number;
    char text[ERR_ARG_BYTES];
    *out = otherwise;
    if (!value)
        return true;
    if (!slice_u64(slice_str(value), (uint64_t)max, &number)) {
        snprintf(text, sizeof text, "%s takes a whole number from 0 to %lld", name, (long long)max);
        return FAIL(err, ERR_USAGE, text);
    }
    *out = (int64_t)number;
    return true;
}

bool cli_timeout(const struct cli *cli, int *timeout_ms, struct err *err)
{
    int64_t seconds;
    if (!cli_number(cli, "--timeout", 86400, SAY_TIMEOUT_MS / 1000, &seconds, err))
        return false;
    *timeout_ms = (int)(seconds * 1000);
    return true;
}

struct shop_who cli_who(const struct cli *cli)
{
    return (struct shop_who){.till = cli_slice(cli, "--till"),
                             .by = cli_slice(cli, "--by"),
                             .reason = cli_slice(cli, "--reason"),
                             .request = cli_slice(cli, "--request")};
}

const char *cli_find_shop(const struct cli *cli)
{
    const char *there = cli_find_shop_if_any(cli);
    return there ? there : "./shop";
}

const char *cli_find_shop_if_any(const struct cli *cli)
{
    const char *named = getenv("BONBON_SHOP");
    if (cli->shop_dir)
        return cli->shop_dir;
    if (named && *named)
        return named;
    if (access("./shop/shop.yaml", F_OK) == 0)
        return "./shop";
    return access("/var/lib/bonbon/shop.yaml", F_OK) == 0 ? "/var/lib/bonbon" : NULL;
}

bool cli_open_shop(struct cli *cli, struct err *err)
{
    if (!shop_open(&cli->shop, cli_find_shop(cli), &cli->env, &cli->warn, err))
        return false;
    cli->lang = shop_config(cli->shop)->lang;
    return true;
}

void cli_put_bytes(struct slice bytes)
{
    if (bytes.n) /* nothing has no address */
        fwrite(bytes.p, 1, bytes.n, stdout);
}

void cli_put(const struct buf *line)
{
    cli_put_bytes(buf_slice(line));
    putchar('\n');
}

void cli_warn(const struct cli *cli, const struct err *err)
{
    struct buf text;
    buf_init(&text, SAY_LINE_BYTES);
    err_text(err, cli->lang, &text);
    fprintf(stderr, "bonbon: %.*s\n", (int)text.n, (const char *)text.p);
    buf_finish(&text);
}

static void put_error(const struct cli *cli, const struct err *err)
{
    struct buf line, text, where;
    struct json j;
    buf_init(&line, SAY_LINE_BYTES);
    buf_init(&text, SAY_LINE_BYTES);
    buf_init(&where, SAY_LINE_BYTES);
    err_text(err, cli->lang, &text);
    err_where(err, &where);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_open_object(&j, "error");
    json_str(&j, "code", err_name(err->code));
    json_text(&j, "text", buf_slice(&text));
    json_text(&j, "where", buf_slice(&where));
    json_close_object(&j);
    json_close_object(&j);
    cli_put(&line);
    buf_finish(&line);
    buf_finish(&text);
    buf_finish(&where);
}

int cli_fail(struct cli *cli, const struct err *err)
{
    cli_warn(cli, err);
    if (cli->json)
        put_error(cli, err);
    return (int)err_exit(err->code);
}

void cli_say(const struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(cli->json ? stderr : stdout, format, args);
    va_end(args);
}

int cli_say_job(const struct cli *cli, const struct job_answer *job)
{
    if (job->trouble.code == ERR_NONE)
        return EXIT_DONE;
    cli_warn(cli, &job->trouble);
    return (int)err_exit(job->trouble.code);
}

/* clang-format off */
static const struct {
    const char *state, *words[LANG_COUNT];
} job_states[] = {
    {"cancelled", {"cancelled", "anulat", "отменено"}},
    {"held", {"held", "reținut", "отложено"}},
    {"none", {"nothing to print", "nimic de tipărit", "печатать нечего"}},
    {"printed", {"printed", "tipărit", "напечатано"}},
    {"queued", {"queued", "în așteptare", "в очереди"}},
    {"sending", {"sending", "se trimite", "отправляется"}},
    {"sent", {"sent", "trimis", "отправлено"}},
    {"unknown", {"unknown", "necunoscut", "неизвестно"}},
};

static const char *const voucher_states[][LANG_COUNT] = {
    [VOUCHER_ISSUED] = {"issued", "emis", "выдан"},
    [VOUCHER_REDEEMED] = {"redeemed", "folosit", "погашен"},
    [VOUCHER_VOID] = {"void", "anulat", "аннулирован"},
    [VOUCHER_EXPIRED] = {"expired", "expirat", "истёк"},
};
/* clang-format on */

const char *cli_job_state(const struct cli *cli, const char *state)
{
    for (size_t i = 0; i < sizeof job_states / sizeof job_states[0]; i++)
        if (strcmp(state, job_states[i].state) == 0)
            return job_states[i].words[cli->lang];
    return state;
}

const char *cli_voucher_state(const struct cli *cli, enum voucher_state state)
{
    return voucher_states[state][cli->lang];
}

bool cli_read(const char *path, size_t max, struct buf *out, struct err *err)
{
    buf_init(out, max);
    if (buf_read_file(out, path))
        return true;
    int cause = errno;
    buf_finish(out);
    return FAIL(err, cause == EFBIG ? ERR_TOO_BIG : ERR_FILE_OPEN, path, strerror(cause));
}

bool cli_write(const char *path, struct slice bytes, struct err *err)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *f = standard ? stdout : fopen(path, "wb");
    bool ok = f && (!bytes.n || fwrite(bytes.p, 1, bytes.n, f) == bytes.n);
    if (f && (standard ? fflush(f) : fclose(f)) != 0)
        ok = false;
    return ok || FAIL(err, ERR_FILE_WRITE, path, strerror(errno));
}

bool cli_profile(struct cli *cli, const char *name, const struct profile **profile, struct err *err)
{
    return profile_lookup(&cli->arena, cli_find_shop_if_any(cli), slice_str(name), profile, err);
}

bool cli_write_paper(const struct cli *cli, struct slice bytes, const struct profile *profile,
                     struct err *err)
{
    const char *to_bytes = cli_value(cli, "--bytes"), *to_png = cli_value(cli, "--png");
    struct buf png;
    if (to_bytes && !cli_write(to_bytes, bytes, err))
        return false;
    if (!to_png)
        return true;
    buf_init(&png, SAY_PNG_BYTES);
    bool ok = preview_picture(bytes, profile, &png, err) && cli_write(to_png, buf_slice(&png), err);
    buf_finish(&png);
    return ok;
}

bool cli_put_paper(const struct profile *profile, struct slice bytes, const struct buf *text,
                   struct err *err)
{
    struct buf line;
    struct json j;
    buf_init(&line, 0);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "profile", profile->name);
    json_int(&j, "bytes", (int64_t)bytes.n);
    if (text)
        json_text(&j, "text", buf_slice(text));
    json_close_object(&j);
    bool ok = !line.full && !(text && text->full);
    if (ok)
        cli_put(&line);
    buf_finish(&line);
    return ok || FAIL(err, ERR_TOO_BIG, "--text", "1 GiB");
}

bool cli_read_sale(struct cli *cli, const char *path, struct sale *sale, struct err *err)
{
    struct buf *text = ARENA_NEW(&cli->arena, struct buf);
    if (!text || !cli_read(path, SALE_MAX_BYTES + 1, text, err))
        return false;
    struct slice kept = arena_copy(&cli->arena, buf_slice(text));
    buf_finish(text);
    if (!kept.p)
        return FAIL(err, ERR_TOO_BIG, path, "8 MiB");
    return sale_read(&cli->arena, kept, 1, sale, err) ||
           err_at(err, strcmp(path, "-") == 0 ? NULL : path, 0, 0);
}

bool cli_service(const struct cli *cli, struct shop_service *service, struct err *err)
{
    service->incident = cli_slice(cli, "--incident");
    return cli_number(cli, "--wait", 100000, -1, &service->wait_minutes, err);
}

void cli_say_voucher(const struct cli *cli, const struct voucher_answer *voucher)
{
    static const char *const until[LANG_COUNT] = {"valid to", "valabil până la", "действует по"};
    struct buf value;
    buf_init(&value, SAY_LINE_BYTES);
    value_text(&voucher->value, voucher->currency, cli->lang, &value);
    cli_say(cli, "  %.*s  %.*s: %.*s", (int)voucher->code.n, (const char *)voucher->code.p,
            (int)voucher->offer.n, (const char *)voucher->offer.p, (int)value.n,
            (const char *)value.p);
    if (voucher->valid_to.n && voucher->value.kind != VALUE_NOTE)
        cli_say(cli, ", %s %.*s", until[cli->lang], (int)voucher->valid_to.n,
                (const char *)voucher->valid_to.p);
    cli_say(cli, "\n");
    buf_finish(&value);
}
