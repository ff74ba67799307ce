/* What a ledger asks of the database that keeps it. ledger.c, limits.c and voucher.c hold the rules
 * of the house once (idempotent requests, order of refusals, events); a back end holds rows and
 * guarded statements. sqlite.c is the one there is; another one fills the same table and has its
 * own open function.
 *
 * A guarded call gives *done false, and changes nothing, when its condition does not hold: that is
 * an answer, not an error. */
#ifndef BONBON_LEDGER_BACKEND_H
#define BONBON_LEDGER_BACKEND_H

#include "ledger/ledger.h"

enum { LEDGER_HASH_TEXT = 33, LEDGER_EVENT_BYTES = 1 << 20 };

enum event_kind {
    EVENT_SOLD,
    EVENT_RECEIPT_COPIED,
    EVENT_ISSUED,
    EVENT_REDEEMED,
    EVENT_REFUSED,
    EVENT_UNDONE,
    EVENT_VOIDED,
    EVENT_COPIED,
    EVENT_KINDS
};

struct event_new {
    const struct ledger_act *act;
    enum event_kind kind;
    struct slice code; /* "" where it is not about a voucher */
    struct slice data; /* JSON object */
};

/* The event of a request id, with what answers are made of. */
struct event_known {
    struct slice kind, code;
    struct slice offer;          /* issued */
    int64_t number;              /* copied, receipt-copied */
    struct ledger_sale_key sale; /* receipt-copied */
    struct slice error;          /* refused: name of the error and its arguments */
    struct slice args[ERR_ARGS];
};

enum sale_by { SALE_BY_KEY, SALE_BY_ID /* the latest day */, SALE_BY_TILL /* the last recorded */ };

struct ledger_ops {
    void (*close)(struct ledger *ledger);
    /* 0 when there is none. */
    bool (*last_event_s)(struct ledger *ledger, int64_t *at_s, struct err *err);
    /* Gives it the next seq of (shop, act->till). */
    bool (*event_add)(struct ledger *ledger, const struct event_new *event, struct err *err);
    bool (*event_of_request)(struct ledger *ledger, struct slice request, struct arena *arena,
                             struct event_known *event, bool *found, struct err *err);
    bool (*events_of_code)(struct ledger *ledger, const struct voucher_code *code,
                           bool (*each)(void *, const struct ledger_event *, struct err *),
                           void *ctx, struct err *err);

    bool (*sale_add)(struct ledger *ledger, const struct ledger_act *act,
                     const struct ledger_sale *sale, bool *done, struct err *err);
    /* Without an arena only the numbers are read. */
    bool (*sale_find)(struct ledger *ledger, enum sale_by by, const struct ledger_sale_key *key,
                      struct arena *arena, struct ledger_sale *sale, bool *found, struct err *err);
    bool (*sale_copy)(struct ledger *ledger, const struct ledger_sale_key *key, int64_t *number,
                      bool *done, struct err *err);

    bool (*counter_used)(struct ledger *ledger, struct slice offer,
                         const struct ledger_count *count, int64_t *used, struct err *err);
    /* Done when used + count->taken <= most still holds. */
    bool (*counter_take)(struct ledger *ledger, struct slice offer,
                         const struct ledger_count *count, int64_t most, bool *done,
                         struct err *err);
    bool (*counter_give)(struct ledger *ledger, struct slice offer,
                         const struct ledger_count *count, struct err *err);
    /* What a voucher took. */
    bool (*counters_give_back)(struct ledger *ledger, const struct voucher_code *code,
                               struct err *err);

    /* Done when the code is new. taken: JSON. */
    bool (*voucher_add)(struct ledger *ledger, const struct ledger_act *act,
                        const struct ledger_voucher *voucher, struct slice taken, bool *done,
                        struct err *err);
    /* The state is derived for `day`. */
    bool (*voucher_find)(struct ledger *ledger, const struct voucher_code *code, int32_t day,
                         struct arena *arena, struct ledger_voucher *voucher, bool *found,
                         struct err *err);
    /* Done when it is issued, not a note, and act->day is not past its last day. */
    bool (*voucher_redeem)(struct ledger *ledger, const struct ledger_act *act,
                           const struct voucher_code *code, struct slice sale_id, bool *done,
                           struct err *err);
    /* Done when it was redeemed on act->day. */
    bool (*voucher_undo)(struct ledger *ledger, const struct ledger_act *act,
                         const struct voucher_code *code, bool *done, struct err *err);
    /* Done when it is issued. */
    bool (*voucher_void)(struct ledger *ledger, const struct ledger_act *act,
                         const struct voucher_code *code, bool *done, struct err *err);
    bool (*voucher_copy)(struct ledger *ledger, const struct voucher_code *code, int64_t *number,
                         bool *done, struct err *err);
    bool (*vouchers)(struct ledger *ledger, const struct ledger_filter *filter,
                     bool (*each)(void *, const struct ledger_voucher *, struct err *), void *ctx,
                     struct err *err);

    bool (*verify)(struct ledger *ledger, void (*each)(void *, const struct ledger_difference *),
                   void *ctx, uint64_t *events, uint64_t *differences, struct err *err);
};

/* A back end's own struct begins with this. */
struct ledger {
    const struct ledger_ops *ops;
    const struct env *env;
    struct slice shop;       /* owned by the back end */
    const struct zone *zone; /* of what is told; NULL: business days are */
    struct buf data;         /* where the JSON of an event is made; finished by the back end */
};

const char *event_kind_name(enum event_kind kind);
const char *sale_kind_name(enum sale_kind kind);
bool sale_kind_parse(struct slice name, enum sale_kind *kind);
const char *value_kind_name(enum value_kind kind);
bool value_kind_parse(struct slice name, enum value_kind *kind);
const char *limit_scope_name(enum limit_scope scope);
const char *limit_per_name(enum limit_per per);

/* BLAKE2b-128 of some bytes in hexadecimal: how an event knows bytes that are too many to stand in
 * it. */
void ledger_hash(struct slice bytes, char out[LEDGER_HASH_TEXT]);

/* Appends an event whose data is in ledger->data; ERR_TOO_BIG when it did not fit. */
bool ledger_event_add(struct ledger *ledger, const struct ledger_act *act, enum event_kind kind,
                      const struct voucher_code *code, struct err *err);
/* *found with the event of a request id; "" is never found. */
bool ledger_request(struct ledger *ledger, struct slice request, struct arena *arena,
                    struct event_known *known, bool *found, struct err *err);
/* A refusal as it was told the first time; its name is looked up in the list of all errors. "" is
 * none. */
void ledger_retell(struct slice error, const struct slice args[ERR_ARGS], struct err *refusal);
/* ERR_REQUEST_REUSED. Always false. */
bool ledger_reused(struct slice request, struct err *err);
/* ERR_TOO_BIG for an arena. Always false. */
bool ledger_arena_full(const struct arena *arena, struct err *err);

/* "2026-W53" and the like for a day; "" for ever and for a sale (its key needs an arena). Returns
 * the length. */
size_t ledger_period(enum limit_per per, int32_t day, char out[LEDGER_PERIOD]);

#endif
