/* Characters of several bytes: GB18030, Big5, Shift_JIS, JIS X 0208, EUC-KR by the system's iconv.
 */
#ifndef BONBON_VIRTUAL_PAIRS_H
#define BONBON_VIRTUAL_PAIRS_H

#include "virtual/machine.h"

enum pairs_answer { PAIRS_MORE, PAIRS_WHOLE, PAIRS_NONE };

/* True when a character may have several bytes in the mode that is in force. */
bool pairs_on(const struct virtual_printer *vp);
/* What these bytes (at least one) are in the mode that is in force: the beginning of a character, a
 * whole one, or none (the first byte stands by itself). */
enum pairs_answer pairs_judge(const struct virtual_printer *vp, const uint8_t *bytes, unsigned n);
/* The code point of a whole character; 0 when its page has none, or iconv does not know the page.
 */
uint32_t pairs_char(struct virtual_printer *vp, const uint8_t *bytes, unsigned n);
/* The language that these characters are written in, as far as the mode that is in force says it.
 */
enum fonts_language pairs_language(const struct virtual_printer *vp);
void pairs_destroy(struct pairs *pairs);

#endif
