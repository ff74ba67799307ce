/* Sending: transfers straight out of the caller's memory, several in flight, counted exactly.
 *
 * Whatever goes wrong, all transfers are called back before anything is decided, the last first, so
 * that no byte follows one that was not taken. */
#include "transport/usb_wire.h"

enum {
    EMPTY_MAX = 3,             /* transfers that succeed without a byte, in a row */
    STATUS_PAPER_EMPTY = 0x20, /* GET_PORT_STATUS, USB printer class 1.1, 4.2.2 */
    STATUS_NO_ERROR = 0x08,
};

/* One call of usb_send(). */
struct sending {
    struct usb_wire *wire;
    struct slice bytes;
    unsigned timeout_ms;
    size_t taken;        /* all before it */
    size_t next;         /* to be submitted */
    size_t head, busy;   /* ring of pieces */
    int64_t progress_ms; /* when the device took something last */
    bool draining;       /* something went wrong: submit nothing, call back the rest */
    bool torn;           /* bytes were taken behind bytes that were not */
    bool moved;          /* bytes were taken since the time ran out */
    enum libusb_transfer_status trouble;
    int refused;       /* why libusb did not take a transfer; 0: it did */
    size_t stalled_at; /* cleared there already; SIZE_MAX: nowhere */
    unsigned empty;
};

/* ── port status while the device takes nothing ── */

static void look_at_status(struct usb_wire *wire)
{
    const struct libusb_transfer *transfer = wire->status.transfer;
    wire->status.ready = false;
    if (transfer->status == LIBUSB_TRANSFER_COMPLETED && transfer->actual_length >= 1) {
        wire->port_status = wire->status_bytes[LIBUSB_CONTROL_SETUP_SIZE];
        wire->status_known = true;
    } else if (transfer->status == LIBUSB_TRANSFER_NO_DEVICE) {
        wire->end = USB_GONE;
    } else if (transfer->status == LIBUSB_TRANSFER_STALL) {
        wire->status_refused = true; /* it does not know the request */
    }
}

/* Nothing was taken since quiet_ms. */
static void ask_status(struct usb_wire *wire, int64_t now, int64_t quiet_ms)
{
    uint8_t type = LIBUSB_ENDPOINT_IN | LIBUSB_REQUEST_TYPE_CLASS | LIBUSB_RECIPIENT_INTERFACE;
    if (wire->status.ready)
        look_at_status(wire);
    if (wire->status.busy || wire->status_refused || wire->end != USB_ALIVE ||
        now < quiet_ms + USB_STATUS_EVERY_MS || now < wire->status_ms + USB_STATUS_EVERY_MS)
        return;
    wire->status_ms = now;
    libusb_fill_control_setup(wire->status_bytes, type, 1, 0, wire->pipe.interface, 1);
    libusb_fill_control_transfer(wire->status.transfer, wire->handle, wire->status_bytes,
                                 usb_piece_done, &wire->status, USB_CONTROL_TIMEOUT_MS);
    wire->status.busy = libusb_submit_transfer(wire->status.transfer) == 0;
}

/* ── pieces ── */

static void adapt_chunk(struct usb_wire *wire, int64_t took_ms)
{
    if (took_ms <= USB_QUICK_MS && wire->chunk < USB_CHUNK_MAX)
        wire->chunk *= 2;
    else if (took_ms >= USB_SLOW_MS && wire->chunk > USB_CHUNK_MIN)
        wire->chunk /= 2;
}

static void LIBUSB_CALL sent(struct libusb_transfer *transfer);

static bool submit(struct sending *s)
{
    struct usb_wire *wire = s->wire;
    struct usb_piece *piece = &wire->out[(s->head + s->busy) % USB_IN_FLIGHT];
    struct slice chunk = slice_sub(s->bytes, s->next, s->next + wire->chunk);
    /* libusb does not write into what is sent. */
    libusb_fill_bulk_transfer(piece->transfer, wire->handle, wire->pipe.out,
                              (unsigned char *)(uintptr_t)chunk.p, (int)chunk.n, sent, piece, 0);
    int why = libusb_submit_transfer(piece->transfer);
    if (why == LIBUSB_ERROR_NO_MEM && s->busy)
        return false; /* the kernel holds as much as it may: when something is back */
    if (why != 0) {
        s->draining = true;
        s->refused = why;
        return false;
    }
    piece->busy = true;
    piece->offset = s->next;
    s->next += chunk.n;
    s->busy++;
    return true;
}

/* A piece that came back, the oldest first. */
static void count(struct sending *s, struct usb_piece *piece)
{
    struct usb_wire *wire = s->wire;
    const struct libusb_transfer *transfer = piece->transfer;
    size_t actual = (size_t)transfer->actual_length;
    piece->ready = false;
    if (actual) {
        int64_t now = transport_clock_ms();
        s->torn |= piece->offset != s->taken;
        s->taken = piece->offset + actual;
        if (!s->draining)
            adapt_chunk(wire, now - s->progress_ms);
        s->progress_ms = wire->last_byte_ms = now;
        s->moved = true;
        s->empty = 0;
        wire->status_known = false;
    }
    if (transfer->status == LIBUSB_TRANSFER_COMPLETED && actual == (size_t)transfer->length)
        return;
    if (transfer->status == LIBUSB_TRANSFER_COMPLETED && !actual)
        s->empty++;
    s->draining = true;
    /* The first cause counts; what follows is its echo, but that the device is gone. */
    if (s->trouble == LIBUSB_TRANSFER_COMPLETED || transfer->status == LIBUSB_TRANSFER_NO_DEVICE ||
        (s->trouble == LIBUSB_TRANSFER_CANCELLED && transfer->status != LIBUSB_TRANSFER_COMPLETED))
        s->trouble = transfer->status;
}

static void collect(struct sending *s)
{
    while (s->busy && s->wire->out[s->head].ready) {
        count(s, &s->wire->out[s->head]);
        s->head = (s->head + 1) % USB_IN_FLIGHT;
        s->busy--;
    }
}

static void submit_free(struct sending *s)
{
    while (!s->draining && s->busy < USB_IN_FLIGHT && s->next < s->bytes.n && submit(s))
        ;
}

/* The next piece goes out at once, so that the device is never without one. */
static void LIBUSB_CALL sent(struct libusb_transfer *transfer)
{
    const struct usb_piece *piece = transfer->user_data;
    struct sending *s = piece->wire->sending;
    usb_piece_done(transfer);
    if (s && !s->draining) {
        collect(s);
        submit_free(s);
    }
}

/* Takes back what is under way, the last first: had the first been taken back first, the device
 * might have gone on with the second. */
static bool drain(struct sending *s)
{
    int64_t deadline = transport_clock_ms() + USB_SETTLE_MS;
    s->draining = true;
    for (size_t i = s->busy; i-- > 0;) {
        struct usb_piece *piece = &s->wire->out[(s->head + i) % USB_IN_FLIGHT];
        if (piece->busy)
            libusb_cancel_transfer(piece->transfer);
        while (piece->busy && transport_clock_ms() < deadline)
            usb_pump(s->wire, deadline);
        if (piece->busy)
            return false;
    }
    collect(s);
    return true;
}

/* ── what to do when something went wrong ── */

static bool fail_blocked(const struct usb_wire *wire, struct err *err)
{
    const char *words = "it takes no more data";
    if (wire->status_known && (wire->port_status & STATUS_PAPER_EMPTY))
        words = "it takes no more data: paper out";
    else if (wire->status_known && !(wire->port_status & STATUS_NO_ERROR))
        words = "it takes no more data: it reports an error";
    return FAIL(err, ERR_PRINTER_IO, wire->name, words);
}

/* A halted endpoint is cleared once; halted again at the same byte, it means it. */
static bool clear_stall(struct sending *s, struct err *err)
{
    struct usb_wire *wire = s->wire;
    if (s->stalled_at == s->taken)
        return FAIL(err, ERR_PRINTER_IO, wire->name, "it refuses data");
    s->stalled_at = s->taken;
    int why = libusb_clear_halt(wire->handle, wire->pipe.out);
    if (why == LIBUSB_ERROR_NO_DEVICE || why == LIBUSB_ERROR_IO) {
        wire->end = USB_GONE;
        return usb_fail_end(wire, err);
    }
    return why == 0 || FAIL(err, ERR_PRINTER_IO, wire->name, libusb_strerror(why));
}

/* Everything is back. True: go on behind what was taken. */
static bool settle(struct sending *s, struct err *err)
{
    struct usb_wire *wire = s->wire;
    enum libusb_transfer_status trouble = s->trouble;
    s->draining = false;
    s->trouble = LIBUSB_TRANSFER_COMPLETED;
    s->next = s->taken;
    s->head = s->busy = 0;
    if (trouble == LIBUSB_TRANSFER_NO_DEVICE || trouble == LIBUSB_TRANSFER_ERROR ||
        s->refused == LIBUSB_ERROR_NO_DEVICE || s->refused == LIBUSB_ERROR_IO)
        wire->end = USB_GONE;
    else if (s->torn)
        wire->end = USB_TORN;
    if (wire->end != USB_ALIVE)
        return usb_fail_end(wire, err);
    if (s->refused)
        return usb_fail(wire->name, NULL, s->refused, err);
    switch (trouble) {
    case LIBUSB_TRANSFER_STALL:
        return clear_stall(s, err);
    case LIBUSB_TRANSFER_CANCELLED: /* by us: the time is up, unless it took something meanwhile */
    case LIBUSB_TRANSFER_TIMED_OUT:
        wire->chunk = USB_CHUNK_MIN;
        return s->moved || s->taken == s->bytes.n || fail_blocked(wire, err);
    default: /* taken in part */
        return s->empty < EMPTY_MAX || fail_blocked(wire, err);
    }
}

static bool step(struct sending *s, struct err *err)
{
    struct usb_wire *wire = s->wire;
    submit_free(s);
    int64_t now = transport_clock_ms(), deadline = s->progress_ms + s->timeout_ms;
    if (!s->draining && now < deadline) {
        int64_t asked = wire->status_ms > s->progress_ms ? wire->status_ms : s->progress_ms;
        int64_t status = asked + USB_STATUS_EVERY_MS;
        ask_status(wire, now, s->progress_ms);
        usb_pump(wire, status > now && status < deadline ? status : deadline);
        collect(s);
        now = transport_clock_ms();
        deadline = s->progress_ms + s->timeout_ms;
    }
    if (wire->end == USB_GONE && !s->draining) {
        s->draining = true;
        s->trouble = LIBUSB_TRANSFER_NO_DEVICE;
    }
    if (!s->draining && (s->taken == s->bytes.n || now < deadline))
        return true;
    s->moved = false;
    if (!drain(s)) {
        wire->end = USB_TORN; /* the kernel keeps a transfer: what becomes of it cannot be known */
        return usb_fail_end(wire, err);
    }
    return settle(s, err);
}

bool usb_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
              struct err *err)
{
    struct usb_wire *wire = (struct usb_wire *)t;
    int64_t now = transport_clock_ms();
    struct sending s = {.wire = wire,
                        .bytes = bytes,
                        .timeout_ms = timeout_ms,
                        .progress_ms = now,
                        .trouble = LIBUSB_TRANSFER_COMPLETED,
                        .stalled_at = SIZE_MAX};
    bool ok = wire->end == USB_ALIVE || usb_fail_end(wire, err);
    wire->status_known = false;
    wire->sending = &s;
    while (ok && s.taken < bytes.n)
        ok = step(&s, err);
    wire->sending = NULL;
    *taken = s.taken;
    return ok;
}
