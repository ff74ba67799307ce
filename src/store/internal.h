/* What store.c and query.c share; nobody else includes it. */
#ifndef BONBON_STORE_INTERNAL_H
#define BONBON_STORE_INTERNAL_H

#include <sqlite3.h>

#include "store/store.h"

struct query {
    struct store *store;
    const char *sql;
    sqlite3_stmt *stmt; /* NULL before the first use */
    int rc;             /* what failed while preparing or binding, told by the first step */
    bool begun;
};

struct table {
    struct table *next;
    size_t n;
    struct query queries[];
};

enum transaction { NO_TRANSACTION, READING, WRITING };

struct store {
    sqlite3 *db;
    char *path;
    struct table *tables;
    struct query own[5]; /* begin, begin to read, commit, rollback, version */
    enum transaction transaction;
    bool relaxed;        /* synchronous is NORMAL now */
    bool lost;           /* SQLite failed inside this transaction: it can only be rolled back */
    struct err lost_err; /* with this */
    int wal_pages;       /* in the log after the last commit of this connection */
};

/* Tells a result code of SQLite as an error; inside a transaction the transaction is lost with it.
 * Always false. */
bool store_fail(struct store *store, int rc, struct err *err);
/* Prepares, resets and unbinds; failures wait in q->rc. */
void query_ready(struct query *q);
/* The next row without asking whether there is a transaction. */
bool query_step(struct query *q, bool *row, struct err *err);

#endif
