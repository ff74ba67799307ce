#include "printer/printer.h"

/* Everything that keeps a printer from printing; the rest is said and no more. */
enum {
    NOT_READY = PRINTER_OFFLINE | PRINTER_COVER_OPEN | PRINTER_PAPER_OUT | PRINTER_CUTTER_ERROR |
                PRINTER_OVERHEATED | PRINTER_UNRECOVERABLE | PRINTER_RECOVERABLE | PRINTER_FEEDING,
    /* What says more than "offline" or "error" does. */
    NAMED = NOT_READY & ~(PRINTER_OFFLINE | PRINTER_RECOVERABLE),
};

struct condition {
    unsigned bit;
    unsigned unless; /* not said when one of these is said */
    const char *text[LANG_COUNT];
};

/* In the order in which a cashier would look. The drawer's pin is left out: which level means open
 * depends on the drawer. */
/* clang-format off */
static const struct condition conditions[] = {
    {PRINTER_COVER_OPEN,    0,                 {"cover open", "capac deschis", "открыта крышка"}},
    {PRINTER_PAPER_OUT,     0,                 {"paper out", "s-a terminat hârtia", "нет бумаги"}},
    {PRINTER_CUTTER_ERROR,  0,                 {"cutter jam", "cuțit blocat", "заклинил нож"}},
    {PRINTER_OVERHEATED,    PRINTER_COVER_OPEN,                 {"print head too hot, wait a moment", "cap de tipărire supraîncălzit, așteptați puțin", "перегрев головки, немного подождите"}},
    {PRINTER_UNRECOVERABLE, 0,                 {"broken, switch it off and on or call service", "defectă, opriți-o și porniți-o sau chemați service-ul", "неисправен, выключите и включите или вызовите мастера"}},
    {PRINTER_RECOVERABLE,   NAMED,             {"stopped by an error", "oprită de o eroare", "остановлен из-за ошибки"}},
    {PRINTER_FEEDING,       PRINTER_PAPER_OUT, {"paper is being fed", "se avansează hârtia", "идёт протяжка бумаги"}},
    {PRINTER_OFFLINE,       NAMED | PRINTER_RECOVERABLE, {"offline", "nu este pregătită", "не готов к печати"}},
    {PRINTER_PAPER_LOW,     PRINTER_PAPER_OUT, {"paper low", "hârtie puțină", "бумага заканчивается"}},
};
static const char *const ready[LANG_COUNT] = {"ready", "pregătită", "готов"};
/* clang-format on */

bool printer_is_ready(unsigned state)
{
    return !(state & NOT_READY);
}

void printer_words(unsigned state, enum lang lang, struct buf *out)
{
    const char *between = "";
    if (printer_is_ready(state)) {
        buf_str(out, ready[lang]);
        between = ", ";
    }
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        const struct condition *c = &conditions[i];
        if (!(state & c->bit) || (state & c->unless))
            continue;
        buf_str(out, between);
        buf_str(out, c->text[lang]);
        between = ", ";
    }
}
