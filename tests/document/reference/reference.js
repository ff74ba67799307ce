'use strict';
// What the ReceiptLine reference makes of a document: its calls, in the words of layout_record.c.
//
//   row HEIGHT  X:WHF:CP …    a printed row: for each character with ink its left edge in half columns,
//                             width, height, flags (1 emphasis, 2 underline, 4 inverted) and its code
//                             points, marks behind their letter with '+'
//   cut · command HEX · and objects for what bonbon places by rules of its own (codes, pictures)
const receiptline = require('receiptline');

const SIZES = [[1, 1], [2, 1], [1, 2], [2, 2], [3, 3], [4, 4], [5, 5], [6, 6]];
const EMPHASIS = 1, UNDERLINE = 2, INVERTED = 4;

// Two columns: the blocks that East Asian Width calls wide or fullwidth, as far as the tests use them.
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

// The reference counts columns by the bytes of an encoding, one for any character where there is no
// double-byte encoding, combining marks too. Columns are Unicode's here, and a mark is part of its letter.
const letters = (text) => text.match(/\P{M}\p{M}*/gu) || [];
const columns = (text) => letters(text).reduce((n, c) => n + (WIDE.test(c) ? 2 : 1), 0);

// The box characters of the reference's own ESC/POS rules (Katakana page), corners made square.
const BOX = { '\x8f': '┼', '\x90': '┴', '\x91': '┬', '\x92': '┤', '\x93': '├', '\x95': '─', '\x96': '│',
    '\x98': '┌', '\x99': '┐', '\x9a': '└', '\x9b': '┘', '\x9c': '┌', '\x9d': '┐', '\x9e': '└', '\x9f': '┘', ' ': ' ' };
const PAGE = '\x1cC0\x1c.\x1bt\x01';
const escpos = receiptline.commands.escpos;
const boxes = (commands) => commands.replace(PAGE, '').split('').map((c) => BOX[c]).join('');
// Without a column there is no frame (differences.js, 'columns of no width').
const start = (widths) => (widths.length ? boxes(escpos.vrstart(widths)) : '');
const stop = (widths) => (widths.length ? boxes(escpos.vrstop(widths)) : '');

function record(markup, cpl) {
    const out = [];
    let area = { left: 0, width: cpl }, align = 0, position = 0, style = [1, 1, 0], cells = [], height = 1;
    const put = (x, size, letter) => {
        height = Math.max(height, size[1]);
        if (!/^[ \u00a0]/.test(letter) || size[2] & (UNDERLINE | INVERTED))
            cells.push([2 * (area.left + x), size.join(''), Array.from(letter, (c) => c.codePointAt(0).toString(16)).join('+')]);
    };
    const line = (text) => Array.from(text).forEach((c, i) => put(i, [1, 1, 0], c));
    const feed = () => {
        cells.sort((a, b) => a[0] - b[0]);
        out.push(`row ${height}` + cells.map((c) => ` ${c.join(':')}`).join(''));
        position = 0, cells = [], height = 1;
        return '';
    };
    const does = (f) => (...args) => (f(...args), '');
    const command = Object.assign({}, receiptline.commands.base, {
        arrayFrom: letters,
        measureText: columns,
        area: does((left, width) => { area = { left, width }; }),
        align: does((n) => { align = n; }),
        absolute: does((n) => { position = n; }),
        relative: does((n) => { position += n; }),
        normal: does(() => { style = [1, 1, 0]; }),
        ul: does(() => { style[2] |= UNDERLINE; }),
        em: does(() => { style[2] |= EMPHASIS; }),
        iv: does(() => { style[2] |= INVERTED; }),
        wh: does((n) => { [style[0], style[1]] = SIZES[n]; }),
        text: does((text) => letters(text).forEach((c) => {
            put(position, [...style], c);
            position += columns(c) * style[0];
        })),
        hr: does((width) => line('─'.repeat(width))),
        vr: does((widths, h) => widths.reduce((x, w) => (put(x + w + 1, [1, h, 0], '│'), x + w + 1),
            (put(0, [1, h, 0], '│'), 0))),
        vrstart: does((widths) => line(start(widths))),
        vrstop: does((widths) => line(stop(widths))),
        vrhr: does((above, below, dl, dr) => line(
            above.length && below.length ? boxes(escpos.vrhr(above, below, dl, dr))
                : ' '.repeat(Math.max(below.length ? dl : -dl, 0)) + (below.length ? start(below) : stop(above)))),
        vrlf: feed,
        lf: feed,
        cut: does(() => out.push('cut')),
        command: does((bytes) => out.push(`command ${Buffer.from(bytes, 'latin1').toString('hex')}`)),
        image: does((base64) => out.push({ kind: 'image', base64, area, align })),
        qrcode: does((symbol) => out.push({ kind: 'qrcode', symbol, area, align })),
        barcode: does((symbol) => out.push({ kind: 'barcode', symbol, area, align })),
    });
    receiptline.transform(markup, { cpl, encoding: 'multilingual', command });
    return out;
}

module.exports = { record };
