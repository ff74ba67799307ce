#include "shop/preview.h"

#include "cli/cli.h"
#include "protocol/profile_file.h"
#include "protocol/trace.h"
#include "virtual/virtual.h"

#include <stdio.h>

enum { DECODE_MAX_BYTES = 256 << 20, DECODE_TEXT_BYTES = 1 << 30 };

static const struct door_option options[] = {
    {"--profile", "NAME", "the printer to be (generic-80, with all of Epson's code pages)"},
    {"--pairs", "WORD", "its two-byte characters: none, gb18030, big5, shift_jis, euc_kr"},
    {"--png", "FILE", "write a picture of the paper"},
    {"--text", NULL, "characters as printed, row by row, each at its column"},
    {"--trace", NULL, "a command a line: offset, name, parameters, what it means"},
};

/* A stream on its way through a printer. */
struct decoded {
    const struct cli *cli;
    const struct profile *profile;
    struct virtual_printer *vp;
    struct buf text;  /* with JSON all of it, else what was read last */
    struct buf notes; /* a JSON list without its brackets */
    bool wants_text;
};

static void keep_note(struct decoded *d, const struct virtual_mark *note)
{
    struct json j;
    if (d->notes.n)
        buf_byte(&d->notes, ',');
    json_init(&j, &d->notes);
    json_open_object(&j, NULL);
    json_int(&j, "offset", (int64_t)note->offset);
    json_text(&j, "text", note->text);
    json_close_object(&j);
}

/* What was not understood is said beside what was. */
static void say_notes(struct decoded *d)
{
    size_t n;
    const struct virtual_mark *marks = virtual_marks(d->vp, &n);
    for (size_t i = 0; i < n; i++) {
        if (marks[i].kind != VIRTUAL_NOTE)
            continue;
        fprintf(stderr, "%06zx %.*s\n", marks[i].offset, (int)marks[i].text.n,
                (const char *)marks[i].text.p);
        if (d->cli->door.json)
            keep_note(d, &marks[i]);
    }
}

/* One command feeds 40 inches at most, so that a step of so few bytes never fills the paper. */
enum { DECODE_STEP_BYTES = 16, DECODE_TEAR_DOTS = VIRTUAL_MAX_HEIGHT_DOTS / 4 };

static void tear(struct decoded *d)
{
    if (d->wants_text) {
        if (!d->cli->door.json)
            buf_reset(&d->text);
        virtual_text(d->vp, &d->text);
        if (!d->cli->door.json)
            door_put_bytes(buf_slice(&d->text));
    }
    say_notes(d);
    virtual_tear_off(d->vp);
}

/* A stream of any length: the paper is read and torn off as it comes out. */
static bool walk(struct decoded *d, struct slice bytes, struct err *err)
{
    if (!virtual_create(&d->vp, d->profile, err))
        return false;
    for (size_t at = 0; at < bytes.n; at += DECODE_STEP_BYTES) {
        virtual_feed(d->vp, slice_sub(bytes, at, at + DECODE_STEP_BYTES));
        if (virtual_paper(d->vp)->height_dots > DECODE_TEAR_DOTS)
            tear(d);
    }
    virtual_end(d->vp);
    tear(d);
    virtual_destroy(d->vp);
    return true;
}

static bool put_answer(struct decoded *d, struct slice bytes, struct err *err)
{
    struct buf line, notes;
    struct json j;
    buf_init(&line, 0);
    buf_init(&notes, 0);
    buf_printf(&notes, "[%.*s]", (int)d->notes.n, d->notes.n ? (const char *)d->notes.p : "");
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "profile", d->profile->name);
    json_int(&j, "bytes", (int64_t)bytes.n);
    if (d->wants_text)
        json_text(&j, "text", buf_slice(&d->text));
    json_raw(&j, "notes", buf_slice(&notes));
    json_close_object(&j);
    bool ok = !line.full && !notes.full && !d->text.full;
    if (ok)
        door_put(&line);
    buf_finish(&line);
    buf_finish(&notes);
    return ok || FAIL(err, ERR_TOO_BIG, "--text", "1 GiB");
}

static void put_json_row(void *ctx, const struct trace_row *row)
{
    struct buf *line = ctx;
    struct json j;
    buf_reset(line);
    json_init(&j, line);
    json_open_object(&j, NULL);
    json_int(&j, "offset", (int64_t)row->offset);
    json_str(&j, "name", row->name);
    json_text(&j, "parameters", row->parameters);
    json_text(&j, "meaning", row->meaning);
    json_close_object(&j);
    door_put(line);
}

static void put_row(void *ctx, const struct trace_row *row)
{
    struct buf *line = ctx;
    buf_reset(line);
    trace_line_in_words(row, line);
    door_put_bytes(buf_slice(line));
}

static void show_trace(const struct cli *cli, struct slice bytes)
{
    struct buf line;
    struct trace trace;
    buf_init(&line, DECODE_TEXT_BYTES);
    trace_init(&trace, cli->door.json ? put_json_row : put_row, &line);
    trace_feed(&trace, bytes);
    trace_end(&trace);
    trace_finish(&trace);
    buf_finish(&line);
}

static bool show(const struct cli *cli, struct slice bytes, const struct profile *profile,
                 struct err *err)
{
    struct decoded d = {
        .cli = cli, .profile = profile, .wants_text = door_has(&cli->door, "--text")};
    buf_init(&d.text, DECODE_TEXT_BYTES);
    buf_init(&d.notes, DECODE_TEXT_BYTES);
    bool ok = walk(&d, bytes, err);
    if (ok && door_has(&cli->door, "--trace"))
        show_trace(cli, bytes);
    ok = ok && cli_write_paper(cli, bytes, profile, err);
    if (ok && cli->door.json && (d.wants_text || door_has(&cli->door, "--png")))
        ok = put_answer(&d, bytes, err);
    buf_finish(&d.text);
    buf_finish(&d.notes);
    return ok;
}

/* What a stream says about the country of its characters of two bytes: FS C is for Japan's alone,
 * and Korea has a set of its own (ESC R 13). China's and Taiwan's cannot be told apart. */
static void look_at_country(void *ctx, const struct trace_row *row)
{
    enum { KOREA = 13 };
    enum profile_double_byte *pairs = ctx;
    if (strcmp(row->name, "FS C") == 0)
        *pairs = DOUBLE_BYTE_SHIFT_JIS;
    else if (strcmp(row->name, "ESC R") == 0 && row->bytes.n == 3 && row->bytes.p[2] == KOREA)
        *pairs = DOUBLE_BYTE_EUC_KR;
}

static enum profile_double_byte guess_pairs(struct slice bytes)
{
    enum profile_double_byte pairs = DOUBLE_BYTE_GB18030;
    struct trace trace;
    trace_init(&trace, look_at_country, &pairs);
    trace_feed(&trace, bytes);
    trace_end(&trace);
    trace_finish(&trace);
    return pairs;
}

/* Where no printer is named, the stream may be anybody's. Most programs write for Epson: its
 * numbers of code pages, of which generic-80 has only those that any printer understands, and no FS
 * . for printers that power up in two-byte mode. */
static bool choose_any(struct cli *cli, struct slice bytes, struct profile *any,
                       const struct profile **profile, struct err *err)
{
    const struct profile *epson;
    if (!cli_profile(cli, "generic-80", profile, err) ||
        !cli_profile(cli, "epson-tm-t20iii", &epson, err))
        return false;
    *any = **profile;
    any->slots = epson->slots;
    any->n_slots = epson->n_slots;
    any->double_byte = guess_pairs(bytes);
    any->chinese_rom = false;
    *profile = any;
    return true;
}

static bool choose_profile(struct cli *cli, struct slice bytes, struct profile *any,
                           const struct profile **profile, struct err *err)
{
    const char *name = door_value(&cli->door, "--profile");
    const char *pairs = door_value(&cli->door, "--pairs");
    enum profile_double_byte wanted = DOUBLE_BYTE_NONE;
    if (pairs && !profile_pairs_by_name(slice_str(pairs), &wanted))
        return FAIL(err, ERR_USAGE_WORD, "--pairs", "none, gb18030, big5, shift_jis, euc_kr");
    if (!(name ? cli_profile(cli, name, profile, err) : choose_any(cli, bytes, any, profile, err)))
        return false;
    if (!pairs)
        return true;
    *any = **profile;
    any->double_byte = wanted;
    any->chinese_rom = wanted != DOUBLE_BYTE_NONE; /* some programs count on it and send no FS & */
    *profile = any;
    return true;
}

static int run(struct cli *cli)
{
    struct profile any;
    const struct profile *profile = NULL;
    struct buf bytes;
    struct err err = {0};
    if (!door_has(&cli->door, "--png") && !door_has(&cli->door, "--text") &&
        !door_has(&cli->door, "--trace")) {
        FAIL(&err, ERR_USAGE_ONE_OF, "--png FILE, --text, --trace");
        return door_fail(&cli->door, &err);
    }
    if (!door_read_file(cli->door.args[0], DECODE_MAX_BYTES, &bytes, &err))
        return door_fail(&cli->door, &err);
    bool ok = choose_profile(cli, buf_slice(&bytes), &any, &profile, &err) &&
              show(cli, buf_slice(&bytes), profile, &err);
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
