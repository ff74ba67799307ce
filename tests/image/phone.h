/* A picture as a phone sees it: not in step with its dots, blurred, grey. */
#ifndef BONBON_TESTS_PHONE_H
#define BONBON_TESTS_PHONE_H

#include "image/bitmap.h"

/* Writes a PGM of the symbol with a quiet zone to path: scaled by tenths/10 and blurred over 3 × 3
 * pixels. */
void phone_write(const struct bitmap *symbol, unsigned tenths, const char *path);
/* What zbarimg reads in that picture, with this kind of code alone switched on. */
void phone_read(const struct bitmap *symbol, unsigned tenths, const char *kind, struct buf *out);

#endif
