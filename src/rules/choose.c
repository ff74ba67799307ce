/* From what rules would give to what is given: groups, per_sale, and lists of offers. The shop says
 * whether a limit allows. */
#include "rules/inside.h"

bool rules_choose(struct rules_chooser *chooser, const struct rules_decision *decision,
                  struct arena *arena, struct err *err)
{
    struct rules_outcome *outcomes = ARENA_ARRAY(arena, decision->n_verdicts, struct rules_outcome);
    if (!outcomes)
        return FAIL(err, ERR_TOO_BIG, "rules", "memory");
    for (size_t i = 0; i < decision->n_verdicts; i++)
        outcomes[i].kind = decision->verdicts[i].gives ? OUTCOME_WAITING : OUTCOME_NO;
    *chooser = (struct rules_chooser){.decision = decision, .arena = arena, .outcomes = outcomes};
    return true;
}

/* The rule that already gave from this one's group, or NULL. */
static const struct rule *group_giver(const struct rules_chooser *chooser, const struct rule *rule)
{
    for (size_t i = 0; i < chooser->rule && rule->group.n; i++) {
        const struct rule *other = chooser->decision->verdicts[i].rule;
        if (chooser->outcomes[i].kind == OUTCOME_GIVEN && slice_equal(other->group, rule->group))
            return other;
    }
    return NULL;
}

static bool is_voucher(const struct offer *offer)
{
    return offer->value.kind != VALUE_NOTE;
}

/* True when the offer at hand can be tried; else its reason is noted. */
static bool can_try(struct rules_chooser *chooser, const struct offer *offer,
                    struct rules_outcome *outcome)
{
    unsigned per_sale = chooser->decision->rules->per_sale;
    int32_t last_day;
    if (!rules_valid_to(offer, chooser->decision->issue_day, &last_day)) {
        offer_ended(offer, last_day, chooser->arena, &outcome->reason);
        return false;
    }
    if (is_voucher(offer) && chooser->given >= per_sale) {
        outcome->reason = (struct rules_reason){
            .code = REASON_PER_SALE,
            .fact = offer->name,
            .asked = arena_printf(chooser->arena, "%u", per_sale),
        };
        return false;
    }
    return true;
}

static void next_rule(struct rules_chooser *chooser)
{
    chooser->rule++;
    chooser->option = 0;
}

/* Goes on in the list of the rule at hand; false, and the rule is done with, when nothing of it can
 * be tried. */
static bool next_option(struct rules_chooser *chooser, struct rules_candidate *out)
{
    const struct rule *rule = chooser->decision->verdicts[chooser->rule].rule;
    struct rules_outcome *outcome = &chooser->outcomes[chooser->rule];
    const struct rule *giver = group_giver(chooser, rule);
    if (giver) {
        outcome->reason =
            (struct rules_reason){.code = REASON_GROUP, .had = giver->name, .asked = rule->group};
        chooser->option = rule->n_gives;
    }
    for (; chooser->option < rule->n_gives; chooser->option++) {
        const struct offer *offer = rule->gives[chooser->option];
        if (!can_try(chooser, offer, outcome))
            continue;
        *out = (struct rules_candidate){chooser->rule, rule, offer};
        chooser->open = true;
        return true;
    }
    outcome->kind = OUTCOME_KEPT;
    return false;
}

bool rules_next_candidate(struct rules_chooser *chooser, struct rules_candidate *out)
{
    if (chooser->open)
        rules_answer(chooser, false);
    for (; chooser->rule < chooser->decision->n_verdicts; next_rule(chooser)) {
        if (chooser->outcomes[chooser->rule].kind == OUTCOME_WAITING && next_option(chooser, out))
            return true;
    }
    return false;
}

void rules_answer(struct rules_chooser *chooser, bool given)
{
    if (!chooser->open)
        return;
    struct rules_outcome *outcome = &chooser->outcomes[chooser->rule];
    const struct offer *offer =
        chooser->decision->verdicts[chooser->rule].rule->gives[chooser->option];
    chooser->open = false;
    outcome->offer = offer;
    if (!given) {
        outcome->reason = (struct rules_reason){.code = REASON_LIMIT, .fact = offer->name};
        chooser->option++;
        return;
    }
    outcome->kind = OUTCOME_GIVEN;
    outcome->reason = (struct rules_reason){0};
    chooser->given += is_voucher(offer);
    next_rule(chooser);
}
