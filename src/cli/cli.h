/* The command line: a table of commands, each complete in its own file (what it takes, what it
 * says, what it runs). No logic of its own: a command reads its options, calls one use case of
 * shop, and words the answer.
 *
 * With --json one object (or one a line) goes to standard output and words for people to standard
 * error; without it, results are words on standard output, and errors and warnings on standard
 * error. */
#ifndef BONBON_CLI_CLI_H
#define BONBON_CLI_CLI_H

#include "base/env.h"
#include "base/json.h"
#include "shop/shop.h"

enum { CLI_MAX_ARGS = 16, CLI_MAX_OPTIONS = 24, CLI_ARENA_BYTES = 256 << 20 };

struct cli_option {
    const char *name;  /* "--wait" */
    const char *value; /* "MIN": what follows it; NULL for a switch */
    const char *help;
};

struct cli;

struct cli_command {
    const char *name;    /* "print", "voucher show" */
    const char *args;    /* "FILE|-" */
    const char *summary; /* one line */
    const char *help;    /* paragraphs; may be NULL */
    const struct cli_option *options;
    size_t n_options;
    unsigned min_args, max_args;
    bool needs_shop; /* takes --shop */
    int (*run)(struct cli *cli);
};

/* One call of the program. */
struct cli {
    const struct cli_command *command;
    struct env env;
    struct arena arena;
    enum lang lang; /* of words for people */
    bool json;
    const char *shop_dir; /* --shop */
    const char *args[CLI_MAX_ARGS];
    unsigned n_args;
    const char *values[CLI_MAX_OPTIONS]; /* by option of the command; NULL when not given, "" for a
                                            switch that is */
    struct shop_warn warn;
    struct shop *shop; /* when cli_open_shop() was called; closed by cli_main */
};

/* All of bonbon's command line. Returns the exit status. */
int cli_main(int argc, char **argv);

/* ── for commands ── */

/* The value of an option of this command, or NULL. */
const char *cli_value(const struct cli *cli, const char *name);
bool cli_has(const struct cli *cli, const char *name);
struct slice cli_slice(const struct cli *cli, const char *name); /* "" when not given */
/* A whole number from 0 to max, or `otherwise` when not given; ERR_USAGE. */
bool cli_number(const struct cli *cli, const char *name, int64_t max, int64_t otherwise,
                int64_t *out, struct err *err);
/* --timeout in milliseconds, 10 s when not given. */
bool cli_timeout(const struct cli *cli, int *timeout_ms, struct err *err);
/* --till, --by, --reason, --request. */
struct shop_who cli_who(const struct cli *cli);

/* The folder: --shop, $BONBON_SHOP, ./shop, /var/lib/bonbon. */
const char *cli_find_shop(const struct cli *cli);
/* The same for commands that can do without: NULL when none was named and none is there. */
const char *cli_find_shop_if_any(const struct cli *cli);
/* Opens it as cli->shop; from then on words are in its language. */
bool cli_open_shop(struct cli *cli, struct err *err);

/* Says an error (words on standard error; with --json {"error":…} on standard output) and returns
 * its exit status. */
int cli_fail(struct cli *cli, const struct err *err);
/* The same for many lines: no JSON ends the call. */
void cli_warn(const struct cli *cli, const struct err *err);
/* Writes one line of JSON, or words, to standard output. */
void cli_put(const struct buf *line);
/* Writes bytes to standard output as they are. */
void cli_put_bytes(struct slice bytes);
/* Words for people: standard error with --json, else standard output. */
void cli_say(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What became of a job, in words; returns the exit status that it means. */
int cli_say_job(const struct cli *cli, const struct job_answer *job);
/* A state of a job in the language of people: "printed", "tipărit", "напечатан". */
const char *cli_job_state(const struct cli *cli, const char *state);
/* The state of a voucher: "redeemed", "folosit", "погашен". */
const char *cli_voucher_state(const struct cli *cli, enum voucher_state state);
/* A file, or standard input for "-". ERR_FILE_OPEN. */
bool cli_read(const char *path, size_t max, struct buf *out, struct err *err);
bool cli_write(const char *path, struct slice bytes, struct err *err);
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
/* The voucher in words: a line for people, with its code, offer, worth and last day. */
void cli_say_voucher(const struct cli *cli, const struct voucher_answer *voucher);

#define CLI_OPTIONS(table) (table), sizeof(table) / sizeof((table)[0])

extern const struct cli_command cmd_decode, cmd_give, cmd_init, cmd_jobs, cmd_jobs_cancel,
    cmd_jobs_done, cmd_jobs_retry, cmd_ledger_verify, cmd_preview, cmd_print, cmd_printers,
    cmd_printers_add, cmd_printers_test, cmd_profiles, cmd_redeem, cmd_reprint, cmd_rules_check,
    cmd_rules_explain, cmd_spool, cmd_virtual, cmd_voucher_list, cmd_voucher_show, cmd_voucher_void;

#endif
