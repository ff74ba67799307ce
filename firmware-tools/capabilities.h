/* The community's printer database (escpos-printer-db, dist/capabilities.json, CC BY 4.0) as
 * profiles. What it says is not taken at its word: sizes may be missing or "Unknown", columns may
 * be cell widths, some entries are customer displays, some code pages have no table. Where two of
 * its figures disagree, the one that cannot print past the paper is taken, and the notes say so. */
#ifndef BONBON_FIRMWARE_TOOLS_CAPABILITIES_H
#define BONBON_FIRMWARE_TOOLS_CAPABILITIES_H

#include "base/arena.h"
#include "base/err.h"
#include "firmware-tools/words.h"
#include "protocol/profile.h"

struct capabilities;

/* ERR_FW_DATABASE when the text is not such a file. */
bool capabilities_create(struct capabilities **c, const char *file, struct slice text,
                         struct err *err);
void capabilities_destroy(struct capabilities *c);
size_t capabilities_count(const struct capabilities *c);
const char *capabilities_name(const struct capabilities *c, size_t i);

/* The i-th as a profile in the arena; width_dots where the database knows none (0: none). NULL when
 * it cannot be one, and *why says it. */
const struct profile *capabilities_profile(const struct capabilities *c, size_t i,
                                           unsigned width_dots, struct arena *arena,
                                           enum fw_word *why);

#endif
