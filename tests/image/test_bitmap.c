/* Bitmaps against pictures kept one dot a byte, in random operations from a fixed seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/bitmap.h"

enum { SIDE = 96, OPERATIONS = 4000 };

struct naive {
    uint32_t w, h;
    bool dot[SIDE][SIDE];
};

static uint32_t random_below(uint64_t *state, uint32_t n)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)((*state >> 16) % n);
}

static void naive_or(struct naive *n, const struct naive *src, int64_t x, int64_t y, int sx, int sy)
{
    for (int64_t j = 0; j < (int64_t)src->h * sy; j++)
        for (int64_t i = 0; i < (int64_t)src->w * sx; i++)
            if (src->dot[j / sy][i / sx] && x + i >= 0 && x + i < n->w && y + j >= 0 &&
                y + j < n->h)
                n->dot[y + j][x + i] = true;
}

static void naive_rotate(struct naive *n, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    struct naive was = *n;
    w = x >= n->w ? 0 : w < n->w - x ? w : n->w - x;
    h = y >= n->h ? 0 : h < n->h - y ? h : n->h - y;
    for (uint32_t j = 0; j < h; j++)
        for (uint32_t i = 0; i < w; i++)
            n->dot[y + j][x + i] = was.dot[y + h - 1 - j][x + w - 1 - i];
}

static void naive_rectangle(struct naive *n, const uint32_t at[4], bool invert)
{
    for (uint32_t y = at[1]; y < n->h && y < at[1] + at[3]; y++)
        for (uint32_t x = at[0]; x < n->w && x < at[0] + at[2]; x++)
            n->dot[y][x] = invert ? !n->dot[y][x] : true;
}

static void assert_same(const struct bitmap *b, const struct naive *n)
{
    assert_int_equal(b->width_dots, n->w);
    assert_int_equal(b->height_dots, n->h);
    for (uint32_t y = 0; y < n->h; y++) {
        bool blank = true;
        for (uint32_t x = 0; x < n->w; x++) {
            assert_int_equal(bitmap_get(b, x, y), n->dot[y][x]);
            blank = blank && !n->dot[y][x];
        }
        assert_int_equal(bitmap_row_is_blank(b, y), blank);
        for (uint32_t x = n->w; x < b->stride_bytes * 8; x++)
            assert_false(bitmap_get(b, x, y));
    }
}

static void make_both(struct bitmap *b, struct naive *n, uint64_t *seed, uint32_t most)
{
    struct err err;
    *n = (struct naive){.w = 1 + random_below(seed, most), .h = 1 + random_below(seed, most)};
    assert_true(bitmap_init(b, n->w, n->h, &err));
    for (uint32_t y = 0; y < n->h; y++) {
        for (uint32_t x = 0; x < n->w; x++) {
            n->dot[y][x] = random_below(seed, 2);
            if (n->dot[y][x])
                bitmap_set(b, x, y);
        }
    }
}

static void one_or(struct bitmap *b, struct naive *n, uint64_t *seed)
{
    static struct naive src_naive;
    struct bitmap src;
    make_both(&src, &src_naive, seed, 24);
    int64_t x = (int64_t)random_below(seed, 2 * SIDE) - SIDE;
    int64_t y = (int64_t)random_below(seed, 2 * SIDE) - SIDE;
    unsigned sx = 1, sy = 1;
    if (random_below(seed, 2)) {
        sx = 1 + random_below(seed, 8);
        sy = 1 + random_below(seed, 8);
    }
    bitmap_or(b, &src, x, y, sx, sy);
    naive_or(n, &src_naive, x, y, (int)sx, (int)sy);
    bitmap_finish(&src);
}

static void one_height(struct bitmap *b, struct naive *n, uint64_t *seed)
{
    struct err err;
    uint32_t h = random_below(seed, SIDE + 1);
    assert_true(bitmap_set_height(b, h, &err));
    for (uint32_t y = n->h; y < h; y++)
        memset(n->dot[y], 0, sizeof n->dot[y]);
    n->h = h;
}

static void every_operation_gives_what_dot_by_dot_gives(void **state)
{
    (void)state;
    static struct naive n;
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
    struct bitmap b;
    make_both(&b, &n, &seed, SIDE);
    for (int i = 0; i < OPERATIONS; i++) {
        const uint32_t at[4] = {random_below(&seed, SIDE + 8), random_below(&seed, SIDE + 8),
                                random_below(&seed, SIDE), random_below(&seed, SIDE)};
        switch (random_below(&seed, 6)) {
        case 0:
            bitmap_fill(&b, at[0], at[1], at[2] / 8, at[3] / 8);
            naive_rectangle(&n, (const uint32_t[]){at[0], at[1], at[2] / 8, at[3] / 8}, false);
            break;
        case 1:
        case 2:
            bitmap_invert(&b, at[0], at[1], at[2], at[3]);
            naive_rectangle(&n, at, true);
            break;
        case 3:
            one_or(&b, &n, &seed);
            break;
        case 4:
            bitmap_rotate_180(&b, at[0], at[1], at[2], at[3]);
            naive_rotate(&n, at[0], at[1], at[2], at[3]);
            break;
        default:
            if (random_below(&seed, 8) == 0) {
                bitmap_finish(&b);
                make_both(&b, &n, &seed, SIDE);
            } else {
                one_height(&b, &n, &seed);
            }
        }
        assert_same(&b, &n);
    }
    bitmap_finish(&b);
}

static void a_picture_past_the_limit_is_an_error_and_not_memory(void **state)
{
    (void)state;
    struct bitmap b;
    struct err err = {0};
    assert_false(bitmap_init(&b, 16385, 1, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    assert_null(b.p);
    assert_false(bitmap_init(&b, 1, 262145, &err));
    assert_true(bitmap_init(&b, 1, 262144, &err));
    assert_false(bitmap_set_height(&b, 262145, &err));
    assert_int_equal(b.height_dots, 262144);
    assert_true(bitmap_get(&b, 0, 262143) == false);
    bitmap_finish(&b);
    bitmap_finish(&b);
}

static void paper_of_no_dots_is_a_picture_too(void **state)
{
    (void)state;
    struct bitmap b;
    struct err err;
    assert_true(bitmap_init(&b, 8, 0, &err));
    bitmap_fill(&b, 0, 0, 8, 8);
    bitmap_rotate_180(&b, 0, 0, 8, 8);
    assert_true(bitmap_set_height(&b, 3, &err));
    assert_true(bitmap_row_is_blank(&b, 2));
    bitmap_finish(&b);
    assert_true(bitmap_init(&b, 0, 8, &err));
    bitmap_fill(&b, 0, 0, 8, 8);
    assert_true(bitmap_row_is_blank(&b, 7));
    bitmap_finish(&b);
}

static void far_away_numbers_are_clipped_like_near_ones(void **state)
{
    (void)state;
    struct bitmap b, dot;
    struct err err;
    assert_true(bitmap_init(&b, 13, 7, &err));
    assert_true(bitmap_init(&dot, 3, 3, &err));
    bitmap_fill(&dot, 0, 0, UINT32_MAX, UINT32_MAX);
    bitmap_or(&b, &dot, INT64_MAX, INT64_MIN, 8, 8);
    bitmap_or(&b, &dot, INT64_MIN, 0, UINT32_MAX, UINT32_MAX);
    bitmap_fill(&b, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX);
    for (uint32_t y = 0; y < 7; y++)
        assert_true(bitmap_row_is_blank(&b, y));
    bitmap_invert(&b, 12, 6, UINT32_MAX, UINT32_MAX);
    assert_true(bitmap_get(&b, 12, 6));
    bitmap_finish(&b);
    bitmap_finish(&dot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_gives_what_dot_by_dot_gives),
        cmocka_unit_test(a_picture_past_the_limit_is_an_error_and_not_memory),
        cmocka_unit_test(paper_of_no_dots_is_a_picture_too),
        cmocka_unit_test(far_away_numbers_are_clipped_like_near_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
