/* CODE39, interleaved 2 of 5 and CODABAR: narrow (1) and wide (2) elements, a narrow gap between
 * characters. */
#include "image/barcode.h"

struct pattern {
    char c;
    const char *widths;
};

/* clang-format off */
/* ISO/IEC 16388, in the order of ASCII. */
static const struct pattern CODE39[] = {
    {' ', "122111211"}, {'$', "121212111"}, {'%', "111212121"}, {'*', "121121211"},
    {'+', "121112121"}, {'-', "121111212"}, {'.', "221111211"}, {'/', "121211121"},
    {'0', "111221211"}, {'1', "211211112"}, {'2', "112211112"}, {'3', "212211111"},
    {'4', "111221112"}, {'5', "211221111"}, {'6', "112221111"}, {'7', "111211212"},
    {'8', "211211211"}, {'9', "112211211"}, {'A', "211112112"}, {'B', "112112112"},
    {'C', "212112111"}, {'D', "111122112"}, {'E', "211122111"}, {'F', "112122111"},
    {'G', "111112212"}, {'H', "211112211"}, {'I', "112112211"}, {'J', "111122211"},
    {'K', "211111122"}, {'L', "112111122"}, {'M', "212111121"}, {'N', "111121122"},
    {'O', "211121121"}, {'P', "112121121"}, {'Q', "111111222"}, {'R', "211111221"},
    {'S', "112111221"}, {'T', "111121221"}, {'U', "221111112"}, {'V', "122111112"},
    {'W', "222111111"}, {'X', "121121112"}, {'Y', "221121111"}, {'Z', "122121111"},
};
/* EN 798, in the order of ASCII. */
static const struct pattern CODABAR[] = {
    {'$', "1122111"}, {'+', "1121212"}, {'-', "1112211"}, {'.', "2121211"}, {'/', "2121112"},
    {'0', "1111122"}, {'1', "1111221"}, {'2', "1112112"}, {'3', "2211111"}, {'4', "1121121"},
    {'5', "2111121"}, {'6', "1211112"}, {'7', "1211211"}, {'8', "1221111"}, {'9', "2112111"},
    {':', "2111212"}, {'A', "1122121"}, {'B', "1212112"}, {'C', "1112122"}, {'D', "1112221"},
};
/* ISO/IEC 16390: the five widths of a digit, as bars or as spaces. */
static const char *const ITF[10] = {
    "11221", "21112", "12112", "22111", "11212", "21211", "12211", "11122", "21121", "12121",
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *find(const struct pattern *table, size_t n, uint8_t c)
{
    for (size_t i = 0; i < n; i++)
        if ((uint8_t)table[i].c == c)
            return table[i].widths;
    return NULL;
}

static void add_character(struct barcode *out, const char *widths, uint8_t c)
{
    if (out->n)
        barcode_add(out, "1");
    barcode_add(out, widths);
    barcode_say_char(out, c);
}

/* The asterisks are the start and the stop: taken where they are given, added where not, and shown
 * (G). */
bool code39_make(struct slice data, struct barcode *out, struct err *err)
{
    static const char *const name = "CODE39";
    size_t from = data.n > 0 && data.p[0] == '*' ? 1 : 0;
    size_t to = data.n > from && data.p[data.n - 1] == '*' ? data.n - 1 : data.n;
    if (from == to)
        return barcode_fail(err, name, "there is no data");
    if (data.n > 255)
        return barcode_fail(err, name, "it takes at most 255 characters");
    out->two_width = true;
    const char *asterisk = find(CODE39, COUNT(CODE39), '*');
    add_character(out, asterisk, '*');
    for (size_t i = from; i < to; i++) {
        const char *widths = find(CODE39, COUNT(CODE39), data.p[i]);
        if (!widths || data.p[i] == '*')
            return barcode_fail_at(err, name, data, i);
        add_character(out, widths, data.p[i]);
    }
    add_character(out, asterisk, '*');
    return true;
}

static bool is_codabar_end(uint8_t c)
{
    return c >= 'A' && c <= 'D';
}

static uint8_t upper(uint8_t c)
{
    return c >= 'a' && c <= 'd' ? (uint8_t)(c - 'a' + 'A') : c;
}

bool codabar_make(struct slice data, struct barcode *out, struct err *err)
{
    static const char *const name = "CODABAR";
    if (data.n < 2 || data.n > 255)
        return barcode_fail(err, name, "it takes 2 to 255 characters, the first and last A to D");
    out->two_width = true;
    for (size_t i = 0; i < data.n; i++) {
        uint8_t c = upper(data.p[i]);
        const char *widths = find(CODABAR, COUNT(CODABAR), c);
        if (!widths || is_codabar_end(c) != (i == 0 || i == data.n - 1))
            return barcode_fail_at(err, name, data, i);
        add_character(out, widths, c);
    }
    return true;
}

/* One digit in the bars, the next in the spaces between them. A last digit without a partner is
 * dropped (Epson). */
bool itf_make(struct slice data, struct barcode *out, struct err *err)
{
    static const char *const name = "ITF";
    if (data.n < 2 || data.n > 255)
        return barcode_fail(err, name, "it takes 2 to 255 digits");
    for (size_t i = 0; i < data.n; i++)
        if (data.p[i] < '0' || data.p[i] > '9')
            return barcode_fail_at(err, name, data, i);
    out->two_width = true;
    barcode_add(out, "1111");
    for (size_t i = 0; i + 1 < data.n; i += 2) {
        const char *bars = ITF[data.p[i] - '0'], *spaces = ITF[data.p[i + 1] - '0'];
        for (size_t j = 0; j < 5; j++)
            barcode_add(out, (const char[]){bars[j], spaces[j], 0});
        barcode_say_char(out, data.p[i]);
        barcode_say_char(out, data.p[i + 1]);
    }
    barcode_add(out, "211");
    return true;
}
