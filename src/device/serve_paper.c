/* What comes out: a picture and a text for each piece of paper, and the file of NV memory. A file
 * is there whole or not at all. */
#include "device/serve_inside.h"

#include "image/png.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
    MARGIN_DOTS = 24,
    PICTURE_MAX_BYTES = 64 << 20,
    NV_MAX_BYTES = 4 << 20,
    UNCUT_IDLE_US = 1000000, /* paper without a knife is torn off when nothing came for so long */
};

static bool write_file(const char *path, struct slice bytes, struct err *err)
{
    char fresh[SERVE_PATH_BYTES + 8];
    if ((size_t)snprintf(fresh, sizeof fresh, "%s.new", path) >= sizeof fresh)
        return FAIL(err, ERR_FILE_WRITE, path, strerror(ENAMETOOLONG));
    FILE *f = fopen(fresh, "wb");
    bool ok = f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
    int why = errno;
    if (f && fclose(f) != 0) {
        ok = false;
        why = errno;
    }
    if (ok && rename(fresh, path) != 0) {
        ok = false;
        why = errno;
    }
    if (!ok)
        remove(fresh);
    return ok || FAIL(err, ERR_FILE_WRITE, path, strerror(why));
}

/* Pictures are numbered on from those that are there. */
static bool begin_dir(struct serve *s, const char *path, struct err *err)
{
    if (!path)
        return true;
    mkdir(path, 0777);
    DIR *dir = opendir(path);
    if (!dir)
        return FAIL(err, ERR_FILE_OPEN, path, strerror(errno));
    for (struct dirent *e; (e = readdir(dir));) {
        struct slice name = slice_str(e->d_name);
        uint64_t n;
        if (!slice_starts(name, "receipt-"))
            continue;
        name = slice_sub(name, 8, slice_find(name, '.'));
        if (slice_u64(name, 999999999, &n) && n >= s->next_piece)
            s->next_piece = (unsigned)n + 1;
    }
    closedir(dir);
    return true;
}

static bool load_nv(struct serve *s, struct err *err)
{
    const char *path = s->options->nv;
    struct buf text;
    if (!path)
        return true;
    buf_init(&text, NV_MAX_BYTES);
    bool there = buf_read_file(&text, path), ok = true;
    if (!there && errno != ENOENT)
        ok = FAIL(err, ERR_FILE_OPEN, path, strerror(errno));
    if (there && !device_nv_load(s->dev, buf_slice(&text), err))
        ok = err_at(err, path, 0, 0);
    buf_finish(&text);
    s->nv_saved = device_nv_writes(s->dev);
    return ok;
}

bool serve_paper_begin(struct serve *s, struct err *err)
{
    s->next_piece = 1;
    return begin_dir(s, s->options->png_dir, err) && begin_dir(s, s->options->text_dir, err) &&
           load_nv(s, err);
}

/* A picture that cannot be written loses no receipt; it is said, and at the end it is a fault. */
static void fail(struct serve *s, const struct err *err)
{
    serve_say_err(s, err);
    s->failed = true;
    s->failure = *err;
}

static void write_piece(struct serve *s, const char *dir, const char *ending, struct slice bytes)
{
    char path[SERVE_PATH_BYTES];
    struct err err;
    if ((size_t)snprintf(path, sizeof path, "%s/receipt-%06u.%s", dir, s->next_piece, ending) >=
        sizeof path)
        FAIL(&err, ERR_FILE_WRITE, dir, strerror(ENAMETOOLONG));
    else if (write_file(path, bytes, &err)) {
        serve_say(s, "%s", path);
        return;
    }
    fail(s, &err);
}

void serve_paper_piece(void *ctx, const struct virtual_printer *vp, uint32_t y_dots)
{
    struct serve *s = ctx;
    struct bitmap piece = *virtual_paper(vp);
    struct buf bytes;
    struct err err;
    if (y_dots < piece.height_dots)
        piece.height_dots = y_dots;
    if (!piece.height_dots)
        return;
    if (s->options->png_dir) {
        buf_init(&bytes, PICTURE_MAX_BYTES);
        if (png_write(&piece, MARGIN_DOTS, s->options->device.profile->dpi, &bytes, &err))
            write_piece(s, s->options->png_dir, "png", buf_slice(&bytes));
        else
            fail(s, &err);
        buf_finish(&bytes);
    }
    if (s->options->text_dir) {
        buf_init(&bytes, PICTURE_MAX_BYTES);
        virtual_text_above(vp, y_dots, &bytes);
        write_piece(s, s->options->text_dir, "txt", buf_slice(&bytes));
        buf_finish(&bytes);
    }
    s->next_piece++;
}

static bool save_nv(struct serve *s, struct err *err)
{
    struct buf text;
    buf_init(&text, NV_MAX_BYTES);
    bool ok =
        device_nv_save(s->dev, &text, err) && write_file(s->options->nv, buf_slice(&text), err);
    buf_finish(&text);
    s->nv_saved = device_nv_writes(s->dev);
    return ok;
}

static bool has_uncut_paper(const struct serve *s)
{
    return s->options->device.profile->cut == CUT_NONE && device_is_idle(s->dev) &&
           virtual_paper(device_printer(s->dev))->height_dots;
}

void serve_paper_pump(struct serve *s)
{
    struct err err;
    if (!has_uncut_paper(s))
        s->idle_since_us = 0;
    else if (!s->idle_since_us)
        s->idle_since_us = s->now_us;
    else if (s->now_us - s->idle_since_us >= UNCUT_IDLE_US)
        device_tear(s->dev);
    if (s->options->nv && s->nv_saved != device_nv_writes(s->dev) && !save_nv(s, &err))
        fail(s, &err);
}

int64_t serve_paper_next_us(const struct serve *s)
{
    return s->idle_since_us ? s->idle_since_us + UNCUT_IDLE_US : INT64_MAX;
}

/* After a cut some white paper stands out. */
static bool is_blank(const struct bitmap *b)
{
    for (uint32_t y = 0; y < b->height_dots; y++)
        if (!bitmap_row_is_blank(b, y))
            return false;
    return true;
}

bool serve_paper_end(struct serve *s, struct err *err)
{
    if (!is_blank(virtual_paper(device_printer(s->dev))))
        device_tear(s->dev);
    if (s->options->nv && !save_nv(s, err))
        return false;
    if (!s->failed)
        return true;
    *err = s->failure;
    return false;
}
