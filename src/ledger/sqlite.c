#include "ledger/sqlite.h"

#include <stdlib.h>

#include <sodium.h>

extern const char *const ledger_migrations[];

static const char *const statements[LEDGER_STATEMENTS] = {
#define STATEMENT(name, sql) [LEDGER_##name] = (sql),
#include "ledger/statements.def"
#undef STATEMENT
};

static const struct store_room room = {
    .name = "ledger",
    .migrations = ledger_migrations,
    .statements = statements,
    .n_statements = LEDGER_STATEMENTS,
};

/* ── reading rows ── */

/* Columns one after another; copied when there is an arena, else they live as long as the row. */
struct reader {
    const struct query *q;
    int column;
    struct arena *arena;
    bool full;
};

static struct slice keep(struct reader *r, struct slice s)
{
    if (!r->arena)
        return s;
    struct slice copy = arena_copy(r->arena, s);
    if (!copy.p)
        r->full = true;
    return copy;
}

static struct slice next_text(struct reader *r)
{
    return keep(r, column_text(r->q, r->column++));
}

static struct slice next_blob(struct reader *r)
{
    return keep(r, column_blob(r->q, r->column++));
}

static int64_t next_int(struct reader *r)
{
    return column_int(r->q, r->column++);
}

/* A guarded statement: *done says whether it changed a row. */
static bool run_guarded(struct query *q, bool *done, struct err *err)
{
    int64_t changed = 0;
    bool ok = store_run(q, &changed, err);
    *done = ok && changed == 1;
    return ok;
}

/* The same with RETURNING a number. */
static bool run_numbered(struct query *q, int64_t *number, bool *done, struct err *err)
{
    if (!store_step(q, done, err))
        return false;
    *number = *done ? column_int(q, 0) : 0;
    store_done(q);
    return true;
}

/* ── events ── */

static bool last_event_s(struct ledger *ledger, int64_t *at_s, struct err *err)
{
    struct query *q = sqlite_query(ledger, LEDGER_EVENT_LAST);
    bool row;
    return run_numbered(q, at_s, &row, err);
}

static bool event_add(struct ledger *ledger, const struct event_new *event, struct err *err)
{
    const struct ledger_act *act = event->act;
    struct query *q = sqlite_query(ledger, LEDGER_EVENT_ADD);
    bind_text(q, 1, ledger->shop);
    bind_text(q, 2, act->till);
    bind_int(q, 3, act->at_s);
    bind_int(q, 4, act->day);
    bind_int(q, 5, ledger->env->now_is_set);
    bind_str(q, 6, event_kind_name(event->kind));
    bind_text(q, 7, event->code);
    bind_text(q, 8, act->by);
    bind_text(q, 9, act->reason);
    bind_text(q, 10, act->request);
    bind_text(q, 11, event->data);
    return store_run(q, NULL, err);
}

static bool event_of_request(struct ledger *ledger, struct slice request, struct arena *arena,
                             struct event_known *event, bool *found, struct err *err)
{
    struct query *q = sqlite_query(ledger, LEDGER_EVENT_OF_REQUEST);
    bind_text(q, 1, request);
    if (!store_step(q, found, err))
        return false;
    if (!*found)
        return true;
    struct reader r = {.q = q, .arena = arena};
    event->kind = next_text(&r);
    event->code = next_text(&r);
    event->offer = next_text(&r);
    event->number = next_int(&r);
    event->sale.till = next_text(&r);
    event->sale.id = next_text(&r);
    event->sale.day = (int32_t)next_int(&r);
    event->error = next_text(&r);
    for (unsigned i = 0; i < ERR_ARGS; i++)
        event->args[i] = next_text(&r);
    store_done(q);
    return !r.full || ledger_arena_full(arena, err);
}

static bool events_of_code(struct ledger *ledger, const struct voucher_code *code,
                           bool (*each)(void *, const struct ledger_event *, struct err *),
                           void *ctx, struct err *err)
{
    struct query *q = sqlite_query(ledger, LEDGER_EVENTS_OF_CODE);
    bind_str(q, 1, code->c);
    bool row, ok;
    while ((ok = store_step(q, &row, err)) && row) {
        struct reader r = {.q = q};
        struct ledger_event event;
        event.shop = next_text(&r);
        event.till = next_text(&r);
        event.seq = next_int(&r);
        event.at_s = next_int(&r);
        event.day = (int32_t)next_int(&r);
        event.clock_set = next_int(&r) != 0;
        event.kind = next_text(&r);
        event.by = next_text(&r);
        event.reason = next_text(&r);
        event.request = next_text(&r);
        event.data = next_text(&r);
        struct slice error = next_text(&r), args[ERR_ARGS];
        for (unsigned i = 0; i < ERR_ARGS; i++)
            args[i] = next_text(&r);
        ledger_retell(error, args, &event.refusal);
        if (!each(ctx, &event, err)) {
            ok = false;
            break;
        }
    }
    store_done(q);
    return ok;
}

/* ── sales ── */

static bool sale_add(struct ledger *ledger, const struct ledger_act *act,
                     const struct ledger_sale *sale, bool *done, struct err *err)
{
    char hash[LEDGER_HASH_TEXT];
    sodium_bin2hex(hash, sizeof hash, sale->content_hash, sizeof sale->content_hash);
    struct query *q = sqlite_query(ledger, LEDGER_SALE_ADD);
    bind_text(q, 1, sale->key.till);
    bind_text(q, 2, sale->key.id);
    bind_int(q, 3, sale->key.day);
    bind_str(q, 4, hash);
    bind_int(q, 5, sale->total_minor);
    bind_str(q, 6, sale->currency);
    bind_int(q, 7, sale->exponent);
    bind_str(q, 8, sale_kind_name(sale->kind));
    bind_int(q, 9, sale->time_s);
    bind_int(q, 10, sale->time_offset_s);
    bind_text(q, 11, sale->job);
    bind_int(q, 12, act->at_s);
    bind_blob(q, 13, sale->answer);
    bind_blob(q, 14, sale->view);
    bind_text(q, 15, sale->customer);
    return run_guarded(q, done, err);
}

static void read_hash(struct reader *r, uint8_t hash[16])
{
    struct slice hex = column_text(r->q, r->column++);
    sodium_hex2bin(hash, 16, (const char *)hex.p, hex.n, NULL, NULL, NULL);
}

/* Columns as in SALE_COLUMNS. */
static bool read_sale(struct reader *r, struct ledger_sale *sale, struct err *err)
{
    *sale = (struct ledger_sale){0};
    sale->key.till = next_text(r);
    sale->key.id = next_text(r);
    sale->key.day = (int32_t)next_int(r);
    read_hash(r, sale->content_hash);
    sale->total_minor = next_int(r);
    slice_cstr(column_text(r->q, r->column++), sale->currency, sizeof sale->currency);
    sale->exponent = (unsigned)next_int(r);
    if (!sale_kind_parse(column_text(r->q, r->column++), &sale->kind))
        return FAIL(err, ERR_STORE, "a sale of an unknown kind");
    sale->time_s = next_int(r);
    sale->time_offset_s = (int)next_int(r);
    sale->job = next_text(r);
    sale->recorded_s = next_int(r);
    sale->copies = (unsigned)next_int(r);
    sale->answer = next_blob(r);
    sale->view = next_blob(r);
    sale->customer = next_text(r);
    return !r->full || ledger_arena_full(r->arena, err);
}

static void forget_sale_texts(struct ledger_sale *sale)
{
    const struct slice none = {0};
    sale->key.till = sale->key.id = sale->job = sale->answer = sale->view = none;
    sale->customer = none;
}

static bool sale_find(struct ledger *ledger, enum sale_by by, const struct ledger_sale_key *key,
                      struct arena *arena, struct ledger_sale *sale, bool *found, struct err *err)
{
    static const enum statement by_what[] = {
        [SALE_BY_KEY] = LEDGER_SALE_BY_KEY,
        [SALE_BY_ID] = LEDGER_SALE_BY_ID,
        [SALE_BY_TILL] = LEDGER_SALE_BY_TILL,
    };
    struct query *q = sqlite_query(ledger, by_what[by]);
    bind_text(q, 1, key->till);
    if (by != SALE_BY_TILL)
        bind_text(q, 2, key->id);
    if (by == SALE_BY_KEY)
        bind_int(q, 3, key->day);
    if (!store_step(q, found, err))
        return false;
    if (!*found)
        return true;
    struct reader r = {.q = q, .arena = arena};
    bool ok = read_sale(&r, sale, err);
    if (!arena)
        forget_sale_texts(sale);
    store_done(q);
    return ok;
}

static bool sale_copy(struct ledger *ledger, const struct ledger_sale_key *key, int64_t *number,
                      bool *done, struct err *err)
{
    struct query *q = sqlite_query(ledger, LEDGER_SALE_COPY);
    bind_text(q, 1, key->till);
    bind_text(q, 2, key->id);
    bind_int(q, 3, key->day);
    return run_numbered(q, number, done, err);
}

/* ── counters ── */

static struct query *counter_query(struct ledger *ledger, enum statement statement,
                                   struct slice offer, const struct ledger_count *count)
{
    struct query *q = sqlite_query(ledger, statement);
    bind_text(q, 1, offer);
    bind_str(q, 2, limit_scope_name(count->scope));
    bind_str(q, 3, limit_per_name(count->per));
    bind_int(q, 4, count->is_amount);
    bind_text(q, 5, count->who);
    bind_text(q, 6, count->period);
    return q;
}

static bool counter_used(struct ledger *ledger, struct slice offer,
                         const struct ledger_count *count, int64_t *used, struct err *err)
{
    bool row;
    return run_numbered(counter_query(ledger, LEDGER_COUNTER_USED, offer, count), used, &row, err);
}

static bool counter_take(struct ledger *ledger, struct slice offer,
                         const struct ledger_count *count, int64_t most, bool *done,
                         struct err *err)
{
    struct query *q = counter_query(ledger, LEDGER_COUNTER_TAKE, offer, count);
    bind_int(q, 7, count->taken);
    bind_int(q, 8, most);
    return run_guarded(q, done, err);
}

static bool counter_give(struct ledger *ledger, struct slice offer,
                         const struct ledger_count *count, struct err *err)
{
    struct query *q = counter_query(ledger, LEDGER_COUNTER_GIVE, offer, count);
    bind_int(q, 7, count->taken);
    return store_run(q, NULL, err);
}

static bool counters_give_back(struct ledger *ledger, const struct voucher_code *code,
                               struct err *err)
{
    struct query *q = sqlite_query(ledger, LEDGER_COUNTERS_GIVE_BACK);
    bind_str(q, 1, code->c);
    return store_run(q, NULL, err);
}

/* ── vouchers ── */

static void bind_value(struct query *q, int parameter, const struct voucher_value *value)
{
    bind_str(q, parameter, value_kind_name(value->kind));
    bind_int(q, parameter + 1, value->percent_hundredths);
    bind_int(q, parameter + 2, value->at_most_minor);
    bind_int(q, parameter + 3, value->amount_minor);
    bind_text(q, parameter + 4, value->gift);
    bind_int(q, parameter + 5, value->cost_minor);
}

static bool voucher_add(struct ledger *ledger, const struct ledger_act *act,
                        const struct ledger_voucher *v, struct slice taken, bool *done,
                        struct err *err)
{
    struct query *q = sqlite_query(ledger, LEDGER_VOUCHER_ADD);
    bind_str(q, 1, v->code.c);
    bind_text(q, 2, v->offer);
    bind_text(q, 3, v->rule);
    bind_text(q, 4, v->reason);
    bind_value(q, 5, &v->value);
    bind_str(q, 11, v->currency);
    bind_int(q, 12, v->exponent);
    bind_int(q, 13, v->valid_to_day);
    bind_text(q, 14, v->sale_id);
    bind_int(q, 15, v->sale_day);
    bind_text(q, 16, v->customer);
    bind_text(q, 17, v->key_id);
    bind_text(q, 18, v->job);
    bind_text(q, 19, v->template_name);
    bind_text(q, 20, act->till);
    bind_text(q, 21, act->by);
    bind_int(q, 22, act->at_s);
    bind_int(q, 23, act->day);
    bind_blob(q, 24, v->view);
    bind_text(q, 25, taken);
    return run_guarded(q, done, err);
}

static bool read_value(struct reader *r, struct voucher_value *value)
{
    bool known = value_kind_parse(column_text(r->q, r->column++), &value->kind);
    value->percent_hundredths = (uint32_t)next_int(r);
    value->at_most_minor = next_int(r);
    value->amount_minor = next_int(r);
    value->gift = next_text(r);
    value->cost_minor = next_int(r);
    return known;
}

/* The state on a day: what is stored, or expired. */
static bool read_state(struct reader *r, int32_t valid_to_day, int32_t day,
                       enum voucher_state *state)
{
    char name[16];
    slice_cstr(column_text(r->q, r->column++), name, sizeof name);
    if (!voucher_state_parse(name, state))
        return false;
    if (*state == VOUCHER_ISSUED && day > valid_to_day)
        *state = VOUCHER_EXPIRED;
    return true;
}

/* Columns as in VOUCHER_COLUMNS. */
static bool read_voucher(struct reader *r, int32_t day, struct ledger_voucher *v, struct err *err)
{
    *v = (struct ledger_voucher){0};
    slice_cstr(column_text(r->q, r->column++), v->code.c, sizeof v->code.c);
    v->offer = next_text(r);
    v->rule = next_text(r);
    v->reason = next_text(r);
    bool known = read_value(r, &v->value);
    slice_cstr(column_text(r->q, r->column++), v->currency, sizeof v->currency);
    v->exponent = (unsigned)next_int(r);
    v->valid_to_day = (int32_t)next_int(r);
    v->sale_id = next_text(r);
    v->sale_day = (int32_t)next_int(r);
    v->customer = next_text(r);
    v->key_id = next_text(r);
    v->job = next_text(r);
    v->template_name = next_text(r);
    v->till = next_text(r);
    v->by = next_text(r);
    v->issued_s = next_int(r);
    v->issued_day = (int32_t)next_int(r);
    known = read_state(r, v->valid_to_day, day, &v->state) && known;
    v->copies = (unsigned)next_int(r);
    v->redeemed_s = next_int(r);
    v->redeemed_day = (int32_t)next_int(r);
    v->redeemed_till = next_text(r);
    v->redeemed_by = next_text(r);
    v->redeemed_sale = next_text(r);
    v->void_s = next_int(r);
    v->void_day = (int32_t)next_int(r);
    v->void_reason = next_text(r);
    v->view = next_blob(r);
    if (!known)
        return FAIL(err, ERR_STORE, "a voucher of an unknown kind or state");
    return !r->full || ledger_arena_full(r->arena, err);
}

static bool voucher_find(struct ledger *ledger, const struct voucher_code *code, int32_t day,
                         struct arena *arena, struct ledger_voucher *voucher, bool *found,
                         struct err *err)
{
    struct query *q = sqlite_query(ledger, LEDGER_VOUCHER_BY_CODE);
    bind_str(q, 1, code->c);
    if (!store_step(q, found, err))
        return false;
    if (!*found)
        return true;
    struct reader r = {.q = q, .arena = arena};
    bool ok = read_voucher(&r, day, voucher, err);
    store_done(q);
    return ok;
}

static bool voucher_redeem(struct ledger *ledger, const struct ledger_act *act,
                           const struct voucher_code *code, struct slice sale_id, bool *done,
                           struct err *err)
{
    struct query *q = sqlite_query(ledger, LEDGER_VOUCHER_REDEEM);
    bind_str(q, 1, code->c);
    bind_int(q, 2, act->at_s);
    bind_int(q, 3, act->day);
    bind_text(q, 4, act->till);
    bind_text(q, 5, act->by);
    bind_text(q, 6, sale_id);
    return run_guarded(q, done, err);
}

static bool voucher_undo(struct ledger *ledger, const struct ledger_act *act,
                         const struct voucher_code *code, bool *done, struct err *err)
{
    struct query *q = sqlite_query(ledger, LEDGER_VOUCHER_UNDO);
    bind_str(q, 1, code->c);
    bind_int(q, 2, act->day);
    return run_guarded(q, done, err);
}

static bool voucher_void(struct ledger *ledger, const struct ledger_act *act,
                         const struct voucher_code *code, bool *done, struct err *err)
{
    struct query *q = sqlite_query(ledger, LEDGER_VOUCHER_VOID);
    bind_str(q, 1, code->c);
    bind_int(q, 2, act->at_s);
    bind_int(q, 3, act->day);
    bind_text(q, 4, act->reason);
    return run_guarded(q, done, err);
}

static bool voucher_copy(struct ledger *ledger, const struct voucher_code *code, int64_t *number,
                         bool *done, struct err *err)
{
    struct query *q = sqlite_query(ledger, LEDGER_VOUCHER_COPY);
    bind_str(q, 1, code->c);
    return run_numbered(q, number, done, err);
}

/* The statement with the narrowest index; passes() does the rest. */
static struct query *filter_query(struct ledger *ledger, const struct ledger_filter *filter)
{
    struct query *q;
    if (filter->job.n || filter->sale_id.n) {
        q = sqlite_query(ledger, filter->job.n ? LEDGER_VOUCHERS_OF_JOB : LEDGER_VOUCHERS_OF_SALE);
        bind_text(q, 1, filter->job.n ? filter->job : filter->sale_id);
        return q;
    }
    q = sqlite_query(ledger, LEDGER_VOUCHERS_ALL);
    if (filter->by_since)
        bind_int(q, 1, filter->since_day);
    if (filter->by_state)
        bind_str(
            q, 2,
            voucher_state_name(filter->state == VOUCHER_EXPIRED ? VOUCHER_ISSUED : filter->state));
    return q;
}

static bool passes(const struct ledger_filter *f, const struct ledger_voucher *v)
{
    return (!f->by_state || v->state == f->state) &&
           (!f->by_since || v->issued_day >= f->since_day) &&
           (!f->sale_id.n || slice_equal(v->sale_id, f->sale_id)) &&
           (!f->till.n || slice_equal(v->till, f->till)) &&
           (!f->by_sale_day || v->sale_day == f->sale_day) &&
           (!f->job.n || slice_equal(v->job, f->job));
}

static bool vouchers(struct ledger *ledger, const struct ledger_filter *filter,
                     bool (*each)(void *, const struct ledger_voucher *, struct err *), void *ctx,
                     struct err *err)
{
    struct query *q = filter_query(ledger, filter);
    bool row, ok;
    while ((ok = store_step(q, &row, err)) && row) {
        struct reader r = {.q = q};
        struct ledger_voucher v;
        if (!read_voucher(&r, filter->day, &v, err) ||
            (passes(filter, &v) && !each(ctx, &v, err))) {
            ok = false;
            break;
        }
    }
    store_done(q);
    return ok;
}

/* ── opening ── */

static void close_ledger(struct ledger *ledger)
{
    buf_finish(&ledger->data);
    free((void *)ledger->shop.p);
    free(ledger);
}

static const struct ledger_ops sqlite_ops = {
    .close = close_ledger,
    .last_event_s = last_event_s,
    .event_add = event_add,
    .event_of_request = event_of_request,
    .events_of_code = events_of_code,
    .sale_add = sale_add,
    .sale_find = sale_find,
    .sale_copy = sale_copy,
    .counter_used = counter_used,
    .counter_take = counter_take,
    .counter_give = counter_give,
    .counters_give_back = counters_give_back,
    .voucher_add = voucher_add,
    .voucher_find = voucher_find,
    .voucher_redeem = voucher_redeem,
    .voucher_undo = voucher_undo,
    .voucher_void = voucher_void,
    .voucher_copy = voucher_copy,
    .vouchers = vouchers,
    .verify = sqlite_verify,
};

bool ledger_open(struct ledger **out, struct store *store, const struct env *env, struct slice shop,
                 const struct zone *zone, struct err *err)
{
    *out = NULL;
    struct sqlite_ledger *ledger = calloc(1, sizeof *ledger);
    uint8_t *name = malloc(shop.n + 1);
    if (!ledger || !name || sodium_init() < 0) {
        free(ledger);
        free(name);
        return FAIL(err, ERR_STORE, "out of memory");
    }
    if (shop.n)
        memcpy(name, shop.p, shop.n);
    ledger->base.ops = &sqlite_ops;
    ledger->base.env = env;
    ledger->base.zone = zone;
    ledger->base.shop = slice_of(name, shop.n);
    buf_init(&ledger->base.data, LEDGER_EVENT_BYTES);
    if (!store_attach(store, &room, &ledger->table, err)) {
        close_ledger(&ledger->base);
        return false;
    }
    *out = &ledger->base;
    return true;
}
