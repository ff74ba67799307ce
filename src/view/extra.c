/* What the sale's JSON held beyond what we know: there for templates under its own names. */
#include "view/parts.h"

static bool extra_view(struct arena *arena, const struct sale_value *value, struct view *out);

static bool extra_list(struct arena *arena, const struct sale_value *value, struct view **items)
{
    *items = ARENA_ARRAY(arena, value->n + 1, struct view);
    for (size_t i = 0; *items && i < value->n; i++)
        if (!extra_view(arena, &value->values[i], &(*items)[i]))
            return false;
    return *items;
}

static bool extra_object(struct arena *arena, const struct sale_value *value, struct view *out)
{
    struct view *values;
    struct view_shape *shape = ARENA_NEW(arena, struct view_shape);
    struct view_object *object = ARENA_NEW(arena, struct view_object);
    if (!shape || !object || !extra_list(arena, value, &values))
        return false;
    *shape = (struct view_shape){value->keys, value->n};
    *object = (struct view_object){shape, values, NULL};
    *out = view_object(object);
    return true;
}

static bool extra_view(struct arena *arena, const struct sale_value *value, struct view *out)
{
    struct view *items = NULL;
    switch (value->kind) {
    case SALE_VALUE_NULL:
        *out = (struct view){.kind = VIEW_NONE};
        return true;
    case SALE_VALUE_FALSE:
    case SALE_VALUE_TRUE:
        *out = view_bool(value->kind == SALE_VALUE_TRUE);
        return true;
    case SALE_VALUE_TEXT:
        *out = view_text(value->text);
        return true;
    case SALE_VALUE_LIST:
        if (!extra_list(arena, value, &items))
            return false;
        *out = view_list(items, value->n);
        return true;
    case SALE_VALUE_OBJECT:
        return extra_object(arena, value, out);
    }
    return false;
}

/* Adds unknown keys behind the known ones: a shape of its own for this object. */
bool view_add_extra(struct arena *arena, struct view_object *object, const struct sale_value *extra)
{
    if (!extra || !extra->n)
        return true;
    const size_t known = object->shape->n, n = known + extra->n;
    const size_t kept = object->get ? 0 : known; /* values that are there */
    struct slice *names = ARENA_ARRAY(arena, n, struct slice);
    struct view *values = ARENA_ARRAY(arena, kept + extra->n, struct view);
    struct view_shape *shape = ARENA_NEW(arena, struct view_shape);
    if (!names || !values || !shape)
        return false;
    memcpy(names, object->shape->names, known * sizeof *names);
    memcpy(names + known, extra->keys, extra->n * sizeof *names);
    if (kept)
        memcpy(values, object->values, kept * sizeof *values);
    for (size_t i = 0; i < extra->n; i++)
        if (!extra_view(arena, &extra->values[i], &values[kept + i]))
            return false;
    *shape = (struct view_shape){names, n};
    object->shape = shape;
    object->values = values;
    return true;
}
