#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "phone.h"
#include "scanner.h"
#include "zbar_opinion.h"

enum { QUIET_DOTS = 40, WHITE = 255, SAMPLES = 4 };

struct grey {
    uint32_t width, height;
    uint8_t *p;
};

static bool is_black(const struct bitmap *b, uint32_t x, uint32_t y)
{
    return x >= QUIET_DOTS && y >= QUIET_DOTS && x - QUIET_DOTS < b->width_dots &&
           y - QUIET_DOTS < b->height_dots && bitmap_get(b, x - QUIET_DOTS, y - QUIET_DOTS);
}

/* SAMPLES × SAMPLES points of each pixel. */
static uint8_t light(const struct bitmap *b, uint32_t x, uint32_t y, unsigned tenths)
{
    unsigned black = 0;
    for (uint32_t i = 0; i < SAMPLES * SAMPLES; i++) {
        uint32_t at_x = (x * SAMPLES + i % SAMPLES) * 10 / (SAMPLES * tenths);
        uint32_t at_y = (y * SAMPLES + i / SAMPLES) * 10 / (SAMPLES * tenths);
        black += is_black(b, at_x, at_y);
    }
    return (uint8_t)(WHITE - black * WHITE / (SAMPLES * SAMPLES));
}

static struct grey grey_new(uint32_t width, uint32_t height)
{
    struct grey g = {width, height, malloc((size_t)width * height)};
    assert_non_null(g.p);
    return g;
}

static struct grey blurred(const struct grey *from)
{
    struct grey to = grey_new(from->width, from->height);
    memset(to.p, WHITE, (size_t)to.width * to.height);
    for (uint32_t y = 1; y + 1 < to.height; y++) {
        for (uint32_t x = 1; x + 1 < to.width; x++) {
            unsigned sum = 0;
            for (uint32_t i = 0; i < 9; i++)
                sum += from->p[(size_t)(y + i / 3 - 1) * from->width + x + i % 3 - 1];
            to.p[(size_t)y * to.width + x] = (uint8_t)(sum / 9);
        }
    }
    return to;
}

void phone_write(const struct bitmap *symbol, unsigned tenths, const char *path)
{
    struct grey sharp = grey_new((symbol->width_dots + 2 * QUIET_DOTS) * tenths / 10,
                                 (symbol->height_dots + 2 * QUIET_DOTS) * tenths / 10);
    for (uint32_t y = 0; y < sharp.height; y++)
        for (uint32_t x = 0; x < sharp.width; x++)
            sharp.p[(size_t)y * sharp.width + x] = light(symbol, x, y, tenths);
    struct grey seen = blurred(&sharp);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fprintf(f, "P5\n%u %u\n255\n", seen.width, seen.height);
    assert_int_equal(fwrite(seen.p, seen.width, seen.height, f), seen.height);
    fclose(f);
    free(sharp.p);
    free(seen.p);
}

void phone_read(const struct bitmap *symbol, unsigned tenths, const char *kind, struct buf *out)
{
    char path[SCANNER_PATH_BYTES];
    close(scanner_file(".pgm", path));
    phone_write(symbol, tenths, path);
    zbar_read_file(path, kind, out);
}
