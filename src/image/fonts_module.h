/* What bonbon-text.so offers, by one symbol; src/image/fonts.c loads it, src/text makes it. */
#ifndef BONBON_IMAGE_FONTS_MODULE_H
#define BONBON_IMAGE_FONTS_MODULE_H

#include "image/fonts_language.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FONTS_MODULE_VERSION = 3 };
#define FONTS_MODULE_FILE   "bonbon-text.so"
#define FONTS_MODULE_SYMBOL "bonbon_text"

/* A run of one direction and the room it is drawn into: columns of 12 dots, 24 high, or a box of at
 * most 24 × 24 for a single character. */
struct fonts_run {
    const uint32_t *text;
    size_t n;
    enum fonts_language language;
    bool right_to_left;
    unsigned width_dots, height_dots;
};

/* As the functions of fonts.h, on characters instead of UTF-8. */
struct fonts_module {
    uint32_t version;
    void *(*create)(void); /* NULL when out of memory */
    void (*destroy)(void *state);
    bool (*draw)(void *state, const struct fonts_run *run, uint8_t *rows, size_t stride);
    bool (*have)(void *state, uint32_t cp);
    bool (*levels)(void *state, const uint32_t *text, size_t n, char direction, uint8_t *levels,
                   uint32_t *mirrored);
    bool (*join)(void *state, const uint32_t *text, size_t n, const uint8_t *levels,
                 uint32_t *forms);
};

#endif
