/* Deciding: every rule gets a verdict, in the order of the file. */
#include <sodium.h>

#include "rules/inside.h"

/* A number from 0 to 9999 that follows from the shop's secret, the sale and the rule's name:
 * BLAKE2b keyed with the shop's secret over (length of the sale's key, the sale's key, the rule's
 * name): nobody outside can tell which sale wins, and the shop can show afterwards that it did not
 * choose. libsodium's generic hash needs no sodium_init(). */
static uint32_t draw(const struct rules_seed *seed, struct slice rule_name)
{
    static const uint8_t what[16] = "bonbon chance 1";
    uint8_t length[8], hash[crypto_generichash_BYTES_MIN];
    crypto_generichash_state state;
    for (unsigned i = 0; i < sizeof length; i++)
        length[i] = (uint8_t)((uint64_t)seed->sale_key.n >> (8 * i));
    crypto_generichash_init(&state, seed->key, sizeof seed->key, sizeof hash);
    crypto_generichash_update(&state, what, sizeof what);
    crypto_generichash_update(&state, length, sizeof length);
    crypto_generichash_update(&state, seed->sale_key.p, seed->sale_key.n);
    crypto_generichash_update(&state, rule_name.p, rule_name.n);
    crypto_generichash_final(&state, hash, sizeof hash);
    uint32_t drawn = 0;
    for (unsigned i = 0; i < 4; i++)
        drawn |= (uint32_t)hash[i] << (8 * i);
    /* 2^32 is no multiple of 10000; what one number is more likely than another by is under 3 in a
     * million. */
    return (uint32_t)((uint64_t)drawn * 10000 >> 32);
}

/* As an owner writes it: 5, 0.5, 92.76. */
static struct slice percent_text(const struct facts *facts, uint32_t hundredths)
{
    char text[32];
    struct decimal percent = {hundredths, 2};
    while (percent.scale && percent.units % 10 == 0) {
        percent.units /= 10;
        percent.scale--;
    }
    size_t n = decimal_plain(percent, text);
    struct slice copy = arena_copy(facts->arena, slice_of(text, n));
    *facts->full |= copy.p == NULL;
    return copy;
}

static void test_chance(const struct rule *rule, const struct facts *facts,
                        const struct rules_seed *seed, struct rules_reason *r)
{
    uint32_t drawn = draw(seed, rule->name);
    *r = (struct rules_reason){
        .code = REASON_CHANCE,
        .met = drawn < rule->chance_hundredths,
        .fact = rule->name,
        .had = percent_text(facts, drawn),
        .asked = percent_text(facts, rule->chance_hundredths),
    };
}

void offer_ended(const struct offer *offer, int32_t last_day, struct arena *arena,
                 struct rules_reason *r)
{
    char text[16];
    size_t n = day_text(last_day, text);
    *r = (struct rules_reason){
        .code = REASON_ENDED,
        .fact = offer->name,
        .had = arena_copy(arena, slice_of(text, n)),
        .asked = SLICE(""),
    };
}

/* False when every offer of the rule is over; r is then the reason. */
static bool any_alive(const struct rule *rule, int32_t issue_day, struct arena *arena,
                      struct rules_reason *r)
{
    int32_t last_day = 0;
    for (size_t i = 0; i < rule->n_gives; i++) {
        if (rules_valid_to(rule->gives[i], issue_day, &last_day))
            return true;
    }
    offer_ended(rule->gives[rule->n_gives - 1], last_day, arena, r);
    return false;
}

static bool decide_rule(const struct rule *rule, const struct facts *facts,
                        const struct rules_seed *seed, struct rules_verdict *out)
{
    /* Every condition, chance, and the offers' end or "always". */
    struct rules_reason *reasons =
        ARENA_ARRAY(facts->arena, rule->n_conditions + 2, struct rules_reason);
    if (!reasons)
        return false;
    size_t n = 0;
    bool gives = true;
    for (size_t i = 0; i < rule->n_conditions && gives; i++) {
        condition_test(&rule->conditions[i], facts, &reasons[n]);
        gives = reasons[n++].met;
    }
    if (gives && rule->has_chance) {
        test_chance(rule, facts, seed, &reasons[n]);
        gives = reasons[n++].met;
    }
    if (gives && !any_alive(rule, facts->moment->issue_day, facts->arena, &reasons[n])) {
        gives = false;
        *facts->full |= reasons[n++].had.p == NULL;
    }
    if (n == 0)
        reasons[n++] = (struct rules_reason){.code = REASON_ALWAYS, .met = true};
    *out = (struct rules_verdict){.rule = rule, .gives = gives, .reasons = reasons, .n_reasons = n};
    return true;
}

static bool refuse_return(const struct rule *rule, struct arena *arena, struct rules_verdict *out)
{
    struct rules_reason *reason = ARENA_NEW(arena, struct rules_reason);
    if (!reason)
        return false;
    reason->code = REASON_RETURN;
    *out = (struct rules_verdict){.rule = rule, .reasons = reason, .n_reasons = 1};
    return true;
}

bool rules_decide(const struct rules *rules, const struct sale *sale,
                  const struct rules_moment *moment, const struct rules_seed *seed,
                  struct arena *arena, struct rules_decision *out, struct err *err)
{
    static const enum rules_decision_kind kinds[] = {
        [SALE_SALE] = RULES_SALE,
        [SALE_RETURN] = RULES_RETURN,
        [SALE_TRAINING] = RULES_TRAINING,
    };
    bool full = false;
    struct facts facts = {sale, moment, rules->currency, arena, &full};
    struct rules_verdict *verdicts = ARENA_ARRAY(arena, rules->n_rules, struct rules_verdict);
    bool ok = verdicts != NULL;
    for (size_t i = 0; i < rules->n_rules && ok; i++) {
        const struct rule *rule = &rules->rules[i];
        ok = sale->kind == SALE_RETURN ? refuse_return(rule, arena, &verdicts[i])
                                       : decide_rule(rule, &facts, seed, &verdicts[i]);
    }
    if (!ok || full)
        return FAIL(err, ERR_TOO_BIG, "rules", "memory");
    *out = (struct rules_decision){
        .kind = kinds[sale->kind],
        .rules = rules,
        .issue_day = moment->issue_day,
        .verdicts = verdicts,
        .n_verdicts = rules->n_rules,
    };
    return true;
}
