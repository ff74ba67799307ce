/* Pictures that a printer keeps: what it has, what fits, what is there afterwards. */
#ifndef BONBON_FIRMWARE_TOOLS_LOGO_H
#define BONBON_FIRMWARE_TOOLS_LOGO_H

#include "firmware-tools/fw.h"
#include "image/bitmap.h"

enum { LOGO_MAX_KEYS = 1024, LOGO_MAX_IMAGES = 16 };

struct logo_memory {
    bool by_number;          /* the old NV bit images, which tell nothing of themselves */
    uint64_t capacity, left; /* bytes of NV graphics */
    size_t n_keys;
    char keys[LOGO_MAX_KEYS][2];
};

/* Which memory the printer has, and what it says of it; answers are waited for `patience` times as
 * long as usual (FW_PATIENT while it is written). ERR_FW_NV_NONE, ERR_FW_NV_SILENT,
 * ERR_FW_ANSWER. */
bool logo_look(struct fw *fw, unsigned patience, struct logo_memory *memory, struct err *err);
bool logo_has(const struct logo_memory *memory, const char key[2]);
/* Two characters 20–7E. ERR_FW_KEY. */
bool logo_key(const char *text, char key[2], struct err *err);
/* "A1, L1" in the arena, "-" for none. */
const char *logo_keys_text(struct fw *fw, const struct logo_memory *memory);
/* A PNG as dots, at most as wide as the paper. ERR_IMAGE, ERR_FW_IMAGE_BIG. */
bool logo_read(struct fw *fw, const char *path, uint32_t max_height, struct bitmap *picture,
               struct err *err);

#endif
