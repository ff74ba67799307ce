/* Waiting for files to be saved: folders are watched (editors put a new file in the place of the
 * old one), for names that a preview is made of. One thread; blocks in watch_wait() alone. */
#ifndef BONBON_CLI_WATCH_H
#define BONBON_CLI_WATCH_H

#include "base/err.h"

enum { WATCH_OUTPUTS = 2 };

struct watch {
    int events, signals;                /* descriptors */
    const char *outputs[WATCH_OUTPUTS]; /* files that we write ourselves; NULL for none */
};

/* From here on SIGINT and SIGTERM end watch_wait() instead of the program. outputs outlive it. */
bool watch_open(struct watch *watch, const char *output, const char *other, struct err *err);
void watch_close(struct watch *watch);
/* A folder that is not there has nothing to watch. */
void watch_folder(struct watch *watch, const char *path);
/* The folder that a file stands in. */
void watch_folder_of(struct watch *watch, const char *file);
/* Blocks until a template, a sample, a picture or a setting was saved (true), or until somebody
 * ends it (false). What is saved between two calls is not missed. */
bool watch_wait(struct watch *watch);

#endif
