#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "protocol/trace.h"

static const uint8_t stream[] =
    "\x1b@Hi there\n\x1dv0\x00\x01\x00\x02\x00\xff\x00\x1bL\x1d(k\x03\x00"
    "\x31\x43\x05\x10\x04\x01\x1d\x56\x42\x00tail\x1b$\x10";

/* Rows as lines, texts joined, for a text may come in pieces. */
struct rows {
    struct buf text;
    bool in_text;
};

static void keep(void *ctx, const struct trace_row *row)
{
    struct rows *rows = ctx;
    bool is_text = strcmp(row->name, "text") == 0;
    if (!(is_text && rows->in_text))
        buf_printf(&rows->text, "%llx %s", (unsigned long long)row->offset, row->name);
    for (size_t i = 0; i < row->bytes.n; i++)
        buf_printf(&rows->text, " %02x", row->bytes.p[i]);
    rows->in_text = is_text;
    if (!is_text)
        buf_byte(&rows->text, '\n');
}

static void list(size_t step, struct buf *out)
{
    struct rows rows = {.in_text = false};
    struct trace t;
    buf_init(&rows.text, 0);
    trace_init(&t, keep, &rows);
    for (size_t at = 0; at < sizeof stream - 1; at += step)
        trace_feed(&t, slice_sub(slice_of(stream, sizeof stream - 1), at, at + step));
    trace_end(&t);
    trace_finish(&t);
    *out = rows.text;
}

static void a_listing_does_not_depend_on_how_the_bytes_came(void **state)
{
    (void)state;
    struct buf whole, pieces;
    list(sizeof stream, &whole);
    assert_non_null(strstr(buf_cstr(&whole), "GS v 0 1d 76 30"));
    for (size_t step = 1; step < 20; step++) {
        list(step, &pieces);
        assert_string_equal(buf_cstr(&pieces), buf_cstr(&whole));
        buf_finish(&pieces);
    }
    buf_finish(&whole);
}

static void a_command_is_listed_as_soon_as_it_is_whole(void **state)
{
    (void)state;
    struct rows rows = {.in_text = false};
    struct trace t;
    buf_init(&rows.text, 0);
    trace_init(&t, keep, &rows);
    trace_feed(&t, SLICE_LITERAL("\x1b"));
    assert_int_equal(rows.text.n, 0);
    trace_feed(&t, SLICE_LITERAL("@\x1d"));
    assert_string_equal(buf_cstr(&rows.text), "0 ESC @ 1b 40\n");
    trace_end(&t);
    assert_string_equal(buf_cstr(&rows.text), "0 ESC @ 1b 40\n2 unfinished 1d\n");
    trace_finish(&t);
    buf_finish(&rows.text);
}

static void a_command_of_gigabytes_is_passed_over(void **state)
{
    (void)state;
    static uint8_t chunk[1 << 16];
    struct rows rows = {.in_text = false};
    struct trace t;
    uint64_t left = 16 << 20;
    buf_init(&rows.text, 0);
    trace_init(&t, keep, &rows);
    /* GS 8 L, 16 MiB, fn 112 */
    trace_feed(&t, SLICE_LITERAL("\x1d\x38\x4c\x00\x00\x00\x01\x30\x70"));
    for (left -= 2; left; left -= left < sizeof chunk ? left : sizeof chunk)
        trace_feed(&t, slice_of(chunk, left < sizeof chunk ? (size_t)left : sizeof chunk));
    assert_true(t.waiting.cap < sizeof chunk);
    trace_feed(&t, SLICE_LITERAL("\n"));
    trace_end(&t);
    const char *text = buf_cstr(&rows.text);
    assert_non_null(strstr(text, "0 too long"));
    assert_non_null(strstr(text, "1000007 LF 0a\n"));
    assert_null(strstr(text, "unfinished"));
    trace_finish(&t);
    buf_finish(&rows.text);
}

static void lines_name_commands_as_the_guide_does(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 0);
    trace_text(slice_of(stream, sizeof stream - 1), &out);
    const char *text = buf_cstr(&out);
    assert_non_null(strstr(text, "00000000  ESC @\n"));
    assert_non_null(strstr(text, "00000002  text           \"Hi there\"\n"));
    assert_non_null(strstr(text, "GS ( k <fn 167> n=5\n"));
    assert_non_null(strstr(text, "unfinished     3 bytes, 1 more are missing\n"));
    buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_listing_does_not_depend_on_how_the_bytes_came),
        cmocka_unit_test(a_command_is_listed_as_soon_as_it_is_whole),
        cmocka_unit_test(a_command_of_gigabytes_is_passed_over),
        cmocka_unit_test(lines_name_commands_as_the_guide_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
