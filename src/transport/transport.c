#include "transport/transport.h"

#include <time.h>

/* The scheme of a well-formed address, and what stands behind its colon. */
static const struct transport_scheme *find(const struct transport_scheme *schemes, size_t n,
                                           const char *uri, const char **rest)
{
    const char *colon = strchr(uri, ':');
    for (size_t i = 0; colon && i < n; i++) {
        if (slice_is(slice_of(uri, (size_t)(colon - uri)), schemes[i].scheme)) {
            *rest = colon + 1;
            return schemes[i].check(*rest) ? &schemes[i] : NULL;
        }
    }
    return NULL;
}

bool transport_check(const struct transport_scheme *schemes, size_t n, const char *uri,
                     struct err *err)
{
    const char *rest;
    const struct transport_scheme *scheme = find(schemes, n, uri, &rest);
    if (!scheme)
        return FAIL(err, ERR_PRINTER_URI, uri);
    return !scheme->vet || scheme->vet(scheme->ctx, rest, err);
}

bool transport_open(const struct transport_scheme *schemes, size_t n, const char *uri,
                    struct transport **t, struct err *err)
{
    const char *rest;
    const struct transport_scheme *scheme = find(schemes, n, uri, &rest);
    return scheme ? scheme->open(scheme->ctx, rest, t, err) : FAIL(err, ERR_PRINTER_URI, uri);
}

void transport_close(struct transport *t)
{
    if (t)
        t->ops->close(t);
}

bool transport_error(enum err_code code)
{
    return code == ERR_PRINTER_GROUP || code == ERR_PRINTER_HELD || code == ERR_PRINTER_IO ||
           code == ERR_PRINTER_KIND || code == ERR_PRINTER_RIGHTS || code == ERR_PRINTER_SEVERAL ||
           code == ERR_PRINTER_UNPLUGGED;
}

int64_t transport_clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t transport_wire_ms(const struct transport *t)
{
    return t->ops->clock_ms ? t->ops->clock_ms(t) : transport_clock_ms();
}
