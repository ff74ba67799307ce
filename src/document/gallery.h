/* The built-in templates, their samples and pictures: gallery/LANG/NAME.receipt,
 * gallery/LANG/NAME.json, gallery/images/NAME.png, baked in at build time. */
#ifndef BONBON_DOCUMENT_GALLERY_H
#define BONBON_DOCUMENT_GALLERY_H

#include "base/err.h"

struct gallery_file {
    const char *path; /* "en/receipt.receipt", "en/receipt.json", "images/logo.png" */
    struct slice bytes;
};

/* All files, sorted by path. */
const struct gallery_file *gallery_all(size_t *n);
/* False when there is no such file. */
bool gallery_find(const char *path, struct slice *bytes);

#endif
