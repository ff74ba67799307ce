/* Which character a byte is, or several: the code page, the national set, the user's own, pairs. */
#include "virtual/handler.h"

#include "base/utf8.h"
#include "virtual/cell.h"
#include "virtual/line.h"
#include "virtual/pairs.h"

static void put_byte(struct virtual_printer *vp, uint8_t byte)
{
    uint32_t cp = byte < 0x80 ? byte == 0x7f ? 0 : international_char(vp->set.international, byte)
                              : code_page_char(vp->set.page, byte);
    struct cell user;
    if (vp->set.user_chars && byte < 0x80 && user_cell(vp, byte, &user))
        line_put(vp, ITEM_USER, byte);
    else
        line_put(vp, ITEM_CHAR, cp);
}

static uint32_t number_of(const uint8_t *bytes, unsigned n)
{
    uint32_t number = 0;
    for (unsigned i = 0; i < n; i++)
        number = number << 8 | bytes[i];
    return number;
}

/* What UTF-8 says is as wide as it is; what a page of pairs says is always wide. */
static void put_whole(struct virtual_printer *vp)
{
    uint32_t number = number_of(vp->lead, vp->n_lead);
    uint32_t cp = pairs_char(vp, vp->lead, vp->n_lead);
    struct cell user;
    if (vp->set.utf8)
        line_put(vp, utf8_width(cp) == 2 ? ITEM_PAIR : ITEM_CHAR, cp);
    else if (vp->n_lead == 2 && user_pair_cell(vp, number, &user))
        line_put(vp, ITEM_USER_PAIR, number);
    else if (cp)
        line_put(vp, ITEM_PAIR, cp);
    else
        line_put(vp, ITEM_UNKNOWN, number);
    vp->n_lead = 0;
}

/* The first byte prints by itself; those behind it are looked at anew. */
static void drop_lead(struct virtual_printer *vp)
{
    uint8_t first = vp->lead[0];
    memmove(vp->lead, vp->lead + 1, sizeof vp->lead - 1);
    vp->n_lead--;
    put_byte(vp, first);
}

static void settle(struct virtual_printer *vp)
{
    while (vp->n_lead) {
        enum pairs_answer answer = pairs_judge(vp, vp->lead, vp->n_lead);
        if (answer == PAIRS_MORE)
            return;
        if (answer == PAIRS_WHOLE)
            put_whole(vp);
        else
            drop_lead(vp);
    }
}

void machine_text_end(struct virtual_printer *vp)
{
    while (vp->n_lead) {
        drop_lead(vp);
        settle(vp);
    }
}

void machine_text(struct virtual_printer *vp, struct slice text)
{
    vp->command = COMMAND_COUNT;
    if (vp->deselected)
        return;
    /* What a character brings about (a full line, the end of the paper) is noted at that character,
     * wherever the text was cut. */
    size_t begin = vp->offset;
    bool several = pairs_on(vp);
    for (size_t i = 0; i < text.n; i++) {
        vp->offset = vp->macro.running ? begin : begin + i;
        if (!several) {
            put_byte(vp, text.p[i]);
            continue;
        }
        vp->lead[vp->n_lead++] = text.p[i];
        settle(vp);
    }
    vp->offset = begin;
}
