/* Who waits for a receipt, and who stays with the printer.
 *
 * A printer that stops in the middle of a job keeps what it has, but only as long as the session
 * with it lives: who ends that cannot know any more what became of the rest. So a command that
 * prints is run by a child, and the process that was called waits for its answer alone. When time
 * is up, the child answers (exit 4, the job is kept), lets the other go and stays with the printer
 * until the job has its truth, as the spool service would; it holds the printer's lock meanwhile,
 * so that who comes next only queues.
 *
 * The child dies with the one that waits, until it was let go; and that one ends as the child did,
 * by the same signal too. Blocks; one thread. */
#ifndef BONBON_CLI_FRONT_H
#define BONBON_CLI_FRONT_H

#include "base/buf.h"

struct cli;

/* What the process that prints has to do with the one that waits. All zero: there is none. */
struct front {
    int fd;          /* to the one that waits; 0: there is none */
    bool again;      /* an earlier process of this call stays with the printer: this one goes on */
    bool late;       /* and has no time left for what it begins with */
    struct buf rest; /* where to go on, in the command's own words */
};

/* Runs a command in a child, and further ones where it is to go on; returns the exit status of the
 * last. */
int front_run(struct cli *cli, int (*run)(struct cli *cli));

/* Somebody waits for this process, who can be let go. */
bool front_may_stay(const struct cli *cli);
/* In the child, when all is said: the call ends with this status, and this process stays. False:
 * nobody can be let go, because nobody waits. */
bool front_leave(struct cli *cli, int status);
/* In the child, when something is left to do: another process runs the command once more, with rest
 * as cli->front.rest, and `late`. */
bool front_go_on(struct cli *cli, struct slice rest, bool late);

#endif
