#include "setup/wires.h"

#include "image/png.h"
#include "virtual/virtual.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { PICTURE_MARGIN_DOTS = 24, PATH_BYTES = 4096, PICTURE_MAX_BYTES = 64 << 20 };

static bool picture_of(const struct virtual_printer *vp, const struct profile *profile,
                       struct buf *png, struct err *err)
{
    struct bitmap framed;
    if (!virtual_framed(vp, PICTURE_MARGIN_DOTS, &framed, err))
        return false;
    const bool ok = png_write(&framed, 0, profile->dpi, png, err);
    bitmap_finish(&framed);
    return ok;
}

bool wires_picture(struct slice bytes, const struct profile *profile, struct buf *png,
                   struct err *err)
{
    struct virtual_printer *vp;
    if (!virtual_create(&vp, profile, err))
        return false;
    virtual_feed(vp, bytes);
    virtual_end(vp);
    bool ok = picture_of(vp, profile, png, err);
    virtual_destroy(vp);
    return ok;
}

/* virtual:DIR, pictures in DIR; virtual: keeps none. */
struct virtual_wire {
    struct transport transport;
    struct wires *wires;
    const struct profile *profile;
    struct virtual_printer *vp;
    char folder[PATH_BYTES];  /* "" keeps no pictures */
    int64_t job;              /* whose paper is in vp */
    uint32_t pictured_height; /* of the paper when its picture was written last */
};

static bool write_file(const char *path, struct slice bytes, struct err *err)
{
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
    int cause = errno;
    if (f && fclose(f) != 0) {
        ok = false;
        cause = errno;
    }
    return ok || FAIL(err, ERR_FILE_WRITE, path, strerror(cause));
}

/* Writes the picture of a job's paper as far as it has come, whole or not at all. A picture that
 * cannot be written loses no receipt: the virtual printer prints on. */
static void keep_picture(struct virtual_wire *wire)
{
    struct buf png;
    struct err ignored = {0};
    char path[PATH_BYTES + 32], fresh[PATH_BYTES + 48];
    const struct bitmap *paper = virtual_paper(wire->vp);
    if (!wire->folder[0] || paper->height_dots == wire->pictured_height)
        return;
    buf_init(&png, PICTURE_MAX_BYTES);
    snprintf(path, sizeof path, "%s/job-%06lld.png", wire->folder, (long long)wire->job);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    if (picture_of(wire->vp, wire->profile, &png, &ignored) &&
        write_file(fresh, buf_slice(&png), &ignored) && rename(fresh, path) == 0)
        wire->pictured_height = paper->height_dots;
    else
        remove(fresh);
    buf_finish(&png);
}

static void end_paper(struct virtual_wire *wire)
{
    if (!wire->vp)
        return;
    virtual_end(wire->vp);
    keep_picture(wire);
}

/* Fresh paper for another job; what was on the wire stays when there is no memory for it. */
static bool begin_paper(struct virtual_wire *wire, struct err *err)
{
    struct virtual_printer *fresh;
    if (!virtual_create(&fresh, wire->profile, err))
        return false;
    end_paper(wire);
    virtual_destroy(wire->vp);
    wire->vp = fresh;
    wire->job = wire->wires->job;
    wire->pictured_height = 0;
    return true;
}

static bool virtual_wire_send(struct transport *t, struct slice bytes, unsigned timeout_ms,
                              size_t *taken, struct err *err)
{
    struct virtual_wire *wire = (struct virtual_wire *)t;
    (void)timeout_ms;
    *taken = 0;
    if (wire->job != wire->wires->job && !begin_paper(wire, err))
        return false;
    virtual_feed(wire->vp, bytes);
    *taken = bytes.n;
    return true;
}

/* The picture is this printer's paper: it is there before the answer that proves it. */
static bool virtual_wire_receive(struct transport *t, unsigned timeout_ms, struct buf *out,
                                 struct err *err)
{
    struct virtual_wire *wire = (struct virtual_wire *)t;
    (void)timeout_ms;
    (void)err;
    keep_picture(wire);
    virtual_take_replies(wire->vp, out);
    return true;
}

/* Where nobody listens for an answer, the picture is there when the job is sent. */
static bool virtual_wire_flush(struct transport *t, unsigned timeout_ms, struct err *err)
{
    (void)timeout_ms;
    (void)err;
    keep_picture((struct virtual_wire *)t);
    return true;
}

static void virtual_wire_close(struct transport *t)
{
    struct virtual_wire *wire = (struct virtual_wire *)t;
    end_paper(wire);
    virtual_destroy(wire->vp);
    free(wire);
}

static const struct transport_ops virtual_wire_ops = {
    .send = virtual_wire_send,
    .receive = virtual_wire_receive,
    .close = virtual_wire_close,
    .flush = virtual_wire_flush,
};

static void set_folder(struct virtual_wire *wire, const char *rest)
{
    if (!*rest)
        return;
    if (*rest == '/' || !wire->wires->dir)
        snprintf(wire->folder, sizeof wire->folder, "%s", rest);
    else
        snprintf(wire->folder, sizeof wire->folder, "%s/%s", wire->wires->dir, rest);
    mkdir(wire->folder, 0777);
}

static bool virtual_wire_open(void *ctx, const char *rest, struct transport **t, struct err *err)
{
    struct wires *wires = ctx;
    struct virtual_wire *wire = calloc(1, sizeof *wire);
    if (!wire)
        return FAIL(err, ERR_BUG, "out of memory");
    wire->transport.ops = &virtual_wire_ops;
    wire->wires = wires;
    wire->profile = wires->profile;
    wire->job = wires->job;
    set_folder(wire, rest);
    if (!virtual_create(&wire->vp, wire->profile, err)) {
        free(wire);
        return false;
    }
    *t = &wire->transport;
    return true;
}

/* file:PATH is relative to the shop, so that a shop works from any folder. */
static bool file_open(void *ctx, const char *rest, struct transport **t, struct err *err)
{
    const struct wires *wires = ctx;
    char path[PATH_BYTES];
    if (*rest == '/' || !wires->dir || !*rest)
        return transport_file.open(transport_file.ctx, rest, t, err);
    snprintf(path, sizeof path, "%s/%s", wires->dir, rest);
    return transport_file.open(transport_file.ctx, path, t, err);
}

static bool any_folder(const char *rest)
{
    return strlen(rest) < PATH_BYTES;
}

enum { SCHEMES_MAX = 16 };

/* The room of wires, with relative paths, and the printer in software beside it; table becomes what
 * faults may stand before. */
static size_t schemes_of(struct wires *wires, struct transport_scheme schemes[SCHEMES_MAX],
                         struct transport_table *table)
{
    const struct transport_scheme *const *rows;
    size_t n = transport_schemes(&rows);
    if (n > SCHEMES_MAX - 1)
        n = SCHEMES_MAX - 1;
    for (size_t i = 0; i < n; i++) {
        schemes[i] = *rows[i];
        if (rows[i] == &transport_file) {
            schemes[i].ctx = wires;
            schemes[i].open = file_open;
        } else if (rows[i] == &transport_fault) {
            schemes[i].ctx = table;
        }
    }
    schemes[n] = (struct transport_scheme){.scheme = "virtual",
                                           .example = "virtual:paper",
                                           .ctx = wires,
                                           .check = any_folder,
                                           .open = virtual_wire_open};
    *table = (struct transport_table){schemes, n + 1, wires ? &wires->sessions : NULL};
    return n + 1;
}

bool wires_check(const char *uri, struct err *err)
{
    struct transport_scheme schemes[SCHEMES_MAX];
    struct transport_table table;
    return transport_check(schemes, schemes_of(NULL, schemes, &table), uri, err);
}

bool wires_open(struct wires *wires, const char *uri, struct transport **t, struct err *err)
{
    struct transport_scheme schemes[SCHEMES_MAX];
    struct transport_table table;
    return transport_open(schemes, schemes_of(wires, schemes, &table), uri, t, err);
}

void wires_begin_job(struct wires *wires, int64_t job)
{
    wires->job = job;
}
