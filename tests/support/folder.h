/* A folder of a test's own, gone with everything in it when the test is over. */
#ifndef BONBON_TESTS_SUPPORT_FOLDER_H
#define BONBON_TESTS_SUPPORT_FOLDER_H

enum { FOLDER_PATH_BYTES = 256 };

struct folder {
    char path[FOLDER_PATH_BYTES / 2];
};

/* Aborts when it cannot be made: a test without its folder proves nothing. */
void folder_make(struct folder *folder);
void folder_remove(struct folder *folder);
/* path of a file in it, in out. */
const char *folder_file(const struct folder *folder, const char *name, char out[FOLDER_PATH_BYTES]);

#endif
