#include "document/data.h"

#include <json-c/json.h>

static struct slice copy(struct arena *arena, const char *s)
{
    return arena_copy(arena, slice_str(s));
}

static struct view view_of(struct arena *arena, struct json_object *j);

static const struct view_object *object_of(struct arena *arena, struct json_object *j)
{
    const size_t n = (size_t)json_object_object_length(j);
    struct slice *names = ARENA_ARRAY(arena, n + 1, struct slice);
    struct view *values = ARENA_ARRAY(arena, n + 1, struct view);
    struct view_shape *shape = ARENA_NEW(arena, struct view_shape);
    struct view_object *object = ARENA_NEW(arena, struct view_object);
    size_t i = 0;
    json_object_object_foreach(j, name, value)
    {
        names[i] = copy(arena, name);
        values[i++] = view_of(arena, value);
    }
    *shape = (struct view_shape){names, n};
    *object = (struct view_object){shape, values, NULL};
    return object;
}

static struct view list_of(struct arena *arena, struct json_object *j)
{
    const size_t n = json_object_array_length(j);
    struct view *items = ARENA_ARRAY(arena, n + 1, struct view);
    for (size_t i = 0; i < n; i++)
        items[i] = view_of(arena, json_object_array_get_idx(j, i));
    return view_list(items, n);
}

static struct view view_of(struct arena *arena, struct json_object *j)
{
    switch (json_object_get_type(j)) {
    case json_type_null:
        return (struct view){.kind = VIEW_NONE};
    case json_type_boolean:
        return view_bool(json_object_get_boolean(j));
    case json_type_object:
        return view_object(object_of(arena, j));
    case json_type_array:
        return list_of(arena, j);
    default:
        return view_text(copy(arena, json_object_get_string(j)));
    }
}

const struct view_object *data_of_json(struct arena *arena, const char *json)
{
    struct json_object *j = json_tokener_parse(json);
    const struct view_object *object =
        json_object_is_type(j, json_type_object) ? object_of(arena, j) : NULL;
    json_object_put(j);
    return object;
}
