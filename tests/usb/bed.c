/* A test bed for USB printers without hardware or rights: a folder of /sys and /dev that programs
 * under libumockdev-preload take for their own, and virtual printers behind it (usbfs.h, host.h).
 * Reads commands, one a line, and answers each with one line: "ok ..." or "error ...".
 *
 *   printer NAME PROFILE [identity words]   a virtual printer, in its box; PROFILE@MM_S gives its
 *                                           head a speed, else paper takes no time
 *   plug NAME PORT [DRIVER]                 into "1-2"; DRIVER (usblp) takes its interface
 *   order NAME ORDER                        virtual/order.h: "unplug", "after 4096 bytes stall"
 *   taken NAME FILE                         what it took since it was made
 *   received NAME                           how many bytes the printer itself says that it got
 *   paper NAME FILE                         what stands on its paper, as text
 *   swallow NAME                            takes everything at once from now on and prints nothing
 *   where NAME                              its node in the bed's folder
 *   log NAME                                what programs did with it since last asked
 *   other PORT VID:PID HEX                  a device that is only descriptors (device, then config)
 *   pull PORT                               takes such a device out
 *   attribute PORT NAME VALUE               changes what sysfs says
 *
 * The first line is "root FOLDER". Ends with its input. */
#include "usb/usbfs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    PRINTERS_MAX = 8,
    NAME_BYTES = 32,
    PATH_BYTES = 256,
    CONFIG_BYTES = 4096,
    STRING_BYTES = 256,
    LIVES_MAX = 64,
};

struct device_in_sysfs {
    char port[NAME_BYTES]; /* "" when not there */
    char path[PATH_BYTES]; /* of sysfs */
    char node[NAME_BYTES];
    uint8_t descriptors[18 + CONFIG_BYTES];
    size_t n;
};

struct printer {
    char name[NAME_BYTES], base[NAME_BYTES], driver[NAME_BYTES];
    struct host *host;
    struct usbfs *fs;
    struct usbfs *old[LIVES_MAX]; /* of earlier pluggings: programs may still hold them */
    size_t n_old;
    struct device_in_sysfs at;
    bool plugged; /* somebody put it into a port */
    struct buf log;
    struct bed *bed;
};

struct bed {
    UMockdevTestbed *testbed;
    GMutex lock;      /* ioctls come in a thread of umockdev's */
    unsigned address; /* of the device plugged in last */
    struct printer printer[PRINTERS_MAX];
    size_t n;
    struct device_in_sysfs other[PRINTERS_MAX];
    bool over;
};

/* ── sysfs ── */

static void add_interfaces(struct bed *bed, const struct device_in_sysfs *at, struct buf *text)
{
    unsigned last = UINT32_MAX;
    (void)bed;
    for (size_t i = 18; i + 9 <= at->n && at->descriptors[i] >= 2; i += at->descriptors[i]) {
        const uint8_t *d = at->descriptors + i;
        if (d[1] != 4 || d[2] == last)
            continue;
        last = d[2];
        buf_printf(text,
                   "P: %s/%s:%u.%u\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n"
                   "A: bInterfaceNumber=%02x\\n\nA: bAlternateSetting=%2u\\n\n"
                   "A: bInterfaceClass=%02x\\n\n\n",
                   at->path + 4, at->port, at->descriptors[18 + 5], d[2], d[2], 0U, d[5]);
    }
}

static void hex(struct buf *text, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(text, "%02X", p[i]);
}

struct strings {
    char maker[STRING_BYTES], product[STRING_BYTES], serial[STRING_BYTES];
};

static void add_string(struct buf *text, const char *name, const char *value)
{
    if (value[0])
        buf_printf(text, "A: %s=%s\\n\n", name, value);
}

static bool has_interface(const struct device_in_sysfs *at, unsigned number)
{
    for (size_t i = 18; i + 9 <= at->n && at->descriptors[i] >= 2; i += at->descriptors[i])
        if (at->descriptors[i + 1] == 4 && at->descriptors[i + 2] == number)
            return true;
    return false;
}

/* A device comes: its folders, its node, and the word to those who listen. */
static void add_device(struct bed *bed, struct device_in_sysfs *at, const char *port,
                       const struct strings *strings)
{
    unsigned bus = (unsigned)strtoul(port, NULL, 10), address = ++bed->address;
    const uint8_t *d = at->descriptors;
    struct buf text;
    GError *error = NULL;
    buf_init(&text, 0);
    snprintf(at->port, sizeof at->port, "%s", port);
    snprintf(at->path, sizeof at->path, "/sys/devices/pci0000:00/usb%u/%s", bus, port);
    snprintf(at->node, sizeof at->node, "/dev/bus/usb/%03u/%03u", bus, address);
    buf_printf(&text,
               "P: %s\nN: %s\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DEVNAME=%s\n"
               "E: BUSNUM=%03u\nE: DEVNUM=%03u\nE: MAJOR=189\nE: MINOR=%u\nA: busnum=%u\\n\n"
               "A: devnum=%u\\n\nA: speed=12\\n\nA: bConfigurationValue=%u\\n\n"
               "A: idVendor=%02x%02x\\n\nA: idProduct=%02x%02x\\n\n",
               at->path + 4, at->node + 5, at->node, bus, address, address - 1, bus, address,
               d[18 + 5], d[9], d[8], d[11], d[10]);
    add_string(&text, "manufacturer", strings->maker);
    add_string(&text, "product", strings->product);
    add_string(&text, "serial", strings->serial);
    buf_str(&text, "H: descriptors=");
    hex(&text, d, at->n);
    buf_str(&text, "\n\n");
    add_interfaces(bed, at, &text);
    if (!umockdev_testbed_add_from_string(bed->testbed, buf_cstr(&text), &error))
        g_error("bed: %s: %s", port, error->message);
    buf_finish(&text);
}

static void remove_device(struct bed *bed, struct device_in_sysfs *at)
{
    char path[PATH_BYTES * 2];
    umockdev_testbed_uevent(bed->testbed, at->path, "remove");
    for (unsigned i = 0; i < 256; i++) {
        snprintf(path, sizeof path, "%s/%s:%u.%u", at->path, at->port, at->descriptors[18 + 5], i);
        if (has_interface(at, i))
            umockdev_testbed_remove_device(bed->testbed, path);
    }
    umockdev_testbed_remove_device(bed->testbed, at->path);
    at->port[0] = '\0';
}

/* The file behind an interface's attribute in the bed's folder. */
static void interface_file(const struct printer *p, unsigned interface, const char *name,
                           char path[PATH_BYTES * 2])
{
    gchar *root = umockdev_testbed_get_root_dir(p->bed->testbed);
    snprintf(path, (size_t)PATH_BYTES * 2, "%s%s/%s:%u.%u/%s", root, p->at.path, p->at.port,
             p->at.descriptors[18 + 5], interface, name);
    g_free(root);
}

static void on_driver(void *ctx, unsigned interface, const char *driver)
{
    struct printer *p = ctx;
    char path[PATH_BYTES * 2], target[PATH_BYTES];
    if (!p->at.port[0])
        return;
    interface_file(p, interface, "driver", path);
    unlink(path);
    snprintf(target, sizeof target, "../../../../../bus/usb/drivers/%s", driver);
    if (driver[0] && symlink(target, path) != 0 && errno != ENOENT)
        g_error("bed: %s: %s", path, strerror(errno));
}

static void on_alternate(void *ctx, unsigned interface, unsigned alternate)
{
    const struct printer *p = ctx;
    char path[PATH_BYTES * 2];
    interface_file(p, interface, "bAlternateSetting", path);
    FILE *f = p->at.port[0] ? fopen(path, "w") : NULL;
    if (f) {
        fprintf(f, "%2u\n", alternate);
        fclose(f);
    }
}

static void on_words(void *ctx, const char *words)
{
    struct printer *p = ctx;
    buf_printf(&p->log, "%s%s", p->log.n ? "; " : "", words);
}

/* ── what a kernel does when something is plugged in ── */

enum { GET_DESCRIPTOR = 6, SET_CONFIGURATION = 9 };

static int descriptor(struct host *host, uint8_t kind, uint8_t index, uint8_t *out, size_t cap)
{
    return host_control(host, 0x80, GET_DESCRIPTOR, (uint16_t)(kind << 8 | index),
                        kind == 3 && index ? 0x0409 : 0, out, (uint16_t)cap);
}

static void string(struct host *host, uint8_t index, char out[STRING_BYTES])
{
    uint8_t raw[256];
    int n = index ? descriptor(host, 3, index, raw, 255) : 0;
    out[0] = '\0';
    if (n <= 2)
        return;
    gchar *text = g_convert((const gchar *)raw + 2, n - 2, "UTF-8", "UTF-16LE", NULL, NULL, NULL);
    snprintf(out, STRING_BYTES, "%s", text ? text : "");
    g_free(text);
}

static bool enumerate(struct host *host, struct device_in_sysfs *at, struct strings *strings)
{
    uint8_t *d = at->descriptors;
    if (!host_connect(host) || descriptor(host, 1, 0, d, 18) != 18 ||
        descriptor(host, 2, 0, d + 18, 9) != 9)
        return false;
    size_t total = d[18 + 2] | (size_t)d[18 + 3] << 8;
    if (total > CONFIG_BYTES)
        total = CONFIG_BYTES;
    int n = descriptor(host, 2, 0, d + 18, total);
    at->n = 18 + (size_t)(n > 9 ? n : 9);
    string(host, d[14], strings->maker);
    string(host, d[15], strings->product);
    string(host, d[16], strings->serial);
    return host_control(host, 0x00, SET_CONFIGURATION, d[18 + 5], 0, NULL, 0) >= 0;
}

/* usblp reads the device id when it binds. */
static void bind_usblp(struct printer *p)
{
    uint8_t raw[1024] = {0};
    char path[PATH_BYTES * 2];
    int n = host_control(p->host, 0xa1, 0, 0, 0, raw, sizeof raw - 1);
    usbfs_bind(p->fs, 0, p->driver);
    interface_file(p, 0, "ieee1284_id", path);
    FILE *f = n > 2 ? fopen(path, "w") : NULL;
    if (f) {
        fprintf(f, "%s", (const char *)raw + 2);
        fclose(f);
    }
}

/* "1-2" and the third port from there: "1-4". */
static void port_name(const struct printer *p, char port[NAME_BYTES])
{
    size_t digits = strlen(p->base);
    while (digits && g_ascii_isdigit(p->base[digits - 1]))
        digits--;
    unsigned long number = strtoul(p->base + digits, NULL, 10);
    snprintf(port, NAME_BYTES, "%.*s%lu", (int)digits, p->base,
             number + device_port_number(host_device(p->host)) - 1);
}

static void come(struct printer *p)
{
    struct strings strings = {0};
    char port[NAME_BYTES];
    const struct usbfs_watch watch = {p, on_driver, on_alternate, on_words};
    if (!enumerate(p->host, &p->at, &strings))
        return;
    port_name(p, port);
    /* umockdev writes files, which its own preload looks at through the thread that may be waiting
     * for the lock with a request to another printer */
    g_mutex_unlock(&p->bed->lock);
    add_device(p->bed, &p->at, port, &strings);
    g_mutex_lock(&p->bed->lock);
    p->fs = usbfs_create(p->bed->testbed, p->at.node, p->host,
                         slice_of(p->at.descriptors + 18, p->at.n - 18), &watch, &p->bed->lock);
    if (p->driver[0])
        bind_usblp(p);
    umockdev_testbed_uevent(p->bed->testbed, p->at.path, "add");
}

static void go(struct printer *p)
{
    usbfs_gone(p->fs);
    if (p->n_old == LIVES_MAX)
        g_error("bed: plugged in too often");
    p->old[p->n_old++] = p->fs;
    p->fs = NULL;
    remove_device(p->bed, &p->at);
}

/* ── the world goes on ── */

static int64_t run(struct bed *bed)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < bed->n; i++) {
        struct printer *p = &bed->printer[i];
        host_run(p->host, g_get_monotonic_time());
        if (p->at.port[0] && host_is_over(p->host))
            go(p);
        if (!p->at.port[0] && p->plugged && device_is_present(host_device(p->host)))
            come(p);
        gint64 waits = p->fs ? usbfs_run(p->fs) : INT64_MAX;
        int64_t due = host_next_us(p->host);
        next = waits < next ? waits : next;
        next = due < next ? due : next;
    }
    return next;
}

/* ── commands ── */

static struct printer *find(struct bed *bed, const char *name)
{
    for (size_t i = 0; i < bed->n; i++)
        if (strcmp(bed->printer[i].name, name) == 0)
            return &bed->printer[i];
    return NULL;
}

static void reply(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void reply(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

static void reply_err(const struct err *err)
{
    struct buf text;
    buf_init(&text, 0);
    err_text(err, LANG_EN, &text);
    reply("error %.*s", (int)text.n, (const char *)text.p);
    buf_finish(&text);
}

static void do_printer(struct bed *bed, const char *name, const char *profile, const char *words)
{
    size_t at = strcspn(profile, "@");
    struct host_options options = {
        .profile = profile_find(slice_of(profile, at)),
        .speed_mm_s = profile[at] ? (uint32_t)strtoul(profile + at + 1, NULL, 10) : 0};
    struct err err = {0};
    if (!options.profile || bed->n == PRINTERS_MAX) {
        reply("error no such profile, or too many printers");
        return;
    }
    usb_identity_of(options.profile, &options.identity);
    if (*words && !usb_identity_change(&options.identity, slice_str(words), &err)) {
        reply_err(&err);
        return;
    }
    struct printer *p = &bed->printer[bed->n++];
    snprintf(p->name, sizeof p->name, "%s", name);
    p->host = host_create(&options, g_get_monotonic_time());
    p->bed = bed;
    buf_init(&p->log, 0);
    reply("ok %04x:%04x", options.identity.vendor, options.identity.product);
}

static void do_plug(struct printer *p, const char *port, const char *driver)
{
    snprintf(p->base, sizeof p->base, "%s", port);
    snprintf(p->driver, sizeof p->driver, "%s", driver);
    p->plugged = true;
    run(p->bed);
    reply("ok %s %s", p->at.port, p->at.node);
}

static void do_order(struct printer *p, const char *words)
{
    struct err err = {0};
    struct buf answer;
    buf_init(&answer, 0);
    if (device_order(host_device(p->host), slice_str(words), &answer, &err)) {
        run(p->bed);
        for (size_t i = 0; i < answer.n; i++)
            if (answer.p[i] == '\n')
                answer.p[i] = ' ';
        reply("ok %.*s", (int)answer.n, (const char *)answer.p);
    } else {
        reply_err(&err);
    }
    buf_finish(&answer);
}

static void write_out(struct slice taken, const char *path)
{
    FILE *f = fopen(path, "wb");
    bool ok = f && (!taken.n || fwrite(taken.p, 1, taken.n, f) == taken.n);
    if (f && fclose(f) != 0)
        ok = false;
    if (ok)
        reply("ok %zu", taken.n);
    else
        reply("error %s", strerror(errno));
}

static void do_paper(const struct printer *p, const char *path)
{
    struct buf text;
    buf_init(&text, 0);
    virtual_text(device_printer(host_device(p->host)), &text);
    write_out(buf_slice(&text), path);
    buf_finish(&text);
}

static struct device_in_sysfs *find_other(struct bed *bed, const char *port)
{
    for (size_t i = 0; i < PRINTERS_MAX; i++)
        if (strcmp(bed->other[i].port, port) == 0)
            return &bed->other[i];
    return NULL;
}

static void do_other(struct bed *bed, const char *port, const char *text)
{
    struct device_in_sysfs *at = find_other(bed, "");
    const struct strings none = {0};
    if (!at) {
        reply("error too many");
        return;
    }
    at->n = 0;
    for (; text[0] && text[1] && at->n < sizeof at->descriptors; text += 2)
        at->descriptors[at->n++] =
            (uint8_t)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
    add_device(bed, at, port, &none);
    umockdev_testbed_uevent(bed->testbed, at->path, "add");
    reply("ok %s %s", at->port, at->node);
}

static void do_attribute(struct bed *bed, const char *port, const char *name, const char *value)
{
    const struct device_in_sysfs *at = find_other(bed, port);
    for (size_t i = 0; !at && i < bed->n; i++)
        if (strcmp(bed->printer[i].at.port, port) == 0)
            at = &bed->printer[i].at;
    if (at)
        umockdev_testbed_set_attribute(bed->testbed, at->path, name, value);
    reply(at ? "ok" : "error no such port");
}

/* Takes a word from the front. */
static char *word(char **line)
{
    char *start = *line + strspn(*line, " ");
    char *end = start + strcspn(start, " ");
    *line = *end ? end + 1 : end;
    *end = '\0';
    return start;
}

static void command_of_printer(struct printer *p, const char *verb, char *rest)
{
    if (strcmp(verb, "plug") == 0) {
        const char *port = word(&rest);
        do_plug(p, port, word(&rest));
    } else if (strcmp(verb, "order") == 0) {
        do_order(p, rest);
    } else if (strcmp(verb, "taken") == 0) {
        write_out(host_taken(p->host), word(&rest));
    } else if (strcmp(verb, "paper") == 0) {
        do_paper(p, word(&rest));
    } else if (strcmp(verb, "received") == 0) {
        reply("ok %llu", (unsigned long long)device_figures(host_device(p->host)).received_bytes);
    } else if (strcmp(verb, "swallow") == 0) {
        host_swallow(p->host);
        reply("ok");
    } else if (strcmp(verb, "where") == 0) {
        reply("ok %s", p->at.node + 1);
    } else if (strcmp(verb, "log") == 0) {
        reply("ok %.*s", (int)p->log.n, (const char *)p->log.p);
        buf_reset(&p->log);
    } else {
        reply("error unknown command");
    }
}

static void command(struct bed *bed, char *line)
{
    const char *verb = word(&line), *name = word(&line);
    struct printer *p = find(bed, name);
    if (strcmp(verb, "printer") == 0) {
        const char *profile = word(&line);
        do_printer(bed, name, profile, line);
    } else if (strcmp(verb, "other") == 0) {
        do_other(bed, name, word(&line));
    } else if (strcmp(verb, "pull") == 0) {
        struct device_in_sysfs *at = find_other(bed, name);
        if (at)
            remove_device(bed, at);
        reply(at ? "ok" : "error no such port");
    } else if (strcmp(verb, "attribute") == 0) {
        const char *attribute = word(&line);
        do_attribute(bed, name, attribute, line);
    } else if (p) {
        command_of_printer(p, verb, line);
    } else {
        reply("error no printer %s", name);
    }
}

static gboolean on_input(GIOChannel *in, GIOCondition condition, gpointer ctx)
{
    struct bed *bed = ctx;
    gchar *line = NULL;
    gsize end;
    (void)condition;
    if (g_io_channel_read_line(in, &line, NULL, &end, NULL) != G_IO_STATUS_NORMAL) {
        bed->over = true;
        return FALSE;
    }
    line[end] = '\0';
    g_mutex_lock(&bed->lock);
    run(bed);
    command(bed, line);
    g_mutex_unlock(&bed->lock);
    g_free(line);
    return TRUE;
}

static gboolean on_time(gpointer ctx)
{
    (void)ctx;
    return TRUE;
}

static void iterate(struct bed *bed)
{
    guint timer = 0;
    g_mutex_lock(&bed->lock);
    int64_t next = run(bed), now = g_get_monotonic_time();
    g_mutex_unlock(&bed->lock);
    if (next != INT64_MAX)
        timer = g_timeout_add(next > now ? (guint)((next - now + 999) / 1000) : 0, on_time, NULL);
    g_main_context_iteration(NULL, TRUE);
    if (timer)
        g_source_remove(timer);
}

static void finish(struct bed *bed)
{
    for (size_t i = 0; i < bed->n; i++) {
        if (bed->printer[i].fs)
            usbfs_destroy(bed->printer[i].fs);
        for (size_t k = 0; k < bed->printer[i].n_old; k++)
            usbfs_destroy(bed->printer[i].old[k]);
        host_destroy(bed->printer[i].host);
        buf_finish(&bed->printer[i].log);
    }
    g_object_unref(bed->testbed);
}

int main(void)
{
    static struct bed bed;
    bed.testbed = umockdev_testbed_new();
    gchar *root = umockdev_testbed_get_root_dir(bed.testbed);
    GIOChannel *in = g_io_channel_unix_new(STDIN_FILENO);
    g_io_add_watch(in, G_IO_IN | G_IO_HUP, on_input, &bed);
    reply("root %s", root);
    g_free(root);
    g_mutex_init(&bed.lock);
    while (!bed.over)
        iterate(&bed);
    g_io_channel_unref(in);
    finish(&bed);
    return 0;
}
