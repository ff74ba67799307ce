/* Who holds a device: the program that has its node open, found through /proc. For the words of an
 * error; by the time they are read it may have let go. */
#ifndef BONBON_TRANSPORT_HOLDER_H
#define BONBON_TRANSPORT_HOLDER_H

#include "base/err.h"

enum { HOLDER_NAME_BYTES = 32 };

struct holder {
    int pid;                      /* 0: nobody that we may see */
    char name[HOLDER_NAME_BYTES]; /* as the kernel calls the program */
};

/* The first program but this one that has node ("/dev/bus/usb/001/004", "/dev/ttyUSB0") open; *who
 * with pid 0 when there is none or it belongs to another user. Reads /proc; a millisecond or so. */
void holder_find(const char *node, struct holder *who);
/* The program that has a flock() on an open file, through /proc/locks; pid 0 as above. */
void holder_find_lock(int fd, struct holder *who);
/* "cupsd (412)", or "?" where nobody is known; at most cap bytes with the NUL. */
void holder_words(const struct holder *who, char *out, size_t cap);

#endif
