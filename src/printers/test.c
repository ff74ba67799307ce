/* The test page, sent and proved. */
#include "printer/printer.h"
#include "protocol/profile_folder.h"
#include "printers/inside.h"
#include "setup/wires.h"

#include <stdio.h>

enum { ASK_MS = 500, SEND_MS = 10000 };

/* The page being printed. */
struct testing {
    const struct printer_test *test;
    struct arena *arena;
    struct printer_tested *tested;
};

static bool full(struct err *err)
{
    return FAIL(err, ERR_TOO_BIG, "printers.d", "1 MiB");
}

static bool fail_name(const struct testing *t, struct err *err)
{
    const struct slice *names;
    size_t n;
    char all[ERR_ARG_BYTES] = "";
    if (!printer_entry_names(t->arena, t->test->dir, &names, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%.*s", i ? ", " : "", (int)names[i].n,
                 (const char *)names[i].p);
    }
    return FAIL(err, ERR_PRINTER_NAME, t->test->printer, all);
}

static bool has_name(const struct testing *t, struct slice name, bool *found, struct err *err)
{
    const struct slice *names;
    size_t n;
    *found = false;
    if (!printer_entry_names(t->arena, t->test->dir, &names, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        *found |= slice_equal(names[i], name);
    return true;
}

static bool find_by_name(struct testing *t, struct err *err)
{
    struct printer_entry entry;
    bool found;
    const char *dir = t->test->dir;
    if (!dir)
        return FAIL(err, ERR_SHOP_MISSING, "./shop");
    if (!has_name(t, slice_str(t->test->printer), &found, err))
        return false;
    if (!found)
        return fail_name(t, err);
    if (!printer_entry_read(t->arena, dir, slice_str(t->test->printer), wires_check, &entry, err))
        return false;
    t->tested->name = entry.name;
    t->tested->uri = entry.uri;
    t->tested->profile = entry.profile;
    return true;
}

/* The profile of the shop's printer at this address, and its name, so that its lock is the one
 * that is taken; else what USB says, else a plain printer. */
static bool find_by_uri(struct testing *t, struct err *err)
{
    const struct slice *names = NULL;
    struct printer_guess guess;
    size_t n = 0;
    const char *uri = t->test->printer, *dir = t->test->dir;
    struct usb_printers *usb = ARENA_NEW(t->arena, struct usb_printers);
    struct err no_usb = {0};
    if (!usb)
        return full(err);
    if (!wires_check(uri, err) || (dir && !printer_entry_names(t->arena, dir, &names, &n, err)))
        return false;
    if (strncmp(uri, "usb:", 4) != 0 || !usb_list(usb, &no_usb))
        usb->n = 0;
    const struct usb_printer *device = usb_printer_at(usb, uri);
    printer_guess_usb(device, (struct slice){0}, &guess);
    t->tested->name = t->tested->uri = slice_str(uri);
    t->tested->profile = guess.profile;
    for (size_t i = 0; i < n; i++) {
        struct printer_entry e;
        struct err ignored = {0};
        if (!printer_entry_read(t->arena, dir, names[i], wires_check, &e, &ignored) ||
            !(slice_is(e.uri, uri) ||
              (device && usb_printer_at(usb, (const char *)e.uri.p) == device)))
            continue;
        t->tested->name = e.name;
        t->tested->profile = e.profile;
    }
    return true;
}

static bool find(struct testing *t, struct err *err)
{
    const struct printer_test *test = t->test;
    bool is_uri = strchr(test->printer, ':');
    return (is_uri ? find_by_uri(t, err) : find_by_name(t, err)) &&
           (!test->profile || profile_lookup(t->arena, test->dir, slice_str(test->profile),
                                             &t->tested->profile, err));
}

/* ── on paper ── */

/* "paper out" of a printer that is not ready, or why it cannot be reached. */
static void tell(struct testing *t, const struct printer_inquiry *q)
{
    struct buf words;
    buf_init(&words, ERR_ARG_BYTES - 1);
    printer_status_words(q, DRAWER_OPEN_NEVER, t->test->lang, &words);
    const char *text = buf_cstr(&words);
    FAIL(&t->tested->trouble, ERR_PRINTER_TEST, q->lock, text ? text : "");
    buf_finish(&words);
}

static void tell_trouble(struct testing *t, struct printer_inquiry *q, const struct err *trouble)
{
    q->standing = trouble->code == ERR_PRINTER_BUSY        ? STANDING_PRINTING
                  : trouble->code == ERR_PRINTER_UNPLUGGED ? STANDING_OFF
                                                           : STANDING_UNREACHABLE;
    q->trouble = *trouble;
    tell(t, q);
}

static void prove(struct testing *t, struct printer *p)
{
    struct err trouble = {0};
    enum proof_result result;
    uint32_t id = 0;
    t->test->env->random(t->test->env->ctx, &id, sizeof id);
    printer_prove(p, id, (unsigned)t->test->timeout_ms, &result, &trouble);
    t->tested->state = result == PROOF_PRINTED  ? "printed"
                       : result == PROOF_CANNOT ? "sent"
                                                : "unknown";
    if (result == PROOF_MISSING)
        FAIL(&t->tested->trouble, ERR_PRINTER_UNKNOWN, (const char *)t->tested->name.p);
}

static void send(struct testing *t, struct printer *p, struct printer_inquiry *q,
                 struct slice bytes)
{
    struct err trouble = {0};
    size_t taken = 0;
    if (!printer_status(p, ASK_MS, &q->state, &trouble)) {
        tell_trouble(t, q, &trouble);
        return;
    }
    if (!printer_is_ready(q->state)) {
        q->standing = STANDING_NOT_READY;
        tell(t, q);
        return;
    }
    if (printer_send(p, bytes, SEND_MS, &taken, &trouble)) {
        prove(t, p);
        return;
    }
    tell_trouble(t, q, &trouble);
    t->tested->state = taken ? "unknown" : "none";
    if (taken)
        FAIL(&t->tested->trouble, ERR_PRINTER_UNKNOWN, q->lock);
}

static void print(struct testing *t, struct slice bytes)
{
    struct printer_tested *tested = t->tested;
    struct wires wires = {.dir = t->test->dir, .profile = tested->profile};
    struct printer_inquiry q = {.uri = (const char *)tested->uri.p,
                                .lock = (const char *)tested->name.p,
                                .profile = tested->profile};
    struct printer_hold hold;
    struct transport *wire;
    struct printer *p;
    struct err trouble = {0};
    if (!printer_hold(t->test->dir, q.lock, t->test->timeout_ms, &hold, &trouble)) {
        tell_trouble(t, &q, &trouble);
        return;
    }
    if (wires_open(&wires, q.uri, &wire, &trouble) &&
        printer_create(&p, q.lock, tested->profile, wire, &trouble)) {
        send(t, p, &q, bytes);
        printer_destroy(p);
    } else {
        tell_trouble(t, &q, &trouble);
    }
    printer_let_go(&hold);
}

bool printers_test(const struct printer_test *test, struct arena *arena, struct buf *bytes,
                   struct printer_tested *tested, struct err *err)
{
    struct testing t = {test, arena, tested};
    *tested = (struct printer_tested){.state = "none"};
    if (!find(&t, err))
        return false;
    const struct printer_page page = {.name = tested->name,
                                      .uri = tested->uri,
                                      .profile = tested->profile,
                                      .lang = test->lang,
                                      .now_s = test->env->now(test->env->ctx)};
    size_t from = bytes->n;
    if (!printer_page(&page, bytes, err))
        return false;
    if (!test->dry_run)
        print(&t, slice_sub(buf_slice(bytes), from, bytes->n));
    return true;
}
