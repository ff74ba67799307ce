/* The SQLite back end, split over sqlite.c and sqlite_verify.c. */
#ifndef BONBON_LEDGER_SQLITE_H
#define BONBON_LEDGER_SQLITE_H

#include "ledger/backend.h"

enum statement {
#define STATEMENT(name, sql) LEDGER_##name,
#include "ledger/statements.def"
#undef STATEMENT
    LEDGER_STATEMENTS
};

struct sqlite_ledger {
    struct ledger base;
    struct table *table;
};

static inline struct query *sqlite_query(struct ledger *ledger, enum statement statement)
{
    return store_query(((struct sqlite_ledger *)ledger)->table, statement);
}

bool sqlite_verify(struct ledger *ledger, void (*each)(void *, const struct ledger_difference *),
                   void *ctx, uint64_t *events, uint64_t *differences, struct err *err);

#endif
