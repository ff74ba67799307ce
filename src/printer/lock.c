/* The lock of a printer: flock() on a file that stays. The kernel gives it back when its holder
 * dies, however it dies; a file that were removed could be locked by two at once. */
#include "printer/lock.h"

#include "transport/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>

enum {
    FILE_NAME_BYTES = 160, /* of the printer's name in the file's, before it is cut and hashed */
    STEP_MAX_MS = 20,
};

void printer_file_of(const char *printer, size_t most, struct buf *out)
{
    uint64_t hash = 0xCBF29CE484222325u; /* FNV-1a */
    size_t from = out->n;
    for (const char *c = printer; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || *c == '-' || *c == '_' || *c == '.';
        hash = (hash ^ (uint8_t)*c) * 0x100000001B3u;
        if (plain)
            buf_byte(out, (uint8_t)*c);
        else
            buf_printf(out, "%%%02X", (unsigned)(uint8_t)*c);
    }
    if (out->n - from > most) {
        out->n = from + most;
        buf_printf(out, "-%016llx", (unsigned long long)hash);
    }
}

int printer_open_file(const char *dir, const char *printer, const char *suffix, struct err *err)
{
    struct buf path;
    buf_init(&path, 0);
    buf_printf(&path, "%s/printer-", dir);
    printer_file_of(printer, FILE_NAME_BYTES, &path);
    buf_str(&path, suffix);
    const char *name = buf_cstr(&path);
    int fd = name ? open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660) : -1;
    if (fd < 0) {
        char text[128];
        FAIL(err, ERR_FILE_WRITE, name ? name : dir, strerror_r(errno, text, sizeof text));
    }
    buf_finish(&path);
    return fd;
}

/* flock() knows no time-out: it is asked again in growing steps. */
bool printer_take_file(int fd, int timeout_ms)
{
    int64_t deadline = transport_clock_ms() + timeout_ms;
    for (int step = 1;;) {
        if (flock(fd, timeout_ms < 0 ? LOCK_EX : LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno == EINTR)
            continue;
        int64_t left = deadline - transport_clock_ms();
        if (errno != EWOULDBLOCK || timeout_ms < 0 || left <= 0)
            return false;
        poll(NULL, 0, left < step ? (int)left : step);
        step = step * 2 < STEP_MAX_MS ? step * 2 : STEP_MAX_MS;
    }
}
