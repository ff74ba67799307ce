#include "rules/inside.h"

#include "base/utf8.h"

enum { ARENA_BYTES = 64 << 20 }; /* of addresses; a file of 1 MiB cannot fill it */

#define LIKE_OFFER  "sorry-wait | [sorry-wait, thank-you]"
#define LIKE_OFFERS "- name: sorry-wait"
#define LIKE_RULES  "- name: long wait"

struct loading_rule {
    struct rule rule;
    struct condition_list *conditions;
};

static void rule_name(struct loader *l, const struct field *field, const struct yaml_node *node,
                      void *target)
{
    struct rule *rule = &((struct loading_rule *)target)->rule;
    load_name(l, field, node, &rule->name);
    load_place(node, &rule->line, &rule->column);
    for (size_t i = 0; i < l->rules->n_rules && rule->name.n; i++) {
        const struct rule *other = &l->rules->rules[i];
        if (!slice_equal(other->name, rule->name))
            continue;
        load_twice(l, node, rule->name, other->line);
        return;
    }
}

static void rule_group(struct loader *l, const struct field *field, const struct yaml_node *node,
                       void *target)
{
    load_name(l, field, node, &((struct loading_rule *)target)->rule.group);
}

static void rule_chance(struct loader *l, const struct field *field, const struct yaml_node *node,
                        void *target)
{
    struct rule *rule = &((struct loading_rule *)target)->rule;
    rule->has_chance = load_percent(l, field, node, true, &rule->chance_hundredths);
}

static void unknown_offer(struct loader *l, const struct yaml_node *node, struct slice name)
{
    struct buf names;
    buf_init(&names, (size_t)ERR_ARG_BYTES * 4);
    rules_offer_names(l->rules, &names);
    load_problem(l, node, ERR_RULE_OFFER, name, buf_slice(&names), SLICE_LITERAL(""));
    buf_finish(&names);
}

static void rule_give(struct loader *l, const struct field *field, const struct yaml_node *node,
                      void *target)
{
    struct rule *rule = &((struct loading_rule *)target)->rule;
    size_t n = load_list_size(l, field, node);
    const struct offer **gives = n ? load_array(l, node, n, sizeof(struct offer *)) : NULL;
    if (!gives)
        return;
    for (size_t i = 0; i < n; i++) {
        const struct yaml_node *item = load_list_item(node, i);
        struct slice name;
        if (!load_text(l, field, item, &name))
            continue;
        const struct offer *offer = rules_offer(l->rules, name);
        if (offer)
            gives[rule->n_gives++] = offer;
        else
            unknown_offer(l, item, name);
    }
    rule->gives = gives;
}

static void rule_when(struct loader *l, const struct field *field, const struct yaml_node *node,
                      void *target)
{
    load_when(l, field, node, ((struct loading_rule *)target)->conditions);
}

static const struct field rule_fields[] = {
    {.key = "chance", .like = "5%", .parse = rule_chance},
    {.key = "give", .like = LIKE_OFFER, .parse = rule_give, .required = true},
    {.key = "group", .like = "treats", .parse = rule_group},
    {.key = "name", .like = "long wait", .parse = rule_name, .required = true},
    {.key = "when", .like = "{ wait_minutes: \">= 10\" }", .parse = rule_when},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void load_rule(struct loader *l, const struct yaml_node *node,
                      struct condition_list *conditions)
{
    struct loading_rule loading = {
        .rule.name = SLICE(""), .rule.group = SLICE(""), .conditions = conditions};
    conditions->n = 0;
    load_place(node, &loading.rule.line, &loading.rule.column);
    load_map(l, node, "rules", rule_fields, COUNT(rule_fields), &loading);
    struct rule *rule = &loading.rule;
    if (conditions->n) {
        struct condition *p = load_array(l, node, conditions->n, sizeof *p);
        if (!p)
            return;
        memcpy(p, conditions->p, conditions->n * sizeof *p);
        rule->conditions = p;
        rule->n_conditions = conditions->n;
    }
    l->rules->rules[l->rules->n_rules++] = *rule;
}

/* --- the whole file --- */

struct top {
    const struct yaml_node *offers, *rules;
};

static void top_offers(struct loader *l, const struct field *field, const struct yaml_node *node,
                       void *target)
{
    (void)l, (void)field;
    ((struct top *)target)->offers = node;
}

static void top_rules(struct loader *l, const struct field *field, const struct yaml_node *node,
                      void *target)
{
    (void)l, (void)field;
    ((struct top *)target)->rules = node;
}

static void top_per_sale(struct loader *l, const struct field *field, const struct yaml_node *node,
                         void *target)
{
    (void)target;
    struct slice text;
    uint64_t n;
    if (!load_text(l, field, node, &text))
        return;
    if (slice_u64(text, MAX_PER_SALE, &n))
        l->rules->per_sale = (unsigned)n;
    else
        load_misread(l, field, node);
}

static const struct field top_fields[] = {
    {.key = "offers", .like = LIKE_OFFERS, .parse = top_offers, .may_be_empty = true},
    {.key = "per_sale", .like = "1", .parse = top_per_sale},
    {.key = "rules", .like = LIKE_RULES, .parse = top_rules, .may_be_empty = true},
};

static size_t list_size(struct loader *l, const struct yaml_node *node, const char *key,
                        const char *like, size_t max)
{
    if (!node)
        return 0;
    if (yaml_kind(node) != YAML_LIST) {
        load_problem(l, node, ERR_YAML_KIND, slice_str(key), slice_str(like), SLICE_LITERAL(""));
        return 0;
    }
    if (yaml_count(node) > max) {
        load_too_big(l, node, key, max == RULES_MAX_OFFERS ? "500" : "1000");
        return 0;
    }
    return yaml_count(node);
}

static void warn_offer(struct loader *l, const struct loaded_offer *o)
{
    const struct offer *offer = &o->offer;
    if (!o->has_valid && offer->value.kind != VALUE_NOTE)
        load_warning(l, offer->line, offer->column, ERR_RULE_VALID, offer->name, SLICE_LITERAL(""));
    if (!o->has_cost && offer->value.kind == VALUE_GIFT)
        load_warning(l, offer->line, offer->column, ERR_RULE_GIFT_COST, offer->name,
                     SLICE_LITERAL("4.00"));
}

static void load_offers(struct loader *l, const struct yaml_node *node)
{
    struct rules *rules = l->rules;
    size_t n = list_size(l, node, "offers", LIKE_OFFERS, RULES_MAX_OFFERS);
    rules->offers = n ? load_array(l, node, n, sizeof *rules->offers) : NULL;
    for (size_t i = 0; i < n && rules->offers; i++) {
        struct loaded_offer loaded;
        size_t before = l->problems;
        load_offer(l, yaml_item(node, i), &loaded);
        /* A broken offer is still known by its name, so that the rules that give it are not blamed.
         */
        rules->offers[rules->n_offers++] = loaded.offer;
        if (l->problems == before)
            warn_offer(l, &loaded);
    }
}

static void load_rules(struct loader *l, const struct yaml_node *node)
{
    struct rules *rules = l->rules;
    size_t n = list_size(l, node, "rules", LIKE_RULES, RULES_MAX_RULES);
    rules->rules = n ? load_array(l, node, n, sizeof *rules->rules) : NULL;
    struct condition_list *scratch = n ? load_array(l, node, 1, sizeof *scratch) : NULL;
    for (size_t i = 0; i < n && rules->rules && scratch; i++)
        load_rule(l, yaml_item(node, i), scratch);
}

static void warn_chance(struct loader *l, const struct rule *rule)
{
    for (size_t i = 0; i < rule->n_gives && rule->has_chance; i++) {
        const struct offer *offer = rule->gives[i];
        if (offer->n_limits == 0 && offer->value.kind != VALUE_NOTE)
            load_warning(l, rule->line, rule->column, ERR_RULE_LIMIT, rule->name, offer->name);
    }
}

static bool is_given(const struct rules *rules, const struct offer *offer)
{
    for (size_t r = 0; rules->rules && r < rules->n_rules; r++) {
        for (size_t i = 0; i < rules->rules[r].n_gives; i++) {
            if (rules->rules[r].gives[i] == offer)
                return true;
        }
    }
    return false;
}

static void warn_all(struct loader *l)
{
    const struct rules *rules = l->rules;
    for (size_t i = 0; rules->offers && i < rules->n_offers; i++) {
        const struct offer *offer = &rules->offers[i];
        if (!is_given(rules, offer))
            load_warning(l, offer->line, offer->column, ERR_RULE_UNUSED, offer->name,
                         SLICE_LITERAL(""));
    }
    for (size_t i = 0; rules->rules && i < rules->n_rules; i++)
        warn_chance(l, &rules->rules[i]);
}

/* The column, in characters, of a place in a line. */
static unsigned column_of(struct slice line, const uint8_t *place)
{
    struct slice before = slice_of(line.p, (size_t)(place - line.p));
    unsigned column = 1;
    uint32_t cp;
    while (utf8_take(&before, &cp))
        column++;
    return column;
}

/* `total: >= 500` without quotes is a folded text to YAML, and libyaml's words for it help nobody.
 * The column of such a sign in the line, or 0. */
static unsigned forgotten_quotes(struct slice text, unsigned line)
{
    struct slice found = {0};
    while (line-- && take_line(&text, &found))
        ;
    for (size_t i = 0; i + 1 < found.n; i++) {
        if (found.p[i] != ':' && found.p[i] != '-' && found.p[i] != ',' && found.p[i] != '[')
            continue;
        struct slice rest = slice_trim(slice_sub(found, i + 1, found.n));
        if (rest.n > 1 && rest.p[0] == '>' && rest.p[1] != '-' && rest.p[1] != '+')
            return column_of(found, rest.p);
    }
    return 0;
}

static struct rules *new_rules(const struct currency *currency)
{
    struct arena arena;
    if (!arena_init(&arena, ARENA_BYTES))
        return NULL;
    struct rules *rules = ARENA_NEW(&arena, struct rules);
    if (!rules) {
        arena_finish(&arena);
        return NULL;
    }
    rules->arena = arena;
    rules->currency = currency;
    rules->per_sale = 1;
    return rules;
}

/* Loads what can be loaded, reporting everything; NULL only when there is no memory, which is
 * reported too. */
static struct rules *load(const char *file, struct slice text, const struct currency *currency,
                          struct loader *l)
{
    struct err err;
    struct yaml_doc *doc;
    if (!yaml_parse(&doc, file, text, &err)) {
        unsigned line = err.line;
        unsigned column = err.code == ERR_YAML ? forgotten_quotes(text, line) : 0;
        if (column) {
            FAIL(&err, ERR_RULE_QUOTES, "wait_minutes: \">= 10\"");
            err_at(&err, file, line, column);
        }
        load_failed(l, NULL, &err);
        return NULL;
    }
    l->rules = new_rules(currency);
    if (!l->rules) {
        FAIL(&err, ERR_TOO_BIG, file, "64 MiB");
        load_failed(l, yaml_root(doc), &err);
        yaml_destroy(doc);
        return NULL;
    }
    l->arena = &l->rules->arena;
    struct top top = {0};
    if (yaml_kind(yaml_root(doc)) != YAML_NULL)
        load_map(l, yaml_root(doc), file, top_fields, COUNT(top_fields), &top);
    load_offers(l, top.offers);
    load_rules(l, top.rules);
    if (l->problems == 0)
        warn_all(l);
    yaml_destroy(doc);
    return l->rules;
}

struct first_problem {
    struct err err;
    bool found;
};

static void keep_first(void *ctx, enum rules_severity severity, const struct err *what)
{
    struct first_problem *first = ctx;
    if (severity == RULES_PROBLEM && !first->found) {
        first->err = *what;
        first->found = true;
    }
}

bool rules_create(struct rules **rules, const char *file, struct slice text,
                  const struct currency *currency, struct err *err)
{
    struct first_problem first = {0};
    struct loader l = {.report = keep_first, .ctx = &first};
    *rules = load(file, text, currency, &l);
    if (!first.found)
        return true;
    rules_destroy(*rules);
    *rules = NULL;
    if (err)
        *err = first.err;
    return false;
}

void rules_destroy(struct rules *rules)
{
    if (!rules)
        return;
    struct arena arena = rules->arena; /* the struct itself stands in it */
    arena_finish(&arena);
}

struct naming {
    const char *file;
    rules_report *report;
    void *ctx;
};

/* Warnings are made after the document is gone and do not know its name. */
static void add_file(void *ctx, enum rules_severity severity, const struct err *what)
{
    const struct naming *naming = ctx;
    struct err err = *what;
    err_at(&err, naming->file, 0, 0);
    naming->report(naming->ctx, severity, &err);
}

size_t rules_check(const char *file, struct slice text, const struct currency *currency,
                   rules_report *report_to, void *ctx)
{
    struct naming naming = {file, report_to, ctx};
    struct loader l = {.report = add_file, .ctx = &naming};
    rules_destroy(load(file, text, currency, &l));
    return l.problems;
}

size_t rules_offer_count(const struct rules *rules)
{
    return rules->n_offers;
}

const struct offer *rules_offer_at(const struct rules *rules, size_t i)
{
    return i < rules->n_offers ? &rules->offers[i] : NULL;
}

const struct offer *rules_offer(const struct rules *rules, struct slice name)
{
    for (size_t i = 0; i < rules->n_offers; i++) {
        if (name.n && slice_equal(rules->offers[i].name, name))
            return &rules->offers[i];
    }
    return NULL;
}

void rules_offer_names(const struct rules *rules, struct buf *out)
{
    for (size_t i = 0; i < rules->n_offers; i++) {
        if (i)
            buf_str(out, ", ");
        buf_slice_append(out, rules->offers[i].name);
    }
}

size_t rules_rule_count(const struct rules *rules)
{
    return rules->n_rules;
}

const struct rule *rules_rule_at(const struct rules *rules, size_t i)
{
    return i < rules->n_rules ? &rules->rules[i] : NULL;
}

unsigned rules_per_sale(const struct rules *rules)
{
    return rules->per_sale;
}
