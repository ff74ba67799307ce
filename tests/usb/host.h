/* The kernel's side of one USB cable: a USB/IP client in memory that talks to a virtual printer,
 * as vhci_hcd does. Time is the caller's. */
#ifndef BONBON_TESTS_USB_HOST_H
#define BONBON_TESTS_USB_HOST_H

#include "device/usbip.h"

struct host;

/* What became of a transfer; status is 0 or a negative errno. data belongs to the host. */
typedef void host_done(void *ctx, int status, const uint8_t *data, size_t actual);

struct host_options {
    const struct profile *profile;
    struct usb_identity identity;
    uint32_t speed_mm_s; /* 0: head and knife take no time */
};

struct host *host_create(const struct host_options *options, int64_t now_us);
void host_destroy(struct host *host); /* transfers that wait are forgotten */

/* The wire is made anew, as a replug does. False when the printer is unplugged or off. */
bool host_connect(struct host *host);
struct device *host_device(struct host *host);

/* From now on bulk OUT is taken at once and reaches no printer: to measure everything else. */
void host_swallow(struct host *host);

/* Transfers. setup for control transfers only. Returns the number to cancel it by. */
uint32_t host_submit(struct host *host, uint8_t endpoint, const uint8_t *setup, struct slice data,
                     size_t length, host_done *done, void *ctx);
void host_cancel(struct host *host, uint32_t number);
/* A control transfer that is answered at once; the bytes it brought, or a negative errno. */
int host_control(struct host *host, uint8_t type, uint8_t request, uint16_t value, uint16_t index,
                 uint8_t *data, uint16_t length);

/* Time goes on; answers are given out. */
void host_run(struct host *host, int64_t now_us);
int64_t host_next_us(const struct host *host);
/* The device broke the connection: unplugged, off. */
bool host_is_over(const struct host *host);
/* All bytes that the device took, since it was made. */
struct slice host_taken(const struct host *host);

#endif
