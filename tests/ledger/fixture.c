#include "ledger/fixture.h"

#include <sys/wait.h>
#include <unistd.h>

char folder[64], path[96], first_difference[128];
struct env_fixed clock_now;
struct env env;
struct store *store;
struct ledger *ledger;
struct arena arena;
struct err err;

int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/bonbon-ledger-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/bonbon.db", folder);
    env_fixed(&env, (int64_t)DAY * A_DAY_S + NOON, 1, &clock_now);
    err = (struct err){0};
    return 0;
}

bool open_ledger(void)
{
    return store_open(&store, path, &err) &&
           ledger_open(&ledger, store, &env, slice_str("cafe"), NULL, &err) &&
           arena_init(&arena, 64 << 20);
}

void close_ledger(void)
{
    ledger_close(ledger);
    store_close(store);
    arena_finish(&arena);
    ledger = NULL;
    store = NULL;
}

int make_ledger(void **state)
{
    return make_folder(state) == 0 && open_ledger() ? 0 : -1;
}

int remove_folder(void **state)
{
    (void)state;
    static const char *const ends[] = {"", "-wal", "-shm"};
    close_ledger();
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char file[128];
        snprintf(file, sizeof file, "%s%s", path, ends[i]);
        unlink(file);
    }
    return rmdir(folder);
}

void begin(void)
{
    if (!store_begin(store, &err))
        fail_msg("begin: %s", err_name(err.code));
}

void commit(void)
{
    if (!store_commit(store, &err))
        fail_msg("commit: %s", err_name(err.code));
}

struct ledger_act act(const char *request, const char *reason)
{
    return (struct ledger_act){
        .at_s = clock_now.now_s,
        .day = (int32_t)(clock_now.now_s / A_DAY_S),
        .till = slice_str("1"),
        .by = slice_str("Ana"),
        .request = slice_str(request),
        .reason = slice_str(reason),
    };
}

struct voucher_code code_of(const char *twelve)
{
    struct voucher_code code;
    memcpy(code.c, twelve, 12);
    code.c[12] = code_check(twelve);
    code.c[13] = 0;
    return code;
}

struct ledger_voucher voucher(const char *twelve, int32_t valid_to)
{
    return (struct ledger_voucher){
        .code = code_of(twelve),
        .offer = slice_str("sorry-wait"),
        .rule = slice_str("long wait"),
        .reason = slice_str("așteptare"),
        .value = {.kind = VALUE_PERCENT,
                  .percent_hundredths = 1000,
                  .at_most_minor = 2000,
                  .gift = slice_str(""),
                  .cost_minor = 2000},
        .currency = "RON",
        .exponent = 2,
        .valid_to_day = valid_to,
        .sale_id = slice_str("S-1"),
        .sale_day = DAY,
        .customer = slice_str("C-17"),
        .key_id = slice_str("K1"),
        .job = slice_str("job-1"),
        .template_name = slice_str("sorry-for-the-wait"),
        .view = slice_str("{\"name\":\"Ioana\"}"),
    };
}

struct ledger_sale sale_of(const char *id, int32_t day, int64_t total_minor)
{
    return (struct ledger_sale){
        .key = {.till = slice_str("1"), .id = slice_str(id), .day = day},
        .content_hash = {(uint8_t)total_minor, 2, 3, 0xFF},
        .total_minor = total_minor,
        .currency = "RON",
        .exponent = 2,
        .kind = SALE_SALE,
        .time_s = (int64_t)day * A_DAY_S,
        .time_offset_s = 7200,
        .job = slice_str("job-1"),
        .answer = slice_str("{\"state\":\"sent\"}"),
        .view = slice_of("view\0with a zero", 16),
    };
}

void issue(const char *twelve, int32_t valid_to)
{
    const struct ledger_act a = act("", "");
    const struct ledger_voucher v = voucher(twelve, valid_to);
    bool issued;
    begin();
    assert_true(ledger_issue(ledger, &a, &v, NULL, &issued, &err));
    assert_true(issued);
    commit();
}

struct ledger_answer redeem(const char *twelve, const char *request)
{
    const struct ledger_act a = act(request, "");
    const struct voucher_code code = code_of(twelve);
    struct ledger_answer answer;
    begin();
    if (!ledger_redeem(ledger, &a, &code, slice_str("S-2"), false, &arena, &answer, &err))
        fail_msg("redeem: %s", err_name(err.code));
    commit();
    return answer;
}

struct ledger_voucher find(const char *twelve, int32_t day)
{
    const struct voucher_code code = code_of(twelve);
    struct ledger_voucher v;
    assert_true(ledger_find(ledger, &code, day, &arena, &v, &err));
    return v;
}

static void note_difference(void *ctx, const struct ledger_difference *difference)
{
    (void)ctx;
    if (!first_difference[0])
        snprintf(first_difference, sizeof first_difference, "%s %s", difference->table,
                 difference->column);
}

uint64_t differences(void)
{
    uint64_t events, n;
    first_difference[0] = 0;
    assert_true(store_begin_read(store, &err));
    if (!ledger_verify(ledger, note_difference, NULL, &events, &n, &err))
        fail_msg("verify: %s %s", err_name(err.code), err.arg[0]);
    store_rollback(store);
    return n;
}

void in_processes(int n, int (*f)(int i), int counts[3])
{
    pid_t pids[64];
    assert_true(n <= 64);
    memset(counts, 0, 3 * sizeof counts[0]);
    for (int i = 0; i < n; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0)
            _exit(f(i));
    }
    for (int i = 0; i < n; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status));
        assert_true(WEXITSTATUS(status) <= 2);
        counts[WEXITSTATUS(status)]++;
    }
}

static bool in_transaction(bool ok)
{
    if (ok)
        commit();
    else
        store_rollback(store);
    return ok;
}

bool undo(const char *twelve, const char *request, const char *reason)
{
    const struct ledger_act a = act(request, reason);
    const struct voucher_code code = code_of(twelve);
    begin();
    return in_transaction(ledger_undo(ledger, &a, &code, &err));
}

bool make_void(const char *twelve, const char *request, const char *reason)
{
    const struct ledger_act a = act(request, reason);
    const struct voucher_code code = code_of(twelve);
    begin();
    return in_transaction(ledger_void(ledger, &a, &code, false, &err));
}
