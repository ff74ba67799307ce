#include "voucher/code.h"

#include <sodium.h>

#include "base/utf8.h"

enum { RANDOM_CHARS = CODE_CHARS - 1, MAC_CHARS = CODE_MAC_BYTES * 8 / 5, KEY_ID_CHARS = 2 };

/* Crockford's base 32: no I, L, O (they read as 1, 1, 0) and no U. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The QR's alphanumeric set (ISO/IEC 18004, table 5). */
static const char qr_set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/* What the keys of a Latin keyboard say under the Russian ЙЦУКЕН layout. A scanner that plays
 * keyboard sends keys, so this is what arrives. */
/* clang-format off */
static const struct {
    uint16_t cyrillic; /* lower case */
    char latin;
} keys_ru[] = {
    {0x0430, 'F'}, {0x0431, ','}, {0x0432, 'D'}, {0x0433, 'U'}, {0x0434, 'L'}, {0x0435, 'T'}, {0x0436, ':'},
    {0x0437, 'P'}, {0x0438, 'B'}, {0x0439, 'Q'}, {0x043A, 'R'}, {0x043B, 'K'}, {0x043C, 'V'}, {0x043D, 'Y'},
    {0x043E, 'J'}, {0x043F, 'G'}, {0x0440, 'H'}, {0x0441, 'C'}, {0x0442, 'N'}, {0x0443, 'E'}, {0x0444, 'A'},
    {0x0445, '['}, {0x0446, 'W'}, {0x0447, 'X'}, {0x0448, 'I'}, {0x0449, 'O'}, {0x044A, ']'}, {0x044B, 'S'},
    {0x044C, 'M'}, {0x044D, '\''}, {0x044E, '.'}, {0x044F, 'Z'},
};
/* clang-format on */

/* Value of a character of the alphabet, or of one that is read as such; -1 for any other. */
static int value_of(char c)
{
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* 2·v in GF(32) by x⁵ + x² + 1 */
static unsigned twice(unsigned v)
{
    return (v << 1 ^ (v & 0x10 ? 0x25U : 0)) & 0x1F;
}

/* Damm's scheme: the interim after these characters. After the check character it is 0. */
static unsigned interim(const char *c, size_t n)
{
    unsigned v = 0;
    for (size_t i = 0; i < n; i++)
        v = twice(v ^ (unsigned)value_of(c[i]));
    return v;
}

char code_check(const char twelve[12])
{
    return alphabet[interim(twelve, RANDOM_CHARS)];
}

void code_make(const struct env *env, struct voucher_code *code)
{
    uint64_t bits = 0;
    env->random(env->ctx, &bits, sizeof bits);
    for (unsigned i = 0; i < RANDOM_CHARS; i++, bits >>= 5)
        code->c[i] = alphabet[bits & 0x1F];
    code->c[RANDOM_CHARS] = code_check(code->c);
    code->c[CODE_CHARS] = 0;
}

void code_text(const struct voucher_code *code, char out[CODE_TEXT + 1])
{
    memcpy(out, code->c, 4);
    out[4] = '-';
    memcpy(out + 5, code->c + 4, 4);
    out[9] = '-';
    memcpy(out + 10, code->c + 8, 5);
    out[CODE_TEXT] = 0;
}

/* The first 80 of 128 bits: libsodium's BLAKE2b gives no fewer than 16 bytes, and RFC 2104 asks to
 * keep at least half of them and at least 80 bits. */
static void make_mac(const struct voucher_code *code, const struct code_key *key,
                     uint8_t out[CODE_MAC_BYTES])
{
    uint8_t full[crypto_generichash_BYTES_MIN];
    _Static_assert(sizeof full <= (size_t)2 * CODE_MAC_BYTES, "half is kept");
    crypto_generichash(full, sizeof full, (const uint8_t *)code->c, CODE_CHARS, key->secret,
                       sizeof key->secret);
    memcpy(out, full, CODE_MAC_BYTES);
}

/* Five bytes are eight characters, high bits first. */
static void mac_text(const uint8_t mac[CODE_MAC_BYTES], char out[MAC_CHARS])
{
    for (unsigned group = 0; group < CODE_MAC_BYTES / 5; group++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 5; i++)
            bits = bits << 8 | mac[group * 5 + i];
        for (unsigned i = 8; i-- > 0; bits >>= 5)
            out[group * 8 + i] = alphabet[bits & 0x1F];
    }
}

static bool mac_read(const char *text, uint8_t mac[CODE_MAC_BYTES])
{
    for (unsigned group = 0; group < CODE_MAC_BYTES / 5; group++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 8; i++) {
            int value = value_of(text[group * 8 + i]);
            if (value < 0)
                return false;
            bits = bits << 5 | (unsigned)value;
        }
        for (unsigned i = 5; i-- > 0; bits >>= 8)
            mac[group * 5 + i] = (uint8_t)bits;
    }
    return true;
}

size_t code_qr(const struct voucher_code *code, const struct code_key *key, const char *prefix,
               char out[CODE_QR_MAX])
{
    size_t n = strlen(prefix);
    out[0] = 0;
    if (strspn(prefix, qr_set) != n ||
        n + CODE_CHARS + KEY_ID_CHARS + MAC_CHARS + 2 >= (size_t)CODE_QR_MAX)
        return 0;
    memcpy(out, prefix, n);
    memcpy(out + n, code->c, CODE_CHARS);
    n += CODE_CHARS;
    out[n++] = '.';
    memcpy(out + n, key->id, KEY_ID_CHARS);
    n += KEY_ID_CHARS;
    out[n++] = '.';
    uint8_t mac[CODE_MAC_BYTES];
    make_mac(code, key, mac);
    mac_text(mac, out + n);
    n += MAC_CHARS;
    out[n] = 0;
    return n;
}

static char latin_of(uint32_t cp)
{
    if (cp >= 0x0410 && cp <= 0x042F)
        cp += 0x20;
    for (size_t i = 0; i < sizeof keys_ru / sizeof *keys_ru; i++) {
        if (keys_ru[i].cyrillic == cp)
            return keys_ru[i].latin;
    }
    return 0;
}

static bool is_ignored(uint32_t cp)
{
    return cp <= ' ' || cp == '-' || cp == 0xA0 || cp == 0xAD || (cp >= 0x2000 && cp <= 0x2015) ||
           cp == 0x202F || cp == 0x2212 || cp == 0xFEFF;
}

enum { READ_MAX = 256 };

/* Upper case Latin without blanks and hyphens; what no key says becomes '?'. Returns the length, 0
 * when it is too long to be a code. */
static size_t normalise(struct slice text, char out[READ_MAX])
{
    struct slice s = text;
    uint32_t cp;
    bool russian = false;
    while (utf8_take(&s, &cp))
        russian |= latin_of(cp) != 0;
    size_t n = 0;
    s = text;
    while (utf8_take(&s, &cp)) {
        if (is_ignored(cp))
            continue;
        if (n == READ_MAX - 1)
            return 0;
        char latin = latin_of(cp);
        if (latin)
            out[n] = latin;
        else if (cp == '.' && russian)
            out[n] = '/'; /* the key beside the right Shift */
        else if (cp >= 'a' && cp <= 'z')
            out[n] = (char)(cp - 0x20);
        else
            out[n] = cp < 0x7F ? (char)cp : '?';
        n++;
    }
    out[n] = 0;
    return n;
}

static bool read_code(struct slice s, struct voucher_code *code)
{
    if (s.n != CODE_CHARS)
        return false;
    for (size_t i = 0; i < CODE_CHARS; i++) {
        int value = value_of((char)s.p[i]);
        if (value < 0)
            return false;
        code->c[i] = alphabet[value];
    }
    code->c[CODE_CHARS] = 0;
    return interim(code->c, CODE_CHARS) == 0;
}

/* Compares with every key of that id in constant time. */
static bool proves(const struct voucher_code *code, struct slice id,
                   const uint8_t mac[CODE_MAC_BYTES], const struct code_key *keys, size_t n_keys)
{
    bool good = false;
    for (size_t i = 0; i < n_keys; i++) {
        bool same_id = true;
        for (size_t k = 0; k < KEY_ID_CHARS; k++)
            same_id = same_id && value_of((char)id.p[k]) == value_of(keys[i].id[k]);
        uint8_t ours[CODE_MAC_BYTES];
        make_mac(code, &keys[i], ours);
        good |= sodium_memcmp(ours, mac, sizeof ours) == 0 && same_id;
    }
    return good;
}

bool code_read(struct slice text, const struct code_key *keys, size_t n_keys,
               struct voucher_code *code, enum code_proof *proof, struct err *err)
{
    char latin[READ_MAX];
    struct slice s = slice_of(latin, normalise(text, latin));
    for (size_t slash; (slash = slice_find(s, '/')) < s.n;)
        s = slice_sub(s, slash + 1, s.n);
    if (slice_starts(s, "SPECIMEN"))
        return FAIL(err, ERR_CODE_SPECIMEN);
    size_t dot = slice_find(s, '.');
    struct voucher_code found;
    if (!read_code(slice_sub(s, 0, dot), &found))
        return err_fail_slice(err, ERR_CODE_TYPING, text);
    enum code_proof proved = CODE_PROOF_NONE;
    if (dot < s.n) {
        struct slice rest = slice_sub(s, dot + 1, s.n);
        uint8_t mac[CODE_MAC_BYTES];
        if (rest.n != KEY_ID_CHARS + 1 + MAC_CHARS || rest.p[KEY_ID_CHARS] != '.' ||
            !mac_read((const char *)rest.p + KEY_ID_CHARS + 1, mac))
            return err_fail_slice(err, ERR_CODE_TYPING, text);
        if (!proves(&found, rest, mac, keys, n_keys))
            return FAIL(err, ERR_CODE_FORGED);
        proved = CODE_PROOF_GOOD;
    }
    *code = found;
    *proof = proved;
    return true;
}
