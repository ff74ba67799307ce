/* What the shop has sold, given and taken back: sales, vouchers, and how much of each limit is
 * used. Money moves here before paper does.
 *
 * Invariants
 *  1. Everything that happens is an event, numbered by (shop, till, seq), written once and never
 *     changed. The tables sale, voucher and counter are derived: changed in the same transaction
 *     as the event, and ledger_verify() proves that they are what the events say.
 *  2. One sale a key (till, id, business day); one voucher a code; one event a request id.
 *  3. A limit is a guarded counter: never more is given than it says, however many processes give
 *     at once. No counter is kept where there is no limit.
 *  4. A voucher is redeemed by one guarded statement whose affected row is the answer.
 *  5. Expiry is derived from the last valid day and the business day of the question; it is never
 *     stored.
 *
 * Every function works inside the CALLER's transaction (store_begin … store_commit), so that a job
 * is written with the voucher it carries; functions marked "reads" also work without one. After a
 * false return roll back, unless the error is a refusal that the caller answers (those have written
 * nothing). Threads: as the store under it.
 *
 * Errors: every function gives the store's (ERR_STORE…) and ERR_TOO_BIG when its arena is full;
 * others stand beside it. Slices that a function gives live in the arena it was given; those of a
 * callback only during the call. In a callback no function that takes a callback may be called. */
#ifndef BONBON_LEDGER_LEDGER_H
#define BONBON_LEDGER_LEDGER_H

#include "base/env.h"
#include "sale/sale.h"
#include "store/store.h"
#include "voucher/code.h"
#include "voucher/life.h"
#include "voucher/value.h"

enum { LEDGER_LIMITS = 16 /* of one offer */, LEDGER_PERIOD = 16 /* bytes, but for "per sale" */ };
#define LEDGER_NO_END INT32_MAX /* a valid_to_day that never comes */

struct ledger;

/* Opens the ledger in a shop's store (its tables are made when they are not there). shop names the
 * shop in the numbering of events; zone is that of the clock that staff read, in which a refusal
 * says when something was (NULL: it says the business day). env, store and zone outlive the ledger.
 */
bool ledger_open(struct ledger **ledger, struct store *store, const struct env *env,
                 struct slice shop, const struct zone *zone, struct err *err);
/* NULL is fine. Before the store is closed. */
void ledger_close(struct ledger *ledger);

/* The shop's clock: now, but never before the ledger's last event. Reads. */
bool ledger_now(struct ledger *ledger, int64_t *now_s, struct err *err);

/* Who does something, when and where: written into the event. */
struct ledger_act {
    int64_t at_s;      /* what ledger_now() said in this transaction */
    int32_t day;       /* its business day */
    struct slice till; /* "1" where not said */
    struct slice by;   /* "" where not said, and so are the next two */
    struct slice reason;
    struct slice request; /* the same request id gets the same answer. One id is one event: an act
                             that is part of another one (a voucher copied with its receipt) has ""
                             or an id of its own */
};

/* ── sales ── */

struct ledger_sale_key {
    struct slice till, id;
    int32_t day; /* business day of the sale's own time */
};

struct ledger_sale {
    struct ledger_sale_key key;
    uint8_t content_hash[16];
    int64_t total_minor;
    char currency[4];
    unsigned exponent; /* decimals of the currency */
    enum sale_kind kind;
    int64_t time_s; /* as the sale says */
    int time_offset_s;
    struct slice job;      /* key of its print job */
    struct slice customer; /* "" for an unknown guest */
    struct slice answer;   /* the shop's own bytes: what the first printing answered */
    struct slice view;     /* the shop's own bytes: what is needed to print the receipt again */
    /* given back by the finds, not read by ledger_sale_record() */
    int64_t recorded_s;
    unsigned copies;
};

/* Has this sale been here? *already with what was recorded (before may be NULL); ERR_SALE_CONFLICT
 * {id, total, total} when other content stands under its key. Of sale: key, content_hash,
 * total_minor, currency, exponent. Reads. */
bool ledger_sale_check(struct ledger *ledger, const struct ledger_sale *sale, struct arena *arena,
                       struct ledger_sale *before, bool *already, struct err *err);
/* Records a sale and its event. ERR_SALE_CONFLICT {id, total, total} when its key is taken, by the
 * same content too. */
bool ledger_sale_record(struct ledger *ledger, const struct ledger_act *act,
                        const struct ledger_sale *sale, struct err *err);
/* By till and id, the latest day; and the last one recorded of a till. ERR_SALE_UNKNOWN {id,
 * till}; ERR_SALE_NONE {till} where nothing was sold yet. Read. */
bool ledger_sale_find(struct ledger *ledger, struct slice till, struct slice id,
                      struct arena *arena, struct ledger_sale *sale, struct err *err);
bool ledger_sale_last(struct ledger *ledger, struct slice till, struct arena *arena,
                      struct ledger_sale *sale, struct err *err);
/* The number of the next copy of a sale's receipt (1 is the first COPY), recorded. The same request
 * id gets the same number again (*again). ERR_SALE_UNKNOWN; ERR_REQUEST_REUSED {request}. */
bool ledger_sale_copy(struct ledger *ledger, const struct ledger_act *act,
                      const struct ledger_sale_key *key, unsigned *number, bool *again,
                      struct err *err);

/* ── limits ── */

/* What an offer's limits are counted against. */
struct ledger_scope {
    struct slice offer;
    struct slice customer; /* "" for an unknown guest: customer limits do not apply */
    struct slice till;
    const struct ledger_sale_key
        *sale; /* NULL where there is none: limits "per sale" do not apply */
    int32_t day;
    int64_t cost_minor; /* what is counted by a limit in money (voucher_value.cost_minor) */
};

/* One counter and what was taken of it. */
struct ledger_count {
    enum limit_scope scope;
    enum limit_per per;
    bool is_amount;
    struct slice who;    /* customer id, till or "" */
    struct slice period; /* "2026-11-21", "2026-W47" (ISO 8601), "2026-11", "" for ever,
                            "DAY/TILL/ID" of a sale */
    int64_t taken;       /* pieces or minor units */
};

struct ledger_taken {
    struct ledger_count counts[LEDGER_LIMITS];
    size_t n;
};

/* Why not: limits[limit] has `used` of `most` used up, and that leaves too little. */
struct ledger_refusal {
    size_t limit;
    int64_t used, most;
};

/* Takes one piece (and cost_minor) from all limits, or nothing from any: *allowed, else *refusal
 * says the first that does not allow it. What was taken must be handed to ledger_issue() in the
 * same transaction, or given back with ledger_release(). ERR_TOO_BIG for more than LEDGER_LIMITS
 * limits. */
bool ledger_take(struct ledger *ledger, const struct ledger_scope *scope,
                 const struct limit *limits, size_t n, struct arena *arena,
                 struct ledger_taken *taken, bool *allowed, struct ledger_refusal *refusal,
                 struct err *err);
bool ledger_release(struct ledger *ledger, struct slice offer, const struct ledger_taken *taken,
                    struct err *err);
/* What ledger_take() would say now. Reads. */
bool ledger_peek(struct ledger *ledger, const struct ledger_scope *scope,
                 const struct limit *limits, size_t n, struct arena *arena, bool *allowed,
                 struct ledger_refusal *refusal, struct err *err);

/* ── vouchers ── */

struct ledger_voucher {
    struct voucher_code code;
    struct slice offer;
    struct slice rule;          /* "" when it was given by hand */
    struct slice reason;        /* why it was given, in somebody's words, or "" */
    struct voucher_value value; /* kind VALUE_NOTE: a note, nothing to redeem */
    char currency[4];           /* of its amounts */
    unsigned exponent;
    int32_t valid_to_day; /* last day on which it works, or LEDGER_NO_END */
    struct slice sale_id; /* "" where it belongs to no sale */
    int32_t sale_day;
    struct slice customer; /* "" for an unknown guest */
    struct slice key_id;   /* of the key that signed it */
    struct slice job;      /* key of the job that prints it */
    struct slice template_name;
    struct slice view; /* the shop's own bytes: what is needed to print it again */

    /* given back by the finds, not read by ledger_issue() */
    enum voucher_state state; /* on the day of the question */
    struct slice till, by;    /* where it was given, by whom */
    int64_t issued_s;
    int32_t issued_day;
    unsigned copies;
    int64_t redeemed_s; /* these five when state is VOUCHER_REDEEMED */
    int32_t redeemed_day;
    struct slice redeemed_till, redeemed_by, redeemed_sale;
    int64_t void_s; /* these three when state is VOUCHER_VOID */
    int32_t void_day;
    struct slice void_reason;
};

/* Records a voucher with what it took of its limits (NULL: nothing). *issued is false, and nothing
 * written, when the code is taken: try again with a new one. act->request is that of a give (see
 * ledger_given()); ERR_REQUEST_REUSED when it is known. */
bool ledger_issue(struct ledger *ledger, const struct ledger_act *act,
                  const struct ledger_voucher *voucher, const struct ledger_taken *taken,
                  bool *issued, struct err *err);
/* The voucher that a request to give was answered with, if any. ERR_REQUEST_REUSED {request} when
 * it was used for another offer or another act. Reads. */
bool ledger_given(struct ledger *ledger, struct slice request, struct slice offer,
                  struct voucher_code *code, bool *found, struct err *err);
/* ERR_VOUCHER_UNKNOWN {code}. Reads. */
bool ledger_find(struct ledger *ledger, const struct voucher_code *code, int32_t day,
                 struct arena *arena, struct ledger_voucher *voucher, struct err *err);

struct ledger_answer {
    bool ok;
    bool again; /* the answer that this request id was given before */
    /* When not ok: ERR_VOUCHER_VOID {code, moment, reason}, ERR_VOUCHER_EXPIRED {code, last day},
     * ERR_VOUCHER_SPENT {code, moment, till} or ERR_VOUCHER_NOTE {code}. A voucher that was
     * redeemed stays spent when its last day passes. */
    struct err refusal;
    struct ledger_voucher voucher;
};

/* Redeems a voucher, once. True: it was answered, and the transaction is to be committed whether
 * the answer is ok or a refusal (a refusal is an event too). sale_id is that of the sale it is
 * taken off, or "". dry_run writes nothing. The same request id and code get the same answer again.
 * False: ERR_REQUEST_UNDONE {request} when what it redeemed was taken back since;
 * ERR_VOUCHER_UNKNOWN {code}; ERR_REQUEST_REUSED {request} when the request id was used for another
 * code or another act. */
bool ledger_redeem(struct ledger *ledger, const struct ledger_act *act,
                   const struct voucher_code *code, struct slice sale_id, bool dry_run,
                   struct arena *arena, struct ledger_answer *answer, struct err *err);
/* Takes a redemption back on the business day it was made, with a reason. ERR_UNDO_LATE {code,
 * date}, ERR_UNDO_NOTHING {code}, ERR_REASON when act->reason is empty, ERR_VOUCHER_UNKNOWN,
 * ERR_REQUEST_REUSED. The same request id is answered true again. */
bool ledger_undo(struct ledger *ledger, const struct ledger_act *act,
                 const struct voucher_code *code, struct err *err);
/* Makes a voucher void, with a reason. give_back: what it took of its limits is given back, for a
 * voucher whose paper never came out. ERR_VOUCHER_SPENT, _VOID, _EXPIRED when its state does not
 * allow it (as in ledger_answer); ERR_REASON, ERR_VOUCHER_UNKNOWN, ERR_REQUEST_REUSED. The same
 * request id is answered true again. */
bool ledger_void(struct ledger *ledger, const struct ledger_act *act,
                 const struct voucher_code *code, bool give_back, struct err *err);
/* The number of the next copy of a voucher (1 is the first COPY), recorded; the same request id
 * gets the same number again (*again). ERR_VOUCHER_SPENT, _VOID, _EXPIRED, _UNKNOWN;
 * ERR_REQUEST_REUSED. */
bool ledger_copy(struct ledger *ledger, const struct ledger_act *act,
                 const struct voucher_code *code, unsigned *number, bool *again, struct err *err);

/* ── looking back ── */

struct ledger_filter {
    bool by_state;
    enum voucher_state state; /* on `day`; VOUCHER_EXPIRED too */
    int32_t day;              /* the business day of the question */
    bool by_since;
    int32_t since_day;    /* issued on this business day or later */
    struct slice sale_id; /* "" is any; with till and sale_day one sale's */
    struct slice till;    /* "" is any */
    bool by_sale_day;
    int32_t sale_day;
    struct slice job; /* "" is any: the vouchers whose paper this job carries */
};

/* The vouchers that pass the filter, in order of issue; false from each() ends it with its error.
 * Reads. */
bool ledger_list(struct ledger *ledger, const struct ledger_filter *filter,
                 bool (*each)(void *ctx, const struct ledger_voucher *voucher, struct err *err),
                 void *ctx, struct err *err);

struct ledger_event {
    struct slice shop, till;
    int64_t seq; /* from 1, without gaps, by shop and till */
    int64_t at_s;
    int32_t day;
    bool clock_set;    /* the clock was set by $BONBON_NOW */
    struct slice kind; /* "sold", "receipt-copied", "issued", "redeemed", "refused", "undone",
                          "voided", "copied" */
    struct slice by, reason, request;
    struct err refusal; /* of "refused": why; else ERR_NONE */
    struct slice data;  /* JSON object: what else belongs to this kind (docs/ledger.md) */
};

/* A voucher's events, oldest first. Reads. */
bool ledger_history(struct ledger *ledger, const struct voucher_code *code,
                    bool (*each)(void *ctx, const struct ledger_event *event, struct err *err),
                    void *ctx, struct err *err);

/* One place where the derived tables are not what the events say. */
struct ledger_difference {
    const char *table;  /* "event", "sale", "voucher", "counter" */
    struct slice key;   /* of the row */
    const char *column; /* or "row" when it is missing on one side */
    struct slice stored, replayed;
};

/* Replays every event into temporary tables and compares them with what is stored; each() is told
 * every difference. Inside store_begin_read() or store_begin(). True when it could be done:
 * *differences 0 is the proof. */
bool ledger_verify(struct ledger *ledger,
                   void (*each)(void *ctx, const struct ledger_difference *difference), void *ctx,
                   uint64_t *events, uint64_t *differences, struct err *err);

#endif
