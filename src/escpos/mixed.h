/* Lines that are more than bytes of a page, inside the room only: characters in the order of the
 * paper (order.c), drawn into cells (cells.c), defined in the printer (user.c), sent (mixed.c,
 * dots.c). */
#ifndef BONBON_ESCPOS_MIXED_H
#define BONBON_ESCPOS_MIXED_H

#include "escpos/state.h"

enum {
    USER_SLOTS = 48,  /* characters defined at once */
    SEEN_CELLS = 256, /* drawn cells that are remembered without being defined */
    RUN_CELLS = FONTS_RUN_CELLS,
    NO_CODE = 0,
};

/* A user-perceived character: chars [from, from + n) of the group. */
struct part {
    uint32_t from;
    uint16_t n, piece; /* the piece it came from */
    uint8_t cells, level;
    bool is_word; /* of joined letters that go as text */
};

/* Twelve columns of three bytes, the top dot in the most significant bit, as ESC * and ESC & take
 * them. */
struct dot_cell {
    uint8_t column[CELL_WIDTH][CELL_HEIGHT / 8];
    uint8_t code; /* of the user's character that it is; NO_CODE */
};

/* What stands behind each of mixed.pieces: text that a page has, or cells of dots. */
struct run {
    enum escpos_way way;
    uint32_t told_from, told_n; /* in mixed.text: what it says */
    uint32_t cell, n_cells;     /* in mixed.cells; none: text */
};

struct user_slot {
    uint8_t column[CELL_WIDTH][CELL_HEIGHT / 8];
    uint32_t line; /* that used it last; 0: free */
};

struct mixed {
    struct buf chars, mirrored; /* uint32_t: of a group of pieces that touch */
    struct buf levels;          /* uint8_t */
    struct buf forms;           /* uint32_t: joined letters as presentation forms */
    struct buf parts;           /* struct part: of a group, in the order of the paper */
    struct buf text;            /* UTF-8 of the line, in the order of the paper */
    struct buf pieces; /* struct piece: of the line; text is an offset until all are made */
    struct buf runs;   /* struct run, one a piece */
    struct buf cells;  /* struct dot_cell */

    bool knows_forms;
    uint8_t slot_of_forms;     /* whose page has Arabic letters in their forms; NO_PAGE: none */
    uint32_t ends[MAX_PIECES]; /* of the pieces of a group, in chars */
    uint32_t line;             /* counted from 1 */
    bool any_user;             /* something was defined since the printer forgot */
    struct user_slot slots[USER_SLOTS];
    uint32_t seen[SEEN_CELLS]; /* hashes of cells that were sent as dots */
};

static inline size_t count_of(const struct buf *b, size_t size)
{
    return b->n / size;
}
#define ITEM(b, type, i)  (((type *)(void *)(b).p) + (i))
#define COUNT_OF(b, type) ((b).n / sizeof(type))

/* --- order.c --- */

/* The pieces [from, to), which touch, as parts in the order of the paper. */
void escpos_order(struct escpos *e, uint32_t from, uint32_t to);
bool escpos_is_right_to_left(uint32_t cp);
/* Letters that take their shape from those beside them. */
bool escpos_is_joined(uint32_t cp);
/* Without width and without ink: joiners, variation selectors, marks of direction. */
bool escpos_is_silent(uint32_t cp);
/* The characters of a piece, or columns of a text. */
uint32_t escpos_columns(struct slice text);

/* --- join.c --- */

/* Puts into mirrored, for each word of joined letters that the printer's pages have as a whole, the
 * forms that they have. Parts are in the order of reading; those that are left blank move behind
 * the text that they are read in. */
void escpos_join(struct escpos *e);

/* --- cells.c --- */

/* Draws the parts [from, to) of the group, which are one run, as cells behind the others; false
 * when no font has them (nothing is added then). */
bool escpos_draw_run(struct escpos *e, size_t from, size_t to);
/* Draws a part by the face or a font. */
bool escpos_draw_part(struct escpos *e, const struct part *part);
/* Draws the part's first character's number in a box. */
void escpos_draw_box(struct escpos *e, const struct part *part);
/* A character that is printed as text, as cells. */
void escpos_draw_char(struct escpos *e, uint32_t cp);

/* --- user.c --- */

/* Chooses which runs go as the user's characters and defines these, at a line's start. */
void escpos_plan_users(struct escpos *e);
/* Prints a run that was planned, from the position at; returns the position behind. */
uint32_t escpos_print_users(struct escpos *e, const struct piece *piece, const struct run *run,
                            uint32_t at);

/* --- dots.c --- */

/* Prints a run as columns of dots. */
uint32_t escpos_print_cells(struct escpos *e, const struct piece *piece, const struct run *run,
                            uint32_t at);
/* Prints the whole line as a picture. */
void escpos_print_picture(struct escpos *e, unsigned height);

#endif
