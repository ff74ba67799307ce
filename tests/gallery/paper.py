"""Pictures of paper: read as dots, and as a phone would see them."""
import struct
import zlib

BITS = [bytes(1 - (byte >> (7 - i) & 1) for i in range(8)) for byte in range(256)]


def png_chunks(data):
    at = 8
    while at < len(data):
        size, = struct.unpack(">I", data[at:at + 4])
        yield data[at + 4:at + 8], data[at + 8:at + 8 + size]
        at += 12 + size


def unfilter(kind, line, before):
    """One row of a PNG of one byte a step (RFC 2083, 6)."""
    for x in range(len(line)):
        left, up, corner = (line[x - 1] if x else 0), before[x], (before[x - 1] if x else 0)
        if kind == 4:
            near = left + up - corner
            left = min((left, up, corner), key=lambda value: abs(near - value))
        line[x] = line[x] + (0, left, up, (left + up) // 2, left)[kind] & 255
    return line


def dots(png):
    """Rows of a 1-bit PNG, a byte a dot, 1 is black."""
    chunks = list(png_chunks(png))
    width, height, depth, colours = struct.unpack(">IIBB", dict(chunks)[b"IHDR"][:10])
    assert (depth, colours) == (1, 0), "a picture of paper has a bit a dot"
    raw, step, rows = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT")), (width + 7) // 8, []
    before = bytearray(step)
    for y in range(height):
        at = y * (step + 1)
        before = unfilter(raw[at], bytearray(raw[at + 1:at + 1 + step]), before)
        rows.append(b"".join(BITS[byte] for byte in before)[:width])
    return rows


def inked(rows, margin):
    """What is printed, with so many dots of white around it at most."""
    down = [y for y, row in enumerate(rows) if 1 in row]
    across = [row.index(1) for row in rows if 1 in row], [row.rindex(1) for row in rows if 1 in row]
    top, left = max(0, down[0] - margin), max(0, min(across[0]) - margin)
    return [row[left:max(across[1]) + margin + 1] for row in rows[top:down[-1] + margin + 1]]


def blurred(rows):
    """Each dot spread over its eight neighbours; sums, nine times as large."""
    white = [0] * len(rows[0])
    down = [[a + b + c for a, b, c in zip(above, row, below)] for above, row, below in zip([white] + rows[:-1], rows, rows[1:] + [white])]
    return [[a + b + c for a, b, c in zip([0] + row[:-1], row, row[1:] + [0])] for row in down]


def as_a_phone_sees(rows, scale):
    """A PGM: from nearer or farther (pixels a dot), then out of focus, grey on grey."""
    columns = [int((x + 0.5) / scale) for x in range(int(len(rows[0]) * scale))]
    lines = [[rows[int((y + 0.5) / scale)][x] for x in columns] for y in range(int(len(rows) * scale))]
    soft = blurred(blurred(lines))
    grey = bytes(215 - value * 170 // 81 for value in range(82))
    return b"P5\n%d %d\n255\n" % (len(columns), len(lines)) + b"".join(bytes(map(grey.__getitem__, line)) for line in soft)
