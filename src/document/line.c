/* A line of the document: into cells, and onto the paper. */
#include "document/layout.h"

#include "base/utf8.h"
#include "base/word.h"

#include <stdio.h>

enum byte_kind {
    BYTE_TEXT,
    BYTE_LETTER, /* the first of a letter of two bytes and one column */
    BYTE_HIGH,   /* other text above 7Fh */
    BYTE_END,    /* of the line */
    BYTE_VALUE,  /* SO: inert up to SI */
    BYTE_PIPE,
    BYTE_ESCAPE,
    BYTE_BRACE,
    BYTE_MARKUP, /* decorations and what vanishes */
};

/* clang-format off */
#define C8(k)  k, k, k, k, k, k, k, k
#define C64(k) C8(k), C8(k), C8(k), C8(k), C8(k), C8(k), C8(k), C8(k)
static const uint8_t kinds[256] = {
    [0] = BYTE_MARKUP, BYTE_MARKUP, BYTE_MARKUP, BYTE_MARKUP, BYTE_MARKUP, BYTE_MARKUP, BYTE_MARKUP, BYTE_MARKUP,
    [8] = BYTE_MARKUP, BYTE_MARKUP, BYTE_END, BYTE_MARKUP, BYTE_MARKUP, BYTE_END, BYTE_VALUE, BYTE_MARKUP,
    [16] = C8(BYTE_MARKUP), C8(BYTE_MARKUP),
    ['"'] = BYTE_MARKUP, ['\\'] = BYTE_ESCAPE, ['^'] = BYTE_MARKUP, ['_'] = BYTE_MARKUP, ['`'] = BYTE_MARKUP,
    ['{'] = BYTE_BRACE, ['|'] = BYTE_PIPE, ['}'] = BYTE_BRACE, ['~'] = BYTE_MARKUP, [0x7f] = BYTE_MARKUP,
    [0x80] = C64(BYTE_HIGH),
    [0xC0] = BYTE_HIGH, BYTE_HIGH, BYTE_HIGH,
    [0xC3] = C8(BYTE_LETTER), BYTE_LETTER, /* Latin, U+00C0 to U+02FF */
    [0xCC] = BYTE_HIGH, BYTE_HIGH, BYTE_HIGH, BYTE_HIGH,
    [0xD0] = BYTE_LETTER, BYTE_LETTER, /* Cyrillic before its combining marks, U+0400 to U+047F */
    [0xD2] = C8(BYTE_HIGH), BYTE_HIGH, BYTE_HIGH, BYTE_HIGH, BYTE_HIGH, BYTE_HIGH, BYTE_HIGH,
    [0xE0] = C8(BYTE_HIGH), C8(BYTE_HIGH), C8(BYTE_HIGH), C8(BYTE_HIGH),
};
/* clang-format on */

/* The cells of a line. Those of a column of width 0 are not kept, nor those that no paper has room
 * for. */
struct line {
    struct cell cells[MAX_COLUMNS];
    struct cell dropped; /* the first one, where it is not kept */
    uint32_t n;          /* kept */
    uint32_t n_all;      /* columns of the line */
    bool has_braces;     /* in any column */
    bool is_plain;       /* no cell has markup or braces */
};

/* --- reading --- */

/* The first byte that is not printable ASCII, or the end. */
static const uint8_t *find_odd(const uint8_t *p, const uint8_t *end)
{
    for (; end - p >= 8; p += 8) {
        const uint64_t w = word_load(p);
        const uint64_t odd = word_controls(w) | word_high(w);
        if (odd)
            return p + word_first(odd);
    }
    while (p < end && (uint8_t)(*p - 0x20) < 0x5F)
        p++;
    return p;
}

static bool is_control(uint8_t c)
{
    return c < 0x20 || c == 0x7F;
}

/* Passes over letters of two bytes, which need no look into the Unicode tables, and counts them. */
static const uint8_t *skip_letters(const uint8_t *p, const uint8_t *end, uint32_t *n)
{
    const uint8_t *const from = p, *const last = end - 1;
    while (end - p >= 8 && word_is_cyrillic(word_load(p)))
        p += 8;
    while (p < last && kinds[*p] == BYTE_LETTER && utf8_continues(p[1]))
        p += 2;
    *n += (uint32_t)(p - from) / 2;
    return p;
}

/* Reads an inert part from behind its SO; returns what is behind its SI. */
static const uint8_t *skip_value(const uint8_t *p, const uint8_t *end, struct cell *c)
{
    while ((p = find_odd(p, end)) < end) {
        if (*p == DOCUMENT_MARK_TEXT)
            return p + 1;
        const uint8_t *behind = skip_letters(p, end, &c->n_letters);
        if (behind == p) {
            c->flags |= *p >= 0x80 ? CELL_HIGH : CELL_MARKUP;
            behind++;
        }
        p = behind;
    }
    c->flags |= CELL_OPEN;
    return p;
}

/* Reads a column from p up to a pipe or the line's end. */
static const uint8_t *read_cell(const uint8_t *p, const uint8_t *end, struct cell *c)
{
    c->p = p;
    c->brace = NULL;
    c->flags = 0;
    c->n_values = 0;
    c->n_braces = 0;
    c->n_letters = 0;
    for (; p < end; p++) {
        unsigned kind;
        while ((kind = kinds[*p]) == BYTE_TEXT) {
            if (++p == end)
                goto out;
        }
        switch (kind) {
        case BYTE_LETTER:
        case BYTE_HIGH: {
            const uint8_t *behind = skip_letters(p, end, &c->n_letters);
            c->flags |= behind == p ? CELL_HIGH : 0;
            p = behind == p ? p : behind - 1;
            continue;
        }
        case BYTE_MARKUP:
            c->flags |= is_control(*p) ? CELL_MARKUP | CELL_UNCLEAN : CELL_MARKUP;
            continue;
        case BYTE_VALUE:
            c->flags |= CELL_VALUES;
            if (c->n_values < UINT16_MAX)
                c->n_values++;
            p = skip_value(p + 1, end, c) - 1;
            continue;
        case BYTE_ESCAPE:
            c->flags |= CELL_MARKUP;
            if (p + 1 < end && is_one_of(p[1], "\\{|}"))
                p++;
            else if (p + 1 < end && p[1] == 'x')
                c->flags |= CELL_UNCLEAN;
            continue;
        case BYTE_BRACE:
            c->flags |= CELL_BRACES;
            c->brace = p;
            if (c->n_braces < UINT16_MAX)
                c->n_braces++;
            continue;
        default:
            break;
        }
        break;
    }
out:
    c->end = p;
    return p;
}

static bool ends_blank(const struct cell *c)
{
    return c->p < c->end && is_blank(c->end[-1]) && !(c->flags & CELL_OPEN);
}

/* A column is drawn to the pipes it touches; at the line's open ends the pipe on the other side
 * decides alone. */
static uint8_t magnetism(const struct cell *c, bool pipe_left, bool pipe_right)
{
    bool left = c->p < c->end && is_blank(c->p[0]);
    bool right = ends_blank(c);
    if (c->p == c->end || (!pipe_left && !pipe_right))
        return 1;
    if (!pipe_left)
        left = !right;
    if (!pipe_right)
        right = !left;
    return (uint8_t)(1 + left - right);
}

static void trim_cell(struct cell *c)
{
    while (c->p < c->end && is_blank(c->p[0]))
        c->p++;
    while (ends_blank(c))
        c->end--;
}

static int32_t width_of(const struct layout *l, uint32_t index)
{
    if (l->n_widths == 0)
        return WIDTH_REST;
    return index < l->n_widths ? l->widths[index] : 0;
}

/* Counts the cell that was read behind the others, and keeps it where its column is shown. */
static void count_cell(const struct layout *l, struct line *line, struct cell *c)
{
    trim_cell(c);
    line->has_braces |= (c->flags & CELL_BRACES) != 0;
    c->width = width_of(l, line->n_all);
    if (c->width != 0 && line->n < MAX_COLUMNS) {
        line->is_plain &= !(c->flags & (CELL_MARKUP | CELL_BRACES));
        line->n++;
    } else if (line->n_all == 0) {
        line->dropped = *c;
    }
    line->n_all++;
}

/* The line's end from p on, blanks passed over; NULL when something else comes first. */
static const uint8_t *at_line_end(const uint8_t *p, const uint8_t *end)
{
    while (p < end && is_blank(*p))
        p++;
    return p == end || kinds[*p] == BYTE_END ? p : NULL;
}

/* Reads all columns; returns the line's end. */
static const uint8_t *read_line(const struct layout *l, const uint8_t *p, const uint8_t *end,
                                struct line *line)
{
    struct cell spare = {0};
    line->n = line->n_all = 0;
    line->has_braces = false;
    line->is_plain = true;
    while (p < end && is_blank(*p))
        p++;
    bool pipe_left = p < end && *p == '|';
    p += pipe_left;
    for (;;) {
        struct cell *c = line->n < MAX_COLUMNS ? &line->cells[line->n] : &spare;
        p = read_cell(p, end, c);
        const bool pipe_right = p < end && *p == '|';
        if (!pipe_right) {
            while (ends_blank(c))
                c->end--;
        }
        c->align = magnetism(c, pipe_left, pipe_right);
        count_cell(l, line, c);
        if (!pipe_right)
            return p;
        const uint8_t *stop = at_line_end(++p, end);
        if (stop)
            return stop;
        pipe_left = true;
    }
}

/* --- text --- */

/* What a plain cell shows, and how many columns it takes. */
struct shown {
    struct slice text;
    uint32_t columns;
};

static uint32_t columns_of(struct slice text)
{
    uint32_t columns = 0;
    uint32_t before = 0;
    for (uint32_t cp; utf8_take(&text, &cp); before = cp)
        columns += utf8_columns(before, cp);
    return columns;
}

static struct slice without_marks(struct layout *l, const struct cell *c)
{
    if (!(c->flags & CELL_VALUES))
        return slice_of(c->p, (size_t)(c->end - c->p));
    if (c->n_values == 1 && c->p[0] == DOCUMENT_MARK_VALUE && c->end[-1] == DOCUMENT_MARK_TEXT)
        return slice_of(c->p + 1, (size_t)(c->end - c->p) - 2);
    /* Room for the whole line has been made: the text stays where it is. */
    uint8_t *const from = l->text.p + l->text.n;
    uint8_t *to = from;
    for (const uint8_t *p = c->p; p < c->end; p++) {
        *to = *p;
        to += *p != DOCUMENT_MARK_VALUE && *p != DOCUMENT_MARK_TEXT;
    }
    l->text.n += (size_t)(to - from);
    return slice_of(from, (size_t)(to - from));
}

/* True when every cell is a few words that fit into their column as they are. */
static bool all_fit(struct layout *l, const struct line *line, struct shown *shown)
{
    if (!line->is_plain)
        return false;
    for (uint32_t i = 0; i < line->n; i++) {
        const struct cell *c = &line->cells[i];
        if (c->p == c->end) {
            shown[i] = (struct shown){0};
            continue;
        }
        shown[i].text = without_marks(l, c);
        shown[i].columns = c->flags & CELL_HIGH ? columns_of(shown[i].text)
                                                : (uint32_t)shown[i].text.n - c->n_letters;
        if (shown[i].columns > (uint32_t)c->width)
            return false;
    }
    return true;
}

/* Dots from a column's left edge to its text. */
static uint32_t margin(const struct layout *l, const struct cell *c, uint32_t columns)
{
    return ((uint32_t)c->width - columns) * c->align * l->cell_dots / 2;
}

static uint32_t border_columns(const struct layout *l)
{
    return l->border == BORDER_LINE ? 1 : (uint32_t)l->border;
}

static void print_plain(struct layout *l, const struct line *line, const struct area *area,
                        const struct shown *shown)
{
    const bool framed = l->frame == FRAME_RUNNING;
    uint32_t column = area->left;
    if (framed)
        layout_frame_bar(l, column++, 1);
    for (uint32_t i = 0; i < line->n; i++) {
        const struct cell *c = &line->cells[i];
        if (shown[i].text.n) {
            escpos_text(l->e, column * l->cell_dots + margin(l, c, shown[i].columns), shown[i].text,
                        escpos_plain);
            escpos_apart(l->e);
        }
        column += (uint32_t)c->width;
        if (framed)
            layout_frame_bar(l, column, 1);
        column += border_columns(l);
    }
    escpos_line(l->e);
}

static const struct fragment *fragment_at(const struct layout *l, uint32_t i)
{
    return (const struct fragment *)(const void *)l->fragments.p + i;
}

static uint32_t fragment_count(const struct layout *l)
{
    return (uint32_t)(l->fragments.n / sizeof(struct fragment));
}

/* Fragments of a wrapped line: those of a cell follow each other, row after row. */
struct wrapped {
    uint32_t next[MAX_COLUMNS], end[MAX_COLUMNS];
};

static unsigned row_height(const struct layout *l, const struct wrapped *w, uint32_t n,
                           uint32_t row)
{
    unsigned height = 1;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = w->next[i]; k < w->end[i] && fragment_at(l, k)->row == row; k++) {
            if (fragment_at(l, k)->style.height > height)
                height = fragment_at(l, k)->style.height;
        }
    }
    return height;
}

static void print_row(struct layout *l, const struct line *line, const struct area *area,
                      struct wrapped *w, uint32_t row)
{
    const bool framed = l->frame == FRAME_RUNNING;
    const unsigned height = framed ? row_height(l, w, line->n, row) : 1;
    uint32_t column = area->left;
    if (framed)
        layout_frame_bar(l, column++, height);
    for (uint32_t i = 0; i < line->n; i++) {
        bool begins = true;
        for (; w->next[i] < w->end[i] && fragment_at(l, w->next[i])->row == row; w->next[i]++) {
            const struct fragment *f = fragment_at(l, w->next[i]);
            escpos_text(l->e, f->x_dots, slice_of(l->text.p + f->from, f->n), f->style);
            if (f->direction && f->n)
                escpos_direction(l->e, f->direction);
            if (begins && f->n)
                escpos_apart(l->e);
            begins &= f->n == 0;
        }
        column += (uint32_t)line->cells[i].width;
        if (framed)
            layout_frame_bar(l, column, height);
        column += border_columns(l);
    }
    escpos_line(l->e);
}

static void say_cut_off(struct layout *l, const struct line *line)
{
    char mm[NUMBER_BYTES];
    struct err err;
    FAIL(&err, ERR_HINT_CUT_OFF, layout_paper_mm(l, mm));
    layout_hint_at(l, &err, line->cells[0].p ? line->cells[0].p : l->at);
}

static void print_wrapped(struct layout *l, const struct line *line, const struct area *area)
{
    struct wrapped w;
    uint32_t rows = 1;
    uint32_t column = area->left + (l->frame == FRAME_RUNNING);
    buf_reset(&l->text);
    buf_reset(&l->fragments);
    for (uint32_t i = 0; i < line->n; i++) {
        const struct cell *c = &line->cells[i];
        w.next[i] = fragment_count(l);
        const uint32_t n = layout_wrap(l, c, column * l->cell_dots);
        w.end[i] = fragment_count(l);
        rows = n > rows ? n : rows;
        column += (uint32_t)c->width + border_columns(l);
    }
    if (l->text.full || l->fragments.full) {
        l->failed = true;
        return;
    }
    if (!l->wrap && rows > 1)
        say_cut_off(l, line);
    for (uint32_t row = 0; row < (l->wrap ? rows : 1); row++)
        print_row(l, line, area, &w, row);
}

static void say_columns(struct layout *l, enum err_code code, uint32_t n, bool lost)
{
    char here[NUMBER_BYTES], there[NUMBER_BYTES], mm[NUMBER_BYTES];
    struct err err;
    snprintf(here, sizeof here, "%u", n);
    snprintf(there, sizeof there, "%u", l->columns);
    FAIL(&err, code, here, there, layout_paper_mm(l, mm));
    if (lost)
        layout_warn(l, &err);
    else
        layout_hint_at(l, &err, l->at);
}

/* Widths that the paper has no room for are made narrower. */
static void look_at_widths(struct layout *l, const struct line *line)
{
    const uint32_t between = line->n ? line->n - 1 : 0;
    uint32_t wanted = l->border == BORDER_LINE ? line->n + 1 : between * border_columns(l);
    for (uint32_t i = 0; i < line->n; i++)
        wanted += line->cells[i].width < 0 ? 1U : (uint32_t)line->cells[i].width;
    if (line->n && wanted > l->columns)
        say_columns(l, ERR_HINT_WIDTHS, wanted, false);
}

/* Columns that {width:…} names and the line leaves out are empty; those that find no place on the
 * paper fall away. */
static void complete(struct layout *l, struct line *line)
{
    for (uint32_t i = line->n_all; i < l->n_widths && line->n < MAX_COLUMNS; i++) {
        if (l->widths[i] != 0)
            line->cells[line->n++] = (struct cell){.align = 1, .width = l->widths[i]};
    }
    const uint32_t border = border_columns(l);
    const uint32_t most =
        l->border == BORDER_LINE ? (l->columns - 1) / 2 : (l->columns + border) / (border + 1);
    if (line->n > most) {
        line->n = most;
        say_columns(l, ERR_MARKUP_COLUMNS, most, true);
    }
}

/* Lines under the same properties with as many columns share the paper alike. */
static const struct area *area_of(struct layout *l, struct line *line)
{
    if (l->area_version != l->version || l->area_columns != line->n) {
        if (l->paper->hint)
            look_at_widths(l, line);
        layout_share(l, line->cells, line->n, true, &l->area);
        l->area_version = l->version;
        l->area_columns = line->n;
    } else {
        for (uint32_t i = 0; i < line->n; i++)
            line->cells[i].width = l->area.widths[i];
    }
    return &l->area;
}

static void print_text(struct layout *l, struct line *line, size_t bytes)
{
    struct shown shown[MAX_COLUMNS];
    complete(l, line);
    const struct area *area = area_of(l, line);
    l->has_paper = true;
    if (l->frame != FRAME_NONE)
        layout_frame_before(l, area);
    buf_reset(&l->text);
    /* A byte that is not UTF-8 becomes three. */
    if (!buf_reserve(&l->text, bytes * 3 + 1)) {
        l->failed = true;
        return;
    }
    if (all_fit(l, line, shown))
        print_plain(l, line, area, shown);
    else
        print_wrapped(l, line, area);
}

/* --- other lines --- */

static bool is_run_of(const struct cell *c, uint8_t byte)
{
    if (c->p == c->end)
        return false;
    for (const uint8_t *p = c->p; p < c->end; p++) {
        if (*p != byte)
            return false;
    }
    return true;
}

static void print_rule(struct layout *l)
{
    struct cell c = {.width = WIDTH_REST};
    struct area area;
    switch (l->frame) {
    case FRAME_NONE:
        c.width = layout_block_width(l);
        layout_share(l, &c, 1, false, &area);
        l->has_paper = true;
        layout_rule(l, area.left, area.width);
        escpos_line(l->e);
        break;
    case FRAME_RUNNING:
        l->frame = FRAME_HORIZONTAL;
        break;
    default:
        break;
    }
}

static void print_cut(struct layout *l)
{
    if (l->frame == FRAME_RUNNING || l->frame == FRAME_HORIZONTAL) {
        layout_frame_stop(l);
        l->frame = FRAME_READY;
    }
    if (l->has_paper)
        escpos_cut(l->e, false);
    l->has_paper = false;
}

static bool is_property(const struct cell *c)
{
    return c->n_braces == 2 && c->p[0] == '{' && c->brace == c->end - 1 && *c->brace == '}';
}

static size_t blanks_at(const uint8_t *p, const uint8_t *end)
{
    size_t n = 0;
    while (p + n < end && is_blank(p[n]))
        n++;
    return n;
}

static void print_line(struct layout *l, struct line *line, const uint8_t *p, const uint8_t *end)
{
    struct cell *first = line->n ? &line->cells[0] : &line->dropped;
    if (line->n_all == 1 && line->has_braces && is_property(first))
        layout_property(l, first);
    else if (line->has_braces)
        layout_warn_cell(l, ERR_MARKUP_LINE, p + blanks_at(p, end), end);
    else if (line->n_all == 1 && is_run_of(first, '-'))
        print_rule(l);
    else if (line->n_all == 1 && is_run_of(first, '='))
        print_cut(l);
    else
        print_text(l, line, (size_t)(end - p));
}

const uint8_t *layout_line(struct layout *l, const uint8_t *p, const uint8_t *end)
{
    struct line line;
    const uint8_t *stop = read_line(l, p, end, &line);
    l->line++;
    l->at = p;
    print_line(l, &line, p, stop);
    if (stop < end)
        stop += *stop == '\r' && stop + 1 < end && stop[1] == '\n' ? 2 : 1;
    return stop;
}
