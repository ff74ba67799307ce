/* logo list, upload, delete, print. */
#include "firmware-tools/logo.h"

#include "escpos/encoder.h"
#include "escpos/maintain.h"

#include <inttypes.h>
#include <stdio.h>

enum { UPLOAD_BYTES = 4 << 20, PRINT_BYTES = 4096, IMAGES_ARGS = 1 + LOGO_MAX_IMAGES };

static void begin_json(struct json *j, struct buf *line, const struct fw *fw)
{
    buf_init(line, FW_LINE_BYTES);
    json_init(j, line);
    json_open_object(j, NULL);
    json_str(j, "printer", fw->name);
}

static void end_json(struct json *j, struct buf *line)
{
    json_close_object(j);
    door_put(line);
    buf_finish(line);
}

static bool open_memory(struct fw *fw, struct logo_memory *memory, struct err *err)
{
    return fw_open(fw, err) && fw_ready(fw, err) && logo_look(fw, 1, memory, err);
}

/* ── list ── */

static void put_list(const struct fw *fw, const struct logo_memory *memory)
{
    struct buf line;
    struct json j;
    begin_json(&j, &line, fw);
    json_int(&j, "capacity", (int64_t)memory->capacity);
    json_int(&j, "left", (int64_t)memory->left);
    json_open_list(&j, "keys");
    for (size_t i = 0; i < memory->n_keys; i++)
        json_text(&j, NULL, slice_of(memory->keys[i], 2));
    json_close_list(&j);
    end_json(&j, &line);
}

static bool run_list(struct fw *fw, struct err *err)
{
    struct logo_memory memory;
    if (!open_memory(fw, &memory, err))
        return false;
    if (memory.by_number)
        return FAIL(err, ERR_FW_NV_OLD, fw->name);
    if (fw->door.json) {
        put_list(fw, &memory);
        return true;
    }
    door_say(&fw->door, "%s: %" PRIu64 " %s, %s: %" PRIu64 "\n", fw_word(fw, W_CAPACITY),
             memory.capacity, fw_word(fw, W_BYTES), fw_word(fw, W_LEFT), memory.left);
    for (size_t i = 0; i < memory.n_keys; i++)
        door_say(&fw->door, "%.2s\n", memory.keys[i]);
    if (!memory.n_keys)
        door_say(&fw->door, "%s\n", fw_word(fw, W_NO_LOGOS));
    return true;
}

/* ── upload ── */

static bool check_room(const struct logo_memory *memory, const char *path, size_t bytes,
                       struct err *err)
{
    char takes[32], left[32], capacity[32];
    if (bytes <= memory->left)
        return true;
    snprintf(takes, sizeof takes, "%zu", bytes);
    snprintf(left, sizeof left, "%" PRIu64, memory->left);
    snprintf(capacity, sizeof capacity, "%" PRIu64, memory->capacity);
    return FAIL(err, ERR_FW_NV_FULL, path, takes, left, capacity);
}

static void say_kept(const struct fw *fw, const char *key, const struct bitmap *picture)
{
    struct buf line;
    struct json j;
    if (!fw->door.json) {
        door_say(&fw->door, fw_word(fw, W_LOGO_KEPT), key, picture->width_dots,
                 picture->height_dots);
        /* for the profile: with it, the picture is printed by its key and never sent again */
        door_say(&fw->door, "logos: {%s: %016" PRIx64 "}\n", key, bitmap_hash(picture));
        return;
    }
    begin_json(&j, &line, fw);
    json_str(&j, "key", key);
    json_int(&j, "width_dots", picture->width_dots);
    json_int(&j, "height_dots", picture->height_dots);
    char hash[17];
    snprintf(hash, sizeof hash, "%016" PRIx64, bitmap_hash(picture));
    json_str(&j, "hash", hash);
    end_json(&j, &line);
}

/* Sends a write that was allowed, and reads back what the memory holds then. */
static bool write_counted(struct fw *fw, const struct fw_identity *identity, struct slice bytes,
                          struct logo_memory *after, struct err *err)
{
    return fw_count_writes(fw, identity, 1, err) && fw_send(fw, bytes, err) &&
           logo_look(fw, FW_PATIENT, after, err);
}

static bool upload_by_key(struct fw *fw, const struct logo_memory *memory,
                          const struct fw_identity *identity, const char key[2],
                          const struct bitmap *picture, struct err *err)
{
    struct logo_memory after;
    struct buf bytes;
    if (!check_room(memory, fw->door.args[1], escpos_nv_bytes(picture), err))
        return false;
    if (logo_has(memory, key))
        fprintf(stderr, fw_word(fw, W_LOGO_REPLACES), fw->door.args[0]);
    if (!fw_allow_writes(fw, identity, 1, err))
        return false;
    buf_init(&bytes, UPLOAD_BYTES);
    escpos_nv_define(&bytes, key, picture);
    bool ok = !bytes.full || FAIL(err, ERR_TOO_BIG, fw->door.args[1], "4 MiB");
    ok = ok && write_counted(fw, identity, buf_slice(&bytes), &after, err);
    buf_finish(&bytes);
    /* A new picture takes room; one that was replaced need not. */
    if (ok && (!logo_has(&after, key) || (!logo_has(memory, key) && after.left >= memory->left)))
        return FAIL(err, ERR_FW_VERIFY, fw->name, fw->door.args[0]);
    if (ok)
        say_kept(fw, fw->door.args[0], picture);
    return ok;
}

/* FS q takes all pictures at once, in place of all that were there. */
static bool send_images(struct fw *fw, const struct fw_identity *identity,
                        const struct bitmap *pictures, size_t n, struct err *err)
{
    struct buf bytes;
    size_t sum = 0;
    char takes[32];
    for (size_t i = 0; i < n; i++)
        sum += escpos_images_bytes(&pictures[i]);
    snprintf(takes, sizeof takes, "%zu", sum);
    if (sum > ESCPOS_IMAGES_MAX_BYTES)
        return FAIL(err, ERR_FW_NV_FULL, fw->door.args[1], takes, "262144", "262144");
    fprintf(stderr, fw_word(fw, W_LOGO_REPLACES_ALL), fw->name, (unsigned)n);
    if (!fw_allow_writes(fw, identity, 1, err) || !fw_count_writes(fw, identity, 1, err))
        return false;
    buf_init(&bytes, UPLOAD_BYTES);
    escpos_images_define(&bytes, pictures, n);
    bool ok = fw_send(fw, buf_slice(&bytes), err) && fw_await_restart(fw, err);
    buf_finish(&bytes);
    return ok;
}

static bool upload_images(struct fw *fw, const struct fw_identity *identity, struct err *err)
{
    struct bitmap pictures[LOGO_MAX_IMAGES];
    size_t n = 0, wanted = fw->door.n_args - 1;
    if (strcmp(fw->door.args[0], "1") != 0)
        return FAIL(err, ERR_FW_NV_OLD, fw->name);
    bool ok = true;
    while (ok && n < wanted) {
        ok = logo_read(fw, fw->door.args[1 + n], ESCPOS_IMAGES_MAX_HEIGHT, &pictures[n], err);
        n += ok;
    }
    ok = ok && send_images(fw, identity, pictures, n, err);
    for (size_t i = 0; i < n; i++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", i + 1);
        if (ok)
            say_kept(fw, number, &pictures[i]);
        bitmap_finish(&pictures[i]);
    }
    return ok;
}

static bool run_upload(struct fw *fw, struct err *err)
{
    struct logo_memory memory;
    struct fw_identity identity = {.model_id = -1};
    struct bitmap picture;
    char key[2];
    if (!open_memory(fw, &memory, err) || (fw->two_way && !fw_identify(fw, false, &identity, err)))
        return false;
    if (memory.by_number)
        return upload_images(fw, &identity, err);
    if (fw->door.n_args != 2)
        return FAIL(err, ERR_USAGE_ARGUMENTS, fw->door.args[2]);
    if (!logo_key(fw->door.args[0], key, err) ||
        !logo_read(fw, fw->door.args[1], ESCPOS_NV_MAX_HEIGHT, &picture, err))
        return false;
    bool ok = upload_by_key(fw, &memory, &identity, key, &picture, err);
    bitmap_finish(&picture);
    return ok;
}

/* ── delete ── */

static bool must_have(struct fw *fw, const struct logo_memory *memory, const char key[2],
                      struct err *err)
{
    return logo_has(memory, key) ||
           FAIL(err, ERR_FW_KEY_NONE, fw->name, fw->door.args[0], logo_keys_text(fw, memory));
}

static bool run_delete(struct fw *fw, struct err *err)
{
    struct logo_memory memory, after;
    struct fw_identity identity;
    struct buf line;
    struct json j;
    uint8_t request[ESCPOS_REQUEST_BYTES];
    char key[2];
    if (!logo_key(fw->door.args[0], key, err) || !open_memory(fw, &memory, err))
        return false;
    if (memory.by_number)
        return FAIL(err, ERR_FW_NV_OLD, fw->name);
    size_t n = escpos_nv_delete(key, request);
    if (!must_have(fw, &memory, key, err) || !fw_identify(fw, false, &identity, err) ||
        !fw_allow_writes(fw, &identity, 1, err) ||
        !write_counted(fw, &identity, slice_of(request, n), &after, err))
        return false;
    if (logo_has(&after, key))
        return FAIL(err, ERR_FW_VERIFY, fw->name, fw->door.args[0]);
    if (!fw->door.json) {
        door_say(&fw->door, fw_word(fw, W_LOGO_DELETED), fw->door.args[0]);
        return true;
    }
    begin_json(&j, &line, fw);
    json_str(&j, "deleted", fw->door.args[0]);
    end_json(&j, &line);
    return true;
}

/* ── print ── */

static bool make_page(struct fw *fw, struct slice request, struct buf *out, struct err *err)
{
    struct escpos *e;
    if (!escpos_create(&e, fw->profile, out, err))
        return false;
    escpos_begin(e);
    escpos_raw(e, request);
    escpos_cut(e, true);
    escpos_destroy(e);
    return true;
}

static bool print_request(struct fw *fw, const struct logo_memory *memory, uint8_t *request,
                          size_t *n, struct err *err)
{
    uint64_t number;
    char key[2];
    if (memory->by_number) {
        if (!slice_u64(slice_str(fw->door.args[0]), UINT8_MAX, &number) || number == 0)
            return FAIL(err, ERR_FW_NV_OLD, fw->name);
        *n = escpos_image_print((unsigned)number, request);
        return true;
    }
    if (!logo_key(fw->door.args[0], key, err) || !must_have(fw, memory, key, err))
        return false;
    *n = escpos_nv_print(key, request);
    return true;
}

static bool run_print(struct fw *fw, struct err *err)
{
    struct logo_memory memory;
    struct buf bytes, line;
    struct json j;
    uint8_t request[ESCPOS_REQUEST_BYTES];
    size_t n = 0;
    if (!open_memory(fw, &memory, err) || !print_request(fw, &memory, request, &n, err))
        return false;
    buf_init(&bytes, PRINT_BYTES);
    bool ok = make_page(fw, slice_of(request, n), &bytes, err) &&
              fw_send(fw, buf_slice(&bytes), err) && fw_finish(fw, err);
    buf_finish(&bytes);
    if (!ok)
        return false;
    if (!fw->door.json) {
        door_say(&fw->door, "%s", fw_word(fw, W_PRINTED));
        return true;
    }
    begin_json(&j, &line, fw);
    json_str(&j, "printed", fw->door.args[0]);
    end_json(&j, &line);
    return true;
}

const struct fw_command cmd_logo_list = {
    .door =
        {
            .name = "logo list",
            .summary = "the pictures that the printer keeps, and the room for more",
            DOOR_OPTIONS(fw_printer_options),
            .needs_shop = true,
        },
    .run = run_list,
};

static const struct door_option upload_options[] = {
    FW_PRINTER_OPTIONS,
    {"--width", "DOTS", "make it so wide"},
    {"--line-art", NULL, "black or white without dither, for drawings"},
    FW_OLD_OPTION,
    FW_YES_OPTION};

const struct fw_command cmd_logo_upload = {
    .door =
        {
            .name = "logo upload",
            .args = "KEY FILE.png [FILE.png ...]",
            .summary = "keep a picture in the printer",
            .help = "KEY is two characters, L1 for instance. The picture is dithered and at most "
                    "as wide as\n"
                    "the paper. Printers with the old NV bit images take them all at once, in "
                    "place of all\n"
                    "that were there: KEY is then 1, and the files become 1, 2, …",
            DOOR_OPTIONS(upload_options),
            .needs_shop = true,
            .min_args = 2,
            .max_args = IMAGES_ARGS,
        },
    .run = run_upload,
};

static const struct door_option delete_options[] = {FW_PRINTER_OPTIONS, FW_YES_OPTION};

const struct fw_command cmd_logo_delete = {
    .door =
        {
            .name = "logo delete",
            .args = "KEY",
            .summary = "forget a picture",
            DOOR_OPTIONS(delete_options),
            .needs_shop = true,
            .min_args = 1,
            .max_args = 1,
        },
    .run = run_delete,
};

static const struct door_option print_options[] = {FW_PRINTER_OPTIONS, FW_OLD_OPTION};

const struct fw_command cmd_logo_print = {
    .door =
        {
            .name = "logo print",
            .args = "KEY",
            .summary = "print a picture that the printer keeps",
            DOOR_OPTIONS(print_options),
            .needs_shop = true,
            .min_args = 1,
            .max_args = 1,
        },
    .run = run_print,
};
