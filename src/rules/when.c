/* Reading conditions. A list always means "any of these"; conditions of one rule must all hold. */
#include "rules/inside.h"

#include "base/utf8.h"

#define COUNT(a)     (sizeof(a) / sizeof *(a))
#define LIKE_NUMBER  "10 | \">= 10\" | \"> 10\" | \"<= 10\" | \"< 10\" | 10..20"
#define LIKE_DATES   "12-24 | 2026-12-24 | 12-20..01-06 | { from: 2026-12-01, to: 2026-12-24 }"
#define LIKE_NEAR    "today | within 7 days"
#define LIKE_HOURS   "18:00-02:00"
#define LIKE_WEEKDAY "sat | mon-fri | [mon, wed-fri]"

const char weekday_names[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* --- what the owner asked, in his own words --- */

static void put_asked(const struct yaml_node *node, struct buf *out)
{
    if (yaml_kind(node) == YAML_TEXT)
        buf_slice_append(out, slice_trim(yaml_text(node)));
    for (size_t i = 0; i < yaml_count(node); i++) {
        if (i)
            buf_str(out, ", ");
        if (yaml_kind(node) == YAML_MAP) {
            buf_slice_append(out, yaml_text(yaml_key(node, i)));
            buf_byte(out, ' ');
        }
        put_asked(yaml_item(node, i), out);
    }
}

static struct slice asked_of(struct loader *l, const struct yaml_node *node)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    put_asked(node, &text);
    struct slice copy = arena_copy(l->arena, utf8_clean(l->arena, buf_slice(&text)));
    buf_finish(&text);
    return copy.p ? copy : SLICE_LITERAL("");
}

static struct condition *add(struct loader *l, struct condition_list *list,
                             const struct field *field, const struct yaml_node *node)
{
    if (list->n == MAX_CONDITIONS) {
        load_too_big(l, node, "when", "24");
        return NULL;
    }
    struct condition *c = &list->p[list->n];
    *c = (struct condition){.fact = field->fact, .asked = asked_of(l, node)};
    return c;
}

/* A condition that could not be read is not kept. */
static void keep(struct condition_list *list, bool read)
{
    list->n += read;
}

/* --- numbers, yes and no --- */

static void parse_range(struct loader *l, const struct field *field, const struct yaml_node *node,
                        void *target)
{
    struct condition *c = add(l, target, field, node);
    struct slice text;
    if (c)
        keep(target, load_range(l, field, field->fact->number, node, &c->range, &text));
}

static void parse_yes(struct loader *l, const struct field *field, const struct yaml_node *node,
                      void *target)
{
    struct condition *c = add(l, target, field, node);
    struct slice text;
    if (!c || !load_text(l, field, node, &text))
        return;
    c->yes = slice_is(text, "yes") || slice_is(text, "true");
    if (c->yes || slice_is(text, "no") || slice_is(text, "false"))
        keep(target, true);
    else
        load_misread(l, field, node);
}

/* --- words --- */

static bool read_words(struct loader *l, const struct field *field, const struct yaml_node *node,
                       struct words *out)
{
    size_t n = load_list_size(l, field, node);
    struct pattern *p = n ? load_array(l, node, n, sizeof *p) : NULL;
    if (!p)
        return false;
    *out = (struct words){.p = p};
    for (size_t i = 0; i < n; i++) {
        const struct yaml_node *item = load_list_item(node, i);
        struct slice text;
        if (!load_text(l, field, item, &text))
            return false;
        text = utf8_clean(l->arena, text);
        uint32_t *cp = text.p ? load_array(l, item, text.n, sizeof *cp) : NULL;
        if (!cp)
            return false;
        p[i].n = words_fold(text, cp);
        p[i].cp = cp;
        out->n++;
    }
    return true;
}

static void parse_words(struct loader *l, const struct field *field, const struct yaml_node *node,
                        void *target)
{
    struct condition *c = add(l, target, field, node);
    if (c)
        keep(target, read_words(l, field, node, &c->words));
}

static void parse_words_any(struct loader *l, const struct field *field,
                            const struct yaml_node *node, void *target)
{
    struct condition *c = add(l, target, field, node);
    if (!c)
        return;
    if (yaml_kind(node) == YAML_TEXT && slice_is(slice_trim(yaml_text(node)), "any")) {
        c->words.any = true;
        keep(target, true);
    } else {
        keep(target, read_words(l, field, node, &c->words));
    }
}

/* --- items --- */

static void item_sku(struct loader *l, const struct field *field, const struct yaml_node *node,
                     void *target)
{
    struct item_asked *item = target;
    item->has_sku = read_words(l, field, node, &item->sku);
}

static void item_name(struct loader *l, const struct field *field, const struct yaml_node *node,
                      void *target)
{
    struct item_asked *item = target;
    item->has_name = read_words(l, field, node, &item->name);
}

static void item_category(struct loader *l, const struct field *field, const struct yaml_node *node,
                          void *target)
{
    struct item_asked *item = target;
    item->has_category = read_words(l, field, node, &item->category);
}

static void item_quantity(struct loader *l, const struct field *field, const struct yaml_node *node,
                          void *target)
{
    struct item_asked *item = target;
    struct slice text;
    item->has_quantity = load_range(l, field, NUMBER_UNITS, node, &item->quantity, &text);
}

static const struct field item_fields[] = {
    {.key = "category", .like = "coffee | [coffee, tea]", .parse = item_category},
    {.key = "name", .like = "Espresso | \"Espresso*\"", .parse = item_name},
    {.key = "quantity", .like = LIKE_NUMBER, .parse = item_quantity},
    {.key = "sku", .like = "\"2001\" | [\"2001\", \"2002\"]", .parse = item_sku},
};

/* Everything of the map but its quantity: "category coffee". */
static struct slice item_what(struct loader *l, const struct yaml_node *map)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < yaml_count(map); i++) {
        if (slice_is(yaml_text(yaml_key(map, i)), "quantity"))
            continue;
        if (text.n)
            buf_str(&text, ", ");
        buf_slice_append(&text, yaml_text(yaml_key(map, i)));
        buf_byte(&text, ' ');
        put_asked(yaml_item(map, i), &text);
    }
    struct slice copy = arena_copy(l->arena, utf8_clean(l->arena, buf_slice(&text)));
    buf_finish(&text);
    return copy.p ? copy : SLICE_LITERAL("");
}

static struct slice quantity_asked(struct loader *l, const struct yaml_node *map)
{
    for (size_t i = 0; i < yaml_count(map); i++) {
        if (slice_is(yaml_text(yaml_key(map, i)), "quantity"))
            return asked_of(l, yaml_item(map, i));
    }
    return SLICE_LITERAL("");
}

static void parse_item(struct loader *l, const struct field *field, const struct yaml_node *node,
                       void *target)
{
    struct condition *c = add(l, target, field, node);
    size_t before = l->problems;
    if (!c)
        return;
    load_map(l, node, field->key, item_fields, COUNT(item_fields), &c->item);
    if (l->problems != before)
        return;
    if (!c->item.has_sku && !c->item.has_name && !c->item.has_category) {
        load_problem(l, node, ERR_YAML_KIND, slice_str(field->key), slice_str(field->like),
                     SLICE_LITERAL(""));
        return;
    }
    c->item.what = item_what(l, node);
    c->asked = quantity_asked(l, node);
    keep(target, true);
}

/* --- days and hours --- */

/* "sat" or "saturday": 0 to 6, or 7. */
static unsigned find_weekday(struct slice text)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    unsigned i = 0;
    text = slice_trim(text);
    while (i < 7 && !slice_equal_nocase(text, slice_str(weekday_names[i])) &&
           !slice_equal_nocase(text, slice_str(names[i])))
        i++;
    return i;
}

static bool read_weekdays(struct slice text, unsigned *days)
{
    size_t dash = slice_find(text, '-');
    unsigned from = find_weekday(slice_sub(text, 0, dash));
    unsigned to = dash < text.n ? find_weekday(slice_sub(text, dash + 1, text.n)) : from;
    if (from > 6 || to > 6)
        return false;
    for (unsigned day = from;; day = (day + 1) % 7) {
        *days |= 1U << day;
        if (day == to)
            return true;
    }
}

static void parse_weekday(struct loader *l, const struct field *field, const struct yaml_node *node,
                          void *target)
{
    struct condition *c = add(l, target, field, node);
    size_t n = c ? load_list_size(l, field, node) : 0;
    bool ok = n != 0;
    for (size_t i = 0; i < n && ok; i++) {
        const struct yaml_node *item = load_list_item(node, i);
        struct slice text;
        ok = load_text(l, field, item, &text);
        if (ok && !read_weekdays(text, &c->weekdays)) {
            load_misread(l, field, item);
            ok = false;
        }
    }
    keep(target, ok);
}

/* "18:00" in minutes; 24:00 is the end of a day. */
static bool read_clock(struct slice text, unsigned *minutes)
{
    text = slice_trim(text);
    size_t colon = slice_find(text, ':');
    uint64_t hour, minute;
    struct slice tail = slice_sub(text, colon + 1, text.n);
    if (colon == text.n || colon > 2 || tail.n != 2 ||
        !slice_u64(slice_sub(text, 0, colon), 24, &hour) || !slice_u64(tail, 59, &minute) ||
        (hour == 24 && minute))
        return false;
    *minutes = (unsigned)(hour * 60 + minute);
    return true;
}

static bool read_hours(struct slice text, struct hours *out)
{
    size_t dash = slice_find(text, '-');
    return dash < text.n && read_clock(slice_sub(text, 0, dash), &out->from_min) &&
           read_clock(slice_sub(text, dash + 1, text.n), &out->to_min) &&
           out->from_min != out->to_min && out->from_min < 24 * 60;
}

static void parse_hours(struct loader *l, const struct field *field, const struct yaml_node *node,
                        void *target)
{
    struct condition *c = add(l, target, field, node);
    size_t n = c ? load_list_size(l, field, node) : 0;
    struct hours *hours = n ? load_array(l, node, n, sizeof *hours) : NULL;
    for (size_t i = 0; i < n && hours; i++) {
        const struct yaml_node *item = load_list_item(node, i);
        struct slice text;
        if (!load_text(l, field, item, &text))
            return;
        if (!read_hours(text, &hours[i])) {
            load_misread(l, field, item);
            return;
        }
    }
    if (!hours)
        return;
    c->hours.p = hours;
    c->hours.n = n;
    keep(target, true);
}

/* "12-24" (any year) or "2026-12-24". */
static bool read_date(struct slice text, bool *yearly, int32_t *out)
{
    text = slice_trim(text);
    *yearly = text.n == 5;
    if (!*yearly)
        return day_parse(text, out);
    /* A leap year, so that 02-29 is a date. */
    uint8_t full[10] = {'2', '0', '2', '4', '-'};
    memcpy(full + 5, text.p, 5);
    int32_t day;
    struct civil c;
    if (!day_parse(slice_of(full, sizeof full), &day))
        return false;
    day_civil(day, &c);
    *out = (int32_t)(c.month * 100 + c.day);
    return true;
}

static bool read_span(struct slice text, struct dates *out)
{
    size_t dots = 0;
    while (dots + 1 < text.n && !(text.p[dots] == '.' && text.p[dots + 1] == '.'))
        dots++;
    if (dots + 1 >= text.n) {
        out->to = 0;
        bool ok = read_date(text, &out->yearly, &out->from);
        out->to = out->from;
        return ok;
    }
    bool yearly;
    return read_date(slice_sub(text, 0, dots), &out->yearly, &out->from) &&
           read_date(slice_sub(text, dots + 2, text.n), &yearly, &out->to) &&
           yearly == out->yearly && (yearly || out->from <= out->to);
}

struct loading_dates {
    struct dates dates;
    bool has_from, has_to, from_yearly, to_yearly;
};

static void dates_from(struct loader *l, const struct field *field, const struct yaml_node *node,
                       void *target)
{
    struct loading_dates *d = target;
    d->has_from = read_date(yaml_text(node), &d->from_yearly, &d->dates.from);
    if (!d->has_from)
        load_misread(l, field, node);
}

static void dates_to(struct loader *l, const struct field *field, const struct yaml_node *node,
                     void *target)
{
    struct loading_dates *d = target;
    d->has_to = read_date(yaml_text(node), &d->to_yearly, &d->dates.to);
    if (!d->has_to)
        load_misread(l, field, node);
}

static const struct field dates_fields[] = {
    {.key = "from", .like = "2026-12-01 | 12-01", .parse = dates_from},
    {.key = "to", .like = "2026-12-24 | 12-24", .parse = dates_to},
};

/* An open end is for dates with a year; both ends of a yearly span must be there. */
static bool ends_fit(const struct loading_dates *d)
{
    if (d->has_from && d->has_to)
        return d->from_yearly == d->to_yearly && (d->from_yearly || d->dates.from <= d->dates.to);
    return (d->has_from || d->has_to) && !d->from_yearly && !d->to_yearly;
}

static bool read_dates(struct loader *l, const struct field *field, const struct yaml_node *node,
                       struct dates *out)
{
    if (yaml_kind(node) == YAML_MAP) {
        struct loading_dates d = {.dates = {.from = INT32_MIN, .to = INT32_MAX}};
        size_t before = l->problems;
        load_map(l, node, field->key, dates_fields, COUNT(dates_fields), &d);
        if (l->problems != before)
            return false;
        *out = d.dates;
        out->yearly = d.from_yearly;
        if (ends_fit(&d))
            return true;
    } else {
        struct slice text;
        if (!load_text(l, field, node, &text))
            return false;
        if (read_span(text, out))
            return true;
    }
    load_misread(l, field, node);
    return false;
}

static void parse_dates(struct loader *l, const struct field *field, const struct yaml_node *node,
                        void *target)
{
    struct condition *c = add(l, target, field, node);
    size_t n = c ? load_list_size(l, field, node) : 0;
    struct dates *dates = n ? load_array(l, node, n, sizeof *dates) : NULL;
    for (size_t i = 0; i < n && dates; i++) {
        if (!read_dates(l, field, load_list_item(node, i), &dates[i]))
            return;
    }
    if (!dates)
        return;
    c->dates.p = dates;
    c->dates.n = n;
    keep(target, true);
}

static void parse_near(struct loader *l, const struct field *field, const struct yaml_node *node,
                       void *target)
{
    enum { MOST_DAYS = 180 };
    struct condition *c = add(l, target, field, node);
    struct slice text;
    if (!c || !load_text(l, field, node, &text))
        return;
    uint64_t days = 0;
    bool ok = slice_is(text, "today");
    if (!ok && slice_starts(text, "within ")) {
        struct slice rest = slice_trim(slice_sub(text, 7, text.n));
        size_t blank = slice_find(rest, ' ');
        struct slice unit = slice_trim(slice_sub(rest, blank, rest.n));
        ok = slice_u64(slice_sub(rest, 0, blank), MOST_DAYS, &days) &&
             (slice_is(unit, "days") || slice_is(unit, "day"));
    }
    c->within_days = (int32_t)days;
    keep(target, ok);
    if (!ok)
        load_misread(l, field, node);
}

/* --- customers, and the table of all conditions --- */

static const struct field customer_fields[] = {
    {.key = "birthday", .like = LIKE_NEAR, .parse = parse_near, .fact = &fact_birthday},
    {.key = "days_since_last_visit",
     .like = LIKE_NUMBER,
     .parse = parse_range,
     .fact = &fact_last_visit},
    {.key = "family_birthday",
     .like = LIKE_NEAR,
     .parse = parse_near,
     .fact = &fact_family_birthday},
    {.key = "first_visit", .like = "yes | no", .parse = parse_yes, .fact = &fact_first_visit},
    {.key = "known", .like = "yes | no", .parse = parse_yes, .fact = &fact_customer},
    {.key = "points", .like = LIKE_NUMBER, .parse = parse_range, .fact = &fact_points},
    {.key = "tags", .like = "vip | [vip, friend]", .parse = parse_words, .fact = &fact_tags},
    {.key = "visits", .like = LIKE_NUMBER, .parse = parse_range, .fact = &fact_visits},
};

static void parse_customer(struct loader *l, const struct field *field,
                           const struct yaml_node *node, void *target)
{
    if (yaml_kind(node) == YAML_MAP) {
        if (yaml_count(node) == 0)
            load_misread(l, field, node);
        load_map(l, node, field->key, customer_fields, COUNT(customer_fields), target);
        return;
    }
    struct condition *c = add(l, target, field, node);
    struct slice text;
    if (!c || !load_text(l, field, node, &text))
        return;
    c->yes = slice_is(text, "known");
    if (c->yes || slice_is(text, "unknown"))
        keep(target, true);
    else
        load_misread(l, field, node);
}

static const struct field when_fields[] = {
    {.key = "complaint", .like = "cold | any", .parse = parse_words_any, .fact = &fact_complaint},
    {.key = "customer",
     .like = "known | unknown | { visits: \">= 10\" } | { tags: vip } | { birthday: today }",
     .parse = parse_customer,
     .fact = &fact_customer},
    {.key = "dates", .like = LIKE_DATES, .parse = parse_dates, .fact = &fact_dates},
    {.key = "hours", .like = LIKE_HOURS, .parse = parse_hours, .fact = &fact_hours},
    {.key = "incident",
     .like = "oven-down | any",
     .parse = parse_words_any,
     .fact = &fact_incident},
    {.key = "item",
     .like = "{ category: coffee, quantity: \">= 2\" } | { sku: \"2001\" } | { name: Espresso }",
     .parse = parse_item,
     .fact = &fact_item},
    {.key = "missed", .like = "vip-dessert | any", .parse = parse_words_any, .fact = &fact_missed},
    {.key = "payment", .like = "card | [card, cash]", .parse = parse_words, .fact = &fact_payment},
    {.key = "total",
     .like = "500 | \">= 500\" | \"< 49.90\" | 100..200",
     .parse = parse_range,
     .fact = &fact_total},
    {.key = "units", .like = LIKE_NUMBER, .parse = parse_range, .fact = &fact_units},
    {.key = "wait_minutes", .like = LIKE_NUMBER, .parse = parse_range, .fact = &fact_wait},
    {.key = "weekday", .like = LIKE_WEEKDAY, .parse = parse_weekday, .fact = &fact_weekday},
};

void load_when(struct loader *l, const struct field *field, const struct yaml_node *node,
               void *target)
{
    load_map(l, node, field->key, when_fields, COUNT(when_fields), target);
}
