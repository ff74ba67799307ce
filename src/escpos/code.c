/* The codes beside QR and the plain bar codes: PDF417, DataMatrix, Aztec and GS1-128. The printer's
 * own where the profile promises them (GS ( k, Epson APG; GS1-128 as CODE128 with FNC1, which every
 * GS k of form B has), else as dots.
 *
 * Both ways give the same symbol: what a printer would choose for itself (columns and correction of
 * PDF417, layers of Aztec) is chosen here and said, so that its width is known and it stands where
 * it should. How high a printer makes a PDF417 follows from how it packs the text: a row more or
 * less than here. */
#include "escpos/state.h"

#include "image/code2d.h"
#include "image/gs1.h"

enum {
    STORE_HEADER = 3, /* cn fn m, in the length of the data */
    MOST_STORED = UINT16_MAX - STORE_HEADER,
    /* Modules of PDF417 (ISO/IEC 15438): of a column, and of start, row indicators and stop. */
    PDF417_COLUMN = 17,
    PDF417_ENDS = 69,
    AZTEC_RINGS = 11, /* of a compact Aztec without layers; a layer adds four (ISO/IEC 24778) */
    AZTEC_MOST_COMPACT = AZTEC_RINGS + 4 * 4,
};

static const struct family {
    const char *name;
    enum code2d_kind kind;
    uint8_t cn;          /* of GS ( k */
    uint8_t row_modules; /* a row is so many modules high: of PDF417 its standard's least */
    uint8_t most_dots;   /* a module, by fn 67 */
} families[ESCPOS_FAMILIES] = {
    [ESCPOS_PDF417] = {"PDF417", CODE2D_PDF417, 48, 3, 8},
    [ESCPOS_DATAMATRIX] = {"DataMatrix", CODE2D_DATAMATRIX, 54, 1, 16},
    [ESCPOS_AZTEC] = {"Aztec", CODE2D_AZTEC, 53, 1, 16},
};

/* A symbol of one dot a module, and what was chosen for it. */
struct made {
    struct bitmap dots;
    uint8_t columns, level; /* of PDF417; levels 0 to 8 */
};

static unsigned columns_of(const struct bitmap *pdf417)
{
    return (pdf417->width_dots - PDF417_ENDS) / PDF417_COLUMN;
}

/* The least correction that the standard recommends for so many code words of data (ISO/IEC 15438,
 * annex E). */
static uint8_t level_for(uint32_t code_words)
{
    return code_words <= 40 ? 2 : code_words <= 160 ? 3 : code_words <= 320 ? 4 : 5;
}

/* Made with the least correction first, to see how much data there is. */
static bool make_pdf417(struct slice data, unsigned columns, struct made *made, struct err *err)
{
    enum { LEVEL_0 = 1, WORDS_OF_LEVEL_0 = 2 };
    struct code2d_wish wish = {.columns = columns, .level = LEVEL_0};
    if (!code2d_make(CODE2D_PDF417, data, &wish, &made->dots, err))
        return false;
    made->level = level_for(columns_of(&made->dots) * made->dots.height_dots - WORDS_OF_LEVEL_0);
    bitmap_finish(&made->dots);
    wish.level = made->level + 1U;
    if (!code2d_make(CODE2D_PDF417, data, &wish, &made->dots, err))
        return false;
    made->columns = (uint8_t)columns_of(&made->dots);
    return true;
}

static bool make(enum escpos_code code, struct slice data, struct escpos_code_look look,
                 struct made *made, struct err *err)
{
    *made = (struct made){0};
    return code == ESCPOS_PDF417 ? make_pdf417(data, look.columns, made, err)
                                 : code2d_make(families[code].kind, data, NULL, &made->dots, err);
}

static bool look_is_wrong(struct escpos_code_look look, struct err *err)
{
    if (look.module_dots >= 2 && look.module_dots <= 16)
        return false;
    FAIL(err, ERR_SYMBOL, "2D", "a module has 2 to 16 dots");
    return true;
}

/* --- GS1-128 --- */

struct gs1_bars {
    struct barcode barcode;
    size_t n;
    uint8_t data[3 * GS1_MAX_BYTES]; /* as GS k takes CODE128 */
    char text[GS1_MAX_BYTES];        /* for people */
};

static bool make_gs1(struct slice data, struct gs1_bars *bars, struct err *err)
{
    static const char name[] = "GS1-128";
    struct gs1 gs1;
    if (!gs1_read(name, data, &gs1, err) || !gs1_has_right_digits(name, &gs1, err))
        return false;
    bars->n = escpos_code128(slice_of(gs1.data, gs1.n), true, bars->data);
    memcpy(bars->text, gs1.text, sizeof bars->text);
    if (bars->n > UINT8_MAX)
        return FAIL(err, ERR_SYMBOL, name, "its text is too long");
    return barcode_make(BARCODE_CODE128, slice_of(bars->data, bars->n), &bars->barcode, err);
}

/* Its text is always written here: printers show no brackets in the text of a CODE128. */
static bool print_gs1(struct escpos *e, struct slice data, struct escpos_code_look look,
                      unsigned x_dots, struct err *err)
{
    struct gs1_bars bars;
    if (look.height_dots == 0)
        return FAIL(err, ERR_SYMBOL, "GS1-128", "a bar has 1 to 255 dots");
    if (!make_gs1(data, &bars, err) ||
        escpos_too_wide(e, x_dots, barcode_width_dots(&bars.barcode, look.module_dots), "GS1-128",
                        err) ||
        !escpos_print_bars(e, BARCODE_CODE128, slice_of(bars.data, bars.n), &bars.barcode,
                           (struct escpos_code_look){.module_dots = look.module_dots,
                                                     .height_dots = look.height_dots},
                           x_dots, err))
        return false;
    if (look.hri)
        escpos_text_below(e, slice_str(bars.text), x_dots,
                          barcode_width_dots(&bars.barcode, look.module_dots));
    return true;
}

bool escpos_code_size(enum escpos_code code, struct slice data, struct escpos_code_look look,
                      uint32_t *width_dots, uint32_t *height_dots, struct err *err)
{
    struct made made;
    *width_dots = *height_dots = 0;
    if (look_is_wrong(look, err))
        return false;
    if (code == ESCPOS_GS1_128) {
        struct gs1_bars bars;
        if (!make_gs1(data, &bars, err))
            return false;
        *width_dots = barcode_width_dots(&bars.barcode, look.module_dots);
        *height_dots = look.height_dots;
        return true;
    }
    if (!make(code, data, look, &made, err))
        return false;
    *width_dots = made.dots.width_dots * look.module_dots;
    *height_dots = made.dots.height_dots * look.module_dots * families[code].row_modules;
    bitmap_finish(&made.dots);
    return true;
}

uint8_t escpos_pdf417_columns(uint32_t modules)
{
    const uint32_t columns = modules > PDF417_ENDS ? (modules - PDF417_ENDS) / PDF417_COLUMN : 0;
    return (uint8_t)(columns < 30 ? columns : 30);
}

/* --- the printer's own --- */

/* What a printer was told of its codes; all zero but plain is what ESC @ leaves, as far as it is
 * relied on: what may differ from printer to printer is said once. */
void escpos_forget_codes(struct escpos *e, bool plain)
{
    e->codes = (struct escpos_codes){.is_plain = plain};
}

static void put_setting(struct escpos *e, uint8_t cn, uint8_t fn, struct slice params)
{
    const uint8_t head[] = {GS, '(', 'k', (uint8_t)(params.n + 2), 0, cn, fn};
    buf_append(e->out, head, sizeof head);
    buf_slice_append(e->out, params);
}
#define SETTING(e, cn, fn, ...)                                                                    \
    put_setting((e), (cn), (fn),                                                                   \
                slice_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})))

/* Raw bytes may have set anything: rows, height of a row, form of PDF417; correction of Aztec; size
 * of DataMatrix. */
static void put_plain(struct escpos *e)
{
    if (e->codes.is_plain)
        return;
    SETTING(e, 48, 66, 0);
    SETTING(e, 48, 68, 3);
    SETTING(e, 48, 70, 0);
    SETTING(e, 53, 69, 23);
    SETTING(e, 54, 66, 0, 0, 0);
    e->codes.is_plain = true;
}

static void put_pdf417_settings(struct escpos *e, const struct made *made)
{
    const uint8_t level = (uint8_t)(48 + made->level);
    if (e->codes.pdf417_columns != made->columns)
        SETTING(e, 48, 65, made->columns);
    if (e->codes.pdf417_level != level)
        SETTING(e, 48, 69, 48, level);
    e->codes.pdf417_columns = made->columns;
    e->codes.pdf417_level = level;
}

/* Whatever fits into a compact symbol is one (code2d.h: the smallest that fits); a larger one is
 * chosen by the printer. */
static void put_aztec_settings(struct escpos *e, const struct made *made)
{
    enum { SAID = 0x80 };
    const uint32_t side = made->dots.width_dots;
    const uint8_t layers = side <= AZTEC_MOST_COMPACT ? (uint8_t)((side - AZTEC_RINGS) / 4) : 0;
    const uint8_t form = SAID | layers;
    if (e->codes.aztec_form != form)
        SETTING(e, 53, 66, layers != 0, layers);
    e->codes.aztec_form = form;
}

/* Functions 65, 66, 67, 69 (settings), 80 (store), 81 (print) of a family; Epson numbers them with
 * the family's hundreds. */
static void put_native(struct escpos *e, enum escpos_code code, struct slice data,
                       const struct made *made, uint8_t module)
{
    const uint8_t cn = families[code].cn;
    const size_t n = data.n + STORE_HEADER;
    const uint8_t store[] = {GS, '(', 'k', (uint8_t)(n & 0xFF), (uint8_t)(n >> 8), cn, 80, 48};
    put_plain(e);
    if (code == ESCPOS_PDF417)
        put_pdf417_settings(e, made);
    if (code == ESCPOS_AZTEC)
        put_aztec_settings(e, made);
    if (e->codes.module[code] != module)
        SETTING(e, cn, 67, module);
    e->codes.module[code] = module;
    buf_append(e->out, store, sizeof store);
    buf_slice_append(e->out, data);
    SETTING(e, cn, 81, 48);
}

/* --- either way --- */

static bool is_native(const struct escpos *e, enum escpos_code code, struct slice data,
                      uint8_t module)
{
    const struct profile *p = e->profile;
    const bool has[ESCPOS_FAMILIES] = {[ESCPOS_PDF417] = p->native_pdf417,
                                       [ESCPOS_DATAMATRIX] = p->native_datamatrix,
                                       [ESCPOS_AZTEC] = p->native_aztec};
    return has[code] && module <= families[code].most_dots && data.n <= MOST_STORED;
}

static bool put_dots(struct escpos *e, const struct bitmap *b, unsigned across, unsigned down,
                     unsigned x_dots, struct err *err)
{
    struct bitmap large;
    if (!bitmap_init(&large, b->width_dots * across, b->height_dots * down, err))
        return false;
    bitmap_or(&large, b, 0, 0, across, down);
    escpos_send_image(e, &large, x_dots);
    bitmap_finish(&large);
    return true;
}

static bool print_made(struct escpos *e, enum escpos_code code, struct slice data,
                       const struct made *made, uint8_t module, unsigned x_dots, struct err *err)
{
    const uint32_t width = made->dots.width_dots * module;
    const bool native = is_native(e, code, data, module);
    if (escpos_too_wide(e, x_dots, width, families[code].name, err))
        return false;
    escpos_resync(e);
    const size_t start = e->out->n;
    bool ok = true;
    if (native) {
        escpos_place(e, x_dots, width);
        put_native(e, code, data, made, module);
        escpos_unplace(e, x_dots);
    } else {
        ok = put_dots(e, &made->dots, module, module * families[code].row_modules, x_dots, err);
    }
    escpos_tell_code(e, data, native, x_dots, width, start);
    return ok;
}

bool escpos_code(struct escpos *e, enum escpos_code code, struct slice data,
                 struct escpos_code_look look, unsigned x_dots, struct err *err)
{
    struct made made;
    if (look_is_wrong(look, err))
        return false;
    if (code == ESCPOS_GS1_128)
        return print_gs1(e, data, look, x_dots, err);
    if (!make(code, data, look, &made, err))
        return false;
    const bool ok = print_made(e, code, data, &made, look.module_dots, x_dots, err);
    bitmap_finish(&made.dots);
    return ok;
}
