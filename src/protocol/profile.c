#include "protocol/profile.h"

/* Fonts. Cell sizes: Epson, every model of this table has A 12×24; B is 9×17 at 180 dpi and, as far
 * as is known, at 203 dpi too (some 203-dpi models have 9×24: unverified for the clones). */
static const struct profile_font fonts_576[] = {{0, 12, 24, 48}, {1, 9, 17, 64}};
static const struct profile_font fonts_512[] = {{0, 12, 24, 42}, {1, 9, 17, 56}};
static const struct profile_font fonts_384[] = {{0, 12, 24, 32}, {1, 9, 17, 42}};

/* Slots stand in the order to prefer. The first is what ESC @ selects; then those that most
 * printers have at the same number (of 50 known profiles 437: 48, 850: 37, 858: 32, 852: 31, 866:
 * 30, 1252: 33), so that what all pages share is printed from the safest, and the rest by how many
 * languages they add. 858 is 850 with the euro in place of a dotless i. */
/* clang-format off */

/* Epson's numbers 0–5 and 16–19, which nearly every printer kept: English, Western Europe and the euro, Romanian and its
 * neighbours (852), Russian (866). */
#define SLOTS_PORTABLE \
    {0, CODE_PAGE_PC437}, {2, CODE_PAGE_PC850}, {19, CODE_PAGE_PC858}, {18, CODE_PAGE_PC852}, \
    {17, CODE_PAGE_PC866}, {16, CODE_PAGE_WPC1252}, {3, CODE_PAGE_PC860}, {4, CODE_PAGE_PC863}, \
    {5, CODE_PAGE_PC865}

/* What Epson added with the TM-T20II and TM-T88V generation, all but the Thai, Indian and Vietnamese pages. */
#define SLOTS_EPSON \
    {13, CODE_PAGE_PC857}, {14, CODE_PAGE_PC737}, {15, CODE_PAGE_ISO8859_7}, {12, CODE_PAGE_PC853}, \
    {32, CODE_PAGE_PC720}, {33, CODE_PAGE_WPC775}, {34, CODE_PAGE_PC855}, {35, CODE_PAGE_PC861}, \
    {36, CODE_PAGE_PC862}, {37, CODE_PAGE_PC864}, {38, CODE_PAGE_PC869}, {39, CODE_PAGE_ISO8859_2}, \
    {40, CODE_PAGE_ISO8859_15}, {47, CODE_PAGE_WPC1253}, {48, CODE_PAGE_WPC1254}, \
    {49, CODE_PAGE_WPC1255}, {50, CODE_PAGE_WPC1256}, {51, CODE_PAGE_WPC1257}, \
    {52, CODE_PAGE_WPC1258}, {53, CODE_PAGE_KZ1048}, {1, CODE_PAGE_KATAKANA}

static const struct profile_slot slots_portable[] = {SLOTS_PORTABLE};

/* 1250 and 1251 at Epson's 45 and 46 (17 of 50 profiles): typographic quotes, the Ukrainian letters. They come last, so that a
 * printer which numbers them otherwise still prints plain Romanian and Russian right. */
static const struct profile_slot slots_generic[] = {
    SLOTS_PORTABLE, {45, CODE_PAGE_WPC1250}, {46, CODE_PAGE_WPC1251},
};

static const struct profile_slot slots_t20iii[] = {
    SLOTS_PORTABLE, {45, CODE_PAGE_WPC1250}, {46, CODE_PAGE_WPC1251}, {44, CODE_PAGE_PC1125},
    {11, CODE_PAGE_PC851}, {42, CODE_PAGE_PC1118}, {43, CODE_PAGE_PC1119}, SLOTS_EPSON,
};

/* No 42 to 44: the printer database does not name them for this model. */
static const struct profile_slot slots_t88v[] = {
    SLOTS_PORTABLE, {45, CODE_PAGE_WPC1250}, {46, CODE_PAGE_WPC1251}, {11, CODE_PAGE_PC851},
    SLOTS_EPSON,
};

/* Zjiang's own numbers; only those on which two sources agree. */
static const struct profile_slot slots_pos_5890[] = {
    SLOTS_PORTABLE, {72, CODE_PAGE_WPC1250}, {23, CODE_PAGE_WPC1251}, {25, CODE_PAGE_WPC1257},
    {27, CODE_PAGE_WPC1258}, {28, CODE_PAGE_PC864}, {32, CODE_PAGE_WPC1255},
    {56, CODE_PAGE_PC861}, {60, CODE_PAGE_PC855}, {61, CODE_PAGE_PC857}, {64, CODE_PAGE_PC737},
    {65, CODE_PAGE_PC851}, {66, CODE_PAGE_PC869}, {68, CODE_PAGE_PC1119},
    {69, CODE_PAGE_PC1118}, {90, CODE_PAGE_WPC1253}, {91, CODE_PAGE_WPC1254},
    {92, CODE_PAGE_WPC1256}, {93, CODE_PAGE_PC720}, {95, CODE_PAGE_WPC775},
};

/* Star's numbers, the same in Star Line Mode and in the printer database. */
static const struct profile_slot slots_star[] = {
    {1, CODE_PAGE_PC437}, {4, CODE_PAGE_PC858}, {5, CODE_PAGE_PC852}, {10, CODE_PAGE_PC866},
    {32, CODE_PAGE_WPC1252}, {33, CODE_PAGE_WPC1250}, {34, CODE_PAGE_WPC1251},
    {6, CODE_PAGE_PC860}, {7, CODE_PAGE_PC861}, {8, CODE_PAGE_PC863}, {9, CODE_PAGE_PC865},
    {11, CODE_PAGE_PC855}, {12, CODE_PAGE_PC857}, {13, CODE_PAGE_PC862}, {14, CODE_PAGE_PC864},
    {15, CODE_PAGE_PC737}, {16, CODE_PAGE_PC851}, {17, CODE_PAGE_PC869}, {19, CODE_PAGE_PC1119},
    {20, CODE_PAGE_PC1118}, {21, CODE_PAGE_CP874}, {2, CODE_PAGE_KATAKANA},
};

/* Xprinter's numbers from one source; 7, 11, 22, 24, 25, 33 are seen on related clones too. */
static const struct profile_slot slots_xprinter[] = {
    SLOTS_PORTABLE, {23, CODE_PAGE_WPC1251}, {7, CODE_PAGE_WPC1253}, {11, CODE_PAGE_WPC1255},
    {22, CODE_PAGE_PC864}, {24, CODE_PAGE_PC737}, {25, CODE_PAGE_WPC1257},
    {33, CODE_PAGE_WPC1256},
};

#define COUNT(array) (uint8_t)(sizeof(array) / sizeof *(array))
#define FONTS(array) .fonts = (array), .n_fonts = COUNT(array)
#define SLOTS(array) .slots = (array), .n_slots = COUNT(array)

/* Distance from head to cutter: 15 mm on Epson's TM-T88 mechanism (TM-T88III specification 1.7, "approx."), 10 to 14 mm elsewhere. */
enum { CUT_FEED_180_DPI = 106, CUT_FEED_203_DPI = 112 };

static const struct profile profiles[] = {
    {
        .name = "epson-tm-t20iii", .model = "Epson TM-T20III",
        .width_dots = 576, .dpi = 203, .paper_mm = 80,
        FONTS(fonts_576), SLOTS(slots_t20iii), .select = SELECT_ESC_T,
        .native_qr = true, .native_barcodes = true, .native_pdf417 = true,
        .cut = CUT_PARTIAL_ONLY, .cut_feed_dots = CUT_FEED_203_DPI, .drawer = true,
        .half_dot_units = true, .chinese_rom = false, .epson_folds = true,
        .proof = PROOF_PROCESS_ID, .raster_rows = 256, .buffer_bytes = 4096, .speed_mm_s = 250,
        .nv = NV_GRAPHICS, .nv_writes_per_day = 10, .user_chars = 95,
        .tested = "virtual printer; geometry and code pages against the printer database, commands against Epson's web reference",
        .notes = "not tried on a real one; PDF417 of its own as most have: unverified for this model; head to cutter, "
                 "buffer and speed unverified; characters defined in the middle of a job "
                 "(ESC &) as the guide has them, unverified on paper",
    },
    {
        .name = "epson-tm-t88v", .model = "Epson TM-T88V",
        .width_dots = 512, .dpi = 180, .paper_mm = 80,
        FONTS(fonts_512), SLOTS(slots_t88v), .select = SELECT_ESC_T,
        .native_qr = true, .native_barcodes = true, .native_pdf417 = true,
        .cut = CUT_PARTIAL_ONLY, .cut_feed_dots = CUT_FEED_180_DPI, .drawer = true,
        .half_dot_units = true, .chinese_rom = false, .epson_folds = true,
        .proof = PROOF_PROCESS_ID, .raster_rows = 256, .buffer_bytes = 4096, .speed_mm_s = 300,
        .nv = NV_GRAPHICS, .nv_writes_per_day = 10, .user_chars = 95,
        .tested = "virtual printer; geometry and code pages against the printer database, commands against Epson's guide",
        .notes = "not tried on a real one; GS ( H is said to be on all models of its age: unverified for this one; "
                 "PDF417 of its own likewise; receive buffer 4 KB or 45 bytes by switch; head to cutter and speed unverified; "
                 "ESC & in the middle of a job as the guide has it, unverified on paper",
    },
    {
        .name = "generic-58", .model = "any 58 mm ESC/POS printer",
        .width_dots = 384, .dpi = 203, .paper_mm = 58,
        FONTS(fonts_384), SLOTS(slots_portable), .select = SELECT_ESC_T,
        .native_qr = false, .native_barcodes = true,
        .cut = CUT_NONE, .cut_feed_dots = 0, .drawer = true,
        .half_dot_units = false, .chinese_rom = true, .epson_folds = true,
        .proof = PROOF_STATUS, .raster_rows = 256, .buffer_bytes = 0, .speed_mm_s = 0,
        .tested = "virtual printer",
        .notes = "the QR goes as a raster, for many of these print GS ( k as text; FS . is sent, for many power up in "
                 "double-byte mode; feed counted in dots: unverified; a printer that never answers is only ever sent to",
    },
    {
        .name = "generic-80", .model = "any 80 mm ESC/POS printer",
        .width_dots = 576, .dpi = 203, .paper_mm = 80,
        FONTS(fonts_576), SLOTS(slots_generic), .select = SELECT_ESC_T,
        .native_qr = true, .native_barcodes = true, .native_pdf417 = true,
        .cut = CUT_FULL_AND_PARTIAL, .cut_feed_dots = CUT_FEED_203_DPI, .drawer = true,
        .half_dot_units = false, .chinese_rom = true, .epson_folds = true,
        .proof = PROOF_FENCE, .raster_rows = 256, .buffer_bytes = 0, .speed_mm_s = 0,
        .tested = "virtual printer",
        .notes = "code pages 45 and 46 are Epson's numbers; PDF417 of its own as 40 of 50 in the printer "
                 "database; feed counted in dots, head to cutter unverified",
    },
    {
        .name = "pos-5890", .model = "Zjiang POS-5890 and the many sold as POS-58",
        .width_dots = 384, .dpi = 203, .paper_mm = 58,
        FONTS(fonts_384), SLOTS(slots_pos_5890), .select = SELECT_ESC_T,
        .native_qr = false, .native_barcodes = false,
        .cut = CUT_NONE, .cut_feed_dots = 0, .drawer = true,
        .half_dot_units = false, .chinese_rom = true, .epson_folds = true,
        .proof = PROOF_NONE, .raster_rows = 256, .buffer_bytes = 0, .speed_mm_s = 0,
        .tested = "virtual printer; code pages where the printer database and a field-tested encoder agree",
        .notes = "not tried on a real one; POS-58 wants another command for QR, so it goes as a raster; no answer is "
                 "relied on; feed counted in dots: unverified",
    },
    {
        .name = "star-line", .model = "Star TSP600 and others with ESC/POS emulation and Star's code pages",
        .width_dots = 576, .dpi = 203, .paper_mm = 80,
        FONTS(fonts_576), SLOTS(slots_star), .select = SELECT_ESC_GS_T,
        .native_qr = false, .native_barcodes = false,
        .cut = CUT_FULL_AND_PARTIAL, .cut_feed_dots = CUT_FEED_203_DPI, .drawer = true,
        .half_dot_units = false, .chinese_rom = false, .epson_folds = true,
        .proof = PROOF_STATUS, .raster_rows = 256, .buffer_bytes = 0, .speed_mm_s = 0,
        .tested = "virtual printer; code page numbers from two sources",
        .notes = "not tried on a real one; what ESC @ selects is a memory switch, so the page is always said; Star's own "
                 "bar code and QR commands are not used; the printer database says 42 columns without a measure, 48 follows from 576 dots: unverified",
    },
    {
        .name = "xprinter-xp-80", .model = "Xprinter XP-80 family",
        .width_dots = 576, .dpi = 203, .paper_mm = 80,
        FONTS(fonts_576), SLOTS(slots_xprinter), .select = SELECT_ESC_T,
        .native_qr = false, .native_barcodes = true,
        .cut = CUT_PARTIAL_ONLY, .cut_feed_dots = CUT_FEED_203_DPI, .drawer = true,
        .half_dot_units = false, .chinese_rom = true, .epson_folds = true,
        .proof = PROOF_STATUS, .raster_rows = 256, .buffer_bytes = 0, .speed_mm_s = 0,
        .tested = "virtual printer; code page numbers from a field-tested encoder",
        .notes = "not tried on a real one; powers up in Chinese mode (users' reports); native QR differs between "
                 "firmwares, so it goes as a raster; cutter, feed units and answers unverified",
    },
};
/* clang-format on */

enum { PROFILES = sizeof profiles / sizeof *profiles };

const struct profile *profile_find(struct slice name)
{
    for (size_t i = 0; i < PROFILES; i++) {
        if (slice_is(name, profiles[i].name))
            return &profiles[i];
    }
    return NULL;
}

const struct profile *profile_all(size_t *n)
{
    *n = PROFILES;
    return profiles;
}
