/* Somebody else's program that reads codes: a picture for it, and what it says. */
#ifndef BONBON_TESTS_SCANNER_H
#define BONBON_TESTS_SCANNER_H

#include "image/bitmap.h"

enum { SCANNER_PATH_BYTES = 40 };

/* False when there is no such program, said with its Debian package: the test then skips. */
bool scanner_is_there(const char *program, const char *package);
/* A new file for a picture, open for writing; suffix is ".png". */
int scanner_file(const char *suffix, char path[SCANNER_PATH_BYTES]);
/* Writes symbol, each of its dots scaled, as a PNG with a quiet zone, to a new file. */
void scanner_picture(const struct bitmap *symbol, unsigned scale_x, unsigned scale_y,
                     char path[SCANNER_PATH_BYTES]);
/* What "command path" says on its standard output; the picture is removed. */
void scanner_read(const char *command, const char *path, struct buf *out);

#endif
