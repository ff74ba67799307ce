/* UTF-8 and what may stand in a printed text. */
#ifndef BONBON_BASE_UTF8_H
#define BONBON_BASE_UTF8_H

#include "base/arena.h"

/* Decodes one character at the front of s and takes it; 0 and false at the end. An invalid sequence
 * takes one byte and gives U+FFFD. */
bool utf8_take(struct slice *s, uint32_t *cp);
/* Writes cp (a scalar value) as 1 to 4 bytes; returns how many. */
size_t utf8_put(uint32_t cp, uint8_t out[4]);
/* Length of the longest valid prefix: equal to s.n when all of s is UTF-8 (no surrogates, no
 * overlong forms, nothing above U+10FFFF). */
size_t utf8_valid(struct slice s);
/* At most n bytes of s, cut between characters. */
struct slice utf8_cut(struct slice s, size_t n);
/* A byte that does not begin a character: 80 to BF, which are the lowest of the signed bytes. */
static inline bool utf8_continues(uint8_t byte)
{
    return (int8_t)byte < -0x40;
}

/* Characters of s, which is UTF-8: code points, marks among them; utf8_width() counts columns. */
size_t utf8_characters(struct slice s);
/* Bytes of the first n characters of s, which is UTF-8; s.n when it has no more. */
size_t utf8_first(struct slice s, size_t n);
static inline bool utf8_is_ascii(struct slice s)
{
    uint8_t any = 0;
    for (size_t i = 0; i < s.n; i++)
        any |= s.p[i];
    return any < 0x80;
}

/* Line and column (in characters, both from 1) of the byte at offset, for errors about a text. */
void utf8_place(struct slice text, size_t offset, unsigned *line, unsigned *column);

/* Printer columns of a character: 0 for combining marks and zero-width characters, 2 for East Asian
 * wide and fullwidth (and emoji presentation), else 1. */
unsigned utf8_width(uint32_t cp);

/* Columns that cp adds behind the character `before` (0 at the front): utf8_width(), but none for
 * what a joiner or a skin tone makes part of the emoji before it. */
unsigned utf8_columns(uint32_t before, uint32_t cp);
/* True when a new user-perceived character begins with cp behind `before`: not before a mark, a
 * joined emoji or the second letter of a flag (extended grapheme clusters, Unicode annex 29). state
 * is 0 at the front of a text and kept from call to call. */
bool utf8_breaks(uint32_t before, uint32_t cp, int32_t *state);

/* The direction that a strong character gives its paragraph (Unicode annex 9): 'R' from right to
 * left, 'L' from left to right, 0 for all others. */
char utf8_direction(uint32_t cp);

/* A text fit for paper: NFC; a run of control characters, line ends, U+2028/9 and tabs becomes one
 * space; explicit direction marks and embeddings (U+200E/F, U+202A–E, U+2066–9), U+FEFF and other
 * default-ignorable format characters but the joiners U+200C/D are dropped. s must be valid UTF-8.
 * ASCII without controls is returned as it is, without a copy. p is NULL when the arena is full. */
struct slice utf8_clean(struct arena *a, struct slice s);

#endif
