/* A spool in a folder of its own, and a printer behind a wire that does what the test says. */
#ifndef BONBON_TESTS_SPOOL_BED_H
#define BONBON_TESTS_SPOOL_BED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "spool/spool.h"
#include "support/folder.h"
#include "support/wire.h"

struct bed {
    struct folder folder;
    struct env env;
    struct env_fixed clock;
    struct store *store;
    struct spool *spool;
    struct arena arena;
    struct wire wire;
    enum profile_proof proof; /* of the printer */
    struct spool_host host;   /* opens the wire; ctx is the bed */
    struct spool_limits limits;
    struct spool_outcome outcome; /* of the last drain() or print() */
    size_t opened;
    bool cannot_open;
};

void bed_make(struct bed *bed);
void bed_remove(struct bed *bed);
/* The same around a test of cmocka, whose *state is the bed. */
int bed_setup(void **state);
int bed_teardown(void **state);
/* Another connection to the same database; the one there was is given up as a process that dies
 * gives it up. */
void bed_reopen(struct bed *bed);

/* Adds and commits a job for "till" whose bytes and document are text; its id. */
int64_t bed_add(struct bed *bed, const char *key, const char *text);
/* Begins a job under the lock. */
int64_t bed_begin(struct bed *bed, struct spool_lock *lock, const char *key, const char *text,
                  enum job_state *state);
struct spool_lock *bed_lock(struct bed *bed);
/* Locks, drains, unlocks. */
void bed_drain(struct bed *bed);
/* Ana decides, durably. False with what spool_decide() says. */
bool bed_decide(struct bed *bed, int64_t id, enum job_state to, struct err *err);
struct spool_job bed_job(struct bed *bed, int64_t id);
void bed_assert_state(struct bed *bed, int64_t id, enum job_state state);
/* The bytes of jobs that the wire took since the last call. */
void bed_assert_paper(struct bed *bed, const char *text);

#endif
