#include "view/parts.h"

#include "base/locale.h"
#include "base/utf8.h"
#include "view/words.h"

static const struct slice item_names[] = {
#define ITEM(slot, name) SLICE(name),
#include "view/vocabulary.def"
};
static const struct view_shape item_shape = {item_names, ITEM_SLOTS};

static const struct slice tax_names[] = {
#define TAX(slot, name) SLICE(name),
#include "view/vocabulary.def"
};
static const struct view_shape tax_shape = {tax_names, TAX_SLOTS};

static const struct slice named_names[] = {
#define NAMED(slot, name) SLICE(name),
#include "view/vocabulary.def"
};
static const struct view_shape named_shape = {named_names, NAMED_SLOTS};

static const struct slice service_names[] = {
#define SERVICE(slot, name) SLICE(name),
#include "view/vocabulary.def"
};
static const struct view_shape service_shape = {service_names, SERVICE_SLOTS};

static bool is_one(const struct sale_item *item)
{
    int64_t one = 1;
    for (unsigned i = 0; i < item->quantity.scale; i++)
        one *= 10;
    return item->quantity.units == one;
}

/* An item makes a value when a template asks for it: of the seventeen a receipt shows four. */
struct item_object {
    struct view_object object; /* first; its values are those of the extra keys */
    const struct sale_item *item;
    const struct view_words *words;
};

static struct view item_value(const struct view_object *object, size_t slot)
{
    const struct item_object *own = (const struct item_object *)object;
    const struct sale_item *item = own->item;
    const struct view none = {.kind = VIEW_NONE};
    switch (slot) {
    case ITEM_SKU:
        return view_text_or_none(item->sku);
    case ITEM_NAME:
        return view_text(item->name);
    case ITEM_CATEGORY:
        return view_text_or_none(item->category);
    case ITEM_UNIT:
        return view_text_or_none(item->unit);
    case ITEM_TAX:
        return view_text_or_none(item->tax);
    case ITEM_QUANTITY:
        return view_write(view_write_quantity[item->quantity.scale], own->words,
                          item->quantity.units);
    case ITEM_SEVERAL:
        return view_bool(!is_one(item));
    case ITEM_UNIT_PRICE:
    case ITEM_UNIT_PRICE_NUMBER:
    case ITEM_UNIT_PRICE_RAW:
        return item->has_unit_price
                   ? view_amount(slot - ITEM_UNIT_PRICE, own->words, item->unit_price_minor)
                   : none;
    case ITEM_DISCOUNT:
    case ITEM_DISCOUNT_NUMBER:
    case ITEM_DISCOUNT_RAW:
        return item->discount_minor
                   ? view_amount(slot - ITEM_DISCOUNT, own->words, item->discount_minor)
                   : none;
    case ITEM_TOTAL:
    case ITEM_TOTAL_NUMBER:
    case ITEM_TOTAL_RAW:
        return view_amount(slot - ITEM_TOTAL, own->words, item->total_minor);
    default:
        return object->values[slot - ITEM_SLOTS];
    }
}

static bool items_view(struct arena *arena, const struct view_words *words, const struct sale *sale,
                       struct view *out)
{
    struct view *list = ARENA_ARRAY(arena, sale->n_items + 1, struct view);
    struct item_object *own = ARENA_ARRAY(arena, sale->n_items + 1, struct item_object);
    if (!list || !own)
        return false;
    for (size_t i = 0; i < sale->n_items; i++) {
        own[i] = (struct item_object){{&item_shape, NULL, item_value}, &sale->items[i], words};
        if (!view_add_extra(arena, &own[i].object, sale->items[i].extra))
            return false;
        list[i] = view_object(&own[i].object);
    }
    *out = view_list(list, sale->n_items);
    return true;
}

/* n lines of a name and an amount: adjustments and payments. */
static bool named_view(struct arena *arena, const struct view_words *words, struct slice name,
                       int64_t amount_minor, struct view *out)
{
    struct view *values;
    struct view_object *object = view_new_object(arena, &named_shape, &values);
    if (!object)
        return false;
    values[NAMED_NAME] = view_text(name);
    view_set_amount(values, NAMED_AMOUNT, words, amount_minor);
    *out = view_object(object);
    return true;
}

static bool payments_view(struct arena *arena, const struct view_words *words,
                          const struct sale *sale, struct view *out)
{
    struct view *list = ARENA_ARRAY(arena, sale->n_payments + 1, struct view);
    for (size_t i = 0; list && i < sale->n_payments; i++)
        if (!named_view(arena, words, word_payment(sale->payments[i].method, words->lang),
                        sale->payments[i].amount_minor, &list[i]))
            return false;
    *out = view_list(list, sale->n_payments);
    return list;
}

static bool adjustments_view(struct arena *arena, const struct view_words *words,
                             const struct sale *sale, struct view *out)
{
    struct view *list = ARENA_ARRAY(arena, sale->n_adjustments + 1, struct view);
    size_t n = 0;
    for (size_t i = 0; list && i < sale->n_adjustments; i++)
        if (sale->adjustments[i].amount_minor != 0 &&
            !named_view(arena, words, sale->adjustments[i].name, sale->adjustments[i].amount_minor,
                        &list[n++]))
            return false;
    *out = view_list(list, n);
    return list;
}

static bool taxes_view(struct arena *arena, const struct view_words *words, const struct sale *sale,
                       struct view *out)
{
    struct view *list = ARENA_ARRAY(arena, sale->n_taxes + 1, struct view);
    for (size_t i = 0; list && i < sale->n_taxes; i++) {
        const struct sale_tax *tax = &sale->taxes[i];
        struct view *values;
        struct view_object *object = view_new_object(arena, &tax_shape, &values);
        if (!object)
            return false;
        values[TAX_ID] = view_text_or_none(tax->id);
        values[TAX_RATE] = view_text_or_none(tax->rate);
        if (tax->has_net)
            view_set_amount(values, TAX_NET, words, tax->net_minor);
        view_set_amount(values, TAX_AMOUNT, words, tax->amount_minor);
        list[i] = view_object(object);
    }
    *out = view_list(list, sale->n_taxes);
    return list;
}

static bool service_view(struct arena *arena, const struct view_words *words,
                         const struct sale_service *service, struct view *out)
{
    struct view *values;
    char text[64];
    struct view_object *object = view_new_object(arena, &service_shape, &values);
    if (!object)
        return false;
    if (service->has_wait) {
        size_t n = word_minutes(service->wait_minutes, words->lang, text, sizeof text);
        struct slice wait = arena_copy(arena, slice_of(text, n));
        if (!wait.p)
            return false;
        values[SERVICE_WAIT] = view_text(wait);
        values[SERVICE_WAIT_MINUTES] = view_write(view_write_integer, NULL, service->wait_minutes);
    }
    values[SERVICE_INCIDENT] = view_text_or_none(service->incident);
    values[SERVICE_COMPLAINT] = view_text_or_none(service->complaint);
    values[SERVICE_HAS_MISSED] = view_bool(service->n_missed > 0);
    *out = view_object(object);
    return view_texts(arena, service->missed, service->n_missed, &values[SERVICE_MISSED]);
}

static bool sale_parts(struct arena *arena, const struct view_words *words, const struct sale *sale,
                       int32_t day, struct view *values)
{
    values[TOP_HAS_TAXES] = view_bool(sale->n_taxes > 0);
    values[TOP_HAS_PAYMENTS] = view_bool(sale->n_payments > 0);
    return items_view(arena, words, sale, &values[TOP_ITEMS]) &&
           taxes_view(arena, words, sale, &values[TOP_TAXES]) &&
           adjustments_view(arena, words, sale, &values[TOP_ADJUSTMENTS]) &&
           payments_view(arena, words, sale, &values[TOP_PAYMENTS]) &&
           view_fill_guest(arena, &sale->customer, day, values) &&
           service_view(arena, words, &sale->service, &values[TOP_SERVICE]);
}

static void widen(int64_t minor, int64_t *longest)
{
    const int64_t size = minor < 0 && minor > INT64_MIN / 10 ? -10 * minor : minor;
    *longest = size > *longest ? size : *longest;
}

/* True when the usual columns of a receipt have no room for an amount: more than 9 letters of an
 * item, more than 12 of the total. A minus takes a letter as another digit would. */
static bool is_large(const struct view_words *words, const struct sale *sale)
{
    enum { AMOUNT_LETTERS = 9, TOTAL_LETTERS = 12 };
    char text[64];
    int64_t longest = 0;
    for (size_t i = 0; i < sale->n_items; i++)
        widen(sale->items[i].total_minor, &longest);
    for (size_t i = 0; i < sale->n_taxes; i++)
        widen(sale->taxes[i].net_minor, &longest);
    widen(sale->total_minor, &longest);
    const size_t amount = locale_amount(words->lang, words->currency, longest, text, sizeof text);
    if (utf8_characters(slice_of(text, amount)) > AMOUNT_LETTERS)
        return true;
    const size_t total =
        locale_money(words->lang, words->currency, sale->total_minor, text, sizeof text);
    return utf8_characters(slice_of(text, total)) > TOTAL_LETTERS;
}

static void sale_amounts(const struct view_words *words, const struct sale *sale,
                         struct view *values)
{
    int64_t subtotal = 0;
    bool adjusted = sale->discount_minor != 0;
    for (size_t i = 0; i < sale->n_items; i++) /* sale_read() proved that this does not overflow */
        subtotal += sale->items[i].total_minor;
    for (size_t i = 0; i < sale->n_adjustments; i++)
        adjusted |= sale->adjustments[i].amount_minor != 0;
    values[TOP_HAS_SUBTOTAL] = view_bool(adjusted);
    view_set_amount(values, TOP_SUBTOTAL, words, subtotal);
    view_set_amount(values, TOP_TOTAL, words, sale->total_minor);
    if (sale->discount_minor)
        view_set_amount(values, TOP_DISCOUNT, words, sale->discount_minor);
    if (sale->tip_minor)
        view_set_amount(values, TOP_TIP, words, sale->tip_minor);
    if (sale->change_minor)
        view_set_amount(values, TOP_CHANGE, words, sale->change_minor);
}

bool view_fill_sale(struct arena *arena, const struct zone *zone, const struct view_words *words,
                    const struct sale *sale, int32_t business_day, struct view *values)
{
    struct civil when;
    zone_civil(zone, sale->time_s, &when);
    int32_t day = day_from_civil(when.year, when.month, when.day);
    values[TOP_ID] = view_text(sale->id);
    values[TOP_TILL] = view_text(sale->till);
    values[TOP_CASHIER] = view_text_or_none(sale->cashier);
    values[TOP_CURRENCY] = view_text(slice_str(sale->currency->code));
    values[TOP_DATE] = view_write(view_write_date, words, day);
    values[TOP_DATE_SHORT] = view_write(view_write_date_short, words, day);
    values[TOP_TIME] = view_write(view_write_clock, NULL, when.hour * 60 + when.minute);
    values[TOP_RETURN] = view_bool(sale->kind == SALE_RETURN);
    values[TOP_TRAINING] = view_bool(sale->kind == SALE_TRAINING);
    values[TOP_ITEM_COUNT] = view_write(view_write_integer, NULL, (int64_t)sale->n_items);
    values[TOP_LARGE] = view_bool(is_large(words, sale));
    sale_amounts(words, sale, values);
    return sale_parts(arena, words, sale, business_day, values);
}
