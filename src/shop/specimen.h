/* A template with its sample data, as a preview and a check see it: nothing is recorded, codes say
 * SPECIMEN. Inside the room only. */
#ifndef BONBON_SHOP_SPECIMEN_H
#define BONBON_SHOP_SPECIMEN_H

#include "shop/house.h"
#include "shop/preview.h"

struct specimen {
    const struct preview *asked;
    const struct shop_warn *warn; /* may be NULL */
    struct shop_config config;
    struct templates *templates;
    struct template *template;
    struct zone *zone;
    struct view_words words;
    struct slice name; /* of the template, without its language */
    struct buf sample;
    struct sale sale;
    struct view_voucher voucher;
};

/* Reads the shop, compiles the template and reads the sample. specimen_close() in any case. */
bool specimen_open(struct specimen *p, const struct preview *asked, struct err *err);
void specimen_close(struct specimen *p);
/* Appends the expanded document. map may be NULL. */
bool specimen_expand(struct specimen *p, struct buf *document, struct document_map *map,
                     struct err *err);
/* Lays it out and appends the printer's bytes; p->warn is told of what is left out. */
bool specimen_print(struct specimen *p, struct slice document, const struct document_map *map,
                    const struct profile *profile, struct buf *bytes, struct err *err);
/* A picture by name, for struct document_paper; ctx is the specimen. */
bool specimen_image(void *ctx, struct slice name, struct slice *png, struct err *err);

#endif
