/* What a voucher is worth, exactly once. A refusal is an answer, with its reason; bonbon prices
 * nothing. */
#include "shop/house.h"

static bool hyphenated(const struct voucher_code *code, struct arena *arena, struct slice *out,
                       struct err *err)
{
    char text[CODE_TEXT + 1];
    code_text(code, text);
    *out = arena_copy(arena, slice_str(text));
    return out->p || shop_full(err);
}

/* Refusals of reading or finding a code are answers as well. */
static bool is_refusal(const struct err *err)
{
    return err_exit(err->code) == EXIT_REFUSED && err->code != ERR_REQUEST_REUSED;
}

static bool refuse(struct redeem_answer *answer, const struct err *why)
{
    answer->ok = false;
    answer->refusal = *why;
    return true;
}

static bool redeem_code(struct shop *shop, const struct ledger_act *act,
                        const struct voucher_code *code, struct slice sale_id, bool dry_run,
                        struct arena *arena, struct redeem_answer *answer, struct err *err)
{
    struct ledger_answer done;
    struct err why = {0};
    if (!ledger_redeem(shop->ledger, act, code, sale_id, dry_run, &shop->work, &done, &why)) {
        *err = why;
        return is_refusal(&why) && refuse(answer, &why);
    }
    answer->ok = done.ok;
    answer->again = done.again;
    answer->refusal = done.refusal;
    answer->known = true;
    if (done.ok && !done.again && !dry_run)
        voucher_tell_waiting(shop, &done.voucher);
    return voucher_answer_of(shop, &done.voucher, arena, &answer->voucher, err) &&
           (done.ok || spent_answer_of(shop, &done.voucher, arena, &answer->spent, err));
}

bool shop_redeem(struct shop *shop, struct slice code, struct slice sale_id, bool dry_run,
                 const struct shop_who *who, struct arena *arena, struct redeem_answer *answer,
                 struct err *err)
{
    struct voucher_code read;
    struct ledger_act act;
    struct err why = {0};
    arena_reset(&shop->work, 0);
    *answer = (struct redeem_answer){.code = code, .dry_run = dry_run};
    if (!voucher_read_code(shop, code, &read, &why))
        return refuse(answer, &why);
    if (!hyphenated(&read, arena, &answer->code, err) || !store_begin(shop->store, err))
        return false;
    bool ok = shop_staff_act(shop, who, &act, err) &&
              shop_text(shop, "sale", sale_id, &sale_id, err) &&
              redeem_code(shop, &act, &read, sale_id, dry_run, arena, answer, err) &&
              (dry_run || store_commit(shop->store, err));
    if (!ok || dry_run)
        store_rollback(shop->store);
    return ok;
}

typedef bool change_fn(struct shop *shop, const struct ledger_act *act,
                       const struct voucher_code *code, struct err *err);

static bool undo(struct shop *shop, const struct ledger_act *act, const struct voucher_code *code,
                 struct err *err)
{
    return ledger_undo(shop->ledger, act, code, err);
}

static bool make_void(struct shop *shop, const struct ledger_act *act,
                      const struct voucher_code *code, struct err *err)
{
    return ledger_void(shop->ledger, act, code, false, err);
}

/* Changes a voucher by one call to the ledger and answers with it as it is afterwards. */
static bool change(struct shop *shop, change_fn *act_on, struct slice text,
                   const struct shop_who *who, struct arena *arena, struct voucher_answer *answer,
                   struct err *err)
{
    struct voucher_code code;
    struct ledger_act act;
    struct ledger_voucher row;
    arena_reset(&shop->work, 0);
    if (!voucher_read_code(shop, text, &code, err) || !store_begin(shop->store, err))
        return false;
    bool ok = shop_staff_act(shop, who, &act, err) && act_on(shop, &act, &code, err) &&
              ledger_find(shop->ledger, &code, act.day, &shop->work, &row, err) &&
              voucher_answer_of(shop, &row, arena, answer, err) && store_commit(shop->store, err);
    if (!ok)
        store_rollback(shop->store);
    return ok;
}

bool shop_undo(struct shop *shop, struct slice code, const struct shop_who *who,
               struct arena *arena, struct redeem_answer *answer, struct err *err)
{
    *answer = (struct redeem_answer){.code = code, .ok = true, .known = true};
    if (!change(shop, undo, code, who, arena, &answer->voucher, err))
        return false;
    answer->code = answer->voucher.code;
    return true;
}

bool shop_void(struct shop *shop, struct slice code, const struct shop_who *who,
               struct arena *arena, struct voucher_answer *answer, struct err *err)
{
    return change(shop, make_void, code, who, arena, answer, err);
}
