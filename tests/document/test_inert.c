/* Values are data: whatever a name holds, the paper has the layout and the commands of the same
 * receipt with plain words of the same width. */
#include "document/data.h"
#include "document/paper.h"

#include "base/utf8.h"

static const char template_text[] = "{{v}}\n"
                                    "|{{v}}|{{v}}|\n"
                                    "a {{v}} | {{v}}\n"
                                    "{width:20,*,10}\n"
                                    "{{v}} | x {{v}}| {{v}}\n"
                                    "{border:line}\n"
                                    "|{{v}}|b|c\n"
                                    "{border:space;width:auto}\n"
                                    "_{{v}}_ | ^{{v}}\n"
                                    "\\{{v}}\n"
                                    "^{{v}}^^ |\n"
                                    "{comment:{{v}};align:left}\n"
                                    "{{v}}{{v}}\n";

static struct template *template;
static struct arena arena;

static struct buf expand(const char *value)
{
    static const struct slice names[] = {SLICE("v")};
    static const struct view_shape shape = {names, 1};
    const struct view values[] = {view_text(slice_str(value))};
    const struct view_object object = {&shape, values, NULL};
    struct err err;
    struct buf out;
    buf_init(&out, 0);
    assert_true(template_expand(template, &object, &out, &err));
    return out;
}

/* Where and how each character stands; the characters themselves differ. */
static void same_layout(const char *value, const char *plain)
{
    struct buf a = expand(value);
    struct buf b = expand(plain);
    struct buf first;
    buf_init(&first, 0);
    const struct virtual_printer *vp = paper_printer(NULL, buf_slice(&b));
    size_t n_plain;
    const struct virtual_glyph *g = virtual_glyphs(vp, &n_plain);
    buf_append(&first, g, n_plain * sizeof *g);
    const uint32_t height = virtual_paper(vp)->height_dots;
    struct buf commands;
    buf_init(&commands, 0);
    buf_slice_append(&commands, paper_commands(paper_bytes(NULL, buf_slice(&b))));

    vp = paper_printer(NULL, buf_slice(&a));
    assert_string_equal(paper_warnings(), "");
    size_t n;
    const struct virtual_glyph *h = virtual_glyphs(vp, &n);
    g = (const struct virtual_glyph *)(const void *)first.p;
    if (n != n_plain)
        fail_msg("'%s': %zu characters, not %zu", value, n, n_plain);
    for (size_t i = 0; i < n; i++) {
        if (g[i].x_dots != h[i].x_dots || g[i].y_dots != h[i].y_dots ||
            g[i].scale_x != h[i].scale_x || g[i].scale_y != h[i].scale_y ||
            g[i].underline != h[i].underline)
            fail_msg("'%s': character %zu stands elsewhere", value, i);
    }
    assert_int_equal(virtual_paper(vp)->height_dots, height);
    const struct slice now = paper_commands(paper_bytes(NULL, buf_slice(&a)));
    if (!slice_equal(now, buf_slice(&commands)))
        fail_msg("'%s': other commands\n%.*s\n%.*s", value, (int)now.n, (const char *)now.p,
                 (int)commands.n, (const char *)commands.p);
    buf_finish(&a);
    buf_finish(&b);
    buf_finish(&first);
    buf_finish(&commands);
}

static const char *const hostile[] = {
    "|",     "||",      "{",          "}",         "{}",    "{{}}",      "{code:x}",
    "{x:y}", "~",       "_",          "\"",        "`",     "^",         "^^",
    "^^^",   "^^^^^^^", "-",          "---",       "=",     "===",       "\\",
    "\\n",   "\\x41",   "\\|",        "a|b",       "a | b", "|a|",       "-a",
    "a-",    ";",       "a;b",        "a}b",       ":",     "#",         "{{v}}",
    "/",     "\\x1b",   "\\x\\x001b", "*",         ",",     "{width:1}", "{command:\\x1b@}",
    "a~b",   "__",      "\\{",        "{feed:99}",
};
enum { HOSTILE = sizeof hostile / sizeof *hostile };

static void markup_in_a_value_is_a_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOSTILE; i++) {
        char plain[32];
        const size_t n = strlen(hostile[i]);
        memset(plain, 'x', n);
        plain[n] = 0;
        same_layout(hostile[i], plain);
    }
}

static void a_control_in_a_value_is_a_blank(void **state)
{
    (void)state;
    for (unsigned c = 1; c < 0x80; c++) {
        if (c >= 0x20 && c != 0x7F)
            continue;
        const char value[] = {'a', (char)c, (char)c, 'b', 0};
        same_layout(value, "a b");
    }
}

static void blanks_in_a_value_do_not_align(void **state)
{
    (void)state;
    struct buf out = expand(" a ");
    /* The blanks are part of the text: the column's own pipes decide. */
    const struct virtual_printer *vp = paper_printer(NULL, buf_slice(&out));
    size_t n;
    const struct virtual_glyph *g = virtual_glyphs(vp, &n);
    buf_finish(&out);
    assert_true(n > 0);
    uint32_t first = 0;
    while (g[first].cp == ' ')
        first++;
    assert_int_equal(g[first].cp, 'a');
    assert_int_equal(g[first].x_dots, (48 - 3) * 12 / 2 + 12);
}

static void an_empty_value_keeps_the_columns(void **state)
{
    (void)state;
    struct buf out;
    struct err err;
    struct template *t;
    static const struct view_shape shape = {NULL, 0};
    static const struct view_object nothing = {&shape, NULL, NULL};
    const struct paper narrow = {.columns = 24};
    buf_init(&out, 0);
    assert_true(template_create(
        &t, "t", SLICE_LITERAL("{{a}} | {{b}}\n{{a}}|x\n|{{a}}|y\n{{a}}---{{a}}\n"), NULL, &err));
    assert_true(template_expand(t, &nothing, &out, &err));
    template_destroy(t);
    buf_byte(&out, 0);
    /* The second line's x stands left in the right half, the third line's y too; a rule is drawn by
     * the template's bytes alone. */
    paper_expect(&narrow, (const char *)out.p,
                 "\n            x\n            y\n          ---\n-- cut --\n");
    buf_finish(&out);
}

static void a_value_alone_never_makes_a_rule_a_cut_or_a_property(void **state)
{
    (void)state;
    const struct paper narrow = {.columns = 24};
    paper_expect(&narrow, "\x0e---\x0f\n\x0e===\x0f\n\x0e{code:x}\x0f\n-\x0e-\x0f\n",
                 "          ---\n          ===\n        {code:x}\n           --\n-- cut --\n");
    assert_string_equal(paper_warnings(), "");
}

static void a_value_stays_inside_its_property(void **state)
{
    (void)state;
    size_t n;
    const struct virtual_mark *m = virtual_marks(
        paper_printer(NULL, SLICE_LITERAL("{code:\x0e"
                                          "a;option:ean}|{x\\n\x0f;option:qrcode,5,m}")),
        &n);
    assert_string_equal(paper_warnings(), "");
    assert_true(n >= 1);
    assert_int_equal(m[0].kind, VIRTUAL_QR);
    assert_true(slice_is(m[0].text, "a;option:ean}|{x\\n"));
    (void)paper_bytes(NULL, SLICE_LITERAL("{code:\x0e\x0f;option:qrcode}"));
    assert_string_equal(paper_warnings(), "symbol:1 ");
}

static void same_paper(const char *value)
{
    struct buf document = expand(value);
    struct buf portable;
    struct buf bytes;
    buf_init(&portable, 0);
    buf_init(&bytes, 0);
    document_portable(buf_slice(&document), &portable);
    assert_null(memchr(portable.p, DOCUMENT_MARK_VALUE, portable.n));
    buf_slice_append(&bytes, paper_bytes(NULL, buf_slice(&document)));
    if (!slice_equal(paper_bytes(NULL, buf_slice(&portable)), buf_slice(&bytes)))
        fail_msg("'%s': other paper from\n%.*s", value, (int)portable.n, (const char *)portable.p);
    buf_finish(&document);
    buf_finish(&portable);
    buf_finish(&bytes);
}

static void written_as_plain_markup_a_document_prints_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOSTILE; i++)
        same_paper(hostile[i]);
    same_paper("");
    same_paper(" a ");
    same_paper("  ");
    same_paper("e\xcc\x81");
    /* An escape that the template leaves open takes nothing of a value, and blanks of a value in a
     * property stay. */
    struct buf out;
    buf_init(&out, 0);
    document_portable(SLICE_LITERAL("a\\\x0e"
                                    "n\x0f\\x\x0e"
                                    "41\x0f\\x4\x0e"
                                    "1\x0f\\\\\x0e|\x0f\r{code:\x0e a;\x0f}"),
                      &out);
    assert_string_equal(buf_cstr(&out), "an411\\\\\\|\r{code:\\x20a\\;}");
    /* A code takes whatever two characters stand behind it, in a property two digits alone; an
     * empty value keeps the blanks beside it from the edge. */
    buf_reset(&out);
    document_portable(SLICE_LITERAL("\\x%\x0e"
                                    "ab\x0f\\x\xd0\x96\x0e"
                                    "c\x0f\\x \\x4\\\x0e"
                                    "1\x0f\\x%%\x0e"
                                    "d\x0f\n{c:\x0e\x0f \\x4\x0e"
                                    "1\x0f\\x%\x0e"
                                    "e\x0f}"),
                      &out);
    assert_string_equal(buf_cstr(&out), "abc1\\x%%d\n{c:\\_ 41\\x%e}");
    buf_finish(&out);
}

static int set_up(void **state)
{
    struct err err;
    (void)state;
    return !arena_init(&arena, 1 << 20) ||
           !template_create(&template, "t", slice_of(template_text, sizeof template_text - 1), NULL,
                            &err);
}

static int tear_down(void **state)
{
    (void)state;
    template_destroy(template);
    arena_finish(&arena);
    paper_finish();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup_in_a_value_is_a_word),
        cmocka_unit_test(a_control_in_a_value_is_a_blank),
        cmocka_unit_test(blanks_in_a_value_do_not_align),
        cmocka_unit_test(an_empty_value_keeps_the_columns),
        cmocka_unit_test(a_value_alone_never_makes_a_rule_a_cut_or_a_property),
        cmocka_unit_test(a_value_stays_inside_its_property),
        cmocka_unit_test(written_as_plain_markup_a_document_prints_the_same),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
