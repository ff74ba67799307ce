/* clang-format off */
/* Profiles that somebody wrote or imported: DIR/profiles.d/NAME.yaml, a file a profile, usable by
 * its name like the rows of profile.c; a file stands before a row of the same name.
 *
 *     like: generic-80            # what is not said here is as there (generic-80 when this is not said)
 *     model: Epson TM-T88V
 *     width_dots: 512             # a multiple of 8
 *     dpi: 180
 *     paper_mm: 80
 *     fonts: [12x24, 9x17]        # cells of ESC M 0, 1, …; the first is 12x24
 *     code_pages: {0: PC437, 2: PC850}    # ESC t n; in the order to prefer, first what ESC @ selects
 *     select: esc-t | esc-gs-t
 *     qr, barcodes, pdf417, aztec, datamatrix: native | picture
 *     cutter: none | partial | full
 *     cut_feed_dots: 106
 *     drawer, half_dot_units, chinese_rom, epson_folds: true | false
 *     double_byte: none | gb18030 | big5 | shift_jis | euc_kr    # none of a chinese_rom: gb18030
 *     proof: none | status | fence | process-id
 *     raster_rows, buffer_bytes, speed_mm_s: numbers
 *     nv: ask | none | bit-images | graphics
 *     nv_writes_per_day: 10
 *     user_chars: 0               # of ESC &, at once
 *     logos: {A1: 0123456789abcdef}    # pictures that it keeps: key, hash of the dots
 *     tested, notes: text
 *
 * A file that is read only when its name is asked for spoils nothing but itself. */
/* clang-format on */
#ifndef BONBON_PROTOCOL_PROFILE_FILE_H
#define BONBON_PROTOCOL_PROFILE_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include "protocol/profile.h"

enum { PROFILE_NAME_BYTES = 64 };

/* Letters, digits, '-', '_' and '.', not '.' first, shorter than PROFILE_NAME_BYTES. */
bool profile_name_is_good(struct slice name);

/* The text of a file becomes a profile in the arena; file is what errors call it. ERR_YAML_* with
 * line and column, ERR_PROFILE for an unknown `like`. */
bool profile_parse(struct arena *arena, struct slice name, const char *file, struct slice text,
                   const struct profile **profile, struct err *err);
/* A profile by its name: DIR/profiles.d/NAME.yaml (dir may be NULL), else the table. ERR_PROFILE
 * when there is neither; the errors of profile_parse() when the file is wrong. */
bool profile_lookup(struct arena *arena, const char *dir, struct slice name,
                    const struct profile **profile, struct err *err);
/* Names of the files in DIR/profiles.d, sorted; none when there is no such folder. ERR_TOO_BIG. */
bool profile_names(struct arena *arena, const char *dir, const struct slice **names, size_t *n,
                   struct err *err);
/* The file of DIR/profiles.d (dir may be NULL) whose name or model is this one; case, blanks,
 * hyphens and the maker's name in front do not count. A broken file is passed over. NULL when there
 * is none.
 */
const struct profile *profile_of_model(struct arena *arena, const char *dir, struct slice maker,
                                       struct slice model);
/* The profile as profile_parse() takes it, every key said. remark (lines, may be NULL) stands on
 * top. */
void profile_write(const struct profile *profile, const char *remark, struct buf *out);

#endif
