/* Walking a rules file: reports every mistake and goes on. */
#include "base/utf8.h"
#include "rules/inside.h"

static void report(struct loader *l, enum rules_severity severity, const struct err *err)
{
    if (severity == RULES_PROBLEM)
        l->problems++;
    l->report(l->ctx, severity, err);
}

void load_failed(struct loader *l, const struct yaml_node *node, struct err *err)
{
    if (node)
        yaml_at(node, err);
    report(l, RULES_PROBLEM, err);
}

static void fail_slices(struct err *err, enum err_code code, struct slice a, struct slice b,
                        struct slice c)
{
    char args[3][ERR_ARG_BYTES];
    slice_cstr(a, args[0], ERR_ARG_BYTES);
    slice_cstr(b, args[1], ERR_ARG_BYTES);
    slice_cstr(c, args[2], ERR_ARG_BYTES);
    FAIL(err, code, args[0], args[1], args[2]);
}

void load_problem(struct loader *l, const struct yaml_node *node, enum err_code code,
                  struct slice a, struct slice b, struct slice c)
{
    struct err err;
    fail_slices(&err, code, a, b, c);
    load_failed(l, node, &err);
}

void load_place(const struct yaml_node *node, unsigned *line, unsigned *column)
{
    struct err err = {0};
    yaml_at(node, &err);
    *line = err.line;
    *column = err.column;
}

void load_warning(struct loader *l, unsigned line, unsigned column, enum err_code code,
                  struct slice a, struct slice b)
{
    struct err err;
    fail_slices(&err, code, a, b, SLICE_LITERAL(""));
    err_at(&err, NULL, line, column);
    report(l, RULES_WARNING, &err);
}

void load_misread(struct loader *l, const struct field *field, const struct yaml_node *node)
{
    struct slice key = slice_str(field->key), like = slice_str(field->like);
    if (yaml_kind(node) == YAML_TEXT)
        load_problem(l, node, ERR_RULE, key, yaml_text(node), like);
    else
        load_problem(l, node, ERR_YAML_KIND, key, like, SLICE_LITERAL(""));
}

void load_too_big(struct loader *l, const struct yaml_node *node, const char *what,
                  const char *limit)
{
    load_problem(l, node, ERR_TOO_BIG, slice_str(what), slice_str(limit), SLICE_LITERAL(""));
}

bool load_text(struct loader *l, const struct field *field, const struct yaml_node *node,
               struct slice *text)
{
    *text = slice_trim(yaml_text(node));
    if (yaml_kind(node) == YAML_TEXT && text->n)
        return true;
    load_misread(l, field, node);
    return false;
}

size_t load_list_size(struct loader *l, const struct field *field, const struct yaml_node *node)
{
    size_t n = yaml_kind(node) == YAML_LIST   ? yaml_count(node)
               : yaml_kind(node) == YAML_NULL ? 0
                                              : 1;
    if (n == 0) {
        load_misread(l, field, node);
    } else if (n > RULES_MAX_LIST) {
        load_too_big(l, node, field->key, "200");
        n = 0;
    }
    return n;
}

const struct yaml_node *load_list_item(const struct yaml_node *node, size_t i)
{
    return yaml_kind(node) == YAML_LIST ? yaml_item(node, i) : node;
}

void *load_array(struct loader *l, const struct yaml_node *node, size_t n, size_t size)
{
    void *p = arena_array(l->arena, n, size);
    if (!p)
        load_too_big(l, node, "rules", "64 MiB");
    return p;
}

static const struct field *find_field(const struct field *fields, size_t n,
                                      const struct yaml_node *key)
{
    for (size_t i = 0; i < n && yaml_kind(key) == YAML_TEXT; i++) {
        if (slice_is(yaml_text(key), fields[i].key))
            return &fields[i];
    }
    return NULL;
}

static void unknown_key(struct loader *l, const struct yaml_node *key, const struct field *fields,
                        size_t n)
{
    char known[ERR_ARG_BYTES];
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i)
            at += slice_cstr(SLICE_LITERAL(", "), known + at, sizeof known - at);
        at += slice_cstr(slice_str(fields[i].key), known + at, sizeof known - at);
    }
    load_problem(l, key, ERR_YAML_KEY, yaml_text(key), slice_of(known, at), SLICE_LITERAL(""));
}

void load_map(struct loader *l, const struct yaml_node *map, const char *what,
              const struct field *fields, size_t n, void *target)
{
    if (yaml_kind(map) != YAML_MAP) {
        char like[ERR_ARG_BYTES];
        size_t at = slice_cstr(SLICE_LITERAL("{ "), like, sizeof like);
        at += slice_cstr(slice_str(fields[0].key), like + at, sizeof like - at);
        at += slice_cstr(SLICE_LITERAL(": … }"), like + at, sizeof like - at);
        load_problem(l, map, ERR_YAML_KIND, slice_str(what), slice_of(like, at), SLICE_LITERAL(""));
        return;
    }
    uint64_t seen = 0;
    for (size_t i = 0; i < yaml_count(map); i++) {
        const struct yaml_node *key = yaml_key(map, i), *value = yaml_item(map, i);
        const struct field *field = find_field(fields, n, key);
        uint64_t bit = field ? UINT64_C(1) << (field - fields) : 0;
        if (!field || (seen & bit)) {
            unknown_key(l, key, fields, n);
            continue;
        }
        seen |= bit;
        /* A condition with nothing behind it would hold for everybody; nothing is said, so ask. */
        if (yaml_kind(value) != YAML_NULL)
            field->parse(l, field, value, target);
        else if (!field->may_be_empty)
            load_problem(l, key, ERR_YAML_KIND, slice_str(field->key), slice_str(field->like),
                         SLICE_LITERAL(""));
    }
    for (size_t i = 0; i < n; i++) {
        if (fields[i].required && !(seen >> i & 1))
            load_problem(l, map, ERR_YAML_MISSING, slice_str(fields[i].key), SLICE_LITERAL(""),
                         SLICE_LITERAL(""));
    }
}

void load_name(struct loader *l, const struct field *field, const struct yaml_node *node,
               struct slice *out)
{
    struct slice text;
    if (!load_text(l, field, node, &text))
        return;
    if (text.n > MAX_NAME_BYTES) {
        load_too_big(l, node, field->key, "100");
        return;
    }
    text = arena_copy(l->arena, utf8_clean(l->arena, text));
    if (text.n)
        *out = text;
    else
        load_misread(l, field, node);
}

void load_twice(struct loader *l, const struct yaml_node *node, struct slice name, unsigned line)
{
    struct slice text = arena_printf(l->arena, "%u", line);
    load_problem(l, node, ERR_RULE_TWICE, name, text, SLICE_LITERAL(""));
}
