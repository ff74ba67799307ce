#include "view/parts.h"
#include "view/words.h"

#include "base/locale.h"

static const struct slice shop_names[] = {
#define SHOP(slot, name) SLICE(name),
#include "view/vocabulary.def"
};
static const struct view_shape shop_shape = {shop_names, SHOP_SLOTS};

static const struct slice voucher_names[] = {
#define VOUCHER(slot, name) SLICE(name),
#include "view/vocabulary.def"
};
static const struct view_shape voucher_shape = {voucher_names, VOUCHER_SLOTS};

static const struct slice top_names[] = {
#define TOP(slot, name) SLICE(name),
#include "view/vocabulary.def"
};
static const struct view_shape top_shape = {top_names, TOP_SLOTS};

static bool shop_view(struct arena *arena, const struct shop_config *config, struct view *out)
{
    struct view *values;
    struct view_object *object = view_new_object(arena, &shop_shape, &values);
    if (!object)
        return false;
    values[SHOP_NAME] = view_text(config->name);
    values[SHOP_TAX_ID] = view_text_or_none(config->tax_id);
    values[SHOP_PHONE] = view_text_or_none(config->phone);
    values[SHOP_WEBSITE] = view_text_or_none(config->website);
    values[SHOP_FEEDBACK] = view_text_or_none(config->feedback_address);
    *out = view_object(object);
    return view_texts(arena, config->address, config->n_address, &values[SHOP_ADDRESS]);
}

static bool voucher_value_view(struct arena *arena, const struct view_words *words,
                               const struct view_voucher *voucher, struct view *values)
{
    const struct voucher_value *value = &voucher->value;
    char text[64];
    size_t n;
    switch (value->kind) {
    case VALUE_NOTE:
        return true;
    case VALUE_PERCENT:
        n = word_percent(value->percent_hundredths, words->lang, text, sizeof text);
        values[VOUCHER_PERCENT] = view_text(arena_copy(arena, slice_of(text, n)));
        values[VOUCHER_VALUE] = values[VOUCHER_PERCENT];
        if (value->at_most_minor)
            view_set_amount(values, VOUCHER_AT_MOST, words, value->at_most_minor);
        return values[VOUCHER_PERCENT].text.p;
    case VALUE_AMOUNT:
        view_set_amount(values, VOUCHER_AMOUNT, words, value->amount_minor);
        values[VOUCHER_VALUE] = values[VOUCHER_AMOUNT];
        return true;
    case VALUE_GIFT:
        values[VOUCHER_GIFT] = view_text(value->gift);
        values[VOUCHER_VALUE] = values[VOUCHER_GIFT];
        return true;
    }
    return false;
}

static bool voucher_view(struct arena *arena, const struct view_words *words,
                         const struct view_voucher *voucher, struct view *out)
{
    struct view *values;
    struct view_object *object = view_new_object(arena, &voucher_shape, &values);
    struct view_words *own = ARENA_NEW(arena, struct view_words);
    if (!object || !own)
        return false;
    *own = (struct view_words){words->lang, voucher->currency};
    values[VOUCHER_CODE] = view_text_or_none(slice_str(voucher->code));
    values[VOUCHER_QR] = view_text_or_none(voucher->qr);
    values[VOUCHER_OFFER] = view_text(voucher->offer);
    values[VOUCHER_REASON] = view_text_or_none(voucher->reason);
    values[VOUCHER_VALID_TO] = view_write(view_write_date, own, voucher->valid_to_day);
    values[VOUCHER_VALID_TO_SHORT] = view_write(view_write_date_short, own, voucher->valid_to_day);
    values[VOUCHER_VALID_TODAY] = view_bool(voucher->valid_to_day == voucher->issued_day);
    *out = view_object(object);
    return voucher_value_view(arena, own, voucher, values);
}

const struct view_object *view_make(struct arena *arena, const struct shop_config *config,
                                    const struct zone *zone, const struct view_words *words,
                                    const struct sale *sale, const struct view_voucher *voucher)
{
    struct view *values;
    struct view_object *top = view_new_object(arena, &top_shape, &values);
    if (!top || !shop_view(arena, config, &values[TOP_SHOP]))
        return NULL;
    if (sale) {
        int32_t day = business_day(zone, sale->time_s, config->day_start_min);
        if (!view_fill_sale(arena, zone, words, sale, day, values))
            return NULL;
    }
    if (voucher && !voucher_view(arena, words, voucher, &values[TOP_VOUCHER]))
        return NULL;
    if (sale && !view_add_extra(arena, top, sale->extra))
        return NULL;
    return top;
}
