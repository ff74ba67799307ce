/* What a printer keeps without power: pictures, user memory, memory switches, custom values and
 * counters (Epson APG, GS ( L, FS q, GS ( C, GS ( E, GS g). Plain data and its limits; what the
 * commands do with it stands in nv_picture.c, nv_memory.c and nv_setting.c, its file in
 * nv_file.c.
 *
 * Limits are those of Epson's larger models (384 KB of pictures, 1 KB of user memory, 256 KB of FS
 * q images); which a given model has is told by its custom values 1 and 2. */
#ifndef BONBON_VIRTUAL_NV_H
#define BONBON_VIRTUAL_NV_H

#include "base/err.h"

enum {
    NV_SWITCHES = 8,
    NV_CUSTOMS = 256,
    NV_SERIALS = 5, /* GS ( E 11: 1 speed, 2 parity, 3 flow, 4 data bits */
    NV_SERIAL_BYTES = 8,
    NV_IMAGES_BYTES = 256 << 10, /* FS q */
    NV_DOWNLOAD_BYTES = 64 << 10,
    NV_PICTURE_MAX_WIDTH = 8192, /* dots, GS ( L 67 */
    NV_PICTURE_MAX_HEIGHT = 2304,
};

/* Custom values that this printer acts on (GS ( E 5). */
enum {
    CUSTOM_MEMORY = 1,
    CUSTOM_GRAPHICS = 2,
    CUSTOM_PAPER_WIDTH = 3,
    CUSTOM_DENSITY = 5,
    CUSTOM_SPEED = 6,
    CUSTOM_CODE_TABLE = 8,
    CUSTOM_INTERNATIONAL = 9,
};

/* Pictures one behind the other: a head, then rows of whole bytes. A head's place is its offset. */
struct nv_pictures {
    struct buf b;
};
struct nv_picture {
    uint8_t key[2]; /* FS q: 0 and the number */
    uint32_t width_dots, height_dots;
    struct slice rows;
};
enum { NV_PICTURE_HEAD_BYTES = 6 };

enum nv_counter { NV_LINES, NV_ROWS, NV_CUTS, NV_HOURS, NV_COUNTERS };

struct nv {
    struct nv_pictures graphics; /* GS ( L 67, 68 */
    struct nv_pictures images;   /* FS q */
    struct buf memory;           /* key, length, text */
    uint8_t switches[NV_SWITCHES];
    uint16_t custom[NV_CUSTOMS];
    char serial[NV_SERIALS][NV_SERIAL_BYTES];
    /* Ever, in the counter's own small unit (nv_counter_units); and what was there at the last
     * reset. */
    uint64_t counted[NV_COUNTERS], reset_at[NV_COUNTERS];
    uint64_t writes; /* commands that changed any of it; counters do not count */
};

struct profile;

void nv_init(struct nv *nv, const struct profile *profile);
void nv_finish(struct nv *nv);

size_t nv_graphics_capacity(const struct nv *nv);
size_t nv_memory_capacity(const struct nv *nv);
/* Whether a custom value can be set, and to this. */
bool nv_custom_takes(unsigned a, unsigned value);

bool nv_find_picture(const struct nv_pictures *all, const uint8_t key[2], struct nv_picture *out);
/* The one at *at, which moves on; false at the end. */
bool nv_next_picture(const struct nv_pictures *all, size_t *at, struct nv_picture *out);
bool nv_remove_picture(struct nv_pictures *all, const uint8_t key[2]);
/* Replaces one of the same key; false when it does not fit into capacity, and then the old one is
 * still there. */
bool nv_put_picture(struct nv_pictures *all, const struct nv_picture *picture, size_t capacity);

/* The same for user memory. */
bool nv_find_memory(const struct nv *nv, const uint8_t key[2], struct slice *text);
bool nv_next_memory(const struct nv *nv, size_t *at, uint8_t key[2], struct slice *text);
bool nv_remove_memory(struct nv *nv, const uint8_t key[2]);
bool nv_put_memory(struct nv *nv, const uint8_t key[2], struct slice text);

/* Small units in one of what GS g reports: half dots a line and a row of dots (each row that passes
 * the head counts as energised), microseconds an hour. */
uint64_t nv_counter_units(enum nv_counter counter);

/* As text, and back; on an error nv is as it was. */
void nv_write(const struct nv *nv, struct buf *out);
bool nv_read(struct nv *nv, const struct profile *profile, struct slice text, struct err *err);

#endif
