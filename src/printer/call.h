/* Calling the worker that has a printer: it listens at its door, a socket beside the printer's lock
 * (spool/door.h says what goes over it). For everybody who needs the printer for something that is
 * no job. */
#ifndef BONBON_PRINTER_CALL_H
#define BONBON_PRINTER_CALL_H

#include "base/err.h"

#include <sys/un.h>

/* Where the door of a printer is, seen from its folder (an open descriptor): the door's own path
 * may be too long for an address. False when it has none. */
bool printer_door_address(int folder, const char *printer, struct sockaddr_un *address);
/* A descriptor connected to the door; −1 when nobody listens. May block for a second, where too
 * many call. */
int printer_call(const char *dir, const char *printer);
/* Asks the worker to give the lock back when it is done with what it does; does not wait. It stays
 * away until fd is closed. −1 is fine. */
void printer_call_leave(int fd);

#endif
