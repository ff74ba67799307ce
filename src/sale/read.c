/* JSON → facts, by tables: one row a key, with the place it goes to and the function that reads it.
 */
#include "sale/reader.h"

#include <json-c/json.h>
#include <stdio.h>

#include "sale/scan.h"

#define NO_FLAG SIZE_MAX

struct field {
    const char *key;
    size_t offset; /* in the target */
    bool (*read)(struct reader *r, struct json_object *in, void *at, const struct path *path);
    bool required;
    size_t flag; /* offset of the bool that says it was there, or NO_FLAG */
};

/* An object with these fields; where `extra` is not NO_FLAG, it is the offset of a sale_value
 * pointer for the others. */
struct shape {
    const struct field *fields;
    size_t n, size, extra;
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool skip(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    (void)r, (void)in, (void)at, (void)path;
    return true;
}

/* ---- objects and lists ---- */

static size_t find_field(const struct shape *shape, const char *key)
{
    for (size_t i = 0; i < shape->n; i++) {
        if (strcmp(shape->fields[i].key, key) == 0)
            return i;
    }
    return shape->n;
}

static bool add_extra(struct reader *r, const char *key, struct json_object *in, size_t most,
                      struct sale_value **extra, const struct path *path)
{
    if (!*extra) {
        struct sale_value *object = ARENA_NEW(r->arena, struct sale_value);
        struct slice *keys = ARENA_ARRAY(r->arena, most, struct slice);
        struct sale_value *values = ARENA_ARRAY(r->arena, most, struct sale_value);
        if (!object || !keys || !values)
            return reader_fail_memory(r, &(struct path){path, key, 0});
        *object = (struct sale_value){.kind = SALE_VALUE_OBJECT, .keys = keys, .values = values};
        *extra = object;
    }
    struct sale_value *object = *extra;
    /* The arrays are this function's own; they are const only to those who read the sale. */
    struct slice *keys = (struct slice *)object->keys;
    struct sale_value *values = (struct sale_value *)object->values;
    if (!read_member(r, key, in, &keys[object->n], &values[object->n], path))
        return false;
    object->n++;
    return true;
}

/* null says nothing: a key with it is a key that is not there. */
static bool read_object(struct reader *r, struct json_object *in,
                        const struct shape *shape, // NOLINT(misc-no-recursion)
                        void *target, const struct path *path)
{
    char *base = target;
    uint32_t seen = 0;
    struct sale_value *extra = NULL;
    size_t members = (size_t)json_object_object_length(in);
    json_object_object_foreach(in, key, member)
    {
        size_t f = find_field(shape, key);
        if (f == shape->n) {
            if (shape->extra != NO_FLAG && !add_extra(r, key, member, members, &extra, path))
                return false;
            continue;
        }
        if (!member)
            continue;
        const struct field *field = &shape->fields[f];
        seen |= UINT32_C(1) << f;
        if (!field->read(r, member, base + field->offset, &(struct path){path, field->key, 0}))
            return false;
        if (field->flag != NO_FLAG)
            *(bool *)(base + field->flag) = true;
    }
    for (size_t f = 0; f < shape->n; f++) {
        if (shape->fields[f].required && !(seen >> f & 1))
            return reader_fail(r, &(struct path){path, shape->fields[f].key, 0}, ERR_SALE_MISSING,
                               "");
    }
    if (extra)
        *(const struct sale_value **)(base + shape->extra) = extra;
    return true;
}

static bool is_list(struct reader *r, struct json_object *in, const struct path *path, size_t *n)
{
    if (json_object_get_type(in) != json_type_array)
        return reader_fail(r, path, ERR_SALE_FIELD, "[…]");
    *n = json_object_array_length(in);
    char limit[16];
    snprintf(limit, sizeof limit, "%d", SALE_MAX_ITEMS);
    return *n <= SALE_MAX_ITEMS || reader_fail(r, path, ERR_TOO_BIG, limit);
}

/* The rows of a list of objects, or NULL (and r->err). */
static void *read_rows(struct reader *r, struct json_object *in,
                       const struct shape *shape, // NOLINT(misc-no-recursion)
                       const struct path *path, size_t *n)
{
    if (!is_list(r, in, path, n))
        return NULL;
    char *rows = arena_array(r->arena, *n, shape->size);
    if (!rows) {
        reader_fail_memory(r, path);
        return NULL;
    }
    for (size_t i = 0; i < *n; i++) {
        const struct path here = {path, NULL, i};
        struct json_object *row = json_object_array_get_idx(in, i);
        if (json_object_get_type(row) != json_type_object) {
            reader_fail(r, &here, ERR_SALE_FIELD, "{…}");
            return NULL;
        }
        if (!read_object(r, row, shape, rows + i * shape->size, &here))
            return NULL;
    }
    return rows;
}

static struct slice *read_texts(struct reader *r, struct json_object *in, const struct path *path,
                                size_t *n)
{
    if (!is_list(r, in, path, n))
        return NULL;
    struct slice *texts = ARENA_ARRAY(r->arena, *n, struct slice);
    if (!texts) {
        reader_fail_memory(r, path);
        return NULL;
    }
    for (size_t i = 0; i < *n; i++) {
        if (!read_text(r, json_object_array_get_idx(in, i), &texts[i],
                       &(struct path){path, NULL, i}))
            return NULL;
    }
    return texts;
}

/* ---- the tables ---- */

#define AT(type, member) offsetof(struct type, member)

static const struct field item_fields[] = {
    {"name", AT(sale_item, name), read_text, true, NO_FLAG},
    {"total", AT(sale_item, total_minor), read_amount, true, NO_FLAG},
    {"quantity", AT(sale_item, quantity), read_quantity, false, AT(sale_item, has_quantity)},
    {"unit_price", AT(sale_item, unit_price_minor), read_amount, false,
     AT(sale_item, has_unit_price)},
    {"sku", AT(sale_item, sku), read_text, false, NO_FLAG},
    {"category", AT(sale_item, category), read_text, false, NO_FLAG},
    {"unit", AT(sale_item, unit), read_text, false, NO_FLAG},
    {"discount", AT(sale_item, discount_minor), read_amount, false, NO_FLAG},
    {"tax", AT(sale_item, tax), read_text, false, NO_FLAG},
};
static const struct shape item_shape = {item_fields, COUNT(item_fields), sizeof(struct sale_item),
                                        AT(sale_item, extra)};

static const struct field tax_fields[] = {
    {"id", AT(sale_tax, id), read_text, false, NO_FLAG},
    {"rate", AT(sale_tax, rate), read_rate, false, NO_FLAG},
    {"net", AT(sale_tax, net_minor), read_amount, false, AT(sale_tax, has_net)},
    {"amount", AT(sale_tax, amount_minor), read_amount, true, NO_FLAG},
};
static const struct shape tax_shape = {tax_fields, COUNT(tax_fields), sizeof(struct sale_tax),
                                       NO_FLAG};

static const struct field adjustment_fields[] = {
    {"name", AT(sale_adjustment, name), read_text, false, NO_FLAG},
    {"amount", AT(sale_adjustment, amount_minor), read_amount, true, NO_FLAG},
};
static const struct shape adjustment_shape = {adjustment_fields, COUNT(adjustment_fields),
                                              sizeof(struct sale_adjustment), NO_FLAG};

static const struct field payment_fields[] = {
    {"method", AT(sale_payment, method), read_text, false, NO_FLAG},
    {"amount", AT(sale_payment, amount_minor), read_amount, true, NO_FLAG},
};
static const struct shape payment_shape = {payment_fields, COUNT(payment_fields),
                                           sizeof(struct sale_payment), NO_FLAG};

static const struct field person_fields[] = {
    {"name", AT(sale_person, name), read_text, false, NO_FLAG},
    {"birthday", AT(sale_person, birth_month), read_birthday, false, NO_FLAG},
};
static const struct shape person_shape = {person_fields, COUNT(person_fields),
                                          sizeof(struct sale_person), NO_FLAG};

/* A birthday is written as a pair where its month stands. */
_Static_assert(AT(sale_person, birth_day) - AT(sale_person, birth_month) == AT(birthday, day),
               "pair");
_Static_assert(AT(sale_customer, birth_day) - AT(sale_customer, birth_month) == AT(birthday, day),
               "pair");

#define READ_ROWS(owner, list, row_shape)                                                          \
    static bool read_##list(struct reader *r, struct json_object *in, void *at,                    \
                            const struct path *path)                                               \
    {                                                                                              \
        struct owner *target = at;                                                                 \
        target->list = read_rows(r, in, &(row_shape), path, &target->n_##list);                    \
        return target->list != NULL;                                                               \
    }
#define READ_TEXTS(owner, list)                                                                    \
    static bool read_##list(struct reader *r, struct json_object *in, void *at,                    \
                            const struct path *path)                                               \
    {                                                                                              \
        struct owner *target = at;                                                                 \
        target->list = read_texts(r, in, path, &target->n_##list);                                 \
        return target->list != NULL;                                                               \
    }

READ_ROWS(sale_customer, family, person_shape)
READ_TEXTS(sale_customer, tags)
READ_TEXTS(sale_service, missed)
READ_ROWS(sale, taxes, tax_shape)
READ_ROWS(sale, adjustments, adjustment_shape)
READ_ROWS(sale, payments, payment_shape)
READ_TEXTS(sale, redeem)

static bool read_items(struct reader *r, struct json_object *in, void *at, const struct path *path)
{
    struct sale *sale = at;
    struct sale_item *items = read_rows(r, in, &item_shape, path, &sale->n_items);
    sale->items = items;
    for (size_t i = 0; items && i < sale->n_items; i++) {
        if (!items[i].has_quantity)
            items[i].quantity = (struct decimal){1, 0};
    }
    return items != NULL;
}

static const struct field customer_fields[] = {
    {"id", AT(sale_customer, id), read_text, false, NO_FLAG},
    {"name", AT(sale_customer, name), read_text, false, NO_FLAG},
    {"birthday", AT(sale_customer, birth_month), read_birthday, false, NO_FLAG},
    {"family", 0, read_family, false, NO_FLAG},
    {"visits", AT(sale_customer, visits), read_count, false, AT(sale_customer, has_visits)},
    {"last_visit", AT(sale_customer, last_visit_day), read_day, false,
     AT(sale_customer, has_last_visit)},
    {"tags", 0, read_tags, false, NO_FLAG},
    {"points", AT(sale_customer, points), read_whole, false, AT(sale_customer, has_points)},
};
static const struct shape customer_shape = {customer_fields, COUNT(customer_fields),
                                            sizeof(struct sale_customer), NO_FLAG};

static bool read_customer(struct reader *r, struct json_object *in, void *at,
                          const struct path *path)
{
    struct sale_customer *customer = at;
    if (json_object_get_type(in) != json_type_object)
        return reader_fail(r, path, ERR_SALE_FIELD, "{…}");
    if (!read_object(r, in, &customer_shape, customer, path))
        return false;
    customer->id = slice_trim(customer->id);
    customer->known = customer->id.n > 0;
    return true;
}

static const struct field service_fields[] = {
    {"wait_minutes", AT(sale_service, wait_minutes), read_count, false, AT(sale_service, has_wait)},
    {"incident", AT(sale_service, incident), read_text, false, NO_FLAG},
    {"complaint", AT(sale_service, complaint), read_text, false, NO_FLAG},
    {"missed", 0, read_missed, false, NO_FLAG},
};
static const struct shape service_shape = {service_fields, COUNT(service_fields),
                                           sizeof(struct sale_service), NO_FLAG};

static bool read_service(struct reader *r, struct json_object *in, void *at,
                         const struct path *path)
{
    if (json_object_get_type(in) != json_type_object)
        return reader_fail(r, path, ERR_SALE_FIELD, "{…}");
    return read_object(r, in, &service_shape, at, path);
}

static const struct field sale_fields[] = {
    {"id", AT(sale, id), read_name, true, NO_FLAG},
    {"time", 0, read_time, true, NO_FLAG},
    {"currency", 0, skip, true, NO_FLAG},
    {"items", 0, read_items, true, NO_FLAG},
    {"total", AT(sale, total_minor), read_amount, true, NO_FLAG},
    {"till", AT(sale, till), read_name, false, NO_FLAG},
    {"kind", AT(sale, kind), read_kind, false, NO_FLAG},
    {"cashier", AT(sale, cashier), read_text, false, NO_FLAG},
    {"taxes", 0, read_taxes, false, NO_FLAG},
    {"discount", AT(sale, discount_minor), read_amount, false, NO_FLAG},
    {"adjustments", 0, read_adjustments, false, NO_FLAG},
    {"tip", AT(sale, tip_minor), read_amount, false, AT(sale, has_tip)},
    {"payments", 0, read_payments, false, NO_FLAG},
    {"change", AT(sale, change_minor), read_amount, false, AT(sale, has_change)},
    {"customer", AT(sale, customer), read_customer, false, NO_FLAG},
    {"service", AT(sale, service), read_service, false, NO_FLAG},
    {"redeem", 0, read_redeem, false, NO_FLAG},
};
static const struct shape sale_shape = {sale_fields, COUNT(sale_fields), sizeof(struct sale),
                                        AT(sale, extra)};

/* ---- the door ---- */

static size_t count_members(struct json_object *in) // NOLINT(misc-no-recursion)
{
    size_t n = 0;
    if (json_object_get_type(in) == json_type_object) {
        json_object_object_foreach(in, key, member)
        {
            (void)key;
            n += 1 + count_members(member);
        }
    } else if (json_object_get_type(in) == json_type_array) {
        for (size_t i = 0; i < json_object_array_length(in); i++)
            n += count_members(json_object_array_get_idx(in, i));
    }
    return n;
}

static bool only_blanks(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r' && s.p[i] != '\n')
            return false;
    }
    return true;
}

static bool fail_json(struct reader *r, const struct scan *scan, size_t offset, unsigned first_line,
                      const char *why)
{
    FAIL(r->err, ERR_JSON, why);
    return scan_at(scan, offset, first_line, r->err);
}

static struct json_object *parse(struct reader *r, const struct scan *scan, unsigned first_line)
{
    struct json_object *root = NULL;
    struct json_tokener *tokener = json_tokener_new_ex(SALE_MAX_DEPTH + 2);
    if (!tokener) {
        FAIL(r->err, ERR_TOO_BIG, "JSON", "memory");
        return NULL;
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS |
                                        JSON_TOKENER_VALIDATE_UTF8);
    root = json_tokener_parse_ex(tokener, scan->text.n ? (const char *)scan->text.p : "",
                                 (int)scan->text.n);
    enum json_tokener_error why = json_tokener_get_error(tokener);
    size_t end = json_tokener_get_parse_end(tokener);
    struct slice rest = slice_sub(scan->text, end, scan->text.n);
    bool ok = false;
    if (why == json_tokener_continue)
        fail_json(r, scan, end, first_line, "unexpected end of data");
    else if (why != json_tokener_success)
        fail_json(r, scan, end, first_line, json_tokener_error_desc(why));
    else if (json_object_get_type(root) != json_type_object)
        fail_json(r, scan, 0, first_line, "object expected");
    else if (!only_blanks(rest))
        fail_json(r, scan, end, first_line, "unexpected text behind the object");
    else if (count_members(root) != scan->members)
        scan_fail_repeated(r->arena, scan, first_line, r->err);
    else
        ok = true;
    if (!ok) {
        json_object_put(root);
        root = NULL;
    }
    json_tokener_free(tokener);
    return root;
}

bool sale_read(struct arena *arena, struct slice json, unsigned first_line, struct sale *sale,
               struct err *err)
{
    struct reader r = {.arena = arena, .err = err};
    struct scan scan;
    *sale = (struct sale){.till = SLICE("1")};
    if (slice_starts(json, "\xEF\xBB\xBF"))
        json = slice_sub(json, 3, json.n);
    if (!scan_json(arena, json, first_line, &scan, err))
        return false;
    struct json_object *root = parse(&r, &scan, first_line);
    if (!root)
        return false;
    bool ok = read_currency(&r, root);
    sale->currency = r.currency;
    ok = ok && read_object(&r, root, &sale_shape, sale, NULL);
    json_object_put(root);
    ok = ok && sale_check(sale, err);
    if (ok && !sale_hash(arena, sale))
        return FAIL(err, ERR_TOO_BIG, "JSON", "memory");
    return ok;
}
