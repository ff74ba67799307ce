/* The ladder of a character, for lines that are not plain ASCII: page, other page, look-alike,
 * dots. */
#include "escpos/state.h"

#include "base/utf8.h"
#include "image/face.h"

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

/* The characters from here on that need a page. */
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

/* Takes the page that carries the text farthest: no other choice needs fewer switches. Of equals
 * the earlier slot. */
static void choose_page(struct escpos *e, struct reader from)
{
    uint32_t cps[LOOK_AHEAD];
    const size_t n = collect(e, from, cps);
    size_t best = 0;
    uint8_t best_slot = e->page_slot;
    for (uint8_t slot = 0; slot < e->profile->n_slots && best < n; slot++) {
        uint8_t byte;
        size_t reach = 0;
        while (reach < n && code_page_byte(e->profile->slots[slot].page, cps[reach], &byte))
            reach++;
        if (reach > best) {
            best = reach;
            best_slot = slot;
        }
    }
    escpos_set_page(e, best_slot);
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

/* The byte of the character at the front when it was met before on this page and stands alone;
 * takes it. */
static bool take_known(struct escpos *e, struct slice *text, uint8_t *byte)
{
    struct slice rest = *text;
    uint32_t cp = rest.p[0];
    if (cp < 0x80) {
        *byte = (uint8_t)(cp - 0x20) < 0x5F ? (uint8_t)cp : ' ';
        rest = slice_of(rest.p + 1, rest.n - 1);
    } else {
        if (cp < 0xE0 && rest.n >= 2 && (rest.p[1] & 0xC0) == 0x80) {
            cp = (cp & 0x1F) << 6 | (rest.p[1] & 0x3FU);
            rest = slice_of(rest.p + 2, rest.n - 2);
        } else if (!utf8_take(&rest, &cp)) {
            return false;
        }
        const struct cached *c = &e->cache[cp % CACHE_SIZE];
        if (c->cp != cp || c->rung != RUNG_HERE)
            return false;
        *byte = c->byte;
    }
    if (!starts_letter(rest))
        return false;
    *text = rest;
    return true;
}

/* Prints single bytes (ASCII and the current page) as far as they go; takes them from text. Returns
 * the width in dots. */
static uint32_t print_bytes(struct escpos *e, const struct piece *piece, struct slice *text,
                            uint32_t room)
{
    const uint32_t cell = CELL_WIDTH * (uint32_t)piece->style.width;
    uint32_t dots = 0;
    while (text->n && dots + cell <= room) {
        struct slice rest = *text;
        struct cluster c;
        uint8_t byte;
        if (!take_known(e, text, &byte)) {
            if (!escpos_take_cluster(&rest, &c)) {
                *text = rest;
                break;
            }
            if (needs_dots(e, &c))
                break;
            byte = (uint8_t)c.base;
            if (c.base >= 0x80) {
                const struct cached *rung = escpos_rung(e, c.base);
                if (rung->rung != RUNG_HERE)
                    break;
                byte = rung->byte;
            }
            *text = rest;
        }
        buf_byte(e->out, byte);
        dots += cell;
    }
    return dots;
}

static uint32_t print_piece(struct escpos *e, const struct piece *piece, uint32_t at)
{
    const uint32_t edge = paper_dots(e);
    struct slice text = piece->text;
    uint32_t x = piece->x_dots;
    if (!shows_blanks(piece->style))
        escpos_set_style(e, piece->style);
    while (text.n && x < edge) {
        struct slice peek = text;
        struct cluster c;
        if (!escpos_take_cluster(&peek, &c))
            break;
        at = escpos_move(e, at, x);
        uint32_t dots;
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
