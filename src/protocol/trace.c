#include "protocol/trace.h"

#include "protocol/command.h"

enum { TRACE_WORDS_BYTES = 1 << 20, KEPT_OF_LONG_BYTES = 64 };

void trace_init(struct trace *t, void (*row)(void *ctx, const struct trace_row *row), void *ctx)
{
    *t = (struct trace){.row = row, .ctx = ctx};
    buf_init(&t->waiting, 0);
    buf_init(&t->words, TRACE_WORDS_BYTES);
    buf_init(&t->meaning, TRACE_WORDS_BYTES);
}

void trace_finish(struct trace *t)
{
    buf_finish(&t->waiting);
    buf_finish(&t->words);
    buf_finish(&t->meaning);
}

static const char *name_of(const struct frame *frame)
{
    switch (frame->kind) {
    case FRAME_COMMAND:
        return command_name(frame->id);
    case FRAME_TEXT:
        return "text";
    case FRAME_IGNORED:
        return "ignored";
    default:
        return "unfinished";
    }
}

static void give(struct trace *t, const char *name, struct slice bytes)
{
    while (t->words.n && t->words.p[t->words.n - 1] == ' ')
        t->words.n--;
    const struct trace_row row = {t->offset, name, buf_slice(&t->words), buf_slice(&t->meaning),
                                  bytes};
    t->row(t->ctx, &row);
    buf_reset(&t->meaning);
}

static void give_whole(struct trace *t, const struct frame *frame, struct slice bytes)
{
    buf_reset(&t->words);
    command_describe(frame, bytes, &t->words);
    command_means(frame, bytes, &t->meaning);
    give(t, name_of(frame), bytes);
    t->offset += bytes.n;
}

/* Passes over a command that says it is longer than anybody's memory. */
static void give_long(struct trace *t, const struct frame *frame, struct slice bytes)
{
    buf_reset(&t->words);
    buf_printf(&t->words, "%zu bytes, passed over", frame->length);
    give(t, "too long", slice_sub(bytes, 0, KEPT_OF_LONG_BYTES));
    t->skip = frame->length;
}

static void give_unfinished(struct trace *t, struct slice bytes, size_t need)
{
    buf_reset(&t->words);
    buf_printf(&t->words, "%zu bytes, %zu more are missing", bytes.n, need);
    give(t, "unfinished", bytes);
    t->offset += bytes.n;
}

static struct slice skip(struct trace *t, struct slice bytes)
{
    uint64_t n = t->skip < bytes.n ? t->skip : bytes.n;
    t->skip -= n;
    t->offset += n;
    return slice_sub(bytes, (size_t)n, bytes.n);
}

/* Takes what is whole from the front; gives back the rest. */
static struct slice take(struct trace *t, struct slice bytes)
{
    for (bytes = skip(t, bytes); bytes.n; bytes = skip(t, bytes)) {
        struct frame frame = frame_next(bytes);
        if (frame.kind != FRAME_PARTIAL) {
            give_whole(t, &frame, slice_sub(bytes, 0, frame.length));
            bytes = slice_sub(bytes, frame.length, bytes.n);
        } else if (frame.sized && frame.length > TRACE_MAX_COMMAND_BYTES) {
            give_long(t, &frame, bytes);
        } else if (bytes.n > TRACE_MAX_COMMAND_BYTES) {
            give_unfinished(t, bytes, frame.need);
            bytes = (struct slice){0};
        } else {
            break;
        }
    }
    return bytes;
}

void trace_feed(struct trace *t, struct slice bytes)
{
    if (!t->waiting.n) {
        buf_slice_append(&t->waiting, take(t, bytes));
        return;
    }
    buf_slice_append(&t->waiting, bytes);
    struct slice rest = take(t, buf_slice(&t->waiting));
    if (rest.n)
        memmove(t->waiting.p, rest.p, rest.n);
    t->waiting.n = rest.n;
}

void trace_end(struct trace *t)
{
    if (t->waiting.n)
        give_unfinished(t, buf_slice(&t->waiting), frame_next(buf_slice(&t->waiting)).need);
    t->waiting.n = 0;
}

static void trace_line(const struct trace_row *row, struct buf *out)
{
    buf_printf(out, "%08llx  ", (unsigned long long)row->offset);
    if (row->parameters.n)
        buf_printf(out, "%-14s %.*s\n", row->name, (int)row->parameters.n,
                   (const char *)row->parameters.p);
    else
        buf_printf(out, "%s\n", row->name);
}

/* The words stand in a column of their own where there is room. */
void trace_line_in_words(const struct trace_row *row, struct buf *out)
{
    enum { COLUMN = 24 };
    if (!row->meaning.n) {
        trace_line(row, out);
        return;
    }
    size_t n = row->parameters.n;
    buf_printf(out, "%08llx  %-14s %.*s", (unsigned long long)row->offset, row->name, (int)n,
               n ? (const char *)row->parameters.p : "");
    for (; n < COLUMN; n++)
        buf_byte(out, ' ');
    buf_printf(out, "  %.*s\n", (int)row->meaning.n, (const char *)row->meaning.p);
}

static void put_line(void *ctx, const struct trace_row *row)
{
    trace_line(row, ctx);
}

void trace_text(struct slice bytes, struct buf *out)
{
    struct trace t;
    trace_init(&t, put_line, out);
    trace_feed(&t, bytes);
    trace_end(&t);
    trace_finish(&t);
}
