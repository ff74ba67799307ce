/* What the paper will show: a template with data, laid out for a printer, no shop needed. Nothing
 * is recorded; codes say SPECIMEN and never work. */
#ifndef BONBON_SHOP_PREVIEW_H
#define BONBON_SHOP_PREVIEW_H

#include "escpos/encoder.h"
#include "protocol/profile.h"
#include "shop/shop.h"

struct preview {
    const char *template;  /* a name, LANG/NAME of the gallery, or a file */
    struct slice data;     /* a sale as JSON, with "voucher" and (without a shop) "shop" beside it;
                              empty: the template's sample */
    const char *data_file; /* where data is from, for messages; NULL: nowhere to name */
    const char *shop_dir;  /* NULL: the gallery alone */
    const char *profile;   /* NULL: the shop's receipt printer, else generic-80 */
    unsigned columns;      /* lays out for so many; 0: as many as the printer has */
    /* Told which way each run of text took onto the paper (escpos/encoder.h). Optional. */
    void (*explain)(void *ctx, const struct escpos_run *run);
    void *explain_ctx;
    /* Told of every mistake of a template that does not compile; the first is the error, too.
     * Optional. */
    void (*mistake)(void *ctx, const struct err *what);
    void *mistake_ctx;
    struct arena *arena; /* the caller's; what is used lives there */
    enum lang *lang;     /* gets the shop's language, as soon as it is known; may be NULL */
};

/* Appends the printer's bytes. used gets the profile. warn may be NULL. */
bool preview_print(const struct preview *preview, const struct shop_warn *warn, struct buf *bytes,
                   const struct profile **used, struct err *err);
/* Appends the document that would be laid out, after Mustache, as plain ReceiptLine. */
bool preview_expand(const struct preview *preview, struct buf *document, struct err *err);
/* Appends a PNG of what every printer of the shop shows, side by side under their names; without a
 * printer, papers of 80 and 58 mm. warn may be NULL. */
bool preview_all(const struct preview *preview, const struct shop_warn *warn, struct buf *png,
                 struct err *err);
/* Their picture, through the virtual printer. */
bool preview_picture(struct slice bytes, const struct profile *profile, struct buf *png,
                     struct err *err);

#endif
