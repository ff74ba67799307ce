/* One value of the JSON → one fact: exact, clean, or an error with its path. */
#include "sale/reader.h"

#include <json-c/json.h>
#include <stdio.h>

#include "base/utf8.h"
#include "sale/scan.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- what can be wrong ---- */

static size_t path_text(const struct path *path, char *out, size_t cap) // NOLINT(misc-no-recursion)
{
    size_t n = path->up ? path_text(path->up, out, cap) : 0;
    int more = path->key ? snprintf(out + n, cap - n, "%s%s", n ? "." : "", path->key)
                         : snprintf(out + n, cap - n, "[%zu]", path->index);
    n += more > 0 ? (size_t)more : 0;
    return n < cap ? n : cap - 1;
}

static bool fail_in(struct reader *r, const struct path *path)
{
    char field[ERR_FIELD_BYTES];
    path_text(path, field, sizeof field);
    return err_in_field(r->err, field);
}

bool reader_fail(struct reader *r, const struct path *path, enum err_code code, const char *more)
{
    char field[ERR_FIELD_BYTES];
    path_text(path, field, sizeof field);
    FAIL(r->err, code, field, more);
    return err_in_field(r->err, field);
}

bool reader_fail_memory(struct reader *r, const struct path *path)
{
    return reader_fail(r, path, ERR_TOO_BIG, "memory");
}

/* ---- plain values ---- */

static bool clean_text(struct reader *r, struct slice raw, struct slice *out,
                       const struct path *path)
{
    char limit[24];
    if (raw.n > SALE_MAX_TEXT) {
        snprintf(limit, sizeof limit, "%d bytes", SALE_MAX_TEXT);
        return reader_fail(r, path, ERR_TOO_BIG, limit);
    }
    struct slice clean = utf8_clean(r->arena, raw);
    if (clean.p == raw.p) /* as it was: json-c's own bytes, which go with the tree */
        clean = arena_copy(r->arena, raw);
    *out = clean;
    return clean.p || reader_fail_memory(r, path);
}

static struct slice string_of(struct json_object *in)
{
    return slice_of(json_object_get_string(in), (size_t)json_object_get_string_len(in));
}

/* What is wanted is shown by an example, which reads the same in every language. */
bool read_text(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    if (json_object_get_type(in) != json_type_string)
        return reader_fail(r, path, ERR_SALE_FIELD, "\"…\"");
    return clean_text(r, string_of(in), at, path);
}

bool read_name(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    struct slice *out = at;
    if (!read_text(r, in, at, path))
        return false;
    *out = slice_trim(*out);
    if (out->n > SALE_MAX_NAME) {
        char limit[32];
        snprintf(limit, sizeof limit, "%d bytes", SALE_MAX_NAME);
        return reader_fail(r, path, ERR_TOO_BIG, limit);
    }
    return out->n || reader_fail(r, path, ERR_SALE_MISSING, "");
}

/* The digits of a number as they were written, or a text. */
static bool number_text(struct json_object *in, char room[32], struct slice *out)
{
    const char *own;
    switch (json_object_get_type(in)) {
    case json_type_string:
        *out = string_of(in);
        return true;
    case json_type_int:
        /* Longer ones were marked and are doubles here. */
        *out = slice_of(room, money_plain(json_object_get_int64(in), 0, room));
        return true;
    case json_type_double:
        own = json_object_get_userdata(in); /* json_object_new_double_s keeps the text there */
        *out = slice_str(own ? own : json_object_get_string(in));
        const size_t mark = sizeof SCAN_LONG_MARK - 1;
        if (out->n > mark && memcmp(out->p + out->n - mark, SCAN_LONG_MARK, mark) == 0)
            out->n -= mark;
        return true;
    default:
        return false;
    }
}

static bool read_exact(struct reader *r, struct json_object *in, unsigned exponent, int64_t *out,
                       const char *example, const char *unit, const struct path *path)
{
    char room[32];
    struct slice text;
    if (!number_text(in, room, &text))
        return reader_fail(r, path, ERR_SALE_FIELD, example);
    if (money_parse(text, exponent, out, r->err))
        return true;
    if (r->err && r->err->code == ERR_DECIMALS) {
        char number[ERR_ARG_BYTES];
        slice_cstr(text, number, sizeof number);
        FAIL(r->err, ERR_DECIMALS, number, unit);
    }
    return fail_in(r, path);
}

bool read_amount(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    return read_exact(r, in, r->currency->exponent, at, "12.50", r->currency->code, path);
}

bool read_whole(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    return read_exact(r, in, 0, at, "0, 1, 2, …", "0, 1, 2, …", path);
}

bool read_count(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    int64_t *out = at;
    return read_whole(r, in, at, path) &&
           (*out >= 0 || reader_fail(r, path, ERR_SALE_FIELD, "0, 1, 2, …"));
}

bool read_quantity(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    char room[32];
    struct slice text;
    if (!number_text(in, room, &text))
        return reader_fail(r, path, ERR_SALE_FIELD, "1.5");
    return decimal_parse(text, at, r->err) || fail_in(r, path);
}

/* A rate is printed as it was written; it only has to be a number. */
bool read_rate(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    char room[32];
    struct slice text;
    struct decimal rate;
    if (!number_text(in, room, &text))
        return reader_fail(r, path, ERR_SALE_FIELD, "11");
    if (!decimal_parse(text, &rate, r->err))
        return fail_in(r, path);
    return clean_text(r, text, at, path);
}

/* "11-21"; a year before it is read over. */
bool read_birthday(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    char text[16] = "2000-"; /* a leap year: 29 February is a birthday */
    struct slice s =
        json_object_get_type(in) == json_type_string ? string_of(in) : SLICE_LITERAL("");
    int32_t day;
    if (s.n == 5)
        memcpy(text + 5, s.p, 5);
    if (!day_parse(s.n == 5 ? slice_str(text) : s, &day))
        return reader_fail(r, path, ERR_SALE_FIELD, "11-21");
    struct civil c;
    day_civil(day, &c);
    *(struct birthday *)at = (struct birthday){c.month, c.day};
    return true;
}

bool read_day(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    if (json_object_get_type(in) != json_type_string || !day_parse(string_of(in), at))
        return reader_fail(r, path, ERR_SALE_FIELD, "2026-10-30");
    return true;
}

bool read_time(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    struct sale *sale = at;
    if (json_object_get_type(in) != json_type_string)
        return reader_fail(r, path, ERR_SALE_FIELD, "2026-11-21T14:03:00+02:00");
    return time_parse(string_of(in), &sale->time_s, &sale->time_offset_s, r->err) ||
           fail_in(r, path);
}

bool read_kind(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    static const char *const kinds[] = {
        [SALE_SALE] = "sale", [SALE_RETURN] = "return", [SALE_TRAINING] = "training"};
    if (json_object_get_type(in) != json_type_string)
        return reader_fail(r, path, ERR_SALE_FIELD, "\"sale\"");
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (slice_is(string_of(in), kinds[i])) {
            *(enum sale_kind *)at = (enum sale_kind)i;
            return true;
        }
    }
    err_fail_slice(r->err, ERR_SALE_KIND, string_of(in));
    return fail_in(r, path);
}

/* Read before everything else: it says how many decimals an amount has. */
bool read_currency(struct reader *r, struct json_object *sale)
{
    const struct path path = {.key = "currency"};
    struct json_object *in = json_object_object_get(sale, path.key);
    if (!in)
        return reader_fail(r, &path, ERR_SALE_MISSING, "");
    if (json_object_get_type(in) != json_type_string)
        return reader_fail(r, &path, ERR_SALE_FIELD, "\"RON\"");
    r->currency = currency_find(string_of(in));
    if (r->currency)
        return true;
    err_fail_slice(r->err, ERR_SALE_CURRENCY, string_of(in));
    return fail_in(r, &path);
}

/* ---- what this program does not know ---- */

static bool read_value(struct reader *r, struct json_object *in, struct sale_value *out,
                       const struct path *path);

static bool read_value_list(struct reader *r, struct json_object *in,
                            struct sale_value *out, // NOLINT(misc-no-recursion)
                            const struct path *path)
{
    out->kind = SALE_VALUE_LIST;
    out->n = json_object_array_length(in);
    struct sale_value *values = ARENA_ARRAY(r->arena, out->n, struct sale_value);
    out->values = values;
    if (!values)
        return reader_fail_memory(r, path);
    for (size_t i = 0; i < out->n; i++) {
        if (!read_value(r, json_object_array_get_idx(in, i), &values[i],
                        &(struct path){path, NULL, i}))
            return false;
    }
    return true;
}

bool read_member(struct reader *r, const char *key,
                 struct json_object *in, // NOLINT(misc-no-recursion)
                 struct slice *keys, struct sale_value *out, const struct path *path)
{
    const struct path here = {path, key, 0};
    return clean_text(r, slice_str(key), keys, &here) && read_value(r, in, out, &here);
}

static bool read_value_object(struct reader *r, struct json_object *in,
                              struct sale_value *out, // NOLINT(misc-no-recursion)
                              const struct path *path)
{
    out->kind = SALE_VALUE_OBJECT;
    size_t n = (size_t)json_object_object_length(in);
    struct slice *keys = ARENA_ARRAY(r->arena, n, struct slice);
    struct sale_value *values = ARENA_ARRAY(r->arena, n, struct sale_value);
    out->keys = keys;
    out->values = values;
    if (!keys || !values)
        return reader_fail_memory(r, path);
    json_object_object_foreach(in, key, member)
    {
        if (!read_member(r, key, member, &keys[out->n], &values[out->n], path))
            return false;
        out->n++;
    }
    return true;
}

/* As deep as the JSON is, SALE_MAX_DEPTH at most. */
static bool read_value(struct reader *r, struct json_object *in,
                       struct sale_value *out, // NOLINT(misc-no-recursion)
                       const struct path *path)
{
    char room[32];
    struct slice text = SLICE("");
    *out = (struct sale_value){.kind = SALE_VALUE_TEXT};
    switch (json_object_get_type(in)) {
    case json_type_null:
        out->kind = SALE_VALUE_NULL;
        return true;
    case json_type_boolean:
        out->kind = json_object_get_boolean(in) ? SALE_VALUE_TRUE : SALE_VALUE_FALSE;
        return true;
    case json_type_array:
        return read_value_list(r, in, out, path);
    case json_type_object:
        return read_value_object(r, in, out, path);
    default:
        number_text(in, room, &text);
        return clean_text(r, text, &out->text, path);
    }
}
