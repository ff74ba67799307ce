/* An expanded document as plain ReceiptLine: inert values become escapes, so that any program that
 * knows ReceiptLine prints the same. */
#include "document/document.h"

/* What a value stands in decides which escapes there are. */
enum place { IN_TEXT, IN_PROPERTY };

static bool is_blank_byte(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static bool is_line_end(uint8_t c)
{
    return c == '\n' || c == '\r';
}

/* A value's own blanks align nothing, so those at its ends are written as blanks that stay. */
static void put_value(struct buf *out, struct slice value, enum place place)
{
    const char *const marks = place == IN_TEXT ? "\\|{}-=~_\"`^" : "\\|{};";
    size_t first = 0;
    size_t last = value.n;
    while (first < value.n && is_blank_byte(value.p[first]))
        first++;
    while (last > first && is_blank_byte(value.p[last - 1]))
        last--;
    for (size_t i = 0; i < value.n; i++) {
        const uint8_t c = value.p[i];
        if (i < first || i >= last) {
            buf_str(out, place == IN_TEXT ? "~" : "\\x20");
            continue;
        }
        if (c && strchr(marks, c))
            buf_byte(out, '\\');
        buf_byte(out, c);
    }
    /* An emphasis without a letter holds the place of nothing and has no width. */
    if (value.n == 0 && place == IN_TEXT)
        buf_str(out, "\"\"");
}

/* A line whose own first character is a brace is a property. */
static enum place place_of_line(struct slice line)
{
    size_t i = 0;
    while (i < line.n && (is_blank_byte(line.p[i]) || line.p[i] == '|'))
        i++;
    return i < line.n && line.p[i] == '{' ? IN_PROPERTY : IN_TEXT;
}

static bool is_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* The template's own text up to a value. An escape that has not ended there is nothing, and must
 * not take what the value begins with. */
static void put_markup(struct buf *out, struct slice text)
{
    for (size_t i = 0; i < text.n;) {
        size_t n = 1;
        if (text.p[i] == '\\') {
            const size_t left = text.n - i;
            const bool is_code = left > 1 && text.p[i + 1] == 'x';
            if (left == 1 || (is_code && (left == 2 || (left == 3 && is_hex(text.p[i + 2])))))
                return;
            n = 2;
        }
        buf_append(out, text.p + i, n);
        i += n;
    }
}

static void put_line(struct buf *out, struct slice line)
{
    const enum place place = place_of_line(line);
    for (;;) {
        const uint8_t *mark = line.n ? memchr(line.p, DOCUMENT_MARK_VALUE, line.n) : NULL;
        if (!mark) {
            buf_slice_append(out, line);
            return;
        }
        const size_t from = (size_t)(mark - line.p);
        size_t end = from + 1;
        while (end < line.n && line.p[end] != DOCUMENT_MARK_TEXT)
            end++;
        put_markup(out, slice_sub(line, 0, from));
        put_value(out, slice_sub(line, from + 1, end), place);
        line = slice_sub(line, end + 1, line.n);
    }
}

void document_portable(struct slice document, struct buf *out)
{
    while (document.n) {
        size_t end = 0;
        while (end < document.n && !is_line_end(document.p[end]))
            end++;
        put_line(out, slice_sub(document, 0, end));
        if (end < document.n)
            buf_byte(out, document.p[end]);
        document = slice_sub(document, end + 1, document.n);
    }
}
