/* A printer's lock with the session and the memory of who holds it. */
#include "spool/internal.h"

#include "printer/lock.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    JOB_ARENA_BYTES = 64 << 10,
    BYTES_MAX = 64 << 20,
};

bool spool_lock(const char *dir, const char *printer, int timeout_ms, struct spool_lock **out,
                struct err *err)
{
    struct spool_call *call = NULL;
    int fd = printer_open_file(dir, printer, ".lock", err);
    if (fd < 0)
        return false;
    bool taken = printer_take_file(fd, SPOOL_DO_NOT_WAIT);
    if (!taken && timeout_ms != SPOOL_DO_NOT_WAIT) {
        call = spool_call_worker(dir, printer);
        spool_call_leave(call);
        taken = printer_take_file(fd, timeout_ms);
    }
    if (!taken) {
        spool_hang_up(call);
        close(fd);
        return FAIL(err, ERR_PRINTER_BUSY, printer);
    }
    struct spool_lock *lock = calloc(1, sizeof *lock);
    if (!lock || !(lock->printer = strdup(printer)) || !arena_init(&lock->arena, JOB_ARENA_BYTES)) {
        if (lock)
            free(lock->printer);
        free(lock);
        spool_hang_up(call);
        close(fd);
        return FAIL(err, ERR_TOO_BIG, printer, "memory");
    }
    lock->fd = fd;
    lock->call = call;
    buf_init(&lock->document, SPOOL_DOCUMENT_MAX_BYTES);
    buf_init(&lock->bytes, BYTES_MAX);
    *out = lock;
    return true;
}

void spool_end_session(struct spool_lock *lock)
{
    printer_destroy(lock->session);
    lock->session = NULL;
}

void spool_unlock(struct spool_lock *lock)
{
    if (!lock)
        return;
    spool_end_session(lock);
    arena_finish(&lock->arena);
    buf_finish(&lock->document);
    buf_finish(&lock->bytes);
    free(lock->printer);
    close(lock->fd);
    spool_hang_up(lock->call);
    free(lock);
}

const char *spool_lock_printer(const struct spool_lock *lock)
{
    return lock->printer;
}
