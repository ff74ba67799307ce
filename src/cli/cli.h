/* The command line of the shop: a table of commands, each complete in its own file (what it takes,
 * what it says, what it runs). No logic of its own: a command reads its options, calls one use case
 * of shop, and words the answer. How a line is read and an error said is door's. */
#ifndef BONBON_CLI_CLI_H
#define BONBON_CLI_CLI_H

#include "base/env.h"
#include "base/json.h"
#include "cli/front.h"
#include "door/door.h"
#include "shop/shop.h"

enum { CLI_ARENA_BYTES = 256 << 20 };

struct cli;

struct cli_command {
    struct door_command door;
    int (*run)(struct cli *cli);
    bool prints; /* jobs: it may stay with the printer (cli/front.h) */
};

/* One call of the program. */
struct cli {
    struct door door;
    struct env env;
    struct arena arena;
    struct shop_warn warn;
    struct shop *shop; /* when cli_open_shop() was called; closed by cli_main */
    struct front front;
};

/* All of bonbon's command line. Returns the exit status. */
int cli_main(int argc, char **argv);

/* ── for commands ── */

/* --timeout in milliseconds, 10 s when not given; 0 where it is over (struct front). */
bool cli_timeout(const struct cli *cli, int *timeout_ms, struct err *err);
/* --till, --by, --reason, --request. */
struct shop_who cli_who(const struct cli *cli);

/* door_shop(), or ./shop where there is none. */
const char *cli_find_shop(const struct cli *cli);
/* Opens it as cli->shop; from then on words are in its language. */
bool cli_open_shop(struct cli *cli, struct err *err);

/* What became of a job, in words; returns the exit status that it means. */
int cli_say_job(const struct cli *cli, const struct job_answer *job);
/* A state of a job in the language of people: "printed", "tipărit", "напечатан". */
const char *cli_job_state(const struct cli *cli, const char *state);
/* "2026-11-21-0042: printed (job 7)", without a line end. state is said instead of the job's where
 * it is not NULL. */
void cli_say_outcome(const struct cli *cli, struct slice what, const char *state,
                     const struct job_answer *job);
/* The state of a voucher: "redeemed", "folosit", "погашен". */
const char *cli_voucher_state(const struct cli *cli, enum voucher_state state);
/* Bytes of a printer to --bytes and --png where they are asked for. */
bool cli_write_paper(const struct cli *cli, struct slice bytes, const struct profile *profile,
                     struct err *err);
/* A printer profile by its name: a file of the shop that is found, else one built in. ERR_PROFILE.
 */
bool cli_profile(struct cli *cli, const char *name, const struct profile **profile,
                 struct err *err);
/* {"profile","bytes","text"}: what was shown of a printer's bytes; text may be NULL. ERR_TOO_BIG.
 */
bool cli_put_paper(const struct profile *profile, struct slice bytes, const struct buf *text,
                   struct err *err);
/* Reads the one sale of a file. */
bool cli_read_sale(struct cli *cli, const char *path, struct sale *sale, struct err *err);
/* --wait and --incident. */
bool cli_service(const struct cli *cli, struct shop_service *service, struct err *err);
enum { CLI_MOMENT_BYTES = sizeof "2026-11-21 14:03:00" };
/* "2026-11-21T14:03:00+02:00", which is the shop's own time, as people read it; returns text. */
const char *cli_moment(struct slice at, char text[CLI_MOMENT_BYTES]);
/* The voucher in words: a line for people, with its code, offer, worth and last day. */
void cli_say_voucher(const struct cli *cli, const struct voucher_answer *voucher);
/* A line of `rules check` or `template check`: a problem, or only a warning, with its place. */
void cli_say_finding(const struct cli *cli, bool is_warning, const struct err *what);

extern const struct cli_command cmd_decode, cmd_give, cmd_init, cmd_jobs, cmd_jobs_cancel,
    cmd_jobs_done, cmd_jobs_retry, cmd_ledger_verify, cmd_preview, cmd_print, cmd_printers,
    cmd_printers_add, cmd_printers_test, cmd_profiles, cmd_redeem, cmd_reprint, cmd_rules_check,
    cmd_rules_explain, cmd_spool, cmd_template_check, cmd_virtual, cmd_voucher_list,
    cmd_voucher_show, cmd_voucher_void;

#endif
