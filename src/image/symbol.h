/* QR codes (libqrencode) and bar codes as dots (other 2D codes: code2d.h). No quiet zone is added:
 * the caller places the symbol. */
#ifndef BONBON_IMAGE_SYMBOL_H
#define BONBON_IMAGE_SYMBOL_H

#include "image/bitmap.h"

enum qr_level { QR_L, QR_M, QR_Q, QR_H };

/* One dot a module; the smallest version that fits. ERR_SYMBOL when it does not fit or data is
 * empty. */
bool qr_make(struct slice data, enum qr_level level, struct bitmap *out, struct err *err);
/* Modules a side of the version that would be chosen; 0 when it does not fit. */
unsigned qr_modules(struct slice data, enum qr_level level);

enum symbology {
    BARCODE_UPC_A,
    BARCODE_UPC_E,
    BARCODE_EAN13,
    BARCODE_EAN8,
    BARCODE_CODE39,
    BARCODE_ITF,
    BARCODE_CODABAR,
    BARCODE_CODE93,
    BARCODE_CODE128,
    BARCODE_GS1_128,
    BARCODE_DATABAR, /* omnidirectional: 13 digits without the identifier 01, a 14th is checked */
    BARCODE_DATABAR_TRUNCATED, /* the same bars, meant to be 13 modules high */
    BARCODE_DATABAR_LIMITED,
    BARCODE_DATABAR_EXPANDED,
    BARCODE_CODE128_AUTO, /* any bytes 00–7F; the code sets are chosen */
    BARCODE_KINDS
};

enum { BARCODE_MAX_ELEMENTS = 4096, BARCODE_MAX_TEXT = 256 };

struct barcode {
    uint16_t n;                            /* elements */
    uint8_t element[BARCODE_MAX_ELEMENTS]; /* bar, space, bar, …: modules; of two-width codes 1
                                              narrow, 2 wide */
    bool two_width; /* CODE39, ITF, CODABAR: wide is 5/8/10/13/16 dots for a module of 2/3/4/5/6
                       (Epson T88III) */
    char text[BARCODE_MAX_TEXT]; /* what HRI shows */
};

/* data as GS k gives it (CODE128 with its {A {B {C and {1…{4, GS1 codes as gs1.h says, digits with
 * or without check digit as Epson APG, GS k allows: a check digit that is there is verified).
 * ERR_SYMBOL says which character or digit is wrong. text is UTF-8. */
bool barcode_make(enum symbology symbology, struct slice data, struct barcode *out,
                  struct err *err);
/* Width in dots for a module width of 2 to 6 dots (less or more: the nearest); and the bars drawn,
 * height_dots high. */
uint32_t barcode_width_dots(const struct barcode *barcode, unsigned module_dots);
bool barcode_draw(const struct barcode *barcode, unsigned module_dots, uint32_t height_dots,
                  struct bitmap *out, struct err *err);

#endif
