/* The data a template sees: texts, truths, lists and objects, flat in an arena. A text is printable
 * as it is (formatted by the shop's language, cleaned by utf8_clean) and is data, never markup.
 *
 * Objects have a shape: the names of their values, once for all objects of a kind, so that a
 * compiled template finds a value by its slot instead of by its name. Shapes and their names must
 * outlive every rendering that sees them. */
#ifndef BONBON_DOCUMENT_VIEW_H
#define BONBON_DOCUMENT_VIEW_H

#include "base/buf.h"

enum view_kind { VIEW_NONE, VIEW_FALSE, VIEW_TRUE, VIEW_TEXT, VIEW_WRITE, VIEW_LIST, VIEW_OBJECT };

struct view_shape {
    const struct slice *names; /* n of them; each once */
    size_t n;
};

struct view_object;

/* A text that is made only when a template asks for it (an amount, a date): write appends it to
 * out, clean for paper. As a truth it is true. */
typedef void view_write_fn(const void *ctx, int64_t number, struct buf *out);

struct view {
    enum view_kind kind;
    union {
        struct slice text;
        struct {
            view_write_fn *fn;
            const void *ctx;
            int64_t number;
        } write;
        struct {
            const struct view *items;
            size_t n;
        } list;
        const struct view_object *object;
    };
};

/* The value of a slot of an object that makes them when asked; slot < shape->n. */
typedef struct view view_get_fn(const struct view_object *object, size_t slot);

struct view_object {
    const struct view_shape *shape;
    const struct view *values; /* shape->n of them, or what get wants */
    view_get_fn *get;          /* NULL: values[slot] */
};

static inline struct view view_text(struct slice text)
{
    return (struct view){.kind = VIEW_TEXT, .text = text};
}
static inline struct view view_write(view_write_fn *fn, const void *ctx, int64_t number)
{
    return (struct view){.kind = VIEW_WRITE, .write = {fn, ctx, number}};
}
static inline struct view view_bool(bool truth)
{
    return (struct view){.kind = truth ? VIEW_TRUE : VIEW_FALSE};
}
static inline struct view view_list(const struct view *items, size_t n)
{
    return (struct view){.kind = VIEW_LIST, .list = {items, n}};
}
static inline struct view view_object(const struct view_object *object)
{
    return (struct view){.kind = VIEW_OBJECT, .object = object};
}

#endif
