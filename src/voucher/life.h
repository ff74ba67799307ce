/* The life of a voucher, one table: issued → redeemed | void | expired, and redeemed → issued when
 * undone. What paper knows (queued, printed, sent, unknown, copies) stands beside it and never
 * decides. */
#ifndef BONBON_VOUCHER_LIFE_H
#define BONBON_VOUCHER_LIFE_H

#include <stdbool.h>

enum voucher_state {
    VOUCHER_ISSUED,
    VOUCHER_REDEEMED,
    VOUCHER_VOID,
    VOUCHER_EXPIRED,
    VOUCHER_STATES
};
enum voucher_act {
    VOUCHER_ACT_REDEEM,
    VOUCHER_ACT_UNDO,
    VOUCHER_ACT_VOID,
    VOUCHER_ACT_EXPIRE,
    VOUCHER_ACT_COPY,
    VOUCHER_ACTS
};

/* "issued", "redeemed", "void", "expired". */
const char *voucher_state_name(enum voucher_state state);
bool voucher_state_parse(const char *name, enum voucher_state *state);
/* True when act is allowed in `from`; *to is the state after it (the same one for a copy). */
bool voucher_can(enum voucher_state from, enum voucher_act act, enum voucher_state *to);

#endif
