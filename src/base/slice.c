#include "base/slice.h"

static uint8_t ascii_lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

int slice_compare(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

bool slice_starts(struct slice s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

struct slice slice_trim(struct slice s)
{
    while (s.n && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
            return false;
    }
    return true;
}

size_t slice_find(struct slice s, uint8_t c)
{
    const uint8_t *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? (size_t)(at - s.p) : s.n;
}

size_t slice_cstr(struct slice s, char *out, size_t cap)
{
    if (cap == 0)
        return 0;
    size_t n = s.n;
    if (n > cap - 1) {
        n = cap - 1;
        while (n && (s.p[n] & 0xC0) == 0x80)
            n--;
    }
    if (n)
        memcpy(out, s.p, n);
    out[n] = 0;
    return n;
}

bool slice_u64(struct slice s, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)s.p[i] - '0';
        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (value > max)
        return false;
    *out = value;
    return true;
}

bool take_bytes(struct slice *s, size_t n, struct slice *out)
{
    if (s->n < n)
        return false;
    *out = slice_sub(*s, 0, n);
    *s = slice_sub(*s, n, s->n);
    return true;
}

bool take_line(struct slice *s, struct slice *line)
{
    if (s->n == 0)
        return false;
    size_t end = 0;
    while (end < s->n && s->p[end] != '\n' && s->p[end] != '\r')
        end++;
    size_t next = end;
    if (next < s->n)
        next += s->p[end] == '\r' && end + 1 < s->n && s->p[end + 1] == '\n' ? 2 : 1;
    *line = slice_sub(*s, 0, end);
    *s = slice_sub(*s, next, s->n);
    return true;
}
