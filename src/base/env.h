/* The outside world that code must not reach by itself: clock and randomness. Tests and fuzzers are
 * other environments. fsync needs no seam here: SQLite does it, and the crash test watches the
 * system calls. */
#ifndef BONBON_BASE_ENV_H
#define BONBON_BASE_ENV_H

#include "base/err.h"

struct env {
    void *ctx;
    /* Seconds since 1970-01-01T00:00:00Z. */
    int64_t (*now)(void *ctx);
    /* n bytes that nobody can guess. */
    void (*random)(void *ctx, void *p, size_t n);
    bool now_is_set; /* the clock was set by $BONBON_NOW; recorded with what it dates */
};

/* The system's clock, or $BONBON_NOW (RFC 3339) where it is set, and the kernel's randomness. A
 * malformed $BONBON_NOW is ERR_TIME. */
bool env_system(struct env *env, struct err *err);
/* A clock that stands at now_s and randomness that follows from seed; for tests and previews. The
 * state is the caller's and outlives env; state->now_s may be moved. */
struct env_fixed {
    int64_t now_s;
    uint64_t seed;
};
void env_fixed(struct env *env, int64_t now_s, uint64_t seed, struct env_fixed *state);

#endif
