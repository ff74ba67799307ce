/* Why a device node could not be opened, in the errors of wires. */
#include "transport/fd.h"
#include "transport/holder.h"

#include <errno.h>
#include <grp.h>
#include <sys/stat.h>

static bool fail_held(const char *name, const char *path, struct err *err)
{
    struct holder who;
    char words[HOLDER_NAME_BYTES + 16];
    holder_find(path, &who);
    holder_words(&who, words, sizeof words);
    return FAIL(err, ERR_PRINTER_HELD, name, words);
}

/* Nodes belong to a group: dialout for serial ports, lp for usblp (Debian). */
static bool fail_rights(const char *name, const char *path, const char *usual_group,
                        struct err *err)
{
    struct stat st;
    struct group group, *found = NULL;
    char text[1024];
    if (stat(path, &st) == 0)
        getgrgid_r(st.st_gid, &group, text, sizeof text, &found);
    return FAIL(err, ERR_PRINTER_GROUP, name, found ? group.gr_name : usual_group);
}

static bool is_gone(int why)
{
    return why == ENOENT || why == ENXIO || why == ENODEV || why == EIO;
}

bool fd_fail_open(const char *name, const char *path, const char *usual_group, int why,
                  struct err *err)
{
    char text[128];
    if (why == EBUSY || why == EWOULDBLOCK)
        return fail_held(name, path, err);
    if (why == EACCES || why == EPERM)
        return fail_rights(name, path, usual_group, err);
    if (is_gone(why))
        return FAIL(err, ERR_PRINTER_UNPLUGGED, name);
    return FAIL(err, ERR_PRINTER_IO, name, strerror_r(why, text, sizeof text));
}
