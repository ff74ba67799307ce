/* QR codes through libqrencode. What goes in is split here into the segments (digits, the
 * alphanumeric set, bytes) that take the fewest bits: so the version is known, and qr_modules()
 * costs little, without encoding anything. */
#include "image/symbol.h"

#include <qrencode.h>
#include <stdio.h>

enum { VERSIONS = 40, LEVELS = 4, MAX_BYTES = 7089 /* digits in version 40-L */ };

static const QRecLevel LEVEL[LEVELS] = {QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H};
static const char *const LEVEL_NAME[LEVELS] = {"L", "M", "Q", "H"};

/* Data code words of versions 1 to 40 at L, M, Q, H (ISO/IEC 18004, table 7). */
/* clang-format off */
static const uint16_t DATA_WORDS[VERSIONS][LEVELS] = {
    {19, 16, 13, 9}, {34, 28, 22, 16}, {55, 44, 34, 26}, {80, 64, 48, 36}, /* to 4 */
    {108, 86, 62, 46}, {136, 108, 76, 60}, {156, 124, 88, 66}, {194, 154, 110, 86}, /* to 8 */
    {232, 182, 132, 100}, {274, 216, 154, 122}, {324, 254, 180, 140}, {370, 290, 206, 158}, /* to 12 */
    {428, 334, 244, 180}, {461, 365, 261, 197}, {523, 415, 295, 223}, {589, 453, 325, 253}, /* to 16 */
    {647, 507, 367, 283}, {721, 563, 397, 313}, {795, 627, 445, 341}, {861, 669, 485, 385}, /* to 20 */
    {932, 714, 512, 406}, {1006, 782, 568, 442}, {1094, 860, 614, 464}, {1174, 914, 664, 514}, /* to 24 */
    {1276, 1000, 718, 538}, {1370, 1062, 754, 596}, {1468, 1128, 808, 628}, {1531, 1193, 871, 661}, /* to 28 */
    {1631, 1267, 911, 701}, {1735, 1373, 985, 745}, {1843, 1455, 1033, 793}, {1955, 1541, 1115, 845}, /* to 32 */
    {2071, 1631, 1171, 901}, {2191, 1725, 1231, 961}, {2306, 1812, 1286, 986}, {2434, 1914, 1354, 1054}, /* to 36 */
    {2566, 1992, 1426, 1096}, {2702, 2102, 1502, 1142}, {2812, 2216, 1582, 1222}, {2956, 2334, 1666, 1276}, /* to 40 */
};
/* clang-format on */

enum mode { DIGITS, ALNUM, BYTES, MODES };

static const QRencodeMode MODE[MODES] = {QR_MODE_NUM, QR_MODE_AN, QR_MODE_8};

/* Bits of the character count in versions 1–9, 10–26, 27–40. */
static const uint8_t COUNT_BITS[3][MODES] = {{10, 9, 8}, {12, 11, 16}, {14, 13, 16}};
static const uint8_t LAST_VERSION[3] = {9, 26, VERSIONS};

/* Sixths of a bit a character takes: three digits share ten bits, two of the alphanumeric set
 * eleven. */
enum { PER_BIT = 6, NEVER = 1 << 28 };
static const uint8_t COST[MODES] = {20, 33, 48};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(uint8_t c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c && strchr(" $%*+-./:", c));
}

static uint32_t whole_bits(uint32_t cost)
{
    return (cost + PER_BIT - 1) / PER_BIT * PER_BIT;
}

/* A way through data: the mode of each character, and the bits that it takes. */
struct way {
    uint8_t mode[MAX_BYTES];
    size_t bits;
};

/* The shortest way, by dynamic programming over the characters: came_from[i][m] is the mode of
 * character i when what follows it is in mode m. */
static void find_way(struct slice data, unsigned size_class, struct way *way)
{
    uint8_t came_from[MAX_BYTES][MODES];
    uint32_t head[MODES];
    uint32_t cost[MODES];
    for (unsigned m = 0; m < MODES; m++)
        cost[m] = head[m] = (4U + COUNT_BITS[size_class][m]) * PER_BIT;
    for (size_t i = 0; i < data.n; i++) {
        const uint8_t c = data.p[i];
        const bool fits[MODES] = {is_digit(c), is_alnum(c), true};
        uint32_t whole = NEVER;
        uint8_t cheapest = BYTES;
        for (uint8_t m = 0; m < (uint8_t)MODES; m++) {
            cost[m] = fits[m] ? cost[m] + COST[m] : NEVER;
            came_from[i][m] = m;
            if (whole_bits(cost[m]) < whole) {
                whole = whole_bits(cost[m]);
                cheapest = m;
            }
        }
        for (unsigned m = 0; m < MODES; m++) {
            if (whole + head[m] < cost[m]) {
                cost[m] = whole + head[m];
                came_from[i][m] = cheapest;
            }
        }
    }
    uint8_t mode = 0;
    for (uint8_t m = 1; m < (uint8_t)MODES; m++) {
        if (cost[m] < cost[mode])
            mode = m;
    }
    way->bits = whole_bits(cost[mode]) / PER_BIT;
    for (size_t i = data.n; i-- > 0;)
        way->mode[i] = mode = came_from[i][mode];
}

/* The smallest version that holds data, and the way that makes it fit; 0 when none does. */
static unsigned find_version(struct slice data, enum qr_level level, struct way *way)
{
    unsigned version = 1;
    if (data.n == 0 || data.n > MAX_BYTES)
        return 0;
    for (unsigned size_class = 0; size_class < 3; size_class++) {
        find_way(data, size_class, way);
        for (; version <= LAST_VERSION[size_class]; version++) {
            if (way->bits <= DATA_WORDS[version - 1][level] * (size_t)8)
                return version;
        }
    }
    return 0;
}

static bool append_way(QRinput *input, struct slice data, const struct way *way)
{
    for (size_t i = 0; i < data.n;) {
        size_t end = i + 1;
        while (end < data.n && way->mode[end] == way->mode[i])
            end++;
        if (QRinput_append(input, MODE[way->mode[i]], (int)(end - i), data.p + i) != 0)
            return false;
        i = end;
    }
    return true;
}

static QRcode *encode(struct slice data, enum qr_level level)
{
    struct way way;
    unsigned version = find_version(data, level, &way);
    QRinput *input = version ? QRinput_new2((int)version, LEVEL[level]) : NULL;
    if (!input)
        return NULL;
    QRcode *code = append_way(input, data, &way) ? QRcode_encodeInput(input) : NULL;
    QRinput_free(input);
    return code;
}

unsigned qr_modules(struct slice data, enum qr_level level)
{
    struct way way;
    unsigned version = find_version(data, level, &way);
    return version ? 17 + 4 * version : 0;
}

bool qr_make(struct slice data, enum qr_level level, struct bitmap *out, struct err *err)
{
    *out = (struct bitmap){0};
    if (data.n == 0)
        return FAIL(err, ERR_SYMBOL, "QR", "there is no data");
    QRcode *code = encode(data, level);
    if (!code) {
        char reason[96];
        snprintf(reason, sizeof reason, "%zu bytes are more than level %s holds", data.n,
                 LEVEL_NAME[level]);
        return FAIL(err, ERR_SYMBOL, "QR", reason);
    }
    uint32_t side = (uint32_t)code->width;
    bool done = bitmap_init(out, side, side, err);
    for (uint32_t y = 0; done && y < side; y++)
        for (uint32_t x = 0; x < side; x++)
            if (code->data[y * side + x] & 1)
                bitmap_set(out, x, y);
    QRcode_free(code);
    return done;
}
