#include "base/json.h"

#include <inttypes.h>

#include "base/utf8.h"

enum { LEVELS = sizeof((struct json){0}.comma) / sizeof(bool) };

void json_init(struct json *j, struct buf *out)
{
    *j = (struct json){.out = out};
}

static void put_text(struct buf *out, struct slice s)
{
    static const char hex[] = "0123456789abcdef";
    buf_byte(out, '"');
    while (s.n) {
        /* Most text needs no escape: copy it in runs. */
        size_t plain = 0;
        while (plain < s.n && s.p[plain] >= 0x20 && s.p[plain] < 0x7F && s.p[plain] != '"' &&
               s.p[plain] != '\\')
            plain++;
        buf_append(out, s.p, plain);
        s = slice_sub(s, plain, s.n);
        uint32_t cp;
        if (!utf8_take(&s, &cp))
            break;
        if (cp == '"' || cp == '\\') {
            buf_byte(out, '\\');
            buf_byte(out, (uint8_t)cp);
        } else if (cp == '\n') {
            buf_str(out, "\\n");
        } else if (cp < 0x20 || cp == 0x7F) {
            const uint8_t escape[] = {
                '\\', 'u', '0', '0', (uint8_t)hex[cp >> 4], (uint8_t)hex[cp & 15]};
            buf_append(out, escape, sizeof escape);
        } else {
            uint8_t bytes[4];
            buf_append(out, bytes, utf8_put(cp, bytes));
        }
    }
    buf_byte(out, '"');
}

static void begin(struct json *j, const char *key)
{
    unsigned level = j->depth < LEVELS ? j->depth : LEVELS - 1;
    if (j->comma[level])
        buf_byte(j->out, ',');
    j->comma[level] = true;
    if (key) {
        put_text(j->out, slice_str(key));
        buf_byte(j->out, ':');
    }
}

static void open_level(struct json *j, const char *key, uint8_t bracket)
{
    begin(j, key);
    buf_byte(j->out, bracket);
    j->depth++;
    if (j->depth < LEVELS)
        j->comma[j->depth] = false;
    else
        j->out->full = true; /* deeper than anything this program says: a bug that must not pass */
}

static void close_level(struct json *j, uint8_t bracket)
{
    if (j->depth)
        j->depth--;
    buf_byte(j->out, bracket);
}

void json_open_object(struct json *j, const char *key)
{
    open_level(j, key, '{');
}

void json_open_list(struct json *j, const char *key)
{
    open_level(j, key, '[');
}

void json_close_object(struct json *j)
{
    close_level(j, '}');
}

void json_close_list(struct json *j)
{
    close_level(j, ']');
}

void json_text(struct json *j, const char *key, struct slice value)
{
    begin(j, key);
    put_text(j->out, value);
}

void json_str(struct json *j, const char *key, const char *value)
{
    if (value)
        json_text(j, key, slice_str(value));
    else
        json_null(j, key);
}

void json_int(struct json *j, const char *key, int64_t value)
{
    begin(j, key);
    buf_printf(j->out, "%" PRId64, value);
}

void json_bool(struct json *j, const char *key, bool value)
{
    begin(j, key);
    buf_str(j->out, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
    begin(j, key);
    buf_str(j->out, "null");
}

void json_raw(struct json *j, const char *key, struct slice value)
{
    begin(j, key);
    buf_slice_append(j->out, value);
}
