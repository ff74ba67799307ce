/* Bytes in: framed, in any cut, and held back while the printer is offline. */
#include "virtual/handler.h"

#include "protocol/status.h"
#include "virtual/line.h"
#include "virtual/page.h"
#include "virtual/pairs.h"

#include <stdlib.h>

bool virtual_create(struct virtual_printer **out, const struct profile *profile, struct err *err)
{
    struct virtual_printer *vp = calloc(1, sizeof *vp);
    *out = NULL;
    if (!vp)
        return FAIL(err, ERR_TOO_BIG, "the printer in software", "memory");
    vp->profile = profile;
    vp->command = COMMAND_COUNT;
    buf_init(&vp->glyphs, MAX_GLYPHS * sizeof(struct virtual_glyph));
    buf_init(&vp->marks, MAX_MARKS * sizeof(struct virtual_mark));
    buf_init(&vp->replies, MAX_REPLY_BYTES);
    buf_init(&vp->line.dots, LINE_DOTS_BYTES);
    buf_init(&vp->graphic, 0);
    buf_init(&vp->symbol.data, 0);
    buf_init(&vp->symbol.primary, 0);
    buf_init(&vp->bit_image, 0);
    buf_init(&vp->user_names, 0);
    buf_init(&vp->macro.bytes, 0);
    buf_init(&vp->pending, VIRTUAL_MAX_COMMAND_BYTES);
    buf_init(&vp->held, MAX_HELD_BYTES);
    buf_init(&vp->download.b, 0);
    buf_init(&vp->talk.data, 0);
    nv_init(&vp->nv, profile);
    if (!fonts_create(&vp->fonts, err)) {
        virtual_destroy(vp);
        return false;
    }
    if (!arena_init(&vp->words, MAX_NOTE_BYTES)) {
        virtual_destroy(vp);
        return FAIL(err, ERR_TOO_BIG, "the printer in software", "memory");
    }
    if (!bitmap_init(&vp->paper, profile->width_dots, 0, err)) {
        virtual_destroy(vp);
        return false;
    }
    machine_reset(vp);
    *out = vp;
    return true;
}

void virtual_destroy(struct virtual_printer *vp)
{
    if (!vp)
        return;
    bitmap_finish(&vp->paper);
    bitmap_finish(&vp->symbol.made);
    page_finish(vp);
    free(vp->user);
    fonts_destroy(vp->fonts);
    pairs_destroy(vp->pairs);
    buf_finish(&vp->glyphs);
    buf_finish(&vp->marks);
    buf_finish(&vp->replies);
    buf_finish(&vp->line.dots);
    buf_finish(&vp->graphic);
    buf_finish(&vp->symbol.data);
    buf_finish(&vp->symbol.primary);
    buf_finish(&vp->bit_image);
    buf_finish(&vp->user_names);
    buf_finish(&vp->macro.bytes);
    buf_finish(&vp->pending);
    buf_finish(&vp->held);
    buf_finish(&vp->download.b);
    buf_finish(&vp->talk.data);
    nv_finish(&vp->nv);
    arena_finish(&vp->words);
    free(vp);
}

static void do_frame(struct virtual_printer *vp, const struct frame *frame, struct slice bytes)
{
    if (frame->kind == FRAME_TEXT) {
        machine_text(vp, bytes);
        return;
    }
    machine_text_end(vp);
    if (frame->kind == FRAME_COMMAND) {
        machine_command(vp, frame, bytes);
        return;
    }
    vp->command = COMMAND_COUNT;
    if (vp->deselected)
        return;
    if (frame->length > 1)
        paper_note_bytes(vp, "an unknown command", bytes);
    else if (bytes.p[0]) /* NUL is what programs pad with */
        paper_note_bytes(vp, "a control byte that means nothing", bytes);
}

static void run(struct virtual_printer *vp, const struct frame *frame, struct slice bytes)
{
    do_frame(vp, frame, bytes);
    if (vp->macro.recording && !vp->macro.running)
        macro_record(vp, frame, bytes);
}

/* Everything that a macro does is said of the command that runs it. */
static void advance(struct virtual_printer *vp, size_t n)
{
    if (!vp->macro.running)
        vp->offset += n;
}

/* Does what is complete at the front of bytes and gives how many were taken; what is left is the
 * beginning of a command. No more than VIRTUAL_MAX_COMMAND_BYTES are ever looked at, so that a
 * command of any length gets the same answer however it arrives. */
static size_t run_frames(struct virtual_printer *vp, struct slice bytes)
{
    size_t at = 0;
    while (at < bytes.n) {
        struct slice rest = slice_sub(bytes, at, bytes.n);
        if (vp->talk.data.n && answer_talk(vp, bytes.p[at])) {
            advance(vp, 1);
            at++;
            continue;
        }
        if (vp->skip) {
            size_t n = vp->skip < rest.n ? (size_t)vp->skip : rest.n;
            vp->skip -= n;
            advance(vp, n);
            at += n;
            continue;
        }
        struct slice view = slice_sub(rest, 0, VIRTUAL_MAX_COMMAND_BYTES);
        struct frame frame = frame_next(view);
        if (frame.kind != FRAME_PARTIAL) {
            run(vp, &frame, slice_sub(view, 0, frame.length));
            advance(vp, frame.length);
            at += frame.length;
            continue;
        }
        bool too_long = frame.sized && frame.length > VIRTUAL_MAX_COMMAND_BYTES;
        if (!too_long && view.n < VIRTUAL_MAX_COMMAND_BYTES) {
            size_t most = VIRTUAL_MAX_COMMAND_BYTES - view.n;
            vp->need = frame.need < most ? frame.need : most;
            return at;
        }
        machine_text_end(vp);
        vp->command = COMMAND_COUNT;
        paper_note(vp, "a command longer than this printer takes; dropped");
        vp->skip = frame.length;
    }
    return at;
}

void machine_run(struct virtual_printer *vp, struct slice bytes)
{
    size_t need = vp->need;
    machine_text_end(vp);
    run_frames(vp, bytes);
    machine_text_end(vp);
    vp->need = need;
    vp->skip = 0;
}

void machine_drop_input(struct virtual_printer *vp)
{
    vp->n_lead = 0;
    vp->skip = 0;
    vp->need = 0;
    vp->n_matched = 0;
    page_drop(vp, (struct slice){0});
    buf_reset(&vp->held);
    buf_reset(&vp->pending);
    buf_reset(&vp->talk.data);
    line_begin(vp);
}

static void keep(struct virtual_printer *vp, struct slice rest)
{
    if (!buf_reserve(&vp->pending, rest.n)) {
        /* memory ran out: the limit itself is kept by run_frames */
        paper_note(vp, "out of memory; bytes are dropped");
        return;
    }
    buf_append(&vp->pending, rest.p, rest.n);
}

static void process(struct virtual_printer *vp, struct slice bytes)
{
    while (bytes.n && vp->pending.n) {
        /* No more than is needed to go on is added, so that a command which ends here leaves the
         * rest where it is. */
        size_t n = vp->need < bytes.n ? vp->need : bytes.n;
        keep(vp, slice_sub(bytes, 0, n));
        bytes = slice_sub(bytes, n, bytes.n);
        if (n < vp->need) {
            vp->need -= n;
            return;
        }
        size_t had = vp->pending.n; /* a command may drop all input, with itself */
        size_t taken = run_frames(vp, buf_slice(&vp->pending));
        size_t left = had - taken;
        if (taken && left)
            memmove(vp->pending.p, vp->pending.p + taken, left);
        vp->pending.n = left;
    }
    if (bytes.n)
        keep(vp, slice_sub(bytes, run_frames(vp, bytes), bytes.n));
}

static bool is_offline(const struct virtual_printer *vp)
{
    return vp->state & PRINTER_OFFLINE;
}

/* An offline printer takes bytes in and does nothing with them but for real-time commands (Epson:
 * execution stops while offline). They are found wherever they stand and taken out. */
static void hold_byte(struct virtual_printer *vp, uint8_t byte)
{
    enum { DLE = 0x10, EOT = 0x04, ENQ = 0x05 };
    if (vp->n_matched == 2) {
        bool eot = vp->matched[1] == EOT && byte >= 1 && byte <= 4;
        bool enq = vp->matched[1] == ENQ && (byte == 1 || byte == 2);
        if (eot || enq) {
            vp->n_matched = 0;
            (eot ? answer_status : answer_recover)(vp, slice_of(&byte, 1));
            return;
        }
    } else if (vp->n_matched == 1 && (byte == EOT || byte == ENQ)) {
        vp->matched[vp->n_matched++] = byte;
        return;
    }
    buf_append(&vp->held, vp->matched, vp->n_matched);
    vp->n_matched = 0;
    if (byte == DLE)
        vp->matched[vp->n_matched++] = byte;
    else
        buf_byte(&vp->held, byte);
}

void virtual_feed(struct virtual_printer *vp, struct slice bytes)
{
    size_t i = 0;
    while (i < bytes.n && is_offline(vp))
        hold_byte(vp, bytes.p[i++]);
    if (i < bytes.n)
        process(vp, slice_sub(bytes, i, bytes.n));
}

static void release_held(struct virtual_printer *vp)
{
    buf_append(&vp->held, vp->matched, vp->n_matched);
    vp->n_matched = 0;
    if (vp->held.full) {
        vp->command = COMMAND_COUNT;
        paper_note(vp, "more came in offline than the printer holds; bytes are lost");
    }
    struct buf held = vp->held;
    buf_init(&vp->held, MAX_HELD_BYTES);
    process(vp, buf_slice(&held));
    buf_finish(&held);
}

void virtual_set_state(struct virtual_printer *vp, unsigned state)
{
    const unsigned stops = PRINTER_COVER_OPEN | PRINTER_PAPER_OUT | PRINTER_CUTTER_ERROR |
                           PRINTER_OVERHEATED | PRINTER_UNRECOVERABLE | PRINTER_RECOVERABLE |
                           PRINTER_FEEDING;
    unsigned before = vp->state;
    vp->state = state & stops ? state | PRINTER_OFFLINE : state;
    answer_change(vp, before);
    if (before & PRINTER_OFFLINE && !is_offline(vp))
        release_held(vp);
}

void virtual_end(struct virtual_printer *vp)
{
    if (is_offline(vp))
        return;
    machine_text_end(vp);
    if (vp->pending.n || vp->skip) {
        vp->command = COMMAND_COUNT;
        paper_note(vp, "the stream ends inside a command; it is dropped");
    }
    vp->offset += vp->pending.n;
    buf_reset(&vp->pending);
    vp->need = 0;
    vp->skip = 0;
}

void virtual_take_replies(struct virtual_printer *vp, struct buf *out)
{
    buf_slice_append(out, buf_slice(&vp->replies));
    buf_reset(&vp->replies);
}

const struct bitmap *virtual_paper(const struct virtual_printer *vp)
{
    return &vp->paper;
}

const struct virtual_glyph *virtual_glyphs(const struct virtual_printer *vp, size_t *n)
{
    *n = vp->glyphs.n / sizeof(struct virtual_glyph);
    return (const struct virtual_glyph *)(const void *)vp->glyphs.p;
}

const struct virtual_mark *virtual_marks(const struct virtual_printer *vp, size_t *n)
{
    *n = vp->marks.n / sizeof(struct virtual_mark);
    return (const struct virtual_mark *)(const void *)vp->marks.p;
}
