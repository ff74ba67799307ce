/* Pictures that a printer keeps, by key: in NV memory (GS ( L 64 to 69), in RAM (80 to 85), and the
 * old ones by number (FS q, FS p). Epson APG. */
#include "virtual/handler.h"

#include "virtual/paper.h"

enum {
    NV_LEFT = 0x31, /* ids of answers */
    NV_CAPACITY = 0x30,
    DOWNLOAD_LEFT = 0x32,
    KEY_LIST = 0x72,
    KEYS_A_BLOCK = 40,
};

void nv_graphics_capacity_told(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    answer_number(vp, NV_CAPACITY, nv_graphics_capacity(&vp->nv));
}

static size_t left(size_t capacity, size_t used)
{
    return used < capacity ? capacity - used : 0;
}

void nv_graphics_left_told(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    answer_number(vp, NV_LEFT, left(nv_graphics_capacity(&vp->nv), vp->nv.graphics.b.n));
}

void nv_download_left_told(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    answer_number(vp, DOWNLOAD_LEFT, left(NV_DOWNLOAD_BYTES, vp->download.b.n));
}

static bool says(struct slice params, const char *words)
{
    return slice_is(params, words);
}

static void tell_keys(struct virtual_printer *vp, const struct nv_pictures *all,
                      struct slice params)
{
    struct nv_picture picture;
    struct buf keys;
    if (!says(params, "KC"))
        return;
    buf_init(&keys, 0);
    for (size_t at = 0; nv_next_picture(all, &at, &picture);)
        buf_append(&keys, picture.key, 2);
    answer_blocks(vp, KEY_LIST, buf_slice(&keys), (size_t)KEYS_A_BLOCK * 2);
    buf_finish(&keys);
}

void nv_graphics_keys(struct virtual_printer *vp, struct slice params)
{
    tell_keys(vp, &vp->nv.graphics, params);
}

void nv_download_keys(struct virtual_printer *vp, struct slice params)
{
    tell_keys(vp, &vp->download, params);
}

void nv_graphics_wipe(struct virtual_printer *vp, struct slice params)
{
    if (!says(params, "CLR"))
        return;
    nv_wrote(vp, vp->nv.graphics.b.n);
    buf_reset(&vp->nv.graphics.b);
}

void nv_download_wipe(struct virtual_printer *vp, struct slice params)
{
    if (says(params, "CLR"))
        buf_reset(&vp->download.b);
}

void nv_graphics_delete(struct virtual_printer *vp, struct slice params)
{
    if (params.n == 2 && nv_remove_picture(&vp->nv.graphics, params.p))
        nv_wrote(vp, 0);
}

void nv_download_delete(struct virtual_printer *vp, struct slice params)
{
    if (params.n == 2)
        nv_remove_picture(&vp->download, params.p);
}

static bool is_key(const uint8_t *key)
{
    return key[0] >= 0x20 && key[0] <= 0x7e && key[1] >= 0x20 && key[1] <= 0x7e;
}

/* a kc1 kc2 b x:2 y:2 [c data]b: one colour is kept. */
static bool define(struct virtual_printer *vp, struct nv_pictures *into, size_t capacity,
                   struct slice params, bool by_columns)
{
    enum { HEAD = 9, MONO = 0x30, FIRST_COLOUR = 0x31 };
    if (params.n < HEAD || params.p[0] != MONO || params.p[3] != 1 ||
        params.p[HEAD - 1] != FIRST_COLOUR || !is_key(params.p + 1)) {
        paper_note(vp, "only one-colour pictures with a key of 20h to 7Eh are kept");
        return false;
    }
    struct nv_picture picture = {.key = {params.p[1], params.p[2]},
                                 .width_dots = param16(params, 4),
                                 .height_dots = param16(params, 6)};
    uint32_t width = picture.width_dots, height = picture.height_dots;
    size_t bytes = by_columns ? (size_t)(height + 7) / 8 * width : (size_t)(width + 7) / 8 * height;
    struct slice data = slice_sub(params, HEAD, params.n);
    struct buf rows;
    if (!width || width > NV_PICTURE_MAX_WIDTH || !height || height > NV_PICTURE_MAX_HEIGHT ||
        data.n != bytes) {
        paper_note(vp, "a side is out of range, or the picture is not as long as it says");
        return false;
    }
    buf_init(&rows, 0);
    picture.rows = data;
    bool ok = true;
    if (by_columns) {
        ok = picture_turn(data, width, height, &rows);
        picture.rows = buf_slice(&rows);
    }
    ok = ok && nv_put_picture(into, &picture, capacity);
    buf_finish(&rows);
    if (!ok)
        paper_note(vp, "the picture does not fit into what is left; nothing is written");
    return ok;
}

void nv_graphics_rows(struct virtual_printer *vp, struct slice params)
{
    if (define(vp, &vp->nv.graphics, nv_graphics_capacity(&vp->nv), params, false))
        nv_wrote(vp, params.n);
}

void nv_graphics_columns(struct virtual_printer *vp, struct slice params)
{
    if (define(vp, &vp->nv.graphics, nv_graphics_capacity(&vp->nv), params, true))
        nv_wrote(vp, params.n);
}

void nv_download_rows(struct virtual_printer *vp, struct slice params)
{
    define(vp, &vp->download, NV_DOWNLOAD_BYTES, params, false);
}

void nv_download_columns(struct virtual_printer *vp, struct slice params)
{
    define(vp, &vp->download, NV_DOWNLOAD_BYTES, params, true);
}

static void print(struct virtual_printer *vp, const struct nv_picture *picture, unsigned scale_x,
                  unsigned scale_y, bool turned)
{
    struct bitmap rows = {picture->width_dots, picture->height_dots,
                          (size_t)(picture->width_dots + 7) / 8, (uint8_t *)picture->rows.p};
    picture_place(vp, &rows, scale_x, scale_y, turned);
}

static void print_by_key(struct virtual_printer *vp, const struct nv_pictures *all,
                         struct slice params)
{
    struct nv_picture picture;
    unsigned x = param(params, 2), y = param(params, 3);
    if (params.n != 4 || x < 1 || x > 2 || y < 1 || y > 2)
        return;
    if (nv_find_picture(all, params.p, &picture))
        print(vp, &picture, x, y, true);
    else
        paper_note(vp, "no picture has this key");
}

void nv_graphics_print(struct virtual_printer *vp, struct slice params)
{
    print_by_key(vp, &vp->nv.graphics, params);
}

void nv_download_print(struct virtual_printer *vp, struct slice params)
{
    print_by_key(vp, &vp->download, params);
}

/* n [xL xH yL yH data]n, sides in bytes; all earlier ones go, and the printer starts anew. */
void nv_images_define(struct virtual_printer *vp, struct slice params)
{
    unsigned n = param(params, 0);
    size_t at = 1;
    bool ok = true;
    if (vp->page_mode)
        return;
    nv_wrote(vp, params.n);
    buf_reset(&vp->nv.images.b);
    for (unsigned i = 1; ok && i <= n; i++) {
        struct nv_picture picture = {.key = {0, (uint8_t)i}};
        uint32_t width = param16(params, at) * 8, height = param16(params, at + 2) * 8;
        size_t bytes = (size_t)width * height / 8;
        struct slice columns = slice_sub(params, at + 4, at + 4 + bytes);
        struct buf rows;
        buf_init(&rows, 0);
        picture.width_dots = width;
        picture.height_dots = height;
        ok = columns.n == bytes && (size_t)width * height / 8 <= NV_IMAGES_BYTES &&
             picture_turn(columns, width, height, &rows);
        picture.rows = buf_slice(&rows);
        ok = ok && nv_put_picture(&vp->nv.images, &picture, NV_IMAGES_BYTES);
        buf_finish(&rows);
        at += 4 + bytes;
    }
    if (!ok)
        paper_note(vp, "more than 256 KB of pictures; the rest is not kept");
    machine_restart(vp);
    vp->restarted = true;
}

void nv_images_print(struct virtual_printer *vp, struct slice params)
{
    const uint8_t key[2] = {0, param(params, 0)};
    int m = digit_param(param(params, 1), 3);
    struct nv_picture picture;
    if (m < 0 || vp->page_mode)
        return;
    if (nv_find_picture(&vp->nv.images, key, &picture))
        print(vp, &picture, m & 1 ? 2 : 1, m & 2 ? 2 : 1, true);
    else
        paper_note(vp, "no picture has this number");
}
