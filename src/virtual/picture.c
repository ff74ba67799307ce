/* Pictures: ESC * into the line, GS v 0 and GS ( L straight onto the paper (facts §4, §7, §7.3). */
#include "virtual/handler.h"

#include "virtual/line.h"
#include "virtual/paper.h"

void picture_columns(struct virtual_printer *vp, struct slice params)
{
    uint8_t m = param(params, 0);
    struct slice columns = slice_sub(params, 3, params.n);
    bool large = m >= 32;
    line_put_columns(vp, columns, large ? 3 : 1, m & 1 ? 1 : 2, large ? 1 : 3);
}

static void mark_picture(struct virtual_printer *vp, struct placed at)
{
    paper_mark_at(vp, VIRTUAL_IMAGE, at);
}

void picture_place(struct virtual_printer *vp, const struct bitmap *rows, unsigned scale_x,
                   unsigned scale_y, bool turned)
{
    mark_picture(vp, paper_place(vp, rows, scale_x, scale_y, turned));
}

bool picture_turn(struct slice columns, uint32_t width, uint32_t height, struct buf *rows)
{
    size_t a_column = (size_t)(height + 7) / 8, stride = (size_t)(width + 7) / 8;
    if (!columns.p || columns.n < a_column * width || !width || !height ||
        !buf_reserve(rows, stride * height))
        return false;
    memset(rows->p, 0, stride * height);
    rows->n = stride * height;
    for (uint32_t x = 0; x < width; x++)
        for (uint32_t y = 0; y < height; y++)
            if (columns.p[x * a_column + y / 8] >> (7 - y % 8) & 1)
                rows->p[y * stride + x / 8] |= (uint8_t)(0x80 >> (x % 8));
    return true;
}

/* Rows of bytes seen as a picture; nothing writes through it. */
static struct bitmap rows_of(struct slice data, uint32_t width_dots, uint32_t height_dots)
{
    size_t stride = ((size_t)width_dots + 7) / 8;
    if (stride && data.n / stride < height_dots)
        height_dots = (uint32_t)(data.n / stride);
    return (struct bitmap){width_dots, height_dots, stride, (uint8_t *)data.p};
}

void picture_raster(struct virtual_printer *vp, struct slice params)
{
    int m = digit_param(param(params, 0), 3);
    uint32_t width_bytes = param16(params, 1), height = param16(params, 3);
    if (m < 0 || !width_bytes || !height)
        return;
    if (vp->profile->raster_rows && height > vp->profile->raster_rows)
        paper_note(vp, "more rows than this printer is known to take at once");
    struct bitmap rows = rows_of(slice_sub(params, 5, params.n), width_bytes * 8, height);
    mark_picture(vp, paper_place(vp, &rows, m & 1 ? 2 : 1, m & 2 ? 2 : 1, false));
}

/* GS *: x y in bytes, columns; one picture, in the memory of the user's characters. */
void picture_download(struct virtual_printer *vp, struct slice params)
{
    uint32_t width = param(params, 0) * 8U, height = param(params, 1) * 8U;
    user_forget(vp);
    buf_reset(&vp->bit_image);
    vp->bit_image_width = width;
    if (!picture_turn(slice_sub(params, 2, params.n), width, height, &vp->bit_image))
        buf_reset(&vp->bit_image);
}

void picture_download_print(struct virtual_printer *vp, struct slice params)
{
    int m = digit_param(param(params, 0), 3);
    uint32_t stride = vp->bit_image_width / 8;
    if (m < 0)
        return;
    if (!vp->bit_image.n) {
        paper_note(vp, "no picture is stored");
        return;
    }
    struct bitmap rows = rows_of(buf_slice(&vp->bit_image), vp->bit_image_width,
                                 (uint32_t)(vp->bit_image.n / stride));
    mark_picture(vp, paper_place(vp, &rows, m & 1 ? 2 : 1, m & 2 ? 2 : 1, true));
}

/* GS Q 0: m, columns, their height in bytes, then the columns. */
void picture_strip(struct virtual_printer *vp, struct slice params)
{
    int m = digit_param(param(params, 0), 3);
    uint32_t width = param16(params, 1), height = param16(params, 3) * 8;
    struct buf b;
    buf_init(&b, 0);
    if (m >= 0 && picture_turn(slice_sub(params, 5, params.n), width, height, &b)) {
        struct bitmap rows = rows_of(buf_slice(&b), width, height);
        mark_picture(vp, paper_place(vp, &rows, m & 1 ? 2 : 1, m & 2 ? 2 : 1, true));
    }
    buf_finish(&b);
}

/* a bx by c x:2 y:2 of fn 112 and 113; false when this printer does not store it. */
static bool store_begin(struct virtual_printer *vp, struct slice params)
{
    enum { HEADER = 8, MONO = 0x30, FIRST_COLOUR = 0x31 };
    uint8_t bx = param(params, 1), by = param(params, 2);
    uint32_t x = param16(params, 4), y = param16(params, 6);
    if (params.n < HEADER || param(params, 0) != MONO || param(params, 3) != FIRST_COLOUR) {
        paper_note(vp, "only one-colour pictures are drawn");
        return false;
    }
    if (bx < 1 || bx > 2 || by < 1 || by > 2 || !x || x > MAX_GRAPHIC_DOTS || !y ||
        y > MAX_GRAPHIC_DOTS) {
        paper_note(vp, "a side is out of range; ignored");
        return false;
    }
    if (vp->graphic_height) {
        paper_note(vp, "a picture is stored already and not printed; ignored");
        return false;
    }
    buf_reset(&vp->graphic);
    vp->graphic_scale_x = bx;
    vp->graphic_scale_y = by;
    vp->graphic_width = x;
    return true;
}

/* On a page the picture stands at once (general knowledge); fn 50 has nothing left to do there. */
static void stored(struct virtual_printer *vp, uint32_t height)
{
    vp->graphic_height = height;
    if (vp->page_mode)
        picture_print(vp, (struct slice){0});
}

void picture_store_rows(struct virtual_printer *vp, struct slice params)
{
    if (!store_begin(vp, params))
        return;
    size_t want = (size_t)(vp->graphic_width + 7) / 8 * param16(params, 6);
    struct slice data = slice_sub(params, 8, params.n);
    if (data.n < want) {
        paper_note(vp, "the picture is shorter than it says; ignored");
        return;
    }
    if (!buf_reserve(&vp->graphic, want))
        return;
    buf_append(&vp->graphic, data.p, want);
    stored(vp, param16(params, 6));
}

void picture_store_columns(struct virtual_printer *vp, struct slice params)
{
    if (!store_begin(vp, params))
        return;
    uint32_t height = param16(params, 6);
    struct slice data = slice_sub(params, 8, params.n);
    if (data.n < (size_t)(height + 7) / 8 * vp->graphic_width)
        paper_note(vp, "the picture is shorter than it says; ignored");
    else if (picture_turn(data, vp->graphic_width, height, &vp->graphic))
        stored(vp, height);
}

void picture_print(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    if (!vp->graphic_height) {
        if (!vp->page_mode)
            paper_note(vp, "no picture is stored");
        return;
    }
    struct bitmap rows = rows_of(buf_slice(&vp->graphic), vp->graphic_width, vp->graphic_height);
    mark_picture(vp, paper_place(vp, &rows, vp->graphic_scale_x, vp->graphic_scale_y, true));
    vp->graphic_height = 0;
}
