#include "shop/preview.h"

#include "document/gallery.h"
#include "protocol/profile_file.h"
#include "shop/house.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PREVIEW_VALID_DAYS = 30, PREVIEW_PATH_BYTES = 4096 };

/* One preview under way. */
struct previewing {
    const struct preview *asked;
    const struct shop_warn *warn;
    struct shop_config config;
    struct templates *templates;
    struct zone *zone;
    struct view_words words;
    struct slice name; /* of the template, without its language; "" for a file */
    struct buf sample;
    struct sale sale;
    struct view_voucher voucher;
};

static const struct slice specimen_qr = SLICE("SPECIMEN00000.00.0000000000000000");
static const char specimen_code[] = "SPEC-IMEN-00000";

/* ── where things come from ── */

/* "ru/receipt" names the gallery's template of a language. */
static void split_language(struct previewing *p)
{
    struct slice asked = slice_str(p->asked->template);
    size_t slash = slice_find(asked, '/');
    enum lang lang;
    p->name = asked;
    if (slash < asked.n && lang_parse(slice_sub(asked, 0, slash), &lang)) {
        p->config.lang = lang;
        p->name = slice_sub(asked, slash + 1, asked.n);
    }
}

static bool is_file(const struct previewing *p)
{
    return access(p->asked->template, R_OK) == 0 &&
           (strchr(p->asked->template, '/') || strstr(p->asked->template, ".receipt"));
}

static bool read_config(struct previewing *p, struct err *err)
{
    if (p->asked->shop_dir) {
        if (!config_read(&p->config, p->asked->shop_dir, p->asked->arena, err))
            return false;
        if (p->asked->lang)
            *p->asked->lang = p->config.lang;
        return true;
    }
    p->config.name = SLICE_LITERAL("Bonbon");
    p->config.timezone = SLICE_LITERAL("UTC");
    p->config.receipt = SLICE_LITERAL("receipt");
    return true;
}

/* The data to show: what was given, the template's sample (the shop's, then the gallery's), or the
 * receipt's. */
static struct slice find_data(struct previewing *p)
{
    char path[PREVIEW_PATH_BYTES];
    struct slice found = {0};
    const char *lang = lang_name(p->config.lang);
    if (p->asked->data.n)
        return p->asked->data;
    if (p->asked->shop_dir) {
        snprintf(path, sizeof path, "%s/templates/%s/%.*s.json", p->asked->shop_dir, lang,
                 (int)p->name.n, (const char *)p->name.p);
        if (buf_read_file(&p->sample, path))
            return buf_slice(&p->sample);
        buf_reset(&p->sample);
    }
    snprintf(path, sizeof path, "%s/%.*s.json", lang, (int)p->name.n, (const char *)p->name.p);
    if (gallery_find(path, &found))
        return found;
    snprintf(path, sizeof path, "%s/receipt.json", lang);
    gallery_find(path, &found);
    return found;
}

/* ── what the data says beside the sale ── */

static const struct sale_value *member(const struct sale_value *object, const char *key)
{
    if (!object || object->kind != SALE_VALUE_OBJECT)
        return NULL;
    for (size_t i = 0; i < object->n; i++)
        if (slice_is(object->keys[i], key))
            return &object->values[i];
    return NULL;
}

static struct slice text_of(const struct sale_value *object, const char *key)
{
    const struct sale_value *value = member(object, key);
    return value && value->kind == SALE_VALUE_TEXT ? value->text : (struct slice){0};
}

static bool take_shop(struct previewing *p, const struct sale_value *shop, struct err *err)
{
    const struct sale_value *address = member(shop, "address");
    p->config.name = text_of(shop, "name").n ? text_of(shop, "name") : p->config.name;
    if (text_of(shop, "timezone").n)
        p->config.timezone = text_of(shop, "timezone");
    p->config.tax_id = text_of(shop, "tax_id");
    p->config.phone = text_of(shop, "phone");
    p->config.website = text_of(shop, "website");
    p->config.feedback_address = text_of(shop, "feedback_address");
    if (!address || address->kind != SALE_VALUE_LIST)
        return true;
    struct slice *lines = ARENA_ARRAY(p->asked->arena, address->n + 1, struct slice);
    for (size_t i = 0; lines && i < address->n; i++)
        lines[i] = address->values[i].text;
    p->config.address = lines;
    p->config.n_address = address->n;
    return lines || shop_full(err);
}

static int64_t minor_of(const struct previewing *p, struct slice text)
{
    int64_t minor = 0;
    struct err none = {0};
    return text.n && money_parse(text, p->sale.currency->exponent, &minor, &none) ? minor : 0;
}

static struct voucher_value value_of(const struct previewing *p, const struct sale_value *voucher)
{
    struct decimal percent = {0, 0};
    struct err none = {0};
    if (text_of(voucher, "gift").n)
        return (struct voucher_value){.kind = VALUE_GIFT, .gift = text_of(voucher, "gift")};
    if (text_of(voucher, "amount").n)
        return (struct voucher_value){.kind = VALUE_AMOUNT,
                                      .amount_minor = minor_of(p, text_of(voucher, "amount"))};
    struct voucher_value value = {.kind = VALUE_PERCENT, .percent_hundredths = 1000};
    value.at_most_minor = minor_of(p, text_of(voucher, "at_most"));
    if (decimal_parse(text_of(voucher, "percent"), &percent, &none) && percent.scale == 0 &&
        percent.units > 0 && percent.units <= 100)
        value.percent_hundredths = (uint32_t)percent.units * 100;
    return value;
}

static void take_voucher(struct previewing *p, const struct sale_value *voucher)
{
    int32_t day = business_day(p->zone, p->sale.time_s, p->config.day_start_min);
    p->voucher = (struct view_voucher){
        .qr = specimen_qr,
        .offer =
            text_of(voucher, "offer").n ? text_of(voucher, "offer") : SLICE_LITERAL("specimen"),
        .reason = text_of(voucher, "reason"),
        .value = value_of(p, voucher),
        .valid_to_day = day + PREVIEW_VALID_DAYS,
        .issued_day = day,
        .currency = p->sale.currency,
    };
    slice_cstr(slice_str(specimen_code), p->voucher.code, sizeof p->voucher.code);
    day_parse(text_of(voucher, "valid_to"), &p->voucher.valid_to_day);
}

static bool read_data(struct previewing *p, struct err *err)
{
    struct slice data = find_data(p);
    char zone[128];
    if (!data.n)
        return FAIL(err, ERR_TEMPLATE_UNKNOWN, p->asked->template);
    if (!sale_read(p->asked->arena, data, 1, &p->sale, err))
        return false;
    const struct sale_value *shop = member(p->sale.extra, "shop");
    if (!p->asked->shop_dir && shop && !take_shop(p, shop, err))
        return false;
    slice_cstr(p->config.timezone, zone, sizeof zone);
    if (!zone_create(&p->zone, zone, err))
        return false;
    take_voucher(p, member(p->sale.extra, "voucher"));
    return true;
}

/* ── the page ── */

static bool get_template(struct previewing *p, struct template **template, struct err *err)
{
    if (!templates_create(&p->templates, p->asked->shop_dir, p->config.lang, err))
        return false;
    if (is_file(p))
        return templates_get_file(p->templates, p->asked->template, template, err);
    return templates_get(p->templates, p->name, template, err);
}

static bool choose_profile(struct previewing *p, const struct profile **profile, struct err *err)
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
static bool set_columns(const struct previewing *p, const struct profile **profile, struct err *err)
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

static bool preview_image(void *ctx, struct slice name, struct slice *png, struct err *err)
{
    const struct previewing *p = ctx;
    return templates_image(p->templates, name, png, err);
}

static void preview_warn(void *ctx, const struct err *what)
{
    const struct previewing *p = ctx;
    if (p->warn && p->warn->tell)
        p->warn->tell(p->warn->ctx, what);
}

static bool expand_page(struct previewing *p, struct template *template, struct buf *document,
                        struct err *err)
{
    p->words = (struct view_words){p->config.lang, p->sale.currency};
    const struct view_object *view =
        view_make(p->asked->arena, &p->config, p->zone, &p->words, &p->sale, &p->voucher);
    if (!view)
        return shop_full(err);
    return template_expand(template, view, document, err);
}

static bool print_page(struct previewing *p, struct slice document, const struct profile *profile,
                       struct buf *bytes, struct err *err)
{
    const struct document_paper paper = {.profile = profile,
                                         .allow_commands = p->config.allow_commands,
                                         .ctx = p,
                                         .image = preview_image,
                                         .warn = preview_warn};
    return document_print(document, &paper, bytes, err);
}

/* Everything up to the expanded document. */
static bool begin(struct previewing *p, struct buf *document, struct err *err)
{
    struct template *template;
    if (!read_config(p, err))
        return false;
    split_language(p);
    return get_template(p, &template, err) && read_data(p, err) &&
           expand_page(p, template, document, err);
}

static void finish(struct previewing *p)
{
    templates_destroy(p->templates);
    zone_destroy(p->zone);
    buf_finish(&p->sample);
}

bool preview_print(const struct preview *preview, const struct shop_warn *warn, struct buf *bytes,
                   const struct profile **used, struct err *err)
{
    struct previewing p = {.asked = preview, .warn = warn};
    struct buf document;
    buf_init(&p.sample, SALE_MAX_BYTES);
    buf_init(&document, DOCUMENT_MAX_BYTES);
    const bool ok = begin(&p, &document, err) && choose_profile(&p, used, err) &&
                    (preview->columns == 0 || set_columns(&p, used, err)) &&
                    print_page(&p, buf_slice(&document), *used, bytes, err);
    buf_finish(&document);
    finish(&p);
    return ok;
}

bool preview_expand(const struct preview *preview, struct buf *out, struct err *err)
{
    struct previewing p = {.asked = preview};
    struct buf document;
    buf_init(&p.sample, SALE_MAX_BYTES);
    buf_init(&document, DOCUMENT_MAX_BYTES);
    const bool ok = begin(&p, &document, err);
    if (ok)
        document_portable(buf_slice(&document), out);
    buf_finish(&document);
    finish(&p);
    return ok && (!out->full || shop_full(err));
}

bool preview_picture(struct slice bytes, const struct profile *profile, struct buf *png,
                     struct err *err)
{
    return wires_picture(bytes, profile, png, err);
}
