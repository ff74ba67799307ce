/* What a command is about, in words, by the rows of meanings.def. */
#include "protocol/command_table.h"

struct meaning {
    const char *about, *values;
};

static const struct meaning meanings[COMMAND_COUNT] = {
#define MEANING(id, about, values) [COMMAND_##id] = {about, values},
#include "protocol/meanings.def"
#undef MEANING
};

/* Takes "12=words" or "words" up to the next '|'. */
static bool take_value(struct slice *values, uint32_t *number, struct slice *words)
{
    if (!values->n)
        return false;
    size_t end = slice_find(*values, '|');
    struct slice one = slice_sub(*values, 0, end);
    *values = slice_sub(*values, end + 1, values->n);
    size_t equals = slice_find(one, '=');
    *number = 0;
    for (size_t i = 0; equals < one.n && i < equals; i++)
        *number = *number * 10 + (one.p[i] - '0');
    *words = equals < one.n ? slice_sub(one, equals + 1, one.n) : one;
    return true;
}

static void put_bits(uint32_t n, struct slice values, struct buf *out)
{
    const char *between = ": ";
    struct slice words;
    uint32_t bit;
    while (take_value(&values, &bit, &words)) {
        if (!(n & bit))
            continue;
        buf_str(out, between);
        buf_slice_append(out, words);
        between = ", ";
    }
    if (between[0] == ':')
        buf_str(out, ": nothing");
}

static void put_one(uint32_t n, bool digits, struct slice values, struct buf *out)
{
    struct slice words;
    uint32_t value;
    while (take_value(&values, &value, &words)) {
        if (n != value && !(digits && value <= 9 && n == value + '0'))
            continue;
        buf_str(out, ": ");
        buf_slice_append(out, words);
        return;
    }
    buf_str(out, ": unknown");
}

static void put_switch(uint32_t n, struct slice values, struct buf *out)
{
    struct slice words = {0};
    uint32_t unused;
    take_value(&values, &unused, &words);
    if (n & 1)
        take_value(&values, &unused, &words);
    buf_str(out, ": ");
    buf_slice_append(out, words);
}

void command_means(const struct frame *frame, struct slice command, struct buf *out)
{
    if (frame->kind != FRAME_COMMAND)
        return;
    const struct meaning *m = &meanings[frame->id];
    struct slice values = slice_str(m->values);
    buf_str(out, m->about);
    size_t name = 0;
    while (name < values.n && !strchr(":~&%*", values.p[name]))
        name++;
    uint32_t n;
    if (name >= values.n || frame->broken ||
        !command_parameter(frame, command, slice_sub(values, 0, name), &n))
        return;
    uint8_t kind = values.p[name];
    values = slice_trim(slice_sub(values, name + 1, values.n));
    if (kind == '&')
        put_bits(n, values, out);
    else if (kind == '*')
        buf_printf(out, ": width %u, height %u", (n >> 4 & 7) + 1, (n & 7) + 1);
    else if (kind == '%')
        put_switch(n, values, out);
    else
        put_one(n, kind == '~', values, out);
}
