/* Between the files of this room that read: values.c knows single values, read.c the tables of
 * keys. A read function takes a JSON value that is not null to its place in a struct; false with an
 * error that says the path. */
#ifndef BONBON_SALE_READER_H
#define BONBON_SALE_READER_H

#include "sale/inner.h"

struct json_object;

struct reader {
    struct arena *arena;
    struct err *err;
    const struct currency *currency; /* of all amounts */
};

/* Where a value stands; worded only when something is wrong there. */
struct path {
    const struct path *up;
    const char *key; /* NULL: an entry of a list, by its index */
    size_t index;
};

/* Fails with the path as first argument and as the error's field. Always false. */
bool reader_fail(struct reader *r, const struct path *path, enum err_code code, const char *more);
bool reader_fail_memory(struct reader *r, const struct path *path);

/* What read_birthday fills. */
struct birthday {
    unsigned month, day;
};

/* struct slice, cleaned for paper; a name is not empty either. */
bool read_text(struct reader *r, struct json_object *in, void *at, const struct path *path);
bool read_name(struct reader *r, struct json_object *in, void *at, const struct path *path);
/* int64_t: minor units, a whole number, one that is not negative */
bool read_amount(struct reader *r, struct json_object *in, void *at, const struct path *path);
bool read_whole(struct reader *r, struct json_object *in, void *at, const struct path *path);
bool read_count(struct reader *r, struct json_object *in, void *at, const struct path *path);
/* struct decimal; struct slice that is a number; struct birthday; int32_t; struct sale (its time);
 * enum sale_kind */
bool read_quantity(struct reader *r, struct json_object *in, void *at, const struct path *path);
bool read_rate(struct reader *r, struct json_object *in, void *at, const struct path *path);
bool read_birthday(struct reader *r, struct json_object *in, void *at, const struct path *path);
bool read_day(struct reader *r, struct json_object *in, void *at, const struct path *path);
bool read_time(struct reader *r, struct json_object *in, void *at, const struct path *path);
bool read_kind(struct reader *r, struct json_object *in, void *at, const struct path *path);

/* Before everything else: it says how many decimals an amount has. Sets r->currency. */
bool read_currency(struct reader *r, struct json_object *sale);
/* Any value at all under a key that nobody here knows; in may be NULL (null). */
bool read_member(struct reader *r, const char *key, struct json_object *in, struct slice *keys,
                 struct sale_value *out, const struct path *path);

#endif
