#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "image/png.h"
#include "zbar_opinion.h"

enum { QUIET_DOTS = 60 };

bool zbar_is_there(void)
{
    /* NOLINTNEXTLINE(cert-env33-c): the tests run programs that the builder installed */
    bool there = system("zbarimg --version >/dev/null 2>&1") == 0;
    if (!there)
        print_message("skipped: zbarimg is missing (package zbar-tools)\n");
    return there;
}

static void write_png(const struct bitmap *symbol, unsigned scale, int fd)
{
    struct err err;
    struct bitmap large;
    struct buf png;
    buf_init(&png, 0);
    assert_true(bitmap_init(&large, symbol->width_dots * scale, symbol->height_dots * scale, &err));
    bitmap_or(&large, symbol, 0, 0, scale, scale);
    assert_true(png_write(&large, QUIET_DOTS, 203, &png, &err));
    assert_int_equal(write(fd, png.p, png.n), png.n);
    bitmap_finish(&large);
    buf_finish(&png);
}

/* Each kind switched on by an option of its own. */
static void append_kinds(struct buf *command, const char *kinds)
{
    while (*kinds) {
        size_t n = strcspn(kinds, " ");
        buf_str(command, " -S");
        buf_append(command, kinds, n);
        buf_str(command, ".enable");
        kinds += n + (kinds[n] == ' ');
    }
}

void zbar_read(const struct bitmap *symbol, unsigned scale, const char *kinds, struct buf *out)
{
    char path[] = "/tmp/bonbon-zbar-XXXXXX";
    struct buf command;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    write_png(symbol, scale, fd);
    close(fd);
    buf_init(&command, 0);
    buf_str(&command, "zbarimg -q --raw -Sdisable");
    append_kinds(&command, kinds);
    buf_printf(&command, " png:%s 2>/dev/null", path);
    /* NOLINTNEXTLINE(cert-env33-c): as above */
    FILE *f = popen(buf_cstr(&command), "r");
    assert_non_null(f);
    buf_reset(out);
    for (int c; (c = fgetc(f)) != EOF;)
        buf_byte(out, (uint8_t)c);
    pclose(f);
    unlink(path);
    buf_finish(&command);
    if (out->n && out->p[out->n - 1] == '\n')
        out->n--;
}
