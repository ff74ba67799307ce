/* Streams that other programs made, and sequences of Epson's guide (streams/README.md): the text,
 * the codes as zxing-cpp reads them, what was not understood, the picture and the trace are those
 * that somebody has looked at. BONBON_GOLDEN=write writes them anew, to be looked at. */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>

#include "image/zbar_opinion.h"
#include "image/zxing_opinion.h"
#include "protocol/trace.h"
#include "same.h"

#define DIR SOURCE_DIR "/tests/virtual/streams/"

static const struct stream {
    const char *name, *profile;
    enum profile_double_byte pairs; /* of the printer, where the profile has none */
} streams[] = {
    {"guide-bars", "epson-tm-t20iii", 0},
    {"guide-columns", "epson-tm-t20iii", 0},
    {"guide-pictures", "epson-tm-t20iii", 0},
    {"guide-ticket", "epson-tm-t20iii", 0},
    {"guide-user", "epson-tm-t20iii", 0},
    {"node-escpos", "generic-80", DOUBLE_BYTE_GB18030},
    {"node-thermal-printer", "epson-tm-t20iii", 0},
    {"receipt-printer-encoder", "epson-tm-t20iii", 0},
    {"receipt-printer-encoder-column", "epson-tm-t88v", 0},
    {"receipt-printer-encoder-raster", "generic-80", 0},
    {"receiptline-big5", "epson-tm-t20iii", DOUBLE_BYTE_BIG5},
    {"receiptline-epson", "epson-tm-t20iii", 0},
    {"receiptline-gb18030", "epson-tm-t20iii", DOUBLE_BYTE_GB18030},
    {"receiptline-generic", "generic-58", 0},
    {"receiptline-impact", "generic-80", 0},
    {"receiptline-ksc5601", "epson-tm-t20iii", DOUBLE_BYTE_EUC_KR},
    {"receiptline-shiftjis", "epson-tm-t20iii", DOUBLE_BYTE_SHIFT_JIS},
    {"receiptline-upsidedown", "epson-tm-t20iii", 0},
};
enum { STREAMS = sizeof streams / sizeof *streams };

static void read_file(const char *name, const char *suffix, struct buf *out)
{
    char path[256];
    snprintf(path, sizeof path, DIR "%s.%s", name, suffix);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("there is no %s", path);
    for (int c; (c = fgetc(f)) != EOF;)
        buf_byte(out, (uint8_t)c);
    fclose(f);
}

static bool is_symbol(const struct virtual_mark *m)
{
    return m->kind == VIRTUAL_QR || m->kind == VIRTUAL_CODE2D || m->kind == VIRTUAL_BARCODE;
}

/* zxing-cpp 1.4 reads these not at all, or not at this size. */
static bool is_unreadable(const struct virtual_mark *m)
{
    enum { DATABAR_LIMITED = 12 };
    return m->kind == VIRTUAL_BARCODE && m->symbology == DATABAR_LIMITED;
}

static void say_read(const struct virtual_printer *vp, const struct virtual_mark *m,
                     struct buf *out)
{
    struct bitmap piece = rig_piece(vp, m->x_dots, m->y_dots, m->width_dots, m->height_dots);
    struct buf read;
    buf_init(&read, 0);
    zxing_read(&piece, 1, 1, NULL, &read);
    buf_str(out, "read: ");
    for (size_t i = 0; i < read.n; i++) {
        if (read.p[i] < 0x20)
            buf_printf(out, "\\x%02X", read.p[i]);
        else
            buf_byte(out, read.p[i]);
    }
    buf_byte(out, '\n');
    if (!read.n && !is_unreadable(m))
        fail_msg("a symbol at %u, %u is not read", m->x_dots, m->y_dots);
    buf_finish(&read);
    bitmap_finish(&piece);
}

/* QR codes wherever they stand, those that came as pictures too. */
static void say_qr(const struct virtual_printer *vp, struct buf *out)
{
    struct buf read;
    buf_init(&read, 0);
    zbar_read(virtual_paper(vp), 1, "qrcode", &read);
    if (read.n)
        buf_printf(out, "zbar: %s\n", buf_cstr(&read));
    buf_finish(&read);
}

/* FNV-1a over the rows. */
static uint64_t picture_number(const struct bitmap *b)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < b->stride_bytes * b->height_dots; i++)
        h = (h ^ b->p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static void put_row(void *ctx, const struct trace_row *row)
{
    trace_line_in_words(row, ctx);
}

static void describe(struct virtual_printer *vp, struct slice bytes, struct buf *out)
{
    size_t n;
    const struct virtual_mark *m = virtual_marks(vp, &n);
    const struct bitmap *paper = virtual_paper(vp);
    virtual_text(vp, out);
    buf_str(out, "----\n");
    for (size_t i = 0; i < n; i++) {
        if (m[i].kind == VIRTUAL_NOTE)
            buf_printf(out, "note: %06zx %.*s\n", m[i].offset, (int)m[i].text.n,
                       (const char *)m[i].text.p);
    }
    for (size_t i = 0; i < n; i++) {
        if (is_symbol(&m[i]))
            say_read(vp, &m[i], out);
    }
    say_qr(vp, out);
    buf_printf(out, "paper: %u x %u, %016llx\n----\n", paper->width_dots, paper->height_dots,
               (unsigned long long)picture_number(paper));
    struct trace trace;
    trace_init(&trace, put_row, out);
    trace_feed(&trace, bytes);
    trace_end(&trace);
    trace_finish(&trace);
}

static void write_golden(const char *name, const struct buf *got)
{
    char path[256];
    snprintf(path, sizeof path, DIR "%s.golden", name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(got->p, 1, got->n, f), got->n);
    fclose(f);
}

static struct virtual_printer *printer_for(const struct stream *s, struct profile *profile)
{
    struct virtual_printer *vp = NULL;
    struct err err;
    const struct profile *known = profile_find(slice_str(s->profile));
    assert_non_null(known);
    *profile = *known;
    if (s->pairs)
        profile->double_byte = s->pairs;
    assert_true(virtual_create(&vp, profile, &err));
    return vp;
}

static void check(const struct stream *s)
{
    const char *name = s->name;
    struct profile profile;
    struct buf bytes, got, want;
    buf_init(&bytes, 0);
    buf_init(&got, 0);
    buf_init(&want, 0);
    read_file(name, "bin", &bytes);
    struct virtual_printer *vp = printer_for(s, &profile), *cut = printer_for(s, &profile);
    virtual_feed(vp, buf_slice(&bytes));
    virtual_end(vp);
    describe(vp, buf_slice(&bytes), &got);
    feed_in_pieces(cut, buf_slice(&bytes), 3, 1);
    const char *different = printers_differ(vp, cut);
    if (different)
        fail_msg("%s depends on the cut: %s", name, different);
    if (getenv("BONBON_GOLDEN"))
        write_golden(name, &got);
    read_file(name, "golden", &want);
    if (!slice_equal(buf_slice(&got), buf_slice(&want)))
        fail_msg("%s:\n%s", name, buf_cstr(&got));
    virtual_destroy(vp);
    virtual_destroy(cut);
    buf_finish(&bytes);
    buf_finish(&got);
    buf_finish(&want);
}

static void streams_of_other_programs_come_out_right(void **state)
{
    (void)state;
    if (!zxing_is_there() || !zbar_is_there())
        skip();
    for (size_t i = 0; i < STREAMS; i++)
        check(&streams[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_of_other_programs_come_out_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
