/* codepages: the chart of every slot of the profile, as the printer draws it. Compared with the
 * names beside the charts it shows whether the profile's numbers are right. */
#include "firmware-tools/fw.h"

#include "escpos/encoder.h"

#include <stdio.h>

enum { CHART_BYTES = 1 << 20, ROW = 16, WIDE_COLUMNS = 36, FEED_DOTS = 24 };

static void select_page(struct escpos *e, const struct profile *profile, uint8_t n)
{
    const uint8_t plain[] = {0x1B, 't', n}, star[] = {0x1B, 0x1D, 't', n};
    if (profile->select == SELECT_ESC_GS_T)
        escpos_raw(e, slice_of(star, sizeof star));
    else
        escpos_raw(e, slice_of(plain, sizeof plain));
}

/* "8  Ç ü é …": sixteen characters from a byte on; what the page leaves open is blank. */
static void put_row(struct escpos *e, enum code_page page, unsigned from, bool wide)
{
    char row[ROW * 2 + 8];
    int n = snprintf(row, sizeof row, "%X  ", from >> 4);
    for (unsigned i = 0; i < ROW; i++) {
        uint8_t byte = (uint8_t)(from + i);
        row[n++] = code_page_char(page, byte) ? (char)byte : ' ';
        if (wide && i + 1 < ROW)
            row[n++] = ' ';
    }
    row[n++] = '\n';
    escpos_raw(e, slice_of(row, (size_t)n));
}

static void put_chart(struct escpos *e, const struct profile *profile,
                      const struct profile_slot *slot)
{
    char title[64];
    bool wide = profile->fonts[0].columns >= WIDE_COLUMNS;
    int n = snprintf(title, sizeof title, "ESC t %u  %s", slot->n, code_page_name(slot->page));
    escpos_text(e, 0, slice_of(title, (size_t)n), (struct escpos_style){1, 1, ESCPOS_BOLD});
    escpos_line(e);
    select_page(e, profile, slot->n);
    for (unsigned from = 0x80; from < 0x100; from += ROW)
        put_row(e, slot->page, from, wide);
    escpos_feed(e, FEED_DOTS);
}

static bool make_charts(const struct profile *profile, struct buf *out, struct err *err)
{
    struct escpos *e;
    if (!escpos_create(&e, profile, out, err))
        return false;
    escpos_begin(e);
    escpos_text(e, 0, slice_str(profile->name), (struct escpos_style){1, 1, ESCPOS_BOLD});
    escpos_line(e);
    escpos_feed(e, FEED_DOTS);
    for (unsigned i = 0; i < profile->n_slots; i++)
        put_chart(e, profile, &profile->slots[i]);
    escpos_cut(e, true);
    escpos_destroy(e);
    return !out->full || FAIL(err, ERR_TOO_BIG, profile->name, "1 MiB");
}

static void put_json(const struct fw *fw)
{
    struct buf line;
    struct json j;
    buf_init(&line, FW_LINE_BYTES);
    json_init(&j, &line);
    json_open_object(&j, NULL);
    json_str(&j, "printer", fw->name);
    json_str(&j, "profile", fw->profile->name);
    json_int(&j, "charts", fw->profile->n_slots);
    json_close_object(&j);
    door_put(&line);
    buf_finish(&line);
}

static bool run(struct fw *fw, struct err *err)
{
    struct buf bytes;
    if (!fw_open(fw, err) || !fw_ready(fw, err))
        return false;
    buf_init(&bytes, CHART_BYTES);
    bool ok = make_charts(fw->profile, &bytes, err) && fw_send(fw, buf_slice(&bytes), err) &&
              fw_finish(fw, err);
    buf_finish(&bytes);
    if (ok && fw->door.json)
        put_json(fw);
    else if (ok)
        door_say(&fw->door, "%s", fw_word(fw, W_PRINTED));
    return ok;
}

const struct fw_command cmd_codepages = {
    .door =
        {
            .name = "codepages",
            .summary = "print the chart of every code page of the profile",
            .help = "A chart that does not show what its name says means a wrong number in the "
                    "profile.",
            DOOR_OPTIONS(fw_printer_options),
            .needs_shop = true,
        },
    .run = run,
};
