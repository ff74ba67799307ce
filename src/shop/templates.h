/* Where templates and pictures come from: the owner's folders first, the built-in gallery behind
 * them. Compiled once and kept. */
#ifndef BONBON_SHOP_TEMPLATES_H
#define BONBON_SHOP_TEMPLATES_H

#include "document/document.h"

enum { TEMPLATES_MAX = 64, TEMPLATE_NAME_BYTES = 64 };

struct templates;

/* dir is the shop's folder, or NULL for the gallery alone. */
bool templates_create(struct templates **t, const char *dir, enum lang lang, struct err *err);
void templates_destroy(struct templates *t);
/* From now on, tells of every mistake in what is compiled (document.h), with the file it is in. */
void templates_tell_mistakes(struct templates *t, void (*tell)(void *ctx, const struct err *what),
                             void *ctx);

/* The compiled template of a name: templates/LANG/NAME.receipt, templates/NAME.receipt, the
 * gallery's in the language, the gallery's in English. It stays until t is destroyed.
 * ERR_TEMPLATE_UNKNOWN; ERR_TEMPLATE with file, line and column. */
bool templates_get(struct templates *t, struct slice name, struct template **template,
                   struct err *err);
/* The same from the gallery alone: what stands in when the owner's is broken. */
bool templates_get_built_in(struct templates *t, struct slice name, struct template **template,
                            struct err *err);
/* Compiles a file that is none of the shop's; it stays until t is destroyed. */
bool templates_get_file(struct templates *t, const char *path, struct template **template,
                        struct err *err);

/* Where err's file is the name of a partial, puts the path it comes from. */
void templates_name_file(const struct templates *t, struct err *err);
/* For struct document_paper: ctx is the struct templates. images/NAME of the shop, then the
 * gallery's. */
bool templates_image(void *ctx, struct slice name, struct slice *png, struct err *err);

#endif
