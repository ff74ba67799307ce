/* Parameters of a command in words, by the layouts of commands.def. */
#include "protocol/command_table.h"

enum { TEXT_SHOWN = 120, HEX_SHOWN = 32 };

/* Text between quotes, what is not printable ASCII as \xNN. */
static void put_text(struct buf *out, struct slice text)
{
    struct slice shown = slice_sub(text, 0, TEXT_SHOWN);
    buf_byte(out, '"');
    for (size_t i = 0; shown.p && i < shown.n; i++) {
        uint8_t c = shown.p[i];
        if (c == '"' || c == '\\')
            buf_byte(out, '\\');
        if (c >= 0x20 && c < 0x7F)
            buf_byte(out, c);
        else
            buf_printf(out, "\\x%02X", c);
    }
    buf_byte(out, '"');
    if (text.n > shown.n)
        buf_printf(out, "… %zu bytes", text.n);
}

static void put_hex(struct buf *out, struct slice bytes)
{
    struct slice shown = slice_sub(bytes, 0, HEX_SHOWN);
    for (size_t i = 0; shown.p && i < shown.n; i++)
        buf_printf(out, i ? " %02X" : "%02X", shown.p[i]);
    if (bytes.n > shown.n)
        buf_printf(out, " … %zu bytes", bytes.n);
}

static void put_list(struct buf *out, struct slice list)
{
    for (size_t i = 0; i < list.n && list.p[i]; i++)
        buf_printf(out, i ? ",%u" : "%u", list.p[i]);
}

static uint32_t little_endian(struct slice s)
{
    uint32_t n = 0;
    for (size_t i = s.n; i-- > 0;)
        n = n << 8 | s.p[i];
    return n;
}

/* Bytes of a number by its type; 0 for what takes the rest. */
static size_t size_of_type(struct slice type)
{
    if (type.n == 0 || !type.p)
        return 1;
    uint8_t last = type.p[type.n - 1];
    return last == '2' || last == '4' ? (size_t)(last - '0') : 0;
}

static void put_number(struct buf *out, struct slice type, struct slice bytes)
{
    uint32_t n = little_endian(bytes);
    if (type.n && type.p[0] == 's')
        buf_printf(out, "%d", (int)(int16_t)n);
    else
        buf_printf(out, "%u", n);
}

static void put_rest(struct buf *out, struct slice type, struct slice rest)
{
    if (slice_is(type, "bytes"))
        buf_printf(out, "%zu bytes", rest.n);
    else if (slice_is(type, "text"))
        put_text(out, rest);
    else if (slice_is(type, "list"))
        put_list(out, rest);
    else
        put_hex(out, rest);
}

/* The final 00 of GS k's form A is no part of its data; nothing else that is shown as text ends in
 * 00. */
static struct slice without_terminator(enum framing framing, struct slice rest)
{
    if (framing != FRAMING_BARCODE_A || rest.n == 0 || !rest.p || rest.p[rest.n - 1] != 0)
        return rest;
    return slice_sub(rest, 0, rest.n - 1);
}

/* One parameter: takes its bytes from the front of rest; false when there are none left for it. */
static bool put_param(struct buf *out, struct slice param, struct slice *rest, bool first)
{
    size_t colon = slice_find(param, ':');
    struct slice name = slice_sub(param, 0, colon);
    struct slice type = slice_sub(param, colon + 1, param.n);
    size_t size = size_of_type(type);
    if (rest->n == 0 || rest->n < size)
        return false;
    bool shown = !slice_is(name, "_");
    if (shown && !first)
        buf_str(out, name.n ? " " : ", ");
    if (shown && name.n) {
        buf_slice_append(out, name);
        buf_byte(out, '=');
    }
    if (shown && size)
        put_number(out, type, slice_sub(*rest, 0, size));
    else if (shown)
        put_rest(out, type, *rest);
    *rest = slice_sub(*rest, size ? size : rest->n, rest->n);
    return true;
}

static void describe_params(const struct frame *frame, struct slice command, struct buf *out)
{
    const struct command *row = &command_table[frame->id];
    struct slice layout = slice_str(row->params);
    struct slice rest = slice_sub(command, frame->params, frame->length);
    rest = without_terminator(row->framing, rest);
    size_t start = out->n;
    while (layout.n) {
        size_t end = slice_find(layout, ' ');
        if (!put_param(out, slice_sub(layout, 0, end), &rest, out->n == start))
            break;
        layout = slice_sub(layout, end + 1, layout.n);
    }
    /* More than the layout names: a block longer than it should be. */
    if (rest.n) {
        buf_str(out, out->n == start ? "more=" : " more=");
        put_hex(out, rest);
    }
    if (frame->broken)
        buf_str(out, out->n == start ? "(out of range)" : " (out of range)");
}

void command_describe(const struct frame *frame, struct slice command, struct buf *out)
{
    switch (frame->kind) {
    case FRAME_COMMAND:
        describe_params(frame, command, out);
        break;
    case FRAME_TEXT:
        put_text(out, slice_sub(command, 0, frame->length));
        break;
    case FRAME_IGNORED:
        put_hex(out, slice_sub(command, 0, frame->length));
        break;
    case FRAME_PARTIAL:
        put_hex(out, command);
        break;
    }
}

bool command_parameter(const struct frame *frame, struct slice command, struct slice name,
                       uint32_t *value)
{
    struct slice layout = slice_str(command_table[frame->id].params);
    struct slice rest = slice_sub(command, frame->params, frame->length);
    while (layout.n) {
        size_t end = slice_find(layout, ' ');
        struct slice param = slice_sub(layout, 0, end);
        size_t colon = slice_find(param, ':');
        size_t size = size_of_type(slice_sub(param, colon + 1, param.n));
        if (!size || rest.n < size)
            return false;
        if (slice_equal(slice_sub(param, 0, colon), name)) {
            *value = little_endian(slice_sub(rest, 0, size));
            return true;
        }
        rest = slice_sub(rest, size, rest.n);
        layout = slice_sub(layout, end + 1, layout.n);
    }
    return false;
}
