#include "shop/preview.h"

#include "cli/cli.h"
#include "protocol/trace.h"
#include "virtual/virtual.h"

#include <stdio.h>

enum { DECODE_MAX_BYTES = 256 << 20, DECODE_TEXT_BYTES = 1 << 30 };

static const struct door_option options[] = {
    {"--profile", "NAME", "the printer to be (generic-80)"},
    {"--png", "FILE", "write a picture of the paper"},
    {"--text", NULL, "characters as printed, row by row, each at its column"},
    {"--trace", NULL, "a command a line: offset, name, parameters"},
};

/* What was not understood is said beside what was. */
static void say_notes(const struct virtual_printer *vp)
{
    size_t n;
    const struct virtual_mark *marks = virtual_marks(vp, &n);
    for (size_t i = 0; i < n; i++)
        if (marks[i].kind == VIRTUAL_NOTE)
            fprintf(stderr, "%06zx %.*s\n", marks[i].offset, (int)marks[i].text.n,
                    (const char *)marks[i].text.p);
}

/* One command feeds 40 inches at most, so that a step of so few bytes never fills the paper. */
enum { DECODE_STEP_BYTES = 16, DECODE_TEAR_DOTS = VIRTUAL_MAX_HEIGHT_DOTS / 4 };

/* With JSON the whole text is one string, kept to the end. */
static void put_text(const struct cli *cli, struct virtual_printer *vp, struct buf *text)
{
    if (!cli->door.json)
        buf_reset(text);
    virtual_text(vp, text);
    if (!cli->door.json)
        door_put_bytes(buf_slice(text));
    say_notes(vp);
    virtual_tear_off(vp);
}

/* A stream of any length: the paper is read and torn off as it comes out. */
static bool show_text(const struct cli *cli, struct slice bytes, const struct profile *profile,
                      struct buf *text, struct err *err)
{
    struct virtual_printer *vp;
    if (!virtual_create(&vp, profile, err))
        return false;
    for (size_t at = 0; at < bytes.n; at += DECODE_STEP_BYTES) {
        virtual_feed(vp, slice_sub(bytes, at, at + DECODE_STEP_BYTES));
        if (virtual_paper(vp)->height_dots > DECODE_TEAR_DOTS)
            put_text(cli, vp, text);
    }
    virtual_end(vp);
    put_text(cli, vp, text);
    virtual_destroy(vp);
    return true;
}

static void put_row(void *ctx, const struct trace_row *row)
{
    struct buf *line = ctx;
    struct json j;
    buf_reset(line);
    json_init(&j, line);
    json_open_object(&j, NULL);
    json_int(&j, "offset", (int64_t)row->offset);
    json_str(&j, "name", row->name);
    json_text(&j, "parameters", row->parameters);
    json_close_object(&j);
    door_put(line);
}

static void show_trace(const struct cli *cli, struct slice bytes)
{
    struct buf out;
    buf_init(&out, DECODE_TEXT_BYTES);
    if (cli->door.json) {
        struct trace trace;
        trace_init(&trace, put_row, &out);
        trace_feed(&trace, bytes);
        trace_end(&trace);
        trace_finish(&trace);
    } else {
        trace_text(bytes, &out);
        door_put_bytes(buf_slice(&out));
    }
    buf_finish(&out);
}

static bool show(const struct cli *cli, struct slice bytes, const struct profile *profile,
                 struct err *err)
{
    struct buf text;
    bool has_text = door_has(&cli->door, "--text");
    buf_init(&text, DECODE_TEXT_BYTES);
    bool ok = !has_text || show_text(cli, bytes, profile, &text, err);
    if (ok && door_has(&cli->door, "--trace"))
        show_trace(cli, bytes);
    ok = ok && cli_write_paper(cli, bytes, profile, err);
    if (ok && cli->door.json && (has_text || door_has(&cli->door, "--png")))
        ok = cli_put_paper(profile, bytes, has_text ? &text : NULL, err);
    buf_finish(&text);
    return ok;
}

static int run(struct cli *cli)
{
    const char *name = door_value(&cli->door, "--profile");
    const struct profile *profile;
    struct buf bytes;
    struct err err = {0};
    if (!door_has(&cli->door, "--png") && !door_has(&cli->door, "--text") &&
        !door_has(&cli->door, "--trace")) {
        FAIL(&err, ERR_USAGE_ONE_OF, "--png FILE, --text, --trace");
        return door_fail(&cli->door, &err);
    }
    if (!cli_profile(cli, name ? name : "generic-80", &profile, &err) ||
        !door_read_file(cli->door.args[0], DECODE_MAX_BYTES, &bytes, &err))
        return door_fail(&cli->door, &err);
    bool ok = show(cli, buf_slice(&bytes), profile, &err);
    buf_finish(&bytes);
    return ok ? EXIT_DONE : door_fail(&cli->door, &err);
}

const struct cli_command cmd_decode = {
    .door =
        {
            .name = "decode",
            .args = "FILE|-",
            .summary = "any ESC/POS stream through the virtual printer",
            DOOR_OPTIONS(options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
        },
    .run = run,
};
