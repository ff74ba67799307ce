#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    OWN_BEGIN,
    OWN_BEGIN_READ,
    OWN_COMMIT,
    OWN_ROLLBACK,
    OWN_VERSION,
    OPEN_TRIES = 250, /* of OPEN_WAIT_MS each: as long as a writer waits */
    OPEN_WAIT_MS = 20,
    CLOSE_PAGES = 500, /* a log longer than this is moved into the database at the end */
};

static const char *const own_sql[] = {
    [OWN_BEGIN] = "BEGIN IMMEDIATE",
    [OWN_BEGIN_READ] = "BEGIN",
    [OWN_COMMIT] = "COMMIT",
    [OWN_ROLLBACK] = "ROLLBACK",
    [OWN_VERSION] = "PRAGMA data_version",
};

/* Of each connection. Checkpoints are ours (after_commit), so that a sale costs one fsync; a mapped
 * file would turn a failing disk into a signal; a schema from elsewhere runs nothing. */
static const char settings[] = "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA wal_autocheckpoint = 0;"
                               "PRAGMA mmap_size = 0;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA temp_store = MEMORY;";

/* ── errors ── */

static enum err_code code_of(int rc, int os)
{
    switch (rc & 0xFF) {
    case SQLITE_FULL:
        return ERR_STORE_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_STORE_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_STORE_DAMAGED;
    case SQLITE_READONLY:
        return ERR_STORE_READONLY;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
        /* SQLite says ENOSPC as SQLITE_FULL only for what it writes; growing its shared memory is
         * not that. */
        if (os == ENOSPC || os == EDQUOT || os == EFBIG)
            return ERR_STORE_FULL;
        if ((rc & 0xFF) == SQLITE_CANTOPEN || os == EACCES || os == EROFS || os == EPERM)
            return ERR_STORE_READONLY;
        return ERR_STORE;
    default:
        return ERR_STORE;
    }
}

bool store_fail(struct store *store, int rc, struct err *err)
{
    /* A commit that fails does not set SQLite's own copy of errno; query_step() cleared ours. */
    int after = errno;
    int os = sqlite3_system_errno(store->db);
    struct err told = {0};
    enum err_code code = code_of(rc, os ? os : after);
    bool same = (sqlite3_errcode(store->db) & 0xFF) == (rc & 0xFF);
    if (code == ERR_STORE)
        FAIL(&told, code, same ? sqlite3_errmsg(store->db) : sqlite3_errstr(rc));
    else
        FAIL(&told, code, store->path);
    /* A constraint takes back its own statement only; after everything else nobody can know what is
     * still there. */
    if (store->transaction != NO_TRANSACTION && (rc & 0xFF) != SQLITE_CONSTRAINT && !store->lost) {
        store->lost = true;
        store->lost_err = told;
    }
    if (err)
        *err = told;
    return false;
}

/* ── opening ── */

/* Moves the log into the database when it is long: two or three fsyncs in some thousand pages.
 * Failing is no loss: the log stays, and the next commit tries again. */
static int after_commit(void *ctx, sqlite3 *db, const char *name, int pages)
{
    struct store *store = ctx;
    (void)name;
    store->wal_pages = pages;
    if (pages >= STORE_CHECKPOINT_PAGES)
        sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

static bool run_text(struct store *store, const char *sql, struct err *err)
{
    int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK || store_fail(store, rc, err);
}

/* Two processes that meet a new file: SQLite does not wait for the one that turns the log on. */
static bool use_log(struct store *store, struct err *err)
{
    int rc = SQLITE_BUSY;
    for (int i = 0; i < OPEN_TRIES; i++) {
        rc = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if ((rc & 0xFF) != SQLITE_BUSY)
            break;
        sqlite3_sleep(OPEN_WAIT_MS);
    }
    return rc == SQLITE_OK || store_fail(store, rc, err);
}

static bool configure(struct store *store, struct err *err)
{
    sqlite3 *db = store->db;
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, STORE_BUSY_MS);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (!use_log(store, err) || !run_text(store, settings, err))
        return false;
    sqlite3_wal_hook(db, after_commit, store);
    if (sqlite3_db_readonly(db, "main"))
        return FAIL(err, ERR_STORE_READONLY, store->path);
    return true;
}

/* Asked before SQLite is: it would open the file for reading, and leave shared memory behind that
 * cannot be written either, long after the rights were mended. */
static bool may_write(const char *path)
{
    return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 || errno == ENOENT;
}

bool store_open(struct store **out, const char *path, struct err *err)
{
    *out = NULL;
    if (!may_write(path))
        return FAIL(err, ERR_STORE_READONLY, path);
    struct store *store = calloc(1, sizeof *store);
    if (!store || !(store->path = strdup(path))) {
        free(store);
        return FAIL(err, ERR_STORE, "out of memory");
    }
    for (size_t i = 0; i < sizeof own_sql / sizeof own_sql[0]; i++)
        store->own[i] = (struct query){.store = store, .sql = own_sql[i]};
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(path, &store->db, flags, NULL);
    if (rc != SQLITE_OK ? !store_fail(store, rc, err) : !configure(store, err)) {
        store_close(store);
        return false;
    }
    *out = store;
    return true;
}

static void finish_queries(struct query *q, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sqlite3_finalize(q[i].stmt);
        q[i].stmt = NULL;
    }
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store_rollback(store);
    while (store->tables) {
        struct table *table = store->tables;
        store->tables = table->next;
        finish_queries(table->queries, table->n);
        free(table);
    }
    finish_queries(store->own, sizeof store->own / sizeof store->own[0]);
    /* Whoever opens next reads the whole log first: it is kept short for the commands that print
     * one sale and end. */
    if (store->wal_pages >= CLOSE_PAGES)
        sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    sqlite3_close(store->db);
    free(store->path);
    free(store);
}

/* ── transactions ── */

static bool own_run(struct store *store, unsigned which, struct err *err)
{
    bool row;
    query_ready(&store->own[which]);
    return query_step(&store->own[which], &row, err);
}

static bool begin(struct store *store, unsigned which, enum transaction kind, struct err *err)
{
    if (store->transaction != NO_TRANSACTION)
        return FAIL(err, ERR_BUG, "a transaction inside a transaction");
    if (!own_run(store, which, err))
        return false;
    store->transaction = kind;
    store->lost = false;
    return true;
}

/* Cannot be changed inside a transaction; a prepared PRAGMA does its work when it is prepared, so
 * it is run as text. */
static bool wait_for_disk(struct store *store, bool waits, struct err *err)
{
    if (store->transaction != NO_TRANSACTION || store->relaxed == !waits)
        return true;
    if (!run_text(store, waits ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err))
        return false;
    store->relaxed = !waits;
    return true;
}

bool store_begin(struct store *store, struct err *err)
{
    return wait_for_disk(store, true, err) && begin(store, OWN_BEGIN, WRITING, err);
}

bool store_begin_relaxed(struct store *store, struct err *err)
{
    return wait_for_disk(store, false, err) && begin(store, OWN_BEGIN, WRITING, err);
}

bool store_begin_read(struct store *store, struct err *err)
{
    return begin(store, OWN_BEGIN_READ, READING, err);
}

bool store_commit(struct store *store, struct err *err)
{
    if (store->transaction == NO_TRANSACTION)
        return FAIL(err, ERR_BUG, "a commit without a transaction");
    bool ok = true;
    if (store->lost) {
        *err = store->lost_err;
        ok = false;
    } else if (sqlite3_get_autocommit(store->db)) {
        ok = FAIL(err, ERR_STORE, "the transaction was given up");
    } else {
        ok = own_run(store, OWN_COMMIT, err);
    }
    if (!ok)
        store_rollback(store);
    store->transaction = NO_TRANSACTION;
    return ok;
}

void store_rollback(struct store *store)
{
    struct err ignored;
    if (store->db && !sqlite3_get_autocommit(store->db))
        own_run(store, OWN_ROLLBACK, &ignored);
    store->transaction = NO_TRANSACTION;
    store->lost = false;
}

bool store_in_transaction(const struct store *store)
{
    return store->transaction != NO_TRANSACTION;
}

bool store_version(struct store *store, int64_t *version, struct err *err)
{
    bool row;
    struct query *q = &store->own[OWN_VERSION];
    query_ready(q);
    if (!query_step(q, &row, err))
        return false;
    *version = row ? column_int(q, 0) : 0;
    store_done(q);
    return true;
}

int64_t store_last_id(const struct store *store)
{
    return sqlite3_last_insert_rowid(store->db);
}

/* ── rooms ── */

/* Runs one statement that answers with a number; bound to a room's name and, when it is not 0, a
 * number. */
static bool ask(struct store *store, const char *sql, const char *room, int64_t number,
                int64_t *answer, struct err *err)
{
    struct query q = {.store = store, .sql = sql};
    bool row = false;
    query_ready(&q);
    if (room)
        bind_str(&q, 1, room);
    if (number)
        bind_int(&q, 2, number);
    bool ok = query_step(&q, &row, err);
    if (ok && answer)
        *answer = row ? column_int(&q, 0) : 0;
    sqlite3_finalize(q.stmt);
    return ok;
}

static bool read_number(struct store *store, const char *room, int64_t *number, struct err *err)
{
    int64_t known;
    *number = 0;
    if (!ask(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'migration'", NULL, 0, &known,
             err))
        return false;
    return !known ||
           ask(store, "SELECT max(number) FROM migration WHERE room = ?1", room, 0, number, err);
}

static bool run_migrations(struct store *store, const struct store_room *room, size_t newest,
                           struct err *err)
{
    int64_t number; /* read again: another process may have been first */
    if (!run_text(
            store,
            "CREATE TABLE IF NOT EXISTS migration (room TEXT NOT NULL, number INTEGER NOT NULL,"
            " PRIMARY KEY (room, number)) WITHOUT ROWID",
            err) ||
        !read_number(store, room->name, &number, err))
        return false;
    for (size_t i = (size_t)number; i < newest; i++) {
        if (!run_text(store, room->migrations[i], err) ||
            !ask(store, "INSERT INTO migration (room, number) VALUES (?1, ?2)", room->name,
                 (int64_t)i + 1, NULL, err))
            return false;
    }
    return true;
}

static bool migrate(struct store *store, const struct store_room *room, struct err *err)
{
    size_t newest = 0;
    while (room->migrations[newest])
        newest++;
    int64_t number;
    if (!read_number(store, room->name, &number, err))
        return false;
    if (number > (int64_t)newest)
        return FAIL(err, ERR_STORE_NEWER, store->path);
    if (number == (int64_t)newest)
        return true;
    if (!store_begin(store, err))
        return false;
    if (!run_migrations(store, room, newest, err)) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, err);
}

bool store_attach(struct store *store, const struct store_room *room, struct table **out,
                  struct err *err)
{
    if (!migrate(store, room, err))
        return false;
    struct table *table = calloc(1, sizeof *table + room->n_statements * sizeof table->queries[0]);
    if (!table)
        return FAIL(err, ERR_STORE, "out of memory");
    table->n = room->n_statements;
    for (size_t i = 0; i < table->n; i++)
        table->queries[i] = (struct query){.store = store, .sql = room->statements[i]};
    table->next = store->tables;
    store->tables = table;
    *out = table;
    return true;
}
