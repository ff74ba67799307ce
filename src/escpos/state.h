/* What the encoder knows of the printer, and how its files write: inside the room only. */
#ifndef BONBON_ESCPOS_STATE_H
#define BONBON_ESCPOS_STATE_H

#include "escpos/encoder.h"

enum {
    ESC = 0x1B,
    FS = 0x1C,
    GS = 0x1D,
    LF = 0x0A,
    CELL_WIDTH = 12, /* of font A, and of the face that stands in for it */
    CELL_HEIGHT = 24,
    MAX_PIECES = 1024, /* of a line: a cell of one column and a style for each is far fewer */
    CACHE_SIZE = 256,
    NO_PAGE = 0xFF,
};

struct piece {
    struct slice text;
    uint32_t x_dots;
    struct escpos_style style;
    bool is_ascii;  /* printable ASCII alone */
    char direction; /* of its paragraph, escpos_direction(); 0: that of its first letter */
    bool is_apart;  /* never one text with the piece before */
};

/* Where a character stands, seen from the current page. */
enum rung {
    RUNG_HERE = 1,
    RUNG_ELSEWHERE,
    RUNG_DOTS, /* or what must be ordered first */
};

struct cached {
    uint32_t cp;     /* 0: empty */
    uint32_t folded; /* cp, or the look-alike that is printed for it */
    uint8_t rung, byte;
};

/* What the printer was told of its codes of two dimensions; 0: not said yet. */
struct escpos_codes {
    bool is_plain; /* nobody but we has told it anything since ESC @ */
    uint8_t module[ESCPOS_FAMILIES];
    uint8_t pdf417_columns, pdf417_level, aztec_form;
};

struct escpos {
    const struct profile *profile;
    struct buf *out;
    uint8_t vertical_units; /* of ESC 3 and ESC J, a dot */

    /* The printer's state. */
    struct escpos_style style;
    uint8_t page_n;    /* of ESC t */
    uint8_t page_slot; /* index into the profile's slots */
    uint8_t align;
    uint8_t qr_module, qr_level; /* 0 and NO_PAGE: not said yet */
    uint8_t bar_module, bar_height, bar_hri;
    struct escpos_codes codes;
    bool is_lost; /* raw bytes went by: nothing above is sure */

    struct mixed *mixed; /* of lines with dots; NULL: there was none yet */
    bool is_ordered;     /* what is printed now stands in the order of the paper */
    bool user_on;        /* ESC % */
    struct fonts *fonts; /* NULL: not needed yet */
    bool owns_fonts;
    struct slice written;         /* what it is written in is not known yet; empty: it is */
    enum fonts_language language; /* of Han */
    void (*told)(void *ctx, const struct escpos_run *run);
    void *told_ctx;
    uint32_t boxed;   /* the first character that went as its number; 0: none did */
    uint32_t lacking; /* the first one that needed the module of scripts, which is missing */
    struct {
        enum escpos_way way;
        const uint8_t *from; /* text that was not told yet */
        uint32_t x_dots;
        size_t bytes; /* of out, when it began */
        uint8_t page_slot;
    } telling; /* a run of text, page by page */

    /* The line being collected. */
    uint32_t n_pieces;
    bool all_ascii;
    bool is_turned; /* a piece is from a paragraph that is read from right to left */
    struct piece pieces[MAX_PIECES];
    struct cached cache[CACHE_SIZE]; /* of the current page */
    const uint8_t *row;              /* code_page_row() of the current page */
};

/* --- encoder.c --- */

/* Says everything again after raw bytes. */
void escpos_resync(struct escpos *e);
/* Line-start commands. */
void escpos_set_align(struct escpos *e, uint8_t align);
void escpos_change_style(struct escpos *e, struct escpos_style style);
void escpos_set_page(struct escpos *e, uint8_t slot);
/* The same, when the printer has been told already. */
void escpos_know_page(struct escpos *e, uint8_t slot);

static inline void put2(struct buf *b, uint8_t a0, uint8_t a1)
{
    const uint8_t bytes[] = {a0, a1};
    buf_append(b, bytes, sizeof bytes);
}

static inline void put3(struct buf *b, uint8_t a0, uint8_t a1, uint8_t a2)
{
    const uint8_t bytes[] = {a0, a1, a2};
    buf_append(b, bytes, sizeof bytes);
}

static inline void put4(struct buf *b, uint8_t a0, uint8_t a1, uint8_t a2, uint8_t a3)
{
    const uint8_t bytes[] = {a0, a1, a2, a3};
    buf_append(b, bytes, sizeof bytes);
}

static inline bool same_style(struct escpos_style a, struct escpos_style b)
{
    return a.width == b.width && a.height == b.height && a.flags == b.flags;
}

/* Blanks would be drawn black or underlined in these. */
static inline bool shows_blanks(struct escpos_style s)
{
    return s.flags & (ESCPOS_UNDERLINE | ESCPOS_INVERT);
}

static inline void escpos_set_style(struct escpos *e, struct escpos_style style)
{
    if (!same_style(e->style, style))
        escpos_change_style(e, style);
}

static inline uint32_t paper_dots(const struct escpos *e)
{
    return e->profile->width_dots;
}

/* --- line.c --- */

/* Moves to the piece from the position at; blanks where they are as short as ESC $, would show
 * nothing and make the line no taller. Returns where the piece begins. */
uint32_t escpos_move(struct escpos *e, uint32_t at, const struct piece *piece);
/* Prints a piece of printable ASCII from the position at; returns where it ends. */
uint32_t escpos_print_ascii(struct escpos *e, const struct piece *piece, uint32_t at);

/* --- ladder.c --- */

/* The rung of a character that is not ASCII; the entry lives until the page changes. */
const struct cached *escpos_rung(struct escpos *e, uint32_t cp);
/* The fonts, made when they are first needed; NULL when out of memory. */
struct fonts *escpos_fonts(struct escpos *e);
/* The language in whose form Han is drawn. */
enum fonts_language escpos_language(struct escpos *e);
/* Notes that cp needs the module of scripts, where that is missing. */
void escpos_note_lack(struct escpos *e, uint32_t cp);
/* Prints the line's pieces when not all of them are ASCII, or each is to be told. */
void escpos_line_mixed(struct escpos *e);
/* Prints a piece all of which has a page, from the position `at`; returns the position behind it.
 * False, with bytes that are to be taken back, when some of it has none. pages: the pieces, from
 * this one on, that choose a page. */
bool escpos_print_text(struct escpos *e, const struct piece *piece, const struct piece *end,
                       uint32_t *at);

/* --- symbol.c --- */

/* Where something of the printer's own goes: ESC a says three places, GS L any other; and back. */
void escpos_place(struct escpos *e, uint32_t x_dots, uint32_t width);
void escpos_unplace(struct escpos *e, uint32_t x_dots);
/* True, and ERR_SYMBOL, when it would pass the paper's edge. */
bool escpos_too_wide(const struct escpos *e, unsigned x_dots, uint32_t width, const char *what,
                     struct err *err);
/* Bars whose data and width were looked at: native where the profile has them. */
bool escpos_print_bars(struct escpos *e, enum symbology symbology, struct slice data,
                       const struct barcode *barcode, struct escpos_code_look look, unsigned x_dots,
                       struct err *err);
void escpos_text_below(struct escpos *e, struct slice text, uint32_t x_dots, uint32_t width_dots);
/* Tells of a code whose bytes begin at start of out. */
void escpos_tell_code(const struct escpos *e, struct slice data, bool native, uint32_t x_dots,
                      uint32_t width_dots, size_t start);

/* --- code.c --- */

/* plain: ESC @ was sent; else raw bytes were. */
void escpos_forget_codes(struct escpos *e, bool plain);

/* --- raster.c --- */

/* escpos_image() that is not told of: part of something that is. */
void escpos_send_image(struct escpos *e, const struct bitmap *picture, unsigned x_dots);

/* --- user.c --- */

/* Sends a definition away from ASCII text that is to print as it is: turns the user's characters
 * off where one of them stands on a byte of it. */
void escpos_spare_ascii(struct escpos *e, struct slice text);
/* The printer may have forgotten, or been told, whatever: ESC % 0 is said when anything was
 * defined. */
void escpos_forget_users(struct escpos *e);

/* --- mixed.c --- */

/* Tells of the text that was printed up to end, which is where x_dots is. */
void escpos_tell_text(struct escpos *e, const uint8_t *end, uint32_t x_dots);
/* Prints the line whose characters are not all a page's. */
void escpos_line_any(struct escpos *e);
void escpos_finish_mixed(struct escpos *e);

/* --- dots.c --- */

/* Breaks what a printer would obey in real time inside a payload (DLE EOT, DLE ENQ, DLE DC4) by one
 * more dot. */
void escpos_defuse(uint8_t *p, size_t n);

#endif
