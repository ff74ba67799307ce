#include "firmware-tools/fw.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool fw_number(const struct fw *fw, enum fw_option option, unsigned least, unsigned most,
               unsigned otherwise, unsigned *out, struct err *err)
{
    const char *value = fw->values[option];
    uint64_t number;
    char text[ERR_ARG_BYTES];
    *out = otherwise;
    if (!value)
        return true;
    if (!slice_u64(slice_str(value), most, &number) || number < least) {
        snprintf(text, sizeof text, "%s takes a whole number from %u to %u", fw_option_name(option),
                 least, most);
        return FAIL(err, ERR_USAGE, text);
    }
    *out = (unsigned)number;
    return true;
}

const char *fw_shop_dir(const struct fw *fw)
{
    const char *named = getenv("BONBON_SHOP");
    if (fw->values[FW_SHOP])
        return fw->values[FW_SHOP];
    if (named && *named)
        return named;
    if (access("./shop/shop.yaml", F_OK) == 0)
        return "./shop";
    return access("/var/lib/bonbon/shop.yaml", F_OK) == 0 ? "/var/lib/bonbon" : NULL;
}

void fw_say(const struct fw *fw, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(fw->json ? stderr : stdout, format, args);
    va_end(args);
}

void fw_put(const struct buf *line)
{
    fwrite(line->p, 1, line->n, stdout);
    putchar('\n');
}

/* Errors of wires are worded for the spool. No job is kept here, and none is spoken of. */
static void put_words(const struct fw *fw, const struct err *err, struct buf *text)
{
    static const char *const job[LANG_COUNT] = {"; the job is kept", "; lucrarea este păstrată",
                                                "; задание сохранено"};
    size_t n = strlen(job[fw->lang]);
    err_text(err, fw->lang, text);
    if (text->n > n && memcmp(text->p + text->n - n, job[fw->lang], n) == 0)
        text->n -= n;
}

void fw_warn(const struct fw *fw, const struct err *err)
{
    struct buf text;
    buf_init(&text, FW_LINE_BYTES);
    put_words(fw, err, &text);
    fprintf(stderr, "bonbon-fw: %.*s\n", (int)text.n, (const char *)text.p);
    buf_finish(&text);
}

static void put_error(const struct fw *fw, const struct err *err)
{
    struct buf line, text, where;
    struct json j;
    buf_init(&line, FW_LINE_BYTES);
    buf_init(&text, FW_LINE_BYTES);
    buf_init(&where, FW_LINE_BYTES);
    put_words(fw, err, &text);
    err_where(err, &where);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_open_object(&j, "error");
    json_str(&j, "code", err_name(err->code));
    json_text(&j, "text", buf_slice(&text));
    json_text(&j, "where", buf_slice(&where));
    json_close_object(&j);
    json_close_object(&j);
    fw_put(&line);
    buf_finish(&line);
    buf_finish(&text);
    buf_finish(&where);
}

int fw_fail(const struct fw *fw, const struct err *err)
{
    fflush(stdout);
    fw_warn(fw, err);
    if (fw->json)
        put_error(fw, err);
    return (int)err_exit(err->code);
}

/* y, d (da), д (да); all else is no. */
static bool is_yes(struct slice answer)
{
    answer = slice_trim(answer);
    return answer.n &&
           (answer.p[0] == 'y' || answer.p[0] == 'Y' || answer.p[0] == 'd' || answer.p[0] == 'D' ||
            slice_starts(answer, "д") || slice_starts(answer, "Д"));
}

bool fw_confirm(const struct fw *fw, struct err *err)
{
    char line[64];
    if (fw_has(fw, FW_YES))
        return true;
    if (!isatty(STDIN_FILENO))
        return FAIL(err, ERR_FW_ASK);
    fflush(stdout);
    fputs(fw_word(fw, W_ASK_YES), stderr);
    fflush(stderr);
    if (!fgets(line, sizeof line, stdin))
        line[0] = 0;
    line[strcspn(line, "\n")] = 0;
    return is_yes(slice_str(line)) || FAIL(err, ERR_FW_DECLINED);
}

bool fw_read_file(const char *path, size_t max, struct buf *out, struct err *err)
{
    buf_init(out, max);
    if (buf_read_file(out, path))
        return true;
    int cause = errno;
    buf_finish(out);
    return FAIL(err, cause == EFBIG ? ERR_TOO_BIG : ERR_FILE_OPEN, path, strerror(cause));
}

/* Whole or not at all: what is written may be the only copy of a printer's settings. */
bool fw_write_file(const char *path, struct slice bytes, struct err *err)
{
    char fresh[FW_URI_BYTES];
    if (strcmp(path, "-") == 0) {
        fwrite(bytes.p, 1, bytes.n, stdout);
        return fflush(stdout) == 0 || FAIL(err, ERR_FILE_WRITE, path, strerror(errno));
    }
    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh)
        return FAIL(err, ERR_FILE_WRITE, path, strerror(ENAMETOOLONG));
    FILE *f = fopen(fresh, "wb");
    bool ok =
        f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fflush(f) == 0 && fsync(fileno(f)) == 0;
    int cause = errno;
    if (f && fclose(f) != 0 && ok) {
        ok = false;
        cause = errno;
    }
    if (ok && rename(fresh, path) != 0) {
        ok = false;
        cause = errno;
    }
    if (!ok && f)
        remove(fresh);
    return ok || FAIL(err, ERR_FILE_WRITE, path, strerror(cause));
}

const char *fw_text(struct fw *fw, const char *format, ...)
{
    char text[FW_URI_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct slice kept = arena_copy(&fw->arena, slice_str(text));
    return kept.p ? (const char *)kept.p : "";
}
