/* Offers: what can be given, what it is worth, how long it lives and how often it may be given. */
#include "rules/inside.h"

enum { MAX_DAYS = 3660, MAX_MONTHS = 120, MAX_COUNT = 1000000000 };

struct loading_offer {
    struct loaded_offer *out;
    struct limit limits[MAX_LIMITS];
    size_t n_limits;
    const struct yaml_node *money_limit; /* the first budget in money */
    bool broken_value;
};

#define LIKE_VALUE                                                                                 \
    "{ percent: 10, at_most: 20.00 } | { amount: 5.00 } | { gift: coffee, cost: 4.00 }"
#define LIKE_LIMIT "1 per day | 200.00 per day | [1 per sale, 3 per week, 5 per month, 9 per ever]"

static void offer_name(struct loader *l, const struct field *field, const struct yaml_node *node,
                       void *target)
{
    struct offer *offer = &((struct loading_offer *)target)->out->offer;
    load_name(l, field, node, &offer->name);
    load_place(node, &offer->line, &offer->column);
    const struct offer *other = rules_offer(l->rules, offer->name);
    if (other)
        load_twice(l, node, offer->name, other->line);
}

static void offer_template(struct loader *l, const struct field *field,
                           const struct yaml_node *node, void *target)
{
    load_name(l, field, node, &((struct loading_offer *)target)->out->offer.template);
}

/* --- value --- */

struct loading_value {
    struct voucher_value value;
    bool has_percent, has_at_most, has_amount, has_gift, has_cost, broken;
};

static bool value_money(struct loader *l, const struct field *field, const struct yaml_node *node,
                        int64_t least, int64_t *out)
{
    struct slice text;
    bool named;
    if (!load_text(l, field, node, &text) || !load_money(l, field, node, text, out, &named))
        return false;
    if (*out >= least)
        return true;
    load_misread(l, field, node);
    return false;
}

static void value_amount(struct loader *l, const struct field *field, const struct yaml_node *node,
                         void *target)
{
    struct loading_value *v = target;
    v->has_amount = true;
    v->broken |= !value_money(l, field, node, 1, &v->value.amount_minor);
}

static void value_at_most(struct loader *l, const struct field *field, const struct yaml_node *node,
                          void *target)
{
    struct loading_value *v = target;
    v->has_at_most = true;
    v->broken |= !value_money(l, field, node, 1, &v->value.at_most_minor);
}

static void value_cost(struct loader *l, const struct field *field, const struct yaml_node *node,
                       void *target)
{
    struct loading_value *v = target;
    v->has_cost = true;
    v->broken |= !value_money(l, field, node, 0, &v->value.cost_minor);
}

static void value_gift(struct loader *l, const struct field *field, const struct yaml_node *node,
                       void *target)
{
    struct loading_value *v = target;
    v->has_gift = true;
    load_name(l, field, node, &v->value.gift);
}

static void value_percent(struct loader *l, const struct field *field, const struct yaml_node *node,
                          void *target)
{
    struct loading_value *v = target;
    v->has_percent = true;
    if (!load_percent(l, field, node, false, &v->value.percent_hundredths)) {
        v->broken = true;
    } else if (v->value.percent_hundredths == 0) {
        v->broken = true;
        load_misread(l, field, node);
    }
}

static const struct field value_fields[] = {
    {.key = "amount", .like = "5.00", .parse = value_amount},
    {.key = "at_most", .like = "20.00", .parse = value_at_most},
    {.key = "cost", .like = "4.00", .parse = value_cost},
    {.key = "gift", .like = "coffee", .parse = value_gift},
    {.key = "percent", .like = "10 | 12.5", .parse = value_percent},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Percent goes with at_most, gift with cost, and an amount is its own cost. */
static bool value_fits(const struct loading_value *v)
{
    return v->has_percent + v->has_amount + v->has_gift == 1 &&
           (!v->has_at_most || v->has_percent) && (!v->has_cost || v->has_gift);
}

static void offer_value(struct loader *l, const struct field *field, const struct yaml_node *node,
                        void *target)
{
    struct loading_offer *loading = target;
    struct loading_value v = {.value.gift = SLICE("")};
    size_t before = l->problems;
    load_map(l, node, field->key, value_fields, COUNT(value_fields), &v);
    loading->broken_value = true;
    if (l->problems != before)
        return;
    if (!value_fits(&v)) {
        load_problem(l, node, ERR_RULE_VALUE, slice_str(LIKE_VALUE), SLICE_LITERAL(""),
                     SLICE_LITERAL(""));
        return;
    }
    if (v.has_percent && !v.has_at_most) {
        load_problem(l, node, ERR_RULE_AT_MOST, SLICE_LITERAL("20.00"), SLICE_LITERAL(""),
                     SLICE_LITERAL(""));
        return;
    }
    if (v.has_percent) {
        v.value.kind = VALUE_PERCENT;
        v.value.cost_minor = v.value.at_most_minor;
    } else if (v.has_amount) {
        v.value.kind = VALUE_AMOUNT;
        v.value.cost_minor = v.value.amount_minor;
    } else {
        v.value.kind = VALUE_GIFT;
    }
    loading->broken_value = false;
    loading->out->has_cost = v.has_cost;
    loading->out->offer.value = v.value;
}

/* --- how long --- */

static struct slice take_word(struct slice *s)
{
    *s = slice_trim(*s);
    size_t n = 0;
    while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
        n++;
    struct slice word = slice_sub(*s, 0, n);
    *s = slice_trim(slice_sub(*s, n, s->n));
    return word;
}

static bool parse_validity(struct slice text, struct validity *out)
{
    static const struct {
        const char *one, *many;
        enum validity_kind kind;
        int32_t times;
    } units[] = {
        {"day", "days", VALID_DAYS, 1},
        {"week", "weeks", VALID_DAYS, 7},
        {"month", "months", VALID_MONTHS, 1},
        {"year", "years", VALID_MONTHS, 12},
    };
    struct slice first = take_word(&text), second = take_word(&text);
    uint64_t n;
    if (text.n)
        return false;
    if (slice_is(first, "today") && second.n == 0) {
        *out = (struct validity){VALID_DAYS, 0};
        return true;
    }
    if (slice_is(first, "until")) {
        out->kind = VALID_UNTIL;
        return day_parse(second, &out->n);
    }
    if (!slice_u64(first, MAX_DAYS, &n) || n == 0)
        return false;
    for (size_t i = 0; i < COUNT(units); i++) {
        if (slice_is(second, units[i].one) || slice_is(second, units[i].many)) {
            *out = (struct validity){units[i].kind, (int32_t)n * units[i].times};
            return out->n <= (units[i].kind == VALID_DAYS ? MAX_DAYS : MAX_MONTHS);
        }
    }
    return false;
}

static void offer_valid(struct loader *l, const struct field *field, const struct yaml_node *node,
                        void *target)
{
    struct loaded_offer *out = ((struct loading_offer *)target)->out;
    struct slice text;
    out->has_valid = true;
    if (load_text(l, field, node, &text) && !parse_validity(text, &out->offer.valid))
        load_misread(l, field, node);
}

static int32_t add_months(int32_t day, int32_t months)
{
    struct civil c;
    day_civil(day, &c);
    int32_t month = (int32_t)c.month - 1 + months;
    int year = c.year + month / 12;
    unsigned m = (unsigned)(month % 12) + 1;
    int32_t first = day_from_civil(year, m, 1);
    int32_t next = m == 12 ? day_from_civil(year + 1, 1, 1) : day_from_civil(year, m + 1, 1);
    int32_t same = first + (int32_t)c.day - 1;
    return same < next ? same : next - 1; /* 31 January and a month: the last of February */
}

bool rules_valid_to(const struct offer *offer, int32_t day, int32_t *last_day)
{
    switch (offer->valid.kind) {
    case VALID_DAYS:
        *last_day = day + offer->valid.n;
        return true;
    case VALID_MONTHS:
        *last_day = add_months(day, offer->valid.n);
        return true;
    default:
        *last_day = offer->valid.n;
        return day <= offer->valid.n;
    }
}

/* --- how often --- */

static bool parse_per(struct slice text, enum limit_per *per)
{
    static const char *const words[] = {
        [LIMIT_PER_SALE] = "sale",   [LIMIT_PER_DAY] = "day",   [LIMIT_PER_WEEK] = "week",
        [LIMIT_PER_MONTH] = "month", [LIMIT_PER_YEAR] = "year", [LIMIT_PER_EVER] = "ever",
    };
    struct slice word = take_word(&text);
    if (slice_is(word, "per"))
        word = take_word(&text);
    else if (!slice_is(word, "ever"))
        return false;
    for (size_t i = 0; i < COUNT(words) && text.n == 0; i++) {
        if (slice_is(word, words[i])) {
            *per = (enum limit_per)i;
            return true;
        }
    }
    return false;
}

static void one_limit(struct loader *l, const struct field *field, const struct yaml_node *node,
                      enum limit_scope scope, struct loading_offer *loading)
{
    struct limit limit = {.scope = scope};
    struct slice text, rest;
    if (!load_text(l, field, node, &text))
        return;
    /* What stands before "per" or "ever" is how much; a point or a currency makes it money. */
    rest = text;
    struct slice most = take_word(&rest);
    struct slice after = rest, code = take_word(&after);
    if (code.n == 3 && !slice_is(code, "per")) {
        most = slice_trim(slice_sub(text, 0, text.n - after.n));
        rest = after;
    }
    bool letters = most.p && most.n && most.p[most.n - 1] >= 'A';
    limit.is_amount = letters || slice_find(most, '.') < most.n;
    uint64_t count = 0;
    if (!parse_per(rest, &limit.per) || (limit.is_amount && scope == LIMIT_STOCK)) {
        load_misread(l, field, node);
        return;
    }
    if (limit.is_amount) {
        bool named;
        if (!load_money(l, field, node, most, &limit.most, &named))
            return;
        if (!loading->money_limit)
            loading->money_limit = node;
    } else if (slice_u64(most, MAX_COUNT, &count)) {
        limit.most = (int64_t)count;
    } else {
        load_misread(l, field, node);
        return;
    }
    if (limit.most < 0)
        load_misread(l, field, node);
    else if (loading->n_limits == MAX_LIMITS)
        load_too_big(l, node, "limit", "32");
    else
        loading->limits[loading->n_limits++] = limit;
}

static void limits_of(struct loader *l, const struct field *field, const struct yaml_node *node,
                      enum limit_scope scope, void *target)
{
    size_t n = load_list_size(l, field, node);
    for (size_t i = 0; i < n; i++)
        one_limit(l, field, load_list_item(node, i), scope, target);
}

static void limit_customer(struct loader *l, const struct field *field,
                           const struct yaml_node *node, void *target)
{
    limits_of(l, field, node, LIMIT_CUSTOMER, target);
}

static void limit_shop(struct loader *l, const struct field *field, const struct yaml_node *node,
                       void *target)
{
    limits_of(l, field, node, LIMIT_SHOP, target);
}

static void limit_till(struct loader *l, const struct field *field, const struct yaml_node *node,
                       void *target)
{
    limits_of(l, field, node, LIMIT_TILL, target);
}

static const struct field limit_fields[] = {
    {.key = "customer", .like = LIKE_LIMIT, .parse = limit_customer},
    {.key = "shop", .like = LIKE_LIMIT, .parse = limit_shop},
    {.key = "till", .like = LIKE_LIMIT, .parse = limit_till},
};

static void offer_limit(struct loader *l, const struct field *field, const struct yaml_node *node,
                        void *target)
{
    load_map(l, node, field->key, limit_fields, COUNT(limit_fields), target);
}

static void offer_stock(struct loader *l, const struct field *field, const struct yaml_node *node,
                        void *target)
{
    limits_of(l, field, node, LIMIT_STOCK, target);
}

static const struct field offer_fields[] = {
    {.key = "limit", .like = "{ customer: 1 per day, shop: 200.00 per day }", .parse = offer_limit},
    {.key = "name", .like = "sorry-wait", .parse = offer_name, .required = true},
    {.key = "stock", .like = "40 per day", .parse = offer_stock},
    {.key = "template", .like = "sorry-for-the-wait", .parse = offer_template, .required = true},
    {.key = "valid",
     .like = "today | 30 days | 2 weeks | 3 months | until 2026-12-31",
     .parse = offer_valid},
    {.key = "value", .like = LIKE_VALUE, .parse = offer_value},
};

/* A budget in money counts what one costs at most; where nothing says that, it would never fill. */
static void check_budget(struct loader *l, const struct loading_offer *loading)
{
    const struct offer *offer = &loading->out->offer;
    if (!loading->money_limit || loading->broken_value || loading->out->has_cost ||
        offer->value.kind == VALUE_PERCENT || offer->value.kind == VALUE_AMOUNT)
        return;
    const char *like = offer->value.kind == VALUE_GIFT ? "cost: 4.00" : "20 per day";
    load_problem(l, loading->money_limit, ERR_RULE_COST, offer->name, slice_str(like),
                 SLICE_LITERAL(""));
}

void load_offer(struct loader *l, const struct yaml_node *map, struct loaded_offer *out)
{
    struct loading_offer loading = {.out = out};
    *out = (struct loaded_offer){.offer = {
                                     .name = SLICE(""),
                                     .template = SLICE(""),
                                     .value.gift = SLICE(""),
                                     .valid = {VALID_DAYS, 30},
                                 }};
    load_place(map, &out->offer.line, &out->offer.column);
    load_map(l, map, "offers", offer_fields, COUNT(offer_fields), &loading);
    check_budget(l, &loading);
    if (loading.n_limits == 0)
        return;
    struct limit *limits = load_array(l, map, loading.n_limits, sizeof *limits);
    if (!limits)
        return;
    memcpy(limits, loading.limits, loading.n_limits * sizeof *limits);
    out->offer.limits = limits;
    out->offer.n_limits = loading.n_limits;
}
