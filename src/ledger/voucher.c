#include "ledger/backend.h"

#include <stdio.h>

#include "base/json.h"

enum { SCRATCH_BYTES = 16 << 20 }; /* address space for a voucher that is only looked at */

/* ── issuing ── */

static void say_taken(struct json *j, const char *key, const struct ledger_taken *taken)
{
    json_open_list(j, key);
    for (size_t i = 0; taken && i < taken->n; i++) {
        const struct ledger_count *count = &taken->counts[i];
        json_open_list(j, NULL);
        json_str(j, NULL, limit_scope_name(count->scope));
        json_str(j, NULL, limit_per_name(count->per));
        json_int(j, NULL, count->is_amount);
        json_text(j, NULL, count->who);
        json_text(j, NULL, count->period);
        json_int(j, NULL, count->taken);
        json_close_list(j);
    }
    json_close_list(j);
}

static void say_value(struct json *j, const struct voucher_value *value)
{
    json_str(j, "value", value_kind_name(value->kind));
    json_int(j, "percent", value->percent_hundredths);
    json_int(j, "at_most", value->at_most_minor);
    json_int(j, "amount", value->amount_minor);
    json_text(j, "gift", value->gift);
    json_int(j, "cost", value->cost_minor);
}

static void say_issued(struct buf *out, const struct ledger_voucher *v,
                       const struct ledger_taken *taken)
{
    char hash[LEDGER_HASH_TEXT];
    struct json j;
    buf_reset(out);
    json_init(&j, out);
    json_open_object(&j, NULL);
    json_text(&j, "offer", v->offer);
    json_text(&j, "rule", v->rule);
    json_text(&j, "reason", v->reason);
    say_value(&j, &v->value);
    json_str(&j, "currency", v->currency);
    json_int(&j, "exponent", v->exponent);
    json_int(&j, "valid_to", v->valid_to_day);
    json_text(&j, "sale_id", v->sale_id);
    json_int(&j, "sale_day", v->sale_day);
    json_text(&j, "customer", v->customer);
    json_text(&j, "key_id", v->key_id);
    json_text(&j, "job", v->job);
    json_text(&j, "template", v->template_name);
    say_taken(&j, "taken", taken);
    ledger_hash(v->view, hash);
    json_str(&j, "view", hash);
    json_close_object(&j);
}

bool ledger_issue(struct ledger *ledger, const struct ledger_act *act,
                  const struct ledger_voucher *voucher, const struct ledger_taken *taken,
                  bool *issued, struct err *err)
{
    *issued = false;
    if (act->request.n) {
        struct voucher_code before;
        bool known = false;
        if (!ledger_given(ledger, act->request, voucher->offer, &before, &known, err))
            return false;
        if (known)
            return ledger_reused(act->request, err);
    }
    struct json j;
    buf_reset(&ledger->data);
    json_init(&j, &ledger->data);
    say_taken(&j, NULL, taken);
    if (ledger->data.full)
        return FAIL(err, ERR_TOO_BIG, "event", "1 MiB");
    if (!ledger->ops->voucher_add(ledger, act, voucher, buf_slice(&ledger->data), issued, err))
        return false;
    if (!*issued)
        return true;
    say_issued(&ledger->data, voucher, taken);
    return ledger_event_add(ledger, act, EVENT_ISSUED, &voucher->code, err);
}

bool ledger_given(struct ledger *ledger, struct slice request, struct slice offer,
                  struct voucher_code *code, bool *found, struct err *err)
{
    struct arena arena;
    struct event_known known;
    if (!arena_init(&arena, LEDGER_EVENT_BYTES))
        return FAIL(err, ERR_STORE, "out of memory");
    bool ok = ledger_request(ledger, request, &arena, &known, found, err);
    if (ok && *found) {
        if (!slice_is(known.kind, event_kind_name(EVENT_ISSUED)) ||
            !slice_equal(known.offer, offer))
            ok = ledger_reused(request, err);
        else
            slice_cstr(known.code, code->c, sizeof code->c);
    }
    arena_finish(&arena);
    return ok;
}

/* ── looking and refusing ── */

bool ledger_find(struct ledger *ledger, const struct voucher_code *code, int32_t day,
                 struct arena *arena, struct ledger_voucher *voucher, struct err *err)
{
    bool found;
    if (!ledger->ops->voucher_find(ledger, code, day, arena, voucher, &found, err))
        return false;
    if (found)
        return true;
    char text[CODE_TEXT + 1];
    code_text(code, text);
    return FAIL(err, ERR_VOUCHER_UNKNOWN, text);
}

bool ledger_list(struct ledger *ledger, const struct ledger_filter *filter,
                 bool (*each)(void *ctx, const struct ledger_voucher *voucher, struct err *err),
                 void *ctx, struct err *err)
{
    return ledger->ops->vouchers(ledger, filter, each, ctx, err);
}

enum { MOMENT = 32 };

/* "2026-11-22 00:30", as a clock on the wall has it; where nobody says which, the business day. */
static void put_moment(const struct ledger *ledger, int64_t at_s, int32_t day, char out[MOMENT])
{
    struct civil at;
    if (!ledger->zone) {
        day_text(day, out);
        return;
    }
    zone_civil(ledger->zone, at_s, &at);
    snprintf(out, MOMENT, "%04d-%02u-%02u %02u:%02u", at.year, at.month, at.day, at.hour,
             at.minute);
}

/* Says why a voucher's state allows nothing. Always false. */
static bool refuse_state(const struct ledger *ledger, const struct ledger_voucher *v,
                         struct err *err)
{
    char code[CODE_TEXT + 1], date[MOMENT], text[ERR_ARG_BYTES];
    code_text(&v->code, code);
    switch (v->state) {
    case VOUCHER_VOID:
        put_moment(ledger, v->void_s, v->void_day, date);
        slice_cstr(v->void_reason, text, sizeof text);
        return FAIL(err, ERR_VOUCHER_VOID, code, date, text);
    case VOUCHER_EXPIRED:
        day_text(v->valid_to_day, date);
        return FAIL(err, ERR_VOUCHER_EXPIRED, code, date);
    case VOUCHER_REDEEMED:
        put_moment(ledger, v->redeemed_s, v->redeemed_day, date);
        slice_cstr(v->redeemed_till, text, sizeof text);
        return FAIL(err, ERR_VOUCHER_SPENT, code, date, text);
    case VOUCHER_ISSUED:
    case VOUCHER_STATES:
        break;
    }
    return FAIL(err, ERR_BUG, "a voucher in a state that nothing refuses");
}

static bool allows(const struct ledger *ledger, const struct ledger_voucher *v,
                   enum voucher_act act, struct err *err)
{
    enum voucher_state to;
    return voucher_can(v->state, act, &to) || refuse_state(ledger, v, err);
}

static bool redeemable(const struct ledger *ledger, const struct ledger_voucher *v, struct err *err)
{
    char code[CODE_TEXT + 1];
    if (v->value.kind != VALUE_NOTE)
        return allows(ledger, v, VOUCHER_ACT_REDEEM, err);
    code_text(&v->code, code);
    return FAIL(err, ERR_VOUCHER_NOTE, code);
}

/* ── redeeming ── */

static bool same_code(const struct event_known *known, const struct voucher_code *code)
{
    return slice_is(known->code, code->c);
}

void ledger_retell(struct slice error, const struct slice args[ERR_ARGS], struct err *refusal)
{
    char texts[ERR_ARGS][ERR_ARG_BYTES];
    const char *pointers[ERR_ARGS];
    *refusal = (struct err){.code = ERR_NONE};
    if (!error.n)
        return;
    for (unsigned i = 0; i < ERR_ARGS; i++) {
        slice_cstr(args[i], texts[i], sizeof texts[i]);
        pointers[i] = texts[i];
    }
    enum err_code code = ERR_NONE;
    while (code < ERR_COUNT && !slice_is(error, err_name(code)))
        code++;
    err_fail(refusal, code < ERR_COUNT ? code : ERR_BUG, pointers, ERR_ARGS);
}

static bool answer_again(struct ledger *ledger, const struct ledger_act *act,
                         const struct voucher_code *code, const struct event_known *known,
                         struct arena *arena, struct ledger_answer *answer, struct err *err)
{
    bool redeemed = slice_is(known->kind, event_kind_name(EVENT_REDEEMED));
    bool refused = slice_is(known->kind, event_kind_name(EVENT_REFUSED));
    if ((!redeemed && !refused) || !same_code(known, code))
        return ledger_reused(act->request, err);
    answer->again = true;
    answer->ok = redeemed;
    if (refused)
        ledger_retell(known->error, known->args, &answer->refusal);
    if (!ledger_find(ledger, code, act->day, arena, &answer->voucher, err))
        return false;
    /* taken back since: the old answer would let the till take it off while it is alive */
    if (redeemed && answer->voucher.state != VOUCHER_REDEEMED) {
        char request[ERR_ARG_BYTES];
        slice_cstr(act->request, request, sizeof request);
        return FAIL(err, ERR_REQUEST_UNDONE, request);
    }
    return true;
}

static void say_redeemed(struct buf *out, struct slice sale_id, const struct err *refusal)
{
    struct json j;
    buf_reset(out);
    json_init(&j, out);
    json_open_object(&j, NULL);
    json_text(&j, "sale_id", sale_id);
    if (refusal) {
        json_str(&j, "error", err_name(refusal->code));
        json_open_list(&j, "args");
        for (unsigned i = 0; i < ERR_ARGS; i++)
            json_str(&j, NULL, refusal->arg[i]);
        json_close_list(&j);
    }
    json_close_object(&j);
}

/* Decides, writes the guarded statement and the event. */
static bool redeem_now(struct ledger *ledger, const struct ledger_act *act,
                       const struct voucher_code *code, struct slice sale_id, struct arena *arena,
                       struct ledger_answer *answer, struct err *err)
{
    bool done = false;
    if (answer->ok && !ledger->ops->voucher_redeem(ledger, act, code, sale_id, &done, err))
        return false;
    bool changed_under_us = answer->ok && !done;
    if ((done || changed_under_us) &&
        !ledger_find(ledger, code, act->day, arena, &answer->voucher, err))
        return false;
    if (changed_under_us)
        answer->ok = redeemable(ledger, &answer->voucher, &answer->refusal);
    if (answer->ok != done)
        return FAIL(err, ERR_STORE_BUSY, "");
    say_redeemed(&ledger->data, sale_id, answer->ok ? NULL : &answer->refusal);
    return ledger_event_add(ledger, act, answer->ok ? EVENT_REDEEMED : EVENT_REFUSED, code, err);
}

bool ledger_redeem(struct ledger *ledger, const struct ledger_act *act,
                   const struct voucher_code *code, struct slice sale_id, bool dry_run,
                   struct arena *arena, struct ledger_answer *answer, struct err *err)
{
    *answer = (struct ledger_answer){0};
    struct event_known known;
    bool found = false;
    if (!dry_run && !ledger_request(ledger, act->request, arena, &known, &found, err))
        return false;
    if (found)
        return answer_again(ledger, act, code, &known, arena, answer, err);
    if (!ledger_find(ledger, code, act->day, arena, &answer->voucher, err))
        return false;
    answer->ok = redeemable(ledger, &answer->voucher, &answer->refusal);
    return dry_run || redeem_now(ledger, act, code, sale_id, arena, answer, err);
}

/* ── acts that change a voucher or leave it ── */

/* What undo, void and copy have in common: the request that was answered before, the reason, the
 * voucher. */
struct change {
    struct arena arena;
    struct event_known known;
    bool again;
    struct ledger_voucher voucher;
};

static bool begin_change(struct ledger *ledger, const struct ledger_act *act, enum event_kind kind,
                         const struct voucher_code *code, struct change *change, struct err *err)
{
    *change = (struct change){0};
    if (!arena_init(&change->arena, SCRATCH_BYTES))
        return FAIL(err, ERR_STORE, "out of memory");
    if (!ledger_request(ledger, act->request, &change->arena, &change->known, &change->again, err))
        return false;
    if (change->again)
        return (slice_is(change->known.kind, event_kind_name(kind)) &&
                same_code(&change->known, code)) ||
               ledger_reused(act->request, err);
    if (kind != EVENT_COPIED && act->reason.n == 0)
        return FAIL(err, ERR_REASON);
    return ledger_find(ledger, code, act->day, &change->arena, &change->voucher, err);
}

static bool undoable(const struct ledger_voucher *v, int32_t day, struct err *err)
{
    char code[CODE_TEXT + 1], date[16];
    enum voucher_state to;
    code_text(&v->code, code);
    if (!voucher_can(v->state, VOUCHER_ACT_UNDO, &to))
        return FAIL(err, ERR_UNDO_NOTHING, code);
    day_text(v->redeemed_day, date);
    return v->redeemed_day == day || FAIL(err, ERR_UNDO_LATE, code, date);
}

static struct json *open_data(struct ledger *ledger, struct json *j)
{
    buf_reset(&ledger->data);
    json_init(j, &ledger->data);
    json_open_object(j, NULL);
    return j;
}

static bool undo_now(struct ledger *ledger, const struct ledger_act *act,
                     const struct voucher_code *code, const struct ledger_voucher *v,
                     struct err *err)
{
    bool done;
    struct json j;
    if (!undoable(v, act->day, err) || !ledger->ops->voucher_undo(ledger, act, code, &done, err))
        return false;
    if (!done)
        return FAIL(err, ERR_STORE_BUSY, "");
    json_close_object(open_data(ledger, &j));
    return ledger_event_add(ledger, act, EVENT_UNDONE, code, err);
}

bool ledger_undo(struct ledger *ledger, const struct ledger_act *act,
                 const struct voucher_code *code, struct err *err)
{
    struct change change;
    bool ok = begin_change(ledger, act, EVENT_UNDONE, code, &change, err) &&
              (change.again || undo_now(ledger, act, code, &change.voucher, err));
    arena_finish(&change.arena);
    return ok;
}

static bool void_now(struct ledger *ledger, const struct ledger_act *act,
                     const struct voucher_code *code, const struct ledger_voucher *v,
                     bool give_back, struct err *err)
{
    bool done;
    struct json j;
    if (!allows(ledger, v, VOUCHER_ACT_VOID, err) ||
        !ledger->ops->voucher_void(ledger, act, code, &done, err))
        return false;
    if (!done)
        return FAIL(err, ERR_STORE_BUSY, "");
    if (give_back && !ledger->ops->counters_give_back(ledger, code, err))
        return false;
    json_bool(open_data(ledger, &j), "give_back", give_back);
    json_close_object(&j);
    return ledger_event_add(ledger, act, EVENT_VOIDED, code, err);
}

bool ledger_void(struct ledger *ledger, const struct ledger_act *act,
                 const struct voucher_code *code, bool give_back, struct err *err)
{
    struct change change;
    bool ok = begin_change(ledger, act, EVENT_VOIDED, code, &change, err) &&
              (change.again || void_now(ledger, act, code, &change.voucher, give_back, err));
    arena_finish(&change.arena);
    return ok;
}

static bool copy_now(struct ledger *ledger, const struct ledger_act *act,
                     const struct voucher_code *code, const struct ledger_voucher *v,
                     int64_t *number, struct err *err)
{
    bool done;
    struct json j;
    if (!allows(ledger, v, VOUCHER_ACT_COPY, err) ||
        !ledger->ops->voucher_copy(ledger, code, number, &done, err))
        return false;
    if (!done)
        return FAIL(err, ERR_STORE_BUSY, "");
    json_int(open_data(ledger, &j), "number", *number);
    json_close_object(&j);
    return ledger_event_add(ledger, act, EVENT_COPIED, code, err);
}

bool ledger_copy(struct ledger *ledger, const struct ledger_act *act,
                 const struct voucher_code *code, unsigned *number, bool *again, struct err *err)
{
    struct change change;
    int64_t copy = 0;
    bool ok = begin_change(ledger, act, EVENT_COPIED, code, &change, err);
    if (ok && change.again)
        copy = change.known.number;
    else if (ok)
        ok = copy_now(ledger, act, code, &change.voucher, &copy, err);
    *number = (unsigned)copy;
    *again = change.again;
    arena_finish(&change.arena);
    return ok;
}
