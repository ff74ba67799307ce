#include "zint_opinion.h"

#include <string.h>
#include <zint.h>

static const int SYMBOLOGY[] = {
    [ZINT_UPC_A] = BARCODE_UPCA,    [ZINT_UPC_E] = BARCODE_UPCE,
    [ZINT_EAN] = BARCODE_EANX,      [ZINT_CODE39] = BARCODE_CODE39,
    [ZINT_ITF] = BARCODE_C25INTER,  [ZINT_CODABAR] = BARCODE_CODABAR,
    [ZINT_CODE93] = BARCODE_CODE93, [ZINT_CODE128] = BARCODE_CODE128,
};

static bool module(const struct zint_symbol *symbol, int x)
{
    return symbol->encoded_data[0][x / 8] >> (x % 8) & 1;
}

static size_t runs(const struct zint_symbol *symbol, uint8_t *out, size_t cap)
{
    int end = symbol->width, x = 0;
    size_t n = 0;
    while (end > 0 && !module(symbol, end - 1))
        end--;
    while (x < end && !module(symbol, x))
        x++;
    while (x < end && n < cap) {
        int from = x;
        while (x < end && module(symbol, x) == module(symbol, from))
            x++;
        out[n++] = (uint8_t)(x - from);
    }
    return n;
}

size_t zint_elements(enum zint_kind kind, const void *data, size_t n, uint8_t *out, size_t cap)
{
    struct zint_symbol *symbol = ZBarcode_Create();
    if (!symbol)
        return 0;
    symbol->symbology = SYMBOLOGY[kind];
    symbol->input_mode = DATA_MODE;
    int status = ZBarcode_Encode(symbol, data, (int)n);
    size_t elements = status < ZINT_ERROR ? runs(symbol, out, cap) : 0;
    ZBarcode_Delete(symbol);
    return elements;
}
