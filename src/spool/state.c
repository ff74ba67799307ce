#include "spool/state.h"

static const char *const names[JOB_STATE_COUNT] = {
    [JOB_QUEUED] = "queued", [JOB_SENDING] = "sending", [JOB_PRINTED] = "printed",
    [JOB_SENT] = "sent",     [JOB_UNKNOWN] = "unknown", [JOB_CANCELLED] = "cancelled",
    [JOB_HELD] = "held",
};

/* clang-format off */
const struct job_move spool_moves[] = {
    {JOB_QUEUED,  JOB_SENDING,   MOVER_WORKER,                  "durable, before the first byte"},
    {JOB_QUEUED,  JOB_CANCELLED, MOVER_PERSON,                  "not wanted any more"},
    {JOB_QUEUED,  JOB_HELD,      MOVER_WORKER | MOVER_PERSON,   "it cannot be laid out, waited too long, or shall wait"},
    {JOB_SENDING, JOB_QUEUED,    MOVER_WORKER,                  "trouble, and not a byte was taken"},
    {JOB_SENDING, JOB_PRINTED,   MOVER_WORKER,                  "the printer proved it"},
    {JOB_SENDING, JOB_SENT,      MOVER_WORKER,                  "fully taken by a printer that cannot prove"},
    {JOB_SENDING, JOB_UNKNOWN,   MOVER_WORKER | MOVER_RECOVERY, "trouble after the first byte, no proof, or its sender died"},
    {JOB_SENDING, JOB_HELD,      MOVER_WORKER,                  "it cannot be laid out; not a byte was taken"},
    {JOB_UNKNOWN, JOB_QUEUED,    MOVER_PERSON,                  "not on the paper: print it again"},
    {JOB_UNKNOWN, JOB_PRINTED,   MOVER_PERSON,                  "it is on the paper"},
    {JOB_UNKNOWN, JOB_CANCELLED, MOVER_PERSON,                  "not on the paper, and not wanted any more"},
    {JOB_HELD,    JOB_QUEUED,    MOVER_PERSON,                  "print it now"},
    {JOB_HELD,    JOB_CANCELLED, MOVER_PERSON,                  "not wanted any more"},
};
/* clang-format on */
const size_t spool_n_moves = sizeof spool_moves / sizeof spool_moves[0];

bool spool_may_move(enum job_state from, enum job_state to, enum job_mover mover)
{
    for (size_t i = 0; i < spool_n_moves; i++)
        if (spool_moves[i].from == from && spool_moves[i].to == to)
            return (spool_moves[i].movers & mover) != 0;
    return false;
}

const char *job_state_name(enum job_state state)
{
    return (unsigned)state < JOB_STATE_COUNT ? names[state] : "";
}

bool job_state_parse(struct slice name, enum job_state *state)
{
    for (unsigned i = 0; i < JOB_STATE_COUNT; i++)
        if (slice_is(name, names[i])) {
            *state = (enum job_state)i;
            return true;
        }
    return false;
}

bool job_state_is_final(enum job_state state)
{
    return state == JOB_PRINTED || state == JOB_SENT || state == JOB_CANCELLED;
}
