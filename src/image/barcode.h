/* What the makers of the bar codes share; for this room only, others include image/symbol.h. */
#ifndef BONBON_IMAGE_BARCODE_H
#define BONBON_IMAGE_BARCODE_H

#include "image/symbol.h"

/* Adds elements from their widths as digits, "3211"; a space in the string is left out. */
void barcode_add(struct barcode *barcode, const char *widths);
/* Adds to what HRI shows; what does not fit is dropped, on the boundary of a character. */
void barcode_say(struct barcode *barcode, const char *text);
void barcode_say_char(struct barcode *barcode, uint8_t c);
/* Errors, all false: about the whole data, and about the byte at index. */
bool barcode_fail(struct err *err, const char *name, const char *reason);
bool barcode_fail_at(struct err *err, const char *name, struct slice data, size_t index);

bool upc_a_make(struct slice data, struct barcode *out, struct err *err);
bool upc_e_make(struct slice data, struct barcode *out, struct err *err);
bool ean13_make(struct slice data, struct barcode *out, struct err *err);
bool ean8_make(struct slice data, struct barcode *out, struct err *err);
bool code39_make(struct slice data, struct barcode *out, struct err *err);
bool itf_make(struct slice data, struct barcode *out, struct err *err);
bool codabar_make(struct slice data, struct barcode *out, struct err *err);
bool code93_make(struct slice data, struct barcode *out, struct err *err);
bool code128_make(struct slice data, struct barcode *out, struct err *err);
bool code128_auto_make(struct slice data, struct barcode *out, struct err *err);
bool gs1_128_make(struct slice data, struct barcode *out, struct err *err);
bool databar_make(struct slice data, struct barcode *out, struct err *err);
bool databar_limited_make(struct slice data, struct barcode *out, struct err *err);
bool databar_expanded_make(struct slice data, struct barcode *out, struct err *err);

/* Bars of CODE128 symbol values, the start first; the check value and the stop are added. */
void code128_add(struct barcode *barcode, const uint8_t *values, size_t n);

#endif
