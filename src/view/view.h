/* What a template sees: the facts of a sale, of the shop and of one voucher, worded in the shop's
 * language. The names are the vocabulary of docs/templates.md, and a contract with every owner's
 * templates.
 *
 * Every amount X has three: X ("42,50 lei"), X_number ("42,50") and X_raw ("42.50"). Amounts and
 * dates are made only when a template asks. */
#ifndef BONBON_VIEW_VIEW_H
#define BONBON_VIEW_VIEW_H

#include "document/view.h"
#include "sale/sale.h"
#include "setup/config.h"
#include "voucher/code.h"
#include "voucher/value.h"

/* How texts are worded; stands as long as the views made with it. */
struct view_words {
    enum lang lang;
    const struct currency *currency;
};

/* A voucher as its paper shows it. */
struct view_voucher {
    char code[CODE_TEXT + 1]; /* hyphenated; "" for a note */
    struct slice qr;          /* "" for a note */
    struct slice offer, reason;
    struct voucher_value value;
    int32_t valid_to_day, issued_day;
    const struct currency *currency; /* of the value */
};

/* The object a template is expanded with. sale may be NULL (a voucher outside a sale), voucher may
 * be NULL (a receipt). Values point into sale, config, words and voucher: they must outlive the
 * view. NULL when the arena is full. */
const struct view_object *view_make(struct arena *arena, const struct shop_config *config,
                                    const struct zone *zone, const struct view_words *words,
                                    const struct sale *sale, const struct view_voucher *voucher);

#endif
