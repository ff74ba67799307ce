/* The list: what printers.d says and what is plugged in, put together, each asked how it is. */
#include "printers/inside.h"

#include "setup/wires.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void printer_guess_usb(const struct usb_printer *usb, struct slice answered_model,
                       struct printer_guess *guess)
{
    struct printer_clues clues = {.answered_model = answered_model};
    if (usb) {
        clues.device_id_model = usb_device_id_value(slice_str(usb->device_id), "MDL");
        clues.product = slice_str(usb->model);
        clues.vid = usb->vid;
        clues.pid = usb->pid;
        clues.usb_name = usb->known[0] ? usb->known : NULL;
    }
    printer_guess(&clues, guess);
}

/* The list being made. */
struct listing {
    const struct printers_query *query;
    struct arena *arena;
    struct usb_printers *usb;
    struct printer_entry *entries; /* beside seen; of those in printers.d */
    struct printer_seen *seen;
    struct printer_inquiry *inquiries;
    size_t n, n_entries;
};

static bool full(struct err *err)
{
    return FAIL(err, ERR_TOO_BIG, "printers.d", "1 MiB");
}

static struct slice keep(struct listing *l, const char *text)
{
    return arena_copy(l->arena, slice_str(text));
}

/* ── what is there ── */

static void take_entry(struct listing *l, struct slice name)
{
    struct printer_seen *s = &l->seen[l->n];
    struct printer_entry *e = &l->entries[l->n];
    struct printer_inquiry *q = &l->inquiries[l->n++];
    s->name = name;
    s->configured = true;
    if (!printer_entry_read(l->arena, l->query->dir, name, wires_check, e, &s->trouble)) {
        s->standing = q->standing = STANDING_WRONG;
        q->trouble = s->trouble;
        return;
    }
    s->uri = e->uri;
    s->profile = q->profile = e->profile;
    q->configured = true;
    q->uri = (const char *)e->uri.p;
    q->lock = (const char *)name.p;
    q->usb = usb_printer_at(l->usb, q->uri);
}

/* A device that no entry names. */
static void take_new(struct listing *l, const struct usb_printer *usb)
{
    for (size_t i = 0; i < l->n_entries; i++)
        if (l->inquiries[i].usb == usb)
            return;
    struct printer_seen *s = &l->seen[l->n];
    struct printer_inquiry *q = &l->inquiries[l->n++];
    printer_guess_usb(usb, (struct slice){0}, &s->guess);
    s->uri = slice_str(usb->uri);
    q->uri = q->lock = usb->uri;
    q->usb = usb;
    q->profile = s->guess.profile;
    q->wants_model = s->guess.clue == CLUE_NONE || s->guess.clue == CLUE_USB_ID;
}

static bool is_shop(const char *dir, struct err *err)
{
    char path[PRINTERS_PATH_BYTES];
    snprintf(path, sizeof path, "%s/shop.yaml", dir);
    return access(path, F_OK) == 0 || FAIL(err, ERR_SHOP_MISSING, dir);
}

static bool collect(struct listing *l, struct err *usb_trouble, struct err *err)
{
    const struct slice *names = NULL;
    *usb_trouble = (struct err){0};
    if (l->query->dir && !is_shop(l->query->dir, err))
        return false;
    if (l->query->dir && !printer_entry_names(l->arena, l->query->dir, &names, &l->n_entries, err))
        return false;
    l->usb = ARENA_NEW(l->arena, struct usb_printers);
    if (!l->usb)
        return full(err);
    if (!usb_list(l->usb, usb_trouble))
        l->usb->n = 0;
    size_t most = l->n_entries + l->usb->n + 1;
    l->entries = ARENA_ARRAY(l->arena, most, struct printer_entry);
    l->seen = ARENA_ARRAY(l->arena, most, struct printer_seen);
    l->inquiries = ARENA_ARRAY(l->arena, most, struct printer_inquiry);
    if (!l->entries || !l->seen || !l->inquiries)
        return full(err);
    for (size_t i = 0; i < l->n_entries; i++)
        take_entry(l, names[i]);
    for (size_t i = 0; i < l->usb->n; i++)
        take_new(l, &l->usb->printer[i]);
    return true;
}

/* ── asking all at once ── */

static void *inquire(void *ctx)
{
    printer_inquire(ctx);
    return NULL;
}

/* Two names of one printer: asked once. */
static const struct printer_inquiry *same(const struct listing *l, size_t i)
{
    const struct printer_inquiry *q = &l->inquiries[i];
    for (size_t k = 0; k < i; k++) {
        const struct printer_inquiry *other = &l->inquiries[k];
        if (other->uri && (q->usb ? other->usb == q->usb : strcmp(other->uri, q->uri) == 0))
            return other;
    }
    return NULL;
}

static void answer_as(struct printer_inquiry *q, const struct printer_inquiry *other)
{
    struct printer_inquiry mine = *q;
    *q = *other;
    q->uri = mine.uri;
    q->lock = mine.lock;
    q->profile = mine.profile;
}

static bool ask_all(struct listing *l, struct err *err)
{
    struct thread {
        pthread_t id;
        bool runs;
    } *threads = ARENA_ARRAY(l->arena, l->n + 1, struct thread);
    if (!threads)
        return full(err);
    for (size_t i = 0; i < l->n; i++) {
        struct printer_inquiry *q = &l->inquiries[i];
        if (q->standing == STANDING_WRONG || same(l, i))
            continue;
        q->dir = l->query->dir;
        q->timeout_ms = l->query->timeout_ms;
        threads[i].runs = pthread_create(&threads[i].id, NULL, inquire, q) == 0;
        if (!threads[i].runs)
            printer_inquire(q);
    }
    for (size_t i = 0; i < l->n; i++)
        if (threads[i].runs)
            pthread_join(threads[i].id, NULL);
    for (size_t i = 0; i < l->n; i++) {
        const struct printer_inquiry *other =
            l->inquiries[i].standing == STANDING_WRONG ? NULL : same(l, i);
        if (other)
            answer_as(&l->inquiries[i], other);
    }
    return true;
}

/* ── what prints, and why it does not go on ── */

static bool take_reason(void *ctx, const struct spool_job *job)
{
    struct printer_inquiry *q = ctx;
    if (job->reason != ERR_PRINTER_NOT_READY || !job->printer_state)
        return true;
    q->state = job->printer_state;
    q->standing = STANDING_NOT_READY;
    return false;
}

/* One that stopped in the middle of a job is in our own hands: its job says why. What cannot be
 * read there changes nothing: it is printing. */
static void look_at_jobs(struct listing *l)
{
    char path[PRINTERS_PATH_BYTES];
    struct store *store = NULL;
    struct spool *spool = NULL;
    struct env env;
    struct err ignored = {0};
    bool any = false;
    for (size_t i = 0; i < l->n; i++)
        any |= l->inquiries[i].standing == STANDING_PRINTING;
    if (!any || !l->query->dir)
        return;
    snprintf(path, sizeof path, "%s/bonbon.db", l->query->dir);
    if (access(path, R_OK | W_OK) == 0 && env_system(&env, &ignored) &&
        store_open(&store, path, &ignored) && spool_create(&spool, store, &env, &ignored)) {
        for (size_t i = 0; i < l->n; i++) {
            struct printer_inquiry *q = &l->inquiries[i];
            struct spool_filter filter = {.printer = slice_str(q->lock),
                                          .states = 1U << JOB_SENDING};
            if (q->standing == STANDING_PRINTING)
                spool_list(spool, &filter, take_reason, q, &ignored);
        }
    }
    spool_destroy(spool);
    store_close(store);
}

/* ── what came of it ── */

static struct slice either(struct listing *l, const char *first, const char *second)
{
    return keep(l, first[0] ? first : second);
}

static void tell_identity(struct listing *l, struct printer_seen *s,
                          const struct printer_inquiry *q)
{
    const struct usb_printer *usb = q->usb;
    s->plugged = usb;
    s->maker = either(l, q->maker, usb ? usb->maker : "");
    s->model = either(l, q->model, usb ? usb->model : "");
    s->serial = either(l, usb ? usb->serial : "", q->serial);
    s->firmware = keep(l, q->firmware);
    if (usb) {
        s->port = slice_str(usb->port);
        s->node = slice_str(usb->node);
        s->device_id = slice_str(usb->device_id);
    }
    printer_guess_usb(usb, slice_str(q->model), &s->guess);
    if (!s->configured)
        s->profile = s->guess.profile;
}

static void tell_words(struct listing *l, struct printer_seen *s, const struct printer_inquiry *q,
                       enum drawer_open drawer)
{
    static const char *const as_said[LANG_COUNT] = {"as printers.d says", "după printers.d",
                                                    "по printers.d"};
    struct buf words;
    buf_init(&words, 0);
    printer_status_words(q, drawer, l->query->lang, &words);
    s->status = arena_copy(l->arena, buf_slice(&words));
    buf_reset(&words);
    if (s->configured)
        buf_str(&words, as_said[l->query->lang]);
    else
        printer_why_words(&s->guess, l->query->lang, &words);
    s->why = arena_copy(l->arena, buf_slice(&words));
    buf_finish(&words);
}

static bool tell(struct listing *l, size_t i, struct err *err)
{
    struct printer_seen *s = &l->seen[i];
    const struct printer_inquiry *q = &l->inquiries[i];
    if (q->standing != STANDING_WRONG)
        tell_identity(l, s, q);
    s->standing = q->standing;
    s->state = q->state;
    s->trouble = q->trouble;
    s->holder_pid = q->holder.pid;
    s->holder = keep(l, q->holder.pid ? q->holder.name : "");
    tell_words(l, s, q, l->entries[i].drawer_open);
    return (s->status.p && s->why.p && s->holder.p) || full(err);
}

bool printers_list(const struct printers_query *query, struct arena *arena,
                   const struct printer_seen **seen, size_t *n, struct err *usb_trouble,
                   struct err *err)
{
    struct listing l = {.query = query, .arena = arena};
    bool ok = collect(&l, usb_trouble, err) && ask_all(&l, err);
    if (ok)
        look_at_jobs(&l);
    for (size_t i = 0; ok && i < l.n; i++)
        ok = tell(&l, i, err);
    *seen = l.seen;
    *n = l.n;
    return ok;
}
