/* What an owner wrote in shop.yaml and printers.d: one schema table a file, checked when the shop
 * is opened. */
#ifndef BONBON_SETUP_CONFIG_H
#define BONBON_SETUP_CONFIG_H

#include "base/arena.h"
#include "base/calendar.h"
#include "base/money.h"
#include "printer/entry.h"

struct shop_till {
    struct slice name, printer;
    unsigned line, column; /* of its printer in shop.yaml */
};

enum shop_paper { PAPER_FULL, PAPER_VOUCHER_ONLY };

struct shop_config {
    struct slice name, tax_id, phone, website;
    const struct slice *address; /* lines */
    size_t n_address;
    enum lang lang;
    const struct currency *currency;
    struct slice timezone;
    unsigned day_start_min; /* minutes after midnight */
    enum shop_paper paper;
    bool drawer_on_cash;
    int64_t hold_after_s; /* a job that waited longer waits for a person; 0: never */
    bool ask_after_loss;  /* what a printer lost half-way waits for a person, too */
    bool allow_commands;
    struct slice receipt;          /* name of the receipt's template */
    struct slice feedback_address; /* what the QR of a feedback invitation carries; "" for none */
    struct slice code_address;     /* stands before the code in a QR; "" for none */
    const struct shop_till *tills;
    size_t n_tills;
    const struct slice *staff;
    size_t n_staff;
    const struct printer_entry *printers; /* sorted by name */
    size_t n_printers;
};

/* Reads DIR/shop.yaml and DIR/printers.d/NAME.yaml; texts live in the arena. ERR_SHOP_MISSING when
 * there is no shop.yaml; ERR_YAML_* and others with file, line and column. */
bool config_read(struct shop_config *config, const char *dir, struct arena *arena, struct err *err);

/* A printer by its name; ERR_PRINTER_NAME names those there are. */
bool config_printer(const struct shop_config *config, struct slice name,
                    const struct printer_entry **printer, struct err *err);
/* The printer of a till: as `tills` says, else the one whose role is receipt, else the first.
 * ERR_PRINTER_NAME without any, with the place in shop.yaml where one is named that is not there.
 */
bool config_till_printer(const struct shop_config *config, struct slice till,
                         const struct printer_entry **printer, struct err *err);

#endif
