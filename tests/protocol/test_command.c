#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "protocol/command_table.h"

/* The commands of Epson's guides, the printers' own manuals and the clones, written down from them
 * section by section and not from the table. */
/* clang-format off */
static const char *const known[] = {
    "HT", "LF", "FF", "CR", "CAN", "BEL",
    "DLE EOT", "DLE ENQ", "DLE DC4 <fn 1>", "DLE DC4 <fn 2>", "DLE DC4 <fn 3>", "DLE DC4 <fn 7>", "DLE DC4 <fn 8>",
    "ESC FF", "ESC SP", "ESC !", "ESC $", "ESC %", "ESC &", "ESC ( A <fn 48>", "ESC ( A <fn 97>", "ESC ( A <fn 98>",
    "ESC ( A <fn 99>", "ESC ( Y", "ESC *", "ESC -", "ESC 2", "ESC 3", "ESC <", "ESC =", "ESC ?", "ESC @", "ESC D", "ESC E",
    "ESC G", "ESC J", "ESC K", "ESC L", "ESC M", "ESC R", "ESC S", "ESC T", "ESC U", "ESC V", "ESC W", "ESC \\", "ESC a",
    "ESC c 3", "ESC c 4", "ESC c 5", "ESC d", "ESC e", "ESC i", "ESC m", "ESC p", "ESC r", "ESC t", "ESC u", "ESC v",
    "ESC {", "ESC B", "ESC Z", "ESC GS t",
    "FS !", "FS &", "FS .", "FS ( A <fn 48>", "FS ( C <fn 48>", "FS ( C <fn 60>", "FS C 255", "FS ( E <fn 60>",
    "FS ( E <fn 61>", "FS ( E <fn 62>", "FS ( E <fn 63>", "FS ( E <fn 64>", "FS ( E <fn 65>", "FS ( L <fn 33>",
    "FS ( L <fn 34>", "FS ( L <fn 48>", "FS ( L <fn 65>", "FS ( L <fn 66>", "FS ( L <fn 67>", "FS ( L <fn 80>",
    "FS ( e <fn 51>", "FS -", "FS 2", "FS ?", "FS C", "FS S", "FS W", "FS g 1", "FS g 2", "FS p", "FS q",
    "GS !", "GS $", "GS ( A", "GS ( B <fn 97>",
    "GS ( C <fn 48>", "GS ( C <fn 49>", "GS ( C <fn 50>", "GS ( C <fn 51>", "GS ( C <fn 52>", "GS ( C <fn 53>",
    "GS ( C <fn 54>", "GS ( D",
    "GS ( E <fn 1>", "GS ( E <fn 2>", "GS ( E <fn 3>", "GS ( E <fn 4>", "GS ( E <fn 5>", "GS ( E <fn 6>", "GS ( E <fn 7>",
    "GS ( E <fn 8>", "GS ( E <fn 9>", "GS ( E <fn 10>", "GS ( E <fn 11>", "GS ( E <fn 12>", "GS ( E <fn 13>",
    "GS ( E <fn 14>", "GS ( E <fn 15>", "GS ( E <fn 16>", "GS ( E <fn 48>", "GS ( E <fn 49>", "GS ( E <fn 50>",
    "GS ( E <fn 51>", "GS ( E <fn 52>", "GS ( E <fn 99>", "GS ( E <fn 100>",
    "GS ( H <fn 48>", "GS ( H <fn 49>", "GS ( K <fn 48>", "GS ( K <fn 49>", "GS ( K <fn 50>", "GS ( K <fn 97>",
    "GS ( L <fn 48>", "GS ( L <fn 49>", "GS ( L <fn 50>", "GS ( L <fn 51>", "GS ( L <fn 52>", "GS ( L <fn 64>",
    "GS ( L <fn 65>", "GS ( L <fn 66>", "GS ( L <fn 67>", "GS ( L <fn 68>", "GS ( L <fn 69>", "GS ( L <fn 80>",
    "GS ( L <fn 81>", "GS ( L <fn 82>", "GS ( L <fn 83>", "GS ( L <fn 84>", "GS ( L <fn 85>", "GS ( L <fn 112>",
    "GS ( L <fn 113>",
    "GS 8 L <fn 67>", "GS 8 L <fn 68>", "GS 8 L <fn 83>", "GS 8 L <fn 84>", "GS 8 L <fn 112>", "GS 8 L <fn 113>",
    "GS ( M <fn 1>", "GS ( M <fn 2>", "GS ( M <fn 3>", "GS ( N <fn 48>", "GS ( N <fn 49>", "GS ( N <fn 50>",
    "GS ( P <fn 48>", "GS ( Q <fn 48>", "GS ( Q <fn 49>", "GS ( Q <fn 50>", "GS ( Q <fn 51>",
    "GS ( k <fn 065>", "GS ( k <fn 066>", "GS ( k <fn 067>", "GS ( k <fn 068>", "GS ( k <fn 069>", "GS ( k <fn 070>",
    "GS ( k <fn 080>", "GS ( k <fn 081>", "GS ( k <fn 082>",
    "GS ( k <fn 165>", "GS ( k <fn 167>", "GS ( k <fn 169>", "GS ( k <fn 180>", "GS ( k <fn 181>", "GS ( k <fn 182>",
    "GS ( k <fn 265>", "GS ( k <fn 280>", "GS ( k <fn 281>", "GS ( k <fn 282>",
    "GS ( k <fn 367>", "GS ( k <fn 371>", "GS ( k <fn 380>", "GS ( k <fn 381>", "GS ( k <fn 382>",
    "GS ( k <fn 467>", "GS ( k <fn 471>", "GS ( k <fn 472>", "GS ( k <fn 480>", "GS ( k <fn 481>", "GS ( k <fn 482>",
    "GS ( k <fn 566>", "GS ( k <fn 567>", "GS ( k <fn 569>", "GS ( k <fn 580>", "GS ( k <fn 581>", "GS ( k <fn 582>",
    "GS ( k <fn 666>", "GS ( k <fn 667>", "GS ( k <fn 680>", "GS ( k <fn 681>", "GS ( k <fn 682>",
    "GS *", "GS /", "GS :", "GS ^", "GS B", "GS b", "GS C 0", "GS C 1", "GS C 2", "GS C ;", "GS c", "GS D", "GS E",
    "GS f", "GS H", "GS h", "GS w", "GS L", "GS W", "GS P", "GS Q 0", "GS T", "GS V", "GS \\", "GS g 0", "GS g 2", "GS j",
    "GS k", "GS v 0", "GS z 0", "GS Z", "GS a", "GS r", "GS I",
};

/* What every driver counts on, and what receipts are made of: the virtual printer must do these. */
static const char *const executed[] = {
    "ESC @", "FS .", "ESC R", "ESC t", "LF", "ESC !", "ESC E", "ESC -", "ESC M", "GS !", "GS B", "ESC a", "ESC 2", "ESC 3",
    "ESC d", "GS v 0", "ESC *", "GS h", "GS w", "GS H", "GS f", "GS k", "GS ( k <fn 165>", "GS ( k <fn 167>",
    "GS ( k <fn 169>", "GS ( k <fn 180>", "GS ( k <fn 181>", "GS V", "ESC i", "ESC m", "ESC p", "DLE EOT", "GS r", "GS I",
    "GS a", "GS ( H <fn 48>", "ESC $", "ESC \\", "HT", "ESC D", "ESC SP", "GS L", "GS W", "ESC {", "GS ( L <fn 112>",
    "GS ( L <fn 50>", "GS 8 L <fn 112>",
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(command_table[i].name, name) == 0)
            return &command_table[i];
    }
    return NULL;
}

static bool listed(const char *name)
{
    for (size_t i = 0; i < COUNT(known); i++) {
        if (strcmp(known[i], name) == 0)
            return true;
    }
    return false;
}

static void every_command_of_the_manuals_is_in_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        if (!find(known[i]))
            fail_msg("%s is not framed", known[i]);
    }
}

static void the_table_has_no_command_that_no_manual_knows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (!listed(command_table[i].name))
            fail_msg("%s is in no manual", command_table[i].name);
    }
    assert_int_equal(COMMAND_COUNT, COUNT(known) + 1); /* GS k has two forms */
}

static void what_receipts_are_made_of_is_executed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(executed); i++) {
        const struct command *row = find(executed[i]);
        assert_non_null(row);
        if (!row->executed)
            fail_msg("%s is only framed", executed[i]);
    }
    assert_true(command_table[COMMAND_ESC_L].executed);
    assert_true(command_table[COMMAND_GS_LPAREN_k_481].executed); /* composite codes */
    assert_false(command_table[COMMAND_ESC_B].executed);          /* paper shows no buzzer */
    assert_string_equal(command_name(COMMAND_GS_v_0), "GS v 0");
}

static int compare_rows(const struct command *a, const struct command *b)
{
    for (unsigned i = 0; i < 3; i++) {
        if (a->prefix[i] != b->prefix[i])
            return a->prefix[i] - b->prefix[i];
    }
    int by_key = slice_compare(a->key, b->key);
    return by_key ? by_key : (int)a->framing - (int)b->framing;
}

static void rows_stand_in_the_order_of_their_bytes_each_once(void **state)
{
    (void)state;
    for (size_t i = 1; i < COMMAND_COUNT; i++) {
        if (compare_rows(&command_table[i - 1], &command_table[i]) >= 0)
            fail_msg("%s comes too late", command_table[i].name);
    }
}

/* Bytes of the numbers at the front of a layout; *rest: something takes what remains. */
static size_t layout_size(const char *params, bool *rest)
{
    size_t size = 0;
    *rest = false;
    struct slice layout = slice_str(params);
    while (layout.n) {
        size_t end = slice_find(layout, ' ');
        struct slice param = slice_sub(layout, 0, end);
        struct slice type = slice_sub(param, slice_find(param, ':'), param.n);
        assert_false(*rest); /* nothing stands behind what takes the rest */
        if (type.n == 0)
            size += 1;
        else if (slice_is(type, ":2") || slice_is(type, ":s2"))
            size += 2;
        else if (slice_is(type, ":4"))
            size += 4;
        else {
            assert_true(slice_is(type, ":text") || slice_is(type, ":bytes") ||
                        slice_is(type, ":hex") || slice_is(type, ":list"));
            *rest = true;
        }
        layout = slice_sub(layout, end + 1, layout.n);
    }
    return size;
}

static bool is_block(const struct command *row)
{
    return row->framing == FRAMING_BLOCK || row->framing == FRAMING_BLOCK_DIGIT ||
           row->framing == FRAMING_LONG_BLOCK;
}

static void every_row_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *row = &command_table[i];
        assert_true(row->name && *row->name && row->params);
        assert_in_range(row->framing, 0, FRAMING_COUNT - 1);
        assert_in_range(row->prefix[0], 0x07, 0x1D);
        assert_true(row->prefix[1] != NO_BYTE || row->prefix[2] == NO_BYTE);
        assert_true(is_block(row) || row->key.n == 0);
        assert_true(!is_block(row) || row->prefix[2] != NO_BYTE);
        bool rest = false;
        size_t size = layout_size(row->params, &rest);
        if (row->framing == FRAMING_FIXED && !rest)
            assert_int_equal(size, row->fixed);
        if (row->framing == FRAMING_FIXED && rest)
            assert_true(size < row->fixed);
    }
}

/* What the beginning of a prefix makes of a command must be said by its bytes, not by its place in
 * the table. */
static void a_name_says_the_bytes_of_its_prefix(void **state)
{
    (void)state;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *row = &command_table[i];
        static const struct {
            const char *word;
            int byte;
        } leads[] = {{"DLE ", 0x10}, {"ESC ", 0x1B}, {"FS ", 0x1C}, {"GS ", 0x1D}};
        for (size_t k = 0; k < COUNT(leads); k++) {
            size_t n = strlen(leads[k].word);
            if (strncmp(row->name, leads[k].word, n) != 0)
                continue;
            assert_int_equal(row->prefix[0], leads[k].byte);
            const char *second = row->name + n;
            if (second[1] == '\0' || second[1] == ' ')
                assert_int_equal(row->prefix[1], (uint8_t)second[0]);
        }
    }
}

static struct slice describe(struct slice bytes, struct buf *out)
{
    buf_reset(out);
    struct frame frame = frame_next(bytes);
    command_describe(&frame, slice_sub(bytes, 0, frame.length), out);
    return buf_slice(out);
}

static void parameters_are_told_in_words(void **state)
{
    (void)state;
    static const struct {
        struct slice bytes;
        const char *words;
    } told[] = {
        {SLICE("\x1B\x40"), ""},
        {SLICE("\x1B\x74\x11"), "n=17"},
        {SLICE("\x1B\x5C\xF0\xFF"), "n=-16"},
        {SLICE("\x1B\x24\x2C\x01"), "n=300"},
        {SLICE("\x1D\x76\x30\x00\x02\x00\x01\x00\xAA\x55"), "m=0 width_bytes=2 rows=1, 2 bytes"},
        {SLICE("\x1D\x56\x42\x00"), "m=66 n=0"},
        {SLICE("\x1D\x56\x01"), "m=1"},
        {SLICE("\x10\x04\x01"), "n=1"},
        {SLICE("\x1B\x44\x08\x10\x18\x00"), "tabs=8,16,24"},
        {SLICE("\x1B\x44\x00"), "tabs="},
        {SLICE("\x1D\x6B\x04"
               "COD\"E\x00"),
         "m=4 data=\"COD\\\"E\""},
        {SLICE("\x1D\x6B\x49\x04{B12"), "m=73 n=4 data=\"{B12\""},
        {SLICE("\x1D(k\x06\x00\x31\x50\x30"
               "A\xFF\\"),
         "m=48 data=\"A\\xFF\\\\\""},
        {SLICE("\x1D(H\x06\x00\x30\x30"
               "0042"),
         "m=48 id=\"0042\""},
        {SLICE("\x1D(L\x0B\x00\x30\x70\x30\x01\x01\x31\x08\x00\x01\x00\xFF"),
         "a=48 bx=1 by=1 c=49 width=8 rows=1, 1 bytes"},
        {SLICE("\x1D(k\x05\x00\x31\x43\x03\x01\x02"), "n=3 more=01 02"},
        {SLICE("\x1B\x2A\x05"), "m=5 (out of range)"},
        {SLICE("\x10\x14\x03\x01\x00\x02\x01\x00"), "a=1 r=2 t=1"},
        {SLICE("Ana \x82"), "\"Ana \\x82\""},
        {SLICE("\x1B\x7F"), "1B 7F"},
    };
    struct buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < COUNT(told); i++) {
        struct slice words = describe(told[i].bytes, &out);
        if (!slice_is(words, told[i].words))
            fail_msg("%.*s instead of %s", (int)words.n, (const char *)words.p, told[i].words);
    }
    buf_finish(&out);
}

static void a_long_text_is_cut_and_its_length_said(void **state)
{
    (void)state;
    uint8_t text[500];
    memset(text, 'a', sizeof text);
    struct buf out;
    buf_init(&out, 0);
    struct slice words = describe(slice_of(text, sizeof text), &out);
    assert_in_range(words.n, 100, 200);
    assert_true(slice_starts(slice_sub(words, words.n - 9, words.n), "500 bytes"));
    buf_finish(&out);
}

static void expect_meaning(struct slice bytes, const char *want)
{
    struct frame frame = frame_next(bytes);
    struct buf out;
    buf_init(&out, 0);
    assert_int_equal(frame.kind, FRAME_COMMAND);
    command_means(&frame, slice_sub(bytes, 0, frame.length), &out);
    assert_string_equal(buf_cstr(&out), want);
    buf_finish(&out);
}

static void meanings_are_in_words(void **state)
{
    (void)state;
    expect_meaning(SLICE_LITERAL("\x1b@"), "start anew");
    expect_meaning(SLICE_LITERAL("\x1b"
                                 "a\x01"),
                   "alignment: centre");
    expect_meaning(SLICE_LITERAL("\x1b"
                                 "a2"),
                   "alignment: right");
    expect_meaning(SLICE_LITERAL("\x1b"
                                 "a\x07"),
                   "alignment: unknown");
    expect_meaning(SLICE_LITERAL("\x1b!\x00"), "print mode: nothing");
    expect_meaning(SLICE_LITERAL("\x1b!\x18"), "print mode: bold, double height");
    expect_meaning(SLICE_LITERAL("\x1b"
                                 "E\x03"),
                   "bold: on");
    expect_meaning(SLICE_LITERAL("\x1d"
                                 "V\x42\x10"),
                   "cut: feed, then partial");
    expect_meaning(SLICE_LITERAL("\x1d!\x12"), "size of characters: width 2, height 3");
    expect_meaning(SLICE_LITERAL("\x1d(k\x03\x00\x31\x45\x31"), "QR: error correction: M");
    expect_meaning(SLICE_LITERAL("\x1dkE\x01"
                                 "A"),
                   "bar code: CODE39");
}

/* A row's values name a parameter that the command has. */
static void every_command_has_a_meaning(void **state)
{
    (void)state;
    static const struct {
        const char *about, *values;
    } meanings[COMMAND_COUNT] = {
#define MEANING(id, about, values) [COMMAND_##id] = {about, values},
#include "protocol/meanings.def"
#undef MEANING
    };
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const char *params = command_table[id].params;
        assert_non_null(meanings[id].about);
        if (!meanings[id].values[0])
            continue;
        char name[8] = {0};
        size_t n = strcspn(meanings[id].values, ":~&%*");
        assert_true(n > 0 && n < sizeof name);
        memcpy(name, meanings[id].values, n);
        const char *at = strstr(params, name);
        if (!at || (at != params && at[-1] != ' ') || (at[n] && at[n] != ' '))
            fail_msg("%s has no byte %s", command_name((enum command_id)id), name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_of_the_manuals_is_in_the_table),
        cmocka_unit_test(the_table_has_no_command_that_no_manual_knows),
        cmocka_unit_test(what_receipts_are_made_of_is_executed),
        cmocka_unit_test(rows_stand_in_the_order_of_their_bytes_each_once),
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(a_name_says_the_bytes_of_its_prefix),
        cmocka_unit_test(parameters_are_told_in_words),
        cmocka_unit_test(a_long_text_is_cut_and_its_length_said),
        cmocka_unit_test(meanings_are_in_words),
        cmocka_unit_test(every_command_has_a_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
