/* Exact amounts: int64_t minor units of a currency, and quantities as a decimal. Never floating
 * point. */
#ifndef BONBON_BASE_MONEY_H
#define BONBON_BASE_MONEY_H

#include "base/err.h"

struct currency {
    char code[4];     /* ISO 4217 */
    uint8_t exponent; /* decimals of the minor unit: JPY 0, EUR 2, KWD 3 */
    char sign[8];     /* "€", or the code where there is none */
};

/* NULL when the code is not one of ISO 4217's. */
const struct currency *currency_find(struct slice code);

struct decimal {
    int64_t units; /* value × 10^scale */
    uint8_t scale; /* 0 to 6, as it was written ("1.50" has 2) */
};

/* "-12.50" with at most `exponent` decimals (more are allowed when they are zeros). ERR_DECIMALS,
 * ERR_RANGE (beyond ±10^15 minor units) or ERR_NUMBER (not a plain decimal: no exponent, no
 * thousands, no blank). */
bool money_parse(struct slice text, unsigned exponent, int64_t *minor, struct err *err);
bool decimal_parse(struct slice text, struct decimal *out, struct err *err);
/* "-12.50"; returns the length. */
size_t money_plain(int64_t minor, unsigned exponent, char out[32]);
size_t decimal_plain(struct decimal d, char out[32]);
/* a + b; false on overflow. */
bool money_add(int64_t a, int64_t b, int64_t *sum);

#endif
