#include <stdio.h>

#include "scanner.h"
#include "zxing_opinion.h"

bool zxing_is_there(void)
{
    return scanner_is_there("ZXingReader", "zxing-cpp-tools");
}

void zxing_read(const struct bitmap *symbol, unsigned scale_x, unsigned scale_y, const char *format,
                struct buf *out)
{
    char path[SCANNER_PATH_BYTES], command[80];
    scanner_picture(symbol, scale_x, scale_y, path);
    snprintf(command, sizeof command, "ZXingReader -bytes %s %s", format ? "-format" : "",
             format ? format : "");
    scanner_read(command, path, out);
    if (slice_starts(buf_slice(out), "No barcode found"))
        buf_reset(out);
}
