#include "device_rig.h"

#include <stdlib.h>

static void piece(void *ctx, const struct virtual_printer *vp, uint32_t y_dots)
{
    struct rig *r = ctx;
    r->pieces++;
    virtual_text_above(vp, y_dots, &r->text);
    buf_str(&r->text, "====\n");
}

static void say(void *ctx, const char *words)
{
    struct rig *r = ctx;
    buf_printf(&r->said, "%s\n", words);
}

static struct rig *make(const char *profile, uint32_t speed_mm_s, bool unlimited, bool with_pieces)
{
    struct rig *r = calloc(1, sizeof *r);
    struct err err;
    assert_non_null(r);
    const struct device_options options = {
        .profile = profile_find(slice_str(profile)),
        .speed_mm_s = speed_mm_s,
        .unlimited = unlimited,
        .watch = {r, with_pieces ? piece : NULL, say},
    };
    assert_non_null(options.profile);
    buf_init(&r->heard, 0);
    buf_init(&r->said, 0);
    buf_init(&r->text, 0);
    assert_true(device_create(&r->dev, &options, 0, &err));
    return r;
}

struct rig *rig_new(const char *profile, uint32_t speed_mm_s, bool with_pieces)
{
    return make(profile, speed_mm_s, false, with_pieces);
}

struct rig *rig_unlimited(const char *profile)
{
    return make(profile, 0, true, false);
}

void rig_free(struct rig *r)
{
    device_destroy(r->dev);
    buf_finish(&r->heard);
    buf_finish(&r->said);
    buf_finish(&r->text);
    free(r);
}

void rig_at(struct rig *r, int64_t us)
{
    assert_true(us >= r->now_us);
    r->now_us = us;
    device_advance(r->dev, us);
}

int64_t rig_run_dry(struct rig *r)
{
    for (int64_t next; (next = device_next_us(r->dev)) != INT64_MAX;)
        rig_at(r, next);
    return r->now_us;
}

size_t rig_offer(struct rig *r, struct slice bytes)
{
    enum device_port port;
    return device_receive(r->dev, bytes, &port);
}

int64_t rig_write(struct rig *r, struct slice bytes)
{
    while (true) {
        size_t n = rig_offer(r, bytes);
        bytes = slice_sub(bytes, n, bytes.n);
        if (!bytes.n)
            return r->now_us;
        int64_t next = device_next_us(r->dev);
        assert_true(next != INT64_MAX); /* it would never be taken */
        rig_at(r, next);
    }
}

void rig_order(struct rig *r, const char *words)
{
    struct err err = {0};
    assert_true(device_order(r->dev, slice_str(words), NULL, &err));
}

void rig_hears(struct rig *r, struct slice bytes)
{
    enum device_port port;
    buf_reset(&r->heard);
    while (device_transmit(r->dev, &r->heard, 64, &port))
        ;
    assert_int_equal(r->heard.n, bytes.n);
    if (bytes.n)
        assert_memory_equal(r->heard.p, bytes.p, bytes.n);
}

void rig_paper_is(struct rig *r, const char *text)
{
    struct buf out;
    buf_init(&out, 0);
    virtual_text(device_printer(r->dev), &out);
    assert_string_equal(out.n ? buf_cstr(&out) : "", text);
    buf_finish(&out);
}

int64_t rig_feed_us(unsigned half_dots)
{
    return (int64_t)half_dots * 25400 / (203 * 2) * 1000 / 250;
}

void rig_assert_about(int64_t us, int64_t wanted)
{
    assert_in_range(us, wanted - wanted / 50, wanted + wanted / 50);
}

struct buf rig_repeated(const char *what, size_t times)
{
    struct buf b;
    buf_init(&b, 0);
    for (size_t i = 0; i < times; i++)
        buf_str(&b, what);
    return b;
}
