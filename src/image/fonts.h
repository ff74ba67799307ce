/* Text beyond the baked face: shaping, order of writing and the fonts that are installed. All of it
 * lives in a module, bonbon-text.so (src/text), which is loaded at the first character that the
 * baked face lacks; a program that never meets one never loads it. Without the module or without a
 * font, the answer is "no", and the character prints as its number in a box.
 *
 * The same fonts give the same dots. A struct fonts keeps what it has opened and drawn; it belongs
 * to one thread at a time, and creating one costs nothing until it is needed. */
#ifndef BONBON_IMAGE_FONTS_H
#define BONBON_IMAGE_FONTS_H

#include "image/bitmap.h"
#include "image/fonts_language.h"

struct fonts;

enum {
    FONTS_CELL_WIDTH = 12,
    FONTS_CELL_HEIGHT = 24,
    FONTS_RUN_CELLS = 64, /* of one run that is drawn */
};

bool fonts_create(struct fonts **out, struct err *err);
void fonts_destroy(struct fonts *f);

/* Draws text (one run of one direction, in reading order) into cells × 12 by 24 dots: rows of
 * `stride` bytes that are or-ed onto rows. False when no font has all of it, or the run is longer
 * than FONTS_RUN_CELLS. */
bool fonts_draw(struct fonts *f, enum fonts_language language, struct slice text,
                bool right_to_left, unsigned cells, uint8_t *rows, size_t stride);
/* Draws one character into width × height dots, at most 24 × 24, in the form of the language; what
 * else stands in a text of Chinese, Japanese or Korean (signs, dashes) comes from its font too. */
bool fonts_draw_one(struct fonts *f, enum fonts_language language, uint32_t cp, unsigned width_dots,
                    unsigned height_dots, uint8_t *rows, size_t stride);
/* True when the module is there; loads it. */
bool fonts_are_there(struct fonts *f);
/* True when a font that is installed has cp. */
bool fonts_have(struct fonts *f, uint32_t cp);

/* The language whose Han a text is written in: Japanese where most of its letters that say it are
 * kana, Korean where they are hangul, Taiwan's where they are bopomofo; FONTS_ANY where there are
 * none. */
enum fonts_language fonts_language_of(struct slice text);

/* Embedding levels of a paragraph's characters by the Unicode bidirectional algorithm; direction is
 * 'R' or 'L' (utf8_direction()), or 0 where the first strong character decides. An odd level is
 * written from right to left. mirrored gives each character, or its mirror image where it stands
 * right to left. False without the module (levels are then all 0). */
bool fonts_levels(struct fonts *f, const uint32_t *text, size_t n, char direction, uint8_t *levels,
                  uint32_t *mirrored);

/* Letters of the Arabic script as the presentation forms (U+FB50 to U+FEFC) that they take beside
 * each other, in reading order: where lam and alef become one, the first of them is FONTS_FILLED
 * and the second their ligature; all other characters stay. levels: of fonts_levels(). False
 * without the module (forms is then text). */
enum { FONTS_FILLED = 0xFEFF };
bool fonts_join(struct fonts *f, const uint32_t *text, size_t n, const uint8_t *levels,
                uint32_t *forms);

/* The Debian package that brings a font for cp, whether installed or not; NULL when none is known.
 */
const char *fonts_package(uint32_t cp);

#endif
