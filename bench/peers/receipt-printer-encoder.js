'use strict';
// @point-of-sale/receipt-printer-encoder for a printer of 48 columns: a list of calls, no markup.
//
// What it does differently:
//  - its text is in one code page until told otherwise, as here (cp437). With "auto" it chooses pages
//    by the text, as bonbon always does; that is measured, too (receipt-printer-encoder-auto).
//  - columns, centred lines and rules are laid out in software with spaces; rules are box-drawing
//    characters; a native QR; four lines are fed before the cut.
//  - its table does not know of double width, so the line of the total is padded by hand.
const Encoder = require('@point-of-sale/receipt-printer-encoder');
const { words, VAT_PERCENT } = require('./receipt.js');

const COLUMNS = 48;
const ITEM_COLUMNS = [
    { width: 28, align: 'left' },
    { width: 11, align: 'right' },
    { width: 9, align: 'right' },
];
const SUM_COLUMNS = [
    { width: 28, align: 'left' },
    { width: 20, align: 'right' },
];

function maker(codepage) {
    const encoder = new Encoder({ printerModel: 'epson-tm-t20iii' });
    return (facts) => {
        const w = words(facts);
        const sums = [['Subtotal', w.subtotal]];
        if (w.vat !== null)
            sums.push([`VAT ${VAT_PERCENT}%`, w.vat]);
        return encoder
            .initialize()
            .codepage(codepage)
            .align('center')
            .size(2, 2)
            .line(w.name)
            .size(1, 1)
            .line(w.address)
            .line(w.taxId)
            .newline()
            .align('left')
            .line(w.receipt)
            .line(w.date)
            .rule()
            .table(ITEM_COLUMNS, w.items)
            .rule()
            .table(SUM_COLUMNS, sums)
            .size(2, 2)
            .line('TOTAL' + w.total.padStart(COLUMNS / 2 - 'TOTAL'.length))
            .size(1, 1)
            .newline()
            .align('center')
            .qrcode(w.qr, { model: 2, size: 4, errorlevel: 'm' })
            .line(w.thanks)
            .align('left')
            .cut()
            .encode();
    };
}

module.exports = { maker, make: maker('cp437') };
