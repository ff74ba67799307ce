/* What happens to a voucher: redeemed once, undone, made void, copied. */
#include "ledger/fixture.h"

#define A "7KQ2M9XDPA4T"
#define B "0123456789AB"
#define C "ZZZZZZZZZZZZ"

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
        FACT(the_ledger_keeps_to_the_life_cycle_of_a_voucher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
