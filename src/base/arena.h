/* One capped arena a job or a request: memory is taken from the front and given back all at once.
 * An arena that is full is a limit of the input, told as an error (ERR_TOO_BIG), never a crash. The
 * cap is address space, not memory: pages are touched only as they are used. Not for two threads at
 * once. */
#ifndef BONBON_BASE_ARENA_H
#define BONBON_BASE_ARENA_H

#include "base/slice.h"

struct arena {
    uint8_t *p;
    size_t used, cap; /* bytes */
    size_t forbidden; /* under AddressSanitizer: nothing from here on was ever forbidden */
};

/* Reserves cap bytes; false when the system has no address space left. */
bool arena_init(struct arena *a, size_t cap);
/* Frees everything taken from a; fine on a zeroed arena. */
void arena_finish(struct arena *a);
/* Forgets everything taken since `mark` (a value of a->used); 0 forgets all. */
void arena_reset(struct arena *a, size_t mark);
/* n zeroed bytes aligned for any type, or NULL when the arena is full. */
void *arena_alloc(struct arena *a, size_t n);
/* count elements of `size` bytes, zeroed; NULL when full or when the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* A copy of s in the arena with a NUL behind it (not counted); p is NULL when the arena is full. */
struct slice arena_copy(struct arena *a, struct slice s);
/* printf into the arena; the result has a NUL behind it (not counted); p is NULL when full. */
struct slice arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

#endif
