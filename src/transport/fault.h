/* A wire with faults before another wire: fault:SEED+URI, fault:SEED,rate=R,kinds=K/K@N+URI
 *
 *   SEED    a number: the same seed gives the same faults at the same bytes, however the bytes were
 *           cut into calls
 *   rate    of a thousand bytes, so many meet a fault of each kind (10 when not said, at most 1000)
 *   kinds   which; all when not said. KIND@N meets byte N of the session (from 0), once, and is not
 *           thrown for. Kinds of what is sent:
 *             short    the device takes what stands before the byte, and the call fails
 *             timeout  the same, and so do some calls after it, with nothing taken
 *             eio      from the byte on every call fails
 *             close    the wire behind is closed before the byte: unplugged
 *           and of what comes back:
 *             lost     a byte and up to seven after it never arrive
 *             garbled  a byte arrives changed
 *             doubled  a byte arrives, and then it and up to seven before it again
 *
 * Bytes are counted from the opening of the wire. Each further session of a program (struct
 * transport_table, sessions) draws other places from the same seed, and has no KIND@N: so a printer
 * that is opened again gets on, and a run of a program is the same as the one before. What a send
 * reports as taken is what the wire behind took. Nothing waits: a fault is told at once. */
#ifndef BONBON_TRANSPORT_FAULT_H
#define BONBON_TRANSPORT_FAULT_H

#include "transport/transport.h"

enum fault_kind {
    FAULT_SHORT,
    FAULT_TIMEOUT,
    FAULT_EIO,
    FAULT_CLOSE,
    FAULT_LOST,
    FAULT_GARBLED,
    FAULT_DOUBLED,
};
enum { FAULT_KINDS = FAULT_DOUBLED + 1 };

#endif
