/* A listing of what goes to a printer: one row a command, as the bytes come. Rows do not depend on
 * how the bytes were cut, but that a text may come in more pieces. Needs no printer. */
#ifndef BONBON_PROTOCOL_TRACE_H
#define BONBON_PROTOCOL_TRACE_H

#include "base/buf.h"

enum { TRACE_MAX_COMMAND_BYTES = 8 << 20 };

/* Lives during the call. */
struct trace_row {
    uint64_t offset;         /* of its first byte in the stream */
    const char *name;        /* "GS v 0", "text", "ignored", "unfinished" */
    struct slice parameters; /* by name; may be empty */
    struct slice meaning;    /* in words: "alignment: centre"; may be empty */
    struct slice bytes; /* as they came; of a command longer than TRACE_MAX_COMMAND_BYTES only its
                           first */
};

struct trace {
    void (*row)(void *ctx, const struct trace_row *row);
    void *ctx;
    uint64_t offset; /* of what waits */
    uint64_t skip;   /* bytes of a command that is too long to be kept */
    struct buf waiting, words, meaning;
};

void trace_init(struct trace *t, void (*row)(void *ctx, const struct trace_row *row), void *ctx);
void trace_finish(struct trace *t);
/* Gives a row for each command that is whole now. */
void trace_feed(struct trace *t, struct slice bytes);
/* The stream has ended: what is unfinished gets a row. */
void trace_end(struct trace *t);

/* A whole stream as lines: offset in hex, name, parameters. */
void trace_text(struct slice bytes, struct buf *out);
/* One such line that says in words what it means. */
void trace_line_in_words(const struct trace_row *row, struct buf *out);

#endif
