/* A printer to feed by hand, and what can be asked of its paper. */
#ifndef BONBON_TESTS_VIRTUAL_RIG_H
#define BONBON_TESTS_VIRTUAL_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "virtual/virtual.h"

/* 576 dots, half-dot units, no double-byte mode, all answers. */
#define EPSON "epson-tm-t20iii"
/* 576 dots, whole-dot units, powers up in double-byte mode. */
#define CLONE "generic-80"
/* 384 dots, no cutter, no QR, no answers. */
#define SMALL "pos-5890"

struct virtual_printer *rig_printer(const char *profile);
/* A new printer of this profile, fed this literal. */
#define RIG(profile, literal) rig_fed((profile), SLICE_LITERAL(literal))
struct virtual_printer *rig_fed(const char *profile, struct slice bytes);
#define FEED(vp, literal) virtual_feed((vp), SLICE_LITERAL(literal))

uint32_t rig_height(const struct virtual_printer *vp);
/* Black dots in a rectangle that lies on the paper. */
unsigned rig_dots(const struct virtual_printer *vp, uint32_t x, uint32_t y, uint32_t w, uint32_t h);
bool rig_dot(const struct virtual_printer *vp, uint32_t x, uint32_t y);
/* The cell with its corner at x, y shows cp as Terminus 12×24 does, and nothing else. */
bool rig_shows(const struct virtual_printer *vp, uint32_t x, uint32_t y, uint32_t cp);
/* The nth glyph printed; the test fails when there are fewer. */
struct virtual_glyph rig_glyph(const struct virtual_printer *vp, size_t n);
size_t rig_glyphs(const struct virtual_printer *vp);
/* The nth mark of a kind; the test fails when there are fewer. */
struct virtual_mark rig_mark(const struct virtual_printer *vp, enum virtual_mark_kind kind,
                             size_t n);
size_t rig_marks(const struct virtual_printer *vp, enum virtual_mark_kind kind);
/* virtual_text() and the replies are exactly this. */
void rig_expect_text(const struct virtual_printer *vp, const char *text);
#define EXPECT_REPLY(vp, literal) rig_expect_reply((vp), SLICE_LITERAL(literal))
void rig_expect_reply(struct virtual_printer *vp, struct slice bytes);
/* A rectangle of the paper by itself; the caller finishes it. */
struct bitmap rig_piece(const struct virtual_printer *vp, uint32_t x, uint32_t y, uint32_t w,
                        uint32_t h);

#endif
