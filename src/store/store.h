/* One connection to a shop's database (bonbon.db, SQLite): transactions, numbered migrations and a
 * table of prepared statements a room. It knows no domain word; ledger and spool keep their tables
 * in it, and write in one transaction.
 *
 * Invariants
 *  1. What store_commit() said true to is on the disk (WAL, synchronous FULL): one fsync a commit.
 *  2. Everything is written inside a transaction: a statement that writes outside of one is refused
 *     (ERR_BUG), and when SQLite itself gave a transaction up (disk full), nothing more is written
 *     in it and its commit fails.
 *  3. A transaction takes the write lock at once (BEGIN IMMEDIATE): what was read in it still holds
 *     when it writes.
 *  4. SQL is never formatted: statements are constants, values are bound.
 *  5. Opening a shop that needs no migration writes nothing.
 *
 * Threads and processes: a store belongs to one thread and is not carried over a fork(). Another
 * thread or process opens its own. A writer waits up to STORE_BUSY_MS for another one, then gets
 * ERR_STORE_BUSY.
 *
 * Every call that takes an err can give: ERR_STORE_BUSY, ERR_STORE_DAMAGED (path), ERR_STORE_FULL,
 * ERR_STORE_READONLY (path), ERR_STORE (SQLite's words). What else a call gives stands beside it.
 */
#ifndef BONBON_STORE_STORE_H
#define BONBON_STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"

enum { STORE_BUSY_MS = 5000, STORE_CHECKPOINT_PAGES = 4000 };

struct store; /* a connection */
struct table; /* a room's statements on a connection; owned by the store */
struct query; /* one prepared statement in use; owned by its table */

/* What a room keeps in the store: constants of the program.
 *
 *   enum { JOB_INSERT, JOB_FIND, JOB_STATEMENTS };
 *   static const char *const statements[JOB_STATEMENTS] = {[JOB_INSERT] = "INSERT INTO job …"};
 *   extern const char *const spool_migrations[];
 *   static const struct store_room room = {.name = "spool",
 *                                          .migrations = spool_migrations,
 *                                          .statements = statements,
 *                                          .n_statements = JOB_STATEMENTS};
 *
 * Migrations are SQL texts (bonbon_embed_sql() of cmake/embed_sql.cmake makes the array from
 * files): number i + 1 stands at index i, is run once in a transaction and never changed after a
 * release; further changes are further numbers. */
struct store_room {
    const char *name;
    const char *const *migrations; /* NULL behind the last one */
    const char *const *statements;
    size_t n_statements;
};

/* Opens the database at path, made when it is not there. Blocks while another process recovers it.
 */
bool store_open(struct store **store, const char *path, struct err *err);
/* Rolls back what was not committed. NULL is fine. */
void store_close(struct store *store);

/* Brings a room's tables to its newest number and gives its statements (prepared when first used).
 * Not inside a transaction. The room must outlive the store. ERR_STORE_NEWER (path) when the
 * database knows a higher number than the program. */
bool store_attach(struct store *store, const struct store_room *room, struct table **table,
                  struct err *err);

/* BEGIN IMMEDIATE. A transaction inside a transaction is ERR_BUG. */
bool store_begin(struct store *store, struct err *err);
/* The same, but the commit does not wait for the disk: it survives the end of the program; a power
 * cut may take it back, never an earlier one without it (the log is written in order). For what the
 * next start can find out again. */
bool store_begin_relaxed(struct store *store, struct err *err);
/* A snapshot to read from, for what takes many statements to read; ended by either call below. It
 * takes no lock: writing the shop's tables in it may give ERR_STORE_BUSY at once, temporary tables
 * may be written. */
bool store_begin_read(struct store *store, struct err *err);
/* When it fails everything since store_begin() is rolled back. ERR_BUG without a transaction. */
bool store_commit(struct store *store, struct err *err);
/* Fine when there is none. Never fails. */
void store_rollback(struct store *store);
bool store_in_transaction(const struct store *store);

/* A statement ready to be bound: reset, all parameters NULL. Never NULL: what fails here or in a
 * bind is told by the first store_step() or store_run(). A statement is used by one caller at a
 * time (no recursion through the same one). */
struct query *store_query(struct table *table, unsigned statement);
/* Parameters count from 1 (?1). Bytes are not copied: they must stay until the query is done. An
 * empty slice binds '' (or an empty blob), never NULL; what is not bound is NULL. */
void bind_int(struct query *q, int parameter, int64_t value);
void bind_text(struct query *q, int parameter, struct slice value);
void bind_str(struct query *q, int parameter, const char *value); /* NULL binds NULL */
void bind_blob(struct query *q, int parameter, struct slice value);

/* The next row; *row is false after the last one (the query is then done). */
bool store_step(struct query *q, bool *row, struct err *err);
/* Runs to the end; rows are dropped. *changed (may be NULL) is the number of rows it inserted,
 * updated or deleted. */
bool store_run(struct query *q, int64_t *changed, struct err *err);
/* Ends a query before its last row; fine on one that is done. */
void store_done(struct query *q);

/* Columns of the current row count from 0. NULL reads as 0 or as an empty slice. Slices live until
 * the next store_step() or the end of the query. */
int column_count(const struct query *q);
const char *column_name(const struct query *q, int column);
int64_t column_int(const struct query *q, int column);
bool column_is_null(const struct query *q, int column);
struct slice column_text(const struct query *q, int column);
struct slice column_blob(const struct query *q, int column);

/* A number that is another one when another connection committed since it was asked for last. Not
 * inside a transaction. */
bool store_version(struct store *store, int64_t *version, struct err *err);

/* The rowid of the last row that was inserted on this connection. */
int64_t store_last_id(const struct store *store);

#endif
