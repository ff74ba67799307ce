/* Any bytes as a picture: dots or an error, never more. The first byte chooses size and dithering.
 */
#include "image/png.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const uint32_t width = data[0] & 1 ? 1u + data[0] / 2u * 5u : 0;
    struct bitmap b;
    struct err err = {0};
    if (png_read(slice_of(data + 1, size - 1), width, 576, (enum dither)(data[0] >> 7), &b, &err)) {
        if (!b.p || b.width_dots == 0 || b.width_dots > 576 || b.height_dots == 0)
            abort();
        bitmap_finish(&b);
    } else if ((err.code != ERR_IMAGE && err.code != ERR_IMAGE_BIG && err.code != ERR_TOO_BIG) ||
               !err.arg[1][0] || b.p) {
        abort();
    }
    return 0;
}
