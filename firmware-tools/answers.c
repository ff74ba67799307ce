/* What a printer answers, checked. */
#include "firmware-tools/fw.h"

#include "escpos/request.h"

#include <stdio.h>

/* GS I (Epson APG). */
enum { INFO_FIRMWARE = 65, INFO_MAKER, INFO_MODEL, INFO_SERIAL, INFO_FONTS };

void fw_hex(const struct printer_answer *answer, char *out, size_t cap)
{
    enum { SHOWN = 16, WIDTH = 3 };
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < answer->n && i < SHOWN && used + WIDTH < cap; i++)
        used += (size_t)snprintf(out + used, cap - used, i ? " %02X" : "%02X", answer->data[i]);
}

bool fw_digits(const struct fw *fw, const struct printer_answer *answer, uint64_t *number,
               struct err *err)
{
    char shown[FW_TEXT_BYTES];
    if (slice_u64(slice_of(answer->data, answer->n), UINT32_MAX, number))
        return true;
    fw_hex(answer, shown, sizeof shown);
    return FAIL(err, ERR_FW_ANSWER, fw->name, shown);
}

/* Only what a terminal and a file's comment can hold. */
static void keep_text(const struct printer_answer *answer, char out[FW_TEXT_BYTES])
{
    size_t n = 0;
    for (; answer->came && n < answer->n && n < FW_TEXT_BYTES - 1; n++) {
        uint8_t c = answer->data[n];
        out[n] = (char)(c >= 0x20 && c < 0x7F ? c : '?');
    }
    while (n && out[n - 1] == ' ')
        n--;
    out[n] = 0;
}

static bool ask_text(struct fw *fw, unsigned n, char out[FW_TEXT_BYTES],
                     struct printer_answer *answer, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    size_t length = escpos_ask_info(n, request);
    if (!fw_ask(fw, slice_of(request, length), REPLY_INFO, 0, 1, answer, err))
        return false;
    keep_text(answer, out);
    return true;
}

static bool ask_byte(struct fw *fw, unsigned n, int *out, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    struct printer_answer answer;
    size_t length = escpos_ask_info(n, request);
    if (!fw_ask(fw, slice_of(request, length), REPLY_ONE, 0, 1, &answer, err))
        return false;
    *out = answer.came ? answer.first : -1;
    return true;
}

bool fw_identify(struct fw *fw, bool must, struct fw_identity *identity, struct err *err)
{
    struct printer_answer answer;
    unsigned noise = 0;
    *identity = (struct fw_identity){.model_id = -1, .type = -1, .version = -1};
    if (!ask_text(fw, INFO_MODEL, identity->model, &answer, err))
        return false;
    noise += answer.noise;
    if (must && !identity->model[0])
        return FAIL(err, noise ? ERR_FW_DEVICE : ERR_FW_SILENT, fw->name);
    /* Who does not say its model says nothing else either. */
    if (!answer.came)
        return true;
    return ask_text(fw, INFO_MAKER, identity->maker, &answer, err) &&
           ask_text(fw, INFO_FIRMWARE, identity->firmware, &answer, err) &&
           ask_text(fw, INFO_SERIAL, identity->serial, &answer, err);
}

bool fw_identify_more(struct fw *fw, struct fw_identity *identity, struct err *err)
{
    return ask_text(fw, INFO_FONTS, identity->fonts, &(struct printer_answer){.came = false},
                    err) &&
           ask_byte(fw, 1, &identity->model_id, err) && ask_byte(fw, 2, &identity->type, err) &&
           ask_byte(fw, 3, &identity->version, err);
}

bool fw_read_status(struct fw *fw, struct fw_status *status, struct err *err)
{
    *status = (struct fw_status){.any = false};
    for (unsigned n = 1; n <= 4; n++) {
        uint8_t request[ESCPOS_REQUEST_BYTES];
        struct printer_answer answer;
        size_t length = escpos_ask_status(n, request);
        if (!fw_ask(fw, slice_of(request, length), REPLY_DLE_EOT, 0, 1, &answer, err))
            return false;
        status->noise += answer.noise;
        status->came[n - 1] = answer.came;
        status->byte[n - 1] = answer.first;
        if (answer.came)
            status->state |= status_of_dle_eot(n, answer.first);
        status->any |= answer.came;
        if (n == 1 && !answer.came)
            break;
    }
    fw->answers_status |= status->any;
    return true;
}

bool fw_ready(struct fw *fw, struct err *err)
{
    struct fw_status status;
    if (!fw->two_way)
        return true;
    if (!fw_read_status(fw, &status, err))
        return false;
    if (status.noise && !status.any)
        return FAIL(err, ERR_FW_DEVICE, fw->name);
    if (printer_is_ready(status.state))
        return true;
    struct buf words;
    buf_init(&words, ERR_ARG_BYTES);
    printer_words(status.state, fw->door.lang, &words);
    const char *text = buf_cstr(&words);
    FAIL(err, ERR_FW_NOT_READY, fw->name, text ? text : "?");
    buf_finish(&words);
    return false;
}
