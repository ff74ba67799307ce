/* The owner's rules: what can be given (offers) and when it is given (rules). docs/rules.md is the
 * language.
 *
 * Pure: the text of rules.yaml goes in once and is checked; then facts of a sale, a moment and a
 * seed go in, and candidates with reasons come out. No file, no clock, no randomness, no counter:
 * how often an offer was given already is the ledger's knowledge, and the shop asks it between
 * rules_next_candidate() and rules_answer(). So any past sale can be decided again.
 *
 * 1. Rules are tried in the order of the file, and every rule gets a verdict with its reasons.
 * 2. The same rules, facts, moment and seed give the same decision, chance included.
 * 3. Of a group, the first candidate that the shop allows is given; at most per_sale vouchers a
 * sale. Notes (nothing to redeem) do not count against per_sale, so that a thank-you never stands
 * in the way of an apology.
 * 4. A return gives nothing. A training sale is decided like any other, and decision.kind tells the
 * shop to record nothing.
 *
 * The way of a sale:  rules_decide → rules_choose → { rules_next_candidate → the ledger says yes or
 * no → rules_answer }…
 *
 * Memory: struct rules owns its offers and rules; they never change, and any number of threads may
 * read them. A decision stands in the caller's arena and points into both the rules and the sale.
 */
#ifndef BONBON_RULES_RULES_H
#define BONBON_RULES_RULES_H

#include "base/calendar.h"
#include "sale/sale.h"
#include "voucher/value.h"

struct rules;

enum { RULES_MAX_OFFERS = 500, RULES_MAX_RULES = 1000, RULES_MAX_LIST = 200, RULES_KEY_BYTES = 32 };

/* How long a voucher of an offer lives, counted in business days of its issue. */
enum validity_kind { VALID_DAYS /* "today" is 0 of them */, VALID_MONTHS, VALID_UNTIL };
struct validity {
    enum validity_kind kind;
    int32_t n; /* days, months, or the last day itself */
};

struct offer {
    struct slice name, template; /* with a NUL behind, not counted */
    struct voucher_value value;
    struct validity valid;
    const struct limit *limits; /* hold for every way of giving it; stock is one of them */
    size_t n_limits;
    unsigned line, column; /* of its name in the file */
};

struct rule {
    struct slice name, group;         /* group is "" where not said; a NUL behind both */
    const struct offer *const *gives; /* the first one allowed is given */
    size_t n_gives;
    bool has_chance;
    uint32_t chance_hundredths; /* 5 % is 500 */
    unsigned line, column;
    const struct condition *conditions; /* all must hold, in the order of the file */
    size_t n_conditions;
};

/* Reads and checks the text of a rules file; amounts are in `currency`, the shop's (it outlives the
 * rules). file is the name said in messages. The first problem fails: ERR_YAML, ERR_YAML_KEY,
 * ERR_YAML_KIND, ERR_YAML_MISSING, ERR_RULE and its family, ERR_TOO_BIG, always with file, line and
 * column. Warnings do not fail. An empty text is a shop that gives nothing. */
bool rules_create(struct rules **rules, const char *file, struct slice text,
                  const struct currency *currency, struct err *err);
void rules_destroy(struct rules *rules);

/* `rules check`: tells every problem, not the first alone, in the order found. A problem keeps the
 * file from loading; a warning does not. Returns the number of problems (0: rules_create would
 * succeed). */
enum rules_severity { RULES_PROBLEM, RULES_WARNING };
typedef void rules_report(void *ctx, enum rules_severity severity, const struct err *what);
size_t rules_check(const char *file, struct slice text, const struct currency *currency,
                   rules_report *report, void *ctx);

size_t rules_offer_count(const struct rules *rules);
const struct offer *rules_offer_at(const struct rules *rules, size_t i);
/* The offer of that name, or NULL. */
const struct offer *rules_offer(const struct rules *rules, struct slice name);
/* "sorry-wait, free-coffee, thank-you", for messages. */
void rules_offer_names(const struct rules *rules, struct buf *out);
size_t rules_rule_count(const struct rules *rules);
const struct rule *rules_rule_at(const struct rules *rules, size_t i);
unsigned rules_per_sale(const struct rules *rules);

/* The last business day, inclusive, of a voucher issued on that business day; false when the offer
 * itself has ended ("until" a day that is over): then nothing may be given any more, and *last_day
 * is the day on which it ended. */
bool rules_valid_to(const struct offer *offer, int32_t business_day, int32_t *last_day);

/* When a sale was: weekday, dates and birthdays look at the business day (01:30 after Friday's
 * party is Friday), hours at the clock on the wall. */
struct rules_moment {
    int32_t business_day; /* of the sale's time */
    struct civil local;   /* of the sale's time, in the shop's zone */
    int32_t issue_day;    /* business day of the shop's clock now: offers with an end look at it */
};

/* What chance is drawn from: the shop's secret and the sale's key (till, id and business day, as
 * one text). */
struct rules_seed {
    uint8_t key[RULES_KEY_BYTES];
    struct slice sale_key;
};

enum rules_reason_code {
    REASON_ALWAYS,    /* the rule asks nothing */
    REASON_CONDITION, /* `fact` is `had`, asked `asked` */
    REASON_ABSENT,    /* the sale does not say `fact`, asked `asked` */
    REASON_NO_ITEM,   /* no item of the sale is `asked` */
    REASON_ITEM,      /* `had` of `fact` in the sale */
    REASON_QUANTITY,  /* `had` of `fact` in the sale, asked `asked` */
    REASON_CURRENCY,  /* the sale is in `had`; `fact` counts in `asked` only */
    REASON_CHANCE,    /* chance `asked`, drew `had` (both in percent) */
    REASON_RETURN,    /* a return gives nothing */
    REASON_ENDED,     /* offer `fact` ended on `had` */
    REASON_GROUP,     /* rule `had` already gave from group `asked` */
    REASON_PER_SALE,  /* `asked` vouchers a sale, all given */
    REASON_LIMIT,     /* offer `fact` was refused by the shop (which knows the words) */
    REASON_COUNT
};

struct rules_reason {
    enum rules_reason_code code;
    bool met; /* it speaks for giving */
    struct slice fact, had, asked;
};

struct rules_verdict {
    const struct rule *rule;
    bool gives;
    /* Every condition looked at, in the order of the file, chance last; where the rule does not
     * give, the last one says why. */
    const struct rules_reason *reasons;
    size_t n_reasons; /* at least 1 */
};

enum rules_decision_kind {
    RULES_SALE,
    RULES_RETURN /* nothing gives */,
    RULES_TRAINING /* record nothing */
};

struct rules_decision {
    enum rules_decision_kind kind;
    const struct rules *rules;
    int32_t issue_day;
    const struct rules_verdict *verdicts; /* one for each rule, in the order of the file */
    size_t n_verdicts;
};

/* Decides every rule. Only a full arena fails (ERR_TOO_BIG). */
bool rules_decide(const struct rules *rules, const struct sale *sale,
                  const struct rules_moment *moment, const struct rules_seed *seed,
                  struct arena *arena, struct rules_decision *out, struct err *err);

/* What became of a rule once the shop has answered. */
enum rules_outcome_kind {
    OUTCOME_NO,      /* it did not give: the verdict says why */
    OUTCOME_WAITING, /* not come to yet */
    OUTCOME_GIVEN,
    OUTCOME_KEPT, /* it would have given: `reason` is REASON_GROUP, REASON_PER_SALE, REASON_LIMIT or
                     REASON_ENDED */
};
struct rules_outcome {
    enum rules_outcome_kind kind;
    const struct offer *offer; /* given, or the last one refused; NULL else */
    struct rules_reason reason;
};

struct rules_candidate {
    size_t index; /* of the rule in the file, and in verdicts and outcomes */
    const struct rule *rule;
    const struct offer *offer;
};

/* Goes through a decision's candidates; plain data, driven by the shop. */
struct rules_chooser {
    const struct rules_decision *decision;
    struct arena *arena;
    struct rules_outcome *outcomes; /* one for each rule */
    size_t rule, option;            /* where we are: verdict, and offer of its list */
    unsigned given;                 /* vouchers, not notes */
    bool open;                      /* a candidate waits for its answer */
};

/* ERR_TOO_BIG when the arena is full. The decision outlives the chooser. */
bool rules_choose(struct rules_chooser *chooser, const struct rules_decision *decision,
                  struct arena *arena, struct err *err);
/* The next offer to try; false when there is none left. A candidate that was not answered counts as
 * refused. */
bool rules_next_candidate(struct rules_chooser *chooser, struct rules_candidate *out);
/* What the shop (its ledger) said to the last candidate. Refused: the next offer of the rule's
 * list, or the next rule, is tried. */
void rules_answer(struct rules_chooser *chooser, bool given);

/* One sentence part, without a full stop: "wait_minutes is 4, asked >= 10". */
void rules_reason_text(const struct rules_reason *reason, enum lang lang, struct buf *out);
/* Why a rule gives (all its reasons, "; " between them) or does not (the last one). */
void rules_verdict_text(const struct rules_verdict *verdict, enum lang lang, struct buf *out);

#endif
