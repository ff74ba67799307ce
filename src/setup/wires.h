/* The wires a shop can use: the table of schemes, and the virtual printer as a wire whose pictures
 * land in a folder. Private to this room. */
#ifndef BONBON_SETUP_WIRES_H
#define BONBON_SETUP_WIRES_H

#include "protocol/profile.h"
#include "transport/transport.h"

struct wires {
    const char *dir;               /* the shop's folder: relative paths of URIs start here */
    const struct profile *profile; /* of the printer being opened */
    int64_t job;                   /* being sent: names its picture */
    unsigned sessions;             /* opened with faults so far */
};

/* Whether a printer's URI is one, whatever may be there now; ERR_PRINTER_URI. */
bool wires_check(const char *uri, struct err *err);
/* Opens a printer's URI. */
bool wires_open(struct wires *wires, const char *uri, struct transport **t, struct err *err);
/* From now on the bytes belong to this job. */
void wires_begin_job(struct wires *wires, int64_t job);

/* "job-12.png" as PNG of what these bytes print, with a margin of paper around. */
bool wires_picture(struct slice bytes, const struct profile *profile, struct buf *png,
                   struct err *err);

#endif
