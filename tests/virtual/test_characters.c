/* Which character a byte is: code pages, national sets, pairs of bytes, characters of the user's
 * own.
 */
#include "rig.h"

#include <stdlib.h>

#include "image/face.h"
#include "image/fonts.h"

#define ESC "\x1b"
#define GS  "\x1d"
#define FS  "\x1c"

static void code_pages_follow_the_printers_numbers(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "\x8e" ESC "t\x11"
                                            "\x8e" ESC "t\x2e"
                                            "\xce" ESC "t\x63"
                                            "\xce\n");
    assert_int_equal(rig_glyph(vp, 0).cp, 0xc4);  /* 437 */
    assert_int_equal(rig_glyph(vp, 1).cp, 0x41e); /* 866 */
    assert_int_equal(rig_glyph(vp, 2).cp, 0x41e); /* 1251 */
    assert_int_equal(rig_glyph(vp, 3).cp, 0x41e); /* no page 99: 1251 stays */
    assert_true(rig_shows(vp, 12, 0, 0x41e));
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    virtual_destroy(vp);
}

static void star_chooses_its_pages_with_another_command(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG("star-line", ESC "t\x11"
                                                      "\x8e" ESC GS "t\x0a"
                                                      "\x8e\n");
    assert_int_equal(rig_glyph(vp, 0).cp, 0xc4);
    assert_int_equal(rig_glyph(vp, 1).cp, 0x41e);
    virtual_destroy(vp);
    vp = RIG(EPSON, ESC GS "t\x0a"
                           "\x8e\n");
    assert_int_equal(rig_glyph(vp, 0).cp, 0xc4);
    virtual_destroy(vp);
}

static void international_sets_replace_ascii(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "R\x03"
                                                "#" ESC "R\x02"
                                                "[" ESC "R\xc8"
                                                "[" ESC "R\x00"
                                                "[\n");
    assert_int_equal(rig_glyph(vp, 0).cp, 0xa3);
    assert_int_equal(rig_glyph(vp, 1).cp, 0xc4);
    assert_int_equal(rig_glyph(vp, 2).cp, 0xc4);
    assert_int_equal(rig_glyph(vp, 3).cp, '[');
    virtual_destroy(vp);
}

static void an_undefined_byte_is_a_blank_cell(void **state)
{
    (void)state;
    /* 98h has no character in 1251 */
    struct virtual_printer *vp = RIG(EPSON, ESC "t\x2e"
                                                "A\x98\x7f"
                                                "A\n");
    assert_int_equal(rig_glyphs(vp), 4);
    assert_int_equal(rig_glyph(vp, 1).cp, ' ');
    assert_int_equal(rig_glyph(vp, 3).x_dots, 36);
    assert_int_equal(rig_dots(vp, 12, 0, 24, 24), 0);
    virtual_destroy(vp);
}

static void a_chinese_rom_swallows_pairs_until_it_is_told_not_to(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(CLONE, ESC "t\x11"
                                                "\x8a\xae\xe4\xa5!\n" FS "."
                                                "\x8a\xae\xe4\xa5\n");
    assert_int_equal(rig_glyphs(vp), 3 + 4);
    assert_int_equal(rig_glyph(vp, 0).cp, 0x59f0); /* GBK 8AAE */
    assert_int_equal(rig_glyph(vp, 0).width_dots, 24);
    assert_int_equal(rig_glyph(vp, 1).x_dots, 24);
    assert_int_equal(rig_glyph(vp, 2).cp, '!');
    assert_true(rig_dots(vp, 0, 0, 48, 24) > 100);
    assert_int_equal(rig_glyph(vp, 3).cp, 0x41a);
    FEED(vp, FS "&"
                "\x8a\xae" ESC "@"
                "\x8a\xae"
                "\n" FS "." ESC "@"
                "\x8a\xae"
                "\n");
    assert_int_equal(rig_glyph(vp, 7).cp, 0x59f0); /* ESC @ dropped the line before */
    assert_int_equal(rig_glyph(vp, 8).cp, 0x59f0); /* and is as switching on */
    virtual_destroy(vp);
}

static void a_first_byte_without_a_second_prints_by_itself(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(CLONE, "\x8e"
                                            "\n"
                                            "\x8e"
                                            " A\n");
    assert_int_equal(rig_glyphs(vp), 4);
    assert_int_equal(rig_glyph(vp, 0).cp, 0xc4);
    assert_int_equal(rig_glyph(vp, 1).cp, 0xc4);
    assert_int_equal(rig_glyph(vp, 2).cp, ' ');
    virtual_destroy(vp);
}

static void a_printer_without_two_byte_characters_has_no_mode_for_them(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, FS "&"
                                               "\x8e\x8e\n");
    assert_int_equal(rig_glyphs(vp), 2);
    virtual_destroy(vp);
}

/* A printer as this profile, but with these pairs. */
static struct virtual_printer *with_pairs(struct profile *profile, enum profile_double_byte pairs)
{
    struct virtual_printer *vp = NULL;
    struct err err;
    *profile = *profile_find(slice_str(EPSON));
    profile->double_byte = pairs;
    assert_true(virtual_create(&vp, profile, &err));
    return vp;
}

static void pairs_are_read_through_the_page_of_the_profile(void **state)
{
    (void)state;
    static const struct {
        enum profile_double_byte pairs;
        struct slice bytes;
        const char *text;
    } rows[] = {
        {DOUBLE_BYTE_GB18030, SLICE("\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7\n"), "你好，世界\n"},
        {DOUBLE_BYTE_GB18030, SLICE("\x81\x30\x81\x30\xa8\xa2\n"), "\xc2\x80\xc3\xa1\n"},
        {DOUBLE_BYTE_BIG5, SLICE("\xa5\x78\xc6\x57\n"), "台灣\n"},
        {DOUBLE_BYTE_SHIFT_JIS, SLICE(FS "C\x01\x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd\n"),
         "こんにちは\n"},
        {DOUBLE_BYTE_SHIFT_JIS, SLICE(FS "C1\x93\xfa\x96\x7b" FS "C2\x8c\xea\n"), "日本語\n"},
        {DOUBLE_BYTE_SHIFT_JIS, SLICE(FS "C\x00\x46\x7c\x4b\x5c\x38\x6c\n"), "日本語\n"},
        {DOUBLE_BYTE_EUC_KR, SLICE("\xc7\xd1\xb1\xb9\xbe\xee\n"), "한국어\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile;
        struct virtual_printer *vp = with_pairs(&profile, rows[i].pairs);
        FEED(vp, FS "&");
        virtual_feed(vp, rows[i].bytes);
        rig_expect_text(vp, rows[i].text);
        assert_int_equal(rig_glyph(vp, 1).x_dots, 24);
        virtual_destroy(vp);
    }
}

static void japanese_printers_power_up_in_single_bytes(void **state)
{
    (void)state;
    struct profile profile;
    struct virtual_printer *vp = with_pairs(&profile, DOUBLE_BYTE_SHIFT_JIS);
    FEED(vp, "AB\n" FS "&" FS "C\x01"
             "A\x82\xa0" FS "."
             "AB\n");
    rig_expect_text(vp, "AB\nAあAB\n");
    virtual_destroy(vp);
}

static void shift_jis_needs_no_kanji_mode_and_jis_does(void **state)
{
    (void)state;
    struct profile profile;
    struct virtual_printer *vp = with_pairs(&profile, DOUBLE_BYTE_SHIFT_JIS);
    FEED(vp, ESC "t\x01" FS "C\x01\x93\xfa\xca\xdd\n" FS ".\x93\xfa\n" FS "C\x00\x46\x7c\n" FS
                 "&\x46\x7c\n");
    rig_expect_text(vp, "日ﾊﾝ\n日\nF|\n日\n");
    assert_int_equal(rig_glyph(vp, 1).width_dots, 12); /* katakana of half width */
    virtual_destroy(vp);
}

/* What the font makes of a character in a cell of width × height dots. */
static void expect_font(const struct virtual_printer *vp, uint32_t x, uint32_t y, uint32_t cp,
                        enum fonts_language language, unsigned width, unsigned height)
{
    struct fonts *fonts;
    struct err err;
    uint8_t rows[24][3] = {0};
    unsigned ink = 0;
    assert_true(fonts_create(&fonts, &err));
    assert_true(fonts_draw_one(fonts, language, cp, width, height, rows[0], 3));
    for (unsigned i = 0; i < height; i++) {
        for (unsigned j = 0; j < width; j++) {
            const bool black = rows[i][j / 8] >> (7 - j % 8) & 1;
            ink += black;
            assert_int_equal(rig_dot(vp, x + j, y + i), black);
        }
    }
    assert_true(ink > 20);
    fonts_destroy(fonts);
}

static void a_pair_is_drawn_by_a_font_of_its_country(void **state)
{
    (void)state;
    static const struct {
        enum profile_double_byte pairs;
        struct slice bytes;
        uint32_t cp;
        enum fonts_language language;
    } rows[] = {
        {DOUBLE_BYTE_GB18030, SLICE("\xd6\xb1\n"), 0x76f4, FONTS_ZH_CN},
        {DOUBLE_BYTE_BIG5, SLICE("\xaa\xbd\n"), 0x76f4, FONTS_ZH_TW},
        {DOUBLE_BYTE_SHIFT_JIS, SLICE(FS "C1\x92\xbc\n"), 0x76f4, FONTS_JA},
        {DOUBLE_BYTE_EUC_KR, SLICE("\xf2\xc1\n"), 0x76f4, FONTS_KO},
        {DOUBLE_BYTE_SHIFT_JIS, SLICE(FS "C1\x82\xa0\n"), 0x3042, FONTS_JA},
        {DOUBLE_BYTE_EUC_KR, SLICE("\xc7\xd1\n"), 0xd55c, FONTS_KO},
        {DOUBLE_BYTE_GB18030, SLICE("\xa1\xf1\n"), 0x25cf, FONTS_ZH_CN}, /* a sign: ● */
        {DOUBLE_BYTE_GB18030, SLICE("\xa1\xe6\n"), 0x2103, FONTS_ZH_CN}, /* ℃ */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile;
        struct virtual_printer *vp = with_pairs(&profile, rows[i].pairs);
        FEED(vp, FS "&");
        virtual_feed(vp, rows[i].bytes);
        expect_font(vp, 0, 0, rows[i].cp, rows[i].language, 24, 24);
        assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 0);
        virtual_destroy(vp);
    }
}

static void a_small_kanji_font_is_drawn_small_not_squeezed(void **state)
{
    (void)state;
    struct profile profile;
    struct virtual_printer *vp = with_pairs(&profile, DOUBLE_BYTE_SHIFT_JIS);
    FEED(vp, FS "C1" FS "(A\x02\x00\x30\x01\x93\xfa" FS "(A\x02\x00\x30\x02\x93\xfa\n");
    expect_font(vp, 0, 0, 0x65e5, FONTS_JA, 20, 24);
    expect_font(vp, 20, 8, 0x65e5, FONTS_JA, 16, 16);
    virtual_destroy(vp);
}

static void utf8_han_is_drawn_in_the_form_that_comes_first(void **state)
{
    (void)state;
    /* FS ( C 60: Japan's first; 直 */
    struct virtual_printer *vp =
        RIG(EPSON, FS "(C\x02\x00\x30\x02" FS "(C\x03\x00\x3c\x00\x0b\xe7\x9b\xb4" FS
                      "(C\x03\x00\x3c\x00\x14\xe7\x9b\xb4\n");
    expect_font(vp, 0, 0, 0x76f4, FONTS_JA, 24, 24);
    expect_font(vp, 24, 0, 0x76f4, FONTS_ZH_CN, 24, 24);
    virtual_destroy(vp);
}

static void wide_frames_join(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(CLONE, "\xa9\xb0\xa9\xa4\xa9\xb4\n"); /* ┌─┐ */
    uint32_t y = 0;
    while (!rig_dot(vp, 36, y))
        y++;
    for (uint32_t x = 0; x < 72; x++)
        assert_int_equal(rig_dot(vp, x, y), x >= 11 && x <= 60);
    virtual_destroy(vp);
}

static void a_character_without_a_font_is_a_box_and_its_package_is_said_once(void **state)
{
    (void)state;
    const char *given = getenv("BONBON_MODULES");
    char *said = strdup(given ? given : "");
    setenv("BONBON_MODULES", "/nonexistent", 1);
    struct virtual_printer *vp = RIG(CLONE, "\xc4\xe3\xba\xc3\n");
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    const struct virtual_mark note = rig_mark(vp, VIRTUAL_NOTE, 0);
    assert_true(
        slice_equal(note.text, slice_str("no font here has 你 (U+4F60): its number in a box; "
                                         "apt install fonts-wqy-microhei")));
    uint32_t box[24];
    face_missing(0x4f60, true, box);
    for (uint32_t y = 0; y < 24; y++) {
        for (uint32_t x = 0; x < 24; x++)
            assert_int_equal(rig_dot(vp, x, y), box[y] >> (23 - x) & 1);
    }
    rig_expect_text(vp, "你好\n");
    virtual_destroy(vp);
    setenv("BONBON_MODULES", said, 1);
    free(said);
}

static void a_pair_that_its_page_has_not_is_its_number_in_a_box(void **state)
{
    (void)state;
    struct profile profile;
    struct virtual_printer *vp = with_pairs(&profile, DOUBLE_BYTE_EUC_KR);
    FEED(vp, FS "&\xfe\xfe\n");
    assert_int_equal(rig_glyph(vp, 0).cp, 0xfffd);
    assert_true(rig_dots(vp, 0, 0, 24, 24) > 50);
    virtual_destroy(vp);
}

static void wide_letters_are_the_faces_in_the_middle_of_their_cell(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(CLONE, "\xa3\xc1\xa7\xa8\xa1\xa1.\n"); /* Ａ Ж, a space */
    assert_true(rig_shows(vp, 6, 0, 'A'));
    assert_true(rig_shows(vp, 24 + 6, 0, 0x416));
    assert_int_equal(rig_dots(vp, 48, 0, 24, 24), 0);
    assert_true(rig_shows(vp, 72, 0, '.'));
    virtual_destroy(vp);
}

static void pairs_have_sizes_underline_space_and_fonts_of_their_own(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(CLONE, FS "!\x0c"
                      "\xc4\xe3" FS "!\x00" FS "S\x02\x04"
                      "\xc4\xe3\xc4\xe3" FS "S\x00\x00" FS "-\x02\xc4\xe3" FS "-\x00" FS
                      "(A\x02\x00\x30\x02\xc4\xe3" FS "W\x01\xc4\xe3"
                      "A\n");
    assert_int_equal(rig_glyph(vp, 0).width_dots, 48);
    assert_int_equal(rig_glyph(vp, 0).height_dots, 48);
    assert_int_equal(rig_glyph(vp, 1).x_dots, 48 + 2);
    assert_int_equal(rig_glyph(vp, 2).x_dots, 50 + 24 + 4 + 2);
    assert_true(rig_glyph(vp, 3).underline);
    assert_int_equal(rig_glyph(vp, 4).width_dots, 16);
    assert_int_equal(rig_glyph(vp, 5).width_dots, 32);
    assert_int_equal(rig_glyph(vp, 6).width_dots, 12);
    virtual_destroy(vp);
}

static void utf8_is_read_where_it_was_asked_for(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, FS "(C\x02\x00\x30\x02"
                      "caf\xc3\xa9 \xe4\xbd\xa0 \xff\n" FS "(C\x02\x00\x30\x01\x82\n");
    rig_expect_text(vp, "café 你 \xc2\xa0\né\n"); /* FF is no UTF-8: the page's character */
    assert_int_equal(rig_glyph(vp, 5).width_dots, 24);
    virtual_destroy(vp);
    vp = RIG(CLONE, FS "C\xff\xd0\x96\n");
    assert_true(rig_shows(vp, 0, 0, 0x416));
    virtual_destroy(vp);
}

static void a_pair_of_the_users_own_is_its_columns(void **state)
{
    (void)state;
    static const uint8_t head[] = {0x1c, '2', 0xfe, 0xa1};
    uint8_t columns[72] = {0xff, 0xff, 0xff};
    struct virtual_printer *vp = rig_printer(CLONE);
    columns[71] = 0x01; /* the last dot */
    virtual_feed(vp, slice_of(head, sizeof head));
    virtual_feed(vp, slice_of(columns, sizeof columns));
    FEED(vp, "\xfe\xa1" FS "?\xfe\xa1\xfe\xa1\n");
    assert_int_equal(rig_dots(vp, 0, 0, 24, 24), 25);
    assert_true(rig_dot(vp, 23, 23));
    assert_int_not_equal(rig_dots(vp, 24, 0, 24, 24), 25);
    virtual_destroy(vp);
}

/* a frame: left and right column whole, top and bottom dot of the rest, four columns wide */
#define FRAME "\x04\xff\xff\xff\x80\x00\x01\x80\x00\x01\xff\xff\xff"

static void expect_frame(const struct virtual_printer *vp, uint32_t x, uint32_t y)
{
    assert_int_equal(rig_dots(vp, x, y, 12, 24), 24 * 2 + 4);
    assert_int_equal(rig_dots(vp, x, y, 1, 24), 24);
    assert_int_equal(rig_dots(vp, x + 3, y, 1, 24), 24);
    assert_true(rig_dot(vp, x + 1, y) && rig_dot(vp, x + 2, y + 23));
}

static void a_user_character_is_its_columns_while_they_are_chosen(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "&\x03"
                                                "AA" FRAME "A" ESC "%\x01"
                                                "AB" ESC "%\x00"
                                                "A\n");
    assert_true(rig_shows(vp, 0, 0, 'A'));
    expect_frame(vp, 12, 0);
    assert_true(rig_shows(vp, 24, 0, 'B')); /* no such character: the printer's own */
    assert_true(rig_shows(vp, 36, 0, 'A'));
    assert_int_equal(rig_glyph(vp, 1).cp, 0xe000 + 'A');
    virtual_destroy(vp);
}

/* ESC & at 'A' with the dots of a character of the face, then "A". */
static void print_as_user_char(struct virtual_printer *vp, enum face face, uint32_t cp)
{
    bool large = face == FACE_12X24;
    unsigned width = large ? 12 : 8, height = large ? 24 : 16;
    const uint16_t *rows = face_glyph(face, cp);
    uint8_t bytes[64] = {0x1b, '&', 3, 'A', 'A', (uint8_t)width};
    assert_non_null(rows);
    for (unsigned x = 0; x < width; x++) {
        for (unsigned y = 0; y < height; y++) {
            if (rows[y] >> (15 - x) & 1)
                bytes[6 + 3 * x + y / 8] |= (uint8_t)(0x80 >> (y % 8));
        }
    }
    virtual_feed(vp, slice_of(bytes, 6 + (size_t)3 * width));
    FEED(vp, ESC "%\x01"
                 "A" ESC "%\x00");
}

static void a_user_character_with_the_dots_of_the_face_reads_as_it(void **state)
{
    (void)state;
    struct virtual_printer *vp = rig_printer(EPSON);
    print_as_user_char(vp, FACE_12X24, 0x49b); /* Kazakh ka */
    print_as_user_char(vp, FACE_12X24, 0x219); /* s with comma below */
    FEED(vp, ESC "M\x01");
    print_as_user_char(vp, FACE_8X16, 0x219);
    FEED(vp, "\n");
    assert_int_equal(rig_glyph(vp, 0).cp, 0x49b);
    assert_int_equal(rig_glyph(vp, 1).cp, 0x219);
    assert_int_equal(rig_glyph(vp, 2).cp, 0x219);
    virtual_destroy(vp);
}

static void several_user_characters_may_come_at_once(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "&\x03"
                                                "AC" FRAME "\x00" FRAME ESC "%\x01"
                                                "ABC\n");
    expect_frame(vp, 0, 0);
    assert_int_equal(rig_dots(vp, 12, 0, 12, 24), 0); /* no columns: blank, and not B */
    expect_frame(vp, 24, 0);
    virtual_destroy(vp);
}

static void a_user_character_in_the_line_stays_what_it_was(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "%\x01" ESC "&\x03"
                                                "AA" FRAME "A" ESC "&\x03"
                                                "AA\x01\x80\x00\x00"
                                                "A\n");
    expect_frame(vp, 0, 0);
    assert_int_equal(rig_dots(vp, 12, 0, 12, 24), 1);
    virtual_destroy(vp);
}

static void user_characters_are_taken_away_one_by_one_and_by_initialize(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "&\x03"
                                                "AB" FRAME FRAME ESC "%\x01" ESC "?A"
                                                "AB\n" ESC "@" ESC "%\x01"
                                                "B\n");
    assert_true(rig_shows(vp, 0, 0, 'A'));
    expect_frame(vp, 12, 0);
    assert_true(rig_shows(vp, 0, 30, 'B'));
    virtual_destroy(vp);
}

static void user_characters_belong_to_their_font(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "M\x01" ESC "&\x03"
                                                "AA\x01\xff\xff\xff" ESC "%\x01"
                                                "A" ESC "M\x00"
                                                "A\n");
    assert_int_equal(rig_dots(vp, 0, 24 - 17, 9, 17),
                     17); /* what the cell has no room for is cut */
    assert_true(rig_shows(vp, 9, 0, 'A'));
    virtual_destroy(vp);
}

static void user_characters_take_sizes_and_styles(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, ESC "&\x03"
                                                "AA\x01\xff\xff\xff" ESC "%\x01" GS "!\x11"
                                                "A" GS "!\x00" ESC "E\x01"
                                                "A\n");
    assert_int_equal(rig_dots(vp, 0, 0, 24, 48), 2 * 48);
    assert_int_equal(rig_dots(vp, 24, 24, 12, 24), 2 * 24);
    virtual_destroy(vp);
}

static void smoothing_fills_the_steps_of_large_characters_only(void **state)
{
    (void)state;
    /* two dots that touch with a corner */
    struct virtual_printer *vp =
        RIG(EPSON, ESC "&\x03"
                       "AA\x02\x80\x00\x00\x40\x00\x00" ESC "%\x01" GS "b\x01"
                       "A" GS "!\x33"
                       "A" GS "b\x00"
                       "A\n");
    uint32_t top = 96 - 24;
    assert_int_equal(rig_dots(vp, 0, top, 12, 24), 2);
    assert_int_equal(rig_dots(vp, 60, 0, 48, 96), 2 * 16);
    /* corners of 2 + 1 dots in both white ones, each at the point where the black ones meet */
    assert_int_equal(rig_dots(vp, 12, 0, 48, 96), 2 * 16 + 2 * 3);
    assert_true(rig_dot(vp, 12 + 4, 3) && rig_dot(vp, 12 + 5, 3) && rig_dot(vp, 12 + 4, 2));
    assert_true(rig_dot(vp, 12 + 3, 4) && rig_dot(vp, 12 + 2, 4) && rig_dot(vp, 12 + 3, 5));
    virtual_destroy(vp);
}

static void fonts_are_those_of_the_profile(void **state)
{
    (void)state;
    static const struct profile_font fonts[] = {{0, 12, 24, 48}, {1, 9, 17, 64}, {2, 8, 16, 72}};
    struct profile profile = *profile_find(slice_str(EPSON));
    struct virtual_printer *vp = NULL;
    struct err err;
    profile.fonts = fonts;
    profile.n_fonts = 3;
    assert_true(virtual_create(&vp, &profile, &err));
    FEED(vp, "A" ESC "M\x01"
             "A" ESC "M2"
             "A" ESC "M\x03"
             "A\n");
    static const unsigned widths[] = {12, 9, 8, 8}; /* there is no font D: C stays */
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(rig_glyph(vp, i).width_dots, widths[i]);
    assert_int_equal(rig_glyph(vp, 2).height_dots, 16);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    virtual_destroy(vp);
}

static void turned_characters_lie_on_their_side_and_keep_their_line(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, "L\n" ESC "V\x01" ESC "-\x02"
                                            "L" GS "!\x10"
                                            "L" GS "!\x00" ESC "V\x00"
                                            "x\n");
    struct virtual_glyph g = rig_glyph(vp, 1), wide = rig_glyph(vp, 2), after = rig_glyph(vp, 3);
    assert_true(g.turned && !after.turned);
    assert_false(g.underline);
    assert_int_equal(g.width_dots, 24);
    assert_int_equal(g.height_dots, 12);
    assert_int_equal(wide.width_dots, 24); /* the width of the letter is now its height */
    assert_int_equal(wide.height_dots, 24);
    assert_int_equal(after.x_dots, 48);
    for (uint32_t y = 0; y < 24; y++) {
        for (uint32_t x = 0; x < 12; x++)
            assert_int_equal(rig_dot(vp, g.x_dots + 23 - y, g.y_dots + x), rig_dot(vp, x, y));
    }
    rig_expect_text(vp, "L\nLL  x\n");
    virtual_destroy(vp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_pages_follow_the_printers_numbers),
        cmocka_unit_test(star_chooses_its_pages_with_another_command),
        cmocka_unit_test(international_sets_replace_ascii),
        cmocka_unit_test(an_undefined_byte_is_a_blank_cell),
        cmocka_unit_test(a_chinese_rom_swallows_pairs_until_it_is_told_not_to),
        cmocka_unit_test(a_first_byte_without_a_second_prints_by_itself),
        cmocka_unit_test(a_printer_without_two_byte_characters_has_no_mode_for_them),
        cmocka_unit_test(pairs_are_read_through_the_page_of_the_profile),
        cmocka_unit_test(japanese_printers_power_up_in_single_bytes),
        cmocka_unit_test(shift_jis_needs_no_kanji_mode_and_jis_does),
        cmocka_unit_test(a_pair_is_drawn_by_a_font_of_its_country),
        cmocka_unit_test(a_small_kanji_font_is_drawn_small_not_squeezed),
        cmocka_unit_test(utf8_han_is_drawn_in_the_form_that_comes_first),
        cmocka_unit_test(wide_frames_join),
        cmocka_unit_test(a_character_without_a_font_is_a_box_and_its_package_is_said_once),
        cmocka_unit_test(a_pair_that_its_page_has_not_is_its_number_in_a_box),
        cmocka_unit_test(wide_letters_are_the_faces_in_the_middle_of_their_cell),
        cmocka_unit_test(pairs_have_sizes_underline_space_and_fonts_of_their_own),
        cmocka_unit_test(utf8_is_read_where_it_was_asked_for),
        cmocka_unit_test(a_pair_of_the_users_own_is_its_columns),
        cmocka_unit_test(a_user_character_is_its_columns_while_they_are_chosen),
        cmocka_unit_test(a_user_character_with_the_dots_of_the_face_reads_as_it),
        cmocka_unit_test(several_user_characters_may_come_at_once),
        cmocka_unit_test(a_user_character_in_the_line_stays_what_it_was),
        cmocka_unit_test(user_characters_are_taken_away_one_by_one_and_by_initialize),
        cmocka_unit_test(user_characters_belong_to_their_font),
        cmocka_unit_test(user_characters_take_sizes_and_styles),
        cmocka_unit_test(smoothing_fills_the_steps_of_large_characters_only),
        cmocka_unit_test(fonts_are_those_of_the_profile),
        cmocka_unit_test(turned_characters_lie_on_their_side_and_keep_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
