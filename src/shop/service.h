/* The spool as a service: a worker a printer, until it is told to stop.
 *
 * Each worker is a thread with its own shop (store, configuration, wires); they share nothing but
 * the database. It sleeps at its door (spool/door.h) and begins when somebody brings a job; it also
 * looks every second, so that a printer that was not ready is asked again and no job depends on a
 * word that got lost. While there is nothing to do it keeps the session with the printer for some
 * seconds, then gives printer and lock back. What an owner changes (shop.yaml, printers.d,
 * profiles.d) counts from the next job; printers that are added get their worker.
 *
 * Everything is told from the thread that called service_run(). */
#ifndef BONBON_SHOP_SERVICE_H
#define BONBON_SHOP_SERVICE_H

#include "shop/shop.h"

enum { SERVICE_PRINTERS_MAX = 100, SERVICE_WORDS_BYTES = 256 };

/* How one worker stands. */
struct service_state {
    const char *printer;
    bool working;       /* is printing now */
    size_t waiting;     /* jobs that wait for this printer */
    struct err trouble; /* why, or ERR_NONE */
};

struct service {
    const char *dir; /* of the shop */
    const struct env *env;
    const struct slice *printers; /* names of printers.d; n_printers 0: all, and those to come */
    size_t n_printers;
    int stop_fd; /* becomes readable when the service shall end; not read */
    void *ctx;
    /* Every worker listens. */
    void (*ready)(void *ctx);
    /* Some worker's state is another one than before. */
    void (*changed)(void *ctx, const struct service_state *states, size_t n);
    /* About once a second, as long as every worker is known to be alive. */
    void (*alive)(void *ctx);
    /* A job that somebody has to look at, a picture that is missing. */
    void (*tell)(void *ctx, const char *printer, const struct err *what);
};

/* Blocks until stop_fd is readable; then the workers finish the job they are at. ERR_PRINTER_NAME,
 * ERR_SPOOL_RUNNING {printer} where another service works for a printer, what shop_open() gives. */
bool service_run(const struct service *service, struct err *err);

#endif
