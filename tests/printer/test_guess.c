#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "printer/guess.h"

static struct printer_guess guess_of(struct printer_clues clues)
{
    struct printer_guess guess;
    printer_guess(&clues, &guess);
    assert_non_null(guess.profile);
    return guess;
}

static void every_row_names_a_profile_and_its_source(void **state)
{
    (void)state;
    const struct printer_model *row, *before = NULL;
    for (size_t i = 0; (row = printer_model_row(i)); i++) {
        assert_non_null(profile_find(slice_str(row->profile)));
        assert_true(strlen(row->seen) > 0);
        assert_true((row->word != NULL) != (row->vid != 0));
        if (before && before->word && row->word)
            assert_true(strcmp(before->word, row->word) < 0);
        if (before && !before->word)
            assert_true(!row->word && (before->vid < row->vid ||
                                       (before->vid == row->vid && before->pid < row->pid)));
        before = row;
    }
}

static void a_model_is_known_by_the_word_in_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *name, *profile;
        bool exact;
    } cases[] = {
        {"TM-T20III", "epson-tm-t20iii", true},
        {"EPSON TM-T20III Receipt", "epson-tm-t20iii", true},
        {"tm-t20iii", "epson-tm-t20iii", true},
        {"TM-T20IIIL", "epson-tm-t20iii", false},
        {"TM-T20II", "epson-tm-t20iii", false},
        {"TM-T88V", "epson-tm-t88v", true},
        {"TM-T88VI", "epson-tm-t88v", false},
        {"TM-T88IV", "epson-tm-t88v", false},
        {"POS58 USB Printer", "pos-5890", false},
        {"XP-80", "xprinter-xp-80", true},
        {"XP-80C", "xprinter-xp-80", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct printer_guess guess =
            guess_of((struct printer_clues){.device_id_model = slice_str(cases[i].name)});
        assert_string_equal(guess.profile->name, cases[i].profile);
        assert_int_equal(guess.exact, cases[i].exact);
        assert_int_equal(guess.clue, CLUE_DEVICE_ID);
        assert_string_equal(guess.text, cases[i].name);
    }
}

static void the_strongest_clue_counts(void **state)
{
    (void)state;
    struct printer_clues clues = {.device_id_model = SLICE("TM-T88V"),
                                  .answered_model = SLICE("TM-T20III"),
                                  .product = SLICE("POS58"),
                                  .vid = 0x0519,
                                  .pid = 1,
                                  .usb_name = "Star TSP100 family"};
    assert_string_equal(guess_of(clues).profile->name, "epson-tm-t88v");
    clues.device_id_model = SLICE_LITERAL("USB Printing Support");
    assert_int_equal(guess_of(clues).clue, CLUE_ANSWER);
    clues.answered_model = SLICE_LITERAL("");
    assert_int_equal(guess_of(clues).clue, CLUE_PRODUCT);
    clues.product = SLICE_LITERAL("XTM-T20III"); /* in the middle of a word it is another one */
    struct printer_guess guess = guess_of(clues);
    assert_int_equal(guess.clue, CLUE_USB_ID);
    assert_string_equal(guess.profile->name, "star-line");
    assert_string_equal(guess.text, "0519:0001 Star TSP100 family");
}

static void of_what_nothing_is_known_a_plain_printer_is_assumed(void **state)
{
    (void)state;
    struct printer_guess guess = guess_of((struct printer_clues){.vid = 0x1234, .pid = 0x5678});
    assert_int_equal(guess.clue, CLUE_NONE);
    assert_string_equal(guess.profile->name, "generic-80");
    assert_false(guess.exact);
    assert_string_equal(guess.text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_names_a_profile_and_its_source),
        cmocka_unit_test(a_model_is_known_by_the_word_in_its_name),
        cmocka_unit_test(the_strongest_clue_counts),
        cmocka_unit_test(of_what_nothing_is_known_a_plain_printer_is_assumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
