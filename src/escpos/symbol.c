/* QR and bar codes: the printer's own where the profile promises them, else as dots. */
#include "escpos/state.h"

enum { FORM_B = 65 /* GS k m of the first symbology */, QR_HEADER = 3, QR_MAX = 7089 };

/* Where a symbol of the printer's own goes: ESC a says three places, GS L any other. */
void escpos_place(struct escpos *e, uint32_t x_dots, uint32_t width)
{
    const uint32_t spare = paper_dots(e) - width;
    escpos_set_style(e, escpos_plain);
    if (x_dots == 0 || x_dots == spare)
        escpos_set_align(e, x_dots ? 2 : 0);
    else if (x_dots == spare / 2)
        escpos_set_align(e, 1);
    else {
        escpos_set_align(e, 0);
        put4(e->out, GS, 'L', (uint8_t)(x_dots & 0xFF), (uint8_t)(x_dots >> 8));
    }
}

void escpos_unplace(struct escpos *e, uint32_t x_dots)
{
    if (e->align == 0 && x_dots)
        put4(e->out, GS, 'L', 0, 0);
}

bool escpos_too_wide(const struct escpos *e, unsigned x_dots, uint32_t width, const char *what,
                     struct err *err)
{
    if (x_dots <= paper_dots(e) && width <= paper_dots(e) - x_dots)
        return false;
    FAIL(err, ERR_SYMBOL, what, "it is wider than the paper");
    return true;
}

void escpos_tell_code(const struct escpos *e, struct slice data, bool native, uint32_t x_dots,
                      uint32_t width_dots, size_t start)
{
    if (!e->told)
        return;
    const struct escpos_run told = {.text = data,
                                    .way = native ? ESCPOS_BY_OWN_CODE : ESCPOS_BY_DRAWN_CODE,
                                    .x_dots = x_dots,
                                    .width_dots = width_dots,
                                    .bytes = e->out->n - start};
    e->told(e->told_ctx, &told);
}

/* Each dot of b becomes n × n. */
static bool put_scaled(struct escpos *e, const struct bitmap *b, unsigned n, unsigned x_dots,
                       struct err *err)
{
    struct bitmap large;
    if (!bitmap_init(&large, b->width_dots * n, b->height_dots * n, err))
        return false;
    bitmap_or(&large, b, 0, 0, n, n);
    escpos_send_image(e, &large, x_dots);
    bitmap_finish(&large);
    return true;
}

/* GS ( k, cn 49: model 2, module, level, store, print (functions 165, 167, 169, 180, 181). */
static void native_qr(struct escpos *e, struct slice data, enum qr_level level, unsigned module)
{
    const uint8_t model[] = {GS, '(', 'k', 4, 0, 49, 65, 50, 0};
    const uint8_t size[] = {GS, '(', 'k', 3, 0, 49, 67, (uint8_t)module};
    const uint8_t correction[] = {GS, '(', 'k', 3, 0, 49, 69, (uint8_t)(48 + level)};
    const size_t n = data.n + QR_HEADER;
    const uint8_t store[] = {GS, '(', 'k', (uint8_t)(n & 0xFF), (uint8_t)(n >> 8), 49, 80, 48};
    const uint8_t print[] = {GS, '(', 'k', 3, 0, 49, 81, 48};
    if (e->qr_module == 0)
        buf_append(e->out, model, sizeof model);
    if (e->qr_module != module)
        buf_append(e->out, size, sizeof size);
    if (e->qr_level != level)
        buf_append(e->out, correction, sizeof correction);
    e->qr_module = (uint8_t)module;
    e->qr_level = (uint8_t)level;
    buf_append(e->out, store, sizeof store);
    buf_slice_append(e->out, data);
    buf_append(e->out, print, sizeof print);
}

static bool raster_qr(struct escpos *e, struct slice data, enum qr_level level, unsigned module,
                      unsigned x_dots, struct err *err)
{
    struct bitmap b;
    if (!qr_make(data, level, &b, err))
        return false;
    const bool ok = put_scaled(e, &b, module, x_dots, err);
    bitmap_finish(&b);
    return ok;
}

bool escpos_qr(struct escpos *e, struct slice data, enum qr_level level, unsigned module_dots,
               unsigned x_dots, struct err *err)
{
    const unsigned modules = data.n && data.n <= QR_MAX ? qr_modules(data, level) : 0;
    if (modules == 0)
        return FAIL(err, ERR_SYMBOL, "QR", data.n ? "its text is too long" : "it has no text");
    if (module_dots < 1 || module_dots > 16)
        return FAIL(err, ERR_SYMBOL, "QR", "a module has 1 to 16 dots");
    if (escpos_too_wide(e, x_dots, modules * module_dots, "QR", err))
        return false;
    escpos_resync(e);
    const size_t start = e->out->n;
    bool ok = true;
    if (e->profile->native_qr) {
        escpos_place(e, x_dots, modules * module_dots);
        native_qr(e, data, level, module_dots);
        escpos_unplace(e, x_dots);
    } else {
        ok = raster_qr(e, data, level, module_dots, x_dots, err);
    }
    escpos_tell_code(e, data, e->profile->native_qr, x_dots, modules * module_dots, start);
    return ok;
}

static void native_barcode(struct escpos *e, enum symbology symbology, struct slice data,
                           unsigned module, unsigned height, bool hri)
{
    if (e->bar_module != module)
        put3(e->out, GS, 'w', (uint8_t)module);
    if (e->bar_height != height)
        put3(e->out, GS, 'h', (uint8_t)height);
    if (e->bar_hri != hri)
        put3(e->out, GS, 'H', hri ? 2 : 0);
    e->bar_module = (uint8_t)module;
    e->bar_height = (uint8_t)height;
    e->bar_hri = hri;
    put4(e->out, GS, 'k', (uint8_t)(FORM_B + symbology), (uint8_t)data.n);
    buf_slice_append(e->out, data);
}

/* Centred below the bars as far as the paper lets it. */
void escpos_text_below(struct escpos *e, struct slice text, uint32_t x_dots, uint32_t width_dots)
{
    const uint32_t text_width = (uint32_t)text.n * CELL_WIDTH;
    const uint32_t x =
        text_width < x_dots * 2 + width_dots ? x_dots + width_dots / 2 - text_width / 2 : 0;
    escpos_text(e, x, text, escpos_plain);
    escpos_line(e);
}

static bool raster_barcode(struct escpos *e, const struct barcode *barcode,
                           struct escpos_code_look look, unsigned x_dots, struct err *err)
{
    struct bitmap b;
    if (!barcode_draw(barcode, look.module_dots, look.height_dots, &b, err))
        return false;
    escpos_send_image(e, &b, x_dots);
    if (look.hri)
        escpos_text_below(e, slice_str(barcode->text), x_dots, b.width_dots);
    bitmap_finish(&b);
    return true;
}

bool escpos_print_bars(struct escpos *e, enum symbology symbology, struct slice data,
                       const struct barcode *barcode, struct escpos_code_look look, unsigned x_dots,
                       struct err *err)
{
    const uint32_t width = barcode_width_dots(barcode, look.module_dots);
    const bool native = e->profile->native_barcodes && look.module_dots <= 6;
    escpos_resync(e);
    const size_t start = e->out->n;
    bool ok = true;
    if (native) {
        escpos_place(e, x_dots, width);
        native_barcode(e, symbology, data, look.module_dots, look.height_dots, look.hri);
        escpos_unplace(e, x_dots);
    } else {
        ok = raster_barcode(e, barcode, look, x_dots, err);
    }
    /* the data of a CODE128 is nothing to read: it spells out its code sets */
    const struct slice text = symbology == BARCODE_CODE128 ? slice_str(barcode->text) : data;
    escpos_tell_code(e, text, native, x_dots, width, start);
    return ok;
}

bool escpos_barcode(struct escpos *e, enum symbology symbology, struct slice data,
                    unsigned module_dots, unsigned height_dots, bool hri, unsigned x_dots,
                    struct err *err)
{
    struct barcode barcode;
    if (data.n > 255)
        return FAIL(err, ERR_SYMBOL, "bar", "its text is too long");
    if (module_dots < 2 || module_dots > 6 || height_dots < 1 || height_dots > 255)
        return FAIL(err, ERR_SYMBOL, "bar", "a module has 2 to 6 dots, a bar 1 to 255");
    if (!barcode_make(symbology, data, &barcode, err))
        return false;
    const uint32_t width = barcode_width_dots(&barcode, module_dots);
    if (escpos_too_wide(e, x_dots, width, "bar", err))
        return false;
    return escpos_print_bars(e, symbology, data, &barcode,
                             (struct escpos_code_look){.module_dots = (uint8_t)module_dots,
                                                       .height_dots = (uint8_t)height_dots,
                                                       .hri = hri},
                             x_dots, err);
}
