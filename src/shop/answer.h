/* What the use cases answer, as data, and as the JSON that every door gives: its keys are a
 * contract (docs/commands.md). */
#ifndef BONBON_SHOP_ANSWER_H
#define BONBON_SHOP_ANSWER_H

#include "base/json.h"
#include "base/money.h"
#include "protocol/profile.h"
#include "voucher/code.h"
#include "voucher/life.h"
#include "voucher/value.h"

/* A voucher or a note: V of the contract. */
struct voucher_answer {
    struct slice code; /* hyphenated */
    struct slice qr, offer, rule;
    struct voucher_value value;
    const struct currency *currency;
    struct slice valid_to; /* "2026-12-21"; "" where there is no end */
    unsigned copies;
    /* more, of `voucher show` and `list` */
    enum voucher_state state;
    struct slice issued, sale, till, by, reason, customer, paper;
};

/* A print job as the asker sees it. */
struct job_answer {
    int64_t id;         /* 0: nothing to print */
    const char *state;  /* design 1: queued sending printed sent unknown …, or "none" */
    struct err trouble; /* code ERR_NONE: nothing to do; else what to tell, and its exit status */
    const struct profile *profile; /* that its bytes are for; NULL when nothing was laid out */
};

struct redeemed_answer {
    struct slice code; /* as written, or hyphenated when it could be read */
    bool ok;
    struct slice reason; /* name of the error, "" when ok */
    struct voucher_value value;
    const struct currency *currency;
};

struct sale_answer {
    struct slice sale, till;
    bool already;
    struct job_answer job;
    const struct voucher_answer *vouchers;
    size_t n_vouchers;
    struct slice redeemed_json;             /* a JSON list of redeemed_answer, kept with the sale */
    const struct redeemed_answer *redeemed; /* the same of a new sale; none when already */
    size_t n_redeemed;
};

struct copy_answer {
    unsigned copy; /* 0: the first paper there is, because the original was cancelled before any */
    struct job_answer job;
    struct slice sale; /* "" for a voucher's copy */
    const struct voucher_answer *vouchers;
    size_t n_vouchers;
};

/* When, where, by whom and off which sale a voucher was redeemed. */
struct spent_answer {
    struct slice at, till, by, sale;
};

struct redeem_answer {
    struct slice code;
    bool ok, again, dry_run;
    struct err refusal; /* when not ok */
    bool known;         /* voucher is filled */
    struct voucher_answer voucher;
    struct spent_answer spent; /* of a voucher that was spent before; else empty */
};

/* With state, issue and paper, as `voucher show` and `list` say it. */
void voucher_details_json(struct json *j, const struct voucher_answer *voucher);
void redeemed_json(struct json *j, const struct redeemed_answer *redeemed);
void sale_json(struct json *j, const struct sale_answer *answer);
/* V with "state" and "job" of its paper. */
void give_json(struct json *j, const struct voucher_answer *voucher, const struct job_answer *job);
void copy_json(struct json *j, const struct copy_answer *answer);
/* lang is that of the "text" of a refusal. */
void redeem_json(struct json *j, const struct redeem_answer *answer, enum lang lang);

/* "10% (at most 20.00 GBP)", "5.00 GBP", "coffee", "note": for people. */
void value_text(const struct voucher_value *value, const struct currency *currency, enum lang lang,
                struct buf *out);

#endif
