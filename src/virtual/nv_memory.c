/* User memory by key (GS ( C) and the maintenance counters (GS g). Epson APG. */
#include "virtual/handler.h"

#include "virtual/paper.h"

#include <stdio.h>

enum {
    CAPACITY = 0x28, /* ids of answers */
    LEFT = 0x29,
    RECORD = 0x70,
    KEYS = 0x71,
    KEYS_A_BLOCK = 40,
    TEXT_A_BLOCK = 80,
};

/* b c1 c2 …: the key, or NULL. */
static const uint8_t *key_of(struct slice params)
{
    const uint8_t *key = params.p + 1;
    if (params.n < 3 || key[0] < 0x20 || key[0] > 0x7e || key[1] < 0x20 || key[1] > 0x7e)
        return NULL;
    return key;
}

void nv_memory_delete(struct virtual_printer *vp, struct slice params)
{
    const uint8_t *key = key_of(params);
    if (key && nv_remove_memory(&vp->nv, key))
        nv_wrote(vp, 0);
}

void nv_memory_store(struct virtual_printer *vp, struct slice params)
{
    const uint8_t *key = key_of(params);
    struct slice text = slice_sub(params, 3, params.n);
    if (!key || !text.n)
        return;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < 0x20)
            return;
    if (nv_put_memory(&vp->nv, key, text))
        nv_wrote(vp, text.n);
    else
        paper_note(vp, "does not fit into what is left; nothing is written");
}

void nv_memory_read(struct virtual_printer *vp, struct slice params)
{
    const uint8_t *key = key_of(params);
    struct slice text = {0};
    if (!key)
        return;
    if (!nv_find_memory(&vp->nv, key, &text))
        text = (struct slice){0};
    answer_blocks(vp, RECORD, text, TEXT_A_BLOCK);
}

void nv_memory_capacity_told(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    answer_number(vp, CAPACITY, nv_memory_capacity(&vp->nv));
}

void nv_memory_left_told(struct virtual_printer *vp, struct slice params)
{
    size_t capacity = nv_memory_capacity(&vp->nv), used = vp->nv.memory.n;
    (void)params;
    answer_number(vp, LEFT, used < capacity ? capacity - used : 0);
}

void nv_memory_keys(struct virtual_printer *vp, struct slice params)
{
    struct buf keys;
    uint8_t key[2];
    struct slice text;
    (void)params;
    buf_init(&keys, 0);
    for (size_t at = 0; nv_next_memory(&vp->nv, &at, key, &text);)
        buf_append(&keys, key, 2);
    answer_blocks(vp, KEYS, buf_slice(&keys), (size_t)KEYS_A_BLOCK * 2);
    buf_finish(&keys);
}

void nv_memory_wipe(struct virtual_printer *vp, struct slice params)
{
    if (!slice_is(slice_sub(params, 1, params.n), "CLR"))
        return;
    nv_wrote(vp, vp->nv.memory.n);
    buf_reset(&vp->nv.memory);
}

/* Numbers that GS g knows counters by; 128 more is the same one since it was made. */
static bool counter_of(unsigned n, enum nv_counter *counter, bool *ever)
{
    static const uint8_t numbers[NV_COUNTERS] = {
        [NV_LINES] = 20, [NV_ROWS] = 21, [NV_CUTS] = 50, [NV_HOURS] = 70};
    enum { EVER = 128 };
    *ever = n >= EVER;
    for (unsigned i = 0; i < NV_COUNTERS; i++) {
        if (numbers[i] == (*ever ? n - EVER : n)) {
            *counter = (enum nv_counter)i;
            return true;
        }
    }
    return false;
}

/* 0 n:2 */
void nv_counter_reset(struct virtual_printer *vp, struct slice params)
{
    enum nv_counter counter;
    bool ever;
    if (param(params, 0) == 0 && counter_of(param16(params, 1), &counter, &ever) && !ever)
        vp->nv.reset_at[counter] = vp->nv.counted[counter];
}

void nv_counter_read(struct virtual_printer *vp, struct slice params)
{
    enum nv_counter counter;
    bool ever;
    char digits[24];
    if (param(params, 0) != 0 || !counter_of(param16(params, 1), &counter, &ever))
        return;
    if (vp->profile->proof < PROOF_STATUS) {
        paper_note(vp, "this printer does not answer");
        return;
    }
    uint64_t counted = vp->nv.counted[counter] - (ever ? 0 : vp->nv.reset_at[counter]);
    int n = snprintf(digits, sizeof digits, "%llu",
                     (unsigned long long)(counted / nv_counter_units(counter)));
    answer_text(vp, slice_of(digits, (size_t)n));
}
