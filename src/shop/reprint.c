/* Printing again: the same code, the word COPY with its number, a line in the audit. */
#include "shop/house.h"

struct copying {
    struct shop *shop;
    struct arena *arena;
    struct ledger_act act;
    struct copy_answer *answer;
    struct buf document;
    struct voucher_answer *list;
    size_t n, cap;
};

/* An original that still waits comes first: its copy would be the only paper, marked as a copy.
 * *never: it was cancelled before any of it left, so there is no paper of it. */
static bool original_is_out(struct copying *c, struct slice job, bool *never, struct err *err)
{
    struct spool_job found;
    struct err none = {0};
    *never = false;
    if (!job.n || !spool_job_find(c->shop->spool, job, &c->shop->work, &found, &none))
        return none.code == ERR_NONE || none.code == ERR_JOB_UNKNOWN || (*err = none, false);
    *never = found.state == JOB_CANCELLED && !found.interrupted;
    if (found.state != JOB_QUEUED && found.state != JOB_SENDING && found.state != JOB_HELD)
        return true;
    char id[32];
    money_plain(found.id, 0, id);
    return FAIL(err, ERR_JOB_WAITING, id);
}

static void add_page(struct copying *c, unsigned number, struct slice page)
{
    if (c->document.n)
        buf_byte(&c->document, DOCUMENT_PAGE);
    if (number)
        banner_append(&c->document, WORD_COPY, c->shop->config.lang, number);
    buf_slice_append(&c->document, page);
}

static bool copy_voucher(struct copying *c, const struct ledger_act *act,
                         const struct voucher_code *code, unsigned *number,
                         struct voucher_answer *out, struct err *err)
{
    struct ledger_voucher row;
    struct shop *shop = c->shop;
    bool again, never;
    if (!ledger_find(shop->ledger, code, act->day, &shop->work, &row, err) ||
        !original_is_out(c, row.job, &never, err) ||
        !ledger_copy(shop->ledger, act, code, number, &again, err))
        return false;
    add_page(c, *number, row.view);
    if (!voucher_answer_of(shop, &row, c->arena, out, err))
        return false;
    if (out->copies < *number)
        out->copies = *number;
    return true;
}

static bool copy_by_code(struct copying *c, struct slice text, struct paper_job *job,
                         struct err *err)
{
    struct voucher_code code;
    struct voucher_answer *one = ARENA_NEW(c->arena, struct voucher_answer);
    if (!one)
        return shop_full(err);
    if (!voucher_read_code(c->shop, text, &code, err) ||
        !copy_voucher(c, &c->act, &code, &c->answer->copy, one, err))
        return false;
    c->answer->vouchers = one;
    c->answer->n_vouchers = 1;
    struct slice key = arena_printf(&c->shop->work, "copy/%s/%u", code.c, c->answer->copy);
    return (key.p || shop_full(err)) &&
           paper_add(job, key, "copy", c->act.till, buf_slice(&c->document), false, err);
}

static bool collect_alive(void *ctx, const struct ledger_voucher *voucher, struct err *err)
{
    struct code_list *alive = ctx;
    if (voucher->state != VOUCHER_ISSUED)
        return true;
    return code_list_add(alive, &voucher->code, err);
}

static bool copy_alive(struct copying *c, const struct ledger_sale *sale, struct err *err)
{
    struct code_list alive = {.shop = c->shop};
    struct ledger_act act = c->act;
    unsigned number;
    struct ledger_filter filter = {.sale_id = sale->key.id,
                                   .till = sale->key.till,
                                   .by_sale_day = true,
                                   .sale_day = sale->key.day,
                                   .day = c->act.day};
    act.request = (struct slice){0};
    if (!ledger_list(c->shop->ledger, &filter, collect_alive, &alive, err))
        return false;
    struct voucher_answer *list = ARENA_ARRAY(c->arena, alive.n + 1, struct voucher_answer);
    if (!list)
        return shop_full(err);
    for (size_t i = 0; i < alive.n; i++)
        if (!copy_voucher(c, &act, &alive.codes[i], &number, &list[i], err))
            return false;
    c->answer->vouchers = list;
    c->answer->n_vouchers = alive.n;
    return true;
}

/* The same request again: the first one's paper, with those of its vouchers that are alive now. */
static bool copied_before(struct copying *c, const struct ledger_sale *sale, struct paper_job *job,
                          struct slice key, struct err *err)
{
    const struct ledger_filter filter = {.by_state = true,
                                         .state = VOUCHER_ISSUED,
                                         .day = c->act.day,
                                         .sale_id = sale->key.id,
                                         .till = sale->key.till,
                                         .by_sale_day = true,
                                         .sale_day = sale->key.day};
    struct spool_job there;
    struct err none = {0};
    if (!vouchers_listed(c->shop, &filter, c->arena, &c->answer->vouchers, &c->answer->n_vouchers,
                         err))
        return false;
    if (!spool_job_find(c->shop->spool, key, &c->shop->work, &there, &none))
        return none.code == ERR_JOB_UNKNOWN || (*err = none, false); /* it had nothing to print */
    return paper_find(job, key, err);
}

static bool copy_sale(struct copying *c, struct slice id, struct paper_job *job, struct err *err)
{
    struct ledger_sale sale;
    struct shop *shop = c->shop;
    bool again, never,
        found = id.n ? ledger_sale_find(shop->ledger, c->act.till, id, &shop->work, &sale, err)
                     : ledger_sale_last(shop->ledger, c->act.till, &shop->work, &sale, err);
    if (!found || !original_is_out(c, sale.job, &never, err) ||
        !ledger_sale_copy(shop->ledger, &c->act, &sale.key, &c->answer->copy, &again, err))
        return false;
    struct slice of = sale_key_text(shop, &sale.key, "copy/sale/");
    struct slice key =
        arena_printf(&shop->work, "%.*s/%u", (int)of.n, (const char *)of.p, c->answer->copy);
    /* the first paper that there is of it is no copy, and those after it are counted from there */
    c->answer->copy -= never;
    c->answer->sale = arena_copy(c->arena, sale.key.id);
    if (!of.p || !key.p || !c->answer->sale.p)
        return shop_full(err);
    if (again)
        return copied_before(c, &sale, job, key, err);
    if (sale.view.n)
        add_page(c, c->answer->copy, sale.view);
    return copy_alive(c, &sale, err) &&
           paper_add(job, key, "copy", c->act.till, buf_slice(&c->document), false, err);
}

typedef bool copy_fn(struct copying *c, struct slice what, struct paper_job *job, struct err *err);

static bool reprint(struct shop *shop, copy_fn *copy, struct slice what, const struct shop_who *who,
                    const struct shop_printing *printing, struct arena *arena,
                    struct copy_answer *answer, struct err *err)
{
    struct paper_job job;
    struct copying c = {.shop = shop, .arena = arena, .answer = answer};
    *answer = (struct copy_answer){.job = {.state = "none"}};
    arena_reset(&shop->work, 0);
    buf_init(&c.document, DOCUMENT_MAX_BYTES);
    bool ok = paper_begin(shop, printing, who->till, &job, err) && store_begin(shop->store, err);
    ok = ok && shop_staff_act(shop, who, &c.act, err) && copy(&c, what, &job, err) &&
         store_commit(shop->store, err);
    if (!ok)
        store_rollback(shop->store);
    if (ok)
        paper_finish(&job, &answer->job);
    paper_end(&job);
    buf_finish(&c.document);
    return ok;
}

bool shop_reprint_voucher(struct shop *shop, struct slice code, const struct shop_who *who,
                          const struct shop_printing *printing, struct arena *arena,
                          struct copy_answer *answer, struct err *err)
{
    return reprint(shop, copy_by_code, code, who, printing, arena, answer, err);
}

bool shop_reprint_sale(struct shop *shop, struct slice id, const struct shop_who *who,
                       const struct shop_printing *printing, struct arena *arena,
                       struct copy_answer *answer, struct err *err)
{
    return reprint(shop, copy_sale, id, who, printing, arena, answer, err);
}
