/* How long a proof is waited for follows from the paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "shop/house.h"

/* So much feed in dots, by ESC J in steps of 100 dots (200 half-dots on this profile), and cuts. */
static unsigned time_of(const char *profile, unsigned hundreds_of_dots, unsigned cuts)
{
    struct buf bytes;
    const struct profile *p = profile_find(slice_str(profile));
    buf_init(&bytes, 0);
    assert_non_null(p);
    buf_append(&bytes, "\x1b@", 2);
    for (unsigned i = 0; i < hundreds_of_dots; i++)
        buf_append(&bytes, p->half_dot_units ? "\x1bJ\xc8" : "\x1bJ\x64", 3);
    for (unsigned i = 0; i < cuts; i++)
        buf_append(&bytes, "\x1dV\x01", 3);
    unsigned ms = paper_time_ms(p, buf_slice(&bytes));
    buf_finish(&bytes);
    return ms;
}

static void sixty_centimetres_at_250_mm_a_second_take_2400_ms(void **state)
{
    (void)state;
    /* TM-T20III: 203 dpi, 250 mm/s; 4800 dots are 600.6 mm */
    assert_int_equal(time_of("epson-tm-t20iii", 48, 0), 2402);
}

static void a_faster_head_takes_less(void **state)
{
    (void)state;
    /* TM-T88V: 180 dpi, 300 mm/s; 4200 dots are 592.7 mm */
    assert_int_equal(time_of("epson-tm-t88v", 42, 0), 1975);
}

static void a_printer_whose_pace_nobody_says_is_taken_for_a_slow_one(void **state)
{
    (void)state;
    /* 203 dpi, 50 mm/s; 800 dots are 100.1 mm */
    assert_int_equal(time_of("generic-80", 8, 0), 2001);
}

static void each_cut_takes_its_time(void **state)
{
    (void)state;
    assert_int_equal(time_of("epson-tm-t20iii", 48, 3) - time_of("epson-tm-t20iii", 48, 0), 1500);
}

static void nothing_takes_no_time(void **state)
{
    (void)state;
    assert_int_equal(time_of("epson-tm-t20iii", 0, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixty_centimetres_at_250_mm_a_second_take_2400_ms),
        cmocka_unit_test(a_faster_head_takes_less),
        cmocka_unit_test(a_printer_whose_pace_nobody_says_is_taken_for_a_slow_one),
        cmocka_unit_test(each_cut_takes_its_time),
        cmocka_unit_test(nothing_takes_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
