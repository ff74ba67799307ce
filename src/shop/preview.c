#include "shop/preview.h"

#include "protocol/profile_folder.h"
#include "shop/specimen.h"

static bool choose_profile(struct specimen *p, const struct profile **profile, struct err *err)
{
    const struct printer_entry *printer;
    struct err none = {0};
    const char *name = p->asked->profile;
    if (!name && p->asked->shop_dir &&
        config_till_printer(&p->config, SLICE_LITERAL("1"), &printer, &none)) {
        *profile = printer->profile;
        return true;
    }
    return profile_lookup(p->asked->arena, p->asked->shop_dir,
                          slice_str(name ? name : "generic-80"), profile, err);
}

/* The same printer with paper for so many columns and no other dot. */
static bool set_columns(const struct specimen *p, const struct profile **profile, struct err *err)
{
    struct profile *wide = ARENA_NEW(p->asked->arena, struct profile);
    struct profile_font *font = ARENA_NEW(p->asked->arena, struct profile_font);
    if (!wide || !font)
        return shop_full(err);
    *wide = **profile;
    *font = wide->fonts[0];
    font->columns = (uint8_t)p->asked->columns;
    wide->fonts = font;
    wide->n_fonts = 1;
    wide->width_dots = (uint16_t)(p->asked->columns * font->width_dots);
    *profile = wide;
    return true;
}

bool preview_print(const struct preview *preview, const struct shop_warn *warn, struct buf *bytes,
                   const struct profile **used, struct err *err)
{
    struct specimen p;
    struct buf document;
    struct document_map map = {0};
    buf_init(&document, DOCUMENT_MAX_BYTES);
    bool ok = specimen_open(&p, preview, err);
    p.warn = warn;
    ok = ok && specimen_expand(&p, &document, &map, err) && choose_profile(&p, used, err) &&
         (preview->columns == 0 || set_columns(&p, used, err)) &&
         specimen_print(&p, buf_slice(&document), &map, *used, bytes, err);
    document_map_finish(&map);
    buf_finish(&document);
    specimen_close(&p);
    return ok;
}

bool preview_expand(const struct preview *preview, struct buf *out, struct err *err)
{
    struct specimen p;
    struct buf document;
    buf_init(&document, DOCUMENT_MAX_BYTES);
    const bool ok = specimen_open(&p, preview, err) && specimen_expand(&p, &document, NULL, err);
    if (ok)
        document_portable(buf_slice(&document), out);
    buf_finish(&document);
    specimen_close(&p);
    return ok && (!out->full || shop_full(err));
}

bool preview_picture(struct slice bytes, const struct profile *profile, struct buf *png,
                     struct err *err)
{
    return wires_picture(bytes, profile, png, err);
}
