/* What a condition looks at in a sale: one small function for each fact. */
#include "rules/inside.h"

#include <stdlib.h>

/* A reason without its words is none: the decision fails when one found no room. */
static struct slice kept(const struct facts *f, struct slice s)
{
    if (!s.p)
        *f->full = true;
    return s;
}

static struct slice plain(const struct facts *f, int64_t value, unsigned scale)
{
    char text[32];
    size_t n = money_plain(value, scale, text);
    return kept(f, arena_copy(f->arena, slice_of(text, n)));
}

/* Millionths without the zeros at their end. */
static struct slice plain_units(const struct facts *f, int64_t millionths)
{
    char text[32];
    size_t n = money_plain(millionths, UNITS_SCALE, text);
    while (n && text[n - 1] == '0')
        n--;
    if (n && text[n - 1] == '.')
        n--;
    return kept(f, arena_copy(f->arena, slice_of(text, n)));
}

static bool inside(struct range range, int64_t value)
{
    return value >= range.low && value <= range.high;
}

static void compare(const struct condition *c, const struct facts *f, struct rules_reason *r,
                    int64_t value)
{
    r->met = inside(c->range, value);
    r->had = plain(f, value, 0);
}

/* A text in the arena that grows: "cash, card". */
static struct slice join(const struct facts *f, const struct slice *p, size_t n)
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += p[i].n + 2;
    uint8_t *out = arena_alloc(f->arena, size);
    if (!out)
        return kept(f, (struct slice){0});
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i) {
            out[at++] = ',';
            out[at++] = ' ';
        }
        if (p[i].n)
            memcpy(out + at, p[i].p, p[i].n);
        at += p[i].n;
    }
    return slice_of(out, at);
}

/* --- money and items --- */

static void test_total(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    const struct currency *currency = f->sale->currency;
    if (strcmp(currency->code, f->currency->code) != 0) {
        r->code = REASON_CURRENCY;
        r->had = slice_str(currency->code);
        r->asked = slice_str(f->currency->code);
        return;
    }
    r->met = inside(c->range, f->sale->total_minor);
    r->had = plain(f, f->sale->total_minor, currency->exponent);
}

/* a + d, held at the ends of int64_t: no sale that can be printed comes near. */
static int64_t add_quantity(int64_t a, struct decimal d)
{
    int64_t value = d.units;
    bool over = false;
    for (unsigned scale = d.scale; scale < UNITS_SCALE; scale++)
        over |= __builtin_mul_overflow(value, INT64_C(10), &value);
    over |= __builtin_add_overflow(a, value, &value);
    return !over ? value : d.units < 0 ? INT64_MIN : INT64_MAX;
}

static void test_units(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    int64_t units = 0;
    for (size_t i = 0; i < f->sale->n_items; i++)
        units = add_quantity(units, f->sale->items[i].quantity);
    r->met = inside(c->range, units);
    r->had = plain_units(f, units);
}

static bool item_matches(const struct item_asked *asked, const struct sale_item *item)
{
    return (!asked->has_sku || words_match(&asked->sku, item->sku)) &&
           (!asked->has_name || words_match(&asked->name, item->name)) &&
           (!asked->has_category || words_match(&asked->category, item->category));
}

static void test_item(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    bool found = false;
    int64_t units = 0;
    for (size_t i = 0; i < f->sale->n_items; i++) {
        const struct sale_item *item = &f->sale->items[i];
        if (!item_matches(&c->item, item))
            continue;
        found = true;
        units = add_quantity(units, item->quantity);
    }
    if (!found) {
        r->code = REASON_NO_ITEM;
        r->asked = c->item.what;
        return;
    }
    r->code = c->item.has_quantity ? REASON_QUANTITY : REASON_ITEM;
    r->met = !c->item.has_quantity || inside(c->item.quantity, units);
    r->fact = c->item.what;
    r->had = plain_units(f, units);
}

static void test_payment(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    size_t n = f->sale->n_payments;
    if (n == 0) {
        r->code = REASON_ABSENT;
        return;
    }
    struct slice *methods = ARENA_ARRAY(f->arena, n, struct slice);
    if (!methods) {
        *f->full = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        methods[i] = f->sale->payments[i].method;
        r->met |= words_match(&c->words, methods[i]);
    }
    r->had = join(f, methods, n);
}

/* --- service --- */

static void test_wait(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    if (f->sale->service.has_wait)
        compare(c, f, r, f->sale->service.wait_minutes);
    else
        r->code = REASON_ABSENT;
}

static void test_word(const struct condition *c, struct rules_reason *r, struct slice word)
{
    if (word.n == 0) {
        r->code = REASON_ABSENT;
        return;
    }
    r->met = words_match(&c->words, word);
    r->had = word;
}

static void test_words(const struct condition *c, const struct facts *f, struct rules_reason *r,
                       const struct slice *p, size_t n)
{
    if (n == 0) {
        r->code = REASON_ABSENT;
        return;
    }
    for (size_t i = 0; i < n; i++)
        r->met |= words_match(&c->words, p[i]);
    r->had = join(f, p, n);
}

static void test_incident(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    test_word(c, r, f->sale->service.incident);
}

static void test_complaint(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    test_word(c, r, f->sale->service.complaint);
}

static void test_missed(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    test_words(c, f, r, f->sale->service.missed, f->sale->service.n_missed);
}

/* --- time --- */

static void test_weekday(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    struct civil day;
    day_civil(f->moment->business_day, &day);
    r->met = c->weekdays >> day.weekday & 1;
    r->had = slice_str(weekday_names[day.weekday]);
}

static void test_hours(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    unsigned hour = f->moment->local.hour, minute = f->moment->local.minute;
    unsigned now = hour * 60 + minute;
    for (size_t i = 0; i < c->hours.n; i++) {
        struct hours h = c->hours.p[i];
        bool over_midnight = h.from_min > h.to_min;
        r->met |= over_midnight ? now >= h.from_min || now < h.to_min
                                : now >= h.from_min && now < h.to_min;
    }
    r->had = kept(f, arena_printf(f->arena, "%02u:%02u", hour, minute));
}

static void test_dates(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    int32_t day = f->moment->business_day;
    struct civil civil;
    char text[16];
    day_civil(day, &civil);
    int32_t of_year = (int32_t)(civil.month * 100 + civil.day);
    for (size_t i = 0; i < c->dates.n; i++) {
        struct dates d = c->dates.p[i];
        int32_t now = d.yearly ? of_year : day;
        bool over_new_year = d.yearly && d.from > d.to;
        r->met |= over_new_year ? now >= d.from || now <= d.to : now >= d.from && now <= d.to;
    }
    size_t n = day_text(day, text);
    r->had = kept(f, arena_copy(f->arena, slice_of(text, n)));
}

/* --- customers --- */

/* What a sale does not say about its guest: that he is not known explains it best. */
static void not_said(const struct facts *f, struct rules_reason *r)
{
    if (f->sale->customer.known) {
        r->code = REASON_ABSENT;
        return;
    }
    r->fact = slice_str(fact_customer.name);
    r->had = SLICE_LITERAL("unknown");
    r->asked = SLICE_LITERAL("known");
}

static void test_customer(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    bool known = f->sale->customer.known;
    r->met = known == c->yes;
    r->had = slice_str(known ? "known" : "unknown");
    r->asked = slice_str(c->yes ? "known" : "unknown");
}

static void test_visits(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    if (f->sale->customer.has_visits)
        compare(c, f, r, f->sale->customer.visits);
    else
        not_said(f, r);
}

static void test_points(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    if (f->sale->customer.has_points)
        compare(c, f, r, f->sale->customer.points);
    else
        not_said(f, r);
}

static void test_last_visit(const struct condition *c, const struct facts *f,
                            struct rules_reason *r)
{
    if (f->sale->customer.has_last_visit)
        compare(c, f, r, (int64_t)f->moment->business_day - f->sale->customer.last_visit_day);
    else
        not_said(f, r);
}

/* Tills differ in whether `visits` counts the one that is just ending: 0 is a first visit, and so
 * is 1 unless an earlier day of a visit is said. */
static void test_first_visit(const struct condition *c, const struct facts *f,
                             struct rules_reason *r)
{
    const struct sale_customer *customer = &f->sale->customer;
    if (!customer->has_visits) {
        not_said(f, r);
        return;
    }
    bool came_before =
        customer->has_last_visit && customer->last_visit_day < f->moment->business_day;
    bool first = customer->visits == 0 || (customer->visits == 1 && !came_before);
    r->met = first == c->yes;
    r->had = slice_str(first ? "yes" : "no");
}

static void test_tags(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    if (f->sale->customer.n_tags)
        test_words(c, f, r, f->sale->customer.tags, f->sale->customer.n_tags);
    else
        not_said(f, r);
}

static void test_birthday(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    const struct sale_customer *customer = &f->sale->customer;
    if (customer->birth_month == 0) {
        not_said(f, r);
        return;
    }
    r->met = abs(day_to_anniversary(f->moment->business_day, customer->birth_month,
                                    customer->birth_day)) <= c->within_days;
    r->had =
        kept(f, arena_printf(f->arena, "%02u-%02u", customer->birth_month, customer->birth_day));
}

static void test_family_birthday(const struct condition *c, const struct facts *f,
                                 struct rules_reason *r)
{
    const struct sale_customer *customer = &f->sale->customer;
    const struct sale_person *nearest = NULL;
    int32_t least = INT32_MAX;
    for (size_t i = 0; i < customer->n_family; i++) {
        const struct sale_person *person = &customer->family[i];
        if (person->birth_month == 0)
            continue;
        int32_t days = abs(
            day_to_anniversary(f->moment->business_day, person->birth_month, person->birth_day));
        if (days < least) {
            least = days;
            nearest = person;
        }
    }
    if (!nearest) {
        not_said(f, r);
        return;
    }
    r->met = least <= c->within_days;
    r->had = kept(f, arena_printf(f->arena, "%02u-%02u", nearest->birth_month, nearest->birth_day));
}

/* clang-format off */
const struct fact fact_birthday        = {"customer.birthday", test_birthday, NUMBER_COUNT};
const struct fact fact_complaint       = {"complaint", test_complaint, NUMBER_COUNT};
const struct fact fact_customer        = {"customer", test_customer, NUMBER_COUNT};
const struct fact fact_dates           = {"dates", test_dates, NUMBER_COUNT};
const struct fact fact_family_birthday = {"customer.family_birthday", test_family_birthday, NUMBER_COUNT};
const struct fact fact_first_visit     = {"customer.first_visit", test_first_visit, NUMBER_COUNT};
const struct fact fact_hours           = {"hours", test_hours, NUMBER_COUNT};
const struct fact fact_incident        = {"incident", test_incident, NUMBER_COUNT};
const struct fact fact_item            = {"item", test_item, NUMBER_UNITS};
const struct fact fact_last_visit      = {"customer.days_since_last_visit", test_last_visit, NUMBER_COUNT};
const struct fact fact_missed          = {"missed", test_missed, NUMBER_COUNT};
const struct fact fact_payment         = {"payment", test_payment, NUMBER_COUNT};
const struct fact fact_points          = {"customer.points", test_points, NUMBER_COUNT};
const struct fact fact_tags            = {"customer.tags", test_tags, NUMBER_COUNT};
const struct fact fact_total           = {"total", test_total, NUMBER_MONEY};
const struct fact fact_units           = {"units", test_units, NUMBER_UNITS};
const struct fact fact_visits          = {"customer.visits", test_visits, NUMBER_COUNT};
const struct fact fact_wait            = {"wait_minutes", test_wait, NUMBER_COUNT};
const struct fact fact_weekday         = {"weekday", test_weekday, NUMBER_COUNT};
/* clang-format on */

void condition_test(const struct condition *c, const struct facts *f, struct rules_reason *r)
{
    *r = (struct rules_reason){.code = REASON_CONDITION,
                               .fact = slice_str(c->fact->name),
                               .asked = c->asked,
                               .had = SLICE("")};
    c->fact->test(c, f, r);
}
