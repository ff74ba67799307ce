/* Settings as a YAML file, for people to read, keep and put back. */
#include "firmware-tools/settings.h"

#include "base/yaml.h"

enum { BITS = 8 };

/* clang-format off */
static const char *const switches_note[LANG_COUNT] = {
    "Memory switches, bit 8 to bit 1 as the maker's guide prints them; - leaves a bit as it is.",
    "Comutatoare de memorie, de la bitul 8 la bitul 1, ca în ghidul producătorului; - lasă bitul cum este.",
    "Переключатели памяти, от бита 8 к биту 1, как в руководстве изготовителя; - оставляет бит как есть.",
};
/* clang-format on */

static void put_quoted(struct buf *out, const char *key, const char *text)
{
    buf_printf(out, "%s: \"", key);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_byte(out, '\\');
        buf_byte(out, (uint8_t)*text);
    }
    buf_str(out, "\"\n");
}

static void put_switches(const struct settings *s, enum lang lang, struct buf *out)
{
    buf_printf(out, "# %s\nswitches:\n", switches_note[lang]);
    for (unsigned a = 1; a <= SETTINGS_SWITCHES; a++) {
        if (!s->mask[a])
            continue;
        buf_printf(out, "  %u: \"", a);
        for (unsigned mask = 0x80; mask; mask >>= 1)
            buf_byte(out, !(s->mask[a] & mask) ? '-' : s->on[a] & mask ? '1' : '0');
        buf_str(out, "\"\n");
    }
}

static void put_values(const struct settings *s, enum lang lang, struct buf *out)
{
    buf_str(out, "values:\n");
    for (unsigned a = 0; a < SETTINGS_VALUES; a++) {
        const char *name = settings_value_name(a, lang);
        if (s->has_value[a])
            buf_printf(out, "  %u: %u%s%s\n", a, s->value[a], *name ? "   # " : "", name);
    }
}

void settings_put(const struct settings *s, enum lang lang, const char *when, struct buf *out)
{
    buf_printf(out, "# bonbon-fw settings, %s\n", when);
    put_quoted(out, "maker", s->of.maker);
    put_quoted(out, "model", s->of.model);
    put_quoted(out, "serial", s->of.serial);
    put_quoted(out, "firmware", s->of.firmware);
    if (settings_count_switches(s))
        put_switches(s, lang, out);
    if (settings_count_values(s))
        put_values(s, lang, out);
}

/* What the schema fills. */
struct settings_text {
    struct slice maker, model, serial, firmware;
    const struct yaml_node *switches, *values;
};

static bool wrong(const struct yaml_node *node, const char *key, const char *wanted,
                  struct err *err)
{
    FAIL(err, ERR_YAML_KIND, key, wanted);
    return yaml_at(node, err);
}

static bool parse_node(const struct yaml_node *node, void *at, void *ctx, struct err *err)
{
    (void)ctx;
    *(const struct yaml_node **)at = node;
    return yaml_kind(node) == YAML_MAP || wrong(node, "switches, values", "number: …", err);
}

/* clang-format off */
static const struct yaml_field fields[] = {
    {"firmware", YAML_WANT_TEXT, false, offsetof(struct settings_text, firmware), NULL},
    {"maker", YAML_WANT_TEXT, false, offsetof(struct settings_text, maker), NULL},
    {"model", YAML_WANT_TEXT, true, offsetof(struct settings_text, model), NULL},
    {"serial", YAML_WANT_TEXT, false, offsetof(struct settings_text, serial), NULL},
    {"switches", YAML_WANT_PARSE, false, offsetof(struct settings_text, switches), parse_node},
    {"values", YAML_WANT_PARSE, false, offsetof(struct settings_text, values), parse_node},
};
/* clang-format on */

static bool twice(const struct yaml_node *key, struct err *err)
{
    err_fail_slice(err, ERR_YAML_KEY, yaml_text(key));
    return yaml_at(key, err);
}

static bool parse_switch(const struct yaml_node *key, const struct yaml_node *value,
                         struct settings *s, struct err *err)
{
    struct slice text = yaml_text(value);
    uint64_t a;
    if (!slice_u64(yaml_text(key), SETTINGS_SWITCHES, &a) || a == 0)
        return wrong(key, "switches", "1 … 8", err);
    if (s->mask[a])
        return twice(key, err);
    if (yaml_kind(value) != YAML_TEXT || text.n != BITS)
        return wrong(value, "switches", "\"01001000\"", err);
    for (size_t i = 0; i < BITS; i++) {
        uint8_t bit = (uint8_t)(0x80 >> i), c = text.p[i];
        if (c != '0' && c != '1' && c != '-')
            return wrong(value, "switches", "\"01001000\"", err);
        s->mask[a] |= c == '-' ? 0 : bit;
        s->on[a] |= c == '1' ? bit : 0;
    }
    return true;
}

static bool parse_value(const struct yaml_node *key, const struct yaml_node *value,
                        struct settings *s, struct err *err)
{
    uint64_t a, n;
    if (!slice_u64(yaml_text(key), SETTINGS_VALUES - 1, &a))
        return wrong(key, "values", "0 … 255", err);
    if (s->has_value[a])
        return twice(key, err);
    if (yaml_kind(value) != YAML_TEXT || !slice_u64(yaml_text(value), UINT16_MAX, &n))
        return wrong(value, "values", "0 … 65535", err);
    s->has_value[a] = true;
    s->value[a] = (uint16_t)n;
    return true;
}

static bool parse_root(struct fw *fw, const struct yaml_node *root, struct settings *s,
                       struct err *err)
{
    struct settings_text text = {.switches = NULL};
    if (!yaml_walk(root, fields, sizeof fields / sizeof fields[0], &text, NULL, &fw->arena, err))
        return false;
    slice_cstr(text.maker, s->of.maker, sizeof s->of.maker);
    slice_cstr(text.model, s->of.model, sizeof s->of.model);
    slice_cstr(text.serial, s->of.serial, sizeof s->of.serial);
    slice_cstr(text.firmware, s->of.firmware, sizeof s->of.firmware);
    for (size_t i = 0; text.switches && i < yaml_count(text.switches); i++)
        if (!parse_switch(yaml_key(text.switches, i), yaml_item(text.switches, i), s, err))
            return false;
    for (size_t i = 0; text.values && i < yaml_count(text.values); i++)
        if (!parse_value(yaml_key(text.values, i), yaml_item(text.values, i), s, err))
            return false;
    return true;
}

bool settings_parse(struct fw *fw, const char *file, struct slice text, struct settings *s,
                    struct err *err)
{
    struct yaml_doc *doc = NULL;
    *s = (struct settings){.mask = {0}};
    bool ok = yaml_parse(&doc, file, text, err) && parse_root(fw, yaml_root(doc), s, err);
    yaml_destroy(doc);
    return ok;
}
