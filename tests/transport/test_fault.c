#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "transport/fault.h"

#include <stdio.h>

enum { BYTES = 20000, URI_BYTES = 256 };

/* The wire behind: keeps what it was sent, and brings numbered bytes for ever, in turns of any
 * size. */
struct behind {
    struct transport transport;
    struct buf sent;
    size_t heard, most; /* bytes brought so far, and at most */
    size_t turn;
    unsigned opened, closed;
};

static bool behind_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
                        struct err *err)
{
    struct behind *b = (struct behind *)t;
    (void)timeout_ms;
    (void)err;
    assert_true(bytes.n > 0);
    buf_slice_append(&b->sent, bytes);
    *taken = bytes.n;
    return true;
}

static uint8_t byte_of(size_t i)
{
    return (uint8_t)(i * 31 + i / 256);
}

static bool behind_receive(struct transport *t, unsigned timeout_ms, struct buf *out,
                           struct err *err)
{
    struct behind *b = (struct behind *)t;
    (void)timeout_ms;
    (void)err;
    for (size_t i = 0; i < b->turn && b->heard < b->most; i++)
        buf_byte(out, byte_of(b->heard++));
    return true;
}

static void behind_close(struct transport *t)
{
    ((struct behind *)t)->closed++;
}

static bool behind_check(const char *rest)
{
    return strcmp(rest, "here") == 0;
}

static bool behind_open(void *ctx, const char *rest, struct transport **t, struct err *err)
{
    static const struct transport_ops ops = {
        .send = behind_send, .receive = behind_receive, .close = behind_close};
    struct behind *b = ctx;
    (void)rest;
    (void)err;
    b->transport.ops = &ops;
    b->opened++;
    b->heard = 0;
    *t = &b->transport;
    return true;
}

/* A bed: the wire behind, and the schemes that reach it. */
struct bed {
    struct behind behind;
    struct transport_scheme schemes[2];
    struct transport_table table;
    unsigned sessions;
};

static void bed_init(struct bed *bed)
{
    *bed = (struct bed){.behind = {.turn = 7, .most = SIZE_MAX}};
    buf_init(&bed->behind.sent, 0);
    bed->schemes[0] = transport_fault;
    bed->schemes[0].ctx = &bed->table;
    bed->schemes[1] = (struct transport_scheme){
        .scheme = "test", .ctx = &bed->behind, .check = behind_check, .open = behind_open};
    bed->table = (struct transport_table){bed->schemes, 2, NULL};
}

static void bed_finish(struct bed *bed)
{
    buf_finish(&bed->behind.sent);
}

static struct transport *bed_open(struct bed *bed, const char *plan)
{
    char uri[URI_BYTES];
    struct transport *t = NULL;
    struct err err = {0};
    snprintf(uri, sizeof uri, "fault:%s+test:here", plan);
    assert_true(transport_check(bed->schemes, 2, uri, &err));
    assert_true(transport_open(bed->schemes, 2, uri, &t, &err));
    return t;
}

/* Sends all of it in pieces, going on after each fault, and writes down where each call stopped
 * short and why; ends when the wire is dead. */
static void send_all(struct transport *t, size_t piece, struct buf *story)
{
    uint8_t bytes[BYTES];
    size_t sent = 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = byte_of(i);
    while (sent < sizeof bytes) {
        struct err err = {0};
        size_t n = sizeof bytes - sent < piece ? sizeof bytes - sent : piece, taken = 99;
        bool ok = t->ops->send(t, slice_of(bytes + sent, n), 0, &taken, &err);
        sent += taken;
        assert_int_equal(ok, taken == n);
        if (ok)
            continue;
        buf_printf(story, "%zu %s %s\n", sent, err_name(err.code), err.arg[1]);
        if (err.code == ERR_PRINTER_UNPLUGGED || strstr(err.arg[1], "Input/output"))
            break;
    }
}

static void tell_sending(const char *plan, size_t piece, struct buf *story)
{
    struct bed bed;
    bed_init(&bed);
    struct transport *t = bed_open(&bed, plan);
    send_all(t, piece, story);
    for (size_t i = 0; i < bed.behind.sent.n; i++) /* nothing lost, doubled or changed */
        assert_int_equal(bed.behind.sent.p[i], byte_of(i));
    buf_printf(story, "%zu bytes there\n", bed.behind.sent.n);
    transport_close(t);
    assert_int_equal(bed.behind.closed, 1);
    bed_finish(&bed);
}

static void tell_hearing(const char *plan, size_t turn, struct buf *heard)
{
    struct bed bed;
    struct err err = {0};
    bed_init(&bed);
    bed.behind.turn = turn;
    bed.behind.most = BYTES;
    struct transport *t = bed_open(&bed, plan);
    while (bed.behind.heard < BYTES)
        assert_true(t->ops->receive(t, 0, heard, &err));
    transport_close(t);
    bed_finish(&bed);
}

static void the_same_seed_gives_the_same_faults_however_the_bytes_are_cut(void **state)
{
    (void)state;
    static const char plan[] = "7,rate=3,kinds=short/timeout/lost/garbled/doubled";
    struct buf story[2], heard[2];
    for (int i = 0; i < 2; i++) {
        buf_init(&story[i], 0);
        buf_init(&heard[i], 0);
        tell_sending(plan, i ? 333 : BYTES, &story[i]);
        tell_hearing(plan, i ? 1 : 4096, &heard[i]);
    }
    assert_true(story[0].n > 1000);
    assert_int_not_equal(heard[0].n, BYTES);
    assert_true(slice_equal(buf_slice(&story[0]), buf_slice(&story[1])));
    assert_true(slice_equal(buf_slice(&heard[0]), buf_slice(&heard[1])));
    for (int i = 0; i < 2; i++) {
        buf_finish(&story[i]);
        buf_finish(&heard[i]);
    }
}

static void another_seed_gives_others(void **state)
{
    (void)state;
    struct buf story[2];
    for (int i = 0; i < 2; i++) {
        buf_init(&story[i], 0);
        tell_sending(i ? "8,kinds=short" : "7,kinds=short", BYTES, &story[i]);
    }
    assert_false(slice_equal(buf_slice(&story[0]), buf_slice(&story[1])));
    buf_finish(&story[0]);
    buf_finish(&story[1]);
}

/* 20,000 bytes at 10 of a thousand: 200, and 60 more or less is past four standard deviations. */
static void faults_come_as_often_as_the_rate_says(void **state)
{
    (void)state;
    struct buf story;
    size_t n = 0;
    buf_init(&story, 0);
    tell_sending("1,rate=10,kinds=short", BYTES, &story);
    for (size_t i = 0; i < story.n; i++)
        n += story.p[i] == '\n';
    assert_in_range(n, 140, 260);
    buf_reset(&story);
    tell_sending("1,rate=0", BYTES, &story);
    assert_true(slice_is(buf_slice(&story), "20000 bytes there\n"));
    buf_finish(&story);
}

static void a_fault_at_a_byte_happens_there_and_once(void **state)
{
    (void)state;
    static const struct {
        const char *plan, *story;
    } cases[] = {
        {"1,kinds=short@100", "100 printer_io injected: a part was taken\n20000 bytes there\n"},
        {"1,kinds=eio@1234", "1234 printer_io injected: Input/output error\n1234 bytes there\n"},
        {"1,kinds=eio@0", "0 printer_io injected: Input/output error\n0 bytes there\n"},
        {"1,kinds=close@5000", "5000 printer_unplugged \n5000 bytes there\n"},
        {"1,kinds=short@3/short@9/eio@12", "9 printer_io injected: a part was taken\n"
                                           "12 printer_io injected: Input/output error\n"
                                           "12 bytes there\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf story;
        buf_init(&story, 0);
        tell_sending(cases[i].plan, 777, &story);
        assert_string_equal(buf_cstr(&story), cases[i].story);
        buf_finish(&story);
    }
}

static void a_dead_wire_stays_dead_and_a_closed_one_is_closed_once(void **state)
{
    (void)state;
    static const char *const plans[] = {"1,kinds=eio@2", "1,kinds=close@2"};
    static const enum err_code codes[] = {ERR_PRINTER_IO, ERR_PRINTER_UNPLUGGED};
    for (int i = 0; i < 2; i++) {
        struct bed bed;
        struct err err = {0};
        struct buf in;
        size_t taken;
        bed_init(&bed);
        buf_init(&in, 0);
        struct transport *t = bed_open(&bed, plans[i]);
        for (int turn = 0; turn < 3; turn++) {
            assert_false(t->ops->send(t, slice_str("receipt"), 0, &taken, &err));
            assert_int_equal(taken, turn ? 0 : 2);
            assert_int_equal(err.code, codes[i]);
            err.code = ERR_NONE;
            assert_false(t->ops->receive(t, 0, &in, &err));
            assert_int_equal(err.code, codes[i]);
        }
        assert_null(t->ops->flush); /* as the wire behind has none */
        transport_close(t);
        assert_int_equal(bed.behind.closed, 1);
        buf_finish(&in);
        bed_finish(&bed);
    }
}

static void what_comes_back_is_lost_changed_or_doubled_where_it_was_said(void **state)
{
    (void)state;
    struct buf heard;
    buf_init(&heard, 0);
    tell_hearing("3,kinds=garbled@5", 64, &heard);
    assert_int_equal(heard.n, BYTES);
    for (size_t i = 0; i < BYTES; i++)
        assert_int_equal(heard.p[i] == byte_of(i), i != 5);
    buf_reset(&heard);
    tell_hearing("3,kinds=lost@0", 64, &heard);
    assert_in_range(heard.n, BYTES - 8, BYTES - 1);
    for (size_t i = 0; i < heard.n; i++)
        assert_int_equal(heard.p[i], byte_of(BYTES - heard.n + i));
    buf_reset(&heard);
    tell_hearing("3,kinds=doubled@20", 1, &heard);
    size_t more = heard.n - BYTES;
    assert_in_range(more, 1, 8);
    for (size_t i = 0; i <= 20; i++)
        assert_int_equal(heard.p[i], byte_of(i));
    for (size_t i = 0; i < more; i++)
        assert_int_equal(heard.p[21 + i], byte_of(21 - more + i));
    for (size_t i = 21; i < BYTES; i++)
        assert_int_equal(heard.p[i + more], byte_of(i));
    buf_finish(&heard);
}

/* A printer whose every session broke at the same byte would never print. */
static void the_next_session_of_a_program_meets_others(void **state)
{
    (void)state;
    struct bed bed;
    struct buf story[2];
    bed_init(&bed);
    bed.table.sessions = &bed.sessions;
    for (int i = 0; i < 2; i++) {
        buf_init(&story[i], 0);
        struct transport *t = bed_open(&bed, "7,kinds=short/eio@100");
        send_all(t, BYTES, &story[i]);
        transport_close(t);
    }
    assert_non_null(strstr(buf_cstr(&story[0]), "100 printer_io injected: Input/output error"));
    assert_null(strstr(buf_cstr(&story[1]), "Input/output error"));
    assert_int_equal(bed.sessions, 2);
    for (int i = 0; i < 2; i++)
        buf_finish(&story[i]);
    bed_finish(&bed);
}

static void what_is_wrong_in_the_address_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *uri;
        enum err_code code;
        const char *wrong;
    } bad[] = {
        {"fault:", ERR_PRINTER_URI, NULL},
        {"fault:7", ERR_PRINTER_URI, NULL},
        {"fault:x+test:here", ERR_PRINTER_OPTION, "x"},
        {"fault:+test:here", ERR_PRINTER_OPTION, ""},
        {"fault:7,rate=1001+test:here", ERR_PRINTER_OPTION, "rate=1001"},
        {"fault:7,rate=+test:here", ERR_PRINTER_OPTION, "rate="},
        {"fault:7,kinds=jam+test:here", ERR_PRINTER_OPTION, "jam"},
        {"fault:7,kinds=short@x+test:here", ERR_PRINTER_OPTION, "short@x"},
        {"fault:7,kinds=short/+test:here", ERR_PRINTER_OPTION, ""},
        {"fault:7,speed=9+test:here", ERR_PRINTER_OPTION, "speed=9"},
        {"fault:7+test:there", ERR_PRINTER_URI, NULL},
        {"fault:7+pigeon:here", ERR_PRINTER_URI, NULL},
        {"fault:7+fault:x+test:here", ERR_PRINTER_OPTION, "x"},
    };
    struct bed bed;
    bed_init(&bed);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = {0};
        struct transport *t = NULL;
        assert_false(transport_check(bed.schemes, 2, bad[i].uri, &err));
        assert_int_equal(err.code, bad[i].code);
        if (bad[i].wrong)
            assert_string_equal(err.arg[1], bad[i].wrong);
        assert_false(transport_open(bed.schemes, 2, bad[i].uri, &t, &err));
        assert_null(t);
    }
    assert_int_equal(bed.behind.opened, 0);
    bed_finish(&bed);
}

static void without_a_table_it_stands_before_the_wires_of_this_room(void **state)
{
    (void)state;
    struct err err = {0};
    struct transport *t = NULL;
    size_t taken;
    const char *uri = "fault:1,kinds=short@3+fault:2,kinds=short@5+file:/dev/null";
    assert_true(transport_open(&transport_fault, 1, uri, &t, &err));
    assert_null(t->ops->receive);
    assert_false(t->ops->send(t, slice_str("receipt"), 0, &taken, &err));
    assert_int_equal(taken, 3);
    assert_false(t->ops->send(t, slice_str("eipt"), 0, &taken, &err));
    assert_int_equal(taken, 2);
    assert_true(t->ops->send(t, slice_str("pt"), 0, &taken, &err));
    transport_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_faults_however_the_bytes_are_cut),
        cmocka_unit_test(another_seed_gives_others),
        cmocka_unit_test(faults_come_as_often_as_the_rate_says),
        cmocka_unit_test(a_fault_at_a_byte_happens_there_and_once),
        cmocka_unit_test(a_dead_wire_stays_dead_and_a_closed_one_is_closed_once),
        cmocka_unit_test(what_comes_back_is_lost_changed_or_doubled_where_it_was_said),
        cmocka_unit_test(the_next_session_of_a_program_meets_others),
        cmocka_unit_test(what_is_wrong_in_the_address_is_named),
        cmocka_unit_test(without_a_table_it_stands_before_the_wires_of_this_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
