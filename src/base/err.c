#include "base/err.h"

#include "base/utf8.h"

#include <stdlib.h>

enum { ERR_FIGURES = 4 /* of one phrase */ };

struct err_row {
    const char *name;
    enum exit_status exit;
    int http;
    const char *text[LANG_COUNT];
};

static const struct err_row rows[ERR_COUNT] = {
#define ERROR(code, name, exit, http, en, ro, ru) [ERR_##code] = {name, exit, http, {en, ro, ru}},
#include "base/errors.def"
#undef ERROR
};

static const char *const phrases[][LANG_COUNT] = {
#define PHRASE(en, ro, ru) {en, ro, ru},
#include "base/phrases.def"
#undef PHRASE
};

static const char *const lang_names[LANG_COUNT] = {"en", "ro", "ru"};

static const struct err_row *row_of(enum err_code code)
{
    return &rows[(unsigned)code < ERR_COUNT ? code : ERR_BUG];
}

/* What an argument may hold on a terminal: no control characters, no direction marks, only UTF-8.
 */
static void put_clean(struct slice s, char *out, size_t cap)
{
    size_t n = 0;
    uint32_t cp;
    while (utf8_take(&s, &cp)) {
        uint8_t bytes[4];
        bool mark = (cp >= 0x200E && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) ||
                    (cp >= 0x2066 && cp <= 0x2069);
        if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || mark)
            cp = ' ';
        size_t len = utf8_put(cp, bytes);
        if (n + len > cap - 1)
            break;
        memcpy(out + n, bytes, len);
        n += len;
    }
    out[n] = 0;
}

bool err_fail(struct err *err, enum err_code code, const char *const *args, size_t n)
{
    if (!err)
        return false;
    /* The arguments may stand in the error that is being reworded. */
    struct err fresh = {.code = code};
    for (size_t i = 0; i < n && i < ERR_ARGS; i++)
        put_clean(slice_str(args[i] ? args[i] : ""), fresh.arg[i], ERR_ARG_BYTES);
    *err = fresh;
    return false;
}

bool err_fail_slice(struct err *err, enum err_code code, struct slice arg)
{
    if (!err)
        return false;
    struct err fresh = {.code = code};
    put_clean(arg, fresh.arg[0], ERR_ARG_BYTES);
    *err = fresh;
    return false;
}

bool err_at(struct err *err, const char *file, unsigned line, unsigned column)
{
    if (!err)
        return false;
    if (file)
        put_clean(slice_str(file), err->file, sizeof err->file);
    if (line)
        err->line = line;
    if (column)
        err->column = column;
    return false;
}

bool err_in_field(struct err *err, const char *field)
{
    if (err && field)
        put_clean(slice_str(field), err->field, sizeof err->field);
    return false;
}

const char *err_name(enum err_code code)
{
    return row_of(code)->name;
}

enum exit_status err_exit(enum err_code code)
{
    return row_of(code)->exit;
}

int err_http(enum err_code code)
{
    return row_of(code)->http;
}

static void put_where(const struct err *err, bool with_field, struct buf *out)
{
    const char *before = "";
    if (err->file[0]) {
        buf_str(out, err->file);
        before = ":";
    }
    if (err->line) {
        buf_printf(out, "%s%u", before, err->line);
        if (err->column)
            buf_printf(out, ":%u", err->column);
        before = ":";
    }
    if (with_field && err->field[0])
        buf_printf(out, "%s%s", before[0] ? " " : "", err->field);
}

void err_where(const struct err *err, struct buf *out)
{
    put_where(err, true, out);
}

static int by_english(const void *key, const void *row)
{
    const char *const *phrase = row;
    return strcmp(key, phrase[LANG_EN]);
}

const char *err_phrase(const char *said, enum lang lang)
{
    const char *const *found =
        bsearch(said, phrases, sizeof phrases / sizeof phrases[0], sizeof phrases[0], by_english);
    return found && (unsigned)lang < LANG_COUNT ? found[lang] : said;
}

/* A number, 0x1F, or one letter in quotes: what a phrase has a # for. Returns its bytes, or 0. */
static size_t figure(const char *at)
{
    size_t n = 0;
    if (at[0] == '\'' && at[1] && at[2] == '\'')
        return 3;
    if (at[0] == '0' && at[1] == 'x')
        return 2 + strspn(at + 2, "0123456789ABCDEF");
    while (at[n] >= '0' && at[n] <= '9')
        n++;
    return n;
}

/* A phrase, or one with figures in it, which stand in the same order in every language; else as it
 * was said. */
static void put_phrase(const char *said, enum lang lang, struct buf *out)
{
    struct slice figures[ERR_FIGURES];
    char shape[ERR_ARG_BYTES];
    size_t n = 0, length = 0;
    const char *known = err_phrase(said, lang);
    if (known != said || strchr(said, '#')) {
        buf_str(out, known);
        return;
    }
    for (const char *p = said; *p && length < sizeof shape - 1;) {
        size_t bytes = n < ERR_FIGURES ? figure(p) : 0;
        if (bytes)
            figures[n++] = slice_of(p, bytes);
        shape[length++] = bytes ? '#' : *p;
        p += bytes ? bytes : 1;
    }
    shape[length] = 0;
    known = err_phrase(shape, lang);
    n = 0;
    for (const char *p = known == shape ? said : known; *p; p++) {
        if (*p == '#')
            buf_slice_append(out, figures[n++]);
        else
            buf_byte(out, (uint8_t)*p);
    }
}

/* What stands in quotes is somebody's own word, be it "printed" or "held". */
static bool is_quoted(const char *text, const char *at)
{
    static const char *const quotes[] = {"'", "\u00AB", "\u201E"};
    for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++) {
        size_t n = strlen(quotes[i]);
        if ((size_t)(at - text) >= n && memcmp(at - n, quotes[i], n) == 0)
            return true;
    }
    return false;
}

void err_text(const struct err *err, enum lang lang, struct buf *out)
{
    /* Where the sentence names the field itself, the place does not say it again. */
    bool names_field = strcmp(err->field, err->arg[0]) == 0;
    size_t before = out->n;
    put_where(err, !names_field, out);
    if (out->n > before)
        buf_str(out, ": ");
    const char *text = row_of(err->code)->text[(unsigned)lang < LANG_COUNT ? lang : LANG_EN];
    for (const char *p = text; *p; p++) {
        if (p[0] == '{' && p[1] >= '0' && p[1] < '0' + ERR_ARGS && p[2] == '}') {
            const char *said = err->arg[p[1] - '0'];
            if (is_quoted(text, p))
                buf_str(out, said);
            else
                put_phrase(said, lang, out);
            p += 2;
        } else {
            buf_byte(out, (uint8_t)*p);
        }
    }
}

void err_text_alone(const struct err *err, enum lang lang, struct buf *out)
{
    static const char *const kept[LANG_COUNT] = {"; the job is kept", "; lucrarea este păstrată",
                                                 "; задание сохранено"};
    struct slice end = slice_str(kept[(unsigned)lang < LANG_COUNT ? lang : LANG_EN]);
    err_text(err, lang, out);
    if (out->n > end.n && slice_equal(slice_of(out->p + out->n - end.n, end.n), end))
        out->n -= end.n;
}

bool lang_parse(struct slice name, enum lang *out)
{
    for (unsigned i = 0; i < LANG_COUNT; i++) {
        if (slice_is(name, lang_names[i])) {
            *out = (enum lang)i;
            return true;
        }
    }
    return false;
}

const char *lang_name(enum lang lang)
{
    return lang_names[(unsigned)lang < LANG_COUNT ? lang : LANG_EN];
}
