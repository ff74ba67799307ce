#include "same.h"

static bool same_glyphs(const struct virtual_printer *a, const struct virtual_printer *b)
{
    size_t n, m;
    const struct virtual_glyph *p = virtual_glyphs(a, &n), *q = virtual_glyphs(b, &m);
    if (n != m)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (p[i].cp != q[i].cp || p[i].line != q[i].line || p[i].x_dots != q[i].x_dots ||
            p[i].y_dots != q[i].y_dots || p[i].width_dots != q[i].width_dots ||
            p[i].height_dots != q[i].height_dots || p[i].scale_x != q[i].scale_x ||
            p[i].scale_y != q[i].scale_y || p[i].font_b != q[i].font_b || p[i].bold != q[i].bold ||
            p[i].underline != q[i].underline || p[i].inverted != q[i].inverted ||
            p[i].upside_down != q[i].upside_down || p[i].reads != q[i].reads ||
            p[i].turned != q[i].turned)
            return false;
    }
    return true;
}

static bool same_marks(const struct virtual_printer *a, const struct virtual_printer *b)
{
    size_t n, m;
    const struct virtual_mark *p = virtual_marks(a, &n), *q = virtual_marks(b, &m);
    if (n != m)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (p[i].kind != q[i].kind || p[i].line != q[i].line || p[i].y_dots != q[i].y_dots ||
            p[i].x_dots != q[i].x_dots || p[i].width_dots != q[i].width_dots ||
            p[i].height_dots != q[i].height_dots || p[i].a != q[i].a ||
            p[i].offset != q[i].offset || p[i].symbology != q[i].symbology ||
            !slice_equal(p[i].text, q[i].text))
            return false;
    }
    return true;
}

static bool same_paper(const struct bitmap *a, const struct bitmap *b)
{
    return a->width_dots == b->width_dots && a->height_dots == b->height_dots &&
           (!a->height_dots || memcmp(a->p, b->p, a->stride_bytes * a->height_dots) == 0);
}

static bool same_bytes(void (*say)(struct virtual_printer *, struct buf *),
                       struct virtual_printer *a, struct virtual_printer *b)
{
    struct buf p, q;
    buf_init(&p, 0);
    buf_init(&q, 0);
    say(a, &p);
    say(b, &q);
    bool same = slice_equal(buf_slice(&p), buf_slice(&q));
    buf_finish(&p);
    buf_finish(&q);
    return same;
}

static void say_text(struct virtual_printer *vp, struct buf *out)
{
    virtual_text(vp, out);
}

const char *printers_differ(struct virtual_printer *a, struct virtual_printer *b)
{
    if (!same_paper(virtual_paper(a), virtual_paper(b)))
        return "the paper";
    if (!same_glyphs(a, b))
        return "the glyphs";
    if (!same_marks(a, b))
        return "the marks";
    if (!same_bytes(virtual_take_replies, a, b))
        return "the replies";
    return same_bytes(say_text, a, b) ? NULL : "the text";
}

void feed_in_pieces(struct virtual_printer *vp, struct slice bytes, unsigned most, uint32_t seed)
{
    for (size_t at = 0; at < bytes.n;) {
        seed = seed * 1664525u + 1013904223u;
        size_t n = 1 + (most > 1 ? (seed >> 8) % most : 0);
        virtual_feed(vp, slice_sub(bytes, at, at + n));
        at += n;
    }
    virtual_end(vp);
}
