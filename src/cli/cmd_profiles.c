#include "cli/cli.h"
#include "protocol/profile_folder.h"

#include <stdio.h>

static const char *const proofs[] = {"none", "status", "GS r", "GS ( H"};
static const char *const cuts[] = {"none", "partial", "full and partial"};

static void put_json(const struct profile *p)
{
    struct buf line;
    struct json j;
    buf_init(&line, 0);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "name", p->name);
    json_str(&j, "model", p->model);
    json_int(&j, "width_dots", p->width_dots);
    json_int(&j, "dpi", p->dpi);
    json_int(&j, "columns", p->fonts[0].columns);
    json_bool(&j, "native_qr", p->native_qr);
    json_bool(&j, "native_pdf417", p->native_pdf417);
    json_bool(&j, "native_aztec", p->native_aztec);
    json_bool(&j, "native_datamatrix", p->native_datamatrix);
    json_str(&j, "cutter", cuts[p->cut]);
    json_bool(&j, "drawer", p->drawer);
    json_bool(&j, "half_dot_units", p->half_dot_units);
    json_str(&j, "proof", proofs[p->proof]);
    json_open_object(&j, "code_pages");
    for (unsigned i = 0; i < p->n_slots; i++)
        json_int(&j, code_page_name(p->slots[i].page), p->slots[i].n);
    json_close_object(&j);
    json_str(&j, "tested", p->tested);
    json_str(&j, "notes", p->notes);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

/* What it makes by itself; the rest goes as a picture. */
static void say_codes(const struct cli *cli, const struct profile *p)
{
    const struct {
        bool has;
        const char *name;
    } codes[] = {
        {p->native_qr, "QR"},
        {p->native_barcodes, "bar codes"},
        {p->native_pdf417, "PDF417"},
        {p->native_aztec, "Aztec"},
        {p->native_datamatrix, "DataMatrix"},
    };
    bool any = false;
    door_say(&cli->door, "  codes of its own:");
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].has)
            door_say(&cli->door, "%s %s", any ? "," : "", codes[i].name);
        any |= codes[i].has;
    }
    door_say(&cli->door, "%s\n", any ? "" : " none, all go as pictures");
}

static void say_whole(const struct cli *cli, const struct profile *p)
{
    door_say(&cli->door, "%s: %s\n", p->name, p->model);
    door_say(&cli->door, "  paper %u mm, %u dots, %u dpi\n", p->paper_mm, p->width_dots, p->dpi);
    for (unsigned i = 0; i < p->n_fonts; i++)
        door_say(&cli->door, "  font %c %ux%u dots, %u columns\n", 'A' + (int)i,
                 p->fonts[i].width_dots, p->fonts[i].height_dots, p->fonts[i].columns);
    say_codes(cli, p);
    door_say(&cli->door, "  cutter %s, drawer %s, vertical unit %s\n", cuts[p->cut],
             p->drawer ? "yes" : "no", p->half_dot_units ? "half a dot" : "a dot");
    door_say(&cli->door, "  proof of printing: %s\n  code pages:", proofs[p->proof]);
    for (unsigned i = 0; i < p->n_slots; i++)
        door_say(&cli->door, " %u=%s", p->slots[i].n, code_page_name(p->slots[i].page));
    door_say(&cli->door, "\n  tested: %s\n", p->tested);
    if (p->notes && *p->notes)
        door_say(&cli->door, "  notes: %s\n", p->notes);
}

static void put(const struct cli *cli, const struct profile *p, bool whole)
{
    if (cli->door.json)
        put_json(p);
    else if (whole)
        say_whole(cli, p);
    else
        door_say(&cli->door, "%-18s %3u dots, %2u columns  %s\n", p->name, p->width_dots,
                 p->fonts[0].columns, p->model);
}

/* The shop's own files; one that is wrong is told and the rest is listed. */
static int put_files(struct cli *cli)
{
    const char *dir = door_shop(&cli->door);
    const struct slice *names = NULL;
    const struct profile *profile;
    struct err err = {0};
    size_t n = 0;
    int status = EXIT_DONE;
    if (dir && !profile_names(&cli->arena, dir, &names, &n, &err))
        return door_fail(&cli->door, &err);
    for (size_t i = 0; i < n; i++) {
        if (profile_lookup(&cli->arena, dir, names[i], &profile, &err)) {
            put(cli, profile, false);
        } else {
            door_warn(&cli->door, &err);
            status = (int)err_exit(err.code);
        }
    }
    return status;
}

static int run(struct cli *cli)
{
    size_t n;
    const struct profile *all = profile_all(&n), *one;
    struct err err = {0};
    if (cli->door.n_args) {
        if (!cli_profile(cli, cli->door.args[0], &one, &err))
            return door_fail(&cli->door, &err);
        put(cli, one, true);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < n; i++)
        put(cli, &all[i], false);
    return put_files(cli);
}

const struct cli_command cmd_profiles = {
    .door =
        {
            .name = "profiles",
            .args = "[NAME]",
            .summary = "the printers known",
            .help = "A shop's own profiles are the files of its profiles.d (docs/printers.md).",
            .needs_shop = true,
            .max_args = 1,
        },
    .run = run,
};
