/* A line of pieces to bytes: the part that every receipt goes through, so it looks at each byte as
 * seldom as it can. */
#include "escpos/state.h"

#include "base/word.h"

static inline uint64_t odd_bytes(const uint8_t *p)
{
    const uint64_t w = word_load(p);
    return word_controls(w) | word_high(w);
}

static bool is_printable_ascii(struct slice s)
{
    if (s.n >= 8) {
        uint64_t odd = odd_bytes(s.p + s.n - 8);
        for (size_t i = 0; i + 8 <= s.n; i += 8)
            odd |= odd_bytes(s.p + i);
        return !odd;
    }
    bool odd = false;
    for (size_t i = 0; i < s.n; i++)
        odd |= (uint8_t)(s.p[i] - 0x20) > 0x5E;
    return !odd;
}

void escpos_text(struct escpos *e, unsigned x_dots, struct slice text, struct escpos_style style)
{
    if (text.n == 0 || e->n_pieces == MAX_PIECES)
        return;
    const bool is_ascii = is_printable_ascii(text);
    e->all_ascii &= is_ascii;
    e->pieces[e->n_pieces++] = (struct piece){text, x_dots, style, is_ascii, 0, false};
}

void escpos_direction(struct escpos *e, char direction)
{
    if (e->n_pieces == 0)
        return;
    e->pieces[e->n_pieces - 1].direction = direction;
    if (direction == 'R') {
        e->is_turned = true;
        e->all_ascii = false;
    }
}

void escpos_apart(struct escpos *e)
{
    if (e->n_pieces)
        e->pieces[e->n_pieces - 1].is_apart = true;
}

uint32_t escpos_move(struct escpos *e, uint32_t at, const struct piece *piece)
{
    const uint32_t x_dots = piece->x_dots;
    if (at == x_dots)
        return at;
    const uint32_t cell = CELL_WIDTH * (uint32_t)e->style.width;
    const uint32_t gap = x_dots - at;
    if (x_dots > at && gap <= 4 * cell && gap % cell == 0 && !shows_blanks(e->style) &&
        e->style.height <= piece->style.height)
        buf_append(e->out, "    ", gap / cell);
    else
        put4(e->out, ESC, '$', (uint8_t)(x_dots & 0xFF), (uint8_t)(x_dots >> 8));
    return x_dots;
}

uint32_t escpos_print_ascii(struct escpos *e, const struct piece *piece, uint32_t at)
{
    const uint32_t edge = paper_dots(e);
    const uint32_t cell = CELL_WIDTH * (uint32_t)piece->style.width;
    if (piece->x_dots >= edge)
        return at;
    size_t cells = piece->text.n;
    if (cells * cell > edge - piece->x_dots)
        cells = (edge - piece->x_dots) / cell;
    if (cells == 0)
        return at;
    /* Before the gap when blanks show in the old style, behind it when they would in the new one.
     */
    if (!shows_blanks(piece->style))
        escpos_set_style(e, piece->style);
    at = escpos_move(e, at, piece);
    escpos_set_style(e, piece->style);
    if (e->user_on)
        escpos_spare_ascii(e, piece->text);
    buf_append(e->out, piece->text.p, cells);
    return at + (uint32_t)cells * cell;
}

static void print_ascii(struct escpos *e)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < e->n_pieces; i++)
        at = escpos_print_ascii(e, &e->pieces[i], at);
    buf_byte(e->out, LF);
}

void escpos_line(struct escpos *e)
{
    escpos_resync(e);
    escpos_set_align(e, 0);
    if (e->all_ascii && !e->told)
        print_ascii(e);
    else
        escpos_line_mixed(e);
    e->n_pieces = 0;
    e->all_ascii = true;
    e->is_turned = false;
}
