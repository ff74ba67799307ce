/* The settings of a printer: memory switches and custom values (GS ( E, Epson APG), as they are in
 * the printer or in a file. */
#ifndef BONBON_FIRMWARE_TOOLS_SETTINGS_H
#define BONBON_FIRMWARE_TOOLS_SETTINGS_H

#include "firmware-tools/fw.h"

enum { SETTINGS_SWITCHES = 8, SETTINGS_VALUES = 256 };

struct settings {
    struct fw_identity of;               /* maker, model, firmware, serial: whose they are */
    uint8_t mask[SETTINGS_SWITCHES + 1]; /* bits that are said, by switch 1 to 8 */
    uint8_t on[SETTINGS_SWITCHES + 1];
    bool has_value[SETTINGS_VALUES];
    uint16_t value[SETTINGS_VALUES];
};

struct settings_change {
    bool is_switch;
    uint8_t a, bit;    /* switch and its bit 8 to 1, or value */
    uint16_t from, to; /* in the printer, in the file */
};
enum { SETTINGS_MAX_CHANGES = SETTINGS_SWITCHES * 8 + SETTINGS_VALUES };
struct settings_changes {
    size_t n;
    struct settings_change change[SETTINGS_MAX_CHANGES];
};

unsigned settings_count_switches(const struct settings *s);
unsigned settings_count_values(const struct settings *s);
/* What a custom value is for, "" when the guide does not say. */
const char *settings_value_name(unsigned a, enum lang lang);
/* Setting these empties NV memory (custom values 1 and 2). */
bool settings_erases(unsigned a);

/* From the printer. ERR_FW_SILENT when it knows neither switches nor values, ERR_FW_ANSWER. */
bool settings_read(struct fw *fw, struct settings *s, struct err *err);
/* What of the file is otherwise in the printer. A setting of the file that the printer does not
 * have is ERR_FW_NO_SETTING. */
bool settings_compare(const struct fw *fw, const struct settings *printer,
                      const struct settings *file, struct settings_changes *changes,
                      struct err *err);
/* Writes changes (at least one) in user setting mode, which ends with a restart of the printer.
 * When this returns the printer is out of the mode, whatever happened. */
bool settings_write(struct fw *fw, const struct settings_changes *changes, struct err *err);
/* Writes to NV memory that this takes. */
unsigned settings_writes(const struct settings_changes *changes);

/* ── settings_file.c ── */

void settings_put(const struct settings *s, enum lang lang, const char *when, struct buf *out);
/* ERR_YAML_*, with place. */
bool settings_parse(struct fw *fw, const char *file, struct slice text, struct settings *s,
                    struct err *err);

#endif
