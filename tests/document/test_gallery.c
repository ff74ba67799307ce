/* What is baked in is what stands in the source tree, and all of it can be used. */
#include "document/gallery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "document/document.h"

static void every_file_is_as_in_the_tree_and_in_order(void **state)
{
    (void)state;
    size_t n;
    const struct gallery_file *files = gallery_all(&n);
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        char path[4096];
        struct buf b;
        struct slice found;
        buf_init(&b, 0);
        snprintf(path, sizeof path, "%s/gallery/%s", SOURCE_DIR, files[i].path);
        assert_true(buf_read_file(&b, path));
        assert_true(slice_equal(buf_slice(&b), files[i].bytes));
        assert_true(gallery_find(files[i].path, &found));
        assert_ptr_equal(found.p, files[i].bytes.p);
        assert_true(i == 0 || strcmp(files[i - 1].path, files[i].path) < 0);
        buf_finish(&b);
    }
    struct slice none;
    assert_false(gallery_find("en/no-such-template.receipt", &none));
}

/* Partials are the gallery's own, in the same language. */
static bool load(void *ctx, struct slice name, struct slice *source, struct err *err)
{
    char path[256];
    snprintf(path, sizeof path, "%.2s/%.*s.receipt", (const char *)ctx, (int)name.n,
             (const char *)name.p);
    return gallery_find(path, source) || err_fail_slice(err, ERR_TEMPLATE_UNKNOWN, name);
}

static void every_template_compiles(void **state)
{
    (void)state;
    size_t n;
    const struct gallery_file *files = gallery_all(&n);
    for (size_t i = 0; i < n; i++) {
        const char *dot = strrchr(files[i].path, '.');
        struct template *t;
        struct err err = {0};
        const struct template_loader loader = {.ctx = (void *)(uintptr_t)files[i].path,
                                               .load = load};
        if (strcmp(dot, ".receipt") != 0)
            continue;
        if (!template_create(&t, files[i].path, files[i].bytes, &loader, &err))
            fail_msg("%s: %s at %s:%u", files[i].path, err_name(err.code), err.file, err.line);
        template_destroy(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_as_in_the_tree_and_in_order),
        cmocka_unit_test(every_template_compiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
