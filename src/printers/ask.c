/* How one printer is, asked so that nobody is disturbed. */
#include "escpos/request.h"
#include "printer/printer.h"
#include "printers/inside.h"
#include "setup/wires.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* A worker that only waits lets go at once; one that prints does not. */
enum { LEAVE_MS = 300 };

bool printer_hold(const char *dir, const char *printer, int timeout_ms, struct printer_hold *hold,
                  struct err *err)
{
    char folder[PRINTERS_PATH_BYTES];
    *hold = (struct printer_hold){0};
    if (!dir)
        return true;
    snprintf(folder, sizeof folder, "%s/spool", dir);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return FAIL(err, ERR_FILE_WRITE, folder, strerror(errno));
    hold->call = spool_call_worker(folder, printer);
    spool_call_leave(hold->call);
    if (hold->call && timeout_ms < LEAVE_MS)
        timeout_ms = LEAVE_MS;
    if (spool_lock(folder, printer, timeout_ms, &hold->lock, err))
        return true;
    printer_let_go(hold);
    return false;
}

void printer_let_go(struct printer_hold *hold)
{
    spool_unlock(hold->lock);
    spool_hang_up(hold->call);
    *hold = (struct printer_hold){0};
}

/* ── what is known without asking ── */

static void stand(struct printer_inquiry *q, const struct err *trouble)
{
    q->trouble = *trouble;
    switch (trouble->code) {
    case ERR_PRINTER_UNPLUGGED:
        q->standing = STANDING_OFF;
        break;
    case ERR_PRINTER_HELD:
        q->standing = STANDING_HELD;
        break;
    case ERR_PRINTER_BUSY:
        q->standing = STANDING_PRINTING;
        break;
    case ERR_PRINTER_KIND:
        q->standing = STANDING_WRONG;
        break;
    default:
        q->standing = STANDING_UNREACHABLE;
    }
}

static bool held(struct printer_inquiry *q, const char *node)
{
    char words[HOLDER_NAME_BYTES + 16];
    holder_find(node, &q->holder);
    if (!q->holder.pid)
        return false;
    holder_words(&q->holder, words, sizeof words);
    FAIL(&q->trouble, ERR_PRINTER_HELD, q->uri, words);
    q->standing = STANDING_HELD;
    return true;
}

/* A file is not opened: that would make it. */
static bool is_file(struct printer_inquiry *q)
{
    char path[PRINTERS_PATH_BYTES];
    const char *rest = q->uri + 5;
    if (strncmp(q->uri, "file:", 5) != 0)
        return false;
    if (*rest == '/' || !q->dir)
        snprintf(path, sizeof path, "%s", rest);
    else
        snprintf(path, sizeof path, "%s/%s", q->dir, rest);
    q->standing = STANDING_SILENT;
    if (access(path, W_OK) == 0)
        return true;
    char *slash = strrchr(path, '/');
    if (errno == ENOENT && slash)
        slash[slash == path] = '\0';
    if (errno != ENOENT || access(slash ? path : ".", W_OK) != 0) {
        FAIL(&q->trouble, ERR_PRINTER_IO, q->uri, strerror(errno));
        q->standing = STANDING_UNREACHABLE;
    }
    return true;
}

/* The device file that usblp made of a device: asking through it takes nothing away from whoever
 * uses it, and it is refused while somebody does. */
static bool usblp_node(const struct usb_printer *usb, char *out, size_t cap)
{
    char path[PRINTERS_PATH_BYTES];
    snprintf(path, sizeof path, "/sys/bus/usb/devices/%s:%u.%u/usbmisc", usb->port,
             usb->pipe.configuration, usb->pipe.interface);
    DIR *folder = opendir(path);
    const struct dirent *e = NULL;
    while (folder && (e = readdir(folder)) && strncmp(e->d_name, "lp", 2) != 0)
        ;
    if (e)
        snprintf(out, cap, "/dev/usb/%s", e->d_name);
    if (folder)
        closedir(folder);
    return e;
}

/* The address to ask through; false when it is not asked. */
static bool way_of(struct printer_inquiry *q, char *uri, size_t cap)
{
    char node[PRINTERS_TEXT_BYTES];
    snprintf(uri, cap, "%s", q->uri);
    if (strncmp(q->uri, "lp:", 3) == 0)
        return !held(q, q->uri + 3);
    if (!q->usb)
        return true;
    if (q->usb->why.code != ERR_NONE) {
        stand(q, &q->usb->why);
        q->holder = q->usb->holder;
        return false;
    }
    if (strcmp(q->usb->driver, "usblp") != 0)
        return true;
    bool has_node = usblp_node(q->usb, node, sizeof node);
    if (has_node && held(q, node))
        return false;
    if (has_node && access(node, R_OK | W_OK) == 0) {
        snprintf(uri, cap, "lp:%s", node);
        return true;
    }
    /* somebody whom we cannot see may print through it: only a printer of ours is taken away */
    if (!q->configured)
        q->standing = STANDING_SILENT;
    return q->configured;
}

/* ── asking ── */

enum { INFO_FIRMWARE = 65, INFO_MAKER = 66, INFO_MODEL = 67, INFO_SERIAL = 68 };

static bool ask_info(struct printer *p, unsigned n, unsigned timeout_ms,
                     char out[PRINTERS_TEXT_BYTES])
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    struct printer_answer answer;
    struct err ignored = {0};
    const struct printer_question question = {
        .request = slice_of(request, escpos_ask_info(n, request)), .kind = REPLY_INFO};
    if (!printer_ask(p, &question, timeout_ms, &answer, &ignored) || !answer.came)
        return false;
    size_t used = 0;
    for (size_t i = 0; i < answer.n && used + 1 < PRINTERS_TEXT_BYTES; i++)
        if (answer.data[i] >= 0x20 && answer.data[i] < 0x7F)
            out[used++] = (char)answer.data[i];
    out[used] = '\0';
    return true;
}

/* GS I is asked of makes that are known to answer it, and of a printer that nobody knows: a clone
 * that does not know it may print its letter. */
static void ask_identity(struct printer *p, struct printer_inquiry *q)
{
    if (!q->wants_model && q->profile->proof != PROOF_PROCESS_ID)
        return;
    if (!ask_info(p, INFO_MODEL, q->timeout_ms, q->model) || q->profile->proof != PROOF_PROCESS_ID)
        return;
    ask_info(p, INFO_MAKER, q->timeout_ms, q->maker);
    ask_info(p, INFO_FIRMWARE, q->timeout_ms, q->firmware);
    ask_info(p, INFO_SERIAL, q->timeout_ms, q->serial);
}

static bool answers(struct printer *p, struct printer_inquiry *q, bool *came, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    struct printer_answer answer = {0};
    const struct printer_question question = {
        .request = slice_of(request, escpos_ask_status(1, request)), .kind = REPLY_DLE_EOT};
    bool ok =
        q->profile->proof == PROOF_NONE || printer_ask(p, &question, q->timeout_ms, &answer, err);
    *came = answer.came;
    return ok;
}

static void ask(struct printer *p, struct printer_inquiry *q)
{
    bool came;
    struct err trouble = {0};
    if (!answers(p, q, &came, &trouble)) {
        stand(q, &trouble);
        return;
    }
    q->state = came ? 0 : printer_told(p);
    if (q->state) {
        q->standing = STANDING_NOT_READY;
        return;
    }
    if (!came) {
        q->standing = q->profile->proof == PROOF_PROCESS_ID ? STANDING_OFF : STANDING_SILENT;
        return;
    }
    if (!printer_status(p, q->timeout_ms, &q->state, &trouble)) {
        stand(q, &trouble);
        return;
    }
    q->standing = printer_is_ready(q->state) ? STANDING_READY : STANDING_NOT_READY;
    if (q->standing == STANDING_READY)
        ask_identity(p, q);
}

static void open_and_ask(struct printer_inquiry *q, const char *uri)
{
    struct wires wires = {.dir = q->dir, .profile = q->profile};
    struct transport *wire;
    struct printer *p;
    struct err trouble = {0};
    if (!wires_open(&wires, uri, &wire, &trouble) ||
        !printer_create(&p, q->lock, q->profile, wire, &trouble)) {
        stand(q, &trouble);
        return;
    }
    ask(p, q);
    printer_destroy(p);
}

void printer_inquire(struct printer_inquiry *q)
{
    struct printer_hold hold;
    struct err trouble = {0};
    char uri[PRINTERS_URI_BYTES];
    if (strncmp(q->uri, "virtual:", 8) == 0) {
        q->standing = STANDING_READY;
        return;
    }
    if (is_file(q))
        return;
    if (!printer_hold(q->dir, q->lock, SPOOL_DO_NOT_WAIT, &hold, &trouble)) {
        stand(q, &trouble);
        return;
    }
    if (way_of(q, uri, sizeof uri))
        open_and_ask(q, uri);
    if (q->standing == STANDING_HELD && !q->holder.pid && strncmp(uri, "serial:", 7) == 0) {
        uri[strcspn(uri, "?")] = '\0';
        holder_find(uri + 7, &q->holder);
    }
    printer_let_go(&hold);
}

/* ── in words ── */

/* clang-format off */
static const char *const standing_names[] = {
    [STANDING_READY] = "ready", [STANDING_NOT_READY] = "not_ready", [STANDING_SILENT] = "silent",
    [STANDING_PRINTING] = "printing", [STANDING_OFF] = "off", [STANDING_HELD] = "held",
    [STANDING_UNREACHABLE] = "unreachable", [STANDING_WRONG] = "wrong",
};

static const char *const standing_words[][LANG_COUNT] = {
    [STANDING_SILENT] = {"takes what it is sent, says nothing of itself", "primește ce i se trimite, nu spune nimic despre sine", "принимает данные, о себе не сообщает"},
    [STANDING_PRINTING] = {"printing", "tipărește", "печатает"},
    [STANDING_OFF] = {"off or not plugged in", "oprită sau neconectată", "выключен или не подключён"},
    [STANDING_HELD] = {"held by another program: ", "ocupată de alt program: ", "занят другой программой: "},
    [STANDING_UNREACHABLE] = {"cannot be reached: ", "nu poate fi accesată: ", "недоступен: "},
};
static const char *const a_file[LANG_COUNT] = {"a file, takes everything", "un fișier, primește tot", "файл, принимает всё"};
static const char *const silent_off[LANG_COUNT] = {"does not answer: off, or stopped with more than it can hold", "nu răspunde: oprită sau blocată cu memoria plină", "не отвечает: выключен или стоит с полной памятью"};
static const char *const drawer_is_open[LANG_COUNT] = {"drawer open", "sertar deschis", "открыт ящик"};
static const char *const drawer_may_be_open[LANG_COUNT] = {"drawer open or none connected", "sertar deschis sau neconectat", "ящик открыт или не подключён"};
static const char *const no_rights[LANG_COUNT] = {
    "this user may not use it; put this line into /etc/udev/rules.d/60-bonbon.rules and plug it in again: ",
    "acest utilizator nu are drept; scrieți în /etc/udev/rules.d/60-bonbon.rules și conectați-o din nou: ",
    "у этого пользователя нет прав; добавьте в /etc/udev/rules.d/60-bonbon.rules и подключите снова: ",
};
static const char *const no_printer[LANG_COUNT] = {"no receipt printer", "nu este o imprimantă de bonuri", "не чековый принтер"};
static const char *const no_group[LANG_COUNT] = {"this user may not use it; he must be in group ", "acest utilizator nu are drept; trebuie să fie în grupul ", "у этого пользователя нет прав; он должен быть в группе "};
static const char *const several[LANG_COUNT] = {"could be more than one: ", "poate fi mai mult de una: ", "подходит нескольким: "};

static const char *const clue_words[][LANG_COUNT] = {
    [CLUE_NONE] = {"nothing is known of it; print a test page and look", "nu se știe nimic despre ea; tipăriți o pagină de test și priviți", "о нём ничего не известно; напечатайте тестовую страницу"},
    [CLUE_DEVICE_ID] = {"its IEEE 1284 id says ", "identificatorul ei IEEE 1284 spune ", "по его идентификатору IEEE 1284: "},
    [CLUE_ANSWER] = {"it answers GS I with ", "răspunde la GS I cu ", "на GS I отвечает "},
    [CLUE_PRODUCT] = {"its USB name is ", "numele ei USB este ", "его имя USB: "},
    [CLUE_USB_ID] = {"its USB number is ", "numărul ei USB este ", "его номер USB: "},
};
static const char *const relative[LANG_COUNT] = {" (a near relative)", " (o rudă apropiată)", " (близкая модель)"};
/* clang-format on */

const char *printer_standing_name(enum printer_standing standing)
{
    return standing_names[standing];
}

/* The job that other places promise to keep is none here. */
static void trouble_words(const struct err *trouble, enum lang lang, struct buf *out)
{
    switch (trouble->code) {
    case ERR_PRINTER_IO:
        buf_str(out, standing_words[STANDING_UNREACHABLE][lang]);
        buf_str(out, err_phrase(trouble->arg[1], lang));
        break;
    case ERR_PRINTER_HELD:
        buf_str(out, standing_words[STANDING_HELD][lang]);
        buf_str(out, trouble->arg[1]);
        break;
    case ERR_PRINTER_KIND:
        buf_printf(out, "%s (%s)", no_printer[lang], err_phrase(trouble->arg[1], lang));
        break;
    case ERR_PRINTER_RIGHTS:
        buf_str(out, no_rights[lang]);
        buf_str(out, trouble->arg[1]);
        break;
    case ERR_PRINTER_GROUP:
        buf_str(out, no_group[lang]);
        buf_str(out, trouble->arg[1]);
        break;
    case ERR_PRINTER_SEVERAL:
        buf_str(out, several[lang]);
        buf_str(out, trouble->arg[1]);
        break;
    default:
        err_text_alone(trouble, lang, out);
    }
}

static void drawer_words(unsigned state, enum drawer_open drawer, enum lang lang, struct buf *out)
{
    bool high = state & PRINTER_DRAWER_HIGH;
    if (drawer == DRAWER_OPEN_NEVER || high != (drawer != DRAWER_OPEN_LOW))
        return;
    buf_str(out, ", ");
    buf_str(out, drawer == DRAWER_OPEN_UNSAID ? drawer_may_be_open[lang] : drawer_is_open[lang]);
}

void printer_status_words(const struct printer_inquiry *q, enum drawer_open drawer, enum lang lang,
                          struct buf *out)
{
    char who[HOLDER_NAME_BYTES + 16];
    switch (q->standing) {
    case STANDING_READY:
    case STANDING_NOT_READY:
        printer_words(q->state, lang, out);
        drawer_words(q->state, drawer, lang, out);
        return;
    case STANDING_HELD:
        holder_words(&q->holder, who, sizeof who);
        buf_str(out, standing_words[STANDING_HELD][lang]);
        buf_str(out, who);
        return;
    case STANDING_UNREACHABLE:
    case STANDING_WRONG:
        trouble_words(&q->trouble, lang, out);
        return;
    case STANDING_OFF:
        buf_str(out, q->trouble.code == ERR_NONE ? silent_off[lang]
                                                 : standing_words[STANDING_OFF][lang]);
        return;
    case STANDING_SILENT:
        buf_str(out, strncmp(q->uri, "file:", 5) == 0 ? a_file[lang]
                                                      : standing_words[STANDING_SILENT][lang]);
        return;
    case STANDING_PRINTING:
        buf_str(out, standing_words[q->standing][lang]);
    }
}

void printer_why_words(const struct printer_guess *guess, enum lang lang, struct buf *out)
{
    buf_str(out, clue_words[guess->clue][lang]);
    buf_str(out, guess->text);
    if (guess->clue != CLUE_NONE && !guess->exact)
        buf_str(out, relative[lang]);
}
