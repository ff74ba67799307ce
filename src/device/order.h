/* The language in which the outside world is told to a device, the same for a script, a control
 * socket and a test. One line is one order:
 *
 *     [at TIME | after N bytes|cuts|mm] VERB [WORD]
 *
 *     paper out | low | in | reload      cover open | close        cutter jam | clear
 *     heat | cool                        error | fail              recover
 *     drawer open | close                power off | on | cycle [TIME]
 *     unplug                             plug [PORT]               replug [PORT]
 *     nak [TIME] | nak off               stall [out | in]          short N
 *     back ok | silent | flood | corrupt | noise HEX               reset
 *     ok                                 status | text | counters
 *
 * TIME is 1200ms, 60s, 60 (seconds) or 500us. Here it is only read; device.h does it. Pure. */
#ifndef BONBON_DEVICE_ORDER_H
#define BONBON_DEVICE_ORDER_H

#include "base/err.h"

enum order_verb {
    ORDER_PAPER_OUT,
    ORDER_PAPER_LOW,
    ORDER_PAPER_IN,     /* paper is there again; low stays as it was */
    ORDER_PAPER_RELOAD, /* cover opened, a new roll, cover closed */
    ORDER_COVER_OPEN,
    ORDER_COVER_CLOSE,
    ORDER_CUTTER_JAM, /* the knife is blocked: an error now, and at every cut until it is cleared */
    ORDER_CUTTER_CLEAR,
    ORDER_HEAT,
    ORDER_COOL,
    ORDER_ERROR,   /* recoverable */
    ORDER_FAIL,    /* unrecoverable: only the switch helps */
    ORDER_RECOVER, /* what DLE ENQ 1 does, by hand */
    ORDER_DRAWER_OPEN,
    ORDER_DRAWER_CLOSE,
    ORDER_POWER_OFF,
    ORDER_POWER_ON,
    ORDER_POWER_CYCLE, /* n: microseconds between, 1 s when not said */
    ORDER_UNPLUG,
    ORDER_PLUG,   /* n: port, 0 for the same one */
    ORDER_REPLUG, /* unplug and plug half a second later */
    ORDER_NAK,    /* n: microseconds, 0 until told otherwise */
    ORDER_NAK_OFF,
    ORDER_STALL_OUT,
    ORDER_STALL_IN,
    ORDER_SHORT, /* n: bytes the next transfer is allowed */
    ORDER_BACK_OK,
    ORDER_BACK_SILENT,
    ORDER_BACK_FLOOD,
    ORDER_BACK_CORRUPT,
    ORDER_BACK_NOISE, /* bytes: sent to the host as they are */
    ORDER_RESET,      /* the connection breaks; the printer keeps everything */
    ORDER_OK,         /* all is well: paper, cover, knife, heat, wire and back channel */
    ORDER_STATUS,     /* questions */
    ORDER_TEXT,
    ORDER_COUNTERS,
    ORDER_VERBS
};

enum order_when { WHEN_NOW, WHEN_TIME, WHEN_BYTES, WHEN_CUTS, WHEN_MM };

enum { ORDER_MAX_NOISE_BYTES = 64, ORDER_MAX_AMOUNT = 1000000000 };

struct order {
    enum order_when when;
    int64_t amount; /* microseconds, bytes, cuts or millimetres from now */
    enum order_verb verb;
    int64_t n;
    uint8_t noise[ORDER_MAX_NOISE_BYTES];
    uint8_t n_noise;
};

enum order_line { ORDER_GOOD, ORDER_EMPTY /* blank or a remark */, ORDER_BAD };

/* Reads one line. ERR_DEVICE_ORDER with the words that are not understood. */
enum order_line order_parse(struct slice line, struct order *order, struct err *err);
/* What happened by it, for a log: "cover closed". */
const char *order_name(enum order_verb verb);

#endif
