/* What is plugged in, and which of it an address names. What the kernel read at plugging in (sysfs)
 * is preferred to asking the device: it costs nothing, needs no rights and disturbs no print. */
#include "transport/usb_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    CONFIGURATIONS_MAX = 8,
    PORTS_MAX = 7, /* USB 3: five hubs deep */
    PATH_BYTES = 160,
    SEVERAL_MAX = 4, /* are named */
    SHORT_URI_BYTES = 16 + USB_PORT_BYTES,
};

static const char sysfs[] = "/sys/bus/usb/devices";

/* ── errors ── */

bool usb_context(libusb_context **ctx, struct err *err)
{
    int why = libusb_init(ctx);
    return why == 0 || FAIL(err, ERR_PRINTER_IO, "usb:", libusb_strerror(why));
}

bool usb_fail_held(const char *uri, struct usb_printer *p, struct err *err)
{
    char words[HOLDER_NAME_BYTES + 16];
    holder_find(p->node, &p->holder);
    holder_words(&p->holder, words, sizeof words);
    return FAIL(err, ERR_PRINTER_HELD, uri, words);
}

bool usb_fail(const char *uri, const struct usb_printer *p, int why, struct err *err)
{
    char line[ERR_ARG_BYTES];
    switch (why) {
    case LIBUSB_ERROR_ACCESS:
        usb_udev_line(p->vid, p->pid, line, sizeof line);
        return FAIL(err, ERR_PRINTER_RIGHTS, uri, line);
    case LIBUSB_ERROR_NO_DEVICE:
    case LIBUSB_ERROR_IO:
        return FAIL(err, ERR_PRINTER_UNPLUGGED, uri);
    case LIBUSB_ERROR_NOT_FOUND:
    case LIBUSB_ERROR_INVALID_PARAM:
        return FAIL(err, ERR_PRINTER_IO, uri, "its descriptors name what it does not have");
    default:
        return FAIL(err, ERR_PRINTER_IO, uri, libusb_strerror(why));
    }
}

/* ── the way in: configuration, interface, alternate setting, endpoints ── */

static bool packet_of(const struct libusb_endpoint_descriptor *e, uint16_t *packet)
{
    *packet = e->wMaxPacketSize & 0x7ff;
    return (e->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) == LIBUSB_TRANSFER_TYPE_BULK &&
           (e->bEndpointAddress & LIBUSB_ENDPOINT_ADDRESS_MASK) != 0 && *packet >= 8 &&
           *packet <= 1024;
}

static void find_endpoints(const struct libusb_interface_descriptor *alt, struct usb_pipe *pipe)
{
    for (unsigned i = 0; i < alt->bNumEndpoints; i++) {
        const struct libusb_endpoint_descriptor *e = &alt->endpoint[i];
        bool in = (e->bEndpointAddress & LIBUSB_ENDPOINT_IN) != 0;
        uint16_t packet;
        if ((in ? pipe->in : pipe->out) || !packet_of(e, &packet))
            continue;
        if (in) {
            pipe->in = e->bEndpointAddress;
            pipe->in_packet = packet;
        } else {
            pipe->out = e->bEndpointAddress;
            pipe->out_packet = packet;
        }
    }
}

enum {
    SUBCLASS_PRINTER = 1,
    PROTOCOL_BIDIRECTIONAL = 2,
    PROTOCOL_1284_4 = 3, /* wrapped in packets that we do not speak */
    PROTOCOL_IPP = 4,
};

static bool is_printer(const struct libusb_interface_descriptor *alt, unsigned quirks)
{
    if (alt->bInterfaceClass == LIBUSB_CLASS_VENDOR_SPEC)
        return (quirks & USB_VENDOR_CLASS) != 0;
    return alt->bInterfaceClass == LIBUSB_CLASS_PRINTER &&
           alt->bInterfaceProtocol != PROTOCOL_1284_4 && alt->bInterfaceProtocol != PROTOCOL_IPP;
}

/* How good an alternate setting is; 0: no use. The printer class before the maker's own, a way back
 * before none. */
static unsigned worth(const struct libusb_interface_descriptor *alt, const struct usb_pipe *pipe)
{
    if (!pipe->out)
        return 0;
    return 1 + (alt->bInterfaceClass == LIBUSB_CLASS_PRINTER ? 8U : 0U) +
           (alt->bInterfaceSubClass == SUBCLASS_PRINTER ? 4U : 0U) + (pipe->in ? 2U : 0U) +
           (alt->bInterfaceProtocol == PROTOCOL_BIDIRECTIONAL ? 1U : 0U);
}

enum usb_fit usb_choose_pipe(const struct libusb_config_descriptor *config, unsigned quirks,
                             struct usb_pipe *best)
{
    enum usb_fit fit = USB_NO_PRINTER;
    unsigned best_worth = 0;
    for (unsigned i = 0; i < config->bNumInterfaces; i++) {
        const struct libusb_interface *interface = &config->interface[i];
        for (int a = 0; a < interface->num_altsetting; a++) {
            const struct libusb_interface_descriptor *alt = &interface->altsetting[a];
            if (!is_printer(alt, quirks))
                continue;
            struct usb_pipe pipe = {.configuration = config->bConfigurationValue,
                                    .interface = alt->bInterfaceNumber,
                                    .alternate = alt->bAlternateSetting,
                                    .alternates = (uint8_t)interface->num_altsetting,
                                    .class = alt->bInterfaceClass,
                                    .protocol = alt->bInterfaceProtocol};
            find_endpoints(alt, &pipe);
            if (quirks & USB_UNIDIR)
                pipe.in = 0;
            if (fit == USB_NO_PRINTER)
                fit = USB_NO_ENDPOINT;
            if (worth(alt, &pipe) > best_worth) {
                best_worth = worth(alt, &pipe);
                *best = pipe;
                fit = USB_FIT;
            }
        }
    }
    return fit;
}

enum usb_fit usb_fit_device(libusb_device *dev, unsigned quirks, struct usb_pipe *pipe)
{
    struct libusb_device_descriptor d;
    enum usb_fit fit = USB_NO_PRINTER;
    *pipe = (struct usb_pipe){0};
    if (libusb_get_device_descriptor(dev, &d) != 0)
        return USB_MALFORMED;
    for (int i = -1; i < d.bNumConfigurations && i < CONFIGURATIONS_MAX; i++) {
        struct libusb_config_descriptor *config;
        int why = i < 0 ? libusb_get_active_config_descriptor(dev, &config)
                        : libusb_get_config_descriptor(dev, (uint8_t)i, &config);
        if (why != 0) {
            if (i >= 0 && fit == USB_NO_PRINTER)
                fit = USB_MALFORMED;
            continue;
        }
        enum usb_fit found = usb_choose_pipe(config, quirks, pipe);
        libusb_free_config_descriptor(config);
        if (found == USB_FIT)
            return USB_FIT;
        if (found == USB_NO_ENDPOINT)
            fit = USB_NO_ENDPOINT;
    }
    return fit;
}

/* ── describing a device ── */

static void read_line(const char *path, char *out, size_t cap)
{
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(out, 1, cap - 1, f) : 0;
    out[n] = '\0';
    out[strcspn(out, "\n")] = '\0';
    if (f)
        fclose(f);
}

static void device_attribute(const struct usb_printer *p, const char *name, char *out, size_t cap)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s/%s", sysfs, p->port, name);
    read_line(path, out, cap);
}

static void interface_path(const struct usb_printer *p, const char *name, char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, "%s/%s:%u.%u/%s", sysfs, p->port, p->pipe.configuration,
             p->pipe.interface, name);
}

void usb_interface_attribute(const struct usb_printer *p, const char *name, char *out, size_t cap)
{
    char path[PATH_BYTES];
    interface_path(p, name, path);
    read_line(path, out, cap);
}

static void port_of(libusb_device *dev, struct usb_printer *p)
{
    uint8_t ports[PORTS_MAX];
    int n = libusb_get_port_numbers(dev, ports, PORTS_MAX);
    size_t length = (size_t)snprintf(p->port, sizeof p->port, "%u", p->bus);
    for (int i = 0; i < n; i++)
        length += (size_t)snprintf(p->port + length, sizeof p->port - length, "%c%u", i ? '.' : '-',
                                   ports[i]);
}

static void driver_of(struct usb_printer *p)
{
    char path[PATH_BYTES], target[PATH_BYTES];
    interface_path(p, "driver", path);
    ssize_t n = readlink(path, target, sizeof target - 1);
    p->driver[0] = '\0';
    if (n <= 0)
        return;
    target[n] = '\0';
    const char *slash = strrchr(target, '/');
    snprintf(p->driver, sizeof p->driver, "%.*s", USB_DRIVER_BYTES - 1, slash ? slash + 1 : target);
}

/* Strings as the kernel read them. */
static void text_of(const struct usb_printer *p, const char *name, char out[USB_TEXT_BYTES])
{
    char line[USB_STRING_UNITS * 4 + 2];
    device_attribute(p, name, line, sizeof line);
    usb_text_of_utf8(slice_str(line), out, USB_TEXT_BYTES);
}

/* All that is known without opening it. */
static void describe(libusb_device *dev, const struct libusb_device_descriptor *d,
                     struct usb_printer *p)
{
    const char *known = usb_known(d->idVendor, d->idProduct);
    p->vid = d->idVendor;
    p->pid = d->idProduct;
    p->usb_version = d->bcdUSB;
    p->device_version = d->bcdDevice;
    p->bus = libusb_get_bus_number(dev);
    p->address = libusb_get_device_address(dev);
    snprintf(p->node, sizeof p->node, "/dev/bus/usb/%03u/%03u", p->bus, p->address);
    snprintf(p->known, sizeof p->known, "%s", known ? known : "");
    port_of(dev, p);
    text_of(p, "manufacturer", p->maker);
    text_of(p, "product", p->model);
    text_of(p, "serial", p->serial);
    driver_of(p);
}

/* ── asking the device itself ── */

static void ask_string(libusb_device_handle *h, uint8_t index, char out[USB_TEXT_BYTES])
{
    uint8_t raw[256], list[256];
    uint16_t units[USB_STRING_UNITS];
    if (out[0] || !index)
        return;
    int n = libusb_get_string_descriptor(h, 0, 0, list, sizeof list);
    uint16_t language = 0x0409; /* US English, where the device does not say */
    if (n >= 4)
        language = (uint16_t)(list[2] | list[3] << 8);
    n = libusb_get_string_descriptor(h, index, language, raw, sizeof raw);
    size_t count = n > 2 ? ((size_t)n - 2) / 2 : 0;
    if (count > USB_STRING_UNITS)
        count = USB_STRING_UNITS;
    for (size_t i = 0; i < count; i++)
        units[i] = (uint16_t)(raw[2 + 2 * i] | raw[3 + 2 * i] << 8);
    usb_text_of_units(units, count, out, USB_TEXT_BYTES);
}

static void ask_strings(libusb_device_handle *h, libusb_device *dev, struct usb_printer *p)
{
    struct libusb_device_descriptor d;
    if (libusb_get_device_descriptor(dev, &d) != 0)
        return;
    ask_string(h, d.iManufacturer, p->maker);
    ask_string(h, d.iProduct, p->model);
    ask_string(h, d.iSerialNumber, p->serial);
}

/* GET_DEVICE_ID (USB printer class 1.1, 4.2.1). The one class request that the kernel lets through
 * although the interface is not ours. */
static void ask_device_id(libusb_device_handle *h, struct usb_printer *p)
{
    uint8_t raw[USB_DEVICE_ID_BYTES] = {0};
    uint8_t type = LIBUSB_ENDPOINT_IN | LIBUSB_REQUEST_TYPE_CLASS | LIBUSB_RECIPIENT_INTERFACE;
    int configuration_index = 0; /* of printers with one configuration, which all are */
    int n = libusb_control_transfer(h, type, 0, (uint16_t)configuration_index,
                                    (uint16_t)(p->pipe.interface << 8 | p->pipe.alternate), raw,
                                    sizeof raw, USB_CONTROL_TIMEOUT_MS);
    if (n > 0)
        usb_device_id_text(slice_of(raw, (size_t)n), p->device_id, sizeof p->device_id);
}

static void copy_value(const struct usb_printer *p, const char *key, char out[USB_TEXT_BYTES])
{
    if (!out[0])
        usb_clean_text(usb_device_id_value(slice_str(p->device_id), key), out, USB_TEXT_BYTES);
}

static void ask_device(libusb_device *dev, struct usb_printer *p)
{
    char line[USB_DEVICE_ID_BYTES];
    usb_interface_attribute(p, "ieee1284_id", line, sizeof line); /* usblp asked at plugging in */
    usb_clean_text(slice_str(line), p->device_id, sizeof p->device_id);
    if (strcmp(p->driver, "usbfs") == 0) {
        usb_fail_held(p->uri, p, &p->why);
    } else {
        libusb_device_handle *h;
        int why = libusb_open(dev, &h);
        if (why != 0) {
            usb_fail(p->uri, p, why, &p->why);
        } else {
            ask_strings(h, dev, p);
            if (!p->driver[0])
                ask_device_id(h, p);
            libusb_close(h);
        }
    }
    copy_value(p, "MFG", p->maker);
    copy_value(p, "MDL", p->model);
}

/* ── the list ── */

static int by_place(const void *a, const void *b)
{
    const struct usb_printer *x = a, *y = b;
    int bus = (x->bus > y->bus) - (x->bus < y->bus);
    return bus ? bus : strverscmp(x->port, y->port);
}

static bool same_name(const struct usb_printer *a, const struct usb_printer *b)
{
    return a->vid == b->vid && a->pid == b->pid && strcmp(a->serial, b->serial) == 0;
}

static void name_them(struct usb_printers *list)
{
    for (size_t i = 0; i < list->n; i++) {
        bool alone = list->printer[i].serial[0] != '\0';
        for (size_t k = 0; k < list->n; k++)
            alone &= k == i || !same_name(&list->printer[i], &list->printer[k]);
        usb_write_uri(&list->printer[i], alone, list->printer[i].uri);
        if (list->printer[i].why.code != ERR_NONE)
            slice_cstr(slice_str(list->printer[i].uri), list->printer[i].why.arg[0], ERR_ARG_BYTES);
    }
}

/* Whether a device belongs into the list. One that says that it is a printer and lies about the
 * rest is shown with what is wrong. */
static bool belongs(enum usb_fit fit, const struct libusb_device_descriptor *d)
{
    return fit == USB_FIT || fit == USB_NO_ENDPOINT ||
           (fit == USB_MALFORMED && usb_known(d->idVendor, d->idProduct));
}

static bool fail_fit(const char *uri, enum usb_fit fit, struct err *err)
{
    static const char *const words[] = {
        [USB_NO_PRINTER] = "it is another kind of device",
        [USB_NO_ENDPOINT] = "its descriptors offer no bulk OUT endpoint",
        [USB_MALFORMED] = "its descriptors are malformed",
    };
    enum err_code code = fit == USB_NO_PRINTER ? ERR_PRINTER_KIND : ERR_PRINTER_IO;
    return fit == USB_FIT || FAIL(err, code, uri, words[fit]);
}

static void list_device(libusb_device *dev, struct usb_printers *list)
{
    struct libusb_device_descriptor d;
    struct usb_printer *p = &list->printer[list->n];
    if (list->n == USB_PRINTERS_MAX || libusb_get_device_descriptor(dev, &d) != 0)
        return;
    *p = (struct usb_printer){.quirks = usb_quirks(d.idVendor, d.idProduct)};
    enum usb_fit fit = usb_fit_device(dev, p->quirks, &p->pipe);
    if (!belongs(fit, &d))
        return;
    describe(dev, &d, p);
    if (fail_fit(p->uri, fit, &p->why))
        ask_device(dev, p);
    list->n++;
}

bool usb_list(struct usb_printers *list, struct err *err)
{
    libusb_context *ctx;
    libusb_device **devs;
    list->n = 0;
    if (!usb_context(&ctx, err))
        return false;
    ssize_t n = libusb_get_device_list(ctx, &devs);
    for (ssize_t i = 0; i < n; i++)
        list_device(devs[i], list);
    if (n >= 0)
        libusb_free_device_list(devs, 1);
    libusb_exit(ctx);
    qsort(list->printer, list->n, sizeof *list->printer, by_place);
    name_them(list);
    return n >= 0 || FAIL(err, ERR_PRINTER_IO, "usb:", libusb_strerror((int)n));
}

/* ── the device an address names ── */

struct search {
    const struct usb_address *address;
    libusb_device *found;
    struct usb_printer *p; /* of what was found */
    size_t n;              /* devices that fit */
    enum usb_fit fit;      /* of the model that was looked for, where it is no printer */
    char uri[SEVERAL_MAX][SHORT_URI_BYTES]; /* of what fits, by port */
};

/* A serial number that the kernel does not know is asked for. */
static bool has_serial(libusb_device *dev, struct usb_printer *p, const char *serial)
{
    libusb_device_handle *h;
    if (!p->serial[0] && libusb_open(dev, &h) == 0) {
        ask_strings(h, dev, p);
        libusb_close(h);
    }
    return strcmp(p->serial, serial) == 0;
}

static int by_uri(const void *a, const void *b)
{
    return strverscmp(a, b);
}

/* Several devices fit: the addresses that tell them apart. */
static bool fail_several(const char *uri, struct search *s, struct err *err)
{
    char words[ERR_ARG_BYTES];
    size_t n = s->n < SEVERAL_MAX ? s->n : SEVERAL_MAX, length = 0;
    qsort(s->uri, n, sizeof *s->uri, by_uri);
    for (size_t i = 0; i < n && length < sizeof words; i++)
        length += (size_t)snprintf(words + length, sizeof words - length, "%s%s", i ? ", " : "",
                                   s->uri[i]);
    return FAIL(err, ERR_PRINTER_SEVERAL, uri, words);
}

static void consider(struct search *s, libusb_device *dev)
{
    const struct usb_address *a = s->address;
    struct libusb_device_descriptor d;
    struct usb_printer p = {0};
    if (libusb_get_device_descriptor(dev, &d) != 0 ||
        (!a->any && (d.idVendor != a->vid || d.idProduct != a->pid)))
        return;
    p.quirks = usb_quirks(d.idVendor, d.idProduct);
    enum usb_fit fit = usb_fit_device(dev, p.quirks, &p.pipe);
    if (fit != USB_FIT) {
        if (!a->any && s->fit == USB_FIT)
            s->fit = fit;
        return;
    }
    describe(dev, &d, &p);
    if ((a->port[0] && strcmp(a->port, p.port) != 0) ||
        (a->serial[0] && !has_serial(dev, &p, a->serial)))
        return;
    if (s->n < SEVERAL_MAX)
        snprintf(s->uri[s->n], sizeof s->uri[s->n], "usb://%04x:%04x@%s", p.vid, p.pid, p.port);
    if (s->n++ == 0) {
        s->found = libusb_ref_device(dev);
        *s->p = p;
    }
}

bool usb_find(libusb_context *ctx, const char *uri, const struct usb_address *address,
              libusb_device **dev, struct usb_printer *p, struct err *err)
{
    struct search s = {.address = address, .p = p, .fit = USB_FIT};
    libusb_device **devs;
    ssize_t n = libusb_get_device_list(ctx, &devs);
    if (n < 0)
        return FAIL(err, ERR_PRINTER_IO, uri, libusb_strerror((int)n));
    for (ssize_t i = 0; i < n; i++)
        consider(&s, devs[i]);
    libusb_free_device_list(devs, 1);
    *dev = s.found;
    if (s.n == 1)
        return true;
    if (s.n == 0)
        return fail_fit(uri, s.fit, err) ? FAIL(err, ERR_PRINTER_UNPLUGGED, uri) : false;
    libusb_unref_device(s.found);
    return fail_several(uri, &s, err);
}
