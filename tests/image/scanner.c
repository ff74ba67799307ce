#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "image/png.h"
#include "scanner.h"

enum { QUIET_DOTS = 60, COMMAND_BYTES = 256 };

bool scanner_is_there(const char *program, const char *package)
{
    char command[COMMAND_BYTES];
    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
    /* NOLINTNEXTLINE(cert-env33-c): the tests run programs that the builder installed */
    bool there = system(command) == 0;
    if (!there)
        print_message("skipped: %s is missing (package %s)\n", program, package);
    return there;
}

int scanner_file(const char *suffix, char path[SCANNER_PATH_BYTES])
{
    snprintf(path, SCANNER_PATH_BYTES, "/tmp/bonbon-scan-XXXXXX%s", suffix);
    int fd = mkstemps(path, (int)strlen(suffix));
    assert_true(fd >= 0);
    return fd;
}

void scanner_picture(const struct bitmap *symbol, unsigned scale_x, unsigned scale_y,
                     char path[SCANNER_PATH_BYTES])
{
    struct err err;
    struct bitmap large;
    struct buf png;
    int fd = scanner_file(".png", path);
    buf_init(&png, 0);
    assert_true(
        bitmap_init(&large, symbol->width_dots * scale_x, symbol->height_dots * scale_y, &err));
    bitmap_or(&large, symbol, 0, 0, scale_x, scale_y);
    assert_true(png_write(&large, QUIET_DOTS, 203, &png, &err));
    assert_int_equal(write(fd, png.p, png.n), png.n);
    close(fd);
    bitmap_finish(&large);
    buf_finish(&png);
}

void scanner_read(const char *command, const char *path, struct buf *out)
{
    char line[COMMAND_BYTES];
    int n = snprintf(line, sizeof line, "%s %s 2>/dev/null", command, path);
    assert_true(n > 0 && n < COMMAND_BYTES);
    /* NOLINTNEXTLINE(cert-env33-c): as above */
    FILE *f = popen(line, "r");
    assert_non_null(f);
    buf_reset(out);
    for (int c; (c = fgetc(f)) != EOF;)
        buf_byte(out, (uint8_t)c);
    pclose(f);
    unlink(path);
}
