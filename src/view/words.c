#include "view/words.h"

#include <stdio.h>

/* clang-format off */
static const struct slice words[WORD_COUNT][LANG_COUNT] = {
    [WORD_COPY]       = {SLICE("COPY"), SLICE("COPIE"), SLICE("КОПИЯ")},
    [WORD_SPECIMEN]   = {SLICE("SPECIMEN"), SLICE("SPECIMEN"), SLICE("ОБРАЗЕЦ")},
    [WORD_TRAINING]   = {SLICE("TRAINING - NOT A RECEIPT"), SLICE("INSTRUIRE - NU ESTE BON"), SLICE("УЧЕБНЫЙ - НЕ ЧЕК")},
    [WORD_AGAIN]      = {SLICE("PRINTED AGAIN"), SLICE("TIPĂRIT DIN NOU"), SLICE("НАПЕЧАТАНО СНОВА")},
};

static const struct {
    const char *method;
    struct slice name[LANG_COUNT];
} payments[] = {
    {"card",     {SLICE("Card"), SLICE("Card"), SLICE("Карта")}},
    {"cash",     {SLICE("Cash"), SLICE("Numerar"), SLICE("Наличные")}},
    {"mobile",   {SLICE("Mobile"), SLICE("Mobil"), SLICE("Телефон")}},
    {"transfer", {SLICE("Bank transfer"), SLICE("Transfer bancar"), SLICE("Перевод")}},
    {"voucher",  {SLICE("Voucher"), SLICE("Voucher"), SLICE("Ваучер")}},
};

/* Printable with the number before it, by CLDR plural category; Romanian puts "de" from 20 on. */
static const char *const minutes_words[LANG_COUNT][PLURAL_OTHER + 1] = {
    [LANG_EN] = {[PLURAL_ONE] = "minute", [PLURAL_OTHER] = "minutes"},
    [LANG_RO] = {[PLURAL_ONE] = "minut", [PLURAL_FEW] = "minute", [PLURAL_OTHER] = "de minute"},
    [LANG_RU] = {[PLURAL_ONE] = "минута", [PLURAL_FEW] = "минуты", [PLURAL_MANY] = "минут", [PLURAL_OTHER] = "минуты"},
};
/* clang-format on */

struct slice word(enum word which, enum lang lang)
{
    return words[which][lang];
}

struct slice word_payment(struct slice method, enum lang lang)
{
    for (size_t i = 0; i < sizeof payments / sizeof payments[0]; i++)
        if (slice_is(method, payments[i].method))
            return payments[i].name[lang];
    return method;
}

size_t word_minutes(int64_t minutes, enum lang lang, char *out, size_t cap)
{
    const char *words_for = minutes_words[lang][locale_plural(lang, (uint64_t)minutes)];
    int n = snprintf(out, cap, "%lld %s", (long long)minutes, words_for);
    return n < 0 ? 0 : (size_t)n < cap ? (size_t)n : cap - 1;
}

size_t word_percent(uint32_t hundredths, enum lang lang, char *out, size_t cap)
{
    char number[64];
    struct decimal percent = {hundredths, 2};
    while (percent.scale && percent.units % 10 == 0) {
        percent.units /= 10;
        percent.scale--;
    }
    locale_decimal(lang, percent, number, sizeof number);
    int n = snprintf(out, cap, "%s%%", number);
    return n < 0 ? 0 : (size_t)n < cap ? (size_t)n : cap - 1;
}
