/* Scaling is by area: a dot takes the average of what it covers, which keeps thin lines when a
 * picture is made smaller. All sums are whole numbers, so that a picture gives the same dots on
 * every machine. Averages are of the values as they stand in the file (sRGB): averaged as light,
 * thin black lines would fade. */
#include "image/halftone.h"

#include <stdlib.h>

bool halftone_init(struct halftone *h, uint32_t from_width, uint32_t from_height,
                   enum dither dither, struct bitmap *out)
{
    *h = (struct halftone){.from_width = from_width,
                           .from_height = from_height,
                           .dither = dither,
                           .out = out,
                           .line = calloc(out->width_dots, sizeof *h->line),
                           .sum = calloc(out->width_dots, sizeof *h->sum),
                           .grey = calloc(out->width_dots, 1),
                           .error = calloc(out->width_dots + 2, sizeof *h->error),
                           .next_error = calloc(out->width_dots + 2, sizeof *h->next_error)};
    if (h->line && h->sum && h->grey && h->error && h->next_error)
        return true;
    halftone_finish(h);
    return false;
}

void halftone_finish(struct halftone *h)
{
    free(h->line);
    free(h->sum);
    free(h->grey);
    free(h->error);
    free(h->next_error);
    *h = (struct halftone){0};
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* One grey row to out's width. A grey dot is out's width wide, a dot of out the grey picture's: so
 * both ends of all dots are whole numbers, and what they share is too. Each dot comes to its
 * average times from_width. */
static void scale_across(struct halftone *h, const uint8_t *grey)
{
    const uint64_t wide = h->out->width_dots;
    uint32_t x = 0;
    for (uint32_t i = 0; i < wide; i++) {
        uint64_t from = (uint64_t)i * h->from_width, to = from + h->from_width;
        uint32_t sum = 0;
        while (from < to) {
            uint64_t until = smaller(to, (x + UINT64_C(1)) * wide);
            sum += (uint32_t)(until - from) * grey[x];
            from = until;
            if (from == (x + UINT64_C(1)) * wide)
                x++;
        }
        h->line[i] = sum;
    }
}

/* Thermal dots are larger than their grid: half of them black is a good deal darker than half the
 * light. This curve, between the file's values (too light on paper) and true light (too dark),
 * makes up for it: about v^1.3, in whole numbers. */
static int32_t tone(uint32_t v)
{
    return (int32_t)((7 * 255 * v + 3 * v * v) / (10 * 255));
}

static void threshold(struct halftone *h)
{
    for (uint32_t x = 0; x < h->out->width_dots; x++)
        if (h->grey[x] < 128)
            bitmap_set(h->out, x, h->out_row);
}

/* Every other row runs from right to left, which breaks up the worms. Errors are in sixteenths. */
static void diffuse(struct halftone *h)
{
    const uint32_t wide = h->out->width_dots;
    const bool back = h->out_row % 2;
    memset(h->next_error, 0, (wide + 2) * sizeof *h->next_error);
    for (uint32_t i = 0; i < wide; i++) {
        uint32_t x = back ? wide - 1 - i : i;
        int32_t want = tone(h->grey[x]) * 16 + h->error[x + 1];
        bool black = want < 128 * 16;
        int32_t left_over = (want - (black ? 0 : 255 * 16)) / 16;
        if (black)
            bitmap_set(h->out, x, h->out_row);
        /* x + 1 is this dot in the rows of errors */
        uint32_t ahead = back ? x : x + 2, behind = back ? x + 2 : x;
        h->error[ahead] += left_over * 7;
        h->next_error[behind] += left_over * 3;
        h->next_error[x + 1] += left_over * 5;
        h->next_error[ahead] += left_over;
    }
    int32_t *spare = h->error;
    h->error = h->next_error;
    h->next_error = spare;
}

/* The sums of a row of dots to grey, and that to dots. */
static void emit_row(struct halftone *h)
{
    const uint64_t area = (uint64_t)h->from_width * h->from_height;
    for (uint32_t x = 0; x < h->out->width_dots; x++) {
        /* never 0: png_read() refuses pictures without dots */
        h->grey[x] =
            (uint8_t)((h->sum[x] + area / 2) / area); /* NOLINT(clang-analyzer-core.DivideZero) */
        h->sum[x] = 0;
    }
    if (h->dither == DITHER_THRESHOLD)
        threshold(h);
    else
        diffuse(h);
    h->out_row++;
}

/* Across and down the measure is the same: a grey row is out's height high, a row of dots the grey
 * picture's. */
void halftone_row(struct halftone *h, const uint8_t *grey)
{
    const uint64_t high = h->out->height_dots;
    uint64_t from = h->row * high, to = from + high;
    scale_across(h, grey);
    while (from < to && h->out_row < high) {
        uint64_t row_end = (h->out_row + UINT64_C(1)) * h->from_height;
        uint64_t until = smaller(to, row_end);
        for (uint32_t x = 0; x < h->out->width_dots; x++)
            h->sum[x] += h->line[x] * (until - from);
        from = until;
        if (from == row_end)
            emit_row(h);
    }
    h->row++;
}
