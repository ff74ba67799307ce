/* Text of every script onto the paper of the virtual printer: whichever rung of the ladder a
 * character took, it stands in its columns and looks the same. */
#include "escpos/encoder.h"
#include "escpos/maintain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/utf8.h"
#include "virtual/virtual.h"

enum { COLUMNS = 40, LINES = 400 };

/* What mixtures are made of. */
static const char *const words[] = {
    "coffee", "12.50", "A-1",        "(x)",
    "25%",    "ăîâ",   "șț",         "Żółć",
    "żółw",   "Ждём",  "Їжак",       "Қазақ",
    "ελιά",   "Ğüzel", "é",          "₽",
    "₸",      "₴",     "₼",        "₾",
    "₹",      "€",     "קפה",        "שלום",
    "(אב)",   "قهوة",  "حليب",       "چای",
    "٤٢",     "हिन्दी", "चाय",        "กาแฟ",
    "น้ำ",     "ყავა",  "Սուրճ",      "sữa",
    "Nội",    "咖啡",  "ありがとう", "コーヒー",
    "커피",   "☕",     "🎂",          "👨‍👩‍👧",
    "❤️", "🇷🇴",    "👍🏽",   "1️⃣",
    "x̂",      "│─┼",   "20 ₫",       "phở ơn",
    "ｺｰﾋｰ",
};
enum { WORDS = sizeof words / sizeof *words };

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static uint32_t columns_of(struct slice text)
{
    uint32_t columns = 0, cp;
    for (uint32_t before = 0; utf8_take(&text, &cp); before = cp)
        columns += utf8_columns(before, cp);
    return columns;
}

struct paper {
    struct escpos *e;
    struct virtual_printer *printer;
    struct buf bytes;
    struct profile profile;
    struct profile_slot slots[64];
    bool is_flat; /* no line is taller than one */
};

static void open_paper(struct paper *p, const char *like)
{
    p->profile = *profile_find(slice_str(like));
    p->profile.epson_folds = false; /* a look-alike looks alike, not the same */
    p->is_flat = false;
    buf_init(&p->bytes, 0);
}

static void leave_out(struct paper *p, enum code_page page)
{
    uint8_t n = 0;
    for (uint8_t i = 0; i < p->profile.n_slots; i++) {
        if (p->profile.slots[i].page != page)
            p->slots[n++] = p->profile.slots[i];
    }
    assert_int_equal(n + 1, p->profile.n_slots);
    p->profile.slots = p->slots;
    p->profile.n_slots = n;
}

static void start_paper(struct paper *p)
{
    struct err err;
    assert_true(escpos_create(&p->e, &p->profile, &p->bytes, &err));
    assert_true(virtual_create(&p->printer, &p->profile, &err));
}

static void print_paper(struct paper *p)
{
    virtual_feed(p->printer, buf_slice(&p->bytes));
    virtual_end(p->printer);
}

static void close_paper(struct paper *p)
{
    escpos_destroy(p->e);
    virtual_destroy(p->printer);
    buf_finish(&p->bytes);
}

/* A line of pieces that touch or leave gaps, each a few words in one style. The text of the pieces
 * stays in pool. */
struct piece {
    uint32_t column;
    char text[96];
    struct escpos_style style;
};

static size_t make_line(uint32_t *seed, struct piece pieces[8])
{
    static const struct escpos_style styles[] = {
        {1, 1, 0}, {1, 1, 0}, {1, 1, ESCPOS_BOLD}, {1, 1, ESCPOS_UNDERLINE}, {1, 1, ESCPOS_INVERT},
        {2, 1, 0}, {1, 2, 0}, {2, 2, ESCPOS_BOLD},
    };
    const bool is_tall = next(seed) % 8 == 0;
    uint32_t column = next(seed) % 4;
    size_t n = 0;
    while (n < 8 && column < COLUMNS) {
        struct piece *piece = &pieces[n++];
        size_t length = 0;
        piece->column = column;
        piece->style = styles[next(seed) % (is_tall ? 8 : 6)];
        for (unsigned i = next(seed) % 3 + 1; i > 0; i--)
            length += (size_t)snprintf(piece->text + length, sizeof piece->text - length, "%s%s",
                                       length ? " " : "", words[next(seed) % WORDS]);
        column += columns_of(slice_str(piece->text)) * piece->style.width;
        column += next(seed) % 3;
    }
    return n;
}

static void print_piece(struct paper *p, const struct piece *piece)
{
    struct escpos_style style = piece->style;
    if (p->is_flat)
        style.height = 1;
    escpos_text(p->e, piece->column * 12, slice_str(piece->text), style);
}

static void print_lines(struct paper *p, uint32_t seed)
{
    for (unsigned i = 0; i < LINES; i++) {
        struct piece pieces[8];
        const size_t n = make_line(&seed, pieces);
        for (size_t k = 0; k < n; k++)
            print_piece(p, &pieces[k]);
        escpos_line(p->e);
    }
}

/* Says the line that a row of the paper belongs to. */
static void say_line(uint32_t seed, uint32_t row)
{
    struct piece pieces[8];
    size_t n = 0;
    for (uint32_t y = 0; y <= row;) {
        unsigned height = 1;
        n = make_line(&seed, pieces);
        for (size_t k = 0; k < n; k++)
            height = pieces[k].style.height > height ? pieces[k].style.height : height;
        y += height * 24;
    }
    for (size_t k = 0; k < n; k++)
        print_error("at %u, %u x %u, flags %u: '%s'\n", (unsigned)pieces[k].column,
                    pieces[k].style.width, pieces[k].style.height, pieces[k].style.flags,
                    pieces[k].text);
}

static void assert_same_paper(const struct bitmap *a, const struct bitmap *b, uint32_t seed,
                              const char *what)
{
    const uint32_t width = COLUMNS * 12;
    for (uint32_t y = 0; y < a->height_dots && y < b->height_dots; y++) {
        for (uint32_t x = 0; x < width; x++) {
            if (bitmap_get(a, x, y) == bitmap_get(b, x, y))
                continue;
            say_line(seed, y);
            fail_msg("%s: row %u, column %u of the paper differs", what, (unsigned)y,
                     (unsigned)x / 12);
        }
    }
    assert_int_equal(a->height_dots, b->height_dots);
}

static bool is_loaded(void)
{
    char line[4096];
    bool found = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (!found && fgets(line, sizeof line, maps))
        found = strstr(line, "bonbon-text.so") != NULL;
    fclose(maps);
    return found;
}

/* The first test of this program: nothing was loaded before. */
static void what_the_baked_face_has_never_loads_a_font_library(void **state)
{
    (void)state;
    static const char *const texts[] = {"Coffee 12.50", "Cafetăria șț", "Чек на 1 250 ₽",
                                        "Żółć €"};
    struct paper p;
    open_paper(&p, "generic-80");
    start_paper(&p);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        escpos_text(p.e, 0, slice_str(texts[i]), escpos_plain);
        escpos_line(p.e);
    }
    assert_false(is_loaded());
    escpos_text(p.e, 0, SLICE_LITERAL("قهوة"), escpos_plain);
    escpos_line(p.e);
    assert_true(is_loaded());
    close_paper(&p);
}

static void a_text_looks_the_same_whichever_way_it_went(void **state)
{
    (void)state;
    static const struct profile_slot only_437[] = {{0, CODE_PAGE_PC437}};
    struct paper many, few, users, no_users;
    const uint32_t seed = 20261122; /* no cell of it has to be broken by a dot more */
    open_paper(&many, "generic-80");
    open_paper(&few, "generic-80");
    few.profile.slots = only_437;
    few.profile.n_slots = 1;
    open_paper(&users, "epson-tm-t20iii");
    users.profile.user_chars = 95;
    open_paper(&no_users, "epson-tm-t20iii");
    no_users.profile.user_chars = 0;
    /* a printer's own joined letters are others than ours: see the test below */
    leave_out(&users, CODE_PAGE_PC864);
    leave_out(&no_users, CODE_PAGE_PC864);
    struct paper *const papers[] = {&many, &few, &users, &no_users};
    for (unsigned i = 0; i < 4; i++) {
        start_paper(papers[i]);
        print_lines(papers[i], seed);
        print_paper(papers[i]);
    }
    assert_same_paper(virtual_paper(many.printer), virtual_paper(few.printer), seed, "few pages");
    assert_same_paper(virtual_paper(many.printer), virtual_paper(no_users.printer), seed,
                      "Epson's pages");
    assert_same_paper(virtual_paper(many.printer), virtual_paper(users.printer), seed,
                      "user characters");
    /* and with them in fewer bytes */
    assert_true(users.bytes.n < no_users.bytes.n);
    for (unsigned i = 0; i < 4; i++)
        close_paper(papers[i]);
}

/* Arabic letters, digits and marks that page 864 printed. */
static bool is_arabic(uint32_t cp)
{
    return (cp >= 0x0600 && cp < 0x0700) || (cp >= 0xFE70 && cp < 0xFF00);
}

static void blot_out(const struct virtual_glyph *g, struct bitmap *a, struct bitmap *b)
{
    bitmap_fill(a, g->x_dots, g->y_dots, g->width_dots, g->height_dots);
    bitmap_fill(b, g->x_dots, g->y_dots, g->width_dots, g->height_dots);
}

/* Where Arabic is text it stands in the very columns where it is else drawn, and all around it
 * stays where it was. */
static void arabic_as_text_stands_where_it_is_drawn_without_a_page(void **state)
{
    (void)state;
    struct paper text, dots;
    const uint32_t seed = 864;
    size_t n, n_arabic = 0;
    open_paper(&text, "epson-tm-t20iii");
    open_paper(&dots, "epson-tm-t20iii");
    text.profile.user_chars = dots.profile.user_chars = 0;
    text.is_flat = dots.is_flat = true; /* a tall line with any dots is a picture as a whole */
    leave_out(&dots, CODE_PAGE_PC864);
    struct paper *const papers[] = {&text, &dots};
    struct bitmap seen[2];
    for (unsigned i = 0; i < 2; i++) {
        start_paper(papers[i]);
        print_lines(papers[i], seed);
        print_paper(papers[i]);
        struct err err;
        const struct bitmap *paper = virtual_paper(papers[i]->printer);
        assert_true(bitmap_init(&seen[i], paper->width_dots, paper->height_dots, &err));
        memcpy(seen[i].p, paper->p, (size_t)paper->stride_bytes * paper->height_dots);
    }
    assert_int_equal(seen[0].height_dots, seen[1].height_dots);
    const struct virtual_glyph *glyphs = virtual_glyphs(text.printer, &n);
    for (size_t i = 0; i < n; i++) {
        if (is_arabic(glyphs[i].cp)) {
            blot_out(&glyphs[i], &seen[0], &seen[1]);
            n_arabic++;
        }
    }
    assert_true(n_arabic > 500);
    assert_same_paper(&seen[0], &seen[1], seed, "Arabic as text");
    assert_true(text.bytes.n < dots.bytes.n);
    for (unsigned i = 0; i < 2; i++) {
        bitmap_finish(&seen[i]);
        close_paper(papers[i]);
    }
}

/* Ink goes on from the column before x into the column at x. */
static bool joins_at(const struct bitmap *paper, uint32_t x)
{
    for (uint32_t y = 1; y < 23; y++) {
        if (bitmap_get(paper, x - 1, y) &&
            (bitmap_get(paper, x, y - 1) || bitmap_get(paper, x, y) || bitmap_get(paper, x, y + 1)))
            return true;
    }
    return false;
}

/* The virtual printer's page of forms: a letter that joins both sides, between two others. */
static void letters_of_page_864_touch_those_that_they_join(void **state)
{
    (void)state;
    static const char letters[] = "بتثجحخسشصضطظعغفقكلمنهيـ";
    struct slice rest = slice_str(letters);
    for (struct slice before = rest; rest.n; before = rest) {
        char word[16];
        uint32_t cp;
        struct paper p;
        utf8_take(&rest, &cp);
        snprintf(word, sizeof word, "ب%.*sب", (int)(before.n - rest.n), (const char *)before.p);
        open_paper(&p, "star-line");
        start_paper(&p);
        escpos_text(p.e, 0, slice_str(word), escpos_plain);
        escpos_line(p.e);
        print_paper(&p);
        for (uint32_t x = 12; x <= 24; x += 12) {
            if (!joins_at(virtual_paper(p.printer), x))
                fail_msg("'%s' has a gap at dot %u", word, (unsigned)x);
        }
        close_paper(&p);
    }
}

/* Any characters at all: letters of every script, marks, joiners, unassigned, broken UTF-8. */
static size_t make_noise(uint32_t *seed, uint8_t out[256])
{
    static const uint32_t from[] = {0x20,    0x80,    0x300,   0x590,   0x600,  0x900,  0xE00,
                                    0x1100,  0x2000,  0x3040,  0x4E00,  0xD7A0, 0xFB00, 0xFE00,
                                    0x1D100, 0x1F1E6, 0x1F300, 0xE0000, 0x50000};
    size_t n = 0;
    for (unsigned i = next(seed) % 24 + 1; i > 0; i--) {
        const uint32_t cp = from[next(seed) % (sizeof from / sizeof *from)] + next(seed) % 200;
        if (next(seed) % 40 == 0)
            out[n++] = (uint8_t)next(seed);
        else if (cp < 0xD800 || cp > 0xDFFF)
            n += utf8_put(cp, out + n);
    }
    return n;
}

static void assert_nothing_is_obeyed(struct slice bytes)
{
    for (size_t i = 0; i + 1 < bytes.n; i++) {
        if (bytes.p[i] == 0x10 &&
            (bytes.p[i + 1] == 0x04 || bytes.p[i + 1] == 0x05 || bytes.p[i + 1] == 0x14))
            fail_msg("a command in real time at %zu", i);
    }
}

/* Every byte is understood by the printer, nothing is obeyed in real time, no '?' was made. */
static void any_text_at_all_is_only_printed(void **state)
{
    (void)state;
    static const char *const profiles[] = {"epson-tm-t20iii", "generic-58", "star-line"};
    static uint8_t texts[8][256];
    uint32_t seed = 7;
    for (unsigned i = 0; i < 3; i++) {
        struct paper p;
        open_paper(&p, profiles[i]);
        start_paper(&p);
        for (unsigned line = 0; line < 150; line++) {
            uint32_t x = next(&seed) % 100;
            for (unsigned k = next(&seed) % 4; k < 4; k++) {
                const struct slice text = slice_of(texts[k], make_noise(&seed, texts[k]));
                const struct escpos_style style = {(uint8_t)(next(&seed) % 2 + 1),
                                                   (uint8_t)(next(&seed) % 5 / 4 + 1),
                                                   (uint8_t)(next(&seed) % 8)};
                for (unsigned c = 0; c < text.n; c++)
                    texts[k][c] = texts[k][c] == '?' ? '!' : texts[k][c];
                escpos_text(p.e, x, text, style);
                x += columns_of(text) * 12 * style.width + next(&seed) % 3 * 6;
            }
            escpos_line(p.e);
        }
        assert_nothing_is_obeyed(buf_slice(&p.bytes));
        print_paper(&p);
        size_t n;
        const struct virtual_mark *marks = virtual_marks(p.printer, &n);
        for (size_t k = 0; k < n; k++) {
            if (marks[k].kind != VIRTUAL_IMAGE)
                fail_msg("%s: mark %d at %zu: %.*s", profiles[i], (int)marks[k].kind,
                         marks[k].offset, (int)marks[k].text.n, (const char *)marks[k].text.p);
        }
        const struct virtual_glyph *glyphs = virtual_glyphs(p.printer, &n);
        for (size_t k = 0; k < n; k++)
            assert_int_not_equal(glyphs[k].cp, '?');
        close_paper(&p);
    }
}

/* What the printer says it printed, one line. */
static void assert_reads(const char *profile, const char *text, const char *expected)
{
    struct paper p;
    struct buf read;
    open_paper(&p, profile);
    start_paper(&p);
    escpos_text(p.e, 0, slice_str(text), escpos_plain);
    escpos_line(p.e);
    print_paper(&p);
    buf_init(&read, 0);
    virtual_text(p.printer, &read);
    const struct slice got =
        slice_trim(slice_sub(buf_slice(&read), 0, slice_find(buf_slice(&read), '\n')));
    if (!slice_is(got, expected))
        fail_msg("'%s': '%.*s' instead of '%s'", text, (int)got.n, (const char *)got.p, expected);
    buf_finish(&read);
    close_paper(&p);
}

/* Epson's Hebrew page prints what it is sent from left to right: the last letter comes first. */
static void hebrew_is_text_in_the_order_of_the_paper(void **state)
{
    (void)state;
    assert_reads("epson-tm-t20iii", "שלום", "םולש");
    assert_reads("epson-tm-t20iii", "Cafe שלום 12", "Cafe 12 םולש");
    /* a paragraph that begins with Hebrew is read from the right: numbers keep their own order,
     * parentheses turn round */
    assert_reads("epson-tm-t20iii", "קפה (2) 12.50", "12.50 (2) הפק");
    assert_reads("epson-tm-t20iii", "קפה Latte גדול", "לודג Latte הפק");
    assert_reads("epson-tm-t20iii", "abc", "abc");
}

struct told {
    struct buf text;
    char ways[256];
    size_t n, bytes;
    uint32_t x_dots;
};

static void note_way(void *ctx, const struct escpos_run *run)
{
    static const char letters[] = {
        [ESCPOS_BY_PAGE] = 'p',     [ESCPOS_BY_LOOK_ALIKE] = 'l', [ESCPOS_BY_USER] = 'u',
        [ESCPOS_BY_DOTS] = 'd',     [ESCPOS_BY_PICTURE] = 'P',    [ESCPOS_BY_BOX] = 'b',
        [ESCPOS_BY_OWN_CODE] = 'C', [ESCPOS_BY_DRAWN_CODE] = 'D', [ESCPOS_BY_KEY] = 'k',
        [ESCPOS_BY_IMAGE] = 'I'};
    struct told *told = ctx;
    assert_true(run->x_dots >= told->x_dots);
    assert_true(run->text.n > 0);
    told->x_dots = run->x_dots + run->width_dots;
    told->bytes += run->bytes;
    buf_slice_append(&told->text, run->text);
    if (told->n + 1 < sizeof told->ways)
        told->ways[told->n++] = letters[run->way];
}

static void assert_ways(const struct profile *profile, const char *text, struct escpos_style style,
                        const char *ways)
{
    struct escpos *e[2];
    struct buf out[2];
    struct told told = {0};
    struct err err;
    for (unsigned i = 0; i < 2; i++) {
        buf_init(&out[i], 0);
        assert_true(escpos_create(&e[i], profile, &out[i], &err));
    }
    const size_t start = out[0].n;
    escpos_explain(e[0], note_way, &told);
    for (unsigned i = 0; i < 2; i++) {
        escpos_text(e[i], 0, slice_str(text), style);
        escpos_line(e[i]);
    }
    if (strcmp(told.ways, ways) != 0)
        fail_msg("'%s' went %s, not %s", text, told.ways, ways);
    /* telling changes nothing, and each byte but the line's end has its run */
    assert_true(slice_equal(buf_slice(&out[0]), buf_slice(&out[1])));
    const bool is_picture = strchr(ways, 'P') != NULL;
    assert_int_equal(told.bytes, out[0].n - start - (is_picture ? 0 : 1));
    buf_finish(&told.text);
    for (unsigned i = 0; i < 2; i++) {
        escpos_destroy(e[i]);
        buf_finish(&out[i]);
    }
}

/* Words stand from right to left, and each reads as it was written. */
static void words_that_join_are_told_as_they_are_read(void **state)
{
    (void)state;
    struct told told = {0};
    struct paper p;
    open_paper(&p, "generic-80");
    start_paper(&p);
    buf_init(&told.text, 0);
    escpos_explain(p.e, note_way, &told);
    escpos_text(p.e, 0, SLICE_LITERAL("قهوة 5 حليب"), escpos_plain);
    escpos_line(p.e);
    assert_true(slice_is(buf_slice(&told.text), "حليب 5 قهوة"));
    buf_finish(&told.text);
    close_paper(&p);
}

static void each_run_tells_which_way_it_went(void **state)
{
    (void)state;
    const struct escpos_style tall = {1, 2, 0};
    const struct profile *generic = profile_find(SLICE_LITERAL("generic-80"));
    const struct profile *epson = profile_find(SLICE_LITERAL("epson-tm-t20iii"));
    const struct profile *star = profile_find(SLICE_LITERAL("star-line"));
    assert_ways(generic, "coffee", escpos_plain, "p");
    assert_ways(generic, "Чек №1", escpos_plain, "p");
    assert_ways(generic, "Чек №1 é", escpos_plain, "pp"); /* page by page */
    assert_ways(generic, "așa", escpos_plain, "plp");
    assert_ways(generic, "5 ₽", escpos_plain, "pd");
    assert_ways(generic, "5 ₽", tall, "PP");
    assert_ways(epson, "5 ₽", tall, "pu");
    assert_ways(epson, "₽₽₽", escpos_plain, "u");
    assert_ways(generic, "قهوة 5", escpos_plain, "pd");
    assert_ways(star, "غـم", escpos_plain, "p");
    /* a word is text as a whole or not at all: chah and alef with hamza below are in no page */
    assert_ways(star, "قهوة 5", escpos_plain, "pp"); /* page by page, from the left */
    assert_ways(star, "قهوة چای حليب", escpos_plain, "pdp");
    assert_ways(star, "إيصال", escpos_plain, "d");
    assert_ways(star, "خَبز", escpos_plain, "d");
    assert_ways(star, "قهوة", tall, "p");
    assert_ways(star, "٤٢ كم؟", escpos_plain, "p");
    assert_ways(star, "شیر", escpos_plain, "plp"); /* the Persian yeh by the Arabic one */
    assert_ways(generic, "a\U00050000z", escpos_plain, "pbp"); /* of no script */
}

static void what_has_no_glyph_is_named_once(void **state)
{
    (void)state;
    struct escpos_gap gaps[4];
    struct escpos *e;
    struct buf out;
    struct err err;
    buf_init(&out, 0);
    assert_true(escpos_create(&e, profile_find(SLICE_LITERAL("generic-80")), &out, &err));
    assert_int_equal(
        escpos_gaps(e, slice_str("Coffee Чек ₽ قهوة ệ 👨‍👩‍👧"), gaps, 4), 0);
    assert_int_equal(escpos_gaps(e, slice_str("a\U00050000b\U00050000\U00050001"), gaps, 4), 2);
    assert_int_equal(gaps[0].cp, 0x50000);
    assert_null(gaps[0].package);
    assert_int_equal(gaps[1].cp, 0x50001);
    assert_int_equal(escpos_gaps(e, slice_str("\U00050000\U00050001"), gaps, 1), 1);
    escpos_destroy(e);
    buf_finish(&out);
}

static struct bitmap drawn_logo(void)
{
    struct bitmap b;
    struct err err;
    assert_true(bitmap_init(&b, 200, 70, &err));
    for (uint32_t i = 0; i < 70; i++) {
        bitmap_set(&b, i * 2, i);
        bitmap_fill(&b, 150, i, i % 9 + 1, 1);
    }
    return b;
}

/* The job with a logo that the printer keeps prints what the job with its dots prints, wherever it
 * stands, in a few bytes. */
static void a_logo_that_the_printer_keeps_is_printed_by_its_key(void **state)
{
    (void)state;
    const struct bitmap logo = drawn_logo();
    const struct profile_logo kept[] = {{{'Z', '9'}, 1}, {{'A', '1'}, bitmap_hash(&logo)}};
    struct paper dots, key;
    open_paper(&dots, "epson-tm-t20iii");
    open_paper(&key, "epson-tm-t20iii");
    key.profile.logos = kept;
    key.profile.n_logos = 2;
    struct paper *const papers[] = {&dots, &key};
    for (unsigned i = 0; i < 2; i++) {
        escpos_nv_define(&papers[i]->bytes, "A1", &logo);
        start_paper(papers[i]);
        for (unsigned k = 0; k < 4; k++) {
            const unsigned x[] = {0, 188, 376, 55};
            escpos_text(papers[i]->e, 0, SLICE_LITERAL("above"), escpos_plain);
            escpos_line(papers[i]->e);
            escpos_image(papers[i]->e, &logo, x[k]);
        }
        print_paper(papers[i]);
    }
    assert_same_paper(virtual_paper(dots.printer), virtual_paper(key.printer), 0, "a kept logo");
    assert_true(key.bytes.n + 2000 < dots.bytes.n);
    for (unsigned i = 0; i < 2; i++)
        close_paper(papers[i]);
    struct bitmap b = logo;
    bitmap_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_baked_face_has_never_loads_a_font_library),
        cmocka_unit_test(a_text_looks_the_same_whichever_way_it_went),
        cmocka_unit_test(arabic_as_text_stands_where_it_is_drawn_without_a_page),
        cmocka_unit_test(letters_of_page_864_touch_those_that_they_join),
        cmocka_unit_test(any_text_at_all_is_only_printed),
        cmocka_unit_test(hebrew_is_text_in_the_order_of_the_paper),
        cmocka_unit_test(words_that_join_are_told_as_they_are_read),
        cmocka_unit_test(each_run_tells_which_way_it_went),
        cmocka_unit_test(what_has_no_glyph_is_named_once),
        cmocka_unit_test(a_logo_that_the_printer_keeps_is_printed_by_its_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
