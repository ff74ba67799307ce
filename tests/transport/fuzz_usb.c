/* Any bytes as a device id, as a string of a device, as an address: what comes out is text fit to
 * be shown, and an address that was understood is written as one that means the same. */
#include "transport/usb_inside.h"

#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool what)
{
    if (!what)
        abort();
}

static void must_be_clean(const char *text, size_t cap)
{
    size_t n = strlen(text);
    must(n < cap && utf8_valid(slice_of(text, n)) == n);
    for (size_t i = 0; i < n; i++)
        must((uint8_t)text[i] >= 0x20 && text[i] != 0x7f);
}

static void check_texts(struct slice s)
{
    char id[USB_DEVICE_ID_BYTES], text[USB_TEXT_BYTES];
    static const char *const keys[] = {"MFG", "MDL", "CMD", "SN", "CLS", "DES"};
    uint16_t units[USB_STRING_UNITS];
    size_t n = s.n / 2 < USB_STRING_UNITS ? s.n / 2 : USB_STRING_UNITS;
    usb_device_id_text(s, id, sizeof id);
    must_be_clean(id, sizeof id);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        must(usb_device_id_value(slice_str(id), keys[i]).n <= strlen(id));
    memcpy(units, s.n ? s.p : (const uint8_t *)"", n * 2);
    usb_text_of_units(units, n, text, sizeof text);
    must_be_clean(text, sizeof text);
    usb_text_of_utf8(s, text, sizeof text);
    must_be_clean(text, sizeof text);
}

static void check_address(struct slice s)
{
    char rest[512], uri[USB_URI_BYTES];
    struct usb_address a, b;
    struct usb_printer p = {0};
    slice_cstr(s, rest, sizeof rest);
    if (!usb_address_parse(rest, &a) || a.any || (!a.serial[0] && !a.port[0]))
        return;
    p.vid = a.vid;
    p.pid = a.pid;
    memcpy(p.serial, a.serial, sizeof p.serial);
    memcpy(p.port, a.port, sizeof p.port);
    usb_write_uri(&p, a.serial[0] != '\0', uri);
    must(usb_address_parse(uri + 4, &b));
    must(a.vid == b.vid && a.pid == b.pid && strcmp(a.serial, b.serial) == 0 &&
         strcmp(a.port, b.port) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_texts(slice_of(data, size));
    check_address(slice_of(data, size));
    return 0;
}
