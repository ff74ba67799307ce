#include "firmware-tools/fw.h"

static const char *const words[W_COUNT][LANG_COUNT] = {
#define WORD(id, en, ro, ru) [W_##id] = {en, ro, ru},
#include "firmware-tools/words.def"
#undef WORD
};

const char *fw_word(const struct fw *fw, enum fw_word word)
{
    return words[word][fw->door.lang];
}
