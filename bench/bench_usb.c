/* How fast the USB wire is beside a bare libusb loop, in the same bed (bench_usb.py runs it there):
 *
 *     bench_usb_client wire|bare|plain BYTES
 *
 * prints nanoseconds that it took to send so many bytes to the only printer. `bare` keeps four
 * transfers of 16 KiB in flight and counts nothing, `plain` is libusb_bulk_transfer() in turns. */
#include "transport/usb_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CHUNK = 16384, IN_FLIGHT = 4, TIMEOUT_MS = 30000 };

static uint64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

_Noreturn static void die(const char *what)
{
    fprintf(stderr, "bench_usb: %s\n", what);
    exit(1);
}

static void report(uint64_t start)
{
    printf("%" PRIu64 "\n", clock_ns() - start);
}

static void wire(struct slice bytes)
{
    struct transport *t;
    struct err err = {0};
    size_t taken;
    if (!transport_open(&transport_usb, 1, "usb:", &t, &err))
        die(err_name(err.code));
    uint64_t start = clock_ns();
    if (!t->ops->send(t, bytes, TIMEOUT_MS, &taken, &err) || taken != bytes.n)
        die(err_name(err.code));
    report(start);
    transport_close(t);
}

struct bare {
    libusb_device_handle *handle;
    struct slice rest;
    unsigned busy;
};

static int piece_length(const struct bare *b)
{
    return (int)(b->rest.n < CHUNK ? b->rest.n : CHUNK);
}

static void LIBUSB_CALL next_piece(struct libusb_transfer *transfer)
{
    struct bare *b = transfer->user_data;
    b->busy--;
    if (!b->rest.n)
        return;
    transfer->buffer = (unsigned char *)(uintptr_t)b->rest.p;
    transfer->length = piece_length(b);
    b->rest = slice_sub(b->rest, (size_t)transfer->length, b->rest.n);
    if (libusb_submit_transfer(transfer) != 0)
        die("submit");
    b->busy++;
}

static void bare_loop(libusb_context *ctx, struct bare *b, uint8_t endpoint)
{
    struct libusb_transfer *transfer[IN_FLIGHT];
    for (size_t i = 0; i < IN_FLIGHT; i++) {
        transfer[i] = libusb_alloc_transfer(0);
        libusb_fill_bulk_transfer(transfer[i], b->handle, endpoint, NULL, 0, next_piece, b, 0);
        b->busy++;
        next_piece(transfer[i]);
    }
    while (b->busy)
        libusb_handle_events(ctx);
    for (size_t i = 0; i < IN_FLIGHT; i++)
        libusb_free_transfer(transfer[i]);
}

static void plain_loop(struct bare *b, uint8_t endpoint)
{
    while (b->rest.n) {
        int done;
        if (libusb_bulk_transfer(b->handle, endpoint, (unsigned char *)(uintptr_t)b->rest.p,
                                 piece_length(b), &done, 0) != 0)
            die("transfer");
        b->rest = slice_sub(b->rest, (size_t)done, b->rest.n);
    }
}

static void bare(struct slice bytes, bool plain)
{
    libusb_context *ctx;
    libusb_device *dev;
    struct usb_address any = {.any = true};
    struct usb_printer p = {0};
    struct err err = {0};
    struct bare b = {.rest = bytes};
    if (!usb_context(&ctx, &err) || !usb_find(ctx, "usb:", &any, &dev, &p, &err) ||
        libusb_open(dev, &b.handle) != 0 || libusb_claim_interface(b.handle, 0) != 0)
        die("open");
    uint64_t start = clock_ns();
    if (plain)
        plain_loop(&b, p.pipe.out);
    else
        bare_loop(ctx, &b, p.pipe.out);
    report(start);
    libusb_close(b.handle);
    libusb_unref_device(dev);
    libusb_exit(ctx);
}

int main(int argc, char **argv)
{
    size_t n = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    uint8_t *bytes = calloc(1, n ? n : 1);
    if (!n || !bytes)
        die("usage: wire|bare|plain BYTES");
    if (strcmp(argv[1], "wire") == 0)
        wire(slice_of(bytes, n));
    else
        bare(slice_of(bytes, n), strcmp(argv[1], "plain") == 0);
    free(bytes);
    return 0;
}
