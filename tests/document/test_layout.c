/* What ReceiptLine documents look like on paper, seen by a printer that shares no code with the
 * layout. */
#include "document/paper.h"

#include <stdio.h>

static const struct paper narrow = {.columns = 24};

static void columns_lean_on_their_pipes(void **state)
{
    (void)state;
    paper_expect(&narrow, "x", "           x\n-- cut --\n");
    paper_expect(&narrow, "|x|", "           x\n-- cut --\n");
    paper_expect(&narrow, "|x", "x\n-- cut --\n");
    paper_expect(&narrow, "x |", "x\n-- cut --\n");
    paper_expect(&narrow, "x|", "                       x\n-- cut --\n");
    paper_expect(&narrow, "| x", "                       x\n-- cut --\n");
    paper_expect(&narrow, "a | b", "a                      b\n-- cut --\n");
    paper_expect(&narrow, "a|b", "          a b\n-- cut --\n");
    paper_expect(&narrow, "|a|b|", "     a           b\n-- cut --\n");
    paper_expect(&narrow, "a | | b", "a                      b\n-- cut --\n");
}

static void widths_share_the_paper(void **state)
{
    (void)state;
    paper_expect(&narrow, "{width:4,*,6}\n|ab| x| 1.00", " ab             x   1.00\n-- cut --\n");
    paper_expect(&narrow, "{width:4 0 *}\na | hidden | z", "a                      z\n-- cut --\n");
    paper_expect(&narrow, "{width:3 3}\na | b", "        a     b\n-- cut --\n");
    paper_expect(&narrow, "{width:3 3;align:left}\na | b", "a     b\n-- cut --\n");
    paper_expect(&narrow, "{width:3 3;align:right}\na | b",
                 "                 a     b\n-- cut --\n");
    /* Too much: the widest gives way. */
    paper_expect(&narrow, "{width:20 10}\n|a| b", "      a                b\n-- cut --\n");
}

static void long_text_wraps_in_its_column(void **state)
{
    (void)state;
    paper_expect(&narrow, "{width:* 6}\ntomato soup with bread | 12.50",
                 "tomato soup with   12.50\nbread\n-- cut --\n");
    paper_expect(&narrow, "{width:* 6;text:nowrap}\ntomato soup with bread | 12.50",
                 "tomato soup with   12.50\n-- cut --\n");
    paper_expect(&narrow, "a\\nb |", "a\nb\n-- cut --\n");
}

static void rules_cuts_and_blank_lines(void **state)
{
    (void)state;
    paper_expect(&narrow,
                 "-\n\n====\nx |\n=", "────────────────────────\n\n-- cut --\nx\n-- cut --\n");
    paper_expect(&narrow, "{width:6 4}\n---", "      ───────────\n-- cut --\n");
}

static void escapes_stand_for_themselves(void **state)
{
    (void)state;
    paper_expect(&narrow, "|\\\\ \\| \\{ \\} \\- \\= \\~ \\_", "\\ | { } - = ~ _\n-- cut --\n");
    paper_expect(&narrow, "|\\\" \\` \\^ \\x41\\x7a~b\\q", "\" ` ^ Az b\n-- cut --\n");
    paper_expect(&narrow, "\\-- |", "--\n-- cut --\n");
    /* A code that is a control is nothing, however it is spelt. */
    paper_expect(&narrow, "|a\\x1b\\x\\x001b@\\x7fb", "a@b\n-- cut --\n");
}

/* Tabs and other controls are no letters: what they part stands together. */
static void controls_in_a_line_are_not_there(void **state)
{
    (void)state;
    paper_expect(&narrow, "-\t", "────────────────────────\n-- cut --\n");
    paper_expect(&narrow, "{width:*\t4}\na | b", "a                      b\n-- cut --\n");
    paper_expect(&narrow, "|\\x4\t1\\x1b~\x01", "A\n-- cut --\n");
    /* Not so in a value, where nothing is read. */
    paper_expect(&narrow, "|\x0e\\x1b\x0f", "\\x1b\n-- cut --\n");
    size_t n;
    const struct virtual_glyph *g =
        virtual_glyphs(paper_printer(NULL, SLICE_LITERAL("^\t^\\x1b^a")), &n);
    assert_int_equal(n, 1);
    assert_int_equal(g->scale_x, 2);
    assert_int_equal(g->scale_y, 2);
}

static void decorations_toggle_in_their_column(void **state)
{
    (void)state;
    const struct virtual_printer *vp =
        paper_printer(NULL, SLICE_LITERAL("|a_b_\"c\"`d`^e^^^f^^g^^h^^^i| j"));
    static const struct {
        char c;
        uint8_t w, h;
        bool underline, bold, inverted;
    } expected[] = {
        {'a', 1, 1, 0, 0, 0}, {'b', 1, 1, 1, 0, 0}, {'c', 1, 1, 0, 1, 0}, {'d', 1, 1, 0, 0, 1},
        {'e', 2, 1, 0, 0, 0}, {'f', 2, 2, 0, 0, 0}, {'g', 1, 2, 0, 0, 0}, {'h', 1, 1, 0, 0, 0},
        {'i', 2, 2, 0, 0, 0}, {'j', 1, 1, 0, 0, 0},
    };
    size_t n;
    const struct virtual_glyph *g = virtual_glyphs(vp, &n);
    assert_int_equal(n, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(g[i].cp, expected[i].c);
        assert_int_equal(g[i].scale_x, expected[i].w);
        assert_int_equal(g[i].scale_y, expected[i].h);
        assert_int_equal(g[i].underline, expected[i].underline);
        assert_int_equal(g[i].bold, expected[i].bold);
        assert_int_equal(g[i].inverted, expected[i].inverted);
        /* Bottoms stand on one line. */
        assert_int_equal(g[i].y_dots + g[i].height_dots, 48);
    }
}

static void carets_say_sizes_up_to_six(void **state)
{
    (void)state;
    static const uint8_t sizes[][2] = {{2, 1}, {1, 2}, {2, 2}, {3, 3},
                                       {4, 4}, {5, 5}, {6, 6}, {6, 6}};
    for (size_t carets = 1; carets <= 8; carets++) {
        char markup[16] = "^^^^^^^^x";
        size_t n;
        const struct virtual_printer *vp = paper_printer(NULL, slice_str(markup + 8 - carets));
        const struct virtual_glyph *g = virtual_glyphs(vp, &n);
        assert_int_equal(n, 1);
        assert_int_equal(g->scale_x, sizes[carets - 1][0]);
        assert_int_equal(g->scale_y, sizes[carets - 1][1]);
        assert_int_equal(virtual_paper(vp)->height_dots >= 24U * g->scale_y, true);
    }
}

static void frames_join(void **state)
{
    (void)state;
    const struct paper small = {.columns = 13};
    paper_expect(&small, "{border:line;width:3 5}\n|a|b|\n---\n|c|d|\n{border:space}\nx |",
                 " ┌───┬─────┐\n │ a │  b  │\n ├───┼─────┤\n │ c │  d  │\n └───┴─────┘\n"
                 "  x\n-- cut --\n");
    /* A frame of other columns hangs on the one above; the document's end closes it. */
    paper_expect(&small, "{border:line;width:3 7}\n|a|b|\n{width:5 5}\n---\n|c|d|",
                 "┌───┬───────┐\n│ a │   b   │\n├───┴─┬─────┤\n│  c  │  d  │\n└─────┴─────┘\n"
                 "-- cut --\n");
    /* A cut closes it and opens it again. */
    paper_expect(&small, "{border:line;width:3}\n|a|\n=\n|b|",
                 "    ┌───┐\n    │ a │\n    └───┘\n-- cut --\n    ┌───┐\n    │ b │\n    └───┘\n"
                 "-- cut --\n");
}

static void pages_are_cut_and_begin_anew(void **state)
{
    (void)state;
    paper_expect(&narrow,
                 "{width:3 3}\na | b\n\x0c"
                 "a | b",
                 "        a     b\n-- cut --\na                      b\n-- cut --\n");
    /* Nothing is cut off that is not there. */
    paper_expect(&narrow, "a |\n=\n\x0c\x0c", "a\n-- cut --\n");
    paper_expect(&narrow, "", "");
}

static void without_a_cutter_a_dashed_line_parts_the_pages(void **state)
{
    (void)state;
    const struct paper p = {.profile = "pos-5890"};
    paper_expect(&p,
                 "a |\n\x0c"
                 "b |",
                 "a\n- - - - - - - - - - - - - - - -\nb\n- - - - - - - - - - - - - - - -\n");
}

static void feeds_move_the_paper_by_dots(void **state)
{
    (void)state;
    const struct virtual_printer *vp = paper_printer(NULL, SLICE_LITERAL("a\n{feed:30}\nb"));
    size_t n;
    const struct virtual_glyph *g = virtual_glyphs(vp, &n);
    assert_int_equal(n, 2);
    assert_int_equal(g[1].y_dots - g[0].y_dots, 24 + 30);
    /* The same on a printer that counts half dots. */
    const struct paper half = {.profile = "epson-tm-t20iii"};
    vp = paper_printer(&half, SLICE_LITERAL("a\n{feed:200}\nb"));
    g = virtual_glyphs(vp, &n);
    assert_int_equal(g[1].y_dots - g[0].y_dots, 24 + 200);
}

static void a_qr_code_keeps_its_quiet_zone_and_its_size(void **state)
{
    (void)state;
    static const char *const profiles[] = {"generic-80", "pos-5890"}; /* native, as a picture */
    for (size_t i = 0; i < 2; i++) {
        const struct paper p = {.profile = profiles[i]};
        const struct virtual_printer *vp =
            paper_printer(&p, SLICE_LITERAL("a\n{code:7KQ2M9XDPA4TY;option:qrcode,3,m}\nb"));
        const uint32_t width = virtual_paper(vp)->width_dots;
        size_t n;
        const struct virtual_glyph *g = virtual_glyphs(vp, &n);
        /* Version 1 has 21 modules; three dots would be too few, so they are four. */
        assert_int_equal(g[1].y_dots - g[0].y_dots, 24 + 16 + 84 + 16);
        const uint32_t left = (width - 84) / 2;
        assert_true(bitmap_get(virtual_paper(vp), left, 24 + 16));
        assert_false(bitmap_get(virtual_paper(vp), left - 1, 24 + 16));
        assert_true(bitmap_get(virtual_paper(vp), left + 83, 24 + 16));
    }
}

static void a_qr_code_shrinks_before_it_is_left_out(void **state)
{
    (void)state;
    const struct paper p = {.profile = "generic-58"};
    struct buf markup;
    buf_init(&markup, 0);
    buf_printf(&markup, "{code:%0800d;option:qrcode,8,l}", 0);
    memset(markup.p + 6, 'a', 800);
    const struct virtual_printer *vp = paper_printer(&p, buf_slice(&markup));
    assert_string_equal(paper_warnings(), "symbol_wide:1 ");
    assert_int_equal(virtual_paper(vp)->height_dots, 0);

    buf_reset(&markup);
    buf_printf(&markup, "{code:%0300d;option:qrcode,8,l}", 0);
    memset(markup.p + 6, 'a', 300);
    vp = paper_printer(&p, buf_slice(&markup));
    buf_finish(&markup);
    assert_string_equal(paper_warnings(), "");
    /* Version 11 at level L, 61 modules and the quiet zone: five dots each are what 384 have room
     * for. A dashed line and a feed of 12 mm stand for a cut. */
    assert_int_equal(virtual_paper(vp)->height_dots, (61 + 8) * 5 + 24 + 96);
}

/* The black part of the paper. */
struct ink {
    uint32_t left, right, top, bottom; /* right and bottom are behind it */
};

static struct ink ink_of(const struct bitmap *b)
{
    struct ink ink = {UINT32_MAX, 0, UINT32_MAX, 0};
    for (uint32_t y = 0; y < b->height_dots; y++) {
        for (uint32_t x = 0; x < b->width_dots; x++) {
            if (!bitmap_get(b, x, y))
                continue;
            ink.left = x < ink.left ? x : ink.left;
            ink.right = x >= ink.right ? x + 1 : ink.right;
            ink.top = y < ink.top ? y : ink.top;
            ink.bottom = y + 1;
        }
    }
    return ink;
}

static struct ink ink_of_code(const char *profile, const char *markup)
{
    const struct paper p = {.profile = profile};
    const struct virtual_printer *vp = paper_printer(&p, slice_str(markup));
    return ink_of(virtual_paper(vp));
}

static void other_codes_stand_in_their_margins_as_large_as_asked(void **state)
{
    (void)state;
    /* A DataMatrix of 10 capitals and digits is 14 modules a side (ISO/IEC 16022), its margin here
     * two. */
    struct ink ink = ink_of_code("generic-80", "{code:7KQ2M9XDPA;option:datamatrix,6}");
    assert_string_equal(paper_warnings(), "");
    assert_int_equal(ink.right - ink.left, 14 * 6);
    assert_int_equal(ink.bottom - ink.top, 14 * 6);
    assert_int_equal(ink.left, (576 - 14 * 6) / 2);
    assert_int_equal(ink.top, 2 * 6);
    /* Three dots a module would be too few; nothing said is five. */
    ink = ink_of_code("generic-80", "{code:7KQ2M9XDPA;option:datamatrix,3}");
    assert_int_equal(ink.right - ink.left, 14 * 4);
    ink = ink_of_code("generic-80", "|{code:7KQ2M9XDPA;option:datamatrix}");
    assert_int_equal(ink.right - ink.left, 14 * 5);
    assert_int_equal(ink.left, 2 * 5);
    /* A compact Aztec of 15 modules holds 12 capitals (ISO/IEC 24778). */
    ink = ink_of_code("generic-80", "{code:ABCDEFGHIJKL;option:aztec,4}");
    assert_string_equal(paper_warnings(), "");
    assert_int_equal(ink.right - ink.left, 15 * 4);
    assert_int_equal(ink.bottom - ink.top, 15 * 4);
}

static void other_codes_shrink_before_they_are_left_out(void **state)
{
    (void)state;
    char markup[2000];
    /* In a column of 11 letters, 132 dots, a module of eight is too much. */
    struct ink ink = ink_of_code("generic-80", "{width:11}\n{code:7KQ2M9XDPA;option:datamatrix,8}");
    assert_string_equal(paper_warnings(), "");
    assert_int_equal(ink.right - ink.left, 14 * 7);
    /* Too narrow for any: the whole paper is taken. */
    ink = ink_of_code("generic-80", "{width:3}\n{code:7KQ2M9XDPA;option:datamatrix,8}");
    assert_string_equal(paper_warnings(), "");
    assert_int_equal(ink.right - ink.left, 14 * 8);
    snprintf(markup, sizeof markup, "a\n{code:%01500d;option:aztec}\nb", 0);
    memset(markup + 8, 'z', 1500);
    ink = ink_of_code("generic-58", markup);
    assert_string_equal(paper_warnings(), "symbol_wide:2 ");
    (void)ink_of_code("generic-80", "{code:é;option:gs1-128}\n{code:;option:pdf417}");
    assert_string_equal(paper_warnings(), "symbol:1 markup_property:2 ");
}

static void a_pdf417_and_a_gs1_128_are_as_wide_as_their_standards_say(void **state)
{
    (void)state;
    /* PDF417 (ISO/IEC 15438): 17 modules a column, a start of 17, a stop of 18, two row
     * indicators of 17. */
    struct ink ink = ink_of_code("generic-80", "{code:7KQ2M9XDPA4TY;option:pdf417,3}");
    assert_string_equal(paper_warnings(), "");
    assert_int_equal((ink.right - ink.left) % 3, 0);
    assert_int_equal(((ink.right - ink.left) / 3 - 69) % 17, 0);
    /* GS1-128: eleven modules a character and 13 for the stop; start C, FNC1, eight pairs, check.
     */
    ink = ink_of_code("generic-80", "{code:(01)09501101530003;option:gs1-128,2,50}");
    assert_string_equal(paper_warnings(), "");
    assert_int_equal(ink.right - ink.left, 2 * (11 * 11 + 13));
    assert_int_equal(ink.bottom - ink.top, 50);
}

static void a_pdf417_too_wide_for_the_paper_is_made_narrower_and_higher(void **state)
{
    (void)state;
    char markup[2000];
    for (int letters = 900; letters <= 1300; letters += 100) {
        snprintf(markup, sizeof markup, "{code:%0*d;option:pdf417,3}", letters, 0);
        memset(markup + 6, 'q', (size_t)letters);
        size_t n;
        const struct virtual_mark *m = virtual_marks(paper_printer(NULL, slice_str(markup)), &n);
        assert_string_equal(paper_warnings(), "");
        assert_int_equal(m[0].kind, VIRTUAL_CODE2D);
        assert_int_equal(m[0].a, 2);
        assert_in_range(m[0].width_dots, 400, 576 - 2 * 2 * 2);
    }
    /* Seven columns of 90 rows are all that 58 mm have room for. */
    const struct paper narrow_paper = {.profile = "generic-58"};
    snprintf(markup, sizeof markup, "{code:%01300d;option:pdf417,3}", 0);
    memset(markup + 6, 'q', 1300);
    (void)paper_bytes(&narrow_paper, slice_str(markup));
    assert_string_equal(paper_warnings(), "symbol_wide:1 ");
}

static size_t black_dots(const struct bitmap *b)
{
    size_t n = 0;
    for (uint32_t y = 0; y < b->height_dots; y++) {
        for (uint32_t x = 0; x < b->width_dots; x++)
            n += bitmap_get(b, x, y);
    }
    return n;
}

/* 32 × 32 dots of one grey, 100 of 255. */
#define GREY_PNG                                                                                   \
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAFklEQVR42mNI"                                 \
    "IQAYRhWMKhhVMFIVAAA0d5AQAFXg6wAAAABJRU5ErkJggg=="

static void a_picture_is_dithered_or_cut_at_a_threshold(void **state)
{
    (void)state;
    const size_t all = 32 * 32;
    size_t n =
        black_dots(virtual_paper(paper_printer(NULL, SLICE_LITERAL("{image:" GREY_PNG "}"))));
    assert_in_range(n, all / 2, all - all / 8);
    n = black_dots(
        virtual_paper(paper_printer(NULL, SLICE_LITERAL("{option:dither;image:" GREY_PNG "}"))));
    assert_in_range(n, all / 2, all - all / 8);
    n = black_dots(
        virtual_paper(paper_printer(NULL, SLICE_LITERAL("{option:threshold;image:" GREY_PNG "}"))));
    assert_int_equal(n, all);
}

static void bar_codes_print_what_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *markup, *data;
    } codes[] = {
        {"{code:4006381333931;option:ean}", "4006381333931"},
        {"{code:96385074;option:ean}", "96385074"},
        {"{code:ABC-12;option:code39}", "*ABC-12*"},
        {"{code:A123B;option:nw7}", "A123B"},
        {"{code:12345678;option:itf}", "12345678"},
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        size_t n;
        const struct virtual_mark *m =
            virtual_marks(paper_printer(NULL, slice_str(codes[i].markup)), &n);
        assert_string_equal(paper_warnings(), "");
        assert_true(n >= 1);
        assert_int_equal(m[0].kind, VIRTUAL_BARCODE);
        assert_true(slice_is(m[0].text, codes[i].data));
    }
    (void)paper_bytes(NULL, SLICE_LITERAL("{code:12x;option:ean}\n{code:;option:upc}\n{code:é}"));
    assert_string_equal(paper_warnings(), "symbol:1 markup_property:2 symbol:3 ");
}

/* Digits 16 04 01 are the bytes of DLE EOT 1 in set C of CODE128. */
static void no_bar_code_speaks_to_the_printer_in_real_time(void **state)
{
    (void)state;
    static const char *const digits[] = {"160401", "99160502", "16200100", "1604160516200016"};
    for (size_t i = 0; i < 4; i++) {
        char markup[64];
        snprintf(markup, sizeof markup, "{code:%s;option:code128}", digits[i]);
        const struct slice b = paper_bytes(NULL, slice_str(markup));
        for (size_t k = 0; k + 1 < b.n; k++)
            assert_false(b.p[k] == 0x10 &&
                         (b.p[k + 1] == 4 || b.p[k + 1] == 5 || b.p[k + 1] == 20));
        size_t n;
        const struct virtual_mark *m = virtual_marks(paper_printer(NULL, slice_str(markup)), &n);
        assert_int_equal(m[0].kind, VIRTUAL_BARCODE);
    }
}

static void what_is_not_right_is_left_out_and_said(void **state)
{
    (void)state;
    paper_expect(&narrow,
                 "a |\nx {y} z\n{no colon}\n{command:\\x1bi}\n{image:logo.png}\n{code:x} | b\nc |",
                 "a\nc\n-- cut --\n");
    assert_string_equal(paper_warnings(),
                        "markup_line:2 markup_property:3 markup_command:4 image:5 markup_line:6 ");
    /* Keys of other programs are nobody's mistake. */
    paper_expect(&narrow, "{paper:blue;comment:a b}\nc |", "c\n-- cut --\n");
    assert_string_equal(paper_warnings(), "");
}

static void commands_need_the_shops_leave(void **state)
{
    (void)state;
    static const uint8_t beep[] = {0x1B, 'B', 3, 2};
    const struct paper p = {.allow_commands = true};
    struct slice b = paper_bytes(&p, SLICE_LITERAL("{command:\\x1bB\\x03\\x02}"));
    assert_non_null(memmem(b.p, b.n, beep, sizeof beep));
    b = paper_bytes(NULL, SLICE_LITERAL("{command:\\x1bB\\x03\\x02}"));
    assert_null(memmem(b.p, b.n, beep, sizeof beep));
}

static void the_drawer_opens_once_and_first(void **state)
{
    (void)state;
    const struct paper p = {.open_drawer = true};
    size_t n;
    const struct virtual_mark *m = virtual_marks(paper_printer(&p, SLICE_LITERAL("a\n\x0c"
                                                                                 "b")),
                                                 &n);
    unsigned pulses = 0;
    for (size_t i = 0; i < n; i++)
        pulses += m[i].kind == VIRTUAL_PULSE;
    assert_int_equal(pulses, 1);
    assert_int_equal(m[0].kind, VIRTUAL_PULSE);
}

/* A picture of 16 × 8 dots: a line that falls, and a pattern. */
static const char png_base64[] =
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAIAQAAAADYDUI6AAAAIUlEQVR42mOo42fYL8dwX5fhvQ3Dd2+G31EMfzMZ/lUA"
    "AGB5CRUiccrIAAAAAElFTkSuQmCC";

static bool image(void *ctx, struct slice name, struct slice *png, struct err *err)
{
    (void)ctx;
    (void)png;
    return err_fail_slice(err, ERR_IMAGE, name);
}

static void a_broken_picture_never_stops_the_rest(void **state)
{
    (void)state;
    const struct paper p = {.columns = 24, .image = image};
    struct buf markup;
    buf_init(&markup, 0);
    buf_printf(&markup, "{image:%s}\n{image:none.png}\nc |", png_base64);
    markup.p[60] = 'A'; /* no longer a PNG */
    paper_expect(&p, buf_cstr(&markup), "c\n-- cut --\n");
    buf_finish(&markup);
    assert_string_equal(paper_warnings(), "image:1 image:2 ");
}

static void a_picture_stands_in_its_columns_or_on_the_paper(void **state)
{
    (void)state;
    static const struct {
        const char *properties;
        unsigned first_dot; /* of the picture's highest row: its line begins at its left edge */
    } cases[] = {
        {"", (576 - 16) / 2},
        {"{width:10;align:left}", (120 - 16) / 2},
        {"{align:right;width:10}", 576 - 120 + (120 - 16) / 2},
        {"{width:0}", (576 - 16) / 2}, /* columns of no width have no room for it: the paper has */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf markup;
        buf_init(&markup, 0);
        buf_printf(&markup, "%s\n{image:%s}", cases[i].properties, png_base64);
        const struct bitmap *paper =
            virtual_paper(paper_printer(&(struct paper){0}, buf_slice(&markup)));
        unsigned x = 0, y = 0;
        while (!bitmap_get(paper, x, y)) {
            x = (x + 1) % paper->width_dots;
            y += x == 0;
        }
        assert_int_equal(x, cases[i].first_dot);
        assert_string_equal(paper_warnings(), "");
        buf_finish(&markup);
    }
}

static void a_megabyte_on_one_line_is_a_line(void **state)
{
    (void)state;
    static const char *const parts[] = {"|", "a|", "_a", "^a^", "{",         "\\x",
                                        "~", "é",  "-",  "a ",  "\x0e|\x0f", "{a:b;"};
    struct buf doc;
    buf_init(&doc, 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        buf_reset(&doc);
        while (doc.n < 1 << 20)
            buf_str(&doc, parts[i]);
        (void)paper_bytes(NULL, buf_slice(&doc));
    }
    buf_reset(&doc);
    buf_str(&doc, "{width:");
    while (doc.n < 1 << 20)
        buf_str(&doc, "9999999999,");
    buf_str(&doc, "*}\na | b");
    (void)paper_bytes(NULL, buf_slice(&doc));
    buf_finish(&doc);
}

static int tear_down(void **state)
{
    (void)state;
    paper_finish();
    return 0;
}

static void a_line_of_mistakes_is_told_to_a_limit_and_the_rest_prints(void **state)
{
    (void)state;
    static const char once[] = "markup_property:1 ";
    struct buf document;
    buf_init(&document, 0);
    buf_str(&document, "{a:");
    while (document.n < TEMPLATE_MAX_BYTES)
        buf_str(&document, "b;");
    buf_str(&document, "}\n|TOTAL\n");
    paper_expect(&(struct paper){0}, buf_cstr(&document), "TOTAL\n-- cut --\n");
    assert_int_equal(strlen(paper_warnings()), DOCUMENT_MAX_TOLD * strlen(once));
    buf_finish(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_lean_on_their_pipes),
        cmocka_unit_test(widths_share_the_paper),
        cmocka_unit_test(long_text_wraps_in_its_column),
        cmocka_unit_test(rules_cuts_and_blank_lines),
        cmocka_unit_test(escapes_stand_for_themselves),
        cmocka_unit_test(controls_in_a_line_are_not_there),
        cmocka_unit_test(decorations_toggle_in_their_column),
        cmocka_unit_test(carets_say_sizes_up_to_six),
        cmocka_unit_test(frames_join),
        cmocka_unit_test(pages_are_cut_and_begin_anew),
        cmocka_unit_test(without_a_cutter_a_dashed_line_parts_the_pages),
        cmocka_unit_test(feeds_move_the_paper_by_dots),
        cmocka_unit_test(a_qr_code_keeps_its_quiet_zone_and_its_size),
        cmocka_unit_test(a_qr_code_shrinks_before_it_is_left_out),
        cmocka_unit_test(other_codes_stand_in_their_margins_as_large_as_asked),
        cmocka_unit_test(other_codes_shrink_before_they_are_left_out),
        cmocka_unit_test(a_pdf417_and_a_gs1_128_are_as_wide_as_their_standards_say),
        cmocka_unit_test(a_pdf417_too_wide_for_the_paper_is_made_narrower_and_higher),
        cmocka_unit_test(a_picture_is_dithered_or_cut_at_a_threshold),
        cmocka_unit_test(bar_codes_print_what_they_say),
        cmocka_unit_test(no_bar_code_speaks_to_the_printer_in_real_time),
        cmocka_unit_test(what_is_not_right_is_left_out_and_said),
        cmocka_unit_test(commands_need_the_shops_leave),
        cmocka_unit_test(the_drawer_opens_once_and_first),
        cmocka_unit_test(a_broken_picture_never_stops_the_rest),
        cmocka_unit_test(a_picture_stands_in_its_columns_or_on_the_paper),
        cmocka_unit_test(a_megabyte_on_one_line_is_a_line),
        cmocka_unit_test(a_line_of_mistakes_is_told_to_a_limit_and_the_rest_prints),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
