#include "door/door.h"

#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_BYTES = 1 << 20 };

const char *door_value(const struct door *door, const char *name)
{
    for (size_t i = 0; i < door->command->n_options; i++)
        if (strcmp(door->command->options[i].name, name) == 0)
            return door->values[i];
    return NULL;
}

bool door_has(const struct door *door, const char *name)
{
    return door_value(door, name);
}

struct slice door_slice(const struct door *door, const char *name)
{
    const char *value = door_value(door, name);
    return slice_str(value ? value : "");
}

bool door_number(const struct door *door, const char *name, int64_t least, int64_t most,
                 int64_t otherwise, int64_t *out, struct err *err)
{
    const char *value = door_value(door, name);
    uint64_t number;
    char from[24], to[24];
    *out = otherwise;
    if (!value)
        return true;
    if (!slice_u64(slice_str(value), (uint64_t)most, &number) || (int64_t)number < least) {
        snprintf(from, sizeof from, "%" PRId64, least);
        snprintf(to, sizeof to, "%" PRId64, most);
        return FAIL(err, ERR_USAGE_NUMBER, name, from, to);
    }
    *out = (int64_t)number;
    return true;
}

const char *door_shop(const struct door *door)
{
    const char *named = getenv("BONBON_SHOP");
    if (door->shop)
        return door->shop;
    if (named && *named)
        return named;
    if (access("./shop/shop.yaml", F_OK) == 0)
        return "./shop";
    return access("/var/lib/bonbon/shop.yaml", F_OK) == 0 ? "/var/lib/bonbon" : NULL;
}

void door_put_bytes(struct slice bytes)
{
    if (bytes.n) /* nothing has no address */
        fwrite(bytes.p, 1, bytes.n, stdout);
}

void door_put(const struct buf *line)
{
    door_put_bytes(buf_slice(line));
    putchar('\n');
}

void door_say(const struct door *door, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(door->json ? stderr : stdout, format, args);
    va_end(args);
}

/* Errors of wires end with a word of the job. Where no job is kept none is spoken of. */
static void put_words(const struct door *door, const struct err *err, struct buf *text)
{
    if (door->command && door->command->keeps_jobs)
        err_text(err, door->lang, text);
    else
        err_text_alone(err, door->lang, text);
}

void door_warn(const struct door *door, const struct err *err)
{
    struct buf text;
    buf_init(&text, TEXT_BYTES);
    put_words(door, err, &text);
    fprintf(stderr, "%s: %.*s\n", door->program->name, (int)text.n, (const char *)text.p);
    buf_finish(&text);
}

static void put_error(const struct door *door, const struct err *err)
{
    struct buf line, text, where;
    struct json j;
    buf_init(&line, TEXT_BYTES);
    buf_init(&text, TEXT_BYTES);
    buf_init(&where, TEXT_BYTES);
    put_words(door, err, &text);
    err_where(err, &where);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_open_object(&j, "error");
    json_str(&j, "code", err_name(err->code));
    json_text(&j, "text", buf_slice(&text));
    json_text(&j, "where", buf_slice(&where));
    json_close_object(&j);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
    buf_finish(&text);
    buf_finish(&where);
}

int door_fail(const struct door *door, const struct err *err)
{
    fflush(stdout);
    door_warn(door, err);
    if (door->json)
        put_error(door, err);
    return (int)err_exit(err->code);
}

int door_leave(const struct door *door, int status)
{
    struct err err = {0};
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    FAIL(&err, ERR_FILE_WRITE, "-", strerror(errno));
    door_warn(door, &err);
    return EXIT_OUR_FAULT;
}
