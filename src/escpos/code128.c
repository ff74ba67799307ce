/* The data of a CODE128 as GS k takes it: its code sets are chosen here. */
#include "escpos/encoder.h"

#include "image/gs1.h"

static size_t digits_at(struct slice s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
        n++;
    return n;
}

static unsigned pair_at(struct slice s, size_t i)
{
    return (unsigned)(s.p[i] - '0') * 10 + (unsigned)(s.p[i + 1] - '0');
}

/* Set C's byte 16 before 4, 5 or 20 would be DLE EOT, DLE ENQ or DLE DC4 to a printer. */
static bool is_dangerous_pair(struct slice s, size_t i, size_t digits)
{
    if (digits < 4 || pair_at(s, i) != 0x10)
        return false;
    const unsigned next = pair_at(s, i + 2);
    return next == 0x04 || next == 0x05 || next == 0x14;
}

/* Whether the character at i is printed in set C. */
static bool wants_set_c(struct slice s, size_t i, bool in_c)
{
    const size_t digits = digits_at(s, i);
    const bool is_long = digits >= 4 || (digits == 2 && s.n == 2) || (in_c && digits >= 2);
    /* An odd digit goes first in set B, but at the beginning, where it goes last. */
    return is_long && (in_c || digits % 2 == 0 || i == 0) && !is_dangerous_pair(s, i, digits);
}

static size_t put_escape(uint8_t *out, uint8_t c)
{
    out[0] = '{';
    out[1] = c;
    return 2;
}

size_t escpos_code128(struct slice s, bool gs1, uint8_t *out)
{
    size_t n = 0;
    bool in_c = false;
    for (size_t i = 0; i < s.n;) {
        if (n && s.p[i] == GS1_FNC1) {
            n += put_escape(out + n, '1');
            i++;
            continue;
        }
        const bool c_now = wants_set_c(s, i, in_c);
        const bool first = n == 0;
        if (first || c_now != in_c)
            n += put_escape(out + n, c_now ? 'C' : 'B');
        if (first && gs1)
            n += put_escape(out + n, '1');
        in_c = c_now;
        if (c_now) {
            out[n++] = (uint8_t)pair_at(s, i);
            i += 2;
        } else {
            if (s.p[i] == '{')
                out[n++] = '{';
            out[n++] = s.p[i++];
        }
    }
    return n;
}
