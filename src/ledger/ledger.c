#include "ledger/backend.h"

#include <stdio.h>

#include <sodium.h>

#include "base/json.h"

void ledger_close(struct ledger *ledger)
{
    if (ledger)
        ledger->ops->close(ledger);
}

void ledger_hash(struct slice bytes, char out[LEDGER_HASH_TEXT])
{
    unsigned char hash[(LEDGER_HASH_TEXT - 1) / 2];
    crypto_generichash(hash, sizeof hash, bytes.p, bytes.n, NULL, 0);
    sodium_bin2hex(out, LEDGER_HASH_TEXT, hash, sizeof hash);
}

bool ledger_arena_full(const struct arena *arena, struct err *err)
{
    char cap[32];
    snprintf(cap, sizeof cap, "%zu", arena->cap);
    return FAIL(err, ERR_TOO_BIG, "memory", cap);
}

bool ledger_now(struct ledger *ledger, int64_t *now_s, struct err *err)
{
    int64_t last_s;
    if (!ledger->ops->last_event_s(ledger, &last_s, err))
        return false;
    int64_t clock_s = ledger->env->now(ledger->env->ctx);
    *now_s = clock_s > last_s ? clock_s : last_s;
    return true;
}

/* ── events and requests ── */

bool ledger_event_add(struct ledger *ledger, const struct ledger_act *act, enum event_kind kind,
                      const struct voucher_code *code, struct err *err)
{
    if (ledger->data.full)
        return FAIL(err, ERR_TOO_BIG, "event", "1 MiB");
    const struct event_new event = {
        .act = act,
        .kind = kind,
        .code = code ? slice_str(code->c) : slice_str(""),
        .data = buf_slice(&ledger->data),
    };
    return ledger->ops->event_add(ledger, &event, err);
}

bool ledger_request(struct ledger *ledger, struct slice request, struct arena *arena,
                    struct event_known *known, bool *found, struct err *err)
{
    *found = false;
    return request.n == 0 ||
           ledger->ops->event_of_request(ledger, request, arena, known, found, err);
}

bool ledger_reused(struct slice request, struct err *err)
{
    return err_fail_slice(err, ERR_REQUEST_REUSED, request);
}

bool ledger_history(struct ledger *ledger, const struct voucher_code *code,
                    bool (*each)(void *ctx, const struct ledger_event *event, struct err *err),
                    void *ctx, struct err *err)
{
    return ledger->ops->events_of_code(ledger, code, each, ctx, err);
}

bool ledger_verify(struct ledger *ledger,
                   void (*each)(void *ctx, const struct ledger_difference *difference), void *ctx,
                   uint64_t *events, uint64_t *differences, struct err *err)
{
    *events = *differences = 0;
    return ledger->ops->verify(ledger, each, ctx, events, differences, err);
}

/* ── sales ── */

static void put_total(const struct ledger_sale *sale, char out[48])
{
    char amount[32];
    money_plain(sale->total_minor, sale->exponent, amount);
    snprintf(out, 48, "%s %.3s", amount, sale->currency);
}

static bool conflict(const struct ledger_sale *before, const struct ledger_sale *now,
                     struct err *err)
{
    char id[ERR_ARG_BYTES], was[48], is[48];
    slice_cstr(now->key.id, id, sizeof id);
    put_total(before, was);
    put_total(now, is);
    return FAIL(err, ERR_SALE_CONFLICT, id, was, is);
}

bool ledger_sale_check(struct ledger *ledger, const struct ledger_sale *sale, struct arena *arena,
                       struct ledger_sale *before, bool *already, struct err *err)
{
    struct ledger_sale known;
    if (!ledger->ops->sale_find(ledger, SALE_BY_KEY, &sale->key, arena, &known, already, err))
        return false;
    if (!*already)
        return true;
    if (memcmp(known.content_hash, sale->content_hash, sizeof known.content_hash) != 0)
        return conflict(&known, sale, err);
    if (before)
        *before = known;
    return true;
}

static void say_key(struct json *j, const struct ledger_sale_key *key)
{
    json_text(j, "till", key->till);
    json_text(j, "id", key->id);
    json_int(j, "day", key->day);
}

static void say_sale(struct buf *out, const struct ledger_sale *sale)
{
    char hash[LEDGER_HASH_TEXT];
    struct json j;
    buf_reset(out);
    json_init(&j, out);
    json_open_object(&j, NULL);
    say_key(&j, &sale->key);
    sodium_bin2hex(hash, sizeof hash, sale->content_hash, sizeof sale->content_hash);
    json_str(&j, "content_hash", hash);
    json_int(&j, "total", sale->total_minor);
    json_str(&j, "currency", sale->currency);
    json_int(&j, "exponent", sale->exponent);
    json_str(&j, "kind", sale_kind_name(sale->kind));
    json_int(&j, "time_s", sale->time_s);
    json_int(&j, "time_offset_s", sale->time_offset_s);
    json_text(&j, "job", sale->job);
    json_text(&j, "customer", sale->customer);
    ledger_hash(sale->answer, hash);
    json_str(&j, "answer", hash);
    ledger_hash(sale->view, hash);
    json_str(&j, "view", hash);
    json_close_object(&j);
}

bool ledger_sale_record(struct ledger *ledger, const struct ledger_act *act,
                        const struct ledger_sale *sale, struct err *err)
{
    bool done;
    if (!ledger->ops->sale_add(ledger, act, sale, &done, err))
        return false;
    if (!done) {
        struct ledger_sale before = *sale;
        bool found;
        return ledger->ops->sale_find(ledger, SALE_BY_KEY, &sale->key, NULL, &before, &found,
                                      err) &&
               conflict(&before, sale, err);
    }
    say_sale(&ledger->data, sale);
    return ledger_event_add(ledger, act, EVENT_SOLD, NULL, err);
}

static bool unknown_sale(const struct ledger_sale_key *key, struct err *err)
{
    char id[ERR_ARG_BYTES], till[ERR_ARG_BYTES];
    slice_cstr(key->id, id, sizeof id);
    slice_cstr(key->till, till, sizeof till);
    return key->id.n ? FAIL(err, ERR_SALE_UNKNOWN, id, till) : FAIL(err, ERR_SALE_NONE, till);
}

static bool find_sale(struct ledger *ledger, enum sale_by by, const struct ledger_sale_key *key,
                      struct arena *arena, struct ledger_sale *sale, struct err *err)
{
    bool found;
    if (!ledger->ops->sale_find(ledger, by, key, arena, sale, &found, err))
        return false;
    return found || unknown_sale(key, err);
}

bool ledger_sale_find(struct ledger *ledger, struct slice till, struct slice id,
                      struct arena *arena, struct ledger_sale *sale, struct err *err)
{
    const struct ledger_sale_key key = {.till = till, .id = id};
    return find_sale(ledger, SALE_BY_ID, &key, arena, sale, err);
}

bool ledger_sale_last(struct ledger *ledger, struct slice till, struct arena *arena,
                      struct ledger_sale *sale, struct err *err)
{
    const struct ledger_sale_key key = {.till = till};
    return find_sale(ledger, SALE_BY_TILL, &key, arena, sale, err);
}

static bool same_key(const struct ledger_sale_key *a, const struct ledger_sale_key *b)
{
    return a->day == b->day && slice_equal(a->till, b->till) && slice_equal(a->id, b->id);
}

/* The answer of a request that was a copy of this receipt before. */
static bool copied_before(struct ledger *ledger, const struct ledger_act *act,
                          const struct ledger_sale_key *key, unsigned *number, bool *again,
                          struct err *err)
{
    struct arena arena;
    struct event_known known;
    if (!arena_init(&arena, LEDGER_EVENT_BYTES))
        return FAIL(err, ERR_STORE, "out of memory");
    bool ok = ledger_request(ledger, act->request, &arena, &known, again, err);
    if (ok && *again) {
        *number = (unsigned)known.number;
        if (!slice_is(known.kind, event_kind_name(EVENT_RECEIPT_COPIED)) ||
            !same_key(&known.sale, key))
            ok = ledger_reused(act->request, err);
    }
    arena_finish(&arena);
    return ok;
}

bool ledger_sale_copy(struct ledger *ledger, const struct ledger_act *act,
                      const struct ledger_sale_key *key, unsigned *number, bool *again,
                      struct err *err)
{
    *again = false;
    if (act->request.n && !copied_before(ledger, act, key, number, again, err))
        return false;
    if (*again)
        return true;
    int64_t copy;
    bool done;
    if (!ledger->ops->sale_copy(ledger, key, &copy, &done, err))
        return false;
    if (!done)
        return unknown_sale(key, err);
    *number = (unsigned)copy;
    struct json j;
    buf_reset(&ledger->data);
    json_init(&j, &ledger->data);
    json_open_object(&j, NULL);
    say_key(&j, key);
    json_int(&j, "number", copy);
    json_close_object(&j);
    return ledger_event_add(ledger, act, EVENT_RECEIPT_COPIED, NULL, err);
}
