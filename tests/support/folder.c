#include "support/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

void folder_make(struct folder *folder)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(folder->path, sizeof folder->path, "%s/bonbon-test-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(folder->path)) {
        perror(folder->path);
        abort();
    }
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

void folder_remove(struct folder *folder)
{
    nftw(folder->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *folder_file(const struct folder *folder, const char *name, char out[FOLDER_PATH_BYTES])
{
    snprintf(out, FOLDER_PATH_BYTES, "%s/%.100s", folder->path, name);
    return out;
}
