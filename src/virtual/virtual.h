/* The printer in software: it takes the bytes a printer takes, keeps the state a printer keeps and
 * makes the picture that comes out. The preview is this printer fed the very bytes of the job.
 *
 * It shares the tables of framing, code pages and profiles with the encoder, and no code, so that
 * both cannot agree on the same mistake. Commands are done in their turn, the real-time ones too,
 * as models with USB or a network do: DLE EOT inside a picture is picture. Only while the printer
 * is offline are DLE EOT and DLE ENQ looked for in what waits. Page
 * mode collects what comes until FF. Time, a receive buffer and faults are device.h's.
 *
 * No input crashes it, hangs it or makes a picture past
 * VIRTUAL_MAX_HEIGHT_DOTS (what comes later is dropped and said). The result never depends on how
 * the bytes were cut. One thread at a time. */
#ifndef BONBON_VIRTUAL_VIRTUAL_H
#define BONBON_VIRTUAL_VIRTUAL_H

#include "image/bitmap.h"
#include "protocol/profile.h"

enum { VIRTUAL_MAX_HEIGHT_DOTS = 131072, VIRTUAL_MAX_COMMAND_BYTES = 8 << 20 };

struct virtual_printer;

bool virtual_create(struct virtual_printer **vp, const struct profile *profile, struct err *err);
void virtual_destroy(struct virtual_printer *vp);

/* Takes bytes, in any cut. */
void virtual_feed(struct virtual_printer *vp, struct slice bytes);
/* The stream has ended: an unfinished command is dropped and noted. What stands in the line buffer
 * stays there, as in a printer. */
void virtual_end(struct virtual_printer *vp);

/* What the printer would send back since the last call; appended to out. */
void virtual_take_replies(struct virtual_printer *vp, struct buf *out);

/* The paper so far, as wide as the profile's head; lives until the next feed. */
const struct bitmap *virtual_paper(const struct virtual_printer *vp);

/* A picture for people: the paper with margin_dots of white around it. Where it was cut, and
 * something is printed below, a dash stands in the margins at either side, two for a partial cut
 * (from 16 dots of margin). The caller finishes it. */
bool virtual_framed(const struct virtual_printer *vp, uint32_t margin_dots, struct bitmap *out,
                    struct err *err);

/* Takes the paper so far out of the printer: picture, glyphs and marks begin anew, what is in the
 * line buffer and every setting stays. For streams longer than VIRTUAL_MAX_HEIGHT_DOTS. */
void virtual_tear_off(struct virtual_printer *vp);

/* Takes the rows above y_dots only, as a cut does: what is below it moves up. The cut's mark goes
 * with the piece above. */
void virtual_tear_at(struct virtual_printer *vp, uint32_t y_dots);

/* A character as it was printed: where, how large, how. */
struct virtual_glyph {
    uint32_t cp;   /* of ESC &: whose dots it has in the printer's face, else U+E000 + its code */
    uint32_t line; /* 0, 1, …: the printed line it stands in, top to bottom */
    uint32_t x_dots, y_dots, width_dots, height_dots; /* its cell on the paper */
    uint8_t scale_x, scale_y;
    uint8_t reads; /* page mode: the line's direction, 0 right, 1 up, 2 left, 3 down */
    bool font_b, bold, underline, inverted, upside_down;
    bool turned; /* ESC V: by 90° clockwise, its line as ever */
};
const struct virtual_glyph *virtual_glyphs(const struct virtual_printer *vp, size_t *n);

enum virtual_mark_kind {
    VIRTUAL_CUT_FULL,
    VIRTUAL_CUT_PARTIAL,
    VIRTUAL_PULSE /* a: pin 2 or 5 */,
    VIRTUAL_QR,
    VIRTUAL_CODE2D /* any other 2D symbol */,
    VIRTUAL_BARCODE,
    VIRTUAL_IMAGE,
    VIRTUAL_NOTE /* text: what was not understood */
};
struct virtual_mark {
    enum virtual_mark_kind kind;
    uint32_t line; /* printed lines before it */
    uint32_t y_dots, x_dots, width_dots, height_dots;
    unsigned a;         /* of a symbol: dots a module */
    unsigned symbology; /* of a bar code: enum symbology; of a 2D symbol: enum code2d_kind */
    size_t offset;      /* of the command in the stream */
    struct slice text; /* of a symbol: its data; of a bar code: what its HRI shows; lives as long as
                          the printer */
};
const struct virtual_mark *virtual_marks(const struct virtual_printer *vp, size_t *n);

/* Characters as printed, a printed line a line of text, each character at its column (x over font
 * A's cell width, later by their order where two would meet; the letters of a wide word stand
 * together, the word at its column; a wide character of two columns counts for both; a page's lines
 * from top to bottom, those that run otherwise than to the right from their own beginning), cuts as
 * a line of "-- cut --", symbols as "[QR data]". UTF-8.
 */
void virtual_text(const struct virtual_printer *vp, struct buf *out);
/* The same of the rows above y_dots. */
void virtual_text_above(const struct virtual_printer *vp, uint32_t y_dots, struct buf *out);

/* Conditions of enum printer_state that the printer reports; set by whoever plays the outside
 * world. */
void virtual_set_state(struct virtual_printer *vp, unsigned state);

#endif
