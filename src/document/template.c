#include "document/template.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BYTES = 64 << 20 };

/* Characters that may stand in a source as they are; other controls are not part of the language
 * and vanish. */
static bool is_kept(uint8_t c)
{
    return c >= 0x20 ? c != 0x7F : c == '\n' || c == '\r' || c == '\t';
}

static bool needs_cleaning(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= 0x80 || !is_kept(s.p[i]))
            return true;
    }
    return false;
}

/* Cleaned piece by piece between the controls that stay, so that line ends remain where they were.
 */
static struct slice clean_source(struct arena *a, struct slice s)
{
    uint8_t *out = arena_alloc(a, s.n + SOURCE_SLACK);
    size_t n = 0;
    if (!out)
        return (struct slice){0};
    if (!needs_cleaning(s)) {
        if (s.n)
            memcpy(out, s.p, s.n);
        return slice_of(out, s.n);
    }
    size_t i = 0;
    while (i < s.n) {
        if (s.p[i] < 0x20 || s.p[i] == 0x7F) {
            if (is_kept(s.p[i]))
                out[n++] = s.p[i];
            i++;
            continue;
        }
        size_t end = i;
        while (end < s.n && s.p[end] >= 0x20 && s.p[end] != 0x7F)
            end++;
        const size_t mark = a->used;
        const struct slice piece = utf8_clean(a, slice_sub(s, i, end));
        /* NFC grows only a few singletons; what would not fit is a hostile text anyway. */
        if (!piece.p || piece.n > s.n - n)
            return (struct slice){0};
        memmove(out + n, piece.p, piece.n);
        n += piece.n;
        arena_reset(a, mark);
        i = end;
    }
    return slice_of(out, n);
}

/* Mustache: the indentation of a standalone partial goes before each line of it. */
static struct slice indent_source(struct arena *a, struct slice s, struct slice indent)
{
    if (indent.n == 0)
        return s;
    size_t lines = s.n > 0;
    for (size_t i = 0; i + 1 < s.n; i++)
        lines += s.p[i] == '\n';
    if (lines && indent.n > MAX_SOURCES_BYTES / lines)
        return (struct slice){0};
    uint8_t *out = arena_alloc(a, s.n + lines * indent.n + SOURCE_SLACK);
    size_t n = 0;
    if (!out)
        return (struct slice){0};
    for (size_t i = 0; i < s.n; i++) {
        if (i == 0 || s.p[i - 1] == '\n') {
            memcpy(out + n, indent.p, indent.n);
            n += indent.n;
        }
        out[n++] = s.p[i];
    }
    return slice_of(out, n);
}

/* Where utf8_valid stopped. */
static bool fail_utf8(struct slice name, struct slice source, size_t at, struct err *err)
{
    char file[ERR_FILE_BYTES];
    unsigned line = 1;
    size_t start = 0;
    for (size_t i = 0; i < at; i++) {
        if (source.p[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    unsigned column = 1;
    for (size_t i = start; i < at; i++)
        column += !utf8_continues(source.p[i]);
    slice_cstr(name, file, sizeof file);
    FAIL(err, ERR_UTF8);
    return err_at(err, file, line, column);
}

static bool too_big(struct template_compiler *c, struct slice name)
{
    char file[ERR_FILE_BYTES];
    char limit[32];
    slice_cstr(name, file, sizeof file);
    snprintf(limit, sizeof limit, "%d bytes", TEMPLATE_MAX_BYTES);
    return FAIL(c->err, ERR_TOO_BIG, file, limit);
}

static bool add_unit(struct template_compiler *c, const struct template_chain *chain,
                     struct slice source, struct slice indent, unsigned depth, uint32_t *index)
{
    struct template *t = c->t;
    if (source.n > TEMPLATE_MAX_BYTES)
        return too_big(c, chain->name);
    const size_t valid = utf8_valid(source);
    if (valid != source.n)
        return fail_utf8(chain->name, source, valid, c->err);
    struct slice clean = clean_source(&t->arena, source);
    if (clean.p)
        clean = indent_source(&t->arena, clean, indent);
    t->sources_bytes += clean.n;
    if (!clean.p || t->sources_bytes > MAX_SOURCES_BYTES || t->n_units == MAX_UNITS)
        return too_big(c, chain->name);
    return template_compile_unit(c, chain, clean, indent, depth, index);
}

bool template_partial(struct template_compiler *c, const struct template_chain *chain,
                      struct slice name, struct slice indent, unsigned depth, uint32_t *index)
{
    for (const struct template_chain *up = chain; up; up = up->up) {
        if (slice_equal(up->name, name))
            return err_fail_slice(c->err, ERR_TEMPLATE_RECURSION, name);
    }
    for (uint32_t i = 1; i < c->t->n_units; i++) {
        if (slice_equal(c->t->units[i].name, name) && slice_equal(c->t->units[i].indent, indent)) {
            *index = i;
            return true;
        }
    }
    struct slice source;
    if (!c->loader)
        return err_fail_slice(c->err, ERR_TEMPLATE_UNKNOWN, name);
    if (!c->loader->load(c->loader->ctx, name, &source, c->err))
        return false;
    const struct template_chain here = {chain, name};
    return add_unit(c, &here, source, indent, depth, index);
}

bool template_mistake(struct template_compiler *c)
{
    const enum err_code code = c->err->code;
    if (c->n_mistakes++ == 0)
        c->first = *c->err;
    if (c->loader && c->loader->mistake)
        c->loader->mistake(c->loader->ctx, c->err);
    c->is_over |=
        c->n_mistakes == TEMPLATE_MAX_MISTAKES || code == ERR_TOO_BIG || code == ERR_TEMPLATE_DEPTH;
    return false;
}

bool template_create(struct template **out, const char *name, struct slice source,
                     const struct template_loader *loader, struct err *err)
{
    *out = NULL;
    struct template *t = calloc(1, sizeof *t);
    if (!t)
        return FAIL(err, ERR_TOO_BIG, name, "this machine's memory");
    struct err none = {0};
    struct template_compiler c = {.t = t, .loader = loader, .err = err ? err : &none};
    struct template_chain root = {NULL, {0}};
    uint32_t index;
    t->units = calloc(MAX_UNITS, sizeof *t->units);
    if (!t->units || !arena_init(&t->arena, ARENA_BYTES)) {
        FAIL(err, ERR_TOO_BIG, name, "this machine's memory");
        goto fail;
    }
    /* The map of a document names it later. */
    root.name = arena_copy(&t->arena, slice_str(name));
    if (!add_unit(&c, &root, source, (struct slice){0}, 0, &index)) {
        if (c.n_mistakes == 0)
            template_mistake(&c);
        *c.err = c.first;
        goto fail;
    }
    *out = t;
    return true;
fail:
    template_destroy(t);
    return false;
}

void template_destroy(struct template *t)
{
    if (!t)
        return;
    for (uint32_t i = 0; t->units && i < t->n_units; i++)
        free(t->units[i].ops);
    for (uint32_t i = 0; i < t->n_shapes; i++)
        buf_finish(&t->shapes[i].names);
    free(t->units);
    arena_finish(&t->arena);
    free(t);
}
