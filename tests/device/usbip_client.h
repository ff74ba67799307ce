/* A USB/IP client by its bytes, as the kernel's documentation writes them, and the device behind.
 */
#ifndef BONBON_TESTS_DEVICE_USBIP_CLIENT_H
#define BONBON_TESTS_DEVICE_USBIP_CLIENT_H

#include "device_rig.h"

#include "device/usbip.h"

enum { OUT = 0, IN = 1, HEAD = 48 };

/* A client: its bytes go to one connection, whole or in pieces. */
struct client {
    struct rig *r;
    struct usb usb;
    struct usbip *ip;
    struct buf got;
    size_t at;      /* of what was looked at in got */
    unsigned piece; /* bytes a feed; 0: all */
    uint32_t seqnum;
};

/* One that knows nothing yet; words as --usb takes them. speed 0: no limit. */
struct client *client_with(const char *profile, const char *words, uint32_t speed_mm_s);
void client_free(struct client *c);
void client_feed(struct client *c, struct slice bytes);
void client_pump(struct client *c);
/* The next bytes that came are these. */
void client_expect(struct client *c, struct slice bytes);
void client_expect_no_more(const struct client *c);
/* CMD_SUBMIT; gives its number. */
uint32_t client_submit(struct client *c, uint32_t direction, uint32_t endpoint, uint32_t length,
                       const char *setup, struct slice data);
uint32_t client_write(struct client *c, uint32_t endpoint, struct slice data);
uint32_t client_read(struct client *c, uint32_t length);
uint32_t client_unlink(struct client *c, uint32_t victim);
/* The next answer is RET_SUBMIT of this transfer. */
void client_expect_return(struct client *c, uint32_t seqnum, int32_t status, uint32_t actual);
/* The same of RET_UNLINK. */
void client_expect_unlinked(struct client *c, uint32_t seqnum, int32_t status);
/* What came, in got. */
struct slice client_control_in(struct client *c, const char *setup);
void client_control_out(struct client *c, const char *setup, int32_t status);
/* This request is refused. */
void client_stalls(struct client *c, const char *setup);
/* Plugged in and configured. */
struct client *client_attached(const char *words, uint32_t speed_mm_s);

#define FEED(c, literal)       client_feed((c), SLICE_LITERAL(literal))
#define EXPECT(c, literal)     client_expect((c), SLICE_LITERAL(literal))
#define WRITE_BULK(c, literal) client_write((c), 1, SLICE_LITERAL(literal))

#endif
