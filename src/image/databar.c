/* GS1 DataBar in one row: libzint's modules (code2d.h) as elements. */
#include "image/barcode.h"
#include "image/code2d.h"
#include "image/gs1.h"

/* The row's runs of black and white. DataBar begins and ends with a white module, which is quiet
 * zone here. */
static void add_runs(struct barcode *barcode, const struct bitmap *row)
{
    uint32_t x = 0, end = row->width_dots;
    while (x < end && !bitmap_get(row, x, 0))
        x++;
    while (end > x && !bitmap_get(row, end - 1, 0))
        end--;
    while (x < end && barcode->n < BARCODE_MAX_ELEMENTS) {
        uint32_t from = x;
        while (x < end && bitmap_get(row, x, 0) == bitmap_get(row, from, 0))
            x++;
        barcode->element[barcode->n++] = (uint8_t)(x - from);
    }
}

static bool make(enum code2d_kind kind, struct slice data, struct barcode *out, struct err *err)
{
    struct bitmap row;
    if (!code2d_make(kind, data, NULL, &row, err))
        return false;
    add_runs(out, &row);
    bitmap_finish(&row);
    return true;
}

/* 13 digits, and the check digit that belongs to them; HRI shows both behind the identifier. */
static bool make_item(enum code2d_kind kind, struct slice data, struct barcode *out,
                      struct err *err)
{
    struct gs1 gs1;
    char item[20] = "(01)";
    for (size_t i = 0; i < data.n; i++) {
        if (data.p[i] < '0' || data.p[i] > '9')
            return barcode_fail_at(err, code2d_name(kind), data, i);
    }
    if (data.n < 13 || data.n > 14)
        return barcode_fail(err, code2d_name(kind), "it takes 13 digits");
    memcpy(item + 4, data.p, 13);
    item[17] = '*';
    if (!gs1_read(code2d_name(kind), slice_str(item), &gs1, err))
        return false;
    if (data.n == 14 && data.p[13] != gs1.data[gs1.n - 1])
        return barcode_fail(err, code2d_name(kind), "the check digit is wrong");
    barcode_say(out, gs1.text);
    return make(kind, slice_sub(data, 0, 13), out, err);
}

bool databar_make(struct slice data, struct barcode *out, struct err *err)
{
    return make_item(CODE2D_DATABAR, data, out, err);
}

bool databar_limited_make(struct slice data, struct barcode *out, struct err *err)
{
    return make_item(CODE2D_DATABAR_LIMITED, data, out, err);
}

bool databar_expanded_make(struct slice data, struct barcode *out, struct err *err)
{
    struct gs1 gs1;
    if (!gs1_read(code2d_name(CODE2D_DATABAR_EXPANDED), data, &gs1, err))
        return false;
    barcode_say(out, gs1.text);
    return make(CODE2D_DATABAR_EXPANDED, data, out, err);
}
