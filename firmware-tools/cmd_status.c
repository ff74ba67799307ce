/* status: every bit of every answer to DLE EOT, in words. */
#include "firmware-tools/fw.h"

#include <poll.h>
#include <stdio.h>

enum { LOOK_EVERY_MS = 1000, TIMES_MAX = 1000000 };

struct bit {
    uint8_t n, mask;
    const char *key; /* for programs */
    const char *text[LANG_COUNT];
};

/* Epson APG, DLE EOT. */
/* clang-format off */
static const struct bit bits[] = {
    {1, 0x04, "drawer_pin_high", {"drawer pin 3 high", "pinul 3 al sertarului sus", "контакт 3 ящика: высокий уровень"}},
    {1, 0x08, "offline", {"offline", "nu este pregătită", "не готов к печати"}},
    {1, 0x20, "awaits_recovery", {"waits to be put online again", "așteaptă repunerea în funcțiune", "ждёт возобновления"}},
    {1, 0x40, "feed_button", {"feed button pressed", "buton de avans apăsat", "нажата кнопка протяжки"}},
    {2, 0x04, "cover_open", {"cover open", "capac deschis", "открыта крышка"}},
    {2, 0x08, "feeding", {"paper is being fed by the button", "hârtia avansează de la buton", "протяжка кнопкой"}},
    {2, 0x20, "stopped_by_paper_end", {"printing stopped, paper out", "tipărire oprită, fără hârtie", "печать остановлена, нет бумаги"}},
    {2, 0x40, "error", {"error", "eroare", "ошибка"}},
    {3, 0x04, "recoverable_error", {"recoverable error", "eroare care poate fi ștearsă", "устранимая ошибка"}},
    {3, 0x08, "cutter_error", {"cutter jam", "cuțit blocat", "заклинил нож"}},
    {3, 0x20, "unrecoverable_error", {"unrecoverable error", "eroare gravă", "неустранимая ошибка"}},
    {3, 0x40, "auto_recoverable_error", {"head too hot, or cover opened while printing", "cap supraîncălzit sau capac deschis la tipărire", "перегрев головки или открыта крышка при печати"}},
    {4, 0x0C, "paper_near_end", {"paper low", "hârtie puțină", "бумага заканчивается"}},
    {4, 0x60, "paper_end", {"paper out", "fără hârtie", "нет бумаги"}},
};
static const char *const titles[4][LANG_COUNT] = {
    {"printer", "imprimanta", "принтер"},
    {"why offline", "de ce nu este pregătită", "почему не готов"},
    {"errors", "erori", "ошибки"},
    {"paper", "hârtia", "бумага"},
};
/* clang-format on */
enum { BITS = sizeof bits / sizeof bits[0] };

static void say_one(const struct fw *fw, const struct fw_status *status, unsigned n)
{
    if (!status->came[n - 1]) {
        door_say(&fw->door, "%s: %s\n", titles[n - 1][fw->door.lang], fw_word(fw, W_NO_ANSWER));
        return;
    }
    door_say(&fw->door, "%s (DLE EOT %u = %02X)\n", titles[n - 1][fw->door.lang], n,
             status->byte[n - 1]);
    for (size_t i = 0; i < BITS; i++)
        if (bits[i].n == n)
            door_say(&fw->door, "  %s  %s\n",
                     fw_word(fw, status->byte[n - 1] & bits[i].mask ? W_YES : W_NO),
                     bits[i].text[fw->door.lang]);
}

static void words_of(const struct fw *fw, const struct fw_status *status, struct buf *words)
{
    if (status->any)
        printer_words(status->state, fw->door.lang, words);
    else
        buf_str(words, fw_word(fw, W_NO_ANSWER));
}

static void say_all(const struct fw *fw, const struct fw_status *status)
{
    struct buf words;
    buf_init(&words, FW_LINE_BYTES);
    words_of(fw, status, &words);
    door_say(&fw->door, "%s: %.*s\n", fw->name, (int)words.n, (const char *)words.p);
    buf_finish(&words);
    for (unsigned n = 1; n <= 4; n++)
        say_one(fw, status, n);
}

static void put_json(const struct fw *fw, const struct fw_status *status)
{
    struct buf line, words;
    struct json j;
    buf_init(&line, FW_LINE_BYTES);
    buf_init(&words, FW_LINE_BYTES);
    words_of(fw, status, &words);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "printer", fw->name);
    json_bool(&j, "answers", status->any);
    json_bool(&j, "ready", status->any && printer_is_ready(status->state));
    json_text(&j, "words", buf_slice(&words));
    json_open_object(&j, "bits");
    for (size_t i = 0; i < BITS; i++)
        if (status->came[bits[i].n - 1])
            json_bool(&j, bits[i].key, status->byte[bits[i].n - 1] & bits[i].mask);
    json_close_object(&j);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
    buf_finish(&words);
}

static void show(const struct fw *fw, const struct fw_status *status)
{
    if (fw->door.json)
        put_json(fw, status);
    else
        say_all(fw, status);
    fflush(stdout);
}

static bool is_other(const struct fw_status *a, const struct fw_status *b)
{
    return memcmp(a->came, b->came, sizeof a->came) != 0 ||
           memcmp(a->byte, b->byte, sizeof a->byte) != 0;
}

static bool watch(struct fw *fw, struct err *err)
{
    struct fw_status before = {.any = false}, now;
    unsigned times;
    if (!fw_number(fw, "--times", 1, TIMES_MAX, 0, &times, err))
        return false;
    for (unsigned look = 1;; look++) {
        if (!fw_read_status(fw, &now, err))
            return false;
        if (look == 1 || is_other(&before, &now))
            show(fw, &now);
        before = now;
        if (times && look >= times)
            return true;
        poll(NULL, 0, LOOK_EVERY_MS);
    }
}

static bool run(struct fw *fw, struct err *err)
{
    struct fw_status status;
    if (!fw_open(fw, err) || !fw_needs_answers(fw, err))
        return false;
    if (door_has(&fw->door, "--watch"))
        return watch(fw, err);
    if (!fw_read_status(fw, &status, err))
        return false;
    if (!status.any)
        return FAIL(err, status.noise ? ERR_FW_DEVICE : ERR_FW_SILENT, fw->name);
    show(fw, &status);
    return true;
}

static const struct door_option options[] = {
    FW_PRINTER_OPTIONS,
    {"--watch", NULL, "look again every second and say what changed, until stopped"},
    {"--times", "N", "with --watch: end after N looks"}};

const struct fw_command cmd_status = {
    .door =
        {
            .name = "status",
            .summary = "every bit of every status, in words",
            DOOR_OPTIONS(options),
            .needs_shop = true,
        },
    .run = run,
};
