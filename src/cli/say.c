#include "cli/cli.h"
#include "protocol/profile_folder.h"
#include "shop/preview.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SAY_LINE_BYTES = 1 << 20, SAY_TIMEOUT_MS = 10000, SAY_PNG_BYTES = 64 << 20 };

bool cli_timeout(const struct cli *cli, int *timeout_ms, struct err *err)
{
    int64_t seconds;
    if (!door_number(&cli->door, "--timeout", 0, 86400, SAY_TIMEOUT_MS / 1000, &seconds, err))
        return false;
    *timeout_ms = cli->front.late ? 0 : (int)(seconds * 1000);
    return true;
}

struct shop_who cli_who(const struct cli *cli)
{
    return (struct shop_who){.till = door_slice(&cli->door, "--till"),
                             .by = door_slice(&cli->door, "--by"),
                             .reason = door_slice(&cli->door, "--reason"),
                             .request = door_slice(&cli->door, "--request")};
}

const char *cli_find_shop(const struct cli *cli)
{
    const char *there = door_shop(&cli->door);
    return there ? there : "./shop";
}

bool cli_open_shop(struct cli *cli, struct err *err)
{
    if (!shop_open(&cli->shop, cli_find_shop(cli), &cli->env, &cli->warn, err))
        return false;
    cli->door.lang = shop_config(cli->shop)->lang;
    return true;
}

int cli_say_job(const struct cli *cli, const struct job_answer *job)
{
    if (job->trouble.code == ERR_NONE)
        return EXIT_DONE;
    door_warn(&cli->door, &job->trouble);
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

static const char *const job_words[LANG_COUNT] = {"job", "lucrarea", "задание"};

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
            return job_states[i].words[cli->door.lang];
    return state;
}

void cli_say_outcome(const struct cli *cli, struct slice what, const char *state,
                     const struct job_answer *job)
{
    door_say(&cli->door, "%.*s: %s", (int)what.n, (const char *)what.p,
             state ? state : cli_job_state(cli, job->state));
    if (job->id)
        door_say(&cli->door, " (%s %lld)", job_words[cli->door.lang], (long long)job->id);
}

const char *cli_voucher_state(const struct cli *cli, enum voucher_state state)
{
    return voucher_states[state][cli->door.lang];
}

bool cli_profile(struct cli *cli, const char *name, const struct profile **profile, struct err *err)
{
    return profile_lookup(&cli->arena, door_shop(&cli->door), slice_str(name), profile, err);
}

bool cli_write_paper(const struct cli *cli, struct slice bytes, const struct profile *profile,
                     struct err *err)
{
    const char *to_bytes = door_value(&cli->door, "--bytes"),
               *to_png = door_value(&cli->door, "--png");
    struct buf png;
    if (to_bytes && !door_write_file(to_bytes, bytes, err))
        return false;
    if (!to_png)
        return true;
    buf_init(&png, SAY_PNG_BYTES);
    bool ok =
        preview_picture(bytes, profile, &png, err) && door_write_file(to_png, buf_slice(&png), err);
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
        door_put(&line);
    buf_finish(&line);
    return ok || FAIL(err, ERR_TOO_BIG, "--text", "1 GiB");
}

bool cli_read_sale(struct cli *cli, const char *path, struct sale *sale, struct err *err)
{
    struct buf *text = ARENA_NEW(&cli->arena, struct buf);
    if (!text || !door_read_file(path, SALE_MAX_BYTES + 1, text, err))
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
    service->incident = door_slice(&cli->door, "--incident");
    return door_number(&cli->door, "--wait", 0, 100000, -1, &service->wait_minutes, err);
}

const char *cli_moment(struct slice at, char text[CLI_MOMENT_BYTES])
{
    slice_cstr(at, text, CLI_MOMENT_BYTES);
    for (char *c = text; *c; c++)
        if (*c == 'T')
            *c = ' ';
    return text;
}

void cli_say_voucher(const struct cli *cli, const struct voucher_answer *voucher)
{
    static const char *const until[LANG_COUNT] = {"valid to", "valabil până la", "действует по"};
    struct buf value;
    buf_init(&value, SAY_LINE_BYTES);
    value_text(&voucher->value, voucher->currency, cli->door.lang, &value);
    bool note = voucher->value.kind == VALUE_NOTE; /* its paper shows no code: nobody asks for it */
    if (!note)
        door_say(&cli->door, "  %.*s", (int)voucher->code.n, (const char *)voucher->code.p);
    door_say(&cli->door, "  %.*s: %.*s", (int)voucher->offer.n, (const char *)voucher->offer.p,
             (int)value.n, (const char *)value.p);
    if (voucher->valid_to.n && !note)
        door_say(&cli->door, ", %s %.*s", until[cli->door.lang], (int)voucher->valid_to.n,
                 (const char *)voucher->valid_to.p);
    door_say(&cli->door, "\n");
    buf_finish(&value);
}

void cli_say_finding(const struct cli *cli, bool is_warning, const struct err *what)
{
    /* clang-format off */
    static const char *const severities[LANG_COUNT][2] = {
        {"problem", "warning"}, {"problemă", "atenție"}, {"ошибка", "внимание"},
    };
    /* clang-format on */
    const enum lang lang = cli->door.lang;
    struct buf text, where, line;
    struct json j;
    buf_init(&text, SAY_LINE_BYTES);
    buf_init(&where, SAY_LINE_BYTES);
    buf_init(&line, SAY_LINE_BYTES);
    err_text(what, lang, &text);
    err_where(what, &where);
    door_say(&cli->door, "%s: %.*s\n", severities[lang][is_warning], (int)text.n,
             (const char *)text.p);
    if (cli->door.json) {
        json_init(&j, &line);
        json_open_object(&j, NULL);
        json_str(&j, "severity", severities[LANG_EN][is_warning]);
        json_str(&j, "code", err_name(what->code));
        json_text(&j, "text", buf_slice(&text));
        json_text(&j, "where", buf_slice(&where));
        json_close_object(&j);
        door_put(&line);
    }
    buf_finish(&text);
    buf_finish(&where);
    buf_finish(&line);
}
