/* Mustache to operations: tags, delimiters, standalone lines, sections that close (the Mustache
 * specification's core modules). */
#include "document/template.h"

#include "base/utf8.h"

#include <stdlib.h>

struct open_section {
    uint32_t op;
    size_t tag; /* offset of its tag */
};

struct parser {
    struct template_compiler *c;
    const struct template_chain *chain;
    struct slice source, indent;
    size_t at;                /* behind the last tag */
    struct slice left, right; /* the delimiters */
    struct buf ops;
    struct open_section open[TEMPLATE_MAX_DEPTH];
    unsigned n_open, depth_outside, depth;
};

struct tag {
    size_t from, to;           /* the tag, delimiters included */
    size_t inside;             /* where another begins before this one ends; 0: nowhere */
    size_t line_from, line_to; /* of a standalone tag: its line, else as from and to */
    uint8_t sigil;             /* one of # ^ / ! > = or 0 for a value */
    struct slice content;      /* trimmed */
};

/* --- errors --- */

/* Every mistake is told where it is found; false from here on says that it was. */
static bool fail_at(struct parser *p, size_t at)
{
    char file[ERR_FILE_BYTES];
    unsigned line = 1;
    size_t start = 0;
    for (size_t i = 0; i < at; i++) {
        if (p->source.p[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    unsigned column = 1;
    for (size_t i = start + p->indent.n; i < at; i++)
        column += !utf8_continues(p->source.p[i]);
    slice_cstr(p->chain->name, file, sizeof file);
    err_at(p->c->err, file, line, column);
    return template_mistake(p->c);
}

static bool fail_full(struct parser *p, const char *limit)
{
    FAIL(p->c->err, ERR_TOO_BIG, "template", limit);
    return template_mistake(p->c);
}

static bool fail_tag(struct parser *p, size_t at, const char *why)
{
    FAIL(p->c->err, ERR_TEMPLATE_TAG, why);
    return fail_at(p, at);
}

static bool fail_name(struct parser *p, size_t at, enum err_code code, struct slice name)
{
    err_fail_slice(p->c->err, code, name);
    return fail_at(p, at);
}

/* --- words --- */

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct slice trim(struct slice s)
{
    while (s.n && is_space(s.p[0]))
        s = slice_of(s.p + 1, s.n - 1);
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Offset of what in the source from `from` on, or the source's length. */
static size_t seek(const struct parser *p, size_t from, struct slice what)
{
    if (from > p->source.n || !what.p)
        return p->source.n;
    /* memmem() under ASan looks at all that is left, each time. */
    const uint8_t *const end = p->source.p + p->source.n;
    const uint8_t *at = p->source.p + from;
    while (at < end && (at = memchr(at, what.p[0], (size_t)(end - at)))) {
        if ((size_t)(end - at) >= what.n && memcmp(at, what.p, what.n) == 0)
            return (size_t)(at - p->source.p);
        at++;
    }
    return p->source.n;
}

static struct slice first_word(struct slice s)
{
    size_t n = 0;
    while (n < s.n && !is_space(s.p[n]))
        n++;
    return slice_sub(s, 0, n);
}

static bool is_name(struct slice s)
{
    return s.n > 0 && first_word(s).n == s.n;
}

/* --- operations --- */

static struct op *op_at(struct parser *p, uint32_t i)
{
    return (struct op *)(void *)p->ops.p + i;
}

static uint32_t op_count(const struct parser *p)
{
    return (uint32_t)(p->ops.n / sizeof(struct op));
}

static void add_op(struct parser *p, struct op op)
{
    buf_append(&p->ops, &op, sizeof op);
}

static void add_text(struct parser *p, size_t from, size_t to)
{
    if (from < to)
        add_op(p, (struct op){.kind = OP_TEXT, .text = slice_sub(p->source, from, to)});
}

static const char *what_name_lacks(const struct tag *tag)
{
    return tag->inside      ? "its end is missing"
           : tag->content.n ? "a name has no blanks"
                            : "it has no name";
}

/* Splits a dotted name; "." is no name at all, but the context itself. */
static bool add_named(struct parser *p, enum op_kind kind, const struct tag *tag)
{
    struct op op = {.kind = kind};
    struct slice name = tag->content;
    if (!is_name(name))
        return fail_tag(p, tag->from, what_name_lacks(tag));
    if (!slice_is(name, ".")) {
        size_t dots = 0;
        for (size_t i = 0; i < name.n; i++)
            dots += name.p[i] == '.';
        struct slice *rest = ARENA_ARRAY(&p->c->t->arena, dots, struct slice);
        if (!rest)
            return fail_full(p, "64 MiB");
        for (size_t i = 0; i <= dots; i++) {
            const size_t end = slice_find(name, '.');
            const struct slice part = slice_sub(name, 0, end);
            if (part.n == 0)
                return fail_tag(p, tag->from, "a part of its name is empty");
            if (i == 0)
                op.text = part;
            else
                rest[i - 1] = part;
            name = slice_sub(name, end + 1, name.n);
        }
        op.rest = rest;
        op.n_rest = (uint32_t)dots;
    }
    add_op(p, op);
    return true;
}

static bool note_depth(struct parser *p, unsigned depth, size_t at)
{
    if (depth > p->depth)
        p->depth = depth;
    if (p->depth_outside + depth <= TEMPLATE_MAX_DEPTH)
        return true;
    FAIL(p->c->err, ERR_TEMPLATE_DEPTH, "100");
    return fail_at(p, at);
}

/* --- tags --- */

static bool set_delimiters(struct parser *p, const struct tag *tag)
{
    const struct slice s = tag->content;
    const struct slice left = first_word(s);
    const struct slice right = trim(slice_sub(s, left.n, s.n));
    if (!is_name(left) || !is_name(right) || slice_find(left, '=') < left.n ||
        slice_find(right, '=') < right.n)
        return fail_tag(p, tag->from, "write {{=<% %>=}}");
    p->left = left;
    p->right = right;
    return true;
}

static bool open_section(struct parser *p, const struct tag *tag)
{
    if (!note_depth(p, p->n_open + 1, tag->from))
        return false;
    const enum op_kind kind = tag->sigil == '#' ? OP_SECTION : OP_INVERTED;
    p->open[p->n_open++] = (struct open_section){op_count(p), tag->from};
    if (add_named(p, kind, tag))
        return true;
    /* It is kept, so that what closes it is understood. */
    add_op(p, (struct op){.kind = kind, .text = first_word(tag->content)});
    return false;
}

/* The name as it stood in the tag. */
static struct slice section_name(const struct op *op)
{
    if (op->text.n == 0)
        return SLICE_LITERAL(".");
    const struct slice last = op->n_rest ? op->rest[op->n_rest - 1] : op->text;
    return slice_of(op->text.p, (size_t)(last.p + last.n - op->text.p));
}

/* Ends the open section i, which is the innermost one where all is right. */
static void end_section(struct parser *p, unsigned i)
{
    op_at(p, p->open[i].op)->end = op_count(p);
    memmove(&p->open[i], &p->open[i + 1], (--p->n_open - i) * sizeof p->open[0]);
}

static struct slice open_name(struct parser *p, unsigned i)
{
    return section_name(op_at(p, p->open[i].op));
}

/* Tells of the open sections from `from` on, which nothing closes. */
static void fail_open(struct parser *p, unsigned from)
{
    for (unsigned i = from; i < p->n_open && !p->c->is_over; i++)
        fail_name(p, p->open[i].tag, ERR_TEMPLATE_SECTION, open_name(p, i));
}

static size_t skip_space(const struct parser *p, size_t at)
{
    while (at < p->source.n && is_space(p->source.p[at]))
        at++;
    return at;
}

/* Whether a tag from `at` on closes a section of that name. */
static bool closes_later(const struct parser *p, size_t at, struct slice name)
{
    for (at = seek(p, at, p->left); at < p->source.n; at = seek(p, at, p->left)) {
        at = skip_space(p, at + p->left.n);
        if (at == p->source.n || p->source.p[at] != '/')
            continue;
        at = skip_space(p, at + 1);
        if (!slice_equal(slice_sub(p->source, at, at + name.n), name))
            continue;
        const size_t end = skip_space(p, at + name.n);
        if (slice_equal(slice_sub(p->source, end, end + p->right.n), p->right))
            return true;
    }
    return false;
}

/* A name that no section has is a slip of the pen where nothing else closes the innermost one. */
static bool close_nothing(struct parser *p, const struct tag *tag)
{
    if (p->n_open && !closes_later(p, tag->to, open_name(p, p->n_open - 1)))
        end_section(p, p->n_open - 1);
    return fail_name(p, tag->from, ERR_TEMPLATE_CLOSE, first_word(tag->content));
}

static bool close_section(struct parser *p, const struct tag *tag)
{
    const struct slice name = first_word(tag->content);
    unsigned i = p->n_open;
    while (i > 0 && !slice_equal(open_name(p, i - 1), name))
        i--;
    if (i == 0)
        return close_nothing(p, tag);
    if (i < p->n_open && closes_later(p, tag->to, open_name(p, p->n_open - 1))) {
        end_section(p, i - 1); /* across those inside it, whose turn comes */
        return fail_name(p, tag->from, ERR_TEMPLATE_CLOSE, name);
    }
    fail_open(p, i);
    while (p->n_open >= i)
        end_section(p, p->n_open - 1);
    return is_name(tag->content) || fail_tag(p, tag->from, what_name_lacks(tag));
}

static bool add_partial(struct parser *p, const struct tag *tag)
{
    const bool standalone = tag->line_to != tag->to || tag->line_from != tag->from;
    const struct slice indent =
        standalone ? slice_sub(p->source, tag->line_from, tag->from) : (struct slice){0};
    struct op op = {.kind = OP_PARTIAL};
    if (!is_name(tag->content))
        return fail_tag(p, tag->from, "write {{> name}}");
    if (!note_depth(p, p->n_open + 1, tag->from))
        return false;
    struct template *t = p->c->t;
    const unsigned before = p->c->n_mistakes;
    if (!template_partial(p->c, p->chain, tag->content, indent, p->depth_outside + p->n_open + 1,
                          &op.end)) {
        /* What went wrong inside the partial said its own place, and perhaps was told. */
        if (p->c->n_mistakes > before)
            return false;
        return p->c->err->line ? template_mistake(p->c) : fail_at(p, tag->from);
    }
    if (!note_depth(p, p->n_open + 1 + t->units[op.end].depth, tag->from))
        return false;
    add_op(p, op);
    return true;
}

static bool run_tag(struct parser *p, const struct tag *tag)
{
    switch (tag->sigil) {
    case '!':
        return true;
    case '#':
    case '^':
        return open_section(p, tag);
    case '/':
        return close_section(p, tag);
    case '>':
        return add_partial(p, tag);
    case '=':
        return set_delimiters(p, tag);
    default:
        return add_named(p, OP_VALUE, tag);
    }
}

/* Reads the tag that begins at from. */
static bool read_tag(struct parser *p, size_t from, struct tag *tag)
{
    static const struct slice triple = SLICE("}}}");
    struct slice close = p->right;
    size_t at = from + p->left.n;
    while (at < p->source.n && is_space(p->source.p[at]))
        at++;
    const uint8_t c = at < p->source.n ? p->source.p[at] : 0;
    tag->sigil = c && strchr("#^/!>=", c) ? c : 0;
    if (tag->sigil || c == '&')
        at++;
    if (c == '{' && slice_is(p->left, "{{")) {
        close = triple;
        at++;
    }
    size_t end = seek(p, at, close);
    tag->from = tag->line_from = from;
    if (end == p->source.n)
        return fail_tag(p, from, c == '{' ? "}}} is missing" : "its end is missing");
    tag->to = tag->line_to = end + close.n;
    if (tag->sigil == '=') {
        if (end == at || p->source.p[end - 1] != '=')
            return fail_tag(p, from, "write {{=<% %>=}}");
        end--;
    }
    tag->content = trim(slice_sub(p->source, at, end));
    const size_t inside = tag->sigil == '!' ? end : seek(p, at, p->left);
    tag->inside = inside < end ? inside : 0;
    return true;
}

/* A tag that is neither a value nor shares its line with anything takes the line with it. */
static void take_line_around(const struct parser *p, struct tag *tag)
{
    const uint8_t *s = p->source.p;
    size_t from = tag->from;
    size_t to = tag->to;
    if (tag->sigil == 0)
        return;
    while (from > p->at && (s[from - 1] == ' ' || s[from - 1] == '\t'))
        from--;
    if (from > 0 && s[from - 1] != '\n')
        return;
    while (to < p->source.n && (s[to] == ' ' || s[to] == '\t'))
        to++;
    if (to < p->source.n && s[to] == '\r' && to + 1 < p->source.n && s[to + 1] == '\n')
        to++;
    if (to < p->source.n && s[to] != '\n')
        return;
    tag->line_from = from;
    tag->line_to = to < p->source.n ? to + 1 : to;
}

/* A tag without an end: what its section is, is known all the same. */
static void recover(struct parser *p, const struct tag *tag)
{
    if (tag->sigil == '/' && p->n_open)
        end_section(p, p->n_open - 1);
    p->at = tag->from + p->left.n;
}

/* Reads on behind a mistake, so that others are found too; what comes of it is never used. */
static bool parse(struct parser *p)
{
    const unsigned before = p->c->n_mistakes;
    while (!p->c->is_over) {
        const size_t from = seek(p, p->at, p->left);
        struct tag tag = {0};
        if (from == p->source.n)
            break;
        if (!read_tag(p, from, &tag)) {
            recover(p, &tag);
            continue;
        }
        take_line_around(p, &tag);
        add_text(p, p->at, tag.line_from);
        const bool cut_short = !run_tag(p, &tag) && tag.inside && !is_name(tag.content);
        p->at = cut_short ? tag.inside : tag.line_to;
    }
    add_text(p, p->at, p->source.n);
    fail_open(p, 0);
    if (p->ops.full)
        fail_full(p, "this machine's memory");
    return p->c->n_mistakes == before;
}

bool template_compile_unit(struct template_compiler *c, const struct template_chain *chain,
                           struct slice source, struct slice indent, unsigned depth,
                           uint32_t *index)
{
    struct parser *p = calloc(1, sizeof *p);
    if (!p)
        return FAIL(c->err, ERR_TOO_BIG, "template", "this machine's memory");
    p->c = c;
    p->chain = chain;
    p->source = source;
    p->indent = indent;
    p->left = SLICE_LITERAL("{{");
    p->right = SLICE_LITERAL("}}");
    p->depth_outside = depth;
    buf_init(&p->ops, 0);
    /* The template itself is unit 0, so its place is taken before its partials take theirs. */
    struct template *t = c->t;
    *index = t->n_units++;
    const bool ok = parse(p);
    struct unit *unit = &t->units[*index];
    unit->name = chain->name;
    unit->indent = indent;
    unit->source = source;
    unit->ops = (struct op *)(void *)p->ops.p;
    unit->n_ops = op_count(p);
    unit->depth = p->depth;
    free(p);
    return ok;
}
