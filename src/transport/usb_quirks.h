/* What is known of single USB printers: names for people and departures from the rules. Rows merge:
 * every row that fits a device counts, so that a row for one model does not hide that of its maker.
 */
#ifndef BONBON_TRANSPORT_USB_QUIRKS_H
#define BONBON_TRANSPORT_USB_QUIRKS_H

#include <stddef.h>
#include <stdint.h>

enum usb_quirk {
    USB_UNIDIR = 1 << 0,       /* never listen on bulk IN */
    USB_DELAY_CLOSE = 1 << 1,  /* a second between the last byte and close */
    USB_NO_REATTACH = 1 << 2,  /* usblp is not attached again */
    USB_SOFT_RESET = 1 << 3,   /* SOFT_RESET after printing */
    USB_VENDOR_CLASS = 1 << 4, /* the printer interface may be of the maker's own class (255) */
};

enum { USB_ANY_PRODUCT = -1 };

struct usb_quirk_row {
    uint16_t vid;
    int32_t pid; /* or USB_ANY_PRODUCT */
    unsigned quirks;
    const char *seen; /* where */
};

struct usb_known_row {
    uint16_t vid, pid;
    const char *name;
    const char *seen;
};

/* Both sorted by vid and pid; NULL past the end. */
const struct usb_quirk_row *usb_quirk_row(size_t i);
const struct usb_known_row *usb_known_row(size_t i);

/* All quirks of a device, of every row that fits. */
unsigned usb_quirks(uint16_t vid, uint16_t pid);
/* What people call it, NULL when it is not in the table. */
const char *usb_known(uint16_t vid, uint16_t pid);

#endif
