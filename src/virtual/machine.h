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
#include "image/symbol.h"
#include "protocol/command.h"
#include "virtual/nv.h"
#include "virtual/virtual.h"

enum {
    MAX_TABS = 32,          /* ESC D */
    MAX_RESERVED_CUTS = 16, /* GS V 97/98 */
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
    FEED_MAX_INCHES = 40, /* of one command (Epson APG, ESC d) */
    HALF = 2,             /* half dots a dot */
};

/* What ESC @ sets back (facts §10). */
struct settings {
    uint8_t font; /* index into the profile's */
    uint8_t scale_x, scale_y;
    bool emphasised, double_strike, inverted, upside_down, double_byte;
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
    uint8_t qr_module_dots;
    enum qr_level qr_level;
    uint8_t qr_model;
};

enum item_kind { ITEM_CHAR, ITEM_PAIR /* a double-byte character, drawn as a box */, ITEM_DOTS };

/* One thing in the line buffer. */
struct item {
    enum item_kind kind;
    uint32_t cp;
    uint32_t x_dots, width_dots,
        height_dots; /* from the left edge of the area; the width has the right space in it */
    uint8_t font, scale_x, scale_y, underline;
    bool bold, inverted;
    size_t dots;   /* ITEM_DOTS: where its rows begin in line.dots */
    size_t offset; /* and the offset of its command */
};

struct line {
    uint32_t n;
    uint32_t x_dots;                 /* where the next item goes */
    uint32_t margin_dots, area_dots; /* the settings', or wider where not one character fits */
    struct buf dots;
    struct item item[LINE_ITEMS];
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

struct virtual_printer {
    const struct profile *profile;

    /* the stream */
    struct buf pending; /* the beginning of a command */
    struct buf held;    /* what came in offline */
    size_t need;        /* bytes that must come before it is worth looking again */
    uint64_t skip;      /* bytes of an oversized command still to drop */
    size_t offset;      /* in the stream, of the command in hand */
    enum command_id command;
    unsigned n_matched;
    uint8_t matched[2]; /* offline: beginning of a real-time command */
    uint8_t lead;       /* first byte of a double-byte character, or 0 */

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
    struct reserved_cut reserved[MAX_RESERVED_CUTS];

    /* symbols and stored pictures */
    struct buf graphic; /* rows stored by GS ( L 112/113 until fn 50 */
    uint32_t graphic_width, graphic_height;
    uint8_t graphic_scale_x, graphic_scale_y;
    bool qr_tried;
    struct buf qr_data;
    struct bitmap qr; /* of qr_data at qr_made_level; p is NULL when it could not be made */
    enum qr_level qr_made_level;
    unsigned symbol_failures;

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
};

/* Power-on values. */
void settings_reset(struct settings *set, const struct profile *profile);
/* ESC @. */
void machine_reset(struct virtual_printer *vp);

/* What NV memory says about the state at power-on and after ESC @. */
void machine_power_on_settings(struct virtual_printer *vp);
/* What was received and not printed is gone: half a command, the line, page mode. */
void machine_drop_input(struct virtual_printer *vp);
/* Switched off and on, or as if: everything in RAM goes. The paper stays, and what waits in
 * replies. */
void machine_restart(struct virtual_printer *vp);

/* n motion units as dots, and as half dots down the paper; truncated to the pitch. */
uint32_t units_across(const struct virtual_printer *vp, uint32_t n);
uint32_t units_down_half(const struct virtual_printer *vp, uint32_t n);

/* Bytes 20–FF to print. */
void machine_text(struct virtual_printer *vp, struct slice text);
/* A double-byte character that was begun and goes no further. */
void machine_text_end(struct virtual_printer *vp);
/* True when the command has a row in the table of what is done. */
bool machine_does(enum command_id id);
/* A framed command; bytes is all of it. */
void machine_command(struct virtual_printer *vp, const struct frame *frame, struct slice bytes);

#endif
