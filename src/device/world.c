/* The outside world: what an order does, and when it is due. */
#include "device/inside.h"

#include "base/json.h"
#include "virtual/handler.h"
#include "virtual/paper.h"

enum { MS_US = 1000, MM_UM = 1000, REPLUG_US = 500 * MS_US, HALF_SECOND_US = 500 * MS_US };

void device_say(struct device *dev, const char *words)
{
    if (dev->watch.say)
        dev->watch.say(dev->watch.ctx, words);
}

/* ── the state of the printer ── */

static unsigned conditions(const struct device *dev)
{
    const struct world *w = &dev->world;
    return (w->paper_out ? PRINTER_PAPER_OUT : 0) | (w->paper_low ? PRINTER_PAPER_LOW : 0) |
           (w->cover_open ? PRINTER_COVER_OPEN : 0) | (w->cutter_error ? PRINTER_CUTTER_ERROR : 0) |
           (w->hot || w->cover_while_printing ? PRINTER_OVERHEATED : 0) |
           (w->error ? PRINTER_RECOVERABLE : 0) | (w->failed ? PRINTER_UNRECOVERABLE : 0) |
           (w->drawer_open ? PRINTER_DRAWER_HIGH : 0) |
           (dev->wait_until_us > dev->now_us ? PRINTER_OFFLINE : 0);
}

/* Paper that ends lets the line be finished; the rest stops the head where it is. */
static void stop_or_go(struct device *dev)
{
    const unsigned stops = PRINTER_COVER_OPEN | PRINTER_CUTTER_ERROR | PRINTER_OVERHEATED |
                           PRINTER_RECOVERABLE | PRINTER_UNRECOVERABLE;
    struct motion *m = &dev->motion;
    if (!m->busy)
        return;
    bool stop = dev->vp->state & stops || (m->frozen && dev->vp->state & PRINTER_OFFLINE);
    if (stop && !m->frozen)
        m->left_us = m->until_us - dev->now_us;
    if (!stop && m->frozen)
        m->until_us = dev->now_us + m->left_us;
    m->frozen = stop;
}

void device_apply(struct device *dev)
{
    unsigned before = dev->vp->state;
    if (!dev->powered)
        return;
    virtual_set_state(dev->vp, conditions(dev));
    if (dev->vp->state & ~before & PRINTER_OFFLINE)
        answer_offline(dev->vp);
    stop_or_go(dev);
    device_collect(dev);
}

/* What stopped it for paper or cover is gone: GS z 0 says how long it waits. */
static void wait_after_paper(struct device *dev)
{
    if (dev->vp->wait_half_seconds)
        dev->wait_until_us = dev->now_us + dev->vp->wait_half_seconds * (int64_t)HALF_SECOND_US;
}

void device_recover(struct device *dev, unsigned n)
{
    struct world *w = &dev->world;
    bool recoverable = w->error || (w->cutter_error && !w->jammed);
    if ((n != 1 && n != 2) || !recoverable)
        return;
    if (n == 2) {
        device_stop_dead(dev);
        device_drop_input(dev);
    }
    w->error = false;
    w->cutter_error = w->jammed;
    device_say(dev, n == 1 ? "recovered" : "recovered, and dropped what it had received");
    device_apply(dev);
}

/* ── power and plug ── */

static void drop_answers(struct device *dev)
{
    dev->out_at = 0;
    buf_reset(&dev->out);
    buf_reset(&dev->vp->replies);
}

static void forget_wire(struct device *dev)
{
    dev->halted_in = dev->halted_out = dev->stall_in = dev->stall_out = false;
    drop_answers(dev);
}

void device_power_off(struct device *dev)
{
    if (!dev->powered)
        return;
    device_stop_dead(dev);
    device_drop_input(dev);
    machine_restart(dev->vp);
    forget_wire(dev);
    dev->wait_until_us = 0;
    dev->powered = false;
    dev->connection++;
}

static void power_on(struct device *dev)
{
    static const uint8_t notice[] = {0x3b, 0x31, 0x00};
    struct world *w = &dev->world;
    if (dev->powered)
        return;
    dev->powered = true;
    dev->connection++;
    w->failed = w->error = w->cover_while_printing = false;
    w->cutter_error = w->jammed;
    machine_restart(dev->vp);
    buf_reset(&dev->vp->replies);
    device_apply(dev);
    drop_answers(dev);
    if (dev->vp->nv.switches[0] & SWITCH_POWER_NOTICE) {
        buf_append(&dev->vp->replies, notice, sizeof notice);
        device_collect(dev);
    }
}

/* The printer has its own power: it prints on what it has. */
static void unplug(struct device *dev)
{
    if (!dev->plugged)
        return;
    dev->plugged = false;
    if (dev->network)
        return;
    forget_wire(dev);
    dev->connection++;
}

/* A host that finds it resets it: what was received and not printed is gone. */
static void plug(struct device *dev, int64_t port)
{
    if (dev->plugged)
        return;
    dev->plugged = true;
    if (port)
        dev->port = (unsigned)port;
    if (dev->network)
        return;
    device_drop_input(dev);
    drop_answers(dev);
    dev->connection++;
}

/* ── later ── */

static bool add(struct device *dev, const struct order *order, uint64_t due)
{
    if (dev->n_orders == DEVICE_MAX_ORDERS)
        return false;
    struct waiting_order *w = &dev->orders[dev->n_orders++];
    w->order = *order;
    w->due = due;
    return true;
}

static bool add_at(struct device *dev, enum order_verb verb, int64_t n, int64_t after_us)
{
    const struct order order = {.when = WHEN_TIME, .verb = verb, .n = n};
    return add(dev, &order, (uint64_t)(dev->now_us + after_us));
}

static void take_out(struct device *dev, unsigned i, struct order *order)
{
    *order = dev->orders[i].order;
    dev->n_orders--;
    memmove(&dev->orders[i], &dev->orders[i + 1], (dev->n_orders - i) * sizeof *dev->orders);
}

int64_t device_order_time(const struct device *dev)
{
    int64_t next = INT64_MAX;
    for (unsigned i = 0; i < dev->n_orders; i++)
        if (dev->orders[i].order.when == WHEN_TIME && (int64_t)dev->orders[i].due < next)
            next = (int64_t)dev->orders[i].due;
    return next;
}

uint64_t device_order_bytes(const struct device *dev)
{
    uint64_t next = UINT64_MAX;
    for (unsigned i = 0; i < dev->n_orders; i++) {
        if (dev->orders[i].order.when != WHEN_BYTES)
            continue;
        uint64_t due = dev->orders[i].due;
        uint64_t left = due > dev->received ? due - dev->received : 0;
        if (left < next)
            next = left;
    }
    return next;
}

/* ── what an order does ── */

static void nak(struct device *dev, int64_t us)
{
    dev->nak_until_us = us ? dev->now_us + us : INT64_MAX;
}

static void noise(struct device *dev, const struct order *order)
{
    buf_append(&dev->vp->replies, order->noise, order->n_noise);
    device_collect(dev);
}

static void all_well(struct device *dev)
{
    struct world *w = &dev->world;
    bool had_paper = !w->paper_out && !w->cover_open;
    bool failed = w->failed;
    *w = (struct world){.failed = failed};
    dev->nak_until_us = 0;
    dev->stall_in = dev->stall_out = dev->halted_in = dev->halted_out = dev->is_short = false;
    dev->back = BACK_OK;
    if (!had_paper)
        wait_after_paper(dev);
    plug(dev, 0);
    power_on(dev);
}

/* The cover that is opened and closed lets a person see to the knife and the paper. */
static void cover(struct device *dev, bool open)
{
    struct world *w = &dev->world;
    if (open && !w->cover_open && dev->motion.busy && dev->powered)
        w->cover_while_printing = true;
    if (!open && w->cover_open)
        wait_after_paper(dev);
    w->cover_open = open;
    if (!open)
        w->cover_while_printing = false;
}

static void paper_in(struct device *dev)
{
    if (dev->world.paper_out)
        wait_after_paper(dev);
    dev->world.paper_out = false;
}

static void change_wire(struct device *dev, const struct order *order)
{
    switch (order->verb) {
    case ORDER_NAK:
        nak(dev, order->n);
        break;
    case ORDER_NAK_OFF:
        dev->nak_until_us = 0;
        break;
    case ORDER_STALL_OUT:
        dev->stall_out = true;
        break;
    case ORDER_STALL_IN:
        dev->stall_in = true;
        break;
    case ORDER_SHORT:
        dev->is_short = true;
        dev->short_left = order->n;
        break;
    case ORDER_BACK_OK:
    case ORDER_BACK_SILENT:
    case ORDER_BACK_CORRUPT:
        dev->back = order->verb == ORDER_BACK_OK       ? BACK_OK
                    : order->verb == ORDER_BACK_SILENT ? BACK_SILENT
                                                       : BACK_CORRUPT;
        break;
    case ORDER_BACK_FLOOD:
        dev->back = BACK_FLOOD;
        dev->flood_from_us = dev->now_us;
        dev->flooded = 0;
        break;
    case ORDER_BACK_NOISE:
        noise(dev, order);
        break;
    case ORDER_RESET:
        drop_answers(dev);
        dev->connection++;
        break;
    default:
        break;
    }
}

static void change_power(struct device *dev, const struct order *order)
{
    switch (order->verb) {
    case ORDER_POWER_ON:
        power_on(dev);
        break;
    case ORDER_POWER_OFF:
        device_power_off(dev);
        break;
    case ORDER_POWER_CYCLE:
        device_power_off(dev);
        add_at(dev, ORDER_POWER_ON, 0, order->n);
        break;
    case ORDER_UNPLUG:
        unplug(dev);
        break;
    case ORDER_PLUG:
        plug(dev, order->n);
        break;
    case ORDER_REPLUG:
        unplug(dev);
        add_at(dev, ORDER_PLUG, order->n, REPLUG_US);
        break;
    default:
        break;
    }
}

static void change_world(struct device *dev, enum order_verb verb)
{
    struct world *w = &dev->world;
    switch (verb) {
    case ORDER_PAPER_OUT:
        w->paper_out = true;
        break;
    case ORDER_PAPER_LOW:
        w->paper_low = true;
        break;
    case ORDER_PAPER_IN:
        paper_in(dev);
        break;
    case ORDER_PAPER_RELOAD:
        cover(dev, true);
        paper_in(dev);
        w->paper_low = false;
        cover(dev, false);
        break;
    case ORDER_COVER_OPEN:
    case ORDER_COVER_CLOSE:
        cover(dev, verb == ORDER_COVER_OPEN);
        break;
    case ORDER_CUTTER_JAM:
        w->jammed = w->cutter_error = true;
        break;
    case ORDER_CUTTER_CLEAR:
        w->jammed = false;
        break;
    case ORDER_HEAT:
    case ORDER_COOL:
        w->hot = verb == ORDER_HEAT;
        break;
    case ORDER_ERROR:
        w->error = true;
        break;
    case ORDER_FAIL:
        w->failed = true;
        break;
    case ORDER_RECOVER:
        device_recover(dev, 1);
        break;
    case ORDER_DRAWER_OPEN:
    case ORDER_DRAWER_CLOSE:
        w->drawer_open = verb == ORDER_DRAWER_OPEN;
        break;
    case ORDER_OK:
        all_well(dev);
        break;
    default:
        break;
    }
    device_apply(dev);
}

/* ── questions ── */

static void say_conditions(const struct device *dev, struct json *j)
{
    static const struct {
        unsigned state;
        const char *words;
    } names[] = {
        {PRINTER_PAPER_OUT, "paper_out"},         {PRINTER_PAPER_LOW, "paper_low"},
        {PRINTER_COVER_OPEN, "cover_open"},       {PRINTER_CUTTER_ERROR, "cutter_error"},
        {PRINTER_OVERHEATED, "overheated"},       {PRINTER_RECOVERABLE, "error"},
        {PRINTER_UNRECOVERABLE, "unrecoverable"}, {PRINTER_DRAWER_HIGH, "drawer_open"},
    };
    json_open_list(j, "conditions");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (dev->vp->state & names[i].state)
            json_str(j, NULL, names[i].words);
    json_close_list(j);
}

static void say_status(const struct device *dev, struct buf *out)
{
    struct device_figures f = device_figures(dev);
    struct json j;
    json_init(&j, out);
    json_open_object(&j, NULL);
    json_bool(&j, "power", dev->powered);
    json_bool(&j, "plugged", dev->plugged);
    json_int(&j, "port", dev->port);
    json_bool(&j, "online", dev->powered && !(dev->vp->state & PRINTER_OFFLINE));
    say_conditions(dev, &j);
    json_bool(&j, "idle", device_is_idle(dev));
    json_bool(&j, "takes_bytes", dev->now_us >= dev->nak_until_us);
    json_int(&j, "received_bytes", (int64_t)f.received_bytes);
    json_int(&j, "waiting_bytes", f.waiting_bytes);
    json_int(&j, "buffer_bytes", f.buffer_bytes);
    json_int(&j, "paper_mm", (int64_t)(f.paper_um / MM_UM));
    json_int(&j, "cuts", (int64_t)f.cuts);
    json_int(&j, "pulses", (int64_t)f.pulses);
    json_int(&j, "orders", f.orders);
    json_close_object(&j);
    buf_byte(out, '\n');
}

static void say_counters(const struct device *dev, struct buf *out)
{
    static const char *const names[NV_COUNTERS] = {"lines", "rows", "cuts", "hours"};
    const struct nv *nv = &dev->vp->nv;
    struct json j;
    json_init(&j, out);
    json_open_object(&j, NULL);
    for (unsigned i = 0; i < NV_COUNTERS; i++)
        json_int(&j, names[i], (int64_t)(nv->counted[i] / nv_counter_units((enum nv_counter)i)));
    json_int(&j, "nv_writes", (int64_t)nv->writes);
    json_close_object(&j);
    buf_byte(out, '\n');
}

static bool answer_question(const struct device *dev, enum order_verb verb, struct buf *answer)
{
    switch (verb) {
    case ORDER_STATUS:
        say_status(dev, answer);
        return true;
    case ORDER_TEXT:
        virtual_text(dev->vp, answer);
        return true;
    case ORDER_COUNTERS:
        say_counters(dev, answer);
        return true;
    default:
        return false;
    }
}

/* ── giving them ── */

static void give(struct device *dev, const struct order *order)
{
    device_say(dev, order_name(order->verb));
    if (order->verb >= ORDER_POWER_OFF && order->verb <= ORDER_REPLUG)
        change_power(dev, order);
    else if (order->verb >= ORDER_NAK && order->verb <= ORDER_RESET)
        change_wire(dev, order);
    else
        change_world(dev, order->verb);
}

static uint64_t measure(const struct device *dev, enum order_when when)
{
    switch (when) {
    case WHEN_BYTES:
        return dev->received;
    case WHEN_CUTS:
        return dev->cuts;
    case WHEN_MM:
        return device_paper_um(dev);
    default:
        return (uint64_t)dev->now_us;
    }
}

void device_give_due(struct device *dev)
{
    for (unsigned i = 0; i < dev->n_orders;) {
        struct order order;
        enum order_when when = dev->orders[i].order.when;
        if (when == WHEN_TIME || measure(dev, when) < dev->orders[i].due) {
            i++;
            continue;
        }
        take_out(dev, i, &order);
        give(dev, &order);
        i = 0; /* it may have moved or made others due */
    }
}

bool device_give_timed(struct device *dev)
{
    int64_t due = device_order_time(dev);
    for (unsigned i = 0; due <= dev->now_us && i < dev->n_orders; i++) {
        struct order order;
        if (dev->orders[i].order.when != WHEN_TIME || (int64_t)dev->orders[i].due != due)
            continue;
        take_out(dev, i, &order);
        give(dev, &order);
        return true;
    }
    return false;
}

static bool accept(struct device *dev, const struct order *order, struct err *err)
{
    uint64_t from = measure(dev, order->when);
    uint64_t amount = (uint64_t)order->amount * (order->when == WHEN_MM ? MM_UM : 1);
    if (add(dev, order, from + amount))
        return true;
    return FAIL(err, ERR_TOO_BIG, "orders that wait", "1024");
}

bool device_order(struct device *dev, struct slice line, struct buf *answer, struct err *err)
{
    struct order order;
    struct buf unheard;
    switch (order_parse(line, &order, err)) {
    case ORDER_EMPTY:
        return true;
    case ORDER_BAD:
        return false;
    default:
        break;
    }
    if (order.when != WHEN_NOW)
        return accept(dev, &order, err);
    buf_init(&unheard, 0);
    if (!answer_question(dev, order.verb, answer ? answer : &unheard))
        give(dev, &order);
    buf_finish(&unheard);
    device_run(dev);
    return true;
}

bool device_script(struct device *dev, struct slice text, struct err *err)
{
    struct slice rest = text, line;
    struct order order;
    for (unsigned at = 1; take_line(&rest, &line); at++)
        if (order_parse(line, &order, err) == ORDER_BAD)
            return err_at(err, NULL, at, 0);
    for (unsigned at = 1; take_line(&text, &line); at++)
        if (!device_order(dev, line, NULL, err))
            return err_at(err, NULL, at, 0);
    return true;
}
