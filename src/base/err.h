/* What went wrong, as a code with its arguments: worded at the door in the reader's language.
 *
 * A function that can fail is `bool f(…, struct err *err)`; true is success and leaves err alone.
 * The first error counts: setting an error over another keeps the new one, so callers unwind at
 * once. errors.def maps each code to its name, exit status, HTTP status and words in every
 * language. */
#ifndef BONBON_BASE_ERR_H
#define BONBON_BASE_ERR_H

#include "base/buf.h"

/* Exit status of every program of this project (and the kind of an error). */
enum exit_status {
    EXIT_DONE = 0,      /* printed, or sent */
    EXIT_REFUSED = 1,   /* expired, spent, limit, conflict */
    EXIT_USAGE = 2,     /* the command line is wrong */
    EXIT_BAD_INPUT = 3, /* a file is wrong */
    EXIT_NOT_READY = 4, /* printer not ready, job kept */
    EXIT_OUR_FAULT = 5, /* disk, database, a bug */
    EXIT_UNKNOWN = 6,   /* look at the paper */
};

enum err_code {
#define ERROR(code, name, exit, http, en, ro, ru) ERR_##code,
#include "base/errors.def"
#undef ERROR
    ERR_COUNT
};

enum { ERR_ARGS = 4, ERR_ARG_BYTES = 192, ERR_FILE_BYTES = 256, ERR_FIELD_BYTES = 128 };

struct err {
    enum err_code code;
    unsigned line, column;       /* 1-based; 0 where there is none */
    char file[ERR_FILE_BYTES];   /* "" where there is none */
    char field[ERR_FIELD_BYTES]; /* path in a document: items[3].name */
    char arg[ERR_ARGS][ERR_ARG_BYTES];
};

enum lang { LANG_EN, LANG_RO, LANG_RU, LANG_COUNT };

/* Sets code and up to ERR_ARGS arguments (C strings; longer ones are cut on a UTF-8 boundary,
 * control characters become spaces). Always false, so that `return FAIL(err, ERR_X, a, b);` reads
 * well. The place (file, line, column, field) is cleared: say it afterwards. */
bool err_fail(struct err *err, enum err_code code, const char *const *args, size_t n);
#define FAIL(...) FAIL_WITH(__VA_ARGS__, NULL)
#define FAIL_WITH(err, code, ...)                                                                  \
    err_fail((err), (code), (const char *const[]){__VA_ARGS__},                                    \
             sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *) - 1)
/* Says where; NULL or 0 leaves what is already said. Always false. */
bool err_at(struct err *err, const char *file, unsigned line, unsigned column);
bool err_in_field(struct err *err, const char *field);
/* The same with a slice as the only argument, where the bytes are not a C string. */
bool err_fail_slice(struct err *err, enum err_code code, struct slice arg);

/* Stable name for programs: "sale_sum". */
const char *err_name(enum err_code code);
enum exit_status err_exit(enum err_code code);
int err_http(enum err_code code); /* for the HTTP door, which comes later: docs/design.md, 4 */
/* The sentence in a language, arguments filled in; where it stands comes first ("rules.yaml:4:7:
 * …"). */
void err_text(const struct err *err, enum lang lang, struct buf *out);
/* The same without its end "; the job is kept": where there is no job, or it is spoken of already.
 */
void err_text_alone(const struct err *err, enum lang lang, struct buf *out);
/* Words that came from a wire or the system ("Connection refused") in a language; as they are where
 * phrases.def does not have them. err_text() says its arguments so. */
const char *err_phrase(const char *said, enum lang lang);
/* "file:line:column", or the field, or "". */
void err_where(const struct err *err, struct buf *out);

/* "en", "ro" or "ru"; false for any other. */
bool lang_parse(struct slice name, enum lang *out);
const char *lang_name(enum lang lang);

#endif
