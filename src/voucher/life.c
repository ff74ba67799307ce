#include "voucher/life.h"

#include <stddef.h>
#include <string.h>

static const char *const names[VOUCHER_STATES] = {
    [VOUCHER_ISSUED] = "issued",
    [VOUCHER_REDEEMED] = "redeemed",
    [VOUCHER_VOID] = "void",
    [VOUCHER_EXPIRED] = "expired",
};

/* What is not here is not allowed. */
static const struct {
    enum voucher_state from;
    enum voucher_act act;
    enum voucher_state to;
} steps[] = {
    {VOUCHER_ISSUED, VOUCHER_ACT_REDEEM, VOUCHER_REDEEMED},
    {VOUCHER_ISSUED, VOUCHER_ACT_VOID, VOUCHER_VOID},
    {VOUCHER_ISSUED, VOUCHER_ACT_EXPIRE, VOUCHER_EXPIRED},
    {VOUCHER_ISSUED, VOUCHER_ACT_COPY, VOUCHER_ISSUED},
    {VOUCHER_REDEEMED, VOUCHER_ACT_UNDO, VOUCHER_ISSUED},
};

const char *voucher_state_name(enum voucher_state state)
{
    return (unsigned)state < VOUCHER_STATES ? names[state] : "";
}

bool voucher_state_parse(const char *name, enum voucher_state *state)
{
    for (unsigned i = 0; i < VOUCHER_STATES; i++) {
        if (strcmp(name, names[i]) == 0) {
            *state = (enum voucher_state)i;
            return true;
        }
    }
    return false;
}

bool voucher_can(enum voucher_state from, enum voucher_act act, enum voucher_state *to)
{
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i].from == from && steps[i].act == act) {
            *to = steps[i].to;
            return true;
        }
    }
    return false;
}
