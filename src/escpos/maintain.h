/* Requests that look after a printer: counters, pictures in its NV memory, settings, test page.
 * Bytes only; the answers are blocks and texts of protocol/status.h. Epson APG, GS g, GS ( L, FS q,
 * GS ( E, GS ( A, DLE ENQ.
 *
 * Everything that writes to NV memory says so: that memory wears out (Epson: 10 writes a day). */
#ifndef BONBON_ESCPOS_MAINTAIN_H
#define BONBON_ESCPOS_MAINTAIN_H

#include "escpos/request.h"
#include "image/bitmap.h"

/* Each returns how many bytes it wrote. */

/* GS g 2: a maintenance counter; 5F digits 00. */
size_t escpos_ask_counter(unsigned n, uint8_t out[ESCPOS_REQUEST_BYTES]);
/* GS ( L 48 and 51: bytes of NV graphics in all and left; 37 30 digits 00, 37 31 digits 00. */
size_t escpos_ask_nv_capacity(uint8_t out[ESCPOS_REQUEST_BYTES]);
size_t escpos_ask_nv_left(uint8_t out[ESCPOS_REQUEST_BYTES]);
/* GS ( L 64: keys; 37 72, 40 the last or 41 more to come, pairs of bytes, 00. */
size_t escpos_ask_nv_keys(uint8_t out[ESCPOS_REQUEST_BYTES]);
enum { ESCPOS_BLOCK_LAST = 0x40, ESCPOS_BLOCK_MORE = 0x41 };
/* ACK: the block was received, the next may come. */
size_t escpos_next_block(uint8_t out[ESCPOS_REQUEST_BYTES]);
/* GS ( E 4: memory switch a, 1 to 8; 37 21 b8…b1 00. GS ( E 6: custom value a; 37 27 a 1F n 00. */
size_t escpos_ask_switch(unsigned a, uint8_t out[ESCPOS_REQUEST_BYTES]);
size_t escpos_ask_custom(unsigned a, uint8_t out[ESCPOS_REQUEST_BYTES]);

/* GS ( E 1: into user setting mode; 37 20 00. GS ( E 2: out of it; the printer starts anew. */
size_t escpos_settings_begin(uint8_t out[ESCPOS_REQUEST_BYTES]);
size_t escpos_settings_end(uint8_t out[ESCPOS_REQUEST_BYTES]);

struct escpos_switch {
    uint8_t a;    /* 1 to 8 */
    uint8_t mask; /* bits to write; the others are left alone */
    uint8_t on;   /* their values */
};
struct escpos_custom {
    uint8_t a;
    uint16_t value;
};
/* GS ( E 3 and 5, in user setting mode. One write each, whatever n (at least 1, below 1000). */
void escpos_set_switches(struct buf *out, const struct escpos_switch *rows, size_t n);
void escpos_set_customs(struct buf *out, const struct escpos_custom *rows, size_t n);

enum { ESCPOS_NV_MAX_WIDTH = 8192, ESCPOS_NV_MAX_HEIGHT = 2304 };

/* GS ( L 67 (GS 8 L when it is long): keeps a picture under a key of two characters 20–7E, in place
 * of an older one. A write. The picture is at most ESCPOS_NV_MAX_… large. */
void escpos_nv_define(struct buf *out, const char key[2], const struct bitmap *picture);
/* Bytes of picture that this asks of the memory, without what the printer needs beside it. */
size_t escpos_nv_bytes(const struct bitmap *picture);
/* GS ( L 66: a write. GS ( L 69: prints it at a line's start. */
size_t escpos_nv_delete(const char key[2], uint8_t out[ESCPOS_REQUEST_BYTES]);
size_t escpos_nv_print(const char key[2], uint8_t out[ESCPOS_REQUEST_BYTES]);

enum {
    ESCPOS_IMAGES_MAX_WIDTH = 1023 * 8,
    ESCPOS_IMAGES_MAX_HEIGHT = 288 * 8,
    ESCPOS_IMAGES_MAX_BYTES = 256 << 10, /* of all of them together */
};
/* FS q: pictures 1 to n (at most 255) in place of all that were there; then the printer starts
 * anew. A write. Sides are filled up to whole bytes with white. */
void escpos_images_define(struct buf *out, const struct bitmap *pictures, size_t n);
/* Bytes of one of them. */
size_t escpos_images_bytes(const struct bitmap *picture);
/* FS p n 0. */
size_t escpos_image_print(unsigned n, uint8_t out[ESCPOS_REQUEST_BYTES]);

/* GS ( A: the printer's own page on its roll; then it starts anew. */
enum escpos_test_page { TEST_HEX_DUMP = 1, TEST_STATUS = 2, TEST_ROLLING = 3 };
size_t escpos_test_page(enum escpos_test_page page, uint8_t out[ESCPOS_REQUEST_BYTES]);
/* DLE ENQ 2: out of a recoverable error; what was received and not printed is dropped. */
size_t escpos_clear(uint8_t out[ESCPOS_REQUEST_BYTES]);

#endif
