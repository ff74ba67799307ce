/* bake_font FONT WxH EXTRA OUT.c: writes a bitmap strike of a font, and the characters drawn in
 * EXTRA that it lacks, as a struct face_table (src/image/face_table.h). Runs while building, so
 * that the finished program draws text without a font library.
 *
 * EXTRA: a line "U+20BD name", then a line a row, '#' black and '.' white; lines that begin with
 * ';' and empty lines are passed over. */
#include <ft2build.h>
#include FT_FREETYPE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ROWS = 32, MAX_WIDTH = 16, MAX_GLYPHS = 8192, FIRST = 0x20, LAST_ASCII = 0x7e };

struct glyph {
    uint32_t code;
    uint16_t rows[MAX_ROWS]; /* the most significant bit left */
};

struct bake {
    const char *font, *extra, *path;
    unsigned width, height;
    FT_Face face;
    size_t n;
    struct glyph glyphs[MAX_GLYPHS];
};

static bool complain(const char *where, const char *what)
{
    fprintf(stderr, "bake_font: %s: %s\n", where, what);
    return false;
}

static bool select_strike(struct bake *bake)
{
    for (int i = 0; i < bake->face->num_fixed_sizes; i++) {
        const FT_Bitmap_Size *size = &bake->face->available_sizes[i];
        if (size->width == (FT_Short)bake->width && size->height == (FT_Short)bake->height)
            return FT_Select_Size(bake->face, i) == 0;
    }
    return complain(bake->font, "has no bitmaps of this size");
}

/* The glyph's dots where they stand in the cell; false when one of them falls outside. */
static bool place(const struct bake *bake, uint16_t rows[MAX_ROWS])
{
    const FT_GlyphSlot slot = bake->face->glyph;
    const FT_Bitmap *bitmap = &slot->bitmap;
    const int ascent = (int)(bake->face->size->metrics.ascender >> 6);
    if (bitmap->rows && bitmap->pixel_mode != FT_PIXEL_MODE_MONO)
        return false;
    for (unsigned y = 0; y < bitmap->rows; y++) {
        const unsigned char *from = bitmap->buffer + (ptrdiff_t)y * bitmap->pitch;
        for (unsigned x = 0; x < bitmap->width; x++) {
            if (!(from[x / 8] >> (7 - x % 8) & 1))
                continue;
            int to_x = slot->bitmap_left + (int)x;
            int to_y = ascent - slot->bitmap_top + (int)y;
            if (to_x < 0 || to_x >= (int)bake->width || to_y < 0 || to_y >= (int)bake->height)
                return false;
            rows[to_y] |= (uint16_t)(0x8000 >> to_x);
        }
    }
    return true;
}

static struct glyph *add_glyph(struct bake *bake, uint32_t code)
{
    if (bake->n == MAX_GLYPHS)
        return NULL;
    struct glyph *glyph = &bake->glyphs[bake->n++];
    *glyph = (struct glyph){.code = code};
    return glyph;
}

/* All characters of the font but the controls. */
static bool take_font(struct bake *bake)
{
    FT_UInt index;
    for (FT_ULong code = FT_Get_First_Char(bake->face, &index); index;
         code = FT_Get_Next_Char(bake->face, code, &index)) {
        if (code < FIRST || (code > LAST_ASCII && code < 0xa0))
            continue;
        struct glyph *glyph = add_glyph(bake, (uint32_t)code);
        if (!glyph || FT_Load_Glyph(bake->face, index, FT_LOAD_DEFAULT) ||
            !place(bake, glyph->rows)) {
            fprintf(stderr, "bake_font: %s: U+%04lX does not fit\n", bake->font, code);
            return false;
        }
    }
    return true;
}

/* A newer font may have what was drawn: then the font's counts. */
static void drop_if_known(struct bake *bake)
{
    const uint32_t code = bake->glyphs[bake->n - 1].code;
    for (size_t i = 0; i + 1 < bake->n; i++) {
        if (bake->glyphs[i].code == code) {
            bake->n--;
            return;
        }
    }
}

static bool parse_row(const struct bake *bake, const char *line, uint16_t *row)
{
    if (strlen(line) != bake->width || strspn(line, "#.") != bake->width)
        return false;
    for (unsigned x = 0; x < bake->width; x++)
        if (line[x] == '#')
            *row |= (uint16_t)(0x8000 >> x);
    return true;
}

/* The next line that says something, without its end; NULL at the end. */
static char *next_line(FILE *f, char *line, int cap)
{
    while (fgets(line, cap, f)) {
        line[strcspn(line, "\r\n")] = 0;
        if (line[0] && line[0] != ';')
            return line;
    }
    return NULL;
}

static bool take_drawn(struct bake *bake, FILE *f)
{
    char line[128];
    while (next_line(f, line, sizeof line)) {
        if (strncmp(line, "U+", 2) != 0)
            return complain(line, "U+… was expected");
        struct glyph *glyph = add_glyph(bake, (uint32_t)strtoul(line + 2, NULL, 16));
        for (unsigned y = 0; y < bake->height; y++)
            if (!glyph || !next_line(f, line, sizeof line) ||
                !parse_row(bake, line, &glyph->rows[y]))
                return complain(line, "a row of # and . was expected");
        drop_if_known(bake);
    }
    return true;
}

static bool take_extra(struct bake *bake)
{
    FILE *f = fopen(bake->extra, "r");
    if (!f)
        return complain(bake->extra, "cannot be read");
    bool done = take_drawn(bake, f);
    fclose(f);
    return done;
}

static int compare_glyphs(const void *a, const void *b)
{
    const struct glyph *left = a, *right = b;
    return (left->code > right->code) - (left->code < right->code);
}

/* Sorted, with all of ASCII in front. */
static bool sort(struct bake *bake)
{
    qsort(bake->glyphs, bake->n, sizeof bake->glyphs[0], compare_glyphs);
    for (size_t i = 0; i <= LAST_ASCII - FIRST; i++)
        if (i >= bake->n || bake->glyphs[i].code != FIRST + i)
            return complain(bake->font, "does not have all of ASCII");
    return true;
}

static void write_table(const struct bake *bake, FILE *out)
{
    const unsigned w = bake->width, h = bake->height;
    fprintf(out, "/* Made by bake_font from %s %s, %u by %u dots. */\n", bake->face->family_name,
            bake->face->style_name, w, h);
    fputs("#include \"image/face_table.h\"\n\nstatic const uint16_t ROWS[] = {\n", out);
    for (size_t i = 0; i < bake->n; i++) {
        fprintf(out, "/* U+%04X */\n", bake->glyphs[i].code);
        for (unsigned y = 0; y < h; y++)
            fprintf(out, "0x%04x,%s", bake->glyphs[i].rows[y], y % 12 == 11 ? "\n" : "");
        fputs("\n", out);
    }
    fputs("};\n\nstatic const uint32_t CODES[] = {\n", out);
    for (size_t i = 0; i < bake->n; i++)
        fprintf(out, "0x%04x,%s", bake->glyphs[i].code, i % 12 == 11 ? "\n" : "");
    fprintf(out, "\n};\n\nconst struct face_table face_table_%ux%u = {\n", w, h);
    fprintf(out, "    %u, %u, %zu, CODES, ROWS,\n};\n", w, h, bake->n);
}

static bool write_file(const struct bake *bake)
{
    FILE *out = fopen(bake->path, "w");
    if (!out)
        return complain(bake->path, "cannot be written");
    write_table(bake, out);
    bool done = !ferror(out);
    if (fclose(out) != 0)
        done = false;
    if (!done)
        remove(bake->path);
    return done || complain(bake->path, "cannot be written");
}

static bool parse_size(const char *text, struct bake *bake)
{
    char *end;
    bake->width = (unsigned)strtoul(text, &end, 10);
    if (*end != 'x')
        return false;
    bake->height = (unsigned)strtoul(end + 1, &end, 10);
    return !*end && bake->width - 1 < MAX_WIDTH && bake->height - 1 < MAX_ROWS;
}

int main(int argc, char **argv)
{
    static struct bake bake;
    FT_Library library;
    if (argc != 5 || !parse_size(argv[2], &bake))
        return !complain("usage", "bake_font FONT WxH EXTRA OUT.c");
    bake.font = argv[1];
    bake.extra = argv[3];
    bake.path = argv[4];
    if (FT_Init_FreeType(&library))
        return !complain("FreeType", "does not start");
    bool done = FT_New_Face(library, bake.font, 0, &bake.face) == 0;
    if (done) {
        done = select_strike(&bake) && take_font(&bake) && take_extra(&bake) && sort(&bake) &&
               write_file(&bake);
        FT_Done_Face(bake.face);
    } else {
        complain(bake.font, "is not a font");
    }
    FT_Done_FreeType(library);
    return !done;
}
