#include "protocol/profile_file.h"

#include "base/yaml.h"

#include <inttypes.h>
#include <stdio.h>

enum { FONTS_MAX = 8, SLOTS_MAX = 255, LOGOS_MAX = 64 };

/* A number with its place, so that a wrong one can be shown. */
struct given {
    uint32_t value;
    const struct yaml_node *node; /* NULL: not said */
};

/* What a file may say. */
struct profile_text {
    struct slice like, model, tested, notes;
    struct given width_dots, dpi, paper_mm, cut_feed_dots, raster_rows, buffer_bytes, speed_mm_s,
        nv_writes_per_day, user_chars;
    enum profile_select select;
    enum profile_cut cut;
    enum profile_proof proof;
    enum profile_nv nv;
    enum profile_double_byte double_byte;
    bool native_qr, native_barcodes, native_pdf417, native_aztec, native_datamatrix, drawer,
        half_dot_units, chinese_rom, epson_folds;
    const struct yaml_node *fonts, *slots, *left_out, *logos;
};

static const char *const selects[] = {"esc-t", "esc-gs-t"};
static const char *const natives[] = {"picture", "native"};
static const char *const cutters[] = {"none", "partial", "full"};
static const char *const proofs[] = {"none", "status", "fence", "process-id"};
static const char *const nvs[] = {"ask", "none", "bit-images", "graphics"};
static const char *const pairs[] = {"none", "gb18030", "big5", "shift_jis", "euc_kr"};
static const char *const truths[] = {"false", "true"};

static bool wrong(const struct yaml_node *node, const char *key, const char *wanted,
                  struct err *err)
{
    FAIL(err, ERR_YAML_KIND, key, wanted);
    return yaml_at(node, err);
}

static bool full(struct err *err)
{
    return FAIL(err, ERR_TOO_BIG, "profile", "memory");
}

static bool parse_given(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    struct given *given = at;
    uint64_t number;
    (void)ctx;
    if (yaml_kind(node) != YAML_TEXT || !slice_u64(yaml_text(node), UINT32_MAX, &number))
        return wrong(node, "-", "0, 1, 2, …", err);
    *given = (struct given){(uint32_t)number, node};
    return true;
}

/* One of a few words, whose place in the list is the value. */
static bool choose(const struct yaml_node *node, const char *key, const char *const *words,
                   size_t n, unsigned *value, struct err *err)
{
    struct buf list;
    for (size_t i = 0; i < n; i++) {
        if (yaml_kind(node) == YAML_TEXT && slice_is(yaml_text(node), words[i])) {
            *value = (unsigned)i;
            return true;
        }
    }
    buf_init(&list, ERR_ARG_BYTES);
    for (size_t i = 0; i < n; i++)
        buf_printf(&list, "%s%s", i ? " | " : "", words[i]);
    const char *wanted = buf_cstr(&list);
    wrong(node, key, wanted ? wanted : "", err);
    buf_finish(&list);
    return false;
}

#define CHOICE(name, type, key, words)                                                             \
    static bool name(const struct yaml_node *node, void *at, void *ctx, struct err *err)           \
    {                                                                                              \
        unsigned value;                                                                            \
        (void)ctx;                                                                                 \
        if (!choose(node, key, words, sizeof(words) / sizeof(words)[0], &value, err))              \
            return false;                                                                          \
        *(type *)at = (type)value;                                                                 \
        return true;                                                                               \
    }

CHOICE(parse_select, enum profile_select, "select", selects)
CHOICE(parse_aztec, bool, "aztec", natives)
CHOICE(parse_barcodes, bool, "barcodes", natives)
CHOICE(parse_datamatrix, bool, "datamatrix", natives)
CHOICE(parse_pdf417, bool, "pdf417", natives)
CHOICE(parse_qr, bool, "qr", natives)
CHOICE(parse_cutter, enum profile_cut, "cutter", cutters)
CHOICE(parse_proof, enum profile_proof, "proof", proofs)
CHOICE(parse_nv, enum profile_nv, "nv", nvs)
CHOICE(parse_pairs, enum profile_double_byte, "double_byte", pairs)

bool profile_pairs_by_name(struct slice word, enum profile_double_byte *kind)
{
    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (slice_is(word, pairs[i])) {
            *kind = (enum profile_double_byte)i;
            return true;
        }
    }
    return false;
}

static bool parse_node(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)ctx;
    (void)err;
    *(const struct yaml_node **)at = node;
    return true;
}

/* clang-format off */
static const struct yaml_field fields[] = {
    {"aztec", YAML_WANT_PARSE, false, offsetof(struct profile_text, native_aztec), parse_aztec},
    {"barcodes", YAML_WANT_PARSE, false, offsetof(struct profile_text, native_barcodes), parse_barcodes},
    {"buffer_bytes", YAML_WANT_PARSE, false, offsetof(struct profile_text, buffer_bytes), parse_given},
    {"chinese_rom", YAML_WANT_BOOL, false, offsetof(struct profile_text, chinese_rom), NULL},
    {"code_pages", YAML_WANT_PARSE, false, offsetof(struct profile_text, slots), parse_node},
    {"cut_feed_dots", YAML_WANT_PARSE, false, offsetof(struct profile_text, cut_feed_dots), parse_given},
    {"cutter", YAML_WANT_PARSE, false, offsetof(struct profile_text, cut), parse_cutter},
    {"datamatrix", YAML_WANT_PARSE, false, offsetof(struct profile_text, native_datamatrix), parse_datamatrix},
    {"double_byte", YAML_WANT_PARSE, false, offsetof(struct profile_text, double_byte), parse_pairs},
    {"dpi", YAML_WANT_PARSE, false, offsetof(struct profile_text, dpi), parse_given},
    {"drawer", YAML_WANT_BOOL, false, offsetof(struct profile_text, drawer), NULL},
    {"epson_folds", YAML_WANT_BOOL, false, offsetof(struct profile_text, epson_folds), NULL},
    {"fonts", YAML_WANT_PARSE, false, offsetof(struct profile_text, fonts), parse_node},
    {"half_dot_units", YAML_WANT_BOOL, false, offsetof(struct profile_text, half_dot_units), NULL},
    {"leave_out", YAML_WANT_PARSE, false, offsetof(struct profile_text, left_out), parse_node},
    {"like", YAML_WANT_TEXT, false, offsetof(struct profile_text, like), NULL},
    {"logos", YAML_WANT_PARSE, false, offsetof(struct profile_text, logos), parse_node},
    {"model", YAML_WANT_TEXT, false, offsetof(struct profile_text, model), NULL},
    {"notes", YAML_WANT_TEXT, false, offsetof(struct profile_text, notes), NULL},
    {"nv", YAML_WANT_PARSE, false, offsetof(struct profile_text, nv), parse_nv},
    {"nv_writes_per_day", YAML_WANT_PARSE, false, offsetof(struct profile_text, nv_writes_per_day), parse_given},
    {"paper_mm", YAML_WANT_PARSE, false, offsetof(struct profile_text, paper_mm), parse_given},
    {"pdf417", YAML_WANT_PARSE, false, offsetof(struct profile_text, native_pdf417), parse_pdf417},
    {"proof", YAML_WANT_PARSE, false, offsetof(struct profile_text, proof), parse_proof},
    {"qr", YAML_WANT_PARSE, false, offsetof(struct profile_text, native_qr), parse_qr},
    {"raster_rows", YAML_WANT_PARSE, false, offsetof(struct profile_text, raster_rows), parse_given},
    {"select", YAML_WANT_PARSE, false, offsetof(struct profile_text, select), parse_select},
    {"speed_mm_s", YAML_WANT_PARSE, false, offsetof(struct profile_text, speed_mm_s), parse_given},
    {"tested", YAML_WANT_TEXT, false, offsetof(struct profile_text, tested), NULL},
    {"user_chars", YAML_WANT_PARSE, false, offsetof(struct profile_text, user_chars), parse_given},
    {"width_dots", YAML_WANT_PARSE, false, offsetof(struct profile_text, width_dots), parse_given},
};
/* clang-format on */
enum { FIELDS = sizeof fields / sizeof fields[0] };

/* What the text starts from: the profile it is like. */
static struct profile_text text_of(const struct profile *p)
{
    return (struct profile_text){
        .model = slice_str(p->model),
        .width_dots = {p->width_dots, NULL},
        .dpi = {p->dpi, NULL},
        .paper_mm = {p->paper_mm, NULL},
        .cut_feed_dots = {p->cut_feed_dots, NULL},
        .raster_rows = {p->raster_rows, NULL},
        .buffer_bytes = {p->buffer_bytes, NULL},
        .speed_mm_s = {p->speed_mm_s, NULL},
        .nv_writes_per_day = {p->nv_writes_per_day, NULL},
        .user_chars = {p->user_chars, NULL},
        .select = p->select,
        .cut = p->cut,
        .proof = p->proof,
        .nv = p->nv,
        .double_byte = p->double_byte,
        .native_qr = p->native_qr,
        .native_barcodes = p->native_barcodes,
        .native_pdf417 = p->native_pdf417,
        .native_aztec = p->native_aztec,
        .native_datamatrix = p->native_datamatrix,
        .drawer = p->drawer,
        .half_dot_units = p->half_dot_units,
        .chinese_rom = p->chinese_rom,
        .epson_folds = p->epson_folds,
        .tested = SLICE("not tested"),
        .notes = SLICE("a file of this shop"),
    };
}

/* The profile named by `like` must be known before the rest is read. */
static bool find_like(const struct yaml_node *root, const struct profile **like, struct err *err)
{
    *like = profile_find(SLICE_LITERAL("generic-80"));
    for (size_t i = 0; i < yaml_count(root); i++) {
        const struct yaml_node *value = yaml_item(root, i);
        if (!slice_is(yaml_text(yaml_key(root, i)), "like") || yaml_kind(value) == YAML_NULL)
            continue;
        *like = profile_find(yaml_text(value));
        if (*like)
            return true;
        err_fail_slice(err, ERR_PROFILE, yaml_text(value));
        return yaml_at(value, err);
    }
    return true;
}

static bool in_range(const struct given *given, const char *key, uint32_t least, uint32_t most,
                     struct err *err)
{
    char wanted[48];
    if (!given->node || (given->value >= least && given->value <= most))
        return true;
    snprintf(wanted, sizeof wanted, "%u … %u", least, most);
    return wrong(given->node, key, wanted, err);
}

static bool check_numbers(const struct profile_text *t, struct err *err)
{
    const struct {
        const struct given *given;
        const char *key;
        uint32_t least, most;
    } ranges[] = {
        {&t->width_dots, "width_dots", 96, 2400},
        {&t->dpi, "dpi", 60, 600},
        {&t->paper_mm, "paper_mm", 20, 300},
        {&t->cut_feed_dots, "cut_feed_dots", 0, 255},
        {&t->raster_rows, "raster_rows", 1, 2303},
        {&t->buffer_bytes, "buffer_bytes", 0, 64 << 20},
        {&t->speed_mm_s, "speed_mm_s", 0, 2000},
        {&t->nv_writes_per_day, "nv_writes_per_day", 0, 255},
        {&t->user_chars, "user_chars", 0, 95},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (!in_range(ranges[i].given, ranges[i].key, ranges[i].least, ranges[i].most, err))
            return false;
    if (t->width_dots.node && t->width_dots.value % 8)
        return wrong(t->width_dots.node, "width_dots", "a multiple of 8", err);
    return true;
}

/* "12x24" */
static bool read_cell(struct slice text, struct profile_font *font)
{
    uint64_t width, height;
    size_t x = slice_find(text, 'x');
    if (!slice_u64(slice_sub(text, 0, x), 64, &width) ||
        !slice_u64(slice_sub(text, x + 1, text.n), 64, &height) || width < 4 || height < 4)
        return false;
    font->width_dots = (uint8_t)width;
    font->height_dots = (uint8_t)height;
    return true;
}

static uint8_t columns_of(uint32_t width_dots, uint8_t cell)
{
    uint32_t columns = width_dots / cell;
    return columns < UINT8_MAX ? (uint8_t)columns : UINT8_MAX;
}

/* Columns follow from the paper, also for the fonts that are inherited. */
static bool make_fonts(struct arena *arena, const struct profile_text *t,
                       const struct profile *like, struct profile *p, struct err *err)
{
    bool said = t->fonts;
    size_t n = said ? yaml_count(t->fonts) : like->n_fonts;
    if (said && (yaml_kind(t->fonts) != YAML_LIST || n == 0 || n > FONTS_MAX))
        return wrong(t->fonts, "fonts", "[12x24, 9x17, …]", err);
    struct profile_font *fonts = ARENA_ARRAY(arena, n, struct profile_font);
    if (!fonts)
        return full(err);
    for (size_t i = 0; i < n; i++) {
        fonts[i] = said ? (struct profile_font){.esc_m = (uint8_t)i} : like->fonts[i];
        if (said && !read_cell(yaml_text(yaml_item(t->fonts, i)), &fonts[i]))
            return wrong(yaml_item(t->fonts, i), "fonts", "12x24", err);
        fonts[i].columns = columns_of(p->width_dots, fonts[i].width_dots);
    }
    /* The ladder of text draws in this cell what no page has. */
    if (fonts[0].width_dots != 12 || fonts[0].height_dots != 24)
        return wrong(yaml_item(t->fonts, 0), "fonts", "12x24", err);
    p->fonts = fonts;
    p->n_fonts = (uint8_t)n;
    return true;
}

static bool find_page(struct slice name, enum code_page *page)
{
    for (unsigned i = 0; i < CODE_PAGE_COUNT; i++) {
        *page = (enum code_page)i;
        if (slice_is(name, code_page_name(*page)))
            return true;
    }
    return false;
}

static bool read_slot(const struct yaml_node *map, size_t i, struct profile_slot *slots,
                      struct err *err)
{
    const struct yaml_node *key = yaml_key(map, i), *value = yaml_item(map, i);
    uint64_t n;
    if (!slice_u64(yaml_text(key), UINT8_MAX, &n))
        return wrong(key, "code_pages", "0 … 255", err);
    if (!find_page(yaml_text(value), &slots[i].page))
        return wrong(value, "code_pages", "PC437, PC850, WPC1251, ISO8859-2, …", err);
    slots[i].n = (uint8_t)n;
    for (size_t k = 0; k < i; k++) {
        if (slots[k].n == n) {
            err_fail_slice(err, ERR_YAML_KEY, yaml_text(key));
            return yaml_at(key, err);
        }
    }
    return true;
}

static bool make_slots(struct arena *arena, const struct profile_text *t,
                       const struct profile *like, struct profile *p, struct err *err)
{
    if (!t->slots) {
        p->slots = like->slots;
        p->n_slots = like->n_slots;
        return true;
    }
    size_t n = yaml_count(t->slots);
    if (yaml_kind(t->slots) != YAML_MAP || n == 0 || n > SLOTS_MAX)
        return wrong(t->slots, "code_pages", "{0: PC437, 2: PC850, …}", err);
    struct profile_slot *slots = ARENA_ARRAY(arena, n, struct profile_slot);
    if (!slots)
        return full(err);
    for (size_t i = 0; i < n; i++)
        if (!read_slot(t->slots, i, slots, err))
            return false;
    p->slots = slots;
    p->n_slots = (uint8_t)n;
    return true;
}

/* One page that there is, and not the last one. */
static bool leave_out_page(const struct yaml_node *name, struct profile_slot *slots, uint8_t *n,
                           struct err *err)
{
    char wanted[64];
    uint8_t kept = 0;
    snprintf(wanted, sizeof wanted, "%s, %s, …", code_page_name(slots[*n - 1].page),
             code_page_name(slots[*n / 2].page));
    for (uint8_t i = 0; i < *n; i++) {
        if (!slice_is(yaml_text(name), code_page_name(slots[i].page)))
            slots[kept++] = slots[i];
    }
    if (kept == 0 || kept == *n)
        return wrong(name, "leave_out", wanted, err);
    *n = kept;
    return true;
}

/* The pages that the owner does not want, taken from those of the model. */
static bool leave_out_pages(struct arena *arena, const struct profile_text *t, struct profile *p,
                            struct err *err)
{
    if (!t->left_out)
        return true;
    if (yaml_kind(t->left_out) != YAML_LIST)
        return wrong(t->left_out, "leave_out", "[PC864]", err);
    struct profile_slot *slots = ARENA_ARRAY(arena, p->n_slots, struct profile_slot);
    if (!slots)
        return full(err);
    memcpy(slots, p->slots, p->n_slots * sizeof *slots);
    p->slots = slots;
    for (size_t i = 0; i < yaml_count(t->left_out); i++) {
        if (!leave_out_page(yaml_item(t->left_out, i), slots, &p->n_slots, err))
            return false;
    }
    return true;
}

static bool read_hash(struct slice text, uint64_t *hash)
{
    *hash = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char *digits = "0123456789abcdef";
        const char *at = text.p[i] ? strchr(digits, text.p[i]) : NULL;
        if (!at)
            return false;
        *hash = *hash << 4 | (uint64_t)(at - digits);
    }
    return text.n == 16;
}

static bool read_logo(const struct yaml_node *map, size_t i, struct profile_logo *logo,
                      struct err *err)
{
    const struct slice key = yaml_text(yaml_key(map, i));
    if (key.n != 2 || key.p[0] < 0x20 || key.p[0] > 0x7E || key.p[1] < 0x20 || key.p[1] > 0x7E)
        return wrong(yaml_key(map, i), "logos", "A1", err);
    if (!read_hash(yaml_text(yaml_item(map, i)), &logo->hash))
        return wrong(yaml_item(map, i), "logos", "0123456789abcdef", err);
    memcpy(logo->key, key.p, sizeof logo->key);
    return true;
}

static bool make_logos(struct arena *arena, const struct profile_text *t,
                       const struct profile *like, struct profile *p, struct err *err)
{
    p->logos = like->logos;
    p->n_logos = like->n_logos;
    if (!t->logos)
        return true;
    const size_t n = yaml_count(t->logos);
    if (yaml_kind(t->logos) != YAML_MAP || n > LOGOS_MAX)
        return wrong(t->logos, "logos", "{A1: 0123456789abcdef}", err);
    struct profile_logo *logos = ARENA_ARRAY(arena, n + 1, struct profile_logo);
    if (!logos)
        return full(err);
    for (size_t i = 0; i < n; i++) {
        if (!read_logo(t->logos, i, &logos[i], err))
            return false;
    }
    p->logos = logos;
    p->n_logos = (uint8_t)n;
    return true;
}

static void set_numbers(const struct profile_text *t, struct profile *p)
{
    p->width_dots = (uint16_t)t->width_dots.value;
    p->dpi = (uint16_t)t->dpi.value;
    p->paper_mm = (uint16_t)t->paper_mm.value;
    p->raster_rows = (uint16_t)t->raster_rows.value;
    p->buffer_bytes = t->buffer_bytes.value;
    p->speed_mm_s = (uint16_t)t->speed_mm_s.value;
    p->nv_writes_per_day = (uint8_t)t->nv_writes_per_day.value;
    p->user_chars = (uint8_t)t->user_chars.value;
    p->cut_feed_dots = (uint8_t)t->cut_feed_dots.value;
    /* A cutter stands 14 mm behind the head where nobody says (unverified; Epson's about 15). */
    if (t->cut != CUT_NONE && !t->cut_feed_dots.value)
        p->cut_feed_dots = (uint8_t)(p->dpi * 14 * 10 / 254 < 255 ? p->dpi * 14 * 10 / 254 : 255);
    if (t->cut == CUT_NONE)
        p->cut_feed_dots = 0;
}

static void set_choices(const struct profile_text *t, struct profile *p)
{
    p->select = t->select;
    p->native_qr = t->native_qr;
    p->native_barcodes = t->native_barcodes;
    p->native_pdf417 = t->native_pdf417;
    p->native_aztec = t->native_aztec;
    p->native_datamatrix = t->native_datamatrix;
    p->cut = t->cut;
    p->drawer = t->drawer;
    p->half_dot_units = t->half_dot_units;
    p->chinese_rom = t->chinese_rom;
    p->epson_folds = t->epson_folds;
    p->proof = t->proof;
    p->nv = t->nv;
    p->double_byte = t->double_byte;
}

static bool set_texts(struct arena *arena, const struct profile_text *t, struct slice name,
                      struct profile *p)
{
    struct slice copies[] = {name, t->model, t->tested, t->notes};
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) {
        copies[i] = arena_copy(arena, copies[i]);
        if (!copies[i].p)
            return false;
    }
    p->name = (const char *)copies[0].p;
    p->model = (const char *)copies[1].p;
    p->tested = (const char *)copies[2].p;
    p->notes = (const char *)copies[3].p;
    return true;
}

static bool make_profile(struct arena *arena, struct slice name, const struct yaml_node *root,
                         const struct profile **out, struct err *err)
{
    const struct profile *like;
    if (!find_like(root, &like, err))
        return false;
    struct profile_text text = text_of(like);
    if (!yaml_walk(root, fields, FIELDS, &text, NULL, arena, err) || !check_numbers(&text, err))
        return false;
    struct profile *p = ARENA_NEW(arena, struct profile);
    if (!p || !set_texts(arena, &text, name, p))
        return full(err);
    set_numbers(&text, p);
    set_choices(&text, p);
    *out = p;
    return make_fonts(arena, &text, like, p, err) && make_slots(arena, &text, like, p, err) &&
           leave_out_pages(arena, &text, p, err) && make_logos(arena, &text, like, p, err);
}

bool profile_parse(struct arena *arena, struct slice name, const char *file, struct slice text,
                   const struct profile **profile, struct err *err)
{
    struct yaml_doc *doc = NULL;
    bool ok = yaml_parse(&doc, file, text, err) &&
              make_profile(arena, name, yaml_root(doc), profile, err);
    yaml_destroy(doc);
    return ok || err_at(err, err && err->file[0] ? NULL : file, 0, 0);
}

/* A text between double quotes, as YAML reads it. */
static void put_quoted(struct buf *out, const char *key, const char *text)
{
    buf_printf(out, "%s: \"", key);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\')
            buf_byte(out, '\\');
        buf_byte(out, (uint8_t)*c < 0x20 ? ' ' : (uint8_t)*c);
    }
    buf_str(out, "\"\n");
}

static void put_remark(struct buf *out, const char *remark)
{
    struct slice rest = slice_str(remark), line;
    while (take_line(&rest, &line))
        buf_printf(out, "# %.*s\n", (int)line.n, (const char *)line.p);
}

static void put_lists(const struct profile *p, struct buf *out)
{
    buf_str(out, "fonts: [");
    for (unsigned i = 0; i < p->n_fonts; i++)
        buf_printf(out, "%s%ux%u", i ? ", " : "", p->fonts[i].width_dots, p->fonts[i].height_dots);
    buf_str(out, "]\ncode_pages:\n");
    for (unsigned i = 0; i < p->n_slots; i++)
        buf_printf(out, "  %u: %s\n", p->slots[i].n, code_page_name(p->slots[i].page));
    if (p->n_logos)
        buf_str(out, "logos:\n");
    for (unsigned i = 0; i < p->n_logos; i++) {
        /* a quote within the quotes of YAML is two */
        buf_str(out, "  '");
        for (unsigned k = 0; k < 2; k++)
            buf_printf(out, "%s%c", p->logos[i].key[k] == '\'' ? "'" : "", p->logos[i].key[k]);
        buf_printf(out, "': '%016" PRIx64 "'\n", p->logos[i].hash);
    }
}

void profile_write(const struct profile *p, const char *remark, struct buf *out)
{
    if (remark)
        put_remark(out, remark);
    put_quoted(out, "model", p->model);
    buf_printf(out, "width_dots: %u\ndpi: %u\npaper_mm: %u\n", p->width_dots, p->dpi, p->paper_mm);
    put_lists(p, out);
    buf_printf(out, "select: %s\nqr: %s\nbarcodes: %s\n", selects[p->select], natives[p->native_qr],
               natives[p->native_barcodes]);
    buf_printf(out, "pdf417: %s\naztec: %s\ndatamatrix: %s\n", natives[p->native_pdf417],
               natives[p->native_aztec], natives[p->native_datamatrix]);
    buf_printf(out, "cutter: %s\ncut_feed_dots: %u\ndrawer: %s\n", cutters[p->cut],
               p->cut_feed_dots, truths[p->drawer]);
    buf_printf(out, "half_dot_units: %s\nchinese_rom: %s\nepson_folds: %s\n",
               truths[p->half_dot_units], truths[p->chinese_rom], truths[p->epson_folds]);
    buf_printf(out, "double_byte: %s\n", pairs[p->double_byte]);
    buf_printf(out, "proof: %s\nraster_rows: %u\nbuffer_bytes: %u\nspeed_mm_s: %u\n",
               proofs[p->proof], p->raster_rows, p->buffer_bytes, p->speed_mm_s);
    buf_printf(out, "nv: %s\nnv_writes_per_day: %u\nuser_chars: %u\n", nvs[p->nv],
               p->nv_writes_per_day, p->user_chars);
    put_quoted(out, "tested", p->tested);
    put_quoted(out, "notes", p->notes);
}
