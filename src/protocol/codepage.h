/* Character code tables of receipt printers: which Unicode character each byte 80–FF draws. The
 * tables stand in codepages.def, checked against iconv where iconv knows the page. What number (ESC
 * t n) a printer gives a page is the profile's affair, not the page's. */
#ifndef BONBON_PROTOCOL_CODEPAGE_H
#define BONBON_PROTOCOL_CODEPAGE_H

#include <stdbool.h>
#include <stdint.h>

enum code_page {
#define CODE_PAGE(id, name, iconv) CODE_PAGE_##id,
#include "protocol/codepages.def"
#undef CODE_PAGE
    CODE_PAGE_COUNT
};

/* "PC437", "WPC1251", … as the facts name them. */
const char *code_page_name(enum code_page page);
/* The name iconv knows the page by, or NULL. */
const char *code_page_iconv(enum code_page page);
/* The character of a byte: 20–7E are ASCII in every page; 0 where the page leaves 80–FF undefined
 * (and for 00–1F, 7F). */
uint32_t code_page_char(enum code_page page, uint8_t byte);
/* The byte 80–FF that draws cp, which is not ASCII; false when the page has none. The no-break
 * space and the soft hyphen have no way back though pages have them: printers draw a filled cell or
 * a hyphen there. */
bool code_page_byte(enum code_page page, uint32_t cp, uint8_t *byte);

/* The characters that most receipts are made of are found without a search, by the last two bytes
 * of their UTF-8, the first of these in the high half: letters of two bytes (Latin, Greek,
 * Cyrillic), and box drawing, whose three bytes begin with E2h. */
enum {
    CODE_PAGE_LETTERS = 0xC280,                                      /* U+0080, */
    CODE_PAGE_LETTERS_END = 0xD1C0,                                  /* and behind U+047F */
    CODE_PAGE_BOXES = 0x9480,                                        /* U+2500, */
    CODE_PAGE_BOXES_END = 0x95C0,                                    /* and behind U+257F */
    CODE_PAGE_FIRST_BOX = CODE_PAGE_LETTERS_END - CODE_PAGE_LETTERS, /* in the row of a page */
    CODE_PAGE_ROW = CODE_PAGE_FIRST_BOX + CODE_PAGE_BOXES_END - CODE_PAGE_BOXES,
};

/* Where the row of a page has a character; CODE_PAGE_ROW when it is none of those. */
static inline uint32_t code_page_place(uint32_t cp)
{
    const uint32_t word = cp >> 6 << 8 | 0x80 | (cp & 0x3F); /* without the C0 of a lead of two */
    if (cp >= 0x80 && cp < 0x480)
        return (0xC000 | word) - CODE_PAGE_LETTERS;
    if (cp >= 0x2500 && cp < 0x2580)
        return CODE_PAGE_FIRST_BOX + word - CODE_PAGE_BOXES;
    return CODE_PAGE_ROW;
}

/* CODE_PAGE_ROW bytes, 80–FF, that draw them; 0 where the page has none, and at words that are no
 * UTF-8. */
const uint8_t *code_page_row(enum code_page page);

/* What byte 20–7E draws under ESC R n (Epson's international sets); bytes that the set leaves alone
 * give themselves. */
uint32_t international_char(uint8_t set, uint8_t byte);
/* A look-alike that pages have where cp itself is in none: ș→ş, “→", –→-, …→...; the text in out
 * (ASCII or not), its length in characters (1 to 4, so that it may be wider than cp), or 0 when
 * there is none. Currency signs have none. */
unsigned code_page_fold(uint32_t cp, uint32_t out[4]);
/* The presentation form of an Arabic letter that a page of two shapes a letter (864) draws in the
 * place of this one (U+FE80 to U+FEFC), which may be the form itself; 0 where it is not known to
 * draw any. */
uint32_t code_page_drawn_form(uint32_t form);
/* Of the forms that are drawn as this one there, the one that joins most: how a page that has one
 * shape for them has to draw it for words to hold together. Other characters are given back. */
uint32_t code_page_widest_form(uint32_t form);

#endif
