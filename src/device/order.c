#include "device/order.h"

enum takes { NOTHING, MAYBE_TIME, MAYBE_PORT, COUNT, HEX };

struct row {
    const char *first, *second; /* second NULL: one word */
    enum order_verb verb;
    enum takes takes;
    int64_t otherwise; /* n when it is not said */
};

enum { SECOND_US = 1000000, MAX_PORT = 255 };

/* Rows of two words stand before the row of the first word alone. */
/* clang-format off */
static const struct row rows[] = {
    {"paper", "out", ORDER_PAPER_OUT, NOTHING, 0},
    {"paper", "low", ORDER_PAPER_LOW, NOTHING, 0},
    {"paper", "in", ORDER_PAPER_IN, NOTHING, 0},
    {"paper", "reload", ORDER_PAPER_RELOAD, NOTHING, 0},
    {"cover", "open", ORDER_COVER_OPEN, NOTHING, 0},
    {"cover", "close", ORDER_COVER_CLOSE, NOTHING, 0},
    {"cutter", "jam", ORDER_CUTTER_JAM, NOTHING, 0},
    {"cutter", "clear", ORDER_CUTTER_CLEAR, NOTHING, 0},
    {"heat", NULL, ORDER_HEAT, NOTHING, 0},
    {"cool", NULL, ORDER_COOL, NOTHING, 0},
    {"error", NULL, ORDER_ERROR, NOTHING, 0},
    {"fail", NULL, ORDER_FAIL, NOTHING, 0},
    {"recover", NULL, ORDER_RECOVER, NOTHING, 0},
    {"drawer", "open", ORDER_DRAWER_OPEN, NOTHING, 0},
    {"drawer", "close", ORDER_DRAWER_CLOSE, NOTHING, 0},
    {"power", "off", ORDER_POWER_OFF, NOTHING, 0},
    {"power", "on", ORDER_POWER_ON, NOTHING, 0},
    {"power", "cycle", ORDER_POWER_CYCLE, MAYBE_TIME, SECOND_US},
    {"unplug", NULL, ORDER_UNPLUG, NOTHING, 0},
    {"plug", NULL, ORDER_PLUG, MAYBE_PORT, 0},
    {"replug", NULL, ORDER_REPLUG, MAYBE_PORT, 0},
    {"nak", "off", ORDER_NAK_OFF, NOTHING, 0},
    {"nak", NULL, ORDER_NAK, MAYBE_TIME, 0},
    {"stall", "out", ORDER_STALL_OUT, NOTHING, 0},
    {"stall", "in", ORDER_STALL_IN, NOTHING, 0},
    {"stall", NULL, ORDER_STALL_OUT, NOTHING, 0},
    {"short", NULL, ORDER_SHORT, COUNT, 0},
    {"back", "ok", ORDER_BACK_OK, NOTHING, 0},
    {"back", "silent", ORDER_BACK_SILENT, NOTHING, 0},
    {"back", "flood", ORDER_BACK_FLOOD, NOTHING, 0},
    {"back", "corrupt", ORDER_BACK_CORRUPT, NOTHING, 0},
    {"back", "noise", ORDER_BACK_NOISE, HEX, 0},
    {"reset", NULL, ORDER_RESET, NOTHING, 0},
    {"ok", NULL, ORDER_OK, NOTHING, 0},
    {"status", NULL, ORDER_STATUS, NOTHING, 0},
    {"text", NULL, ORDER_TEXT, NOTHING, 0},
    {"counters", NULL, ORDER_COUNTERS, NOTHING, 0},
};
/* clang-format on */

enum { ROWS = sizeof rows / sizeof *rows };

static struct slice next_word(struct slice *line)
{
    *line = slice_trim(*line);
    size_t n = 0;
    while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t')
        n++;
    struct slice w = slice_sub(*line, 0, n);
    *line = slice_trim(slice_sub(*line, n, line->n));
    return w;
}

/* "1200ms", "60s", "60", "500us" in microseconds. */
static bool read_time(struct slice w, int64_t *us)
{
    static const struct {
        const char *unit;
        int64_t us;
    } units[] = {{"us", 1}, {"ms", 1000}, {"s", SECOND_US}, {"", SECOND_US}};
    size_t digits = 0;
    uint64_t n;
    while (digits < w.n && w.p[digits] >= '0' && w.p[digits] <= '9')
        digits++;
    if (!slice_u64(slice_sub(w, 0, digits), ORDER_MAX_AMOUNT, &n))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (slice_is(slice_sub(w, digits, w.n), units[i].unit)) {
            *us = (int64_t)n * units[i].us;
            return true;
        }
    }
    return false;
}

static bool read_count(struct slice w, uint64_t max, int64_t *out)
{
    uint64_t n;
    if (!slice_u64(w, max, &n))
        return false;
    *out = (int64_t)n;
    return true;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct slice w, struct order *order)
{
    if (!w.n || w.n % 2 || w.n / 2 > ORDER_MAX_NOISE_BYTES)
        return false;
    for (size_t i = 0; i < w.n; i += 2) {
        int high = hex_digit(w.p[i]), low = hex_digit(w.p[i + 1]);
        if (high < 0 || low < 0)
            return false;
        order->noise[order->n_noise++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* "at TIME" or "after N bytes|cuts|mm"; line moves behind it. */
static bool read_when(struct slice *line, struct order *order)
{
    struct slice rest = *line, word = next_word(&rest);
    if (slice_is(word, "at")) {
        order->when = WHEN_TIME;
        *line = rest;
        return read_time(next_word(line), &order->amount);
    }
    if (!slice_is(word, "after"))
        return true;
    if (!read_count(next_word(&rest), ORDER_MAX_AMOUNT, &order->amount))
        return false;
    word = next_word(&rest);
    order->when = slice_is(word, "bytes")  ? WHEN_BYTES
                  : slice_is(word, "cuts") ? WHEN_CUTS
                  : slice_is(word, "mm")   ? WHEN_MM
                                           : WHEN_NOW;
    *line = rest;
    return order->when != WHEN_NOW;
}

static bool read_rest(const struct row *row, struct slice rest, struct order *order)
{
    order->verb = row->verb;
    order->n = row->otherwise;
    if (row->takes == NOTHING)
        return !rest.n;
    struct slice word = next_word(&rest);
    if (rest.n)
        return false;
    switch (row->takes) {
    case MAYBE_TIME:
        return !word.n || read_time(word, &order->n);
    case MAYBE_PORT:
        return !word.n || (read_count(word, MAX_PORT, &order->n) && order->n);
    case COUNT:
        return read_count(word, ORDER_MAX_AMOUNT, &order->n);
    default:
        return read_hex(word, order);
    }
}

static bool read_order(struct slice line, struct order *order)
{
    if (!read_when(&line, order))
        return false;
    struct slice first = next_word(&line), rest = line, second = next_word(&rest);
    for (size_t i = 0; i < ROWS; i++) {
        if (!slice_is(first, rows[i].first))
            continue;
        if (!rows[i].second)
            return read_rest(&rows[i], line, order);
        if (slice_is(second, rows[i].second))
            return read_rest(&rows[i], rest, order);
    }
    return false;
}

enum order_line order_parse(struct slice line, struct order *order, struct err *err)
{
    char words[ERR_ARG_BYTES];
    struct slice said = slice_trim(slice_sub(line, 0, slice_find(line, '#')));
    *order = (struct order){0};
    if (said.n && said.p[said.n - 1] == '\r')
        said.n--;
    if (!said.n)
        return ORDER_EMPTY;
    if (read_order(said, order))
        return ORDER_GOOD;
    slice_cstr(said, words, sizeof words);
    FAIL(err, ERR_DEVICE_ORDER, words,
         "'paper out', 'at 1200ms nak 60', 'after 4096 bytes unplug' (docs/virtual.md)");
    return ORDER_BAD;
}

const char *order_name(enum order_verb verb)
{
    static const char *const names[ORDER_VERBS] = {
        [ORDER_PAPER_OUT] = "paper out",
        [ORDER_PAPER_LOW] = "paper low",
        [ORDER_PAPER_IN] = "paper in",
        [ORDER_PAPER_RELOAD] = "paper reloaded",
        [ORDER_COVER_OPEN] = "cover open",
        [ORDER_COVER_CLOSE] = "cover closed",
        [ORDER_CUTTER_JAM] = "cutter jammed",
        [ORDER_CUTTER_CLEAR] = "cutter cleared",
        [ORDER_HEAT] = "head too hot",
        [ORDER_COOL] = "head cool again",
        [ORDER_ERROR] = "recoverable error",
        [ORDER_FAIL] = "unrecoverable error",
        [ORDER_RECOVER] = "recovered by hand",
        [ORDER_DRAWER_OPEN] = "drawer open",
        [ORDER_DRAWER_CLOSE] = "drawer closed",
        [ORDER_POWER_OFF] = "power off",
        [ORDER_POWER_ON] = "power on",
        [ORDER_POWER_CYCLE] = "power cycle",
        [ORDER_UNPLUG] = "unplugged",
        [ORDER_PLUG] = "plugged in",
        [ORDER_REPLUG] = "replug",
        [ORDER_NAK] = "takes no bytes",
        [ORDER_NAK_OFF] = "takes bytes again",
        [ORDER_STALL_OUT] = "stalls the next write",
        [ORDER_STALL_IN] = "stalls the next read",
        [ORDER_SHORT] = "ends the next write early",
        [ORDER_BACK_OK] = "back channel in order",
        [ORDER_BACK_SILENT] = "back channel silent",
        [ORDER_BACK_FLOOD] = "back channel floods",
        [ORDER_BACK_CORRUPT] = "back channel corrupt",
        [ORDER_BACK_NOISE] = "noise on the back channel",
        [ORDER_RESET] = "connection reset",
        [ORDER_OK] = "all is well",
        [ORDER_STATUS] = "status",
        [ORDER_TEXT] = "text",
        [ORDER_COUNTERS] = "counters",
    };
    return names[verb];
}
