/* What this program says to people, in their language. */
#ifndef BONBON_FIRMWARE_TOOLS_WORDS_H
#define BONBON_FIRMWARE_TOOLS_WORDS_H

enum fw_word {
#define WORD(id, en, ro, ru) W_##id,
#include "firmware-tools/words.def"
#undef WORD
    W_COUNT
};

#endif
