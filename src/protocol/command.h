/* Framing of every ESC/POS command: where it ends, what its parts are called. Encoder and virtual
 * printer share this table, not code, so that they cannot agree on the same mistake; what a command
 * means is the virtual printer's affair.
 *
 * Invariants:
 *   1. The framer is pure: it looks at the bytes it is given and says what stands at their front. A
 * caller that gets bytes piecemeal keeps what it has and asks again when more came; the commands,
 * the ignored bytes and the text are the same however the bytes were cut (a text may come in more
 * pieces).
 *   2. Anything but FRAME_PARTIAL has a length of at least 1 and at most what was given.
 *   3. Whether a printer is in page mode, or which font it has, is not looked at: where the end of
 * a command would depend on such a state, commands.def says what is taken instead.
 *
 * No state, no memory: any thread at any time. */
#ifndef BONBON_PROTOCOL_COMMAND_H
#define BONBON_PROTOCOL_COMMAND_H

#include "base/buf.h"

enum command_id {
#define COMMAND(id, ...) COMMAND_##id,
#include "protocol/commands.def"
#undef COMMAND
    COMMAND_COUNT
};

enum frame_kind {
    FRAME_PARTIAL, /* a command begins here and its end is not there yet; `need` more bytes at least
                    */
    FRAME_TEXT,    /* `length` bytes 20–FF to print */
    FRAME_COMMAND, /* a command of `length` bytes, its parameters from `params` */
    FRAME_IGNORED, /* `length` bytes that a printer ignores: control bytes without meaning, unknown
                      ESC x, unknown functions of ( x with all their block */
};

struct frame {
    enum frame_kind kind;
    enum command_id id; /* of FRAME_COMMAND */
    size_t length;      /* bytes; of FRAME_PARTIAL those of the command as far as they are known */
    size_t params; /* offset of the first byte after the prefix (for ( k and the like: after fn) */
    size_t need;   /* of FRAME_PARTIAL: at least so many more */
    bool sized;    /* of FRAME_PARTIAL: `length` is the whole command's, so that a caller with less
                      memory may pass    over that many bytes instead of keeping them */
    bool broken; /* of FRAME_COMMAND: a parameter was out of range; the command ended behind it and
                    does nothing, what follows is data */
};

/* What stands at the front of bytes (at least one byte). A command is whole or FRAME_PARTIAL,
 * however long it says it is (4 GiB with GS 8 L): a caller with a limit looks at `length` and
 * `sized`. Out-of-range parameters end a command as the manuals say (Epson APG: ESC *, ESC p, ESC
 * W, GS k; the block of ( x is taken whole). */
struct frame frame_next(struct slice bytes);

/* As the facts write it: "GS v 0", "ESC t", "GS ( k <fn 180>". Both forms of GS k are "GS k". */
const char *command_name(enum command_id id);
/* What it is about, with what its parameter says, appended to out: "alignment: centre". Nothing for
 * text and ignored bytes. */
void command_means(const struct frame *frame, struct slice command, struct buf *out);
/* The value of a parameter by its name in commands.def; false when it is not there. */
bool command_parameter(const struct frame *frame, struct slice command, struct slice name,
                       uint32_t *value);
/* Parameters in words, appended to out: "m=0 width_bytes=72 rows=24, 1728 bytes". command is all of
 * the command's bytes. Text and ignored bytes are shown too, escaped. */
void command_describe(const struct frame *frame, struct slice command, struct buf *out);

#endif
