#include "base/env.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/calendar.h"

static int64_t system_now(void *ctx)
{
    (void)ctx;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

/* The time that $BONBON_NOW says travels in the context pointer itself, so that it needs no memory.
 */
static int64_t said_now(void *ctx)
{
    return (int64_t)(intptr_t)ctx;
}

static void system_random(void *ctx, void *p, size_t n)
{
    (void)ctx;
    uint8_t *at = p;
    while (n) {
        ssize_t got = getrandom(at, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            abort(); /* a code that can be guessed is worse than none */
        at += got;
        n -= (size_t)got;
    }
}

bool env_system(struct env *env, struct err *err)
{
    *env = (struct env){.now = system_now, .random = system_random};
    const char *said = getenv("BONBON_NOW");
    if (!said || !said[0])
        return true;
    int64_t now_s;
    if (!time_parse(slice_str(said), &now_s, NULL, err))
        return err_in_field(err, "BONBON_NOW");
    env->ctx = (void *)(intptr_t)now_s; // NOLINT(performance-no-int-to-ptr): never followed
    env->now = said_now;
    env->now_is_set = true;
    return true;
}

static int64_t fixed_now(void *ctx)
{
    const struct env_fixed *state = ctx;
    return state->now_s;
}

/* SplitMix64 (Steele, Lea, Flood 2014): every seed, zero too, gives a full stream. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static void fixed_random(void *ctx, void *p, size_t n)
{
    struct env_fixed *state = ctx;
    uint8_t *at = p;
    while (n) {
        uint64_t bits = next(&state->seed);
        for (unsigned i = 0; i < 8 && n; i++, n--)
            *at++ = (uint8_t)(bits >> (8 * i));
    }
}

void env_fixed(struct env *env, int64_t now_s, uint64_t seed, struct env_fixed *state)
{
    *state = (struct env_fixed){.now_s = now_s, .seed = seed};
    *env = (struct env){.ctx = state, .now = fixed_now, .random = fixed_random};
}
