/* Pictures read once: the same dots as reading them each time. */
#include "image/pictures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

/* A PNG of its own for each number. */
static void make_png(unsigned number, struct buf *out)
{
    struct bitmap b;
    struct err err;
    assert_true(bitmap_init(&b, 90 + number, 40, &err));
    for (uint32_t i = 0; i < 40; i++)
        bitmap_set(&b, (i * 7 + number) % 90, i);
    buf_reset(out);
    assert_true(png_write(&b, 0, 0, out, &err));
    bitmap_finish(&b);
}

static void assert_as_read(struct pictures *p, struct slice png, uint32_t width, enum dither dither)
{
    const struct bitmap *got;
    struct bitmap expected;
    struct err err;
    assert_true(png_read(png, 0, width, dither, &expected, &err));
    assert_true(pictures_read(p, png, width, dither, &got, &err));
    assert_int_equal(got->width_dots, expected.width_dots);
    assert_int_equal(got->height_dots, expected.height_dots);
    assert_memory_equal(got->p, expected.p, expected.stride_bytes * expected.height_dots);
    bitmap_finish(&expected);
}

static void a_picture_is_as_png_read_reads_it_each_time(void **state)
{
    (void)state;
    struct pictures *p;
    struct buf png;
    struct err err;
    buf_init(&png, 0);
    assert_true(pictures_create(&p, &err));
    /* More of them than are kept, over and over, at two widths and in both ways. */
    for (unsigned i = 0; i < 60; i++) {
        make_png(i * 5 % (PICTURES_KEPT + 3), &png);
        assert_as_read(p, buf_slice(&png), i % 4 ? 576 : 64,
                       i % 3 ? DITHER_FLOYD_STEINBERG : DITHER_THRESHOLD);
    }
    buf_finish(&png);
    pictures_destroy(p);
}

static void what_is_read_again_is_not_decoded_again(void **state)
{
    (void)state;
    const struct bitmap *first, *second;
    struct pictures *p;
    struct buf png;
    struct err err;
    buf_init(&png, 0);
    assert_true(pictures_create(&p, &err));
    make_png(1, &png);
    assert_true(pictures_read(p, buf_slice(&png), 576, DITHER_FLOYD_STEINBERG, &first, &err));
    assert_true(pictures_read(p, buf_slice(&png), 576, DITHER_FLOYD_STEINBERG, &second, &err));
    assert_ptr_equal(first->p, second->p);
    buf_finish(&png);
    pictures_destroy(p);
}

static void a_broken_picture_is_refused_each_time(void **state)
{
    (void)state;
    const struct bitmap *got;
    struct pictures *p;
    struct err err;
    assert_true(pictures_create(&p, &err));
    for (unsigned i = 0; i < 2; i++) {
        assert_false(
            pictures_read(p, SLICE_LITERAL("no picture"), 576, DITHER_THRESHOLD, &got, &err));
        assert_int_equal(err.code, ERR_IMAGE);
    }
    pictures_destroy(p);
    pictures_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_as_png_read_reads_it_each_time),
        cmocka_unit_test(what_is_read_again_is_not_decoded_again),
        cmocka_unit_test(a_broken_picture_is_refused_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
