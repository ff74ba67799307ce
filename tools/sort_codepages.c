/* Turns the code page tables round: for each page the characters of its bytes 80–FF, sorted, with
 * the byte that draws each; and the bytes of those that are found without a search. Written as C on
 * standard output while building. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <uchar.h>

#include "protocol/codepage.h"

/* No terminator: 128 characters fill a row. */
static const char16_t tables[CODE_PAGE_COUNT][128] = {
#include "protocol/codepage_tables.def"
};

struct pair {
    uint16_t cp;
    uint8_t byte;
};

static int compare(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    if (x->cp != y->cp)
        return x->cp < y->cp ? -1 : 1;
    return (x->byte > y->byte) - (x->byte < y->byte);
}

/* Blanks that are not a plain space draw a filled cell on some printers, a soft hyphen draws a
 * hyphen where none is wanted: nobody should be sent to them, so they have no way back. */
static int reversible(uint16_t cp)
{
    return cp >= 0x80 && cp != 0xA0 && cp != 0xAD && cp != 0xFFFD;
}

static unsigned sort_page(const char16_t *table, struct pair *pairs)
{
    unsigned n = 0;
    unsigned kept = 0;
    for (unsigned i = 0; i < 128; i++) {
        if (reversible(table[i]))
            pairs[n++] = (struct pair){table[i], (uint8_t)(0x80 + i)};
    }
    qsort(pairs, n, sizeof *pairs, compare);
    for (unsigned i = 0; i < n; i++) {
        if (!kept || pairs[kept - 1].cp != pairs[i].cp)
            pairs[kept++] = pairs[i];
    }
    return kept;
}

static void write_row(const struct pair *pairs, unsigned n)
{
    printf("{0, ");
    for (unsigned i = 0; i < n; i++) {
        const uint32_t place = code_page_place(pairs[i].cp);
        if (place != CODE_PAGE_ROW)
            printf("[0x%04X] = 0x%02X,%s", place, pairs[i].byte, i % 8 == 7 ? "\n" : " ");
    }
    puts("},");
}

int main(void)
{
    unsigned start[CODE_PAGE_COUNT + 1] = {0};
    puts("static const struct reverse_pair reverse_pairs[] = {");
    for (unsigned page = 0; page < CODE_PAGE_COUNT; page++) {
        struct pair pairs[128];
        unsigned n = sort_page(tables[page], pairs);
        for (unsigned i = 0; i < n; i++)
            printf("{0x%04X, 0x%02X},%s", pairs[i].cp, pairs[i].byte, i % 8 == 7 ? "\n" : " ");
        putchar('\n');
        start[page + 1] = start[page] + n;
    }
    puts("};\nstatic const uint16_t reverse_start[] = {");
    for (unsigned page = 0; page <= CODE_PAGE_COUNT; page++)
        printf("%u,\n", start[page]);
    puts("};\nstatic const uint8_t rows[CODE_PAGE_COUNT][CODE_PAGE_ROW] = {");
    for (unsigned page = 0; page < CODE_PAGE_COUNT; page++) {
        struct pair pairs[128];
        write_row(pairs, sort_page(tables[page], pairs));
    }
    puts("};");
    return fflush(stdout) || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
