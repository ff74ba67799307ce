/* PNG out, taken apart with zlib by the format's own rules; PNG in, from files of every kind that
 * libpng can write and from broken ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "image/png.h"

static uint32_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 24);
}

static void random_bitmap(struct bitmap *b, uint32_t w, uint32_t h, uint64_t *seed)
{
    struct err err;
    assert_true(bitmap_init(b, w, h, &err));
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++)
            if (next_random(seed) & 1)
                bitmap_set(b, x, y);
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* What is in a one-bit grey PNG without filters, after every chunk's CRC was checked. */
struct plain {
    uint32_t w, h, pixels_a_metre;
    uint8_t *rows; /* ⌈w/8⌉ + 1 bytes each, the filter byte first; 1 is white */
    size_t row_bytes;
};

static void unpack(struct slice png, struct plain *out)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    struct buf packed;
    buf_init(&packed, 0);
    *out = (struct plain){0};
    assert_true(png.n > 8);
    assert_memory_equal(png.p, signature, 8);
    size_t at = 8;
    bool ended = false;
    while (at < png.n) {
        assert_false(ended);
        assert_true(png.n - at >= 12);
        const uint32_t n = be32(png.p + at);
        const uint8_t *kind = png.p + at + 4, *data = kind + 4;
        assert_true(png.n - at - 12 >= n);
        assert_int_equal(be32(data + n), crc32(0, kind, n + 4));
        if (memcmp(kind, "IHDR", 4) == 0) {
            out->w = be32(data);
            out->h = be32(data + 4);
            assert_memory_equal(data + 8, ((uint8_t[]){1, 0, 0, 0, 0}), 5);
        } else if (memcmp(kind, "pHYs", 4) == 0) {
            out->pixels_a_metre = be32(data);
            assert_int_equal(be32(data + 4), out->pixels_a_metre);
            assert_int_equal(data[8], 1);
        } else if (memcmp(kind, "IDAT", 4) == 0) {
            buf_append(&packed, data, n);
        } else {
            assert_memory_equal(kind, "IEND", 4);
            ended = true;
        }
        at += 12 + n;
    }
    assert_true(ended);
    out->row_bytes = 1 + (out->w + 7) / 8;
    uLongf size = out->row_bytes * out->h;
    out->rows = malloc(size ? size : 1);
    assert_non_null(out->rows);
    assert_int_equal(uncompress(out->rows, &size, packed.p, packed.n), Z_OK);
    assert_int_equal(size, out->row_bytes * out->h);
    buf_finish(&packed);
}

static bool plain_black(const struct plain *p, uint32_t x, uint32_t y)
{
    return !(p->rows[y * p->row_bytes + 1 + x / 8] >> (7 - x % 8) & 1);
}

static void a_written_png_holds_the_dots_their_margin_and_the_dpi(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (uint32_t margin = 0; margin <= 17; margin++) {
        struct bitmap b;
        struct buf out;
        struct err err;
        struct plain p;
        uint32_t w = 1 + next_random(&seed) % 70, h = 1 + next_random(&seed) % 40;
        random_bitmap(&b, w, h, &seed);
        buf_init(&out, 0);
        assert_true(png_write(&b, margin, 203, &out, &err));
        unpack(buf_slice(&out), &p);
        assert_int_equal(p.w, w + 2 * margin);
        assert_int_equal(p.h, h + 2 * margin);
        assert_int_equal(p.pixels_a_metre, 7992); /* 203 / 0.0254 */
        for (uint32_t y = 0; y < p.h; y++) {
            assert_int_equal(p.rows[y * p.row_bytes], 0);
            for (uint32_t x = 0; x < p.w; x++) {
                bool inside = x >= margin && x < margin + w && y >= margin && y < margin + h;
                assert_int_equal(plain_black(&p, x, y),
                                 inside && bitmap_get(&b, x - margin, y - margin));
            }
        }
        free(p.rows);
        buf_finish(&out);
        bitmap_finish(&b);
    }
}

static void a_png_is_appended_and_a_full_buffer_is_an_error(void **state)
{
    (void)state;
    uint64_t seed = 3;
    struct bitmap b, none;
    struct buf out;
    struct err err = {0};
    random_bitmap(&b, 64, 64, &seed);
    buf_init(&out, 0);
    buf_str(&out, "before");
    assert_true(png_write(&b, 0, 0, &out, &err));
    assert_memory_equal(out.p, "before\x89PNG", 10);
    buf_finish(&out);
    buf_init(&out, 100);
    assert_false(png_write(&b, 0, 0, &out, &err));
    assert_int_equal(err.code, ERR_IMAGE);
    buf_finish(&out);
    buf_init(&out, 0);
    assert_true(bitmap_init(&none, 0, 5, &err));
    assert_false(png_write(&none, 0, 0, &out, &err));
    assert_string_equal(err.arg[1], "there is nothing on it");
    bitmap_finish(&none);
    bitmap_finish(&b);
    buf_finish(&out);
}

static void assert_dots(const struct bitmap *a, const struct bitmap *b)
{
    assert_int_equal(a->width_dots, b->width_dots);
    assert_int_equal(a->height_dots, b->height_dots);
    assert_memory_equal(a->p, b->p, a->stride_bytes * a->height_dots);
}

static void dots_survive_the_way_out_and_in_again(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (int i = 0; i < 40; i++) {
        struct bitmap b, back;
        struct buf out;
        struct err err;
        random_bitmap(&b, 1 + next_random(&seed) % 90, 1 + next_random(&seed) % 50, &seed);
        buf_init(&out, 0);
        assert_true(png_write(&b, 0, 180, &out, &err));
        assert_true(png_read(buf_slice(&out), 0, 0, (enum dither)(i % 2), &back, &err));
        assert_dots(&b, &back);
        bitmap_finish(&b);
        bitmap_finish(&back);
        buf_finish(&out);
    }
}

/* Files of every kind, written by libpng. */

static void append(png_structp png, png_bytep p, size_t n)
{
    buf_append(png_get_io_ptr(png), p, n);
}

static void flush(png_structp png)
{
    (void)png;
}

struct kind {
    int type, depth;
    bool interlaced;
};

/* Pixels are samples of kind, 8 or 16 bits each (fewer bits: one a byte). */
static void encode(const struct kind *kind, uint32_t w, uint32_t h, uint8_t *pixels,
                   size_t row_bytes, struct buf *out)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    assert_true(setjmp(png_jmpbuf(png)) == 0);
    png_set_write_fn(png, out, append, flush);
    png_set_IHDR(png, info, w, h, kind->depth, kind->type,
                 kind->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (kind->type == PNG_COLOR_TYPE_PALETTE) {
        png_color colours[2] = {{255, 255, 255}, {10, 20, 30}};
        png_byte alpha[2] = {255, 255};
        png_set_PLTE(png, info, colours, 2);
        png_set_tRNS(png, info, alpha, 2, NULL);
    }
    png_write_info(png, info);
    png_set_packing(png);
    png_bytep *rows = malloc(h * sizeof *rows);
    assert_non_null(rows);
    for (uint32_t y = 0; y < h; y++)
        rows[y] = pixels + y * row_bytes;
    png_write_image(png, rows);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    free(rows);
}

static unsigned samples_of(int type)
{
    return type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_PALETTE ? 1
           : type == PNG_COLOR_TYPE_GRAY_ALPHA                           ? 2
           : type == PNG_COLOR_TYPE_RGB                                  ? 3
                                                                         : 4;
}

/* One pixel, black or white, in the samples of kind; black on a transparent ground is white, too.
 */
static void put_pixel(const struct kind *kind, uint8_t *p, bool black, bool transparent)
{
    const unsigned samples = samples_of(kind->type), bytes = kind->depth == 16 ? 2 : 1;
    const uint8_t light = (uint8_t)(kind->depth < 8 ? (1 << kind->depth) - 1 : 0xff);
    if (kind->type == PNG_COLOR_TYPE_PALETTE) {
        *p = black;
        return;
    }
    const bool has_alpha = kind->type & PNG_COLOR_MASK_ALPHA;
    const bool dark = black || (transparent && has_alpha);
    for (unsigned s = 0; s < samples; s++) {
        uint8_t v = dark ? 0 : light;
        if (has_alpha && s == samples - 1)
            v = transparent && !black ? 0 : 0xff;
        memset(p + (size_t)s * bytes, v, bytes);
    }
}

static void every_kind_of_png_gives_its_dots(void **state)
{
    (void)state;
    static const struct kind kinds[] = {
        {PNG_COLOR_TYPE_GRAY, 1, false},        {PNG_COLOR_TYPE_GRAY, 2, false},
        {PNG_COLOR_TYPE_GRAY, 4, false},        {PNG_COLOR_TYPE_GRAY, 8, false},
        {PNG_COLOR_TYPE_GRAY, 16, false},       {PNG_COLOR_TYPE_GRAY_ALPHA, 8, false},
        {PNG_COLOR_TYPE_GRAY_ALPHA, 16, false}, {PNG_COLOR_TYPE_PALETTE, 1, false},
        {PNG_COLOR_TYPE_PALETTE, 2, false},     {PNG_COLOR_TYPE_PALETTE, 4, false},
        {PNG_COLOR_TYPE_PALETTE, 8, false},     {PNG_COLOR_TYPE_RGB, 8, false},
        {PNG_COLOR_TYPE_RGB, 16, false},        {PNG_COLOR_TYPE_RGB_ALPHA, 8, false},
        {PNG_COLOR_TYPE_RGB_ALPHA, 16, false},
    };
    uint64_t seed = 5;
    for (size_t i = 0; i < 2 * sizeof kinds / sizeof kinds[0]; i++) {
        struct kind kind = kinds[i / 2];
        kind.interlaced = i % 2;
        for (uint32_t side = 1; side < 20; side += 3) { /* some Adam7 passes are empty */
            const uint32_t w = side, h = 21 - side;
            const unsigned pixel = samples_of(kind.type) * (kind.depth == 16 ? 2 : 1);
            struct bitmap want, got;
            struct buf file;
            struct err err = {0};
            uint8_t *pixels = calloc((size_t)w * h, pixel);
            assert_non_null(pixels);
            random_bitmap(&want, w, h, &seed);
            for (uint32_t y = 0; y < h; y++)
                for (uint32_t x = 0; x < w; x++)
                    put_pixel(&kind, pixels + (y * w + x) * (size_t)pixel, bitmap_get(&want, x, y),
                              (x + y) % 2);
            buf_init(&file, 0);
            encode(&kind, w, h, pixels, (size_t)w * pixel, &file);
            if (!png_read(buf_slice(&file), 0, 0, DITHER_THRESHOLD, &got, &err))
                fail_msg("type %d depth %d: %s", kind.type, kind.depth, err.arg[1]);
            assert_dots(&want, &got);
            bitmap_finish(&want);
            bitmap_finish(&got);
            buf_finish(&file);
            free(pixels);
        }
    }
}

static void encode_grey(uint32_t w, uint32_t h, uint8_t *grey, struct buf *out)
{
    static const struct kind kind = {PNG_COLOR_TYPE_GRAY, 8, false};
    buf_init(out, 0);
    encode(&kind, w, h, grey, w, out);
}

/* Each dot is the average of what it covers, worked out on a grid so fine that every dot and pixel
 * is whole. */
static bool naive_black(const uint8_t *grey, const uint32_t from[2], const uint32_t to[2],
                        uint32_t x, uint32_t y)
{
    uint64_t sum = 0;
    for (uint64_t j = (uint64_t)y * from[1]; j < (uint64_t)(y + 1) * from[1]; j++)
        for (uint64_t i = (uint64_t)x * from[0]; i < (uint64_t)(x + 1) * from[0]; i++)
            sum += grey[j / to[1] * from[0] + i / to[0]];
    const uint64_t area = (uint64_t)from[0] * from[1];
    return (sum + area / 2) / area < 128;
}

static void a_scaled_dot_is_the_average_of_what_it_covers(void **state)
{
    (void)state;
    uint64_t seed = 99;
    uint8_t grey[40 * 40];
    for (int round = 0; round < 150; round++) {
        const uint32_t from[2] = {1 + next_random(&seed) % 40, 1 + next_random(&seed) % 40};
        const uint32_t width = 1 + next_random(&seed) % 50;
        struct bitmap got;
        struct buf file;
        struct err err = {0};
        for (size_t i = 0; i < (size_t)from[0] * from[1]; i++)
            grey[i] = (uint8_t)next_random(&seed);
        encode_grey(from[0], from[1], grey, &file);
        assert_true(png_read(buf_slice(&file), width, 0, DITHER_THRESHOLD, &got, &err));
        const uint32_t to[2] = {width, got.height_dots};
        uint32_t height = (2 * from[1] * width + from[0]) / (2 * from[0]);
        assert_int_equal(got.width_dots, width);
        assert_int_equal(got.height_dots, height ? height : 1);
        for (uint32_t y = 0; y < to[1]; y++)
            for (uint32_t x = 0; x < to[0]; x++)
                assert_int_equal(bitmap_get(&got, x, y), naive_black(grey, from, to, x, y));
        bitmap_finish(&got);
        buf_finish(&file);
    }
}

static void no_picture_is_wider_than_the_paper(void **state)
{
    (void)state;
    uint8_t grey[400] = {0};
    struct buf file;
    struct bitmap b;
    struct err err;
    encode_grey(200, 2, grey, &file);
    static const uint32_t rows[][3] = {{0, 0, 200},   {0, 576, 200},   {0, 100, 100},
                                       {50, 100, 50}, {900, 576, 576}, {300, 0, 300}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(png_read(buf_slice(&file), rows[i][0], rows[i][1], DITHER_THRESHOLD, &b, &err));
        assert_int_equal(b.width_dots, rows[i][2]);
        bitmap_finish(&b);
    }
    buf_finish(&file);
}

static size_t black_dots(const struct bitmap *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->stride_bytes * b->height_dots; i++)
        n += (size_t)__builtin_popcount(b->p[i]);
    return n;
}

static void dithered_grey_is_as_dark_as_it_should_be(void **state)
{
    (void)state;
    enum { SIDE = 100 };
    static uint8_t grey[SIDE * SIDE];
    const size_t area = sizeof grey;
    size_t last = area + 1;
    for (unsigned v = 0; v <= 255; v += 15) {
        struct buf file;
        struct bitmap b;
        struct err err;
        memset(grey, (int)v, sizeof grey);
        encode_grey(SIDE, SIDE, grey, &file);
        assert_true(png_read(buf_slice(&file), 0, 0, DITHER_FLOYD_STEINBERG, &b, &err));
        size_t black = black_dots(&b);
        /* 30 % of the way from the file's value to its square, within two dots in a hundred */
        size_t want =
            area - area * ((size_t)7 * 255 * v + (size_t)3 * v * v) / ((size_t)10 * 255 * 255);
        assert_in_range(black + area / 50, want, want + area / 25);
        assert_true(black <= last);
        last = black;
        bitmap_finish(&b);
        buf_finish(&file);
    }
    assert_int_equal(last, 0);
}

static void a_thin_line_outlives_being_made_half_as_large(void **state)
{
    (void)state;
    uint8_t grey[64 * 64];
    struct buf file;
    struct bitmap b;
    struct err err;
    memset(grey, 255, sizeof grey);
    memset(&grey[1280], 0, 64); /* row 20 */
    encode_grey(64, 64, grey, &file);
    assert_true(png_read(buf_slice(&file), 32, 0, DITHER_FLOYD_STEINBERG, &b, &err));
    assert_true(black_dots(&b) >= 14);
    bitmap_finish(&b);
    buf_finish(&file);
}

/* Broken and hostile files. */

static void refused_as(struct slice file, enum err_code code, const char *reason)
{
    struct bitmap b;
    struct err err = {0};
    assert_false(png_read(file, 0, 576, DITHER_FLOYD_STEINBERG, &b, &err));
    assert_int_equal(err.code, code);
    assert_null(b.p);
    if (reason)
        assert_string_equal(err.arg[1], reason);
    assert_true(err.arg[1][0] != 0);
}

static void refused(struct slice file, const char *reason)
{
    refused_as(file, ERR_IMAGE, reason);
}

static void make_sample(bool interlaced, struct buf *file)
{
    static const int type = PNG_COLOR_TYPE_RGB_ALPHA;
    uint8_t pixels[11 * 9 * 4];
    uint64_t seed = 1;
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)next_random(&seed);
    buf_init(file, 0);
    encode(&(struct kind){type, 8, interlaced}, 11, 9, pixels, 44, file);
}

static void a_png_cut_short_anywhere_is_refused(void **state)
{
    (void)state;
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        struct buf file;
        make_sample(interlaced, &file);
        for (size_t n = 0; n < file.n; n++)
            refused(slice_of(file.p, n), n < 8 ? "it is not a PNG" : "it is cut short");
        buf_finish(&file);
    }
}

static void one_wrong_byte_is_refused_or_does_no_harm(void **state)
{
    (void)state;
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        struct buf file;
        make_sample(interlaced, &file);
        for (size_t i = 0; i < file.n; i++) {
            const uint8_t was = file.p[i];
            for (unsigned bit = 0; bit < 8; bit++) {
                struct bitmap b;
                struct err err = {0};
                file.p[i] = was ^ (uint8_t)(1u << bit);
                if (png_read(buf_slice(&file), 0, 0, DITHER_THRESHOLD, &b, &err))
                    bitmap_finish(&b);
                else
                    assert_true(err.code == ERR_IMAGE || err.code == ERR_IMAGE_BIG);
            }
            file.p[i] = was;
        }
        buf_finish(&file);
    }
}

static void a_wrong_sum_over_the_pixels_is_refused(void **state)
{
    (void)state;
    struct buf file;
    make_sample(false, &file);
    /* signature, IHDR of 25 bytes, then IDAT: its sum stands behind its data */
    assert_memory_equal(file.p + 37, "IDAT", 4);
    file.p[41 + be32(file.p + 33)] ^= 1;
    refused(buf_slice(&file), "IDAT: CRC error");
    buf_finish(&file);
}

static void put_be32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

static void a_size_past_the_limit_is_refused_before_memory_is_taken(void **state)
{
    (void)state;
    static const struct {
        uint32_t w, h;
        enum err_code code;
        const char *reason;
    } rows[] = {
        {4097, 1, ERR_IMAGE_BIG, "4097 × 1"},
        {1, 16385, ERR_IMAGE_BIG, "1 × 16385"},
        {0, 5, ERR_IMAGE, "it has no dots"},
        {5, 0, ERR_IMAGE, "it has no dots"},
        {UINT32_MAX, UINT32_MAX, ERR_IMAGE_BIG, "4294967295 × 4294967295"},
    };
    struct buf file;
    make_sample(false, &file);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put_be32(file.p + 16, rows[i].w);
        put_be32(file.p + 20, rows[i].h);
        put_be32(file.p + 29, (uint32_t)crc32(0, file.p + 12, 17));
        refused_as(buf_slice(&file), rows[i].code, rows[i].reason);
    }
    buf_finish(&file);
}

static void what_would_be_endless_on_paper_is_refused(void **state)
{
    (void)state;
    uint8_t grey[100] = {0};
    struct buf file;
    struct bitmap b;
    struct err err = {0};
    encode_grey(1, 100, grey, &file);
    assert_false(png_read(buf_slice(&file), 576, 0, DITHER_THRESHOLD, &b, &err));
    assert_string_equal(err.arg[1], "on paper it would be more than 16384 dots high");
    buf_finish(&file);
}

static void what_is_not_a_png_is_said_to_be_none(void **state)
{
    (void)state;
    static uint8_t large[(8 << 20) + 1];
    refused(slice_of(NULL, 0), "it is not a PNG");
    refused(SLICE_LITERAL("GIF89a, and a good deal more of it, so that a header would fit"),
            "it is not a PNG");
    refused(SLICE_LITERAL("\x89PNG\r\n\x1a\n and then words that are longer than a header"),
            "it does not begin with its size");
    refused(slice_of(large, sizeof large), "it is larger than 8 MiB");
}

static void pixels_that_unpack_to_too_little_are_refused(void **state)
{
    (void)state;
    /* a header of 4096 × 16384 dots over the pixels of a small picture */
    struct buf file;
    make_sample(false, &file);
    put_be32(file.p + 16, 4096);
    put_be32(file.p + 20, 16384);
    put_be32(file.p + 29, (uint32_t)crc32(0, file.p + 12, 17));
    refused(buf_slice(&file), NULL);
    buf_finish(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_written_png_holds_the_dots_their_margin_and_the_dpi),
        cmocka_unit_test(a_png_is_appended_and_a_full_buffer_is_an_error),
        cmocka_unit_test(dots_survive_the_way_out_and_in_again),
        cmocka_unit_test(every_kind_of_png_gives_its_dots),
        cmocka_unit_test(a_scaled_dot_is_the_average_of_what_it_covers),
        cmocka_unit_test(no_picture_is_wider_than_the_paper),
        cmocka_unit_test(dithered_grey_is_as_dark_as_it_should_be),
        cmocka_unit_test(a_thin_line_outlives_being_made_half_as_large),
        cmocka_unit_test(a_png_cut_short_anywhere_is_refused),
        cmocka_unit_test(one_wrong_byte_is_refused_or_does_no_harm),
        cmocka_unit_test(a_wrong_sum_over_the_pixels_is_refused),
        cmocka_unit_test(a_size_past_the_limit_is_refused_before_memory_is_taken),
        cmocka_unit_test(what_would_be_endless_on_paper_is_refused),
        cmocka_unit_test(what_is_not_a_png_is_said_to_be_none),
        cmocka_unit_test(pixels_that_unpack_to_too_little_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
