/* Comparing an owner's words with a sale's: case does not matter in any alphabet, * stands for any
 * run of characters. */
#include <utf8proc.h>

#include "base/utf8.h"
#include "rules/inside.h"

static uint32_t fold(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp | 0x20 : cp;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
}

size_t words_fold(struct slice text, uint32_t *out)
{
    size_t n = 0;
    uint32_t cp;
    while (utf8_take(&text, &cp))
        out[n++] = fold(cp);
    return n;
}

static bool matches(const struct pattern *pattern, struct slice text)
{
    const uint32_t *p = pattern->cp, *end = p + pattern->n, *star = NULL;
    struct slice resume = text;
    while (text.n) {
        if (p < end && *p == '*') {
            star = p++;
            resume = text;
            continue;
        }
        uint32_t cp = 0;
        utf8_take(&text, &cp);
        if (p < end && *p == fold(cp)) {
            p++;
        } else if (star) { /* the last * takes one more */
            p = star + 1;
            utf8_take(&resume, &cp);
            text = resume;
        } else {
            return false;
        }
    }
    while (p < end && *p == '*')
        p++;
    return p == end;
}

bool words_match(const struct words *words, struct slice text)
{
    if (words->any)
        return text.n != 0;
    for (size_t i = 0; i < words->n; i++) {
        if (matches(&words->p[i], text))
            return true;
    }
    return false;
}
