/* What a printer is and can: one row a model, const, sorted by name. Sources are named in the row.
 */
#ifndef BONBON_PROTOCOL_PROFILE_H
#define BONBON_PROTOCOL_PROFILE_H

#include "base/slice.h"
#include "protocol/codepage.h"

struct profile_slot {
    uint8_t n; /* of ESC t n */
    enum code_page page;
};

/* A picture that this very printer keeps (NV graphics): its key, and what bitmap_hash() says of its
 * dots. Only a profile of the owner's own knows any. */
struct profile_logo {
    char key[2];
    uint64_t hash;
};

struct profile_font {
    uint8_t esc_m; /* n of ESC M n */
    uint8_t width_dots, height_dots;
    uint8_t columns; /* across the paper, at width 1 */
};

enum profile_proof {
    PROOF_NONE,
    PROOF_STATUS /* DLE EOT, ESC v */,
    PROOF_FENCE /* GS r 1 */,
    PROOF_PROCESS_ID /* GS ( H */
};
enum profile_cut { CUT_NONE, CUT_PARTIAL_ONLY, CUT_FULL_AND_PARTIAL };
/* Pictures that a printer keeps without power: whether it must be asked, or is known to have none,
 * the old NV bit images (FS q, FS p) or NV graphics by key (GS ( L). */
enum profile_nv { NV_ASK, NV_NONE, NV_BIT_IMAGES, NV_GRAPHICS };
/* Epson's limit of writes to NV memory; taken where a row says nothing. */
enum { PROFILE_NV_WRITES_PER_DAY = 10 };
/* What pairs of bytes are in double-byte mode (FS &). */
enum profile_double_byte {
    DOUBLE_BYTE_NONE,
    DOUBLE_BYTE_GB18030,
    DOUBLE_BYTE_BIG5,
    DOUBLE_BYTE_SHIFT_JIS, /* and JIS X 0208, as FS C says */
    DOUBLE_BYTE_EUC_KR
};
enum profile_select { SELECT_ESC_T /* 1B 74 n */, SELECT_ESC_GS_T /* Star: 1B 1D 74 n */ };

/* Fields stand in the order in which people ask for them. */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): seven rows, read by eye */
struct profile {
    const char *name;  /* "generic-80" */
    const char *model; /* words for people */
    uint16_t width_dots, dpi, paper_mm;
    const struct profile_font *fonts; /* the first is font A, the default */
    uint8_t n_fonts;
    const struct profile_slot *slots; /* in the order to prefer; the first is what ESC @ selects */
    uint8_t n_slots;
    enum profile_select select;
    bool native_qr;       /* GS ( k cn 49; else the QR goes as a raster */
    bool native_barcodes; /* GS k form B */
    /* GS ( k cn 48, 53, 54; else as a raster. No source says which printers have Aztec and
     * DataMatrix: only a profile of the owner's own says so. */
    bool native_pdf417, native_aztec, native_datamatrix;
    uint8_t user_chars; /* characters of font A that ESC & defines at once; 0: none is relied on */
    enum profile_cut cut;
    uint8_t cut_feed_dots; /* from print head to cutter; what GS V 66 feeds before it cuts
                              (unverified where the row says so) */
    bool drawer;
    bool half_dot_units; /* ESC 3, ESC J, GS V count half dots (Epson's default); clones count dots
                          */
    bool chinese_rom;    /* powers up in double-byte mode: FS . before text */
    enum profile_double_byte double_byte; /* none said of a chinese_rom: GB18030 */
    bool epson_folds; /* look-alikes (comma-below → cedilla) are allowed on this printer */
    enum profile_proof proof;
    uint16_t raster_rows;  /* most rows of one GS v 0 band */
    uint32_t buffer_bytes; /* receive buffer; 0 unknown */
    uint16_t speed_mm_s;   /* head speed; 0 unknown */
    enum profile_nv nv;
    const struct profile_logo *logos;
    uint8_t n_logos;
    uint8_t nv_writes_per_day; /* the maker's limit; 0: PROFILE_NV_WRITES_PER_DAY */
    const char *tested;        /* "virtual printer; Epson APG" … what was tested and how */
    const char *notes;         /* unverified facts are said here */
};

/* What its pairs of bytes are. */
static inline enum profile_double_byte profile_pairs(const struct profile *profile)
{
    if (profile->double_byte == DOUBLE_BYTE_NONE && profile->chinese_rom)
        return DOUBLE_BYTE_GB18030;
    return profile->double_byte;
}
/* NULL when there is no such profile. */
const struct profile *profile_find(struct slice name);
/* All of them, sorted by name. */
const struct profile *profile_all(size_t *n);

#endif
