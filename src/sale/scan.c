#include "sale/scan.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "sale/sale.h"

enum { LONG_DIGITS = 19, MARK_BYTES = sizeof SCAN_LONG_MARK - 1 };

struct scanner {
    struct slice in;
    size_t i;
    uint8_t *out; /* NULL while only counting */
    size_t copied, n_out;
    size_t members, marks, nuls;
    unsigned depth;
};

static bool place(struct slice text, size_t offset, unsigned first_line, struct err *err)
{
    unsigned line, column;
    utf8_place(text, offset, &line, &column);
    return err_at(err, NULL, line + first_line - 1, column);
}

bool scan_at(const struct scan *scan, size_t offset, unsigned first_line, struct err *err)
{
    place(scan->text, offset, first_line, err);
    /* Marks before it on its line are not the caller's. */
    struct slice before = slice_sub(scan->text, 0, offset);
    size_t start = before.n;
    while (start && before.p[start - 1] != '\n')
        start--;
    struct slice line = slice_sub(before, start, before.n);
    while (scan->marks && err && line.n >= MARK_BYTES) {
        const uint8_t *mark = memmem(line.p, line.n, SCAN_LONG_MARK, MARK_BYTES);
        if (!mark)
            break;
        err->column -= err->column > MARK_BYTES ? MARK_BYTES : 0;
        line = slice_sub(line, (size_t)(mark - line.p) + MARK_BYTES, line.n);
    }
    return false;
}

static void flush(struct scanner *s, size_t to)
{
    if (s->out && to > s->copied)
        memcpy(s->out + s->n_out, s->in.p + s->copied, to - s->copied);
    s->n_out += to - s->copied;
    s->copied = to;
}

static bool is_key(const struct scanner *s, size_t behind)
{
    while (behind < s->in.n && strchr(" \t\r\n", s->in.p[behind]) && s->in.p[behind])
        behind++;
    return behind < s->in.n && s->in.p[behind] == ':';
}

/* From the opening quote to behind the closing one. A NUL is a control character like any other,
 * handed on as one that json-c does not end at; in a key it would end the key and make another one
 * of it. */
static bool scan_string(struct scanner *s)
{
    size_t begin = s->i++;
    bool nul = false;
    while (s->i < s->in.n && s->in.p[s->i] != '"') {
        uint8_t c = s->in.p[s->i];
        if (c == 0) {
            nul = true;
            flush(s, s->i);
            if (s->out)
                s->out[s->n_out] = 1;
            s->n_out++;
            s->copied = s->i + 1;
            s->nuls++;
        } else if (c == '\\') {
            nul |= s->in.n - s->i > 5 && memcmp(s->in.p + s->i, "\\u0000", 6) == 0;
            s->i++;
        }
        s->i++;
    }
    if (s->i >= s->in.n) {
        s->i = s->in.n; /* never closed: the parser says so */
        return true;
    }
    s->i++;
    if (nul && is_key(s, s->i)) {
        s->i = begin;
        return false;
    }
    return true;
}

static void scan_number(struct scanner *s)
{
    size_t begin = s->i;
    while (s->i < s->in.n && s->in.p[s->i] >= '0' && s->in.p[s->i] <= '9')
        s->i++;
    bool whole = s->i == s->in.n || !strchr(".eE+-", s->in.p[s->i]) || !s->in.p[s->i];
    bool leading = begin == 0 || !strchr(".eE+", s->in.p[begin - 1]);
    bool exponent = begin > 1 && s->in.p[begin - 1] == '-' && (s->in.p[begin - 2] | 0x20) == 'e';
    if (s->i - begin < LONG_DIGITS || !whole || !leading || exponent)
        return;
    flush(s, s->i);
    if (s->out)
        memcpy(s->out + s->n_out, SCAN_LONG_MARK, MARK_BYTES);
    s->n_out += MARK_BYTES;
    s->marks++;
}

enum scan_end { SCAN_DONE, SCAN_DEEP, SCAN_WRONG };

static enum scan_end run(struct scanner *s)
{
    while (s->i < s->in.n) {
        uint8_t c = s->in.p[s->i];
        switch (c) {
        case '"':
            if (!scan_string(s))
                return SCAN_WRONG;
            continue;
        case '{':
        case '[':
            if (++s->depth > SALE_MAX_DEPTH)
                return SCAN_DEEP;
            break;
        case '}':
        case ']':
            s->depth -= s->depth > 0;
            break;
        case ':':
            s->members++;
            break;
        case 0:
        case 'N': /* NaN and Infinity are numbers to json-c, and to nobody else */
        case 'I':
        case '\'': /* quotes a key to json-c, however strict it is told to be */
            return SCAN_WRONG;
        default:
            if (c >= '0' && c <= '9') {
                scan_number(s);
                continue;
            }
            break;
        }
        s->i++;
    }
    flush(s, s->in.n);
    return SCAN_DONE;
}

bool scan_json(struct arena *arena, struct slice json, unsigned first_line, struct scan *scan,
               struct err *err)
{
    *scan = (struct scan){.text = json};
    if (json.n > SALE_MAX_BYTES)
        return FAIL(err, ERR_TOO_BIG, "JSON", "8 MiB");
    size_t valid = utf8_valid(json);
    if (valid != json.n) {
        FAIL(err, ERR_UTF8);
        return place(json, valid, first_line, err);
    }
    struct scanner counting = {.in = json};
    switch (run(&counting)) {
    case SCAN_DEEP:
        FAIL(err, ERR_TOO_BIG, "depth", "16");
        return place(json, counting.i, first_line, err);
    case SCAN_WRONG:
        FAIL(err, ERR_JSON, "unexpected character");
        return place(json, counting.i, first_line, err);
    default:
        break;
    }
    scan->members = counting.members;
    scan->marks = counting.marks;
    if (!counting.marks && !counting.nuls)
        return true;
    struct scanner copying = {.in = json, .out = arena_array(arena, counting.n_out, 1)};
    if (!copying.out)
        return FAIL(err, ERR_TOO_BIG, "JSON", "memory");
    run(&copying);
    scan->text = slice_of(copying.out, copying.n_out);
    return true;
}

struct seen_key {
    uint32_t object; /* in the order of their opening */
    uint32_t offset, n;
};

/* qsort has no context argument in C17, and its GNU form is not needed where the bytes stand in the
 * row's reach. */
static int by_object_and_key(const void *a, const void *b, void *text)
{
    const struct seen_key *x = a, *y = b;
    if (x->object != y->object)
        return x->object < y->object ? -1 : 1;
    const uint8_t *p = text;
    int order = slice_compare(slice_of(p + x->offset, x->n), slice_of(p + y->offset, y->n));
    return order ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

/* Lists the keys of a text that has been parsed without complaint. */
static size_t list_keys(struct slice text, struct seen_key *keys, size_t max)
{
    struct scanner s = {.in = text};
    uint32_t open[SALE_MAX_DEPTH + 1] = {0}, objects = 0;
    size_t n = 0;
    while (s.i < text.n && n < max) {
        uint8_t c = text.p[s.i];
        if (c == '"') {
            size_t begin = s.i;
            scan_string(&s);
            if (is_key(&s, s.i))
                keys[n++] =
                    (struct seen_key){open[s.depth], (uint32_t)begin, (uint32_t)(s.i - begin)};
            continue;
        }
        if ((c == '{' || c == '[') && s.depth < SALE_MAX_DEPTH)
            open[++s.depth] = ++objects;
        if (c == '}' || c == ']')
            s.depth -= s.depth > 0;
        s.i++;
    }
    return n;
}

bool scan_fail_repeated(struct arena *arena, const struct scan *scan, unsigned first_line,
                        struct err *err)
{
    size_t mark = arena->used;
    size_t first = SIZE_MAX;
    struct slice name = SLICE("?");
    struct seen_key *keys = ARENA_ARRAY(arena, scan->members, struct seen_key);
    if (keys) {
        size_t n = list_keys(scan->text, keys, scan->members);
        union { // NOLINT(bugprone-*): qsort_r wants a pointer to what it never writes
            const uint8_t *read;
            void *pass;
        } text = {.read = scan->text.p};
        qsort_r(keys, n, sizeof *keys, by_object_and_key, text.pass);
        for (size_t i = 1; i < n; i++) {
            struct slice a = slice_of(scan->text.p + keys[i - 1].offset, keys[i - 1].n);
            struct slice b = slice_of(scan->text.p + keys[i].offset, keys[i].n);
            if (keys[i].object == keys[i - 1].object && slice_equal(a, b) &&
                keys[i].offset < first) {
                first = keys[i].offset;
                name = b;
            }
        }
    }
    struct slice which =
        arena_printf(arena, ": %.*s", (int)(name.n < 100 ? name.n : 100), (const char *)name.p);
    FAIL(err, ERR_JSON, "this name stands here twice", which.p ? (const char *)which.p : "");
    if (first != SIZE_MAX) /* equal only once their escapes are read: no place to say */
        scan_at(scan, first, first_line, err);
    arena_reset(arena, mark);
    return false;
}
