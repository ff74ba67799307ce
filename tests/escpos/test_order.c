/* Hebrew and Arabic as bytes of a page, against ICU: its bidirectional algorithm orders, its shaper
 * joins, its converters say the byte. bonbon asks FriBidi and tables of its own. */
#include "escpos/encoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>
#include <unicode/ubidi.h>
#include <unicode/ucnv.h>
#include <unicode/ushape.h>
#include <unicode/ustring.h>

#include "base/utf8.h"

enum { MAX_TEXT = 128, ROUNDS = 3000 };

/* A printer with ASCII and one page more. */
struct bed {
    struct profile profile;
    struct profile_slot slots[2];
    UConverter *theirs;
    bool joins;
};

static void open_bed(struct bed *b, struct profile_slot page, const char *converter)
{
    UErrorCode status = U_ZERO_ERROR;
    b->profile = *profile_find(SLICE_LITERAL("epson-tm-t20iii"));
    b->slots[0] = (struct profile_slot){0, CODE_PAGE_PC437};
    b->slots[1] = page;
    b->profile.slots = b->slots;
    b->profile.n_slots = 2;
    b->profile.user_chars = 0;
    b->joins = page.page == CODE_PAGE_PC864;
    b->theirs = ucnv_open(converter, &status);
    assert_true(U_SUCCESS(status));
    ucnv_setFallback(b->theirs, true);
    ucnv_setSubstString(b->theirs, u"\x7F", 1, &status);
}

/* The bytes of one line as they are printed: without the choice of a page and the line's end. Dots
 * are left out; says whether there were any. */
static size_t print_line(struct escpos *e, struct buf *bytes, const char *text, uint8_t *out,
                         bool *any_dots)
{
    const size_t start = bytes->n;
    size_t n = 0;
    *any_dots = false;
    escpos_text(e, 0, slice_str(text), escpos_plain);
    escpos_line(e);
    for (size_t i = start; i + 1 < bytes->n;) {
        const uint8_t *p = bytes->p + i;
        if (p[0] != 0x1B) {
            out[n++] = *p;
            i++;
        } else if (p[1] == 't') {
            i += 3;
        } else {
            assert_int_equal(p[1], '*');
            *any_dots = true;
            i += 5 + 3 * (p[3] | (size_t)p[4] << 8);
        }
    }
    return n;
}

/* The same in ICU's opinion. */
static size_t line_by_icu(const struct bed *b, const char *text, uint8_t *out)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar read[MAX_TEXT], shaped[MAX_TEXT], ordered[MAX_TEXT];
    int32_t n;
    u_strFromUTF8(read, MAX_TEXT, &n, text, -1, &status);
    if (b->joins)
        n = u_shapeArabic(read, n, shaped, MAX_TEXT,
                          U_SHAPE_LETTERS_SHAPE | U_SHAPE_LENGTH_FIXED_SPACES_AT_END, &status);
    UBiDi *bidi = ubidi_open();
    ubidi_setPara(bidi, b->joins ? shaped : read, n, UBIDI_DEFAULT_LTR, NULL, &status);
    n = ubidi_writeReordered(bidi, ordered, MAX_TEXT, UBIDI_DO_MIRRORING, &status);
    ubidi_close(bidi);
    n = ucnv_fromUChars(b->theirs, (char *)out, MAX_TEXT, ordered, n, &status);
    if (U_FAILURE(status))
        fail_msg("ICU: %s", u_errorName(status));
    return (size_t)n;
}

static size_t without_blanks(uint8_t *p, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] != ' ')
            p[to++] = p[i];
    }
    return to;
}

static bool is_read_from_left(const char *text)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar read[MAX_TEXT];
    int32_t n;
    u_strFromUTF8(read, MAX_TEXT, &n, text, -1, &status);
    return ubidi_getBaseDirection(read, n) != UBIDI_RTL;
}

/* The cell that is left over where lam and alef become one stands behind the text that is read from
 * the right; ICU puts it at the very end, which is the same place only where all is read so. */
static void assert_as_icu(const struct bed *b, struct escpos *e, struct buf *bytes,
                          const char *text)
{
    uint8_t ours[MAX_TEXT], theirs[MAX_TEXT];
    bool any_dots;
    size_t n = print_line(e, bytes, text, ours, &any_dots);
    size_t m = line_by_icu(b, text, theirs);
    if (b->joins && is_read_from_left(text)) {
        assert_int_equal(n, m);
        m = without_blanks(theirs, m);
        n = without_blanks(ours, n);
    }
    if (any_dots)
        fail_msg("'%s': some of it is dots", text);
    if (slice_equal(slice_of(ours, n), slice_of(theirs, m)))
        return;
    for (size_t i = 0; i < n || i < m; i++)
        print_error("%02X %02X\n", i < n ? ours[i] : 0U, i < m ? theirs[i] : 0U);
    fail_msg("'%s' differs", text);
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

/* Sentences that mix the words with Latin, numbers and brackets, in any order. */
static void assert_sentences_as_icu(struct bed *b, const char *const *words, size_t n_words)
{
    static const char *const others[] = {"12.50", "Latte", "(2)", "-", "[a]", "3 x 4", "1,250",
                                         "A-1",   "25%",   "(",   "]", ":",   "#7",    "<b>"};
    struct escpos *e;
    struct buf bytes;
    struct err err;
    uint32_t seed = 20261122;
    buf_init(&bytes, 0);
    assert_true(escpos_create(&e, &b->profile, &bytes, &err));
    for (unsigned i = 0; i < ROUNDS; i++) {
        char text[MAX_TEXT];
        size_t length = 0;
        for (unsigned k = next(&seed) % 5 + 1; k > 0; k--) {
            const char *word = next(&seed) % 5 < 3
                                   ? words[next(&seed) % n_words]
                                   : others[next(&seed) % (sizeof others / sizeof *others)];
            const char *gap = length == 0 || next(&seed) % 6 == 0 ? "" : " ";
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", gap, word);
        }
        assert_as_icu(b, e, &bytes, text);
    }
    escpos_destroy(e);
    buf_finish(&bytes);
    ucnv_close(b->theirs);
}

static const char *const hebrew[] = {"שלום", "קפה", "גדול", "(אב)", "ג׳", "ץ", "סה\"כ"};

static void hebrew_on_page_862_stands_as_icu_orders_it(void **state)
{
    (void)state;
    static const char *const plain[] = {"שלום", "קפה", "גדול", "(אב)", "ץ", "סה\"כ"};
    struct bed b;
    open_bed(&b, (struct profile_slot){36, CODE_PAGE_PC862}, "ibm-862_P100-1995");
    assert_sentences_as_icu(&b, plain, sizeof plain / sizeof *plain);
}

static void hebrew_on_page_1255_stands_as_icu_orders_it(void **state)
{
    (void)state;
    struct bed b;
    open_bed(&b, (struct profile_slot){49, CODE_PAGE_WPC1255}, "windows-1255");
    assert_sentences_as_icu(&b, hebrew, sizeof hebrew / sizeof *hebrew);
}

enum { ALONE, FIRST, BETWEEN, LAST, CONTEXTS };

static size_t word_of(uint32_t cp, unsigned context, char out[16])
{
    static const char beh[] = "\xD8\xA8";
    size_t n = 0;
    if (context == BETWEEN || context == LAST) {
        memcpy(out, beh, 2);
        n = 2;
    }
    n += utf8_put(cp, (uint8_t *)out + n);
    if (context == FIRST || context == BETWEEN) {
        memcpy(out + n, beh, 2);
        n += 2;
    }
    out[n] = '\0';
    return n / 2;
}

/* Alef with hamza below, a yeh with hamza that ends a word, and an alef maksura that joins what
 * follows (as in Uighur; ICU does not join it) are in no page of forms: such words are dots. All
 * else is the byte that ICU says. */
static bool is_drawn(uint32_t cp, unsigned context)
{
    const bool is_followed = context == FIRST || context == BETWEEN;
    return cp == 0x0625 || (cp == 0x0626 && !is_followed) || (cp == 0x0649 && is_followed);
}

static void each_letter_in_each_context_is_as_icu_shapes_it_or_dots(void **state)
{
    (void)state;
    struct bed b;
    struct escpos *e;
    struct buf bytes;
    struct err err;
    unsigned text = 0, drawn = 0;
    open_bed(&b, (struct profile_slot){37, CODE_PAGE_PC864}, "ibm-864_X110-1999");
    buf_init(&bytes, 0);
    assert_true(escpos_create(&e, &b.profile, &bytes, &err));
    for (uint32_t cp = 0x0621; cp <= 0x064A; cp++) {
        for (unsigned context = 0; cp <= 0x063A || cp >= 0x0640 ? context < CONTEXTS : false;
             context++) {
            char word[16];
            uint8_t out[MAX_TEXT];
            bool any_dots;
            const size_t letters = word_of(cp, context, word);
            if (!is_drawn(cp, context)) {
                assert_as_icu(&b, e, &bytes, word);
                text++;
                continue;
            }
            assert_int_equal(print_line(e, &bytes, word, out, &any_dots), 0);
            assert_true(any_dots && letters);
            drawn++;
        }
    }
    assert_int_equal(text + drawn, 37 * CONTEXTS);
    assert_int_equal(drawn, CONTEXTS + 2 + 2);
    escpos_destroy(e);
    buf_finish(&bytes);
    ucnv_close(b.theirs);
}

/* Lam and alef become one, and what is left over of their cells stands behind the text, so that a
 * line is as wide as it was laid out. */
static void arabic_on_page_864_stands_as_icu_shapes_and_orders_it(void **state)
{
    (void)state;
    static const char *const words[] = {"قهوة", "حليب", "سلام",  "المجموع", "ثلاثة",
                                        "لا",   "الآن", "٤٢",    "كم؟",     "شاي،",
                                        "رأس",  "غـم",  "مؤسسة", "بيئة",    "ماء"};
    struct bed b;
    open_bed(&b, (struct profile_slot){37, CODE_PAGE_PC864}, "ibm-864_X110-1999");
    assert_sentences_as_icu(&b, words, sizeof words / sizeof *words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hebrew_on_page_862_stands_as_icu_orders_it),
        cmocka_unit_test(hebrew_on_page_1255_stands_as_icu_orders_it),
        cmocka_unit_test(each_letter_in_each_context_is_as_icu_shapes_it_or_dots),
        cmocka_unit_test(arabic_on_page_864_stands_as_icu_shapes_and_orders_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
