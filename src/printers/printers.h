/* Printers as an owner sees them: which there are, how they are, adding one, and a page that shows
 * what one can do. Needs no open shop: a folder with printers.d, or none at all.
 *
 * Asking disturbs nobody: the printer's lock is taken without waiting (a worker of ours that is
 * idle lets go of it for a moment), and a device that another program or usblp's user holds is
 * left alone. */
#ifndef BONBON_PRINTERS_PRINTERS_H
#define BONBON_PRINTERS_PRINTERS_H

#include "base/arena.h"
#include "base/env.h"
#include "printer/entry.h"
#include "printer/guess.h"

/* ── what there is ── */

enum printer_standing {
    STANDING_READY,       /* prints; also with paper low */
    STANDING_NOT_READY,   /* answers, and says why it does not print */
    STANDING_SILENT,      /* takes what it is sent and says nothing of itself */
    STANDING_PRINTING,    /* for this shop */
    STANDING_OFF,         /* off, not plugged in, or not answering */
    STANDING_HELD,        /* by another program */
    STANDING_UNREACHABLE, /* no permission, no network, …: trouble says */
    STANDING_WRONG,       /* its file in printers.d is */
};
/* For programs: "ready", "not_ready", "silent", … */
const char *printer_standing_name(enum printer_standing standing);

struct printer_seen {
    struct slice name;       /* in printers.d; "" when only plugged in */
    struct slice uri;        /* how it is reached; of a new one, how to reach it best */
    bool plugged;            /* seen on USB now */
    struct slice port, node; /* on USB: "1-2.3", "/dev/bus/usb/001/004" */
    struct slice maker, model, serial, firmware, device_id; /* "" where it does not say */
    const struct profile *profile;                          /* NULL when its file is wrong */
    bool configured;            /* printers.d says the profile; else it is the guess */
    struct printer_guess guess; /* from what it says of itself */
    struct slice why;           /* that profile, in words */
    enum printer_standing standing;
    unsigned state;      /* printer_state bits, when it answered */
    struct slice status; /* in words */
    int holder_pid;      /* of STANDING_HELD; 0 unknown */
    struct slice holder; /* its program */
    struct err trouble;  /* ERR_NONE when there is none */
};

struct printers_query {
    const char *dir; /* the shop's folder; NULL: what is plugged in alone */
    enum lang lang;
    unsigned timeout_ms; /* for each answer of a printer */
};

/* Those of the shop by name, then what else is plugged in by port. usb_trouble is ERR_NONE, or why
 * USB could not be looked at. Asks all at once; blocks until the slowest answered. ERR_TOO_BIG. */
bool printers_list(const struct printers_query *query, struct arena *arena,
                   const struct printer_seen **seen, size_t *n, struct err *usb_trouble,
                   struct err *err);

/* ── adding one ── */

struct printer_add {
    const char *dir, *name;
    const char *uri;     /* NULL: the only one plugged in that the shop does not have */
    const char *profile; /* NULL: guessed */
    const char *role;    /* NULL: receipt for the first printer, none for others */
    enum lang lang;      /* of the comments */
};

struct printer_added {
    struct slice file; /* "printers.d/bar.yaml" */
    struct slice uri, role;
    const struct profile *profile;
    bool guessed;
    struct printer_guess guess;
    struct slice why; /* the profile, in words */
};

/* Writes DIR/printers.d/NAME.yaml, whole or not at all. A USB printer is written by the address
 * that names it alone: its serial number, or its port where that is missing or shared.
 * ERR_PRINTER_NEW_NAME, ERR_PRINTER_EXISTS (nothing is touched), ERR_PRINTER_SAME (the shop has it
 * under another name), ERR_PRINTER_URI, _OPTION, _WHICH (several fit), _NONE_NEW (no uri was said),
 * ERR_PROFILE, ERR_FILE_WRITE. */
bool printers_add(const struct printer_add *add, struct arena *arena, struct printer_added *added,
                  struct err *err);

/* ── a page that shows what it can do ── */

struct printer_test {
    const char *dir;     /* may be NULL when printer is a URI */
    const char *printer; /* a name or a URI */
    const char *profile; /* NULL: its own, else guessed */
    enum lang lang;
    int timeout_ms;
    bool dry_run; /* nothing is sent */
    const struct env *env;
};

struct printer_tested {
    struct slice name, uri;
    const struct profile *profile;
    const char *state;  /* "printed", "sent", "unknown" or "none", as a job's */
    struct err trouble; /* ERR_NONE, or why it is not on paper */
};

/* Appends the page's bytes, and prints it. Trouble with the printer is told in *tested and is not a
 * failure of the call. ERR_PRINTER_NAME, _URI, _OPTION, ERR_PROFILE, ERR_TOO_BIG. */
bool printers_test(const struct printer_test *test, struct arena *arena, struct buf *bytes,
                   struct printer_tested *tested, struct err *err);

#endif
