#include "view/parts.h"

#include "base/locale.h"

static void write_money(const void *ctx, int64_t minor, struct buf *out)
{
    const struct view_words *words = ctx;
    char text[64];
    buf_append(out, text, locale_money(words->lang, words->currency, minor, text, sizeof text));
}

static void write_number(const void *ctx, int64_t minor, struct buf *out)
{
    const struct view_words *words = ctx;
    char text[64];
    buf_append(out, text, locale_amount(words->lang, words->currency, minor, text, sizeof text));
}

static void write_raw(const void *ctx, int64_t minor, struct buf *out)
{
    const struct view_words *words = ctx;
    char text[32];
    buf_append(out, text, money_plain(minor, words->currency->exponent, text));
}

void view_write_date(const void *ctx, int64_t day, struct buf *out)
{
    const struct view_words *words = ctx;
    char text[96];
    buf_append(out, text, locale_date(words->lang, (int32_t)day, text, sizeof text));
}

void view_write_date_short(const void *ctx, int64_t day, struct buf *out)
{
    const struct view_words *words = ctx;
    char text[32];
    buf_append(out, text, locale_date_short(words->lang, (int32_t)day, text, sizeof text));
}

/* Minutes after midnight as 18:32. */
void view_write_clock(const void *ctx, int64_t minutes, struct buf *out)
{
    (void)ctx;
    int64_t hour = minutes / 60, minute = minutes % 60;
    const char text[5] = {(char)('0' + hour / 10), (char)('0' + hour % 10), ':',
                          (char)('0' + minute / 10), (char)('0' + minute % 10)};
    buf_append(out, text, sizeof text);
}

void view_write_integer(const void *ctx, int64_t number, struct buf *out)
{
    (void)ctx;
    char text[32];
    buf_append(out, text, money_plain(number, 0, text));
}

/* ctx is the words, number the units; one function a scale keeps the scale out of the arena. */
#define WRITE_QUANTITY(digits)                                                                     \
    static void write_quantity_##digits(const void *ctx, int64_t units, struct buf *out)           \
    {                                                                                              \
        const struct view_words *words = ctx;                                                      \
        const struct decimal quantity = {units, digits};                                           \
        char text[64];                                                                             \
        buf_append(out, text, locale_decimal(words->lang, quantity, text, sizeof text));           \
    }
WRITE_QUANTITY(0)
WRITE_QUANTITY(1)
WRITE_QUANTITY(2)
WRITE_QUANTITY(3)
WRITE_QUANTITY(4)
WRITE_QUANTITY(5)
WRITE_QUANTITY(6)

view_write_fn *const view_write_quantity[] = {
    write_quantity_0, write_quantity_1, write_quantity_2, write_quantity_3,
    write_quantity_4, write_quantity_5, write_quantity_6,
};

/* In the order of SUM in the vocabulary. */
static view_write_fn *const amount_forms[] = {write_money, write_number, write_raw};
enum { AMOUNT_FORMS = sizeof amount_forms / sizeof *amount_forms };

struct view view_amount(size_t form, const struct view_words *words, int64_t minor)
{
    return view_write(amount_forms[form], words, minor);
}

void view_set_amount(struct view *values, unsigned first, const struct view_words *words,
                     int64_t minor)
{
    for (size_t form = 0; form < AMOUNT_FORMS; form++)
        values[first + form] = view_amount(form, words, minor);
}

/* An empty text is no value, so that a section over it is left out. */
struct view view_text_or_none(struct slice text)
{
    return text.n ? view_text(text) : (struct view){.kind = VIEW_NONE};
}

struct view_object *view_new_object(struct arena *arena, const struct view_shape *shape,
                                    struct view **values)
{
    struct view_object *object = ARENA_NEW(arena, struct view_object);
    *values = ARENA_ARRAY(arena, shape->n, struct view);
    if (!object || !*values)
        return NULL;
    *object = (struct view_object){shape, *values, NULL};
    return object;
}

bool view_texts(struct arena *arena, const struct slice *texts, size_t n, struct view *out)
{
    struct view *list = ARENA_ARRAY(arena, n + 1, struct view);
    for (size_t i = 0; list && i < n; i++)
        list[i] = view_text(texts[i]);
    *out = view_list(list, n);
    return list;
}
