/* The wire to one USB printer: opening and closing. */
#include "transport/usb_wire.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ── events ── */

void usb_piece_done(struct libusb_transfer *transfer)
{
    struct usb_piece *piece = transfer->user_data;
    piece->busy = false;
    piece->ready = true;
}

void usb_pump(struct usb_wire *wire, int64_t deadline_ms)
{
    usb_listen_tend(wire);
    int64_t now = transport_clock_ms(), wakes = usb_listen_wakes_ms(wire);
    int64_t left = (deadline_ms < wakes ? deadline_ms : wakes) - now;
    if (left < 0)
        left = 0;
    if (left > INT_MAX)
        left = INT_MAX;
    struct timeval tv = {.tv_sec = left / 1000, .tv_usec = (left % 1000) * 1000};
    libusb_handle_events_timeout_completed(wire->ctx, &tv, NULL);
    usb_listen_tend(wire);
}

/* Cancels pieces that are busy, the last first and each waited for, so that none overtakes one that
 * is cancelled. False when the kernel did not give one back in time. */
static bool call_back(struct usb_wire *wire, struct usb_piece *pieces, size_t n)
{
    int64_t deadline = transport_clock_ms() + USB_SETTLE_MS;
    for (size_t i = n; i-- > 0;) {
        if (pieces[i].busy)
            libusb_cancel_transfer(pieces[i].transfer);
        while (pieces[i].busy) {
            if (transport_clock_ms() >= deadline)
                return false;
            usb_pump(wire, deadline);
        }
    }
    return true;
}

bool usb_fail_end(const struct usb_wire *wire, struct err *err)
{
    if (wire->end == USB_GONE)
        return FAIL(err, ERR_PRINTER_UNPLUGGED, wire->name);
    return FAIL(err, ERR_PRINTER_IO, wire->name, "it lost data in the middle of a transfer");
}

/* ── closing ── */

/* SOFT_RESET (USB printer class 1.1, 4.2.3), which empties the printer's buffers. */
static void soft_reset(struct usb_wire *wire)
{
    uint8_t type = LIBUSB_ENDPOINT_OUT | LIBUSB_REQUEST_TYPE_CLASS | LIBUSB_RECIPIENT_INTERFACE;
    libusb_control_transfer(wire->handle, type, 2, 0, wire->pipe.interface, NULL, 0,
                            USB_CONTROL_TIMEOUT_MS);
}

static void wait_for_last_byte(struct usb_wire *wire)
{
    int64_t until = wire->last_byte_ms + USB_DELAY_CLOSE_MS;
    if (!(wire->quirks & USB_DELAY_CLOSE) || !wire->last_byte_ms)
        return;
    while (wire->end == USB_ALIVE && transport_clock_ms() < until)
        usb_pump(wire, until);
}

/* False when the kernel still has a transfer, whose memory must then stay. */
static bool stop_transfers(struct usb_wire *wire)
{
    wire->in_stopped = true;
    return call_back(wire, &wire->status, 1) && call_back(wire, wire->in, USB_LISTENERS) &&
           call_back(wire, wire->out, USB_IN_FLIGHT);
}

static void free_transfers(struct usb_wire *wire)
{
    for (size_t i = 0; i < USB_IN_FLIGHT; i++)
        libusb_free_transfer(wire->out[i].transfer);
    for (size_t i = 0; i < USB_LISTENERS; i++)
        libusb_free_transfer(wire->in[i].transfer);
    libusb_free_transfer(wire->status.transfer);
}

static void give_back(struct usb_wire *wire)
{
    if (wire->claimed) {
        if ((wire->quirks & USB_SOFT_RESET) && wire->last_byte_ms && wire->end == USB_ALIVE)
            soft_reset(wire);
        libusb_release_interface(wire->handle, wire->pipe.interface);
    }
    bool was_the_kernels = wire->detached || (wire->orphan && wire->claimed);
    if (was_the_kernels && !(wire->quirks & USB_NO_REATTACH))
        libusb_attach_kernel_driver(wire->handle, wire->pipe.interface);
}

static void usb_close(struct transport *t)
{
    struct usb_wire *wire = (struct usb_wire *)t;
    wait_for_last_byte(wire);
    if (!stop_transfers(wire))
        return; /* a kernel that keeps a cancelled transfer would write into freed memory */
    give_back(wire);
    free_transfers(wire);
    if (wire->handle)
        libusb_close(wire->handle);
    if (wire->ctx)
        libusb_exit(wire->ctx);
    free(wire->in_bytes);
    free(wire);
}

/* ── opening ── */

/* GET_PORT_STATUS. What it said while it took nothing, a moment ago, is not asked again. */
static bool usb_port_status(struct transport *t, uint8_t *status)
{
    struct usb_wire *wire = (struct usb_wire *)t;
    uint8_t type = LIBUSB_ENDPOINT_IN | LIBUSB_REQUEST_TYPE_CLASS | LIBUSB_RECIPIENT_INTERFACE;
    int n = 1;
    if (wire->status_refused || wire->end != USB_ALIVE)
        return false;
    if (!wire->status_known)
        n = libusb_control_transfer(wire->handle, type, 1, 0, wire->pipe.interface,
                                    &wire->port_status, 1, USB_CONTROL_TIMEOUT_MS);
    wire->status_refused |= n == LIBUSB_ERROR_PIPE;
    *status = wire->port_status;
    return n == 1;
}

static const struct transport_ops two_way = {
    .send = usb_send, .receive = usb_receive, .close = usb_close, .port_status = usb_port_status};
static const struct transport_ops one_way = {
    .send = usb_send, .close = usb_close, .port_status = usb_port_status};

static bool set_configuration(struct usb_wire *wire, struct usb_printer *p, struct err *err)
{
    int now = 0;
    int why = libusb_get_configuration(wire->handle, &now);
    if (why == 0 && now != wire->pipe.configuration)
        why = libusb_set_configuration(wire->handle, wire->pipe.configuration);
    if (why == LIBUSB_ERROR_BUSY)
        return usb_fail_held(wire->name, p, err);
    return why == 0 || usb_fail(wire->name, p, why, err);
}

/* The kernel's printer driver makes way; any other driver knows better than we what it holds. */
static bool detach_driver(struct usb_wire *wire, struct usb_printer *p, struct err *err)
{
    char words[USB_DRIVER_BYTES + 16];
    /* a printer's interface that no driver has, where the kernel has usblp: somebody took it away
     * and died; it is given back when we are done */
    wire->orphan = !p->driver[0] && wire->pipe.class == LIBUSB_CLASS_PRINTER &&
                   access("/sys/bus/usb/drivers/usblp", F_OK) == 0;
    bool nameless = !p->driver[0] && wire->pipe.class == LIBUSB_CLASS_PRINTER &&
                    libusb_kernel_driver_active(wire->handle, wire->pipe.interface) == 1;
    if (!nameless && (!p->driver[0] || strcmp(p->driver, "usbfs") == 0))
        return true; /* claiming says whether it is held */
    if (!nameless && strcmp(p->driver, "usblp") != 0) {
        snprintf(words, sizeof words, "%s (kernel)", p->driver);
        return FAIL(err, ERR_PRINTER_HELD, wire->name, words);
    }
    int why = libusb_detach_kernel_driver(wire->handle, wire->pipe.interface);
    wire->detached = why == 0;
    if (why == LIBUSB_ERROR_NOT_FOUND) /* it left by itself */
        return true;
    return why == 0 || usb_fail(wire->name, p, why, err);
}

static bool claim(struct usb_wire *wire, struct usb_printer *p, struct err *err)
{
    int why = libusb_claim_interface(wire->handle, wire->pipe.interface);
    if (why == LIBUSB_ERROR_BUSY)
        return usb_fail_held(wire->name, p, err);
    wire->claimed = why == 0;
    return why == 0 || usb_fail(wire->name, p, why, err);
}

/* Only where it differs: some printers lose the next job otherwise (CUPS). Which one is set is what
 * the kernel says; it resets to 0 when a driver or a program lets go. */
static bool set_alternate(struct usb_wire *wire, struct usb_printer *p, struct err *err)
{
    char now[8];
    if (wire->pipe.alternates < 2)
        return true;
    usb_interface_attribute(p, "bAlternateSetting", now, sizeof now);
    if (now[0] && strtol(now, NULL, 10) == wire->pipe.alternate)
        return true;
    int why =
        libusb_set_interface_alt_setting(wire->handle, wire->pipe.interface, wire->pipe.alternate);
    return why == 0 || usb_fail(wire->name, p, why, err);
}

static bool make_piece(struct usb_wire *wire, struct usb_piece *piece)
{
    piece->wire = wire;
    piece->transfer = libusb_alloc_transfer(0);
    return piece->transfer != NULL;
}

static bool make_transfers(struct usb_wire *wire)
{
    bool ok = make_piece(wire, &wire->status);
    for (size_t i = 0; i < USB_IN_FLIGHT; i++)
        ok = make_piece(wire, &wire->out[i]) && ok;
    for (size_t i = 0; i < USB_LISTENERS; i++)
        ok = make_piece(wire, &wire->in[i]) && ok;
    wire->in_length = USB_LISTEN_BYTES;
    if (wire->pipe.in)
        wire->in_length -= wire->in_length % wire->pipe.in_packet;
    wire->in_bytes = malloc(USB_LISTENERS * wire->in_length);
    return ok && wire->in_bytes && usb_listen_begin(wire);
}

static bool open_device(struct usb_wire *wire, const struct usb_address *address,
                        struct usb_printer *p, struct err *err)
{
    libusb_device *dev;
    if (!usb_context(&wire->ctx, err) || !usb_find(wire->ctx, wire->name, address, &dev, p, err))
        return false;
    wire->pipe = p->pipe;
    wire->quirks = p->quirks;
    int why = libusb_open(dev, &wire->handle);
    libusb_unref_device(dev);
    return why == 0 || usb_fail(wire->name, p, why, err);
}

static bool usb_open(void *ctx, const char *rest, struct transport **t, struct err *err)
{
    struct usb_address address;
    struct usb_printer p = {0};
    struct usb_wire *wire = calloc(1, sizeof *wire);
    (void)ctx;
    if (!wire)
        return FAIL(err, ERR_PRINTER_IO, "usb:", "out of memory");
    snprintf(wire->name, sizeof wire->name, "usb:%s", rest);
    wire->in_stopped = true;
    wire->chunk = USB_CHUNK_FIRST;
    if (!usb_address_parse(rest, &address)) {
        free(wire);
        return FAIL(err, ERR_PRINTER_URI, rest);
    }
    bool ok = open_device(wire, &address, &p, err) && set_configuration(wire, &p, err) &&
              detach_driver(wire, &p, err) && claim(wire, &p, err) &&
              set_alternate(wire, &p, err) &&
              (make_transfers(wire) || FAIL(err, ERR_PRINTER_IO, wire->name, "out of memory"));
    wire->transport.ops = wire->pipe.in ? &two_way : &one_way;
    if (ok)
        *t = &wire->transport;
    else
        usb_close(&wire->transport);
    return ok;
}

static bool usb_check(const char *rest)
{
    struct usb_address address;
    return usb_address_parse(rest, &address);
}

const struct transport_scheme transport_usb = {
    .scheme = "usb", .example = "usb://04b8:0e15", .check = usb_check, .open = usb_open};
