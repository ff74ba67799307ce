#include "cli/cli.h"
#include "protocol/status.h"
#include "printers/printers.h"

#include <stdio.h>

enum { ANSWER_MS = 500, PAGE_BYTES = 64 << 20 };

/* Words in the language of the shop where there is one that can be read. */
static void find_language(struct cli *cli)
{
    struct shop_config config;
    struct err ignored = {0};
    const char *dir = door_shop(&cli->door);
    if (dir && config_read(&config, dir, &cli->arena, &ignored))
        cli->door.lang = config.lang;
}

/* ── bonbon printers ── */

static const char *profile_from(const struct printer_seen *s)
{
    static const char *const names[] = {[CLUE_NONE] = "none",
                                        [CLUE_DEVICE_ID] = "device_id",
                                        [CLUE_ANSWER] = "answer",
                                        [CLUE_PRODUCT] = "usb_product",
                                        [CLUE_USB_ID] = "usb_id"};
    return s->configured ? "printers.d" : names[s->guess.clue];
}

static void put_states(struct json *j, unsigned state)
{
    static const struct {
        unsigned bit;
        const char *name;
    } bits[] = {
        {PRINTER_OFFLINE, "offline"},
        {PRINTER_COVER_OPEN, "cover_open"},
        {PRINTER_PAPER_OUT, "paper_out"},
        {PRINTER_PAPER_LOW, "paper_low"},
        {PRINTER_CUTTER_ERROR, "cutter_jam"},
        {PRINTER_OVERHEATED, "overheated"},
        {PRINTER_UNRECOVERABLE, "unrecoverable"},
        {PRINTER_RECOVERABLE, "recoverable"},
        {PRINTER_FEEDING, "feeding"},
        {PRINTER_DRAWER_HIGH, "drawer_pin_high"},
    };
    json_open_list(j, "conditions");
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++)
        if (state & bits[i].bit)
            json_str(j, NULL, bits[i].name);
    json_close_list(j);
}

static void put_status(struct json *j, const struct printer_seen *s)
{
    json_str(j, "status", printer_standing_name(s->standing));
    json_text(j, "text", s->status);
    put_states(j, s->state);
    if (s->standing == STANDING_HELD) {
        json_open_object(j, "holder");
        json_text(j, "program", s->holder);
        json_int(j, "pid", s->holder_pid);
        json_close_object(j);
    }
}

static void put_seen(const struct printer_seen *s)
{
    struct buf line;
    struct json j;
    buf_init(&line, 0);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_text(&j, "name", s->name);
    json_text(&j, "uri", s->uri);
    json_bool(&j, "configured", s->configured);
    json_bool(&j, "plugged", s->plugged);
    put_status(&j, s);
    json_text(&j, "maker", s->maker);
    json_text(&j, "model", s->model);
    json_text(&j, "serial", s->serial);
    json_text(&j, "firmware", s->firmware);
    json_text(&j, "device_id", s->device_id);
    json_text(&j, "port", s->port);
    json_text(&j, "node", s->node);
    json_str(&j, "profile", s->profile ? s->profile->name : NULL);
    json_str(&j, "profile_from", profile_from(s));
    json_text(&j, "profile_why", s->why);
    json_str(&j, "looks_like", s->guess.exact ? s->guess.profile->name : NULL);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

/* clang-format off */
static const char *const new_words[LANG_COUNT] = {"(new)", "(nouă)", "(новый)"};
static const char *const serial_words[LANG_COUNT] = {", serial ", ", seria ", ", серийный номер "};
static const char *const port_words[LANG_COUNT] = {", USB port ", ", port USB ", ", порт USB "};
static const char *const unnamed[LANG_COUNT] = {"a printer that does not say its name", "o imprimantă care nu își spune numele", "принтер, не назвавший себя"};
static const char *const profile_words[LANG_COUNT] = {"profile", "profil", "профиль"};
static const char *const looks_words[LANG_COUNT] = {"but it looks like", "dar pare", "но похоже, это"};
static const char *const none_words[LANG_COUNT] = {"no printer is plugged in and the shop has none", "nicio imprimantă conectată și niciuna în magazin", "принтеров нет: ни подключённых, ни в магазине"};
static const char *const add_words[LANG_COUNT] = {"to use it", "pentru a o folosi", "чтобы работать с ним"};
/* clang-format on */

#define TEXT(s) (int)(s).n, (const char *)(s).p

static bool is_same_start(struct slice model, struct slice maker)
{
    return slice_equal_nocase(slice_sub(model, 0, maker.n), maker);
}

static void say_identity(const struct cli *cli, const struct printer_seen *s)
{
    bool named = s->model.n || s->maker.n;
    if (!named && !s->plugged)
        return;
    door_say(&cli->door, "  ");
    if (s->maker.n && !is_same_start(s->model, s->maker))
        door_say(&cli->door, "%.*s%s", TEXT(s->maker), s->model.n ? " " : "");
    door_say(&cli->door, "%.*s", TEXT(s->model));
    if (!named)
        door_say(&cli->door, "%s", unnamed[cli->door.lang]);
    if (s->serial.n)
        door_say(&cli->door, "%s%.*s", serial_words[cli->door.lang], TEXT(s->serial));
    if (s->firmware.n)
        door_say(&cli->door, ", firmware %.*s", TEXT(s->firmware));
    if (s->port.n)
        door_say(&cli->door, "%s%.*s", port_words[cli->door.lang], TEXT(s->port));
    door_say(&cli->door, "\n");
}

static void say_seen(const struct cli *cli, const struct printer_seen *s)
{
    const enum lang lang = cli->door.lang;
    door_say(&cli->door, "%.*s: %.*s\n", TEXT(s->name.n ? s->name : slice_str(new_words[lang])),
             TEXT(s->status));
    say_identity(cli, s);
    if (s->uri.n)
        door_say(&cli->door, "  %.*s\n", TEXT(s->uri));
    if (s->profile)
        door_say(&cli->door, "  %s %s, %.*s", profile_words[lang], s->profile->name, TEXT(s->why));
    if (s->configured && s->guess.exact && s->guess.profile != s->profile)
        door_say(&cli->door, "; %s %s", looks_words[lang], s->guess.profile->name);
    if (s->profile)
        door_say(&cli->door, "\n");
    if (!s->name.n)
        door_say(&cli->door, "  %s: bonbon printers add NAME --printer %.*s\n", add_words[lang],
                 TEXT(s->uri));
}

static int run(struct cli *cli)
{
    find_language(cli);
    const struct printers_query query = {
        .dir = door_shop(&cli->door), .lang = cli->door.lang, .timeout_ms = ANSWER_MS};
    const struct printer_seen *seen;
    size_t n;
    struct err err = {0}, usb = {0};
    if (!printers_list(&query, &cli->arena, &seen, &n, &usb, &err))
        return door_fail(&cli->door, &err);
    if (usb.code != ERR_NONE)
        door_warn(&cli->door, &usb);
    for (size_t i = 0; i < n; i++) {
        if (cli->door.json)
            put_seen(&seen[i]);
        else
            say_seen(cli, &seen[i]);
    }
    if (!n)
        door_say(&cli->door, "%s\n", none_words[cli->door.lang]);
    return EXIT_DONE;
}

const struct cli_command cmd_printers = {
    .door =
        {
            .name = "printers",
            .summary = "printers plugged in and configured, and how each is",
            .help =
                "Asks each printer how it is, without disturbing one that prints. Of a new one it "
                "says\n"
                "which profile fits and why; bonbon printers add takes it into the shop, bonbon\n"
                "printers test prints a page that shows what it can do.",
            .needs_shop = true,
        },
    .run = run,
};

/* ── bonbon printers add ── */

static void put_added(const struct printer_add *add, const struct printer_added *added)
{
    struct buf line;
    struct json j;
    buf_init(&line, 0);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "name", add->name);
    json_text(&j, "file", added->file);
    json_text(&j, "uri", added->uri);
    json_str(&j, "profile", added->profile->name);
    json_bool(&j, "guessed", added->guessed);
    json_text(&j, "profile_why", added->why);
    json_text(&j, "role", added->role);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

static int run_add(struct cli *cli)
{
    static const char *const written[LANG_COUNT] = {"written", "scris", "записан"};
    static const char *const look[LANG_COUNT] = {
        "look at its test page:", "priviți pagina de test:", "посмотрите тестовую страницу:"};
    struct printer_added added = {0};
    struct err err = {0};
    find_language(cli);
    const struct printer_add add = {.dir = cli_find_shop(cli),
                                    .name = cli->door.args[0],
                                    .uri = door_value(&cli->door, "--printer"),
                                    .profile = door_value(&cli->door, "--profile"),
                                    .role = door_value(&cli->door, "--role"),
                                    .lang = cli->door.lang};
    if (!printers_add(&add, &cli->arena, &added, &err))
        return door_fail(&cli->door, &err);
    if (cli->door.json)
        put_added(&add, &added);
    door_say(&cli->door, "%.*s %s: %.*s\n", TEXT(added.file), written[cli->door.lang],
             TEXT(added.uri));
    door_say(&cli->door, "  %s %s%s%.*s\n", profile_words[cli->door.lang], added.profile->name,
             added.guessed ? ", " : "", TEXT(added.why));
    door_say(&cli->door, "  %s bonbon printers test %s\n", look[cli->door.lang], add.name);
    return EXIT_DONE;
}

static const struct door_option add_options[] = {
    {"--printer", "URI", "its address, as bonbon printers shows it (else the only new one)"},
    {"--profile", "PROFILE", "what it can do (else guessed)"},
    {"--role", "ROLE", "receipt: prints what no till sends elsewhere"},
};

const struct cli_command cmd_printers_add = {
    .door =
        {
            .name = "printers add",
            .args = "NAME",
            .summary = "take a printer into the shop",
            .help = "Writes printers.d/NAME.yaml, whole or not at all, and replaces none. A USB "
                    "printer is\n"
                    "written by the address that names it alone.",
            DOOR_OPTIONS(add_options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
        },
    .run = run_add,
};

/* ── bonbon printers test ── */

static void put_tested(const struct printer_tested *tested, size_t bytes)
{
    struct buf line;
    struct json j;
    buf_init(&line, 0);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_text(&j, "printer", tested->name);
    json_text(&j, "uri", tested->uri);
    json_str(&j, "profile", tested->profile->name);
    json_str(&j, "state", tested->state);
    json_int(&j, "bytes", (int64_t)bytes);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

static int say_tested(struct cli *cli, const struct printer_tested *tested, const struct buf *bytes)
{
    static const char *const page[LANG_COUNT] = {"test page", "pagina de test",
                                                 "тестовая страница"};
    if (tested->trouble.code != ERR_NONE && tested->state[0] == 'n')
        return door_fail(&cli->door, &tested->trouble);
    if (cli->door.json)
        put_tested(tested, bytes->n);
    if (!door_has(&cli->door, "--dry-run"))
        door_say(&cli->door, "%.*s: %s: %s\n", TEXT(tested->name), page[cli->door.lang],
                 cli_job_state(cli, tested->state));
    if (tested->trouble.code == ERR_NONE)
        return EXIT_DONE;
    door_warn(&cli->door, &tested->trouble);
    return (int)err_exit(tested->trouble.code);
}

static int run_test(struct cli *cli)
{
    struct printer_tested tested = {0};
    struct buf bytes;
    struct err err = {0};
    int status;
    find_language(cli);
    struct printer_test test = {.dir = door_shop(&cli->door),
                                .printer = cli->door.args[0],
                                .profile = door_value(&cli->door, "--profile"),
                                .lang = cli->door.lang,
                                .dry_run = door_has(&cli->door, "--dry-run"),
                                .env = &cli->env};
    buf_init(&bytes, PAGE_BYTES);
    bool ok = cli_timeout(cli, &test.timeout_ms, &err) &&
              printers_test(&test, &cli->arena, &bytes, &tested, &err) &&
              cli_write_paper(cli, buf_slice(&bytes), tested.profile, &err);
    status = ok ? say_tested(cli, &tested, &bytes) : door_fail(&cli->door, &err);
    buf_finish(&bytes);
    return status;
}

static const struct door_option test_options[] = {
    {"--profile", "PROFILE", "as if it were this one (else its own, or guessed)"},
    {"--dry-run", NULL, "print nothing"},
    {"--png", "FILE", "the page as a picture"},
    {"--bytes", "FILE", "the page as it goes to the printer"},
    {"--timeout", "SECONDS", "for the printer to be free and to finish (10)"},
};

const struct cli_command cmd_printers_test = {
    .door =
        {
            .name = "printers test",
            .args = "NAME|URI",
            .summary = "print a page that shows what a printer can do",
            .help = "Columns of each font, lengths, every code page of the profile beside what it "
                    "should\n"
                    "show, the evenness of the head, a QR and the cut. It is no job: when it "
                    "cannot be\n"
                    "printed now it is not kept.",
            DOOR_OPTIONS(test_options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
        },
    .run = run_test,
};
