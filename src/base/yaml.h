/* YAML by a schema: libyaml's document nodes, walked by a table, so that every problem has a file,
 * a line and a column, and an unknown key is named with the ones that are known.
 *
 * A schema is a table of fields; each says its key, its kind, whether it must stand there, and
 * where in the caller's struct its value goes. Kinds that are not plain (an amount, a duration, a
 * condition) hand the scalar to a function with its place. Maps with the owner's own keys (tills)
 * and lists hand each entry to a function. */
#ifndef BONBON_BASE_YAML_H
#define BONBON_BASE_YAML_H

#include "base/arena.h"
#include "base/err.h"

struct yaml_doc;  /* a parsed file; owns its nodes */
struct yaml_node; /* a node of it: scalar, list or map, with its place */

enum yaml_kind { YAML_NULL, YAML_TEXT, YAML_LIST, YAML_MAP };

/* Parses text (at most 1 MiB, one document, depth 16, no anchors); file is the name said in errors.
 * ERR_YAML. */
bool yaml_parse(struct yaml_doc **doc, const char *file, struct slice text, struct err *err);
void yaml_destroy(struct yaml_doc *doc);
const struct yaml_node *yaml_root(const struct yaml_doc *doc);

enum yaml_kind yaml_kind(const struct yaml_node *node);
struct slice yaml_text(const struct yaml_node *node); /* of a scalar; "" else */
size_t yaml_count(const struct yaml_node *node);      /* entries of a list or a map */
const struct yaml_node *yaml_item(const struct yaml_node *node,
                                  size_t i); /* of a list; the value of a map */
const struct yaml_node *yaml_key(const struct yaml_node *node, size_t i); /* of a map */
/* Says err's place: this node. Always false. */
bool yaml_at(const struct yaml_node *node, struct err *err);

enum yaml_want {
    YAML_WANT_TEXT,  /* struct slice, in the arena */
    YAML_WANT_BOOL,  /* bool: true/false/yes/no */
    YAML_WANT_UINT,  /* uint32_t */
    YAML_WANT_PARSE, /* parse(node, (char *)target + offset, ctx, err) */
};

struct yaml_field {
    const char *key;
    enum yaml_want want;
    bool required;
    size_t offset; /* offsetof in the target */
    bool (*parse)(const struct yaml_node *node, void *at, void *ctx, struct err *err);
};

/* Fills target from a map by its fields (sorted by key, n of them). ERR_YAML_KEY for an unknown or
 * repeated key, ERR_YAML_KIND, ERR_YAML_MISSING. ctx is handed to the parse functions. */
bool yaml_walk(const struct yaml_node *map, const struct yaml_field *fields, size_t n, void *target,
               void *ctx, struct arena *arena, struct err *err);

#endif
