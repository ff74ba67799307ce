/* Bar codes and QR (facts §7.6, §8). What cannot be encoded, or is wider than the area, prints
 * nothing and is noted. */
#include "virtual/handler.h"

#include "virtual/cell.h"
#include "virtual/line.h"
#include "virtual/paper.h"

void code_qr_model(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    if (n < 49 || n > 51)
        return;
    vp->set.qr_model = n;
    if (n != 50)
        paper_note(vp, "drawn as model 2");
}

void code_qr_module(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    if (n >= 1 && n <= 16)
        vp->set.qr_module_dots = n;
}

void code_qr_level(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    if (n >= 48 && n <= 51)
        vp->set.qr_level = (enum qr_level)(QR_L + (n - 48));
}

static void qr_forget(struct virtual_printer *vp)
{
    bitmap_finish(&vp->qr);
    vp->qr_tried = false;
}

void code_qr_store(struct virtual_printer *vp, struct slice params)
{
    if (params.n < 2 || params.p[0] != 0x30)
        return;
    qr_forget(vp);
    buf_reset(&vp->qr_data);
    buf_append(&vp->qr_data, params.p + 1, params.n - 1);
}

/* The symbol of the stored data, made once for as often as it is printed; false (and a note) when
 * there is none. */
static bool qr_ready(struct virtual_printer *vp)
{
    if (!vp->qr_data.n) {
        paper_note(vp, "no data is stored");
        return false;
    }
    if (vp->qr_tried && vp->qr_made_level != vp->set.qr_level)
        qr_forget(vp);
    if (!vp->qr_tried && vp->symbol_failures < MAX_SYMBOL_FAILURES) {
        struct err err;
        vp->qr_tried = true;
        vp->qr_made_level = vp->set.qr_level;
        if (vp->qr_data.n > MAX_QR_BYTES ||
            !qr_make(buf_slice(&vp->qr_data), vp->set.qr_level, &vp->qr, &err))
            vp->qr = (struct bitmap){0};
    }
    if (vp->qr.p)
        return true;
    vp->symbol_failures += vp->symbol_failures < MAX_SYMBOL_FAILURES;
    paper_note(vp, "the data fit into no symbol; nothing is printed");
    return false;
}

static uint32_t room(const struct virtual_printer *vp)
{
    return vp->line.area_dots - vp->line.x_dots;
}

void code_qr_print(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    if (!vp->profile->native_qr) {
        paper_note(vp, "this printer has no QR code of its own; ignored");
        return;
    }
    if (vp->paper_full || !qr_ready(vp))
        return;
    unsigned module = vp->set.qr_module_dots;
    if (vp->qr.width_dots * module > room(vp)) {
        vp->symbol_failures += vp->symbol_failures < MAX_SYMBOL_FAILURES;
        paper_note(vp, "the symbol is wider than the printing area; nothing is printed");
        return;
    }
    struct placed at = paper_place(vp, &vp->qr, module, module, true);
    struct virtual_mark *m = paper_mark(vp, VIRTUAL_QR);
    if (!m)
        return;
    m->x_dots = at.x_dots;
    m->y_dots = at.y_dots;
    m->width_dots = at.width_dots;
    m->height_dots = at.height_dots;
    m->a = module;
    m->text = arena_copy(&vp->words, buf_slice(&vp->qr_data));
}

/* 37 36 width 1F height 1F 31 1F s 00: size in dots, and whether it can be printed. */
void code_qr_size(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    if (!vp->profile->native_qr || vp->profile->proof < PROOF_FENCE || vp->paper_full ||
        !qr_ready(vp))
        return;
    uint32_t side = vp->qr.width_dots * vp->set.qr_module_dots;
    buf_printf(&vp->replies,
               "\x37\x36%u\x1f%u\x1f"
               "1\x1f%c",
               side, side, side > room(vp) ? '1' : '0');
    buf_byte(&vp->replies, 0);
}

enum { M_FIRST_B = 65, M_CODE128_AUTO = 79, NO_SYMBOLOGY = -1 };

/* m of form B less 65. */
static const int symbology_of[] = {
    BARCODE_UPC_A,   BARCODE_UPC_E,   BARCODE_EAN13,  BARCODE_EAN8,    BARCODE_CODE39,
    BARCODE_ITF,     BARCODE_CODABAR, BARCODE_CODE93, BARCODE_CODE128, NO_SYMBOLOGY, /* GS1-128 */
    NO_SYMBOLOGY,    NO_SYMBOLOGY,    NO_SYMBOLOGY,   NO_SYMBOLOGY, /* GS1 DataBar */
    BARCODE_CODE128,                                                /* chosen by the printer */
};

/* m = 79: code set B says it all (what sets a printer would change between is not known). */
static struct slice automatic(struct slice data, uint8_t out[2 + 2 * 255])
{
    size_t n = 0;
    out[n++] = '{';
    out[n++] = 'B';
    for (size_t i = 0; i < data.n && i < 255; i++) {
        if (data.p[i] == '{')
            out[n++] = '{';
        out[n++] = data.p[i];
    }
    return slice_of(out, n);
}

static void draw_hri(const struct virtual_printer *vp, struct bitmap *b, uint32_t y,
                     const char *text)
{
    const struct profile_font *font = &vp->profile->fonts[vp->set.hri_font];
    uint32_t width = (uint32_t)strlen(text) * font->width_dots;
    uint32_t x = width < b->width_dots ? (b->width_dots - width) / 2 : 0;
    struct cell_look look = {.scale_x = 1, .scale_y = 1, .width_dots = font->width_dots};
    for (; *text; text++, x += font->width_dots) {
        struct cell cell;
        uint8_t c = (uint8_t)*text;
        cell_make(font, c >= 0x20 && c < 0x7f ? c : 0x25a1, &cell);
        cell_draw(b, x, y, &cell, &look);
    }
}

/* Bars with what people read above and below, without a gap (how much one is: not known). */
static bool compose(const struct virtual_printer *vp, const struct barcode *code,
                    struct bitmap *out, struct err *err)
{
    uint32_t text = vp->profile->fonts[vp->set.hri_font].height_dots;
    uint32_t above = vp->set.hri & 1 ? text : 0, below = vp->set.hri & 2 ? text : 0;
    uint32_t height = vp->set.bar_height_dots;
    struct bitmap bars;
    if (!barcode_draw(code, vp->set.bar_module_dots, height, &bars, err))
        return false;
    bool ok = bitmap_init(out, bars.width_dots, above + height + below, err);
    if (ok) {
        bitmap_or(out, &bars, 0, above, 1, 1);
        if (above)
            draw_hri(vp, out, 0, code->text);
        if (below)
            draw_hri(vp, out, above + height, code->text);
    }
    bitmap_finish(&bars);
    return ok;
}

static void print_bars(struct virtual_printer *vp, enum symbology symbology, struct slice data)
{
    struct barcode code;
    struct bitmap picture;
    struct err err;
    if (!barcode_make(symbology, data, &code, &err)) {
        paper_note(vp, err.arg[1]);
        return;
    }
    if (barcode_width_dots(&code, vp->set.bar_module_dots) > room(vp)) {
        paper_note(vp, "the bars are wider than the printing area; nothing is printed");
        return;
    }
    if (vp->paper_full || !compose(vp, &code, &picture, &err))
        return;
    struct placed at = paper_place(vp, &picture, 1, 1, true);
    bitmap_finish(&picture);
    struct virtual_mark *m = paper_mark(vp, VIRTUAL_BARCODE);
    if (!m)
        return;
    m->x_dots = at.x_dots;
    m->y_dots = at.y_dots;
    m->width_dots = at.width_dots;
    m->height_dots = at.height_dots;
    m->a = vp->set.bar_module_dots;
    m->symbology = symbology;
    m->text = arena_copy(&vp->words, slice_str(code.text));
}

static void bars(struct virtual_printer *vp, unsigned m, struct slice data)
{
    uint8_t escaped[2 + 2 * 255];
    int symbology = m < sizeof symbology_of / sizeof *symbology_of ? symbology_of[m] : NO_SYMBOLOGY;
    if (symbology == NO_SYMBOLOGY) {
        paper_note(vp, "this symbology is not drawn");
        return;
    }
    if (m == M_CODE128_AUTO - M_FIRST_B)
        data = automatic(data, escaped);
    print_bars(vp, (enum symbology)symbology, data);
}

/* m d… 00; the codes of a fixed length may lack the 00. */
void code_bars_a(struct virtual_printer *vp, struct slice params)
{
    struct slice data = slice_sub(params, 1, params.n);
    if (data.n && data.p[data.n - 1] == 0)
        data.n--;
    bars(vp, param(params, 0), data);
}

/* m n d… */
void code_bars_b(struct virtual_printer *vp, struct slice params)
{
    if (!vp->profile->native_barcodes)
        paper_note(vp, "this printer is not known to take this form");
    else
        bars(vp, (unsigned)param(params, 0) - M_FIRST_B, slice_sub(params, 2, params.n));
}
