/* A printer that stops in the middle of a job, loses it, or is not the one that was asked for: what
 * waits, what begins again, and what somebody has to look at. */
#include "bed.h"
#include "transport/fd.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* ── it stops, and keeps what it has ── */

/* What somebody does about it while the job waits. */
struct hands {
    struct bed *bed;
    unsigned asked, patience; /* seconds, as the spool asks about each */
    enum err_code reason;     /* that stood with the job */
    unsigned printer_state;
};
static struct hands hands;

static void paper_runs_out(void *ctx, struct slice bytes)
{
    struct bed *bed = ctx;
    (void)bytes;
    bed->wire.state = PRINTER_PAPER_OUT | PRINTER_OFFLINE;
    bed->wire.fence = false;
}

static bool reload(void *ctx, const struct spool_job *job)
{
    struct bed *bed = ctx;
    assert_int_equal(job->state, JOB_SENDING);
    hands.reason = job->reason;
    hands.printer_state = job->printer_state;
    bed_assert_state(bed, job->id, JOB_SENDING);
    assert_int_equal(bed_job(bed, job->id).reason, job->reason); /* anybody can see it */
    if (++hands.asked < hands.patience)
        return true;
    bed->wire.state = 0;
    buf_byte(&bed->wire.back, 0); /* the answer that it owes since the last byte */
    return true;
}

static bool walk_away(void *ctx, const struct spool_job *job)
{
    (void)ctx;
    (void)job;
    return ++hands.asked < hands.patience;
}

static void prepare_paper_out(struct bed *bed, unsigned patience)
{
    hands = (struct hands){.bed = bed, .patience = patience};
    bed->wire.ctx = bed;
    bed->wire.on_bytes = paper_runs_out;
    bed->host.go_on = reload;
    bed_add(bed, "a", "one");
}

static void paper_that_runs_out_in_a_job_is_reloaded_and_nothing_is_sent_twice(void **state)
{
    struct bed *bed = *state;
    prepare_paper_out(bed, 3);
    bed_drain(bed);
    bed_assert_paper(bed, "one");
    bed_assert_state(bed, 1, JOB_PRINTED);
    assert_int_equal(bed->wire.fences, 1);
    assert_int_equal(hands.asked, 3);
    assert_int_equal(hands.reason, ERR_PRINTER_NOT_READY);
    assert_true(hands.printer_state & PRINTER_PAPER_OUT);
    struct spool_job job = bed_job(bed, 1);
    assert_int_equal(job.reason, ERR_NONE);
    assert_false(job.interrupted);
    assert_int_equal(job.attempts, 1);
}

static void a_job_that_nobody_waits_for_any_more_is_unknown(void **state)
{
    struct bed *bed = *state;
    prepare_paper_out(bed, 4);
    bed->host.go_on = walk_away;
    bed_drain(bed);
    assert_int_equal(hands.asked, 4);
    bed_assert_state(bed, 1, JOB_UNKNOWN);
    assert_true(bed_job(bed, 1).interrupted);
    bed->wire.on_bytes = NULL;
    bed->wire.state = 0;
    bed->wire.fence = true;
    bed_add(bed, "b", " two");
    bed_drain(bed);
    bed_assert_paper(bed, "one two"); /* the unknown one is not sent again, and in nobody's way */
}

static bool tear(void *ctx, struct buf *bytes)
{
    (void)ctx;
    buf_byte(bytes, '|');
    return true;
}

static unsigned no_paper_yet(void *ctx, struct slice bytes)
{
    (void)ctx;
    return bytes.n > 1;
}

/* So many of the three bytes are taken of a receipt that is not proved; then another is printed. */
static void assert_parted(struct bed *bed, size_t taken, const char *paper)
{
    bed->host.part = tear;
    bed->host.paper_ms = no_paper_yet;
    bed->wire.capacity = taken;
    bed->wire.fence = false;
    bed_add(bed, "a", "one");
    bed_drain(bed);
    bed_assert_state(bed, 1, JOB_UNKNOWN);
    bed->wire.capacity = SIZE_MAX;
    bed->wire.fence = true;
    bed_add(bed, "b", "two");
    bed_drain(bed);
    bed_assert_paper(bed, paper);
}

static void a_receipt_that_was_cut_off_is_parted_from_the_next(void **state)
{
    assert_parted(*state, 2, "on|two");
}

static void a_receipt_that_the_printer_has_whole_has_its_own_cut(void **state)
{
    assert_parted(*state, SIZE_MAX, "onetwo");
}

static void where_nothing_was_printed_nothing_is_parted(void **state)
{
    assert_parted(*state, 1, "otwo");
}

static void torn_paper_is_parted_once(void **state)
{
    struct bed *bed = *state;
    assert_parted(bed, 2, "on|two");
    bed_add(bed, "c", "three");
    bed_drain(bed);
    bed_assert_paper(bed, "three");
}

/* Whether a session began with knowing that its printer never tells. */
static struct {
    bool (*open)(void *ctx, const char *printer, struct printer **session, struct err *err);
    struct printer *session;
    bool begun, expected;
} word;

static bool open_and_keep(void *ctx, const char *printer, struct printer **session, struct err *err)
{
    bool ok = word.open(ctx, printer, session, err);
    word.session = *session;
    return ok;
}

static void look_at_session(void *ctx, struct slice bytes)
{
    (void)ctx;
    (void)bytes;
    if (!word.begun) /* the session's last word is not a job's */
        word.expected = printer_never_tells(word.session);
    word.begun = true;
}

static bool was_known(struct bed *bed, const char *key)
{
    if (!word.open || bed->host.open != open_and_keep)
        word.open = bed->host.open;
    bed->host.open = open_and_keep;
    bed->wire.on_bytes = look_at_session;
    word.begun = false;
    bed_add(bed, key, "\x1b@one");
    bed_drain(bed);
    bed->wire.job.n = 0;
    return word.expected;
}

static void a_printer_that_never_tells_is_waited_for_once(void **state)
{
    struct bed *bed = *state;
    assert_false(was_known(bed, "a"));
    bed_assert_state(bed, 1, JOB_PRINTED);
    assert_true(was_known(bed, "b"));
    assert_true(was_known(bed, "c"));
}

static void after_a_receipt_that_was_cut_off_its_word_is_waited_for_again(void **state)
{
    struct bed *bed = *state;
    was_known(bed, "a");
    bed->wire.capacity = 2;
    assert_true(was_known(bed, "b"));
    bed_assert_state(bed, 2, JOB_UNKNOWN);
    bed->wire.capacity = SIZE_MAX;
    assert_false(was_known(bed, "c"));
    assert_true(was_known(bed, "d"));
}

static void a_printer_that_learned_to_tell_is_waited_for(void **state)
{
    struct bed *bed = *state;
    was_known(bed, "a");
    bed->wire.before = slice_of("\x10\0\0\0", 4);
    assert_true(was_known(bed, "b"));
    assert_false(was_known(bed, "c"));
}

static void without_anybody_to_ask_a_stopped_job_is_unknown(void **state)
{
    struct bed *bed = *state;
    prepare_paper_out(bed, 1);
    bed->host.go_on = NULL;
    bed_drain(bed);
    bed_assert_state(bed, 1, JOB_UNKNOWN);
}

static void a_stopped_job_says_why_as_trouble(void **state)
{
    struct err err;
    const struct spool_job job = {.id = 7,
                                  .state = JOB_SENDING,
                                  .printer = SLICE("till"),
                                  .reason = ERR_PRINTER_NOT_READY,
                                  .printer_state = PRINTER_PAPER_OUT};
    (void)state;
    spool_trouble(&job, LANG_EN, &err);
    assert_int_equal(err.code, ERR_PRINTER_STOPPED);
    assert_string_equal(err.arg[1], "paper out");
    assert_string_equal(err.arg[2], "7"); /* which can be cancelled */
}

/* ── the wire takes no more ── */

struct pipe_bed {
    struct bed *bed;
    int ours;
    struct buf *took;
};

static const struct profile no_proof = {.name = "none", .proof = PROOF_NONE};
static struct pipe_bed narrow;

static bool open_narrow(void *ctx, const char *printer, struct printer **session, struct err *err)
{
    int ends[2];
    struct transport *wire = NULL;
    (void)ctx;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    narrow.ours = ends[1];
    return transport_fd(ends[0], "narrow:", &wire, err) &&
           printer_create(session, printer, &no_proof, wire, err);
}

static void drink(void)
{
    uint8_t bytes[65536];
    for (ssize_t n = 0; (n = read(narrow.ours, bytes, sizeof bytes)) > 0;)
        buf_append(narrow.took, bytes, (size_t)n);
}

static bool drink_and_go_on(void *ctx, const struct spool_job *job)
{
    (void)ctx;
    hands.reason = job->reason;
    hands.asked++;
    drink();
    return true;
}

static void a_wire_that_takes_no_more_is_waited_for_and_gets_the_rest(void **state)
{
    struct bed *bed = *state;
    enum { LARGE = 3 << 20 };
    struct buf text, took;
    buf_init(&text, 0);
    buf_init(&took, 0);
    for (int i = 0; i < LARGE; i++)
        buf_byte(&text, (uint8_t)('a' + i * 7 % 26));
    hands = (struct hands){.bed = bed};
    narrow = (struct pipe_bed){.took = &took};
    bed->host.open = open_narrow;
    bed->host.go_on = drink_and_go_on;
    bed_add(bed, "a", buf_cstr(&text));
    bed_drain(bed);
    drink();
    bed_assert_state(bed, 1, JOB_SENT);
    assert_true(hands.asked > 0);
    assert_int_equal(hands.reason, ERR_PRINTER_STALLED);
    assert_int_equal(took.n, text.n);
    assert_memory_equal(took.p, text.p, text.n);
    close(narrow.ours);
    buf_finish(&text);
    buf_finish(&took);
}

/* ── it lost what it had ── */

static void power_fails(void *ctx, struct slice bytes)
{
    struct bed *bed = ctx;
    (void)bytes;
    bed->wire.fence = false; /* what it would have answered is gone, too */
    buf_append(&bed->wire.back, "\x3b\x31\x00", 3);
}

static bool mark(void *ctx, const struct spool_job *job, struct slice document, struct buf *bytes,
                 struct err *err)
{
    (void)ctx;
    (void)err;
    buf_str(bytes, job->interrupted ? "AGAIN:" : "");
    buf_slice_append(bytes, document);
    return true;
}

static void prepare_loss(struct bed *bed)
{
    bed->wire.ctx = bed;
    bed->host.begin_again = true;
    bed->host.layout = mark;
    bed_add(bed, "a", "one");
}

static void mend(struct bed *bed)
{
    bed->wire.on_bytes = NULL;
    bed->wire.fence = true;
    bed->wire.gone = false;
    bed->wire.capacity = SIZE_MAX;
}

static void assert_begins_again_once(struct bed *bed, const char *first)
{
    bed_drain(bed);
    bed_assert_paper(bed, first);
    struct spool_job job = bed_job(bed, 1);
    bed_assert_state(bed, 1, JOB_QUEUED);
    assert_int_equal(job.reason, ERR_PRINTER_LOST);
    assert_true(job.interrupted);
    assert_int_equal(bed->outcome.lost, 1);
    assert_int_equal(bed->outcome.why.code, ERR_PRINTER_LOST);
}

static void a_printer_that_says_it_was_switched_on_in_a_job_gets_it_again_marked(void **state)
{
    struct bed *bed = *state;
    prepare_loss(bed);
    bed->wire.on_bytes = power_fails;
    assert_begins_again_once(bed, "one");
    mend(bed);
    bed_drain(bed);
    bed_assert_paper(bed, "AGAIN:one");
    bed_assert_state(bed, 1, JOB_PRINTED);
}

static void a_printer_that_left_the_bus_in_a_job_gets_it_again_marked(void **state)
{
    struct bed *bed = *state;
    prepare_loss(bed);
    bed->wire.gone = bed->wire.refuses_more = true;
    bed->wire.capacity = 2;
    assert_begins_again_once(bed, "on");
    mend(bed);
    bed_drain(bed);
    bed_assert_paper(bed, "AGAIN:one");
    bed_assert_state(bed, 1, JOB_PRINTED);
}

static void a_job_that_is_lost_again_is_for_a_person(void **state)
{
    struct bed *bed = *state;
    prepare_loss(bed);
    bed->wire.on_bytes = power_fails;
    assert_begins_again_once(bed, "one");
    bed_drain(bed);
    bed_assert_paper(bed, "AGAIN:one");
    bed_assert_state(bed, 1, JOB_UNKNOWN);
    bed_drain(bed);
    bed_assert_paper(bed, "");
}

static void where_the_owner_wants_to_be_asked_a_lost_job_is_unknown(void **state)
{
    struct bed *bed = *state;
    prepare_loss(bed);
    bed->host.begin_again = false;
    bed->wire.on_bytes = power_fails;
    bed_drain(bed);
    bed_assert_state(bed, 1, JOB_UNKNOWN);
}

static void a_wire_that_breaks_says_nothing_about_the_printers_buffer(void **state)
{
    struct bed *bed = *state;
    prepare_loss(bed);
    bed->wire.capacity = 2;
    bed_drain(bed);
    bed_assert_state(bed, 1, JOB_UNKNOWN);
}

static void power_that_came_before_a_job_lost_nothing_of_it(void **state)
{
    struct bed *bed = *state;
    prepare_loss(bed);
    buf_append(&bed->wire.back, "\x3b\x31\x00", 3);
    bed_drain(bed);
    bed_assert_paper(bed, "one");
    bed_assert_state(bed, 1, JOB_PRINTED);
}

static void a_printer_unplugged_before_the_first_byte_lost_nothing(void **state)
{
    struct bed *bed = *state;
    prepare_loss(bed);
    bed->wire.gone = true;
    bed->wire.capacity = 0;
    bed_drain(bed);
    bed_assert_state(bed, 1, JOB_QUEUED);
    assert_false(bed_job(bed, 1).interrupted);
    mend(bed);
    bed_drain(bed);
    bed_assert_paper(bed, "one");
}

/* ── how long a proof is waited for ── */

static unsigned slow_paper(void *ctx, struct slice bytes)
{
    struct bed *bed = ctx;
    assert_true(slice_is(bytes, "one"));
    buf_byte(&bed->wire.back, 0); /* the paper is out now */
    hands.asked++;
    return 60000;
}

static void a_long_paper_is_waited_for_as_long_as_it_takes(void **state)
{
    struct bed *bed = *state;
    hands = (struct hands){.bed = bed};
    bed->wire.fence = false;
    bed->host.paper_ms = slow_paper;
    bed_add(bed, "a", "one");
    bed_drain(bed);
    bed_assert_state(bed, 1, JOB_PRINTED);
    assert_int_equal(hands.asked, 1);
}

static void a_proof_that_comes_at_once_asks_nobody_how_long_the_paper_is(void **state)
{
    struct bed *bed = *state;
    hands = (struct hands){.bed = bed};
    bed->host.paper_ms = slow_paper;
    bed_add(bed, "a", "one");
    bed_drain(bed);
    bed_assert_state(bed, 1, JOB_PRINTED);
    assert_int_equal(hands.asked, 0);
}

/* ── a session that is kept ── */

static bool open_mended(void *ctx, const char *printer, struct printer **session, struct err *err)
{
    struct bed *bed = ctx;
    static const struct profile fence = {.name = "fence", .proof = PROOF_FENCE};
    bed->opened++;
    bed->wire.fails_to_hear = false;
    return printer_create(session, printer, &fence, wire_transport(&bed->wire), err);
}

static void a_kept_session_that_ended_meanwhile_is_opened_anew_without_a_word(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    struct spool_lock *lock = bed_lock(bed);
    bed->host.open = open_mended;
    bed_add(bed, "a", "one");
    assert_true(spool_drain(bed->spool, lock, &bed->host, &bed->limits, &bed->outcome, &err));
    bed->wire.fails_to_hear = true; /* the printer hung up after a while of nothing */
    bed_add(bed, "b", " two");
    assert_true(spool_drain(bed->spool, lock, &bed->host, &bed->limits, &bed->outcome, &err));
    spool_unlock(lock);
    bed_assert_paper(bed, "one two");
    assert_int_equal(bed->outcome.printed, 1);
    assert_int_equal(bed->opened, 2);
}

/* ── two workers ── */

enum { JOBS = 60 };

struct worker {
    struct bed *bed;
    pthread_t thread;
    size_t printed;
};

static bool open_shared_file(void *ctx, const char *printer, struct printer **session,
                             struct err *err)
{
    const struct bed *bed = ctx;
    struct transport *wire = NULL;
    char path[FOLDER_PATH_BYTES];
    folder_file(&bed->folder, "paper", path);
    return transport_file.open(NULL, path, &wire, err) &&
           printer_create(session, printer, &no_proof, wire, err);
}

/* Its own connection; the lock decides who prints, a job at a time. */
static void *contend(void *arg)
{
    struct worker *w = arg;
    struct store *store = NULL;
    struct spool *spool = NULL;
    struct err err = {0};
    char path[FOLDER_PATH_BYTES];
    const struct spool_host host = {.ctx = w->bed, .open = open_shared_file};
    struct spool_limits limits = spool_limits_default;
    limits.total_timeout_ms = 1;
    folder_file(&w->bed->folder, "bonbon.db", path);
    bool ok = store_open(&store, path, &err) && spool_create(&spool, store, &w->bed->env, &err);
    for (struct spool_outcome outcome = {.waiting = 1}; ok && outcome.waiting;) {
        struct spool_lock *lock = NULL;
        ok = spool_lock(w->bed->folder.path, "till", SPOOL_WAIT_FOREVER, &lock, &err) &&
             spool_drain(spool, lock, &host, &limits, &outcome, &err);
        w->printed += outcome.sent;
        spool_unlock(lock);
    }
    if (!ok)
        w->printed = SIZE_MAX;
    spool_destroy(spool);
    store_close(store);
    return NULL;
}

static void two_workers_print_each_job_once_and_in_order(void **state)
{
    struct bed *bed = *state;
    struct worker workers[2] = {{.bed = bed}, {.bed = bed}};
    char text[16], key[16], path[FOLDER_PATH_BYTES];
    struct buf wanted, paper;
    buf_init(&wanted, 0);
    buf_init(&paper, 0);
    for (int i = 0; i < JOBS; i++) {
        snprintf(key, sizeof key, "%d", i);
        snprintf(text, sizeof text, "<%d>", i);
        bed_add(bed, key, text);
        buf_str(&wanted, text);
    }
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&workers[i].thread, NULL, contend, &workers[i]), 0);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
    assert_int_equal(workers[0].printed + workers[1].printed, JOBS);
    assert_true(buf_read_file(&paper, folder_file(&bed->folder, "paper", path)));
    assert_string_equal(buf_cstr(&paper), buf_cstr(&wanted));
    buf_finish(&wanted);
    buf_finish(&paper);
}

int main(void)
{
#define FACT(test) cmocka_unit_test_setup_teardown(test, bed_setup, bed_teardown)
    const struct CMUnitTest tests[] = {
        FACT(paper_that_runs_out_in_a_job_is_reloaded_and_nothing_is_sent_twice),
        FACT(a_job_that_nobody_waits_for_any_more_is_unknown),
        FACT(a_receipt_that_was_cut_off_is_parted_from_the_next),
        FACT(a_receipt_that_the_printer_has_whole_has_its_own_cut),
        FACT(where_nothing_was_printed_nothing_is_parted),
        FACT(torn_paper_is_parted_once),
        FACT(a_printer_that_never_tells_is_waited_for_once),
        FACT(a_printer_that_learned_to_tell_is_waited_for),
        FACT(after_a_receipt_that_was_cut_off_its_word_is_waited_for_again),
        FACT(without_anybody_to_ask_a_stopped_job_is_unknown),
        FACT(a_stopped_job_says_why_as_trouble),
        FACT(a_wire_that_takes_no_more_is_waited_for_and_gets_the_rest),
        FACT(a_printer_that_says_it_was_switched_on_in_a_job_gets_it_again_marked),
        FACT(a_printer_that_left_the_bus_in_a_job_gets_it_again_marked),
        FACT(a_job_that_is_lost_again_is_for_a_person),
        FACT(where_the_owner_wants_to_be_asked_a_lost_job_is_unknown),
        FACT(a_wire_that_breaks_says_nothing_about_the_printers_buffer),
        FACT(power_that_came_before_a_job_lost_nothing_of_it),
        FACT(a_printer_unplugged_before_the_first_byte_lost_nothing),
        FACT(a_long_paper_is_waited_for_as_long_as_it_takes),
        FACT(a_proof_that_comes_at_once_asks_nobody_how_long_the_paper_is),
        FACT(a_kept_session_that_ended_meanwhile_is_opened_anew_without_a_word),
        FACT(two_workers_print_each_job_once_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
