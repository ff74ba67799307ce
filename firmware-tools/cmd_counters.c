/* counters: what the printer counts about itself (GS g 2, Epson APG). */
#include "firmware-tools/fw.h"

#include "escpos/maintain.h"

#include <inttypes.h>
#include <stdio.h>

enum { EVER = 128 }; /* added to a counter's number: since it was made */

struct counter {
    uint8_t n;
    const char *key;
    const char *text[LANG_COUNT];
};

/* clang-format off */
static const struct counter counters[] = {
    {20, "lines", {"lines fed", "linii avansate", "протянуто строк"}},
    {21, "head", {"times the head was energised", "activări ale capului", "включений головки"}},
    {50, "cuts", {"cuts", "tăieri", "отрезов"}},
    {70, "hours", {"hours switched on", "ore pornită", "часов включён"}},
};
/* clang-format on */
enum { COUNTERS = sizeof counters / sizeof counters[0] };

struct reading {
    bool came;
    uint64_t value;
};

static bool read_one(struct fw *fw, unsigned n, struct reading *reading, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    struct printer_answer answer;
    size_t length = escpos_ask_counter(n, request);
    if (!fw_ask(fw, slice_of(request, length), REPLY_INFO, 0, 1, &answer, err))
        return false;
    reading->came = answer.came;
    return !answer.came || fw_digits(fw, &answer, &reading->value, err);
}

static void say_number(char out[32], const struct reading *reading)
{
    if (reading->came)
        snprintf(out, 32, "%" PRIu64, reading->value);
    else
        snprintf(out, 32, "-");
}

static void say(const struct fw *fw, struct reading readings[COUNTERS][2])
{
    door_say(&fw->door, "%16s  %16s\n", fw_word(fw, W_SINCE_RESET), fw_word(fw, W_EVER));
    for (size_t i = 0; i < COUNTERS; i++) {
        char since[32], ever[32];
        if (!readings[i][0].came && !readings[i][1].came)
            continue;
        say_number(since, &readings[i][0]);
        say_number(ever, &readings[i][1]);
        door_say(&fw->door, "%16s  %16s  %s\n", since, ever, counters[i].text[fw->door.lang]);
    }
}

static void put_number(struct json *j, const char *key, const struct reading *reading)
{
    if (reading->came)
        json_int(j, key, (int64_t)reading->value);
    else
        json_null(j, key);
}

static void put_json(const struct fw *fw, struct reading readings[COUNTERS][2])
{
    struct buf line;
    struct json j;
    buf_init(&line, FW_LINE_BYTES);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "printer", fw->name);
    json_open_object(&j, "counters");
    for (size_t i = 0; i < COUNTERS; i++) {
        json_open_object(&j, counters[i].key);
        put_number(&j, "since_reset", &readings[i][0]);
        put_number(&j, "ever", &readings[i][1]);
        json_close_object(&j);
    }
    json_close_object(&j);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

static bool run(struct fw *fw, struct err *err)
{
    struct reading readings[COUNTERS][2] = {{{.came = false}}};
    bool any = false;
    if (!fw_open(fw, err) || !fw_needs_answers(fw, err) || !fw_ready(fw, err))
        return false;
    for (size_t i = 0; i < COUNTERS; i++) {
        if (!read_one(fw, counters[i].n, &readings[i][0], err) ||
            !read_one(fw, counters[i].n + EVER, &readings[i][1], err))
            return false;
        any |= readings[i][0].came || readings[i][1].came;
        if (i == 0 && !any)
            break; /* who does not count lines counts nothing */
    }
    if (!any && !fw->answers_status)
        return FAIL(err, ERR_FW_SILENT, fw->name);
    if (fw->door.json)
        put_json(fw, readings);
    else if (any)
        say(fw, readings);
    else
        door_say(&fw->door, "%s\n", fw_word(fw, W_COUNTS_NOTHING));
    return true;
}

const struct fw_command cmd_counters = {
    .door =
        {
            .name = "counters",
            .summary = "paper, cuts, hours: what the printer counts about itself",
            DOOR_OPTIONS(fw_printer_options),
            .needs_shop = true,
        },
    .run = run,
};
