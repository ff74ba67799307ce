/* Papers side by side in one picture, each in its frame with its name above: what every printer of
 * a shop shows of the same page. Inside the room only. */
#ifndef BONBON_SHOP_SHEET_H
#define BONBON_SHOP_SHEET_H

#include "image/bitmap.h"

struct sheet_paper {
    const char *label; /* UTF-8; cut where it would reach the next paper */
    const struct bitmap *paper;
};

/* Appends a PNG. ERR_TOO_BIG, ERR_IMAGE. */
bool sheet_picture(const struct sheet_paper *papers, size_t n, struct buf *png, struct err *err);

#endif
