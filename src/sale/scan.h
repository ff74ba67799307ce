/* A look at the bytes of a JSON text before the parser sees them: limits, UTF-8 with its place, and
 * what json-c would let pass in silence. json-c bends integers past 64 bits to the largest one,
 * ends a text at a NUL, keeps the last of two equal keys and takes NaN for a number; a sale must
 * not change its meaning that way. */
#ifndef BONBON_SALE_SCAN_H
#define BONBON_SALE_SCAN_H

#include "base/arena.h"
#include "base/err.h"

/* Written behind an integer of 19 digits and more in the text handed on, so that json-c takes it
 * for a real number and keeps its digits; whoever reads the number takes the mark away. */
#define SCAN_LONG_MARK "E-0000000"

struct scan {
    struct slice
        text;       /* for the parser: the caller's own bytes, or a copy in the arena with marks */
    size_t members; /* keys in all objects together */
    size_t marks;
};

/* ERR_TOO_BIG for the limits of sale.h, ERR_UTF8 and ERR_JSON with line and column (lines from
 * first_line). */
bool scan_json(struct arena *arena, struct slice json, unsigned first_line, struct scan *scan,
               struct err *err);
/* Says the place of a byte of scan->text, as it is in the caller's text. Always false. */
bool scan_at(const struct scan *scan, size_t offset, unsigned first_line, struct err *err);
/* ERR_JSON at the first key that an object has twice; to be asked when the parser kept fewer
 * members than were seen. */
bool scan_fail_repeated(struct arena *arena, const struct scan *scan, unsigned first_line,
                        struct err *err);

#endif
