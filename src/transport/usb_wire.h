/* Inside the USB wire: one printer that is open. Everything runs in the caller's thread: libusb's
 * events are handled while a call waits, and callbacks only note what happened. Between calls the
 * kernel holds the transfers that listen. */
#ifndef BONBON_TRANSPORT_USB_WIRE_H
#define BONBON_TRANSPORT_USB_WIRE_H

#include "transport/usb_inside.h"

enum {
    USB_IN_FLIGHT = 4,      /* transfers to the device at once */
    USB_CHUNK_MIN = 1024,   /* bytes a transfer; multiples of every packet size */
    USB_CHUNK_FIRST = 4096, /* grows while the device is quick, */
    USB_CHUNK_MAX = 16384,  /* shrinks while it is slow, so that taking is seen soon */
    USB_QUICK_MS = 20,
    USB_SLOW_MS = 250,
    USB_LISTENERS = 4,       /* a transfer ends with every answer: some must be waiting */
    USB_LISTEN_BYTES = 4096, /* room of one; a multiple of the packet size is used */
    USB_HEARD_BYTES = 16384, /* kept until somebody asks; then the oldest go */
    USB_STATUS_EVERY_MS = 1200,
    USB_SETTLE_MS = 2000, /* cancelled transfers have come back by then */
    USB_DELAY_CLOSE_MS = 1000,
};

/* A transfer, and whether the kernel has it. */
struct usb_piece {
    struct libusb_transfer *transfer;
    struct usb_wire *wire;
    bool busy;
    bool ready;    /* came back and was not looked at yet */
    size_t offset; /* in what is being sent */
};

enum usb_end {
    USB_ALIVE,
    USB_GONE, /* unplugged or switched off */
    USB_TORN, /* it lost bytes in the middle: nothing further may follow */
};

struct usb_wire {
    struct transport transport;
    libusb_context *ctx;
    libusb_device_handle *handle;
    struct usb_pipe pipe;
    unsigned quirks;
    bool claimed, detached; /* the interface is ours; usblp was detached for it */
    bool orphan;            /* no driver had it, though the kernel has one for it */
    enum usb_end end;
    char name[USB_URI_BYTES]; /* as errors call it */

    struct usb_piece out[USB_IN_FLIGHT];
    struct sending *sending; /* while usb_send() runs */
    size_t chunk;            /* bytes of the next transfer */
    int64_t last_byte_ms;    /* when the device took something; 0: never */

    struct usb_piece status; /* GET_PORT_STATUS */
    uint8_t status_bytes[LIBUSB_CONTROL_SETUP_SIZE + 1];
    int64_t status_ms; /* asked last */
    bool status_known, status_refused;
    uint8_t port_status;

    struct usb_piece in[USB_LISTENERS];
    uint8_t *in_bytes; /* USB_LISTENERS times in_length */
    size_t in_length;
    size_t in_next;       /* whose turn it is to come back */
    unsigned in_troubles; /* in a row; too many and we stop listening */
    bool in_halted;       /* a stall to be cleared once all are back */
    bool in_stopped;
    int64_t in_rest_until_ms; /* a device that sends nothing, quickly, is asked less often */
    uint8_t heard[USB_HEARD_BYTES];
    size_t heard_from, heard_n; /* a ring */
};

/* Handles events until one came or the clock says deadline_ms; submits listeners that are free. */
void usb_pump(struct usb_wire *wire, int64_t deadline_ms);
/* For transfers. */
void usb_piece_done(struct libusb_transfer *transfer);
/* ERR_PRINTER_UNPLUGGED or _IO for how the wire ended. Always false. */
bool usb_fail_end(const struct usb_wire *wire, struct err *err);

/* usb_send.c */
bool usb_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
              struct err *err);

/* usb_listen.c */
bool usb_listen_begin(struct usb_wire *wire);
/* Looks at what came back and submits again. */
void usb_listen_tend(struct usb_wire *wire);
/* When it wants to be tended although nothing happened; INT64_MAX: never. */
int64_t usb_listen_wakes_ms(const struct usb_wire *wire);
bool usb_receive(struct transport *t, unsigned timeout_ms, struct buf *out, struct err *err);

#endif
