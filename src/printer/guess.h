/* Which profile fits a printer, from what it says about itself: a guess with its reason, that a
 * person may overrule. The strongest clue counts: the model of its IEEE 1284 device id, its answer
 * to GS I 67, its USB product string, its USB vendor and product number. */
#ifndef BONBON_PRINTER_GUESS_H
#define BONBON_PRINTER_GUESS_H

#include "protocol/profile.h"

enum { PRINTER_CLUE_BYTES = 96 };

/* What is known; empty where it is not. */
struct printer_clues {
    struct slice device_id_model; /* MDL of the device id */
    struct slice answered_model;  /* to GS I 67 */
    struct slice product;         /* USB product string */
    uint16_t vid, pid;            /* 0: not on USB */
    const char *usb_name;         /* what the table of USB devices calls it; may be NULL */
};

enum printer_clue {
    CLUE_NONE, /* nothing is known of it */
    CLUE_DEVICE_ID,
    CLUE_ANSWER,
    CLUE_PRODUCT,
    CLUE_USB_ID,
};

struct printer_guess {
    const struct profile *profile;
    enum printer_clue clue;
    bool exact;                    /* the profile is of this model; else of its nearest relative */
    char text[PRINTER_CLUE_BYTES]; /* the clue itself: "TM-T20III", "0416:5011 POS-58 …" */
};

/* Without a clue *guess is generic-80. */
void printer_guess(const struct printer_clues *clues, struct printer_guess *guess);

/* The table, for a test to walk: a model by a word in its name, or by its USB numbers. */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): thirty rows, read by eye */
struct printer_model {
    const char *word; /* NULL: by number */
    uint16_t vid;
    int32_t pid; /* −1: every product of the vendor */
    const char *profile;
    bool exact;
    const char *seen; /* where that is from */
};
const struct printer_model *printer_model_row(size_t i); /* NULL past the end */

#endif
