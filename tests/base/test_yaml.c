#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/yaml.h"

struct shop {
    struct slice name, note;
    bool open;
    uint32_t tills;
    unsigned days;
    size_t staff;
};

static bool parse_days(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)ctx;
    if (!slice_is(yaml_text(node), "2 days")) {
        FAIL(err, ERR_RULE, "days", "like: 2 days");
        return yaml_at(node, err);
    }
    *(unsigned *)at = 2;
    return true;
}

static bool parse_staff(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)err;
    *(int *)ctx += 1;
    *(size_t *)at = yaml_count(node);
    return true;
}

static const struct yaml_field fields[] = {
    {"days", YAML_WANT_PARSE, false, offsetof(struct shop, days), parse_days},
    {"name", YAML_WANT_TEXT, true, offsetof(struct shop, name), NULL},
    {"note", YAML_WANT_TEXT, false, offsetof(struct shop, note), NULL},
    {"open", YAML_WANT_BOOL, false, offsetof(struct shop, open), NULL},
    {"staff", YAML_WANT_PARSE, false, offsetof(struct shop, staff), parse_staff},
    {"tills", YAML_WANT_UINT, false, offsetof(struct shop, tills), NULL},
};

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    return arena_init(&arena, 1 << 16) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static bool load_slice(struct slice text, struct shop *shop, struct err *err)
{
    struct yaml_doc *doc;
    int calls = 0;
    *err = (struct err){0};
    *shop = (struct shop){0};
    if (!yaml_parse(&doc, "shop.yaml", text, err))
        return false;
    bool ok = yaml_walk(yaml_root(doc), fields, 6, shop, &calls, &arena, err);
    yaml_destroy(doc);
    return ok;
}

static bool load(const char *text, struct shop *shop, struct err *err)
{
    return load_slice(slice_str(text), shop, err);
}

static void a_table_fills_a_struct(void **state)
{
    (void)state;
    struct shop s;
    struct err err;
    assert_true(load("# comment\nname: Cafea & Co\nopen: yes\ntills: 3\ndays: 2 days\n"
                     "staff: [Ana, Ion]\nnote:\n",
                     &s, &err));
    assert_true(slice_is(s.name, "Cafea & Co"));
    assert_true(s.open);
    assert_int_equal(s.tills, 3);
    assert_int_equal(s.days, 2);
    assert_int_equal(s.staff, 2);
    assert_int_equal(s.note.n, 0);
    assert_true(load("name: \"\"\n", &s, &err));
    assert_int_equal(s.name.n, 0);
}

static void problems_have_a_file_a_line_and_a_column(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
        unsigned line, column;
        const char *arg0;
    } rows[] = {
        {"name: a\nnmae: b\n", ERR_YAML_KEY, 2, 1, "nmae"},
        {"name: a\n\nname: b\n", ERR_YAML_KEY, 3, 1, "name"},
        {"open: true\n", ERR_YAML_MISSING, 1, 1, "name"},
        {"", ERR_YAML_MISSING, 1, 1, "name"},
        {"# nothing\n", ERR_YAML_MISSING, 1, 1, "name"},
        {"name: ~\n", ERR_YAML_MISSING, 1, 1, "name"},
        {"name: a\nopen: maybe\n", ERR_YAML_KIND, 2, 7, "open"},
        {"name: a\ntills: -1\n", ERR_YAML_KIND, 2, 8, "tills"},
        {"name: a\ntills: 4294967296\n", ERR_YAML_KIND, 2, 8, "tills"},
        {"name: [a]\n", ERR_YAML_KIND, 1, 7, "name"},
        {"- a\n", ERR_YAML_KIND, 1, 1, "shop.yaml"},
        {"name: a\ndays: 3\n", ERR_RULE, 2, 7, "days"},
        {"name: a\n  open: true\n", ERR_YAML, 2, 7, NULL},
        {"name: \"a\n", ERR_YAML, 2, 1, NULL},
        {"name: a\n\topen: b\n", ERR_YAML, 2, 1, NULL},
        {"name: &x a\n", ERR_YAML, 1, 7, "&anchor"},
        {"name: a\n---\nname: b\n", ERR_YAML, 2, 1, "---"},
        {"ăș: a\n", ERR_YAML_KEY, 1, 1, "ăș"},
        {"{ăș: a, name: b, x: 1}\n", ERR_YAML_KEY, 1, 2, "ăș"},
        {"{name: ăș, x: 1}\n", ERR_YAML_KEY, 1, 12, "x"},
        {"name: a\nnote: \xFF\n", ERR_UTF8, 2, 7, ""},
        {"name: a\nnote: \x01\n", ERR_YAML, 2, 7, NULL},
        {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", ERR_TOO_BIG, 1, 17, "depth"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct shop s;
        struct err err;
        assert_false(load(rows[i].text, &s, &err));
        if (err.code != rows[i].code || err.line != rows[i].line || err.column != rows[i].column)
            fail_msg("%s: %s at %u:%u %s", rows[i].text, err_name(err.code), err.line, err.column,
                     err.arg[0]);
        assert_string_equal(err.file, "shop.yaml");
        if (rows[i].arg0)
            assert_string_equal(err.arg[0], rows[i].arg0);
    }
}

static void an_unknown_key_is_told_what_is_known(void **state)
{
    (void)state;
    struct shop s;
    struct err err;
    assert_false(load("name: a\nx: 1\n", &s, &err));
    assert_string_equal(err.arg[1], "days, name, note, open, staff, tills");
}

static void a_file_of_more_than_a_mebibyte_is_refused(void **state)
{
    (void)state;
    static uint8_t big[(1 << 20) + 1];
    memset(big, '#', sizeof big);
    struct shop s;
    struct err err;
    assert_false(load_slice(slice_of(big, sizeof big), &s, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    assert_string_equal(err.file, "shop.yaml");
}

static void a_tree_is_walked_by_hand_too(void **state)
{
    (void)state;
    struct yaml_doc *doc;
    struct err err = {0};
    assert_true(yaml_parse(&doc, "t", SLICE_LITERAL("a: [x, {b: ''}, null]\n"), &err));
    const struct yaml_node *root = yaml_root(doc), *list = yaml_item(root, 0);
    assert_int_equal(yaml_kind(root), YAML_MAP);
    assert_true(slice_is(yaml_text(yaml_key(root, 0)), "a"));
    assert_int_equal(yaml_kind(list), YAML_LIST);
    assert_int_equal(yaml_count(list), 3);
    assert_int_equal(yaml_kind(yaml_item(list, 0)), YAML_TEXT);
    assert_int_equal(yaml_kind(yaml_item(list, 1)), YAML_MAP);
    assert_int_equal(yaml_kind(yaml_item(yaml_item(list, 1), 0)), YAML_TEXT); /* quoted: a text */
    assert_int_equal(yaml_kind(yaml_item(list, 2)), YAML_NULL);
    assert_int_equal(yaml_kind(yaml_item(list, 3)), YAML_NULL); /* past the end */
    assert_false(yaml_at(yaml_item(list, 1), &err));
    assert_int_equal(err.line, 1);
    assert_int_equal(err.column, 8);
    yaml_destroy(doc);
    yaml_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_fills_a_struct),
        cmocka_unit_test(problems_have_a_file_a_line_and_a_column),
        cmocka_unit_test(an_unknown_key_is_told_what_is_known),
        cmocka_unit_test(a_file_of_more_than_a_mebibyte_is_refused),
        cmocka_unit_test(a_tree_is_walked_by_hand_too),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
