/* The few words that the program itself puts on paper, in the shop's language; all others stand in
 * templates. */
#ifndef BONBON_VIEW_WORDS_H
#define BONBON_VIEW_WORDS_H

#include "base/locale.h"

enum word {
    WORD_COPY,     /* COPY */
    WORD_SPECIMEN, /* SPECIMEN */
    WORD_TRAINING, /* TRAINING: not a receipt */
    WORD_AGAIN,    /* PRINTED AGAIN after an interruption */
    WORD_COUNT
};

struct slice word(enum word which, enum lang lang);
/* "Cash", "Numerar", "Наличные"; a method that is not known is itself. */
struct slice word_payment(struct slice method, enum lang lang);
/* "14 minutes", "14 minute", "20 de minute", "21 минута"; returns the length without the NUL. */
size_t word_minutes(int64_t minutes, enum lang lang, char *out, size_t cap);
/* "10%", "12,5%": without the blank that Russian typography puts before the sign, which gapes where
 * the figure is large. */
size_t word_percent(uint32_t hundredths, enum lang lang, char *out, size_t cap);

#endif
