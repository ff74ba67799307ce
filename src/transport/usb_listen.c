/* Listening on bulk IN. Nobody may be reading for a while, and some printers stop printing when
 * nobody takes their status: so it is always taken, kept up to a limit, and the oldest dropped. */
#include "transport/usb_wire.h"

enum {
    TROUBLES_MAX = 8, /* in a row, then the way back is given up and the printer prints on */
    REST_MS = 100,    /* after an empty answer: some send those instead of waiting */
    TURN_BYTES = 4096,
};

static void keep(struct usb_wire *wire, struct slice bytes)
{
    if (bytes.n > USB_HEARD_BYTES)
        bytes = slice_sub(bytes, bytes.n - USB_HEARD_BYTES, bytes.n);
    size_t over = wire->heard_n + bytes.n;
    over = over > USB_HEARD_BYTES ? over - USB_HEARD_BYTES : 0;
    wire->heard_from = (wire->heard_from + over) % USB_HEARD_BYTES;
    wire->heard_n -= over;
    size_t to = (wire->heard_from + wire->heard_n) % USB_HEARD_BYTES;
    size_t first = bytes.n < USB_HEARD_BYTES - to ? bytes.n : USB_HEARD_BYTES - to;
    if (!bytes.n)
        return;
    memcpy(wire->heard + to, bytes.p, first);
    memcpy(wire->heard, bytes.p + first, bytes.n - first);
    wire->heard_n += bytes.n;
}

static void give(struct usb_wire *wire, struct buf *out)
{
    size_t n = wire->heard_n < TURN_BYTES ? wire->heard_n : TURN_BYTES;
    size_t first = USB_HEARD_BYTES - wire->heard_from;
    first = n < first ? n : first;
    buf_append(out, wire->heard + wire->heard_from, first);
    buf_append(out, wire->heard, n - first);
    wire->heard_from = (wire->heard_from + n) % USB_HEARD_BYTES;
    wire->heard_n -= n;
}

static void look_at(struct usb_wire *wire, struct usb_piece *piece)
{
    const struct libusb_transfer *transfer = piece->transfer;
    struct slice bytes = slice_of(transfer->buffer, (size_t)transfer->actual_length);
    piece->ready = false;
    keep(wire, bytes);
    switch (transfer->status) {
    case LIBUSB_TRANSFER_COMPLETED:
        wire->in_troubles = 0;
        if (!bytes.n)
            wire->in_rest_until_ms = transport_clock_ms() + REST_MS;
        break;
    case LIBUSB_TRANSFER_STALL:
        wire->in_halted = true;
        wire->in_troubles++;
        break;
    case LIBUSB_TRANSFER_NO_DEVICE:
        wire->end = USB_GONE;
        break;
    case LIBUSB_TRANSFER_CANCELLED:
    case LIBUSB_TRANSFER_TIMED_OUT:
        break;
    case LIBUSB_TRANSFER_ERROR: /* unplugging looks like this before the kernel has seen it */
    case LIBUSB_TRANSFER_OVERFLOW:
        wire->in_troubles++;
        wire->in_rest_until_ms = transport_clock_ms() + REST_MS;
        break;
    }
}

static bool any_busy(const struct usb_wire *wire)
{
    for (size_t i = 0; i < USB_LISTENERS; i++)
        if (wire->in[i].busy)
            return true;
    return false;
}

static void submit(struct usb_wire *wire, struct usb_piece *piece)
{
    size_t i = (size_t)(piece - wire->in);
    libusb_fill_bulk_transfer(piece->transfer, wire->handle, wire->pipe.in,
                              wire->in_bytes + i * wire->in_length, (int)wire->in_length,
                              usb_piece_done, piece, 0);
    int why = libusb_submit_transfer(piece->transfer);
    piece->busy = why == 0;
    if (why == LIBUSB_ERROR_NO_DEVICE)
        wire->end = USB_GONE;
    else if (why != 0)
        wire->in_stopped = true; /* an endpoint that is not there: a printer that cannot answer */
}

/* In the order in which they were submitted, which is that of the bytes. */
static void submit_free(struct usb_wire *wire)
{
    for (size_t i = 0; i < USB_LISTENERS && !wire->in_stopped && wire->end != USB_GONE; i++) {
        struct usb_piece *piece = &wire->in[(wire->in_next + i) % USB_LISTENERS];
        if (!piece->busy && !piece->ready)
            submit(wire, piece);
    }
}

void usb_listen_tend(struct usb_wire *wire)
{
    /* Those that came back stand before those that did not, so that in_next is the oldest. */
    for (size_t i = 0; i < USB_LISTENERS && wire->in[wire->in_next].ready; i++) {
        look_at(wire, &wire->in[wire->in_next]);
        wire->in_next = (wire->in_next + 1) % USB_LISTENERS;
    }
    if (wire->in_troubles >= TROUBLES_MAX)
        wire->in_stopped = true;
    if (wire->in_stopped || wire->end == USB_GONE)
        return;
    if (wire->in_halted) {
        if (any_busy(wire)) { /* the others come back by themselves, or now */
            for (size_t i = 0; i < USB_LISTENERS; i++)
                if (wire->in[i].busy)
                    libusb_cancel_transfer(wire->in[i].transfer);
            return;
        }
        libusb_clear_halt(wire->handle, wire->pipe.in);
        wire->in_halted = false;
    }
    if (transport_clock_ms() >= wire->in_rest_until_ms)
        submit_free(wire);
}

int64_t usb_listen_wakes_ms(const struct usb_wire *wire)
{
    bool rests = !wire->in_stopped && wire->end == USB_ALIVE && !any_busy(wire);
    return rests ? wire->in_rest_until_ms : INT64_MAX;
}

bool usb_listen_begin(struct usb_wire *wire)
{
    wire->in_stopped = wire->pipe.in == 0;
    usb_listen_tend(wire);
    return true;
}

bool usb_receive(struct transport *t, unsigned timeout_ms, struct buf *out, struct err *err)
{
    struct usb_wire *wire = (struct usb_wire *)t;
    int64_t deadline = transport_clock_ms() + timeout_ms;
    usb_pump(wire, 0);
    while (!wire->heard_n && wire->end == USB_ALIVE && !wire->in_stopped &&
           transport_clock_ms() < deadline)
        usb_pump(wire, deadline);
    if (wire->heard_n) {
        give(wire, out);
        return true;
    }
    return wire->end == USB_ALIVE || usb_fail_end(wire, err);
}
