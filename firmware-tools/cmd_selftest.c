/* selftest and clear: the printer's own page, and out of an error. */
#include "firmware-tools/fw.h"

#include "escpos/maintain.h"

static bool page_of(const struct fw *fw, enum escpos_test_page *page, struct err *err)
{
    const char *kind = fw->values[FW_KIND];
    *page = TEST_STATUS;
    if (!kind || strcmp(kind, "status") == 0)
        return true;
    *page = TEST_ROLLING;
    return strcmp(kind, "rolling") == 0 || FAIL(err, ERR_USAGE, "--kind is status or rolling");
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
    fw_put(&line);
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
    if (fw->json)
        put_done(fw, "sent");
    else
        fw_say(fw, "%s", fw_word(fw, W_PRINTED));
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
        printer_words(status.state, fw->lang, &words);
    else
        buf_str(&words, fw_word(fw, W_NO_ANSWER));
    if (fw->json)
        put_done(fw, "cleared");
    else
        fw_say(fw, fw_word(fw, W_CLEARED), buf_cstr(&words));
    buf_finish(&words);
    return true;
}

const struct fw_command cmd_selftest = {
    .name = "selftest",
    .summary = "print the printer's own test page",
    .help = "The printer starts anew afterwards.",
    .options = FW_OF_PRINTER | FW_BIT(FW_KIND),
    .run = run_selftest,
};

const struct fw_command cmd_clear = {
    .name = "clear",
    .summary = "out of an error (DLE ENQ 2): what it had received and not printed is dropped",
    .options = FW_OF_PRINTER,
    .run = run_clear,
};
