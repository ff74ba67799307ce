/* A page that shows what a printer does with its profile: what a technician would otherwise find
 * out with guests waiting. Each part says what must be seen. */
#include "printers/inside.h"

#include "base/calendar.h"
#include "base/utf8.h"
#include "escpos/encoder.h"
#include "image/face.h"
#include "image/fonts.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    CELL_WIDTH = 12,
    CELL_HEIGHT = 24,
    COLUMNS_MAX = 255,
    PAGE_NAME_COLUMNS = 15, /* "19 PC858       " */
    LETTERS_MAX = 32,
    BAR_HEIGHT = 24,
    QR_MODULE_DOTS = 6,
    MEASURE_MM = 50,
    FEED_MM = 10,
    GAP_DOTS = 16,
    BARCODE_MODULE_DOTS = 2,
    BARCODE_HEIGHT = 64,
    QUIET_BARS = 10, /* modules beside a Code 128 */
};

/* clang-format off */
enum say {
    SAY_TITLE, SAY_COLUMNS, SAY_FONT, SAY_MEASURE, SAY_FEED, SAY_PAGES, SAY_DENSITY, SAY_NATIVE, SAY_PICTURE,
    SAY_BARS_NATIVE, SAY_BARS_PICTURE, SAY_CUT, SAY_CUT_PARTIAL,
    SAY_CUT_NONE,
};
static const char *const says[][LANG_COUNT] = {
    [SAY_TITLE] = {"TEST PAGE", "PAGINĂ DE TEST", "ТЕСТ ПЕЧАТИ"},
    [SAY_COLUMNS] = {"Each ruler fills one line, edge to edge:", "Fiecare riglă umple un rând întreg:", "Каждая линейка занимает ровно строку:"},
    [SAY_FONT] = {"font %c, %ux%u dots, %u columns", "font %c, %ux%u puncte, %u coloane", "шрифт %c, %ux%u, колонок: %u"},
    [SAY_MEASURE] = {"This bar is %u mm long:", "Bara are %u mm lungime:", "Полоса длиной %u мм:"},
    [SAY_FEED] = {"%u mm from line to line:", "%u mm de la linie la linie:", "Между линиями %u мм:"},
    [SAY_PAGES] = {"Printer's letters, then the same drawn:", "Literele imprimantei, apoi desenate:", "Буквы принтера, затем те же точками:"},
    [SAY_DENSITY] = {"Even, no gaps, no broken stairs:", "Uniform, fără goluri sau trepte rupte:", "Ровно, без пропусков и разрывов:"},
    [SAY_NATIVE] = {"QR made by the printer; scan it:", "QR făcut de imprimantă; scanați-l:", "QR печатает сам принтер; считайте:"},
    [SAY_PICTURE] = {"QR sent as a picture; scan it:", "QR trimis ca imagine; scanați-l:", "QR передан картинкой; считайте:"},
    [SAY_BARS_NATIVE] = {"Bars made by the printer; scan:", "Cod de bare făcut de imprimantă:", "Штрихкод печатает сам принтер:"},
    [SAY_BARS_PICTURE] = {"Bars sent as a picture; scan:", "Cod de bare trimis ca imagine:", "Штрихкод передан картинкой:"},
    [SAY_CUT] = {"Now the cut, below this line:", "Urmează tăierea, sub acest rând:", "Теперь отрез, ниже этой строки:"},
    [SAY_CUT_PARTIAL] = {"Now a partial cut, below this line:", "Urmează tăierea parțială, sub rând:", "Теперь частичный отрез, ниже:"},
    [SAY_CUT_NONE] = {"No cutter: tear here:", "Fără cuțit: rupeți aici:", "Ножа нет: отрывать здесь:"},
};
/* clang-format on */

/* The page being made. */
struct making {
    const struct printer_page *page;
    const struct profile *profile;
    struct escpos *e;
    struct fonts *fonts;
    unsigned columns; /* of font A */
};

static unsigned dots_of_mm(const struct making *m, unsigned mm)
{
    return (mm * m->profile->dpi * 10 + 127) / 254;
}

static void put_text(struct making *m, struct slice text)
{
    escpos_text(m->e, 0, text, escpos_plain);
    escpos_line(m->e);
}

static void put_raw(struct making *m, const struct buf *bytes)
{
    escpos_raw(m->e, buf_slice(bytes));
}

static unsigned width_of(struct slice text)
{
    unsigned cells = 0;
    for (uint32_t cp; utf8_take(&text, &cp);)
        cells += utf8_width(cp);
    return cells;
}

/* As many words as a line takes, at least a part of one. */
static struct slice take_words(struct slice *text, unsigned columns)
{
    struct slice rest = *text, line = {text->p, 0};
    unsigned cells = 0;
    size_t fits = 0;
    for (uint32_t cp; utf8_take(&rest, &cp);) {
        if (cp == ' ')
            line.n = text->n - rest.n - 1;
        cells += utf8_width(cp);
        if (cells <= columns)
            fits = text->n - rest.n;
    }
    if (cells <= columns)
        line.n = text->n;
    while (line.n > fits || (line.n && line.n < text->n && text->p[line.n] != ' '))
        line.n--;
    if (!line.n)
        line.n = fits ? fits : text->n;
    *text = slice_trim(slice_sub(*text, line.n, text->n));
    return line;
}

static void put_wrapped(struct making *m, struct slice text)
{
    while (text.n)
        put_text(m, take_words(&text, m->columns));
}

static void say(struct making *m, enum say what)
{
    escpos_feed(m->e, GAP_DOTS);
    put_wrapped(m, slice_str(says[what][m->page->lang]));
}

__attribute__((format(printf, 2, 3))) static void put(struct making *m, const char *format, ...)
{
    char line[COLUMNS_MAX * 4];
    va_list args;
    va_start(args, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is, one line above */
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    put_wrapped(m, slice_str(line));
}

/* ── what it is ── */

static void put_head(struct making *m)
{
    const struct profile *p = m->profile;
    struct slice title = slice_str(says[SAY_TITLE][m->page->lang]);
    const struct escpos_style large = {2, 2, ESCPOS_BOLD};
    unsigned cells = width_of(title) * 2;
    char when[32];
    escpos_text(m->e, cells < m->columns ? (m->columns - cells) / 2 * CELL_WIDTH : 0, title, large);
    escpos_line(m->e);
    put_wrapped(m, m->page->name);
    if (!slice_equal(m->page->name, m->page->uri))
        put_wrapped(m, m->page->uri);
    put(m, "%s", p->name);
    put(m, "%u mm, %u dots, %u dpi", p->paper_mm, p->width_dots, p->dpi);
    time_text(m->page->now_s, 0, when);
    put(m, "%s", when);
}

/* ── columns ── */

/* "....+....1....+....2 … |" */
static char tick(unsigned column, unsigned columns)
{
    if (column == columns)
        return '|';
    if (column % 10 == 0)
        return (char)('0' + column / 10 % 10);
    return column % 5 == 0 ? '+' : '.';
}

static void put_ruler(struct making *m, unsigned i)
{
    const struct profile_font *font = &m->profile->fonts[i];
    struct buf line;
    buf_init(&line, 0);
    put(m, says[SAY_FONT][m->page->lang], 'A' + (int)i, font->width_dots, font->height_dots,
        font->columns);
    if (i)
        buf_printf(&line, "\x1bM%c", font->esc_m);
    for (unsigned c = 1; c <= font->columns; c++)
        buf_byte(&line, (uint8_t)tick(c, font->columns));
    buf_byte(&line, '\n');
    if (i) /* ESC M 0 holds a NUL, which ends a C string */
        buf_append(&line, (const uint8_t[]){0x1B, 'M', m->profile->fonts[0].esc_m}, 3);
    put_raw(m, &line);
    buf_finish(&line);
}

static void put_columns(struct making *m)
{
    say(m, SAY_COLUMNS);
    for (unsigned i = 0; i < m->profile->n_fonts; i++)
        put_ruler(m, i);
}

/* ── measures: dots across, feed units down ── */

static bool put_measures(struct making *m, struct err *err)
{
    struct bitmap bar;
    unsigned long_mm = MEASURE_MM;
    while (dots_of_mm(m, long_mm) > m->profile->width_dots)
        long_mm -= 10;
    unsigned long_dots = dots_of_mm(m, long_mm);
    if (!bitmap_init(&bar, long_dots, BAR_HEIGHT, err))
        return false;
    bitmap_fill(&bar, 0, BAR_HEIGHT / 3, long_dots, BAR_HEIGHT / 3);
    for (unsigned mm = 0; mm <= long_mm; mm += 10) {
        unsigned x = dots_of_mm(m, mm);
        bitmap_fill(&bar, x + 2 < long_dots ? x : long_dots - 2, 0, 2, BAR_HEIGHT);
    }
    escpos_feed(m->e, GAP_DOTS);
    put(m, says[SAY_MEASURE][m->page->lang], long_mm);
    escpos_image(m->e, &bar, 0);
    bitmap_finish(&bar);

    struct bitmap line;
    escpos_feed(m->e, GAP_DOTS);
    put(m, says[SAY_FEED][m->page->lang], FEED_MM);
    escpos_feed(m->e, GAP_DOTS / 2);
    if (!bitmap_init(&line, m->columns * CELL_WIDTH / 2, 2, err))
        return false;
    bitmap_fill(&line, 0, 0, line.width_dots, 2);
    escpos_image(m->e, &line, 0);
    escpos_feed(m->e, dots_of_mm(m, FEED_MM) - line.height_dots);
    escpos_image(m->e, &line, 0);
    bitmap_finish(&line);
    return true;
}

/* ── code pages ── */

/* Letters and currency signs: what receipts are written with. */
static bool is_letter(uint32_t cp)
{
    bool spacing_mark = cp >= 0x2B0 && cp < 0x386;
    return (cp >= 0xC0 && cp < 0x2000 && !spacing_mark && cp != 0xD7 && cp != 0xF7 &&
            utf8_width(cp) == 1) ||
           (cp >= 0x20A0 && cp < 0x20D0) || (cp >= 0xFF66 && cp < 0xFF9E);
}

/* On how many pages of the profile this byte is this letter. */
static unsigned shared_by(const struct profile *p, uint8_t byte, uint32_t cp)
{
    unsigned n = 0;
    for (unsigned i = 0; i < p->n_slots; i++)
        n += code_page_char(p->slots[i].page, byte) == cp;
    return n;
}

/* On a page that has Arabic letters in their forms, two words in the order of the paper: whether
 * its letters join is seen at once. Returns how many bytes. */
static unsigned choose_words(enum code_page page, unsigned most, uint8_t letters[LETTERS_MAX])
{
    static const uint16_t words[] = {0xFEE1, 0xFEFC, 0xFEB3, ' ', 0xFE93, 0xFEED, 0xFEEC, 0xFED7};
    const unsigned n = sizeof words / sizeof *words;
    for (unsigned i = 0; i < n; i++) {
        letters[i] = ' ';
        if (words[i] != ' ' && !code_page_byte(page, words[i], &letters[i]))
            return 0;
    }
    return n < most ? n : most;
}

/* The letters that tell this page from the others, those of the face first; in the page's order.
 * Returns how many. */
static unsigned choose_letters(const struct profile *p, enum code_page page, unsigned most,
                               uint8_t letters[LETTERS_MAX])
{
    bool taken[256] = {false};
    unsigned n = 0;
    for (unsigned missing = 0; missing < 2; missing++) {
        for (unsigned shared = 1; shared <= p->n_slots; shared++) {
            for (unsigned b = 0x80; b < 0x100 && n < most; b++) {
                uint32_t cp = code_page_char(page, (uint8_t)b);
                if (taken[b] || !is_letter(cp) ||
                    (face_glyph(FACE_12X24, cp) ? 0U : 1U) != missing ||
                    shared_by(p, (uint8_t)b, cp) != shared)
                    continue;
                taken[b] = true;
                n++;
            }
        }
    }
    n = 0;
    for (unsigned b = 0x80; b < 0x100; b++)
        if (taken[b])
            letters[n++] = (uint8_t)b;
    return n;
}

static void glyph_rows(struct making *m, uint32_t cp, uint16_t rows[CELL_HEIGHT])
{
    const uint16_t *glyph = face_glyph(FACE_12X24, cp);
    uint8_t drawn[CELL_HEIGHT][2] = {0};
    uint32_t box[CELL_HEIGHT];
    if (glyph) {
        memcpy(rows, glyph, CELL_HEIGHT * sizeof *rows);
        return;
    }
    if (fonts_draw_one(m->fonts, FONTS_ANY, code_page_widest_form(cp), CELL_WIDTH, CELL_HEIGHT,
                       drawn[0], sizeof drawn[0])) {
        for (unsigned y = 0; y < CELL_HEIGHT; y++)
            rows[y] = (uint16_t)(drawn[y][0] << 8 | drawn[y][1]);
        return;
    }
    face_missing(cp, false, box);
    for (unsigned y = 0; y < CELL_HEIGHT; y++)
        rows[y] = (uint16_t)(box[y] >> 8);
}

/* ESC * 33: columns of 24 dots, three bytes each. */
static void put_columns_of(struct making *m, uint32_t cp, struct buf *out)
{
    uint16_t rows[CELL_HEIGHT];
    glyph_rows(m, cp, rows);
    for (unsigned x = 0; x < CELL_WIDTH; x++) {
        uint8_t column[3] = {0};
        for (unsigned y = 0; y < CELL_HEIGHT; y++)
            if (rows[y] >> (15 - x) & 1)
                column[y / 8] |= (uint8_t)(0x80 >> y % 8);
        buf_append(out, column, sizeof column);
    }
}

/* DLE EOT, DLE ENQ and DLE DC4 are obeyed also inside a picture: a dot more breaks them. */
static void defuse(uint8_t *p, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (p[i] == 0x10 && (p[i + 1] == 0x04 || p[i + 1] == 0x05 || p[i + 1] == 0x14))
            p[i + 1] |= 0x08;
}

static void put_page(struct making *m, const struct profile_slot *slot)
{
    const struct profile *p = m->profile;
    uint8_t letters[LETTERS_MAX];
    unsigned room = m->columns > PAGE_NAME_COLUMNS ? (m->columns - PAGE_NAME_COLUMNS - 1) / 2 : 1;
    unsigned most = room < LETTERS_MAX ? room : LETTERS_MAX;
    unsigned n = choose_words(slot->page, most, letters);
    if (n == 0)
        n = choose_letters(p, slot->page, most, letters);
    unsigned x = (PAGE_NAME_COLUMNS + room + 1) * CELL_WIDTH, wide = n * CELL_WIDTH;
    struct buf line;
    buf_init(&line, 0);
    buf_printf(&line, "%3u %-11s", slot->n, code_page_name(slot->page));
    buf_append(&line, p->select == SELECT_ESC_GS_T ? "\x1b\x1dt" : "\x1bt",
               p->select == SELECT_ESC_GS_T ? 3 : 2);
    buf_byte(&line, slot->n);
    buf_append(&line, letters, n);
    buf_append(&line, (const uint8_t[]){0x1B, '$', (uint8_t)x, (uint8_t)(x >> 8)}, 4);
    if (n)
        buf_append(&line, (const uint8_t[]){0x1B, '*', 33, (uint8_t)wide, (uint8_t)(wide >> 8)}, 5);
    size_t drawn = line.n;
    for (unsigned i = 0; i < n; i++)
        put_columns_of(m, code_page_char(slot->page, letters[i]), &line);
    defuse(line.p + drawn, line.n - drawn);
    buf_byte(&line, '\n');
    put_raw(m, &line);
    buf_finish(&line);
}

static void put_pages(struct making *m)
{
    say(m, SAY_PAGES);
    for (unsigned i = 0; i < m->profile->n_slots; i++)
        put_page(m, &m->profile->slots[i]);
}

/* ── the head ── */

/* Every dot of a bar, by its place. */
static bool black(uint32_t x, uint32_t y)
{
    (void)x;
    (void)y;
    return true;
}
static bool half(uint32_t x, uint32_t y)
{
    return (x + y) % 2 == 0;
}
static bool quarter(uint32_t x, uint32_t y)
{
    return x % 2 == 0 && y % 2 == 0;
}
static bool upright(uint32_t x, uint32_t y)
{
    (void)y;
    return x % 4 < 2;
}
static bool across(uint32_t x, uint32_t y)
{
    (void)x;
    return y % 4 < 2;
}
/* Every element of the head alone: one that is burnt out breaks the stairs. */
static bool stairs(uint32_t x, uint32_t y)
{
    return x % BAR_HEIGHT == y;
}

static bool put_bar(struct making *m, bool (*dot)(uint32_t x, uint32_t y), struct err *err)
{
    struct bitmap bar;
    if (!bitmap_init(&bar, m->profile->width_dots, BAR_HEIGHT, err))
        return false;
    for (uint32_t y = 0; y < bar.height_dots; y++)
        for (uint32_t x = 0; x < bar.width_dots; x++)
            if (dot(x, y))
                bitmap_set(&bar, x, y);
    escpos_image(m->e, &bar, 0);
    bitmap_finish(&bar);
    return true;
}

static bool put_density(struct making *m, struct err *err)
{
    static bool (*const bars[])(uint32_t x, uint32_t y) = {black,   half,   quarter,
                                                           upright, across, stairs};
    say(m, SAY_DENSITY);
    for (size_t i = 0; i < sizeof bars / sizeof bars[0]; i++)
        if (!put_bar(m, bars[i], err))
            return false;
    return true;
}

/* ── QR and cut ── */

static bool put_qr(struct making *m, struct err *err)
{
    char text[COLUMNS_MAX], when[32];
    time_text(m->page->now_s, 0, when);
    snprintf(text, sizeof text, "bonbon test page, %.*s, %s, %s",
             m->page->name.n < 64 ? (int)m->page->name.n : 64, (const char *)m->page->name.p,
             m->profile->name, when);
    struct slice data = slice_str(text);
    unsigned module = QR_MODULE_DOTS, modules = qr_modules(data, QR_M);
    unsigned wide = m->profile->width_dots;
    while (module > 1 && (modules + 2 * ESCPOS_QUIET_MODULES) * module > wide)
        module--;
    say(m, m->profile->native_qr ? SAY_NATIVE : SAY_PICTURE);
    escpos_feed(m->e, ESCPOS_QUIET_MODULES * module);
    unsigned side = modules * module;
    bool ok = escpos_qr(m->e, data, QR_M, module, side < wide ? (wide - side) / 2 : 0, err);
    escpos_feed(m->e, ESCPOS_QUIET_MODULES * module);
    return ok;
}

/* The day, so that an old page is not scanned for a new one. */
static bool put_barcode(struct making *m, struct err *err)
{
    enum { DAY = 10 }; /* "2026-11-21" */
    char when[32], text[32];
    time_text(m->page->now_s, 0, when);
    snprintf(text, sizeof text, "{B%.*s", DAY, when); /* in code set B */
    say(m, m->profile->native_barcodes ? SAY_BARS_NATIVE : SAY_BARS_PICTURE);
    escpos_feed(m->e, GAP_DOTS / 2);
    return escpos_barcode(m->e, BARCODE_CODE128, slice_str(text), BARCODE_MODULE_DOTS,
                          BARCODE_HEIGHT, true, QUIET_BARS * BARCODE_MODULE_DOTS, err);
}

static void put_cut(struct making *m)
{
    static const enum say words[] = {[CUT_NONE] = SAY_CUT_NONE,
                                     [CUT_PARTIAL_ONLY] = SAY_CUT_PARTIAL,
                                     [CUT_FULL_AND_PARTIAL] = SAY_CUT};
    say(m, words[m->profile->cut]);
    escpos_cut(m->e, true);
}

bool printer_page(const struct printer_page *page, struct buf *bytes, struct err *err)
{
    struct making m = {
        .page = page, .profile = page->profile, .columns = page->profile->width_dots / CELL_WIDTH};
    if (m.columns > page->profile->fonts[0].columns)
        m.columns = page->profile->fonts[0].columns;
    if (!fonts_create(&m.fonts, err))
        return false;
    if (!escpos_create(&m.e, page->profile, bytes, err)) {
        fonts_destroy(m.fonts);
        return false;
    }
    escpos_use_fonts(m.e, m.fonts);
    put_head(&m);
    put_columns(&m);
    bool ok = put_measures(&m, err);
    if (ok)
        put_pages(&m);
    ok = ok && put_density(&m, err) && put_qr(&m, err) && put_barcode(&m, err);
    if (ok)
        put_cut(&m);
    escpos_destroy(m.e);
    fonts_destroy(m.fonts);
    return ok && (!bytes->full || FAIL(err, ERR_TOO_BIG, "printers test", "64 MiB"));
}
