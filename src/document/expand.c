/* A compiled template and data to an expanded document. */
#include "document/template.h"

#include "base/word.h"

#include <stdio.h>

enum { BLANK = ' ', DEL = 0x7F, STACK = TEMPLATE_MAX_DEPTH + 2 };

struct context {
    struct view view; /* a copy: a value may have been made for this section alone */
    uint32_t shape;   /* id; 0 when it is not an object */
};

struct expansion {
    struct template *t;
    struct buf *out;
    struct err *err;
    size_t limit;             /* of out->n */
    struct document_map *map; /* may be NULL */
    uint32_t steps;
    uint32_t n;
    const struct view_shape *last_shape; /* the shape met last, and its id */
    uint32_t last_id;
    struct view made; /* the value that an object made last */
    struct context stack[STACK];
};

/* --- shapes --- */

static bool same_names(const struct known_shape *k, const struct view_shape *shape)
{
    size_t at = shape->n * sizeof(size_t);
    if (k->names.n < at)
        return false;
    for (size_t i = 0; i < shape->n; i++) {
        const struct slice name = shape->names[i];
        size_t n;
        memcpy(&n, k->names.p + i * sizeof n, sizeof n);
        if (n != name.n || k->names.n - at < n || (n && memcmp(k->names.p + at, name.p, n) != 0))
            return false;
        at += n;
    }
    return at == k->names.n;
}

static void remember(struct template *t, struct known_shape *k, const struct view_shape *shape)
{
    k->shape = shape;
    k->id = ++t->last_id;
    buf_reset(&k->names);
    for (size_t i = 0; i < shape->n; i++)
        buf_append(&k->names, &shape->names[i].n, sizeof shape->names[i].n);
    for (size_t i = 0; i < shape->n; i++)
        buf_slice_append(&k->names, shape->names[i]);
}

/* The id of a shape. Its names are compared once an expansion: between two of them memory may have
 * been used anew. */
static uint32_t shape_id(struct expansion *x, const struct view_shape *shape)
{
    struct template *t = x->t;
    struct known_shape *k = NULL;
    if (shape == x->last_shape)
        return x->last_id;
    for (uint32_t i = 0; i < t->n_shapes; i++) {
        if (t->shapes[i].shape == shape) {
            k = &t->shapes[i];
            break;
        }
    }
    if (!k) {
        k = &t->shapes[t->next_shape];
        t->next_shape = (t->next_shape + 1) % MAX_SHAPES;
        if (t->n_shapes < MAX_SHAPES)
            t->n_shapes++;
        remember(t, k, shape);
    } else if (k->stamp != t->stamp && !same_names(k, shape)) {
        remember(t, k, shape);
    }
    k->stamp = t->stamp;
    x->last_shape = shape;
    x->last_id = k->id;
    return k->id;
}

static int32_t find_slot(const struct view_shape *shape, struct slice name)
{
    for (size_t i = 0; i < shape->n; i++) {
        if (slice_equal(shape->names[i], name))
            return (int32_t)i;
    }
    return -1;
}

/* --- names --- */

static const struct view *value_at(struct expansion *x, const struct view_object *object,
                                   size_t slot)
{
    if (!object->get)
        return &object->values[slot];
    x->made = object->get(object, slot);
    return &x->made;
}

/* The value of the first part of a name: the innermost object that has such a name, even without a
 * value. */
static const struct view *find_first(struct expansion *x, struct op *op)
{
    for (uint32_t level = 0; level < x->n; level++) {
        const struct context *c = &x->stack[x->n - 1 - level];
        if (c->shape == 0)
            continue;
        const struct view_object *object = c->view.object;
        int32_t slot;
        if (level < SLOT_LEVELS && op->known[level].shape == c->shape) {
            slot = op->known[level].slot;
        } else {
            slot = find_slot(object->shape, op->text);
            if (level < SLOT_LEVELS) {
                op->known[level].shape = c->shape;
                op->known[level].slot = slot;
            }
        }
        if (slot >= 0)
            return value_at(x, object, (size_t)slot);
    }
    return NULL;
}

static const struct view *find(struct expansion *x, struct op *op)
{
    if (op->text.n == 0)
        return &x->stack[x->n - 1].view;
    const struct view *v = find_first(x, op);
    for (uint32_t i = 0; v && i < op->n_rest; i++) {
        if (v->kind != VIEW_OBJECT || !v->object)
            return NULL;
        const int32_t slot = find_slot(v->object->shape, op->rest[i]);
        v = slot >= 0 ? value_at(x, v->object, (size_t)slot) : NULL;
    }
    return v;
}

static bool is_true(const struct view *v)
{
    if (!v)
        return false;
    switch (v->kind) {
    case VIEW_TEXT:
        return v->text.n > 0;
    case VIEW_LIST:
        return v->list.n > 0;
    case VIEW_OBJECT:
        return v->object != NULL;
    case VIEW_TRUE:
    case VIEW_WRITE:
        return true;
    default:
        return false;
    }
}

/* --- output --- */

static bool has_room(struct buf *b, size_t n)
{
    return b->cap - b->n >= n || buf_reserve(b, n);
}

/* The source goes on for SOURCE_SLACK bytes behind any text, so blocks may be copied whole. */
static void put_text(struct buf *out, struct slice text)
{
    if (!has_room(out, text.n + SOURCE_SLACK))
        return;
    uint8_t *to = out->p + out->n;
    for (size_t i = 0; i < text.n; i += SOURCE_SLACK)
        memcpy(to + i, text.p + i, SOURCE_SLACK);
    out->n += text.n;
}

static bool is_control(uint8_t c)
{
    return c < 0x20 || c == DEL;
}

static bool has_control(const uint8_t *p, size_t n)
{
    if (n >= 8) {
        uint64_t odd = word_controls(word_load(p + n - 8));
        for (size_t i = 0; i + 8 <= n; i += 8)
            odd |= word_controls(word_load(p + i));
        return odd;
    }
    for (size_t i = 0; i < n; i++) {
        if (is_control(p[i]))
            return true;
    }
    return false;
}

/* A run of controls becomes one blank, whatever the data's maker forgot. */
static size_t without_controls(uint8_t *p, size_t n)
{
    size_t kept = 0;
    bool in_run = false;
    for (size_t i = 0; i < n; i++) {
        const bool control = is_control(p[i]);
        if (!control)
            p[kept++] = p[i];
        else if (!in_run)
            p[kept++] = BLANK;
        in_run = control;
    }
    return kept;
}

static void put_value(struct buf *out, struct slice text)
{
    if (!has_room(out, text.n + 2))
        return;
    uint8_t *to = out->p + out->n;
    *to++ = DOCUMENT_MARK_VALUE;
    size_t n = text.n;
    if (n)
        memcpy(to, text.p, n);
    if (has_control(to, n))
        n = without_controls(to, n);
    to[n] = DOCUMENT_MARK_TEXT;
    out->n += n + 2;
}

static void put_written(struct buf *out, const struct view *v)
{
    buf_byte(out, DOCUMENT_MARK_VALUE);
    const size_t from = out->n;
    v->write.fn(v->write.ctx, v->write.number, out);
    if (out->n > from && has_control(out->p + from, out->n - from))
        out->n = from + without_controls(out->p + from, out->n - from);
    buf_byte(out, DOCUMENT_MARK_TEXT);
}

static void put_view(struct buf *out, const struct view *v)
{
    if (v && v->kind == VIEW_TEXT)
        put_value(out, v->text);
    else if (v && v->kind == VIEW_WRITE)
        put_written(out, v);
    else
        put_value(out, (struct slice){0});
}

/* --- running --- */

static bool fail_big(struct err *err)
{
    char limit[32];
    snprintf(limit, sizeof limit, "%d bytes", DOCUMENT_MAX_BYTES);
    return FAIL(err, ERR_TOO_BIG, "document", limit);
}

static bool fail_big_at(struct expansion *x, const struct unit *unit, const struct op *op)
{
    fail_big(x->err);
    return document_say_source(unit, op->text.p ? op->text.p : unit->source.p, x->err);
}

static bool run(struct expansion *x, const struct unit *unit, uint32_t from, uint32_t to);

static bool run_with(struct expansion *x, const struct view *v, const struct unit *unit,
                     uint32_t from, uint32_t to)
{
    if (x->n == STACK)
        return FAIL(x->err, ERR_TEMPLATE_DEPTH, "100");
    const bool is_object = v->kind == VIEW_OBJECT && v->object;
    x->stack[x->n++] = (struct context){*v, is_object ? shape_id(x, v->object->shape) : 0};
    const bool ok = run(x, unit, from, to);
    x->n--;
    return ok;
}

static bool run_section(struct expansion *x, struct view section, const struct unit *unit,
                        uint32_t from, uint32_t to)
{
    if (section.kind != VIEW_LIST)
        return run_with(x, &section, unit, from, to);
    for (size_t i = 0; i < section.list.n; i++) {
        /* An empty section over a long list is work too. */
        if (++x->steps > MAX_STEPS)
            return fail_big_at(x, unit, &unit->ops[from - 1]);
        if (!run_with(x, &section.list.items[i], unit, from, to))
            return false;
    }
    return true;
}

static const struct view *look_up(struct expansion *x, const struct unit *unit, struct op *op)
{
    const struct view *v = find(x, op);
    /* A name is looked for in each section around it. */
    x->steps += x->n;
    if (x->map)
        document_map_ask(x->map, unit, op, v);
    return v;
}

static bool run(struct expansion *x, const struct unit *unit, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to;) {
        struct op *op = &unit->ops[i++];
        if (++x->steps > MAX_STEPS || x->out->n > x->limit || x->out->full)
            return fail_big_at(x, unit, op);
        switch (op->kind) {
        case OP_TEXT:
            if (x->map)
                document_map_note(x->map, unit, op, x->out->n);
            put_text(x->out, op->text);
            break;
        case OP_VALUE:
            if (x->map)
                document_map_note(x->map, unit, op, x->out->n);
            put_view(x->out, look_up(x, unit, op));
            break;
        case OP_SECTION:
        case OP_INVERTED: {
            const struct view *v = look_up(x, unit, op);
            const bool truth = is_true(v);
            if (op->kind == OP_SECTION && truth && !run_section(x, *v, unit, i, op->end))
                return false;
            if (op->kind == OP_INVERTED && !truth && !run(x, unit, i, op->end))
                return false;
            i = op->end;
            break;
        }
        case OP_PARTIAL: {
            const struct unit *partial = &x->t->units[op->end];
            if (!run(x, partial, 0, partial->n_ops))
                return false;
            break;
        }
        }
    }
    return true;
}

bool template_expand(struct template *t, const struct view_object *view, struct buf *out,
                     struct err *err)
{
    return template_expand_mapped(t, view, out, NULL, err);
}

bool template_expand_mapped(struct template *t, const struct view_object *view, struct buf *out,
                            struct document_map *map, struct err *err)
{
    const struct view root = view_object(view);
    struct expansion x;
    x.t = t;
    x.out = out;
    x.err = err;
    x.map = map;
    x.limit = out->n + DOCUMENT_MAX_BYTES;
    x.steps = 0;
    x.n = 0;
    x.last_shape = NULL;
    x.last_id = 0;
    t->stamp++;
    if (!run_with(&x, &root, &t->units[0], 0, t->units[0].n_ops))
        return false;
    if (map)
        document_map_tell(map);
    return (!out->full && out->n <= x.limit) || fail_big(err);
}
