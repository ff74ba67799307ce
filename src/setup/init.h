/* A new shop that works at once. */
#ifndef BONBON_SETUP_INIT_H
#define BONBON_SETUP_INIT_H

#include "base/err.h"

struct shop_init {
    const char *dir;
    const char *name; /* NULL: "Bonbon" */
    enum lang lang;
    const char *currency, *timezone; /* NULL: what goes with the language */
    const char *profile, *printer;   /* NULL: generic-80, virtual:paper */
};

/* Writes shop.yaml, rules.yaml, printers.d/receipt.yaml, templates/ and images/ under dir, all or
 * nothing. ERR_INIT_NOT_EMPTY when dir is there and not empty (nothing is touched);
 * ERR_SALE_CURRENCY, ERR_ZONE, ERR_PROFILE, ERR_PRINTER_URI; ERR_FILE_WRITE. */
bool shop_init(const struct shop_init *init, struct err *err);

#endif
