/* The hash of a sale's meaning. Every fact is written in one fixed order as a tag, a length and its
 * bytes, so that no two different sales write the same; keys' order, spacing and the spelling of
 * amounts are gone by then. */
#include "sale/inner.h"

#include <sodium.h>
#include <stdlib.h>

struct sink {
    crypto_generichash_state state;
    uint8_t p[512];
    size_t n;
    bool ok;
};

static void drain(struct sink *s)
{
    crypto_generichash_update(&s->state, s->p, s->n);
    s->n = 0;
}

static void put_bytes(struct sink *s, const void *p, size_t n)
{
    if (n > sizeof s->p - s->n)
        drain(s);
    if (n > sizeof s->p) {
        crypto_generichash_update(&s->state, p, n);
        return;
    }
    if (n)
        memcpy(s->p + s->n, p, n);
    s->n += n;
}

static void put_int(struct sink *s, int64_t value)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)value >> (8 * i));
    put_bytes(s, bytes, sizeof bytes);
}

static void put_text(struct sink *s, struct slice text)
{
    put_int(s, (int64_t)text.n);
    put_bytes(s, text.p, text.n);
}

static void put_texts(struct sink *s, const struct slice *texts, size_t n)
{
    put_int(s, (int64_t)n);
    for (size_t i = 0; i < n; i++)
        put_text(s, texts[i]);
}

/* 1.50 and 1.5 are the same quantity. */
static void put_decimal(struct sink *s, struct decimal d)
{
    while (d.scale && d.units % 10 == 0) {
        d.units /= 10;
        d.scale--;
    }
    put_int(s, d.units);
    put_int(s, d.scale);
}

static int by_key(const void *a, const void *b)
{
    const struct slice *const *x = a, *const *y = b;
    return slice_compare(**x, **y);
}

/* As deep as the JSON was, SALE_MAX_DEPTH at most. */
static void put_value(struct sink *s, struct arena *arena,
                      const struct sale_value *value) // NOLINT(misc-no-recursion)
{
    if (!value) {
        put_int(s, -1);
        return;
    }
    put_int(s, (int64_t)value->kind);
    put_text(s, value->text);
    put_int(s, (int64_t)value->n);
    if (value->kind == SALE_VALUE_LIST) {
        for (size_t i = 0; i < value->n; i++)
            put_value(s, arena, &value->values[i]);
    }
    if (value->kind != SALE_VALUE_OBJECT || value->n == 0)
        return;
    size_t mark = arena->used;
    const struct slice **order = ARENA_ARRAY(arena, value->n, const struct slice *);
    s->ok = s->ok && order;
    if (!order)
        return;
    for (size_t i = 0; i < value->n; i++)
        order[i] = &value->keys[i];
    qsort(order, value->n, sizeof(const struct slice *), by_key);
    for (size_t i = 0; i < value->n; i++) {
        put_text(s, *order[i]);
        put_value(s, arena, &value->values[order[i] - value->keys]);
    }
    arena_reset(arena, mark);
}

static void put_items(struct sink *s, struct arena *arena, const struct sale *sale)
{
    put_int(s, (int64_t)sale->n_items);
    for (size_t i = 0; i < sale->n_items; i++) {
        const struct sale_item *item = &sale->items[i];
        const struct slice texts[] = {item->sku, item->name, item->category, item->unit, item->tax};
        put_texts(s, texts, sizeof texts / sizeof *texts);
        put_decimal(s, item->quantity);
        put_int(s, item->has_unit_price);
        put_int(s, item->unit_price_minor);
        put_int(s, item->discount_minor);
        put_int(s, item->total_minor);
        put_value(s, arena, item->extra);
    }
}

static void put_rows(struct sink *s, const struct sale *sale)
{
    put_int(s, (int64_t)sale->n_taxes);
    for (size_t i = 0; i < sale->n_taxes; i++) {
        const struct sale_tax *tax = &sale->taxes[i];
        put_text(s, tax->id);
        put_text(s, tax->rate);
        put_int(s, tax->has_net);
        put_int(s, tax->net_minor);
        put_int(s, tax->amount_minor);
    }
    put_int(s, (int64_t)sale->n_adjustments);
    for (size_t i = 0; i < sale->n_adjustments; i++) {
        put_text(s, sale->adjustments[i].name);
        put_int(s, sale->adjustments[i].amount_minor);
    }
    put_int(s, (int64_t)sale->n_payments);
    for (size_t i = 0; i < sale->n_payments; i++) {
        put_text(s, sale->payments[i].method);
        put_int(s, sale->payments[i].amount_minor);
    }
}

static void put_birthday(struct sink *s, unsigned month, unsigned day)
{
    put_int(s, (int64_t)month * 100 + day);
}

static void put_customer(struct sink *s, const struct sale_customer *c)
{
    put_text(s, c->id);
    put_text(s, c->name);
    put_birthday(s, c->birth_month, c->birth_day);
    put_int(s, (int64_t)c->n_family);
    for (size_t i = 0; i < c->n_family; i++) {
        put_text(s, c->family[i].name);
        put_birthday(s, c->family[i].birth_month, c->family[i].birth_day);
    }
    put_int(s, c->has_visits ? c->visits : -1);
    put_int(s, c->has_points);
    put_int(s, c->points);
    put_int(s, c->has_last_visit);
    put_int(s, c->last_visit_day);
    put_texts(s, c->tags, c->n_tags);
}

bool sale_hash(struct arena *arena, struct sale *sale)
{
    struct sink s = {.ok = true};
    static const uint8_t domain[] = "bonbon sale 1";
    crypto_generichash_init(&s.state, NULL, 0, sizeof sale->content_hash);
    put_bytes(&s, domain, sizeof domain);
    put_text(&s, sale->id);
    put_text(&s, sale->till);
    put_text(&s, sale->cashier);
    put_int(&s, (int64_t)sale->kind);
    put_int(&s, sale->time_s);
    put_bytes(&s, sale->currency->code, sizeof sale->currency->code);
    put_items(&s, arena, sale);
    put_rows(&s, sale);
    put_int(&s, sale->discount_minor);
    put_int(&s, sale->total_minor);
    put_int(&s, sale->tip_minor);
    put_int(&s, sale->change_minor);
    put_customer(&s, &sale->customer);
    put_int(&s, sale->service.has_wait ? sale->service.wait_minutes : -1);
    put_text(&s, sale->service.incident);
    put_text(&s, sale->service.complaint);
    put_texts(&s, sale->service.missed, sale->service.n_missed);
    put_texts(&s, sale->redeem, sale->n_redeem);
    put_value(&s, arena, sale->extra);
    drain(&s);
    crypto_generichash_final(&s.state, sale->content_hash, sizeof sale->content_hash);
    return s.ok;
}
