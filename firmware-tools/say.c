#include "firmware-tools/fw.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

bool fw_number(const struct fw *fw, const char *option, unsigned least, unsigned most,
               unsigned otherwise, unsigned *out, struct err *err)
{
    int64_t number;
    if (!door_number(&fw->door, option, least, most, otherwise, &number, err))
        return false;
    *out = (unsigned)number;
    return true;
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
    if (door_has(&fw->door, "--yes"))
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
