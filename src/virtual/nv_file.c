/* NV memory as text: one thing a line, bytes in hex, so that two of them can be compared by eye.
 *
 *     bonbon printer memory 1
 *     switch 1 00000000            bit 8 first
 *     custom 8 18
 *     serial 1 38400
 *     memory 4142 48656c6c6f       key, text
 *     graphic 4731 384 100 00ff…   key, dots across, dots down, rows
 *     image 1 48 24 00ff…          of FS q
 *     counter lines 1234 0         ever, and at the last reset; in small units */
#include "virtual/nv.h"

static const char title[] = "bonbon printer memory 1";
static const char *const counter_names[NV_COUNTERS] = {"lines", "rows", "cuts", "hours"};

static void put_hex(struct buf *out, struct slice bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.n; i++) {
        buf_byte(out, (uint8_t)digits[bytes.p[i] >> 4]);
        buf_byte(out, (uint8_t)digits[bytes.p[i] & 15]);
    }
}

static void put_picture(struct buf *out, const struct nv_picture *p)
{
    buf_printf(out, " %u %u ", (unsigned)p->width_dots, (unsigned)p->height_dots);
    put_hex(out, p->rows);
    buf_byte(out, '\n');
}

void nv_write(const struct nv *nv, struct buf *out)
{
    struct nv_picture picture;
    uint8_t key[2];
    struct slice text;
    buf_printf(out, "%s\n", title);
    for (unsigned i = 0; i < NV_SWITCHES; i++) {
        buf_printf(out, "switch %u ", i + 1);
        for (int bit = 7; bit >= 0; bit--)
            buf_byte(out, nv->switches[i] >> bit & 1 ? '1' : '0');
        buf_byte(out, '\n');
    }
    for (unsigned i = 0; i < NV_CUSTOMS; i++)
        if (nv->custom[i] || (i == CUSTOM_CODE_TABLE && nv_custom_takes(i, 0)))
            buf_printf(out, "custom %u %u\n", i, (unsigned)nv->custom[i]);
    for (unsigned i = 1; i < NV_SERIALS; i++)
        buf_printf(out, "serial %u %s\n", i, nv->serial[i]);
    for (size_t at = 0; nv_next_memory(nv, &at, key, &text);) {
        buf_printf(out, "memory %02x%02x ", (unsigned)key[0], (unsigned)key[1]);
        put_hex(out, text);
        buf_byte(out, '\n');
    }
    for (size_t at = 0; nv_next_picture(&nv->graphics, &at, &picture);) {
        buf_printf(out, "graphic %02x%02x", (unsigned)picture.key[0], (unsigned)picture.key[1]);
        put_picture(out, &picture);
    }
    for (size_t at = 0; nv_next_picture(&nv->images, &at, &picture);) {
        buf_printf(out, "image %u", (unsigned)picture.key[1]);
        put_picture(out, &picture);
    }
    for (unsigned i = 0; i < NV_COUNTERS; i++)
        buf_printf(out, "counter %s %llu %llu\n", counter_names[i],
                   (unsigned long long)nv->counted[i], (unsigned long long)nv->reset_at[i]);
}

/* The next word of a line. */
static struct slice word(struct slice *line)
{
    *line = slice_trim(*line);
    size_t n = slice_find(*line, ' ');
    struct slice w = slice_sub(*line, 0, n);
    *line = slice_sub(*line, n, line->n);
    return w;
}

static bool number(struct slice *line, uint64_t least, uint64_t most, uint64_t *out)
{
    return slice_u64(word(line), most, out) && *out >= least;
}

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex(struct slice w, struct buf *out)
{
    if (w.n % 2)
        return false;
    for (size_t i = 0; i < w.n; i += 2) {
        int high = digit(w.p[i]), low = digit(w.p[i + 1]);
        if (high < 0 || low < 0)
            return false;
        buf_byte(out, (uint8_t)(high << 4 | low));
    }
    return !out->full;
}

static bool key_of(struct slice *line, struct buf *scratch, uint8_t key[2])
{
    buf_reset(scratch);
    if (!hex(word(line), scratch) || scratch->n != 2)
        return false;
    memcpy(key, scratch->p, 2);
    return true;
}

static bool read_picture(struct nv_pictures *into, size_t capacity, struct nv_picture *p,
                         struct slice *line, struct buf *scratch)
{
    uint64_t width, height;
    buf_reset(scratch);
    if (!number(line, 1, NV_PICTURE_MAX_WIDTH, &width) ||
        !number(line, 1, NV_PICTURE_MAX_HEIGHT, &height) || !hex(word(line), scratch) ||
        scratch->n != (size_t)(width + 7) / 8 * height)
        return false;
    p->width_dots = (uint32_t)width;
    p->height_dots = (uint32_t)height;
    p->rows = buf_slice(scratch);
    return nv_put_picture(into, p, capacity);
}

static bool read_switch(struct nv *nv, struct slice *line, struct buf *scratch)
{
    uint64_t which;
    (void)scratch;
    if (!number(line, 1, NV_SWITCHES, &which))
        return false;
    struct slice bits = word(line);
    uint8_t value = 0;
    for (size_t i = 0; i < bits.n; i++) {
        if (bits.p[i] != '0' && bits.p[i] != '1')
            return false;
        value = (uint8_t)(value << 1 | (bits.p[i] == '1'));
    }
    nv->switches[which - 1] = value;
    return bits.n == 8;
}

static bool read_custom(struct nv *nv, struct slice *line, struct buf *scratch)
{
    uint64_t a, value;
    (void)scratch;
    if (!number(line, 0, NV_CUSTOMS - 1, &a) || !number(line, 0, UINT16_MAX, &value) ||
        !nv_custom_takes((unsigned)a, (unsigned)value))
        return false;
    nv->custom[a] = (uint16_t)value;
    return true;
}

static bool read_serial(struct nv *nv, struct slice *line, struct buf *scratch)
{
    uint64_t which;
    (void)scratch;
    if (!number(line, 1, NV_SERIALS - 1, &which))
        return false;
    struct slice w = word(line);
    return w.n && w.n < NV_SERIAL_BYTES && slice_cstr(w, nv->serial[which], NV_SERIAL_BYTES) == w.n;
}

static bool read_memory(struct nv *nv, struct slice *line, struct buf *scratch)
{
    uint8_t key[2];
    if (!key_of(line, scratch, key))
        return false;
    buf_reset(scratch);
    return hex(word(line), scratch) && nv_put_memory(nv, key, buf_slice(scratch));
}

static bool read_graphic(struct nv *nv, struct slice *line, struct buf *scratch)
{
    struct nv_picture p = {0};
    return key_of(line, scratch, p.key) &&
           read_picture(&nv->graphics, nv_graphics_capacity(nv), &p, line, scratch);
}

static bool read_image(struct nv *nv, struct slice *line, struct buf *scratch)
{
    struct nv_picture p = {0};
    uint64_t n;
    if (!number(line, 1, 255, &n))
        return false;
    p.key[1] = (uint8_t)n;
    return read_picture(&nv->images, NV_IMAGES_BYTES, &p, line, scratch);
}

static bool read_counter(struct nv *nv, struct slice *line, struct buf *scratch)
{
    uint64_t ever, at_reset;
    struct slice name = word(line);
    (void)scratch;
    for (unsigned i = 0; i < NV_COUNTERS; i++) {
        if (!slice_is(name, counter_names[i]))
            continue;
        if (!number(line, 0, UINT64_MAX, &ever) || !number(line, 0, ever, &at_reset))
            return false;
        nv->counted[i] = ever;
        nv->reset_at[i] = at_reset;
        return true;
    }
    return false;
}

static bool read_row(struct nv *nv, struct slice line, struct buf *scratch)
{
    static const struct {
        const char *name;
        bool (*read)(struct nv *nv, struct slice *line, struct buf *scratch);
    } rows[] = {
        {"switch", read_switch},   {"custom", read_custom},   {"serial", read_serial},
        {"memory", read_memory},   {"graphic", read_graphic}, {"image", read_image},
        {"counter", read_counter},
    };
    struct slice name = word(&line);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (slice_is(name, rows[i].name))
            return rows[i].read(nv, &line, scratch) && slice_trim(line).n == 0;
    return false;
}

bool nv_read(struct nv *nv, const struct profile *profile, struct slice text, struct err *err)
{
    struct nv fresh;
    struct buf scratch;
    struct slice line;
    unsigned at = 1;
    bool good = take_line(&text, &line) && slice_is(line, title);
    nv_init(&fresh, profile);
    buf_init(&scratch, 0);
    while (good && take_line(&text, &line)) {
        at++;
        good = slice_trim(line).n == 0 || read_row(&fresh, line, &scratch);
    }
    buf_finish(&scratch);
    if (!good) {
        nv_finish(&fresh);
        FAIL(err, ERR_DEVICE_NV);
        return err_at(err, NULL, at, 0);
    }
    nv_finish(nv);
    *nv = fresh;
    return true;
}
