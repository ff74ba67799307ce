#include "printer/call.h"

#include "printer/lock.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    DOOR_NAME_BYTES = 40, /* of the printer's name in the socket's: a socket's path is short */
    CALL_TIMEOUT_S = 1,
};

bool printer_door_address(int folder, const char *printer, struct sockaddr_un *address)
{
    struct buf path;
    buf_init(&path, 0);
    buf_printf(&path, "/proc/self/fd/%d/printer-", folder);
    printer_file_of(printer, DOOR_NAME_BYTES, &path);
    buf_str(&path, ".door");
    const char *text = buf_cstr(&path);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    bool ok = text && path.n < sizeof address->sun_path;
    if (ok)
        memcpy(address->sun_path, text, path.n);
    buf_finish(&path);
    return ok;
}

int printer_call(const char *dir, const char *printer)
{
    struct sockaddr_un address;
    const struct timeval most = {.tv_sec = CALL_TIMEOUT_S};
    int folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = folder >= 0 && printer_door_address(folder, printer, &address)
                 ? socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)
                 : -1;
    /* a full door makes us wait: not for ever */
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) != 0 ||
                    connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)) {
        close(fd);
        fd = -1;
    }
    if (folder >= 0)
        close(folder);
    return fd;
}

void printer_call_leave(int fd)
{
    static const char word[] = "leave";
    if (fd >= 0)
        (void)!send(fd, word, sizeof word - 1, MSG_NOSIGNAL);
}
