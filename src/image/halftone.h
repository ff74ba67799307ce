/* Grey rows, from the top down, scaled and turned into black and white dots. Holds a few rows, not
 * the picture. For this room only. */
#ifndef BONBON_IMAGE_HALFTONE_H
#define BONBON_IMAGE_HALFTONE_H

#include "image/png.h"

struct halftone {
    uint32_t from_width, from_height; /* of the grey picture */
    uint32_t row;                     /* grey rows taken so far */
    enum dither dither;
    struct bitmap *out; /* the caller's, white and of the wanted size */
    uint32_t out_row;
    uint32_t *line;              /* of out's width: one grey row scaled to it */
    uint64_t *sum;               /* the same, summed up over the grey rows below one row of dots */
    uint8_t *grey;               /* that row of dots before it is black or white */
    int32_t *error, *next_error; /* Floyd–Steinberg, with one more at both ends */
};

/* out must be at least one dot wide and high and stay where it is; false when out of memory. */
bool halftone_init(struct halftone *h, uint32_t from_width, uint32_t from_height,
                   enum dither dither, struct bitmap *out);
void halftone_finish(struct halftone *h);
/* The next row: from_width values, 0 black to 255 white. */
void halftone_row(struct halftone *h, const uint8_t *grey);

#endif
