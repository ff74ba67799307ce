#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "printer/printer.h"
#include "support/wire.h"

enum { SHORT_MS = 5 };

static const struct profile proofs[] = {
    [PROOF_NONE] = {.name = "none", .proof = PROOF_NONE},
    [PROOF_STATUS] = {.name = "status", .proof = PROOF_STATUS},
    [PROOF_FENCE] = {.name = "fence", .proof = PROOF_FENCE},
    [PROOF_PROCESS_ID] = {.name = "id", .proof = PROOF_PROCESS_ID},
};

static struct printer *session(struct wire *wire, enum profile_proof proof)
{
    struct printer *p = NULL;
    struct err err = {0};
    assert_true(printer_create(&p, "kitchen", &proofs[proof], wire_transport(wire), &err));
    return p;
}

static unsigned ask(struct printer *p)
{
    unsigned state = ~0u;
    struct err err = {0};
    assert_true(printer_status(p, SHORT_MS, &state, &err));
    return state;
}

static enum proof_result prove(struct printer *p, uint32_t id)
{
    enum proof_result result;
    struct err err = {0};
    assert_true(printer_prove(p, id, SHORT_MS, &result, &err));
    return result;
}

static void every_condition_that_four_answers_tell_is_seen(void **state)
{
    (void)state;
    static const unsigned told[] = {
        0,
        PRINTER_PAPER_LOW,
        PRINTER_OFFLINE | PRINTER_COVER_OPEN,
        PRINTER_OFFLINE | PRINTER_PAPER_OUT | PRINTER_PAPER_LOW,
        PRINTER_OFFLINE | PRINTER_CUTTER_ERROR,
        PRINTER_DRAWER_HIGH,
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        struct wire wire;
        wire_init(&wire);
        wire.state = told[i];
        struct printer *p = session(&wire, PROOF_FENCE);
        assert_int_equal(ask(p) & told[i], told[i]);
        assert_int_equal(printer_is_ready(ask(p)), !(told[i] & PRINTER_OFFLINE));
        printer_destroy(p);
        assert_int_equal(wire.closed, 1);
        wire_finish(&wire);
    }
}

/* An automatic status of four bytes, XON, and bytes that mean nothing stand before the answer, and
 * everything comes in pieces. */
static void an_answer_is_found_among_what_else_a_printer_says(void **state)
{
    (void)state;
    for (size_t turn = 0; turn < 4; turn++) {
        struct wire wire;
        wire_init(&wire);
        wire.turn = turn;
        wire.before = SLICE_LITERAL("\x14\x00\x00\x0f\x11\xff\x37\x22zzzz\x00");
        wire.state = PRINTER_PAPER_LOW;
        struct printer *p = session(&wire, PROOF_PROCESS_ID);
        assert_true(ask(p) & PRINTER_PAPER_LOW);
        assert_true(printer_is_ready(ask(p)));
        assert_int_equal(prove(p, 7), PROOF_PRINTED);
        printer_destroy(p);
        wire_finish(&wire);
    }
}

static void a_printer_without_a_way_back_is_ready_and_proves_nothing(void **state)
{
    (void)state;
    for (unsigned proof = PROOF_NONE; proof <= PROOF_PROCESS_ID; proof++) {
        struct wire wire;
        wire_init(&wire);
        wire.one_way = true;
        struct printer *p = session(&wire, (enum profile_proof)proof);
        assert_int_equal(ask(p), 0);
        assert_int_equal(prove(p, 1), PROOF_CANNOT);
        assert_int_equal(wire.flushed, 1);
        assert_int_equal(wire.questions, 0);
        printer_destroy(p);
        wire_finish(&wire);
    }
}

static void a_silent_printer_of_an_unsure_make_is_ready_and_asked_once(void **state)
{
    (void)state;
    struct wire wire;
    wire_init(&wire);
    wire.status_mask = 0;
    struct printer *p = session(&wire, PROOF_FENCE);
    assert_int_equal(ask(p), 0);
    assert_int_equal(ask(p), 0);
    assert_int_equal(wire.questions, 1);
    printer_destroy(p);
    wire_finish(&wire);
}

static void a_printer_that_leaves_a_question_out_is_still_heard_on_the_others(void **state)
{
    (void)state;
    struct wire wire;
    wire_init(&wire);
    wire.status_mask = 1u << 1 | 1u << 4;
    wire.state = PRINTER_OFFLINE | PRINTER_PAPER_OUT;
    struct printer *p = session(&wire, PROOF_STATUS);
    assert_int_equal(ask(p) & (PRINTER_OFFLINE | PRINTER_PAPER_OUT),
                     PRINTER_OFFLINE | PRINTER_PAPER_OUT);
    assert_int_equal(wire.questions, 3);
    ask(p);
    assert_int_equal(wire.questions, 5);
    printer_destroy(p);
    wire_finish(&wire);
}

static void a_make_that_always_answers_and_is_silent_cannot_be_reached(void **state)
{
    (void)state;
    struct wire wire;
    unsigned bits;
    struct err err = {0};
    wire_init(&wire);
    wire.status_mask = 0;
    struct printer *p = session(&wire, PROOF_PROCESS_ID);
    assert_false(printer_status(p, SHORT_MS, &bits, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
    assert_string_equal(err.arg[0], "kitchen");
    printer_destroy(p);
    wire_finish(&wire);
}

static void each_proof_is_what_its_profile_promises(void **state)
{
    (void)state;
    static const struct {
        enum profile_proof proof;
        bool fence, id;
        enum proof_result result;
    } cases[] = {
        {PROOF_NONE, true, true, PROOF_CANNOT},
        {PROOF_STATUS, true, true, PROOF_CANNOT},
        {PROOF_FENCE, true, false, PROOF_PRINTED},
        {PROOF_FENCE, false, true, PROOF_MISSING},
        {PROOF_PROCESS_ID, false, true, PROOF_PRINTED},
        {PROOF_PROCESS_ID, true, false, PROOF_MISSING},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire wire;
        wire_init(&wire);
        wire.fence = cases[i].fence;
        wire.id = cases[i].id;
        struct printer *p = session(&wire, cases[i].proof);
        assert_int_equal(prove(p, (uint32_t)i), cases[i].result);
        printer_destroy(p);
        wire_finish(&wire);
    }
}

static void an_answer_that_was_there_before_the_question_proves_nothing(void **state)
{
    (void)state;
    struct wire wire;
    wire_init(&wire);
    wire.fence = false;
    struct printer *p = session(&wire, PROOF_FENCE);
    buf_byte(&wire.back, 0);
    buf_byte(&wire.back, 0);
    assert_int_equal(prove(p, 1), PROOF_MISSING);
    printer_destroy(p);
    wire_finish(&wire);
}

static void answer_late(void *ctx)
{
    struct wire *wire = ctx;
    buf_byte(&wire->back, 0); /* that of the question before */
}

/* Two questions whose answers look alike: one answer is that of the first. */
static void a_late_answer_to_an_earlier_fence_does_not_prove_a_later_one(void **state)
{
    (void)state;
    struct wire wire;
    wire_init(&wire);
    struct printer *p = session(&wire, PROOF_FENCE);
    wire.fence = false;
    assert_int_equal(prove(p, 1), PROOF_MISSING);
    wire.fence = true;
    assert_int_equal(prove(p, 2), PROOF_MISSING); /* the answer counts for the first */
    wire.ctx = &wire;
    wire.on_answer = answer_late;
    assert_int_equal(prove(p, 3), PROOF_PRINTED); /* the second's came late, and the third's */
    printer_destroy(p);
    wire_finish(&wire);
}

static void a_process_id_of_another_job_proves_nothing(void **state)
{
    (void)state;
    struct wire wire;
    wire_init(&wire);
    wire.id = false;
    struct printer *p = session(&wire, PROOF_PROCESS_ID);
    assert_int_equal(prove(p, 1), PROOF_MISSING);
    wire.before = SLICE_LITERAL("\x37\x22"
                                "AAAA\x00");
    wire.id = true;
    assert_int_equal(prove(p, 2), PROOF_PRINTED);
    printer_destroy(p);
    wire_finish(&wire);
}

static void a_printer_that_never_stops_talking_holds_nobody_up(void **state)
{
    (void)state;
    struct wire wire;
    unsigned bits;
    struct err err = {0};
    wire_init(&wire);
    wire.flood = true;
    wire.fence = false;
    wire.status_mask = 0;
    struct printer *p = session(&wire, PROOF_FENCE);
    assert_true(printer_status(p, SHORT_MS, &bits, &err));
    assert_int_equal(bits, 0);
    assert_int_equal(prove(p, 1), PROOF_MISSING);
    printer_destroy(p);
    wire_finish(&wire);
}

static void a_wire_that_is_cut_is_told_with_the_count_and_the_printers_name(void **state)
{
    (void)state;
    struct wire wire;
    struct err err = {0};
    enum proof_result result;
    size_t taken;
    unsigned bits;
    wire_init(&wire);
    wire.capacity = 5;
    wire.refuses_more = true;
    struct printer *p = session(&wire, PROOF_STATUS);
    assert_false(printer_send(p, SLICE_LITERAL("receipt"), SHORT_MS, &taken, &err));
    assert_int_equal(taken, 5);
    assert_int_equal(err.code, ERR_PRINTER_IO);
    assert_string_equal(err.arg[0], "kitchen");
    assert_string_equal(err.arg[1], "the wire was cut");
    assert_false(printer_status(p, SHORT_MS, &bits, &err));
    assert_false(printer_prove(p, 1, SHORT_MS, &result, &err));
    assert_int_equal(result, PROOF_MISSING);
    printer_destroy(p);

    wire_finish(&wire);
    wire_init(&wire);
    wire.fails_to_hear = true;
    p = session(&wire, PROOF_FENCE);
    assert_false(printer_prove(p, 1, SHORT_MS, &result, &err));
    assert_int_equal(result, PROOF_MISSING);
    printer_destroy(p);
    wire_finish(&wire);
}

static void words(unsigned state, enum lang lang, const char *expected)
{
    struct buf b;
    buf_init(&b, 0);
    printer_words(state, lang, &b);
    assert_string_equal(buf_cstr(&b), expected);
    buf_finish(&b);
}

static void a_cashier_is_told_the_cause_and_not_the_bits(void **state)
{
    (void)state;
    words(0, LANG_EN, "ready");
    words(PRINTER_DRAWER_HIGH, LANG_RO, "pregătită");
    words(PRINTER_PAPER_LOW, LANG_EN, "ready, paper low");
    words(PRINTER_OFFLINE | PRINTER_COVER_OPEN, LANG_EN, "cover open");
    words(PRINTER_OFFLINE | PRINTER_PAPER_OUT | PRINTER_PAPER_LOW, LANG_RO, "s-a terminat hârtia");
    words(PRINTER_OFFLINE | PRINTER_PAPER_OUT | PRINTER_COVER_OPEN, LANG_RU,
          "открыта крышка, нет бумаги");
    words(PRINTER_OFFLINE, LANG_EN, "offline");
    words(PRINTER_OFFLINE | PRINTER_RECOVERABLE, LANG_EN, "stopped by an error");
}

static void every_condition_has_words_in_every_language(void **state)
{
    (void)state;
    for (int lang = 0; lang < LANG_COUNT; lang++)
        for (unsigned bit = PRINTER_OFFLINE; bit < PRINTER_DRAWER_HIGH; bit <<= 1) {
            struct buf b, ready;
            buf_init(&b, 0);
            buf_init(&ready, 0);
            printer_words(bit, (enum lang)lang, &b);
            printer_words(0, (enum lang)lang, &ready);
            assert_true(b.n > 0);
            assert_false(slice_equal(buf_slice(&b), buf_slice(&ready)));
            assert_int_equal(printer_is_ready(bit), bit == PRINTER_PAPER_LOW);
            buf_finish(&b);
            buf_finish(&ready);
        }
}

static enum proof_result await(struct printer *p)
{
    enum proof_result result;
    struct err err = {0};
    assert_true(printer_await_proof(p, SHORT_MS, &result, &err));
    return result;
}

/* A session with a job under way that asked the printer to tell by itself. */
static struct printer *telling(struct wire *wire)
{
    struct buf job;
    wire_init(wire);
    wire->fence = false;
    struct printer *p = session(wire, PROOF_FENCE);
    buf_init(&job, 0);
    buf_str(&job, "\x1b@one");
    printer_begin(p, &job);
    assert_string_equal(buf_cstr(&job), "\x1b@\x1d\x61\x0eone");
    buf_finish(&job);
    return p;
}

static void an_answer_that_an_earlier_session_was_owed_proves_nothing(void **state)
{
    (void)state;
    struct wire wire;
    struct printer *p = telling(&wire);
    assert_int_equal(prove(p, 1), PROOF_MISSING);
    buf_append(&wire.back, "\0\x10\0\0\0", 5); /* the old answer; then it comes to this job */
    assert_int_equal(await(p), PROOF_MISSING);
    buf_byte(&wire.back, 0);
    assert_int_equal(await(p), PROOF_PRINTED);
    printer_destroy(p);
    wire_finish(&wire);
}

static void a_printer_that_does_not_tell_by_itself_proves_all_the_same(void **state)
{
    (void)state;
    struct wire wire;
    struct printer *p = telling(&wire);
    assert_int_equal(prove(p, 1), PROOF_MISSING);
    buf_byte(&wire.back, 0);
    assert_int_equal(await(p), PROOF_PRINTED);
    printer_destroy(p);
    wire_finish(&wire);
}

static void of_one_that_is_known_never_to_tell_no_word_is_waited_for(void **state)
{
    (void)state;
    struct wire wire;
    struct buf job;
    wire_init(&wire);
    struct printer *p = session(&wire, PROOF_FENCE);
    printer_expect_no_word(p);
    buf_init(&job, 0);
    buf_str(&job, "\x1b@one");
    printer_begin(p, &job);
    assert_int_equal(prove(p, 1), PROOF_PRINTED);
    assert_true(printer_never_tells(p));
    buf_append(&wire.back, "\x10\0\0\0", 4); /* it learned to */
    assert_int_equal(printer_told(p), 0);
    assert_false(printer_never_tells(p));
    buf_finish(&job);
    printer_destroy(p);
    wire_finish(&wire);
}

static void what_a_printer_tells_by_itself_is_known_without_a_question(void **state)
{
    (void)state;
    struct wire wire;
    struct printer *p = telling(&wire);
    size_t questions = wire.questions;
    assert_int_equal(printer_told(p), 0);
    buf_append(&wire.back, "\x18\0\x0c\0", 4); /* Epson: offline; roll paper end */
    assert_true(printer_told(p) & PRINTER_PAPER_OUT);
    buf_append(&wire.back, "\x10\0\0\0", 4);
    assert_int_equal(printer_told(p), 0);
    assert_int_equal(wire.questions, questions);
    printer_destroy(p);
    wire_finish(&wire);
}

static void a_printer_that_answered_before_and_is_silent_now_is_not_ready(void **state)
{
    (void)state;
    struct wire wire;
    unsigned now;
    struct err err = {0};
    wire_init(&wire);
    struct printer *p = session(&wire, PROOF_FENCE);
    assert_int_equal(ask(p), 0);
    wire.status_mask = 0;
    assert_false(printer_status(p, SHORT_MS, &now, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
    printer_destroy(p);
    wire_finish(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_condition_that_four_answers_tell_is_seen),
        cmocka_unit_test(an_answer_is_found_among_what_else_a_printer_says),
        cmocka_unit_test(a_printer_without_a_way_back_is_ready_and_proves_nothing),
        cmocka_unit_test(a_silent_printer_of_an_unsure_make_is_ready_and_asked_once),
        cmocka_unit_test(a_printer_that_leaves_a_question_out_is_still_heard_on_the_others),
        cmocka_unit_test(a_make_that_always_answers_and_is_silent_cannot_be_reached),
        cmocka_unit_test(each_proof_is_what_its_profile_promises),
        cmocka_unit_test(an_answer_that_was_there_before_the_question_proves_nothing),
        cmocka_unit_test(a_late_answer_to_an_earlier_fence_does_not_prove_a_later_one),
        cmocka_unit_test(a_process_id_of_another_job_proves_nothing),
        cmocka_unit_test(a_printer_that_never_stops_talking_holds_nobody_up),
        cmocka_unit_test(a_wire_that_is_cut_is_told_with_the_count_and_the_printers_name),
        cmocka_unit_test(a_cashier_is_told_the_cause_and_not_the_bits),
        cmocka_unit_test(every_condition_has_words_in_every_language),
        cmocka_unit_test(an_answer_that_an_earlier_session_was_owed_proves_nothing),
        cmocka_unit_test(a_printer_that_does_not_tell_by_itself_proves_all_the_same),
        cmocka_unit_test(of_one_that_is_known_never_to_tell_no_word_is_waited_for),
        cmocka_unit_test(what_a_printer_tells_by_itself_is_known_without_a_question),
        cmocka_unit_test(a_printer_that_answered_before_and_is_silent_now_is_not_ready),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
