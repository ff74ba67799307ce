/* The facts of a sale, checked. sale_read() takes one JSON object (design: docs/sale.md) and gives
 * amounts as exact minor units, texts cleaned for paper (utf8_clean), and everything it did not
 * know kept in `json` for templates. All memory is the caller's arena's; a sale that was read is
 * never changed. */
#ifndef BONBON_SALE_SALE_H
#define BONBON_SALE_SALE_H

#include "base/arena.h"
#include "base/calendar.h"
#include "base/money.h"

enum {
    SALE_MAX_BYTES = 8 << 20,
    SALE_MAX_DEPTH = 16,
    SALE_MAX_ITEMS = 10000,
    SALE_MAX_TEXT = 10000, /* bytes of one text */
    SALE_MAX_NAME = 200,   /* bytes of id and till, which name the sale for ever */
};

enum sale_kind { SALE_SALE, SALE_RETURN, SALE_TRAINING };

struct sale_item {
    struct slice sku, name, category, unit, tax; /* "" where not said */
    struct decimal quantity;                     /* 1 where not said */
    bool has_quantity, has_unit_price;
    int64_t unit_price_minor, discount_minor, total_minor; /* total is net of discount */
    const struct sale_value *extra;                        /* unknown keys, an object, or NULL */
};

struct sale_tax {
    struct slice id, rate; /* rate as written, "11" */
    int64_t net_minor, amount_minor;
    bool has_net;
};

struct sale_adjustment {
    struct slice name;
    int64_t amount_minor;
};

struct sale_payment {
    struct slice method;
    int64_t amount_minor;
};

struct sale_person {
    struct slice name;
    unsigned birth_month, birth_day; /* 0 where not said */
};

struct sale_customer {
    bool known; /* a customer object with an id stood there */
    struct slice id, name;
    unsigned birth_month, birth_day;
    const struct sale_person *family;
    size_t n_family;
    bool has_visits, has_points, has_last_visit;
    int64_t visits, points;
    int32_t last_visit_day;
    const struct slice *tags;
    size_t n_tags;
};

struct sale_service {
    bool has_wait;
    int64_t wait_minutes;
    struct slice incident, complaint; /* "" where not said */
    const struct slice *missed;
    size_t n_missed;
};

/* What stood in the JSON under keys that this program does not know: for templates only. */
enum sale_value_kind {
    SALE_VALUE_NULL,
    SALE_VALUE_FALSE,
    SALE_VALUE_TRUE,
    SALE_VALUE_TEXT,
    SALE_VALUE_LIST,
    SALE_VALUE_OBJECT
};
struct sale_value {
    enum sale_value_kind kind;
    struct slice text;               /* of a text or a number (its own digits), cleaned for paper */
    const struct slice *keys;        /* of an object, n of them */
    const struct sale_value *values; /* of an object or a list, n of them */
    size_t n;
};

struct sale {
    struct slice id, till, cashier; /* till is "1" where not said */
    enum sale_kind kind;
    int64_t time_s;    /* UTC */
    int time_offset_s; /* as written */
    const struct currency *currency;
    const struct sale_item *items;
    size_t n_items;
    const struct sale_tax *taxes;
    size_t n_taxes;
    const struct sale_adjustment *adjustments;
    size_t n_adjustments;
    const struct sale_payment *payments;
    size_t n_payments;
    int64_t discount_minor, total_minor, tip_minor, change_minor;
    bool has_tip, has_change;
    struct sale_customer customer;
    struct sale_service service;
    const struct slice *redeem; /* voucher codes as written */
    size_t n_redeem;
    const struct sale_value *extra; /* unknown keys at the top, an object, or NULL */
    uint8_t content_hash[16];       /* of the sale's meaning: same facts in another order of keys or
                                       spacing hash alike */
};

/* Reads one sale. ERR_JSON with line and column (counted from first_line); ERR_SALE_* with the
 * field's path; ERR_TOO_BIG names the limit; ERR_UTF8. */
bool sale_read(struct arena *arena, struct slice json, unsigned first_line, struct sale *sale,
               struct err *err);

/* True when text holds several sales, one a line: its first line is a complete object and more
 * follows; or the whole is not one object and a later line is a sale (then the first is broken, and
 * the rest can be printed). */
bool sale_is_json_lines(struct slice text);

#endif
