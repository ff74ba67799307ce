#include "base/utf8.h"

#include "base/word.h"

#include <utf8proc.h>

enum { REPLACEMENT = 0xFFFD };

/* Length and value of the well-formed sequence at the front (Unicode 15, table 3-7); 0 where there
 * is none. */
static size_t decode(struct slice s, uint32_t *cp)
{
    uint8_t a = s.p[0];
    if (a < 0x80) {
        *cp = a;
        return 1;
    }
    if (a < 0xE0) {
        if (a < 0xC2 || s.n < 2 || !utf8_continues(s.p[1]))
            return 0;
        *cp = (a & 0x1FU) << 6 | (s.p[1] & 0x3FU);
        return 2;
    }
    size_t n = a >= 0xF0 ? 4 : 3;
    if (a > 0xF4 || s.n < n)
        return 0;
    uint8_t low = a == 0xE0 ? 0xA0 : a == 0xF0 ? 0x90 : 0x80;
    uint8_t high = a == 0xED ? 0x9F : a == 0xF4 ? 0x8F : 0xBF;
    if (s.p[1] < low || s.p[1] > high)
        return 0;
    uint32_t value = a & (0xFFU >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if (!utf8_continues(s.p[i]))
            return 0;
        value = value << 6 | (s.p[i] & 0x3F);
    }
    *cp = value;
    return n;
}

bool utf8_take(struct slice *s, uint32_t *cp)
{
    *cp = 0;
    if (s->n == 0)
        return false;
    size_t n = decode(*s, cp);
    if (n == 0) {
        *cp = REPLACEMENT;
        n = 1;
    }
    s->p += n;
    s->n -= n;
    return true;
}

size_t utf8_put(uint32_t cp, uint8_t out[4])
{
    if (cp < 0x80) {
        out[0] = (uint8_t)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (uint8_t)(0xC0 | cp >> 6);
        out[1] = (uint8_t)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (uint8_t)(0xE0 | cp >> 12);
        out[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | (cp >> 18 & 7));
    out[1] = (uint8_t)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (cp & 0x3F));
    return 4;
}

size_t utf8_characters(struct slice s)
{
    size_t n = s.n, i = 0;
    for (; s.n - i >= sizeof(uint64_t); i += sizeof(uint64_t))
        n -= word_count(word_continuations(word_load(s.p + i)));
    for (; i < s.n; i++)
        n -= utf8_continues(s.p[i]);
    return n;
}

size_t utf8_first(struct slice s, size_t n)
{
    size_t i = 0;
    if (s.n <= n || utf8_characters(s) <= n)
        return s.n;
    while (n || utf8_continues(s.p[i]))
        n -= !utf8_continues(s.p[i++]);
    return i;
}

size_t utf8_valid(struct slice s)
{
    size_t i = 0;
    while (i < s.n) {
        uint64_t word;
        if (s.n - i >= sizeof word) {
            memcpy(&word, s.p + i, sizeof word);
            if (!(word & 0x8080808080808080U)) {
                i += sizeof word;
                continue;
            }
        }
        uint32_t cp;
        size_t n = decode(slice_of(s.p + i, s.n - i), &cp);
        if (n == 0)
            break;
        i += n;
    }
    return i;
}

void utf8_place(struct slice text, size_t offset, unsigned *line, unsigned *column)
{
    struct slice before = slice_sub(text, 0, offset);
    uint32_t cp;
    *line = *column = 1;
    while (utf8_take(&before, &cp)) {
        *column = cp == '\n' ? 1 : *column + 1;
        *line += cp == '\n';
    }
}

unsigned utf8_width(uint32_t cp)
{
    if (cp < 0x300)
        return cp >= 0x20 && (cp < 0x7F || cp >= 0xA0) && cp != 0xAD;
    if (cp >= 0x400 && cp < 0x483)
        return 1; /* Cyrillic before its combining marks */
    if (cp > 0x10FFFF)
        return 1;
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)cp);
    if (property->ignorable)
        return 0;
    switch (property->category) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return 0;
    default:
        break;
    }
    /* Conjoining vowels and finals stand in the square of the Hangul syllable's first letter. */
    if (cp >= 0x1160 && cp <= 0x11FF)
        return 0;
    return property->charwidth == 2 ? 2 : 1;
}

static bool is_emoji(uint32_t cp)
{
    return cp >= 0xA9 && utf8proc_get_property((utf8proc_int32_t)cp)->boundclass ==
                             UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

unsigned utf8_columns(uint32_t before, uint32_t cp)
{
    enum { JOINER = 0x200D, VARIATION_16 = 0xFE0F, LIGHTEST = 0x1F3FB, DARKEST = 0x1F3FF };
    if (cp >= 0xA9 && before == JOINER && is_emoji(cp))
        return 0;
    if (cp >= LIGHTEST && cp <= DARKEST && (before == VARIATION_16 || is_emoji(before)))
        return 0;
    return utf8_width(cp);
}

bool utf8_breaks(uint32_t before, uint32_t cp, int32_t *state)
{
    return before == 0 ||
           utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)cp, state);
}

char utf8_direction(uint32_t cp)
{
    if (cp < 0x80)
        return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z' ? 'L' : 0;
    switch (utf8proc_get_property((utf8proc_int32_t)cp)->bidi_class) {
    case UTF8PROC_BIDI_CLASS_R:
    case UTF8PROC_BIDI_CLASS_AL:
        return 'R';
    case UTF8PROC_BIDI_CLASS_L:
        return 'L';
    default:
        return 0;
    }
}

/* Stands as it is in NFC whatever is beside it, and is neither control nor ignorable: the letters
 * of most European languages and common punctuation. Everything else goes the long way. */
static bool is_settled(uint32_t cp)
{
    return (cp >= 0x20 && cp < 0x7F) || (cp >= 0xA0 && cp < 0x300 && cp != 0xAD) ||
           (cp >= 0x400 && cp < 0x483) || (cp >= 0x48A && cp < 0x530) ||
           (cp >= 0x2010 && cp < 0x2028) || (cp >= 0x20A0 && cp < 0x20C0);
}

static bool is_clean(struct slice s)
{
    size_t i = 0;
    /* Eight bytes at a time while all are printable ASCII: none has its high bit, none is under
     * 0x20, none is 0x7F. */
    const uint64_t ones = 0x0101010101010101U, high = 0x8080808080808080U;
    for (uint64_t word; s.n - i >= sizeof word; i += sizeof word) {
        memcpy(&word, s.p + i, sizeof word);
        uint64_t no_space = (word - ones * 0x20) & ~word, no_delete = word + ones;
        if ((word | no_space | no_delete) & high)
            break;
    }
    while (i < s.n && s.p[i] >= 0x20 && s.p[i] < 0x7F)
        i++;
    s = slice_sub(s, i, s.n);
    uint32_t cp;
    while (utf8_take(&s, &cp)) {
        if (!is_settled(cp))
            return false;
    }
    return true;
}

static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029;
}

static bool is_dropped(uint32_t cp)
{
    if (cp < 0xAD || cp == 0x200C || cp == 0x200D)
        return false;
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)cp);
    return property->category == UTF8PROC_CATEGORY_CF && property->ignorable;
}

/* Copies s without what must not stand on paper; out has room for s.n bytes. A dropped mark does
 * not end a run. */
static size_t filter(struct slice s, uint8_t *out)
{
    size_t n = 0;
    bool in_run = false;
    uint32_t cp;
    while (utf8_take(&s, &cp)) {
        if (is_dropped(cp))
            continue;
        if (!is_control(cp))
            n += utf8_put(cp, out + n);
        else if (!in_run)
            out[n++] = ' ';
        in_run = is_control(cp);
    }
    return n;
}

static struct slice compose(struct arena *a, struct slice s)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    const utf8proc_ssize_t bytes = (utf8proc_ssize_t)s.n;
    utf8proc_ssize_t n = utf8proc_decompose(s.p, bytes, NULL, 0, options);
    if (n < 0)
        return (struct slice){0};
    size_t mark = a->used;
    /* Each character takes at most four bytes again, so the text fits where its characters stood.
     */
    utf8proc_int32_t *cps = ARENA_ARRAY(a, (size_t)n + 1, utf8proc_int32_t);
    if (!cps || utf8proc_decompose(s.p, bytes, cps, n, options) != n) {
        arena_reset(a, mark);
        return (struct slice){0};
    }
    n = utf8proc_normalize_utf32(cps, n, options);
    if (n < 0) {
        arena_reset(a, mark);
        return (struct slice){0};
    }
    uint8_t *text = (uint8_t *)cps;
    size_t at = 0;
    for (utf8proc_ssize_t i = 0; i < n; i++) {
        uint8_t one[4];
        size_t len = utf8_put((uint32_t)cps[i], one);
        memcpy(text + at, one, len);
        at += len;
    }
    return slice_of(text, at);
}

struct slice utf8_clean(struct arena *a, struct slice s)
{
    static const uint8_t nothing[1] = {0};
    if (s.n == 0)
        return slice_of(nothing, 0);
    if (is_clean(s))
        return s;
    /* Not UTF-8 after all: a U+FFFD is longer than the byte it stands for. */
    size_t room = utf8_valid(s) == s.n ? s.n : s.n * 3;
    uint8_t *filtered = arena_array(a, room, 1);
    if (!filtered)
        return (struct slice){0};
    struct slice kept = slice_of(filtered, filter(s, filtered));
    return is_clean(kept) ? kept : compose(a, kept);
}

struct slice utf8_cut(struct slice s, size_t n)
{
    if (s.n <= n)
        return s;
    while (n && (s.p[n] & 0xc0) == 0x80)
        n--;
    return slice_sub(s, 0, n);
}
