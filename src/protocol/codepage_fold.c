#include "protocol/codepage.h"

#include <stddef.h>

/* Look-alikes, sorted by the character they stand for. Currency signs are not here: a sum in
 * another currency is another sum, so they are drawn as dots; nor is any letter whose look-alike
 * would change the word. Romanian's comma below and cedilla are one letter in two spellings, and no
 * printer's page has the comma (code page tables of Epson and the clones). */
/* clang-format off */
static const struct fold {
    uint16_t cp;
    uint8_t n;
    uint16_t text[4];
} folds[] = {
    {0x00A0, 1, {' '}}, /* no-break space */
    {0x00A9, 3, {'(', 'c', ')'}}, /* copyright sign */
    {0x00AB, 1, {'"'}}, /* left-pointing double angle quotation mark */
    {0x00AE, 3, {'(', 'R', ')'}}, /* registered sign */
    {0x00B4, 1, {'\''}}, /* acute accent */
    {0x00BB, 1, {'"'}}, /* right-pointing double angle quotation mark */
    {0x00D7, 1, {'x'}}, /* multiplication sign */
    {0x0218, 1, {0x015E}}, /* latin capital letter s with comma below */
    {0x0219, 1, {0x015F}}, /* latin small letter s with comma below */
    {0x021A, 1, {0x0162}}, /* latin capital letter t with comma below */
    {0x021B, 1, {0x0163}}, /* latin small letter t with comma below */
    {0x02B9, 1, {'\''}}, /* modifier letter prime */
    {0x02BB, 1, {'\''}}, /* modifier letter turned comma */
    {0x02BC, 1, {'\''}}, /* modifier letter apostrophe */
    {0x02BD, 1, {'\''}}, /* modifier letter reversed comma */
    {0x02C8, 1, {'\''}}, /* modifier letter vertical line */
    {0x2000, 1, {' '}}, /* en quad */
    {0x2001, 1, {' '}}, /* em quad */
    {0x2002, 1, {' '}}, /* en space */
    {0x2003, 1, {' '}}, /* em space */
    {0x2004, 1, {' '}}, /* three-per-em space */
    {0x2005, 1, {' '}}, /* four-per-em space */
    {0x2006, 1, {' '}}, /* six-per-em space */
    {0x2007, 1, {' '}}, /* figure space */
    {0x2008, 1, {' '}}, /* punctuation space */
    {0x2009, 1, {' '}}, /* thin space */
    {0x200A, 1, {' '}}, /* hair space */
    {0x2010, 1, {'-'}}, /* hyphen */
    {0x2011, 1, {'-'}}, /* non-breaking hyphen */
    {0x2012, 1, {'-'}}, /* figure dash */
    {0x2013, 1, {'-'}}, /* en dash */
    {0x2014, 1, {'-'}}, /* em dash */
    {0x2015, 1, {'-'}}, /* horizontal bar */
    {0x2018, 1, {'\''}}, /* left single quotation mark */
    {0x2019, 1, {'\''}}, /* right single quotation mark */
    {0x201A, 1, {'\''}}, /* single low-9 quotation mark */
    {0x201B, 1, {'\''}}, /* single high-reversed-9 quotation mark */
    {0x201C, 1, {'"'}}, /* left double quotation mark */
    {0x201D, 1, {'"'}}, /* right double quotation mark */
    {0x201E, 1, {'"'}}, /* double low-9 quotation mark */
    {0x201F, 1, {'"'}}, /* double high-reversed-9 quotation mark */
    {0x2022, 1, {'*'}}, /* bullet */
    {0x2024, 1, {'.'}}, /* one dot leader */
    {0x2025, 2, {'.', '.'}}, /* two dot leader */
    {0x2026, 3, {'.', '.', '.'}}, /* horizontal ellipsis */
    {0x202F, 1, {' '}}, /* narrow no-break space */
    {0x2032, 1, {'\''}}, /* prime */
    {0x2033, 1, {'"'}}, /* double prime */
    {0x2039, 1, {'<'}}, /* single left-pointing angle quotation mark */
    {0x203A, 1, {'>'}}, /* single right-pointing angle quotation mark */
    {0x2043, 1, {'-'}}, /* hyphen bullet */
    {0x2044, 1, {'/'}}, /* fraction slash */
    {0x205F, 1, {' '}}, /* medium mathematical space */
    {0x2122, 2, {'T', 'M'}}, /* trade mark sign */
    {0x2212, 1, {'-'}}, /* minus sign */
    {0x2215, 1, {'/'}}, /* division slash */
    {0xFB90, 1, {0xFEDB}}, /* keheh, initial: drawn as kaf is */
    {0xFB91, 1, {0xFEDB}}, /* keheh, medial */
    {0xFBFC, 1, {0xFEEF}}, /* farsi yeh, isolated: drawn as alef maksura is, without dots */
    {0xFBFD, 1, {0xFEF0}}, /* farsi yeh, final */
    {0xFBFE, 1, {0xFEF3}}, /* farsi yeh, initial: drawn as yeh is, with its two dots */
    {0xFBFF, 1, {0xFEF3}}, /* farsi yeh, medial */
};
/* clang-format on */

unsigned code_page_fold(uint32_t cp, uint32_t out[4])
{
    size_t low = 0;
    size_t high = sizeof folds / sizeof *folds;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (folds[middle].cp == cp) {
            for (unsigned i = 0; i < folds[middle].n; i++)
                out[i] = folds[middle].text[i];
            return folds[middle].n;
        }
        if (folds[middle].cp < cp)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}
