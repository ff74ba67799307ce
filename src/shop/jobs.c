#include "shop/jobs.h"

#include "shop/house.h"

#include <poll.h>
#include <stdio.h>

/* ── words ── */

enum why {
    WHY_TURN,
    WHY_SENDING,
    WHY_WAITED,
    WHY_HELD,
    WHY_LOOK,
    WHY_PRINTED,
    WHY_SENT,
    WHY_CANCELLED,
    WHY_LOST,
    WHY_STALLED,
    WHY_UNREACHABLE,
    WHY_UNPLUGGED,
    WHY_AGAIN,
    WHY_COUNT
};

/* clang-format off */
static const char *const why_words[WHY_COUNT][LANG_COUNT] = {
    [WHY_TURN]        = {"waits its turn", "își așteaptă rândul", "ждёт своей очереди"},
    [WHY_SENDING]     = {"is being printed", "se tipărește", "печатается"},
    [WHY_WAITED]      = {"waited too long: print it or drop it", "a așteptat prea mult: tipăriți-o sau renunțați", "ждало слишком долго: напечатать или отменить"},
    [WHY_HELD]        = {"put aside by a person", "pusă deoparte de cineva", "отложено человеком"},
    [WHY_LOOK]        = {"interrupted: look whether it is on the paper", "întreruptă: verificați dacă este pe hârtie", "прервано: посмотрите, есть ли оно на бумаге"},
    [WHY_PRINTED]     = {"on the paper", "pe hârtie", "на бумаге"},
    [WHY_SENT]        = {"sent to a printer that cannot prove it", "trimisă unei imprimante care nu poate confirma", "отправлено принтеру, который не подтверждает"},
    [WHY_CANCELLED]   = {"not wanted any more", "nu mai este dorită", "больше не нужно"},
    [WHY_LOST]        = {"the printer was switched off half-way: begins again", "imprimanta a fost oprită la mijloc: reîncepe", "принтер выключили на середине: начнётся снова"},
    [WHY_STALLED]     = {"the printer stopped half-way: look at paper and cover", "imprimanta s-a oprit la mijloc: verificați hârtia și capacul", "принтер остановился на середине: проверьте бумагу и крышку"},
    [WHY_UNREACHABLE] = {"the printer cannot be reached", "imprimanta nu poate fi accesată", "принтер недоступен"},
    [WHY_AGAIN]       = {"; it was interrupted and begins again", "; a fost întreruptă și reîncepe", "; оно было прервано и начнётся снова"},
    [WHY_UNPLUGGED]   = {"the printer is off or not plugged in", "imprimanta este oprită sau neconectată", "принтер выключен или не подключён"},
};
/* clang-format on */

static void put(struct buf *out, enum why why, enum lang lang)
{
    buf_str(out, why_words[why][lang]);
}

static void put_detail(struct buf *out, struct slice detail, enum lang lang)
{
    char said[ERR_ARG_BYTES];
    if (!detail.n)
        return;
    slice_cstr(detail, said, sizeof said);
    buf_printf(out, " (%s)", err_phrase(said, lang));
}

static void put_held(const struct spool_job *job, enum lang lang, struct buf *out)
{
    if (job->detail.n) {
        put(out, WHY_HELD, lang);
        put_detail(out, job->detail, lang);
        return;
    }
    put(out, WHY_WAITED, lang);
    if (!job->printer_state)
        return;
    buf_str(out, " (");
    printer_words(job->printer_state, lang, out);
    buf_byte(out, ')');
}

/* What the printer, or the house around it, says is the matter. */
static void put_reason(const struct spool_job *job, enum lang lang, struct buf *out)
{
    struct err err;
    switch (job->reason) {
    case ERR_NONE:
    case ERR_PRINTER_BUSY:
        put(out, job->state == JOB_SENDING ? WHY_SENDING : WHY_TURN, lang);
        break;
    case ERR_PRINTER_NOT_READY:
        printer_words(job->printer_state, lang, out);
        break;
    case ERR_PRINTER_LOST:
        put(out, WHY_LOST, lang);
        break;
    case ERR_PRINTER_STALLED:
        put(out, WHY_STALLED, lang);
        break;
    case ERR_PRINTER_UNPLUGGED:
        put(out, WHY_UNPLUGGED, lang);
        break;
    case ERR_PRINTER_IO:
        put(out, WHY_UNREACHABLE, lang);
        put_detail(out, job->detail, lang);
        break;
    case ERR_JOB_HELD:
        put_held(job, lang, out);
        break;
    default:
        spool_trouble(job, lang, &err);
        err_text_alone(&err, lang, out);
    }
}

void job_why(const struct spool_job *job, enum lang lang, struct buf *out)
{
    switch (job->state) {
    case JOB_UNKNOWN:
        put(out, WHY_LOOK, lang);
        break;
    case JOB_PRINTED:
        put(out, WHY_PRINTED, lang);
        put_detail(out, job->detail, lang);
        break;
    case JOB_SENT:
        put(out, WHY_SENT, lang);
        break;
    case JOB_CANCELLED:
        put(out, WHY_CANCELLED, lang);
        put_detail(out, job->detail, lang);
        break;
    default:
        put_reason(job, lang, out);
        if (job->state == JOB_QUEUED && job->interrupted && job->reason != ERR_PRINTER_LOST)
            put(out, WHY_AGAIN, lang);
    }
}

/* ── what waits ── */

/* What stands behind the n-th slash. */
static struct slice behind(struct slice key, unsigned n)
{
    while (n-- && key.n) {
        size_t slash = slice_find(key, '/');
        key = slice_sub(key, slash + 1, key.n);
    }
    return key;
}

static struct slice before_last(struct slice key)
{
    size_t n = key.n;
    while (n && key.p[n - 1] != '/')
        n--;
    return n ? slice_sub(key, 0, n - 1) : key;
}

/* Keys are "sale/DAY/TILL/ID", "copy/sale/DAY/TILL/ID/N", "copy/CODE/N" and "give/…". */
static struct slice subject(const struct spool_job *job)
{
    if (slice_starts(job->key, "sale/"))
        return behind(job->key, 3);
    if (slice_starts(job->key, "copy/sale/"))
        return before_last(behind(job->key, 4));
    if (slice_starts(job->key, "copy/"))
        return before_last(behind(job->key, 1));
    return (struct slice){0};
}

static bool take_code(void *ctx, const struct ledger_voucher *voucher, struct err *err)
{
    (void)err;
    memcpy(ctx, voucher->code.c, sizeof voucher->code.c);
    return true;
}

/* A voucher that was given by hand is known by its job. */
static struct slice given(struct shop *shop, const struct spool_job *job,
                          char code[sizeof(struct voucher_code)])
{
    struct err none = {0};
    const struct ledger_filter filter = {.job = job->key};
    code[0] = 0;
    if (slice_starts(job->key, "give/"))
        (void)ledger_list(shop->ledger, &filter, take_code, code, &none);
    return slice_str(code);
}

static struct slice moment(const struct shop *shop, int64_t at_s, char text[32])
{
    struct civil when;
    zone_civil(shop->zone, at_s, &when);
    return slice_of(text, time_text(at_s, when.offset_s, text));
}

struct telling {
    struct shop *shop;
    void (*each)(void *ctx, const struct shop_job *job);
    void *ctx;
    struct buf why;
    int64_t now_s;
};

static bool tell(void *ctx, const struct spool_job *job)
{
    struct telling *t = ctx;
    char accepted[32], changed[32], code[sizeof(struct voucher_code)];
    struct slice of = subject(job);
    bool open = !job_state_is_final(job->state);
    buf_reset(&t->why);
    job_why(job, t->shop->config.lang, &t->why);
    const struct shop_job told = {
        .id = job->id,
        .state = job_state_name(job->state),
        .open = open,
        .kind = job->kind,
        .key = job->key,
        .of = of.n ? of : given(t->shop, job, code),
        .printer = job->printer,
        .till = job->till,
        .accepted = moment(t->shop, job->created_s, accepted),
        .changed = moment(t->shop, job->changed_s, changed),
        .waits_s = open && t->now_s > job->waits_since_s ? t->now_s - job->waits_since_s : 0,
        .attempts = job->attempts,
        .again = job->interrupted,
        .code = open ? job->reason : ERR_NONE,
        .why = buf_slice(&t->why),
    };
    t->each(t->ctx, &told);
    return true;
}

static bool tell_one(struct telling *t, int64_t id, struct err *err)
{
    struct spool_job job;
    size_t mark = t->shop->work.used;
    bool ok = spool_job_get(t->shop->spool, id, &t->shop->work, &job, err);
    if (ok)
        tell(t, &job);
    arena_reset(&t->shop->work, mark);
    return ok;
}

static bool states_of(const struct shop_job_filter *filter, unsigned *states, struct err *err)
{
    enum job_state one;
    *states = 0;
    if (filter->state) {
        if (!job_state_parse(slice_str(filter->state), &one))
            return FAIL(err, ERR_USAGE_WORD, "--state",
                        "queued, sending, printed, sent, unknown, held, cancelled");
        *states = 1u << one;
        return true;
    }
    for (unsigned i = 0; !filter->all && i < JOB_STATE_COUNT; i++)
        if (!job_state_is_final((enum job_state)i))
            *states |= 1u << i;
    return true;
}

bool shop_jobs(struct shop *shop, const struct shop_job_filter *filter,
               void (*each)(void *ctx, const struct shop_job *job), void *ctx, struct err *err)
{
    struct telling telling = {.shop = shop, .each = each, .ctx = ctx};
    struct spool_filter wanted = {0};
    if (filter->printer)
        wanted.printer = slice_str(filter->printer);
    if (!states_of(filter, &wanted.states, err) || !ledger_now(shop->ledger, &telling.now_s, err))
        return false;
    buf_init(&telling.why, 0);
    bool ok = filter->id ? tell_one(&telling, filter->id, err)
                         : spool_list(shop->spool, &wanted, tell, &telling, err);
    buf_finish(&telling.why);
    return ok;
}

/* Other programs' commits wake nobody; the number that SQLite keeps of them stands in shared
 * memory, so that asking for it costs no disk. */
bool shop_wait_for_change(struct shop *shop, int64_t *version, unsigned timeout_ms, bool *changed,
                          struct err *err)
{
    enum { LOOK_EVERY_MS = 50 };
    int64_t deadline = transport_clock_ms() + timeout_ms;
    for (;;) {
        int64_t now;
        if (!store_version(shop->store, &now, err))
            return false;
        *changed = now != *version;
        *version = now;
        if (*changed || transport_clock_ms() >= deadline)
            return true;
        poll(NULL, 0, LOOK_EVERY_MS);
    }
}

/* ── JSON ── */

static void text_or_null(struct json *j, const char *key, struct slice text)
{
    if (text.n)
        json_text(j, key, text);
    else
        json_null(j, key);
}

void job_json(struct json *j, const struct shop_job *job)
{
    json_open_object(j, NULL);
    json_int(j, "job", job->id);
    json_str(j, "state", job->state);
    json_text(j, "kind", job->kind);
    text_or_null(j, "of", job->of);
    json_text(j, "key", job->key);
    json_text(j, "printer", job->printer);
    json_text(j, "till", job->till);
    json_text(j, "accepted", job->accepted);
    json_text(j, "changed", job->changed);
    json_int(j, "waits_s", job->waits_s);
    json_int(j, "attempts", job->attempts);
    json_bool(j, "again", job->again);
    if (job->code == ERR_NONE)
        json_null(j, "code");
    else
        json_str(j, "code", err_name(job->code));
    json_text(j, "why", job->why);
    json_close_object(j);
}
