/* What the layout tells the encoder, written down: this program is the encoder. Documents come on
 * standard input, each after a line "COLUMNS BYTES"; a line a call goes out, a line "." ends each
 * document. What the lines hold stands in reference/compare.js, which reads them. */
#include "base/utf8.h"
#include "document/document.h"
#include "escpos/encoder.h"

#include <stdio.h>
#include <stdlib.h>

enum { HALF_CELL_DOTS = 6, DOCUMENT_BYTES = 16 << 20 };

struct escpos {
    struct buf row;
    unsigned height;
};

static struct escpos recorder;

bool escpos_create(struct escpos **out, const struct profile *profile, struct buf *bytes,
                   struct err *err)
{
    (void)profile;
    (void)bytes;
    (void)err;
    buf_init(&recorder.row, 0);
    recorder.height = 1;
    *out = &recorder;
    return true;
}

void escpos_destroy(struct escpos *e)
{
    buf_finish(&e->row);
}

/* The order of writing is the encoder's. */
void escpos_direction(struct escpos *e, char direction)
{
    (void)e;
    (void)direction;
}

void escpos_apart(struct escpos *e)
{
    (void)e;
}

/* A blank without ink is nothing, but as high as any letter. */
static bool has_ink(uint32_t cp, struct escpos_style style)
{
    return (cp != ' ' && cp != 0xA0) || (style.flags & (ESCPOS_UNDERLINE | ESCPOS_INVERT));
}

void escpos_text(struct escpos *e, unsigned x_dots, struct slice text, struct escpos_style style)
{
    uint32_t cp;
    bool shown = false;
    if (style.height > e->height && text.n)
        e->height = style.height;
    while (utf8_take(&text, &cp)) {
        const unsigned columns = utf8_width(cp);
        if (columns == 0) {
            if (shown)
                buf_printf(&e->row, "+%x", cp);
            continue;
        }
        shown = has_ink(cp, style);
        if (shown)
            buf_printf(&e->row, " %u:%u%u%u:%x", x_dots / HALF_CELL_DOTS, style.width, style.height,
                       style.flags, cp);
        x_dots += columns * style.width * 2 * HALF_CELL_DOTS;
    }
}

void escpos_line(struct escpos *e)
{
    printf("row %u%s\n", e->height, buf_cstr(&e->row));
    buf_reset(&e->row);
    e->height = 1;
}

void escpos_feed(struct escpos *e, unsigned dots)
{
    (void)e;
    printf("feed %u\n", dots);
}

void escpos_cut(struct escpos *e, bool last)
{
    (void)e;
    (void)last;
    printf("cut\n");
}

void escpos_drawer(struct escpos *e, unsigned pin)
{
    (void)e;
    (void)pin;
}

void escpos_explain(struct escpos *e, void (*told)(void *ctx, const struct escpos_run *run),
                    void *ctx)
{
    (void)e;
    (void)told;
    (void)ctx;
}

void escpos_use_fonts(struct escpos *e, struct fonts *fonts)
{
    (void)e;
    (void)fonts;
}

void escpos_use_text(struct escpos *e, struct slice text)
{
    (void)e;
    (void)text;
}

uint32_t escpos_boxed(const struct escpos *e)
{
    (void)e;
    return 0;
}

uint32_t escpos_lacking(const struct escpos *e)
{
    (void)e;
    return 0;
}

static void put_hex(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        printf("%02x", s.p[i]);
    printf("\n");
}

void escpos_raw(struct escpos *e, struct slice bytes)
{
    (void)e;
    printf("command ");
    put_hex(bytes);
}

void escpos_image(struct escpos *e, const struct bitmap *picture, unsigned x_dots)
{
    (void)e;
    printf("image %u %u %u ", x_dots, picture->width_dots, picture->height_dots);
    for (uint32_t y = 0; y < picture->height_dots; y++) {
        for (uint32_t x = 0; x < picture->width_dots; x++)
            putchar(bitmap_get(picture, x, y) ? '1' : '0');
    }
    printf("\n");
}

bool escpos_qr(struct escpos *e, struct slice data, enum qr_level level, unsigned module_dots,
               unsigned x_dots, struct err *err)
{
    (void)e;
    (void)err;
    printf("qrcode %c %u %u %u ", "lmqh"[level], module_dots, x_dots, qr_modules(data, level));
    put_hex(data);
    return true;
}

bool escpos_code_size(enum escpos_code code, struct slice data, struct escpos_code_look look,
                      uint32_t *width_dots, uint32_t *height_dots, struct err *err)
{
    (void)code;
    (void)data;
    (void)look;
    (void)width_dots;
    (void)height_dots;
    return FAIL(err, ERR_SYMBOL, "", "the reference has none of these");
}

uint8_t escpos_pdf417_columns(uint32_t modules)
{
    (void)modules;
    return 0;
}

bool escpos_code(struct escpos *e, enum escpos_code code, struct slice data,
                 struct escpos_code_look look, unsigned x_dots, struct err *err)
{
    (void)e;
    (void)x_dots;
    return escpos_code_size(code, data, look, NULL, NULL, err);
}

bool escpos_barcode(struct escpos *e, enum symbology symbology, struct slice data,
                    unsigned module_dots, unsigned height_dots, bool hri, unsigned x_dots,
                    struct err *err)
{
    static const char *const names[] = {"upca", "upce",    "ean13",  "ean8",   "code39",
                                        "itf",  "codabar", "code93", "code128"};
    static struct barcode barcode;
    (void)e;
    if (!barcode_make(symbology, data, &barcode, err))
        return false;
    printf("barcode %s %u %u %d %u", names[symbology], module_dots, height_dots, hri, x_dots);
    for (unsigned module = 2; module <= 4; module++)
        printf(" %u", (unsigned)barcode_width_dots(&barcode, module));
    printf(" ");
    put_hex(slice_str(barcode.text));
    return true;
}

/* --- */

static void warn(void *ctx, const struct err *err)
{
    (void)ctx;
    printf("left out %s\n", err_name(err->code));
}

/* A printer of so many columns and no other dots; font outlives it. */
static struct profile paper_of(unsigned columns, struct profile_font *font)
{
    struct profile p = *profile_find(SLICE_LITERAL("generic-80"));
    *font = p.fonts[0];
    font->columns = (uint8_t)columns;
    p.fonts = font;
    p.n_fonts = 1;
    p.width_dots = (uint16_t)(columns * font->width_dots);
    return p;
}

int main(void)
{
    static char big[1 << 16];
    struct buf document, bytes;
    unsigned columns;
    size_t n;
    setvbuf(stdout, big, _IOFBF, sizeof big);
    buf_init(&document, DOCUMENT_BYTES);
    buf_init(&bytes, 0);
    while (scanf("%u %zu", &columns, &n) == 2 && getchar() == '\n') {
        struct err err;
        buf_reset(&document);
        if (!buf_reserve(&document, n + 1) || fread(document.p, 1, n, stdin) != n)
            return EXIT_FAILURE;
        struct profile_font font;
        const struct profile profile = paper_of(columns, &font);
        const struct document_paper paper = {
            .profile = &profile, .allow_commands = true, .warn = warn};
        if (!document_print(slice_of(document.p, n), &paper, &bytes, &err))
            return EXIT_FAILURE;
        printf(".\n");
    }
    buf_finish(&document);
    buf_finish(&bytes);
    return EXIT_SUCCESS;
}
