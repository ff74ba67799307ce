/* Any bytes as a document, on four printers: printed without harm; no byte of it is a command that
 * the encoder does not know. The first byte chooses the printer and the columns. */
#include "document/document.h"
#include "protocol/command.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the encoder says, and nothing else, may be framed in its bytes. */
static bool is_ours(enum command_id id)
{
    static const char *const ours[] = {
        "ESC @", "FS .", "ESC R", "ESC t", "ESC GS t", "ESC 3", "ESC !",  "ESC E", "ESC -",
        "GS !",  "GS B", "ESC $", "ESC *", "ESC J",    "ESC a", "GS v 0", "GS L",  "GS V",
        "GS w",  "GS h", "GS H",  "GS k",  "LF",       "ESC p", "ESC &",  "ESC %", NULL,
    };
    const char *name = command_name(id);
    for (const char *const *p = ours; *p; p++) {
        if (strcmp(name, *p) == 0)
            return true;
    }
    return strncmp(name, "GS ( k", 6) == 0;
}

static void check(struct slice bytes)
{
    while (bytes.n) {
        const struct frame f = frame_next(bytes);
        if (f.kind == FRAME_PARTIAL || f.kind == FRAME_IGNORED || f.length > bytes.n ||
            (f.kind == FRAME_COMMAND && !is_ours(f.id)))
            abort();
        bytes = slice_sub(bytes, f.length, bytes.n);
    }
}

/* What letters lack is said once, of the whole document. */
static bool has_place(const struct err *err)
{
    return err->line > 0 || err->code == ERR_HINT_GLYPH || err->code == ERR_HINT_MODULE;
}

/* What is said must be words, and tell where. */
static void said(void *ctx, const struct err *err)
{
    (void)ctx;
    struct buf text;
    buf_init(&text, 0);
    err_text(err, LANG_RU, &text);
    if (text.n == 0 || !has_place(err))
        abort();
    buf_finish(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const profiles[] = {"generic-80", "generic-58", "epson-tm-t88v",
                                           "star-line"};
    if (size == 0)
        return 0;
    const struct document_paper paper = {
        .profile = profile_find(slice_str(profiles[data[0] & 3])),
        .columns = data[0] >> 2,
        .warn = said,
        .hint = said,
    };
    struct err err;
    struct buf out;
    buf_init(&out, 64 << 20);
    if (document_print(slice_of(data + 1, size - 1), &paper, &out, &err))
        check(buf_slice(&out));
    buf_finish(&out);
    return 0;
}
