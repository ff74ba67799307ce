/* The main job: a sale is recorded with what it redeems and what it is given, and printed. One
 * transaction, one durable commit. */
#include "shop/house.h"

#include "base/utf8.h"

#include <stdio.h>

enum { MAX_REDEEMED_BYTES = 8 << 20, MAX_CODE_ECHO_BYTES = 200 };

/* One call under way. */
struct selling {
    struct shop *shop;
    struct sale sale; /* with the overrides of the call */
    struct arena *arena;
    struct ledger_sale_key key;
    struct slice job_key;
    struct ledger_act act;
    struct buf document, redeemed;
    struct redeemed_answer *taken; /* one for each of sale.redeem */
    struct voucher_answer *vouchers;
    size_t n_vouchers;
    bool dry; /* nothing is recorded: a dry run, or training */
};

struct ledger_sale_key sale_key_of(const struct shop *shop, const struct sale *sale)
{
    return (struct ledger_sale_key){
        .till = sale->till,
        .id = sale->id,
        .day = business_day(shop->zone, sale->time_s, shop->config.day_start_min),
    };
}

/* A till's name with a slash in it is told apart from one that ends there. */
static struct slice escaped(struct shop *shop, struct slice till)
{
    if (slice_find(till, '/') == till.n && slice_find(till, '%') == till.n)
        return till;
    uint8_t *at = arena_alloc(&shop->work, 3 * till.n);
    size_t n = 0;
    for (size_t i = 0; at && i < till.n; i++) {
        const char *code = till.p[i] == '/' ? "%2F" : "%25";
        bool escape = till.p[i] == '/' || till.p[i] == '%';
        at[n++] = escape ? (uint8_t)code[0] : till.p[i];
        if (escape) {
            at[n++] = (uint8_t)code[1];
            at[n++] = (uint8_t)code[2];
        }
    }
    return (struct slice){at, n};
}

struct slice sale_key_text(struct shop *shop, const struct ledger_sale_key *key, const char *prefix)
{
    char day[16];
    size_t n = day_text(key->day, day);
    struct slice till = escaped(shop, key->till);
    if (!till.p)
        return (struct slice){0};
    return arena_printf(&shop->work, "%s%.*s/%.*s/%.*s", prefix, (int)n, day, (int)till.n,
                        (const char *)till.p, (int)key->id.n, (const char *)key->id.p);
}

bool sale_override(struct shop *shop, struct sale *sale, const struct shop_service *service,
                   struct err *err)
{
    if (service && service->wait_minutes >= 0) {
        sale->service.has_wait = true;
        sale->service.wait_minutes = service->wait_minutes;
    }
    return !service || !service->incident.n ||
           shop_text(shop, "incident", service->incident, &sale->service.incident, err);
}

static bool start(struct selling *s, struct shop *shop, const struct sale *sale,
                  const struct shop_service *service, struct arena *arena, struct err *err)
{
    arena_reset(&shop->work, 0);
    *s = (struct selling){.shop = shop, .sale = *sale, .arena = arena};
    s->key = sale_key_of(shop, sale);
    s->dry = sale->kind == SALE_TRAINING;
    buf_init(&s->document, DOCUMENT_MAX_BYTES);
    buf_init(&s->redeemed, MAX_REDEEMED_BYTES);
    s->job_key = sale_key_text(shop, &s->key, "sale/");
    return (s->job_key.p || shop_full(err)) && sale_override(shop, &s->sale, service, err);
}

static void finish(struct selling *s)
{
    buf_finish(&s->document);
    buf_finish(&s->redeemed);
}

static struct ledger_sale row_of(const struct selling *s)
{
    const struct sale *sale = &s->sale;
    struct ledger_sale row = {
        .key = s->key,
        .total_minor = sale->total_minor,
        .exponent = sale->currency->exponent,
        .kind = sale->kind,
        .time_s = sale->time_s,
        .time_offset_s = sale->time_offset_s,
        .customer = sale->customer.known ? sale->customer.id : (struct slice){0},
    };
    memcpy(row.content_hash, sale->content_hash, sizeof row.content_hash);
    memcpy(row.currency, sale->currency->code, sizeof row.currency);
    return row;
}

/* ── what the guest brought ── */

/* A refused voucher never stops a receipt: the cashier is told why. */
static bool refused(const struct selling *s, const struct err *why, struct redeemed_answer *out)
{
    out->reason = slice_str(err_name(why->code));
    shop_tell(s->shop, why);
    return true;
}

static bool redeem_code(struct selling *s, struct slice code, struct redeemed_answer *out,
                        struct ledger_answer *answer, struct err *err)
{
    struct voucher_code read;
    struct err refusal = {0};
    char text[CODE_TEXT + 1];
    struct ledger_act act = s->act;
    *out = (struct redeemed_answer){.code = utf8_cut(code, MAX_CODE_ECHO_BYTES)};
    if (!voucher_read_code(s->shop, code, &read, &refusal))
        return refused(s, &refusal, out);
    code_text(&read, text);
    out->code = arena_copy(s->arena, slice_str(text));
    if (!ledger_redeem(s->shop->ledger, &act, &read, s->sale.id, s->dry, &s->shop->work, answer,
                       &refusal)) {
        if (refusal.code != ERR_VOUCHER_UNKNOWN) {
            *err = refusal;
            return false;
        }
        return refused(s, &refusal, out);
    }
    if (!answer->ok)
        return refused(s, &answer->refusal, out);
    if (!s->dry)
        voucher_tell_waiting(s->shop, &answer->voucher);
    out->ok = true;
    out->value = answer->voucher.value;
    out->value.gift = arena_copy(s->arena, answer->voucher.value.gift);
    out->currency = currency_find(slice_str(answer->voucher.currency));
    if (!out->currency)
        out->currency = s->shop->config.currency;
    return true;
}

static bool redeem_all(struct selling *s, struct err *err)
{
    struct json j;
    json_init(&j, &s->redeemed);
    json_open_list(&j, NULL);
    s->taken = ARENA_ARRAY(s->arena, s->sale.n_redeem + 1, struct redeemed_answer);
    if (!s->taken)
        return shop_full(err);
    for (size_t i = 0; i < s->sale.n_redeem; i++) {
        struct ledger_answer answer = {0};
        if (!redeem_code(s, s->sale.redeem[i], &s->taken[i], &answer, err))
            return false;
        redeemed_json(&j, &s->taken[i]);
    }
    json_close_list(&j);
    return true;
}

/* ── what the guest is given ── */

static bool decide(struct selling *s, struct rules_decision *decision, struct err *err)
{
    struct shop *shop = s->shop;
    struct rules_moment moment = {.business_day = s->key.day, .issue_day = s->act.day};
    struct rules_seed seed = {.sale_key = sale_key_text(shop, &s->key, "")};
    zone_civil(shop->zone, s->sale.time_s, &moment.local);
    memcpy(seed.key, shop->chance_key, sizeof seed.key);
    return rules_decide(shop->rules, &s->sale, &moment, &seed, &shop->work, decision, err);
}

static struct ledger_scope scope_of(const struct selling *s, const struct offer *offer)
{
    return (struct ledger_scope){
        .offer = offer->name,
        .customer = s->sale.customer.known ? s->sale.customer.id : (struct slice){0},
        .till = s->key.till,
        .sale = &s->key,
        .day = s->act.day,
        .cost_minor = offer->value.cost_minor,
    };
}

/* Takes a candidate's limits; a dry run only looks. */
static bool settle(struct selling *s, const struct rules_candidate *candidate,
                   struct ledger_taken *taken, bool *allowed, struct err *err)
{
    const struct offer *offer = candidate->offer;
    struct ledger_scope scope = scope_of(s, offer);
    struct ledger_refusal refusal;
    if (s->dry)
        return ledger_peek(s->shop->ledger, &scope, offer->limits, offer->n_limits, &s->shop->work,
                           allowed, &refusal, err);
    return ledger_take(s->shop->ledger, &scope, offer->limits, offer->n_limits, &s->shop->work,
                       taken, allowed, &refusal, err);
}

static bool give(struct selling *s, const struct rules_candidate *candidate, bool *given,
                 struct err *err)
{
    struct ledger_taken taken = {.n = 0};
    struct voucher_order order = {
        .offer = candidate->offer,
        .rule = candidate->rule->name,
        .customer = s->sale.customer.known ? s->sale.customer.id : (struct slice){0},
        .job = s->job_key,
        .sale = &s->sale,
        .sale_key = &s->key,
        .specimen = s->dry,
    };
    *given = rules_valid_to(candidate->offer, s->act.day, &order.valid_to_day);
    if (!*given)
        return true;
    if (!settle(s, candidate, &taken, given, err))
        return false;
    if (!*given)
        return true;
    if (s->document.n)
        buf_byte(&s->document, DOCUMENT_PAGE);
    return voucher_give(s->shop, &s->act, &order, &taken, &s->document,
                        &s->vouchers[s->n_vouchers++], s->arena, err);
}

static bool give_all(struct selling *s, struct err *err)
{
    struct rules_decision decision;
    struct rules_chooser chooser;
    struct rules_candidate candidate;
    struct shop *shop = s->shop;
    if (!shop->rules) {
        shop_tell(shop, &shop->rules_err);
        return true;
    }
    if (!shop->n_keys) {
        shop_tell(shop, &shop->keys_err);
        return true;
    }
    s->vouchers = ARENA_ARRAY(s->arena, rules_rule_count(shop->rules) + 1, struct voucher_answer);
    if (!s->vouchers)
        return shop_full(err);
    if (!decide(s, &decision, err) || !rules_choose(&chooser, &decision, &shop->work, err))
        return false;
    while (rules_next_candidate(&chooser, &candidate)) {
        bool given;
        if (!give(s, &candidate, &given, err))
            return false;
        rules_answer(&chooser, given);
    }
    return true;
}

/* ── the receipt ── */

static bool add_receipt(struct selling *s, struct err *err)
{
    struct shop *shop = s->shop;
    struct view_words *words = ARENA_NEW(&shop->work, struct view_words);
    if (shop->config.paper == PAPER_VOUCHER_ONLY)
        return true;
    if (!words)
        return shop_full(err);
    *words = (struct view_words){shop->config.lang, s->sale.currency};
    const struct view_object *view =
        view_make(&shop->work, &shop->config, shop->zone, words, &s->sale, NULL);
    if (!view)
        return shop_full(err);
    if (s->sale.kind == SALE_TRAINING)
        banner_append(&s->document, WORD_TRAINING, shop->config.lang, 0);
    return page_append(shop, shop->config.receipt, "receipt", view, &s->document, err);
}

static bool opens_drawer(const struct selling *s)
{
    if (!s->shop->config.drawer_on_cash || s->sale.kind != SALE_SALE)
        return false;
    for (size_t i = 0; i < s->sale.n_payments; i++)
        if (slice_is(s->sale.payments[i].method, "cash"))
            return true;
    return false;
}

static bool record(struct selling *s, struct paper_job *job, size_t receipt_bytes, struct err *err)
{
    struct ledger_sale row = row_of(s);
    row.job = s->document.n || opens_drawer(s) ? s->job_key : (struct slice){0};
    row.answer = buf_slice(&s->redeemed);
    row.view = slice_of(s->document.p, receipt_bytes);
    return ledger_sale_record(s->shop->ledger, &s->act, &row, err) &&
           paper_add(job, s->job_key, "sale", s->key.till, buf_slice(&s->document), opens_drawer(s),
                     err);
}

static bool compose(struct selling *s, size_t *receipt_bytes, struct err *err)
{
    if (!redeem_all(s, err) || !add_receipt(s, err))
        return false;
    *receipt_bytes = s->document.n;
    if (!give_all(s, err))
        return false;
    return !(s->document.full || s->redeemed.full) ||
           FAIL(err, ERR_TOO_BIG, "the receipt", "16 MiB");
}

static bool begin_act(struct selling *s, struct err *err)
{
    /* an absurd cashier must not stop a receipt: as much of the name as fits */
    struct shop_who who = {.till = s->key.till,
                           .by = utf8_cut(s->sale.cashier, SHOP_MAX_TEXT_BYTES)};
    return shop_act(s->shop, &who, &s->act, err);
}

/* Everything that must be true before paper moves, in one transaction. */
static bool accept(struct selling *s, struct paper_job *job, struct ledger_sale *before,
                   bool *already, struct err *err)
{
    size_t receipt_bytes;
    struct ledger_sale row = row_of(s);
    struct shop *shop = s->shop;
    if (!store_begin(shop->store, err))
        return false;
    bool ok = begin_act(s, err) &&
              ledger_sale_check(shop->ledger, &row, &shop->work, before, already, err);
    if (ok && !*already)
        ok = compose(s, &receipt_bytes, err) && record(s, job, receipt_bytes, err) &&
             store_commit(shop->store, err);
    if (!ok || *already)
        store_rollback(shop->store);
    return ok;
}

static bool answer_first(struct selling *s, struct paper_job *job, const struct ledger_sale *before,
                         struct sale_answer *answer, struct err *err)
{
    answer->already = true;
    answer->redeemed_json = arena_copy(s->arena, before->answer);
    if (!before->job.n) /* nothing was printed, so nothing was given */
        return true;
    /* what was given to the sale by hand later is no part of the first answer */
    const struct ledger_filter filter = {
        .sale_id = s->key.id, .day = s->act.day, .job = before->job};
    return vouchers_listed(s->shop, &filter, s->arena, &answer->vouchers, &answer->n_vouchers,
                           err) &&
           paper_find(job, before->job, err);
}

static bool answer_new(struct selling *s, struct sale_answer *answer)
{
    answer->redeemed_json = arena_copy(s->arena, buf_slice(&s->redeemed));
    answer->redeemed = s->taken;
    answer->n_redeemed = s->sale.n_redeem;
    answer->vouchers = s->vouchers;
    answer->n_vouchers = s->n_vouchers;
    return answer->redeemed_json.p;
}

static bool sell(struct selling *s, struct paper_job *job, struct sale_answer *answer,
                 struct err *err)
{
    struct ledger_sale before;
    bool already = false;
    if (!accept(s, job, &before, &already, err))
        return false;
    bool ok = already ? answer_first(s, job, &before, answer, err)
                      : answer_new(s, answer) || shop_full(err);
    if (ok)
        paper_finish(job, &answer->job);
    return ok;
}

/* Nothing is recorded: what would be printed is laid out; training prints it, a dry run only shows
 * it. */
static bool rehearse(struct selling *s, bool print, const struct shop_printing *printing,
                     struct sale_answer *answer, struct err *err)
{
    struct paper_target target;
    size_t receipt_bytes;
    struct buf bytes;
    buf_init(&bytes, DOCUMENT_MAX_BYTES);
    s->dry = true;
    answer->job = (struct job_answer){.state = "none"};
    bool ok = begin_act(s, err) && compose(s, &receipt_bytes, err) && answer_new(s, answer) &&
              paper_target(s->shop, printing->printer, s->key.till, &target, err) &&
              paper_layout(s->shop, target.profile, buf_slice(&s->document), false, &bytes, err);
    if (ok)
        answer->job.profile = target.profile;
    if (ok && printing->bytes)
        buf_slice_append(printing->bytes, buf_slice(&bytes));
    if (ok && print && s->document.n)
        ok = paper_send_unrecorded(s->shop, &target, buf_slice(&bytes), &answer->job, err);
    buf_finish(&bytes);
    return ok;
}

bool shop_print_sale(struct shop *shop, const struct sale *sale, const struct shop_service *service,
                     bool dry_run, const struct shop_printing *printing, struct arena *arena,
                     struct sale_answer *answer, struct err *err)
{
    struct selling s;
    struct paper_job job;
    *answer = (struct sale_answer){.sale = sale->id, .till = sale->till};
    bool ok = start(&s, shop, sale, service, arena, err);
    if (ok && (dry_run || s.dry)) {
        ok = rehearse(&s, !dry_run, printing, answer, err);
    } else if (ok) {
        ok = paper_begin(shop, printing, sale->till, &job, err);
        ok = ok && sell(&s, &job, answer, err);
        paper_end(&job);
    }
    finish(&s);
    return ok;
}
