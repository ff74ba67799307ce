/* selftest and clear: the printer's own page, and out of an error. */
#include "firmware-tools/fw.h"

#include "escpos/maintain.h"

static bool page_of(const struct fw *fw, enum escpos_test_page *page, struct err *err)
{
    const char *kind = door_value(&fw->door, "--kind");
    *page = TEST_STATUS;
    if (!kind || strcmp(kind, "status") == 0)
        return true;
    *page = TEST_ROLLING;
    return strcmp(kind, "rolling") == 0 || FAIL(err, ERR_USAGE_WORD, "--kind", "status, rolling");
}

static void put_done(const struct fw *fw, const char *key)
{
    struct buf line;
    struct json j;
    buf_init(&line, FW_LINE_BYTES);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "printer", fw->name);
    json_bool(&j, key, true);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

static bool run_selftest(struct fw *fw, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    enum escpos_test_page page;
    if (!page_of(fw, &page, err) || !fw_open(fw, err) || !fw_ready(fw, err))
        return false;
    if (!fw_send(fw, slice_of(request, escpos_test_page(page, request)), err) ||
        !fw_await_restart(fw, err))
        return false;
    if (fw->door.json)
        put_done(fw, "sent");
    else
        door_say(&fw->door, "%s", fw_word(fw, W_PRINTED));
    return true;
}

static bool run_clear(struct fw *fw, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    struct fw_status status;
    if (!fw_open(fw, err) || !fw_send(fw, slice_of(request, escpos_clear(request)), err) ||
        !fw_read_status(fw, &status, err))
        return false;
    if (fw->two_way && !status.any)
        return FAIL(err, status.noise ? ERR_FW_DEVICE : ERR_FW_SILENT, fw->name);
    if (status.any && !printer_is_ready(status.state))
        return fw_ready(fw, err);
    struct buf words;
    buf_init(&words, FW_LINE_BYTES);
    if (status.any)
        printer_words(status.state, fw->door.lang, &words);
    else
        buf_str(&words, fw_word(fw, W_NO_ANSWER));
    if (fw->door.json)
        put_done(fw, "cleared");
    else
        door_say(&fw->door, fw_word(fw, W_CLEARED), buf_cstr(&words));
    buf_finish(&words);
    return true;
}

static const struct door_option options[] = {FW_PRINTER_OPTIONS,
                                             {"--kind", "NAME", "status (the default) or rolling"}};

const struct fw_command cmd_selftest = {
    .door =
        {
            .name = "selftest",
            .summary = "print the printer's own test page",
            .help = "The printer starts anew afterwards.",
            DOOR_OPTIONS(options),
            .needs_shop = true,
        },
    .run = run_selftest,
};

const struct fw_command cmd_clear = {
    .door =
        {
            .name = "clear",
            .summary =
                "out of an error (DLE ENQ 2): what it had received and not printed is dropped",
            DOOR_OPTIONS(fw_printer_options),
            .needs_shop = true,
        },
    .run = run_clear,
};
