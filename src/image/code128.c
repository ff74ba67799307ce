/* CODE128 (ISO/IEC 15417) as GS k takes it (Epson APG): the data itself says which set it is in.
 * zint would choose the sets by itself and give other bars than the printer for the same data, so
 * the bars are made here. */
#include "image/barcode.h"

/* Symbol values with a meaning of their own. */
enum {
    FNC3 = 96,
    FNC2 = 97,
    SHIFT = 98,
    TO_C = 99,
    TO_B = 100, /* in A and C; FNC4 in B */
    TO_A = 101, /* in B and C; FNC4 in A */
    FNC1 = 102,
    START_A = 103,
    VALUES = 106,
    MODULUS = 103,
    MAX_VALUES = 256,
};

enum set { SET_A, SET_B, SET_C, SETS };

/* clang-format off */
static const char *const WIDTHS[VALUES] = {
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232",
};
static const char *const STOP = "2331112";

/* What {X means in sets A, B and C; NO: it cannot stand there. */
enum { NO = 0xff };
static const struct escape {
    uint8_t c;
    uint8_t value[SETS];
} ESCAPES[] = {
    {'1', {FNC1, FNC1, FNC1}},
    {'2', {FNC2, FNC2, NO}},
    {'3', {FNC3, FNC3, NO}},
    {'4', {TO_A, TO_B, NO}},   /* FNC4 is 101 in A and 100 in B */
    {'A', {NO, TO_A, TO_A}},
    {'B', {TO_B, NO, TO_B}},
    {'C', {TO_C, TO_C, NO}},
    {'S', {SHIFT, SHIFT, NO}},
};
/* clang-format on */

struct maker {
    struct slice data;
    size_t at; /* bytes of data read */
    enum set set;
    bool shifted; /* the next character is of the other set */
    size_t n;
    uint8_t v[MAX_VALUES];
    struct barcode *out;
};

static void add_value(struct maker *maker, uint8_t value)
{
    maker->v[maker->n++] = value;
}

static uint8_t value_of(enum set set, uint8_t c)
{
    if (set == SET_A)
        return c < 0x20 ? c + 64 : c < 0x60 ? c - 0x20 : NO;
    return c >= 0x20 && c < 0x80 ? c - 0x20 : NO;
}

/* HRI: a pair of digits for a value of set C, a space for a control character (Epson APG), nothing
 * for a function. */
static void say(struct maker *maker, uint8_t c)
{
    if (maker->set == SET_C) {
        barcode_say_char(maker->out, '0' + c / 10);
        barcode_say_char(maker->out, '0' + c % 10);
    } else {
        barcode_say_char(maker->out, c < 0x20 || c == 0x7f ? ' ' : c);
    }
}

static bool add_character(struct maker *maker, uint8_t c)
{
    enum set set = maker->shifted ? (maker->set == SET_A ? SET_B : SET_A) : maker->set;
    uint8_t value = set == SET_C ? (c < 100 ? c : NO) : value_of(set, c);
    if (value == NO)
        return false;
    add_value(maker, value);
    say(maker, c);
    maker->shifted = false;
    return true;
}

/* The byte behind '{'. */
static bool add_escape(struct maker *maker, uint8_t c)
{
    if (c == '{')
        return maker->set != SET_C && add_character(maker, c);
    if (maker->shifted)
        return false;
    if (c >= 'A' && c <= 'C' && (enum set)(c - 'A') == maker->set)
        return true; /* the set it is in already: nothing to switch */
    for (size_t i = 0; i < sizeof ESCAPES / sizeof ESCAPES[0]; i++) {
        if (ESCAPES[i].c != c || ESCAPES[i].value[maker->set] == NO)
            continue;
        add_value(maker, ESCAPES[i].value[maker->set]);
        if (c == 'S')
            maker->shifted = true;
        else if (c >= 'A' && c <= 'C')
            maker->set = (enum set)(c - 'A');
        return true;
    }
    return false;
}

static bool add_all(struct maker *maker)
{
    while (maker->at < maker->data.n) {
        uint8_t c = maker->data.p[maker->at];
        if (c != '{') {
            if (!add_character(maker, c))
                return false;
            maker->at++;
        } else {
            if (maker->at + 1 == maker->data.n || !add_escape(maker, maker->data.p[maker->at + 1]))
                return false;
            maker->at += 2;
        }
    }
    return true;
}

static uint8_t check_value(const uint8_t *values, size_t n)
{
    size_t sum = values[0];
    for (size_t i = 1; i < n; i++)
        sum += values[i] * i;
    return (uint8_t)(sum % MODULUS);
}

void code128_add(struct barcode *barcode, const uint8_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        barcode_add(barcode, WIDTHS[values[i]]);
    barcode_add(barcode, WIDTHS[check_value(values, n)]);
    barcode_add(barcode, STOP);
}

bool code128_make(struct slice data, struct barcode *out, struct err *err)
{
    static const char *const name = "CODE128";
    if (data.n < 2 || data.p[0] != '{' || data.p[1] < 'A' || data.p[1] > 'C')
        return barcode_fail(err, name, "it must begin with {A, {B or {C");
    if (data.n > 255)
        return barcode_fail(err, name, "it takes at most 255 bytes");
    struct maker maker = {.data = data, .at = 2, .set = (enum set)(data.p[1] - 'A'), .out = out};
    add_value(&maker, (uint8_t)(START_A + maker.set));
    if (!add_all(&maker))
        return barcode_fail_at(err, name, data, maker.at);
    if (maker.n == 1)
        return barcode_fail(err, name, "there is no data");
    if (maker.shifted)
        return barcode_fail(err, name, "nothing follows the shift {S");
    code128_add(out, maker.v, maker.n);
    return true;
}
