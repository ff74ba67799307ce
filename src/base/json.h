/* Writing JSON: a builder that knows where commas go. Text is escaped; invalid UTF-8 becomes
 * U+FFFD. */
#ifndef BONBON_BASE_JSON_H
#define BONBON_BASE_JSON_H

#include "base/buf.h"

struct json {
    struct buf *out;
    unsigned depth;
    bool comma[32]; /* by depth */
};

void json_init(struct json *j, struct buf *out);
/* key is NULL inside a list and for the outermost value. */
void json_open_object(struct json *j, const char *key);
void json_open_list(struct json *j, const char *key);
void json_close_object(struct json *j);
void json_close_list(struct json *j);
void json_text(struct json *j, const char *key, struct slice value);
void json_str(struct json *j, const char *key, const char *value); /* NULL writes null */
void json_int(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
/* value is JSON already. */
void json_raw(struct json *j, const char *key, struct slice value);

#endif
