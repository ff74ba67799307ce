/* Any bytes as a USB/IP client: no crash, no hang, no more memory than is promised, and the same
 * answers however they are cut. The first byte chooses whether it begins imported, and the cuts. */
#include "device/usbip.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct side {
    struct device *dev;
    struct usb usb;
    struct usbip *ip;
    struct buf out;
};

static void begin(struct side *s, bool attached)
{
    struct usb_identity id;
    struct err err;
    const struct device_options options = {.profile =
                                               profile_find(SLICE_LITERAL("epson-tm-t20iii"))};
    usb_identity_of(options.profile, &id);
    buf_init(&s->out, 64 << 20);
    if (!device_create(&s->dev, &options, 0, &err))
        abort();
    usb_init(&s->usb, s->dev, &id);
    if (!usbip_create(&s->ip, &s->usb, &err))
        abort();
    if (attached) {
        if (!usbip_begin_attached(s->ip))
            abort();
        s->usb.configuration = 1;
    }
}

static void end(struct side *s)
{
    usbip_destroy(s->ip);
    device_destroy(s->dev);
    buf_finish(&s->out);
}

static void feed(struct side *s, struct slice bytes, unsigned most)
{
    for (size_t at = 0; at < bytes.n; at += most) {
        usbip_feed(s->ip, slice_sub(bytes, at, at + most));
        usbip_take(s->ip, &s->out);
    }
    device_advance(s->dev, 1000000);
    usbip_pump(s->ip);
    usbip_take(s->ip, &s->out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct side whole, cut;
    if (size == 0)
        return 0;
    struct slice bytes = slice_of(data + 1, size - 1);
    begin(&whole, data[0] & 1);
    begin(&cut, data[0] & 1);
    feed(&whole, bytes, bytes.n ? (unsigned)bytes.n : 1);
    feed(&cut, bytes, 1u + (data[0] >> 1) % 61);
    if (!slice_equal(buf_slice(&whole.out), buf_slice(&cut.out)) ||
        usbip_is_over(whole.ip) != usbip_is_over(cut.ip)) {
        fprintf(stderr, "the cut changes the answers\n");
        abort();
    }
    end(&whole);
    end(&cut);
    return 0;
}
