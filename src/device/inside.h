/* The inside of a device, shared by device.c (time, mechanism, buffer), wire.c and
 * world.c (the outside world). */
#ifndef BONBON_DEVICE_INSIDE_H
#define BONBON_DEVICE_INSIDE_H

#include "device/device.h"
#include "virtual/machine.h"
#include "device/order.h"

enum {
    DEVICE_MAX_ORDERS = 1024,
    DEVICE_REAL_TIME_BYTES = 10, /* of the longest real-time command, DLE DC4 8 */
    DEVICE_ANSWER_BYTES = 64 << 10,
    DEVICE_FLOOD_BYTES_A_MS = 64,
    DEVICE_NV_US_A_BYTE = 10,      /* writing flash, about 100 KB/s (unverified) */
    DEVICE_PIECE_MAX_DOTS = 32768, /* without a cut, what is longer is taken as a piece */
};

enum back { BACK_OK, BACK_SILENT, BACK_FLOOD, BACK_CORRUPT };

struct waiting_order {
    struct order order;
    uint64_t due; /* at this time, number of bytes, cuts or micrometres */
};

/* What the world did to the printer. */
struct world {
    bool paper_out, paper_low, cover_open;
    bool
        cover_while_printing; /* it was opened while the paper moved: an error until it is closed */
    bool jammed;              /* the knife cannot move */
    bool cutter_error;        /* it tried and could not */
    bool hot, error, failed, drawer_open;
};

/* What the mechanism is doing. */
struct motion {
    bool busy, frozen;
    int64_t until_us; /* when it ends, unless frozen */
    int64_t left_us;  /* frozen: what is left of it */
    uint64_t half;    /* dots of paper it moves, first */
    int64_t tail_us;  /* of cutting and writing NV memory, afterwards */
    uint64_t cuts;
    size_t marks_before; /* of the printer, when it began */
};

struct device {
    struct virtual_printer *vp;
    const struct profile *profile;
    struct device_watch watch;
    uint32_t buffer_bytes, speed_mm_s;
    int64_t cut_us, now_us;
    bool unlimited, network;

    struct buf in; /* the receive buffer, from in_at on */
    size_t in_at;
    uint8_t matched[DEVICE_REAL_TIME_BYTES]; /* the beginning of a real-time command */
    unsigned n_matched;
    struct buf out; /* answers, from out_at on */
    size_t out_at;

    struct motion motion;
    struct world world;
    int64_t wait_until_us; /* before going on after paper came back */
    bool powered, plugged;
    unsigned port, connection;

    int64_t nak_until_us; /* 0: takes bytes */
    bool stall_out, stall_in, halted_out, halted_in, is_short;
    int64_t short_left; /* bytes */
    enum back back;
    int64_t flood_from_us;
    uint64_t flooded, random;

    uint64_t received, moved_half, cuts; /* that happened */
    struct waiting_order orders[DEVICE_MAX_ORDERS];
    unsigned n_orders;
};

uint64_t device_paper_um(const struct device *dev);
/* Works off what it can at this moment. */
void device_run(struct device *dev);
/* Bytes that the receive buffer has room for; puts some there, room or not. */
size_t device_room(const struct device *dev);
void device_put_in(struct device *dev, const uint8_t *p, size_t n);
/* How many of these bytes, which come next, are one step: a command, or what there is of it. */
size_t device_a_step(const struct device *dev, struct slice bytes);
/* Nothing waits, and what comes is worked off at once. */
bool device_is_at_rest(const struct device *dev);
/* What was received and not printed is dropped. */
void device_drop_input(struct device *dev);
/* The mechanism stops dead where it is: what it had not done is not on paper. */
void device_stop_dead(struct device *dev);

/* wire.c */
/* Answers of the printer go to the wire. */
void device_collect(struct device *dev);

/* world.c */
/* Tells the printer in which state it is; starts and stops the mechanism. */
void device_apply(struct device *dev);
void device_say(struct device *dev, const char *words);
/* Gives the orders that are due by bytes, cuts or paper. */
void device_give_due(struct device *dev);
/* Gives the first order that is due at this time or before; false when there is none. */
bool device_give_timed(struct device *dev);
/* When the next one is due: by time, or INT64_MAX; by bytes, how many more may come before, or
 * UINT64_MAX. */
int64_t device_order_time(const struct device *dev);
uint64_t device_order_bytes(const struct device *dev);
/* DLE ENQ n. */
void device_recover(struct device *dev, unsigned n);
void device_power_off(struct device *dev);

#endif
