/* Composites of GS1 for code2d.c alone: what zint is told of their linear code. */
#ifndef BONBON_IMAGE_COMPOSITE_H
#define BONBON_IMAGE_COMPOSITE_H

#include "image/code2d.h"

struct zint_symbol;

void composite_wish(const struct code2d_wish *wish, struct zint_symbol *z);
/* The linear code's data, checked. */
bool composite_set_primary(const struct code2d_wish *wish, struct zint_symbol *z, struct err *err);
/* Modules that the rows are high of which zint leaves the height open: those of the bars. */
uint32_t composite_bar_modules(const struct code2d_wish *wish);
/* ean.c: a number of UPC-E as it is printed, the number system first, the check digit last. */
bool upc_e_shorten(struct slice digits, char out[9], struct err *err);

#endif
