/* A voucher outside the rules: the cashier's "sorry for the wait". */
#include "shop/house.h"

#include <stdio.h>

struct giving {
    struct shop *shop;
    const struct offer *offer;
    const struct shop_who *who;
    struct slice sale_id, customer;
    struct arena *arena;
    struct voucher_answer *answer;
    struct ledger_sale sale; /* where sale_id names one */
    struct ledger_act act;
    struct buf document;
};

static bool find_offer(struct giving *g, struct slice name, struct err *err)
{
    struct buf names;
    char wanted[ERR_ARG_BYTES];
    if (!g->shop->rules) {
        *err = g->shop->rules_err;
        return false;
    }
    g->offer = rules_offer(g->shop->rules, name);
    if (g->offer)
        return true;
    buf_init(&names, (size_t)ERR_ARG_BYTES * 2);
    rules_offer_names(g->shop->rules, &names);
    slice_cstr(name, wanted, sizeof wanted);
    const char *there = buf_cstr(&names);
    FAIL(err, ERR_OFFER_UNKNOWN, wanted, there && *there ? there : "-");
    buf_finish(&names);
    return false;
}

/* The limits of the offer, or ERR_LIMIT in words. */
static bool take_limits(struct giving *g, struct ledger_taken *taken, struct err *err)
{
    struct ledger_scope scope = {
        .offer = g->offer->name,
        .customer = g->customer,
        .till = g->act.till,
        .sale = g->sale_id.n ? &g->sale.key : NULL,
        .day = g->act.day,
        .cost_minor = g->offer->value.cost_minor,
    };
    struct ledger_refusal refusal;
    bool allowed;
    if (!ledger_take(g->shop->ledger, &scope, g->offer->limits, g->offer->n_limits, &g->shop->work,
                     taken, &allowed, &refusal, err))
        return false;
    return allowed || err_fail_slice(err, ERR_LIMIT,
                                     limit_words(g->shop, &g->offer->limits[refusal.limit],
                                                 &refusal, &g->shop->work));
}

/* An offer until a day that is over. */
static bool say_ended(const struct giving *g, int32_t last_day, struct err *err)
{
    char day[16], text[ERR_ARG_BYTES];
    struct buf words;
    const struct rules_reason ended = {.code = REASON_ENDED,
                                       .fact = g->offer->name,
                                       .had = slice_of(day, day_text(last_day, day))};
    buf_init(&words, sizeof text);
    rules_reason_text(&ended, g->shop->config.lang, &words);
    slice_cstr(buf_slice(&words), text, sizeof text);
    buf_finish(&words);
    return FAIL(err, ERR_LIMIT, text);
}

static bool give_new(struct giving *g, struct paper_job *job, struct err *err)
{
    struct ledger_taken taken = {.n = 0};
    struct voucher_order order = {
        .offer = g->offer, .reason = g->act.reason, .customer = g->customer};
    if (!rules_valid_to(g->offer, g->act.day, &order.valid_to_day))
        return say_ended(g, order.valid_to_day, err);
    if (g->sale_id.n)
        order.sale_key = &g->sale.key;
    uint8_t unique[16];
    char key[2 * sizeof unique + 1];
    g->shop->env->random(g->shop->env->ctx, unique, sizeof unique);
    for (size_t i = 0; i < sizeof unique; i++)
        snprintf(key + 2 * i, 3, "%02x", unique[i]);
    order.job = arena_printf(&g->shop->work, "give/%s", key);
    return (order.job.p || shop_full(err)) && take_limits(g, &taken, err) &&
           voucher_give(g->shop, &g->act, &order, &taken, &g->document, g->answer, g->arena, err) &&
           paper_add(job, order.job, "voucher", g->act.till, buf_slice(&g->document), false, err);
}

/* The same request again: the same voucher, and its paper as it stands. */
static bool give_again(struct giving *g, struct paper_job *job, const struct voucher_code *code,
                       struct err *err)
{
    struct ledger_voucher row;
    return ledger_find(g->shop->ledger, code, g->act.day, &g->shop->work, &row, err) &&
           voucher_answer_of(g->shop, &row, g->arena, g->answer, err) &&
           paper_find(job, row.job, err);
}

static bool in_transaction(struct giving *g, struct paper_job *job, struct err *err)
{
    struct voucher_code code;
    bool found = false;
    struct shop *shop = g->shop;
    if (!shop_staff_act(shop, g->who, &g->act, err) ||
        !shop_text(shop, "sale", g->sale_id, &g->sale_id, err) ||
        !shop_text(shop, "customer", g->customer, &g->customer, err))
        return false;
    if (g->sale_id.n &&
        !ledger_sale_find(shop->ledger, g->act.till, g->sale_id, &shop->work, &g->sale, err))
        return false;
    if (g->sale_id.n && !g->customer.n) /* whose sale it was, he is given it */
        g->customer = g->sale.customer;
    if (g->act.request.n &&
        !ledger_given(shop->ledger, g->act.request, g->offer->name, &code, &found, err))
        return false;
    return found ? give_again(g, job, &code, err) : give_new(g, job, err);
}

bool shop_give(struct shop *shop, struct slice offer, struct slice sale_id, struct slice customer,
               const struct shop_who *who, const struct shop_printing *printing,
               struct arena *arena, struct voucher_answer *answer, struct job_answer *job,
               struct err *err)
{
    struct paper_job paper;
    struct giving g = {.shop = shop,
                       .who = who,
                       .sale_id = sale_id,
                       .customer = customer,
                       .arena = arena,
                       .answer = answer};
    arena_reset(&shop->work, 0);
    buf_init(&g.document, DOCUMENT_MAX_BYTES);
    if (!find_offer(&g, offer, err))
        return false;
    bool ok = paper_begin(shop, printing, who->till, &paper, err) && store_begin(shop->store, err);
    ok = ok && in_transaction(&g, &paper, err) && store_commit(shop->store, err);
    if (!ok)
        store_rollback(shop->store);
    if (ok)
        paper_finish(&paper, job);
    paper_end(&paper);
    buf_finish(&g.document);
    return ok;
}
