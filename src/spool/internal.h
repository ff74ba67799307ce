/* What the files of this room share; nobody else includes it. */
#ifndef BONBON_SPOOL_INTERNAL_H
#define BONBON_SPOOL_INTERNAL_H

#include "spool/door.h"
#include "spool/spool.h"

enum spool_statement {
    SPOOL_INSERT,
    SPOOL_INSERT_DOCUMENT,
    SPOOL_INSERT_BYTES,
    SPOOL_DROP_BYTES,
    SPOOL_MOVE,
    SPOOL_RECOVER,
    SPOOL_GET,
    SPOOL_FIND,
    SPOOL_ID_OF_KEY,
    SPOOL_DOCUMENT,
    SPOOL_BYTES,
    SPOOL_OLDEST_QUEUED,
    SPOOL_COUNT_QUEUED,
    SPOOL_COUNT_SENDING,
    SPOOL_COUNT,
    SPOOL_LIST,
    SPOOL_LIST_NEWEST,
    SPOOL_LIST_OPEN,
    SPOOL_REDIRECT,
    SPOOL_GIVE_UP,
    SPOOL_GIVEN_UP,
    SPOOL_CUT,
    SPOOL_CUT_SENDING,
    SPOOL_WHOLE,
    SPOOL_IS_CUT,
    SPOOL_UNTOLD,
    SPOOL_TELLS,
    SPOOL_IS_UNTOLD,
    SPOOL_STATEMENTS
};

struct spool {
    struct store *store;
    struct table *table;
    const struct env *env;
};

/* A lock's memory is used job after job: nothing is allocated anew once it has grown to the
 * largest. */
struct spool_lock {
    int fd;
    char *printer;
    struct printer *session; /* NULL: not open */
    struct spool_call *call; /* to the worker that made way for us; it stays away until it ends */
    int64_t begun; /* the job that spool_add() began and spool_print() has not taken up; 0: none */
    struct buf document, bytes;
    struct arena arena; /* the job being worked on */
};

/* One move of a job, and what is written with it. */
struct job_change {
    enum job_state to;
    enum job_mover mover;
    bool begins;         /* one more attempt */
    bool interrupts;     /* some of it may be on paper */
    bool torn;           /* with interrupts: paper hangs from the printer that nothing parts */
    bool whole;          /* it came through whole: the note of a cut goes */
    bool untold, tells;  /* of its printer: printer_never_tells(), or not any more */
    bool renews;         /* the time that it waits begins anew */
    const char *printer; /* the move holds only while it is this one's; NULL: whosever it is */
    uint64_t taken;
    enum err_code reason;
    unsigned printer_state;
    struct slice detail;
};

/* Writes a move in the open transaction, with what goes with it (bytes of a finished job are
 * dropped). *moved is false when the job is no longer in state from. from == to writes the reason
 * alone. ERR_BUG when the table has no such move. */
bool spool_move(struct spool *spool, int64_t id, enum job_state from,
                const struct job_change *change, bool *moved, struct err *err);
/* A printer whose last job was cut off may wait for the rest of a command, and torn paper may hang
 * from it. That is a note beside the job's truth: where it cannot be read the first is so, and
 * *noted false. */
struct spool_cut {
    bool is, noted, torn;
};
struct spool_cut spool_read_cut(struct spool *spool, const char *printer);
/* A note as well: where it cannot be read, the answer is no. */
bool spool_is_untold(struct spool *spool, const char *printer);
/* A person gave the job up: spool_give_up(). False where it cannot be read: it is asked again. */
bool spool_given_up(struct spool *spool, int64_t id);
void spool_end_session(struct spool_lock *lock);

#endif
