#include "scanner.h"
#include "zbar_opinion.h"

bool zbar_is_there(void)
{
    return scanner_is_there("zbarimg", "zbar-tools");
}

/* Each kind switched on by an option of its own. */
static void append_kinds(struct buf *command, const char *kinds)
{
    while (*kinds) {
        size_t n = strcspn(kinds, " ");
        buf_str(command, " -S");
        buf_append(command, kinds, n);
        buf_str(command, ".enable");
        kinds += n + (kinds[n] == ' ');
    }
}

void zbar_read_file(const char *path, const char *kinds, struct buf *out)
{
    struct buf command;
    buf_init(&command, 0);
    buf_str(&command, "zbarimg -q --raw -Sdisable");
    append_kinds(&command, kinds);
    scanner_read(buf_cstr(&command), path, out);
    buf_finish(&command);
    if (out->n && out->p[out->n - 1] == '\n')
        out->n--;
}

void zbar_read(const struct bitmap *symbol, unsigned scale, const char *kinds, struct buf *out)
{
    char path[SCANNER_PATH_BYTES];
    scanner_picture(symbol, scale, scale, path);
    zbar_read_file(path, kinds, out);
}
