/* Pieces to user-perceived characters in the order of the paper: the Unicode bidirectional
 * algorithm gives each a level (fonts.h), and they are reversed by its rule L2. */
#include "escpos/mixed.h"

#include "base/utf8.h"

struct range {
    uint32_t from, to;
};

static bool is_in(const struct range *ranges, size_t n, uint32_t cp)
{
    for (size_t i = 0; i < n; i++) {
        if (cp >= ranges[i].from && cp <= ranges[i].to)
            return true;
    }
    return false;
}
#define IS_IN(ranges, cp) is_in((ranges), sizeof(ranges) / sizeof *(ranges), (cp))

bool escpos_is_right_to_left(uint32_t cp)
{
    static const struct range ranges[] = {
        {0x0590, 0x08FF},                       /* Hebrew to Arabic */
        {0x200F, 0x200F},                       /* right-to-left mark */
        {0xFB1D, 0xFDFF},                       /* presentation forms */
        {0xFE70, 0xFEFE},   {0x10800, 0x10FFF}, /* old scripts */
        {0x1E800, 0x1EFFF},
    };
    return cp >= 0x0590 && IS_IN(ranges, cp);
}

bool escpos_is_joined(uint32_t cp)
{
    static const struct range ranges[] = {
        {0x0600, 0x060B}, /* Arabic; its comma, question mark and digits stand alone */
        {0x060E, 0x061A}, {0x061C, 0x061C}, {0x0620, 0x065F},   {0x066E, 0x06D3},
        {0x06D5, 0x06EF}, {0x06FA, 0x08FF}, /* Arabic, Syriac, Thaana, N'Ko, Mandaic */
        {0x0900, 0x0DFF},                   /* Devanagari to Sinhala */
        {0x0F00, 0x109F},                   /* Tibetan, Burmese */
        {0x1780, 0x18AF},                   /* Khmer, Mongolian */
        {0x1A20, 0x1C4F},                   /* Tai Tham to Lepcha */
        {0xA840, 0xA8FF}, {0xA980, 0xAA7F}, {0x11000, 0x11FFF},
    };
    return cp >= 0x0600 && IS_IN(ranges, cp);
}

bool escpos_is_silent(uint32_t cp)
{
    static const struct range ranges[] = {
        {0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x061C, 0x061C}, {0x180B, 0x180E}, {0x200B, 0x200F},
        {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF},
    };
    return (cp >= 0x80 && cp < 0xA0) || (cp >= 0xAD && IS_IN(ranges, cp));
}

uint32_t escpos_columns(struct slice text)
{
    uint32_t columns = 0;
    uint32_t cp;
    for (uint32_t before = 0; utf8_take(&text, &cp); before = cp)
        columns += cp < 0x80 ? 1 : utf8_columns(before, cp);
    return columns;
}

static bool read_chars(struct escpos *e, uint32_t piece)
{
    struct mixed *m = e->mixed;
    struct slice text = e->pieces[piece].text;
    bool is_rtl = false;
    uint32_t cp;
    while (utf8_take(&text, &cp)) {
        if (cp < 0x20 || cp == 0x7F)
            cp = ' ';
        if (!is_rtl && escpos_is_right_to_left(cp)) {
            is_rtl = true;
            escpos_note_lack(e, cp);
        }
        buf_append(&m->chars, &cp, sizeof cp);
    }
    return is_rtl;
}

static void put_part(struct mixed *m, struct part *part)
{
    if (part->n && part->cells)
        buf_append(&m->parts, part, sizeof *part);
    part->from += part->n;
    part->n = 0;
    part->cells = 0;
}

/* Parts of the pieces in the order of reading; each piece's characters follow each other in
 * chars. */
static void split(struct escpos *e, uint32_t from)
{
    struct mixed *m = e->mixed;
    const uint32_t *chars = ITEM(m->chars, uint32_t, 0);
    const uint8_t *levels = m->levels.p;
    const size_t n = COUNT_OF(m->chars, uint32_t);
    const uint32_t *ends = m->ends;
    struct part part = {.piece = (uint16_t)from};
    int32_t state = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t before = i ? chars[i - 1] : 0;
        const bool is_next_piece = i == ends[part.piece - from];
        if (utf8_breaks(before, chars[i], &state) || is_next_piece || part.n == UINT16_MAX)
            put_part(m, &part);
        while (i == ends[part.piece - from])
            part.piece++;
        if (part.n++ == 0)
            part.level = levels[i];
        const unsigned cells = chars[i] < 0x80 ? 1 : utf8_columns(before, chars[i]);
        part.cells = (uint8_t)(part.cells + cells < UINT8_MAX ? part.cells + cells : UINT8_MAX);
    }
    put_part(m, &part);
}

static void reverse(struct part *p, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        const struct part other = p[i];
        p[i] = p[n - 1 - i];
        p[n - 1 - i] = other;
    }
}

/* Rule L2: from the highest level down to the lowest odd one, what is at that level or above is
 * turned round. */
static void turn_round(struct part *parts, size_t n)
{
    unsigned highest = 0;
    for (size_t i = 0; i < n; i++)
        highest = parts[i].level > highest ? parts[i].level : highest;
    for (unsigned level = highest; level > 0; level--) {
        for (size_t i = 0; i < n; i++) {
            size_t end = i;
            while (end < n && parts[end].level >= level)
                end++;
            reverse(parts + i, end - i);
            i = end;
        }
    }
}

void escpos_order(struct escpos *e, uint32_t from, uint32_t to)
{
    struct mixed *m = e->mixed;
    const char direction = e->pieces[from].direction;
    bool is_rtl = direction == 'R';
    buf_reset(&m->chars);
    buf_reset(&m->mirrored);
    buf_reset(&m->levels);
    buf_reset(&m->parts);
    for (uint32_t i = from; i < to; i++) {
        is_rtl |= read_chars(e, i);
        m->ends[i - from] = (uint32_t)COUNT_OF(m->chars, uint32_t);
    }
    const size_t n = COUNT_OF(m->chars, uint32_t);
    if (n == 0 || !buf_reserve(&m->levels, n) || !buf_reserve(&m->mirrored, n * sizeof(uint32_t)))
        return;
    m->levels.n = n;
    m->mirrored.n = n * sizeof(uint32_t);
    if (is_rtl && escpos_fonts(e)) {
        (void)fonts_levels(e->fonts, ITEM(m->chars, uint32_t, 0), n, direction, m->levels.p,
                           ITEM(m->mirrored, uint32_t, 0));
    } else {
        memset(m->levels.p, 0, n);
        memcpy(m->mirrored.p, m->chars.p, m->chars.n);
    }
    split(e, from);
    if (is_rtl && m->parts.n) {
        escpos_join(e);
        turn_round(ITEM(m->parts, struct part, 0), COUNT_OF(m->parts, struct part));
    }
}
