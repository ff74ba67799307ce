#include "protocol/command_table.h"

/* Rows of the table from `first` on. */
struct rows {
    const struct command *first, *end;
};

/* How far a command goes, as far as its bytes tell. */
struct extent {
    uint64_t length; /* bytes from the front; more than are there when the end is not known */
    bool sized;      /* length is the whole command's */
    bool broken;     /* a parameter was out of range: the command ends at length */
};

static struct extent whole(uint64_t length)
{
    return (struct extent){.length = length, .sized = true};
}

static struct extent at_least(uint64_t length)
{
    return (struct extent){.length = length};
}

static struct extent broken(uint64_t length)
{
    return (struct extent){.length = length, .sized = true, .broken = true};
}

static uint32_t u16_at(struct slice s, size_t at)
{
    return (uint32_t)s.p[at] | (uint32_t)s.p[at + 1] << 8;
}

static uint32_t u32_at(struct slice s, size_t at)
{
    return u16_at(s, at) | u16_at(s, at + 2) << 16;
}

/* n or its ASCII digit, as most parameters with few values may be sent. */
static bool digit_up_to(uint8_t n, uint8_t max)
{
    return n <= max || (n >= '0' && n <= '0' + max);
}

/* Each framing: `at` is the offset of the first byte after the prefix. A parameter is judged as
 * soon as it is there, for the answer must not wait for bytes that would not be the command's. */

static struct extent frame_fixed(const struct command *row, struct slice s, size_t at)
{
    (void)s;
    return whole(at + row->fixed);
}

static struct extent frame_block(const struct command *row, struct slice s, size_t at)
{
    (void)row;
    return s.n < at + 2 ? at_least(at + 2) : whole(at + 2 + (uint64_t)u16_at(s, at));
}

static struct extent frame_long_block(const struct command *row, struct slice s, size_t at)
{
    (void)row;
    return s.n < at + 4 ? at_least(at + 4) : whole(at + 4 + (uint64_t)u32_at(s, at));
}

static struct extent frame_dle_eot(const struct command *row, struct slice s, size_t at)
{
    (void)row;
    if (s.n <= at)
        return at_least(at + 1);
    uint8_t n = s.p[at];
    return whole(at + (n == 7 || n == 8 || n == 18 ? 2 : 1));
}

static struct extent frame_pulse(const struct command *row, struct slice s, size_t at)
{
    if (s.n <= at)
        return at_least(at + 1);
    return digit_up_to(s.p[at], 1) ? whole(at + row->fixed) : broken(at + 1);
}

static struct extent frame_columns(const struct command *row, struct slice s, size_t at)
{
    if (s.n <= at)
        return at_least(at + 1);
    uint8_t m = s.p[at];
    if (m != 0 && m != 1 && m != 32 && m != 33)
        return broken(at + 1);
    if (s.n < at + row->fixed)
        return at_least(at + row->fixed);
    return whole(at + row->fixed + (uint64_t)u16_at(s, at + 1) * (m >= 32 ? 3 : 1));
}

/* Only an empty area shows in the bytes; an origin outside the paper is the printer's to find. */
static struct extent frame_area(const struct command *row, struct slice s, size_t at)
{
    if (s.n >= at + 6 && u16_at(s, at + 4) == 0)
        return broken(at + 6);
    if (s.n >= at + 8 && u16_at(s, at + 6) == 0)
        return broken(at + 8);
    return s.n >= at + 6 ? whole(at + row->fixed) : at_least(at + row->fixed - 2);
}

enum { MOST_TABS = 32 };

static struct extent frame_tabs(const struct command *row, struct slice s, size_t at)
{
    (void)row;
    uint8_t before = 0;
    for (size_t i = 0; i < MOST_TABS; i++) {
        if (s.n <= at + i)
            return at_least(at + i + 1);
        uint8_t tab = s.p[at + i];
        if (tab <= before) /* the final 00, or a value that does not ascend */
            return whole(at + i + 1);
        before = tab;
    }
    return whole(at + MOST_TABS);
}

enum { WIDEST_CELL = 12 };

static struct extent frame_user_chars(const struct command *row, struct slice s, size_t at)
{
    if (s.n <= at)
        return at_least(at + 1);
    uint8_t y = s.p[at];
    if (y != 2 && y != 3)
        return broken(at + 1);
    if (s.n < at + row->fixed)
        return at_least(at + row->fixed);
    uint8_t first = s.p[at + 1];
    uint8_t last = s.p[at + 2];
    if (first < 0x20 || last < first || last > 0x7E)
        return broken(at + 3);
    size_t end = at + 3;
    for (unsigned c = first; c <= last; c++) {
        if (s.n <= end)
            return at_least(end + 1);
        uint8_t x = s.p[end];
        if (x > WIDEST_CELL)
            return broken(end + 1);
        end += 1 + (size_t)x * y;
    }
    return whole(end);
}

static struct extent frame_sized_data(const struct command *row, struct slice s, size_t at)
{
    size_t header = at + row->fixed;
    return s.n < header ? at_least(header) : whole(header + (uint64_t)u16_at(s, header - 2));
}

static struct extent frame_nv_images(const struct command *row, struct slice s, size_t at)
{
    if (s.n <= at)
        return at_least(at + 1);
    unsigned images = s.p[at];
    if (images == 0)
        return broken(at + 1);
    size_t end = at + row->fixed;
    for (unsigned i = 0; i < images; i++) {
        if (s.n < end + 4)
            return at_least(end + 4);
        uint32_t x = u16_at(s, end);
        uint32_t y = u16_at(s, end + 2);
        if (x < 1 || x > 1023 || y < 1 || y > 288)
            return broken(end + 4);
        end += 4 + (size_t)x * y * 8;
        if (s.n < end)
            return i + 1 == images ? whole(end) : at_least(end);
    }
    return whole(end);
}

static struct extent frame_download(const struct command *row, struct slice s, size_t at)
{
    if (s.n <= at)
        return at_least(at + 1);
    unsigned x = s.p[at];
    if (x == 0)
        return broken(at + 1);
    if (s.n < at + row->fixed)
        return at_least(at + row->fixed);
    unsigned y = s.p[at + 1];
    if (y < 1 || y > 48 || x * y > 3072)
        return broken(at + 2);
    return whole(at + 2 + (uint64_t)x * y * 8);
}

static struct extent frame_strip(const struct command *row, struct slice s, size_t at)
{
    if (s.n <= at)
        return at_least(at + 1);
    if (!digit_up_to(s.p[at], 3))
        return broken(at + 1);
    if (s.n < at + row->fixed)
        return at_least(at + row->fixed);
    uint32_t x = u16_at(s, at + 1);
    uint32_t y = u16_at(s, at + 3);
    if (x < 1 || x > 0x10A0 || y < 1 || y > 16)
        return broken(at + row->fixed);
    return whole(at + row->fixed + (uint64_t)x * y);
}

/* The most rows differ from model to model (2303, 4607, clones 65535): none is refused here. */
static struct extent frame_raster(const struct command *row, struct slice s, size_t at)
{
    if (s.n <= at)
        return at_least(at + 1);
    if (!digit_up_to(s.p[at], 3))
        return broken(at + 1);
    if (s.n < at + row->fixed)
        return at_least(at + row->fixed);
    return whole(at + row->fixed + (uint64_t)u16_at(s, at + 1) * u16_at(s, at + 3));
}

static struct extent frame_cut(const struct command *row, struct slice s, size_t at)
{
    if (s.n <= at)
        return at_least(at + 1);
    switch (s.p[at]) {
    case 65:
    case 66:
    case 97:
    case 98:
    case 103:
    case 104:
        return whole(at + row->fixed + 1);
    default:
        return digit_up_to(s.p[at], 1) ? whole(at + row->fixed) : broken(at + 1);
    }
}

/* Most characters of form A, by m. Codes of a fixed length end with their last digit, the 00 behind
 * it is ignored anyway (Sewoo); the rest end at 00, or at form B's 255 so that a lost 00 does not
 * swallow the day. */
static const uint8_t longest_a[] = {12, 12, 13, 8, 255, 255, 255};

/* Numbers of characters that form B takes, m 65 to 79. UPC-E's 6 to 8 are newer models'
 * (unverified). */
static const struct {
    uint8_t least, most;
} lengths_b[] = {
    {11, 12}, {6, 12},  {12, 13}, {7, 8},   {1, 255}, {2, 255}, {2, 255}, {1, 255},
    {2, 255}, {2, 255}, {13, 13}, {13, 13}, {13, 13}, {2, 255}, {1, 255},
};

enum {
    BARCODE_B_FIRST = 65,
    BARCODE_B_LAST = BARCODE_B_FIRST + sizeof lengths_b / sizeof *lengths_b - 1,
    BARCODE_UPC_E = 66
};

static struct extent frame_barcode_a(const struct command *row, struct slice s, size_t at)
{
    (void)row;
    if (s.n <= at)
        return at_least(at + 1);
    if (s.p[at] >= sizeof longest_a)
        return broken(at + 1);
    size_t most = longest_a[s.p[at]];
    struct slice data = slice_sub(s, at + 1, at + 1 + most);
    size_t n = slice_find(data, 0);
    if (n < data.n)
        return whole(at + 1 + n + 1);
    return data.n < most ? at_least(at + 1 + data.n + 1) : whole(at + 1 + most);
}

static struct extent frame_barcode_b(const struct command *row, struct slice s, size_t at)
{
    if (s.n < at + row->fixed)
        return at_least(at + row->fixed);
    uint8_t m = s.p[at];
    uint8_t n = s.p[at + 1];
    bool good =
        n >= lengths_b[m - BARCODE_B_FIRST].least && n <= lengths_b[m - BARCODE_B_FIRST].most;
    if (m == BARCODE_UPC_E && (n == 9 || n == 10))
        good = false;
    return good ? whole(at + 2 + (uint64_t)n) : broken(at + 2);
}

enum { COUNTER_FIELDS = 5, COUNTER_DIGITS = 5 };

/* sa ; sb ; sn ; sr ; sc ; each a number of up to five digits (general knowledge: the command is
 * obsolete). */
static struct extent frame_counter_text(const struct command *row, struct slice s, size_t at)
{
    (void)row;
    unsigned fields = 0;
    unsigned digits = 0;
    for (size_t i = at; i < s.n; i++) {
        bool digit = s.p[i] >= '0' && s.p[i] <= '9';
        if ((!digit && s.p[i] != ';') || (digit && ++digits > COUNTER_DIGITS))
            return broken(i + 1);
        if (digit)
            continue;
        digits = 0;
        if (++fields == COUNTER_FIELDS)
            return whole(i + 1);
    }
    return at_least(s.n + 1);
}

/* m fn a kc1 kc2 b c, then a Windows BMP, which says its own size. */
static struct extent frame_bmp(const struct command *row, struct slice s, size_t at)
{
    enum { BMP_HEADER = 14 };
    size_t file = at + row->fixed;
    if (s.n <= at)
        return at_least(at + 1);
    if (s.p[at] != 0x30)
        return broken(at + 1);
    if (s.n <= at + 1)
        return at_least(at + 2);
    if (s.p[at + 1] != 0x43 && s.p[at + 1] != 0x53)
        return broken(at + 2);
    if (s.n <= file)
        return at_least(file + 1);
    if (s.p[file] != 'B' || (s.n > file + 1 && s.p[file + 1] != 'M'))
        return broken(file);
    if (s.n < file + 6)
        return at_least(s.n == file + 1 ? file + 2 : file + 6);
    uint32_t size = u32_at(s, file + 2);
    return size < BMP_HEADER ? broken(file + 6) : whole(file + (uint64_t)size);
}

static struct extent (*const framers[FRAMING_COUNT])(const struct command *, struct slice,
                                                     size_t) = {
    [FRAMING_FIXED] = frame_fixed,
    [FRAMING_BLOCK] = frame_block,
    [FRAMING_BLOCK_DIGIT] = frame_block,
    [FRAMING_LONG_BLOCK] = frame_long_block,
    [FRAMING_DLE_EOT] = frame_dle_eot,
    [FRAMING_PULSE] = frame_pulse,
    [FRAMING_COLUMNS] = frame_columns,
    [FRAMING_AREA] = frame_area,
    [FRAMING_TABS] = frame_tabs,
    [FRAMING_USER_CHARS] = frame_user_chars,
    [FRAMING_SIZED_DATA] = frame_sized_data,
    [FRAMING_NV_IMAGES] = frame_nv_images,
    [FRAMING_DOWNLOAD] = frame_download,
    [FRAMING_STRIP] = frame_strip,
    [FRAMING_RASTER] = frame_raster,
    [FRAMING_CUT] = frame_cut,
    [FRAMING_BARCODE_A] = frame_barcode_a,
    [FRAMING_BARCODE_B] = frame_barcode_b,
    [FRAMING_COUNTER_TEXT] = frame_counter_text,
    [FRAMING_BMP] = frame_bmp,
};

/* Bytes 20–FF from the front, eight at a time: a byte under 20 borrows in its top bit when 20 is
 * taken off. */
static size_t text_length(struct slice s)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t i = 0;
    for (uint64_t word; i + sizeof word <= s.n; i += sizeof word) {
        memcpy(&word, s.p + i, sizeof word);
        if ((word - ones * 0x20) & ~word & (ones * 0x80))
            break;
    }
    while (i < s.n && s.p[i] >= 0x20)
        i++;
    return i;
}

static struct frame ignored(size_t length)
{
    return (struct frame){.kind = FRAME_IGNORED, .length = length};
}

static struct frame partial(struct slice s, struct extent extent)
{
    size_t length = extent.length > SIZE_MAX ? SIZE_MAX : (size_t)extent.length;
    return (struct frame){
        .kind = FRAME_PARTIAL, .length = length, .need = length - s.n, .sized = extent.sized};
}

static struct frame frame_row(const struct command *row, struct slice s, size_t at)
{
    struct extent extent = framers[row->framing](row, s, at);
    if (extent.length > s.n)
        return partial(s, extent);
    return (struct frame){
        .kind = FRAME_COMMAND,
        .id = (enum command_id)(row - command_table),
        .length = (size_t)extent.length,
        .params = at,
        .broken = extent.broken,
    };
}

/* How the first n bytes of a row's prefix stand to those of s. */
static int order(const struct command *row, struct slice s, size_t n)
{
    int difference = 0;
    for (size_t i = 0; i < n && difference == 0; i++)
        difference = row->prefix[i] - s.p[i];
    return difference;
}

/* The rows whose first n bytes are those of s. */
static struct rows find_rows(struct slice s, size_t n)
{
    size_t low = 0;
    size_t high = COMMAND_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order(&command_table[middle], s, n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return (struct rows){command_table + low, command_table + COMMAND_COUNT};
}

static bool is_of(const struct command *row, struct rows rows, struct slice s, size_t n)
{
    return row < rows.end && order(row, s, n) == 0;
}

static bool key_fits(const struct command *row, struct slice block)
{
    if (row->key.n == 0)
        return true;
    size_t last = row->key.n - 1;
    if (block.n <= last || memcmp(block.p, row->key.p, last) != 0)
        return false;
    if (block.p[last] == row->key.p[last])
        return true;
    return row->framing == FRAMING_BLOCK_DIGIT && block.p[last] == row->key.p[last] - '0';
}

/* ( x and 8 L: the block is taken whole whatever it says; its first bytes tell the function. */
static struct frame frame_function(struct slice s, bool large)
{
    enum { PREFIX = 3 };
    if (s.n < PREFIX)
        return partial(s, at_least(PREFIX));
    struct rows rows = find_rows(s, PREFIX);
    if (large && !is_of(rows.first, rows, s, PREFIX))
        return ignored(2); /* 8 x is no family of functions */
    struct extent extent = large ? frame_long_block(NULL, s, PREFIX) : frame_block(NULL, s, PREFIX);
    if (extent.length > s.n)
        return partial(s, extent);
    size_t header = PREFIX + (large ? 4 : 2);
    struct slice block = slice_sub(s, header, (size_t)extent.length);
    for (const struct command *row = rows.first; is_of(row, rows, s, PREFIX); row++) {
        if (key_fits(row, block))
            return (struct frame){
                .kind = FRAME_COMMAND,
                .id = (enum command_id)(row - command_table),
                .length = (size_t)extent.length,
                .params = header + row->key.n,
            };
    }
    return ignored((size_t)extent.length);
}

/* Rows that share two bytes: the one with the right third byte, else the one that has none. */
static struct frame frame_shared(struct rows rows, struct slice s)
{
    if (s.n < 3)
        return partial(s, at_least(3));
    const struct command *shorter = NULL;
    for (const struct command *row = rows.first; is_of(row, rows, s, 2); row++) {
        if (row->prefix[2] == s.p[2])
            return frame_row(row, s, 3);
        if (row->prefix[2] == NO_BYTE)
            shorter = row;
    }
    return shorter ? frame_row(shorter, s, 2) : ignored(2);
}

enum { DLE = 0x10, ESC = 0x1B, FS = 0x1C, GS = 0x1D };

static struct frame frame_prefixed(struct slice s)
{
    if (s.n < 2)
        return partial(s, at_least(2));
    struct rows rows = find_rows(s, 2);
    const struct command *row = rows.first;
    /* DLE is no prefix but before its own three; an unknown ESC x is dropped with its x. */
    if (!is_of(row, rows, s, 2))
        return ignored(s.p[0] == DLE ? 1 : 2);
    switch (row->framing) {
    case FRAMING_BLOCK:
    case FRAMING_BLOCK_DIGIT:
        return frame_function(s, false);
    case FRAMING_LONG_BLOCK:
        return frame_function(s, true);
    case FRAMING_BARCODE_A: /* m tells the form; an m of neither is form A's to refuse */
        if (s.n > 2 && s.p[2] >= BARCODE_B_FIRST && s.p[2] <= BARCODE_B_LAST)
            row++;
        return frame_row(row, s, 2);
    default:
        break;
    }
    bool alone = row->prefix[2] == NO_BYTE && !is_of(row + 1, rows, s, 2);
    return alone ? frame_row(row, s, 2) : frame_shared(rows, s);
}

/* Commands of one byte, as id + 1. */
static const uint8_t singles[0x20] = {
    [0x07] = COMMAND_BEL + 1, [0x09] = COMMAND_HT + 1, [0x0A] = COMMAND_LF + 1,
    [0x0C] = COMMAND_FF + 1,  [0x0D] = COMMAND_CR + 1, [0x18] = COMMAND_CAN + 1,
};

struct frame frame_next(struct slice bytes)
{
    uint8_t first = bytes.p[0];
    if (first >= 0x20)
        return (struct frame){.kind = FRAME_TEXT, .length = text_length(bytes)};
    if (first == ESC || first == GS || first == FS || first == DLE)
        return frame_prefixed(bytes);
    if (!singles[first])
        return ignored(1);
    return (struct frame){.kind = FRAME_COMMAND,
                          .id = (enum command_id)(singles[first] - 1),
                          .length = 1,
                          .params = 1};
}
