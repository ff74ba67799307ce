/* Calls to bytes, byte for byte; what the bytes print is tested with documents, on the virtual
 * printer. */
#include "escpos/encoder.h"
#include "escpos/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/utf8.h"
#include "image/face.h"

/* An encoder whose first bytes are gone: what begins a job is the same for all. */
struct rig {
    struct escpos *e;
    struct buf out;
    size_t start;
};

static void open_rig(struct rig *r, const struct profile *profile)
{
    struct err err;
    assert_non_null(profile);
    buf_init(&r->out, 0);
    assert_true(escpos_create(&r->e, profile, &r->out, &err));
    r->start = r->out.n;
}

static void close_rig(struct rig *r)
{
    escpos_destroy(r->e);
    buf_finish(&r->out);
}

static const struct profile *named(const char *name)
{
    return profile_find(slice_str(name));
}

static void print_hex(const char *what, struct slice s)
{
    print_error("%s:", what);
    for (size_t i = 0; i < s.n; i++)
        print_error(" %02x", s.p[i]);
    print_error("\n");
}

/* What was written since the last look. */
#define EXPECT(r, literal) expect((r), SLICE_LITERAL(literal), __LINE__)
static void expect(struct rig *r, struct slice expected, int line)
{
    const struct slice got = slice_sub(buf_slice(&r->out), r->start, r->out.n);
    r->start = r->out.n;
    if (!slice_equal(got, expected)) {
        print_hex("expected", expected);
        print_hex("got", got);
        fail_msg("line %d", line);
    }
}

#define TEXT(r, x, s) escpos_text((r)->e, (x), slice_str(s), escpos_plain)
#define STYLED(r, x, s, ...)                                                                       \
    escpos_text((r)->e, (x), slice_str(s), (struct escpos_style){__VA_ARGS__})

static void a_job_begins_in_a_known_state(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("epson-tm-t20iii"));
    r.start = 0;
    /* Initialise, USA, page 0, 24 dots a line in half dots. */
    EXPECT(&r, "\x1b@\x1bR\0\x1bt\0\x1b"
               "3\x30");
    close_rig(&r);
    open_rig(&r, named("generic-80"));
    r.start = 0;
    /* Out of double-byte mode first; 24 whole dots. */
    EXPECT(&r, "\x1b@\x1c.\x1bR\0\x1bt\0\x1b"
               "3\x18");
    close_rig(&r);
    open_rig(&r, named("star-line"));
    assert_non_null(memmem(r.out.p, r.out.n, "\x1b\x1dt\x01", 4));
    close_rig(&r);
}

static void a_line_is_its_text_and_a_line_feed(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("generic-80"));
    TEXT(&r, 0, "Coffee");
    escpos_line(r.e);
    escpos_line(r.e);
    EXPECT(&r, "Coffee\n\n");
    close_rig(&r);
}

static void gaps_are_blanks_or_a_position_whichever_is_shorter(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("generic-80"));
    TEXT(&r, 0, "a");
    TEXT(&r, 5 * 12, "b");  /* four cells: blanks */
    TEXT(&r, 11 * 12, "c"); /* five: ESC $ */
    escpos_line(r.e);
    EXPECT(&r, "a    b\x1b$\x84\0c\n");
    TEXT(&r, 6, "x"); /* half a cell has no blank */
    escpos_line(r.e);
    EXPECT(&r, "\x1b$\x06\0x\n");
    /* A blank is as wide as the size says. */
    STYLED(&r, 24, "w", 2, 1, 0);
    STYLED(&r, 72, "w", 2, 1, 0);
    escpos_line(r.e);
    EXPECT(&r, "\x1d!\x10 w w\n");
    /* Blanks would be underlined. */
    STYLED(&r, 0, "u", 1, 1, ESCPOS_UNDERLINE);
    STYLED(&r, 24, "u", 1, 1, ESCPOS_UNDERLINE);
    escpos_line(r.e);
    EXPECT(&r, "\x1b!\x80u\x1b$\x18\0u\n");
    close_rig(&r);
}

static void a_style_is_said_when_it_changes(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("generic-80"));
    STYLED(&r, 0, "A", 1, 1, ESCPOS_BOLD);
    STYLED(&r, 12, "B", 1, 1, ESCPOS_BOLD);
    escpos_line(r.e);
    STYLED(&r, 0, "C", 1, 1, ESCPOS_BOLD);
    escpos_line(r.e);
    TEXT(&r, 0, "d");
    escpos_line(r.e);
    EXPECT(&r, "\x1b"
               "E\1AB\nC\n\x1b"
               "E\0d\n");
    STYLED(&r, 0, "E", 3, 3, ESCPOS_INVERT);
    escpos_line(r.e);
    EXPECT(&r, "\x1d"
               "B\1\x1d!\x22"
               "E\n");
    /* Size and emphasis and underline at once: ESC !. */
    STYLED(&r, 0, "F", 2, 2, ESCPOS_BOLD | ESCPOS_UNDERLINE);
    escpos_line(r.e);
    EXPECT(&r, "\x1d"
               "B\0\x1b!\xb8"
               "F\n");
    close_rig(&r);
}

static void what_passes_the_edge_is_dropped(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("generic-58"));
    TEXT(&r, 30 * 12, "abcdef");
    TEXT(&r, 40 * 12, "gone");
    escpos_line(r.e);
    EXPECT(&r, "\x1b$\x68\1ab\n");
    TEXT(&r, 31 * 12, "яя");
    escpos_line(r.e);
    EXPECT(&r, "\x1b$\x74\1\x1bt\x11\xef\n");
    close_rig(&r);
}

static void no_byte_of_a_text_is_a_command(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("generic-80"));
    for (unsigned c = 0; c < 0x20; c++) {
        const uint8_t text[] = {'a', (uint8_t)c, 0x7F, 'b'};
        escpos_text(r.e, 0, slice_of(text, sizeof text), escpos_plain);
        escpos_line(r.e);
        EXPECT(&r, "a  b\n");
    }
    /* Nor where another rung is taken, nor in longer texts. */
    TEXT(&r, 0, "abcdefgh\x1b@ă\x10\x04\x01");
    escpos_line(r.e);
    EXPECT(&r, "abcdefgh @\x1bt\x12\xc7   \n");
    close_rig(&r);
}

static void the_page_that_reaches_farthest_is_taken(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("epson-tm-t20iii"));
    /* 437 has é, and keeps it. */
    TEXT(&r, 0, "é");
    escpos_line(r.e);
    EXPECT(&r, "\x82\n");
    /* Russian: 866, said once. */
    TEXT(&r, 0, "Чек");
    TEXT(&r, 120, "Ёж");
    escpos_line(r.e);
    TEXT(&r, 0, "да");
    escpos_line(r.e);
    EXPECT(&r, "\x1bt\x11\x97\xa5\xaa\x1b$\x78\0\xf0\xa6\n\xa4\xa0\n");
    close_rig(&r);
    /* 866 has the first word, 1251 both: one switch, not two. */
    open_rig(&r, named("epson-tm-t20iii"));
    TEXT(&r, 0, "Їжак ґанок");
    escpos_line(r.e);
    EXPECT(&r, "\x1bt\x2e\xaf\xe6\xe0\xea \xb4\xe0\xed\xee\xea\n");
    close_rig(&r);
}

/* The slot that the last ESC t of a line said. */
static unsigned said_slot(const struct profile *profile, struct slice line, unsigned slot)
{
    for (size_t i = 0; i + 2 < line.n; i++) {
        if (line.p[i] != 0x1b || line.p[i + 1] != 't')
            continue;
        for (slot = 0; profile->slots[slot].n != line.p[i + 2]; slot++)
            ;
        i += 2;
    }
    return slot;
}

/* Some page of the profile prints cp by itself. Not so letters that join: they are text as words.
 */
static bool is_on_a_page(const struct profile *profile, uint32_t cp)
{
    uint8_t byte;
    bool joins = (cp >= 0x620 && cp < 0x660) || (cp >= 0x66E && cp < 0x900);
    for (size_t i = 0; !joins && i < profile->n_slots; i++) {
        if (code_page_byte(profile->slots[i].page, cp, &byte))
            return true;
    }
    return false;
}

static void every_letter_of_every_page_is_printed_as_its_own_byte(void **state)
{
    (void)state;
    struct rig r;
    const struct profile *profile = named("epson-tm-t20iii");
    open_rig(&r, profile);
    unsigned slot = 0, letters = 0;
    for (uint32_t cp = 0xA1; cp < 0x2580; cp++) {
        uint8_t text[12], n = 0;
        if (!is_on_a_page(profile, cp) || utf8_width(cp) != 1)
            continue;
        for (unsigned i = 0; i < 3; i++)
            n = (uint8_t)(n + utf8_put(cp, text + n));
        escpos_text(r.e, 0, slice_of(text, n), escpos_plain);
        escpos_line(r.e);
        const struct slice line = slice_sub(buf_slice(&r.out), r.start, r.out.n);
        slot = said_slot(profile, line, slot);
        r.start = r.out.n;
        assert_true(line.n == 4 || line.n == 7);
        for (size_t i = line.n - 4; i < line.n - 1; i++)
            assert_int_equal(code_page_char(profile->slots[slot].page, line.p[i]), cp);
        letters++;
    }
    assert_true(letters > 500);
    close_rig(&r);
}

static void a_letter_that_is_cut_short_takes_nothing_with_it(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("epson-tm-t20iii"));
    TEXT(&r, 0, "да");
    escpos_line(r.e);
    r.start = r.out.n;
    TEXT(&r, 0,
         "да\xD0"
         "A");
    escpos_line(r.e);
    const struct slice line = slice_sub(buf_slice(&r.out), r.start, r.out.n);
    assert_int_equal(line.p[0], 0xa4);
    assert_int_equal(line.p[1], 0xa0);
    assert_int_equal(line.p[line.n - 2], 'A');
    close_rig(&r);
}

static void a_look_alike_comes_after_every_page(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("generic-80"));
    /* ș is on no page; ş of 852 stands for it, with the ă beside it. */
    TEXT(&r, 0, "așă");
    escpos_line(r.e);
    EXPECT(&r, "a\x1bt\x12\xad\xc7\n");
    /* A dash that no DOS page has is on 1252. */
    TEXT(&r, 0, "–");
    escpos_line(r.e);
    EXPECT(&r, "\x1bt\x10\x96\n");
    /* An unbreakable blank is a blank where it is on no page. */
    TEXT(&r, 0,
         "1\xe2\x80\xaf"
         "000");
    escpos_line(r.e);
    assert_null(memmem(r.out.p + r.start, r.out.n - r.start, "\x1b*", 2));
    close_rig(&r);
}

static void what_no_page_has_is_drawn_in_its_cell(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("generic-80"));
    assert_false(is_on_a_page(named("generic-80"), 0x20B4)); /* ₴ */
    assert_true(is_on_a_page(named("generic-80"), 0x20AC));  /* € */
    TEXT(&r, 0, "5 ₴!");
    escpos_line(r.e);
    const uint8_t *p = r.out.p + r.start;
    assert_int_equal(r.out.n - r.start, 2 + 5 + 36 + 2);
    assert_memory_equal(p, "5 \x1b*\x21\x0c\0", 7);
    assert_memory_equal(p + 7 + 36, "!\n", 2);
    const uint16_t *glyph = face_glyph(FACE_12X24, 0x20B4);
    assert_non_null(glyph);
    for (unsigned x = 0; x < 12; x++) {
        for (unsigned y = 0; y < 24; y++)
            assert_int_equal(p[7 + x * 3 + y / 8] >> (7 - y % 8) & 1, glyph[y] >> (15 - x) & 1);
    }
    /* Wide characters take two cells, doubled ones twice as many columns, and never a question
     * mark. */
    r.start = r.out.n;
    STYLED(&r, 0, "字", 2, 1, 0);
    escpos_line(r.e);
    assert_memory_equal(r.out.p + r.start, "\x1d!\x10\x1b*\x21\x30\0", 8);
    assert_int_equal(r.out.n - r.start, 3 + 5 + 3 * 48 + 1);
    assert_null(memchr(r.out.p + r.start, '?', 8)); /* behind it are dots, and the line's end */
    assert_int_equal(r.out.p[r.out.n - 1], '\n');
    close_rig(&r);
}

static void a_tall_line_with_dots_is_a_picture(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("generic-80"));
    STYLED(&r, 0, "5 ₴", 2, 2, 0);
    escpos_line(r.e);
    assert_non_null(memmem(r.out.p + r.start, r.out.n - r.start, "\x1dv0", 3));
    assert_null(memmem(r.out.p + r.start, r.out.n - r.start, "\x1b*", 2));
    close_rig(&r);
}

static void feeds_count_as_the_printer_does(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("epson-tm-t20iii"));
    escpos_feed(r.e, 10);
    escpos_feed(r.e, 0);
    escpos_feed(r.e, 130);
    EXPECT(&r, "\x1bJ\x14\x1bJ\xfe\x1bJ\x06");
    close_rig(&r);
    open_rig(&r, named("generic-80"));
    escpos_feed(r.e, 10);
    EXPECT(&r, "\x1bJ\x0a");
    close_rig(&r);
}

static void cuts_and_drawers_are_the_profiles(void **state)
{
    (void)state;
    struct rig r;
    struct profile bare = *named("generic-80");
    open_rig(&r, &bare);
    escpos_cut(r.e, true);
    escpos_drawer(r.e, 2);
    escpos_drawer(r.e, 5);
    EXPECT(&r, "\x1dV\x42\0\x1bp\0\x19\xfa\x1bp\1\x19\xfa");
    bare.cut = CUT_NONE;
    bare.drawer = false;
    bare.width_dots = 72;
    escpos_cut(r.e, false);
    escpos_drawer(r.e, 2);
    EXPECT(&r, "- - -\n");
    bare.cut_feed_dots = 7;
    escpos_cut(r.e, true);
    EXPECT(&r, "- - -\n\x1bJ\7");
    close_rig(&r);
}

static struct bitmap picture(uint32_t w, uint32_t h)
{
    struct bitmap b;
    struct err err;
    assert_true(bitmap_init(&b, w, h, &err));
    return b;
}

static void a_picture_is_bands_of_what_is_in_it(void **state)
{
    (void)state;
    struct rig r;
    struct profile p = *named("generic-80");
    p.raster_rows = 4;
    open_rig(&r, &p);
    struct bitmap b = picture(16, 26);
    /* Two blank rows, six of black in two bands, fifteen blank ones, one dot, two blank ones. */
    bitmap_fill(&b, 0, 2, 8, 6);
    bitmap_set(&b, 15, 23);
    escpos_image(r.e, &b, 0);
    EXPECT(&r, "\x1bJ\2"
               "\x1dv0\0\1\0\4\0\xff\xff\xff\xff"
               "\x1dv0\0\1\0\2\0\xff\xff"
               "\x1bJ\x0f"
               "\x1dv0\0\2\0\1\0\0\1"
               "\x1bJ\2");
    bitmap_finish(&b);
    /* In the middle: aligned by the printer, not by blank bytes. */
    b = picture(8, 1);
    bitmap_fill(&b, 0, 0, 8, 1);
    escpos_image(r.e, &b, (576 - 8) / 2);
    EXPECT(&r, "\x1b"
               "a\1\x1dv0\0\1\0\1\0\xff");
    /* A line of text is never centred by what a picture left behind. */
    TEXT(&r, 0, "x");
    escpos_line(r.e);
    EXPECT(&r, "\x1b"
               "a\0x\n");
    /* At the right, and off the grid of bytes. */
    escpos_image(r.e, &b, 576 - 8);
    EXPECT(&r, "\x1b"
               "a\2\x1dv0\0\1\0\1\0\xff");
    escpos_image(r.e, &b, 4);
    EXPECT(&r, "\x1b"
               "a\0\x1dv0\0\2\0\1\0\x0f\xf0");
    bitmap_finish(&b);
    close_rig(&r);
}

static void no_picture_speaks_to_the_printer_in_real_time(void **state)
{
    (void)state;
    static const uint8_t bytes[][2] = {{0x10, 0x04}, {0x10, 0x05}, {0x10, 0x14}};
    struct rig r;
    open_rig(&r, named("generic-80"));
    for (size_t i = 0; i < 3; i++) {
        struct bitmap b = picture(16, 1);
        memcpy(b.p, bytes[i], 2);
        escpos_image(r.e, &b, 0);
        assert_null(memmem(r.out.p + r.start, r.out.n - r.start, bytes[i], 2));
        bitmap_finish(&b);
    }
    close_rig(&r);
}

static void a_qr_code_is_native_or_dots(void **state)
{
    (void)state;
    struct rig r;
    struct err err;
    open_rig(&r, named("generic-80"));
    assert_true(escpos_qr(r.e, SLICE_LITERAL("A1"), QR_M, 5, (576 - 105) / 2, &err));
    EXPECT(&r, "\x1b"
               "a\1\x1d(k\4\0"
               "1A2\0\x1d(k\3\0"
               "1C\5\x1d(k\3\0"
               "1E1\x1d(k\5\0"
               "1P0A1\x1d(k\3\0"
               "1Q0");
    /* The same again says only its text. */
    assert_true(escpos_qr(r.e, SLICE_LITERAL("B2"), QR_M, 5, (576 - 105) / 2, &err));
    EXPECT(&r, "\x1d(k\5\0"
               "1P0B2\x1d(k\3\0"
               "1Q0");
    assert_false(escpos_qr(r.e, SLICE_LITERAL("B2"), QR_M, 16, 300, &err));
    assert_int_equal(err.code, ERR_SYMBOL);
    assert_false(escpos_qr(r.e, SLICE_LITERAL(""), QR_M, 4, 0, &err));
    EXPECT(&r, "");
    close_rig(&r);
    open_rig(&r, named("generic-58"));
    assert_true(escpos_qr(r.e, SLICE_LITERAL("A1"), QR_M, 5, 10, &err));
    assert_non_null(memmem(r.out.p, r.out.n, "\x1dv0", 3));
    assert_null(memmem(r.out.p, r.out.n, "\x1d(k", 3));
    close_rig(&r);
}

static void a_bar_code_is_form_b(void **state)
{
    (void)state;
    struct rig r;
    struct err err;
    open_rig(&r, named("generic-80"));
    assert_true(
        escpos_barcode(r.e, BARCODE_EAN13, SLICE_LITERAL("4006381333931"), 2, 72, true, 0, &err));
    EXPECT(&r, "\x1dw\2\x1dh\x48\x1dH\2\x1dk\x43\x0d"
               "4006381333931");
    assert_false(escpos_barcode(r.e, BARCODE_EAN13, SLICE_LITERAL("40063"), 2, 72, true, 0, &err));
    assert_int_equal(err.code, ERR_SYMBOL);
    EXPECT(&r, "");
    close_rig(&r);
}

static void after_raw_bytes_everything_is_said_again(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, named("generic-80"));
    escpos_raw(r.e, SLICE_LITERAL("\x1b!\x30"));
    TEXT(&r, 0, "x");
    escpos_line(r.e);
    EXPECT(&r, "\x1b!\x30\x1b"
               "a\0\x1b!\0\x1d!\0\x1d"
               "B\0\x1bt\0\x1b"
               "3\x18x\n");
    close_rig(&r);
}

static void a_full_buffer_is_never_written_past(void **state)
{
    (void)state;
    const struct profile *p = named("generic-58");
    struct err err;
    for (size_t max = 1; max < 400; max += 7) {
        struct escpos *e;
        struct buf out;
        buf_init(&out, max);
        assert_true(escpos_create(&e, p, &out, &err));
        escpos_text(e, 0, slice_str("5 ₴ 字 ăîș"), escpos_plain);
        escpos_line(e);
        (void)escpos_qr(e, SLICE_LITERAL("A1"), QR_M, 5, 10, &err);
        assert_true(out.full);
        assert_true(out.n <= max);
        escpos_destroy(e);
        buf_finish(&out);
    }
}

static void requests_are_as_the_manual_has_them(void **state)
{
    (void)state;
    uint8_t b[ESCPOS_REQUEST_BYTES];
    char id[4];
    assert_int_equal(escpos_ask_status(4, b), 3);
    assert_memory_equal(b, "\x10\x04\x04", 3);
    assert_int_equal(escpos_ask_fence(b), 3);
    assert_memory_equal(b, "\x1dr\x01", 3);
    assert_int_equal(escpos_ask_info(67, b), 3);
    assert_memory_equal(b, "\x1dI\x43", 3);
    escpos_process_id(0, id);
    assert_memory_equal(id, "0000", 4);
    escpos_process_id(0xFFFFFFFF, id);
    assert_memory_equal(id, "____", 4);
    assert_int_equal(escpos_ask_process_id("0aZ_", b), 11);
    assert_memory_equal(b,
                        "\x1d(H\x06\0\x30\x30"
                        "0aZ_",
                        11);
}

static void codes_of_two_dimensions_are_as_large_as_they_say(void **state)
{
    (void)state;
    const struct escpos_code_look look = {.module_dots = 3, .height_dots = 60};
    const struct slice gs1 = SLICE("(01)09501101530003"), text = SLICE("BON-2026");
    struct rig r;
    struct err err;
    for (unsigned code = ESCPOS_PDF417; code <= ESCPOS_GS1_128; code++) {
        const struct slice data = code == ESCPOS_GS1_128 ? gs1 : text;
        uint32_t width, height;
        assert_true(escpos_code_size(code, data, look, &width, &height, &err));
        open_rig(&r, named("star-line"));
        if (!escpos_code(r.e, code, data, look, 0, &err))
            fail_msg("code %u: %s, %u dots", code, err.arg[1], (unsigned)width);
        const uint8_t *band = r.out.p + r.start;
        assert_memory_equal(band, "\x1dv0\0", 4);
        assert_int_equal(band[4] | band[5] << 8, (width + 7) / 8);
        assert_int_equal(band[6] | band[7] << 8, height);
        close_rig(&r);
        open_rig(&r, named("star-line"));
        assert_false(escpos_code(r.e, code, data, look, 576 - width + 1, &err));
        assert_int_equal(err.code, ERR_SYMBOL);
        close_rig(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_begins_in_a_known_state),
        cmocka_unit_test(a_line_is_its_text_and_a_line_feed),
        cmocka_unit_test(gaps_are_blanks_or_a_position_whichever_is_shorter),
        cmocka_unit_test(a_style_is_said_when_it_changes),
        cmocka_unit_test(what_passes_the_edge_is_dropped),
        cmocka_unit_test(no_byte_of_a_text_is_a_command),
        cmocka_unit_test(the_page_that_reaches_farthest_is_taken),
        cmocka_unit_test(every_letter_of_every_page_is_printed_as_its_own_byte),
        cmocka_unit_test(a_letter_that_is_cut_short_takes_nothing_with_it),
        cmocka_unit_test(a_look_alike_comes_after_every_page),
        cmocka_unit_test(what_no_page_has_is_drawn_in_its_cell),
        cmocka_unit_test(a_tall_line_with_dots_is_a_picture),
        cmocka_unit_test(feeds_count_as_the_printer_does),
        cmocka_unit_test(cuts_and_drawers_are_the_profiles),
        cmocka_unit_test(a_picture_is_bands_of_what_is_in_it),
        cmocka_unit_test(no_picture_speaks_to_the_printer_in_real_time),
        cmocka_unit_test(a_qr_code_is_native_or_dots),
        cmocka_unit_test(a_bar_code_is_form_b),
        cmocka_unit_test(after_raw_bytes_everything_is_said_again),
        cmocka_unit_test(a_full_buffer_is_never_written_past),
        cmocka_unit_test(requests_are_as_the_manual_has_them),
        cmocka_unit_test(codes_of_two_dimensions_are_as_large_as_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
