/* identify: what a printer says of itself, on its USB side and by GS I, and which profile fits. */
#include "firmware-tools/fw.h"

#include "printer/guess.h"
#include "protocol/profile_folder.h"
#include "transport/usb.h"

#include <stdio.h>

/* Bits of GS I 2 (Epson APG). */
enum { TYPE_KANJI = 0x01, TYPE_CUTTER = 0x02, TYPE_DISPLAY = 0x04 };

struct found {
    struct fw_identity says;
    const struct usb_printer *usb; /* NULL: not on USB, or not seen there */
    char device_id[USB_DEVICE_ID_BYTES];
    const struct profile *profile; /* NULL: none fits */
    bool exact;
    char why[PRINTER_CLUE_BYTES];
};

/* Before the wire is open: a device that is held may not be asked. */
static bool look_at_usb(struct fw *fw, struct found *found, struct err *err)
{
    if (strncmp(fw->uri, "usb:", strlen("usb:")) != 0)
        return true;
    if (!fw_list_usb(fw, err))
        return false;
    found->usb = usb_printer_at(fw->usb, fw->uri);
    if (found->usb)
        snprintf(found->device_id, sizeof found->device_id, "%s", found->usb->device_id);
    return true;
}

/* What the kernel's usblp was told when it took the device. */
static void look_at_lp(const struct fw *fw, struct found *found)
{
    struct buf text;
    char path[128];
    const char *node = strrchr(fw->uri, '/');
    if (strncmp(fw->uri, "lp:", strlen("lp:")) != 0 || !node)
        return;
    snprintf(path, sizeof path, "/sys/class/usbmisc/%.32s/device/ieee1284_id", node + 1);
    buf_init(&text, sizeof found->device_id - 1);
    if (buf_read_file(&text, path))
        usb_device_id_text(buf_slice(&text), found->device_id, sizeof found->device_id);
    buf_finish(&text);
}

/* A profile of the shop that has the model's name, else the nearest of those built in. */
static void guess(struct fw *fw, struct found *found)
{
    struct slice id = slice_str(found->device_id), maker = slice_str(found->says.maker);
    struct printer_clues clues = {.device_id_model = usb_device_id_value(id, "MDL"),
                                  .answered_model = slice_str(found->says.model)};
    struct printer_guess guessed;
    if (found->usb) {
        clues.product = slice_str(found->usb->model);
        clues.vid = found->usb->vid;
        clues.pid = found->usb->pid;
        clues.usb_name = found->usb->known;
    }
    const struct slice models[] = {clues.answered_model, clues.device_id_model, clues.product};
    for (size_t i = 0; i < sizeof models / sizeof models[0] && !found->profile; i++) {
        found->profile = profile_of_model(&fw->arena, door_shop(&fw->door), maker, models[i]);
        slice_cstr(models[i], found->why, sizeof found->why);
    }
    found->exact = found->profile;
    if (found->profile)
        return;
    printer_guess(&clues, &guessed);
    found->profile = guessed.clue == CLUE_NONE ? NULL : guessed.profile;
    found->exact = guessed.exact;
    snprintf(found->why, sizeof found->why, "%s", guessed.text);
}

static void say_text(const struct fw *fw, enum fw_word label, const char *text)
{
    door_say(&fw->door, "%s: %s\n", fw_word(fw, label), *text ? text : fw_word(fw, W_MISSING));
}

static void say_number(const struct fw *fw, enum fw_word label, int number)
{
    if (number >= 0)
        door_say(&fw->door, "%s: %02X\n", fw_word(fw, label), (unsigned)number);
    else
        say_text(fw, label, "");
}

static void say_type(const struct fw *fw, int type)
{
    static const struct {
        int bit;
        enum fw_word word;
    } rows[] = {
        {TYPE_KANJI, W_TYPE_KANJI}, {TYPE_CUTTER, W_TYPE_CUTTER}, {TYPE_DISPLAY, W_TYPE_DISPLAY}};
    if (type < 0) {
        say_text(fw, W_TYPE, "");
        return;
    }
    door_say(&fw->door, "%s: %02X\n", fw_word(fw, W_TYPE), (unsigned)type);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        door_say(&fw->door, "  %s  %s\n", fw_word(fw, type & rows[i].bit ? W_YES : W_NO),
                 fw_word(fw, rows[i].word));
}

static void say_usb(const struct fw *fw, const struct found *found)
{
    const struct usb_printer *p = found->usb;
    if (p) {
        door_say(&fw->door, "%s: %04x:%04x %s %s, %s %s, USB %x.%02x\n", fw_word(fw, W_USB_DEVICE),
                 p->vid, p->pid, p->maker, p->model, p->port, p->serial, p->usb_version >> 8,
                 p->usb_version & 0xFF);
        door_say(&fw->door, "%s: %u.%u, class %u protocol %u, OUT %02x %u, IN %02x %u, %s\n",
                 fw_word(fw, W_USB_ENDPOINTS), p->pipe.interface, p->pipe.alternate, p->pipe.class,
                 p->pipe.protocol, p->pipe.out, p->pipe.out_packet, p->pipe.in, p->pipe.in_packet,
                 p->driver[0] ? p->driver : "-");
    }
    if (p || found->device_id[0])
        say_text(fw, W_DEVICE_ID, found->device_id);
}

static bool cutter_differs(const struct fw *fw, const struct found *found)
{
    const struct profile *p = fw->profile_said ? fw->profile : found->profile;
    return p && found->says.type >= 0 &&
           (p->cut != CUT_NONE) != ((found->says.type & TYPE_CUTTER) != 0);
}

static void say(const struct fw *fw, const struct found *found)
{
    say_text(fw, W_ADDRESS, fw->uri);
    if (fw->two_way) {
        say_text(fw, W_MAKER, found->says.maker);
        say_text(fw, W_MODEL, found->says.model);
        say_text(fw, W_FIRMWARE, found->says.firmware);
        say_text(fw, W_SERIAL, found->says.serial);
        say_text(fw, W_FONTS,
                 found->says.fonts[0] || !found->says.model[0] ? found->says.fonts
                                                               : fw_word(fw, W_FONTS_LATIN));
        say_number(fw, W_MODEL_ID, found->says.model_id);
        say_number(fw, W_VERSION, found->says.version);
        say_type(fw, found->says.type);
    }
    say_usb(fw, found);
    if (found->profile)
        door_say(&fw->door, "%s: %s (%s: %s)\n", fw_word(fw, W_PROFILE), found->profile->name,
                 found->why, fw_word(fw, found->exact ? W_PROFILE_MODEL : W_PROFILE_FAMILY));
    else
        say_text(fw, W_PROFILE, fw_word(fw, W_PROFILE_NONE));
    if (cutter_differs(fw, found))
        door_say(&fw->door, "%s\n", fw_word(fw, W_CUTTER_DIFFERS));
}

static void put_text(struct json *j, const char *key, const char *text)
{
    json_str(j, key, *text ? text : NULL);
}

static void put_number(struct json *j, const char *key, int number)
{
    if (number >= 0)
        json_int(j, key, number);
    else
        json_null(j, key);
}

static void put_usb(struct json *j, const struct found *found)
{
    const struct usb_printer *p = found->usb;
    put_text(j, "device_id", found->device_id);
    if (!p) {
        json_null(j, "usb");
        return;
    }
    json_open_object(j, "usb");
    json_int(j, "vendor", p->vid);
    json_int(j, "product", p->pid);
    put_text(j, "maker", p->maker);
    put_text(j, "model", p->model);
    put_text(j, "serial", p->serial);
    put_text(j, "port", p->port);
    put_text(j, "uri", p->uri);
    put_text(j, "driver", p->driver);
    json_int(j, "class", p->pipe.class);
    json_int(j, "protocol", p->pipe.protocol);
    json_int(j, "endpoint_out", p->pipe.out);
    json_int(j, "endpoint_in", p->pipe.in);
    json_close_object(j);
}

static void put_json(const struct fw *fw, const struct found *found)
{
    struct buf line;
    struct json j;
    buf_init(&line, FW_LINE_BYTES);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "printer", fw->name);
    json_str(&j, "uri", fw->uri);
    put_text(&j, "maker", found->says.maker);
    put_text(&j, "model", found->says.model);
    put_text(&j, "firmware", found->says.firmware);
    put_text(&j, "serial", found->says.serial);
    put_text(&j, "fonts", found->says.fonts);
    put_number(&j, "model_id", found->says.model_id);
    put_number(&j, "version", found->says.version);
    put_number(&j, "type", found->says.type);
    put_usb(&j, found);
    json_str(&j, "profile", found->profile ? found->profile->name : NULL);
    json_bool(&j, "profile_exact", found->exact);
    put_text(&j, "profile_why", found->why);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

static bool run(struct fw *fw, struct err *err)
{
    struct found found = {.says = {.model_id = -1, .type = -1, .version = -1}};
    if (!fw_find(fw, err) || !look_at_usb(fw, &found, err))
        return false;
    look_at_lp(fw, &found);
    if (!fw_open(fw, err) || !fw_ready(fw, err) ||
        (fw->two_way && !fw_identify(fw, false, &found.says, err)))
        return false;
    if (found.says.model[0] && !fw_identify_more(fw, &found.says, err))
        return false;
    if (!found.says.model[0] && !found.usb && !found.device_id[0])
        return fw_needs_answers(fw, err) && FAIL(err, ERR_FW_SILENT, fw->name);
    guess(fw, &found);
    if (fw->door.json)
        put_json(fw, &found);
    else
        say(fw, &found);
    return true;
}

const struct fw_command cmd_identify = {
    .door =
        {
            .name = "identify",
            .summary = "model, maker, firmware, serial number, USB side, and the profile that fits",
            DOOR_OPTIONS(fw_printer_options),
            .needs_shop = true,
        },
    .run = run,
};
