#include "protocol/status.h"

/* Fixed bits by which a printer's bytes are told apart (Epson specifications, "transmission status
 * identification"): 0xx1xx10 DLE EOT, 0xx1xx00 first of ASB, 0xx0xxxx the rest of ASB and all
 * one-byte answers. */
enum {
    CLASS_MASK = 0x93,
    CLASS_DLE_EOT = 0x12,
    CLASS_ASB = 0x10,
    PLAIN_MASK = 0x90,
    XON = 0x11,
    XOFF = 0x13,
};

enum { LONGEST_BLOCK = 256, ASB_BYTES = 4 };

/* A condition and the bit that says so: byte is n of DLE EOT, or the ASB byte's number. */
struct status_bit {
    uint8_t byte, mask;
    unsigned state;
};

/* clang-format off */
static const struct status_bit dle_eot_bits[] = {
    {1, 0x04, PRINTER_DRAWER_HIGH},
    {1, 0x08, PRINTER_OFFLINE},
    {1, 0x40, PRINTER_FEEDING},
    {2, 0x04, PRINTER_COVER_OPEN},
    {2, 0x08, PRINTER_FEEDING},
    {2, 0x20, PRINTER_PAPER_OUT},
    {3, 0x04, PRINTER_RECOVERABLE},
    {3, 0x08, PRINTER_CUTTER_ERROR},
    {3, 0x20, PRINTER_UNRECOVERABLE},
    {3, 0x40, PRINTER_OVERHEATED},
    {4, 0x0C, PRINTER_PAPER_LOW},
    {4, 0x60, PRINTER_PAPER_OUT},
};

static const struct status_bit asb_bits[] = {
    {1, 0x04, PRINTER_DRAWER_HIGH},
    {1, 0x08, PRINTER_OFFLINE},
    {1, 0x20, PRINTER_COVER_OPEN},
    {1, 0x40, PRINTER_FEEDING},
    {2, 0x04, PRINTER_RECOVERABLE},
    {2, 0x08, PRINTER_CUTTER_ERROR},
    {2, 0x20, PRINTER_UNRECOVERABLE},
    {2, 0x40, PRINTER_OVERHEATED},
    {3, 0x03, PRINTER_PAPER_LOW},
    {3, 0x0C, PRINTER_PAPER_OUT},
};
/* clang-format on */

/* Bit 6 of DLE EOT 2 says only that there is an error; which one is said by DLE EOT 3. */
enum {
    DLE_EOT_2_ERROR = 0x40,
    ANY_ERROR =
        PRINTER_CUTTER_ERROR | PRINTER_OVERHEATED | PRINTER_UNRECOVERABLE | PRINTER_RECOVERABLE,
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static unsigned read_bits(const struct status_bit *bits, size_t n, unsigned number, uint8_t byte)
{
    unsigned state = 0;
    for (size_t i = 0; i < n; i++) {
        if (bits[i].byte == number && (byte & bits[i].mask))
            state |= bits[i].state;
    }
    return state;
}

static uint8_t write_bits(const struct status_bit *bits, size_t n, unsigned number, unsigned state)
{
    uint8_t byte = 0;
    for (size_t i = 0; i < n; i++) {
        if (bits[i].byte == number && (state & bits[i].state))
            byte = (uint8_t)(byte | bits[i].mask);
    }
    return byte;
}

unsigned status_of_dle_eot(unsigned n, uint8_t byte)
{
    return read_bits(dle_eot_bits, COUNT(dle_eot_bits), n, byte);
}

unsigned status_of_port(uint8_t byte)
{
    enum { NO_ERROR = 0x08, PAPER_EMPTY = 0x20 };
    if (byte & PAPER_EMPTY)
        return PRINTER_PAPER_OUT;
    return byte & NO_ERROR ? 0 : PRINTER_RECOVERABLE;
}

uint8_t status_dle_eot(unsigned n, unsigned state)
{
    uint8_t byte = write_bits(dle_eot_bits, COUNT(dle_eot_bits), n, state);
    if (n == 2 && (state & ANY_ERROR))
        byte |= DLE_EOT_2_ERROR;
    return byte | CLASS_DLE_EOT;
}

void status_asb(unsigned state, uint8_t out[4])
{
    for (unsigned i = 0; i < ASB_BYTES; i++)
        out[i] = write_bits(asb_bits, COUNT(asb_bits), i + 1, state);
    out[0] |= CLASS_ASB;
}

static struct reply reply_of(enum reply_kind kind, size_t length)
{
    return (struct reply){.kind = kind, .length = length};
}

/* Four bytes, with XON and XOFF that slip in between passed over. */
static struct reply reply_asb(struct slice bytes)
{
    struct reply reply = reply_of(REPLY_PARTIAL, 0);
    unsigned number = 0;
    for (size_t i = 0; i < bytes.n && i < LONGEST_BLOCK; i++) {
        uint8_t byte = bytes.p[i];
        if (byte == XON || byte == XOFF)
            continue;
        if (number > 0 && (byte & PLAIN_MASK) != 0)
            return reply_of(REPLY_NOISE, 1);
        reply.state |= read_bits(asb_bits, COUNT(asb_bits), ++number, byte);
        if (number == ASB_BYTES) {
            reply.kind = REPLY_ASB;
            reply.length = i + 1;
            return reply;
        }
    }
    return bytes.n < LONGEST_BLOCK ? reply_of(REPLY_PARTIAL, 0) : reply_of(REPLY_NOISE, 1);
}

/* Header, for some an id, data, 00. */
static struct reply reply_block(enum reply_kind kind, struct slice bytes, bool with_id)
{
    size_t front = with_id ? 2 : 1;
    if (bytes.n <= front)
        return reply_of(REPLY_PARTIAL, 0);
    struct slice rest = slice_sub(bytes, front, LONGEST_BLOCK);
    size_t n = slice_find(rest, 0);
    if (n == rest.n)
        return bytes.n < LONGEST_BLOCK ? reply_of(REPLY_PARTIAL, 0) : reply_of(REPLY_NOISE, 1);
    struct reply reply = reply_of(kind, front + n + 1);
    reply.id = with_id ? bytes.p[1] : 0;
    reply.data = slice_sub(rest, 0, n);
    return reply;
}

/* 3B, what happened, 00 (31: power came on). */
static struct reply reply_power(struct slice bytes)
{
    if (bytes.n < 3)
        return reply_of(REPLY_PARTIAL, 0);
    if (bytes.p[2] != 0)
        return reply_of(REPLY_NOISE, 1);
    struct reply reply = reply_of(REPLY_POWER, 3);
    reply.id = bytes.p[1];
    return reply;
}

struct reply reply_next(struct slice bytes)
{
    uint8_t first = bytes.p[0];
    switch (first) {
    case XON:
    case XOFF:
        return reply_of(REPLY_FLOW, 1);
    case 0x37:
        return reply_block(REPLY_BLOCK, bytes, true);
    case 0x3D:
        return reply_block(REPLY_INFO, bytes, true);
    case 0x5F:
        return reply_block(REPLY_INFO, bytes, false);
    case 0x3B:
        return reply_power(bytes);
    default:
        break;
    }
    if ((first & CLASS_MASK) == CLASS_DLE_EOT)
        return reply_of(REPLY_DLE_EOT, 1);
    if ((first & CLASS_MASK) == CLASS_ASB)
        return reply_asb(bytes);
    return reply_of((first & PLAIN_MASK) == 0 ? REPLY_ONE : REPLY_NOISE, 1);
}
