#include "escpos/request.h"

#include <string.h>

enum { DLE = 0x10, EOT = 0x04, GS = 0x1D };

size_t escpos_ask_status(unsigned n, uint8_t out[ESCPOS_REQUEST_BYTES])
{
    const uint8_t bytes[] = {DLE, EOT, (uint8_t)n};
    memcpy(out, bytes, sizeof bytes);
    return sizeof bytes;
}

size_t escpos_ask_fence(uint8_t out[ESCPOS_REQUEST_BYTES])
{
    const uint8_t bytes[] = {GS, 'r', 1};
    memcpy(out, bytes, sizeof bytes);
    return sizeof bytes;
}

size_t escpos_ask_info(unsigned n, uint8_t out[ESCPOS_REQUEST_BYTES])
{
    const uint8_t bytes[] = {GS, 'I', (uint8_t)n};
    memcpy(out, bytes, sizeof bytes);
    return sizeof bytes;
}

size_t escpos_ask_to_tell(unsigned n, uint8_t out[ESCPOS_REQUEST_BYTES])
{
    const uint8_t bytes[] = {GS, 'a', (uint8_t)n};
    memcpy(out, bytes, sizeof bytes);
    return sizeof bytes;
}

size_t escpos_ask_process_id(const char id[4], uint8_t out[ESCPOS_REQUEST_BYTES])
{
    const uint8_t start[] = {GS, '(', 'H', 6, 0, 48, 48};
    memcpy(out, start, sizeof start);
    for (size_t i = 0; i < 4; i++)
        out[sizeof start + i] = (uint8_t)id[i];
    return sizeof start + 4;
}

void escpos_process_id(uint32_t number, char id[4])
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
    for (size_t i = 0; i < 4; i++)
        id[i] = digits[number >> (18 - 6 * i) & 63];
}
