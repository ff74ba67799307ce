/* A USB/IP server for one printer, as a state machine: bytes of the client in, bytes for the client
 * out, in any cut (kernel documentation, usb/usbip_protocol: OP_REQ_DEVLIST, OP_REQ_IMPORT,
 * CMD_SUBMIT, CMD_UNLINK). Linux's `usbip attach` and vhci_hcd are its clients, and a bridge for
 * umockdev.
 *
 * A bulk OUT transfer is answered when the device took all its bytes: that is flow control. A bulk
 * IN transfer is answered when there is something to read. CMD_UNLINK of a transfer that is still
 * here is answered by RET_SUBMIT with what was taken, and then by RET_UNLINK with status 0: a
 * RET_UNLINK carries no count, and a cancelled write whose count is lost prints twice. Unplugging
 * answers what waits with ESHUTDOWN and what was taken of it, and ends the connection.
 *
 * Invariants: what comes out does not depend on how the bytes in were cut; transfers of an endpoint
 * are answered in the order in which they came; a client that breaks the protocol or asks for more
 * than USBIP_MAX_BYTES is hung up on. No sockets, no clock. One thread at a time. */
#ifndef BONBON_DEVICE_USBIP_H
#define BONBON_DEVICE_USBIP_H

#include "device/usb.h"

enum {
    USBIP_PORT = 3240,
    USBIP_MAX_TRANSFER_BYTES = 1 << 20,
    USBIP_MAX_BYTES = 16 << 20, /* of transfers that wait */
    USBIP_MAX_TRANSFERS = 1024,
};

struct usbip;

/* One connection to the printer behind usb, which outlives it and may have several; only one of
 * them imports it. */
bool usbip_create(struct usbip **ip, struct usb *usb, struct err *err);
void usbip_destroy(struct usbip *ip); /* transfers that wait are dropped */

/* A connection that begins behind OP_REP_IMPORT, as vhci's attach file wants it. False when the
 * printer is taken or unplugged. */
bool usbip_begin_attached(struct usbip *ip);
/* Whether this connection has imported the printer. */
bool usbip_has_it(const struct usbip *ip);
/* devid as vhci's attach file wants it. */
uint32_t usbip_devid(const struct usbip *ip);

void usbip_feed(struct usbip *ip, struct slice bytes);
/* Goes on with what waits; call it after device_advance() and device_order(). */
void usbip_pump(struct usbip *ip);
/* Moves the bytes for the client to out. */
void usbip_take(struct usbip *ip, struct buf *out);
/* Hang up when what usbip_take() gave is written. */
bool usbip_is_over(const struct usbip *ip);
/* So much waits for the client that no more should be read from it until it is taken. */
bool usbip_is_full(const struct usbip *ip);

#endif
