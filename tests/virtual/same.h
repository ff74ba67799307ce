/* Two printers that were fed the same bytes in different cuts must not differ in anything that can
 * be seen. */
#ifndef BONBON_TESTS_VIRTUAL_SAME_H
#define BONBON_TESTS_VIRTUAL_SAME_H

#include "virtual/virtual.h"

/* What differs, or NULL. Takes the replies of both. */
const char *printers_differ(struct virtual_printer *a, struct virtual_printer *b);
/* Feeds bytes in pieces of 1 to `most` bytes that follow from seed, and ends the stream. */
void feed_in_pieces(struct virtual_printer *vp, struct slice bytes, unsigned most, uint32_t seed);

#endif
