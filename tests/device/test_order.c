/* The language of orders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "device/order.h"

static struct order good(const char *line)
{
    struct order order;
    struct err err = {0};
    assert_int_equal(order_parse(slice_str(line), &order, &err), ORDER_GOOD);
    return order;
}

static void words_and_numbers_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum order_verb verb;
        int64_t n;
        enum order_when when;
        int64_t amount;
    } rows[] = {
        {"paper out", ORDER_PAPER_OUT, 0, WHEN_NOW, 0},
        {"  cover\t open  # a remark", ORDER_COVER_OPEN, 0, WHEN_NOW, 0},
        {"nak", ORDER_NAK, 0, WHEN_NOW, 0},
        {"nak 60", ORDER_NAK, 60000000, WHEN_NOW, 0},
        {"nak 1500ms", ORDER_NAK, 1500000, WHEN_NOW, 0},
        {"nak off", ORDER_NAK_OFF, 0, WHEN_NOW, 0},
        {"at 1200ms paper out", ORDER_PAPER_OUT, 0, WHEN_TIME, 1200000},
        {"at 3 unplug\r", ORDER_UNPLUG, 0, WHEN_TIME, 3000000},
        {"at 10us plug 7", ORDER_PLUG, 7, WHEN_TIME, 10},
        {"after 4096 bytes stall", ORDER_STALL_OUT, 0, WHEN_BYTES, 4096},
        {"after 2 cuts cutter jam", ORDER_CUTTER_JAM, 0, WHEN_CUTS, 2},
        {"after 50 mm power cycle", ORDER_POWER_CYCLE, 1000000, WHEN_MM, 50},
        {"power cycle 250ms", ORDER_POWER_CYCLE, 250000, WHEN_NOW, 0},
        {"stall in", ORDER_STALL_IN, 0, WHEN_NOW, 0},
        {"short 100", ORDER_SHORT, 100, WHEN_NOW, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct order o = good(rows[i].line);
        assert_int_equal(o.verb, rows[i].verb);
        assert_int_equal(o.n, rows[i].n);
        assert_int_equal(o.when, rows[i].when);
        assert_int_equal(o.amount, rows[i].amount);
    }
}

static void noise_is_written_in_hex(void **state)
{
    (void)state;
    struct order o = good("at 1s back noise 00fF10");
    assert_int_equal(o.n_noise, 3);
    assert_memory_equal(o.noise, "\x00\xff\x10", 3);
}

static void what_is_not_understood_is_said(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "paper",
        "paper gone",
        "paper out now",
        "nak 60 70",
        "nak -1",
        "nak 1h",
        "at paper out",
        "at 1s",
        "after 5 out",
        "after x bytes stall",
        "short",
        "short x",
        "plug 0",
        "plug 256",
        "plug x",
        "back noise",
        "back noise 0",
        "back noise zz",
        "stall both",
        "at 1s at 2s heat",
        "at 9999999999 heat",
        "frobnicate",
        "OK",
        "after 1 bytes",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct order order;
        struct err err = {0};
        assert_int_equal(order_parse(slice_str(lines[i]), &order, &err), ORDER_BAD);
        assert_int_equal(err.code, ERR_DEVICE_ORDER);
        assert_string_equal(err.arg[0], lines[i]);
    }
}

static void blank_lines_and_remarks_are_nothing(void **state)
{
    (void)state;
    static const char *const lines[] = {"", "   ", "# paper out", "\t# x", "\r"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct order order;
        struct err err = {0};
        assert_int_equal(order_parse(slice_str(lines[i]), &order, &err), ORDER_EMPTY);
    }
}

static void every_verb_has_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ORDER_VERBS; i++) {
        const char *name = order_name((enum order_verb)i);
        assert_non_null(name);
        assert_true(name[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_numbers_are_read),
        cmocka_unit_test(noise_is_written_in_hex),
        cmocka_unit_test(what_is_not_understood_is_said),
        cmocka_unit_test(blank_lines_and_remarks_are_nothing),
        cmocka_unit_test(every_verb_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
