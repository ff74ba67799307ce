/* NV memory wears out: writes are asked for, counted a day and device, and refused past the maker's
 * limit (Epson: ten a day). */
#include "firmware-tools/fw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum { DAY_SECONDS = 86400, PATH_BYTES = 4096, NAME_BYTES = 160, LINE_BYTES = 64 };

static unsigned limit_of(const struct fw *fw)
{
    return fw->profile->nv_writes_per_day ? fw->profile->nv_writes_per_day
                                          : PROFILE_NV_WRITES_PER_DAY;
}

static int32_t today(const struct fw *fw)
{
    return (int32_t)(fw->env.now(fw->env.ctx) / DAY_SECONDS);
}

enum { NO_FILE = -1, NO_COUNT = -2 };

/* The device's file, locked; NO_COUNT when it may not be made and is not there. */
static int open_count(const struct fw *fw, const struct fw_identity *identity, bool make,
                      struct err *err)
{
    char dir[PATH_BYTES], name[NAME_BYTES], path[PATH_BYTES + NAME_BYTES + 16];
    if (!fw_state_dir(dir, sizeof dir, err))
        return NO_FILE;
    fw_device_name(fw, identity, name, sizeof name);
    snprintf(path, sizeof path, "%s/writes-%s", dir, name);
    int fd = open(path, O_RDWR | (make ? O_CREAT : 0) | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0 && !make && errno == ENOENT)
        return NO_COUNT;
    if (fd < 0 || flock(fd, LOCK_EX) != 0) {
        FAIL(err, ERR_FILE_WRITE, path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return NO_FILE;
    }
    return fd;
}

/* "20779 3": the day and how many. A file that says something else counts as a full day, and a
 * clock that was set back keeps the count: a doubt must not wear a printer out. */
static unsigned count_of(const struct fw *fw, int fd)
{
    char line[LINE_BYTES];
    uint64_t day, count;
    ssize_t n = pread(fd, line, sizeof line, 0);
    if (n == 0)
        return 0;
    struct slice text = slice_trim(slice_of(line, n > 0 ? (size_t)n : 0)), rest;
    if (text.n && text.p[text.n - 1] == '\n')
        text.n--;
    size_t blank = slice_find(text, ' ');
    rest = slice_sub(text, blank + 1, text.n);
    if (!slice_u64(slice_sub(text, 0, blank), INT32_MAX, &day) ||
        !slice_u64(rest, UINT32_MAX, &count))
        return limit_of(fw);
    return (int64_t)day < today(fw) ? 0 : (unsigned)count;
}

static bool refuse(const struct fw *fw, unsigned count, struct err *err)
{
    char used[16], limit[16];
    snprintf(used, sizeof used, "%u", count);
    snprintf(limit, sizeof limit, "%u", limit_of(fw));
    return FAIL(err, ERR_FW_WEAR, fw->name, used, limit);
}

bool fw_allow_writes(struct fw *fw, const struct fw_identity *identity, unsigned writes,
                     struct err *err)
{
    int fd = open_count(fw, identity, false, err);
    if (fd == NO_FILE)
        return false;
    unsigned count = fd == NO_COUNT ? 0 : count_of(fw, fd);
    if (fd >= 0)
        close(fd);
    if (count + writes > limit_of(fw))
        return refuse(fw, count, err);
    fprintf(stderr, fw_word(fw, W_WEAR), count, limit_of(fw), writes);
    return fw_confirm(fw, err);
}

bool fw_count_writes(struct fw *fw, const struct fw_identity *identity, unsigned writes,
                     struct err *err)
{
    char line[LINE_BYTES];
    int fd = open_count(fw, identity, true, err);
    if (fd < 0)
        return false;
    unsigned count = count_of(fw, fd);
    if (count + writes > limit_of(fw)) {
        close(fd);
        return refuse(fw, count, err);
    }
    int n = snprintf(line, sizeof line, "%d %u\n", today(fw), count + writes);
    bool ok = pwrite(fd, line, (size_t)n, 0) == n && ftruncate(fd, n) == 0 && fsync(fd) == 0;
    if (!ok)
        FAIL(err, ERR_FILE_WRITE, "writes", strerror(errno));
    close(fd);
    return ok;
}
