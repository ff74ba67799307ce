/* A roll has no end: paper that was torn off is read the same as paper in one piece. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "virtual/virtual.h"

static struct virtual_printer *new_printer(void)
{
    struct virtual_printer *vp;
    struct err err;
    assert_true(virtual_create(&vp, profile_find(SLICE_LITERAL("generic-80")), &err));
    return vp;
}

static void print_receipts(struct buf *out, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        buf_printf(out, "\x1b@\x1c.\x1d!\x11No %u\n%c!%cEspresso%c$%c%c4.00\n\x1dVB%c", i, 0x1d, 0,
                   0x1b, 0x80, 1, 0);
}

static void paper_torn_off_reads_as_in_one_piece(void **state)
{
    (void)state;
    struct virtual_printer *whole = new_printer(), *torn = new_printer();
    struct buf text, pieces, stream;
    buf_init(&text, 0);
    buf_init(&pieces, 0);
    buf_init(&stream, 0);
    for (unsigned i = 0; i < 50; i++) {
        buf_reset(&stream);
        print_receipts(&stream, i, i + 1);
        virtual_feed(whole, buf_slice(&stream));
        virtual_feed(torn, slice_sub(buf_slice(&stream), 0, 9));
        virtual_text(torn, &pieces);
        virtual_tear_off(torn);
        virtual_feed(torn, slice_sub(buf_slice(&stream), 9, stream.n));
    }
    virtual_text(whole, &text);
    virtual_text(torn, &pieces);
    assert_true(text.n > 1000);
    assert_int_equal(text.n, pieces.n);
    assert_memory_equal(text.p, pieces.p, text.n);
    virtual_destroy(whole);
    virtual_destroy(torn);
    buf_finish(&text);
    buf_finish(&pieces);
    buf_finish(&stream);
}

static void a_roll_that_is_torn_off_never_ends(void **state)
{
    (void)state;
    struct virtual_printer *vp = new_printer();
    struct buf stream;
    uint64_t fed = 0;
    buf_init(&stream, 0);
    print_receipts(&stream, 0, 100);
    while (fed < 4ull * VIRTUAL_MAX_HEIGHT_DOTS) {
        size_t n;
        virtual_feed(vp, buf_slice(&stream));
        fed += virtual_paper(vp)->height_dots;
        virtual_glyphs(vp, &n);
        assert_true(n > 0);
        virtual_tear_off(vp);
        assert_int_equal(virtual_paper(vp)->height_dots, 0);
        virtual_marks(vp, &n);
        assert_int_equal(n, 0);
    }
    virtual_destroy(vp);
    buf_finish(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paper_torn_off_reads_as_in_one_piece),
        cmocka_unit_test(a_roll_that_is_torn_off_never_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
