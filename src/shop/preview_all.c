/* The same page on every printer of the shop. */
#include "shop/sheet.h"
#include "shop/specimen.h"

#include "virtual/virtual.h"

#include <stdio.h>

enum { MOST_PAPERS = 16, LABEL_BYTES = 192, PAPER_BYTES = 64 << 20 };

struct shown {
    const struct profile *profile;
    char label[LABEL_BYTES];
    struct virtual_printer *vp;
};

static void name_paper(struct shown *shown, struct slice name, const struct profile *profile)
{
    shown->profile = profile;
    snprintf(shown->label, sizeof shown->label, "%.*s%s%s, %u", (int)name.n,
             name.n ? (const char *)name.p : "", name.n ? ": " : "", profile->name,
             (unsigned)profile->fonts[0].columns);
}

/* Which papers there are; returns how many. */
static size_t choose_papers(const struct specimen *p, struct shown *shown)
{
    static const char *const common[] = {"generic-80", "generic-58"};
    const size_t n = p->config.n_printers < MOST_PAPERS ? p->config.n_printers : MOST_PAPERS;
    for (size_t i = 0; i < n; i++)
        name_paper(&shown[i], p->config.printers[i].name, p->config.printers[i].profile);
    if (n)
        return n;
    for (size_t i = 0; i < 2; i++)
        name_paper(&shown[i], (struct slice){0}, profile_find(slice_str(common[i])));
    return 2;
}

static bool print_paper(struct specimen *p, struct slice document, const struct document_map *map,
                        struct shown *shown, struct err *err)
{
    struct buf bytes;
    buf_init(&bytes, PAPER_BYTES);
    const bool ok = specimen_print(p, document, map, shown->profile, &bytes, err) &&
                    virtual_create(&shown->vp, shown->profile, err);
    if (ok) {
        virtual_feed(shown->vp, buf_slice(&bytes));
        virtual_end(shown->vp);
    }
    buf_finish(&bytes);
    return ok;
}

static bool print_papers(struct specimen *p, struct slice document, const struct document_map *map,
                         struct buf *png, struct err *err)
{
    struct shown shown[MOST_PAPERS] = {0};
    struct sheet_paper papers[MOST_PAPERS];
    const size_t n = choose_papers(p, shown);
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++) {
        ok = print_paper(p, document, map, &shown[i], err);
        if (ok)
            papers[i] = (struct sheet_paper){shown[i].label, virtual_paper(shown[i].vp)};
    }
    ok = ok && sheet_picture(papers, n, png, err);
    for (size_t i = 0; i < n; i++)
        virtual_destroy(shown[i].vp);
    return ok;
}

bool preview_all(const struct preview *preview, const struct shop_warn *warn, struct buf *png,
                 struct err *err)
{
    struct specimen p;
    struct buf document;
    struct document_map map = {0};
    buf_init(&document, DOCUMENT_MAX_BYTES);
    bool ok = specimen_open(&p, preview, err);
    p.warn = warn;
    ok = ok && specimen_expand(&p, &document, &map, err) &&
         print_papers(&p, buf_slice(&document), &map, png, err);
    document_map_finish(&map);
    buf_finish(&document);
    specimen_close(&p);
    return ok;
}
