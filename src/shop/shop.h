/* The use cases of a shop: the only room where money meets paper.
 *
 * Doors (the command line, later a server) call one function a use case and word what comes back;
 * they hold no logic of their own. shop opens the transaction; ledger and spool write in it.
 * Invariants kept here (docs/design.md, 1):
 *  - money before paper: a voucher is recorded, with its job, before the first byte of it is sent;
 *  - one sale is printed once: the same content under its key is answered with what the first
 * printing did;
 *  - a refused voucher, a failing rule or a missing picture never stops a receipt: it is told
 * through `warn` and the rest prints.
 *
 * A shop belongs to one thread; other threads and processes open their own. Answers live in the
 * arena that the caller hands in. Calls that print block up to their time-out; every other call is
 * quick. */
#ifndef BONBON_SHOP_SHOP_H
#define BONBON_SHOP_SHOP_H

#include "base/env.h"
#include "rules/rules.h"
#include "shop/answer.h"
#include "setup/config.h"

struct shop;

/* What did not stop the work but should be known. */
struct shop_warn {
    void *ctx;
    void (*tell)(void *ctx, const struct err *what); /* may be NULL */
};

/* Opens DIR: reads shop.yaml, printers.d, rules.yaml and keys, opens bonbon.db. A broken rules.yaml
 * is told through warn (at each sale) and gives nothing; a broken shop.yaml fails. env and warn
 * outlive the shop. */
bool shop_open(struct shop **shop, const char *dir, const struct env *env,
               const struct shop_warn *warn, struct err *err);
void shop_close(struct shop *shop);
const struct shop_config *shop_config(const struct shop *shop);

/* How a call prints. */
struct shop_printing {
    const char *printer; /* name or URI; NULL: the till's */
    int timeout_ms;      /* for the printer to be free and to finish */
    struct buf *bytes;   /* gets what goes to the printer; may be NULL */
    /* Asked once, when time is up and the printer stopped in the middle of a job. True: whoever
     * waited was answered (job; the rest of the call's answer is complete), and the call goes on
     * until the job has its truth, and then with what others left waiting. job is NULL where an
     * older one is in the way and the call accepted nothing: somebody else has to make it anew, and
     * this one will fail. False, or NULL: the job is given up and becomes unknown. */
    bool (*stay)(void *ctx, const struct job_answer *job);
    void *ctx;
};

/* ── the main job ── */

struct shop_service {
    int64_t wait_minutes;  /* −1: as the sale says */
    struct slice incident; /* "": as the sale says */
};

/* Records and prints a sale. dry_run records and prints nothing: codes are specimens, and bytes is
 * what would have been printed. ERR_SALE_CONFLICT, ERR_STORE…; trouble with the printer is not an
 * error of the call: it stands in answer->job. */
bool shop_print_sale(struct shop *shop, const struct sale *sale, const struct shop_service *service,
                     bool dry_run, const struct shop_printing *printing, struct arena *arena,
                     struct sale_answer *answer, struct err *err);

/* ── vouchers ── */

/* Who asks: each may be empty. */
struct shop_who {
    struct slice till, by, reason, request;
};

/* A voucher outside the rules; its limits hold. sale_id and customer may be "". ERR_OFFER_UNKNOWN,
 * ERR_LIMIT, ERR_SALE_UNKNOWN, ERR_REQUEST_REUSED. */
bool shop_give(struct shop *shop, struct slice offer, struct slice sale_id, struct slice customer,
               const struct shop_who *who, const struct shop_printing *printing,
               struct arena *arena, struct voucher_answer *answer, struct job_answer *job,
               struct err *err);

/* Prints a voucher again: the same code, COPY n. ERR_CODE_*, ERR_VOUCHER_*, ERR_JOB_WAITING. */
bool shop_reprint_voucher(struct shop *shop, struct slice code, const struct shop_who *who,
                          const struct shop_printing *printing, struct arena *arena,
                          struct copy_answer *answer, struct err *err);
/* Prints the copy of a receipt with those of its vouchers that are alive. id "" is the till's last
 * sale. ERR_SALE_UNKNOWN, ERR_JOB_WAITING. */
bool shop_reprint_sale(struct shop *shop, struct slice id, const struct shop_who *who,
                       const struct shop_printing *printing, struct arena *arena,
                       struct copy_answer *answer, struct err *err);

/* Redeems once. A refusal is an answer (ok false), told apart by its error; false is our own fault,
 * or ERR_REQUEST_REUSED. */
bool shop_redeem(struct shop *shop, struct slice code, struct slice sale_id, bool dry_run,
                 const struct shop_who *who, struct arena *arena, struct redeem_answer *answer,
                 struct err *err);
bool shop_undo(struct shop *shop, struct slice code, const struct shop_who *who,
               struct arena *arena, struct redeem_answer *answer, struct err *err);
bool shop_void(struct shop *shop, struct slice code, const struct shop_who *who,
               struct arena *arena, struct voucher_answer *answer, struct err *err);

struct shop_event {
    int64_t at_s;
    struct slice kind, till, by, reason, data;
    const struct err *refusal; /* of "refused": why; else ERR_NONE */
};
/* A voucher and its history, oldest first. */
bool shop_voucher(struct shop *shop, struct slice code, struct arena *arena,
                  struct voucher_answer *answer,
                  void (*each)(void *ctx, const struct shop_event *event), void *ctx,
                  struct err *err);
/* Vouchers in order of issue. state is NULL for all; since is "" or a day. */
bool shop_vouchers(struct shop *shop, const enum voucher_state *state, struct slice since,
                   struct slice sale_id,
                   void (*each)(void *ctx, const struct voucher_answer *voucher), void *ctx,
                   struct err *err);

/* ── looking into it ── */

/* Every rule with why it gives or does not, limits as they stand now. */
struct shop_explained {
    struct slice rule, offer; /* offer is "" when the rule does not give */
    bool gives;
    struct slice why;
};
bool shop_explain(struct shop *shop, const struct sale *sale, const struct shop_service *service,
                  struct arena *arena, struct shop_explained **rules, size_t *n, struct err *err);
/* Every problem of rules.yaml; *problems counts those that keep it from working. */
bool shop_check_rules(struct shop *shop, rules_report *report, void *ctx, size_t *problems,
                      struct err *err);

struct shop_difference {
    const char *table, *column;
    struct slice key, stored, replayed;
};
bool shop_verify(struct shop *shop,
                 void (*each)(void *ctx, const struct shop_difference *difference), void *ctx,
                 uint64_t *events, uint64_t *differences, struct err *err);

#endif
