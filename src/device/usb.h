/* The USB side of a device: who it says it is, its descriptors, and the control requests of chapter
 * 9 and of the printer class (USB Printing Devices 1.1: GET_DEVICE_ID, GET_PORT_STATUS,
 * SOFT_RESET). A honest one answers as the standard says; options make it lie in the ways that
 * printers in the field do. Bulk transfers go straight to device_receive() and device_transmit().
 *
 * Pure: no sockets. One thread at a time. */
#ifndef BONBON_DEVICE_USB_H
#define BONBON_DEVICE_USB_H

#include "device/device.h"

/* Speeds as the kernel and USB/IP number them. */
enum usb_speed { USB_FULL = 2, USB_HIGH = 3 };

enum usb_lie {
    USB_LIE_NONE,
    USB_LIE_TOTAL,     /* wTotalLength says more than there is */
    USB_LIE_ENDPOINTS, /* bNumEndpoints says one more than there is */
    USB_LIE_LENGTH,    /* an endpoint descriptor of bLength 0 */
    USB_LIE_STRINGS,   /* string indices that name nothing */
    USB_LIE_CLASS,     /* vendor-specific class, as Epson's other mode (GS ( E 15) */
};

enum usb_id {
    USB_ID_GOOD,
    USB_ID_SWAPPED,  /* its length little-endian */
    USB_ID_BARE,     /* no length in front */
    USB_ID_OVERSIZE, /* its length says more than is sent */
    USB_ID_MISSING,  /* STALL */
    USB_ID_NOISE,    /* no keys in it */
};

enum { USB_STRING_BYTES = 64, USB_ID_BYTES = 256, USB_CONTROL_BYTES = 4096 };

struct usb_identity {
    uint16_t vendor, product, release;
    char maker[USB_STRING_BYTES], model[USB_STRING_BYTES]; /* ASCII; "" has no descriptor */
    char serial[USB_STRING_BYTES];
    char device_id[USB_ID_BYTES]; /* IEEE 1284, without its length */
    uint8_t out, in;              /* endpoint addresses; in 0: unidirectional */
    uint8_t protocol;             /* 1 unidirectional, 2 bidirectional */
    bool alternates; /* alternate setting 0 is unidirectional, 1 has both ways (protocol 2) */
    bool second;     /* another interface (vendor-specific) before the printer's, as composite ones
                        have */
    enum usb_speed speed;
    enum usb_lie lie;
    enum usb_id id;
};

/* What printers of this profile say, as far as is known: vendor and product by the table in usb.c,
 * serial number "VIRTUAL0001". */
void usb_identity_of(const struct profile *profile, struct usb_identity *id);
/* "vid=04b8 pid=0e28 serial= out=03 in=82 unidirectional alternates second lie=total id=swapped
 * speed=high", words between blanks or commas; each changes one thing. ERR_DEVICE_USB. */
bool usb_identity_change(struct usb_identity *id, struct slice words, struct err *err);

struct usb {
    struct device *device;
    struct usb_identity id;
    uint8_t configuration, alternate;
    bool taken; /* by a host that imported it */
    bool halted_out, halted_in;
};

void usb_init(struct usb *usb, struct device *device, const struct usb_identity *id);
/* Plugged in anew: not configured, nothing halted. */
void usb_reset(struct usb *usb);

enum usb_result { USB_DONE, USB_STALLED };
/* One control transfer: 8 bytes of setup, data of an OUT request; data of an IN request is
 * appended, at most wLength. */
enum usb_result usb_control(struct usb *usb, const uint8_t setup[8], struct slice data,
                            struct buf *out);
/* Whether a bulk endpoint is there in the configuration and alternate setting that were chosen. */
bool usb_has_endpoint(const struct usb *usb, uint8_t address);

#endif
