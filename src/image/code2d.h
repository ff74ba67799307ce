/* Symbols of two dimensions and the GS1 DataBar family, made by libzint (QR and the other bar
 * codes: symbol.h). No quiet zone is added: the caller places the symbol. */
#ifndef BONBON_IMAGE_CODE2D_H
#define BONBON_IMAGE_CODE2D_H

#include "image/bitmap.h"

enum code2d_kind {
    CODE2D_PDF417,
    CODE2D_DATAMATRIX,
    CODE2D_AZTEC,
    CODE2D_MICRO_QR,
    CODE2D_MAXICODE, /* of a fixed size: drawn 26 × 25 mm at the dpi wished, not in modules */
    CODE2D_DATABAR,  /* omnidirectional and truncated: one row, 13 digits (a 14th is checked) */
    CODE2D_DATABAR_LIMITED,
    CODE2D_DATABAR_EXPANDED, /* GS1 elements, see gs1.h */
    CODE2D_DATABAR_STACKED,  /* rows of different height */
    CODE2D_DATABAR_STACKED_OMNI,
    CODE2D_DATABAR_EXPANDED_STACKED,
    CODE2D_COMPOSITE, /* a component of GS1 elements above the linear code of the wish */
    CODE2D_KINDS
};

/* The linear code of a composite. EAN, UPC and DataBar of one item are given without their check
 * digit; UPC-E as 6 digits, or 11 that have the zeros to leave out. */
enum code2d_linear {
    LINEAR_EAN8,
    LINEAR_EAN13,
    LINEAR_UPC_A,
    LINEAR_UPC_E,
    LINEAR_DATABAR,
    LINEAR_DATABAR_TRUNCATED,
    LINEAR_DATABAR_STACKED,
    LINEAR_DATABAR_STACKED_OMNI,
    LINEAR_DATABAR_LIMITED,
    LINEAR_DATABAR_EXPANDED, /* GS1 elements, as those below */
    LINEAR_DATABAR_EXPANDED_STACKED,
    LINEAR_GS1_128,
    LINEARS
};

/* What may be asked of a symbol; 0 everywhere is what fits best. */
struct code2d_wish {
    unsigned columns;       /* PDF417: 1–30. DataBar expanded stacked: characters a row, 2–20.
                               DataMatrix: modules across */
    unsigned rows;          /* PDF417: 3–90. DataMatrix: modules down */
    unsigned level;         /* PDF417: error correction 1–9 for the levels 0–8. Aztec: per cent,
                               made 10, 23, 36 or 50. Micro QR: 1–3 for L, M, Q */
    unsigned layers;        /* Aztec: 1–32, of a compact one 1–4 */
    bool compact;           /* Aztec */
    bool truncated;         /* PDF417 without its right-hand row indicators */
    bool rectangle;         /* DataMatrix: a rectangle is allowed; else it is square */
    unsigned maxicode_mode; /* 2–6; modes 2 and 3 begin with postal code, country and service
                               class, GS (1D) behind each */
    unsigned dpi;           /* MaxiCode; 203 when not said */
    enum code2d_linear linear; /* composite */
    struct slice primary;      /* composite: the data of its linear code */
    bool cc_c; /* composite: a component C, which only GS1-128 has; else what fits */
};

/* The smallest symbol that fits data (bytes as they are) and the wish. One dot a module (the bars
 * of a composite as high as their standard says, of EAN, UPC and GS1-128 44 modules); a row of
 * PDF417 is one dot high, to be drawn at least three times as high as a module is wide. wish may be
 * NULL. ERR_SYMBOL with what is wrong. Takes up to some milliseconds for thousands of bytes. */
bool code2d_make(enum code2d_kind kind, struct slice data, const struct code2d_wish *wish,
                 struct bitmap *out, struct err *err);
/* "PDF417", "DataMatrix", … */
const char *code2d_name(enum code2d_kind kind);

#endif
