/* Data for templates, from JSON: objects, lists, texts, numbers (as they are written), true, false,
 * null. */
#ifndef TESTS_DOCUMENT_DATA_H
#define TESTS_DOCUMENT_DATA_H

#include "base/arena.h"
#include "document/view.h"

/* The object that json says; NULL when it is none. */
const struct view_object *data_of_json(struct arena *arena, const char *json);

#endif
