/* Which bytes lead and follow is general knowledge of the encodings; units differ in the rows they
 * have. iconv is opened at the first character and kept. */
#include "virtual/pairs.h"

#include "base/utf8.h"

#include <iconv.h>
#include <stdlib.h>

struct pairs {
    iconv_t cd; /* (iconv_t)-1: the system does not know it */
    unsigned page;
};

enum { JIS = DOUBLE_BYTE_EUC_KR + 1, SHIFT_JIS_2004, PAGES };

static bool within(uint8_t b, uint8_t first, uint8_t last)
{
    return b >= first && b <= last;
}

/* Ranges of first and second bytes; 7F is never a second byte. */
static const struct {
    const char *iconv;
    enum fonts_language language;
    uint8_t lead[2][2], second[2][2];
} pages[PAGES] = {
    [DOUBLE_BYTE_NONE] = {"ASCII", FONTS_ANY, {{1, 0}, {1, 0}}, {{1, 0}, {1, 0}}},
    [DOUBLE_BYTE_GB18030] = {"GB18030",
                             FONTS_ZH_CN,
                             {{0x81, 0xfe}, {1, 0}},
                             {{0x40, 0x7e}, {0x80, 0xfe}}},
    [DOUBLE_BYTE_BIG5] = {"CP950",
                          FONTS_ZH_TW,
                          {{0x81, 0xfe}, {1, 0}},
                          {{0x40, 0x7e}, {0xa1, 0xfe}}},
    [DOUBLE_BYTE_SHIFT_JIS] = {"CP932",
                               FONTS_JA,
                               {{0x81, 0x9f}, {0xe0, 0xfc}},
                               {{0x40, 0x7e}, {0x80, 0xfc}}},
    [DOUBLE_BYTE_EUC_KR] = {"CP949",
                            FONTS_KO,
                            {{0x81, 0xfe}, {1, 0}},
                            {{0x41, 0x7a}, {0x81, 0xfe}}},
    [JIS] = {"EUC-JP", FONTS_JA, {{0x21, 0x7e}, {1, 0}}, {{0x21, 0x7e}, {1, 0}}},
    [SHIFT_JIS_2004] = {"SHIFT_JISX0213",
                        FONTS_JA,
                        {{0x81, 0x9f}, {0xe0, 0xfc}},
                        {{0x40, 0x7e}, {0x80, 0xfc}}},
};

static unsigned page_of(const struct virtual_printer *vp)
{
    static const unsigned japanese[] = {JIS, DOUBLE_BYTE_SHIFT_JIS, SHIFT_JIS_2004};
    enum profile_double_byte own = profile_pairs(vp->profile);
    return own == DOUBLE_BYTE_SHIFT_JIS ? japanese[vp->set.pair.code] : (unsigned)own;
}

/* Shift JIS needs no FS &: of the Japanese systems that is for JIS alone (HPRT PPTII-A and Toshiba
 * B-EP manuals, FS & and FS C). */
bool pairs_on(const struct virtual_printer *vp)
{
    const unsigned page = page_of(vp);
    return vp->set.utf8 || vp->set.double_byte || page == DOUBLE_BYTE_SHIFT_JIS ||
           page == SHIFT_JIS_2004;
}

/* FS ( C: a sequence that is none of UTF-8 is its first byte. */
static enum pairs_answer judge_utf8(const uint8_t *b, unsigned n)
{
    unsigned want = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : b[0] >= 0xc2 ? 2 : 1;
    if (b[0] < 0xc2 || b[0] > 0xf4)
        return PAIRS_NONE;
    for (unsigned i = 1; i < n; i++)
        if (b[i] >> 6 != 2)
            return PAIRS_NONE;
    if (n < want)
        return PAIRS_MORE;
    return utf8_valid(slice_of(b, n)) == n ? PAIRS_WHOLE : PAIRS_NONE;
}

/* Four bytes of GB18030: 81–FE 30–39 81–FE 30–39. */
static enum pairs_answer judge_four(const uint8_t *b, unsigned n)
{
    if (n >= 3 && !within(b[2], 0x81, 0xfe))
        return PAIRS_NONE;
    if (n < 4)
        return PAIRS_MORE;
    return within(b[3], '0', '9') ? PAIRS_WHOLE : PAIRS_NONE;
}

enum pairs_answer pairs_judge(const struct virtual_printer *vp, const uint8_t *b, unsigned n)
{
    if (vp->set.utf8)
        return judge_utf8(b, n);
    if (!pairs_on(vp))
        return PAIRS_NONE;
    unsigned page = page_of(vp);
    const uint8_t(*lead)[2] = pages[page].lead, (*second)[2] = pages[page].second;
    if (!within(b[0], lead[0][0], lead[0][1]) && !within(b[0], lead[1][0], lead[1][1]))
        return PAIRS_NONE;
    if (n == 1)
        return PAIRS_MORE;
    if (page == DOUBLE_BYTE_GB18030 && within(b[1], '0', '9'))
        return judge_four(b, n);
    if (within(b[1], second[0][0], second[0][1]) || within(b[1], second[1][0], second[1][1]))
        return PAIRS_WHOLE;
    return PAIRS_NONE;
}

static bool opened(struct virtual_printer *vp, unsigned page)
{
    struct pairs *p = vp->pairs;
    if (!p) {
        p = vp->pairs = calloc(1, sizeof *p);
        if (!p)
            return false;
        p->cd = (iconv_t)-1;
        p->page = PAGES;
    }
    if (p->page != page) {
        if (p->cd != (iconv_t)-1)
            iconv_close(p->cd);
        p->cd = iconv_open("UTF-8", pages[page].iconv);
        p->page = page;
    }
    return p->cd != (iconv_t)-1;
}

static uint32_t first_char(const uint8_t *utf8, size_t n)
{
    struct slice s = slice_of(utf8, n);
    uint32_t cp = 0;
    return utf8_take(&s, &cp) ? cp : 0;
}

uint32_t pairs_char(struct virtual_printer *vp, const uint8_t *bytes, unsigned n)
{
    if (vp->set.utf8)
        return first_char(bytes, n);
    unsigned page = page_of(vp);
    if (!opened(vp, page))
        return 0;
    char in[4], out[16];
    char *from = in, *to = out;
    size_t left = n, room = sizeof out;
    for (unsigned i = 0; i < n; i++) /* JIS X 0208 in seven bits is EUC-JP without its top bits */
        in[i] = (char)(page == JIS ? bytes[i] | 0x80 : bytes[i]);
    iconv(vp->pairs->cd, NULL, NULL, NULL, NULL);
    if (iconv(vp->pairs->cd, &from, &left, &to, &room) == (size_t)-1 || left)
        return 0;
    return first_char((const uint8_t *)out, sizeof out - room);
}

enum fonts_language pairs_language(const struct virtual_printer *vp)
{
    if (vp->set.utf8 && vp->set.utf8_language != FONTS_ANY)
        return vp->set.utf8_language;
    return pages[page_of(vp)].language;
}

void pairs_destroy(struct pairs *pairs)
{
    if (pairs && pairs->cd != (iconv_t)-1)
        iconv_close(pairs->cd);
    free(pairs);
}
