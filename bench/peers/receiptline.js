'use strict';
// receiptline, command "escpos", encoding "multilingual" (code pages chosen by the text, as bonbon
// does).
//
// What it does differently:
//  - it reads markup, as bonbon does, but has no templates: the document is put together here with a
//    template string. Nothing is escaped, which is right only because these words are plain; bonbon
//    keeps values apart from markup always.
//  - it has no native QR for ESC/POS: it makes the QR code itself, at 4 dots a module, and sends it
//    as a picture (GS 8 L, some 2,250 bytes). bonbon, on a printer that promises it, has the printer
//    draw the code.
//  - it sets every attribute, margin and position again for each piece of text, and rules are
//    characters of the Katakana page: most of its bytes.
const receiptline = require('receiptline');
const { words, VAT_PERCENT } = require('./receipt.js');

const printer = { cpl: 48, encoding: 'multilingual', command: 'escpos', cutting: true };

function document(facts) {
    const w = words(facts);
    return [
        `^^^${w.name}`,
        w.address,
        w.taxId,
        '',
        `${w.receipt} |`,
        `${w.date} |`,
        '---',
        '{width:28,*,8}',
        ...w.items.map(([name, price, total]) => `${name} | ${price}| ${total}`),
        '---',
        '{width:auto}',
        `Subtotal | ${w.subtotal}`,
        ...(w.vat === null ? [] : [`VAT ${VAT_PERCENT}% | ${w.vat}`]),
        `^^^TOTAL | ^^^${w.total}`,
        '',
        `{code:${w.qr};option:qrcode,4,m}`,
        w.thanks,
    ].join('\n');
}

// Its commands are a string with a byte in each character.
function print(markup) {
    return Buffer.from(receiptline.transform(markup, printer), 'latin1');
}

module.exports = { make: (facts) => print(document(facts)), print };
