/* Numbers are big-endian. Sizes and codes: kernel documentation, usb/usbip_protocol. */
#include "device/usbip.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    VERSION = 0x0111,
    REQUEST = 0x8000,
    OP_IMPORT = 3,
    OP_DEVLIST = 5,
    OP_HEAD_BYTES = 8,
    PATH_BYTES = 256,
    BUSID_BYTES = 32,
    CMD_SUBMIT = 1,
    CMD_UNLINK = 2,
    RET_SUBMIT = 3,
    RET_UNLINK = 4,
    URB_HEAD_BYTES = 48,
    BUS = 1,
    STATUS_OK = 0,
    STATUS_STALL = -32,      /* EPIPE */
    STATUS_CANCELLED = -104, /* ECONNRESET */
    STATUS_GONE = -108,      /* ESHUTDOWN */
};

/* A bulk transfer that waits. */
struct transfer {
    struct transfer *next;
    uint32_t seqnum;
    uint32_t length, done; /* bytes */
    uint8_t data[];        /* OUT */
};

/* Transfers of one endpoint, in the order in which they came. */
struct queue {
    struct transfer *first, **last;
};

struct usbip {
    struct usb *usb;
    struct buf in, out, scratch;
    bool attached, over;
    unsigned connection; /* of the device, when it was imported */
    struct queue writes, reads;
    size_t waiting_bytes;
    unsigned n_transfers;
};

bool usbip_create(struct usbip **out, struct usb *usb, struct err *err)
{
    struct usbip *ip = calloc(1, sizeof *ip);
    *out = ip;
    if (!ip)
        return FAIL(err, ERR_TOO_BIG, "USB/IP", "memory");
    ip->usb = usb;
    ip->writes.last = &ip->writes.first;
    ip->reads.last = &ip->reads.first;
    buf_init(&ip->in, USBIP_MAX_TRANSFER_BYTES + URB_HEAD_BYTES);
    buf_init(&ip->out, 0);
    buf_init(&ip->scratch, USBIP_MAX_TRANSFER_BYTES);
    return true;
}

static struct transfer *shift(struct usbip *ip, struct queue *q, struct transfer **at)
{
    struct transfer *t = *at;
    *at = t->next;
    if (!*at)
        q->last = at;
    ip->n_transfers--;
    ip->waiting_bytes -= t->length;
    return t;
}

static void drop_all(struct usbip *ip, struct queue *q)
{
    while (q->first)
        free(shift(ip, q, &q->first));
}

/* Lets go of the printer; the connection is at its end. */
static void leave(struct usbip *ip)
{
    ip->over = true;
    drop_all(ip, &ip->writes);
    drop_all(ip, &ip->reads);
    if (!ip->attached)
        return;
    ip->attached = false;
    ip->usb->taken = false;
    usb_reset(ip->usb);
}

void usbip_destroy(struct usbip *ip)
{
    if (!ip)
        return;
    leave(ip);
    buf_finish(&ip->in);
    buf_finish(&ip->out);
    buf_finish(&ip->scratch);
    free(ip);
}

static unsigned device_number(const struct usbip *ip)
{
    return device_port_number(ip->usb->device) + 1;
}

uint32_t usbip_devid(const struct usbip *ip)
{
    return (uint32_t)BUS << 16 | device_number(ip);
}

bool usbip_begin_attached(struct usbip *ip)
{
    if (ip->usb->taken || ip->over || !device_is_present(ip->usb->device))
        return false;
    usb_reset(ip->usb);
    ip->usb->taken = ip->attached = true;
    ip->connection = device_connection(ip->usb->device);
    return true;
}

bool usbip_has_it(const struct usbip *ip)
{
    return ip->attached;
}

static bool is_gone(const struct usbip *ip)
{
    return ip->attached && (ip->connection != device_connection(ip->usb->device) ||
                            !device_is_present(ip->usb->device));
}

static void put16(struct buf *out, unsigned n)
{
    buf_byte(out, (uint8_t)(n >> 8));
    buf_byte(out, (uint8_t)n);
}

static void put32(struct buf *out, uint32_t n)
{
    put16(out, n >> 16);
    put16(out, n & 0xffff);
}

static void put_zeros(struct buf *out, size_t n)
{
    while (n--)
        buf_byte(out, 0);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* ── before it is imported ── */

static void busid_of(const struct usbip *ip, char busid[BUSID_BYTES])
{
    memset(busid, 0, BUSID_BYTES);
    snprintf(busid, BUSID_BYTES, "%d-%u", BUS, device_port_number(ip->usb->device));
}

/* What list and import say of it; classes stand at the interface. */
static void put_device(const struct usbip *ip, struct buf *out)
{
    const struct usb_identity *id = &ip->usb->id;
    char path[PATH_BYTES] = {0}, busid[BUSID_BYTES];
    busid_of(ip, busid);
    snprintf(path, sizeof path, "/sys/devices/platform/bonbon/usb%d/%s", BUS, busid);
    buf_append(out, path, sizeof path);
    buf_append(out, busid, sizeof busid);
    put32(out, BUS);
    put32(out, device_number(ip));
    put32(out, id->speed);
    put16(out, id->vendor);
    put16(out, id->product);
    put16(out, id->release);
    put_zeros(out, 3);
    buf_byte(out, ip->usb->configuration);
    buf_byte(out, 1);
    buf_byte(out, id->second ? 2 : 1);
}

static void put_op(struct buf *out, unsigned code, unsigned status)
{
    put16(out, VERSION);
    put16(out, code);
    put32(out, status);
}

static void answer_list(struct usbip *ip)
{
    bool there = device_is_present(ip->usb->device);
    const struct usb_identity *id = &ip->usb->id;
    put_op(&ip->out, OP_DEVLIST, 0);
    put32(&ip->out, there);
    if (!there)
        return;
    put_device(ip, &ip->out);
    if (id->second)
        buf_append(&ip->out, "\xff\0\0\0", 4);
    buf_append(&ip->out, id->lie == USB_LIE_CLASS ? "\xff\xff\xff" : "\x07\x01", 2);
    buf_byte(&ip->out, id->lie == USB_LIE_CLASS ? 0xff : id->protocol);
    buf_byte(&ip->out, 0);
}

static void answer_import(struct usbip *ip, const uint8_t *asked)
{
    char busid[BUSID_BYTES];
    busid_of(ip, busid);
    bool ours = strncmp((const char *)asked, busid, BUSID_BYTES) == 0;
    bool ok = ours && usbip_begin_attached(ip);
    put_op(&ip->out, OP_IMPORT, !ok);
    if (ok)
        put_device(ip, &ip->out);
    else
        ip->over = true;
}

/* One request at the front of bytes: its length, or 0 when there is more to come. */
static size_t take_op(struct usbip *ip, struct slice bytes)
{
    if (bytes.n < OP_HEAD_BYTES)
        return 0;
    uint32_t head = get32(bytes.p), version = head >> 16, code = head & 0xffff;
    if (version != VERSION || (code != (REQUEST | OP_DEVLIST) && code != (REQUEST | OP_IMPORT))) {
        leave(ip);
        return bytes.n;
    }
    if (code == (REQUEST | OP_DEVLIST)) {
        answer_list(ip);
        ip->over = true; /* the kernel's tools expect one answer a connection */
        return OP_HEAD_BYTES;
    }
    if (bytes.n < OP_HEAD_BYTES + BUSID_BYTES)
        return 0;
    answer_import(ip, bytes.p + OP_HEAD_BYTES);
    return OP_HEAD_BYTES + BUSID_BYTES;
}

/* ── transfers ── */

static void put_return(struct usbip *ip, uint32_t command, uint32_t seqnum, int32_t status,
                       size_t actual)
{
    put32(&ip->out, command);
    put32(&ip->out, seqnum);
    put_zeros(&ip->out, 12);
    put32(&ip->out, (uint32_t)status);
    put32(&ip->out, (uint32_t)actual);
    put_zeros(&ip->out, 20);
}

static void answer_transfer(struct usbip *ip, const struct transfer *t, int32_t status)
{
    put_return(ip, RET_SUBMIT, t->seqnum, status, t->done);
}

/* Unplugged or off. What waits is answered with what the device took of it, as a host controller
 * counts it: otherwise the beginning of a job would be on paper and the host would not know. */
static void lose(struct usbip *ip)
{
    for (const struct transfer *t = ip->writes.first; t; t = t->next)
        answer_transfer(ip, t, STATUS_GONE);
    for (const struct transfer *t = ip->reads.first; t; t = t->next)
        answer_transfer(ip, t, STATUS_GONE);
    leave(ip);
}

/* Goes on with the first write; false when it has to wait. */
static bool pump_write(struct usbip *ip)
{
    struct transfer *t = ip->writes.first;
    enum device_port port = DEVICE_STALL;
    if (!t)
        return false;
    if (!ip->usb->halted_out)
        t->done += (uint32_t)device_receive(
            ip->usb->device, slice_of(t->data + t->done, t->length - t->done), &port);
    if (port == DEVICE_NAK)
        return false;
    if (port == DEVICE_REFUSED || is_gone(ip)) {
        lose(ip);
        return false;
    }
    answer_transfer(ip, t, port == DEVICE_STALL ? STATUS_STALL : STATUS_OK);
    free(shift(ip, &ip->writes, &ip->writes.first));
    return true;
}

static bool pump_read(struct usbip *ip)
{
    struct transfer *t = ip->reads.first;
    enum device_port port = DEVICE_STALL;
    if (!t || (!ip->usb->halted_in && !device_has_answer(ip->usb->device)))
        return false;
    buf_reset(&ip->scratch);
    if (!ip->usb->halted_in)
        device_transmit(ip->usb->device, &ip->scratch, t->length, &port);
    t->done = (uint32_t)ip->scratch.n;
    answer_transfer(ip, t, port == DEVICE_STALL ? STATUS_STALL : STATUS_OK);
    buf_slice_append(&ip->out, buf_slice(&ip->scratch));
    free(shift(ip, &ip->reads, &ip->reads.first));
    return true;
}

void usbip_pump(struct usbip *ip)
{
    bool more = !ip->over;
    while (more) {
        if (is_gone(ip)) {
            lose(ip);
            return;
        }
        bool wrote = pump_write(ip);
        more = !ip->over && ((!usbip_is_full(ip) && pump_read(ip)) || wrote);
    }
}

struct submit {
    uint32_t seqnum, endpoint, length, packets;
    bool in;
    const uint8_t *setup;
};

static void control(struct usbip *ip, const struct submit *s, struct slice data)
{
    struct buf answer;
    buf_init(&answer, USB_CONTROL_BYTES);
    bool done = usb_control(ip->usb, s->setup, data, &answer) == USB_DONE;
    size_t n = answer.n < s->length ? answer.n : s->length;
    put_return(ip, RET_SUBMIT, s->seqnum, done ? STATUS_OK : STATUS_STALL,
               !done   ? 0
               : s->in ? n
                       : data.n);
    if (done && s->in)
        buf_append(&ip->out, answer.p, n);
    buf_finish(&answer);
}

static void bulk(struct usbip *ip, const struct submit *s, struct slice data)
{
    struct queue *q = s->in ? &ip->reads : &ip->writes;
    uint8_t address = (uint8_t)(s->endpoint | (s->in ? 0x80 : 0));
    uint32_t length = s->length < USBIP_MAX_TRANSFER_BYTES ? s->length : USBIP_MAX_TRANSFER_BYTES;
    if (!usb_has_endpoint(ip->usb, address)) {
        put_return(ip, RET_SUBMIT, s->seqnum, STATUS_STALL, 0);
        return;
    }
    struct transfer *t = NULL;
    if (ip->n_transfers < USBIP_MAX_TRANSFERS && ip->waiting_bytes + length <= USBIP_MAX_BYTES)
        t = malloc(sizeof *t + data.n);
    if (!t) {
        leave(ip);
        return;
    }
    *t = (struct transfer){.seqnum = s->seqnum, .length = length};
    if (data.n)
        memcpy(t->data, data.p, data.n);
    *q->last = t;
    q->last = &t->next;
    ip->n_transfers++;
    ip->waiting_bytes += length;
}

/* The answer to the transfer comes before the answer to its cancelling: it alone carries how much
 * the device took. A transfer that is not here has been answered before. */
static void unlink_transfer(struct usbip *ip, uint32_t seqnum, uint32_t victim)
{
    struct queue *queues[] = {&ip->writes, &ip->reads};
    for (size_t i = 0; i < 2; i++) {
        for (struct transfer **at = &queues[i]->first; *at; at = &(*at)->next) {
            if ((*at)->seqnum != victim)
                continue;
            struct transfer *t = shift(ip, queues[i], at);
            answer_transfer(ip, t, STATUS_CANCELLED);
            free(t);
            put_return(ip, RET_UNLINK, seqnum, STATUS_OK, 0);
            return;
        }
    }
    put_return(ip, RET_UNLINK, seqnum, STATUS_OK, 0);
}

/* One command at the front of bytes: its length, or 0 when there is more to come. */
static size_t take_urb(struct usbip *ip, struct slice bytes)
{
    if (bytes.n < URB_HEAD_BYTES)
        return 0;
    const uint8_t *p = bytes.p;
    uint32_t command = get32(p), direction = get32(p + 12);
    struct submit s = {.seqnum = get32(p + 4),
                       .endpoint = get32(p + 16),
                       .length = get32(p + 24),
                       .packets = get32(p + 32),
                       .in = direction,
                       .setup = p + 40};
    if (command == CMD_UNLINK) {
        unlink_transfer(ip, s.seqnum, get32(p + 20));
        return URB_HEAD_BYTES;
    }
    size_t data = s.in ? 0 : s.length;
    bool isochronous = s.packets != 0 && s.packets != UINT32_MAX;
    if (command != CMD_SUBMIT || direction > 1 || s.endpoint > 15 || isochronous ||
        data > USBIP_MAX_TRANSFER_BYTES) {
        leave(ip);
        return bytes.n;
    }
    if (bytes.n < URB_HEAD_BYTES + data)
        return 0;
    struct slice payload = slice_sub(bytes, URB_HEAD_BYTES, URB_HEAD_BYTES + data);
    if (s.endpoint == 0)
        control(ip, &s, payload);
    else
        bulk(ip, &s, payload);
    return URB_HEAD_BYTES + data;
}

/* Takes what is whole at the front of bytes; returns how many bytes that is. */
static size_t take_all(struct usbip *ip, struct slice bytes)
{
    size_t at = 0;
    while (at < bytes.n && !ip->over) {
        struct slice rest = slice_sub(bytes, at, bytes.n);
        size_t n = ip->attached ? take_urb(ip, rest) : take_op(ip, rest);
        if (!n)
            return at;
        at += n;
        usbip_pump(ip);
    }
    return at;
}

/* Bytes of a command that is known to be longer: its length, else what its head needs. */
static size_t whole_length(const struct usbip *ip, struct slice begun)
{
    if (!ip->attached)
        return begun.n < OP_HEAD_BYTES ? OP_HEAD_BYTES : OP_HEAD_BYTES + BUSID_BYTES;
    if (begun.n < URB_HEAD_BYTES)
        return URB_HEAD_BYTES;
    return URB_HEAD_BYTES + (size_t)get32(begun.p + 24);
}

void usbip_feed(struct usbip *ip, struct slice bytes)
{
    if (is_gone(ip))
        lose(ip);
    while (ip->in.n && bytes.n && !ip->over) {
        size_t wants = whole_length(ip, buf_slice(&ip->in)) - ip->in.n;
        size_t n = wants < bytes.n ? wants : bytes.n;
        buf_append(&ip->in, bytes.p, n);
        bytes = slice_sub(bytes, n, bytes.n);
        if (ip->in.full)
            leave(ip);
        else if (take_all(ip, buf_slice(&ip->in)))
            buf_reset(&ip->in);
    }
    if (ip->over || !bytes.n)
        return;
    size_t taken = take_all(ip, bytes);
    if (!ip->over)
        buf_slice_append(&ip->in, slice_sub(bytes, taken, bytes.n));
}

void usbip_take(struct usbip *ip, struct buf *out)
{
    buf_slice_append(out, buf_slice(&ip->out));
    buf_reset(&ip->out);
}

bool usbip_is_over(const struct usbip *ip)
{
    return ip->over;
}

bool usbip_is_full(const struct usbip *ip)
{
    return ip->out.n >= USBIP_MAX_TRANSFER_BYTES;
}
