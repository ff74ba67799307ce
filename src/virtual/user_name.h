#ifndef BONBON_VIRTUAL_USER_NAME_H
#define BONBON_VIRTUAL_USER_NAME_H

#include "base/buf.h"
#include "virtual/cell.h"

/* The character of the printer's face with the very dots of the cell; 0 when there is none. names
 * is an empty buffer at first, and keeps the index. */
uint32_t user_name(struct buf *names, const struct cell *cell);

#endif
