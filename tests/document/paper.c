#include "document/paper.h"

#include "protocol/trace.h"

static struct buf bytes, text, warnings, commands;
static struct virtual_printer *printer;

static void warn(void *ctx, const struct err *err)
{
    (void)ctx;
    buf_printf(&warnings, "%s:%u ", err_name(err->code), err->line);
}

static const struct profile *profile_of(const struct paper *paper)
{
    const struct profile *profile =
        profile_find(slice_str(paper && paper->profile ? paper->profile : "generic-80"));
    assert_non_null(profile);
    return profile;
}

struct slice paper_bytes(const struct paper *paper, struct slice document)
{
    static const struct paper plain;
    struct err err;
    const struct paper *p = paper ? paper : &plain;
    const struct document_paper on = {
        .profile = profile_of(p),
        .columns = p->columns,
        .allow_commands = p->allow_commands,
        .open_drawer = p->open_drawer,
        .image = p->image,
        .warn = warn,
    };
    buf_reset(&bytes);
    buf_reset(&warnings);
    assert_true(document_print(document, &on, &bytes, &err));
    return buf_slice(&bytes);
}

const char *paper_warnings(void)
{
    return buf_cstr(&warnings);
}

const struct virtual_printer *paper_printer(const struct paper *paper, struct slice document)
{
    struct err err;
    const struct slice stream = paper_bytes(paper, document);
    virtual_destroy(printer);
    assert_true(virtual_create(&printer, profile_of(paper), &err));
    virtual_feed(printer, stream);
    virtual_end(printer);
    return printer;
}

void paper_expect(const struct paper *paper, const char *document, const char *expected)
{
    const struct virtual_printer *vp = paper_printer(paper, slice_str(document));
    buf_reset(&text);
    virtual_text(vp, &text);
    assert_string_equal(buf_cstr(&text), expected);
}

struct slice paper_commands(struct slice stream)
{
    struct buf trace;
    buf_init(&trace, 0);
    buf_reset(&commands);
    trace_text(stream, &trace);
    struct slice rest = buf_slice(&trace);
    struct slice line;
    while (take_line(&rest, &line)) {
        line = slice_sub(line, slice_find(line, ' '), line.n); /* behind the offset */
        line = slice_trim(line);
        if (slice_starts(line, "text"))
            line = slice_sub(line, 0, 4);
        buf_slice_append(&commands, line);
        buf_byte(&commands, '\n');
    }
    buf_finish(&trace);
    return buf_slice(&commands);
}

void paper_finish(void)
{
    virtual_destroy(printer);
    printer = NULL;
    buf_finish(&bytes);
    buf_finish(&text);
    buf_finish(&warnings);
    buf_finish(&commands);
}
