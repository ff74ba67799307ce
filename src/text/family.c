/* Which font draws which script: families in order of preference, found by fontconfig. Chosen by
 * looking at them in 12 × 24 dots (docs/fonts.md): fonts of one width for scripts that have them,
 * two-dot stems as the baked face has, Unifont where nothing better is installed. */
#include "text/text.h"

#include <stdlib.h>

enum { MAX_FAMILIES = 8 };

/* clang-format off */
static const struct {
    uint32_t from, to;
    enum script script;
} ranges[] = {
    {0x00000, 0x0019F, SCRIPT_LATIN},
    {0x001A0, 0x001B0, SCRIPT_VIETNAMESE},
    {0x001B1, 0x0058F, SCRIPT_LATIN},
    {0x00590, 0x005FF, SCRIPT_HEBREW},
    {0x00600, 0x008FF, SCRIPT_ARABIC},
    {0x00900, 0x00DFF, SCRIPT_INDIC},
    {0x00E00, 0x00E7F, SCRIPT_THAI},
    {0x00E80, 0x0109F, SCRIPT_OTHER},
    {0x010A0, 0x010FF, SCRIPT_LATIN},   /* Georgian */
    {0x01100, 0x011FF, SCRIPT_HANGUL},
    {0x01200, 0x01DFF, SCRIPT_OTHER},
    {0x01E00, 0x01E9F, SCRIPT_LATIN},
    {0x01EA0, 0x01EFF, SCRIPT_VIETNAMESE},
    {0x01F00, 0x025FF, SCRIPT_LATIN},
    {0x02600, 0x027BF, SCRIPT_EMOJI},
    {0x027C0, 0x02E7F, SCRIPT_LATIN},
    {0x02E80, 0x0303F, SCRIPT_HAN},
    {0x03040, 0x030FF, SCRIPT_KANA},
    {0x03100, 0x0312F, SCRIPT_HAN},
    {0x03130, 0x0318F, SCRIPT_HANGUL},
    {0x03190, 0x031EF, SCRIPT_HAN},
    {0x031F0, 0x031FF, SCRIPT_KANA},
    {0x03200, 0x09FFF, SCRIPT_HAN},
    {0x0A000, 0x0A95F, SCRIPT_OTHER},
    {0x0A960, 0x0A97F, SCRIPT_HANGUL},
    {0x0AC00, 0x0D7FF, SCRIPT_HANGUL},
    {0x0F900, 0x0FAFF, SCRIPT_HAN},
    {0x0FB00, 0x0FB1C, SCRIPT_LATIN},
    {0x0FB1D, 0x0FB4F, SCRIPT_HEBREW},
    {0x0FB50, 0x0FDFF, SCRIPT_ARABIC},
    {0x0FE10, 0x0FE6F, SCRIPT_HAN},
    {0x0FE70, 0x0FEFF, SCRIPT_ARABIC},
    {0x0FF00, 0x0FF60, SCRIPT_HAN},
    {0x0FF61, 0x0FF9F, SCRIPT_KANA},    /* half width */
    {0x0FFA0, 0x0FFDF, SCRIPT_HANGUL},  /* half width */
    {0x0FFE0, 0x0FFEF, SCRIPT_HAN},
    {0x1F000, 0x1FAFF, SCRIPT_EMOJI},
    {0x20000, 0x3FFFF, SCRIPT_HAN},
};

static const struct family families[SCRIPTS][MAX_FAMILIES] = {
    [SCRIPT_LATIN] = {{"DejaVu Sans Mono", NULL, 20, false, 0}, {"Noto Sans Mono", NULL, 20, true, 0},
                      {"DejaVu Sans", NULL, 20, false, 0}, {"Symbola", NULL, 20, false, 0}},
    [SCRIPT_VIETNAMESE] = {{"Noto Sans Mono", NULL, 20, true, 0}, {"DejaVu Sans", NULL, 20, false, 0}},
    [SCRIPT_HEBREW] = {{"Noto Sans Hebrew", "Bold", 18, true, 0}, {"DejaVu Sans", NULL, 18, false, 0}},
    [SCRIPT_ARABIC] = {{"DejaVu Sans Mono", "Bold", 20, false, 1}, {"Noto Naskh Arabic", NULL, 18, true, 1},
                       {"DejaVu Sans", NULL, 20, false, 0}},
    [SCRIPT_INDIC] = {{"Noto Sans Devanagari", NULL, 20, true, 0}, {"Lohit Devanagari", NULL, 20, true, 0}},
    [SCRIPT_THAI] = {{"Noto Sans Thai", NULL, 20, true, 0}, {"Tlwg Mono", "Bold", 20, true, 0}},
    [SCRIPT_HAN] = {{"Noto Sans CJK SC", NULL, 23, false, 0}, {"WenQuanYi Micro Hei", NULL, 23, false, 0},
                    {"WenQuanYi Zen Hei", NULL, 23, false, 0}, {"Droid Sans Fallback", NULL, 23, false, 0}},
    [SCRIPT_KANA] = {{"Noto Sans CJK JP", NULL, 23, false, 0}, {"VL Gothic", NULL, 23, false, 0},
                     {"WenQuanYi Micro Hei", NULL, 23, false, 0}, {"Droid Sans Fallback", NULL, 23, false, 0}},
    [SCRIPT_HANGUL] = {{"Noto Sans CJK KR", NULL, 23, false, 0}, {"NanumGothic", NULL, 23, false, 0},
                       {"WenQuanYi Micro Hei", NULL, 23, false, 0}},
    [SCRIPT_EMOJI] = {{"Noto Emoji", NULL, 22, false, 0}, {"Symbola", NULL, 22, false, 0},
                      {"Noto Sans Symbols2", NULL, 22, false, 0}, {"DejaVu Sans", NULL, 22, false, 0}},
};
/* clang-format on */

/* Han in the forms of a language. WenQuanYi Micro Hei has one form of each, China's. */
static const struct family han_families[FONTS_LANGUAGES][MAX_FAMILIES] = {
    [FONTS_ZH_TW] = {{"Noto Sans CJK TC", NULL, 23, false, 0}},
    [FONTS_JA] = {{"Noto Sans CJK JP", NULL, 23, false, 0}, {"VL Gothic", NULL, 23, false, 0}},
    [FONTS_KO] = {{"Noto Sans CJK KR", NULL, 23, false, 0}, {"NanumGothic", NULL, 23, false, 0}},
};

static const struct family any_family = {NULL, NULL, 20, false, 0};

enum script text_script(uint32_t cp)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (cp >= ranges[i].from && cp <= ranges[i].to)
            return ranges[i].script;
    }
    return SCRIPT_OTHER;
}

/* True for what takes no glyph of its own: joiners and variation selectors. */
static bool is_ignorable(uint32_t cp)
{
    return cp == 0x200C || cp == 0x200D || (cp >= 0xFE00 && cp <= 0xFE0F) ||
           (cp >= 0xE0020 && cp <= 0xE007F);
}

/* Characters that are white by nature: spaces, fillers, format characters. */
static bool is_blank(uint32_t cp)
{
    static const uint32_t blanks[][2] = {
        {0x0020, 0x0020}, {0x00A0, 0x00A0}, {0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x115F, 0x1160},
        {0x1680, 0x1680}, {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F}, {0x2800, 0x2800},
        {0x3000, 0x3000}, {0x3164, 0x3164}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB},
    };
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
        if (cp >= blanks[i][0] && cp <= blanks[i][1])
            return true;
    }
    return false;
}

/* Some fonts promise characters and leave them empty (WenQuanYi Micro Hei: ℃, ǎ, Ⅴ). */
static bool has_ink(FT_Face face, FT_UInt glyph)
{
    return FT_Load_Glyph(face, glyph, FT_LOAD_NO_SCALE) != 0 || face->glyph->outline.n_contours > 0;
}

static bool face_has(const struct open_face *f, const uint32_t *text, size_t n)
{
    if (!f->face)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (is_ignorable(text[i]))
            continue;
        const FT_UInt glyph = FT_Get_Char_Index(f->face, text[i]);
        if (glyph == 0 || (!is_blank(text[i]) && !has_ink(f->face, glyph)))
            return false;
    }
    return true;
}

static struct open_face *open_face(struct text *t, const struct family *family, const char *file,
                                   int index)
{
    for (unsigned i = 0; i < t->n_faces; i++) {
        struct open_face *f = &t->faces[i];
        if (f->file && f->index == index && strcmp(f->file, file) == 0 && f->size == family->size)
            return f;
    }
    if (t->n_faces == MAX_FACES)
        return NULL;
    struct open_face *f = &t->faces[t->n_faces++];
    *f = (struct open_face){.size = family->size,
                            .raise = family->raise,
                            .autohint = family->autohint,
                            .family = family->name,
                            .style = family->style,
                            .file = strdup(file),
                            .index = index};
    if (FT_New_Face(t->library, file, index, &f->face) != 0)
        f->face = NULL;
    return f;
}

/* Of several files that bring the family (it is seldom more than one) the first by name. */
static FcPattern *first_by_file(const FcFontSet *set)
{
    FcPattern *best = NULL;
    FcChar8 *best_file = NULL;
    for (int i = 0; i < set->nfont; i++) {
        FcChar8 *file;
        if (FcPatternGetString(set->fonts[i], FC_FILE, 0, &file) != FcResultMatch)
            continue;
        if (!best || strcmp((const char *)file, (const char *)best_file) < 0) {
            best = set->fonts[i];
            best_file = file;
        }
    }
    return best;
}

static struct open_face *open_pattern(struct text *t, const struct family *family, FcPattern *p)
{
    FcChar8 *file;
    int index;
    if (!p || FcPatternGetString(p, FC_FILE, 0, &file) != FcResultMatch ||
        FcPatternGetInteger(p, FC_INDEX, 0, &index) != FcResultMatch)
        return NULL;
    return open_face(t, family, (const char *)file, index);
}

static bool same_style(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* A family of the table; remembered also when it is not installed. */
static struct open_face *open_family(struct text *t, const struct family *family)
{
    for (unsigned i = 0; i < t->n_faces; i++) {
        struct open_face *f = &t->faces[i];
        if (f->family && strcmp(f->family, family->name) == 0 && f->size == family->size &&
            same_style(f->style, family->style))
            return f;
    }
    FcPattern *pattern = FcPatternCreate();
    FcObjectSet *wanted = FcObjectSetBuild(FC_FILE, FC_INDEX, (char *)NULL);
    struct open_face *found = NULL;
    if (pattern && wanted) {
        FcPatternAddString(pattern, FC_FAMILY, (const FcChar8 *)family->name);
        FcPatternAddInteger(pattern, FC_WEIGHT, family->style ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
        FcPatternAddInteger(pattern, FC_SLANT, FC_SLANT_ROMAN);
        FcFontSet *set = FcFontList(t->config, pattern, wanted);
        if (set) {
            found = open_pattern(t, family, first_by_file(set));
            FcFontSetDestroy(set);
        }
    }
    if (wanted)
        FcObjectSetDestroy(wanted);
    if (pattern)
        FcPatternDestroy(pattern);
    if (!found && t->n_faces < MAX_FACES) {
        found = &t->faces[t->n_faces++];
        *found = (struct open_face){
            .size = family->size, .family = family->name, .style = family->style};
    }
    return found;
}

/* Whatever font fontconfig has for these characters: outlines, no colours. */
static struct open_face *open_any(struct text *t, const uint32_t *text, size_t n)
{
    FcPattern *pattern = FcPatternCreate();
    FcCharSet *set = FcCharSetCreate();
    FcPattern *match = NULL;
    if (pattern && set) {
        FcResult result;
        for (size_t i = 0; i < n; i++) {
            if (!is_ignorable(text[i]))
                FcCharSetAddChar(set, text[i]);
        }
        FcPatternAddCharSet(pattern, FC_CHARSET, set);
        FcPatternAddBool(pattern, FC_SCALABLE, FcTrue);
        FcPatternAddBool(pattern, FC_COLOR, FcFalse);
        FcConfigSubstitute(t->config, pattern, FcMatchPattern);
        FcDefaultSubstitute(pattern);
        match = FcFontMatch(t->config, pattern, &result);
    }
    struct open_face *f = match ? open_pattern(t, &any_family, match) : NULL;
    if (match)
        FcPatternDestroy(match);
    if (set)
        FcCharSetDestroy(set);
    if (pattern)
        FcPatternDestroy(pattern);
    return f && f->face && FT_IS_SCALABLE(f->face) ? f : NULL;
}

/* The script of a run is that of its first character that has one. */
static enum script script_of(const uint32_t *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] >= 0x80 && !is_ignorable(text[i]))
            return text_script(text[i]);
    }
    return SCRIPT_LATIN;
}

static struct open_face *first_that_has(struct text *t, const struct family family[MAX_FAMILIES],
                                        const uint32_t *text, size_t n)
{
    for (size_t i = 0; i < MAX_FAMILIES && family[i].name; i++) {
        struct open_face *f = open_family(t, &family[i]);
        if (f && face_has(f, text, n))
            return f;
    }
    return NULL;
}

/* A language's own fonts draw its Han and its signs; kana and hangul are drawn alike in all. */
static struct open_face *find_han(struct text *t, enum fonts_language language,
                                  const uint32_t *text, size_t n)
{
    struct open_face *f = first_that_has(t, han_families[language], text, n);
    return f ? f : first_that_has(t, families[SCRIPT_HAN], text, n);
}

/* Signs that are set two columns wide (※ ● →) go with the Han beside them. */
static bool is_wide_sign(const struct fonts_run *run, enum script script)
{
    return run->n == 1 && run->width_dots > CELL_WIDTH &&
           (script == SCRIPT_LATIN || script == SCRIPT_OTHER);
}

struct open_face *text_find_face(struct text *t, const struct fonts_run *run)
{
    const enum script script = script_of(run->text, run->n);
    struct open_face *f = NULL;
    if (run->language != FONTS_ANY && (script == SCRIPT_HAN || is_wide_sign(run, script)))
        f = find_han(t, run->language, run->text, run->n);
    if (!f)
        f = first_that_has(t, families[script], run->text, run->n);
    if (!f)
        f = open_any(t, run->text, run->n);
    return f && face_has(f, run->text, run->n) ? f : NULL;
}

void text_close_faces(struct text *t)
{
    for (unsigned i = 0; i < t->n_faces; i++) {
        if (t->faces[i].face)
            FT_Done_Face(t->faces[i].face);
        free(t->faces[i].file);
    }
    t->n_faces = 0;
}
