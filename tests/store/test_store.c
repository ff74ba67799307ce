/* Facts about the store: what a commit promises, what a failing disk leaves, who may write. */
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* SQLite's own calls come here: the program's symbols stand before the C library's. */
static unsigned syncs;
__attribute__((visibility("default"))) int fsync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fsync, fd);
}
__attribute__((visibility("default"))) int fdatasync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

enum { ADD, COUNT_ALL, FIND, TEXTS, BROKEN, STATEMENTS };

static const char *const statements[STATEMENTS] = {
    [ADD] = "INSERT INTO thing (id, word, bytes) VALUES (?1, ?2, ?3)",
    [COUNT_ALL] = "SELECT count(*) FROM thing",
    [FIND] = "SELECT id, word, bytes FROM thing WHERE id = ?1",
    [TEXTS] = "SELECT ?1 IS NULL, ?2 IS NULL, ?2, ?3",
    [BROKEN] = "SELECT nothing FROM nowhere",
};

static const char *const first_only[] = {
    "CREATE TABLE thing (id INTEGER PRIMARY KEY, word TEXT, bytes BLOB) STRICT;"
    "CREATE TABLE child (thing INTEGER REFERENCES thing (id)) STRICT;",
    NULL,
};
static const char *const with_second[] = {
    "CREATE TABLE thing (id INTEGER PRIMARY KEY, word TEXT, bytes BLOB) STRICT;"
    "CREATE TABLE child (thing INTEGER REFERENCES thing (id)) STRICT;",
    "ALTER TABLE thing ADD COLUMN colour TEXT; INSERT INTO thing (id, colour) VALUES (99, 'red');",
    NULL,
};
static const char *const with_broken[] = {
    "CREATE TABLE other (id INTEGER) STRICT;",
    "CREATE TABLE half (id INTEGER) STRICT; THIS IS NOT SQL;",
    NULL,
};

#define ROOM(name_, migrations_)                                                                   \
    {                                                                                              \
        .name = (name_), .migrations = (migrations_), .statements = statements,                    \
        .n_statements = STATEMENTS                                                                 \
    }
static const struct store_room room = ROOM("things", first_only);
static const struct store_room newer_room = ROOM("things", with_second);
static const struct store_room broken_room = ROOM("broken", with_broken);

static char folder[64], path[96];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/bonbon-store-XXXXXX");
    if (!mkdtemp(folder) || chmod(folder, 0755) != 0)
        return -1;
    snprintf(path, sizeof path, "%s/bonbon.db", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char file[128];
        snprintf(file, sizeof file, "%s%s", path, ends[i]);
        unlink(file);
    }
    chmod(folder, 0755);
    return rmdir(folder);
}

static struct store *open_things(struct table **table)
{
    struct err err = {0};
    struct store *store;
    if (!store_open(&store, path, &err) || !store_attach(store, &room, table, &err)) {
        fprintf(stderr, "%s: %s\n", err_name(err.code), err.arg[0]);
        abort();
    }
    return store;
}

static bool add(struct table *table, int64_t id, struct slice word, struct err *err)
{
    struct query *q = store_query(table, ADD);
    bind_int(q, 1, id);
    bind_text(q, 2, word);
    bind_blob(q, 3, slice_str("\x01\x02"));
    return store_run(q, NULL, err);
}

static int64_t count(struct table *table)
{
    struct err err = {0};
    bool row = false;
    struct query *q = store_query(table, COUNT_ALL);
    if (!store_step(q, &row, &err) || !row)
        return -1;
    int64_t n = column_int(q, 0);
    store_done(q);
    return n;
}

/* Runs f in a process of its own and gives what it returned. */
static int in_child(int (*f)(void))
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(f());
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* ── transactions ── */

static void what_was_committed_is_there_again(void **state)
{
    (void)state;
    struct err err = {0};
    struct table *table;
    struct store *store = open_things(&table);
    assert_true(store_begin(store, &err));
    assert_true(add(table, 7, slice_str("șapte"), &err));
    assert_int_equal(store_last_id(store), 7);
    assert_true(store_commit(store, &err));
    store_close(store);

    store = open_things(&table);
    struct query *q = store_query(table, FIND);
    bind_int(q, 1, 7);
    bool row;
    assert_true(store_step(q, &row, &err));
    assert_true(row);
    assert_true(slice_is(column_text(q, 1), "șapte"));
    assert_true(slice_equal(column_blob(q, 2), slice_of("\x01\x02", 2)));
    assert_true(store_step(q, &row, &err));
    assert_false(row);
    store_close(store);
}

static void what_was_not_committed_is_gone(void **state)
{
    (void)state;
    struct err err = {0};
    struct table *table;
    struct store *store = open_things(&table);
    assert_true(store_begin(store, &err));
    assert_true(add(table, 1, slice_str("one"), &err));
    store_rollback(store);
    assert_int_equal(count(table), 0);
    assert_true(store_begin(store, &err));
    assert_true(add(table, 1, slice_str("one"), &err));
    store_close(store);
    store = open_things(&table);
    assert_int_equal(count(table), 0);
    store_close(store);
}

static void a_write_needs_a_transaction_and_a_transaction_stands_alone(void **state)
{
    (void)state;
    struct err err = {0};
    struct table *table;
    struct store *store = open_things(&table);
    assert_false(add(table, 1, slice_str("one"), &err));
    assert_int_equal(err.code, ERR_BUG);
    assert_int_equal(count(table), 0);
    assert_false(store_commit(store, &err));
    assert_int_equal(err.code, ERR_BUG);
    assert_true(store_begin(store, &err));
    assert_true(store_in_transaction(store));
    assert_false(store_begin(store, &err));
    assert_int_equal(err.code, ERR_BUG);
    store_rollback(store);
    assert_false(store_in_transaction(store));
    store_close(store);
}

static void a_broken_constraint_takes_back_its_own_statement_only(void **state)
{
    (void)state;
    struct err err = {0};
    struct table *table;
    struct store *store = open_things(&table);
    assert_true(store_begin(store, &err));
    assert_true(add(table, 1, slice_str("one"), &err));
    assert_false(add(table, 1, slice_str("again"), &err));
    assert_int_equal(err.code, ERR_STORE);
    assert_true(add(table, 2, slice_str("two"), &err));
    assert_true(store_commit(store, &err));
    assert_int_equal(count(table), 2);
    store_close(store);
}

static void a_transaction_costs_one_fsync(void **state)
{
    (void)state;
    enum { COMMITS = 100 };
    struct err err = {0};
    struct table *table;
    struct store *store = open_things(&table);
    assert_true(store_begin(store, &err));
    assert_true(add(table, 1000, slice_str("the first one also makes the log"), &err));
    assert_true(store_commit(store, &err));
    syncs = 0;
    for (int i = 0; i < COMMITS; i++) {
        assert_true(store_begin(store, &err));
        assert_true(add(table, i, slice_str("word"), &err));
        assert_true(store_commit(store, &err));
    }
    assert_int_equal(syncs, COMMITS);
    syncs = 0;
    store_close(store);
    store = open_things(&table);
    assert_int_equal(count(table), COMMITS + 1);
    store_close(store);
    assert_int_equal(syncs, 0); /* opening and closing a shop costs none */
}

static void reading_sees_one_moment(void **state)
{
    (void)state;
    struct err err = {0};
    struct table *here, *there;
    struct store *reader = open_things(&here), *writer = open_things(&there);
    assert_true(store_begin_read(reader, &err));
    assert_int_equal(count(here), 0);
    assert_true(store_begin(writer, &err));
    assert_true(add(there, 1, slice_str("one"), &err));
    assert_true(store_commit(writer, &err));
    assert_int_equal(count(here), 0);
    store_rollback(reader);
    assert_int_equal(count(here), 1);
    store_close(reader);
    store_close(writer);
}

static void writing_on_an_old_snapshot_is_busy(void **state)
{
    (void)state;
    struct err err = {0};
    struct table *here, *there;
    struct store *reader = open_things(&here), *writer = open_things(&there);
    assert_true(store_begin_read(reader, &err));
    assert_int_equal(count(here), 0);
    assert_true(store_begin(writer, &err));
    assert_true(add(there, 1, slice_str("one"), &err));
    assert_true(store_commit(writer, &err));
    assert_false(add(here, 2, slice_str("two"), &err));
    assert_int_equal(err.code, ERR_STORE_BUSY);
    err = (struct err){0};
    assert_false(store_commit(reader, &err));
    assert_int_equal(err.code, ERR_STORE_BUSY);
    assert_int_equal(count(here), 1);
    store_close(reader);
    store_close(writer);
}

/* ── values ── */

static void an_empty_text_is_not_null_and_what_is_not_bound_is(void **state)
{
    (void)state;
    struct err err = {0};
    struct table *table;
    struct store *store = open_things(&table);
    struct query *q = store_query(table, TEXTS);
    bind_text(q, 2, slice_of(NULL, 0));
    bind_blob(q, 3, slice_of("a\0b", 3));
    bool row;
    assert_true(store_step(q, &row, &err));
    assert_int_equal(column_int(q, 0), 1);
    assert_int_equal(column_int(q, 1), 0);
    assert_int_equal(column_text(q, 2).n, 0);
    assert_int_equal(column_blob(q, 3).n, 3);
    store_close(store);
}

static void sql_that_cannot_be_prepared_is_an_error_not_a_crash(void **state)
{
    (void)state;
    struct err err = {0};
    struct table *table;
    struct store *store = open_things(&table);
    struct query *q = store_query(table, BROKEN);
    bind_int(q, 1, 1);
    bool row;
    assert_false(store_step(q, &row, &err));
    assert_int_equal(err.code, ERR_STORE);
    store_done(q);
    q = store_query(table, COUNT_ALL);
    bind_int(q, 5, 1); /* there is no ?5 */
    assert_false(store_step(q, &row, &err));
    assert_int_equal(err.code, ERR_STORE);
    store_close(store);
}

/* ── migrations ── */

static void a_room_grows_from_number_to_number(void **state)
{
    (void)state;
    struct err err = {0};
    struct table *table;
    struct store *store = open_things(&table);
    store_close(store);
    assert_true(store_open(&store, path, &err));
    assert_true(store_attach(store, &newer_room, &table, &err));
    assert_int_equal(count(table), 1);
    store_close(store);
    assert_true(store_open(&store, path, &err));
    assert_true(store_attach(store, &newer_room, &table, &err));
    assert_int_equal(count(table), 1); /* once */
    store_close(store);

    assert_true(store_open(&store, path, &err));
    assert_false(store_attach(store, &room, &table, &err));
    assert_int_equal(err.code, ERR_STORE_NEWER);
    assert_string_equal(err.arg[0], path);
    store_close(store);
}

static void a_migration_that_fails_leaves_nothing(void **state)
{
    (void)state;
    struct err err = {0};
    struct store *store;
    struct table *table;
    assert_true(store_open(&store, path, &err));
    assert_false(store_attach(store, &broken_room, &table, &err));
    assert_int_equal(err.code, ERR_STORE);
    store_close(store);
    sqlite3 *db;
    char **rows;
    int n, columns;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_get_table(db, "SELECT name FROM sqlite_schema", &rows, &n, &columns, NULL),
        SQLITE_OK);
    assert_int_equal(n, 0);
    sqlite3_free_table(rows);
    sqlite3_close(db);
}

enum { OPENERS = 8, EACH = 25 };

static int open_and_add(int first)
{
    struct err err = {0};
    struct store *store;
    struct table *table;
    if (!store_open(&store, path, &err) || !store_attach(store, &room, &table, &err))
        return 1;
    for (int i = 0; i < EACH; i++) {
        if (!store_begin(store, &err) || !add(table, first + i, slice_str("x"), &err) ||
            !store_commit(store, &err))
            return 2;
    }
    store_close(store);
    return 0;
}

static void processes_that_meet_an_empty_folder_all_write(void **state)
{
    (void)state;
    pid_t pids[OPENERS];
    for (int i = 0; i < OPENERS; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0)
            _exit(open_and_add(i * EACH));
    }
    for (int i = 0; i < OPENERS; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    struct table *table;
    struct store *store = open_things(&table);
    assert_int_equal(count(table), OPENERS * EACH);
    store_close(store);
}

/* ── what can be wrong with a disk ── */

static void a_file_that_is_no_database_is_named(void **state)
{
    (void)state;
    struct err err = {0};
    struct store *store;
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 8192; i++)
        fputc('x', f);
    fclose(f);
    assert_false(store_open(&store, path, &err));
    assert_null(store);
    assert_int_equal(err.code, ERR_STORE_DAMAGED);
    assert_string_equal(err.arg[0], path);
}

static void a_damaged_page_is_found_when_it_is_read(void **state)
{
    (void)state;
    struct err err = {0};
    struct table *table;
    struct store *store = open_things(&table);
    assert_true(store_begin(store, &err));
    for (int i = 0; i < 2000; i++)
        assert_true(add(table, i, slice_str("a word that takes its place on a page"), &err));
    assert_true(store_commit(store, &err));
    store_close(store);
    sqlite3 *db; /* everything into the one file */
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    static uint8_t noise[4096];
    memset(noise, 0xA5, sizeof noise);
    for (off_t at = 4L * 4096; at < st.st_size; at += 4096)
        assert_int_equal(pwrite(fd, noise, sizeof noise, at), sizeof noise);
    close(fd);

    assert_true(store_open(&store, path, &err));
    assert_true(store_attach(store, &room, &table, &err));
    bool row;
    assert_false(store_step(store_query(table, COUNT_ALL), &row, &err));
    assert_int_equal(err.code, ERR_STORE_DAMAGED);
    assert_string_equal(err.arg[0], path);
    store_close(store);
}

static int nobody_opens(void)
{
    /* root may write anywhere: be somebody else */
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 1;
    struct err err = {0};
    struct store *store;
    if (store_open(&store, path, &err))
        return 2;
    return err.code == ERR_STORE_READONLY && strcmp(err.arg[0], path) == 0 ? 0 : 3;
}

static void a_folder_that_cannot_be_written_is_named(void **state)
{
    (void)state;
    assert_int_equal(chmod(folder, 0555), 0);
    assert_int_equal(in_child(nobody_opens), 0); /* no database yet */
    assert_int_equal(chmod(folder, 0755), 0);
    struct table *table;
    store_close(open_things(&table));
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(folder, 0555), 0);
    assert_int_equal(in_child(nobody_opens), 0);
}

static bool limit_files(rlim_t bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        return false;
    limit.rlim_cur = bytes;
    return setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

/* A transaction that does not fit, then one that does. */
static int fill_the_disk(void)
{
    static char word[1 << 20];
    struct err err = {0};
    struct table *table;
    signal(SIGXFSZ, SIG_IGN);
    struct store *store = open_things(&table);
    if (!store_begin(store, &err) || !add(table, 1, slice_str("before"), &err) ||
        !store_commit(store, &err))
        return 1;
    memset(word, 'w', sizeof word);
    if (!limit_files(256 << 10) || !store_begin(store, &err))
        return 2;
    bool ok = true;
    for (int i = 2; ok && i < 100; i++)
        ok = add(table, i, slice_of(word, sizeof word), &err);
    if (ok || err.code != ERR_STORE_FULL)
        return 3;
    /* The transaction is lost: nothing more goes in, and the commit says so. */
    struct err later = {0};
    if (add(table, 500, slice_str("after"), &later) || later.code != ERR_STORE_FULL)
        return 4;
    if (store_commit(store, &later) || later.code != ERR_STORE_FULL)
        return 5;
    if (!limit_files(RLIM_INFINITY) || count(table) != 1)
        return 6;
    if (!store_begin(store, &err) || !add(table, 2, slice_str("room again"), &err) ||
        !store_commit(store, &err) || count(table) != 2)
        return 7;
    store_close(store);
    return 0;
}

static void a_full_disk_leaves_nothing_half_done(void **state)
{
    (void)state;
    assert_int_equal(in_child(fill_the_disk), 0);
    struct table *table;
    struct store *store = open_things(&table);
    assert_int_equal(count(table), 2);
    store_close(store);
}

/* Killed without a word while a transaction is open, after one that was committed. */
static int die_in_the_middle(void)
{
    struct err err = {0};
    struct table *table;
    struct store *store = open_things(&table);
    if (!store_begin(store, &err) || !add(table, 1, slice_str("kept"), &err) ||
        !store_commit(store, &err) || !store_begin(store, &err) ||
        !add(table, 2, slice_str("lost"), &err))
        return 1;
    return 0; /* _exit follows: nothing is closed */
}

static void a_program_that_dies_keeps_what_it_committed(void **state)
{
    (void)state;
    assert_int_equal(in_child(die_in_the_middle), 0);
    struct table *table;
    struct store *store = open_things(&table);
    assert_int_equal(count(table), 1);
    store_close(store);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT(what_was_committed_is_there_again),
        FACT(what_was_not_committed_is_gone),
        FACT(a_write_needs_a_transaction_and_a_transaction_stands_alone),
        FACT(a_broken_constraint_takes_back_its_own_statement_only),
        FACT(a_transaction_costs_one_fsync),
        FACT(reading_sees_one_moment),
        FACT(writing_on_an_old_snapshot_is_busy),
        FACT(an_empty_text_is_not_null_and_what_is_not_bound_is),
        FACT(sql_that_cannot_be_prepared_is_an_error_not_a_crash),
        FACT(a_room_grows_from_number_to_number),
        FACT(a_migration_that_fails_leaves_nothing),
        FACT(processes_that_meet_an_empty_folder_all_write),
        FACT(a_file_that_is_no_database_is_named),
        FACT(a_damaged_page_is_found_when_it_is_read),
        FACT(a_folder_that_cannot_be_written_is_named),
        FACT(a_full_disk_leaves_nothing_half_done),
        FACT(a_program_that_dies_keeps_what_it_committed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
