/* What a character of ESC & says: where its dots are those of a character of the printer's face, it
 * is that one (the first of several that look alike), else only its maker knows. The index over the
 * face is made when the first such character is printed. */
#include "virtual/user_name.h"

#include "image/face.h"

#include <stdlib.h>

struct name {
    uint64_t dots; /* FNV-1a over the rows */
    uint32_t cp, face;
};

static const uint32_t ranges[][2] = {{0x20, 0x2fff}, {0xfb00, 0xfb4f}};

static unsigned rows_of(enum face face)
{
    return face == FACE_12X24 ? 24 : 16;
}

static uint64_t number_of(const uint32_t *rows, unsigned n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (unsigned i = 0; i < n; i++)
        h = (h ^ rows[i]) * UINT64_C(0x100000001b3);
    return h;
}

static void add(struct buf *names, enum face face, uint32_t cp)
{
    const uint16_t *glyph = face_glyph(face, cp);
    uint32_t rows[CELL_ROWS];
    if (!glyph || !buf_reserve(names, sizeof(struct name)))
        return;
    for (unsigned i = 0; i < rows_of(face); i++)
        rows[i] = (uint32_t)glyph[i] << 16;
    struct name name = {number_of(rows, rows_of(face)), cp, face};
    buf_append(names, &name, sizeof name);
}

static int by_dots(const void *a, const void *b)
{
    const struct name *p = a, *q = b;
    if (p->dots != q->dots)
        return p->dots < q->dots ? -1 : 1;
    if (p->face != q->face)
        return p->face < q->face ? -1 : 1;
    return p->cp < q->cp ? -1 : p->cp > q->cp;
}

static void make_index(struct buf *names)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        for (uint32_t cp = ranges[i][0]; cp <= ranges[i][1]; cp++) {
            add(names, FACE_12X24, cp);
            add(names, FACE_8X16, cp);
        }
    }
    if (names->n)
        qsort(names->p, names->n / sizeof(struct name), sizeof(struct name), by_dots);
}

static bool same_dots(const struct name *name, const struct cell *cell)
{
    const uint16_t *glyph = face_glyph((enum face)name->face, name->cp);
    for (unsigned i = 0; i < CELL_ROWS; i++) {
        uint32_t row = i < rows_of((enum face)name->face) ? (uint32_t)glyph[i] << 16 : 0;
        if (row != cell->rows[i])
            return false;
    }
    return true;
}

uint32_t user_name(struct buf *names, const struct cell *cell)
{
    enum face face = cell->height_dots == 24 ? FACE_12X24 : FACE_8X16;
    uint64_t dots = number_of(cell->rows, rows_of(face));
    if (!names->n)
        make_index(names);
    const struct name *all = (const struct name *)(const void *)names->p;
    size_t low = 0, high = names->n / sizeof *all;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all[middle].dots < dots || (all[middle].dots == dots && all[middle].face < face))
            low = middle + 1;
        else
            high = middle;
    }
    if (low < names->n / sizeof *all && all[low].dots == dots && all[low].face == face &&
        same_dots(&all[low], cell))
        return all[low].cp;
    return 0;
}
