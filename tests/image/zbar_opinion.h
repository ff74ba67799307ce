/* What zbarimg reads in a picture. */
#ifndef BONBON_TESTS_ZBAR_OPINION_H
#define BONBON_TESTS_ZBAR_OPINION_H

#include "image/bitmap.h"

/* False when there is no zbarimg: the test then skips with a word. */
bool zbar_is_there(void);
/* Writes symbol, each of its dots scaled, as a PNG with a quiet zone, lets zbarimg read it with
 * only these kinds of code switched on ("qrcode", "upca ean13": it takes UPC for a kind of EAN),
 * and gives what it read, "" for nothing. */
void zbar_read(const struct bitmap *symbol, unsigned scale, const char *kinds, struct buf *out);
/* The same in a picture that is there, which is then removed. */
void zbar_read_file(const char *path, const char *kinds, struct buf *out);

#endif
