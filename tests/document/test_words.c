/* {text:words}: rows are parted where the text has a blank. */
#include "document/paper.h"

static const struct paper narrow = {.columns = 24};

static void words_stay_whole(void **state)
{
    (void)state;
    paper_expect(&narrow, "{text:words}\nThank you for staying with us today |",
                 "Thank you for staying\nwith us today\n-- cut --\n");
    paper_expect(&narrow, "{text:words;width:* 6}\nalmond croissants, two | 12.50",
                 "almond             12.50\ncroissants, two\n-- cut --\n");
    /* A row that is exactly full, and the blank behind it. */
    paper_expect(&narrow, "{text:words}\nabcdefghijkl mnopqrstuvw xyz |",
                 "abcdefghijkl mnopqrstuvw\nxyz\n-- cut --\n");
    paper_expect(&narrow, "{text:words}\nabcdefghijkl mnopqrstuvwx yz |",
                 "abcdefghijkl\nmnopqrstuvwx yz\n-- cut --\n");
}

static void a_word_longer_than_its_row_is_parted_anywhere(void **state)
{
    (void)state;
    paper_expect(&narrow, "{text:words}\na Donaudampfschifffahrtsgesellschaft b |",
                 "a\nDonaudampfschifffahrtsge\nsellschaft b\n-- cut --\n");
}

static void blanks_between_rows_take_no_room(void **state)
{
    (void)state;
    paper_expect(&narrow, "{text:words}\nabcdefghijklmnopqrstuvwx    yz |",
                 "abcdefghijklmnopqrstuvwx\nyz\n-- cut --\n");
    paper_expect(&narrow, "{text:words}\n|abcdefghijklmnopqrst  uvwxyz|",
                 "  abcdefghijklmnopqrst\n         uvwxyz\n-- cut --\n");
    paper_expect(&narrow, "{text:words}\n| abcdefghijklmnopqrst uvwxyz",
                 "    abcdefghijklmnopqrst\n                  uvwxyz\n-- cut --\n");
}

static void tildes_and_no_break_spaces_hold_together(void **state)
{
    (void)state;
    paper_expect(&narrow, "{text:words}\nabcdefghij klmnopqrst~uvwxyz |",
                 "abcdefghij\nklmnopqrst uvwxyz\n-- cut --\n");
    paper_expect(&narrow, "{text:words}\nabcdefghij klmnopqrst\u00a0uvwxyz |",
                 "abcdefghij\nklmnopqrst uvwxyz\n-- cut --\n");
}

static void styles_change_within_a_word(void **state)
{
    (void)state;
    paper_expect(&narrow, "{text:words}\nabcdefghij _klmno_\"pqrst\"uvwxyz_ and_ so on |",
                 "abcdefghij\nklmnopqrstuvwxyz and so\non\n-- cut --\n");
    /* Large words are measured as they are printed. */
    paper_expect(&narrow, "{text:words}\n^^^come back soon |", "come back\nsoon\n-- cut --\n");
}

static void values_part_like_the_template(void **state)
{
    (void)state;
    paper_expect(&narrow,
                 "{text:words}\n\x0e"
                 "Clara Montgomery\x0f, thank you |",
                 "Clara Montgomery, thank\nyou\n-- cut --\n");
}

static void it_ends_with_another_word_and_with_the_page(void **state)
{
    (void)state;
    paper_expect(&narrow, "{text:words}\n{text:wrap}\nThank you for staying with us |",
                 "Thank you for staying wi\nth us\n-- cut --\n");
    paper_expect(&narrow, "{text:words}\nx |\n\x0cThank you for staying with us |",
                 "x\n-- cut --\nThank you for staying wi\nth us\n-- cut --\n");
}

/* Unicode annex 9: the paragraph has a direction, not its rows. A row without a letter of its own
 * would else be read from the other side: 3 cups for 2.50 would be 2.50 cups. */
static void rows_of_a_text_keep_its_direction(void **state)
{
    (void)state;
    static const struct paper hebrew = {.profile = "epson-tm-t20iii", .columns = 14};
    paper_expect(&hebrew, "{text:words}\n|קפה הפוך גדול 3 × 2.50",
                 "לודג ךופה הפק\n2.50 × 3\n-- cut --\n");
    paper_expect(&hebrew, "{text:words}\n|קפה הפוך Latte 2.50 גדול",
                 "Latte ךופה הפק\nלודג 2.50\n-- cut --\n");
    paper_expect(&hebrew, "{text:words}\n|Latte macchiato קפה גדול!",
                 "Latte\nmacchiato הפק\nלודג!\n-- cut --\n");
    /* Each row that the template begins is a paragraph; values and marks are part of theirs. */
    paper_expect(&hebrew, "|קפה\\n3 × 2.50", "הפק\n3 × 2.50\n-- cut --\n");
    paper_expect(&hebrew, "{text:words}\n|\"\x0eקפה הפוך גדול 3 × 2.50\x0f\"",
                 "לודג ךופה הפק\n2.50 × 3\n-- cut --\n");
}

/* Each column is a text of its own: neither the lines of a frame nor a price that touches the name
 * change places with it. */
static void columns_and_frames_stay_where_they_are(void **state)
{
    (void)state;
    static const struct paper hebrew = {.profile = "epson-tm-t20iii", .columns = 14};
    paper_expect(&hebrew, "{border:line;width:5,5}\n|קפה|2.50|\n",
                 "┌─────┬─────┐\n│ הפק │2.50 │\n└─────┴─────┘\n-- cut --\n");
    paper_expect(&hebrew, "{border:line;width:3,3;text:words}\n|קפה הפך|\"לחם\"|\n",
                 "  ┌───┬───┐\n  │הפק│םחל│\n  │ךפה│   │\n  └───┴───┘\n-- cut --\n");
    paper_expect(&hebrew, "{border:0;width:3,5}\n|קפה|12.50|\n", "   הפק12.50\n-- cut --\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_stay_whole),
        cmocka_unit_test(rows_of_a_text_keep_its_direction),
        cmocka_unit_test(columns_and_frames_stay_where_they_are),
        cmocka_unit_test(a_word_longer_than_its_row_is_parted_anywhere),
        cmocka_unit_test(blanks_between_rows_take_no_room),
        cmocka_unit_test(tildes_and_no_break_spaces_hold_together),
        cmocka_unit_test(styles_change_within_a_word),
        cmocka_unit_test(values_part_like_the_template),
        cmocka_unit_test(it_ends_with_another_word_and_with_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
