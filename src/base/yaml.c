#include "base/yaml.h"

#include <stdlib.h>
#include <yaml.h>

#include "base/utf8.h"

enum { FILE_MAX_BYTES = 1 << 20, DEPTH_MAX = 16, FIELDS_MAX = 64 };

struct yaml_node {
    const struct yaml_doc *doc;
    const yaml_node_t *in; /* NULL for the root of an empty file */
    const struct yaml_node
        *key; /* under which it, or the list around it, stands; NULL at the root */
};

struct yaml_doc {
    yaml_document_t in;
    struct yaml_node *nodes; /* libyaml counts from 1: node i stands at i - 1 */
    struct yaml_node empty;  /* root of an empty file */
    char file[ERR_FILE_BYTES];
};

static bool fail_at_mark(struct err *err, const char *file, const yaml_mark_t *mark)
{
    return err_at(err, file, (unsigned)mark->line + 1, (unsigned)mark->column + 1);
}

static bool fail_syntax(const yaml_parser_t *parser, struct slice text, const char *file,
                        struct err *err)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        FAIL(err, ERR_TOO_BIG, file, "memory");
        return err_at(err, file, 0, 0);
    }
    FAIL(err, ERR_YAML, parser->problem ? parser->problem : "?");
    if (parser->error != YAML_READER_ERROR)
        return fail_at_mark(err, file, &parser->problem_mark);
    /* A character that may not stand in YAML at all: its mark is where the buffer began. */
    unsigned line, column;
    utf8_place(text, parser->problem_offset, &line, &column);
    return err_at(err, file, line, column);
}

static void begin(yaml_parser_t *parser, struct slice text)
{
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser, text.p ? text.p : (const uint8_t *)"", text.n);
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return event->data.alias.anchor;
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor;
    default:
        return NULL;
    }
}

/* What the loaded document no longer shows: anchors (a few bytes of them can make a tree of
 * billions), depth, and how many documents there are. */
static bool check_event(const yaml_event_t *event, unsigned *depth, unsigned *documents,
                        const char *file, struct err *err)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++*documents > 1) {
            FAIL(err, ERR_YAML, "---");
            return fail_at_mark(err, file, &event->start_mark);
        }
        break;
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        if (++*depth > DEPTH_MAX) {
            FAIL(err, ERR_TOO_BIG, "depth", "16");
            return fail_at_mark(err, file, &event->start_mark);
        }
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        --*depth;
        break;
    default:
        break;
    }
    if (anchor_of(event)) {
        FAIL(err, ERR_YAML, event->type == YAML_ALIAS_EVENT ? "*alias" : "&anchor");
        return fail_at_mark(err, file, &event->start_mark);
    }
    return true;
}

static bool check_events(struct slice text, const char *file, struct err *err)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return FAIL(err, ERR_TOO_BIG, file, "memory");
    begin(&parser, text);
    unsigned depth = 0, documents = 0;
    bool ok = true, more = true;
    while (ok && more) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            ok = fail_syntax(&parser, text, file, err);
            break;
        }
        more = event.type != YAML_STREAM_END_EVENT;
        ok = check_event(&event, &depth, &documents, file, err);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return ok;
}

static size_t node_count(const yaml_document_t *in)
{
    return (size_t)(in->nodes.top - in->nodes.start);
}

static bool index_nodes(struct yaml_doc *doc)
{
    size_t n = node_count(&doc->in);
    doc->nodes = calloc(n + 1, sizeof *doc->nodes);
    if (!doc->nodes)
        return false;
    for (size_t i = 0; i < n; i++) {
        doc->nodes[i].doc = doc;
        doc->nodes[i].in = &doc->in.nodes.start[i];
    }
    /* A collection comes before what is in it, so that a list's own key is known by then. */
    for (size_t i = 0; i < n; i++) {
        const yaml_node_t *in = doc->nodes[i].in;
        if (in->type == YAML_MAPPING_NODE) {
            for (const yaml_node_pair_t *p = in->data.mapping.pairs.start;
                 p < in->data.mapping.pairs.top; p++)
                doc->nodes[p->value - 1].key = &doc->nodes[p->key - 1];
        } else if (in->type == YAML_SEQUENCE_NODE) {
            for (const yaml_node_item_t *p = in->data.sequence.items.start;
                 p < in->data.sequence.items.top; p++)
                doc->nodes[*p - 1].key = doc->nodes[i].key;
        }
    }
    return true;
}

static bool check_text(const char *file, struct slice text, struct err *err)
{
    if (text.n > FILE_MAX_BYTES) {
        FAIL(err, ERR_TOO_BIG, file, "1 MiB");
        return err_at(err, file, 0, 0);
    }
    size_t valid = utf8_valid(text);
    if (valid == text.n)
        return true;
    unsigned line, column;
    utf8_place(text, valid, &line, &column);
    FAIL(err, ERR_UTF8);
    return err_at(err, file, line, column);
}

bool yaml_parse(struct yaml_doc **doc, const char *file, struct slice text, struct err *err)
{
    *doc = NULL;
    if (!check_text(file, text, err) || !check_events(text, file, err))
        return false;
    struct yaml_doc *d = calloc(1, sizeof *d);
    if (!d)
        return FAIL(err, ERR_TOO_BIG, file, "memory");
    slice_cstr(slice_str(file), d->file, sizeof d->file);
    d->empty.doc = d;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        free(d);
        return FAIL(err, ERR_TOO_BIG, file, "memory");
    }
    begin(&parser, text);
    bool loaded = yaml_parser_load(&parser, &d->in);
    if (!loaded) {
        fail_syntax(&parser, text, file, err);
        free(d);
        d = NULL;
    } else if (!index_nodes(d)) {
        FAIL(err, ERR_TOO_BIG, file, "memory");
        yaml_destroy(d);
        d = NULL;
    }
    yaml_parser_delete(&parser);
    *doc = d;
    return d != NULL;
}

void yaml_destroy(struct yaml_doc *doc)
{
    if (!doc)
        return;
    yaml_document_delete(&doc->in);
    free(doc->nodes);
    free(doc);
}

const struct yaml_node *yaml_root(const struct yaml_doc *doc)
{
    return node_count(&doc->in) ? &doc->nodes[0] : &doc->empty;
}

static bool is_null(const yaml_node_t *in)
{
    if (in->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    struct slice s = slice_of(in->data.scalar.value, in->data.scalar.length);
    return s.n == 0 || slice_is(s, "~") || slice_is(s, "null") || slice_is(s, "Null") ||
           slice_is(s, "NULL");
}

enum yaml_kind yaml_kind(const struct yaml_node *node)
{
    if (!node->in)
        return YAML_NULL;
    switch (node->in->type) {
    case YAML_SCALAR_NODE:
        return is_null(node->in) ? YAML_NULL : YAML_TEXT;
    case YAML_SEQUENCE_NODE:
        return YAML_LIST;
    case YAML_MAPPING_NODE:
        return YAML_MAP;
    default:
        return YAML_NULL;
    }
}

struct slice yaml_text(const struct yaml_node *node)
{
    if (!node->in || node->in->type != YAML_SCALAR_NODE)
        return SLICE_LITERAL("");
    return slice_of(node->in->data.scalar.value, node->in->data.scalar.length);
}

size_t yaml_count(const struct yaml_node *node)
{
    const yaml_node_t *in = node->in;
    if (in && in->type == YAML_SEQUENCE_NODE)
        return (size_t)(in->data.sequence.items.top - in->data.sequence.items.start);
    if (in && in->type == YAML_MAPPING_NODE)
        return (size_t)(in->data.mapping.pairs.top - in->data.mapping.pairs.start);
    return 0;
}

const struct yaml_node *yaml_item(const struct yaml_node *node, size_t i)
{
    if (i >= yaml_count(node))
        return &node->doc->empty;
    const yaml_node_t *in = node->in;
    int index = in->type == YAML_SEQUENCE_NODE ? in->data.sequence.items.start[i]
                                               : in->data.mapping.pairs.start[i].value;
    return &node->doc->nodes[index - 1];
}

const struct yaml_node *yaml_key(const struct yaml_node *node, size_t i)
{
    if (i >= yaml_count(node) || node->in->type != YAML_MAPPING_NODE)
        return &node->doc->empty;
    return &node->doc->nodes[node->in->data.mapping.pairs.start[i].key - 1];
}

bool yaml_at(const struct yaml_node *node, struct err *err)
{
    static const yaml_mark_t start = {0};
    return fail_at_mark(err, node->doc->file, node->in ? &node->in->start_mark : &start);
}

/* Fails with two arguments, the first a slice of the document; then says the place. */
static bool fail_node(const struct yaml_node *node, enum err_code code, struct slice what,
                      const char *more, struct err *err)
{
    char name[ERR_ARG_BYTES];
    slice_cstr(what, name, sizeof name);
    FAIL(err, code, name, more);
    return yaml_at(node, err);
}

static bool fail_kind(const struct yaml_node *node, const char *wanted, struct err *err)
{
    struct slice name = node->key ? yaml_text(node->key) : slice_str(node->doc->file);
    return fail_node(node, ERR_YAML_KIND, name, wanted, err);
}

static bool fail_key(const struct yaml_node *key, const struct yaml_field *fields, size_t n,
                     struct err *err)
{
    char known[ERR_ARG_BYTES] = "";
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(fields[i].key);
        if (at + len + 3 > sizeof known)
            break;
        if (i) {
            known[at++] = ',';
            known[at++] = ' ';
        }
        memcpy(known + at, fields[i].key, len + 1);
        at += len;
    }
    return fail_node(key, ERR_YAML_KEY, yaml_text(key), known, err);
}

static size_t find_field(const struct yaml_field *fields, size_t n, struct slice key)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(key, slice_str(fields[middle].key));
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return n;
}

static bool read_bool(struct slice s, bool *out)
{
    static const char *const words[][2] = {{"false", "true"}, {"no", "yes"}, {"off", "on"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (int value = 0; value < 2; value++) {
            if (slice_equal_nocase(s, slice_str(words[i][value]))) {
                *out = value;
                return true;
            }
        }
    }
    return false;
}

/* What is wanted is shown, not named, so that it reads the same in every language. */
static bool read_field(const struct yaml_node *node, const struct yaml_field *field, void *target,
                       void *ctx, struct arena *arena, struct err *err)
{
    void *at = (char *)target + field->offset;
    if (field->want == YAML_WANT_PARSE)
        return field->parse(node, at, ctx, err);
    bool scalar = yaml_kind(node) == YAML_TEXT;
    uint64_t number;
    bool truth;
    switch (field->want) {
    case YAML_WANT_TEXT: {
        if (!scalar)
            return fail_kind(node, "\"…\"", err);
        struct slice copy = arena_copy(arena, yaml_text(node));
        if (!copy.p)
            return fail_node(node, ERR_TOO_BIG, slice_str(field->key), "memory", err);
        memcpy(at, &copy, sizeof copy);
        return true;
    }
    case YAML_WANT_BOOL:
        if (!scalar || !read_bool(yaml_text(node), &truth))
            return fail_kind(node, "true | false", err);
        memcpy(at, &truth, sizeof truth);
        return true;
    case YAML_WANT_UINT:
        if (!scalar || !slice_u64(yaml_text(node), UINT32_MAX, &number))
            return fail_kind(node, "0, 1, 2, …", err);
        memcpy(at, &(uint32_t){(uint32_t)number}, sizeof(uint32_t));
        return true;
    default:
        return fail_node(node, ERR_BUG, slice_str(field->key), "", err);
    }
}

bool yaml_walk(const struct yaml_node *map, const struct yaml_field *fields, size_t n, void *target,
               void *ctx, struct arena *arena, struct err *err)
{
    if (n > FIELDS_MAX)
        return FAIL(err, ERR_BUG, "yaml_walk");
    /* An empty file is a map with nothing in it. */
    if (yaml_kind(map) != YAML_MAP && !(yaml_kind(map) == YAML_NULL && !map->key))
        return fail_kind(map, "key: …", err);
    uint64_t seen = 0, said = 0;
    for (size_t i = 0; i < yaml_count(map); i++) {
        const struct yaml_node *key = yaml_key(map, i), *value = yaml_item(map, i);
        size_t f = yaml_kind(key) == YAML_TEXT ? find_field(fields, n, yaml_text(key)) : n;
        if (f == n || (seen >> f & 1))
            return fail_key(key, fields, n, err);
        seen |= UINT64_C(1) << f;
        if (yaml_kind(value) == YAML_NULL)
            continue; /* a key with nothing behind it says nothing */
        said |= UINT64_C(1) << f;
        if (!read_field(value, &fields[f], target, ctx, arena, err))
            return false;
    }
    for (size_t f = 0; f < n; f++) {
        if (fields[f].required && !(said >> f & 1))
            return fail_node(map, ERR_YAML_MISSING, slice_str(fields[f].key), "", err);
    }
    return true;
}
