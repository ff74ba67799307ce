#include "firmware-tools/capabilities.h"

#include "protocol/profile_folder.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MAX_PROFILES = 1000,
    CELL_A = 12,
    CELL_A_HEIGHT = 24,
    FONTS_TAKEN = 3,      /* A, B, C; 97 and 98 are of South-Asian models */
    NARROWEST_DOTS = 200, /* below it is no receipt printer */
    TEXT_BYTES = 512,
};

struct capabilities {
    struct json_object *root;
    size_t n;
    struct entry {
        const char *name;
        struct json_object *object;
    } entries[MAX_PROFILES];
};

/* ── the file ── */

static struct json_object *member(struct json_object *object, const char *key)
{
    struct json_object *found = NULL;
    if (!json_object_is_type(object, json_type_object) ||
        !json_object_object_get_ex(object, key, &found))
        return NULL;
    return found;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void gather(struct capabilities *c, struct json_object *profiles)
{
    json_object_object_foreach(profiles, name, object)
    {
        if (c->n < MAX_PROFILES)
            c->entries[c->n++] = (struct entry){name, object};
    }
    qsort(c->entries, c->n, sizeof c->entries[0], by_name);
}

bool capabilities_create(struct capabilities **out, const char *file, struct slice text,
                         struct err *err)
{
    enum { DEPTH = 16 };
    struct json_tokener *reader = json_tokener_new_ex(DEPTH);
    struct capabilities *c = calloc(1, sizeof *c);
    if (reader && c && text.n <= INT32_MAX)
        c->root = json_tokener_parse_ex(reader, (const char *)text.p, (int)text.n);
    json_tokener_free(reader);
    struct json_object *profiles = c ? member(c->root, "profiles") : NULL;
    if (!c || !json_object_is_type(profiles, json_type_object)) {
        capabilities_destroy(c);
        return FAIL(err, ERR_FW_DATABASE, file);
    }
    gather(c, profiles);
    *out = c;
    return true;
}

void capabilities_destroy(struct capabilities *c)
{
    if (!c)
        return;
    json_object_put(c->root);
    free(c);
}

size_t capabilities_count(const struct capabilities *c)
{
    return c->n;
}

const char *capabilities_name(const struct capabilities *c, size_t i)
{
    return c->entries[i].name;
}

/* ── reading one ── */

static const char *text_in(struct json_object *object, const char *key)
{
    struct json_object *found = member(object, key);
    return json_object_is_type(found, json_type_string) ? json_object_get_string(found) : "";
}

/* A whole number of at most max; 0 for "Unknown", null, missing and nonsense. Millimetres may have
 * a fraction, which is dropped. */
static unsigned number_in(struct json_object *object, const char *key, unsigned max)
{
    struct json_object *found = member(object, key);
    if (!json_object_is_type(found, json_type_int) && !json_object_is_type(found, json_type_double))
        return 0;
    int64_t n = json_object_get_int64(found);
    return n > 0 && n <= (int64_t)max ? (unsigned)n : 0;
}

static bool feature(struct json_object *profile, const char *name)
{
    struct json_object *found = member(member(profile, "features"), name);
    return json_object_is_type(found, json_type_boolean) && json_object_get_boolean(found);
}

/* "CP437", "CP1252", "ISO_8859-2", "RK1048", "KATAKANA", as the database writes them. */
static bool page_of(const char *name, enum code_page *page)
{
    static const struct {
        const char *name;
        enum code_page page;
    } others[] = {
        {"CP772", CODE_PAGE_PC1119},         {"CP774", CODE_PAGE_PC1118},
        {"CP775", CODE_PAGE_WPC775},         {"RK1048", CODE_PAGE_KZ1048},
        {"KATAKANA", CODE_PAGE_KATAKANA},    {"ISO_8859-2", CODE_PAGE_ISO8859_2},
        {"ISO_8859-7", CODE_PAGE_ISO8859_7}, {"ISO_8859-15", CODE_PAGE_ISO8859_15},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strcmp(name, others[i].name) == 0) {
            *page = others[i].page;
            return true;
        }
    }
    if (strncmp(name, "CP", 2) != 0)
        return false;
    for (unsigned i = 0; i < CODE_PAGE_COUNT; i++) {
        const char *ours = code_page_name((enum code_page)i);
        const char *digits = strpbrk(ours, "0123456789");
        *page = (enum code_page)i;
        if (digits && strncmp(ours, "ISO", 3) != 0 && strcmp(digits, name + 2) == 0)
            return true;
    }
    return false;
}

/* Order in which pages are preferred, as in the rows of profile.c; the rest by their numbers. */
static unsigned rank(enum code_page page)
{
    static const enum code_page first[] = {CODE_PAGE_PC437,   CODE_PAGE_PC850,  CODE_PAGE_PC858,
                                           CODE_PAGE_PC852,   CODE_PAGE_PC866,  CODE_PAGE_WPC1252,
                                           CODE_PAGE_WPC1250, CODE_PAGE_WPC1251};
    enum { FIRST = sizeof first / sizeof first[0] };
    for (unsigned i = 0; i < FIRST; i++)
        if (first[i] == page)
            return i;
    return FIRST;
}

static int by_rank(const void *a, const void *b)
{
    const struct profile_slot *x = a, *y = b;
    int order = (int)rank(x->page) - (int)rank(y->page);
    return order ? order : (int)x->n - (int)y->n;
}

/* Epson's numbers 16 to 19 never moved; an Epson entry that says otherwise is a slip (6 → 1251 and
 * 18 → 862 of the TM-T88III, where 6 is Hiragana and 18 is 852). */
static bool is_slip(bool epson, uint64_t n, enum code_page page)
{
    static const struct {
        uint8_t n;
        int page; /* -1: none that is known here */
    } fixed[] = {{6, -1},
                 {16, CODE_PAGE_WPC1252},
                 {17, CODE_PAGE_PC866},
                 {18, CODE_PAGE_PC852},
                 {19, CODE_PAGE_PC858}};
    for (size_t i = 0; epson && i < sizeof fixed / sizeof fixed[0]; i++)
        if (fixed[i].n == n)
            return fixed[i].page != (int)page;
    return false;
}

/* One number a page: the lowest, where a printer has it twice. */
static void add_slot(struct profile_slot *slots, size_t *n, struct profile_slot slot)
{
    for (size_t i = 0; i < *n; i++) {
        if (slots[i].page != slot.page)
            continue;
        if (slot.n < slots[i].n)
            slots[i] = slot;
        return;
    }
    slots[(*n)++] = slot;
}

static bool read_slots(struct json_object *object, bool epson, struct arena *arena,
                       struct profile *p)
{
    struct json_object *pages = member(object, "codePages");
    struct profile_slot *slots = ARENA_ARRAY(arena, CODE_PAGE_COUNT, struct profile_slot);
    size_t n = 0;
    if (!slots || !json_object_is_type(pages, json_type_object))
        return false;
    json_object_object_foreach(pages, key, value)
    {
        uint64_t number;
        enum code_page page;
        if (json_object_is_type(value, json_type_string) &&
            slice_u64(slice_str(key), UINT8_MAX, &number) &&
            page_of(json_object_get_string(value), &page) && !is_slip(epson, number, page))
            add_slot(slots, &n, (struct profile_slot){(uint8_t)number, page});
    }
    qsort(slots, n, sizeof slots[0], by_rank);
    p->slots = slots;
    p->n_slots = (uint8_t)n;
    return n > 0;
}

/* Columns that are told of a font, 0 for none. Some entries give the width of a cell instead (12,
 * 9): no paper has so few columns. */
static unsigned columns_of(struct json_object *object, unsigned font, unsigned width_dots)
{
    enum { FEWEST = 16 };
    char key[8];
    snprintf(key, sizeof key, "%u", font);
    unsigned columns = number_in(member(member(object, "fonts"), key), "columns", 255);
    return columns && columns < FEWEST ? width_dots / columns : columns;
}

/* Font A is 12 dots wide: where the columns leave more than a column of the paper unused, the paper
 * is taken to be as wide as they are. Multiples of 8, as raster rows want them. */
static unsigned safe_width(unsigned width_dots, unsigned columns, bool *differs)
{
    unsigned text = columns * CELL_A;
    *differs = columns && (text + CELL_A <= width_dots || text > width_dots);
    if (columns && text < width_dots && *differs)
        width_dots = text;
    return width_dots / 8 * 8;
}

static bool read_fonts(struct json_object *object, unsigned told_dots, struct arena *arena,
                       struct profile *p)
{
    struct profile_font *fonts = ARENA_ARRAY(arena, FONTS_TAKEN, struct profile_font);
    if (!fonts)
        return false;
    fonts[0] = (struct profile_font){0, CELL_A, CELL_A_HEIGHT, (uint8_t)(p->width_dots / CELL_A)};
    p->n_fonts = 1;
    for (unsigned i = 1; i < FONTS_TAKEN; i++) {
        unsigned columns = columns_of(object, i, told_dots);
        unsigned cell = columns ? told_dots / columns : 0;
        if (cell < 6 || cell >= CELL_A)
            break;
        /* Heights are in no figure: 9 goes with 17, 8 with 16, 10 with 24 (Epson). */
        unsigned height = cell == 9 ? 17 : cell == 8 ? 16 : CELL_A_HEIGHT;
        fonts[p->n_fonts++] = (struct profile_font){(uint8_t)i, (uint8_t)cell, (uint8_t)height,
                                                    (uint8_t)(p->width_dots / cell)};
    }
    p->fonts = fonts;
    return true;
}

static void read_features(struct json_object *object, bool epson, struct profile *p)
{
    bool full = feature(object, "paperFullCut"), part = feature(object, "paperPartCut");
    p->native_barcodes = feature(object, "barcodeB");
    /* Clones print GS ( k as text all too often; the raster always works. */
    p->native_qr = epson && feature(object, "qrCode");
    p->native_pdf417 = epson && feature(object, "pdf417Code");
    p->cut = full ? CUT_FULL_AND_PARTIAL : part ? CUT_PARTIAL_ONLY : CUT_NONE;
    unsigned feed = p->dpi * 14u * 10 / 254; /* 14 mm, as in profile_file.c */
    p->cut_feed_dots = p->cut == CUT_NONE ? 0 : (uint8_t)(feed < UINT8_MAX ? feed : UINT8_MAX);
    p->drawer = feature(object, "pulseStandard");
    p->select = feature(object, "starCommands") ? SELECT_ESC_GS_T : SELECT_ESC_T;
    p->half_dot_units = epson;
    p->chinese_rom = !epson; /* FS . does no harm, and many need it */
    p->epson_folds = true;
    p->proof = epson ? PROOF_FENCE : PROOF_STATUS;
    p->raster_rows = 256;
    p->nv = feature(object, "graphics") ? NV_GRAPHICS : NV_ASK;
}

static const char *kept(struct arena *arena, const char *text)
{
    struct slice copy = arena_copy(arena, slice_str(text));
    return copy.p ? (const char *)copy.p : "";
}

static void read_texts(struct json_object *object, const char *name, bool differs,
                       struct arena *arena, struct profile *p)
{
    char text[TEXT_BYTES];
    const char *vendor = text_in(object, "vendor"), *model = text_in(object, "name");
    bool named = strncmp(model, vendor, strlen(vendor)) == 0;
    snprintf(text, sizeof text, "%s%s%s", named ? "" : vendor, named ? "" : " ",
             *model ? model : name);
    p->name = name;
    p->model = kept(arena, text);
    p->tested = "not tried; from escpos-printer-db";
    p->notes =
        differs ? "its columns and its dots disagree: the narrower is taken; cutter distance, feed "
                  "units, answers and font heights are not in the database"
                : "cutter distance, feed units, answers and font heights are not in the database";
}

static unsigned clamp_dpi(unsigned dpi)
{
    enum { USUAL = 203, LEAST = 60, MOST = 600 };
    return dpi >= LEAST && dpi <= MOST ? dpi : USUAL;
}

static unsigned paper_of(unsigned told_mm, unsigned width_dots, unsigned dpi)
{
    unsigned dots_mm = width_dots * 254 / dpi / 10;
    if (told_mm > dots_mm && told_mm <= 300)
        return told_mm;
    return dots_mm < 54 ? 58 : dots_mm < 76 ? 80 : dots_mm + 8;
}

/* The first reason why it is no profile, or W_COUNT. */
static enum fw_word why_not(struct json_object *object, const char *name, unsigned told_dots)
{
    bool raster = feature(object, "bitImageRaster");
    if (!profile_name_is_good(slice_str(name)))
        return W_SKIP_NAME;
    if (!json_object_is_type(object, json_type_object))
        return W_SKIP_SHAPE;
    /* A display has a few dots at most, neither pictures nor a cutter. */
    if (!raster && !feature(object, "bitImageColumn") && !feature(object, "pulseStandard"))
        return W_SKIP_DISPLAY;
    if (!told_dots)
        return W_SKIP_WIDTH;
    if (told_dots < NARROWEST_DOTS)
        return W_SKIP_DISPLAY;
    return raster ? W_COUNT : W_SKIP_RASTER;
}

const struct profile *capabilities_profile(const struct capabilities *c, size_t i,
                                           unsigned width_dots, struct arena *arena,
                                           enum fw_word *why)
{
    struct json_object *object = c->entries[i].object;
    struct json_object *media = member(object, "media"), *width = member(media, "width");
    bool epson = strcmp(text_in(object, "vendor"), "Epson") == 0, differs;
    unsigned told = number_in(width, "pixels", 2400);
    struct profile *p = ARENA_NEW(arena, struct profile);
    bool said = !told; /* by a person, who measured: the columns have no say then */
    if (said)
        told = width_dots;
    *why = why_not(object, c->entries[i].name, told);
    if (*why != W_COUNT || !p)
        return NULL;
    p->dpi = (uint16_t)clamp_dpi(number_in(media, "dpi", 600));
    p->width_dots = (uint16_t)safe_width(told, said ? 0 : columns_of(object, 0, told), &differs);
    p->paper_mm = (uint16_t)paper_of(number_in(width, "mm", 300), p->width_dots, p->dpi);
    *why = W_SKIP_PAGES;
    if (!read_slots(object, epson, arena, p) || !read_fonts(object, told, arena, p))
        return NULL;
    read_features(object, epson, p);
    read_texts(object, c->entries[i].name, differs, arena, p);
    return p;
}
