/* A printer of a shop, as DIR/printers.d/NAME.yaml describes it: one schema for every program that
 * is given a printer's name. */
#ifndef BONBON_PRINTER_ENTRY_H
#define BONBON_PRINTER_ENTRY_H

#include "base/arena.h"
#include "base/err.h"
#include "protocol/profile.h"

/* Which level of the drawer connector's pin 3 says that the drawer is open: that depends on the
 * drawer, and where none is connected the pin is high on many printers. */
enum drawer_open { DRAWER_OPEN_UNSAID, DRAWER_OPEN_HIGH, DRAWER_OPEN_LOW, DRAWER_OPEN_NEVER };

struct printer_entry {
    struct slice name, uri, role; /* in the arena, each with a NUL behind it */
    const struct profile *profile;
    enum drawer_open drawer_open;
};

/* Reads DIR/printers.d/NAME.yaml; profiles are looked up in DIR/profiles.d too. check says whether
 * an address is one (ERR_PRINTER_URI). ERR_FILE_OPEN, ERR_YAML_*, ERR_PROFILE, with file, line and
 * column. */
bool printer_entry_read(struct arena *arena, const char *dir, struct slice name,
                        bool (*check)(const char *uri, struct err *err),
                        struct printer_entry *entry, struct err *err);
/* The names of DIR/printers.d, sorted; none when there is no such folder. ERR_TOO_BIG. */
bool printer_entry_names(struct arena *arena, const char *dir, const struct slice **names,
                         size_t *n, struct err *err);

#endif
