/* What a service tells systemd (sd_notify(3)): one datagram to the socket that $NOTIFY_SOCKET
 * names. The protocol is stable and documented for programs without its library, which is why there
 * is none here. */
#ifndef BONBON_CLI_NOTIFY_H
#define BONBON_CLI_NOTIFY_H

#include "base/slice.h"

/* "READY=1", "STATUS=words", "WATCHDOG=1", "STOPPING=1". Nothing happens where nobody listens. */
void notify(struct slice text);

#endif
