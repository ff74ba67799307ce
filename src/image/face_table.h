/* The shape in which tools/bake_font.c writes a face. Constant data: nothing is done when the
 * program starts. */
#ifndef BONBON_IMAGE_FACE_TABLE_H
#define BONBON_IMAGE_FACE_TABLE_H

#include <stdint.h>

struct face_table {
    uint16_t width_dots, height_dots; /* of every glyph */
    uint16_t n;                       /* glyphs */
    const uint32_t *code; /* n code points, ascending: U+0020 to U+007E stand in front */
    const uint16_t *rows; /* n × height_dots rows, the most significant bit left */
};

extern const struct face_table face_table_12x24;
extern const struct face_table face_table_8x16;

#endif
