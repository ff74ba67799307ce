#include "shop/house.h"

#include "base/utf8.h"

#include <stdio.h>

enum { CODE_TRIES = 8, PAGE_NAME_BYTES = 64 };

/* The same number of characters as a real code, so that the paper looks the same; code_read() knows
 * it. */
static const char specimen_code[] = "SPEC-IMEN-00000";
static const char specimen_qr[] = "SPECIMEN00000.00.0000000000000000";

void banner_append(struct buf *document, enum word which, enum lang lang, unsigned number)
{
    struct slice text = word(which, lang);
    buf_str(document, "^^`~");
    for (size_t i = 0; i < text.n; i++)
        buf_byte(document, text.p[i] == ' ' ? '~' : text.p[i]);
    if (number)
        buf_printf(document, "~%u", number);
    buf_str(document, "~`\n{feed:12}\n");
}

/* Expands behind what the document holds already, and notes where it comes from. */
static bool expand_page(struct shop *shop, struct template *template,
                        const struct view_object *view, struct buf *document, struct err *err)
{
    const bool ok = template_expand_mapped(template, view, document, &shop->map, err);
    shop->mapped = ok ? document->p : NULL;
    return ok;
}

bool page_append(struct shop *shop, struct slice template_name, const char *stand_in,
                 const struct view_object *view, struct buf *document, struct err *err)
{
    struct template *template;
    struct err trouble = {0};
    size_t start = document->n;
    document_map_cut(&shop->map, start);
    if (templates_get(shop->templates, template_name, &template, &trouble) &&
        expand_page(shop, template, view, document, &trouble)) {
        if (!document_is_blank(slice_sub(buf_slice(document), start, document->n)))
            return true;
        /* One that was emptied by a mishap gives nothing to a guest who has paid. */
        err_fail_slice(&trouble, ERR_TEMPLATE_EMPTY, template_name);
    }
    shop_tell(shop, &trouble);
    document->n = start;
    document->full = false;
    document_map_cut(&shop->map, start);
    return templates_get_built_in(shop->templates, slice_str(stand_in), &template, err) &&
           expand_page(shop, template, view, document, err);
}

bool voucher_read_code(struct shop *shop, struct slice text, struct voucher_code *code,
                       struct err *err)
{
    enum code_proof proof;
    if (!shop->n_keys) {
        *err = shop->keys_err;
        return false;
    }
    return code_read(text, shop->keys, shop->n_keys, code, &proof, err);
}

bool shop_text(struct shop *shop, const char *name, struct slice text, struct slice *out,
               struct err *err)
{
    if (text.n > SHOP_MAX_TEXT_BYTES)
        return FAIL(err, ERR_TOO_BIG, name, "1000 bytes");
    if (utf8_valid(text) != text.n) {
        FAIL(err, ERR_UTF8);
        return err_in_field(err, name);
    }
    *out = utf8_clean(&shop->work, text);
    return !text.n || out->p || shop_full(err);
}

bool shop_act(struct shop *shop, const struct shop_who *who, struct ledger_act *act,
              struct err *err)
{
    int64_t now_s;
    if (!ledger_now(shop->ledger, &now_s, err))
        return false;
    *act = (struct ledger_act){
        .at_s = now_s,
        .day = business_day(shop->zone, now_s, shop->config.day_start_min),
    };
    if (!shop_text(shop, "till", who->till, &act->till, err) ||
        !shop_text(shop, "by", who->by, &act->by, err) ||
        !shop_text(shop, "reason", who->reason, &act->reason, err) ||
        !shop_text(shop, "request", who->request, &act->request, err))
        return false;
    if (!act->till.n)
        act->till = SLICE_LITERAL("1");
    return true;
}

static bool not_staff(const struct shop_config *config, struct slice by, struct err *err)
{
    char who[ERR_ARG_BYTES], there[ERR_ARG_BYTES] = "";
    struct buf names;
    buf_init(&names, sizeof there);
    for (size_t i = 0; i < config->n_staff; i++) {
        buf_str(&names, i ? ", " : "");
        buf_slice_append(&names, config->staff[i]);
    }
    slice_cstr(by, who, sizeof who);
    slice_cstr(buf_slice(&names), there, sizeof there);
    buf_finish(&names);
    return FAIL(err, ERR_STAFF, who, there);
}

bool shop_staff_act(struct shop *shop, const struct shop_who *who, struct ledger_act *act,
                    struct err *err)
{
    const struct shop_config *config = &shop->config;
    if (!shop_act(shop, who, act, err))
        return false;
    bool known = !config->n_staff || !act->by.n;
    for (size_t i = 0; !known && i < config->n_staff; i++)
        known = slice_equal(config->staff[i], act->by);
    return known || not_staff(config, act->by, err);
}

static struct slice day_slice(struct arena *arena, int32_t day)
{
    char text[16];
    if (day == LEDGER_NO_END)
        return (struct slice){0};
    return arena_copy(arena, slice_of(text, day_text(day, text)));
}

static struct slice qr_slice(const struct shop *shop, const struct voucher_code *code,
                             const struct code_key *key, struct arena *arena)
{
    char prefix[CODE_QR_MAX], qr[CODE_QR_MAX];
    slice_cstr(shop->config.code_address, prefix, sizeof prefix);
    return arena_copy(arena, slice_of(qr, code_qr(code, key, prefix, qr)));
}

static const struct code_key *key_of(const struct shop *shop, struct slice id)
{
    for (size_t i = 0; i < shop->n_keys; i++)
        if (slice_is(id, shop->keys[i].id))
            return &shop->keys[i];
    return &shop->keys[0];
}

static struct slice moment_slice(const struct shop *shop, int64_t at_s, struct arena *arena)
{
    struct civil when;
    char text[32];
    zone_civil(shop->zone, at_s, &when);
    return arena_copy(arena, slice_of(text, time_text(at_s, when.offset_s, text)));
}

struct slice voucher_paper(struct shop *shop, struct slice job, struct arena *arena)
{
    struct spool_job found;
    struct err none = {0};
    if (!job.n || !spool_job_find(shop->spool, job, arena, &found, &none))
        return (struct slice){0};
    return slice_str(job_state_name(found.state));
}

bool voucher_answer_of(struct shop *shop, const struct ledger_voucher *voucher, struct arena *arena,
                       struct voucher_answer *answer, struct err *err)
{
    char text[CODE_TEXT + 1];
    bool note = voucher->value.kind == VALUE_NOTE;
    code_text(&voucher->code, text);
    *answer = (struct voucher_answer){
        .code = arena_copy(arena, slice_str(text)),
        .offer = arena_copy(arena, voucher->offer),
        .rule = arena_copy(arena, voucher->rule),
        .value = voucher->value,
        .currency = currency_find(slice_str(voucher->currency)),
        .valid_to = day_slice(arena, voucher->valid_to_day),
        .copies = voucher->copies,
        .state = voucher->state,
        .issued = moment_slice(shop, voucher->issued_s, arena),
        .sale = arena_copy(arena, voucher->sale_id),
        .till = arena_copy(arena, voucher->till),
        .by = arena_copy(arena, voucher->by),
        .reason = arena_copy(arena, voucher->reason),
        .customer = arena_copy(arena, voucher->customer),
    };
    if (!note && shop->n_keys) /* without its key a voucher has no QR to say */
        answer->qr = qr_slice(shop, &voucher->code, key_of(shop, voucher->key_id), arena);
    answer->value.gift = arena_copy(arena, voucher->value.gift);
    if (!answer->currency)
        answer->currency = shop->config.currency;
    return (answer->customer.p && answer->value.gift.p &&
            (note || !shop->n_keys || answer->qr.p)) ||
           shop_full(err);
}

bool spent_answer_of(struct shop *shop, const struct ledger_voucher *voucher, struct arena *arena,
                     struct spent_answer *spent, struct err *err)
{
    *spent = (struct spent_answer){.at = {0}};
    if (voucher->state != VOUCHER_REDEEMED)
        return true;
    *spent = (struct spent_answer){
        .at = moment_slice(shop, voucher->redeemed_s, arena),
        .till = arena_copy(arena, voucher->redeemed_till),
        .by = arena_copy(arena, voucher->redeemed_by),
        .sale = arena_copy(arena, voucher->redeemed_sale),
    };
    return (spent->at.p && spent->till.p && spent->by.p && spent->sale.p) || shop_full(err);
}

void voucher_tell_waiting(struct shop *shop, const struct ledger_voucher *voucher)
{
    struct spool_job job;
    struct err none = {0}, waits = {0};
    char code[CODE_TEXT + 1], id[24];
    if (!voucher->job.n || !spool_job_find(shop->spool, voucher->job, &shop->work, &job, &none) ||
        (job.state != JOB_QUEUED && job.state != JOB_HELD))
        return;
    code_text(&voucher->code, code);
    snprintf(id, sizeof id, "%lld", (long long)job.id);
    FAIL(&waits, ERR_VOUCHER_PAPER_WAITS, code, id);
    shop_tell(shop, &waits);
}

struct listing {
    struct shop *shop;
    struct arena *arena;
    struct voucher_answer *list;
    size_t n, cap;
};

static bool add_to_listing(void *ctx, const struct ledger_voucher *voucher, struct err *err)
{
    struct listing *listing = ctx;
    if (listing->n == listing->cap) {
        size_t cap = listing->cap ? 2 * listing->cap : 4;
        struct voucher_answer *grown = ARENA_ARRAY(listing->arena, cap, struct voucher_answer);
        if (!grown)
            return shop_full(err);
        if (listing->n)
            memcpy(grown, listing->list, listing->n * sizeof *grown);
        listing->list = grown;
        listing->cap = cap;
    }
    return voucher_answer_of(listing->shop, voucher, listing->arena, &listing->list[listing->n++],
                             err);
}

bool code_list_add(struct code_list *list, const struct voucher_code *code, struct err *err)
{
    if (list->n == list->cap) {
        const size_t cap = list->cap ? 2 * list->cap : 8;
        struct voucher_code *grown = ARENA_ARRAY(&list->shop->work, cap, struct voucher_code);
        if (!grown)
            return shop_full(err);
        if (list->n)
            memcpy(grown, list->codes, list->n * sizeof *grown);
        list->codes = grown;
        list->cap = cap;
    }
    list->codes[list->n++] = *code;
    return true;
}

bool vouchers_listed(struct shop *shop, const struct ledger_filter *filter, struct arena *arena,
                     const struct voucher_answer **vouchers, size_t *n, struct err *err)
{
    struct listing listing = {.shop = shop, .arena = arena};
    if (!ledger_list(shop->ledger, filter, add_to_listing, &listing, err))
        return false;
    *vouchers = listing.list;
    *n = listing.n;
    return true;
}

/* The page of a voucher, and its V. */
static bool make_page(struct shop *shop, const struct voucher_order *order, struct slice code,
                      struct slice qr, int32_t today, struct buf *document, struct err *err)
{
    const struct offer *offer = order->offer;
    bool note = offer->value.kind == VALUE_NOTE;
    struct view_voucher *shown = ARENA_NEW(&shop->work, struct view_voucher);
    struct view_words *words = ARENA_NEW(&shop->work, struct view_words);
    if (!shown || !words)
        return shop_full(err);
    *words = shop->words;
    if (order->sale)
        words->currency = order->sale->currency;
    *shown = (struct view_voucher){.qr = note ? (struct slice){0} : qr,
                                   .offer = offer->name,
                                   .reason = order->reason,
                                   .value = offer->value,
                                   .valid_to_day = order->valid_to_day,
                                   .issued_day = today,
                                   .currency = shop->config.currency};
    if (!note)
        slice_cstr(code, shown->code, sizeof shown->code);
    const struct view_object *view =
        view_make(&shop->work, &shop->config, shop->zone, words, order->sale, shown);
    if (!view)
        return shop_full(err);
    return page_append(shop, offer->template, note ? "thank-you" : "coupon", view, document, err);
}

static bool fill_specimen(struct shop *shop, const struct voucher_order *order, int32_t today,
                          struct buf *document, struct voucher_answer *answer, struct arena *arena,
                          struct err *err)
{
    *answer = (struct voucher_answer){.code = slice_str(specimen_code),
                                      .qr = slice_str(specimen_qr),
                                      .offer = order->offer->name,
                                      .rule = order->rule,
                                      .value = order->offer->value,
                                      .currency = shop->config.currency,
                                      .valid_to = day_slice(arena, order->valid_to_day)};
    banner_append(document, WORD_SPECIMEN, shop->config.lang, 0);
    return make_page(shop, order, answer->code, answer->qr, today, document, err);
}

static struct ledger_voucher row_of(const struct shop *shop, const struct voucher_order *order,
                                    struct slice page)
{
    const struct offer *offer = order->offer;
    struct ledger_voucher row = {
        .offer = offer->name,
        .rule = order->rule,
        .reason = order->reason,
        .value = offer->value,
        .exponent = shop->config.currency->exponent,
        .valid_to_day = order->valid_to_day,
        .customer = order->customer,
        .key_id = slice_str(shop->keys[0].id),
        .job = order->job,
        .template_name = offer->template,
        .view = page,
    };
    memcpy(row.currency, shop->config.currency->code, sizeof row.currency);
    if (order->sale_key) {
        row.sale_id = order->sale_key->id;
        row.sale_day = order->sale_key->day;
    }
    return row;
}

/* One try with a fresh code: its page is made first, because it is recorded with the voucher. */
static bool try_code(struct shop *shop, const struct ledger_act *act,
                     const struct voucher_order *order, const struct ledger_taken *taken,
                     struct buf *document, struct voucher_code *code, bool *issued, struct err *err)
{
    char text[CODE_TEXT + 1];
    size_t start = document->n;
    code_make(shop->env, code);
    code_text(code, text);
    struct slice qr = qr_slice(shop, code, &shop->keys[0], &shop->work);
    if (!qr.p)
        return shop_full(err);
    if (!make_page(shop, order, slice_str(text), qr, act->day, document, err))
        return false;
    struct ledger_voucher row =
        row_of(shop, order, slice_of(document->p + start, document->n - start));
    row.code = *code;
    if (!ledger_issue(shop->ledger, act, &row, taken, issued, err))
        return false;
    if (!*issued)
        document->n = start;
    return true;
}

bool voucher_give(struct shop *shop, const struct ledger_act *act,
                  const struct voucher_order *order, const struct ledger_taken *taken,
                  struct buf *document, struct voucher_answer *answer, struct arena *arena,
                  struct err *err)
{
    struct voucher_code code;
    struct ledger_voucher row;
    bool issued = false;
    if (order->specimen)
        return fill_specimen(shop, order, act->day, document, answer, arena, err);
    if (!shop->n_keys) {
        *err = shop->keys_err;
        return false;
    }
    for (unsigned i = 0; i < CODE_TRIES && !issued; i++)
        if (!try_code(shop, act, order, taken, document, &code, &issued, err))
            return false;
    if (!issued) /* 60 random bits met eight times: the random source is broken */
        return FAIL(err, ERR_BUG, "voucher codes repeat");
    return ledger_find(shop->ledger, &code, act->day, &shop->work, &row, err) &&
           voucher_answer_of(shop, &row, arena, answer, err);
}

static const char *const scope_words[LANG_COUNT][4] = {
    [LANG_EN] = {"this customer", "the shop", "this till", "stock"},
    [LANG_RO] = {"acest client", "magazinul", "această casă", "stocul"},
    [LANG_RU] = {"этот гость", "магазин", "эта касса", "запас"},
};

static const char *const per_words[LANG_COUNT][6] = {
    [LANG_EN] = {"for this sale", "today", "this week", "this month", "this year", "ever"},
    [LANG_RO] = {"la această vânzare", "astăzi", "săptămâna aceasta", "luna aceasta", "anul acesta",
                 "în total"},
    [LANG_RU] = {"за эту продажу", "сегодня", "на этой неделе", "в этом месяце", "в этом году",
                 "всего"},
};

struct slice limit_words(struct shop *shop, const struct limit *limit,
                         const struct ledger_refusal *refusal, struct arena *arena)
{
    enum lang lang = shop->config.lang;
    char used[64], most[64];
    if (limit->is_amount) {
        locale_money(lang, shop->config.currency, refusal->used, used, sizeof used);
        locale_money(lang, shop->config.currency, refusal->most, most, sizeof most);
    } else {
        snprintf(used, sizeof used, "%lld", (long long)refusal->used);
        snprintf(most, sizeof most, "%lld", (long long)refusal->most);
    }
    const char *scope = scope_words[lang][limit->scope], *per = per_words[lang][limit->per];
    switch (lang) { /* a format must stand as a literal for the compiler to check it */
    case LANG_RO:
        return arena_printf(arena, "%s: %s din %s folosite %s", scope, used, most, per);
    case LANG_RU:
        return arena_printf(arena, "%s: использовано %s из %s %s", scope, used, most, per);
    default:
        return arena_printf(arena, "%s: %s of %s used %s", scope, used, most, per);
    }
}
