/* A device on a clock that the test moves, and a host that writes as USB does: what is not taken is
 * offered again. */
#ifndef BONBON_TESTS_VIRTUAL_DEVICE_RIG_H
#define BONBON_TESTS_VIRTUAL_DEVICE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "device/device.h"

enum { MS = 1000, SECOND = 1000000 };

#define ESC "\x1b"
#define GS  "\x1d"
#define DLE "\x10"
/* 576 dots at 203 dpi, 4096 bytes, 250 mm/s, GS ( H; half-dot units */
#define EPSON "epson-tm-t20iii"
#define CLONE "generic-80"
#define SMALL "pos-5890"

#define FENCE     GS "r\x01"
#define IDLE_ASB  "\x10\x00\x00\x00"
#define ID(chars) GS "(H\x06\x00\x30\x30" chars

struct rig {
    struct device *dev;
    int64_t now_us;
    struct buf heard, said; /* answers; words of the log, a line each */
    unsigned pieces;
    struct buf text; /* of the pieces, with "====" behind each */
};

/* speed 0: the profile's. with_pieces: paper is torn off at each cut. */
struct rig *rig_new(const char *profile, uint32_t speed_mm_s, bool with_pieces);
struct rig *rig_unlimited(const char *profile);
void rig_free(struct rig *r);

/* To a time after the beginning, in microseconds. */
void rig_at(struct rig *r, int64_t us);
/* Does everything there is to do; returns when it was done. */
int64_t rig_run_dry(struct rig *r);
/* Writes what is taken now; returns how much. */
size_t rig_offer(struct rig *r, struct slice bytes);
/* Writes all of it, moving the clock on while the device takes none; returns when the last byte was
 * taken. */
int64_t rig_write(struct rig *r, struct slice bytes);
void rig_order(struct rig *r, const char *words);
/* What it sent since the last time, exactly. */
void rig_hears(struct rig *r, struct slice bytes);
#define OFFER(r, literal) rig_offer((r), SLICE_LITERAL(literal))
#define WRITE(r, literal) rig_write((r), SLICE_LITERAL(literal))
#define HEARS(r, literal) rig_hears((r), SLICE_LITERAL(literal))
/* A feed of so many half dots takes half / 2 / 203 inches at 250 mm/s. */
int64_t rig_feed_us(unsigned half_dots);
/* Within 2 %. */
void rig_assert_about(int64_t us, int64_t wanted);
/* For the caller to finish. */
struct buf rig_repeated(const char *what, size_t times);
/* The paper that is in the printer. */
void rig_paper_is(struct rig *r, const char *text);

#endif
