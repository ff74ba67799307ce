/* Looking back: a voucher with its history, lists, the proof of the ledger. */
#include "shop/house.h"

/* The business day that it is now, for a question that writes nothing. */
static bool today(struct shop *shop, int32_t *day, struct err *err)
{
    int64_t now_s;
    if (!ledger_now(shop->ledger, &now_s, err))
        return false;
    *day = business_day(shop->zone, now_s, shop->config.day_start_min);
    return true;
}

struct telling {
    void (*each)(void *ctx, const struct shop_event *event);
    void *ctx;
};

static bool tell_event(void *ctx, const struct ledger_event *event, struct err *err)
{
    const struct telling *telling = ctx;
    const struct shop_event told = {.at_s = event->at_s,
                                    .kind = event->kind,
                                    .till = event->till,
                                    .by = event->by,
                                    .reason = event->reason,
                                    .data = event->data,
                                    .refusal = &event->refusal};
    (void)err;
    telling->each(telling->ctx, &told);
    return true;
}

bool shop_voucher(struct shop *shop, struct slice text, struct arena *arena,
                  struct voucher_answer *answer,
                  void (*each)(void *ctx, const struct shop_event *event), void *ctx,
                  struct err *err)
{
    struct voucher_code code;
    struct ledger_voucher row;
    struct telling telling = {each, ctx};
    int32_t day;
    arena_reset(&shop->work, 0);
    if (!voucher_read_code(shop, text, &code, err) || !today(shop, &day, err) ||
        !ledger_find(shop->ledger, &code, day, &shop->work, &row, err) ||
        !voucher_answer_of(shop, &row, arena, answer, err))
        return false;
    answer->paper = voucher_paper(shop, row.job, arena);
    return ledger_history(shop->ledger, &code, tell_event, &telling, err);
}

struct listing_out {
    struct shop *shop;
    void (*each)(void *ctx, const struct voucher_answer *voucher);
    void *ctx;
};

static bool list_one(void *ctx, const struct ledger_voucher *voucher, struct err *err)
{
    struct listing_out *out = ctx;
    struct voucher_answer answer;
    size_t mark = out->shop->work.used;
    if (!voucher_answer_of(out->shop, voucher, &out->shop->work, &answer, err))
        return false;
    answer.paper = voucher_paper(out->shop, voucher->job, &out->shop->work);
    out->each(out->ctx, &answer);
    arena_reset(&out->shop->work, mark);
    return true;
}

bool shop_vouchers(struct shop *shop, const enum voucher_state *state, struct slice since,
                   struct slice sale_id,
                   void (*each)(void *ctx, const struct voucher_answer *voucher), void *ctx,
                   struct err *err)
{
    struct listing_out out = {shop, each, ctx};
    struct ledger_filter filter = {.sale_id = sale_id};
    arena_reset(&shop->work, 0);
    if (!today(shop, &filter.day, err))
        return false;
    if (state) {
        filter.by_state = true;
        filter.state = *state;
    }
    if (since.n) {
        filter.by_since = true;
        if (!day_parse(since, &filter.since_day))
            return err_fail_slice(err, ERR_DAY, since);
    }
    return ledger_list(shop->ledger, &filter, list_one, &out, err);
}

struct verifying {
    void (*each)(void *ctx, const struct shop_difference *difference);
    void *ctx;
};

static void tell_difference(void *ctx, const struct ledger_difference *difference)
{
    const struct verifying *verifying = ctx;
    const struct shop_difference told = {.table = difference->table,
                                         .column = difference->column,
                                         .key = difference->key,
                                         .stored = difference->stored,
                                         .replayed = difference->replayed};
    verifying->each(verifying->ctx, &told);
}

bool shop_verify(struct shop *shop,
                 void (*each)(void *ctx, const struct shop_difference *difference), void *ctx,
                 uint64_t *events, uint64_t *differences, struct err *err)
{
    struct verifying verifying = {each, ctx};
    if (!store_begin_read(shop->store, err))
        return false;
    bool ok = ledger_verify(shop->ledger, tell_difference, &verifying, events, differences, err);
    store_rollback(shop->store);
    return ok;
}
