#include "transport/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROC_PATH_BYTES = 64, LOCK_LINE_BYTES = 160 };

/* By what the descriptor leads to, not by its name: a name differs between name spaces. */
static bool has_open(int pid, const struct stat *node)
{
    char path[PROC_PATH_BYTES];
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *fds = opendir(path);
    bool found = false;
    for (const struct dirent *e; fds && !found && (e = readdir(fds));) {
        struct stat st;
        found = isdigit((unsigned char)e->d_name[0]) &&
                fstatat(dirfd(fds), e->d_name, &st, 0) == 0 && st.st_dev == node->st_dev &&
                st.st_ino == node->st_ino;
    }
    if (fds)
        closedir(fds);
    return found;
}

static void name_of(int pid, char name[HOLDER_NAME_BYTES])
{
    char path[PROC_PATH_BYTES];
    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    FILE *f = fopen(path, "r");
    if (!f || !fgets(name, HOLDER_NAME_BYTES, f))
        snprintf(name, HOLDER_NAME_BYTES, "?");
    name[strcspn(name, "\n")] = 0;
    if (f)
        fclose(f);
}

void holder_find(const char *node, struct holder *who)
{
    struct stat st;
    *who = (struct holder){0};
    DIR *proc = stat(node, &st) == 0 ? opendir("/proc") : NULL;
    for (const struct dirent *e; proc && !who->pid && (e = readdir(proc));) {
        int pid = (int)strtol(e->d_name, NULL, 10);
        if (pid > 0 && pid != getpid() && has_open(pid, &st))
            who->pid = pid;
    }
    if (proc)
        closedir(proc);
    if (who->pid)
        name_of(who->pid, who->name);
}

/* The next word of a line; "" at its end. */
static struct slice take_word(struct slice *line)
{
    *line = slice_trim(*line);
    size_t n = slice_find(*line, ' ');
    struct slice word = slice_sub(*line, 0, n);
    *line = slice_sub(*line, n, line->n);
    return word;
}

/* "1: FLOCK  ADVISORY  WRITE 4711 fd:01:12345 0 EOF"; who only waits has "->" behind the colon.
 * Gives 0 for every other lock. */
static int pid_of_lock(struct slice line, ino_t inode)
{
    uint64_t pid, found;
    take_word(&line);
    if (!slice_is(take_word(&line), "FLOCK"))
        return 0;
    take_word(&line);
    take_word(&line);
    if (!slice_u64(take_word(&line), INT_MAX, &pid))
        return 0;
    struct slice where = take_word(&line);
    for (size_t colon; (colon = slice_find(where, ':')) < where.n;)
        where = slice_sub(where, colon + 1, where.n);
    return slice_u64(where, UINT64_MAX, &found) && found == inode ? (int)pid : 0;
}

void holder_find_lock(int fd, struct holder *who)
{
    struct stat st;
    char line[LOCK_LINE_BYTES];
    *who = (struct holder){0};
    FILE *locks = fstat(fd, &st) == 0 ? fopen("/proc/locks", "r") : NULL;
    while (locks && who->pid <= 0 && fgets(line, sizeof line, locks))
        who->pid = pid_of_lock(slice_str(line), st.st_ino);
    if (locks)
        fclose(locks);
    if (who->pid > 0)
        name_of(who->pid, who->name);
    else
        who->pid = 0;
}

void holder_words(const struct holder *who, char *out, size_t cap)
{
    if (who->pid)
        snprintf(out, cap, "%s (%d)", who->name, who->pid);
    else
        snprintf(out, cap, "?");
}
