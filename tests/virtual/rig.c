#include "rig.h"

#include "image/face.h"

struct virtual_printer *rig_printer(const char *profile)
{
    const struct profile *p = profile_find(slice_str(profile));
    assert_non_null(p);
    struct virtual_printer *vp = NULL;
    struct err err;
    assert_true(virtual_create(&vp, p, &err));
    return vp;
}

struct virtual_printer *rig_fed(const char *profile, struct slice bytes)
{
    struct virtual_printer *vp = rig_printer(profile);
    virtual_feed(vp, bytes);
    return vp;
}

uint32_t rig_height(const struct virtual_printer *vp)
{
    return virtual_paper(vp)->height_dots;
}

unsigned rig_dots(const struct virtual_printer *vp, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    const struct bitmap *b = virtual_paper(vp);
    unsigned n = 0;
    assert_true(x + w <= b->width_dots && y + h <= b->height_dots);
    for (uint32_t i = y; i < y + h; i++) {
        for (uint32_t j = x; j < x + w; j++)
            n += bitmap_get(b, j, i);
    }
    return n;
}

bool rig_dot(const struct virtual_printer *vp, uint32_t x, uint32_t y)
{
    return bitmap_get(virtual_paper(vp), x, y);
}

bool rig_shows(const struct virtual_printer *vp, uint32_t x, uint32_t y, uint32_t cp)
{
    const struct bitmap *b = virtual_paper(vp);
    const uint16_t *rows = face_glyph(FACE_12X24, cp);
    assert_non_null(rows);
    if (x + 12 > b->width_dots || y + 24 > b->height_dots)
        return false;
    for (unsigned i = 0; i < 24; i++) {
        for (unsigned j = 0; j < 12; j++) {
            if (bitmap_get(b, x + j, y + i) != (rows[i] >> (15 - j) & 1))
                return false;
        }
    }
    return true;
}

size_t rig_glyphs(const struct virtual_printer *vp)
{
    size_t n = 0;
    virtual_glyphs(vp, &n);
    return n;
}

struct virtual_glyph rig_glyph(const struct virtual_printer *vp, size_t n)
{
    size_t all = 0;
    const struct virtual_glyph *g = virtual_glyphs(vp, &all);
    assert_true(n < all);
    return g[n];
}

size_t rig_marks(const struct virtual_printer *vp, enum virtual_mark_kind kind)
{
    size_t all = 0, n = 0;
    const struct virtual_mark *m = virtual_marks(vp, &all);
    for (size_t i = 0; i < all; i++)
        n += m[i].kind == kind;
    return n;
}

struct virtual_mark rig_mark(const struct virtual_printer *vp, enum virtual_mark_kind kind,
                             size_t n)
{
    size_t all = 0;
    const struct virtual_mark *m = virtual_marks(vp, &all);
    for (size_t i = 0; i < all; i++) {
        if (m[i].kind == kind && n-- == 0)
            return m[i];
    }
    fail_msg("there is no such mark");
    return (struct virtual_mark){0};
}

void rig_expect_text(const struct virtual_printer *vp, const char *text)
{
    struct buf out;
    buf_init(&out, 0);
    virtual_text(vp, &out);
    const char *got = buf_cstr(&out);
    assert_string_equal(got ? got : "", text);
    buf_finish(&out);
}

void rig_expect_reply(struct virtual_printer *vp, struct slice bytes)
{
    struct buf out;
    buf_init(&out, 0);
    virtual_take_replies(vp, &out);
    assert_int_equal(out.n, bytes.n);
    if (bytes.n)
        assert_memory_equal(out.p, bytes.p, bytes.n);
    buf_finish(&out);
}

struct bitmap rig_piece(const struct virtual_printer *vp, uint32_t x, uint32_t y, uint32_t w,
                        uint32_t h)
{
    const struct bitmap *b = virtual_paper(vp);
    struct bitmap piece;
    struct err err;
    assert_true(bitmap_init(&piece, w, h, &err));
    for (uint32_t i = 0; i < h; i++) {
        for (uint32_t j = 0; j < w; j++) {
            if (bitmap_get(b, x + j, y + i))
                bitmap_set(&piece, j, i);
        }
    }
    return piece;
}
