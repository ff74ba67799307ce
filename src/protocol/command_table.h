/* The rows of commands.def, for this room's own files and their test. */
#ifndef BONBON_PROTOCOL_COMMAND_TABLE_H
#define BONBON_PROTOCOL_COMMAND_TABLE_H

#include "protocol/command.h"

/* How the end of a command is found; the rules stand in frame.c. */
enum framing {
    FRAMING_FIXED,
    FRAMING_BLOCK,        /* pL pH, p bytes */
    FRAMING_BLOCK_DIGIT,  /* the same; the last byte of the key is 0 or '0' */
    FRAMING_LONG_BLOCK,   /* p1 p2 p3 p4, p bytes */
    FRAMING_DLE_EOT,      /* n, and a for n of 7, 8, 18 */
    FRAMING_PULSE,        /* ESC p */
    FRAMING_COLUMNS,      /* ESC * */
    FRAMING_AREA,         /* ESC W */
    FRAMING_TABS,         /* ESC D */
    FRAMING_USER_CHARS,   /* ESC & */
    FRAMING_SIZED_DATA,   /* the last two of the fixed bytes count what follows */
    FRAMING_NV_IMAGES,    /* FS q */
    FRAMING_DOWNLOAD,     /* GS * */
    FRAMING_STRIP,        /* GS Q 0 */
    FRAMING_RASTER,       /* GS v 0 */
    FRAMING_CUT,          /* GS V */
    FRAMING_BARCODE_A,    /* GS k m 0 to 6 */
    FRAMING_BARCODE_B,    /* GS k m 65 to 79 */
    FRAMING_COUNTER_TEXT, /* GS C ; */
    FRAMING_BMP,          /* GS D */
    FRAMING_COUNT
};

enum { NO_BYTE = -1 };

struct command {
    const char *name;
    int16_t prefix[3]; /* NO_BYTE where it is shorter */
    bool executed;
    uint8_t fixed; /* bytes */
    enum framing framing;
    struct slice key;
    const char *params;
};

extern const struct command command_table[COMMAND_COUNT];

#endif
