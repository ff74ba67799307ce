/* What the ledger keeps: its clock, sales, vouchers given, and looking back at them. */
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

#define FACT(f) cmocka_unit_test_setup_teardown(f, make_ledger, remove_folder)

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
        FACT(a_vouchers_history_tells_everything_in_order),
        FACT(whoever_looks_may_stop),
        FACT(vouchers_are_listed_by_state_day_sale_and_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
