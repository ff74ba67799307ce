/* Eight bytes at a time: which of them are of a kind. A result is 0 when none is; else word_first()
 * tells which is the first. */
#ifndef BONBON_BASE_WORD_H
#define BONBON_BASE_WORD_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define WORD_OF(byte) (0x0101010101010101U * (byte))

static inline uint64_t word_load(const uint8_t *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return le64toh(w);
}

/* Below 20h, or 7Fh. */
static inline uint64_t word_controls(uint64_t w)
{
    const uint64_t below = (w - WORD_OF(0x20)) & ~w;
    const uint64_t del = w ^ WORD_OF(0x7F);
    return (below | ((del - WORD_OF(1)) & ~del)) & WORD_OF(0x80);
}

/* 0 to 7, of a result that is not 0. Behind the first a borrow may mark bytes that are not of the
 * kind. */
static inline unsigned word_first(uint64_t of_kind)
{
    return (unsigned)__builtin_ctzll(of_kind) / 8;
}

/* 80h to BFh: what UTF-8 has behind the first byte of a character. No other byte is marked. */
static inline uint64_t word_continuations(uint64_t w)
{
    return w & ~(w << 1) & WORD_OF(0x80);
}

/* True for four Cyrillic letters, U+0400 to U+047F, in UTF-8. */
static inline bool word_is_cyrillic(uint64_t w)
{
    return (w & 0xC0FEC0FEC0FEC0FEU) == 0x80D080D080D080D0U;
}

/* How many bytes are marked. */
static inline unsigned word_count(uint64_t of_kind)
{
    return (unsigned)((of_kind >> 7) * WORD_OF(1) >> 56);
}

/* 80h and above. */
static inline uint64_t word_high(uint64_t w)
{
    return w & WORD_OF(0x80);
}

#endif
