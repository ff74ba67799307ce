/* Text of every script onto the paper of the virtual printer: whichever rung of the ladder a
 * character took, it stands in its columns and looks the same. */
#include "escpos/encoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/utf8.h"
#include "virtual/virtual.h"

enum { COLUMNS = 40, LINES = 400 };

/* What mixtures are made of. Nothing that a page has and the virtual printer's face has not. */
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
    "x̂",      "│─┼",
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
};

static void open_paper(struct paper *p, const char *like)
{
    p->profile = *profile_find(slice_str(like));
    p->profile.epson_folds = false; /* a look-alike looks alike, not the same */
    buf_init(&p->bytes, 0);
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

static void print_lines(struct paper *p, uint32_t seed)
{
    for (unsigned i = 0; i < LINES; i++) {
        struct piece pieces[8];
        const size_t n = make_line(&seed, pieces);
        for (size_t k = 0; k < n; k++)
            escpos_text(p->e, pieces[k].column * 12, slice_str(pieces[k].text), pieces[k].style);
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

static void a_text_looks_the_same_whichever_way_it_went(void **state)
{
    (void)state;
    static const struct profile_slot only_437[] = {{0, CODE_PAGE_PC437}};
    struct paper many, few, users, no_users;
    const uint32_t seed = 20261121;
    open_paper(&many, "generic-80");
    open_paper(&few, "generic-80");
    few.profile.slots = only_437;
    few.profile.n_slots = 1;
    open_paper(&users, "epson-tm-t20iii");
    users.profile.user_chars = 95;
    open_paper(&no_users, "epson-tm-t20iii");
    no_users.profile.user_chars = 0;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_looks_the_same_whichever_way_it_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
