#include "ledger/backend.h"

#include <stdio.h>

/* ISO 8601: a week belongs to the year of its Thursday; week 1 is the one with the year's first
 * Thursday. */
static size_t put_week(int32_t day, char out[LEDGER_PERIOD])
{
    struct civil c;
    day_civil(day, &c);
    int32_t thursday = day - (int32_t)c.weekday + 3;
    day_civil(thursday, &c);
    int week = (thursday - day_from_civil(c.year, 1, 1)) / 7 + 1;
    return (size_t)snprintf(out, LEDGER_PERIOD, "%04d-W%02d", c.year, week);
}

size_t ledger_period(enum limit_per per, int32_t day, char out[LEDGER_PERIOD])
{
    struct civil c;
    out[0] = 0;
    switch (per) {
    case LIMIT_PER_DAY:
        return day_text(day, out);
    case LIMIT_PER_WEEK:
        return put_week(day, out);
    case LIMIT_PER_MONTH:
        day_civil(day, &c);
        return (size_t)snprintf(out, LEDGER_PERIOD, "%04d-%02u", c.year, c.month);
    case LIMIT_PER_YEAR:
        day_civil(day, &c);
        return (size_t)snprintf(out, LEDGER_PERIOD, "%04d", c.year);
    case LIMIT_PER_SALE:
    case LIMIT_PER_EVER:
        return 0;
    }
    return 0;
}

/* ── which counters a set of limits means ── */

struct plan {
    struct ledger_taken take;
    int64_t most[LEDGER_LIMITS];
    size_t limit[LEDGER_LIMITS]; /* which of the caller's limits */
};

static bool applies(const struct ledger_scope *scope, const struct limit *limit)
{
    return (limit->scope != LIMIT_CUSTOMER || scope->customer.n) &&
           (limit->per != LIMIT_PER_SALE || scope->sale);
}

static struct slice put_period(const struct ledger_scope *scope, enum limit_per per,
                               struct arena *arena)
{
    char text[LEDGER_PERIOD];
    if (per != LIMIT_PER_SALE)
        return arena_copy(arena, slice_of(text, ledger_period(per, scope->day, text)));
    const struct ledger_sale_key *sale = scope->sale;
    day_text(sale->day, text);
    return arena_printf(arena, "%s/%.*s/%.*s", text, (int)sale->till.n, (const char *)sale->till.p,
                        (int)sale->id.n, (const char *)sale->id.p);
}

static bool make_count(const struct ledger_scope *scope, const struct limit *limit,
                       struct arena *arena, struct ledger_count *count)
{
    *count = (struct ledger_count){
        .scope = limit->scope,
        .per = limit->per,
        .is_amount = limit->is_amount,
        .period = put_period(scope, limit->per, arena),
        .taken = limit->is_amount ? scope->cost_minor : 1,
    };
    if (limit->scope == LIMIT_CUSTOMER)
        count->who = scope->customer;
    else if (limit->scope == LIMIT_TILL)
        count->who = scope->till;
    else
        count->who = slice_str("");
    return count->period.p != NULL;
}

static bool same_counter(const struct ledger_count *a, const struct ledger_count *b)
{
    return a->scope == b->scope && a->per == b->per && a->is_amount == b->is_amount &&
           slice_equal(a->who, b->who) && slice_equal(a->period, b->period);
}

/* Two limits may mean one counter ("3 per day" twice): it is taken from once, and the smaller one
 * holds. */
static void add_count(struct plan *plan, const struct ledger_count *count, int64_t most,
                      size_t limit)
{
    size_t i = 0;
    while (i < plan->take.n && !same_counter(&plan->take.counts[i], count))
        i++;
    if (i < plan->take.n && plan->most[i] <= most)
        return;
    plan->take.counts[i] = *count;
    plan->most[i] = most;
    plan->limit[i] = limit;
    if (i == plan->take.n)
        plan->take.n++;
}

static bool make_plan(const struct ledger_scope *scope, const struct limit *limits, size_t n,
                      struct arena *arena, struct plan *plan, struct err *err)
{
    plan->take.n = 0;
    if (n > LEDGER_LIMITS)
        return FAIL(err, ERR_TOO_BIG, "limit", "16");
    for (size_t i = 0; i < n; i++) {
        struct ledger_count count;
        if (!applies(scope, &limits[i]))
            continue;
        if (!make_count(scope, &limits[i], arena, &count))
            return ledger_arena_full(arena, err);
        add_count(plan, &count, limits[i].most, i);
    }
    return true;
}

/* ── asking and taking ── */

static bool check_plan(struct ledger *ledger, const struct ledger_scope *scope,
                       const struct plan *plan, bool *allowed, struct ledger_refusal *refusal,
                       struct err *err)
{
    *allowed = true;
    for (size_t i = 0; i < plan->take.n; i++) {
        const struct ledger_count *count = &plan->take.counts[i];
        int64_t used;
        if (!ledger->ops->counter_used(ledger, scope->offer, count, &used, err))
            return false;
        if (used > plan->most[i] - count->taken) {
            *allowed = false;
            *refusal = (struct ledger_refusal){plan->limit[i], used, plan->most[i]};
            return true;
        }
    }
    return true;
}

bool ledger_peek(struct ledger *ledger, const struct ledger_scope *scope,
                 const struct limit *limits, size_t n, struct arena *arena, bool *allowed,
                 struct ledger_refusal *refusal, struct err *err)
{
    struct plan plan;
    return make_plan(scope, limits, n, arena, &plan, err) &&
           check_plan(ledger, scope, &plan, allowed, refusal, err);
}

bool ledger_release(struct ledger *ledger, struct slice offer, const struct ledger_taken *taken,
                    struct err *err)
{
    for (size_t i = 0; i < taken->n; i++) {
        if (!ledger->ops->counter_give(ledger, offer, &taken->counts[i], err))
            return false;
    }
    return true;
}

bool ledger_take(struct ledger *ledger, const struct ledger_scope *scope,
                 const struct limit *limits, size_t n, struct arena *arena,
                 struct ledger_taken *taken, bool *allowed, struct ledger_refusal *refusal,
                 struct err *err)
{
    struct plan plan;
    taken->n = 0;
    if (!make_plan(scope, limits, n, arena, &plan, err) ||
        !check_plan(ledger, scope, &plan, allowed, refusal, err))
        return false;
    for (size_t i = 0; *allowed && i < plan.take.n; i++) {
        const struct ledger_count *count = &plan.take.counts[i];
        if (count->taken <= 0) /* costs nothing: no counter is needed for it */
            continue;
        if (!ledger->ops->counter_take(ledger, scope->offer, count, plan.most[i], allowed, err))
            return false;
        if (*allowed)
            taken->counts[taken->n++] = *count;
        else /* another writer between check and take, where the database lets one in */
            *refusal = (struct ledger_refusal){plan.limit[i], plan.most[i], plan.most[i]};
    }
    if (*allowed)
        return true;
    bool ok = ledger_release(ledger, scope->offer, taken, err);
    taken->n = 0;
    return ok;
}
