/* libpng leaves by longjmp. So each function that calls it and may be left that way keeps nothing
 * of its own: what it makes stands in a struct of its caller, who frees it on every way out. */
#include "image/png.h"

#include "image/halftone.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MAX_WIDTH = 4096,
    MAX_HEIGHT = 16384,
    MAX_MARGIN = 4096,
    MAX_FILE_BYTES = 8 << 20,
    MAX_CHUNK_BYTES = 1 << 20, /* what libpng may take for one chunk that is not pixels */
    HEADER_BYTES = 8 + 25,     /* signature and IHDR */
    ADAM7_PASSES = 7,
    MAX_CHANNELS = 4,
    REASON_BYTES = 160,
    SIZE_BYTES = 32,
};

struct reason {
    char text[REASON_BYTES];
};

/* A caller that knows the file's name puts it in place of the first argument. */
static bool fail(struct err *err, const char *reason)
{
    return FAIL(err, ERR_IMAGE, "this file", reason);
}

static PNG_NORETURN void on_error(png_structp png, png_const_charp message)
{
    struct reason *reason = png_get_error_ptr(png);
    snprintf(reason->text, sizeof reason->text, "%s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* Writing */

static void write_bytes(png_structp png, png_bytep p, size_t n)
{
    buf_append(png_get_io_ptr(png), p, n);
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

struct frame {
    const struct bitmap *b;
    uint32_t width, height, margin; /* in dots, with the margin */
    uint32_t dpi;
    uint8_t *row;
};

/* A row of the picture between its margins. */
static void frame_row(const struct frame *f, uint32_t y)
{
    memset(f->row, 0, (f->width + 7) / 8);
    if (y < f->margin || y - f->margin >= f->b->height_dots)
        return;
    const uint8_t *from = f->b->p + (y - f->margin) * f->b->stride_bytes;
    uint8_t *to = f->row + f->margin / 8;
    unsigned shift = f->margin % 8;
    if (shift == 0) {
        memcpy(to, from, f->b->stride_bytes);
        return;
    }
    for (size_t i = 0; i < f->b->stride_bytes; i++) {
        to[i] |= (uint8_t)(from[i] >> shift);
        to[i + 1] |= (uint8_t)(from[i] << (8 - shift));
    }
}

/* Speed before size: a preview is shown at once. Rows of receipts are mostly white or alike, so the
 * lightest compression without filters gives a few kilobytes. */
static bool write_frame(png_structp png, png_infop info, const struct frame *f)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_set_compression_level(png, 2);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_IHDR(png, info, f->width, f->height, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (f->dpi) {
        uint32_t a_metre = (uint32_t)(((uint64_t)f->dpi * 10000 + 127) / 254);
        png_set_pHYs(png, info, a_metre, a_metre, PNG_RESOLUTION_METER);
    }
    png_write_info(png, info);
    png_set_invert_mono(png);
    for (uint32_t y = 0; y < f->height; y++) {
        frame_row(f, y);
        png_write_row(png, f->row);
    }
    png_write_end(png, NULL);
    return true;
}

bool png_write(const struct bitmap *b, uint32_t margin_dots, uint32_t dpi, struct buf *out,
               struct err *err)
{
    uint32_t margin = margin_dots < MAX_MARGIN ? margin_dots : MAX_MARGIN;
    struct frame f = {b,   b->width_dots + 2 * margin, b->height_dots + 2 * margin, margin, dpi,
                      NULL};
    if (f.width == 0 || f.height == 0)
        return FAIL(err, ERR_IMAGE, "this paper", "there is nothing on it");
    struct reason reason = {"out of memory"};
    png_infop info = NULL;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &reason, on_error, on_warning);
    if (!png || !(info = png_create_info_struct(png)))
        goto failed;
    /* one byte more than the row: the shift writes a zero there */
    if (!(f.row = malloc((f.width + 7) / 8 + 1)))
        goto failed;
    png_set_write_fn(png, out, write_bytes, flush_nothing);
    if (!write_frame(png, info, &f))
        goto failed;
    if (out->full) {
        snprintf(reason.text, sizeof reason.text, "its PNG does not fit the memory given to it");
        goto failed;
    }
    png_destroy_write_struct(&png, &info);
    free(f.row);
    return true;

failed:
    png_destroy_write_struct(&png, &info);
    free(f.row);
    return FAIL(err, ERR_IMAGE, "this paper", reason.text);
}

/* Reading */

struct reader {
    struct slice rest; /* of the file */
    uint32_t width, height;
    unsigned channels;
    bool interlaced;
    uint8_t *row;  /* as libpng gives it: grey, grey and alpha, RGB or RGBA, 8 bits each */
    uint8_t *grey; /* one row, or of an interlaced picture all of them */
    struct halftone halftone;
    struct reason reason;
};

static void read_bytes(png_structp png, png_bytep out, size_t n)
{
    struct reader *r = png_get_io_ptr(png);
    struct slice got;
    if (!take_bytes(&r->rest, n, &got))
        png_error(png, "it is cut short");
    memcpy(out, got.p, n);
}

static uint32_t u32_be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The size is looked at before libpng, or we, take memory for it. */
static bool check_header(struct slice file, struct reader *r, struct err *err)
{
    if (file.n > MAX_FILE_BYTES)
        return fail(err, "it is larger than 8 MiB");
    if (file.n < 8 || png_sig_cmp(file.p, 0, 8) != 0)
        return fail(err, "it is not a PNG");
    if (file.n < HEADER_BYTES)
        return fail(err, "it is cut short");
    if (memcmp(file.p + 12, "IHDR", 4) != 0)
        return fail(err, "it does not begin with its size");
    r->width = u32_be(file.p + 16);
    r->height = u32_be(file.p + 20);
    r->interlaced = file.p[28] != PNG_INTERLACE_NONE;
    if (r->width && r->height && r->width <= MAX_WIDTH && r->height <= MAX_HEIGHT)
        return true;
    if (r->width == 0 || r->height == 0)
        return fail(err, "it has no dots");
    char size[SIZE_BYTES], most[SIZE_BYTES];
    snprintf(size, sizeof size, "%u × %u", r->width, r->height);
    snprintf(most, sizeof most, "%d × %d", MAX_WIDTH, MAX_HEIGHT);
    return FAIL(err, ERR_IMAGE_BIG, "this file", size, most);
}

/* The size on paper: the shape is kept. */
static bool scaled_size(const struct reader *r, uint32_t width, uint32_t max_width,
                        uint32_t size[2], struct err *err)
{
    if (width == 0)
        width = r->width;
    if (max_width && width > max_width)
        width = max_width;
    /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): check_header() refuses a width of 0 */
    uint64_t height = ((uint64_t)r->height * width + r->width / 2) / r->width;
    size[0] = width;
    size[1] = height ? (uint32_t)height : 1;
    return height <= MAX_HEIGHT || fail(err, "on paper it would be more than 16384 dots high");
}

/* Rec. 601 luma over white paper; the weights sum to 256. */
static uint8_t grey_of(const uint8_t *p, unsigned channels)
{
    unsigned luma = channels < 3 ? p[0] : (77u * p[0] + 150u * p[1] + 29u * p[2] + 128) / 256;
    unsigned alpha = channels == 2 ? p[1] : channels == 4 ? p[3] : 255;
    return (uint8_t)((luma * alpha + 255 * (255 - alpha) + 127) / 255);
}

static void read_info(png_structp png, png_infop info, struct reader *r)
{
    png_set_user_limits(png, MAX_WIDTH, MAX_HEIGHT);
    png_set_chunk_malloc_max(png, MAX_CHUNK_BYTES);
    png_set_chunk_cache_max(png, 16);
    /* Text, colour profiles and the like are left unread: the values are taken as sRGB. */
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_read_fn(png, r, read_bytes);
    png_read_info(png, info);
    png_set_expand(png);
    png_set_scale_16(png);
    png_read_update_info(png, info);
    r->channels = png_get_channels(png, info);
    if (png_get_rowbytes(png, info) > (size_t)r->width * MAX_CHANNELS)
        png_error(png, "its rows are longer than its header says");
}

static void read_plain(png_structp png, struct reader *r)
{
    for (uint32_t y = 0; y < r->height; y++) {
        png_read_row(png, r->row, NULL);
        for (uint32_t x = 0; x < r->width; x++)
            r->grey[x] = grey_of(r->row + (size_t)x * r->channels, r->channels);
        halftone_row(&r->halftone, r->grey);
    }
}

/* libpng is not told to put the passes together, for that takes the whole picture in colour: it
 * gives each row of each pass as it comes, and the grey of it is put where it belongs. */
static void read_interlaced(png_structp png, struct reader *r)
{
    const int width = (int)r->width, height = (int)r->height;
    for (int pass = 0; pass < ADAM7_PASSES; pass++) {
        const int rows = PNG_PASS_ROWS(height, pass), columns = PNG_PASS_COLS(width, pass);
        for (int i = 0; columns && i < rows; i++) {
            png_read_row(png, r->row, NULL);
            const uint8_t *from = r->row;
            uint8_t *grey = r->grey + (ptrdiff_t)PNG_ROW_FROM_PASS_ROW(i, pass) * width;
            for (int j = 0; j < columns; j++, from += r->channels)
                grey[PNG_COL_FROM_PASS_COL(j, pass)] = grey_of(from, r->channels);
        }
    }
    for (uint32_t y = 0; y < r->height; y++)
        halftone_row(&r->halftone, r->grey + (size_t)y * r->width);
}

static bool take_memory(struct reader *r, enum dither dither, struct bitmap *out)
{
    r->row = malloc((size_t)r->width * MAX_CHANNELS);
    r->grey = malloc((size_t)r->width * (r->interlaced ? r->height : 1));
    return r->row && r->grey && halftone_init(&r->halftone, r->width, r->height, dither, out);
}

static bool read_pixels(png_structp png, png_infop info, struct reader *r)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    read_info(png, info, r);
    if (r->interlaced)
        read_interlaced(png, r);
    else
        read_plain(png, r);
    png_read_end(png, NULL);
    return true;
}

bool png_read(struct slice png_file, uint32_t width_dots, uint32_t max_width_dots,
              enum dither dither, struct bitmap *out, struct err *err)
{
    struct reader r = {.rest = png_file, .reason = {"out of memory"}};
    uint32_t size[2];
    *out = (struct bitmap){0};
    if (!check_header(png_file, &r, err) ||
        !scaled_size(&r, width_dots, max_width_dots, size, err) ||
        !bitmap_init(out, size[0], size[1], err))
        return false;
    bool done = false;
    png_infop info = NULL;
    png_structp png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, &r.reason, on_error, on_warning);
    if (png && (info = png_create_info_struct(png)) && take_memory(&r, dither, out))
        done = read_pixels(png, info, &r);
    png_destroy_read_struct(&png, &info, NULL);
    halftone_finish(&r.halftone);
    free(r.row);
    free(r.grey);
    if (done)
        return true;
    bitmap_finish(out);
    return fail(err, r.reason.text);
}
