/* Facts about the proof: events cannot be changed, and a derived row that was is found. */
#include "ledger/fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define A "7KQ2M9XDPA4T"
#define B "0123456789AB"

/* Another program with the same file. */
static int tamper(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return rc;
}

/* A day at the shop: every kind of event. */
static void live_a_day(void)
{
    const struct limit limits[] = {{LIMIT_STOCK, LIMIT_PER_DAY, false, 40},
                                   {LIMIT_CUSTOMER, LIMIT_PER_WEEK, true, 100000}};
    const struct ledger_act a = act("", "why");
    const struct ledger_sale sale = sale_of("S-1", DAY, 4250);
    const struct ledger_scope scope = {.offer = slice_str("sorry-wait"),
                                       .customer = slice_str("C-17"),
                                       .till = slice_str("1"),
                                       .sale = &sale.key,
                                       .day = DAY,
                                       .cost_minor = 2000};
    struct ledger_taken taken;
    struct ledger_refusal refusal;
    bool allowed, issued, again;
    unsigned number;
    begin();
    for (unsigned i = 0; i < 4; i++) {
        static const char *const codes[] = {A, B, "ABCDEFGHJKMN", "222222222222"};
        const struct ledger_voucher v = voucher(codes[i], DAY);
        assert_true(
            ledger_take(ledger, &scope, limits, 2, &arena, &taken, &allowed, &refusal, &err));
        assert_true(allowed);
        assert_true(ledger_issue(ledger, &a, &v, &taken, &issued, &err));
    }
    assert_true(ledger_sale_record(ledger, &a, &sale, &err));
    assert_true(ledger_sale_copy(ledger, &a, &sale.key, &number, &again, &err));
    commit();
    assert_true(redeem(A, "r-1").ok);
    assert_false(redeem(A, "r-2").ok);
    const struct voucher_code first = code_of(A), second = code_of(B),
                              third = code_of("ABCDEFGHJKMN");
    begin();
    assert_true(ledger_undo(ledger, &a, &first, &err));
    assert_true(ledger_copy(ledger, &a, &first, &number, &again, &err));
    assert_true(ledger_copy(ledger, &a, &first, &number, &again, &err));
    assert_true(ledger_void(ledger, &a, &second, true, &err));
    assert_true(ledger_void(ledger, &a, &third, false, &err));
    commit();
    assert_true(redeem(A, "r-3").ok);
}

static void a_day_at_the_shop_is_what_its_events_say(void **state)
{
    (void)state;
    live_a_day();
    assert_int_equal(differences(), 0);
    assert_int_equal(differences(), 0); /* and proving it leaves nothing behind */
}

static void events_cannot_be_changed_or_deleted(void **state)
{
    (void)state;
    live_a_day();
    assert_int_equal(tamper("UPDATE event SET who = 'nobody'"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("UPDATE event SET at_s = at_s + 1 WHERE n = 1"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("DELETE FROM event"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("DELETE FROM event WHERE n = 2"), SQLITE_CONSTRAINT);
    assert_int_equal(differences(), 0);
}

static void every_derived_row_that_was_changed_is_found_and_named(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *found;
    } cases[] = {
        {"UPDATE voucher SET state = 'issued' WHERE code LIKE '7KQ2%'", "voucher state"},
        {"UPDATE voucher SET valid_to = valid_to + 1 WHERE code LIKE '7KQ2%'", "voucher valid_to"},
        {"UPDATE voucher SET at_most = 100000", "voucher at_most"},
        {"UPDATE voucher SET view = CAST('forged' AS BLOB)", "voucher view"},
        {"UPDATE voucher SET copies = 0", "voucher copies"},
        {"UPDATE voucher SET redeemed_who = NULL WHERE state = 'redeemed'", "voucher redeemed_who"},
        {"DELETE FROM voucher WHERE code LIKE '0123%'", "voucher row"},
        {"UPDATE counter SET used = used - 1 WHERE scope = 'stock'", "counter used"},
        {"DELETE FROM counter", "counter row"},
        {"INSERT INTO counter VALUES ('x', 'shop', 'day', 0, '', '2026-11-21', 1)", "counter row"},
        {"UPDATE sale SET total = 1", "sale total"},
        {"UPDATE sale SET answer = CAST('x' AS BLOB)", "sale answer"},
        {"UPDATE sale SET copies = 7", "sale copies"},
        {"UPDATE sale SET customer = 'C-2'", "sale customer"},
        {"INSERT INTO sale SELECT till, 'S-2', day, content_hash, total, currency, exponent, kind,"
         " time_s, time_offset_s, job, recorded_s, copies, answer, view, customer FROM sale",
         "sale row"},
    };
    live_a_day();
    close_ledger();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        /* Each on the same day again: the savepoint is a copy of the file. */
        assert_int_equal(tamper("PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
        char command[256], kept[128];
        snprintf(kept, sizeof kept, "%s/kept", folder);
        snprintf(command, sizeof command, "VACUUM INTO '%s'", kept);
        assert_int_equal(tamper(command), SQLITE_OK);
        assert_int_equal(tamper(cases[i].sql), SQLITE_OK);
        assert_true(open_ledger());
        assert_true(differences() > 0);
        assert_string_equal(first_difference, cases[i].found);
        close_ledger();
        snprintf(command, sizeof command, "%s-wal", path);
        unlink(command);
        snprintf(command, sizeof command, "%s-shm", path);
        unlink(command);
        assert_int_equal(rename(kept, path), 0);
    }
    assert_true(open_ledger());
    assert_int_equal(differences(), 0);
}

static void an_event_that_was_taken_out_by_force_leaves_a_gap(void **state)
{
    (void)state;
    live_a_day();
    assert_int_equal(tamper("DROP TRIGGER event_is_never_deleted;"
                            "DELETE FROM event WHERE kind = 'refused'"),
                     SQLITE_OK);
    assert_int_equal(differences(), 1);
    assert_string_equal(first_difference, "event seq");
}

static void an_event_that_cannot_have_happened_is_named(void **state)
{
    (void)state;
    live_a_day();
    assert_int_equal(
        tamper("INSERT INTO event SELECT NULL, shop, till, seq + 1, at_s, day, 0, 'redeemed', code,"
               " who, '', NULL, data FROM event ORDER BY n DESC LIMIT 1"),
        SQLITE_OK);
    assert_true(differences() > 0);
    assert_string_equal(first_difference, "event kind");
    assert_int_equal(
        tamper(
            "INSERT INTO event SELECT NULL, shop, till, seq + 1, at_s, day, 0, 'unheard-of', code,"
            " who, '', NULL, data FROM event ORDER BY n DESC LIMIT 1"),
        SQLITE_OK);
    assert_int_equal(differences(), 2);
}

static void a_clock_that_was_set_is_recorded_as_such(void **state)
{
    (void)state;
    issue(A, DAY);
    env.now_is_set = true;
    issue(B, DAY);
    sqlite3 *db;
    char **rows;
    int n, columns;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_get_table(db, "SELECT clock_set FROM event ORDER BY n", &rows, &n, &columns, NULL),
        SQLITE_OK);
    assert_int_equal(n, 2);
    assert_string_equal(rows[1], "0");
    assert_string_equal(rows[2], "1");
    sqlite3_free_table(rows);
    sqlite3_close(db);
}

/* A disk that fills up while vouchers are given: the exit status is the number of vouchers that
 * were committed. */
static int give_until_the_disk_is_full(void)
{
    static char view[100000];
    struct rlimit limit;
    const struct limit stock = {LIMIT_STOCK, LIMIT_PER_DAY, false, 1000};
    signal(SIGXFSZ, SIG_IGN);
    memset(view, 'v', sizeof view);
    if (!open_ledger() || getrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 201;
    limit.rlim_cur = 1 << 20;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 202;
    for (int i = 0; i < 100; i++) {
        const struct ledger_act a = act("", "");
        const struct ledger_scope scope = {
            .offer = slice_str("sorry-wait"), .till = slice_str("1"), .day = DAY};
        char text[13];
        snprintf(text, sizeof text, "%012d", i);
        struct ledger_voucher v = voucher(text, DAY);
        v.view = slice_of(view, sizeof view);
        struct ledger_taken taken;
        struct ledger_refusal refusal;
        bool allowed, issued;
        if (!store_begin(store, &err) ||
            !ledger_take(ledger, &scope, &stock, 1, &arena, &taken, &allowed, &refusal, &err) ||
            !ledger_issue(ledger, &a, &v, &taken, &issued, &err) || !store_commit(store, &err)) {
            store_rollback(store);
            return err.code == ERR_STORE_FULL ? i : 203;
        }
    }
    return 204;
}

static bool count_one(void *ctx, const struct ledger_voucher *v, struct err *unused)
{
    (void)v, (void)unused;
    ++*(int *)ctx;
    return true;
}

static void a_full_disk_takes_no_stock_without_a_voucher(void **state)
{
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(give_until_the_disk_is_full());
    int status, given = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_in_range(WEXITSTATUS(status), 1, 99);
    assert_true(open_ledger());
    const struct ledger_filter all = {.day = DAY};
    assert_true(ledger_list(ledger, &all, count_one, &given, &err));
    assert_int_equal(given, WEXITSTATUS(status));
    assert_int_equal(differences(), 0);
}

#define FACT(f)  cmocka_unit_test_setup_teardown(f, make_ledger, remove_folder)
#define FACT0(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT(a_day_at_the_shop_is_what_its_events_say),
        FACT(events_cannot_be_changed_or_deleted),
        FACT(every_derived_row_that_was_changed_is_found_and_named),
        FACT(an_event_that_was_taken_out_by_force_leaves_a_gap),
        FACT(an_event_that_cannot_have_happened_is_named),
        FACT(a_clock_that_was_set_is_recorded_as_such),
        FACT0(a_full_disk_takes_no_stock_without_a_voucher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
