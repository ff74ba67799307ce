/* The parts of a view: slots and shapes of the vocabulary, and what makes the values. Private to
 * view*.c. */
#ifndef BONBON_VIEW_PARTS_H
#define BONBON_VIEW_PARTS_H

#include "view/view.h"

enum {
#define ITEM(slot, name) slot,
#include "view/vocabulary.def"
    ITEM_SLOTS
};
enum {
#define TAX(slot, name) slot,
#include "view/vocabulary.def"
    TAX_SLOTS
};
enum {
#define NAMED(slot, name) slot,
#include "view/vocabulary.def"
    NAMED_SLOTS
};
enum {
#define CUSTOMER(slot, name) slot,
#include "view/vocabulary.def"
    CUSTOMER_SLOTS
};
enum {
#define BIRTHDAY(slot, name) slot,
#include "view/vocabulary.def"
    BIRTHDAY_SLOTS
};
enum {
#define SERVICE(slot, name) slot,
#include "view/vocabulary.def"
    SERVICE_SLOTS
};
enum {
#define SHOP(slot, name) slot,
#include "view/vocabulary.def"
    SHOP_SLOTS
};
enum {
#define VOUCHER(slot, name) slot,
#include "view/vocabulary.def"
    VOUCHER_SLOTS
};
enum {
#define TOP(slot, name) slot,
#include "view/vocabulary.def"
    TOP_SLOTS
};

/* Amounts, dates and numbers, written only when a template asks: ctx is a struct view_words. */
void view_write_date(const void *ctx, int64_t number, struct buf *out);
void view_write_date_short(const void *ctx, int64_t number, struct buf *out);
void view_write_clock(const void *ctx, int64_t number, struct buf *out);
void view_write_integer(const void *ctx, int64_t number, struct buf *out);
/* A quantity of so many decimals (0 to 6). */
extern view_write_fn *const view_write_quantity[];

/* An amount as the vocabulary's SUM has it: form 0 money, 1 number, 2 raw. */
struct view view_amount(size_t form, const struct view_words *words, int64_t minor);
/* The three forms of an amount, in the slots first, first + 1 and first + 2. */
void view_set_amount(struct view *values, unsigned first, const struct view_words *words,
                     int64_t minor);
/* An empty text is no value, so that a section over it is left out. */
struct view view_text_or_none(struct slice text);
/* A list of texts. false when the arena is full, as with all that follow. */
bool view_texts(struct arena *arena, const struct slice *texts, size_t n, struct view *out);
/* An object of a shape with empty values; NULL when the arena is full. */
struct view_object *view_new_object(struct arena *arena, const struct view_shape *shape,
                                    struct view **values);
/* Adds the keys that the sale's JSON held beyond those known: a shape of its own for this object.
 * The values of one that makes its own become those of the extra keys alone. extra may be NULL. */
bool view_add_extra(struct arena *arena, struct view_object *object,
                    const struct sale_value *extra);
/* Fills the slots of the top object that a sale has; day is its business day. */
bool view_fill_sale(struct arena *arena, const struct zone *zone, const struct view_words *words,
                    const struct sale *sale, int32_t day, struct view *values);
/* Who the guest is and whose birthday it is: fills the slots customer and birthday. */
bool view_fill_guest(struct arena *arena, const struct sale_customer *customer, int32_t day,
                     struct view *values);

#endif
