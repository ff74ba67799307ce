/* UPC and EAN (GS1 General Specifications, 5.2). A digit is four elements, seven modules wide; sets
 * A and B begin with a space, set C with a bar. C has the widths of A, B has them backwards. */
#include "image/barcode.h"
#include "image/composite.h"

#include <stdio.h>

/* clang-format off */
static const char *const SET_A[10] = {
    "3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112",
};
static const char *const SET_B[10] = {
    "1123", "1222", "2212", "1141", "2311", "1321", "4111", "2131", "3121", "2113",
};
/* Which of the left six digits of EAN-13 are of set B, by its first digit. */
static const char *const PARITY_EAN13[10] = {
    "AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA",
};
/* The same for UPC-E with number system 0, by its check digit. */
static const char *const PARITY_UPC_E[10] = {
    "BBBAAA", "BBABAA", "BBAABA", "BBAAAB", "BABBAA", "BAABBA", "BAAABB", "BABABA", "BABAAB", "BAABAB",
};
/* clang-format on */

static const char *const GUARD = "111", *const CENTRE = "11111", *const UPC_E_END = "111111";

enum { MAX_DIGITS = 13 };

/* The GS1 check digit of n digits: from the right they weigh 3, 1, 3, 1, … */
static unsigned check_digit(const uint8_t *digits, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += digits[n - 1 - i] * (i % 2 ? 1u : 3u);
    return (10 - sum % 10) % 10;
}

static bool take_digits(const char *name, struct slice data, uint8_t digits[MAX_DIGITS],
                        struct err *err)
{
    for (size_t i = 0; i < data.n; i++) {
        if (data.p[i] < '0' || data.p[i] > '9')
            return barcode_fail_at(err, name, data, i);
        digits[i] = data.p[i] - '0';
    }
    return true;
}

/* Verifies the check digit behind the first n - 1 digits. Which printers refuse a wrong one and
 * which recalculate it is not known (G); a code that no till reads must not be printed, so it is
 * refused. */
static bool verify_check(const char *name, const uint8_t *digits, size_t n, struct err *err)
{
    unsigned check = check_digit(digits, n - 1);
    if (digits[n - 1] == check)
        return true;
    char reason[96];
    snprintf(reason, sizeof reason, "its check digit is %u, it should be %u", digits[n - 1], check);
    return barcode_fail(err, name, reason);
}

/* n digits in all: with n - 1 given the check digit is added, with n it is verified. */
static bool take_checked(const char *name, struct slice data, size_t n, uint8_t digits[MAX_DIGITS],
                         struct err *err)
{
    if (data.n != n && data.n != n - 1) {
        char reason[96];
        snprintf(reason, sizeof reason, "it takes %zu or %zu digits, not %zu", n - 1, n, data.n);
        return barcode_fail(err, name, reason);
    }
    if (!take_digits(name, data, digits, err))
        return false;
    if (data.n == n)
        return verify_check(name, digits, n, err);
    digits[n - 1] = (uint8_t)check_digit(digits, n - 1);
    return true;
}

static void say_digits(struct barcode *out, const uint8_t *digits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        barcode_say_char(out, '0' + digits[i]);
}

static void add_digits(struct barcode *out, const uint8_t *digits, size_t n, const char *sets)
{
    for (size_t i = 0; i < n; i++)
        barcode_add(out, sets && sets[i] == 'B' ? SET_B[digits[i]] : SET_A[digits[i]]);
}

/* Two halves of n digits each. */
static void add_halves(struct barcode *out, const uint8_t *digits, size_t n, const char *sets)
{
    barcode_add(out, GUARD);
    add_digits(out, digits, n, sets);
    barcode_add(out, CENTRE);
    add_digits(out, digits + n, n, NULL);
    barcode_add(out, GUARD);
}

bool ean13_make(struct slice data, struct barcode *out, struct err *err)
{
    uint8_t digits[MAX_DIGITS] = {0};
    if (!take_checked("EAN-13", data, 13, digits, err))
        return false;
    add_halves(out, digits + 1, 6, PARITY_EAN13[digits[0]]);
    say_digits(out, digits, 13);
    return true;
}

bool ean8_make(struct slice data, struct barcode *out, struct err *err)
{
    uint8_t digits[MAX_DIGITS] = {0};
    if (!take_checked("EAN-8", data, 8, digits, err))
        return false;
    add_halves(out, digits, 4, NULL);
    say_digits(out, digits, 8);
    return true;
}

bool upc_a_make(struct slice data, struct barcode *out, struct err *err)
{
    uint8_t digits[MAX_DIGITS] = {0};
    if (!take_checked("UPC-A", data, 12, digits, err))
        return false;
    add_halves(out, digits, 6, NULL);
    say_digits(out, digits, 12);
    return true;
}

/* UPC-A to the six digits of UPC-E (GS1 General Specifications, 5.2.2.4.2): digits 1–5 are the
 * maker's, 6–10 the article's. */
static bool suppress_zeros(const uint8_t a[MAX_DIGITS], uint8_t e[6])
{
    const uint8_t *m = a + 1, *p = a + 6;
    if (a[0] != 0 || p[0] || p[1])
        return false;
    if (m[4] && !p[2] && !p[3] && p[4] >= 5) {
        memcpy(e, (const uint8_t[]){m[0], m[1], m[2], m[3], m[4], p[4]}, 6);
    } else if (!m[4] && m[3] && !p[2] && !p[3]) {
        memcpy(e, (const uint8_t[]){m[0], m[1], m[2], m[3], p[4], 4}, 6);
    } else if (!m[4] && !m[3] && m[2] >= 3 && !p[2]) {
        memcpy(e, (const uint8_t[]){m[0], m[1], m[2], p[3], p[4], 3}, 6);
    } else if (!m[4] && !m[3] && m[2] <= 2) {
        memcpy(e, (const uint8_t[]){m[0], m[1], p[2], p[3], p[4], m[2]}, 6);
    } else {
        return false;
    }
    return true;
}

/* The six digits of UPC-E back to the eleven of UPC-A, for the check digit. */
static void restore_zeros(const uint8_t e[6], uint8_t a[MAX_DIGITS])
{
    memset(a, 0, 11);
    memcpy(a + 1, e, 2);
    if (e[5] <= 2) {
        a[3] = e[5];
        memcpy(a + 8, e + 2, 3);
    } else if (e[5] == 3) {
        a[3] = e[2];
        memcpy(a + 9, e + 3, 2);
    } else if (e[5] == 4) {
        memcpy(a + 3, e + 2, 2);
        a[10] = e[4];
    } else {
        memcpy(a + 3, e + 2, 3);
        a[10] = e[5];
    }
}

/* Digits as they were given to UPC-A's twelve and UPC-E's six. Six to eight digits are UPC-E
 * already: the six, with the number system before them, with the check digit behind (newer
 * printers; G). */
static bool take_upc_e(struct slice data, uint8_t a[MAX_DIGITS], uint8_t e[6], struct err *err)
{
    static const char *const name = "UPC-E";
    if (data.n == 11 || data.n == 12) {
        if (!take_checked(name, data, 12, a, err))
            return false;
        return suppress_zeros(a, e) ||
               barcode_fail(err, name, "this number has no zeros that can be left out");
    }
    uint8_t digits[MAX_DIGITS] = {0};
    if (data.n < 6 || data.n > 8)
        return barcode_fail(err, name, "it takes 6, 7, 8, 11 or 12 digits");
    if (!take_digits(name, data, digits, err))
        return false;
    if (data.n > 6 && digits[0] != 0)
        return barcode_fail(err, name, "it must begin with 0");
    memcpy(e, digits + (data.n > 6), 6);
    restore_zeros(e, a);
    uint8_t same[6];
    if (!suppress_zeros(a, same) || memcmp(e, same, sizeof same) != 0)
        return barcode_fail(err, name, "no number is shortened to these digits");
    a[11] = data.n == 8 ? digits[7] : (uint8_t)check_digit(a, 11);
    return verify_check(name, a, 12, err);
}

bool upc_e_make(struct slice data, struct barcode *out, struct err *err)
{
    uint8_t a[MAX_DIGITS] = {0}, e[6] = {0};
    if (!take_upc_e(data, a, e, err))
        return false;
    barcode_add(out, GUARD);
    add_digits(out, e, 6, PARITY_UPC_E[a[11]]);
    barcode_add(out, UPC_E_END);
    /* HRI: number system, the six, the check digit (G) */
    barcode_say_char(out, '0');
    say_digits(out, e, 6);
    barcode_say_char(out, '0' + a[11]);
    return true;
}

bool upc_e_shorten(struct slice digits, char out[9], struct err *err)
{
    struct barcode bars = {0};
    if (!upc_e_make(digits, &bars, err))
        return false;
    memcpy(out, bars.text, 8);
    out[8] = '\0';
    return true;
}
