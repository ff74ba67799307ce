/* Any bytes as a template and as its data: compiled or refused with a place, expanded within its
 * limits; marks and lines stay whole. The input is the template, a NUL, a partial named p, a NUL,
 * and texts parted by line ends. */
#include "document/document.h"

#include <stdlib.h>

enum { MAX_TEXTS = 6, MAX_PRINTED = 4096 };

/* Each mistake has its place in one of the sources. */
static void check_mistake(void *ctx, const struct err *what)
{
    (void)ctx;
    if (what->code == ERR_NONE || (what->code != ERR_TOO_BIG && (!what->line || !what->column)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool load(void *ctx, struct slice name, struct slice *source, struct err *err)
{
    if (!slice_is(name, "p"))
        return err_fail_slice(err, ERR_TEMPLATE_UNKNOWN, name);
    *source = *(const struct slice *)ctx;
    return true;
}

static struct slice take_part(struct slice *s, uint8_t end)
{
    const size_t n = slice_find(*s, end);
    const struct slice part = slice_sub(*s, 0, n);
    *s = slice_sub(*s, n + 1, s->n);
    return part;
}

/* Values are between marks, and there alone are no others. */
static void check_marks(struct slice s)
{
    bool inert = false;
    for (size_t i = 0; i < s.n; i++) {
        const uint8_t c = s.p[i];
        if (c == DOCUMENT_MARK_VALUE || c == DOCUMENT_MARK_TEXT) {
            if (inert == (c == DOCUMENT_MARK_VALUE))
                abort();
            inert = !inert;
        } else if (c == 0x7F || (c < 0x20 && (inert || (c != '\n' && c != '\r' && c != '\t')))) {
            abort();
        }
    }
    if (inert)
        abort();
}

static size_t print(struct slice document, struct buf *bytes)
{
    struct err err;
    const struct document_paper paper = {.profile = profile_find(SLICE_LITERAL("generic-58"))};
    buf_reset(bytes);
    return document_print(document, &paper, bytes, &err) ? bytes->n : 0;
}

/* Written as plain markup, the document prints the same bytes. */
static void check_portable(struct slice document)
{
    struct buf portable, first, second;
    buf_init(&portable, 0);
    buf_init(&first, 0);
    buf_init(&second, 0);
    document_portable(document, &portable);
    if (portable.n && memchr(portable.p, DOCUMENT_MARK_VALUE, portable.n))
        abort();
    if (print(document, &first) != print(buf_slice(&portable), &second) ||
        (first.n && memcmp(first.p, second.p, first.n) != 0))
        abort();
    buf_finish(&portable);
    buf_finish(&first);
    buf_finish(&second);
}

/* Told where it comes from, the document is the same, and each place is in a source. */
static void check_map(struct template *t, const struct view_object *root, struct slice document)
{
    struct document_map map = {0};
    struct buf out;
    struct err err = {0};
    buf_init(&out, 1 << 20);
    if (!template_expand_mapped(t, root, &out, &map, &err) ||
        !slice_equal(buf_slice(&out), document))
        abort();
    for (size_t i = 0; i < document.n; i += 1 + document.n / 64) {
        err = (struct err){0};
        document_map_place(&map, i, &err);
        if (err.line == 0 || err.column == 0 ||
            (strcmp(err.file, "fuzz") != 0 && strcmp(err.file, "p") != 0))
            abort();
    }
    document_map_finish(&map);
    buf_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct slice names[] = {SLICE("a"), SLICE("b"), SLICE("c"),
                                         SLICE("l"), SLICE("o"), SLICE("t")};
    static const struct view_shape shape = {names, MAX_TEXTS};
    struct slice rest = slice_of(data, size);
    const struct slice source = take_part(&rest, 0);
    struct slice partial = take_part(&rest, 0);
    struct view texts[3];
    for (size_t i = 0; i < 3; i++)
        texts[i] = view_text(take_part(&rest, '\n'));
    const struct view inner[] = {
        texts[2], texts[1], texts[0], {.kind = VIEW_NONE}, {.kind = VIEW_FALSE}, view_bool(true)};
    const struct view_object object = {&shape, inner, NULL};
    const struct view items[] = {view_object(&object), texts[0], view_list(texts, 3)};
    const struct view values[] = {
        texts[0], texts[1], texts[2], view_list(items, 3), view_object(&object), view_bool(true)};
    const struct view_object root = {&shape, values, NULL};
    const struct template_loader loader = {.ctx = &partial, .load = load, .mistake = check_mistake};
    struct template *t;
    struct err err = {0};
    struct buf out;
    buf_init(&out, 1 << 20);
    if (template_create(&t, "fuzz", source, &loader, &err)) {
        for (int i = 0; i < 2; i++) {
            buf_reset(&out);
            if (!template_expand(t, &root, &out, &err))
                continue;
            check_marks(buf_slice(&out));
            check_map(t, &root, buf_slice(&out));
            if (out.n < MAX_PRINTED)
                check_portable(buf_slice(&out));
        }
        template_destroy(t);
    } else if (err.code == ERR_NONE) {
        abort();
    }
    buf_finish(&out);
    return 0;
}
