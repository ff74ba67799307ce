/* Any bytes: the framer goes on, says the same byte by byte, and describes what it found. */
#include <stdlib.h>

#include "protocol/command.h"
#include "protocol/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool what)
{
    if (!what)
        abort();
}

/* The answer about the front of `rest` when it comes byte by byte. */
static struct frame frame_slowly(struct slice rest)
{
    struct frame frame = {.kind = FRAME_PARTIAL};
    for (size_t n = 1; n <= rest.n && frame.kind == FRAME_PARTIAL; n++) {
        frame = frame_next(slice_sub(rest, 0, n));
        if (frame.kind == FRAME_PARTIAL && frame.need > 1) {
            /* Nothing can be said before that many have come. */
            n = frame.need > rest.n - n ? rest.n : n + frame.need - 1;
        }
    }
    return frame;
}

static void check_frames(struct slice rest)
{
    struct buf words;
    buf_init(&words, 1 << 16);
    while (rest.n) {
        struct frame frame = frame_next(rest);
        if (frame.kind == FRAME_PARTIAL) {
            must(frame.need > 0 && frame.length == rest.n + frame.need);
            break;
        }
        must(frame.length > 0 && frame.length <= rest.n);
        if (frame.kind != FRAME_TEXT) {
            struct frame slow = frame_slowly(rest);
            must(slow.kind == frame.kind && slow.length == frame.length && slow.id == frame.id &&
                 slow.params == frame.params && slow.broken == frame.broken);
        }
        buf_reset(&words);
        command_describe(&frame, slice_sub(rest, 0, frame.length), &words);
        must(!words.full);
        rest = slice_sub(rest, frame.length, rest.n);
    }
    buf_finish(&words);
}

static void check_replies(struct slice rest)
{
    while (rest.n) {
        struct reply reply = reply_next(rest);
        if (reply.kind == REPLY_PARTIAL)
            break;
        must(reply.length > 0 && reply.length <= rest.n);
        rest = slice_sub(rest, reply.length, rest.n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_frames(slice_of(data, size));
    check_replies(slice_of(data, size));
    return 0;
}
