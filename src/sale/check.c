#include "sale/inner.h"

static bool fail_negative(const char *field, struct err *err)
{
    FAIL(err, ERR_SALE_NEGATIVE, field);
    return err_in_field(err, field);
}

/* A sale may hold a negative line (a bottle given back, a discount as an item); only a return may
 * be negative as a whole. */
static bool check_signs(const struct sale *sale, struct err *err)
{
    if (sale->kind == SALE_RETURN)
        return true;
    const struct {
        const char *field;
        int64_t minor;
    } amounts[] = {
        {"total", sale->total_minor},
        {"discount", sale->discount_minor},
        {"tip", sale->tip_minor},
        {"change", sale->change_minor},
    };
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        if (amounts[i].minor < 0)
            return fail_negative(amounts[i].field, err);
    }
    for (size_t i = 0; i < sale->n_payments; i++) {
        if (sale->payments[i].amount_minor < 0) {
            struct buf field;
            buf_init(&field, 64);
            buf_printf(&field, "payments[%zu].amount", i);
            const char *text = buf_cstr(&field);
            fail_negative(text ? text : "payments", err);
            buf_finish(&field);
            return false;
        }
    }
    return true;
}

static size_t with_code(int64_t minor, const struct currency *currency, char out[40])
{
    size_t n = money_plain(minor, currency->exponent, out);
    out[n++] = ' ';
    memcpy(out + n, currency->code, sizeof currency->code);
    return n + 3;
}

static bool check_sum(const struct sale *sale, struct err *err)
{
    int64_t sum = 0;
    bool ok = true;
    for (size_t i = 0; i < sale->n_items; i++)
        ok = ok && money_add(sum, sale->items[i].total_minor, &sum);
    ok = ok && money_add(sum, -sale->discount_minor, &sum);
    for (size_t i = 0; i < sale->n_adjustments; i++)
        ok = ok && money_add(sum, sale->adjustments[i].amount_minor, &sum);
    if (!ok) {
        FAIL(err, ERR_RANGE, "items");
        return err_in_field(err, "items");
    }
    if (sum == sale->total_minor)
        return true;
    char found[40], said[40];
    with_code(sum, sale->currency, found);
    with_code(sale->total_minor, sale->currency, said);
    FAIL(err, ERR_SALE_SUM, found, said);
    return err_in_field(err, "total");
}

bool sale_check(const struct sale *sale, struct err *err)
{
    return check_signs(sale, err) && check_sum(sale, err);
}
