/* Any bytes as YAML: refused with a place, or a tree that can be walked. */
#include <stdint.h>
#include <stdlib.h>

#include "base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count(const struct yaml_node *node)
{
    size_t n = 1 + yaml_text(node).n;
    for (size_t i = 0; i < yaml_count(node); i++)
        n += count(yaml_item(node, i)) +
             (yaml_kind(node) == YAML_MAP ? count(yaml_key(node, i)) : 0);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct target {
        struct slice a;
        bool b;
        uint32_t c;
    } target;
    static const struct yaml_field fields[] = {
        {"a", YAML_WANT_TEXT, false, offsetof(struct target, a), NULL},
        {"b", YAML_WANT_BOOL, false, offsetof(struct target, b), NULL},
        {"c", YAML_WANT_UINT, true, offsetof(struct target, c), NULL},
    };
    struct yaml_doc *doc;
    struct err err = {0};
    struct arena arena;
    if (!arena_init(&arena, 1 << 20))
        abort();
    if (yaml_parse(&doc, "fuzz.yaml", slice_of(data, size), &err)) {
        if (count(yaml_root(doc)) > 4 * size + 4)
            abort();
        if (!yaml_walk(yaml_root(doc), fields, 3, &target, NULL, &arena, &err) && !err.line)
            abort();
    } else if (!err.file[0]) {
        abort();
    }
    yaml_destroy(doc);
    arena_finish(&arena);
    return 0;
}
