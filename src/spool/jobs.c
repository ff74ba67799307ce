#include "spool/internal.h"

#include <stdio.h>
#include <stdlib.h>

/* In this order in every statement that reads a job; read_job() counts on it. */
#define JOB_COLUMNS                                                                                \
    "id, key, kind, printer, profile, till, drawer, created_s, state, attempts, taken,"            \
    " interrupted, changed_s, reason, printer_state, detail, waits_since_s"

/* clang-format off */
static const char *const statements[SPOOL_STATEMENTS] = {
    [SPOOL_INSERT] =
        "INSERT INTO spool_job (key, kind, printer, profile, till, drawer, created_s, state, changed_s, attempts, waits_since_s)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?9) ON CONFLICT (key) DO NOTHING",
    [SPOOL_INSERT_DOCUMENT] = "INSERT INTO spool_document (job, document) VALUES (?1, ?2)",
    [SPOOL_INSERT_BYTES] = "INSERT INTO spool_bytes (job, bytes) VALUES (?1, ?2)",
    [SPOOL_DROP_BYTES] = "DELETE FROM spool_bytes WHERE job = ?1",
    [SPOOL_MOVE] =
        "UPDATE spool_job SET state = ?3, changed_s = CASE WHEN ?2 = ?3 THEN changed_s ELSE ?4 END,"
        " attempts = attempts + ?5, taken = ?6, interrupted = max(interrupted, ?7), reason = ?8,"
        " printer_state = ?9, detail = ?10, waits_since_s = CASE WHEN ?11 THEN ?4 ELSE waits_since_s END,"
        " given_up = CASE WHEN ?2 = ?3 THEN given_up ELSE 0 END"
        " WHERE id = ?1 AND state = ?2 AND (?12 IS NULL OR printer = ?12)",
    [SPOOL_RECOVER] =
        "UPDATE spool_job SET state = 'unknown', changed_s = ?2, interrupted = 1, reason = ?3,"
        " printer_state = 0, detail = '' WHERE printer = ?1 AND state = 'sending' AND id <> ?4",
    [SPOOL_GET] = "SELECT " JOB_COLUMNS " FROM spool_job WHERE id = ?1",
    [SPOOL_FIND] = "SELECT " JOB_COLUMNS " FROM spool_job WHERE key = ?1",
    [SPOOL_ID_OF_KEY] = "SELECT id, state FROM spool_job WHERE key = ?1",
    [SPOOL_DOCUMENT] = "SELECT document FROM spool_document WHERE job = ?1",
    [SPOOL_BYTES] =
        "SELECT bytes FROM spool_job LEFT JOIN spool_bytes ON job = id WHERE id = ?1",
    [SPOOL_OLDEST_QUEUED] =
        "SELECT min(id) FROM spool_job WHERE printer = ?1 AND state = 'queued' AND id > ?2",
    [SPOOL_COUNT_QUEUED] =
        "SELECT count(*) FROM spool_job WHERE printer = ?1 AND state = 'queued'",
    [SPOOL_COUNT_SENDING] =
        "SELECT count(*) FROM spool_job WHERE printer = ?1 AND state = 'sending' AND id <> ?2",
    [SPOOL_COUNT] =
        "SELECT count(*) FROM spool_job WHERE (?1 IS NULL OR printer = ?1) AND state = ?2",
    [SPOOL_LIST] =
        "SELECT " JOB_COLUMNS " FROM spool_job WHERE (?1 IS NULL OR printer = ?1)"
        " AND (?2 IS NULL OR instr(?2, ',' || state || ',')) ORDER BY id LIMIT ?3",
    [SPOOL_LIST_NEWEST] =
        "SELECT " JOB_COLUMNS " FROM spool_job WHERE (?1 IS NULL OR printer = ?1)"
        " AND (?2 IS NULL OR instr(?2, ',' || state || ',')) ORDER BY id DESC LIMIT ?3",
    [SPOOL_LIST_OPEN] =
        "SELECT " JOB_COLUMNS " FROM spool_job WHERE state NOT IN ('printed', 'sent', 'cancelled')"
        " AND (?1 IS NULL OR printer = ?1) AND (?2 IS NULL OR instr(?2, ',' || state || ',')) ORDER BY id LIMIT ?3",
    [SPOOL_REDIRECT] =
        "UPDATE spool_job SET printer = ?2, profile = ?3, reason = '', printer_state = 0, detail = ''"
        " WHERE id = ?1 AND state = 'queued'",
    [SPOOL_GIVE_UP] =
        "UPDATE spool_job SET given_up = 1 WHERE id = ?1 AND state = 'sending'",
    [SPOOL_GIVEN_UP] = "SELECT given_up FROM spool_job WHERE id = ?1",
    [SPOOL_CUT] =
        "INSERT OR REPLACE INTO spool_cut SELECT printer, ?2 FROM spool_job WHERE id = ?1",
    [SPOOL_CUT_SENDING] =
        "INSERT OR REPLACE INTO spool_cut SELECT printer, 1 FROM spool_job"
        " WHERE printer = ?1 AND state = 'sending' AND id <> ?2",
    [SPOOL_WHOLE] =
        "DELETE FROM spool_cut WHERE printer = (SELECT printer FROM spool_job WHERE id = ?1)",
    [SPOOL_UNTOLD] =
        "INSERT OR IGNORE INTO spool_untold SELECT printer FROM spool_job WHERE id = ?1",
    [SPOOL_TELLS] =
        "DELETE FROM spool_untold WHERE printer = (SELECT printer FROM spool_job WHERE id = ?1)",
    [SPOOL_IS_UNTOLD] = "SELECT count(*) FROM spool_untold WHERE printer = ?1",
    [SPOOL_IS_CUT] = "SELECT torn FROM spool_cut WHERE printer = ?1",
};
/* clang-format on */

extern const char *const spool_migrations[];

static const struct store_room room = {
    .name = "spool",
    .migrations = spool_migrations,
    .statements = statements,
    .n_statements = SPOOL_STATEMENTS,
};

bool spool_create(struct spool **out, struct store *store, const struct env *env, struct err *err)
{
    struct spool *spool = calloc(1, sizeof *spool);
    if (!spool)
        return FAIL(err, ERR_STORE, "out of memory");
    spool->store = store;
    spool->env = env;
    if (!store_attach(store, &room, &spool->table, err)) {
        free(spool);
        return false;
    }
    *out = spool;
    return true;
}

void spool_destroy(struct spool *spool)
{
    free(spool);
}

/* ── adding ── */

static bool check_limits(const struct spool_job *job, struct err *err)
{
    const struct {
        struct slice text;
        size_t most;
        const char *what, *limit;
    } limits[] = {
        {job->key, SPOOL_KEY_MAX_BYTES, "the key of a job", "512 bytes"},
        {job->kind, SPOOL_NAME_MAX_BYTES, "the kind of a job", "1024 bytes"},
        {job->printer, SPOOL_NAME_MAX_BYTES, "the name of a printer", "1024 bytes"},
        {job->profile, SPOOL_NAME_MAX_BYTES, "the name of a profile", "1024 bytes"},
        {job->till, SPOOL_NAME_MAX_BYTES, "the name of a till", "1024 bytes"},
        {job->document, SPOOL_DOCUMENT_MAX_BYTES, "the document of a job", "16 MiB"},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (limits[i].text.n > limits[i].most)
            return FAIL(err, ERR_TOO_BIG, limits[i].what, limits[i].limit);
    return true;
}

static bool read_number(struct query *q, int64_t *number, struct err *err)
{
    bool row;
    *number = 0;
    if (!store_step(q, &row, err))
        return false;
    if (row)
        *number = column_int(q, 0);
    store_done(q);
    return true;
}

/* The lock's printer, and nobody waits before: then a job may begin at once. */
static bool may_begin(struct spool *spool, const struct spool_job *job,
                      const struct spool_lock *lock, bool *may, struct err *err)
{
    *may = false;
    if (!lock)
        return true;
    if (!slice_is(job->printer, lock->printer))
        return FAIL(err, ERR_BUG, "a job for a printer that is not locked");
    int64_t waiting;
    struct query *q = store_query(spool->table, SPOOL_COUNT_QUEUED);
    bind_text(q, 1, job->printer);
    if (!read_number(q, &waiting, err))
        return false;
    *may = waiting == 0;
    return true;
}

static bool insert_blob(struct spool *spool, enum spool_statement statement, int64_t id,
                        struct slice bytes, struct err *err)
{
    struct query *q = store_query(spool->table, statement);
    bind_int(q, 1, id);
    bind_blob(q, 2, bytes);
    return store_run(q, NULL, err);
}

static bool insert_job(struct spool *spool, const struct spool_job *job, enum job_state state,
                       bool *inserted, struct err *err)
{
    int64_t changed;
    struct query *q = store_query(spool->table, SPOOL_INSERT);
    bind_text(q, 1, job->key);
    bind_text(q, 2, job->kind);
    bind_text(q, 3, job->printer);
    bind_text(q, 4, job->profile);
    bind_text(q, 5, job->till);
    bind_int(q, 6, job->drawer);
    bind_int(q, 7, job->created_s);
    bind_str(q, 8, job_state_name(state));
    bind_int(q, 9, spool->env->now(spool->env->ctx));
    bind_int(q, 10, state == JOB_SENDING);
    if (!store_run(q, &changed, err))
        return false;
    *inserted = changed == 1;
    return true;
}

static bool find_existing(struct spool *spool, struct slice key, int64_t *id, enum job_state *state,
                          struct err *err)
{
    bool row;
    struct query *q = store_query(spool->table, SPOOL_ID_OF_KEY);
    bind_text(q, 1, key);
    if (!store_step(q, &row, err))
        return false;
    bool known = row && job_state_parse(column_text(q, 1), state);
    *id = row ? column_int(q, 0) : 0;
    store_done(q);
    return known || FAIL(err, ERR_BUG, "a job that is neither new nor there");
}

bool spool_add(struct spool *spool, const struct spool_job *job, struct spool_lock *lock,
               int64_t *id, enum job_state *state, bool *existed, struct err *err)
{
    bool begin, inserted;
    enum job_state at;
    if (!store_in_transaction(spool->store))
        return FAIL(err, ERR_BUG, "a job outside of a transaction");
    if (!check_limits(job, err) || !may_begin(spool, job, lock, &begin, err))
        return false;
    at = begin ? JOB_SENDING : JOB_QUEUED;
    if (!insert_job(spool, job, at, &inserted, err))
        return false;
    if (inserted) {
        *id = store_last_id(spool->store);
        if (!insert_blob(spool, SPOOL_INSERT_DOCUMENT, *id, job->document, err) ||
            (job->bytes.n && !insert_blob(spool, SPOOL_INSERT_BYTES, *id, job->bytes, err)))
            return false;
        if (begin)
            lock->begun = *id;
    } else if (!find_existing(spool, job->key, id, &at, err)) {
        return false;
    }
    if (state)
        *state = at;
    if (existed)
        *existed = !inserted;
    return true;
}

/* ── moving ── */

static void note_cut(struct spool *spool, int64_t id, const struct job_change *change)
{
    struct err ignored = {0};
    struct query *q = store_query(spool->table, change->interrupts ? SPOOL_CUT : SPOOL_WHOLE);
    bind_int(q, 1, id);
    if (change->interrupts)
        bind_int(q, 2, change->torn);
    (void)store_run(q, NULL, &ignored);
}

struct spool_cut spool_read_cut(struct spool *spool, const char *printer)
{
    bool row;
    struct spool_cut cut = {.is = true};
    struct err ignored = {0};
    struct query *q = store_query(spool->table, SPOOL_IS_CUT);
    bind_str(q, 1, printer);
    if (!store_step(q, &row, &ignored))
        return cut;
    cut.is = cut.noted = row;
    if (row) {
        cut.torn = column_int(q, 0) != 0;
        store_done(q);
    }
    return cut;
}

static void note_telling(struct spool *spool, int64_t id, const struct job_change *change)
{
    struct err ignored = {0};
    struct query *q = store_query(spool->table, change->untold ? SPOOL_UNTOLD : SPOOL_TELLS);
    bind_int(q, 1, id);
    (void)store_run(q, NULL, &ignored);
}

bool spool_is_untold(struct spool *spool, const char *printer)
{
    int64_t noted;
    struct err ignored = {0};
    struct query *q = store_query(spool->table, SPOOL_IS_UNTOLD);
    bind_str(q, 1, printer);
    return read_number(q, &noted, &ignored) && noted;
}

bool spool_move(struct spool *spool, int64_t id, enum job_state from,
                const struct job_change *change, bool *moved, struct err *err)
{
    int64_t changed;
    if (from != change->to && !spool_may_move(from, change->to, change->mover))
        return FAIL(err, ERR_BUG, "a move of a job that the table does not know");
    struct query *q = store_query(spool->table, SPOOL_MOVE);
    bind_int(q, 1, id);
    bind_str(q, 2, job_state_name(from));
    bind_str(q, 3, job_state_name(change->to));
    bind_int(q, 4, spool->env->now(spool->env->ctx));
    bind_int(q, 5, change->begins);
    bind_int(q, 6, (int64_t)change->taken);
    bind_int(q, 7, change->interrupts);
    bind_str(q, 8, change->reason == ERR_NONE ? "" : err_name(change->reason));
    bind_int(q, 9, change->printer_state);
    bind_text(q, 10, change->detail);
    bind_int(q, 11, change->renews);
    bind_str(q, 12, change->printer);
    if (!store_run(q, &changed, err))
        return false;
    *moved = changed == 1;
    if (*moved && (change->interrupts || change->whole))
        note_cut(spool, id, change);
    if (*moved && (change->untold || change->tells))
        note_telling(spool, id, change);
    if (!*moved || !job_state_is_final(change->to))
        return true;
    q = store_query(spool->table, SPOOL_DROP_BYTES);
    bind_int(q, 1, id);
    return store_run(q, NULL, err);
}

bool spool_decide(struct spool *spool, int64_t id, enum job_state to, struct slice why,
                  struct err *err)
{
    bool row, moved = false;
    char name[24];
    snprintf(name, sizeof name, "%lld", (long long)id);
    if (!store_in_transaction(spool->store))
        return FAIL(err, ERR_BUG, "a decision outside of a transaction");
    struct query *q = store_query(spool->table, SPOOL_GET);
    bind_int(q, 1, id);
    if (!store_step(q, &row, err))
        return false;
    if (!row)
        return FAIL(err, ERR_JOB_UNKNOWN, name);
    enum job_state from = JOB_STATE_COUNT;
    job_state_parse(column_text(q, 8), &from);
    int64_t taken = column_int(q, 10);
    store_done(q);
    if (!spool_may_move(from, to, MOVER_PERSON))
        return FAIL(err, ERR_JOB_STATE, name, job_state_name(from));
    struct job_change change = {.to = to,
                                .mover = MOVER_PERSON,
                                .taken = (uint64_t)taken,
                                .renews = to == JOB_QUEUED,
                                .reason = to == JOB_HELD ? ERR_JOB_HELD : ERR_NONE,
                                .detail = why};
    return spool_move(spool, id, from, &change, &moved, err) &&
           (moved || FAIL(err, ERR_BUG, "a job that moved inside our transaction"));
}

bool spool_give_up(struct spool *spool, int64_t id, bool *sending, struct err *err)
{
    int64_t changed;
    if (!store_in_transaction(spool->store))
        return FAIL(err, ERR_BUG, "a decision outside of a transaction");
    struct query *q = store_query(spool->table, SPOOL_GIVE_UP);
    bind_int(q, 1, id);
    if (!store_run(q, &changed, err))
        return false;
    *sending = changed == 1;
    return true;
}

bool spool_given_up(struct spool *spool, int64_t id)
{
    int64_t given_up;
    struct err ignored = {0};
    struct query *q = store_query(spool->table, SPOOL_GIVEN_UP);
    bind_int(q, 1, id);
    return read_number(q, &given_up, &ignored) && given_up;
}

bool spool_redirect(struct spool *spool, int64_t id, struct slice printer, struct slice profile,
                    bool *redirected, struct err *err)
{
    int64_t changed;
    if (!store_in_transaction(spool->store))
        return FAIL(err, ERR_BUG, "a decision outside of a transaction");
    if (printer.n > SPOOL_NAME_MAX_BYTES)
        return FAIL(err, ERR_TOO_BIG, "the name of a printer", "1024 bytes");
    struct query *q = store_query(spool->table, SPOOL_REDIRECT);
    bind_int(q, 1, id);
    bind_text(q, 2, printer);
    bind_text(q, 3, profile);
    if (!store_run(q, &changed, err))
        return false;
    *redirected = changed == 1;
    if (!*redirected)
        return true;
    q = store_query(spool->table, SPOOL_DROP_BYTES);
    bind_int(q, 1, id);
    return store_run(q, NULL, err);
}

/* ── reading ── */

static enum err_code code_of(struct slice name)
{
    for (int i = ERR_NONE + 1; name.n && i < ERR_COUNT; i++)
        if (slice_is(name, err_name((enum err_code)i)))
            return (enum err_code)i;
    return ERR_NONE;
}

static bool read_job(const struct query *q, struct spool_job *job, struct err *err)
{
    *job = (struct spool_job){
        .id = column_int(q, 0),
        .key = column_text(q, 1),
        .kind = column_text(q, 2),
        .printer = column_text(q, 3),
        .profile = column_text(q, 4),
        .till = column_text(q, 5),
        .drawer = column_int(q, 6) != 0,
        .created_s = column_int(q, 7),
        .attempts = (uint32_t)column_int(q, 9),
        .taken = (uint64_t)column_int(q, 10),
        .interrupted = column_int(q, 11) != 0,
        .changed_s = column_int(q, 12),
        .reason = code_of(column_text(q, 13)),
        .printer_state = (unsigned)column_int(q, 14),
        .detail = column_text(q, 15),
        .waits_since_s = column_int(q, 16),
    };
    return job_state_parse(column_text(q, 8), &job->state) ||
           FAIL(err, ERR_BUG, "a job in a state that does not exist");
}

static bool keep(struct slice *s, struct arena *arena)
{
    *s = arena_copy(arena, *s);
    return s->p != NULL;
}

static bool get(struct query *q, const char *name, struct arena *arena, struct spool_job *job,
                struct err *err)
{
    bool row;
    if (!store_step(q, &row, err))
        return false;
    if (!row)
        return FAIL(err, ERR_JOB_UNKNOWN, name);
    bool ok = read_job(q, job, err);
    if (ok && !(keep(&job->key, arena) && keep(&job->kind, arena) && keep(&job->printer, arena) &&
                keep(&job->profile, arena) && keep(&job->till, arena) && keep(&job->detail, arena)))
        ok = FAIL(err, ERR_TOO_BIG, "a print job", "the memory for it");
    store_done(q);
    return ok;
}

bool spool_job_get(struct spool *spool, int64_t id, struct arena *arena, struct spool_job *job,
                   struct err *err)
{
    char name[24];
    snprintf(name, sizeof name, "%lld", (long long)id);
    struct query *q = store_query(spool->table, SPOOL_GET);
    bind_int(q, 1, id);
    return get(q, name, arena, job, err);
}

bool spool_job_find(struct spool *spool, struct slice key, struct arena *arena,
                    struct spool_job *job, struct err *err)
{
    struct query *q = store_query(spool->table, SPOOL_FIND);
    bind_text(q, 1, key);
    return get(q, "", arena, job, err) ||
           (err && err->code == ERR_JOB_UNKNOWN ? err_fail_slice(err, ERR_JOB_UNKNOWN, key)
                                                : false);
}

static bool read_blob(struct spool *spool, enum spool_statement statement, int64_t id,
                      struct buf *out, struct err *err)
{
    bool row;
    char name[24];
    snprintf(name, sizeof name, "%lld", (long long)id);
    struct query *q = store_query(spool->table, statement);
    bind_int(q, 1, id);
    if (!store_step(q, &row, err))
        return false;
    if (!row)
        return FAIL(err, ERR_JOB_UNKNOWN, name);
    buf_slice_append(out, column_blob(q, 0));
    store_done(q);
    return !out->full || FAIL(err, ERR_TOO_BIG, "a print job", "the memory for it");
}

bool spool_document(struct spool *spool, int64_t id, struct buf *out, struct err *err)
{
    return read_blob(spool, SPOOL_DOCUMENT, id, out, err);
}

bool spool_bytes(struct spool *spool, int64_t id, struct buf *out, struct err *err)
{
    return read_blob(spool, SPOOL_BYTES, id, out, err);
}

/* Jobs that nobody need act on any more are many: where they are not asked for, they are not
 * walked.
 */
static enum spool_statement list_statement(const struct spool_filter *filter)
{
    static const unsigned final = 1u << JOB_PRINTED | 1u << JOB_SENT | 1u << JOB_CANCELLED;
    if (filter->newest_first)
        return SPOOL_LIST_NEWEST;
    return filter->states && !(filter->states & final) ? SPOOL_LIST_OPEN : SPOOL_LIST;
}

bool spool_list(struct spool *spool, const struct spool_filter *filter,
                bool (*each)(void *ctx, const struct spool_job *job), void *ctx, struct err *err)
{
    char states[128] = ",";
    size_t n = 1;
    for (unsigned i = 0; i < JOB_STATE_COUNT; i++)
        if (filter->states & 1u << i)
            n += (size_t)snprintf(states + n, sizeof states - n, "%s,",
                                  job_state_name((enum job_state)i));
    struct query *q = store_query(spool->table, list_statement(filter));
    if (filter->printer.p)
        bind_text(q, 1, filter->printer);
    if (filter->states)
        bind_str(q, 2, states);
    bind_int(q, 3, filter->limit ? (int64_t)filter->limit : -1);
    for (bool row = true, more = true; row && more;) {
        struct spool_job job;
        if (!store_step(q, &row, err))
            return false;
        if (row && !read_job(q, &job, err)) {
            store_done(q);
            return false;
        }
        more = !row || each(ctx, &job);
    }
    store_done(q);
    return true;
}

/* Open jobs of a printer are counted at every sale: they have an index, however many are finished.
 */
static struct query *count_query(struct spool *spool, struct slice printer, enum job_state state)
{
    struct query *q;
    if (printer.p && state == JOB_QUEUED) {
        q = store_query(spool->table, SPOOL_COUNT_QUEUED);
    } else if (printer.p && state == JOB_SENDING) {
        q = store_query(spool->table, SPOOL_COUNT_SENDING);
        bind_int(q, 2, 0);
    } else {
        q = store_query(spool->table, SPOOL_COUNT);
        bind_str(q, 2, job_state_name(state));
    }
    if (printer.p)
        bind_text(q, 1, printer);
    return q;
}

bool spool_count(struct spool *spool, struct slice printer, enum job_state state, size_t *n,
                 struct err *err)
{
    int64_t count;
    if (!read_number(count_query(spool, printer, state), &count, err))
        return false;
    *n = (size_t)count;
    return true;
}
