/* The wire: what is taken, what is obeyed at once, what is said back, and its faults. */
#include "device/inside.h"

#include "virtual/handler.h"

enum { MS_US = 1000 };

/* ── real-time commands ── */

enum { DLE = 0x10, EOT = 0x04, ENQ = 0x05, DC4 = 0x14 };

enum match { NO_MATCH, MATCH_MORE, MATCH_WHOLE };

/* Whether matched and this byte are a real-time command, or the beginning of one (Epson APG, DLE
 * EOT, ENQ, DC4; an n that means nothing is no command). */
static enum match match(const struct device *dev, uint8_t byte)
{
    static const uint8_t clear[] = {DLE, DC4, 8, 1, 3, 20, 1, 6, 2, 8};
    static const uint8_t power[] = {DLE, DC4, 2, 1, 8};
    const uint8_t *m = dev->matched;
    unsigned n = dev->n_matched;
    if (n == 1)
        return byte == EOT || byte == ENQ || byte == DC4 ? MATCH_MORE : NO_MATCH;
    if (m[1] == EOT)
        return byte >= 1 && byte <= 4 ? MATCH_WHOLE : NO_MATCH;
    if (m[1] == ENQ)
        return byte <= 2 ? MATCH_WHOLE : NO_MATCH;
    if (n == 2)
        return byte == 1 || byte == 2 || byte == 7 || byte == 8 ? MATCH_MORE : NO_MATCH;
    if (m[2] == 1) {
        if (n == 3)
            return byte <= 1 ? MATCH_MORE : NO_MATCH;
        return byte >= 1 && byte <= 8 ? MATCH_WHOLE : NO_MATCH;
    }
    if (m[2] == 7)
        return byte == 1 || byte == 4 ? MATCH_WHOLE : NO_MATCH;
    const uint8_t *want = m[2] == 2 ? power : clear;
    size_t length = m[2] == 2 ? sizeof power : sizeof clear;
    if (byte != want[n])
        return NO_MATCH;
    return n + 1 == length ? MATCH_WHOLE : MATCH_MORE;
}

static void clear_by_wire(struct device *dev)
{
    enum { CLEARED = 0x25 };
    device_drop_input(dev);
    answer_block(dev->vp, CLEARED, (struct slice){0});
}

static void power_by_wire(struct device *dev)
{
    if (!dev->vp->power_by_wire)
        return;
    /* 3B 30 00 is said before it goes off (the middle byte is unverified). */
    device_say(dev, "switched off by the host");
    device_power_off(dev);
}

static void act(struct device *dev)
{
    struct virtual_printer *vp = dev->vp;
    const uint8_t *m = dev->matched;
    struct slice params = slice_of(m + 2, 1), dc4 = slice_of(m + 3, dev->n_matched - 3);
    struct tally before = vp->tally;
    enum command_id command = vp->command;
    bool error = vp->state & (PRINTER_CUTTER_ERROR | PRINTER_OVERHEATED | PRINTER_UNRECOVERABLE |
                              PRINTER_RECOVERABLE);
    dev->n_matched = 0;
    vp->command = m[1] == EOT ? COMMAND_DLE_EOT : m[1] == ENQ ? COMMAND_DLE_ENQ : COMMAND_DLE_DC4_1;
    if (m[1] == EOT)
        answer_status(vp, params);
    else if (m[1] == ENQ)
        device_recover(dev, m[2]);
    else if (m[2] == 1 && !error)
        do_pulse_now(vp, dc4);
    else if (m[2] == 2)
        power_by_wire(dev);
    else if (m[2] == 7)
        answer_block_now(vp, dc4);
    else if (m[2] == 8)
        clear_by_wire(dev);
    vp->command = command;
    if (vp->tally.pulses != before.pulses && !dev->world.drawer_open) {
        dev->world.drawer_open = true;
        device_say(dev, "drawer opened");
        device_apply(dev);
    }
    device_collect(dev);
}

/* Takes bytes until the buffer is full, or up to a real-time command, which is acted on; returns
 * how many. What may still be such a command stands aside and needs no room. A printer at rest gets
 * them command by command, so that what a command empties the buffer of never depends on the cut of
 * the bytes. */
static size_t take(struct device *dev, struct slice bytes)
{
    size_t i = 0;
    while (i < bytes.n) {
        if (!dev->n_matched) {
            const uint8_t *dle = memchr(bytes.p + i, DLE, bytes.n - i);
            size_t run = dle ? (size_t)(dle - bytes.p) - i : bytes.n - i;
            size_t fits = device_room(dev);
            if (run && device_is_at_rest(dev)) {
                size_t n = device_a_step(dev, slice_of(bytes.p + i, run < fits ? run : fits));
                device_put_in(dev, bytes.p + i, n);
                return i + n;
            }
            size_t n = run < fits ? run : fits;
            device_put_in(dev, bytes.p + i, n);
            i += n;
            if (n < run || !dle)
                return i;
            dev->matched[dev->n_matched++] = DLE;
            i++;
            continue;
        }
        enum match found = match(dev, bytes.p[i]);
        if (found == NO_MATCH) {
            device_put_in(dev, dev->matched, dev->n_matched);
            dev->n_matched = 0;
            return i;
        }
        dev->matched[dev->n_matched++] = bytes.p[i++];
        if (found == MATCH_WHOLE) {
            /* What came before it has been looked at, whoever cut the bytes. */
            device_run(dev);
            act(dev);
            return i;
        }
    }
    return i;
}

/* ── the wire ── */

bool device_is_present(const struct device *dev)
{
    return dev->powered && dev->plugged;
}

bool device_has_power(const struct device *dev)
{
    return dev->powered;
}

unsigned device_port_number(const struct device *dev)
{
    return dev->port;
}

unsigned device_connection(const struct device *dev)
{
    return dev->connection;
}

static enum device_port port_state(struct device *dev)
{
    if (!device_is_present(dev))
        return DEVICE_REFUSED;
    if (dev->stall_out) {
        dev->stall_out = false;
        dev->halted_out = true;
    }
    if (dev->halted_out)
        return DEVICE_STALL;
    return dev->now_us < dev->nak_until_us ? DEVICE_NAK : DEVICE_OPEN;
}

/* How many bytes may come before something is due to happen by them. */
static size_t before_next(const struct device *dev, size_t n)
{
    uint64_t most = device_order_bytes(dev);
    if (dev->is_short && (uint64_t)dev->short_left < most)
        most = (uint64_t)dev->short_left;
    return n < most ? n : (size_t)most;
}

size_t device_receive(struct device *dev, struct slice bytes, enum device_port *port)
{
    size_t taken = 0;
    while ((*port = port_state(dev)) == DEVICE_OPEN) {
        bool cut_short = dev->is_short && !dev->short_left;
        if (cut_short && (taken < bytes.n || !bytes.n))
            *port = DEVICE_SHORT;
        if (cut_short)
            dev->is_short = false;
        if (taken == bytes.n || *port == DEVICE_SHORT)
            break;
        struct slice rest = slice_sub(bytes, taken, bytes.n);
        size_t n = take(dev, slice_sub(rest, 0, before_next(dev, rest.n)));
        taken += n;
        dev->received += n;
        if (dev->is_short)
            dev->short_left -= (int64_t)n;
        device_run(dev);
        device_give_due(dev);
        if (!n && !device_room(dev)) {
            *port = DEVICE_NAK;
            break;
        }
    }
    return taken;
}

static uint64_t next_random(struct device *dev)
{
    dev->random ^= dev->random << 13;
    dev->random ^= dev->random >> 7;
    dev->random ^= dev->random << 17;
    return dev->random;
}

static void put_out(struct device *dev, struct slice bytes)
{
    if (dev->out_at == dev->out.n)
        dev->out_at = dev->out.n = 0;
    /* A host that does not read loses what comes later, whole answers of it. */
    if (buf_reserve(&dev->out, bytes.n))
        buf_slice_append(&dev->out, bytes);
    dev->out.full = false;
}

void device_collect(struct device *dev)
{
    struct buf *replies = &dev->vp->replies;
    if (dev->plugged && dev->powered && dev->back != BACK_SILENT) {
        for (size_t i = 0; dev->back == BACK_CORRUPT && i < replies->n; i++)
            if (next_random(dev) & 1)
                replies->p[i] = (uint8_t)next_random(dev);
        put_out(dev, buf_slice(replies));
    }
    buf_reset(replies);
}

static uint64_t flood_due(const struct device *dev)
{
    if (dev->back != BACK_FLOOD)
        return 0;
    uint64_t all = (uint64_t)(dev->now_us - dev->flood_from_us) / MS_US * DEVICE_FLOOD_BYTES_A_MS;
    uint64_t due = all > dev->flooded ? all - dev->flooded : 0;
    return due < DEVICE_ANSWER_BYTES ? due : DEVICE_ANSWER_BYTES;
}

/* The same status over and over, as fast as time allows; what a host does not read in time is lost.
 */
static size_t flood(struct device *dev, struct buf *out, size_t most)
{
    uint64_t due = flood_due(dev);
    uint8_t asb[4];
    if (!due)
        return 0;
    status_asb(dev->vp->state, asb);
    if (due == DEVICE_ANSWER_BYTES)
        dev->flooded =
            (uint64_t)(dev->now_us - dev->flood_from_us) / MS_US * DEVICE_FLOOD_BYTES_A_MS - due;
    size_t n = due < most ? (size_t)due : most;
    for (size_t i = 0; i < n; i++)
        buf_byte(out, asb[dev->flooded++ % sizeof asb]);
    return n;
}

bool device_has_answer(const struct device *dev)
{
    return device_is_present(dev) &&
           (dev->out_at < dev->out.n || dev->stall_in || dev->halted_in || flood_due(dev));
}

size_t device_transmit(struct device *dev, struct buf *out, size_t most, enum device_port *port)
{
    *port = DEVICE_REFUSED;
    if (!device_is_present(dev))
        return 0;
    if (dev->stall_in) {
        dev->stall_in = false;
        dev->halted_in = true;
    }
    *port = DEVICE_STALL;
    if (dev->halted_in)
        return 0;
    struct slice have = slice_sub(buf_slice(&dev->out), dev->out_at, dev->out_at + most);
    buf_slice_append(out, have);
    dev->out_at += have.n;
    size_t n = have.n + flood(dev, out, most - have.n);
    *port = n ? DEVICE_OPEN : DEVICE_NAK;
    return n;
}

void device_clear_halt(struct device *dev, bool in)
{
    if (in)
        dev->halted_in = false;
    else
        dev->halted_out = false;
}

void device_soft_reset(struct device *dev)
{
    if (!device_is_present(dev))
        return;
    device_drop_input(dev);
    dev->out_at = 0;
    buf_reset(&dev->out);
    dev->halted_in = dev->halted_out = false;
    device_run(dev);
}

/* USB Printing Devices 1.1. Which conditions count as an error is each model's own affair
 * (unverified). */
uint8_t device_port_status(const struct device *dev)
{
    enum { NO_ERROR = 0x08, SELECTED = 0x10, PAPER_EMPTY = 0x20 };
    const unsigned state = dev->vp->state;
    const unsigned errors = PRINTER_COVER_OPEN | PRINTER_CUTTER_ERROR | PRINTER_OVERHEATED |
                            PRINTER_UNRECOVERABLE | PRINTER_RECOVERABLE | PRINTER_PAPER_OUT;
    return (uint8_t)((state & errors ? 0 : NO_ERROR) | (state & PRINTER_OFFLINE ? 0 : SELECTED) |
                     (state & PRINTER_PAPER_OUT ? PAPER_EMPTY : 0));
}

void device_hang_up(struct device *dev)
{
    dev->out_at = 0;
    buf_reset(&dev->out);
}
