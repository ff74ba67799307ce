#!/usr/bin/env python3
"""Writes the streams that stand here by hand: guide.py DIR. Sequences are those of Epson's Application Programming Guide
(its examples of ESC W, ESC *, FS q, GS * and GS k), with words of our own."""

import struct
import sys
from pathlib import Path

ESC, GS, FS, FF = b"\x1b", b"\x1d", b"\x1c", b"\x0c"


def area(x, y, width, height):
    """ESC W on a printer whose vertical units are half dots."""
    return ESC + b"W" + struct.pack("<4H", x, 2 * y, width, 2 * height)


def down(dots, sideways=False):
    return GS + b"$" + struct.pack("<H", dots if sideways else 2 * dots)


def stored(cn, data):
    return GS + b"(k" + struct.pack("<H", len(data) + 3) + bytes([cn]) + b"P0" + data


def printed(cn):
    return GS + b"(k\x03\x00" + bytes([cn]) + b"Q0"


# A ticket that is torn off sideways: its text runs down the paper, its codes stand at the end.
TICKET = (
    ESC + b"@" + ESC + b"L" + area(0, 0, 576, 560) + ESC + b"T\x03"
    + GS + b"!\x11" + down(60, True) + b"NIGHT TRAIN 351\n" + GS + b"!\x00" + down(110, True)
    + b"Bucharest 19:10  Chisinau 08:59\n" + ESC + b"E\x01" + b"Coach 12  Berth 34\n" + ESC + b"E\x00"
    + ESC + b"-\x01" + b"22.11.2026\n" + ESC + b"-\x00"
    + down(400, True) + GS + b"h\x50" + GS + b"w\x02" + GS + b"H\x02" + GS + b"f\x01" + GS + b"kI\x0c{BTR351-1234"
    + GS + b"(k\x03\x001C\x05" + stored(0x31, b"TR351-1234") + ESC + b"$\xbe\x01" + down(560, True) + printed(0x31)
    + area(0, 440, 120, 100) + ESC + b"T\x00" + down(30) + b"torn\nhere" + FF + GS + b"V\x42\x00"
)

# Text and dots in one line; then bands of 24 rows that abut at a line spacing of 24 dots.
COLUMNS = (
    ESC + b"@" + b"mode 0 " + ESC + b"*\x00\x10\x00" + b"\xf0\x0f" * 8 + b" mode 1 " + ESC + b"*\x01\x10\x00" + b"\xf0\x0f" * 8
    + b" mode 32 " + ESC + b"*\x20\x08\x00" + b"\xff\x00\xff" * 8 + b"\n" + ESC + b"3\x30"
    + (ESC + b"*\x21\x30\x00" + b"".join(b"\xff\xff\xff" if x in (0, 47) else b"\x80\x00\x01" for x in range(48)) + b"\n") * 2
    + ESC + b"2after\n"
)

# Pictures that a printer keeps: NV bit images, the download bit image, graphics by key.
ARROW = bytes.fromhex("0103070f1f3f7fff" "ff7f3f1f0f070301")
PICTURES = (
    ESC + b"@" + FS + b"q\x01" + struct.pack("<2H", 2, 1) + ARROW + FS + b"p\x01\x00" + FS + b"p\x01\x33"
    + GS + b"*\x02\x01" + ARROW + GS + b"/\x00" + ESC + b"a\x01" + GS + b"/\x03" + ESC + b"a\x00"
    + GS + b"(L\x1b\x00" + b"0T0KA\x01" + struct.pack("<2H", 16, 8) + b"1" + ARROW
    + GS + b"(L\x06\x000UKA\x02\x01" + b"end\n"
)

# Every bar code with what people read above, below and on both sides, in both forms of GS k.
BARS = ESC + b"@" + GS + b"w\x02" + GS + b"h\x28" + b"".join(
    GS + b"H" + bytes([1 + i % 3]) + code
    for i, code in enumerate(
        [
            GS + b"k\x00036000291452\x00",
            GS + b"kB\x0b01234500006",
            GS + b"k\x024006381333931\x00",
            GS + b"kD\x079638507",
            GS + b"k\x04CODE 39\x00",
            GS + b"kF\x06123456",
            GS + b"k\x06A123B\x00",
            GS + b"kH\x07CODE 93",
            GS + b"kI\x0a{BNo.{C\x0c\x22\x38",
            GS + b"kJ\x12(01)0950110153000*",
            GS + b"kK\x0d0950110153000",
            GS + b"kL\x0d0950110153000",
            GS + b"kM\x0d1501234567890",
            GS + b"kN\x0810ABC123",
            GS + b"kO\x09AUTO 1234",
        ]
    )
)

# A name that no code page has, in characters of the user's own; letters that lie on their side.
USER = (
    ESC + b"@" + ESC + b"&\x03AB"
    + b"\x0c" + b"".join(bytes.fromhex(c) for c in ("000000 00ff00 010080 020040 040020 040020 040020 040020 020040 010080 00ff00 000000").split())
    + b"\x0c" + b"\xff\xff\xff" * 12
    + b"plain A, " + ESC + b"%\x01own A B" + ESC + b"%\x00\n" + ESC + b"V\x01" + GS + b"!\x11" + b"SIDE" + GS + b"!\x00" + ESC + b"V\x00 upright\n"
    + ESC + b"{\x01upside down\n" + ESC + b"{\x00" + ESC + b"R\x02[\\]{|}~" + ESC + b"R\x00\nunder\n" + ESC + b"K\x30    over\n" + ESC + b"K\x30" + b"        over\n"
)

STREAMS = {"guide-ticket": TICKET, "guide-columns": COLUMNS, "guide-pictures": PICTURES, "guide-bars": BARS, "guide-user": USER}

if __name__ == "__main__":
    for name, stream in STREAMS.items():
        (Path(sys.argv[1]) / f"{name}.bin").write_bytes(stream)
