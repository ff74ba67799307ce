#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_BYTES = 256, READ_BYTES = 64 << 10 };

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_finish(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->full = false;
}

static bool refuse(struct buf *b)
{
    b->full = true;
    return false;
}

bool buf_reserve(struct buf *b, size_t n)
{
    size_t max = b->max ? b->max : PTRDIFF_MAX;
    if (n > max || b->n > max - n)
        return refuse(b);
    size_t want = b->n + n;
    if (want <= b->cap)
        return true;
    size_t cap = b->cap ? b->cap : FIRST_BYTES;
    while (cap < want)
        cap *= 2;
    if (cap > max)
        cap = max;
    uint8_t *p = realloc(b->p, cap);
    if (!p)
        return refuse(b);
    b->p = p;
    b->cap = cap;
    return true;
}

void buf_append_growing(struct buf *b, const void *p, size_t n)
{
    if (n == 0 || !buf_reserve(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void buf_printf(struct buf *b, const char *format, ...)
{
    char small[256];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0) {
        b->full = true;
        return;
    }
    if ((size_t)n < sizeof small) {
        buf_append(b, small, (size_t)n);
        return;
    }
    char *large = malloc((size_t)n + 1);
    if (!large) {
        b->full = true;
        return;
    }
    va_start(args, format);
    vsnprintf(large, (size_t)n + 1, format, args);
    va_end(args);
    buf_append(b, large, (size_t)n);
    free(large);
}

const char *buf_cstr(struct buf *b)
{
    if (b->n == b->cap) {
        /* One byte more than cap says, so that a buffer filled to its maximum stays there. */
        uint8_t *p = realloc(b->p, b->cap + 1);
        if (!p)
            return NULL;
        b->p = p;
    }
    b->p[b->n] = 0;
    return (const char *)b->p;
}

static bool read_all(struct buf *b, int fd)
{
    for (;;) {
        size_t room = READ_BYTES;
        if (b->max && b->max - b->n < room)
            room = b->max - b->n;
        uint8_t over;
        if (room && !buf_reserve(b, room)) {
            errno = ENOMEM;
            return false;
        }
        /* At the maximum one byte more tells whether the file ends here. */
        ssize_t got = read(fd, room ? b->p + b->n : &over, room ? room : 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        if (!room) {
            errno = EFBIG;
            return false;
        }
        b->n += (size_t)got;
    }
}

bool buf_read_file(struct buf *b, const char *path)
{
    if (strcmp(path, "-") == 0)
        return read_all(b, STDIN_FILENO);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = read_all(b, fd);
    int why = errno;
    close(fd);
    errno = why;
    return ok;
}
