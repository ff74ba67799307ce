#include "protocol/codepage.h"

#include <stddef.h>
#include <uchar.h>

static const struct {
    const char *name, *iconv;
} pages[CODE_PAGE_COUNT] = {
#define CODE_PAGE(id, name, iconv) {name, iconv},
#include "protocol/codepages.def"
#undef CODE_PAGE
};

/* No terminator: 128 characters fill a row. */
static const char16_t tables[CODE_PAGE_COUNT][128] = {
#include "protocol/codepage_tables.def"
};

struct reverse_pair {
    uint16_t cp;
    uint8_t byte;
};

#include "protocol/codepage_reverse.inc"

enum { UNDEFINED = 0xFFFD };

const char *code_page_name(enum code_page page)
{
    return pages[page].name;
}

const char *code_page_iconv(enum code_page page)
{
    return pages[page].iconv;
}

uint32_t code_page_char(enum code_page page, uint8_t byte)
{
    if (byte < 0x80)
        return byte >= 0x20 && byte < 0x7F ? byte : 0;
    uint32_t cp = tables[page][byte - 0x80];
    return cp == UNDEFINED ? 0 : cp;
}

const uint8_t *code_page_row(enum code_page page)
{
    return rows[page];
}

static bool search(enum code_page page, uint32_t cp, uint8_t *byte)
{
    size_t low = reverse_start[page];
    size_t high = reverse_start[page + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (reverse_pairs[middle].cp == cp) {
            *byte = reverse_pairs[middle].byte;
            return true;
        }
        if (reverse_pairs[middle].cp < cp)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

bool code_page_byte(enum code_page page, uint32_t cp, uint8_t *byte)
{
    const uint32_t place = code_page_place(cp);
    if (place == CODE_PAGE_ROW)
        return search(page, cp, byte);
    if (rows[page][place])
        *byte = rows[page][place];
    return rows[page][place] != 0;
}

/* ESC R n, n 0 to 16: what stands at the twelve places of national use (Epson; the order of
 * `places`). */
static const char places[] = "\x23\x24\x40\x5B\x5C\x5D\x5E\x60\x7B\x7C\x7D\x7E";
enum { PLACES = sizeof places - 1 };

/* clang-format off */
static const char16_t sets[][PLACES] = {
    u"#$@[\\]^`{|}~",   /*  0 USA */
    u"#$à°ç§^`éùè¨",    /*  1 France */
    u"#$§ÄÖÜ^`äöüß",    /*  2 Germany */
    u"£$@[\\]^`{|}~",   /*  3 United Kingdom */
    u"#$@ÆØÅ^`æøå~",    /*  4 Denmark I */
    u"#¤ÉÄÖÅÜéäöåü",    /*  5 Sweden */
    u"#$@°\\é^ùàòèì",   /*  6 Italy */
    u"₧$@¡Ñ¿^´¨ñ}~",    /*  7 Spain I */
    u"#$@[¥]^`{|}~",    /*  8 Japan */
    u"#¤ÉÆØÅÜéæøåü",    /*  9 Norway */
    u"#$ÉÆØÅÜéæøåü",    /* 10 Denmark II */
    u"#$á¡Ñ¿é´íñóú",    /* 11 Spain II */
    u"#$á¡Ñ¿éüíñóú",    /* 12 Latin America */
    u"#$@[₩]^`{|}~",    /* 13 Korea */
    u"#$ŽŠĐĆČžšđćč",    /* 14 Slovenia, Croatia */
    u"#¥@[\\]^`{|}~",   /* 15 China */
    u"₫$@[\\]^`{|}~",   /* 16 Vietnam */
};

/* Sets that change the digits 30–39 instead. Assamese has Bengali's digits, Marathi those of Devanagari. */
static const struct {
    uint8_t set;
    uint16_t zero;
} digit_sets[] = {
    {66, 0x0966}, /* Devanagari */
    {67, 0x09E6}, /* Bengali */
    {68, 0x0BE6}, /* Tamil */
    {69, 0x0C66}, /* Telugu */
    {70, 0x09E6}, /* Assamese */
    {71, 0x0B66}, /* Oriya */
    {72, 0x0CE6}, /* Kannada */
    {73, 0x0D66}, /* Malayalam */
    {74, 0x0AE6}, /* Gujarati */
    {75, 0x0A66}, /* Punjabi */
    {82, 0x0966}, /* Marathi */
};
/* clang-format on */

enum { SET_ARABIA = 17, SET_TAMIL = 68 };

static uint32_t native_digit(uint8_t set, uint8_t byte)
{
    if (set == SET_TAMIL && byte == '0')
        return byte; /* Tamil keeps the European zero */
    for (size_t i = 0; i < sizeof digit_sets / sizeof *digit_sets; i++) {
        if (digit_sets[i].set == set)
            return digit_sets[i].zero + (uint32_t)(byte - '0');
    }
    return byte;
}

uint32_t international_char(uint8_t set, uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return native_digit(set, byte);
    if (set == SET_ARABIA && byte == '%')
        return 0x066A;
    if (set == SET_ARABIA && byte == '*')
        return 0x066D;
    if (set >= sizeof sets / sizeof *sets)
        return byte;
    for (size_t i = 0; i < PLACES; i++) {
        if ((uint8_t)places[i] == byte)
            return sets[set][i];
    }
    return byte;
}
