#include "usb/usbfs.h"

#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

enum {
    URBS_MAX = 64,
    HELD_US = 2000, /* a program that asks again and again is answered this much later */
    WORDS_BYTES = 64,
    DRIVER_BYTES = 32,
    CONTROL_HEADER = 8,
};

struct urb {
    struct usbfs *fs; /* NULL: free */
    const UMockdevIoctlClient *client;
    UMockdevIoctlData *arg, *buffer;
    uint8_t endpoint;
    bool is_control, done, cancelled;
    uint32_t number; /* on the cable */
    uint64_t order;  /* of coming back */
};

struct interface {
    char kernel[DRIVER_BYTES]; /* driver when no program has it */
    const UMockdevIoctlClient *owner;
    uint8_t alternate;
    uint8_t class;      /* of the alternate setting, as the descriptors say */
    uint32_t endpoints; /* bits of OUT 0 to 15, then IN */
    bool present;
};

struct usbfs {
    UMockdevTestbed *testbed;
    char node[32];
    UMockdevIoctlBase *base;
    struct host *host;
    struct usbfs_watch watch;
    GMutex *lock;
    uint8_t config[4096];
    size_t config_n;
    struct interface interface[USBFS_INTERFACES];
    struct urb urb[URBS_MAX];
    uint64_t order;
    bool gone;
    UMockdevIoctlClient *held; /* asks for a transfer that is not there yet */
    gint64 held_until_us;
    const UMockdevIoctlClient *idle; /* was told that there is none, and asks again */
};

static void say(struct usbfs *fs, const char *words)
{
    fs->watch.say(fs->watch.ctx, words);
}

/* ── what the descriptors say, lies and all ── */

static void read_endpoints(struct usbfs *fs)
{
    unsigned current = USBFS_INTERFACES;
    for (size_t i = 0; i < USBFS_INTERFACES; i++)
        fs->interface[i].endpoints = 0;
    for (size_t i = 0; i + 2 <= fs->config_n && fs->config[i] >= 2; i += fs->config[i]) {
        const uint8_t *d = fs->config + i;
        if (d[1] == 4 && i + 9 <= fs->config_n) {
            bool chosen = d[2] < USBFS_INTERFACES && d[3] == fs->interface[d[2]].alternate;
            current = chosen ? d[2] : USBFS_INTERFACES;
            if (chosen) {
                fs->interface[current].present = true;
                fs->interface[current].class = d[5];
            }
        } else if (d[1] == 5 && current < USBFS_INTERFACES && i + 7 <= fs->config_n) {
            fs->interface[current].endpoints |= 1U << ((d[2] & 15) + (d[2] & 0x80 ? 16 : 0));
        }
    }
}

static struct interface *interface_of(struct usbfs *fs, unsigned number)
{
    return number < USBFS_INTERFACES && fs->interface[number].present ? &fs->interface[number]
                                                                      : NULL;
}

static struct interface *interface_with(struct usbfs *fs, uint8_t endpoint)
{
    for (size_t i = 0; i < USBFS_INTERFACES; i++)
        if (fs->interface[i].endpoints & (1U << ((endpoint & 15) + (endpoint & 0x80 ? 16 : 0))))
            return &fs->interface[i];
    return NULL;
}

/* ── transfers ── */

static void free_urb(struct urb *urb)
{
    umockdev_ioctl_data_unref(urb->arg);
    if (urb->buffer)
        umockdev_ioctl_data_unref(urb->buffer);
    *urb = (struct urb){0};
}

static void urb_done(void *ctx, int status, const uint8_t *data, size_t actual)
{
    struct urb *urb = ctx;
    struct usbdevfs_urb fields;
    if (!urb->fs)
        return;
    memcpy(&fields, urb->arg->data, sizeof fields);
    /* usbfs says ENOENT of what it was told to discard. */
    fields.status = urb->cancelled && status == -ECONNRESET ? -ENOENT : status;
    fields.actual_length = (int)actual;
    umockdev_ioctl_data_update(urb->arg, 0, (guint8 *)&fields, sizeof fields);
    if (data && actual && urb->buffer)
        umockdev_ioctl_data_update(urb->buffer, urb->is_control ? CONTROL_HEADER : 0,
                                   (guint8 *)(uintptr_t)data, (int)actual);
    urb->done = true;
    urb->order = ++urb->fs->order;
}

static struct urb *free_slot(struct usbfs *fs)
{
    for (size_t i = 0; i < URBS_MAX; i++)
        if (!fs->urb[i].fs)
            return &fs->urb[i];
    return NULL;
}

/* The kernel lets GET_DEVICE_ID through (drivers/usb/core/devio.c, check_ctrlrecip); any other
 * request to an interface needs it claimed. */
static int check_control(struct usbfs *fs, const UMockdevIoctlClient *client, const uint8_t *setup)
{
    char words[WORDS_BYTES];
    snprintf(words, sizeof words, "control %02x %02x", setup[0], setup[1]);
    say(fs, words);
    if ((setup[0] & 0x1f) != 1 || (setup[0] == 0xa1 && setup[1] == 0))
        return 0;
    const struct interface *interface = interface_of(fs, setup[4]);
    return !interface ? ENOENT : interface->owner != client ? EBUSY : 0;
}

static int check_bulk(struct usbfs *fs, const UMockdevIoctlClient *client, uint8_t endpoint)
{
    const struct interface *interface = interface_with(fs, endpoint);
    return !interface ? ENOENT : interface->owner != client ? EBUSY : 0;
}

static int submit(struct usbfs *fs, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
    struct usbdevfs_urb fields;
    struct urb *urb = free_slot(fs);
    memcpy(&fields, arg->data, sizeof fields);
    if (fs->gone)
        return ENODEV;
    if (!urb)
        return ENOMEM;
    UMockdevIoctlData *buffer =
        fields.buffer_length
            ? umockdev_ioctl_data_resolve(arg, offsetof(struct usbdevfs_urb, buffer),
                                          (gsize)fields.buffer_length, NULL)
            : NULL;
    bool is_control = fields.type == USBDEVFS_URB_TYPE_CONTROL;
    int why = is_control ? check_control(fs, client, buffer->data)
                         : check_bulk(fs, client, fields.endpoint);
    if (why) {
        if (buffer)
            umockdev_ioctl_data_unref(buffer);
        return why;
    }
    *urb = (struct urb){.fs = fs,
                        .client = client,
                        .arg = umockdev_ioctl_data_ref(arg),
                        .buffer = buffer,
                        .endpoint = fields.endpoint,
                        .is_control = is_control};
    const uint8_t *bytes = buffer ? buffer->data : NULL;
    size_t n = (size_t)fields.buffer_length;
    urb->number =
        is_control
            ? host_submit(fs->host, 0, bytes, slice_of(bytes + CONTROL_HEADER, n - CONTROL_HEADER),
                          n - CONTROL_HEADER, urb_done, urb)
            : host_submit(fs->host, fields.endpoint, NULL, slice_of(bytes, n), n, urb_done, urb);
    return 0;
}

static int discard(struct usbfs *fs, const UMockdevIoctlClient *client, gulong address)
{
    for (size_t i = 0; i < URBS_MAX; i++) {
        struct urb *urb = &fs->urb[i];
        if (urb->fs && urb->client == client && urb->arg->client_addr == address && !urb->done) {
            urb->cancelled = true;
            host_cancel(fs->host, urb->number);
            return 0;
        }
    }
    return EINVAL;
}

static struct urb *oldest_done(struct usbfs *fs, const UMockdevIoctlClient *client)
{
    struct urb *oldest = NULL;
    for (size_t i = 0; i < URBS_MAX; i++) {
        struct urb *urb = &fs->urb[i];
        if (urb->fs && urb->client == client && urb->done &&
            (!oldest || urb->order < oldest->order))
            oldest = urb;
    }
    return oldest;
}

static bool any_pending(const struct usbfs *fs, const UMockdevIoctlClient *client)
{
    for (size_t i = 0; i < URBS_MAX; i++)
        if (fs->urb[i].fs && fs->urb[i].client == client)
            return true;
    return false;
}

static void complete(UMockdevIoctlClient *client, int why)
{
    umockdev_ioctl_client_complete(client, why ? -1 : 0, why);
}

static bool reap(struct usbfs *fs, UMockdevIoctlClient *client)
{
    struct urb *urb = oldest_done(fs, client);
    if (!urb)
        return false;
    UMockdevIoctlData *arg =
        umockdev_ioctl_data_resolve(umockdev_ioctl_client_get_arg(client), 0, sizeof(void *), NULL);
    umockdev_ioctl_data_set_ptr(arg, 0, urb->arg);
    umockdev_ioctl_data_unref(arg);
    free_urb(urb);
    fs->idle = NULL;
    complete(client, 0);
    return true;
}

/* A usbfs descriptor is always ready here, so that libusb would ask without end: whoever asks twice
 * for nothing waits a moment. */
static void reap_later(struct usbfs *fs, UMockdevIoctlClient *client)
{
    if (reap(fs, client))
        return;
    if (fs->gone) {
        complete(client, ENODEV);
    } else if (fs->idle == client && any_pending(fs, client) && !fs->held) {
        fs->held = g_object_ref(client);
        fs->held_until_us = g_get_monotonic_time() + HELD_US;
    } else {
        fs->idle = client;
        complete(client, EAGAIN);
    }
}

gint64 usbfs_run(struct usbfs *fs)
{
    UMockdevIoctlClient *client = fs->held;
    if (!client)
        return INT64_MAX;
    fs->held = NULL;
    if (!reap(fs, client)) {
        if (!fs->gone && g_get_monotonic_time() < fs->held_until_us) {
            fs->held = client;
            return fs->held_until_us;
        }
        complete(client, fs->gone ? ENODEV : EAGAIN);
    }
    g_object_unref(client);
    return INT64_MAX;
}

/* ── interfaces ── */

static void tell_driver(struct usbfs *fs, unsigned number)
{
    const struct interface *interface = &fs->interface[number];
    if (fs->gone)
        return;
    fs->watch.driver(fs->watch.ctx, number, interface->owner ? "usbfs" : interface->kernel);
}

static void say_interface(struct usbfs *fs, const char *what, unsigned number)
{
    char words[WORDS_BYTES];
    snprintf(words, sizeof words, "%s %u", what, number);
    say(fs, words);
}

static int claim(struct usbfs *fs, const UMockdevIoctlClient *client, unsigned number)
{
    struct interface *interface = interface_of(fs, number);
    if (!interface)
        return ENOENT;
    if (interface->kernel[0] || (interface->owner && interface->owner != client))
        return EBUSY;
    interface->owner = client;
    say_interface(fs, "claim", number);
    tell_driver(fs, number);
    return 0;
}

static void set_alternate(struct usbfs *fs, unsigned number, unsigned alternate)
{
    fs->interface[number].alternate = (uint8_t)alternate;
    host_control(fs->host, 0x01, 11, (uint16_t)alternate, (uint16_t)number, NULL, 0);
    read_endpoints(fs);
    fs->watch.alternate(fs->watch.ctx, number, alternate);
}

/* Whoever lets go, the kernel sets the alternate setting back. */
static int release(struct usbfs *fs, const UMockdevIoctlClient *client, unsigned number)
{
    struct interface *interface = interface_of(fs, number);
    if (!interface || interface->owner != client)
        return EINVAL;
    interface->owner = NULL;
    say_interface(fs, "release", number);
    if (interface->alternate && !fs->gone)
        set_alternate(fs, number, 0);
    tell_driver(fs, number);
    return 0;
}

static int choose_alternate(struct usbfs *fs, const UMockdevIoctlClient *client,
                            const struct usbdevfs_setinterface *wanted)
{
    const struct interface *interface = interface_of(fs, wanted->interface);
    char words[WORDS_BYTES];
    if (!interface || interface->owner != client)
        return EINVAL;
    snprintf(words, sizeof words, "alternate %u %u", wanted->interface, wanted->altsetting);
    say(fs, words);
    set_alternate(fs, wanted->interface, wanted->altsetting);
    return 0;
}

static int driver_ioctl(struct usbfs *fs, const struct usbdevfs_ioctl *command)
{
    unsigned number = (unsigned)command->ifno;
    struct interface *interface = interface_of(fs, number);
    if (!interface)
        return EINVAL;
    if (command->ioctl_code == (int)USBDEVFS_DISCONNECT) {
        if (!interface->kernel[0])
            return ENODATA;
        interface->kernel[0] = '\0';
        say_interface(fs, "detach", number);
    } else {
        say_interface(fs, "attach", number);
        snprintf(interface->kernel, sizeof interface->kernel, "usblp");
    }
    tell_driver(fs, number);
    return 0;
}

static int get_driver(struct usbfs *fs, UMockdevIoctlData *arg)
{
    struct usbdevfs_getdriver answer;
    memcpy(&answer, arg->data, sizeof answer);
    const struct interface *interface = interface_of(fs, answer.interface);
    if (!interface || (!interface->owner && !interface->kernel[0]))
        return ENODATA;
    snprintf(answer.driver, sizeof answer.driver, "%s",
             interface->owner ? "usbfs" : interface->kernel);
    umockdev_ioctl_data_update(arg, 0, (guint8 *)&answer, sizeof answer);
    return 0;
}

static int clear_halt(struct usbfs *fs, const UMockdevIoctlClient *client, unsigned endpoint)
{
    char words[WORDS_BYTES];
    int why = check_bulk(fs, client, (uint8_t)endpoint);
    snprintf(words, sizeof words, "clear %02x", endpoint);
    say(fs, words);
    if (!why && host_control(fs->host, 0x02, 1, 0, (uint16_t)endpoint, NULL, 0) < 0)
        why = EPIPE;
    return why;
}

static int set_configuration(struct usbfs *fs, unsigned value)
{
    say_interface(fs, "configuration", value);
    return host_control(fs->host, 0x00, 9, (uint16_t)value, 0, NULL, 0) < 0 ? EPIPE : 0;
}

/* ── programs ── */

static unsigned uint_of(const UMockdevIoctlData *data)
{
    unsigned value;
    memcpy(&value, data->data, sizeof value);
    return value;
}

static int answer(struct usbfs *fs, UMockdevIoctlClient *client, gulong request,
                  UMockdevIoctlData *data)
{
    const uint32_t abilities = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                               USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
    if (request == USBDEVFS_GET_CAPABILITIES) {
        umockdev_ioctl_data_update(data, 0, (guint8 *)(uintptr_t)&abilities, sizeof abilities);
        return 0;
    }
    if (request == USBDEVFS_RELEASEINTERFACE)
        return release(fs, client, uint_of(data));
    if (fs->gone)
        return ENODEV;
    switch (request) {
    case USBDEVFS_SUBMITURB:
        return submit(fs, client, data);
    case USBDEVFS_CLAIMINTERFACE:
        return claim(fs, client, uint_of(data));
    case USBDEVFS_SETINTERFACE:
        return choose_alternate(fs, client, (const void *)data->data);
    case USBDEVFS_SETCONFIGURATION:
        return set_configuration(fs, uint_of(data));
    case USBDEVFS_CLEAR_HALT:
        return clear_halt(fs, client, uint_of(data));
    case USBDEVFS_GETDRIVER:
        return get_driver(fs, data);
    case USBDEVFS_IOCTL:
        return driver_ioctl(fs, (const void *)data->data);
    case USBDEVFS_RESET:
        say(fs, "reset");
        return 0;
    default:
        say(fs, "unknown ioctl");
        return ENOTTY;
    }
}

static void serve(struct usbfs *fs, UMockdevIoctlClient *client)
{
    gulong request = umockdev_ioctl_client_get_request(client);
    UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(client);
    if (request == USBDEVFS_REAPURBNDELAY || request == USBDEVFS_REAPURB) {
        reap_later(fs, client);
        return;
    }
    if (request == USBDEVFS_DISCARDURB) {
        gulong address;
        memcpy(&address, arg->data, sizeof address);
        complete(client, discard(fs, client, address));
        return;
    }
    gsize size = (request >> _IOC_SIZESHIFT) & _IOC_SIZEMASK;
    UMockdevIoctlData *data = size ? umockdev_ioctl_data_resolve(arg, 0, size, NULL) : NULL;
    complete(client, answer(fs, client, request, data));
    if (data)
        umockdev_ioctl_data_unref(data);
}

static gboolean on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer ctx)
{
    struct usbfs *fs = ctx;
    (void)base;
    g_mutex_lock(fs->lock);
    serve(fs, client);
    bool wake = fs->held || host_is_over(fs->host) || host_next_us(fs->host) != INT64_MAX;
    g_mutex_unlock(fs->lock);
    if (wake)
        g_main_context_wakeup(NULL);
    return TRUE;
}

/* Closed, or killed: transfers end, claims go, usblp does not come back by itself. */
static void forget(struct usbfs *fs, const UMockdevIoctlClient *client)
{
    for (size_t i = 0; i < URBS_MAX; i++) {
        struct urb *urb = &fs->urb[i];
        if (!urb->fs || urb->client != client)
            continue;
        if (!urb->done)
            host_cancel(fs->host, urb->number);
        free_urb(urb);
    }
    for (unsigned i = 0; i < USBFS_INTERFACES; i++)
        if (fs->interface[i].owner == client)
            release(fs, client, i);
    if (fs->held == client)
        g_clear_object(&fs->held);
    if (fs->idle == client)
        fs->idle = NULL;
}

static void on_closed(UMockdevIoctlClient *client, const GParamSpec *what, gpointer ctx)
{
    struct usbfs *fs = ctx;
    (void)what;
    g_mutex_lock(fs->lock);
    forget(fs, client);
    g_mutex_unlock(fs->lock);
}

static void on_opened(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer ctx)
{
    (void)base;
    g_signal_connect(client, "notify::connected", G_CALLBACK(on_closed), ctx);
}

void usbfs_bind(struct usbfs *fs, unsigned interface, const char *driver)
{
    snprintf(fs->interface[interface].kernel, DRIVER_BYTES, "%s", driver);
    tell_driver(fs, interface);
}

void usbfs_gone(struct usbfs *fs)
{
    fs->gone = true;
    usbfs_run(fs);
}

struct usbfs *usbfs_create(UMockdevTestbed *testbed, const char *node, struct host *host,
                           struct slice config, const struct usbfs_watch *watch, GMutex *lock)
{
    struct usbfs *fs = calloc(1, sizeof *fs);
    if (!fs)
        abort();
    GError *error = NULL;
    fs->testbed = g_object_ref(testbed);
    fs->host = host;
    fs->watch = *watch;
    fs->lock = lock;
    snprintf(fs->node, sizeof fs->node, "%s", node);
    fs->config_n = config.n < sizeof fs->config ? config.n : sizeof fs->config;
    memcpy(fs->config, config.p, fs->config_n);
    read_endpoints(fs);
    fs->base = umockdev_ioctl_base_new();
    g_signal_connect(fs->base, "handle-ioctl", G_CALLBACK(on_ioctl), fs);
    g_signal_connect(fs->base, "client-connected", G_CALLBACK(on_opened), fs);
    if (!umockdev_testbed_attach_ioctl(testbed, node, fs->base, &error))
        g_error("bed: %s: %s", node, error->message);
    return fs;
}

void usbfs_destroy(struct usbfs *fs)
{
    umockdev_testbed_detach_ioctl(fs->testbed, fs->node, NULL);
    for (size_t i = 0; i < URBS_MAX; i++)
        if (fs->urb[i].fs)
            free_urb(&fs->urb[i]);
    g_clear_object(&fs->held);
    g_object_unref(fs->base);
    g_object_unref(fs->testbed);
    free(fs);
}
