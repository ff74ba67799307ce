/* What an owner sets once: memory switches, custom values and the serial line (GS ( E), which
 * real-time commands are obeyed (GS ( D), and the test page (GS ( A). Epson APG. */
#include "virtual/handler.h"

#include "virtual/line.h"
#include "virtual/paper.h"

#include <stdio.h>

enum { ENTERED = 0x20, SWITCHES = 0x21, CUSTOM = 0x27, SERIAL = 0x33, BETWEEN = 0x1f };

void machine_power_on_settings(struct virtual_printer *vp)
{
    const struct profile *p = vp->profile;
    for (unsigned i = 0; i < p->n_slots; i++)
        if (p->slots[i].n == vp->nv.custom[CUSTOM_CODE_TABLE])
            vp->set.page = p->slots[i].page;
    unsigned n = vp->nv.custom[CUSTOM_INTERNATIONAL];
    if (n <= 17 || (n >= 66 && n <= 75) || n == 82)
        vp->set.international = (uint8_t)n;
}

void nv_setting_begin(struct virtual_printer *vp, struct slice params)
{
    if (!slice_is(params, "IN"))
        return;
    vp->user_setting = true;
    answer_block(vp, ENTERED, (struct slice){0});
}

/* Everything that was set holds from here: the printer starts anew, and what it had received is
 * gone. */
void nv_setting_end(struct virtual_printer *vp, struct slice params)
{
    if (!slice_is(params, "OUT") || !vp->user_setting)
        return;
    machine_restart(vp);
    vp->restarted = true;
}

static bool may_write(struct virtual_printer *vp)
{
    if (!vp->user_setting)
        paper_note(vp, "not in user setting mode; ignored");
    return vp->user_setting;
}

/* [a b8 … b1]…: each bit 30 off, 31 on, 32 as it is. */
void nv_setting_switches(struct virtual_printer *vp, struct slice params)
{
    enum { ROW = 9 };
    if (!may_write(vp))
        return;
    for (; params.n >= ROW; params = slice_sub(params, ROW, params.n)) {
        unsigned a = params.p[0];
        if (a < 1 || a > NV_SWITCHES)
            continue;
        for (unsigned i = 0; i < 8; i++) {
            uint8_t bit = (uint8_t)(0x80 >> i), want = params.p[1 + i];
            if (want == '0')
                vp->nv.switches[a - 1] &= (uint8_t)~bit;
            else if (want == '1')
                vp->nv.switches[a - 1] |= bit;
        }
        nv_wrote(vp, 1);
    }
}

void nv_setting_switches_told(struct virtual_printer *vp, struct slice params)
{
    unsigned a = param(params, 0);
    char bits[8];
    if (a < 1 || a > NV_SWITCHES)
        return;
    for (unsigned i = 0; i < sizeof bits; i++)
        bits[i] = vp->nv.switches[a - 1] & 0x80 >> i ? '1' : '0';
    answer_block(vp, SWITCHES, slice_of(bits, sizeof bits));
}

/* [a n:2]… Another size of a memory empties it. */
void nv_setting_custom(struct virtual_printer *vp, struct slice params)
{
    enum { ROW = 3 };
    if (!may_write(vp))
        return;
    for (; params.n >= ROW; params = slice_sub(params, ROW, params.n)) {
        unsigned a = params.p[0], value = param16(params, 1);
        if (!nv_custom_takes(a, value)) {
            paper_note(vp, "this printer has no such setting; ignored");
            continue;
        }
        if (a == CUSTOM_MEMORY && value != vp->nv.custom[a])
            buf_reset(&vp->nv.memory);
        if (a == CUSTOM_GRAPHICS && value != vp->nv.custom[a])
            buf_reset(&vp->nv.graphics.b);
        vp->nv.custom[a] = (uint16_t)value;
        nv_wrote(vp, 1);
    }
}

void nv_setting_custom_told(struct virtual_printer *vp, struct slice params)
{
    unsigned a = param(params, 0);
    char text[24];
    if (params.n != 1 || !nv_custom_takes(a, vp->nv.custom[a]))
        return;
    int n = snprintf(text, sizeof text, "%u%c%u", a, BETWEEN, (unsigned)vp->nv.custom[a]);
    answer_block(vp, CUSTOM, slice_of(text, (size_t)n));
}

/* a d…: 1 speed as digits, 2 parity, 3 flow control, 4 data bits. */
void nv_setting_serial(struct virtual_printer *vp, struct slice params)
{
    unsigned a = param(params, 0);
    struct slice text = slice_sub(params, 1, params.n);
    if (!may_write(vp) || a < 1 || a >= NV_SERIALS || !text.n || text.n >= NV_SERIAL_BYTES)
        return;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return;
    slice_cstr(text, vp->nv.serial[a], NV_SERIAL_BYTES);
    nv_wrote(vp, 1);
}

void nv_setting_serial_told(struct virtual_printer *vp, struct slice params)
{
    unsigned a = param(params, 0);
    char text[24];
    if (a < 1 || a >= NV_SERIALS)
        return;
    int n = snprintf(text, sizeof text, "%u%c%s", a, BETWEEN, vp->nv.serial[a]);
    answer_block(vp, SERIAL, slice_of(text, (size_t)n));
}

/* [a b]…: 1 DLE DC4 1, 2 DLE DC4 2. */
void set_real_time(struct virtual_printer *vp, struct slice params)
{
    for (; params.n >= 2; params = slice_sub(params, 2, params.n)) {
        int on = digit_param(params.p[1], 1);
        if (on >= 0 && params.p[0] == 1)
            vp->no_pulse_now = !on;
        if (on >= 0 && params.p[0] == 2)
            vp->power_by_wire = on;
    }
}

/* t1 t2: half seconds before it goes on after paper came back. */
void set_recovery_wait(struct virtual_printer *vp, struct slice params)
{
    vp->wait_half_seconds = param(params, 0);
}

static void print_line(struct virtual_printer *vp, const char *text)
{
    for (; *text; text++)
        line_put(vp, ITEM_CHAR, (uint8_t)*text);
    line_feed(vp);
}

static void print_number(struct virtual_printer *vp, const char *name, uint64_t value)
{
    char text[64];
    snprintf(text, sizeof text, "%-20s %llu", name, (unsigned long long)value);
    print_line(vp, text);
}

/* n m; m 2 is the sheet of settings, 3 the rolling pattern, 1 and 64 are not done. Afterwards the
 * printer starts anew. What a model's own sheet says is its maker's affair. */
void do_test_page(struct virtual_printer *vp, struct slice params)
{
    uint8_t m = param(params, 1);
    const struct profile *p = vp->profile;
    char row[128];
    if (m >= '0' && m <= '3')
        m -= '0';
    if (m != 2 && m != 3) {
        paper_note(vp, "this test page is not done");
        return;
    }
    machine_reset(vp);
    print_line(vp, p->model);
    print_line(vp, "firmware " BONBON_VERSION " serial VIRTUAL");
    if (m == 2) {
        print_number(vp, "dots", p->width_dots);
        print_number(vp, "dots an inch", p->dpi);
        print_number(vp, "code table", vp->nv.custom[CUSTOM_CODE_TABLE]);
        print_number(vp, "cuts", vp->nv.counted[NV_CUTS]);
    } else {
        unsigned columns = p->fonts[0].columns < sizeof row ? p->fonts[0].columns : sizeof row - 1;
        for (unsigned first = '!'; first < '!' + 8; first++) {
            for (unsigned i = 0; i < columns; i++)
                row[i] = (char)('!' + (first - '!' + i) % ('~' - '!' + 1));
            row[columns] = 0;
            print_line(vp, row);
        }
    }
    machine_restart(vp);
    vp->restarted = true;
}
