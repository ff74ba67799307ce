/* A template and its sample: everything of a preview up to the expanded document. */
#include "shop/specimen.h"

#include "document/gallery.h"

#include <stdio.h>
#include <unistd.h>

enum { SPECIMEN_VALID_DAYS = 30, SPECIMEN_PATH_BYTES = 4096 };

static const struct slice specimen_qr = SLICE("SPECIMEN00000.00.0000000000000000");
static const char specimen_code[] = "SPEC-IMEN-00000";

/* ── where things come from ── */

static bool is_file(const struct specimen *p)
{
    return access(p->asked->template, R_OK) == 0 &&
           (strchr(p->asked->template, '/') || strstr(p->asked->template, ".receipt"));
}

/* The last part of a path; *path becomes what is before it, "" for none. */
static struct slice last_part(struct slice *path)
{
    size_t from = path->n;
    while (from > 0 && path->p[from - 1] != '/')
        from--;
    const struct slice last = slice_sub(*path, from, path->n);
    *path = slice_sub(*path, 0, from ? from - 1 : 0);
    return last;
}

/* "ru/receipt" names a template of a language; a file's name and folder say the same. */
static void split_language(struct specimen *p)
{
    static const struct slice ending = SLICE(".receipt");
    struct slice folder = slice_str(p->asked->template);
    enum lang lang;
    p->name = last_part(&folder);
    if (p->name.n > ending.n &&
        slice_equal(slice_sub(p->name, p->name.n - ending.n, p->name.n), ending))
        p->name.n -= ending.n;
    if (lang_parse(last_part(&folder), &lang) && (folder.n == 0 || is_file(p)))
        p->config.lang = lang;
    else if (!is_file(p))
        p->name = slice_str(p->asked->template);
}

/* The sample beside a template's file: NAME.json, its path in path. */
static bool read_beside(struct specimen *p, char path[SPECIMEN_PATH_BYTES])
{
    static const char ending[] = ".receipt";
    const size_t n = strlen(p->asked->template);
    const size_t stem = n > sizeof ending ? n - (sizeof ending - 1) : 0;
    if (!is_file(p) || strcmp(p->asked->template + stem, ending) != 0)
        return false;
    snprintf(path, SPECIMEN_PATH_BYTES, "%.*s.json", (int)stem, p->asked->template);
    if (buf_read_file(&p->sample, path))
        return true;
    buf_reset(&p->sample);
    return false;
}

static bool read_config(struct specimen *p, struct err *err)
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

/* The data to show, and in path where it is from: what was given, the sample beside the file, the
 * template's sample (the shop's, then the gallery's), or the receipt's. */
static struct slice find_data(struct specimen *p, char path[SPECIMEN_PATH_BYTES])
{
    struct slice found = {0};
    const char *lang = lang_name(p->config.lang);
    if (p->asked->data.n || p->asked->data_file) {
        snprintf(path, SPECIMEN_PATH_BYTES, "%s", p->asked->data_file ? p->asked->data_file : "");
        return p->asked->data;
    }
    if (read_beside(p, path))
        return buf_slice(&p->sample);
    if (p->asked->shop_dir) {
        snprintf(path, SPECIMEN_PATH_BYTES, "%s/templates/%s/%.*s.json", p->asked->shop_dir, lang,
                 (int)p->name.n, (const char *)p->name.p);
        if (buf_read_file(&p->sample, path))
            return buf_slice(&p->sample);
        buf_reset(&p->sample);
    }
    snprintf(path, SPECIMEN_PATH_BYTES, "%s/%.*s.json", lang, (int)p->name.n,
             (const char *)p->name.p);
    if (gallery_find(path, &found))
        return found;
    snprintf(path, SPECIMEN_PATH_BYTES, "%s/receipt.json", lang);
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

static bool take_shop(struct specimen *p, const struct sale_value *shop, struct err *err)
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

static int64_t minor_of(const struct specimen *p, struct slice text)
{
    int64_t minor = 0;
    struct err none = {0};
    return text.n && money_parse(text, p->sale.currency->exponent, &minor, &none) ? minor : 0;
}

static struct voucher_value value_of(const struct specimen *p, const struct sale_value *voucher)
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

static void take_voucher(struct specimen *p, const struct sale_value *voucher)
{
    int32_t day = business_day(p->zone, p->sale.time_s, p->config.day_start_min);
    p->voucher = (struct view_voucher){
        .qr = specimen_qr,
        .offer =
            text_of(voucher, "offer").n ? text_of(voucher, "offer") : SLICE_LITERAL("specimen"),
        .reason = text_of(voucher, "reason"),
        .value = value_of(p, voucher),
        .valid_to_day = day + SPECIMEN_VALID_DAYS,
        .issued_day = day,
        .currency = p->sale.currency,
    };
    slice_cstr(slice_str(specimen_code), p->voucher.code, sizeof p->voucher.code);
    day_parse(text_of(voucher, "valid_to"), &p->voucher.valid_to_day);
}

static bool read_data(struct specimen *p, struct err *err)
{
    char zone[128], path[SPECIMEN_PATH_BYTES];
    struct slice data = find_data(p, path);
    if (!data.n && !p->asked->data_file)
        return FAIL(err, ERR_TEMPLATE_UNKNOWN, p->asked->template);
    if (!sale_read(p->asked->arena, data, 1, &p->sale, err))
        return err_at(err, path, 0, 0);
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

static bool get_template(struct specimen *p, struct err *err)
{
    if (!templates_create(&p->templates, p->asked->shop_dir, p->config.lang, err))
        return false;
    templates_tell_mistakes(p->templates, p->asked->mistake, p->asked->mistake_ctx);
    if (is_file(p))
        return templates_get_file(p->templates, p->asked->template, &p->template, err);
    return templates_get(p->templates, p->name, &p->template, err);
}

bool specimen_expand(struct specimen *p, struct buf *document, struct document_map *map,
                     struct err *err)
{
    p->words = (struct view_words){p->config.lang, p->sale.currency};
    const struct view_object *view =
        view_make(p->asked->arena, &p->config, p->zone, &p->words, &p->sale, &p->voucher);
    if (!view)
        return shop_full(err);
    return template_expand_mapped(p->template, view, document, map, err);
}

bool specimen_open(struct specimen *p, const struct preview *asked, struct err *err)
{
    *p = (struct specimen){.asked = asked};
    buf_init(&p->sample, SALE_MAX_BYTES);
    if (!read_config(p, err))
        return false;
    split_language(p);
    return get_template(p, err) && read_data(p, err);
}

void specimen_close(struct specimen *p)
{
    templates_destroy(p->templates);
    zone_destroy(p->zone);
    buf_finish(&p->sample);
}

bool specimen_image(void *ctx, struct slice name, struct slice *png, struct err *err)
{
    const struct specimen *p = ctx;
    return templates_image(p->templates, name, png, err);
}

static void tell_warning(void *ctx, const struct err *what)
{
    const struct specimen *p = ctx;
    struct err placed = *what;
    templates_name_file(p->templates, &placed);
    if (p->warn && p->warn->tell)
        p->warn->tell(p->warn->ctx, &placed);
}

static void tell_run(void *ctx, const struct escpos_run *run)
{
    const struct specimen *p = ctx;
    p->asked->explain(p->asked->explain_ctx, run);
}

bool specimen_print(struct specimen *p, struct slice document, const struct document_map *map,
                    const struct profile *profile, struct buf *bytes, struct err *err)
{
    const struct document_paper paper = {.profile = profile,
                                         .allow_commands = p->config.allow_commands,
                                         .ctx = p,
                                         .image = specimen_image,
                                         .warn = tell_warning,
                                         .map = map,
                                         .explain = p->asked->explain ? tell_run : NULL};
    return document_print(document, &paper, bytes, err);
}
