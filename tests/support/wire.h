/* A wire with a printer of few words behind it: takes as many bytes as the test says, then fails;
 * answers status, fence and process id as it is told, or with the test's own bytes. It knows a
 * question by its bytes (Epson APG), not by the encoder's. */
#ifndef BONBON_TESTS_SUPPORT_WIRE_H
#define BONBON_TESTS_SUPPORT_WIRE_H

#include "transport/transport.h"

struct wire {
    struct transport transport; /* what the code under test gets */
    /* Set by the test. */
    bool one_way;         /* no way back */
    size_t capacity;      /* bytes of jobs it takes before it fails; SIZE_MAX: all */
    bool refuses_more;    /* questions fail too once the capacity is used up */
    unsigned state;       /* printer_state bits it reports */
    unsigned status_mask; /* bit n: DLE EOT n is answered */
    bool fence, id;       /* GS r and GS ( H are answered */
    size_t turn;          /* bytes of an answer a receive; 0: all at once */
    struct slice before;  /* comes before every answer */
    bool flood;           /* every receive brings noise */
    bool fails_to_hear;
    size_t waiting; /* bytes that it says the printer did not accept */
    bool gone;      /* what fails says that the device left the bus */
    void *ctx;
    void (*on_bytes)(void *ctx, struct slice bytes); /* of a job, before they are taken */
    void (*on_answer)(void *ctx);                    /* before a proof is given */
    /* What happened. */
    struct buf job;  /* bytes of jobs that were taken */
    struct buf back; /* what waits to be received */
    size_t questions, fences, closed, flushed;
};

/* A printer that is ready, takes everything and answers everything. */
void wire_init(struct wire *wire);
void wire_finish(struct wire *wire);
/* The transport to hand over; wire outlives it. */
struct transport *wire_transport(struct wire *wire);

#endif
