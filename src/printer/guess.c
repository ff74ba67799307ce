#include "printer/guess.h"

#include <ctype.h>
#include <stdio.h>

/* By word first, then by number, both sorted. Relatives share head, columns and the code pages that
 * receipts need; where even that is not known the row says so. */
/* clang-format off */
static const struct printer_model models[] = {
    {"58MM", 0, 0, "generic-58", false, "the width is in its name"},
    {"80MM", 0, 0, "generic-80", false, "the width is in its name"},
    {"MPT-II", 0, 0, "generic-58", false, "WebUSB projects: 58 mm"},
    {"POS-58", 0, 0, "pos-5890", false, "python-escpos #446: sold under many numbers"},
    {"POS-5890", 0, 0, "pos-5890", true, "the profile's own sources"},
    {"POS-80", 0, 0, "generic-80", false, "the width is in its name"},
    {"POS58", 0, 0, "pos-5890", false, "python-escpos #446: sold under many numbers"},
    {"POS80", 0, 0, "generic-80", false, "the width is in its name"},
    {"TM-T20", 0, 0, "epson-tm-t20iii", false, "printer database: 576 dots, 203 dpi, the same pages but few"},
    {"TM-T20II", 0, 0, "epson-tm-t20iii", false, "printer database: 576 dots, 203 dpi, the same pages but few"},
    {"TM-T20III", 0, 0, "epson-tm-t20iii", true, "the profile's own sources"},
    {"TM-T70", 0, 0, "epson-tm-t88v", false, "usb.ids names it with the TM-T88IV; 180 dpi unverified"},
    {"TM-T88", 0, 0, "epson-tm-t88v", false, "TM-T88II to V: 512 dots, 180 dpi"},
    {"TM-T88V", 0, 0, "epson-tm-t88v", true, "the profile's own sources"},
    {"TSP600", 0, 0, "star-line", false, "the profile's own sources, with ESC/POS emulation"},
    {"TSP650", 0, 0, "star-line", false, "the profile's own sources, with ESC/POS emulation"},
    {"TSP700", 0, 0, "star-line", false, "Star Line Mode; emulation unverified"},
    {"TSP800", 0, 0, "star-line", false, "Star Line Mode; emulation unverified"},
    {"XP-58", 0, 0, "generic-58", false, "the width is in its name"},
    {"XP-80", 0, 0, "xprinter-xp-80", true, "the profile's own sources"},
    {NULL, 0x0416, 0x5011, "pos-5890", false, "python-escpos #446"},
    {NULL, 0x0456, 0x0808, "generic-58", false, "chrome-raw-print #8: 58 mm"},
    {NULL, 0x0483, 0x5743, "generic-80", false, "WebUSB projects: 80 mm"},
    {NULL, 0x0483, 0x5840, "generic-58", false, "WebUSB projects: 58 mm"},
    {NULL, 0x04b8, 0x0202, "epson-tm-t88v", false, "usb.ids: TM-T70, TM-T88IV or M129C"},
    {NULL, 0x04b8, 0x0e03, "epson-tm-t20iii", false, "usb.ids: TM-T20"},
    {NULL, 0x04b8, 0x0e15, "epson-tm-t20iii", false, "usb.ids: TM-T20II"},
    {NULL, 0x04b8, 0x0e27, "epson-tm-t20iii", true, "pywebdriver; others say 0e28"},
    {NULL, 0x04b8, 0x0e28, "epson-tm-t20iii", true, "odoo; others say 0e27"},
    {NULL, 0x0519, -1, "star-line", false, "CUPS usb-quirks: Star; a TSP100 speaks no ESC/POS"},
};
/* clang-format on */
enum { MODELS = sizeof models / sizeof models[0] };

const struct printer_model *printer_model_row(size_t i)
{
    return i < MODELS ? &models[i] : NULL;
}

/* Whether word stands in text where a word begins, but for the case; *whole when it ends there too.
 */
static bool holds(struct slice text, const char *word, bool *whole)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= text.n; i++) {
        if ((i && isalnum(text.p[i - 1])) ||
            !slice_equal_nocase(slice_sub(text, i, i + n), slice_str(word)))
            continue;
        *whole = i + n == text.n || !isalnum(text.p[i + n]);
        return true;
    }
    return false;
}

/* The longest word that fits: TM-T20III is also a TM-T20. */
static bool by_name(struct slice name, enum printer_clue clue, struct printer_guess *guess)
{
    size_t longest = 0;
    for (size_t i = 0; i < MODELS && models[i].word; i++) {
        bool whole;
        size_t n = strlen(models[i].word);
        if (n <= longest || !holds(name, models[i].word, &whole))
            continue;
        longest = n;
        guess->profile = profile_find(slice_str(models[i].profile));
        guess->exact = models[i].exact && whole;
    }
    if (!longest)
        return false;
    guess->clue = clue;
    slice_cstr(name, guess->text, sizeof guess->text);
    return true;
}

static bool by_number(const struct printer_clues *clues, struct printer_guess *guess)
{
    bool found = false;
    for (size_t i = 0; i < MODELS && clues->vid; i++) {
        const struct printer_model *m = &models[i];
        if (m->word || m->vid != clues->vid || (m->pid >= 0 && m->pid != clues->pid))
            continue;
        guess->profile = profile_find(slice_str(m->profile));
        guess->exact = m->exact;
        found = true;
    }
    if (!found)
        return false;
    guess->clue = CLUE_USB_ID;
    snprintf(guess->text, sizeof guess->text, "%04x:%04x%s%s", clues->vid, clues->pid,
             clues->usb_name ? " " : "", clues->usb_name ? clues->usb_name : "");
    return true;
}

void printer_guess(const struct printer_clues *clues, struct printer_guess *guess)
{
    *guess = (struct printer_guess){.profile = profile_find(SLICE_LITERAL("generic-80"))};
    if (!by_name(clues->device_id_model, CLUE_DEVICE_ID, guess) &&
        !by_name(clues->answered_model, CLUE_ANSWER, guess) &&
        !by_name(clues->product, CLUE_PRODUCT, guess))
        by_number(clues, guess);
}
