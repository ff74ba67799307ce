/* {code:…} and {image:…}: what they are made of, and where they stand. */
#include "document/layout.h"

#include "base/utf8.h"
#include "image/gs1.h"
#include "image/pictures.h"

#include <stdio.h>

enum { DEFAULT_QR_MODULE = 5, MIN_BAR_MODULE = 2, MAX_BAR_TEXT = 255 };

struct place {
    uint32_t x_dots, width_dots;
};

/* A block as wide as the columns has the paper's whole width, also the dots that are no column. */
static struct place place_of(const struct layout *l, const struct area *area)
{
    if (area->width >= l->columns && !l->paper->columns)
        return (struct place){0, l->paper->profile->width_dots};
    return (struct place){area->left * l->cell_dots, area->width * l->cell_dots};
}

static uint32_t align_in(struct place at, uint32_t width, unsigned align)
{
    return width < at.width_dots ? at.x_dots + (at.width_dots - width) * align / 2 : at.x_dots;
}

static void warn_symbol(struct layout *l, const char *what, const char *why)
{
    struct err err;
    FAIL(&err, ERR_SYMBOL, what, why);
    layout_warn(l, &err);
}

static void warn_wide(struct layout *l, const char *what)
{
    char mm[NUMBER_BYTES];
    struct err err;
    FAIL(&err, ERR_SYMBOL_WIDE, what, layout_paper_mm(l, mm));
    layout_warn(l, &err);
}

/* --- QR --- */

static void say_small(struct layout *l, const char *name, unsigned least_dots)
{
    char said[NUMBER_BYTES], least[NUMBER_BYTES];
    struct err err;
    snprintf(said, sizeof said, "%u", l->symbol.cell_dots);
    snprintf(least, sizeof least, "%u", least_dots);
    FAIL(&err, ERR_HINT_QR, said, least, name);
    layout_hint_at(l, &err, l->at);
}

/* Five dots a module where the template does not say, never under four: less is not read from
 * thermal paper. */
static void print_qr(struct layout *l, struct slice data, struct place at, unsigned align)
{
    const struct symbol_options *o = &l->symbol;
    const unsigned modules = qr_modules(data, o->level);
    unsigned module = o->cell_dots == 0                     ? DEFAULT_QR_MODULE
                      : o->cell_dots < ESCPOS_MIN_QR_MODULE ? ESCPOS_MIN_QR_MODULE
                                                            : o->cell_dots;
    if (o->cell_dots && o->cell_dots < ESCPOS_MIN_QR_MODULE)
        say_small(l, "QR", ESCPOS_MIN_QR_MODULE);
    if (data.n == 0 || modules == 0) {
        warn_symbol(l, "QR", data.n ? "its text is too long" : "it has no text");
        return;
    }
    const uint32_t box = modules + 2 * ESCPOS_QUIET_MODULES;
    /* A code is worth more than its column's width. */
    if (box * ESCPOS_MIN_QR_MODULE > at.width_dots)
        at = (struct place){0, l->paper->profile->width_dots};
    while (module > ESCPOS_MIN_QR_MODULE && box * module > at.width_dots)
        module--;
    if (box * module > at.width_dots) {
        warn_wide(l, "QR");
        return;
    }
    const uint32_t quiet = ESCPOS_QUIET_MODULES * module;
    struct err err;
    escpos_feed(l->e, quiet);
    if (!escpos_qr(l->e, data, o->level, module, align_in(at, box * module, align) + quiet, &err))
        layout_warn(l, &err);
    escpos_feed(l->e, quiet);
    l->has_paper = true;
}

/* --- bar codes --- */

static bool all_digits(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    }
    return s.n > 0;
}

/* UPC-E says a UPC-A number in six digits; printers take the long form (GS k, m 66). By the last
 * digit: which digit goes where, a point is a zero. */
static struct slice expand_upc_e(struct slice e, uint8_t *out)
{
    static const char *const shapes[10] = {
        "0126....345", "0126....345", "0126....345", "0123.....45", "01234.....5",
        "012345....6", "012345....6", "012345....6", "012345....6", "012345....6"};
    const char *shape = shapes[e.p[6] - '0'];
    size_t n = 0;
    for (; shape[n]; n++)
        out[n] = shape[n] == '.' ? '0' : e.p[shape[n] - '0'];
    return slice_of(out, n);
}

struct bars {
    enum symbology symbology;
    struct slice data;
};

/* What GS k prints for the data; false when it cannot be this symbology. */
static bool choose_bars(enum symbol_kind kind, struct slice data, uint8_t *out, struct bars *bars)
{
    const bool is_short = data.n < 9;
    switch (kind) {
    case SYMBOL_UPC:
        if (!all_digits(data) || (is_short && (data.n < 7 || data.p[0] != '0')))
            return false;
        *bars = is_short ? (struct bars){BARCODE_UPC_E, expand_upc_e(data, out)}
                         : (struct bars){BARCODE_UPC_A, data};
        return true;
    case SYMBOL_EAN:
        *bars = (struct bars){is_short ? BARCODE_EAN8 : BARCODE_EAN13, data};
        return all_digits(data);
    case SYMBOL_CODE39:
        *bars = (struct bars){BARCODE_CODE39, data};
        return true;
    case SYMBOL_ITF:
        *bars = (struct bars){BARCODE_ITF, data};
        return all_digits(data) && data.n % 2 == 0;
    case SYMBOL_CODABAR:
        *bars = (struct bars){BARCODE_CODABAR, data};
        return true;
    case SYMBOL_CODE93:
        *bars = (struct bars){BARCODE_CODE93, data};
        return true;
    default:
        *bars = (struct bars){BARCODE_CODE128, slice_of(out, escpos_code128(data, false, out))};
        return true;
    }
}

static bool is_printable(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < 0x20 || s.p[i] >= 0x7F)
            return false;
    }
    return true;
}

static void print_bars(struct layout *l, struct slice data, struct place at, unsigned align)
{
    static const char *const names[] = {
        [SYMBOL_UPC] = "UPC",         [SYMBOL_EAN] = "EAN",         [SYMBOL_CODE39] = "CODE39",
        [SYMBOL_ITF] = "ITF",         [SYMBOL_CODABAR] = "Codabar", [SYMBOL_CODE93] = "CODE93",
        [SYMBOL_CODE128] = "CODE128",
    };
    const struct symbol_options *o = &l->symbol;
    const char *name = names[o->kind];
    uint8_t converted[4 * MAX_BAR_TEXT];
    struct bars bars;
    struct barcode barcode;
    struct err err;
    if (data.n == 0 || data.n > MAX_BAR_TEXT || !is_printable(data) ||
        !choose_bars(o->kind, data, converted, &bars)) {
        warn_symbol(l, name, "its text is empty, too long or has characters it cannot have");
        return;
    }
    if (!barcode_make(bars.symbology, bars.data, &barcode, &err)) {
        layout_warn(l, &err);
        return;
    }
    unsigned module = o->module_dots;
    if (barcode_width_dots(&barcode, MIN_BAR_MODULE) > at.width_dots)
        at = (struct place){0, l->paper->profile->width_dots};
    while (module > MIN_BAR_MODULE && barcode_width_dots(&barcode, module) > at.width_dots)
        module--;
    const uint32_t x = align_in(at, barcode_width_dots(&barcode, module), align);
    if (escpos_barcode(l->e, bars.symbology, bars.data, module, o->height_dots, o->hri, x, &err))
        l->has_paper = true;
    else if (barcode_width_dots(&barcode, module) > l->paper->profile->width_dots)
        warn_wide(l, name);
    else
        layout_warn(l, &err);
}

/* --- the other codes --- */

/* quiet is the margin that its standard asks for; under least dots a module it is not read from
 * thermal paper, which knows no edge sharper than a dot. */
static const struct other {
    const char *name;
    enum symbol_kind kind;
    enum escpos_code code;
    uint8_t quiet_modules, least_dots, usual_dots;
    bool is_cell; /* as large as a QR's modules, not as narrow as a bar */
} others[] = {
    {"PDF417", SYMBOL_PDF417, ESCPOS_PDF417, 2, 2, 3, false},
    {"DataMatrix", SYMBOL_DATAMATRIX, ESCPOS_DATAMATRIX, 2, 4, 5, true},
    {"Aztec", SYMBOL_AZTEC, ESCPOS_AZTEC, 2, 4, 5, true},
    {"GS1-128", SYMBOL_GS1_128, ESCPOS_GS1_128, 10, 2, 2, false},
};

static const struct other *find_other(enum symbol_kind kind)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i].kind == kind)
            return &others[i];
    }
    return NULL;
}

/* Modules across, with the margins. */
static bool measure(const struct other *o, struct slice data, const struct escpos_code_look *look,
                    uint32_t *modules, struct err *err)
{
    enum { DOTS = 2 };
    struct escpos_code_look small = *look;
    uint32_t width, height;
    small.module_dots = DOTS;
    if (!escpos_code_size(o->code, data, small, &width, &height, err))
        return false;
    *modules = width / DOTS + 2U * o->quiet_modules;
    return true;
}

/* A module as large as wanted where there is room, else smaller; false when even the least is too
 * large. */
static bool fit(const struct other *o, uint32_t modules, uint32_t room_dots, uint8_t wanted,
                uint8_t *module)
{
    const uint32_t most = room_dots / modules;
    *module = (uint8_t)(most < wanted ? most : wanted);
    return *module >= o->least_dots;
}

/* As large as it is asked for where there is room, then smaller, then across the whole paper; a
 * PDF417 at last of fewer columns and more rows. False where even that is too wide. */
static bool choose_look(const struct layout *l, const struct other *o, struct slice data,
                        struct place *at, struct escpos_code_look *look, uint32_t *modules,
                        struct err *err)
{
    const uint8_t wanted = look->module_dots;
    const uint32_t paper = l->paper->profile->width_dots;
    if (!measure(o, data, look, modules, err))
        return false;
    if (fit(o, *modules, at->width_dots, wanted, &look->module_dots))
        return true;
    *at = (struct place){0, paper};
    if (fit(o, *modules, paper, wanted, &look->module_dots))
        return true;
    look->module_dots = o->least_dots;
    if (o->code == ESCPOS_PDF417)
        look->columns = escpos_pdf417_columns(paper / o->least_dots - 2U * o->quiet_modules);
    return look->columns && measure(o, data, look, modules, err) &&
           fit(o, *modules, paper, o->least_dots, &look->module_dots);
}

/* Scanners read what follows FNC1 as numbers that GS1 gave out. */
static void hint_gs1(struct layout *l, struct slice data)
{
    char brackets[2 * GS1_MAX_BYTES];
    struct gs1 gs1;
    struct err err;
    if (!gs1_read("GS1-128", data, &gs1, &err) ||
        (data.p[0] == '(' && gs1_in_brackets(&gs1, brackets)))
        return;
    err_fail_slice(&err, ERR_HINT_GS1, data);
    layout_hint_at(l, &err, l->at);
}

static void print_other(struct layout *l, const struct other *o, struct slice data, struct place at,
                        unsigned align)
{
    const struct symbol_options *said = &l->symbol;
    const unsigned dots = o->is_cell ? said->cell_dots : said->has_module ? said->module_dots : 0;
    struct escpos_code_look look = {.height_dots = said->height_dots, .hri = said->hri};
    look.module_dots = (uint8_t)(dots == 0 ? o->usual_dots : dots);
    if (look.module_dots < o->least_dots) {
        look.module_dots = o->least_dots;
        say_small(l, o->name, o->least_dots);
    }
    uint32_t modules;
    struct err err = {0};
    if (!choose_look(l, o, data, &at, &look, &modules, &err)) {
        if (err.code == ERR_NONE)
            warn_wide(l, o->name);
        else
            layout_warn(l, &err);
        return;
    }
    if (o->kind == SYMBOL_GS1_128 && l->paper->hint)
        hint_gs1(l, data);
    const uint32_t quiet = (uint32_t)o->quiet_modules * look.module_dots;
    const uint32_t x = align_in(at, modules * look.module_dots, align) + quiet;
    const bool is_bar = o->code == ESCPOS_GS1_128;
    escpos_feed(l->e, is_bar ? 0 : quiet);
    if (!escpos_code(l->e, o->code, data, look, x, &err))
        layout_warn(l, &err);
    escpos_feed(l->e, is_bar ? 0 : quiet);
    l->has_paper = true;
}

void layout_code(struct layout *l, struct slice data, const struct area *area, unsigned align)
{
    const struct other *o = find_other(l->symbol.kind);
    if (o)
        print_other(l, o, data, place_of(l, area), align);
    else if (l->symbol.kind == SYMBOL_QR)
        print_qr(l, data, place_of(l, area), align);
    else
        print_bars(l, data, place_of(l, area), align);
}

/* --- pictures --- */

static const char base64_of_png[] = "iVBORw0KGgo";

static int base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Characters that are none of base64 are passed over, '=' ends it (RFC 4648, read as the reference
 * reads it). */
static void decode_base64(struct slice s, struct buf *out)
{
    uint32_t bits = 0;
    unsigned n = 0;
    for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
        const int digit = base64_digit(s.p[i]);
        if (digit < 0)
            continue;
        bits = bits << 6 | (uint32_t)digit;
        n += 6;
        if (n >= 8) {
            n -= 8;
            buf_byte(out, (uint8_t)(bits >> n & 0xFF));
        }
    }
}

static bool load_png(struct layout *l, struct slice value, struct buf *decoded, struct slice *png,
                     struct err *err)
{
    if (slice_starts(value, base64_of_png)) {
        decode_base64(value, decoded);
        *png = buf_slice(decoded);
        return !decoded->full || FAIL(err, ERR_TOO_BIG, "picture", "this machine's memory");
    }
    if (!l->paper->image) {
        char name[ERR_ARG_BYTES];
        slice_cstr(value, name, sizeof name);
        return FAIL(err, ERR_IMAGE, name, "there are no pictures here");
    }
    return l->paper->image(l->paper->ctx, value, png, err);
}

/* libpng speaks of the parts of a file, "IDAT: CRC error", in words that begin with a capital as no
 * others do. Who drew the picture does not know them. */
static const char *in_plain_words(const char *why)
{
    return why[0] >= 'A' && why[0] <= 'Z' ? "it is damaged; save it once more as PNG" : why;
}

/* An error calls the picture by its name. own is where a picture is kept that nobody else keeps. */
static bool read_picture(const struct layout *l, struct slice value, struct slice png,
                         uint32_t width_dots, struct bitmap *own, const struct bitmap **b,
                         struct err *err)
{
    char why[ERR_ARG_BYTES], most[ERR_ARG_BYTES], name[ERR_ARG_BYTES];
    const enum dither dither = l->symbol.dither;
    *b = own;
    if (l->paper->pictures ? pictures_read(l->paper->pictures, png, width_dots, dither, b, err)
                           : png_read(png, 0, width_dots, dither, own, err))
        return true;
    if (err->code != ERR_IMAGE && err->code != ERR_IMAGE_BIG)
        return false;
    memcpy(why, err->arg[1], sizeof why);
    memcpy(most, err->arg[2], sizeof most);
    slice_cstr(slice_starts(value, base64_of_png) ? SLICE_LITERAL("{image}") : value, name,
               sizeof name);
    if (err->code == ERR_IMAGE_BIG)
        return FAIL(err, ERR_IMAGE_BIG, name, why, most);
    return FAIL(err, ERR_IMAGE, name, in_plain_words(why));
}

void layout_image(struct layout *l, struct slice value, const struct area *area, unsigned align)
{
    struct place at = place_of(l, area);
    struct buf decoded;
    struct bitmap own;
    const struct bitmap *b;
    struct slice png = {0};
    struct err err = {0};
    buf_init(&decoded, 0);
    if (at.width_dots == 0)
        at = (struct place){0, l->paper->profile->width_dots};
    if (!load_png(l, value, &decoded, &png, &err) ||
        !read_picture(l, value, png, at.width_dots, &own, &b, &err)) {
        layout_warn(l, &err);
    } else {
        escpos_image(l->e, b, align_in(at, b->width_dots, align));
        if (b == &own)
            bitmap_finish(&own);
        l->has_paper = true;
    }
    buf_finish(&decoded);
}
