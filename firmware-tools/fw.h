/* bonbon-fw looks after printers: says what one is and how it is, keeps logos in it, saves and
 * restores its settings, prints its charts, imports profiles and lists what is sent to it. A door
 * of its own beside the command line of the shop: it knows printers and nothing of sales.
 *
 * Invariants:
 *   1. Nothing is written to a printer's memory before all that can be checked was checked, the
 *      person said yes (or --yes), and the write was counted: that memory wears out.
 *   2. What was written is read back before it is called done.
 *   3. An answer that is not understood is an error, never a value.
 *   4. On every way out the printer is left out of its setting mode.
 *
 * One thread. */
#ifndef BONBON_FIRMWARE_TOOLS_FW_H
#define BONBON_FIRMWARE_TOOLS_FW_H

#include "base/arena.h"
#include "base/env.h"
#include "base/json.h"
#include "door/door.h"
#include "firmware-tools/words.h"
#include "printer/printer.h"
#include "transport/usb.h"

enum {
    FW_ARENA_BYTES = 64 << 20,
    FW_URI_BYTES = 4200,
    FW_NAME_BYTES = 192,
    FW_TEXT_BYTES = 96,
    FW_LINE_BYTES = 4 << 20,
};

struct fw;

struct fw_command {
    struct door_command door;
    bool (*run)(struct fw *fw, struct err *err);
};

/* clang-format off */
/* Rows that many commands have. */
#define FW_PRINTER_OPTIONS                                                                         \
    {"--printer", "NAME|URI", "a printer of the shop, or usb:, tcp://HOST:9100, lp:/dev/usb/lp0, …"}, \
    {"--profile", "NAME", "what the printer is (else as the shop says, else generic-80)"},         \
    {"--wait", "MS", "how long an answer is waited for (2000)"}
#define FW_OLD_OPTION                                                                              \
    {"--old", NULL, "the old NV bit images by number (FS q), for a printer that has only those"}
#define FW_YES_OPTION {"--yes", NULL, "write without asking"}
/* clang-format on */
extern const struct door_option fw_printer_options[3];

/* One call of the program. */
struct fw {
    struct door door;
    struct env env;
    struct arena arena;
    int exit;         /* status of a call that did not fail */
    unsigned wait_ms; /* for an answer */
    /* of fw_open() */
    char name[FW_NAME_BYTES]; /* as errors call the printer */
    char uri[FW_URI_BYTES];
    const struct profile *profile;
    bool profile_said; /* by --profile or the shop; else it is generic-80 for want of better */
    struct printer *printer;
    struct usb_printers *usb; /* what is plugged in, once fw_list_usb() looked */
    const char *shop;    /* that the printer belongs to, or may print for; NULL: none is there */
    const char *in_shop; /* its name there: what its lock is called */
    int lock;            /* on that printer, so that no job goes between; -1 none */
    int call;            /* to the service that stays away from it; -1 none */
    bool two_way;
    bool answers_status; /* seen to answer DLE EOT */
};

int fw_main(int argc, char **argv);
/* In the order of --help. */
extern const struct fw_command cmd_clear, cmd_codepages, cmd_counters, cmd_identify,
    cmd_logo_delete, cmd_logo_list, cmd_logo_print, cmd_logo_upload, cmd_profile_import,
    cmd_selftest, cmd_settings_diff, cmd_settings_restore, cmd_settings_save, cmd_settings_show,
    cmd_status, cmd_trace;

/* ── say.c ── */

/* A whole number from least to most, or `otherwise` when not given; ERR_USAGE_NUMBER. */
bool fw_number(const struct fw *fw, const char *option, unsigned least, unsigned most,
               unsigned otherwise, unsigned *out, struct err *err);
/* Asks the person at the terminal; --yes answers. ERR_FW_ASK where nobody can be asked,
 * ERR_FW_DECLINED. */
bool fw_confirm(const struct fw *fw, struct err *err);
/* printf into the arena; "" when it is full. */
const char *fw_text(struct fw *fw, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ── open.c, restart.c ── */

/* Finds the printer that --printer names and opens it. ERR_USAGE_PRINTER, ERR_FW_SHOP,
 * ERR_PRINTER_NAME, ERR_PROFILE, ERR_FW_VIRTUAL, and what a wire says. */
bool fw_open(struct fw *fw, struct err *err);
/* The parts: only looks for it; only opens what was found. */
bool fw_find(struct fw *fw, struct err *err);
bool fw_connect(struct fw *fw, struct err *err);
/* Fills fw->usb, once. Devices that nobody holds are asked for their id. ERR_PRINTER_IO. */
bool fw_list_usb(struct fw *fw, struct err *err);
void fw_close(struct fw *fw);
/* Gives the printer back to those who print. */
void fw_let_go(struct fw *fw);
/* ERR_FW_ONE_WAY where no answer can come. */
bool fw_needs_answers(const struct fw *fw, struct err *err);
/* All of it. ERR_PRINTER_IO. */
bool fw_send(struct fw *fw, struct slice bytes, struct err *err);
/* Waits until all of it is on paper as far as the printer can tell. */
bool fw_finish(struct fw *fw, struct err *err);
/* A printer that starts anew is deaf for a while, and a wire may break with it: opens it again
 * until it answers. True at once where no answer can come. ERR_FW_RESTART. */
bool fw_await_restart(struct fw *fw, struct err *err);

/* ── answers.c ── */

/* A question by its bytes; answers are waited for as long as --wait says, times `patience`. */
bool fw_ask(struct fw *fw, struct slice request, enum reply_kind kind, uint8_t id,
            unsigned patience, struct printer_answer *answer, struct err *err);
enum { FW_PATIENT = 15 }; /* NV memory is written slowly */

/* What a printer says of itself; "" and -1 where it says nothing. Texts are printable ASCII. */
struct fw_identity {
    char maker[FW_TEXT_BYTES], model[FW_TEXT_BYTES], firmware[FW_TEXT_BYTES], serial[FW_TEXT_BYTES],
        fonts[FW_TEXT_BYTES];
    int model_id, type, version;
};
/* maker, model, firmware and serial number. ERR_FW_SILENT, ERR_FW_DEVICE when it names no model and
 * must. */
bool fw_identify(struct fw *fw, bool must, struct fw_identity *identity, struct err *err);
/* The rest: fonts, and the single bytes, each of which is waited for where it does not come. */
bool fw_identify_more(struct fw *fw, struct fw_identity *identity, struct err *err);

/* The four answers to DLE EOT. */
struct fw_status {
    uint8_t byte[4];
    bool came[4];
    bool any;
    unsigned state; /* printer_state bits */
    unsigned noise;
};
bool fw_read_status(struct fw *fw, struct fw_status *status, struct err *err);
/* Before anything that is done in turn: ERR_FW_NOT_READY, ERR_FW_DEVICE. A silent printer passes.
 */
bool fw_ready(struct fw *fw, struct err *err);
/* A number as a printer says it: digits alone. ERR_FW_ANSWER. */
bool fw_digits(const struct fw *fw, const struct printer_answer *answer, uint64_t *number,
               struct err *err);
/* What came as words for an error: "35 30 41". */
void fw_hex(const struct printer_answer *answer, char *out, size_t cap);

/* ── wear.c ── */

/* Refuses when `writes` more would pass the limit of the day (ERR_FW_WEAR), warns and asks
 * (fw_confirm). */
bool fw_allow_writes(struct fw *fw, const struct fw_identity *identity, unsigned writes,
                     struct err *err);
/* Counts them, durably, just before they are sent. */
bool fw_count_writes(struct fw *fw, const struct fw_identity *identity, unsigned writes,
                     struct err *err);

/* ── state.c ── */

/* The folder where what must be remembered is kept: $BONBON_STATE, $XDG_STATE_HOME/bonbon,
 * $HOME/.local/state/bonbon, /var/lib/bonbon; made where it is missing. */
bool fw_state_dir(char *out, size_t cap, struct err *err);
/* "EPSON-TM-T88V-J2AB012345": a file's name for a device, by its serial number, else its address.
 */
void fw_device_name(const struct fw *fw, const struct fw_identity *identity, char *out, size_t cap);

/* ── words.c ── */

const char *fw_word(const struct fw *fw, enum fw_word word);

#endif
