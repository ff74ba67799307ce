/* Receipt printers on USB (printer class 7, and the makers' own class where a quirk says so), by
 * libusb: what is plugged in, hearing of changes, and the wire.
 *
 * Addresses
 *   usb://04b8:0e15/SERIAL   by serial number, the best name; bytes but A-Z a-z 0-9 - . _ ~ as %XX
 *   usb://04b8:0e15@1-2.3    by port (bus-port.port, as the kernel writes it): tells two of the
 *                            same model without serial numbers apart
 *   usb://04b8:0e15          the only one of its model
 *   usb:                     the only printer there is
 *
 * The wire keeps several bulk transfers in flight straight out of the caller's memory, and counts
 * what the device took on every way out: time, cancel, stall, unplugging. Time is counted since the
 * last byte taken. While the device takes nothing it is asked for its port status, never in the
 * data. A transfer listens on bulk IN from open to close; what it brings is kept up to a limit, the
 * oldest dropped. A device that is gone fails at once. The device is not reset, and configuration
 * and alternate setting are changed only when they differ.
 *
 * The kernel's usblp is detached from the one interface that is used and attached again on close.
 *
 * One thread at a time for one wire, one watch; different ones do not know each other. */
#ifndef BONBON_TRANSPORT_USB_H
#define BONBON_TRANSPORT_USB_H

#include "transport/holder.h"
#include "transport/transport.h"

enum {
    USB_TEXT_BYTES = 128, /* of a descriptor's string as UTF-8; longer ones are cut */
    USB_PORT_BYTES = 32,
    USB_DEVICE_ID_BYTES = 1024, /* of an IEEE 1284 device id; longer ones are cut */
    USB_URI_BYTES = 448,
    USB_NODE_BYTES = 32,
    USB_DRIVER_BYTES = 32,
    USB_PRINTERS_MAX = 32, /* more are not listed */
};

/* The interface, alternate setting and endpoints that the wire uses. */
struct usb_pipe {
    uint8_t configuration; /* value */
    uint8_t interface, alternate;
    uint8_t alternates;      /* how many alternate settings the interface has */
    uint8_t class, protocol; /* 7; 1 unidirectional, 2 bidirectional; class 255: the maker's */
    uint8_t out, in;         /* endpoint addresses; in 0: none, or a quirk forbids it */
    uint16_t out_packet, in_packet; /* bytes */
};

/* One printer that is plugged in. Strings are UTF-8 without control characters, "" where the device
 * says nothing or may not be asked. */
struct usb_printer {
    uint16_t vid, pid;
    uint16_t usb_version, device_version; /* BCD: 0x0200, 0x0100 */
    uint8_t bus, address;
    char port[USB_PORT_BYTES];  /* "1-2.3" */
    char node[USB_NODE_BYTES];  /* "/dev/bus/usb/001/004" */
    char uri[USB_URI_BYTES];    /* the best address: serial where it is the only one, else port */
    char maker[USB_TEXT_BYTES]; /* of the descriptors, else of the device id */
    char model[USB_TEXT_BYTES];
    char serial[USB_TEXT_BYTES];
    char device_id[USB_DEVICE_ID_BYTES]; /* "MFG:EPSON;MDL:TM-T20II;CMD:ESC/POS;"; not asked while a
                                     program holds the interface: some printers take it as print
                                     data */
    char known[USB_TEXT_BYTES];          /* what the table of devices calls it, "" when not there */
    char driver[USB_DRIVER_BYTES]; /* kernel driver on the interface: "usblp" (will be detached),
                                      "usbfs" (held by a program), "" none */
    struct holder holder;          /* of a device held by a program */
    unsigned quirks;               /* usb_quirks.h */
    struct usb_pipe pipe;
    struct err why; /* ERR_NONE: can be opened as far as can be said without opening it */
};

struct usb_printers {
    size_t n;
    struct usb_printer printer[USB_PRINTERS_MAX]; /* by bus and port */
};

/* What is plugged in. Talks to devices that nobody holds (a moment each); changes nothing. false
 * (ERR_PRINTER_IO) when USB itself cannot be had. Large: not for the stack of a small thread. */
bool usb_list(struct usb_printers *list, struct err *err);

/* usb: of transport_open(). Errors when opening: ERR_PRINTER_UNPLUGGED, ERR_PRINTER_SEVERAL (which
 * addresses to use instead), ERR_PRINTER_HELD (by which program and process), ERR_PRINTER_RIGHTS
 * (the udev line that mends it), ERR_PRINTER_IO (no printer, or a device that lies). */
extern const struct transport_scheme transport_usb;

/* Hearing that something was plugged in or out, so that a waiting worker tries again at once. */
struct usb_watch;
bool usb_watch_create(struct usb_watch **watch, struct err *err);
void usb_watch_destroy(struct usb_watch *watch); /* NULL is fine */
/* For poll(): readable when there is something for usb_watch_take(). Owned by the watch. */
int usb_watch_fd(const struct usb_watch *watch);
/* True when a device that may be a printer came or went since the last call. Does not block. */
bool usb_watch_take(struct usb_watch *watch);

/* ── the parts that are pure, for tests and other tools ── */

struct usb_address {
    bool any; /* "usb:" */
    uint16_t vid, pid;
    char serial[USB_TEXT_BYTES]; /* "" not said */
    char port[USB_PORT_BYTES];
};
/* What stands behind "usb:"; false when it is no address. */
bool usb_address_parse(const char *rest, struct usb_address *address);
bool usb_address_fits(const struct usb_address *address, const struct usb_printer *p);
/* The one printer of the list that an address ("usb:…") means; NULL where none or several fit, or
 * it is of another scheme. */
const struct usb_printer *usb_printer_at(const struct usb_printers *list, const char *uri);

/* A device id as it came on the wire: two length bytes (big-endian and counting themselves; also
 * swapped, without themselves, or missing), then text. Gives the text, clamped to what came, as
 * UTF-8 without control characters. */
void usb_device_id_text(struct slice raw, char *out, size_t cap);
/* The value of a key ("MFG" also finds MANUFACTURER, "MDL" MODEL, "CMD" COMMAND SET, "SN" SERN and
 * SERIALNUMBER, "CLS", "DES"); "" when it is not there. */
struct slice usb_device_id_value(struct slice text, const char *key);
/* The udev rule that gives a device to the person at the screen and to group lp. */
void usb_udev_line(uint16_t vid, uint16_t pid, char *out, size_t cap);

#endif
