#include "shop/templates.h"

#include "document/gallery.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <limits.h>
#include <sys/stat.h>

enum { IMAGE_MAX_BYTES = 8 << 20, TEMPLATES_PATH_BYTES = 4096 };

/* A file that was read, kept because others point into it. */
struct kept_file {
    char name[TEMPLATE_NAME_BYTES];
    struct buf bytes;
};

/* A partial of the template being compiled. */
struct partial {
    char name[TEMPLATE_NAME_BYTES], path[ERR_FILE_BYTES];
    struct buf bytes;
};

struct kept_template {
    char name[TEMPLATE_NAME_BYTES];
    bool built_in;
    struct template *template; /* NULL: it is broken, and trouble says how */
    struct err trouble;
};

struct templates {
    char *dir;
    enum lang lang;
    bool built_in_only; /* while a template of the gallery is compiled: its partials too */
    struct kept_template kept[TEMPLATES_MAX];
    size_t n_kept;
    struct kept_file images[TEMPLATES_MAX];
    size_t n_images;
    struct buf source; /* of the template being compiled, and its partials: gone when it is */
    struct partial partials[TEMPLATES_MAX];
    size_t n_partials;
    void (*tell)(void *ctx, const struct err *what);
    void *tell_ctx;
};

bool templates_create(struct templates **t, const char *dir, enum lang lang, struct err *err)
{
    struct templates *made = calloc(1, sizeof *made);
    if (made && dir)
        made->dir = strdup(dir);
    if (!made || (dir && !made->dir)) {
        free(made);
        return FAIL(err, ERR_BUG, "out of memory");
    }
    made->lang = lang;
    buf_init(&made->source, TEMPLATE_MAX_BYTES);
    *t = made;
    return true;
}

void templates_tell_mistakes(struct templates *t, void (*tell)(void *ctx, const struct err *what),
                             void *ctx)
{
    t->tell = tell;
    t->tell_ctx = ctx;
}

static void forget_partials(struct templates *t)
{
    for (size_t i = 0; i < t->n_partials; i++)
        buf_finish(&t->partials[i].bytes);
    t->n_partials = 0;
}

void templates_destroy(struct templates *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n_kept; i++)
        template_destroy(t->kept[i].template);
    for (size_t i = 0; i < t->n_images; i++)
        buf_finish(&t->images[i].bytes);
    forget_partials(t);
    buf_finish(&t->source);
    free(t->dir);
    free(t);
}

/* A name is a file's name without folders, so that no template reaches outside of the shop. */
static bool is_plain_name(struct slice name)
{
    return name.n > 0 && name.n < TEMPLATE_NAME_BYTES - 8 && name.p[0] != '.' &&
           slice_find(name, '/') == name.n && slice_find(name, '\0') == name.n;
}

static bool unknown(struct slice name, struct err *err)
{
    return err_fail_slice(err, ERR_TEMPLATE_UNKNOWN, name);
}

static bool fail_read(const char *path, struct err *err)
{
    if (errno != EFBIG)
        return FAIL(err, ERR_FILE_OPEN, path, strerror(errno));
    char limit[32];
    snprintf(limit, sizeof limit, "%d bytes", TEMPLATE_MAX_BYTES);
    return FAIL(err, ERR_TOO_BIG, path, limit);
}

/* Appends a file that may be missing; false with errno ENOENT when it is. */
static bool read_owned(const struct templates *t, struct buf *out, char *path, const char *folder,
                       struct slice name, const char *ending)
{
    if (!t->dir || t->built_in_only) {
        errno = ENOENT;
        return false;
    }
    snprintf(path, TEMPLATES_PATH_BYTES, "%s/%s/%.*s%s", t->dir, folder, (int)name.n,
             (const char *)name.p, ending);
    return buf_read_file(out, path);
}

enum standing { STANDS_NOWHERE, STANDS_INSIDE, STANDS_OUTSIDE, IS_NO_FILE };

/* A picture is a file in the shop's images folder, also when a link leads to it: what is elsewhere
 * is nothing that a template may print. */
static enum standing where_stands(const struct templates *t, struct slice name)
{
    char path[TEMPLATES_PATH_BYTES], folder[PATH_MAX], found[PATH_MAX];
    struct stat st;
    if (!t->dir)
        return STANDS_NOWHERE;
    snprintf(path, sizeof path, "%s/images", t->dir);
    if (!realpath(path, folder))
        return STANDS_NOWHERE;
    snprintf(path, sizeof path, "%s/images/%.*s", t->dir, (int)name.n, (const char *)name.p);
    if (!realpath(path, found))
        return STANDS_NOWHERE;
    const size_t n = strlen(folder);
    const bool is_inside = strncmp(found, folder, n) == 0 && found[n] == '/';
    if (!is_inside)
        return STANDS_OUTSIDE;
    return stat(found, &st) == 0 && S_ISREG(st.st_mode) ? STANDS_INSIDE : IS_NO_FILE;
}

/* The source of a template: from the owner, else from the gallery. path says where from. */
static bool find_source(const struct templates *t, struct slice name, struct buf *out, char *path,
                        struct err *err)
{
    char folder[32], built_in[128];
    struct slice bytes;
    if (!is_plain_name(name))
        return unknown(name, err);
    snprintf(folder, sizeof folder, "templates/%s", lang_name(t->lang));
    if (read_owned(t, out, path, folder, name, ".receipt") ||
        (errno == ENOENT && read_owned(t, out, path, "templates", name, ".receipt")))
        return true;
    if (errno != ENOENT)
        return fail_read(path, err);
    const char *const langs[] = {lang_name(t->lang), lang_name(LANG_EN)};
    for (size_t i = 0; i < 2; i++) {
        snprintf(built_in, sizeof built_in, "%s/%.*s.receipt", langs[i], (int)name.n,
                 (const char *)name.p);
        if (!gallery_find(built_in, &bytes))
            continue;
        snprintf(path, TEMPLATES_PATH_BYTES, "gallery/%s", built_in);
        buf_slice_append(out, bytes);
        return true;
    }
    return unknown(name, err);
}

static bool load_partial(void *ctx, struct slice name, struct slice *source, struct err *err)
{
    struct templates *t = ctx;
    char path[TEMPLATES_PATH_BYTES] = "";
    if (t->n_partials == TEMPLATES_MAX)
        return FAIL(err, ERR_TOO_BIG, "partials", "64");
    struct partial *partial = &t->partials[t->n_partials];
    buf_init(&partial->bytes, TEMPLATE_MAX_BYTES);
    if (!find_source(t, name, &partial->bytes, path, err)) {
        buf_finish(&partial->bytes);
        return false;
    }
    slice_cstr(name, partial->name, sizeof partial->name);
    slice_cstr(slice_str(path), partial->path, sizeof partial->path);
    t->n_partials++;
    *source = buf_slice(&partial->bytes);
    return true;
}

/* A mistake in a partial is told with the partial's file. */
static bool name_file(const struct templates *t, struct err *err)
{
    for (size_t i = 0; i < t->n_partials; i++)
        if (strcmp(err->file, t->partials[i].name) == 0)
            return err_at(err, t->partials[i].path, 0, 0);
    return false;
}

static void tell_mistake(void *ctx, const struct err *what)
{
    const struct templates *t = ctx;
    struct err placed = *what;
    name_file(t, &placed);
    if (t->tell)
        t->tell(t->tell_ctx, &placed);
}

static bool compile(struct templates *t, struct slice name, const char *path, bool built_in,
                    struct template **template, struct err *err)
{
    const struct template_loader loader = {t, load_partial, tell_mistake};
    if (t->n_kept == TEMPLATES_MAX)
        return FAIL(err, ERR_TOO_BIG, "templates", "64");
    struct kept_template *kept = &t->kept[t->n_kept];
    bool ok = template_create(&kept->template, path, buf_slice(&t->source), &loader, err) ||
              name_file(t, err);
    forget_partials(t);
    if (!ok)
        return false;
    slice_cstr(name, kept->name, sizeof kept->name);
    kept->built_in = built_in;
    t->n_kept++;
    *template = kept->template;
    return true;
}

static const struct kept_template *find_kept(const struct templates *t, struct slice name,
                                             bool built_in)
{
    for (size_t i = 0; i < t->n_kept; i++)
        if (t->kept[i].built_in == built_in && slice_is(name, t->kept[i].name))
            return &t->kept[i];
    return NULL;
}

/* A broken template is not compiled again at every sale, and its partials take no room. */
static void remember_broken(struct templates *t, struct slice name, bool built_in,
                            size_t partials_before, const struct err *trouble)
{
    while (t->n_partials > partials_before)
        buf_finish(&t->partials[--t->n_partials].bytes);
    if (t->n_kept == TEMPLATES_MAX)
        return;
    struct kept_template *kept = &t->kept[t->n_kept++];
    *kept = (struct kept_template){.built_in = built_in, .trouble = *trouble};
    slice_cstr(name, kept->name, sizeof kept->name);
}

static bool get(struct templates *t, struct slice name, bool built_in, struct template **template,
                struct err *err)
{
    char path[TEMPLATES_PATH_BYTES] = "";
    const struct kept_template *kept = find_kept(t, name, built_in);
    size_t partials_before = t->n_partials;
    if (kept) {
        *template = kept->template;
        if (!kept->template)
            *err = kept->trouble;
        return kept->template;
    }
    buf_reset(&t->source);
    t->built_in_only = built_in;
    bool ok = find_source(t, name, &t->source, path, err) &&
              compile(t, name, path, built_in, template, err);
    t->built_in_only = false;
    if (!ok)
        remember_broken(t, name, built_in, partials_before, err);
    return ok;
}

bool templates_get(struct templates *t, struct slice name, struct template **template,
                   struct err *err)
{
    return get(t, name, false, template, err);
}

bool templates_get_built_in(struct templates *t, struct slice name, struct template **template,
                            struct err *err)
{
    return get(t, name, true, template, err);
}

bool templates_get_file(struct templates *t, const char *path, struct template **template,
                        struct err *err)
{
    buf_reset(&t->source);
    if (!buf_read_file(&t->source, path))
        return fail_read(path, err);
    return compile(t, slice_str(path), path, false, template, err);
}

void templates_name_file(const struct templates *t, struct err *err)
{
    char path[TEMPLATES_PATH_BYTES];
    struct err none;
    struct buf source;
    buf_init(&source, TEMPLATE_MAX_BYTES);
    if (err->file[0] && find_source(t, slice_str(err->file), &source, path, &none))
        err_at(err, path, 0, 0);
    buf_finish(&source);
}

/* Reads a picture that stands in the shop's folder, and keeps it. */
static bool read_image(struct templates *t, struct slice name, const char *shown, struct slice *png,
                       struct err *err)
{
    char path[TEMPLATES_PATH_BYTES];
    struct kept_file *file = &t->images[t->n_images];
    if (t->n_images == TEMPLATES_MAX)
        return FAIL(err, ERR_IMAGE, shown, "there are more than 64 pictures");
    buf_init(&file->bytes, IMAGE_MAX_BYTES);
    if (!read_owned(t, &file->bytes, path, "images", name, "")) {
        const int why = errno;
        buf_finish(&file->bytes);
        return FAIL(err, ERR_IMAGE, shown,
                    why == EFBIG ? "it is larger than 8 MiB" : strerror(why));
    }
    slice_cstr(name, file->name, sizeof file->name);
    t->n_images++;
    *png = buf_slice(&file->bytes);
    return true;
}

static bool find_built_in(const char *shown, struct slice *png, struct err *err)
{
    char path[TEMPLATES_PATH_BYTES];
    snprintf(path, sizeof path, "images/%s", shown);
    return gallery_find(path, png) ||
           FAIL(err, ERR_IMAGE, shown, "there is no such file in the images folder");
}

bool templates_image(void *ctx, struct slice name, struct slice *png, struct err *err)
{
    struct templates *t = ctx;
    char shown[TEMPLATE_NAME_BYTES];
    slice_cstr(name, shown, sizeof shown);
    if (!is_plain_name(name))
        return FAIL(err, ERR_IMAGE, shown, "pictures stand in the shop's images folder");
    for (size_t i = 0; i < t->n_images; i++) {
        if (slice_is(name, t->images[i].name)) {
            *png = buf_slice(&t->images[i].bytes);
            return true;
        }
    }
    switch (where_stands(t, name)) {
    case STANDS_INSIDE:
        return read_image(t, name, shown, png, err);
    case STANDS_OUTSIDE:
        return FAIL(err, ERR_IMAGE, shown,
                    "it is a link that leads out of the images folder; copy the picture into it");
    case IS_NO_FILE:
        return FAIL(err, ERR_IMAGE, shown, "it is not a file");
    case STANDS_NOWHERE:
        break;
    }
    return find_built_in(shown, png, err);
}
