#include "document/gallery.h"

#include <stdlib.h>

/* Written by tools/embed.c from the source tree. */
extern const struct gallery_file gallery_files[];
extern const size_t gallery_file_count;

const struct gallery_file *gallery_all(size_t *n)
{
    *n = gallery_file_count;
    return gallery_files;
}

static int by_path(const void *path, const void *file)
{
    return strcmp(path, ((const struct gallery_file *)file)->path);
}

bool gallery_find(const char *path, struct slice *bytes)
{
    const struct gallery_file *found =
        bsearch(path, gallery_files, gallery_file_count, sizeof *gallery_files, by_path);
    if (!found)
        return false;
    *bytes = found->bytes;
    return true;
}
