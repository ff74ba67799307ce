/* Which Debian package brings a font for a script; names as of Debian 12. */
#include "image/fonts.h"

/* clang-format off */
static const struct {
    uint32_t from, to;
    const char *package;
} scripts[] = {
    {0x00A0, 0x058F, "fonts-dejavu-core"},     /* Latin, Greek, Cyrillic, Armenian */
    {0x0590, 0x05FF, "fonts-noto-core"},       /* Hebrew with its points */
    {0x0600, 0x077F, "fonts-dejavu-core"},     /* Arabic, Persian */
    {0x0780, 0x0DFF, "fonts-noto-core"},       /* N'Ko to Sinhala: all of India */
    {0x0E00, 0x0E7F, "fonts-noto-core"},       /* Thai */
    {0x0E80, 0x109F, "fonts-noto-core"},       /* Lao, Tibetan, Burmese */
    {0x10A0, 0x10FF, "fonts-dejavu-core"},     /* Georgian */
    {0x1100, 0x11FF, "fonts-wqy-microhei"},        /* Hangul letters */
    {0x1200, 0x1BFF, "fonts-noto-core"},       /* Ethiopic to Batak */
    {0x1C00, 0x1DFF, "fonts-noto-core"},
    {0x1E00, 0x1E9F, "fonts-dejavu-core"},
    {0x1EA0, 0x1EFF, "fonts-noto-mono"},       /* Vietnamese */
    {0x1F00, 0x20CF, "fonts-dejavu-core"},     /* Greek with accents, signs of currency */
    {0x20D0, 0x20FF, "fonts-noto-core"},
    {0x2100, 0x27FF, "fonts-dejavu-core"},     /* signs and arrows */
    {0x2800, 0x2BFF, "fonts-symbola"},
    {0x2C00, 0x2E7F, "fonts-noto-core"},
    {0x2E80, 0xA4CF, "fonts-wqy-microhei"},    /* Chinese, Japanese */
    {0xA4D0, 0xABFF, "fonts-noto-core"},
    {0xAC00, 0xD7FF, "fonts-wqy-microhei"},        /* Korean */
    {0xF900, 0xFAFF, "fonts-wqy-microhei"},
    {0xFB00, 0xFE0F, "fonts-dejavu-core"},     /* presentation forms */
    {0xFE10, 0xFE6F, "fonts-wqy-microhei"},
    {0xFE70, 0xFEFC, "fonts-dejavu-core"},
    {0xFF00, 0xFFEF, "fonts-wqy-microhei"},        /* full and half width */
    {0x10000, 0x1EFFF, "fonts-noto-core"},     /* old and rare scripts */
    {0x1F000, 0x1FAFF, "fonts-symbola"},       /* emoji */
    {0x20000, 0x3FFFF, "fonts-noto-cjk"},
};
/* clang-format on */

const char *fonts_package(uint32_t cp)
{
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        if (cp >= scripts[i].from && cp <= scripts[i].to)
            return scripts[i].package;
    }
    return NULL;
}
