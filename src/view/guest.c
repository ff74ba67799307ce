/* The guest of a sale, and whose birthday it is. */
#include "view/parts.h"

#include <stdlib.h>

/* A birthday farther away than this is none: no offer is that early or that late. */
enum { BIRTHDAY_WITHIN_DAYS = 31 };

static const struct slice customer_names[] = {
#define CUSTOMER(slot, name) SLICE(name),
#include "view/vocabulary.def"
};
static const struct view_shape customer_shape = {customer_names, CUSTOMER_SLOTS};

static const struct slice birthday_names[] = {
#define BIRTHDAY(slot, name) SLICE(name),
#include "view/vocabulary.def"
};
static const struct view_shape birthday_shape = {birthday_names, BIRTHDAY_SLOTS};

/* The birthday nearest to the sale, among the guest's and his family's. */
struct nearest {
    struct slice name;
    bool own;
    int32_t away; /* days, negative when it is past */
};

static void look_at(struct nearest *nearest, int32_t day, struct slice name, bool own,
                    unsigned month, unsigned month_day)
{
    if (!month)
        return;
    int32_t away = day_to_anniversary(day, month, month_day);
    if (abs(away) < abs(nearest->away)) /* of two at the same distance, the guest's own */
        *nearest = (struct nearest){name, own, away};
}

static bool birthday_view(struct arena *arena, const struct sale_customer *customer, int32_t day,
                          struct view *out)
{
    struct nearest nearest = {.away = BIRTHDAY_WITHIN_DAYS + 1};
    struct view *values;
    look_at(&nearest, day, customer->name, true, customer->birth_month, customer->birth_day);
    for (size_t i = 0; i < customer->n_family; i++)
        look_at(&nearest, day, customer->family[i].name, false, customer->family[i].birth_month,
                customer->family[i].birth_day);
    if (nearest.away > BIRTHDAY_WITHIN_DAYS)
        return true;
    struct view_object *object = view_new_object(arena, &birthday_shape, &values);
    if (!object)
        return false;
    values[BIRTHDAY_NAME] = view_text_or_none(nearest.name);
    values[BIRTHDAY_OWN] = view_bool(nearest.own);
    values[BIRTHDAY_SOON] = view_bool(nearest.away > 0);
    *out = view_object(object);
    return true;
}

static bool customer_view(struct arena *arena, const struct sale_customer *customer,
                          struct view *out)
{
    struct view *values;
    struct view_object *object = view_new_object(arena, &customer_shape, &values);
    if (!object)
        return false;
    values[CUSTOMER_ID] = view_text_or_none(customer->id);
    values[CUSTOMER_NAME] = view_text_or_none(customer->name);
    if (customer->has_visits)
        values[CUSTOMER_VISITS] = view_write(view_write_integer, NULL, customer->visits);
    if (customer->has_points)
        values[CUSTOMER_POINTS] = view_write(view_write_integer, NULL, customer->points);
    *out = view_object(object);
    return true;
}

bool view_fill_guest(struct arena *arena, const struct sale_customer *customer, int32_t day,
                     struct view *values)
{
    return !customer->known || (customer_view(arena, customer, &values[TOP_CUSTOMER]) &&
                                birthday_view(arena, customer, day, &values[TOP_BIRTHDAY]));
}
