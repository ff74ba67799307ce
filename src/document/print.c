#include "document/layout.h"

#include "base/utf8.h"
#include "image/fonts.h"

#include <stdio.h>
#include <stdlib.h>

const char *layout_paper_mm(const struct layout *l, char out[NUMBER_BYTES])
{
    snprintf(out, NUMBER_BYTES, "%u", l->paper->profile->paper_mm);
    return out;
}

static void say_place(const struct layout *l, struct err *err, const uint8_t *p)
{
    if (l->paper->map)
        document_map_place(l->paper->map, (size_t)(p - l->begins), err);
    else
        err_at(err, NULL, l->line, 0);
}

void layout_warn_at(struct layout *l, struct err *err, const uint8_t *p)
{
    if (!l->paper->warn || l->n_warned == DOCUMENT_MAX_TOLD)
        return;
    l->n_warned++;
    say_place(l, err, p);
    l->paper->warn(l->paper->ctx, err);
}

void layout_warn(struct layout *l, struct err *err)
{
    layout_warn_at(l, err, l->at);
}

void layout_hint_at(struct layout *l, struct err *err, const uint8_t *p)
{
    if (!l->paper->hint || l->n_hinted == DOCUMENT_MAX_TOLD)
        return;
    l->n_hinted++;
    say_place(l, err, p);
    l->paper->hint(l->paper->ctx, err);
}

void layout_warn_cell(struct layout *l, enum err_code code, const uint8_t *p, const uint8_t *end)
{
    struct err err;
    err_fail_slice(&err, code, slice_of(p, (size_t)(end - p)));
    layout_warn_at(l, &err, p);
}

static void print_page(struct layout *l, const uint8_t *p, const uint8_t *end)
{
    layout_reset_properties(l);
    while (p < end && !l->failed)
        p = layout_line(l, p, end);
    layout_frame_stop(l);
}

static void print_pages(struct layout *l, struct slice document)
{
    const uint8_t *p = document.p;
    l->begins = l->at = p;
    const uint8_t *const end = document.n ? p + document.n : p;
    for (;;) {
        const uint8_t *page = p < end ? memchr(p, DOCUMENT_PAGE, (size_t)(end - p)) : NULL;
        print_page(l, p, page ? page : end);
        if (l->has_paper)
            escpos_cut(l->e, !page);
        l->has_paper = false;
        if (!page)
            return;
        p = page + 1;
    }
}

bool document_is_blank(struct slice document)
{
    static const uint8_t blanks[] = {
        ' ', '\t', '\r', '\n', DOCUMENT_PAGE, DOCUMENT_MARK_VALUE, DOCUMENT_MARK_TEXT};
    for (size_t i = 0; i < document.n; i++) {
        if (!memchr(blanks, document.p[i], sizeof blanks))
            return false;
    }
    return true;
}

bool document_no_glyph(uint32_t cp, struct err *err)
{
    char letter[8], number[16], advice[ERR_ARG_BYTES];
    uint8_t bytes[4];
    const char *package = fonts_package(cp);
    slice_cstr(slice_of(bytes, utf8_put(cp, bytes)), letter, sizeof letter);
    snprintf(number, sizeof number, "U+%04X", (unsigned)cp);
    snprintf(advice, sizeof advice, "%s%s", package ? "apt install " : "-", package ? package : "");
    return FAIL(err, ERR_HINT_GLYPH, letter, number, advice);
}

static bool no_module(uint32_t cp, struct err *err)
{
    char letter[8];
    uint8_t bytes[4];
    slice_cstr(slice_of(bytes, utf8_put(cp, bytes)), letter, sizeof letter);
    return FAIL(err, ERR_HINT_MODULE, letter);
}

/* Without the module no font is looked into: no package would help. */
static void tell_letters(const struct document_paper *paper, const struct escpos *e)
{
    struct err err = {0};
    const uint32_t lacking = escpos_lacking(e), boxed = escpos_boxed(e);
    if (!paper->warn || !(lacking || boxed))
        return;
    if (lacking)
        no_module(lacking, &err);
    else
        document_no_glyph(boxed, &err);
    paper->warn(paper->ctx, &err);
}

static bool start(struct layout *l, const struct document_paper *paper, struct buf *bytes,
                  struct err *err)
{
    const struct profile_font *font = &paper->profile->fonts[0];
    l->paper = paper;
    l->err = err;
    l->columns = font->columns;
    l->cell_dots = font->width_dots;
    if (paper->columns && paper->columns < font->columns)
        l->columns = paper->columns;
    l->line = 0;
    l->n_warned = 0;
    l->n_hinted = 0;
    l->version = 0;
    l->area_version = 0;
    l->has_paper = false;
    l->failed = false;
    buf_init(&l->text, 0);
    buf_init(&l->fragments, 0);
    buf_init(&l->decoded, 0);
    return escpos_create(&l->e, paper->profile, bytes, err);
}

bool document_print(struct slice document, const struct document_paper *paper, struct buf *bytes,
                    struct err *err)
{
    struct layout *l = malloc(sizeof *l);
    bool ok = false;
    if (!l)
        return FAIL(err, ERR_TOO_BIG, "document", "this machine's memory");
    if (document.n > DOCUMENT_MAX_BYTES) {
        FAIL(err, ERR_TOO_BIG, "document", "16 MiB");
        goto free_layout;
    }
    if (!start(l, paper, bytes, err))
        goto free_layout;
    if (paper->fonts)
        escpos_use_fonts(l->e, paper->fonts);
    escpos_use_text(l->e, document);
    if (paper->explain)
        escpos_explain(l->e, paper->explain, paper->ctx);
    if (paper->open_drawer)
        escpos_drawer(l->e, 2);
    print_pages(l, document);
    tell_letters(paper, l->e);
    ok = !l->failed && !bytes->full;
    if (!ok)
        FAIL(err, ERR_TOO_BIG, "document", "this machine's memory");
    escpos_destroy(l->e);
    buf_finish(&l->text);
    buf_finish(&l->fragments);
    buf_finish(&l->decoded);
free_layout:
    free(l);
    return ok;
}
