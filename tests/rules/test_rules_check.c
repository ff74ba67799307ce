/* What an owner is told about a rules file: every mistake, at its line and column, with what to
 * write instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rules/rules.h"

static const struct currency *lei(void)
{
    return currency_find(SLICE_LITERAL("RON"));
}

#define OFFER                                                                                      \
    "offers:\n  - { name: gift, template: t, valid: today, value: { gift: tea, cost: 1.00 } }\n"
#define RULE   OFFER "rules:\n  - name: r\n    give: gift\n"
#define WHEN   RULE "    when: "
#define OFFERS "offers:\n  - name: a\n    template: t\n"

/* clang-format off */
static const struct {
    const char *text;
    const char *said;
} mistakes[] = {
    /* the file */
    {"offers: [", "rules.yaml:2:1: this is not YAML"},
    {"- a\n", "rules.yaml:1:1: 'rules.yaml' should be { offers: … }"},
    {"offer: []\n", "rules.yaml:1:1: unknown or repeated key 'offer'; known here: offers, per_sale, rules"},
    {"rules: []\nrules: []\n", "rules.yaml:2:1: unknown or repeated key 'rules'"},
    {"offers: 5\n", "rules.yaml:1:9: 'offers' should be - name: sorry-wait"},
    {"per_sale: two\n", "rules.yaml:1:11: 'per_sale': 'two' is not understood; write it like 1"},
    {"per_sale: 101\n", "rules.yaml:1:11: 'per_sale': '101' is not understood"},
    {"per_sale:\n", "rules.yaml:1:1: 'per_sale' should be 1"},
    {"a: &x 1\nb: *x\n", "rules.yaml:1:4: this is not YAML: &anchor"},
    {"a: [[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]\n", "depth is larger than the limit of 16"},
    {"a: \xff\n", "rules.yaml:1:4: this text is not UTF-8"},
    {"a: 1\n---\nb: 2\n", "rules.yaml:2:1: this is not YAML"},
    /* offers */
    {"offers:\n  - template: t\n", "rules.yaml:2:5: 'name' is missing here"},
    {"offers:\n  - name: a\n", "rules.yaml:2:5: 'template' is missing here"},
    {"offers:\n  - a\n", "rules.yaml:2:5: 'offers' should be { limit: … }"},
    {"offers:\n  - name: [a]\n    template: t\n", "rules.yaml:2:11: 'name' should be sorry-wait"},
    {OFFERS "  - name: a\n    template: t\n", "rules.yaml:4:11: the name 'a' stands already on line 2"},
    {OFFERS "    vallue: 1\n", "rules.yaml:4:5: unknown or repeated key 'vallue'; known here: limit, name, stock, template, valid, value"},
    {OFFERS "    value: 5.00\n", "rules.yaml:4:12: 'value' should be { amount: … }"},
    {OFFERS "    value: {}\n", "rules.yaml:4:12: a value is one of percent, amount and gift; write it like { percent: 10, at_most: 20.00 }"},
    {OFFERS "    value: { percent: 10 }\n", "rules.yaml:4:12: a percent needs the most it can cost, because budgets count that; write at_most: 20.00"},
    {OFFERS "    value: { percent: 10, amount: 1 }\n", "rules.yaml:4:12: a value is one of"},
    {OFFERS "    value: { amount: 1, at_most: 2 }\n", "rules.yaml:4:12: a value is one of"},
    {OFFERS "    value: { amount: 1, cost: 2 }\n", "rules.yaml:4:12: a value is one of"},
    {OFFERS "    value: { percent: 0, at_most: 1 }\n", "rules.yaml:4:23: 'percent': '0' is not understood; write it like 10 | 12.5"},
    {OFFERS "    value: { percent: 100.01, at_most: 1 }\n", "rules.yaml:4:23: 'percent': '100.01' is not understood"},
    {OFFERS "    value: { percent: 1.234, at_most: 1 }\n", "rules.yaml:4:23: 'percent': '1.234' is not understood"},
    {OFFERS "    value: { amount: 1.234 }\n", "rules.yaml:4:22: 1.234 has more decimals than 0.00 allows"},
    {OFFERS "    value: { amount: 99999999999999999.00 }\n", "rules.yaml:4:22: 99999999999999999.00 is out of range"},
    {OFFERS "    value: { amount: -1.00 }\n", "rules.yaml:4:22: 'amount': '-1.00' is not understood; write it like 5.00"},
    {OFFERS "    value: { amount: 0 }\n", "rules.yaml:4:22: 'amount': '0' is not understood"},
    {OFFERS "    value: { amount: 5 EUR }\n", "rules.yaml:4:22: '5 EUR' is not in the shop's currency; write it in RON"},
    {OFFERS "    value: { amount: five }\n", "rules.yaml:4:22: 'five' is not in the shop's currency"},
    {OFFERS "    value: { gift: }\n", "rules.yaml:4:14: 'gift' should be coffee"},
    {OFFERS "    valid: 30\n", "rules.yaml:4:12: 'valid': '30' is not understood; write it like today | 30 days | 2 weeks | 3 months | until 2026-12-31"},
    {OFFERS "    valid: 0 days\n", "rules.yaml:4:12: 'valid': '0 days'"},
    {OFFERS "    valid: 99999 days\n", "rules.yaml:4:12: 'valid': '99999 days'"},
    {OFFERS "    valid: 11 years\n", "rules.yaml:4:12: 'valid': '11 years'"},
    {OFFERS "    valid: until 2026-02-30\n", "rules.yaml:4:12: 'valid': 'until 2026-02-30'"},
    {OFFERS "    valid: 30 days or so\n", "rules.yaml:4:12: 'valid': '30 days or so'"},
    {OFFERS "    limit: 1 per day\n", "rules.yaml:4:12: 'limit' should be { customer: … }"},
    {OFFERS "    limit: { guest: 1 per day }\n", "rules.yaml:4:14: unknown or repeated key 'guest'; known here: customer, shop, till"},
    {OFFERS "    limit: { shop: 1 a day }\n", "rules.yaml:4:20: 'shop': '1 a day' is not understood; write it like 1 per day"},
    {OFFERS "    limit: { shop: 1 per hour }\n", "rules.yaml:4:20: 'shop': '1 per hour'"},
    {OFFERS "    limit: { shop: 1 day }\n", "rules.yaml:4:20: 'shop': '1 day'"},
    {OFFERS "    limit: { shop: -1 per day }\n", "rules.yaml:4:20: 'shop': '-1 per day'"},
    {OFFERS "    limit: { shop: 200 EUR per day }\n", "rules.yaml:4:20: '200 EUR' is not in the shop's currency; write it in RON"},
    {OFFERS "    limit: { shop: [] }\n", "rules.yaml:4:20: 'shop' should be 1 per day"},
    {OFFERS "    limit: { shop: 9.00 per day }\n", "rules.yaml:4:20: offer 'a' has a budget in money, but nothing says what one costs; write 20 per day"},
    {OFFERS "    value: { gift: tea }\n    limit: { shop: 9.00 per day }\n", "rules.yaml:5:20: offer 'a' has a budget in money, but nothing says what one costs; write cost: 4.00"},
    {OFFERS "    stock: 9.50 per day\n", "rules.yaml:4:12: 'stock': '9.50 per day' is not understood; write it like 40 per day"},
    /* rules */
    {OFFER "rules:\n  - give: gift\n", "rules.yaml:4:5: 'name' is missing here"},
    {OFFER "rules:\n  - name: r\n", "rules.yaml:4:5: 'give' is missing here"},
    {OFFER "rules:\n  - name: r\n    give: gifts\n", "rules.yaml:5:11: there is no offer 'gifts'; the offers are: gift"},
    {OFFER "rules:\n  - name: r\n    give: [gift, gold]\n", "rules.yaml:5:18: there is no offer 'gold'; the offers are: gift"},
    {OFFER "rules:\n  - name: r\n    give: []\n", "rules.yaml:5:11: 'give' should be sorry-wait | [sorry-wait, thank-you]"},
    {RULE "  - name: r\n    give: gift\n", "rules.yaml:6:11: the name 'r' stands already on line 4"},
    {RULE "    total: 5\n", "rules.yaml:6:5: unknown or repeated key 'total'; known here: chance, give, group, name, when"},
    {RULE "    chance: 5\n", "rules.yaml:6:13: 'chance': '5' is not understood; write it like 5%"},
    {RULE "    chance: 101%\n", "rules.yaml:6:13: 'chance': '101%'"},
    {RULE "    chance: 0.001%\n", "rules.yaml:6:13: 'chance': '0.001%'"},
    {RULE "    group: []\n", "rules.yaml:6:12: 'group' should be treats"},
    {RULE "    when:\n", "rules.yaml:6:5: 'when' should be { wait_minutes: \">= 10\" }"},
    {RULE "    when: always\n", "rules.yaml:6:11: 'when' should be { complaint: … }"},
    /* conditions: WHEN puts them at line 6, column 11 */
    {WHEN "{ wait: 10 }\n", "rules.yaml:6:13: unknown or repeated key 'wait'; known here: complaint, customer, dates, hours, incident, item, missed, payment, total, units, wait_minutes, weekday"},
    {WHEN "{ wait_minutes: }\n", "rules.yaml:6:13: 'wait_minutes' should be 10 | \">= 10\""},
    {WHEN "{ wait_minutes: ten }\n", "rules.yaml:6:27: 'wait_minutes': 'ten' is not understood; write it like 10 | \">= 10\""},
    {WHEN "{ wait_minutes: \"=> 10\" }\n", "rules.yaml:6:27: 'wait_minutes': '=> 10'"},
    {WHEN "{ wait_minutes: 20..10 }\n", "rules.yaml:6:27: 'wait_minutes': '20..10'"},
    {WHEN "{ wait_minutes: -1 }\n", "rules.yaml:6:27: 'wait_minutes': '-1'"},
    {WHEN "{ wait_minutes: 1.5 }\n", "rules.yaml:6:27: 'wait_minutes': '1.5'"},
    {RULE "    when:\n      wait_minutes: >= 10\n", "rules.yaml:7:21: a condition that begins with > needs quotes; write it like wait_minutes: \">= 10\""},
    {WHEN "{ wait_minutes: >= 10 }\n", "a condition that begins with > needs quotes"},
    {WHEN "{ total: \">= 500 EUR\" }\n", "rules.yaml:6:20: '500 EUR' is not in the shop's currency; write it in RON"},
    {WHEN "{ total: \">= 5.001\" }\n", "rules.yaml:6:20: 5.001 has more decimals than 0.00 allows"},
    {WHEN "{ units: \">= 1.2345678\" }\n", "rules.yaml:6:20: 'units': '>= 1.2345678' is not understood"},
    {WHEN "{ units: 999999999999999 }\n", "rules.yaml:6:20: 'units': '999999999999999'"},
    {WHEN "{ item: coffee }\n", "rules.yaml:6:19: 'item' should be { category: … }"},
    {WHEN "{ item: { quantity: 2 } }\n", "rules.yaml:6:19: 'item' should be { category: coffee"},
    {WHEN "{ item: { brand: x } }\n", "rules.yaml:6:21: unknown or repeated key 'brand'; known here: category, name, quantity, sku"},
    {WHEN "{ incident: [] }\n", "rules.yaml:6:23: 'incident' should be oven-down | any"},
    {WHEN "{ incident: [a, { b: c }] }\n", "rules.yaml:6:27: 'incident' should be oven-down | any"},
    {WHEN "{ customer: vip }\n", "rules.yaml:6:23: 'customer': 'vip' is not understood; write it like known | unknown | { visits: \">= 10\" }"},
    {WHEN "{ customer: { age: 5 } }\n", "rules.yaml:6:25: unknown or repeated key 'age'; known here: birthday, days_since_last_visit, family_birthday, first_visit, known, points, tags, visits"},
    {WHEN "{ customer: {} }\n", "rules.yaml:6:23: 'customer' should be known"},
    {WHEN "{ customer: { birthday: soon } }\n", "rules.yaml:6:35: 'birthday': 'soon' is not understood; write it like today | within 7 days"},
    {WHEN "{ customer: { birthday: within 999 days } }\n", "rules.yaml:6:35: 'birthday': 'within 999 days'"},
    {WHEN "{ customer: { first_visit: maybe } }\n", "rules.yaml:6:38: 'first_visit': 'maybe' is not understood; write it like yes | no"},
    {WHEN "{ weekday: fryday }\n", "rules.yaml:6:22: 'weekday': 'fryday' is not understood; write it like sat | mon-fri | [mon, wed-fri]"},
    {WHEN "{ weekday: [mon, sun-] }\n", "rules.yaml:6:28: 'weekday': 'sun-'"},
    {WHEN "{ hours: 18-20 }\n", "rules.yaml:6:20: 'hours': '18-20' is not understood; write it like 18:00-02:00"},
    {WHEN "{ hours: \"18:00-18:00\" }\n", "rules.yaml:6:20: 'hours': '18:00-18:00'"},
    {WHEN "{ hours: \"24:00-02:00\" }\n", "rules.yaml:6:20: 'hours': '24:00-02:00'"},
    {WHEN "{ hours: \"18:60-19:00\" }\n", "rules.yaml:6:20: 'hours': '18:60-19:00'"},
    {WHEN "{ dates: christmas }\n", "rules.yaml:6:20: 'dates': 'christmas' is not understood; write it like 12-24 | 2026-12-24"},
    {WHEN "{ dates: 02-30 }\n", "rules.yaml:6:20: 'dates': '02-30'"},
    {WHEN "{ dates: 2026-12-24..2026-12-01 }\n", "rules.yaml:6:20: 'dates': '2026-12-24..2026-12-01'"},
    {WHEN "{ dates: 12-24..2026-12-26 }\n", "rules.yaml:6:20: 'dates': '12-24..2026-12-26'"},
    {WHEN "{ dates: { from: 12-24 } }\n", "rules.yaml:6:20: 'dates' should be 12-24"},
    {WHEN "{ dates: { from: soon } }\n", "rules.yaml:6:28: 'from': 'soon' is not understood; write it like 2026-12-01 | 12-01"},
    {WHEN "{ dates: { since: 12-24 } }\n", "rules.yaml:6:22: unknown or repeated key 'since'; known here: from, to"},
};
/* clang-format on */

static void every_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct rules *rules;
        struct err err = {0};
        struct buf said;
        buf_init(&said, 0);
        if (rules_create(&rules, "rules.yaml", slice_str(mistakes[i].text), lei(), &err))
            fail_msg("accepted:\n%s", mistakes[i].text);
        assert_null(rules);
        assert_true(err.line > 0 && err.column > 0);
        assert_int_equal(err_exit(err.code), EXIT_BAD_INPUT);
        err_text(&err, LANG_EN, &said);
        if (!strstr(buf_cstr(&said), mistakes[i].said))
            fail_msg("%s\nsays %s\nnot  %s", mistakes[i].text, buf_cstr(&said), mistakes[i].said);
        buf_finish(&said);
    }
}

struct heard {
    struct buf problems, warnings;
};

static void hear(void *ctx, enum rules_severity severity, const struct err *what)
{
    struct heard *heard = ctx;
    struct buf *out = severity == RULES_PROBLEM ? &heard->problems : &heard->warnings;
    err_where(what, out);
    buf_printf(out, " %s\n", err_name(what->code));
}

static void assert_heard(const char *text, size_t n, const char *problems, const char *warnings)
{
    struct heard heard;
    buf_init(&heard.problems, 0);
    buf_init(&heard.warnings, 0);
    assert_int_equal(rules_check("r.yaml", slice_str(text), lei(), hear, &heard), n);
    assert_string_equal(buf_cstr(&heard.problems), problems);
    assert_string_equal(buf_cstr(&heard.warnings), warnings);
    buf_finish(&heard.problems);
    buf_finish(&heard.warnings);
}

static void check_tells_all_mistakes_at_once(void **state)
{
    (void)state;
    assert_heard("offers:\n"
                 "  - name: a\n"
                 "    value: { percent: many, at_most: lots }\n"
                 "    valid: long\n"
                 "  - name: b\n"
                 "    template: t\n"
                 "    colour: red\n"
                 "rules:\n"
                 "  - name: one\n"
                 "    give: [a, c]\n"
                 "    when: { total: 1.999, weekday: someday, wait: 3 }\n"
                 "    chance: often\n"
                 "  - give: b\n"
                 "per_sale: -1\n",
                 12,
                 "r.yaml:14:11 rule\n" /* the top of the file first, then offers, then rules */
                 "r.yaml:3:23 rule\n"
                 "r.yaml:3:38 rule_currency\n"
                 "r.yaml:4:12 rule\n"
                 "r.yaml:2:5 yaml_missing\n"
                 "r.yaml:7:5 yaml_key\n"
                 "r.yaml:10:15 rule_offer\n"
                 "r.yaml:11:20 decimals\n"
                 "r.yaml:11:36 rule\n"
                 "r.yaml:11:45 yaml_key\n"
                 "r.yaml:12:13 rule\n"
                 "r.yaml:13:5 yaml_missing\n",
                 "");
}

static void a_broken_offer_is_not_called_unknown_in_its_rules(void **state)
{
    (void)state;
    assert_heard("offers: [{ name: a, template: t, valid: x }]\nrules: [{ name: r, give: a }]\n", 1,
                 "r.yaml:1:41 rule\n", "");
}

static void warnings_do_not_keep_a_file_from_loading(void **state)
{
    (void)state;
    static const char text[] = "offers:\n"
                               "  - { name: a, template: t, value: { gift: tea } }\n"
                               "  - { name: b, template: t, value: { amount: 5 }, valid: today }\n"
                               "  - { name: note, template: t }\n"
                               "rules:\n"
                               "  - { name: r, give: [a, note], chance: 5% }\n";
    assert_heard(text, 0, "",
                 "r.yaml:2:13 rule_valid\n"
                 "r.yaml:2:13 rule_gift_cost\n"
                 "r.yaml:3:13 rule_unused\n"
                 "r.yaml:6:13 rule_limit\n");
    struct rules *rules;
    assert_true(rules_create(&rules, "r.yaml", slice_str(text), lei(), NULL));
    rules_destroy(rules);
}

static void an_empty_file_is_a_shop_that_gives_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "# nothing yet\n", "offers:\nrules:\n",
                                        "offers: []\nrules: []\n", "{}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct rules *rules;
        assert_true(rules_create(&rules, "r.yaml", slice_str(texts[i]), lei(), NULL));
        assert_int_equal(rules_offer_count(rules), 0);
        assert_int_equal(rules_rule_count(rules), 0);
        assert_int_equal(rules_per_sale(rules), 1);
        rules_destroy(rules);
    }
}

/* --- what is read --- */

static struct rules *must_load(const char *text)
{
    struct rules *rules;
    struct err err;
    if (!rules_create(&rules, "r.yaml", slice_str(text), lei(), &err)) {
        struct buf said;
        buf_init(&said, 0);
        err_text(&err, LANG_EN, &said);
        fail_msg("%s", buf_cstr(&said));
    }
    return rules;
}

static void an_offer_says_what_it_is_worth_and_costs_at_most(void **state)
{
    (void)state;
    struct rules *rules =
        must_load("offers:\n"
                  "  - { name: p, template: t, value: { percent: 12.5, at_most: 20 RON } }\n"
                  "  - { name: a, template: t, value: { amount: 5.5 } }\n"
                  "  - { name: g, template: t, value: { gift: cafea cu lapte, cost: 4 } }\n"
                  "  - { name: n, template: thank-you }\n");
    const struct offer *p = rules_offer(rules, SLICE_LITERAL("p"));
    assert_int_equal(p->value.kind, VALUE_PERCENT);
    assert_int_equal(p->value.percent_hundredths, 1250);
    assert_int_equal(p->value.at_most_minor, 2000);
    assert_int_equal(p->value.cost_minor, 2000);
    const struct offer *a = rules_offer_at(rules, 1);
    assert_int_equal(a->value.kind, VALUE_AMOUNT);
    assert_int_equal(a->value.amount_minor, 550);
    assert_int_equal(a->value.cost_minor, 550);
    const struct offer *g = rules_offer_at(rules, 2);
    assert_int_equal(g->value.kind, VALUE_GIFT);
    assert_true(slice_is(g->value.gift, "cafea cu lapte"));
    assert_int_equal(g->value.cost_minor, 400);
    const struct offer *n = rules_offer_at(rules, 3);
    assert_int_equal(n->value.kind, VALUE_NOTE);
    assert_string_equal((const char *)n->template.p, "thank-you");
    assert_int_equal(n->value.cost_minor, 0);
    assert_null(rules_offer(rules, SLICE_LITERAL("x")));
    assert_null(rules_offer(rules, SLICE_LITERAL("")));
    assert_null(rules_offer_at(rules, 4));
    struct buf names;
    buf_init(&names, 0);
    rules_offer_names(rules, &names);
    assert_string_equal(buf_cstr(&names), "p, a, g, n");
    buf_finish(&names);
    rules_destroy(rules);
}

static void a_point_or_a_currency_makes_a_limit_money(void **state)
{
    (void)state;
    static const struct limit expected[] = {
        {LIMIT_STOCK, LIMIT_PER_DAY, false, 40},    {LIMIT_STOCK, LIMIT_PER_EVER, false, 1000},
        {LIMIT_CUSTOMER, LIMIT_PER_DAY, false, 1},  {LIMIT_SHOP, LIMIT_PER_DAY, true, 20000},
        {LIMIT_SHOP, LIMIT_PER_WEEK, true, 100000}, {LIMIT_SHOP, LIMIT_PER_MONTH, true, 300000},
        {LIMIT_TILL, LIMIT_PER_SALE, false, 1},     {LIMIT_TILL, LIMIT_PER_EVER, false, 0},
    };
    struct rules *rules =
        must_load("offers:\n"
                  "  - name: a\n"
                  "    template: t\n"
                  "    value: { amount: 5 }\n"
                  "    stock: [40 per day, 1000 ever]\n"
                  "    limit:\n"
                  "      customer: 1 per day\n"
                  "      shop: [200.00 per day, 1000 RON per week, 3000RON per month]\n"
                  "      till: [1 per sale, 0 per ever]\n");
    const struct offer *a = rules_offer_at(rules, 0);
    assert_int_equal(a->n_limits, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < a->n_limits; i++) {
        assert_int_equal(a->limits[i].scope, expected[i].scope);
        assert_int_equal(a->limits[i].per, expected[i].per);
        assert_int_equal(a->limits[i].is_amount, expected[i].is_amount);
        assert_int_equal(a->limits[i].most, expected[i].most);
    }
    rules_destroy(rules);
}

static void the_last_day_counts_from_the_day_of_issue(void **state)
{
    (void)state;
    static const struct {
        const char *valid, *issued, *last;
        bool alive;
    } rows[] = {
        {"today", "2026-11-21", "2026-11-21", true},
        {"1 day", "2026-11-21", "2026-11-22", true},
        {"30 days", "2026-11-21", "2026-12-21", true},
        {"2 weeks", "2026-12-25", "2027-01-08", true},
        {"1 month", "2026-01-31", "2026-02-28", true},
        {"1 month", "2028-01-31", "2028-02-29", true},
        {"3 months", "2026-11-21", "2027-02-21", true},
        {"1 year", "2028-02-29", "2029-02-28", true},
        {"until 2026-12-31", "2026-11-21", "2026-12-31", true},
        {"until 2026-12-31", "2026-12-31", "2026-12-31", true},
        {"until 2026-12-31", "2027-01-01", "2026-12-31", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256], last[16];
        int32_t day, last_day;
        snprintf(text, sizeof text, "offers: [{ name: a, template: t, valid: %s }]", rows[i].valid);
        struct rules *rules = must_load(text);
        assert_true(day_parse(slice_str(rows[i].issued), &day));
        assert_int_equal(rules_valid_to(rules_offer_at(rules, 0), day, &last_day), rows[i].alive);
        day_text(last_day, last);
        assert_string_equal(last, rows[i].last);
        rules_destroy(rules);
    }
}

static void a_rule_keeps_its_place_name_group_and_chance(void **state)
{
    (void)state;
    struct rules *rules =
        must_load(RULE "    group: treats\n    chance: 0.25%\n    when: { units: 3 }\n");
    const struct rule *r = rules_rule_at(rules, 0);
    assert_true(slice_is(r->name, "r"));
    assert_true(slice_is(r->group, "treats"));
    assert_true(r->has_chance);
    assert_int_equal(r->chance_hundredths, 25);
    assert_int_equal(r->n_gives, 1);
    assert_ptr_equal(r->gives[0], rules_offer_at(rules, 0));
    assert_int_equal(r->line, 4);
    assert_int_equal(r->column, 11);
    assert_int_equal(r->n_conditions, 1);
    assert_null(rules_rule_at(rules, 1));
    rules_destroy(rules);
}

static void yen_have_no_decimals(void **state)
{
    (void)state;
    struct rules *rules;
    struct err err;
    const struct currency *yen = currency_find(SLICE_LITERAL("JPY"));
    static const char good[] = "offers: [{ name: a, template: t, value: { amount: 500 }, limit: { "
                               "shop: 9000 JPY per day } }]";
    static const char bad[] = "offers: [{ name: a, template: t, value: { amount: 5.50 } }]";
    assert_true(rules_create(&rules, "r", slice_str(good), yen, &err));
    assert_int_equal(rules_offer_at(rules, 0)->value.amount_minor, 500);
    assert_true(rules_offer_at(rules, 0)->limits[0].is_amount);
    assert_int_equal(rules_offer_at(rules, 0)->limits[0].most, 9000);
    rules_destroy(rules);
    assert_false(rules_create(&rules, "r", slice_str(bad), yen, &err));
    assert_int_equal(err.code, ERR_DECIMALS);
}

/* --- the owner's manual --- */

static void count_told(void *ctx, enum rules_severity severity, const struct err *what)
{
    struct buf said;
    (void)severity;
    buf_init(&said, 0);
    err_text(what, LANG_EN, &said);
    print_error("%s\n", buf_cstr(&said));
    buf_finish(&said);
    ++*(unsigned *)ctx;
}

static void every_example_of_the_manual_loads_without_a_word(void **state)
{
    (void)state;
    struct buf text, example;
    buf_init(&text, 1 << 20);
    buf_init(&example, 1 << 20);
    assert_true(buf_read_file(&text, SOURCE_DIR "/docs/rules.md"));
    struct slice rest = buf_slice(&text), line;
    unsigned examples = 0, told = 0;
    bool inside = false;
    while (take_line(&rest, &line)) {
        if (inside && slice_is(line, "```")) {
            rules_check("docs/rules.md", buf_slice(&example), lei(), count_told, &told);
            buf_reset(&example);
            examples++;
            inside = false;
        } else if (inside) {
            buf_slice_append(&example, line);
            buf_byte(&example, '\n');
        } else {
            inside = slice_is(line, "```yaml");
        }
    }
    assert_int_equal(told, 0);
    assert_int_equal(examples, 8);
    buf_finish(&text);
    buf_finish(&example);
}

/* --- hostile files --- */

static void expect_too_big(const char *head, const char *piece, size_t times, const char *tail)
{
    struct buf text;
    struct rules *rules;
    struct err err;
    buf_init(&text, 4 << 20);
    buf_str(&text, head);
    for (size_t i = 0; i < times; i++)
        buf_printf(&text, piece, i);
    buf_str(&text, tail);
    assert_false(text.full);
    assert_false(rules_create(&rules, "r.yaml", buf_slice(&text), lei(), &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    buf_finish(&text);
}

static void every_limit_of_a_file_is_told(void **state)
{
    (void)state;
    expect_too_big("offers:\n", " - { name: o%zu, template: t }\n", RULES_MAX_OFFERS + 1, "");
    expect_too_big(OFFER "rules:\n", " - { name: o%zu, give: gift }\n", RULES_MAX_RULES + 1, "");
    expect_too_big(WHEN "{ incident: [", "i%zu, ", RULES_MAX_LIST + 1, "] }");
    expect_too_big("offers: [{ name: a, template: t, limit: { shop: [", "%zu per day, ", 33,
                   "] } }]");
    expect_too_big("offers: [{ template: t, name: ", "%zu", 60, " }]");
    expect_too_big("# ", "%zu a comment that goes on\n# ", 60000, "");
}

static void a_file_at_its_limits_loads(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 0);
    buf_str(&text, "offers:\n");
    for (int i = 0; i < RULES_MAX_OFFERS; i++)
        buf_printf(&text, " - { name: o%d, template: t }\n", i);
    buf_str(&text, "rules:\n");
    for (int i = 0; i < RULES_MAX_RULES; i++)
        buf_printf(&text, " - { name: r%d, give: o%d, when: { incident: [a, b, c] } }\n", i,
                   i % RULES_MAX_OFFERS);
    struct rules *rules;
    assert_true(rules_create(&rules, "r.yaml", buf_slice(&text), lei(), NULL));
    assert_int_equal(rules_offer_count(rules), RULES_MAX_OFFERS);
    assert_int_equal(rules_rule_count(rules), RULES_MAX_RULES);
    rules_destroy(rules);
    buf_finish(&text);
}

static void a_name_is_cleaned_for_paper(void **state)
{
    (void)state;
    struct rules *rules = must_load("offers: [{ name: \"a\\tb\\x1bc\", template: t }]");
    assert_true(slice_is(rules_offer_at(rules, 0)->name, "a b c"));
    rules_destroy(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_is_told_with_its_place),
        cmocka_unit_test(check_tells_all_mistakes_at_once),
        cmocka_unit_test(a_broken_offer_is_not_called_unknown_in_its_rules),
        cmocka_unit_test(warnings_do_not_keep_a_file_from_loading),
        cmocka_unit_test(an_empty_file_is_a_shop_that_gives_nothing),
        cmocka_unit_test(an_offer_says_what_it_is_worth_and_costs_at_most),
        cmocka_unit_test(a_point_or_a_currency_makes_a_limit_money),
        cmocka_unit_test(the_last_day_counts_from_the_day_of_issue),
        cmocka_unit_test(a_rule_keeps_its_place_name_group_and_chance),
        cmocka_unit_test(yen_have_no_decimals),
        cmocka_unit_test(every_example_of_the_manual_loads_without_a_word),
        cmocka_unit_test(every_limit_of_a_file_is_told),
        cmocka_unit_test(a_file_at_its_limits_loads),
        cmocka_unit_test(a_name_is_cleaned_for_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
