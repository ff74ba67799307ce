/* Inside the USB part of the room: what list, watch and wire share. */
#ifndef BONBON_TRANSPORT_USB_INSIDE_H
#define BONBON_TRANSPORT_USB_INSIDE_H

#include "transport/usb.h"
#include "transport/usb_quirks.h"

#include <libusb.h>

enum {
    USB_STRING_UNITS = 126, /* a string descriptor has 255 bytes at most */
    USB_CONTROL_TIMEOUT_MS = 1000,
};

/* A context of its own for everyone, so that nobody waits for somebody else's events. */
bool usb_context(libusb_context **ctx, struct err *err);

enum usb_fit {
    USB_FIT,         /* a printer */
    USB_NO_PRINTER,  /* a device of another kind */
    USB_NO_ENDPOINT, /* it says it is a printer and offers no way to send to it */
    USB_MALFORMED,   /* its descriptors cannot be read */
};
/* The best alternate setting of a configuration. */
enum usb_fit usb_choose_pipe(const struct libusb_config_descriptor *config, unsigned quirks,
                             struct usb_pipe *pipe);
/* Of a device: its active configuration first. */
enum usb_fit usb_fit_device(libusb_device *dev, unsigned quirks, struct usb_pipe *pipe);

/* The device that an address names, with a reference; *p describes it without talking to it. Errors
 * name uri. */
bool usb_find(libusb_context *ctx, const char *uri, const struct usb_address *address,
              libusb_device **dev, struct usb_printer *p, struct err *err);
/* What the kernel knows of a device's interface in sysfs; "" when it does not. */
void usb_interface_attribute(const struct usb_printer *p, const char *name, char *out, size_t cap);

/* A program holds it: ERR_PRINTER_HELD. Always false. */
bool usb_fail_held(const char *uri, struct usb_printer *p, struct err *err);
/* The words for what libusb says. Always false. */
bool usb_fail(const char *uri, const struct usb_printer *p, int why, struct err *err);

/* "usb://04b8:0e15/SERIAL", or with @PORT. */
void usb_write_uri(const struct usb_printer *p, bool by_serial, char out[USB_URI_BYTES]);
/* Text of a device fit to be shown: valid UTF-8 without control characters, cut. */
void usb_clean_text(struct slice s, char *out, size_t cap);
/* The same of a string descriptor's units, and of one that the kernel made UTF-8; both also when
 * the device wrote its bytes the wrong way round. */
void usb_text_of_units(uint16_t *units, size_t n, char *out, size_t cap);
void usb_text_of_utf8(struct slice s, char *out, size_t cap);

#endif
