/* Bytes that came from outside, or stand in somebody else's memory: a pointer and a length, never
 * a terminator. A slice owns nothing; it lives as long as the arena, buffer or file behind it. */
#ifndef BONBON_BASE_SLICE_H
#define BONBON_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const uint8_t *p;
    size_t n;
};

/* A slice over a string literal, usable in initialisers of tables. */
#define SLICE(literal)                                                                             \
    {                                                                                              \
        (const uint8_t *)("" literal), sizeof(literal) - 1                                         \
    }
#define SLICE_LITERAL(l) ((struct slice)SLICE(l))

static inline struct slice slice_of(const void *p, size_t n)
{
    return (struct slice){p, n};
}

static inline struct slice slice_str(const char *s)
{
    return (struct slice){(const uint8_t *)s, s ? strlen(s) : 0};
}

/* Bytes [from, to) of s; both ends are clamped to what is there. */
static inline struct slice slice_sub(struct slice s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from > to)
        from = to;
    return s.p ? (struct slice){s.p + from, to - from} : (struct slice){0};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool slice_is(struct slice a, const char *s)
{
    return slice_equal(a, slice_str(s));
}

/* Order of bytes, shorter first where one begins the other. */
int slice_compare(struct slice a, struct slice b);
/* True when s begins with prefix. */
bool slice_starts(struct slice s, const char *prefix);
/* s without ASCII blanks and tabs at both ends. */
struct slice slice_trim(struct slice s);
/* Equal but for the case of ASCII letters. */
bool slice_equal_nocase(struct slice a, struct slice b);
/* Position of the first byte c, or s.n. */
size_t slice_find(struct slice s, uint8_t c);
/* Copies s into out with a NUL behind it, cut at cap - 1 bytes on a UTF-8 boundary; returns the
 * bytes copied. For the door of a library that wants a string: a NUL inside s is kept and would cut
 * there. */
size_t slice_cstr(struct slice s, char *out, size_t cap);
/* An unsigned decimal number that fills all of s; false when it is not one or is above max. */
bool slice_u64(struct slice s, uint64_t max, uint64_t *out);

/* Reading from the front: a cursor is a slice that shrinks. Each call returns false, and takes
 * nothing, when the bytes are not there. */
bool take_bytes(struct slice *s, size_t n, struct slice *out);
/* The next line without its end (\n, \r\n or \r); false at the end of s. */
bool take_line(struct slice *s, struct slice *line);

#endif
