/* The code of a voucher: twelve random Crockford base-32 characters (60 bits) and a check character
 * by Damm's scheme over GF(32), x^5+x^2+1, interim c = 2·(c ⊕ d) from 0, the check character is the
 * last interim. Written 7KQ2-M9XD-PA4TY (design 5.5; docs/vouchers.md). The check character finds
 * typing mistakes; it is no security. */
#ifndef BONBON_VOUCHER_CODE_H
#define BONBON_VOUCHER_CODE_H

#include "base/env.h"

enum {
    CODE_CHARS = 13,
    CODE_TEXT = 15 /* with two hyphens */,
    CODE_MAC_BYTES = 10,
    CODE_QR_MAX = 160
};

struct voucher_code {
    char c[CODE_CHARS + 1]; /* upper case, no hyphens, NUL behind */
};

void code_make(const struct env *env, struct voucher_code *code);
/* "7KQ2-M9XD-PA4TY" */
void code_text(const struct voucher_code *code, char out[CODE_TEXT + 1]);
/* The check character of twelve characters of the alphabet. */
char code_check(const char twelve[12]);

/* A shop's secret for its codes; several may be known (an old one still proves old paper), the
 * first makes new ones. */
struct code_key {
    char id[3]; /* two characters of the alphabet, NUL behind */
    uint8_t secret[32];
};

/* What the QR carries, in the alphanumeric set: PREFIX CODE "." KEYID "." MAC, the MAC BLAKE2b-80
 * keyed over the code, in base 32 (16 characters). prefix is "" or the shop's
 * "HTTPS://SHOP.EXAMPLE/V/"; where it is too long or leaves the set, nothing is made and 0
 * returned. Returns the length. */
size_t code_qr(const struct voucher_code *code, const struct code_key *key, const char *prefix,
               char out[CODE_QR_MAX]);

enum code_proof {
    CODE_PROOF_NONE /* a code alone, read from paper */,
    CODE_PROOF_GOOD /* its MAC is ours */
};
/* Reads what a person typed or a scanner sent: case, blanks and hyphens do not matter, O→0, I L→1,
 * the Cyrillic letters that a keyboard scanner sends under a Russian layout are mapped back, any
 * address before the code is skipped, and "SPECIMEN" is known. ERR_CODE_TYPING (with the text),
 * ERR_CODE_FORGED when there is a MAC and it is not ours, ERR_CODE_SPECIMEN. Constant time in the
 * MAC. */
bool code_read(struct slice text, const struct code_key *keys, size_t n_keys,
               struct voucher_code *code, enum code_proof *proof, struct err *err);

#endif
