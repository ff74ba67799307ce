/* Symbols as they stand on the paper, read by programs that did not draw them. */
#include "rig.h"

#include "image/phone.h"
#include "image/symbol.h"
#include "image/zbar_opinion.h"
#include "image/zxing_opinion.h"

#define ESC "\x1b"
#define GS  "\x1d"

static void reads_on_paper(struct virtual_printer *vp, enum virtual_mark_kind kind,
                           const char *format, const char *want)
{
    struct virtual_mark m = rig_mark(vp, kind, 0);
    struct bitmap piece = rig_piece(vp, m.x_dots, m.y_dots, m.width_dots, m.height_dots);
    struct buf read;
    buf_init(&read, 0);
    zxing_read(&piece, 1, 1, format, &read);
    if (!slice_is(buf_slice(&read), want))
        fail_msg("%s: zxing reads '%s'", format, buf_cstr(&read));
    buf_finish(&read);
    bitmap_finish(&piece);
}

/* cn and fn of storing and printing */
#define STORE(cn, n, data) GS "(k" n "\x00" cn "\x50\x30" data
#define PRINT(cn)          GS "(k\x03\x00" cn "\x51\x30"

static void each_family_prints_what_was_stored(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    static const struct {
        struct slice bytes;
        const char *format, *text;
        unsigned module;
    } rows[] = {
        {SLICE(STORE("\x30", "\x0a", "PDF 417") PRINT("\x30")), "PDF417", "[PDF417 PDF 417]\n", 3},
        {SLICE(GS "(k\x03\x00\x30\x43\x02" GS
                  "(k\x03\x00\x30\x41\x03" STORE("\x30", "\x0a", "PDF 417") PRINT("\x30")),
         "PDF417", "[PDF417 PDF 417]\n", 2},
        {SLICE(STORE("\x35", "\x0a", "PDF 417") PRINT("\x35")), "Aztec", "[Aztec PDF 417]\n", 3},
        {SLICE(GS "(k\x03\x00\x35\x43\x05" GS
                  "(k\x04\x00\x35\x42\x01\x03" STORE("\x35", "\x0a", "PDF 417") PRINT("\x35")),
         "Aztec", "[Aztec PDF 417]\n", 5},
        {SLICE(STORE("\x36", "\x0a", "PDF 417") PRINT("\x36")), "DataMatrix",
         "[DataMatrix PDF 417]\n", 3},
        {SLICE(GS "(k\x03\x00\x36\x43\x08" GS
                  "(k\x05\x00\x36\x42\x01\x0c\x1a" STORE("\x36", "\x0a", "PDF 417") PRINT("\x36")),
         "DataMatrix", "[DataMatrix PDF 417]\n", 8},
        {SLICE(GS "(k\x03\x00\x32\x41\x34" STORE("\x32", "\x0a", "PDF 417") PRINT("\x32")),
         "MaxiCode", "[MaxiCode PDF 417]\n", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct virtual_printer *vp = rig_fed(EPSON, rows[i].bytes);
        rig_expect_text(vp, rows[i].text);
        assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 0);
        assert_int_equal(rig_mark(vp, VIRTUAL_CODE2D, 0).a, rows[i].module);
        reads_on_paper(vp, VIRTUAL_CODE2D, rows[i].format, "PDF 417");
        virtual_destroy(vp);
    }
}

static void pdf417_is_as_wide_and_high_as_it_was_told(void **state)
{
    (void)state;
    /* 4 columns, modules of 2 dots, rows of 5 modules, 12 rows, level 3 */
    struct virtual_printer *vp =
        RIG(EPSON, GS "(k\x03\x00\x30\x41\x04" GS "(k\x03\x00\x30\x42\x0c" GS
                      "(k\x03\x00\x30\x43\x02" GS "(k\x03\x00\x30\x44\x05" GS
                      "(k\x04\x00\x30\x45\x30\x33" STORE("\x30", "\x08", "Hello") PRINT("\x30") GS
            "(k\x03\x00\x30\x52\x30");
    struct virtual_mark m = rig_mark(vp, VIRTUAL_CODE2D, 0);
    assert_int_equal(m.width_dots, (17 * (4 + 4) + 1) * 2);
    assert_int_equal(m.height_dots, 12 * 5 * 2);
    EXPECT_REPLY(vp, "\x37\x2f"
                     "274\x1f"
                     "120\x1f"
                     "1\x1f"
                     "0\x00");
    virtual_destroy(vp);
}

static void a_micro_qr_code_is_drawn_when_asked_for(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, GS "(k\x04\x00\x31\x41\x33\x00" STORE("\x31", "\x07", "1234") PRINT("\x31"));
    assert_int_equal(rig_mark(vp, VIRTUAL_CODE2D, 0).width_dots, 11 * 3);
    rig_expect_text(vp, "[Micro QR 1234]\n");
    virtual_destroy(vp);
}

static void there_is_one_store_for_all_families(void **state)
{
    (void)state;
    struct virtual_printer *vp = RIG(EPSON, STORE("\x30", "\x04", "A") STORE("\x36", "\x04", "B")
                                                PRINT("\x30") PRINT("\x36"));
    assert_int_equal(rig_marks(vp, VIRTUAL_CODE2D), 1);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    rig_expect_text(vp, "[DataMatrix B]\n");
    virtual_destroy(vp);
}

static void stacked_databar_has_its_rows(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    struct virtual_printer *vp =
        RIG(EPSON, GS "(k\x03\x00\x33\x43\x03" GS "(k\x11\x00\x33\x50\x30\x48"
                      "0950110153000" PRINT("\x33"));
    struct virtual_mark m = rig_mark(vp, VIRTUAL_CODE2D, 0);
    assert_int_equal(m.width_dots, 50 * 3);
    assert_int_equal(m.height_dots, (5 + 1 + 7) * 3); /* ISO/IEC 24724, 5.2.2 */
    rig_expect_text(vp, "[GS1 DataBar Stacked 0950110153000]\n");
    virtual_destroy(vp);
}

#define COMPOSITE_BARS                                                                             \
    GS "(k\x11\x00\x34\x50\x30\x30\x42"                                                            \
       "590123412345"
#define COMPOSITE_COMPONENT                                                                        \
    GS "(k\x0b\x00\x34\x50\x30\x31\x41"                                                            \
       "(21)A1"

static void a_composite_is_its_bars_with_the_component_above(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    struct virtual_printer *vp = RIG(EPSON, COMPOSITE_BARS PRINT("\x34") COMPOSITE_COMPONENT PRINT(
                                                "\x34") GS "(k\x03\x00\x34\x43\x03" PRINT("\x34"));
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1); /* the bars alone are no composite */
    assert_int_equal(rig_marks(vp, VIRTUAL_CODE2D), 2);
    struct virtual_mark two = rig_mark(vp, VIRTUAL_CODE2D, 0),
                        three = rig_mark(vp, VIRTUAL_CODE2D, 1);
    assert_int_equal(two.width_dots / 2, three.width_dots / 3);
    assert_true(slice_is(two.text, "590123412345|(21)A1"));
    reads_on_paper(vp, VIRTUAL_CODE2D, "EAN-13", "5901234123457");
    rig_expect_text(vp,
                    "[GS1 Composite 590123412345|(21)A1]\n[GS1 Composite 590123412345|(21)A1]\n");
    virtual_destroy(vp);
    static const struct {
        uint8_t b;
        const char *data, *format, *read;
    } rows[] = {
        {65, "9638507", "EAN-8", "96385074"},
        {67, "12345678901", "UPC-A", "123456789012"},
        {68, "123455", "UPC-E", "01234558"},
        {69, "01234500005", "UPC-E", "01234558"},
        {70, "0950110153000", "DataBar", "109501101530002"}, /* with the linkage flag */
        {75, "(10)AB", "DataBarExpanded", "(10)AB"},
        {77, "(10)AB", "Code128", "10AB"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const uint8_t n = (uint8_t)strlen(rows[i].data);
        const uint8_t head[] = {0x1d, '(', 'k', (uint8_t)(n + 5), 0, '4', 'P', '0', '0', rows[i].b};
        vp = rig_fed(EPSON, slice_of(head, sizeof head));
        virtual_feed(vp, slice_str(rows[i].data));
        FEED(vp, COMPOSITE_COMPONENT PRINT("\x34"));
        reads_on_paper(vp, VIRTUAL_CODE2D, rows[i].format, rows[i].read);
        virtual_destroy(vp);
    }
    /* in the other order, and nothing after ESC @ */
    vp = RIG(EPSON, COMPOSITE_COMPONENT COMPOSITE_BARS PRINT("\x34") ESC "@" PRINT("\x34"));
    assert_int_equal(rig_marks(vp, VIRTUAL_CODE2D), 1);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    virtual_destroy(vp);
}

/* As @node-escpos/core sends it: version 1, level M, six dots a module. */
static void a_qr_code_of_clones_is_printed_at_once(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    struct virtual_printer *vp = RIG(EPSON, GS "Z\x02" ESC "Z\x01M\x06\x0a\x00"
                                               "7KQ2M9XDPA" PRINT("\x31"));
    assert_int_equal(rig_mark(vp, VIRTUAL_QR, 0).width_dots, 21 * 6);
    reads_on_paper(vp, VIRTUAL_QR, "QRCode", "7KQ2M9XDPA");
    assert_int_equal(rig_marks(vp, VIRTUAL_QR), 1);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1); /* it is not kept */
    virtual_destroy(vp);
    vp = RIG(EPSON, GS "Z\x00" ESC "Z\x01M\x06\x01\x00"
                       "7");
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 1);
    assert_int_equal(rig_height(vp), 0);
    virtual_destroy(vp);
}

static void bars_of_gs1_are_read_back(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    static const struct {
        struct slice bytes;
        const char *format, *read, *text;
    } rows[] = {
        {SLICE(GS "w\x02" GS "kJ\x1a"
                  "(01)0950110153000*(10)AB12"),
         "Code128", "010950110153000310AB12", "[GS1-128 (01)09501101530003(10)AB12]\n"},
        {SLICE(GS "kK\x0d"
                  "0950110153000"),
         "DataBar", "09501101530003", "[GS1 DataBar (01)09501101530003]\n"},
        {SLICE(GS "kL\x0d"
                  "0950110153000"),
         "DataBar", "09501101530003", "[GS1 DataBar Truncated (01)09501101530003]\n"},
        {SLICE(GS "kN\x08"
                  "10ABC123"),
         "DataBarExpanded", "(10)ABC123", "[GS1 DataBar Expanded 10ABC123]\n"},
        {SLICE(GS "kO\x08"
                  "AB{12345"),
         "Code128", "AB{12345", "[CODE128 AB{12345]\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct virtual_printer *vp = rig_fed(EPSON, rows[i].bytes);
        rig_expect_text(vp, rows[i].text);
        reads_on_paper(vp, VIRTUAL_BARCODE, rows[i].format, rows[i].read);
        virtual_destroy(vp);
    }
    struct virtual_printer *vp = RIG(EPSON, GS "kM\x0d"
                                               "1501234567890");
    rig_expect_text(vp, "[GS1 DataBar Limited (01)15012345678907]\n");
    virtual_destroy(vp);
}

static void databar_is_read_by_zbar_too(void **state)
{
    (void)state;
    if (!zbar_is_there())
        skip();
    static const struct {
        struct slice bytes;
        const char *kind, *read;
    } rows[] = {
        {SLICE(GS "kK\x0d"
                  "0950110153000"),
         "databar", "0109501101530003"},
        {SLICE(GS "kN\x08"
                  "10ABC123"),
         "databar-exp", "10ABC123"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct virtual_printer *vp = rig_fed(EPSON, rows[i].bytes);
        struct buf read;
        buf_init(&read, 0);
        zbar_read(virtual_paper(vp), 1, rows[i].kind, &read);
        assert_string_equal(buf_cstr(&read), rows[i].read);
        buf_finish(&read);
        virtual_destroy(vp);
    }
}

/* GS w, then GS k m with its data; m 65 to 79. */
static struct virtual_printer *bars_of(unsigned module, unsigned m, const char *data)
{
    struct virtual_printer *vp = rig_printer(EPSON);
    const uint8_t head[] = {0x1d, 'w',        (uint8_t)module,      0x1d, 'h', 60, 0x1d,
                            'k',  (uint8_t)m, (uint8_t)strlen(data)};
    virtual_feed(vp, slice_of(head, sizeof head));
    virtual_feed(vp, slice_str(data));
    return vp;
}

static void every_bar_code_is_read_at_every_module_size(void **state)
{
    (void)state;
    if (!zxing_is_there())
        skip();
    static const struct {
        unsigned m;
        const char *data, *format, *read;
    } rows[] = {
        {65, "03600029145", "UPC-A", "036000291452"},
        {66, "01234500006", "UPC-E", "01234565"},
        {67, "400638133393", "EAN-13", "4006381333931"},
        {68, "9638507", "EAN-8", "96385074"},
        {69, "K9", "Code39", "K9"},
        {70, "123456", "ITF", "123456"},
        {71, "A1234B", "Codabar", "1234"},
        {72, "K9", "Code93", "K9"},
        {73, "{BK9", "Code128", "K9"},
        {74, "(10)K9", "Code128", "10K9"},
        {75, "0950110153000", "DataBar", "09501101530003"},
        {76, "0950110153000", "DataBar", "09501101530003"},
        {79, "K9", "Code128", "K9"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (unsigned module = 2; module <= 6; module++) {
            struct virtual_printer *vp = bars_of(module, rows[i].m, rows[i].data);
            if (rig_marks(vp, VIRTUAL_NOTE)) /* too wide for the paper: EAN-13, UPC-A, DataBar */
                assert_true(module == 6 && rig_marks(vp, VIRTUAL_BARCODE) == 0);
            else
                reads_on_paper(vp, VIRTUAL_BARCODE, rows[i].format, rows[i].read);
            virtual_destroy(vp);
        }
    }
}

static void a_qr_code_is_read_at_every_module_size(void **state)
{
    (void)state;
    if (!zbar_is_there() || !zxing_is_there())
        skip();
    struct buf read;
    buf_init(&read, 0);
    for (unsigned module = 1; module <= 16; module++) {
        struct virtual_printer *vp = rig_printer(EPSON);
        const uint8_t size[] = {0x1d, '(', 'k', 3, 0, 0x31, 0x43, (uint8_t)module};
        virtual_feed(vp, slice_of(size, sizeof size));
        FEED(vp, STORE("\x31", "\x0d", "7KQ2M9XDPA") PRINT("\x31"));
        assert_int_equal(rig_mark(vp, VIRTUAL_QR, 0).width_dots, 21 * module);
        reads_on_paper(vp, VIRTUAL_QR, "QRCode", "7KQ2M9XDPA");
        struct virtual_mark m = rig_mark(vp, VIRTUAL_QR, 0);
        struct bitmap piece = rig_piece(vp, m.x_dots, m.y_dots, m.width_dots, m.height_dots);
        zbar_read(&piece, module < 3 ? 3 : 1, "qrcode", &read); /* zbar wants three dots a module */
        assert_string_equal(buf_cstr(&read), "7KQ2M9XDPA");
        bitmap_finish(&piece);
        virtual_destroy(vp);
    }
    buf_finish(&read);
}

static void phone_sees(const struct virtual_printer *vp, struct virtual_mark m, const char *kind,
                       const char *want)
{
    static const unsigned tenths[] = {13, 17, 23};
    struct bitmap piece = rig_piece(vp, m.x_dots, m.y_dots, m.width_dots, m.height_dots);
    struct buf read;
    buf_init(&read, 0);
    for (size_t i = 0; i < sizeof tenths / sizeof *tenths; i++) {
        phone_read(&piece, tenths[i], kind, &read);
        if (!slice_is(buf_slice(&read), want))
            fail_msg("%s of %u dots a module at %u tenths: '%s'", kind, m.a, tenths[i],
                     read.n ? buf_cstr(&read) : "");
    }
    buf_finish(&read);
    bitmap_finish(&piece);
}

/* Five dots a module is what vouchers are printed with, four the least (design.md 5.5). */
static void a_phone_reads_codes_that_it_sees_blurred(void **state)
{
    (void)state;
    if (!zbar_is_there())
        skip();
    for (unsigned module = 4; module <= 8; module += 2) {
        struct virtual_printer *vp = rig_printer(EPSON);
        const uint8_t size[] = {0x1d, '(', 'k', 3, 0, 0x31, 0x43, (uint8_t)module};
        virtual_feed(vp, slice_of(size, sizeof size));
        FEED(vp, STORE("\x31", "\x0d", "7KQ2M9XDPA") PRINT("\x31"));
        phone_sees(vp, rig_mark(vp, VIRTUAL_QR, 0), "qrcode", "7KQ2M9XDPA");
        virtual_destroy(vp);
    }
    for (unsigned module = 3; module <= 4; module++) {
        struct virtual_printer *vp = bars_of(module, 67, "400638133393");
        phone_sees(vp, rig_mark(vp, VIRTUAL_BARCODE, 0), "ean13", "4006381333931");
        virtual_destroy(vp);
        vp = bars_of(module, 73, "{BT-0047");
        phone_sees(vp, rig_mark(vp, VIRTUAL_BARCODE, 0), "code128", "T-0047");
        virtual_destroy(vp);
    }
}

static void a_symbol_that_cannot_be_is_said_and_takes_no_paper(void **state)
{
    (void)state;
    struct virtual_printer *vp =
        RIG(EPSON, PRINT("\x30") STORE("\x32", "\x04", "A") GS
            "(k\x03\x00\x32\x41\x40" GS "(k\x03\x00\x36\x43\x01" STORE("\x35", "\x04", "A") GS
            "(k\x04\x00\x35\x42\x00\x40" GS "W\x08\x00" PRINT("\x35"));
    assert_int_equal(rig_marks(vp, VIRTUAL_CODE2D), 0);
    assert_int_equal(rig_marks(vp, VIRTUAL_NOTE), 5);
    assert_int_equal(rig_height(vp), 0);
    virtual_destroy(vp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_family_prints_what_was_stored),
        cmocka_unit_test(pdf417_is_as_wide_and_high_as_it_was_told),
        cmocka_unit_test(a_micro_qr_code_is_drawn_when_asked_for),
        cmocka_unit_test(there_is_one_store_for_all_families),
        cmocka_unit_test(stacked_databar_has_its_rows),
        cmocka_unit_test(a_composite_is_its_bars_with_the_component_above),
        cmocka_unit_test(a_qr_code_of_clones_is_printed_at_once),
        cmocka_unit_test(bars_of_gs1_are_read_back),
        cmocka_unit_test(databar_is_read_by_zbar_too),
        cmocka_unit_test(every_bar_code_is_read_at_every_module_size),
        cmocka_unit_test(a_qr_code_is_read_at_every_module_size),
        cmocka_unit_test(a_phone_reads_codes_that_it_sees_blurred),
        cmocka_unit_test(a_symbol_that_cannot_be_is_said_and_takes_no_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
