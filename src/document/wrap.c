/* A cell with markup, or too long for its column: decoded and wrapped, character by character, as
 * the ReceiptLine reference does; after {text:words}, between words where a row has a blank. */
#include "document/layout.h"

#include "base/utf8.h"

#include <stdio.h>

/* Sizes by the number of carets in a run. */
static const struct escpos_style sizes[] = {
    {1, 1, 0}, {2, 1, 0}, {1, 2, 0}, {2, 2, 0}, {3, 3, 0}, {4, 4, 0}, {5, 5, 0}, {6, 6, 0},
};
enum { MAX_CARETS = sizeof sizes / sizeof *sizes - 1 };

/* The row's last blank, where {text:words} may part it. */
struct parting {
    bool is_there;
    uint32_t fragment, from,
        behind; /* the fragment, and bytes of it before and up to behind the blank */
    uint32_t columns, columns_behind; /* of the row, likewise */
};

struct wrapper {
    struct layout *l;
    const struct cell *cell;
    const struct cell *given; /* as the document has it: cell may be a copy without controls */
    uint32_t x_dots;
    uint32_t width, space; /* columns: of the cell, left in the row */
    uint32_t row;
    size_t row_start, cell_start; /* bytes of l->fragments */
    unsigned carets;
    uint32_t before; /* the character put last */
    struct escpos_style style;
    char direction; /* of the paragraph under way */
    struct parting parting;
    bool said_broken, said_large; /* what was told of this cell */
    bool in_word;                 /* the last letter is part of a word */
    bool was_full;                /* the row is new because the last letter filled the one above */
    bool after_blank;             /* the row ends with a blank that may part it */
    bool skips_blanks; /* the row is new because the one above was full: blanks between them vanish
                        */
};

static struct fragment *last_fragment(const struct wrapper *w)
{
    return (struct fragment *)(void *)(w->l->fragments.p + w->l->fragments.n) - 1;
}

static struct fragment *fragment_at(const struct wrapper *w, size_t i)
{
    return (struct fragment *)(void *)w->l->fragments.p + i;
}

/* Aligns the row's fragments, those before `end`, in what they leave free. */
static void align_row(struct wrapper *w, size_t end, uint32_t space)
{
    const uint32_t margin = space * w->cell->align * w->l->cell_dots / 2;
    for (size_t at = w->row_start; margin && at < end; at += sizeof(struct fragment))
        fragment_at(w, at / sizeof(struct fragment))->x_dots += margin;
}

static void close_row(struct wrapper *w)
{
    const struct parting *part = &w->parting;
    align_row(w, w->l->fragments.n, w->after_blank ? w->width - part->columns : w->space);
    /* Read from right to left, the blank that parts the row would stand at its left. */
    if (w->after_blank && w->direction == 'R')
        fragment_at(w, part->fragment)->n = part->from;
    w->row_start = w->l->fragments.n;
    w->space = w->width;
    w->row++;
    w->parting.is_there = false;
    w->after_blank = false;
    w->skips_blanks = false;
}

/* Parts a fragment at the blank; returns the index of the first fragment of the next row. */
static size_t part_fragment(struct wrapper *w)
{
    const struct parting *part = &w->parting;
    struct buf *fragments = &w->l->fragments;
    struct fragment tail = *fragment_at(w, part->fragment);
    tail.from += part->behind;
    tail.n -= part->behind;
    fragment_at(w, part->fragment)->n = part->from;
    const size_t next = part->fragment + 1;
    if (tail.n == 0)
        return next;
    buf_append(fragments, &tail, sizeof tail);
    if (fragments->full)
        return next;
    const size_t n = fragments->n / sizeof tail;
    memmove(fragment_at(w, next + 1), fragment_at(w, next), (n - 1 - next) * sizeof tail);
    tail.x_dots = w->x_dots + part->columns_behind * w->l->cell_dots;
    *fragment_at(w, next) = tail;
    return next;
}

/* What stands behind the row's last blank begins the next row. */
static void carry_word(struct wrapper *w)
{
    const struct parting part = w->parting;
    const uint32_t carried = w->width - w->space - part.columns_behind;
    const size_t next = part_fragment(w);
    align_row(w, next * sizeof(struct fragment), w->width - part.columns);
    w->row_start = next * sizeof(struct fragment);
    w->space = w->width - carried;
    w->row++;
    for (size_t i = next; i < w->l->fragments.n / sizeof(struct fragment); i++) {
        fragment_at(w, i)->row = w->row;
        fragment_at(w, i)->x_dots -= part.columns_behind * w->l->cell_dots;
    }
    w->parting.is_there = false;
}

static void put_bytes(struct wrapper *w, const uint8_t *p, size_t n)
{
    buf_append(&w->l->text, p, n);
    if (!w->l->fragments.full)
        last_fragment(w)->n += (uint32_t)n;
}

static void start_fragment(struct wrapper *w)
{
    const struct buf *fragments = &w->l->fragments;
    if (fragments->n > w->row_start) {
        const struct escpos_style s = last_fragment(w)->style;
        if (s.width == w->style.width && s.height == w->style.height && s.flags == w->style.flags)
            return;
    }
    const struct fragment f = {
        .row = w->row,
        .x_dots = w->x_dots + (w->width - w->space) * w->l->cell_dots,
        .from = (uint32_t)w->l->text.n,
        .style = w->style,
        .direction = w->direction,
    };
    buf_append(&w->l->fragments, &f, sizeof f);
}

/* An error about the cell: its text, its width, the paper's. */
static void fail_cell(const struct wrapper *w, enum err_code code, struct err *err)
{
    char width[NUMBER_BYTES], mm[NUMBER_BYTES], text[ERR_ARG_BYTES];
    snprintf(width, sizeof width, "%u", w->width);
    slice_cstr(slice_of(w->cell->p, (size_t)(w->cell->end - w->cell->p)), text, sizeof text);
    FAIL(err, code, text, width, layout_paper_mm(w->l, mm));
}

/* A word goes on in another row: the column is too narrow for it. */
static void say_broken(struct wrapper *w)
{
    struct err err;
    if (w->said_broken || !w->l->wrap || !w->l->paper->hint)
        return;
    w->said_broken = true;
    fail_cell(w, ERR_HINT_NARROW, &err);
    layout_hint_at(w->l, &err, w->given->p);
}

/* A letter that is wider than its column is left out. */
static void say_large(struct wrapper *w)
{
    struct err err;
    if (w->said_large)
        return;
    w->said_large = true;
    fail_cell(w, ERR_MARKUP_SIZE, &err);
    layout_warn_at(w->l, &err, w->given->p);
}

static void put_char(struct wrapper *w, uint32_t cp)
{
    uint8_t bytes[4];
    if (cp < 0x20 || cp == 0x7F)
        return;
    const uint32_t columns = utf8_columns(w->before, cp) * w->style.width;
    w->before = cp;
    const size_t n = utf8_put(cp, bytes);
    if (columns == 0) {
        /* A mark stays with its letter, even when the row is full. */
        if (w->l->fragments.n > w->cell_start)
            put_bytes(w, bytes, n);
        return;
    }
    if (columns > w->width) {
        say_large(w);
        return;
    }
    if ((columns > w->space || w->was_full) && w->in_word && cp != ' ' &&
        !(w->parting.is_there && !w->after_blank))
        say_broken(w);
    w->was_full = false;
    while (columns > w->space) {
        if (w->parting.is_there && !w->after_blank)
            carry_word(w);
        else
            close_row(w);
    }
    start_fragment(w);
    put_bytes(w, bytes, n);
    w->space -= columns;
    w->after_blank = false;
    w->skips_blanks = false;
    w->in_word = cp != ' ' && columns == w->style.width;
    /* Marks that follow find this fragment still the last one of the cell. */
    if (w->space == 0 && !w->l->wrap_words) {
        close_row(w);
        w->was_full = true;
    }
}

/* A blank of the text; ~ and the no-break space never part a row. */
static void put_blank(struct wrapper *w)
{
    if (!w->l->wrap_words) {
        put_char(w, ' ');
        return;
    }
    if (w->skips_blanks || w->style.width > w->width)
        return;
    if (w->style.width > w->space) {
        close_row(w);
        w->skips_blanks = true;
        return;
    }
    const uint32_t columns = w->after_blank ? w->parting.columns : w->width - w->space;
    put_char(w, ' ');
    if (w->l->fragments.full)
        return;
    const uint32_t fragment = (uint32_t)(w->l->fragments.n / sizeof(struct fragment)) - 1;
    const bool goes_on = w->after_blank && w->parting.fragment == fragment;
    const uint32_t behind = last_fragment(w)->n;
    w->parting = (struct parting){
        .is_there = true,
        .fragment = fragment,
        .from = goes_on ? w->parting.from : behind - 1,
        .behind = behind,
        .columns = columns,
        .columns_behind = w->width - w->space,
    };
    w->after_blank = true;
}

static int hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes of a control character at p, spelt as it is or as a code; else 0. */
static size_t control_at(const uint8_t *p, const uint8_t *end)
{
    if (*p < 0x20 || *p == 0x7F)
        return 1;
    if (end - p < 4 || p[0] != '\\' || p[1] != 'x')
        return 0;
    const int low = hex(p[3]);
    return ((p[2] == '0' || p[2] == '1') && low >= 0) || (p[2] == '7' && low == 0xF) ? 4 : 0;
}

/* Controls are gone before anything else is read: what they part stands together. The cell becomes
 * a copy without them. */
static bool clean(struct layout *l, struct cell *cell)
{
    struct buf *out = &l->decoded;
    buf_reset(out);
    if (!buf_reserve(out, (size_t)(cell->end - cell->p) + 1))
        return false;
    for (const uint8_t *p = cell->p; p < cell->end;) {
        size_t n = 1;
        if (*p == DOCUMENT_MARK_VALUE) {
            const uint8_t *stop = memchr(p, DOCUMENT_MARK_TEXT, (size_t)(cell->end - p));
            n = (size_t)((stop ? stop + 1 : cell->end) - p);
        } else if (*p == '\\' && p + 1 < cell->end && is_one_of(p[1], "\\{|}")) {
            n = 2;
        } else {
            const size_t gone = control_at(p, cell->end);
            p += gone;
            n = gone ? 0 : 1;
        }
        buf_append(out, p, n);
        p += n;
    }
    cell->p = out->p;
    cell->end = out->p + out->n;
    return true;
}

/* A code without two hexadecimal digits vanishes with what stands for them, as far as that is plain
 * text. */
static const uint8_t *skip_bad_code(const uint8_t *p, const uint8_t *end)
{
    for (unsigned i = 0; i < 2 && p < end && *p != DOCUMENT_MARK_VALUE; i++) {
        if (is_one_of(*p, "\\_\"`^"))
            break;
        struct slice rest = slice_of(p, (size_t)(end - p));
        uint32_t cp;
        (void)utf8_take(&rest, &cp);
        p = rest.p;
    }
    return p;
}

/* The direction of the paragraph that begins at p: that of its first strong character, which may
 * stand some rows above or below another. Cells of ASCII, Latin and Cyrillic have none to tell. */
static char direction_of(const struct cell *cell, const uint8_t *p)
{
    struct slice rest = slice_of(p, (size_t)(cell->end - p));
    bool inert = false;
    uint32_t cp;
    if (!(cell->flags & CELL_HIGH))
        return 0;
    while (utf8_take(&rest, &cp)) {
        if (cp == DOCUMENT_MARK_VALUE || cp == DOCUMENT_MARK_TEXT) {
            inert = cp == DOCUMENT_MARK_VALUE;
        } else if (cp == '\\' && !inert) {
            if (!utf8_take(&rest, &cp) || cp == 'n')
                break;
        } else if (utf8_direction(cp)) {
            return utf8_direction(cp);
        }
    }
    return 0;
}

/* What stands behind a backslash at p; returns what is behind it. */
static const uint8_t *escape(struct wrapper *w, const uint8_t *p, const uint8_t *end)
{
    if (p == end || *p == DOCUMENT_MARK_VALUE)
        return p;
    if (is_one_of(*p, "\\{|}-=~_\"`^")) {
        put_char(w, *p);
        return p + 1;
    }
    if (*p == 'n') {
        close_row(w);
        w->in_word = w->was_full = false;
        w->direction = direction_of(w->cell, p + 1);
        return p + 1;
    }
    if (*p == 'x') {
        p++;
        const int high = end - p >= 2 ? hex(p[0]) : -1;
        const int low = end - p >= 2 ? hex(p[1]) : -1;
        if (high < 0 || low < 0)
            return skip_bad_code(p, end);
        put_char(w, (uint32_t)(high << 4 | low));
        return p + 2;
    }
    struct slice rest = slice_of(p, (size_t)(end - p));
    uint32_t cp;
    (void)utf8_take(&rest, &cp);
    return rest.p;
}

static void set_size(struct wrapper *w, size_t carets)
{
    const unsigned n = carets < MAX_CARETS ? (unsigned)carets : MAX_CARETS;
    w->carets = w->carets == n ? 0 : n;
    w->style.width = sizes[w->carets].width;
    w->style.height = sizes[w->carets].height;
}

static const uint8_t *put_text_char(struct wrapper *w, const uint8_t *p, const uint8_t *end)
{
    struct slice rest = slice_of(p, (size_t)(end - p));
    uint32_t cp;
    (void)utf8_take(&rest, &cp);
    if (cp == ' ')
        put_blank(w);
    else
        put_char(w, cp);
    return rest.p;
}

static const uint8_t *put_value(struct wrapper *w, const uint8_t *p, const uint8_t *end)
{
    while (p < end && *p != DOCUMENT_MARK_TEXT)
        p = put_text_char(w, p, end);
    return p < end ? p + 1 : p;
}

uint32_t layout_wrap(struct layout *l, const struct cell *given, uint32_t x_dots)
{
    struct cell cell = *given;
    if ((cell.flags & CELL_UNCLEAN) && !clean(l, &cell)) {
        l->failed = true;
        return 0;
    }
    struct wrapper w = {
        .l = l,
        .cell = &cell,
        .given = given,
        .x_dots = x_dots,
        .width = (uint32_t)cell.width,
        .space = (uint32_t)cell.width,
        .row_start = l->fragments.n,
        .cell_start = l->fragments.n,
        .style = escpos_plain,
        .direction = direction_of(&cell, cell.p),
    };
    const uint8_t *p = cell.p;
    const uint8_t *const end = cell.end;
    while (p < end) {
        const uint8_t *from = p;
        switch (*p) {
        case DOCUMENT_MARK_VALUE:
            p = put_value(&w, p + 1, end);
            break;
        case '\\':
            p = escape(&w, p + 1, end);
            break;
        case '_':
            w.style.flags ^= ESCPOS_UNDERLINE;
            p++;
            break;
        case '"':
            w.style.flags ^= ESCPOS_BOLD;
            p++;
            break;
        case '`':
            w.style.flags ^= ESCPOS_INVERT;
            p++;
            break;
        case '^':
            while (p < end && *p == '^')
                p++;
            set_size(&w, (size_t)(p - from));
            break;
        case '~':
            put_char(&w, ' ');
            p++;
            break;
        default:
            p = put_text_char(&w, p, end);
            break;
        }
    }
    if (l->fragments.n > w.row_start)
        close_row(&w);
    return w.row;
}
