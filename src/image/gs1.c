#include "image/gs1.h"

#include <stdio.h>

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* First two digits of an identifier, how long identifiers that begin so are, and the length of a
 * value that needs no FNC1 behind it. */
struct family {
    uint8_t first, last;
    uint8_t identifier, value;
};

/* clang-format off */
static const struct family families[] = {
    {0, 0, 2, 18}, {1, 3, 2, 14}, {4, 4, 2, 16}, {10, 10, 2, 0}, {11, 19, 2, 6},
    {20, 20, 2, 2}, {21, 22, 2, 0}, {23, 25, 3, 0}, {30, 30, 2, 0}, {31, 36, 4, 6},
    {37, 37, 2, 0}, {39, 39, 4, 0}, {40, 40, 3, 0}, {41, 41, 3, 13}, {42, 42, 3, 0},
    {43, 43, 4, 0}, {70, 70, 4, 0}, {71, 71, 3, 0}, {72, 72, 4, 0}, {80, 82, 4, 0},
    {90, 99, 2, 0},
};
/* clang-format on */

/* Length of the identifier at the front of digits (2 to 4), and of a value with a length of its own
 * (0: up to FNC1); false when no identifier begins so (GS1 General Specifications, 3 and 7.8). */
static bool find_identifier(struct slice data, unsigned *identifier, unsigned *value)
{
    if (data.n < 2 || !is_digit(data.p[0]) || !is_digit(data.p[1]))
        return false;
    unsigned prefix = (data.p[0] - '0') * 10U + (data.p[1] - '0');
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        const struct family *f = &families[i];
        if (prefix < f->first || prefix > f->last || data.n < f->identifier)
            continue;
        *identifier = f->identifier;
        *value = f->value;
        return true;
    }
    return false;
}

/* Modulo 10 over the digits at the end of s (GS1 General Specifications, 7.9). */
static uint8_t check_digit(struct slice s)
{
    unsigned sum = 0, weight = 3;
    for (size_t i = s.n; i > 0 && is_digit(s.p[i - 1]); i--, weight = 4 - weight)
        sum += weight * (s.p[i - 1] - '0');
    return (uint8_t)('0' + (10 - sum % 10) % 10);
}

static void encode(struct gs1 *g, uint8_t c)
{
    g->data[g->n++] = c;
}

static void say(struct gs1 *g, uint8_t c)
{
    g->text[g->n_text++] = (char)c;
}

/* The byte behind '{'. */
static bool take_escape(struct gs1 *g, uint8_t c)
{
    if (c == '1') {
        encode(g, GS1_FNC1);
        return true;
    }
    if (c != '(' && c != ')' && c != '*' && c != '{')
        return false;
    encode(g, c);
    say(g, c);
    return true;
}

static void take(struct gs1 *g, uint8_t c, size_t *value_from)
{
    if (c == '*')
        c = check_digit(slice_of(g->data + *value_from, g->n - *value_from));
    if (c == ')')
        *value_from = g->n;
    if (c != '(' && c != ')' && c != ' ')
        encode(g, c);
    say(g, c);
}

bool gs1_read(const char *name, struct slice data, struct gs1 *out, struct err *err)
{
    size_t value_from = 0;
    *out = (struct gs1){0};
    if (data.n > GS1_MAX_BYTES / 2)
        return FAIL(err, ERR_SYMBOL, name, "it takes at most 255 bytes");
    for (size_t i = 0; i < data.n; i++) {
        uint8_t c = data.p[i];
        bool escape = c == '{';
        bool good =
            escape ? i + 1 < data.n && take_escape(out, data.p[i + 1]) : c >= 0x20 && c < 0x7f;
        if (!good) {
            char reason[64];
            snprintf(reason, sizeof reason, "the byte 0x%02X cannot stand at place %zu", c, i + 1);
            return FAIL(err, ERR_SYMBOL, name, reason);
        }
        if (escape)
            i++;
        else
            take(out, c, &value_from);
    }
    out->text[out->n_text] = 0;
    return out->n ? true : FAIL(err, ERR_SYMBOL, name, "there is no data");
}

/* Units of transport, articles and places: numbers whose last digit checks the others. */
static bool is_checked(struct slice identifier)
{
    return identifier.p[0] == '0' ? identifier.p[1] <= '3'
                                  : identifier.p[0] == '4' && identifier.p[1] == '1';
}

bool gs1_has_right_digits(const char *name, const struct gs1 *gs1, struct err *err)
{
    unsigned identifier, value;
    for (size_t at = 0; at < gs1->n;) {
        const struct slice rest = slice_of(gs1->data + at, gs1->n - at);
        if (!find_identifier(rest, &identifier, &value))
            return true; /* what it is, nobody can tell */
        const size_t end = value ? identifier + value : slice_find(rest, GS1_FNC1);
        if (end > rest.n)
            return true;
        const uint8_t last = rest.p[end - 1];
        const uint8_t right = check_digit(slice_sub(rest, identifier, end - 1));
        if (is_checked(rest) && last != right) {
            char reason[64];
            snprintf(reason, sizeof reason, "its check digit is %c, it should be %c", last, right);
            return FAIL(err, ERR_SYMBOL, name, reason);
        }
        at += end + (end < rest.n && rest.p[end] == GS1_FNC1);
    }
    return true;
}

bool gs1_in_brackets(const struct gs1 *gs1, char out[2 * GS1_MAX_BYTES])
{
    size_t at = 0, n = 0;
    while (at < gs1->n) {
        unsigned identifier, value;
        struct slice rest = slice_of(gs1->data + at, gs1->n - at);
        if (!find_identifier(rest, &identifier, &value))
            return false;
        size_t end = value ? identifier + value : slice_find(rest, GS1_FNC1);
        if (end > rest.n)
            return false;
        out[n++] = '[';
        memcpy(out + n, rest.p, identifier);
        n += identifier;
        out[n++] = ']';
        memcpy(out + n, rest.p + identifier, end - identifier);
        n += end - identifier;
        at += end + (end < rest.n && rest.p[end] == GS1_FNC1);
    }
    out[n] = 0;
    return n > 0;
}
