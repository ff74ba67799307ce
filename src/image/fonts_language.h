/* The language of a text, where its letters have other forms in another: the same Han characters
 * are written a little otherwise in China, Taiwan, Japan and Korea. */
#ifndef BONBON_IMAGE_FONTS_LANGUAGE_H
#define BONBON_IMAGE_FONTS_LANGUAGE_H

enum fonts_language {
    FONTS_ANY, /* nobody says: Han as in zh-cn */
    FONTS_ZH_CN,
    FONTS_ZH_TW,
    FONTS_JA,
    FONTS_KO,
    FONTS_LANGUAGES
};

#endif
