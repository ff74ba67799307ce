/* bonbon virtual: a printer in software for other programs, and for this one's own tests. */
#include "cli/cli.h"
#include "device/serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const struct door_option options[] = {
    {"--profile", "NAME", "the printer to be (epson-tm-t20iii)"},
    {"--listen", "tcp:[ADDRESS:]PORT", "a network printer; loopback without ADDRESS"},
    {"--usbip", "[ADDRESS:]PORT", "a USB printer for 'usbip attach' (3240)"},
    {"--attach", NULL, "a USB printer of this machine (root, vhci_hcd)"},
    {"--png-dir", "DIR", "a picture of each piece of paper"},
    {"--text-dir", "DIR", "the same as text"},
    {"--control", "FIFO|SOCKET", "take orders: paper out, cover open, unplug, nak 60 …"},
    {"--script", "FILE", "orders from a file, with their times"},
    {"--speed", "N|unlimited", "of the head in mm/s (the profile's)"},
    {"--buffer", "BYTES", "of the receive buffer (the profile's)"},
    {"--nv", "FILE", "keep pictures, settings and counters in a file"},
    {"--usb", "WORDS", "vid=04b8,pid=0e28,serial=,out=03,in=82,lie=total,id=swapped …"},
};

static void say(void *ctx, const char *words)
{
    const struct cli *cli = ctx;
    struct buf line;
    struct json j;
    if (!cli->door.json) {
        fprintf(stderr, "%s\n", words);
        return;
    }
    buf_init(&line, 0);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "said", words);
    json_close_object(&j);
    door_put(&line);
    fflush(stdout);
    buf_finish(&line);
}

/* SIGINT and SIGTERM, as something to read. */
static int stop_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return -1;
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static bool read_speed(const struct cli *cli, struct device_options *device, struct err *err)
{
    enum { MAX_MM_S = 2000, MAX_BUFFER_BYTES = 1 << 20 };
    const char *speed = door_value(&cli->door, "--speed");
    int64_t n = 0, bytes = 0;
    device->unlimited = speed && strcmp(speed, "unlimited") == 0;
    if ((!device->unlimited && !door_number(&cli->door, "--speed", 0, MAX_MM_S, 0, &n, err)) ||
        !door_number(&cli->door, "--buffer", 0, MAX_BUFFER_BYTES, 0, &bytes, err))
        return false;
    if ((speed && !device->unlimited && !n) || (door_has(&cli->door, "--buffer") && !bytes))
        return FAIL(err, ERR_RANGE, speed && !device->unlimited && !n ? "--speed" : "--buffer");
    device->speed_mm_s = (uint32_t)n;
    device->buffer_bytes = (uint32_t)bytes;
    return true;
}

static bool read_options(struct cli *cli, struct serve_options *o, struct err *err)
{
    const char *name = door_value(&cli->door, "--profile");
    if (!cli_profile(cli, name ? name : "epson-tm-t20iii", &o->device.profile, err))
        return false;
    o->listen = door_value(&cli->door, "--listen");
    o->usbip = door_value(&cli->door, "--usbip");
    o->attach = door_has(&cli->door, "--attach");
    o->png_dir = door_value(&cli->door, "--png-dir");
    o->text_dir = door_value(&cli->door, "--text-dir");
    o->control = door_value(&cli->door, "--control");
    o->script = door_value(&cli->door, "--script");
    o->nv = door_value(&cli->door, "--nv");
    if (!o->listen && !o->usbip && !o->attach)
        return FAIL(err, ERR_USAGE_ONE_OF, "--listen tcp:9100, --usbip 3240, --attach");
    if (o->listen && strncmp(o->listen, "tcp:", 4) != 0)
        return FAIL(err, ERR_USAGE_WORD, "--listen", "tcp:PORT, tcp:ADDRESS:PORT");
    usb_identity_of(o->device.profile, &o->usb);
    return usb_identity_change(&o->usb, door_slice(&cli->door, "--usb"), err) &&
           read_speed(cli, &o->device, err);
}

static int run(struct cli *cli)
{
    struct serve_options o = {.stop_fd = -1, .ctx = cli, .say = say};
    struct err err = {0};
    if (!read_options(cli, &o, &err))
        return door_fail(&cli->door, &err);
    o.stop_fd = stop_signals();
    if (o.stop_fd < 0) {
        FAIL(&err, ERR_BUG, "signals");
        return door_fail(&cli->door, &err);
    }
    bool ok = serve(&o, &err);
    close(o.stop_fd);
    return ok ? EXIT_DONE : door_fail(&cli->door, &err);
}

const struct cli_command cmd_virtual = {
    .door =
        {
            .name = "virtual",
            .summary =
                "be a receipt printer, on the network or on USB, with paper that can run out",
            .help = "It prints into pictures, at the speed of the model, and answers as the model "
                    "does. Orders "
                    "say\nwhat happens to it: 'paper out', 'at 1200ms cover open', 'after 4096 "
                    "bytes unplug'. "
                    "They are all\nin docs/virtual.md. Ends with Ctrl-C.\n\n"
                    "  bonbon virtual --listen tcp:9100 --png-dir paper\n"
                    "  bonbon virtual --usbip 3240 & modprobe vhci-hcd && usbip attach -r "
                    "127.0.0.1 -b 1-1",
            DOOR_OPTIONS(options),
        },
    .run = run,
};
