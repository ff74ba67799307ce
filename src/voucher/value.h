/* What a voucher is worth, and how often an offer may be given: plain data that rules read and the
 * ledger settles. */
#ifndef BONBON_VOUCHER_VALUE_H
#define BONBON_VOUCHER_VALUE_H

#include "base/slice.h"

enum value_kind {
    VALUE_NOTE,    /* nothing to redeem */
    VALUE_PERCENT, /* percent off, at most at_most_minor */
    VALUE_AMOUNT,  /* amount_minor off */
    VALUE_GIFT,    /* a thing named `gift` */
};

struct voucher_value {
    enum value_kind kind;
    uint32_t percent_hundredths; /* 10 % is 1000 */
    int64_t at_most_minor;       /* of VALUE_PERCENT */
    int64_t amount_minor;        /* of VALUE_AMOUNT */
    struct slice gift;           /* of VALUE_GIFT */
    int64_t cost_minor; /* what it can cost the shop at most: at_most, amount or cost; budgets count
                           this */
};

enum limit_scope {
    LIMIT_CUSTOMER,
    LIMIT_SHOP,
    LIMIT_TILL,
    LIMIT_STOCK /* of the whole shop, counted in pieces */
};
enum limit_per {
    LIMIT_PER_SALE,
    LIMIT_PER_DAY,
    LIMIT_PER_WEEK,
    LIMIT_PER_MONTH,
    LIMIT_PER_YEAR,
    LIMIT_PER_EVER
};

/* "customer: 1 per day", "shop: 200.00 per day", "stock: 40 per day". */
struct limit {
    enum limit_scope scope;
    enum limit_per per;
    bool is_amount; /* most is minor units of the shop's currency, else a count */
    int64_t most;
};

#endif
