/* Numbers as an owner writes them: money, percents, ranges. */
#include "rules/inside.h"

/* Takes " RON" or "RON" off the end of text; false when there are letters that are no currency of
 * the shop's. */
static bool take_currency(struct slice *text, const struct currency *currency, bool *named)
{
    size_t n = text->n;
    while (n && ((text->p[n - 1] | 0x20) >= 'a' && (text->p[n - 1] | 0x20) <= 'z'))
        n--;
    struct slice code = slice_sub(*text, n, text->n);
    *named = code.n != 0;
    if (code.n && !slice_is(code, currency->code))
        return false;
    *text = slice_trim(slice_sub(*text, 0, n));
    return true;
}

bool load_money(struct loader *l, const struct field *field, const struct yaml_node *node,
                struct slice text, int64_t *minor, bool *named)
{
    const struct currency *currency = l->rules->currency;
    struct slice number = text;
    struct err err;
    if (!take_currency(&number, currency, named)) {
        load_problem(l, node, ERR_RULE_CURRENCY, text, slice_str(currency->code),
                     SLICE_LITERAL(""));
        return false;
    }
    if (money_parse(number, currency->exponent, minor, &err))
        return true;
    if (err.code == ERR_NUMBER)
        load_misread(l, field, node);
    else
        load_failed(l, node, &err);
    return false;
}

bool load_percent(struct loader *l, const struct field *field, const struct yaml_node *node,
                  bool sign, uint32_t *out)
{
    struct slice text;
    struct err err;
    int64_t value;
    if (!load_text(l, field, node, &text))
        return false;
    bool has_sign = text.p[text.n - 1] == '%';
    if (has_sign)
        text = slice_trim(slice_sub(text, 0, text.n - 1));
    if ((sign && !has_sign) || !money_parse(text, 2, &value, &err) || value < 0 || value > 10000) {
        load_misread(l, field, node);
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

static bool parse_units(struct slice text, int64_t *millionths)
{
    struct decimal d;
    if (!decimal_parse(text, &d, NULL))
        return false;
    for (unsigned scale = d.scale; scale < UNITS_SCALE; scale++) {
        if (__builtin_mul_overflow(d.units, INT64_C(10), &d.units))
            return false;
    }
    *millionths = d.units;
    return true;
}

static bool load_number(struct loader *l, const struct field *field, enum number_kind kind,
                        const struct yaml_node *node, struct slice text, int64_t *out)
{
    bool named;
    uint64_t count;
    text = slice_trim(text);
    switch (kind) {
    case NUMBER_MONEY:
        return load_money(l, field, node, text, out, &named);
    case NUMBER_UNITS:
        if (parse_units(text, out))
            return true;
        break;
    case NUMBER_COUNT:
        if (slice_u64(text, 1000000000, &count)) {
            *out = (int64_t)count;
            return true;
        }
        break;
    }
    load_misread(l, field, node);
    return false;
}

static size_t find_dots(struct slice s)
{
    for (size_t i = 0; i + 1 < s.n; i++) {
        if (s.p[i] == '.' && s.p[i + 1] == '.')
            return i;
    }
    return s.n;
}

bool load_range(struct loader *l, const struct field *field, enum number_kind kind,
                const struct yaml_node *node, struct range *out, struct slice *asked)
{
    static const char *const signs[] = {">=", "<=", ">", "<", "="};
    struct slice text;
    if (!load_text(l, field, node, &text))
        return false;
    *asked = text;
    *out = (struct range){INT64_MIN, INT64_MAX};
    size_t dots = find_dots(text);
    if (dots < text.n) {
        if (!load_number(l, field, kind, node, slice_sub(text, 0, dots), &out->low) ||
            !load_number(l, field, kind, node, slice_sub(text, dots + 2, text.n), &out->high))
            return false;
        if (out->low <= out->high)
            return true;
        load_misread(l, field, node);
        return false;
    }
    size_t sign = 0;
    while (sign < sizeof signs / sizeof *signs && !slice_starts(text, signs[sign]))
        sign++;
    size_t skip = sign < sizeof signs / sizeof *signs ? strlen(signs[sign]) : 0;
    int64_t n;
    if (!load_number(l, field, kind, node, slice_sub(text, skip, text.n), &n))
        return false;
    switch (sign) {
    case 0:
        out->low = n;
        break;
    case 1:
        out->high = n;
        break;
    case 2:
        out->low = n + 1; /* in minor units, millionths or whole things there is nothing between */
        break;
    case 3:
        out->high = n - 1;
        break;
    default: /* a bare number means exactly that */
        *out = (struct range){n, n};
    }
    return true;
}
