/* A serial port: serial:/dev/ttyUSB0?baud=9600&flow=rts
 *
 *   baud    1200 … 921600, 9600 when not said
 *   flow    rts (RTS/CTS, when not said), xon (XON/XOFF) or none. DTR/DSR, which many printers are
 *           set to, is what Linux cannot do: the usual cable leads the printer's DTR to CTS
 *   bits    8 or 7
 *   parity  none, even or odd
 *   stop    1 or 2
 *
 * send() ends when the port has nothing left to send, so that what a printer holds up by flow
 * control is not counted as taken: it is called back. What the port's own chip or an adapter holds
 * (16 to some hundred bytes) cannot be seen and counts as taken. A time without progress is what
 * the caller says and what the bytes need at this rate.
 *
 * The port is ours alone while it is open (TIOCEXCL, flock). */
#ifndef BONBON_TRANSPORT_SERIAL_H
#define BONBON_TRANSPORT_SERIAL_H

#include "transport/transport.h"

#include <termios.h>

/* ── inside the room, and for tests ── */

enum serial_option {
    SERIAL_BAUD,
    SERIAL_BITS,
    SERIAL_FLOW,
    SERIAL_PARITY,
    SERIAL_STOP,
    SERIAL_OPTIONS
};
enum { SERIAL_PATH_BYTES = 160 };

struct serial_port {
    char path[SERIAL_PATH_BYTES];
    unsigned choice[SERIAL_OPTIONS]; /* which of an option's values */
};

/* What stands behind "serial:"; ERR_PRINTER_OPTION names the option and what it can be. */
bool serial_parse(const char *rest, struct serial_port *port, struct err *err);
/* How long n bytes take on the line. */
unsigned serial_ms(const struct serial_port *port, size_t n);
/* Makes *settings, as the port has them now, what the address asks for. */
void serial_set(const struct serial_port *port, struct termios *settings);

/* What the kernel holds of a port's output. */
struct serial_queue {
    int (*queued)(int fd, size_t *n); /* 0 or an errno */
    void (*discard)(int fd);
};
/* A wire over a port that is open and set; takes fd over. */
bool serial_wire(int fd, const char *name, const struct serial_port *port,
                 const struct serial_queue *queue, struct transport **t, struct err *err);

#endif
