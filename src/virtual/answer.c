/* What the printer says back (facts §3, §5). A profile that cannot prove anything does not answer:
 * a printer in software that knew more than the real one would hide the case that matters. */
#include "virtual/handler.h"

#include "protocol/status.h"
#include "virtual/line.h"
#include "virtual/paper.h"

#include <stdio.h>

enum { BLOCK = 0x37 };

static bool can(struct virtual_printer *vp, enum profile_proof proof)
{
    if (vp->profile->proof >= proof)
        return true;
    paper_note(vp, "this printer does not answer");
    return false;
}

static void reply(struct virtual_printer *vp, const void *p, size_t n)
{
    if (buf_reserve(&vp->replies, n))
        buf_append(&vp->replies, p, n);
}

static void reply_byte(struct virtual_printer *vp, uint8_t byte)
{
    reply(vp, &byte, 1);
}

void answer_status(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    if (n >= 1 && n <= 4 && can(vp, PROOF_STATUS))
        reply_byte(vp, status_dle_eot(n, vp->state));
}

/* DLE ENQ 1 goes on, 2 drops what was received; both only when an error can be recovered. */
void answer_recover(struct virtual_printer *vp, struct slice params)
{
    const unsigned recoverable = PRINTER_RECOVERABLE | PRINTER_CUTTER_ERROR;
    uint8_t n = param(params, 0);
    if ((n != 1 && n != 2) || !(vp->state & recoverable))
        return;
    if (n == 2) {
        line_begin(vp);
        buf_reset(&vp->held);
    }
    unsigned state = vp->state & ~recoverable;
    const unsigned still =
        PRINTER_COVER_OPEN | PRINTER_PAPER_OUT | PRINTER_UNRECOVERABLE | PRINTER_OVERHEATED;
    virtual_set_state(vp, state & still ? state : state & ~(unsigned)PRINTER_OFFLINE);
}

static uint8_t paper_sensor(const struct virtual_printer *vp)
{
    return (uint8_t)((vp->state & PRINTER_PAPER_LOW ? 0x03 : 0) |
                     (vp->state & PRINTER_PAPER_OUT ? 0x0c : 0));
}

void answer_paper_sensor(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    if (can(vp, PROOF_STATUS))
        reply_byte(vp, paper_sensor(vp));
}

void answer_drawer(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    if (can(vp, PROOF_STATUS))
        reply_byte(vp, vp->state & PRINTER_DRAWER_HIGH ? 1 : 0);
}

/* GS r: comes when everything before it has been done. */
void answer_status_now(struct virtual_printer *vp, struct slice params)
{
    int n = digit_param(param(params, 0), 4);
    if ((n != 1 && n != 2) || !can(vp, PROOF_FENCE))
        return;
    if (n == 1)
        reply_byte(vp, paper_sensor(vp));
    else
        reply_byte(vp, vp->state & PRINTER_DRAWER_HIGH ? 1 : 0);
}

void answer_text(struct virtual_printer *vp, struct slice data)
{
    if (!buf_reserve(&vp->replies, data.n + 2))
        return;
    reply_byte(vp, 0x5f);
    reply(vp, data.p, data.n);
    reply_byte(vp, 0);
}

static void reply_text(struct virtual_printer *vp, const char *text)
{
    answer_text(vp, slice_str(text));
}

void answer_block(struct virtual_printer *vp, uint8_t id, struct slice data)
{
    if (!can(vp, PROOF_STATUS) || !buf_reserve(&vp->replies, data.n + 3))
        return;
    reply(vp, (uint8_t[]){BLOCK, id}, 2);
    reply(vp, data.p, data.n);
    reply_byte(vp, 0);
}

void answer_number(struct virtual_printer *vp, uint8_t id, size_t number)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%zu", number);
    answer_block(vp, id, slice_of(digits, (size_t)n));
}

/* The block at talk.at: 40h before the last one, 41h when more follow. */
static void reply_part(struct virtual_printer *vp)
{
    struct talk *talk = &vp->talk;
    size_t left = talk->data.n - talk->at;
    bool more = left > talk->block_bytes;
    talk->shown = more ? talk->block_bytes : left;
    if (!buf_reserve(&vp->replies, talk->shown + 4))
        return;
    reply(vp, (uint8_t[]){BLOCK, talk->id, more ? 0x41 : 0x40}, 3);
    reply(vp, talk->data.p + talk->at, talk->shown);
    reply_byte(vp, 0);
}

void answer_blocks(struct virtual_printer *vp, uint8_t id, struct slice data, size_t block_bytes)
{
    struct talk *talk = &vp->talk;
    if (!can(vp, PROOF_STATUS))
        return;
    buf_reset(&talk->data);
    if (data.n <= block_bytes) {
        if (!buf_reserve(&vp->replies, data.n + 4))
            return;
        reply(vp, (uint8_t[]){BLOCK, id, 0x40}, 3);
        reply(vp, data.p, data.n);
        reply_byte(vp, 0);
        return;
    }
    if (!buf_reserve(&talk->data, data.n))
        return;
    buf_slice_append(&talk->data, data);
    talk->id = id;
    talk->block_bytes = block_bytes;
    talk->at = 0;
    reply_part(vp);
}

/* The last block needs no answer here; one that comes all the same is a control byte without
 * meaning. Another byte than these three ends the talk (general knowledge). */
bool answer_talk(struct virtual_printer *vp, uint8_t byte)
{
    enum { ACK = 0x06, NAK = 0x15, CAN = 0x18 };
    struct talk *talk = &vp->talk;
    if (byte == ACK)
        talk->at += talk->shown;
    if (byte == ACK || byte == NAK)
        reply_part(vp);
    bool over = (byte != ACK && byte != NAK) || talk->at + talk->shown == talk->data.n;
    if (over)
        buf_reset(&talk->data);
    return byte == ACK || byte == NAK || byte == CAN;
}

/* What stopped the printer, a byte a cause; which byte is which is each model's own affair
 * (unverified). */
static void reply_offline(struct virtual_printer *vp)
{
    static const struct {
        unsigned state;
        uint8_t cause;
    } causes[] = {
        {PRINTER_COVER_OPEN, 0x41},   {PRINTER_PAPER_OUT, 0x42},     {PRINTER_RECOVERABLE, 0x43},
        {PRINTER_CUTTER_ERROR, 0x43}, {PRINTER_UNRECOVERABLE, 0x44}, {PRINTER_OVERHEATED, 0x45},
    };
    uint8_t data[sizeof causes / sizeof *causes];
    size_t n = 0;
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
        if (vp->state & causes[i].state)
            data[n++] = causes[i].cause;
    answer_block(vp, 0x23, slice_of(data, vp->offline_notice == 2 ? n : 0));
}

void answer_offline(struct virtual_printer *vp)
{
    if (vp->offline_notice)
        reply_offline(vp);
}

/* GS ( H 49 n: 0 off, 1 without cause, 2 with. */
void answer_offline_mode(struct virtual_printer *vp, struct slice params)
{
    int n = digit_param(param(params, 1), 2);
    if (param(params, 0) == 0x30 && n >= 0 && can(vp, PROOF_PROCESS_ID))
        vp->offline_notice = (uint8_t)n;
}

void answer_info(struct virtual_printer *vp, struct slice params)
{
    enum { MODEL_ID = 0x20, TWO_BYTE = 1, CUTTER = 2, ALWAYS = 0x40 };
    const struct profile *p = vp->profile;
    uint8_t n = param(params, 0);
    uint8_t type = (uint8_t)((p->chinese_rom ? TWO_BYTE : 0) | (p->cut != CUT_NONE ? CUTTER : 0));
    if (!can(vp, PROOF_STATUS))
        return;
    switch (n) {
    case 1:
    case 49:
        reply_byte(vp, MODEL_ID);
        break;
    case 2:
    case 50:
        reply_byte(vp, type);
        break;
    case 3:
    case 51:
        reply_byte(vp, 1);
        break;
    case 33:
        reply(vp, (uint8_t[]){0x3d, n, (uint8_t)(type | ALWAYS), 0}, 4);
        break;
    case 35:
    case 36:
    case 96:
    case 110:
        reply(vp, (uint8_t[]){0x3d, n, 0}, 3);
        break;
    case 65:
        reply_text(vp, BONBON_VERSION);
        break;
    case 66:
        reply_text(vp, slice_starts(slice_str(p->name), "epson") ? "EPSON" : "bonbon");
        break;
    case 67:
        reply_text(vp, p->model);
        break;
    case 68:
        reply_text(vp, "VIRTUAL");
        break;
    case 69:
        reply_text(vp, p->chinese_rom ? "CHINA GB18030" : "");
        break;
    default:
        paper_note(vp, "nothing is known of this; no answer");
    }
}

/* GS ( H 48: m, then four characters that come back. */
void answer_process_id(struct virtual_printer *vp, struct slice params)
{
    enum { ID = 4 };
    if (params.n != 1 + ID || params.p[0] != 0x30 || !can(vp, PROOF_PROCESS_ID))
        return;
    for (size_t i = 1; i <= ID; i++) {
        if (params.p[i] < 0x20 || params.p[i] > 0x7e)
            return;
    }
    uint8_t block[] = {BLOCK, 0x22, params.p[1], params.p[2], params.p[3], params.p[4], 0};
    reply(vp, block, sizeof block);
}

static void reply_asb(struct virtual_printer *vp)
{
    uint8_t block[4];
    status_asb(vp->state, block);
    reply(vp, block, sizeof block);
}

/* DLE DC4 7: 1 the four bytes of ASB, 4 the offline response (layouts unverified). */
void answer_block_now(struct virtual_printer *vp, struct slice params)
{
    uint8_t m = param(params, 0);
    if (m == 1 && can(vp, PROOF_STATUS))
        reply_asb(vp);
    else if (m == 4)
        reply_offline(vp);
}

enum { ASB_DRAWER = 1, ASB_ONLINE = 2, ASB_ERROR = 4, ASB_PAPER = 8, ASB_ALL = 0x4f };

void answer_asb(struct virtual_printer *vp, struct slice params)
{
    if (!can(vp, PROOF_STATUS))
        return;
    vp->asb = param(params, 0) & ASB_ALL;
    if (vp->asb)
        reply_asb(vp);
}

void answer_change(struct virtual_printer *vp, unsigned before)
{
    static const struct {
        uint8_t asb;
        unsigned state;
    } classes[] = {
        {ASB_DRAWER, PRINTER_DRAWER_HIGH},
        {ASB_ONLINE, PRINTER_OFFLINE | PRINTER_COVER_OPEN | PRINTER_FEEDING | PRINTER_PAPER_OUT |
                         PRINTER_PAPER_LOW},
        {ASB_ERROR,
         PRINTER_RECOVERABLE | PRINTER_CUTTER_ERROR | PRINTER_UNRECOVERABLE | PRINTER_OVERHEATED},
        {ASB_PAPER, PRINTER_PAPER_OUT | PRINTER_PAPER_LOW},
    };
    unsigned changed = before ^ vp->state;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (vp->asb & classes[i].asb && changed & classes[i].state) {
            reply_asb(vp);
            return;
        }
    }
}
