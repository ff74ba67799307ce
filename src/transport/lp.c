/* lp:/dev/usb/lp0, the kernel's usblp (drivers/usb/class/usblp.c; read, not tried on hardware): a
 * write that does not block is counted when it is submitted, and close() cancels what the device
 * has not taken yet. So the count is what may reach the paper, and flush waits until the device
 * took the last transfer (POLLOUT). */
#include "transport/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>

static bool lp_flush(struct transport *t, unsigned timeout_ms, struct err *err)
{
    const struct fd_wire *wire = (const struct fd_wire *)t;
    int why = fd_wait(wire->fd, POLLOUT, transport_clock_ms() + timeout_ms);
    return why ? fd_fail(wire, why, err) : true;
}

static const struct transport_ops lp_two_way = {
    .send = fd_send, .receive = fd_receive, .close = fd_close, .flush = lp_flush};
static const struct transport_ops lp_one_way = {
    .send = fd_send, .close = fd_close, .flush = lp_flush};

static bool lp_check(const char *rest)
{
    return *rest == '/';
}

static bool lp_open(void *ctx, const char *rest, struct transport **t, struct err *err)
{
    (void)ctx;
    char name[FD_NAME_BYTES];
    snprintf(name, sizeof name, "lp:%s", rest);
    struct stat st;
    if (stat(rest, &st) == 0 && !S_ISCHR(st.st_mode))
        return FAIL(err, ERR_PRINTER_KIND, name, "it is another kind of device");
    const struct transport_ops *ops = &lp_two_way;
    int flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = open(rest, O_RDWR | flags);
    if (fd < 0 && errno == EACCES) { /* some systems let users write only */
        ops = &lp_one_way;
        fd = open(rest, O_WRONLY | flags);
    }
    if (fd < 0)
        return fd_fail_open(name, rest, "lp", errno, err);
    struct fd_wire *wire = NULL;
    if (!fd_wire_create(&wire, ops, fd, name, err))
        return false;
    wire->zero_is_nothing = true;
    *t = &wire->transport;
    return true;
}

const struct transport_scheme transport_lp = {
    .scheme = "lp", .example = "lp:/dev/usb/lp0", .check = lp_check, .open = lp_open};
