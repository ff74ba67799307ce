/* The ladder of a character, for lines that are not plain ASCII: page, other page, look-alike,
 * dots. */
#include "escpos/state.h"

#include "base/utf8.h"
#include "image/face.h"

enum { FIRST_BOX = 0x2500 };
enum { LOOK_AHEAD = 96 /* characters that choose a page */ };

static bool any_page(const struct profile *profile, uint32_t cp)
{
    uint8_t byte;
    for (unsigned i = 0; i < profile->n_slots; i++) {
        if (code_page_byte(profile->slots[i].page, cp, &byte))
            return true;
    }
    return false;
}

bool escpos_has(const struct escpos *e, uint32_t cp)
{
    return (cp >= 0x20 && cp < 0x7F) || any_page(e->profile, cp);
}

/* The look-alike that stands for a character which no page has: of one cell, as the character is; a
 * letter only where the profile allows it (ș→ş), a sign that becomes ASCII everywhere. 0 where
 * there is none. */
static uint32_t fold(const struct escpos *e, uint32_t cp)
{
    uint32_t out[4];
    if (code_page_fold(cp, out) != 1 || utf8_width(cp) != 1)
        return 0;
    if (out[0] < 0x80)
        return out[0] >= 0x20 && out[0] < 0x7F ? out[0] : 0;
    return e->profile->epson_folds && any_page(e->profile, out[0]) ? out[0] : 0;
}

const struct cached *escpos_rung(struct escpos *e, uint32_t cp)
{
    struct cached *c = &e->cache[cp % CACHE_SIZE];
    if (c->cp == cp)
        return c;
    const enum code_page page = e->profile->slots[e->page_slot].page;
    *c = (struct cached){.cp = cp, .folded = cp};
    if (code_page_byte(page, cp, &c->byte)) {
        c->rung = RUNG_HERE;
        return c;
    }
    if (!any_page(e->profile, cp)) {
        const uint32_t like = fold(e, cp);
        if (!like) {
            c->rung = RUNG_DOTS;
            return c;
        }
        c->folded = like;
    }
    if (c->folded < 0x80) {
        c->rung = RUNG_HERE;
        c->byte = (uint8_t)c->folded;
    } else {
        c->rung = code_page_byte(page, c->folded, &c->byte) ? RUNG_HERE : RUNG_ELSEWHERE;
    }
    return c;
}

static bool has_glyph(struct escpos *e, uint32_t cp)
{
    return cp < 0x7F || utf8_width(cp) == 0 || escpos_rung(e, cp)->rung != RUNG_DOTS ||
           face_glyph(FACE_12X24, cp) || (escpos_fonts(e) && fonts_have(e->fonts, cp));
}

size_t escpos_gaps(struct escpos *e, struct slice text, struct escpos_gap *out, size_t max)
{
    size_t n = 0;
    uint32_t cp;
    while (n < max && utf8_take(&text, &cp)) {
        size_t i = 0;
        while (i < n && out[i].cp != cp)
            i++;
        if (i == n && !has_glyph(e, cp))
            out[n++] = (struct escpos_gap){cp, fonts_package(cp)};
    }
    return n;
}

/* A place in the line's text. */
struct reader {
    const struct piece *piece, *end;
    struct slice rest;
};

static bool reader_take(struct reader *r, uint32_t *cp)
{
    while (r->rest.n == 0) {
        if (++r->piece == r->end)
            return false;
        r->rest = r->piece->text;
    }
    return utf8_take(&r->rest, cp);
}

/* The characters from here on that are not ASCII. */
static size_t collect_all(struct reader from, uint32_t cps[LOOK_AHEAD])
{
    size_t n = 0;
    uint32_t cp;
    while (n < LOOK_AHEAD && reader_take(&from, &cp)) {
        if (cp >= 0x80)
            cps[n++] = cp;
    }
    return n;
}

/* The characters from here on that need a page, as they print. */
static size_t collect(struct escpos *e, struct reader from, uint32_t cps[LOOK_AHEAD])
{
    size_t n = 0;
    uint32_t cp;
    while (n < LOOK_AHEAD && reader_take(&from, &cp)) {
        if (cp < 0x80)
            continue;
        const struct cached *c = escpos_rung(e, cp);
        if (c->rung != RUNG_DOTS && c->folded >= 0x80)
            cps[n++] = c->folded;
    }
    return n;
}

/* How many of the characters a slot's page has before the first that it has not. */
static size_t reach_of(const struct escpos *e, uint8_t slot, const uint32_t *cps, size_t n)
{
    uint8_t byte;
    size_t reach = 0;
    while (reach < n && code_page_byte(e->profile->slots[slot].page, cps[reach], &byte))
        reach++;
    return reach;
}

/* The slot whose page carries the characters farthest, the earlier of equals; says how far. */
static uint8_t farthest(const struct escpos *e, const uint32_t *cps, size_t n, size_t *best)
{
    uint8_t best_slot = e->page_slot;
    *best = 0;
    for (uint8_t slot = 0; slot < e->profile->n_slots && *best < n; slot++) {
        const size_t reach = reach_of(e, slot, cps, n);
        if (reach > *best) {
            *best = reach;
            best_slot = slot;
        }
    }
    return best_slot;
}

/* Takes the page that carries the text farthest: no other choice needs fewer switches. Mostly one
 * page has all there is; only where none has are look-alikes asked for, and what becomes dots is
 * left out. */
static void choose_page(struct escpos *e, struct reader from)
{
    uint32_t cps[LOOK_AHEAD];
    size_t reach;
    size_t n = collect_all(from, cps);
    uint8_t slot = farthest(e, cps, n, &reach);
    if (reach < n) {
        n = collect(e, from, cps);
        slot = farthest(e, cps, n, &reach);
    }
    escpos_set_page(e, slot);
}

/* A row of columns for ESC * 33: the bits of 24 rows turned into three bytes a column, each column
 * `scale` times. */
static size_t put_columns(const uint32_t rows[CELL_HEIGHT], unsigned columns, unsigned scale,
                          uint8_t *out)
{
    size_t n = 0;
    for (unsigned x = 0; x < columns; x++) {
        uint8_t column[3] = {0};
        for (unsigned y = 0; y < CELL_HEIGHT; y++)
            column[y / 8] |= (uint8_t)((rows[y] >> (31 - x) & 1) << (7 - y % 8));
        for (unsigned i = 0; i < scale; i++, n += 3)
            memcpy(out + n, column, 3);
    }
    return n;
}

static bool needs_dots(struct escpos *e, const struct cluster *c)
{
    if (c->n_marks || c->cells != 1)
        return true;
    return c->base >= 0x80 && escpos_rung(e, c->base)->rung == RUNG_DOTS;
}

/* Prints clusters as columns of dots while they need it and fit; takes them from text. Returns the
 * width in dots. */
static uint32_t print_dots(struct escpos *e, const struct piece *piece, struct slice *text,
                           uint32_t room)
{
    const uint32_t scale = piece->style.width;
    struct buf *out = e->out;
    const size_t header = out->n;
    const uint8_t start[] = {ESC, '*', 33, 0, 0};
    buf_append(out, start, sizeof start);
    uint32_t columns = 0;
    while (text->n) {
        struct slice rest = *text;
        struct cluster c;
        if (!escpos_take_cluster(&rest, &c)) {
            *text = rest;
            break;
        }
        const uint32_t wide = c.cells * CELL_WIDTH;
        if (!needs_dots(e, &c) || columns + wide * scale > room)
            break;
        uint32_t rows[CELL_HEIGHT];
        uint8_t bytes[2 * CELL_WIDTH * 8 * 3];
        escpos_cluster_rows(&c, piece->style.flags, rows);
        buf_append(out, bytes, put_columns(rows, wide, scale, bytes));
        columns += wide * scale;
        *text = rest;
    }
    if (out->full || out->n < header + sizeof start)
        return columns;
    if (columns == 0) {
        out->n = header;
        return 0;
    }
    out->p[header + 3] = (uint8_t)(columns & 0xFF);
    out->p[header + 4] = (uint8_t)(columns >> 8);
    escpos_defuse(out->p + header + sizeof start, out->n - header - sizeof start);
    return columns;
}

/* True when no combining mark can begin with this byte, so that the character before stands alone:
 * ASCII, Latin letters, Cyrillic letters. */
static bool starts_letter(struct slice s)
{
    return s.n == 0 || s.p[0] < 0xCC || s.p[0] == 0xD0 || s.p[0] == 0xD1 ||
           (s.p[0] == 0xE2 && s.n > 1 && (s.p[1] == 0x94 || s.p[1] == 0x95) /* boxes */);
}

void escpos_know_page(struct escpos *e, uint8_t slot)
{
    struct known_page *known = &e->pages[slot % KNOWN_PAGES];
    e->here = known;
    if (known->is_made && known->slot == slot)
        return;
    *known = (struct known_page){.slot = slot, .is_made = true};
    for (unsigned byte = 0xFF; byte >= 0x80; byte--) {
        const uint32_t cp = code_page_char(e->profile->slots[slot].page, (uint8_t)byte);
        if (cp > 0xA0 && cp != 0xAD &&
            cp < KNOWN_LETTERS) /* blanks and hyphens: code_page_byte() */
            known->byte[cp] = (uint8_t)byte;
        else if (cp >= FIRST_BOX && cp < FIRST_BOX + KNOWN_BOXES)
            known->byte[KNOWN_LETTERS + cp - FIRST_BOX] = (uint8_t)byte;
    }
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The byte of a letter or box that the page has, and how many bytes it has in UTF-8;
 * 0 for all else. */
static inline __attribute__((always_inline)) uint8_t known_byte(const struct escpos *e,
                                                                const uint8_t *p,
                                                                const uint8_t *end, uint32_t *n)
{
    if (p[0] >= 0xC2 && p[0] < 0xD2 && end - p >= 2 && is_continuation(p[1])) {
        *n = 2;
        return e->here->byte[(p[0] & 0x1FU) << 6 | (p[1] & 0x3FU)];
    }
    if (p[0] == 0xE2 && end - p >= 3 && (p[1] & 0xFE) == 0x94 && is_continuation(p[2])) {
        *n = 3;
        return e->here->byte[KNOWN_LETTERS + ((p[1] & 1U) << 6 | (p[2] & 0x3FU))];
    }
    return 0;
}

/* Prints ASCII and characters that the page is known to have, at most `cells` of them; takes
 * them from text and returns how many. This is the way of nearly every character of a receipt that
 * is not English. */
static uint32_t print_known(struct escpos *e, struct slice *text, uint32_t cells)
{
    const uint8_t *p = text->p, *const end = p + text->n;
    if (!buf_reserve(e->out, text->n))
        return 0;
    uint8_t *const from = e->out->p + e->out->n;
    uint8_t *const full = from + cells;
    uint8_t *to = from;
    while (p < end && to < full) {
        uint32_t n = 1;
        const uint8_t byte = (uint8_t)(*p - 0x20) < 0x5F ? *p : known_byte(e, p, end, &n);
        if (!byte)
            break;
        *to++ = byte;
        p += n;
    }
    if (to > from && !starts_letter(slice_of(p, (size_t)(end - p)))) {
        to--; /* a mark may stand upon the last one */
        do
            p--;
        while (is_continuation(*p));
    }
    e->out->n += (size_t)(to - from);
    *text = slice_of(p, (size_t)(end - p));
    return (uint32_t)(to - from);
}

/* Prints single bytes (ASCII and the current page) as far as they go; takes them from text. Returns
 * the width in dots. */
static uint32_t print_bytes(struct escpos *e, const struct piece *piece, struct slice *text,
                            uint32_t room)
{
    const uint32_t cell = CELL_WIDTH * (uint32_t)piece->style.width;
    uint32_t dots = 0;
    for (;;) {
        dots += print_known(e, text, (room - dots) / cell) * cell;
        struct slice rest = *text;
        struct cluster c;
        if (text->n == 0 || dots + cell > room)
            return dots;
        if (!escpos_take_cluster(&rest, &c)) {
            *text = rest;
            return dots;
        }
        if (needs_dots(e, &c))
            return dots;
        uint8_t byte = (uint8_t)c.base;
        if (c.base >= 0x80) {
            const struct cached *rung = escpos_rung(e, c.base);
            if (rung->rung != RUNG_HERE)
                return dots;
            byte = rung->byte;
        }
        *text = rest;
        buf_byte(e->out, byte);
        dots += cell;
    }
}

/* The quick way of a piece that begins with a letter of the current page: 0 where there is none,
 * else the width in dots; at is where it ends. */
static uint32_t print_known_first(struct escpos *e, const struct piece *piece, struct slice *text,
                                  uint32_t *at, uint32_t x)
{
    uint32_t n;
    const uint8_t *end = text->p + text->n;
    if (!known_byte(e, text->p, end, &n) || !starts_letter(slice_sub(*text, n, text->n)))
        return 0;
    const uint32_t from = escpos_move(e, *at, x);
    escpos_set_style(e, piece->style);
    const uint32_t dots = print_bytes(e, piece, text, paper_dots(e) - x);
    *at = from + dots;
    return dots;
}

static uint32_t print_piece(struct escpos *e, const struct piece *piece, uint32_t at)
{
    if (piece->is_ascii)
        return escpos_print_ascii(e, piece, at);
    const uint32_t edge = paper_dots(e);
    struct slice text = piece->text;
    uint32_t x = piece->x_dots;
    if (!shows_blanks(piece->style))
        escpos_set_style(e, piece->style);
    while (text.n && x < edge) {
        struct slice peek = text;
        struct cluster c;
        uint32_t dots = print_known_first(e, piece, &text, &at, x);
        if (dots) {
            x = at;
            continue;
        }
        if (!escpos_take_cluster(&peek, &c))
            break;
        at = escpos_move(e, at, x);
        if (needs_dots(e, &c)) {
            dots = print_dots(e, piece, &text, edge - x);
        } else {
            escpos_set_style(e, piece->style);
            if (c.base >= 0x80 && escpos_rung(e, c.base)->rung == RUNG_ELSEWHERE)
                choose_page(e, (struct reader){piece, e->pieces + e->n_pieces, text});
            dots = print_bytes(e, piece, &text, edge - x);
        }
        if (dots == 0)
            break; /* the next character passes the edge */
        x += dots;
        at = x;
    }
    return at;
}

/* Dots taller than a cell cannot stand in a line of text: the whole line becomes a picture. */
static bool needs_picture(struct escpos *e, unsigned *height)
{
    bool needs = false;
    *height = 1;
    for (uint32_t i = 0; i < e->n_pieces; i++) {
        const struct piece *piece = &e->pieces[i];
        if (piece->style.height > *height)
            *height = piece->style.height;
        if (piece->is_ascii || piece->style.height == 1)
            continue;
        struct slice text = piece->text;
        struct cluster c;
        while (!needs && escpos_take_cluster(&text, &c))
            needs = needs_dots(e, &c);
    }
    return needs;
}

void escpos_line_mixed(struct escpos *e)
{
    unsigned height;
    if (needs_picture(e, &height)) {
        escpos_line_as_picture(e, height);
        return;
    }
    uint32_t at = 0;
    for (uint32_t i = 0; i < e->n_pieces; i++)
        at = print_piece(e, &e->pieces[i], at);
    buf_byte(e->out, LF);
}
