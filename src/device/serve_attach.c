/* A USB port of this machine: vhci_hcd takes one end of a socket pair and speaks USB/IP on it, so
 * that no network and no other program is needed (drivers/usb/usbip, vhci_sysfs.c). */
#include "device/serve_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define VHCI "/sys/devices/platform/vhci_hcd.0/"

enum { PORT_FREE = 4, TRY_AGAIN_US = 100000, STATUS_BYTES = 16384, PORTS = 64 };

/* Rows of the file `status`: "hs  0000 004 000 00000000 000000 0-0"; the third number is 4 for a
 * port that is free. SuperSpeed ports ("ss") are not for us. */
static unsigned free_ports(int ports[PORTS], struct err *err)
{
    struct buf text;
    struct slice rest, line;
    unsigned n = 0;
    buf_init(&text, STATUS_BYTES);
    if (!buf_read_file(&text, VHCI "status")) {
        FAIL(err, ERR_DEVICE_ATTACH,
             errno == ENOENT ? "there is no vhci_hcd here; as root: modprobe vhci-hcd"
                             : strerror(errno));
        buf_finish(&text);
        return 0;
    }
    FAIL(err, ERR_DEVICE_ATTACH, "every port of vhci_hcd is taken");
    rest = buf_slice(&text);
    while (take_line(&rest, &line) && n < PORTS) {
        uint64_t port, state;
        struct slice at = slice_sub(line, 2, line.n);
        if (!slice_starts(line, "hs"))
            continue;
        while (at.n && at.p[0] == ' ')
            at = slice_sub(at, 1, at.n);
        size_t blank = slice_find(at, ' ');
        if (slice_u64(slice_sub(at, 0, blank), UINT16_MAX, &port) &&
            slice_u64(slice_sub(at, blank + 1, blank + 4), UINT16_MAX, &state) &&
            state == PORT_FREE)
            ports[n++] = (int)port;
    }
    buf_finish(&text);
    return n;
}

/* The same port for the same cable; another one for another. -1 when none will do. */
static int choose(const struct serve *s, const int *ports, unsigned n)
{
    const struct attachment *a = &s->attachment;
    bool same = a->device_port == device_port_number(s->dev);
    int other = -1;
    for (unsigned i = 0; i < n; i++) {
        if (same && ports[i] == a->kernel_port)
            return ports[i];
        if (other < 0 && (!a->device_port || ports[i] != a->kernel_port))
            other = ports[i];
    }
    return same ? -1 : other;
}

static bool write_attach(const char *words, struct err *err)
{
    int fd = open(VHCI "attach", O_WRONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? write(fd, words, strlen(words)) : -1;
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (n > 0)
        return true;
    return FAIL(err, ERR_DEVICE_ATTACH,
                why == EACCES || why == EPERM ? "only root may" : strerror(why));
}

static bool attach(struct serve *s, struct err *err)
{
    int ports[PORTS], ends[2];
    char words[64];
    struct usbip *ip;
    unsigned n = free_ports(ports, err);
    int port = n ? choose(s, ports, n) : -1;
    if (port < 0)
        return n ? FAIL(err, ERR_DEVICE_ATTACH, "its port is still taken") : false;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return FAIL(err, ERR_DEVICE_ATTACH, strerror(errno));
    if (!usbip_create(&ip, &s->usb, err)) {
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    snprintf(words, sizeof words, "%d %d %u %u", port, ends[1], (unsigned)usbip_devid(ip),
             (unsigned)s->usb.id.speed);
    bool ok = (usbip_begin_attached(ip) || FAIL(err, ERR_DEVICE_ATTACH, "a host has it")) &&
              write_attach(words, err);
    close(ends[1]); /* the kernel has its own hold of it */
    if (!ok) {
        usbip_destroy(ip);
        close(ends[0]);
        return false;
    }
    serve_nonblocking(ends[0]);
    s->attachment.kernel_port = port;
    s->attachment.device_port = device_port_number(s->dev);
    serve_say(s, "plugged into port %d of vhci_hcd", port);
    return serve_usbip_adopt(s, ends[0], ip) ||
           FAIL(err, ERR_DEVICE_ATTACH, "too many connections");
}

bool serve_attach_begin(struct serve *s, struct err *err)
{
    s->attachment.wanted = s->options->attach;
    return !s->attachment.wanted || attach(s, err);
}

/* Plugged in and switched on again: a port that was let go of takes a moment to be free. */
void serve_attach_pump(struct serve *s)
{
    struct attachment *a = &s->attachment;
    struct err err;
    if (!a->wanted || s->usb.taken || !device_is_present(s->dev) || s->now_us < a->try_us)
        return;
    a->try_us = 0;
    if (attach(s, &err)) {
        a->told = false;
        return;
    }
    a->try_us = s->now_us + TRY_AGAIN_US;
    if (!a->told && a->device_port)
        serve_say_err(s, &err);
    a->told = true;
}

int64_t serve_attach_next_us(const struct serve *s)
{
    const struct attachment *a = &s->attachment;
    bool waits = a->wanted && !s->usb.taken && device_is_present(s->dev);
    return waits ? a->try_us : INT64_MAX;
}
