#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "image/png.h"
#include "zxing_opinion.h"

enum { QUIET_DOTS = 60 };

bool zxing_is_there(void)
{
    /* NOLINTNEXTLINE(cert-env33-c): the tests run programs that the builder installed */
    bool there = system("command -v ZXingReader >/dev/null 2>&1") == 0;
    if (!there)
        print_message("skipped: ZXingReader is missing (package zxing-cpp-tools)\n");
    return there;
}

static void write_png(const struct bitmap *symbol, unsigned scale_x, unsigned scale_y, int fd)
{
    struct err err;
    struct bitmap large;
    struct buf png;
    buf_init(&png, 0);
    assert_true(
        bitmap_init(&large, symbol->width_dots * scale_x, symbol->height_dots * scale_y, &err));
    bitmap_or(&large, symbol, 0, 0, scale_x, scale_y);
    assert_true(png_write(&large, QUIET_DOTS, 203, &png, &err));
    assert_int_equal(write(fd, png.p, png.n), png.n);
    bitmap_finish(&large);
    buf_finish(&png);
}

void zxing_read(const struct bitmap *symbol, unsigned scale_x, unsigned scale_y, const char *format,
                struct buf *out)
{
    char path[] = "/tmp/bonbon-zxing-XXXXXX.png", command[160];
    int fd = mkstemps(path, 4);
    assert_true(fd >= 0);
    write_png(symbol, scale_x, scale_y, fd);
    close(fd);
    snprintf(command, sizeof command, "ZXingReader -bytes %s %s %s 2>/dev/null",
             format ? "-format" : "", format ? format : "", path);
    /* NOLINTNEXTLINE(cert-env33-c): as above */
    FILE *f = popen(command, "r");
    assert_non_null(f);
    buf_reset(out);
    for (int c; (c = fgetc(f)) != EOF;)
        buf_byte(out, (uint8_t)c);
    pclose(f);
    unlink(path);
    if (slice_starts(buf_slice(out), "No barcode found"))
        buf_reset(out);
}
