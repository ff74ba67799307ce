/* Macros: GS : begins and ends a definition, GS ^ runs it (facts §7). What is defined is printed
 * too (general knowledge). Waiting for time or for the button is a device's affair: here nothing
 * waits. */
#include "virtual/handler.h"

#include "virtual/paper.h"

void macro_record(struct virtual_printer *vp, const struct frame *frame, struct slice bytes)
{
    struct macro *m = &vp->macro;
    bool own = frame->kind == FRAME_COMMAND &&
               (frame->id == COMMAND_GS_COLON || frame->id == COMMAND_GS_CARET);
    if (!m->recording || own)
        return;
    if (m->bytes.n + bytes.n > MAX_MACRO_BYTES) {
        paper_note(vp, "a macro is longer than 2,048 bytes; it is dropped");
        m->recording = false;
        buf_reset(&m->bytes);
        return;
    }
    buf_slice_append(&m->bytes, bytes);
}

void do_macro_define(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    vp->macro.recording = !vp->macro.recording;
    if (vp->macro.recording)
        buf_reset(&vp->macro.bytes);
}

/* r t m */
void do_macro_run(struct virtual_printer *vp, struct slice params)
{
    struct macro *m = &vp->macro;
    if (m->recording) {
        paper_note(vp, "a macro is being defined; it is dropped");
        m->recording = false;
        buf_reset(&m->bytes);
        return;
    }
    for (unsigned i = 0; i < param(params, 0) && m->bytes.n; i++) {
        m->work += m->bytes.n;
        if (m->work > MAX_MACRO_WORK) {
            paper_note(vp, "macros run without end; not run");
            return;
        }
        m->running = true;
        machine_run(vp, buf_slice(&m->bytes));
        m->running = false;
    }
    if (param(params, 2) & 1)
        paper_note(vp, "waits for the paper feed button between its runs; not waited for");
}
