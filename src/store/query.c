#include "store/internal.h"

#include <errno.h>

void query_ready(struct query *q)
{
    q->begun = false;
    if (q->stmt) {
        sqlite3_reset(q->stmt);
        q->rc = sqlite3_clear_bindings(q->stmt);
        return;
    }
    q->rc = sqlite3_prepare_v3(q->store->db, q->sql, -1, SQLITE_PREPARE_PERSISTENT, &q->stmt, NULL);
}

struct query *store_query(struct table *table, unsigned statement)
{
    struct query *q = &table->queries[statement < table->n ? statement : 0];
    query_ready(q);
    if (statement >= table->n)
        q->rc = SQLITE_MISUSE;
    return q;
}

static void note(struct query *q, int rc)
{
    if (q->rc == SQLITE_OK)
        q->rc = rc;
}

void bind_int(struct query *q, int parameter, int64_t value)
{
    note(q, sqlite3_bind_int64(q->stmt, parameter, value));
}

void bind_text(struct query *q, int parameter, struct slice value)
{
    const char *p = value.n ? (const char *)value.p : "";
    note(q, sqlite3_bind_text64(q->stmt, parameter, p, value.n, SQLITE_STATIC, SQLITE_UTF8));
}

void bind_str(struct query *q, int parameter, const char *value)
{
    if (value)
        bind_text(q, parameter, slice_str(value));
}

void bind_blob(struct query *q, int parameter, struct slice value)
{
    const void *p = value.n ? (const void *)value.p : "";
    note(q, sqlite3_bind_blob64(q->stmt, parameter, p, value.n, SQLITE_STATIC));
}

bool query_step(struct query *q, bool *row, struct err *err)
{
    *row = false;
    errno = 0;
    int rc = q->rc == SQLITE_OK ? sqlite3_step(q->stmt) : q->rc;
    q->begun = true;
    if (rc == SQLITE_ROW) {
        *row = true;
        return true;
    }
    bool ok = rc == SQLITE_DONE || store_fail(q->store, rc, err);
    sqlite3_reset(q->stmt);
    return ok;
}

/* A write that would commit by itself: either nobody began a transaction, or SQLite gave it up. */
static bool may_step(const struct query *q, struct err *err)
{
    struct store *store = q->store;
    if (q->begun || q->rc != SQLITE_OK || sqlite3_stmt_readonly(q->stmt))
        return true;
    if (store->lost) {
        *err = store->lost_err;
        return false;
    }
    if (store->transaction == NO_TRANSACTION || sqlite3_get_autocommit(store->db))
        return FAIL(err, ERR_BUG, "a write outside of a transaction");
    return true;
}

bool store_step(struct query *q, bool *row, struct err *err)
{
    *row = false;
    return may_step(q, err) && query_step(q, row, err);
}

bool store_run(struct query *q, int64_t *changed, struct err *err)
{
    bool row;
    do {
        if (!store_step(q, &row, err))
            return false;
    } while (row);
    if (changed)
        *changed = sqlite3_changes64(q->store->db);
    return true;
}

void store_done(struct query *q)
{
    sqlite3_reset(q->stmt);
}

int column_count(const struct query *q)
{
    return sqlite3_column_count(q->stmt);
}

const char *column_name(const struct query *q, int column)
{
    const char *name = sqlite3_column_name(q->stmt, column);
    return name ? name : "";
}

int64_t column_int(const struct query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

bool column_is_null(const struct query *q, int column)
{
    return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

struct slice column_text(const struct query *q, int column)
{
    const void *p = sqlite3_column_text(q->stmt, column);
    return slice_of(p, (size_t)sqlite3_column_bytes(q->stmt, column));
}

struct slice column_blob(const struct query *q, int column)
{
    const void *p = sqlite3_column_blob(q->stmt, column);
    return slice_of(p, (size_t)sqlite3_column_bytes(q->stmt, column));
}
