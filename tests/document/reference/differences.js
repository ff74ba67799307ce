'use strict';
// Where bonbon's paper differs from the reference's, on purpose. Each is a rule of its own with its
// reason; `compare` follows them, and there is no other difference.
const { PNG } = require('pngjs');
const { barcode } = require('receiptline');

const CELL_DOTS = 12, MIN_QR_MODULE = 4, DEFAULT_QR_MODULE = 5, QUIET_MODULES = 4, MIN_BAR_MODULE = 2;

const reasons = {
    'last line end': 'A line end at the end of the file ends the last line, and an empty file has no line; the reference prints an empty line more.',
    'cuts': 'A cut with nothing before it does nothing, and the end of the document is a cut.',
    'columns of a letter': 'Columns are Unicode\'s (marks none, East Asian wide two); the reference counts one a character, or two for any that is not ASCII.',
    'codes without digits': 'Where \\x has no two digits and an escape follows, the escape keeps its meaning; the reference swallows its backslash and prints the rest as letters, or even as a control character.',
    'columns of no width': 'Where all columns have width 0 in a frame, nothing is drawn; the reference draws a corner.',
    'HRI': 'Under CODE93 stand its start and stop as □ and under Codabar its letters in capitals, as Epson printers write them.',
    'QR': 'A QR code has at least four dots a module (five where the template does not say) and a quiet zone; it shrinks to four and then takes the whole paper. The reference prints three dots and no quiet zone.',
    'bar code': 'A bar code that is wider than its columns shrinks to two dots and then takes the whole paper; the reference prints past the edge.',
    'check digit': 'A check digit that is wrong is refused and said; the reference puts another one in its place, so that the code means another article.',
    'image': 'A picture wider than its columns is scaled to them, and takes the whole paper where they have no width; the reference prints past the edge.',
};

// What only stands in the reference's way of reading, by example: both papers, as they are.
const examples = [
    { why: 'codes without digits', markup: '|\\x\\{', reference: 'row 1 0:110:37 2:110:62', ours: 'row 1 0:110:7b' },
    { why: 'codes without digits', markup: '|\\x4\\x7a', reference: 'row 1 0:110:78 2:110:37 4:110:61', ours: 'row 1 0:110:7a' },
    { why: 'codes without digits', markup: '|a\\x\\x001bb', reference: 'row 1 0:110:61 2:110:1b 4:110:62', ours: 'row 1 0:110:61 2:110:62' },
    { why: 'codes without digits', markup: '|\\\t\\"', reference: 'row 1 0:110:78 2:110:32 4:110:32', ours: 'row 1 0:110:5c' },
];

const place = (e) => ({ x: e.area.left * CELL_DOTS, width: e.area.width * CELL_DOTS });
const whole = (cpl) => ({ x: 0, width: cpl * CELL_DOTS });
const align = (at, width, n) => (width < at.width ? at.x + Math.floor((at.width - width) * n / 2) : at.x);

// Each takes an event of the reference and the lines of ours from `at` on; it returns how many of them
// are what bonbon prints for that event, 'nothing' for none at all, or a text that says what is wrong.
function qrcode(e, cpl, ours, at) {
    const { data, cell, level } = e.symbol;
    const hex = Buffer.from(data).toString('hex');
    const [word, ourLevel, module, x, modules, ourData] = (ours[at + 1] || '').split(' ');
    if (word !== 'qrcode')
        return 'a QR code is missing';
    const box = Number(modules) + 2 * QUIET_MODULES;
    let space = place(e);
    if (box * MIN_QR_MODULE > space.width)
        space = whole(cpl);
    const sizes = (cell < MIN_QR_MODULE ? [MIN_QR_MODULE, DEFAULT_QR_MODULE] : [cell]).map((m) => {
        while (m > MIN_QR_MODULE && box * m > space.width)
            m--;
        return m;
    });
    const m = Number(module);
    if (!sizes.includes(m) || ourLevel !== level || ourData !== hex ||
        Number(x) !== align(space, box * m, e.align) + QUIET_MODULES * m)
        return `the QR code should be ${level} ${sizes} ${hex} aligned ${e.align} in ${JSON.stringify(space)}`;
    const quiet = `feed ${QUIET_MODULES * m}`;
    return ours[at] === quiet && ours[at + 2] === quiet ? 3 : 'the QR code has no quiet zone';
}

const hasWrongCheckDigit = (symbol, made) =>
    /^(upc|ean|jan)$/.test(symbol.type) && made.text.length === symbol.data.length && made.text !== symbol.data;

function bars(e, cpl, ours, at) {
    const made = barcode.generate(e.symbol);
    if (!('length' in made) || hasWrongCheckDigit(e.symbol, made))
        return ours[at] === 'left out symbol' ? 'nothing' : 'a bar code that cannot be';
    const [word, , module, height, hri, x, ...rest] = (ours[at] || '').split(' ');
    if (word !== 'barcode')
        return 'a bar code is missing';
    const text = Buffer.from(rest.pop(), 'hex').toString();
    const widths = [0, 0, ...rest.map(Number)];
    const shown = { code93: `□${made.text}□`, codabar: made.text.toUpperCase(), nw7: made.text.toUpperCase() }[e.symbol.type] || made.text;
    let m = e.symbol.width;
    if (widths[m] !== made.length)
        return `the bar code should be ${made.length} dots wide`;
    let space = place(e);
    if (widths[MIN_BAR_MODULE] > space.width)
        space = whole(cpl);
    while (m > MIN_BAR_MODULE && widths[m] > space.width)
        m--;
    if (Number(module) !== m || Number(height) !== made.height || Boolean(Number(hri)) !== made.hri || text !== shown ||
        Number(x) !== align(space, widths[m], e.align))
        return `the bar code should be ${JSON.stringify({ ...made, widths: undefined })} ${m} in ${JSON.stringify(space)}`;
    return 1;
}

function read(base64) {
    try {
        return PNG.sync.read(Buffer.from(base64, 'base64'));
    } catch (error) {
        return null;
    }
}

function image(e, cpl, ours, at) {
    const png = read(e.base64);
    if (!png)
        return /^left out/.test(ours[at]) ? 'nothing' : 'a picture that is none';
    const [word, x, width, height, dots] = (ours[at] || '').split(' ');
    if (word !== 'image')
        return 'a picture is missing';
    const space = place(e).width ? place(e) : whole(cpl);
    const w = Math.min(png.width, space.width);
    if (Number(width) !== w || Number(x) !== align(space, w, e.align))
        return `the picture should be ${w} dots wide in ${JSON.stringify(space)}`;
    if (w < png.width)
        return Math.abs(Number(height) - png.height * w / png.width) <= 1 ? 1 : 'the picture is out of shape';
    const black = Array.from({ length: png.width * png.height }, (_, i) => (png.data[4 * i] < 128 ? '1' : '0')).join('');
    return dots === black ? 1 : 'the picture has other dots';
}

module.exports = { reasons, examples, qrcode, barcode: bars, image };
