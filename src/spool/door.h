/* The door of a worker: a socket beside its printer's lock. Who brings a job is heard at once,
 * hears when there is an answer, and knows when the worker dies. Who needs the printer for
 * something else asks the worker to leave it.
 *
 * The door carries no job and no truth: both stand in the database. A word that gets lost costs
 * time, since the worker also looks by itself.
 *
 * On the wire (SOCK_SEQPACKET): "print ID" is answered "done" when job ID has its truth, or when a
 * round that began after the word left it waiting; "leave" has no answer but the lock that comes
 * free, and holds until the caller hangs up. The kernel hangs up for the dead.
 *
 * Threads: a door belongs to its worker, a call to its caller. */
#ifndef BONBON_SPOOL_DOOR_H
#define BONBON_SPOOL_DOOR_H

#include "base/err.h"

struct pollfd;
struct spool_door;
struct spool_call;

/* ── the worker's side ── */

/* Opens the door of a printer in the spool's folder. One worker a printer: ERR_SPOOL_RUNNING
 * {printer} when another one listens; ERR_FILE_WRITE. */
bool spool_door_open(const char *dir, const char *printer, struct spool_door **door,
                     struct err *err);
void spool_door_close(struct spool_door *door); /* hangs up on everybody; NULL is fine */
/* Waits up to timeout_ms until somebody says something or one of the n others (their revents are
 * filled) is ready; hears everybody. At most SPOOL_DOOR_OTHERS others. */
enum { SPOOL_DOOR_OTHERS = 4 };
void spool_door_wait(struct spool_door *door, struct pollfd *others, size_t n, int timeout_ms);
/* Somebody brought a job since the last round began. */
bool spool_door_has_work(const struct spool_door *door);
/* Somebody wants the printer, or has it. */
bool spool_door_must_leave(const struct spool_door *door);
/* A round begins: it answers for every job brought so far. */
void spool_door_begin_round(struct spool_door *door);
/* A job has its truth. */
void spool_door_tell(struct spool_door *door, int64_t job);
/* The round is over: what still waits will not move by itself now. */
void spool_door_end_round(struct spool_door *door);

/* ── the caller's side ── */

/* Calls the worker of a printer; NULL when none listens. */
struct spool_call *spool_call_worker(const char *dir, const char *printer);
void spool_hang_up(struct spool_call *call); /* NULL is fine */
enum spool_heard {
    SPOOL_ANSWERED,
    SPOOL_TIME_UP,
    SPOOL_GONE, /* the worker hung up or died: whoever called does the work */
};
/* Says that a job was brought and waits for the answer; look at the job then. */
enum spool_heard spool_call_print(struct spool_call *call, int64_t job, int timeout_ms);
/* Asks the worker to give the lock back when it is done with what it does; does not wait. The
 * worker stays away until the call is hung up. NULL is fine. */
void spool_call_leave(struct spool_call *call);

#endif
