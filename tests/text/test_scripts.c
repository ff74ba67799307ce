/* What bonbon-text.so draws, dot for dot, against HarfBuzz and FreeType called by this test: shaped
 * with hb_shape, drawn with FT_LOAD_TARGET_MONO at the size of docs/fonts.md, on the baseline of
 * the baked face, letters of a run from its side, single characters in the middle of their cells.
 */
#include "image/fonts.h"

#include <fontconfig/fontconfig.h>
#include <hb-ft.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/utf8.h"

enum { WIDTH = 64 * 12, HEIGHT = 24, BASELINE = 19, STRIDE = WIDTH / 8 };

struct sample {
    const char *language;
    const char *text; /* one run */
    const char *family;
    unsigned size;
    int weight;
    bool autohint, right_to_left;
    int raise; /* of the baseline, for letters that go far below it */
    enum fonts_language form;
};

/* clang-format off */
static const struct sample samples[] = {
    {"Arabic", "قهوة", "DejaVu Sans Mono", 20, FC_WEIGHT_BOLD, false, true, 1, FONTS_ANY},
    {"Arabic", "مرحبا", "DejaVu Sans Mono", 20, FC_WEIGHT_BOLD, false, true, 1, FONTS_ANY},
    {"Persian", "چای", "DejaVu Sans Mono", 20, FC_WEIGHT_BOLD, false, true, 1, FONTS_ANY},
    {"Persian", "پنیر", "DejaVu Sans Mono", 20, FC_WEIGHT_BOLD, false, true, 1, FONTS_ANY},
    {"Hindi", "हिन्दी", "Noto Sans Devanagari", 20, FC_WEIGHT_REGULAR, true, false, 0, FONTS_ANY},
    {"Hindi", "मिठाई", "Noto Sans Devanagari", 20, FC_WEIGHT_REGULAR, true, false, 0, FONTS_ANY},
    {"Thai", "ก", "Noto Sans Thai", 20, FC_WEIGHT_REGULAR, true, false, 0, FONTS_ANY},
    {"Thai", "ที่", "Noto Sans Thai", 20, FC_WEIGHT_REGULAR, true, false, 0, FONTS_ANY},
    {"Thai", "น้ำ", "Noto Sans Thai", 20, FC_WEIGHT_REGULAR, true, false, 0, FONTS_ANY},
    {"Georgian", "ყ", "DejaVu Sans Mono", 20, FC_WEIGHT_REGULAR, false, false, 0, FONTS_ANY},
    {"Georgian", "ვ", "DejaVu Sans Mono", 20, FC_WEIGHT_REGULAR, false, false, 0, FONTS_ANY},
    {"Armenian", "ճ", "DejaVu Sans Mono", 20, FC_WEIGHT_REGULAR, false, false, 0, FONTS_ANY},
    {"Armenian", "ե", "DejaVu Sans Mono", 20, FC_WEIGHT_REGULAR, false, false, 0, FONTS_ANY},
    {"Vietnamese", "ế", "Noto Sans Mono", 20, FC_WEIGHT_REGULAR, true, false, 0, FONTS_ANY},
    {"Vietnamese", "ộ", "Noto Sans Mono", 20, FC_WEIGHT_REGULAR, true, false, 0, FONTS_ANY},
    {"Vietnamese", "₫", "DejaVu Sans Mono", 20, FC_WEIGHT_REGULAR, false, false, 0, FONTS_ANY},
    {"Chinese", "直", "WenQuanYi Micro Hei", 23, FC_WEIGHT_REGULAR, false, false, 0, FONTS_ANY},
    {"Japanese", "直", "VL Gothic", 23, FC_WEIGHT_REGULAR, false, false, 0, FONTS_JA},
    {"emoji", "🍕", "Symbola", 22, FC_WEIGHT_REGULAR, false, false, 0, FONTS_ANY},
};
/* clang-format on */

/* Chinese, Japanese and Korean are drawn by the first of these that is installed. */
static const char *const wide_families[][3] = {
    {"Noto Sans CJK SC", "WenQuanYi Micro Hei", NULL},
    {"Noto Sans CJK JP", "VL Gothic", "WenQuanYi Micro Hei"},
    {"Noto Sans CJK KR", "NanumGothic", "WenQuanYi Micro Hei"},
};
static const struct sample wide_samples[] = {
    {"Chinese", "咖", NULL, 23, FC_WEIGHT_REGULAR, false, false, 0, FONTS_ANY},
    {"Japanese", "ひ", NULL, 23, FC_WEIGHT_REGULAR, false, false, 0, FONTS_ANY},
    {"Korean", "한", NULL, 23, FC_WEIGHT_REGULAR, false, false, 0, FONTS_ANY},
};

static char *file_of(const struct sample *s, int *index)
{
    FcConfig *config = FcInitLoadConfigAndFonts();
    FcPattern *pattern = FcPatternCreate();
    FcPatternAddString(pattern, FC_FAMILY, (const FcChar8 *)s->family);
    FcPatternAddInteger(pattern, FC_WEIGHT, s->weight);
    FcPatternAddInteger(pattern, FC_SLANT, FC_SLANT_ROMAN);
    FcObjectSet *wanted = FcObjectSetBuild(FC_FILE, FC_INDEX, (char *)NULL);
    FcFontSet *set = FcFontList(config, pattern, wanted);
    FcChar8 *file = NULL;
    char *out = NULL;
    if (set->nfont > 0 && FcPatternGetString(set->fonts[0], FC_FILE, 0, &file) == FcResultMatch &&
        FcPatternGetInteger(set->fonts[0], FC_INDEX, 0, index) == FcResultMatch)
        out = strdup((const char *)file);
    FcFontSetDestroy(set);
    FcObjectSetDestroy(wanted);
    FcPatternDestroy(pattern);
    FcConfigDestroy(config);
    return out;
}

static unsigned cells_of(const char *text)
{
    struct slice s = slice_str(text);
    unsigned cells = 0;
    uint32_t before = 0, cp;
    for (; utf8_take(&s, &cp); before = cp)
        cells += utf8_columns(before, cp);
    return cells;
}

/* Ink on a sheet that is larger than the cells, their left edge at EDGE, their top at EDGE. */
enum { EDGE = 100, SHEET = WIDTH + 2 * EDGE, SHEET_HEIGHT = HEIGHT + 2 * EDGE };
struct sheet {
    bool dot[SHEET_HEIGHT][SHEET];
    int advance, left, right, top, bottom;
};

static void put(struct sheet *sheet, const FT_Bitmap *b, int x, int y)
{
    for (int row = 0; row < (int)b->rows; row++) {
        for (int column = 0; column < (int)b->width; column++) {
            const int at = x + column, line = y + row;
            if (!(b->buffer[row * b->pitch + column / 8] & 0x80 >> column % 8))
                continue;
            sheet->dot[line][at] = true;
            sheet->left = at < sheet->left ? at : sheet->left;
            sheet->right = at > sheet->right ? at : sheet->right;
            sheet->top = line < sheet->top ? line : sheet->top;
            sheet->bottom = line > sheet->bottom ? line : sheet->bottom;
        }
    }
}

/* Shapes and draws the sample at a size. */
static void set_sample(const struct sample *s, FT_Face face, unsigned width, unsigned height,
                       struct sheet *sheet)
{
    const FT_Int32 flags =
        FT_LOAD_TARGET_MONO | FT_LOAD_NO_BITMAP | (s->autohint ? FT_LOAD_FORCE_AUTOHINT : 0);
    memset(sheet, 0, sizeof *sheet);
    sheet->left = SHEET;
    sheet->top = SHEET_HEIGHT;
    assert_int_equal(FT_Set_Pixel_Sizes(face, width, height), 0);
    hb_font_t *font = hb_ft_font_create_referenced(face);
    hb_ft_font_set_load_flags(font, flags);
    hb_buffer_t *buffer = hb_buffer_create();
    hb_buffer_add_utf8(buffer, s->text, -1, 0, -1);
    hb_buffer_guess_segment_properties(buffer);
    hb_buffer_set_language(buffer, hb_language_from_string(s->form ? "ja" : "und", -1));
    assert_int_equal(hb_buffer_get_direction(buffer),
                     s->right_to_left ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    hb_shape(font, buffer, NULL, 0);
    unsigned n;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(buffer, &n);
    const hb_glyph_position_t *at = hb_buffer_get_glyph_positions(buffer, &n);
    int x = 64 * EDGE;
    for (unsigned i = 0; i < n; i++) {
        assert_int_equal(FT_Load_Glyph(face, info[i].codepoint, flags | FT_LOAD_RENDER), 0);
        const FT_GlyphSlot g = face->glyph;
        put(sheet, &g->bitmap, (x + at[i].x_offset + 32) / 64 + g->bitmap_left,
            EDGE + BASELINE - s->raise - (at[i].y_offset + 32) / 64 - g->bitmap_top);
        x += at[i].x_advance;
    }
    sheet->advance = (x + 32) / 64 - EDGE;
    hb_buffer_destroy(buffer);
    hb_font_destroy(font);
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Draws the sample: as large as fits, letters of a run at its side, single characters in the
 * middle, ink pushed into the cells. Returns its width in cells. */
static unsigned draw_by_harfbuzz(const struct sample *s, uint8_t rows[HEIGHT][STRIDE])
{
    static struct sheet sheet;
    const unsigned cells = cells_of(s->text);
    const int room = (int)cells * 12;
    FT_Library library;
    FT_Face face;
    int index = 0;
    char *file = file_of(s, &index);
    if (!file)
        fail_msg("%s is not installed", s->family);
    assert_int_equal(FT_Init_FreeType(&library), 0);
    assert_int_equal(FT_New_Face(library, file, index, &face), 0);
    unsigned width = s->size, height = s->size;
    for (;;) {
        set_sample(s, face, width, height, &sheet);
        if (sheet.bottom - sheet.top >= HEIGHT)
            height--;
        else if (sheet.advance > room || sheet.right - sheet.left >= room)
            width--;
        else
            break;
    }
    const int spare = room - sheet.advance;
    int x0 = EDGE - (cells <= 2 ? spare / 2 : s->right_to_left ? spare : 0);
    x0 = smaller(larger(x0, sheet.right + 1 - room), sheet.left);
    const int y0 = smaller(larger(EDGE, sheet.bottom + 1 - HEIGHT), sheet.top);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < room; x++) {
            if (sheet.dot[y0 + y][x0 + x])
                rows[y][x / 8] |= (uint8_t)(0x80 >> x % 8);
        }
    }
    FT_Done_Face(face);
    FT_Done_FreeType(library);
    free(file);
    return cells;
}

static void show(const uint8_t rows[HEIGHT][STRIDE], unsigned cells)
{
    for (unsigned y = 0; y < HEIGHT; y++) {
        for (unsigned x = 0; x < cells * 12; x++)
            print_error("%c", rows[y][x / 8] & 0x80 >> x % 8 ? '#' : '.');
        print_error("\n");
    }
}

static void assert_drawn_alike(struct fonts *fonts, const struct sample *s)
{
    uint8_t theirs[HEIGHT][STRIDE] = {0}, ours[HEIGHT][STRIDE] = {0};
    const unsigned cells = draw_by_harfbuzz(s, theirs);
    assert_true(
        fonts_draw(fonts, s->form, slice_str(s->text), s->right_to_left, cells, ours[0], STRIDE));
    if (memcmp(ours, theirs, sizeof ours) == 0)
        return;
    show((const uint8_t(*)[STRIDE])theirs, cells);
    show((const uint8_t(*)[STRIDE])ours, cells);
    fail_msg("%s: '%s' differs", s->language, s->text);
}

static void every_script_is_drawn_as_harfbuzz_and_freetype_do(void **state)
{
    (void)state;
    struct err err;
    struct fonts *fonts;
    assert_true(fonts_create(&fonts, &err));
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        assert_drawn_alike(fonts, &samples[i]);
    for (size_t i = 0; i < sizeof wide_samples / sizeof *wide_samples; i++) {
        struct sample s = wide_samples[i];
        int index;
        char *file = NULL;
        for (unsigned k = 0; !file && k < 3 && wide_families[i][k]; k++) {
            s.family = wide_families[i][k];
            file = file_of(&s, &index);
        }
        free(file);
        assert_drawn_alike(fonts, &s);
    }
    fonts_destroy(fonts);
}

/* What is too wide or too high at its size is set smaller, and never leaves its cells. */
static void ink_stays_in_its_cells(void **state)
{
    (void)state;
    static const char *const texts[] = {"﷽", "Ấ", "ស្ត្រី", "क्ष्म्य", "น้ำ", "字", "앙", "🏳️‍🌈",
                                        "ﷺ", "ṩ̇", "ǆ",   "౿",    "ༀ",  "⁂",  "㍿", "㈱",
                                        "½⅞"};
    struct err err;
    struct fonts *fonts;
    unsigned drawn = 0;
    assert_true(fonts_create(&fonts, &err));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (unsigned cells = 1; cells <= 4; cells++) {
            uint8_t rows[HEIGHT + 2][8] = {0};
            bool has_ink = false;
            if (!fonts_draw(fonts, FONTS_ANY, slice_str(texts[i]), false, cells, rows[1], 8))
                continue; /* no font here has it */
            drawn++;
            for (unsigned y = 0; y < HEIGHT + 2; y++) {
                for (unsigned x = 0; x < 64; x++) {
                    const bool is_black = rows[y][x / 8] & 0x80 >> x % 8;
                    has_ink |= is_black;
                    if (is_black && (x >= cells * 12 || y == 0 || y > HEIGHT))
                        fail_msg("'%s' in %u cells: ink at %u, %u", texts[i], cells, x, y);
                }
            }
            assert_true(has_ink);
        }
    }
    assert_true(drawn > 30);
    fonts_destroy(fonts);
}

static void put_one(struct fonts *fonts, uint32_t cp, unsigned x, unsigned y, unsigned width,
                    unsigned height, uint32_t rows[HEIGHT])
{
    uint8_t part[HEIGHT][3] = {0};
    assert_true(fonts_draw_one(fonts, FONTS_ANY, cp, width, height, part[0], 3));
    for (unsigned i = 0; i < height; i++)
        rows[y + i] |= ((uint32_t)part[i][0] << 16 | (uint32_t)part[i][1] << 8 | part[i][2]) >> x;
}

/* Symbola, the default package's, has no joined emoji: nothing of one is lost. */
static void joined_emoji_without_a_picture_are_shown_part_by_part(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned cells, n;
        uint32_t parts[4];
    } rows[] = {
        {"👩‍🍳", 2, 2, {0x1F469, 0x1F373}},
        {"🏳️‍🌈", 1, 2, {0x1F3F3, 0x1F308}},
        {"👮🏽‍♀️", 2, 2, {0x1F46E, 0x2640}},
        {"❤️‍🔥", 1, 2, {0x2764, 0x1F525}},
        {"👨‍👩‍👧", 2, 3, {0x1F468, 0x1F469, 0x1F467}},
        {"👨‍👩‍👧‍👦", 2, 4, {0x1F468, 0x1F469, 0x1F467, 0x1F466}},
        {"👍🏽", 2, 1, {0x1F44D}}, /* a tone is a colour */
    };
    struct err err;
    struct fonts *fonts;
    assert_true(fonts_create(&fonts, &err));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t ours[HEIGHT][3] = {0};
        uint32_t theirs[HEIGHT] = {0};
        const unsigned n = rows[i].n, width = rows[i].cells * 12;
        const unsigned across = n > 2 || (n == 2 && width == 24) ? 2 : 1;
        const unsigned down = n > 2 || (n == 2 && width == 12) ? 2 : 1;
        for (unsigned k = 0; k < n; k++)
            put_one(fonts, rows[i].parts[k], k % across * (width / across),
                    k / across * (24 / down), width / across, 24 / down, theirs);
        assert_int_equal(cells_of(rows[i].text), rows[i].cells);
        assert_true(fonts_draw(fonts, FONTS_ANY, slice_str(rows[i].text), false, rows[i].cells,
                               ours[0], 3));
        for (unsigned y = 0; y < HEIGHT; y++)
            assert_int_equal((uint32_t)ours[y][0] << 16 | (uint32_t)ours[y][1] << 8 | ours[y][2],
                             theirs[y]);
    }
    fonts_destroy(fonts);
}

/* WenQuanYi Micro Hei maps ℃ and ǎ to glyphs without outlines. */
static void a_font_that_promises_an_empty_glyph_is_passed_over(void **state)
{
    (void)state;
    static const uint32_t chars[] = {0x2103, 0x01CE, 0x2164, 0x212B};
    struct err err;
    struct fonts *fonts;
    assert_true(fonts_create(&fonts, &err));
    for (size_t i = 0; i < sizeof chars / sizeof *chars; i++) {
        uint8_t rows[HEIGHT][3] = {0}, any = 0;
        assert_true(fonts_draw_one(fonts, FONTS_ZH_CN, chars[i], 24, 24, rows[0], 3));
        for (unsigned y = 0; y < HEIGHT; y++)
            any |= rows[y][0] | rows[y][1] | rows[y][2];
        assert_true(any);
    }
    fonts_destroy(fonts);
}

static void the_same_text_gives_the_same_dots_in_any_order(void **state)
{
    (void)state;
    struct err err;
    struct fonts *fonts[2];
    assert_true(fonts_create(&fonts[0], &err) && fonts_create(&fonts[1], &err));
    const size_t n = sizeof samples / sizeof *samples;
    for (size_t i = 0; i < n; i++) {
        uint8_t rows[2][HEIGHT][STRIDE] = {0}, again[HEIGHT][STRIDE] = {0};
        for (unsigned k = 0; k < 2; k++) {
            const struct sample *s = &samples[k ? n - 1 - i : i];
            (void)fonts_draw(fonts[k], FONTS_ANY, slice_str(s->text), s->right_to_left,
                             cells_of(s->text), rows[k][0], STRIDE);
        }
        const struct sample *s = &samples[i];
        (void)fonts_draw(fonts[1], FONTS_ANY, slice_str(s->text), s->right_to_left,
                         cells_of(s->text), again[0], STRIDE);
        assert_memory_equal(rows[0], again, sizeof again);
    }
    fonts_destroy(fonts[0]);
    fonts_destroy(fonts[1]);
}

static void a_package_is_known_for_each_script(void **state)
{
    (void)state;
    assert_string_equal(fonts_package(0x0905), "fonts-noto-core");
    assert_string_equal(fonts_package(0x4E2D), "fonts-wqy-microhei");
    assert_string_equal(fonts_package(0x1F600), "fonts-symbola");
    assert_string_equal(fonts_package(0x0628), "fonts-dejavu-core");
    assert_null(fonts_package(0xE000));
}

static void without_the_module_nothing_is_drawn_and_nothing_breaks(void **state)
{
    (void)state;
    struct err err;
    struct fonts *fonts;
    uint8_t rows[HEIGHT][STRIDE] = {0}, levels[3];
    const uint32_t text[] = {0x5D0, '(', 0x5D1};
    uint32_t mirrored[3];
    const char *given = getenv("BONBON_MODULES");
    char *said = strdup(given ? given : "");
    setenv("BONBON_MODULES", "/nonexistent", 1);
    assert_true(fonts_create(&fonts, &err));
    assert_false(fonts_have(fonts, 0x4E2D));
    assert_false(fonts_draw(fonts, FONTS_ANY, slice_str("中"), false, 2, rows[0], STRIDE));
    assert_false(fonts_levels(fonts, text, 3, 0, levels, mirrored));
    assert_int_equal(levels[0] | levels[1] | levels[2], 0);
    assert_memory_equal(mirrored, text, sizeof text);
    fonts_destroy(fonts);
    assert_non_null(said);
    setenv("BONBON_MODULES", said, 1);
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_script_is_drawn_as_harfbuzz_and_freetype_do),
        cmocka_unit_test(ink_stays_in_its_cells),
        cmocka_unit_test(joined_emoji_without_a_picture_are_shown_part_by_part),
        cmocka_unit_test(a_font_that_promises_an_empty_glyph_is_passed_over),
        cmocka_unit_test(the_same_text_gives_the_same_dots_in_any_order),
        cmocka_unit_test(a_package_is_known_for_each_script),
        cmocka_unit_test(without_the_module_nothing_is_drawn_and_nothing_breaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
