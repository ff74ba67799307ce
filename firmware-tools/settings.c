#include "firmware-tools/settings.h"

#include "escpos/maintain.h"

#include <stdio.h>

/* Ids of blocks (Epson APG, GS ( E). */
enum { BLOCK_ENTERED = 0x20, BLOCK_SWITCH = 0x21, BLOCK_VALUE = 0x27, BETWEEN = 0x1F };
enum { SILENT_MAX = 3, BITS = 8, WRITE_BYTES = 4096 };

struct value_row {
    uint8_t first, last;
    const char *text[LANG_COUNT];
};

/* Custom values and what they are for; the numbers from 111 on are of newer models and differ. */
/* clang-format off */
static const struct value_row values[] = {
    {1, 1, {"NV user memory", "memoria utilizatorului", "память пользователя"}},
    {2, 2, {"NV graphics memory", "memoria de imagini", "память картинок"}},
    {3, 3, {"paper width", "lățimea hârtiei", "ширина бумаги"}},
    {5, 5, {"density", "densitate", "плотность"}},
    {6, 6, {"speed", "viteză", "скорость"}},
    {7, 7, {"Thai mode", "modul thailandez", "тайский режим"}},
    {8, 8, {"code page at power-on", "pagina de cod la pornire", "кодовая страница при включении"}},
    {9, 9, {"international set at power-on", "setul internațional la pornire", "международный набор при включении"}},
    {10, 10, {"interface", "interfața", "интерфейс"}},
    {11, 11, {"column emulation", "emulare de coloane", "эмуляция колонок"}},
    {12, 12, {"commands while offline", "comenzi când nu este pregătită", "команды в состоянии offline"}},
    {13, 13, {"top margin backfeed", "retragerea marginii de sus", "обратная протяжка верхнего поля"}},
    {14, 14, {"standby for paper removal", "așteptarea ridicării hârtiei", "ожидание снятия бумаги"}},
    {20, 20, {"interface switch time", "timp de comutare a interfeței", "время переключения интерфейса"}},
    {21, 21, {"primary interface", "interfața principală", "основной интерфейс"}},
    {22, 22, {"", "", ""}},
    {70, 73, {"reduction and graphics", "reducere și grafică", "уменьшение и графика"}},
    {97, 97, {"head split", "împărțirea capului", "деление головки"}},
    {98, 98, {"", "", ""}},
    {111, 193, {"", "", ""}},
};
/* clang-format on */
enum { VALUE_ROWS = sizeof values / sizeof values[0] };

const char *settings_value_name(unsigned a, enum lang lang)
{
    for (size_t i = 0; i < VALUE_ROWS; i++)
        if (a >= values[i].first && a <= values[i].last)
            return values[i].text[lang];
    return "";
}

bool settings_erases(unsigned a)
{
    return a == 1 || a == 2;
}

unsigned settings_count_switches(const struct settings *s)
{
    unsigned n = 0;
    for (unsigned a = 1; a <= SETTINGS_SWITCHES; a++)
        n += s->mask[a] != 0;
    return n;
}

unsigned settings_count_values(const struct settings *s)
{
    unsigned n = 0;
    for (unsigned a = 0; a < SETTINGS_VALUES; a++)
        n += s->has_value[a];
    return n;
}

/* ── reading ── */

static bool not_understood(const struct fw *fw, const struct printer_answer *answer,
                           struct err *err)
{
    char shown[FW_TEXT_BYTES];
    fw_hex(answer, shown, sizeof shown);
    return FAIL(err, ERR_FW_ANSWER, fw->name, shown);
}

static bool take_switch(const struct fw *fw, const struct printer_answer *answer, uint8_t *on,
                        struct err *err)
{
    *on = 0;
    if (answer->n != BITS)
        return not_understood(fw, answer, err);
    for (size_t i = 0; i < BITS; i++) {
        if (answer->data[i] != '0' && answer->data[i] != '1')
            return not_understood(fw, answer, err);
        if (answer->data[i] == '1')
            *on |= (uint8_t)(0x80 >> i);
    }
    return true;
}

/* Number, 1F, value. */
static bool take_value(const struct fw *fw, const struct printer_answer *answer, unsigned a,
                       uint16_t *value, struct err *err)
{
    struct slice text = slice_of(answer->data, answer->n);
    size_t between = slice_find(text, BETWEEN);
    uint64_t number, n;
    if (!slice_u64(slice_sub(text, 0, between), UINT8_MAX, &number) || number != a ||
        !slice_u64(slice_sub(text, between + 1, text.n), UINT16_MAX, &n))
        return not_understood(fw, answer, err);
    *value = (uint16_t)n;
    return true;
}

static bool read_switches(struct fw *fw, struct settings *s, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    struct printer_answer answer;
    for (unsigned a = 1; a <= SETTINGS_SWITCHES; a++) {
        size_t n = escpos_ask_switch(a, request);
        if (!fw_ask(fw, slice_of(request, n), REPLY_BLOCK, BLOCK_SWITCH, 1, &answer, err))
            return false;
        if (!answer.came && a == 1)
            return true; /* who does not tell the first has none */
        if (answer.came && !take_switch(fw, &answer, &s->on[a], err))
            return false;
        s->mask[a] = answer.came ? 0xFF : 0;
    }
    return true;
}

/* A printer that also leaves the fence unanswered lets each question wait in vain: after a few of
 * them the rest is not asked. */
static bool read_value(struct fw *fw, unsigned a, struct settings *s, unsigned *silent,
                       struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    struct printer_answer answer;
    size_t n = escpos_ask_custom(a, request);
    int64_t began_ms = transport_clock_ms();
    if (!fw_ask(fw, slice_of(request, n), REPLY_BLOCK, BLOCK_VALUE, 1, &answer, err))
        return false;
    if (!answer.came) {
        *silent += transport_clock_ms() - began_ms >= (int64_t)fw->wait_ms;
        return true;
    }
    *silent = 0;
    s->has_value[a] = true;
    return take_value(fw, &answer, a, &s->value[a], err);
}

static bool read_values(struct fw *fw, struct settings *s, struct err *err)
{
    unsigned silent = 0;
    for (size_t i = 0; i < VALUE_ROWS; i++)
        for (unsigned a = values[i].first; a <= values[i].last && silent < SILENT_MAX; a++)
            if (!read_value(fw, a, s, &silent, err))
                return false;
    return true;
}

bool settings_read(struct fw *fw, struct settings *s, struct err *err)
{
    *s = (struct settings){.mask = {0}};
    if (!fw_identify(fw, true, &s->of, err) || !read_switches(fw, s, err) ||
        !read_values(fw, s, err))
        return false;
    return settings_count_switches(s) || settings_count_values(s) ||
           FAIL(err, ERR_FW_NO_SETTINGS, fw->name);
}

/* ── comparing ── */

static bool lacks(const struct fw *fw, const char *what, unsigned a, struct err *err)
{
    char name[32];
    snprintf(name, sizeof name, "%s %u", what, a);
    return FAIL(err, ERR_FW_NO_SETTING, fw->name, name);
}

static void compare_switch(const struct settings *printer, const struct settings *file, unsigned a,
                           struct settings_changes *changes)
{
    for (unsigned bit = BITS; bit > 0; bit--) {
        uint8_t mask = (uint8_t)(1u << (bit - 1));
        if (!(file->mask[a] & mask) || (file->on[a] & mask) == (printer->on[a] & mask))
            continue;
        changes->change[changes->n++] =
            (struct settings_change){.is_switch = true,
                                     .a = (uint8_t)a,
                                     .bit = (uint8_t)bit,
                                     .from = (printer->on[a] & mask) != 0,
                                     .to = (file->on[a] & mask) != 0};
    }
}

bool settings_compare(const struct fw *fw, const struct settings *printer,
                      const struct settings *file, struct settings_changes *changes,
                      struct err *err)
{
    changes->n = 0;
    for (unsigned a = 1; a <= SETTINGS_SWITCHES; a++) {
        if (file->mask[a] && !printer->mask[a])
            return lacks(fw, fw_word(fw, W_SWITCH), a, err);
        compare_switch(printer, file, a, changes);
    }
    for (unsigned a = 0; a < SETTINGS_VALUES; a++) {
        if (!file->has_value[a])
            continue;
        if (!printer->has_value[a])
            return lacks(fw, fw_word(fw, W_VALUE), a, err);
        if (file->value[a] != printer->value[a])
            changes->change[changes->n++] = (struct settings_change){
                .a = (uint8_t)a, .from = printer->value[a], .to = file->value[a]};
    }
    return true;
}

/* ── writing ── */

static size_t gather_switches(const struct settings_changes *changes,
                              struct escpos_switch rows[SETTINGS_SWITCHES])
{
    size_t n = 0;
    for (size_t i = 0; i < changes->n; i++) {
        const struct settings_change *c = &changes->change[i];
        if (!c->is_switch)
            continue;
        if (n == 0 || rows[n - 1].a != c->a)
            rows[n++] = (struct escpos_switch){.a = c->a};
        uint8_t mask = (uint8_t)(1u << (c->bit - 1));
        rows[n - 1].mask |= mask;
        rows[n - 1].on |= c->to ? mask : 0;
    }
    return n;
}

static size_t gather_values(const struct settings_changes *changes,
                            struct escpos_custom rows[SETTINGS_VALUES])
{
    size_t n = 0;
    for (size_t i = 0; i < changes->n; i++)
        if (!changes->change[i].is_switch)
            rows[n++] = (struct escpos_custom){changes->change[i].a, changes->change[i].to};
    return n;
}

unsigned settings_writes(const struct settings_changes *changes)
{
    struct escpos_switch switches[SETTINGS_SWITCHES];
    struct escpos_custom customs[SETTINGS_VALUES];
    return (gather_switches(changes, switches) ? 1u : 0u) +
           (gather_values(changes, customs) ? 1u : 0u);
}

static bool begin(struct fw *fw, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    struct printer_answer answer;
    const struct printer_question question = {
        .request = slice_of(request, escpos_settings_begin(request)),
        .kind = REPLY_BLOCK,
        .id = BLOCK_ENTERED,
        .alone = true}; /* in this mode the printer hears nothing but GS ( E */
    return printer_ask(fw->printer, &question, fw->wait_ms * FW_PATIENT, &answer, err) &&
           (answer.came || FAIL(err, ERR_FW_NO_SETTINGS, fw->name));
}

static bool end(struct fw *fw, struct err *err)
{
    uint8_t request[ESCPOS_REQUEST_BYTES];
    return fw_send(fw, slice_of(request, escpos_settings_end(request)), err);
}

bool settings_write(struct fw *fw, const struct settings_changes *changes, struct err *err)
{
    struct escpos_switch switches[SETTINGS_SWITCHES];
    struct escpos_custom customs[SETTINGS_VALUES];
    size_t n_switches = gather_switches(changes, switches);
    size_t n_customs = gather_values(changes, customs);
    struct err ignored = {0};
    struct buf bytes;
    /* The answer may have been lost and the mode entered all the same. */
    if (!begin(fw, err)) {
        (void)end(fw, &ignored);
        return false;
    }
    buf_init(&bytes, WRITE_BYTES);
    if (n_switches)
        escpos_set_switches(&bytes, switches, n_switches);
    if (n_customs)
        escpos_set_customs(&bytes, customs, n_customs);
    bool ok = !bytes.full && fw_send(fw, buf_slice(&bytes), err);
    buf_finish(&bytes);
    bool ended = end(fw, ok ? err : &ignored);
    return ok && ended;
}
