#include "ledger/sqlite.h"

#include <inttypes.h>
#include <stdio.h>

struct verification {
    struct ledger *ledger;
    void (*each)(void *, const struct ledger_difference *);
    void *ctx;
    uint64_t *differences;
};

static void tell(struct verification *v, const char *table, struct slice key, const char *column,
                 struct slice stored, struct slice replayed)
{
    const struct ledger_difference difference = {table, key, column, stored, replayed};
    (*v->differences)++;
    if (v->each)
        v->each(v->ctx, &difference);
}

/* ── replaying ── */

#define NOTHING LEDGER_STATEMENTS

/* What an event does to the state. `change` must touch a row, or the event could not have happened.
 */
static const struct replay {
    enum statement change, counters;
} replays[EVENT_KINDS] = {
    [EVENT_SOLD] = {LEDGER_REPLAY_SOLD, NOTHING},
    [EVENT_RECEIPT_COPIED] = {LEDGER_REPLAY_RECEIPT_COPIED, NOTHING},
    [EVENT_ISSUED] = {LEDGER_REPLAY_ISSUED, LEDGER_REPLAY_ISSUED_COUNTERS},
    [EVENT_REDEEMED] = {LEDGER_REPLAY_REDEEMED, NOTHING},
    [EVENT_REFUSED] = {LEDGER_REPLAY_REFUSED, NOTHING},
    [EVENT_UNDONE] = {LEDGER_REPLAY_UNDONE, NOTHING},
    [EVENT_VOIDED] = {LEDGER_REPLAY_VOIDED, LEDGER_REPLAY_VOIDED_COUNTERS},
    [EVENT_COPIED] = {LEDGER_REPLAY_COPIED, NOTHING},
};

static bool prepare_tables(struct ledger *ledger, struct err *err)
{
    static const enum statement steps[] = {
        LEDGER_REPLAY_SALE_TABLE, LEDGER_REPLAY_VOUCHER_TABLE, LEDGER_REPLAY_COUNTER_TABLE,
        LEDGER_REPLAY_SALE_EMPTY, LEDGER_REPLAY_VOUCHER_EMPTY, LEDGER_REPLAY_COUNTER_EMPTY,
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (!store_run(sqlite_query(ledger, steps[i]), NULL, err))
            return false;
    }
    return true;
}

static bool run_on_event(struct ledger *ledger, enum statement statement, int64_t n,
                         int64_t *changed, struct err *err)
{
    struct query *q = sqlite_query(ledger, statement);
    bind_int(q, 1, n);
    return store_run(q, changed, err);
}

static bool replay_event(struct verification *v, const struct query *event, struct err *err)
{
    int64_t n = column_int(event, 0), changed = 0;
    struct slice kind = column_text(event, 1);
    unsigned i = 0;
    while (i < EVENT_KINDS && !slice_is(kind, event_kind_name((enum event_kind)i)))
        i++;
    if (i < EVENT_KINDS) {
        if (!run_on_event(v->ledger, replays[i].change, n, &changed, err))
            return false;
        if (replays[i].counters != NOTHING &&
            !run_on_event(v->ledger, replays[i].counters, n, NULL, err))
            return false;
    }
    if (changed == 0) { /* unknown, or impossible after those before it */
        char key[ERR_ARG_BYTES];
        struct slice shop = column_text(event, 2), till = column_text(event, 3);
        snprintf(key, sizeof key, "%.*s/%.*s/%" PRId64, (int)shop.n, (const char *)shop.p,
                 (int)till.n, (const char *)till.p, column_int(event, 4));
        tell(v, "event", slice_str(key), "kind", kind, slice_str(""));
    }
    return true;
}

static bool replay_events(struct verification *v, uint64_t *events, struct err *err)
{
    struct query *q = sqlite_query(v->ledger, LEDGER_REPLAY_EVENTS);
    bool row, ok;
    while ((ok = store_step(q, &row, err)) && row) {
        ++*events;
        if (!replay_event(v, q, err)) {
            ok = false;
            break;
        }
    }
    store_done(q);
    return ok;
}

static bool find_gaps(struct verification *v, struct err *err)
{
    struct query *q = sqlite_query(v->ledger, LEDGER_REPLAY_GAPS);
    bool row, ok;
    while ((ok = store_step(q, &row, err)) && row)
        tell(v, "event", column_text(q, 0), "seq", column_text(q, 1), column_text(q, 2));
    return ok;
}

/* ── comparing ── */

static bool is_blob(const char *column)
{
    return strcmp(column, "view") == 0 || strcmp(column, "answer") == 0;
}

static void compare_row(struct verification *v, const char *table, const struct query *stored,
                        const struct query *replayed)
{
    for (int i = 1; i < column_count(stored); i++) {
        char hash[LEDGER_HASH_TEXT];
        const char *name = column_name(stored, i);
        struct slice is = column_text(stored, i), was = column_text(replayed, i);
        if (is_blob(name)) { /* events know them by their hash */
            ledger_hash(column_blob(stored, i), hash);
            is = slice_str(hash);
        }
        if (!slice_equal(is, was) || column_is_null(stored, i) != column_is_null(replayed, i))
            tell(v, table, column_text(stored, 0), name, is, was);
    }
}

/* Below 0: only stored; above 0: only replayed. Keys are in SQLite's order of bytes. */
static int side(const struct query *stored, bool has_stored, const struct query *replayed,
                bool has_replayed)
{
    if (!has_stored || !has_replayed)
        return has_stored ? -1 : 1;
    return slice_compare(column_text(stored, 0), column_text(replayed, 0));
}

static bool compare_tables(struct verification *v, const char *table, enum statement stored_sql,
                           enum statement replayed_sql, struct err *err)
{
    struct query *stored = sqlite_query(v->ledger, stored_sql);
    struct query *replayed = sqlite_query(v->ledger, replayed_sql);
    bool is, was;
    bool ok = store_step(stored, &is, err) && store_step(replayed, &was, err);
    while (ok && (is || was)) {
        int which = side(stored, is, replayed, was);
        if (which == 0)
            compare_row(v, table, stored, replayed);
        else if (which < 0)
            tell(v, table, column_text(stored, 0), "row", slice_str("1"), slice_str(""));
        else
            tell(v, table, column_text(replayed, 0), "row", slice_str(""), slice_str("1"));
        if (which <= 0)
            ok = store_step(stored, &is, err);
        if (ok && which >= 0)
            ok = store_step(replayed, &was, err);
    }
    store_done(stored);
    store_done(replayed);
    return ok;
}

bool sqlite_verify(struct ledger *ledger, void (*each)(void *, const struct ledger_difference *),
                   void *ctx, uint64_t *events, uint64_t *differences, struct err *err)
{
    struct verification v = {ledger, each, ctx, differences};
    return prepare_tables(ledger, err) && replay_events(&v, events, err) && find_gaps(&v, err) &&
           compare_tables(&v, "sale", LEDGER_STORED_SALES, LEDGER_REPLAYED_SALES, err) &&
           compare_tables(&v, "voucher", LEDGER_STORED_VOUCHERS, LEDGER_REPLAYED_VOUCHERS, err) &&
           compare_tables(&v, "counter", LEDGER_STORED_COUNTERS, LEDGER_REPLAYED_COUNTERS, err);
}
