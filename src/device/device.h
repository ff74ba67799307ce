/* A printer as a device: the printer in software (virtual.h) with time around it.
 *
 * Bytes go into a receive buffer of the model's size and leave it command by command, as fast as
 * the head and the knife move; the wire sees what fits and no more, which is flow control. An
 * answer to GS ( H or GS r leaves when the paper before it has come out. Real-time commands (DLE
 * EOT, ENQ, DC4) are found wherever they stand, as Epson's guide says, and acted on when they
 * arrive, also when the buffer is full or the printer is offline. A printer that stops (paper out,
 * cover open, jam, heat) keeps its buffer and goes on where it stood; one that loses power keeps
 * its paper, its NV memory and its counters, and nothing else. One that is plugged in again has
 * lost what it had received and not printed.
 *
 * Time is the caller's: device_advance() says what time it is, in microseconds of any clock that
 * does not run back, and nothing happens in between. A front end gives the real time, a test any
 * time it likes. The outside world (paper, cover, faults of the wire) is one small language, read
 * in order.h and described in docs/virtual.md.
 *
 * The same bytes and orders at the same times give the same paper and the same answers, however the
 * bytes were cut. No files, no sockets, no clock in here. One thread at a time. */
#ifndef BONBON_DEVICE_DEVICE_H
#define BONBON_DEVICE_DEVICE_H

#include "protocol/status.h"
#include "virtual/virtual.h"

/* Where a profile does not say; the cutter's time is nobody's figure (unverified). */
enum { DEVICE_BUFFER_BYTES = 4096, DEVICE_SPEED_MM_S = 200, DEVICE_CUT_MS = 300 };

struct device;

/* Called from inside device calls; both may be NULL. */
struct device_watch {
    void *ctx;
    /* A piece of paper is cut off: the rows above y_dots of the printer's paper. When this is set,
     * they are torn off when it returns, so that a stream of any length takes no memory; else the
     * paper stays in the printer until VIRTUAL_MAX_HEIGHT_DOTS. */
    void (*piece)(void *ctx, const struct virtual_printer *vp, uint32_t y_dots);
    /* What happened, in words for a log: "paper out", "drawer opened". Lives during the call. */
    void (*say)(void *ctx, const char *words);
};

struct device_options {
    const struct profile *profile;
    uint32_t buffer_bytes; /* 0: the profile's, or DEVICE_BUFFER_BYTES */
    uint32_t speed_mm_s;   /* 0: the profile's, or DEVICE_SPEED_MM_S */
    uint32_t cut_ms;       /* 0: DEVICE_CUT_MS */
    bool network; /* on a network cable: pulling it out breaks no connection and loses nothing; else
                     on USB */
    bool unlimited; /* head, knife and NV memory take no time */
    uint64_t seed;  /* of the noise on the back channel */
    struct device_watch watch;
};

/* Plugged in, switched on, with paper. Nothing but the profile is kept by reference. */
bool device_create(struct device **dev, const struct device_options *options, int64_t now_us,
                   struct err *err);
void device_destroy(struct device *dev);

/* ── time ── */

/* Does what is due until now_us, each thing at its own moment. */
void device_advance(struct device *dev, int64_t now_us);
/* The next moment at which something happens by itself (a line is out, an order is due), or
 * INT64_MAX. */
int64_t device_next_us(const struct device *dev);

/* ── the wire ── */

enum device_port {
    DEVICE_OPEN,    /* took everything */
    DEVICE_NAK,     /* took what fits; ask again after device_advance() */
    DEVICE_STALL,   /* the endpoint is halted until device_clear_halt() */
    DEVICE_SHORT,   /* took less and calls this transfer done (a fault on command) */
    DEVICE_REFUSED, /* unplugged or off */
};
/* Bytes from the host; returns how many were taken, from the front. */
size_t device_receive(struct device *dev, struct slice bytes, enum device_port *port);
/* Bytes for the host, at most `most`, appended; returns how many. A flood is as long as asked. */
size_t device_transmit(struct device *dev, struct buf *out, size_t most, enum device_port *port);
/* Whether device_transmit() would give something (or a STALL). */
bool device_has_answer(const struct device *dev);
void device_clear_halt(struct device *dev, bool in);
/* SOFT_RESET of the printer class: what was received and not printed is dropped, halts are gone. */
void device_soft_reset(struct device *dev);
/* GET_PORT_STATUS: bit 5 paper empty, 4 selected, 3 no error. */
uint8_t device_port_status(const struct device *dev);
/* The host on a wire without endpoints went away: answers that nobody took are dropped. */
void device_hang_up(struct device *dev);
/* Plugged in and switched on. */
bool device_is_present(const struct device *dev);
bool device_has_power(const struct device *dev);
/* Number of the port it is plugged into; another one after `plug N`. */
unsigned device_port_number(const struct device *dev);
/* Changes whenever the connection must be made anew, at once or later: unplug, power off, `reset`.
 */
unsigned device_connection(const struct device *dev);

/* ── the outside world ── */

/* A person tears off what stands out of the printer (for one without a cutter): a piece, if there
 * is any paper. */
void device_tear(struct device *dev);

/* One order: "paper out", "at 1200ms paper reload", "after 4096 bytes stall", "status" (answer gets
 * what it says; may be NULL). ERR_DEVICE_ORDER. */
bool device_order(struct device *dev, struct slice line, struct buf *answer, struct err *err);
/* A script: an order a line, # begins a remark. All of it is read before the first is given; the
 * error says its line. Times count from now. */
bool device_script(struct device *dev, struct slice text, struct err *err);

/* ── what can be seen ── */

/* The printer inside, to look at its paper. */
struct virtual_printer *device_printer(struct device *dev);
/* Conditions, enum printer_state. */
unsigned device_state(const struct device *dev);
/* Nothing is left to do: buffer empty, head and knife at rest. */
bool device_is_idle(const struct device *dev);
struct device_figures {
    uint64_t received_bytes; /* taken since it was made */
    uint32_t waiting_bytes;  /* in the buffer */
    uint32_t buffer_bytes;
    uint64_t paper_um; /* moved since it was made */
    uint64_t cuts, pulses;
    unsigned orders; /* not yet due */
};
struct device_figures device_figures(const struct device *dev);

/* ── NV memory: pictures, user memory, switches, custom values, counters ── */

/* As text; ERR_TOO_BIG. */
bool device_nv_save(const struct device *dev, struct buf *out, struct err *err);
/* Replaces it all; nothing is changed on an error (ERR_DEVICE_NV with its line). */
bool device_nv_load(struct device *dev, struct slice text, struct err *err);
/* Grows with each write to NV memory (counters are not counted as writes). */
uint64_t device_nv_writes(const struct device *dev);

#endif
