#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <qrencode.h>
#include <sodium.h>

#include "voucher/code.h"
#include "voucher/life.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static const struct code_key keys[] = {
    {"A1", {1, 2, 3}},
    {"Z9", {9, 8, 7}},
};

static struct env env;
static struct env_fixed state_of_env;

static int setup(void **state)
{
    (void)state;
    env_fixed(&env, 0, 5, &state_of_env);
    return 0;
}

static bool reads(const char *text, struct voucher_code *code, enum code_proof *proof,
                  enum err_code *why)
{
    struct err err = {0};
    bool ok = code_read(slice_str(text), keys, 2, code, proof, &err);
    *why = err.code;
    return ok;
}

static void assert_reads(const char *text, const struct voucher_code *code, enum code_proof proof)
{
    struct voucher_code found;
    enum code_proof proved;
    enum err_code why;
    if (!reads(text, &found, &proved, &why))
        fail_msg("%s: %s", text, err_name(why));
    assert_string_equal(found.c, code->c);
    assert_int_equal(proved, proof);
}

static void assert_refused(const char *text, enum err_code code)
{
    struct voucher_code found;
    enum code_proof proved;
    enum err_code why;
    assert_false(reads(text, &found, &proved, &why));
    if (why != code)
        fail_msg("%s: %s", text, err_name(why));
}

/* Multiplication in GF(32) by the definition: as polynomials, reduced by x^5 + x^2 + 1. */
static unsigned multiply(unsigned a, unsigned b)
{
    unsigned product = 0;
    for (unsigned i = 0; i < 5; i++)
        product ^= b >> i & 1 ? a << i : 0;
    for (unsigned i = 9; i >= 5; i--) {
        if (product >> i & 1)
            product ^= 0x25U << (i - 5);
    }
    return product;
}

static void the_check_character_is_damm_over_gf32(void **state)
{
    (void)state;
    for (int round = 0; round < 1000; round++) {
        struct voucher_code code;
        code_make(&env, &code);
        unsigned c = 0;
        for (int i = 0; i < 12; i++)
            c = multiply(2, c ^ (unsigned)(strchr(alphabet, code.c[i]) - alphabet));
        assert_int_equal(code.c[12], alphabet[c]);
        assert_int_equal(code_check(code.c), alphabet[c]);
    }
    assert_int_equal(code_check("000000000000"), '0');
    assert_int_equal(code_check("000000000001"), '2');
    assert_int_equal(code_check("00000000000G"), '5'); /* 16·2 = x^5 = x^2 + 1 */
}

static void every_wrong_character_is_noticed(void **state)
{
    (void)state;
    for (int round = 0; round < 200; round++) {
        struct voucher_code code;
        code_make(&env, &code);
        for (int at = 0; at < CODE_CHARS; at++) {
            struct voucher_code wrong = code;
            for (int v = 0; v < 32; v++) {
                wrong.c[at] = alphabet[v];
                if (wrong.c[at] != code.c[at])
                    assert_refused(wrong.c, ERR_CODE_TYPING);
            }
        }
    }
}

static void every_swap_of_neighbours_is_noticed(void **state)
{
    (void)state;
    for (int round = 0; round < 5000; round++) {
        struct voucher_code code;
        code_make(&env, &code);
        for (int at = 0; at + 1 < CODE_CHARS; at++) {
            struct voucher_code wrong = code;
            wrong.c[at] = code.c[at + 1];
            wrong.c[at + 1] = code.c[at];
            if (code.c[at] != code.c[at + 1])
                assert_refused(wrong.c, ERR_CODE_TYPING);
        }
    }
}

static void swaps_over_a_neighbour_and_twin_errors_are_noticed(void **state)
{
    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct voucher_code code;
        code_make(&env, &code);
        for (int at = 0; at + 2 < CODE_CHARS; at++) {
            struct voucher_code wrong = code;
            wrong.c[at] = code.c[at + 2];
            wrong.c[at + 2] = code.c[at];
            if (code.c[at] != code.c[at + 2])
                assert_refused(wrong.c, ERR_CODE_TYPING);
        }
        for (int at = 0; at + 1 < CODE_CHARS; at++) {
            if (code.c[at] != code.c[at + 1])
                continue;
            for (int v = 0; v < 32; v++) {
                struct voucher_code wrong = code;
                wrong.c[at] = wrong.c[at + 1] = alphabet[v];
                if (wrong.c[at] != code.c[at])
                    assert_refused(wrong.c, ERR_CODE_TYPING);
            }
        }
    }
}

static void a_code_is_read_however_it_is_written(void **state)
{
    (void)state;
    struct voucher_code code = {"10ABCDEFGHJK"};
    code.c[12] = code_check(code.c);
    code.c[13] = 0;
    char text[CODE_TEXT + 1], variant[64];
    code_text(&code, text);
    assert_int_equal(strlen(text), CODE_TEXT);
    assert_reads(text, &code, CODE_PROOF_NONE);
    assert_reads(code.c, &code, CODE_PROOF_NONE);
    const char *const forms[] = {"IOABCDEFGHJK", "lo-abcd-efghjk",
                                 "Lo ab\xC2\xA0"
                                 "cd efgh jk\r\n",
                                 "\t1-0 A\xE2\x80\x93"
                                 "BCDEFGHJK"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        snprintf(variant, sizeof variant, "%s%c", forms[i], code.c[12]);
        assert_reads(variant, &code, CODE_PROOF_NONE);
    }
    assert_refused("", ERR_CODE_TYPING);
    assert_refused("10ABCDEFGHJK", ERR_CODE_TYPING);
    assert_refused("10ABCDEFGHJU0", ERR_CODE_TYPING);
    snprintf(variant, sizeof variant, "%s0", code.c);
    assert_refused(variant, ERR_CODE_TYPING);
}

/* Types an ASCII text on a keyboard set to Russian. */
static void type_in_russian(const char *text, char *out, bool shift)
{
    static const char latin[] = "QWERTYUIOPASDFGHJKLZXCVBNM.:/";
    static const char *const upper[] = {"Й", "Ц", "У", "К", "Е", "Н", "Г", "Ш", "Щ", "З",
                                        "Ф", "Ы", "В", "А", "П", "Р", "О", "Л", "Д", "Я",
                                        "Ч", "С", "М", "И", "Т", "Ь", "ю", "Ж", "."};
    static const char *const lower[] = {"й", "ц", "у", "к", "е", "н", "г", "ш", "щ", "з",
                                        "ф", "ы", "в", "а", "п", "р", "о", "л", "д", "я",
                                        "ч", "с", "м", "и", "т", "ь", "ю", "Ж", "."};
    *out = 0;
    for (; *text; text++) {
        const char *key = strchr(latin, *text);
        char same[2] = {*text, 0};
        const char *said = key ? (shift ? upper : lower)[key - latin] : same;
        memcpy(out, said, strlen(said) + 1);
        out += strlen(said);
    }
}

static void a_scanner_under_a_russian_layout_is_understood(void **state)
{
    (void)state;
    char qr[CODE_QR_MAX], typed[2 * CODE_QR_MAX];
    for (int round = 0; round < 200; round++) {
        struct voucher_code code;
        code_make(&env, &code);
        assert_true(
            code_qr(&code, &keys[round & 1], round & 2 ? "HTTPS://SHOP.EXAMPLE/V/" : "", qr));
        type_in_russian(qr, typed, round & 4);
        assert_reads(typed, &code, CODE_PROOF_GOOD);
        type_in_russian(code.c, typed, round & 4);
        assert_reads(typed, &code, CODE_PROOF_NONE);
    }
}

static void the_qr_text_proves_who_made_it(void **state)
{
    (void)state;
    struct voucher_code code, other;
    char qr[CODE_QR_MAX];
    code_make(&env, &code);
    code_make(&env, &other);
    size_t n = code_qr(&code, &keys[0], "", qr);
    assert_int_equal(n, 13 + 1 + 2 + 1 + 16);
    assert_int_equal(n, strlen(qr));
    assert_reads(qr, &code, CODE_PROOF_GOOD);
    n = code_qr(&code, &keys[1], "HTTPS://SHOP.EXAMPLE/V/", qr);
    assert_reads(qr, &code, CODE_PROOF_GOOD);
    for (size_t i = 23 + 17; i < n; i++) { /* every character of the proof counts */
        char wrong[CODE_QR_MAX];
        memcpy(wrong, qr, n + 1);
        wrong[i] = wrong[i] == '7' ? '8' : '7';
        assert_refused(wrong, ERR_CODE_FORGED);
    }
    char wrong[CODE_QR_MAX];
    memcpy(wrong, qr, n + 1);
    memcpy(wrong + 23, other.c, CODE_CHARS); /* another code with this proof */
    assert_refused(wrong, ERR_CODE_FORGED);
    memcpy(wrong, qr, n + 1);
    wrong[37] = 'A';
    wrong[38] = '1'; /* another key's name */
    assert_refused(wrong, ERR_CODE_FORGED);
    wrong[37] = 'B';
    wrong[38] = '7';
    assert_refused(wrong, ERR_CODE_FORGED);
    qr[n - 1] = 0; /* the scan broke off */
    assert_refused(qr, ERR_CODE_TYPING);
    struct err err = {0};
    enum code_proof proof;
    struct voucher_code found;
    n = code_qr(&code, &keys[0], "", qr);
    assert_false(code_read(slice_of(qr, n), NULL, 0, &found, &proof, &err));
    assert_int_equal(err.code, ERR_CODE_FORGED);
}

/* Known answer, from Python: hashlib.blake2b(b"7KQ2M9XDPA4TY", digest_size=16, key=bytes([1, 2, 3]
 * + [0] * 29)) and the first ten bytes in base 32. */
static void the_proof_is_keyed_blake2b(void **state)
{
    (void)state;
    struct voucher_code code = {"7KQ2M9XDPA4T"};
    code.c[12] = code_check(code.c);
    char qr[CODE_QR_MAX];
    code_qr(&code, &keys[0], "", qr);
    assert_string_equal(qr, "7KQ2M9XDPA4TY.A1.8MQQCFE9QY5QFMXK");
}

static void the_qr_fits_version_3_at_level_m(void **state)
{
    (void)state;
    struct voucher_code code;
    char qr[CODE_QR_MAX];
    code_make(&env, &code);
    code_qr(&code, &keys[0], "", qr);
    QRcode *symbol = QRcode_encodeString(qr, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    assert_non_null(symbol);
    assert_int_equal(symbol->version, 2);
    QRcode_free(symbol);
    code_qr(&code, &keys[0], "HTTPS://SHOP.EXAMPLE/V/", qr);
    symbol = QRcode_encodeString(qr, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    assert_int_equal(symbol->version, 3);
    QRcode_free(symbol);
}

static void an_address_that_no_qr_can_carry_is_not_made(void **state)
{
    (void)state;
    struct voucher_code code;
    char qr[CODE_QR_MAX], prefix[CODE_QR_MAX];
    code_make(&env, &code);
    assert_int_equal(code_qr(&code, &keys[0], "https://shop.example/v/", qr), 0);
    memset(prefix, 'A', sizeof prefix);
    prefix[CODE_QR_MAX - 33] = 0;
    assert_int_equal(code_qr(&code, &keys[0], prefix, qr), 0);
    prefix[CODE_QR_MAX - 34] = 0;
    assert_int_equal(code_qr(&code, &keys[0], prefix, qr), CODE_QR_MAX - 1);
}

static void a_specimen_is_worth_nothing(void **state)
{
    (void)state;
    assert_refused("SPECIMEN", ERR_CODE_SPECIMEN);
    assert_refused("specimen-7KQ2-M9XD", ERR_CODE_SPECIMEN);
    assert_refused("HTTPS://SHOP.EXAMPLE/V/SPECIMEN-1234", ERR_CODE_SPECIMEN);
    assert_refused("ЫЗУСШЬУТ", ERR_CODE_SPECIMEN);
}

static void hostile_texts_are_typing_mistakes(void **state)
{
    (void)state;
    char longest[5000];
    memset(longest, '7', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    assert_refused(longest, ERR_CODE_TYPING);
    assert_refused("/////", ERR_CODE_TYPING);
    assert_refused("..", ERR_CODE_TYPING);
    assert_refused("\xFF\xFE\x80", ERR_CODE_TYPING);
    assert_refused("'; DROP TABLE", ERR_CODE_TYPING);
    struct err err = {0};
    struct voucher_code code;
    enum code_proof proof;
    static const char nul[] = "7KQ2M9X\0PA4TY";
    assert_false(code_read(slice_of(nul, 13), keys, 2, &code, &proof, &err));
    assert_int_equal(err.code, ERR_CODE_TYPING);
}

static void random_codes_use_the_whole_alphabet_at_every_place(void **state)
{
    (void)state;
    uint32_t seen[12] = {0};
    for (int round = 0; round < 2000; round++) {
        struct voucher_code code;
        code_make(&env, &code);
        for (int i = 0; i < 12; i++)
            seen[i] |= UINT32_C(1) << (strchr(alphabet, code.c[i]) - alphabet);
    }
    for (int i = 0; i < 12; i++)
        assert_int_equal(seen[i], UINT32_MAX);
}

static void a_voucher_lives_once(void **state)
{
    (void)state;
    static const int to[VOUCHER_STATES][VOUCHER_ACTS] = {
        /*                   redeem             undo            void          expire copy */
        [VOUCHER_ISSUED] = {VOUCHER_REDEEMED, -1, VOUCHER_VOID, VOUCHER_EXPIRED, VOUCHER_ISSUED},
        [VOUCHER_REDEEMED] = {-1, VOUCHER_ISSUED, -1, -1, -1},
        [VOUCHER_VOID] = {-1, -1, -1, -1, -1},
        [VOUCHER_EXPIRED] = {-1, -1, -1, -1, -1},
    };
    for (int from = 0; from < VOUCHER_STATES; from++) {
        for (int act = 0; act < VOUCHER_ACTS; act++) {
            enum voucher_state after;
            bool can = voucher_can((enum voucher_state)from, (enum voucher_act)act, &after);
            assert_int_equal(can, to[from][act] >= 0);
            if (can)
                assert_int_equal(after, to[from][act]);
        }
        enum voucher_state same;
        assert_true(voucher_state_parse(voucher_state_name((enum voucher_state)from), &same));
        assert_int_equal(same, from);
    }
    enum voucher_state none;
    assert_false(voucher_state_parse("lost", &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_character_is_damm_over_gf32),
        cmocka_unit_test(every_wrong_character_is_noticed),
        cmocka_unit_test(every_swap_of_neighbours_is_noticed),
        cmocka_unit_test(swaps_over_a_neighbour_and_twin_errors_are_noticed),
        cmocka_unit_test(a_code_is_read_however_it_is_written),
        cmocka_unit_test(a_scanner_under_a_russian_layout_is_understood),
        cmocka_unit_test(the_qr_text_proves_who_made_it),
        cmocka_unit_test(the_proof_is_keyed_blake2b),
        cmocka_unit_test(the_qr_fits_version_3_at_level_m),
        cmocka_unit_test(an_address_that_no_qr_can_carry_is_not_made),
        cmocka_unit_test(a_specimen_is_worth_nothing),
        cmocka_unit_test(hostile_texts_are_typing_mistakes),
        cmocka_unit_test(random_codes_use_the_whole_alphabet_at_every_place),
        cmocka_unit_test(a_voucher_lives_once),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
