/* Preloaded into a program to stop it where power, a kill or a bug could: at the Nth call that
 * changes a file or hands bytes to a printer.
 *
 *   BONBON_CRASH_AT    the number of the call, from 1; 0 or absent: never
 *   BONBON_CRASH_HALF  set: a write does its first half before the end comes (a torn write)
 *   BONBON_CRASH_LOG   a file that gets each call: "NAME OFFSET SIZE PATH\n" and the SIZE bytes
 *
 * Calls go to the kernel directly: nothing here depends on which C library function another
 * preloaded library (a sanitizer's) has taken. Counted are the calls of this program and its
 * libraries through the dynamic linker; what stdio writes inside the C library (pictures, answers)
 * is not part of what must survive. One thread. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
enum { PATH_BYTES = 4096, HEAD_BYTES = PATH_BYTES + 128, ITSELF = -1 };

static long calls, crash_at;
static bool half;
static int log_fd = ITSELF;

__attribute__((constructor)) static void read_wishes(void)
{
    const char *at = getenv("BONBON_CRASH_AT"), *path = getenv("BONBON_CRASH_LOG");
    crash_at = at ? strtol(at, NULL, 10) : 0;
    half = getenv("BONBON_CRASH_HALF") != NULL;
    if (path)
        log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

static void path_of(int fd, char path[PATH_BYTES])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_BYTES - 1);
    path[n < 0 ? 0 : n] = '\0';
}

static void put(const void *bytes, size_t n)
{
    if (syscall(SYS_write, log_fd, bytes, n) != (ssize_t)n)
        abort();
}

static void record(const char *name, const char *path, off_t offset, const void *bytes, size_t n)
{
    char head[HEAD_BYTES];
    int before = errno;
    if (log_fd == ITSELF)
        return;
    int length = snprintf(head, sizeof head, "%s %lld %zu %s\n", name, (long long)offset,
                          bytes ? n : 0, path);
    put(head, (size_t)length);
    if (bytes)
        put(bytes, n);
    errno = before;
}

static void record_fd(const char *name, int fd, off_t offset, const void *bytes, size_t n)
{
    char path[PATH_BYTES];
    if (log_fd == ITSELF)
        return;
    path_of(fd, path);
    record(name, path, offset, bytes, n);
}

/* Counts a call; true when it is the last one and a half of it is still to be done. */
static bool last_half(bool divisible)
{
    if (++calls != crash_at)
        return false;
    if (half && divisible)
        return true;
    kill(getpid(), SIGKILL);
    return false;
}

static void end(void)
{
    kill(getpid(), SIGKILL);
}

/* Where a write without an offset goes: -1 for what has no place (a socket, a pipe). */
static off_t position(int fd)
{
    int before = errno;
    bool appends = (fcntl(fd, F_GETFL) & O_APPEND) != 0;
    struct stat st;
    off_t at = (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
    if (at >= 0 && appends && fstat(fd, &st) == 0)
        at = st.st_size;
    errno = before;
    return at;
}

EXPORT ssize_t write(int fd, const void *bytes, size_t n)
{
    if (fd == STDOUT_FILENO || fd == STDERR_FILENO)
        return (ssize_t)syscall(SYS_write, fd, bytes, n);
    off_t at = position(fd);
    if (last_half(true)) {
        syscall(SYS_write, fd, bytes, n / 2);
        end();
    }
    ssize_t done = (ssize_t)syscall(SYS_write, fd, bytes, n);
    if (done > 0)
        record_fd("write", fd, at, bytes, (size_t)done);
    return done;
}

EXPORT ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
    if (last_half(true)) {
        syscall(SYS_sendto, fd, bytes, n / 2, flags, NULL, 0);
        end();
    }
    ssize_t done = (ssize_t)syscall(SYS_sendto, fd, bytes, n, flags, NULL, 0);
    if (done > 0)
        record_fd("write", fd, -1, bytes, (size_t)done);
    return done;
}

static ssize_t write_at(int fd, const void *bytes, size_t n, off_t at)
{
    if (last_half(true)) {
        syscall(SYS_pwrite64, fd, bytes, n / 2, at);
        end();
    }
    ssize_t done = (ssize_t)syscall(SYS_pwrite64, fd, bytes, n, at);
    if (done > 0)
        record_fd("write", fd, at, bytes, (size_t)done);
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at);
EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    return write_at(fd, bytes, n, at);
}

EXPORT ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    return write_at(fd, bytes, n, at);
}

/* As one write a part, so that it is torn and recorded like any other. */
EXPORT ssize_t writev(int fd, const struct iovec *parts, int n)
{
    ssize_t all = 0;
    for (int i = 0; i < n; i++) {
        ssize_t done = write(fd, parts[i].iov_base, parts[i].iov_len);
        if (done < 0)
            return all ? all : done;
        all += done;
        if ((size_t)done < parts[i].iov_len)
            break;
    }
    return all;
}

static int cut(int fd, off_t size)
{
    last_half(false);
    int status = (int)syscall(SYS_ftruncate, fd, size);
    if (status == 0)
        record_fd("truncate", fd, size, NULL, 0);
    return status;
}

int ftruncate64(int fd, off64_t size);
EXPORT int ftruncate64(int fd, off64_t size)
{
    return cut(fd, size);
}

EXPORT int ftruncate(int fd, off_t size)
{
    return cut(fd, size);
}

EXPORT int fsync(int fd)
{
    last_half(false);
    int status = (int)syscall(SYS_fsync, fd);
    record_fd("sync", fd, 0, NULL, 0);
    return status;
}

EXPORT int fdatasync(int fd)
{
    last_half(false);
    int status = (int)syscall(SYS_fdatasync, fd);
    record_fd("sync", fd, 0, NULL, 0);
    return status;
}

EXPORT int rename(const char *from, const char *to)
{
    last_half(false);
    int status = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    record("rename", to, 0, from, strlen(from));
    return status;
}

EXPORT int unlink(const char *path)
{
    last_half(false);
    int status = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    record("unlink", path, 0, NULL, 0);
    return status;
}

EXPORT int mkdir(const char *path, mode_t mode)
{
    last_half(false);
    int status = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    record("mkdir", path, 0, NULL, 0);
    return status;
}
