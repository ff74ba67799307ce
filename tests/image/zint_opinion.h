/* The bars that zint draws for the same data. A file of its own: zint's names are also ours. */
#ifndef BONBON_TESTS_ZINT_OPINION_H
#define BONBON_TESTS_ZINT_OPINION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum zint_kind {
    ZINT_UPC_A,
    ZINT_UPC_E,
    ZINT_EAN,
    ZINT_CODE39,
    ZINT_ITF,
    ZINT_CODABAR,
    ZINT_CODE93,
    ZINT_CODE128,
};

/* Elements in modules, bar first, at most cap; 0 when zint refuses the data. */
size_t zint_elements(enum zint_kind kind, const void *data, size_t n, uint8_t *out, size_t cap);

#endif
