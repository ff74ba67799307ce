#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "printer/printer.h"
#include "support/wire.h"

enum { SHORT_MS = 5 };

static const struct profile profile = {.name = "p", .proof = PROOF_FENCE};

/* GS I 67, and what comes back: written from Epson's guide. */
static const struct printer_question model = {SLICE("\x1dI\x43"), REPLY_INFO, 0, false};
static const struct printer_question capacity = {SLICE("\x1d(L\x02\x00\x30\x30"), REPLY_BLOCK, 0x30,
                                                 false};
static const struct printer_question online = {SLICE("\x10\x04\x01"), REPLY_DLE_EOT, 0, false};
static const struct printer_question id_byte = {SLICE("\x1dI\x01"), REPLY_ONE, 0, false};

struct talk {
    struct wire wire;
    struct slice says; /* to every request that the wire does not know */
    struct printer *printer;
};

static void speak(void *ctx, struct slice bytes)
{
    struct talk *talk = ctx;
    (void)bytes;
    buf_slice_append(&talk->wire.back, talk->says);
}

static void talk_init(struct talk *talk, struct slice says)
{
    struct err err = {0};
    wire_init(&talk->wire);
    talk->says = says;
    talk->wire.ctx = talk;
    talk->wire.on_bytes = speak;
    assert_true(
        printer_create(&talk->printer, "kitchen", &profile, wire_transport(&talk->wire), &err));
}

static void talk_finish(struct talk *talk)
{
    printer_destroy(talk->printer);
    wire_finish(&talk->wire);
}

static struct printer_answer put(struct talk *talk, const struct printer_question *question)
{
    struct printer_answer answer;
    struct err err = {0};
    assert_true(printer_ask(talk->printer, question, SHORT_MS, &answer, &err));
    return answer;
}

static void an_answer_is_found_among_noise_status_and_flow_control(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk, (struct slice)SLICE("\xff\x13\x11\x14\x00\x00\x0f\x12\x37\x31"
                                         "5\x00\x5fTM-T88V\x00"));
    struct printer_answer answer = put(&talk, &model);
    assert_true(answer.came);
    assert_int_equal(answer.noise, 1);
    assert_true(slice_is(slice_of(answer.data, answer.n), "TM-T88V"));
    talk_finish(&talk);
}

static void a_block_of_another_id_is_no_answer(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk, (struct slice)SLICE("\x37\x31"
                                         "99\x00"));
    assert_false(put(&talk, &capacity).came);
    talk.says = (struct slice)SLICE("\x37\x31"
                                    "99\x00\x37\x30"
                                    "1024\x00");
    struct printer_answer answer = put(&talk, &capacity);
    assert_true(answer.came && slice_is(slice_of(answer.data, answer.n), "1024"));
    talk_finish(&talk);
}

static void the_fence_behind_a_question_says_that_no_answer_will_come(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk, (struct slice){0});
    assert_false(put(&talk, &model).came);
    assert_int_equal(talk.wire.questions, 1);
    assert_false(put(&talk, &capacity).came);
    assert_int_equal(talk.wire.questions, 2);
    talk_finish(&talk);
}

static void a_printer_without_fence_is_asked_for_none_again(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk, (struct slice)SLICE("\x5f"
                                         "A\x00"));
    talk.wire.fence = false;
    assert_true(put(&talk, &model).came);
    assert_int_equal(talk.wire.questions, 1);
    assert_true(put(&talk, &model).came);
    assert_int_equal(talk.wire.questions, 1);
    talk_finish(&talk);
}

static void a_single_byte_is_the_answer_to_its_own_question(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk, (struct slice)SLICE("\x5f"
                                         "A\x00"));
    put(&talk, &model);
    talk.says = (struct slice)SLICE("\x20");
    assert_int_equal(put(&talk, &id_byte).first, 0x20);
    talk.says = (struct slice){0};
    assert_false(put(&talk, &id_byte).came);
    assert_int_equal(put(&talk, &online).first, 0x12);
    talk_finish(&talk);
}

static void nothing_is_sent_where_no_answer_can_come_back(void **state)
{
    (void)state;
    struct talk talk;
    wire_init(&talk.wire);
    talk.wire.one_way = true;
    struct err err = {0};
    assert_true(printer_create(&talk.printer, "k", &profile, wire_transport(&talk.wire), &err));
    assert_false(put(&talk, &model).came);
    assert_int_equal(talk.wire.job.n, 0);
    talk_finish(&talk);
}

static void a_wire_that_fails_says_so(void **state)
{
    (void)state;
    struct talk talk;
    struct printer_answer answer;
    struct err err = {0};
    talk_init(&talk, (struct slice){0});
    talk.wire.fails_to_hear = true;
    assert_false(printer_ask(talk.printer, &model, SHORT_MS, &answer, &err));
    assert_int_equal(err.code, ERR_PRINTER_IO);
    assert_string_equal(err.arg[0], "kitchen");
    talk_finish(&talk);
}

static void a_back_channel_that_never_stops_does_not_hold_us(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk, (struct slice){0});
    talk.wire.flood = true;
    talk.wire.fence = false;
    assert_false(put(&talk, &model).came);
    talk_finish(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_found_among_noise_status_and_flow_control),
        cmocka_unit_test(a_block_of_another_id_is_no_answer),
        cmocka_unit_test(the_fence_behind_a_question_says_that_no_answer_will_come),
        cmocka_unit_test(a_printer_without_fence_is_asked_for_none_again),
        cmocka_unit_test(a_single_byte_is_the_answer_to_its_own_question),
        cmocka_unit_test(nothing_is_sent_where_no_answer_can_come_back),
        cmocka_unit_test(a_wire_that_fails_says_so),
        cmocka_unit_test(a_back_channel_that_never_stops_does_not_hold_us),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
