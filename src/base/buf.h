/* A byte string that grows, up to a stated maximum. Writing past it, or out of memory, sets `full`
 * and drops the bytes: check `full` once at the end instead of every call. */
#ifndef BONBON_BASE_BUF_H
#define BONBON_BASE_BUF_H

#include "base/slice.h"

struct buf {
    uint8_t *p;
    size_t n, cap, max; /* bytes: used, allocated, never more than */
    bool full;
};

/* Nothing is allocated before the first byte. max 0 means no limit but memory. */
void buf_init(struct buf *b, size_t max);
void buf_finish(struct buf *b);
/* Empties b and keeps its memory. */
void buf_reset(struct buf *b);
/* Room for n more bytes without growing again; false (and full) when that passes the maximum. */
bool buf_reserve(struct buf *b, size_t n);
void buf_append_growing(struct buf *b, const void *p, size_t n);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline struct slice buf_slice(const struct buf *b)
{
    return (struct slice){b->p, b->n};
}

static inline void buf_append(struct buf *b, const void *p, size_t n)
{
    if (n == 0 || b->cap - b->n < n) {
        buf_append_growing(b, p, n);
        return;
    }
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

static inline void buf_byte(struct buf *b, uint8_t c)
{
    if (b->n < b->cap)
        b->p[b->n++] = c;
    else
        buf_append_growing(b, &c, 1);
}

static inline void buf_slice_append(struct buf *b, struct slice s)
{
    buf_append(b, s.p, s.n);
}

static inline void buf_str(struct buf *b, const char *s)
{
    buf_append(b, s, strlen(s));
}

/* The bytes with a NUL behind them (not counted); NULL when there is no room for it. */
const char *buf_cstr(struct buf *b);
/* Appends the whole of a file, or of standard input where path is "-". errno tells why not; a file
 * longer than b->max gives EFBIG. */
bool buf_read_file(struct buf *b, const char *path);

#endif
