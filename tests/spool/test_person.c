/* What a person says about a job: printed, again, not any more, later, elsewhere. */
#include "bed.h"

/* ── decided, and held ── */

static void a_person_decides_where_the_table_lets_them(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    bed->wire.capacity = 1;
    int64_t id = bed_add(bed, "a", "one");
    assert_false(bed_decide(bed, id, JOB_PRINTED, &err));
    assert_int_equal(err.code, ERR_JOB_STATE);
    assert_string_equal(err.arg[1], "queued");
    bed_drain(bed);
    bed_assert_state(bed, id, JOB_UNKNOWN);
    assert_true(bed_decide(bed, id, JOB_PRINTED, &err));
    bed_assert_state(bed, id, JOB_PRINTED);
    assert_false(bed_decide(bed, id, JOB_QUEUED, &err));
    assert_int_equal(err.code, ERR_JOB_STATE);
    assert_false(bed_decide(bed, 999, JOB_QUEUED, &err));
    assert_int_equal(err.code, ERR_JOB_UNKNOWN);

    bed->wire.capacity = SIZE_MAX;
    bed->wire.job.n = 0;
    id = bed_add(bed, "b", "two");
    assert_true(bed_decide(bed, id, JOB_HELD, &err));
    bed_drain(bed);
    bed_assert_paper(bed, "");
    struct spool_job job = bed_job(bed, id);
    spool_trouble(&job, LANG_EN, &err);
    assert_int_equal(err.code, ERR_JOB_HELD);
    assert_true(bed_decide(bed, id, JOB_QUEUED, &err));
    assert_true(bed_decide(bed, id, JOB_CANCELLED, &err));
    bed_drain(bed);
    bed_assert_paper(bed, "");
    bed_assert_state(bed, id, JOB_CANCELLED);
}

static void a_job_that_waited_too_long_waits_for_a_person(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    bed->limits.hold_after_s = 600;
    int64_t id = bed_add(bed, "a", "old");
    bed->clock.now_s += 601;
    bed_add(bed, "b", "fresh");
    bed_drain(bed);
    bed_assert_paper(bed, "fresh");
    bed_assert_state(bed, id, JOB_HELD);
    assert_true(bed_decide(bed, id, JOB_QUEUED, &err));
    bed_drain(bed);
    bed_assert_paper(bed, "old");
}

static void trouble_does_not_begin_the_time_anew_but_a_person_does(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    bed->limits.hold_after_s = 600;
    bed->wire.state = PRINTER_PAPER_OUT;
    int64_t id = bed_add(bed, "a", "one");
    for (int minute = 0; minute < 10; minute++) {
        bed_drain(bed);
        bed_assert_state(bed, id, JOB_QUEUED);
        bed->clock.now_s += 60;
    }
    bed->clock.now_s += 1;
    bed_drain(bed);
    bed_assert_state(bed, id, JOB_HELD);
    struct spool_job job = bed_job(bed, id);
    assert_int_equal(job.reason, ERR_JOB_HELD);
    assert_int_equal(job.printer_state, PRINTER_PAPER_OUT); /* why it waited */
    assert_true(bed_decide(bed, id, JOB_QUEUED, &err));
    bed_drain(bed);
    bed_assert_state(bed, id, JOB_QUEUED); /* somebody wants it: it waits again */
    bed->wire.state = 0;
    bed_drain(bed);
    bed_assert_paper(bed, "one");
}

/* ── sent elsewhere ── */

static bool redirect(struct bed *bed, int64_t id)
{
    bool redirected = false;
    struct err err = {0};
    assert_true(store_begin(bed->store, &err));
    assert_true(spool_redirect(bed->spool, id, SLICE_LITERAL("bar"), SLICE_LITERAL("fence"),
                               &redirected, &err));
    assert_true(store_commit(bed->store, &err));
    return redirected;
}

static bool copy(void *ctx, const struct spool_job *job, struct slice document, struct buf *bytes,
                 struct err *err)
{
    (void)ctx, (void)job, (void)err;
    buf_slice_append(bytes, document);
    return true;
}

static void a_queued_job_goes_to_another_printer_and_is_laid_out_for_it(void **state)
{
    struct bed *bed = *state;
    struct err err = {0};
    struct spool_lock *bar = NULL;
    int64_t id = bed_add(bed, "a", "one");
    assert_true(redirect(bed, id));
    bed->host.layout = copy;
    bed_drain(bed);
    bed_assert_paper(bed, "");
    assert_true(spool_lock(bed->folder.path, "bar", SPOOL_DO_NOT_WAIT, &bar, &err));
    assert_true(spool_drain(bed->spool, bar, &bed->host, &bed->limits, &bed->outcome, &err));
    spool_unlock(bar);
    bed_assert_paper(bed, "one");
    assert_false(redirect(bed, id)); /* it is printed */
}

static bool take_away(void *ctx, const struct spool_job *job, struct slice document,
                      struct buf *bytes, struct err *err)
{
    struct bed *bed = ctx;
    (void)err;
    assert_true(redirect(bed, job->id));
    buf_slice_append(bytes, document);
    return true;
}

static void a_job_taken_elsewhere_under_the_workers_hands_is_not_sent_by_it(void **state)
{
    struct bed *bed = *state;
    bed->host.layout = take_away;
    bed->host.profile = "other";
    int64_t id = bed_add(bed, "a", "one");
    bed_drain(bed);
    bed_assert_paper(bed, "");
    bed_assert_state(bed, id, JOB_QUEUED);
    assert_true(slice_is(bed_job(bed, id).printer, "bar"));
}

int main(void)
{
#define FACT(test) cmocka_unit_test_setup_teardown(test, bed_setup, bed_teardown)
    const struct CMUnitTest tests[] = {
        FACT(a_person_decides_where_the_table_lets_them),
        FACT(a_job_that_waited_too_long_waits_for_a_person),
        FACT(trouble_does_not_begin_the_time_anew_but_a_person_does),
        FACT(a_queued_job_goes_to_another_printer_and_is_laid_out_for_it),
        FACT(a_job_taken_elsewhere_under_the_workers_hands_is_not_sent_by_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
