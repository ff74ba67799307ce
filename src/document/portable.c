/* An expanded document as plain ReceiptLine: inert values become escapes, so that any program that
 * knows ReceiptLine prints the same. */
#include "document/document.h"

#include "base/utf8.h"

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
    /* An emphasis without a letter holds the place of nothing and has no width; in a property an
     * escape that says nothing does, so that no blank beside it is at the end. */
    if (value.n == 0)
        buf_str(out, place == IN_TEXT ? "\"\"" : "\\_");
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

/* Without the backslash that a text may end with: it escapes nothing of the value behind it. */
static struct slice without_open_escape(struct slice text)
{
    size_t i = 0;
    while (i < text.n)
        i += text.p[i] == '\\' ? 2 : 1;
    return slice_sub(text, 0, i > text.n ? text.n - 1 : text.n);
}

/* Whether a code (\x) of which rest is all that stands before the value would take of the value: in
 * a text the next two characters that are no mark, in a property two digits. */
static bool is_open_code(struct slice rest, enum place place)
{
    uint32_t cp;
    if (place == IN_PROPERTY)
        return rest.n == 0 || (rest.n == 1 && is_hex(rest.p[0]));
    for (unsigned i = 0; i < 2; i++) {
        if (rest.n && strchr("\\_\"`^", rest.p[0]))
            return false;
        if (!utf8_take(&rest, &cp))
            return true;
    }
    return false;
}

/* Offset of the code that is open at the end of the text, or its length. */
static size_t find_open_code(struct slice text, enum place place)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\\' || i + 1 == text.n)
            continue;
        if (text.p[i + 1] == 'x' && is_open_code(slice_sub(text, i + 2, text.n), place))
            return i;
        i++;
    }
    return text.n;
}

/* The template's own text up to a value. An escape that has not ended there is nothing, and must
 * not take what the value begins with; nor must one that it ended. */
static void put_markup(struct buf *out, struct slice text, enum place place)
{
    text = without_open_escape(text);
    size_t open = find_open_code(text, place);
    if (place == IN_PROPERTY) {
        /* The digit of such a code is one more character. */
        buf_slice_append(out, slice_sub(text, 0, open));
        buf_slice_append(out, slice_sub(text, open + 2, text.n));
        return;
    }
    while (open < text.n) {
        text.n = open;
        open = find_open_code(text, place);
    }
    buf_slice_append(out, text);
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
        put_markup(out, slice_sub(line, 0, from), place);
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
