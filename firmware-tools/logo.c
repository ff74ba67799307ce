#include "firmware-tools/logo.h"

#include "escpos/maintain.h"
#include "image/png.h"

#include <stdio.h>

/* Ids of blocks (Epson APG, GS ( L). */
enum { BLOCK_CAPACITY = 0x30, BLOCK_LEFT = 0x31, BLOCK_KEYS = 0x72 };
enum { PNG_MAX_BYTES = 8 << 20, KEY_BLOCKS_MAX = 64 };

/* *came is false when the printer did not answer. */
static bool ask_bytes(struct fw *fw, size_t (*request_of)(uint8_t out[ESCPOS_REQUEST_BYTES]),
                      uint8_t id, unsigned patience, uint64_t *bytes, bool *came, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    struct printer_answer answer;
    size_t n = request_of(request);
    if (!fw_ask(fw, slice_of(request, n), REPLY_BLOCK, id, patience, &answer, err))
        return false;
    *came = answer.came;
    return !answer.came || fw_digits(fw, &answer, bytes, err);
}

static bool is_key_char(uint8_t c)
{
    return c >= 0x20 && c <= 0x7E;
}

static bool not_understood(const struct fw *fw, const struct printer_answer *answer,
                           struct err *err)
{
    char shown[FW_TEXT_BYTES];
    fw_hex(answer, shown, sizeof shown);
    return FAIL(err, ERR_FW_ANSWER, fw->name, shown);
}

/* One block: 40 or 41, then pairs. */
static bool take_keys(const struct fw *fw, const struct printer_answer *answer,
                      struct logo_memory *memory, bool *more, struct err *err)
{
    if (answer->n % 2 != 1 ||
        (answer->data[0] != ESCPOS_BLOCK_LAST && answer->data[0] != ESCPOS_BLOCK_MORE))
        return not_understood(fw, answer, err);
    for (size_t i = 1; i < answer->n; i += 2) {
        if (!is_key_char(answer->data[i]) || !is_key_char(answer->data[i + 1]))
            return not_understood(fw, answer, err);
        if (memory->n_keys < LOGO_MAX_KEYS)
            memcpy(memory->keys[memory->n_keys++], &answer->data[i], 2);
    }
    *more = answer->data[0] == ESCPOS_BLOCK_MORE;
    return true;
}

/* Blocks of 40 keys; each is acknowledged before the next comes. No fence goes behind: the printer
 * waits for the host's word, not for another request. */
static bool ask_keys(struct fw *fw, unsigned patience, struct logo_memory *memory, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES], next[ESCPOS_REQUEST_BYTES];
    struct printer_answer answer;
    size_t n = escpos_ask_nv_keys(request);
    bool more = true;
    for (unsigned block = 0; more && block < KEY_BLOCKS_MAX; block++) {
        const struct printer_question question = {
            .request = slice_of(request, n), .kind = REPLY_BLOCK, .id = BLOCK_KEYS, .alone = true};
        if (!printer_ask(fw->printer, &question, fw->wait_ms * patience, &answer, err))
            return false;
        if (!answer.came)
            return FAIL(err, ERR_FW_NV_SILENT, fw->name);
        if (!take_keys(fw, &answer, memory, &more, err))
            return false;
        n = escpos_next_block(next);
        memcpy(request, next, n);
    }
    return fw_send(fw, slice_of(next, escpos_next_block(next)), err);
}

bool logo_look(struct fw *fw, unsigned patience, struct logo_memory *memory, struct err *err)
{
    bool came = false;
    *memory = (struct logo_memory){.by_number = false};
    if (fw->profile->nv == NV_NONE)
        return FAIL(err, ERR_FW_NV_NONE, fw->name);
    if (door_has(&fw->door, "--old") || fw->profile->nv == NV_BIT_IMAGES) {
        memory->by_number = true;
        return true;
    }
    if (!fw_needs_answers(fw, err) || !ask_bytes(fw, escpos_ask_nv_capacity, BLOCK_CAPACITY,
                                                 patience, &memory->capacity, &came, err))
        return false;
    if (!came)
        return FAIL(err, ERR_FW_NV_SILENT, fw->name);
    if (!ask_bytes(fw, escpos_ask_nv_left, BLOCK_LEFT, patience, &memory->left, &came, err))
        return false;
    if (!came)
        return FAIL(err, ERR_FW_NV_SILENT, fw->name);
    return ask_keys(fw, patience, memory, err);
}

bool logo_has(const struct logo_memory *memory, const char key[2])
{
    for (size_t i = 0; i < memory->n_keys; i++)
        if (memcmp(memory->keys[i], key, 2) == 0)
            return true;
    return false;
}

bool logo_key(const char *text, char key[2], struct err *err)
{
    if (strlen(text) != 2 || !is_key_char((uint8_t)text[0]) || !is_key_char((uint8_t)text[1]))
        return FAIL(err, ERR_FW_KEY, text);
    memcpy(key, text, 2);
    return true;
}

const char *logo_keys_text(struct fw *fw, const struct logo_memory *memory)
{
    const char *text = "";
    for (size_t i = 0; i < memory->n_keys; i++)
        text = fw_text(fw, "%s%s%.2s", text, i ? ", " : "", memory->keys[i]);
    return memory->n_keys ? text : "-";
}

bool logo_read(struct fw *fw, const char *path, uint32_t max_height, struct bitmap *picture,
               struct err *err)
{
    struct buf png;
    unsigned width;
    enum dither dither =
        door_has(&fw->door, "--line-art") ? DITHER_THRESHOLD : DITHER_FLOYD_STEINBERG;
    if (!fw_number(fw, "--width", 8, fw->profile->width_dots, 0, &width, err) ||
        !door_read_file(path, PNG_MAX_BYTES, &png, err))
        return false;
    bool ok = png_read(buf_slice(&png), width, fw->profile->width_dots, dither, picture, err);
    buf_finish(&png);
    if (!ok) {
        if (err->code == ERR_IMAGE)
            FAIL(err, ERR_IMAGE, path, err->arg[1]);
        return false;
    }
    if (picture->height_dots <= max_height)
        return true;
    char is[32], most[16];
    snprintf(is, sizeof is, "%u", picture->height_dots);
    snprintf(most, sizeof most, "%u", max_height);
    bitmap_finish(picture);
    return FAIL(err, ERR_FW_IMAGE_BIG, path, is, most);
}
