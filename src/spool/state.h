/* Where a job can be, and who may move it where: one table, checked by every move. */
#ifndef BONBON_SPOOL_STATE_H
#define BONBON_SPOOL_STATE_H

#include "base/slice.h"

enum job_state {
    JOB_QUEUED,    /* nothing of it has left */
    JOB_SENDING,   /* it may be leaving now */
    JOB_PRINTED,   /* the printer proved it; final */
    JOB_SENT,      /* fully taken by a printer that cannot prove; final */
    JOB_UNKNOWN,   /* interrupted: somebody must look at the paper */
    JOB_CANCELLED, /* a person said so; final */
    JOB_HELD,      /* waits for a person */
    JOB_STATE_COUNT
};

/* Who moves a job. */
enum job_mover {
    MOVER_WORKER = 1u << 0,   /* the holder of the printer's lock, sending it */
    MOVER_RECOVERY = 1u << 1, /* the next holder, after a crash */
    MOVER_PERSON = 1u << 2,
};

struct job_move {
    enum job_state from, to;
    unsigned movers; /* bits of enum job_mover */
    const char *when;
};

extern const struct job_move spool_moves[];
extern const size_t spool_n_moves;

/* True when the table lets this mover do it. */
bool spool_may_move(enum job_state from, enum job_state to, enum job_mover mover);
/* "queued", "sending", …: stable, for programs and the database. */
const char *job_state_name(enum job_state state);
bool job_state_parse(struct slice name, enum job_state *state);
/* Nobody need do anything about it any more: printed, sent, cancelled. */
bool job_state_is_final(enum job_state state);

#endif
