/* file:PATH. Opened without blocking, so that a pipe that nobody reads is an error and not a
 * program that stands still. */
#include "transport/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

static const struct transport_ops file_ops = {.send = fd_send, .close = fd_close};

static bool file_check(const char *rest)
{
    return *rest != '\0';
}

static bool file_open(void *ctx, const char *rest, struct transport **t, struct err *err)
{
    (void)ctx;
    char name[FD_NAME_BYTES];
    snprintf(name, sizeof name, "file:%s", rest);
    int fd = open(rest, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
    if (fd < 0) {
        char text[128];
        const char *why = errno == ENXIO ? "nobody reads it" : strerror_r(errno, text, sizeof text);
        return FAIL(err, ERR_PRINTER_IO, name, why);
    }
    struct fd_wire *wire = NULL;
    if (!fd_wire_create(&wire, &file_ops, fd, name, err))
        return false;
    *t = &wire->transport;
    return true;
}

const struct transport_scheme transport_file = {
    .scheme = "file", .example = "file:receipt.bin", .check = file_check, .open = file_open};
