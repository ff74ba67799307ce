/* The USB part of the transport room as a program of its own, for what `bonbon` does not show:
 * exact counts, time-outs, the watch. Answers are lines.
 *
 *   list                           a JSON object a printer
 *   send URI FILE TIMEOUT_MS       "taken N", then the error in words
 *   talk URI TIMEOUT_MS HEX...     sends, prints what comes back, as hex
 *   hold URI                       opens, says "held", waits for its input to end
 *   watch                          "watching", then "changed" for each line of input or change */
#include "transport/usb.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void print_err(const struct err *err)
{
    struct buf text;
    buf_init(&text, 0);
    err_text(err, LANG_EN, &text);
    printf("%s: %.*s\n", err_name(err->code), (int)text.n, (const char *)text.p);
    buf_finish(&text);
}

static int fail(const struct err *err)
{
    print_err(err);
    return (int)err_exit(err->code);
}

/* Names in the tests need no escapes but these. */
static void print_text(const char *key, const char *value)
{
    printf("\"%s\": \"", key);
    for (; *value; value++)
        printf(*value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
    printf("\", ");
}

static int list(void)
{
    static struct usb_printers printers;
    struct err err = {0};
    if (!usb_list(&printers, &err))
        return fail(&err);
    for (size_t i = 0; i < printers.n; i++) {
        const struct usb_printer *p = &printers.printer[i];
        printf("{");
        print_text("uri", p->uri);
        print_text("port", p->port);
        print_text("maker", p->maker);
        print_text("model", p->model);
        print_text("serial", p->serial);
        print_text("device_id", p->device_id);
        print_text("known", p->known);
        print_text("driver", p->driver);
        print_text("holder", p->holder.name);
        print_text("why", p->why.code == ERR_NONE ? "" : err_name(p->why.code));
        print_text("detail", p->why.arg[1]);
        printf("\"pid\": %d, \"alternate\": %u, \"interface\": %u, \"out\": %u, \"in\": %u}\n",
               p->holder.pid, p->pipe.alternate, p->pipe.interface, p->pipe.out, p->pipe.in);
    }
    return 0;
}

static struct transport *open_uri(const char *uri)
{
    struct transport *t = NULL;
    struct err err = {0};
    if (!transport_open(&transport_usb, 1, uri, &t, &err))
        exit(fail(&err));
    return t;
}

static int send_file(const char *uri, const char *path, unsigned timeout_ms)
{
    struct err err = {0};
    struct buf bytes;
    size_t taken;
    buf_init(&bytes, 0);
    if (!buf_read_file(&bytes, path))
        return 2;
    struct transport *t = open_uri(uri);
    bool ok = t->ops->send(t, buf_slice(&bytes), timeout_ms, &taken, &err);
    printf("taken %zu\n", taken);
    if (!ok)
        print_err(&err);
    transport_close(t);
    buf_finish(&bytes);
    return ok ? 0 : 1;
}

static size_t unhex(const char *text, uint8_t out[256])
{
    size_t n = 0;
    for (; text[0] && text[1] && n < 256; text += 2) {
        const char pair[3] = {text[0], text[1], '\0'};
        out[n++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return n;
}

static bool talk_once(struct transport *t, const char *hex, unsigned timeout_ms)
{
    uint8_t bytes[256];
    struct buf answer;
    struct err err = {0};
    size_t taken;
    buf_init(&answer, 0);
    bool ok = t->ops->send(t, slice_of(bytes, unhex(hex, bytes)), timeout_ms, &taken, &err) &&
              t->ops->receive(t, timeout_ms, &answer, &err);
    printf("answer ");
    for (size_t i = 0; i < answer.n; i++)
        printf("%02x", answer.p[i]);
    printf("\n");
    if (!ok)
        print_err(&err);
    buf_finish(&answer);
    return ok;
}

static int talk(char **argv)
{
    bool ok = true;
    unsigned timeout_ms = (unsigned)strtoul(argv[1], NULL, 10);
    struct transport *t = open_uri(argv[0]);
    if (!t->ops->receive) {
        printf("one way\n");
        ok = false;
    }
    for (argv += 2; ok && *argv; argv++)
        ok = talk_once(t, *argv, timeout_ms);
    transport_close(t);
    return ok ? 0 : 1;
}

static int hold(const char *uri)
{
    struct transport *t = open_uri(uri);
    printf("held\n");
    while (getchar() != EOF)
        ;
    transport_close(t);
    return 0;
}

static int watch(void)
{
    struct usb_watch *watch;
    struct err err = {0};
    if (!usb_watch_create(&watch, &err))
        return fail(&err);
    printf("watching\n");
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = usb_watch_fd(watch), .events = POLLIN}};
    while (poll(fds, 2, -1) >= 0 && !fds[0].revents)
        if (usb_watch_take(watch))
            printf("changed\n");
    usb_watch_destroy(watch);
    return 0;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list();
    if (argc == 2 && strcmp(argv[1], "watch") == 0)
        return watch();
    if (argc == 3 && strcmp(argv[1], "hold") == 0)
        return hold(argv[2]);
    if (argc == 5 && strcmp(argv[1], "send") == 0)
        return send_file(argv[2], argv[3], (unsigned)strtoul(argv[4], NULL, 10));
    if (argc >= 5 && strcmp(argv[1], "talk") == 0)
        return talk(argv + 2);
    fprintf(stderr, "usage: see the head of usb_probe.c\n");
    return 2;
}
