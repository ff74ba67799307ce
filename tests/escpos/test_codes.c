/* Codes that the printer makes and codes that are sent as dots: the same paper, on the virtual
 * printer, and readable by a program that drew neither. */
#include "escpos/encoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "image/zxing_opinion.h"
#include "virtual/virtual.h"

enum way { AS_DOTS, BY_ITSELF, WAYS };

/* What came out on paper. */
struct printed {
    struct profile profile;
    struct escpos *e;
    struct virtual_printer *vp;
    struct buf bytes;
    struct escpos_run told; /* of the code printed last */
};

static void note(void *ctx, const struct escpos_run *run)
{
    ((struct printed *)ctx)->told = *run;
}

static void open_way(struct printed *p, enum way way)
{
    struct err err;
    p->profile = *profile_find(SLICE_LITERAL("generic-80"));
    p->profile.native_qr = p->profile.native_barcodes = p->profile.native_pdf417 =
        p->profile.native_aztec = p->profile.native_datamatrix = way == BY_ITSELF;
    buf_init(&p->bytes, 0);
    assert_true(escpos_create(&p->e, &p->profile, &p->bytes, &err));
    assert_true(virtual_create(&p->vp, &p->profile, &err));
    escpos_explain(p->e, note, p);
}

static void print_all(struct printed *p)
{
    virtual_feed(p->vp, buf_slice(&p->bytes));
    virtual_end(p->vp);
}

static void close_way(struct printed *p)
{
    escpos_destroy(p->e);
    virtual_destroy(p->vp);
    buf_finish(&p->bytes);
}

static void put_code(struct printed *p, enum escpos_code code, struct slice data,
                     struct escpos_code_look look, unsigned x_dots)
{
    struct err err;
    if (!escpos_code(p->e, code, data, look, x_dots, &err))
        fail_msg("code %u of %zu bytes: %s", code, data.n, err.arg[1]);
}

static bool same_dots(const struct bitmap *a, const struct bitmap *b)
{
    if (a->width_dots != b->width_dots || a->height_dots != b->height_dots)
        return false;
    for (uint32_t y = 0; y < a->height_dots; y++) {
        for (uint32_t x = 0; x < a->width_dots; x++) {
            if (bitmap_get(a, x, y) != bitmap_get(b, x, y))
                return false;
        }
    }
    return true;
}

/* Prints it both ways between two lines of text, and looks whether a dot differs. */
static void assert_same_paper(enum escpos_code code, struct slice data,
                              struct escpos_code_look look, unsigned x_dots)
{
    struct printed p[WAYS];
    for (enum way way = AS_DOTS; way < WAYS; way++) {
        open_way(&p[way], way);
        escpos_text(p[way].e, 0, SLICE_LITERAL("above"), escpos_plain);
        escpos_line(p[way].e);
        put_code(&p[way], code, data, look, x_dots);
        escpos_text(p[way].e, 0, SLICE_LITERAL("below"), escpos_plain);
        escpos_line(p[way].e);
        print_all(&p[way]);
    }
    if (!same_dots(virtual_paper(p[AS_DOTS].vp), virtual_paper(p[BY_ITSELF].vp)))
        fail_msg("code %u of %zu bytes, %u dots a module, at %u: not the same paper", code, data.n,
                 look.module_dots, x_dots);
    assert_true(p[BY_ITSELF].bytes.n < p[AS_DOTS].bytes.n);
    close_way(&p[AS_DOTS]);
    close_way(&p[BY_ITSELF]);
}

static void fill(uint8_t *out, size_t n)
{
    static const char letters[] = "Bonbon 0123456789 HTTPS://SHOP.EXAMPLE/ çaféșЖ";
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)letters[(i * 7 + n) % (sizeof letters - 1)];
}

static void both_ways_make_the_same_paper_whatever_the_length(void **state)
{
    (void)state;
    uint8_t data[160];
    for (unsigned code = ESCPOS_PDF417; code <= ESCPOS_AZTEC; code++) {
        for (size_t n = 1; n <= sizeof data; n += n < 70 ? 1 : 9) {
            fill(data, n);
            const struct escpos_code_look look = {.module_dots = 2};
            assert_same_paper(code, slice_of(data, n), look, 40);
        }
    }
}

static void both_ways_have_the_place_and_the_size_that_was_asked_for(void **state)
{
    (void)state;
    static const unsigned places[] = {0, 17, 200};
    static const struct slice data = SLICE("7KQ2M9XDPA4TY");
    for (unsigned code = ESCPOS_PDF417; code <= ESCPOS_AZTEC; code++) {
        for (uint8_t module = 2; module <= (code == ESCPOS_PDF417 ? 3 : 12); module++) {
            for (size_t i = 0; i < sizeof places / sizeof *places; i++)
                assert_same_paper(code, data, (struct escpos_code_look){.module_dots = module},
                                  places[i]);
        }
    }
}

static void a_pdf417_has_the_columns_that_it_is_told(void **state)
{
    (void)state;
    uint8_t data[60];
    uint32_t width, height;
    struct err err;
    fill(data, sizeof data);
    for (uint8_t columns = 1; columns <= 8; columns++) {
        const struct escpos_code_look look = {.module_dots = 2, .columns = columns};
        const struct slice text = slice_of(data, sizeof data);
        assert_true(escpos_code_size(ESCPOS_PDF417, text, look, &width, &height, &err));
        assert_int_equal(width, (17 * columns + 69) * 2);
        assert_int_equal(escpos_pdf417_columns(width / 2), columns);
        assert_int_equal(escpos_pdf417_columns(width / 2 - 1), columns - 1);
        assert_same_paper(ESCPOS_PDF417, text, look, 0);
    }
    /* One column of 90 rows, the most there are, has no room for so much. */
    uint8_t more[200];
    fill(more, sizeof more);
    assert_true(escpos_code_size(ESCPOS_PDF417, slice_of(more, sizeof more),
                                 (struct escpos_code_look){.module_dots = 2, .columns = 1}, &width,
                                 &height, &err));
    assert_true(width > (17 + 69) * 2);
    assert_int_equal(escpos_pdf417_columns(0), 0);
    assert_int_equal(escpos_pdf417_columns(10000), 30);
}

#define GK "\x1d(k"

static void expect_since(const struct printed *p, size_t start, struct slice want)
{
    const struct slice got = slice_sub(buf_slice(&p->bytes), start, p->bytes.n);
    for (size_t i = 0; i < got.n || i < want.n; i++) {
        if (i == got.n || i == want.n || got.p[i] != want.p[i])
            fail_msg("byte %zu of %zu: not as wanted (%zu)", i, got.n, want.n);
    }
}
#define EXPECT_SINCE(p, start, literal) expect_since((p), (start), SLICE_LITERAL(literal))

static void what_the_printer_knows_already_is_not_said_again(void **state)
{
    (void)state;
    const struct escpos_code_look look = {.module_dots = 3};
    struct printed p;
    open_way(&p, BY_ITSELF);
    size_t start = p.bytes.n;
    put_code(&p, ESCPOS_PDF417, SLICE_LITERAL("BON"), look, 0);
    EXPECT_SINCE(&p, start,
                 GK "\x03\0\x30\x41\x02"     /* columns */
                 GK "\x04\0\x30\x45\x30\x32" /* level 2 */
                 GK "\x03\0\x30\x43\x03"     /* dots a module */
                 GK "\x06\0\x30\x50\x30"
                    "BON" GK "\x03\0\x30\x51\x30");
    start = p.bytes.n;
    put_code(&p, ESCPOS_PDF417, SLICE_LITERAL("BIN"), look, 0);
    EXPECT_SINCE(&p, start,
                 GK "\x06\0\x30\x50\x30"
                    "BIN" GK "\x03\0\x30\x51\x30");
    start = p.bytes.n;
    put_code(&p, ESCPOS_AZTEC, SLICE_LITERAL("BON"), look, 0);
    EXPECT_SINCE(&p, start,
                 GK "\x04\0\x35\x42\x01\x01" /* compact, one layer */
                 GK "\x03\0\x35\x43\x03" GK "\x06\0\x35\x50\x30"
                    "BON" GK "\x03\0\x35\x51\x30");
    start = p.bytes.n;
    put_code(&p, ESCPOS_DATAMATRIX, SLICE_LITERAL("BON"), look, 0);
    EXPECT_SINCE(&p, start,
                 GK "\x03\0\x36\x43\x03" GK "\x06\0\x36\x50\x30"
                    "BON" GK "\x03\0\x36\x51\x30");
    close_way(&p);
}

/* What an owner's own command left behind. */
static void raw_bytes_change_no_code_that_follows(void **state)
{
    (void)state;
    static const struct slice raw =
        SLICE(GK "\x03\0\x30\x42\x1e" GK "\x03\0\x30\x44\x08" GK "\x03\0\x30\x46\x01" GK
                 "\x05\0\x36\x42\x01\x08\x12" GK "\x03\0\x35\x45\x5f" GK "\x04\0\x35\x42\0\x14");
    const struct escpos_code_look look = {.module_dots = 3};
    struct printed p[2];
    for (unsigned i = 0; i < 2; i++) {
        open_way(&p[i], BY_ITSELF);
        if (i == 1)
            escpos_raw(p[i].e, raw);
        for (unsigned code = ESCPOS_PDF417; code <= ESCPOS_AZTEC; code++)
            put_code(&p[i], code, SLICE_LITERAL("7KQ2M9XDPA4TY"), look, 30);
        print_all(&p[i]);
    }
    assert_true(same_dots(virtual_paper(p[0].vp), virtual_paper(p[1].vp)));
    close_way(&p[0]);
    close_way(&p[1]);
}

static void each_code_says_which_way_it_took(void **state)
{
    (void)state;
    static const struct slice data = SLICE("(01)09501101530003");
    const struct escpos_code_look look = {.module_dots = 2, .height_dots = 50};
    for (enum way way = AS_DOTS; way < WAYS; way++) {
        for (unsigned code = ESCPOS_PDF417; code <= ESCPOS_GS1_128; code++) {
            struct printed p;
            uint32_t width, height;
            struct err err;
            open_way(&p, way);
            const size_t start = p.bytes.n;
            assert_true(escpos_code_size(code, data, look, &width, &height, &err));
            put_code(&p, code, data, look, 24);
            assert_int_equal(p.told.way,
                             way == AS_DOTS ? ESCPOS_BY_DRAWN_CODE : ESCPOS_BY_OWN_CODE);
            assert_int_equal(p.told.x_dots, 24);
            assert_int_equal(p.told.width_dots, width);
            assert_int_equal(p.told.bytes, p.bytes.n - start);
            close_way(&p);
        }
    }
}

static void a_picture_says_how_it_went(void **state)
{
    (void)state;
    struct printed p;
    struct bitmap b;
    struct err err;
    char said[16];
    open_way(&p, AS_DOTS);
    assert_true(bitmap_init(&b, 40, 30, &err));
    bitmap_fill(&b, 0, 0, 40, 30);
    escpos_image(p.e, &b, 8);
    assert_int_equal(p.told.way, ESCPOS_BY_IMAGE);
    assert_int_equal(p.told.width_dots, 40);
    const struct profile_logo logo = {{'L', '1'}, bitmap_hash(&b)};
    p.profile.logos = &logo;
    p.profile.n_logos = 1;
    p.profile.nv = NV_GRAPHICS;
    escpos_image(p.e, &b, 8);
    assert_int_equal(p.told.way, ESCPOS_BY_KEY);
    slice_cstr(p.told.text, said, sizeof said);
    assert_string_equal(said, "L1");
    bitmap_finish(&b);
    close_way(&p);
}

/* --- GS1-128 --- */

static void read_paper(const struct printed *p, uint32_t width, uint32_t height, const char *format,
                       struct buf *out)
{
    const struct bitmap *paper = virtual_paper(p->vp);
    struct bitmap piece;
    struct err err;
    assert_true(bitmap_init(&piece, width, height, &err));
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            if (bitmap_get(paper, x + 40, y))
                bitmap_set(&piece, x, y);
        }
    }
    zxing_read(&piece, 1, 1, format, out);
    bitmap_finish(&piece);
}

static void what_either_way_printed_is_read_back(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    static const struct {
        enum escpos_code code;
        const char *format, *data, *read;
    } rows[] = {
        {ESCPOS_PDF417, "PDF417", "HTTPS://SHOP.EXAMPLE/V/7KQ2M9XDPA4TY", NULL},
        {ESCPOS_DATAMATRIX, "DataMatrix", "HTTPS://SHOP.EXAMPLE/V/7KQ2M9XDPA4TY", NULL},
        {ESCPOS_AZTEC, "Aztec", "HTTPS://SHOP.EXAMPLE/V/7KQ2M9XDPA4TY", NULL},
        {ESCPOS_GS1_128, "Code128", "(01)09501101530003(17)251231", "010950110153000317251231"},
        {ESCPOS_GS1_128, "Code128", "(10)AB{1(21)160401",
         "10AB\x1d"
         "21160401"},
        {ESCPOS_GS1_128, "Code128", "(00)345678901234567895", "00345678901234567895"},
    };
    const struct escpos_code_look look = {.module_dots = 2, .height_dots = 60};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (enum way way = AS_DOTS; way < WAYS; way++) {
            const char *want = rows[i].read ? rows[i].read : rows[i].data;
            struct printed p;
            struct buf read;
            uint32_t width, height;
            struct err err;
            const struct slice data = slice_str(rows[i].data);
            buf_init(&read, 0);
            open_way(&p, way);
            assert_true(escpos_code_size(rows[i].code, data, look, &width, &height, &err));
            put_code(&p, rows[i].code, data, look, 40);
            print_all(&p);
            assert_int_equal(virtual_paper(p.vp)->height_dots, height);
            read_paper(&p, width, height, rows[i].format, &read);
            if (!slice_is(buf_slice(&read), want))
                fail_msg("%s, way %u: zxing reads '%s'", rows[i].format, way, buf_cstr(&read));
            buf_finish(&read);
            close_way(&p);
        }
    }
}

static void the_text_of_a_gs1_128_has_its_brackets_either_way(void **state)
{
    (void)state;
    const struct escpos_code_look look = {.module_dots = 2, .height_dots = 60, .hri = true};
    for (enum way way = AS_DOTS; way < WAYS; way++) {
        struct printed p;
        struct buf text;
        buf_init(&text, 0);
        open_way(&p, way);
        put_code(&p, ESCPOS_GS1_128, SLICE_LITERAL("(01)0950110153000*"), look, 40);
        print_all(&p);
        virtual_text(p.vp, &text);
        assert_non_null(strstr(buf_cstr(&text), "(01)09501101530003\n"));
        buf_finish(&text);
        close_way(&p);
    }
}

static void a_code128_speaks_to_no_printer_in_real_time(void **state)
{
    (void)state;
    uint8_t out[3 * 64 + 4];
    static const char *const texts[] = {"160401",
                                        "99160502",
                                        "16200100",
                                        "1604160516200016",
                                        "\x1d"
                                        "160401",
                                        "16\x1d"
                                        "0401"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (unsigned gs1 = 0; gs1 < 2; gs1++) {
            const size_t n = escpos_code128(slice_str(texts[i]), gs1, out);
            for (size_t k = 0; k + 1 < n; k++)
                assert_false(out[k] == 0x10 &&
                             (out[k + 1] == 4 || out[k + 1] == 5 || out[k + 1] == 20));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_make_the_same_paper_whatever_the_length),
        cmocka_unit_test(both_ways_have_the_place_and_the_size_that_was_asked_for),
        cmocka_unit_test(a_pdf417_has_the_columns_that_it_is_told),
        cmocka_unit_test(what_the_printer_knows_already_is_not_said_again),
        cmocka_unit_test(raw_bytes_change_no_code_that_follows),
        cmocka_unit_test(each_code_says_which_way_it_took),
        cmocka_unit_test(a_picture_says_how_it_went),
        cmocka_unit_test(what_either_way_printed_is_read_back),
        cmocka_unit_test(the_text_of_a_gs1_128_has_its_brackets_either_way),
        cmocka_unit_test(a_code128_speaks_to_no_printer_in_real_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
