/* Groups, per_sale and lists of offers, without a ledger: the test plays the shop that allows or
 * refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rules/rules.h"

#define OFFERS                                                                                     \
    "offers:\n"                                                                                    \
    "  - { name: a, template: t, valid: today, value: { amount: 1 } }\n"                           \
    "  - { name: b, template: t, valid: today, value: { amount: 2 } }\n"                           \
    "  - { name: c, template: t, valid: today, value: { amount: 3 } }\n"                           \
    "  - { name: old, template: t, valid: until 2026-11-20, value: { amount: 4 } }\n"              \
    "  - { name: note, template: t }\n"

/* 2026-11-21, a Saturday, at 14:03. */
static struct rules_moment saturday(void)
{
    int32_t day;
    assert_true(day_parse(SLICE_LITERAL("2026-11-21"), &day));
    return (struct rules_moment){
        .business_day = day, .issue_day = day, .local = {.hour = 14, .minute = 3}};
}

/* Runs a choice in which the shop refuses the offers named in `refused`; writes "rule:offer " for
 * each candidate ("!" before a refused one), then the outcomes in order. */
static void run(const char *rules_text, const char *refused, const char *tried,
                const char *outcomes)
{
    static const char *const kinds[] = {[OUTCOME_NO] = "no",
                                        [OUTCOME_WAITING] = "waiting",
                                        [OUTCOME_GIVEN] = "given",
                                        [OUTCOME_KEPT] = "kept"};
    char text[2048];
    struct rules *rules;
    struct arena arena;
    struct buf seen, became;
    buf_init(&seen, 0);
    buf_init(&became, 0);
    snprintf(text, sizeof text, OFFERS "%s", rules_text);
    assert_true(
        rules_create(&rules, "r.yaml", slice_str(text), currency_find(SLICE_LITERAL("RON")), NULL));
    assert_true(arena_init(&arena, 1 << 20));
    struct sale sale = {.currency = currency_find(SLICE_LITERAL("RON")), .total_minor = 100};
    struct rules_moment moment = saturday();
    struct rules_seed seed = {.sale_key = SLICE("1")};
    struct rules_decision decision;
    struct rules_chooser chooser;
    struct rules_candidate candidate;
    assert_true(rules_decide(rules, &sale, &moment, &seed, &arena, &decision, NULL));
    assert_true(rules_choose(&chooser, &decision, &arena, NULL));
    while (rules_next_candidate(&chooser, &candidate)) {
        bool no = strstr(refused, (const char *)candidate.offer->name.p) != NULL;
        assert_ptr_equal(candidate.rule, rules_rule_at(rules, candidate.index));
        buf_printf(&seen, "%s%s:%s ", no ? "!" : "", candidate.rule->name.p,
                   candidate.offer->name.p);
        rules_answer(&chooser, !no);
    }
    for (size_t i = 0; i < decision.n_verdicts; i++) {
        const struct rules_outcome *o = &chooser.outcomes[i];
        buf_printf(&became, "%s %s", decision.verdicts[i].rule->name.p, kinds[o->kind]);
        if (o->kind == OUTCOME_GIVEN)
            buf_printf(&became, " %s", o->offer->name.p);
        if (o->kind == OUTCOME_KEPT) {
            buf_str(&became, ", ");
            rules_reason_text(&o->reason, LANG_EN, &became);
        }
        buf_str(&became, "\n");
    }
    assert_string_equal(buf_cstr(&seen), tried);
    assert_string_equal(buf_cstr(&became), outcomes);
    buf_finish(&seen);
    buf_finish(&became);
    arena_finish(&arena);
    rules_destroy(rules);
}

#define FULL "kept, the sale already has as many vouchers as per_sale allows "

static void one_voucher_a_sale_unless_said_otherwise(void **state)
{
    (void)state;
    run("rules: [{ name: 1, give: a }, { name: 2, give: b }]", "", "1:a ",
        "1 given a\n2 " FULL "(1)\n");
    run("per_sale: 2\nrules: [{ name: 1, give: a }, { name: 2, give: b }, { name: 3, give: c }]",
        "", "1:a 2:b ", "1 given a\n2 given b\n3 " FULL "(2)\n");
    run("per_sale: 0\nrules: [{ name: 1, give: a }]", "", "", "1 " FULL "(0)\n");
}

static void a_refused_voucher_leaves_its_place_to_the_next(void **state)
{
    (void)state;
    run("rules: [{ name: 1, give: a }, { name: 2, give: b }]", "a", "!1:a 2:b ",
        "1 kept, a limit of offer a is reached\n2 given b\n");
}

static void of_a_list_the_first_allowed_is_given(void **state)
{
    (void)state;
    run("rules: [{ name: 1, give: [a, b, c] }]", "", "1:a ", "1 given a\n");
    run("rules: [{ name: 1, give: [a, b, c] }]", "ab", "!1:a !1:b 1:c ", "1 given c\n");
    run("rules: [{ name: 1, give: [a, b] }]", "ab", "!1:a !1:b ",
        "1 kept, a limit of offer b is reached\n");
}

static void of_a_group_the_first_allowed_is_given(void **state)
{
    (void)state;
    static const char text[] = "per_sale: 9\nrules:\n"
                               "  - { name: 1, give: a, group: g }\n"
                               "  - { name: 2, give: b }\n"
                               "  - { name: 3, give: c, group: g }\n"
                               "  - { name: 4, give: c, group: h }\n";
    run(text, "", "1:a 2:b 4:c ",
        "1 given a\n2 given b\n3 kept, rule 1 already gave from group g\n4 given c\n");
    run(text, "a", "!1:a 2:b 3:c 4:c ",
        "1 kept, a limit of offer a is reached\n2 given b\n3 given c\n4 given c\n");
}

static void a_note_never_stands_in_the_way_of_a_voucher(void **state)
{
    (void)state;
    run("rules: [{ name: 1, give: note }, { name: 2, give: a }, { name: 3, give: note }]", "",
        "1:note 2:a 3:note ", "1 given note\n2 given a\n3 given note\n");
    /* a full sale still takes the note of a list */
    run("rules: [{ name: 1, give: a }, { name: 2, give: [b, note] }]", "", "1:a 2:note ",
        "1 given a\n2 given note\n");
    run("rules: [{ name: 1, give: note, group: g }, { name: 2, give: a, group: g }]", "", "1:note ",
        "1 given note\n2 kept, rule 1 already gave from group g\n");
}

static void a_rule_that_does_not_hold_is_not_tried(void **state)
{
    (void)state;
    run("rules: [{ name: 1, give: a, when: { total: 9 } }, { name: 2, give: b }]", "", "2:b ",
        "1 no\n2 given b\n");
}

static void an_offer_that_has_ended_is_not_tried(void **state)
{
    (void)state;
    run("rules: [{ name: 1, give: old }, { name: 2, give: [old, a] }, { name: 3, give: [b, old] }]",
        "", "2:a ", "1 no\n2 given a\n3 kept, offer old ended on 2026-11-20\n");
}

static void a_candidate_without_an_answer_was_not_given(void **state)
{
    (void)state;
    struct rules *rules;
    struct arena arena;
    static const char text[] = OFFERS "rules: [{ name: 1, give: [a, b] }]";
    assert_true(
        rules_create(&rules, "r.yaml", slice_str(text), currency_find(SLICE_LITERAL("RON")), NULL));
    assert_true(arena_init(&arena, 1 << 20));
    struct sale sale = {.currency = currency_find(SLICE_LITERAL("RON"))};
    struct rules_moment moment = saturday();
    struct rules_seed seed = {.sale_key = SLICE("1")};
    struct rules_decision decision;
    struct rules_chooser chooser;
    struct rules_candidate candidate;
    assert_true(rules_decide(rules, &sale, &moment, &seed, &arena, &decision, NULL));
    assert_true(rules_choose(&chooser, &decision, &arena, NULL));
    rules_answer(&chooser, true); /* nothing was asked yet */
    assert_int_equal(chooser.outcomes[0].kind, OUTCOME_WAITING);
    assert_true(rules_next_candidate(&chooser, &candidate));
    assert_true(rules_next_candidate(&chooser, &candidate));
    assert_true(slice_is(candidate.offer->name, "b"));
    assert_false(rules_next_candidate(&chooser, &candidate));
    assert_int_equal(chooser.outcomes[0].kind, OUTCOME_KEPT);
    assert_int_equal(chooser.given, 0);
    arena_finish(&arena);
    rules_destroy(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_voucher_a_sale_unless_said_otherwise),
        cmocka_unit_test(a_refused_voucher_leaves_its_place_to_the_next),
        cmocka_unit_test(of_a_list_the_first_allowed_is_given),
        cmocka_unit_test(of_a_group_the_first_allowed_is_given),
        cmocka_unit_test(a_note_never_stands_in_the_way_of_a_voucher),
        cmocka_unit_test(a_rule_that_does_not_hold_is_not_tried),
        cmocka_unit_test(an_offer_that_has_ended_is_not_tried),
        cmocka_unit_test(a_candidate_without_an_answer_was_not_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
