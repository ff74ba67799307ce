/* The wires of this room, sorted by scheme: the one table that every program starts from. */
#include "transport/usb.h"

static const struct transport_scheme *const rows[] = {
    &transport_fault,  &transport_file, &transport_lp,
    &transport_serial, &transport_tcp,  &transport_usb,
};

size_t transport_schemes(const struct transport_scheme *const **schemes)
{
    *schemes = rows;
    return sizeof rows / sizeof rows[0];
}
