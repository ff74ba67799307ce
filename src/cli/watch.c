#include "cli/watch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EVENT_BYTES = 4096 };

static const char *const endings[] = {".receipt", ".json", ".png", ".yaml"};

bool watch_open(struct watch *watch, const char *output, const char *other, struct err *err)
{
    sigset_t set;
    *watch = (struct watch){.signals = -1, .outputs = {output, other}};
    watch->events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (watch->events >= 0 && sigprocmask(SIG_BLOCK, &set, NULL) == 0)
        watch->signals = signalfd(-1, &set, SFD_CLOEXEC);
    if (watch->signals >= 0)
        return true;
    FAIL(err, ERR_FILE_OPEN, "--watch", strerror(errno));
    watch_close(watch);
    return false;
}

void watch_close(struct watch *watch)
{
    if (watch->events >= 0)
        close(watch->events);
    if (watch->signals >= 0)
        close(watch->signals);
}

void watch_folder(struct watch *watch, const char *path)
{
    (void)inotify_add_watch(watch->events, path,
                            IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE);
}

void watch_folder_of(struct watch *watch, const char *file)
{
    char path[PATH_MAX];
    const char *slash = strrchr(file, '/');
    snprintf(path, sizeof path, "%.*s", slash ? (int)(slash - file) + 1 : 1, slash ? file : ".");
    watch_folder(watch, path);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool matters(const struct watch *watch, const char *name)
{
    for (unsigned i = 0; i < WATCH_OUTPUTS; i++) {
        if (watch->outputs[i] && strcmp(name, last_part(watch->outputs[i])) == 0)
            return false;
    }
    const size_t n = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t ending = strlen(endings[i]);
        if (n > ending && strcmp(name + n - ending, endings[i]) == 0)
            return true;
    }
    return false;
}

/* All that has happened so far; true when something of it matters. */
static bool take_events(const struct watch *watch)
{
    _Alignas(struct inotify_event) char bytes[EVENT_BYTES];
    bool changed = false;
    ssize_t n;
    while ((n = read(watch->events, bytes, sizeof bytes)) > 0) {
        for (char *p = bytes; p < bytes + n;) {
            const struct inotify_event *event = (const struct inotify_event *)(void *)p;
            changed |= event->len && matters(watch, event->name);
            p += sizeof *event + event->len;
        }
    }
    return changed;
}

bool watch_wait(struct watch *watch)
{
    struct pollfd fds[] = {{watch->events, POLLIN, 0}, {watch->signals, POLLIN, 0}};
    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return false;
        if (fds[1].revents)
            return false;
        if (fds[0].revents && take_events(watch))
            return true;
    }
}
