/* What the use cases share: the open shop, and the way from a document to a printed job. Private to
 * this room. */
#ifndef BONBON_SHOP_HOUSE_H
#define BONBON_SHOP_HOUSE_H

#include "document/document.h"
#include "image/fonts.h"
#include "image/pictures.h"
#include "ledger/ledger.h"
#include "shop/shop.h"
#include "shop/templates.h"
#include "view/view.h"
#include "setup/wires.h"
#include "view/words.h"
#include "spool/spool.h"

enum {
    SHOP_MAX_TEXT_BYTES = 1000,
    SHOP_MAX_KEYS = 32,
    SHOP_CONFIG_BYTES = 4 << 20,
    SHOP_WORK_BYTES = 256 << 20
};

struct shop {
    char *dir;
    const struct env *env;
    const struct shop_warn *warn;
    struct arena config_arena;
    struct shop_config config;
    struct view_words words; /* in the shop's own currency */
    struct zone *zone;
    struct rules *rules; /* NULL when rules.yaml is broken: rules_err says how */
    struct err rules_err;
    struct templates *templates;
    struct document_map
        map; /* of the document made last, so that a warning says the template's line */
    const uint8_t *mapped;               /* that document's bytes; NULL once it was laid out */
    struct code_key keys[SHOP_MAX_KEYS]; /* the first makes new codes */
    size_t n_keys;
    struct err keys_err; /* why there are none: receipts print on, vouchers wait for the key */
    uint8_t chance_key[RULES_KEY_BYTES];
    struct store *store;
    struct ledger *ledger;
    struct spool *spool;
    struct arena work; /* of the call under way */
    struct wires wires;
    struct pictures *pictures; /* decoded once */
    struct fonts *fonts; /* opened once, for all that is printed; nothing until a text needs them */
};

/* keys/: reads the secrets (files 0600); what chance is drawn from is made where it is missing. */
bool keys_read(struct shop *shop, struct err *err);
/* Makes the first voucher key of a shop that has given none yet. ERR_KEY_LOST when it has given
 * some: their key must be restored. After the ledger is open. */
bool keys_made(struct shop *shop, struct err *err);

void shop_tell(const struct shop *shop, const struct err *what);

/* ── print_sale.c ── */

/* Till, id and the business day of the sale's own time. */
struct ledger_sale_key sale_key_of(const struct shop *shop, const struct sale *sale);
/* "PREFIX2026-11-21/1/0042" in shop->work; p is NULL when it is full. */
struct slice sale_key_text(struct shop *shop, const struct ledger_sale_key *key,
                           const char *prefix);
/* What the cashier said over what the sale says. service may be NULL. */
bool sale_override(struct shop *shop, struct sale *sale, const struct shop_service *service,
                   struct err *err);

/* ── paper.c: from documents to a job on a printer ── */

/* Where a job goes. */
struct paper_target {
    struct slice name,
        uri; /* the name is the spool's name for it: a URI's own text for one outside the shop */
    const struct profile *profile;
};

/* printer is a name, a URI or NULL (the till's). */
bool paper_target(struct shop *shop, const char *printer, struct slice till,
                  struct paper_target *target, struct err *err);
/* Lays a document out for a target. */
bool paper_layout(struct shop *shop, const struct profile *profile, struct slice document,
                  bool drawer, struct buf *bytes, struct err *err);

/* One job under way: a worker is called, or a printer's lock taken (if it was free) and older jobs
 * drained; a transaction may follow. */
struct paper_job {
    struct shop *shop;
    struct paper_target target;
    const struct shop_printing *printing;
    struct spool_call *worker; /* to the printer's worker, where the spool service runs */
    struct spool_lock *lock;   /* NULL: somebody else prints */
    int64_t id;
    enum job_state state;
    int64_t deadline_ms;       /* of the monotonic clock */
    bool lost;                 /* the printer lost a job in the last round */
    struct err stopped;        /* what keeps an older job, and so this one, from being printed */
    struct job_answer *answer; /* being made; NULL before the job is accepted */
    bool stayed;               /* nobody waits any more: shop_printing.stay */
};

bool paper_begin(struct shop *shop, const struct shop_printing *printing, struct slice till,
                 struct paper_job *job, struct err *err);
/* In the open transaction. An empty document makes no job (id 0) unless the drawer opens. bytes are
 * also given to printing->bytes. */
bool paper_add(struct paper_job *job, struct slice key, const char *kind, struct slice till,
               struct slice document, bool drawer, struct err *err);
/* An older job of this key, to be finished and answered. */
bool paper_find(struct paper_job *job, struct slice key, struct err *err);
/* Begins with a job that is in the queue, by its number; those before it are printed first, too. */
bool paper_resume(struct shop *shop, const struct shop_printing *printing, int64_t id,
                  struct paper_job *job, struct err *err);
/* After the commit: sends it, waits for the answer, and says what became of it. */
void paper_finish(struct paper_job *job, struct job_answer *answer);
/* Gives the printer back; always called. */
void paper_end(struct paper_job *job);
/* The folder of locks and doors, made where it is missing. */
bool paper_folder(const struct shop *shop, char *out, size_t cap, struct err *err);
/* What the spool needs from this shop to print on job->target; ctx is the job. */
struct spool_host paper_host(struct paper_job *job);
/* How long head and cutter need for these bytes at the profile's pace, or at that of the slowest
 * printer where nobody says it. The printer in software says how long the paper is. */
unsigned paper_time_ms(const struct profile *profile, struct slice bytes);
/* Of somebody who waits for no one. */
struct spool_limits paper_limits(const struct shop *shop);

/* Training: printed if the printer is free and ready, and nowhere recorded. */
bool paper_send_unrecorded(struct shop *shop, const struct paper_target *target, struct slice bytes,
                           struct job_answer *answer, struct err *err);

/* ── vouchers.c: making, showing, answering ── */

/* A page banner in our own markup: "COPY 2", "SPECIMEN". number 0: none. */
void banner_append(struct buf *document, enum word which, enum lang lang, unsigned number);

/* Expands a template with a view onto document; a template of the owner that fails is told and the
 * gallery's `stand_in` is taken. */
bool page_append(struct shop *shop, struct slice template_name, const char *stand_in,
                 const struct view_object *view, struct buf *document, struct err *err);

/* Everything about a voucher that is to be given. */
struct voucher_order {
    const struct offer *offer;
    struct slice rule, reason, customer, job;
    const struct sale *sale; /* NULL outside of a sale */
    const struct ledger_sale_key *sale_key;
    int32_t valid_to_day;
    bool specimen; /* nothing is recorded */
};

/* Makes the code and the page, and records it (not a specimen). answer gets V. */
bool voucher_give(struct shop *shop, const struct ledger_act *act,
                  const struct voucher_order *order, const struct ledger_taken *taken,
                  struct buf *document, struct voucher_answer *answer, struct arena *arena,
                  struct err *err);
/* V of a voucher in the ledger; texts are copied into the arena. */
bool voucher_answer_of(struct shop *shop, const struct ledger_voucher *voucher, struct arena *arena,
                       struct voucher_answer *answer, struct err *err);
/* It was just redeemed, and its paper still waits: told, because it will come out. */
void voucher_tell_waiting(struct shop *shop, const struct ledger_voucher *voucher);
/* When and where it was redeemed; empty when it is not. */
bool spent_answer_of(struct shop *shop, const struct ledger_voucher *voucher, struct arena *arena,
                     struct spent_answer *spent, struct err *err);
/* The state of the job that carries it, or "". */
struct slice voucher_paper(struct shop *shop, struct slice job, struct arena *arena);
/* The vouchers that pass a filter, in order of issue. */
bool vouchers_listed(struct shop *shop, const struct ledger_filter *filter, struct arena *arena,
                     const struct voucher_answer **vouchers, size_t *n, struct err *err);
/* Codes put aside while the ledger lists vouchers: its list may not be left for another call. In
 * shop->work. */
struct code_list {
    struct shop *shop;
    struct voucher_code *codes;
    size_t n, cap;
};
/* False and ERR_TOO_BIG when memory ends. */
bool code_list_add(struct code_list *list, const struct voucher_code *code, struct err *err);
/* What somebody typed or scanned, as a code of ours. */
bool voucher_read_code(struct shop *shop, struct slice text, struct voucher_code *code,
                       struct err *err);
/* A text that somebody typed, fit for the ledger and for paper: UTF-8, cleaned, not too long. name
 * is what an error calls it. ERR_UTF8, ERR_TOO_BIG. */
bool shop_text(struct shop *shop, const char *name, struct slice text, struct slice *out,
               struct err *err);
/* Now, as the ledger counts it, and who; their texts are made fit. */
bool shop_act(struct shop *shop, const struct shop_who *who, struct ledger_act *act,
              struct err *err);
/* The same for what staff do by hand: where shop.yaml lists the staff, `by` is one of them or
 * empty. ERR_STAFF. */
bool shop_staff_act(struct shop *shop, const struct shop_who *who, struct ledger_act *act,
                    struct err *err);
/* "3 of 3 used today" in the shop's language. */
struct slice limit_words(struct shop *shop, const struct limit *limit,
                         const struct ledger_refusal *refusal, struct arena *arena);

static inline bool shop_full(struct err *err)
{
    return FAIL(err, ERR_TOO_BIG, "this request", "256 MiB");
}

#endif
