#include "escpos/maintain.h"

#include "escpos/state.h"

enum {
    DLE = 0x10,
    ENQ = 0x05,
    ACK = 0x06,
    SHORT_BLOCK_MAX = 0xFFFF,
    DEFINE_HEAD_BYTES = 11, /* m fn a kc1 kc2 b xL xH yL yH c */
};

static size_t put(uint8_t out[ESCPOS_REQUEST_BYTES], const void *bytes, size_t n)
{
    memcpy(out, bytes, n);
    return n;
}

#define PUT(out, ...)                                                                              \
    put((out), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

size_t escpos_ask_counter(unsigned n, uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, GS, 'g', '2', 0, (uint8_t)n, (uint8_t)(n >> 8));
}

size_t escpos_ask_nv_capacity(uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, GS, '(', 'L', 2, 0, '0', 48);
}

size_t escpos_ask_nv_left(uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, GS, '(', 'L', 2, 0, '0', 51);
}

size_t escpos_ask_nv_keys(uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, GS, '(', 'L', 4, 0, '0', 64, 'K', 'C');
}

size_t escpos_next_block(uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, ACK);
}

size_t escpos_ask_switch(unsigned a, uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, GS, '(', 'E', 2, 0, 4, (uint8_t)a);
}

size_t escpos_ask_custom(unsigned a, uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, GS, '(', 'E', 2, 0, 6, (uint8_t)a);
}

size_t escpos_settings_begin(uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, GS, '(', 'E', 3, 0, 1, 'I', 'N');
}

size_t escpos_settings_end(uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, GS, '(', 'E', 4, 0, 2, 'O', 'U', 'T');
}

static void put_u16(struct buf *out, size_t n)
{
    buf_byte(out, (uint8_t)n);
    buf_byte(out, (uint8_t)(n >> 8));
}

/* GS ( E, the length of fn and rows, fn. */
static void put_setting(struct buf *out, uint8_t fn, size_t rows_bytes)
{
    buf_str(out, "\x1D(E");
    put_u16(out, 1 + rows_bytes);
    buf_byte(out, fn);
}

void escpos_set_switches(struct buf *out, const struct escpos_switch *rows, size_t n)
{
    enum { FN = 3, ROW_BYTES = 9, BITS = 8 };
    put_setting(out, FN, n * ROW_BYTES);
    for (size_t i = 0; i < n; i++) {
        buf_byte(out, rows[i].a);
        for (unsigned bit = 0; bit < BITS; bit++) {
            uint8_t mask = (uint8_t)(0x80 >> bit);
            bool on = rows[i].on & mask;
            buf_byte(out, !(rows[i].mask & mask) ? '2' : on ? '1' : '0');
        }
    }
}

void escpos_set_customs(struct buf *out, const struct escpos_custom *rows, size_t n)
{
    enum { FN = 5, ROW_BYTES = 3 };
    put_setting(out, FN, n * ROW_BYTES);
    for (size_t i = 0; i < n; i++) {
        buf_byte(out, rows[i].a);
        put_u16(out, rows[i].value);
    }
}

size_t escpos_nv_bytes(const struct bitmap *picture)
{
    return picture->stride_bytes * picture->height_dots;
}

void escpos_nv_define(struct buf *out, const char key[2], const struct bitmap *picture)
{
    size_t bytes = escpos_nv_bytes(picture), block = DEFINE_HEAD_BYTES + bytes;
    if (block <= SHORT_BLOCK_MAX) {
        buf_str(out, "\x1D(L");
        put_u16(out, block);
    } else {
        buf_str(out, "\x1D"
                     "8L");
        put_u16(out, block);
        put_u16(out, block >> 16);
    }
    const uint8_t head[] = {'0', 67, '0', (uint8_t)key[0], (uint8_t)key[1], 1};
    buf_append(out, head, sizeof head);
    put_u16(out, picture->width_dots);
    put_u16(out, picture->height_dots);
    buf_byte(out, '1');
    size_t at = out->n;
    buf_append(out, picture->p, bytes);
    if (!out->full)
        escpos_defuse(out->p + at, bytes);
}

size_t escpos_nv_delete(const char key[2], uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, GS, '(', 'L', 4, 0, '0', 66, (uint8_t)key[0], (uint8_t)key[1]);
}

size_t escpos_nv_print(const char key[2], uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, GS, '(', 'L', 6, 0, '0', 69, (uint8_t)key[0], (uint8_t)key[1], 1, 1);
}

static size_t eighths(uint32_t dots)
{
    return (dots + 7) / 8;
}

size_t escpos_images_bytes(const struct bitmap *picture)
{
    return eighths(picture->width_dots) * 8 * eighths(picture->height_dots);
}

/* Eight dots from the top down. */
static uint8_t column_byte(const struct bitmap *b, uint32_t x, size_t y_bytes)
{
    uint8_t byte = 0;
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t y = (uint32_t)y_bytes * 8 + i;
        if (x < b->width_dots && y < b->height_dots && bitmap_get(b, x, y))
            byte |= (uint8_t)(0x80 >> i);
    }
    return byte;
}

static void put_columns(struct buf *out, const struct bitmap *picture)
{
    size_t width = eighths(picture->width_dots), height = eighths(picture->height_dots);
    put_u16(out, width);
    put_u16(out, height);
    size_t at = out->n;
    for (uint32_t x = 0; x < width * 8; x++)
        for (size_t y = 0; y < height; y++)
            buf_byte(out, column_byte(picture, x, y));
    if (!out->full)
        escpos_defuse(out->p + at, out->n - at);
}

void escpos_images_define(struct buf *out, const struct bitmap *pictures, size_t n)
{
    const uint8_t head[] = {FS, 'q', (uint8_t)n};
    buf_append(out, head, sizeof head);
    for (size_t i = 0; i < n; i++)
        put_columns(out, &pictures[i]);
}

size_t escpos_image_print(unsigned n, uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, FS, 'p', (uint8_t)n, 0);
}

size_t escpos_test_page(enum escpos_test_page page, uint8_t out[ESCPOS_REQUEST_BYTES])
{
    enum { ROLL = 1 };
    return PUT(out, GS, '(', 'A', 2, 0, ROLL, (uint8_t)page);
}

size_t escpos_clear(uint8_t out[ESCPOS_REQUEST_BYTES])
{
    return PUT(out, DLE, ENQ, 2);
}
