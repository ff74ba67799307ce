/* usbfs of one device for programs under umockdev: their ioctls become transfers on the cable of
 * host.h, with the rules that the kernel has (claims, drivers, alternate settings). */
#ifndef BONBON_TESTS_USB_USBFS_H
#define BONBON_TESTS_USB_USBFS_H

#include "usb/host.h"

#include <umockdev.h>

enum { USBFS_INTERFACES = 4, USBFS_ENDPOINTS = 16 };

/* Called with the lock held. */
struct usbfs_watch {
    void *ctx;
    /* The kernel driver of an interface changed: "usblp", "usbfs" or "". */
    void (*driver)(void *ctx, unsigned interface, const char *name);
    void (*alternate)(void *ctx, unsigned interface, unsigned alternate);
    /* "detach 0", "claim 0", "alternate 0 1", "clear 03", "control a1 01": a log. */
    void (*say)(void *ctx, const char *words);
};

struct usbfs;

/* Serves the device node for as long as it lives. config is the active configuration's descriptor.
 * umockdev brings ioctls in a thread of its own: the lock guards the host and all usbfs of it. It
 * is held by the caller of everything here but usbfs_destroy(), and taken for an ioctl, after which
 * the default main context is woken. */
struct usbfs *usbfs_create(UMockdevTestbed *testbed, const char *node, struct host *host,
                           struct slice config, const struct usbfs_watch *watch, GMutex *lock);
void usbfs_destroy(struct usbfs *fs);
/* The driver that is there when no program has the interface; "" for none. */
void usbfs_bind(struct usbfs *fs, unsigned interface, const char *driver);
/* The device is gone: what is under way ends with ESHUTDOWN, then ENODEV. */
void usbfs_gone(struct usbfs *fs);
/* Looks whether a program that waits can be answered; when to look again (g_get_monotonic_time()),
 * INT64_MAX when nobody waits. */
gint64 usbfs_run(struct usbfs *fs);

#endif
