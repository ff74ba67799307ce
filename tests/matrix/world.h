/* A shop's worker and one printer, in process and on a clock of their own: the device of
 * src/device behind a wire that moves the clock while it waits, so that a minute without paper
 * takes no time. The wire has the manners of the one it stands for: USB's transfers end when the
 * printer took the last byte, TCP's kernel takes more than the printer does, a serial line without
 * flow control loses what nobody took. */
#ifndef BONBON_TESTS_MATRIX_WORLD_H
#define BONBON_TESTS_MATRIX_WORLD_H

#include "device/device.h"
#include "transport/transport.h"

enum world_wire { WORLD_USB, WORLD_TCP, WORLD_SERIAL };

struct world {
    enum world_wire kind;
    struct profile profile; /* generic-80's with the proof that the test asks for */
    struct device *dev;
    int64_t now_us;
    struct buf paper; /* text of the pieces that were cut off */
    void *ctx;
    void (*happen)(void *ctx); /* after each move of the clock; may be NULL */
    bool dark;                 /* TCP: the network is gone, without a word to either side */
};

enum { WORLD_SECOND_US = 1000000 };

/* seed: of the noise on a corrupt back channel. */
void world_make(struct world *w, enum world_wire kind, enum profile_proof proof, uint64_t seed);
void world_finish(struct world *w);
/* The clock goes on. */
void world_wait(struct world *w, int64_t us);
void world_order(struct world *w, const char *words);
/* A session's wire; ERR_PRINTER_UNPLUGGED, ERR_PRINTER_IO. */
bool world_open(struct world *w, struct transport **t, struct err *err);
/* The paper so far, the piece in the printer too; a line of "====" behind each piece. */
void world_paper(const struct world *w, struct buf *text);

#endif
