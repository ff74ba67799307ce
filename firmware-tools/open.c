/* Which printer, and the wire to it. */
#include "firmware-tools/fw.h"

#include "printer/call.h"
#include "printer/entry.h"
#include "printer/lock.h"
#include "protocol/profile_folder.h"
#include "transport/holder.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCHEMES_MAX = 16, SEND_TIMEOUT_MS = 30000, FINISH_TIMEOUT_MS = 15000, PROOF_NUMBER = 0xF00 };

static size_t schemes_of(struct transport_scheme schemes[SCHEMES_MAX])
{
    const struct transport_scheme *const *rows;
    size_t n = transport_schemes(&rows);
    for (size_t i = 0; i < n && i < SCHEMES_MAX; i++)
        schemes[i] = *rows[i];
    return n < SCHEMES_MAX ? n : SCHEMES_MAX;
}

static bool is_virtual(const char *uri)
{
    return strncmp(uri, "virtual:", strlen("virtual:")) == 0;
}

/* The printer in software is a printer of a shop too, but none of ours. */
static bool check(const char *uri, struct err *err)
{
    struct transport_scheme schemes[SCHEMES_MAX];
    return is_virtual(uri) || transport_check(schemes, schemes_of(schemes), uri, err);
}

static bool set_uri(struct fw *fw, const char *uri, struct err *err)
{
    int n = snprintf(fw->uri, sizeof fw->uri, "%s", uri);
    return (n >= 0 && n < (int)sizeof fw->uri) || FAIL(err, ERR_PRINTER_URI, uri);
}

/* file:PATH of a shop's printer stands in the shop. */
static bool set_uri_of_shop(struct fw *fw, const char *dir, const char *uri, struct err *err)
{
    const char *rest = uri + strlen("file:");
    if (strncmp(uri, "file:", strlen("file:")) != 0 || *rest == '/')
        return set_uri(fw, uri, err);
    return set_uri(fw, fw_text(fw, "file:%s/%s", dir, rest), err);
}

static bool no_printer(struct fw *fw, const char *name, const struct slice *names, size_t n,
                       struct err *err)
{
    const char *there = "";
    for (size_t i = 0; i < n; i++)
        there = fw_text(fw, "%s%s%s", there, i ? ", " : "", (const char *)names[i].p);
    return FAIL(err, ERR_PRINTER_NAME, name, n ? there : "-");
}

static void belongs_to(struct fw *fw, const char *dir, const struct printer_entry *entry)
{
    fw->shop = dir;
    fw->in_shop = (const char *)entry->name.p;
    fw->profile = entry->profile;
    fw->profile_said = true;
    snprintf(fw->name, sizeof fw->name, "%s", fw->in_shop);
}

static bool find_by_name(struct fw *fw, const char *name, struct err *err)
{
    const char *dir = door_shop(&fw->door);
    const struct slice *names;
    struct printer_entry entry;
    size_t n, i;
    if (!dir)
        return FAIL(err, ERR_FW_SHOP, name);
    if (!printer_entry_names(&fw->arena, dir, &names, &n, err))
        return false;
    for (i = 0; i < n && !slice_is(names[i], name); i++)
        ;
    if (i == n)
        return no_printer(fw, name, names, n, err);
    if (!printer_entry_read(&fw->arena, dir, names[i], check, &entry, err))
        return false;
    belongs_to(fw, dir, &entry);
    return set_uri_of_shop(fw, dir, (const char *)entry.uri.p, err);
}

bool fw_list_usb(struct fw *fw, struct err *err)
{
    if (fw->usb)
        return true;
    struct usb_printers *list = ARENA_NEW(&fw->arena, struct usb_printers);
    if (!list)
        return FAIL(err, ERR_BUG, "out of memory");
    if (!usb_list(list, err))
        return false;
    fw->usb = list;
    return true;
}

/* "usb:" and "usb://04b8:0e28/J5XF012345" may be one printer. */
static bool is_same(struct fw *fw, const char *uri, const char *other)
{
    struct err none = {0};
    if (strcmp(uri, other) == 0)
        return true;
    if (strncmp(uri, "usb:", strlen("usb:")) != 0 || strncmp(other, "usb:", strlen("usb:")) != 0 ||
        !fw_list_usb(fw, &none))
        return false;
    const struct usb_printer *device = usb_printer_at(fw->usb, uri);
    return device && device == usb_printer_at(fw->usb, other);
}

/* An address may be a printer of the shop, and then its jobs go there: the same lock keeps them
 * out. One that is none may be printed on by its address, which is then the lock's name. */
static bool find_by_address(struct fw *fw, const char *uri, struct err *err)
{
    const char *dir = door_shop(&fw->door);
    const struct slice *names;
    struct printer_entry entry;
    struct err unread = {0};
    size_t n = 0;
    if (!check(uri, err) || !set_uri(fw, uri, err))
        return false;
    if (!dir || access(fw_text(fw, "%s/shop.yaml", dir), F_OK) != 0)
        return true;
    fw->shop = dir;
    fw->in_shop = uri;
    if (!printer_entry_names(&fw->arena, dir, &names, &n, &unread))
        return true;
    for (size_t i = 0; i < n; i++) {
        if (!printer_entry_read(&fw->arena, dir, names[i], check, &entry, &unread) ||
            !is_same(fw, uri, (const char *)entry.uri.p))
            continue;
        belongs_to(fw, dir, &entry);
        break;
    }
    return true;
}

bool fw_find(struct fw *fw, struct err *err)
{
    const char *asked = door_value(&fw->door, "--printer"),
               *profile = door_value(&fw->door, "--profile");
    if (!asked)
        return FAIL(err, ERR_USAGE_PRINTER);
    snprintf(fw->name, sizeof fw->name, "%s", asked);
    bool ok = strchr(asked, ':') ? find_by_address(fw, asked, err) : find_by_name(fw, asked, err);
    if (!ok)
        return false;
    if (is_virtual(fw->uri))
        return FAIL(err, ERR_FW_VIRTUAL, fw->name);
    if (!profile && fw->profile)
        return true;
    fw->profile_said = profile;
    return profile_lookup(&fw->arena, door_shop(&fw->door),
                          slice_str(profile ? profile : "generic-80"), &fw->profile, err);
}

bool fw_connect(struct fw *fw, struct err *err)
{
    struct transport_scheme schemes[SCHEMES_MAX];
    struct transport *wire;
    if (!transport_open(schemes, schemes_of(schemes), fw->uri, &wire, err))
        return false;
    fw->two_way = wire->ops->receive;
    return printer_create(&fw->printer, fw->name, fw->profile, wire, err);
}

static bool fail_busy(const struct fw *fw, struct err *err)
{
    char who[HOLDER_NAME_BYTES + 16];
    struct holder holder;
    holder_find_lock(fw->lock, &holder);
    if (holder.pid)
        holder_words(&holder, who, sizeof who);
    else /* of another name space, or gone by now */
        snprintf(who, sizeof who, "another program");
    return FAIL(err, ERR_FW_BUSY, fw->name, who);
}

/* The service is asked to stay away; it goes between two jobs. Who prints by himself is waited for.
 */
static bool keep_others_out(struct fw *fw, struct err *err)
{
    char folder[FW_URI_BYTES];
    if (!fw->shop)
        return true;
    snprintf(folder, sizeof folder, "%s/spool", fw->shop);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return FAIL(err, ERR_FILE_WRITE, folder, strerror(errno));
    fw->lock = printer_open_file(folder, fw->in_shop, ".lock", err);
    if (fw->lock < 0)
        return false;
    if (printer_take_file(fw->lock, 0))
        return true;
    fw->call = printer_call(folder, fw->in_shop);
    printer_call_leave(fw->call);
    return printer_take_file(fw->lock, (int)fw->wait_ms) || fail_busy(fw, err);
}

void fw_let_go(struct fw *fw)
{
    if (fw->lock >= 0)
        close(fw->lock);
    if (fw->call >= 0)
        close(fw->call);
    fw->lock = fw->call = -1;
}

bool fw_open(struct fw *fw, struct err *err)
{
    return fw_find(fw, err) && keep_others_out(fw, err) && fw_connect(fw, err);
}

void fw_close(struct fw *fw)
{
    printer_destroy(fw->printer);
    fw->printer = NULL;
}

bool fw_needs_answers(const struct fw *fw, struct err *err)
{
    return fw->two_way || FAIL(err, ERR_FW_ONE_WAY, fw->name);
}

bool fw_send(struct fw *fw, struct slice bytes, struct err *err)
{
    size_t taken;
    return printer_send(fw->printer, bytes, SEND_TIMEOUT_MS, &taken, err);
}

bool fw_finish(struct fw *fw, struct err *err)
{
    enum proof_result result;
    return printer_prove(fw->printer, PROOF_NUMBER, FINISH_TIMEOUT_MS, &result, err);
}

bool fw_ask(struct fw *fw, struct slice request, enum reply_kind kind, uint8_t id,
            unsigned patience, struct printer_answer *answer, struct err *err)
{
    const struct printer_question question = {.request = request, .kind = kind, .id = id};
    return printer_ask(fw->printer, &question, fw->wait_ms * patience, answer, err);
}
