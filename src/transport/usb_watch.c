/* Hearing of changes. libusb's own descriptors behind one epoll descriptor, so that a worker can
 * wait for it beside other things; its callback only notes that something happened. */
#include "transport/usb_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

struct usb_watch {
    libusb_context *ctx;
    libusb_hotplug_callback_handle callback;
    bool registered, changed;
    int fd;
};

static int LIBUSB_CALL on_change(libusb_context *ctx, libusb_device *dev,
                                 libusb_hotplug_event event, void *user_data)
{
    struct usb_watch *watch = user_data;
    struct usb_pipe pipe;
    struct libusb_device_descriptor d;
    (void)ctx;
    /* Of what left, the descriptors may be gone too; it may have been a printer. */
    if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT || libusb_get_device_descriptor(dev, &d) != 0 ||
        usb_fit_device(dev, usb_quirks(d.idVendor, d.idProduct), &pipe) != USB_NO_PRINTER)
        watch->changed = true;
    return 0;
}

static bool watch_fds(struct usb_watch *watch)
{
    const struct libusb_pollfd **fds = libusb_get_pollfds(watch->ctx);
    watch->fd = epoll_create1(EPOLL_CLOEXEC);
    bool ok = fds && watch->fd >= 0;
    for (size_t i = 0; ok && fds[i]; i++) {
        struct epoll_event event = {.events = (uint32_t)fds[i]->events}; /* the same bits */
        ok = epoll_ctl(watch->fd, EPOLL_CTL_ADD, fds[i]->fd, &event) == 0;
    }
    libusb_free_pollfds(fds);
    return ok;
}

bool usb_watch_create(struct usb_watch **out, struct err *err)
{
    struct usb_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return FAIL(err, ERR_PRINTER_IO, "usb:", "out of memory");
    watch->fd = -1;
    if (!usb_context(&watch->ctx, err)) {
        free(watch);
        return false;
    }
    int events = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
    int why = libusb_hotplug_register_callback(watch->ctx, events, 0, LIBUSB_HOTPLUG_MATCH_ANY,
                                               LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
                                               on_change, watch, &watch->callback);
    watch->registered = why == 0;
    if (why != 0 || !watch_fds(watch)) {
        usb_watch_destroy(watch);
        return FAIL(err, ERR_PRINTER_IO, "usb:", why ? libusb_strerror(why) : strerror(errno));
    }
    *out = watch;
    return true;
}

void usb_watch_destroy(struct usb_watch *watch)
{
    if (!watch)
        return;
    if (watch->registered)
        libusb_hotplug_deregister_callback(watch->ctx, watch->callback);
    if (watch->fd >= 0)
        close(watch->fd);
    libusb_exit(watch->ctx);
    free(watch);
}

int usb_watch_fd(const struct usb_watch *watch)
{
    return watch->fd;
}

bool usb_watch_take(struct usb_watch *watch)
{
    struct timeval now = {0};
    libusb_handle_events_timeout_completed(watch->ctx, &now, NULL);
    bool changed = watch->changed;
    watch->changed = false;
    return changed;
}
