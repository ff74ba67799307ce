/* One worker of the service: a thread that prints what is queued for its printer. Private to this
 * room. */
#ifndef BONBON_SHOP_SERVICE_WORKER_H
#define BONBON_SHOP_SERVICE_WORKER_H

#include "shop/house.h"

enum service_report_kind {
    REPORT_LISTENS, /* whoever brings a job from now on is heard */
    REPORT_STATE,   /* also once a second, as a sign of life */
    REPORT_TELL,
    REPORT_ENDED /* err: why it could not begin, or ERR_NONE */
};

/* What a worker writes to report_fd: one write, smaller than PIPE_BUF. */
struct service_report {
    enum service_report_kind kind;
    unsigned number; /* of the worker */
    bool working;
    size_t waiting;
    struct err err;
};

struct service_place {
    const char *dir;
    const struct env *env;
    unsigned number;
    int stop_fd; /* readable: end; not read */
    int report_fd;
};

struct service_worker;

bool service_worker_start(struct service_worker **worker, struct slice printer,
                          const struct service_place *place, struct err *err);
const char *service_worker_printer(const struct service_worker *worker);
/* Waits until the thread has ended, and frees it. NULL is fine. */
void service_worker_join(struct service_worker *worker);

#endif
