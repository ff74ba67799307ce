#include "shop/preview.h"

#include "cli/cli.h"
#include "cli/watch.h"
#include "protocol/codepage.h"
#include "virtual/virtual.h"

#include <stdio.h>

enum { PREVIEW_BYTES = 64 << 20, MAX_COLUMNS = 255, WATCH_PATH_BYTES = 4096 };

static const struct door_option options[] = {
    {"--data", "FILE", "a sale to show (else the template's sample)"},
    {"--profile", "NAME", "the printer's profile (else the shop's printer, else generic-80)"},
    {"--png", "FILE", "write a picture"},
    {"--bytes", "FILE", "write the printer's bytes"},
    {"--text", NULL, "show the characters as printed"},
    {"--columns", "N", "lay out for N columns (else as many as the printer has)"},
    {"--expanded", NULL, "show the document as it is laid out: ReceiptLine, the data filled in"},
    {"--explain", NULL, "show which way each run of text takes onto the paper"},
    {"--all", NULL, "draw every printer of the shop, side by side (with --png)"},
    {"--watch", NULL, "draw again whenever a file is saved, until Ctrl-C"},
};

static bool read_text(struct slice bytes, const struct profile *profile, struct buf *text,
                      struct err *err)
{
    struct virtual_printer *vp;
    if (!virtual_create(&vp, profile, err))
        return false;
    virtual_feed(vp, bytes);
    virtual_end(vp);
    virtual_text(vp, text);
    virtual_destroy(vp);
    return true;
}

static bool write_out(const struct cli *cli, struct slice bytes, const struct profile *profile,
                      struct err *err)
{
    struct buf text;
    bool has_text = door_has(&cli->door, "--text");
    buf_init(&text, PREVIEW_BYTES);
    bool ok = cli_write_paper(cli, bytes, profile, err) &&
              (!has_text || read_text(bytes, profile, &text, err));
    if (ok && cli->door.json)
        ok = cli_put_paper(profile, bytes, has_text ? &text : NULL, err);
    else if (ok)
        door_put_bytes(buf_slice(&text));
    buf_finish(&text);
    return ok;
}

static bool put_json(const char *key, struct slice text, struct err *err)
{
    struct buf line;
    struct json j;
    buf_init(&line, 0);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_text(&j, key, text);
    json_close_object(&j);
    const bool ok = !line.full;
    if (ok)
        door_put(&line);
    buf_finish(&line);
    return ok || FAIL(err, ERR_TOO_BIG, "--expanded", "1 GiB");
}

static bool show_expanded(const struct preview *preview, bool json, struct err *err)
{
    struct buf document;
    buf_init(&document, PREVIEW_BYTES);
    bool ok = preview_expand(preview, &document, err);
    if (ok && json)
        ok = put_json("expanded", buf_slice(&document), err);
    else if (ok)
        door_put_bytes(buf_slice(&document));
    buf_finish(&document);
    return ok;
}

/* --- --explain --- */

static const char *const way_names[] = {
    [ESCPOS_BY_PAGE] = "page",         [ESCPOS_BY_LOOK_ALIKE] = "look_alike",
    [ESCPOS_BY_USER] = "user",         [ESCPOS_BY_DOTS] = "dots",
    [ESCPOS_BY_PICTURE] = "picture",   [ESCPOS_BY_BOX] = "box",
    [ESCPOS_BY_OWN_CODE] = "own_code", [ESCPOS_BY_DRAWN_CODE] = "drawn_code",
    [ESCPOS_BY_KEY] = "key",           [ESCPOS_BY_IMAGE] = "image",
};

/* clang-format off */
static const char *const way_words[LANG_COUNT][sizeof way_names / sizeof *way_names] = {
    {"characters of code page", "look-alikes of code page", "characters defined in the printer", "dots in the line", "the line as a picture",
     "numbers in boxes: no font has them", "a code that the printer makes", "a code sent as dots", "a picture that the printer keeps, by its key",
     "a picture, sent as dots"},
    {"caractere din pagina de cod", "caractere asemănătoare din pagina de cod", "caractere definite în imprimantă", "puncte în rând",
     "rândul ca imagine", "numere în chenar: niciun font nu le are", "un cod pe care îl face imprimanta", "un cod trimis ca puncte",
     "o imagine păstrată în imprimantă, după cheia ei", "o imagine trimisă ca puncte"},
    {"знаки кодовой страницы", "похожие знаки кодовой страницы", "знаки, заданные в принтере", "точки в строке", "строка картинкой",
     "номера в рамках: ни в одном шрифте их нет", "код, который рисует сам принтер", "код, посланный точками",
     "картинка из памяти принтера, по её ключу", "картинка, посланная точками"},
};
static const char *const switch_words[LANG_COUNT] = {", switched to for this", ", schimbată pentru acest text", ", переключена ради этого"};
/* clang-format on */

static bool has_page(const struct escpos_run *run)
{
    return run->way == ESCPOS_BY_PAGE || run->way == ESCPOS_BY_LOOK_ALIKE;
}

static void put_run(const struct escpos_run *run)
{
    struct buf line;
    struct json j;
    buf_init(&line, 0);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_text(&j, "text", run->text);
    json_str(&j, "way", way_names[run->way]);
    if (has_page(run)) {
        json_str(&j, "page", code_page_name(run->page));
        json_int(&j, "page_n", run->page_n);
        json_bool(&j, "switches", run->switches);
    }
    json_int(&j, "x_dots", run->x_dots);
    json_int(&j, "width_dots", run->width_dots);
    json_int(&j, "bytes", (int64_t)run->bytes);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

static void say_run(void *ctx, const struct escpos_run *run)
{
    const struct cli *cli = ctx;
    const enum lang lang = cli->door.lang;
    const bool paged = has_page(run);
    if (cli->door.json)
        put_run(run);
    door_say(&cli->door, "%.*s\n    %s%s%s%s\n", (int)run->text.n, (const char *)run->text.p,
             way_words[lang][run->way], paged ? " " : "", paged ? code_page_name(run->page) : "",
             paged && run->switches ? switch_words[lang] : "");
}

/* --- one picture --- */

/* What is of one paper says nothing of several, and a document before it is laid out is on none. */
static bool check_together(const struct cli *cli, struct err *err)
{
    static const struct {
        const char *one, *other;
    } apart[] = {
        {"--all", "--profile"},      {"--all", "--columns"},      {"--all", "--bytes"},
        {"--all", "--text"},         {"--all", "--expanded"},     {"--expanded", "--png"},
        {"--expanded", "--bytes"},   {"--expanded", "--text"},    {"--expanded", "--explain"},
        {"--expanded", "--profile"}, {"--expanded", "--columns"},
    };
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        if (door_has(&cli->door, apart[i].one) && door_has(&cli->door, apart[i].other))
            return FAIL(err, ERR_USAGE_TOGETHER, apart[i].one, apart[i].other);
    return !door_has(&cli->door, "--all") || door_has(&cli->door, "--png") ||
           FAIL(err, ERR_USAGE_NEEDS, "--all", "--png FILE");
}

static bool draw_all(struct cli *cli, const struct preview *preview, struct err *err)
{
    const char *path = door_value(&cli->door, "--png");
    struct buf png;
    buf_init(&png, PREVIEW_BYTES);
    const bool ok =
        preview_all(preview, &cli->warn, &png, err) && door_write_file(path, buf_slice(&png), err);
    buf_finish(&png);
    return ok;
}

static bool draw_paper(struct cli *cli, const struct preview *preview, struct err *err)
{
    const struct profile *profile;
    struct buf bytes;
    buf_init(&bytes, PREVIEW_BYTES);
    const bool ok = preview_print(preview, &cli->warn, &bytes, &profile, err) &&
                    write_out(cli, buf_slice(&bytes), profile, err);
    buf_finish(&bytes);
    return ok;
}

static bool draw(struct cli *cli, struct err *err)
{
    struct preview preview = {.template = cli->door.args[0],
                              .shop_dir = door_shop(&cli->door),
                              .profile = door_value(&cli->door, "--profile"),
                              .explain = door_has(&cli->door, "--explain") ? say_run : NULL,
                              .explain_ctx = cli,
                              .lang = &cli->door.lang,
                              .arena = &cli->arena};
    struct buf data = {0};
    int64_t columns;
    if (!door_number(&cli->door, "--columns", 1, MAX_COLUMNS, 0, &columns, err) ||
        (door_has(&cli->door, "--data") &&
         !door_read_file(door_value(&cli->door, "--data"), SALE_MAX_BYTES, &data, err)))
        return false;
    preview.columns = (unsigned)columns;
    preview.data = buf_slice(&data);
    preview.data_file = door_value(&cli->door, "--data");
    const bool ok = door_has(&cli->door, "--expanded")
                        ? show_expanded(&preview, cli->door.json, err)
                    : door_has(&cli->door, "--all") ? draw_all(cli, &preview, err)
                                                    : draw_paper(cli, &preview, err);
    buf_finish(&data);
    return ok;
}

/* --- --watch --- */

static void watch_sources(struct watch *watch, const struct cli *cli)
{
    static const char *const folders[] = {
        "",        "/templates",  "/templates/en", "/templates/ro", "/templates/ru",
        "/images", "/printers.d", "/profiles.d"};
    const char *shop = door_shop(&cli->door);
    char path[WATCH_PATH_BYTES];
    for (size_t i = 0; shop && i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s%s", shop, folders[i]);
        watch_folder(watch, path);
    }
    if (strstr(cli->door.args[0], ".receipt"))
        watch_folder_of(watch, cli->door.args[0]);
    if (door_has(&cli->door, "--data"))
        watch_folder_of(watch, door_value(&cli->door, "--data"));
}

/* Says each time that it has drawn. A template that is wrong for now is said, and waited for. */
static int keep_drawing(struct cli *cli)
{
    /* clang-format off */
    static const char *const drawn[LANG_COUNT] = {"drawn; waiting for a save, Ctrl-C ends", "desenat; aștept o salvare, Ctrl-C încheie",
                                                  "нарисовано; жду сохранения, Ctrl-C завершает"};
    /* clang-format on */
    struct watch watch;
    struct err err = {0};
    if (!watch_open(&watch, door_value(&cli->door, "--png"), door_value(&cli->door, "--bytes"),
                    &err))
        return door_fail(&cli->door, &err);
    watch_sources(&watch, cli);
    const size_t mark = cli->arena.used;
    do {
        arena_reset(&cli->arena, mark);
        err = (struct err){0};
        if (draw(cli, &err))
            door_say(&cli->door, "%s\n", drawn[cli->door.lang]);
        else
            door_fail(&cli->door, &err);
        fflush(stdout);
    } while (watch_wait(&watch));
    watch_close(&watch);
    return EXIT_DONE;
}

static int run(struct cli *cli)
{
    static const char *const outputs[] = {"--png", "--bytes", "--text", "--expanded", "--explain"};
    struct err err = {0};
    bool any = false;
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        any |= door_has(&cli->door, outputs[i]);
    if (!any)
        FAIL(&err, ERR_USAGE_ONE_OF, "--png FILE, --bytes FILE, --text, --expanded, --explain");
    else if (!check_together(cli, &err))
        any = false;
    else if (door_has(&cli->door, "--watch"))
        return keep_drawing(cli);
    return any && draw(cli, &err) ? EXIT_DONE : door_fail(&cli->door, &err);
}

const struct cli_command cmd_preview = {
    .door =
        {
            .name = "preview",
            .args = "TEMPLATE",
            .summary = "show what the paper will show",
            .help = "TEMPLATE is a name (receipt, coupon), LANG/NAME of the gallery (ru/receipt), "
                    "or a file.\n"
                    "Codes say SPECIMEN and never work. The picture is made from the printer's own "
                    "bytes.",
            DOOR_OPTIONS(options),
            .min_args = 1,
            .max_args = 1,
            .needs_shop = true,
        },
    .run = run,
};
