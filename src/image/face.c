#include "image/face.h"

#include "image/face_table.h"

static const struct face_table *const TABLES[] = {
    [FACE_12X24] = &face_table_12x24,
    [FACE_8X16] = &face_table_8x16,
};

static const uint16_t *glyph_at(const struct face_table *t, size_t index)
{
    return t->rows + index * t->height_dots;
}

const uint16_t *face_glyph(enum face face, uint32_t cp)
{
    const struct face_table *t = TABLES[face];
    if (cp >= 0x20 && cp <= 0x7e)
        return glyph_at(t, cp - 0x20);
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->code[middle] < cp)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->n && t->code[low] == cp ? glyph_at(t, low) : NULL;
}

/* Hex digits of 4 × 7 dots, the leftmost dot in bit 3: two of them stand side by side in a box 12
 * dots wide. */
enum { DIGIT_WIDTH = 4, DIGIT_HEIGHT = 7, BOX_HEIGHT = 24, ROW_BITS = 24 };

/* clang-format off */
static const uint8_t DIGITS[16][DIGIT_HEIGHT] = {
    {0x6, 0x9, 0x9, 0x9, 0x9, 0x9, 0x6}, /* 0 */
    {0x2, 0x6, 0x2, 0x2, 0x2, 0x2, 0x7}, /* 1 */
    {0x6, 0x9, 0x1, 0x2, 0x4, 0x8, 0xf}, /* 2 */
    {0x6, 0x9, 0x1, 0x6, 0x1, 0x9, 0x6}, /* 3 */
    {0x1, 0x3, 0x5, 0x9, 0xf, 0x1, 0x1}, /* 4 */
    {0xf, 0x8, 0xe, 0x1, 0x1, 0x9, 0x6}, /* 5 */
    {0x6, 0x8, 0x8, 0xe, 0x9, 0x9, 0x6}, /* 6 */
    {0xf, 0x1, 0x1, 0x2, 0x2, 0x4, 0x4}, /* 7 */
    {0x6, 0x9, 0x9, 0x6, 0x9, 0x9, 0x6}, /* 8 */
    {0x6, 0x9, 0x9, 0x7, 0x1, 0x1, 0x6}, /* 9 */
    {0x6, 0x9, 0x9, 0xf, 0x9, 0x9, 0x9}, /* A */
    {0xe, 0x9, 0x9, 0xe, 0x9, 0x9, 0xe}, /* B */
    {0x6, 0x9, 0x8, 0x8, 0x8, 0x9, 0x6}, /* C */
    {0xe, 0x9, 0x9, 0x9, 0x9, 0x9, 0xe}, /* D */
    {0xf, 0x8, 0x8, 0xe, 0x8, 0x8, 0xf}, /* E */
    {0xf, 0x8, 0x8, 0xe, 0x8, 0x8, 0x8}, /* F */
};
/* clang-format on */

static void put_digit(uint32_t rows[BOX_HEIGHT], uint32_t digit, unsigned x, unsigned y)
{
    for (unsigned i = 0; i < DIGIT_HEIGHT; i++)
        rows[y + i] |= (uint32_t)DIGITS[digit][i] << (ROW_BITS - DIGIT_WIDTH - x);
}

static void put_box(uint32_t rows[BOX_HEIGHT], unsigned width)
{
    const uint32_t all = (((uint32_t)1 << width) - 1) << (ROW_BITS - width);
    const uint32_t sides = (uint32_t)1 << (ROW_BITS - 1) | (uint32_t)1 << (ROW_BITS - width);
    for (unsigned y = 0; y < BOX_HEIGHT; y++)
        rows[y] = y == 0 || y == BOX_HEIGHT - 1 ? all : sides;
}

void face_missing(uint32_t cp, bool wide, uint32_t rows[24])
{
    const unsigned digits = cp > 0xfffff ? 6 : cp > 0xffff ? 5 : 4;
    /* U+10FFFF ends Unicode; a larger number shows its low 24 bits */
    const unsigned cell = wide ? 24 : 12;
    put_box(rows, wide ? 23 : 11);

    /* A narrow box takes two digits a row, a wide one up to four; rows are centred from top to
     * bottom. */
    const unsigned a_row = wide ? (digits + 1) / 2 : 2;
    const unsigned lines = (digits + a_row - 1) / a_row;
    const unsigned pitch = lines == 3 ? DIGIT_HEIGHT : DIGIT_HEIGHT + 2;
    const unsigned top = (BOX_HEIGHT - (lines - 1) * pitch - DIGIT_HEIGHT) / 2;
    /* the first row is the short one, as in FFF over 10: U+10FFF reads on from left to right */
    unsigned left = digits;
    for (unsigned line = 0; line < lines; line++) {
        unsigned here = left - (lines - 1 - line) * a_row;
        unsigned width = here * (DIGIT_WIDTH + 1) - 1;
        unsigned x = (cell - 1 - width) / 2;
        for (unsigned i = 0; i < here; i++)
            put_digit(rows, (cp >> (4 * (--left))) & 15, x + i * (DIGIT_WIDTH + 1),
                      top + line * pitch);
    }
}
