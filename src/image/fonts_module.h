/* What bonbon-text.so offers, by one symbol; src/image/fonts.c loads it, src/text makes it. */
#ifndef BONBON_IMAGE_FONTS_MODULE_H
#define BONBON_IMAGE_FONTS_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FONTS_MODULE_VERSION = 1 };
#define FONTS_MODULE_FILE   "bonbon-text.so"
#define FONTS_MODULE_SYMBOL "bonbon_text"

/* As the functions of fonts.h, on characters instead of UTF-8. */
struct fonts_module {
    uint32_t version;
    void *(*create)(void); /* NULL when out of memory */
    void (*destroy)(void *state);
    bool (*draw)(void *state, const uint32_t *text, size_t n, bool right_to_left, unsigned cells,
                 uint8_t *rows, size_t stride);
    bool (*have)(void *state, uint32_t cp);
    bool (*levels)(void *state, const uint32_t *text, size_t n, uint8_t *levels,
                   uint32_t *mirrored);
};

#endif
