/* Death at every step, and several processes at one printer. The one who dies is a process of its
 * own, killed where the test says. */
#include "bed.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the holder of the lock dies. */
enum death {
    BEFORE_SENDING,   /* the job is accepted */
    AT_SENDING,       /* sending is committed, nothing left */
    IN_THE_MIDDLE,    /* some bytes left */
    BEFORE_PROOF,     /* all bytes left */
    BEFORE_THE_TRUTH, /* the proof came, nothing is written of it */
    AFTER_THE_TRUTH,
    DEATHS
};

struct victim {
    struct bed *bed;
    enum death at;
    bool proved;
    int64_t (*now)(void *ctx);
    void *clock;
};

static void die(void)
{
    kill(getpid(), SIGKILL);
}

static void on_progress(void *ctx, const struct spool_job *job)
{
    const struct victim *v = ((struct bed *)ctx)->wire.ctx;
    if ((v->at == AT_SENDING && job->state == JOB_SENDING) ||
        (v->at == AFTER_THE_TRUTH && job->state == JOB_PRINTED))
        die();
}

static void on_answer(void *ctx)
{
    struct victim *v = ctx;
    if (v->at == BEFORE_PROOF)
        die();
    v->proved = true;
}

/* The clock is read when the truth is about to be written. */
static int64_t on_now(void *ctx)
{
    const struct victim *v = ctx;
    if (v->at == BEFORE_THE_TRUTH && v->proved)
        die();
    return v->now(v->clock);
}

/* A wire that dies with half of the bytes on the other side. */
static void on_bytes(void *ctx, struct slice bytes)
{
    const struct victim *v = ctx;
    (void)bytes;
    if (v->at == IN_THE_MIDDLE)
        die();
}

/* Does in a process of its own, with its own connection, what do_it does, and waits for its end;
 * true when it was killed. */
static bool in_a_process(struct bed *bed, void (*do_it)(struct bed *bed))
{
    spool_destroy(bed->spool);
    store_close(bed->store); /* a connection is not carried over a fork */
    bed->spool = NULL;
    bed->store = NULL;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        bed_reopen(bed);
        do_it(bed);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    bed_reopen(bed);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static void drain_once(struct bed *bed)
{
    bed_drain(bed);
}

static void begin_and_print(struct bed *bed)
{
    struct err err = {0};
    enum job_state at;
    const struct victim *v = bed->wire.ctx;
    struct spool_lock *lock = bed_lock(bed);
    int64_t id = bed_begin(bed, lock, "a", "0123456789", &at);
    if (v->at == BEFORE_SENDING || v->at == AT_SENDING)
        die();
    spool_print(bed->spool, lock, id, &bed->host, &bed->limits, &bed->outcome, &err);
}

static void rob_of_life(struct bed *bed, struct victim *v, enum death at)
{
    *v = (struct victim){.bed = bed, .at = at, .now = bed->env.now, .clock = bed->env.ctx};
    bed->wire.ctx = v;
    bed->wire.on_bytes = on_bytes;
    bed->wire.on_answer = on_answer;
    bed->host.progress = on_progress;
    bed->env.now = on_now;
    bed->env.ctx = v;
}

static void come_to_life(struct bed *bed, const struct victim *v)
{
    bed->wire.on_bytes = NULL;
    bed->wire.on_answer = NULL;
    bed->host.progress = NULL;
    bed->env.now = v->now;
    bed->env.ctx = v->clock;
    bed->wire.job.n = 0;
}

static void assert_true_after_death(struct bed *bed, int64_t id, enum job_state found,
                                    enum job_state truth, const char *paper)
{
    bed_assert_state(bed, id, found);
    bed_drain(bed);
    bed_assert_state(bed, id, truth);
    bed_assert_paper(bed, paper);
    bed_drain(bed); /* and nothing ever again */
    bed_assert_paper(bed, "");
}

static void a_queued_job_whose_sender_dies_is_printed_once_or_unknown(void **state)
{
    (void)state;
    static const struct {
        enum death at;
        enum job_state found, truth;
        const char *paper; /* what the next holder of the lock sends */
    } cases[DEATHS - 1] = {
        {AT_SENDING, JOB_SENDING, JOB_UNKNOWN, ""},
        {IN_THE_MIDDLE, JOB_SENDING, JOB_UNKNOWN, ""},
        {BEFORE_PROOF, JOB_SENDING, JOB_UNKNOWN, ""},
        {BEFORE_THE_TRUTH, JOB_SENDING, JOB_UNKNOWN, ""},
        {AFTER_THE_TRUTH, JOB_PRINTED, JOB_PRINTED, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bed bed;
        struct victim v;
        bed_make(&bed);
        int64_t id = bed_add(&bed, "a", "0123456789");
        rob_of_life(&bed, &v, cases[i].at);
        assert_true(in_a_process(&bed, drain_once));
        come_to_life(&bed, &v);
        assert_true_after_death(&bed, id, cases[i].found, cases[i].truth, cases[i].paper);
        bed_remove(&bed);
    }
}

static void a_begun_job_whose_sender_dies_is_unknown_from_its_acceptance_on(void **state)
{
    (void)state;
    for (int at = BEFORE_SENDING; at < DEATHS; at++) {
        struct bed bed;
        struct victim v;
        bed_make(&bed);
        rob_of_life(&bed, &v, (enum death)at);
        assert_true(in_a_process(&bed, begin_and_print));
        come_to_life(&bed, &v);
        enum job_state found = at == AFTER_THE_TRUTH ? JOB_PRINTED : JOB_SENDING;
        enum job_state truth = at == AFTER_THE_TRUTH ? JOB_PRINTED : JOB_UNKNOWN;
        assert_true_after_death(&bed, 1, found, truth, "");
        struct spool_job job = bed_job(&bed, 1);
        struct err err;
        spool_trouble(&job, LANG_EN, &err);
        assert_int_equal(err.code, truth == JOB_UNKNOWN ? ERR_PRINTER_UNKNOWN : ERR_NONE);
        bed_remove(&bed);
    }
}

static void add_without_commit(struct bed *bed)
{
    struct err err = {0};
    int64_t id;
    const struct spool_job job = {.key = SLICE("a"), .printer = SLICE("till")};
    if (store_begin(bed->store, &err) && spool_add(bed->spool, &job, NULL, &id, NULL, NULL, &err))
        die();
}

static void add_and_die(struct bed *bed)
{
    bed_add(bed, "a", "0123456789");
    die();
}

static void what_was_not_committed_never_was_and_what_was_is_printed(void **state)
{
    (void)state;
    struct bed bed;
    struct err err = {0};
    struct spool_job job;
    bed_make(&bed);
    assert_true(in_a_process(&bed, add_without_commit));
    assert_false(spool_job_find(bed.spool, SLICE_LITERAL("a"), &bed.arena, &job, &err));
    assert_true(in_a_process(&bed, add_and_die));
    assert_true_after_death(&bed, 1, JOB_QUEUED, JOB_PRINTED, "0123456789");
    bed_remove(&bed);
}

static void a_person_may_print_an_unknown_job_again(void **state)
{
    (void)state;
    struct bed bed;
    struct victim v;
    struct err err = {0};
    bed_make(&bed);
    int64_t id = bed_add(&bed, "a", "0123456789");
    rob_of_life(&bed, &v, IN_THE_MIDDLE);
    assert_true(in_a_process(&bed, drain_once));
    come_to_life(&bed, &v);
    bed_drain(&bed);
    bed_assert_state(&bed, id, JOB_UNKNOWN);
    assert_true(store_begin(bed.store, &err));
    assert_true(spool_decide(bed.spool, id, JOB_QUEUED, SLICE_LITERAL(""), &err));
    assert_true(store_commit(bed.store, &err));
    assert_true(bed_job(&bed, id).interrupted);
    bed_drain(&bed);
    assert_int_equal(bed.wire.job.p[0], 0); /* the rest of a command that was cut off */
    bed_assert_paper(&bed, "0123456789");
    bed_assert_state(&bed, id, JOB_PRINTED);
    bed_add(&bed, "b", "next");
    bed_drain(&bed);
    assert_int_equal(bed.wire.job.n, 4); /* it came through whole: no more of that */
    bed_assert_paper(&bed, "next");
    bed_remove(&bed);
}

/* ── the lock ── */

static void a_printer_is_busy_while_its_holder_lives_and_free_when_it_is_killed(void **state)
{
    (void)state;
    struct folder folder;
    struct spool_lock *lock = NULL;
    struct err err = {0};
    int ready[2], status;
    char c;
    folder_make(&folder);
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (!spool_lock(folder.path, "till", SPOOL_DO_NOT_WAIT, &lock, &err) ||
            write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(ready[0], &c, 1), 1);
    assert_false(spool_lock(folder.path, "till", SPOOL_DO_NOT_WAIT, &lock, &err));
    assert_int_equal(err.code, ERR_PRINTER_BUSY);
    assert_string_equal(err.arg[0], "till");
    assert_false(spool_lock(folder.path, "till", 5, &lock, &err));
    assert_int_equal(err.code, ERR_PRINTER_BUSY);
    struct spool_lock *bar = NULL;
    assert_true(spool_lock(folder.path, "bar", SPOOL_DO_NOT_WAIT, &bar, &err));
    spool_unlock(bar);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(spool_lock(folder.path, "till", SPOOL_DO_NOT_WAIT, &lock, &err));
    assert_string_equal(spool_lock_printer(lock), "till");
    spool_unlock(lock);
    close(ready[0]);
    close(ready[1]);
    folder_remove(&folder);
}

static void a_waiter_gets_the_lock_when_its_holder_dies(void **state)
{
    (void)state;
    for (int timeout = SPOOL_WAIT_FOREVER; timeout < 60000; timeout += 60000) {
        struct folder folder;
        struct spool_lock *lock = NULL;
        struct err err = {0};
        folder_make(&folder);
        assert_true(spool_lock(folder.path, "till", SPOOL_DO_NOT_WAIT, &lock, &err));
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            struct spool_lock *mine = NULL;
            /* The descriptor came along; the hold is its parent's as well. */
            spool_unlock(lock);
            _exit(spool_lock(folder.path, "till", timeout, &mine, &err) ? 0 : 1);
        }
        spool_unlock(lock);
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        folder_remove(&folder);
    }
}

static void a_printer_named_by_its_address_has_a_lock_of_its_own(void **state)
{
    (void)state;
    struct folder folder;
    struct err err = {0};
    char longest[SPOOL_NAME_MAX_BYTES], other[SPOOL_NAME_MAX_BYTES];
    folder_make(&folder);
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    memcpy(other, longest, sizeof other);
    other[sizeof other - 2] = 'y';
    const char *const names[] = {
        "till", "tcp://10.0.0.5:9100", "file:../../etc/x", "..", "", longest, other, "tcp:%2F%2F"};
    enum { NAMES = sizeof names / sizeof names[0] };
    struct spool_lock *locks[NAMES];
    for (size_t i = 0; i < NAMES; i++)
        assert_true(spool_lock(folder.path, names[i], SPOOL_DO_NOT_WAIT, &locks[i], &err));
    for (size_t i = 0; i < NAMES; i++) {
        struct spool_lock *second = NULL;
        assert_false(spool_lock(folder.path, names[i], SPOOL_DO_NOT_WAIT, &second, &err));
        spool_unlock(locks[i]);
    }
    folder_remove(&folder);
}

static void a_folder_that_is_not_there_is_said(void **state)
{
    (void)state;
    struct folder folder;
    struct spool_lock *lock = NULL;
    struct err err = {0};
    char path[FOLDER_PATH_BYTES];
    folder_make(&folder);
    assert_false(spool_lock(folder_file(&folder, "none", path), "till", 0, &lock, &err));
    assert_int_equal(err.code, ERR_FILE_WRITE);
    folder_remove(&folder);
}

static bool open_paper(void *ctx, const char *printer, struct printer **session, struct err *err)
{
    static const struct profile plain = {.name = "plain", .proof = PROOF_NONE};
    struct bed *bed = ctx;
    struct transport *wire = NULL;
    char path[FOLDER_PATH_BYTES], uri[FOLDER_PATH_BYTES + 8];
    snprintf(uri, sizeof uri, "file:%s", folder_file(&bed->folder, "paper", path));
    return transport_open(&transport_file, 1, uri, &wire, err) &&
           printer_create(session, printer, &plain, wire, err);
}

enum { SELLERS = 4, SALES = 25 };

/* A till that sells: under the lock when it is free, into the queue when not. */
static void sell(struct bed *bed, int seller)
{
    struct err err = {0};
    for (int i = 0; i < SALES; i++) {
        char key[32], text[32];
        struct spool_lock *lock = NULL;
        enum job_state at;
        snprintf(key, sizeof key, "%d/%d", seller, i);
        snprintf(text, sizeof text, "%d %2d\n", seller, i);
        if (!spool_lock(bed->folder.path, "till", SPOOL_DO_NOT_WAIT, &lock, &err)) {
            bed_add(bed, key, text);
            continue;
        }
        if (!spool_drain(bed->spool, lock, &bed->host, &bed->limits, &bed->outcome, &err))
            _exit(2);
        int64_t id = bed_begin(bed, lock, key, text, &at);
        bool ok =
            at == JOB_SENDING
                ? spool_print(bed->spool, lock, id, &bed->host, &bed->limits, &bed->outcome, &err)
                : spool_drain(bed->spool, lock, &bed->host, &bed->limits, &bed->outcome, &err);
        spool_unlock(lock);
        if (!ok)
            _exit(3);
    }
    _exit(0);
}

/* Every sale stands once on the paper, whole, and each till's in the order in which it sold. */
static void assert_each_once(struct slice paper)
{
    int next[SELLERS] = {0};
    assert_int_equal(paper.n, SELLERS * SALES * 5);
    for (size_t at = 0; at < paper.n; at += 5) {
        int seller = paper.p[at] - '0', sale;
        char line[32];
        assert_in_range(seller, 0, SELLERS - 1);
        sale = next[seller]++;
        snprintf(line, sizeof line, "%d %2d\n", seller, sale);
        assert_memory_equal(paper.p + at, line, 5);
    }
}

static void tills_that_sell_at_once_print_each_sale_once(void **state)
{
    (void)state;
    struct bed bed;
    struct buf paper;
    char path[FOLDER_PATH_BYTES];
    pid_t pids[SELLERS];
    bed_make(&bed);
    bed.host.open = open_paper;
    spool_destroy(bed.spool);
    store_close(bed.store);
    bed.spool = NULL;
    bed.store = NULL;
    for (int i = 0; i < SELLERS; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            bed_reopen(&bed);
            sell(&bed, i);
        }
    }
    for (int i = 0; i < SELLERS; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    bed_reopen(&bed);
    bed_drain(&bed); /* what the last ones left in the queue */
    assert_int_equal(bed.outcome.waiting, 0);
    buf_init(&paper, 0);
    assert_true(buf_read_file(&paper, folder_file(&bed.folder, "paper", path)));
    assert_each_once(buf_slice(&paper));
    buf_finish(&paper);
    bed_remove(&bed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queued_job_whose_sender_dies_is_printed_once_or_unknown),
        cmocka_unit_test(a_begun_job_whose_sender_dies_is_unknown_from_its_acceptance_on),
        cmocka_unit_test(what_was_not_committed_never_was_and_what_was_is_printed),
        cmocka_unit_test(a_person_may_print_an_unknown_job_again),
        cmocka_unit_test(a_printer_is_busy_while_its_holder_lives_and_free_when_it_is_killed),
        cmocka_unit_test(a_waiter_gets_the_lock_when_its_holder_dies),
        cmocka_unit_test(a_printer_named_by_its_address_has_a_lock_of_its_own),
        cmocka_unit_test(a_folder_that_is_not_there_is_said),
        cmocka_unit_test(tills_that_sell_at_once_print_each_sale_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
