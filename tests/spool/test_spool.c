#include "bed.h"

#include <stdio.h>

/* ── the table of moves ── */

static void each_state_has_a_name_and_each_move_a_mover_and_a_reason(void **state)
{
    (void)state;
    for (unsigned i = 0; i < JOB_STATE_COUNT; i++) {
        enum job_state back;
        const char *name = job_state_name((enum job_state)i);
        assert_true(job_state_parse(slice_str(name), &back));
        assert_string_not_equal(err_phrase(name, LANG_RO), name); /* as ERR_JOB_STATE says it */
        assert_int_equal(back, i);
    }
    for (size_t i = 0; i < spool_n_moves; i++) {
        const struct job_move *m = &spool_moves[i];
        assert_true(m->movers && m->when[0]);
        assert_true(m->from != m->to);
        for (size_t j = 0; j < i; j++)
            assert_false(spool_moves[j].from == m->from && spool_moves[j].to == m->to);
    }
}

static void nothing_leaves_a_final_state_and_only_a_person_leaves_unknown(void **state)
{
    (void)state;
    for (size_t i = 0; i < spool_n_moves; i++) {
        const struct job_move *m = &spool_moves[i];
        assert_false(job_state_is_final(m->from));
        if (m->from == JOB_UNKNOWN)
            assert_int_equal(m->movers, MOVER_PERSON);
        if (m->to == JOB_SENDING)
            assert_int_equal(m->movers, MOVER_WORKER);
        if (m->movers & MOVER_PERSON)
            assert_true(m->from != JOB_SENDING);
    }
}

/* ── adding ── */

static void the_same_key_is_the_same_job(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    int64_t first = bed_add(bed, "sale/1/1", "one"), id = 0;
    bool existed = false;
    enum job_state at;
    const struct spool_job other = {
        .key = SLICE("sale/1/1"), .printer = SLICE("bar"), .document = SLICE("two")};
    assert_true(store_begin(bed->store, &err));
    assert_true(spool_add(bed->spool, &other, NULL, &id, &at, &existed, &err));
    assert_true(store_commit(bed->store, &err));
    assert_true(existed);
    assert_int_equal(id, first);
    assert_int_equal(at, JOB_QUEUED);
    assert_true(slice_is(bed_job(bed, id).printer, "till"));
    bed_drain(bed);
    bed_assert_paper(bed, "one");
    assert_int_equal(bed_add(bed, "sale/1/1", "one"), first); /* also when it is printed */
    bed_drain(bed);
    bed_assert_paper(bed, "");
}

static void a_job_is_accepted_with_what_it_belongs_to_or_not_at_all(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    int64_t id = 0;
    struct spool_job job = {.key = SLICE("k"), .printer = SLICE("till")};
    assert_false(spool_add(bed->spool, &job, NULL, &id, NULL, NULL, &err));
    assert_int_equal(err.code, ERR_BUG);
    assert_true(store_begin(bed->store, &err));
    assert_true(spool_add(bed->spool, &job, NULL, &id, NULL, NULL, &err));
    store_rollback(bed->store);
    assert_false(spool_job_find(bed->spool, job.key, &bed->arena, &job, &err));
    assert_int_equal(err.code, ERR_JOB_UNKNOWN);
    assert_string_equal(err.arg[0], "k");
}

static void what_is_too_large_is_refused_with_its_limit(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    int64_t id;
    static const uint8_t long_key[SPOOL_KEY_MAX_BYTES + 1];
    struct spool_job job = {.key = {long_key, sizeof long_key}, .printer = SLICE("till")};
    assert_true(store_begin(bed->store, &err));
    assert_false(spool_add(bed->spool, &job, NULL, &id, NULL, NULL, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    store_rollback(bed->store);
}

static void what_was_accepted_can_be_read_again(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    struct buf b;
    int64_t id = bed_add(bed, "sale/1/1", "one");
    struct spool_job job;
    assert_true(spool_job_find(bed->spool, SLICE_LITERAL("sale/1/1"), &bed->arena, &job, &err));
    assert_int_equal(job.id, id);
    assert_true(slice_is(job.kind, "receipt"));
    assert_true(slice_is(job.printer, "till"));
    assert_true(slice_is(job.profile, "fence"));
    assert_true(slice_is(job.till, "1"));
    assert_int_equal(job.created_s, bed->clock.now_s);
    assert_int_equal(job.attempts, 0);
    buf_init(&b, 0);
    assert_true(spool_document(bed->spool, id, &b, &err));
    assert_true(spool_bytes(bed->spool, id, &b, &err));
    assert_true(slice_is(buf_slice(&b), "oneone"));
    bed_drain(bed);
    buf_reset(&b);
    assert_true(spool_document(bed->spool, id, &b, &err));
    assert_true(spool_bytes(bed->spool, id, &b, &err)); /* dropped: nothing */
    assert_true(slice_is(buf_slice(&b), "one"));
    assert_false(spool_document(bed->spool, id + 1, &b, &err));
    assert_int_equal(err.code, ERR_JOB_UNKNOWN);
    buf_finish(&b);
}

/* ── printing ── */

static void jobs_are_printed_oldest_first_and_once(void **state)
{
    struct bed *bed = *state;
    bed_add(bed, "a", "one ");
    bed_add(bed, "b", "two ");
    bed_add(bed, "c", "three ");
    bed_drain(bed);
    bed_assert_paper(bed, "one two three ");
    assert_int_equal(bed->outcome.printed, 3);
    assert_int_equal(bed->outcome.waiting, 0);
    assert_int_equal(bed->outcome.why.code, ERR_NONE);
    assert_int_equal(bed->opened, 1);
    assert_int_equal(bed->wire.closed, 1);
    bed_drain(bed);
    bed_assert_paper(bed, "");
    assert_int_equal(bed->opened, 1); /* nothing to send: the printer is left alone */
}

static void each_printer_has_its_own_queue(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    int64_t id;
    const struct spool_job bar = {
        .key = SLICE("bar"), .printer = SLICE("bar"), .bytes = SLICE("beer")};
    assert_true(store_begin(bed->store, &err));
    assert_true(spool_add(bed->spool, &bar, NULL, &id, NULL, NULL, &err));
    assert_true(store_commit(bed->store, &err));
    bed_add(bed, "a", "one");
    bed_drain(bed);
    bed_assert_paper(bed, "one");
    bed_assert_state(bed, id, JOB_QUEUED);
}

/* What the wire does to a job of ten bytes, and what is then true of it. */
static void every_end_of_a_wire_has_its_truth(void **state)
{
    (void)state;
    static const struct {
        enum profile_proof proof;
        bool one_way, no_fence, no_id, cannot_open, refuses_more, mute;
        size_t capacity;
        enum job_state truth;
        enum err_code why;
        size_t taken;
    } cases[] = {
        {PROOF_PROCESS_ID, .capacity = 99, .truth = JOB_PRINTED, .taken = 10},
        {PROOF_FENCE, .capacity = 99, .truth = JOB_PRINTED, .taken = 10},
        {PROOF_STATUS, .capacity = 99, .truth = JOB_SENT, .taken = 10},
        {PROOF_NONE, .capacity = 99, .truth = JOB_SENT, .taken = 10},
        {PROOF_FENCE, .one_way = true, .capacity = 99, .truth = JOB_SENT, .taken = 10},
        {PROOF_FENCE, .no_fence = true, .capacity = 99, .truth = JOB_UNKNOWN,
         .why = ERR_PRINTER_UNKNOWN, .taken = 10},
        {PROOF_PROCESS_ID, .no_id = true, .capacity = 99, .truth = JOB_UNKNOWN,
         .why = ERR_PRINTER_UNKNOWN, .taken = 10},
        {PROOF_FENCE, .capacity = 10, .refuses_more = true, .truth = JOB_UNKNOWN,
         .why = ERR_PRINTER_UNKNOWN, .taken = 10},
        {PROOF_NONE, .capacity = 10, .refuses_more = true, .truth = JOB_UNKNOWN,
         .why = ERR_PRINTER_UNKNOWN, .taken = 10},
        {PROOF_FENCE, .capacity = 9, .truth = JOB_UNKNOWN, .why = ERR_PRINTER_UNKNOWN, .taken = 9},
        {PROOF_NONE, .capacity = 1, .truth = JOB_UNKNOWN, .why = ERR_PRINTER_UNKNOWN, .taken = 1},
        {PROOF_FENCE, .capacity = 0, .truth = JOB_QUEUED, .why = ERR_PRINTER_IO},
        {PROOF_NONE, .capacity = 0, .truth = JOB_QUEUED, .why = ERR_PRINTER_IO},
        {PROOF_FENCE, .cannot_open = true, .capacity = 99, .truth = JOB_QUEUED,
         .why = ERR_PRINTER_IO},
        {PROOF_PROCESS_ID, .mute = true, .capacity = 99, .truth = JOB_QUEUED,
         .why = ERR_PRINTER_IO},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bed bed;
        bed_make(&bed);
        bed.proof = cases[i].proof;
        bed.cannot_open = cases[i].cannot_open;
        bed.wire.one_way = cases[i].one_way;
        bed.wire.fence = !cases[i].no_fence;
        bed.wire.id = !cases[i].no_id;
        bed.wire.status_mask = cases[i].mute ? 0 : 0x1E;
        bed.wire.capacity = cases[i].capacity;
        bed.wire.refuses_more = cases[i].refuses_more;
        int64_t id = bed_add(&bed, "a", "0123456789"), next = bed_add(&bed, "b", "next");
        bed_drain(&bed);
        struct spool_job job = bed_job(&bed, id);
        assert_string_equal(job_state_name(job.state), job_state_name(cases[i].truth));
        assert_int_equal(job.taken, cases[i].taken);
        assert_int_equal(bed.outcome.why.code, cases[i].why);
        assert_int_equal(job.interrupted, cases[i].truth == JOB_UNKNOWN);
        /* Trouble stops the queue where it is. */
        if (cases[i].why != ERR_NONE)
            bed_assert_state(&bed, next, JOB_QUEUED);
        assert_int_equal(bed.wire.closed, bed.opened);
        /* Whatever happened, a second round sends the same job again only when nothing of it left.
         */
        bed.wire.capacity = SIZE_MAX;
        bed.wire.job.n = 0;
        bed.wire.fence = bed.wire.id = true;
        bed.cannot_open = false;
        bed.wire.status_mask = 0x1E;
        bed_drain(&bed);
        bool again = cases[i].truth == JOB_QUEUED;
        const char *paper = cases[i].why == ERR_NONE ? "" : again ? "0123456789next" : "next";
        bed_assert_paper(&bed, paper);
        if (!again)
            bed_assert_state(&bed, id, cases[i].truth);
        bed_remove(&bed);
    }
}

static void a_printer_without_paper_keeps_the_job_and_says_why(void **state)
{
    struct bed *bed = *state;
    bed->wire.state = PRINTER_OFFLINE | PRINTER_PAPER_OUT;
    bed->host.lang = LANG_RO;
    int64_t id = bed_add(bed, "a", "one");
    bed_drain(bed);
    struct spool_job job = bed_job(bed, id);
    assert_int_equal(job.state, JOB_QUEUED);
    assert_int_equal(job.attempts, 0);
    assert_int_equal(job.reason, ERR_PRINTER_NOT_READY);
    assert_int_equal(bed->outcome.why.code, ERR_PRINTER_NOT_READY);
    assert_string_equal(bed->outcome.why.arg[0], "till");
    assert_string_equal(bed->outcome.why.arg[1], "s-a terminat hârtia");
    assert_int_equal(bed->outcome.waiting, 1);
    struct err err;
    spool_trouble(&job, LANG_EN, &err); /* another reader, another language */
    assert_string_equal(err.arg[1], "paper out");
    bed_assert_paper(bed, "");

    bed->wire.state = 0;
    bed_drain(bed);
    bed_assert_paper(bed, "one");
    assert_int_equal(bed_job(bed, id).reason, ERR_NONE);
    assert_int_equal(bed->outcome.why.code, ERR_NONE);
}

static void count_progress(void *ctx, const struct spool_job *job)
{
    struct bed *bed = ctx;
    (void)job;
    bed->clock.seed++; /* nobody else uses it here */
}

static void a_printer_that_stays_without_paper_does_not_wear_the_disk(void **state)
{
    struct bed *bed = *state;
    bed->wire.state = PRINTER_OFFLINE | PRINTER_PAPER_OUT;
    bed->host.progress = count_progress;
    bed->clock.seed = 0;
    bed_add(bed, "a", "one");
    for (int i = 0; i < 5; i++)
        bed_drain(bed);
    assert_int_equal(bed->clock.seed, 1);                           /* written once */
    assert_int_equal(bed->outcome.why.code, ERR_PRINTER_NOT_READY); /* said each time */
}

struct witness {
    struct bed *bed;
    enum job_state seen;
};

static void look(void *ctx, struct slice bytes)
{
    struct witness *w = ctx;
    struct store *store = NULL;
    struct spool *spool = NULL;
    struct err err = {0};
    struct spool_job job;
    char path[FOLDER_PATH_BYTES];
    (void)bytes;
    assert_true(store_open(&store, folder_file(&w->bed->folder, "bonbon.db", path), &err));
    assert_true(spool_create(&spool, store, &w->bed->env, &err));
    assert_true(spool_job_find(spool, SLICE_LITERAL("a"), &w->bed->arena, &job, &err));
    w->seen = job.state;
    spool_destroy(spool);
    store_close(store);
}

static void everybody_sees_sending_before_the_first_byte_leaves(void **state)
{
    struct bed *bed = *state;
    struct witness w = {.bed = bed, .seen = JOB_STATE_COUNT};
    bed->wire.ctx = &w;
    bed->wire.on_bytes = look;
    bed_add(bed, "a", "one");
    bed_drain(bed);
    assert_int_equal(w.seen, JOB_SENDING);
}

static void a_sale_under_the_lock_begins_with_its_acceptance(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    enum job_state at;
    struct spool_lock *lock = bed_lock(bed);
    for (int i = 0; i < 3; i++) {
        char key[8];
        snprintf(key, sizeof key, "%d", i);
        int64_t id = bed_begin(bed, lock, key, "one", &at);
        assert_int_equal(at, JOB_SENDING);
        size_t dead = 99;
        assert_true(spool_recover(bed->spool, lock, &dead, &err)); /* it is ours and alive */
        assert_int_equal(dead, 0);
        assert_true(
            spool_print(bed->spool, lock, id, &bed->host, &bed->limits, &bed->outcome, &err));
        assert_int_equal(bed->outcome.printed, 1);
        bed_assert_state(bed, id, JOB_PRINTED);
        assert_int_equal(bed_job(bed, id).attempts, 1);
        bed_assert_paper(bed, "one");
        /* A second call has nothing to do. */
        assert_true(
            spool_print(bed->spool, lock, id, &bed->host, &bed->limits, &bed->outcome, &err));
        bed_assert_paper(bed, "");
    }
    assert_int_equal(bed->opened, 1); /* one session for all */
    spool_unlock(lock);
}

static void a_begun_job_whose_printer_is_not_ready_goes_back_to_the_queue(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    enum job_state at;
    bed->wire.state = PRINTER_OFFLINE | PRINTER_COVER_OPEN;
    struct spool_lock *lock = bed_lock(bed);
    int64_t id = bed_begin(bed, lock, "a", "one", &at);
    assert_true(spool_print(bed->spool, lock, id, &bed->host, &bed->limits, &bed->outcome, &err));
    assert_int_equal(bed->outcome.why.code, ERR_PRINTER_NOT_READY);
    assert_int_equal(bed->outcome.waiting, 1);
    bed_assert_state(bed, id, JOB_QUEUED);
    bed_assert_paper(bed, "");
    bed->wire.state = 0;
    assert_true(spool_drain(bed->spool, lock, &bed->host, &bed->limits, &bed->outcome, &err));
    bed_assert_paper(bed, "one");
    assert_int_equal(bed_job(bed, id).attempts, 2);
    spool_unlock(lock);
}

static void a_new_job_does_not_overtake_one_that_waits(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    enum job_state at;
    bed_add(bed, "old", "old ");
    struct spool_lock *lock = bed_lock(bed);
    bed_begin(bed, lock, "new", "new", &at);
    assert_int_equal(at, JOB_QUEUED);
    assert_true(spool_drain(bed->spool, lock, &bed->host, &bed->limits, &bed->outcome, &err));
    bed_assert_paper(bed, "old new");
    spool_unlock(lock);
}

static void a_lock_of_one_printer_is_no_right_to_another(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    struct spool_lock *bar = NULL;
    int64_t id;
    const struct spool_job job = {.key = SLICE("a"), .printer = SLICE("till")};
    assert_true(spool_lock(bed->folder.path, "bar", SPOOL_DO_NOT_WAIT, &bar, &err));
    assert_true(store_begin(bed->store, &err));
    assert_false(spool_add(bed->spool, &job, bar, &id, NULL, NULL, &err));
    assert_int_equal(err.code, ERR_BUG);
    store_rollback(bed->store);
    spool_unlock(bar);
}

/* ── laying out ── */

static bool shout(void *ctx, const struct spool_job *job, struct slice document, struct buf *bytes,
                  struct err *err)
{
    (void)ctx;
    if (slice_is(document, "broken"))
        return FAIL(err, ERR_MARKUP, "a table without an end");
    buf_str(bytes, job->interrupted ? "AGAIN:" : "LAID OUT:");
    buf_slice_append(bytes, document);
    return true;
}

static void a_job_is_laid_out_again_for_another_printer_and_after_an_interruption(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    bed->host.layout = shout;
    bed->host.profile = "fence";
    bed_add(bed, "a", "one ");
    bed_drain(bed);
    bed_assert_paper(bed, "one "); /* as it was laid out */
    bed->host.profile = "other";
    bed_add(bed, "b", "two ");
    bed_drain(bed);
    bed_assert_paper(bed, "LAID OUT:two ");
    bed->host.profile = "fence";
    bed->wire.capacity = 2;
    int64_t id = bed_add(bed, "c", "three ");
    bed_drain(bed);
    bed_assert_paper(bed, "th");
    bed->wire.capacity = SIZE_MAX;
    assert_true(store_begin(bed->store, &err));
    assert_true(spool_decide(bed->spool, id, JOB_QUEUED, SLICE_LITERAL(""), &err));
    assert_true(store_commit(bed->store, &err));
    bed_drain(bed);
    bed_assert_paper(bed, "AGAIN:three ");
    bed_assert_state(bed, id, JOB_PRINTED);
}

static void a_job_that_cannot_be_laid_out_does_not_stop_the_others(void **state)
{
    struct bed *bed = *state;
    bed->host.layout = shout;
    bed->host.profile = "other";
    int64_t id = bed_add(bed, "a", "broken");
    bed_add(bed, "b", "two");
    bed_drain(bed);
    bed_assert_paper(bed, "LAID OUT:two");
    bed_assert_state(bed, id, JOB_HELD);
    assert_int_equal(bed->outcome.held, 1);
    struct err err;
    struct spool_job job = bed_job(bed, id);
    spool_trouble(&job, LANG_EN, &err);
    assert_int_equal(err.code, ERR_MARKUP);
    assert_string_equal(err.arg[0], "a table without an end");
}

/* ── looking ── */

struct seen {
    size_t n, most;
    int64_t ids[8];
};

static bool see(void *ctx, const struct spool_job *job)
{
    struct seen *s = ctx;
    s->ids[s->n++] = job->id;
    return s->n < s->most;
}

static void jobs_are_listed_by_printer_and_state(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    size_t n;
    bed->wire.capacity = 4;
    int64_t a = bed_add(bed, "a", "one "), b = bed_add(bed, "b", "two "),
            c = bed_add(bed, "c", "3");
    bed_drain(bed); /* a printed, b back in the queue */
    assert_true(bed_decide(bed, c, JOB_CANCELLED, &err));
    const struct {
        struct spool_filter filter;
        size_t most, n;
        int64_t first;
    } cases[] = {
        {{.states = 0}, 8, 3, a},
        {{.states = 0, .newest_first = true}, 8, 3, c},
        {{.states = 0, .newest_first = true, .limit = 2}, 8, 2, c},
        {{.states = 0}, 1, 1, a},
        {{.states = 1u << JOB_QUEUED}, 8, 1, b},
        {{.states = 1u << JOB_PRINTED | 1u << JOB_CANCELLED}, 8, 2, a},
        {{.printer = SLICE("till"), .states = 1u << JOB_QUEUED}, 8, 1, b},
        {{.printer = SLICE("bar")}, 8, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct seen s = {.most = cases[i].most};
        assert_true(spool_list(bed->spool, &cases[i].filter, see, &s, &err));
        assert_int_equal(s.n, cases[i].n);
        assert_int_equal(s.ids[0], cases[i].first);
    }
    assert_true(spool_count(bed->spool, (struct slice){0}, JOB_QUEUED, &n, &err));
    assert_int_equal(n, 1);
    assert_true(spool_count(bed->spool, SLICE_LITERAL("bar"), JOB_QUEUED, &n, &err));
    assert_int_equal(n, 0);
    for (unsigned i = 0; i < JOB_STATE_COUNT; i++) {
        assert_true(spool_count(bed->spool, SLICE_LITERAL("till"), (enum job_state)i, &n, &err));
        assert_int_equal(n, i == JOB_QUEUED || i == JOB_PRINTED || i == JOB_CANCELLED);
    }
}

static void a_finished_job_troubles_nobody(void **state)
{
    struct bed *bed = *state;
    struct err err;
    int64_t id = bed_add(bed, "a", "one");
    struct spool_job job = bed_job(bed, id);
    spool_trouble(&job, LANG_EN, &err);
    assert_int_equal(err.code, ERR_PRINTER_BUSY); /* nobody has come to it yet */
    bed_drain(bed);
    job = bed_job(bed, id);
    spool_trouble(&job, LANG_EN, &err);
    assert_int_equal(err.code, ERR_NONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_setup, bed_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_has_a_name_and_each_move_a_mover_and_a_reason),
        cmocka_unit_test(nothing_leaves_a_final_state_and_only_a_person_leaves_unknown),
        TEST(the_same_key_is_the_same_job),
        TEST(a_job_is_accepted_with_what_it_belongs_to_or_not_at_all),
        TEST(what_is_too_large_is_refused_with_its_limit),
        TEST(what_was_accepted_can_be_read_again),
        TEST(jobs_are_printed_oldest_first_and_once),
        TEST(each_printer_has_its_own_queue),
        cmocka_unit_test(every_end_of_a_wire_has_its_truth),
        TEST(a_printer_without_paper_keeps_the_job_and_says_why),
        TEST(a_printer_that_stays_without_paper_does_not_wear_the_disk),
        TEST(everybody_sees_sending_before_the_first_byte_leaves),
        TEST(a_sale_under_the_lock_begins_with_its_acceptance),
        TEST(a_begun_job_whose_printer_is_not_ready_goes_back_to_the_queue),
        TEST(a_new_job_does_not_overtake_one_that_waits),
        TEST(a_lock_of_one_printer_is_no_right_to_another),
        TEST(a_job_is_laid_out_again_for_another_printer_and_after_an_interruption),
        TEST(a_job_that_cannot_be_laid_out_does_not_stop_the_others),
        TEST(jobs_are_listed_by_printer_and_state),
        TEST(a_finished_job_troubles_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
