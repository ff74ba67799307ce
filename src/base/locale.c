#include "base/locale.h"

#define NBSP "\xC2\xA0"

enum { LONGEST = 96 }; /* bytes of the longest text made here, with room to spare */

enum sign_place { SIGN_BEFORE, SIGN_BEHIND };

struct language {
    char point;
    char group[4]; /* between groups of three digits */
    enum sign_place place;
    char gap[4];        /* between an amount and the sign behind it */
    char day_separator; /* of a short date */
    const char *month[12];
};

static const struct language languages[LANG_COUNT] = {
    [LANG_EN] = {'.',
                 ",",
                 SIGN_BEFORE,
                 "",
                 '/',
                 {"January", "February", "March", "April", "May", "June", "July", "August",
                  "September", "October", "November", "December"}},
    [LANG_RO] = {',',
                 ".",
                 SIGN_BEHIND,
                 " ",
                 '.',
                 {"ianuarie", "februarie", "martie", "aprilie", "mai", "iunie", "iulie", "august",
                  "septembrie", "octombrie", "noiembrie", "decembrie"}},
    [LANG_RU] = {',',
                 NBSP,
                 SIGN_BEHIND,
                 NBSP,
                 '.',
                 {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа",
                  "сентября", "октября", "ноября", "декабря"}},
};

/* Where a language says another sign than the international one (CLDR, and what price tags say): ""
 * is the code itself. */
static const struct local_sign {
    char code[4];
    const char *sign[LANG_COUNT]; /* NULL: the currency's own */
} local_signs[] = {
    {"BGN", {"", "", NULL}},     {"BYN", {"", "", "Br"}},   {"CZK", {"", NULL, NULL}},
    {"DKK", {"", "", ""}},       {"HUF", {"", NULL, NULL}}, {"KGS", {"", "", "сом"}},
    {"MDL", {"", "lei", "лей"}}, {"NOK", {"", "", ""}},     {"PLN", {"", NULL, NULL}},
    {"RON", {"", "lei", "лей"}}, {"SEK", {"", "", ""}},     {"UZS", {"", "", "сум"}},
};

static const struct language *language_of(enum lang lang)
{
    return &languages[(unsigned)lang < LANG_COUNT ? lang : LANG_EN];
}

/* A text under construction in a buffer that is large enough by construction: dates grow to the
 * right, numbers from their last digit to the left. */
struct line {
    char p[LONGEST];
    size_t n;
};

static void put(struct line *line, const char *s)
{
    size_t n = strlen(s);
    memcpy(line->p + line->n, s, n);
    line->n += n;
}

static void put_char(struct line *line, char c)
{
    line->p[line->n++] = c;
}

static void put_digits(struct line *line, unsigned value, unsigned digits)
{
    for (unsigned i = digits; i-- > 0; value /= 10)
        line->p[line->n + i] = (char)('0' + value % 10);
    line->n += digits;
}

static size_t copy_out(const char *p, size_t n, char *out, size_t cap)
{
    if (n >= cap)
        return slice_cstr(slice_of(p, n), out, cap);
    memcpy(out, p, n);
    out[n] = 0;
    return n;
}

static size_t finish(const struct line *line, char *out, size_t cap)
{
    return copy_out(line->p, line->n, out, cap);
}

static char *put_before(char *at, const char *s)
{
    if (!*s) /* nearly always: a number has few words around it */
        return at;
    size_t n = strlen(s);
    while (n)
        *--at = s[--n];
    return at;
}

/* The figures without a minus, ending before `at`; returns where they begin. */
static char *put_figures(char *at, const struct language *l, uint64_t value, unsigned scale)
{
    if (scale > 9)
        scale = 9;
    for (unsigned i = 0; i < scale; i++, value /= 10)
        *--at = (char)('0' + value % 10);
    if (scale)
        *--at = l->point;
    for (unsigned digits = 0; value || !digits; digits++, value /= 10) {
        if (digits && digits % 3 == 0)
            at = put_before(at, l->group);
        *--at = (char)('0' + value % 10);
    }
    return at;
}

static size_t write_number(const struct language *l, int64_t units, unsigned scale,
                           const char *before, const char *gap, const char *behind, char *out,
                           size_t cap)
{
    char room[LONGEST];
    char *const end = room + sizeof room;
    char *at = put_before(put_before(end, behind), gap);
    at = put_figures(at, l, units < 0 ? 0 - (uint64_t)units : (uint64_t)units, scale);
    at = put_before(at, before);
    if (units < 0)
        *--at = '-';
    return copy_out(at, (size_t)(end - at), out, cap);
}

static const char *sign_of(enum lang lang, const struct currency *c)
{
    for (size_t i = 0; i < sizeof local_signs / sizeof *local_signs; i++) {
        const struct local_sign *row = &local_signs[i];
        if (memcmp(row->code, c->code, sizeof row->code) == 0 && row->sign[lang])
            return row->sign[lang][0] ? row->sign[lang] : c->code;
    }
    return c->sign;
}

size_t locale_money(enum lang lang, const struct currency *c, int64_t minor, char *out, size_t cap)
{
    if ((unsigned)lang >= LANG_COUNT)
        lang = LANG_EN;
    const struct language *l = &languages[lang];
    const char *sign = sign_of(lang, c);
    if (l->place == SIGN_BEHIND)
        return write_number(l, minor, c->exponent, "", l->gap, sign, out, cap);
    /* A sign stands at the figure, a code stands apart. */
    const char apart[] = {c->code[0], c->code[1], c->code[2], ' ', 0};
    bool is_code = strcmp(sign, c->code) == 0;
    return write_number(l, minor, c->exponent, is_code ? apart : sign, "", "", out, cap);
}

size_t locale_amount(enum lang lang, const struct currency *c, int64_t minor, char *out, size_t cap)
{
    return write_number(language_of(lang), minor, c->exponent, "", "", "", out, cap);
}

size_t locale_decimal(enum lang lang, struct decimal d, char *out, size_t cap)
{
    return write_number(language_of(lang), d.units, d.scale, "", "", "", out, cap);
}

static void put_year(struct line *line, int year)
{
    if (year < 0)
        put_char(line, '-');
    unsigned value = (unsigned)(year < 0 ? -year : year);
    put_digits(line, value, value > 9999 ? 7 : 4);
}

size_t locale_date(enum lang lang, int32_t day, char *out, size_t cap)
{
    struct civil c;
    day_civil(day, &c);
    struct line line;
    line.n = 0;
    put_digits(&line, c.day, c.day > 9 ? 2 : 1);
    put_char(&line, ' ');
    put(&line, language_of(lang)->month[c.month - 1]);
    put_char(&line, ' ');
    put_year(&line, c.year);
    return finish(&line, out, cap);
}

size_t locale_date_short(enum lang lang, int32_t day, char *out, size_t cap)
{
    struct civil c;
    day_civil(day, &c);
    const char separator = language_of(lang)->day_separator;
    struct line line;
    line.n = 0;
    put_digits(&line, c.day, 2);
    put_char(&line, separator);
    put_digits(&line, c.month, 2);
    put_char(&line, separator);
    put_year(&line, c.year);
    return finish(&line, out, cap);
}

static enum plural plural_ro(uint64_t n)
{
    uint64_t tens = n % 100;
    if (n == 1)
        return PLURAL_ONE;
    return n == 0 || (tens >= 1 && tens <= 19) ? PLURAL_FEW : PLURAL_OTHER;
}

static enum plural plural_ru(uint64_t n)
{
    uint64_t ones = n % 10, tens = n % 100;
    if (ones == 1 && tens != 11)
        return PLURAL_ONE;
    return ones >= 2 && ones <= 4 && (tens < 12 || tens > 14) ? PLURAL_FEW : PLURAL_MANY;
}

enum plural locale_plural(enum lang lang, uint64_t n)
{
    switch (lang) {
    case LANG_RO:
        return plural_ro(n);
    case LANG_RU:
        return plural_ru(n);
    default:
        return n == 1 ? PLURAL_ONE : PLURAL_OTHER;
    }
}
