/* Facts about limits: which period a day belongs to, and that nobody gives more than a limit says.
 */
#include "ledger/fixture.h"

#include <time.h>

#include "ledger/backend.h"

/* ── periods ── */

static void assert_period(enum limit_per per, int year, unsigned month, unsigned day,
                          const char *want)
{
    char text[LEDGER_PERIOD];
    size_t n = ledger_period(per, day_from_civil(year, month, day), text);
    assert_string_equal(text, want);
    assert_int_equal(n, strlen(want));
}

static void a_week_belongs_to_the_year_of_its_thursday(void **state)
{
    (void)state;
    /* as `date -d DAY +%G-W%V` says */
    assert_period(LIMIT_PER_WEEK, 2026, 12, 27, "2026-W52");
    assert_period(LIMIT_PER_WEEK, 2026, 12, 28, "2026-W53");
    assert_period(LIMIT_PER_WEEK, 2026, 12, 31, "2026-W53");
    assert_period(LIMIT_PER_WEEK, 2027, 1, 3, "2026-W53");
    assert_period(LIMIT_PER_WEEK, 2027, 1, 4, "2027-W01");
    assert_period(LIMIT_PER_WEEK, 2024, 12, 30, "2025-W01");
    assert_period(LIMIT_PER_WEEK, 2022, 1, 1, "2021-W52");
    assert_period(LIMIT_PER_WEEK, 2021, 1, 3, "2020-W53");
    assert_period(LIMIT_PER_WEEK, 2024, 2, 29, "2024-W09");
}

static void weeks_are_those_of_the_c_library(void **state)
{
    (void)state;
    for (int32_t day = day_from_civil(2020, 1, 1); day < day_from_civil(2049, 1, 1); day++) {
        char ours[LEDGER_PERIOD], theirs[32];
        time_t t = (time_t)day * A_DAY_S;
        struct tm tm;
        gmtime_r(&t, &tm);
        strftime(theirs, sizeof theirs, "%G-W%V", &tm);
        ledger_period(LIMIT_PER_WEEK, day, ours);
        assert_string_equal(ours, theirs);
    }
}

static void a_month_ends_with_its_last_day(void **state)
{
    (void)state;
    assert_period(LIMIT_PER_MONTH, 2028, 2, 29, "2028-02");
    assert_period(LIMIT_PER_MONTH, 2028, 3, 1, "2028-03");
    assert_period(LIMIT_PER_MONTH, 2026, 12, 31, "2026-12");
    assert_period(LIMIT_PER_MONTH, 2027, 1, 1, "2027-01");
    assert_period(LIMIT_PER_DAY, 2026, 11, 21, "2026-11-21");
    assert_period(LIMIT_PER_YEAR, 2026, 12, 31, "2026");
    assert_period(LIMIT_PER_YEAR, 2027, 1, 1, "2027");
    assert_period(LIMIT_PER_EVER, 2026, 11, 21, "");
}

/* ── taking ── */

static struct ledger_sale_key sale_key;

static struct ledger_scope scope_of(const char *customer, const char *till, int32_t day)
{
    sale_key = (struct ledger_sale_key){slice_str(till), slice_str("S-1"), day};
    return (struct ledger_scope){
        .offer = slice_str("sorry-wait"),
        .customer = slice_str(customer),
        .till = slice_str(till),
        .sale = &sale_key,
        .day = day,
        .cost_minor = 2000,
    };
}

static struct ledger_refusal refusal;
static struct ledger_taken taken;

static bool try_take(const struct ledger_scope *scope, const struct limit *limits, size_t n)
{
    bool allowed, peeked;
    struct ledger_refusal peek_refusal = {0};
    begin();
    assert_true(ledger_peek(ledger, scope, limits, n, &arena, &peeked, &peek_refusal, &err));
    refusal = (struct ledger_refusal){0};
    assert_true(ledger_take(ledger, scope, limits, n, &arena, &taken, &allowed, &refusal, &err));
    commit();
    assert_int_equal(allowed, peeked); /* what explain says is what happens */
    assert_memory_equal(&refusal, &peek_refusal, sizeof refusal);
    return allowed;
}

static int64_t rows_of_counter(void)
{
    static const char *const statements[] = {"SELECT count(*) FROM counter"};
    static const char *const no_migrations[] = {NULL};
    static const struct store_room room = {"test", no_migrations, statements, 1};
    struct table *table;
    bool row;
    assert_true(store_attach(store, &room, &table, &err));
    struct query *q = store_query(table, 0);
    assert_true(store_step(q, &row, &err));
    int64_t n = column_int(q, 0);
    store_done(q);
    return n;
}

static void without_a_limit_nothing_is_counted(void **state)
{
    (void)state;
    const struct limit customer_only = {LIMIT_CUSTOMER, LIMIT_PER_DAY, false, 1};
    struct ledger_scope scope = scope_of("", "1", DAY);
    assert_true(try_take(&scope, NULL, 0));
    assert_true(try_take(&scope, &customer_only, 1)); /* an unknown guest has no customer limit */
    assert_true(try_take(&scope, &customer_only, 1));
    assert_int_equal(taken.n, 0);
    assert_int_equal(rows_of_counter(), 0);
}

static void a_refusal_says_which_limit_is_used_up(void **state)
{
    (void)state;
    const struct limit limits[] = {{LIMIT_SHOP, LIMIT_PER_DAY, true, 5000},
                                   {LIMIT_CUSTOMER, LIMIT_PER_DAY, false, 1}};
    struct ledger_scope scope = scope_of("C-1", "1", DAY);
    assert_true(try_take(&scope, limits, 2));
    assert_int_equal(taken.n, 2);
    assert_false(try_take(&scope, limits, 2));
    assert_int_equal(refusal.limit, 1);
    assert_int_equal(refusal.used, 1);
    assert_int_equal(refusal.most, 1);
    scope.customer = slice_str("C-2");
    assert_true(try_take(&scope, limits, 2));
    scope.customer = slice_str("C-3"); /* 40.00 of 50.00: another 20.00 does not fit */
    assert_false(try_take(&scope, limits, 2));
    assert_int_equal(refusal.limit, 0);
    assert_int_equal(refusal.used, 4000);
    assert_int_equal(refusal.most, 5000);
    scope.cost_minor = 1000;
    assert_true(try_take(&scope, limits, 2));
    scope.customer = slice_str("C-4"); /* all or none: C-4 has used nothing */
    assert_false(try_take(&scope, limits, 2));
    scope.day++;
    assert_true(try_take(&scope, limits, 2));
}

static void each_scope_and_period_counts_by_itself(void **state)
{
    (void)state;
    const struct limit per_till = {LIMIT_TILL, LIMIT_PER_WEEK, false, 1};
    const struct limit per_sale = {LIMIT_SHOP, LIMIT_PER_SALE, false, 1};
    const struct limit ever = {LIMIT_CUSTOMER, LIMIT_PER_EVER, false, 1};
    const struct limit stock = {LIMIT_STOCK, LIMIT_PER_MONTH, false, 2};
    struct ledger_scope scope = scope_of("C-1", "1", day_from_civil(2026, 11, 29)); /* a Sunday */
    assert_true(try_take(&scope, &per_till, 1));
    assert_false(try_take(&scope, &per_till, 1));
    scope.till = slice_str("2");
    assert_true(try_take(&scope, &per_till, 1));
    scope.day++; /* Monday: another week, the same month */
    assert_true(try_take(&scope, &per_till, 1));

    assert_true(try_take(&scope, &per_sale, 1));
    assert_false(try_take(&scope, &per_sale, 1));
    sale_key.id = slice_str("S-2");
    assert_true(try_take(&scope, &per_sale, 1));
    scope.sale = NULL; /* given outside of a sale */
    assert_true(try_take(&scope, &per_sale, 1));

    assert_true(try_take(&scope, &ever, 1));
    scope.day += 4000;
    assert_false(try_take(&scope, &ever, 1));
    scope.offer = slice_str("another offer");
    assert_true(try_take(&scope, &ever, 1));

    scope.day = day_from_civil(2026, 11, 30);
    assert_true(try_take(&scope, &stock, 1));
    assert_true(try_take(&scope, &stock, 1));
    assert_false(try_take(&scope, &stock, 1));
    scope.day++;
    assert_true(try_take(&scope, &stock, 1));
}

static void the_same_limit_twice_takes_once_and_the_smaller_holds(void **state)
{
    (void)state;
    const struct limit limits[] = {{LIMIT_SHOP, LIMIT_PER_DAY, false, 9},
                                   {LIMIT_SHOP, LIMIT_PER_DAY, false, 2}};
    struct ledger_scope scope = scope_of("", "1", DAY);
    assert_true(try_take(&scope, limits, 2));
    assert_int_equal(taken.n, 1);
    assert_true(try_take(&scope, limits, 2));
    assert_false(try_take(&scope, limits, 2));
    assert_int_equal(refusal.limit, 1);
    assert_int_equal(refusal.used, 2);
}

static void an_offer_that_costs_more_than_its_budget_is_never_given(void **state)
{
    (void)state;
    const struct limit small = {LIMIT_SHOP, LIMIT_PER_DAY, true, 1999};
    const struct limit none = {LIMIT_STOCK, LIMIT_PER_DAY, false, 0};
    struct ledger_scope scope = scope_of("", "1", DAY);
    assert_false(try_take(&scope, &small, 1));
    assert_int_equal(refusal.used, 0);
    assert_false(try_take(&scope, &none, 1));
    scope.cost_minor = INT64_MAX;
    assert_false(try_take(&scope, &small, 1));
}

static void more_limits_than_there_is_room_for_are_an_error(void **state)
{
    (void)state;
    static const struct limit many[LEDGER_LIMITS + 1];
    struct ledger_scope scope = scope_of("C-1", "1", DAY);
    bool allowed;
    begin();
    assert_false(ledger_take(ledger, &scope, many, LEDGER_LIMITS + 1, &arena, &taken, &allowed,
                             &refusal, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    commit();
}

static void what_was_taken_comes_back_with_a_voucher_that_never_was_paper(void **state)
{
    (void)state;
    const struct limit limits[] = {{LIMIT_STOCK, LIMIT_PER_DAY, false, 1},
                                   {LIMIT_SHOP, LIMIT_PER_MONTH, true, 2000}};
    const struct ledger_act a = act("", "paper never came out");
    const struct ledger_voucher v = voucher("7KQ2M9XDPA4T", DAY);
    struct ledger_scope scope = scope_of("C-1", "1", DAY);
    bool allowed, issued;
    begin();
    assert_true(ledger_take(ledger, &scope, limits, 2, &arena, &taken, &allowed, &refusal, &err));
    assert_true(allowed);
    assert_true(ledger_issue(ledger, &a, &v, &taken, &issued, &err));
    commit();
    assert_false(try_take(&scope, limits, 2));
    begin();
    assert_true(ledger_void(ledger, &a, &v.code, true, &err));
    commit();
    assert_int_equal(differences(), 0);
    assert_true(try_take(&scope, limits, 2));
}

static void what_is_released_leaves_no_trace(void **state)
{
    (void)state;
    const struct limit limits[] = {{LIMIT_STOCK, LIMIT_PER_DAY, false, 1}};
    struct ledger_scope scope = scope_of("", "1", DAY);
    assert_true(try_take(&scope, limits, 1));
    begin();
    assert_true(ledger_release(ledger, scope.offer, &taken, &err));
    commit();
    assert_int_equal(differences(), 0);
    assert_true(try_take(&scope, limits, 1));
}

/* ── many at once ── */

enum { CAP = 20, PROCESSES = 8, TRIES = 10 };

/* Gives as often as it is allowed; the exit status is 0, or 2 when something failed. */
static int give_in_process(int i)
{
    const struct limit limits[] = {{LIMIT_SHOP, LIMIT_PER_DAY, false, CAP},
                                   {LIMIT_SHOP, LIMIT_PER_DAY, true, 1000000}};
    if (!open_ledger())
        return 2;
    for (int k = 0; k < TRIES; k++) {
        const struct ledger_act a = act("", "");
        struct ledger_scope scope = scope_of("", "1", DAY);
        char text[13];
        snprintf(text, sizeof text, "%012d", i * TRIES + k);
        const struct ledger_voucher v = voucher(text, DAY);
        bool allowed, issued;
        if (!store_begin(store, &err) ||
            !ledger_take(ledger, &scope, limits, 2, &arena, &taken, &allowed, &refusal, &err) ||
            (allowed && (!ledger_issue(ledger, &a, &v, &taken, &issued, &err) || !issued)) ||
            !store_commit(store, &err))
            return 2;
    }
    close_ledger();
    return 0;
}

static bool count_one(void *ctx, const struct ledger_voucher *v, struct err *unused)
{
    (void)v, (void)unused;
    ++*(int *)ctx;
    return true;
}

static void processes_that_give_at_once_give_exactly_what_the_limit_says(void **state)
{
    (void)state;
    int counts[3], given = 0;
    in_processes(PROCESSES, give_in_process, counts);
    assert_int_equal(counts[0], PROCESSES);
    assert_true(open_ledger());
    const struct ledger_filter all = {.day = DAY};
    assert_true(ledger_list(ledger, &all, count_one, &given, &err));
    assert_int_equal(given, CAP);
    assert_int_equal(differences(), 0);
}

#define FACT(f)  cmocka_unit_test_setup_teardown(f, make_ledger, remove_folder)
#define FACT0(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_week_belongs_to_the_year_of_its_thursday),
        cmocka_unit_test(weeks_are_those_of_the_c_library),
        cmocka_unit_test(a_month_ends_with_its_last_day),
        FACT(without_a_limit_nothing_is_counted),
        FACT(a_refusal_says_which_limit_is_used_up),
        FACT(each_scope_and_period_counts_by_itself),
        FACT(the_same_limit_twice_takes_once_and_the_smaller_holds),
        FACT(an_offer_that_costs_more_than_its_budget_is_never_given),
        FACT(more_limits_than_there_is_room_for_are_an_error),
        FACT(what_was_taken_comes_back_with_a_voucher_that_never_was_paper),
        FACT(what_is_released_leaves_no_trace),
        FACT0(processes_that_give_at_once_give_exactly_what_the_limit_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
