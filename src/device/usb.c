/* Descriptors and control requests (USB 2.0 chapter 9; USB Printing Devices 1.1). */
#include "device/usb.h"

#include <stdio.h>

enum {
    DESCRIPTOR_DEVICE = 1,
    DESCRIPTOR_CONFIGURATION = 2,
    DESCRIPTOR_STRING = 3,
    DESCRIPTOR_INTERFACE = 4,
    DESCRIPTOR_ENDPOINT = 5,
    CLASS_PRINTER = 7,
    CLASS_VENDOR = 0xff,
    SUBCLASS_PRINTER = 1,
    TRANSFER_BULK = 2,
    STRING_MAKER = 1,
    STRING_MODEL = 2,
    STRING_SERIAL = 3,
    STRING_NOTHING = 9,
    ENGLISH = 0x0409,
    SELF_POWERED = 0x40,
    CONFIGURATION_ALWAYS = 0x80,
};

/* Who says what: vendor and product as lists of seen devices have them. Where a make is not in any
 * list, a clone's numbers stand in (unverified). */
static const struct {
    const char *profile, *maker, *model;
    uint16_t vendor, product;
    uint8_t out, in;
} known[] = {
    {"epson-tm-t20iii", "EPSON", "TM-T20III", 0x04b8, 0x0e28, 0x01, 0x82},
    {"epson-tm-t88v", "EPSON", "TM-T88V", 0x04b8, 0x0202, 0x01, 0x82},
    {"generic-58", "", "USB Printer", 0x28e9, 0x0289, 0x03, 0x81},
    {"generic-80", "", "POS-8022", 0x0483, 0x5743, 0x01, 0x82},
    {"pos-5890", "STMicroelectronics", "POS58 Printer USB", 0x0416, 0x5011, 0x03, 0x81},
    {"star-line", "Star", "TSP600", 0x0519, 0x0001, 0x02, 0x81},
    {"xprinter-xp-80", "", "USB Printing Support", 0x0fe6, 0x811e, 0x01, 0x81},
};

static void set(char out[USB_STRING_BYTES], const char *s)
{
    slice_cstr(slice_str(s), out, USB_STRING_BYTES);
}

static void name_id(struct usb_identity *id)
{
    snprintf(id->device_id, sizeof id->device_id, "MFG:%s;CMD:ESC/POS;MDL:%s;CLS:PRINTER;DES:%s;",
             id->maker, id->model, id->model);
}

void usb_identity_of(const struct profile *profile, struct usb_identity *id)
{
    *id = (struct usb_identity){
        .vendor = 0x0483, .product = 0x5743, .release = 0x0100, .out = 0x01, .in = 0x82};
    set(id->model, profile->model);
    set(id->serial, "VIRTUAL0001");
    id->speed = USB_FULL;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].profile, profile->name) != 0)
            continue;
        id->vendor = known[i].vendor;
        id->product = known[i].product;
        set(id->maker, known[i].maker);
        set(id->model, known[i].model);
        id->out = known[i].out;
        id->in = known[i].in;
    }
    id->protocol = 2;
    if (profile->proof == PROOF_NONE) {
        id->protocol = 1;
        id->in = 0;
    }
    name_id(id);
}

/* ── changes in words ── */

static bool read_hex16(struct slice s, unsigned max, unsigned *out)
{
    unsigned n = 0;
    if (!s.n || s.n > 4)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        unsigned d = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                     : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                     : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                            : 16;
        if (d == 16)
            return false;
        n = n * 16 + d;
    }
    *out = n;
    return n <= max;
}

static bool choose(struct slice value, const char *const *names, size_t n, unsigned *out)
{
    for (size_t i = 0; i < n; i++) {
        if (names[i] && slice_is(value, names[i])) {
            *out = (unsigned)i;
            return true;
        }
    }
    return false;
}

static bool change_number(struct usb_identity *id, struct slice key, struct slice value)
{
    unsigned n = 0;
    if (slice_is(key, "vid") && read_hex16(value, 0xffff, &n))
        id->vendor = (uint16_t)n;
    else if (slice_is(key, "pid") && read_hex16(value, 0xffff, &n))
        id->product = (uint16_t)n;
    else if (slice_is(key, "release") && read_hex16(value, 0xffff, &n))
        id->release = (uint16_t)n;
    else if (slice_is(key, "out") && read_hex16(value, 0x0f, &n) && n)
        id->out = (uint8_t)n;
    else if (slice_is(key, "in") && read_hex16(value, 0x8f, &n) && n > 0x80)
        id->in = (uint8_t)n;
    else
        return false;
    return true;
}

static bool is_ascii(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 0x20 || s.p[i] > 0x7e)
            return false;
    return s.n < USB_STRING_BYTES;
}

static bool change_string(struct usb_identity *id, struct slice key, struct slice value)
{
    char *into = slice_is(key, "serial")  ? id->serial
                 : slice_is(key, "maker") ? id->maker
                 : slice_is(key, "model") ? id->model
                                          : NULL;
    if (!into || !is_ascii(value))
        return false;
    slice_cstr(value, into, USB_STRING_BYTES);
    name_id(id);
    return true;
}

static bool change_kind(struct usb_identity *id, struct slice key, struct slice value)
{
    static const char *const lies[] = {"none", "total", "endpoints", "length", "strings", "class"};
    static const char *const ids[] = {"good", "swapped", "bare", "oversize", "missing", "noise"};
    static const char *const speeds[] = {[USB_FULL] = "full", [USB_HIGH] = "high"};
    unsigned n = 0;
    if (slice_is(key, "lie") && choose(value, lies, sizeof lies / sizeof *lies, &n))
        id->lie = (enum usb_lie)n;
    else if (slice_is(key, "id") && choose(value, ids, sizeof ids / sizeof *ids, &n))
        id->id = (enum usb_id)n;
    else if (slice_is(key, "speed") && choose(value, speeds, sizeof speeds / sizeof *speeds, &n))
        id->speed = (enum usb_speed)n;
    else
        return false;
    return true;
}

static bool change_flag(struct usb_identity *id, struct slice word)
{
    if (slice_is(word, "alternates"))
        id->alternates = true;
    else if (slice_is(word, "second"))
        id->second = true;
    else if (slice_is(word, "unidirectional")) {
        id->protocol = 1;
        id->in = 0;
    } else
        return false;
    return true;
}

bool usb_identity_change(struct usb_identity *id, struct slice words, struct err *err)
{
    while (words.n) {
        size_t n = 0;
        while (n < words.n && words.p[n] != ',')
            n++;
        struct slice word = slice_trim(slice_sub(words, 0, n));
        size_t equals = slice_find(word, '=');
        struct slice key = slice_sub(word, 0, equals), value = slice_sub(word, equals + 1, word.n);
        words = slice_sub(words, n + 1, words.n);
        bool pair = equals < word.n;
        bool good = pair ? change_number(id, key, value) || change_string(id, key, value) ||
                               change_kind(id, key, value)
                         : !word.n || change_flag(id, word);
        if (!good) {
            char said[ERR_ARG_BYTES];
            slice_cstr(word, said, sizeof said);
            return FAIL(err, ERR_DEVICE_USB, said,
                        "vid=04b8,pid=0e28,serial=,out=03,in=82,unidirectional,alternates,second,"
                        "lie=total,id=swapped,speed=high (docs/virtual.md)");
        }
    }
    return true;
}

/* ── descriptors ── */

static void put16(struct buf *out, unsigned n)
{
    buf_byte(out, (uint8_t)n);
    buf_byte(out, (uint8_t)(n >> 8));
}

static unsigned bulk_packet(const struct usb_identity *id)
{
    return id->speed == USB_HIGH ? 512 : 64;
}

static void put_device(const struct usb_identity *id, struct buf *out)
{
    bool lies = id->lie == USB_LIE_STRINGS;
    buf_byte(out, 18);
    buf_byte(out, DESCRIPTOR_DEVICE);
    put16(out, 0x0200);
    buf_append(out, "\0\0\0\x40", 4); /* class by interface, 64 bytes at endpoint 0 */
    put16(out, id->vendor);
    put16(out, id->product);
    put16(out, id->release);
    buf_byte(out, lies ? STRING_NOTHING : id->maker[0] ? STRING_MAKER : 0);
    buf_byte(out, lies ? STRING_NOTHING : id->model[0] ? STRING_MODEL : 0);
    buf_byte(out, lies ? STRING_NOTHING : id->serial[0] ? STRING_SERIAL : 0);
    buf_byte(out, 1);
}

/* USB 2.0 9.6.2: what the device would be at its other speed. */
static bool put_qualifier(const struct usb_identity *id, struct buf *out)
{
    if (id->speed != USB_HIGH)
        return false;
    buf_append(out, "\x0a\x06\x00\x02\0\0\0\x40\x01\0", 10);
    return true;
}

static void put_endpoint(const struct usb_identity *id, uint8_t address, struct buf *out)
{
    buf_byte(out, id->lie == USB_LIE_LENGTH ? 0 : 7);
    buf_byte(out, DESCRIPTOR_ENDPOINT);
    buf_byte(out, address);
    buf_byte(out, TRANSFER_BULK);
    put16(out, bulk_packet(id));
    buf_byte(out, 0);
}

static void put_interface(const struct usb_identity *id, uint8_t number, uint8_t alternate,
                          uint8_t protocol, bool with_in, struct buf *out)
{
    unsigned endpoints = with_in ? 2 : 1;
    buf_byte(out, 9);
    buf_byte(out, DESCRIPTOR_INTERFACE);
    buf_byte(out, number);
    buf_byte(out, alternate);
    buf_byte(out, (uint8_t)(endpoints + (id->lie == USB_LIE_ENDPOINTS)));
    buf_byte(out, id->lie == USB_LIE_CLASS ? CLASS_VENDOR : CLASS_PRINTER);
    buf_byte(out, id->lie == USB_LIE_CLASS ? 0xff : SUBCLASS_PRINTER);
    buf_byte(out, id->lie == USB_LIE_CLASS ? 0xff : protocol);
    buf_byte(out, 0);
    put_endpoint(id, id->out, out);
    if (with_in)
        put_endpoint(id, id->in, out);
}

static uint8_t printer_interface(const struct usb_identity *id)
{
    return id->second ? 1 : 0;
}

static void put_configuration(const struct usb_identity *id, struct buf *out)
{
    size_t begin = out->n;
    uint8_t number = printer_interface(id);
    const uint8_t head[] = {9,
                            DESCRIPTOR_CONFIGURATION,
                            0,
                            0,
                            (uint8_t)(number + 1),
                            1,
                            0,
                            CONFIGURATION_ALWAYS | SELF_POWERED,
                            1};
    buf_append(out, head, sizeof head);
    if (id->second)
        buf_append(out, "\x09\x04\0\0\0\xff\0\0\0", 9);
    if (id->alternates && id->in) {
        put_interface(id, number, 0, 1, false, out);
        put_interface(id, number, 1, 2, true, out);
    } else {
        put_interface(id, number, 0, id->protocol, id->in, out);
    }
    if (out->full)
        return;
    size_t total = out->n - begin + (id->lie == USB_LIE_TOTAL ? 32 : 0);
    out->p[begin + 2] = (uint8_t)total;
    out->p[begin + 3] = (uint8_t)(total >> 8);
}

static bool put_string(const struct usb_identity *id, unsigned index, struct buf *out)
{
    const char *text = index == STRING_MAKER    ? id->maker
                       : index == STRING_MODEL  ? id->model
                       : index == STRING_SERIAL ? id->serial
                                                : "";
    if (index == 0) {
        buf_byte(out, 4);
        buf_byte(out, DESCRIPTOR_STRING);
        put16(out, ENGLISH);
        return true;
    }
    if (!text[0])
        return false;
    buf_byte(out, (uint8_t)(2 + 2 * strlen(text)));
    buf_byte(out, DESCRIPTOR_STRING);
    for (; *text; text++)
        put16(out, (uint8_t)*text);
    return true;
}

/* ── requests ── */

struct setup {
    uint8_t type, request;
    unsigned value, index, length;
};

static bool get_descriptor(struct usb *usb, const struct setup *s, struct buf *out)
{
    switch (s->value >> 8) {
    case DESCRIPTOR_DEVICE:
        put_device(&usb->id, out);
        return true;
    case DESCRIPTOR_CONFIGURATION:
        if (s->value & 0xff)
            return false;
        put_configuration(&usb->id, out);
        return true;
    case DESCRIPTOR_STRING:
        return put_string(&usb->id, s->value & 0xff, out);
    case 6:
        return put_qualifier(&usb->id, out);
    default:
        return false;
    }
}

static bool *halt_of(struct usb *usb, unsigned address)
{
    if (address == usb->id.out)
        return &usb->halted_out;
    return usb->id.in && address == usb->id.in ? &usb->halted_in : NULL;
}

static bool get_status(struct usb *usb, const struct setup *s, struct buf *out)
{
    unsigned status = 0;
    if ((s->type & 0x1f) == 0) {
        status = 1; /* self-powered */
    } else if ((s->type & 0x1f) == 2 && (s->index & 0x7f)) {
        const bool *halted = halt_of(usb, s->index);
        if (!halted)
            return false;
        status = *halted;
    }
    put16(out, status);
    return true;
}

static bool endpoint_halt(struct usb *usb, const struct setup *s, bool on)
{
    if ((s->type & 0x1f) != 2)
        return s->value == 1 && (s->type & 0x1f) == 0; /* remote wake-up: nothing to do */
    bool *halted = halt_of(usb, s->index);
    if (s->value != 0 || !halted)
        return (s->index & 0x7f) == 0 && s->value == 0;
    *halted = on;
    if (!on)
        device_clear_halt(usb->device, s->index & 0x80);
    return true;
}

static bool set_configuration(struct usb *usb, const struct setup *s)
{
    if (s->value > 1)
        return false;
    usb->configuration = (uint8_t)s->value;
    usb->alternate = 0;
    usb->halted_in = usb->halted_out = false;
    return true;
}

static bool set_interface(struct usb *usb, const struct setup *s)
{
    bool printer = s->index == printer_interface(&usb->id);
    unsigned most = printer && usb->id.alternates && usb->id.in ? 1 : 0;
    if (!usb->configuration || s->index > printer_interface(&usb->id) || s->value > most)
        return false;
    if (printer) {
        usb->alternate = (uint8_t)s->value;
        usb->halted_in = usb->halted_out = false;
    }
    return true;
}

/* Chapter 9; false is a STALL. */
static bool standard(struct usb *usb, const struct setup *s, struct buf *out)
{
    enum {
        GET_STATUS,
        CLEAR_FEATURE,
        SET_FEATURE = 3,
        SET_ADDRESS = 5,
        GET_DESCRIPTOR,
        GET_CONFIGURATION = 8,
        SET_CONFIGURATION,
        GET_INTERFACE,
        SET_INTERFACE
    };
    bool in = s->type & 0x80;
    switch (s->request) {
    case GET_STATUS:
        return in && get_status(usb, s, out);
    case CLEAR_FEATURE:
        return !in && endpoint_halt(usb, s, false);
    case SET_FEATURE:
        return !in && endpoint_halt(usb, s, true);
    case SET_ADDRESS:
        return !in;
    case GET_DESCRIPTOR:
        return in && get_descriptor(usb, s, out);
    case GET_CONFIGURATION:
        buf_byte(out, usb->configuration);
        return in;
    case SET_CONFIGURATION:
        return !in && set_configuration(usb, s);
    case GET_INTERFACE:
        if (!in || !usb->configuration || s->index > printer_interface(&usb->id))
            return false;
        buf_byte(out, s->index == printer_interface(&usb->id) ? usb->alternate : 0);
        return true;
    case SET_INTERFACE:
        return !in && set_interface(usb, s);
    default:
        return false;
    }
}

static bool put_device_id(const struct usb_identity *id, struct buf *out)
{
    static const char noise[] = "\x01\xfe;;::\x80printer?";
    struct slice text = slice_str(id->device_id);
    size_t length = text.n + 2;
    switch (id->id) {
    case USB_ID_MISSING:
        return false;
    case USB_ID_SWAPPED:
        put16(out, (unsigned)length);
        break;
    case USB_ID_BARE:
        break;
    case USB_ID_NOISE:
        text = slice_of(noise, sizeof noise - 1);
        buf_append(out, "\xff\xfe", 2);
        break;
    case USB_ID_OVERSIZE:
        length += 1000;
        buf_byte(out, (uint8_t)(length >> 8));
        buf_byte(out, (uint8_t)length);
        break;
    default:
        buf_byte(out, (uint8_t)(length >> 8));
        buf_byte(out, (uint8_t)length);
    }
    buf_slice_append(out, text);
    return true;
}

/* The printer class: wIndex is the interface, in GET_DEVICE_ID in the upper byte; some hosts put it
 * there in all three (PAPPL), so both are taken. */
static bool printer_class(struct usb *usb, const struct setup *s, struct buf *out)
{
    enum { GET_DEVICE_ID, GET_PORT_STATUS, SOFT_RESET };
    unsigned number = printer_interface(&usb->id);
    bool in = s->type & 0x80;
    bool addressed = s->index >> 8 == number || s->index == number;
    if (!addressed || usb->id.lie == USB_LIE_CLASS)
        return false;
    switch (s->request) {
    case GET_DEVICE_ID:
        return in && put_device_id(&usb->id, out);
    case GET_PORT_STATUS:
        buf_byte(out, device_port_status(usb->device));
        return in;
    case SOFT_RESET:
        if (!in)
            device_soft_reset(usb->device);
        usb->halted_in = usb->halted_out = false;
        return !in;
    default:
        return false;
    }
}

void usb_init(struct usb *usb, struct device *device, const struct usb_identity *id)
{
    *usb = (struct usb){.device = device, .id = *id};
}

void usb_reset(struct usb *usb)
{
    usb->configuration = 0;
    usb->alternate = 0;
    usb->halted_in = usb->halted_out = false;
    device_clear_halt(usb->device, true);
    device_clear_halt(usb->device, false);
}

enum usb_result usb_control(struct usb *usb, const uint8_t setup[8], struct slice data,
                            struct buf *out)
{
    const struct setup s = {setup[0], setup[1], setup[2] | (unsigned)setup[3] << 8,
                            setup[4] | (unsigned)setup[5] << 8, setup[6] | (unsigned)setup[7] << 8};
    struct buf answer;
    bool done = false;
    (void)data; /* no request that is known here brings any */
    buf_init(&answer, USB_CONTROL_BYTES);
    switch (s.type >> 5 & 3) {
    case 0:
        done = standard(usb, &s, &answer);
        break;
    case 1: /* SOFT_RESET goes to the interface, from hosts of version 1.0 to "other" */
        done = printer_class(usb, &s, &answer);
        break;
    default:
        break;
    }
    if (done)
        buf_slice_append(out, slice_sub(buf_slice(&answer), 0, s.length));
    buf_finish(&answer);
    return done ? USB_DONE : USB_STALLED;
}

bool usb_has_endpoint(const struct usb *usb, uint8_t address)
{
    if (!usb->configuration)
        return false;
    if (address == usb->id.out)
        return true;
    bool both = !usb->id.alternates || usb->alternate == 1;
    return usb->id.in && address == usb->id.in && both;
}
