/* Lines that are a property: {key:value;key:value}. What they say of columns stays until it is said
 * anew. */
#include "document/layout.h"

#include "base/utf8.h"

enum key {
    KEY_IMAGE,
    KEY_CODE,
    KEY_OPTION,
    KEY_ALIGN,
    KEY_WIDTH,
    KEY_BORDER,
    KEY_TEXT,
    KEY_COMMAND,
    KEY_COMMENT,
    KEY_FEED,
    KEY_COUNT,
};

/* clang-format off */
static const struct {
    struct slice name;
    uint8_t abbreviation; /* 0: none */
} keys[KEY_COUNT] = {
    [KEY_IMAGE] = {SLICE("image"), 'i'},     [KEY_CODE] = {SLICE("code"), 'c'},
    [KEY_OPTION] = {SLICE("option"), 'o'},   [KEY_ALIGN] = {SLICE("align"), 'a'},
    [KEY_WIDTH] = {SLICE("width"), 'w'},     [KEY_BORDER] = {SLICE("border"), 'b'},
    [KEY_TEXT] = {SLICE("text"), 't'},       [KEY_COMMAND] = {SLICE("command"), 'x'},
    [KEY_COMMENT] = {SLICE("comment"), '_'}, [KEY_FEED] = {SLICE("feed"), 0}, /* ours */
};
/* clang-format on */

struct properties {
    bool has[KEY_COUNT];
    struct slice value[KEY_COUNT];
};

enum { MAX_FEED_DOTS = 4096, MAX_WIDTH_COLUMNS = 10000 };

/* --- reading --- */

static int hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_cp(struct layout *l, uint32_t cp)
{
    uint8_t bytes[4];
    buf_append(&l->decoded, bytes, utf8_put(cp, bytes));
}

/* Escapes of a value: \\ \| \{ \} \; \n \xHH; others vanish. Inert parts are taken as they are.
 * raw: \xHH is a byte, not a character. */
static struct slice decode(struct layout *l, struct slice s, bool raw)
{
    const size_t from = l->decoded.n;
    bool inert = false;
    for (size_t i = 0; i < s.n; i++) {
        const uint8_t c = s.p[i];
        if (c == DOCUMENT_MARK_VALUE || c == DOCUMENT_MARK_TEXT) {
            inert = c == DOCUMENT_MARK_VALUE;
        } else if (inert || c != '\\') {
            if ((c >= 0x20 && c != 0x7F) || c == '\t')
                buf_byte(&l->decoded, c);
        } else if (i + 1 < s.n && s.p[i + 1] != DOCUMENT_MARK_VALUE) {
            const uint8_t next = s.p[++i];
            const int high = next == 'x' && i + 2 < s.n ? hex(s.p[i + 1]) : -1;
            const int low = next == 'x' && i + 2 < s.n ? hex(s.p[i + 2]) : -1;
            if (is_one_of(next, "\\{|};")) {
                buf_byte(&l->decoded, next);
            } else if (next == 'n') {
                buf_byte(&l->decoded, '\n');
            } else if (high >= 0 && low >= 0) {
                const uint8_t code = (uint8_t)(high << 4 | low);
                if (raw)
                    buf_byte(&l->decoded, code);
                else if (code >= 0x20 && code != 0x7F)
                    put_cp(l, code);
                i += 2;
            }
        }
    }
    return slice_of(l->decoded.p + from, l->decoded.n - from);
}

/* Offset of the ';' that ends the member, escapes and inert parts passed over. */
static size_t member_end(struct slice s)
{
    bool inert = false;
    for (size_t i = 0; i < s.n; i++) {
        const uint8_t c = s.p[i];
        if (c == DOCUMENT_MARK_VALUE || c == DOCUMENT_MARK_TEXT)
            inert = c == DOCUMENT_MARK_VALUE;
        else if (inert)
            continue;
        else if (c == ';')
            return i;
        else if (c == '\\' && i + 1 < s.n && s.p[i + 1] != DOCUMENT_MARK_VALUE)
            i++;
    }
    return s.n;
}

static bool is_word(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static enum key find_key(struct slice name)
{
    unsigned k = 0;
    if (name.n == 1) {
        while (k < KEY_COUNT && keys[k].abbreviation != name.p[0])
            k++;
    } else {
        while (k < KEY_COUNT && !slice_equal(name, keys[k].name))
            k++;
    }
    return (enum key)k;
}

/* A word that is none of the key's: what stands is as if it were not there. */
static void hint_value_at(struct layout *l, struct slice key, struct slice word, const char *known,
                          const uint8_t *at)
{
    char name[ERR_ARG_BYTES], said[ERR_ARG_BYTES];
    struct err err;
    if (!l->paper->hint)
        return;
    slice_cstr(key, name, sizeof name);
    slice_cstr(word, said, sizeof said);
    FAIL(&err, ERR_HINT_VALUE, name, said, known);
    layout_hint_at(l, &err, at);
}

static void hint_value(struct layout *l, enum key key, struct slice word, const char *known)
{
    hint_value_at(l, keys[key].name, word, known, l->at);
}

/* True when the member is key:value, also where the key is of another program. */
static bool read_member(struct layout *l, struct slice member, struct properties *out)
{
    size_t n = 0;
    while (n < member.n && is_word(member.p[n]))
        n++;
    const struct slice name = slice_sub(member, 0, n);
    const struct slice rest = slice_trim(slice_sub(member, n, member.n));
    if (n == 0 || (name.p[0] >= '0' && name.p[0] <= '9') || rest.n < 2 || rest.p[0] != ':')
        return false;
    const struct slice value = slice_trim(slice_sub(rest, 1, rest.n));
    if (value.n == 0)
        return false;
    const enum key key = find_key(name);
    if (key != KEY_COUNT) {
        out->has[key] = true;
        out->value[key] = decode(l, value, key == KEY_COMMAND);
    } else {
        hint_value_at(l, slice_str("{ }"), name,
                      "image code option align width border text command comment feed", member.p);
    }
    return true;
}

/* --- what they mean --- */

/* The next word of a list: the reference parts it by a run of blanks, or by one comma. */
static bool next_word(struct slice *s, bool *more, struct slice *word)
{
    if (!*more)
        return false;
    size_t n = 0;
    while (n < s->n && !is_blank(s->p[n]) && s->p[n] != ',')
        n++;
    *word = slice_sub(*s, 0, n);
    *more = n < s->n;
    if (*more && s->p[n] == ',') {
        n++;
    } else {
        while (n < s->n && is_blank(s->p[n]))
            n++;
    }
    *s = slice_sub(*s, n, s->n);
    return true;
}

static bool is_same_word(struct slice s, struct slice word)
{
    return s.n == word.n && slice_equal_nocase(s, word);
}
#define is_word_of(s, word) is_same_word((s), SLICE_LITERAL(word))

/* A number, or UINT32_MAX where there is none; a very large one comes as the largest that makes
 * sense. */
static uint32_t number(struct slice s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return UINT32_MAX;
        n = n * 10 + (s.p[i] - '0');
        n = n < MAX_WIDTH_COLUMNS ? n : MAX_WIDTH_COLUMNS;
    }
    return s.n ? n : UINT32_MAX;
}

static void set_border(struct layout *l, struct slice value)
{
    const int8_t before = l->border;
    const uint32_t n = number(value);
    if (n > 2 && !is_word_of(value, "line") && !is_word_of(value, "none") &&
        !is_word_of(value, "space"))
        hint_value(l, KEY_BORDER, value, "line, space, none, 0, 1, 2");
    l->border = is_word_of(value, "line")   ? BORDER_LINE
                : is_word_of(value, "none") ? 0
                : n <= 2                    ? (int8_t)n
                                            : 1;
    if (before >= 0 && l->border < 0) {
        l->frame = FRAME_READY;
    } else if (before < 0 && l->border >= 0) {
        layout_frame_stop(l);
    }
}

static void set_widths(struct layout *l, struct slice value)
{
    struct slice word;
    bool more = true;
    l->n_widths = 0;
    l->has_rest = false;
    while (next_word(&value, &more, &word)) {
        if (is_word_of(word, "auto")) {
            l->n_widths = 0;
            l->has_rest = false;
            return;
        }
        if (l->n_widths == MAX_WIDTHS)
            continue;
        const uint32_t n = number(word);
        const bool rest = slice_is(word, "*");
        if (!rest && n == UINT32_MAX)
            hint_value(l, KEY_WIDTH, word, "auto, *, 0, 1, 2, …");
        l->has_rest |= rest;
        l->widths[l->n_widths++] = rest ? WIDTH_REST : n == UINT32_MAX ? 0 : (int32_t)n;
    }
}

static void set_align(struct layout *l, struct slice value)
{
    if (!is_word_of(value, "left") && !is_word_of(value, "right") && !is_word_of(value, "center"))
        hint_value(l, KEY_ALIGN, value, "left, center, right");
    l->align = is_word_of(value, "left") ? 0 : is_word_of(value, "right") ? 2 : 1;
}

static void set_text(struct layout *l, struct slice value)
{
    l->wrap = !is_word_of(value, "nowrap");
    l->wrap_words = is_word_of(value, "words");
    if (l->wrap && !l->wrap_words && !is_word_of(value, "wrap"))
        hint_value(l, KEY_TEXT, value, "wrap, nowrap, words");
}

static const struct symbol_options default_symbol = {.kind = SYMBOL_CODE128,
                                                     .module_dots = 2,
                                                     .height_dots = 72,
                                                     .level = QR_L,
                                                     .dither = DITHER_FLOYD_STEINBERG};

static const struct {
    struct slice word;
    enum symbol_kind kind;
} symbol_words[] = {
    {SLICE("upc"), SYMBOL_UPC},         {SLICE("ean"), SYMBOL_EAN},
    {SLICE("jan"), SYMBOL_EAN},         {SLICE("code39"), SYMBOL_CODE39},
    {SLICE("itf"), SYMBOL_ITF},         {SLICE("codabar"), SYMBOL_CODABAR},
    {SLICE("nw7"), SYMBOL_CODABAR},     {SLICE("code93"), SYMBOL_CODE93},
    {SLICE("code128"), SYMBOL_CODE128}, {SLICE("qrcode"), SYMBOL_QR},
    {SLICE("pdf417"), SYMBOL_PDF417},   {SLICE("datamatrix"), SYMBOL_DATAMATRIX},
    {SLICE("aztec"), SYMBOL_AZTEC},     {SLICE("gs1-128"), SYMBOL_GS1_128},
};

/* Words that say a level, a text below, a way of grey; numbers that some code takes. */
static bool is_option(struct slice word)
{
    static const struct slice words[] = {SLICE("l"),      SLICE("m"),         SLICE("q"),
                                         SLICE("h"),      SLICE("hri"),       SLICE("nohri"),
                                         SLICE("dither"), SLICE("threshold"), SLICE("")};
    const uint32_t n = number(word);
    for (size_t i = 0; i < sizeof symbol_words / sizeof *symbol_words; i++) {
        if (is_same_word(word, symbol_words[i].word))
            return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_same_word(word, words[i]))
            return true;
    }
    return (n >= 2 && n <= 8) || (n >= 24 && n <= 240);
}

static void hint_option(struct layout *l, struct slice word)
{
    static const char kinds[] = "upc ean jan code39 itf codabar nw7 code93 code128 gs1-128 qrcode "
                                "pdf417 datamatrix aztec l m q h hri nohri dither threshold";
    if (number(word) == UINT32_MAX)
        hint_value(l, KEY_OPTION, word, kinds);
    else
        hint_value(l, KEY_OPTION, word, "2 … 8, 24 … 240");
}

/* The first word of a sort counts; a number may be a module, a height and a cell at once, as in the
 * reference. */
static void set_option(struct layout *l, struct slice value)
{
    struct symbol_options o = default_symbol;
    bool has_kind = false;
    bool has_height = false;
    bool has_level = false;
    struct slice word;
    bool more = true;
    while (next_word(&value, &more, &word)) {
        for (size_t i = 0; !has_kind && i < sizeof symbol_words / sizeof *symbol_words; i++) {
            if (is_same_word(word, symbol_words[i].word)) {
                o.kind = symbol_words[i].kind;
                has_kind = true;
            }
        }
        const uint32_t n = number(word);
        if (!o.has_module && n >= 2 && n <= 4) {
            o.module_dots = (uint8_t)n;
            o.has_module = true;
        }
        if (!has_height && n >= 24 && n <= 240) {
            o.height_dots = (uint8_t)n;
            has_height = true;
        }
        if (o.cell_dots == 0 && n >= 3 && n <= 8)
            o.cell_dots = (uint8_t)n;
        const char *level = word.n == 1 ? strchr("lmqh", word.p[0] | 0x20) : NULL;
        if (!has_level && level) {
            o.level = *level == 'l' ? QR_L : *level == 'm' ? QR_M : *level == 'q' ? QR_Q : QR_H;
            has_level = true;
        }
        o.hri |= is_word_of(word, "hri");
        if (is_word_of(word, "threshold"))
            o.dither = DITHER_THRESHOLD;
        if (l->paper->hint && !is_option(word))
            hint_option(l, word);
    }
    l->symbol = o;
}

static void run_command(struct layout *l, struct slice bytes)
{
    struct err err;
    if (l->paper->allow_commands) {
        escpos_raw(l->e, bytes);
        l->has_paper = true;
        return;
    }
    FAIL(&err, ERR_MARKUP_COMMAND);
    layout_warn(l, &err);
}

static void feed(struct layout *l, struct slice value)
{
    const uint32_t dots = number(value);
    if (dots > MAX_FEED_DOTS)
        hint_value(l, KEY_FEED, value, "0, 1, 2, … 4096");
    if (dots == UINT32_MAX)
        return;
    l->has_paper = true;
    escpos_feed(l->e, dots < MAX_FEED_DOTS ? dots : MAX_FEED_DOTS);
}

static void apply(struct layout *l, const struct properties *p, unsigned align)
{
    if (p->has[KEY_TEXT])
        set_text(l, p->value[KEY_TEXT]);
    if (p->has[KEY_BORDER])
        set_border(l, p->value[KEY_BORDER]);
    if (p->has[KEY_WIDTH])
        set_widths(l, p->value[KEY_WIDTH]);
    if (p->has[KEY_ALIGN])
        set_align(l, p->value[KEY_ALIGN]);
    if (p->has[KEY_OPTION])
        set_option(l, p->value[KEY_OPTION]);
    l->version++;

    struct cell block = {.width = layout_block_width(l)};
    struct area area;
    layout_share(l, &block, 1, false, &area);
    if (p->has[KEY_IMAGE])
        layout_image(l, p->value[KEY_IMAGE], &area, align);
    if (p->has[KEY_CODE])
        layout_code(l, p->value[KEY_CODE], &area, align);
    if (p->has[KEY_COMMAND])
        run_command(l, p->value[KEY_COMMAND]);
    if (p->has[KEY_FEED])
        feed(l, p->value[KEY_FEED]);
}

void layout_property(struct layout *l, struct cell *cell)
{
    struct properties properties = {0};
    struct slice s = slice_of(cell->p + 1, (size_t)(cell->end - cell->p) - 2);
    buf_reset(&l->decoded);
    /* The values point into the buffer, which must not move; only \xHH grows a byte, from four. */
    if (!buf_reserve(&l->decoded, s.n + 1)) {
        l->failed = true;
        return;
    }
    for (bool more = true; more;) {
        const size_t end = member_end(s);
        const struct slice member = slice_trim(slice_sub(s, 0, end));
        more = end < s.n;
        s = slice_sub(s, end + 1, s.n);
        if (member.n && !read_member(l, member, &properties))
            layout_warn_cell(l, ERR_MARKUP_PROPERTY, member.p, member.p + member.n);
    }
    apply(l, &properties, cell->align);
}

void layout_reset_properties(struct layout *l)
{
    l->wrap = true;
    l->wrap_words = false;
    l->border = 1;
    l->align = 1;
    l->n_widths = 0;
    l->has_rest = false;
    l->symbol = default_symbol;
    l->frame = FRAME_NONE;
    l->version++;
}
