#include "ledger/backend.h"

/* The words that stand in the database: once written they never change. */

static const char *const event_kinds[EVENT_KINDS] = {
    [EVENT_SOLD] = "sold",       [EVENT_RECEIPT_COPIED] = "receipt-copied",
    [EVENT_ISSUED] = "issued",   [EVENT_REDEEMED] = "redeemed",
    [EVENT_REFUSED] = "refused", [EVENT_UNDONE] = "undone",
    [EVENT_VOIDED] = "voided",   [EVENT_COPIED] = "copied",
};

static const char *const sale_kinds[] = {
    [SALE_SALE] = "sale",
    [SALE_RETURN] = "return",
    [SALE_TRAINING] = "training",
};

static const char *const value_kinds[] = {
    [VALUE_NOTE] = "note",
    [VALUE_PERCENT] = "percent",
    [VALUE_AMOUNT] = "amount",
    [VALUE_GIFT] = "gift",
};

static const char *const limit_scopes[] = {
    [LIMIT_CUSTOMER] = "customer",
    [LIMIT_SHOP] = "shop",
    [LIMIT_TILL] = "till",
    [LIMIT_STOCK] = "stock",
};

static const char *const limit_pers[] = {
    [LIMIT_PER_SALE] = "sale",   [LIMIT_PER_DAY] = "day",   [LIMIT_PER_WEEK] = "week",
    [LIMIT_PER_MONTH] = "month", [LIMIT_PER_YEAR] = "year", [LIMIT_PER_EVER] = "ever",
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static bool find(const char *const *names, size_t n, struct slice name, unsigned *index)
{
    for (unsigned i = 0; i < n; i++) {
        if (slice_is(name, names[i])) {
            *index = i;
            return true;
        }
    }
    return false;
}

const char *event_kind_name(enum event_kind kind)
{
    return event_kinds[kind];
}

const char *sale_kind_name(enum sale_kind kind)
{
    return sale_kinds[kind];
}

bool sale_kind_parse(struct slice name, enum sale_kind *kind)
{
    unsigned i;
    bool found = find(sale_kinds, COUNT(sale_kinds), name, &i);
    if (found)
        *kind = (enum sale_kind)i;
    return found;
}

const char *value_kind_name(enum value_kind kind)
{
    return value_kinds[kind];
}

bool value_kind_parse(struct slice name, enum value_kind *kind)
{
    unsigned i;
    bool found = find(value_kinds, COUNT(value_kinds), name, &i);
    if (found)
        *kind = (enum value_kind)i;
    return found;
}

const char *limit_scope_name(enum limit_scope scope)
{
    return limit_scopes[scope];
}

const char *limit_per_name(enum limit_per per)
{
    return limit_pers[per];
}
