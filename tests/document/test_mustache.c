/* The core modules of the Mustache specification (interpolation, sections, inverted, comments,
 * partials, delimiters), but for lambdas and HTML escaping: a receipt is not HTML, and what marks
 * values as inert is taken off before comparing.
 *
 * Not as the specification: a partial that nobody has, and one that includes itself, are mistakes
 * with a place, not an empty text and not an endless receipt. */
#include "document/data.h"
#include "document/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

struct partial {
    const char *name, *source;
};

struct example {
    const char *name, *data, *template, *expected;
    struct partial partials[3];
};

/* clang-format off */
static const struct example examples[] = {
    /* comments */
    {"comment inline", "{}", "12345{{! Comment Block! }}67890", "1234567890", {{0}}},
    {"comment multiline", "{}", "12345{{!\n  This is a\n  multi-line comment...\n}}67890\n", "1234567890\n", {{0}}},
    {"comment standalone", "{}", "Begin.\n{{! Comment Block! }}\nEnd.\n", "Begin.\nEnd.\n", {{0}}},
    {"comment indented standalone", "{}", "Begin.\n  {{! Indented Comment Block! }}\nEnd.\n", "Begin.\nEnd.\n", {{0}}},
    {"comment standalone line endings", "{}", "|\r\n{{! Standalone Comment }}\r\n|", "|\r\n|", {{0}}},
    {"comment standalone without previous line", "{}", "  {{! I'm Still Standalone }}\n!", "!", {{0}}},
    {"comment standalone without newline", "{}", "!\n  {{! I'm Still Standalone }}", "!\n", {{0}}},
    {"comment multiline standalone", "{}", "Begin.\n{{!\nSomething's going on here...\n}}\nEnd.\n", "Begin.\nEnd.\n", {{0}}},
    {"comment indented multiline standalone", "{}", "Begin.\n  {{!\n    Something's going on here...\n  }}\nEnd.\n", "Begin.\nEnd.\n", {{0}}},
    {"comment indented inline", "{}", "  12 {{! 34 }}\n", "  12 \n", {{0}}},
    {"comment surrounding whitespace", "{}", "12345 {{! Comment Block! }} 67890", "12345  67890", {{0}}},
    {"comment is no name", "{\"! comment\":1,\"! comment \":2,\"!comment\":3,\"comment\":4}", "comments never show: >{{! comment }}<", "comments never show: ><", {{0}}},

    /* delimiters */
    {"delimiters pair", "{\"text\":\"Hey!\"}", "{{=<% %>=}}(<%text%>)", "(Hey!)", {{0}}},
    {"delimiters special characters", "{\"text\":\"It worked!\"}", "({{=[ ]=}}[text])", "(It worked!)", {{0}}},
    {"delimiters sections", "{\"section\":true,\"data\":\"I got interpolated.\"}",
     "[\n{{#section}}\n  {{data}}\n  |data|\n{{/section}}\n\n{{= | | =}}\n|#section|\n  {{data}}\n  |data|\n|/section|\n]\n",
     "[\n  I got interpolated.\n  |data|\n\n  {{data}}\n  I got interpolated.\n]\n", {{0}}},
    {"delimiters inverted sections", "{\"section\":false,\"data\":\"I got interpolated.\"}",
     "[\n{{^section}}\n  {{data}}\n  |data|\n{{/section}}\n\n{{= | | =}}\n|^section|\n  {{data}}\n  |data|\n|/section|\n]\n",
     "[\n  I got interpolated.\n  |data|\n\n  {{data}}\n  I got interpolated.\n]\n", {{0}}},
    {"delimiters are not inherited by partials", "{\"value\":\"yes\"}", "[ {{>include}} ]\n{{= | | =}}\n[ |>include| ]\n", "[ .yes. ]\n[ .yes. ]\n", {{"include", ".{{value}}."}}},
    {"delimiters of a partial stay there", "{\"value\":\"yes\"}", "[ {{>include}} ]\n[ .{{value}}.  .|value|. ]\n", "[ .yes.  .yes. ]\n[ .yes.  .|value|. ]\n", {{"include", ".{{value}}. {{= | | =}} .|value|."}}},
    {"delimiters surrounding whitespace", "{}", "| {{=@ @=}} |", "|  |", {{0}}},
    {"delimiters outlying whitespace", "{}", " | {{=@ @=}}\n", " | \n", {{0}}},
    {"delimiters standalone", "{}", "Begin.\n{{=@ @=}}\nEnd.\n", "Begin.\nEnd.\n", {{0}}},
    {"delimiters indented standalone", "{}", "Begin.\n  {{=@ @=}}\nEnd.\n", "Begin.\nEnd.\n", {{0}}},
    {"delimiters standalone line endings", "{}", "|\r\n{{= @ @ =}}\r\n|", "|\r\n|", {{0}}},
    {"delimiters standalone without previous line", "{}", "  {{=@ @=}}\n=", "=", {{0}}},
    {"delimiters standalone without newline", "{}", "=\n  {{=@ @=}}", "=\n", {{0}}},
    {"delimiters padding", "{}", "|{{=@   @=}}|", "||", {{0}}},

    /* interpolation */
    {"no interpolation", "{}", "Hello from {Mustache}!\n", "Hello from {Mustache}!\n", {{0}}},
    {"basic interpolation", "{\"subject\":\"world\"}", "Hello, {{subject}}!\n", "Hello, world!\n", {{0}}},
    {"no reinterpolation", "{\"template\":\"{{planet}}\",\"planet\":\"Earth\"}", "{{template}}: {{planet}}", "{{planet}}: Earth", {{0}}},
    {"values are not HTML", "{\"forbidden\":\"& \\\" < >\"}", "These characters: {{forbidden}}\n", "These characters: & \" < >\n", {{0}}},
    {"triple mustache", "{\"forbidden\":\"& \\\" < >\"}", "These characters: {{{forbidden}}}\n", "These characters: & \" < >\n", {{0}}},
    {"ampersand", "{\"forbidden\":\"& \\\" < >\"}", "These characters: {{&forbidden}}\n", "These characters: & \" < >\n", {{0}}},
    {"integer", "{\"mph\":85}", "\"{{mph}} miles an hour!\"", "\"85 miles an hour!\"", {{0}}},
    {"triple integer", "{\"mph\":85}", "\"{{{mph}}} miles an hour!\"", "\"85 miles an hour!\"", {{0}}},
    {"decimal", "{\"power\":1.21}", "\"{{power}} jiggawatts!\"", "\"1.21 jiggawatts!\"", {{0}}},
    {"null", "{\"cannot\":null}", "I ({{cannot}}) be seen!", "I () be seen!", {{0}}},
    {"triple null", "{\"cannot\":null}", "I ({{{cannot}}}) be seen!", "I () be seen!", {{0}}},
    {"ampersand null", "{\"cannot\":null}", "I ({{&cannot}}) be seen!", "I () be seen!", {{0}}},
    {"context miss", "{}", "I ({{cannot}}) be seen!", "I () be seen!", {{0}}},
    {"dotted names", "{\"person\":{\"name\":\"Joe\"}}", "\"{{person.name}}\" == \"{{#person}}{{name}}{{/person}}\"", "\"Joe\" == \"Joe\"", {{0}}},
    {"dotted names triple", "{\"person\":{\"name\":\"Joe\"}}", "\"{{{person.name}}}\"", "\"Joe\"", {{0}}},
    {"dotted names ampersand", "{\"person\":{\"name\":\"Joe\"}}", "\"{{&person.name}}\" == \"{{#person}}{{&name}}{{/person}}\"", "\"Joe\" == \"Joe\"", {{0}}},
    {"triple context miss", "{}", "I ({{{cannot}}}) be seen!", "I () be seen!", {{0}}},
    {"ampersand context miss", "{}", "I ({{&cannot}}) be seen!", "I () be seen!", {{0}}},
    {"triple decimal", "{\"power\":1.21}", "\"{{{power}}} jiggawatts!\"", "\"1.21 jiggawatts!\"", {{0}}},
    {"ampersand decimal", "{\"power\":1.21}", "\"{{&power}} jiggawatts!\"", "\"1.21 jiggawatts!\"", {{0}}},
    {"ampersand integer", "{\"mph\":85}", "\"{{&mph}} miles an hour!\"", "\"85 miles an hour!\"", {{0}}},
    {"ampersand surrounding whitespace", "{\"string\":\"---\"}", "| {{&string}} |", "| --- |", {{0}}},
    {"triple standalone", "{\"string\":\"---\"}", "  {{{string}}}\n", "  ---\n", {{0}}},
    {"dotted names of a list are nothing", "{\"a\":[{\"b\":\"x\"}]}", "[{{a.b}}]", "[]", {{0}}},
    {"dotted names any depth", "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"name\":\"Phil\"}}}}}}", "\"{{a.b.c.d.e.name}}\" == \"Phil\"", "\"Phil\" == \"Phil\"", {{0}}},
    {"dotted names broken chain", "{\"a\":{}}", "\"{{a.b.c}}\" == \"\"", "\"\" == \"\"", {{0}}},
    {"dotted names broken chain resolution", "{\"a\":{\"b\":{}},\"c\":{\"name\":\"Jim\"}}", "\"{{a.b.c.name}}\" == \"\"", "\"\" == \"\"", {{0}}},
    {"dotted names initial resolution", "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"name\":\"Phil\"}}}}},\"b\":{\"c\":{\"d\":{\"e\":{\"name\":\"Wrong\"}}}}}", "\"{{#a}}{{b.c.d.e.name}}{{/a}}\" == \"Phil\"", "\"Phil\" == \"Phil\"", {{0}}},
    {"dotted names context precedence", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"ERROR\"}}", "{{#a}}{{b.c}}{{/a}}", "", {{0}}},
    {"dotted names are never single keys", "{\"a.b\":\"c\"}", "{{a.b}}", "", {{0}}},
    {"dotted names no masking", "{\"a.b\":\"c\",\"a\":{\"b\":\"d\"}}", "{{a.b}}", "d", {{0}}},
    {"interpolation surrounding whitespace", "{\"string\":\"---\"}", "| {{string}} |", "| --- |", {{0}}},
    {"triple surrounding whitespace", "{\"string\":\"---\"}", "| {{{string}}} |", "| --- |", {{0}}},
    {"interpolation standalone", "{\"string\":\"---\"}", "  {{string}}\n", "  ---\n", {{0}}},
    {"ampersand standalone", "{\"string\":\"---\"}", "  {{&string}}\n", "  ---\n", {{0}}},
    {"interpolation padding", "{\"string\":\"---\"}", "|{{ string }}|", "|---|", {{0}}},
    {"triple padding", "{\"string\":\"---\"}", "|{{{ string }}}|", "|---|", {{0}}},
    {"ampersand padding", "{\"string\":\"---\"}", "|{{& string }}|", "|---|", {{0}}},

    /* sections */
    {"truthy", "{\"boolean\":true}", "\"{{#boolean}}This should be rendered.{{/boolean}}\"", "\"This should be rendered.\"", {{0}}},
    {"falsey", "{\"boolean\":false}", "\"{{#boolean}}This should not be rendered.{{/boolean}}\"", "\"\"", {{0}}},
    {"null is falsey", "{\"null\":null}", "\"{{#null}}This should not be rendered.{{/null}}\"", "\"\"", {{0}}},
    {"context", "{\"context\":{\"name\":\"Joe\"}}", "\"{{#context}}Hi {{name}}.{{/context}}\"", "\"Hi Joe.\"", {{0}}},
    {"parent contexts", "{\"a\":\"foo\",\"b\":\"wrong\",\"sec\":{\"b\":\"bar\"},\"c\":{\"d\":\"baz\"}}", "\"{{#sec}}{{a}}, {{b}}, {{c.d}}{{/sec}}\"", "\"foo, bar, baz\"", {{0}}},
    {"variable test", "{\"foo\":\"bar\"}", "\"{{#foo}}{{.}} is {{foo}}{{/foo}}\"", "\"bar is bar\"", {{0}}},
    {"list contexts", "{\"tops\":[{\"tname\":{\"upper\":\"A\",\"lower\":\"a\"},\"middles\":[{\"mname\":\"1\",\"bottoms\":[{\"bname\":\"x\"},{\"bname\":\"y\"}]}]}]}",
     "{{#tops}}{{#middles}}{{tname.lower}}{{mname}}.{{#bottoms}}{{tname.upper}}{{mname}}{{bname}}.{{/bottoms}}{{/middles}}{{/tops}}", "a1.A1x.A1y.", {{0}}},
    {"deeply nested contexts", "{\"a\":{\"one\":1},\"b\":{\"two\":2},\"c\":{\"three\":3,\"d\":{\"four\":4,\"five\":5}}}",
     "{{#a}}\n{{one}}\n{{#b}}\n{{one}}{{two}}{{one}}\n{{#c}}\n{{one}}{{two}}{{three}}{{two}}{{one}}\n{{#d}}\n{{one}}{{two}}{{three}}{{four}}{{three}}{{two}}{{one}}\n{{#five}}\n{{one}}{{two}}{{three}}{{four}}{{five}}{{four}}{{three}}{{two}}{{one}}\n{{one}}{{two}}{{three}}{{four}}{{.}}6{{.}}{{four}}{{three}}{{two}}{{one}}\n{{one}}{{two}}{{three}}{{four}}{{five}}{{four}}{{three}}{{two}}{{one}}\n{{/five}}\n{{one}}{{two}}{{three}}{{four}}{{three}}{{two}}{{one}}\n{{/d}}\n{{one}}{{two}}{{three}}{{two}}{{one}}\n{{/c}}\n{{one}}{{two}}{{one}}\n{{/b}}\n{{one}}\n{{/a}}\n",
     "1\n121\n12321\n1234321\n123454321\n12345654321\n123454321\n1234321\n12321\n121\n1\n", {{0}}},
    {"list", "{\"list\":[{\"item\":1},{\"item\":2},{\"item\":3}]}", "\"{{#list}}{{item}}{{/list}}\"", "\"123\"", {{0}}},
    {"empty list", "{\"list\":[]}", "\"{{#list}}Yay lists!{{/list}}\"", "\"\"", {{0}}},
    {"a text is no list", "{\"section\":\"123\"}", "\"{{#section}}foo{{/section}}\"", "\"foo\"", {{0}}},
    {"doubled", "{\"bool\":true,\"two\":\"second\"}", "{{#bool}}\n* first\n{{/bool}}\n* {{two}}\n{{#bool}}\n* third\n{{/bool}}\n", "* first\n* second\n* third\n", {{0}}},
    {"nested truthy", "{\"bool\":true}", "| A {{#bool}}B {{#bool}}C{{/bool}} D{{/bool}} E |", "| A B C D E |", {{0}}},
    {"nested falsey", "{\"bool\":false}", "| A {{#bool}}B {{#bool}}C{{/bool}} D{{/bool}} E |", "| A  E |", {{0}}},
    {"section context miss", "{}", "[{{#missing}}Found key 'missing'!{{/missing}}]", "[]", {{0}}},
    {"implicit iterator text", "{\"list\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}", "\"{{#list}}({{.}}){{/list}}\"", "\"(a)(b)(c)(d)(e)\"", {{0}}},
    {"implicit iterator integer", "{\"list\":[1,2,3,4,5]}", "\"{{#list}}({{.}}){{/list}}\"", "\"(1)(2)(3)(4)(5)\"", {{0}}},
    {"implicit iterator decimal", "{\"list\":[1.1,2.2,3.3]}", "\"{{#list}}({{.}}){{/list}}\"", "\"(1.1)(2.2)(3.3)\"", {{0}}},
    {"implicit iterator list", "{\"list\":[[1,2,3],[\"a\",\"b\",\"c\"]]}", "\"{{#list}}({{#.}}{{.}}{{/.}}){{/list}}\"", "\"(123)(abc)\"", {{0}}},
    {"implicit iterator triple", "{\"list\":[\"&\",\"<\"]}", "\"{{#list}}({{{.}}}){{/list}}\"", "\"(&)(<)\"", {{0}}},
    {"implicit iterator ampersand", "{\"list\":[\"&\",\"<\"]}", "\"{{#list}}({{&.}}){{/list}}\"", "\"(&)(<)\"", {{0}}},
    {"implicit iterator of objects", "{\"list\":[{\"value\":\"a\"},{\"value\":\"b\"}]}", "\"{{#list}}({{#.}}{{value}}{{/.}}){{/list}}\"", "\"(a)(b)\"", {{0}}},
    {"implicit iterator inverted", "{\"list\":[[],[1]]}", "{{#list}}({{^.}}none{{/.}}){{/list}}", "(none)()", {{0}}},
    {"section dotted truthy", "{\"a\":{\"b\":{\"c\":true}}}", "\"{{#a.b.c}}Here{{/a.b.c}}\" == \"Here\"", "\"Here\" == \"Here\"", {{0}}},
    {"section dotted falsey", "{\"a\":{\"b\":{\"c\":false}}}", "\"{{#a.b.c}}Here{{/a.b.c}}\" == \"\"", "\"\" == \"\"", {{0}}},
    {"section dotted broken chain", "{\"a\":{}}", "\"{{#a.b.c}}Here{{/a.b.c}}\" == \"\"", "\"\" == \"\"", {{0}}},
    {"section surrounding whitespace", "{\"boolean\":true}", " | {{#boolean}}\t|\t{{/boolean}} | \n", " | \t|\t | \n", {{0}}},
    {"section internal whitespace", "{\"boolean\":true}", " | {{#boolean}} {{! Important Whitespace }}\n {{/boolean}} | \n", " |  \n  | \n", {{0}}},
    {"section indented inline", "{\"boolean\":true}", " {{#boolean}}YES{{/boolean}}\n {{#boolean}}GOOD{{/boolean}}\n", " YES\n GOOD\n", {{0}}},
    {"section standalone lines", "{\"boolean\":true}", "| This Is\n{{#boolean}}\n|\n{{/boolean}}\n| A Line\n", "| This Is\n|\n| A Line\n", {{0}}},
    {"section indented standalone lines", "{\"boolean\":true}", "| This Is\n  {{#boolean}}\n|\n  {{/boolean}}\n| A Line\n", "| This Is\n|\n| A Line\n", {{0}}},
    {"section standalone line endings", "{\"boolean\":true}", "|\r\n{{#boolean}}\r\n{{/boolean}}\r\n|", "|\r\n|", {{0}}},
    {"section standalone without previous line", "{\"boolean\":true}", "  {{#boolean}}\n#{{/boolean}}\n/", "#\n/", {{0}}},
    {"section standalone without newline", "{\"boolean\":true}", "#{{#boolean}}\n/\n  {{/boolean}}", "#\n/\n", {{0}}},
    {"section padding", "{\"boolean\":true}", "|{{# boolean }}={{/ boolean }}|", "|=|", {{0}}},

    /* inverted */
    {"inverted falsey", "{\"boolean\":false}", "\"{{^boolean}}This should be rendered.{{/boolean}}\"", "\"This should be rendered.\"", {{0}}},
    {"inverted truthy", "{\"boolean\":true}", "\"{{^boolean}}This should not be rendered.{{/boolean}}\"", "\"\"", {{0}}},
    {"inverted null", "{\"null\":null}", "\"{{^null}}This should be rendered.{{/null}}\"", "\"This should be rendered.\"", {{0}}},
    {"inverted context", "{\"context\":{\"name\":\"Joe\"}}", "\"{{^context}}Hi {{name}}.{{/context}}\"", "\"\"", {{0}}},
    {"inverted list", "{\"list\":[{\"n\":1},{\"n\":2},{\"n\":3}]}", "\"{{^list}}{{n}}{{/list}}\"", "\"\"", {{0}}},
    {"inverted empty list", "{\"list\":[]}", "\"{{^list}}Yay lists!{{/list}}\"", "\"Yay lists!\"", {{0}}},
    {"inverted doubled", "{\"bool\":false,\"two\":\"second\"}", "{{^bool}}\n* first\n{{/bool}}\n* {{two}}\n{{^bool}}\n* third\n{{/bool}}\n", "* first\n* second\n* third\n", {{0}}},
    {"inverted nested falsey", "{\"bool\":false}", "| A {{^bool}}B {{^bool}}C{{/bool}} D{{/bool}} E |", "| A B C D E |", {{0}}},
    {"inverted nested truthy", "{\"bool\":true}", "| A {{^bool}}B {{^bool}}C{{/bool}} D{{/bool}} E |", "| A  E |", {{0}}},
    {"inverted context miss", "{}", "[{{^missing}}Cannot find key 'missing'!{{/missing}}]", "[Cannot find key 'missing'!]", {{0}}},
    {"inverted dotted truthy", "{\"a\":{\"b\":{\"c\":true}}}", "\"{{^a.b.c}}Not Here{{/a.b.c}}\" == \"\"", "\"\" == \"\"", {{0}}},
    {"inverted dotted falsey", "{\"a\":{\"b\":{\"c\":false}}}", "\"{{^a.b.c}}Not Here{{/a.b.c}}\"", "\"Not Here\"", {{0}}},
    {"inverted dotted broken chain", "{\"a\":{}}", "\"{{^a.b.c}}Not Here{{/a.b.c}}\"", "\"Not Here\"", {{0}}},
    {"inverted surrounding whitespace", "{\"boolean\":false}", " | {{^boolean}}\t|\t{{/boolean}} | \n", " | \t|\t | \n", {{0}}},
    {"inverted internal whitespace", "{\"boolean\":false}", " | {{^boolean}} {{! Important Whitespace }}\n {{/boolean}} | \n", " |  \n  | \n", {{0}}},
    {"inverted indented inline", "{\"boolean\":false}", " {{^boolean}}NO{{/boolean}}\n {{^boolean}}WAY{{/boolean}}\n", " NO\n WAY\n", {{0}}},
    {"inverted indented standalone lines", "{\"boolean\":false}", "| This Is\n  {{^boolean}}\n|\n  {{/boolean}}\n| A Line\n", "| This Is\n|\n| A Line\n", {{0}}},
    {"inverted standalone without previous line", "{\"boolean\":false}", "  {{^boolean}}\n^{{/boolean}}\n/", "^\n/", {{0}}},
    {"inverted standalone without newline", "{\"boolean\":false}", "^{{^boolean}}\n/\n  {{/boolean}}", "^\n/\n", {{0}}},
    {"inverted standalone lines", "{\"boolean\":false}", "| This Is\n{{^boolean}}\n|\n{{/boolean}}\n| A Line\n", "| This Is\n|\n| A Line\n", {{0}}},
    {"inverted standalone line endings", "{\"boolean\":false}", "|\r\n{{^boolean}}\r\n{{/boolean}}\r\n|", "|\r\n|", {{0}}},
    {"inverted padding", "{\"boolean\":false}", "|{{^ boolean }}={{/ boolean }}|", "|=|", {{0}}},

    /* partials */
    {"partial", "{}", "\"{{>text}}\"", "\"from partial\"", {{"text", "from partial"}}},
    {"partial context", "{\"text\":\"content\"}", "\"{{>partial}}\"", "\"*content*\"", {{"partial", "*{{text}}*"}}},
    {"partial nested", "{\"a\":\"hello\",\"b\":\"world\"}", "{{>outer}}", "*hello world!*", {{"outer", "*{{a}} {{>inner}}*"}, {"inner", "{{b}}!"}}},
    {"partial surrounding whitespace", "{}", "| {{>partial}} |", "| \t|\t |", {{"partial", "\t|\t"}}},
    {"partial inline indentation", "{\"data\":\"|\"}", "  {{data}}  {{> partial}}\n", "  |  >\n>\n", {{"partial", ">\n>"}}},
    {"partial standalone line endings", "{}", "|\r\n{{>partial}}\r\n|", "|\r\n>|", {{"partial", ">"}}},
    {"partial standalone without previous line", "{}", "  {{>partial}}\n>", "  >\n  >>", {{"partial", ">\n>"}}},
    {"partial standalone without newline", "{}", ">\n  {{>partial}}", ">\n  >\n  >", {{"partial", ">\n>"}}},
    {"partial standalone indentation; a line end in a value is a blank", "{\"content\":\"<\\n->\"}", "\\\n {{>partial}}\n/\n", "\\\n |\n < ->\n |\n/\n", {{"partial", "|\n{{{content}}}\n|\n"}}},
    {"partial padding", "{}", "|{{> partial }}|", "|[]|", {{"partial", "[]"}}},
    {"partial sets delimiters for itself, standalone", "{\"v\":\"x\"}", "{{= | | =}}\n  |>p|\n|v|\n", "  (x)\nx\n", {{"p", "{{=<% %>=}}\n(<%v%>)\n"}}},
    {"partial in a partial, both indented", "{\"v\":\"x\"}", " {{>outer}}\n", " <\n   x\n   x\n >\n", {{"outer", "<\n  {{>inner}}\n>\n"}, {"inner", "{{v}}\n{{v}}\n"}}},
    {"partial without a last line end", "{}", "[\n  {{>p}}\n]\n", "[\n  a\n  b]\n", {{"p", "a\nb"}}},
    {"partial with a section across its lines, indented", "{\"l\":[1,2]}", "  {{>p}}\n", "  a\n  1\n  2\n", {{"p", "a\n{{#l}}\n{{.}}\n{{/l}}\n"}}},
    {"partial in a list, twice indented", "{\"l\":[{\"n\":1},{\"n\":2}]}", "{{#l}}\n {{>a}}\n{{/l}}\n  {{>a}}\n", " [1]\n [2]\n  []\n", {{"a", "[{{n}}]\n"}}},
};
/* clang-format on */

static bool load(void *ctx, struct slice name, struct slice *source, struct err *err)
{
    for (const struct partial *p = ctx; p->name; p++) {
        if (slice_is(name, p->name)) {
            *source = slice_str(p->source);
            return true;
        }
    }
    return err_fail_slice(err, ERR_TEMPLATE_UNKNOWN, name);
}

static void without_marks(struct buf *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (b->p[i] != DOCUMENT_MARK_VALUE && b->p[i] != DOCUMENT_MARK_TEXT)
            b->p[n++] = b->p[i];
    }
    b->n = n;
}

static void check(const struct example *e)
{
    struct arena arena;
    struct template *t;
    struct err err = {0};
    struct buf out;
    struct template_loader loader = {.ctx = (void *)(uintptr_t)e->partials, .load = load};
    assert_true(arena_init(&arena, 1 << 20));
    buf_init(&out, 0);
    const struct view_object *data = data_of_json(&arena, e->data);
    assert_non_null(data);
    if (!template_create(&t, "example", slice_str(e->template), &loader, &err))
        fail_msg("%s: not compiled, %s", e->name, err_name(err.code));
    /* Twice: the second time the slots are known. */
    for (int i = 0; i < 2; i++) {
        buf_reset(&out);
        assert_true(template_expand(t, data, &out, &err));
        without_marks(&out);
        if (!slice_is(buf_slice(&out), e->expected))
            fail_msg("%s: got '%.*s', not '%s'", e->name, (int)out.n, (const char *)out.p,
                     e->expected);
    }
    template_destroy(t);
    buf_finish(&out);
    arena_finish(&arena);
}

static void the_specification_is_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        check(&examples[i]);
}

static struct buf expand(const char *source, const char *json)
{
    struct arena arena;
    struct template *t;
    struct err err = {0};
    struct buf out;
    assert_true(arena_init(&arena, 1 << 20));
    buf_init(&out, 0);
    assert_true(template_create(&t, "x", slice_str(source), NULL, &err));
    assert_true(template_expand(t, data_of_json(&arena, json), &out, &err));
    template_destroy(t);
    arena_finish(&arena);
    return out;
}

static void every_value_stands_between_marks(void **state)
{
    (void)state;
    struct buf out = expand("a{{x}}{{{x}}}{{&x}}{{y}}b", "{\"x\":\"1|2\"}");
    assert_true(slice_is(buf_slice(&out), "a\x0e"
                                          "1|2\x0f\x0e"
                                          "1|2\x0f\x0e"
                                          "1|2\x0f\x0e\x0f"
                                          "b"));
    buf_finish(&out);
}

static void controls_in_values_become_one_blank(void **state)
{
    (void)state;
    struct buf out =
        expand("{{x}}", "{\"x\":\"a\\u000e\\u000f\\n\\u001b@b\\u007fc, and long enough\\u0001\"}");
    assert_true(slice_is(buf_slice(&out), "\x0e"
                                          "a @b c, and long enough \x0f"));
    buf_finish(&out);
}

static void controls_in_templates_vanish(void **state)
{
    (void)state;
    struct buf out = expand("a\x0e\x1b\x0c"
                            "b\tc\r\nd",
                            "{}");
    assert_true(slice_is(buf_slice(&out), "ab\tc\r\nd"));
    buf_finish(&out);
}

static void an_empty_text_is_false(void **state)
{
    (void)state;
    struct buf out = expand("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":\"\"}");
    assert_true(slice_is(buf_slice(&out), "no"));
    buf_finish(&out);
}

static void write_number(const void *ctx, int64_t number, struct buf *out)
{
    buf_printf(out, "%s%d\n\x1b", (const char *)ctx, (int)number);
}

static void a_written_value_is_cleaned_too(void **state)
{
    (void)state;
    static const struct slice names[] = {SLICE("n")};
    static const struct view_shape shape = {names, 1};
    const struct view values[] = {view_write(write_number, "No. ", 7)};
    const struct view_object object = {&shape, values, NULL};
    struct template *t;
    struct err err;
    struct buf out;
    buf_init(&out, 0);
    assert_true(template_create(&t, "x", SLICE_LITERAL("[{{n}}]"), NULL, &err));
    assert_true(template_expand(t, &object, &out, &err));
    assert_true(slice_is(buf_slice(&out), "[\x0eNo. 7 \x0f]"));
    template_destroy(t);
    buf_finish(&out);
}

/* Shapes made anew in the same memory must not be taken for the old ones. */
static void slots_are_forgotten_when_a_shape_changes(void **state)
{
    (void)state;
    struct slice names[2] = {SLICE("a"), SLICE("b")};
    struct view_shape shape = {names, 2};
    const struct view values[] = {view_text(SLICE_LITERAL("1")), view_text(SLICE_LITERAL("2"))};
    const struct view_object object = {&shape, values, NULL};
    struct template *t;
    struct err err;
    struct buf out;
    buf_init(&out, 0);
    assert_true(template_create(&t, "x", SLICE_LITERAL("{{a}}{{b}}{{c}}"), NULL, &err));
    assert_true(template_expand(t, &object, &out, &err));
    names[0] = SLICE_LITERAL("c");
    names[1] = SLICE_LITERAL("a");
    buf_reset(&out);
    assert_true(template_expand(t, &object, &out, &err));
    without_marks(&out);
    assert_true(slice_is(buf_slice(&out), "21"));
    template_destroy(t);
    buf_finish(&out);
}

struct mistake {
    const char *template;
    enum err_code code;
    const char *file;
    unsigned line, column;
    struct partial partials[3];
};

static void mistakes_have_a_place(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"a\nb {{#items}}\nc", ERR_TEMPLATE_SECTION, "t", 2, 3, {{0}}},
        {"a\n{{/items}}", ERR_TEMPLATE_CLOSE, "t", 2, 1, {{0}}},
        {"{{#a}}{{#b}}{{/a}}{{/b}}", ERR_TEMPLATE_CLOSE, "t", 1, 13, {{0}}},
        {"ș {{name", ERR_TEMPLATE_TAG, "t", 1, 3, {{0}}},
        {"{{{name}}", ERR_TEMPLATE_TAG, "t", 1, 1, {{0}}},
        {"{{}}", ERR_TEMPLATE_TAG, "t", 1, 1, {{0}}},
        {"{{a b}}", ERR_TEMPLATE_TAG, "t", 1, 1, {{0}}},
        {"{{a..b}}", ERR_TEMPLATE_TAG, "t", 1, 1, {{0}}},
        {"{{=a=}}", ERR_TEMPLATE_TAG, "t", 1, 1, {{0}}},
        {"x\n  {{> nowhere}}\n", ERR_TEMPLATE_UNKNOWN, "t", 2, 3, {{0}}},
        {"{{>a}}", ERR_TEMPLATE_RECURSION, "b", 2, 1, {{"a", "{{>b}}"}, {"b", "\n{{>a}}"}}},
        {"{{>a}}", ERR_TEMPLATE_RECURSION, "a", 1, 1, {{"a", "{{>a}}"}}},
        {"\n  {{>a}}", ERR_TEMPLATE_SECTION, "a", 2, 2, {{"a", "x\ny{{#z}}"}}},
        {"a\nb\xff", ERR_UTF8, "t", 2, 2, {{0}}},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const struct mistake *m = &mistakes[i];
        const struct template_loader loader = {.ctx = (void *)(uintptr_t)m->partials, .load = load};
        struct template *t;
        struct err err = {0};
        assert_false(template_create(&t, "t", slice_str(m->template), &loader, &err));
        assert_null(t);
        if (err.code != m->code || err.line != m->line || err.column != m->column ||
            strcmp(err.file, m->file) != 0)
            fail_msg("%s: %s at %s:%u:%u", m->template, err_name(err.code), err.file, err.line,
                     err.column);
    }
}

static void note_mistake(void *ctx, const struct err *what)
{
    buf_printf(ctx, "%s:%u:%u %s %s\n", what->file, what->line, what->column, err_name(what->code),
               what->arg[0]);
}

/* As load(), and told of mistakes. */
struct watched {
    const struct partial *partials;
    struct buf *told;
};

static bool load_watched(void *ctx, struct slice name, struct slice *source, struct err *err)
{
    const struct watched *w = ctx;
    return load((void *)(uintptr_t)w->partials, name, source, err);
}

static void note_watched(void *ctx, const struct err *what)
{
    note_mistake(((const struct watched *)ctx)->told, what);
}

static void every_mistake_that_can_be_told_apart_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *template, *told;
        struct partial partials[3];
    } rows[] = {
        {"{{a b}}\n{{}}\n {{x..y}}",
         "t:1:1 template_tag a name has no blanks\nt:2:1 template_tag it has no name\n"
         "t:3:2 template_tag a part of its name is empty\n",
         {{0}}},
        {"{{#a}}\n{{#b}}\nx", "t:1:1 template_section a\nt:2:1 template_section b\n", {{0}}},
        {"{{#a}}\n{{#b}}\n{{/a}}\n{{/c}}",
         "t:2:1 template_section b\nt:4:1 template_close c\n",
         {{0}}},
        /* One slip is one mistake: a name misspelt where a section ends, sections that cross. */
        {"{{#items}}\n{{/itmes}}\nx", "t:2:1 template_close itmes\n", {{0}}},
        {"{{#items}}\n{{/shop}}\n{{/items}}", "t:2:1 template_close shop\n", {{0}}},
        {"{{#a}}{{#b}}{{/a}}{{/b}}", "t:1:13 template_close a\n", {{0}}},
        {"{{#a b}}x{{/a b}}",
         "t:1:1 template_tag a name has no blanks\nt:1:10 template_tag a name has no blanks\n",
         {{0}}},
        /* A tag without an end does not swallow what follows. */
        {"{{total\n{{#items}}\n{{name\n{{/items}}\n{{/x}}",
         "t:1:1 template_tag its end is missing\nt:3:1 template_tag its end is missing\n"
         "t:5:1 template_close x\n",
         {{0}}},
        {"{{#items}}x{{/items\n{{total}}", "t:1:12 template_tag its end is missing\n", {{0}}},
        {"{{#items}}x{{/items", "t:1:12 template_tag its end is missing\n", {{0}}},
        {"{{{a}}\n{{#b}}", "t:1:1 template_tag }}} is missing\nt:2:1 template_section b\n", {{0}}},
        {"{{=a=}}\n{{b c}}",
         "t:1:1 template_tag write {{=<% %>=}}\nt:2:1 template_tag a name has no blanks\n",
         {{0}}},
        {"{{! {{ not a tag }}\n{{x y}}", "t:2:1 template_tag a name has no blanks\n", {{0}}},
        /* Partials too, each where it stands. */
        {"{{>nowhere}}\n{{>a}}\n{{/z}}",
         "t:1:1 template_unknown nowhere\na:1:2 template_tag a name has no blanks\n"
         "a:2:1 template_close q\nt:3:1 template_close z\n",
         {{"a", "x{{n n}}\n{{/q}}"}}},
        {"{{>a}}\n{{>a}}\n{{b c}}",
         "a:1:1 template_recursion a\nt:3:1 template_tag a name has no blanks\n",
         {{"a", "{{>a}}"}}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf told, first;
        buf_init(&told, 0);
        buf_init(&first, 0);
        struct watched w = {rows[i].partials, &told};
        const struct template_loader loader = {
            .ctx = &w, .load = load_watched, .mistake = note_watched};
        struct template *t;
        struct err err = {0};
        assert_false(template_create(&t, "t", slice_str(rows[i].template), &loader, &err));
        if (!slice_is(buf_slice(&told), rows[i].told))
            fail_msg("%s: told\n%snot\n%s", rows[i].template, buf_cstr(&told), rows[i].told);
        note_mistake(&first, &err);
        assert_memory_equal(told.p, first.p, first.n);
        buf_finish(&told);
        buf_finish(&first);
    }
}

static void mistakes_without_end_end(void **state)
{
    (void)state;
    struct buf source, told;
    struct partial none = {0};
    struct watched w = {&none, &told};
    const struct template_loader loader = {
        .ctx = &w, .load = load_watched, .mistake = note_watched};
    struct template *t;
    struct err err = {0};
    size_t lines = 0;
    buf_init(&source, 0);
    buf_init(&told, 0);
    while (source.n < TEMPLATE_MAX_BYTES - 16)
        buf_str(&source, "{{#a}}{{/b}}");
    assert_false(template_create(&t, "t", buf_slice(&source), &loader, &err));
    for (size_t i = 0; i < told.n; i++)
        lines += told.p[i] == '\n';
    assert_int_equal(lines, TEMPLATE_MAX_MISTAKES);
    buf_finish(&source);
    buf_finish(&told);
}

static void nesting_ends_at_a_hundred(void **state)
{
    (void)state;
    struct buf source;
    struct template *t;
    struct err err;
    buf_init(&source, 0);
    for (int depth = 100; depth <= 101; depth++) {
        buf_reset(&source);
        for (int i = 0; i < depth; i++)
            buf_str(&source, "{{#a}}");
        for (int i = 0; i < depth; i++)
            buf_str(&source, "{{/a}}");
        assert_int_equal(template_create(&t, "t", buf_slice(&source), NULL, &err), depth == 100);
        template_destroy(t);
    }
    assert_int_equal(err.code, ERR_TEMPLATE_DEPTH);
    buf_finish(&source);
}

/* Each partial includes the next one twice: two to the thirtieth expansions of nothing. */
static bool load_next(void *ctx, struct slice name, struct slice *source, struct err *err)
{
    static char text[30][16];
    (void)ctx;
    (void)err;
    const int n = name.p[0] - 'A';
    snprintf(text[n], sizeof text[n], "{{>%c}}{{>%c}}", 'B' + n, 'B' + n);
    *source = n == 29 ? SLICE_LITERAL("") : slice_str(text[n]);
    return true;
}

static void work_without_end_is_a_limit(void **state)
{
    (void)state;
    static const struct view_shape shape = {NULL, 0};
    static const struct view_object nothing = {&shape, NULL, NULL};
    const struct template_loader loader = {.load = load_next};
    struct template *t;
    struct err err;
    struct buf out;
    buf_init(&out, 0);
    assert_true(template_create(&t, "t", SLICE_LITERAL("{{>A}}"), &loader, &err));
    assert_false(template_expand(t, &nothing, &out, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    template_destroy(t);
    buf_finish(&out);
}

/* Two to the hundredth times nothing, and each name is looked for in all the lists around it. */
static void lists_in_lists_end_at_a_limit_with_their_place(void **state)
{
    (void)state;
    enum { DEPTH = 98 };
    static const struct view_shape none = {NULL, 0};
    static const struct view_object nothing = {&none, NULL, NULL};
    const struct slice names[] = {SLICE_LITERAL("a")};
    const struct view elements[] = {view_object(&nothing), view_object(&nothing)};
    const struct view values[] = {{.kind = VIEW_LIST, .list = {elements, 2}}};
    const struct view_shape shape = {names, 1};
    const struct view_object root = {&shape, values, NULL};
    struct template *t;
    struct err err = {0};
    struct buf source, out;
    buf_init(&source, 0);
    buf_init(&out, 0);
    buf_str(&source, "first\n");
    for (int i = 0; i < DEPTH; i++)
        buf_str(&source, "{{#a}}");
    for (int i = 0; i < DEPTH; i++)
        buf_str(&source, "{{/a}}");
    assert_true(template_create(&t, "t", buf_slice(&source), NULL, &err));
    assert_false(template_expand(t, &root, &out, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    assert_string_equal(err.file, "t");
    assert_int_equal(err.line, 2);
    assert_true(err.column > 1 && err.column <= DEPTH * 6);
    template_destroy(t);
    buf_finish(&source);
    buf_finish(&out);
}

static void note_count(void *ctx, const struct err *what)
{
    assert_int_equal(what->code, ERR_TEMPLATE_NAME);
    ++*(size_t *)ctx;
}

static void names_that_nobody_has_are_told_to_a_limit(void **state)
{
    (void)state;
    static const struct view_shape none = {NULL, 0};
    static const struct view_object nothing = {&none, NULL, NULL};
    size_t told = 0;
    struct document_map map = {.missing = note_count, .ctx = &told};
    struct template *t;
    struct err err;
    struct buf source, out;
    buf_init(&source, 0);
    buf_init(&out, 0);
    while (source.n < TEMPLATE_MAX_BYTES - 16)
        buf_str(&source, "{{a}}");
    assert_true(template_create(&t, "t", buf_slice(&source), NULL, &err));
    assert_true(template_expand_mapped(t, &nothing, &out, &map, &err));
    assert_int_equal(told, TEMPLATE_MAX_MISTAKES);
    document_map_finish(&map);
    template_destroy(t);
    buf_finish(&source);
    buf_finish(&out);
}

static void a_full_buffer_is_an_error(void **state)
{
    (void)state;
    static const struct view_shape shape = {NULL, 0};
    static const struct view_object nothing = {&shape, NULL, NULL};
    struct template *t;
    struct err err;
    struct buf out;
    buf_init(&out, 64);
    assert_true(template_create(&t, "t",
                                SLICE_LITERAL("0123456789012345678901234567890123456789"
                                              "0123456789012345678901234567890123456789"),
                                NULL, &err));
    assert_false(template_expand(t, &nothing, &out, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    template_destroy(t);
    buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_specification_is_kept),
        cmocka_unit_test(every_value_stands_between_marks),
        cmocka_unit_test(controls_in_values_become_one_blank),
        cmocka_unit_test(controls_in_templates_vanish),
        cmocka_unit_test(an_empty_text_is_false),
        cmocka_unit_test(a_written_value_is_cleaned_too),
        cmocka_unit_test(slots_are_forgotten_when_a_shape_changes),
        cmocka_unit_test(mistakes_have_a_place),
        cmocka_unit_test(every_mistake_that_can_be_told_apart_is_told),
        cmocka_unit_test(mistakes_without_end_end),
        cmocka_unit_test(nesting_ends_at_a_hundred),
        cmocka_unit_test(work_without_end_is_a_limit),
        cmocka_unit_test(lists_in_lists_end_at_a_limit_with_their_place),
        cmocka_unit_test(names_that_nobody_has_are_told_to_a_limit),
        cmocka_unit_test(a_full_buffer_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
