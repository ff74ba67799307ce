/* Files beside a shop's printers, and the lock on one: who has it may send. Shared by the spool and
 * by programs that look after printers. */
#ifndef BONBON_PRINTER_LOCK_H
#define BONBON_PRINTER_LOCK_H

#include "base/err.h"

/* Appends a file's name for a printer, of at most so many bytes and a hash: a printer may be named
 * by a URI, so what a name should not hold is written %XX. */
void printer_file_of(const char *printer, size_t most, struct buf *out);
/* Opens DIR/printer-NAME.SUFFIX, made when it is not there. −1 and ERR_FILE_WRITE. The lock's
 * suffix is ".lock". */
int printer_open_file(const char *dir, const char *printer, const char *suffix, struct err *err);
/* Locks it for this open file; waits at most timeout_ms, for ever when that is negative. Closing
 * gives it back. */
bool printer_take_file(int fd, int timeout_ms);

#endif
