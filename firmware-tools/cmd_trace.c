/* trace: a listing of what goes to a printer, from a capture, or live from a pipe, a pseudo
 * terminal or standard input; with --printer it goes on to that printer. */
#include "firmware-tools/fw.h"

#include "protocol/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

enum { CHUNK_BYTES = 1 << 16, HEX_SHOWN = 8 };

struct tap {
    struct fw *fw;
    int fd;
    bool ended;
    struct trace trace;
    struct buf line;
};

/* "1B 40 …", so many bytes as fit the column. */
static void put_hex(struct buf *out, struct slice bytes)
{
    struct slice shown = slice_sub(bytes, 0, HEX_SHOWN);
    for (size_t i = 0; i < shown.n; i++)
        buf_printf(out, i ? " %02X" : "%02X", shown.p[i]);
    if (bytes.n > shown.n)
        buf_str(out, " …");
}

static void put_json(struct tap *tap, const struct trace_row *row)
{
    struct json j;
    struct buf hex;
    buf_init(&hex, 0);
    put_hex(&hex, row->bytes);
    json_init(&j, &tap->line);
    json_open_object(&j, NULL);
    json_int(&j, "offset", (int64_t)row->offset);
    json_str(&j, "name", row->name);
    json_text(&j, "parameters", row->parameters);
    json_text(&j, "bytes", buf_slice(&hex));
    json_close_object(&j);
    door_put(&tap->line);
    buf_finish(&hex);
}

static void put_words(struct tap *tap, const struct trace_row *row)
{
    enum { HEX_COLUMN = HEX_SHOWN * 3 + 2 };
    size_t from, width;
    buf_printf(&tap->line, "%08llx  ", (unsigned long long)row->offset);
    from = tap->line.n;
    put_hex(&tap->line, row->bytes);
    /* The ellipsis is three bytes wide and one column. */
    width = tap->line.n - from - (row->bytes.n > HEX_SHOWN ? 2 : 0);
    for (; width < HEX_COLUMN; width++)
        buf_byte(&tap->line, ' ');
    if (row->parameters.n)
        buf_printf(&tap->line, "%-14s %.*s\n", row->name, (int)row->parameters.n,
                   (const char *)row->parameters.p);
    else
        buf_printf(&tap->line, "%s\n", row->name);
    fwrite(tap->line.p, 1, tap->line.n, stdout);
}

static void put_row(void *ctx, const struct trace_row *row)
{
    struct tap *tap = ctx;
    buf_reset(&tap->line);
    if (tap->fw->door.json)
        put_json(tap, row);
    else
        put_words(tap, row);
}

static bool fail_read(const struct tap *tap, struct err *err)
{
    return FAIL(err, ERR_FILE_OPEN, tap->fw->door.args[0], strerror(errno));
}

/* A terminal changes bytes on the way unless it is told not to. */
static bool open_source(struct tap *tap, struct err *err)
{
    const char *path = tap->fw->door.args[0];
    struct termios settings;
    tap->fd =
        strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (tap->fd < 0)
        return fail_read(tap, err);
    if (tcgetattr(tap->fd, &settings) == 0) {
        cfmakeraw(&settings);
        if (tcsetattr(tap->fd, TCSANOW, &settings) != 0)
            return fail_read(tap, err);
    }
    return true;
}

/* EIO: the other side of a pseudo terminal is gone. */
static bool pull(struct tap *tap, struct err *err)
{
    uint8_t chunk[CHUNK_BYTES];
    ssize_t n = read(tap->fd, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR)
        return true;
    if (n < 0 && errno != EIO)
        return fail_read(tap, err);
    if (n <= 0) {
        tap->ended = true;
        return true;
    }
    trace_feed(&tap->trace, slice_of(chunk, (size_t)n));
    fflush(stdout);
    return !tap->fw->printer || fw_send(tap->fw, slice_of(chunk, (size_t)n), err);
}

static bool run(struct fw *fw, struct err *err)
{
    struct tap tap = {.fw = fw, .fd = -1};
    if (door_has(&fw->door, "--printer") && !fw_open(fw, err))
        return false;
    trace_init(&tap.trace, put_row, &tap);
    buf_init(&tap.line, FW_LINE_BYTES);
    bool ok = open_source(&tap, err);
    while (ok && !tap.ended)
        ok = pull(&tap, err);
    trace_end(&tap.trace);
    trace_finish(&tap.trace);
    buf_finish(&tap.line);
    if (tap.fd >= 0)
        close(tap.fd);
    return ok && (!fw->printer || fw_finish(fw, err));
}

const struct fw_command cmd_trace = {
    .door =
        {
            .name = "trace",
            .args = "DEVICE|FILE|-",
            .summary = "list what goes to a printer, command by command",
            .help = "From a capture, or live from a pipe or a pseudo terminal. With --printer the "
                    "bytes go on\n"
                    "to that printer.",
            DOOR_OPTIONS(fw_printer_options),
            .needs_shop = true,
            .min_args = 1,
            .max_args = 1,
        },
    .run = run,
};
