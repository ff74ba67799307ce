#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/env.h"
#include "base/json.h"

static void slices_are_ordered_by_bytes_then_length(void **state)
{
    (void)state;
    assert_true(slice_compare(SLICE_LITERAL("a"), SLICE_LITERAL("b")) < 0);
    assert_true(slice_compare(SLICE_LITERAL("a"), SLICE_LITERAL("aa")) < 0);
    assert_true(slice_compare(SLICE_LITERAL("\xFF"), SLICE_LITERAL("a")) > 0);
    assert_int_equal(slice_compare(SLICE_LITERAL(""), (struct slice){0}), 0);
    assert_true(slice_equal_nocase(SLICE_LITERAL("Ab-1"), SLICE_LITERAL("aB-1")));
    assert_false(slice_equal_nocase(SLICE_LITERAL("a@"), SLICE_LITERAL("a`")));
    assert_true(slice_is(slice_trim(SLICE_LITERAL(" \t a b \t")), "a b"));
    assert_int_equal(slice_trim(SLICE_LITERAL("  ")).n, 0);
    assert_int_equal(slice_find(SLICE_LITERAL("abc"), 'c'), 2);
    assert_int_equal(slice_find((struct slice){0}, 'c'), 0);
    assert_int_equal(slice_sub(SLICE_LITERAL("abc"), 2, 99).n, 1);
    assert_int_equal(slice_sub(SLICE_LITERAL("abc"), 7, 5).n, 0);
}

static void a_string_is_cut_between_characters(void **state)
{
    (void)state;
    char out[4];
    assert_int_equal(slice_cstr(SLICE_LITERAL("a\xC8\x99\xC8\x99"), out, sizeof out), 3);
    assert_string_equal(out, "a\xC8\x99");
    assert_int_equal(slice_cstr(SLICE_LITERAL("ab\xE2\x82\xAC"), out, sizeof out), 2);
    assert_int_equal(slice_cstr(SLICE_LITERAL("x"), out, 0), 0);
}

static void a_number_fills_the_whole_slice(void **state)
{
    (void)state;
    uint64_t v = 0;
    assert_true(slice_u64(SLICE_LITERAL("18446744073709551615"), UINT64_MAX, &v));
    assert_true(v == UINT64_MAX);
    assert_false(slice_u64(SLICE_LITERAL("18446744073709551616"), UINT64_MAX, &v));
    assert_false(slice_u64(SLICE_LITERAL("256"), 255, &v));
    assert_false(slice_u64(SLICE_LITERAL(""), 255, &v));
    assert_false(slice_u64(SLICE_LITERAL("1 "), 255, &v));
    assert_false(slice_u64(SLICE_LITERAL("-1"), 255, &v));
}

static void a_cursor_takes_nothing_that_is_not_there(void **state)
{
    (void)state;
    struct slice s = SLICE("\x01\x02\x03"), three, line;
    assert_false(take_bytes(&s, 4, &three));
    assert_true(take_bytes(&s, 2, &three));
    assert_true(slice_equal(three, SLICE_LITERAL("\x01\x02")));
    assert_false(take_bytes(&s, 2, &three));
    assert_true(take_bytes(&s, 1, &three));
    assert_int_equal(three.p[0], 3);
    assert_false(take_bytes(&s, 1, &three));
    s = SLICE_LITERAL("a\r\nb\rc\n\nd");
    const char *const lines[] = {"a", "b", "c", "", "d"};
    for (size_t i = 0; i < 5; i++) {
        assert_true(take_line(&s, &line));
        assert_true(slice_is(line, lines[i]));
    }
    assert_false(take_line(&s, &line));
}

static void an_arena_that_is_full_says_so(void **state)
{
    (void)state;
    struct arena a;
    assert_true(arena_init(&a, 100));
    assert_non_null(arena_alloc(&a, 60));
    assert_null(arena_alloc(&a, 60));
    assert_null(arena_array(&a, SIZE_MAX / 2, 4));
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_copy(&a, slice_of("", 99)).p);
    assert_null(arena_printf(&a, "%100s", "x").p);
    assert_true(slice_is(arena_printf(&a, "%d %s", 7, "lei"), "7 lei"));
    arena_finish(&a);
    assert_null(arena_alloc(&a, 1));
    arena_finish(&a);
}

static void memory_given_back_comes_again_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena a;
    assert_true(arena_init(&a, 4096));
    assert_true(slice_is(arena_copy(&a, SLICE_LITERAL("abc")), "abc"));
    size_t mark = a.used;
    uint8_t *p = arena_alloc(&a, 100);
    assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
    memset(p, 0xAA, 100);
    arena_reset(&a, mark);
    uint8_t *again = arena_alloc(&a, 100);
    assert_ptr_equal(p, again);
    for (int i = 0; i < 100; i++)
        assert_int_equal(again[i], 0);
    arena_finish(&a);
}

static void a_buffer_stops_at_its_maximum(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 300);
    for (int i = 0; i < 300; i++)
        buf_byte(&b, 'x');
    assert_false(b.full);
    assert_int_equal(strlen(buf_cstr(&b)), 300);
    buf_byte(&b, 'y');
    assert_true(b.full);
    assert_int_equal(b.n, 300);
    buf_reset(&b);
    buf_printf(&b, "%0280d", 7);
    assert_int_equal(b.n, 280);
    buf_printf(&b, "%0280d", 7);
    assert_true(b.full);
    assert_int_equal(b.n, 280);
    buf_finish(&b);
}

static void a_file_is_read_whole_or_refused(void **state)
{
    (void)state;
    char path[] = "/tmp/bonbon-base-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static char bytes[100000];
    memset(bytes, 'q', sizeof bytes);
    assert_int_equal(write(fd, bytes, sizeof bytes), (int)sizeof bytes);
    close(fd);
    struct buf b;
    buf_init(&b, sizeof bytes);
    assert_true(buf_read_file(&b, path));
    assert_int_equal(b.n, sizeof bytes);
    buf_finish(&b);
    buf_init(&b, sizeof bytes - 1);
    assert_false(buf_read_file(&b, path));
    assert_int_equal(errno, EFBIG);
    buf_finish(&b);
    unlink(path);
    buf_init(&b, 0);
    assert_false(buf_read_file(&b, path));
    assert_int_equal(errno, ENOENT);
    buf_finish(&b);
}

static void json_knows_where_commas_go(void **state)
{
    (void)state;
    struct buf b;
    struct json j;
    buf_init(&b, 0);
    json_init(&j, &b);
    json_open_object(&j, NULL);
    json_int(&j, "a", -5);
    json_open_list(&j, "b");
    json_bool(&j, NULL, true);
    json_open_object(&j, NULL);
    json_close_object(&j);
    json_null(&j, NULL);
    json_close_list(&j);
    json_str(&j, "c", NULL);
    json_text(&j, "d", SLICE_LITERAL("\"\\\n\x01\x7F\0\xC8\x99\xFF/"));
    json_raw(&j, "e", SLICE_LITERAL("[1]"));
    json_close_object(&j);
    assert_string_equal(buf_cstr(&b),
                        "{\"a\":-5,\"b\":[true,{},null],\"c\":null,"
                        "\"d\":\"\\\"\\\\\\n\\u0001\\u007f\\u0000\xC8\x99\xEF\xBF\xBD/\","
                        "\"e\":[1]}");
    buf_finish(&b);
}

static void the_clock_is_set_by_the_environment(void **state)
{
    (void)state;
    struct env env;
    struct err err = {0};
    assert_int_equal(setenv("BONBON_NOW", "2026-11-21T14:03:00+02:00", 1), 0);
    assert_true(env_system(&env, &err));
    assert_true(env.now_is_set);
    assert_int_equal(env.now(env.ctx), 1795262580);
    setenv("BONBON_NOW", "tomorrow", 1);
    assert_false(env_system(&env, &err));
    assert_int_equal(err.code, ERR_TIME);
    assert_string_equal(err.field, "BONBON_NOW");
    setenv("BONBON_NOW", "", 1);
    assert_true(env_system(&env, &err));
    assert_false(env.now_is_set);
    assert_true(env.now(env.ctx) > 1700000000);
    uint8_t a[32] = {0}, b[32] = {0};
    env.random(env.ctx, a, sizeof a);
    env.random(env.ctx, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void a_fixed_environment_can_be_lived_again(void **state)
{
    (void)state;
    struct env x, y;
    struct env_fixed a, b;
    uint8_t p[20], q[20];
    env_fixed(&x, 100, 7, &a);
    env_fixed(&y, 100, 7, &b);
    x.random(x.ctx, p, sizeof p);
    y.random(y.ctx, q, sizeof q);
    assert_memory_equal(p, q, sizeof p);
    y.random(y.ctx, q, sizeof q);
    assert_memory_not_equal(p, q, sizeof p);
    assert_int_equal(x.now(x.ctx), 100);
    a.now_s += 60;
    assert_int_equal(x.now(x.ctx), 160);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_are_ordered_by_bytes_then_length),
        cmocka_unit_test(a_string_is_cut_between_characters),
        cmocka_unit_test(a_number_fills_the_whole_slice),
        cmocka_unit_test(a_cursor_takes_nothing_that_is_not_there),
        cmocka_unit_test(an_arena_that_is_full_says_so),
        cmocka_unit_test(memory_given_back_comes_again_zeroed_and_aligned),
        cmocka_unit_test(a_buffer_stops_at_its_maximum),
        cmocka_unit_test(a_file_is_read_whole_or_refused),
        cmocka_unit_test(json_knows_where_commas_go),
        cmocka_unit_test(the_clock_is_set_by_the_environment),
        cmocka_unit_test(a_fixed_environment_can_be_lived_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
