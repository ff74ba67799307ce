#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "protocol/status.h"

static void dle_eot_bytes_are_those_of_the_manuals(void **state)
{
    (void)state;
    static const struct {
        unsigned n, state;
        uint8_t byte;
    } typical[] = {
        {1, 0, 0x12},
        {2, 0, 0x12},
        {3, 0, 0x12},
        {4, 0, 0x12},
        {1, PRINTER_OFFLINE, 0x1A},
        {1, PRINTER_DRAWER_HIGH, 0x16},
        {2, PRINTER_COVER_OPEN, 0x16},
        {2, PRINTER_PAPER_OUT, 0x32},
        {4, PRINTER_PAPER_OUT, 0x72},
        {4, PRINTER_PAPER_LOW, 0x1E},
        {4, PRINTER_PAPER_OUT | PRINTER_PAPER_LOW, 0x7E},
        {3, PRINTER_CUTTER_ERROR, 0x1A},
        {3, PRINTER_UNRECOVERABLE, 0x32},
        {3, PRINTER_OVERHEATED, 0x52},
    };
    for (size_t i = 0; i < sizeof typical / sizeof *typical; i++) {
        assert_int_equal(status_dle_eot(typical[i].n, typical[i].state), typical[i].byte);
        assert_int_equal(status_of_dle_eot(typical[i].n, typical[i].byte), typical[i].state);
    }
}

static void an_error_shows_in_dle_eot_2_without_its_name(void **state)
{
    (void)state;
    assert_int_equal(status_dle_eot(2, PRINTER_CUTTER_ERROR), 0x52);
    assert_int_equal(status_of_dle_eot(2, 0x52), 0);
}

static void every_condition_survives_the_way_there_and_back(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < PRINTER_DRAWER_HIGH * 2; bits++) {
        unsigned seen = 0;
        for (unsigned n = 1; n <= 4; n++) {
            uint8_t byte = status_dle_eot(n, bits);
            struct reply reply = reply_next(slice_of(&byte, 1));
            assert_int_equal(reply.kind, REPLY_DLE_EOT);
            assert_int_equal(reply.length, 1);
            seen |= status_of_dle_eot(n, byte);
        }
        assert_int_equal(seen, bits);
        uint8_t asb[4];
        status_asb(bits, asb);
        struct reply reply = reply_next(slice_of(asb, sizeof asb));
        assert_int_equal(reply.kind, REPLY_ASB);
        assert_int_equal(reply.length, 4);
        assert_int_equal(reply.state, bits);
    }
}

static void idle_asb_is_10_00_00_00_and_epsons_own_example_is_read(void **state)
{
    (void)state;
    uint8_t asb[4];
    status_asb(0, asb);
    assert_memory_equal(asb, "\x10\x00\x00\x00", 4);
    struct reply reply = reply_next(SLICE_LITERAL("\x14\x00\x00\x0F"));
    assert_int_equal(reply.kind, REPLY_ASB);
    assert_int_equal(reply.state, PRINTER_DRAWER_HIGH);
}

static void flow_control_inside_asb_is_passed_over(void **state)
{
    (void)state;
    struct reply reply = reply_next(SLICE_LITERAL("\x18\x13\x00\x11\x0C\x00\x12"));
    assert_int_equal(reply.kind, REPLY_ASB);
    assert_int_equal(reply.length, 6);
    assert_int_equal(reply.state, PRINTER_OFFLINE | PRINTER_PAPER_OUT);
}

static void replies_are_told_apart_by_their_first_byte(void **state)
{
    (void)state;
    /* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): rows are read by eye */
    static const struct {
        struct slice bytes;
        enum reply_kind kind;
        size_t length;
        uint8_t id;
        struct slice data;
    } replies[] = {
        {SLICE("\x12"), REPLY_DLE_EOT, 1, 0, SLICE("")},
        {SLICE("\x00"), REPLY_ONE, 1, 0, SLICE("")},
        {SLICE("\x03"), REPLY_ONE, 1, 0, SLICE("")},
        {SLICE("\x20"), REPLY_ONE, 1, 0, SLICE("")},
        {SLICE("\x11"), REPLY_FLOW, 1, 0, SLICE("")},
        {SLICE("\x13"), REPLY_FLOW, 1, 0, SLICE("")},
        {SLICE("\x37\x22"
               "0042\x00\x12"),
         REPLY_BLOCK, 7, 0x22, SLICE("0042")},
        {SLICE("\x37\x25\x00"), REPLY_BLOCK, 3, 0x25, SLICE("")},
        {SLICE("\x37\x36"
               "210\x1F"
               "210\x1F"
               "1\x1F"
               "0\x00"),
         REPLY_BLOCK, 14, 0x36,
         SLICE("210\x1F"
               "210\x1F"
               "1\x1F"
               "0")},
        {SLICE("\x5F"
               "EPSON\x00"),
         REPLY_INFO, 7, 0, SLICE("EPSON")},
        {SLICE("\x3D\x21\x02\x40\x00"), REPLY_INFO, 5, 0x21, SLICE("\x02\x40")},
        {SLICE("\x3B\x31\x00"), REPLY_POWER, 3, 0x31, SLICE("")},
        {SLICE("\x3B\x31\x31"), REPLY_NOISE, 1, 0, SLICE("")},
        {SLICE("\xFF"), REPLY_NOISE, 1, 0, SLICE("")},
        {SLICE("\x92"), REPLY_NOISE, 1, 0, SLICE("")},
        {SLICE("\x10\x90\x00\x00"), REPLY_NOISE, 1, 0, SLICE("")},
    };
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        struct reply reply = reply_next(replies[i].bytes);
        assert_int_equal(reply.kind, replies[i].kind);
        assert_int_equal(reply.length, replies[i].length);
        assert_int_equal(reply.id, replies[i].id);
        assert_true(slice_equal(reply.data, replies[i].data));
    }
}

static void a_reply_cut_short_waits_for_the_rest(void **state)
{
    (void)state;
    static const struct slice replies[] = {
        SLICE("\x37\x22"
              "0042\x00"),
        SLICE("\x10\x00\x00\x00"),
        SLICE("\x5F"
              "TM-T20III\x00"),
        SLICE("\x3B\x31\x00"),
        SLICE("\x10\x13\x00\x00\x00"),
    };
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        for (size_t n = 1; n < replies[i].n; n++)
            assert_int_equal(reply_next(slice_sub(replies[i], 0, n)).kind, REPLY_PARTIAL);
        assert_int_equal(reply_next(replies[i]).length, replies[i].n);
    }
}

static void a_reply_without_end_is_noise_after_256_bytes(void **state)
{
    (void)state;
    static const uint8_t heads[] = {0x37, 0x3D, 0x5F, 0x10};
    for (size_t i = 0; i < sizeof heads; i++) {
        uint8_t bytes[300];
        memset(bytes, heads[i] == 0x10 ? 0x11 : 'x', sizeof bytes);
        bytes[0] = heads[i];
        assert_int_equal(reply_next(slice_of(bytes, 255)).kind, REPLY_PARTIAL);
        struct reply reply = reply_next(slice_of(bytes, sizeof bytes));
        assert_int_equal(reply.kind, REPLY_NOISE);
        assert_int_equal(reply.length, 1);
    }
}

static void whatever_comes_the_reader_goes_on(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (unsigned round = 0; round < 2000; round++) {
        uint8_t bytes[600];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = (uint8_t)(seed >> 24);
        }
        struct slice rest = slice_of(bytes, sizeof bytes);
        while (rest.n) {
            struct reply reply = reply_next(rest);
            if (reply.kind == REPLY_PARTIAL) {
                assert_true(rest.n < 256);
                break;
            }
            assert_in_range(reply.length, 1, rest.n);
            rest = slice_sub(rest, reply.length, rest.n);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dle_eot_bytes_are_those_of_the_manuals),
        cmocka_unit_test(an_error_shows_in_dle_eot_2_without_its_name),
        cmocka_unit_test(every_condition_survives_the_way_there_and_back),
        cmocka_unit_test(idle_asb_is_10_00_00_00_and_epsons_own_example_is_read),
        cmocka_unit_test(flow_control_inside_asb_is_passed_over),
        cmocka_unit_test(replies_are_told_apart_by_their_first_byte),
        cmocka_unit_test(a_reply_cut_short_waits_for_the_rest),
        cmocka_unit_test(a_reply_without_end_is_noise_after_256_bytes),
        cmocka_unit_test(whatever_comes_the_reader_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
