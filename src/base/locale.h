/* How a language writes money, numbers, dates and plurals. Formatting happens once, in the data
 * given to a template. Each call writes at most cap bytes including a NUL and returns the length
 * without it. */
#ifndef BONBON_BASE_LOCALE_H
#define BONBON_BASE_LOCALE_H

#include "base/calendar.h"
#include "base/money.h"

/* en "£42.50", "RON 42.50" (no sign in English); ro "42,50 lei"; ru "1 250,00 ₽" (with no-break
 * spaces). */
size_t locale_money(enum lang lang, const struct currency *c, int64_t minor, char *out, size_t cap);
/* The number alone, as a column of amounts wants it: "1,250.00", "1.250,00", "1 250,00". */
size_t locale_amount(enum lang lang, const struct currency *c, int64_t minor, char *out,
                     size_t cap);
size_t locale_decimal(enum lang lang, struct decimal d, char *out, size_t cap);
/* "21 November 2026", "21 noiembrie 2026", "21 ноября 2026". */
size_t locale_date(enum lang lang, int32_t day, char *out, size_t cap);
/* "21/11/2026" en, "21.11.2026" ro and ru. */
size_t locale_date_short(enum lang lang, int32_t day, char *out, size_t cap);
/* CLDR plural category of a whole number: en one/other, ro one/few/other, ru one/few/many. */
enum plural { PLURAL_ONE, PLURAL_FEW, PLURAL_MANY, PLURAL_OTHER };
enum plural locale_plural(enum lang lang, uint64_t n);

#endif
