/* Facts about sales and vouchers in the ledger. */
#include "ledger/fixture.h"

#define A "7KQ2M9XDPA4T"
#define B "0123456789AB"
#define C "ZZZZZZZZZZZZ"

/* ── the clock ── */

static void the_shops_clock_never_goes_back_behind_its_last_event(void **state)
{
    (void)state;
    int64_t now_s, noon_s = clock_now.now_s;
    assert_true(ledger_now(ledger, &now_s, &err));
    assert_int_equal(now_s, noon_s);
    issue(A, DAY);
    clock_now.now_s = noon_s - 3600;
    assert_true(ledger_now(ledger, &now_s, &err));
    assert_int_equal(now_s, noon_s);
    clock_now.now_s = noon_s + 5;
    assert_true(ledger_now(ledger, &now_s, &err));
    assert_int_equal(now_s, noon_s + 5);
}

/* ── sales ── */

static bool record(const struct ledger_sale *sale)
{
    const struct ledger_act a = act("", "");
    begin();
    bool ok = ledger_sale_record(ledger, &a, sale, &err);
    if (ok)
        commit();
    else
        store_rollback(store);
    return ok;
}

static void the_same_sale_again_is_answered_with_what_the_first_did(void **state)
{
    (void)state;
    const struct ledger_sale sale = sale_of("S-1", DAY, 4250);
    struct ledger_sale before;
    bool already;
    assert_true(ledger_sale_check(ledger, &sale, &arena, &before, &already, &err));
    assert_false(already);
    assert_true(record(&sale));
    assert_true(ledger_sale_check(ledger, &sale, &arena, &before, &already, &err));
    assert_true(already);
    assert_true(slice_is(before.answer, "{\"state\":\"sent\"}"));
    assert_true(slice_equal(before.view, sale.view));
    assert_true(slice_is(before.job, "job-1"));
    assert_memory_equal(before.content_hash, sale.content_hash, 16);
    assert_int_equal(before.total_minor, 4250);
    assert_int_equal(before.time_s, sale.time_s);
    assert_int_equal(before.time_offset_s, 7200);
    assert_int_equal(before.recorded_s, clock_now.now_s);
    assert_string_equal(before.currency, "RON");
    assert_false(record(&sale)); /* one sale a key, by whatever way */
    assert_int_equal(err.code, ERR_SALE_CONFLICT);
}

static void other_content_under_the_same_key_is_refused_with_both_totals(void **state)
{
    (void)state;
    const struct ledger_sale sale = sale_of("S-1", DAY, 4250), other = sale_of("S-1", DAY, 4251);
    bool already;
    assert_true(record(&sale));
    assert_false(ledger_sale_check(ledger, &other, &arena, NULL, &already, &err));
    assert_int_equal(err.code, ERR_SALE_CONFLICT);
    assert_string_equal(err.arg[0], "S-1");
    assert_string_equal(err.arg[1], "42.50 RON");
    assert_string_equal(err.arg[2], "42.51 RON");
}

static void a_sale_is_known_by_till_id_and_business_day(void **state)
{
    (void)state;
    struct ledger_sale sale = sale_of("S-1", DAY, 100), got;
    assert_true(record(&sale));
    sale = sale_of("S-1", DAY + 1, 200);
    sale.customer = slice_str("C-17");
    assert_true(record(&sale));
    sale = sale_of("S-1", DAY - 5, 300); /* a late one */
    assert_true(record(&sale));
    sale.key.till = slice_str("2");
    sale.total_minor = 400;
    assert_true(record(&sale));

    assert_true(ledger_sale_find(ledger, slice_str("1"), slice_str("S-1"), &arena, &got, &err));
    assert_int_equal(got.total_minor, 200); /* the latest day */
    assert_true(slice_is(got.customer, "C-17"));
    assert_int_equal(got.key.day, DAY + 1);
    assert_true(ledger_sale_last(ledger, slice_str("1"), &arena, &got, &err));
    assert_int_equal(got.total_minor, 300); /* the last recorded */
    assert_true(ledger_sale_last(ledger, slice_str("2"), &arena, &got, &err));
    assert_int_equal(got.total_minor, 400);
    assert_false(ledger_sale_find(ledger, slice_str("2"), slice_str("S-9"), &arena, &got, &err));
    assert_int_equal(err.code, ERR_SALE_UNKNOWN);
    assert_string_equal(err.arg[0], "S-9");
    assert_string_equal(err.arg[1], "2");
    assert_false(ledger_sale_last(ledger, slice_str("3"), &arena, &got, &err));
    assert_int_equal(err.code, ERR_SALE_NONE);
    assert_string_equal(err.arg[0], "3");
}

static void copies_of_a_receipt_are_numbered_and_a_request_counts_once(void **state)
{
    (void)state;
    struct ledger_sale sale = sale_of("S-1", DAY, 100);
    assert_true(record(&sale));
    struct ledger_act a = act("r-1", "lost");
    unsigned number;
    bool again;
    begin();
    assert_true(ledger_sale_copy(ledger, &a, &sale.key, &number, &again, &err));
    assert_int_equal(number, 1);
    assert_false(again);
    a.request = slice_str("");
    assert_true(ledger_sale_copy(ledger, &a, &sale.key, &number, &again, &err));
    assert_int_equal(number, 2);
    a.request = slice_str("r-1");
    assert_true(ledger_sale_copy(ledger, &a, &sale.key, &number, &again, &err));
    assert_int_equal(number, 1);
    assert_true(again);
    sale.key.day++;
    assert_false(ledger_sale_copy(ledger, &a, &sale.key, &number, &again, &err));
    assert_int_equal(err.code, ERR_REQUEST_REUSED);
    a.request = slice_str("");
    assert_false(ledger_sale_copy(ledger, &a, &sale.key, &number, &again, &err));
    assert_int_equal(err.code, ERR_SALE_UNKNOWN);
    commit();
}

static void an_arena_that_is_too_small_is_an_error(void **state)
{
    (void)state;
    struct ledger_sale sale = sale_of("S-1", DAY, 100), got;
    struct arena tiny;
    assert_true(record(&sale));
    assert_true(arena_init(&tiny, 24));
    assert_false(ledger_sale_last(ledger, slice_str("1"), &tiny, &got, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    arena_finish(&tiny);
}

/* ── issuing ── */

static void a_voucher_is_found_again_as_it_was_given(void **state)
{
    (void)state;
    issue(A, DAY + 30);
    struct ledger_voucher v = find(A, DAY), want = voucher(A, DAY + 30);
    assert_int_equal(v.state, VOUCHER_ISSUED);
    assert_string_equal(v.code.c, want.code.c);
    assert_true(slice_equal(v.offer, want.offer));
    assert_true(slice_equal(v.rule, want.rule));
    assert_true(slice_equal(v.reason, want.reason));
    assert_int_equal(v.value.kind, VALUE_PERCENT);
    assert_int_equal(v.value.percent_hundredths, 1000);
    assert_int_equal(v.value.at_most_minor, 2000);
    assert_int_equal(v.value.cost_minor, 2000);
    assert_int_equal(v.valid_to_day, DAY + 30);
    assert_true(slice_equal(v.view, want.view));
    assert_true(slice_equal(v.template_name, want.template_name));
    assert_true(slice_equal(v.key_id, want.key_id));
    assert_true(slice_equal(v.job, want.job));
    assert_true(slice_equal(v.customer, want.customer));
    assert_true(slice_is(v.by, "Ana"));
    assert_true(slice_is(v.till, "1"));
    assert_int_equal(v.issued_s, clock_now.now_s);
    assert_int_equal(v.issued_day, DAY);
    const struct voucher_code none = code_of(B);
    assert_false(ledger_find(ledger, &none, DAY, &arena, &v, &err));
    assert_int_equal(err.code, ERR_VOUCHER_UNKNOWN);
    assert_memory_equal(err.arg[0], "0123-4567-89AB", 14);
}

static void a_code_that_is_taken_is_not_given_twice(void **state)
{
    (void)state;
    issue(A, DAY);
    const struct ledger_act a = act("", "");
    struct ledger_voucher v = voucher(A, DAY + 9);
    v.offer = slice_str("other");
    bool issued = true;
    begin();
    assert_true(ledger_issue(ledger, &a, &v, NULL, &issued, &err));
    assert_false(issued);
    commit();
    assert_true(slice_is(find(A, DAY).offer, "sorry-wait"));
    assert_int_equal(differences(), 0);
}

static void the_same_request_to_give_finds_the_same_voucher(void **state)
{
    (void)state;
    const struct ledger_act a = act("give-1", "sorry");
    const struct ledger_voucher v = voucher(A, DAY);
    struct ledger_voucher other = voucher(B, DAY);
    struct voucher_code code;
    bool issued, found;
    begin();
    assert_true(ledger_given(ledger, a.request, v.offer, &code, &found, &err));
    assert_false(found);
    assert_true(ledger_issue(ledger, &a, &v, NULL, &issued, &err));
    commit();
    assert_true(ledger_given(ledger, a.request, v.offer, &code, &found, &err));
    assert_true(found);
    assert_string_equal(code.c, v.code.c);
    assert_false(ledger_given(ledger, a.request, slice_str("another offer"), &code, &found, &err));
    assert_int_equal(err.code, ERR_REQUEST_REUSED);
    assert_string_equal(err.arg[0], "give-1");
    begin();
    assert_false(ledger_issue(ledger, &a, &other, NULL, &issued, &err));
    assert_int_equal(err.code, ERR_REQUEST_REUSED);
    store_rollback(store);
    assert_true(ledger_given(ledger, slice_str(""), v.offer, &code, &found, &err));
    assert_false(found); /* no request is nobody's request */
}

/* ── redeeming ── */

static void a_voucher_is_redeemed_once_and_then_says_when_and_where(void **state)
{
    (void)state;
    issue(A, DAY + 30);
    struct ledger_answer first = redeem(A, "");
    assert_true(first.ok);
    assert_int_equal(first.voucher.state, VOUCHER_REDEEMED);
    assert_int_equal(first.voucher.redeemed_s, clock_now.now_s);
    assert_true(slice_is(first.voucher.redeemed_sale, "S-2"));
    struct ledger_answer second = redeem(A, "");
    assert_false(second.ok);
    assert_int_equal(second.refusal.code, ERR_VOUCHER_SPENT);
    assert_memory_equal(second.refusal.arg[0], "7KQ2-M9XD-PA4T", 14);
    assert_string_equal(second.refusal.arg[1], "2026-11-21");
    assert_string_equal(second.refusal.arg[2], "1");
    clock_now.now_s += 60LL * A_DAY_S; /* spent stays spent when the last day has passed */
    assert_int_equal(redeem(A, "").refusal.code, ERR_VOUCHER_SPENT);
    assert_int_equal(differences(), 0);
}

static void a_voucher_works_to_the_end_of_its_last_day(void **state)
{
    (void)state;
    issue(A, DAY);
    issue(B, DAY);
    issue(C, LEDGER_NO_END);
    assert_true(redeem(A, "").ok);
    clock_now.now_s += A_DAY_S;
    assert_int_equal(find(B, DAY).state, VOUCHER_ISSUED);
    assert_int_equal(find(B, DAY + 1).state, VOUCHER_EXPIRED);
    struct ledger_answer answer = redeem(B, "");
    assert_false(answer.ok);
    assert_int_equal(answer.refusal.code, ERR_VOUCHER_EXPIRED);
    assert_string_equal(answer.refusal.arg[1], "2026-11-21");
    assert_true(redeem(C, "").ok);
    assert_int_equal(differences(), 0);
}

static void an_unknown_code_is_an_error_and_leaves_nothing(void **state)
{
    (void)state;
    const struct ledger_act a = act("r-1", "");
    const struct voucher_code code = code_of(A);
    struct ledger_answer answer;
    begin();
    assert_false(ledger_redeem(ledger, &a, &code, slice_str(""), false, &arena, &answer, &err));
    assert_int_equal(err.code, ERR_VOUCHER_UNKNOWN);
    commit();
    issue(A, DAY);
    assert_true(redeem(A, "r-1").ok); /* the request is still free */
}

static void a_note_has_nothing_to_redeem(void **state)
{
    (void)state;
    const struct ledger_act a = act("", "");
    struct ledger_voucher note = voucher(A, LEDGER_NO_END);
    bool issued;
    note.value = (struct voucher_value){.kind = VALUE_NOTE};
    begin();
    assert_true(ledger_issue(ledger, &a, &note, NULL, &issued, &err));
    commit();
    assert_int_equal(redeem(A, "").refusal.code, ERR_VOUCHER_NOTE);
    assert_int_equal(find(A, DAY).state, VOUCHER_ISSUED);
}

static void the_same_request_gets_the_same_answer_again(void **state)
{
    (void)state;
    issue(A, DAY);
    issue(B, DAY);
    assert_true(redeem(A, "r-1").ok);
    struct ledger_answer again = redeem(A, "r-1");
    assert_true(again.ok);
    assert_true(again.again);
    /* Its value, so that a till which lost the first answer can take it off. */
    assert_int_equal(again.voucher.value.percent_hundredths, 1000);

    struct ledger_answer refused = redeem(A, "r-2");
    assert_int_equal(refused.refusal.code, ERR_VOUCHER_SPENT);
    const struct voucher_code code = code_of(A);
    const struct ledger_act undo = act("", "wrong guest");
    begin();
    assert_true(ledger_undo(ledger, &undo, &code, &err));
    commit();
    struct ledger_answer refused_again = redeem(A, "r-2"); /* although it would work now */
    assert_false(refused_again.ok);
    assert_true(refused_again.again);
    assert_int_equal(refused_again.refusal.code, ERR_VOUCHER_SPENT);
    assert_string_equal(refused_again.refusal.arg[0], refused.refusal.arg[0]);
    assert_string_equal(refused_again.refusal.arg[1], refused.refusal.arg[1]);
    assert_string_equal(refused_again.refusal.arg[2], refused.refusal.arg[2]);
    assert_true(redeem(A, "r-3").ok);
    assert_int_equal(differences(), 0);
}

static void a_request_that_was_used_for_another_code_is_refused(void **state)
{
    (void)state;
    issue(A, DAY);
    issue(B, DAY);
    assert_true(redeem(A, "r-1").ok);
    const struct ledger_act a = act("r-1", "why not");
    const struct voucher_code other = code_of(B), same = code_of(A);
    struct ledger_answer answer;
    unsigned number;
    bool again;
    begin();
    assert_false(ledger_redeem(ledger, &a, &other, slice_str(""), false, &arena, &answer, &err));
    assert_int_equal(err.code, ERR_REQUEST_REUSED);
    assert_false(ledger_undo(ledger, &a, &same, &err)); /* nor for another act */
    assert_int_equal(err.code, ERR_REQUEST_REUSED);
    assert_false(ledger_void(ledger, &a, &other, false, &err));
    assert_int_equal(err.code, ERR_REQUEST_REUSED);
    assert_false(ledger_copy(ledger, &a, &other, &number, &again, &err));
    assert_int_equal(err.code, ERR_REQUEST_REUSED);
    commit();
    assert_int_equal(find(B, DAY).state, VOUCHER_ISSUED);
}

static void a_dry_run_answers_and_changes_nothing(void **state)
{
    (void)state;
    issue(A, DAY);
    const struct ledger_act a = act("r-1", "");
    const struct voucher_code code = code_of(A);
    struct ledger_answer answer;
    assert_true(ledger_redeem(ledger, &a, &code, slice_str(""), true, &arena, &answer, &err));
    assert_true(answer.ok); /* without a transaction: it writes nothing */
    assert_int_equal(find(A, DAY).state, VOUCHER_ISSUED);
    assert_true(redeem(A, "r-1").ok);
    assert_true(ledger_redeem(ledger, &a, &code, slice_str(""), true, &arena, &answer, &err));
    assert_int_equal(answer.refusal.code, ERR_VOUCHER_SPENT);
}

static int redeem_in_process(int i)
{
    char request[32];
    snprintf(request, sizeof request, "r-%d", i);
    const struct ledger_act a = act(request, "");
    const struct voucher_code code = code_of(A);
    struct ledger_answer answer;
    if (!open_ledger() || !store_begin(store, &err) ||
        !ledger_redeem(ledger, &a, &code, slice_str(""), false, &arena, &answer, &err) ||
        !store_commit(store, &err))
        return 2;
    bool ok = answer.ok;
    close_ledger();
    return ok ? 0 : 1;
}

static void of_many_who_redeem_one_voucher_at_once_one_succeeds(void **state)
{
    (void)state;
    int counts[3];
    assert_true(open_ledger());
    issue(A, DAY);
    close_ledger();
    in_processes(24, redeem_in_process, counts);
    assert_int_equal(counts[0], 1);
    assert_int_equal(counts[1], 23);
    assert_true(open_ledger());
    assert_int_equal(differences(), 0);
}

/* ── undo, void, copy ── */

static bool in_transaction(bool ok)
{
    if (ok)
        commit();
    else
        store_rollback(store);
    return ok;
}

static bool undo(const char *twelve, const char *request, const char *reason)
{
    const struct ledger_act a = act(request, reason);
    const struct voucher_code code = code_of(twelve);
    begin();
    return in_transaction(ledger_undo(ledger, &a, &code, &err));
}

static bool make_void(const char *twelve, const char *request, const char *reason)
{
    const struct ledger_act a = act(request, reason);
    const struct voucher_code code = code_of(twelve);
    begin();
    return in_transaction(ledger_void(ledger, &a, &code, false, &err));
}

static void a_redemption_is_undone_on_its_own_business_day_only(void **state)
{
    (void)state;
    issue(A, DAY + 30);
    assert_false(undo(A, "", "mistake"));
    assert_int_equal(err.code, ERR_UNDO_NOTHING);
    assert_true(redeem(A, "").ok);
    assert_false(undo(A, "", ""));
    assert_int_equal(err.code, ERR_REASON);
    assert_true(undo(A, "u-1", "mistake"));
    assert_true(undo(A, "u-1", "mistake")); /* the same request again */
    assert_int_equal(find(A, DAY).state, VOUCHER_ISSUED);
    assert_true(redeem(A, "").ok);
    clock_now.now_s += A_DAY_S;
    assert_false(undo(A, "", "too late"));
    assert_int_equal(err.code, ERR_UNDO_LATE);
    assert_string_equal(err.arg[1], "2026-11-21");
    assert_int_equal(find(A, DAY).state, VOUCHER_REDEEMED);
    assert_int_equal(differences(), 0);
}

static void a_void_voucher_says_when_and_why(void **state)
{
    (void)state;
    issue(A, DAY + 30);
    assert_false(make_void(A, "", ""));
    assert_int_equal(err.code, ERR_REASON);
    assert_true(make_void(A, "v-1", "printed twice"));
    assert_true(make_void(A, "v-1", "printed twice"));
    assert_false(make_void(A, "v-2", "once more"));
    assert_int_equal(err.code, ERR_VOUCHER_VOID);
    struct ledger_answer answer = redeem(A, "");
    assert_int_equal(answer.refusal.code, ERR_VOUCHER_VOID);
    assert_string_equal(answer.refusal.arg[1], "2026-11-21");
    assert_string_equal(answer.refusal.arg[2], "printed twice");
    issue(B, DAY + 30);
    assert_true(redeem(B, "").ok);
    assert_false(make_void(B, "", "too late"));
    assert_int_equal(err.code, ERR_VOUCHER_SPENT);
    assert_int_equal(differences(), 0);
}

static void copies_are_numbered_and_only_a_living_voucher_is_copied(void **state)
{
    (void)state;
    issue(A, DAY);
    const struct voucher_code code = code_of(A), none = code_of(B);
    struct ledger_act a = act("c-1", "");
    unsigned number;
    bool again;
    begin();
    assert_true(ledger_copy(ledger, &a, &code, &number, &again, &err));
    assert_int_equal(number, 1);
    assert_true(ledger_copy(ledger, &a, &code, &number, &again, &err));
    assert_int_equal(number, 1);
    assert_true(again);
    a.request = slice_str("c-2");
    assert_true(ledger_copy(ledger, &a, &code, &number, &again, &err));
    assert_int_equal(number, 2);
    assert_false(again);
    assert_false(ledger_copy(ledger, &a, &none, &number, &again, &err));
    assert_int_equal(err.code, ERR_REQUEST_REUSED);
    commit();
    assert_int_equal(find(A, DAY).copies, 2);
    a = act("", "");
    a.day = DAY + 1;
    begin();
    assert_false(ledger_copy(ledger, &a, &code, &number, &again, &err));
    assert_int_equal(err.code, ERR_VOUCHER_EXPIRED);
    store_rollback(store);
    assert_true(redeem(A, "").ok);
    begin();
    a = act("", "");
    assert_false(ledger_copy(ledger, &a, &code, &number, &again, &err));
    assert_int_equal(err.code, ERR_VOUCHER_SPENT);
    assert_false(ledger_copy(ledger, &a, &none, &number, &again, &err));
    assert_int_equal(err.code, ERR_VOUCHER_UNKNOWN);
    store_rollback(store);
    assert_int_equal(differences(), 0);
}

/* ── looking back ── */

struct seen {
    char text[512];
};

static bool note_kind(void *ctx, const struct ledger_event *event, struct err *unused)
{
    (void)unused;
    struct seen *seen = ctx;
    size_t n = strlen(seen->text);
    snprintf(seen->text + n, sizeof seen->text - n, "%lld:%.*s ", (long long)event->seq,
             (int)event->kind.n, (const char *)event->kind.p);
    return true;
}

static void a_vouchers_history_tells_everything_in_order(void **state)
{
    (void)state;
    const struct voucher_code code = code_of(A);
    struct seen seen = {""};
    issue(A, DAY);
    issue(B, DAY);
    assert_true(redeem(A, "").ok);
    assert_false(redeem(A, "").ok);
    assert_true(undo(A, "", "wrong guest"));
    assert_true(make_void(A, "", "lost"));
    assert_true(ledger_history(ledger, &code, note_kind, &seen, &err));
    assert_string_equal(seen.text, "1:issued 3:redeemed 4:refused 5:undone 6:voided ");
}

static bool stop_at_once(void *ctx, const struct ledger_event *event, struct err *e)
{
    (void)ctx, (void)event;
    return FAIL(e, ERR_BUG, "enough");
}

static void whoever_looks_may_stop(void **state)
{
    (void)state;
    const struct voucher_code code = code_of(A);
    issue(A, DAY);
    assert_false(ledger_history(ledger, &code, stop_at_once, NULL, &err));
    assert_int_equal(err.code, ERR_BUG);
}

static bool note_code(void *ctx, const struct ledger_voucher *v, struct err *unused)
{
    (void)unused;
    struct seen *seen = ctx;
    size_t n = strlen(seen->text);
    snprintf(seen->text + n, sizeof seen->text - n, "%c", v->code.c[0]);
    return true;
}

static void assert_list(const struct ledger_filter *filter, const char *first_letters)
{
    struct seen seen = {""};
    assert_true(ledger_list(ledger, filter, note_code, &seen, &err));
    assert_string_equal(seen.text, first_letters);
}

static void vouchers_are_listed_by_state_day_sale_and_job(void **state)
{
    (void)state;
    const struct ledger_act a = act("", "");
    struct ledger_voucher other = voucher(C, DAY);
    bool issued;
    issue(A, DAY + 30);
    issue(B, DAY);
    other.sale_id = slice_str("");
    other.job = slice_str("job-2");
    begin();
    assert_true(ledger_issue(ledger, &a, &other, NULL, &issued, &err));
    commit();
    assert_true(redeem(C, "").ok);
    struct ledger_filter filter = {.day = DAY};
    assert_list(&filter, "70Z");
    filter.by_state = true;
    filter.state = VOUCHER_ISSUED;
    assert_list(&filter, "70");
    filter.day = DAY + 1;
    assert_list(&filter, "7");
    filter.state = VOUCHER_EXPIRED;
    assert_list(&filter, "0");
    filter.state = VOUCHER_REDEEMED;
    assert_list(&filter, "Z");
    filter = (struct ledger_filter){.day = DAY, .by_since = true, .since_day = DAY + 1};
    assert_list(&filter, "");
    filter = (struct ledger_filter){.day = DAY, .sale_id = slice_str("S-1")};
    assert_list(&filter, "70");
    filter.till = slice_str("2");
    assert_list(&filter, "");
    filter = (struct ledger_filter){.day = DAY, .job = slice_str("job-2")};
    assert_list(&filter, "Z");
}

static void the_ledger_keeps_to_the_life_cycle_of_a_voucher(void **state)
{
    (void)state;
    static const char *const codes[VOUCHER_STATES] = {A, B, C, "111111111111"};
    for (int i = 0; i < VOUCHER_STATES; i++)
        issue(codes[i], i == VOUCHER_EXPIRED ? DAY - 1 : DAY);
    assert_true(redeem(codes[VOUCHER_REDEEMED], "").ok);
    assert_true(make_void(codes[VOUCHER_VOID], "", "lost"));
    for (int i = 0; i < VOUCHER_STATES; i++) {
        const struct ledger_act a = act("", "why");
        const struct voucher_code code = code_of(codes[i]);
        struct ledger_answer answer;
        enum voucher_state from = find(codes[i], DAY).state, to;
        unsigned number;
        bool again;
        assert_int_equal(from, i);
        begin();
        assert_int_equal(ledger_copy(ledger, &a, &code, &number, &again, &err),
                         voucher_can(from, VOUCHER_ACT_COPY, &to));
        store_rollback(store);
        begin();
        assert_int_equal(ledger_void(ledger, &a, &code, false, &err),
                         voucher_can(from, VOUCHER_ACT_VOID, &to));
        store_rollback(store);
        begin();
        assert_int_equal(ledger_undo(ledger, &a, &code, &err),
                         voucher_can(from, VOUCHER_ACT_UNDO, &to));
        store_rollback(store);
        begin();
        assert_true(ledger_redeem(ledger, &a, &code, slice_str(""), false, &arena, &answer, &err));
        assert_int_equal(answer.ok, voucher_can(from, VOUCHER_ACT_REDEEM, &to));
        store_rollback(store);
    }
}

#define FACT(f)  cmocka_unit_test_setup_teardown(f, make_ledger, remove_folder)
#define FACT0(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT(the_shops_clock_never_goes_back_behind_its_last_event),
        FACT(the_same_sale_again_is_answered_with_what_the_first_did),
        FACT(other_content_under_the_same_key_is_refused_with_both_totals),
        FACT(a_sale_is_known_by_till_id_and_business_day),
        FACT(copies_of_a_receipt_are_numbered_and_a_request_counts_once),
        FACT(an_arena_that_is_too_small_is_an_error),
        FACT(a_voucher_is_found_again_as_it_was_given),
        FACT(a_code_that_is_taken_is_not_given_twice),
        FACT(the_same_request_to_give_finds_the_same_voucher),
        FACT(a_voucher_is_redeemed_once_and_then_says_when_and_where),
        FACT(a_voucher_works_to_the_end_of_its_last_day),
        FACT(an_unknown_code_is_an_error_and_leaves_nothing),
        FACT(a_note_has_nothing_to_redeem),
        FACT(the_same_request_gets_the_same_answer_again),
        FACT(a_request_that_was_used_for_another_code_is_refused),
        FACT(a_dry_run_answers_and_changes_nothing),
        FACT0(of_many_who_redeem_one_voucher_at_once_one_succeeds),
        FACT(a_redemption_is_undone_on_its_own_business_day_only),
        FACT(a_void_voucher_says_when_and_why),
        FACT(copies_are_numbered_and_only_a_living_voucher_is_copied),
        FACT(a_vouchers_history_tells_everything_in_order),
        FACT(whoever_looks_may_stop),
        FACT(vouchers_are_listed_by_state_day_sale_and_job),
        FACT(the_ledger_keeps_to_the_life_cycle_of_a_voucher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
