/* What zxing-cpp reads in a picture: PDF417, DataMatrix, Aztec, MaxiCode and DataBar, which zbar
 * does not know or knows in part. */
#ifndef BONBON_TESTS_ZXING_OPINION_H
#define BONBON_TESTS_ZXING_OPINION_H

#include "image/bitmap.h"

/* False when there is no ZXingReader: the test then skips with a word. */
bool zxing_is_there(void);
/* Writes symbol, each of its dots scaled, as a PNG with a quiet zone and gives the bytes that
 * ZXingReader finds in it, "" for nothing. format is one of its names ("PDF417"), or NULL for any.
 */
void zxing_read(const struct bitmap *symbol, unsigned scale_x, unsigned scale_y, const char *format,
                struct buf *out);

#endif
