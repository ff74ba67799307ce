#include "bed.h"

static const struct profile profiles[] = {
    [PROOF_NONE] = {.name = "none", .proof = PROOF_NONE},
    [PROOF_STATUS] = {.name = "status", .proof = PROOF_STATUS},
    [PROOF_FENCE] = {.name = "fence", .proof = PROOF_FENCE},
    [PROOF_PROCESS_ID] = {.name = "id", .proof = PROOF_PROCESS_ID},
};

static bool open_wire(void *ctx, const char *printer, struct printer **session, struct err *err)
{
    struct bed *bed = ctx;
    if (bed->cannot_open)
        return FAIL(err, ERR_PRINTER_IO, "wire:", "no such printer");
    bed->opened++;
    return printer_create(session, printer, &profiles[bed->proof], wire_transport(&bed->wire), err);
}

static void open_store(struct bed *bed)
{
    char path[FOLDER_PATH_BYTES];
    struct err err = {0};
    assert_true(store_open(&bed->store, folder_file(&bed->folder, "bonbon.db", path), &err));
    assert_true(spool_create(&bed->spool, bed->store, &bed->env, &err));
}

void bed_make(struct bed *bed)
{
    *bed = (struct bed){.proof = PROOF_FENCE};
    folder_make(&bed->folder);
    env_fixed(&bed->env, 1795262580, 1, &bed->clock);
    assert_true(arena_init(&bed->arena, 1 << 20));
    open_store(bed);
    wire_init(&bed->wire);
    bed->host = (struct spool_host){.ctx = bed, .open = open_wire};
    bed->limits =
        (struct spool_limits){.status_timeout_ms = 5, .send_timeout_ms = 5, .prove_timeout_ms = 5};
}

void bed_reopen(struct bed *bed)
{
    spool_destroy(bed->spool);
    store_close(bed->store);
    open_store(bed);
}

void bed_remove(struct bed *bed)
{
    spool_destroy(bed->spool);
    store_close(bed->store);
    wire_finish(&bed->wire);
    arena_finish(&bed->arena);
    folder_remove(&bed->folder);
}

int bed_setup(void **state)
{
    static struct bed bed;
    bed_make(&bed);
    *state = &bed;
    return 0;
}

int bed_teardown(void **state)
{
    bed_remove(*state);
    return 0;
}

int64_t bed_begin(struct bed *bed, struct spool_lock *lock, const char *key, const char *text,
                  enum job_state *state)
{
    int64_t id = 0;
    struct err err = {0};
    const struct spool_job job = {.key = slice_str(key),
                                  .kind = SLICE("receipt"),
                                  .printer = SLICE("till"),
                                  .profile = SLICE("fence"),
                                  .till = SLICE("1"),
                                  .created_s = bed->clock.now_s,
                                  .document = slice_str(text),
                                  .bytes = slice_str(text)};
    assert_true(store_begin(bed->store, &err));
    assert_true(spool_add(bed->spool, &job, lock, &id, state, NULL, &err));
    assert_true(store_commit(bed->store, &err));
    return id;
}

int64_t bed_add(struct bed *bed, const char *key, const char *text)
{
    return bed_begin(bed, NULL, key, text, NULL);
}

struct spool_lock *bed_lock(struct bed *bed)
{
    struct spool_lock *lock = NULL;
    struct err err = {0};
    assert_true(spool_lock(bed->folder.path, "till", SPOOL_DO_NOT_WAIT, &lock, &err));
    return lock;
}

void bed_drain(struct bed *bed)
{
    struct err err = {0};
    struct spool_lock *lock = bed_lock(bed);
    assert_true(spool_drain(bed->spool, lock, &bed->host, &bed->limits, &bed->outcome, &err));
    spool_unlock(lock);
}

struct spool_job bed_job(struct bed *bed, int64_t id)
{
    struct spool_job job;
    struct err err = {0};
    assert_true(spool_job_get(bed->spool, id, &bed->arena, &job, &err));
    return job;
}

void bed_assert_state(struct bed *bed, int64_t id, enum job_state state)
{
    assert_string_equal(job_state_name(bed_job(bed, id).state), job_state_name(state));
}

/* Zeros, which fill up a command that was cut off, print nothing. */
void bed_assert_paper(struct bed *bed, const char *text)
{
    struct buf *job = &bed->wire.job;
    size_t n = 0;
    for (size_t i = 0; i < job->n; i++) {
        if (job->p[i])
            job->p[n++] = job->p[i];
    }
    job->n = n;
    assert_string_equal(buf_cstr(&bed->wire.job), text);
    bed->wire.job.n = 0;
}

bool bed_decide(struct bed *bed, int64_t id, enum job_state to, struct err *err)
{
    assert_true(store_begin(bed->store, err));
    bool ok = spool_decide(bed->spool, id, to, SLICE_LITERAL("Ana"), err);
    if (ok)
        assert_true(store_commit(bed->store, err));
    else
        store_rollback(bed->store);
    return ok;
}
