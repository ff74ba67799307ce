#include "transport/holder.h"

#include <ctype.h>
#include <dirent.h>
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

/* "1: FLOCK  ADVISORY  WRITE 4711 fd:01:12345 0 EOF"; who only waits has "->" behind the colon. */
static int pid_of_lock(const char *line, ino_t inode)
{
    int pid = 0;
    unsigned long long found = 0;
    bool ok = sscanf(line, "%*u: FLOCK ADVISORY %*s %d %*x:%*x:%llu", &pid, &found) == 2;
    return ok && found == inode ? pid : 0;
}

void holder_find_lock(int fd, struct holder *who)
{
    struct stat st;
    char line[LOCK_LINE_BYTES];
    *who = (struct holder){0};
    FILE *locks = fstat(fd, &st) == 0 ? fopen("/proc/locks", "r") : NULL;
    while (locks && who->pid <= 0 && fgets(line, sizeof line, locks))
        who->pid = pid_of_lock(line, st.st_ino);
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
