#include "base/money.h"

#include <stdlib.h>

#define MINOR_MAX INT64_C(1000000000000000)

/* ISO 4217's list of funds and currencies in use, sorted by code (metals, test codes and SDR left
 * out); BGN stays for sales from before the euro. The sign is the international one, the code where
 * there is none. */
/* clang-format off */
static const struct currency currencies[] = {
    {"AED", 2, "AED"}, {"AFN", 2, "AFN"}, {"ALL", 2, "ALL"}, {"AMD", 2, "֏"},
    {"ANG", 2, "ANG"}, {"AOA", 2, "AOA"}, {"ARS", 2, "ARS"}, {"AUD", 2, "A$"},
    {"AWG", 2, "AWG"}, {"AZN", 2, "₼"}, {"BAM", 2, "BAM"}, {"BBD", 2, "BBD"},
    {"BDT", 2, "BDT"}, {"BGN", 2, "лв."}, {"BHD", 3, "BHD"}, {"BIF", 0, "BIF"},
    {"BMD", 2, "BMD"}, {"BND", 2, "BND"}, {"BOB", 2, "BOB"}, {"BOV", 2, "BOV"},
    {"BRL", 2, "R$"}, {"BSD", 2, "BSD"}, {"BTN", 2, "BTN"}, {"BWP", 2, "BWP"},
    {"BYN", 2, "BYN"}, {"BZD", 2, "BZD"}, {"CAD", 2, "C$"}, {"CDF", 2, "CDF"},
    {"CHE", 2, "CHE"}, {"CHF", 2, "CHF"}, {"CHW", 2, "CHW"}, {"CLF", 4, "CLF"},
    {"CLP", 0, "CLP"}, {"CNY", 2, "¥"}, {"COP", 2, "COP"}, {"COU", 2, "COU"},
    {"CRC", 2, "₡"}, {"CUP", 2, "CUP"}, {"CVE", 2, "CVE"}, {"CZK", 2, "Kč"},
    {"DJF", 0, "DJF"}, {"DKK", 2, "kr"}, {"DOP", 2, "DOP"}, {"DZD", 2, "DZD"},
    {"EGP", 2, "EGP"}, {"ERN", 2, "ERN"}, {"ETB", 2, "ETB"}, {"EUR", 2, "€"},
    {"FJD", 2, "FJD"}, {"FKP", 2, "FKP"}, {"GBP", 2, "£"}, {"GEL", 2, "₾"},
    {"GHS", 2, "₵"}, {"GIP", 2, "GIP"}, {"GMD", 2, "GMD"}, {"GNF", 0, "GNF"},
    {"GTQ", 2, "GTQ"}, {"GYD", 2, "GYD"}, {"HKD", 2, "HK$"}, {"HNL", 2, "HNL"},
    {"HTG", 2, "HTG"}, {"HUF", 2, "Ft"}, {"IDR", 2, "IDR"}, {"ILS", 2, "₪"},
    {"INR", 2, "₹"}, {"IQD", 3, "IQD"}, {"IRR", 2, "IRR"}, {"ISK", 0, "ISK"},
    {"JMD", 2, "JMD"}, {"JOD", 3, "JOD"}, {"JPY", 0, "¥"}, {"KES", 2, "KES"},
    {"KGS", 2, "KGS"}, {"KHR", 2, "៛"}, {"KMF", 0, "KMF"}, {"KPW", 2, "KPW"},
    {"KRW", 0, "₩"}, {"KWD", 3, "KWD"}, {"KYD", 2, "KYD"}, {"KZT", 2, "₸"},
    {"LAK", 2, "₭"}, {"LBP", 2, "LBP"}, {"LKR", 2, "LKR"}, {"LRD", 2, "LRD"},
    {"LSL", 2, "LSL"}, {"LYD", 3, "LYD"}, {"MAD", 2, "MAD"}, {"MDL", 2, "MDL"},
    {"MGA", 2, "MGA"}, {"MKD", 2, "MKD"}, {"MMK", 2, "MMK"}, {"MNT", 2, "₮"},
    {"MOP", 2, "MOP"}, {"MRU", 2, "MRU"}, {"MUR", 2, "MUR"}, {"MVR", 2, "MVR"},
    {"MWK", 2, "MWK"}, {"MXN", 2, "MX$"}, {"MXV", 2, "MXV"}, {"MYR", 2, "MYR"},
    {"MZN", 2, "MZN"}, {"NAD", 2, "NAD"}, {"NGN", 2, "₦"}, {"NIO", 2, "NIO"},
    {"NOK", 2, "kr"}, {"NPR", 2, "NPR"}, {"NZD", 2, "NZ$"}, {"OMR", 3, "OMR"},
    {"PAB", 2, "PAB"}, {"PEN", 2, "PEN"}, {"PGK", 2, "PGK"}, {"PHP", 2, "₱"},
    {"PKR", 2, "PKR"}, {"PLN", 2, "zł"}, {"PYG", 0, "₲"}, {"QAR", 2, "QAR"},
    {"RON", 2, "RON"}, {"RSD", 2, "RSD"}, {"RUB", 2, "₽"}, {"RWF", 0, "RWF"},
    {"SAR", 2, "SAR"}, {"SBD", 2, "SBD"}, {"SCR", 2, "SCR"}, {"SDG", 2, "SDG"},
    {"SEK", 2, "kr"}, {"SGD", 2, "S$"}, {"SHP", 2, "SHP"}, {"SLE", 2, "SLE"},
    {"SOS", 2, "SOS"}, {"SRD", 2, "SRD"}, {"SSP", 2, "SSP"}, {"STN", 2, "STN"},
    {"SVC", 2, "SVC"}, {"SYP", 2, "SYP"}, {"SZL", 2, "SZL"}, {"THB", 2, "฿"},
    {"TJS", 2, "TJS"}, {"TMT", 2, "TMT"}, {"TND", 3, "TND"}, {"TOP", 2, "TOP"},
    {"TRY", 2, "₺"}, {"TTD", 2, "TTD"}, {"TWD", 2, "NT$"}, {"TZS", 2, "TZS"},
    {"UAH", 2, "₴"}, {"UGX", 0, "UGX"}, {"USD", 2, "$"}, {"USN", 2, "USN"},
    {"UYI", 0, "UYI"}, {"UYU", 2, "UYU"}, {"UYW", 4, "UYW"}, {"UZS", 2, "UZS"},
    {"VED", 2, "VED"}, {"VES", 2, "VES"}, {"VND", 0, "₫"}, {"VUV", 0, "VUV"},
    {"WST", 2, "WST"}, {"XAF", 0, "XAF"}, {"XCD", 2, "XCD"}, {"XCG", 2, "XCG"},
    {"XOF", 0, "XOF"}, {"XPF", 0, "XPF"}, {"YER", 2, "YER"}, {"ZAR", 2, "ZAR"},
    {"ZMW", 2, "ZMW"}, {"ZWG", 2, "ZWG"},
};
/* clang-format on */

static int by_code(const void *key, const void *row)
{
    return memcmp(key, ((const struct currency *)row)->code, 3);
}

const struct currency *currency_find(struct slice code)
{
    if (code.n != 3)
        return NULL;
    return bsearch(code.p, currencies, sizeof currencies / sizeof *currencies, sizeof *currencies,
                   by_code);
}

/* Reads -?D+(.D+)? as a number scaled to at most max_scale decimals. Zeros behind that are allowed
 * and dropped. *scale is the number of decimals written, at most max_scale. */
static enum err_code read_decimal(struct slice s, unsigned max_scale, int64_t *units,
                                  unsigned *scale)
{
    size_t i = 0;
    bool negative = s.n && s.p[0] == '-';
    bool point = false, too_large = false, too_fine = false;
    size_t whole = 0, decimals = 0;
    int64_t value = 0;
    for (i = negative; i < s.n; i++) {
        unsigned digit = (unsigned)s.p[i] - '0';
        if (s.p[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (digit > 9)
            return ERR_NUMBER;
        if (point && ++decimals > max_scale) {
            too_fine |= digit != 0;
            continue;
        }
        whole += !point;
        value = value * 10 + digit;
        if (value > MINOR_MAX) {
            too_large = true;
            value = 0;
        }
    }
    if (whole == 0 || (point && decimals == 0))
        return ERR_NUMBER;
    if (too_large)
        return ERR_RANGE;
    if (too_fine)
        return ERR_DECIMALS;
    *scale = decimals < max_scale ? (unsigned)decimals : max_scale;
    *units = negative ? -value : value;
    return ERR_NONE;
}

static bool refuse(struct err *err, enum err_code code, struct slice text, unsigned max_scale)
{
    static const char pattern[] = "0.000000";
    err_fail_slice(err, code, text);
    if (err && code == ERR_DECIMALS)
        slice_cstr(slice_of(pattern, max_scale ? 2 + max_scale : 1), err->arg[1], ERR_ARG_BYTES);
    return false;
}

bool money_parse(struct slice text, unsigned exponent, int64_t *minor, struct err *err)
{
    int64_t value = 0;
    unsigned scale = 0;
    enum err_code code = read_decimal(text, exponent, &value, &scale);
    for (; code == ERR_NONE && scale < exponent; scale++) {
        value *= 10;
        if (value > MINOR_MAX || value < -MINOR_MAX)
            code = ERR_RANGE;
    }
    if (code != ERR_NONE)
        return refuse(err, code, text, exponent);
    *minor = value;
    return true;
}

bool decimal_parse(struct slice text, struct decimal *out, struct err *err)
{
    enum { MAX_SCALE = 6 };
    int64_t value = 0;
    unsigned scale = 0;
    enum err_code code = read_decimal(text, MAX_SCALE, &value, &scale);
    if (code != ERR_NONE)
        return refuse(err, code, text, MAX_SCALE);
    *out = (struct decimal){value, (uint8_t)scale};
    return true;
}

size_t money_plain(int64_t minor, unsigned exponent, char out[32])
{
    char digits[32];
    char *at = digits + sizeof digits;
    uint64_t value = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    if (exponent > 9)
        exponent = 9;
    for (unsigned i = 0; i < exponent; i++, value /= 10)
        *--at = (char)('0' + value % 10);
    if (exponent)
        *--at = '.';
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    if (minor < 0)
        *--at = '-';
    size_t n = (size_t)(digits + sizeof digits - at);
    memcpy(out, at, n);
    out[n] = 0;
    return n;
}

size_t decimal_plain(struct decimal d, char out[32])
{
    return money_plain(d.units, d.scale, out);
}

bool money_add(int64_t a, int64_t b, int64_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}
