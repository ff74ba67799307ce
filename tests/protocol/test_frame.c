#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "protocol/command_table.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A command whole: its bytes, and some that follow where a parameter ends it early. */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): rows are read by eye */
struct sample {
    enum command_id id;
    struct slice bytes;
    size_t length; /* 0: all of bytes */
    bool broken;
};

/* clang-format off */
static const struct sample samples[] = {
    {COMMAND_LF, SLICE("\x0A"), 0, false},
    {COMMAND_DLE_EOT, SLICE("\x10\x04\x01"), 0, false},
    {COMMAND_DLE_EOT, SLICE("\x10\x04\x07\x01"), 0, false},
    {COMMAND_DLE_EOT, SLICE("\x10\x04\x08\x03"), 0, false},
    {COMMAND_DLE_EOT, SLICE("\x10\x04\x12\x02"), 0, false},
    {COMMAND_DLE_DC4_8, SLICE("\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"), 0, false},
    {COMMAND_ESC_GS_t, SLICE("\x1B\x1D\x74\x20"), 0, false},
    {COMMAND_ESC_3, SLICE("\x1B\x33\x10"), 0, false}, /* a DLE swallowed as the parameter */

    /* ESC *: m 0, 1 one byte a column, 32, 33 three; another m ends it */
    {COMMAND_ESC_ASTERISK, SLICE("\x1B\x2A\x00\x02\x00\xAA\x55"), 0, false},
    {COMMAND_ESC_ASTERISK, SLICE("\x1B\x2A\x21\x02\x00\x1B\x40\x10\x04\x01\x0A"), 0, false},
    {COMMAND_ESC_ASTERISK, SLICE("\x1B\x2A\x20\x00\x00"), 0, false},
    {COMMAND_ESC_ASTERISK, SLICE("\x1B\x2A\x30\x02\x00\xAA\x55"), 3, true},

    /* ESC p: another m and the times are printed */
    {COMMAND_ESC_p, SLICE("\x1B\x70\x00\x19\xFA"), 0, false},
    {COMMAND_ESC_p, SLICE("\x1B\x70\x31\x19\xFA"), 0, false},
    {COMMAND_ESC_p, SLICE("\x1B\x70\x02\x41\x42"), 3, true},

    /* ESC W: no width, no height */
    {COMMAND_ESC_W, SLICE("\x1B\x57\x00\x00\x00\x00\x00\x02\x7E\x06"), 0, false},
    {COMMAND_ESC_W, SLICE("\x1B\x57\x00\x00\x00\x00\x00\x00\x7E\x06"), 8, true},
    {COMMAND_ESC_W, SLICE("\x1B\x57\x00\x00\x00\x00\x00\x02\x00\x00"), 0, true},

    /* ESC D: up to 00, to a value that does not ascend, or to 32 of them */
    {COMMAND_ESC_D, SLICE("\x1B\x44\x00"), 0, false},
    {COMMAND_ESC_D, SLICE("\x1B\x44\x08\x10\x00"), 0, false},
    {COMMAND_ESC_D, SLICE("\x1B\x44\x10\x08" "AB"), 4, false},
    {COMMAND_ESC_D, SLICE("\x1B\x44\x08\x08" "AB"), 4, false},
    {COMMAND_ESC_D, SLICE("\x1B\x44\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x20\x21\x22"), 34, false},

    /* ESC &: two characters of different width; a wrong height, order, width */
    {COMMAND_ESC_AMPERSAND, SLICE("\x1B\x26\x03\x41\x42\x01\x1B\x40\x0A\x02\x01\x02\x03\x04\x05\x06"), 0, false},
    {COMMAND_ESC_AMPERSAND, SLICE("\x1B\x26\x02\x20\x20\x00"), 0, false},
    {COMMAND_ESC_AMPERSAND, SLICE("\x1B\x26\x04\x41\x41\x00"), 3, true},
    {COMMAND_ESC_AMPERSAND, SLICE("\x1B\x26\x03\x42\x41\x00"), 5, true},
    {COMMAND_ESC_AMPERSAND, SLICE("\x1B\x26\x03\x41\x7F\x00"), 5, true},
    {COMMAND_ESC_AMPERSAND, SLICE("\x1B\x26\x03\x41\x41\x0D\x00"), 6, true},

    {COMMAND_ESC_Z, SLICE("\x1B\x5A\x00\x02\x06\x03\x00" "abc"), 0, false},
    {COMMAND_FS_C, SLICE("\x1C\x43\x01"), 0, false},
    {COMMAND_FS_C_255, SLICE("\x1C\x43\xFF"), 0, false},
    {COMMAND_FS_g_1, SLICE("\x1C\x67\x31\x00\x00\x00\x00\x00\x02\x00\x1D\x56"), 0, false},
    {COMMAND_FS_g_2, SLICE("\x1C\x67\x32\x00\x00\x00\x00\x00\x02\x00"), 0, false},

    /* FS q: two pictures of one byte by eight rows; none; a width of 1024 */
    {COMMAND_FS_q, SLICE("\x1C\x71\x02\x01\x00\x01\x00" "12345678" "\x01\x00\x01\x00" "\x1B\x40" "345678"), 0, false},
    {COMMAND_FS_q, SLICE("\x1C\x71\x00" "A"), 3, true},
    {COMMAND_FS_q, SLICE("\x1C\x71\x01\x00\x04\x01\x00" "A"), 7, true},
    {COMMAND_FS_q, SLICE("\x1C\x71\x01\x01\x00\x21\x01" "A"), 7, true},

    /* GS *: x·y·8 bytes; nothing wide, too high, too large */
    {COMMAND_GS_ASTERISK, SLICE("\x1D\x2A\x01\x02" "0123456701234567"), 0, false},
    {COMMAND_GS_ASTERISK, SLICE("\x1D\x2A\x00\x02" "A"), 3, true},
    {COMMAND_GS_ASTERISK, SLICE("\x1D\x2A\x01\x31" "A"), 4, true},
    {COMMAND_GS_ASTERISK, SLICE("\x1D\x2A\xFF\x30" "A"), 4, true},

    {COMMAND_GS_C_SEMICOLON, SLICE("\x1D\x43\x3B" "1;65535;1;1;1;"), 0, false},
    {COMMAND_GS_C_SEMICOLON, SLICE("\x1D\x43\x3B" "1;A"), 6, true},
    {COMMAND_GS_C_SEMICOLON, SLICE("\x1D\x43\x3B" "123456;"), 9, true},

    /* GS D: a BMP of 16 bytes; not a BMP */
    {COMMAND_GS_D, SLICE("\x1D\x44\x30\x43\x30\x41\x41\x30\x31" "BM\x10\x00\x00\x00\x1B\x40\x1B\x40\x1B\x40\x1B\x40\x1B\x40"), 0, false},
    {COMMAND_GS_D, SLICE("\x1D\x44\x30\x43\x30\x41\x41\x30\x31" "GIF89a"), 9, true},
    {COMMAND_GS_D, SLICE("\x1D\x44\x30\x43\x30\x41\x41\x30\x31" "BM\x0D\x00\x00\x00"), 0, true},
    {COMMAND_GS_D, SLICE("\x1D\x44\x30\x44" "AB"), 4, true},

    {COMMAND_GS_Q_0, SLICE("\x1D\x51\x30\x00\x02\x00\x02\x00" "1234"), 0, false},
    {COMMAND_GS_Q_0, SLICE("\x1D\x51\x30\x00\x02\x00\x11\x00" "1234"), 8, true},
    {COMMAND_GS_Q_0, SLICE("\x1D\x51\x30\x04" "1234"), 4, true},

    {COMMAND_GS_v_0, SLICE("\x1D\x76\x30\x00\x02\x00\x02\x00\x1B\x40\x1D\x56"), 0, false},
    {COMMAND_GS_v_0, SLICE("\x1D\x76\x30\x33\x01\x00\x01\x00\xFF"), 0, false},
    {COMMAND_GS_v_0, SLICE("\x1D\x76\x30\x00\x00\x00\x00\x00"), 0, false},
    {COMMAND_GS_v_0, SLICE("\x1D\x76\x30\x04\x02\x00\x01\x00"), 4, true},

    {COMMAND_GS_V, SLICE("\x1D\x56\x00"), 0, false},
    {COMMAND_GS_V, SLICE("\x1D\x56\x31"), 0, false},
    {COMMAND_GS_V, SLICE("\x1D\x56\x41\x03"), 0, false},
    {COMMAND_GS_V, SLICE("\x1D\x56\x42\x00"), 0, false},
    {COMMAND_GS_V, SLICE("\x1D\x56\x61\x00"), 0, false},
    {COMMAND_GS_V, SLICE("\x1D\x56\x68\x00"), 0, false},
    {COMMAND_GS_V, SLICE("\x1D\x56\x05" "A"), 3, true},

    /* GS k: form A ends at 00, or with the last digit that a fixed length can have */
    {COMMAND_GS_k_A, SLICE("\x1D\x6B\x04" "CODE39\x00"), 0, false},
    {COMMAND_GS_k_A, SLICE("\x1D\x6B\x00" "01234567890\x00"), 0, false},
    {COMMAND_GS_k_A, SLICE("\x1D\x6B\x00" "012345678905" "A"), 15, false},
    {COMMAND_GS_k_A, SLICE("\x1D\x6B\x02" "4006381333931\x00"), 16, false},
    {COMMAND_GS_k_A, SLICE("\x1D\x6B\x03" "1234567\x00"), 0, false},
    {COMMAND_GS_k_A, SLICE("\x1D\x6B\x07" "AB"), 3, true},
    {COMMAND_GS_k_A, SLICE("\x1D\x6B\x40" "AB"), 3, true},
    {COMMAND_GS_k_A, SLICE("\x1D\x6B\x50" "AB"), 3, true},
    {COMMAND_GS_k_B, SLICE("\x1D\x6B\x43\x0D" "4006381333931"), 0, false},
    {COMMAND_GS_k_B, SLICE("\x1D\x6B\x49\x04" "{B\x00\x0A"), 0, false},
    {COMMAND_GS_k_B, SLICE("\x1D\x6B\x4F\x01" "A"), 0, false},
    {COMMAND_GS_k_B, SLICE("\x1D\x6B\x43\x0B" "40063813339"), 4, true},
    {COMMAND_GS_k_B, SLICE("\x1D\x6B\x45\x00" "A"), 4, true},
    {COMMAND_GS_k_B, SLICE("\x1D\x6B\x42\x09" "012345678"), 4, true},
    {COMMAND_GS_k_B, SLICE("\x1D\x6B\x4B\x0C" "A"), 4, true},

    /* blocks are taken whole, however long they are for their function */
    {COMMAND_GS_LPAREN_k_180, SLICE("\x1D(k\x08\x00\x31\x50\x30" "\x1B@\x10\x04\x01"), 0, false},
    {COMMAND_GS_LPAREN_k_165, SLICE("\x1D(k\x04\x00\x31\x41\x32\x00"), 0, false},
    {COMMAND_GS_LPAREN_k_165, SLICE("\x1D(k\x07\x00\x31\x41\x32\x00" "abc"), 0, false},
    {COMMAND_GS_LPAREN_L_50, SLICE("\x1D(L\x02\x00\x30\x32"), 0, false},
    {COMMAND_GS_LPAREN_L_50, SLICE("\x1D(L\x02\x00\x30\x02"), 0, false},
    {COMMAND_GS_LPAREN_L_64, SLICE("\x1D(L\x04\x00\x30\x40KC"), 0, false},
    {COMMAND_GS_LPAREN_C_48, SLICE("\x1D(C\x05\x00\x00\x00\x00" "ab"), 0, false},
    {COMMAND_GS_LPAREN_M_1, SLICE("\x1D(M\x02\x00\x01\x01"), 0, false},
    {COMMAND_GS_8_L_112, SLICE("\x1D" "8L\x0B\x00\x00\x00\x30\x70\x30\x01\x01\x31\x08\x00\x01\x00\xFF"), 0, false},
};
/* clang-format on */

static void every_sample_ends_where_the_manuals_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct frame frame = frame_next(samples[i].bytes);
        size_t length = samples[i].length ? samples[i].length : samples[i].bytes.n;
        if (frame.kind != FRAME_COMMAND || frame.id != samples[i].id || frame.length != length ||
            frame.broken != samples[i].broken)
            fail_msg("sample %zu (%s): kind %d id %s length %zu broken %d", i,
                     command_name(samples[i].id), (int)frame.kind, command_name(frame.id),
                     frame.length, frame.broken);
    }
}

/* A prefix either says the same as the whole, or that so many bytes are missing at least. */
static void check_prefixes(struct slice bytes)
{
    struct frame all = frame_next(bytes);
    for (size_t n = 1; n < bytes.n; n++) {
        struct frame frame = frame_next(slice_sub(bytes, 0, n));
        if (frame.kind != FRAME_PARTIAL) {
            assert_int_equal(frame.kind, all.kind);
            assert_int_equal(frame.id, all.id);
            assert_int_equal(frame.length, all.length);
            assert_int_equal(frame.params, all.params);
            assert_int_equal(frame.broken, all.broken);
            continue;
        }
        /* That a command is none, or ends early, may show only in the byte behind it. */
        bool ends_early = all.broken || all.kind == FRAME_IGNORED;
        assert_true(n < all.length || (ends_early && n == all.length));
        assert_true(frame.need >= 1 && frame.length == n + frame.need);
        if (!ends_early) {
            assert_true(frame.length <= all.length);
            assert_true(!frame.sized || frame.length == all.length);
        }
    }
}

/* A caller may wait for as many bytes as are said to be missing: before they are there, nothing new
 * is said. */
static void no_answer_comes_before_the_bytes_that_were_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        size_t asked = 1;
        for (size_t n = 1; n <= samples[i].bytes.n; n++) {
            struct frame frame = frame_next(slice_sub(samples[i].bytes, 0, n));
            if (frame.kind != FRAME_PARTIAL) {
                assert_true(n >= asked);
                break;
            }
            asked = n + frame.need > asked ? n + frame.need : asked;
        }
    }
}

static void a_command_cut_anywhere_is_partial_until_it_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++)
        check_prefixes(samples[i].bytes);
}

/* The shortest command of a row, made from the row. */
static struct slice shortest(const struct command *row, uint8_t out[128])
{
    size_t n = 0;
    for (unsigned i = 0; i < 3 && row->prefix[i] != NO_BYTE; i++)
        out[n++] = (uint8_t)row->prefix[i];
    bool large = row->framing == FRAMING_LONG_BLOCK;
    if (large || row->framing == FRAMING_BLOCK || row->framing == FRAMING_BLOCK_DIGIT) {
        out[n++] = (uint8_t)row->key.n;
        for (unsigned i = 1; i < (large ? 4 : 2); i++)
            out[n++] = 0;
        memcpy(out + n, row->key.p, row->key.n);
        return slice_of(out, n + row->key.n);
    }
    memset(out + n, 0, row->fixed);
    return slice_of(out, n + row->fixed);
}

static void every_row_is_reached_by_its_own_bytes(void **state)
{
    (void)state;
    for (unsigned id = 0; id < COMMAND_COUNT; id++) {
        const struct command *row = &command_table[id];
        bool sampled = false;
        for (size_t i = 0; i < COUNT(samples); i++)
            sampled |= samples[i].id == id;
        bool simple = row->framing <= FRAMING_LONG_BLOCK;
        assert_true(simple || sampled);
        if (!simple)
            continue;
        uint8_t bytes[128];
        struct slice command = shortest(row, bytes);
        struct frame frame = frame_next(command);
        if (frame.kind != FRAME_COMMAND || frame.id != id || frame.length != command.n)
            fail_msg("%s is taken for %s", row->name, command_name(frame.id));
        assert_int_equal(frame.params, command.n - row->fixed);
        check_prefixes(command);
    }
}

static void check_ignored(struct slice bytes, size_t length)
{
    struct frame frame = frame_next(bytes);
    assert_int_equal(frame.kind, FRAME_IGNORED);
    assert_int_equal(frame.length, length);
    check_prefixes(bytes);
}

static void what_is_unknown_is_dropped_and_the_rest_is_data(void **state)
{
    (void)state;
    check_ignored(SLICE_LITERAL("\x00"), 1);
    check_ignored(SLICE_LITERAL("\x1F"), 1);
    check_ignored(SLICE_LITERAL("\x10"
                                "A"),
                  1);
    check_ignored(SLICE_LITERAL("\x1B\x7F"
                                "A"),
                  2);
    check_ignored(SLICE_LITERAL("\x1B\x1D"
                                "A"),
                  2);
    check_ignored(SLICE_LITERAL("\x1B\x63"
                                "A"),
                  2);
    check_ignored(SLICE_LITERAL("\x1D\x76"
                                "1"),
                  2);
    check_ignored(SLICE_LITERAL("\x1D\x38"
                                "M"),
                  2);
    check_ignored(SLICE_LITERAL("\x1C\x00"
                                "A"),
                  2);
    /* an unknown function, or family of functions, with all of its block */
    check_ignored(SLICE_LITERAL("\x1D(k\x03\x00\x31\x60\x30"
                                "A"),
                  8);
    check_ignored(SLICE_LITERAL("\x1D(z\x02\x00"
                                "abA"),
                  7);
    check_ignored(SLICE_LITERAL("\x1B(z\x00\x00"
                                "A"),
                  5);
    check_ignored(SLICE_LITERAL("\x1D(L\x01\x00\x30"
                                "A"),
                  6);
    check_ignored(SLICE_LITERAL("\x1D"
                                "8L\x02\x00\x00\x00\x30\x32"
                                "A"),
                  9);
}

static void text_is_the_longest_run_of_20_to_FF(void **state)
{
    (void)state;
    uint8_t bytes[80];
    for (size_t n = 1; n < sizeof bytes; n++) {
        for (unsigned fill = 0x20; fill <= 0xFF; fill += 0x1F) {
            memset(bytes, (int)fill, sizeof bytes);
            struct frame frame = frame_next(slice_of(bytes, n));
            assert_int_equal(frame.kind, FRAME_TEXT);
            assert_int_equal(frame.length, n);
            bytes[n] = 0x1F;
            assert_int_equal(frame_next(slice_of(bytes, sizeof bytes)).length, n);
            bytes[n] = 0;
            assert_int_equal(frame_next(slice_of(bytes, sizeof bytes)).length, n);
        }
    }
}

static void a_length_of_four_gigabytes_is_said_and_not_taken(void **state)
{
    (void)state;
    struct frame frame = frame_next(SLICE_LITERAL("\x1D"
                                                  "8L\xFF\xFF\xFF\xFF\x30\x70"));
    assert_int_equal(frame.kind, FRAME_PARTIAL);
    assert_true(frame.sized);
    assert_int_equal(frame.length, 7 + UINT64_C(0xFFFFFFFF));
    assert_int_equal(frame.need, frame.length - 9);
    frame = frame_next(SLICE_LITERAL("\x1D"
                                     "v0\x00\xFF\xFF\xFF\xFF"));
    assert_int_equal(frame.kind, FRAME_PARTIAL);
    assert_true(frame.sized);
    assert_int_equal(frame.length, 8 + UINT64_C(0xFFFF) * 0xFFFF);
    frame = frame_next(SLICE_LITERAL("\x1D"
                                     "D0C0AA01BM\xFF\xFF\xFF\xFF"));
    assert_int_equal(frame.kind, FRAME_PARTIAL);
    assert_int_equal(frame.length, 9 + UINT64_C(0xFFFFFFFF));
}

static void a_bar_code_without_its_end_stops_at_255_characters(void **state)
{
    (void)state;
    uint8_t bytes[300];
    memset(bytes, 'A', sizeof bytes);
    bytes[0] = 0x1D;
    bytes[1] = 0x6B;
    bytes[2] = 4;
    assert_int_equal(frame_next(slice_of(bytes, 257)).kind, FRAME_PARTIAL);
    assert_int_equal(frame_next(slice_of(bytes, sizeof bytes)).length, 258);
}

/* What a stream says, as a number: the commands and ignored bytes with their places, the text
 * without its cuts. */
struct digest {
    uint64_t hash;
    size_t at;
};

static void digest_add(struct digest *d, uint64_t value)
{
    d->hash = (d->hash ^ value) * UINT64_C(0x100000001B3);
}

static void digest_frame(struct digest *d, const struct frame *frame)
{
    d->at += frame->length;
    if (frame->kind == FRAME_TEXT)
        return;
    digest_add(d, d->at);
    digest_add(d, (uint64_t)frame->kind << 32 | (uint64_t)frame->id << 8 | frame->broken);
    digest_add(d, frame->params);
}

/* Reads a stream that comes in pieces of up to `most` bytes, sized by seed. */
static struct digest read_in_pieces(struct slice stream, size_t most, uint32_t seed)
{
    struct digest d = {.hash = 1};
    size_t there = 0;
    while (there < stream.n) {
        seed = seed * 1664525u + 1013904223u;
        there += 1 + (seed >> 16) % most;
        if (there > stream.n)
            there = stream.n;
        while (d.at < there) {
            struct frame frame = frame_next(slice_sub(stream, d.at, there));
            if (frame.kind == FRAME_PARTIAL)
                break;
            assert_in_range(frame.length, 1, there - d.at);
            assert_true(frame.kind != FRAME_COMMAND || frame.params <= frame.length);
            digest_frame(&d, &frame);
        }
    }
    return d;
}

static void check_cuts(struct slice stream)
{
    struct digest whole = read_in_pieces(stream, SIZE_MAX / 2, 1);
    static const size_t pieces[] = {1, 2, 3, 7, 19, 64};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct digest cut = read_in_pieces(stream, pieces[i], (uint32_t)i);
        assert_int_equal(cut.at, whole.at);
        assert_true(cut.hash == whole.hash);
    }
}

static void byte_by_byte_says_the_same_as_all_at_once(void **state)
{
    (void)state;
    struct buf stream;
    buf_init(&stream, 0);
    for (size_t i = 0; i < COUNT(samples); i++) {
        buf_slice_append(&stream, samples[i].bytes);
        buf_str(&stream, "text\xC7 and more\n");
    }
    check_cuts(buf_slice(&stream));
    buf_finish(&stream);
}

/* Random bytes, half of them such as commands are made of. */
static uint8_t random_byte(uint32_t *seed)
{
    static const uint8_t likely[] = {0x1B, 0x1D, 0x1C, 0x10, 0x28, 0x00, 0x01, 0x02,
                                     0x6B, 0x4C, 0x30, 0x31, 0x44, 0x26, 0x71, 0x2A};
    *seed = *seed * 1664525u + 1013904223u;
    uint32_t value = *seed >> 8;
    return value & 0x10000 ? likely[value % sizeof likely] : (uint8_t)value;
}

static void random_bytes_say_the_same_however_they_are_cut(void **state)
{
    (void)state;
    uint32_t seed = 42;
    for (unsigned round = 0; round < 3000; round++) {
        uint8_t bytes[400];
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = random_byte(&seed);
        check_cuts(slice_of(bytes, sizeof bytes));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_ends_where_the_manuals_say),
        cmocka_unit_test(a_command_cut_anywhere_is_partial_until_it_is_whole),
        cmocka_unit_test(every_row_is_reached_by_its_own_bytes),
        cmocka_unit_test(no_answer_comes_before_the_bytes_that_were_asked_for),
        cmocka_unit_test(what_is_unknown_is_dropped_and_the_rest_is_data),
        cmocka_unit_test(text_is_the_longest_run_of_20_to_FF),
        cmocka_unit_test(a_length_of_four_gigabytes_is_said_and_not_taken),
        cmocka_unit_test(a_bar_code_without_its_end_stops_at_255_characters),
        cmocka_unit_test(byte_by_byte_says_the_same_as_all_at_once),
        cmocka_unit_test(random_bytes_say_the_same_however_they_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
