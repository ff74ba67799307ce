/* A compiled template, inside the room only: units (the template and its partials) of operations,
 * each name found once a shape. */
#ifndef BONBON_DOCUMENT_TEMPLATE_H
#define BONBON_DOCUMENT_TEMPLATE_H

#include "document/document.h"

enum op_kind { OP_TEXT, OP_VALUE, OP_SECTION, OP_INVERTED, OP_PARTIAL };

enum {
    SLOT_LEVELS = 3, /* of the context stack, from its top, whose slots an operation remembers */
    SOURCE_SLACK =
        16, /* bytes that may be read behind a source, so that texts are copied in blocks */
    MAX_SHAPES = 32, /* remembered; more are forgotten in turn */
    MAX_UNITS = 1000,
    MAX_SOURCES_BYTES = 16 << 20, /* of all units, indented */
    MAX_STEPS = 20 << 20,         /* operations of one expansion */
};

struct op {
    enum op_kind kind;
    uint32_t end;             /* section: the operation behind it; partial: its unit */
    struct slice text;        /* text, or the first part of the name; empty for {{.}} */
    const struct slice *rest; /* of a dotted name */
    uint32_t n_rest;
    uint32_t asked; /* its number among the names asked for in the map noted last */
    struct {
        uint32_t shape; /* id, 0: none yet */
        int32_t slot;   /* -1: not in this shape */
    } known[SLOT_LEVELS];
};

struct unit {
    struct slice name, indent;
    struct slice source; /* as compiled, each line indented */
    struct op *ops;
    uint32_t n_ops;
    unsigned depth; /* sections and partials within each other */
};

/* The names of a shape as they were when its id was given: a shape that stands where another one
 * stood gets another id. */
struct known_shape {
    const struct view_shape *shape;
    uint32_t id;
    uint32_t stamp;   /* the expansion that compared the names last */
    struct buf names; /* lengths (size_t), then the bytes */
};

struct template
{
    struct arena arena; /* sources and names */
    struct unit *units; /* the first is the template itself */
    uint32_t n_units;
    size_t sources_bytes;
    struct known_shape shapes[MAX_SHAPES];
    uint32_t n_shapes, next_shape, last_id, stamp;
};

/* The partials being compiled, innermost first. */
struct template_chain {
    const struct template_chain *up;
    struct slice name;
};

/* Something of the document from `offset` on: the template's own text, or a value of that name. */
struct document_place {
    size_t offset;
    const struct unit *unit;
    const uint8_t *source;
    bool is_text;
};

/* The place of an operation of the unit that writes at offset. */
void document_map_note(struct document_map *map, const struct unit *unit, const struct op *op,
                       size_t offset);
/* A name that was asked for, and whether any data had it: of a list, some elements may not. */
struct document_asked {
    const struct unit *unit;
    const struct op *op;
    bool found;
};
void document_map_ask(struct document_map *map, const struct unit *unit, struct op *op, bool found);
/* Tells of the names that were never found. */
/* Adds the place of a byte of the unit's source. Returns false. */
bool document_say_source(const struct unit *unit, const uint8_t *at, struct err *err);
void document_map_tell(const struct document_map *map);

struct template_compiler {
    struct template *t;
    const struct template_loader *loader;
    struct err *err;  /* what is wrong now; at the end the first that was */
    struct err first; /* of the mistakes */
    unsigned n_mistakes;
    bool is_over; /* the rest is not worth reading */
};

/* Counts and tells c->err, which is placed. Always false. */
bool template_mistake(struct template_compiler *c);

/* Compiles a source, each of its lines indented, into a new unit; *index tells which. */
bool template_compile_unit(struct template_compiler *c, const struct template_chain *chain,
                           struct slice source, struct slice indent, unsigned depth,
                           uint32_t *index);
/* The unit of a partial, loaded and compiled when it is met first. */
bool template_partial(struct template_compiler *c, const struct template_chain *chain,
                      struct slice name, struct slice indent, unsigned depth, uint32_t *index);

#endif
