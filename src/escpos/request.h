/* Questions to a printer, each complete in itself: their bytes for a session to send between or
 * behind jobs. The answers are read by protocol/status.h. Epson APG: DLE EOT, GS r, GS I, GS ( H.
 */
#ifndef BONBON_ESCPOS_REQUEST_H
#define BONBON_ESCPOS_REQUEST_H

#include <stddef.h>
#include <stdint.h>

enum { ESCPOS_REQUEST_BYTES = 16 };

/* DLE EOT n, n 1 to 4: answered at once, also when offline. Each returns how many bytes it wrote.
 */
size_t escpos_ask_status(unsigned n, uint8_t out[ESCPOS_REQUEST_BYTES]);
/* GS r 1: answered in turn, when everything before it has been processed. */
size_t escpos_ask_fence(uint8_t out[ESCPOS_REQUEST_BYTES]);
/* GS I n (66 maker, 67 model, 68 serial number): answered in turn. */
size_t escpos_ask_info(unsigned n, uint8_t out[ESCPOS_REQUEST_BYTES]);
/* GS ( H 48: the printer sends the four characters back when everything before them is on paper. */
size_t escpos_ask_process_id(const char id[4], uint8_t out[ESCPOS_REQUEST_BYTES]);
/* GS a n: from here on the printer says by itself (ASB, four bytes) when its conditions change, and
 * how they are now; ESC @ may end it. n 0 ends it. */
size_t escpos_ask_to_tell(unsigned n, uint8_t out[ESCPOS_REQUEST_BYTES]);
enum { ESCPOS_TELL_TROUBLE = 0x0E /* online, errors, paper; not the drawer */ };
/* The four characters (0–9, A–Z, a–z, '-', '_') that stand for the low 24 bits of a number. */
void escpos_process_id(uint32_t number, char id[4]);

#endif
