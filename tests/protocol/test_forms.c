/* What a page of two shapes draws for each form of each Arabic letter, against ICU's ibm-864, which
 * is IBM's own table with its fallbacks. */
#include "protocol/codepage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <unicode/ucnv.h>

enum { FIRST_FORM = 0xFE80, LAST_FORM = 0xFEFC, NONE = 0 };

/* Where IBM's table writes another letter than was meant, and we draw dots. */
static const struct {
    uint32_t form;
    uint8_t theirs;
} not_taken[] = {
    {0xFE87, 0xC7}, {0xFE88, 0xA8}, /* alef with hamza below as a bare alef */
    {0xFE89, 0xC6}, {0xFE8A, 0xC6}, /* yeh with hamza that ends a word as the one that begins it */
    {0xFEF9, 0x9D}, {0xFEFA, 0x9E}, /* lam and alef with hamza below as lam and alef */
};
enum { NOT_TAKEN = sizeof not_taken / sizeof *not_taken };

static uint8_t byte_by_ibm(UConverter *ibm, uint32_t form)
{
    UErrorCode status = U_ZERO_ERROR;
    const UChar text[] = {(UChar)form};
    char out[8] = {0};
    assert_int_equal(ucnv_fromUChars(ibm, out, sizeof out, text, 1, &status), 1);
    assert_true(U_SUCCESS(status));
    return (uint8_t)out[0] < 0x80 ? NONE : (uint8_t)out[0];
}

static uint8_t byte_by_us(uint32_t form)
{
    uint8_t byte;
    if (code_page_byte(CODE_PAGE_PC864, form, &byte))
        return byte;
    const uint32_t drawn = code_page_drawn_form(form);
    return drawn && code_page_byte(CODE_PAGE_PC864, drawn, &byte) ? byte : NONE;
}

static uint8_t expected_byte(UConverter *ibm, uint32_t form, unsigned *exceptions)
{
    const uint8_t theirs = byte_by_ibm(ibm, form);
    for (unsigned i = 0; i < NOT_TAKEN; i++) {
        if (not_taken[i].form == form) {
            assert_int_equal(theirs, not_taken[i].theirs);
            ++*exceptions;
            return NONE;
        }
    }
    assert_int_not_equal(theirs, NONE);
    return theirs;
}

static void every_form_of_every_letter_is_the_byte_of_ibm(void **state)
{
    (void)state;
    unsigned exceptions = 0;
    UErrorCode status = U_ZERO_ERROR;
    UConverter *ibm = ucnv_open("ibm-864_X110-1999", &status);
    assert_true(U_SUCCESS(status));
    ucnv_setFallback(ibm, true);
    for (uint32_t form = FIRST_FORM; form <= LAST_FORM; form++) {
        const uint8_t expected = expected_byte(ibm, form, &exceptions);
        if (byte_by_us(form) != expected)
            fail_msg("U+%04X: %02X, IBM %02X", (unsigned)form, byte_by_us(form), expected);
    }
    assert_int_equal(exceptions, NOT_TAKEN);
    ucnv_close(ibm);
}

static void a_form_that_is_drawn_for_another_is_drawn_for_itself(void **state)
{
    (void)state;
    for (uint32_t form = FIRST_FORM - 1; form <= LAST_FORM + 1; form++) {
        const uint32_t drawn = code_page_drawn_form(form);
        uint8_t byte;
        if (!drawn)
            continue;
        assert_true(code_page_byte(CODE_PAGE_PC864, drawn, &byte));
        assert_int_equal(code_page_drawn_form(drawn), drawn);
    }
    assert_int_equal(code_page_drawn_form('a'), 0);
    assert_int_equal(code_page_drawn_form(0x0628), 0);
}

/* Beh has two shapes: what stands for isolated and final joins what is before it, what stands for
 * initial and medial joins both sides. Ain has its four. */
static void a_shared_shape_joins_as_much_as_any_that_it_stands_for(void **state)
{
    (void)state;
    assert_int_equal(code_page_widest_form(0xFE8F), 0xFE90);
    assert_int_equal(code_page_widest_form(0xFE91), 0xFE92);
    assert_int_equal(code_page_widest_form(0xFEC1), 0xFEC4);
    assert_int_equal(code_page_widest_form(0xFEA9), 0xFEAA);
    assert_int_equal(code_page_widest_form(0xFEEB), 0xFEEB); /* heh has a medial form of its own */
    for (uint32_t form = 0xFEC9; form <= 0xFECC; form++)
        assert_int_equal(code_page_widest_form(form), form);
    assert_int_equal(code_page_widest_form('a'), 'a');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_every_letter_is_the_byte_of_ibm),
        cmocka_unit_test(a_form_that_is_drawn_for_another_is_drawn_for_itself),
        cmocka_unit_test(a_shared_shape_joins_as_much_as_any_that_it_stands_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
