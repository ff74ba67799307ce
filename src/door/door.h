/* What every program of this project does at its door: reads a command line by a table, shows help
 * from the same table, and says what became of a call, in words to people and in JSON to programs.
 *
 * Invariants:
 *   1. With --json one object (or one a line) goes to standard output and words for people to
 *      standard error; without it, results are words on standard output, and errors and warnings on
 *      standard error.
 *   2. A command of two words ("voucher show") is named by two words of the line, wherever options
 *      stand; what stands behind "--" is no option.
 *   3. A line that is not understood runs nothing: it is an error of EXIT_USAGE that says what is
 *      wrong in the reader's language and where the help is.
 *
 * One thread. The words of the tables are not copied: they live as long as the program. */
#ifndef BONBON_DOOR_DOOR_H
#define BONBON_DOOR_DOOR_H

#include "base/err.h"

enum { DOOR_MAX_ARGS = 32, DOOR_MAX_OPTIONS = 24 };

struct door_option {
    const char *name;  /* "--wait" */
    const char *value; /* "MIN": what follows it; NULL for a switch */
    const char *help;
};

struct door_command {
    const char *name;    /* "print", "voucher show" */
    const char *args;    /* "FILE|-" */
    const char *summary; /* one line */
    const char *help;    /* paragraphs; may be NULL */
    const struct door_option *options;
    size_t n_options; /* at most DOOR_MAX_OPTIONS; --json and --help are always there */
    unsigned min_args, max_args;
    bool needs_shop; /* takes --shop */
    bool keeps_jobs; /* what its printer cannot print now is kept: errors of wires may say so */
};

#define DOOR_OPTIONS(table) .options = (table), .n_options = sizeof(table) / sizeof((table)[0])

struct door_program {
    const char *name;                                /* "bonbon" */
    const char *about;                               /* one sentence */
    const char *ending;                              /* last paragraph of --help */
    const struct door_command *(*command)(size_t i); /* sorted by name; NULL past the last */
};

/* One call of the program. */
struct door {
    const struct door_program *program;
    const struct door_command *command; /* NULL until it is known */
    size_t index;                       /* of that command */
    enum lang lang;                     /* of words for people */
    bool json;
    const char *shop; /* --shop */
    const char *args[DOOR_MAX_ARGS];
    unsigned n_args;
    const char *values[DOOR_MAX_OPTIONS]; /* by option of the command; NULL when not given, "" for a
                                             switch that is */
};

/* Reads the line. True: door->command is to be run. False: the line was help, the version or not
 * understood; all is said and *status is the exit status. Words are in the terminal's language
 * ($LC_ALL, $LC_MESSAGES, $LANG) until door->lang is set otherwise. */
bool door_enter(struct door *door, const struct door_program *program, int argc, char **argv,
                int *status);
/* The exit status of a call that ended with this one: output that cannot be written is our fault,
 * and said. */
int door_leave(const struct door *door, int status);

/* ── what the line says ── */

/* The value of an option of this command, or NULL. */
const char *door_value(const struct door *door, const char *name);
bool door_has(const struct door *door, const char *name);
struct slice door_slice(const struct door *door, const char *name); /* "" when not given */
/* A whole number from least to most, or `otherwise` when not given; ERR_USAGE_NUMBER. */
bool door_number(const struct door *door, const char *name, int64_t least, int64_t most,
                 int64_t otherwise, int64_t *out, struct err *err);
/* The shop's folder: --shop, $BONBON_SHOP, ./shop, /var/lib/bonbon; NULL when none was named and
 * none is there. */
const char *door_shop(const struct door *door);

/* ── saying ── */

/* An error: words on standard error, with --json {"error":…} on standard output; returns its exit
 * status. */
int door_fail(const struct door *door, const struct err *err);
/* The words alone: a warning, or one of many errors. */
void door_warn(const struct door *door, const struct err *err);
/* Words for people: standard error with --json, else standard output. */
void door_say(const struct door *door, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One line of JSON, or of words, to standard output. */
void door_put(const struct buf *line);
/* Bytes to standard output as they are. */
void door_put_bytes(struct slice bytes);

/* ── files; "-" is standard input or output ── */

/* The caller finishes *out after success. ERR_FILE_OPEN, ERR_TOO_BIG. */
bool door_read_file(const char *path, size_t max, struct buf *out, struct err *err);
/* Replaces what is there. ERR_FILE_WRITE. */
bool door_write_file(const char *path, struct slice bytes, struct err *err);
/* The same whole or not at all, and durable: for what may be the only copy. */
bool door_keep_file(const char *path, struct slice bytes, struct err *err);

#endif
