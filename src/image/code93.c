/* CODE93 (AIM BC5): 47 characters of nine modules and two check characters. The four shift
 * characters spell all of ASCII. */
#include "image/barcode.h"

enum { VALUES = 47, SHIFT_DOLLAR = 43, SHIFT_PERCENT, SHIFT_SLASH, SHIFT_PLUS, MAX_VALUES = 512 };

/* clang-format off */
static const char *const WIDTHS[VALUES] = {
    "131112", "111213", "111312", "111411", "121113", "121212", "121311", "111114", "131211", "141111",
    "211113", "211212", "211311", "221112", "221211", "231111", "112113", "112212", "112311", "122112",
    "132111", "111123", "111222", "111321", "121122", "131121", "212112", "212211", "211122", "211221",
    "221121", "222111", "112122", "112221", "122121", "123111", "121131", "311112", "311211", "321111",
    "112131", "113121", "211131", "121221", "312111", "311121", "122211",
};
/* clang-format on */
static const char *const START_STOP = "111141";
static const char *const PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

/* Runs of ASCII that are spelt with a shift and a letter; what is in none of them is PLAIN. */
static const struct run {
    uint8_t first, last, shift;
    char letter; /* of first; the run goes on through the alphabet */
} RUNS[] = {
    {0x00, 0x00, SHIFT_PERCENT, 'U'}, {0x01, 0x1a, SHIFT_DOLLAR, 'A'},
    {0x1b, 0x1f, SHIFT_PERCENT, 'A'}, {'!', '#', SHIFT_SLASH, 'A'},
    {'&', '*', SHIFT_SLASH, 'F'},     {',', ',', SHIFT_SLASH, 'L'},
    {':', ':', SHIFT_SLASH, 'Z'},     {';', '?', SHIFT_PERCENT, 'F'},
    {'@', '@', SHIFT_PERCENT, 'V'},   {'[', '_', SHIFT_PERCENT, 'K'},
    {'`', '`', SHIFT_PERCENT, 'W'},   {'a', 'z', SHIFT_PLUS, 'A'},
    {'{', 0x7f, SHIFT_PERCENT, 'P'},
};

struct values {
    size_t n;
    uint8_t v[MAX_VALUES + 2];
};

static uint8_t plain_value(char c)
{
    return (uint8_t)(strchr(PLAIN, c) - PLAIN);
}

static void append_value(struct values *values, uint8_t c)
{
    for (size_t i = 0; i < sizeof RUNS / sizeof RUNS[0]; i++) {
        if (c < RUNS[i].first || c > RUNS[i].last)
            continue;
        values->v[values->n++] = RUNS[i].shift;
        values->v[values->n++] = plain_value((char)(RUNS[i].letter + (c - RUNS[i].first)));
        return;
    }
    values->v[values->n++] = plain_value((char)c);
}

/* From the right the values weigh 1, 2, … up to most, then 1 again. */
static uint8_t check_value(const struct values *values, size_t most)
{
    size_t sum = 0;
    for (size_t i = 0; i < values->n; i++)
        sum += values->v[values->n - 1 - i] * (i % most + 1);
    return (uint8_t)(sum % VALUES);
}

/* HRI shows a square for the start, the stop and for control characters (Epson APG, GS k). */
bool code93_make(struct slice data, struct barcode *out, struct err *err)
{
    static const char *const name = "CODE93", *const square = "□";
    struct values values = {0};
    if (data.n == 0 || data.n > 255)
        return barcode_fail(err, name, "it takes 1 to 255 characters");
    barcode_say(out, square);
    for (size_t i = 0; i < data.n; i++) {
        uint8_t c = data.p[i];
        if (c > 0x7f)
            return barcode_fail_at(err, name, data, i);
        append_value(&values, c);
        if (c < 0x20 || c == 0x7f)
            barcode_say(out, square);
        else
            barcode_say_char(out, c);
    }
    barcode_say(out, square);
    values.v[values.n] = check_value(&values, 20);
    values.n++;
    values.v[values.n] = check_value(&values, 15);
    values.n++;

    barcode_add(out, START_STOP);
    for (size_t i = 0; i < values.n; i++)
        barcode_add(out, WIDTHS[values.v[i]]);
    barcode_add(out, START_STOP);
    barcode_add(out, "1");
    return true;
}
