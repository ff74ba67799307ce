/* Durable print jobs: what was accepted is printed once, still to be printed, or said to be
 * unknown; through crashes, unplugged printers and several processes. What a job says, and why it
 * exists, is not the spool's affair: it keeps bytes.
 *
 * Invariants
 *  1. A job is in the database before anybody is told that it was accepted; spool_add() writes in
 * the caller's transaction, so that what it belongs to is recorded with it or not at all.
 *  2. `sending` is durable before the first byte leaves. So a job that reads `queued` has put
 * nothing on paper.
 *  3. Only the holder of the printer's lock sends. A job found `sending` by a new holder was
 * interrupted: it becomes `unknown` and is never sent again until a person says so.
 *  4. A final state (printed, sent) is written without waiting for the disk: it survives the death
 * of this program, and a power cut turns it at worst back into `sending`, hence `unknown`; never
 * into `queued`, because 2. waited for the disk and the database loses its newest commits first.
 *  5. State moves only along spool_moves (spool/state.h), each by one UPDATE that names the state
 * it comes from.
 *
 * How a sale is printed with one wait for the disk, when the printer is free:
 *     spool_lock → spool_drain (older jobs first) → store_begin … spool_add(…, lock) … store_commit
 * → spool_print → spool_unlock and when somebody else holds the printer: store_begin … spool_add(…,
 * NULL) … store_commit; whoever holds it, or the next one, drains it.
 *
 * Threads: a spool belongs to its store, and that to one thread. The lock is the kernel's: it is
 * released when its holder dies. */
#ifndef BONBON_SPOOL_SPOOL_H
#define BONBON_SPOOL_SPOOL_H

#include "base/env.h"
#include "printer/printer.h"
#include "spool/state.h"
#include "store/store.h"

struct spool;      /* the job tables of a store */
struct spool_lock; /* the right to send to one printer, and the session with it while it is open */

enum { SPOOL_WAIT_FOREVER = -1, SPOOL_DO_NOT_WAIT = 0 };
enum {
    SPOOL_KEY_MAX_BYTES = 512,
    SPOOL_NAME_MAX_BYTES = 1024,
    SPOOL_DOCUMENT_MAX_BYTES = 16 << 20
};

struct spool_job {
    int64_t id;           /* from 1, in the order of acceptance */
    struct slice key;     /* unique; the same key is the same job */
    struct slice kind;    /* the caller's word: "receipt", "copy", … */
    struct slice printer; /* its name in the shop, or a URI */
    struct slice profile; /* that `bytes` were laid out for */
    struct slice till;    /* may be empty */
    bool drawer; /* the caller's: this job opens the drawer; told back to spool_host.layout */
    int64_t created_s;
    /* Of spool_add() only; read them with spool_document() and spool_bytes(). */
    struct slice document; /* what was laid out; kept for ever, so that it can be laid out again */
    struct slice
        bytes; /* what goes to the printer; dropped when the job is printed, sent or cancelled */
    /* Kept by the spool; spool_add() does not read them. */
    enum job_state state;
    bool interrupted;  /* some of it may be on paper already, from an earlier attempt */
    uint32_t attempts; /* times that sending began */
    uint64_t taken;    /* bytes that the wire took in the last attempt */
    int64_t changed_s; /* when the state last moved */
    int64_t
        waits_since_s;    /* when it was accepted, or a person last said that it is to be printed */
    enum err_code reason; /* last trouble; ERR_NONE when there is none */
    unsigned printer_state; /* with ERR_PRINTER_NOT_READY: bits of enum printer_state */
    struct slice detail;    /* the trouble's own words, not for translation */
};

/* Attaches the tables; store and env outlive the spool. */
bool spool_create(struct spool **spool, struct store *store, const struct env *env,
                  struct err *err);
void spool_destroy(struct spool *spool); /* NULL is fine */

/* Adds a job in the open transaction of the caller (ERR_BUG without one). A key that exists gives
 * the job that is there, untouched: *existed is true (may be NULL). *id and *state (may be NULL)
 * are the job's.
 *
 * lock is NULL: the job waits in the queue. lock is held for job->printer: the job begins as
 * `sending`, and the caller sends it with spool_print() after the commit, without a commit in
 * between; unless an older job waits, then it is queued. ERR_TOO_BIG for a key, a name or a
 * document past its limit. */
bool spool_add(struct spool *spool, const struct spool_job *job, struct spool_lock *lock,
               int64_t *id, enum job_state *state, bool *existed, struct err *err);

/* Takes the lock of a printer: a file in folder dir, named after the printer. Blocks up to
 * timeout_ms (SPOOL_DO_NOT_WAIT, SPOOL_WAIT_FOREVER); a worker of the spool service that has it
 * makes way between two jobs, unless nobody waits. ERR_PRINTER_BUSY when somebody else keeps it,
 * ERR_FILE_WRITE when the file cannot be made. */
bool spool_lock(const char *dir, const char *printer, int timeout_ms, struct spool_lock **lock,
                struct err *err);
/* Ends the session with the printer and gives the lock back. NULL is fine. */
void spool_unlock(struct spool_lock *lock);
const char *spool_lock_printer(const struct spool_lock *lock);

/* Turns the jobs that a dead process left `sending` into `unknown`; *n (may be NULL) of them.
 * spool_drain() does it first by itself. Not inside a transaction. */
bool spool_recover(struct spool *spool, struct spool_lock *lock, size_t *n, struct err *err);

/* What the spool needs from the house around it. */
struct spool_host {
    void *ctx;
    /* Opens a session with the lock's printer. Called when there is something to send and no
     * session is open; the lock keeps the session until spool_unlock() or the next trouble. */
    bool (*open)(void *ctx, const char *printer, struct printer **session, struct err *err);
    /* The profile the printer has now; a job laid out for another one is laid out again. NULL: do
     * not ask. */
    const char *profile;
    /* Appends the bytes of a document. Called when a job has no bytes, or bytes for another
     * profile, or was interrupted on paper (job->interrupted: say so on it). What it refuses is
     * held for a person. NULL: the bytes are sent as they are. */
    bool (*layout)(void *ctx, const struct spool_job *job, struct slice document, struct buf *bytes,
                   struct err *err);
    /* Appends what parts torn paper from what comes: a cut, or a line to tear along. Asked for
     * where the job before was cut off in the middle. NULL: nothing does. */
    bool (*part)(void *ctx, struct buf *bytes);
    /* How long the printer needs for these bytes, in milliseconds. Asked only when the proof does
     * not come at once. NULL: nobody knows. */
    unsigned (*paper_ms)(void *ctx, struct slice bytes);
    /* A printer stopped in the middle of a job and keeps what it has (paper out, cover open); the
     * reason stands with the job. Asked about once a second; false gives the job up, and it becomes
     * unknown. NULL: false. */
    bool (*go_on)(void *ctx, const struct spool_job *job);
    /* What a printer is known to have lost (it was unplugged or switched off in the middle) is put
     * back to be printed again, once, with job->interrupted; else it becomes unknown. */
    bool begin_again;
    enum lang lang; /* of the printer's condition in spool_outcome.why */
    /* Told after every move of a job, when it is committed. May read, not write. Optional. */
    void (*progress)(void *ctx, const struct spool_job *job);
};

struct spool_limits {
    unsigned status_timeout_ms; /* for an answer to a status request */
    unsigned send_timeout_ms;   /* without a byte taken */
    unsigned prove_timeout_ms;  /* for the proof, beyond what the paper takes (paper_ms) */
    unsigned total_timeout_ms;  /* no further job is begun after it; 0: no limit */
    int64_t hold_after_s;       /* a job queued for longer is held for a person; 0: never */
};
extern const struct spool_limits spool_limits_default;

struct spool_outcome {
    size_t printed, sent, unknown, held; /* jobs that went there in this call; to unknown also those
                                            that a dead process left */
    size_t lost;    /* put back because the printer lost them; they are among those waiting */
    size_t waiting; /* jobs still queued for this printer */
    struct err
        why; /* code is ERR_NONE, or what stopped it: ERR_PRINTER_NOT_READY, _IO, _UNKNOWN, … */
};

/* Prints what is queued for the lock's printer, oldest first, until nothing is left or the first
 * trouble. Each job: the printer is asked whether it is ready (if not, the job stays queued with
 * the reason); `sending`, durably; bytes; proof; printed, sent or unknown. Trouble before the first
 * byte puts it back to queued, after it into unknown. Trouble with a printer is told in *outcome
 * and is not a failure of the call; the database's is. Blocks. Not inside a transaction. */
bool spool_drain(struct spool *spool, struct spool_lock *lock, const struct spool_host *host,
                 const struct spool_limits *limits, struct spool_outcome *outcome, struct err *err);
/* The same for one job that spool_add() began as `sending`; any other job is left alone (*outcome
 * is empty). */
bool spool_print(struct spool *spool, struct spool_lock *lock, int64_t id,
                 const struct spool_host *host, const struct spool_limits *limits,
                 struct spool_outcome *outcome, struct err *err);

/* A person's word about a job, in the open transaction of the caller: JOB_QUEUED (print it, again
 * if need be), JOB_PRINTED (it is on the paper), JOB_CANCELLED (not any more), JOB_HELD (not now).
 * why is kept as the job's detail. ERR_JOB_UNKNOWN; ERR_JOB_STATE (id, state) when the table has no
 * such move from where the job is. */
bool spool_decide(struct spool *spool, int64_t id, enum job_state to, struct slice why,
                  struct err *err);
/* In the open transaction: nobody wants to wait any longer for a printer that stopped in the middle
 * of this job. Its sender looks about once a second while it waits, ends its session and leaves the
 * job unknown; one whose printer goes on meanwhile is printed. *sending is false, and nothing is
 * changed, where it is in another state. */
bool spool_give_up(struct spool *spool, int64_t id, bool *sending, struct err *err);
/* In the open transaction: a queued job goes to another printer and is laid out for it. *redirected
 * is false, and nothing is changed, where it is in another state. */
bool spool_redirect(struct spool *spool, int64_t id, struct slice printer, struct slice profile,
                    bool *redirected, struct err *err);

/* Slices of *job are in the arena. ERR_JOB_UNKNOWN. */
bool spool_job_get(struct spool *spool, int64_t id, struct arena *arena, struct spool_job *job,
                   struct err *err);
bool spool_job_find(struct spool *spool, struct slice key, struct arena *arena,
                    struct spool_job *job, struct err *err);
/* The document, or the bytes (empty when they were dropped), appended to out. ERR_JOB_UNKNOWN. */
bool spool_document(struct spool *spool, int64_t id, struct buf *out, struct err *err);
bool spool_bytes(struct spool *spool, int64_t id, struct buf *out, struct err *err);

struct spool_filter {
    struct slice printer; /* p is NULL: any */
    unsigned states;      /* bits 1u << state; 0: any */
    bool newest_first;
    size_t limit; /* 0: all */
};
/* Calls each for every job of the filter; its slices live during the call, which must not call the
 * spool. each returns false to end the list. */
bool spool_list(struct spool *spool, const struct spool_filter *filter,
                bool (*each)(void *ctx, const struct spool_job *job), void *ctx, struct err *err);
/* Jobs of a printer (p is NULL: any) in a state. */
bool spool_count(struct spool *spool, struct slice printer, enum job_state state, size_t *n,
                 struct err *err);

/* What keeps a job from being printed, as an error that words it and carries the exit status:
 * queued, sending or held ERR_PRINTER_NOT_READY, ERR_PRINTER_IO, ERR_PRINTER_BUSY and others,
 * unknown ERR_PRINTER_UNKNOWN. code is ERR_NONE for a job on which nobody need act. lang is that of
 * the printer's condition ("paper out"). */
void spool_trouble(const struct spool_job *job, enum lang lang, struct err *out);

#endif
