/* A new printer: its file, with the comments that an owner needs to change it. */
#include "printers/inside.h"

#include "base/json.h"
#include "protocol/profile_folder.h"
#include "setup/wires.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 64, FILE_MAX_BYTES = 4096, STATUS_MS = 500, COMMENT_COLUMN = 44 };

/* clang-format off */
static const char *const head[LANG_COUNT] = {
    "# A printer; its name is the name of this file.\n",
    "# O imprimantă; numele ei este numele acestui fișier.\n",
    "# Принтер; его имя это имя этого файла.\n",
};
static const char *const profile_comment[LANG_COUNT] = {"what it can do: bonbon profiles", "ce poate face: bonbon profiles", "что он умеет: bonbon profiles"};
static const char *const uri_comment[LANG_COUNT] = {"where it is: bonbon printers", "unde se află: bonbon printers", "где он: bonbon printers"};
static const char *const role_comment[LANG_COUNT] = {"receipt prints what no till sends elsewhere", "receipt tipărește ce nicio casă nu trimite altundeva", "receipt печатает то, что ни одна касса не шлёт в другое место"};
static const char *const drawer_comment[LANG_COUNT] = {"level of its pin at which the drawer is open: high, low; never: it has none", "nivelul pinului la care sertarul este deschis: high, low; never: nu are sertar", "уровень контакта при открытом ящике: high, low; never: ящика нет"};
/* clang-format on */

/* The addition under way. */
struct adding {
    const struct printer_add *add;
    struct arena *arena;
    struct printer_added *added;
    struct usb_printers *usb;
    char uri[PRINTERS_URI_BYTES];
    const struct usb_printer *device; /* that uri names, when it is plugged in */
    size_t others;                    /* printers that the shop has */
    char taken[NAME_MAX_BYTES];       /* the shop's name for this printer, or "" */
};

static bool full(struct err *err)
{
    return FAIL(err, ERR_TOO_BIG, "printers.d", "1 MiB");
}

static bool name_is_good(struct slice name)
{
    return profile_name_is_good(name) && name.p[0] != '-';
}

/* ── which printer ── */

/* Files and pictures may have many names; a device has one lock, and so one name. */
static bool is_device(const char *uri)
{
    return strncmp(uri, "virtual:", 8) != 0 && strncmp(uri, "file:", 5) != 0;
}

/* A file of printers.d that is wrong is another matter. */
static bool is_in_shop(struct adding *a, const char *uri, const struct usb_printer *device,
                       struct err *err)
{
    const struct slice *names;
    a->taken[0] = '\0';
    if (!printer_entry_names(a->arena, a->add->dir, &names, &a->others, err))
        return false;
    for (size_t i = 0; i < a->others && is_device(uri); i++) {
        struct printer_entry entry;
        struct err ignored = {0};
        if (printer_entry_read(a->arena, a->add->dir, names[i], wires_check, &entry, &ignored) &&
            (slice_is(entry.uri, uri) ||
             (device && usb_printer_at(a->usb, (const char *)entry.uri.p) == device)))
            slice_cstr(names[i], a->taken, sizeof a->taken);
    }
    return true;
}

/* The only one plugged in that the shop does not have. */
static bool find_new(struct adding *a, struct err *err)
{
    char note[ERR_ARG_BYTES] = "";
    size_t found = 0;
    for (size_t i = 0; i < a->usb->n; i++) {
        const struct usb_printer *p = &a->usb->printer[i];
        size_t used = strlen(note);
        if (!is_in_shop(a, p->uri, p, err))
            return false;
        if (a->taken[0])
            continue;
        snprintf(note + used, sizeof note - used, "%s%s", used ? ", " : "", p->uri);
        a->device = p;
        found++;
    }
    if (found == 0)
        return FAIL(err, ERR_PRINTER_NONE_NEW);
    if (found > 1)
        return FAIL(err, ERR_PRINTER_WHICH, "usb:", note);
    snprintf(a->uri, sizeof a->uri, "%s", a->device->uri);
    a->taken[0] = '\0';
    return true;
}

/* More than one device fits: an address that names one is needed. */
static bool is_one(const struct adding *a, struct err *err)
{
    char note[ERR_ARG_BYTES] = "";
    struct usb_address wanted;
    size_t fits = 0;
    if (a->device || strncmp(a->add->uri, "usb:", 4) != 0 ||
        !usb_address_parse(a->add->uri + 4, &wanted))
        return true;
    for (size_t i = 0; i < a->usb->n; i++) {
        const struct usb_printer *p = &a->usb->printer[i];
        size_t used = strlen(note);
        if (!usb_address_fits(&wanted, p))
            continue;
        snprintf(note + used, sizeof note - used, "%s%s", used ? ", " : "", p->uri);
        fits++;
    }
    return fits < 2 || FAIL(err, ERR_PRINTER_WHICH, a->add->uri, note);
}

/* What is written names this printer alone: "usb:" and a model's number become more. */
static bool find_printer(struct adding *a, struct err *err)
{
    struct err no_usb = {0};
    if (!usb_list(a->usb, &no_usb))
        a->usb->n = 0;
    if (!a->add->uri)
        return find_new(a, err);
    if (!wires_check(a->add->uri, err))
        return false;
    if (strlen(a->add->uri) >= sizeof a->uri)
        return FAIL(err, ERR_PRINTER_URI, a->add->uri);
    a->device = usb_printer_at(a->usb, a->add->uri);
    snprintf(a->uri, sizeof a->uri, "%s", a->device ? a->device->uri : a->add->uri);
    return is_one(a, err) && is_in_shop(a, a->uri, a->device, err) &&
           (!a->taken[0] || FAIL(err, ERR_PRINTER_SAME, a->uri, a->taken));
}

/* ── which profile ── */

/* A printer that nothing on USB names is asked for its model, if it is there and free. False: it is
 * no printer. */
static bool guess(struct adding *a, struct err *err)
{
    struct printer_guess *guess = &a->added->guess;
    struct printer_inquiry q = {.dir = a->add->dir,
                                .timeout_ms = STATUS_MS,
                                .lock = a->uri,
                                .uri = a->uri,
                                .wants_model = true,
                                .usb = a->device};
    printer_guess_usb(a->device, (struct slice){0}, guess);
    if (guess->clue != CLUE_NONE && guess->clue != CLUE_USB_ID)
        return true;
    q.profile = guess->profile;
    printer_inquire(&q);
    bool lies = strncmp(a->uri, "usb:", 4) == 0 && q.trouble.code == ERR_PRINTER_IO;
    if (q.standing == STANDING_WRONG || lies) {
        *err = q.trouble;
        return false;
    }
    printer_guess_usb(a->device, slice_str(q.model), guess);
    return true;
}

static bool find_profile(struct adding *a, struct err *err)
{
    struct printer_added *added = a->added;
    struct buf why;
    if (a->add->profile)
        return profile_lookup(a->arena, a->add->dir, slice_str(a->add->profile), &added->profile,
                              err);
    if (!guess(a, err))
        return false;
    added->guessed = true;
    added->profile = added->guess.profile;
    buf_init(&why, 0);
    printer_why_words(&added->guess, a->add->lang, &why);
    added->why = arena_copy(a->arena, buf_slice(&why));
    buf_finish(&why);
    return added->why.p || full(err);
}

/* ── the file ── */

/* "key: value", with its comment where the others have theirs. */
static void put_line(const char *key, struct slice value, const char *comment, struct buf *out)
{
    struct json j;
    size_t from = out->n;
    buf_printf(out, "%s: ", key);
    json_init(&j, out); /* YAML takes a JSON string as a quoted scalar */
    json_text(&j, NULL, value);
    do
        buf_byte(out, ' ');
    while (out->n - from < COMMENT_COLUMN);
    buf_printf(out, "# %s\n", comment);
}

static void put_file(const struct adding *a, struct buf *out)
{
    enum lang lang = a->add->lang;
    buf_str(out, head[lang]);
    put_line("profile", slice_str(a->added->profile->name), profile_comment[lang], out);
    put_line("uri", a->added->uri, uri_comment[lang], out);
    if (!a->added->role.n)
        buf_str(out, "# ");
    put_line("role", a->added->role.n ? a->added->role : SLICE_LITERAL("receipt"),
             role_comment[lang], out);
    buf_str(out, "# ");
    put_line("drawer_open", SLICE_LITERAL("high"), drawer_comment[lang], out);
}

static bool write_whole(const char *path, struct slice bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return false;
    bool ok = write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n && fsync(fd) == 0;
    int why = errno;
    ok = close(fd) == 0 && ok;
    if (!ok)
        errno = why;
    return ok;
}

/* link() never replaces what is there. */
static bool write_file(const struct adding *a, struct slice bytes, struct err *err)
{
    char folder[PRINTERS_PATH_BYTES], path[PRINTERS_PATH_BYTES], fresh[PRINTERS_PATH_BYTES];
    const char *file = (const char *)a->added->file.p;
    snprintf(folder, sizeof folder, "%s/printers.d", a->add->dir);
    snprintf(path, sizeof path, "%s/%s", a->add->dir, file);
    snprintf(fresh, sizeof fresh, "%s/printers.d/.%s.new-%ld", a->add->dir, a->add->name,
             (long)getpid());
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return FAIL(err, ERR_FILE_WRITE, folder, strerror(errno));
    bool ok = write_whole(fresh, bytes) && link(fresh, path) == 0;
    int why = errno;
    unlink(fresh);
    if (!ok)
        return why == EEXIST ? FAIL(err, ERR_PRINTER_EXISTS, file)
                             : FAIL(err, ERR_FILE_WRITE, path, strerror(why));
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    return true;
}

static bool is_free(const struct adding *a, struct err *err)
{
    char path[PRINTERS_PATH_BYTES], max[8];
    struct slice name = slice_str(a->add->name);
    snprintf(max, sizeof max, "%d", PROFILE_NAME_BYTES - 1);
    if (!name_is_good(name))
        return FAIL(err, ERR_PRINTER_NEW_NAME, a->add->name, max);
    snprintf(path, sizeof path, "%s/shop.yaml", a->add->dir);
    if (access(path, F_OK) != 0)
        return FAIL(err, ERR_SHOP_MISSING, a->add->dir);
    a->added->file = arena_printf(a->arena, "printers.d/%s.yaml", a->add->name);
    if (!a->added->file.p)
        return full(err);
    snprintf(path, sizeof path, "%s/%s", a->add->dir, (const char *)a->added->file.p);
    return access(path, F_OK) != 0 || FAIL(err, ERR_PRINTER_EXISTS, (const char *)a->added->file.p);
}

bool printers_add(const struct printer_add *add, struct arena *arena, struct printer_added *added,
                  struct err *err)
{
    struct adding a = {.add = add, .arena = arena, .added = added};
    struct buf text;
    *added = (struct printer_added){0};
    a.usb = ARENA_NEW(arena, struct usb_printers);
    if (!a.usb)
        return full(err);
    if (!is_free(&a, err) || !find_printer(&a, err) || !find_profile(&a, err))
        return false;
    added->uri = arena_copy(arena, slice_str(a.uri));
    added->role = slice_str(add->role ? add->role : a.others ? "" : "receipt");
    if (!added->uri.p)
        return full(err);
    buf_init(&text, FILE_MAX_BYTES);
    put_file(&a, &text);
    bool ok = !text.full || full(err);
    ok = ok && write_file(&a, buf_slice(&text), err);
    buf_finish(&text);
    return ok;
}
