#include "shop/preview.h"

#include "cli/cli.h"
#include "virtual/virtual.h"

#include <stdio.h>

enum { PREVIEW_BYTES = 64 << 20 };

static const struct cli_option options[] = {
    {"--data", "FILE", "a sale to show (else the template's sample)"},
    {"--profile", "NAME", "the printer's profile (else the shop's printer, else generic-80)"},
    {"--png", "FILE", "write a picture"},
    {"--bytes", "FILE", "write the printer's bytes"},
    {"--text", NULL, "show the characters as printed"},
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
    bool has_text = cli_has(cli, "--text");
    buf_init(&text, PREVIEW_BYTES);
    bool ok = cli_write_paper(cli, bytes, profile, err) &&
              (!has_text || read_text(bytes, profile, &text, err));
    if (ok && cli->json)
        ok = cli_put_paper(profile, bytes, has_text ? &text : NULL, err);
    else if (ok)
        cli_put_bytes(buf_slice(&text));
    buf_finish(&text);
    return ok;
}

static int run(struct cli *cli)
{
    struct preview preview = {.template = cli->args[0],
                              .shop_dir = cli_find_shop_if_any(cli),
                              .profile = cli_value(cli, "--profile"),
                              .lang = &cli->lang,
                              .arena = &cli->arena};
    const struct profile *profile;
    struct buf data = {0}, bytes;
    struct err err = {0};
    if (!cli_has(cli, "--png") && !cli_has(cli, "--bytes") && !cli_has(cli, "--text")) {
        FAIL(&err, ERR_USAGE, "say one of --png FILE, --bytes FILE, --text");
        return cli_fail(cli, &err);
    }
    buf_init(&bytes, PREVIEW_BYTES);
    bool ok =
        !cli_has(cli, "--data") || cli_read(cli_value(cli, "--data"), SALE_MAX_BYTES, &data, &err);
    preview.data = buf_slice(&data);
    ok = ok && preview_print(&preview, &cli->warn, &bytes, &profile, &err) &&
         write_out(cli, buf_slice(&bytes), profile, &err);
    buf_finish(&data);
    buf_finish(&bytes);
    return ok ? EXIT_DONE : cli_fail(cli, &err);
}

const struct cli_command cmd_preview = {
    .name = "preview",
    .args = "TEMPLATE",
    .summary = "show what the paper will show",
    .help =
        "TEMPLATE is a name (receipt, coupon), LANG/NAME of the gallery (ru/receipt), or a file.\n"
        "Codes say SPECIMEN and never work. The picture is made from the printer's own bytes.",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .min_args = 1,
    .max_args = 1,
    .needs_shop = true,
    .run = run,
};
