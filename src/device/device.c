/* Time, the mechanism and the receive buffer. */
#include "device/device.h"

#include "device/inside.h"
#include "virtual/paper.h"

#include <stdlib.h>

/* Micrometres and half dots of an inch. */
enum { INCH_UM = 25400, MS_US = 1000 };
/* A printer that starts anew by a command takes no bytes for a while (unverified). */
enum { RESTART_US = 500 * MS_US };

bool device_create(struct device **out, const struct device_options *options, int64_t now_us,
                   struct err *err)
{
    const struct profile *p = options->profile;
    struct device *dev = calloc(1, sizeof *dev);
    *out = NULL;
    if (!dev)
        return FAIL(err, ERR_TOO_BIG, "the printer in software", "memory");
    dev->profile = p;
    dev->watch = options->watch;
    dev->buffer_bytes = options->buffer_bytes ? options->buffer_bytes
                        : p->buffer_bytes     ? p->buffer_bytes
                                              : DEVICE_BUFFER_BYTES;
    dev->speed_mm_s = options->speed_mm_s ? options->speed_mm_s
                      : p->speed_mm_s     ? p->speed_mm_s
                                          : DEVICE_SPEED_MM_S;
    dev->cut_us = (options->cut_ms ? options->cut_ms : DEVICE_CUT_MS) * (int64_t)MS_US;
    dev->unlimited = options->unlimited;
    dev->network = options->network;
    dev->now_us = now_us;
    dev->powered = dev->plugged = true;
    dev->port = 1;
    dev->random = options->seed ? options->seed : 1;
    buf_init(&dev->in, (size_t)dev->buffer_bytes * 2 + DEVICE_REAL_TIME_BYTES);
    buf_init(&dev->out, DEVICE_ANSWER_BYTES);
    if (!virtual_create(&dev->vp, p, err)) {
        device_destroy(dev);
        return false;
    }
    *out = dev;
    return true;
}

void device_destroy(struct device *dev)
{
    if (!dev)
        return;
    virtual_destroy(dev->vp);
    buf_finish(&dev->in);
    buf_finish(&dev->out);
    free(dev);
}

/* ── the mechanism ── */

static uint64_t half_to_um(const struct device *dev, uint64_t half)
{
    return half * INCH_UM / ((uint64_t)dev->profile->dpi * HALF);
}

uint64_t device_paper_um(const struct device *dev)
{
    return half_to_um(dev, dev->moved_half);
}

/* mm/s is µm/ms. */
static int64_t half_to_us(const struct device *dev, uint64_t half)
{
    return (int64_t)(half_to_um(dev, half * MS_US) / dev->speed_mm_s);
}

/* Half dots that so many microseconds move. */
static uint64_t us_to_half(const struct device *dev, int64_t us)
{
    return (uint64_t)us * dev->speed_mm_s * dev->profile->dpi * HALF / ((uint64_t)INCH_UM * MS_US);
}

/* Pieces that are cut off, and paper that grew too long without a cut. */
static void hand_out_pieces(struct device *dev, bool any_cut)
{
    if (!dev->watch.piece)
        return;
    for (bool found = any_cut; found;) {
        size_t n;
        const struct virtual_mark *m = virtual_marks(dev->vp, &n);
        found = false;
        for (size_t i = 0; i < n && !found; i++) {
            found = m[i].kind == VIRTUAL_CUT_FULL || m[i].kind == VIRTUAL_CUT_PARTIAL;
            if (found) {
                uint32_t y = m[i].y_dots;
                dev->watch.piece(dev->watch.ctx, dev->vp, y);
                virtual_tear_at(dev->vp, y);
            }
        }
    }
    if (virtual_paper(dev->vp)->height_dots > DEVICE_PIECE_MAX_DOTS)
        device_tear(dev);
}

void device_tear(struct device *dev)
{
    uint32_t height = virtual_paper(dev->vp)->height_dots;
    if (!height || !dev->watch.piece)
        return;
    dev->watch.piece(dev->watch.ctx, dev->vp, height);
    virtual_tear_off(dev->vp);
}

static void count(struct device *dev, uint64_t half, uint64_t cuts)
{
    struct nv *nv = &dev->vp->nv;
    dev->moved_half += half;
    dev->cuts += cuts;
    nv->counted[NV_LINES] += half;
    nv->counted[NV_ROWS] += half;
    nv->counted[NV_CUTS] += cuts;
}

static void end_motion(struct device *dev)
{
    bool any_cut = dev->motion.cuts;
    count(dev, dev->motion.half, dev->motion.cuts);
    dev->motion = (struct motion){0};
    hand_out_pieces(dev, any_cut);
    device_give_due(dev);
}

static void begin_motion(struct device *dev, const struct tally *before, size_t marks_before)
{
    const struct tally *now = &dev->vp->tally;
    struct motion m = {
        .half = now->moved_half - before->moved_half,
        .cuts = now->cuts - before->cuts,
        .marks_before = marks_before,
    };
    uint64_t nv_bytes = now->nv_bytes - before->nv_bytes;
    if (now->pulses != before->pulses && !dev->world.drawer_open) {
        dev->world.drawer_open = true;
        device_say(dev, "drawer opened");
        device_apply(dev);
    }
    if (!dev->unlimited) {
        m.tail_us = (int64_t)m.cuts * dev->cut_us + (int64_t)nv_bytes * DEVICE_NV_US_A_BYTE;
        m.until_us = dev->now_us + half_to_us(dev, m.half) + m.tail_us;
        m.busy = m.until_us > dev->now_us;
    }
    if (!m.half && !m.cuts && !m.busy)
        return;
    dev->motion = m;
    if (!m.busy)
        end_motion(dev);
}

void device_stop_dead(struct device *dev)
{
    const struct motion *m = &dev->motion;
    int64_t left = m->frozen ? m->left_us : m->until_us - dev->now_us;
    if (!m->busy)
        return;
    uint64_t half = left > m->tail_us ? us_to_half(dev, left - m->tail_us) : 0;
    if (half > m->half)
        half = m->half;
    count(dev, m->half - half, 0);
    if (m->cuts) {
        struct virtual_mark *marks = (struct virtual_mark *)(void *)dev->vp->marks.p;
        size_t n = dev->vp->marks.n / sizeof *marks, kept = m->marks_before;
        for (size_t i = kept; i < n; i++)
            if (marks[i].kind != VIRTUAL_CUT_FULL && marks[i].kind != VIRTUAL_CUT_PARTIAL)
                marks[kept++] = marks[i];
        dev->vp->marks.n = kept * sizeof *marks;
    }
    paper_stop_short(dev->vp, half);
    dev->motion = (struct motion){0};
}

/* ── the receive buffer ── */

static struct slice waiting(const struct device *dev)
{
    return slice_sub(buf_slice(&dev->in), dev->in_at, dev->in.n);
}

size_t device_room(const struct device *dev)
{
    size_t used = dev->in.n - dev->in_at;
    return used < dev->buffer_bytes ? dev->buffer_bytes - used : 0;
}

void device_put_in(struct device *dev, const uint8_t *p, size_t n)
{
    if (dev->in_at == dev->in.n) {
        dev->in_at = dev->in.n = 0;
    } else if (dev->in_at >= dev->buffer_bytes) {
        dev->in.n -= dev->in_at;
        memmove(dev->in.p, dev->in.p + dev->in_at, dev->in.n);
        dev->in_at = 0;
    }
    buf_append(&dev->in, p, n);
}

void device_drop_input(struct device *dev)
{
    dev->in_at = 0;
    buf_reset(&dev->in);
    dev->n_matched = 0;
    machine_drop_input(dev->vp);
}

/* How much of what waits is one step: a command, or what there is of it. */
size_t device_a_step(const struct device *dev, struct slice bytes)
{
    const struct virtual_printer *vp = dev->vp;
    if (vp->talk.data.n)
        return 1;
    if (vp->skip)
        return vp->skip < bytes.n ? (size_t)vp->skip : bytes.n;
    if (vp->pending.n)
        return vp->need < bytes.n ? vp->need : bytes.n;
    struct frame frame = frame_next(bytes);
    if (frame.kind == FRAME_PARTIAL)
        return bytes.n;
    return frame.kind == FRAME_TEXT && !dev->unlimited ? 1 : frame.length;
}

static bool is_online(const struct device *dev)
{
    return dev->powered && !(dev->vp->state & PRINTER_OFFLINE);
}

void device_run(struct device *dev)
{
    while (is_online(dev) && !dev->motion.busy && dev->in_at < dev->in.n) {
        struct tally before = dev->vp->tally;
        size_t marks_before = dev->vp->marks.n / sizeof(struct virtual_mark);
        size_t n = device_a_step(dev, waiting(dev));
        struct slice step = slice_sub(waiting(dev), 0, n);
        dev->in_at += n;
        virtual_feed(dev->vp, step);
        if (dev->vp->restarted) {
            dev->vp->restarted = false;
            device_drop_input(dev);
            device_say(dev, "started anew");
            if (!dev->unlimited && dev->nak_until_us < dev->now_us + RESTART_US)
                dev->nak_until_us = dev->now_us + RESTART_US;
        }
        begin_motion(dev, &before, marks_before);
        device_collect(dev);
    }
}

/* Nothing waits, and what comes is worked off at once. */
bool device_is_at_rest(const struct device *dev)
{
    return is_online(dev) && !dev->motion.busy && dev->in_at == dev->in.n;
}

/* ── time ── */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When something happens in the printer by itself. */
static int64_t next_event(const struct device *dev)
{
    int64_t next = device_order_time(dev);
    if (dev->motion.busy && !dev->motion.frozen)
        next = least(next, dev->motion.until_us);
    if (dev->nak_until_us > dev->now_us)
        next = least(next, dev->nak_until_us);
    if (dev->wait_until_us > dev->now_us)
        next = least(next, dev->wait_until_us);
    return next > dev->now_us ? next : dev->now_us;
}

int64_t device_next_us(const struct device *dev)
{
    int64_t next = next_event(dev);
    return dev->back == BACK_FLOOD ? least(next, dev->now_us + MS_US) : next;
}

static void set_clock(struct device *dev, int64_t now_us)
{
    if (dev->powered)
        dev->vp->nv.counted[NV_HOURS] += (uint64_t)(now_us - dev->now_us);
    dev->now_us = now_us;
}

void device_advance(struct device *dev, int64_t now_us)
{
    for (int64_t next; now_us >= dev->now_us && (next = next_event(dev)) <= now_us;) {
        set_clock(dev, next);
        if (dev->motion.busy && !dev->motion.frozen && dev->motion.until_us <= next)
            end_motion(dev);
        if (dev->wait_until_us && dev->wait_until_us <= next) {
            dev->wait_until_us = 0;
            device_apply(dev);
        }
        if (dev->nak_until_us <= next)
            dev->nak_until_us = 0;
        device_give_timed(dev);
        device_run(dev);
    }
    if (now_us > dev->now_us)
        set_clock(dev, now_us);
    device_run(dev);
}

/* ── what can be seen ── */

struct virtual_printer *device_printer(struct device *dev)
{
    return dev->vp;
}

unsigned device_state(const struct device *dev)
{
    return dev->vp->state;
}

bool device_is_idle(const struct device *dev)
{
    return dev->in_at == dev->in.n && !dev->motion.busy;
}

struct device_figures device_figures(const struct device *dev)
{
    return (struct device_figures){
        .received_bytes = dev->received,
        .waiting_bytes = (uint32_t)(dev->in.n - dev->in_at),
        .buffer_bytes = dev->buffer_bytes,
        .paper_um = device_paper_um(dev),
        .cuts = dev->cuts,
        .pulses = dev->vp->tally.pulses,
        .orders = dev->n_orders,
    };
}

bool device_nv_save(const struct device *dev, struct buf *out, struct err *err)
{
    nv_write(&dev->vp->nv, out);
    return !out->full || FAIL(err, ERR_TOO_BIG, "printer memory", "memory");
}

bool device_nv_load(struct device *dev, struct slice text, struct err *err)
{
    if (!nv_read(&dev->vp->nv, dev->profile, text, err))
        return false;
    machine_restart(dev->vp);
    return true;
}

uint64_t device_nv_writes(const struct device *dev)
{
    return dev->vp->nv.writes;
}
