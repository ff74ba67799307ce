/* {code:…} and {image:…}: what they are made of, and where they stand. */
#include "document/layout.h"

#include "base/utf8.h"
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

/* --- QR --- */

static void say_small(struct layout *l)
{
    char said[NUMBER_BYTES], least[NUMBER_BYTES];
    struct err err;
    snprintf(said, sizeof said, "%u", l->symbol.cell_dots);
    snprintf(least, sizeof least, "%d", ESCPOS_MIN_QR_MODULE);
    FAIL(&err, ERR_HINT_QR, said, least);
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
        say_small(l);
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
        warn_symbol(l, "QR", "it is wider than the paper");
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

static size_t digits_at(struct slice s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
        n++;
    return n;
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

static unsigned pair_at(struct slice s, size_t i)
{
    return (unsigned)(s.p[i] - '0') * 10 + (unsigned)(s.p[i + 1] - '0');
}

/* Set C's byte 16 before 4, 5 or 20 would be DLE EOT, DLE ENQ or DLE DC4 to a printer. */
static bool is_dangerous_pair(struct slice s, size_t i, size_t digits)
{
    if (digits < 4 || pair_at(s, i) != 0x10)
        return false;
    const unsigned next = pair_at(s, i + 2);
    return next == 0x04 || next == 0x05 || next == 0x14;
}

/* CODE128 as GS k wants it: pairs of digits in set C where four or more stand together, the rest in
 * set B. out has room for three bytes a character. */
static struct slice code128(struct slice s, uint8_t *out)
{
    size_t n = 0;
    bool in_c = false;
    for (size_t i = 0; i < s.n;) {
        const size_t digits = digits_at(s, i);
        const bool wants_c = digits >= 4 || (digits == 2 && s.n == 2) || (in_c && digits >= 2);
        /* An odd digit goes first in set B, but at the beginning, where it goes last. */
        const bool c_now =
            wants_c && (in_c || digits % 2 == 0 || i == 0) && !is_dangerous_pair(s, i, digits);
        if (n == 0 || c_now != in_c) {
            out[n++] = '{';
            out[n++] = c_now ? 'C' : 'B';
            in_c = c_now;
        }
        if (c_now) {
            out[n++] = (uint8_t)pair_at(s, i);
            i += 2;
        } else {
            if (s.p[i] == '{')
                out[n++] = '{';
            out[n++] = s.p[i++];
        }
    }
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
        *bars = (struct bars){BARCODE_CODE128, code128(data, out)};
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
    const struct symbol_options *o = &l->symbol;
    uint8_t converted[4 * MAX_BAR_TEXT];
    struct bars bars;
    struct barcode barcode;
    struct err err;
    if (data.n == 0 || data.n > MAX_BAR_TEXT || !is_printable(data) ||
        !choose_bars(o->kind, data, converted, &bars)) {
        warn_symbol(l, "bar", "its text is empty, too long or has characters it cannot have");
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
    if (!escpos_barcode(l->e, bars.symbology, bars.data, module, o->height_dots, o->hri, x, &err)) {
        layout_warn(l, &err);
        return;
    }
    l->has_paper = true;
}

/* --- codes that are always drawn here --- */

/* quiet is the margin that its standard asks for; under least dots a module it is not read from
 * thermal paper, which knows no edge sharper than a dot. */
static const struct drawn {
    const char *name;
    enum symbol_kind kind;
    enum escpos_code code;
    uint8_t quiet_modules, least_dots, usual_dots;
    bool is_cell; /* as large as a QR's modules, not as narrow as a bar */
} drawn[] = {
    {"PDF417", SYMBOL_PDF417, ESCPOS_PDF417, 2, 2, 3, false},
    {"DataMatrix", SYMBOL_DATAMATRIX, ESCPOS_DATAMATRIX, 2, 4, 5, true},
    {"Aztec", SYMBOL_AZTEC, ESCPOS_AZTEC, 2, 4, 5, true},
    {"GS1-128", SYMBOL_GS1_128, ESCPOS_GS1_128, 10, 2, 2, false},
};

static const struct drawn *find_drawn(enum symbol_kind kind)
{
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        if (drawn[i].kind == kind)
            return &drawn[i];
    }
    return NULL;
}

static bool measure(const struct drawn *d, struct slice data, struct escpos_code_look look,
                    uint32_t *width, struct err *err)
{
    uint32_t height;
    if (!escpos_code_size(d->code, data, look, width, &height, err))
        return false;
    *width += 2U * d->quiet_modules * look.module_dots;
    return true;
}

/* As large as it is asked for where there is room, then smaller, then across the whole paper. */
static bool choose_module(const struct layout *l, const struct drawn *d, struct slice data,
                          struct place *at, struct escpos_code_look *look, uint32_t *width,
                          struct err *err)
{
    const uint8_t wanted = look->module_dots;
    for (unsigned attempt = 0; attempt < 2; attempt++) {
        for (look->module_dots = wanted; look->module_dots >= d->least_dots; look->module_dots--) {
            if (!measure(d, data, *look, width, err))
                return false;
            if (*width <= at->width_dots)
                return true;
        }
        *at = (struct place){0, l->paper->profile->width_dots};
    }
    return FAIL(err, ERR_SYMBOL, d->name, "it is wider than the paper");
}

static void print_drawn(struct layout *l, const struct drawn *d, struct slice data, struct place at,
                        unsigned align)
{
    const struct symbol_options *o = &l->symbol;
    const unsigned said = d->is_cell ? o->cell_dots : o->has_module ? o->module_dots : 0;
    struct escpos_code_look look = {.height_dots = o->height_dots, .hri = o->hri};
    look.module_dots = (uint8_t)(said == 0 ? d->usual_dots : said);
    if (look.module_dots < d->least_dots)
        look.module_dots = d->least_dots;
    uint32_t width;
    struct err err;
    if (!choose_module(l, d, data, &at, &look, &width, &err)) {
        layout_warn(l, &err);
        return;
    }
    const uint32_t quiet = (uint32_t)d->quiet_modules * look.module_dots;
    const bool is_bar = d->code == ESCPOS_GS1_128;
    escpos_feed(l->e, is_bar ? 0 : quiet);
    if (!escpos_code(l->e, d->code, data, look, align_in(at, width, align) + quiet, &err))
        layout_warn(l, &err);
    escpos_feed(l->e, is_bar ? 0 : quiet);
    l->has_paper = true;
}

void layout_code(struct layout *l, struct slice data, const struct area *area, unsigned align)
{
    const struct drawn *d = find_drawn(l->symbol.kind);
    if (d)
        print_drawn(l, d, data, place_of(l, area), align);
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

/* An error calls the picture by its name. own is where a picture is kept that nobody else keeps. */
static bool read_picture(const struct layout *l, struct slice value, struct slice png,
                         uint32_t width_dots, struct bitmap *own, const struct bitmap **b,
                         struct err *err)
{
    char why[ERR_ARG_BYTES], name[ERR_ARG_BYTES];
    const enum dither dither = l->symbol.dither;
    *b = own;
    if (l->paper->pictures ? pictures_read(l->paper->pictures, png, width_dots, dither, b, err)
                           : png_read(png, 0, width_dots, dither, own, err))
        return true;
    if (err->code != ERR_IMAGE)
        return false;
    memcpy(why, err->arg[1], sizeof why);
    slice_cstr(slice_starts(value, base64_of_png) ? SLICE_LITERAL("{image}") : value, name,
               sizeof name);
    return FAIL(err, ERR_IMAGE, name, why);
}

void layout_image(struct layout *l, struct slice value, const struct area *area, unsigned align)
{
    const struct place at = place_of(l, area);
    struct buf decoded;
    struct bitmap own;
    const struct bitmap *b;
    struct slice png = {0};
    struct err err = {0};
    buf_init(&decoded, 0);
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
