/* User-defined characters: ESC &, ESC %, ESC ? (facts §4), and of two bytes: FS 2,
 * FS ? (§6). The former belong to the font that is chosen
 * when they are defined, and share their memory with the picture of GS *: either takes the other
 * away. */
#include "virtual/handler.h"

#include "virtual/cell.h"
#include "virtual/paper.h"

#include <stdlib.h>

void user_forget(struct virtual_printer *vp)
{
    if (!vp->user)
        return;
    memset(vp->user->defined, 0, sizeof vp->user->defined);
    vp->user->n_pairs = 0;
}

static bool has_memory(struct virtual_printer *vp)
{
    if (!vp->user)
        vp->user = calloc(1, sizeof *vp->user);
    if (vp->user && vp->set.font < MAX_USER_FONTS)
        return true;
    paper_note(vp, "there is no memory for characters of this font");
    return false;
}

/* Columns of y bytes, the most significant bit on top; what the cell has no room for is cut off. */
static void define(struct virtual_printer *vp, unsigned c, struct slice columns, unsigned y)
{
    const struct profile_font *font = &vp->profile->fonts[vp->set.font];
    uint32_t *rows = vp->user->rows[vp->set.font][c];
    memset(rows, 0, sizeof vp->user->rows[0][0]);
    for (unsigned x = 0; x < columns.n / y && x < font->width_dots; x++) {
        for (unsigned i = 0; i < 8 * y && i < font->height_dots; i++) {
            if (columns.p[x * y + i / 8] >> (7 - i % 8) & 1)
                rows[i] |= UINT32_C(0x80000000) >> x;
        }
    }
    vp->user->defined[vp->set.font][c] = true;
}

/* y c1 c2 [x d…]… */
void user_define(struct virtual_printer *vp, struct slice params)
{
    unsigned y = param(params, 0), last = param(params, 2);
    unsigned want = (vp->profile->fonts[vp->set.font].height_dots + 7U) / 8;
    if (!has_memory(vp))
        return;
    if (!y || y != want) {
        paper_note(vp, "these characters are not as high as the font; ignored");
        return;
    }
    buf_reset(&vp->bit_image);
    size_t at = 3;
    for (unsigned c = param(params, 1); c <= last; c++) {
        size_t bytes = (size_t)param(params, at) * y;
        define(vp, c - FIRST_USER_CHAR, slice_sub(params, at + 1, at + 1 + bytes), y);
        at += 1 + bytes;
    }
}

void user_cancel(struct virtual_printer *vp, struct slice params)
{
    unsigned c = param(params, 0) - (unsigned)FIRST_USER_CHAR;
    if (vp->user && c < USER_CHARS && vp->set.font < MAX_USER_FONTS)
        vp->user->defined[vp->set.font][c] = false;
}

void user_choose(struct virtual_printer *vp, struct slice params)
{
    vp->set.user_chars = param(params, 0) & 1;
}

bool user_cell(const struct virtual_printer *vp, uint32_t code, struct cell *out)
{
    const struct profile_font *font = &vp->profile->fonts[vp->set.font];
    uint32_t c = code - FIRST_USER_CHAR;
    *out =
        (struct cell){.width_dots = font->width_dots < 32 ? font->width_dots : 32,
                      .height_dots = font->height_dots < CELL_ROWS ? font->height_dots : CELL_ROWS};
    if (!vp->set.user_chars || !vp->user || c >= USER_CHARS || vp->set.font >= MAX_USER_FONTS ||
        !vp->user->defined[vp->set.font][c])
        return false;
    memcpy(out->rows, vp->user->rows[vp->set.font][c], sizeof out->rows);
    return true;
}

static unsigned find_pair(const struct user_chars *user, uint32_t pair)
{
    unsigned i = 0;
    while (i < user->n_pairs && user->pairs[i].pair != pair)
        i++;
    return i;
}

static uint32_t pair_of(struct slice params)
{
    return (uint32_t)param(params, 0) << 8 | param(params, 1);
}

/* c1 c2, then 24 columns of 3 bytes. */
void user_define_pair(struct virtual_printer *vp, struct slice params)
{
    enum { SIDE = 24, HEAD = 2 };
    if (!has_memory(vp) || params.n < HEAD + SIDE * 3)
        return;
    unsigned i = find_pair(vp->user, pair_of(params));
    if (i == MAX_USER_PAIRS) {
        paper_note(vp, "there is no memory for one more; ignored");
        return;
    }
    vp->user->n_pairs += i == vp->user->n_pairs;
    vp->user->pairs[i].pair = pair_of(params);
    uint32_t *rows = vp->user->pairs[i].rows;
    memset(rows, 0, sizeof vp->user->pairs[i].rows);
    for (unsigned x = 0; x < SIDE; x++) {
        for (unsigned y = 0; y < SIDE; y++) {
            if (params.p[HEAD + x * 3 + y / 8] >> (7 - y % 8) & 1)
                rows[y] |= UINT32_C(0x80000000) >> x;
        }
    }
}

void user_cancel_pair(struct virtual_printer *vp, struct slice params)
{
    struct user_chars *user = vp->user;
    unsigned i = user ? find_pair(user, pair_of(params)) : 0;
    if (user && i < user->n_pairs)
        user->pairs[i] = user->pairs[--user->n_pairs];
}

bool user_pair_cell(const struct virtual_printer *vp, uint32_t pair, struct cell *out)
{
    const struct user_chars *user = vp->user;
    unsigned i = user ? find_pair(user, pair) : 0;
    if (!user || i == user->n_pairs)
        return false;
    *out = (struct cell){.width_dots = 24, .height_dots = 24};
    memcpy(out->rows, user->pairs[i].rows, sizeof out->rows);
    return true;
}
