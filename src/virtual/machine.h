/* The inside of the printer in software, shared by the files of this room and by nobody else.
 *
 * Bytes come in through parser.c, which frames them and hands each command to its row in
 * commands.c. Characters and ESC * columns collect in the line (line.c); a line that is printed, a
 * picture or a symbol becomes dots on the paper (paper.c), which only ever grows downwards.
 * Vertical positions count half dots, the pitch of Epson's paper feed, so that odd line spacings
 * add up as they do in the mechanism. */
#ifndef BONBON_VIRTUAL_MACHINE_H
#define BONBON_VIRTUAL_MACHINE_H

#include "base/arena.h"
#include "image/code2d.h"
#include "image/fonts_language.h"
#include "image/symbol.h"
#include "protocol/command.h"
#include "virtual/nv.h"
#include "virtual/virtual.h"

enum {
    MAX_TABS = 32,          /* ESC D */
    MAX_RESERVED_CUTS = 16, /* GS V 97/98 */
    MAX_LACKING = 16,       /* packages of fonts that are noted */
    MAX_QR_BYTES = 7089,
    MAX_GRAPHIC_DOTS = 2400, /* a side of what GS ( L 112/113 stores */
    MAX_SYMBOL_FAILURES =
        256, /* symbols that cost time and take no paper; then they are refused unseen */
    MAX_GLYPHS = 1 << 20,
    MAX_MARKS = 1 << 16,
    MAX_NOTES = 4096,          /* so that rubbish leaves room for the marks of symbols and cuts */
    MAX_NOTE_BYTES = 32 << 20, /* words of marks */
    MAX_HELD_BYTES = 8 << 20,  /* what an offline printer takes in */
    MAX_REPLY_BYTES = 1 << 20,
    LINE_ITEMS = 1024, /* in one line; one more prints it, as a full buffer does */
    LINE_DOTS_BYTES = 4 << 20,
    MAX_PAGE_DOTS = 2400,     /* rows of page mode (Epson's newer models) */
    DEFAULT_PAGE_DOTS = 831,  /* of the area when ESC W did not say (Epson TM-T88III) */
    FIRST_BASELINE_DOTS = 21, /* below the top of the area (Epson APG) */
    MAX_PAGE_GLYPHS = 16384,
    MAX_PAGE_MARKS = 1024,
    MAX_PAGE_WORDS = 4 << 20,
    MAX_PAGE_WORK = 1 << 27, /* dots looked at for pages, until the paper is torn off */
    MAX_MACRO_BYTES = 2048,
    MAX_MACRO_WORK = 1 << 20, /* bytes */
    FIRST_USER_CHAR = 0x20,
    USER_CHARS = 95,      /* of ESC &, a font */
    MAX_USER_FONTS = 5,   /* that have them */
    MAX_USER_PAIRS = 95,  /* FS 2: EC40–EC9E, 7721–777E, FEA1–FEFE */
    FEED_MAX_INCHES = 40, /* of one command (Epson APG, ESC d) */
    HALF = 2,             /* half dots a dot */
};

/* The families of 2D symbols, each with settings of its own. */
enum family {
    FAMILY_PDF417,
    FAMILY_QR,
    FAMILY_MAXICODE,
    FAMILY_DATABAR,
    FAMILY_COMPOSITE,
    FAMILY_AZTEC,
    FAMILY_DATAMATRIX,
    FAMILIES
};
struct cell; /* cell.h */

struct family_set {
    struct code2d_wish wish;
    uint8_t module_dots;
    uint8_t row_modules; /* PDF417: how much taller a row is than a module wide */
};

/* How pairs of bytes are printed: FS !, -, C, S, W, ( A (facts §6). */
struct pair_set {
    uint8_t scale_x, scale_y, underline, underline_last;
    uint8_t code; /* FS C: 0 JIS, 1 Shift_JIS, 2 Shift_JIS of 2004 */
    uint8_t width_dots, height_dots;
    uint32_t left_dots, right_dots;
};

/* What ESC @ sets back (facts §10). */
struct settings {
    uint8_t font; /* index into the profile's */
    uint8_t scale_x, scale_y;
    bool emphasised, double_strike, inverted, upside_down, double_byte;
    bool turned;     /* ESC V: characters by 90° clockwise */
    bool user_chars; /* ESC % */
    bool smooth;     /* GS b */
    bool utf8;       /* FS ( C: bytes are UTF-8, whatever ESC t, ESC R and FS & say */
    enum fonts_language utf8_language; /* FS ( C 60: whose form of a character comes first */
    struct pair_set pair;
    uint8_t underline, underline_last; /* dots; the last that was on */
    uint8_t align;                     /* 0 left, 1 centre, 2 right */
    uint8_t international;
    enum code_page page;
    uint16_t units_x, units_y; /* motion units an inch */
    uint32_t right_space_dots;
    uint32_t spacing_half;           /* line spacing */
    uint32_t margin_dots, area_dots; /* GS L, GS W as asked for */
    uint8_t n_tabs;
    uint32_t tab_dots[MAX_TABS]; /* ascending, from the left edge of the area */
    uint8_t hri, hri_font;       /* hri: bit 0 above, bit 1 below */
    uint8_t bar_module_dots, bar_height_dots;
    struct family_set family[FAMILIES];
    enum qr_level qr_level;
    uint8_t qr_model;
    uint8_t clone_symbol; /* GS Z: 0 PDF417, 1 DataMatrix, 2 QR */
};

enum item_kind {
    ITEM_CHAR,
    ITEM_PAIR,      /* a double-byte character by its code point */
    ITEM_UNKNOWN,   /* one that its code page has not: by its bytes */
    ITEM_USER_PAIR, /* of FS 2 */
    ITEM_USER,      /* of ESC & */
    ITEM_DOTS
};

/* One thing in the line buffer. */
struct item {
    enum item_kind kind;
    uint32_t cp;
    uint32_t x_dots, width_dots,
        height_dots; /* from the left edge of the area; the width has the right space in it */
    uint8_t font, scale_x, scale_y, underline;
    bool bold, inverted, turned, smooth;
    size_t dots;   /* ITEM_DOTS: where its rows begin in line.dots; ITEM_USER: its cell */
    size_t offset; /* and the offset of its command */
};

struct line {
    uint32_t n;
    uint32_t x_dots;                 /* where the next item goes */
    uint32_t margin_dots, area_dots; /* the settings', or wider where not one character fits */
    struct buf dots;
    struct item item[LINE_ITEMS];
};

/* What page mode collects until FF. x and y are the page's: as wide as the head, from its top. Text
 * runs in one of four directions through the area; along and down count in that direction. */
struct page {
    struct bitmap dots;
    uint32_t x_dots, y_dots, width_dots, height_dots; /* the area of ESC W */
    uint8_t direction;                                /* ESC T: 0 right, 1 up, 2 left, 3 down */
    uint32_t along_dots;
    int64_t down_half;    /* of the baseline */
    uint32_t bottom_dots; /* of the areas in which something stands; 0: the page is empty */
    uint32_t right_space_dots, spacing_half; /* of the mode that is not in force */
    uint64_t work;
    struct buf glyphs, marks; /* struct page_glyph, struct virtual_mark */
    struct arena words;
};

/* ESC &, by font and code; NULL: none. */
struct user_chars {
    bool defined[MAX_USER_FONTS][USER_CHARS];
    uint32_t rows[MAX_USER_FONTS][USER_CHARS][24]; /* the most significant bit left */
    unsigned n_pairs;                              /* FS 2 */
    struct {
        uint32_t pair, rows[24];
    } pairs[MAX_USER_PAIRS];
};

/* The data of GS ( k fn x80, and the symbol made of them. */
struct symbol_store {
    struct buf data;
    struct buf primary; /* of a composite: its linear code */
    enum code2d_linear linear;
    bool cc_c;
    enum family family;
    enum code2d_kind kind;
    struct bitmap made; /* p is NULL when it could not be made */
    bool tried, qr;
    struct code2d_wish wish; /* made so */
};

struct reserved_cut {
    uint32_t y_half;
    enum virtual_mark_kind kind;
    size_t offset;
};

/* Memory switches that are acted on (Epson APG, GS ( E 3): 1-1 power-on notice, 1-3 ASB from
 * power-on. */
enum { SWITCH_POWER_NOTICE = 1 << 0, SWITCH_ASB = 1 << 2, ASB_DEFAULT = 0x0f };

/* What the mechanism did since it was made: only ever more. */
struct tally {
    uint64_t moved_half; /* paper, both ways */
    uint64_t cuts, pulses;
    uint64_t nv_bytes; /* written to NV memory */
};

/* An answer in several blocks: each waits for the host's ACK, NAK or CAN (Epson APG, GS ( C 50, GS
 * ( L 64). */
struct talk {
    uint8_t id; /* of 37h */
    size_t block_bytes;
    size_t at, shown; /* of data: begin and length of the block the host has to answer */
    struct buf data;  /* empty: no talk */
};

/* GS :, GS ^. */
struct macro {
    bool recording, running;
    struct buf bytes;
    uint64_t work; /* bytes run until the paper is torn off */
};

struct virtual_printer {
    const struct profile *profile;
    struct fonts *fonts; /* for what the face lacks */

    /* the stream */
    struct buf pending; /* the beginning of a command */
    struct buf held;    /* what came in offline */
    size_t need;        /* bytes that must come before it is worth looking again */
    uint64_t skip;      /* bytes of an oversized command still to drop */
    size_t offset;      /* in the stream, of the command in hand */
    enum command_id command;
    unsigned n_matched;
    uint8_t matched[2]; /* offline: beginning of a real-time command */
    uint8_t lead[4];    /* bytes of a character that is not whole yet */
    unsigned n_lead;
    struct pairs *pairs; /* pairs.c; NULL until the first */

    /* the mechanism */
    bool page_mode, deselected;
    bool paper_full; /* VIRTUAL_MAX_HEIGHT_DOTS reached */
    uint8_t asb;     /* GS a */
    unsigned state;  /* printer_state */
    struct bitmap paper;
    uint32_t y_half; /* fed so far */
    uint32_t lines;  /* printed so far */
    struct buf glyphs, marks, replies;
    struct arena words;
    unsigned notes, n_reserved;
    unsigned n_lacking; /* packages of fonts that were noted as not being here */
    const char *lacking[MAX_LACKING];
    struct reserved_cut reserved[MAX_RESERVED_CUTS];

    /* symbols and stored pictures */
    struct buf graphic; /* rows stored by GS ( L 112/113 until fn 50 */
    uint32_t graphic_width, graphic_height;
    uint8_t graphic_scale_x, graphic_scale_y;
    struct symbol_store symbol;
    unsigned symbol_failures;
    struct user_chars *user;
    struct buf user_names; /* user_name.h */
    struct buf bit_image;  /* GS *: its rows */
    uint32_t bit_image_width;

    /* memory: nv outlives power, the rest does not */
    struct nv nv;
    struct nv_pictures download; /* GS ( L 83, 84 */
    struct talk talk;
    uint8_t offline_notice;    /* GS ( H 49 */
    bool no_pulse_now;         /* GS ( D: DLE DC4 1 is off */
    bool power_by_wire;        /* GS ( D: DLE DC4 2 is on */
    bool user_setting;         /* GS ( E 1 to GS ( E 2 */
    bool restarted;            /* by a command; whoever holds a receive buffer empties it */
    uint8_t wait_half_seconds; /* GS z 0: before going on after paper came back */

    struct tally tally;
    struct settings set;
    struct line line;
    struct page page;
    struct macro macro;
};

/* Power-on values. */
void settings_reset(struct settings *set, const struct profile *profile);
void symbol_settings_reset(struct settings *set, const struct profile *profile);
void symbol_store_reset(struct symbol_store *store);
/* ESC @. */
void machine_reset(struct virtual_printer *vp);

/* What NV memory says about the state at power-on and after ESC @. */
void machine_power_on_settings(struct virtual_printer *vp);
/* What was received and not printed is gone: half a command, the line, page mode. */
void machine_drop_input(struct virtual_printer *vp);
/* Switched off and on, or as if: everything in RAM goes. The paper stays, and what waits in
 * replies. */
void machine_restart(struct virtual_printer *vp);

/* n motion units as dots along a line, and as half dots from line to line; truncated to the pitch.
 * In page mode with lines that run up or down the two units change places (Epson APG, GS P). */
uint32_t units_across(const struct virtual_printer *vp, uint32_t n);
uint32_t units_down_half(const struct virtual_printer *vp, uint32_t n);
/* n motion units across and down the paper, whatever the mode: ESC W, GS L, GS W. */
uint32_t units_x_dots(const struct virtual_printer *vp, uint32_t n);
uint32_t units_y_dots(const struct virtual_printer *vp, uint32_t n);

/* The cell of a character of ESC &; false where the font in force has none at this code. */
bool user_cell(const struct virtual_printer *vp, uint32_t code, struct cell *out);
/* The cell of FS 2; false where nothing is defined. */
bool user_pair_cell(const struct virtual_printer *vp, uint32_t pair, struct cell *out);
/* ESC @, and what else takes them away. */
void user_forget(struct virtual_printer *vp);

/* Bytes 20–FF to print. */
void machine_text(struct virtual_printer *vp, struct slice text);
/* A double-byte character that was begun and goes no further. */
void machine_text_end(struct virtual_printer *vp);
/* Does what whole commands say; the beginning of one at the end is dropped. */
void machine_run(struct virtual_printer *vp, struct slice bytes);
/* Keeps bytes that were done for the macro that is being defined. */
void macro_record(struct virtual_printer *vp, const struct frame *frame, struct slice bytes);
/* True when the command has a row in the table of what is done. */
bool machine_does(enum command_id id);
/* A framed command; bytes is all of it. */
void machine_command(struct virtual_printer *vp, const struct frame *frame, struct slice bytes);

#endif
