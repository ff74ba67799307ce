/* What wires over a file descriptor share: writing and reading without blocking past a time, with
 * exact counts. Inside the room, and for tests that bring a pipe or a socket of their own. */
#ifndef BONBON_TRANSPORT_FD_H
#define BONBON_TRANSPORT_FD_H

#include "transport/transport.h"

enum { FD_NAME_BYTES = 192, FD_RECEIVE_BYTES = 4096 };

struct fd_wire {
    struct transport transport;
    int fd;
    bool is_socket, is_pipe;  /* how it is written without SIGPIPE */
    bool zero_is_nothing;     /* reading 0 bytes is not the end (kernel printer devices) */
    char name[FD_NAME_BYTES]; /* as errors call it */
};

/* Takes fd over (also when it fails) and makes it non-blocking. */
bool fd_wire_create(struct fd_wire **wire, const struct transport_ops *ops, int fd,
                    const char *name, struct err *err);
/* A wire over a connected socket or the two-way device fd. */
bool transport_fd(int fd, const char *name, struct transport **t, struct err *err);

/* These answer 0 or an errno. fd_push gives up (ETIMEDOUT) when no byte was taken for timeout_ms;
 * *taken is what write() took, in any case. */
int fd_push(const struct fd_wire *wire, struct slice bytes, unsigned timeout_ms, size_t *taken);
/* At most FD_RECEIVE_BYTES, so that a device that never stops talking is read in turns. ECONNRESET
 * at the end of the stream. */
int fd_pull(const struct fd_wire *wire, unsigned timeout_ms, struct buf *out);
/* Waits for poll() events; ETIMEDOUT when they do not come. Trouble on fd counts as an event: the
 * next call on fd tells it. */
int fd_wait(int fd, short events, int64_t deadline_ms);
/* Why open() of a device node failed: ERR_PRINTER_HELD (by which program and process),
 * ERR_PRINTER_GROUP (the node's group, else usual_group), ERR_PRINTER_UNPLUGGED, ERR_PRINTER_IO.
 * Always false. */
bool fd_fail_open(const char *name, const char *path, const char *usual_group, int why,
                  struct err *err);
/* ERR_PRINTER_IO with the wire's name and the errno in words. Always false. */
bool fd_fail(const struct fd_wire *wire, int why, struct err *err);

/* For vtables. */
bool fd_send(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
             struct err *err);
bool fd_receive(struct transport *t, unsigned timeout_ms, struct buf *out, struct err *err);
void fd_close(struct transport *t);

#endif
