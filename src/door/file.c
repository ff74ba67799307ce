#include "door/door.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

bool door_read_file(const char *path, size_t max, struct buf *out, struct err *err)
{
    buf_init(out, max);
    if (buf_read_file(out, path))
        return true;
    int cause = errno;
    buf_finish(out);
    return FAIL(err, cause == EFBIG ? ERR_TOO_BIG : ERR_FILE_OPEN, path, strerror(cause));
}

bool door_write_file(const char *path, struct slice bytes, struct err *err)
{
    FILE *f = is_standard(path) ? stdout : fopen(path, "wb");
    bool ok = f && (!bytes.n || fwrite(bytes.p, 1, bytes.n, f) == bytes.n);
    if (f && (is_standard(path) ? fflush(f) : fclose(f)) != 0)
        ok = false;
    return ok || FAIL(err, ERR_FILE_WRITE, path, strerror(errno));
}

/* A device, a pipe or a link is written through: it is not ours to replace. */
static bool can_replace(const char *path)
{
    struct stat there;
    return !is_standard(path) && (lstat(path, &there) != 0 || S_ISREG(there.st_mode));
}

static bool put_durably(FILE *f, struct slice bytes)
{
    return (!bytes.n || fwrite(bytes.p, 1, bytes.n, f) == bytes.n) && fflush(f) == 0 &&
           fsync(fileno(f)) == 0;
}

bool door_keep_file(const char *path, struct slice bytes, struct err *err)
{
    char fresh[PATH_MAX];
    if (!can_replace(path))
        return door_write_file(path, bytes, err);
    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh)
        return FAIL(err, ERR_FILE_WRITE, path, strerror(ENAMETOOLONG));
    FILE *f = fopen(fresh, "wb");
    bool ok = f && put_durably(f, bytes);
    int cause = errno;
    if (f && fclose(f) != 0 && ok) {
        ok = false;
        cause = errno;
    }
    if (ok && rename(fresh, path) != 0) {
        ok = false;
        cause = errno;
    }
    if (!ok && f)
        remove(fresh);
    return ok || FAIL(err, ERR_FILE_WRITE, path, strerror(cause));
}
