#include "shop/preview.h"

#include "cli/cli.h"
#include "virtual/virtual.h"

#include <stdio.h>

enum { PREVIEW_BYTES = 64 << 20, MAX_COLUMNS = 255 };

static const struct door_option options[] = {
    {"--data", "FILE", "a sale to show (else the template's sample)"},
    {"--profile", "NAME", "the printer's profile (else the shop's printer, else generic-80)"},
    {"--png", "FILE", "write a picture"},
    {"--bytes", "FILE", "write the printer's bytes"},
    {"--text", NULL, "show the characters as printed"},
    {"--columns", "N", "lay out for N columns (else as many as the printer has)"},
    {"--expanded", NULL, "show the document as it is laid out: ReceiptLine, the data filled in"},
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

static int run(struct cli *cli)
{
    struct preview preview = {.template = cli->door.args[0],
                              .shop_dir = door_shop(&cli->door),
                              .profile = door_value(&cli->door, "--profile"),
                              .lang = &cli->door.lang,
                              .arena = &cli->arena};
    const struct profile *profile;
    struct buf data = {0}, bytes;
    struct err err = {0};
    int64_t columns;
    if (!door_number(&cli->door, "--columns", 1, MAX_COLUMNS, 0, &columns, &err))
        return door_fail(&cli->door, &err);
    preview.columns = (unsigned)columns;
    if (!door_has(&cli->door, "--png") && !door_has(&cli->door, "--bytes") &&
        !door_has(&cli->door, "--text") && !door_has(&cli->door, "--expanded")) {
        FAIL(&err, ERR_USAGE_ONE_OF, "--png FILE, --bytes FILE, --text, --expanded");
        return door_fail(&cli->door, &err);
    }
    buf_init(&bytes, PREVIEW_BYTES);
    bool ok = !door_has(&cli->door, "--data") ||
              door_read_file(door_value(&cli->door, "--data"), SALE_MAX_BYTES, &data, &err);
    preview.data = buf_slice(&data);
    if (ok && door_has(&cli->door, "--expanded")) {
        ok = show_expanded(&preview, cli->door.json, &err);
        buf_finish(&data);
        return ok ? EXIT_DONE : door_fail(&cli->door, &err);
    }
    ok = ok && preview_print(&preview, &cli->warn, &bytes, &profile, &err) &&
         write_out(cli, buf_slice(&bytes), profile, &err);
    buf_finish(&data);
    buf_finish(&bytes);
    return ok ? EXIT_DONE : door_fail(&cli->door, &err);
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
