/* Shared by the files of the front end. */
#ifndef BONBON_DEVICE_SERVE_INSIDE_H
#define BONBON_DEVICE_SERVE_INSIDE_H

#include "device/serve.h"

enum {
    SERVE_CONNECTIONS = 8,
    SERVE_SOURCES = 8 + 2 * SERVE_CONNECTIONS,
    SERVE_READ_BYTES = 4096,
    SERVE_WORDS_BYTES = 256,
    SERVE_PATH_BYTES = 4096,
    SERVE_ADDRESS_BYTES = 320,
};

struct serve;

/* A descriptor to wait for, and who is told; `who` may be NULL. */
typedef void serve_ready(struct serve *s, void *who, short events);
struct source {
    int fd;
    short events;
    serve_ready *ready;
    void *who;
};

/* One host on raw TCP; others wait in the listener's queue. */
struct tcp_client {
    int fd;
    unsigned connection; /* of the device, when it came */
    bool blocked;        /* the device takes nothing now */
    bool ended;          /* the host sends no more */
    struct buf out;
    size_t out_at;
};

/* A USB/IP client, or the kernel of this machine. */
struct usbip_client {
    int fd;
    struct usbip *ip;
    bool has_it; /* it imported the printer */
    struct buf out;
    size_t out_at;
};

struct control_client {
    int fd;
    struct buf line;
};

/* The kernel's USB ports. */
struct attachment {
    bool wanted;
    bool told;            /* that it cannot be attached */
    int64_t try_us;       /* when to try again; 0: now */
    unsigned device_port; /* 0: never attached */
    int kernel_port;
};

struct serve {
    const struct serve_options *options;
    struct device *dev;
    struct usb usb;
    unsigned connection; /* of the device, seen last */
    int tcp_listener, usbip_listener, control_listener, control_fifo;
    char tcp_address[SERVE_ADDRESS_BYTES];
    struct tcp_client tcp;
    struct usbip_client usbip[SERVE_CONNECTIONS];
    struct control_client control[SERVE_CONNECTIONS];
    struct attachment attachment;
    bool control_made; /* the socket file is ours */
    unsigned next_piece;
    int64_t now_us, idle_since_us; /* 0: it is not */
    uint64_t nv_saved;
    struct source sources[SERVE_SOURCES];
    unsigned n_sources;
    bool failed; /* a picture or the NV file could not be written */
    struct err failure;
};

void serve_say(struct serve *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void serve_say_err(struct serve *s, const struct err *err);
void serve_wait_for(struct serve *s, int fd, short events, serve_ready *ready, void *who);
bool serve_nonblocking(int fd);
/* Listens on "PORT" or "ADDRESS:PORT" and says on what; what names it. The address gets what it was
 * bound to, so that it can be bound again. */
bool serve_listen(struct serve *s, const char *what, char address[SERVE_ADDRESS_BYTES],
                  int receive_bytes, int *fd, struct err *err);
/* Copies an address out of the options; too long a one is cut, and then is none. */
void serve_address(char out[SERVE_ADDRESS_BYTES], const char *address);
/* Writes what is left of out, as much as goes now; false when the other side is gone. */
bool serve_write(int fd, struct buf *out, size_t *at);

/* serve_tcp.c */
bool serve_tcp_begin(struct serve *s, struct err *err);
void serve_tcp_pump(struct serve *s);
void serve_tcp_wait(struct serve *s);
void serve_tcp_end(struct serve *s);

/* serve_usbip.c */
bool serve_usbip_begin(struct serve *s, struct err *err);
void serve_usbip_pump(struct serve *s);
void serve_usbip_wait(struct serve *s);
void serve_usbip_end(struct serve *s);
/* A connection that began elsewhere; takes fd over. */
bool serve_usbip_adopt(struct serve *s, int fd, struct usbip *ip);

/* serve_attach.c */
bool serve_attach_begin(struct serve *s, struct err *err);
void serve_attach_pump(struct serve *s);
/* When to look again, or INT64_MAX. */
int64_t serve_attach_next_us(const struct serve *s);

/* serve_control.c */
bool serve_control_begin(struct serve *s, struct err *err);
void serve_control_wait(struct serve *s);
void serve_control_end(struct serve *s);

/* serve_paper.c */
bool serve_paper_begin(struct serve *s, struct err *err);
void serve_paper_piece(void *ctx, const struct virtual_printer *vp, uint32_t y_dots);
/* Paper that nobody cuts, NV memory that changed. */
void serve_paper_pump(struct serve *s);
int64_t serve_paper_next_us(const struct serve *s);
bool serve_paper_end(struct serve *s, struct err *err);

#endif
