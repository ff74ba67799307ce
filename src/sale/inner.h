/* Between the files of this room. */
#ifndef BONBON_SALE_INNER_H
#define BONBON_SALE_INNER_H

#include "sale/sale.h"

/* The rules that hold between fields: the sum, and where an amount may be negative. */
bool sale_check(const struct sale *sale, struct err *err);
/* Fills content_hash; false when the arena is full. */
bool sale_hash(struct arena *arena, struct sale *sale);

#endif
