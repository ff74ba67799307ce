/* Why a sale is given what it is given: each rule with its reason, limits as they stand now. Writes
 * nothing. */
#include "shop/house.h"

#include <errno.h>
#include <stdio.h>

enum { EXPLAIN_WHY_BYTES = 4096, RULES_TEXT_BYTES = 1 << 20 };

struct explaining {
    struct shop *shop;
    struct sale sale;
    struct arena *arena;
    struct ledger_sale_key key;
    int32_t today;
    struct slice *limits; /* by rule: what a limit said, in words */
};

static bool decide(struct explaining *x, struct rules_decision *decision, struct err *err)
{
    struct shop *shop = x->shop;
    struct rules_moment moment = {.business_day = x->key.day, .issue_day = x->today};
    struct rules_seed seed = {.sale_key = sale_key_text(shop, &x->key, "")};
    zone_civil(shop->zone, x->sale.time_s, &moment.local);
    memcpy(seed.key, shop->chance_key, sizeof seed.key);
    return rules_decide(shop->rules, &x->sale, &moment, &seed, &shop->work, decision, err);
}

static bool peek(struct explaining *x, const struct rules_candidate *candidate, bool *allowed,
                 struct err *err)
{
    struct ledger_refusal refusal;
    const struct offer *offer = candidate->offer;
    const struct ledger_scope scope = {
        .offer = offer->name,
        .customer = x->sale.customer.known ? x->sale.customer.id : (struct slice){0},
        .till = x->key.till,
        .sale = &x->key,
        .day = x->today,
        .cost_minor = offer->value.cost_minor,
    };
    if (!ledger_peek(x->shop->ledger, &scope, offer->limits, offer->n_limits, &x->shop->work,
                     allowed, &refusal, err))
        return false;
    if (!*allowed)
        x->limits[candidate->index] =
            limit_words(x->shop, &offer->limits[refusal.limit], &refusal, x->arena);
    return true;
}

static struct slice why(struct explaining *x, const struct rules_verdict *verdict,
                        const struct rules_outcome *outcome, struct slice limit)
{
    struct buf text;
    buf_init(&text, EXPLAIN_WHY_BYTES);
    if (outcome->kind == OUTCOME_KEPT && limit.n)
        buf_slice_append(&text, limit);
    else if (outcome->kind == OUTCOME_KEPT)
        rules_reason_text(&outcome->reason, x->shop->config.lang, &text);
    else
        rules_verdict_text(verdict, x->shop->config.lang, &text);
    struct slice kept = arena_copy(x->arena, buf_slice(&text));
    buf_finish(&text);
    return kept;
}

static bool explain(struct explaining *x, struct shop_explained **rules, size_t *n, struct err *err)
{
    struct rules_decision decision;
    struct rules_chooser chooser;
    struct rules_candidate candidate;
    struct shop *shop = x->shop;
    if (!decide(x, &decision, err) || !rules_choose(&chooser, &decision, &shop->work, err))
        return false;
    x->limits = ARENA_ARRAY(x->arena, decision.n_verdicts + 1, struct slice);
    *rules = ARENA_ARRAY(x->arena, decision.n_verdicts + 1, struct shop_explained);
    if (!x->limits || !*rules)
        return shop_full(err);
    while (rules_next_candidate(&chooser, &candidate)) {
        bool allowed;
        if (!peek(x, &candidate, &allowed, err))
            return false;
        rules_answer(&chooser, allowed);
    }
    for (size_t i = 0; i < decision.n_verdicts; i++) {
        const struct rules_outcome *outcome = &chooser.outcomes[i];
        struct shop_explained *out = &(*rules)[i];
        out->rule = decision.verdicts[i].rule->name;
        out->gives = outcome->kind == OUTCOME_GIVEN;
        if (out->gives)
            out->offer = outcome->offer->name;
        out->why = why(x, &decision.verdicts[i], outcome, x->limits[i]);
    }
    *n = decision.n_verdicts;
    return true;
}

bool shop_explain(struct shop *shop, const struct sale *sale, const struct shop_service *service,
                  struct arena *arena, struct shop_explained **rules, size_t *n, struct err *err)
{
    struct explaining x = {.shop = shop, .sale = *sale, .arena = arena};
    int64_t now_s;
    arena_reset(&shop->work, 0);
    if (!sale_override(shop, &x.sale, service, err))
        return false;
    x.key = sale_key_of(shop, sale);
    if (!shop->rules) {
        *err = shop->rules_err;
        return false;
    }
    if (!ledger_now(shop->ledger, &now_s, err))
        return false;
    x.today = business_day(shop->zone, now_s, shop->config.day_start_min);
    return explain(&x, rules, n, err);
}

/* A template that is missing or broken keeps no voucher from being printed, by the gallery's, but
 * it is not what the owner meant. */
static void check_templates(struct shop *shop, rules_report *report, void *ctx)
{
    for (size_t i = 0; i < rules_offer_count(shop->rules); i++) {
        const struct offer *offer = rules_offer_at(shop->rules, i);
        struct template *template;
        struct err what = {0};
        if (templates_get(shop->templates, offer->template, &template, &what))
            continue;
        if (!what.file[0])
            err_at(&what, "rules.yaml", offer->line, offer->column);
        report(ctx, RULES_WARNING, &what);
    }
}

bool shop_check_rules(struct shop *shop, rules_report *report, void *ctx, size_t *problems,
                      struct err *err)
{
    struct buf text;
    char path[4096];
    buf_init(&text, RULES_TEXT_BYTES);
    snprintf(path, sizeof path, "%s/rules.yaml", shop->dir);
    bool ok = buf_read_file(&text, path) || FAIL(err, ERR_FILE_OPEN, path, strerror(errno));
    if (ok)
        *problems = rules_check("rules.yaml", buf_slice(&text), shop->config.currency, report, ctx);
    if (ok && shop->rules)
        check_templates(shop, report, ctx);
    buf_finish(&text);
    return ok;
}
