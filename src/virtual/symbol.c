/* 2D symbols, GS ( k (facts §8): settings by family, one store for all of them (Epson APG: data
 * stay until the next store of any family), printed as often as asked. What cannot be made, or is
 * wider than the area, prints nothing and is noted. */
#include "virtual/handler.h"

#include "virtual/line.h"
#include "virtual/page.h"

/* Of making a symbol; in standard mode the paper that it takes is the limit. */
enum { WORK_A_MODULE = 16 };

void symbol_settings_reset(struct settings *set, const struct profile *profile)
{
    static const uint8_t modules[FAMILIES] = {
        [FAMILY_PDF417] = 3,    [FAMILY_QR] = 3,    [FAMILY_MAXICODE] = 1,  [FAMILY_DATABAR] = 2,
        [FAMILY_COMPOSITE] = 2, [FAMILY_AZTEC] = 3, [FAMILY_DATAMATRIX] = 3};
    for (unsigned i = 0; i < FAMILIES; i++) {
        set->family[i] = (struct family_set){.module_dots = modules[i], .row_modules = 1};
        set->family[i].wish.dpi = profile->dpi;
    }
    set->family[FAMILY_PDF417].row_modules = 3;
    set->family[FAMILY_AZTEC].wish.level = 23;
    set->family[FAMILY_MAXICODE].wish.maxicode_mode = 2;
    set->qr_level = QR_L;
    set->qr_model = 50;
    set->clone_symbol = 2;
}

/* The family that a command of GS ( k is about. */
static enum family family_of(const struct virtual_printer *vp)
{
    enum command_id id = vp->command;
    return id <= COMMAND_GS_LPAREN_k_082   ? FAMILY_PDF417
           : id <= COMMAND_GS_LPAREN_k_182 ? FAMILY_QR
           : id <= COMMAND_GS_LPAREN_k_282 ? FAMILY_MAXICODE
           : id <= COMMAND_GS_LPAREN_k_382 ? FAMILY_DATABAR
           : id <= COMMAND_GS_LPAREN_k_482 ? FAMILY_COMPOSITE
           : id <= COMMAND_GS_LPAREN_k_582 ? FAMILY_AZTEC
                                           : FAMILY_DATAMATRIX;
}

static struct code2d_wish *wish_of(struct virtual_printer *vp)
{
    return &vp->set.family[family_of(vp)].wish;
}

static bool in_range(struct virtual_printer *vp, unsigned n, unsigned least, unsigned most)
{
    if (n >= least && n <= most)
        return true;
    paper_note(vp, "a value is out of range; ignored");
    return false;
}

/* Modules of PDF417 are 2 to 8 dots (1 too on newer models), of QR 1 to 16, of Aztec and DataMatrix
 * 2 to 16, of DataBar and composites 2 to 8. */
void symbol_module(struct virtual_printer *vp, struct slice params)
{
    static const struct {
        uint8_t least, most;
    } range[FAMILIES] = {
        [FAMILY_PDF417] = {1, 8},      [FAMILY_QR] = {1, 16},       [FAMILY_MAXICODE] = {1, 1},
        [FAMILY_DATABAR] = {2, 8},     [FAMILY_COMPOSITE] = {2, 8}, [FAMILY_AZTEC] = {2, 16},
        [FAMILY_DATAMATRIX] = {2, 16},
    };
    enum family family = family_of(vp);
    uint8_t n = param(params, 0);
    if (in_range(vp, n, range[family].least, range[family].most))
        vp->set.family[family].module_dots = n;
}

void symbol_qr_model(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    if (!in_range(vp, n, 49, 51))
        return;
    vp->set.qr_model = n;
    if (n == 49)
        paper_note(vp, "model 1 is drawn as model 2, which holds the same and looks otherwise");
}

void symbol_qr_level(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    if (in_range(vp, n, 48, 51))
        vp->set.qr_level = (enum qr_level)(QR_L + (n - 48));
}

void symbol_pdf417_columns(struct virtual_printer *vp, struct slice params)
{
    if (in_range(vp, param(params, 0), 0, 30))
        wish_of(vp)->columns = param(params, 0);
}

void symbol_pdf417_rows(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    if (!n || in_range(vp, n, 3, 90))
        wish_of(vp)->rows = n;
}

void symbol_pdf417_row_height(struct virtual_printer *vp, struct slice params)
{
    if (in_range(vp, param(params, 0), 2, 8))
        vp->set.family[FAMILY_PDF417].row_modules = param(params, 0);
}

/* A level, or a share of the data; how many code words a share is at what size only the printer
 * knows: the level that suits the size is taken. */
void symbol_pdf417_level(struct virtual_printer *vp, struct slice params)
{
    enum { LEVEL = 48, SHARE = 49 };
    uint8_t m = param(params, 0), n = param(params, 1);
    if (m == LEVEL && in_range(vp, n, 48, 56))
        wish_of(vp)->level = n - 47U;
    else if (m == SHARE && in_range(vp, n, 1, 40))
        wish_of(vp)->level = 0;
}

void symbol_pdf417_form(struct virtual_printer *vp, struct slice params)
{
    int m = digit_param(param(params, 0), 1);
    if (m >= 0)
        wish_of(vp)->truncated = m;
}

void symbol_maxicode_mode(struct virtual_printer *vp, struct slice params)
{
    if (in_range(vp, param(params, 0), 50, 54))
        wish_of(vp)->maxicode_mode = param(params, 0) - 48U;
}

/* Expanded stacked: 4 modules at the ends, 49 for two characters. */
void symbol_databar_width(struct virtual_printer *vp, struct slice params)
{
    enum { ENDS = 4, PAIR = 49, MOST = 20 };
    struct family_set *f = &vp->set.family[family_of(vp)];
    uint32_t modules = param16(params, 0) / f->module_dots;
    uint32_t columns = modules > ENDS + PAIR ? (modules - ENDS) / PAIR * 2 : 2;
    if (!param16(params, 0))
        f->wish.columns = 0;
    else if (in_range(vp, param16(params, 0), 106, 3952))
        f->wish.columns = columns < MOST ? columns : MOST;
}

void symbol_aztec_size(struct virtual_printer *vp, struct slice params)
{
    int compact = digit_param(param(params, 0), 1);
    uint8_t layers = param(params, 1);
    if (compact < 0 || !in_range(vp, layers, 0, compact ? 4 : 32))
        return;
    wish_of(vp)->compact = compact;
    wish_of(vp)->layers = layers;
}

void symbol_aztec_level(struct virtual_printer *vp, struct slice params)
{
    if (in_range(vp, param(params, 0), 5, 95))
        wish_of(vp)->level = param(params, 0);
}

/* m 0 square, 1 rectangle; d1 columns (of a square the side), d2 rows. */
void symbol_datamatrix_size(struct virtual_printer *vp, struct slice params)
{
    int rectangle = digit_param(param(params, 0), 1);
    if (rectangle < 0)
        return;
    struct code2d_wish *wish = wish_of(vp);
    wish->rectangle = rectangle;
    wish->columns = param(params, rectangle ? 2 : 1);
    wish->rows = param(params, 1);
}

static void forget(struct symbol_store *store)
{
    bitmap_finish(&store->made);
    store->tried = false;
}

void symbol_store_reset(struct symbol_store *store)
{
    forget(store);
    buf_reset(&store->data);
    buf_reset(&store->primary);
}

static void store_as(struct virtual_printer *vp, enum family family, struct slice data,
                     enum code2d_kind kind)
{
    struct symbol_store *s = &vp->symbol;
    symbol_store_reset(s);
    buf_slice_append(&s->data, data);
    s->family = family;
    s->kind = kind;
}

static void store(struct virtual_printer *vp, struct slice data, enum code2d_kind kind)
{
    store_as(vp, family_of(vp), data, kind);
}

void symbol_data(struct virtual_printer *vp, struct slice params)
{
    static const enum code2d_kind kinds[FAMILIES] = {
        [FAMILY_PDF417] = CODE2D_PDF417,         [FAMILY_QR] = CODE2D_MICRO_QR,
        [FAMILY_MAXICODE] = CODE2D_MAXICODE,     [FAMILY_AZTEC] = CODE2D_AZTEC,
        [FAMILY_DATAMATRIX] = CODE2D_DATAMATRIX,
    };
    if (params.n >= 2 && params.p[0] == 0x30)
        store(vp, slice_sub(params, 1, params.n), kinds[family_of(vp)]);
}

/* m n d…: n 72 stacked, 73 stacked omnidirectional, 76 expanded stacked. */
void symbol_databar_data(struct virtual_printer *vp, struct slice params)
{
    struct slice data = slice_sub(params, 2, params.n);
    switch (param(params, 1)) {
    case 72:
        store(vp, data, CODE2D_DATABAR_STACKED);
        break;
    case 73:
        store(vp, data, CODE2D_DATABAR_STACKED_OMNI);
        break;
    case 76:
        store(vp, data, CODE2D_DATABAR_EXPANDED_STACKED);
        break;
    default:
        paper_note(vp, "there is no such DataBar; nothing is stored");
    }
}

/* A composite's linear code and the component above it come one by one, in any order. */
static void store_part(struct virtual_printer *vp, struct buf *part, struct slice data)
{
    struct symbol_store *s = &vp->symbol;
    if (s->family != FAMILY_COMPOSITE)
        symbol_store_reset(s);
    forget(s);
    s->family = FAMILY_COMPOSITE;
    s->kind = CODE2D_COMPOSITE;
    buf_reset(part);
    buf_slice_append(part, data);
}

/* m a b d…: a 48 the linear code, b 65 to 77 which; a 49 the component, b 65 what fits, 66 CC-C
 * (Epson, GS ( k 480; that both stay until the next store is not said there). */
void symbol_composite_data(struct virtual_printer *vp, struct slice params)
{
    enum { LINEAR = 48, COMPONENT = 49, FIRST = 65, HEAD = 3 };
    static const enum code2d_linear linears[] = {
        LINEAR_EAN8,
        LINEAR_EAN13,
        LINEAR_UPC_A,
        LINEAR_UPC_E, /* of 6 digits */
        LINEAR_UPC_E, /* of 11 */
        LINEAR_DATABAR,
        LINEAR_DATABAR_TRUNCATED,
        LINEAR_DATABAR_STACKED,
        LINEAR_DATABAR_STACKED_OMNI,
        LINEAR_DATABAR_LIMITED,
        LINEAR_DATABAR_EXPANDED,
        LINEAR_DATABAR_EXPANDED_STACKED,
        LINEAR_GS1_128,
    };
    struct symbol_store *s = &vp->symbol;
    const unsigned a = param(params, 1), b = param(params, 2) - (unsigned)FIRST;
    const struct slice data = slice_sub(params, HEAD, params.n);
    if (a == LINEAR && b < sizeof linears / sizeof *linears) {
        store_part(vp, &s->primary, data);
        s->linear = linears[b];
    } else if (a == COMPONENT && b < 2) {
        store_part(vp, &s->data, data);
        s->cc_c = b == 1;
    } else {
        paper_note(vp, "there is no such part of a composite; nothing is stored");
    }
}

void symbol_composite_font(struct virtual_printer *vp, struct slice params)
{
    const uint8_t n = param(params, 0);
    if (n && n != '0')
        paper_note(vp, "the text below a composite is not drawn");
}

/* QR models 1 and 2 are libqrencode's, everything else zint's. */
static bool is_qr(const struct virtual_printer *vp)
{
    return vp->symbol.family == FAMILY_QR && vp->set.qr_model != 51;
}

static struct code2d_wish wish_now(const struct virtual_printer *vp)
{
    struct code2d_wish wish = vp->set.family[vp->symbol.family].wish;
    if (vp->symbol.family == FAMILY_QR) /* level H has no micro form */
        wish.level = vp->set.qr_level < QR_H ? vp->set.qr_level + 1U : 3;
    wish.linear = vp->symbol.linear;
    wish.primary = buf_slice(&vp->symbol.primary);
    wish.cc_c = vp->symbol.cc_c;
    return wish;
}

static bool make(const struct virtual_printer *vp, const struct code2d_wish *wish,
                 struct bitmap *out, struct err *err)
{
    struct slice data = buf_slice(&vp->symbol.data);
    if (!is_qr(vp))
        return code2d_make(vp->symbol.kind, data, wish, out, err);
    return data.n <= MAX_QR_BYTES && qr_make(data, vp->set.qr_level, out, err);
}

static bool same_wish(const struct code2d_wish *a, const struct code2d_wish *b)
{
    return a->columns == b->columns && a->rows == b->rows && a->level == b->level &&
           a->layers == b->layers && a->compact == b->compact && a->truncated == b->truncated &&
           a->rectangle == b->rectangle && a->maxicode_mode == b->maxicode_mode;
}

static void failed(struct virtual_printer *vp, const char *why)
{
    vp->symbol_failures += vp->symbol_failures < MAX_SYMBOL_FAILURES;
    paper_note(vp, why);
}

static uint64_t area_of(const struct bitmap *b)
{
    return (uint64_t)b->width_dots * b->height_dots;
}

/* The symbol of the stored data, made once for as often as it is printed; false (and a note) when
 * there is none. */
static bool ready(struct virtual_printer *vp, enum family family)
{
    struct symbol_store *s = &vp->symbol;
    if (!s->data.n || s->family != family || (family == FAMILY_COMPOSITE && !s->primary.n)) {
        paper_note(vp, "no data is stored");
        return false;
    }
    struct code2d_wish wish = wish_now(vp);
    if (s->tried && (!same_wish(&wish, &s->wish) || s->qr != is_qr(vp)))
        forget(s);
    bool tired = vp->symbol_failures >= MAX_SYMBOL_FAILURES ||
                 (vp->page_mode && vp->page.work > MAX_PAGE_WORK);
    if (!s->tried && !tired) {
        struct err err;
        s->tried = true;
        s->wish = wish;
        s->qr = is_qr(vp);
        if (!make(vp, &wish, &s->made, &err))
            s->made = (struct bitmap){0};
        if (vp->page_mode && !page_may_work(vp, WORK_A_MODULE * area_of(&s->made)))
            forget(s);
    }
    if (s->made.p)
        return true;
    failed(vp, "the data fit into no symbol; nothing is printed");
    return false;
}

/* Which printers have the other families no source says: they are drawn by all. */
static bool has_family(struct virtual_printer *vp, enum family family)
{
    const bool lacks_qr = family == FAMILY_QR && !vp->profile->native_qr;
    const bool lacks_pdf417 = family == FAMILY_PDF417 && !vp->profile->native_pdf417;
    if (lacks_qr)
        paper_note(vp, "this printer has no QR code of its own; ignored");
    if (lacks_pdf417)
        paper_note(vp, "this printer has no PDF417 of its own; ignored");
    return !lacks_qr && !lacks_pdf417;
}

/* A composite's linear code stands before its component. */
static struct slice words_of(struct virtual_printer *vp)
{
    const struct symbol_store *s = &vp->symbol;
    struct buf both;
    buf_init(&both, 0);
    if (s->family == FAMILY_COMPOSITE) {
        buf_slice_append(&both, buf_slice(&s->primary));
        buf_byte(&both, '|');
    }
    buf_slice_append(&both, buf_slice(&s->data));
    const struct slice words = paper_words(vp, buf_slice(&both));
    buf_finish(&both);
    return words;
}

static void print_family(struct virtual_printer *vp, enum family family)
{
    if (!has_family(vp, family) || vp->paper_full || !ready(vp, family))
        return;
    const struct family_set *set = &vp->set.family[family];
    unsigned module = set->module_dots;
    if (vp->symbol.made.width_dots * module > line_room(vp)) {
        failed(vp, "the symbol is wider than the printing area; nothing is printed");
        return;
    }
    struct placed at = paper_place(vp, &vp->symbol.made, module, module * set->row_modules, true);
    struct virtual_mark *m = paper_mark_at(vp, is_qr(vp) ? VIRTUAL_QR : VIRTUAL_CODE2D, at);
    if (!m)
        return;
    m->a = module;
    m->symbology = is_qr(vp) ? 0 : vp->symbol.kind;
    m->text = words_of(vp);
}

void symbol_print(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    print_family(vp, family_of(vp));
}

/* ESC Z and GS Z of clones (Gprinter, Woosim and those made after them; @node-escpos/core prints
 * its QR codes so). No manual of ours has them: what the letters of a QR code mean is what that
 * program takes them for. */
void clone_symbol_kind(struct virtual_printer *vp, struct slice params)
{
    if (in_range(vp, param(params, 0), 0, 2))
        vp->set.clone_symbol = param(params, 0);
}

static enum qr_level level_named(uint8_t letter)
{
    static const char letters[] = "LMQH";
    const char *at = letter ? strchr(letters, letter) : NULL;
    return at ? (enum qr_level)(QR_L + (at - letters)) : QR_L;
}

/* m n k dL dH d…: a QR code of the level n (a letter) and k dots a module; the version m is the
 * least one that is taken for the smallest that fits. It is printed at once and not kept. */
void clone_symbol_print(struct virtual_printer *vp, struct slice params)
{
    enum { QR = 2, HEAD = 5 };
    const struct settings kept = vp->set;
    if (vp->set.clone_symbol != QR) {
        paper_note(vp, "only QR codes of this form are drawn");
        return;
    }
    if (in_range(vp, param(params, 2), 1, 16))
        vp->set.family[FAMILY_QR].module_dots = param(params, 2);
    vp->set.qr_level = level_named(param(params, 1));
    vp->set.qr_model = 50;
    store_as(vp, FAMILY_QR, slice_sub(params, HEAD, params.n), CODE2D_MICRO_QR);
    print_family(vp, FAMILY_QR);
    symbol_store_reset(&vp->symbol);
    vp->set = kept;
}

/* 37 id width 1F height 1F 31 1F s 00: size in dots, and whether it can be printed. The id of
 * DataBar (Citizen) is not verified; composites, Aztec and DataMatrix give none. */
void symbol_size(struct virtual_printer *vp, struct slice params)
{
    static const uint8_t ids[FAMILIES] = {
        [FAMILY_PDF417] = 0x2f,
        [FAMILY_QR] = 0x36,
        [FAMILY_MAXICODE] = 0x37,
        [FAMILY_DATABAR] = 0x4f,
    };
    (void)params;
    enum family family = family_of(vp);
    const struct family_set *set = &vp->set.family[family];
    if (!has_family(vp, family) || vp->profile->proof < PROOF_FENCE || vp->paper_full ||
        !ready(vp, family))
        return;
    if (!ids[family]) {
        paper_note(vp, "how this size is told is not known; no answer");
        return;
    }
    uint32_t width = vp->symbol.made.width_dots * set->module_dots;
    buf_printf(&vp->replies,
               "\x37%c%u\x1f%u\x1f"
               "1\x1f%c",
               ids[family], width,
               vp->symbol.made.height_dots * set->module_dots * set->row_modules,
               width > line_room(vp) ? '1' : '0');
    buf_byte(&vp->replies, 0);
}
