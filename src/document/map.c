/* From a byte of an expanded document back to the line and column of the template it comes from. */
#include "document/template.h"

#include "base/utf8.h"

static size_t place_count(const struct document_map *map)
{
    return map->places.n / sizeof(struct document_place);
}

static const struct document_place *place_at(const struct document_map *map, size_t i)
{
    return (const struct document_place *)(const void *)map->places.p + i;
}

void document_map_note(struct document_map *map, const struct unit *unit, const struct op *op,
                       size_t offset)
{
    const struct document_place place = {offset, unit, op->text.p, op->kind == OP_TEXT};
    if (place.source)
        buf_append(&map->places, &place, sizeof place);
}

/* Puts the unit's name, and line and column of a byte of its source. */
bool document_say_source(const struct unit *unit, const uint8_t *at, struct err *err)
{
    char file[ERR_FILE_BYTES];
    unsigned line = 1;
    unsigned column = 1;
    const uint8_t *start = unit->source.p;
    for (const uint8_t *p = unit->source.p; p < at; p++) {
        if (*p == '\n') {
            line++;
            start = p + 1;
        }
    }
    for (const uint8_t *p = start + unit->indent.n; p < at; p++)
        column += !utf8_continues(*p);
    slice_cstr(unit->name, file, sizeof file);
    return err_at(err, file, line, column);
}

void document_map_ask(struct document_map *map, const struct unit *unit, struct op *op, bool found)
{
    struct document_asked *asked = (struct document_asked *)(void *)map->asked.p;
    const size_t n = map->asked.n / sizeof *asked;
    if (!map->missing || op->text.n == 0)
        return;
    if (op->asked < n && asked[op->asked].op == op) {
        asked[op->asked].found |= found;
        return;
    }
    op->asked = (uint32_t)n;
    const struct document_asked new = {unit, op, found};
    buf_append(&map->asked, &new, sizeof new);
}

static void tell_missing(const struct document_map *map, const struct unit *unit,
                         const struct op *op)
{
    char name[ERR_ARG_BYTES];
    struct err err;
    /* A dotted name goes on behind its first part. */
    const struct slice last = op->n_rest ? op->rest[op->n_rest - 1] : op->text;
    slice_cstr(slice_of(op->text.p, (size_t)(last.p + last.n - op->text.p)), name, sizeof name);
    FAIL(&err, ERR_TEMPLATE_NAME, name);
    document_say_source(unit, op->text.p, &err);
    map->missing(map->ctx, &err);
}

void document_map_tell(const struct document_map *map)
{
    const struct document_asked *asked = (const struct document_asked *)(const void *)map->asked.p;
    size_t told = 0;
    for (size_t i = 0; i < map->asked.n / sizeof *asked && told < TEMPLATE_MAX_MISTAKES; i++) {
        told += !asked[i].found;
        if (!asked[i].found)
            tell_missing(map, asked[i].unit, asked[i].op);
    }
}

bool document_map_place(const struct document_map *map, size_t offset, struct err *err)
{
    size_t from = 0;
    size_t to = place_count(map);
    while (to - from > 1) {
        const size_t middle = from + (to - from) / 2;
        if (place_at(map, middle)->offset <= offset)
            from = middle;
        else
            to = middle;
    }
    if (to == from)
        return false;
    const struct document_place *place = place_at(map, from);
    const uint8_t *at = place->source;
    if (place->is_text && offset > place->offset)
        at += offset - place->offset;
    const uint8_t *end = place->unit->source.p + place->unit->source.n;
    return document_say_source(place->unit, at < end ? at : end, err);
}

void document_map_cut(struct document_map *map, size_t offset)
{
    size_t n = place_count(map);
    while (n > 0 && place_at(map, n - 1)->offset >= offset)
        n--;
    map->places.n = n * sizeof(struct document_place);
}

void document_map_finish(struct document_map *map)
{
    buf_finish(&map->places);
    buf_finish(&map->asked);
}
