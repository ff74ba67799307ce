/* Element strings of GS1: application identifiers and what belongs to them. As GS k takes them
 * (Epson APG, GS k; general knowledge where the guide is silent): ( ) stand around an identifier
 * and are not encoded, a space is only for people, {1 is FNC1, {( {) {* {{ are the characters
 * themselves,
 * * is the check digit of the digits before it. For this room and those that print GS1 codes. */
#ifndef BONBON_IMAGE_GS1_H
#define BONBON_IMAGE_GS1_H

#include "base/err.h"

enum { GS1_MAX_BYTES = 512, GS1_FNC1 = 0x1d /* in gs1.data, as scanners send it */ };

struct gs1 {
    size_t n, n_text;
    uint8_t data[GS1_MAX_BYTES]; /* to encode, without the leading FNC1 */
    char text[GS1_MAX_BYTES];    /* for people, with its ( ) */
};

/* False and ERR_SYMBOL (about name) when it cannot be one. */
bool gs1_read(const char *name, struct slice data, struct gs1 *out, struct err *err);
/* False and ERR_SYMBOL when a number of an article, a unit of transport or a place has a wrong
 * check digit. Printers take such a code; who makes one should not. */
bool gs1_has_right_digits(const char *name, const struct gs1 *gs1, struct err *err);
/* The elements as [01]…[10]…, what zint wants; false when they cannot be told apart. */
bool gs1_in_brackets(const struct gs1 *gs1, char out[2 * GS1_MAX_BYTES]);

#endif
