/* Wires to printers: one vtable, one file a wire. A wire carries bytes and knows nothing of what
 * they mean.
 *
 * Every wire reports exactly how many bytes the device took, whatever happened. Schemes are a table
 * that the caller brings (shop registers them), so that this room need not know the printer in
 * software. One thread at a time for one wire. */
#ifndef BONBON_TRANSPORT_TRANSPORT_H
#define BONBON_TRANSPORT_TRANSPORT_H

#include "base/err.h"

struct transport;

struct transport_ops {
    /* Sends what it can within timeout_ms of no progress; *taken is exactly what the device took,
     * also when it returns false, where bytes that somebody on the way holds and that cannot be
     * called back count as taken. Go on with the rest, or close. ERR_PRINTER_IO with the wire's
     * address and the cause. */
    bool (*send)(struct transport *t, struct slice bytes, unsigned timeout_ms, size_t *taken,
                 struct err *err);
    /* Appends what the device sent, waiting at most timeout_ms for the first byte; true with
     * nothing appended when nothing came. NULL: the wire has no way back. */
    bool (*receive)(struct transport *t, unsigned timeout_ms, struct buf *out, struct err *err);
    void (*close)(struct transport *t);
    /* Waits until the device took what send counted: a kernel may still hold it. NULL: send says it
     * already. timeout_ms without progress. */
    bool (*flush)(struct transport *t, unsigned timeout_ms, struct err *err);
    /* Bytes that send counted and the device has not accepted, on a wire that is alive: it makes no
     * room for them now and will get them when it does, and whatever is asked stands behind them.
     * 0: none, or the wire may be dead. NULL: the device accepted what send counted. */
    size_t (*waiting)(const struct transport *t);
    /* GET_PORT_STATUS of the USB printer class, which a printer answers beside its data, also when
     * it takes none; false: it does not say. NULL: the wire has no such thing. */
    bool (*port_status)(struct transport *t, uint8_t *status);
    /* The device loses what comes while it has no room, and nobody hears of it (a serial line
     * without flow control). NULL: it does not. */
    bool (*overruns)(const struct transport *t);
    /* Milliseconds of the clock that this wire's times are counted by. NULL: transport_clock_ms().
     * A wire into a world of its own (a printer in software on a clock that a test moves) brings
     * the time of that world, and whoever waits for the wire waits by it. */
    int64_t (*clock_ms)(const struct transport *t);
};

/* First member of every wire's own struct. */
struct transport {
    const struct transport_ops *ops;
};

struct transport_scheme {
    const char *scheme; /* "file", "tcp": what stands before the colon */
    const char *example;
    void *ctx; /* handed to open */
    /* Whether an address can be one of this scheme; rest is what stands behind "scheme:". */
    bool (*check)(const char *rest);
    bool (*open)(void *ctx, const char *rest, struct transport **t, struct err *err);
    /* A closer look at an address that check let pass, with words for what is wrong in it. NULL:
     * check has seen it all. */
    bool (*vet)(void *ctx, const char *rest, struct err *err);
};

/* Schemes for a wire that stands before another wire. */
struct transport_table {
    const struct transport_scheme *schemes; /* those of this room alone where it is NULL */
    size_t n;
    unsigned *sessions; /* counted up by each opening; NULL: every one is the first */
};

/* Whether uri can be opened by a scheme, without touching what it names; ERR_PRINTER_URI,
 * ERR_PRINTER_OPTION. */
bool transport_check(const struct transport_scheme *schemes, size_t n, const char *uri,
                     struct err *err);
/* Opens uri by the scheme it names; ERR_PRINTER_URI when no scheme knows it. */
bool transport_open(const struct transport_scheme *schemes, size_t n, const char *uri,
                    struct transport **t, struct err *err);
void transport_close(struct transport *t); /* NULL is fine */
/* Whether wires fail with this error: its arguments are whose wire it is (its address, until
 * somebody who knows the printer's name puts that there) and what is the matter. */
bool transport_error(enum err_code code);
/* Milliseconds of a clock that nobody sets: what time-outs are counted by. */
int64_t transport_clock_ms(void);
/* The same of the wire's own clock, where it has one. */
int64_t transport_wire_ms(const struct transport *t);

/* file:PATH appends to a file, or writes to what stands there (a pipe, /dev/null). No way back. */
extern const struct transport_scheme transport_file;
/* tcp://HOST:9100 raw, status on the same socket. */
extern const struct transport_scheme transport_tcp;
/* lp:/dev/usb/lp0 the kernel's usblp. */
extern const struct transport_scheme transport_lp;
/* serial:/dev/ttyUSB0?baud=9600&flow=rts, see serial.h. */
extern const struct transport_scheme transport_serial;
/* fault:SEED+URI, any other wire with faults, see fault.h; its ctx is a struct transport_table. */
extern const struct transport_scheme transport_fault;
/* Every wire of this room, by its scheme, for callers to copy and add their own to. A new wire is
 * one more row in schemes.c. */
size_t transport_schemes(const struct transport_scheme *const **schemes);

#endif
