/* Characters of the user's own (ESC &, ESC %; Epson APG): cells of dots that a line needs take the
 * place of ASCII characters that receipts hardly use, where that is fewer bytes than the dots, and
 * where only text can be double height. They are defined at a line's start, and not replaced while
 * a line that uses them is in the printer. */
#include "escpos/mixed.h"

enum {
    CELL_BYTES = CELL_WIDTH * CELL_HEIGHT / 8,
    DEFINE_BYTES = 6 + CELL_BYTES, /* ESC & y c1 c2 x */
    SWITCH_BYTES = 6,              /* ESC % 1 and ESC % 0 */
    DOTS_BYTES = 5,                /* ESC * m nL nH */
};

/* The codes in the order of taking. None of them is a blank, a digit, or what a look-alike becomes
 * (codepage_fold.c). */
static const uint8_t CODES[USER_SLOTS + 1] = "~`^{}|\\@_[]#$;&QXZJqjzVWYKUGFHBLNDMPRSTEACIOkwyv";

static bool is_blank_cell(const struct dot_cell *cell)
{
    for (unsigned x = 0; x < CELL_WIDTH; x++) {
        for (unsigned i = 0; i < CELL_HEIGHT / 8; i++) {
            if (cell->column[x][i])
                return false;
        }
    }
    return true;
}

static uint32_t hash_of(const struct dot_cell *cell)
{
    uint32_t h = 2166136261U;
    for (unsigned x = 0; x < CELL_WIDTH; x++) {
        for (unsigned i = 0; i < CELL_HEIGHT / 8; i++)
            h = (h ^ cell->column[x][i]) * 16777619U;
    }
    return h | 1; /* 0 is nobody's */
}

static unsigned slots_of(const struct escpos *e)
{
    const unsigned n = e->profile->user_chars;
    return n < USER_SLOTS ? n : USER_SLOTS;
}

/* The slot that has the cell's dots, or the number of slots. */
static unsigned find_slot(const struct escpos *e, const struct dot_cell *cell)
{
    const struct mixed *m = e->mixed;
    const unsigned n = slots_of(e);
    unsigned i = 0;
    while (i < n && (m->slots[i].line == 0 ||
                     memcmp(m->slots[i].column, cell->column, sizeof cell->column) != 0))
        i++;
    return i;
}

/* The slot that was used longest ago, none of this line; or the number of slots. */
static unsigned oldest_slot(const struct escpos *e)
{
    const struct mixed *m = e->mixed;
    const unsigned n = slots_of(e);
    unsigned best = n;
    for (unsigned i = 0; i < n; i++) {
        if (m->slots[i].line != m->line && (best == n || m->slots[i].line < m->slots[best].line))
            best = i;
    }
    return best;
}

static unsigned free_slots(const struct escpos *e)
{
    unsigned n = 0;
    for (unsigned i = 0; i < slots_of(e); i++)
        n += e->mixed->slots[i].line != e->mixed->line;
    return n;
}

/* What a run would take, as far as can be said without looking at its cells twice. */
struct cost {
    unsigned new_cells;   /* to be defined */
    unsigned first_cells; /* of them, never seen before in this job */
};

static struct cost cost_of(const struct escpos *e, const struct run *run)
{
    const struct dot_cell *cells = ITEM(e->mixed->cells, struct dot_cell, run->cell);
    struct cost cost = {0};
    for (uint32_t i = 0; i < run->n_cells; i++) {
        bool is_new = !is_blank_cell(&cells[i]) && find_slot(e, &cells[i]) == slots_of(e);
        for (uint32_t k = 0; is_new && k < i; k++)
            is_new = memcmp(cells[k].column, cells[i].column, sizeof cells[i].column) != 0;
        const uint32_t hash = hash_of(&cells[i]);
        cost.new_cells += is_new;
        cost.first_cells += is_new && e->mixed->seen[hash % SEEN_CELLS] != hash;
    }
    return cost;
}

/* A cell that came before will come again: its definition is not counted against it. */
static bool is_worth(const struct escpos *e, const struct piece *piece, const struct run *run)
{
    const struct cost cost = cost_of(e, run);
    const unsigned room = free_slots(e);
    if (run->n_cells > room && cost.new_cells > room)
        return false;
    if (piece->style.height > 1)
        return true;
    const uint32_t by_dots = DOTS_BYTES + run->n_cells * CELL_BYTES * piece->style.width;
    return cost.first_cells * DEFINE_BYTES + run->n_cells + SWITCH_BYTES < by_dots;
}

static void define(struct escpos *e, unsigned slot, const struct dot_cell *cell)
{
    struct user_slot *s = &e->mixed->slots[slot];
    const uint8_t start[] = {ESC, '&', CELL_HEIGHT / 8, CODES[slot], CODES[slot], CELL_WIDTH};
    memcpy(s->column, cell->column, sizeof s->column);
    /* The dot that keeps it from being a command is sent, not remembered. */
    buf_append(e->out, start, sizeof start);
    buf_append(e->out, cell->column, sizeof cell->column);
    if (!e->out->full)
        escpos_defuse(e->out->p + e->out->n - CELL_BYTES, CELL_BYTES);
    e->mixed->any_user = true;
}

/* Gives each cell of the run a code; false when the slots of this line are used up. */
static bool give_codes(struct escpos *e, const struct run *run)
{
    struct dot_cell *cells = ITEM(e->mixed->cells, struct dot_cell, run->cell);
    for (uint32_t i = 0; i < run->n_cells; i++) {
        if (is_blank_cell(&cells[i])) {
            cells[i].code = ' ';
            continue;
        }
        unsigned slot = find_slot(e, &cells[i]);
        if (slot == slots_of(e)) {
            slot = oldest_slot(e);
            if (slot == slots_of(e))
                return false;
            define(e, slot, &cells[i]);
        }
        e->mixed->slots[slot].line = e->mixed->line;
        cells[i].code = CODES[slot];
    }
    return true;
}

static void remember(struct escpos *e, const struct run *run)
{
    const struct dot_cell *cells = ITEM(e->mixed->cells, struct dot_cell, run->cell);
    for (uint32_t i = 0; i < run->n_cells; i++) {
        const uint32_t hash = hash_of(&cells[i]);
        e->mixed->seen[hash % SEEN_CELLS] = hash;
    }
}

void escpos_plan_users(struct escpos *e)
{
    struct mixed *m = e->mixed;
    if (slots_of(e) == 0)
        return;
    for (size_t i = 0; i < COUNT_OF(m->runs, struct run); i++) {
        struct run *run = ITEM(m->runs, struct run, i);
        if (run->n_cells == 0)
            continue;
        if (is_worth(e, ITEM(m->pieces, struct piece, i), run) && give_codes(e, run))
            run->way = ESCPOS_BY_USER;
        else
            remember(e, run);
    }
}

uint32_t escpos_print_users(struct escpos *e, const struct piece *piece, const struct run *run,
                            uint32_t at)
{
    const uint32_t wide = CELL_WIDTH * (uint32_t)piece->style.width;
    const uint32_t edge = paper_dots(e);
    const struct dot_cell *cells = ITEM(e->mixed->cells, struct dot_cell, run->cell);
    if (piece->x_dots + wide > edge)
        return at;
    if (!shows_blanks(piece->style))
        escpos_set_style(e, piece->style);
    at = escpos_move(e, at, piece);
    escpos_set_style(e, piece->style);
    if (!e->user_on)
        put3(e->out, ESC, '%', 1);
    e->user_on = true;
    for (uint32_t i = 0; i < run->n_cells && at + wide <= edge; i++, at += wide)
        buf_byte(e->out, cells[i].code);
    return at;
}

void escpos_spare_ascii(struct escpos *e, struct slice text)
{
    const struct mixed *m = e->mixed;
    for (unsigned i = 0; i < slots_of(e); i++) {
        if (m->slots[i].line && memchr(text.p, CODES[i], text.n)) {
            put3(e->out, ESC, '%', 0);
            e->user_on = false;
            return;
        }
    }
}

void escpos_forget_users(struct escpos *e)
{
    struct mixed *m = e->mixed;
    if (!m || !m->any_user)
        return;
    put3(e->out, ESC, '%', 0);
    e->user_on = false;
    m->any_user = false;
    memset(m->slots, 0, sizeof m->slots);
    memset(m->seen, 0, sizeof m->seen);
}
