/* clang-format off */
/* A profile that somebody wrote or imported, as the text of a file (profile_folder.h finds it):
 *
 *     like: generic-80            # what is not said here is as there (generic-80 when this is not said)
 *     model: Epson TM-T88V
 *     width_dots: 512             # a multiple of 8
 *     dpi: 180
 *     paper_mm: 80
 *     fonts: [12x24, 9x17]        # cells of ESC M 0, 1, …; the first is 12x24
 *     code_pages: {0: PC437, 2: PC850}    # ESC t n; in the order to prefer, first what ESC @ selects
 *     leave_out: [PC864]          # of these pages, or those of like
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
 */
/* clang-format on */
#ifndef BONBON_PROTOCOL_PROFILE_FILE_H
#define BONBON_PROTOCOL_PROFILE_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include "protocol/profile.h"

/* The text of a file becomes a profile in the arena; file is what errors call it. ERR_YAML_* with
 * line and column, ERR_PROFILE for an unknown `like`. */
bool profile_parse(struct arena *arena, struct slice name, const char *file, struct slice text,
                   const struct profile **profile, struct err *err);
/* What double_byte calls a kind of characters of two bytes: none, gb18030, big5, shift_jis, euc_kr.
 * False for any other word. */
bool profile_pairs_by_name(struct slice word, enum profile_double_byte *kind);
/* The profile as profile_parse() takes it, every key said. remark (lines, may be NULL) stands on
 * top. */
void profile_write(const struct profile *profile, const char *remark, struct buf *out);

#endif
