/* A job under way, shared by worker.c (which job, and what it needs), send.c (its bytes and their
 * proof) and moves.c (what becomes of it). */
#ifndef BONBON_SPOOL_RUN_H
#define BONBON_SPOOL_RUN_H

#include "spool/internal.h"

/* One call of spool_drain() or spool_print(). */
struct run {
    struct spool *spool;
    struct spool_lock *lock;
    const struct spool_host *host;
    const struct spool_limits *limits;
    struct spool_outcome *outcome;
    struct spool_job job;      /* the one being worked on; strings in the lock's arena */
    uint64_t taken;            /* of it, so far */
    size_t window;             /* of its bytes, up to where they may be sent now */
    unsigned windows;          /* that were begun */
    char words[ERR_ARG_BYTES]; /* job.detail, where it is not the database's */
    struct spool_cut cut;      /* of the job before it */
    bool untold;               /* spool_is_untold() */
    bool silent;               /* the printer did not answer the last question about its state */
    bool stop;                 /* trouble: no further job */
};

/* Whether a move must be on the disk before we go on. What puts a job where it may be sent, and
 * what says that it begins, waits; the rest can be found out again: a power cut shows the state
 * before, `sending`, and recovery makes it unknown. */
enum wait { DO_NOT_WAIT, WAIT_FOR_DISK };

/* --- moves.c --- */

/* Writes a move of the job at hand and tells it. *moved is false when somebody else moved it first.
 */
bool run_move(struct run *r, const struct job_change *change, enum wait wait, bool *moved,
              struct err *err);
/* Trouble before the first byte: the job waits where it was accepted, with the reason; nothing
 * further is tried. */
bool run_leave_queued(struct run *r, const struct err *why, unsigned state, struct err *err);
/* The job waits for a person. */
bool run_hold(struct run *r, const struct err *why, struct err *err);
/* Trouble after the first byte: somebody has to look at the paper. */
bool run_leave_unknown(struct run *r, const struct err *why, struct err *err);
/* What the printer had is known to be gone: the job is queued again, marked; once by itself. */
bool run_begin_again(struct run *r, const char *cause, struct err *err);
/* The wire failed in the middle: one of the two above. */
bool run_leave_interrupted(struct run *r, const struct err *why, struct err *err);
/* Writes down why a job under way does not go on, or that it does again; the same reason once. */
bool run_note(struct run *r, const struct err *why, unsigned state, struct err *err);

/* --- send.c --- */

/* Sends the bytes in lock->bytes to the open session, waits for their proof and writes down what
 * became of the job. */
bool run_send(struct run *r, struct err *err);

#endif
