/* What the files of printers.h share. Private to them. */
#ifndef BONBON_PRINTERS_INSIDE_H
#define BONBON_PRINTERS_INSIDE_H

#include "printers/printers.h"
#include "spool/door.h"
#include "spool/spool.h"
#include "transport/usb.h"

enum { PRINTERS_PATH_BYTES = 4096, PRINTERS_URI_BYTES = 1024, PRINTERS_TEXT_BYTES = 128 };

/* The right to talk to a printer for a moment: its lock, and its worker asked to step back. */
struct printer_hold {
    struct spool_lock *lock;
    struct spool_call *call;
};
/* Without a shop there is nobody to keep out, and nothing is held. ERR_PRINTER_BUSY when it is
 * printing. */
bool printer_hold(const char *dir, const char *printer, int timeout_ms, struct printer_hold *hold,
                  struct err *err);
void printer_let_go(struct printer_hold *hold);

/* One printer being asked: what goes in, and what comes out. Strings live with it. */
struct printer_inquiry {
    const char *dir;
    unsigned timeout_ms;
    const char *lock; /* its name for the lock */
    const char *uri;
    const struct profile *profile; /* as configured, else as guessed */
    bool configured;
    bool wants_model;              /* nothing else says what it is */
    const struct usb_printer *usb; /* that it is, or NULL */
    /* answers */
    enum printer_standing standing;
    unsigned state;
    struct holder holder;
    struct err trouble;
    char maker[PRINTERS_TEXT_BYTES], model[PRINTERS_TEXT_BYTES], serial[PRINTERS_TEXT_BYTES],
        firmware[PRINTERS_TEXT_BYTES];
};
/* Asks; may run in a thread of its own. */
void printer_inquire(struct printer_inquiry *inquiry);

/* "ready, paper low, drawer open" */
void printer_status_words(const struct printer_inquiry *inquiry, enum drawer_open drawer,
                          enum lang lang, struct buf *out);
/* Why this profile: "guessed: its IEEE 1284 id says TM-T20III" */
void printer_why_words(const struct printer_guess *guess, enum lang lang, struct buf *out);

/* What USB says of a device. */
void printer_guess_usb(const struct usb_printer *usb, struct slice answered_model,
                       struct printer_guess *guess);

/* The page. now_s is printed on it. */
struct printer_page {
    struct slice name, uri;
    const struct profile *profile;
    enum lang lang;
    int64_t now_s;
};
bool printer_page(const struct printer_page *page, struct buf *bytes, struct err *err);

#endif
