/* What a printer says back: bytes of DLE EOT, ASB, GS r, GS I and the blocks of GS ( H, told apart
 * (Epson APG; facts §1.1, §3, §5). */
#ifndef BONBON_PROTOCOL_STATUS_H
#define BONBON_PROTOCOL_STATUS_H

#include "base/slice.h"

/* Conditions, as bits. */
enum printer_state {
    PRINTER_OFFLINE = 1u << 0,
    PRINTER_COVER_OPEN = 1u << 1,
    PRINTER_PAPER_OUT = 1u << 2,
    PRINTER_PAPER_LOW = 1u << 3,
    PRINTER_CUTTER_ERROR = 1u << 4,
    PRINTER_OVERHEATED = 1u << 5, /* auto-recoverable: head hot, or cover opened while printing */
    PRINTER_UNRECOVERABLE = 1u << 6,
    PRINTER_RECOVERABLE = 1u << 7,
    PRINTER_FEEDING = 1u << 8,
    PRINTER_DRAWER_HIGH = 1u << 9, /* pin 3 high; which means open depends on the drawer */
};

enum reply_kind {
    REPLY_PARTIAL, /* more bytes are needed */
    REPLY_DLE_EOT, /* 1 byte: which of n=1…4 only the asker knows */
    REPLY_ASB,     /* 4 bytes, `state` filled */
    REPLY_ONE,     /* 1 byte of GS r, GS I 1–3, ESC v */
    REPLY_FLOW,    /* XON or XOFF */
    REPLY_BLOCK, /* 37 id … 00, `id` and `data` filled; process id: id 22h and four characters */
    REPLY_INFO,  /* 5F or 3D text 00 */
    REPLY_POWER, /* 3B .. 00 */
    REPLY_NOISE, /* 1 byte that is none of these: dropped */
};

struct reply {
    enum reply_kind kind;
    size_t length;
    uint8_t id;
    struct slice data;
    unsigned state; /* printer_state bits */
};

/* What stands at the front of the bytes that a printer sent (at least one). Blocks longer than 256
 * bytes are noise. */
struct reply reply_next(struct slice bytes);
/* Conditions of a DLE EOT n answer, n 1 to 4. */
unsigned status_of_dle_eot(unsigned n, uint8_t byte);
/* Conditions of GET_PORT_STATUS (USB Printing Devices 1.1, 4.2.2): what its bits can say. */
unsigned status_of_port(uint8_t byte);
/* The same the other way, for a printer in software: the byte for n, and the four bytes of ASB. */
uint8_t status_dle_eot(unsigned n, unsigned state);
void status_asb(unsigned state, uint8_t out[4]);

#endif
