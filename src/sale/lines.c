#include "sale/sale.h"

/* Where the object that begins a line ends on it: brackets outside of texts are even again. */
static bool is_whole_object(struct slice line)
{
    unsigned depth = 0;
    bool in_text = false;
    if (!line.n || line.p[0] != '{')
        return false;
    for (size_t i = 0; i < line.n; i++) {
        uint8_t c = line.p[i];
        if (in_text) {
            if (c == '\\')
                i++;
            else
                in_text = c != '"';
            continue;
        }
        in_text = c == '"';
        depth += c == '{';
        if (c == '}' && depth && --depth == 0)
            return slice_trim(slice_sub(line, i + 1, line.n)).n == 0;
    }
    return false;
}

/* Without blank lines at both ends. */
static struct slice slice_trim_lines(struct slice text)
{
    size_t from = 0, to = text.n;
    while (from < to && text.p[from] <= ' ')
        from++;
    while (to > from && text.p[to - 1] <= ' ')
        to--;
    return slice_sub(text, from, to);
}

static bool is_sale_line(struct slice line)
{
    static const char items[] = "\"items\"";
    return is_whole_object(line) && memmem(line.p, line.n, items, sizeof items - 1);
}

bool sale_is_json_lines(struct slice text)
{
    struct slice line, rest;
    if (slice_starts(text, "\xEF\xBB\xBF"))
        text = slice_sub(text, 3, text.n);
    text = slice_trim_lines(text);
    rest = text;
    if (!take_line(&rest, &line) || !rest.n)
        return false;
    if (is_whole_object(slice_trim(line)))
        return true;
    if (is_whole_object(text)) /* one sale, over several lines */
        return false;
    while (take_line(&rest, &line)) /* the first line is broken: a later one tells */
        if (is_sale_line(slice_trim(line)))
            return true;
    return false;
}
