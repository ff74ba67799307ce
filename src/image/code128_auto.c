/* CODE128 whose code sets nobody spelled out: GS k m = 79, and GS1-128. What a printer would choose
 * is not known; here it is the usual rule (ISO/IEC 15417, annex E): pairs of digits in set C where
 * four or more stand at an end or six or more in the middle, A for control characters, else B. */
#include "image/barcode.h"
#include "image/gs1.h"

#include <stdio.h>

enum {
    TO_C = 99,
    TO_B = 100,
    TO_A = 101,
    FNC1 = 102,
    START_A = 103,
    START_B = 104,
    START_C = 105,
    MAX_VALUES = 768
};
enum set { SET_NONE, SET_A, SET_B, SET_C };

struct chooser {
    struct slice data;
    bool gs1; /* 1D is FNC1 */
    enum set set;
    size_t n;
    uint8_t v[MAX_VALUES];
};

static bool is_fnc1(const struct chooser *c, size_t at)
{
    return c->gs1 && c->data.p[at] == GS1_FNC1;
}

static size_t digits_from(const struct chooser *c, size_t at)
{
    size_t n = 0;
    while (at + n < c->data.n && c->data.p[at + n] >= '0' && c->data.p[at + n] <= '9')
        n++;
    return n;
}

static void add(struct chooser *c, uint8_t value)
{
    if (c->n < MAX_VALUES)
        c->v[c->n++] = value;
}

static void go_to(struct chooser *c, enum set set)
{
    static const uint8_t start[] = {0, START_A, START_B, START_C}, to[] = {0, TO_A, TO_B, TO_C};
    if (c->set == set)
        return;
    add(c, c->set == SET_NONE ? start[set] : to[set]);
    c->set = set;
}

/* Of A and B the one that the nearest character needs which only one of them has; B when none. */
static enum set letters_from(const struct chooser *c, size_t at)
{
    for (; at < c->data.n; at++) {
        if (is_fnc1(c, at))
            continue;
        if (c->data.p[at] < 0x20)
            return SET_A;
        if (c->data.p[at] >= 0x60)
            return SET_B;
    }
    return SET_B;
}

static bool wants_pairs(const struct chooser *c, size_t at)
{
    size_t digits = digits_from(c, at);
    if (c->set == SET_C)
        return digits >= 2;
    bool at_end = c->set == SET_NONE || at + digits == c->data.n;
    return digits >= (at_end ? 4 : 6) || (c->set == SET_NONE && digits >= 2 && digits == c->data.n);
}

static size_t add_character(struct chooser *c, size_t at)
{
    uint8_t byte = c->data.p[at];
    if (is_fnc1(c, at) && c->set != SET_NONE) {
        add(c, FNC1);
        return 1;
    }
    /* An odd digit stands before the pairs when letters went before it. */
    bool odd = c->set != SET_NONE && c->set != SET_C && digits_from(c, at) % 2;
    if (wants_pairs(c, at) && !odd && digits_from(c, at) >= 2) {
        go_to(c, SET_C);
        add(c, (uint8_t)((byte - '0') * 10 + (c->data.p[at + 1] - '0')));
        return 2;
    }
    bool in_a = byte < 0x60, in_b = byte >= 0x20;
    if (!((c->set == SET_A && in_a) || (c->set == SET_B && in_b)))
        go_to(c, letters_from(c, at));
    add(c, byte < 0x20 ? byte + 64 : byte - 0x20);
    return 1;
}

static void choose(struct chooser *c)
{
    if (c->gs1) {
        bool digits = digits_from(c, 0) >= 2;
        go_to(c, digits ? SET_C : letters_from(c, 0));
        add(c, FNC1);
    }
    for (size_t at = 0; at < c->data.n;)
        at += add_character(c, at);
}

bool code128_auto_make(struct slice data, struct barcode *out, struct err *err)
{
    static const char *const name = "CODE128";
    struct chooser c = {.data = data};
    if (!data.n || data.n > 255)
        return barcode_fail(err, name, "it takes 1 to 255 bytes");
    for (size_t i = 0; i < data.n; i++) {
        if (data.p[i] > 0x7f)
            return barcode_fail_at(err, name, data, i);
        barcode_say_char(out, data.p[i] < 0x20 || data.p[i] == 0x7f ? ' ' : data.p[i]);
    }
    choose(&c);
    code128_add(out, c.v, c.n);
    return true;
}

bool gs1_128_make(struct slice data, struct barcode *out, struct err *err)
{
    struct gs1 gs1;
    if (!gs1_read("GS1-128", data, &gs1, err))
        return false;
    struct chooser c = {.data = slice_of(gs1.data, gs1.n), .gs1 = true};
    barcode_say(out, gs1.text);
    choose(&c);
    code128_add(out, c.v, c.n);
    return true;
}
