/* ReceiptLine to encoder calls, inside the room only. A line is read once from left to right into
 * cells; when all cells are plain words that fit, they go to the encoder as they stand (the way of
 * nearly every line of a receipt), else they are decoded and wrapped into fragments.
 *
 * Rules of layout as the ReceiptLine reference implementation has them (columns, widths, magnetism,
 * wrapping, frames). */
#ifndef BONBON_DOCUMENT_LAYOUT_H
#define BONBON_DOCUMENT_LAYOUT_H

#include "document/document.h"
#include "escpos/encoder.h"
#include "image/png.h"

enum {
    MAX_COLUMNS = 256, /* a paper has fewer cells */
    MAX_WIDTHS = 1024, /* entries of {width:…}, zeros among them */
    BORDER_LINE = -1,
    WIDTH_REST = -1, /* '*' */
};

enum symbol_kind {
    SYMBOL_UPC,
    SYMBOL_EAN,
    SYMBOL_CODE39,
    SYMBOL_ITF,
    SYMBOL_CODABAR,
    SYMBOL_CODE93,
    SYMBOL_CODE128,
    SYMBOL_QR,
    SYMBOL_PDF417, /* from here on ours */
    SYMBOL_DATAMATRIX,
    SYMBOL_AZTEC,
    SYMBOL_GS1_128,
};

/* What {option:…} says of codes. */
struct symbol_options {
    enum symbol_kind kind;
    uint8_t module_dots, height_dots; /* of bar codes */
    bool has_module;                  /* module_dots was said */
    uint8_t cell_dots;                /* of QR codes; 0: not said */
    bool hri;
    enum qr_level level;
    enum dither dither; /* of pictures */
};

enum cell_flags {
    CELL_VALUES = 1,   /* has inert parts */
    CELL_MARKUP = 2,   /* has decorations, escapes, or bytes that vanish */
    CELL_BRACES = 4,   /* has braces that are not escaped */
    CELL_HIGH = 8,     /* has characters above 7Fh beyond its n_letters */
    CELL_OPEN = 16,    /* its last inert part has no end */
    CELL_UNCLEAN = 32, /* has bytes or codes of control characters, perhaps */
};

/* A column's text: the bytes of the document between its pipes, blanks around it left away. */
struct cell {
    const uint8_t *p, *end;
    const uint8_t *brace; /* the last one */
    uint8_t flags;
    uint8_t align; /* 0 left, 1 centre, 2 right */
    uint16_t n_values, n_braces;
    uint32_t n_letters; /* of two bytes and one column */
    int32_t width;      /* columns; before layout as {width:…} says */
};

/* A run of one style in a row of a column. */
struct fragment {
    uint32_t row;
    uint32_t x_dots;
    uint32_t from, n; /* in the layout's text */
    struct escpos_style style;
    char direction; /* of the paragraph it is from, where that is more than ASCII; else 0 */
};

enum frame_state { FRAME_NONE, FRAME_READY, FRAME_RUNNING, FRAME_HORIZONTAL };

/* Where the columns of a line stand, in cells of the paper. */
struct area {
    uint32_t left, width;
    uint32_t n;
    int32_t widths[MAX_COLUMNS];
};

struct layout {
    const struct document_paper *paper;
    struct escpos *e;
    struct err *err;
    uint32_t columns, cell_dots;
    uint32_t line;               /* of the document, 1-based */
    uint32_t n_warned, n_hinted; /* at most DOCUMENT_MAX_TOLD each */
    const uint8_t *begins;       /* the document */
    const uint8_t *at;           /* the line under way */

    /* What properties say and keep. */
    bool wrap;
    bool wrap_words; /* rows are parted at blanks; {text:words}, which is ours */
    int8_t border;
    uint8_t align;
    uint32_t n_widths; /* 0: auto */
    int32_t widths[MAX_WIDTHS];
    bool has_rest; /* '*' among the widths */
    struct symbol_options symbol;
    uint32_t version; /* grows with every property line: the area computed last may be stale */

    enum frame_state frame;
    struct area framed; /* the line printed last inside a frame */

    struct area area; /* of the last line of text */
    uint32_t area_version, area_columns;

    struct buf text;      /* decoded text of a line; reserved before, so that it does not move */
    struct buf fragments; /* struct fragment */
    struct buf decoded;   /* of a property; of a cell, without its controls */

    bool has_paper; /* something stands on the paper since the last cut */
    bool failed;
};

/* --- line.c --- */

/* Lays out the line at p and returns what is behind its end. */
const uint8_t *layout_line(struct layout *l, const uint8_t *p, const uint8_t *end);

/* --- area.c --- */

/* Shares the paper among the cells; sets their widths. text: borders lie between them. */
void layout_share(const struct layout *l, struct cell *cells, uint32_t n, bool is_text,
                  struct area *area);
/* {width:…} of a line that is not text: '*' where one column is, else all columns and borders. */
int32_t layout_block_width(const struct layout *l);

/* --- wrap.c --- */

/* Decodes and wraps a cell whose column begins at x_dots; appends its fragments, returns its rows.
 */
uint32_t layout_wrap(struct layout *l, const struct cell *cell, uint32_t x_dots);

/* --- frame.c --- */

/* A horizontal line at the left edge of the line's area; the caller ends the line. */
void layout_rule(struct layout *l, uint32_t left, uint32_t width);
/* The line above the first row, and between two rows of a frame. */
void layout_frame_before(struct layout *l, const struct area *area);
/* The vertical lines of a row, as tall as its text. */
void layout_frame_bar(struct layout *l, uint32_t column, unsigned height);
/* Closes an open frame. */
void layout_frame_stop(struct layout *l);

/* --- property.c --- */

/* A line that is one property: {key:value;…}. */
void layout_property(struct layout *l, struct cell *cell);
void layout_reset_properties(struct layout *l);

/* --- symbol.c --- */

void layout_code(struct layout *l, struct slice data, const struct area *area, unsigned align);
void layout_image(struct layout *l, struct slice value, const struct area *area, unsigned align);

/* --- print.c --- */

/* Something was left out; the place is the line under way, or p. */
void layout_warn(struct layout *l, struct err *err);
void layout_warn_at(struct layout *l, struct err *err, const uint8_t *p);
/* "58": the paper's width in millimetres, for words about what it has room for. */
enum { NUMBER_BYTES = 16 };
const char *layout_paper_mm(const struct layout *l, char out[NUMBER_BYTES]);
/* Something will hurt on paper, though it prints. */
void layout_hint_at(struct layout *l, struct err *err, const uint8_t *p);
void layout_warn_cell(struct layout *l, enum err_code code, const uint8_t *p, const uint8_t *end);

static inline bool is_one_of(uint8_t c, const char *set)
{
    return c && strchr(set, c);
}

static inline bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

#endif
