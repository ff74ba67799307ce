/* A document on the paper of a virtual printer, and what stands there. Each call forgets the one
 * before. */
#ifndef TESTS_DOCUMENT_PAPER_H
#define TESTS_DOCUMENT_PAPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "document/document.h"
#include "virtual/virtual.h"

struct paper {
    const char *profile; /* NULL: generic-80 */
    uint8_t columns;
    bool allow_commands, open_drawer;
    bool (*image)(void *ctx, struct slice name, struct slice *png, struct err *err);
};

/* The printer's bytes; and what was warned of, a name and its line a time: "symbol:3 ". */
struct slice paper_bytes(const struct paper *paper, struct slice document);
const char *paper_warnings(void);
/* The printer that printed them. */
const struct virtual_printer *paper_printer(const struct paper *paper, struct slice document);
/* virtual_text() is exactly text. */
void paper_expect(const struct paper *paper, const char *document, const char *text);
/* Commands of the stream, as trace_text() names them, without offsets and texts. */
struct slice paper_commands(struct slice bytes);
void paper_finish(void);

#endif
