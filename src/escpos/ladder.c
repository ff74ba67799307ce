/* The ladder of a character, for lines that are not plain ASCII: page, other page, look-alike,
 * dots. */
#include "escpos/mixed.h"

#include "base/utf8.h"
#include "image/face.h"

#include <endian.h>

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
    static const struct cached to_be_ordered = {.rung = RUNG_DOTS};
    struct cached *c = &e->cache[cp % CACHE_SIZE];
    if (!e->is_ordered && escpos_is_right_to_left(cp))
        return &to_be_ordered;
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
        if (i < n || has_glyph(e, cp))
            continue;
        escpos_note_lack(e, cp);
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

/* True when no combining mark can begin with this byte, so that the character before stands alone:
 * ASCII, Latin letters, Cyrillic letters. */
static bool starts_letter(struct slice s)
{
    return s.n == 0 || s.p[0] < 0xCC || s.p[0] == 0xD0 || s.p[0] == 0xD1 ||
           (s.p[0] == 0xE2 && s.n > 1 && (s.p[1] == 0x94 || s.p[1] == 0x95) /* boxes */);
}

/* True when no mark belongs to the character before rest; what only joins or varies is taken. */
static bool stands_alone(struct slice *rest)
{
    uint32_t next;
    if (starts_letter(*rest))
        return true;
    for (struct slice s = *rest; utf8_take(&s, &next); *rest = s) {
        if (utf8_width(next) != 0)
            break;
        if (!escpos_is_silent(next))
            return false;
    }
    return true;
}

/* The last two bytes of a character. */
static inline uint32_t word_at(const uint8_t *p)
{
    uint16_t word;
    memcpy(&word, p, sizeof word);
    return be16toh(word);
}

/* Where text goes from and to: ASCII, letters of two bytes and boxes of three become a byte each.
 */
struct copying {
    const uint8_t *p, *end; /* UTF-8 */
    uint8_t *to;
};

static inline void copy_ascii(struct copying *c)
{
    const uint8_t *p = c->p;
    for (; p < c->end && (uint8_t)(*p - 0x20) < 0x5F; p++)
        *c->to++ = *p;
    c->p = p;
}

static inline void copy_letters(struct copying *c, const uint8_t *row)
{
    const uint8_t *p = c->p, *const last = c->end - 1;
    for (uint8_t byte; p < last; p += 2) {
        const uint32_t place = word_at(p) - CODE_PAGE_LETTERS;
        if (place >= CODE_PAGE_FIRST_BOX || !(byte = row[place]))
            break;
        *c->to++ = byte;
    }
    c->p = p;
}

static inline void copy_boxes(struct copying *c, const uint8_t *row)
{
    const uint8_t *p = c->p;
    row += CODE_PAGE_FIRST_BOX;
    for (uint8_t byte; c->end - p > 2 && *p == 0xE2; p += 3) {
        const uint32_t place = word_at(p + 1) - CODE_PAGE_BOXES;
        if (place >= CODE_PAGE_BOXES_END - CODE_PAGE_BOXES || !(byte = row[place]))
            break;
        *c->to++ = byte;
    }
    c->p = p;
}

/* Prints ASCII and characters that the row of the page has, at most `cells` of them; takes them
 * from text and returns how many. This is the way of nearly every character of a receipt that is
 * not English. */
static uint32_t print_known(struct escpos *e, struct slice *text, uint32_t cells)
{
    if (!buf_reserve(e->out, text->n))
        return 0;
    uint8_t *const from = e->out->p + e->out->n;
    struct copying c = {text->p, text->p + utf8_first(*text, cells), from};
    do {
        copy_letters(&c, e->row);
        const uint8_t *const before = c.p;
        copy_ascii(&c);
        if (c.p == before)
            copy_boxes(&c, e->row);
        if (c.p == before)
            break;
    } while (c.p < c.end);
    const struct slice rest = slice_of(c.p, (size_t)(text->p + text->n - c.p));
    if (c.to > from && !starts_letter(rest)) {
        c.to--; /* a mark may stand upon the last one */
        do
            c.p--;
        while (utf8_continues(*c.p));
    }
    e->out->n += (size_t)(c.to - from);
    *text = slice_of(c.p, (size_t)(text->p + text->n - c.p));
    return (uint32_t)(c.to - from);
}

/* Takes the character at the front where it stands alone and is a byte of the current page. */
static bool take_byte(struct escpos *e, struct slice *text, uint8_t *byte)
{
    struct slice rest = *text;
    uint32_t cp;
    (void)utf8_take(&rest, &cp);
    if (cp < 0x80) {
        *byte = (uint8_t)(cp - 0x20) < 0x5F ? (uint8_t)cp : ' ';
    } else {
        const struct cached *c = escpos_rung(e, cp);
        if (c->rung != RUNG_HERE)
            return false;
        *byte = c->byte;
    }
    if (!stands_alone(&rest))
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
    for (;;) {
        uint8_t byte;
        dots += print_known(e, text, (room - dots) / cell) * cell;
        if (text->n == 0 || dots + cell > room || !take_byte(e, text, &byte))
            return dots;
        buf_byte(e->out, byte);
        dots += cell;
    }
}

/* What is done about the character at the front, which is no byte of the current page. */
enum todo { CHOOSE_PAGE, PASS_OVER, GIVE_UP };

static enum todo look_at(struct escpos *e, struct slice *text)
{
    struct slice rest = *text;
    uint32_t cp;
    (void)utf8_take(&rest, &cp);
    if (cp >= 0x80 && utf8_width(cp) == 0) {
        if (!escpos_is_silent(cp))
            return GIVE_UP;
        *text = rest;
        return PASS_OVER;
    }
    return cp >= 0x80 && escpos_rung(e, cp)->rung == RUNG_ELSEWHERE && stands_alone(&rest)
               ? CHOOSE_PAGE
               : GIVE_UP;
}

bool escpos_print_text(struct escpos *e, const struct piece *piece, const struct piece *end,
                       uint32_t *at)
{
    const uint32_t edge = paper_dots(e);
    const uint32_t cell = CELL_WIDTH * (uint32_t)piece->style.width;
    struct slice text = piece->text;
    uint32_t x = piece->x_dots;
    if (x + cell > edge)
        return true;
    if (!shows_blanks(piece->style))
        escpos_set_style(e, piece->style);
    *at = escpos_move(e, *at, piece);
    escpos_set_style(e, piece->style);
    if (e->user_on)
        escpos_spare_ascii(e, text);
    while (text.n && x + cell <= edge) {
        const uint32_t dots = print_bytes(e, piece, &text, edge - x);
        x += dots;
        *at = x;
        if (dots || text.n == 0)
            continue;
        switch (look_at(e, &text)) {
        case CHOOSE_PAGE:
            if (e->told)
                escpos_tell_text(e, text.p, x);
            choose_page(e, (struct reader){piece, end, text});
            break;
        case PASS_OVER:
            break;
        case GIVE_UP:
            return false;
        }
    }
    return true;
}

/* The pieces as they stand; takes the bytes back and says false when a page is not enough. */
static bool print_plainly(struct escpos *e)
{
    const struct escpos_style style = e->style;
    const uint8_t page_slot = e->page_slot;
    const size_t n = e->out->n;
    const bool user_on = e->user_on;
    uint32_t at = 0;
    bool ok = true;
    const struct piece *const end = e->pieces + e->n_pieces;
    for (const struct piece *piece = e->pieces; ok && piece < end; piece++) {
        if (piece->is_ascii)
            at = escpos_print_ascii(e, piece, at);
        else
            ok = escpos_print_text(e, piece, end, &at);
    }
    if (ok) {
        buf_byte(e->out, LF);
        return true;
    }
    if (!e->out->full)
        e->out->n = n;
    e->style = style;
    e->user_on = user_on;
    if (e->page_slot != page_slot)
        escpos_know_page(e, page_slot);
    return false;
}

void escpos_line_mixed(struct escpos *e)
{
    if (e->told || e->is_turned || !print_plainly(e))
        escpos_line_any(e);
}
