#include "shop/template_check.h"

#include "base/utf8.h"
#include "document/gallery.h"
#include "escpos/encoder.h"
#include "shop/specimen.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_GAPS = 64, MAX_FOUND = 1000, CHECK_BYTES = 64 << 20, CHECK_PATH_BYTES = 4096 };

/* The narrowest paper first: what does not fit there is told of it. */
static const char *const papers[] = {"generic-58", "generic-80"};
enum { PAPERS = sizeof papers / sizeof *papers };

static const char ending[] = ".receipt";

/* What was found, so that it is told once: at most this much of a template is wrong. */
struct found {
    enum err_code code;
    unsigned line, column;
    char file[ERR_FILE_BYTES], what[ERR_ARG_BYTES];
};

struct checking {
    const struct preview *asked;
    template_report *report;
    void *ctx;
    struct template_counts *counts;
    const struct templates *templates; /* of the template under way; NULL before they are open */
    struct found found[MAX_FOUND];
    size_t n_found;
};

/* Letters without a font differ in the letter, the rest in its place. */
static bool is_known(struct checking *c, const struct err *what)
{
    const char *letter = what->code == ERR_HINT_GLYPH ? what->arg[0] : "";
    for (size_t i = 0; i < c->n_found; i++) {
        const struct found *f = &c->found[i];
        if (f->code == what->code && f->line == what->line && f->column == what->column &&
            strcmp(f->file, what->file) == 0 && strcmp(f->what, letter) == 0)
            return true;
    }
    if (c->n_found == MAX_FOUND)
        return true;
    struct found *f = &c->found[c->n_found++];
    f->code = what->code;
    f->line = what->line;
    f->column = what->column;
    memcpy(f->file, what->file, sizeof f->file);
    slice_cstr(slice_str(letter), f->what, sizeof f->what);
    return false;
}

static void tell(struct checking *c, enum template_severity severity, const struct err *what)
{
    struct err placed = *what;
    if (c->templates)
        templates_name_file(c->templates, &placed);
    if (is_known(c, &placed))
        return;
    if (severity == TEMPLATE_PROBLEM)
        c->counts->problems++;
    else
        c->counts->warnings++;
    c->report(c->ctx, severity, &placed);
}

static void tell_problem(struct checking *c, const struct err *what)
{
    tell(c, TEMPLATE_PROBLEM, what);
}

static void tell_missing(void *ctx, const struct err *what)
{
    tell(ctx, TEMPLATE_WARNING, what);
}

static void tell_mistake(void *ctx, const struct err *what)
{
    tell_problem(ctx, what);
}

/* ── one template on one paper ── */

struct page {
    struct checking *check;
    struct specimen *specimen;
};

static void page_warn(void *ctx, const struct err *what)
{
    const struct page *page = ctx;
    if (what->code == ERR_HINT_GLYPH)
        return; /* check_letters() tells of each, with its place */
    tell(page->check, what->code == ERR_HINT_MODULE ? TEMPLATE_WARNING : TEMPLATE_PROBLEM, what);
}

static void page_hint(void *ctx, const struct err *what)
{
    const struct page *page = ctx;
    tell(page->check, TEMPLATE_WARNING, what);
}

static bool page_image(void *ctx, struct slice name, struct slice *png, struct err *err)
{
    const struct page *page = ctx;
    return specimen_image(page->specimen, name, png, err);
}

static void tell_gap(struct checking *c, const struct escpos_gap *gap,
                     const struct document_map *map, size_t offset)
{
    struct err err;
    document_no_glyph(gap->cp, &err);
    document_map_place(map, offset, &err);
    tell(c, TEMPLATE_WARNING, &err);
}

static size_t offset_of(struct slice text, uint32_t wanted)
{
    struct slice rest = text;
    uint32_t cp;
    size_t at = 0;
    while (utf8_take(&rest, &cp) && cp != wanted)
        at = text.n - rest.n;
    return at;
}

/* Letters that no font of this machine has, line by line; not without the module that would look
 * (page_warn() has told of it). */
static bool check_letters(struct checking *c, struct slice document, const struct document_map *map,
                          const struct profile *profile, struct err *err)
{
    struct escpos_gap gaps[MAX_GAPS];
    struct escpos *e;
    struct buf bytes;
    buf_init(&bytes, CHECK_BYTES);
    if (utf8_is_ascii(document) || !escpos_create(&e, profile, &bytes, err)) {
        buf_finish(&bytes);
        return utf8_is_ascii(document);
    }
    for (size_t at = 0; at < document.n;) {
        const struct slice rest = slice_sub(document, at, document.n);
        const struct slice line = slice_sub(rest, 0, slice_find(rest, '\n'));
        const size_t n = utf8_is_ascii(line) ? 0 : escpos_gaps(e, line, gaps, MAX_GAPS);
        for (size_t i = 0; i < n && !escpos_lacking(e); i++)
            tell_gap(c, &gaps[i], map, at + offset_of(line, gaps[i].cp));
        at += line.n + 1;
    }
    escpos_destroy(e);
    buf_finish(&bytes);
    return true;
}

static bool check_paper(struct checking *c, struct specimen *p, struct slice document,
                        const struct document_map *map, const char *name, struct err *err)
{
    struct page page = {c, p};
    const struct profile *profile = profile_find(slice_str(name));
    const struct document_paper paper = {
        .profile = profile,
        .allow_commands = p->config.allow_commands,
        .ctx = &page,
        .image = page_image,
        .warn = page_warn,
        .hint = page_hint,
        .map = map,
    };
    struct buf bytes;
    buf_init(&bytes, CHECK_BYTES);
    const bool ok = document_print(document, &paper, &bytes, err) &&
                    check_letters(c, document, map, profile, err);
    buf_finish(&bytes);
    return ok;
}

/* A sale prints the built-in template in the place of one that is blank with its data. */
static void check_blank(struct checking *c, const struct specimen *p, struct slice document)
{
    struct err err;
    if (!document_is_blank(document))
        return;
    err_fail_slice(&err, ERR_TEMPLATE_EMPTY, p->name);
    tell(c, TEMPLATE_WARNING, &err);
}

/* What does not compile or has no data is a finding, not a failure of the check. */
static bool check_template(struct checking *c, const char *template, struct err *err)
{
    struct preview asked = *c->asked;
    struct specimen p;
    struct buf document;
    struct document_map map = {.missing = tell_missing, .ctx = c};
    struct err trouble = {0};
    bool ok = true;
    asked.template = template;
    asked.mistake = tell_mistake;
    asked.mistake_ctx = c;
    c->counts->templates++;
    buf_init(&document, DOCUMENT_MAX_BYTES);
    if (!specimen_open(&p, &asked, &trouble)) {
        tell_problem(c, &trouble);
        goto close;
    }
    c->templates = p.templates;
    if (!specimen_expand(&p, &document, &map, &trouble)) {
        tell_problem(c, &trouble);
        goto close;
    }
    check_blank(c, &p, buf_slice(&document));
    for (size_t i = 0; i < PAPERS && ok; i++)
        ok = check_paper(c, &p, buf_slice(&document), &map, papers[i], err);
close:
    c->templates = NULL;
    document_map_finish(&map);
    buf_finish(&document);
    specimen_close(&p);
    return ok;
}

/* ── all of them ── */

static bool is_template(const char *name, size_t *stem)
{
    const size_t n = strlen(name);
    *stem = n > sizeof ending ? n - (sizeof ending - 1) : 0;
    return *stem && name[0] != '.' && strcmp(name + *stem, ending) == 0;
}

static int only_templates(const struct dirent *entry)
{
    size_t stem;
    return is_template(entry->d_name, &stem);
}

/* The *.receipt of a folder, sorted; a folder that is not there has none. */
static bool check_folder(struct checking *c, const char *folder, struct err *err)
{
    struct dirent **entries;
    char path[CHECK_PATH_BYTES];
    bool ok = true;
    const int n = scandir(folder, &entries, only_templates, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        ok = ok && check_template(c, path, err);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return ok;
}

static bool check_shop(struct checking *c, struct err *err)
{
    char folder[CHECK_PATH_BYTES];
    snprintf(folder, sizeof folder, "%s/templates", c->asked->shop_dir);
    bool ok = check_folder(c, folder, err);
    for (int lang = 0; lang < LANG_COUNT && ok; lang++) {
        snprintf(folder, sizeof folder, "%s/templates/%s", c->asked->shop_dir,
                 lang_name((enum lang)lang));
        ok = check_folder(c, folder, err);
    }
    return ok;
}

static bool check_gallery(struct checking *c, struct err *err)
{
    char name[CHECK_PATH_BYTES];
    size_t n, stem;
    const struct gallery_file *files = gallery_all(&n);
    for (size_t i = 0; i < n; i++) {
        if (!is_template(files[i].path, &stem))
            continue;
        snprintf(name, sizeof name, "%.*s", (int)stem, files[i].path);
        if (!check_template(c, name, err))
            return false;
    }
    return true;
}

bool templates_check(const struct preview *asked, template_report *report, void *ctx,
                     struct template_counts *counts, struct err *err)
{
    struct checking *c = calloc(1, sizeof *c);
    if (!c)
        return FAIL(err, ERR_BUG, "out of memory");
    *counts = (struct template_counts){0};
    c->asked = asked;
    c->report = report;
    c->ctx = ctx;
    c->counts = counts;
    bool ok = asked->template ? check_template(c, asked->template, err)
                              : !asked->shop_dir || check_shop(c, err);
    if (ok && counts->templates == 0)
        ok = check_gallery(c, err);
    free(c);
    return ok;
}
