#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

/* Under AddressSanitizer what is behind the last piece, and what was given back, must not be
 * touched. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
enum { RED_ZONE = 64 };
static void forbid(struct arena *a, size_t from, size_t to)
{
    to = to < a->cap ? to : a->cap;
    if (from >= to)
        return;
    __asan_poison_memory_region(a->p + from, to - from);
    a->forbidden = to > a->forbidden ? to : a->forbidden;
}
static void allow(const struct arena *a, size_t from, size_t to)
{
    __asan_unpoison_memory_region(a->p + from, to - from);
}
#else
enum { RED_ZONE = 0 };
static void forbid(struct arena *a, size_t from, size_t to)
{
    (void)a, (void)from, (void)to;
}
static void allow(const struct arena *a, size_t from, size_t to)
{
    (void)a, (void)from, (void)to;
}
#endif

bool arena_init(struct arena *a, size_t cap)
{
    *a = (struct arena){0};
    void *p = mmap(NULL, cap ? cap : 1, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return false;
    a->p = p;
    a->cap = cap;
    return true;
}

void arena_finish(struct arena *a)
{
    if (a->p) {
        /* not to a->cap: the shadow of address space that nobody took would become memory */
        allow(a, 0, a->forbidden);
        munmap(a->p, a->cap ? a->cap : 1);
    }
    *a = (struct arena){0};
}

void arena_reset(struct arena *a, size_t mark)
{
    if (mark >= a->used)
        return;
    forbid(a, mark, a->used);
    a->used = mark;
}

/* Takes n bytes at the given alignment, not cleared. */
static uint8_t *take(struct arena *a, size_t n, size_t align)
{
    size_t pad = (align - a->used % align) % align;
    if (!a->p || pad > a->cap - a->used || n > a->cap - a->used - pad)
        return NULL;
    size_t from = a->used + pad;
    a->used = from + n;
    allow(a, from, a->used);
    forbid(a, a->used, a->used + RED_ZONE);
    return a->p + from;
}

void *arena_alloc(struct arena *a, size_t n)
{
    uint8_t *p = take(a, n, _Alignof(max_align_t));
    if (p && n)
        memset(p, 0, n); /* after a reset the pages are not fresh */
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n))
        return NULL;
    return arena_alloc(a, n);
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    if (s.n == SIZE_MAX)
        return (struct slice){0};
    uint8_t *p = take(a, s.n + 1, 1);
    if (!p)
        return (struct slice){0};
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = 0;
    return slice_of(p, s.n);
}

struct slice arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    uint8_t *p = n < 0 ? NULL : take(a, (size_t)n + 1, 1);
    if (!p)
        return (struct slice){0};
    va_start(args, format);
    vsnprintf((char *)p, (size_t)n + 1, format, args);
    va_end(args);
    return slice_of(p, (size_t)n);
}
