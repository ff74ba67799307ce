#include "shop/sheet.h"

#include "base/utf8.h"
#include "image/face.h"
#include "image/png.h"

enum {
    GAP_DOTS = 24,   /* between papers, and around them all */
    FRAME_DOTS = 2,  /* the line around a paper */
    INSIDE_DOTS = 8, /* white between frame and paper */
    LABEL_DOTS = 40, /* the label's line above the frame */
    GLYPH_WIDTH = 12,
    GLYPH_HEIGHT = 24,
    EDGE_DOTS = FRAME_DOTS + INSIDE_DOTS,
};

static uint32_t framed_width(const struct sheet_paper *p)
{
    return p->paper->width_dots + 2 * EDGE_DOTS;
}

static uint32_t framed_height(const struct sheet_paper *p)
{
    return p->paper->height_dots + 2 * EDGE_DOTS;
}

static void draw_glyph(struct bitmap *b, uint32_t cp, uint32_t x, uint32_t y)
{
    const uint16_t *rows = face_glyph(FACE_12X24, cp);
    for (uint32_t i = 0; rows && i < GLYPH_HEIGHT; i++) {
        for (uint32_t k = 0; k < GLYPH_WIDTH; k++) {
            if (rows[i] >> (15 - k) & 1)
                bitmap_set(b, x + k, y + i);
        }
    }
}

static void draw_label(struct bitmap *b, struct slice label, uint32_t x, uint32_t width)
{
    const uint32_t end = x + width;
    uint32_t cp;
    for (; utf8_take(&label, &cp) && x + GLYPH_WIDTH <= end; x += GLYPH_WIDTH)
        draw_glyph(b, cp, x, GAP_DOTS);
}

static void draw_frame(struct bitmap *b, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
    bitmap_fill(b, x, y, width, FRAME_DOTS);
    bitmap_fill(b, x, y + height - FRAME_DOTS, width, FRAME_DOTS);
    bitmap_fill(b, x, y, FRAME_DOTS, height);
    bitmap_fill(b, x + width - FRAME_DOTS, y, FRAME_DOTS, height);
}

bool sheet_picture(const struct sheet_paper *papers, size_t n, struct buf *png, struct err *err)
{
    struct bitmap b;
    uint32_t width = GAP_DOTS;
    uint32_t height = 0;
    for (size_t i = 0; i < n; i++) {
        width += framed_width(&papers[i]) + GAP_DOTS;
        if (framed_height(&papers[i]) > height)
            height = framed_height(&papers[i]);
    }
    const uint32_t top = GAP_DOTS + LABEL_DOTS;
    if (!bitmap_init(&b, width, top + height + GAP_DOTS, err))
        return false;
    uint32_t x = GAP_DOTS;
    for (size_t i = 0; i < n; i++) {
        const struct sheet_paper *p = &papers[i];
        draw_label(&b, slice_str(p->label), x, framed_width(p));
        draw_frame(&b, x, top, framed_width(p), framed_height(p));
        bitmap_or(&b, p->paper, x + EDGE_DOTS, top + EDGE_DOTS, 1, 1);
        x += framed_width(p) + GAP_DOTS;
    }
    const bool ok = png_write(&b, 0, 0, png, err);
    bitmap_finish(&b);
    return ok;
}
