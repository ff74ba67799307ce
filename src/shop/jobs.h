/* Print jobs in a person's hands: what waits and why, and what somebody decides about it. */
#ifndef BONBON_SHOP_JOBS_H
#define BONBON_SHOP_JOBS_H

#include "shop/shop.h"
#include "spool/spool.h"

/* One job as people see it; slices live during the call that tells it. */
struct shop_job {
    int64_t id;
    const char *state; /* queued sending printed sent unknown cancelled held */
    bool open;         /* somebody, or a printer, has still to act */
    struct slice kind; /* "sale", "voucher", "copy" */
    struct slice key;  /* of the job; unique */
    struct slice of;   /* the sale's id, or the code of the voucher; may be empty */
    struct slice printer, till;
    struct slice accepted, changed; /* RFC 3339 in the shop's time zone */
    int64_t waits_s; /* since it was accepted, or a person last said print; 0 when it is not open */
    uint32_t attempts;
    bool again;         /* some of it may be on paper: it will say so */
    enum err_code code; /* why it is where it is; ERR_NONE: nothing is the matter */
    struct slice why;   /* the same in a cashier's words, in the shop's language; never empty */
};

struct shop_job_filter {
    const char *printer; /* NULL: any */
    const char *state;   /* NULL: those on which somebody, or a printer, has still to act */
    bool all;            /* and those that are done */
    int64_t id;          /* not 0: this one, wherever it is; the rest is not asked */
};

/* In the order of acceptance. ERR_USAGE_WORD for a state that does not exist. */
bool shop_jobs(struct shop *shop, const struct shop_job_filter *filter,
               void (*each)(void *ctx, const struct shop_job *job), void *ctx, struct err *err);
/* Waits until something in the shop's database changed since the last call, at most timeout_ms;
 * *version is the caller's and begins at 0. */
bool shop_wait_for_change(struct shop *shop, int64_t *version, unsigned timeout_ms, bool *changed,
                          struct err *err);

/* Prints it now: what is queued, held (also what waited too long) or unknown; what may be on paper
 * already says that it is printed again. With printing->printer it goes there, also when its own
 * printer stopped in the middle of it. ERR_JOB_UNKNOWN, ERR_JOB_STATE, ERR_STAFF. */
bool shop_job_retry(struct shop *shop, int64_t id, const struct shop_who *who,
                    const struct shop_printing *printing, struct job_answer *answer,
                    struct err *err);
/* A person looked: it is on the paper. Only what is unknown. */
bool shop_job_done(struct shop *shop, int64_t id, const struct shop_who *who, struct err *err);

struct job_cancelled {
    size_t voided; /* vouchers that never reached paper: void, stock and budget given back */
    size_t kept;   /* vouchers that may be on paper, or were redeemed: still what they were */
};
/* Not wanted any more. One that is being sent is given up by its sender, if its printer stopped in
 * the middle; if the printer went on, ERR_JOB_STATE says that it is printed. Blocks for that up to
 * 10 s, then ERR_PRINTER_BUSY. ERR_REASON without a reason. */
bool shop_job_cancel(struct shop *shop, int64_t id, const struct shop_who *who,
                     struct job_cancelled *cancelled, struct err *err);

/* Why a job is where it is, in a cashier's words; never empty. */
void job_why(const struct spool_job *job, enum lang lang, struct buf *out);
void job_json(struct json *j, const struct shop_job *job);

#endif
